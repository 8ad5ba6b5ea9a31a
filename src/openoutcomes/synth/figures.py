"""Figures that no one person makes: results of cohorts, and published indicators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from openoutcomes.contracts.terms import CohortOutcome, CohortPays, Figure
from openoutcomes.contracts.words import Range
from openoutcomes.synth.brief import Brief, whole_numbers
from openoutcomes.synth.profile import Profile

#: What the comparison group is taken to have, where the terms give no baseline.
_RATE, _MEAN = Fraction(1, 2), Fraction(10)
#: How far past the least that pays a made-up figure lies.
_PAST = Fraction(11, 10)
_INDEX, _INDEX_RISE = Fraction(100), Fraction(102, 100)
_AREA_HIGHEST = 100


@dataclass(frozen=True, slots=True)
class Result:
    """One row of ``cohort_results``."""

    cohort: str
    arm: str
    metric: str
    numerator: Decimal | None
    denominator: int
    mean: Decimal | None
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of ``indicators``; ``area`` is blank for the whole place."""

    name: str
    area: str
    first: dt.date
    last: dt.date
    value: Decimal


def results(brief: Brief, profile: Profile, sizes: Mapping[str, int]) -> Iterator[Result]:
    """Yield results for each cohort and arm that the terms judge; ``sizes`` are people by cohort.

    The figure is the profile's, or else one that pays: just past the least that the terms ask.
    """
    for code, outcome in brief.latest.cohort_outcomes.items():
        named = outcome.cohorts or tuple(sizes)
        target = profile.results.get(code)
        if target is None:
            target = paying(outcome.pays)
        for cohort in named:
            first, last = _period(brief, cohort)
            for arm, value in _arms(outcome.figure, target, sizes.get(cohort, 0)):
                yield _result(outcome, cohort, arm, value, sizes.get(cohort, 0), first, last)


def paying(pays: CohortPays) -> Fraction:
    """Return a figure that earns something."""
    if pays.steps:
        return _inside(pays.steps[0][0])
    if pays.nothing_at is not None and pays.all_at is not None:
        return (pays.nothing_at + pays.all_at) / 2
    return pays.over + 10 if pays.up_to is None else (pays.over + pays.up_to) / 2


def _inside(span: Range) -> Fraction:
    if span.low is not None and span.high is not None:
        return Fraction(span.low + span.high) / 2
    if span.low is not None:
        low = Fraction(span.low)
        return low * _PAST if low > 0 else low + 1
    high = Fraction(span.high or 0)
    return high - (abs(high) / 10 or 1)


def _period(brief: Brief, cohort: str) -> tuple[dt.date, dt.date]:
    span = dict(brief.cohorts).get(cohort)
    first, last = brief.first, brief.latest.runs.last or brief.last
    return (first, last) if span is None else (span.first or first, span.last or last)


def _arms(figure: Figure, target: Fraction, size: int) -> list[tuple[str, Fraction]]:
    """Return the figure of each arm that makes the comparison come out at the target."""
    usual = _MEAN if figure.of == "mean" else _RATE
    if figure.of in ("numerator", "denominator"):
        usual = Fraction(max(size, 1))
    base = figure.baseline if figure.baseline is not None else usual
    per_person = target / size if size else target
    judged = {
        "": target,
        "fall": base * (1 - target),
        "rise": base * (1 + target),
        "fewer": base - target,
        "more": base + target,
        "units avoided": max(base - per_person, Fraction(0)),
        "units gained": base + per_person,
    }[figure.compared]
    arms = [(figure.arm, judged)]
    if figure.against:
        arms.append((figure.against, base))
    return arms


def _result(
    outcome: CohortOutcome, cohort: str, arm: str, value: Fraction, size: int, first: dt.date, last: dt.date
) -> Result:
    figure = outcome.figure
    numerator = mean = None
    denominator = size
    if figure.of == "mean":
        mean = _decimal(value)
    elif figure.of == "rate":
        numerator = _decimal(value * size)
    elif figure.of == "numerator":
        numerator = _decimal(value)
    else:
        denominator = round(value)
    return Result(cohort, arm, figure.metric, numerator, denominator, mean, first, last)


def _decimal(value: Fraction) -> Decimal:
    """Return a figure to six places, the most that the standard keeps."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.000001"))


# Indicators ------------------------------------------------------------------------------------


def area_figures(brief: Brief, areas: tuple[str, ...]) -> dict[str, dict[str, int]]:
    """Return a value for each indicator that conditions ask of areas.

    A figure that everybody has to meet holds in every area; otherwise areas take turns among
    the ranges that outcomes name.
    """
    found: dict[str, dict[str, int]] = {}
    for name in dict.fromkeys(condition.detail for condition in brief.about("area figure")):
        shared = [c.number for c in brief.conditions if c.detail == name and c.number]
        spans = shared[:1] or [c.number for c in brief.about("area figure") if c.detail == name and c.number]
        ends = [whole_numbers(span, 1, _AREA_HIGHEST) for span in spans] or [(1, 1)]
        found[name] = {area: sum(ends[i % len(ends)]) // 2 for i, area in enumerate(areas)}
    return found


def indicators(brief: Brief, figures: Mapping[str, Mapping[str, int]]) -> Iterator[Indicator]:
    """Yield every published figure that the terms look at."""
    before = brief.first.replace(year=brief.first.year - 1, day=1)
    for name, values in figures.items():
        for area, value in values.items():
            yield Indicator(name, area, before, brief.first, Decimal(value))
    yield from _indices(brief)
    yield from _conditions(brief)
    for share in brief.latest.surplus.values():
        level = Fraction(share.bands[-1][0])
        for first, last in _years(brief.first, brief.last):
            yield Indicator(share.indicator, "", first, last, _decimal(level * _PAST + 1000))


def _indices(brief: Brief) -> Iterator[Indicator]:
    seen: dict[str, dt.date] = {}
    for step in brief.steps:
        indexed = step.outcome.indexed
        if indexed is not None:
            seen[indexed.indicator] = min(indexed.base, seen.get(indexed.indicator, indexed.base))
    for name, base in seen.items():
        value = _INDEX
        for first, last in _years(min(base, brief.first), brief.last):
            yield Indicator(name, "", first, last, _decimal(value).quantize(Decimal("0.01")))
            value *= _INDEX_RISE


def _conditions(brief: Brief) -> Iterator[Indicator]:
    seen: set[tuple[str, dt.date]] = set()
    for fixed in brief.latest.fixed.values():
        only = fixed.only_if
        if only is None:
            continue
        if only.days is not None:
            last = only.days.last or brief.last
            spans = [(only.days.first or brief.first, last)]
        else:
            spans = list(_years(brief.first, brief.last))
        for first, last in spans:
            if (only.indicator, first) not in seen:
                seen.add((only.indicator, first))
                yield Indicator(only.indicator, "", first, last, _decimal(_inside(only.value)))


def _years(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    begin = first
    while begin <= last:
        following = _year_on(begin)
        yield begin, following - dt.timedelta(days=1)
        begin = following


def _year_on(day: dt.date) -> dt.date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28) if is_leap_day else day.replace(year=day.year + 1)
