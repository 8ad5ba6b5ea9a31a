"""From achievements to claims: what shows them, when they are claimed, what the verifier found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from openoutcomes.synth.brief import Brief, Step, whole_numbers
from openoutcomes.synth.draws import Draws, Flags, Floats, Ints, between, choose
from openoutcomes.synth.paths import Rows
from openoutcomes.synth.profile import Claims, Profile, Shares
from openoutcomes.synth.timing import number

ACCEPTED, QUERIED, REFUSED, PENDING = range(4)
#: Position of no evidence.
NONE = -1
#: What shows an outcome for which the terms ask nothing in particular.
PLAIN_EVIDENCE = "signed-record"
_EVIDENCE_WITHIN = 14


@dataclass(slots=True)
class ClaimRows:
    """The achievements of a batch as claimed, in order of person and day.

    ``evidence`` has a column for each piece that some outcome needs: positions among the kinds
    of :class:`Claimer`, ``NONE`` where there is none. ``finding`` is ACCEPTED, QUERIED, REFUSED
    or PENDING; PENDING also where no verifier is needed.
    """

    person: Ints
    step: Ints
    day: Ints
    time: Ints
    claimed: Ints
    quantity: Ints
    evidence: Ints
    evidence_days: Ints
    finding: Ints
    found_on: Ints

    def __len__(self) -> int:
        return len(self.person)


class Claimer:
    """Makes claims of what a batch of people achieved."""

    def __init__(self, brief: Brief, profile: Profile) -> None:
        self.brief, self.profile = brief, profile
        named = [word for step in brief.steps for group in groups_of(step) for word in group]
        named += [kind for one in profile.outcomes.values() for kind in one.evidence]
        self.kinds = tuple(dict.fromkeys([PLAIN_EVIDENCE, *named]))
        self.width = max((pieces(step) for step in brief.steps), default=1)

    def claim(self, rows: Rows, draws: Draws) -> ClaimRows:
        """Return the claims, some of them made twice."""
        rows = self._with_repeats(rows, draws)
        size = len(rows.person)
        made = ClaimRows(
            rows.person, rows.step, rows.day, rows.time,
            claimed=rows.day.copy(),
            quantity=np.ones(size, np.int32),
            evidence=np.full((size, self.width), NONE, np.int32),
            evidence_days=np.tile(rows.day[:, None], (1, self.width)),
            finding=np.full(size, PENDING, np.int32),
            found_on=rows.day.copy(),
        )  # fmt: skip
        uses = self._alternation(rows)
        for step in self.brief.steps:
            at = np.flatnonzero(rows.step == step.place).astype(np.int32)
            if len(at):
                self._step(made, step, at, uses, draws)
        return made

    def _with_repeats(self, rows: Rows, draws: Draws) -> Rows:
        """Put rows in order of person and day, and repeat a few that may pay only once."""
        once = np.array([_pays_once(step) for step in self.brief.steps] or [False])
        twice = np.array([float(self._claims(step).twice) for step in self.brief.steps] or [0.0])
        u = draws.uniform("claims/twice", len(rows.person))
        again = np.flatnonzero(once[rows.step] & (u < twice[rows.step]))
        person, step, day, time = (
            np.concatenate([column, column[again]])
            for column in (rows.person, rows.step, rows.day, rows.time)
        )
        repeat = np.arange(len(person)) >= len(rows.person)
        order = np.lexsort((repeat, time, step, day, person))
        time = np.where(repeat, _REPEAT, time).astype(np.int32)
        return Rows(person[order], step[order], day[order], time[order])

    def _claims(self, step: Step) -> Claims:
        one = self.profile.outcomes.get(step.outcome.code)
        return (one.claims if one else None) or self.profile.claims

    # One outcome's claims -------------------------------------------------------------------

    def _step(self, made: ClaimRows, step: Step, at: Ints, uses: Ints, draws: Draws) -> None:
        code, size = step.outcome.code, len(at)

        def u(name: str) -> Floats:
            return draws.uniform(f"{code}/{name}", size)

        claims = self._claims(step)
        made.claimed[at] = self._claimed(
            step, claims, made.day[at], made.time[at] == _REPEAT, u("delay"), u("late")
        )
        if step.outcome.quantity is not None:
            made.quantity[at] = _quantities(step, u("quantity"))
        shown = u("without-evidence") >= float(claims.without_evidence)
        self._evidence(made, step, at, shown, uses[at], draws)
        if step.must_be_verified:
            one = self.profile.outcomes[code].verification or self.profile.verification
            made.finding[at] = choose(u("finding"), (one.accepted, one.queried, one.refused, one.pending))
            made.found_on[at] = made.claimed[at] + one.delay.days(u("found"))

    def _claimed(self, step: Step, claims: Claims, day: Ints, repeat: Flags, u: Floats, v: Floats) -> Ints:
        """Return the day of each claim: inside the terms' window, save those that are late."""
        clock, outcome = self.brief.clock, step.outcome
        first = clock.add(day, outcome.claim_after)
        claimed = np.maximum(day + claims.delay.days(u) + np.where(repeat, _AGAIN_DAYS, 0), first)
        closes = [clock.add(day, outcome.claim_within)] if outcome.claim_within else []
        if self.brief.latest.claims_until is not None:
            closes.append(np.full_like(day, number(self.brief.latest.claims_until)))
        if closes:
            last = np.minimum.reduce(closes)
            late = v < float(claims.late)
            claimed = np.where(late, np.maximum(claimed, last + 1), np.minimum(claimed, last))
        return np.asarray(np.maximum(claimed, day), np.int32)

    def _evidence(
        self, made: ClaimRows, step: Step, at: Ints, shown: Flags, uses: Ints, draws: Draws
    ) -> None:
        outcome, size = step.outcome, len(at)
        allowed = np.full(size, _EVIDENCE_WITHIN, np.int32)
        if outcome.evidence_within is not None:
            allowed = self.brief.clock.add(made.day[at], outcome.evidence_within) - made.day[at]
        allowed = np.minimum(allowed, made.claimed[at] - made.day[at])
        seen: list[Ints] = []
        for place, picked in enumerate(self._pieces(step, uses, draws)):
            again = np.logical_or.reduce([np.zeros(size, np.bool_), *(picked == other for other in seen)])
            seen.append(picked)
            made.evidence[at, place] = np.where(shown & ~again, picked, NONE)
            u = draws.uniform(f"{outcome.code}/evidence/{place}/when", size)
            made.evidence_days[at, place] = made.day[at] + between(u, 0, allowed)

    def _pieces(self, step: Step, uses: Ints, draws: Draws) -> Iterator[Ints]:
        """Yield the kind of each piece of evidence that a step needs."""
        outcome = step.outcome
        weights = self.profile.outcomes[outcome.code].evidence
        groups = [*(outcome.evidence.groups if outcome.evidence else ())]
        for place, group in enumerate(groups):
            yield self._pick(group, weights, draws.uniform(f"{outcome.code}/evidence/{place}", len(uses)))
        if outcome.alternates:
            u = draws.uniform(f"{outcome.code}/evidence/alternates", len(uses))
            picks = np.stack([self._pick(group, weights, u) for group in outcome.alternates])
            yield picks[uses % len(outcome.alternates), np.arange(len(uses))]
        elif not groups:
            yield self._pick(
                tuple(weights) or (PLAIN_EVIDENCE,),
                weights,
                draws.uniform(f"{outcome.code}/evidence", len(uses)),
            )

    def _pick(self, group: tuple[str, ...], weights: Shares, u: Floats) -> Ints:
        mine = [weights.get(word, Fraction(0)) for word in group]
        if not sum(mine):
            mine = [Fraction(1) for _ in group]
        places = np.array([self.kinds.index(word) for word in group], np.int32)
        return places[choose(u, mine)]

    def _alternation(self, rows: Rows) -> Ints:
        """Return for each row how many milestones with the same alternating evidence came before it."""
        sets = list(dict.fromkeys(s.outcome.alternates for s in self.brief.steps if s.outcome.alternates))
        uses = np.zeros(len(rows.person), np.int32)
        for alternates in sets:
            places = [s.place for s in self.brief.steps if s.outcome.alternates == alternates]
            at = np.flatnonzero(np.isin(rows.step, places))
            people = rows.person[at]
            new = np.concatenate([[True], people[1:] != people[:-1]]) if len(at) else np.zeros(0, np.bool_)
            # A claim made twice shows the same evidence again, so it does not count as a milestone.
            count = np.cumsum(rows.time[at] != _REPEAT) - 1
            uses[at] = count - np.maximum.accumulate(np.where(new, count, 0))
        return uses


#: What ``time`` holds for a claim made twice, and how many days later it comes.
_REPEAT = 0
_AGAIN_DAYS = 30


def groups_of(step: Step) -> list[tuple[str, ...]]:
    """Return the sets of kinds of evidence that a step's rules name."""
    outcome = step.outcome
    return [*(outcome.evidence.groups if outcome.evidence else ()), *outcome.alternates]


def pieces(step: Step) -> int:
    """Return how many pieces of evidence a step is shown by."""
    groups = len(step.outcome.evidence.groups) if step.outcome.evidence else 0
    return max(1, groups + (1 if step.outcome.alternates else 0))


def _pays_once(step: Step) -> bool:
    return any(s.most == 1 and s.per in ("person", "enrolment") and not s.period for s in step.outcome.slots)


def _quantities(step: Step, u: Floats) -> Ints:
    assert step.outcome.quantity is not None  # noqa: S101 - asked by the caller
    low, high = whole_numbers(step.outcome.quantity, 1, 0)
    return between(u, low, high if high > low else low + 9 if step.outcome.quantity.high is None else low)
