"""The days that a rule gives."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openoutcomes.web.meetings.cadence import EVERY, NEEDS, Rule, nth_weekday

days = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
rules = st.builds(
    Rule,
    st.sampled_from([every for every in EVERY if every != "once"]),
    st.integers(0, 6),
    st.integers(1, 5),
    st.integers(1, 3),
)


@given(rules, days)
def test_days_come_one_after_another_on_the_weekday_of_the_rule(rule, after):
    found = rule.days(after, 6, after)
    assert len(found) == 6
    assert found[0] > after
    assert found == sorted(set(found))
    if rule.every == "workday":
        assert all(day.weekday() < 5 for day in found)
    else:
        assert {day.weekday() for day in found} == {rule.weekday}


@given(rules, days)
def test_no_day_of_the_rule_is_left_out(rule, after):
    found = rule.days(after, 4, after)
    gaps = [(later - day).days for day, later in pairwise(found)]
    longest = {"workday": 3, "week": 7, "fortnight": 14, "month": 35, "quarter": 98}[rule.every]
    assert max(gaps) <= longest
    if rule.every == "quarter":
        assert {(day.month - 1) % 3 + 1 for day in found} == {rule.month}


@pytest.mark.parametrize(
    ("nth", "weekday", "expected"),
    [(1, 0, dt.date(2026, 3, 2)), (3, 2, dt.date(2026, 3, 18)), (5, 0, dt.date(2026, 3, 30)), (5, 6, dt.date(2026, 3, 29))],
)  # fmt: skip
def test_the_nth_of_a_weekday_and_the_last(nth, weekday, expected):
    assert nth_weekday(dt.date(2026, 3, 9), nth, weekday) == expected


def test_every_two_weeks_counts_from_the_last_meeting():
    rule = Rule("fortnight", weekday=1)
    assert rule.days(dt.date(2026, 3, 4), 2, dt.date(2026, 3, 3)) == [
        dt.date(2026, 3, 17),
        dt.date(2026, 3, 31),
    ]
    assert rule.days(dt.date(2026, 3, 4), 1) == [dt.date(2026, 3, 10)]


def test_a_rule_says_what_it_still_needs_and_reads_as_a_sentence():
    assert Rule("quarter").missing == ("month", "nth", "weekday")
    assert Rule("quarter", 3, 5, 1).words == "Each quarter, on the last Thursday of its first month"
    assert Rule("week", 0).words == "Each week, on Monday"
    assert Rule("once").days(dt.date(2026, 1, 1), 3) == []
    assert set(NEEDS) == set(EVERY)
