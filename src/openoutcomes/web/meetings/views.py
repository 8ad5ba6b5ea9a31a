"""Pages of planning: meetings, series, one meeting, and its agenda until it begins."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say, warn
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.meetings import commands, minuting, queries
from openoutcomes.web.meetings.agenda import Line, grouped, lines_of
from openoutcomes.web.meetings.forms import (
    ItemForm,
    MeetingFilter,
    MeetingForm,
    SeatsForm,
    SeriesForm,
    WhyForm,
)
from openoutcomes.web.meetings.kinds import KINDS
from openoutcomes.web.meetings.models import Item, Meeting, Series, seat_words
from openoutcomes.web.sharing.forms import ConfirmForm, sent

_TAGS = {"planned": "blue", "open": "yellow", "closed": "orange", "approved": "green", "cancelled": "grey"}


def tag_of(meeting: Meeting) -> Cell:
    """Return the state of a meeting as a tag."""
    return Cell(meeting.get_state_display(), tag=_TAGS[meeting.state])


def when(meeting: Meeting) -> str:
    """Return when a meeting is, in words."""
    return f"{day(meeting.on)}, {meeting.at:%H:%M}" if meeting.at else day(meeting.on)


def places(request: Any) -> list[tuple[str, str]]:
    """Return where else to go about meetings: the pages of this room that the seat may see."""
    access = request.access
    found = [("Meetings", "meetings", "meetings.view"), ("Series", "meeting_series", "meetings.view"),
             ("Decisions", "decisions", "meetings.view"), ("Actions", "actions", "actions.do"),
             ("Side by side", "side_by_side", "results.view"), ("Quarter", "quarter", "results.view")]  # fmt: skip
    return [(words, at(request, name)) for words, name, action in found if access.may(action)]


def running(request: Any, series: Series) -> None:
    """Refuse a seat that sees a series and does not run it."""
    if not queries.may_run(request.access, series):
        raise PermissionDenied("meetings.run")


@page("meetings.view")
def meetings(request: Any) -> HttpResponse:
    """List meetings, the next one first among those to come, then what was held."""
    access = request.access
    series = list(queries.series_for(access).order_by("name"))
    filters = MeetingFilter(request.GET, series=series)
    filters.is_valid()
    asked = filters.cleaned_data
    rows = queries.with_counts(queries.meetings_for(access))
    if asked.get("kind"):
        rows = rows.filter(series__kind=asked["kind"])
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    if asked.get("series"):
        rows = rows.filter(series__series_id=asked["series"])
    columns = [
        Column("Meeting", lambda row: Cell(row.series.name, at(request, "meeting", meeting_id=row.meeting_id),
               under=row.summary or row.cancelled_why), sort="series__name", plain=lambda row: row.series.name),
        Column("Day", when, sort="on", plain=lambda row: row.on.isoformat()),
        Column("State", tag_of, sort="state", plain=lambda row: row.get_state_display()),
        Column("Kind", lambda row: KINDS[row.series.kind].name, sort="series__kind"),
        Column("Decisions", lambda row: f"{row.decided}", sort="decided", numeric=True),
        Column("Actions to do", lambda row: f"{row.to_do}", sort="to_do", numeric=True),
    ]  # fmt: skip
    if wants_csv(request):
        extra = [
            Column("In a line", lambda row: row.summary),
            Column("Contract", lambda row: row.series.contract.contract_id if row.series.contract else ""),
        ]
        return as_csv(rows.order_by("-on", "-pk"), [*columns, *extra], "meetings")
    to_come = list(
        queries.meetings_for(access).filter(state__in=("planned", "open")).order_by("on", "at")[:6]
    )
    actions = []
    if access.may("meetings.run"):
        actions = [("Plan a meeting", at(request, "meeting_series"))]
        if any(one.kind == "huddle" and queries.may_run(access, one) for one in series):
            actions.append(("Today’s huddle", at(request, "huddle")))
    context = {
        "title": "Meetings",
        "places": places(request),
        "here": "Meetings",
        "to_come": [(one, tag_of(one), when(one), one.on == today()) for one in to_come],
        "actions": actions,
        "listing": listing(
            request, rows, columns, caption="Meetings", one="meeting", sort="-on", filters=filters,
            empty="No meeting is planned yet. Set up a series: the agenda then builds itself from what is recorded.",
        ),
    }  # fmt: skip
    return render(request, "meetings/list.html", context)


@page("meetings.view")
def series_list(request: Any) -> HttpResponse:
    """List the series with the days that come next."""
    access = request.access
    rows = queries.series_for(access).order_by("ended_at", "name")
    found = []
    for one in rows:
        one.partnership = access.partnership
        runs = queries.may_run(access, one)
        found.append((one, queries.proposed(one, 1) if runs else []))
    context = {
        "title": "Series of meetings",
        "places": places(request),
        "here": "Series",
        "found": found,
        "kinds": list(KINDS.items()) if access.may("meetings.run") else [],
    }
    return render(request, "meetings/series_list.html", context)


@page("meetings.run")
def series_add(request: Any, kind: str) -> HttpResponse:
    """Set up a series of one kind."""
    if kind not in KINDS:
        kind = "other"
    form = SeriesForm(request.POST or None, access=request.access, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            series = commands.add_series(
                request.access, kind=kind, values=form.values(), once=form.key(), **form.belongs_to()
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The series is set up. Now say who is invited.")
            return redirect(at(request, "series_seats", series_id=series.series_id))
    context = {
        "title": f"Set up: {KINDS[kind].name.lower()}", "lead": KINDS[kind].purpose, "form": form,
        "back": at(request, "meeting_series"), "button": "Set up",
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


@page("meetings.view")
def series(request: Any, series_id: str) -> HttpResponse:
    """Show a series: when, who is invited, the days that come next, and what was held."""
    access = request.access
    found = queries.series_or_404(access, series_id)
    runs = queries.may_run(access, found)
    rows = queries.with_counts(queries.meetings_for(access).filter(series=found)).order_by("-on", "-pk")
    context = {
        "row": found,
        "kind": KINDS[found.kind],
        "chair": seat_words(found.chair),
        "invited": [seat_words(one.seat) for one in queries.invited_to(found)],
        "runs": runs,
        "proposed": queries.proposed(found) if runs else [],
        "form": ConfirmForm(),
        "meetings": [(one, tag_of(one), when(one)) for one in rows[:12]],
        "back": at(request, "meeting_series"),
    }
    return render(request, "meetings/series.html", context)


@page("meetings.run")
def series_change(request: Any, series_id: str) -> HttpResponse:
    """Change what a series says of itself."""
    found = queries.series_or_404(request.access, series_id)
    running(request, found)
    form = SeriesForm(request.POST or None, access=request.access, series=found, kind=found.kind)
    back = at(request, "series", series_id=series_id)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_series(
                request.access, series=found, values=form.values(),
                expected=form.cleaned_data["revision"] or 0, once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The series was changed. Meetings planned already stay as they are.")
            return redirect(back)
    return render(
        request, "core/form_page.html", {"title": f"Change {found.name}", "form": form, "back": back}
    )


@page("meetings.run")
def series_seats(request: Any, series_id: str) -> HttpResponse:
    """Say who is invited to every meeting of a series, and who chairs."""
    found = queries.series_or_404(request.access, series_id)
    running(request, found)
    allowed = list(queries.may_be_invited(found))
    initial = {
        "revision": found.revision,
        "seats": [str(one.seat_id) for one in queries.invited_to(found)],
        "chair": str(found.chair_id or ""),
    }
    form = SeatsForm(request.POST or None, allowed=allowed, initial=initial)
    back = at(request, "series", series_id=series_id)
    if request.method == "POST" and form.is_valid():
        try:
            commands.choose_seats(
                request.access, series=found, seats=form.chosen(), chair=form.chosen_chair(),
                expected=form.cleaned_data["revision"] or 0, once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "They are invited to every meeting that is planned from now on.")
            return redirect(back)
    context = {"title": "Who is invited?", "caption": found.name, "form": form, "back": back}
    return render(request, "core/form_page.html", context)


@page("meetings.run")
def series_end(request: Any, series_id: str) -> HttpResponse:
    """End a series, or take it up again, after asking."""
    found = queries.series_or_404(request.access, series_id)
    running(request, found)
    form = ConfirmForm(sent(request))
    back = at(request, "series", series_id=series_id)
    ends = found.ended_at is None
    if request.method == "POST" and form.is_valid():
        commands.end_series(request.access, series=found, once=form.key())
        say(request, "The series has ended." if ends else "The series goes on.")
        return redirect(back)
    says = (
        ["No more days are proposed.", "Meetings, decisions and actions stay.", "It can be taken up again."]
        if ends
        else ["Days are proposed again."]
    )
    context = {
        "title": f"End {found.name}?" if ends else f"Take up {found.name} again?", "says": says, "form": form,
        "back": back, "button": "End it" if ends else "Take it up", "danger": ends,
    }  # fmt: skip
    return render(request, "core/confirm.html", context)


@page("meetings.run")
def meeting_plan(request: Any, series_id: str) -> HttpResponse:
    """Plan a meeting of a series, on a day that its rule proposes or another."""
    found = queries.series_or_404(request.access, series_id)
    running(request, found)
    next_days = queries.proposed(found, 1)
    asked = request.GET.get("on", "")
    initial = {
        "on": asked or (next_days[0] if next_days else today()), "at": found.at, "minutes": found.minutes,
        "place": found.place, "link": found.link,
    }  # fmt: skip
    form = MeetingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.plan(
                request.access,
                series=found,
                on=form.cleaned_data["on"],
                values=form.values(),
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The meeting is planned, and its agenda has begun to build.")
            return redirect(at(request, "meeting", meeting_id=made.meeting_id))
    context = {
        "title": "Plan a meeting", "caption": found.name, "lead": found.rule.words, "form": form,
        "back": at(request, "series", series_id=series_id), "button": "Plan it",
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


@page("meetings.view")
def meeting(request: Any, meeting_id: str) -> HttpResponse:
    """Show a meeting: its agenda while it is planned, what to minute while it is held, then its minutes."""
    access = request.access
    found = queries.meeting_or_404(access, meeting_id)
    if found.is_written:
        return redirect(at(request, "meeting_minutes", meeting_id=meeting_id))
    runs = queries.may_run(access, found.series)
    if found.state == "open" and found.series.kind == "huddle" and runs:
        return redirect(at(request, "meeting_huddle", meeting_id=meeting_id))
    attendees = queries.attendees_of(found)
    mine = next((one for one in attendees if one.seat_id in queries.seat_ids(access)), None)
    context = {
        "row": found,
        "kind": KINDS[found.series.kind],
        "state": tag_of(found),
        "when": when(found),
        "runs": runs,
        "chair": seat_words(found.series.chair),
        "attendees": attendees,
        "mine": mine,
        "since": queries.looks_from(found),
        "is_day": found.on <= today(),
        "form": ConfirmForm(),
        "back": at(request, "meetings"),
    }
    if found.state == "planned":
        # Whoever prepares sees the agenda build itself from what their own seat sees; others what is kept of it.
        kept = Item.of(access.partnership).filter(meeting=found)
        lines = lines_of(access, found) if runs else [Line(item) for item in kept]
        context["groups"] = grouped([line for line in lines if not line.item.is_dropped])
        context["dropped"] = [line.item for line in lines if line.item.is_dropped]
    else:
        items = list(
            Item.of(access.partnership)
            .filter(meeting=found)
            .prefetch_related("decisions", "actions__owner__user", "actions__owner_organisation")
        )
        context["groups"] = grouped([item for item in items if not item.is_dropped])
        context["dropped"] = [item for item in items if item.is_dropped]
        context["waiting"] = list(queries.to_approve(found)) if runs else []
    return render(request, "meetings/meeting.html", context)


def _of(request: Any, meeting_id: str) -> Meeting:
    """Return a meeting that the seat runs."""
    found = queries.meeting_or_404(request.access, meeting_id)
    running(request, found.series)
    return found


def _home(request: Any, found: Meeting, anchor: str = "") -> Any:
    return redirect(at(request, "meeting", meeting_id=found.meeting_id) + anchor)


@page("meetings.run")
def meeting_change(request: Any, meeting_id: str) -> HttpResponse:
    """Move a planned meeting to another day, time or place."""
    found = _of(request, meeting_id)
    initial = {name: getattr(found, name) for name in ("on", "at", "minutes", "place", "link", "revision")}
    form = MeetingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_meeting(
                request.access, meeting=found, values=form.values(),
                expected=form.cleaned_data["revision"] or 0, once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The meeting was changed.")
            return _home(request, found)
    context = {
        "title": "Change day or place", "caption": str(found), "form": form,
        "back": at(request, "meeting", meeting_id=meeting_id),
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


@page("meetings.run")
def meeting_invite(request: Any, meeting_id: str) -> HttpResponse:
    """Say who is invited to this one meeting."""
    found = _of(request, meeting_id)
    initial = {"seats": [str(one.seat_id) for one in queries.attendees_of(found)]}
    allowed = list(queries.may_be_invited(found.series))
    form = SeatsForm(request.POST or None, allowed=allowed, with_chair=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            commands.invite(request.access, meeting=found, seats=form.chosen(), once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The invitations to this meeting were changed.")
            return _home(request, found)
    context = {
        "title": "Who is invited to this one?", "caption": str(found), "form": form,
        "back": at(request, "meeting", meeting_id=meeting_id),
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


def _why(
    request: Any,
    found: Meeting,
    title: str,
    says: str,
    button: str,
    done: str,
    act: Any,
    *,
    danger: bool = False,
) -> HttpResponse:
    """Ask why, do something, and come back to the meeting."""
    form = WhyForm(request.POST or None, says=says)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["why"], form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, done)
            return _home(request, found)  # type: ignore[no-any-return]
    context = {
        "title": title, "caption": str(found), "form": form, "button": button, "danger": danger,
        "back": at(request, "meeting", meeting_id=found.meeting_id),
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


@page("meetings.run")
def meeting_cancel(request: Any, meeting_id: str) -> HttpResponse:
    """Cancel a planned meeting, with why."""
    found = _of(request, meeting_id)

    def act(why: str, once: str) -> None:
        commands.cancel(request.access, meeting=found, why=why, once=once)

    says = "Those invited read it. The page stays, and another can be planned."
    return _why(
        request, found, "Cancel the meeting", says, "Cancel it", "The meeting is cancelled.", act, danger=True
    )


@page("meetings.run")
def agenda_add(request: Any, meeting_id: str) -> HttpResponse:
    """Put something on the agenda by hand."""
    found = _of(request, meeting_id)
    form = ItemForm(request.POST or None, kind=found.series.kind)
    if request.method == "POST" and form.is_valid():
        try:
            commands.add_item(
                request.access, meeting=found, heading=form.cleaned_data["heading"],
                words=form.cleaned_data["words"], once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "It is on the agenda.")
            return _home(request, found)
    context = {
        "title": "Add to the agenda", "caption": str(found), "form": form, "button": "Add",
        "back": at(request, "meeting", meeting_id=meeting_id),
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


@page("meetings.run")
def agenda_drop(request: Any, meeting_id: str, mark: str) -> HttpResponse:
    """Leave a line off the agenda, with why."""
    found = _of(request, meeting_id)

    def act(why: str, once: str) -> None:
        commands.drop_item(request.access, meeting=found, mark=mark, why=why, once=once)

    says = "The line stays below the agenda with this reason, so that nothing goes silently."
    return _why(
        request, found, "Leave it off the agenda", says, "Leave it off", "It is left off, with why.", act
    )


@page("meetings.run")
def agenda_arrange(request: Any, meeting_id: str, mark: str) -> HttpResponse:
    """Move a line up or down, or put it back: buttons on the meeting's page."""
    found = _of(request, meeting_id)
    way = request.POST.get("way", "")
    if request.method == "POST":
        try:
            if way == "back":
                commands.keep_item(request.access, meeting=found, mark=mark)
            elif way in ("up", "down"):
                commands.move_item(request.access, meeting=found, mark=mark, down=way == "down")
        except InputError as error:
            warn(request, error)
    return _home(request, found, f"#{mark}")  # type: ignore[no-any-return]


@page("meetings.run")
def meeting_start(request: Any, meeting_id: str) -> HttpResponse:
    """Begin a meeting: its agenda is frozen as it stands."""
    found = _of(request, meeting_id)
    form = ConfirmForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            minuting.start(request.access, meeting=found, once=form.key())
        except InputError as error:
            warn(request, error)
        else:
            say(request, "The meeting has begun. The agenda stands as it was.")
    return _home(request, found)  # type: ignore[no-any-return]


@page("meetings.view")
def apologies(request: Any, meeting_id: str) -> HttpResponse:
    """Say that oneself cannot come, or can after all."""
    found = queries.meeting_or_404(request.access, meeting_id)
    form = ConfirmForm(sent(request))
    if request.method == "POST" and form.is_valid():
        is_sorry = request.POST.get("way") != "coming"
        try:
            minuting_says = commands.send_apologies(
                request.access, meeting=found, is_sorry=is_sorry, once=form.key()
            )
        except InputError as error:
            warn(request, error)
        else:
            sorry = minuting_says.state == "apologies"
            say(request, "Your apologies are noted." if sorry else "You are expected.")
    return _home(request, found)  # type: ignore[no-any-return]
