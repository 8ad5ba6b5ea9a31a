"""Pages about people who may be one: the list, choosing, merging and parting again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.core.lists import Cell, Column, listing
from openoutcomes.web.core.pages import at, page, problems_into, say, warn
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.people import merging, queries
from openoutcomes.web.people.duplicates import Known, likely, likenesses_for
from openoutcomes.web.people.forms import FindForm, MergeForm
from openoutcomes.web.people.models import Likeness, Merge, Person


def _own(request: Any, person_id: str) -> Person:
    person = queries.look_at(request.access, person_id, "people.open_form")
    if queries.own_organisation(request.access, person, "people.merge") is None:
        raise PermissionDenied("people.merge")
    return person


@page("people.merge")
def duplicates(request: Any) -> HttpResponse:
    """List pairs of an organisation's people who may be one human being."""

    def pair(row: Likeness) -> Cell:
        address = at(request, "people_merge", person_id=row.person.person_id, other_id=row.other.person_id)
        return Cell(f"{row.person.shown} and {row.other.shown}", address)

    rows = likenesses_for(request.access)
    columns = [Column("Pair", pair), Column("Found", lambda row: day(row.found_at), sort="found_at")]
    shown = listing(
        request, rows, columns, caption="Possible duplicates", one="pair", sort="-found_at", export=False,
        empty="No two people look alike. They are looked for whenever somebody is added or changed.",
    )  # fmt: skip
    context = {"title": "Possible duplicates", "listing": shown, "back": at(request, "people")}
    return render(request, "core/list_page.html", context)


@page("people.merge")
def choose(request: Any, person_id: str) -> HttpResponse:
    """Choose whom a person may be the same as: those who look alike, or anybody found."""
    access = request.access
    person = _own(request, person_id)
    own = queries.own_people(access, "people.merge").exclude(pk=person.pk)
    typed = ""
    found: list[Person] = []
    if request.method == "POST":
        form = FindForm(request.POST)
        typed = form.cleaned_data["q"].strip() if form.is_valid() else ""
        if typed and not queries.too_short(typed):
            found = list(queries.found(own, access.partnership, typed).order_by("pk")[:10])
    else:
        known = Known(person.name, person.known_as, person.phone, person.email)
        ids = set(
            own.values_list("pk", flat=True).filter(pk__in=[one.person.pk for one in likely(access, known)])
        )
        found = [one.person for one in likely(access, known) if one.person.pk in ids]
    context = {
        "title": "Who is the same person?", "caption": person.shown, "person": person, "people": found,
        "typed": typed, "back": at(request, "person", person_id=person.person_id),
    }  # fmt: skip
    return render(request, "people/merge_choose.html", context)


@page("people.merge")
def merge(request: Any, person_id: str, other_id: str) -> HttpResponse:
    """Show two people side by side, and make one of them or say that they are two."""
    access = request.access
    people = [_own(request, person_id), _own(request, other_id)]
    if people[0].pk == people[1].pk:
        raise Http404("One person is not two")
    form = MergeForm(request.POST or None, people=people, initial={"keep": people[0].person_id})
    if request.method == "POST" and form.is_valid():
        kept = next(each for each in people if each.person_id == form.cleaned_data["keep"])
        other = next(each for each in people if each is not kept)
        try:
            merging.merge_people(access, kept=kept, merged=other, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"The two are one now. You can undo this for {Merge.DAYS} days.")
            return redirect("person", access.partnership.slug, kept.person_id)
    ids = [each.pk for each in people]
    alike = likenesses_for(access).filter(person__in=ids, other__in=ids).first()
    return render(
        request,
        "people/merge.html",
        {
            "title": "Are these one person?", "form": form, "rows": _side_by_side(people), "people": people,
            "button": "They are one: merge", "danger": True, "likeness": alike,
            "back": at(request, "duplicates") if alike else at(request, "person", person_id=person_id),
        },
    )  # fmt: skip


def _side_by_side(people: list[Person]) -> list[tuple[str, list[str]]]:
    def row(label: str, values: list[Any]) -> tuple[str, list[str]]:
        return label, [str(value or "Not known") for value in values]

    enrolments = [
        ", ".join(str(each.programme) for each in person.enrolments.select_related("programme"))
        for person in people
    ]
    return [
        row("Name", [each.name for each in people]),
        row("Called", [each.known_as for each in people]),
        row("Telephone", [each.phone for each in people]),
        row("Email", [each.email for each in people]),
        row("Born", [day(each.date_of_birth) for each in people]),
        row("Programmes", enrolments),
        row("Added", [day(each.created_at) for each in people]),
        row("Id", [each.person_id for each in people]),
    ]


@page("people.merge")
def dismiss(request: Any, key: int) -> HttpResponse:
    """Say that two people are two."""
    likeness = likenesses_for(request.access).filter(pk=key).first()
    if likeness is None:
        raise Http404("No such pair, or settled already")
    if request.method == "POST":
        merging.dismiss_likeness(request.access, likeness=likeness)
        say(request, "They are two people, and nobody is asked again.")
    return redirect("duplicates", partnership=request.access.partnership.slug)


@page("people.merge")
def undo(request: Any, key: int) -> HttpResponse:
    """Part two people who were merged."""
    access = request.access
    rows = Merge.of(access.partnership).filter(organisation__in=access.organisation_ids("people.merge"))
    merged = rows.select_related("kept", "merged", "organisation").filter(pk=key).first()
    if merged is None:
        raise Http404("No such merge, or not one that you may undo")
    kept = queries.look_at(access, merged.kept.person_id, "people.open_form")
    form = BaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            merging.undo_merge(access, merge=merged, once=form.key())
        except InputError as error:
            warn(request, error)
        else:
            say(request, "They are two people again.")
        return redirect("person", access.partnership.slug, kept.person_id)
    context = {
        "title": "Undo the merge?", "caption": kept.shown, "form": form, "button": "Undo the merge",
        "says": [
            f"{merged.merged.name or merged.merged.person_id} is a person of their own again, as they were on {day(merged.at)}.",
            "What was recorded since in the programmes that go back goes with them. The rest stays here.",
        ],
        "back": at(request, "person", person_id=kept.person_id),
    }  # fmt: skip
    return render(request, "core/confirm.html", context)
