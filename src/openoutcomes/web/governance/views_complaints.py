"""Pages about complaints: made by anybody, read by their handlers alone, and followed by whoever made them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.accounts.models import User
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, done, page, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.governance import complaining, queries
from openoutcomes.web.governance.deadlines import NO_BODY, rules_of
from openoutcomes.web.governance.forms import (
    AgreeForm,
    AnswerForm,
    AssignForm,
    CloseForm,
    ComplainForm,
    FurtherForm,
    GivenForm,
    RulesForm,
    SatisfiedForm,
    WordsForm,
    WriteDownForm,
)
from openoutcomes.web.governance.models import Complaint, ComplaintStep
from openoutcomes.web.governance.views import form_page
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.queries import people_for
from openoutcomes.web.sharing.forms import ConfirmForm, sent

_COLOURS = {
    "received": "blue",
    "acknowledged": "blue",
    "proposed": "turquoise",
    "answered": "green",
    "closed": "grey",
    "withdrawn": "grey",
}


def _state(row: Complaint) -> Cell:
    return Cell("Late", tag="red") if row.is_late else Cell(row.get_state_display(), tag=_COLOURS[row.state])


def _columns(request: Any, address: str) -> list[Column]:
    return [
        Column("Complaint", lambda c: Cell(c.complaint_id, at(request, address, complaint_id=c.complaint_id)), sort="complaint_id",
               plain=lambda c: c.complaint_id),
        Column("About", lambda c: str(c.organisation or "The partnership"), sort="organisation__name"),
        Column("Came", lambda c: Cell(day(c.received_on), under=c.get_via_display()), sort="received_on", plain=lambda c: c.received_on),
        Column("With", lambda c: c.get_stage_display(), sort="stage"),
        Column("Stands", _state, sort="state", plain=lambda c: c.get_state_display()),
        Column("Answer by", lambda c: day(c.answer_by) if c.is_open else "", sort="answer_by", plain=lambda c: c.answer_by),
    ]  # fmt: skip


@page("complaints.make")
def complaints(request: Any) -> HttpResponse:
    """Show how to complain, one's own complaints, and what everybody may know of the year's."""
    access = request.access
    rules = rules_of(access.partnership)
    years = queries.years(access)
    return render(
        request, "governance/complaints.html",
        {
            "rules": rules, "no_body": NO_BODY, "own": queries.own_complaints(access).order_by("-received_on", "-pk"),
            "may_handle": access.may(queries.HANDLING), "may_manage": access.may("governance.manage"),
            "figures": [queries.figures(access, year) for year in years[:3]],
            "changes": queries.changes(access)[:20], "is_person": queries.is_person(access),
            "back": at(request, "governance"),
        },
    )  # fmt: skip


@page("complaints.make")
def complain(request: Any) -> HttpResponse:
    """Make a complaint."""
    access = request.access
    form = ComplainForm(
        sent(request), organisations=Organisation.of(access.partnership).filter(is_active=True)
    )
    made = done(
        request, form,
        lambda: complaining.complain(
            access, values=form.values(), organisation=form.cleaned_data["organisation"], once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(
            request,
            f"Your complaint was received. We acknowledge it by {day(made.acknowledge_by)} and answer by {day(made.answer_by)}.",
        )
        return redirect(at(request, "complaint", complaint_id=made.complaint_id))
    return render(
        request, "core/form_page.html",
        {
            "title": "Complain", "form": form, "back": at(request, "complaints"), "button": "Send",
            "lead": "It never changes the help that you get. You can also complain by telephone, on paper or in person.",
        },
    )  # fmt: skip


@page("complaints.make")
def write_down(request: Any) -> HttpResponse:
    """Write down a complaint that came by telephone, on paper or in person."""
    access = request.access
    if queries.is_person(access):
        return redirect(at(request, "complain"))
    form = WriteDownForm(sent(request), organisations=Organisation.of(access.partnership).filter(is_active=True),
                         initial={"person_id": request.GET.get("person", "")})  # fmt: skip
    person = None
    if request.method == "POST" and form.is_valid() and form.cleaned_data["person_id"]:
        person = people_for(access).filter(person_id=form.cleaned_data["person_id"].strip().lower()).first()
        if person is None:
            form.add_error("person_id", "Nobody whom you may see has this id. Check it, or leave it empty.")
    made = done(
        request, form,
        lambda: complaining.complain(
            access, values=form.values(), organisation=form.cleaned_data["organisation"], via=form.cleaned_data["via"],
            received_on=form.cleaned_data["received_on"], person=person, own=False, once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        say(
            request,
            f"Written down as {made.complaint_id}: tell them this reference. It is acknowledged by {day(made.acknowledge_by)} "
            f"and answered by {day(made.answer_by)}.",
        )
        return redirect(at(request, "complaints"))
    return render(
        request, "core/form_page.html",
        {
            "title": "Write down a complaint", "form": form, "back": at(request, "complaints"),
            "lead": "For somebody who rang, wrote or came. It counts the same. Once sent, only its handlers read it.",
        },
    )  # fmt: skip


@page("complaints.make")
def blank(request: Any) -> HttpResponse:
    """Show a blank form to print, for people who complain on paper."""
    return render(
        request,
        "governance/blank.html",
        {
            "rules": rules_of(request.access.partnership),
            "back": at(request, "complaints"),
            "lines": range(10),
        },
    )


@page("complaints.handle")
def handling(request: Any) -> HttpResponse:
    """List the complaints to handle, and for who handles for the whole partnership those whose days it keeps."""
    access = request.access
    mine = queries.handled(access)
    address = "complaint"
    if request.GET.get("show") == "all" and access.reach(queries.HANDLING) == "partnership":
        rows, address = queries.chased(access), "complaint_assign"
    else:
        rows = mine
    if request.GET.get("open") != "no":
        rows = rows.filter(state__in=("received", "acknowledged", "proposed", "answered")).exclude(
            stage="outside"
        )
    columns = _columns(request, address)
    if wants_csv(request):
        return as_csv(rows.order_by("answer_by", "pk"), columns, "complaints")
    return render(
        request, "governance/handling.html",
        {
            "title": "Complaints to handle", "back": at(request, "complaints"),
            "chases": access.reach(queries.HANDLING) == "partnership", "shows_all": address == "complaint_assign",
            "listing": listing(
                request, rows, columns, caption="Complaints", one="complaint", sort="answer_by",
                empty="No complaint waits for you.",
            ),
        },
    )  # fmt: skip


@page("complaints.make")
def complaint(request: Any, complaint_id: str) -> HttpResponse:
    """Show a complaint: its progress to whoever made it, everything to its handlers."""
    access = request.access
    row, part = queries.complaint_or_404(access, complaint_id)
    steps = ComplaintStep.of(access.partnership).filter(complaint=row).select_related("by")
    if part == "owner":
        steps = steps.filter(for_all=True)
    else:
        complaining.look(access, row)
    rules = rules_of(access.partnership)
    answered = row.state in ("answered", "closed")
    return render(
        request, "governance/complaint.html",
        {
            "row": row, "steps": steps, "is_owner": part == "owner", "state": _state(row), "rules": rules, "no_body": NO_BODY,
            "is_handler": row.handler_id == access.user.pk and part == "handler",
            "is_second": row.second_id == access.user.pk and part == "handler",
            "may_assign": part == "handler" and access.reach(queries.HANDLING) == "partnership" and row.is_open,
            # An answer is whoever complained's once it is agreed.
            "shows_answer": answered or (part == "handler" and row.state == "proposed"),
            "redress": [words for code, words in Complaint.REDRESS if code in row.redress],
            "may_go_further": row.stage != "outside" and row.state not in ("closed", "withdrawn")
            and (row.stage == "panel" or row.state == "answered" or row.is_late),
            "looks": queries.looks_at(row)[:20] if part == "owner" else [],
            "back": at(request, "complaints" if part == "owner" else "complaint_handling"),
        },
    )  # fmt: skip


def _to(request: Any, row: Complaint) -> str:
    return at(request, "complaint", complaint_id=row.complaint_id)


def _handled(request: Any, complaint_id: str) -> Complaint:
    row, part = queries.complaint_or_404(request.access, complaint_id)
    if part != "handler":
        raise Http404("Not yours to handle")
    return row


@page("complaints.handle")
def assign(request: Any, complaint_id: str) -> HttpResponse:
    """Give a complaint to its handlers, without reading it."""
    access = request.access
    row = queries.chased_or_404(access, complaint_id)
    seats = [
        one
        for one in queries.handlers_of(access.partnership)
        if one.user_id not in (row.user_id, row.about_user_id)
    ]
    initial = {"handler": row.handler_id or "", "second": row.second_id or "", "about": ""}
    form = AssignForm(sent(request), seats=seats, initial=initial)
    users = {str(one.user_id): one.user for one in seats}

    def act() -> Any:
        chosen: dict[str, User | None] = {
            name: users.get(form.cleaned_data[name]) for name in ("handler", "second", "about")
        }
        return complaining.assign(access, complaint=row, once=form.key(), **chosen)

    if done(request, form, act) is not None:
        say(request, "The complaint was given out.")
        return redirect(f"{at(request, 'complaint_handling')}?show=all")
    return render(
        request, "governance/assign.html",
        {
            "title": "Who handles this complaint?", "caption": row.complaint_id, "form": form, "row": row, "button": "Give it out",
            "state": _state(row), "back": f"{at(request, 'complaint_handling')}?show=all",
        },
    )  # fmt: skip


@page("complaints.handle")
def acknowledge(request: Any, complaint_id: str) -> HttpResponse:
    """Acknowledge a complaint."""
    row = _handled(request, complaint_id)
    form = WordsForm(sent(request), to_them=True)
    return form_page(
        request, form,
        lambda: complaining.acknowledge(request.access, complaint=row, words=form.cleaned_data["words"], once=form.key()),
        _to(request, row), "Acknowledged. Tell them in the way they asked for, too.", title="Acknowledge the complaint",
        caption=row.complaint_id, button="Acknowledge", lead="Say who looks into it, and by when they hear. They see it on their page.",
    )  # fmt: skip


@page("complaints.handle")
def add_note(request: Any, complaint_id: str) -> HttpResponse:
    """Add a note to a complaint."""
    row = _handled(request, complaint_id)
    form = WordsForm(sent(request), to_them=False)
    return form_page(
        request, form,
        lambda: complaining.add_note(
            request.access, complaint=row, words=form.cleaned_data["words"], for_all=form.cleaned_data["for_all"], once=form.key()
        ),
        _to(request, row), "The note was added.", title="Add a note", caption=row.complaint_id,
    )  # fmt: skip


@page("complaints.handle")
def answer(request: Any, complaint_id: str) -> HttpResponse:
    """Answer a complaint."""
    row = _handled(request, complaint_id)
    initial = {
        name: getattr(row, name) for name in ("outcome", "reason", "redress", "redress_words", "payment")
    }
    form = AnswerForm(sent(request), initial=initial)
    return form_page(
        request, form,
        lambda: complaining.propose(
            request.access, complaint=row, once=form.key(),
            **{name: form.cleaned_data[name] for name in ("outcome", "reason", "redress", "redress_words", "payment")},
        ),
        _to(request, row), "The answer is with the second, who agrees first." if row.second_id else "Answered. Tell them in the way they asked for, too.",
        title="Answer the complaint", caption=row.complaint_id, button="Answer",
    )  # fmt: skip


@page("complaints.handle")
def agree(request: Any, complaint_id: str) -> HttpResponse:
    """Agree to an answer, or send it back."""
    row = _handled(request, complaint_id)
    form = AgreeForm(sent(request))
    return form_page(
        request, form,
        lambda: complaining.agree(
            request.access, complaint=row, agreed=form.cleaned_data["agreed"] == "yes", why=form.cleaned_data["why"], once=form.key()
        ),
        _to(request, row), "Saved.", title="Look at the answer", caption=row.complaint_id,
        lead=f"{row.get_outcome_display()}. {row.reason}" if row.reason else "",
    )  # fmt: skip


@page("complaints.handle")
def put_right(request: Any, complaint_id: str) -> HttpResponse:
    """Say that what was promised was done."""
    row = _handled(request, complaint_id)
    form = GivenForm(sent(request))
    return form_page(
        request, form,
        lambda: complaining.put_right(request.access, complaint=row, on=form.cleaned_data["on"], once=form.key()),
        _to(request, row), "Saved. Ask them whether it is right now.", title="When was it done?", caption=row.complaint_id,
    )  # fmt: skip


@page("complaints.handle")
def close(request: Any, complaint_id: str) -> HttpResponse:
    """Close a complaint."""
    row = _handled(request, complaint_id)
    form = CloseForm(sent(request))
    return form_page(
        request, form,
        lambda: complaining.close(request.access, complaint=row, changed=form.cleaned_data["changed"], once=form.key()),
        _to(request, row), "The complaint is closed.", title="Close the complaint", caption=row.complaint_id, button="Close",
    )  # fmt: skip


@page("complaints.make")
def further(request: Any, complaint_id: str) -> HttpResponse:
    """Take a complaint further."""
    access = request.access
    row, _ = queries.complaint_or_404(access, complaint_id)
    outside = row.stage != "local"
    rules = rules_of(access.partnership)
    form = FurtherForm(sent(request), outside=outside, initial={"outside_body": rules.outside_body})
    made = done(
        request, form,
        lambda: complaining.escalate(
            access, complaint=row, why=form.cleaned_data["why"], outside_body=form.cleaned_data.get("outside_body", ""), once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, f"It is now {made.get_stage_display()[0].lower()}{made.get_stage_display()[1:]}.")
        own = queries.own_complaints(access).filter(pk=row.pk).exists()
        return redirect(_to(request, row) if own else at(request, "complaint_handling"))
    return render(
        request, "core/form_page.html",
        {
            "title": "Go to an outside body" if outside else "Ask the panel to look at it again", "caption": row.complaint_id,
            "form": form, "back": _to(request, row), "lead": (rules.outside_how or NO_BODY) if outside else "",
            "button": "Keep that it went there" if outside else "Take it further",
        },
    )  # fmt: skip


@page("complaints.make")
def satisfied(request: Any, complaint_id: str) -> HttpResponse:
    """Say whether an answer helped."""
    row, _ = queries.complaint_or_404(request.access, complaint_id)
    form = SatisfiedForm(sent(request))
    return form_page(
        request, form,
        lambda: complaining.say_satisfied(
            request.access, complaint=row, satisfied=form.cleaned_data["satisfied"], words=form.cleaned_data["words"], once=form.key()
        ),
        _to(request, row), "Thank you. It is kept.", title="Was it put right?", caption=row.complaint_id,
    )  # fmt: skip


@page("complaints.make")
def take_back(request: Any, complaint_id: str) -> HttpResponse:
    """Take one's own complaint back."""
    row, part = queries.complaint_or_404(request.access, complaint_id)
    if part != "owner":
        raise Http404("Not your complaint")
    form = ConfirmForm(sent(request))
    return form_page(
        request, form, lambda: complaining.take_back(request.access, complaint=row, once=form.key()),
        _to(request, row), "Your complaint was taken back.", title="Take your complaint back?", caption=row.complaint_id,
        says=["Nobody goes on with it.", "You can complain again at any time."], button="Take it back",
    )  # fmt: skip


@page("governance.manage")
def rules_page(request: Any) -> HttpResponse:
    """Set the days, and the outside body."""
    access = request.access
    row = rules_of(access.partnership)
    names = ("acknowledge_days", "answer_days", "panel_days", "outside_body", "outside_how")
    form = RulesForm(sent(request), initial={name: getattr(row, name) for name in names})
    return form_page(
        request, form,
        lambda: complaining.set_rules(access, values={name: form.cleaned_data[name] for name in names}, once=form.key()),
        at(request, "complaints"), "Saved. Complaints made before keep their days.", title="Days and outside body for complaints",
        lead="Working days are Monday to Friday without the bank holidays of England. The days that a partnership begins with follow "
        "the complaint handling code of the Local Government and Social Care Ombudsman as generally known in 2024: check it.",
    )  # fmt: skip
