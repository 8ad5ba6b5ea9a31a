"""Chance, repeatable: named streams of numbers and the shapes drawn from them.

Every number comes from a stream with a name (``"home/when"``). The stream depends on the seed,
the batch and the name alone, so a change to one part of a profile leaves the draws of the others
as they were. Uniform numbers come from NumPy's PCG64; every other shape is made from them here,
so that the same versions give the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: Days since 1 January 1970, or positions: whole numbers of 32 bits.
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

_STEPS = 4096
_SHARES = (np.arange(_STEPS) + 0.5) / _STEPS
#: The normal curve turned round: how many standard deviations lie at each share of the people.
_DEVIATIONS = np.array([NormalDist().inv_cdf(float(share)) for share in _SHARES])


class Draws:
    """The streams of one batch of people."""

    def __init__(self, seed: int, batch: int, size: int) -> None:
        self.seed, self.batch, self.size = seed, batch, size

    def uniform(self, name: str, size: int | None = None) -> Floats:
        """Return numbers from 0 up to but not 1: one for each person, or ``size`` of them."""
        key = np.frombuffer(hashlib.blake2b(name.encode(), digest_size=16).digest(), dtype="<u4")
        entropy = [self.seed, self.batch, *(int(part) for part in key)]
        source = np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))
        return source.random(self.size if size is None else size)

    def chance(self, name: str, share: Fraction, size: int | None = None) -> Flags:
        """Return True for about ``share`` of the people (or of ``size``)."""
        chosen: Flags = self.uniform(name, size) < float(share)
        return chosen


def normal(u: Floats) -> Floats:
    """Turn uniform numbers into standard deviations from the mean, within about 3.7 of it."""
    deviations: Floats = np.interp(u, _SHARES, _DEVIATIONS)
    return deviations


def choose(u: Floats, weights: Sequence[Fraction]) -> Ints:
    """Turn uniform numbers into positions in ``weights``, each as often as its weight says."""
    ends = np.cumsum([float(weight) for weight in weights])
    places = np.searchsorted(ends / ends[-1], u, side="right")
    return np.asarray(np.minimum(places, len(weights) - 1), np.int32)


def choose_word(u: Floats, shares: Mapping[str, Fraction]) -> Ints:
    """Turn uniform numbers into positions among the words of ``shares``."""
    return choose(u, tuple(shares.values()))


def between(u: Floats, low: Ints | int, high: Ints | int) -> Ints:
    """Turn uniform numbers into whole numbers from ``low`` to ``high``, both counted."""
    width = np.maximum(np.asarray(high, np.int64) - low + 1, 1)
    return np.asarray(low + np.floor(u * width), np.int32)


@dataclass(frozen=True, slots=True)
class Spread:
    """How long things take, in days.

    With ``most``: half fall evenly between ``least`` and ``median``, half between ``median`` and
    ``most``, thinning out towards it. Without: lognormal about the median, where two people in
    three lie within a factor of ``factor`` of it, and none under ``least``.
    """

    least: int
    median: int
    most: int | None = None
    factor: Fraction = Fraction(2)

    def days(self, u: Floats) -> Ints:
        """Return whole days for uniform numbers."""
        if self.most is None:
            days = self.median * np.exp(log(float(self.factor)) * normal(u))
            return np.asarray(np.maximum(np.rint(days), self.least), np.int32)
        low = self.least + (self.median - self.least) * 2 * u
        high = self.median + (self.most - self.median) * (2 * u - 1) ** 2
        return np.asarray(np.rint(np.where(u < 0.5, low, high)), np.int32)


class Quota:
    """Chooses a share of the people who may, by chance or exactly.

    Exactly: over all batches so far, the number chosen is the share of those who could have
    been, rounded half up; what one batch rounds off, the next makes good.
    """

    def __init__(self, share: Fraction, *, exact: bool) -> None:
        self.share, self.exact = share, exact
        self._of = 0
        self._chosen = 0

    def take(self, u: Floats, of: Flags, able: Flags) -> Flags:
        """Choose among ``able`` so that the chosen are the share of ``of``, as far as there are enough."""
        able = able & of
        enough = int(able.sum())
        base = int(of.sum())
        if not self.exact:
            rate = min(1.0, float(self.share) * base / enough) if enough else 0.0
            return able & (u < rate)
        self._of += base
        wanted = int(self.share * self._of + Fraction(1, 2)) - self._chosen
        count = max(0, min(wanted, enough))
        self._chosen += count
        chosen = np.zeros(len(u), np.bool_)
        among = np.flatnonzero(able)
        chosen[among[np.argsort(u[among], kind="stable")[:count]]] = True
        return chosen
