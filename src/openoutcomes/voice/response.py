"""Who was heard, who was not, and by which route.

Rates follow the American Association for Public Opinion Research, Standard Definitions (9th
edition, 2016), for a list of named people. Everybody invited counts as eligible unless found not
to be, so response rate 1 is the lowest that can be claimed:

- RR1 = heard ÷ (heard + partly + declined + not reached + other + waiting)
- RR2 counts ``partly`` as heard too
- cooperation (COOP1) = heard ÷ (heard + partly + declined + other)
- contact (CON1) = (heard + partly + declined + other) ÷ the denominator of RR1
- refusal (REF1) = declined ÷ the denominator of RR1
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeVar, get_args

Key = TypeVar("Key", str, tuple[str, str])
Outcome = Literal[
    "heard", "partly", "declined", "not-reached", "other", "not-eligible", "waiting", "not-invited"
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
#: What each outcome means, for help and pages.
MEANINGS: dict[Outcome, str] = {
    "heard": "answered",
    "partly": "answered too little to count as heard",
    "declined": "was asked and said no, or asked us to stop",
    "not-reached": "was invited, and no contact was made",
    "other": "was reached, but could not answer: too ill, no interpreter",
    "not-eligible": "should not have been in the frame: never offered help, listed twice, has died",
    "waiting": "was invited, and there is no result yet",
    "not-invited": "a reserve who was not needed",
}
Route = Literal["in-person", "phone", "paper", "link", ""]
ROUTES: tuple[Route, ...] = get_args(Route)


@dataclass(frozen=True, slots=True)
class Case:
    """What became of one person drawn. ``place`` is the order within the stratum, 0 if unknown."""

    id: str
    stratum: str
    outcome: Outcome
    route: Route = ""
    place: int = 0
    traits: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of people by outcome, and the standard rates; a rate of nobody is None."""

    heard: int = 0
    partly: int = 0
    declined: int = 0
    not_reached: int = 0
    other: int = 0
    not_eligible: int = 0
    waiting: int = 0
    not_invited: int = 0

    @property
    def invited(self) -> int:
        """Everybody invited, eligible or not."""
        return self.eligible + self.not_eligible

    @property
    def eligible(self) -> int:
        """Everybody invited and not found to be ineligible: the denominator of RR1."""
        return self.reached + self.not_reached + self.waiting

    @property
    def reached(self) -> int:
        """Everybody contact was made with."""
        return self.heard + self.partly + self.declined + self.other

    @property
    def response_rate(self) -> Fraction | None:
        """AAPOR response rate 1."""
        return _share(self.heard, self.eligible)

    @property
    def response_rate_with_partly(self) -> Fraction | None:
        """AAPOR response rate 2."""
        return _share(self.heard + self.partly, self.eligible)

    @property
    def cooperation_rate(self) -> Fraction | None:
        """AAPOR cooperation rate 1."""
        return _share(self.heard, self.reached)

    @property
    def contact_rate(self) -> Fraction | None:
        """AAPOR contact rate 1."""
        return _share(self.reached, self.eligible)

    @property
    def refusal_rate(self) -> Fraction | None:
        """AAPOR refusal rate 1."""
        return _share(self.declined, self.eligible)


@dataclass(frozen=True, slots=True)
class Response:
    """Tallies of a whole sample, by stratum, by route, and by both.

    Rates by route say who answered through the route they were invited by. People choose their
    route, so they do not say which route works best.
    """

    total: Tally
    by_stratum: dict[str, Tally]
    by_route: dict[str, Tally]
    by_stratum_and_route: dict[tuple[str, str], Tally]

    @property
    def unheard(self) -> tuple[str, ...]:
        """Strata in which nobody was heard."""
        return tuple(name for name, tally in self.by_stratum.items() if not tally.heard)


def response(cases: Iterable[Case], strata: Iterable[str] = ()) -> Response:
    """Count who was heard; ``strata`` names any from which nobody was drawn."""
    held = list(cases)
    by_stratum = _tallies(held, lambda case: case.stratum)
    for name in strata:
        by_stratum.setdefault(name, Tally())
    # Somebody not invited has no route yet.
    invited = [case for case in held if case.outcome != "not-invited"]
    return Response(
        total=_tally(held),
        by_stratum=dict(sorted(by_stratum.items())),
        by_route=_tallies(invited, lambda case: case.route or "not recorded"),
        by_stratum_and_route=_tallies(invited, lambda case: (case.stratum, case.route or "not recorded")),
    )


def _tallies(cases: Iterable[Case], key: Callable[[Case], Key]) -> dict[Key, Tally]:
    groups: dict[Key, list[Case]] = {}
    for case in cases:
        groups.setdefault(key(case), []).append(case)
    return {name: _tally(groups[name]) for name in sorted(groups)}


def _tally(cases: Iterable[Case]) -> Tally:
    counts = dict.fromkeys((outcome.replace("-", "_") for outcome in OUTCOMES), 0)
    for case in cases:
        counts[case.outcome.replace("-", "_")] += 1
    return Tally(**counts)


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
