"""What a measure of the agenda can be linked to, and its latest value, without small numbers."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from django.core.cache import cache
from django.db.models import Count, Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from openoutcomes.contracts.terms import Outcome
from openoutcomes.standard.instruments import INSTRUMENTS
from openoutcomes.standard.outcomes import load_map
from openoutcomes.web.contracts.models import TermsFile
from openoutcomes.web.contracts.queries import files_in_force, read_file
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.templatetags.oo import words
from openoutcomes.web.records.models import Record
from openoutcomes.web.results.queries import _judged as judged
from openoutcomes.web.results.small_numbers import Bound, protect

#: For how many seconds values are kept.
KEPT = 15 * 60
#: What is shown where there is no value, or one that may not be shown.
HELD_BACK = "Held back: fewer than 10 people, or a figure that would give such a one away."


@dataclass(frozen=True)
class Value:
    """The latest value of a measure: the figure, of what, and when."""

    figure: str
    of: str


def choices(partnership: Any) -> list[tuple[str, str]]:
    """Return what a measure can be linked to: outcomes of the map, of contracts, and instruments."""
    found = [(f"outcome:{code}", f"Outcome: {outcome.name}") for code, outcome in load_map().items()]
    for file in files_in_force(partnership).values():
        contract = file.contract
        found += [
            (f"contract:{contract.contract_id}/{outcome.code}", f"{contract.name}: {words(outcome.code)}")
            for outcome in _outcomes(file)
        ]
    for code, one in INSTRUMENTS.items():
        # Of an instrument with several scales each is a measure: together they would count people twice.
        scales = [(f"{code}/{scale.code}", f"{one.name}, {scale.name}") for scale in one.scales]
        found += [
            (f"instrument:{key}", f"Instrument: {name}")
            for key, name in (scales if len(scales) > 1 else [(code, one.name)])
        ]
    return [(code, said) for code, said in found if len(code) <= 160]


def _outcomes(file: TermsFile) -> list[Outcome]:
    """Return the outcomes of a contract, each once, as the latest version of its terms has them."""
    found = {code: one for version in read_file(file)[1].versions for code, one in version.outcomes.items()}
    return list(found.values())


def year(on: dt.date) -> tuple[dt.date, dt.date]:
    """Return the latest four whole quarters before a day, so that figures change four times a year and no oftener."""
    first_of_quarter = dt.date(on.year, 3 * ((on.month - 1) // 3) + 1, 1)
    return first_of_quarter.replace(year=first_of_quarter.year - 1), first_of_quarter - dt.timedelta(days=1)


def values(partnership: Any, links: Iterable[str]) -> dict[str, Value]:
    """Return the latest value of each link that the platform has figures for."""
    asked = tuple(sorted({link for link in links if link}))
    if not asked:
        return {}
    first, last = year(today())
    digest = hashlib.sha256("\n".join(asked).encode()).hexdigest()[:16]
    key = f"agenda:{partnership.pk}:{last}:{digest}"
    return cast(
        "dict[str, Value]", cache.get_or_set(key, partial(_counted, partnership, asked, first, last), KEPT)
    )


def _counted(partnership: Any, links: tuple[str, ...], first: dt.date, last: dt.date) -> dict[str, Value]:
    period = f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    rows = Record.of(partnership).filter(current=True, withdrawn=False, on__range=(first, last))
    found: dict[str, Value] = {}
    codes = {link: _codes(partnership, link) for link in links if not link.startswith("instrument:")}
    reached = rows.filter(table="achievements", state="accepted")
    for link, condition in codes.items():
        # One query for each of about seven measures, each by an index, and kept for a while.
        count = reached.filter(condition).aggregate(count=Count("person", distinct=True))["count"]
        shown = protect({link: count}, [])[link]
        of = f"people for whom it was reached and checked, {period}"
        found[link] = Value(HELD_BACK if shown is None else f"About {shown:,}", of)
    for link in links:
        if link.startswith("instrument:"):
            found[link] = _measured(rows, link.partition(":")[2], period)
    return found


def _codes(partnership: Any, link: str) -> Q:
    """Return which achievements count: of the code itself, and of outcomes of contracts that count as it."""
    kind, _, code = link.partition(":")
    if kind == "contract":
        contract, _, outcome = code.rpartition("/")
        return Q(contract__contract_id=contract, code=outcome)
    condition = Q(code=code)
    for file in files_in_force(partnership).values():
        counting = [one.code for one in _outcomes(file) if code in one.counts_as]
        if counting:
            condition |= Q(contract=file.contract_id, code__in=counting)
    return condition


def _measured(rows: Any, code: str, period: str) -> Value:
    """Compare each person's first and last reading in the period."""
    scored = rows.filter(table="measures", person__isnull=False, code=code)
    scored = scored.annotate(score=Cast(KeyTextTransform("score", "values"), TextField())).exclude(score=None)
    ordered = scored.order_by("code", "person", "on", "record_id").values_list("code", "person", "score")
    counts = {"better": 0, "other": 0}
    for (scale, _), readings in groupby(ordered.iterator(chunk_size=5000), key=itemgetter(0, 1)):
        scores = [Decimal(score) for *_, score in readings]
        if len(scores) > 1:
            counts["better" if judged(scale, scores[0], scores[-1]) == "improved" else "other"] += 1
    counts["all"] = counts["better"] + counts["other"]
    shown = protect(counts, [Bound(("better", "other"), "all")])
    of = f"people with two readings, {period}, who were reliably better"
    if shown["all"] is None or shown["better"] is None:
        return Value(HELD_BACK, of)
    return Value(f"About {shown['better']:,} of {shown['all']:,}", of)
