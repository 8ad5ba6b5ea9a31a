"""Dates, lengths, ranges and kinds as written in terms: what a word means, to the day."""

import datetime as dt
from fractions import Fraction

import pytest

from openoutcomes.contracts import words
from openoutcomes.contracts.calendar import PERIOD_KINDS, Calendar
from openoutcomes.contracts.reading_values import overlaps
from openoutcomes.contracts.tables import ByTable, NotFound, leaves_of

START = dt.date(2015, 1, 1)
PLAIN = Calendar(START, holiday_place=None)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def later(calendar: Calendar, start: str, length: str) -> str:
    found = words.duration(length)
    assert found is not None
    return calendar.add(day(start), found).isoformat()


@pytest.mark.parametrize(
    ("start", "length", "end", "counting", "next_month"),
    [
        ("2015-06-01", "13 weeks", "2015-08-31", "2015-08-30", "2015-08-31"),
        ("2015-01-31", "1 month", "2015-02-28", "2015-02-27", "2015-03-01"),
        ("2016-01-31", "1 month", "2016-02-29", "2016-02-28", "2016-03-01"),
        ("2016-02-29", "1 year", "2017-02-28", "2017-02-27", "2017-03-01"),
        ("2015-12-31", "2 months", "2016-02-29", "2016-02-28", "2016-03-01"),
        ("2015-12-15", "12 months", "2016-12-15", "2016-12-14", "2016-12-15"),
        ("2015-06-05", "0 days", "2015-06-05", "2015-06-04", "2015-06-05"),
        ("2015-06-05", "1 working day", "2015-06-08", "2015-06-05", "2015-06-08"),
        ("2015-06-06", "1 working day", "2015-06-08", "2015-06-08", "2015-06-08"),
        ("2015-06-05", "0 working days", "2015-06-05", "2015-06-05", "2015-06-05"),
        ("2015-06-01", "5 working days", "2015-06-08", "2015-06-05", "2015-06-08"),
    ],
)
def test_a_length_of_time_ends_on_its_day(
    start: str, length: str, end: str, counting: str, next_month: str
) -> None:
    assert later(PLAIN, start, length) == end
    assert later(Calendar(START, holiday_place=None, counts_first_day=True), start, length) == counting
    assert later(Calendar(START, holiday_place=None, overflow="next month"), start, length) == next_month


def test_working_days_leave_out_the_holidays_of_the_place_named() -> None:
    # Good Friday and Easter Monday 2015 were 3 and 6 April; in Scotland Easter Monday was a working day.
    assert later(Calendar(START), "2015-04-02", "1 working day") == "2015-04-07"
    assert later(Calendar(START, holiday_place="scotland"), "2015-04-02", "1 working day") == "2015-04-06"
    listed = Calendar(
        START, holiday_place=None, holidays=frozenset({day("2015-04-03")}), weekend=frozenset({4})
    )
    assert later(listed, "2015-04-02", "2 working days") == "2015-04-05"


def test_counting_stops_at_the_ends_of_the_calendar() -> None:
    last = "9999-12-31"
    for length in ("1 day", "1 week", "1 month", "1 year", "1 working day"):
        assert later(PLAIN, last, length) == last
    assert PLAIN.add_months(dt.date.min, -1) == dt.date.min
    for kind in PERIOD_KINDS:
        assert PLAIN.period(dt.date.max, kind).last == dt.date.max
        assert PLAIN.period(dt.date.min, kind).first == dt.date.min
    assert PLAIN.periods(day("9999-11-30"), dt.date.max, "month")[-1].last == dt.date.max


@pytest.mark.parametrize(
    ("on", "year"),
    [
        ("2015-01-01", 1),
        ("2015-12-31", 1),
        ("2016-01-01", 2),
        ("2014-12-31", 0),
        ("2013-12-31", -1),
        ("2014-01-01", 0),
    ],
)
def test_contract_years_count_from_the_first_day(on: str, year: int) -> None:
    assert PLAIN.contract_year(day(on)) == year


def test_a_contract_begun_on_29_february_has_a_year_every_year() -> None:
    leap = Calendar(day("2016-02-29"))
    assert [
        leap.contract_year(day(on)) for on in ("2017-02-27", "2017-02-28", "2020-02-28", "2020-02-29")
    ] == [1, 2, 4, 5]
    march = Calendar(day("2016-02-29"), overflow="next month")
    assert [
        march.contract_year(day(on)) for on in ("2017-02-28", "2017-03-01", "2020-02-28", "2020-02-29")
    ] == [1, 2, 4, 5]


@pytest.mark.parametrize(
    ("kind", "on", "label", "first", "last"),
    [
        ("month", "2016-02-29", "2016-02", "2016-02-01", "2016-02-29"),
        ("quarter", "2015-03-31", "2015-Q1", "2015-01-01", "2015-03-31"),
        ("quarter", "2015-04-01", "2015-Q2", "2015-04-01", "2015-06-30"),
        ("quarter", "2015-12-31", "2015-Q4", "2015-10-01", "2015-12-31"),
        ("calendar year", "2015-12-31", "2015", "2015-01-01", "2015-12-31"),
        ("financial year", "2015-03-31", "2014/15", "2014-04-01", "2015-03-31"),
        ("financial year", "2015-04-01", "2015/16", "2015-04-01", "2016-03-31"),
        ("financial year", "1999-04-01", "1999/00", "1999-04-01", "2000-03-31"),
        ("contract year", "2016-01-01", "year 2", "2016-01-01", "2016-12-31"),
        ("contract year", "2014-12-31", "year 0", "2014-01-01", "2014-12-31"),
    ],
)  # fmt: skip
def test_a_day_falls_in_its_period(kind: str, on: str, label: str, first: str, last: str) -> None:
    found = PLAIN.period(day(on), kind)  # type: ignore[arg-type]
    assert (found.label, found.first.isoformat(), found.last.isoformat()) == (label, first, last)


def test_a_financial_year_that_is_a_calendar_year_has_its_name() -> None:
    assert (
        Calendar(START, financial_year_starts=(1, 1)).period(day("2015-06-01"), "financial year").label
        == "2015"
    )


def test_periods_touch_both_ends() -> None:
    labels = [period.label for period in PLAIN.periods(day("2015-03-31"), day("2015-07-01"), "quarter")]
    assert labels == ["2015-Q1", "2015-Q2", "2015-Q3"]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("1 day", "1 day"), ("13 Weeks", "13 weeks"), (" 15 working days ", "15 working days"), ("100 years", "100 years"),
        ("101 years", None), ("1200 months", "1200 months"), ("1201 months", None), ("5218 weeks", "5218 weeks"), ("5219 weeks", None),
        ("36525 days", "36525 days"), ("36526 days", None), ("a week", None), ("1.5 weeks", None), ("-1 days", None), ("", None),
        ("\u0661 day", None),
    ],
)  # fmt: skip
def test_lengths_of_time(text: str, length: str | None) -> None:
    found = words.duration(text)
    assert (None if found is None else str(found)) == length


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2/3", Fraction(2, 3)), ("2 / 3", Fraction(2, 3)), ("25%", Fraction(1, 4)), ("12.5 %", Fraction(1, 8)),
        ("0.25", Fraction(1, 4)), ("-1", Fraction(-1)), ("1/0", None), ("1e3", None), ("1_000", None), ("inf", None), ("nan", None),
        ("1/2/3", None), ("50%%", None), ("", None), ("9" * 31, None),
    ],
)  # fmt: skip
def test_shares_are_exact_or_refused(text: str, value: Fraction | None) -> None:
    assert words.fraction(text) == value


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("18 to 24", (18, 24), (17, 25)), ("at least 5", (5, 6), (4,)), ("5 or more", (5,), (4,)), ("from 5", (5,), (4,)),
        ("at most 2", (2, 1), (3,)), ("2 or fewer", (2,), (3,)), ("up to 2", (2,), (3,)), ("under 3", (2,), (3, 4)),
        ("less than 3", (2,), (3,)), ("over 1", (2,), (1, 0)), ("more than 1", (2,), (1,)), ("7", (7,), (6, 8)),
        ("exactly 7", (7,), (8,)), ("at least 10%", (Fraction(1, 10),), (Fraction(99, 1000),)), ("-5 to -1", (-5, -1), (0, -6)),
        ("1/3 to 2/3", (Fraction(1, 3),), (Fraction(1, 4), Fraction(3, 4))),
    ],
)  # fmt: skip
def test_ranges_hold_their_ends(
    text: str, inside: tuple[Fraction, ...], outside: tuple[Fraction, ...]
) -> None:
    found = words.number_range(text)
    assert found is not None
    assert all(value in found for value in inside)
    assert not any(value in found for value in outside)
    assert str(found) == text


@pytest.mark.parametrize(
    "text", ["24 to 18", "1/0 to 5", "1/0", "about 5", "5 to", "", "at least", "five", "1e5"]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    assert words.number_range(text) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2015-01-01 to 2015-12-31", "1 January 2015 to 31 December 2015"), ("from 2015-01-01", "from 1 January 2015"),
        ("on or after 2015-01-01", "from 1 January 2015"), ("until 2015-01-01", "until 1 January 2015"),
        ("2015-01-01", "1 January 2015 to 1 January 2015"), ("2015-02-30", None), ("2015-12-31 to 2015-01-01", None),
        ("2015", None), ("to", None),
    ],
)  # fmt: skip
def test_spans_of_dates(text: str, shown: str | None) -> None:
    found = words.days(text)
    assert (None if found is None else str(found)) == shown


def test_a_span_with_no_ends_is_any_date_and_a_day_unknown_is_said() -> None:
    assert str(words.Days()) == "any date"
    assert START in words.Days()
    assert words.say_day(None) == "an unknown date"


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("a", (("a",),)), ("a or b or c", (("a", "b", "c"),)), ("a and b", (("a",), ("b",))), ("a or b and c", None),
        ("a  or   b", (("a", "b"),)), ("a b", None), ("", None), ("-a", None), ("or", (("or",),)),
    ],
)  # fmt: skip
def test_kinds(text: str, groups: tuple[tuple[str, ...], ...] | None) -> None:
    assert words.kinds(text) == groups


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(1, 4), "25%"), (Fraction(1, 3), "1/3"), (Fraction(1, 8), "12.5%"), (Fraction(0), "0%"), (Fraction(1), "100%"),
        (Fraction(1, 6), "1/6"),
    ],
)  # fmt: skip
def test_shares_are_said_as_people_do(value: Fraction, shown: str) -> None:
    assert words.say_percent(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction(1234567), "1,234,567"), (Fraction(1, 8), "0.125"), (Fraction(1, 3), "about 0.3333")],
)
def test_numbers_are_said_exactly_or_marked(value: Fraction, shown: str) -> None:
    assert words.format_number(value) == shown


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("1 to 5", "5 to 9", True), ("1 to 5", "6 to 9", False), ("under 5", "at least 5", False), ("at most 5", "over 5", False),
        ("at most 5", "at least 5", True), ("under 5", "over 1", True), ("at least 5", "at least 9", True),
    ],
)  # fmt: skip
def test_rows_that_fit_one_number_overlap(one: str, other: str, both: bool) -> None:
    a, b = words.number_range(one), words.number_range(other)
    assert overlaps(a, b) is overlaps(b, a) is both


def test_rows_of_codes_and_dates_overlap_too() -> None:
    assert overlaps(("a", "b"), ("b",))
    assert not overlaps(("a",), ("b",))
    assert overlaps(words.days("until 2015-01-01"), words.days("from 2015-01-01"))
    assert not overlaps(words.days("until 2015-01-01"), words.days("from 2015-01-02"))
    assert not overlaps(words.days("from 2015-01-02"), words.days("until 2015-01-01"))
    assert not overlaps(("a",), words.days("from 2015-01-02"))


def test_the_leaves_of_a_table_say_when_they_hold() -> None:
    low = words.number_range("1 to 2")
    assert low is not None
    inner = ByTable("contract year", [(low, 1)], 2)
    outer = ByTable("cohort", [(("a", "b"), inner)], 3)
    assert leaves_of(outer) == [
        ("cohort a or b, contract year 1 to 2", 1), ("cohort a or b, otherwise", 2), ("otherwise", 3)
    ]  # fmt: skip
    assert leaves_of(7) == [("", 7)]
    assert outer.dimensions() == {"cohort", "contract year"}


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (NotFound("cohort", None), "the cohort is not recorded"), (NotFound("date", START), "the terms have no row for date 1 January 2015"),
        (NotFound("cohort", "x"), "the terms have no row for cohort x"),
        (NotFound("characteristic", ("x", "y")), "the terms have no row for characteristic x and y"),
    ],
)  # fmt: skip
def test_what_has_no_row_is_said(missing: NotFound, said: str) -> None:
    assert str(missing) == said
