"""Pages of claims: the list, a claim with its lines, one line walked back, and files to download."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch

from openoutcomes.contracts.explaining import Step
from openoutcomes.contracts.explaining import explain as tell
from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import viewed
from openoutcomes.web.claims import commands, queries, showing
from openoutcomes.web.claims.commands import why_apart
from openoutcomes.web.claims.forms import ClaimsFilter, LinesFilter, PrepareForm
from openoutcomes.web.claims.models import Claim, ClaimLine
from openoutcomes.web.claims.parties import parties_for
from openoutcomes.web.claims.parties import payers as payers_of
from openoutcomes.web.contracts.models import Contract, TermsFile
from openoutcomes.web.contracts.queries import PRICED, read_file
from openoutcomes.web.contracts.wording import Wording, wording_of
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.lists import PAGE, Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into
from openoutcomes.web.core.templatetags.oo import day, words
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.payments.bank import why_not_check
from openoutcomes.web.payments.commands import why_not_pay
from openoutcomes.web.payments.queries import accounts_for, why_frozen
from openoutcomes.web.people.models import Person
from openoutcomes.web.records import store

#: Lines on a page that shows all, which a browser still prints; a claim with more goes on to a next page.
WHOLE = 1000


@page("claims.view")
def claims(request: Any) -> HttpResponse:
    """List the claims that a seat may see, newest first."""
    access = request.access
    rows = queries.claims_for(access)
    contracts = Contract.of(access.partnership).filter(claims__in=rows.values("pk")).distinct()
    filters = ClaimsFilter(request.GET, contracts=[(str(one.pk), one.name) for one in contracts])
    filters.is_valid()
    asked = filters.cleaned_data
    if asked.get("contract"):
        rows = rows.filter(contract=asked["contract"])
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    rows = queries.with_sums(rows.select_related("contract", "provider"))
    columns = _claim_columns(request)
    if wants_csv(request):
        return as_csv(rows, columns, "claims")
    may = access.may("claims.prepare")
    prepare = [("Prepare a claim", at(request, "claim_prepare"))] if may else []
    return render(
        request,
        "core/list_page.html",
        {
            "title": "Claims",
            "lead": "" if rows else "What providers claim for outcomes, and where each claim stands.",
            "listing": listing(
                request, rows, columns, caption="Claims", one="claim", sort="-period_to", filters=filters,
                empty="There are no claims yet. A provider prepares one from its verified outcomes.",
                empty_action=prepare[0] if prepare else None,
            ),
            "actions": prepare,
        },
    )  # fmt: skip


def _claim_columns(request: Any) -> list[Column]:
    def amount(claim: Any, name: str) -> str:
        minor = claim.result["totals"]["claimed"] if claim.state == "draft" else getattr(claim, name)
        return showing.cash(minor, claim.contract.currency)

    return [
        Column(
            "Claim",
            lambda c: Cell(c.label, at(request, "claim", claim_id=c.claim_id), under=c.provider.name),
            sort="label",
            plain=lambda c: c.reference,
        ),
        Column("Contract", lambda c: c.contract.name, sort="contract__name"),
        Column("Up to", lambda c: day(c.period_to), sort="period_to", plain=lambda c: c.period_to),
        Column("State", lambda c: Cell(c.get_state_display(), tag=showing.TAGS[c.state]), sort="state"),
        Column("Claimed", lambda c: amount(c, "claimed"), numeric=True, plain=lambda c: _money(c, "claimed")),
        Column(
            "Approved",
            lambda c: showing.cash(c.approved_sum, c.contract.currency),
            numeric=True,
            plain=lambda c: c.amount(c.approved_sum),
        ),
        Column(
            "Paid",
            lambda c: showing.cash(c.paid_sum, c.contract.currency),
            numeric=True,
            plain=lambda c: c.amount(c.paid_sum),
        ),
    ]


def _money(claim: Any, name: str) -> Any:
    return claim.amount(claim.result["totals"]["claimed"] if claim.state == "draft" else getattr(claim, name))


@page("claims.prepare")
def prepare(request: Any) -> HttpResponse:
    """Prepare a claim: for one of the seat's contracts, from what is recorded and verified."""
    found = queries.preparable(request.access)
    picked = request.GET.get("contract", ""), request.GET.get("provider", "")
    chosen = [one for one in found if (str(one[0].pk), one[1].organisation_id) == picked]
    if not chosen and len(found) != 1:
        return render(request, "claims/choose.html", {"choices": found, "back": at(request, "claims")})
    contract, provider = (chosen or found)[0]
    draft = (
        queries.claims_for(request.access).filter(contract=contract, provider=provider, state="draft").first()
    )
    if draft is not None and request.method == "GET":
        return redirect(at(request, "claim", claim_id=draft.claim_id))
    return _prepare(request, contract, provider)


def _prepare(request: Any, contract: Contract, provider: Organisation) -> HttpResponse:
    label, first, until = queries.suggested(contract, provider)
    initial = {"label": label, "period_from": first, "period_to": until}
    form = PrepareForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("label", "period_from", "period_to", "as_of")}
        try:
            claim = commands.prepare_claim(
                request.access, contract=contract, provider=provider, once=form.key(), **values
            )
        except InputError as error:
            problems_into(form, error)
        else:
            return redirect(at(request, "claim", claim_id=claim.claim_id))
    context = {
        "title": "Prepare a claim", "caption": f"{provider.name}, {contract.name}", "form": form,
        "lead": "Everything recorded and verified is priced under the contract's terms. "
                "You can look at every line before anything is submitted.",
        "button": "Price the claim", "back": at(request, "claims"),
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


@page("claims.view")
def claim(request: Any, claim_id: str) -> HttpResponse:
    """Show a claim: where it stands, what may be done next, and every line with its reason."""
    access = request.access
    found = queries.claim_or_404(access, claim_id)
    rows = found.lines.all()
    outcomes = [(code, words(code)) for code in sorted(found.result["by_outcome"])]
    filters = LinesFilter(request.GET, outcomes=outcomes)
    filters.is_valid()
    rows = _narrowed(rows, filters.cleaned_data)
    parties = list(payers_of(found.contract).values())
    names = {party.named: party.organisation.name for party in parties}
    parts = showing.parts_of(found, parties) if found.is_locked else []
    whole = "all" in request.GET
    columns = showing.line_columns(found, wording_of(_terms(found)))
    lines = listing(
        request, rows, columns, caption="Lines", one="line", sort="place", filters=filters,
        empty="Nothing has changed since the last claim.", per_page=WHOLE if whole else PAGE,
    )  # fmt: skip
    lines.export_address = at(request, "claim_lines", claim_id=claim_id)
    own = access.allows("claims.prepare", found.provider)
    return render(
        request,
        "claims/claim.html",
        {
            "claim": found,
            "heads": showing.HEADS,
            "tag": showing.TAGS[found.state],
            "listing": lines,
            "whole": whole,
            "all_address": _all_address(request, whole=whole) if whole or lines.page_links else "",
            "sums": {name: found.amount(minor) for name, minor in found.result["totals"].items()},
            "parts": [_part(found, part) for part in parts],
            "by_payer": [
                (names.get(payer, payer), found.amount(minor)) for payer, minor in found.result["by_payer"].items() if minor
            ],
            "by_outcome": [
                (code, sums["lines"], *(found.amount(sums[name]) for name in ("claimed", "reduced", "held", "refused")))
                for code, sums in found.result["by_outcome"].items()
            ],
            "notes": found.result["notes"],
            "actions": _actions(request, found, parts),
            "changed": queries.changed_since(found) if found.state == "draft" and own else 0,
            "own": own,
            "disputes": found.disputes.select_related("line", "payer__organisation"),
            "payments": found.payments.select_related("payer__organisation", "recorded_by", "reversal"),
            "approvals": found.approvals.select_related("payer__organisation", "approved_by"),
        },
    )  # fmt: skip


def _terms(found: Claim) -> TermsFile:
    """Return the file of terms that a claim was priced by."""
    files = TermsFile.of(found.partnership).select_related("contract")
    return files.get(contract=found.contract, number=found.terms_number)


def _all_address(request: Any, *, whole: bool) -> str:
    """Return the address of the same lines all on one page, or page by page again."""
    query = request.GET.copy()
    for name in ("all", "page"):
        query.pop(name, None)
    if not whole:
        query["all"] = "1"
    return f"{request.path}?{query.urlencode()}#lines" if query else f"{request.path}#lines"


def _narrowed(rows: Any, asked: dict[str, Any]) -> Any:
    if asked.get("outcome"):
        rows = rows.filter(outcome=asked["outcome"])
    kind = asked.get("kind")
    if kind == "adjustment":
        return rows.filter(adjusts=True)
    if kind == "new":
        return rows.filter(adjusts=False).exclude(amount=0)
    if kind == "reduced":
        return rows.filter(adjusts=False, amount=0).exclude(status__in=("held", "refused"))
    return rows.filter(adjusts=False, amount=0, status=kind) if kind else rows


def _part(found: Claim, part: showing.Part) -> dict[str, Any]:
    standing = part.standing
    return {
        "name": part.payer.organisation.name,
        **{
            name: found.amount(getattr(standing, name))
            for name in ("accrued", "approved", "paid", "clawed_back", "to_approve", "to_pay", "due_back")
        },
    }


def _actions(request: Any, found: Claim, parts: list[showing.Part]) -> dict[str, Any]:
    """Return what a seat may do with a claim now: one thing first, the rest as links, or why it may not."""
    access = request.access
    mine: list[tuple[str, str]] = []
    further: list[tuple[str, str]] = []
    why = ""
    if found.is_locked and not found.contract.is_closed:
        for part in parts:
            party, payer = part.payer, part.payer.pk
            name = party.organisation.name
            if parties_for(access, "claims.approve", [party]):
                why = why or why_apart(access, found)
                if part.standing.to_approve and not why:
                    shown = showing.cash(part.standing.to_approve, found.contract.currency)
                    mine.append(
                        (
                            f"Approve {shown} for {name}",
                            at(request, "claim_approve", claim_id=found.claim_id, payer=payer),
                        )
                    )
                if not why:
                    further.append(
                        (
                            f"Return lines for {name}",
                            at(request, "claim_return", claim_id=found.claim_id, payer=payer),
                        )
                    )
                if part.standing.paid and not why:
                    further.append(
                        (
                            f"Take back money paid by {name}",
                            at(request, "claw_back", claim_id=found.claim_id, payer=payer),
                        )
                    )
    paying, why = _paying(request, found, parts, why)
    return {"main": mine + paying, "further": further, "why": why}


def _paying(
    request: Any, found: Claim, parts: list[showing.Part], why: str
) -> tuple[list[tuple[str, str]], str]:
    """Return what a seat may do about payment of a claim now, and why no more (or what ``why`` said before)."""
    access, mine = request.access, []
    for part in parts:
        owed = part.standing.to_pay - part.standing.due_back
        if not owed or not parties_for(access, "payments.record", [part.payer]):
            continue
        why = why or why_apart(access, found) or why_not_pay(access, found, part.payer)
        if why:
            continue
        if owed > 0 and (frozen := why_frozen(found.provider)):
            mine += _unfreeze(request, found)
            why = f"No payment can be recorded now: {frozen}"
            continue
        verb = "Record a payment by" if owed > 0 else "Record money returned to"
        address = at(request, "pay", claim_id=found.claim_id, payer=part.payer.pk)
        mine.append((f"{verb} {part.payer.organisation.name}", address))
    to_pay = any(part.standing.to_pay for part in parts)
    if to_pay and access.allows("bank.propose", found.provider) and (frozen := why_frozen(found.provider)):
        mine += _unfreeze(request, found)
        why = why or f"Payment waits: {frozen}"
    return list(dict.fromkeys(mine)), why


def _unfreeze(request: Any, found: Claim) -> list[tuple[str, str]]:
    """Return what a seat can do so that a provider may be paid: check its bank details, give them, or look."""
    access, provider = request.access, found.provider
    seen = accounts_for(access).filter(provider=provider, state="proposed").first()
    if seen is not None and access.may("bank.check"):
        verb = "See" if why_not_check(access, seen) else "Check"
        return [(f"{verb} the bank details of {provider}", at(request, "bank_one", bank_id=seen.bank_id))]
    if seen is None and access.allows("bank.propose", provider):
        address = at(request, "bank_propose", organisation=provider.organisation_id)
        return [(f"Give the bank details of {provider}", address)]
    return []


@page("claims.view")
def lines(request: Any, claim_id: str) -> HttpResponse:
    """Give a claim's lines as CSV."""
    found = queries.claim_or_404(request.access, claim_id)
    columns = showing.file_columns(found, found.result["by_payer"])
    return as_csv(found.lines.all(), columns, f"claim-{found.label}")


@page("claims.view")
def whole(request: Any, claim_id: str) -> HttpResponse:
    """Give a claim with its lines as JSON."""
    found = queries.claim_or_404(request.access, claim_id)
    answer = JsonResponse(showing.as_json(found, found.result["by_payer"]), json_dumps_params={"indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="claim-{found.claim_id}.json"'
    return answer


@page("claims.view")
def line(request: Any, claim_id: str, number: int) -> HttpResponse:
    """Walk one line back: from the money to the rule, the evidence, the findings and the records of that day."""
    access = request.access
    found = queries.claim_or_404(access, claim_id)
    row = found.lines.filter(pk=number).first()
    if row is None:
        raise Http404("No such line in this claim")
    row.claim = found
    person = Person.of(access.partnership).filter(person_id=row.person_id).first() if row.person_id else None
    if person is not None:
        viewed(access, "claims.explain", row, person=person)
    terms = _terms(found)
    wording = wording_of(terms)
    steps = _steps(found, row, person, terms, wording)
    names = {name: party.organisation.name for name, party in payers_of(found.contract).items()}
    shares = found.shares.filter(line_id=row.line_id).select_related("payer__organisation")
    return render(
        request,
        "claims/line.html",
        {
            "claim": found,
            "heads": showing.HEADS,
            "line": row,
            "kind": showing.KINDS[row.kind],
            "reason": wording.plain(row.reason),
            "says": wording.says.get(row.outcome, ""),
            "rule": next((step.says for step in steps if step.rule == row.rule), "") or wording.plain(row.rule),
            "steps": steps,
            "terms": terms,
            "records": queries.versions_behind(row),
            "outcome_address": _outcome(request, row),
            "money": {
                name: found.amount(getattr(row, name)) for name in ("gross", "reduced", "held", "refused", "amount")
            },
            "payers": [(names.get(name, name), found.amount(minor)) for name, minor in row.payers.items()],
            "shares": [
                (share.payer.organisation.name, *(found.amount(getattr(share, name)) for name in ("accrued", "approved", "paid", "clawed_back")))
                for share in shares
            ],
            "before": [(other, wording.plain(other.reason)) for other in _elsewhere(access, row)],
            "disputes": row.disputes.select_related("payer__organisation"),
        },
    )  # fmt: skip


def _elsewhere(access: Access, row: ClaimLine) -> Any:
    """Return the lines of other claims that are about the same thing, oldest first."""
    rows = ClaimLine.of(access.partnership).filter(
        claim__in=queries.claims_for(access), origin=row.origin, claim__contract=row.claim.contract
    )
    return rows.exclude(pk=row.pk).select_related("claim").order_by("claim__as_of", "pk")


def _steps(
    found: Claim, row: ClaimLine, person: Person | None, terms: TermsFile, wording: Wording
) -> tuple[Step, ...]:
    """Return the rules that the line met or did not, from the one person's records as they stood.

    Money is not worked out again here: caps look at everybody's records, and the line keeps what came of them.
    """
    if person is None or not row.achievement_id:
        return ()
    records = Q(person=person, pk__lte=found.last_record)
    dataset = store.dataset(found.partnership, PRICED, records)
    _, stories = tell(read_file(terms)[1], dataset, found.as_of, {row.achievement_id})
    steps = stories[0].steps if stories else ()
    return tuple(replace(s, says=wording.plain(s.says), detail=wording.plain(s.detail)) for s in steps)


def _outcome(request: Any, row: ClaimLine) -> str:
    """Return where the outcome itself is, for seats that may look at it."""
    if not row.achievement_id or not request.access.allows("outcomes.view", row.claim.provider):
        return ""
    try:
        return at(request, "outcome", record_id=row.achievement_id)
    except NoReverseMatch:
        return ""
