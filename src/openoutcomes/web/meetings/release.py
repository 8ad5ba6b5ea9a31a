"""Side-by-side figures that give away no small number: what is held back, and what that takes with it. Pure.

Each project has, for a measure, ``yes`` of ``of`` people. The rules:

1. No count of people under ten is shown: not those with yes, not those without, not all of them. Where one is
   held back so is its complement, since all less one gives the other.
2. The row of all projects together is shown only where whoever subtracts the projects that are shown learns, of each
   project held back, no more than a span of ten people or wider: also somebody of one organisation, who knows
   their own projects exactly. Otherwise the row of totals is held back. (Projects are what is learned from,
   so a total gives way before a second project does.)
3. What is shown is rounded to five, and shares are worked out from rounded counts.

The span is worked out exactly: the counts held back are whole numbers with known sums, each between bounds that
other figures on the page give.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from openoutcomes.web.results.small_numbers import LEAST, rounded
from openoutcomes.web.verification.sampling import interval


@dataclass(frozen=True)
class Part:
    """One project's count for a measure, as it is.

    ``low`` and ``high`` bound ``yes`` through other figures shown; ``is_kept`` holds it back whatever it is, and
    ``of_is_kept`` how many people there were as well.
    """

    key: int
    organisation: int
    yes: int
    of: int
    low: int = 0
    high: int | None = None
    is_kept: bool = False
    of_is_kept: bool = False

    @property
    def most(self) -> int:
        """The most that ``yes`` could be for somebody who knows everything else shown of the project."""
        return self.of if self.high is None else min(self.of, self.high)


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
    """A measure as it may be shown: a figure for each project, and of all together where that is safe."""

    figures: dict[int, Figure] = field(default_factory=dict)
    total: Figure | None = None

    @property
    def shown(self) -> list[int]:
        """The projects whose counts are shown."""
        return [key for key, figure in self.figures.items() if figure.yes is not None]


def keeps_of(part: Part) -> bool:
    """Say whether how many people a project had is held back."""
    return part.of_is_kept or part.of < LEAST


def keeps(part: Part) -> bool:
    """Say whether how many of a project's people had yes is held back."""
    return keeps_of(part) or part.is_kept or part.yes < LEAST or part.of - part.yes < LEAST


def release(parts: Sequence[Part]) -> Released:
    """Return what may be shown of a measure."""
    figures = {
        part.key: Figure(
            None if keeps(part) else rounded(part.yes), None if keeps_of(part) else rounded(part.of)
        )
        for part in parts
    }
    yes, of = sum(part.yes for part in parts), sum(part.of for part in parts)
    total = None
    if len(parts) > 1 and yes >= LEAST and of - yes >= LEAST and total_is_safe(parts):
        total = Figure(rounded(yes), rounded(of))
    return Released(figures, total)


def total_is_safe(parts: Sequence[Part]) -> bool:
    """Say whether totals leave a span of ten people for whatever is held back, whoever looks."""
    lookers: Iterable[int | None] = (None, *sorted({part.organisation for part in parts}))
    return all(_is_safe_from(parts, looker) for looker in lookers)


def _is_safe_from(parts: Sequence[Part], looker: int | None) -> bool:
    """Say whether it is safe from somebody of one organisation, who knows its projects, or of none."""
    unknown = [part for part in parts if keeps(part) and part.organisation != looker]
    if not unknown:
        return True
    without_of = [part for part in unknown if keeps_of(part)]
    if without_of and (len(without_of) == 1 or sum(part.of for part in without_of) < LEAST):
        return False
    return all(high - low >= LEAST for low, high in spans(unknown))


def spans(unknown: Sequence[Part]) -> list[tuple[int, int]]:
    """Return the least and most that each ``yes`` held back could be, given their sums; and likewise each no.

    Where it is also held back how many people there were, only the sum of those is known.
    """
    yes = sum(part.yes for part in unknown)
    no = sum(part.of - part.yes for part in unknown)
    loose = sum(part.of for part in unknown if keeps_of(part))
    known = [part for part in unknown if not keeps_of(part)]
    lows, mosts = sum(part.low for part in known), sum(part.most for part in known)
    found = []
    for part in unknown:
        if keeps_of(part):
            # The others may take all of what is loose, or none.
            found += [(0, min(loose, yes - lows)), (0, min(loose, no))]
        else:
            low = max(part.low, yes - (mosts - part.most) - loose)
            high = min(part.most, yes - (lows - part.low))
            found.append((low, high))
    return found
