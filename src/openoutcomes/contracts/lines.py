"""Claim lines: what each record is worth under the terms, and the result that holds them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from openoutcomes.contracts.rules.base import Status
from openoutcomes.standard.money import from_minor


class Line:
    """One line of a claim. Money is kept in whole minor units (pence) and given as Decimal.

    gross = amount + reduced + held + refused, always.
    """

    __slots__ = (
        "achieved_on",
        "achievement_id",
        "claimed_on",
        "cohort",
        "contributors",
        "currency",
        "enrolment_id",
        "gross_minor",
        "held_minor",
        "line_id",
        "minor",
        "not_tested",
        "order",
        "outcome",
        "payers_minor",
        "period",
        "person_id",
        "price",
        "price_on",
        "provider_id",
        "quantity",
        "reason",
        "reduced_minor",
        "refused_minor",
        "rule",
        "source",
        "status",
        "terms_version",
    )

    def __init__(
        self, line_id: str, outcome: str, achieved_on: dt.date, order: int, source: str, currency: str
    ) -> None:
        self.line_id = line_id
        self.outcome = outcome
        self.achieved_on = achieved_on
        self.order = order
        self.source = source
        self.currency = currency
        self.achievement_id: str | None = None
        self.person_id: str | None = None
        self.enrolment_id: str | None = None
        self.provider_id: str | None = None
        self.claimed_on: dt.date | None = None
        self.status: Status = "payable"
        self.rule = "price"
        self.reason = ""
        self.price: Decimal | None = None
        self.price_on: dt.date | None = None
        self.quantity: Decimal | Fraction | int = 1
        self.minor = 0
        self.gross_minor = 0
        self.reduced_minor = 0
        self.held_minor = 0
        self.refused_minor = 0
        #: (payer, payable, held) in minor units, in the terms' order.
        self.payers_minor: tuple[tuple[str, int, int], ...] = ()
        self.cohort: str | None = None
        self.period = ""
        self.terms_version = 0
        self.not_tested: tuple[str, ...] = ()
        self.contributors: tuple[tuple[str, int], ...] = ()

    @property
    def amount(self) -> Decimal:
        """What is payable now."""
        return from_minor(self.minor, self.currency)

    @property
    def gross(self) -> Decimal:
        """Price times quantity, before anything is taken off."""
        return from_minor(self.gross_minor, self.currency)

    @property
    def reduced(self) -> Decimal:
        """What is lost to caps, tapers and haircuts."""
        return from_minor(self.reduced_minor, self.currency)

    @property
    def held(self) -> Decimal:
        """What waits."""
        return from_minor(self.held_minor, self.currency)

    @property
    def refused(self) -> Decimal:
        """What is refused."""
        return from_minor(self.refused_minor, self.currency)

    def as_dict(self) -> dict[str, Any]:
        """Return the line as published in JSON; money and quantities as strings, dates ISO."""
        cur = self.currency
        return {
            "line_id": self.line_id,
            "achievement_id": self.achievement_id,
            "person_id": self.person_id,
            "enrolment_id": self.enrolment_id,
            "provider_id": self.provider_id,
            "outcome": self.outcome,
            "achieved_on": self.achieved_on.isoformat(),
            "claimed_on": self.claimed_on.isoformat() if self.claimed_on else None,
            "period": self.period,
            "status": self.status,
            "amount": str(self.amount),
            "price": None if self.price is None else _plain(self.price),
            "price_on": self.price_on.isoformat() if self.price_on else None,
            "rule": self.rule,
            "reason": self.reason,
            "quantity": _plain(self.quantity),
            "gross": str(self.gross),
            "reduced": str(self.reduced),
            "held": str(self.held),
            "refused": str(self.refused),
            "payers": [
                {"payer": payer, "amount": str(from_minor(paid, cur)), "held": str(from_minor(held, cur))}
                for payer, paid, held in self.payers_minor
            ],
            "cohort": self.cohort,
            "terms_version": self.terms_version,
            "source": self.source,
            "not_tested": list(self.not_tested),
            "contributors": [
                {"organisation": name, "amount": str(from_minor(amount, cur))}
                for name, amount in self.contributors
            ],
        }


def _plain(number: Decimal | Fraction | int) -> str:
    """Write an exact number; a fraction that does not end is written as n/d."""
    if isinstance(number, Fraction):
        if number.denominator == 1:
            return str(number.numerator)
        quotient = Decimal(number.numerator) / Decimal(number.denominator)
        return f"{quotient:f}" if Fraction(quotient) == number else f"{number.numerator}/{number.denominator}"
    return f"{number.normalize():f}" if isinstance(number, Decimal) else str(number)


@dataclass(slots=True)
class Result:
    """A priced contract: its lines in order, with totals that add up to them."""

    contract: str
    name: str
    as_of: dt.date
    currency: str
    payers: tuple[str, ...]
    lines: list[Line]
    not_tested: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    stories: dict[str, Any] = field(default_factory=dict)

    def totals(self) -> dict[str, Decimal]:
        """Return gross, earned, payable, reduced, held and refused; earned = gross − refused."""
        return _sums(self.lines, self.currency)

    def by_outcome(self) -> list[dict[str, Any]]:
        """Return counts and sums for each outcome, in the terms' order."""
        groups: dict[str, list[Line]] = {}
        for line in self.lines:
            groups.setdefault(line.outcome, []).append(line)
        # An amendment may move an outcome in the terms: its place is that of its latest lines.
        ordered = sorted(
            (max((line.terms_version, line.order) for line in lines)[1], outcome)
            for outcome, lines in groups.items()
        )
        return [
            {
                "outcome": outcome,
                "count": _count(groups[outcome]),
                "lines": len(groups[outcome]),
                **{
                    f"{status}_lines": sum(line.status == status for line in groups[outcome])
                    for status in _STATUSES
                },
                **_sums(groups[outcome], self.currency),
            }
            for _, outcome in ordered
        ]

    def by_payer(self) -> list[dict[str, Any]]:
        """Return what each payer owes now, and what is held for them, in the terms' order."""
        owed: dict[str, list[int]] = {payer: [0, 0] for payer in self.payers}
        for line in self.lines:
            for payer, paid, held in line.payers_minor:
                sums = owed.setdefault(payer, [0, 0])
                sums[0] += paid
                sums[1] += held
        cur = self.currency
        return [
            {"payer": payer, "amount": from_minor(paid, cur), "held": from_minor(held, cur)}
            for payer, (paid, held) in owed.items()
        ]

    def by_period(self) -> list[dict[str, Any]]:
        """Return sums for each period, in order of its first line's date."""
        groups: dict[str, list[Line]] = {}
        for line in self.lines:
            groups.setdefault(line.period, []).append(line)
        ordered = sorted(
            groups.items(), key=lambda item: (min(line.achieved_on for line in item[1]), item[0])
        )
        return [
            {"period": label, "lines": len(lines), **_sums(lines, self.currency)} for label, lines in ordered
        ]

    def header(self) -> dict[str, Any]:
        """Return everything but the lines, JSON-ready."""
        return {
            "contract": self.contract,
            "name": self.name,
            "as_of": self.as_of.isoformat(),
            "currency": self.currency,
            "totals": _strings(self.totals()),
            "by_outcome": [_strings(row) for row in self.by_outcome()],
            "by_payer": [_strings(row) for row in self.by_payer()],
            "by_period": [_strings(row) for row in self.by_period()],
            "not_tested": list(self.not_tested),
            "notes": list(self.notes),
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the whole result, JSON-ready, lines last."""
        return {**self.header(), "lines": [line.as_dict() for line in self.lines]}

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)


_STATUSES = ("payable", "reduced", "held", "refused")


def _strings(row: dict[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, Decimal) else value for key, value in row.items()}


def _count(lines: list[Line]) -> int:
    """Count achievements: a line of totals stands for as many as it says."""
    return sum(int(line.quantity) if line.source == "achievement_counts" else 1 for line in lines)


def _sums(lines: list[Line], currency: str) -> dict[str, Decimal]:
    gross = sum(line.gross_minor for line in lines)
    refused = sum(line.refused_minor for line in lines)
    return {
        "gross": from_minor(gross, currency),
        "earned": from_minor(gross - refused, currency),
        "payable": from_minor(sum(line.minor for line in lines), currency),
        "reduced": from_minor(sum(line.reduced_minor for line in lines), currency),
        "held": from_minor(sum(line.held_minor for line in lines), currency),
        "refused": from_minor(refused, currency),
    }
