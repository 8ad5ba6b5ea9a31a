"""Keeping small numbers from those outside an organisation, so that no figure points at a person.

A count under ten is not shown. Nor is one that would let somebody work it out: where a total is shown, at
least two of its parts are held back, and together they make ten or more; where counts are bound in an
equation, never only one of them is held back. What is shown is rounded to the nearest five, so that two
pages, or two periods, laid beside each other give nothing away exactly.

This guards the counts of one page. It is no licence to publish: figures that leave the platform need more.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

#: The smallest count that is shown.
LEAST = 10
#: What shown counts are rounded to.
ROUND_TO = 5


@dataclass(frozen=True)
class Bound:
    """Counts that are bound together: ``total`` is the sum of ``parts``; without a total, an equation of its parts."""

    parts: tuple[Hashable, ...]
    total: Hashable | None = None
    members: tuple[Hashable, ...] = field(init=False)

    def __post_init__(self) -> None:
        ends = () if self.total is None else (self.total,)
        object.__setattr__(self, "members", (*self.parts, *ends))


def hidden(counts: Mapping[Key, int], bounds: Iterable[Bound]) -> set[Key]:
    """Return the counts that may not be shown: the small ones, and as many others as protect them."""
    kept = [bound for bound in bounds if all(key in counts for key in bound.members)]
    found = {key for key, count in counts.items() if count < LEAST}
    changed = True
    while changed:
        changed = False
        for bound in kept:
            another = _another(counts, bound, found)
            if another is not None:
                found.add(another)
                changed = True
    return found


def _another(counts: Mapping[Key, int], bound: Bound, found: set[Key]) -> Key | None:
    """Return one more count that must be held back for this bound to be safe; None when it is."""
    members: list[Key] = list(bound.members)  # type: ignore[arg-type]
    out = [key for key in members if key in found]
    shown = sorted((key for key in members if key not in found), key=lambda key: counts[key])
    if not out or not shown:
        return None
    if len(out) > 1:
        if bound.total is None or bound.total in found:
            return None
        if sum(counts[key] for key in out) >= LEAST:
            return None
    # The next smallest part, before the total: a total says more, and about fewer.
    parts = [key for key in shown if key != bound.total]
    return parts[0] if parts else shown[0]


def protect(counts: Mapping[Key, int], bounds: Iterable[Bound]) -> dict[Key, int | None]:
    """Return what may be shown of each count: rounded, or None where it is held back."""
    out = hidden(counts, bounds)
    return {key: None if key in out else rounded(count) for key, count in counts.items()}


def rounded(count: int | Decimal) -> int:
    """Return a count, or an amount, rounded to the nearest five."""
    return int((count + Decimal(ROUND_TO) / 2) // ROUND_TO * ROUND_TO)
