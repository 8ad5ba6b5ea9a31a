"""Whether projects differ by more than chance explains, in plain arithmetic; and how to say so.

Shares: the chi-square test of homogeneity, or where an expected count is under five, tables drawn at random with the
same margins (from a fixed seed). Times: the Kruskal–Wallis test of ranks with its correction for ties. As
several measures are looked at, the bar for each is one in twenty divided by how many there are (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Over a whole page, a difference is named by mistake at most one time in twenty.
ONE_IN = 20
#: How often, in words. The exact chance is not said: it would tell counts that were rounded apart again.
_HOW_OFTEN = (
    (0.5, "more often than not"),
    (0.2, "between 20 and 50 times in 100"),
    (0.05, "between 5 and 20 times in 100"),
    (0.01, "between 1 and 5 times in 100"),
    (0, "fewer than once in 100 times"),
)
_DRAWS = 9999
_SEED = 20260101


@dataclass(frozen=True)
class Test:
    """The outcome of a test: how often chance alone would give differences this large, and by which test."""

    name: str
    p: float
    groups: int

    def differs(self, looks: int) -> bool:
        """Say whether the difference is more than chance explains, where so many measures are looked at."""
        return self.p < 1 / (ONE_IN * max(1, looks))


def chi_square_beyond(x: float, df: int) -> float:
    """Return the chance of a chi-square above ``x`` with ``df`` whole degrees of freedom, by its finite sum."""
    if x <= 0:
        return 1.0
    half = x / 2
    if df % 2 == 0:
        term = total = 1.0
        for k in range(1, df // 2):
            term *= half / k
            total += term
        return min(1.0, math.exp(-half) * total)
    total = math.erfc(math.sqrt(half))
    term = math.sqrt(half / math.pi) * 2
    for k in range(1, (df - 1) // 2 + 1):
        total += math.exp(-half) * term
        term *= half / (k + 0.5)
    return min(1.0, total)


def same_shares(counts: Sequence[tuple[int, int]]) -> Test | None:
    """Test whether groups, each (yes, of), share one share; None for fewer than two or nothing to tell apart."""
    rows = [(yes, of) for yes, of in counts if of]
    yes, of = sum(row[0] for row in rows), sum(row[1] for row in rows)
    if len(rows) < 2 or yes in (0, of):
        return None
    share = yes / of
    seen = _statistic(rows, share)
    if min(min(n * share, n * (1 - share)) for _, n in rows) >= 5:
        return Test("chi-square test of homogeneity", chi_square_beyond(seen, len(rows) - 1), len(rows))
    import numpy as np  # noqa: PLC0415 - only for small expected counts

    draws = np.random.default_rng(_SEED).multivariate_hypergeometric(
        [n for _, n in rows], yes, size=_DRAWS, method="marginals"
    )
    sizes = np.array([n for _, n in rows], dtype=float)
    found = ((draws - sizes * share) ** 2 / (sizes * share * (1 - share))).sum(axis=1)
    as_far = int((found >= seen - 1e-9).sum())
    return Test("chi-square statistic in tables drawn at random", (as_far + 1) / (_DRAWS + 1), len(rows))


def _statistic(rows: Sequence[tuple[int, int]], share: float) -> float:
    return sum((yes - n * share) ** 2 / (n * share * (1 - share)) for yes, n in rows)


def same_times(groups: Sequence[Sequence[float]]) -> Test | None:
    """Test whether times of groups have one distribution, by ranks; None for fewer than two groups or one value."""
    held = [list(group) for group in groups if group]
    pooled = sorted(value for group in held for value in group)
    n = len(pooled)
    if len(held) < 2 or pooled[0] == pooled[-1]:
        return None
    ranks: dict[float, float] = {}
    tied = 0
    place = 0
    while place < n:
        end = place
        while end < n and pooled[end] == pooled[place]:
            end += 1
        ranks[pooled[place]] = (place + 1 + end) / 2
        tied += (end - place) ** 3 - (end - place)
        place = end
    sums = sum(sum(ranks[value] for value in group) ** 2 / len(group) for group in held)
    h = (12 / (n * (n + 1)) * sums - 3 * (n + 1)) / (1 - tied / (n**3 - n))
    return Test("Kruskal–Wallis test of ranks", chi_square_beyond(h, len(held) - 1), len(held))


def sentence(test: Test | None, looks: int) -> str:
    """Say in plain words whether chance explains the differences."""
    if test is None:
        return "There are too few figures to say whether projects differ."
    times = next(words for least, words in _HOW_OFTEN if test.p >= least)
    if test.differs(looks):
        return (
            f"The projects differ by more than chance explains: chance alone would give differences this large {times}. "
            "That does not say why. Ask who each project works with before asking what it does."
        )
    return (
        f"The differences are within what chance explains: chance alone would give differences this large {times}. "
        "Do not read an order into them."
    )
