"""Accounts in a real browser: passkeys under the content security policy, and pages that axe and a phone agree with."""

from __future__ import annotations

import re
from typing import Any

import pytest

from browser_widths import DESK, PHONE
from web_world import make_world

RIGHT = "correct horse battery"
WHO = "practitioner@kirkdale.example"


@pytest.fixture
def lived(transactional_db: Any) -> Any:
    """The small partnership, where a real server finds it."""
    del transactional_db
    return make_world()


def with_key(visitor: Any) -> None:
    """Give the browser a key that says yes, as a telephone does when its owner shows their finger."""
    devices = visitor.page.context.new_cdp_session(visitor.page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def sign_in(visitor: Any) -> None:
    visitor.go("/accounts/login/")
    visitor.page.get_by_label("Email address").fill(WHO)
    visitor.page.get_by_label("Password").fill(RIGHT)
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()
    visitor.page.wait_for_load_state("networkidle")


def test_a_passkey_is_added_and_signs_in_without_a_password(lived: Any, visit: Any) -> None:
    del lived
    visitor = visit()
    page = visitor.page
    with_key(visitor)
    sign_in(visitor)
    visitor.go("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(RIGHT)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name of the key").fill("work telephone")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add the key").click()
    page.wait_for_url(re.compile("recovery-codes"))
    assert page.locator("#recovery_codes li").count() == 10
    visitor.go("/accounts/2fa/webauthn/")
    assert "work telephone" in page.content()
    assert "Signs you in alone" in page.content()
    page.get_by_role("button", name="Sign out").click()
    visitor.go("/accounts/login/?next=/p/kirkdale/people/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile("^[^?]*/p/kirkdale/people/"))
    assert "Ash Example" in page.content()
    assert visitor.complaints == []


def test_a_key_is_the_second_step_after_a_password(lived: Any, visit: Any) -> None:
    del lived
    visitor = visit()
    page = visitor.page
    with_key(visitor)
    sign_in(visitor)
    visitor.go("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(RIGHT)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Add the key").click()
    page.wait_for_url(re.compile("recovery-codes"))
    page.get_by_role("button", name="Sign out").click()
    sign_in(visitor)
    assert "Your second step" in page.content()
    page.get_by_role("button", name="Use a passkey or security key").click()
    page.wait_for_url(re.compile("^[^?]*/p/kirkdale/"))
    assert visitor.complaints == []


def test_signing_in_works_without_scripts(lived: Any, visit: Any) -> None:
    del lived
    visitor = visit(scripts=False)
    sign_in(visitor)
    assert "/p/kirkdale/" in visitor.page.url


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_pages_of_accounts_fit_and_axe_finds_nothing_wrong(
    lived: Any, visit: Any, width: int, settings: Any
) -> None:
    from django_scopes import scope

    from openoutcomes.web.accounts import invitations
    from openoutcomes.web.core.scope import writing

    with scope(partnership=lived.partnership), writing("test"):
        _, token = invitations.make(
            lived.partnership,
            lived.users["administrator"],
            address="new@example.org",
            role="practitioner",
            organisation=lived.organisations["harbour"],
        )
    settings.OPERATORS = frozenset({lived.users["administrator"].email})
    pages = {
        None: [
            "/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", f"/invitation/{token}/",
            "/accounts/password/reset/done/", "/accounts/password/reset/key/1-x/", "/accounts/confirm-email/x/",
            "/accounts/3rdparty/login/cancelled/", "/accounts/3rdparty/login/error/", "/accounts/inactive/",
        ],
        "practitioner": [
            "/account/", "/account/name/", "/account/sign-out-everywhere/", "/accounts/email/",
            "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/?needed=yes", "/accounts/logout/",
            "/accounts/2fa/webauthn/", "/accounts/reauthenticate/", "/accounts/3rdparty/", f"/invitation/{token}/",
        ],
        "administrator": [
            "/installation/", "/installation/partnerships/add/",
            f"/installation/accounts/{lived.users['administrator'].pk}/",
        ],
    }  # fmt: skip
    wrong = []
    for who, paths in pages.items():
        visitor = visit(lived.client(who) if who else None, width)
        for path in paths:
            visitor.go(path)
            wrong += [f"{path}: {one}" for one in visitor.axe()]
            if visitor.too_wide() > 0:
                wrong.append(f"{path}: {visitor.too_wide()} pixels too wide")
        # The page of a service that did not sign somebody in says so by its status too.
        wrong += [f"{who}: {one}" for one in visitor.complaints if "status of 401" not in one]
    assert wrong == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_app_is_set_up_from_its_square_and_its_secret(lived: Any, visit: Any, width: int) -> None:
    import time

    from allauth.mfa.totp.internal import auth as totp

    del lived
    visitor = visit(width=width)
    page = visitor.page
    sign_in(visitor)
    visitor.go("/accounts/2fa/totp/activate/")
    page.get_by_label("Password").fill(RIGHT)
    page.get_by_role("button", name="Go on").click()
    assert page.locator("img.oo-qr").evaluate("image => image.complete && image.naturalWidth > 0")
    assert visitor.axe() == []
    assert visitor.too_wide() <= 0
    secret = page.locator("#authenticator_secret").inner_text()
    page.get_by_label("Code").fill(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Turn it on").click()
    page.wait_for_url(re.compile("recovery-codes"))
    assert page.locator("#recovery_codes li").count() == 10
    assert visitor.axe() == []
    assert visitor.complaints == []
