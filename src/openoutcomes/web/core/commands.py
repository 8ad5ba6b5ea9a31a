"""Commands: the only way anything changes.

A command checks permission, makes the change and notes the event, in one transaction. It is a
function whose first argument is ``by``, the :class:`Access` of whoever asks. The decorator

- runs it in a transaction, so that a failure at any step leaves nothing behind;
- with ``once``, the key that came with a form, gives the first answer again when the same form is sent twice;
- raises, in development and in use, when it made a change without asking for permission or noting an event.

A user's mistake is an :class:`openoutcomes.standard.problems.InputError`, with every problem in it;
nothing is written then.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import IntegrityError, models, transaction
from django_scopes import scope

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.scope import writing

P = ParamSpec("P")
R = TypeVar("R")

_NOTED: ContextVar[list[str] | None] = ContextVar("noted", default=None)


class UnfinishedCommandError(RuntimeError):
    """A command checked no permission or noted no event: a mistake in the code."""


class AlreadyDoneError(Exception):
    """The same form came a second time at the same moment, and the first is done now."""


def command(function: Callable[Concatenate[Access, P], R]) -> Callable[..., R]:
    """Make a function a command, which also takes ``once``; see the module."""
    verb = f"{function.__module__.rsplit('.', 2)[-2]}.{function.__name__}"

    def attempt(by: Access, once: str, *args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(), scope(partnership=by.partnership), writing(verb):
            before = _earlier(by, verb, once) if once else None
            if before is not None:
                return before.result()  # type: ignore[no-any-return]
            asked = set(by.checked)
            by.checked.clear()
            noted: list[str] = []
            token = _NOTED.set(noted)
            try:
                done = function(by, *args, **kwargs)
            finally:
                _NOTED.reset(token)
            if not by.checked:
                raise UnfinishedCommandError(f"{verb} checked no permission: call by.require(...)")
            if not noted:
                raise UnfinishedCommandError(f"{verb} noted no event: call note(...)")
            by.checked.update(asked)
            if once:
                _keep(by, verb, once, done)
            return done

    @functools.wraps(function)
    def run(by: Access, *args: P.args, **kwargs: P.kwargs) -> R:
        once = str(kwargs.pop("once", "") or "")
        try:
            return attempt(by, once, *args, **kwargs)
        except AlreadyDoneError:
            # The same form came twice at the same moment: the other request won, so give its answer.
            return attempt(by, once, *args, **kwargs)
        except InputError:
            # Or it won while this one waited for a lock, and what was asked for can be done no longer.
            if not once or not _is_done(by, verb, once):
                raise
            return attempt(by, once, *args, **kwargs)

    run.is_command = True  # type: ignore[attr-defined]
    return run


def _is_done(by: Access, verb: str, once: str) -> bool:
    from openoutcomes.web.core.models import Receipt  # noqa: PLC0415 - models load after this module

    return Receipt.objects.filter(user=by.user, verb=verb, once=once).exists()


def _earlier(by: Access, verb: str, once: str) -> Any:
    from openoutcomes.web.core.models import Receipt  # noqa: PLC0415 - models load after this module

    found = Receipt.objects.filter(user=by.user, once=once).first()
    if found is not None and found.verb != verb:
        raise InputError(Problem("this form was sent before, for something else.", "Open the page again."))
    return found


def _keep(by: Access, verb: str, once: str, done: Any) -> None:
    from openoutcomes.web.core.models import Receipt  # noqa: PLC0415 - models load after this module

    try:
        with transaction.atomic():
            Receipt.keep(by.user, verb, once, done if isinstance(done, models.Model) else None)
    except IntegrityError as error:
        raise AlreadyDoneError(verb) from error


def note(
    by: Access,
    verb: str,
    about: models.Model,
    *,
    person: Any = None,
    organisation: Any = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Note an event in the audit trail, beside the change it is about.

    ``detail`` is for ids, codes, dates and amounts, and the names of fields that changed: never what
    was written about a person, nor a name.
    """
    from openoutcomes.web.audit.models import Event  # noqa: PLC0415 - models load after this module

    Event.write(by, verb, about, person=person, organisation=organisation, detail=detail or {})
    noted = _NOTED.get()
    if noted is not None:
        noted.append(verb)


def refuse(what: str, mend: str = "", field: str = "") -> InputError:
    """Return the error for one mistake of a user's, to be raised."""
    return InputError(Problem(what, mend, field=field))


def needed(text: str, mend: str, field: str) -> str:
    """Return text without the blanks around it; raises InputError where there is none."""
    if not text.strip():
        raise refuse("something is missing.", mend, field)
    return text.strip()
