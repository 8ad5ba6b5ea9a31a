"""Side-by-side figures that give away no small number: what is held back, and what that takes with it. Pure.

Each project has, for a measure, ``yes`` of ``of`` people. The rules:

1. No count of people under ten is shown: not those with yes, not those without, not all of them. Where one is
   held back so is its complement, since all less one gives the other.
2. Measures lie inside each other: of those supported some reached an outcome, of those some had it verified. A count
   is held back, too, where less than ten separate it from a shown count that it lies inside; or where two that
   overlap would, with their overlap, leave less than ten of what both lie inside.
3. The row of all projects together is shown only where nothing of the measure is held back. So nobody can subtract,
   also not somebody of one project, who knows its counts exactly.
4. What is shown is rounded to five, and shares are worked out from rounded counts.

With these, whatever is held back could be any of at least eleven numbers in a row for somebody who knows all that is
shown exactly; the tests list every table that fits, and look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from openoutcomes.web.results.small_numbers import LEAST, rounded
from openoutcomes.web.verification.sampling import interval


@dataclass(frozen=True)
class Part:
    """One project's count for a measure, as it is.

    ``inside`` are counts of the project, shown elsewhere, that those with yes lie inside; ``of_inside`` such that all of
    them do. ``is_kept`` holds those with yes back whatever they are, ``of_is_kept`` everything.
    """

    key: int
    yes: int
    of: int
    inside: tuple[int, ...] = ()
    of_inside: tuple[int, ...] = ()
    is_kept: bool = False
    of_is_kept: bool = False

    @property
    def keeps_of(self) -> bool:
        """Whether how many people there were is held back."""
        near = any(count - self.of < LEAST for count in self.of_inside)
        return self.of_is_kept or self.of < LEAST or near

    @property
    def keeps(self) -> bool:
        """Whether how many had yes is held back."""
        near = any(count - self.yes < LEAST for count in (self.of, *self.inside))
        return self.keeps_of or self.is_kept or self.yes < LEAST or near

    @property
    def shown(self) -> tuple[int, ...]:
        """The count of those with yes, for what lies inside it; nothing where it is held back."""
        return () if self.keeps else (self.yes,)


@dataclass(frozen=True)
class Figure:
    """What may be shown of a count: rounded, None where it is held back."""

    yes: int | None
    of: int | None

    @property
    def percent(self) -> int | None:
        """The share in whole per cent, from the rounded counts."""
        if self.yes is None or not self.of:
            return None
        return (200 * min(self.yes, self.of) + self.of) // (2 * self.of)

    @property
    def interval(self) -> tuple[int, int] | None:
        """Wilson's 95% interval in whole per cent, from the rounded counts."""
        if self.yes is None or not self.of:
            return None
        ends = interval(min(self.yes, self.of), self.of)
        return None if ends is None else (int(ends[0] * 100 + 0.5), int(ends[1] * 100 + 0.5))


@dataclass(frozen=True)
class Released:
    """A measure as it may be shown: a figure for each project, and of all together where nothing is held back."""

    figures: dict[int, Figure] = field(default_factory=dict)
    total: Figure | None = None

    @property
    def shown(self) -> list[int]:
        """The projects whose counts are shown."""
        return [key for key, figure in self.figures.items() if figure.yes is not None]


def release(parts: Sequence[Part]) -> Released:
    """Return what may be shown of a measure."""
    figures = {
        part.key: Figure(
            None if part.keeps else rounded(part.yes), None if part.keeps_of else rounded(part.of)
        )
        for part in parts
    }
    total = None
    if len(parts) > 1 and not any(part.keeps for part in parts):
        total = Figure(rounded(sum(part.yes for part in parts)), rounded(sum(part.of for part in parts)))
    return Released(figures, total)
