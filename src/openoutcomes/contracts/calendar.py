"""Calendar rules of a contract: what "3 months later" and "year 2" mean.

Every rule that reasonable people read differently is a named setting with a stated default:
months that end beyond a short month end on its last day; a period does not count its first
day (13 weeks from Monday 1 June end on Monday 31 August); working days are Monday to Friday
less the named place's public holidays.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from openoutcomes.contracts.words import Duration

PeriodKind = Literal["month", "quarter", "calendar year", "financial year", "contract year"]
PERIOD_KINDS: tuple[PeriodKind, ...] = (
    "month",
    "quarter",
    "calendar year",
    "financial year",
    "contract year",
)
HOLIDAY_PLACES = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@lru_cache(maxsize=256)
def _public_holidays(place: str, year: int) -> frozenset[dt.date]:
    # Imported here because the table of holidays is large and few contracts count working days.
    from holidays import country_holidays  # noqa: PLC0415

    return frozenset(country_holidays("GB", subdiv=HOLIDAY_PLACES[place], years=year))


@dataclass(frozen=True, slots=True)
class Period:
    """A named stretch of time, both ends counted."""

    label: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Calendar:
    """The date rules of one contract.

    ``runs_from`` starts contract years. ``overflow`` is ``last day`` (31 January + 1 month =
    28 February) or ``next month`` (= 1 March).
    """

    runs_from: dt.date
    overflow: Literal["last day", "next month"] = "last day"
    counts_first_day: bool = False
    weekend: frozenset[int] = frozenset({5, 6})
    holiday_place: str | None = "england-and-wales"
    holidays: frozenset[dt.date] = frozenset()
    financial_year_starts: tuple[int, int] = (4, 1)
    _cache: dict[tuple[dt.date, str], Period] = field(default_factory=dict, compare=False, repr=False)

    def add(self, day: dt.date, length: Duration) -> dt.date:
        """Return the day on which a period of ``length`` that starts on ``day`` is complete."""
        if length.unit == "working day":
            return self._add_working_days(day, length.length)
        if length.unit in ("month", "year"):
            end = self.add_months(day, length.length * (12 if length.unit == "year" else 1))
        else:
            end = day + dt.timedelta(days=length.length * (7 if length.unit == "week" else 1))
        return end - dt.timedelta(days=1) if self.counts_first_day else end

    def add_months(self, day: dt.date, months: int) -> dt.date:
        """Return the same day of the month ``months`` later, under the overflow rule."""
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        last = monthrange(year, month + 1)[1]
        if day.day <= last:
            return dt.date(year, month + 1, day.day)
        end = dt.date(year, month + 1, last)
        return end if self.overflow == "last day" else end + dt.timedelta(days=1)

    def is_working_day(self, day: dt.date) -> bool:
        """Whether ``day`` is neither weekend nor a named holiday."""
        if day.weekday() in self.weekend or day in self.holidays:
            return False
        return self.holiday_place is None or day not in _public_holidays(self.holiday_place, day.year)

    def _add_working_days(self, day: dt.date, count: int) -> dt.date:
        left = count - 1 if self.counts_first_day and count and self.is_working_day(day) else count
        while left > 0:
            day += dt.timedelta(days=1)
            if self.is_working_day(day):
                left -= 1
        return day

    def contract_year(self, day: dt.date) -> int:
        """Return which year of the contract ``day`` falls in; the first is 1, before it 0 or less."""
        years = day.year - self.runs_from.year
        return years + (1 if day >= self.add_months(self.runs_from, 12 * years) else 0)

    def period(self, day: dt.date, kind: PeriodKind) -> Period:
        """Return the period of that kind in which ``day`` falls."""
        found = self._cache.get((day, kind))
        if found is None:
            found = self._cache[(day, kind)] = self._period(day, kind)
        return found

    def _period(self, day: dt.date, kind: PeriodKind) -> Period:
        one = dt.timedelta(days=1)
        if kind == "month":
            first = day.replace(day=1)
            return Period(f"{day:%Y-%m}", first, self.add_months(first, 1) - one)
        if kind == "quarter":
            quarter = (day.month - 1) // 3
            first = dt.date(day.year, quarter * 3 + 1, 1)
            return Period(f"{day.year}-Q{quarter + 1}", first, self.add_months(first, 3) - one)
        if kind == "calendar year":
            return Period(str(day.year), dt.date(day.year, 1, 1), dt.date(day.year, 12, 31))
        if kind == "financial year":
            start = dt.date(day.year, *self.financial_year_starts)
            year = day.year if day >= start else day.year - 1
            first = dt.date(year, *self.financial_year_starts)
            label = str(year) if first.month == first.day == 1 else f"{year}/{(year + 1) % 100:02}"
            return Period(label, first, self.add_months(first, 12) - one)
        number = self.contract_year(day)
        first = self.add_months(self.runs_from, 12 * (number - 1))
        return Period(f"year {number}", first, self.add_months(self.runs_from, 12 * number) - one)

    def periods(self, first: dt.date, last: dt.date, kind: PeriodKind) -> list[Period]:
        """Return the periods of that kind that touch ``first`` to ``last``, in order."""
        result = []
        day = first
        while day <= last:
            here = self.period(day, kind)
            result.append(here)
            day = here.last + dt.timedelta(days=1)
        return result
