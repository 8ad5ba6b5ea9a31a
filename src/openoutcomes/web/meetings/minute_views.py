"""Pages of holding a meeting: minuting a line, the huddle, who was there, closing, minutes, approval, corrections."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.pages import at, page, problems_into, say, warn
from openoutcomes.web.meetings import minuting, queries
from openoutcomes.web.meetings.agenda import grouped
from openoutcomes.web.meetings.forms import (
    AttendForm,
    CloseForm,
    CorrectionForm,
    HuddleForm,
    MinuteForm,
    WhyForm,
)
from openoutcomes.web.meetings.kinds import KINDS
from openoutcomes.web.meetings.models import Correction, Decision, Item, Meeting, Series
from openoutcomes.web.meetings.views import running, tag_of, when
from openoutcomes.web.people.list_views import open_ones
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.records.forms import sent_again
from openoutcomes.web.sharing.forms import ConfirmForm, sent


def _of(request: Any, meeting_id: str) -> Meeting:
    """Return a meeting that the seat runs."""
    found = queries.meeting_or_404(request.access, meeting_id)
    running(request, found.series)
    return found


def _see(request: Any, found: Meeting) -> str:
    return at(request, "meeting", meeting_id=found.meeting_id)


@page("meetings.run")
def item(request: Any, meeting_id: str, mark: str) -> HttpResponse:
    """Minute one line: notes, a decision, an action. Two who write at once lose nothing."""
    found = _of(request, meeting_id)
    line = queries.item_or_404(found, mark)
    if found.state != "open":
        return redirect(_see(request, found))
    owners = queries.owners(found.series, queries.attendees_of(found))
    initial = {"notes": line.notes, "revision": line.revision, "decided_by": "The meeting"}
    form = MinuteForm(request.POST or None, owners=owners, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            minuting.minute(
                request.access, item=line, notes=form.cleaned_data["notes"],
                expected=form.cleaned_data["revision"], decision=form.decided(), action=form.agreed(),
                once=form.key(),
            )  # fmt: skip
        except minuting.NotesConflictError as error:
            problems_into(form, error)
            both = f"{error.latest.notes}\n\n{form.data.get('notes', '')}".strip()
            sent_again(form, revision=error.latest.revision, notes=both)
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "Minuted.")
            return redirect(_onward(request, found, line))
    items = list(Item.of(found.partnership).filter(meeting=found, is_dropped=False).order_by("place", "pk"))
    context = {
        "row": found,
        "line": line,
        "number": [one.pk for one in items].index(line.pk) + 1 if line in items else 0,
        "of": len(items),
        "form": form,
        "decisions": list(line.decisions.order_by("pk")),
        "actions": list(
            line.actions.select_related("owner__user", "owner__organisation", "owner_organisation")
        ),
        "versions": list(line.versions.select_related("by")[:10]),
        "back": _see(request, found),
    }
    return render(request, "meetings/item.html", context)


def _onward(request: Any, found: Meeting, line: Item) -> str:
    """Return where to go after minuting a line: on to the next one, to the same, or to the meeting."""
    way = request.POST.get("then", "")
    if way == "more":
        return at(request, "meeting_item", meeting_id=found.meeting_id, mark=line.mark)
    if way == "next":
        rows = Item.of(found.partnership).filter(meeting=found, is_dropped=False)
        after = rows.filter(Q(place__gt=line.place) | Q(place=line.place, pk__gt=line.pk)).order_by(
            "place", "pk"
        )
        following = after.first()
        if following is not None:
            return at(request, "meeting_item", meeting_id=found.meeting_id, mark=following.mark)
    return f"{_see(request, found)}#{line.mark}"


@page("meetings.run")
def decision_back(request: Any, decision_id: str) -> HttpResponse:
    """Take a decision back while the minutes are being written."""
    rows = queries.decisions_for(request.access).select_related(
        "meeting__series__organisation", "meeting__series__contract"
    )
    decision: Decision | None = rows.filter(decision_id=decision_id).first()
    if decision is None:
        raise Http404("No such decision, or not one that you may see")
    found = _of(request, decision.meeting.meeting_id)
    form = WhyForm(
        request.POST or None, says="The decision stays in the register, struck through, with this."
    )
    if request.method == "POST" and form.is_valid():
        try:
            minuting.take_back_decision(
                request.access, decision=decision, why=form.cleaned_data["why"], once=form.key()
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The decision is marked as taken back.")
            return redirect(_see(request, found))
    context = {
        "title": "Take the decision back", "caption": decision.words, "form": form, "back": _see(request, found),
        "button": "Take it back", "danger": True,
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


@page("meetings.run")
def attendance(request: Any, meeting_id: str) -> HttpResponse:
    """Say who was there."""
    found = _of(request, meeting_id)
    allowed = list(queries.may_be_invited(found.series))
    form = AttendForm(
        request.POST or None, attendees=queries.attendees_of(found), allowed=allowed,
        initial={"others": found.others},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            minuting.attend(
                request.access, meeting=found, there=form.there(), others=form.cleaned_data["others"],
                once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "Who was there is noted.")
            return redirect(_see(request, found))
    context = {"title": "Who was there?", "caption": str(found), "form": form, "back": _see(request, found)}
    return render(request, "core/form_page.html", context)


@page("meetings.run")
def close(request: Any, meeting_id: str) -> HttpResponse:
    """Close the minutes with the meeting in a line."""
    found = _of(request, meeting_id)
    form = CloseForm(request.POST or None, initial={"summary": found.summary})
    if request.method == "POST" and form.is_valid():
        try:
            minuting.close(
                request.access, meeting=found, summary=form.cleaned_data["summary"], once=form.key()
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The minutes are closed. They are approved at the next meeting.")
            return redirect(at(request, "meeting_minutes", meeting_id=meeting_id))
    context = {
        "title": "Close the minutes", "caption": str(found), "form": form, "back": _see(request, found),
        "button": "Close them", "lead": "Whoever chairs can open them again for a day.",
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


@page("meetings.run")
def reopen(request: Any, meeting_id: str) -> HttpResponse:
    """Open closed minutes again, within a day."""
    found = _of(request, meeting_id)
    if not queries.is_chair(request.access, found.series):
        raise PermissionDenied("meetings.run")
    form = ConfirmForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            minuting.reopen(request.access, meeting=found, once=form.key())
        except InputError as error:
            warn(request, error)
        else:
            say(request, "The minutes are open again. Close them when they are right.")
    return redirect(_see(request, found))


@page("meetings.run")
def approve(request: Any, meeting_id: str) -> HttpResponse:
    """Approve the minutes of an earlier meeting at this one."""
    found = _of(request, meeting_id)
    form = ConfirmForm(sent(request))
    if request.method == "POST" and form.is_valid():
        earlier = _of(request, request.POST.get("earlier", ""))
        try:
            minuting.approve(request.access, meeting=earlier, at=found, once=form.key())
        except InputError as error:
            warn(request, error)
        else:
            say(request, f"The minutes of {earlier} are approved.")
    return redirect(_see(request, found))


@page("meetings.run")
def correct(request: Any, meeting_id: str) -> HttpResponse:
    """Add a correction beside closed minutes."""
    found = _of(request, meeting_id)
    form = CorrectionForm(request.POST or None)
    back = at(request, "meeting_minutes", meeting_id=meeting_id)
    if request.method == "POST" and form.is_valid():
        try:
            minuting.correct(
                request.access, meeting=found, words=form.cleaned_data["words"], why=form.cleaned_data["why"],
                once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The correction is noted beside the minutes.")
            return redirect(back)
    context = {
        "title": "Correct the minutes", "caption": str(found), "form": form, "back": back,
        "lead": "The minutes stay as they are. What is right is shown beside them, with when and by whom.",
        "button": "Add the correction",
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


@page("meetings.view")
def minutes(request: Any, meeting_id: str) -> HttpResponse:
    """Show a meeting as minutes to read, print or keep as a file."""
    access = request.access
    found = queries.meeting_or_404(access, meeting_id)
    items = list(
        Item.of(access.partnership)
        .filter(meeting=found)
        .prefetch_related(
            "decisions", "actions__owner__user", "actions__owner__organisation", "actions__owner_organisation"
        )
    )
    attendees = queries.attendees_of(found)
    runs = queries.may_run(access, found.series)
    context = {
        "row": found,
        "kind": KINDS[found.series.kind],
        "state": tag_of(found),
        "when": when(found),
        "runs": runs,
        "may_reopen": runs and found.may_reopen and queries.is_chair(access, found.series),
        "there": [one.words for one in attendees if one.state == "there"],
        "apologies": [one.words for one in attendees if one.state == "apologies"],
        "absent": [one.words for one in attendees if one.state == "absent"],
        "groups": grouped([one for one in items if not one.is_dropped]),
        "dropped": [one for one in items if one.is_dropped],
        "loose": list(
            found.actions.filter(item=None).select_related(
                "owner__user", "owner__organisation", "owner_organisation"
            )
        ),
        "corrections": list(Correction.of(access.partnership).filter(meeting=found).select_related("by")),
        "form": ConfirmForm(),
        "back": at(request, "meetings"),
    }
    return render(request, "meetings/minutes.html", context)


def _teams(request: Any) -> list[Series]:
    rows = queries.series_for(request.access).filter(kind="huddle", ended_at=None)
    return [one for one in rows if queries.may_run(request.access, one)]


@page("meetings.run")
def today_huddle(request: Any) -> HttpResponse:
    """Lead to today's huddle of the team: a button to begin it, or its page."""
    access = request.access
    teams = _teams(request)
    form = ConfirmForm(sent(request))
    if request.method == "POST" and form.is_valid():
        for one in teams:
            if one.series_id == request.POST.get("series"):
                one.partnership = access.partnership
                try:
                    made = minuting.huddle_today(access, series=one, once=form.key())
                except InputError as error:
                    warn(request, error)
                    break
                return redirect(at(request, "meeting", meeting_id=made.meeting_id))
    held = {
        one.series_id: one
        for one in Meeting.of(access.partnership)
        .filter(series__in=teams, on=today())
        .exclude(state__in=("cancelled", "planned"))
        .select_related("series")
    }
    context = {
        "title": "Today’s huddle",
        "teams": [(one, held.get(one.pk)) for one in teams],
        "form": form,
        "back": at(request, "meetings"),
    }
    return render(request, "meetings/huddles.html", context)


@page("meetings.run")
def huddle(request: Any, meeting_id: str) -> HttpResponse:
    """Hold a huddle on one screen: who is due, who waits, who is away, what worries us, a line and an action."""
    found = _of(request, meeting_id)
    if found.series.kind != "huddle" or found.state != "open":
        return redirect(at(request, "meeting_minutes", meeting_id=meeting_id))
    team = queries.attendees_of(found)
    initial = {
        "away": [str(one.seat_id) for one in team if one.state in ("absent", "apologies")],
        "worries": minuting.worries_of(found),
        "summary": found.summary,
    }
    owners = queries.owners(found.series, team)
    form = HuddleForm(request.POST or None, team=team, owners=owners, initial=initial)
    if request.method == "POST" and form.is_valid():
        finish = request.POST.get("then") == "finish"
        try:
            minuting.huddle(
                request.access, meeting=found, away=form.gone(), worries=form.cleaned_data["worries"],
                summary=form.cleaned_data["summary"], action=form.agreed(), finish=finish, once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The huddle is written down." if finish else "Noted. Add another action, or finish.")
            name = "meeting_minutes" if finish else "meeting_huddle"
            return redirect(at(request, name, meeting_id=meeting_id))
    context = {
        "row": found,
        "form": form,
        "above": [form[name] for name in ("away", "worries", "summary") if name in form.fields],
        "below": [form[name] for name in ("action", "owner", "due")],
        "is_acting": any(name in form.errors or form.data.get(name) for name in ("action", "owner")),
        "contacts": _contacts(found),
        "actions": list(
            found.actions.select_related("owner__user", "owner__organisation", "owner_organisation")
        ),
        "items": list(
            Item.of(found.partnership).filter(meeting=found, is_dropped=False).exclude(mark__startswith="w-")
        ),
        "back": at(request, "meetings"),
    }
    return render(request, "meetings/huddle.html", context)


def _contacts(found: Meeting) -> list[dict[str, Any]]:
    """Return how many contacts are due today and late, by whoever works with the people; nobody supported is named."""
    if found.series.organisation_id is None:
        return []
    rows = Enrolment.of(found.partnership).filter(open_ones(), organisation=found.series.organisation_id)
    rows = rows.filter(next_on__lte=today(), person__merged_into=None, person__erased_at=None)
    counted = rows.values("practitioner__name", "practitioner__email").annotate(
        due=Count("pk", filter=Q(next_on=today())), late=Count("pk", filter=Q(next_on__lt=today()))
    )
    return [
        {"who": row["practitioner__name"] or row["practitioner__email"] or "Nobody yet", **row}
        for row in counted.order_by("practitioner__name", "practitioner__email")
    ]
