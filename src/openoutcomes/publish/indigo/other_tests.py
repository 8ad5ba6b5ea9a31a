"""The second and third tests: payments against commitments, and the latest plan against payments."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from openoutcomes.publish.indigo.facts import Payment, Plan, ProjectFacts
from openoutcomes.publish.indigo.funding import Available, share_of
from openoutcomes.publish.indigo.outcome import TestOutcome, Verdict
from openoutcomes.publish.indigo.read import same_id
from openoutcomes.publish.indigo.rules import agree, money


def commitment_test(paid: Decimal | None, most: Available, currency: str) -> TestOutcome:
    """Compare what was paid with the total committed. A commitment is a maximum: less is no contradiction."""
    share = share_of(paid, most.amount) if paid is not None and most.amount else None
    figures: dict[str, Decimal | str | bool | None] = {
        "committed": most.committed,
        "committed_complete": most.complete,
        "project_maximum": most.most,
        "available": most.amount,
        "available_from": most.source or None,
        "recorded_as_paid": most.recorded_paid,
        "paid": paid,
        "paid_share": None if share is None else f"{share:f}",
        "relation": _relation(paid, most.amount),
    }
    return TestOutcome(_commitment_verdict(paid, most, currency), figures)


def _relation(paid: Decimal | None, amount: Decimal | None) -> str | None:
    if paid is None or amount is None:
        return None
    if agree(paid, amount):
        return "equal"
    return "below" if paid < amount else "above"


def _commitment_verdict(paid: Decimal | None, most: Available, currency: str) -> Verdict:
    missing = [
        word
        for word, amount in (("actual payments in one currency", paid), ("an amount committed", most.amount))
        if amount is None
    ]
    if paid is None or most.amount is None:
        return Verdict("untestable", f"Missing: {'; '.join(missing)}.")
    total = f"{money(most.amount, currency)} ({most.source})"
    if agree(paid, most.amount):
        return Verdict("agrees", f"Paid is {money(paid, currency)} of {total}: all of it.")
    of = f" ({paid / most.amount:.1%})" if most.amount else ""
    if paid < most.amount:
        can_be = "A commitment is a maximum, so this can be right."
        return Verdict("unexplained", f"Paid is {money(paid, currency)}{of} of {total}. {can_be}")
    return Verdict("unexplained", f"Paid is {money(paid, currency)}{of}, more than the {total} committed.")


def plan_test(facts: ProjectFacts, currency: str) -> TestOutcome:
    """Compare what was paid with what the latest plan has for the periods up to the last payment.

    Versions of a plan replace each other and are never added. The latest is the one that became current
    last; where dates do not tell, the one with the highest number in its name. A new version carries the
    payments already made in its first periods, often a quarter late, so all payments are compared; those
    before the plan's first period are also shown apart.
    """
    latest = latest_plan(facts)
    planned = [row for row in _planned(facts) if latest and same_id(row.plan) == same_id(latest)]
    actual = facts.actual()
    codes = {row.currency for row in [*planned, *actual] if row.currency}
    if not planned or not actual or len(codes) > 1:
        return TestOutcome(_untestable(planned, actual, codes), {"plan": latest or None})
    end = max((row.end.last for row in actual if row.end.last), default=date.max)
    start = min((row.start.first for row in planned if row.start.first), default=date.min)
    to_date = _sum([row for row in planned if (row.end.last or date.max) <= end])
    before = [row for row in actual if (row.end.last or date.max) < start]
    figures: dict[str, Decimal | str | bool | None] = {
        "plan": latest,
        "versions": str(len({same_id(row.plan) for row in _planned(facts)})),
        "plan_starts": start.isoformat() if start > date.min else None,
        "paid_until": end.isoformat() if end < date.max else None,
        "planned_total": _sum(planned),
        "planned_to_date": to_date,
        "paid": _sum(actual),
        "paid_before_plan_starts": _sum(before),
    }
    return TestOutcome(_plan_verdict(latest, to_date, _sum(actual), currency), figures)


def _untestable(planned: list[Payment], actual: list[Payment], codes: set[str]) -> Verdict:
    missing = ([] if planned else ["planned payments"]) + ([] if actual else ["actual payments"])
    if missing:
        return Verdict("untestable", f"Missing: {'; '.join(missing)}.")
    return Verdict(
        "untestable", f"The plan and the payments are in different currencies: {', '.join(sorted(codes))}."
    )


def _plan_verdict(latest: str, planned: Decimal, paid: Decimal, currency: str) -> Verdict:
    story = f"To the last payment {latest} has {money(planned, currency)}; paid is {money(paid, currency)}"
    if agree(planned, paid):
        return Verdict("agrees", f"{story}: they agree.")
    of = f", {paid / planned:.1%} of the plan" if planned else ""
    return Verdict("unexplained", f"{story}{of}.")


def latest_plan(facts: ProjectFacts) -> str:
    """Return the id of the plan that replaced all others; '' where nothing is planned."""
    listed = {same_id(plan.plan): plan for plan in reversed(facts.plans)}
    ids = {same_id(row.plan): row.plan for row in _planned(facts)}
    return max(ids.values(), key=lambda name: _recency(name, listed.get(same_id(name))), default="")


def _recency(name: str, plan: Plan | None) -> tuple[date, int, str]:
    became = plan.start.first if plan and plan.start.first else date.min
    number = re.search(r"[0-9]{1,9}", name)
    return became, int(number[0]) if number else 0, name


def _planned(facts: ProjectFacts) -> list[Payment]:
    return [row for row in facts.payments if row.kind == "planned" and row.plan and row.amount is not None]


def _sum(rows: list[Payment]) -> Decimal:
    return sum((row.amount for row in rows if row.amount is not None), Decimal(0))
