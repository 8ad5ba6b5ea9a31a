"""What the pages of listening share: sent forms, form pages, and where else to go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.lists import Cell
from openoutcomes.web.core.pages import at, problems_into, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.listening.models import Round, Sampled, Theme
from openoutcomes.web.sharing.forms import ConfirmForm, sent

_ROUND_TAGS = {"planned": "grey", "drawn": "blue", "closed": "green"}
_STATE_TAGS = {
    "reserve": "grey", "to_invite": "yellow", "invited": "blue", "heard": "green", "declined": "grey",
    "not_reached": "grey", "unsafe": "orange", "not_able": "grey", "not_eligible": "grey",
}  # fmt: skip


def done(form: Any, request: Any, act: Callable[[], Any]) -> tuple[bool, Any]:
    """Do what a form asks for when it was sent and is right; say whether that was done, and what came of it."""
    if request.method != "POST" or not form.is_valid():
        return False, None
    try:
        return True, act()
    except InputError as error:
        problems_into(form, error)
        return False, None


def form_page(
    request: Any,
    form: Any,
    act: Callable[[], Any],
    *,
    title: str,
    then: str | Callable[[Any], str],
    told: str | Callable[[Any], str],
    back: str = "",
    template: str = "core/form_page.html",
    **more: Any,
) -> HttpResponse:
    """Answer a page with one form: do it and go on, or show it with what is wrong."""
    was_done, came = done(form, request, act)
    if was_done:
        words = told if isinstance(told, str) else told(came)
        if words:
            say(request, words)
        return redirect(then if isinstance(then, str) else then(came))
    back = back or (then if isinstance(then, str) else "")
    return render(request, template, {"title": title, "form": form, "back": back, **more})


def confirm_page(
    request: Any, act: Callable[[str], Any], *, title: str, says: list[str], then: str, told: str, **more: Any
) -> HttpResponse:
    """Answer a page that asks whether to go on; ``act`` gets the key of the form."""
    form = ConfirmForm(sent(request))
    return form_page(
        request, form, lambda: act(form.key()), title=title, then=then, told=told, template="core/confirm.html",
        says=says, **more,
    )  # fmt: skip


def places(request: Any) -> list[tuple[str, str]]:
    """Return the pages of this room that a seat may see, with their addresses."""
    access = request.access
    found = [
        ("Your view", "own_view", "listening.speak"),
        ("What people said", "themes", "listening.view"), ("Rounds", "listening", "listening.view"),
        ("People to hear", "to_hear", "listening.hear"), ("Notes to code", "to_code", "listening.code"),
        ("Mystery shopping", "visits", "listening.visits"),
    ]  # fmt: skip
    return [(words, at(request, name)) for words, name, action in found if access.may(action)]


def round_tag(row: Round) -> Cell:
    """Return how a round stands, as a tag."""
    return Cell(row.get_state_display(), tag=_ROUND_TAGS[row.state])


def state_tag(row: Sampled) -> Cell:
    """Return what has become of an invitation, as a tag."""
    return Cell(row.get_state_display(), tag=_STATE_TAGS[row.state])


def theme_tag(row: Theme) -> Cell:
    """Return how a theme stands, as a tag with its day."""
    if row.retired_at is not None:
        return Cell("Taken out", tag="grey")
    if row.answered:
        words = "We did" if row.answered == "did" else "We cannot"
        return Cell(words, tag="green" if row.answered == "did" else "purple", under=day(row.answered_on))
    if row.is_late:
        return Cell("Late", tag="red", under=f"wanted by {day(row.due_on)}")
    return Cell("No answer yet", tag="yellow", under=f"wanted by {day(row.due_on)}")


def weeks_ago(row: Theme) -> str:
    """Return how long ago a theme was heard, in words."""
    weeks = row.age.days // 7
    return "this week" if not weeks else f"{weeks} week{'s' if weeks > 1 else ''} ago"
