"""Reading records: one, its versions, and a person's timeline."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404

from openoutcomes.web.core.access import Access
from openoutcomes.web.people.models import Enrolment, Person
from openoutcomes.web.people.queries import (
    enrolments_for,
    own_organisation,
    person_or_404,
    records_seen,
)
from openoutcomes.web.records.facets import FACETS
from openoutcomes.web.records.models import Record

#: The kinds of a timeline: what a filter calls each, and its tables. The people table is identity, not a happening.
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "support": ("Support", ("activities",)),
    "strengths": ("Strengths", ("strengths",)),
    "goals": ("Goals", ("goals",)),
    "needs": ("Needs", ("needs",)),
    "measures": ("Measures", ("measures",)),
    "outcomes": ("Outcomes", ("achievements", "contributions", "verifications")),
    "events": ("Events", ("events",)),
    "said": ("What they said", ("feedback", "contacts")),
    "programmes": ("Programmes", ("enrolments",)),
    "referrals": ("Referrals", ("referrals",)),
    "consents": ("Consents", ("consents",)),
}
TIMELINE: tuple[str, ...] = tuple(table for _, tables in KINDS.values() for table in tables)


def records_of(access: Access, person: Person) -> QuerySet[Record]:
    """Return the current records of a person that the seat may see, withdrawn ones too."""
    rows = Record.of(access.partnership).filter(records_seen(access, person), person=person, current=True)
    return rows.select_related("organisation", "enrolment__programme", "recorded_by")


def timeline(access: Access, person: Person, kind: str = "") -> QuerySet[Record]:
    """Return what happened with a person, newest first; withdrawn records are a kind of their own."""
    rows = records_of(access, person)
    if kind == "withdrawn":
        rows = rows.filter(withdrawn=True)
    else:
        rows = rows.filter(withdrawn=False, table__in=KINDS[kind][1] if kind in KINDS else TIMELINE)
    return rows.order_by(F("on").desc(nulls_last=True), "-id")


def record_or_404(access: Access, table: str, record_id: str, action: str = "people.view") -> Record:
    """Return the current version of a record about a person, if the seat may see it; else Http404."""
    if table not in FACETS:
        raise Http404("No such table")
    found = (
        Record.of(access.partnership)
        .filter(table=table, record_id=record_id, current=True)
        .select_related("person")
        .first()
    )
    if found is None or found.person is None:
        raise Http404("No such record")
    person = person_or_404(access, found.person.person_id, action)
    record = records_of(access, person).filter(pk=found.pk).first()
    if record is None:
        raise Http404("No such record, or not one that you may see")
    record.person = person
    return record


def may_change(access: Access, record: Record) -> bool:
    """Say whether the seat may change a record: those of its own organisation alone."""
    if not access.may("records.change"):
        return False
    if record.organisation_id is not None:
        return access.allows("records.change", record.organisation_id)
    return record.person is not None and own_organisation(access, record.person, "records.change") is not None


def versions_of(record: Record) -> list[Record]:
    """Return every version of a record, newest first."""
    rows = Record.of(record.partnership).filter(table=record.table, record_id=record.record_id)
    return list(rows.select_related("recorded_by").order_by("-version"))


def readings_of(access: Access, person: Person, code: str) -> list[Record]:
    """Return the readings of one instrument in the order in which they were taken: by day, then id."""
    rows = records_of(access, person).filter(table="measures", code=code, withdrawn=False)
    return list(rows.order_by(F("on").asc(nulls_first=True), "record_id"))


def open_enrolments(access: Access, person: Person, action: str = "records.add") -> list[Enrolment]:
    """Return the person's open programmes in which the seat may record, the user's own first."""
    rows = enrolments_for(access, action).filter(person=person)
    found = [each for each in rows.select_related("programme__contract", "organisation") if each.is_open]
    return sorted(found, key=lambda each: (each.practitioner_id != access.user.pk, each.enrolment_id))


def last_kind(access: Access) -> str:
    """Return the kind of support that the user recorded last: the likeliest next time."""
    rows = Record.of(access.partnership).filter(recorded_by=access.user, table="activities")
    kind: Any = rows.order_by("-recorded_at").values_list("code", flat=True).first()
    return str(kind or "")
