"""What an instrument is: facts with their sources, scales, bands, and the change to be trusted.

Every figure is a :class:`Fact`: it says whether it was read in its source (verified) or rests on
general knowledge, and which source that is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Generic, Literal, TypeVar

T = TypeVar("T")

Direction = Literal["higher", "lower"]
Scoring = Literal["sum", "mean", "metric-table", "per-item", "total-only"]

#: The normal deviate for 95% two-sided confidence, as Jacobson and Truax use it.
CONFIDENCE = Decimal("1.96")
_FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A value with where it comes from; ``verified`` means read in that source."""

    value: T
    verified: bool
    source: str
    note: str = ""

    @property
    def mark(self) -> str:
        """``verified`` or ``not verified``, for people."""
        return "verified" if self.verified else "not verified"


@dataclass(frozen=True, slots=True)
class Span:
    """The lowest and highest possible value, both included."""

    low: Decimal
    high: Decimal

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | Decimal) and self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.low:f} to {self.high:f}"


@dataclass(frozen=True, slots=True)
class Band:
    """A named part of a range; it runs from ``low`` up to the next band."""

    low: Decimal
    name: str


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """How large a change must be before measurement error is an unlikely cause.

    ``inclusive`` tells "at least" (a published whole number of points) from "more than" (a
    computed threshold, which must be exceeded). ``how`` says where the number comes from.
    """

    threshold: Decimal
    inclusive: bool
    how: str

    def met_by(self, difference: Decimal) -> bool:
        """Say whether a difference, of either sign, is large enough."""
        size = abs(difference)
        return size >= self.threshold if self.inclusive else size > self.threshold

    def __str__(self) -> str:
        return f"{'at least' if self.inclusive else 'more than'} {self.threshold:f} ({self.how})"


@dataclass(frozen=True, slots=True)
class Scale:
    """One score that an instrument gives. ``items`` are positions on the form, counted from 1."""

    code: str
    name: str
    items: tuple[int, ...]
    span: Fact[Span]
    better: Fact[Direction]
    places: int
    bands: Fact[tuple[Band, ...]] | None = None
    case: Fact[Decimal] | None = None
    change: Fact[ChangeRule] | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """An answer that calls for action whatever the total: item number and the highest quiet answer."""

    item: int
    above: int
    says: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """A way of measuring, with everything needed to score it and to know how far to trust it.

    ``missing`` is how many unanswered items may be stood in for by the mean of the rest.
    ``wording`` is empty where the licence keeps it from being shipped (see ``load_wording``).
    ``safe_to_pay_on`` is a judgement, and ``pay_because`` its reason.
    """

    id: str
    name: str
    version: str
    measures: str
    author: str
    checked_by: str
    next_review: dt.date
    link: str
    items: Fact[int]
    responses: Fact[Span] | None
    reversed_items: Fact[tuple[int, ...]]
    scoring: Fact[Scoring]
    missing: Fact[int]
    metric_table: Fact[Mapping[int, Decimal]] | None
    scales: tuple[Scale, ...]
    alerts: tuple[Alert, ...]
    licence: Fact[str]
    wording: tuple[str, ...]
    reading_age: Fact[int | None]
    safe_to_pay_on: Fact[bool]
    pay_because: str

    def scale(self, code: str) -> Scale:
        """Return the scale with this code. Raises KeyError when there is none."""
        for scale in self.scales:
            if scale.code == code:
                return scale
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Score:
    """What an instrument gave: ``values`` maps each scale's code to its score.

    ``raw`` is the total before a metric table; ``prorated`` says that unanswered items were stood
    in for; ``alerts`` are sentences that someone must act on.
    """

    instrument: str
    values: Mapping[str, Decimal]
    bands: Mapping[str, str]
    raw: Decimal | None = None
    answered: int | None = None
    prorated: bool = False
    alerts: tuple[str, ...] = ()

    @property
    def value(self) -> Decimal:
        """The score, where there is one. Raises ValueError for an instrument of several scales."""
        if len(self.values) != 1:
            raise ValueError(f"{self.instrument} gives {len(self.values)} scores: name one of them")
        return next(iter(self.values.values()))


def jacobson_truax(sd: Decimal, reliability: Decimal) -> Decimal:
    """Return the reliable-change threshold: 1.96 x SD x sqrt(2) x sqrt(1 - reliability).

    In the scale's own points, to four places, half up. Source: Jacobson and Truax, Journal of
    Consulting and Clinical Psychology 1991, 59:12-19. Raises ValueError unless SD is positive
    and reliability lies between 0 and 1 (1 excluded, for then every difference would count).
    """
    if sd <= 0 or not 0 <= reliability < 1:
        raise ValueError("the SD must be above 0, and the reliability from 0 to less than 1")
    with localcontext() as context:
        context.prec = 28
        threshold = CONFIDENCE * sd * (2 * (1 - reliability)).sqrt()
        return threshold.quantize(_FOUR_PLACES, rounding=ROUND_HALF_UP)


def from_measurement_error(sem: Decimal) -> Decimal:
    """Return the same threshold from the standard error of measurement: 1.96 x sqrt(2) x SEM."""
    if sem <= 0:
        raise ValueError("the standard error of measurement must be above 0")
    return jacobson_truax(sem, Decimal(0))
