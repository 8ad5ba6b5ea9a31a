"""When meetings of a series are: a rule in a few choices, and the days it gives. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

#: How often, in words.
EVERY: dict[str, str] = {
    "workday": "Each day from Monday to Friday",
    "week": "Each week",
    "fortnight": "Every two weeks",
    "month": "Each month",
    "quarter": "Each quarter",
    "once": "Once, or when it is needed",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Which of the weekdays in a month; the last may be the fourth or the fifth.
NTH: dict[int, str] = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "last"}
#: How many days back an agenda looks where there was no meeting before.
LOOKS_BACK: dict[str, int] = {
    "workday": 3,
    "week": 7,
    "fortnight": 14,
    "month": 31,
    "quarter": 92,
    "once": 31,
}
#: What a rule needs besides how often.
NEEDS: dict[str, tuple[str, ...]] = {
    "workday": (),
    "week": ("weekday",),
    "fortnight": ("weekday",),
    "month": ("nth", "weekday"),
    "quarter": ("month", "nth", "weekday"),
    "once": (),
}


@dataclass(frozen=True)
class Rule:
    """How often, on which weekday (0 is Monday), the which of the month, in which month of the quarter."""

    every: str
    weekday: int | None = None
    nth: int | None = None
    month: int | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What still has to be said for the rule to give days."""
        return tuple(name for name in NEEDS[self.every] if getattr(self, name) is None)

    @property
    def words(self) -> str:
        """The rule in words."""
        if self.missing or not NEEDS[self.every]:
            return EVERY[self.every]
        weekday = WEEKDAYS[self.weekday or 0]
        if self.every in ("week", "fortnight"):
            return f"{EVERY[self.every]}, on {weekday}"
        which = f"on the {NTH[self.nth or 1]} {weekday}"
        if self.every == "month":
            return f"{EVERY[self.every]}, {which}"
        return f"{EVERY[self.every]}, {which} of its {NTH[self.month or 1]} month"

    def days(self, after: dt.date, count: int, last: dt.date | None = None) -> list[dt.date]:
        """Return the next days after a day; every two weeks counts from the last meeting there was or will be."""
        if self.missing or self.every == "once":
            return []
        found: list[dt.date] = []
        day = after
        while len(found) < count:
            day = self._next(day, last)
            found.append(day)
        return found

    def _next(self, after: dt.date, last: dt.date | None) -> dt.date:
        if self.every == "workday":
            day = after + dt.timedelta(days=1)
            while day.weekday() > 4:
                day += dt.timedelta(days=1)
            return day
        if self.every in ("week", "fortnight"):
            day = after + dt.timedelta(days=(self.weekday or 0) - after.weekday())
            if day <= after:
                day += dt.timedelta(days=7)
            if self.every == "fortnight" and last is not None and _weeks(last, day) % 2:
                day += dt.timedelta(days=7)
            return day
        month = after.replace(day=1)
        while True:
            if self.every == "month" or (month.month - 1) % 3 + 1 == self.month:
                day = nth_weekday(month, self.nth or 1, self.weekday or 0)
                if day > after:
                    return day
            month = (month + dt.timedelta(days=31)).replace(day=1)


def nth_weekday(month: dt.date, nth: int, weekday: int) -> dt.date:
    """Return the first to fourth of a weekday in the month that a day lies in; the last for 5."""
    first = month.replace(day=1)
    day = first + dt.timedelta(days=(weekday - first.weekday()) % 7)
    if nth < 5:
        return day + dt.timedelta(days=7 * (nth - 1))
    later = day + dt.timedelta(days=28)
    return later if later.month == first.month else day + dt.timedelta(days=21)


def _weeks(one: dt.date, other: dt.date) -> int:
    """Return the whole weeks between the Mondays of two days' weeks."""
    return (other - dt.timedelta(days=other.weekday()) - one + dt.timedelta(days=one.weekday())).days // 7
