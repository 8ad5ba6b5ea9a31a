"""Pages about who people are, and the programmes and workers that they have."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import viewed
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.core.models import Receipt
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.people import commands, drafts, queries
from openoutcomes.web.people.duplicates import Known, likely
from openoutcomes.web.people.forms import (
    AddPersonForm,
    EndForm,
    EnrolForm,
    HandOverForm,
    IdentityForm,
    SafeguardingForm,
)
from openoutcomes.web.people.list_views import open_ones
from openoutcomes.web.people.models import Enrolment, Person
from openoutcomes.web.records import store
from openoutcomes.web.records.forms import sent_again


def _home(request: Any, person: Person) -> str:
    return at(request, "person", person_id=person.person_id)


def _own(request: Any, person_id: str, action: str) -> tuple[Person, Organisation]:
    """Return a person of the seat's own, with the organisation; others may not be changed."""
    person = queries.look_at(request.access, person_id, "people.open_form")
    organisation = queries.own_organisation(request.access, person, action)
    if organisation is None:
        raise PermissionDenied(action)
    return person, organisation


def _programmes(access: Access) -> list[Programme]:
    rows = Programme.of(access.partnership).filter(
        organisation__in=access.organisation_ids("enrolments.manage"), is_open=True
    )
    return list(rows.select_related("organisation", "contract"))


@page("people.add")
def add(request: Any) -> HttpResponse:
    """Add a person, and to a programme at once; whoever may be the same is shown before anything is kept."""
    access = request.access
    organisations = list(
        Organisation.of(access.partnership).filter(pk__in=access.organisation_ids("people.add"))
    )
    programmes = _programmes(access)
    slot = drafts.slot(request, "New person")
    form = slot.fill(AddPersonForm(request.POST or None, organisations=organisations, programmes=programmes))
    alike: list[Any] = []
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        known = Known(values["name"], values["known_as"], values["phone"], "", values["birth_year"])
        # A form that came twice is answered as the first time, not with whom it added.
        was_done = Receipt.objects.filter(user=request.user, once=form.key()).exists()
        alike = [] if values["new"] == "yes" or was_done else likely(access, known)
        if not alike:
            try:
                person = _add(request, form, organisations, programmes)
            except InputError as error:
                problems_into(form, error)
            else:
                slot.done()
                say(request, f"{person.shown} was added.")
                return redirect(_home(request, person))
    context = {
        "title": "Is it one of these?" if alike else "Add a person", "form": form, "alike": alike,
        "draft": slot, "back": at(request, "people"),
    }  # fmt: skip
    return render(request, "people/add.html", context)


def _add(
    request: Any, form: AddPersonForm, organisations: list[Organisation], programmes: list[Programme]
) -> Person:
    values = form.cleaned_data
    chosen = next((each for each in programmes if each.programme_id == values.get("programme")), None)
    asked = values.get("organisation")
    organisation = next((each for each in organisations if not asked or str(each.pk) == asked), None)
    if chosen is not None:
        organisation = chosen.organisation
    common: dict[str, Any] = {
        "organisation": organisation,
        "identity": {name: values[name] for name in ("name", "known_as", "phone")},
        "details": {"birth_year": values["birth_year"], "sex": values["sex"]},
        "seconds": form.seconds(),
        "once": form.key(),
    }
    if chosen is None:
        person: Person = commands.add_person(request.access, **common)
    else:
        person = commands.welcome(request.access, **common, programme=chosen, practitioner=request.user)
    return person


@page("people.edit")
def edit(request: Any, person_id: str) -> HttpResponse:
    """Change a person's details. When somebody else was quicker, both are shown."""
    person, _ = _own(request, person_id, "people.edit")
    record = store.latest(request.access.partnership, "people", person.person_id)
    held = record.values if record else {}
    initial = {
        **{name: getattr(person, name) for name in commands.IDENTITY},
        **{name: held.get(name, "") for name in commands.DETAILS},
        "revision": person.revision,
    }
    slot = drafts.slot(request, "Details")
    form = slot.fill(IdentityForm(request.POST or None, initial=initial))
    theirs: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            commands.edit_person(
                request.access, person=person, identity=form.identity(), details=form.details(),
                revision=form.cleaned_data["revision"], seconds=form.seconds(), once=form.key(),
            )  # fmt: skip
        except commands.IdentityConflictError as error:
            problems_into(form, error)
            theirs = _beside(error.latest, form)
            sent_again(form, revision=error.latest.revision)
        except InputError as error:
            problems_into(form, error)
        else:
            slot.done()
            say(request, "The details were changed.")
            return redirect(_home(request, person))
    context = {
        "title": "Name and contact details", "caption": person.shown, "form": form, "draft": slot,
        "back": _home(request, person), "theirs": theirs,
    }  # fmt: skip
    return render(request, "records/change.html" if theirs else "core/form_page.html", context)


def _beside(latest: Person, form: IdentityForm) -> list[dict[str, str]]:
    """Return what somebody else wrote beside what this form says, where they differ."""
    return [
        {
            "name": str(form.fields[name].label),
            "theirs": _shown(getattr(latest, name)),
            "mine": _shown(mine),
        }
        for name, mine in form.identity().items()
        if getattr(latest, name) != mine
    ]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value) or "nothing"


@page("people.safeguard")
def safeguarding(request: Any, person_id: str) -> HttpResponse:
    """Say that there is a safeguarding concern, or that there is none any more."""
    person, _ = _own(request, person_id, "people.safeguard")
    slot = drafts.slot(request, "Safeguarding")
    initial = {"concern": "yes" if person.safeguarding else "", "words": person.safeguarding_note}
    form = slot.fill(SafeguardingForm(request.POST or None, initial=initial))
    if request.method == "POST" and form.is_valid():
        try:
            commands.flag_safeguarding(
                request.access, person=person, concern=form.cleaned_data["concern"] == "yes",
                words=form.cleaned_data["words"], once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            slot.done()
            say(request, "The safeguarding concern was written down.")
            return redirect(_home(request, person))
    context = {
        "title": "Safeguarding", "caption": person.shown, "form": form, "draft": slot,
        "back": _home(request, person),
        "lead": "If somebody is in danger now, act first: ring the emergency services or your safeguarding lead.",
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


@page("enrolments.manage")
def enrol(request: Any, person_id: str) -> HttpResponse:
    """Add a person to a programme."""
    person, organisation = _own(request, person_id, "enrolments.manage")
    programmes = [each for each in _programmes(request.access) if each.organisation_id == organisation.pk]
    workers = queries.workers_of(organisation)
    initial: dict[str, Any] = {"practitioner": str(request.user.pk)}
    if len(programmes) == 1:
        initial["programme"] = programmes[0].programme_id
    form = EnrolForm(request.POST or None, programmes=programmes, workers=workers, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        chosen = next(each for each in programmes if each.programme_id == values["programme"])
        worker = next((each for each in workers if str(each.pk) == values["practitioner"]), None)
        try:
            commands.enrol(
                request.access, person=person, programme=chosen, practitioner=worker,
                started_on=values["started_on"],
                values={"referred_on": values["referred_on"], "referred_by": values["referred_by"]},
                once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{person.shown} was added to {chosen}.")
            return redirect(_home(request, person))
    context = {
        "title": "Add to a programme", "caption": person.shown, "form": form, "back": _home(request, person),
        "button": "Add to the programme",
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


def _enrolment(request: Any, enrolment_id: str) -> Enrolment:
    rows = queries.enrolments_for(request.access, "enrolments.manage")
    found = (
        rows.select_related("person", "programme__contract", "organisation")
        .filter(enrolment_id=enrolment_id)
        .first()
    )
    if found is None:
        raise Http404("No such programme of a person, or not one that you may see")
    viewed(request.access, "people.open_form", found, person=found.person)
    return found


@page("enrolments.manage")
def end(request: Any, enrolment_id: str) -> HttpResponse:
    """End a person's support in a programme."""
    enrolment = _enrolment(request, enrolment_id)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.end_enrolment(
                request.access, enrolment=enrolment, ended_on=form.cleaned_data["ended_on"],
                reason=form.cleaned_data["end_reason"], once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"Support in {enrolment.programme} ended. You can undo this on their page.")
            return redirect(_home(request, enrolment.person))
    context = {
        "title": f"End support in {enrolment.programme}?", "caption": enrolment.person.shown, "form": form,
        "says": ["Nothing is deleted, and you can undo this."], "button": "End support", "danger": True,
        "back": _home(request, enrolment.person),
    }  # fmt: skip
    return render(request, "core/confirm.html", context)


@page("enrolments.manage")
def reopen(request: Any, enrolment_id: str) -> HttpResponse:
    """Undo the end of a person's support."""
    enrolment = _enrolment(request, enrolment_id)
    form = BaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.reopen_enrolment(request.access, enrolment=enrolment, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"Support in {enrolment.programme} goes on.")
            return redirect(_home(request, enrolment.person))
    says = (
        [f"Support ended on {day(enrolment.ended_on)}. It will be as if it had not."]
        if enrolment.ended_on
        else []
    )
    context = {
        "title": f"Go on with {enrolment.programme}?", "caption": enrolment.person.shown, "form": form,
        "says": says, "button": "Undo the end", "back": _home(request, enrolment.person),
    }  # fmt: skip
    return render(request, "core/confirm.html", context)


@page("enrolments.manage")
def handover(request: Any) -> HttpResponse:
    """Hand people over to another worker: one's own, or, for who runs the provider, anybody's."""
    access = request.access
    rows = queries.enrolments_for(access, "enrolments.manage").filter(open_ones())
    if "provider_manager" not in access.roles():
        rows = rows.filter(practitioner=request.user)
    asked = request.GET.get("worker", "")
    if asked.isdigit():
        rows = rows.filter(practitioner=int(asked))
    enrolments = list(rows.select_related("person", "programme", "organisation").order_by("pk")[:200])
    organisations = Organisation.of(access.partnership).filter(
        pk__in=access.organisation_ids("enrolments.manage")
    )
    workers = {each.pk: each for organisation in organisations for each in queries.workers_of(organisation)}
    form = HandOverForm(request.POST or None, workers=workers.values(), enrolments=enrolments)
    if request.method == "POST" and form.is_valid():
        chosen = [each for each in enrolments if each.enrolment_id in form.cleaned_data["enrolments"]]
        to = workers[int(form.cleaned_data["to"])]
        try:
            commands.hand_over(access, enrolments=chosen, to=to, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            count = f"{len(chosen)} {'person was' if len(chosen) == 1 else 'people were'}"
            say(request, f"{count} handed over to {to}.")
            return redirect(at(request, "people"))
    context = {
        "title": "Hand people over", "form": form, "back": at(request, "people"), "button": "Hand over",
        "workers": workers.values() if "provider_manager" in access.roles() else [], "asked": asked,
        "is_empty": not enrolments,
    }  # fmt: skip
    return render(request, "people/handover.html", context)
