"""The list of people: whom a worker works with, what is next for each, and finding anybody."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import page
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.people import queries
from openoutcomes.web.people.forms import FindForm, PeopleFilter
from openoutcomes.web.people.models import NEVER, Enrolment, Person
from openoutcomes.web.records.models import Record

#: The most people shown for what was typed, and the most sorted by name.
_FOUND, _SORTED = 25, 500


def without_goal() -> Q:
    """Return the condition that nobody has written down what matters to the person of an enrolment."""
    goals = Record.objects.filter(person=OuterRef("person"), table="goals", current=True, withdrawn=False)
    return ~Q(Exists(goals))


def goal_to_review() -> Q:
    """Return the condition that a goal of the person of an enrolment is due to be looked at again."""
    goals = Record.objects.filter(
        person=OuterRef("person"), table="goals", current=True, withdrawn=False,
        values__review_on__lte=today().isoformat(),
    )  # fmt: skip
    return Q(Exists(goals))


def open_ones() -> Q:
    """Return the condition that support goes on."""
    return Q(ended_on=None) | Q(ended_on__gt=today())


def caseload(access: Access) -> QuerySet[Enrolment]:
    """Return the open enrolments that a user works with; everybody's for those who run a provider alone."""
    rows = queries.enrolments_for(access).filter(open_ones())
    return rows.filter(practitioner=access.user) if "practitioner" in access.roles() else rows


@page("people.view")
def people(request: Any) -> HttpResponse:
    """List whom a seat works with: what is next first, overdue at the top."""
    access = request.access
    if access.reach("people.view") == "self":
        own = queries.people_for(access).first()
        return redirect("person", access.partnership.slug, own.person_id) if own else _page(request, None)
    filters = PeopleFilter(request.GET)
    filters.is_valid()
    show, only = filters.cleaned_data.get("show", ""), filters.cleaned_data.get("only", "")
    if show in ("none", "shared"):
        return _people_page(request, filters, show)
    rows = queries.enrolments_for(access).select_related(
        "person", "programme", "practitioner", "organisation"
    )
    if show == "ended":
        rows = rows.exclude(open_ones())
    elif show == "team":
        rows = rows.filter(open_ones())
    else:
        rows = caseload(access).select_related("person", "programme", "practitioner", "organisation")
    conditions = {"overdue": Q(next_on__lt=today()), "goal": without_goal(), "review": goal_to_review()}
    if only in conditions:
        rows = rows.filter(conditions[only])
    columns = _columns(
        access, is_ended=show == "ended", with_worker=show in ("team", "ended") or _runs(access)
    )
    if wants_csv(request):
        # Only an organisation's own people are in programmes with it, so their names go into its file.
        called = Column("Called", lambda row: row.person.shown)
        id_first = [
            Column("Person", lambda row: row.person.person_id),
            called,
            *(each for each in columns[1:] if each.title != "Record"),
        ]
        return as_csv(rows.order_by("pk"), id_first, "people")
    rows = rows.annotate(due=Coalesce(F("next_on"), Value(NEVER)))
    ordered: Any = rows
    if request.GET.get("sort", "").removeprefix("-") == "name":
        # Names are encrypted, so they are sorted here; for a caseload, not for a whole town.
        found = sorted(rows[:_SORTED], key=lambda row: row.person.shown.casefold())
        ordered = found[::-1] if request.GET["sort"].startswith("-") else found
    shown = listing(
        request, ordered, columns, caption="People", one="person", many="people",
        sort="-ended_on" if show == "ended" else "due", filters=filters,
        empty="Nobody is on your list yet. Add somebody, or look at everybody with your organisation.",
        empty_action=("Add a person", _at(access, "person_add")) if access.may("people.add") else None,
    )  # fmt: skip
    return _page(request, shown)


def _runs(access: Access) -> bool:
    """Say whether the seat sees everybody by default."""
    return "practitioner" not in access.roles()


def _at(access: Access, name: str, **kwargs: Any) -> str:
    return reverse(name, kwargs={"partnership": access.partnership.slug, **kwargs})


def _page(request: Any, shown: Any, found: Any = None, typed: str = "") -> HttpResponse:
    access = request.access
    actions = []
    if access.may("people.add"):
        actions.append(("Add a person", _at(access, "person_add")))
    context = {
        "title": "People", "listing": shown, "actions": actions, "find": FindForm({"q": typed}),
        "found": found, "typed": typed, "may_hand_over": access.may("enrolments.manage"),
        "may_merge": access.may("people.merge"),
    }  # fmt: skip
    return render(request, "people/list.html" if shown else "people/find.html", context)


def _columns(access: Access, *, is_ended: bool, with_worker: bool) -> list[Column]:
    columns = [
        Column("Name", lambda row: _name(access, row.person), sort="name", plain=lambda row: row.person.person_id),
        Column("Next", _next, sort="due", plain=lambda row: row.next_on or ""),
        Column("Programme", lambda row: row.programme.name, sort="programme__name"),
        Column("Worker", lambda row: str(row.practitioner or "Nobody"), sort="practitioner__name"),
        Column(
            "Last seen", lambda row: day(row.last_seen_on) or "Not yet", sort="last_seen_on",
            plain=lambda row: row.last_seen_on or "",
        ),
        Column("Started", lambda row: day(row.started_on), sort="started_on", plain=lambda row: row.started_on),
        Column("Ended", lambda row: day(row.ended_on), sort="ended_on", plain=lambda row: row.ended_on or ""),
    ]  # fmt: skip
    if access.may("records.add") and not is_ended:
        columns.append(Column("Record", lambda row: _add_for(access, row.person)))
    left_out = {"Next"} if is_ended else {"Ended", "Started"}
    if not with_worker:
        left_out.add("Worker")
    return [column for column in columns if column.title not in left_out]


def _name(access: Access, person: Person, *, is_own: bool = True) -> Cell:
    flags = []
    if person.safeguarding and is_own:
        flags.append("Safeguarding concern")
    if person.safe_contact:
        flags.append("Contact with care")
    return Cell(person.shown, _at(access, "person", person_id=person.person_id), under=", ".join(flags))


def _add_for(access: Access, person: Person) -> Cell:
    return Cell("Add what happened", _at(access, "record_quick", person_id=person.person_id))


def _next(row: Enrolment) -> Cell:
    if row.next_on is None:
        return Cell("Nothing planned")
    if row.next_on < today():
        return Cell("Overdue", tag="red", under=f"since {day(row.next_on)}")
    return Cell("Today", tag="orange") if row.next_on == today() else Cell(day(row.next_on))


def _people_page(request: Any, filters: PeopleFilter, show: str) -> HttpResponse:
    """List people rather than programmes: those in none, and those of others that are shared."""
    access = request.access
    if show == "shared":
        rows = queries.shared_people(access)
    else:
        going_on = Enrolment.of(access.partnership).filter(open_ones(), person=OuterRef("pk"))
        rows = queries.own_people(access).exclude(Exists(going_on))
    columns = [
        Column(
            "Name", lambda row: _name(access, row, is_own=show != "shared"), plain=lambda row: row.person_id
        ),
        Column(
            "Added",
            lambda row: day(row.created_at),
            sort="created_at",
            plain=lambda row: row.created_at.date(),
        ),
    ]
    if wants_csv(request):
        return as_csv(rows.order_by("pk"), columns, "people")
    empty = "Nobody is shared with your organisation." if show == "shared" else "Everybody is in a programme."
    shown = listing(
        request, rows, columns, caption="People", one="person", many="people", sort="-created_at",
        filters=filters, empty=empty,
    )  # fmt: skip
    return _page(request, shown)


@page("people.view")
def find(request: Any) -> HttpResponse:
    """Find people by name, id or telephone: sent, so that what was typed is in no address and no log."""
    access = request.access
    if request.method != "POST":
        return redirect("people", partnership=access.partnership.slug)
    form = FindForm(request.POST)
    typed = form.cleaned_data["q"].strip() if form.is_valid() else ""
    found: dict[str, Any] = {
        "people": [],
        "more": False,
        "too_short": queries.too_short(typed),
        "typed": typed,
    }
    if typed and not found["too_short"]:
        open_rows = queries.enrolments_for(access).filter(open_ones()).select_related("programme")
        rows = queries.found(queries.people_for(access), access.partnership, typed)
        rows = rows.prefetch_related(Prefetch("enrolments", queryset=open_rows, to_attr="open_enrolments"))
        people = list(rows.order_by("pk")[: _FOUND + 1])
        own = set(
            queries.own_people(access)
            .filter(pk__in=[person.pk for person in people])
            .values_list("pk", flat=True)
        )
        found["people"] = [
            {"person": person, "is_own": person.pk in own, "enrolments": person.open_enrolments}  # type: ignore[attr-defined]
            for person in people[:_FOUND]
        ]
        found["more"] = len(people) > _FOUND
    if request.headers.get("HX-Request"):
        return render(request, "people/found.html", {"found": found})
    return _page(request, None, found=found, typed=typed)
