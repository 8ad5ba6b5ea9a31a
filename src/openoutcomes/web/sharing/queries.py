"""Reading who may see a person and who looked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse

from openoutcomes.web.audit.models import Event
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people import queries as people
from openoutcomes.web.people.models import Person, Sight
from openoutcomes.web.records.models import Record
from openoutcomes.web.records.words import facts_of, tell


def own_organisations(access: Access, action: str, person: Person) -> list[Organisation]:
    """Return the organisations whose own the person is and in which the seat may do the action, by name."""
    rows = Organisation.of(access.partnership).filter(
        sights__in=people.home_of(person), pk__in=access.organisation_ids(action)
    )
    return list(rows.distinct().order_by("name"))


def own_person_or_404(access: Access, person_id: str, action: str) -> Person:
    """Return one of the seat's own people; raises Http404 for others, also for those shared with it."""
    person = people.person_or_404(access, person_id)
    if person.pk not in access.person_ids() and not own_organisations(access, action, person):
        raise Http404("Not one of your own people")
    return person


def others(access: Access, person: Person) -> QuerySet[Organisation]:
    """Return the organisations that a person could be shared with: active, and not whoever shares.

    One that the person is with as well is among them: it sees its own records, and no others unless shared.
    """
    rows = Organisation.of(access.partnership).filter(is_active=True)
    sharing = own_organisations(access, "people.share", person)
    homes = people.home_of(person).values_list("organisation", flat=True)
    if not sharing and len(homes) == 1:  # the person themselves, who is with one organisation
        return rows.exclude(pk__in=list(homes)).order_by("name")
    return rows.exclude(pk__in=[one.pk for one in sharing]).order_by("name")


def sights_of(person: Person) -> QuerySet[Any]:
    """Return every sight of a person, those that hold now first, then newest first."""
    holds = Sight.of(person.partnership).filter(Sight.holds(), pk=OuterRef("pk"))
    return (
        Sight.of(person.partnership)
        .filter(person=person)
        .select_related("organisation", "granted_by")
        .annotate(is_holding=Exists(holds))
        .order_by("-is_holding", "-since", "-pk")
    )


def state_of(sight: Sight) -> tuple[str, str]:
    """Say in words whether a sight holds, and the colour of its tag."""
    if sight.withdrawn_at is not None:
        return ("Withdrawn", "grey")
    if sight.until is not None and sight.until < clock.today():
        return ("Ended", "grey")
    return ("Holds", "green")


def holds_now(sight: Sight | None) -> bool:
    """Say whether a sight still lets its organisation see."""
    return sight is not None and state_of(sight)[0] == "Holds"


def looks_at(person: Person) -> QuerySet[Event]:
    """Return who looked at a person, newest first."""
    rows = Event.of(person.partnership).filter(person=person, kind="view")
    return rows.select_related("user", "organisation").order_by("-at", "-pk")


@dataclass(frozen=True)
class Said:
    """A record as it is passed on: what it is, when, what was said, and its facts."""

    title: str
    on: dt.date | None
    words: str
    facts: str


def said(record: Record) -> Said:
    """Return a record as it reads."""
    told = tell(record)
    facts = told.facts
    if record.table == "people":
        facts = tuple(f"{label}: {value}" for label, value in facts_of(record))
    return Said(told.title, record.on, told.words, " · ".join(facts))


def slice_of(person: Person, tables: Iterable[str], seen: Q) -> list[Said]:
    """Return the current records of a person in some tables, for showing exactly what is passed on.

    ``seen`` is the condition of what whoever passes on may see themselves: nobody passes on more.
    """
    rows = Record.of(person.partnership).filter(
        seen, person=person, current=True, withdrawn=False, table__in=list(tables)
    )
    order = {table: number for number, table in enumerate(("strengths", "goals", "needs"))}
    found = list(rows.select_related("enrolment__programme").order_by("-on", "-pk")[:200])
    return [said(one) for one in sorted(found, key=lambda record: order.get(record.table, 9))]


def person_address(access: Access, person_id: str) -> str:
    """Return the address of a person's page."""
    return f"{reverse('people', kwargs={'partnership': access.partnership.slug})}{person_id}/"


def months_on(day: dt.date, months: int) -> dt.date:
    """Return the same day some months later, or the last day of that month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def one_organisation(access: Access, action: str, key: Any) -> Organisation | None:
    """Return an organisation in which the seat may do the action, by primary key, or the only one."""
    rows = Organisation.of(access.partnership).filter(pk__in=access.organisation_ids(action)).order_by("name")
    if key:
        return rows.filter(pk=key).first()
    return rows.first()
