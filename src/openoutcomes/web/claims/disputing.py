"""Returning lines to the provider, answering, and settling.

A payer returns a line with a reason; the provider answers within a fortnight, and agrees or does not; then the payer
settles it within another: upheld, the line comes off, or withdrawn, the line stands. Meanwhile it is not
approved for that payer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from openoutcomes import ledger
from openoutcomes.ledger.entries import Entry
from openoutcomes.web.claims.commands import _locked_row, keep_apart
from openoutcomes.web.claims.models import Claim, Dispute
from openoutcomes.web.contracts.models import Contract, Party
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.payments.ledger import open_contract, post, when

#: Days in which a provider answers, and then days in which a payer settles.
DAYS = 14


@command
def return_lines(
    by: Access, *, claim: Claim, payer: Party, lines: Collection[str], reason: str
) -> Claim:  # fmt: skip
    """Return lines of a claim to its provider, for a reason. They are not approved meanwhile."""
    by.require("claims.dispute", payer.organisation)
    contract = open_contract(claim.contract)
    claim = _locked_row(claim)
    claim.contract = contract
    keep_apart(by, claim)
    reason = reason.strip()
    if not claim.is_locked:
        raise refuse("this claim has not been submitted, or was withdrawn.", "Wait for its provider.")
    if not lines:
        raise refuse("no line was chosen.", "Tick the lines to return.", "lines")
    if not reason:
        raise refuse("no reason was given.", "Say what is wrong, so that it can be put right.", "reason")
    shares = {
        share.line_id: share for share in claim.shares.filter(payer=payer, line_id__in=list(lines))
    }  # fmt: skip
    rows = {line.line_id: line for line in claim.lines.filter(line_id__in=list(shares))}
    if set(rows) != set(lines):
        raise refuse(
            f"not all of these lines are {payer.organisation}'s to return.", "Open the page again.", "lines"
        )
    is_open = set(
        Dispute.objects.filter(line__in=rows.values(), payer=payer, resolution="").values_list(
            "line__line_id", flat=True
        )
    )
    gone = [name for name, share in shares.items() if not share.accrued]
    if is_open or gone:
        what = f"{len(is_open) + len(gone)} of these lines are in dispute already, or have come off."
        raise refuse(what, "Leave them out.", "lines")
    due = clock.today() + dt.timedelta(days=DAYS)
    for row in rows.values():
        Dispute.objects.create(
            partnership=by.partnership,
            claim=claim,
            line=row,
            payer=payer,
            reason=reason,
            opened_by=by.user,
            answer_by=due,
        )
    note(
        by, "claims.return", claim, organisation=payer.organisation,
        detail={"payer": payer.named, "lines": sorted(rows)},
    )  # fmt: skip
    return claim


@command
def answer_dispute(by: Access, *, dispute: Dispute, agree: bool, answer: str = "") -> Dispute:
    """Answer for the provider: agree, and the line comes off at once, or say why it stands."""
    by.require("claims.prepare", dispute.claim.provider)
    contract = open_contract(dispute.claim.contract)
    dispute = _open(dispute)
    answer = answer.strip()
    if not agree and not answer:
        raise refuse("no answer was given.", "Say why the line stands, and what shows it.", "answer")
    if dispute.answered_at is not None:
        raise refuse("this was answered already.", "Wait for the payer to settle it.")
    dispute.answer, dispute.answered_by, dispute.answered_at = answer, by.user, clock.now()
    dispute.settle_by = clock.today() + dt.timedelta(days=DAYS)
    if agree:
        _uphold(by, contract, dispute)
    dispute.save()
    note(
        by, "claims.answer", dispute, organisation=dispute.claim.provider,
        detail={"line": dispute.line.line_id, "agreed": agree},
    )  # fmt: skip
    return dispute


@command
def settle_dispute(by: Access, *, dispute: Dispute, uphold: bool) -> Dispute:
    """Settle for the payer: uphold it, and the line comes off, or withdraw it, and the line stands.

    A dispute is upheld only once its provider has answered, or let the day go by. It may be withdrawn at any time.
    """
    by.require("claims.dispute", dispute.payer.organisation)
    contract = open_contract(dispute.claim.contract)
    dispute = _open(dispute)
    keep_apart(by, dispute.claim)
    if uphold and dispute.answered_at is None and dispute.answer_by >= clock.today():
        what = f"{dispute.claim.provider} has not answered, and may until {dispute.answer_by:%-d %B %Y}."
        raise refuse(what, "Wait for the answer, or withdraw the dispute.", "uphold")
    if uphold:
        _uphold(by, contract, dispute)
    else:
        dispute.resolution, dispute.resolved_by, dispute.resolved_at = "withdrawn", by.user, clock.now()
    dispute.save()
    note(
        by, "claims.settle", dispute, organisation=dispute.payer.organisation,
        detail={"line": dispute.line.line_id, "resolution": dispute.resolution},
    )  # fmt: skip
    return dispute


def _open(dispute: Dispute) -> Dispute:
    rows = Dispute.objects.select_for_update(of=("self",)).select_related(
        "claim__contract", "claim__provider", "line", "payer__organisation"
    )
    found: Dispute = rows.get(pk=dispute.pk)
    if not found.is_open:
        raise refuse("this was settled already.", "See how the claim stands.")
    return found


def _uphold(by: Access, contract: Contract, dispute: Dispute) -> None:
    """Take a line off: by reversal while none of it was paid, by clawback of what was paid afterwards."""
    claim, line_id, reason = dispute.claim, dispute.line.line_id, _why(dispute)
    shares = list(claim.shares.filter(line_id=line_id))

    def off(journal: ledger.Journal) -> list[Entry]:
        if not any(share.paid for share in shares):
            return [
                ledger.reverse(journal, entry.entry_id, when=when(), reason=reason)
                for entry in reversed(_steps(journal, claim.reference, line_id))
            ]
        return [
            entry
            for share in shares
            if share.direction > 0 and share.paid > share.clawed_back
            for entry in ledger.clawback(
                journal,
                claim=claim.reference,
                contract=contract.contract_id,
                payer=share.payer.named,
                lines=[line_id],
                when=when(),
                reason=reason,
            )
        ]

    post(by, contract, off)
    dispute.resolution, dispute.resolved_by, dispute.resolved_at = "upheld", by.user, clock.now()
    # The line is gone for every payer, so nothing is left for them to dispute.
    others = Dispute.objects.filter(line=dispute.line, resolution="").exclude(pk=dispute.pk)
    others.update(resolution="upheld", resolved_by=by.user, resolved_at=clock.now())


def _why(dispute: Dispute) -> str:
    # The ledger holds no words about people: the reason itself stays with the dispute.
    return f"Dispute {dispute.dispute_id} upheld."


def _steps(journal: ledger.Journal, claim: str, line_id: str) -> list[Entry]:
    """Return the accrual and approvals of one line that stand, in order."""
    undone = {entry.reverses for entry in journal.entries if entry.kind == "reversal"}
    return [
        entry
        for entry in journal.entries
        if entry.claim == claim
        and entry.kind in ("accrual", "approval")
        and entry.entry_id not in undone
        and {posting.line_id for posting in entry.postings} == {line_id}
    ]
