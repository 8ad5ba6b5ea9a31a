"""What a project could pay at most, in which currency, and each payer's part in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo.facts import ProjectFacts
from openoutcomes.publish.indigo.faults import Fault
from openoutcomes.publish.indigo.outcome import PayerShare
from openoutcomes.publish.indigo.values import available_in_note

INCOMPLETE = "commitments, incomplete"


@dataclass(frozen=True, slots=True)
class Available:
    """The most that could be paid: the figure used, where it comes from, and the figures behind it.

    ``complete`` is False where a payer's commitment has no amount.
    """

    amount: Decimal | None
    source: str
    committed: Decimal | None
    complete: bool
    most: Decimal | None
    recorded_paid: Decimal | None

    @property
    def partial(self) -> bool:
        """Whether the amount used is a total that lacks some payers."""
        return self.source == INCOMPLETE


def project_currency(facts: ProjectFacts) -> str:
    """Return the currency of a project's payments; else of prices, plans, commitments or its maximum.

    '' where none is stated, or where the first of these that states one states several.
    """
    planned = (payment.currency for payment in facts.payments if payment.amount is not None)
    sources: tuple[Iterable[str], ...] = (
        (payment.currency for payment in facts.actual()),
        (price.currency for price in facts.prices if price.price is not None),
        planned,
        (commitment.currency for commitment in facts.commitments),
        (facts.most_currency,),
    )
    for source in sources:
        codes = {code for code in source if code}
        if codes:
            return codes.pop() if len(codes) == 1 else ""
    return ""


def available(facts: ProjectFacts, currency: str, faults: list[Fault]) -> Available:
    """Work out the most that could be paid, in ``currency``.

    The commitments' total is used when every payer's amount is there; else the project's own maximum;
    else the incomplete total; else an amount that a payment's note calls available.
    """
    rows = [row for row in facts.commitments if row.amount is not None]
    codes = {row.currency for row in rows if row.currency} | ({currency} if currency else set())
    if rows and len(codes) > 1:
        detail = (
            f"Commitments and payments are in {', '.join(sorted(codes))}; they are not added or compared."
        )
        faults.append(Fault("mixed-currency", detail, c.COMMITMENTS, rows[0].row, facts.project))
        rows = []
    committed = sum((row.amount for row in rows if row.amount is not None), Decimal(0)) if rows else None
    complete = len(rows) == len(facts.commitments)
    same = not facts.most_currency or not currency or facts.most_currency == currency
    most = facts.most if same else None
    made = [row.made for row in rows if row.made is not None]
    recorded = sum(made, Decimal(0)) if made else None
    noted = next((found for found in (available_in_note(row.note) for row in facts.payments) if found), None)
    amount, source = _first(
        (committed if complete else None, "commitments"),
        (most, "project maximum"),
        (committed, INCOMPLETE),
        (noted, "note on a payment"),
    )
    return Available(
        amount, source, committed, complete, most, recorded if recorded is not None else facts.made
    )


def _first(*choices: tuple[Decimal | None, str]) -> tuple[Decimal | None, str]:
    return next(((amount, source) for amount, source in choices if amount is not None), (None, ""))


def payer_shares(facts: ProjectFacts) -> tuple[PayerShare, ...]:
    """Return each payer's commitment and share; no shares where currencies differ or nothing is recorded."""
    rows = facts.commitments
    codes = {row.currency for row in rows if row.amount is not None and row.currency}
    total = sum((row.amount for row in rows if row.amount is not None), Decimal(0))
    if len(codes) > 1 or total <= 0:
        return tuple(PayerShare(row.payer, row.amount, None) for row in rows)
    return tuple(
        PayerShare(row.payer, row.amount, None if row.amount is None else share_of(row.amount, total))
        for row in rows
    )


def share_of(part: Decimal, whole: Decimal) -> Decimal:
    """Return part ÷ whole to four places."""
    return (part / whole).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
