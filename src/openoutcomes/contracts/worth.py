"""What one achievement is worth before caps: price × quantity, less taper and deadweight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from openoutcomes.contracts.judging import CompiledOutcome
from openoutcomes.contracts.lines import Line
from openoutcomes.contracts.records import Claim, Indicators
from openoutcomes.contracts.tables import Facts, NotFound, Value, lookup
from openoutcomes.contracts.terms import Indexed, Outcome, Price, Shares, Version
from openoutcomes.contracts.till import Weights
from openoutcomes.contracts.words import format_number, say_percent
from openoutcomes.standard.money import exponent, format_money, round_half_up


@dataclass(slots=True)
class Draft:
    """A line on its way: ``net`` is what it is worth before caps, in minor units."""

    line: Line
    version: Version
    rules: CompiledOutcome | None
    net: int
    weights: Weights
    facts: Facts
    unripe: bool = False


class Worth(NamedTuple):
    """A price applied: gross and net in minor units, how payers share it, and why."""

    price: Decimal
    gross: int
    net: int
    weights: Weights
    reason: str


@dataclass(slots=True)
class GroupFacts:
    """What a by-table may ask about a line that is not a person's."""

    version: Version
    day: dt.date
    cohort: str | None = None
    provider: str | None = None
    payment_group: str | None = None
    volume: int | None = None

    def dimension(self, name: str) -> Value | None:
        """Return what is known of a group; the rest is not recorded."""
        if name == "date":
            return self.day
        if name == "contract year":
            return self.version.calendar.contract_year(self.day)
        known = {
            "cohort": self.cohort,
            "provider": self.provider,
            "payment group": self.payment_group,
            "volume": self.volume,
        }
        return known.get(name)


def version_on(versions: Sequence[Version], day: dt.date) -> Version:
    """Return the terms in force on a day."""
    return [v for v in versions if v.effective is None or v.effective <= day][-1]


def weights_of(price: Price, own: Weights, version: Version) -> Weights:
    """Return how payers share: by their own rates, else the rule's shares, else the contract's."""
    if price.rates:
        return tuple((payer, Fraction(amount)) for payer, amount in price.rates)
    return own or version.payers


def worth_of(
    price: Price,
    quantity: Decimal | Fraction | int,
    rule: Outcome,
    facts: Facts,
    version: Version,
    indicators: Indicators,
    currency: str,
) -> Worth | NotFound:
    """Apply quantity, index, taper and deadweight, and round half up once."""
    amount = Fraction(price.amount)
    words = ""
    if rule.indexed is not None and isinstance(facts, Claim):
        factor = _index(rule.indexed, facts, indicators)
        if factor is None:
            return NotFound(f"{rule.indexed.indicator} index at the pricing date or its base", None)
        amount *= factor
        words = f", indexed by {format_number(factor)}"
    exact = amount * Fraction(quantity) * 10 ** exponent(currency)
    return haircut(
        price,
        exact,
        quantity,
        (rule.taper, rule.deadweight),
        facts,
        weights_of(price, rule.payers, version),
        currency,
        words,
    )


def haircut(
    price: Price,
    exact: Fraction,
    quantity: Decimal | Fraction | int,
    cuts: tuple[Shares | None, Shares | None],
    facts: Facts,
    weights: Weights,
    currency: str,
    words: str = "",
) -> Worth | NotFound:
    """Take taper and deadweight off an exact amount in minor units, then round half up."""
    net = exact
    taper, deadweight = cuts
    if taper is not None:
        share = lookup(taper, facts)
        if isinstance(share, NotFound):
            return share
        net *= share
        if share != 1:
            words += f", tapered to {say_percent(share)}"
    if deadweight is not None:
        share = lookup(deadweight, facts)
        if isinstance(share, NotFound):
            return share
        net *= 1 - share
        if share:
            words += f", less {say_percent(share)} for what would have happened anyway"
    shown = format_money(price.amount, currency)
    if quantity != 1:
        shown = f"{format_number(quantity)} × {shown}"
    return Worth(
        price.amount, round_half_up(exact), round_half_up(net), weights, f"accepted at {shown}{words}"
    )


def _index(indexed: Indexed, claim: Claim, indicators: Indicators) -> Fraction | None:
    day = claim.price_day or claim.achieved
    now = indicators.latest(indexed.indicator, day)
    base = indicators.latest(indexed.indicator, indexed.base)
    if now is None or not base:
        return None
    return Fraction(now) / Fraction(base)
