"""Pages for learning together: projects side by side, what each does differently, the quarter at a glance."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Column, as_csv, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.rhythm import PARTS, counted_in
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.meetings.commands import write_practice
from openoutcomes.web.meetings.forms import PracticeForm
from openoutcomes.web.meetings.models import Practice
from openoutcomes.web.meetings.sides import NOTE, counted, lay_out, outcomes_looked_at, shown_as_file
from openoutcomes.web.meetings.views import places
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.results.forms import quarter_start, quarters
from openoutcomes.web.results.queries import Period
from openoutcomes.web.results.tables import outcome_name


def _periods() -> dict[str, Period]:
    """Return the periods to choose from: the last four whole quarters together, and each quarter that has ended."""
    whole = quarters(today())
    year = Period(whole[3].first, whole[0].last)
    return {"": year, **{f"{one.first:%Y-%m}": one for one in whole if one.first}}


def _words(period: Period) -> str:
    return f"{day(period.first)} to {day(period.last)}"


@page("results.view")
def side_by_side(request: Any) -> HttpResponse:
    """Show projects side by side, without small numbers and without an order, and what each does differently."""
    access = request.access
    periods = _periods()
    asked = request.GET.get("period", "")
    asked = asked if asked in periods else ""
    period = periods[asked]
    outcomes = outcomes_looked_at(access.partnership)
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in outcomes else ""
    found = counted(access.partnership, period, outcome)
    sides = lay_out(found)
    if wants_csv(request):
        titles = ("Measure", "Project", "Of", "Count or time", "Share", "Between", "From", "To")
        columns = [
            Column(title, lambda row, place=place: row[place])  # type: ignore[misc]
            for place, title in enumerate(titles)
        ]
        return as_csv(shown_as_file(sides, period), columns, "side-by-side")
    practices = _practices(access, period)
    own = access.organisation_ids("learning.note")
    everywhere = access.reach("learning.note") == "partnership"
    programmes = Programme.of(access.partnership).filter(pk__in=[one[0] for one in found.projects])
    context = {
        "title": "Side by side",
        "places": places(request),
        "here": "Side by side",
        "periods": [(key, _words(one) if key else "The last four quarters") for key, one in periods.items()],
        "asked": asked,
        "period": _words(period),
        "sides": sides if found.projects else [],
        "note": NOTE,
        "practices": [
            (one, practices.get(one.pk), everywhere or one.organisation_id in own)
            for one in programmes.select_related("organisation").order_by("name", "organisation__name", "pk")
        ],
        "outcomes": [("", "Any outcome"), *((code, outcome_name(code)) for code in outcomes)],
        "outcome": outcome,
        "export": f"{request.path}?period={asked}&outcome={outcome}&format=csv",
    }
    return render(request, "meetings/side_by_side.html", context)


def _practices(access: Access, period: Period) -> dict[int, Practice]:
    """Return what each project wrote last, up to the end of a period."""
    latest: dict[int, Practice] = {}
    rows = Practice.of(access.partnership).filter(quarter__lte=max(period.last, today())).select_related("by")
    for row in rows.order_by("pk"):
        latest[row.programme_id] = row
    return latest


@page("learning.note")
def practice(request: Any, programme_id: str) -> HttpResponse:
    """Write what a project does differently."""
    access = request.access
    rows = Programme.of(access.partnership).select_related("organisation")
    if access.reach("learning.note") != "partnership":
        rows = rows.filter(organisation__in=access.organisation_ids("learning.note"))
    programme = rows.filter(programme_id=programme_id).first()
    if programme is None:
        raise Http404("No such project, or not one that you write for")
    programme.partnership = access.partnership
    before = Practice.of(access.partnership).filter(programme=programme).first()
    form = PracticeForm(request.POST or None, initial={"words": before.words if before else ""})
    if request.method == "POST" and form.is_valid():
        try:
            write_practice(access, programme=programme, words=form.cleaned_data["words"], once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "Other projects can read it now.")
            return redirect(at(request, "side_by_side") + "#practices")
    context = {
        "title": "What do you do differently?", "caption": programme.name, "form": form,
        "back": at(request, "side_by_side"),
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


@page("results.view")
def quarter(request: Any) -> HttpResponse:
    """Show the quarter at a glance, to read or print."""
    access = request.access
    this = Period(quarter_start(today()), today())
    periods = {"": this, **{key: one for key, one in _periods().items() if key}}
    asked = request.GET.get("period", "")
    asked = asked if asked in periods else ""
    period = periods[asked]
    first: dt.date = period.first or today()
    context = {
        "title": "The quarter at a glance",
        "places": places(request),
        "here": "Quarter",
        "periods": [(key, _words(one) if key else "This quarter so far") for key, one in periods.items()],
        "asked": asked,
        "period": _words(period),
        "parts": [(*PARTS[part], rows) for part, rows in counted_in(access, first, period.last).items()],
    }
    return render(request, "meetings/quarter.html", context)
