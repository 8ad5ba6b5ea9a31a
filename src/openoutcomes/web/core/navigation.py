"""The navigation at the top of every page: areas, and the pages of each that a seat may go to.

A seat sees the areas in which it may see something. An area leads to the first of its pages; where it has
several, they are a second row while the reader is in it. To add a page, add a :class:`Page` to its area:
``folders`` names the parts of the addresses that belong to it besides its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.urls import NoReverseMatch, reverse

from openoutcomes.web.core.access import Access


@dataclass(frozen=True)
class Page:
    """A page of the navigation: its words, the name of its address, the action it needs, what belongs to it."""

    words: str
    name: str
    action: str
    folders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Area:
    """Pages that belong together, most used first."""

    words: str
    pages: tuple[Page, ...]


AREAS: Final[tuple[Area, ...]] = (
    Area("People", (
        Page("People", "people", "people.view", ("records", "sharing")),
        Page("Referrals", "referrals", "referrals.view"),
        Page("Groups", "groups", "groups.view"),
        Page("Pathways", "pathways", "pathways.view"),
        Page("Personal budgets", "budgets", "budgets.view"),
    )),
    Area("Outcomes", (
        Page("Outcomes", "outcomes", "outcomes.view"),
        Page("Verification", "verification", "verification.view"),
    )),
    Area("Money", (
        Page("Claims", "claims", "claims.view"),
        Page("Payments", "position", "position.view"),
        Page("Contracts", "contracts", "contracts.view"),
    )),
    Area("Together", (
        Page("Agenda", "agenda", "agenda.view"),
        Page("Meetings", "meetings", "meetings.view"),
        Page("Listening", "listening", "listening.view"),
        Page("Stories", "stories", "stories.view"),
        Page("Barriers", "barriers", "barriers.view"),
        Page("Tests of change", "trials", "trials.view"),
        Page("Changes", "changes", "changes.view"),
        Page("Cases", "cases", "cases.view"),
        Page("Governance", "governance", "governance.view"),
    )),
    Area("Results", (
        Page("Results", "results", "results.view"),
        Page("Side by side", "side_by_side", "results.view"),
        Page("Recording time", "recording_costs", "recording.view"),
    )),
    Area("Set up", (
        Page("Partnership", "setup", "organisations.view"),
        Page("Records and audit", "administration", "access.export", ("audit",)),
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """A place to go; the one that the reader is at is marked."""

    words: str
    address: str
    is_here: bool = False


@dataclass(frozen=True)
class AreaLink(Link):
    """An area to go to, with its pages where there are several."""

    pages: list[Link] = field(default_factory=list)


def areas_for(access: Access, path: str) -> list[AreaLink]:
    """Return the areas that a seat may go to, with their pages; where the reader is at is marked.

    An address belongs to the page whose own address (or folder) is the longest that it starts with. An
    area of which the seat may see one page goes by the words of that page.
    """
    inside = {"partnership": access.partnership.slug}
    home = reverse("home", kwargs=inside)
    found: list[tuple[Area, list[tuple[Page, str]]]] = []
    starts: dict[str, Page] = {}
    for area in AREAS:
        pages = []
        for page in area.pages:
            if not access.may(page.action):
                continue
            try:
                address = reverse(page.name, kwargs=inside)
            except NoReverseMatch:
                continue
            pages.append((page, address))
            starts[address] = page
            starts.update({f"{home}{folder}/": page for folder in page.folders})
        if pages:
            found.append((area, pages))
    here = starts.get(max((start for start in starts if path.startswith(start)), key=len, default=""))
    areas = []
    for area, pages in found:
        links = [Link(_words(access, page), address, page is here) for page, address in pages]
        words = area.words if len(links) > 1 else links[0].words
        is_here = any(link.is_here for link in links)
        areas.append(AreaLink(words, links[0].address, is_here, links if len(links) > 1 else []))
    return areas


def _words(access: Access, page: Page) -> str:
    """Return the words of a page; of the one person whose account it is, it is theirs."""
    if page.name == "people" and access.reach(page.action) == "self":
        return "Your page"
    return page.words
