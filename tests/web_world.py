"""A small partnership for tests: two providers, two payers, an investor, and somebody in every role.

``world`` is made afresh for each test that asks for it. People are made up.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest

#: The terms of the contract in the world: two payers, two thirds and one third.
TERMS = """\
contract: front-door
name: Front Door
currency: GBP
runs: {from: 2024-01-01, to: 2027-12-31}
parties:
  payers: {council: 2/3, fund: 1/3}
outcomes:
  home-entry:
    counts as: home
    pays: 500
    once per: person
    evidence: tenancy-agreement or landlord-letter
  home-3-months:
    pays: 1500
    once per: person
    follows: {outcome: home-entry, sustained for: 3 months}
    evidence: landlord-letter
caps: {per person: 5000, contract: 500000}
examples:
  - says: a home found, with a tenancy agreement that was accepted
    given:
      person: {started: 2025-01-10}
      achievements: [home-entry on 2025-02-01 with tenancy-agreement]
    expect:
      home-entry: 500
"""

#: Role to the organisation it is held in (by id), where it is held in one.
SEATS = {
    "practitioner": "harbour",
    "provider_manager": "harbour",
    "commissioner": "council",
    "finance": "council",
    "investor": "trust",
    "coordinator": None,
    "verifier": None,
    "evaluator": None,
    "administrator": None,
}


@dataclass
class World:
    """What is in the partnership, by short name."""

    partnership: Any
    organisations: dict[str, Any] = field(default_factory=dict)
    users: dict[str, Any] = field(default_factory=dict)
    programmes: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    enrolments: dict[str, Any] = field(default_factory=dict)
    contract: Any = None

    def access(self, name: str) -> Any:
        """The seat of a user, by short name."""
        from openoutcomes.web.core.middleware import seat_of

        found = seat_of(self.users[name], self.partnership.slug)
        assert found is not None
        return found

    def client(self, name: str) -> Any:
        """A signed-in browser, without scripts, of a user by short name."""
        from django.test import Client

        client = Client()
        client.force_login(self.users[name])
        return client

    def url(self, name: str, **kwargs: Any) -> str:
        """The address of a page of the partnership."""
        from django.urls import reverse

        return reverse(name, kwargs={"partnership": self.partnership.slug, **kwargs})


def make_user(address: str) -> Any:
    from allauth.account.models import EmailAddress

    from openoutcomes.web.accounts.models import User

    user = User.objects.create_user(address, "correct horse battery", name=address.partition("@")[0])
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    return user


def seat(partnership: Any, user: Any, role: str, organisation: Any = None, person: Any = None) -> Any:
    from openoutcomes.web.core.scope import writing
    from openoutcomes.web.partnerships.models import Membership

    with writing("test"):
        return Membership.objects.create(
            partnership=partnership, user=user, role=role, organisation=organisation, person=person
        )


def make_world(slug: str = "kirkdale", contract: str = TERMS) -> World:
    from django_scopes import scopes_disabled

    from openoutcomes.web.core.scope import writing
    from openoutcomes.web.partnerships.models import Organisation, Partnership, Programme

    with scopes_disabled(), writing("test"):
        world = World(
            Partnership.objects.create(slug=slug, name=f"{slug.title()} Together", place=slug.title())
        )
        names = {
            "harbour": "Harbour Lights", "lantern": "Lantern House", "council": "Kirkdale Council",
            "fund": "National Fund", "trust": "Place Trust",
        }  # fmt: skip
        for key, name in names.items():
            world.organisations[key] = Organisation.objects.create(
                partnership=world.partnership, organisation_id=key, name=name
            )
        for role, where in SEATS.items():
            world.users[role] = make_user(f"{role}@{slug}.example")
            seat(world.partnership, world.users[role], role, world.organisations.get(where))
        world.users["other_practitioner"] = make_user(f"other@{slug}.example")
        seat(
            world.partnership,
            world.users["other_practitioner"],
            "practitioner",
            world.organisations["lantern"],
        )
        world.users["other_manager"] = make_user(f"other-manager@{slug}.example")
        seat(
            world.partnership,
            world.users["other_manager"],
            "provider_manager",
            world.organisations["lantern"],
        )
        world.users["fund_commissioner"] = make_user(f"fund@{slug}.example")
        seat(world.partnership, world.users["fund_commissioner"], "commissioner", world.organisations["fund"])
        world.users["lantern_finance"] = make_user(f"lantern-finance@{slug}.example")
        seat(world.partnership, world.users["lantern_finance"], "finance", world.organisations["lantern"])
        world.contract = make_contract(world, contract)
        for key in ("harbour", "lantern"):
            world.programmes[key] = Programme.objects.create(
                partnership=world.partnership,
                programme_id=f"{key}-front-door",
                organisation=world.organisations[key],
                name=f"Front Door at {names[key]}",
                contract=world.contract,
            )
    add_people(world)
    world.users["person"] = make_user(f"ash@{slug}.example")
    seat(world.partnership, world.users["person"], "person", person=world.people["ash"])
    return world


def make_contract(world: World, text: str) -> Any:
    import hashlib

    from openoutcomes.contracts.reading import parse_terms, read_terms
    from openoutcomes.web.contracts.models import Contract, Party, TermsFile

    terms = read_terms(parse_terms(text), assume=True)
    contract = Contract.objects.create(
        partnership=world.partnership, contract_id=terms.contract, name=terms.name, currency=terms.currency
    )
    TermsFile.objects.create(
        partnership=world.partnership, contract=contract, number=1, text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(), loaded_by=world.users["administrator"],
    )  # fmt: skip
    parties = {"payer": ("council", "fund"), "provider": ("harbour", "lantern"), "investor": ("trust",)}
    for role, keys in parties.items():
        for key in keys:
            Party.objects.create(
                partnership=world.partnership, contract=contract, organisation=world.organisations[key],
                role=role, named=key,
            )  # fmt: skip
    return contract


def add_people(world: World) -> None:
    from openoutcomes.web.people.commands import add_person, enrol

    for key, name, where, who in (
        ("ash", "Ash Example", "harbour", "practitioner"),
        ("blake", "Blake Sample", "harbour", "practitioner"),
        ("casey", "Casey Specimen", "lantern", "other_practitioner"),
    ):
        by = world.access(who)
        person = add_person(
            by, organisation=world.organisations[where], identity={"name": name, "phone": "07700 900123"}
        )
        world.people[key] = person
        world.enrolments[key] = enrol(
            by, person=person, programme=world.programmes[where], practitioner=world.users[who],
            started_on=dt.date(2025, 1, 10),
        )  # fmt: skip


def close_files(answer: Any) -> None:
    """Close the files behind an answer. ``answer.close()`` would end the test's own connection with it."""
    for close in answer._resource_closers:
        close()


@pytest.fixture
def world(db: Any) -> World:
    """A partnership with somebody in every role and three people supported."""
    del db
    return make_world()


@pytest.fixture
def elsewhere(db: Any) -> World:
    """Another partnership, whose people nobody in ``world`` may ever see."""
    del db
    return make_world("otherplace")


__all__ = [
    "SEATS",
    "TERMS",
    "World",
    "close_files",
    "elsewhere",
    "make_user",
    "make_world",
    "seat",
    "world",
]
