"""One value at a time: what is taken, what is refused, and how the message helps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from openoutcomes.standard.fields import Field, FieldType
from openoutcomes.standard.values import british, days_in, parse, shorten, tidy


def field(kind: FieldType, **more: Any) -> Field:
    return Field("thing", kind, "A thing.", example="x", **more)


TAKEN: list[tuple[Field, object, object]] = [
    (field("id"), "a-1", "a-1"),
    (field("id"), 7, "7"),
    (field("text"), "a\r\nb\rc", "a\nb\nc"),
    (field("text"), True, "true"),
    (field("text"), date(2015, 3, 1), "2015-03-01"),
    (field("text"), Decimal("1E+2"), "100"),
    (field("code", pattern="^[A-Z]{3}$"), "GBP", "GBP"),
    (field("date"), "2016-02-29", date(2016, 2, 29)),
    (field("date"), date(2016, 2, 29), date(2016, 2, 29)),
    (field("date"), datetime(2016, 2, 29), date(2016, 2, 29)),  # noqa: DTZ001
    (field("dates"), [date(2016, 2, 29), "2016-03-01"], [date(2016, 2, 29), date(2016, 3, 1)]),
    (field("dates"), [], None),
    (field("datetime"), "2015-07-01T10:00:00+01:00", datetime(2015, 7, 1, 9, tzinfo=UTC)),
    (field("datetime"), "2015-07-01 10:00", datetime(2015, 7, 1, 10, tzinfo=UTC)),
    (field("datetime"), date(2015, 7, 1), datetime(2015, 7, 1, tzinfo=UTC)),
    (
        field("datetime"),
        datetime(2015, 7, 1, 10, tzinfo=timezone(timedelta(hours=2))),
        datetime(2015, 7, 1, 8, tzinfo=UTC),
    ),
    (field("integer"), "-42", -42),
    (field("integer"), 42, 42),
    (field("integer"), Decimal(42), 42),
    (field("decimal"), "1.500000", Decimal("1.5")),
    (field("decimal"), "-0.00", Decimal(0)),
    (field("decimal"), 3, Decimal(3)),
    (field("boolean"), "TRUE", True),
    (field("boolean"), False, False),
    (field("list", gaps=True), "3;;4", ["3", "", "4"]),
    (field("list", gaps=True), [None, "4"], ["", "4"]),
    (field("list"), [1, Decimal("2.5"), True], ["1", "2.5", "true"]),
    (field("codes"), ("a", "b"), ["a", "b"]),
    (field("id"), None, None),
    (field("id"), " \t", None),
]


@pytest.mark.parametrize(("which", "raw", "value"), TAKEN, ids=repr)
def test_what_is_written_is_read_as_meant(which: Field, raw: object, value: object) -> None:
    assert parse(which, raw) == (value, ())


REFUSED: list[tuple[Field, object, str, str, str]] = [
    (field("id"), "P 1", "bad-pattern", "“P 1” is not an id", "without spaces"),
    (field("id"), "jo@example.org", "bad-pattern", "not an id", "without spaces"),
    (field("id"), "x" * 129, "bad-pattern", "…", "Use an id"),
    (field("code"), "=A1", "bad-pattern", "not a code", "Use a code"),
    (field("code", pattern="^[A-Z]{3}$"), "gbp", "bad-pattern", "not a code", "such as x"),
    (
        field("code", codes="verification_state"),
        "acepted",
        "unknown-code",
        "verification_state",
        "mean accepted?",
    ),
    (field("code", codes="asked"), "zzz", "unknown-code", "asked", "Use one of: invited, volunteered."),
    (field("codes"), "a;b c", "bad-pattern", "“b c” is not a code", "Use codes"),
    (field("text"), "a\x00b", "unwritable-character", "U+0000", "Remove it"),
    (field("text"), "a\ud800", "unwritable-character", "U+D800", "Remove it"),
    (field("text"), "x" * 32_001, "too-long", "32,001 characters", "32,000"),
    (field("list"), "a\x07", "unwritable-character", "U+0007", "Remove it"),
    (field("list"), "a;;b", "empty-item", "empty item", "nothing beside"),
    (field("list"), ["a;b"], "separator-in-item", "stands between", "without"),
    (field("list"), [1.5], "wrong-type", "float", "not exact"),
    (field("date"), "2015-13-01", "impossible-date", "no month 13", "year-month-day"),
    (field("date"), "2015-02-30", "impossible-date", "February 2015 has 28 days, not 30", "Check the day"),
    (field("date"), "2015-02-00", "impossible-date", "28 days, not 0", "Check the day"),
    (field("date"), "1815-02-01", "impossible-date", "year 1815", "1900 to 2100"),
    (field("date"), "0015-02-01", "impossible-date", "year 15", "1900 to 2100"),
    (field("date"), "01/03/2015", "date-format", "year first", "If it is 1 March 2015, write 2015-03-01."),
    (field("date"), "1.3.15", "date-format", "year first", "If it is 1 March 2015, write 2015-03-01."),
    (
        field("date"),
        "1st March 2015",
        "date-format",
        "year first",
        "If it is 1 March 2015, write 2015-03-01.",
    ),
    (field("date"), "1-Mar-2015", "date-format", "year first", "If it is 1 March 2015, write 2015-03-01."),
    (field("date"), "20150301", "date-format", "year first", "If it is 1 March 2015, write 2015-03-01."),
    (field("date"), "2015-03-01T00:00", "date-format", "year first", "write 2015-03-01."),
    (
        field("date"),
        "42064",
        "date-format",
        "spreadsheet's number",
        "If it is 1 March 2015, write 2015-03-01.",
    ),
    (field("date"), "31/02/2015", "not-a-date", "not a date", "such as 2015-03-01"),
    (field("date"), "12 Octember 2015", "not-a-date", "not a date", "such as 2015-03-01"),
    (field("date"), "2015", "not-a-date", "not a date", "such as 2015-03-01"),
    (field("date"), "20151301", "not-a-date", "not a date", "such as 2015-03-01"),
    (field("date"), "٢٠١٥-03-01", "not-a-date", "not a date", "such as 2015-03-01"),
    (field("date"), 42064, "wrong-type", "type int", "Give a date as year-month-day"),
    (field("dates"), "2015-01-01;", "empty-item", "empty item", "nothing beside"),
    (field("dates"), "2015-01-01;1/2/2015", "date-format", "“1/2/2015”", "If it is 1 February 2015"),
    (field("datetime"), "yesterday", "not-a-date", "not a date and time", "2015-03-01T09:30:00Z"),
    (field("datetime"), "2015-02-30T10:00", "impossible-date", "February 2015 has 28 days", "Check the day"),
    (field("datetime"), "2015-02-03T25:00", "impossible-date", "impossible time", "2015-03-01T09:30:00Z"),
    (field("integer"), "1,200", "number-as-text", "“1,200” is a number written as text", "Write 1200."),
    (field("money"), "-£5", "number-as-text", "written as text", "Write -5."),
    (field("money"), "£-1 200.50 GBP", "number-as-text", "written as text", "Write -1200.50."),
    (field("decimal"), "1,5", "not-a-number", "“1,5” is not a number", "such as 21.5"),
    (field("decimal"), "1,2345", "not-a-number", "is not a number", "such as 21.5"),
    (field("decimal"), "50%", "not-a-number", "is not a number", "such as 21.5"),
    (field("integer"), "1,200.50", "not-a-number", "is not a number", "whole number"),
    (field("integer"), "12.5", "not-a-number", "not a whole number", "42"),
    (field("integer"), "many", "not-a-number", "not a number", "42"),
    (field("integer"), True, "wrong-type", "type bool", "a whole number"),
    (field("money"), "£1,200.50", "number-as-text", "written as text", "Write 1200.50."),
    (field("decimal"), "1e5", "not-a-number", "not a number", "21.5"),
    (field("decimal"), Decimal("NaN"), "not-a-number", "“NaN” is not a number", "21.5"),
    (field("decimal"), "0.1234567", "does-not-fit", "more digits", "6 after it"),
    (field("decimal"), "1" * 19, "does-not-fit", "more digits", "18 digits before"),
    (field("decimal"), 0.1, "wrong-type", "type float", "not exact"),
    (field("integer", minimum=0), "-1", "out-of-range", "-1 is less than 0", "0 or more"),
    (field("integer", minimum=0, maximum=10), "11", "out-of-range", "11 is more than 10", "from 0 to 10"),
    (field("boolean"), "yes", "not-true-or-false", "“yes” is neither", "Write true."),
    (field("boolean"), "0", "not-true-or-false", "“0” is neither", "Write false."),
    (field("boolean"), "perhaps", "not-true-or-false", "neither", "Write true or false."),
    (field("text"), {"a": 1}, "wrong-type", "type dict", "Give text."),
    (field("text"), ["a"], "wrong-type", "a list does not fit", "Give one value."),
]


@pytest.mark.parametrize(("which", "raw", "code", "what", "mend"), REFUSED, ids=lambda each: str(each)[:30])
def test_what_cannot_be_meant_is_refused_with_a_way_to_mend_it(
    which: Field, raw: object, code: str, what: str, mend: str
) -> None:
    _, faults = parse(which, raw)
    (fault,) = [each for each in faults if each.severity == "error"]
    assert fault.code == code
    assert what in fault.what
    assert mend in fault.mend


def test_doubtful_values_are_taken_with_a_warning() -> None:
    assert parse(field("text"), " a ")[0] == "a"
    warned = {
        parse(field("text"), " a ")[1][0].code,
        parse(field("code", codes="sex"), "intersex")[1][0].code,
        parse(field("list"), "a ;b")[1][0].code,
        parse(field("dates"), "2015-01-01; 2015-01-02")[1][0].code,
    }
    assert warned == {"spaces-around", "unknown-code"}
    for which, raw in [(field("code", codes="sex"), "intersex"), (field("dates"), "2015-01-01; 2015-01-02")]:
        value, faults = parse(which, raw)
        assert value is not None
        assert {fault.severity for fault in faults} == {"warning"}


def test_ids_that_do_not_pass_are_kept_so_that_references_to_them_are_not_reported_too() -> None:
    assert parse(field("id"), "a b")[0] == "a b"


def test_noughts_are_tidied_without_changing_the_amount() -> None:
    assert str(tidy(Decimal("2.500000"), field("decimal"))) == "2.5"
    assert str(tidy(Decimal("100.000000"), field("decimal"))) == "100"
    assert str(tidy(Decimal("12.500000"), field("money"))) == "12.50"
    assert str(tidy(Decimal("12.345600"), field("money"))) == "12.3456"
    assert str(tidy(Decimal("-0.000000"), field("money"))) == "0.00"


def test_days_are_written_for_people_and_counted_right() -> None:
    assert british(date(2015, 3, 1)) == "1 March 2015"
    assert [days_in(2015, 12), days_in(2016, 2), days_in(1900, 2)] == [31, 29, 28]
    assert shorten("x" * 61) == "x" * 59 + "…"
