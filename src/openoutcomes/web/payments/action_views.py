"""Pages on which money is recorded: payments, what undoes them, clawbacks, investors' money, closing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.claims import queries as claim_queries
from openoutcomes.web.claims import showing
from openoutcomes.web.claims.action_views import done, payer_or_404
from openoutcomes.web.claims.queries import contract_or_404
from openoutcomes.web.contracts.models import Contract, Party
from openoutcomes.web.core import clock
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.templatetags.oo import day, money
from openoutcomes.web.payments import batches, closing, commands, forms, ledger, queries
from openoutcomes.web.payments.models import Batch


@page("payments.record")
def pay(request: Any, claim_id: str, payer: int) -> HttpResponse:
    """Record a payment of a payer's part of a claim, in part or in whole."""
    claim = claim_queries.claim_or_404(request.access, claim_id)
    party = payer_or_404(request, claim, payer, "payments.record")
    owed = commands.owed(claim, party)
    form = forms.PayForm(
        request.POST or None, initial={"amount": claim.amount(owed), "paid_on": clock.today()}
    )
    back = at(request, "claim", claim_id=claim_id)

    def work() -> None:
        values = {name: form.cleaned_data[name] for name in ("amount", "paid_on", "reference")}
        commands.record_payment(request.access, claim=claim, payer=party, once=form.key(), **values)

    led = done(request, form, work, "The payment was recorded.", back)
    shown = showing.cash(abs(owed), claim.contract.currency)
    said = [f"{shown} of {claim.label} is approved and unpaid."]
    if owed < 0:
        said = [f"{shown} is due back from {claim.provider}. Record it with a minus when it has arrived."]
    account = queries.account_of(claim.provider)
    frozen = queries.why_frozen(claim.provider)
    if owed > 0 and frozen:
        said.append(f"Do not pay yet: {frozen}")
    elif account is not None and owed > 0:
        said.append(f"{claim.provider}'s checked account ends in {account.last_four}.")
    context = {"title": "Record a payment", "caption": f"{party.organisation} to {claim.provider}, {claim.label}",
               "form": form, "says": said, "button": "Record the payment", "back": back}  # fmt: skip
    return led or render(request, "core/confirm.html", context)


@page("payments.record")
def reverse(request: Any, payment_id: str) -> HttpResponse:
    """Undo a payment that was entered by mistake."""
    payment = queries.payment_or_404(request.access, payment_id)
    if not request.access.allows("payments.record", payment.payer.organisation):
        raise Http404("Not a payment that you may undo")
    form = forms.ReasonForm(request.POST or None)
    back = at(request, "claim", claim_id=payment.claim.claim_id)

    def work() -> None:
        reason = form.cleaned_data["reason"]
        commands.reverse_payment(request.access, payment=payment, reason=reason, once=form.key())

    led = done(request, form, work, "The payment was undone. Record the right one anew.", back)
    shown = showing.cash(payment.amount, payment.contract.currency)
    said = [f"{shown} of {day(payment.paid_on)}, reference {payment.reference}, is undone with an equal and opposite entry.",
            "Only for what was entered wrongly. Money that really came back is a payment of its own."]  # fmt: skip
    context = {
        "title": "Undo a payment",
        "form": form,
        "says": said,
        "button": "Undo it",
        "danger": True,
        "back": back,
    }
    return led or render(request, "core/confirm.html", context)


@page("payments.clawback")
def claw_back(request: Any, claim_id: str, payer: int) -> HttpResponse:
    """Take back money that a payer has paid on a claim."""
    claim = claim_queries.claim_or_404(request.access, claim_id)
    party = payer_or_404(request, claim, payer, "payments.clawback")
    form = forms.ClawBackForm(request.POST or None)
    back = at(request, "claim", claim_id=claim_id)

    def work() -> None:
        commands.claw_back(
            request.access, claim=claim, payer=party, amount=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"], once=form.key(),
        )  # fmt: skip

    led = done(request, form, work, "It is due back, and is set off against what is still to be paid.", back)
    held = sum(share.paid - share.clawed_back for share in claim.shares.filter(payer=party))
    said = [f"{showing.cash(held, claim.contract.currency)} was paid and not taken back.",
            "Where the records are wrong, correct those instead: the difference comes in the next claim by itself."]  # fmt: skip
    context = {"title": "Take money back", "caption": f"{claim.provider}, {claim.label}", "form": form, "says": said,
               "button": "Take it back", "danger": True, "back": back}  # fmt: skip
    return led or render(request, "core/confirm.html", context)


@page("payments.record")
def due(request: Any) -> HttpResponse:
    """List what is approved and unpaid, and what is due back."""
    rows = queries.due(request.access)

    def amount(row: dict[str, Any]) -> int:
        return int(row["standing"].to_pay - row["standing"].due_back)

    def link(row: dict[str, Any]) -> Cell:
        address = at(request, "pay", claim_id=row["claim"].claim_id, payer=row["payer"].pk)
        return Cell(row["claim"].label, address, under=row["claim"].contract.name)

    columns = [
        Column("Claim", link, plain=lambda row: row["claim"].reference),
        Column("Payer", lambda row: row["payer"].organisation.name),
        Column("Provider", lambda row: row["claim"].provider.name),
        Column(
            "To pay", lambda row: showing.cash(amount(row), row["claim"].contract.currency), numeric=True,
            plain=lambda row: row["claim"].amount(amount(row)),
        ),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, columns, "approved-and-unpaid")
    context = {
        "title": "Approved and unpaid", "back": at(request, "position"),
        "listing": listing(
            request, rows, columns, caption="Approved and unpaid", one="amount", empty="Nothing waits to be paid."
        ),
    }  # fmt: skip
    return render(request, "core/list_page.html", context)


def _investor_or_404(request: Any, contract: Contract, number: int) -> Party:
    for party in contract.parties.select_related("organisation"):
        if party.pk == number and party.role == "investor":
            if request.access.allows("investments.record", party.organisation):
                return party
            break
    raise Http404("No such investor, or not one that you may act for")


@page("investments.record")
def invest(request: Any, contract: int, investor: int) -> HttpResponse:
    """Record that investors' money moved, with what moved before."""
    found = contract_or_404(request.access, contract, "position.view")
    party = _investor_or_404(request, found, investor)
    borrowers = {
        one.named: one for one in found.parties.select_related("organisation") if one.role == "provider"
    }
    choices = [(name, one.organisation.name) for name, one in borrowers.items()]
    form = forms.InvestForm(request.POST or None, borrowers=choices, initial={"dated_on": clock.today()})
    here = at(request, "invest", contract=contract, investor=investor)

    def work() -> None:
        values = {name: form.cleaned_data[name] for name in ("kind", "amount", "dated_on", "reason")}
        commands.record_investment(
            request.access, contract=found, investor=party, borrower=borrowers[form.cleaned_data["borrower"]],
            once=form.key(), **values,
        )  # fmt: skip

    led = done(request, form, work, "It was recorded.", here)
    mine = [
        entry
        for entry in ledger.entries_like(found, commands.INVESTING)
        if party.named in {posting.account.party for posting in entry.postings}
    ]
    undone = {entry.reverses for entry in mine}
    names = queries.names(found)
    moves = [
        {
            "entry": entry.entry_id, "on": entry.dated_on, "kind": entry.kind, "reverses": entry.reverses,
            "amount": lead.amount, "with": names.get(lead.account.counterparty, lead.account.counterparty),
            "reason": entry.reason, "number": int(entry.entry_id[1:]),
            "can_undo": entry.kind != "reversal" and entry.entry_id not in undone,
        }
        for entry in mine
        for lead in entry.leads()
    ]  # fmt: skip
    context = {"title": f"Money of {party.organisation.name}", "caption": found.name, "form": form, "moves": moves,
               "contract": found, "investor": party,
               "button": "Record it", "back": at(request, "contract_position", contract=contract)}  # fmt: skip
    return led or render(request, "payments/invest.html", context)


@page("investments.record")
def invest_reverse(request: Any, contract: int, investor: int, number: int) -> HttpResponse:
    """Undo a movement of investors' money that was entered by mistake."""
    found = contract_or_404(request.access, contract, "position.view")
    party = _investor_or_404(request, found, investor)
    form = forms.ReasonForm(request.POST or None)
    back = at(request, "invest", contract=contract, investor=investor)

    def work() -> None:
        commands.reverse_investment(
            request.access, contract=found, investor=party, number=number, reason=form.cleaned_data["reason"],
            once=form.key(),
        )  # fmt: skip

    led = done(request, form, work, "It was undone.", back)
    context = {"title": f"Undo entry E{number:06d}", "caption": found.name, "form": form, "danger": True,
               "button": "Undo it", "back": back}  # fmt: skip
    return led or render(request, "core/form_page.html", context)


@page("contracts.close")
def close(request: Any, contract: int, payer: int) -> HttpResponse:
    """Close a contract for good, once everything is settled or the differences are said."""
    found = contract_or_404(request.access, contract, "position.view")
    party = next((one for one in found.parties.select_related("organisation") if one.pk == payer), None)
    if (
        party is None
        or party.role != "payer"
        or not request.access.allows("contracts.close", party.organisation)
    ):
        raise Http404("No such payer, or not one that you may act for")
    form = forms.CloseForm(request.POST or None)
    back = at(request, "contract_position", contract=contract)

    def work() -> None:
        differences = form.cleaned_data["differences"]
        closing.close_contract(
            request.access, contract=found, payer=party, differences=differences, once=form.key()
        )

    led = done(request, form, work, f"{found.name} is closed.", back)
    if led is not None:
        return led
    if found.is_closed:
        return redirect(back)
    left = closing.outlook(found)
    said = [
        f"{one.provider} has a draft claim, {one.label}: it has to be submitted or withdrawn first."
        for one in left.drafts
    ]
    if left.disputes:
        said.append(f"Returned lines have to be settled first: {left.disputes}.")
    for words, minor in (
        ("waits for approval", left.standing.to_approve),
        ("is approved and unpaid", left.standing.to_pay),
        ("is due back", left.standing.due_back),
    ):
        if minor:
            said.append(f"{showing.cash(minor, found.currency)} {words}.")
    said += [
        f"{one.provider} has {one.lines} unclaimed {'line' if one.lines == 1 else 'lines'}, "
        f"which come to {money(one.amount, found.currency)}."
        for one in left.unclaimed
        if one.lines
    ]
    said = said or ["Everything is claimed, approved and paid."]
    said.append(
        "Once closed, nothing more is claimed, approved or returned. What is approved may still be paid."
    )
    context = {"title": f"Close {found.name}", "form": form, "says": said, "button": "Close the contract",
               "danger": True, "back": back}  # fmt: skip
    return render(request, "core/confirm.html", context)


@page("payments.record")
def files(request: Any) -> HttpResponse:
    """List the files made for the finance system, and make the next."""
    access = request.access
    mine = [one for one in access.organisations() if access.allows("payments.record", one)]
    form = forms.BatchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        picked = request.POST.get("payer", "")
        payer = next((one for one in mine if one.organisation_id == picked or len(mine) == 1), None)
        if payer is None:
            raise Http404("No such organisation, or not yours")
        try:
            batch = batches.make_batch(access, payer=payer, kind=form.cleaned_data["kind"], once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"File {batch.number} was made, with {batch.rows} rows.")
            return redirect(at(request, "batches"))
    rows = queries.batches_for(access).select_related("payer", "made_by")

    def link(row: Batch) -> Cell:
        address = at(
            request, "batch", payer=row.payer.organisation_id, kind=row.kind, number=row.number
        )  # fmt: skip
        return Cell(f"{row.payer.organisation_id}-{row.kind}-{row.number}", address)

    columns = [
        Column("File", link),
        Column("What", lambda row: row.get_kind_display(), sort="kind"),
        Column("Rows", lambda row: str(row.rows), numeric=True),
        Column("Made", lambda row: Cell(day(row.made_at.date()), under=str(row.made_by)), sort="made_at"),
    ]
    context = {
        "title": "Files for the finance system", "back": at(request, "position"), "form": form, "payers": mine,
        "listing": listing(
            request, rows, columns, caption="Files", one="file", sort="-made_at", empty="No file has been made yet.",
            export=False,
        ),
    }  # fmt: skip
    return render(request, "payments/batches.html", context)


@page("payments.record")
def file(request: Any, payer: str, kind: str, number: int) -> HttpResponse:
    """Give a file again, as it was made."""
    rows = queries.batches_for(request.access)
    found = rows.filter(payer__organisation_id=payer, kind=kind, number=number).first()
    if found is None:
        raise Http404("No such file, or not yours")
    response = HttpResponse(found.text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{payer}-{kind}-{number}.csv"'
    return response
