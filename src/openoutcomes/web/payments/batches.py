"""Files for a payer's finance system: each amount goes out once, in a numbered batch that never changes.

``payable`` has what approvals, clawbacks and their reversals changed in what the payer owes;
``payments`` what payments changed. So the sum of all payable batches less the sum of all batches of payments is what the payer
still owes on what went out. A finance system that has taken in a batch's number need not take it again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

from openoutcomes.standard.money import from_minor
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.lists import safe
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.payments.models import BankDetails, Batch, Movement, Payment

#: The columns of a file, with what each holds. Rendered in docs/use/claims-and-payments.md.
COLUMNS: Final[dict[str, str]] = {
    "batch": "The file: payer, kind and number, as in council-payable-3",
    "item": "The row, unlike any other ever: contract, journal entry, claim and payer",
    "date": "The day it takes effect",
    "kind": "approval, payment, clawback or reversal",
    "contract": "The contract's id",
    "claim": "The claim: provider and label",
    "provider_id": "Who is paid",
    "provider": "Their name",
    "account_ending": "Last four digits of the account in use, to compare with the supplier's record",
    "payer": "The payer, as the contract's terms call it",
    "amount": "What it adds to what is owed (payable), or the sum paid (payments); negative the other way",
    "currency": "ISO 4217",
    "lines": "How many claim lines it covers",
    "reference": "The bank reference of a payment",
}
_FIGURES = {"payable": ("approved", "clawed_back"), "payments": ("paid", "returned")}
_SIGNS = {"approved": 1, "clawed_back": -1, "paid": 1, "returned": -1}


@command
def make_batch(by: Access, *, payer: Organisation, kind: str) -> Batch:
    """Put everything of a kind that has not gone out yet into the payer's next file."""
    by.require("payments.record", payer)
    payer = Organisation.objects.select_for_update().get(pk=payer.pk)
    if kind not in _FIGURES:
        raise refuse("this is no kind of file.", "Choose one of the two.", "kind")
    moves = list(
        Movement.objects.filter(share__payer__organisation=payer, batch=None, figure__in=_FIGURES[kind])
        .select_related("entry", "share__claim__provider", "share__payer", "share__contract")
        .order_by("entry__contract", "entry__number", "pk")
    )
    if not moves:
        raise refuse("nothing is new since the last file.", "Download that one again if you need it.")
    number = Batch.objects.filter(payer=payer, kind=kind).count() + 1
    rows = _rows(f"{payer.organisation_id}-{kind}-{number}", moves)
    batch: Batch = Batch.objects.create(
        partnership=by.partnership,
        payer=payer,
        kind=kind,
        number=number,
        text=_csv(rows),
        rows=len(rows),
        made_by=by.user,
    )
    Movement.objects.filter(pk__in=[move.pk for move in moves]).update(batch=batch)
    note(
        by, "payments.export", batch, organisation=payer,
        detail={"kind": kind, "number": number, "rows": len(rows)},
    )  # fmt: skip
    return batch


def _rows(name: str, moves: Iterable[Movement]) -> list[dict[str, Any]]:
    groups: dict[tuple[int, int, int], list[Movement]] = {}
    for move in moves:
        groups.setdefault((move.entry_id, move.share.claim_id, move.share.payer_id), []).append(move)
    entries = {key[0] for key in groups}
    references = {
        number: payment.reference
        for payment in Payment.objects.filter(contract__journal__in=entries).distinct()
        for number in [(payment.contract_id, one) for one in payment.entries]
    }
    providers = {some[0].share.provider_id for some in groups.values()}
    accounts = {
        details.provider_id: details.last_four
        for details in BankDetails.objects.filter(provider__in=providers, state="checked")
    }
    rows = []
    for some in groups.values():
        first, entry = some[0].share, some[0].entry
        amount = sum(_SIGNS[move.figure] * move.amount for move in some)
        rows.append(
            {
                "batch": name,
                "item": f"{first.contract.contract_id}/{entry}/{first.claim.reference}/{first.payer.named}",
                "date": entry.dated_on.isoformat(),
                "kind": entry.kind,
                "contract": first.contract.contract_id,
                "claim": first.claim.reference,
                "provider_id": first.claim.provider.organisation_id,
                "provider": first.claim.provider.name,
                "account_ending": accounts.get(first.provider_id, ""),
                "payer": first.payer.named,
                "amount": str(from_minor(amount, first.contract.currency)),
                "currency": first.contract.currency,
                "lines": len({move.share_id for move in some}),
                "reference": references.get((first.contract_id, entry.number), ""),
            }
        )
    return rows


def _csv(rows: Iterable[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([row[name] if name == "amount" else safe(row[name]) for name in COLUMNS])
    return text.getvalue()
