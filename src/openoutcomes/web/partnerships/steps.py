"""The steps of setting a partnership up, each with how far it is, worked out from what is there."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.contracts.queries import unmapped_contracts
from openoutcomes.web.core.access import Access
from openoutcomes.web.partnerships.models import Invitation, Membership, Offered, Organisation, Programme


@dataclass(frozen=True)
class Step:
    """One step: what it is, what it is for, where it is done, and how far it is (in words)."""

    code: str
    words: str
    hint: str
    address: str
    state: str
    is_done: bool
    is_optional: bool = False

    @property
    def colour(self) -> str:
        """The colour of its tag; nothing for a step that is done, which needs no attention."""
        return "" if self.is_done else "grey" if self.is_optional else "blue"


def steps(access: Access) -> list[Step]:
    """Return the steps in the order in which they are best done."""
    partnership, slug = access.partnership, {"partnership": access.partnership.slug}
    organisations = Organisation.of(partnership).filter(is_active=True).count()
    programmes = Programme.of(partnership).filter(is_open=True).count()
    people = (
        Membership.of(partnership)
        .filter(ended_at=None)
        .exclude(role="person")
        .values("user")
        .distinct()
        .count()
    )
    asked = (
        Invitation.of(partnership).filter(accepted_at=None, withdrawn_at=None).exclude(role="person").count()
    )
    on = Offered.of(partnership).count()
    contracts = Contract.of(partnership).filter(is_closed=False).count()
    unmapped = len(unmapped_contracts(partnership)) if contracts else 0
    described = bool(partnership.name and partnership.place and partnership.aim)
    return [
        Step(
            "details", "Say what the partnership is for", "Its name, place and aim, as everybody in it sees them.",
            reverse("partnership_details", kwargs=slug), "Completed" if described else "Not finished", described,
        ),
        Step(
            "organisations", "Add organisations", "Providers, payers, investors and partners.",
            reverse("organisations", kwargs=slug), _count(organisations, "organisation"), organisations > 0,
        ),
        Step(
            "programmes", "Add programmes", "What people can be enrolled in. A contract is not needed.",
            reverse("programmes", kwargs=slug), _count(programmes, "programme"), programmes > 0,
        ),
        Step(
            "members", "Invite the people who work here", "Each gets a role, and sees what that role needs.",
            reverse("members", kwargs=slug), _people(people, asked), people + asked > 1,
        ),
        Step(
            "catalogue", "Choose outcomes and instruments",
            "Until you choose, all outcomes and all free instruments are on.",
            reverse("catalogue_outcomes", kwargs=slug), f"{on} on" if on else "Not chosen yet", on > 0,
        ),
        Step(
            "contract", "Load a contract", "Only if outcomes are paid for. Everything else works without one.",
            reverse("contracts", kwargs=slug), _contracts(contracts, unmapped),
            contracts > 0 and not unmapped, is_optional=True,
        ),
    ]  # fmt: skip


def left(found: list[Step]) -> list[Step]:
    """Return the steps that have yet to be done; an optional one is not missed."""
    return [step for step in found if not step.is_done and not step.is_optional]


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else "None yet"


def _people(people: int, asked: int) -> str:
    if people + asked <= 1:
        return "Only you so far"
    invited = f", {asked} invited" if asked else ""
    return f"{people} {'person' if people == 1 else 'people'}{invited}"


def _contracts(contracts: int, unmapped: int) -> str:
    if not contracts:
        return "Optional"
    return "Parties to name" if unmapped else _count(contracts, "contract")
