"""Payments and commitments that contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo.facts import ProjectFacts
from openoutcomes.publish.indigo.faults import Fault
from openoutcomes.publish.indigo.funding import Available
from openoutcomes.publish.indigo.read import same_id
from openoutcomes.publish.indigo.rules import agree, money
from openoutcomes.publish.indigo.values import available_in_note, shares_in

#: A total that is a multiple of this is round: two projects may well share it by chance.
ROUND = 1_000


def twins(totals: Mapping[str, tuple[str, Decimal]]) -> dict[str, tuple[str, ...]]:
    """Return, for each project, the others paid the very same total in the same currency.

    ``totals`` holds currency and total by project; a total of nought is nobody's twin.
    """
    by_total: dict[tuple[str, Decimal], list[str]] = {}
    for project, total in totals.items():
        if total[1] > 0:
            by_total.setdefault(total, []).append(project)
    return {
        project: tuple(other for other in group if other != project)
        for group in by_total.values()
        if len(group) > 1
        for project in group
    }


def single_payments_shared(projects: Iterable[ProjectFacts]) -> Iterator[Fault]:
    """Yield a fault for each single payment whose exact amount another project also received.

    Only amounts of 1,000 or more that are no multiple of 100 are compared: others meet by chance.
    Projects with one payment each are left to :func:`same_payment`.
    """
    met: dict[tuple[str, Decimal], list[tuple[ProjectFacts, int]]] = {}
    for facts in projects:
        for row in facts.actual():
            if row.amount is not None and row.amount >= ROUND and row.amount % 100:
                met.setdefault((row.currency, row.amount), []).append((facts, row.row))
    for (currency, amount), places in met.items():
        names = list(dict.fromkeys(facts.project for facts, _ in places))
        if len(names) < 2 or all(len(facts.actual()) == 1 for facts, _ in places):
            continue
        for facts, number in places:
            others = ", ".join(name for name in names if name != facts.project)
            detail = f"One payment is {money(amount, currency)}, to the penny a payment of {others}."
            yield Fault("same-payment-twice", detail, c.PAYMENTS, number, facts.project)


def same_payment(
    facts: ProjectFacts, paid: Decimal, others: tuple[str, ...], currency: str
) -> Iterator[Fault]:
    """Yield a fault for a project whose total is also another's."""
    rows = facts.actual()
    chance = " It is a round figure, so this may be chance." if paid % ROUND == 0 else ""
    detail = f"Paid is {money(paid, currency)}, the very total recorded for {', '.join(others)}.{chance}"
    yield Fault("same-payment-twice", detail, c.PAYMENTS, rows[0].row, facts.project)


def funding_faults(
    facts: ProjectFacts, most: Available, paid: Decimal | None, currency: str
) -> Iterator[Fault]:
    """Yield where payments, commitments and the project's own totals contradict each other."""
    row = next((each.row for each in facts.commitments if each.amount is not None), None)
    if most.committed is not None and most.most is not None and not agree(most.committed, most.most):
        incomplete = "" if most.complete else " Some payers' commitments have no amount."
        detail = (
            f"Commitments add up to {money(most.committed, currency)}; the project's maximum is"
            f" {money(most.most, currency)}.{incomplete}"
        )
        yield Fault("available-figures-differ", detail, c.COMMITMENTS, row, facts.project)
    if paid is None:
        return
    if most.amount is not None and paid > most.amount and not agree(paid, most.amount):
        beyond = f", {money(paid - most.amount, currency)} more than the {money(most.amount, currency)}"
        detail = f"Paid is {money(paid, currency)}{beyond} available ({most.source})."
        yield Fault("paid-above-available", detail, c.PAYMENTS, facts.actual()[0].row, facts.project)
    recorded = {"the commitments": _payers_paid(facts), "the project's own total": facts.made}
    for what, amount in recorded.items():
        if amount is not None and not agree(paid, amount):
            detail = f"Payments add up to {money(paid, currency)}; by {what} it is {money(amount, currency)}."
            yield Fault("paid-figures-differ", detail, c.PAYMENTS, facts.actual()[0].row, facts.project)


def _payers_paid(facts: ProjectFacts) -> Decimal | None:
    made = [row.made for row in facts.commitments if row.made is not None]
    return sum(made, Decimal(0)) if made else None


def payer_shares_of_all(facts: ProjectFacts, currency: str) -> Iterator[Fault]:
    """Yield a fault where one of several payers would seem to pay everything."""
    rows = [row for row in facts.commitments if row.amount]
    payers = {same_id(row.payer): row.payer for row in facts.commitments if row.payer}
    named = {same_id(payer): payer for row in facts.actual() for payer in row.payers}
    everyone = {**payers, **named}
    committing = {same_id(row.payer) for row in rows}
    if len(everyone) > 1 and len(committing) == 1 and rows[0].amount is not None:
        total = sum((row.amount for row in rows if row.amount is not None), Decimal(0))
        detail = (
            f"{rows[0].payer} is the only one of {len(everyone)} payers with an amount,"
            f" {money(total, currency)}: a share of 100% of what is recorded."
        )
        yield Fault("payer-share-100", detail, c.COMMITMENTS, rows[0].row, facts.project)
    if len(named) == 1 and len(committing) > 1:
        detail = (
            f"Every actual payment names {next(iter(named.values()))} alone, though {len(committing)} payers"
            " have committed amounts: a share of 100% of what was paid."
        )
        first = next(row for row in facts.actual() if row.payers)
        yield Fault("payer-share-100", detail, c.PAYMENTS, first.row, facts.project)


def stated_shares(facts: ProjectFacts) -> Iterator[Fault]:
    """Yield a fault where a note's percentage is not paid ÷ the available amount it states."""
    for payment in facts.actual():
        stated, shares = available_in_note(payment.note), shares_in(payment.note)
        if payment.amount is None or not stated or len(shares) != 1:
            continue
        exact = 100 * payment.amount / stated
        if abs(exact - shares[0]) > 1:
            detail = f"The note says {shares[0]:f}% of {stated:,f}; {payment.amount:,f} is {exact:.1f}%."
            yield Fault("stated-percentage-differs", detail, c.PAYMENTS, payment.row, facts.project)
