"""Recording what happens with a person: one verb each, and new versions of what was recorded.

Every verb ends in ``store.write``. A record belongs to the organisation of its enrolment, or to the
organisation whose own person it is about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max, Q

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.people.models import Enrolment, Person
from openoutcomes.web.people.queries import own_organisation
from openoutcomes.web.records import store
from openoutcomes.web.records.models import Record

#: Support at which the person was there, or of which nobody said whether they were.
_SEEN = Q(values__attended="attended") | Q(values__attended__isnull=True)


def _add(
    by: Access,
    table: str,
    verb: str,
    person: Person,
    enrolment: Enrolment | None,
    values: Mapping[str, Any],
    *,
    seconds: int | None = None,
) -> Record:
    organisation = enrolment.organisation if enrolment else own_organisation(by, person, "records.add")
    by.require("records.add", organisation or 0)
    if enrolment is not None and enrolment.person_id != person.pk:
        raise refuse("this programme is somebody else's.", "Open the person's page again.")
    record = store.write(
        by,
        table,
        values,
        person=person,
        enrolment=enrolment,
        organisation=organisation,
        contract=enrolment.programme.contract if enrolment else None,
        seconds=seconds,
    )
    note(by, verb, record, person=person, organisation=organisation, detail={"record": record.record_id})
    return record


@command
def give_support(
    by: Access,
    *,
    person: Person,
    values: Mapping[str, Any],
    enrolment: Enrolment | None = None,
    next_on: dt.date | None = None,
    seconds: int | None = None,
) -> Record:
    """Record a piece of support; the planned contact is done by it, and the next may be planned."""
    record = _add(by, "activities", "records.support", person, enrolment, values, seconds=seconds)
    if enrolment is not None:
        keep_last_seen(enrolment)
        _plan(enrolment, next_on, done_on=record.on)
    return record


@command
def record_contact(
    by: Access,
    *,
    person: Person,
    values: Mapping[str, Any],
    enrolment: Enrolment | None = None,
    next_on: dt.date | None = None,
    seconds: int | None = None,
) -> Record:
    """Record a demand: what was asked, and what was needed."""
    organisation = enrolment.organisation if enrolment else own_organisation(by, person, "records.add")
    asked = {**values, "organisation_id": organisation.organisation_id if organisation else None}
    if enrolment is not None:
        asked["programme_id"] = enrolment.programme.programme_id
    record = _add(by, "contacts", "records.contact", person, enrolment, asked, seconds=seconds)
    if enrolment is not None:
        _plan(enrolment, next_on, done_on=record.on)
    return record


@command
def note_strength(
    by: Access,
    *,
    person: Person,
    values: Mapping[str, Any],
    enrolment: Enrolment | None = None,
    seconds: int | None = None,
) -> Record:
    """Note something the person has, can do or cares about."""
    return _add(by, "strengths", "records.strength", person, enrolment, values, seconds=seconds)


@command
def set_goal(
    by: Access,
    *,
    person: Person,
    values: Mapping[str, Any],
    enrolment: Enrolment | None = None,
    seconds: int | None = None,
) -> Record:
    """Set down what matters to the person, in their words."""
    return _add(by, "goals", "records.goal", person, enrolment, values, seconds=seconds)


@command
def review_goal(
    by: Access, *, record: Record, values: Mapping[str, Any], expected: int, seconds: int | None = None
) -> Record:
    """Note how near a goal is in the person's view, and when to look at it again."""
    return _again(by, record, {**record.values, **values}, "records.review_goal", expected, seconds=seconds)


@command
def note_need(
    by: Access,
    *,
    person: Person,
    values: Mapping[str, Any],
    enrolment: Enrolment | None = None,
    seconds: int | None = None,
) -> Record:
    """Note a need."""
    return _add(by, "needs", "records.need", person, enrolment, values, seconds=seconds)


@command
def meet_need(
    by: Access, *, record: Record, values: Mapping[str, Any], expected: int, seconds: int | None = None
) -> Record:
    """Note that a need was met, by the organisation that recorded it."""
    met_by = record.organisation.organisation_id if record.organisation else None
    values = {**record.values, "met_by": met_by, **values}
    return _again(by, record, values, "records.meet_need", expected, seconds=seconds)


@command
def note_event(
    by: Access,
    *,
    person: Person,
    values: Mapping[str, Any],
    enrolment: Enrolment | None = None,
    seconds: int | None = None,
) -> Record:
    """Note something that happened and bears on support or a rule."""
    return _add(by, "events", "records.event", person, enrolment, values, seconds=seconds)


@command
def take_feedback(
    by: Access,
    *,
    person: Person,
    values: Mapping[str, Any],
    enrolment: Enrolment | None = None,
    seconds: int | None = None,
) -> Record:
    """Record what the person said; collected by the organisation itself, so not independently."""
    organisation = enrolment.organisation if enrolment else own_organisation(by, person, "records.add")
    said = {**values, "collected_by": organisation.organisation_id if organisation else None}
    return _add(by, "feedback", "records.feedback", person, enrolment, said, seconds=seconds)


@command
def take_measure(
    by: Access,
    *,
    person: Person,
    readings: Sequence[Mapping[str, Any]],
    enrolment: Enrolment | None = None,
    seconds: int | None = None,
) -> Record:
    """Record a reading of an instrument, one row for each of its scales; return the first."""
    made = [
        _add(
            by, "measures", "records.measure", person, enrolment, values, seconds=None if number else seconds
        )
        for number, values in enumerate(readings)
    ]
    return made[0]


@command
def plan_contact(by: Access, *, enrolment: Enrolment, next_on: dt.date | None) -> Enrolment:
    """Plan the next contact, or plan none."""
    by.require("records.add", enrolment.organisation)
    if next_on is not None and next_on < today():
        raise refuse("the next contact is in the past.", "Choose today or a later day.", "next_on")
    enrolment.next_on = next_on
    enrolment.save(update_fields=["next_on"])
    note(
        by, "records.plan_contact", enrolment, person=enrolment.person, organisation=enrolment.organisation,
        detail={"on": next_on.isoformat() if next_on else ""},
    )  # fmt: skip
    return enrolment


@command
def change_record(
    by: Access, *, record: Record, values: Mapping[str, Any], expected: int, seconds: int | None = None
) -> Record:
    """Add a version of a record that says something else. What was written before stays."""
    return _again(by, record, values, "records.change", expected, seconds=seconds)


@command
def withdraw_record(by: Access, *, record: Record, reason: str, expected: int) -> Record:
    """Withdraw a record: it counts no longer from now on. What was known before today stays known."""
    return _again(
        by, record, record.values, "records.withdraw", expected, withdrawn=True, detail={"reason": reason}
    )


@command
def restore_record(by: Access, *, record: Record, expected: int) -> Record:
    """Undo the withdrawal of a record."""
    if not record.withdrawn:
        by.require("records.change", record.organisation_id or 0)
        raise refuse("this record is not withdrawn.")
    return _again(by, record, record.values, "records.restore", expected)


def _again(
    by: Access,
    record: Record,
    values: Mapping[str, Any],
    verb: str,
    expected: int,
    *,
    withdrawn: bool = False,
    seconds: int | None = None,
    detail: dict[str, Any] | None = None,
) -> Record:
    """Add a version, keep the day last seen in step, and note which fields changed."""
    by.require("records.change", record.organisation_id or _home(by, record))
    fresh = store.write(
        by, record.table, values, record_id=record.record_id, expected=expected, withdrawn=withdrawn,
        seconds=seconds,
    )  # fmt: skip
    if record.table == "activities" and fresh.enrolment is not None:
        keep_last_seen(fresh.enrolment)
    names = {*record.values, *fresh.values}
    changed = sorted(name for name in names if record.values.get(name) != fresh.values.get(name))
    told = {"record": fresh.record_id, "version": fresh.version, "changed": changed, **(detail or {})}
    note(by, verb, fresh, person=fresh.person, organisation=fresh.organisation, detail=told)
    return fresh


def _home(by: Access, record: Record) -> int:
    organisation = own_organisation(by, record.person, "records.change") if record.person else None
    return organisation.pk if organisation else 0


def keep_last_seen(enrolment: Enrolment) -> None:
    """Keep the day last seen in step with the support recorded; called inside commands that change support."""
    support = Record.objects.filter(enrolment=enrolment, table="activities", current=True, withdrawn=False)
    seen = support.filter(_SEEN).aggregate(last=Max("on"))["last"]
    if seen != enrolment.last_seen_on:
        enrolment.last_seen_on = seen
        enrolment.save(update_fields=["last_seen_on"])


def _plan(enrolment: Enrolment, next_on: dt.date | None, *, done_on: dt.date | None) -> None:
    """Plan the next contact; one that was planned for a day by now is done."""
    was_due = (
        enrolment.next_on is not None and done_on is not None and enrolment.next_on <= max(done_on, today())
    )
    if next_on is not None:
        enrolment.next_on = next_on
    elif was_due and done_on is not None and (today() - done_on).days <= 7:
        enrolment.next_on = None
    else:
        return
    enrolment.save(update_fields=["next_on"])
