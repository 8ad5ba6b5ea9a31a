"""The audit trail as a page: searchable, and downloaded as a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from openoutcomes.web.audit import queries
from openoutcomes.web.audit.models import Event
from openoutcomes.web.audit.verbs import thing, words_of
from openoutcomes.web.core.forms import DateField
from openoutcomes.web.core.lists import Cell, Column, FilterForm, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import page
from openoutcomes.web.core.permissions import ROLES

#: The most events in one file: more are asked for by period.
_MOST = 100_000


class AuditFilter(FilterForm):
    """What the trail is searched by."""

    person = forms.CharField(label="Person id", max_length=40)
    who = forms.CharField(label="Who: name or address", max_length=120)
    verb = forms.CharField(label="What, such as merged or claim", max_length=100)
    kind = forms.ChoiceField(
        label="Kind", choices=[("", "All"), ("change", "Changes"), ("view", "Looks at a person")]
    )
    since = DateField(label="From", help_text="")
    until = DateField(label="To", help_text="")


def _roles(event: Event) -> str:
    return ", ".join(ROLES[role][0] if role in ROLES else role for role in event.roles.split(","))


def _detail(event: Event) -> str:
    return "; ".join(f"{name}: {value}" for name, value in sorted(event.detail.items()))


@page("audit.view")
def trail(request: Any) -> HttpResponse:
    """Show who did or looked at what, newest first."""
    access = request.access
    filters = AuditFilter(request.GET)
    filters.is_valid()
    events = queries.narrowed(access, queries.events_for(access), filters.cleaned_data)
    events = events.select_related("user", "organisation", "person")
    columns = [
        Column(
            "When",
            lambda e: f"{timezone.localtime(e.at):%-d %B %Y, %H:%M}",
            sort="at",
            plain=lambda e: e.at.isoformat(timespec="seconds"),
        ),
        Column(
            "What",
            lambda e: Cell(words_of(e.verb, e.kind), under=_detail(e)),
            sort="verb",
            plain=lambda e: words_of(e.verb, e.kind),
        ),
        Column("Who", lambda e: Cell(str(e.user or "The platform"), under=_roles(e))),
        Column("For", lambda e: str(e.organisation or "")),
        Column("Person", lambda e: e.person.person_id if e.person else ""),
        Column("About", lambda e: f"{thing(e.model)} {e.key}"),
    ]
    if wants_csv(request):
        codes = [
            Column("Verb", lambda e: e.verb),
            Column("Kind", lambda e: e.kind),
            Column("Detail", _detail),
        ]
        return as_csv(events.order_by("-at", "-pk")[:_MOST], [*columns, *codes], "audit")
    return render(
        request,
        "core/list_page.html",
        {
            "title": "Audit trail",
            "lead": "Every change, and every look at a person. Nothing here is ever changed or deleted.",
            "listing": listing(
                request, events, columns, caption="Audit trail", one="event", sort="-at", filters=filters,
                empty="Nothing has happened yet.",
            ),
        },
    )  # fmt: skip
