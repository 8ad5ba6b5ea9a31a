"""Pages of mystery shopping: what happened when somebody tried to get help."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.listening import queries, visiting
from openoutcomes.web.listening.forms import VisitFilter, VisitForm
from openoutcomes.web.listening.models import Visit
from openoutcomes.web.listening.showing import confirm_page, form_page, places
from openoutcomes.web.listening.words import FACTS
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.sharing.forms import sent


def _organisations(access: Any) -> list[Organisation]:
    return list(Organisation.of(access.partnership).filter(is_active=True))


def _facts(row: Visit) -> str:
    return "; ".join(f"{FACTS[code].lower()}: {'yes' if said else 'no'}" for code, said in row.facts.items())


@page("listening.visits")
def visits(request: Any) -> HttpResponse:
    """List what happened when somebody tried to get help."""
    access = request.access
    filters = VisitFilter(request.GET, organisations=_organisations(access))
    filters.is_valid()
    rows = queries.visits_for(access)
    if way := filters.cleaned_data.get("way"):
        rows = rows.filter(way=way)
    if where := filters.cleaned_data.get("organisation"):
        rows = rows.filter(organisation__organisation_id=where)
    columns = [
        Column("Where", lambda row: Cell(row.organisation.name, at(request, "visit", visit_id=row.visit_id)),
               sort="organisation__name", plain=lambda row: row.organisation.name),
        Column("How", lambda row: row.get_way_display(), sort="way"),
        Column("As whom", lambda row: row.as_whom),
        Column("What happened", lambda row: row.happened[:160], plain=lambda row: row.happened),
        Column("Waited", lambda row: "" if row.waited is None else f"{row.waited} min", sort="waited", numeric=True,
               plain=lambda row: "" if row.waited is None else row.waited),
        Column("When", lambda row: day(row.tried_on), sort="tried_on", plain=lambda row: row.tried_on),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows.order_by("-tried_on"), [*columns, Column("Facts", _facts)], "mystery-shopping")
    actions = [("Write down a try", at(request, "visit_add"))] if access.may("listening.visit") else []
    return render(
        request, "listening/visits.html",
        {
            "title": "Mystery shopping", "places": places(request), "actions": actions,
            "lead": "What happened when somebody tried to get help. It is about how things work, and names nobody.",
            "listing": listing(
                request, rows, columns, caption="Visits", one="visit", sort="-tried_on", filters=filters,
                empty="Nobody has tried yet. Ring, or go to the door, as somebody who needs help would.",
                empty_action=actions[0] if actions else None,
            ),
        },
    )  # fmt: skip


@page("listening.visits")
def visit(request: Any, visit_id: str) -> HttpResponse:
    """Show one try to get help."""
    access = request.access
    row = queries.visit_or_404(access, visit_id)
    return render(
        request, "listening/visit.html",
        {
            "visit": row, "back": at(request, "visits"), "facts": [(FACTS[code], said) for code, said in row.facts.items()],
            "may_change": access.may("listening.visit") and (row.by_id == access.user.pk or access.may("listening.run")),
        },
    )  # fmt: skip


def _form(request: Any, initial: dict[str, Any]) -> VisitForm:
    access = request.access
    rounds = queries.rounds_for(access).filter(state="drawn")
    return VisitForm(sent(request), organisations=_organisations(access), rounds=rounds, initial=initial)


@page("listening.visit")
def visit_add(request: Any) -> HttpResponse:
    """Write down a try to get help."""
    form = _form(request, {})
    return form_page(
        request, form, lambda: visiting.add_visit(request.access, values=form.values(), once=form.key()),
        title="What happened when you tried?", back=at(request, "visits"), told="It was written down.",
        then=lambda made: at(request, "visit", visit_id=made.visit_id),
    )  # fmt: skip


@page("listening.visit")
def visit_change(request: Any, visit_id: str) -> HttpResponse:
    """Change what is written about a try."""
    row = queries.visit_or_404(request.access, visit_id)
    initial: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("tried_on", "way", "as_whom", "tried", "happened", "waited", "revision")
    }
    initial |= {f"fact_{code}": "yes" if said else "no" for code, said in row.facts.items()}
    initial |= {
        "organisation": row.organisation.organisation_id,
        "round": row.round.round_id if row.round else "",
    }
    form = _form(request, initial)
    return form_page(
        request, form,
        lambda: visiting.change_visit(
            request.access, visit=row, values=form.values(), expected=form.cleaned_data["revision"] or 0, once=form.key()
        ),
        title="Change what is written", then=at(request, "visit", visit_id=visit_id), told="It was changed.",
    )  # fmt: skip


@page("listening.visit")
def visit_withdraw(request: Any, visit_id: str) -> HttpResponse:
    """Take a visit out of the list."""
    row = queries.visit_or_404(request.access, visit_id)
    return confirm_page(
        request, lambda key: visiting.withdraw_visit(request.access, visit=row, once=key),
        title="Take this out of the list?", says=["It is no longer shown. It is kept in the audit trail."],
        then=at(request, "visits"), told="It was taken out.", button="Take out",
    )  # fmt: skip
