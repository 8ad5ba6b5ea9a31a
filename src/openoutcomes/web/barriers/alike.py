"""Which barriers read as if they were the same: by the words that they have in common."""

from __future__ import annotations

from collections.abc import Iterable

from openoutcomes.web.barriers.models import Barrier
from openoutcomes.web.cases.words import index, stem

#: Two barriers are alike that have this part of the shorter one's words in common, and at least so many.
SHARE = 0.5
LEAST_WORDS = 3
#: The most that are suggested, and looked through.
MOST = 5
LOOKED_THROUGH = 400


def words_of(*texts: str) -> frozenset[str]:
    """Return the words of texts that say something, without endings of plurals."""
    return frozenset(stem(word) for word in index(texts).split() if len(word) > 2)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return which part of the shorter text's words both have; nothing where they share too few."""
    common = len(one & other)
    return common / min(len(one), len(other)) if common >= LEAST_WORDS else 0.0


def alike(barriers: Iterable[Barrier], *texts: str) -> list[Barrier]:
    """Return the barriers that read most like the texts, most alike first."""
    wanted = words_of(*texts)
    found = [(likeness(wanted, words_of(one.title, one.what, one.rule)), one) for one in barriers]
    near = sorted((pair for pair in found if pair[0] >= SHARE), key=lambda pair: -pair[0])
    return [one for _, one in near[:MOST]]
