"""What must have come before, how long it lasted, and the clock that restarts when it is lost."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import NamedTuple

from openoutcomes.contracts.calendar import Calendar
from openoutcomes.contracts.records import Claim
from openoutcomes.contracts.rules.base import Check, Fact, History, Rule, Verdict, held, refused
from openoutcomes.contracts.terms import Follows
from openoutcomes.contracts.words import Duration, say_day

_NAME = "follows"


class Clock(NamedTuple):
    """How far a sustained state has run by a day.

    ``due`` is the day on which the needed time is (or would be) complete; ``reached`` whether
    it was by then; ``lost_on`` is set when the state is lost and not regained. ``started`` is
    the start that counts, after any restart. ``away_until`` is the last day on which a loss may
    yet be made good, when that has not been decided.
    """

    started: dt.date
    due: dt.date
    reached: bool
    lost_on: dt.date | None = None
    restarts: int = 0
    away_until: dt.date | None = None


def run_clock(
    starts: list[dt.date],
    losses: list[dt.date],
    moves: list[dt.date],
    until: dt.date,
    follows: Follows,
    calendar: Calendar,
) -> Clock:
    """Run the clock of ``follows`` from the first start to ``until``.

    All lists are in order of date; ``starts`` has at least one. A loss is forgiven by a declared
    move on the same day or within the gap allowed, or by a start within the gap allowed;
    otherwise the clock begins again at the next start. A loss on or after the day when the time
    is complete changes nothing; where the state must still hold, one on ``until`` itself changes
    nothing. Time in a forgiven gap moves the due day on, unless gaps count.
    """
    length = follows.length or Duration(0, "day")
    started = here_from = starts[0]
    due = calendar.add(started, length)
    away_total = 0
    restarts = 0
    for loss in sorted({day for day in losses if day <= until}):
        if loss >= (until if follows.still_so else due):
            break
        if loss < here_from:
            # What is already lost cannot be lost again.
            continue
        latest = calendar.add(loss, follows.gap) if follows.gap else loss
        if any(loss <= move <= latest for move in moves):
            continue
        back = next((day for day in starts if day >= loss and day != started), None)
        if follows.still_so and not follows.gaps_count and (back is None or back > until):
            # A gap may be overlooked, but what falls within it is not paid.
            return Clock(started, due, reached=False, lost_on=loss, restarts=restarts)
        if back is not None and follows.gap is not None and back <= latest:
            away = (back - loss).days
            over = follows.total_gap and calendar.add(loss, follows.total_gap) < loss + dt.timedelta(
                days=away_total + away
            )
            if not over:
                away_total += away
                due = due if follows.gaps_count else due + dt.timedelta(days=away)
                here_from = back
                continue
        if (back is None or back > until) and until <= latest and follows.gap is not None:
            # Still inside a gap that may yet be forgiven: nothing is decided.
            return Clock(started, due, reached=False, restarts=restarts, away_until=latest)
        if back is None or back > until:
            return Clock(started, due, reached=False, lost_on=loss, restarts=restarts)
        started, here_from, away_total, restarts = back, back, 0, restarts + 1
        due = calendar.add(started, length)
    return Clock(started, due, reached=due <= until, restarts=restarts)


def follows_rule(follows: Follows, calendar: Calendar) -> Rule:
    """Return the rule that what must have come before did, and lasted."""

    def check(claim: Claim, history: History) -> Verdict | None:
        starts, waiting = _starts(claim, history, follows)
        if isinstance(starts, Verdict):
            return starts
        verdict = _time_verdict(claim, starts, follows, calendar)
        if verdict is not None:
            return verdict
        return waiting

    def story(claim: Claim, history: History) -> str:
        starts, _ = _starts(claim, history, follows)
        if isinstance(starts, Verdict):
            return ""
        if follows.length is None:
            return f"it came first on {say_day(starts[0])}"
        clock = _run(claim, starts, follows, calendar)
        begun = f"the clock started on {say_day(starts[0])}"
        if clock.restarts:
            begun += f" and, after being lost, again on {say_day(clock.started)}"
        if clock.lost_on is not None:
            return f"{begun}; it was lost on {say_day(clock.lost_on)}"
        return (
            f"{begun}; {follows.length} {'were' if clock.reached else 'are'} complete on {say_day(clock.due)}"
        )

    simple = len(follows.outcomes) == 1 and not follows.lost_on
    quick = _quick_check(follows, calendar, check) if simple else check
    return Rule(_NAME, f"Follows {follows.in_full()}.", quick, story)


def _quick_check(follows: Follows, calendar: Calendar, check: Check) -> Check:
    """Return a check for the commonest case, without the general machinery: one outcome, no clock to lose."""
    (outcome,) = follows.outcomes

    @lru_cache(maxsize=4096)
    def complete(start: dt.date) -> dt.date:
        return start if follows.length is None else calendar.add(start, follows.length)

    def quick(claim: Claim, history: History) -> Verdict | None:
        facts = history.facts.get(outcome)
        if not facts or facts[0].verdict is not None or claim.sustained is not None:
            return check(claim, history)
        start = facts[0].on
        due = complete(start)
        return None if due <= claim.achieved else _unripe(claim, Clock(start, due, reached=False), follows)

    return quick


def _run(claim: Claim, starts: list[dt.date], follows: Follows, calendar: Calendar) -> Clock:
    until = max(claim.achieved, claim.sustained or claim.achieved)
    if not follows.lost_on:
        due = calendar.add(starts[0], follows.length or Duration(0, "day"))
        return Clock(starts[0], due, reached=due <= until)
    events = claim.person.events
    losses = [on for on, _, kind in events if kind in follows.lost_on]
    moves = [on for on, _, kind in events if kind in follows.moves]
    regained = [on for on, _, kind in events if kind in follows.regained_on]
    every = sorted({*starts, *(day for day in regained if day >= starts[0])})
    return run_clock(every, losses, moves, until, follows, calendar)


def _time_verdict(
    claim: Claim, starts: list[dt.date], follows: Follows, calendar: Calendar
) -> Verdict | None:
    if follows.length is None:
        return None
    clock = _run(claim, starts, follows, calendar)
    if clock.reached:
        return None
    if clock.lost_on is not None:
        return refused(
            _NAME,
            f"lost on {say_day(clock.lost_on)} and not regained by {say_day(claim.achieved)}; {follows.length} were needed",
        )
    return _unripe(claim, clock, follows)


def _unripe(claim: Claim, clock: Clock, follows: Follows) -> Verdict:
    """Hold what was claimed before its time was complete."""
    again = " again" if clock.restarts else ""
    until = max(claim.achieved, claim.sustained or claim.achieved)
    if clock.away_until is not None:
        what = (
            f"it was lost and may be made good until {say_day(clock.away_until)}; {follows.length} are needed"
        )
        return Verdict("held", _NAME, what, unripe=True)
    return Verdict(
        "held",
        _NAME,
        f"{follows.length} have not passed: the clock started{again} on {say_day(clock.started)}, "
        f"is shown to {say_day(until)} and is complete on {say_day(clock.due)}",
        unripe=True,
    )


def _starts(
    claim: Claim, history: History, follows: Follows
) -> tuple[list[dt.date] | Verdict, Verdict | None]:
    """Return the days that start the clock, or why there is none; and a verdict to wait for, if any."""
    if follows.start:
        basis = "start" if follows.start == "enrolment" else "referral"
        day = claim.day(basis)
        if day is None:
            return held(_NAME, f"no {basis} date is recorded, so {follows.length} cannot be counted"), None
        return [day], None
    if follows.events:
        found = [on for on, _, kind in claim.person.events if kind in follows.events and on <= claim.achieved]
        if not found:
            return refused(
                _NAME, f"no {' or '.join(follows.events)} is recorded by {say_day(claim.achieved)}"
            ), None
        return found, None
    facts = [
        fact for code in follows.outcomes for fact in history.facts.get(code, ()) if fact.on <= claim.achieved
    ]
    if not facts:
        return refused(_NAME, _why_none(history, follows)), None
    # What is accepted counts; what is only held counts while there is nothing better.
    facts = [fact for fact in facts if fact.verdict is None] or facts
    facts.sort(key=lambda fact: (fact.on, fact.claim.id))
    return [fact.on for fact in facts], _waiting(facts)


def _waiting(facts: list[Fact]) -> Verdict | None:
    if any(fact.verdict is None for fact in facts):
        return None
    first = facts[0]
    return held(_NAME, f"it waits for {first.claim.outcome} ({first.claim.id}), which is held")


def _why_none(history: History, follows: Follows) -> str:
    named = " or ".join(follows.outcomes)
    for code in follows.outcomes:
        for fact in history.refused.get(code, ()):
            why = fact.verdict.reason if fact.verdict else ""
            return f"{code} ({fact.claim.id}), which must come first, was refused: {why}"
    return f"{named} must come first and is not recorded"
