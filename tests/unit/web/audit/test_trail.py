"""The audit trail: found by who, whom, what and when; an organisation's own for its manager."""

from __future__ import annotations

from typing import Any

import pytest

from openoutcomes.web.audit.models import viewed
from openoutcomes.web.people.queries import look_at


@pytest.fixture
def looked(world: Any) -> Any:
    """A practitioner has looked at Ash, and one of another organisation at Casey."""
    from django_scopes import scope

    with scope(partnership=world.partnership):
        look_at(world.access("practitioner"), world.people["ash"].person_id, "people.view")
        casey = world.people["casey"]
        viewed(world.access("other_practitioner"), "people.view", casey, person=casey)
    return world


def test_an_administrator_sees_every_look_and_change(looked: Any) -> None:
    page = looked.client("administrator").get(looked.url("audit")).content.decode()
    assert looked.people["ash"].person_id in page
    assert looked.people["casey"].person_id in page
    assert "Looked at a person&#x27;s page" in page
    assert "Ash Example" not in page


def test_a_manager_sees_what_concerns_the_organisation(looked: Any) -> None:
    page = looked.client("provider_manager").get(looked.url("audit")).content.decode()
    assert looked.people["ash"].person_id in page
    assert looked.people["casey"].person_id not in page


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"kind": "view"}, 2),
        ({"verb": "people.view"}, 2),
        ({"verb": "looked person's page"}, 2),
        ({"verb": "LOOKED"}, 2),
        ({"who": "other@kirkdale.example"}, 3),
        ({"verb": "nothing"}, 0),
        ({"since_day": "1", "since_month": "1", "since_year": "2000", "kind": "view"}, 2),
        ({"until_day": "1", "until_month": "1", "until_year": "2000"}, 0),
    ],
)
def test_it_is_searched(looked: Any, asked: dict[str, str], count: int) -> None:
    page = looked.client("administrator").get(looked.url("audit"), {**asked, "format": "csv"})
    lines = page.content.decode().strip().splitlines()
    assert len(lines) - 1 == count


def test_it_is_searched_by_person(looked: Any) -> None:
    ash = looked.people["ash"].person_id
    page = looked.client("administrator").get(looked.url("audit"), {"person": ash, "format": "csv"})
    lines = page.content.decode().strip().splitlines()[1:]
    assert lines
    assert all(ash in line for line in lines)
