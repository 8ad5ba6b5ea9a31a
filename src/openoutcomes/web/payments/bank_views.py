"""Pages of bank details: proposed by a provider, checked for a payer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from openoutcomes.web.claims.action_views import done
from openoutcomes.web.claims.parties import payers_of_provider
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.core.lists import Cell, Column, listing
from openoutcomes.web.core.pages import at, page
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.payments import bank, forms, queries
from openoutcomes.web.payments.models import BankDetails


@page("bank.view")
def accounts(request: Any) -> HttpResponse:
    """List bank details, with what waits to be checked and what was in use before."""
    access = request.access
    rows = queries.accounts_for(access).select_related("provider", "proposed_by", "checked_by")
    tags = {
        "proposed": "yellow",
        "checked": "green",
        "refused": "red",
        "withdrawn": "grey",
        "replaced": "grey",
    }

    def link(row: BankDetails) -> Cell:
        return Cell(
            row.provider.name,
            at(request, "bank_one", bank_id=row.bank_id),
            under=f"Account ending {row.last_four}",
        )

    columns = [
        Column("Provider", link, sort="provider__name"),
        Column("State", lambda row: Cell(row.get_state_display(), tag=tags[row.state]), sort="state"),
        Column("Proposed", lambda row: Cell(day(row.proposed_at.date()), under=str(row.proposed_by)), sort="proposed_at"),
        Column("Checked", lambda row: Cell(day(row.checked_at and row.checked_at.date()), under=str(row.checked_by or ""))),
    ]  # fmt: skip
    mine = [one for one in access.organisations() if access.allows("bank.propose", one)]
    actions = [
        (f"Change bank details of {one.name}" if len(mine) > 1 else "Change bank details", at(request, "bank_propose", organisation=one.organisation_id))
        for one in mine
    ]  # fmt: skip
    context = {
        "title": "Bank details", "back": at(request, "position"), "actions": actions,
        "lead": "Where providers are paid. A change is checked by somebody else before anything is paid.",
        "listing": listing(
            request, rows, columns, caption="Bank details", one="entry", many="entries", sort="-proposed_at",
            empty="No bank details are held yet. A provider's manager gives them.", export=False,
        ),
    }  # fmt: skip
    return render(request, "core/list_page.html", context)


@page("bank.propose")
def propose(request: Any, organisation: str) -> HttpResponse:
    """Propose new bank details for the seat's own organisation."""
    found = Organisation.of(request.access.partnership).filter(organisation_id=organisation).first()
    if found is None or not request.access.allows("bank.propose", found):
        raise Http404("No such organisation, or not yours")
    form = forms.AccountForm(request.POST or None)
    back = at(request, "bank")

    def work() -> None:
        values = {name: form.cleaned_data[name] for name in ("account_name", "sort_code", "account_number")}
        bank.propose_account(request.access, provider=found, once=form.key(), **values)

    led = done(request, form, work, "The details wait to be checked. Payments to you wait until then.", back)
    context = {
        "title": "Change bank details", "caption": found.name, "form": form, "back": back, "button": "Send to be checked",
        "lead": "A finance officer of one of your payers checks them with somebody at your organisation whom they know already.",
    }  # fmt: skip
    return led or render(request, "core/form_page.html", context)


@page("bank.view")
def account(request: Any, bank_id: str) -> HttpResponse:
    """Show one set of bank details; a payer's finance officer checks a proposal here."""
    access = request.access
    found = queries.account_or_404(access, bank_id)
    payers = {one.pk for one in payers_of_provider(found.provider)}
    may_check = found.state == "proposed" and any(access.allows("bank.check", pk) for pk in payers)
    may_withdraw = found.state == "proposed" and access.allows("bank.propose", found.provider)
    why = bank.why_not_check(access, found) if may_check else ""
    form = forms.CheckForm(request.POST or None) if may_check and not why else None
    back = at(request, "bank")
    led = None
    if form is not None:
        checking = form

        def work() -> None:
            values = {name: checking.cleaned_data[name] for name in ("how", "last_four", "check_note")}
            confirmed = checking.cleaned_data["confirmed"] == "yes"
            bank.check_account(access, details=found, confirmed=confirmed, once=checking.key(), **values)

        led = done(request, checking, work, "The check was recorded.", back)
    context = {"details": found, "form": form, "why": why, "may_withdraw": may_withdraw, "back": back}
    return led or render(request, "payments/account.html", context)


@page("bank.propose")
def account_withdraw(request: Any, bank_id: str) -> HttpResponse:
    """Withdraw proposed bank details."""
    found = queries.account_or_404(request.access, bank_id)
    if not request.access.allows("bank.propose", found.provider):
        raise Http404("Not bank details that you may withdraw")
    form = BaseForm(request.POST or None)
    back = at(request, "bank")
    led = done(
        request, form, lambda: bank.withdraw_account(request.access, details=found, once=form.key()),
        "The proposal was withdrawn. What was in use stays in use.", back,
    )  # fmt: skip
    context = {
        "title": "Withdraw these bank details",
        "caption": str(found).capitalize(),
        "form": form,
        "button": "Withdraw",
        "back": back,
    }
    return led or render(request, "core/confirm.html", context)
