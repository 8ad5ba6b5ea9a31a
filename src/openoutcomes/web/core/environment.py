"""Reading settings from the environment: each is checked here, and a bad one is named in one line."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import dj_database_url
from cryptography.fernet import Fernet

from openoutcomes.standard.problems import InputError, Problem

_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
_HOST = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")
_ADDRESS = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,]+")
_MAIL = {"smtp": 25, "smtps": 465}
#: What PostgreSQL is told for each connection, unless the address gives ``options`` of its own. A page asks short
#: questions: compiling one would take longer than answering it, and disks today find any place about as fast as the next.
_FOR_PAGES = "-c jit=off -c random_page_cost=1.1"
_DATABASES = ("postgres", "postgresql", "sqlite")
_SERVICE = {
    "id": "short name of letters, numbers and hyphens",
    "name": "what the button says",
    "server": "address of the service, as in https://login.example.gov.uk",
    "client_id": "the id that the service gave to this platform",
    "secret": "the secret that the service gave to this platform",
}
_SERVICE_MAY = ("domains", "second_step")


def wrong(name: str, what: str, mend: str = "") -> InputError:
    """Return the error for a setting that cannot be used, to be raised. It never holds the value of a secret."""
    return InputError(Problem(what, mend, field=name))


class Environment:
    """The settings of one process. ``variables`` is the environment itself, unless a test gives another."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables

    def text(self, name: str, default: str = "") -> str:
        """Return a setting as it is written; nothing counts as not given."""
        return self._variables.get(name, "").strip() or default

    def yes(self, name: str, *, default: bool) -> bool:
        """Return a setting that says yes or no."""
        word = self.text(name).lower()
        if not word:
            return default
        if word in {"yes", "true", "1", "on"}:
            return True
        if word in {"no", "false", "0", "off"}:
            return False
        raise wrong(name, f"{word!r} is neither yes nor no.", "Write yes or no.")

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        """Return a setting that is a number between two others."""
        word = self.text(name)
        if not word:
            return default
        try:
            value = float(word)
        except ValueError:
            raise wrong(
                name, f"{word!r} is not a number.", f"Write one from {least:g} to {most:g}."
            ) from None
        if not least <= value <= most:
            raise wrong(name, f"{word} is out of range.", f"Write a number from {least:g} to {most:g}.")
        return value

    def address(self, name: str, default: str) -> str:
        """Return a setting that is the address of the platform: http or https, a host, perhaps a port."""
        value = self.text(name, default).rstrip("/")
        mend = "Write it as https://outcomes.example.org, with no path."
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            raise wrong(name, f"{value!r} is no web address.", mend) from None
        whole = f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port else "")
        if parts.scheme not in ("http", "https") or not parts.hostname or value.lower() != whole.lower():
            raise wrong(name, f"{value!r} is no address that people can use.", mend)
        return value

    def hosts(self, name: str) -> list[str]:
        """Return the host names of a list separated by commas."""
        found = [word.strip() for word in self.text(name).split(",") if word.strip()]
        for host in found:
            if not _HOST.match(host.removeprefix(".")):
                mend = "Write host names alone, separated by commas: outcomes.example.org,outcomes.local"
                raise wrong(name, f"{host!r} is no host name.", mend)
        return found

    def addresses(self, name: str) -> frozenset[str]:
        """Return the email addresses of a list separated by commas, in lower case."""
        found = frozenset(word.strip().lower() for word in self.text(name).split(",") if word.strip())
        for address in sorted(found):
            if not _ADDRESS.fullmatch(address):
                mend = "Write addresses alone, separated by commas: robin@example.org,kim@example.org"
                raise wrong(name, f"{address!r} is no email address.", mend)
        return found

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Return Django's description of the database of an address."""
        value = self.text(name, default)
        scheme = value.partition("://")[0]
        mend = "Write it as postgres://user:password@host/name."
        if scheme not in _DATABASES or "://" not in value:
            raise wrong(name, f"{scheme[:20]!r} is no kind of database that can be used.", mend)
        try:
            found: dict[str, Any] = dict(
                dj_database_url.parse(value, conn_max_age=60, conn_health_checks=True)
            )
        except (ValueError, KeyError):
            found = {"NAME": "/"}
        if scheme != "sqlite" and set(str(found.get("NAME", ""))) & set("/@:"):
            # The address holds a password, so it is not shown.
            hint = "A character such as @ or / in the password is written %40 or %2F."
            raise wrong(name, "the address of the database cannot be read.", f"{mend} {hint}")
        if scheme != "sqlite" and not found.get("NAME"):
            raise wrong(name, "the address names no database.", mend)
        if scheme != "sqlite":
            found.setdefault("OPTIONS", {}).setdefault("options", _FOR_PAGES)
        return found

    def mail(self, name: str, folder: Any) -> dict[str, Any]:
        """Return Django's settings for sending messages; into files of a folder when no server is given."""
        value = self.text(name)
        if not value:
            return {
                "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
                "EMAIL_FILE_PATH": str(folder),
            }
        mend = "Write it as smtp://user:password@host:587/?tls=yes."
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            raise wrong(name, "the host or port cannot be read.", mend) from None
        if parts.scheme not in _MAIL:
            raise wrong(name, f"{parts.scheme[:20]!r} is no kind of mail server that can be used.", mend)
        if not parts.hostname:
            raise wrong(name, "no host is named.", mend)
        tls, timeout = _mail_options(name, parts.query)
        if tls and parts.scheme == "smtps":
            raise wrong(
                name, "smtps is encrypted from the start, and needs no tls=yes.", "Leave one of them out."
            )
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": port or (587 if tls else _MAIL[parts.scheme]),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_TLS": tls,
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_TIMEOUT": timeout,
        }

    def sign_in_services(self, name: str) -> list[dict[str, Any]]:
        """Return the OpenID Connect services of a JSON list, each checked."""
        value = self.text(name)
        if not value:
            return []
        try:
            found = json.loads(value)
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}, character {error.colno}"
            raise wrong(
                name, f"this is not JSON: {error.msg} at {where}.", "See docs/run/settings.md."
            ) from None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise wrong(
                name, "this is not a list of services.", "Put [ and ] around them, and { and } around each."
            )
        for place, service in enumerate(found, start=1):
            _check_service(name, f"service {place}", service)
        ids = [service["id"] for service in found]
        twice = next((one for one in ids if ids.count(one) > 1), None)
        if twice:
            raise wrong(name, f"two services have the id {twice!r}.", "Give each its own.")
        return found


def _mail_options(name: str, query: str) -> tuple[bool, int]:
    """Return whether to encrypt, and how many seconds to wait for the mail server."""
    options = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(set(options) - {"tls", "timeout"})
    if unknown:
        raise wrong(name, f"{unknown[0]!r} is no option.", "There are tls and timeout.")
    inner = Environment(options)
    try:
        return inner.yes("tls", default=False), int(inner.number("timeout", 10, least=1, most=120))
    except InputError as error:
        problem = error.problems[0]
        raise wrong(name, f"{problem.field}: {problem.what}", problem.mend) from None


def _check_service(name: str, which: str, service: dict[str, Any]) -> None:
    for key, meaning in _SERVICE.items():
        if not isinstance(service.get(key), str) or not service[key].strip():
            raise wrong(name, f"{which} has no {key!r}.", f"Give it: {meaning}.")
    unknown = sorted(set(service) - set(_SERVICE) - set(_SERVICE_MAY))
    if unknown:
        known = ", ".join([*_SERVICE, *_SERVICE_MAY])
        raise wrong(name, f"{which} has {unknown[0]!r}, which means nothing here.", f"There are: {known}.")
    if not _NAME.match(service["id"]):
        raise wrong(name, f"{which} has an id that cannot stand in an address.", f"Give a {_SERVICE['id']}.")
    if not re.match(r"^https?://[^/\s]+", service["server"]):
        raise wrong(name, f"{which} has a server that is no web address.", f"Give the {_SERVICE['server']}.")
    domains = service.get("domains", [])
    if not isinstance(domains, list) or not all(isinstance(one, str) and _HOST.match(one) for one in domains):
        mend = 'Give the ends of its addresses, as in ["example.gov.uk"].'
        raise wrong(name, f"{which} has domains that are no list of host names.", mend)
    if not isinstance(service.get("second_step", False), bool):
        raise wrong(
            name, f"{which} has a second_step that is neither true nor false.", "Write true or false."
        )


def service_settings(services: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return django-allauth's settings for services to sign in with.

    Whoever sets a service up trusts it for the addresses at the domains that it names, and so for the
    accounts that have them; for no others.
    """
    apps = [
        {
            "provider_id": one["id"],
            "name": one["name"],
            "client_id": one["client_id"],
            "secret": one["secret"],
            "settings": {
                "server_url": one["server"],
                "verified_email": list(one.get("domains", [])),
                "email_authentication": True,
            },
        }
        for one in services
    ]
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}


def checked_keys(name: str, value: str) -> tuple[str, ...]:
    """Return the keys of a list separated by commas, newest first; raises InputError for one that is none."""
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    mend = "Make one with: openoutcomes web new-key"
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            raise wrong(name, f"key {place} of {len(keys)} is not a key.", mend) from None
    if not keys:
        raise wrong(name, "there is no key in it.", mend)
    return keys


def checked_secret(name: str, value: str) -> str:
    """Return a secret that is long enough to be one; raises InputError otherwise."""
    if len(value) < 40 or len(set(value)) < 10:
        mend = (
            "Use 50 random characters or more: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
        raise wrong(name, "this is too short, or too regular, to be a secret.", mend)
    return value
