"""Pages of actions, and the register of decisions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.meetings import doing, queries
from openoutcomes.web.meetings.forms import ActionFilter, DecisionFilter, MoveForm, PassForm, SettleForm
from openoutcomes.web.meetings.kinds import KINDS
from openoutcomes.web.meetings.models import MOVED_TOO_OFTEN, Action, Decision
from openoutcomes.web.meetings.views import places

#: Decisions on a page to print, at most.
PRINTED = 1000


def _decisions(request: Any) -> tuple[DecisionFilter, QuerySet[Decision]]:
    access = request.access
    rows = queries.decisions_for(access)
    contracts = Contract.of(access.partnership).filter(pk__in=queries.series_for(access).values("contract"))
    filters = DecisionFilter(request.GET, contracts=contracts)
    filters.is_valid()
    asked = filters.cleaned_data
    for word in (asked.get("words") or "").split():
        rows = rows.filter(
            Q(words__icontains=word) | Q(reason__icontains=word) | Q(item__words__icontains=word)
        )
    if asked.get("kind"):
        rows = rows.filter(meeting__series__kind=asked["kind"])
    if asked.get("contract"):
        rows = rows.filter(meeting__series__contract__contract_id=asked["contract"])
    if asked.get("since"):
        rows = rows.filter(on__gte=asked["since"])
    if asked.get("until"):
        rows = rows.filter(on__lte=asked["until"])
    return filters, rows


@page("meetings.view")
def decisions(request: Any) -> HttpResponse:
    """List what was decided, with reasons: a register to search."""
    filters, rows = _decisions(request)
    columns = [
        Column("Decision", lambda row: Cell(row.words, under=f"Taken back: {row.withdrawn_why}" if row.withdrawn_at else ""),
               plain=lambda row: row.words),
        Column("Why", lambda row: row.reason),
        Column("Who decided", lambda row: row.decided_by, sort="decided_by"),
        Column("Meeting", lambda row: Cell(str(row.meeting.series), at(request, "meeting_minutes", meeting_id=row.meeting.meeting_id),
               under=day(row.on)), sort="on", plain=lambda row: row.meeting.series.name),
    ]  # fmt: skip
    if wants_csv(request):
        extra = [
            Column("Day", lambda row: row.on.isoformat()),
            Column("Kind", lambda row: KINDS[row.meeting.series.kind].name),
            Column("Contract", lambda row: row.meeting.series.contract.contract_id if row.meeting.series.contract else ""),
            Column("On the agenda as", lambda row: row.item.words if row.item else ""),
            Column("Recorded by", lambda row: str(row.recorded_by)),
            Column("Taken back", lambda row: row.withdrawn_why if row.withdrawn_at else ""),
            Column("Id", lambda row: row.decision_id),
        ]  # fmt: skip
        return as_csv(rows.order_by("-on", "-pk"), [*columns, *extra], "decisions")
    if request.GET.get("format") == "print":
        context = {"rows": rows.order_by("-on", "-pk")[:PRINTED], "count": rows.count(), "most": PRINTED,
                   "back": at(request, "decisions")}  # fmt: skip
        return render(request, "meetings/decisions_print.html", context)
    query = request.GET.copy()
    query["format"] = "print"
    context = {
        "title": "Decisions",
        "places": places(request),
        "here": "Decisions",
        "lead": "What was decided at meetings that you may see, with why and by whom.",
        "print": f"{request.path}?{query.urlencode()}",
        "listing": listing(
            request, rows, columns, caption="Decisions", one="decision", sort="-on", filters=filters,
            empty="Nothing has been decided yet. Decisions are written down while a meeting is held.",
        ),
    }  # fmt: skip
    return render(request, "meetings/decisions.html", context)


def tag_of(action: Action) -> Cell:
    """Return how an action stands as a tag."""
    if action.state == "done":
        return Cell("Done", tag="green")
    if action.state == "not_done":
        return Cell("Will not be done", tag="grey")
    return Cell("Overdue", tag="red") if action.is_late else Cell("To do", tag="blue")


def _narrowed(rows: QuerySet[Action], state: str) -> QuerySet[Action]:
    conditions = {"": Q(state="open"), "late": queries.late_ones(), "moved": queries.escalated(),
                  "done": Q(state="done"), "not_done": Q(state="not_done"), "all": Q()}  # fmt: skip
    return rows.filter(conditions.get(state, Q(state="open")))


@page("actions.do")
def actions(request: Any) -> HttpResponse:
    """List actions, the longest overdue first: mine, my organisation's, or all that I may see."""
    access = request.access
    filters = ActionFilter(request.GET)
    filters.is_valid()
    asked = filters.cleaned_data
    rows = queries.actions_for(access)
    show = asked.get("show", "")
    if show == "organisation":
        rows = rows.filter(queries.of_organisations(access))
    elif show != "all":
        rows = rows.filter(queries.held_by(access))
    rows = _narrowed(rows, asked.get("state", ""))

    def due(row: Action) -> Cell:
        moved = f"Moved {row.moved} time{'' if row.moved == 1 else 's'}" if row.moved else ""
        return Cell(day(row.due), under=moved)

    columns = [
        Column("Action", lambda row: Cell(row.what, at(request, "action", action_id=row.action_id)), plain=lambda row: row.what),
        Column("By", due, sort="due", plain=lambda row: row.due.isoformat()),
        Column("State", tag_of, sort="state", plain=lambda row: row.get_state_display()),
        Column("Who", lambda row: row.owner_words),
        Column("Agreed at", lambda row: Cell(str(row.meeting.series), at(request, "meeting", meeting_id=row.meeting.meeting_id),
               under=day(row.meeting.on)), sort="meeting__on", plain=lambda row: row.meeting.on.isoformat()),
    ]  # fmt: skip
    if wants_csv(request):
        extra = [
            Column("Times moved", lambda row: row.moved),
            Column("First due", lambda row: row.first_due.isoformat()),
            Column("Settled on", lambda row: row.settled_on.isoformat() if row.settled_on else ""),
            Column("Id", lambda row: row.action_id),
        ]
        return as_csv(queries.in_order(rows), [*columns, *extra], "actions")
    empty = {"": "Nothing waits for you.", "organisation": "Nothing waits for your organisation."}
    context = {
        "title": "Actions",
        "places": places(request),
        "here": "Actions",
        "listing": listing(
            request, queries.in_order(rows), columns, caption="Actions", one="action", filters=filters,
            empty=empty.get(show, "No action has been agreed yet."),
        ),
    }  # fmt: skip
    return render(request, "meetings/actions.html", context)


@page("actions.do")
def action(request: Any, action_id: str) -> HttpResponse:
    """Show an action: what, who, by when, where it was agreed, and what became of it."""
    found = queries.action_or_404(request.access, action_id)
    context = {
        "row": found,
        "state": tag_of(found),
        "steps": list(found.steps.select_related("by")),
        "may": queries.may_settle(request.access, found),
        "runs": queries.may_run(request.access, found.meeting.series),
        "sees_meeting": queries.meetings_for(request.access).filter(pk=found.meeting_id).exists(),
        "often": MOVED_TOO_OFTEN,
        "back": at(request, "actions"),
    }
    return render(request, "meetings/action.html", context)


_WAYS: dict[str, tuple[str, str, str, str, bool]] = {
    "done": ("It is done", "What came of it?", "The next meeting reads it.", "It is done.", False),
    "not-done": ("It will not be done", "Why not?", "The next meeting reads it.",
                 "Noted, with why.", True),
    "move": ("Move it to another day", "What held it up?", "The next meeting reads it.",
             "The new day is noted, with why.", True),
    "pass": ("Give it to somebody else", "Why?", "They read it.", "It is with somebody else now.", True),
    "take-up": ("Take it up again", "Why?", "The next meeting reads it.", "It is to do again.", False),
}  # fmt: skip


@page("actions.do")
def action_settle(request: Any, action_id: str, way: str) -> HttpResponse:
    """Say what became of an action: done, not done, moved, given to somebody else, or taken up again."""
    access = request.access
    found = queries.action_or_404(access, action_id)
    if not queries.may_settle(access, found) or (
        way == "pass" and not queries.may_run(access, found.meeting.series)
    ):
        raise PermissionDenied("actions.do")
    back = at(request, "action", action_id=action_id)
    if way not in _WAYS:
        return redirect(back)
    title, label, says, said, is_needed = _WAYS[way]
    options: dict[str, Any] = {
        "label": label,
        "says": says,
        "is_needed": is_needed,
        "initial": {"revision": found.revision},
    }
    form: SettleForm
    if way == "move":
        form = MoveForm(request.POST or None, **options)
    elif way == "pass":
        form = PassForm(request.POST or None, owners=queries.owners(found.meeting.series), **options)
    else:
        form = SettleForm(request.POST or None, **options)
    if request.method == "POST" and form.is_valid():
        try:
            _settle(access, found, way, form)
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, said)
            return redirect(back)
    context = {"title": title, "caption": found.what, "form": form, "back": back, "button": "Save"}
    return render(request, "core/form_page.html", context)


def _settle(access: Any, found: Action, way: str, form: SettleForm) -> None:
    given = form.cleaned_data
    common = {"action": found, "expected": given["revision"], "why": given["why"], "once": form.key()}
    if way == "done":
        doing.done(access, **common)
    elif way == "not-done":
        doing.not_done(access, **common)
    elif way == "move":
        doing.move(access, due=given["due"], **common)
    elif way == "pass":
        doing.pass_on(access, owner=given["owner"], **common)
    else:
        doing.take_up(access, **common)
