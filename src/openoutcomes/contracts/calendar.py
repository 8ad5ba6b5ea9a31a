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

PeriodKind = Literal["week", "month", "quarter", "calendar year", "financial year", "contract year"]
PERIOD_KINDS: tuple[PeriodKind, ...] = (
    "week",
    "month",
    "quarter",
    "calendar year",
    "financial year",
    "contract year",
)
HOLIDAY_PLACES = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}
_ONE_DAY = dt.timedelta(days=1)
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
            days = length.length * (7 if length.unit == "week" else 1)
            end = day + dt.timedelta(days=min(days, (dt.date.max - day).days))
        return end - _ONE_DAY if self.counts_first_day else end

    def add_months(self, day: dt.date, months: int) -> dt.date:
        """Return the same day of the month ``months`` later, under the overflow rule."""
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        if not dt.MINYEAR <= year <= dt.MAXYEAR:
            # Beyond the calendar's ends there is nothing to tell apart.
            return dt.date.max if months > 0 else dt.date.min
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
        while left > 0 and day < dt.date.max:
            day += _ONE_DAY
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
        if kind == "week":
            first = day - min(dt.timedelta(days=day.weekday()), day - dt.date.min)
            last = first + min(dt.timedelta(days=6), dt.date.max - first)
            return Period(f"week of {first.isoformat()}", first, last)
        if kind == "month":
            first = day.replace(day=1)
            return Period(f"{day:%Y-%m}", first, _before(self.add_months(first, 1)))
        if kind == "quarter":
            quarter = (day.month - 1) // 3
            first = dt.date(day.year, quarter * 3 + 1, 1)
            return Period(f"{day.year}-Q{quarter + 1}", first, _before(self.add_months(first, 3)))
        if kind == "calendar year":
            return Period(str(day.year), dt.date(day.year, 1, 1), dt.date(day.year, 12, 31))
        if kind == "financial year":
            start = dt.date(day.year, *self.financial_year_starts)
            first = start if day >= start else self.add_months(start, -12)
            year = first.year
            label = str(year) if first.month == first.day == 1 else f"{year}/{(year + 1) % 100:02}"
            return Period(label, first, _before(self.add_months(first, 12)))
        number = self.contract_year(day)
        first = self.add_months(self.runs_from, 12 * (number - 1))
        return Period(f"year {number}", first, _before(self.add_months(self.runs_from, 12 * number)))

    def periods(self, first: dt.date, last: dt.date, kind: PeriodKind) -> list[Period]:
        """Return the periods of that kind that touch ``first`` to ``last``, in order."""
        result = []
        day = first
        while day <= last:
            here = self.period(day, kind)
            result.append(here)
            if here.last == dt.date.max:
                break
            day = here.last + _ONE_DAY
        return result


def _before(day: dt.date) -> dt.date:
    """Return the day before; the calendar's last day stands for whatever lies beyond it."""
    return day if day == dt.date.max else day - _ONE_DAY
