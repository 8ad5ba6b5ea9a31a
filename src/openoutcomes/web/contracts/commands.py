"""Loading contracts: a file of terms is stored whole, checked again, and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.claims.models import LOCKED, Claim
from openoutcomes.web.contracts.loading import Draft, check
from openoutcomes.web.contracts.models import Contract, Party, TermsFile
from openoutcomes.web.contracts.parties import Name, has_open_providers, names_in
from openoutcomes.web.contracts.queries import read_file
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.partnerships.models import Organisation

#: Who each name in the terms stands for; a name without an organisation waits for one.
Standing = Mapping[Name, Organisation | None]


@command
def load_contract(
    by: Access,
    *,
    draft: Draft,
    parameters: Mapping[str, str],
    parties: Standing,
    providers: Iterable[Organisation] = (),
    replaces: int | None = None,
) -> TermsFile:
    """Store a file of terms: a new contract's first, or with ``replaces`` the next of one that is here.

    ``replaces`` is the number of the version that the change was looked at against, so that two people
    cannot both replace the same one. ``providers`` are for terms that name none. Raises InputError
    when the terms cannot be read or one of their examples fails.
    """
    by.require("contracts.load")
    checked = check(draft, parameters)
    if checked.failing:
        raise InputError(
            Problem(
                f"an example fails: {one.example.says}.",
                "Mend the terms or the example.",
                line=one.example.line,
            )
            for one in checked.failing
        )
    terms = checked.terms
    contract = Contract.of(by.partnership).select_for_update().filter(contract_id=terms.contract).first()
    before = None
    if contract is not None:
        before = TermsFile.of(by.partnership).filter(contract=contract).order_by("-number").first()
    if (before.number if before else None) != replaces:
        raise refuse(
            "the contract was loaded by somebody else meanwhile."
            if before
            else "there is no such contract here to replace.",
            "Look at what is in force, then begin again.",
        )
    if contract is None:
        contract = Contract.objects.create(
            partnership=by.partnership, contract_id=terms.contract, name=terms.name, currency=terms.currency
        )
    elif before is not None:
        if contract.is_closed:
            raise refuse("the contract is closed, and its terms stay as they are.")
        if contract.currency != terms.currency:
            what = f"the contract is in {contract.currency}, and these terms are in {terms.currency}."
            raise refuse(what, "A contract keeps its currency: load it as another contract.")
        if (before.sha256, before.parameters) == (draft.sha256, dict(checked.parameters)):
            raise refuse("these are the terms in force already.", "Nothing needs to be loaded.")
        contract.name = terms.name
        contract.save(update_fields=["name"])
    file: TermsFile = TermsFile.objects.create(
        partnership=by.partnership,
        contract=contract,
        number=before.number + 1 if before else 1,
        text=draft.text,
        sha256=draft.sha256,
        parameters=dict(checked.parameters),
        loaded_by=by.user,
    )
    _name(by, contract, parties, providers)
    detail = {"contract": terms.contract, "version": file.number, "sha256": draft.sha256}
    note(by, "contracts.load_contract", contract, detail=detail)
    return file


@command
def name_parties(
    by: Access, *, contract: Contract, parties: Standing, providers: Iterable[Organisation] = ()
) -> Contract:
    """Say which organisations the names in a contract's terms stand for."""
    by.require("contracts.load")
    _name(by, contract, parties, providers)
    named = {
        f"{party.role} {party.named}": party.organisation.organisation_id
        for party in Party.of(by.partnership).filter(contract=contract).select_related("organisation")
    }
    note(by, "contracts.name_parties", contract, detail={"parties": named})
    return contract


def _name(by: Access, contract: Contract, parties: Standing, providers: Iterable[Organisation]) -> None:
    latest = (
        TermsFile.of(by.partnership).filter(contract=contract).select_related("contract").latest("number")
    )
    terms = read_file(latest)[1]
    known = set(names_in(terms))
    wanted: dict[Name, Organisation | None] = {name: parties.get(name) for name in known}
    problems = [
        Problem(
            f"the terms pay for the provider {name.named!r}, and {organisation.name}'s records carry the id "
            f"{organisation.organisation_id!r}.",
            f"Add the organisation with the id {name.named!r}, or put its id in the terms.",
            field=f"{name.role}:{name.named}",
        )
        for name, organisation in wanted.items()
        if name.role == "provider" and organisation is not None and organisation.organisation_id != name.named
    ]
    if problems:
        raise InputError(problems)
    if has_open_providers(terms):
        wanted |= {Name("provider", one.organisation_id): one for one in providers}
    kept = {
        Name(party.role, party.named): party for party in Party.of(by.partnership).filter(contract=contract)
    }
    for name, organisation in wanted.items():
        party = kept.pop(name, None)
        if organisation is None:
            if party is not None:
                _drop(party)
        elif party is None:
            Party.objects.create(
                partnership=by.partnership,
                contract=contract,
                organisation=organisation,
                role=name.role,
                named=name.named,
            )
        elif party.organisation_id != organisation.pk:
            _let_go(party)
            party.organisation = organisation
            party.save(update_fields=["organisation"])
    for party in kept.values():
        # A provider that left still has what it recorded; a payer that earlier terms named still owes.
        if party.role == "provider" and has_open_providers(terms):
            _drop(party)


def _drop(party: Party) -> None:
    _let_go(party)
    party.delete()


def _let_go(party: Party) -> None:
    """Refuse where money or work under the contract already hangs on who a party is."""
    contract = party.contract
    if party.role == "provider" and contract.records.filter(organisation=party.organisation).exists():
        raise refuse(
            f"{party.organisation.name} has recorded work under this contract.",
            "It stays a provider, so that what it did can be claimed.",
            "providers",
        )
    if (
        party.role == "payer"
        and Claim.of(contract.partnership).filter(contract=contract, state__in=LOCKED).exists()
    ):
        raise refuse(
            f"claims were submitted to {party.organisation.name} as {party.named}.",
            "It stays who it is; a new payer needs another name in the terms.",
            f"payer:{party.named}",
        )
