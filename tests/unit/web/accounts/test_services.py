"""Signing in with a council's own service: a real one, small, on this machine, speaks OpenID Connect to us."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from openoutcomes.web.accounts import invitations
from openoutcomes.web.accounts.models import User
from openoutcomes.web.partnerships.models import Membership


class Service:
    """A council's service: whoever comes to it is the person that ``claims`` says."""

    def __init__(self) -> None:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                if self.path.startswith("/.well-known/"):
                    base = service.address
                    self.answer(
                        {
                            "issuer": base,
                            "authorization_endpoint": f"{base}/authorise",
                            "token_endpoint": f"{base}/token",
                            "userinfo_endpoint": f"{base}/userinfo",
                            "jwks_uri": f"{base}/keys",
                            "token_endpoint_auth_methods_supported": ["client_secret_post"],
                        }
                    )
                elif self.path == "/userinfo" and self.headers["Authorization"] == "Bearer let-me-in":
                    self.answer(service.claims)
                else:
                    self.answer({"error": "invalid_request"}, 400)

            def do_POST(self) -> None:
                sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                service.asked.append(sent)
                right = (
                    sent["client_id"] == ["outcomes"]
                    and sent["client_secret"] == ["told-to-nobody"]
                    and "code_verifier" in sent
                )
                answer = {"access_token": "let-me-in", "token_type": "Bearer"}
                self.answer(answer if right else {"error": "invalid_client"}, 200 if right else 401)

            def answer(self, body: dict[str, Any], status: int = 200) -> None:
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        self.asked: list[dict[str, list[str]]] = []
        self.claims: dict[str, Any] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    from openoutcomes.web.core.environment import Environment, service_settings

    running = Service()
    written = json.dumps(
        [
            {
                "id": "council",
                "name": "Kirkdale Council",
                "server": running.address,
                "client_id": "outcomes",
                "secret": "told-to-nobody",
                "domains": ["kirkdale.example"],
            }
        ]
    )
    found = Environment({"OPENOUTCOMES_OIDC": written}).sign_in_services("OPENOUTCOMES_OIDC")
    settings.SIGN_IN_SERVICES = {one["id"]: one for one in found}
    settings.SOCIALACCOUNT_PROVIDERS = service_settings(found)
    yield running
    running.server.shutdown()
    running.server.server_close()


def come_back(client: Client, service: Service, then: str = "", **claims: Any) -> Any:
    """Go to the service and come back as whoever the claims say; return the answer."""
    service.claims = {"sub": "s-1", **claims}
    query = f"?process=login{f'&next={then}' if then else ''}"
    page = client.post(f"/accounts/oidc/council/login/{query}")
    assert page.status_code == 200
    address = page.headers["Refresh"].partition("url=")[2]
    assert address.startswith(f"{service.address}/authorise?")
    asked = parse_qs(urlsplit(address).query)
    assert asked["redirect_uri"] == ["http://testserver/accounts/oidc/council/login/callback/"]
    assert asked["code_challenge_method"] == ["S256"]
    return client.get(f"/accounts/oidc/council/login/callback/?code=c&state={asked['state'][0]}")


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_page_to_sign_in_offers_the_service(service: Service, db: Any, client: Client) -> None:
    del service, db
    page = client.get("/accounts/login/?next=/p/kirkdale/").content.decode()
    assert "Sign in with Kirkdale Council" in page
    assert 'action="/accounts/oidc/council/login/?process=login&amp;next=%2Fp%2Fkirkdale%2F"' in page


def test_somebody_with_an_account_is_signed_in_by_their_address(
    world: Any, service: Service, client: Client
) -> None:
    answer = come_back(client, service, "/p/kirkdale/people/", email="Practitioner@kirkdale.example")
    assert answer.url == "/p/kirkdale/people/"
    assert client.get("/p/kirkdale/people/").status_code == 200
    # From then on it is them, whatever address the service says.
    other = Client()
    come_back(other, service, email="moved@kirkdale.example")
    assert other.session["_auth_user_id"] == str(world.users["practitioner"].pk)


def test_an_address_at_a_domain_that_the_service_does_not_vouch_for_opens_nothing(
    world: Any, service: Service, client: Client
) -> None:
    User.objects.filter(pk=world.users["verifier"].pk).update(email="v@elsewhere.example")
    come_back(client, service, email="v@elsewhere.example")
    assert not is_signed_in(client)


def test_a_stranger_is_told_that_accounts_come_from_invitations(
    world: Any, service: Service, client: Client
) -> None:
    del world
    answer = come_back(client, service, email="stranger@kirkdale.example", email_verified=True)
    page = client.get(answer.url).content.decode() if answer.status_code == 302 else answer.content.decode()
    assert "Accounts come from invitations" in page
    assert not is_signed_in(client)
    assert not User.objects.filter(email="stranger@kirkdale.example").exists()


def test_somebody_invited_joins_with_the_service_and_needs_no_password(
    world: Any, service: Service, client: Client
) -> None:
    _, token = invitations.invite(
        world.access("administrator"),
        email="robin@kirkdale.example",
        role="finance",
        organisation=world.organisations["council"],
    )
    page = f"/invitation/{token}/"
    shown = client.get(page).content.decode()
    assert "Join with Kirkdale Council" in shown
    answer = come_back(client, service, page, email="robin@kirkdale.example", name="Robin Example")
    assert answer.url == page
    assert "Accept" in client.get(page).content.decode()
    assert client.post(page, {"once": "k"}).url == "/p/kirkdale/"
    user = User.objects.get(email="robin@kirkdale.example")
    assert (user.name, user.has_usable_password()) == ("Robin Example", False)
    assert Membership.of(world.partnership).get(user=user).role == "finance"


def test_an_invitation_of_another_address_does_not_let_a_stranger_in(
    world: Any, service: Service, client: Client
) -> None:
    _, token = invitations.invite(
        world.access("administrator"),
        email="robin@kirkdale.example",
        role="finance",
        organisation=world.organisations["council"],
    )
    client.get(f"/invitation/{token}/")
    come_back(client, service, email="somebody@kirkdale.example")
    assert not is_signed_in(client)
    assert not User.objects.filter(email="somebody@kirkdale.example").exists()


def test_a_closed_account_is_not_let_in_by_the_service(world: Any, service: Service, client: Client) -> None:
    User.objects.filter(pk=world.users["practitioner"].pk).update(is_active=False)
    come_back(client, service, email="practitioner@kirkdale.example")
    assert not is_signed_in(client)


def test_an_answer_that_nobody_asked_for_is_refused(world: Any, service: Service, client: Client) -> None:
    del world
    service.claims = {"sub": "s-1", "email": "practitioner@kirkdale.example"}
    page = client.get("/accounts/oidc/council/login/callback/?code=c&state=forged").content.decode()
    assert "did not sign you in" in page
    assert not is_signed_in(client)


def test_a_service_that_is_down_is_told_in_words(world: Any, service: Service, client: Client) -> None:
    del world
    service.server.shutdown()
    service.server.server_close()
    answer = client.post("/accounts/oidc/council/login/?process=login")
    assert "did not sign you in" in answer.content.decode()


def test_a_service_that_asks_for_a_second_step_itself_is_enough(
    world: Any, service: Service, client: Client, settings: Any
) -> None:
    del world
    settings.REQUIRE_MFA = True
    come_back(client, service, email="practitioner@kirkdale.example")
    assert client.get("/p/kirkdale/").url.startswith("/accounts/2fa/")
    settings.SIGN_IN_SERVICES["council"]["second_step"] = True
    assert client.get("/p/kirkdale/").status_code == 200
    # With a password, the same person needs a second step as ever.
    other = Client()
    other.post(
        "/accounts/login/", {"login": "practitioner@kirkdale.example", "password": "correct horse battery"}
    )
    assert other.get("/p/kirkdale/").url.startswith("/accounts/2fa/")


def test_nothing_of_the_service_is_kept_that_would_open_it(
    world: Any, service: Service, client: Client
) -> None:
    from allauth.socialaccount.models import SocialToken

    del world
    come_back(client, service, email="practitioner@kirkdale.example")
    assert not SocialToken.objects.exists()
    assert service.asked


def test_an_unknown_service_is_not_found(db: Any, client: Client) -> None:
    del db
    assert client.post("/accounts/oidc/nowhere/login/").status_code == 404
