"""Pages about referrals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Avg, DurationField, ExpressionWrapper, F, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.models import Person
from openoutcomes.web.people.queries import look_at, records_seen
from openoutcomes.web.referrals import commands, queries
from openoutcomes.web.referrals.forms import (
    AcceptForm,
    HandBackForm,
    NextForm,
    ReasonForm,
    ReceiveForm,
    ReferForm,
    ReferralFilter,
)
from openoutcomes.web.referrals.models import Referral
from openoutcomes.web.sharing.forms import ConfirmForm, sent
from openoutcomes.web.sharing.queries import (
    one_organisation,
    others,
    own_organisations,
    own_person_or_404,
    person_address,
    sights_of,
    slice_of,
)
from openoutcomes.web.sharing.slices import in_words, tables_in

_TAGS = {
    "made": "yellow", "accepted": "green", "declined": "red", "handed_back": "red", "withdrawn": "grey",
}  # fmt: skip
#: Fields of a person that are passed on with a referral, so that they can be reached.
_PASSED = (
    ("shown", "Name"),
    ("phone", "Telephone"),
    ("email", "Email"),
    ("contact_note", "Getting in touch"),
)


def tag_of(row: Any) -> Cell:
    """Return the state of a referral as a tag, with what presses under it."""
    if row.state == "made" and not row.is_open:
        return Cell("Sharing stopped", tag="grey", under="It can no longer be accepted")
    if row.is_late:
        under = f"Reminded {day(row.reminded_at)}" if row.reminded_at else f"Wanted by {day(row.due_on)}"
        return Cell("Overdue", tag="red", under=under)
    under = "Say what happens next" if row.came_back else row.get_next_display() if row.next else ""
    return Cell(row.get_state_display(), tag=_TAGS[row.state], under=under)


def _filtered(rows: Any, asked: dict[str, Any]) -> Any:
    if asked.get("programme"):
        rows = rows.filter(programme=asked["programme"])
    show = asked.get("show")
    if show == "late":
        return rows.filter(state="made", due_on__lt=today())
    if show == "back":
        return rows.filter(state__in=["declined", "handed_back"], next="")
    return rows.filter(state=show) if show else rows


def _turnaround(rows: Any) -> str:
    since = today() - dt.timedelta(days=365)
    took = rows.filter(answered_on__gte=since).aggregate(
        mean=Avg(ExpressionWrapper(F("answered_on") - F("made_on"), output_field=DurationField()))
    )["mean"]
    if took is None:
        return ""
    days = round(took.total_seconds() / 86400)
    return f"Answered in {days} {'day' if days == 1 else 'days'} on average over the last year."


@page("referrals.view")
def referrals(request: Any) -> HttpResponse:
    """List the referrals to and from the seat's organisations, those that wait first."""
    access = request.access
    is_out = request.GET.get("tab") == "out"
    rows = queries.outgoing(access) if is_out else queries.incoming(access)
    ours = Q(organisation__in=access.organisation_ids("referrals.view"))
    programmes = Programme.of(access.partnership).filter(Q() if is_out else ours)
    filters = ReferralFilter(request.GET, programmes=programmes)
    filters.is_valid()
    turnaround = _turnaround(rows)
    rows = _filtered(rows, filters.cleaned_data)

    def who(row: Any) -> Cell:
        if not row.is_visible:
            return Cell("No longer shared", under=row.referral_id)
        return Cell(row.person.shown, at(request, "referral", referral_id=row.referral_id))

    columns = [
        Column("Person", who, plain=lambda row: row.person.person_id if row.is_visible else ""),
        Column("To", lambda row: row.to_organisation.name, sort="to_organisation__name")
        if is_out
        else Column("From", lambda row: row.sender, sort="from_organisation__name"),
        Column("Programme", lambda row: row.programme.name if row.programme else "", sort="programme__name"),
        Column("State", tag_of, sort="state", plain=lambda row: row.get_state_display()),
        Column("Made", lambda row: day(row.made_on), sort="made_on", plain=lambda row: row.made_on),
        Column("Days", lambda row: str(row.days), numeric=True),
    ]
    if wants_csv(request):
        return as_csv(rows.order_by("-made_on", "-pk"), columns, "referrals")
    address = at(request, "referrals")
    return render(
        request,
        "referrals/list.html",
        {
            "title": "Referrals",
            "tabs": [("To us", address, not is_out), ("From us", f"{address}?tab=out", is_out)],
            "tab": "out" if is_out else "",
            "turnaround": turnaround,
            "listing": listing(
                request, rows, columns, caption="Referrals", one="referral", sort="rank", filters=filters,
                empty="You have made no referral yet. Open a person, then choose Refer." if is_out
                else "Nobody has been referred to you yet.",
                empty_action=("See your people", at(request, "people")) if is_out else None,
            ),
            "actions": [("Note a referral from outside", at(request, "referral_receive"))],
        },
    )  # fmt: skip


def _passed_on(person: Person) -> list[tuple[str, str]]:
    return [(label, getattr(person, name)) for name, label in _PASSED if getattr(person, name)]


@page("referrals.make")
def make(request: Any, person_id: str) -> HttpResponse:
    """Refer a person: fill in, look at exactly what is passed on, send."""
    access = request.access
    person = own_person_or_404(access, person_id, "referrals.make")
    homes = own_organisations(access, "referrals.make", person)
    if not homes:
        raise Http404("Not one of your own people")
    recipients = others(access, person)
    form = ReferForm(
        sent(request),
        recipients=recipients,
        programmes=Programme.of(access.partnership).filter(organisation__in=recipients, is_open=True),
    )
    back = person_address(access, person_id)
    context = {
        "title": "Refer to another organisation", "caption": person.shown, "form": form, "back": back,
        "button": "Look at what is passed on", "person": person,
        "lead": "Nothing is sent yet: next you see exactly what would be passed on.",
    }  # fmt: skip
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        return render(request, "core/form_page.html", context)
    values = form.cleaned_data
    recipient, programme = form.chosen()
    if "send" in request.POST:
        try:
            done = commands.make(
                access, person=person, organisation=homes[0], recipient=recipient, programme=programme,
                wants=values["wants"], groups=values["groups"], basis=values["basis"], how=values["how"],
                why=values["why"], due_on=values["due_on"], once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
            return render(request, "core/form_page.html", context)
        say(request, f"The referral to {recipient} was sent.")
        return redirect(at(request, "referral", referral_id=done.referral_id))
    if values["basis"] == "consent" and not values["how"]:
        form.add_error("how", "Choose how they agreed.")
    if values["basis"] == "lawful" and not values["why"].strip():
        form.add_error("why", "Write which law or duty allows it, and why now.")
    if form.errors:
        return render(request, "core/form_page.html", context)
    look_at(access, person_id, "referrals.make")
    tables = tables_in(values["groups"])
    return render(
        request,
        "referrals/check.html",
        {
            **context,
            "recipient": recipient,
            "programme": programme,
            "values": values,
            "passed": _passed_on(person),
            "slice": in_words(tables),
            "lines": slice_of(person, tables, records_seen(access, person)),
        },
    )


@page("referrals.answer")
def receive(request: Any) -> HttpResponse:
    """Note a referral from outside, or of a person by themselves."""
    access = request.access
    organisation = one_organisation(access, "referrals.answer", request.GET.get("organisation"))
    if organisation is None:
        raise Http404("No such organisation of yours")
    form = ReceiveForm(sent(request), programmes=queries.programmes_of(organisation))
    back = at(request, "referrals")
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            done = commands.receive(
                access, organisation=organisation, route=values["route"], from_words=values["from_words"],
                identity={
                    "name": values["name"], "phone": values["phone"],
                    "contact_note": values["contact_note"],
                    "safe_contact": bool(values["contact_note"]),
                },
                wants=values["wants"], programme=values["programme"], once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The referral was noted.")
            return redirect(at(request, "referral", referral_id=done.referral_id))
    return render(
        request,
        "core/form_page.html",
        {"title": "Note a referral from outside", "form": form, "back": back,
         "lead": "Somebody telephoned, wrote or walked in. A name is enough."},
    )  # fmt: skip


@page("referrals.view")
def referral(request: Any, referral_id: str) -> HttpResponse:
    """Show a referral: what they want, what was passed on, and what may be done next."""
    access = request.access
    row, side = queries.referral_or_404(access, referral_id)
    person = look_at(access, row.person.person_id, "referrals.referral", "referrals.view")
    history = queries.history_of(row)
    tables = row.sight.slice if row.sight is not None else []

    def to(name: str) -> str:
        return at(request, name, referral_id=referral_id)

    actions = []
    if side in ("in", "both") and access.allows("referrals.answer", row.to_organisation):
        if row.state == "made" and row.is_open:
            actions += [("Accept", to("referral_accept")), ("Decline", to("referral_decline"))]
        if row.state == "accepted":
            actions.append(("Hand back", to("referral_hand_back")))
            if row.may_be_undone:
                actions.append(("Accepted by mistake", to("referral_undo")))
    if side in ("out", "both") and access.allows("referrals.make", row.from_organisation):
        if row.came_back:
            actions.append(("Say what happens next", to("referral_settle")))
            actions.append(("Refer somewhere else", at(request, "referral_make", person_id=person.person_id)))
        if row.is_late and row.is_open:
            actions.append(("Remind them", to("referral_remind")))
        if row.state == "made":
            actions.append(("Take it back", to("referral_take_back")))
    return render(
        request,
        "referrals/referral.html",
        {
            "row": row,
            "person": person,
            "state": tag_of(row),
            "wants": queries.wanted(history),
            "reason": str(history[-1].values.get("why", ""))
            if row.state in ("declined", "handed_back")
            else "",
            "passed": _passed_on(person),
            "slice": in_words(tables),
            "lines": slice_of(person, tables, records_seen(access, person)),
            "actions": actions,
            "back": at(request, "referrals") + ("?tab=out" if side == "out" else ""),
            "person_address": person_address(access, person.person_id),
        },
    )


def _side(request: Any, referral_id: str, side: str, action: str) -> Referral:
    """Return a referral for one side's action; the other side finds nothing here."""
    row, mine = queries.referral_or_404(request.access, referral_id)
    if mine not in (side, "both"):
        raise Http404("Not yours to do")
    organisation = row.to_organisation if side == "in" else row.from_organisation
    if not request.access.allows(action, organisation):
        raise Http404("Not yours to do")
    return row


def _do(
    request: Any, row: Referral, form: Any, act: Callable[[], Any], done: str, template: str, **context: Any
) -> HttpResponse:
    back = at(request, "referral", referral_id=row.referral_id)
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, done)
            visible = queries.incoming(request.access) | queries.outgoing(request.access)
            still = visible.filter(pk=row.pk, is_visible=True).exists()
            return redirect(back if still else at(request, "referrals"))
    return render(request, template, {"caption": row.person.shown, "form": form, "back": back, **context})


@page("referrals.answer")
def accept(request: Any, referral_id: str) -> HttpResponse:
    """Accept a referral."""
    row = _side(request, referral_id, "in", "referrals.answer")
    form = AcceptForm(
        sent(request),
        programmes=queries.programmes_of(row.to_organisation),
        practitioners=queries.practitioners_of(row.to_organisation),
        initial={
            "programme": row.programme_id,
            "practitioner": request.user.pk if "practitioner" in request.access.roles() else None,
        },
    )

    def act() -> Any:
        values = form.cleaned_data
        return commands.accept(
            request.access, referral=row, programme=values["programme"],
            practitioner=values["practitioner"], started_on=values["started_on"], once=form.key(),
        )  # fmt: skip

    return _do(
        request, row, form, act, f"{row.person.shown} is with you now.", "core/form_page.html",
        title="Accept the referral", button="Accept",
    )  # fmt: skip


@page("referrals.answer")
def decline(request: Any, referral_id: str) -> HttpResponse:
    """Decline a referral, with the reason."""
    row = _side(request, referral_id, "in", "referrals.answer")
    form = ReasonForm(sent(request))

    def act() -> Any:
        return commands.decline(
            request.access, referral=row, reason=form.cleaned_data["reason"], once=form.key()
        )

    return _do(
        request, row, form, act, f"{row.sender} has the referral back.", "core/form_page.html",
        title="Decline the referral", button="Decline", danger=True,
        lead="You stop seeing the person at once.",
    )  # fmt: skip


@page("referrals.answer")
def hand_back(request: Any, referral_id: str) -> HttpResponse:
    """Hand a person back who had been taken on."""
    row = _side(request, referral_id, "in", "referrals.answer")
    form = HandBackForm(sent(request))

    def act() -> Any:
        values = form.cleaned_data
        return commands.hand_back(
            request.access, referral=row, reason=values["reason"], end_reason=values["end_reason"],
            once=form.key(),
        )  # fmt: skip

    return _do(
        request, row, form, act, f"{row.sender} has the referral back.", "core/form_page.html",
        title="Hand the person back", button="Hand back", danger=True,
        lead="Support with you ends. What you recorded stays with you; what was shared with you stops.",
    )  # fmt: skip


@page("referrals.make")
def take_back(request: Any, referral_id: str) -> HttpResponse:
    """Take back a referral that waits."""
    row = _side(request, referral_id, "out", "referrals.make")
    form = ConfirmForm(sent(request))
    return _do(
        request, row, form,
        lambda: commands.take_back(request.access, referral=row, once=form.key()),
        "The referral was taken back.", "core/confirm.html",
        title="Take the referral back?", button="Take it back", danger=True,
        says=[f"{row.to_organisation} stops seeing {row.person.shown} at once."],
    )  # fmt: skip


@page("referrals.answer")
def undo(request: Any, referral_id: str) -> HttpResponse:
    """Take back an acceptance made by mistake."""
    row = _side(request, referral_id, "in", "referrals.answer")
    form = ConfirmForm(sent(request))
    return _do(
        request, row, form,
        lambda: commands.undo(request.access, referral=row, once=form.key()),
        "The referral waits for an answer again.", "core/confirm.html",
        title="Was it accepted by mistake?", button="Undo the acceptance",
        says=["The referral waits for an answer again.", "The enrolment made with it is withdrawn."],
    )  # fmt: skip


@page("referrals.make")
def remind(request: Any, referral_id: str) -> HttpResponse:
    """Remind the other organisation."""
    row = _side(request, referral_id, "out", "referrals.make")
    form = ConfirmForm(sent(request))
    return _do(
        request, row, form,
        lambda: commands.remind(request.access, referral=row, once=form.key()),
        f"{row.to_organisation} was reminded.", "core/confirm.html",
        title=f"Remind {row.to_organisation}?", button="Remind them",
        says=["They see on their first page and in their list that an answer is overdue."],
    )  # fmt: skip


@page("referrals.make")
def settle(request: Any, referral_id: str) -> HttpResponse:
    """Say what happens next with a person who came back."""
    row = _side(request, referral_id, "out", "referrals.make")
    form = NextForm(sent(request))
    return _do(
        request, row, form,
        lambda: commands.settle(
            request.access, referral=row, next_step=form.cleaned_data["next_step"], once=form.key()
        ),
        "Noted. The referral waits for you no longer.", "core/form_page.html",
        title="What happens next?",
    )  # fmt: skip


def person_section(access: Any, person: Person) -> dict[str, Any] | None:
    """Return a person's referrals and who else sees them, for their page; None where there is nothing."""
    if person.pk in access.person_ids():
        return {"is_self": True}
    if not access.may("referrals.view"):
        return None
    rows = list(queries.of_person(access, person)[:5])
    is_own = bool(own_organisations(access, "people.share", person))
    if not is_own and not rows:
        return None
    mine = access.organisation_ids("people.share")
    others_now = sights_of(person).filter(is_holding=True).exclude(organisation__in=mine) if is_own else []
    names = dict.fromkeys(str(sight.organisation) for sight in others_now)
    return {"rows": rows, "is_own": is_own, "others": list(names)}
