"""Signing in: locked after wrong tries, with a second step, for as long as it should last and no longer."""

from __future__ import annotations

import datetime as dt
import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client

from openoutcomes.web.accounts.models import User
from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import writing
from openoutcomes.web.partnerships.models import Membership

RIGHT = "correct horse battery"
WHO = "practitioner@kirkdale.example"
LOGIN = "/accounts/login/"


def sign_in(client: Client, who: str = WHO, word: str = RIGHT, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": who, "password": word}, **extra)


def code_now(secret: str, steps: int = 0) -> str:
    counter = int(time.time()) // 30 + steps
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def with_app(user: Any) -> str:
    """Give somebody an authenticator app and recovery codes; return the secret of the app."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


# Password and lock-out ------------------------------------------------------------------------


def test_an_address_and_a_password_sign_in(world: Any, client: Client) -> None:
    del world
    answer = sign_in(client, WHO.upper())
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/p/kirkdale/").status_code == 200


def test_what_is_wrong_is_not_said_so_that_nobody_learns_who_has_an_account(
    world: Any, client: Client
) -> None:
    del world
    told = []
    for who in (WHO, "nobody@kirkdale.example"):
        page = sign_in(client, who, "wrong").content.decode()
        told.append(re.findall(r"govuk-error-summary__list.*?</ul>", page, re.DOTALL))
    assert told[0] == told[1]
    assert "The email address or the password is wrong." in told[0][0]


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(world: Any, client: Client) -> None:
    del world
    for _ in range(5):
        sign_in(client, word="wrong")
    answer = sign_in(client)
    assert "Too many wrong tries" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    # From another place too: it is the account that is locked.
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert "Too many wrong tries" in sign_in(elsewhere).content.decode()
    # Others are let in meanwhile.
    assert sign_in(client, "verifier@kirkdale.example").status_code == 302


def test_the_lock_opens_after_five_minutes(world: Any, client: Client, monkeypatch: Any) -> None:
    del world
    for _ in range(5):
        sign_in(client, word="wrong")
    later = time.time() + 301
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: later)
    assert sign_in(client).status_code == 302


def test_one_place_that_tries_many_accounts_is_stopped(world: Any, client: Client) -> None:
    del world
    answers = [sign_in(client, f"a{n}@x.example", "wrong") for n in range(61)]
    last = answers[-1]
    assert last.status_code == 429
    assert "Wait five minutes" in last.content.decode()
    assert last.headers["Retry-After"] == "300"


def test_behind_a_proxy_the_place_is_the_one_that_the_proxy_saw(
    world: Any, client: Client, settings: Any
) -> None:
    del world
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    # What a caller says before the proxy's own word changes nothing.
    for n in range(61):
        blocked = sign_in(
            client, f"a{n}@x.example", "wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}, 203.0.113.7"
        )
    assert blocked.status_code == 429
    assert sign_in(client, HTTP_X_FORWARDED_FOR="203.0.113.8").status_code == 302


def test_without_a_proxy_nobody_can_say_that_they_are_elsewhere(world: Any, client: Client) -> None:
    del world
    for n in range(61):
        blocked = sign_in(client, f"a{n}@x.example", "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")
    assert blocked.status_code == 429


def test_a_server_on_a_socket_of_this_machine_still_signs_people_in(world: Any) -> None:
    del world
    assert sign_in(Client(REMOTE_ADDR="")).status_code == 302


def test_an_address_that_was_never_confirmed_does_not_sign_in(world: Any, client: Client) -> None:
    from allauth.account.models import EmailAddress

    del world
    EmailAddress.objects.filter(email=WHO).update(verified=False)
    answer = sign_in(client)
    assert answer.url == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_chosen_again_by_a_link_that_works_once(world: Any, client: Client) -> None:
    del world
    client.post("/accounts/password/reset/", {"email": WHO})
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1]
    page = client.get(link, follow=True)
    where = page.redirect_chain[-1][0]
    new = "lantern orchard tuesday"
    client.post(where, {"password1": new, "password2": new})
    assert sign_in(client, word=RIGHT).status_code == 200
    assert sign_in(client, word=new).status_code == 302
    assert "too old" in Client().get(link, follow=True).content.decode()


def test_nothing_is_sent_to_an_address_without_an_account(world: Any, client: Client) -> None:
    del world
    known, unknown = (
        client.post("/accounts/password/reset/", {"email": who}) for who in (WHO, "no@x.example")
    )
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.to for message in mail.outbox] == [[WHO]]


# Sessions ---------------------------------------------------------------------------------------


def test_a_session_is_another_after_signing_in(world: Any, client: Client) -> None:
    del world
    client.get("/invitation/nothing/")
    session = client.session
    session["here"] = 1
    session.save()
    before = session.session_key
    client.cookies["oo-session"] = before
    sign_in(client)
    assert client.cookies["oo-session"].value != before
    client.cookies["oo-session"] = before
    assert client.get("/p/kirkdale/").status_code == 302


def test_a_session_that_nobody_uses_ends(world: Any, settings: Any) -> None:
    client = world.client("practitioner")
    assert client.get("/p/kirkdale/").status_code == 200
    session = client.session
    session["used_at"] = int(time.time()) - settings.SESSION_COOKIE_AGE - 1
    session.save()
    answer = client.get("/p/kirkdale/")
    assert answer.url.startswith(LOGIN)


def test_a_session_in_use_goes_on_and_is_saved_every_few_minutes_alone(
    world: Any, django_assert_num_queries: Any, settings: Any
) -> None:
    from django.contrib.sessions.models import Session

    client = world.client("practitioner")
    client.get("/account/")
    session = client.session
    session["used_at"] = int(time.time()) - 3600
    session.save()
    # It was about to end; then somebody used it.
    soon = clock.now() + dt.timedelta(minutes=5)
    Session.objects.update(expire_date=soon)
    assert client.get("/account/").status_code == 200
    later = Session.objects.get(session_key=session.session_key).expire_date
    assert (later - soon).total_seconds() > settings.SESSION_COOKIE_AGE - 400
    with django_assert_num_queries(2):  # the session and the user, and nothing written
        client.get("/account/name/")


def test_a_changed_password_signs_out_everywhere_else(world: Any) -> None:
    here, there = world.client("practitioner"), world.client("practitioner")
    new = "lantern orchard tuesday"
    here.post("/accounts/password/change/", {"oldpassword": RIGHT, "password1": new, "password2": new})
    assert here.get("/p/kirkdale/").status_code == 200
    assert there.get("/p/kirkdale/").url.startswith(LOGIN)
    assert "was changed" in mail.outbox[0].body


def test_signing_out_everywhere_ends_every_session(world: Any) -> None:
    here, there = world.client("practitioner"), world.client("practitioner")
    other = world.client("verifier")
    assert "Every browser" in here.get("/account/sign-out-everywhere/").content.decode()
    here.post("/account/sign-out-everywhere/", {"once": "k"})
    for client in (here, there):
        assert client.get("/p/kirkdale/").url.startswith(LOGIN)
    assert other.get("/p/kirkdale/").status_code == 200


def test_a_closed_account_is_out_at_its_next_request(world: Any, client: Client) -> None:
    signed_in = world.client("practitioner")
    assert signed_in.get("/p/kirkdale/").status_code == 200
    User.objects.filter(email=WHO).update(is_active=False)
    assert signed_in.get("/p/kirkdale/").url.startswith(LOGIN)
    assert signed_in.get("/account/").url.startswith(LOGIN)
    sign_in(client)
    assert "_auth_user_id" not in client.session


def test_an_ended_seat_is_out_at_its_next_request(world: Any) -> None:
    signed_in = world.client("practitioner")
    with writing("test"):
        Membership.of(world.partnership).filter(user=world.users["practitioner"]).update(ended_at=clock.now())
    assert signed_in.get("/p/kirkdale/people/").status_code == 404


def test_a_part_of_a_page_that_comes_too_late_leads_the_whole_page_to_sign_in(
    world: Any, client: Client
) -> None:
    del world
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/p/kirkdale/people/"}
    answer = client.get("/p/kirkdale/people/?q=a", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == f"{LOGIN}?next=/p/kirkdale/people/"


def test_cookies_keep_to_https_where_the_address_does(world: Any, settings: Any) -> None:
    del world
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME = "__Host-oo-session"
    client = Client()
    client.get(LOGIN, secure=True)
    sign_in(client, secure=True)
    session, csrf = client.cookies["__Host-oo-session"], client.cookies["csrftoken"]
    assert (session["secure"], session["httponly"], session["samesite"]) == (True, True, "Lax")
    assert (session["path"], session["domain"], session["max-age"]) == ("/", "", "")
    assert (csrf["secure"], csrf["samesite"]) == (True, "Lax")


# The second step --------------------------------------------------------------------------------


@pytest.fixture
def required(settings: Any) -> None:
    settings.REQUIRE_MFA = True


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize("path", ["", "people/", "setup/", "results/", "people/add/"])
def test_nobody_who_works_here_gets_past_the_second_step(world: Any, path: str) -> None:
    client = world.client("provider_manager")
    for ask in (client.get, client.post):
        answer = ask(f"/p/kirkdale/{path}")
        assert (answer.status_code, answer.url) == (302, "/accounts/2fa/?needed=yes")
    page = client.get("/accounts/2fa/?needed=yes").content.decode()
    assert "People who work here need a second step" in page


@pytest.mark.usefixtures("required")
def test_a_person_supported_needs_none(world: Any) -> None:
    page = world.client("person").get("/p/kirkdale/", follow=True)
    assert page.status_code == 200
    assert not [address for address, _ in page.redirect_chain if "2fa" in address]


@pytest.mark.usefixtures("required")
def test_recovery_codes_alone_are_no_second_step(world: Any) -> None:
    Authenticator.objects.create(
        user=world.users["practitioner"], type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"}
    )
    assert world.client("practitioner").get("/p/kirkdale/").url.startswith("/accounts/2fa/")


@pytest.mark.usefixtures("required")
def test_setting_up_an_app_opens_the_door_and_gives_recovery_codes(world: Any, client: Client) -> None:
    del world
    sign_in(client)
    again = client.get("/accounts/2fa/totp/activate/", follow=True).redirect_chain[-1][0]
    client.post(again, {"password": RIGHT})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert "data:image/svg+xml" in page
    secret = re.search(r'id="authenticator_secret">(\w+)<', page)[1]
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert "This code is wrong" in wrong.content.decode()
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_now(secret)}, follow=True)
    codes = re.findall(r"<li>(\d{8})</li>", answer.content.decode())
    assert len(codes) == 10
    assert client.get("/p/kirkdale/").status_code == 200
    # Each code lets somebody in once.
    other = Client()
    sign_in(other)
    other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert other.get("/p/kirkdale/").status_code == 200
    third = Client()
    sign_in(third)
    third.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert third.get("/p/kirkdale/").url.startswith(LOGIN)


def test_a_password_alone_does_not_sign_in_somebody_with_an_app(world: Any, client: Client) -> None:
    secret = with_app(world.users["practitioner"])
    answer = sign_in(client)
    assert answer.url == "/accounts/2fa/authenticate/"
    assert client.get("/p/kirkdale/").url.startswith(LOGIN)
    assert client.get("/account/").url.startswith(LOGIN)
    page = client.get("/accounts/2fa/authenticate/").content.decode()
    assert "Your second step" in page
    client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert client.get("/p/kirkdale/").status_code == 200


def test_codes_cannot_be_guessed(world: Any, client: Client) -> None:
    secret = with_app(world.users["practitioner"])
    sign_in(client)
    for n in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": f"00000{n}"})
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert "Too many wrong tries" in answer.content.decode()
    assert client.get("/p/kirkdale/").url.startswith(LOGIN)


@pytest.mark.usefixtures("required")
def test_turning_the_app_off_shuts_the_door_again(world: Any, client: Client) -> None:
    secret = with_app(world.users["practitioner"])
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    where = client.get("/accounts/2fa/totp/deactivate/")
    client.post(where.url, {"password": RIGHT})
    client.post("/accounts/2fa/totp/deactivate/")
    told = mail.outbox[0].body
    assert "The authenticator app is off" in told
    assert "127.0.0.1" not in told
    assert not Authenticator.objects.filter(user=world.users["practitioner"]).exists()
    assert client.get("/p/kirkdale/").url.startswith("/accounts/2fa/")


def test_changing_a_second_step_asks_for_the_password_again(world: Any) -> None:
    with_app(world.users["practitioner"])
    client = world.client("practitioner")
    for page in ("totp/deactivate/", "recovery-codes/generate/", "recovery-codes/", "webauthn/add/"):
        answer = client.get(f"/accounts/2fa/{page}")
        assert answer.status_code == 302, page
        assert "reauthenticate" in answer.url, page


def test_secrets_of_second_steps_are_encrypted_in_the_database(world: Any) -> None:
    secret = with_app(world.users["practitioner"])
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert kept.count("gAAAA") == 2


def test_a_name_is_changed_and_shown(world: Any) -> None:
    client = world.client("practitioner")
    assert "This field is required" in client.post("/account/name/", {"name": ""}).content.decode()
    page = client.post("/account/name/", {"name": "Robin Example"}, follow=True).content.decode()
    assert "Robin Example" in page


def test_another_address_counts_once_its_link_was_opened(world: Any, client: Client) -> None:
    del world
    sign_in(client)
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    assert User.objects.filter(email=WHO).exists()
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1]
    assert "new@example.org" in client.get(link).content.decode()
    client.post(link)
    assert User.objects.filter(email="new@example.org").exists()
    assert sign_in(Client(), "new@example.org").status_code == 302
