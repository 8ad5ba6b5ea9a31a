"""States that must last, such as a home or a job: losing them, and getting them back.

People who are in a state and lose it for a while are chosen before their milestones are dated,
so that a clock that starts again is seen in the dates. Losses for good are laid after the last
thing a person achieved, so that they explain why somebody stopped and never undo a milestone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from openoutcomes.contracts.terms import Follows
from openoutcomes.synth.brief import Brief, Step
from openoutcomes.synth.draws import Draws, Flags, Ints, between
from openoutcomes.synth.profile import Losses
from openoutcomes.synth.timing import Clock, number

#: Days kept clear between the last thing achieved and a loss for good.
_MARGIN = 7


class State(Protocol):
    """Who is in a state, and since when."""

    who: Flags
    day: Ints


@dataclass(slots=True)
class Family:
    """The states that the same events end, for one batch: who loses one, when, and when it is back.

    ``regained`` are those who lose it and get it back, so that the clock starts again;
    ``moved`` those whose loss is a declared move, which changes nothing.
    """

    lost_by: str
    moves: tuple[str, ...]
    regained: Flags
    moved: Flags
    lost_on: Ints
    back_on: Ints
    in_state: Flags
    stops: Flags
    stop_after: Ints
    back_by: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    milestones: list[str] = field(default_factory=list)

    def due(self, begun: Ints, follows: Follows, clock: Clock) -> tuple[Ints, Flags]:
        """Return when the length is complete for a state begun on ``begun``, and who starts again."""
        plain = clock.add(begun, follows.length)
        hit = self.regained & (begun <= self.lost_on) & (self.lost_on < plain)
        return np.where(hit, clock.add(self.back_on, follows.length), plain).astype(np.int32), hit

    def events(self, last: Ints, reached: Mapping[str, State], end: int) -> list[tuple[str, Ints, Ints]]:
        """Return the events of this family as kind, people and days.

        ``last`` is the day on which each person last achieved anything, ``end`` the contract's last.
        """
        found = [(self.lost_by, *_at(self.regained | self.moved, self.lost_on))]
        found += [(kind, *_at(self.regained, self.back_on)) for kind in self.back_by]
        found += [(kind, *_at(self.moved, self.lost_on)) for kind in self.moves[:1]]
        done = reached[self.milestones[-1]].who
        after = np.maximum(last, np.where(self.regained, self.back_on, last)) + self.stop_after
        gone = self.in_state & self.stops & ~done & (after <= end)
        return [*found, (self.lost_by, *_at(gone, after.astype(np.int32)))]


def _at(who: Flags, day: Ints) -> tuple[Ints, Ints]:
    people = np.flatnonzero(who).astype(np.int32)
    return people, day[people]


class Interruptions:
    """The families of one batch, made as their first states are met."""

    def __init__(self, brief: Brief, losses: Losses, draws: Draws) -> None:
        self._brief, self._losses, self._draws = brief, losses, draws
        self.families: dict[tuple[str, ...], Family] = {}

    def family(self, step: Step, follows: Follows, begun: State) -> Family:
        """Return the family of a rule, noting the state that this rule adds to it."""
        family = self.families.get(follows.lost_on)
        if family is None:
            family = self.families[follows.lost_on] = self._new(follows, begun)
        family.in_state = family.in_state | begun.who
        if step.outcome.code not in family.milestones:
            family.milestones.append(step.outcome.code)
        again = (follows.regained_on or follows.events)[:1]
        family.back_by += [kind for kind in again if kind not in family.back_by]
        if not again:
            family.entries += [code for code in follows.outcomes if code not in family.entries]
        return family

    def _new(self, follows: Follows, begun: State) -> Family:
        losses, draws, name = self._losses, self._draws, follows.lost_on[0]
        rules = [
            f for step in self._brief.steps for f in step.outcome.follows if f.lost_on == follows.lost_on
        ]
        longest = max(self._brief.clock.longest(f.length) for f in rules if _start(f) == _start(follows))
        last, undone = number(self._brief.last), self._undone_within(follows)
        after = losses.after.days(draws.uniform(f"loss/{name}/after"))
        away = np.maximum(losses.away.days(draws.uniform(f"loss/{name}/away")), 1)
        inside = between(draws.uniform(f"loss/{name}/inside"), 1, max(longest - 1, 1))
        after = np.maximum(np.where(after < longest, after, inside), (undone or 0) + 1)
        lost_on = (begun.day + after).astype(np.int32)
        back_on = (lost_on + away).astype(np.int32)
        loses = (
            begun.who & draws.chance(f"loss/{name}/whether", losses.regained) & np.bool_(undone is not None)
        )
        moved = draws.chance(f"loss/{name}/moved", losses.moved) & np.bool_(all(f.moves for f in rules))
        stops = draws.chance(f"loss/{name}/for-good", losses.for_good) & np.bool_(undone is not None)
        later = losses.away.days(draws.uniform(f"loss/{name}/for-good/when"))
        return Family(
            lost_by=name,
            moves=follows.moves,
            regained=loses & ~moved & (back_on + longest <= last) & np.bool_(self.can_return(follows)),
            moved=loses & moved & (lost_on <= last),
            lost_on=lost_on,
            back_on=back_on,
            in_state=np.zeros(draws.size, np.bool_),
            stops=stops,
            stop_after=(later + _MARGIN + (undone or 0)).astype(np.int32),
        )

    def _undone_within(self, follows: Follows) -> int | None:
        """Return the days after an achievement in which a loss undoes it; None when it always does."""
        voids = [step.outcome.void_if for step in self._brief.steps]
        mine = [void for void in voids if void is not None and set(void.events) & set(follows.lost_on)]
        if any(void.within is None for void in mine):
            return None
        return max((self._brief.clock.longest(void.within) for void in mine), default=0)

    def can_return(self, follows: Follows) -> bool:
        """Say whether the state can be entered again under the terms.

        An outcome is not achieved again for a clock's sake where it has dates of its own to keep, or
        evidence that must differ from the milestone before.
        """
        if follows.regained_on or follows.events:
            return True
        entries = [self._brief.by_code[code].outcome for code in follows.outcomes]
        return bool(entries) and not any(o.within or o.achieved or o.alternates for o in entries)


def _start(follows: Follows) -> tuple[object, ...]:
    return follows.outcomes, follows.events, follows.start
