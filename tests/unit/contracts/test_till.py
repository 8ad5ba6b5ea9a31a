"""Caps, shares and payers' caps: to the penny, and nothing paid that nobody pays."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from openoutcomes.contracts.lines import Result

Priced = Callable[..., Result]
BODY = "verification: not required\nparties: {{payers: {payers}}}\noutcomes: {outcomes}\ncaps: {caps}\n"


def bought(
    priced: Priced,
    caps: str,
    days: str,
    *,
    payers: str = "[council]",
    outcomes: str = "",
    more: str = "",
    **rows: Any,
) -> Result:
    """Price one home a day on days such as ``02-01``, for person p, under caps."""
    outcomes = outcomes or "{home: {pays: 100, repeatable: yes}}"
    claims = [
        {
            "achievement_id": f"a{n}",
            "person_id": "p",
            "outcome": "home",
            "achieved_on": f"2015-{on}",
            "claimed_on": f"2015-{on}",
        }
        for n, on in enumerate(days.split(), start=1)
    ]
    tables = {"people": [{"person_id": "p"}], "achievements": claims, **rows}
    return priced(BODY.format(payers=payers, outcomes=outcomes, caps=caps) + more, tables)


def paid(result: Result) -> list[str]:
    return [f"{line.status} {line.rule} {line.amount + line.held}" for line in result]


@pytest.mark.parametrize(
    ("caps", "amounts"),
    [
        ("{per person: 250}", [100, 100, 50]),
        ("{per outcome: {home: 120}}", [100, 20, 0]),
        ("{per outcome: 120}", [100, 20, 0]),
        ("{per outcome: {work: 120}}", [100, 100, 100]),
        ("{per month: 150}", [100, 50, 100]),
        ("{per month: {2015-03: 30}}", [100, 100, 30]),
        ("{per quarter: 150}", [100, 50, 0]),
        ("{per calendar year: {2015: 150}}", [100, 50, 0]),
        ("{per financial year: {2014/15: 150}}", [100, 50, 0]),
        ("{per contract year: {1: 150}}", [100, 50, 0]),
        ("{per contract year: {2: 150}}", [100, 100, 100]),
        ("{per period: {2015-02-02 to 2015-03-01: 150}}", [100, 100, 50]),
        ("{contract: 100}", [100, 0, 0]),
        ("{contract: 0}", [0, 0, 0]),
        ("{contract: 250, per person: 150}", [100, 50, 0]),
    ],
)  # fmt: skip
def test_a_cap_leaves_what_is_left_and_no_more(caps: str, amounts: list[int], priced: Priced) -> None:
    outcomes = "{home: {pays: 100, repeatable: yes}, work: {pays: 1, repeatable: yes}}"
    result = bought(priced, caps, "02-01 02-02 03-01", outcomes=outcomes)
    assert [line.amount for line in result] == amounts
    assert all(line.reduced == line.gross - line.amount for line in result)


def test_a_cap_says_what_it_left_and_what_is_lost(priced: Priced) -> None:
    first, second, third = bought(priced, "{per person: 150}", "02-01 02-02 02-03")
    assert first.reason == "accepted at £100.00"
    assert second.reason == "accepted at £100.00; £50.00 lost: cap per person of £150.00 leaves £50.00"
    assert third.reason == "accepted at £100.00; £100.00 lost: cap per person of £150.00 is used up"
    assert [line.rule for line in (first, second, third)] == ["price", "cap per person", "cap per person"]


def test_room_that_another_cap_leaves_unused_is_not_used_up(priced: Priced) -> None:
    result = bought(priced, "{per month: 10, contract: 115}", "02-01 02-02 03-01 04-01")
    assert [line.amount for line in result] == [10, 0, 10, 10]


def test_a_cap_by_a_table_holds_what_it_cannot_place_and_lets_through_what_has_no_row(priced: Priced) -> None:
    caps = "{per person: {by payment group: {esa: 150}}}"

    def with_group(group: str | None) -> list[str]:
        enrolments = [{"enrolment_id": "e", "person_id": "p", "payment_group": group}]
        return paid(bought(priced, caps, "02-01 02-02", enrolments=enrolments))

    assert with_group("esa") == ["payable price 100.00", "reduced cap per person 50.00"]
    assert with_group("jsa") == ["payable price 100.00", "payable price 100.00"]
    held = with_group(None)
    assert held == ["held cap per person 100.00", "held cap per person 100.00"]


def test_a_held_line_stays_held_for_its_own_reason_when_a_cap_cannot_be_placed(priced: Priced) -> None:
    outcomes = "{home: {pays: 100, repeatable: yes, evidence: letter}}"
    result = bought(priced, "{per person: {by payment group: {esa: 150}}}", "02-01", outcomes=outcomes)
    assert paid(result) == ["held evidence 100.00"]


def test_held_lines_reserve_their_room(priced: Priced) -> None:
    outcomes = "{home: {pays: 100, repeatable: yes, evidence: letter}}"
    result = bought(priced, "{contract: 150}", "02-01 02-02", outcomes=outcomes)
    assert [line.held for line in result] == [100, 50]
    assert [line.payers_minor for line in result] == [(("council", 0, 10000),), (("council", 0, 5000),)]
    assert (
        result.lines[1].reason
        == "evidence is missing: letter; £50.00 lost: cap of the contract of £150.00 leaves £50.00"
    )


def test_pence_that_do_not_divide_go_to_the_largest_remainders_and_then_the_first_named(
    priced: Priced,
) -> None:
    three = "{a: 1/3, b: 1/3, c: 1/3}"
    (line,) = bought(priced, "{}", "02-01", payers=three)
    assert line.payers_minor == (("a", 3334, 0), ("b", 3333, 0), ("c", 3333, 0))
    (line,) = bought(priced, "{}", "02-01", payers="{a: 1/6, b: 5/6}")
    assert line.payers_minor == (("a", 1667, 0), ("b", 8333, 0))


def test_a_payers_excess_is_lost_unless_it_passes_on(priced: Priced) -> None:
    halves, caps = "{a: 1/2, b: 1/2}", "{per payer: {a: 70}}"
    lost = bought(priced, caps, "02-01 02-02", payers=halves)
    assert [line.amount for line in lost] == [100, 70]
    assert lost.lines[1].reason == "accepted at £100.00; £30.00 lost: cap of a leaves £20.00"
    assert lost.lines[1].rule == "cap of a"
    passed = bought(priced, caps, "02-01 02-02", payers=halves, more="when a payer's cap is reached: {a: b}")
    assert [line.payers_minor for line in passed] == [
        (("a", 5000, 0), ("b", 5000, 0)),
        (("a", 2000, 0), ("b", 8000, 0)),
    ]
    assert [line.status for line in passed] == ["payable", "payable"]


def test_payers_who_pass_to_each_other_stop_when_both_are_full(priced: Priced) -> None:
    more = "when a payer's cap is reached: {a: b, b: a}"
    result = bought(
        priced, "{per payer: {a: 70, b: 60}}", "02-01 02-02 02-03", payers="{a: 1/2, b: 1/2}", more=more
    )
    assert [line.amount for line in result] == [100, 30, 0]
    assert [(row["payer"], row["amount"]) for row in result.by_payer()] == [("a", 70), ("b", 60)]


def test_a_payer_with_no_part_in_a_line_may_take_its_excess(priced: Priced) -> None:
    outcomes = "{home: {pays: 100, repeatable: yes, payers: {a: 1}}}"
    result = bought(
        priced, "{per payer: {a: 70}}", "02-01", payers="{a: 1/2, b: 1/2}", outcomes=outcomes,
        more="when a payer's cap is reached: {a: b}",
    )  # fmt: skip
    assert result.lines[0].payers_minor == (("a", 7000, 0), ("b", 3000, 0))


def test_a_payers_cap_that_is_lowered_below_what_was_paid_takes_nothing_back(priced: Priced) -> None:
    more = "amendments: [{agreed: 2015-02-15, takes effect: 2015-02-15, changes: {caps: {per payer: {council: 50}}}}]"
    result = bought(priced, "{per payer: {council: 500}}", "02-01 03-01", more=more)
    assert [line.amount for line in result] == [100, 0]


def test_rates_of_nothing_are_shared_as_nothing(priced: Priced) -> None:
    (line,) = bought(
        priced, "{}", "02-01", payers="[a, b]", outcomes="{home: {pays: {a: 0, b: 0}, repeatable: yes}}"
    )
    assert (line.status, line.payers_minor) == ("payable", (("a", 0, 0), ("b", 0, 0)))


def test_rates_that_are_cut_are_shared_in_proportion(priced: Priced) -> None:
    outcomes = "{home: {pays: {a: 30, b: 70}, repeatable: yes, taper: 50%}}"
    (line,) = bought(priced, "{contract: 10}", "02-01", payers="[a, b]", outcomes=outcomes)
    assert line.payers_minor == (("a", 300, 0), ("b", 700, 0))
    assert (line.gross, line.reduced, line.amount) == (100, 90, 10)


def test_caps_bear_on_a_fixed_payment_by_what_is_known_of_it(priced: Priced) -> None:
    body = """\
fixed payments: {core: {pays: 100, on: 2015-02-01}}
caps: {per person: 1, per cohort: 1, per provider: 1, per contract year: {by contract year: {1: 60}}}
"""
    assert paid(priced(body, {})) == ["reduced cap per contract year 60.00"]
    body = (
        "fixed payments: {core: {pays: 100, on: 2015-02-01}}\ncaps: {contract: {by payment group: {x: 60}}}"
    )
    assert paid(priced(body, {})) == ["held cap of the contract 100.00"]


def test_a_period_may_be_placed_by_the_day_of_claiming(priced: Priced) -> None:
    body = """\
verification: not required
dates: {period by: claimed}
outcomes: {home: {pays: 100, repeatable: yes}}
caps: {per month: 100}
"""
    rows = {
        "people": [{"person_id": "p"}],
        "achievements": [
            {"achievement_id": f"a{n}", "person_id": "p", "outcome": "home", "achieved_on": f"2015-02-{n:02}", "claimed_on": claimed}
            for n, claimed in enumerate(("2015-03-15", "2015-03-16", None), start=1)
        ],
    }  # fmt: skip
    result = priced(body, rows)
    assert [(line.amount, line.period) for line in result] == [
        (100, "2015-Q1"),
        (0, "2015-Q1"),
        (100, "2015-Q1"),
    ]


def test_a_line_worth_nothing_needs_no_room(priced: Priced) -> None:
    outcomes = "{home: {pays: 100, repeatable: yes, deadweight: 100%}}"
    (line,) = bought(priced, "{contract: 0}", "02-01", outcomes=outcomes)
    assert (line.status, line.rule, line.reduced, line.reason) == (
        "reduced", "price", 100, "accepted at £100.00, less 100% for what would have happened anyway",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("quantity", "price", "taper", "gross", "net"),
    [
        ("1", "0.01", "50%", "0.01", "0.01"),
        ("3", "0.01", "50%", "0.03", "0.02"),
        ("0.5", "0.01", "100%", "0.01", "0.01"),
        ("0.4999", "0.01", "100%", "0.00", "0.00"),
        ("2.3333", "33.35", "1/3", "77.82", "25.94"),
    ],
)
def test_halves_round_up_once_at_the_end(
    quantity: str, price: str, taper: str, gross: str, net: str, priced: Priced
) -> None:
    claim = {
        "achievement_id": "a",
        "person_id": "p",
        "outcome": "home",
        "achieved_on": dt.date(2015, 2, 1),
        "quantity": quantity,
    }
    body = (
        f"verification: not required\noutcomes: {{home: {{pays: {price}, repeatable: yes, taper: {taper}}}}}"
    )
    (line,) = priced(body, {"people": [{"person_id": "p"}], "achievements": [claim]})
    assert (line.gross, line.amount) == (Decimal(gross), Decimal(net))
