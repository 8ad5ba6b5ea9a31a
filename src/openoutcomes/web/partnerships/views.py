"""Pages of setting up: the first steps, the partnership, its organisations and programmes."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.templatetags.oo import words
from openoutcomes.web.partnerships import commands, queries
from openoutcomes.web.partnerships.forms import (
    AddOrganisationForm,
    AddProgrammeForm,
    CloseForm,
    DetailsForm,
    OrganisationForm,
    ProgrammeFilter,
    ProgrammeForm,
)
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.partnerships.steps import left, steps


@page("organisations.view")
def setup(request: Any) -> HttpResponse:
    """Show what the partnership is made of; to an administrator, the steps of setting it up as well."""
    access = request.access
    found = steps(access) if access.may("partnership.setup") else []
    places = [
        ("organisations", "Organisations", "Who takes part.", "organisations.view"),
        ("programmes", "Programmes", "What people can be enrolled in.", "programmes.view"),
        ("members", "People who work here", "Their roles, and invitations.", "members.view"),
        ("roles", "What each role may do", "And what yours may.", "partnership.view"),
        ("catalogue_outcomes", "Outcomes", "What a better life looks like, and how it is measured.", "catalogue.view"),
        ("catalogue_instruments", "Instruments", "Questionnaires: scoring, licences, and how far to trust them.", "catalogue.view"),
        ("contracts", "Contracts", "Terms in force, in plain words.", "contracts.view"),
        ("pathways_defined", "Pathways", "The stages that support goes through, and when people meet.", "pathways.view"),
        ("budgets", "Small budgets", "Money for small things that help a person.", "budgets.view"),
    ]  # fmt: skip
    return render(
        request,
        "partnerships/setup.html",
        {
            "steps": found,
            "left": left(found),
            "done": sum(step.is_done for step in found if not step.is_optional),
            "needed": sum(not step.is_optional for step in found),
            "places": [
                (label, hint, at(request, name)) for name, label, hint, action in places if access.may(action)
            ],
        },
    )


@page("partnership.setup")
def details(request: Any) -> HttpResponse:
    """Say what the partnership is."""
    partnership = request.access.partnership
    fields = ("name", "place", "aim", "retention_months")
    form = DetailsForm(request.POST or None, initial={name: getattr(partnership, name) for name in fields})
    if request.method == "POST" and form.is_valid():
        try:
            commands.describe(
                request.access, **{name: form.cleaned_data[name] for name in fields}, once=form.key()
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The partnership's details were saved.")
            return redirect(at(request, "setup"))
    context = {"title": "The partnership", "form": form, "back": at(request, "setup")}
    return render(request, "core/form_page.html", context)


# Organisations ------------------------------------------------------------------------------


@page("organisations.view")
def organisations(request: Any) -> HttpResponse:
    """List the organisations."""
    rows = queries.organisations_for(request.access)
    rows = rows.annotate(running=Count("programmes", filter=Q(programmes__is_open=True)))
    columns = [
        Column(
            "Name", lambda o: Cell(o.name, at(request, "organisation", organisation_id=o.organisation_id)), sort="name"
        ),
        Column("Id", lambda o: o.organisation_id, sort="organisation_id"),
        Column("Kind", lambda o: words(o.kind) if o.kind else "", sort="kind", plain=lambda o: o.kind),
        Column("Programmes", lambda o: str(o.running), sort="running", numeric=True),
        Column("State", lambda o: Cell("In use" if o.is_active else "Closed", tag="green" if o.is_active else "grey"),
               sort="is_active"),
    ]  # fmt: skip
    if wants_csv(request):
        extra = [
            Column("Public identifier", lambda o: o.identifier),
            Column("Size band", lambda o: o.size_band),
            Column("Sector", lambda o: o.sector),
        ]
        return as_csv(rows, [*columns, *extra], "organisations")
    may = request.access.may("organisations.manage")
    return render(
        request,
        "core/list_page.html",
        {
            "title": "Organisations",
            "lead": "Everybody who takes part: providers, payers, investors and partners.",
            "listing": listing(
                request, rows, columns, caption="Organisations", one="organisation", sort="name",
                empty="No organisation is here yet. Begin with your own.",
                empty_action=("Add an organisation", at(request, "organisation_add")) if may else None,
            ),
            "actions": [("Add an organisation", at(request, "organisation_add"))] if may else [],
            "back": at(request, "setup"),
        },
    )  # fmt: skip


@page("organisations.manage")
def organisation_add(request: Any) -> HttpResponse:
    """Add an organisation."""
    form = AddOrganisationForm(request.POST or None)
    back = at(request, "organisations")
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.add_organisation(request.access, **_facts(form), once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{made.name} was added.")
            return redirect(back)
    context = {"title": "Add an organisation", "form": form, "back": back, "button": "Add the organisation"}
    return render(request, "core/form_page.html", context)


def _facts(form: BaseForm) -> dict[str, Any]:
    """Return the facts about an organisation that a form gave."""
    return {name: value for name, value in form.cleaned_data.items() if name not in ("once", "opened")}


def _organisation(request: Any, organisation_id: str) -> Organisation:
    return queries.one_or_404(queries.organisations_for(request.access), organisation_id=organisation_id)


@page("organisations.view")
def organisation(request: Any, organisation_id: str) -> HttpResponse:
    """Show an organisation, with what it runs and its part in contracts."""
    found = _organisation(request, organisation_id)
    return render(
        request,
        "partnerships/organisation.html",
        {
            "organisation": found,
            "programmes": queries.programmes_for(request.access).filter(organisation=found),
            "parties": found.parties.select_related("contract").order_by("contract__name", "role"),
            "back": at(request, "organisations"),
        },
    )


@page("organisations.manage")
def organisation_edit(request: Any, organisation_id: str) -> HttpResponse:
    """Change what is said of an organisation."""
    found = _organisation(request, organisation_id)
    names = ("name", "kind", "sector", "size_band", "identifier")
    form = OrganisationForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    back = at(request, "organisation", organisation_id=organisation_id)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_organisation(request.access, organisation=found, **_facts(form), once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{found.name} was changed.")
            return redirect(back)
    context = {"title": "Change the organisation", "caption": found.name, "form": form, "back": back}
    return render(request, "core/form_page.html", context)


@page("organisations.manage")
def organisation_close(request: Any, organisation_id: str) -> HttpResponse:
    """Close an organisation, or open it again."""
    found = _organisation(request, organisation_id)
    form = CloseForm(request.POST or None, initial={"do": "close" if found.is_active else "open"})
    back = at(request, "organisation", organisation_id=organisation_id)
    if request.method == "POST" and form.is_valid():
        closing = form.cleaned_data["do"] == "close"
        verb = commands.close_organisation if closing else commands.reopen_organisation
        try:
            verb(request.access, organisation=found, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{found.name} is {'closed' if closing else 'in use again'}.")
            return redirect(back)
    shut = [
        "The seats of the people who work there end now.",
        "Invitations to it stop working.",
        "What it recorded, claimed and was paid stays.",
    ]
    opening = ["It can be chosen again.", "Seats that ended stay ended: invite its people again."]
    context = {
        "title": f"Close {found.name}?" if found.is_active else f"Open {found.name} again?",
        "says": shut if found.is_active else opening,
        "button": "Close the organisation" if found.is_active else "Open it again",
        "danger": found.is_active,
        "form": form,
        "back": back,
    }
    return render(request, "core/confirm.html", context)


# Programmes ---------------------------------------------------------------------------------


def _may_run(request: Any, programme: Programme) -> bool:
    return bool(request.access.allows("programmes.manage", programme.organisation))


@page("programmes.view")
def programmes(request: Any) -> HttpResponse:
    """List the programmes."""
    access = request.access
    filters = ProgrammeFilter(request.GET)
    filters.is_valid()
    rows = queries.programmes_for(access)
    show = filters.cleaned_data.get("show")
    if show != "all":
        rows = rows.filter(is_open=show != "closed")
    columns = [
        Column(
            "Name", lambda p: Cell(p.name, at(request, "programme", programme_id=p.programme_id)), sort="name"
        ),
        Column("Run by", lambda p: p.organisation.name, sort="organisation__name"),
        Column("Place", lambda p: p.place, sort="place"),
        Column("Contract", lambda p: p.contract.name if p.contract else "None", sort="contract__name"),
        Column(
            "State", lambda p: Cell("Open" if p.is_open else "Closed", tag="green" if p.is_open else "grey")
        ),
    ]
    if wants_csv(request):
        extra = [Column("Id", lambda p: p.programme_id), Column("Funders", lambda p: "; ".join(p.funders))]
        return as_csv(rows, [*columns, *extra], "programmes")
    may = access.may("programmes.manage")
    add = ("Add a programme", at(request, "programme_add"))
    return render(
        request,
        "core/list_page.html",
        {
            "title": "Programmes",
            "lead": "What people can be enrolled in. A contract is not needed: an unfunded group has programmes too.",
            "listing": listing(
                request, rows, columns, caption="Programmes", one="programme", sort="name", filters=filters,
                empty="No programme is here yet.", empty_action=add if may else None,
            ),
            "actions": [add] if may else [],
            "back": at(request, "setup"),
        },
    )  # fmt: skip


@page("programmes.manage")
def programme_add(request: Any) -> HttpResponse:
    """Add a programme."""
    form = AddProgrammeForm(request.POST or None, access=request.access)
    back = at(request, "programmes")
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.add_programme(
                request.access,
                organisation=form.cleaned_data["organisation"],
                **form.values(),
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{made.name} was added.")
            return redirect(back)
    context = {"title": "Add a programme", "form": form, "back": back, "button": "Add the programme"}
    return render(request, "core/form_page.html", context)


def _programme(request: Any, programme_id: str, *, to_change: bool = False) -> Programme:
    """Return a programme; one that the seat may not change is not there for pages that change it."""
    rows = queries.programmes_for(request.access)
    if to_change:
        mine = queries.managed_organisations(request.access, "programmes.manage")
        wide = request.access.reach("programmes.manage") == "partnership"
        rows = rows if wide else rows.filter(organisation__in=mine)
    return queries.one_or_404(rows, programme_id=programme_id)


@page("programmes.view")
def programme(request: Any, programme_id: str) -> HttpResponse:
    """Show a programme."""
    found = _programme(request, programme_id)
    context = {"programme": found, "may_change": _may_run(request, found), "back": at(request, "programmes")}
    return render(request, "partnerships/programme.html", context)


@page("programmes.manage")
def programme_edit(request: Any, programme_id: str) -> HttpResponse:
    """Change what is said of a programme."""
    found = _programme(request, programme_id, to_change=True)
    initial = {name: getattr(found, name) for name in ("name", "place", "aim", "who_for")}
    initial |= {"contract": found.contract_id, "funders": "\n".join(found.funders)}
    form = ProgrammeForm(
        request.POST or None, access=request.access, organisation=found.organisation, initial=initial
    )
    back = at(request, "programme", programme_id=programme_id)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_programme(request.access, programme=found, **form.values(), once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{found.name} was changed.")
            return redirect(back)
    context = {"title": "Change the programme", "caption": found.name, "form": form, "back": back}
    return render(request, "core/form_page.html", context)


@page("programmes.manage")
def programme_close(request: Any, programme_id: str) -> HttpResponse:
    """Close a programme to new people, or open it again."""
    found = _programme(request, programme_id, to_change=True)
    form = CloseForm(request.POST or None, initial={"do": "close" if found.is_open else "open"})
    back = at(request, "programme", programme_id=programme_id)
    if request.method == "POST" and form.is_valid():
        closing = form.cleaned_data["do"] == "close"
        verb = commands.close_programme if closing else commands.reopen_programme
        try:
            verb(request.access, programme=found, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{found.name} is {'closed to new people' if closing else 'open again'}.")
            return redirect(back)
    shut = ["Nobody new can be enrolled in it.", "People who are in it stay until their own support ends."]
    context = {
        "title": f"Close {found.name}?" if found.is_open else f"Open {found.name} again?",
        "says": shut if found.is_open else ["People can be enrolled in it again."],
        "button": "Close the programme" if found.is_open else "Open it again",
        "danger": found.is_open,
        "form": form,
        "back": back,
    }
    return render(request, "core/confirm.html", context)
