"""Loading a data set of the standard as if it had been recorded day by day; for demonstrations and benchmarks."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.tables import TABLES
from openoutcomes.web.core.crypto import digest, digits, name_tokens
from openoutcomes.web.core.scope import writing
from openoutcomes.web.people.models import Enrolment, Person, Sight, Token
from openoutcomes.web.records.facets import FACETS
from openoutcomes.web.records.models import Record
from openoutcomes.web.records.store import written

_BATCH = 1000
#: About how long each kind of form takes to fill in, in seconds: assumed, for the demonstration alone.
_SECONDS = {"activities": (18, 55), "strengths": (15, 40), "needs": (15, 45), "goals": (20, 60),
            "measures": (60, 180), "achievements": (30, 90), "events": (15, 40), "enrolments": (40, 120),
            "feedback": (10, 30), "people": (40, 120)}  # fmt: skip


@dataclass
class Setting:
    """Where a data set is loaded: the partnership, and who and what its ids stand for."""

    partnership: Any
    organisations: Mapping[str, Any]
    programmes: Mapping[str, Any]
    contract: Any
    #: Who works for each organisation (by its id), to be recorded as having typed.
    workers: Mapping[str, list[Any]]
    name_of: Callable[[int], str]
    today: dt.date
    seed: int = 1
    people: dict[str, Person] = field(default_factory=dict)
    enrolments: dict[str, Enrolment] = field(default_factory=dict)
    worker_of: dict[str, Any] = field(default_factory=dict)
    achievements: dict[str, Record] = field(default_factory=dict)


def load(setting: Setting, data: Dataset, tell: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """Load every row known by ``today``; return how many records were made. Rows after it are left out."""
    chance = random.Random(setting.seed)  # noqa: S311 - made-up times
    names = [name for name in TABLES if name in FACETS and data.has(name)]
    total = sum(data.count(name) for name in names) or 1
    done = made = 0
    with writing("loading made-up people"):
        _people(setting, data)
        for name in names:
            records = _records(setting, name, data.rows(name), chance)
            batch: list[Record] = []
            for record in records:
                batch.append(record)
                if len(batch) == _BATCH:
                    Record.objects.bulk_create(batch)
                    made, batch = made + len(batch), []
            Record.objects.bulk_create(batch)
            made += len(batch)
            done += data.count(name)
            tell(done, total)
        checked = [record for record in setting.achievements.values() if record.state != "unverified"]
        Record.objects.bulk_update(checked, ["state"], batch_size=500)
        _last_seen()
    return made


def _people(setting: Setting, data: Dataset) -> None:
    rows = data.rows("enrolments")
    started = {
        row["person_id"]: row for row in rows if row["started_on"] and row["started_on"] <= setting.today
    }
    people, tokens, sights = [], [], []
    partnership = setting.partnership
    for number, row in enumerate(data.rows("people")):
        if row["person_id"] not in started:
            continue
        name = setting.name_of(number)
        phone = f"07700 900{number % 1000:03d}"
        person = Person(
            partnership=partnership,
            name=name,
            phone=phone,
            created_at=_at(started[row["person_id"]]["started_on"], 9),
        )
        people.append(person)
        setting.people[row["person_id"]] = person
    Person.objects.bulk_create(people, batch_size=_BATCH)
    for person in people:
        wanted = {
            *name_tokens(partnership.pk, person.name),
            digest(partnership.pk, "phone", digits(person.phone)),
        }
        tokens += [Token(partnership=partnership, person=person, digest=one) for one in wanted]
    Token.objects.bulk_create(tokens, batch_size=_BATCH)
    enrolments = []
    for number, (person_id, row) in enumerate(started.items()):
        organisation = setting.organisations[row["provider_id"]]
        workers = setting.workers[row["provider_id"]]
        worker = workers[number % len(workers)]
        person = setting.people[person_id]
        setting.worker_of[person_id] = worker
        ended = row["ended_on"] if row["ended_on"] and row["ended_on"] <= setting.today else None
        enrolment = Enrolment(
            partnership=partnership,
            enrolment_id=_id("enrolments", row["enrolment_id"]),
            person=person,
            programme=setting.programmes[row["provider_id"]],
            organisation=organisation,
            practitioner=worker,
            referred_on=row["referred_on"],
            started_on=row["started_on"],
            ended_on=ended,
            end_reason=(row["end_reason"] or "") if ended else "",
        )
        enrolments.append(enrolment)
        setting.enrolments[row["enrolment_id"]] = enrolment
        since = _at(row["started_on"], 9)
        sights.append(
            Sight(partnership=partnership, person=person, organisation=organisation, basis="own", since=since)
        )
    Enrolment.objects.bulk_create(enrolments, batch_size=_BATCH)
    Sight.objects.bulk_create(sights, batch_size=_BATCH)


def _id(table: str, given: str) -> str:
    """Return a shorter opaque id for one that was made up, the same each time."""
    return f"{FACETS[table].prefix}-{given.rpartition('-')[2]}"


def _at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def _records(
    setting: Setting, name: str, rows: Iterable[Mapping[str, Any]], chance: random.Random
) -> Iterable[Record]:
    """Give the records of a table: those known by today, about people who have started."""
    facets, table = FACETS[name], TABLES[name]
    for row in rows:
        person = setting.people.get(str(row.get("person_id")))
        on = row.get(facets.on) if facets.on else None
        if ("person_id" in table.by_name and person is None) or (on is not None and on > setting.today):
            continue
        enrolment = setting.enrolments.get(str(row.get("enrolment_id")))
        of = setting.achievements.get(_id("achievements", str(row.get("achievement_id") or "")))
        if name != "achievements" and of is not None:
            person, enrolment = person or of.person, enrolment or of.enrolment
        provider = str(row.get(facets.organisation) or "") if facets.organisation else ""
        organisation = setting.organisations.get(provider) or (enrolment.organisation if enrolment else None)
        values = _values(setting, name, row, organisation)
        if person is not None and "person_id" in table.by_name:
            values["person_id"] = person.person_id
        if "programme_id" in values and enrolment is not None:
            values["programme_id"] = enrolment.programme.programme_id
        record_id = str(values[table.key])
        clean = written(name, values)
        low, high = _SECONDS.get(name, (0, 0))
        by = setting.worker_of.get(str(row.get("person_id"))) if high else None
        record = Record(
            partnership=setting.partnership,
            table=name,
            record_id=record_id,
            values=clean,
            person=person,
            organisation=organisation,
            enrolment=enrolment,
            contract=setting.contract if row.get("contract_id") or of is not None else None,
            code=clean.get(facets.code, "") if facets.code else "",
            on=on,
            about=clean.get(facets.about, "") if facets.about else "",
            state="unverified" if name == "achievements" else "",
            recorded_at=_recorded(setting, values, on, person, chance),
            recorded_by=by,
            seconds=chance.randint(low, high) if by else None,
        )
        if name == "enrolments" and "ended_on" in values:
            # Known from its first day; that it ended came to be known when it did.
            record.recorded_at = _recorded(setting, {}, on, person, chance)
            record.values = {k: v for k, v in clean.items() if k not in ("ended_on", "end_reason")}
            record.current = False
            later = copy(record)
            later.values, later.version, later.current = clean, 2, True
            later.recorded_at = _recorded(setting, values, on, person, chance)
            later.recorded_by, later.seconds = None, None
            yield later
        if name == "achievements":
            setting.achievements[record_id] = record
        elif name == "verifications" and of is not None:
            of.state = clean["state"]
        yield record


def _values(setting: Setting, name: str, row: Mapping[str, Any], organisation: Any) -> dict[str, Any]:
    """Return the fields of a row as they would have been typed by today, with the ids of this place."""
    table, values = TABLES[name], {}
    for key, value in row.items():
        field_ = table.by_name[key]
        if value is None or key in _COMMON:
            continue
        if isinstance(value, dt.date) and value > setting.today and not field_.may_be_future:
            continue
        if key in _OTHER_TABLES:
            values[key] = _id(_OTHER_TABLES[key], str(value))
        elif key == table.key and name != "people":
            values[key] = _id(name, str(value))
        elif field_.references == "organisations" and value not in setting.organisations:
            # Whoever the made-up data names from outside: here the organisation itself.
            if organisation is not None:
                values[key] = organisation.organisation_id
        else:
            values[key] = value
    _forget_what_is_to_come(values, setting.today)
    if name == "people":
        values["person_id"] = setting.people[row["person_id"]].person_id
    return values


def _forget_what_is_to_come(values: dict[str, Any], today: dt.date) -> None:
    """Leave out how something ended that has not, and date no evidence after today."""
    for day, told in _TOLD_BY.items():
        if day not in values:
            for other in told:
                values.pop(other, None)
    if "evidence_dates" in values:
        values["evidence_dates"] = [min(day, today) for day in values["evidence_dates"]]


def _recorded(
    setting: Setting,
    values: Mapping[str, Any],
    on: dt.date | None,
    person: Person | None,
    chance: random.Random,
) -> dt.datetime:
    """Return when a row was typed: on the day it was known, in working hours."""
    day = values.get("claimed_on") or values.get("met_on") or values.get("ended_on") or on
    if day is None:
        day = person.created_at.date() if person is not None else setting.today
    return min(_at(day, chance.randrange(9, 18), chance.randrange(60)), timezone.now())


#: What cannot be known before a day: nothing says how something ended that has not.
_TOLD_BY = {"ended_on": ("end_reason",), "met_on": ("met_by", "satisfaction")}
#: Columns that hold the id of a record of another table.
_OTHER_TABLES = {"enrolment_id": "enrolments", "achievement_id": "achievements"}
_COMMON = frozenset({"partnership_id", "source", "version", "recorded_at", "replaces", "withdrawn"})


def _last_seen() -> None:
    """Put the day of the latest support on each enrolment."""
    table, records = Enrolment._meta.db_table, Record._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE {table} SET last_seen_on = (SELECT max(r."on") FROM {records} r '  # noqa: S608 - own names
            f"WHERE r.enrolment_id = {table}.id AND r.\"table\" = 'activities' AND r.current)"
        )
