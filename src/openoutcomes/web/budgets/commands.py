"""Asking for, approving and spending small budgets. What is left of a pot is always the sum of its entries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from openoutcomes.standard.money import format_money
from openoutcomes.web.budgets.models import BudgetEntry, BudgetRequest, Pot
from openoutcomes.web.budgets.queries import balance_of, goals_of, pot_on, used_by
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.records import store

_PENNY = Decimal("0.01")


def _money(amount: Decimal | None, field: str = "amount", *, zero: bool = False) -> Decimal:
    """Check an amount; raises InputError for one that is no whole number of pence, or not positive."""
    if amount is None or amount < 0 or (amount == 0 and not zero):
        raise refuse("the amount is not more than nothing.", "Give an amount such as 25.00.", field)
    if amount != amount.quantize(_PENNY):
        raise refuse("the amount has parts of a penny.", "Give pounds and pence, such as 25.00.", field)
    return amount.quantize(_PENNY)


def _locked(pot: Pot) -> Pot:
    """Return a pot, held against everybody else who would promise or spend from it."""
    held: Pot = (
        Pot.objects.select_for_update(of=("self",)).select_related("programme__organisation").get(pk=pot.pk)
    )
    return held


def _enter(
    by: Access, pot: Pot, kind: str, amount: Decimal, *, request: BudgetRequest | None = None,
    on: dt.date | None = None, reverses: BudgetEntry | None = None, record_id: str = "",
) -> BudgetEntry:  # fmt: skip
    entry: BudgetEntry = BudgetEntry.objects.create(
        partnership=by.partnership, pot=pot, request=request, kind=kind, amount=amount, on=on or today(),
        by=by.user, reverses=reverses, record_id=record_id,
    )  # fmt: skip
    return entry


@command
def open_pot(
    by: Access, *, programme: Programme, starts_on: dt.date, ends_on: dt.date, amount: Decimal,
    per_person: Decimal | None = None,
) -> Pot:  # fmt: skip
    """Open a programme's pot for a year (or other period), with what is in it."""
    by.require("budgets.approve", programme.organisation)
    amount = _money(amount)
    if per_person is not None:
        per_person = _money(per_person, "per_person")
    if ends_on < starts_on:
        raise refuse("the last day is before the first.", "Give a later last day.", "ends_on")
    overlaps = Pot.objects.filter(programme=programme, starts_on__lte=ends_on, ends_on__gte=starts_on)
    taken = refuse(
        "the programme has a pot for some of these days.",
        "Change that one, or choose other days.",
        "starts_on",
    )
    if overlaps.exists():
        raise taken
    currency = programme.contract.currency if programme.contract else "GBP"
    try:
        with transaction.atomic():
            pot: Pot = Pot.objects.create(
                partnership=by.partnership, programme=programme, starts_on=starts_on, ends_on=ends_on,
                per_person=per_person, currency=currency,
            )  # fmt: skip
    except IntegrityError:
        raise taken from None
    _enter(by, pot, "fund", amount)
    note(
        by, "budgets.open_pot", pot, organisation=programme.organisation,
        detail={"amount": str(amount), "per_person": str(per_person or "")},
    )  # fmt: skip
    return pot


@command
def change_pot(by: Access, *, pot: Pot, amount: Decimal, per_person: Decimal | None = None) -> Pot:
    """Set what is in a pot to another amount; never to less than is promised and spent already."""
    held = _locked(pot)
    by.require("budgets.approve", held.programme.organisation)
    amount = _money(amount)
    if per_person is not None:
        per_person = _money(per_person, "per_person")
    balance = balance_of(held)
    difference = amount - balance.funded
    if balance.left + difference < 0:
        gone = format_money(balance.promised + balance.spent, held.currency)
        raise refuse(f"{gone} is promised or spent already.", "Give at least that much.", "amount")
    if difference:
        _enter(by, held, "fund", difference)
    held.per_person = per_person
    held.save(update_fields=["per_person"])
    note(
        by, "budgets.change_pot", held, organisation=held.programme.organisation,
        detail={"amount": str(amount), "per_person": str(per_person or "")},
    )  # fmt: skip
    return held


@command
def ask(
    by: Access, *, enrolment: Enrolment, amount: Decimal, what_for: str, goal_id: str = ""
) -> BudgetRequest:
    """Ask for something small that would help a person, perhaps towards one of their goals."""
    by.require("budgets.request", enrolment.organisation)
    amount = _money(amount)
    if not enrolment.is_open:
        raise refuse("the support has ended.", "Enrol the person again first.")
    if not what_for.strip():
        raise refuse("what it is for is not said.", "Say what would be bought.", "what_for")
    pot = pot_on(enrolment.programme, today())
    if pot is None:
        raise refuse(
            "the programme has no money for this today.", "Ask your manager to open a pot.", "amount"
        )
    if pot.per_person is not None and used_by(pot, enrolment.person) + amount > pot.per_person:
        raise _over_limit(pot, enrolment)
    if goal_id and goal_id not in {goal.record_id for goal in goals_of(by, enrolment.person)}:
        raise refuse("this goal is not one of theirs.", "Choose another, or none.", "goal_id")
    request: BudgetRequest = BudgetRequest.objects.create(
        partnership=by.partnership, pot=pot, person=enrolment.person, enrolment=enrolment, amount=amount,
        what_for=what_for.strip(), goal_id=goal_id, requested_on=today(), requested_by=by.user,
    )  # fmt: skip
    note(
        by, "budgets.ask", request, person=enrolment.person, organisation=enrolment.organisation,
        detail={"amount": str(amount)},
    )  # fmt: skip
    return request


def _over_limit(pot: Pot, enrolment: Enrolment) -> Any:
    limit, used = pot.per_person or Decimal(0), used_by(pot, enrolment.person)
    rest = format_money(max(limit - used, Decimal(0)), pot.currency)
    return refuse(
        f"the most for one person is {format_money(limit, pot.currency)}, and {rest} of it is left.",
        "Ask for less, or ask your manager to raise the limit.", "amount",
    )  # fmt: skip


def _held(request: BudgetRequest, *states: str) -> tuple[BudgetRequest, Pot]:
    """Return a request and its pot, both held; raises InputError when somebody was quicker."""
    pot = _locked(request.pot)
    held: BudgetRequest = (
        BudgetRequest.objects.select_for_update(of=("self",))
        .select_related("person", "enrolment", "requested_by")
        .get(pk=request.pk)
    )
    if held.state not in states:
        raise refuse(f"this request has moved on: {held.get_state_display().lower()}.", "Open it again.")
    return held, pot


@command
def approve(by: Access, *, request: BudgetRequest) -> BudgetRequest:
    """Approve a request, and so promise its amount from the pot: never one's own, never more than is left."""
    by.require("budgets.approve", request.pot.programme.organisation)
    held, pot = _held(request, "requested")
    if held.requested_by == by.user:
        raise refuse("you asked for this yourself.", "Somebody else has to approve it.")
    left = balance_of(pot).left
    if held.amount > left:
        raise refuse(
            f"the pot has {format_money(left, pot.currency)} left.", "Decline it, or put more into the pot."
        )
    if pot.per_person is not None and used_by(pot, held.person) + held.amount > pot.per_person:
        raise _over_limit(pot, held.enrolment)
    _enter(by, pot, "promise", -held.amount, request=held)
    held.state, held.decided_on, held.decided_by = "approved", today(), by.user
    held.save()
    _noted(by, "budgets.approve", held, pot)
    return held


@command
def decline(by: Access, *, request: BudgetRequest, why: str) -> BudgetRequest:
    """Decline a request, with the reason."""
    by.require("budgets.approve", request.pot.programme.organisation)
    held, pot = _held(request, "requested")
    if held.requested_by == by.user:
        raise refuse("you asked for this yourself.", "Cancel it instead.")
    if not why.strip():
        raise refuse("no reason is given.", "Say why, so that it can be put right.", "why")
    held.state, held.decided_on, held.decided_by, held.why_declined = (
        "declined",
        today(),
        by.user,
        why.strip(),
    )
    held.save()
    _noted(by, "budgets.decline", held, pot)
    return held


@command
def cancel(by: Access, *, request: BudgetRequest) -> BudgetRequest:
    """Cancel a request that is not spent; what was promised goes back into the pot."""
    by.require("budgets.request", request.pot.programme.organisation)
    held, pot = _held(request, "requested", "approved")
    if held.state == "approved":
        _enter(by, pot, "release", held.amount, request=held)
    held.state = "cancelled"
    held.save()
    _noted(by, "budgets.cancel", held, pot)
    return held


def _spent_on(pot: Pot, request: BudgetRequest, spent_on: dt.date) -> dt.date:
    if spent_on > today():
        raise refuse("this day has not come yet.", "Give the day on the receipt.", "spent_on")
    if request.decided_on is not None and spent_on < min(request.requested_on, pot.starts_on):
        raise refuse("this is before it was asked for.", "Give the day on the receipt.", "spent_on")
    return spent_on


def _within(request: BudgetRequest, pot: Pot, amount: Decimal) -> None:
    if amount > request.amount:
        raise refuse(
            f"{format_money(request.amount, pot.currency)} was approved, and this is more.",
            "Ask for the difference as another request.", "amount",
        )  # fmt: skip


def _cost(by: Access, pot: Pot, amount: Decimal, on: dt.date) -> str:
    """Write the spending as a cost of the programme, which names nobody; return its id."""
    programme = pot.programme
    record = store.write(
        by,
        "costs",
        {
            "programme_id": programme.programme_id, "period_start": on, "period_end": on, "kind": "direct",
            "in_kind": "cash", "amount": amount, "currency": pot.currency,
        },
        organisation=programme.organisation,
        contract=programme.contract,
    )  # fmt: skip
    return record.record_id


@command
def spend(
    by: Access, *, request: BudgetRequest, amount: Decimal, spent_on: dt.date, receipt: str = ""
) -> BudgetRequest:
    """Note what was spent, from the receipt. What was promised and not needed goes back into the pot."""
    by.require("budgets.request", request.pot.programme.organisation)
    held, pot = _held(request, "approved")
    amount = _money(amount)
    _within(held, pot, amount)
    spent_on = _spent_on(pot, held, spent_on)
    _enter(by, pot, "release", held.amount, request=held)
    cost = _cost(by, pot, amount, spent_on)
    _enter(by, pot, "spend", -amount, request=held, on=spent_on, record_id=cost)
    held.state, held.spent, held.spent_on, held.receipt = "spent", amount, spent_on, receipt.strip()
    held.save()
    _noted(by, "budgets.spend", held, pot, spent=str(amount), cost=cost)
    return held


@command
def correct(
    by: Access, *, request: BudgetRequest, amount: Decimal, spent_on: dt.date, receipt: str = ""
) -> BudgetRequest:
    """Put right what was noted as spent: the entry is reversed and another made. Nothing cancels it."""
    by.require("budgets.approve", request.pot.programme.organisation)
    held, pot = _held(request, "spent")
    amount = _money(amount, zero=True)
    _within(held, pot, amount)
    spent_on = _spent_on(pot, held, spent_on)
    wrong = BudgetEntry.objects.get(request=held, kind="spend", reversal=None)
    if balance_of(pot).left - wrong.amount - amount < 0:
        raise refuse("the pot has too little left for this.", "Put more into the pot first.", "amount")
    _enter(by, pot, "reversal", -wrong.amount, request=held, reverses=wrong)
    kept = store.latest(by.partnership, "costs", wrong.record_id, lock=True)
    if kept is not None:
        store.write(by, "costs", kept.values, record_id=wrong.record_id, withdrawn=True)
    cost = ""
    if amount:
        cost = _cost(by, pot, amount, spent_on)
        _enter(by, pot, "spend", -amount, request=held, on=spent_on, record_id=cost)
        held.spent, held.spent_on, held.receipt = amount, spent_on, receipt.strip()
    else:
        held.state, held.spent, held.spent_on = "cancelled", None, None
    held.save()
    _noted(by, "budgets.correct", held, pot, spent=str(amount), cost=cost)
    return held


def _noted(by: Access, verb: str, request: BudgetRequest, pot: Pot, **detail: str) -> None:
    note(
        by, verb, request, person=request.person, organisation=pot.programme.organisation,
        detail={"amount": str(request.amount), **detail},
    )  # fmt: skip
