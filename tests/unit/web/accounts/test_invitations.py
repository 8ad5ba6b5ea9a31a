"""Invitations: who may invite whom, and that each link gives one seat to the address it was sent to."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError
from openoutcomes.web.accounts import invitations
from openoutcomes.web.accounts.models import User
from openoutcomes.web.audit.models import Event
from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import writing
from openoutcomes.web.partnerships.models import Invitation, Membership, Organisation

GOOD = "lantern orchard tuesday"


@pytest.fixture
def send(world: Any, django_capture_on_commit_callbacks: Any) -> Any:
    """Invite somebody, with the message sent as it is in use; return the invitation and its page."""

    def run(who: str = "administrator", **given: Any) -> tuple[Any, str]:
        given = {
            "email": "New@Example.org",
            "role": "practitioner",
            "organisation": world.organisations["harbour"],
            **given,
        }
        with django_capture_on_commit_callbacks(execute=True):
            invitation, token = invitations.invite(world.access(who), **given)
        return invitation, f"/invitation/{token}/"

    return run


def join(client: Any, page: str, **changed: str) -> Any:
    return client.post(page, {"name": "Robin Example", "password": GOOD, **changed})


def test_an_invited_person_makes_an_account_and_takes_the_seat(world: Any, send: Any, client: Any) -> None:
    invitation, page = send()
    shown = client.get(page).content.decode()
    assert "Kirkdale Together" in shown
    assert "Harbour Lights" in shown
    answer = join(client, page)
    assert (answer.status_code, answer.url) == (302, "/p/kirkdale/")
    assert client.get("/p/kirkdale/").status_code == 200
    user = User.objects.get(email="new@example.org")
    seat = Membership.of(world.partnership).get(user=user)
    assert (seat.role, seat.organisation) == ("practitioner", world.organisations["harbour"])
    assert user.name == "Robin Example"
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None
    assert Event.of(world.partnership).filter(verb="accounts.accept", user=user).count() == 1


def test_the_message_says_who_invites_to_what_and_holds_the_link_alone(send: Any) -> None:
    invitation, page = send()
    (message,) = mail.outbox
    assert message.to == ["new@example.org"]
    assert "practitioner at Harbour Lights" in message.body
    assert f"http://localhost:8000{page}" in message.body
    token = page.split("/")[2]
    assert token not in str(vars(invitation))


def test_the_address_counts_as_confirmed_since_the_link_came_by_email(send: Any, client: Any) -> None:
    from allauth.account.models import EmailAddress

    _, page = send()
    join(client, page)
    assert EmailAddress.objects.get(email="new@example.org").verified


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": ""}, "This field is required"),
        ({"password": "short"}, "at least 12 characters"),
        ({"password": "new@example.org"}, "too similar"),
        ({"password": "password1234"}, "too common"),
    ],
)
def test_mistakes_in_a_new_account_are_said_and_nothing_is_made(
    send: Any, client: Any, changed: dict[str, str], says: str
) -> None:
    _, page = send()
    answer = join(client, page, **changed)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_link_works_once(world: Any, send: Any, client: Any) -> None:
    _, page = send()
    join(client, page)
    client.logout()
    answer = join(client, page)
    assert answer.status_code == 410
    assert "has been used" in answer.content.decode()
    assert Membership.of(world.partnership).filter(user__email="new@example.org").count() == 1


def test_a_link_runs_out(send: Any, client: Any) -> None:
    _, page = send(days=2)
    with clock.at(clock.now() + dt.timedelta(days=2, minutes=1)):
        answer = join(client, page)
    assert answer.status_code == 410
    assert "has run out" in answer.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_withdrawn_link_works_no_more(world: Any, send: Any, client: Any) -> None:
    from openoutcomes.web.partnerships.commands import withdraw_invitation

    invitation, page = send()
    withdraw_invitation(world.access("administrator"), invitation=invitation)
    answer = join(client, page)
    assert answer.status_code == 410
    assert "was withdrawn" in answer.content.decode()


def test_an_unknown_link_says_so_plainly(client: Any, db: Any) -> None:
    del db
    answer = client.get("/invitation/nothing-like-this/")
    assert answer.status_code == 404
    assert "This link does not work" in answer.content.decode()


def test_somebody_with_an_account_signs_in_and_accepts(world: Any, send: Any, client: Any) -> None:
    _, page = send(email=world.users["verifier"].email, role="coordinator", organisation=None)
    shown = client.get(page).content.decode()
    assert "Sign in to accept" in shown
    assert f"/accounts/login/?next={page}" in shown
    signed_in = world.client("verifier")
    assert "Accept" in signed_in.get(page).content.decode()
    assert signed_in.post(page, {"once": "k"}).url == "/p/kirkdale/"
    roles = {seat.role for seat in Membership.of(world.partnership).filter(user=world.users["verifier"])}
    assert roles == {"verifier", "coordinator"}


def test_whoever_is_signed_in_with_another_address_cannot_take_it(world: Any, send: Any) -> None:
    invitation, page = send()
    other = world.client("evaluator")
    assert "sent to another address" in other.get(page).content.decode()
    other.post(page, {"once": "k"})
    invitation.refresh_from_db()
    assert invitation.accepted_at is None
    with pytest.raises(InputError, match="another address"):
        invitations.accept(invitation.digest, world.users["evaluator"])


def test_an_address_that_its_owner_never_confirmed_opens_nothing(world: Any, send: Any) -> None:
    from allauth.account.models import EmailAddress

    invitation, _ = send()
    EmailAddress.objects.create(user=world.users["evaluator"], email="new@example.org", verified=False)
    with pytest.raises(InputError, match="another address"):
        invitations.accept(invitation.digest, world.users["evaluator"])


def test_the_same_link_accepted_twice_gives_one_seat(world: Any, send: Any) -> None:
    invitation, page = send(email=world.users["verifier"].email, role="coordinator", organisation=None)
    signed_in = world.client("verifier")
    signed_in.post(page, {"once": "k"})
    assert signed_in.post(page, {"once": "k"}).status_code == 410
    with pytest.raises(InputError, match="has been used"):
        invitations.accept(invitation.digest, world.users["verifier"])
    seats = Membership.of(world.partnership).filter(user=world.users["verifier"], role="coordinator")
    assert seats.count() == 1


def test_a_closed_account_cannot_accept(world: Any, send: Any, client: Any) -> None:
    User.objects.filter(pk=world.users["verifier"].pk).update(is_active=False)
    _, page = send(email=world.users["verifier"].email, role="coordinator", organisation=None)
    assert "is closed" in client.get(page).content.decode()


def test_a_seat_in_an_organisation_that_closed_meanwhile_is_not_given(
    world: Any, send: Any, client: Any
) -> None:
    _, page = send(organisation=world.organisations["fund"], role="finance")
    with writing("test"):
        Organisation.of(world.partnership).filter(organisation_id="fund").update(is_active=False)
    answer = join(client, page)
    assert answer.status_code == 410
    assert "National Fund is closed" in answer.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_person_supported_is_invited_by_their_own_organisation_to_see_their_record(
    world: Any, send: Any, client: Any
) -> None:
    _, page = send(
        "provider_manager",
        role="person",
        organisation=None,
        person=world.people["blake"],
        email="b@x.example",
    )
    (message,) = mail.outbox
    assert "Blake" not in message.body
    assert "Harbour" not in message.body
    join(client, page)
    seat = Membership.of(world.partnership).get(user__email="b@x.example")
    assert (seat.role, seat.person) == ("person", world.people["blake"])


@pytest.mark.parametrize(
    ("who", "given"),
    [
        ("practitioner", {}),
        ("coordinator", {}),
        ("provider_manager", {"role": "administrator", "organisation": None}),
        ("provider_manager", {"role": "commissioner"}),
        ("provider_manager", {"role": "verifier", "organisation": None}),
        ("provider_manager", {"organisation": "lantern"}),
        ("provider_manager", {"role": "person", "organisation": None, "person": "casey"}),
        ("administrator", {"role": "person", "organisation": None, "person": "ash"}),
        ("practitioner", {"role": "person", "organisation": None, "person": "ash"}),
    ],
)
def test_nobody_gives_a_seat_that_is_not_theirs_to_give(
    world: Any, send: Any, who: str, given: dict[str, Any]
) -> None:
    places, people = world.organisations, world.people
    given = {
        name: places.get(value, people.get(value, value)) if isinstance(value, str) else value
        for name, value in given.items()
    }
    with pytest.raises(PermissionDenied):
        send(who, **given)
    assert not Invitation.of(world.partnership).exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"organisation": None}, "works in an organisation"),
        ({"role": "nobody"}, "no such role"),
        ({"role": "person", "organisation": None}, "nobody was named"),
        ({"person": "ash"}, "only an account for a person supported"),
        ({"email": "practitioner@kirkdale.example"}, "has that seat already"),
    ],
)
def test_mistakes_in_an_invitation_are_said(world: Any, send: Any, given: dict[str, Any], says: str) -> None:
    given = {**given, **({"person": world.people["ash"]} if "person" in given else {})}
    with pytest.raises(InputError, match=says):
        send(**given)
    assert mail.outbox == []


def test_nobody_is_invited_to_the_same_seat_twice_at_once(send: Any) -> None:
    send()
    with pytest.raises(InputError, match="has not answered yet"):
        send()


def test_the_page_invites_and_a_new_link_replaces_the_old(
    world: Any, client: Any, django_capture_on_commit_callbacks: Any
) -> None:
    admin = world.client("administrator")
    place = world.organisations["harbour"].pk
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(
            world.url("member_invite"),
            {"email": "new@example.org", "role": "practitioner", "organisation": place},
        )
    first = Invitation.of(world.partnership).get()
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(world.url("invitation_resend", pk=first.pk), {"once": "k"})
    old, new = (re.search(r"/invitation/[\w-]+/", message.body)[0] for message in mail.outbox)
    assert "was withdrawn" in client.get(old).content.decode()
    assert join(client, new).status_code == 302


def test_a_mail_server_that_does_not_answer_is_told_and_the_invitation_stands(
    world: Any, send: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(InputError, match="could not be sent"):
        send()
    assert Invitation.of(world.partnership).get().is_open


def test_accounts_cannot_be_made_without_an_invitation(client: Any, db: Any) -> None:
    del db
    form = {"email": "stranger@example.org", "password1": GOOD, "password2": GOOD}
    answer = client.post("/accounts/signup/", form)
    assert "Accounts come from invitations" in answer.content.decode()
    assert not User.objects.exists()
