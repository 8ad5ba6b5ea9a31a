"""One batch of people: who they are, when they start, what they bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from openoutcomes.contracts.terms import Condition
from openoutcomes.contracts.words import Days, Range
from openoutcomes.synth.brief import Brief, whole_numbers
from openoutcomes.synth.draws import Draws, Flags, Ints, between, choose_word, normal
from openoutcomes.synth.profile import InstrumentProfile, Profile
from openoutcomes.synth.timing import number


class Coded(NamedTuple):
    """A word for each person, as positions in ``words``."""

    words: tuple[str, ...]
    at: Ints

    def among(self, wanted: tuple[str, ...], *, prefix: bool = False) -> Flags:
        """Return who has one of the wanted words (or one that begins with it)."""
        fits = [word in wanted or (prefix and word.startswith(wanted)) for word in self.words]
        return np.array(fits, np.bool_)[self.at]


@dataclass(slots=True)
class Cast:
    """The people of one batch. Days count from 1 January 1970."""

    batch: int
    first: int
    size: int
    start: Ints
    referral: Ints
    age: Ints
    birth_year: Ints
    attributes: dict[str, Coded]
    characteristics: dict[str, Flags]
    needs: dict[str, Ints]
    baseline: dict[str, Ints]
    first_reading: Ints


#: Intensity of a need that a person does not have.
NO_NEED = -1


def make_cast(brief: Brief, profile: Profile, draws: Draws, first: int) -> Cast:
    """Draw one batch of people, the first of whom is number ``first`` of the data set."""
    low, high = (number(day) for day in profile.starts)
    attributes = {
        subject: Coded(tuple(shares), choose_word(draws.uniform(f"people/{subject}"), shares))
        for subject, shares in profile.attributes.items()
    }
    start = between(draws.uniform("people/start"), low, high)
    if "cohort" in attributes:
        start, attributes["cohort"] = _cohorts(brief, draws, start, attributes["cohort"], (low, high))
    referral = np.maximum(
        start - profile.referral.days(draws.uniform("people/referral")), _first_referral(brief)
    )
    age = np.array(list(profile.ages), np.int32)[
        choose_word(draws.uniform("people/age"), {str(a): s for a, s in profile.ages.items()})
    ]
    years = _years(start)
    not_yet = draws.uniform("people/birthday") < 0.5
    return Cast(
        batch=draws.batch,
        first=first,
        size=draws.size,
        start=start,
        referral=np.minimum(referral, start).astype(np.int32),
        age=age,
        birth_year=(years - age - not_yet).astype(np.int32),
        attributes=attributes,
        characteristics=_characteristics(brief, profile, draws),
        needs=_needs(profile, draws),
        baseline={name: _baseline(brief, name, one, draws) for name, one in profile.instruments.items()},
        first_reading=(start + between(draws.uniform("people/first-reading"), 0, 7)).astype(np.int32),
    )


def _years(days: Ints) -> Ints:
    return (days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.int32)


def _first_referral(brief: Brief) -> int:
    first = [c.days.first for c in brief.conditions if c.subject == "referred" and c.days and c.days.first]
    return max((number(day) for day in first), default=number(brief.first) - 365)


def _cohorts(
    brief: Brief, draws: Draws, start: Ints, drawn: Coded, window: tuple[int, int]
) -> tuple[Ints, Coded]:
    """Make cohorts and starts agree: the terms' dates decide; where they give none, the draw stands.

    People drawn into a cohort start on one of its days, as far as the start window has any.
    """
    spans = dict(brief.cohorts)
    moved = start.copy()
    low, high = window
    u = draws.uniform("people/cohort-start")
    for place, word in enumerate(drawn.words):
        span = spans.get(word)
        if span is None:
            continue
        first = max(low, number(span.first)) if span.first else low
        last = min(high, number(span.last)) if span.last else high
        if first <= last:
            moved = np.where(drawn.at == place, between(u, first, last), moved).astype(np.int32)
    at = drawn.at.copy()
    for place, word in reversed(list(enumerate(drawn.words))):
        span = spans.get(word)
        if span is not None:
            begins = number(span.first) if span.first else low
            ends = number(span.last) if span.last else high
            at[(moved >= begins) & (moved <= ends)] = place
    return moved, Coded(drawn.words, at)


def _characteristics(brief: Brief, profile: Profile, draws: Draws) -> dict[str, Flags]:
    found = {
        word: draws.chance(f"characteristic/{word}", share) for word, share in profile.characteristics.items()
    }
    for condition in brief.conditions:
        if condition.subject == "characteristic" and condition.kinds is not None:
            for group in condition.kinds.groups:
                # Everybody needs one of these: those whom chance gave none have the first.
                none = ~np.logical_or.reduce([found[word] for word in group if word in found])
                found[group[0]] = found.get(group[0], np.zeros(draws.size, np.bool_)) | none
    return found


def _needs(profile: Profile, draws: Draws) -> dict[str, Ints]:
    found = {}
    for category, need in profile.needs.items():
        has = draws.chance(f"need/{category}", need.share)
        strength = between(draws.uniform(f"need/{category}/intensity"), need.low, need.high)
        found[category] = np.where(has, strength, NO_NEED).astype(np.int32)
    return found


# Readings at the start -------------------------------------------------------------------------


def _baseline(brief: Brief, name: str, one: InstrumentProfile, draws: Draws) -> Ints:
    """Draw first readings; those who must qualify do, and leave room for the change asked for."""
    low, high = one.low, one.high
    for condition in brief.conditions:
        if condition.subject == "first reading" and condition.detail == name and condition.number:
            low, high = _within(condition.number, low, high)
    for _, measured in brief.measured(name):
        if measured.first is not None:
            low, high = _within(measured.first, low, high)
        if measured.rises is not None:
            high = min(high, one.high - whole_numbers(measured.rises, 0, one.high - one.low)[0])
        if measured.falls is not None:
            low = max(low, one.low + whole_numbers(measured.falls, 0, one.high - one.low)[0])
    drawn = float(one.mean) + float(one.sd) * normal(draws.uniform(f"instrument/{name}/first"))
    return np.clip(np.rint(drawn), low, max(low, high)).astype(np.int32)


def _within(span: Range, low: int, high: int) -> tuple[int, int]:
    least, most = whole_numbers(span, low, high)
    return max(low, least), min(high, most)


# Conditions --------------------------------------------------------------------------------


def meets(condition: Condition, cast: Cast, figures: Mapping[str, Mapping[str, int]]) -> Flags:
    """Return who meets a condition of the terms. ``figures`` are area figures by indicator and area."""
    subject = condition.subject
    everyone = np.ones(cast.size, np.bool_)
    if subject == "age at enrolment":
        return _in_range(condition.number, cast.age)
    if subject in ("referred", "started"):
        day = cast.referral if subject == "referred" else cast.start
        span = condition.days or Days()
        low = number(span.first) if span.first else int(day.min(initial=0))
        high = number(span.last) if span.last else int(day.max(initial=0))
        within: Flags = (day >= low) & (day <= high)
        return within
    if subject == "characteristic":
        return _declared(condition, cast)
    if subject == "need":
        strength = cast.needs.get(condition.detail, np.full(cast.size, NO_NEED, np.int32))
        fits: Flags = _in_range(condition.number, strength) & (strength != NO_NEED)
        return fits
    if subject == "first reading":
        return _in_range(condition.number, cast.baseline[condition.detail])
    if subject == "area figure":
        return _area_figure(condition, cast, figures)
    if subject in cast.attributes:
        return cast.attributes[subject].among(condition.words, prefix=subject == "area")
    return everyone  # events are recorded for those who need them


def _in_range(span: Range | None, values: Ints) -> Flags:
    if span is None:
        return np.ones(len(values), np.bool_)
    low, high = int(values.min(initial=0)), int(values.max(initial=0))
    fits = np.array([value in span for value in range(low, high + 1)], np.bool_)
    return fits[values - low]


def _declared(condition: Condition, cast: Cast) -> Flags:
    fits = np.ones(cast.size, np.bool_)
    for group in condition.kinds.groups if condition.kinds else ():
        having = [cast.characteristics[word] for word in group if word in cast.characteristics]
        fits &= np.logical_or.reduce([np.zeros(cast.size, np.bool_), *having])
    return fits


def _area_figure(condition: Condition, cast: Cast, figures: Mapping[str, Mapping[str, int]]) -> Flags:
    values = figures[condition.detail]
    area = cast.attributes["area"]
    fits = [condition.number is None or values[word] in condition.number for word in area.words]
    return np.array(fits, np.bool_)[area.at]


def missing(draws: Draws, name: str, profile: Profile) -> Flags:
    """Return for whom a descriptive answer was not given."""
    return draws.chance(f"missing/{name}", profile.missing.get(name, Fraction(0)))
