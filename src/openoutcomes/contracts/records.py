"""The records a contract looks at, as known on a day, gathered around each person.

Reads the standard's tables column by column, keeps the latest version of each record that was
known on the day, and leaves out what was withdrawn or belongs to another contract. A record
without `recorded_at` counts as known from its own date (claimed or achieved, verified,
occurred, taken, answered, end of period).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from openoutcomes.contracts.calendar import Calendar
from openoutcomes.contracts.tables import Value
from openoutcomes.contracts.words import Days
from openoutcomes.standard.tables import TABLES


class Tables(Protocol):
    """The part of :class:`openoutcomes.standard.dataset.Dataset` that pricing needs."""

    def has(self, table: str) -> bool:
        """Whether the table was given and has rows."""
        ...

    def columns(self, table: str, names: Sequence[str]) -> list[list[Any]]:
        """Return the named columns as lists of Python values."""
        ...


@dataclass(slots=True)
class Enrolment:
    """A person in a programme with a provider."""

    id: str
    person_id: str
    provider: str | None = None
    programme: str | None = None
    referred_on: dt.date | None = None
    referred_by: str | None = None
    started_on: dt.date | None = None
    age: int | None = None
    payment_group: str | None = None
    cohort: str | None = None


@dataclass(slots=True)
class Person:
    """What is recorded of one person, each list in order of date, then id."""

    id: str
    birth_year: int | None = None
    sex: str | None = None
    ethnicity: str | None = None
    disability: str | None = None
    area: str | None = None
    characteristics: tuple[str, ...] = ()
    enrolments: list[Enrolment] = field(default_factory=list)
    events: list[tuple[dt.date, str, str]] = field(default_factory=list)
    measures: list[tuple[dt.date, str, str, Decimal | None]] = field(default_factory=list)
    needs: list[tuple[str, int | None]] = field(default_factory=list)
    feedback: list[Answer] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class Answer:
    """A person's answer to a question."""

    on: dt.date
    id: str
    question: str
    answer: str
    achievement_id: str | None
    collected_by: str | None
    independent: bool | None


class Finding(NamedTuple):
    """A verifier's latest finding on an achievement."""

    state: str
    on: dt.date | None
    by: str | None
    reason: str | None
    id: str = ""


class Claim:
    """An achievement (or an enrolment that is paid for) put to the terms."""

    __slots__ = (
        "achieved",
        "claimed",
        "cohort",
        "enrolment",
        "evidence",
        "evidence_dates",
        "evidence_used",
        "finding",
        "from_enrolment",
        "id",
        "outcome",
        "person",
        "price_day",
        "programme",
        "provider",
        "quantity",
        "start_year",
        "sustained",
        "time",
        "volume",
        "year",
    )

    def __init__(self, id: str, person: Person, outcome: str, achieved: dt.date) -> None:  # noqa: A002
        self.id = id
        self.person = person
        self.outcome = outcome
        self.achieved = achieved
        self.sustained: dt.date | None = None
        self.claimed: dt.date | None = None
        self.quantity: Decimal | int = 1
        self.evidence: Sequence[str] = ()
        self.evidence_dates: Sequence[dt.date] = ()
        self.evidence_used: int | None = None
        self.enrolment: Enrolment | None = None
        self.provider: str | None = None
        self.programme: str | None = None
        self.finding: Finding | None = None
        self.from_enrolment = False
        self.cohort: str | None = None
        self.price_day: dt.date | None = achieved
        self.year: int | None = None
        self.start_year: int | None = None
        self.time: int | None = None
        self.volume: int | None = None

    def day(self, basis: str) -> dt.date | None:
        """Return the date named ``achieved``, ``claimed``, ``start`` or ``referral``."""
        if basis == "achieved":
            return self.achieved
        if basis == "claimed":
            return self.claimed
        if self.enrolment is None:
            return None
        return self.enrolment.started_on if basis == "start" else self.enrolment.referred_on

    def dimension(self, name: str) -> Value | None:
        """Return what a by-table asks for; None when it is not recorded."""
        value: Value | None = _DIMENSIONS[name](self)
        return value


def age_range(person: Person, enrolment: Enrolment | None) -> tuple[int, int] | None:
    """Return the least and greatest age at the start: equal when recorded, a year apart from a birth year."""
    if enrolment is None:
        return None
    if enrolment.age is not None:
        return enrolment.age, enrolment.age
    if person.birth_year is None or enrolment.started_on is None:
        return None
    oldest = enrolment.started_on.year - person.birth_year
    return oldest - 1, oldest


def _age(claim: Claim) -> int | None:
    ages = age_range(claim.person, claim.enrolment)
    return ages[0] if ages and ages[0] == ages[1] else None


def _since(claim: Claim, unit: str) -> int | None:
    start = claim.enrolment.started_on if claim.enrolment is not None else None
    if start is None:
        return None
    day = claim.achieved
    if unit == "week":
        return (day - start).days // 7
    return (day.year - start.year) * 12 + day.month - start.month - (1 if day.day < start.day else 0)


_DIMENSIONS: dict[str, Any] = {
    "payment group": lambda c: c.enrolment.payment_group if c.enrolment else None,
    "cohort": lambda c: c.cohort,
    "provider": lambda c: c.provider,
    "programme": lambda c: c.programme,
    "area": lambda c: c.person.area,
    "sex": lambda c: c.person.sex,
    "disability": lambda c: c.person.disability,
    "characteristic": lambda c: c.person.characteristics or None,
    "weeks since start": lambda c: _since(c, "week"),
    "months since start": lambda c: _since(c, "month"),
    "contract year": lambda c: c.year,
    "year of start": lambda c: c.start_year,
    "age at enrolment": _age,
    "time": lambda c: c.time,
    "volume": lambda c: c.volume,
    "date": lambda c: c.price_day,
    "start date": lambda c: c.day("start"),
    "referral date": lambda c: c.day("referral"),
}


@dataclass(slots=True)
class Indicators:
    """Published figures: by indicator, then area (None for the whole place), in order of period."""

    values: dict[str, list[tuple[dt.date | None, dt.date | None, str | None, Decimal]]]

    def latest(self, name: str, by: dt.date, area: str | None = None) -> Decimal | None:
        """Return the value of the latest period that began by a day, for an area when one is named."""
        rows = [
            row
            for row in self.values.get(name, ())
            if (row[0] is None or row[0] <= by) and (area is None or (row[2] is not None and row[2] == area))
        ]
        if area is None:
            # The figure of the whole place, where there is one, before those of its areas.
            rows = [row for row in rows if row[2] is None] or rows
        return rows[-1][3] if rows else None

    def in_days(self, name: str, days: Days) -> Decimal | None:
        """Return the latest value whose period lies within ``days``."""
        rows = [row for row in self.values.get(name, ()) if row[1] is not None and row[1] in days]
        return rows[-1][3] if rows else None


@dataclass(slots=True)
class Records:
    """Everything the terms may look at, as known on a day."""

    people: dict[str, Person]
    claims: list[Claim]
    enrolments: list[Enrolment]
    contributions: dict[str, list[tuple[str, Fraction | None]]]
    indicators: Indicators
    other_contracts: dict[str, int]
    findings: dict[str, Finding] = field(default_factory=dict)
    not_yet_known: int = 0


def current(
    tables: Tables, table: str, names: Sequence[str], as_of: dt.date, own_date: Sequence[str] = ()
) -> tuple[list[list[Any]], int]:
    """Return columns of the versions known on ``as_of``, and how many records were not known yet.

    ``names[0]`` is the record's id. ``own_date`` names date columns, in order of preference,
    that stand in for `recorded_at` where it is blank.
    """
    if not tables.has(table):
        return [[] for _ in names], 0
    asked = list(dict.fromkeys([*names, "recorded_at", "version", "withdrawn", "replaces", *own_date]))
    found = dict(zip(asked, tables.columns(table, asked), strict=True))
    columns, own = [found[name] for name in names], [found[name] for name in own_date]
    recorded, versions, withdrawn, replaces = (
        found[name] for name in ("recorded_at", "version", "withdrawn", "replaces")
    )
    ids = columns[0]
    plain = not (any(withdrawn) or any(recorded) or any(replaces)) and all(v in (None, 1) for v in versions)
    keep: Iterable[int]
    if plain and not own:
        return columns, 0
    if plain and len(own) == 1 and None not in own[0]:
        keep = [i for i, day in enumerate(own[0]) if day <= as_of]
    else:
        keep = [i for i in range(len(ids)) if (d := _known_from(recorded, own, i)) is None or d <= as_of]
    latest: dict[str, int] = {}
    if not plain:
        for i in keep:
            other = latest.get(ids[i])
            if other is None or (versions[i] or 1) > (versions[other] or 1):
                latest[ids[i]] = i
        unknown = len(set(ids)) - len(latest)
        # What has been replaced stays so, even when its replacement is withdrawn in turn.
        replaced = {replaces[i] for i in latest.values()}
        keep = [i for i in latest.values() if not withdrawn[i] and ids[i] not in replaced]
    else:
        keep = list(keep)
        unknown = len(ids) - len(keep)
        if not unknown:
            return columns, 0
    return [[column[i] for i in keep] for column in columns], unknown


def successors(tables: Tables, table: str, as_of: dt.date, own_date: Sequence[str] = ()) -> dict[str, str]:
    """Return, for each id that was replaced by the day, the id of the record that stands in its place now."""
    if not tables.has(table) or not any(tables.columns(table, ["replaces"])[0]):
        return {}
    key = TABLES[table].key
    names = [key, "replaces", "recorded_at", "version", *own_date]
    ids, replaces, recorded, versions, *own = tables.columns(table, names)
    latest: dict[str, tuple[int, str | None]] = {}
    for i, id_ in enumerate(ids):
        known = _known_from(recorded, own, i)
        version = versions[i] or 1
        if (known is None or known <= as_of) and version > latest.get(id_, (0, None))[0]:
            latest[id_] = version, replaces[i]
    direct = {old: id_ for id_, (_, old) in sorted(latest.items()) if old is not None and old != id_}
    found = {}
    for old in direct:
        now, passed = old, {old}
        while now in direct and direct[now] not in passed:
            now = direct[now]
            passed.add(now)
        found[old] = now
    return found


def _known_from(recorded: list[Any], own: list[list[Any]], i: int) -> dt.date | None:
    moment = recorded[i]
    if moment is not None:
        return moment.date() if isinstance(moment, dt.datetime) else moment
    for column in own:
        if column[i] is not None:
            return column[i]  # type: ignore[no-any-return]
    return None


def gather(tables: Tables, contract: str, as_of: dt.date, wants: frozenset[str]) -> Records:
    """Read what the terms need. ``wants`` names the optional tables that some rule looks at."""
    people = _people(tables, as_of)
    enrolments = _enrolments(tables, contract, as_of, people)
    by_id = {enrolment.id: enrolment for enrolment in enrolments}
    for old, new in successors(tables, "enrolments", as_of).items():
        if new in by_id:
            by_id[old] = by_id[new]
    moved = successors(tables, "achievements", as_of, ("claimed_on", "achieved_on"))
    findings = _findings(tables, as_of, moved)
    claims, others, unknown = _claims(tables, contract, as_of, people, by_id, findings)
    for table in ("events", "measures", "needs"):
        if table in wants:
            _attach(tables, table, as_of, people)
    if "feedback" in wants:
        _feedback(tables, as_of, people, moved)
    for person_record in people.values():
        person_record.events.sort()
        person_record.measures.sort(key=lambda m: m[:3])
        person_record.feedback.sort(key=lambda a: (a.on, a.id))
    return Records(
        people=people,
        claims=claims,
        enrolments=enrolments,
        contributions=_contributions(tables, as_of, moved) if "contributions" in wants else {},
        indicators=_indicators(tables, as_of) if "indicators" in wants else Indicators({}),
        other_contracts=others,
        findings=findings,
        not_yet_known=unknown,
    )


def _attach(tables: Tables, table: str, as_of: dt.date, people: dict[str, Person]) -> None:
    """Add a table's records to the people they are about."""
    names, own_date = {
        "events": (("event_id", "person_id", "occurred_on", "kind"), "occurred_on"),
        "measures": (("measure_id", "person_id", "taken_on", "instrument", "score"), "taken_on"),
        "needs": (("need_id", "person_id", "category", "intensity"), "presented_on"),
    }[table]
    columns, _ = current(tables, table, names, as_of, (own_date,))
    for id_, person_id, *values in zip(*columns, strict=True):
        person = _person(people, person_id)
        if table == "events":
            person.events.append((values[0], id_, values[1]))
        elif table == "measures":
            person.measures.append((values[0], id_, values[1], values[2]))
        else:
            person.needs.append((values[0], values[1]))


def _person(people: dict[str, Person], id_: str) -> Person:
    found = people.get(id_)
    if found is None:
        found = people[id_] = Person(id_)
    return found


def _people(tables: Tables, as_of: dt.date) -> dict[str, Person]:
    names = ("person_id", "birth_year", "sex", "ethnicity", "disability", "area_code", "characteristics")
    columns, _ = current(tables, "people", names, as_of)
    people = {
        id_: Person(id_, birth, sex, ethnicity, disability, area, tuple(characteristics or ()))
        for id_, birth, sex, ethnicity, disability, area, characteristics in zip(*columns, strict=True)
    }
    # Two records of one person are one person: whatever names the old id is about the new.
    for old, new in successors(tables, "people", as_of).items():
        people[old] = _person(people, new)
    return people


def _enrolments(tables: Tables, contract: str, as_of: dt.date, people: dict[str, Person]) -> list[Enrolment]:
    names = (
        "enrolment_id", "person_id", "provider_id", "programme_id", "referred_on", "referred_by",
        "started_on", "age_at_start", "payment_group", "cohort", "contract_id",
    )  # fmt: skip
    columns, _ = current(tables, "enrolments", names, as_of)
    result = []
    for *values, contract_id in zip(*columns, strict=True):
        if contract_id is not None and contract_id != contract:
            continue
        enrolment = Enrolment(*values)
        result.append(enrolment)
        _person(people, enrolment.person_id).enrolments.append(enrolment)
    for person in people.values():
        if len(person.enrolments) > 1:
            person.enrolments.sort(key=lambda e: (e.started_on or dt.date.min, e.id))
    return result


def _findings(tables: Tables, as_of: dt.date, moved: dict[str, str]) -> dict[str, Finding]:
    names = ("verification_id", "achievement_id", "state", "verified_on", "verified_by", "reason")
    columns, _ = current(tables, "verifications", names, as_of, ("verified_on",))
    found: dict[str, Finding] = {}
    for id_, named, state, on, by, reason in zip(*columns, strict=True):
        if on is not None and on > as_of:
            continue
        achievement = moved.get(named, named) if moved else named
        other = found.get(achievement)
        if other is None or (on or dt.date.min, id_) > (other.on or dt.date.min, other.id):
            found[achievement] = Finding(state, on, by, reason, id_)
    return found


def _claims(
    tables: Tables,
    contract: str,
    as_of: dt.date,
    people: dict[str, Person],
    enrolments: dict[str, Enrolment],
    findings: dict[str, Finding],
) -> tuple[list[Claim], dict[str, int], int]:
    names = (
        "achievement_id", "person_id", "outcome", "achieved_on", "sustained_to", "claimed_on", "quantity",
        "evidence_kinds", "evidence_dates", "enrolment_id", "provider_id", "programme_id", "contract_id",
    )  # fmt: skip
    columns, unknown = current(tables, "achievements", names, as_of, ("claimed_on", "achieved_on"))
    claims: list[Claim] = []
    others: dict[str, int] = defaultdict(int)
    get_finding = findings.get
    for (
        id_, person_id, outcome, achieved, sustained, claimed, quantity,
        evidence, evidence_dates, enrolment_id, provider, programme, contract_id,
    ) in zip(*columns, strict=True):  # fmt: skip
        if contract_id is not None and contract_id != contract:
            others[contract_id] += 1
            continue
        person = people.get(person_id)
        if person is None:
            person = people[person_id] = Person(person_id)
        claim = Claim(id_, person, outcome, achieved)
        claim.sustained = sustained
        claim.claimed = claimed
        claim.quantity = quantity
        claim.evidence = evidence or ()
        claim.evidence_dates = evidence_dates or ()
        enrolment = (
            enrolments.get(enrolment_id) if enrolment_id else _enrolment_for(person, achieved, provider)
        )
        claim.enrolment = enrolment
        if enrolment is not None:
            claim.provider = provider or enrolment.provider
            claim.programme = programme or enrolment.programme
        else:
            claim.provider, claim.programme = provider, programme
        claim.finding = get_finding(id_)
        claims.append(claim)
    return claims, dict(others), unknown


def _enrolment_for(person: Person, achieved: dt.date, provider: str | None) -> Enrolment | None:
    """Return the person's latest enrolment begun by the day (with that provider), else the earliest."""
    among = person.enrolments
    if provider is not None and len(among) > 1:
        among = [e for e in among if e.provider in (provider, None)] or among
    if len(among) <= 1:
        return among[0] if among else None
    begun = [e for e in among if e.started_on is not None and e.started_on <= achieved]
    return begun[-1] if begun else among[0]


def _feedback(tables: Tables, as_of: dt.date, people: dict[str, Person], moved: dict[str, str]) -> None:
    names = (
        "feedback_id", "person_id", "question", "answer", "answered_on",
        "achievement_id", "collected_by", "independent",
    )  # fmt: skip
    columns, _ = current(tables, "feedback", names, as_of, ("answered_on",))
    for id_, person, question, answer, on, achievement, by, independent in zip(*columns, strict=True):
        if question is None or answer is None or on is None:
            continue
        _person(people, person).feedback.append(
            Answer(on, id_, question, answer, moved.get(achievement, achievement), by, independent)
        )


def _contributions(
    tables: Tables, as_of: dt.date, moved: dict[str, str]
) -> dict[str, list[tuple[str, Fraction | None]]]:
    names = ("contribution_id", "achievement_id", "organisation_id", "share")
    columns, _ = current(tables, "contributions", names, as_of)
    found: dict[str, list[tuple[str, Fraction | None]]] = defaultdict(list)
    for _, achievement, organisation, share in sorted(zip(*columns, strict=True), key=lambda row: row[0]):
        found[moved.get(achievement, achievement)].append(
            (organisation, None if share is None else Fraction(share))
        )
    return dict(found)


def _indicators(tables: Tables, as_of: dt.date) -> Indicators:
    names = ("indicator_id", "indicator", "period_start", "period_end", "area_code", "value")
    columns, _ = current(tables, "indicators", names, as_of, ("period_end", "period_start"))
    values: dict[str, list[tuple[dt.date | None, dt.date | None, str | None, Decimal]]] = defaultdict(list)
    low = dt.date.min
    for row in sorted(zip(*columns, strict=True), key=lambda r: (r[2] or low, r[3] or low, r[0])):
        values[row[1]].append((row[2], row[3], row[4], row[5]))
    return Indicators(dict(values))


def place_dates(claim: Claim, calendar: Calendar, basis: str) -> None:
    """Set the pricing date of a claim and the contract years that follow from it."""
    day = claim.price_day = claim.achieved if basis == "achieved" else claim.day(basis)
    claim.year = calendar.contract_year(day) if day is not None else None
    started = claim.enrolment.started_on if claim.enrolment is not None else None
    claim.start_year = calendar.contract_year(started) if started is not None else None
