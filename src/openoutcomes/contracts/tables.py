"""Values that depend on something: prices by year, tapers by cohort, caps by payment group.

A by-table is written ``{by payment group: {jsa: 400, esa: 600, otherwise: 300}}`` and may be
nested. Its leaves are of one type (a price, a share, an amount).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

from openoutcomes.contracts.words import Days, Range, say_day

Leaf = TypeVar("Leaf")

#: What each dimension looks at. The kind says how its keys are written.
DIMENSIONS: dict[str, tuple[Literal["words", "number", "date"], str]] = {
    "payment group": ("words", "the enrolment's payment group"),
    "cohort": ("words", "the cohort of the enrolment (or of the cohort's result)"),
    "provider": ("words", "the provider that achieved it"),
    "programme": ("words", "the programme of the enrolment"),
    "area": ("words", "the person's area code, or the start of one"),
    "sex": ("words", "the person's recorded sex"),
    "disability": ("words", "the person's recorded disability"),
    "characteristic": (
        "words",
        "the person's declared characteristics: the first row that names one of them",
    ),
    "contract year": ("number", "the contract year of the pricing date: 1, 2, 3 or more"),
    "year of start": ("number", "the contract year in which the enrolment started"),
    "age at enrolment": ("number", "age in whole years when the enrolment started"),
    "weeks since start": ("number", "whole weeks from the start of the enrolment to the date achieved"),
    "months since start": ("number", "whole months from the start of the enrolment to the date achieved"),
    "time": ("number", "which time this person achieves it: 1, 2, 3 or more"),
    "volume": ("number", "which paid achievement of this outcome it is, over the whole contract"),
    "date": ("date", "the pricing date (the date achieved, unless the terms say otherwise)"),
    "start date": ("date", "the day the enrolment started"),
    "referral date": ("date", "the day of referral"),
}


#: A dimension's value; several words at once for characteristics.
Value = str | int | dt.date | tuple[str, ...]


class Facts(Protocol):
    """What a by-table may ask about the thing being priced."""

    def dimension(self, name: str) -> Value | None:
        """Return the value of a dimension, or None when it is not recorded."""
        ...


@dataclass(frozen=True, slots=True)
class NotFound:
    """A by-table has no row for this: ``value`` is None when the fact itself is missing."""

    dimension: str
    value: Value | None

    def __str__(self) -> str:
        if self.value is None:
            return f"the {self.dimension} is not recorded"
        shown = say_day(self.value) if isinstance(self.value, dt.date) else self.value
        shown = " and ".join(shown) if isinstance(shown, tuple) else shown
        return f"the terms have no row for {self.dimension} {shown}"


@dataclass(slots=True)
class ByTable(Generic[Leaf]):
    """Rows of (condition, value) for one dimension; the first that matches wins.

    ``otherwise`` is for a value with no row of its own. A fact that is not recorded is not
    taken for "otherwise": it may turn out to have a row.
    """

    dimension: str
    rows: list[tuple[tuple[str, ...] | Range | Days, Leaf | ByTable[Leaf]]]
    otherwise: Leaf | ByTable[Leaf] | None = None
    _found: dict[Value, Leaf | ByTable[Leaf] | None] = field(default_factory=dict, repr=False)

    def lookup(self, facts: Facts) -> Leaf | NotFound:
        """Return the leaf for these facts, or say what was missing."""
        value = facts.dimension(self.dimension)
        if value is None:
            return NotFound(self.dimension, None)
        if value in self._found:
            found = self._found[value]
        else:
            found = self._found[value] = self._match(value)
        if found is None:
            return NotFound(self.dimension, value)
        return found.lookup(facts) if isinstance(found, ByTable) else found

    def _match(self, value: Value) -> Leaf | ByTable[Leaf] | None:
        for condition, leaf in self.rows:
            if isinstance(condition, tuple):
                hit = self._names(value, condition)
            elif isinstance(condition, Range):
                hit = isinstance(value, int) and value in condition
            else:
                hit = isinstance(value, dt.date) and value in condition
            if hit:
                return leaf
        return self.otherwise

    def _names(self, value: Value, condition: tuple[str, ...]) -> bool:
        if isinstance(value, tuple):
            return any(word in condition for word in value)
        return value in condition or (self.dimension == "area" and str(value).startswith(condition))

    def dimensions(self) -> set[str]:
        """Return every dimension used, here and below."""
        names = {self.dimension}
        for value in [*(leaf for _, leaf in self.rows), self.otherwise]:
            if isinstance(value, ByTable):
                names |= value.dimensions()
        return names

    def leaves(self) -> Iterator[tuple[str, Leaf]]:
        """Yield every leaf with its conditions in words."""
        rows: list[tuple[str, Leaf | ByTable[Leaf]]] = []
        for condition, leaf in self.rows:
            shown = " or ".join(condition) if isinstance(condition, tuple) else str(condition)
            rows.append((f"{self.dimension} {shown}", leaf))
        if self.otherwise is not None:
            rows.append(("otherwise", self.otherwise))
        for shown, value in rows:
            if isinstance(value, ByTable):
                for below, leaf in value.leaves():
                    yield f"{shown}, {below}", leaf
            else:
                yield shown, value


def lookup(value: Leaf | ByTable[Leaf], facts: Facts) -> Leaf | NotFound:
    """Return a plain value as it is, or the row of a by-table that fits the facts."""
    return value.lookup(facts) if isinstance(value, ByTable) else value


def dimensions_of(value: object) -> set[str]:
    """Return the dimensions a value depends on; none for a plain value."""
    return value.dimensions() if isinstance(value, ByTable) else set()


def leaves_of(value: Leaf | ByTable[Leaf]) -> list[tuple[str, Leaf]]:
    """Return the leaves with their conditions; one with no condition for a plain value."""
    return list(value.leaves()) if isinstance(value, ByTable) else [("", value)]
