"""The small phrases of the contract language: durations, ranges, shares and evidence lists.

Each parser takes text and returns a value, or None when the text is not such a phrase; the
reader of terms turns None into a message. Numbers are exact fractions, never floats.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

Unit = Literal["day", "working day", "week", "month", "year"]

_DURATION = re.compile(r"([0-9]{1,6}) (working day|day|week|month|year)s?")
#: The longest length of time that terms may name, in each unit: a century.
_CENTURY = {"day": 36_525, "working day": 36_525, "week": 5_218, "month": 1_200, "year": 100}
_FRACTION = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})? ?%?|-?[0-9]{1,30} ?/ ?[0-9]{1,30}")
_NUMBER = r"(-?\d+(?:\.\d+)?%?|-?\d+/\d+)"
_DATE = r"(\d{4}-\d{2}-\d{2})"
_CODE = re.compile(r"[\w][\w.:/-]*")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in one unit, such as 13 weeks."""

    length: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.length} {self.unit}{'' if self.length == 1 else 's'}"


def duration(text: str) -> Duration | None:
    """Read ``13 weeks``, ``15 working days``, ``1 year``; a century at most."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None or int(match[1]) > _CENTURY[match[2]]:
        return None
    return Duration(int(match[1]), match[2])  # type: ignore[arg-type]  # the pattern allows units only


def fraction(text: str) -> Fraction | None:
    """Read ``2/3``, ``25%`` or ``0.25`` as an exact fraction."""
    text = text.strip()
    # Plain digits only: an exponent could ask for a number too large to hold.
    if not _FRACTION.fullmatch(text):
        return None
    if text.endswith("%"):
        return Fraction(text[:-1].strip()) / 100
    above, _, below = text.replace(" ", "").partition("/")
    if not below:
        return Fraction(above)
    return Fraction(int(above), int(below)) if int(below) else None


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from ``low`` to ``high``; an open end is None; ends count unless said otherwise."""

    low: Fraction | int | None = None
    high: Fraction | int | None = None
    low_counts: bool = True
    high_counts: bool = True
    text: str = ""

    def __contains__(self, value: Fraction | Decimal | int) -> bool:
        if self.low is not None and (value < self.low or (value == self.low and not self.low_counts)):
            return False
        return not (
            self.high is not None and (value > self.high or (value == self.high and not self.high_counts))
        )

    def __str__(self) -> str:
        return self.text


def number_range(text: str) -> Range | None:
    """Read ``18 to 24``, ``at least 5``, ``5 or more``, ``at most 2``, ``under 3``, ``over 1``, ``4``."""
    text = " ".join(text.strip().lower().split())
    patterns: tuple[tuple[str, str], ...] = (
        (rf"{_NUMBER} to {_NUMBER}", "both"),
        (rf"(?:at least|from) {_NUMBER}", "low"),
        (rf"{_NUMBER} (?:or more|or over|and over)", "low"),
        (rf"(?:at most|up to) {_NUMBER}", "high"),
        (rf"{_NUMBER} (?:or less|or fewer|or under)", "high"),
        (rf"(?:under|below|less than|fewer than) {_NUMBER}", "under"),
        (rf"(?:over|above|more than) {_NUMBER}", "over"),
        (rf"(?:exactly )?{_NUMBER}", "exactly"),
    )
    for pattern, kind in patterns:
        match = re.fullmatch(pattern, text)
        if match is None:
            continue
        # Whole numbers are kept as int: they compare many times faster than fractions.
        numbers = [
            number.numerator if number is not None and number.denominator == 1 else number
            for number in map(fraction, match.groups())
        ]
        first, last = numbers[0], numbers[-1]
        if first is None or last is None:
            return None
        made = {
            "both": Range(first, last, text=text),
            "low": Range(low=first, text=text),
            "high": Range(high=first, text=text),
            "under": Range(high=first, high_counts=False, text=text),
            "over": Range(low=first, low_counts=False, text=text),
            "exactly": Range(first, first, text=text),
        }[kind]
        return None if made.low is not None and made.high is not None and made.low > made.high else made
    return None


@dataclass(frozen=True, slots=True)
class Days:
    """Dates from ``first`` to ``last``, both counted; an open end is None."""

    first: dt.date | None = None
    last: dt.date | None = None

    def __contains__(self, day: dt.date) -> bool:
        return not (
            (self.first is not None and day < self.first) or (self.last is not None and day > self.last)
        )

    def __str__(self) -> str:
        if self.first and self.last:
            return f"{say_day(self.first)} to {say_day(self.last)}"
        if self.first:
            return f"from {say_day(self.first)}"
        return f"until {say_day(self.last)}" if self.last else "any date"


def days(text: str) -> Days | None:
    """Read ``2015-01-01 to 2015-12-31``, ``from 2015-01-01``, ``until 2015-12-31`` or one date."""
    text = " ".join(text.strip().lower().split())
    for pattern, ends in (
        (rf"{_DATE} to {_DATE}", (0, 1)),
        (rf"(?:from|on or after) {_DATE}", (0, None)),
        (rf"(?:until|to|up to|on or before) {_DATE}", (None, 0)),
        (rf"{_DATE}", (0, 0)),
    ):
        match = re.fullmatch(pattern, text)
        if match is None:
            continue
        try:
            found = [dt.date.fromisoformat(part) for part in match.groups()]
        except ValueError:
            return None
        first = None if ends[0] is None else found[ends[0]]
        last = None if ends[1] is None else found[ends[1]]
        return None if first and last and first > last else Days(first, last)
    return None


@dataclass(frozen=True, slots=True)
class Kinds:
    """Words of which some are needed: every group must be met by any one of its words."""

    groups: tuple[tuple[str, ...], ...]

    def missing(self, given: Collection[str]) -> tuple[tuple[str, ...], ...]:
        """Return the groups that ``given`` does not meet."""
        unmet = []
        for group in self.groups:
            for word in group:
                if word in given:
                    break
            else:
                unmet.append(group)
        return tuple(unmet)

    def __str__(self) -> str:
        several = len(self.groups) > 1
        parts = (f"({' or '.join(g)})" if several and len(g) > 1 else " or ".join(g) for g in self.groups)
        return " and ".join(parts)


def kinds(text: str) -> tuple[tuple[str, ...], ...] | None:
    """Read ``a``, ``a or b`` or ``a and b`` as groups to be met; the two are not mixed."""
    text = " ".join(text.split())
    if " or " in text and " and " in text:
        return None
    parts = re.split(r" (?:or|and) ", text)
    if not all(_CODE.fullmatch(part) for part in parts):
        return None
    return (tuple(parts),) if " or " in text else tuple((part,) for part in parts)


@lru_cache(maxsize=8192)
def say_day(day: dt.date | None) -> str:
    """Write a date as ``1 March 2015``; nothing as ``an unknown date``."""
    return f"{day.day} {day:%B %Y}" if day else "an unknown date"


def say_percent(share: Fraction) -> str:
    """Write a share as people do: ``25%``, or ``1/3`` where no short decimal exists."""
    percent = share * 100
    if 100 % percent.denominator == 0:
        return f"{format_number(percent)}%"
    return f"{share.numerator}/{share.denominator}"


def format_number(value: Fraction | Decimal | int) -> str:
    """Write an exact number without needless zeros; a repeating fraction to four places, marked ``about``."""
    exact = Fraction(value)
    denominator = exact.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    number = Decimal(exact.numerator) / Decimal(exact.denominator)
    if denominator != 1:
        return f"about {number:.4f}"
    return f"{number:,f}"
