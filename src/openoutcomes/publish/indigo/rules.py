"""The named rules that may explain what was paid, each declared once and each exact to the penny.

A rule explains only when it reproduces the amount paid exactly and could easily have failed to: with a
price of £1 every payment is a whole multiple of the price, so that finding is worth nothing. What merely
could explain a difference stays unexplained, with a note.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from openoutcomes.publish.indigo.values import shares_in
from openoutcomes.standard.money import format_money, quantize

#: Within this much, or this share of the larger figure, two amounts agree.
TOLERANCE = Decimal(1)
TOLERANCE_SHARE = Decimal("0.001")

#: A whole multiple counts as an explanation when at most this share of amounts would be one by chance...
CHANCE_LIMIT = Fraction(1, 10)
#: ...and when nobody is paid more often than monthly for five years.
REPEAT_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: the formula that must give the amount paid, and when it is allowed to speak."""

    rule: str
    says: str
    when: str


RULES = (
    Rule(
        "capped-at-metric-maximum",
        "Paid for the metric = its Maximum Price, and price × count is more.",
        "Payments name the metric, or the project has one metric; the maximum is not per person.",
    ),
    Rule(
        "capped-at-available",
        "Paid by the project = the amount available (commitments, else the project's maximum, else a note"
        " that states it), and price × count is more.",
        "The project has one currency. An available amount above what was paid explains nothing.",
    ),
    Rule(
        "stated-percentage",
        "Paid = price × count × a percentage stated in a note on the same price or payments.",
        "The result is exact to the penny; the percentage is between 0 and 100.",
    ),
    Rule(
        "other-recorded-count",
        "Paid = price × another count that the export records for the metric (an interim one where a final"
        " one was used, say).",
        "Payments name the metric, or the project has one metric; the two counts differ.",
    ),
    Rule(
        "whole-multiple",
        "Paid = price × another whole number: repeat payments when it is more than the count, fewer payments"
        " than results when it is less. Both counts are shown.",
        "Payments name the metric, or the project has one metric. At most one amount in ten would be a whole"
        " multiple by chance (a price of £1 or £5 is too small to tell), the count is not nought, and the"
        " number is at most 60 times the count.",
    ),
    Rule(
        "every-metric-explained",
        "The metrics' payments add up to what the project was paid, and each metric agrees or is explained.",
        "Every payment names a metric, every metric that was paid has a price and a count, and no metric with"
        " results at a price goes unpaid.",
    ),
)

RULES_BY_NAME = {declared.rule: declared for declared in RULES}


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule may look at: amounts in one currency; ``others`` are counts recorded but not used."""

    paid: Decimal
    price: Decimal
    count: Decimal
    currency: str
    maximum: Decimal | None = None
    target: Decimal | None = None
    notes: tuple[str, ...] = ()
    others: tuple[tuple[str, Decimal], ...] = ()

    @property
    def expected(self) -> Decimal:
        """Price × count, rounded to the penny."""
        return times(self.price, self.count)


def times(price: Decimal, count: Decimal) -> Decimal:
    """Return price × count to two places."""
    return quantize(price * count, "GBP")


def agree(left: Decimal, right: Decimal) -> bool:
    """Say whether two amounts are within one unit of currency, or 0.1% of the larger."""
    larger = max(abs(left), abs(right))
    return abs(left - right) <= max(TOLERANCE, TOLERANCE_SHARE * larger)


def money(amount: Decimal, currency: str) -> str:
    """Write an amount for people, in two places; without a currency where none is known."""
    return format_money(quantize(amount, "GBP"), currency) if currency else f"{quantize(amount, 'GBP'):,f}"


def explain(case: Case) -> tuple[str, str] | None:
    """Return the first rule that reproduces what was paid exactly, and its story; None if none does."""
    for rule, test in _TESTS:
        story = test(case)
        if story:
            return RULES_BY_NAME[rule].rule, story
    return None


def _capped(case: Case) -> str:
    if case.maximum is None or case.paid != case.maximum or case.expected <= case.paid:
        return ""
    return (
        f"Paid is exactly the metric's maximum of {money(case.maximum, case.currency)}; price × count,"
        f" {money(case.expected, case.currency)}, is more."
    )


def stated_percentage(paid: Decimal, expected: Decimal, notes: Iterable[str], currency: str) -> str:
    """Tell which stated percentage of price × count gives what was paid, exactly; '' if none does."""
    shares = {share for note in notes for share in shares_in(note) if 0 < share < 100}
    for share in sorted(shares):
        if quantize(expected * share / 100, "GBP") == paid:
            return f"Paid is {share:f}%, as a note states, of price × count, {money(expected, currency)}."
    return ""


def _percentage(case: Case) -> str:
    return stated_percentage(case.paid, case.expected, case.notes, case.currency)


def _other_count(case: Case) -> str:
    for label, count in case.others:
        if count != case.count and times(case.price, count) == case.paid:
            return (
                f"Paid is the price, {money(case.price, case.currency)}, times {count:,f} ({label}), not the"
                f" {case.count:,f} used here."
            )
    return ""


def _whole_multiple(case: Case) -> str:
    if case.price <= 0 or case.paid <= 0 or case.count <= 0:
        return ""
    number = Fraction(case.paid) / Fraction(case.price)
    if number.denominator != 1 or number > REPEAT_LIMIT * Fraction(case.count):
        return ""
    if chance_of_multiple(case.price, case.paid) > CHANCE_LIMIT:
        return ""
    return (
        f"Paid is the price, {money(case.price, case.currency)}, times {int(number):,}, where {case.count:,f}"
        f" results are recorded: {_repeated(number, Fraction(case.count))}{_is_target(case, number)}."
    )


def _repeated(number: Fraction, count: Fraction) -> str:
    if number < count:
        return "fewer payments than results"
    each = number / count
    return (
        f"repeat payments, {each.numerator} for each result" if each.denominator == 1 else "repeat payments"
    )


def _is_target(case: Case, number: Fraction) -> str:
    return ", and exactly the number aimed at" if case.target is not None and case.target == number else ""


def chance_of_multiple(price: Decimal, paid: Decimal) -> Fraction:
    """Return the share of amounts, written as finely as ``paid``, that are whole multiples of ``price``.

    Amounts are taken to be written in whole units when ``paid`` is whole, else in hundredths. The
    multiples of ``price`` among them lie one least common multiple apart.
    """
    step = Fraction(1) if paid == paid.to_integral_value() else Fraction(1, 100)
    cost = Fraction(price)
    scale = math.lcm(step.denominator, cost.denominator)
    steps, costs = int(step * scale), int(cost * scale)
    return Fraction(steps, math.lcm(steps, costs))


_TESTS: tuple[tuple[str, Callable[[Case], str]], ...] = (
    ("capped-at-metric-maximum", _capped),
    ("stated-percentage", _percentage),
    ("other-recorded-count", _other_count),
    ("whole-multiple", _whole_multiple),
)
