"""Pages about people."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import page, problems_into, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.people import commands, queries
from openoutcomes.web.people.forms import AddPersonForm, PeopleFilter
from openoutcomes.web.people.models import Enrolment


@page("people.view")
def people(request: Any) -> HttpResponse:
    """List the people whom a seat works with: open ones of its own first, found by name, id or telephone."""
    access = request.access
    filters = PeopleFilter(request.GET)
    filters.is_valid()
    asked = filters.cleaned_data
    rows = queries.enrolments_for(access).select_related("person", "programme", "practitioner")
    is_open = Q(ended_on=None) | Q(ended_on__gt=today())
    rows = rows.exclude(is_open) if asked.get("show") == "ended" else rows.filter(is_open)
    if not asked.get("show") and not asked.get("q") and "practitioner" in access.roles():
        rows = rows.filter(practitioner=access.user)
    if asked.get("q"):
        rows = rows.filter(
            person__in=queries.found(queries.people_for(access), access.partnership, asked["q"])
        )
    slug = access.partnership.slug

    def link(row: Enrolment) -> Cell:
        return Cell(row.person.shown, reverse("people", kwargs={"partnership": slug}) + row.person.person_id)

    columns = [
        Column("Name", link, plain=lambda row: row.person.person_id),
        Column("Programme", lambda row: row.programme.name, sort="programme__name"),
        Column("Worker", lambda row: str(row.practitioner or ""), sort="practitioner__name"),
        Column(
            "Started", lambda row: day(row.started_on), sort="started_on", plain=lambda row: row.started_on
        ),
        Column("Last seen", lambda row: day(row.last_seen_on) or "Not yet", sort="last_seen_on"),
    ]
    if wants_csv(request):
        return as_csv(rows, columns, "people")
    return render(
        request,
        "core/list_page.html",
        {
            "title": "People",
            "listing": listing(
                request, rows, columns, caption="People", one="person", many="people", sort="last_seen_on",
                filters=filters, empty="Nobody is recorded yet.",
                empty_action=("Add a person", reverse("person_add", kwargs={"partnership": slug})),
            ),
            "actions": [("Add a person", reverse("person_add", kwargs={"partnership": slug}))],
        },
    )  # fmt: skip


@page("people.add")
def add(request: Any) -> HttpResponse:
    """Add a person to the seat's organisation."""
    form = AddPersonForm(request.POST or None)
    back = reverse("people", kwargs={"partnership": request.access.partnership.slug})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            commands.add_person(
                request.access,
                organisation=request.access.organisations()[0],
                identity={"name": values["name"], "phone": values["phone"]},
                details={"birth_year": values["birth_year"], "sex": values["sex"]},
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{values['name']} was added.")
            return redirect(back)
    return render(request, "core/form_page.html", {"title": "Add a person", "form": form, "back": back})
