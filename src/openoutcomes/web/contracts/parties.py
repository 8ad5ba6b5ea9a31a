"""Who the names in a contract's terms stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openoutcomes.contracts.terms import Terms
from openoutcomes.web.contracts.models import Party
from openoutcomes.web.partnerships.models import Organisation


@dataclass(frozen=True, order=True)
class Name:
    """A name in the terms and the part it plays."""

    role: str
    named: str


def names_in(terms: Terms) -> list[Name]:
    """Return every party that the terms name, in any of their versions, each once.

    Terms that name no provider are a rate card for any of the contract's providers.
    """
    versions = [version for _, history in terms.histories for version in history] or list(terms.versions)
    found = [Name("commissioner", terms.commissioner)] if terms.commissioner else []
    found += [Name("payer", name) for version in versions for name in version.payer_names]
    found += [Name("provider", name) for version in versions for name in version.providers]
    found += [Name("investor", name) for name in terms.investors]
    return list(dict.fromkeys(found))


def has_open_providers(terms: Terms) -> bool:
    """Say whether the terms leave it to the partnership which organisations are providers."""
    return not any(name.role == "provider" for name in names_in(terms))


def suggested(name: Name, organisations: Iterable[Organisation]) -> Organisation | None:
    """Return the organisation that a name most likely stands for: by id, public identifier or name.

    A provider is found by id alone: its records carry that id, and the terms ask for it.
    """
    wanted = _plain(name.named)
    kept = list(organisations)
    for organisation in kept:
        if organisation.organisation_id == name.named:
            return organisation
    if name.role == "provider":
        return None
    alike = [
        organisation
        for organisation in kept
        if wanted
        in (_plain(organisation.organisation_id), _plain(organisation.identifier), _plain(organisation.name))
    ]
    return alike[0] if len(alike) == 1 else None


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def missing(terms: Terms, parties: Iterable[Party]) -> list[Name]:
    """Return the names in the terms that no organisation stands for yet.

    Where the terms name no provider, an empty provider's name stands for there being none at all.
    """
    kept = list(parties)
    known = {Name(party.role, party.named) for party in kept}
    found = [name for name in names_in(terms) if name not in known]
    if has_open_providers(terms) and not any(party.role == "provider" for party in kept):
        found.append(Name("provider", ""))
    return found


def parties_by_contract(partnership: Any) -> Mapping[int, list[Party]]:
    """Return the parties of every contract of a partnership, by the contract's key, in one query."""
    found: dict[int, list[Party]] = {}
    for party in Party.of(partnership).select_related("organisation").order_by("role", "named"):
        found.setdefault(party.contract_id, []).append(party)
    return found


def role_words(role: str) -> str:
    """Return a party's role in words."""
    return dict(Party.ROLES)[role]
