"""Pages about who may see a person."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import viewed
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.permissions import ROLES
from openoutcomes.web.core.templatetags.oo import words
from openoutcomes.web.sharing import commands, queries
from openoutcomes.web.sharing.forms import ConfirmForm, ShareForm, sent
from openoutcomes.web.sharing.slices import in_words


def _roles(event: Any) -> str:
    return ", ".join(ROLES[role][0] for role in event.roles.split(",") if role in ROLES)


@page("people.share")
def sharing(request: Any, person_id: str) -> HttpResponse:
    """Show who can see a person and why, and who looked."""
    access = request.access
    person = queries.own_person_or_404(access, person_id, "people.share")
    columns = [
        Column("When", lambda e: f"{timezone.localtime(e.at):%-d %B %Y, %H:%M}",
               plain=lambda e: e.at.isoformat(timespec="seconds")),
        Column("Who", lambda e: Cell(str(e.user or "The platform"), under=_roles(e)),
               plain=lambda e: str(e.user or "")),
        Column("For", lambda e: str(e.organisation or "")),
        Column("What", lambda e: words(e.verb.partition(".")[2]), plain=lambda e: e.verb),
    ]  # fmt: skip
    looks = queries.looks_at(person)
    if wants_csv(request):
        return as_csv(looks[:20_000], columns, "who-looked")
    viewed(access, "sharing.sharing", person, person=person)
    sights: list[dict[str, Any]] = [
        {
            "sight": sight,
            "state": queries.state_of(sight),
            "slice": in_words(sight.slice),
            "stop": ""
            if sight.basis == "own" or not queries.holds_now(sight)
            else at(request, "share_withdraw", person_id=person_id, sight=sight.pk),
        }
        for sight in queries.sights_of(person)
    ]
    return render(
        request,
        "sharing/sharing.html",
        {
            "person": person,
            "is_self": person.pk in access.person_ids(),
            "now": [one for one in sights if one["state"][0] == "Holds"],
            "before": [one for one in sights if one["state"][0] != "Holds"],
            "add": at(request, "share_add", person_id=person_id),
            "back": queries.person_address(access, person_id),
            "listing": listing(
                request, looks, columns, caption="Who looked", one="look", empty="Nobody has looked yet."
            ),
        },
    )


@page("people.share")
def share_add(request: Any, person_id: str) -> HttpResponse:
    """Let another organisation see a person."""
    access = request.access
    person = queries.own_person_or_404(access, person_id, "people.share")
    form = ShareForm(sent(request), recipients=queries.others(access, person))
    back = at(request, "sharing", person_id=person_id)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            sight = commands.share(
                access, person=person, recipient=values["recipient"], groups=values["groups"],
                basis=values["basis"], purpose=values["purpose"], until=values["until"],
                how=values["how"], why=values["why"], once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{sight.organisation} can see what you ticked.")
            return redirect(back)
    return render(
        request,
        "core/form_page.html",
        {
            "title": "Share with another organisation", "caption": person.shown, "form": form, "back": back,
            "button": "Share",
        },
    )  # fmt: skip


@page("people.share")
def share_withdraw(request: Any, person_id: str, sight: int) -> HttpResponse:
    """Stop an organisation from seeing a person."""
    access = request.access
    person = queries.own_person_or_404(access, person_id, "people.share")
    found = queries.sights_of(person).filter(pk=sight).exclude(basis="own").first()
    if found is None:
        raise Http404("No such share")
    form = ConfirmForm(sent(request))
    back = at(request, "sharing", person_id=person_id)
    if request.method == "POST" and form.is_valid():
        try:
            commands.withdraw(access, sight=found, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{found.organisation} can no longer see {person.shown}.")
            return redirect(back)
    return render(
        request,
        "core/confirm.html",
        {
            "title": f"Stop sharing with {found.organisation}?", "caption": person.shown, "form": form,
            "says": [
                f"{found.organisation} stops seeing {person.shown} at once.",
                "A referral to them that waits for an answer can no longer be accepted.",
                "The record of the sharing, and of who looked, is kept.",
            ],
            "button": "Stop sharing", "danger": True, "back": back,
        },
    )  # fmt: skip
