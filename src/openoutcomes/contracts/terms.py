"""The terms of an outcomes contract, as values.

These classes hold what the YAML says after it has been checked; :mod:`reading` makes them and
:mod:`pricing` applies them. Money is Decimal in major units, shares are exact fractions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from openoutcomes.contracts.calendar import Calendar, PeriodKind
from openoutcomes.contracts.tables import ByTable
from openoutcomes.contracts.words import Days, Duration, Kinds, Range

DateBasis = Literal["achieved", "claimed", "start", "referral"]
DATE_BASES: tuple[DateBasis, ...] = ("achieved", "claimed", "start", "referral")


@dataclass(frozen=True, slots=True)
class Price:
    """An amount for one unit; ``rates`` holds each payer's own part when the terms give them."""

    amount: Decimal
    rates: tuple[tuple[str, Decimal], ...] = ()


Pays = Price | ByTable[Price]
Shares = Fraction | ByTable[Fraction]
Amount = Decimal | ByTable[Decimal]


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of ``who``: what is looked at, and what it must be."""

    subject: str
    words: tuple[str, ...] = ()
    kinds: Kinds | None = None
    number: Range | None = None
    days: Days | None = None
    detail: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Follows:
    """What must have come before, how long it must have lasted, and what breaks it.

    Exactly one of ``outcomes``, ``events`` or ``start`` names what came before.
    """

    outcomes: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    start: Literal["", "enrolment", "referral"] = ""
    length: Duration | None = None
    sustained: bool = False
    lost_on: tuple[str, ...] = ()
    regained_on: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    gap: Duration | None = None
    total_gap: Duration | None = None
    gaps_count: bool = False
    still_so: bool = False

    def in_full(self) -> str:
        """Say it with what loses the state and what does not."""
        if not self.lost_on:
            return str(self)
        again = f" and starts again on {' or '.join(self.regained_on)}" if self.regained_on else ""
        parts = [f"the clock restarts on {' or '.join(self.lost_on)}{again}"]
        if self.moves:
            parts.append(f"{' or '.join(self.moves)} is no loss")
        if self.gap is not None:
            total = f", {self.total_gap} in all," if self.total_gap is not None else ""
            counted = "counting towards the time" if self.gaps_count else "not counted"
            parts.append(f"gaps up to {self.gap}{total} are overlooked, {counted}")
        if self.still_so:
            parts.append("it must be so still on the day achieved")
        return f"{self}; {'; '.join(parts)}"

    def __str__(self) -> str:
        named = " or ".join(self.outcomes or self.events) or f"the {self.start}"
        if self.length is None:
            return named
        joined = "sustained for" if self.sustained else "with at least"
        return f"{named}, {joined} {self.length}"


@dataclass(frozen=True, slots=True)
class Within:
    """A window: no later than ``length`` after the start, the referral or another outcome."""

    length: Duration
    of: str


@dataclass(frozen=True, slots=True)
class Slots:
    """How often a thing may pay: ``most`` times per ``per``, and per ``period`` if given."""

    most: int
    per: Literal["person", "enrolment", "cohort", "contract", "provider"]
    period: PeriodKind | None = None

    def __str__(self) -> str:
        often = "once" if self.most == 1 else f"at most {self.most}"
        return f"{often} per {self.per}" + (f" each {self.period}" if self.period else "")


@dataclass(frozen=True, slots=True)
class Measured:
    """A change in an instrument's score that must be shown by two readings."""

    instrument: str
    rises: Range | None = None
    falls: Range | None = None
    first: Range | None = None
    last: Range | None = None
    first_within: Duration | None = None
    last_within: Duration | None = None


@dataclass(frozen=True, slots=True)
class PersonSays:
    """The person's own answer that must confirm the outcome."""

    question: str
    answers: tuple[str, ...]
    independently: bool
    within: Duration | None = None


@dataclass(frozen=True, slots=True)
class VoidIf:
    """An event that undoes an achievement when it happens soon after, or shortly before."""

    events: tuple[str, ...]
    within: Duration | None = None
    in_the_last: Duration | None = None


@dataclass(frozen=True, slots=True)
class Indexed:
    """A price that moves with a published figure since a base date."""

    indicator: str
    base: dt.date


@dataclass(frozen=True)
class Outcome:
    """One line of the rate card."""

    code: str
    order: int
    pays: Pays
    line: int = 0
    says: str = ""
    counts_as: tuple[str, ...] = ()
    for_each: Literal["achievement", "enrolment"] = "achievement"
    slots: tuple[Slots, ...] = ()
    apart: Duration | None = None
    who: tuple[Condition, ...] = ()
    follows: tuple[Follows, ...] = ()
    within: tuple[Within, ...] = ()
    achieved: Days | None = None
    claim_within: Duration | None = None
    claim_after: Duration | None = None
    evidence: Kinds | None = None
    evidence_within: Duration | None = None
    alternates: tuple[tuple[str, ...], ...] = ()
    measured: tuple[Measured, ...] = ()
    person_says: PersonSays | None = None
    void_if: VoidIf | None = None
    quantity: Range | None = None
    quantity_unit: str = ""
    taper: Shares | None = None
    deadweight: Shares | None = None
    payers: tuple[tuple[str, Fraction], ...] = ()
    verified: bool | None = None
    price_by: DateBasis | None = None
    indexed: Indexed | None = None
    shared_with: bool = False


@dataclass(frozen=True, slots=True)
class EitherOr:
    """Sets of outcomes of which only one set pays for a person."""

    name: str
    sides: tuple[tuple[str, ...], ...]
    per: Literal["person", "enrolment"]
    keep: Literal["first", "highest"]


@dataclass(frozen=True, slots=True)
class Figure:
    """How one number is made from cohort results.

    ``of`` is rate, mean, numerator or denominator. With ``against`` (an arm) or ``baseline``
    the figure is a comparison: ``fall``, ``rise`` (relative), ``fewer``, ``more`` (difference
    in the units of the figure) or ``units avoided``, ``units gained`` (expected less actual
    numerator, at the served group's size).
    """

    metric: str
    of: Literal["rate", "mean", "numerator", "denominator"]
    arm: str = ""
    against: str = ""
    baseline: Fraction | None = None
    compared: str = ""


@dataclass(frozen=True, slots=True)
class CohortPays:
    """What a cohort's figure earns: steps, a sliding scale, or a price for each unit.

    ``gate`` is a test to pass first, on the same results compared in another way.
    """

    steps: tuple[tuple[Range, Pays], ...] = ()
    nothing_at: Fraction | None = None
    all_at: Fraction | None = None
    amount: Pays | None = None
    each: Pays | None = None
    over: Fraction = Fraction(0)
    up_to: Fraction | None = None
    gate: tuple[str, Range] | None = None


@dataclass(frozen=True)
class CohortOutcome:
    """An outcome judged on a group's result rather than a person's."""

    code: str
    order: int
    figure: Figure
    pays: CohortPays
    line: int = 0
    says: str = ""
    counts_as: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    judged: Literal["each cohort", "each period", "together"] = "each cohort"
    fallback: CohortPays | None = None
    smallest: Fraction | None = None
    wait: Duration | None = None
    deadweight: Shares | None = None
    taper: Shares | None = None
    payers: tuple[tuple[str, Fraction], ...] = ()
    verified: bool = False


@dataclass(frozen=True, slots=True)
class OnlyIf:
    """A published figure that a fixed payment depends on."""

    indicator: str
    value: Range
    days: Days | None = None


@dataclass(frozen=True)
class FixedPayment:
    """A block payment: once on a date, or every period from one date to another."""

    code: str
    order: int
    pays: Pays
    line: int = 0
    says: str = ""
    on: dt.date | None = None
    every: PeriodKind | None = None
    span: Days | None = None
    at_end: bool = True
    only_if: OnlyIf | None = None
    payers: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True)
class SurplusShare:
    """A share of a reported figure (profit, saving) above a level, paid either way."""

    code: str
    order: int
    indicator: str
    bands: tuple[tuple[Decimal, Fraction], ...]
    line: int = 0
    says: str = ""
    paid_by: Literal["provider", "payers"] = "payers"
    most: Decimal | None = None
    purpose: str = ""
    payers: tuple[tuple[str, Fraction], ...] = ()


CapScope = Literal["person", "outcome", "cohort", "provider", "payer", "contract"]


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that may be paid within a scope.

    ``only`` narrows to named outcomes or cohorts; ``period`` and ``days`` narrow in time.
    """

    scope: CapScope
    amount: Amount
    name: str
    only: tuple[str, ...] = ()
    period: PeriodKind | None = None
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that the terms leave open: supplied when pricing, or assumed in examples."""

    name: str
    means: str
    unit: str = ""
    value: str | None = None
    example: str | None = None
    assumed: bool = False
    source: str = ""


@dataclass(frozen=True)
class Version:
    """The rules in force from a date: the original, or after an amendment."""

    number: int
    agreed: dt.date | None
    effective: dt.date | None
    says: str
    payers: tuple[tuple[str, Fraction], ...]
    payer_names: tuple[str, ...]
    runs: Days
    outcomes_until: dt.date | None
    claims_until: dt.date | None
    calendar: Calendar
    providers: tuple[str, ...]
    who: tuple[Condition, ...]
    cohorts: tuple[tuple[str, Days], ...] | Literal["as recorded"]
    outcomes: Mapping[str, Outcome]
    either_or: tuple[EitherOr, ...]
    cohort_outcomes: Mapping[str, CohortOutcome]
    fixed: Mapping[str, FixedPayment]
    surplus: Mapping[str, SurplusShare]
    caps: tuple[Cap, ...]
    excess_passes: Mapping[str, str]
    terms_by: DateBasis
    price_by: DateBasis
    period_by: DateBasis
    report_period: PeriodKind
    verified: bool

    @property
    def only_provider(self) -> str | None:
        """The provider, where the terms name just one: what names no provider is its."""
        return self.providers[0] if len(self.providers) == 1 else None


@dataclass(frozen=True)
class Terms:
    """A contract: who it is between, its versions in order of effect, its examples and sources."""

    contract: str
    name: str
    currency: str
    versions: tuple[Version, ...]
    parameters: Mapping[str, Parameter]
    standing: str = "contract"
    about: str = ""
    commissioner: str = ""
    investors: tuple[str, ...] = ()
    verifier: str = ""
    source: Mapping[str, object] = field(default_factory=dict)
    file: str = ""
    missing_parameters: tuple[str, ...] = ()
    histories: tuple[tuple[dt.date | None, tuple[Version, ...]], ...] = ()

    @property
    def original(self) -> Version:
        """The terms as first agreed."""
        return self.versions[0]

    def known_by(self, as_of: dt.date) -> tuple[Version, ...]:
        """Return the versions in order of effect, as they stood on ``as_of``."""
        return [v for agreed, v in self.histories if agreed is None or agreed <= as_of][-1]
