"""Closing a contract: everything settled, or the differences said and accepted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from openoutcomes.standard.money import from_minor
from openoutcomes.standard.problems import InputError
from openoutcomes.web.claims.drafting import draft
from openoutcomes.web.claims.models import LOCKED, Claim, Dispute
from openoutcomes.web.claims.parties import providers
from openoutcomes.web.contracts.models import Contract, Party
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.payments.ledger import head, open_contract, problems_of
from openoutcomes.web.payments.models import CloseOut, Share
from openoutcomes.web.payments.queries import Standing


@dataclass(frozen=True)
class Unclaimed:
    """What a provider's records would still change if it claimed today: its lines, and what they come to."""

    provider: Organisation
    lines: int
    amount: Decimal
    held: Decimal


@dataclass(frozen=True)
class Outlook:
    """What stands in the way of closing, and what would be left unsettled."""

    drafts: list[Claim]
    disputes: int
    standing: Standing
    unclaimed: list[Unclaimed]

    @property
    def is_settled(self) -> bool:
        """Whether nothing is owed, unapproved or unclaimed."""
        standing = self.standing
        owed = standing.to_approve or standing.to_pay or standing.due_back
        return not owed and not any(one.lines for one in self.unclaimed)


def outlook(contract: Contract) -> Outlook:
    """Look at a contract as it would be closed today: prices it once more for each provider."""
    claims = Claim.of(contract.partnership).filter(contract=contract)
    disputes = Dispute.of(contract.partnership).filter(claim__contract=contract, resolution="")
    standing = Standing()
    left = ~Q(accrued=F("approved")) | ~Q(approved=F("clawed_back") + F("paid") - F("returned"))
    for share in Share.of(contract.partnership).filter(left, contract=contract).iterator():
        standing.add(
            {
                name: getattr(share, name)
                for name in ("accrued", "approved", "paid", "clawed_back", "returned")
            }
        )
    return Outlook(
        list(claims.filter(state="draft").select_related("provider")),
        disputes.count(),
        standing,
        [_unclaimed(contract, one) for one in dict.fromkeys(providers(contract).values())],
    )


def _unclaimed(contract: Contract, provider: Organisation) -> Unclaimed:
    today = clock.today()
    found = draft(contract, provider, label=f"{provider.organisation_id}/close-out", until=today, as_of=today)
    sums = found.header["totals"]
    lines = sum(bool(row.payers) for row in found.rows)
    return Unclaimed(
        provider,
        lines,
        from_minor(sums["claimed"], contract.currency),
        from_minor(sums["held"], contract.currency),
    )


@command
def close_contract(by: Access, *, contract: Contract, payer: Party, differences: str = "") -> CloseOut:
    """Close a contract for good: nothing more is claimed, approved or disputed under it.

    Refused while there are drafts or disputes, and where something is unsettled unless it is said why that stays so.
    What is approved may still be paid, and a mistake in a payment undone.
    """
    by.require("contracts.close", payer.organisation)
    contract = open_contract(contract)
    if payer.contract_id != contract.pk or payer.role != "payer":
        raise refuse("only a payer of a contract closes it.", "Open the page again.")
    if problems := problems_of(contract):
        raise InputError(problems)
    left = outlook(contract)
    differences = differences.strip()
    if left.drafts:
        raise refuse(
            f"{left.drafts[0].provider} has a draft claim.", "It has to be locked or withdrawn first."
        )
    if left.disputes:
        raise refuse(f"{left.disputes} disputes are open.", "They have to be settled first.")
    if not left.is_settled and not differences:
        what = "not everything is claimed, approved and paid."
        raise refuse(what, "Say what is left as it is, and why everybody agreed to that.", "differences")
    made: CloseOut = CloseOut.objects.create(
        partnership=by.partnership,
        contract=contract,
        closed_by=by.user,
        figures=_figures(contract, left),
        differences=differences,
        head=head(contract),
    )
    contract.is_closed = True
    contract.save(update_fields=["is_closed"])
    Claim.objects.filter(contract=contract, state__in=LOCKED).update(state="closed")
    note(
        by, "contracts.close", contract, organisation=payer.organisation,
        detail={"contract": contract.contract_id, "settled": left.is_settled, "head": made.head},
    )  # fmt: skip
    return made


def _figures(contract: Contract, left: Outlook) -> dict[str, Any]:
    sums = Standing()
    for share in Share.objects.filter(contract=contract).iterator():
        sums.add(
            {
                name: getattr(share, name)
                for name in ("accrued", "approved", "paid", "clawed_back", "returned")
            }
        )
    said = {
        name: str(from_minor(getattr(sums, name), contract.currency))
        for name in Standing.__dataclass_fields__
    }
    return {
        **said,
        "unclaimed": {
            one.provider.organisation_id: {
                "lines": one.lines, "amount": str(one.amount), "held": str(one.held),
            }
            for one in left.unclaimed
        },
    }  # fmt: skip
