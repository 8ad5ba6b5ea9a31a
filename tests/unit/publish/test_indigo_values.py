"""Cells as people type them: each is read or complained of, and none raises."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openoutcomes.publish.indigo import values


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1234.50", "1234.50", ""),
        ("£1,234", "1234", "GBP"),
        (" £ 1 234 567 ", "1234567", "GBP"),
        ("1.2m", "1200000", ""),
        ("£1.2bn", "1200000000", "GBP"),
        ("30k", "30000", ""),
        ("¥9.76 million", "9760000", ""),
        ("68,000,000 rubles", "68000000", "RUB"),
        ("GBP 500", "500", "GBP"),
        ("500 pounds", "500", "GBP"),
        ("R 500", "500", "ZAR"),
        ("(500)", "-500", ""),
        ("-£5", "-5", "GBP"),
        ("£-5", "-5", "GBP"),
        ("\u22125", "-5", ""),
        ("1e6", "1000000", ""),
        ("\uff15\uff10\uff10", "500", ""),
        ("12.345", "12.345", ""),
        (".5", "0.5", ""),
    ],
)
def test_amount_is_read_exactly(text: str, value: str, currency: str) -> None:
    found = values.parse_amount(text)
    assert (found.value, found.currency, found.complaint) == (Decimal(value), currency, "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("£", "a currency with no amount"),
        ("C$", "a currency with no amount"),
        ("GBP", "a currency with no amount"),
        ("=D41-D36", "formula"),
        ("1,000-2,000", "a range"),
        ("£1m to £2m", "a range"),
        ("$5,290,000 (housing); $6,130,000 (jail)", "more than one number"),
        ("CHF 290.000", "thousands or decimals"),
        ("290.000", "thousands or decimals"),
        ("1,2345", "not an amount"),
        ("10,00", "not an amount"),
        ("5 metres", "not an amount"),
        ("about 300", "not an amount"),
        ("NaN", "not an amount"),
        ("inf", "not an amount"),
        ("99999999999999999", "too large"),
        ("1e60", "too large"),
        ("1e-60", "too small"),
        ("nto" * 40_000, "not an amount"),
    ],
)
def test_amount_that_could_mislead_is_left_out_with_a_reason(text: str, why: str) -> None:
    found = values.parse_amount(text)
    assert found.value is None
    assert why in found.complaint


def test_blank_amount_is_not_a_complaint() -> None:
    assert values.parse_amount(" \u00a0 ") == values.Amount(None)


def test_words_set_aside_are_kept_to_be_shown() -> None:
    found = values.parse_amount("C$1.16M (estimate)")
    assert (found.value, found.currency, found.aside) == (Decimal(1_160_000), "CAD", "(estimate)")


@given(st.text(max_size=60))
def test_no_cell_raises(text: str) -> None:
    amount, count, moment = values.parse_amount(text), values.parse_count(text), values.parse_date(text)
    assert amount.value is None or amount.value.is_finite()
    assert count.value is None or count.value.is_finite()
    assert moment.first is None or moment.last is None or moment.first <= moment.last
    values.available_in_note(text)
    values.per_person_in_note(text)
    values.currency_code(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("GBP ", "GBP"),
        ("gbp", "GBP"),
        ("Russian Ruble", "RUB"),
        ("£", "GBP"),
        ("$", ""),
        ("", ""),
        ("beads", ""),
    ],
)
def test_currency_columns_as_typed(text: str, code: str) -> None:
    assert values.currency_code(text) == code


@pytest.mark.parametrize(
    ("text", "value", "complaint"),
    [
        ("1,134", 1134, ""),
        ("12.0", 12, ""),
        ("", None, ""),
        ("45%", None, "a percentage, not a count"),
        ("303 children and their families", None, "prose, not a count"),
        ("~30", None, "prose, not a count"),
        ("9" * 20, None, "too large to be a count"),
        ("1e-60", None, "too small to be a count"),
        ("9" * 5_000, None, "prose, not a count"),
    ],
)
def test_counts_are_never_mined_from_prose(text: str, value: int | None, complaint: str) -> None:
    assert values.parse_count(text) == values.Count(None if value is None else Decimal(value), complaint)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2015", date(2015, 1, 1), date(2015, 12, 31)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2015-12", date(2015, 12, 1), date(2015, 12, 31)),
        ("2015-04-30", date(2015, 4, 30), date(2015, 4, 30)),
        ("2019-12-01 00:00:00", date(2019, 12, 1), date(2019, 12, 1)),
    ],
)
def test_dates_keep_their_precision(text: str, first: date, last: date) -> None:
    found = values.parse_date(text)
    assert (found.first, found.last, found.complaint) == (first, last, "")


@pytest.mark.parametrize("text", ["2018-13", "2015-02-30", "2015-00", "1066", "9999-01"])
def test_dates_no_calendar_has(text: str) -> None:
    assert values.parse_date(text).impossible


@pytest.mark.parametrize("text", ["2023/07", "31/12/2017", "spring 2019"])
def test_dates_in_other_forms_are_unreadable_not_impossible(text: str) -> None:
    found = values.parse_date(text)
    assert found.complaint
    assert not found.impossible


def test_current_is_an_open_end_and_blank_is_not() -> None:
    assert values.parse_date("current").goes_on
    assert not values.parse_date("").goes_on


def test_available_amount_in_a_note_survives_a_stray_space() -> None:
    assert values.available_in_note("91% of the payment available (1, 451,250)") == 1_451_250
    assert values.available_in_note("100% of the payment available") is None
    assert values.available_in_note(f"available ({'9' * 20})") is None


def test_only_notes_about_a_person_give_a_maximum_per_person() -> None:
    assert values.per_person_in_note("The maximum payable per individual is 8,200 or 11,700") == [8200, 11700]
    assert values.per_person_in_note("The maximum is 8,200") == []
    assert values.per_person_in_note("8,200 per person") == []
