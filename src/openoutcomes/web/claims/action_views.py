"""Pages on which something is done with a claim: price again, submit, withdraw, approve, return, answer, settle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.claims import commands, disputing, forms, queries, showing
from openoutcomes.web.claims.models import Claim
from openoutcomes.web.claims.parties import payers
from openoutcomes.web.contracts.models import Party
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.templatetags.oo import day, words
from openoutcomes.web.payments.models import Share

Shares = list[Share]


def done(
    request: Any, form: BaseForm, work: Callable[[], Any], words_after: str, address: str
) -> HttpResponse | None:
    """Do a command for a form that was sent: lead on when it is done, and put what it refuses into the form."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        work()
    except InputError as error:
        problems_into(form, error)
        return None
    if words_after:
        say(request, words_after)
    return redirect(address)


def payer_or_404(request: Any, claim: Claim, number: int, action: str) -> Party:
    """Return a payer of the claim for whose organisation the seat may act; raises Http404 for any other."""
    for party in payers(claim.contract).values():
        if party.pk == number and request.access.allows(action, party.organisation):
            return party
    raise Http404("No such payer, or not one that you may act for")


def own_or_404(request: Any, claim_id: str) -> Claim:
    """Return a claim that the seat prepares; raises Http404 for any other."""
    found = queries.claim_or_404(request.access, claim_id, "claims.prepare")
    if not request.access.allows("claims.prepare", found.provider):
        raise Http404("Not a claim that you may prepare")
    return found


@page("claims.prepare")
def price_again(request: Any, claim_id: str) -> HttpResponse:
    """Price a draft again."""
    claim = own_or_404(request, claim_id)
    form = forms.PriceAgainForm(request.POST or None)
    back = at(request, "claim", claim_id=claim_id)

    def work() -> None:
        as_of = form.cleaned_data["as_of"]
        commands.price_again(request.access, claim=claim, as_of=as_of, once=form.key())

    led = done(request, form, work, f"{claim.label} was priced again.", back)
    context = {
        "title": "Price the draft again",
        "caption": claim.label,
        "form": form,
        "back": back,
        "button": "Price again",
    }
    return led or render(request, "core/form_page.html", context)


@page("claims.prepare")
def lock(request: Any, claim_id: str) -> HttpResponse:
    """Submit a draft: it is locked, posted, and waits for its payers."""
    claim = own_or_404(request, claim_id)
    form = forms.SureForm(request.POST or None)
    back = at(request, "claim", claim_id=claim_id)
    names = payers(claim.contract)
    said = [
        f"{names[name].organisation.name if name in names else name} is asked for "
        f"{showing.cash(minor, claim.contract.currency)}."
        for name, minor in claim.result["by_payer"].items()
        if minor
    ]
    said.append("Its lines are locked. What changes later comes as an adjustment in your next claim.")
    changed = queries.changed_since(claim)
    if changed:
        said.append(
            f"{changed} {'record' if changed == 1 else 'records'} changed since the draft was priced. "
            "Price it again first if the claim should show that."
        )
    total = showing.cash(claim.result["totals"]["claimed"], claim.contract.currency)
    led = done(
        request, form, lambda: commands.lock_claim(request.access, claim=claim, once=form.key()),
        f"{claim.label} was submitted: {total} is claimed.", back,
    )  # fmt: skip
    context = {"title": f"Submit this claim for {total}", "caption": claim.label, "form": form, "says": said,
               "button": "Submit the claim", "back": back}  # fmt: skip
    return led or render(request, "core/confirm.html", context)


@page("claims.prepare")
def withdraw(request: Any, claim_id: str) -> HttpResponse:
    """Withdraw a draft, or a claim that nobody has approved any of."""
    claim = own_or_404(request, claim_id)
    is_draft = claim.state == "draft"
    form: BaseForm = (forms.SureForm if is_draft else forms.WithdrawForm)(request.POST or None)

    def work() -> None:
        why = form.cleaned_data.get("why", "")
        commands.withdraw_claim(request.access, claim=claim, why=why, once=form.key())

    back = at(request, "claim", claim_id=claim_id)
    led = done(request, form, work, f"{claim.label} was withdrawn.", at(request, "claims"))
    said = ["The draft goes, and nothing else changes: you can prepare it again."]
    if not is_draft:
        said = ["Its postings in the ledger are reversed, and nobody owes anything for it.",
                "Its lines can be claimed again in your next claim, under another name."]  # fmt: skip
    context = {"title": "Withdraw this claim", "caption": claim.label, "form": form, "says": said, "danger": True,
               "button": "Withdraw", "back": back}  # fmt: skip
    return led or render(request, "core/confirm.html", context)


def _choices(claim: Claim, shares: Shares, amount: str = "unapproved") -> list[tuple[str, str]]:
    people = dict(claim.lines.values_list("line_id", "person_id"))

    def said(share: Share) -> str:
        shown = showing.cash(getattr(share, amount), claim.contract.currency)
        changed = ", changed since an earlier claim" if "/adj-" in share.line_id else ""
        about = people.get(share.line_id) or share.line_id
        return f"{words(share.outcome)}, {day(share.achieved_on)}, {shown}{changed}, {about}"

    return [(share.line_id, said(share)) for share in shares[: forms.MOST]]


@page("claims.approve")
def approve(request: Any, claim_id: str, payer: int) -> HttpResponse:
    """Approve a payer's part of a claim, or some of its lines."""
    claim = queries.claim_or_404(request.access, claim_id)
    party = payer_or_404(request, claim, payer, "claims.approve")
    disputed = claim.disputes.filter(payer=party, resolution="").values_list("line__line_id", flat=True)
    shares = [
        share
        for share in claim.shares.filter(payer=party)
        .exclude(line_id__in=disputed)
        .order_by("achieved_on", "line_id")
        if share.unapproved
    ]
    waited = sum(share.unapproved for share in shares)
    waiting = showing.cash(waited, claim.contract.currency)
    form = forms.ApproveForm(request.POST or None, lines=_choices(claim, shares), initial={"waited": waited})
    back = at(request, "claim", claim_id=claim_id)

    def work() -> None:
        chosen = form.chosen()
        commands.approve_claim(
            request.access, claim=claim, payer=party, lines=chosen, waited=form.cleaned_data["waited"],
            once=form.key(),
        )  # fmt: skip

    led = done(request, form, work, f"Approved for {party.organisation}. It waits to be paid.", back)
    count = f"{len(shares)} {'line' if len(shares) == 1 else 'lines'}"
    said = [
        f"{waiting} of {claim.label} waits for {party.organisation}, in {count}.",
        "Once approved, it is owed and can be paid.",
    ]
    if disputed:
        said.append(f"{len(disputed)} lines in dispute are left out.")
    if len(shares) > forms.MOST:
        said.append(f"The first {forms.MOST} lines can be ticked one by one.")
    context = {
        "title": f"Approve {waiting}", "caption": f"{claim.provider}, {claim.label}", "form": form, "says": said,
        "button": "Approve", "back": back,
    }  # fmt: skip
    return led or render(request, "core/confirm.html", context)


@page("claims.dispute")
def return_lines(request: Any, claim_id: str, payer: int) -> HttpResponse:
    """Return lines to the provider, with a reason."""
    claim = queries.claim_or_404(request.access, claim_id)
    party = payer_or_404(request, claim, payer, "claims.dispute")
    disputed = claim.disputes.filter(payer=party, resolution="").values_list("line__line_id", flat=True)
    shares = [
        share
        for share in claim.shares.filter(payer=party)
        .exclude(line_id__in=disputed)
        .order_by("achieved_on", "line_id")
        if share.accrued and (not share.paid or share.clawed_back != share.paid)
    ]
    picked = request.GET.get("line")
    form = forms.ReturnForm(
        request.POST or None,
        lines=_choices(claim, shares, "accrued"),
        initial={"lines": [picked] if picked else []},
    )
    back = at(request, "claim", claim_id=claim_id)

    def work() -> None:
        disputing.return_lines(
            request.access, claim=claim, payer=party, lines=form.cleaned_data["lines"],
            reason=form.cleaned_data["reason"], once=form.key(),
        )  # fmt: skip

    led = done(
        request, form, work, f"Returned to {claim.provider}, which has {disputing.DAYS} days to answer.", back
    )
    context = {
        "title": "Return lines to the provider", "caption": f"{claim.provider}, {claim.label}", "form": form,
        "button": "Return these lines", "back": back,
    }  # fmt: skip
    return led or render(request, "core/form_page.html", context)


@page("claims.view")
def dispute(request: Any, claim_id: str, dispute_id: str) -> HttpResponse:
    """Show a dispute; its provider answers here, and its payer settles."""
    access = request.access
    claim = queries.claim_or_404(access, claim_id)
    found = queries.dispute_or_404(access, claim, dispute_id)
    back = at(request, "claim", claim_id=claim_id)
    answers = found.is_open and found.answered_at is None and access.allows("claims.prepare", claim.provider)
    settles = found.is_open and access.allows("claims.dispute", found.payer.organisation)
    form: BaseForm | None = None
    led = None
    if answers:
        form = answering = forms.AnswerForm(request.POST or None)
        led = done(
            request, answering,
            lambda: disputing.answer_dispute(
                access, dispute=found, agree=answering.cleaned_data["agree"] == "yes",
                answer=answering.cleaned_data["answer"], once=answering.key(),
            ),
            "Your answer was sent.", back,
        )  # fmt: skip
    elif settles:
        form = settling = forms.SettleForm(request.POST or None)
        led = done(
            request, settling,
            lambda: disputing.settle_dispute(
                access, dispute=found, uphold=settling.cleaned_data["uphold"] == "yes", once=settling.key()
            ),
            "The dispute is settled.", back,
        )  # fmt: skip
    context = {
        "claim": claim, "dispute": found, "form": form, "back": back,
        "money": claim.amount(found.line.payers.get(found.payer.named, 0)),
        "button": "Send the answer" if answers else "Settle",
        "line_address": at(request, "claim_line", claim_id=claim_id, number=found.line_id),
    }  # fmt: skip
    return led or render(request, "claims/dispute.html", context)
