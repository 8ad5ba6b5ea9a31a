"""What a synthetic data set is to look like: rates, timings and mixtures, as values.

:mod:`openoutcomes.synth.defaults` makes a whole profile for any terms;
:mod:`openoutcomes.synth.profile_file` lays a user's file over it. Shares are exact fractions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from openoutcomes.synth.draws import Spread

Shares = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Claims:
    """How claims are made: days from achieving to claiming, and what goes wrong.

    ``late`` is the share claimed after the terms' window closes, ``twice`` the share of
    once-only outcomes claimed again, ``without_evidence`` the share with nothing to show.
    """

    delay: Spread
    late: Fraction = Fraction(1, 100)
    twice: Fraction = Fraction(1, 200)
    without_evidence: Fraction = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Verification:
    """What the verifier finds (shares that sum to one) and how many days it takes."""

    delay: Spread
    accepted: Fraction = Fraction(94, 100)
    queried: Fraction = Fraction(2, 100)
    refused: Fraction = Fraction(1, 100)
    pending: Fraction = Fraction(3, 100)


@dataclass(frozen=True, slots=True)
class OutcomeProfile:
    """How often and how soon one outcome is achieved.

    ``rate`` is a share of everybody (``of`` is people) or of those who may achieve it: they have
    what must come first, meet its own conditions and, of an either-or, are on its side.
    ``after`` counts days from the first day on which it could be achieved. Where an outcome pays
    more than once, ``again`` is the chance of each further time, up to ``most``.
    """

    rate: Fraction
    of: Literal["people", "those who may"]
    after: Spread
    again: Fraction
    most: int
    evidence: Shares = field(default_factory=dict)
    claims: Claims | None = None
    verification: Verification | None = None


@dataclass(frozen=True, slots=True)
class Losses:
    """How a state that must last is lost, such as a home.

    ``regained`` is the share of people in the state who lose it and get it back, the loss
    falling ``after`` days in and lasting ``away`` days; ``moved`` is the share of those losses
    that are declared moves, where the terms have them; ``for_good`` is the share of people who
    stop short of the last milestone that is recorded as a loss; ``undone`` the share of
    achievements that an event soon after undoes, where the terms have such a rule.
    """

    after: Spread
    away: Spread
    regained: Fraction = Fraction(8, 100)
    moved: Fraction = Fraction(1, 4)
    for_good: Fraction = Fraction(1, 2)
    undone: Fraction = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class NeedProfile:
    """A need: the share of people who have it, and its intensity from ``low`` to ``high`` of 10."""

    share: Fraction
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class InstrumentProfile:
    """Readings of an instrument: mean and SD at the start, mean change, and the scale's ends."""

    mean: Fraction
    sd: Fraction
    change: Fraction
    low: int
    high: int
    share: Fraction = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Question:
    """A question put to people: the share who answer, and their answers."""

    share: Fraction
    answers: Shares


@dataclass(frozen=True, slots=True)
class Support:
    """Support given to each person: how many sessions, of what kinds."""

    sessions: Spread
    kinds: Shares


@dataclass(frozen=True)
class Profile:
    """Everything that chance follows when people are made for one contract."""

    name: str
    people: int
    starts: tuple[dt.date, dt.date]
    referral: Spread
    ages: Mapping[int, Fraction]
    attributes: Mapping[str, Shares]
    characteristics: Shares
    needs: Mapping[str, NeedProfile]
    instruments: Mapping[str, InstrumentProfile]
    questions: Mapping[str, Question]
    support: Support
    outcomes: Mapping[str, OutcomeProfile]
    claims: Claims
    verification: Verification
    losses: Losses
    strengths: Fraction
    results: Mapping[str, Fraction]
    missing: Shares
    exact: bool = False
