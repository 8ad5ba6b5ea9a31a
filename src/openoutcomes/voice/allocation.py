"""How many to draw from each stratum.

The rules, for strata of sizes N and a sample of size n:

- ``proportional`` (Bowley): shares as N; everybody has about the same chance of being drawn;
- ``equal``: the same number from each; best for comparing strata, worst for a figure of all;
- ``square-root``: shares as √N (Bankier's power allocation, power ½): between the two;
- ``neyman``: shares as N × S, with S the standard deviation within the stratum of something
  known of everybody; the least variance for a figure of all.

None takes more than a stratum has or less than the minimum; what a full stratum cannot give is
shared among the others by the same rule, and rounding is by largest remainder. Cochran, Sampling
Techniques (1977), chapter 5; Bankier, The American Statistician 42 (1988).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor, isfinite, sqrt
from typing import Literal, get_args

from openoutcomes.standard.problems import InputError, Problem

Rule = Literal["proportional", "equal", "square-root", "neyman"]
RULES: tuple[Rule, ...] = get_args(Rule)


def allocate(
    sizes: Mapping[str, int],
    size: int,
    *,
    rule: Rule = "proportional",
    minimum: int = 0,
    spread: Mapping[str, float] | None = None,
) -> dict[str, int]:
    """Return how many to draw from each stratum; they add up to ``size``.

    ``sizes``: people in each stratum. ``minimum``: the fewest from each; a smaller stratum gives
    everybody. ``spread``: standard deviation in each stratum, for ``neyman`` only. Ties go to
    the stratum that comes first by name. Raises InputError where no such sample exists.
    """
    low = {name: min(minimum, held) for name, held in sizes.items()}
    problems = _impossible(sizes, size, minimum, low) or _bad_rule(rule, sizes, spread)
    if problems:
        raise InputError(problems)
    measures = {name: _measure(rule, held, (spread or {}).get(name)) for name, held in sizes.items()}
    exact = _shared(measures, low, sizes, size)
    given = {name: floor(share) for name, share in exact.items()}
    left = size - sum(given.values())
    by_remainder = sorted(exact, key=lambda name: (given[name] - exact[name], name))
    for name in by_remainder[:left]:
        given[name] += 1
    return {name: given[name] for name in sorted(given)}


def _measure(rule: Rule, held: int, spread: float | None) -> Fraction:
    # The square root is correctly rounded on every machine, and exact arithmetic follows.
    if rule == "equal":
        return Fraction(1)
    if rule == "square-root":
        return Fraction(sqrt(held))
    if rule == "neyman":
        return held * Fraction(spread or 0.0)
    return Fraction(held)


def _shared(
    measures: Mapping[str, Fraction], low: Mapping[str, int], high: Mapping[str, int], size: int
) -> dict[str, Fraction]:
    """Share ``size`` in proportion to the measures, within each stratum's bounds.

    The multiplier is the root of a rising, piecewise linear function; between two neighbouring
    bends it is found exactly.
    """

    def at(times: Fraction) -> dict[str, Fraction]:
        return {
            name: min(max(times * measure, Fraction(low[name])), Fraction(high[name]))
            for name, measure in measures.items()
        }

    bends = {Fraction(0)}
    for name, measure in measures.items():
        if measure:
            bends |= {low[name] / measure, high[name] / measure}
    below = max(times for times in bends if sum(at(times).values()) <= size)
    shares = at(below)
    left = size - sum(shares.values())
    growing = [name for name, measure in measures.items() if low[name] <= below * measure < high[name]]
    slope = sum((measures[name] for name in growing), Fraction(0))
    if left and slope:
        return at(below + left / slope)
    # Strata with no spread at all get what the others cannot take.
    for name in sorted(shares):
        more = min(left, high[name] - shares[name])
        shares[name] += more
        left -= more
    return shares


def _impossible(sizes: Mapping[str, int], size: int, minimum: int, low: Mapping[str, int]) -> list[Problem]:
    whole = sum(sizes.values())
    if not sizes or any(held < 1 for held in sizes.values()):
        return [Problem("There is a stratum with nobody in it.", "Leave it out.", code="empty-stratum")]
    if size < 1:
        return [Problem("The sample must be of at least one person.", "Ask for more.", code="size")]
    if minimum < 0:
        return [Problem("The minimum cannot be below nothing.", "Use 0 or more.", code="minimum")]
    if size > whole:
        what = f"A sample of {size:,} was asked for, and the frame holds {whole:,}."
        return [Problem(what, f"Ask for {whole:,} or fewer; {whole:,} is everybody.", code="size")]
    if sum(low.values()) > size:
        what = f"At least {minimum:,} from each of {len(sizes):,} strata makes {sum(low.values()):,}, more than the {size:,} asked for."
        return [Problem(what, "Ask for a larger sample, a smaller minimum or fewer strata.", code="minimum")]
    return []


def _bad_rule(rule: str, sizes: Mapping[str, int], spread: Mapping[str, float] | None) -> list[Problem]:
    if rule not in RULES:
        return [Problem(f"“{rule}” is no rule of allocation.", f"Use {', '.join(RULES)}.", code="rule")]
    if rule != "neyman":
        return []
    if spread is None:
        what = "The rule neyman needs to know how much people differ within each stratum."
        return [Problem(what, "Name something known of everybody, or use square-root.", code="spread")]
    bad = [name for name in sizes if not isfinite(spread.get(name, -1.0)) or spread.get(name, -1.0) < 0]
    if bad:
        what = f"The spread of {bad[0]} is missing or is not a number of 0 or more."
        return [Problem(what, "Give one for each stratum.", code="spread")]
    if not any(spread[name] for name in sizes):
        what = "People do not differ within any stratum, so the rule neyman has nothing to go by."
        return [Problem(what, "Use proportional.", code="spread")]
    return []
