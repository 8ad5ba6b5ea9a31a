"""Who the names in a contract's terms and records stand for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openoutcomes.web.contracts.models import Contract, Party, parties_of
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import refuse
from openoutcomes.web.partnerships.models import Membership, Organisation


def payers(contract: Contract) -> dict[str, Party]:
    """Return the parties that pay, by the name that the terms use."""
    return {party.named: party for party in parties_of(contract, "payer")}


def providers(contract: Contract) -> dict[str, Organisation]:
    """Return the organisations that provide, by every name that records or terms may use for them."""
    found: dict[str, Organisation] = {}
    for party in parties_of(contract, "provider"):
        found[party.named] = party.organisation
    # An organisation's own id is what records say, so it wins where two names are the same.
    for organisation in list(found.values()):
        found[organisation.organisation_id] = organisation
    return found


def names_of(contract: Contract, provider: Organisation) -> frozenset[str]:
    """Return the names by which pricing may call a provider."""
    return frozenset(name for name, organisation in providers(contract).items() if organisation == provider)


def payer_of(contract: Contract, name: str) -> Party:
    """Return the party behind a payer's name; refuses where nobody has said who that is."""
    found = payers(contract).get(name)
    if found is None:
        what = f"the terms name the payer {name}, and no organisation stands for it."
        raise refuse(what, "Ask the administrator to add it to the contract's parties.")
    return found


def payers_of_provider(provider: Organisation) -> list[Organisation]:
    """Return the organisations that pay a provider under any contract."""
    rows = Party.of(provider.partnership)
    contracts = rows.filter(organisation=provider, role="provider").values("contract")
    paying = rows.filter(contract__in=contracts, role="payer").select_related("organisation")
    return sorted({party.organisation for party in paying}, key=lambda one: one.pk)


def was_member(user: Any, organisation: Organisation, since: Any) -> bool:
    """Say whether somebody holds a seat in an organisation, or held one at or after a moment."""
    seats = Membership.of(organisation.partnership).filter(user=user, organisation=organisation)
    return seats.exclude(ended_at__lt=since).exists()


def parties_for(access: Access, action: str, parties: Iterable[Party]) -> list[Party]:
    """Return those parties for whose organisation a seat may do an action."""
    return [party for party in parties if access.allows(action, party.organisation_id)]
