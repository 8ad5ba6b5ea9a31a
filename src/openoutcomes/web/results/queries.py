"""Figures of what was done and what came of it, in a few queries each over indexed columns."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, DecimalField, Q, QuerySet, Sum, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncMonth

from openoutcomes.standard.instruments import reliable_change
from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.lists import up_to
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.records.models import Record
from openoutcomes.web.results.small_numbers import Bound

#: Attendance that means that the person was not there; anything else, or nothing said, counts as support.
NOT_THERE = ("cancelled", "missed", "provider_cancelled")
STATES = tuple(state for state, _ in Record.STATES)
CHANGES = ("improved", "no reliable change", "deteriorated", "not judged")
#: A goal is reached when the person rates it ten of ten.
REACHED = "10"
#: Roles that record, and so see what their own organisation recorded as it is.
_OWN = frozenset({"practitioner", "provider_manager"})
#: At most this many months in the table of months.
_MONTHS = 24
#: Up to so many activities are counted anew at each look: a few tenths of a second.
LARGE = 10_000


@dataclass(frozen=True)
class Period:
    """A first and a last day, both included; without a first day, from the beginning."""

    first: dt.date | None
    last: dt.date


@dataclass(frozen=True)
class Whose:
    """Which organisations and programme the figures are of, and whether they are shown as they are."""

    partnership: Any
    organisations: tuple[int, ...] | None
    programme: Programme | None
    is_own: bool

    @property
    def key(self) -> str:
        """What tells these figures from others, for keeping them."""
        programme = self.programme.pk if self.programme else ""
        return f"{self.partnership.pk}:{'+'.join(map(str, self.organisations or ()))}:{programme}"

    def narrowed(self, rows: QuerySet[Any], programme: str) -> QuerySet[Any]:
        """Return the rows of these organisations and this programme."""
        if self.programme is not None:
            return rows.filter(**{programme: self.programme})
        return rows if self.organisations is None else rows.filter(organisation__in=self.organisations)


def own_organisations(access: Access) -> list[Organisation]:
    """Return the organisations in which somebody records, whose figures they see as they are."""
    found = {m.organisation for m in access.memberships if m.role in _OWN and m.organisation is not None}
    return sorted(found, key=lambda one: one.name)


def programmes_shown(access: Access) -> QuerySet[Programme]:
    """Return the programmes whose results a seat may ask for: its own, or for other roles all of them."""
    rows = Programme.of(access.partnership).select_related("organisation")
    own = own_organisations(access)
    return rows.filter(organisation__in=own) if own else rows


@dataclass
class Figures:
    """Counts and amounts by key, how counts are bound together, and what the rows of tables are."""

    counts: dict[Hashable, int] = field(default_factory=dict)
    amounts: dict[Hashable, Decimal] = field(default_factory=dict)
    bounds: list[Bound] = field(default_factory=list)
    programmes: list[tuple[int, str, str]] = field(default_factory=list)
    months: list[dt.date] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    attendance: list[str] = field(default_factory=list)
    instruments: list[str] = field(default_factory=list)


def figures(whose: Whose, period: Period) -> Figures:
    """Count everything for a page of results."""
    found = Figures()
    _enrolments(found, whose, period)
    _support(found, whose, period)
    _outcomes(found, whose, period)
    _measures(found, whose, period)
    _goals(found, whose, period)
    return found


def is_large(whose: Whose, period: Period) -> bool:
    """Say whether there is so much support to count that nobody should wait for it at each look."""
    return up_to(_records(whose, "activities", period), LARGE) > LARGE


def _within(name: str, period: Period) -> Q:
    condition = Q(**{f"{name}__lte": period.last})
    return condition & Q(**{f"{name}__gte": period.first}) if period.first else condition


def _enrolments(found: Figures, whose: Whose, period: Period) -> None:
    rows = whose.narrowed(Enrolment.of(whose.partnership), "programme").filter(started_on__lte=period.last)
    still = Q(ended_on=None) | Q(ended_on__gt=period.last)
    there = Q() if period.first is None else Q(ended_on=None) | Q(ended_on__gte=period.first)
    counted = {
        "reached": Count("person", filter=there, distinct=True),
        "new": Count("pk", filter=_within("started_on", period)),
        "open": Count("pk", filter=still),
        "ended": Count("pk", filter=_within("ended_on", period)),
    }
    totals = rows.aggregate(**counted)
    by_programme = rows.values("programme", "programme__name", "organisation__name").annotate(**counted)
    kept = [row for row in by_programme.order_by("programme__name") if row["reached"]]
    for name in counted:
        found.counts[name, "all"] = totals[name]
        for row in kept:
            found.counts[name, "programme", row["programme"]] = row[name]
        parts = tuple((name, "programme", row["programme"]) for row in kept)
        found.bounds.append(Bound(parts, (name, "all")))
    for where in [("all",), *(("programme", row["programme"]) for row in kept)]:
        # Whoever was there is either still there or has ended, so these three give each other away.
        found.bounds.append(Bound((("open", *where), ("ended", *where)), ("reached", *where)))
    found.programmes = [(row["programme"], row["programme__name"], row["organisation__name"]) for row in kept]
    _months(found, rows, period)


def _months(found: Figures, rows: QuerySet[Any], period: Period) -> None:
    started, ended = (
        _by_month(rows.filter(_within(name, period)), name, Count("pk"))
        for name in ("started_on", "ended_on")
    )
    months = _each_month(period.first or min(started, default=period.last), period.last)
    found.months = months[-_MONTHS:]
    still = 0
    if period.first is not None:
        before = rows.filter(started_on__lt=period.first)
        still = before.filter(Q(ended_on=None) | Q(ended_on__gte=period.first)).count()
    for month in months:
        found.counts["new", "month", month] = started.get(month, 0)
        found.counts["ended", "month", month] = ended.get(month, 0)
        still += started.get(month, 0) - ended.get(month, 0)
        found.counts["open", "month", month] = still
    for name in ("new", "ended"):
        found.bounds.append(Bound(tuple((name, "month", month) for month in months), (name, "all")))


def _by_month(rows: QuerySet[Any], name: str, count: Count) -> dict[dt.date, int]:
    grouped = rows.annotate(month=TruncMonth(name)).values("month").annotate(count=count).order_by("month")
    return {row["month"]: row["count"] for row in grouped}


def _each_month(first: dt.date, last: dt.date) -> list[dt.date]:
    months = []
    month = first.replace(day=1)
    while month <= last:
        months.append(month)
        month = (month + dt.timedelta(days=32)).replace(day=1)
    return months


def _records(whose: Whose, table: str, period: Period | None = None) -> QuerySet[Record]:
    rows = Record.of(whose.partnership).filter(table=table, current=True, withdrawn=False)
    rows = whose.narrowed(rows, "enrolment__programme")
    return rows if period is None else rows.filter(_within("on", period))


def _text(name: str) -> Cast:
    """Return a field of a record's values as text, so that the database compares it as text and not as JSON."""
    return Cast(KeyTextTransform(name, "values"), TextField())


def _support(found: Figures, whose: Whose, period: Period) -> None:
    rows = _records(whose, "activities", period).annotate(came=_text("attended"))
    hours = Sum(Cast(_text("hours"), DecimalField(max_digits=20, decimal_places=2)))
    kept = list(rows.values("came").annotate(count=Count("pk"), hours=hours).order_by("came"))
    for row in kept:
        code = row["came"] or ""
        found.counts["sessions", code] = row["count"]
        found.amounts["hours", code] = _decimal(row["hours"])
    found.attendance = [row["came"] or "" for row in kept]
    found.counts["sessions", "all"] = sum(row["count"] for row in kept)
    found.amounts["hours", "given"] = sum(
        (_decimal(row["hours"]) for row in kept if row["came"] not in NOT_THERE), Decimal(0)
    )
    found.bounds.append(Bound(tuple(("sessions", code) for code in found.attendance), ("sessions", "all")))
    # Nothing said counts as support: most activities are recorded because they took place.
    there = rows.filter(Q(came__isnull=True) | ~Q(came__in=NOT_THERE))
    found.counts["supported", "all"] = there.aggregate(count=Count("person", distinct=True))["count"]
    by_month = _by_month(there, "on", Count("person", distinct=True))
    for month in found.months:
        found.counts["supported", "month", month] = by_month.get(month, 0)


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))


def _outcomes(found: Figures, whose: Whose, period: Period) -> None:
    rows = _records(whose, "achievements", period).values("code", "state")
    grouped: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows.annotate(count=Count("pk")).order_by("code"):
        grouped[row["code"]][row["state"] or STATES[0]] = row["count"]
    found.outcomes = list(grouped)
    for code, counts in grouped.items():
        for state in STATES:
            found.counts["outcomes", code, state] = counts.get(state, 0)
        found.counts["outcomes", code, "all"] = sum(counts.values())
        found.bounds.append(
            Bound(tuple(("outcomes", code, state) for state in STATES), ("outcomes", code, "all"))
        )
    for state in (*STATES, "all"):
        keys = tuple(("outcomes", code, state) for code in grouped)
        found.counts["outcomes", "all", state] = sum(found.counts[key] for key in keys)
        found.bounds.append(Bound(keys, ("outcomes", "all", state)))
    found.bounds.append(
        Bound(tuple(("outcomes", "all", state) for state in STATES), ("outcomes", "all", "all"))
    )


def _measures(found: Figures, whose: Whose, period: Period) -> None:
    """Compare each person's first and last reading in the period, by day and then by id."""
    rows = _records(whose, "measures", period).filter(person__isnull=False)
    rows = rows.annotate(score=_text("score")).exclude(score=None)
    ordered = rows.order_by("code", "person", "on", "record_id").values_list("code", "person", "score")
    # Scores are few and people many, so each pair of scores is judged once, however many people have it.
    grouped: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for (code, _), readings in groupby(ordered.iterator(chunk_size=5000), key=itemgetter(0, 1)):
        scores = [score for *_, score in readings]
        if len(scores) > 1:
            grouped[code][scores[0], scores[-1]] += 1
    for code, pairs in grouped.items():
        counts = dict.fromkeys(CHANGES, 0)
        people = pairs.total()
        sums = [Decimal(0), Decimal(0)]
        for both, times in pairs.items():
            first_score, last_score = map(Decimal, both)
            counts[_judged(code, first_score, last_score)] += times
            sums = [sums[0] + first_score * times, sums[1] + last_score * times]
        for change, count in counts.items():
            found.counts["measured", code, change] = count
        found.counts["measured", code, "all"] = people
        found.bounds.append(
            Bound(tuple(("measured", code, change) for change in CHANGES), ("measured", code, "all"))
        )
        for place, name in enumerate(("first", "last")):
            found.amounts["mean", code, name] = _decimal(sums[place] / people)
    found.instruments = sorted(grouped)


def _judged(code: str, first: Decimal, last: Decimal) -> str:
    try:
        return reliable_change(code, first, last)
    except InputError:
        return "not judged"


def _goals(found: Figures, whose: Whose, period: Period) -> None:
    rows = _records(whose, "goals", period)
    rows = rows.annotate(rating=_text("rating"), reviewed_on=_text("reviewed_on"))
    counts = rows.aggregate(
        all=Count("pk"),
        reached=Count("pk", filter=Q(rating=REACHED)),
        reviewed=Count("pk", filter=Q(reviewed_on__isnull=False) & ~Q(rating=REACHED)),
    )
    counts["waiting"] = counts["all"] - counts["reached"] - counts["reviewed"]
    for name, count in counts.items():
        found.counts["goals", name] = count
    found.bounds.append(
        Bound((("goals", "reached"), ("goals", "reviewed"), ("goals", "waiting")), ("goals", "all"))
    )
