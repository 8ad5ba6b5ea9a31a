"""What time it is. Everything that dates a change asks here, so that a demonstration can live through a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_MOMENT: ContextVar[dt.datetime | None] = ContextVar("moment", default=None)


def now() -> dt.datetime:
    """Return the moment it is, with its time zone."""
    return _MOMENT.get() or timezone.now()


def today() -> dt.date:
    """Return the day it is where the platform is used."""
    return timezone.localdate(now())


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let it be another moment: for demonstrations and tests, never for a request."""
    token = _MOMENT.set(moment)
    try:
        yield
    finally:
        _MOMENT.reset(token)
