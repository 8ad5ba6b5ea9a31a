"""What becomes of actions: done, not done with why, moved with why, given to somebody else, taken up again."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied

from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.meetings.models import Action, Step
from openoutcomes.web.meetings.queries import may_run, may_settle, owner_of


def _held(by: Access, action: Action, expected: int, *, is_open: bool = True) -> Action:
    by.require("actions.do")
    if not may_settle(by, action):
        raise PermissionDenied("actions.do")
    rows = Action.objects.select_for_update(of=("self",)).select_related("meeting__series")
    held: Action = rows.get(pk=action.pk)
    held.partnership = held.meeting.partnership = held.meeting.series.partnership = action.partnership
    if held.revision != expected:
        raise refuse(
            "somebody changed this action after you opened the page", "Look at how it stands now, then go on."
        )
    if (held.state == "open") != is_open:
        raise refuse(
            f"this action is {'settled already' if is_open else 'still to do'}", "Open its page again."
        )
    return held


def _step(by: Access, action: Action, kind: str, why: str = "", before: dt.date | None = None) -> Action:
    action.revision += 1
    action.save()
    Step.objects.create(
        partnership=by.partnership, action=action, kind=kind, why=why.strip(), due_before=before,
        due=action.due, by=by.user, at=clock.now(),
    )  # fmt: skip
    note(by, f"meetings.action_{kind}", action, detail={"due": action.due.isoformat(), "moved": action.moved})
    return action


def _why(why: str, mend: str) -> None:
    if not why.strip():
        raise refuse("nothing says why", mend, "why")


@command
def done(by: Access, *, action: Action, expected: int, why: str = "") -> Action:
    """Say that an action is done, and perhaps what came of it."""
    held = _held(by, action, expected)
    held.state, held.settled_on = "done", clock.today()
    return _step(by, held, "done", why)


@command
def not_done(by: Access, *, action: Action, expected: int, why: str) -> Action:
    """Say that an action will not be done, with why."""
    held = _held(by, action, expected)
    _why(why, "Write why it will not be done: the next meeting reads it.")
    held.state, held.settled_on = "not_done", clock.today()
    return _step(by, held, "not_done", why)


@command
def move(by: Access, *, action: Action, expected: int, due: dt.date, why: str) -> Action:
    """Move an action to a later day, with why. Moved three times, it goes to those who can help."""
    held = _held(by, action, expected)
    _why(why, "Write what held it up: the next meeting reads it.")
    if due < clock.today():
        raise refuse("that day is over", "Choose today or a later day.", "due")
    if due == held.due:
        raise refuse("that is the day it has", "Choose another.", "due")
    before = held.due
    held.due = due
    held.moved += due > before
    return _step(by, held, "moved", why, before)


@command
def pass_on(by: Access, *, action: Action, expected: int, owner: str, why: str) -> Action:
    """Give an action to somebody else, with why: whoever runs the meeting may."""
    held = _held(by, action, expected)
    if not may_run(by, held.meeting.series):
        raise PermissionDenied("actions.do")
    _why(why, "Write why it is with somebody else now: they read it.")
    found = owner_of(by.partnership, held.meeting.series, owner)
    if found is None:
        raise refuse("nobody is chosen", "Choose who will do it.", "owner")
    held.owner, held.owner_role, held.owner_organisation = found
    return _step(by, held, "passed", why)


@command
def take_up(by: Access, *, action: Action, expected: int, why: str = "") -> Action:
    """Take up a settled action again: it was settled by mistake, or came back."""
    held = _held(by, action, expected, is_open=False)
    held.state, held.settled_on = "open", None
    return _step(by, held, "reopened", why)
