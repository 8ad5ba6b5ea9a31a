"""What people achieve and when: each outcome of the terms in turn, for one batch of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from openoutcomes.contracts.terms import EitherOr, Follows
from openoutcomes.synth.brief import Brief, Step
from openoutcomes.synth.cast import Cast, meets
from openoutcomes.synth.draws import Draws, Flags, Ints, Quota, Spread, between
from openoutcomes.synth.losses import Interruptions
from openoutcomes.synth.profile import OutcomeProfile, Profile
from openoutcomes.synth.timing import number

#: How soon what the terms call an event follows the start, where nothing else says.
_EVENT = Spread(7, 40, 150)
#: The share of people to whom it happens.
_HAPPENS = Fraction(9, 10)
#: Least days from the first reading to the one that shows a change.
_BETWEEN_READINGS = 14
#: Days in which something is undone, where the terms set no limit.
_LONG = 180


@dataclass(slots=True)
class Reached:
    """Who achieved an outcome, and on which day."""

    who: Flags
    day: Ints


@dataclass(slots=True)
class Rows:
    """Achievements of a batch as columns: person (position in the batch), step, day, which time."""

    person: Ints
    step: Ints
    day: Ints
    time: Ints


@dataclass(slots=True)
class Paths:
    """Everything that a batch of people achieved, and the events that bear on it."""

    rows: Rows
    reached: dict[str, Reached]
    events: list[tuple[str, Ints, Ints]] = field(default_factory=list)


class Walker:
    """Takes batches of people through the outcomes; keeps the quotas from batch to batch."""

    def __init__(self, brief: Brief, profile: Profile, figures: Mapping[str, Mapping[str, int]]) -> None:
        self.brief, self.profile, self.figures = brief, profile, figures
        self.quotas = {code: Quota(one.rate, exact=profile.exact) for code, one in profile.outcomes.items()}

    def walk(self, cast: Cast, draws: Draws) -> Paths:
        """Return what the people of a batch achieve."""
        return _Walk(self, cast, draws).run()


class _Walk:
    """One batch on its way."""

    def __init__(self, walker: Walker, cast: Cast, draws: Draws) -> None:
        self.walker, self.brief, self.profile = walker, walker.brief, walker.profile
        self.cast, self.draws = cast, draws
        self.reached: dict[str, Reached] = {}
        self.happened: dict[str, Reached] = {}
        self.interruptions = Interruptions(self.brief, self.profile.losses, draws)
        self.everybody = self._meets_all()
        self.parts: list[Rows] = []

    def run(self) -> Paths:
        for step in self.brief.steps:
            if step.is_payment:
                who = self._may(step)
                self.reached[step.outcome.code] = Reached(who, self.cast.start)
            else:
                self._step(step)
        self.parts += self._again_after_losses()
        events = self._events()
        return Paths(_joined(self.parts), self.reached, events)

    # One outcome ----------------------------------------------------------------------------

    def _step(self, step: Step) -> None:
        code = step.outcome.code
        one = self.profile.outcomes[code]
        may = self._may(step)
        earliest, latest, able = self._window(step, may)
        u = self.draws.uniform(f"{code}/whether")
        of = np.ones(self.cast.size, np.bool_) if one.of == "people" else may
        who = self.walker.quotas[code].take(u, of, able & (earliest <= latest))
        # A day that leaves no time for what may follow is drawn only when there is no other.
        leaving = np.maximum(earliest, np.minimum(latest, step.last - self.brief.tail(step)))
        day = self._day(f"{code}/when", one.after, earliest, np.asarray(leaving, np.int32))
        self.reached[code] = Reached(who, day)
        self._keep(step, who, day, 1)
        self._repeat(step, one, who, day, latest)

    def _day(self, name: str, after: Spread, earliest: Ints, latest: Ints) -> Ints:
        """Draw a day on or after the earliest; where it would be too late, any day in time is as likely."""
        delay = after.days(self.draws.uniform(name))
        late = earliest + delay > latest
        inside = between(self.draws.uniform(f"{name}/in-time"), earliest, latest)
        return np.where(late, inside, earliest + delay).astype(np.int32)

    def _may(self, step: Step) -> Flags:
        """Return who has what must come first, meets the conditions and is on the right side."""
        may = self.everybody.copy()
        for condition in step.outcome.who:
            may &= meets(condition, self.cast, self.walker.figures)
        for follows in step.outcome.follows:
            may &= self._begun(follows).who
        for window in step.outcome.within:
            if window.of in self.reached:
                may &= self.reached[window.of].who
        for group in step.version.either_or:
            may &= self._side(group, step.outcome.code)
        return may

    def _side(self, group: EitherOr, code: str) -> Flags:
        sides = [place for place, side in enumerate(group.sides) if code in side]
        if not sides:
            return np.ones(self.cast.size, np.bool_)
        mine = between(self.draws.uniform(f"either-or/{group.name}"), 0, len(group.sides) - 1)
        return np.isin(mine, sides)

    def _window(self, step: Step, may: Flags) -> tuple[Ints, Ints, Flags]:
        """Return the first and last day on which each person could achieve it, and who could."""
        clock, outcome = self.brief.clock, step.outcome
        earliest = np.maximum(self.cast.start, step.first)
        latest = np.full(self.cast.size, step.last, np.int32)
        able = may.copy()
        if outcome.measured:
            earliest = np.maximum(earliest, self.cast.first_reading + _BETWEEN_READINGS)
        for follows in outcome.follows:
            due, in_state = self._due(step, follows)
            earliest = np.maximum(earliest, due)
            able &= in_state
        for window in outcome.within:
            named = {"start": self.cast.start, "referral": self.cast.referral}
            begins = named[window.of] if window.of in named else self.reached[window.of].day
            earliest = np.maximum(earliest, begins)
            latest = np.minimum(latest, clock.add(begins, window.length))
        if outcome.achieved is not None:
            if outcome.achieved.first is not None:
                earliest = np.maximum(earliest, number(outcome.achieved.first))
            if outcome.achieved.last is not None:
                latest = np.minimum(latest, number(outcome.achieved.last))
        return earliest.astype(np.int32), latest.astype(np.int32), able

    def _due(self, step: Step, follows: Follows) -> tuple[Ints, Flags]:
        """Return when the time needed is complete, any loss and return counted, and who is in the state."""
        begun = self._begun(follows)
        if not follows.lost_on:
            return self.brief.clock.add(begun.day, follows.length), begun.who
        family = self.interruptions.family(step, follows, begun)
        due, again = family.due(begun.day, follows, self.brief.clock)
        return due, begun.who & (~again | np.bool_(self.interruptions.can_return(follows)))

    def _begun(self, follows: Follows) -> Reached:
        size = self.cast.size
        if follows.start:
            day = self.cast.start if follows.start == "enrolment" else self.cast.referral
            return Reached(np.ones(size, np.bool_), day)
        if follows.events:
            return self._event(follows.events[0])
        far = np.iinfo(np.int32).max
        days = [np.where(self.reached[c].who, self.reached[c].day, far) for c in follows.outcomes]
        who = np.logical_or.reduce([self.reached[c].who for c in follows.outcomes])
        day = np.minimum.reduce(days)
        return Reached(who, np.where(who, day, self.cast.start).astype(np.int32))

    def _event(self, kind: str) -> Reached:
        if kind not in self.happened:
            day = self.cast.start + _EVENT.days(self.draws.uniform(f"event/{kind}"))
            who = self.everybody & self.draws.chance(f"event/{kind}/whether", _HAPPENS)
            self.happened[kind] = Reached(who, day.astype(np.int32))
        return self.happened[kind]

    def _meets_all(self) -> Flags:
        fits = np.ones(self.cast.size, np.bool_)
        for condition in self.brief.conditions:
            fits &= meets(condition, self.cast, self.walker.figures)
        return fits

    # Again and again ------------------------------------------------------------------------

    def _repeat(self, step: Step, one: OutcomeProfile, who: Flags, day: Ints, latest: Ints) -> None:
        clock, code = self.brief.clock, step.outcome.code
        for time in range(2, one.most + 1):
            if step.outcome.apart is not None:
                day = clock.add(day, step.outcome.apart)
            else:
                day = day + Spread(14, 28, 60).days(self.draws.uniform(f"{code}/{time}/when"))
            who = who & (self.draws.uniform(f"{code}/{time}/whether") < float(one.again)) & (day <= latest)
            if not who.any():
                return
            self._keep(step, who, day, time)

    def _keep(self, step: Step, who: Flags, day: Ints, time: int) -> None:
        people = np.flatnonzero(who).astype(np.int32)
        self.parts.append(
            Rows(people, np.full_like(people, step.place), day[people], np.full_like(people, time))
        )

    # Losses and events ----------------------------------------------------------------------

    def _again_after_losses(self) -> list[Rows]:
        """Return the second entries, into a new home or job, that start a clock again."""
        rows = []
        for family in self.interruptions.families.values():
            for code in family.entries:
                step, reached = self.brief.by_code[code], self.reached[code]
                back = family.regained & reached.who & (reached.day <= family.lost_on)
                people = np.flatnonzero(back).astype(np.int32)
                rows.append(
                    Rows(
                        people,
                        np.full_like(people, step.place),
                        family.back_on[people],
                        np.full_like(people, 2),
                    )
                )
        return rows

    def _events(self) -> list[tuple[str, Ints, Ints]]:
        everybody = np.ones(self.cast.size, np.bool_)
        events = [(kind, *_chosen(seen.who, seen.day)) for kind, seen in self.happened.items()]
        events += [(kind, *_chosen(everybody, self.cast.start)) for kind in self._needed_events()]
        last, end = self._last_day(), number(self.brief.last)
        for family in self.interruptions.families.values():
            events += family.events(last, self.reached, end)
        return events + self._undoing()

    def _undoing(self) -> list[tuple[str, Ints, Ints]]:
        """Return events that undo a few achievements, where no other rule hangs on the same event."""
        lost = {kind for family in self.interruptions.families for kind in family}
        events = []
        for step in self.brief.steps:
            void = step.outcome.void_if
            if void is None or set(void.events) & (lost | set(self.happened)):
                continue
            code, reached = step.outcome.code, self.reached[step.outcome.code]
            soon = max(self.brief.clock.longest(void.within), 1) if void.within else _LONG
            undone = reached.who & self.draws.chance(f"{code}/undone", self.profile.losses.undone)
            day = reached.day + between(self.draws.uniform(f"{code}/undone/when"), 1, soon)
            events.append((void.events[0], *_chosen(undone, day.astype(np.int32))))
        return events

    def _needed_events(self) -> list[str]:
        kinds = [
            group[0]
            for condition in self.brief.about("event")
            for group in (condition.kinds.groups if condition.kinds else ())
        ]
        return list(dict.fromkeys(kinds))

    def _last_day(self) -> Ints:
        """Return the last day on which each person achieved anything."""
        last = self.cast.start.copy()
        for part in self.parts:
            np.maximum.at(last, part.person, part.day)
        return last


def _chosen(who: Flags, day: Ints) -> tuple[Ints, Ints]:
    people = np.flatnonzero(who).astype(np.int32)
    return people, day[people]


def _joined(parts: list[Rows]) -> Rows:
    empty = np.zeros(0, np.int32)
    columns = [
        np.concatenate([empty, *(getattr(part, name) for part in parts)])
        for name in ("person", "step", "day", "time")
    ]
    return Rows(*columns)
