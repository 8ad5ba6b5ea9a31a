"""Writing and reading versions of records: the one place where the standard's rows are stored.

``write`` is called from commands of every noun. It ends in ``openoutcomes.standard.rows.record``, the
same function as a spreadsheet row or a call from another system.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import models

from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.fields import LIST_TYPES
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.standard.rows import check_row
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.values import Fault, written_form
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.people.models import Enrolment, Person, new_id
from openoutcomes.web.records.facets import FACETS
from openoutcomes.web.records.models import Record

#: Fields that the store itself keeps; they are never in ``values``.
_KEPT = frozenset({"partnership_id", "version", "recorded_at", "withdrawn"})


class ConflictError(InputError):
    """Somebody else changed the record meanwhile; ``latest`` is how it stands now."""

    def __init__(self, latest: Record) -> None:
        self.latest = latest
        what = "somebody changed this record after you opened it."
        super().__init__(Problem(what, "Look at what they wrote below, then send yours again or leave it."))


def written(table: str, values: Mapping[str, object]) -> dict[str, str]:
    """Return the values of a row in the standard's written form, without blanks.

    Raises InputError with every problem that the standard's checks find in the row.
    """
    declared = TABLES[table]
    found, problems = check_row(table, values)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise InputError(errors)
    row: dict[str, str] = {}
    for field in declared.fields:
        value = found[field.name]
        if field.name in _KEPT or value is None or (field.type in LIST_TYPES and not value):
            continue
        text = value if isinstance(value, str) else written_form(field, value)
        if isinstance(text, Fault):
            raise InputError(Problem(f"{text.what}.", text.mend, field=field.name, code=text.code))
        row[field.name] = text
    return row


def write(
    by: Access,
    table: str,
    values: Mapping[str, object],
    *,
    person: Person | None = None,
    enrolment: Enrolment | None = None,
    organisation: Any = None,
    contract: Any = None,
    record_id: str = "",
    expected: int | None = None,
    withdrawn: bool = False,
    state: str | None = None,
    seconds: int | None = None,
    recorded_at: dt.datetime | None = None,
) -> Record:
    """Add a record, or with ``record_id`` a version of one, inside a command.

    ``expected`` is the version that the form was opened with: raises ConflictError when there is a later
    one. Raises InputError with every problem in the values. What a later version does not say of
    ``person``, ``enrolment``, ``organisation``, ``contract`` and ``state`` is taken from the one before.
    """
    facets, declared = FACETS[table], TABLES[table]
    before = latest(by.partnership, table, record_id, lock=True) if record_id else None
    if before is not None and expected is not None and before.version != expected:
        raise ConflictError(before)
    record_id = record_id or new_id(facets.prefix)
    if before is not None:
        person, enrolment = person or before.person, enrolment or before.enrolment
        organisation, contract = organisation or before.organisation, contract or before.contract
        state = before.state if state is None else state
        Record.objects.filter(pk=before.pk).update(current=False)
    elif enrolment is not None:
        person, organisation = person or enrolment.person, organisation or enrolment.organisation
    moment = recorded_at or clock.now()
    full: dict[str, object] = {**values, declared.key: record_id, "recorded_at": moment}
    if "person_id" in declared.by_name and person is not None:
        full["person_id"] = person.person_id
    if "enrolment_id" in declared.by_name and enrolment is not None and table != "enrolments":
        full.setdefault("enrolment_id", enrolment.enrolment_id)
    if "contract_id" in declared.by_name and contract is not None:
        full.setdefault("contract_id", contract.contract_id)
    if "provider_id" in declared.by_name and organisation is not None:
        full.setdefault("provider_id", organisation.organisation_id)
    row = written(table, full)
    on = row.get(facets.on, "") if facets.on else ""
    record: Record = Record.objects.create(
        partnership=by.partnership,
        table=table,
        record_id=record_id,
        version=before.version + 1 if before else 1,
        withdrawn=withdrawn,
        values=row,
        person=person,
        organisation=organisation,
        enrolment=enrolment,
        contract=contract,
        code=row.get(facets.code, "") if facets.code else "",
        on=dt.date.fromisoformat(on) if on else None,
        about=row.get(facets.about, "") if facets.about else "",
        state=state if state is not None else ("unverified" if table == "achievements" else ""),
        recorded_at=moment,
        recorded_by=by.user,
        seconds=seconds,
    )
    return record


def latest(partnership: Any, table: str, record_id: str, *, lock: bool = False) -> Record | None:
    """Return the current version of a record; ``lock`` keeps others from changing it meanwhile."""
    rows = Record.of(partnership).filter(table=table, record_id=record_id, current=True)
    return (rows.select_for_update() if lock else rows).first()


def set_state(achievement: Record, state: str) -> None:
    """Keep the state of an achievement's current version in step with the latest finding, inside a command."""
    Record.objects.filter(
        partnership=achievement.partnership_id,
        table="achievements",
        record_id=achievement.record_id,
        current=True,
    ).update(state=state)


def rows_of(records: Iterable[Record]) -> Iterator[dict[str, Any]]:
    """Give the rows of the standard that records stand for."""
    return (record.row for record in records)


def dataset(partnership: Any, tables: Iterable[str], condition: models.Q) -> Dataset:
    """Return all versions of the records that fit ``condition``, as the standard's data set.

    For pricing and exports: whoever asks answers for the scope of ``condition``. Merged and withdrawn
    records come with their versions, so that an earlier day can be looked at as it was known then.
    """
    wanted: dict[str, list[dict[str, Any]]] = {}
    for table in tables:
        found = Record.of(partnership).filter(condition, table=table).order_by("record_id", "version")
        wanted[table] = list(rows_of(found.select_related("partnership").iterator(chunk_size=2000)))
    return Dataset.from_rows({name: rows for name, rows in wanted.items() if rows})
