"""Reading money: one function gives the position that everybody sees, from the ledger's own columns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.http import Http404

from openoutcomes import ledger
from openoutcomes.ledger.positions import by_id, step_of
from openoutcomes.ledger.reports import Statement
from openoutcomes.standard.money import from_minor
from openoutcomes.web.claims.models import LOCKED, Claim
from openoutcomes.web.claims.queries import seen
from openoutcomes.web.contracts.models import Contract, Party
from openoutcomes.web.contracts.queries import contracts_for
from openoutcomes.web.core.access import Access
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.payments.ledger import entries_like, read
from openoutcomes.web.payments.models import FIGURES, BankDetails, Batch, Movement, Payment, Share

_NOTHING = Decimal(0)


@dataclass
class Standing:
    """Where money stands, in minor units. ``paid`` is net of what came back.

    ``to_pay`` and ``due_back`` are kept apart claim by claim, since one claim's debt is not set off against another's.
    """

    accrued: int = 0
    approved: int = 0
    paid: int = 0
    clawed_back: int = 0
    to_approve: int = 0
    to_pay: int = 0
    due_back: int = 0

    def add(self, figures: dict[str, int]) -> None:
        """Add one claim's figures of one payer."""
        outstanding = figures["approved"] - figures["clawed_back"] - figures["paid"] + figures["returned"]
        self.accrued += figures["accrued"]
        self.approved += figures["approved"]
        self.paid += figures["paid"] - figures["returned"]
        self.clawed_back += figures["clawed_back"]
        self.to_approve += figures["accrued"] - figures["approved"]
        self.to_pay += max(outstanding, 0)
        self.due_back += max(-outstanding, 0)

    def plus(self, other: Standing) -> Standing:
        """Return the sum, figure by figure."""
        return Standing(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass
class Row:
    """One payer and one provider under one contract: the two that owe each other."""

    payer: Party
    provider: Organisation
    standing: Standing = field(default_factory=Standing)


@dataclass
class Funded:
    """One investor's money with one provider, as money: drawn, repaid, returned beyond that, and still out."""

    investor: Party
    borrower: str
    drawn: Decimal = _NOTHING
    repaid: Decimal = _NOTHING
    returned: Decimal = _NOTHING

    @property
    def outstanding(self) -> Decimal:
        """What was drawn and not yet repaid."""
        return self.drawn - self.repaid


@dataclass
class Position:
    """A contract's money on a day: who owes whom, what waits for evidence, and what investors put in."""

    contract: Contract
    on: dt.date | None
    rows: list[Row]
    total: Standing
    held: dict[int, int]
    funded: list[Funded]

    def money(self, minor: int) -> Decimal:
        """Turn minor units into money of the contract."""
        return from_minor(minor, self.contract.currency)

    @property
    def held_total(self) -> int:
        """What waits for evidence, of all providers shown."""
        return sum(self.held.values())

    def by_provider(self) -> list[tuple[Organisation, Standing, int]]:
        """Return each provider's sums over its payers, with what is held for it."""
        found: dict[Organisation, Standing] = {}
        for row in self.rows:
            found[row.provider] = found.get(row.provider, Standing()).plus(row.standing)
        return [(provider, standing, self.held.get(provider.pk, 0)) for provider, standing in found.items()]

    def by_payer(self) -> list[tuple[Party, Standing]]:
        """Return each payer's sums over its providers."""
        found: dict[Party, Standing] = {}
        for row in self.rows:
            found[row.payer] = found.get(row.payer, Standing()).plus(row.standing)
        return list(found.items())


def position(access: Access, contract: Contract, on: dt.date | None = None) -> Position:
    """Return where a contract's money stands, now or at the end of a day, as far as a seat may see it.

    Everybody's pages are made from this: commissioner, provider and investor see the same figures of
    the same rows. A provider sees its own rows.
    """
    shares = Share.of(access.partnership).filter(seen(access, "position.view"), contract=contract)
    rows = _rows(shares, on)
    total = Standing()
    for row in rows:
        total = total.plus(row.standing)
    return Position(contract, on, rows, total, _held(access, contract, on), _funded(access, contract, on))


def summed(shares: QuerySet[Share], *keys: str) -> dict[tuple[int, ...], dict[str, int]]:
    """Return the sums of every figure of some shares, by the columns named, in one query."""
    fields: dict[str, Any] = {f"{name}_sum": Sum(name) for name in FIGURES}
    rows: Any = shares.order_by(*keys).values_list(*keys).annotate(**fields)
    return {tuple(row[: len(keys)]): dict(zip(FIGURES, row[len(keys) :], strict=True)) for row in rows}


def _rows(shares: QuerySet[Share], on: dt.date | None) -> list[Row]:
    if on is None:
        sums = summed(shares, "claim", "payer", "provider")
    else:
        sums = {}
        moves = Movement.objects.filter(share__in=shares, dated_on__lte=on)
        keys = ("share__claim", "share__payer", "share__provider", "figure")
        found: Any = moves.order_by(*keys).values_list(*keys).annotate(sum=Sum("amount"))
        for claim, payer, provider, figure, amount in found:
            sums.setdefault((claim, payer, provider), dict.fromkeys(FIGURES, 0))[figure] = amount
    payers = Party.objects.select_related("organisation").in_bulk({payer for _, payer, _ in sums})
    providers = Organisation.objects.in_bulk({provider for _, _, provider in sums})
    rows: dict[tuple[int, int], Row] = {}
    for (_, payer, provider), figures in sums.items():
        row = rows.setdefault((provider, payer), Row(payers[payer], providers[provider]))
        row.standing.add(figures)
    return sorted(rows.values(), key=lambda row: (row.provider.name, row.payer.named))


def _held(access: Access, contract: Contract, on: dt.date | None) -> dict[int, int]:
    """Return what each provider's latest submitted claim says is held until something is shown."""
    claims = Claim.of(access.partnership).filter(
        seen(access, "position.view"), contract=contract, state__in=LOCKED
    )
    if on is not None:
        claims = claims.filter(locked_at__date__lte=on)
    latest: dict[int, int] = {}
    for provider, result in claims.order_by("locked_at", "pk").values_list(
        "provider", "result__totals__held"
    ):
        latest[provider] = int(result)
    return latest


def _funded(access: Access, contract: Contract, on: dt.date | None) -> list[Funded]:
    """Return investors' money under a contract, for whoever may see it: the borrower its own, parties all of it."""
    entries = entries_like(contract, ("drawdown", "repayment", "return"))
    parties = {p.named: p for p in contract.parties.select_related("organisation") if p.role == "investor"}
    mine = {one.organisation_id for one in access.organisations()}
    everything = access.reach("position.view") == "partnership" or any(
        party.organisation_id in {one.pk for one in access.organisations()}
        for party in contract.parties.all()
        if party.role != "provider"
    )
    known = by_id(entries)
    found: dict[tuple[str, str], Funded] = {}
    for entry in entries:
        if on is not None and entry.dated_on > on:
            continue
        for lead in entry.leads():
            investor, borrower = lead.account.party, lead.account.counterparty
            if investor not in parties or not (everything or borrower in mine):
                continue
            row = found.setdefault((investor, borrower), Funded(parties[investor], borrower))
            name = {"drawdown": "drawn", "repayment": "repaid", "return": "returned"}[step_of(entry, known)]
            setattr(row, name, getattr(row, name) + lead.amount)
    return list(found.values())


def contracts_seen(access: Access) -> list[Contract]:
    """Return the contracts whose position a seat may see, by name."""
    return list(contracts_for(access, "position.view").order_by("name"))


def statements_for(access: Access, contract: Contract) -> list[tuple[str, str, Organisation]]:
    """Return the parties whose statement a seat may read: what the ledger calls them, as what, and who they are.

    A provider reads its own. Whoever pays, commissions or invests reads those of everybody under the contract.
    """
    mine = {one.pk for one in access.organisations()}
    parties = list(contract.parties.select_related("organisation").order_by("role", "named"))
    everything = access.reach("position.view") == "partnership" or any(
        party.organisation_id in mine and party.role != "provider" for party in parties
    )
    found = {}
    for party in parties:
        if party.role == "commissioner" or not (everything or party.organisation_id in mine):
            continue
        name = party.organisation.organisation_id if party.role == "provider" else party.named
        found[name] = (name, party.get_role_display(), party.organisation)
    return list(found.values())


def statement(contract: Contract, party: str, start: dt.date | None, end: dt.date | None) -> Statement:
    """Return a party's statement from the journal; with no sections where nothing has been posted for it."""
    journal = read(contract)
    if not any(posting.account.party == party for entry in journal.entries for posting in entry.postings):
        return Statement(party, start, end, ())
    return ledger.statement(journal, party, start, end)


def payments_for(access: Access) -> QuerySet[Payment]:
    """Return the payments that a seat may see."""
    allowed = seen(access, "payments.view")
    claims = Claim.of(access.partnership).filter(allowed)
    return Payment.of(access.partnership).filter(claim__in=claims.values("pk"))


def payment_or_404(access: Access, payment_id: str) -> Payment:
    """Return a payment that a seat may see; raises Http404 for any other."""
    rows = payments_for(access).select_related("claim__contract", "claim__provider", "payer__organisation")
    found = rows.filter(payment_id=payment_id).first()
    if found is None:
        raise Http404("No such payment, or not one that you may see")
    return found


def due(access: Access) -> list[dict[str, Any]]:
    """Return what is approved and unpaid, one row for each claim and payer that a seat records payments for."""
    payers = access.organisation_ids("payments.record")
    shares = Share.of(access.partnership).filter(payer__organisation__in=payers)
    rows: list[dict[str, Any]] = []
    for (claim, payer), figures in summed(shares, "claim", "payer").items():
        standing = Standing()
        standing.add(figures)
        if standing.to_pay or standing.due_back:
            rows.append({"claim": claim, "payer": payer, "standing": standing})
    claims = Claim.objects.select_related("contract", "provider").in_bulk({row["claim"] for row in rows})
    parties = Party.objects.select_related("organisation").in_bulk({row["payer"] for row in rows})
    for row in rows:
        row["claim"], row["payer"] = claims[row["claim"]], parties[row["payer"]]
    return rows


def account_of(provider: Organisation) -> BankDetails | None:
    """Return the bank details in use for a provider."""
    return BankDetails.of(provider.partnership).filter(provider=provider, state="checked").first()


def why_frozen(provider: Organisation) -> str:
    """Say why a provider may not be paid now, or nothing when it may."""
    states = set(
        BankDetails.of(provider.partnership)
        .filter(provider=provider, state__in=("proposed", "checked"))
        .values_list("state", flat=True)
    )
    if "proposed" in states:
        return f"a change of {provider}'s bank details waits to be checked, and payments wait until then."
    return "" if states else f"nobody has checked {provider}'s bank details yet."


def accounts_for(access: Access) -> QuerySet[BankDetails]:
    """Return the bank details that a seat may see: a provider's own, or those of providers that its organisation pays."""
    own = access.organisation_ids("bank.view")
    parties = Party.of(access.partnership)
    paying = parties.filter(organisation__in=paying_ids(access), role="payer").values("contract")
    paid = parties.filter(contract__in=paying, role="provider").values("organisation")
    return BankDetails.of(access.partnership).filter(Q(provider__in=paid) | Q(provider__in=own))


def paying_ids(access: Access) -> frozenset[int]:
    """Return the organisations for which a seat checks bank details."""
    return access.organisation_ids("bank.check")


def account_or_404(access: Access, bank_id: str) -> BankDetails:
    """Return bank details that a seat may see; raises Http404 for any other."""
    found = accounts_for(access).select_related("provider").filter(bank_id=bank_id).first()
    if found is None:
        raise Http404("No such bank details, or not ones that you may see")
    return found


def batches_for(access: Access) -> QuerySet[Batch]:
    """Return the files for the finance systems of the organisations that a seat records payments for."""
    return Batch.of(access.partnership).filter(payer__in=access.organisation_ids("payments.record"))


def names(contract: Contract) -> dict[str, str]:
    """Return the names of organisations by what the ledger calls them."""
    found: dict[str, str] = {}
    for party in contract.parties.select_related("organisation"):
        found[party.named] = party.organisation.name
        found[party.organisation.organisation_id] = party.organisation.name
    return found
