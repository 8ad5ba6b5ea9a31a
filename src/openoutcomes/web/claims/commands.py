"""Preparing, locking, withdrawing and approving claims.

Every command takes the contract's journal to itself first, then the claim: always in this order, so that two
of them can wait for each other and never for ever. Whoever prepares never approves, nor does anybody
who holds a seat in the provider, whatever other seats they hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from openoutcomes import ledger
from openoutcomes.ledger.entries import Entry
from openoutcomes.standard.money import to_minor
from openoutcomes.web.claims.drafting import Drafted, as_json, draft, from_json, new_entries
from openoutcomes.web.claims.models import Approval, Claim, ClaimLine, Dispute
from openoutcomes.web.claims.parties import names_of, payers, was_member
from openoutcomes.web.contracts.models import Contract, Party
from openoutcomes.web.contracts.queries import file_in_force
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.payments.ledger import open_contract, post, when
from openoutcomes.web.payments.models import JournalEntry
from openoutcomes.web.records.models import Record


@command
def prepare_claim(
    by: Access,
    *,
    contract: Contract,
    provider: Organisation,
    label: str,
    period_from: dt.date,
    period_to: dt.date,
    as_of: dt.date | None = None,
) -> Claim:
    """Price a contract and draft a provider's claim for outcomes up to the end of a period."""
    by.require("claims.prepare", provider)
    contract = open_contract(contract)
    as_of = as_of or clock.today()
    label = label.strip()
    if not names_of(contract, provider):
        raise refuse(
            f"{provider} is not a provider under {contract}.", "Choose another contract.", "contract"
        )
    if not label or not label.isprintable():
        raise refuse("the claim has no name.", "Call it by its period, like 2026-Q1.", "label")
    if period_from > period_to:
        raise refuse("the period ends before it begins.", "Check both dates.", "period_to")
    if as_of > clock.today():
        raise refuse("nobody knows yet what will be recorded by then.", "Give today or earlier.", "as_of")
    claims = Claim.objects.filter(contract=contract, provider=provider)
    if claims.filter(state="draft").exists():
        what = f"{provider} has a draft claim under this contract already."
        raise refuse(what, "Lock or withdraw it first.")
    reference = f"{provider.organisation_id}/{label}"
    if claims.filter(reference=reference).exists():
        raise refuse(f"there is a claim called {label} already.", "Give it another name.", "label")
    claim = Claim(
        partnership=by.partnership,
        contract=contract,
        provider=provider,
        label=label,
        reference=reference,
        period_from=period_from,
        period_to=period_to,
        as_of=as_of,
        prepared_by=by.user,
        prepared_at=clock.now(),
    )
    _price(by, claim)
    note(by, "claims.prepare", claim, organisation=provider, detail=_sums(claim))
    return claim


@command
def price_again(by: Access, *, claim: Claim, as_of: dt.date | None = None) -> Claim:
    """Price a draft again, as known today or on another day. A locked claim never re-prices."""
    by.require("claims.prepare", claim.provider)
    contract = open_contract(claim.contract)
    claim = _draft(claim)
    claim.contract = contract
    claim.as_of = as_of or clock.today()
    if claim.as_of > clock.today():
        raise refuse("nobody knows yet what will be recorded by then.", "Give today or earlier.", "as_of")
    _price(by, claim)
    note(by, "claims.price_again", claim, organisation=claim.provider, detail=_sums(claim))
    return claim


@command
def lock_claim(by: Access, *, claim: Claim) -> Claim:
    """Lock a draft and post it: from now on it is owed, waits for approval, and never re-prices."""
    by.require("claims.prepare", claim.provider)
    contract = open_contract(claim.contract)
    claim = _draft(claim)
    claim.contract = contract
    lines = [from_json(claim, values) for values in claim.result["posting"]]
    if not lines:
        what = "there is nothing to claim: no line of this draft is payable yet."
        raise refuse(what, "See what each line waits for, then price the draft again.")
    claim.state, claim.locked_by, claim.locked_at = "locked", by.user, clock.now()
    claim.makers = sorted({*claim.makers, by.user.pk})
    claim.save()
    wanted = {line.line_id: line.amount for line in claim.lines.all() if line.payers}

    def accruals(journal: ledger.Journal) -> list[Entry]:
        entries = new_entries(
            journal, contract, claim.provider, lines, claim=claim.reference, as_of=claim.as_of, when=when()
        )
        found = {
            entry.line.line_id: to_minor(entry.line.amount, contract.currency)
            for entry in entries
            if entry.line is not None
        }
        if found != wanted:
            what = (
                "other claims were posted after this draft was priced, and it would come to something else."
            )
            raise refuse(what, "Price the draft again, look at it, then lock it.")
        return entries

    post(by, contract, accruals)
    note(by, "claims.lock", claim, organisation=claim.provider, detail=_sums(claim))
    return claim


@command
def withdraw_claim(by: Access, *, claim: Claim, why: str = "") -> Claim:
    """Withdraw a draft, or a locked claim that nobody has approved any of: its postings are reversed."""
    by.require("claims.prepare", claim.provider)
    contract = open_contract(claim.contract)
    claim = _locked_row(claim)
    claim.contract = contract
    if claim.state not in ("draft", "locked"):
        what = "part of this claim has been approved, so it can no longer be withdrawn."
        raise refuse(what, "Correct the records: the difference comes in the next claim.")
    if claim.state == "locked":
        why = why.strip()
        if not why:
            raise refuse("no reason was given.", "Say why, for whoever has to approve claims.", "why")
        # Set first, so that posting leaves the state alone.
        claim.state, claim.withdrawn_why = "withdrawn", why
        claim.save()
        numbers = JournalEntry.objects.filter(contract=contract, claim=claim.reference, kind="accrual")
        names = [str(entry) for entry in numbers.order_by("number")]
        post(
            by,
            contract,
            lambda journal: [
                ledger.reverse(journal, name, when=when(), reason=f"Claim withdrawn: {why}")
                for name in names
                if name not in _undone(journal)
            ],
        )
        claim.disputes.filter(resolution="").update(
            resolution="withdrawn", resolved_by=by.user, resolved_at=clock.now()
        )
    else:
        claim.state, claim.withdrawn_why = "withdrawn", why.strip()
        claim.save()
        # A draft's lines were never anybody's; the name may be used again.
        claim.lines.all().delete()
        claim.reference = f"{claim.reference}#{claim.claim_id}"
        claim.save()
    note(by, "claims.withdraw", claim, organisation=claim.provider, detail=_sums(claim))
    return claim


@command
def approve_claim(
    by: Access, *, claim: Claim, payer: Party, lines: Collection[str] = (), waited: int | None = None
) -> Approval:
    """Approve a payer's share of a claim: all that is not disputed, or only the lines named.

    ``waited`` is what was shown as waiting, in minor units: refused when it is no longer that.
    """
    by.require("claims.approve", payer.organisation)
    contract = open_contract(claim.contract)
    claim = _locked_row(claim)
    claim.contract = contract
    keep_apart(by, claim)
    _must_pay(contract, payer)
    if not claim.is_locked:
        raise refuse("this claim has not been submitted, or was withdrawn.", "Wait for its provider.")
    disputed = set(
        Dispute.objects.filter(claim=claim, payer=payer, resolution="").values_list(
            "line__line_id", flat=True
        )
    )
    shares = claim.shares.filter(payer=payer)
    waiting = {share.line_id for share in shares if share.unapproved}
    if both := disputed & set(lines):
        what = f"{len(both)} of these lines {'is' if len(both) == 1 else 'are'} in dispute."
        raise refuse(what, "Settle the dispute first, or leave them out.", "lines")
    chosen = (set(lines) if lines else waiting) - disputed
    if missing := chosen - waiting:
        what = f"{len(missing)} of these lines do not wait for {payer.organisation}'s approval."
        raise refuse(what, "Open the page again to see how the claim stands now.", "lines")
    waits = sum(share.unapproved for share in shares if share.line_id not in disputed)
    if waited is not None and waited != waits:
        what = "what waits for you has changed since this page was opened."
        raise refuse(what, "Look at the claim again.", "what")
    if not chosen:
        raise refuse("nothing of this claim waits for your approval.", "See how it stands on its page.")
    posted = post(
        by,
        contract,
        lambda journal: ledger.approve(
            journal,
            claim=claim.reference,
            contract=contract.contract_id,
            payer=payer.named,
            lines=() if chosen == waiting else chosen,
            when=when(),
        ),
    )
    amount = sum(to_minor(lead.amount, contract.currency) for entry in posted for lead in entry.leads())
    approval: Approval = Approval.objects.create(
        partnership=by.partnership,
        claim=claim,
        payer=payer,
        amount=amount,
        lines=len(chosen),
        approved_by=by.user,
    )
    note(
        by, "claims.approve", claim, organisation=payer.organisation,
        detail={"payer": payer.named, "amount": str(claim.amount(amount)), "lines": len(chosen)},
    )  # fmt: skip
    return approval


def keep_apart(by: Access, claim: Claim) -> None:
    """Refuse whoever made a claim, and whoever belongs to its provider, whatever seats they hold."""
    if why := why_apart(by, claim):
        raise refuse(why, "Ask a colleague who had no part in the claim.")


def why_apart(by: Access, claim: Claim) -> str:
    """Say why somebody may not approve or pay a claim, or nothing when they may."""
    if by.user.pk in claim.makers:
        return "you had a part in preparing this claim, so you may not approve or pay it."
    if was_member(by.user, claim.provider, claim.prepared_at):
        return f"you hold a seat in {claim.provider}, so you may not approve or pay its claims."
    return ""


def _must_pay(contract: Contract, payer: Party) -> None:
    if payer.contract_id != contract.pk or payer.named not in payers(contract):
        raise refuse(f"{payer.organisation} does not pay under this contract.", "Open the claim again.")


def _locked_row(claim: Claim) -> Claim:
    """Return the claim as it stands now, kept from others until the end of the command."""
    rows = Claim.objects.select_for_update(of=("self",)).select_related("contract", "provider")
    return rows.get(pk=claim.pk)  # type: ignore[no-any-return]


def _draft(claim: Claim) -> Claim:
    found = _locked_row(claim)
    if found.state != "draft":
        what = "this claim is a draft no longer, and a claim that was locked never re-prices."
        raise refuse(what, "What has changed since comes in the next claim.")
    return found


def _price(by: Access, claim: Claim) -> None:
    """Price a draft and store what came of it, in place of what was there."""
    contract = claim.contract
    claim.terms_number = file_in_force(contract).number
    claim.priced_at = clock.now()
    claim.last_record = (
        Record.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    )  # before pricing, so that nothing slips between
    found: Drafted = draft(
        contract, claim.provider, label=claim.reference, until=claim.period_to, as_of=claim.as_of
    )
    claim.result = {**found.header, "posting": [as_json(line) for line in found.posting]}
    claim.makers = sorted({*claim.makers, by.user.pk})
    claim.save()
    claim.lines.all().delete()
    for row in found.rows:
        row.claim, row.partnership = claim, claim.partnership
    ClaimLine.objects.bulk_create(found.rows, batch_size=500)


def _sums(claim: Claim) -> dict[str, Any]:
    sums = claim.result["totals"]
    return {"reference": claim.reference, "claimed": str(claim.amount(sums["claimed"]))}


def _undone(journal: ledger.Journal) -> set[str]:
    return {entry.reverses for entry in journal.entries if entry.kind == "reversal"}
