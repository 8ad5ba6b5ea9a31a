"""Settings: a bad one is named in one line with how to mend it, and no secret is ever repeated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.environment import Environment, checked_keys, checked_secret
from openoutcomes.web.core.home import Home

SERVICE = {
    "id": "council",
    "name": "Kirkdale Council",
    "server": "https://login.kirkdale.example",
    "client_id": "outcomes",
    "secret": "told-to-nobody",
}


def read(kind: str, value: str) -> Any:
    given = Environment({"NAME": value})
    readers: dict[str, Any] = {
        "yes": lambda: given.yes("NAME", default=False),
        "number": lambda: given.number("NAME", 8, least=1, most=100),
        "address": lambda: given.address("NAME", "http://localhost:8000"),
        "hosts": lambda: given.hosts("NAME"),
        "addresses": lambda: sorted(given.addresses("NAME")),
        "database": lambda: given.database("NAME", "sqlite:///x"),
        "mail": lambda: given.mail("NAME", "folder"),
        "services": lambda: given.sign_in_services("NAME"),
        "keys": lambda: checked_keys("NAME", value),
        "secret": lambda: checked_secret("NAME", value),
    }
    return readers[kind]()


@pytest.mark.parametrize(
    ("kind", "value", "meant"),
    [
        ("yes", "Yes", True),
        ("yes", "off", False),
        ("yes", "", False),
        ("number", "2.5", 2.5),
        ("number", "", 8),
        ("address", "https://outcomes.example.org/", "https://outcomes.example.org"),
        ("address", "http://localhost:9000", "http://localhost:9000"),
        ("hosts", "a.example, .b.example,", ["a.example", ".b.example"]),
        ("addresses", "", []),
        ("addresses", "B@x.example, a@x.example,", ["a@x.example", "b@x.example"]),
        ("services", "", []),
        ("services", json.dumps([SERVICE]), [SERVICE]),
    ],
)
def test_what_is_written_is_read(kind: str, value: str, meant: Any) -> None:
    assert read(kind, value) == meant


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("yes", "maybe", "'maybe' is neither yes nor no. Write yes or no."),
        ("number", "ten", "'ten' is not a number."),
        ("number", "0", "0 is out of range. Write a number from 1 to 100."),
        ("number", "nan", "out of range"),
        ("address", "outcomes.example.org", "is no address that people can use"),
        ("address", "https://outcomes.example.org/path", "with no path"),
        ("address", "https://user@outcomes.example.org", "no address"),
        ("address", "https://[", "no web address"),
        ("hosts", "https://x.example", "is no host name"),
        ("addresses", "a@x.example b@x.example", "is no email address"),
        ("database", "mysql://x/y", "'mysql' is no kind of database"),
        ("database", "postgres://u:p@ss/w@rd@host:port/name", "cannot be read"),
        ("database", "postgres://u:p@host:port/name", "cannot be read"),
        ("database", "postgres://host", "names no database"),
        ("mail", "imap://x", "'imap' is no kind of mail server"),
        ("mail", "smtp://:25", "no host is named"),
        ("mail", "smtp://x:many", "cannot be read"),
        ("mail", "smtp://x?ssl=yes", "'ssl' is no option"),
        ("mail", "smtp://x?tls=perhaps", "tls: 'perhaps' is neither yes nor no"),
        ("mail", "smtps://x?tls=yes", "needs no tls"),
        ("services", "{", "this is not JSON"),
        ("services", "{}", "not a list"),
        ("services", "[1]", "not a list"),
        ("services", json.dumps([{**SERVICE, "secret": ""}]), "service 1 has no 'secret'"),
        ("services", json.dumps([{**SERVICE, "colour": "red"}]), "'colour', which means nothing here"),
        ("services", json.dumps([{**SERVICE, "id": "The Council"}]), "cannot stand in an address"),
        ("services", json.dumps([{**SERVICE, "server": "login"}]), "no web address"),
        ("services", json.dumps([{**SERVICE, "domains": "x.example"}]), "no list of host names"),
        ("services", json.dumps([{**SERVICE, "second_step": "yes"}]), "neither true nor false"),
        ("services", json.dumps([SERVICE, SERVICE]), "two services have the id 'council'"),
        ("keys", "abc", "key 1 of 1 is not a key"),
        ("keys", ",", "there is no key in it"),
        ("secret", "short", "too short"),
        ("secret", "a" * 60, "too regular"),
    ],
)
def test_a_bad_setting_is_named_with_how_to_mend_it(kind: str, value: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read(kind, value)
    (problem,) = caught.value.problems
    assert problem.field == "NAME"
    assert says in str(problem)
    assert "\n" not in str(problem)
    assert "told-to-nobody" not in str(problem)
    assert "p@ss" not in str(problem)


def test_a_mail_server_is_described_to_django() -> None:
    found = read("mail", "smtp://me%40x.example:s%2Fecret@mail.example:2525/?tls=yes&timeout=20")
    assert found == {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "mail.example",
        "EMAIL_PORT": 2525,
        "EMAIL_HOST_USER": "me@x.example",
        "EMAIL_HOST_PASSWORD": "s/ecret",
        "EMAIL_USE_TLS": True,
        "EMAIL_USE_SSL": False,
        "EMAIL_TIMEOUT": 20,
    }
    assert read("mail", "smtps://mail.example")["EMAIL_PORT"] == 465
    assert read("mail", "smtp://mail.example?tls=yes")["EMAIL_PORT"] == 587
    assert read("mail", "")["EMAIL_FILE_PATH"] == "folder"


def test_keys_are_made_once_and_nobody_else_may_read_them(tmp_path: Path, monkeypatch: Any) -> None:
    for name in ("OPENOUTCOMES_SECRET_KEY", "OPENOUTCOMES_FIELD_KEYS"):
        monkeypatch.delenv(name, raising=False)
    home = Home(tmp_path / "home")
    first = home.secret("OPENOUTCOMES_SECRET_KEY")
    assert Home(tmp_path / "home").secret("OPENOUTCOMES_SECRET_KEY") == first
    assert (tmp_path / "home").stat().st_mode & 0o77 == 0
    assert (tmp_path / "home" / "keys.json").stat().st_mode & 0o77 == 0
    monkeypatch.setenv("OPENOUTCOMES_SECRET_KEY", "given")
    assert home.secret("OPENOUTCOMES_SECRET_KEY") == "given"


def test_a_new_key_goes_in_front_and_old_ones_can_be_forgotten(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("OPENOUTCOMES_FIELD_KEYS", raising=False)
    home = Home(tmp_path)
    first = home.secret("OPENOUTCOMES_FIELD_KEYS")
    both = home.add_field_key()
    assert both.endswith(f",{first}")
    assert home.secret("OPENOUTCOMES_FIELD_KEYS") == both
    assert home.keep_newest_field_key() == both.partition(",")[0]


def test_damaged_keys_are_named(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="is damaged"):
        Home(tmp_path).secret("OPENOUTCOMES_TEST_ONLY")


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be made"):
        Home(tmp_path / "file" / "home").make()


def run(home: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OPENOUTCOMES_")}
    for name in (
        "DJANGO_SETTINGS_MODULE",
        "DJANGO_ALLOW_ASYNC_UNSAFE",
    ):  # the second: see tests/browser/conftest.py
        clean.pop(name, None)
    return subprocess.run(
        [sys.executable, *command],
        env={**clean, "OPENOUTCOMES_HOME": str(home), **settings},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENOUTCOMES_URL", "nowhere"),
        ("OPENOUTCOMES_DEMO", "perhaps"),
        ("OPENOUTCOMES_OIDC", "{"),
        ("OPENOUTCOMES_DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing"),
        ("OPENOUTCOMES_FIELD_KEYS", "abc"),
    ],
)
def test_the_command_says_a_bad_setting_in_a_line(tmp_path: Path, name: str, value: str) -> None:
    done = run(tmp_path, "-m", "openoutcomes.cli.app", "web", "migrate", **{name: value})
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith(f"Error: {name}: ")


def test_a_server_that_cannot_start_says_why_and_is_not_started_again(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "-m",
        "gunicorn",
        "openoutcomes.web.wsgi",
        "--bind",
        "127.0.0.1:0",
        OPENOUTCOMES_URL="nowhere",
    )
    assert done.returncode != 0
    assert done.stderr.count("Error: OPENOUTCOMES_URL: 'nowhere'") <= 2
    assert "Traceback" not in done.stderr


def test_an_https_address_makes_everything_fit_to_serve_others(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "-m",
        "openoutcomes.cli.app",
        "web",
        "check",
        OPENOUTCOMES_URL="https://outcomes.example.org",
        OPENOUTCOMES_EMAIL_URL="smtp://mail.example.org",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Fit to serve others.\n"


def test_django_has_nothing_to_say_against_the_deployment(tmp_path: Path) -> None:
    command = ("-m", "django", "check", "--deploy", "--fail-level", "WARNING")
    given = {
        "OPENOUTCOMES_URL": "https://outcomes.example.org",
        "DJANGO_SETTINGS_MODULE": "openoutcomes.web.settings",
    }
    done = run(tmp_path, *command, **given)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_without_https_the_check_says_so_and_fails(tmp_path: Path) -> None:
    done = run(tmp_path, "-m", "openoutcomes.cli.app", "web", "check")
    assert done.returncode == 1
    assert "is not https" in done.stderr


def test_cookies_are_tied_to_the_host_where_the_address_is_https(tmp_path: Path) -> None:
    code = (
        "from openoutcomes.web import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.SECURE_SSL_REDIRECT, s.REQUIRE_MFA)"
    )
    done = run(tmp_path, "-c", code, OPENOUTCOMES_URL="https://outcomes.example.org")
    assert done.stdout.split() == ["True", "True", "__Host-oo-session", "True", "True"]


def test_no_model_has_changed_without_its_migration(tmp_path: Path) -> None:
    given = {"DJANGO_SETTINGS_MODULE": "openoutcomes.web.settings"}
    done = run(tmp_path, "-m", "django", "makemigrations", "--check", "--dry-run", **given)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("postgres://me@host/name", "-c jit=off -c random_page_cost=1.1"),
        ("postgres://me@host/name?options=-c%20jit%3Don", "-c jit=on"),
    ],
)
def test_postgresql_is_told_what_pages_need_unless_the_address_says_otherwise(address, options):
    given = Environment({"NAME": address}).database("NAME", "")
    assert given["OPTIONS"]["options"] == options
    assert "options" not in Environment({}).database("NAME", "sqlite:///x").get("OPTIONS", {})
