"""Windows: when an outcome may be achieved, claimed and paid, and what undoes it."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from openoutcomes.contracts.calendar import Calendar
from openoutcomes.contracts.records import Claim
from openoutcomes.contracts.rules.base import History, Rule, Verdict, held, refused
from openoutcomes.contracts.terms import Outcome, Version, VoidIf, Within
from openoutcomes.contracts.words import Days, Duration, say_day


def timing_rules(outcome: Outcome, version: Version, as_of: dt.date) -> list[Rule]:
    """Return the window rules of one outcome, in the order in which they are tested."""
    calendar = version.calendar

    def happened(claim: Claim, _: History) -> Verdict | None:
        if claim.achieved > as_of:
            return held("date", f"achieved on {say_day(claim.achieved)}, which has not come yet")
        return None

    rules = [Rule("date", "Achieved by the day of pricing.", happened)]
    if outcome.achieved is not None:
        rules.append(_achieved(outcome.achieved))
    rules.extend(_within(window, calendar) for window in outcome.within)
    if version.claims_until is not None or outcome.claim_within is not None:
        rules.append(_claim_window(version.claims_until, outcome.claim_within, calendar))
    if outcome.claim_after is not None:
        rules.append(_claim_lag(outcome.claim_after, calendar, as_of))
    if outcome.void_if is not None:
        rules.append(_void(outcome.void_if, calendar))
    return rules


def _achieved(span: Days) -> Rule:
    def check(claim: Claim, _: History) -> Verdict | None:
        if claim.achieved in span:
            return None
        return refused("achieved", f"achieved on {say_day(claim.achieved)}; the terms need {span}")

    return Rule("achieved", f"Achieved {span}.", check)


def _within(window: Within, calendar: Calendar) -> Rule:
    name = "within"
    length, of = window.length, window.of

    def begins(claim: Claim, history: History) -> dt.date | Verdict:
        if of in ("start", "referral"):
            day = claim.day(of)
            return day or held(name, f"no {of} date is recorded, so the window of {length} cannot be tested")
        facts = history.facts.get(of)
        if not facts:
            return refused(name, f"there is no {of} from which {length} would count")
        return facts[0].on

    def check(claim: Claim, history: History) -> Verdict | None:
        day = begins(claim, history)
        if isinstance(day, Verdict):
            return day
        last = calendar.add(day, length)
        if claim.achieved > last:
            return refused(
                name,
                f"achieved on {say_day(claim.achieved)}; the window of {length} from {of} closed on {say_day(last)}",
            )
        if claim.achieved < day:
            return refused(name, f"achieved on {say_day(claim.achieved)}, before the {of} on {say_day(day)}")
        return None

    return Rule(name, f"Achieved within {length} of {of}.", check)


def _claim_window(until: dt.date | None, length: Duration | None, calendar: Calendar) -> Rule:
    name = "claim within"

    @lru_cache(maxsize=4096)
    def last_day(achieved: dt.date) -> dt.date:
        ends = [until] if until is not None else []
        if length is not None:
            ends.append(calendar.add(achieved, length))
        return min(ends)

    def check(claim: Claim, _: History) -> Verdict | None:
        last = last_day(claim.achieved)
        if claim.claimed is None:
            if claim.from_enrolment:
                return None
            return held(name, f"no claim date is recorded; it must be claimed by {say_day(last)}")
        if claim.claimed > last:
            return refused(name, f"claimed on {say_day(claim.claimed)}; claims closed on {say_day(last)}")
        return None

    shown = [f"within {length} of being achieved"] if length else []
    shown += [f"by {say_day(until)}"] if until else []
    return Rule(name, f"Claimed {' and '.join(shown)}.", check)


def _claim_lag(length: Duration, calendar: Calendar, as_of: dt.date) -> Rule:
    name = "claim after"

    def check(claim: Claim, _: History) -> Verdict | None:
        first = calendar.add(claim.achieved, length)
        if as_of < first:
            return held(name, f"it can be paid from {say_day(first)}, {length} after it was achieved")
        if claim.claimed is not None and claim.claimed < first:
            return held(
                name, f"claimed on {say_day(claim.claimed)}, too early; claim again from {say_day(first)}"
            )
        return None

    return Rule(name, f"Claimed no sooner than {length} after it is achieved.", check)


def _void(void: VoidIf, calendar: Calendar) -> Rule:
    none = Duration(0, "day")

    def look_back(claim: Claim, _: History) -> Verdict | None:
        for on, _id, kind in claim.person.events:
            if (
                kind in void.events
                and on <= claim.achieved
                and calendar.add(on, void.in_the_last or none) > claim.achieved
            ):
                return refused("void if", f"{kind} on {say_day(on)} is in the last {void.in_the_last}")
        return None

    if void.in_the_last is not None:
        said = f"Undone by {' or '.join(void.events)} in the last {void.in_the_last}."
        return Rule("void if", said, look_back)

    def check(claim: Claim, _: History) -> Verdict | None:
        last = calendar.add(claim.achieved, void.within) if void.within else dt.date.max
        for on, _id, kind in claim.person.events:
            if kind in void.events and claim.achieved <= on <= last:
                return refused("void if", f"{kind} on {say_day(on)} undoes it")
        return None

    soon = f" within {void.within}" if void.within else ""
    return Rule("void if", f"Undone by {' or '.join(void.events)}{soon}.", check)
