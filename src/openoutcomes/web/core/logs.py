"""The log: one line for each request and each thing that breaks, with nobody's name in it.

A line has the request's id, who asked by number, the path without its query and without the secrets that
some links carry, and how long it took. What breaks is told as the kind of error and where, never as its
message, which may repeat what somebody typed or what a row holds.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
#: Parts of addresses that open something, by the name that the address pattern gives them.
_SECRET = ("token", "key", "uidb36")
_GIVEN_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")
_LOG = logging.getLogger("openoutcomes.request")


def safe_path(request: HttpRequest) -> str:
    """Return a request's path as it may be kept: no query, and a dot in place of each secret of a link."""
    path = request.path
    match = getattr(request, "resolver_match", None)
    if match is None:
        # What leads nowhere may be anything: an address that was mistyped with a secret, or a name, in it.
        return "/" + path.strip("/").partition("/")[0][:40]
    for name in _SECRET:
        value = str(match.kwargs.get(name, ""))
        if value:
            path = path.replace(value, "·")
    return path


def request_id() -> str:
    """Return the id of the request that is being answered, or nothing outside one."""
    return _REQUEST_ID.get()


class RequestLog:
    """Gives each request an id, which its answer carries too, and logs one line when it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and log that."""
        given = request.headers.get("X-Request-Id", "")
        token = _REQUEST_ID.set(given if _GIVEN_ID.match(given) else uuid.uuid4().hex)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-Id"] = request_id()
            if request.path.startswith(settings.STATIC_URL):
                return response
            took = round((time.perf_counter() - began) * 1000)
            facts = {"method": request.method, "path": safe_path(request), "status": response.status_code}
            _LOG.info("answered", extra={"facts": {**facts, "ms": took, "user": _who(request)}})
            return response
        finally:
            _REQUEST_ID.reset(token)


def _who(request: HttpRequest) -> int | None:
    """Return the number of whoever asked, where it is known already: a log line is no reason to look it up."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None and user.is_authenticated else None


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    """Return what may be said of a record, in the order it is shown."""
    when = dt.datetime.fromtimestamp(record.created, tz=dt.UTC).isoformat(timespec="milliseconds")
    said: dict[str, Any] = {"at": when, "level": record.levelname.lower(), "logger": record.name}
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        # Django's own lines about a request repeat its path in full.
        said["message"] = f"status {getattr(record, 'status_code', '')}".strip()
        said |= {"method": request.method, "path": safe_path(request), "user": _who(request)}
    else:
        said["message"] = record.getMessage()
        said |= getattr(record, "facts", {})
    if request_id():
        said["request"] = request_id()
    if record.exc_info and record.exc_info[0] is not None:
        said["error"] = _kinds(record.exc_info[1]) or record.exc_info[0].__name__
        frames = traceback.extract_tb(record.exc_info[2])
        said["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {name: value for name, value in said.items() if value is not None}


def _kinds(error: BaseException | None) -> str:
    """Return the kinds of an error and of those that led to it: never their messages."""
    names: list[str] = []
    while error is not None and len(names) < 5:
        names.append(type(error).__name__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " from ".join(names)


class PlainLines(logging.Formatter):
    """Lines for people: time, level, message, then what else is known."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        said = _facts(record)
        where = said.pop("where", [])
        head = f"{said.pop('at')} {said.pop('level'):7} {said.pop('logger')}: {said.pop('message')}"
        line = " ".join([head, *(f"{name}={value}" for name, value in said.items())])
        return "\n    ".join([_one_line(line), *where])


class JsonLines(logging.Formatter):
    """Lines for machines: one JSON object each."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        return json.dumps(_facts(record), default=str)


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def logging_settings(*, as_json: bool) -> dict[str, Any]:
    """Return Django's logging settings: everything to stderr, in one form or the other."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {"()": f"openoutcomes.web.core.logs.{'JsonLines' if as_json else 'PlainLines'}"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "openoutcomes": {"level": "INFO"},
            # Replaces Django's own handlers, which write the path in full and mail tracebacks with data.
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            # Each request has a line already; what breaks gets another, with where.
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
            "allauth": {"level": "ERROR"},
        },
    }
