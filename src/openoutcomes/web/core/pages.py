"""Pages: a view says which action it is for, and is refused to seats that may not do it.

Every view under /p/<partnership>/ is marked with ``@page("some.action")``; a test fails for one that is
not, and the permission matrix is tested through these marks.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.core.access import Access

View = Callable[..., HttpResponseBase]


class SeatedRequest(HttpRequest):
    """A request inside a partnership: ``access`` is whoever asks, in their seat."""

    access: Access


def page(action: str) -> Callable[[View], View]:
    """Mark a view as being for an action of the matrix."""

    def mark(view: View) -> View:
        @functools.wraps(view)
        def run(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            kwargs.pop("partnership", None)
            if not request.access.may(action):
                raise PermissionDenied(action)
            return view(request, *args, **kwargs)

        run.action = action  # type: ignore[attr-defined]
        return run

    return mark


def at(request: Any, name: str, **kwargs: Any) -> str:
    """Return the address of a page of the partnership that the request is in."""
    return reverse(name, kwargs={"partnership": request.access.partnership.slug, **kwargs})


def done(request: Any, form: Any, act: Callable[[], Any]) -> Any:
    """Do what a form asks for when it was sent and is right; return what came of it, or None.

    What a command refuses is shown in the form.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return act()
    except InputError as error:
        problems_into(form, error)
        return None


def form_page(request: Any, form: Any, title: str, back: str, **more: Any) -> HttpResponse:
    """Show a form on a page of its own; ``template`` names another page to show it on."""
    context = {"title": title, "form": form, "back": back, **more}
    return render(request, more.get("template", "core/form_page.html"), context)


def new_once() -> str:
    """Return a key for a form, so that sending it twice does it once."""
    return uuid.uuid4().hex


def problems_into(form: Form, error: InputError) -> None:
    """Show what a command refused in the form: beside its field where there is one, else above."""
    for problem in error.problems:
        name = problem.field if problem.field in form.fields else None
        form.add_error(name, sentence(problem))


def sentence(problem: Problem) -> str:
    """Return what is wrong and how to mend it, as sentences for a page."""
    what = problem.what[:1].upper() + problem.what[1:]
    return " ".join(
        part if part.endswith((".", "?", "!")) else f"{part}." for part in (what, problem.mend) if part
    )


def say(request: HttpRequest, text: str) -> None:
    """Show a confirmation on the next page."""
    messages.success(request, text)


def warn(request: HttpRequest, error: InputError | str) -> None:
    """Show on the next page why something was not done."""
    texts = [error] if isinstance(error, str) else [sentence(problem) for problem in error.problems]
    for text in texts:
        messages.error(request, text)
