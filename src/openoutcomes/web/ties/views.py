"""Pages that tie things together, and undo it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.pages import page, problems_into, say
from openoutcomes.web.sharing.forms import ConfirmForm, sent
from openoutcomes.web.ties import commands
from openoutcomes.web.ties.forms import TieForm
from openoutcomes.web.ties.kinds import thing_or_404
from openoutcomes.web.ties.queries import tied_to


@page("ties.manage")
def add(request: Any, kind: str, key: str) -> HttpResponse:
    """Tie something to a thing."""
    access = request.access
    one = thing_or_404(access, kind, key)
    without = {(kind, key)}
    if request.method != "POST":
        # What is linked already is not offered, but the same form sent twice is no mistake.
        without |= {(thing.kind, thing.key) for thing in tied_to(access, kind, key)}
    form = TieForm(sent(request), access=access, without=without)
    if request.method == "POST" and form.is_valid():
        other = thing_or_404(access, *form.cleaned_data["other"].split(":", 1))
        try:
            commands.tie(access, one=one, other=other, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"Linked to the {other.kind_words} “{other.title}”.")
            return redirect(one.address)
    return render(
        request,
        "ties/add.html",
        {
            "title": "Link what belongs together",
            "caption": one.title,
            "form": form,
            "back": one.address,
            "button": "Link",
        },
    )


@page("ties.manage")
def remove(request: Any, kind: str, key: str, other_kind: str, other_key: str) -> HttpResponse:
    """Undo a tie, after asking."""
    access = request.access
    one, other = thing_or_404(access, kind, key), thing_or_404(access, other_kind, other_key)
    form = ConfirmForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            commands.untie(access, one=one, other=other, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The link was taken away. Both are still there.")
            return redirect(one.address)
    return render(
        request,
        "core/confirm.html",
        {
            "title": "Take the link away?",
            "says": [
                f"“{one.title}” and the {other.kind_words} “{other.title}” both stay.",
                "Only the link between them goes.",
            ],
            "form": form,
            "back": one.address,
            "button": "Take it away",
        },
    )
