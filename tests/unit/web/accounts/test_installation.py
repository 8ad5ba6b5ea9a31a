"""Partnerships made and accounts closed in the browser: by whoever the settings name, and one's own by anybody."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django_scopes import scopes_disabled

from openoutcomes.web.accounts.models import User
from openoutcomes.web.audit.models import Event
from openoutcomes.web.core.scope import writing
from openoutcomes.web.partnerships.models import Invitation, Membership, Partnership
from web_world import make_user, make_world, seat

RIGHT = "correct horse battery"
PLACES = "/installation/"
MAKE = "/installation/partnerships/add/"
CLOSE = "/account/close/"


@pytest.fixture
def operator(world: Any, settings: Any) -> Any:
    """Somebody without a seat, named in the settings as who looks after the installation."""
    settings.OPERATORS = frozenset({"keeper@site.example"})
    world.users["keeper"] = make_user("keeper@site.example")
    return world


def _signed_in(user: User) -> Client:
    """Somebody who signed in, and gave their password once more, as closing an account asks."""
    client = Client()
    answer = client.post("/accounts/login/", {"login": user.email, "password": RIGHT})
    assert answer.status_code == 302
    assert client.post("/accounts/reauthenticate/", {"password": RIGHT}).status_code == 302
    return client


def _account(world: Any, name: str) -> str:
    return f"/installation/accounts/{world.users[name].pk}/"


# Making a partnership


def test_a_partnership_is_made_and_its_first_administrator_joins_by_the_link(operator: Any) -> None:
    client = operator.client("keeper")
    assert "Kirkdale Together" in client.get(PLACES).content.decode()
    assert client.get(MAKE).context["form"].initial["email"] == "keeper@site.example"
    page = client.post(MAKE, {"partnership": "Harbour Side", "email": "first@new.example"}).content.decode()
    link = re.search(r"/invitation/[^<\s]+", page)
    assert link is not None
    made = Partnership.objects.get(slug="harbour-side")
    joined = Client()
    asked = {"name": "First", "password": "a long enough phrase"}
    assert joined.post(link[0], asked).status_code == 302
    assert joined.get("/p/harbour-side/setup/").status_code == 200
    with scopes_disabled():
        event = Event.of(made).get(verb="accounts.invite")
    assert event.user == operator.users["keeper"]
    assert event.detail == {"role": "administrator", "from": "page"}


def test_whoever_makes_a_partnership_has_no_seat_in_it(operator: Any) -> None:
    client = operator.client("keeper")
    client.post(MAKE, {"partnership": "Harbour Side", "email": "first@new.example"})
    assert client.get("/p/harbour-side/").status_code == 404
    assert client.get("/p/kirkdale/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"partnership": "Kirkdale"}, "there is a partnership called Kirkdale Together already"),
        ({"partnership": "!!"}, "a partnership needs a name with letters in it"),
        ({"partnership": ""}, "Give the partnership a name."),
        ({"email": "nobody"}, "Write it as name@example.org."),
    ],
)
def test_mistakes_in_a_new_partnership_are_said_and_nothing_is_made(
    operator: Any, changes: dict[str, str], says: str
) -> None:
    sent = {"partnership": "Harbour Side", "email": "first@new.example", **changes}
    page = operator.client("keeper").post(MAKE, sent).content.decode()
    assert "There is a problem" in page
    assert says.lower() in page.lower()
    assert Partnership.objects.count() == 1
    with scopes_disabled():
        assert not Invitation.objects.with_scopes_disabled().exists()


def test_a_form_sent_twice_makes_one_partnership(operator: Any) -> None:
    client = operator.client("keeper")
    for _ in range(2):
        page = client.post(MAKE, {"partnership": "Harbour Side", "email": "first@new.example"})
    assert b"create-administrator" in page.content
    assert Partnership.objects.filter(slug="harbour-side").count() == 1


# Who may


@pytest.mark.parametrize("who", ["administrator", "practitioner", "person"])
def test_to_everybody_else_the_pages_are_not_there(operator: Any, who: str) -> None:
    client = operator.client(who)
    for address in (PLACES, MAKE, _account(operator, "practitioner")):
        assert client.get(address).status_code == 404
        assert client.post(address, {"partnership": "X", "email": "x@x.example"}).status_code == 404
    assert "Look after the installation" not in client.get("/account/").content.decode()
    assert User.objects.get(pk=operator.users["practitioner"].pk).is_active


def test_an_address_that_nobody_confirmed_is_not_enough(operator: Any) -> None:
    EmailAddress.objects.filter(email="keeper@site.example").update(verified=False)
    assert operator.client("keeper").get(PLACES).status_code == 404


def test_nobody_is_an_operator_unless_the_settings_say_so(world: Any) -> None:
    assert world.client("administrator").get(PLACES).status_code == 404
    assert Client().get(PLACES).status_code in (302, 404)


def test_a_second_step_is_needed_as_everywhere(operator: Any, settings: Any) -> None:
    settings.REQUIRE_MFA = True
    answer = operator.client("keeper").get(PLACES)
    assert (answer.status_code, answer.url.partition("?")[2]) == (302, "needed=yes")


# Somebody's account


def test_an_account_is_found_closed_and_opened_again(operator: Any) -> None:
    keeper, worker = operator.client("keeper"), operator.client("practitioner")
    assert worker.get("/p/kirkdale/").status_code == 200
    found = keeper.post(PLACES, {"email": "Practitioner@kirkdale.example"})
    assert found.url == _account(operator, "practitioner")
    page = keeper.get(found.url).content.decode()
    assert "Practitioner at Harbour Lights, Kirkdale Together" in page
    assert keeper.post(found.url).status_code == 302
    assert worker.get("/p/kirkdale/").status_code == 302
    assert "Open the account again" in keeper.get(found.url).content.decode()
    assert keeper.post(found.url).status_code == 302
    _signed_in(operator.users["practitioner"])
    with scopes_disabled():
        noted = Event.of(operator.partnership).filter(verb__in=("accounts.close", "accounts.reopen"))
        assert [(one.verb, one.user) for one in noted.order_by("pk")] == [
            ("accounts.close", operator.users["keeper"]), ("accounts.reopen", operator.users["keeper"]),
        ]  # fmt: skip


def test_an_address_without_an_account_is_said(operator: Any) -> None:
    page = operator.client("keeper").post(PLACES, {"email": "none@kirkdale.example"}).content.decode()
    assert "Nobody has an account with this address." in page
    assert operator.client("keeper").get("/installation/accounts/999999/").status_code == 404


def test_the_last_administrator_is_warned_of_before_their_account_is_closed(operator: Any) -> None:
    page = operator.client("keeper").get(_account(operator, "administrator")).content.decode()
    assert "Nobody else is an administrator of Kirkdale Together." in page


# One's own account


def test_somebody_closes_their_own_account(world: Any) -> None:
    client = _signed_in(world.users["practitioner"])
    assert "Close your account" in client.get("/account/").content.decode()
    assert "What you recorded and decided stays" in client.get(CLOSE).content.decode()
    assert client.post(CLOSE).status_code == 302
    assert client.get("/p/kirkdale/").status_code == 302
    again = Client().post("/accounts/login/", {"login": "practitioner@kirkdale.example", "password": RIGHT})
    assert again.status_code == 302
    assert "inactive" in again.url
    with scopes_disabled():
        event = Event.of(world.partnership).get(verb="accounts.close")
    assert event.user == world.users["practitioner"]


def test_an_account_is_not_closed_by_whoever_finds_a_browser_open(world: Any) -> None:
    """A session that was not signed in to a moment ago is asked to sign in again first."""
    client = world.client("practitioner")
    for answer in (client.get(CLOSE), client.post(CLOSE)):
        assert answer.status_code == 302
        assert "/reauthenticate/" in answer.url
    assert User.objects.get(pk=world.users["practitioner"].pk).is_active


def test_the_only_administrator_stays_until_there_is_another(world: Any) -> None:
    client = _signed_in(world.users["administrator"])
    page = client.post(CLOSE).content.decode()
    assert "Nobody else is an administrator of Kirkdale Together. Invite another administrator first." in page
    other = make_user("second@kirkdale.example")
    seat(world.partnership, other, "administrator")
    User.objects.filter(pk=other.pk).update(is_active=False)
    assert client.post(CLOSE).status_code == 200
    User.objects.filter(pk=other.pk).update(is_active=True)
    assert client.post(CLOSE).status_code == 302


def test_seats_in_every_partnership_count(world: Any) -> None:
    elsewhere = make_world("northtown")
    user = world.users["administrator"]
    other = make_user("second@kirkdale.example")
    seat(world.partnership, other, "administrator")
    with scopes_disabled(), writing("test"):
        Membership.objects.with_scopes_disabled().filter(
            partnership=elsewhere.partnership, role="administrator"
        ).update(user=user)
    page = _signed_in(user).post(CLOSE).content.decode()
    assert "Nobody else is an administrator of Northtown Together." in page
