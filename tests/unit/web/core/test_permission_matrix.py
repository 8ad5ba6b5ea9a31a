"""Every cell of the permission matrix through HTTP: each role asks for every page there is.

A page is found by its address pattern, so one that is added without an action, or with an action that
the matrix lacks, fails here at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from openoutcomes.web.core.permissions import IN_AN_ORGANISATION, MATRIX, ROLES
from web_world import close_files

#: What stands for a part of an address that names something; nothing has these ids.
_NOBODY = {"int": "999999", "slug": "nobody", "str": "nobody", "uuid": "00000000-0000-4000-8000-000000000000"}


def _patterns(resolver: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one, path)
        else:
            yield path, one


def _pages() -> list[tuple[str, Any]]:
    """Every page of a partnership: its address with ids that nothing has, and its view."""
    found = []
    for path, pattern in _patterns(get_resolver()):
        if not path.startswith("p/<slug:partnership>/"):
            continue
        address = path.replace("<slug:partnership>", "kirkdale", 1)
        for kind, value in _NOBODY.items():
            while f"<{kind}:" in address:
                start = address.index(f"<{kind}:")
                address = address[:start] + value + address[address.index(">", start) + 1 :]
        found.append((f"/{address}", pattern.callback))
    return found


PAGES = _pages()


def test_every_page_says_which_action_it_is_for() -> None:
    without = [address for address, view in PAGES if getattr(view, "action", None) not in MATRIX]
    assert without == []


def test_every_action_names_roles_and_reaches_that_there_are() -> None:
    for action, rule in MATRIX.items():
        assert set(rule) <= set(ROLES), action
        assert set(rule.values()) <= {"partnership", "organisation", "party", "self"}, action
        # A role that is held in no organisation reaches nothing by one.
        lost = {
            r
            for r, reach in rule.items()
            if reach in ("organisation", "party") and r not in IN_AN_ORGANISATION
        }
        assert not lost, (action, lost)


@pytest.mark.parametrize("role", list(ROLES))
def test_a_role_is_let_into_just_the_pages_of_its_actions(world: Any, role: str) -> None:
    client = world.client(role)
    client.raise_request_exception = True
    wrong = []
    for address, view in PAGES:
        allowed = role in MATRIX[view.action]
        for ask in (client.get, client.post):
            answer = ask(address)
            status = answer.status_code
            close_files(answer)
            if (status == 403) == allowed:
                wrong.append(f"{ask.__name__.upper()} {address} ({view.action}): {status}")
    assert wrong == []


@pytest.mark.parametrize("role", list(ROLES))
def test_nobody_is_let_into_another_partnership(world: Any, elsewhere: Any, role: str) -> None:
    del world
    client = elsewhere.client(role)
    for address, _ in PAGES:
        assert client.get(address).status_code == 404, address


def test_nobody_is_let_in_without_signing_in(client: Any, world: Any) -> None:
    del world
    for address, _ in PAGES:
        answer = client.get(address)
        assert (answer.status_code, answer.url.startswith("/accounts/login/")) == (302, True), address


@pytest.mark.parametrize("role", list(ROLES))
def test_a_seat_that_has_ended_opens_nothing(world: Any, role: str) -> None:
    from openoutcomes.web.core import clock
    from openoutcomes.web.core.scope import writing
    from openoutcomes.web.partnerships.models import Membership

    client = world.client(role)
    assert client.get("/p/kirkdale/", follow=True).status_code == 200
    with writing("test"):
        Membership.of(world.partnership).filter(user=world.users[role]).update(ended_at=clock.now())
    for address, _ in PAGES:
        assert client.get(address).status_code == 404, address
