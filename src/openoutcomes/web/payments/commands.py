"""Recording payments, undoing mistakes, taking money back, and investors' money.

Whoever prepared a claim or approved it never records its payments, and nobody who holds a seat in the provider
does. Which lines an amount pays is the ledger's own rule: what is due back is set off first, then the oldest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from openoutcomes import ledger
from openoutcomes.ledger.entries import Entry
from openoutcomes.standard.money import to_minor
from openoutcomes.web.claims.commands import _locked_row, keep_apart
from openoutcomes.web.claims.models import Claim
from openoutcomes.web.contracts.models import Contract, Party
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.payments import queries
from openoutcomes.web.payments.ledger import entries_like, locked, post, when
from openoutcomes.web.payments.models import JournalEntry, Payment, Share

#: Kinds of entries of investors' money.
INVESTING = ("drawdown", "repayment", "return")


@command
def record_payment(
    by: Access, *, claim: Claim, payer: Party, amount: Decimal, paid_on: dt.date, reference: str
) -> Payment:
    """Record that a payer paid a claim, in part or in whole; a negative amount came back from the provider."""
    by.require("payments.record", payer.organisation)
    contract = locked(claim.contract)
    claim = _locked_row(claim)
    claim.contract = contract
    keep_apart(by, claim)
    _not_approver(by, claim, payer)
    reference = reference.strip()
    if not reference:
        raise refuse("no bank reference was given.", "Copy it from the bank statement.", "reference")
    if paid_on > clock.today():
        raise refuse("this day is still to come.", "Record a payment once it has been made.", "paid_on")
    if amount > 0:
        _may_be_paid(claim)
    earlier = Payment.objects.filter(claim=claim, payer=payer, reference__iexact=reference, reverses=None)
    if earlier.filter(reversal=None).exists():
        what = "a payment with this bank reference is recorded for this claim already."
        raise refuse(
            what, "Check the reference. If it was entered wrongly before, undo that payment.", "reference"
        )
    posted = post(
        by,
        contract,
        lambda journal: ledger.pay(
            journal,
            claim=claim.reference,
            contract=contract.contract_id,
            payer=payer.named,
            amount=amount,
            when=when(paid_on),
            reason=f"Bank reference {reference}",
        ),
    )
    payment = _payment(by, claim, payer, posted, paid_on, reference=reference)
    note(
        by, "payments.record", payment, organisation=payer.organisation,
        detail={"claim": claim.reference, "payer": payer.named, "amount": str(payment.money)},
    )  # fmt: skip
    return payment


@command
def reverse_payment(by: Access, *, payment: Payment, reason: str) -> Payment:
    """Undo a payment that was entered by mistake, with an equal and opposite one."""
    by.require("payments.record", payment.payer.organisation)
    contract = locked(payment.contract)
    claim = _locked_row(payment.claim)
    claim.contract = contract
    keep_apart(by, claim)
    reason = reason.strip()
    if not reason:
        raise refuse("no reason was given.", "Say what was entered wrongly.", "reason")
    if payment.reverses_id is not None or Payment.objects.filter(reverses=payment).exists():
        raise refuse("this payment was undone already, or undoes another.", "Record the right one anew.")
    names = [f"E{number:06d}" for number in payment.entries]
    posted = post(
        by,
        contract,
        lambda journal: [
            ledger.reverse(journal, name, when=when(), reason=reason) for name in reversed(names)
        ],
    )
    undoing = _payment(
        by, claim, payment.payer, posted, clock.today(),
        reference=payment.reference, reverses=payment, reason=reason,
    )  # fmt: skip
    note(
        by, "payments.reverse", undoing, organisation=payment.payer.organisation,
        detail={"payment": payment.payment_id, "amount": str(undoing.money)},
    )  # fmt: skip
    return undoing


@command
def claw_back(
    by: Access,
    *,
    claim: Claim,
    payer: Party,
    reason: str,
    amount: Decimal | None = None,
    lines: Collection[str] = (),
) -> Claim:
    """Take back what a payer has paid on a claim: all of it, an amount, or some lines. The money follows as a payment."""
    by.require("payments.clawback", payer.organisation)
    contract = locked(claim.contract)
    claim = _locked_row(claim)
    claim.contract = contract
    keep_apart(by, claim)
    reason = reason.strip()
    if not reason:
        raise refuse("no reason was given.", "Say why the money has to come back.", "reason")
    if not claim.shares.filter(payer=payer, paid__gt=0).exists():
        raise refuse(f"{payer.organisation} has paid nothing of this claim.", "", "amount")
    posted = post(
        by,
        contract,
        lambda journal: ledger.clawback(
            journal,
            claim=claim.reference,
            contract=contract.contract_id,
            payer=payer.named,
            amount=amount,
            lines=lines,
            when=when(),
            reason=reason,
        ),
    )
    if not posted:
        raise refuse("nothing of this was paid and not yet taken back.", "", "amount")
    taken = sum((lead.amount for entry in posted for lead in entry.leads()), Decimal(0))
    note(
        by, "payments.clawback", claim, organisation=payer.organisation,
        detail={"payer": payer.named, "amount": str(taken)},
    )  # fmt: skip
    return claim


@command
def record_investment(
    by: Access,
    *,
    contract: Contract,
    kind: str,
    investor: Party,
    borrower: Party,
    amount: Decimal,
    dated_on: dt.date,
    reason: str = "",
) -> JournalEntry:
    """Record investors' money: drawn, repaid, or returned beyond what was drawn."""
    by.require("investments.record", investor.organisation)
    contract = locked(contract)
    if kind not in INVESTING:
        raise refuse("this is no movement of investors' money.", "Choose one of the three.", "kind")
    if {investor.contract_id, borrower.contract_id} != {contract.pk}:
        raise refuse("this is not a party to the contract.", "Open the page again.", "borrower")
    if dated_on > clock.today():
        raise refuse("this day is still to come.", "Record money once it has moved.", "dated_on")
    posted = post(
        by,
        contract,
        lambda _: [
            ledger.invest(
                kind,
                contract=contract.contract_id,
                investor=investor.named,
                borrower=borrower.organisation.organisation_id,
                amount=amount,
                currency=contract.currency,
                when=when(dated_on),
                reason=reason.strip(),
            )
        ],
    )
    row = _row_of(contract, posted[0])
    note(
        by, "investments.record", row, organisation=investor.organisation,
        detail={"kind": kind, "amount": str(amount), "investor": investor.named},
    )  # fmt: skip
    return row


@command
def reverse_investment(
    by: Access, *, contract: Contract, investor: Party, number: int, reason: str
) -> JournalEntry:
    """Undo a movement of investors' money that was entered by mistake."""
    by.require("investments.record", investor.organisation)
    contract = locked(contract)
    reason = reason.strip()
    name = f"E{number:06d}"
    entry = next((one for one in entries_like(contract, INVESTING) if one.entry_id == name), None)
    if entry is None or investor.named not in {posting.account.party for posting in entry.postings}:
        raise refuse("there is no such movement of this investor's money.", "Open the page again.")
    if not reason:
        raise refuse("no reason was given.", "Say what was entered wrongly.", "reason")
    posted = post(by, contract, lambda journal: [ledger.reverse(journal, name, when=when(), reason=reason)])
    row = _row_of(contract, posted[0])
    note(by, "investments.reverse", row, organisation=investor.organisation, detail={"entry": name})
    return row


def _payment(
    by: Access,
    claim: Claim,
    payer: Party,
    posted: Collection[Entry],
    paid_on: dt.date,
    *,
    reference: str,
    reverses: Payment | None = None,
    reason: str = "",
) -> Payment:
    moved = sum((lead.amount for entry in posted for lead in entry.leads()), Decimal(0))
    payment: Payment = Payment.objects.create(
        partnership=by.partnership,
        contract=claim.contract,
        claim=claim,
        payer=payer,
        amount=to_minor(moved, claim.contract.currency),
        paid_on=paid_on,
        reference=reference,
        entries=[int(entry.entry_id[1:]) for entry in posted],
        reverses=reverses,
        reason=reason,
        recorded_by=by.user,
    )
    return payment


def _row_of(contract: Contract, entry: Entry) -> JournalEntry:
    return JournalEntry.objects.get(contract=contract, number=int(entry.entry_id[1:]))  # type: ignore[no-any-return]


def _not_approver(by: Access, claim: Claim, payer: Party) -> None:
    if why := why_not_pay(by, claim, payer):
        raise refuse(why, "Ask a colleague who had no part in the approval.")


def why_not_pay(by: Access, claim: Claim, payer: Party) -> str:
    """Say why somebody may not record payments of a payer's share, or nothing when they may."""
    if claim.approvals.filter(payer=payer, approved_by=by.user).exists():
        return "you approved this claim, so you may not record its payments."
    return ""


def _may_be_paid(claim: Claim) -> None:
    """Refuse while nobody has checked where the provider is paid, or while a change waits to be checked."""
    if why := queries.why_frozen(claim.provider):
        raise refuse(why, "A finance officer of a payer checks them under Bank details.")


def owed(claim: Claim, payer: Party) -> int:
    """Return what is approved and unpaid of a payer's share, in minor units; negative where it is due back."""
    return sum(share.outstanding for share in Share.of(claim.partnership).filter(claim=claim, payer=payer))
