"""The pages used most, read by axe for people with disabilities, and held to the width of a phone."""

from __future__ import annotations

from typing import Any

import pytest

from browser_widths import PHONE

#: Who opens what: each role's own pages, by the name of their address.
PAGES = {
    "practitioner": [
        "home",
        "people",
        "person_add",
        "referrals",
        "groups",
        "outcomes",
        "person",
        "record_quick",
    ],
    "provider_manager": [
        "claims",
        "claim_prepare",
        "position",
        "bank",
        "members",
        "administration",
        "results",
    ],
    "commissioner": ["claims", "position", "contracts", "recording_costs", "catalogue_outcomes"],
    "finance": ["payments_due", "payments"],
    "verifier": ["verification", "samples", "turnaround"],
    "administrator": ["setup", "organisations", "contract_load", "audit", "retention", "erase"],
}


@pytest.mark.parametrize("role", list(PAGES))
def test_the_pages_of_a_role_can_be_read_by_everybody(visit: Any, world: Any, role: str) -> None:
    visitor = visit(world.client(role), PHONE)
    visitor.page.set_default_timeout(30_000)
    wrong = []
    for name in PAGES[role]:
        about = {"person_id": world.people["ash"].person_id} if name in ("person", "record_quick") else {}
        path = world.url(name, **about)
        answer = visitor.page.goto(visitor.base + path)
        if answer.status != 200:
            wrong.append(f"{path}: answers {answer.status}")
            continue
        if visitor.too_wide() > 0:
            wrong.append(f"{path}: {visitor.too_wide()} pixels too wide")
        wrong += [f"{path}: {found}" for found in visitor.axe()]
    wrong += [f"the browser says {said}" for said in visitor.complaints]
    assert wrong == []
