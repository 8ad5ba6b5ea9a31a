"""Loading a data set of the standard as if it had been recorded day by day; for demonstrations and benchmarks."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Mapping
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
    facets, table = FACETS[name], TABLES[name]
    for row in rows:
        values = {key: value for key, value in row.items() if value is not None and key not in _COMMON}
        person = setting.people.get(str(row.get("person_id")))
        enrolment = setting.enrolments.get(str(row.get("enrolment_id")))
        if "person_id" in table.by_name and person is None:
            continue
        on = row.get(facets.on) if facets.on else None
        if on is not None and on > setting.today:
            continue
        for key, value in list(values.items()):
            if isinstance(value, dt.date) and value > setting.today and not table.by_name[key].may_be_future:
                del values[key]
        if "ended_on" not in values:
            values.pop("end_reason", None)
        known = values.get("claimed_on") or values.get("met_on") or values.get("ended_on") or on
        if known is None and person is not None:
            known = person.created_at.date()
        recorded = min(
            _at(known or setting.today, chance.randrange(9, 18), chance.randrange(60)), timezone.now()
        )
        if person is not None:
            values["person_id"] = person.person_id
        for key, other in (("enrolment_id", "enrolments"), ("achievement_id", "achievements")):
            if key in values and name != other:
                values[key] = _id(other, str(values[key]))
        if name == "people" and person is not None:
            record_id = person.person_id
        else:
            record_id = _id(name, str(row[table.key]))
        values[table.key] = record_id
        if "programme_id" in values and enrolment is not None:
            values["programme_id"] = enrolment.programme.programme_id
        provider = str(values.get(facets.organisation) or "") if facets.organisation else ""
        if enrolment is None and name == "enrolments":
            enrolment = setting.enrolments.get(str(row["enrolment_id"]))
        of = setting.achievements.get(str(values.get("achievement_id"))) if name != "achievements" else None
        if of is not None:
            person, enrolment = person or of.person, enrolment or of.enrolment
        organisation = setting.organisations.get(provider) or (enrolment.organisation if enrolment else None)
        for key, field_ in table.by_name.items():
            if field_.references == "organisations" and values.get(key) not in (None, *setting.organisations):
                values[key] = organisation.organisation_id if organisation else None
        clean = written(name, {k: v for k, v in values.items() if v is not None})
        low, high = _SECONDS.get(name, (0, 0))
        by = setting.worker_of.get(str(row.get("person_id")))
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
            recorded_at=recorded,
            recorded_by=by if high else None,
            seconds=chance.randint(low, high) if high and by else None,
        )
        if name == "achievements":
            setting.achievements[record_id] = record
        elif name == "verifications" and of is not None:
            of.state = clean["state"]
        yield record


_COMMON = frozenset({"partnership_id", "source", "version", "recorded_at", "replaces", "withdrawn"})


def _last_seen() -> None:
    """Put the day of the latest support on each enrolment."""
    table, records = Enrolment._meta.db_table, Record._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE {table} SET last_seen_on = (SELECT max(r."on") FROM {records} r '  # noqa: S608 - own names
            f"WHERE r.enrolment_id = {table}.id AND r.\"table\" = 'activities' AND r.current)"
        )
