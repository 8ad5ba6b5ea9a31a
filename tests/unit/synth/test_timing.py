"""Days added in bulk are the days that the contract's calendar gives one by one."""

import datetime as dt

import numpy as np
import pytest

from openoutcomes.contracts.calendar import Calendar
from openoutcomes.contracts.words import Duration
from openoutcomes.synth.timing import Clock, date_of, number

FIRST, LAST = dt.date(2019, 12, 1), dt.date(2021, 3, 31)


@pytest.mark.parametrize("unit", ["day", "working day", "week", "month", "year"])
@pytest.mark.parametrize("overflow", ["last day", "next month"])
def test_every_day_of_the_contract_agrees_with_its_calendar(unit: str, overflow: str) -> None:
    calendar = Calendar(FIRST, overflow=overflow)  # type: ignore[arg-type]
    length = Duration(2, unit)  # type: ignore[arg-type]
    days = np.arange(number(FIRST), number(LAST) + 1, dtype=np.int32)
    expected = [number(calendar.add(date_of(int(day)), length)) for day in days]
    assert Clock(calendar, FIRST, LAST).add(days, length).tolist() == expected


def test_no_length_changes_nothing() -> None:
    clock = Clock(Calendar(FIRST), FIRST, LAST)
    assert clock.add(np.array([3], np.int32), None).tolist() == [3]
    assert clock.longest(None) == 0


def test_the_longest_month_has_31_days() -> None:
    assert Clock(Calendar(FIRST), FIRST, LAST).longest(Duration(1, "month")) == 31


def test_days_are_counted_from_1970() -> None:
    assert (number(dt.date(1970, 1, 2)), date_of(1)) == (1, dt.date(1970, 1, 2))
