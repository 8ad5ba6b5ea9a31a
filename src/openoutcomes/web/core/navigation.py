"""The navigation at the top of every page: what each seat may go to, most used first."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from openoutcomes.web.core.access import Access

#: (words, name of the address, action it needs), in the order shown.
LINKS: tuple[tuple[str, str, str], ...] = (
    ("People", "people", "people.view"),
    ("Referrals", "referrals", "referrals.view"),
    ("Groups", "groups", "groups.view"),
    ("Outcomes", "outcomes", "outcomes.view"),
    ("Verification", "verification", "verification.view"),
    ("Claims", "claims", "claims.view"),
    ("Payments", "position", "position.view"),
    ("Contracts", "contracts", "contracts.view"),
    ("Results", "results", "results.view"),
    ("Partnership", "setup", "organisations.view"),
    ("Records and audit", "administration", "access.export"),
)


@dataclass(frozen=True)
class Link:
    """A place to go."""

    words: str
    address: str
    is_here: bool


def links_for(access: Access, path: str) -> list[Link]:
    """Return the links that a seat may follow; the one it is at is marked."""
    links = []
    for words, name, action in LINKS:
        if not access.may(action):
            continue
        try:
            address = reverse(name, kwargs={"partnership": access.partnership.slug})
        except NoReverseMatch:
            continue
        if name == "people" and access.reach(action) == "self":
            words = "Your page"  # noqa: PLW2901 - there is one person, who is the reader
        links.append(Link(words, address, path.startswith(address)))
    return links
