"""What a priced result must be before money is posted from it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from openoutcomes.ledger import from_result, read_amount, result_as_of
from openoutcomes.standard.problems import InputError, Problem


def _line(**given: object) -> dict[str, Any]:
    line: dict[str, Any] = {
        "line_id": "entry/a1",
        "achievement_id": "a1",
        "person_id": "p7",
        "outcome": "entry",
        "achieved_on": "2015-03-01",
        "status": "payable",
        "amount": "500.00",
        "reason": "Entered accommodation.",
        "payers": [{"payer": "department", "amount": "333.33"}, {"payer": "office", "amount": "166.67"}],
        "provider_id": "ambition",
        "period": "2015-Q1",
        "terms_version": "1",
    }
    return {**line, **given}


def _result(*lines: object, **given: object) -> dict[str, Any]:
    return {"contract": "fcf", "as_of": "2015-06-30", "currency": "GBP", "lines": list(lines), **given}


def _said(result: dict[str, Any], **options: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        from_result(result, **options)
    return [str(problem) for problem in caught.value.problems]


def test_a_line_keeps_its_money_and_loses_its_person() -> None:
    (line,) = from_result(_result(_line()))
    assert line.amount == Decimal("500.00")
    assert line.payers == (("department", Decimal("333.33")), ("office", Decimal("166.67")))
    assert (line.line_id, line.achieved_on, line.period) == ("entry/a1", date(2015, 3, 1), "2015-Q1")
    assert (line.origin, line.reason) == ("entry/a1", "Entered accommodation.")
    assert "p7" not in repr(line)


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ("Person p7 was housed.", ""),
        ("p7", ""),
        ("Paid under rule p77.", "Paid under rule p77."),
        ("Paid under rule xp7.", "Paid under rule xp7."),
        ("Rule xp7 for p7.", ""),
        (None, ""),
        ("two\nlines", ""),
    ],
)
def test_a_reason_that_names_the_person_stays_behind(reason: object, kept: str) -> None:
    assert from_result(_result(_line(reason=reason)))[0].reason == kept


def test_a_line_with_no_person_keeps_its_reason() -> None:
    assert from_result(_result(_line(person_id=None, reason="Block payment.")))[0].reason == "Block payment."


def test_lines_without_money_are_left_out() -> None:
    held = _line(line_id="h", amount="0.00", payers=[])
    nothing = _line(line_id="n", amount=0, payers=[{"payer": "office", "amount": "0"}])
    assert from_result(_result(held, nothing)) == []


def test_a_line_that_only_moves_money_between_payers_counts() -> None:
    parts = [{"payer": "a", "amount": "5"}, {"payer": "b", "amount": "-5"}]
    assert from_result(_result(_line(amount="0", payers=parts)))[0].amount == 0


def test_profit_share_owed_by_the_provider_is_negative() -> None:
    parts = [{"payer": "states", "amount": "-120.50"}]
    (line,) = from_result(_result(_line(amount="-120.50", payers=parts, achieved_on=None)))
    assert (line.amount, line.achieved_on) == (Decimal("-120.50"), None)


def test_missing_names_are_filled_where_that_is_safe() -> None:
    (line,) = from_result(_result(_line(line_id=None, provider_id="", period=None)), provider="depaul")
    assert (line.line_id, line.provider_id, line.period) == ("a1/entry", "depaul", "")


def test_numbers_for_ids_are_read_as_text() -> None:
    assert from_result(_result(_line(terms_version=3)))[0].terms_version == "3"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": 500.0}, "is not an amount"),
        ({"amount": True}, "is not an amount"),
        ({"amount": "5e2"}, "is not an amount"),
        ({"amount": "NaN"}, "is not an amount"),
        ({"amount": Decimal("Infinity")}, "is not an amount"),
        ({"amount": "£500"}, "is not an amount"),
        ({"amount": "1_000"}, "is not an amount"),
        ({"amount": "1" * 16}, "is not an amount"),
        ({"amount": "500.005"}, "finer than GBP allows (2 places)"),
        ({"amount": None}, "is not an amount"),
        ({"amount": "500.01"}, "does not add up to the line's £500.01"),
        ({"payers": []}, "does not add up"),
        ({"payers": "office"}, "is not a list of payers"),
        ({"payers": 5}, "is not a list of payers"),
        ({"payers": [{"payer": "", "amount": "500"}]}, "is missing"),
        ({"payers": [{"payer": "a", "amount": "250"}, {"payer": "a", "amount": "250"}]}, "is named twice"),
        ({"outcome": ""}, "is missing"),
        ({"outcome": ["entry"]}, "is not text"),
        ({"outcome": True}, "is not text"),
        ({"outcome": " "}, "is empty"),
        ({"outcome": "en\x1btry"}, "characters that cannot be shown"),
        ({"outcome": "\ud800"}, "characters that cannot be shown"),
        ({"line_id": None, "achievement_id": None}, "is missing"),
        ({"provider_id": None}, "Say who is paid"),
        ({"achieved_on": "2015-02-30"}, "is not a date"),
        ({"achieved_on": "20150301"}, "is not a date"),
        ({"achieved_on": 20150301}, "is not a date"),
    ],
)
def test_a_bad_line_is_refused_and_located(change: dict[str, object], said: str) -> None:
    (message,) = _said(_result(_line(**change)))
    assert said.lower() in message.lower()
    assert message.startswith("lines[1].")


def test_a_payers_bad_amount_is_told_apart_from_the_lines() -> None:
    payers = [{"payer": "a", "amount": "250"}, {"payer": "b", "amount": "250.005"}]
    (message,) = _said(_result(_line(payers=payers)))
    assert message.startswith("lines[1].payers[2].amount: `250.005` is finer than GBP allows (2 places).")
    assert message.endswith("Give no more than 2 places.")


def test_a_currency_without_small_coins_takes_whole_amounts() -> None:
    assert read_amount("500", "JPY") == 500
    problem = read_amount("500.50", "JPY")
    assert isinstance(problem, Problem)
    assert str(problem) == "amount: `500.50` is finer than JPY allows (0 places). Give a whole amount."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"contract": None}, "contract: Is missing."),
        ({"currency": "£"}, "`£` is not a currency code."),
        ({"lines": None}, "lines: Is missing or is not a list."),
        ({"totals": {"payable": "499.99"}}, "is stated as £499.99, but the lines come to £500.00"),
        ({"totals": {"payable": 499.99}}, "is not an amount"),
    ],
)
def test_a_bad_result_is_refused_whole(change: dict[str, object], said: str) -> None:
    assert said.lower() in _said(_result(_line(), **change))[0].lower()


def test_a_list_of_adjustments_is_not_taken_for_a_whole_pricing() -> None:
    for result in (_result(_line(), locked_as_of="2015-03-31"), _result(_line(adjusts="entry/a1"))):
        assert "are adjustments to an earlier claim" in _said(result)[0].lower()


def test_something_that_is_not_a_line_is_refused() -> None:
    assert "lines[1]: `nonsense` is not a line." in _said(_result("nonsense"))[0]


def test_every_fault_is_reported_at_once() -> None:
    found = _said(_result(_line(amount="x"), _line(outcome=None), "nonsense"))
    assert [message.partition(":")[0].partition(".")[0] for message in found] == [
        "lines[1]",
        "lines[2]",
        "lines[3]",
    ]


def test_one_line_id_cannot_carry_money_twice() -> None:
    assert "is used by more than one line" in _said(_result(_line(), _line()))[0]


def test_totals_that_agree_or_say_nothing_pass() -> None:
    assert len(from_result(_result(_line(), totals={"payable": "500.00"}))) == 1
    assert len(from_result(_result(_line(), totals={"earned": "1"}))) == 1


def test_the_day_of_the_pricing_is_read() -> None:
    assert result_as_of(_result()) == date(2015, 6, 30)
    assert result_as_of({}) is None
    with pytest.raises(InputError, match="is not a date"):
        result_as_of({"as_of": "30/06/2015"})


def test_amounts_are_exact_and_never_minus_nothing() -> None:
    assert str(read_amount("-0.00", "GBP")) == "0.00"
    assert str(read_amount(Decimal("1E+3"), "GBP")) == "1000.00"
    assert str(read_amount("7", "JPY")) == "7"
    assert isinstance(read_amount("7.5", "JPY"), Problem)
    assert isinstance(read_amount(json.loads("7.5"), "GBP"), Problem)
