"""Pages of administration: what is due to be erased, holds, exports, and requests to see one's own record."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.administration import commands, exports, queries
from openoutcomes.web.administration.forms import AskForm, DueForm, EraseForm, HoldForm
from openoutcomes.web.administration.models import Hold
from openoutcomes.web.audit.models import viewed
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.lists import Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.people.models import Person, Sight


def _person(request: Any, person_id: str) -> Person:
    """Return a person by id, wherever in the partnership; pages here show nothing about them but the id."""
    person = Person.of(request.access.partnership).filter(person_id=person_id.strip().lower()).first()
    if person is None:
        raise refuse("there is no person with this id.", "Copy it from the person's page.", "person_id")
    return person


@page("retention.run")
def due(request: Any) -> HttpResponse:
    """List the people whose identity has been kept as long as it may be, and erase them."""
    access = request.access
    people = queries.due_for_erasure(access.partnership)
    columns = [
        Column("Person", lambda p: p.person_id),
        Column("Added", lambda p: day(p.created_at.date()), sort="created_at"),
        Column("Last support ended", lambda p: day(p.last_on) or "Never enrolled", sort="last_on"),
    ]
    if wants_csv(request):
        return as_csv(people, columns, "due-for-erasure")
    form = DueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = list(people)
        if form.cleaned_data["count"] != len(chosen):
            form.add_error("count", f"{len(chosen)} people are due now. Type that number to erase them.")
        else:
            commands.erase_due(access, people=chosen, once=form.key())
            say(request, f"{len(chosen)} people were erased.")
            return redirect(at(request, "retention"))
    shown = listing(
        request, people, columns, caption="Due for erasure", one="person", many="people", sort="last_on",
        empty="Nobody is due to be erased.",
    )  # fmt: skip
    context = {
        "title": "Retention",
        "lead": f"Identities are kept for {access.partnership.retention_months} months after the last support.",
        "listing": shown,
        "form": form,
        "holds": Hold.of(access.partnership).filter(Hold.holds()).select_related("person"),
    }
    return render(request, "administration/retention.html", context)


def _form_page(request: Any, form: Form, title: str, **context: Any) -> HttpResponse:
    return render(
        request,
        "core/form_page.html",
        {"title": title, "form": form, "back": at(request, "administration"), **context},
    )


@page("people.erase")
def erase(request: Any) -> HttpResponse:
    """Erase one person's identity."""
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = _person(request, form.cleaned_data["person_id"])
            asked = form.cleaned_data["asked_by_person"]
            commands.erase_person(request.access, person=person, asked_by_person=asked, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{person.person_id} was erased. Support, outcomes and payments stay under this id.")
            return redirect(at(request, "administration"))
    lead = "Names, contacts, words, answers and evidence files go for good. This cannot be undone."
    return _form_page(request, form, "Erase a person", lead=lead, button="Erase for good", danger=True)


@page("people.erase")
def hold(request: Any) -> HttpResponse:
    """Keep a person from being erased."""
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = _person(request, form.cleaned_data["person_id"])
            why, until = form.cleaned_data["why"], form.cleaned_data["until"]
            commands.hold(request.access, person=person, why=why, until=until, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{person.person_id} is on hold.")
            return redirect(at(request, "retention"))
    return _form_page(request, form, "Hold a person back from erasure")


@page("people.erase")
def lift(request: Any, hold_id: int) -> HttpResponse:
    """Lift a hold."""
    held = Hold.of(request.access.partnership).filter(pk=hold_id, lifted_at=None).first()
    if held is None:
        raise Http404
    if request.method == "POST":
        commands.lift(request.access, held=held)
        say(request, f"{held.person.person_id} is no longer on hold.")
    return redirect(at(request, "retention"))


@command
def _export_noted(by: Access, *, verb: str, action: str, person: Person | None = None) -> None:
    by.require(action)
    note(by, verb, person or by.partnership, person=person)


@page("export.organisation")
def export_organisation(request: Any) -> HttpResponseBase:
    """Export an organisation's own people and records."""
    return _export(request, "export.organisation")


@page("export.all")
def export_all(request: Any) -> HttpResponseBase:
    """Export everything of the partnership."""
    return _export(request, "export.all")


def _export(request: Any, action: str) -> HttpResponseBase:
    if request.method == "POST":
        _export_noted(request.access, verb="export.made", action=action)
        name = f"{request.access.partnership.slug}-{clock.today().isoformat()}.zip"
        return FileResponse(exports.everything(request.access), as_attachment=True, filename=name)
    return render(request, "administration/export.html", {"title": "Export everything", "action": action})


@page("access.export")
def about(request: Any) -> HttpResponseBase:
    """Answer a request to see one's own record, with everything held about the person."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = _own_or_any(request, _person(request, form.cleaned_data["person_id"]))
        except InputError as error:
            problems_into(form, error)
        else:
            _export_noted(request.access, verb="access.export", action="access.export", person=person)
            viewed(request.access, "access.export", person, person=person)
            name = f"{person.person_id}-{clock.today().isoformat()}.zip"
            return FileResponse(exports.about(request.access, person), as_attachment=True, filename=name)
    lead = "A file with everything held about one person, to give to them: a page to read, and the data."
    return _form_page(request, form, "Answer a request to see a record", lead=lead, button="Make the file")


def _own_or_any(request: Any, person: Person) -> Person:
    """Let a manager answer for the organisation's own people alone."""
    access = request.access
    if access.reach("access.export") == "partnership":
        return person
    own = Sight.of(access.partnership).filter(
        Sight.holds(), person=person, basis="own", organisation__in=access.organisation_ids("access.export")
    )
    if not own.exists():
        raise refuse("there is no person with this id.", "Copy it from the person's page.", "person_id")
    return person


@page("access.export")
def administration(request: Any) -> HttpResponse:
    """Lead to everything there is to administer."""
    return render(request, "administration/index.html", {"title": "Records and audit"})
