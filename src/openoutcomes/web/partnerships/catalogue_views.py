"""Pages of the catalogue: outcomes of the map and instruments, and which of them are on here."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.instruments import INSTRUMENTS, Instrument
from openoutcomes.standard.outcomes import Outcome, load_map
from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.crypto import plain_words
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say, warn
from openoutcomes.web.partnerships import commands, queries
from openoutcomes.web.partnerships.forms import (
    ChooseForm,
    InstrumentFilter,
    OutcomeFilter,
    SwitchForm,
    WordingForm,
)

_EVERYTHING = "Nothing is chosen yet, so all outcomes and all instruments that are free to show are on."


def _fits(text: str, *parts: str) -> bool:
    """Say whether every word typed begins a word of what is looked through."""
    known = plain_words(" ".join(parts))
    return all(any(word.startswith(typed) for word in known) for typed in plain_words(text))


def _state(request: Any, kind: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return which codes were chosen, and which are in use (all of them where none was chosen)."""
    partnership = request.access.partnership
    chosen = queries.chosen(partnership, kind)
    if kind == "outcome":
        return chosen, frozenset(one.code for one in queries.outcomes_on(partnership))
    return chosen, frozenset(one.id for one in queries.instruments_on(partnership))


def _choosing(request: Any, kind: str) -> list[tuple[str, str]]:
    """Return the way to choose many at once, for those who may."""
    if not request.access.may("catalogue.manage"):
        return []
    return [(f"Choose {kind}s", at(request, "catalogue_choose", kind=kind))]


def _switch_cell(code: str, on: frozenset[str]) -> Cell:
    return Cell("On", tag="green") if code in on else Cell("Off", tag="grey")


@page("catalogue.view")
def outcomes(request: Any) -> HttpResponse:
    """List the outcomes of the map."""
    filters = OutcomeFilter(request.GET)
    filters.is_valid()
    asked = filters.cleaned_data
    chosen, on = _state(request, "outcome")
    rows = [
        one
        for one in load_map().values()
        if _fits(asked.get("q", ""), one.code, one.name, one.means, *(m.name for m in one.metrics))
        and asked.get("domain", "") in ("", one.domain)
        and (not asked.get("show") or (one.code in on) == (asked["show"] == "on"))
    ]
    columns = [
        Column("Outcome", lambda o: Cell(o.name, at(request, "catalogue_outcome", code=o.code), under=o.means),
               plain=lambda o: o.name),
        Column("Domain", lambda o: o.domain.capitalize()),
        Column("Metrics", lambda o: str(len(o.metrics)), numeric=True),
        Column("Here", lambda o: _switch_cell(o.code, on)),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, [Column("Code", lambda o: o.code), *columns], "outcomes-map")
    return render(
        request,
        "partnerships/catalogue.html",
        {
            "title": "Outcomes",
            "lead": "Forty outcomes that every place shares, each with ways of measuring it.",
            "note": "" if chosen else _EVERYTHING,
            "listing": listing(
                request, rows, columns, caption="Outcomes", one="outcome", filters=filters, per_page=50
            ),
            "here": "outcomes",
            "actions": _choosing(request, "outcome"),
            "back": at(request, "setup"),
        },
    )  # fmt: skip


@page("catalogue.view")
def outcome(request: Any, code: str) -> HttpResponse:
    """Show an outcome: what it means and is not, how it is measured, where it comes from."""
    found: Outcome | None = load_map().get(code)
    if found is None:
        raise Http404("No such outcome")
    chosen, on = _state(request, "outcome")
    return render(
        request,
        "partnerships/outcome.html",
        {
            "outcome": found,
            "is_on": code in on,
            "is_chosen": code in chosen,
            "nothing_chosen": not chosen,
            "metrics": [(metric, _instrument(metric.instrument)) for metric in found.metrics],
            "switch": _switch_form(is_on=code in chosen) if request.access.may("catalogue.manage") else None,
            "switch_address": at(request, "catalogue_switch", kind="outcome", code=code),
            "back": at(request, "catalogue_outcomes"),
        },
    )


def _instrument(reference: str) -> Instrument | None:
    return INSTRUMENTS.get(reference.partition("/")[0]) if reference else None


def _switch_form(*, is_on: bool) -> SwitchForm:
    return SwitchForm(initial={"on": "no" if is_on else "yes"})


@page("catalogue.view")
def instruments(request: Any) -> HttpResponse:
    """List the instruments."""
    filters = InstrumentFilter(request.GET)
    filters.is_valid()
    asked = filters.cleaned_data
    chosen, on = _state(request, "instrument")
    rows = [
        one
        for one in sorted(INSTRUMENTS.values(), key=lambda one: one.name.casefold())
        if _fits(asked.get("q", ""), one.id, one.name, one.measures)
        and (not asked.get("wording") or queries.is_free(one) == (asked["wording"] == "free"))
        and (not asked.get("show") or (one.id in on) == (asked["show"] == "on"))
    ]
    columns = [
        Column("Instrument", lambda i: Cell(i.name, at(request, "catalogue_instrument", code=i.id), under=i.measures),
               plain=lambda i: i.name),
        Column("Items", lambda i: str(i.items.value or "Total only"), numeric=True),
        Column("Wording", lambda i: "Shown here" if queries.is_free(i) else "Needs your own"),
        Column("Safe to pay on", lambda i: "For groups only" if i.safe_to_pay_on.value else "No"),
        Column("Here", lambda i: _switch_cell(i.id, on)),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, [Column("Id", lambda i: i.id), *columns], "instruments")
    return render(
        request,
        "partnerships/catalogue.html",
        {
            "title": "Instruments",
            "lead": "Questionnaires with their scoring, and how far each can be trusted. Nobody ever has to fill one in to be helped.",
            "note": "" if chosen else _EVERYTHING,
            "listing": listing(
                request, rows, columns, caption="Instruments", one="instrument", filters=filters
            ),
            "here": "instruments",
            "actions": _choosing(request, "instrument"),
            "back": at(request, "setup"),
        },
    )


def _found_instrument(code: str) -> Instrument:
    if code not in INSTRUMENTS:
        raise Http404("No such instrument")
    return INSTRUMENTS[code]


@page("catalogue.view")
def instrument(request: Any, code: str) -> HttpResponse:
    """Show an instrument: scoring, licence, and whether it is safe to pay on."""
    found = _found_instrument(code)
    chosen, on = _state(request, "instrument")
    wording = queries.wording_of(request.access.partnership, code)
    manages = request.access.may("catalogue.manage")
    return render(
        request,
        "partnerships/instrument.html",
        {
            "instrument": found,
            "facts": _facts(found),
            "wording": wording,
            "is_own_wording": bool(wording) and not found.wording,
            "takes_wording": bool(found.items.value) and not found.wording,
            "is_on": code in on,
            "is_chosen": code in chosen,
            "nothing_chosen": not chosen,
            "switch": _switch_form(is_on=code in chosen) if manages else None,
            "switch_address": at(request, "catalogue_switch", kind="instrument", code=code),
            "back": at(request, "catalogue_instruments"),
        },
    )


def _facts(found: Instrument) -> list[tuple[str, str, Any]]:
    """Return the facts about an instrument as a whole: what, its value in words, and where it comes from."""
    scoring = {
        "sum": "Answers are added", "mean": "The mean of the answers", "metric-table": "Added, then turned into a score by a table",
        "per-item": "Each item is a score of its own", "total-only": "Scored with its owner's tools; only the score is kept",
    }  # fmt: skip
    rows: list[tuple[str, str, Any]] = [("Items", str(found.items.value or "None kept"), found.items)]
    if found.responses is not None:
        rows.append(("Answers", str(found.responses.value), found.responses))
    if found.reversed_items.value:
        rows.append(
            (
                "Scored the other way round",
                "Items " + ", ".join(map(str, found.reversed_items.value)),
                found.reversed_items,
            )
        )
    rows.append(("Scoring", scoring[found.scoring.value], found.scoring))
    if found.responses is not None:
        missing = found.missing.value
        words = f"Up to {missing} may be left out" if missing else "Every answer is needed for a score"
        rows.append(("Unanswered items", words, found.missing))
    rows.append(("Licence", found.licence.value, found.licence))
    age = found.reading_age.value
    rows.append(("Reading age", str(age) if age else "Not known", found.reading_age))
    return rows


@page("catalogue.manage")
def wording(request: Any, code: str) -> HttpResponse:
    """Take a registered user's own wording of an instrument whose licence keeps it from being shown by default."""
    found = _found_instrument(code)
    if found.wording:
        raise Http404("Its wording is shown already")
    form = WordingForm(
        request.POST or None,
        initial={"items": "\n".join(queries.wording_of(request.access.partnership, code))},
    )
    form.fields[
        "items"
    ].help_text = f"{found.items.value} items, one on each line, in the order of the form. Shown to practitioners when they ask them."
    back = at(request, "catalogue_instrument", code=code)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            commands.keep_wording(
                request.access,
                instrument_id=code,
                items=asked["items"].splitlines(),
                holds_licence=asked["holds_licence"],
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"The wording of {found.name} was kept, and it is on.")
            return redirect(back)
    context = {"title": "Give your own wording", "caption": found.name, "form": form, "back": back}
    context["lead"] = f"{found.licence.value}."
    return render(request, "core/form_page.html", context)


@page("catalogue.manage")
def choose(request: Any, kind: str) -> HttpResponse:
    """Choose everything that is on at once."""
    if kind == "outcome":
        choices = [(one.code, f"{one.name} ({one.domain})") for one in load_map().values()]
    elif kind == "instrument":
        choices = sorted(
            ((one.id, one.name) for one in INSTRUMENTS.values()), key=lambda pair: pair[1].casefold()
        )
    else:
        raise Http404("No such part of the catalogue")
    form = ChooseForm(
        request.POST or None,
        label=f"{kind.capitalize()}s that are on here",
        choices=choices,
        initial={"codes": sorted(queries.chosen(request.access.partnership, kind))},
    )
    back = at(request, f"catalogue_{kind}s")
    if request.method == "POST" and form.is_valid():
        codes = form.cleaned_data["codes"]
        try:
            commands.choose(request.access, kind=kind, codes=codes, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(
                request,
                f"{len(codes)} {kind}{'' if len(codes) == 1 else 's'} chosen."
                if codes
                else "The default holds again.",
            )
            return redirect(back)
    context = {"title": f"Choose {kind}s", "form": form, "back": back}
    return render(request, "core/form_page.html", context)


@page("catalogue.manage")
def switch(request: Any, kind: str, code: str) -> HttpResponse:
    """Switch an outcome or an instrument on or off."""
    if kind not in ("outcome", "instrument") or code not in (
        load_map() if kind == "outcome" else INSTRUMENTS
    ):
        raise Http404("No such thing in the catalogue")
    form = SwitchForm(request.POST or None)
    back = at(request, f"catalogue_{kind}", code=code)
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"] == "yes"
        verb = commands.switch_on if on else commands.switch_off
        try:
            verb(request.access, kind=kind, code=code, once=form.key())
        except InputError as error:
            warn(request, error)
        else:
            say(request, f"It is {'on' if on else 'off'} now, for everybody here.")
    return redirect(back)
