"""Holding a meeting: from its start, which freezes the agenda, to minutes that are approved at the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.meetings.agenda import settle
from openoutcomes.web.meetings.commands import locked, require_run
from openoutcomes.web.meetings.models import (
    Action,
    Attendee,
    Correction,
    Decision,
    Item,
    Meeting,
    Note,
    Series,
    Step,
)
from openoutcomes.web.meetings.queries import is_chair, looks_from, may_be_invited, owner_of
from openoutcomes.web.people.models import new_id
from openoutcomes.web.ties.commands import tie
from openoutcomes.web.ties.kinds import KINDS as TIED
from openoutcomes.web.ties.kinds import Thing, things_of


class NotesConflictError(InputError):
    """Somebody else minuted the same line meanwhile; ``latest`` is the line as it stands now."""

    def __init__(self, latest: Item) -> None:
        self.latest = latest
        what = "somebody else wrote notes on this line meanwhile."
        super().__init__(
            Problem(what, "Both texts are in the box: keep what is right, then save again.", field="notes")
        )


@dataclass(frozen=True)
class Decided:
    """A decision as it is written down."""

    words: str
    reason: str
    decided_by: str


@dataclass(frozen=True)
class Agreed:
    """An action as it is agreed: what, with whom (a choice of owner), and by when."""

    what: str
    owner: str
    due: dt.date | None


@command
def start(by: Access, *, meeting: Meeting) -> Meeting:
    """Begin a meeting: the agenda is frozen as it stands, and what is settled meanwhile is left off, with why."""
    require_run(by, meeting.series)
    held = locked(meeting)
    if held.state == "open":
        raise refuse("the meeting was begun already", "Open its page.")
    if held.state != "planned":
        raise refuse("this meeting is over or cancelled", "Plan another.")
    if held.on > clock.today():
        raise refuse("its day has not come", "Move it to today, or begin it on its day.")
    return _begin(by, held)


def _begin(by: Access, held: Meeting) -> Meeting:
    held.since = looks_from(held)
    for line in settle(by, held):
        if line.is_gone and not line.item.is_dropped:
            line.item.is_dropped, line.item.why_dropped = True, "Settled before the meeting"
            line.item.save()
    held.state, held.started_at, held.started_by = "open", clock.now(), by.user
    held.save()
    note(by, "meetings.start", held, detail={"since": held.since.isoformat()})
    return held


def being_held(by: Access, meeting: Meeting) -> Meeting:
    """Return a meeting that is being held, for its minutes; refuses any other."""
    require_run(by, meeting.series)
    held = locked(meeting)
    if held.state == "planned":
        raise refuse("the meeting has not begun", "Begin it first.")
    if held.state != "open":
        raise refuse(
            "the minutes of this meeting are closed", "Add a correction, or bring it to the next one."
        )
    return held


@command
def minute(
    by: Access,
    *,
    item: Item,
    notes: str,
    expected: int,
    decision: Decided | None = None,
    action: Agreed | None = None,
) -> Item:
    """Write what was said on a line, and with it a decision or an action; ``expected`` is the version of the notes.

    Raises NotesConflictError, and writes nothing, when somebody else's notes came between.
    """
    meeting = being_held(by, item.meeting)
    held: Item = Item.objects.select_for_update().get(pk=item.pk)
    held.meeting = meeting
    if notes != held.notes:
        if held.revision != expected:
            raise NotesConflictError(held)
        _write(by, held, notes)
    if decision is not None:
        _decide(by, meeting, held, decision)
    if action is not None:
        _agree(by, meeting, held, action)
    note(
        by, "meetings.minute", held,
        detail={"revision": held.revision, "decided": decision is not None, "agreed": action is not None},
    )  # fmt: skip
    return held


def _write(by: Access, item: Item, notes: str) -> None:
    item.notes = notes
    item.revision += 1
    item.save()
    Note.objects.create(
        partnership=by.partnership, item=item, revision=item.revision, notes=notes, by=by.user, at=clock.now()
    )


def _decide(by: Access, meeting: Meeting, item: Item | None, said: Decided) -> Decision:
    for name, text, mend in (
        ("decision", said.words, "Write what was decided."),
        ("reason", said.reason, "Write why: it is what others will look for later."),
        ("decided_by", said.decided_by, "Write who decided, by role: for example, the meeting."),
    ):
        if not text.strip():
            raise refuse("a decision says what, why and who decided", mend, name)
    decision: Decision = Decision.objects.create(
        partnership=by.partnership, meeting=meeting, item=item, words=said.words.strip(),
        reason=said.reason.strip(), decided_by=said.decided_by.strip(), on=meeting.on, recorded_by=by.user,
        recorded_at=clock.now(),
    )  # fmt: skip
    if item is not None and item.key and item.kind in TIED and item.kind != "meeting":
        # What was decided on shows the meeting on its own page, and the other way round.
        found = things_of(by, item.kind, [item.key])
        if found and by.may("ties.manage"):
            tie(by, one=Thing("meeting", meeting.meeting_id, str(meeting), ""), other=found[0])
    return decision


def _agree(by: Access, meeting: Meeting, item: Item | None, said: Agreed) -> Action:
    if not said.what.strip():
        raise refuse("an action says what will be done", "Write it in a line.", "action")
    owner = owner_of(by.partnership, meeting.series, said.owner)
    if owner is None:
        raise refuse("nobody is down for the action", "Choose who will do it.", "owner")
    if said.due is None:
        raise refuse("the action has no day", "Write by when it will be done.", "due")
    if said.due < meeting.on:
        raise refuse("the day is before the meeting", "Choose a day from the meeting on.", "due")
    seat, role, organisation = owner
    action: Action = Action.objects.create(
        partnership=by.partnership, meeting=meeting, item=item, what=said.what.strip(), owner=seat,
        owner_role=role, owner_organisation=organisation, due=said.due, first_due=said.due, made_by=by.user,
        made_at=clock.now(),
    )  # fmt: skip
    Step.objects.create(
        partnership=by.partnership, action=action, kind="made", due=said.due, by=by.user, at=clock.now()
    )
    return action


@command
def take_back_decision(by: Access, *, decision: Decision, why: str) -> Decision:
    """Mark a decision as not made, while the minutes are being written: it stays in the register, struck."""
    meeting = being_held(by, decision.meeting)
    if decision.withdrawn_at is not None:
        raise refuse("this decision was taken back already", "Open the page again.")
    if not why.strip():
        raise refuse("nothing says why", "Write why it is taken back.", "why")
    decision.withdrawn_at, decision.withdrawn_by, decision.withdrawn_why = clock.now(), by.user, why.strip()
    decision.save()
    note(by, "meetings.take_back_decision", decision, detail={"meeting": meeting.meeting_id})
    return decision


@command
def attend(by: Access, *, meeting: Meeting, there: Mapping[int, str], others: str = "") -> Meeting:
    """Say who was there, who sent apologies and who was not: states by the primary key of the seat.

    Seats that were not invited and came are added.
    """
    held = being_held(by, meeting)
    _attend(by, held, there)
    held.others = others.strip()
    held.save()
    note(by, "meetings.attend", held, detail={"there": sum(state == "there" for state in there.values())})
    return held


def _attend(by: Access, meeting: Meeting, there: Mapping[int, str]) -> None:
    known = {row.seat_id: row for row in Attendee.objects.filter(meeting=meeting)}
    states = dict(Attendee.STATES)
    allowed = set(may_be_invited(meeting.series).filter(pk__in=list(there)).values_list("pk", flat=True))
    for key, state in there.items():
        if state not in states:
            raise refuse("that is no way to attend", "Choose one from the list.")
        if key in known:
            known[key].state = state
            known[key].save()
        elif key in allowed:
            Attendee.objects.create(partnership=by.partnership, meeting=meeting, seat_id=key, state=state)
        else:
            raise refuse("somebody chosen does not belong to this meeting", "Choose from the list.", "came")


@command
def close(by: Access, *, meeting: Meeting, summary: str) -> Meeting:
    """Close the minutes, with the whole meeting in a line."""
    held = being_held(by, meeting)
    return _close(by, held, summary)


def _close(by: Access, held: Meeting, summary: str) -> Meeting:
    if not summary.strip():
        raise refuse(
            "nothing sums the meeting up",
            "Write it in a line: those who were not there read that first.",
            "summary",
        )
    held.state, held.summary = "closed", summary.strip()
    held.closed_at, held.closed_by = clock.now(), by.user
    held.save()
    note(by, "meetings.close", held)
    return held


@command
def reopen(by: Access, *, meeting: Meeting) -> Meeting:
    """Open closed minutes again: whoever chairs may, within a day."""
    require_run(by, meeting.series)
    if not is_chair(by, meeting.series):
        raise PermissionDenied("meetings.run")
    held = locked(meeting)
    if held.state != "closed" or not held.may_reopen:
        raise refuse(
            "minutes can be opened again within a day of closing them, until they are approved",
            "Add a correction instead.",
        )
    held.state, held.closed_at, held.closed_by = "open", None, None
    held.save()
    note(by, "meetings.reopen", held)
    return held


@command
def approve(by: Access, *, meeting: Meeting, at: Meeting) -> Meeting:
    """Approve the minutes of a meeting at a later one of its series: from then on they are only added to."""
    being_held(by, at)
    held = locked(meeting)
    if held.series_id != at.series_id or held.on >= at.on:
        raise refuse("minutes are approved at a later meeting of the same series", "Choose that meeting.")
    if held.state != "closed":
        raise refuse("these minutes are not waiting to be approved", "Open their page.")
    held.state, held.approved_at, held.approved_by, held.approved_in = "approved", clock.now(), by.user, at
    held.save()
    note(by, "meetings.approve", held, detail={"at": at.meeting_id})
    return held


@command
def correct(by: Access, *, meeting: Meeting, words: str, why: str) -> Correction:
    """Add a correction beside minutes that are closed or approved."""
    require_run(by, meeting.series)
    held = locked(meeting)
    if not held.is_written:
        raise refuse("these minutes are not closed, so they can be changed", "Change them instead.")
    if not words.strip():
        raise refuse("nothing says what is right", "Write what the minutes should say.", "words")
    if not why.strip():
        raise refuse("nothing says why", "Write how it came to light.", "why")
    correction: Correction = Correction.objects.create(
        partnership=by.partnership,
        meeting=held,
        words=words.strip(),
        why=why.strip(),
        by=by.user,
        at=clock.now(),
    )
    note(by, "meetings.correct", held, detail={"correction": correction.pk})
    return correction


@command
def huddle_today(by: Access, *, series: Series) -> Meeting:
    """Begin today's huddle of a team, or return the one that was begun."""
    require_run(by, series)
    if series.ended_at is not None:
        raise refuse("this series has ended", "Take it up again first.")
    meeting = Meeting.objects.filter(series=series, on=clock.today()).exclude(state="cancelled").first()
    if meeting is None:
        meeting = Meeting.objects.create(
            partnership=by.partnership, series=series, on=clock.today(), at=series.at, minutes=series.minutes,
            place=series.place, link=series.link, planned_by=by.user,
        )  # fmt: skip
        for seat in may_be_invited(series).filter(organisation=series.organisation_id):
            Attendee.objects.create(partnership=by.partnership, meeting=meeting, seat=seat)
    if meeting.state == "planned":
        return _begin(by, locked(meeting))
    note(by, "meetings.start", meeting, detail={"again": True})
    return meeting  # type: ignore[no-any-return]


@command
def huddle(
    by: Access,
    *,
    meeting: Meeting,
    away: Iterable[int],
    worries: str,
    summary: str,
    action: Agreed | None = None,
    finish: bool = False,
) -> Meeting:
    """Write down a huddle in one go: who is away, what worries us, one line, an action; and close it."""
    held = being_held(by, meeting)
    gone = set(away)
    seats = list(Attendee.objects.filter(meeting=held).values_list("seat", flat=True))
    if gone - set(seats):
        raise refuse("somebody chosen is not in the team", "Choose from the list.", "away")
    _attend(by, held, {seat: "absent" if seat in gone else "there" for seat in seats})
    _worry(by, held, worries.strip())
    if action is not None:
        _agree(by, held, None, action)
    held.summary = summary.strip()
    held.save()
    note(by, "meetings.huddle", held, detail={"away": len(gone), "agreed": action is not None})
    return _close(by, held, summary) if finish else held


def _worry(by: Access, meeting: Meeting, worries: str) -> None:
    item = Item.objects.filter(meeting=meeting, origin="hand", mark__startswith="w-").first()
    if item is None and worries:
        item = Item.objects.create(
            partnership=by.partnership, meeting=meeting, mark=new_id("w"), heading="other", words="What worries us",
            place=Item.objects.filter(meeting=meeting).count(), origin="hand", added_by=by.user,
        )  # fmt: skip
    if item is not None and item.notes != worries:
        _write(by, item, worries)


def worries_of(meeting: Meeting) -> str:
    """Return what worried a team at a huddle."""
    rows: Any = Item.of(meeting.partnership).filter(meeting=meeting, mark__startswith="w-")
    found = rows.first()
    return found.notes if found else ""
