"""Exact money: the one place where rounding and sharing out happen.

Amounts are :class:`~decimal.Decimal` at every public edge and whole minor units (pence)
inside the pricer. Nothing here accepts a float.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

#: ISO 4217 currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip

_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}


def exponent(currency: str) -> int:
    """Return how many decimal places ``currency`` has (2 unless ISO 4217 says otherwise)."""
    return _EXPONENTS.get(currency, 2)


def round_half_up(value: Fraction) -> int:
    """Round to a whole number of minor units, halves away from zero.

    This is the only rounding of money in the package.
    """
    sign = -1 if value < 0 else 1
    n, d = abs(value.numerator), value.denominator
    return sign * ((2 * n + d) // (2 * d))


def to_minor(amount: Decimal | Fraction | int, currency: str) -> int:
    """Turn major units (pounds) into whole minor units (pence), rounding half up.

    Raises TypeError for a float, which cannot hold most amounts exactly.
    """
    if isinstance(amount, float):
        raise TypeError("money is never a float: give a Decimal, a Fraction or whole units")
    return round_half_up(Fraction(amount) * 10 ** exponent(currency))


def from_minor(minor: int, currency: str) -> Decimal:
    """Turn whole minor units into a Decimal with the currency's number of places."""
    return Decimal(minor).scaleb(-exponent(currency))


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Round a Decimal half up to the currency's smallest unit."""
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), rounding=ROUND_HALF_UP)


def allocate(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Share ``total`` minor units in proportion to ``weights``, to the penny.

    Largest remainder (Hamilton); equal remainders go to the earlier weight. Negative totals
    are shared as the mirror of the positive. Raises ValueError unless weights are
    non-negative with a positive sum, TypeError for floats.
    """
    if any(isinstance(weight, float) for weight in weights):
        raise TypeError("weights are never floats: give Fractions or whole numbers")
    whole = sum(weights, Fraction(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be non-negative and must not all be zero")
    sign, size = (-1, -total) if total < 0 else (1, total)
    exact = [Fraction(size) * weight / whole for weight in weights]
    shares = [value.numerator // value.denominator for value in exact]
    left = size - sum(shares)
    order = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for i in order[:left]:
        shares[i] += 1
    return [sign * share for share in shares]


def format_money(amount: Decimal, currency: str) -> str:
    """Write an amount in British form: ``£1,234.50``, ``-£3.00``, ``SEK 10.00``.

    An amount with more places than the currency has is shown rounded half up.
    """
    shown = quantize(amount, currency)
    sign = "-" if shown < 0 else ""
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    return f"{sign}{symbol}{abs(shown):,}"
