"""A person's page: what is next, strengths first, then everything that happened; and their own view of it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from openoutcomes.web.audit.models import Event
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import PAGE
from openoutcomes.web.core.pages import page
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people import queries
from openoutcomes.web.people.looks import looks
from openoutcomes.web.people.models import Enrolment, Merge, Person, Sight
from openoutcomes.web.people.next_action import next_action
from openoutcomes.web.people.sections import boxes_for
from openoutcomes.web.records import queries as records
from openoutcomes.web.records.models import Record
from openoutcomes.web.records.words import Line, facts_of, line


@page("people.view")
def person(request: Any, person_id: str) -> HttpResponse:
    """Show a person: their own page to themselves, everything to their organisation, a slice to others."""
    access = request.access
    moved = _moved_to(access, person_id)
    if moved is not None:
        return redirect("person", access.partnership.slug, moved.person_id)
    found = queries.look_at(access, person_id, "people.view")
    if request.headers.get("HX-Target") == "timeline":
        return render(request, "people/timeline.html", _timeline(request, found))
    queries.keep_sights(access, found)
    if found.pk in access.person_ids():
        return _own_page(request, found)
    is_own = queries.own_organisation(access, found, "people.view") is not None
    rows = records.records_of(access, found).filter(withdrawn=False)
    kept: dict[str, list[Record]] = {"strengths": [], "goals": [], "needs": [], "achievements": []}
    for record in rows.filter(table__in=list(kept)).order_by("on", "pk"):
        kept[record.table].append(record)
    enrolments = _enrolments(access, found)
    going_on = [each for each in enrolments if each.is_open]
    slug = access.partnership.slug
    context = {
        "title": found.shown,
        "person": found,
        "is_own": is_own,
        "shared": [] if is_own else _shared(access, found),
        "strengths": [line(record, slug) for record in kept["strengths"]],
        "goals": [line(record, slug) for record in kept["goals"]],
        "needs": [line(record, slug) for record in kept["needs"] if not record.values.get("met_on")],
        "met": sum(1 for record in kept["needs"] if record.values.get("met_on")),
        "sees": _sees(access, found, is_own=is_own),
        "enrolments": enrolments,
        "boxes": boxes_for(access, found),
        "may_enrol": is_own and _programmes(access).exists(),
        "undo": _merge_to_undo(access, found) if is_own else None,
        **_timeline(request, found),
    }
    if is_own:
        context["next"] = next_action(
            access, found, enrolments=going_on, goals=kept["goals"], outcomes=kept["achievements"],
            has_programmes=context["may_enrol"],
        )  # fmt: skip
    return render(request, "people/person.html", context)


def _moved_to(access: Access, person_id: str) -> Person | None:
    """Return whom a person was merged into, if the seat may see them."""
    merged = Person.of(access.partnership).filter(person_id=person_id, merged_into__isnull=False).first()
    if merged is None or merged.merged_into_id is None:
        return None
    return queries.people_for(access).filter(pk=merged.merged_into_id).first()


def _enrolments(access: Access, found: Person) -> list[Enrolment]:
    rows = (
        queries.enrolments_for(access)
        .filter(person=found)
        .select_related("programme", "practitioner", "organisation")
    )
    return sorted(rows, key=lambda each: (not each.is_open, str(each.started_on or "")))


def _programmes(access: Access) -> Any:
    return Programme.of(access.partnership).filter(
        organisation__in=access.organisation_ids("enrolments.manage"), is_open=True
    )


def _shared(access: Access, found: Person) -> list[Sight]:
    return queries.sights_on(access, found, "people.view")


def _sees(access: Access, found: Person, *, is_own: bool) -> dict[str, bool]:
    """Say which parts may be seen at all, so that an empty part is not mistaken for one that is not shared."""
    seen = None if is_own else queries.tables_seen(access, found) or frozenset()
    return {table: seen is None or table in seen for table in ("strengths", "goals", "needs")}


def _merge_to_undo(access: Access, found: Person) -> Merge | None:
    rows = Merge.of(access.partnership).filter(
        kept=found, undone_at=None, organisation__in=access.organisation_ids("people.merge")
    )
    return next((each for each in rows.order_by("-at") if each.can_be_undone), None)


def _timeline(request: Any, found: Person) -> dict[str, Any]:
    """Return one page of what happened, and the kinds that it can be narrowed to."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in records.KINDS or kind == "withdrawn" else ""
    paginator = Paginator(records.timeline(request.access, found, kind), PAGE)
    shown = paginator.get_page(request.GET.get("page"))
    slug = request.access.partnership.slug
    own = found.pk in request.access.person_ids()
    lines: list[Line] = [line(record, slug, own=own) for record in shown.object_list]
    homes = {each.pk for each in request.access.organisations()}
    kinds = [
        ("", "Everything"),
        *((name, words) for name, (words, _) in records.KINDS.items()),
        ("withdrawn", "Withdrawn"),
    ]
    address = reverse("person", kwargs={"partnership": slug, "person_id": found.person_id})

    def to(number: int) -> str:
        narrowed = f"kind={kind}&" if kind else ""
        return f"{address}?{narrowed}page={number}#timeline"

    return {
        "lines": lines,
        "homes": homes,
        "kind": kind,
        "kinds": [
            {"words": words, "address": f"{address}?kind={name}#timeline" if name else f"{address}#timeline",
             "is_here": name == kind}
            for name, words in kinds
        ],
        "count": paginator.count,
        "newer": to(shown.previous_page_number()) if shown.has_previous() else "",
        "older": to(shown.next_page_number()) if shown.has_next() else "",
    }  # fmt: skip


def _own_page(request: Any, found: Person) -> HttpResponse:
    """Show a person what is held about them, in their words first, and who looked."""
    access = request.access
    rows = records.records_of(access, found).filter(withdrawn=False)
    slug = access.partnership.slug
    words = rows.filter(table__in=("strengths", "goals")).order_by("on", "pk")
    lines = [line(record, slug, own=True) for record in words]
    details = rows.filter(table="people").first()
    noted = Event.of(access.partnership).filter(person=found).exclude(user=access.user)
    paginator = Paginator(noted.select_related("organisation").order_by("-at", "-pk"), 4 * PAGE)
    shown = paginator.get_page(request.GET.get("looks"))
    with_whom = (
        Sight.of(access.partnership).filter(Sight.holds(), person=found).select_related("organisation")
    )
    context = {
        "title": found.shown,
        "person": found,
        "strengths": [each for each in lines if each.record.table == "strengths"],
        "goals": [each for each in lines if each.record.table == "goals"],
        "details": facts_of(details, own=True) if details else [],
        "with_whom": list(with_whom.order_by("organisation__name")),
        "enrolments": _own_enrolments(found),
        "looks": looks(list(shown.object_list)),
        "looks_older": shown.next_page_number() if shown.has_next() else None,
        "boxes": boxes_for(access, found),
        "today": today(),
        **_timeline(request, found),
    }
    return render(request, "people/own.html", context)


def _own_enrolments(found: Person) -> list[Enrolment]:
    rows = Enrolment.of(found.partnership).filter(person=found)
    return list(
        rows.select_related("programme", "organisation", "practitioner").order_by("-started_on", "pk")
    )
