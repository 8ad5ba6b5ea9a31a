"""What the terms ask of the people: steps in order, dates, and the words they tell people apart by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from openoutcomes.contracts.tables import ByTable
from openoutcomes.contracts.terms import CohortPays, Condition, Measured, Outcome, Terms, Version
from openoutcomes.contracts.words import Days, Range
from openoutcomes.synth.timing import Clock, number

#: Terms without a last day are treated as running this long.
_OPEN_YEARS = 5


@dataclass(frozen=True, slots=True)
class Step:
    """An outcome of the rate card, with the days between which it can be achieved.

    ``place`` is its position among the steps; what must come before stands earlier.
    """

    place: int
    outcome: Outcome
    version: Version
    first: int
    last: int

    @property
    def before(self) -> tuple[str, ...]:
        """Codes of the outcomes that must, or may have to, come first."""
        named = [code for follows in self.outcome.follows for code in follows.outcomes]
        return tuple(dict.fromkeys([*named, *(window.of for window in self.outcome.within)]))

    @property
    def is_payment(self) -> bool:
        """Whether it needs no achievement, because each enrolment pays."""
        return self.outcome.for_each == "enrolment"

    @property
    def must_be_verified(self) -> bool:
        """Whether a verifier has to accept it."""
        own = self.outcome.verified
        return self.version.verified if own is None else own


class Brief:
    """The terms, read for what people and records they need.

    The latest version decides who may be paid for; each outcome follows the latest version
    that has it, between the days on which versions bring it in and take it away.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.latest = terms.versions[-1]
        runs = self.latest.runs
        self.first: dt.date = runs.first or dt.date(2020, 1, 1)
        end = self.latest.outcomes_until or runs.last
        self.last: dt.date = end or self.first.replace(year=self.first.year + _OPEN_YEARS, day=1)
        self.clock = Clock(self.latest.calendar, self.first, self.last)
        self.steps = tuple(self._steps())
        self.by_code = {step.outcome.code: step for step in self.steps}

    def _steps(self) -> Iterator[Step]:
        merged: dict[str, tuple[Outcome, Version]] = {}
        for version in self.terms.versions:
            merged.update({code: (outcome, version) for code, outcome in version.outcomes.items()})
        order = sorted(merged, key=lambda code: (_depth(code, merged), merged[code][0].order))
        for place, code in enumerate(order):
            first, last = self._span(code)
            yield Step(place, *merged[code], number(first), number(last))

    def tail(self, step: Step) -> int:
        """Return the days that the longest run of outcomes after a step takes at least."""
        return self._tails[step.place]

    @cached_property
    def _tails(self) -> list[int]:
        tails = [0] * len(self.steps)
        for step in reversed(self.steps):
            for follows in step.outcome.follows:
                for code in follows.outcomes:
                    place = self.by_code[code].place
                    tails[place] = max(tails[place], self.clock.longest(follows.length) + tails[step.place])
        return tails

    def _span(self, code: str) -> tuple[dt.date, dt.date]:
        """Return the first and last day on which some version in force has the outcome."""
        having = [i for i, version in enumerate(self.terms.versions) if code in version.outcomes]
        begins = self.terms.versions[having[0]].effective
        after = self.terms.versions[having[-1] + 1 : having[-1] + 2]
        ends = after[0].effective - dt.timedelta(days=1) if after and after[0].effective else self.last
        claims = self.latest.claims_until or self.last
        return max(self.first, begins or self.first), min(self.last, ends, claims)

    # Who -----------------------------------------------------------------------------------

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions that every outcome shares."""
        return self.latest.who

    @cached_property
    def own_conditions(self) -> tuple[Condition, ...]:
        """The conditions of single outcomes."""
        return tuple(condition for step in self.steps for condition in step.outcome.who)

    def about(self, subject: str) -> Iterator[Condition]:
        """Yield every condition on a subject."""
        for condition in (*self.conditions, *self.own_conditions):
            if condition.subject == subject:
                yield condition

    def start_window(self) -> tuple[dt.date, dt.date]:
        """Return the days between which people may be referred and start."""
        first, last = self.first, self.latest.runs.last or self.last
        for condition in self.conditions:
            if condition.subject in ("referred", "started") and condition.days is not None:
                first = max(first, condition.days.first or first)
                last = min(last, condition.days.last or last)
        return first, max(first, last)

    # The words that tell people apart -------------------------------------------------------

    def words(self, subject: str) -> tuple[str, ...]:
        """Return the words that the terms use of a subject such as ``payment group``.

        Where everybody has to meet a condition on it, only the words that do.
        """
        required = [c.words for c in self.conditions if c.subject == subject]
        if required:
            return tuple(word for word in required[0] if all(word in words for words in required))
        own = [word for c in self.own_conditions if c.subject == subject for word in c.words]
        tables = [
            word
            for table in self._tables()
            if table.dimension == subject
            for key, _ in table.rows
            if isinstance(key, tuple)
            for word in key
        ]
        caps = [word for cap in self.latest.caps if cap.scope == subject for word in cap.only]
        return tuple(dict.fromkeys([*own, *tables, *caps]))

    def ranges(self, subject: str) -> list[Range]:
        """Return the ranges that conditions and tables give for a number such as an age."""
        found = [c.number for c in self.about(subject) if c.number is not None]
        for table in self._tables():
            if table.dimension == subject:
                found += [key for key, _ in table.rows if isinstance(key, Range)]
        return found

    def _tables(self) -> Iterator[ByTable[object]]:
        for version in self.terms.versions:
            values: list[object] = [cap.amount for cap in version.caps]
            for outcome in version.outcomes.values():
                values += [outcome.pays, outcome.taper, outcome.deadweight]
            for group in version.cohort_outcomes.values():
                values += [*_group_pays(group.pays), group.taper, group.deadweight]
            for value in values:
                yield from _nested(value)

    @property
    def cohorts(self) -> tuple[tuple[str, Days | None], ...]:
        """Cohorts and, where the terms say, the start dates that make them."""
        if self.latest.cohorts != "as recorded":
            return self.latest.cohorts
        names = dict.fromkeys(self.words("cohort"))
        names.update(dict.fromkeys(n for c in self.latest.cohort_outcomes.values() for n in c.cohorts))
        if not names and self.latest.cohort_outcomes:
            names = {"cohort-1": None}
        return tuple((name, None) for name in names)

    # Instruments and figures ----------------------------------------------------------------

    def measured(self, instrument: str) -> list[tuple[Step, Measured]]:
        """Return the steps that an instrument has to show."""
        return [(s, m) for s in self.steps for m in s.outcome.measured if m.instrument == instrument]

    @property
    def instruments(self) -> tuple[str, ...]:
        """Instruments that the terms look at."""
        named = [c.detail for c in self.about("first reading")]
        named += [measured.instrument for step in self.steps for measured in step.outcome.measured]
        return tuple(dict.fromkeys(named))


def _depth(code: str, merged: dict[str, tuple[Outcome, Version]]) -> int:
    outcome = merged[code][0]
    named = [name for follows in outcome.follows for name in follows.outcomes]
    named += [window.of for window in outcome.within]
    return 1 + max((_depth(name, merged) for name in named if name in merged), default=-1)


def _nested(value: object) -> Iterator[ByTable[object]]:
    if isinstance(value, ByTable):
        yield value
        for inner in [*(leaf for _, leaf in value.rows), value.otherwise]:
            yield from _nested(inner)


def _group_pays(pays: CohortPays) -> list[object]:
    return [*(amount for _, amount in pays.steps), pays.amount, pays.each]


def whole_numbers(span: Range, low: int, high: int) -> tuple[int, int]:
    """Return the least and greatest whole number of a range, within ``low`` to ``high`` where it is open."""
    least, most = low, high
    if span.low is not None:
        least = _up(span.low) if span.low_counts else int(span.low // 1) + 1
    if span.high is not None:
        most = int(span.high // 1) if span.high_counts else _up(span.high) - 1
    return least, max(most, least)


def _up(value: Fraction | int) -> int:
    return int(-((-value) // 1))
