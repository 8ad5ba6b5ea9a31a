"""A locked claim never re-prices: differences go into the next."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from openoutcomes.ledger import ClaimLine, adjustments
from openoutcomes.ledger.adjust import dealing_of

Make = Callable[..., ClaimLine]


def _told(lines: list[ClaimLine]) -> list[tuple[str, str, dict[str, str]]]:
    return [
        (line.line_id, str(line.amount), {name: str(part) for name, part in line.payers}) for line in lines
    ]


def test_nothing_changed_means_no_lines(line: Make) -> None:
    assert adjustments([line()], [line(reason="said otherwise", terms_version="2")]) == []


def test_a_new_line_comes_as_it_is(line: Make) -> None:
    assert adjustments([line("a")], [line("a"), line("b")]) == [line("b")]


def test_a_changed_amount_is_the_difference_for_each_payer(line: Make) -> None:
    (found,) = adjustments([line("a")], [line("a", payers={"department": "300.00", "office": "150.00"})])
    assert _told([found]) == [("a/adj-1", "-50.00", {"department": "-33.33", "office": "-16.67"})]
    assert found.adjusts == found.origin == "a"
    assert found.reason == "Priced again: £500.00 was claimed before, £450.00 is payable now."


def test_a_vanished_line_is_taken_off_whole(line: Make) -> None:
    (found,) = adjustments([line("a")], [])
    assert _told([found]) == [("a/adj-1", "-500.00", {"department": "-333.33", "office": "-166.67"})]
    assert found.reason == "No longer payable: £500.00 was claimed before."


def test_a_vanished_line_of_a_part_pricing_is_left_alone(line: Make) -> None:
    assert adjustments([line("a")], [line("b")], part=True) == [line("b")]


def test_adjustments_add_up_over_many_claims(line: Make) -> None:
    locked = [line("a"), *adjustments([line("a")], [])]
    again = adjustments(locked, [line("a")])
    assert _told(again) == [("a/adj-2", "500.00", {"department": "333.33", "office": "166.67"})]
    assert adjustments([*locked, *again], [line("a")]) == []


def test_money_moved_between_payers_is_a_line_of_nothing_in_all(line: Make) -> None:
    (found,) = adjustments([line("a")], [line("a", payers={"department": "250.00", "office": "250.00"})])
    assert _told([found]) == [("a/adj-1", "0.00", {"department": "-83.33", "office": "83.33"})]
    assert found.reason == "Shared differently between payers: £500.00 in all, as before."


def test_a_payer_who_left_is_credited_and_one_who_joined_is_charged(line: Make) -> None:
    (found,) = adjustments([line("a", payers={"old": "10.00"})], [line("a", payers={"new": "10.00"})])
    assert _told([found]) == [("a/adj-1", "0.00", {"new": "10.00", "old": "-10.00"})]


def test_another_provider_takes_the_line_over_in_two_lines(line: Make) -> None:
    put_on, taken_off = adjustments([line("a")], [line("a", provider_id="depaul")], part=True)
    assert (put_on.provider_id, put_on.line_id, put_on.amount) == ("depaul", "a/adj-1", Decimal("500.00"))
    assert (taken_off.provider_id, taken_off.line_id, taken_off.amount) == (
        "ambition",
        "a/adj-2",
        Decimal("-500.00"),
    )
    assert taken_off.reason == "Now priced for another provider or period: £500.00 was claimed before."


def test_a_clawback_is_not_taken_a_second_time_when_the_records_catch_up(line: Make) -> None:
    taken = {(dealing_of(line("a")), "department"): Decimal("333.33")}
    (found,) = adjustments([line("a")], [], clawed_back=taken)
    assert _told([found]) == [("a/adj-1", "-166.67", {"office": "-166.67"})]


def test_a_clawback_stands_while_the_pricing_has_not_changed(line: Make) -> None:
    taken = {(dealing_of(line("a")), "department"): Decimal("333.33")}
    assert adjustments([line("a")], [line("a")], clawed_back=taken) == []


def test_a_negative_line_shrinks_towards_nothing(line: Make) -> None:
    owed_back = line("share", payers={"states": "-100.00"})
    (found,) = adjustments([owed_back], [line("share", payers={"states": "-40.00"})])
    assert _told([found]) == [("share/adj-1", "60.00", {"states": "60.00"})]
