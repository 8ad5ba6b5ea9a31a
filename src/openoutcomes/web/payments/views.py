"""Pages that show money: positions, statements, payments, the journal and its check."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from openoutcomes.ledger.render import statement_csv
from openoutcomes.web.claims import showing
from openoutcomes.web.claims.parties import parties_for
from openoutcomes.web.claims.queries import contract_or_404
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core import clock
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, safe, wants_csv
from openoutcomes.web.core.pages import at, page
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.payments import ledger, queries, statements
from openoutcomes.web.payments.forms import DayForm, SpanForm
from openoutcomes.web.payments.models import Payment

#: The figures of a position, in the order shown, with their headings.
FIGURES = {
    "accrued": "Claimed", "approved": "Approved", "paid": "Paid", "clawed_back": "Taken back",
    "to_approve": "To approve", "to_pay": "To pay", "due_back": "Due back",
}  # fmt: skip


@page("position.view")
def position(request: Any) -> HttpResponse:
    """Show where the money of every contract stands that a seat may see."""
    access = request.access
    found = [queries.position(access, contract) for contract in queries.contracts_seen(access)]
    if len(found) == 1:
        return _position(request, found[0].contract)
    cards = [
        {
            "contract": one.contract,
            "address": at(request, "contract_position", contract=one.contract.pk),
            "figures": [(FIGURES[name], one.money(getattr(one.total, name))) for name in FIGURES],
            "held": one.money(one.held_total),
        }
        for one in found
    ]
    return render(request, "payments/positions.html", {"cards": cards, "links": _links(request, None)})


@page("position.view")
def contract_position(request: Any, contract: int) -> HttpResponse:
    """Show where one contract's money stands: everybody under it sees the same figures."""
    return _position(request, contract_or_404(request.access, contract, "position.view"))


def _position(request: Any, contract: Contract) -> HttpResponse:
    access = request.access
    form = DayForm(request.GET)
    on = form.cleaned_data.get("on") if form.is_valid() else None
    found = queries.position(access, contract, on)
    if wants_csv(request):
        return _position_csv(found)
    context = {
        "contract": contract,
        "form": form,
        "on": on,
        "total": [(FIGURES[name], found.money(getattr(found.total, name))) for name in FIGURES],
        "held": found.money(found.held_total),
        "heads": list(FIGURES.values()),
        "rows": [
            {
                "payer": row.payer.organisation.name,
                "provider": row.provider.name,
                "figures": _figures(found, row.standing),
            }
            for row in found.rows
        ],
        "providers": [
            (one.name, _figures(found, standing), found.money(held)) for one, standing, held in found.by_provider()
        ],
        "payers": [(one.organisation.name, _figures(found, standing)) for one, standing in found.by_payer()],
        "funded": [
            (one.investor.organisation.name, names.get(one.borrower, one.borrower), one.drawn, one.repaid, one.returned, one.outstanding)
            for names in [queries.names(contract)]
            for one in found.funded
        ],
        "statements": queries.statements_for(access, contract),
        "links": _links(request, contract),
        "closed": getattr(contract, "close_out", None) if contract.is_closed else None,
        "csv": f"{at(request, 'contract_position', contract=contract.pk)}?format=csv",
    }  # fmt: skip
    return render(request, "payments/position.html", context)


def _figures(found: queries.Position, standing: queries.Standing) -> list[tuple[str, Any]]:
    return [(FIGURES[name], found.money(getattr(standing, name))) for name in FIGURES]


def _position_csv(found: queries.Position) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["contract", "as_at", "payer", "provider", "currency", *FIGURES])
    for row in found.rows:
        start = [found.contract.contract_id, (found.on or clock.today()).isoformat(), row.payer.named]
        start += [row.provider.organisation_id, found.contract.currency]
        figures = [found.money(getattr(row.standing, name)) for name in FIGURES]
        writer.writerow([*map(safe, start), *figures])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="position.csv"'
    return response


def _links(request: Any, contract: Contract | None) -> list[tuple[str, str]]:
    """Return where a seat may go from here."""
    access = request.access
    links = []
    if access.may("payments.view"):
        links.append(("Payments", at(request, "payments")))
    if access.may("payments.record"):
        links.append(("Approved and unpaid", at(request, "payments_due")))
        links.append(("Files for the finance system", at(request, "batches")))
    if access.may("bank.view"):
        links.append(("Bank details", at(request, "bank")))
    if contract is not None:
        investors = [party for party in contract.parties.all() if party.role == "investor"]
        for party in parties_for(access, "investments.record", investors):
            words = f"Record money of {party.organisation.name}"
            links.append((words, at(request, "invest", contract=contract.pk, investor=party.pk)))
        if access.may("payments.view"):
            links.append(("Check the ledger", at(request, "ledger_check", contract=contract.pk)))
        paying = [party for party in contract.parties.all() if party.role == "payer"]
        closers = [] if contract.is_closed else parties_for(access, "contracts.close", paying)
        links += [
            ("Close the contract", at(request, "contract_close", contract=contract.pk, payer=party.pk))
            for party in closers[:1]
        ]
    return links


def _asked(request: Any, contract: int) -> tuple[Contract, str, SpanForm, Any]:
    """Return the contract, the party, the form and the statement that an address asks for."""
    found = contract_or_404(request.access, contract, "position.view")
    party = request.GET.get("party", "")
    if party not in {name for name, _, _ in queries.statements_for(request.access, found)}:
        raise Http404("No such party, or not one whose statement you may read")
    form = SpanForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    return found, party, form, queries.statement(found, party, asked.get("since"), asked.get("until"))


@page("position.view")
def statement(request: Any, contract: int) -> HttpResponse:
    """Show a party's statement: opening, every movement with its line and reason, closing."""
    found, party, form, said = _asked(request, contract)
    query = request.GET.urlencode()
    context = {
        "contract": found,
        "party": party,
        "form": form,
        "statement": statements.labelled(statements.statement_values(found, said)),
        "pdf": f"{at(request, 'statement_pdf', contract=found.pk)}?{query}",
        "csv": f"{at(request, 'statement_csv', contract=found.pk)}?{query}",
    }
    return render(request, "payments/statement.html", context)


@page("position.view")
def statement_as_csv(request: Any, contract: int) -> HttpResponse:
    """Give a party's statement as CSV, as the ledger writes it."""
    _, party, _, said = _asked(request, contract)
    response = HttpResponse("\ufeff" + statement_csv(said), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="statement-{party}.csv"'
    return response


@page("position.view")
def statement_as_pdf(request: Any, contract: int) -> HttpResponse:
    """Give a party's statement as a PDF."""
    found, party, _, said = _asked(request, contract)
    response = HttpResponse(
        statements.pdf(statements.statement_values(found, said)), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="statement-{party}-{clock.today()}.pdf"'
    return response


@page("payments.view")
def journal(request: Any, contract: int) -> StreamingHttpResponse:
    """Give a contract's journal as a file that ``openoutcomes ledger verify`` accepts."""
    found = _whole_contract(request, contract)
    response = StreamingHttpResponse(ledger.export(found), content_type="application/jsonl")
    response["Content-Disposition"] = f'attachment; filename="journal-{found.pk}.jsonl"'
    return response


@page("payments.view")
def check(request: Any, contract: int) -> HttpResponse:
    """Check a contract's journal, and that every page says what it says."""
    found = contract_or_404(request.access, contract, "payments.view")
    problems = ledger.problems_of(found)
    context = {
        "contract": found,
        "count": ledger.stored(found).count(),
        "problems": problems,
        "head": ledger.head(found),
        "journal": at(request, "journal", contract=found.pk) if _sees_whole(request, found) else "",
        "back": at(request, "contract_position", contract=found.pk),
    }
    return render(request, "payments/check.html", context)


def _sees_whole(request: Any, contract: Contract) -> bool:
    """Say whether a seat may have the whole journal, which holds every provider's lines."""
    names = {name for name, _, _ in queries.statements_for(request.access, contract)}
    parties = [party for party in contract.parties.select_related("organisation") if party.role == "provider"]
    return all(party.organisation.organisation_id in names for party in parties)


def _whole_contract(request: Any, contract: int) -> Contract:
    found = contract_or_404(request.access, contract, "payments.view")
    if not _sees_whole(request, found):
        raise Http404("The journal holds other providers' lines too")
    return found


@page("payments.view")
def payments(request: Any) -> HttpResponse:
    """List the payments that a seat may see, latest first."""
    rows = queries.payments_for(request.access).select_related(
        "contract", "claim__provider", "payer__organisation", "recorded_by", "reverses"
    )
    columns = _payment_columns(request)
    if wants_csv(request):
        return as_csv(rows, columns, "payments")
    context = {
        "title": "Payments",
        "back": at(request, "position"),
        "listing": listing(
            request, rows, columns, caption="Payments", one="payment", sort="-paid_on",
            empty="No payment has been recorded yet.",
        ),
    }  # fmt: skip
    return render(request, "core/list_page.html", context)


def _payment_columns(request: Any) -> list[Column]:
    def what(payment: Payment) -> Cell:
        words = f"{payment.get_undone()}" if payment.reverses_id else payment.reference
        return Cell(
            words, at(request, "claim", claim_id=payment.claim.claim_id), under=payment.claim.reference
        )

    return [
        Column("Payment", what, plain=lambda p: p.payment_id),
        Column("Day", lambda p: day(p.paid_on), sort="paid_on", plain=lambda p: p.paid_on),
        Column("From", lambda p: p.payer.organisation.name),
        Column("To", lambda p: p.claim.provider.name),
        Column("Recorded by", lambda p: str(p.recorded_by)),
        Column(
            "Amount", lambda p: showing.cash(p.amount, p.contract.currency), sort="amount", numeric=True,
            plain=lambda p: p.money,
        ),
    ]  # fmt: skip
