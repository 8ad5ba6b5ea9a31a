"""What people say: readings of instruments, and answers about what was achieved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openoutcomes.contracts.words import Range
from openoutcomes.synth.brief import Brief, whole_numbers
from openoutcomes.synth.cast import Cast
from openoutcomes.synth.claims import ClaimRows
from openoutcomes.synth.draws import Draws, Floats, Ints, between, choose_word, normal
from openoutcomes.synth.paths import Paths
from openoutcomes.synth.profile import InstrumentProfile, Profile

#: Readings before an outcome are taken at most this many days before it.
_JUST_BEFORE = 7
#: People whose readings no outcome needs are asked again after about this many days.
_LATER = (90, 180)
_ASKED_AGAIN = 0.6
_SOON = 21
#: Step of an answer that is about no achievement.
NO_CLAIM = -1


@dataclass(slots=True)
class Readings:
    """Readings of one instrument."""

    instrument: str
    person: Ints
    day: Ints
    score: Ints


@dataclass(slots=True)
class Answers:
    """Answers to one question; ``claim`` is the position of the achievement, or ``NO_CLAIM``."""

    question: str
    words: tuple[str, ...]
    person: Ints
    day: Ints
    answer: Ints
    claim: Ints


def readings(brief: Brief, profile: Profile, cast: Cast, paths: Paths, draws: Draws) -> list[Readings]:
    """Return the readings of every instrument: one at the start, and later ones that outcomes rest on."""
    return [_readings(brief, name, one, cast, paths, draws) for name, one in profile.instruments.items()]


def _readings(
    brief: Brief, name: str, one: InstrumentProfile, cast: Cast, paths: Paths, draws: Draws
) -> Readings:
    asked = draws.chance(f"instrument/{name}/whether", one.share)
    low, high = np.full(cast.size, one.low, np.int32), np.full(cast.size, one.high, np.int32)
    later: list[tuple[Ints, Ints]] = []
    shown = np.zeros(cast.size, np.bool_)
    base = cast.baseline[name]
    for step, measured in brief.measured(name):
        code, reached = step.outcome.code, paths.reached[step.outcome.code]
        rise, fall = _step_of(measured.rises, one), _step_of(measured.falls, one)
        last = whole_numbers(measured.last, one.low, one.high) if measured.last else (one.low, one.high)
        own_low = np.maximum(
            base + rise[0] if rise else one.low, np.maximum(base - fall[1] if fall else one.low, last[0])
        )
        own_high = np.minimum(
            base - fall[0] if fall else one.high, np.minimum(base + rise[1] if rise else one.high, last[1])
        )
        low = np.where(reached.who, np.maximum(low, own_low), low)
        high = np.where(reached.who, np.minimum(high, own_high), high)
        before = between(draws.uniform(f"{code}/{name}/when"), 0, _JUST_BEFORE)
        if measured.last_within is not None:
            before = np.minimum(before, (brief.clock.add(reached.day, measured.last_within) - reached.day))
        day = np.maximum(reached.day - before, cast.first_reading + 1)
        people = np.flatnonzero(reached.who).astype(np.int32)
        later.append((people, day[people].astype(np.int32)))
        shown |= reached.who
    change = float(one.change) + float(one.sd) / 2 * normal(draws.uniform(f"instrument/{name}/change"))
    score = np.clip(np.rint(base + change), low, np.maximum(low, high))
    score = np.clip(score, one.low, one.high).astype(np.int32)
    asked |= shown
    again = asked & ~shown & (draws.uniform(f"instrument/{name}/again") < _ASKED_AGAIN)
    people = np.flatnonzero(again).astype(np.int32)
    wait = between(draws.uniform(f"instrument/{name}/later"), *_LATER)
    later.append((people, (cast.first_reading + wait)[people].astype(np.int32)))
    first = np.flatnonzero(asked).astype(np.int32)
    person = np.concatenate([first, *(who for who, _ in later)])
    day = np.concatenate([cast.first_reading[first], *(on for _, on in later)])
    scores = np.concatenate([base[first], *(score[who] for who, _ in later)])
    order = np.lexsort((day, person))
    return Readings(name, person[order], day[order], scores[order])


def _step_of(span: Range | None, one: InstrumentProfile) -> tuple[int, int] | None:
    return None if span is None else whole_numbers(span, 0, one.high - one.low)


def answers(brief: Brief, profile: Profile, cast: Cast, claims: ClaimRows, draws: Draws) -> list[Answers]:
    """Return the answers about achievements that the terms ask for, and those to other questions."""
    asked: list[Answers] = []
    in_terms: set[str] = set()
    for step in brief.steps:
        says = step.outcome.person_says
        if says is None:
            continue
        in_terms.add(says.question)
        at = np.flatnonzero(claims.step == step.place).astype(np.int32)
        name = f"{step.outcome.code}/says"
        soon = np.full(len(at), _SOON, np.int32)
        if says.within is not None:
            soon = np.minimum(soon, brief.clock.add(claims.day[at], says.within) - claims.day[at])
        day = claims.day[at] + between(draws.uniform(f"{name}/when", len(at)), 0, soon)
        us = (draws.uniform(f"{name}/whether", len(at)), draws.uniform(f"{name}/answer", len(at)))
        asked.append(_answered(profile, says.question, claims.person[at], day, at, us))
    for question in profile.questions:
        if question not in in_terms:
            people = np.arange(cast.size, dtype=np.int32)
            day = cast.start + between(draws.uniform(f"question/{question}/when"), *_LATER)
            us = (draws.uniform(f"question/{question}"), draws.uniform(f"question/{question}/answer"))
            asked.append(_answered(profile, question, people, day, np.full_like(people, NO_CLAIM), us))
    return asked


def _answered(
    profile: Profile, question: str, person: Ints, day: Ints, claim: Ints, us: tuple[Floats, Floats]
) -> Answers:
    one = profile.questions[question]
    words = tuple(one.answers)
    said = np.flatnonzero(us[0] < float(one.share))
    answer = choose_word(us[1], one.answers)[said]
    return Answers(question, words, person[said], day[said].astype(np.int32), answer, claim[said])
