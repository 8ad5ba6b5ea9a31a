"""Drawing samples that anybody can draw again: the same seed and population give the same list.

Random: each id is given a number by hashing the seed with it, and the list is the ids in order of
their numbers, so each is equally likely to be in any place. By risk: the number is read as a fraction u between
0 and 1, and the list is in order of -ln(u) / weight, smallest first; so an id of weight 4 is four times as likely
to come first as one of weight 1, and nothing is certain to be chosen or left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from decimal import Context, Decimal
from fractions import Fraction

_EXACT = Context(prec=30)
_ALL = Decimal(2) ** 256


def number_of(seed: str, record_id: str) -> int:
    """Return the number, of 256 bits, that a seed gives an id: SHA-256 of ``seed:id``."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{record_id}".encode()).digest())


def ordered(seed: str, weights: Mapping[str, int]) -> list[str]:
    """Return ids in the order in which a sample takes them; weights that are all equal make it plainly random."""

    def key(record_id: str) -> tuple[Decimal, str]:
        u = _EXACT.divide(Decimal(number_of(seed, record_id)) + 1, _ALL + 1)
        return _EXACT.divide(-_EXACT.ln(u), Decimal(weights[record_id])), record_id

    if len(set(weights.values())) <= 1:
        # Falling u is rising -ln(u): the same order, without the logarithm.
        return sorted(weights, key=lambda record_id: (-number_of(seed, record_id), record_id))
    return sorted(weights, key=key)


def size_of(asked: str, population: int) -> int | None:
    """Return how many are asked for, as in ``25`` or ``10%`` (rounded up, at least one); None when it is neither."""
    found = re.fullmatch(r"(\d{1,6})|(\d{1,3}(?:\.\d{1,2})?) ?%", asked.strip())
    if found is None:
        return None
    if found[1]:
        size = int(found[1])
        return min(size, population) if size else None
    share = Fraction(found[2]) / 100
    if not 0 < share <= 1:
        return None
    return min(population, -(-population * share.numerator // share.denominator))


def digest_of(weights: Mapping[str, int]) -> str:
    """Return the digest of a population: SHA-256 of its ids in order, each with its weight, one a line."""
    lines = (f"{record_id}:{weights[record_id]}\n" for record_id in sorted(weights))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def interval(found: int, of: int) -> tuple[Fraction, Fraction] | None:
    """Return the 95% interval of Wilson for a share found in a random sample; None for an empty one.

    Unlike the usual plus-or-minus it stays between nothing and all, and does not claim certainty when nothing was found.
    """
    if not of:
        return None
    z = Decimal("1.959964")
    n, p = Decimal(of), Decimal(found) / Decimal(of)
    middle = p + z * z / (2 * n)
    spread = z * _EXACT.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return Fraction(max(Decimal(0), low)), Fraction(min(Decimal(1), high))


def median(values: Iterable[int]) -> Fraction | None:
    """Return the middle of some whole numbers; None of none."""
    rows = sorted(values)
    if not rows:
        return None
    half = len(rows) // 2
    return Fraction(rows[half]) if len(rows) % 2 else Fraction(rows[half - 1] + rows[half], 2)
