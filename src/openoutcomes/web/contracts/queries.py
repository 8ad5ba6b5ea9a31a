"""Reading contracts: which ones a seat may see, their terms, and the data set that they price."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from openoutcomes.contracts.examples import Outcome, run_examples
from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.reading import Document, parse_terms, read_terms
from openoutcomes.contracts.terms import Terms
from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.problems import InputError
from openoutcomes.web.contracts.models import Contract, TermsFile
from openoutcomes.web.contracts.parties import Name, missing, parties_by_contract
from openoutcomes.web.core.access import Access
from openoutcomes.web.people.models import Person
from openoutcomes.web.records import store

#: The tables that rules may look at, apart from those about no person.
PRICED = (
    "people", "enrolments", "needs", "measures", "events", "achievements", "contributions",
    "verifications", "feedback",
)  # fmt: skip
_ABOUT_NOBODY = ("achievement_counts", "cohort_results", "indicators")


def contracts_for(access: Access, action: str) -> QuerySet[Contract]:
    """Return the contracts that a seat may see for an action, by the reach it has."""
    reach = access.reach(action)
    rows = Contract.of(access.partnership)
    if reach == "partnership":
        return rows
    if reach in ("party", "organisation"):
        return rows.filter(parties__organisation__in=access.organisation_ids(action)).distinct()
    return rows.none()


def file_in_force(contract: Contract) -> TermsFile:
    """Return the latest file of terms of a contract."""
    return (
        TermsFile.of(contract.partnership)
        .filter(contract=contract)
        .select_related("contract")
        .latest("number")
    )


@lru_cache(maxsize=64)
def _read(text: str, name: str, parameters: tuple[tuple[str, str], ...]) -> tuple[Document, Terms]:
    document = parse_terms(text, name)
    return document, read_terms(document, dict(parameters), assume=True)


def files_in_force(partnership: Any) -> dict[int, TermsFile]:
    """Return the latest file of terms of every contract of a partnership, by the contract's key."""
    newest = (
        TermsFile.of(partnership).filter(contract=OuterRef("contract")).order_by("-number").values("pk")[:1]
    )
    files = TermsFile.of(partnership).filter(pk=Subquery(newest)).select_related("contract", "loaded_by")
    return {file.contract_id: file for file in files}


def read_file(file: TermsFile) -> tuple[Document, Terms]:
    """Return a file of terms as parsed and as read."""
    return _read(file.text, f"{file.contract.contract_id}.yaml", tuple(sorted(file.parameters.items())))


def unmapped_contracts(partnership: Any) -> list[tuple[Contract, list[Name]]]:
    """Return the open contracts whose terms name a party that no organisation stands for, with those names."""
    parties = parties_by_contract(partnership)
    found = []
    for file in files_in_force(partnership).values():
        names = missing(read_file(file)[1], parties.get(file.contract_id, []))
        if names and not file.contract.is_closed:
            found.append((file.contract, names))
    return found


@lru_cache(maxsize=64)
def _examples(text: str, name: str) -> tuple[Outcome, ...]:
    return tuple(run_examples(parse_terms(text, name)))


def examples_of(file: TermsFile) -> tuple[Outcome, ...]:
    """Return how the examples of a file of terms come out; none where they cannot be read any more.

    They were read when the file was loaded, but a later release may read examples more strictly.
    """
    try:
        return _examples(file.text, f"{file.contract.contract_id}.yaml")
    except InputError:
        return ()


def terms_of(contract: Contract) -> Terms:
    """Return the terms in force, read. They were checked when they were loaded."""
    return document_of(contract)[1]


def document_of(contract: Contract) -> tuple[Document, Terms]:
    """Return the terms in force as parsed and as read."""
    return read_file(file_in_force(contract))


def dataset_of(contract: Contract) -> Dataset:
    """Return everything that the contract's rules may look at, with all versions.

    People are those enrolled in the contract's programmes or named by its achievements. Nothing in
    it is shown to anybody as it is: it is for pricing.
    """
    ids = Person.of(contract.partnership).filter(
        Q(records__contract=contract) | Q(enrolments__programme__contract=contract)
    )
    condition = Q(contract=contract) | Q(person__in=ids.values("pk"))
    return store.dataset(contract.partnership, (*PRICED, *_ABOUT_NOBODY), condition)


def priced(contract: Contract, as_of: dt.date, *, explain: Any = ()) -> Any:
    """Price everything recorded under a contract as known on a day."""
    return price(terms_of(contract), dataset_of(contract), as_of, explain=explain)
