"""The calendar of a contract, for many days at once."""

from __future__ import annotations

import datetime as dt

import numpy as np

from openoutcomes.contracts.calendar import Calendar
from openoutcomes.contracts.words import Duration
from openoutcomes.synth.draws import Ints

_EPOCH = dt.date(1970, 1, 1).toordinal()
_BEFORE, _AFTER = 400, 1200


def number(day: dt.date) -> int:
    """Return a date as days since 1 January 1970."""
    return day.toordinal() - _EPOCH


def date_of(day: int) -> dt.date:
    """Return days since 1 January 1970 as a date."""
    return dt.date.fromordinal(day + _EPOCH)


class Clock:
    """Adds the contract's lengths of time to arrays of days.

    Sums are looked up in tables, made once for each length, that reach from ``first`` less a
    year to ``last`` and about three years more; days beyond are treated as the nearest end.
    """

    def __init__(self, calendar: Calendar, first: dt.date, last: dt.date) -> None:
        self._calendar = calendar
        self._origin = number(first) - _BEFORE
        self._size = number(last) - self._origin + _AFTER
        self._tables: dict[Duration, Ints] = {}

    def add(self, days: Ints, length: Duration | None) -> Ints:
        """Return the days on which ``length``, begun on ``days``, is complete."""
        if length is None:
            return days
        table = self._tables.get(length)
        if table is None:
            table = self._tables[length] = self._table(length)
        return table[np.clip(days - self._origin, 0, self._size - 1)]

    def longest(self, length: Duration | None) -> int:
        """Return the most days that ``length`` can take."""
        if length is None:
            return 0
        days = np.arange(self._origin, self._origin + self._size, dtype=np.int32)
        return int((self.add(days, length) - days).max())

    def _table(self, length: Duration) -> Ints:
        add = self._calendar.add
        return np.array(
            [number(add(date_of(self._origin + day), length)) for day in range(self._size)], dtype=np.int32
        )
