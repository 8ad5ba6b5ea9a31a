"""Pages of results: what was done and what came of it, and what recording it costs."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import Any, cast

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render

from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, wants_csv
from openoutcomes.web.core.pages import at, page
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.results.costs import AIM, MONTHS, began, costs, shown
from openoutcomes.web.results.forms import ResultsFilter
from openoutcomes.web.results.queries import Figures, Period, Whose, figures, is_large, own_organisations
from openoutcomes.web.results.small_numbers import LEAST
from openoutcomes.web.results.tables import NOTE, Shown, Table, lay_out

#: For how many seconds figures of a whole partnership, or of very much, are kept.
KEPT = 15 * 60
#: Said where an organisation's own figures are kept for a while.
OLD = "So much is recorded here that it is counted once every quarter of an hour, not at each look."


def _asked(request: Any) -> tuple[ResultsFilter, Whose, Period]:
    access = request.access
    own = own_organisations(access)
    filters = ResultsFilter(request.GET, access=access, is_own=bool(own))
    if not filters.is_valid():
        # A filter that cannot be read is shown as wrong, and nothing is narrowed by it.
        filters.cleaned_data = {**dict.fromkeys(filters.fields, ""), **filters.cleaned_data}
    programme = filters.asked_programme()
    organisations: tuple[int, ...] | None = tuple(one.pk for one in own) or None
    if not own and (chosen := filters.organisations.get(filters.cleaned_data.get("organisation", ""))):
        organisations = (chosen.pk,)
        if programme is not None and programme.organisation_id != chosen.pk:
            programme = None
    whose = Whose(access.partnership, organisations, programme, is_own=bool(own))
    return filters, whose, filters.asked_period()


def _figures(whose: Whose, period: Period) -> tuple[Figures, bool]:
    """Return the figures, and whether they may be some minutes old.

    Those of a whole partnership, and of a provider with very much recorded, are kept for a while, since they count
    every record.
    """
    if whose.is_own and not is_large(whose, period):
        return figures(whose, period), False
    key = f"results:{whose.key}:{period.first}:{period.last}"
    return cast("Figures", cache.get_or_set(key, partial(figures, whose, period), KEPT)), True


@page("results.view")
def results(request: Any) -> HttpResponse:
    """Show results: a seat's own organisation as it is, anybody else's without small numbers."""
    filters, whose, period = _asked(request)
    found, is_kept = _figures(whose, period)
    laid = lay_out(found, is_own=whose.is_own)
    if wants_csv(request):
        return _csv(laid, period)
    query = request.GET.copy()
    query["format"] = "csv"
    context = {
        "filters": filters,
        "is_filtered": any(filters.cleaned_data.values()),
        "whose": ", ".join(one.name for one in own_organisations(request.access)),
        "period": f"{day(period.first)} to {day(period.last)}"
        if period.first
        else f"everything up to {day(period.last)}",
        "shown": laid,
        "note": NOTE if laid.is_protected else OLD if is_kept else "",
        "export": f"{request.path}?{query.urlencode()}",
    }
    return render(request, "results/results.html", context)


def _csv(laid: Shown, period: Period) -> HttpResponse:
    rows: list[tuple[str, str, str, str]] = [("Headline", "", name, value) for name, value in laid.headlines]
    for table in laid.tables:
        for name, cells in table.rows:
            rows += [
                (table.title, name, heading, cell.text)
                for heading, cell in zip(table.header[1:], cells, strict=True)
            ]
    columns = [
        Column("Table", lambda row: row[0]),
        Column("Row", lambda row: row[1]),
        Column("Figure", lambda row: row[2]),
        Column("Value", lambda row: row[3], plain=lambda row: row[3].replace(",", "")),
        Column("From", lambda _: str(period.first or "")),
        Column("To", lambda _: str(period.last)),
    ]
    return as_csv(rows, columns, "results")


@page("recording.view")
def recording(request: Any) -> HttpResponse:
    """Show what recording costs: minutes for each person in a month, by organisation."""
    found, total, small = costs(request.access)
    every = [*found, total] if total and len(found) + small > 1 else found
    header = (
        "Organisation",
        "People",
        "Months of a person",
        "Half take at most (minutes)",
        "Nine of ten take at most (minutes)",
    )
    if wants_csv(request):
        columns = [Column(title, itemgetter(place)) for place, title in enumerate(header)]
        return as_csv([shown(one) for one in every], columns, "what-recording-costs")
    rows = [(one.name, [Cell(value, numeric=True) for value in shown(one)[1:]]) for one in every]
    return render(
        request,
        "results/recording.html",
        {
            "table": Table(
                "Minutes of recording", header, rows, empty="Nothing was typed by hand in this time."
            ),
            "total": total,
            "aim": AIM,
            "months": MONTHS,
            "since": began(today()),
            "small": small,
            "least": LEAST,
            "back": at(request, "results"),
        },
    )
