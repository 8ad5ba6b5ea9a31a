"""What every answer carries, and what the log never says."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client

from openoutcomes.web.core import logs, views
from openoutcomes.web.core.middleware import POLICY
from web_world import close_files


def kinds(world: Any, monkeypatch: Any) -> list[tuple[str, int, Any]]:
    """One answer of every kind: what, its status, and the answer."""
    signed_in, stranger = world.client("practitioner"), Client()
    signed_in.raise_request_exception = False
    person = world.people["ash"].person_id
    found = [
        ("page", 200, signed_in.get("/p/kirkdale/people/")),
        ("person", 200, signed_in.get(f"/p/kirkdale/people/{person}/")),
        ("list as a file", 200, signed_in.get("/p/kirkdale/people/?format=csv")),
        ("sign in", 200, stranger.get("/accounts/login/")),
        (
            "passkey question",
            200,
            stranger.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}),
        ),
        ("to sign in", 302, stranger.get("/p/kirkdale/people/")),
        ("refused", 403, world.client("verifier").get("/p/kirkdale/people/")),
        ("not found", 404, signed_in.get("/p/kirkdale/people/nobody/")),
        ("no such address", 404, stranger.get("/nothing/")),
        ("not allowed", 405, stranger.delete("/accounts/login/")),
        ("wrong host", 400, stranger.get("/", headers={"Host": "evil.example"})),
        ("form too old", 403, Client(enforce_csrf_checks=True).post("/accounts/login/", {})),
        ("health", 200, stranger.get("/health/")),
        ("ready", 200, stranger.get("/health/ready/")),
        ("static file", 200, stranger.get("/static/openoutcomes/app.css")),
    ]

    def breaks(_: Any) -> Any:
        raise RuntimeError("Ash Example 07700 900123")

    monkeypatch.setattr(views, "waiting_for", breaks)
    found.append(("broken", 500, signed_in.get("/p/kirkdale/")))
    for _, _, answer in found:
        close_files(answer)
    return found


def test_every_answer_has_the_headers(world: Any, monkeypatch: Any) -> None:
    for what, status, answer in kinds(world, monkeypatch):
        assert answer.status_code == status, what
        assert answer.headers["Content-Security-Policy"] == POLICY, what
        assert answer.headers["X-Content-Type-Options"] == "nosniff", what
        assert answer.headers["Referrer-Policy"] == "same-origin", what
        assert len(answer.headers["X-Request-Id"]) == 32, what
        cached = answer.headers.get("Cache-Control", "")
        assert ("max-age" in cached) if what == "static file" else ("no-store" in cached), what


def test_no_page_has_script_or_style_written_into_it(world: Any, monkeypatch: Any) -> None:
    import re

    for what, _, answer in kinds(world, monkeypatch):
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        page = answer.content.decode()
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", page), what
        # Data for a script may stand in the page; it is not run.
        scripts = re.findall(r"<script([^>]*)>", page)
        assert all("src=" in one or 'type="application/json"' in one for one in scripts), what


def test_http_leads_to_https_where_the_address_says_so(world: Any, settings: Any) -> None:
    del world
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    answer = Client().get("/accounts/login/")
    assert (answer.status_code, answer.url) == (301, "https://testserver/accounts/login/")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert Client().get("/health/").status_code == 200
    assert (
        "max-age=31536000"
        in Client().get("/accounts/login/", secure=True).headers["Strict-Transport-Security"]
    )


def test_a_page_that_broke_says_nothing_of_why_and_needs_no_database(world: Any, monkeypatch: Any) -> None:
    client = world.client("practitioner")
    client.raise_request_exception = False

    def breaks(_: Any) -> Any:
        raise RuntimeError("Ash Example 07700 900123")

    monkeypatch.setattr(views, "waiting_for", breaks)
    page = client.get("/p/kirkdale/").content.decode()
    assert "It is our fault and not yours" in page
    assert "Ash" not in page
    assert "practitioner" not in page


@pytest.mark.parametrize(("path", "says"), [("/health/", "no database"), ("/health/ready/", "no database")])
def test_health_is_bad_without_a_database(db: Any, monkeypatch: Any, path: str, says: str) -> None:
    from django.db import OperationalError

    del db

    def gone(*_: Any, **__: Any) -> Any:
        raise OperationalError("password authentication failed for user alex")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", gone)
        answer = Client().get(path)
    assert (answer.status_code, answer.json()) == (503, {"status": says})


def test_a_database_that_is_behind_is_not_ready(db: Any) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    del db
    MigrationRecorder.Migration.objects.filter(app="accounts").delete()
    answer = Client().get("/health/ready/")
    assert answer.status_code == 503
    assert answer.json()["status"] == "not migrated"


class Kept(logging.Handler):
    """Keeps lines as they would be written."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(params=[logs.PlainLines, logs.JsonLines], ids=["plain", "json"])
def kept(request: Any) -> Any:
    handler = Kept(request.param())
    root = logging.getLogger()
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)


def test_the_log_holds_no_name_address_query_or_secret_of_a_link(
    world: Any, kept: Any, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    from openoutcomes.web.accounts import invitations

    with django_capture_on_commit_callbacks(execute=True):
        _, token = invitations.invite(
            world.access("administrator"), email="robin@example.org", role="verifier"
        )
    kinds(world, monkeypatch)
    client = world.client("practitioner")
    client.get("/p/kirkdale/people/?q=Ash+Example")
    client.post("/accounts/login/", {"login": "robin@example.org", "password": "correct horse battery"})
    stranger = Client()
    stranger.get(f"/invitation/{token}/")
    stranger.get(f"/invitations/{token}/")
    stranger.get("/accounts/password/reset/key/1-abcdef-0123456789/")
    stranger.get("/accounts/confirm-email/abcdef0123456789:x:y/")
    said = "\n".join(kept.lines)
    assert said.count("/p/kirkdale/people/") >= 3
    for secret in ("Ash", "Example", "robin", "kirkdale.example", "07700", token, "abcdef", "q=", "horse"):
        assert secret not in said, secret


def test_what_broke_is_told_as_its_kind_and_place(world: Any, kept: Any, monkeypatch: Any) -> None:
    client = world.client("practitioner")
    client.raise_request_exception = False

    def breaks(_: Any) -> Any:
        try:
            return {}["Ash Example"]
        except KeyError as error:
            raise RuntimeError("Ash Example 07700 900123") from error

    monkeypatch.setattr(views, "waiting_for", breaks)
    answer = client.get("/p/kirkdale/")
    said = "\n".join(kept.lines)
    assert "RuntimeError from KeyError" in said
    assert "test_headers_and_logs.py:" in said
    assert answer.headers["X-Request-Id"] in said
    assert (
        f"user={world.users['practitioner'].pk}" in said
        or f'"user": {world.users["practitioner"].pk}' in said
    )
    assert "Ash" not in said


def test_a_line_of_json_is_one_object() -> None:
    record = logging.LogRecord("openoutcomes.request", logging.INFO, "x.py", 1, "answered\nforged", (), None)
    record.facts = {"method": "GET", "path": "/", "status": 200, "ms": 3, "user": None}
    said = json.loads(logs.JsonLines().format(record))
    assert (said["method"], said["status"], said["message"]) == ("GET", 200, "answered\nforged")
    assert "\n" not in logs.JsonLines().format(record)
    assert "\n" not in logs.PlainLines().format(record)


def test_an_id_that_a_proxy_gives_is_kept_and_one_that_is_none_is_not(db: Any) -> None:
    del db
    given = "abc-12345678"
    assert Client().get("/health/", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given
    forged = Client().get("/health/", headers={"X-Request-Id": "a b"}).headers["X-Request-Id"]
    assert forged != "a b"


def test_nothing_is_mailed_or_written_elsewhere() -> None:
    named = configured.LOGGING["handlers"]
    assert list(named) == ["stderr"]


def test_a_form_that_is_too_large_is_refused(world: Any) -> None:
    client = world.client("practitioner")
    answer = client.post("/account/name/", {"name": "x" * (configured.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    assert answer.status_code == 400
