"""Money: halves, negatives, currencies without pennies, and shares that must not lose one."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openoutcomes.standard import money

PENCE = st.integers(min_value=-(10**15), max_value=10**15)
WEIGHTS = st.lists(
    st.one_of(
        st.integers(min_value=0, max_value=10**6), st.fractions(min_value=0, max_value=1, max_denominator=97)
    ),
    min_size=1,
    max_size=9,
).filter(any)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Fraction(1, 2), 1),
        (Fraction(-1, 2), -1),
        (Fraction(3, 2), 2),
        (Fraction(5, 2), 3),
        (Fraction(49, 100), 0),
        (Fraction(-49, 100), 0),
        (Fraction(-149, 100), -1),
        (Fraction(7), 7),
        (Fraction(10**30 + 1, 2), (10**30 + 2) // 2),
    ],
)
def test_halves_round_away_from_zero(value: Fraction, rounded: int) -> None:
    assert money.round_half_up(value) == rounded


@pytest.mark.parametrize(("currency", "places"), [("GBP", 2), ("JPY", 0), ("KWD", 3), ("XOF", 0)])
def test_each_currency_has_its_own_smallest_unit(currency: str, places: int) -> None:
    assert money.exponent(currency) == places
    assert money.from_minor(12345, currency) == Decimal(12345) / 10**places
    assert money.to_minor(Decimal(7), currency) == 7 * 10**places


def test_a_third_of_a_penny_rounds_once_on_the_way_in() -> None:
    assert money.to_minor(Decimal("0.005"), "GBP") == 1
    assert money.to_minor(Decimal("-0.005"), "GBP") == -1
    assert money.to_minor(Fraction(1000, 3), "GBP") == 33333
    assert money.to_minor(Fraction(2000, 3), "GBP") == 66667


@given(PENCE, st.sampled_from(["GBP", "JPY", "KWD"]))
def test_minor_units_survive_the_journey_out_and_back(minor: int, currency: str) -> None:
    assert money.to_minor(money.from_minor(minor, currency), currency) == minor


def test_from_minor_keeps_trailing_zeros() -> None:
    assert str(money.from_minor(150000, "GBP")) == "1500.00"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=5))
def test_quantize_and_to_minor_round_alike(amount: Decimal) -> None:
    assert money.to_minor(money.quantize(amount, "GBP"), "GBP") == money.to_minor(amount, "GBP")


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, [Fraction(2, 3), Fraction(1, 3)], [67, 33]),
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [1, 0, 1], [3, 0, 2]),
        (0, [1, 2], [0, 0]),
        (1, [Fraction(1, 4), Fraction(3, 4)], [0, 1]),
        (15_938_200_00, [Fraction(10, 15), Fraction(5, 15)], [1_062_546_667, 531_273_333]),
    ],
)
def test_shares_go_to_the_largest_remainder_then_the_earlier_payer(
    total: int, weights: list[Fraction | int], shares: list[int]
) -> None:
    assert money.allocate(total, weights) == shares


@given(PENCE, WEIGHTS)
def test_sharing_neither_loses_nor_makes_a_penny(total: int, weights: list[Fraction | int]) -> None:
    shares = money.allocate(total, weights)
    whole = sum(weights, Fraction(0))
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - total * Fraction(weight) / whole) < 1
        assert weight or not share


@given(PENCE, WEIGHTS)
def test_a_reversal_is_shared_as_the_mirror_of_its_payment(total: int, weights: list[Fraction | int]) -> None:
    assert money.allocate(-total, weights) == [-share for share in money.allocate(total, weights)]


def test_a_float_is_never_money() -> None:
    with pytest.raises(TypeError, match="money is never a float"):
        money.to_minor(0.1, "GBP")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="weights are never floats"):
        money.allocate(100, [0.5, 0.5])  # type: ignore[list-item]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [2, -1], [Fraction(-1, 3), Fraction(1, 3)]])
def test_shares_of_nothing_or_less_are_refused(weights: list[Fraction | int]) -> None:
    with pytest.raises(ValueError, match="must not all be zero"):
        money.allocate(100, weights)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1234.5", "GBP", "£1,234.50"),
        ("-3", "GBP", "-£3.00"),
        ("0", "EUR", "€0.00"),
        ("-0", "GBP", "£0.00"),
        ("10", "SEK", "SEK 10.00"),
        ("1234567", "JPY", "JPY 1,234,567"),
        ("12345678901234567890.12", "USD", "$12,345,678,901,234,567,890.12"),
    ],
)
def test_money_is_written_as_people_write_it(amount: str, currency: str, text: str) -> None:
    assert money.format_money(Decimal(amount), currency) == text
