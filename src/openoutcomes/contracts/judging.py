"""Judging one person's claims: which rules each meets, and which slot each takes.

Claims are judged in order of date, then depth (what must come first is judged first on the
same day), then the terms' order, then id.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from openoutcomes.contracts.calendar import Calendar, PeriodKind
from openoutcomes.contracts.records import Claim, Indicators
from openoutcomes.contracts.rules.base import Check, Fact, History, Rule, Verdict, refused
from openoutcomes.contracts.rules.clock import follows_rule
from openoutcomes.contracts.rules.eligibility import contract_rules, who_rules
from openoutcomes.contracts.rules.evidence import ACCEPTED, REFUSED, evidence_rules
from openoutcomes.contracts.rules.timing import timing_rules
from openoutcomes.contracts.tables import dimensions_of
from openoutcomes.contracts.terms import EitherOr, Outcome, Slots, Version
from openoutcomes.contracts.words import Duration, say_day


@dataclass(slots=True)
class CompiledOutcome:
    """An outcome of one version with its rules ready to run."""

    outcome: Outcome
    version: Version
    rules: tuple[Rule, ...]
    checks: tuple[Check, ...]
    #: The same without the verifier's, for what the verifier has accepted.
    checks_accepted: tuple[Check, ...]
    slots: tuple[Slots, ...]
    either_or: tuple[tuple[EitherOr, int], ...]
    keeps_highest: bool
    is_milestone: bool
    needs_price_day: bool
    by_volume: bool
    plain: bool


@dataclass(slots=True)
class CompiledVersion:
    """One version of the terms, ready to judge claims as of a day."""

    version: Version
    outcomes: dict[str, CompiledOutcome]
    depth: dict[str, int]


def depths(version: Version) -> dict[str, int]:
    """Return for each outcome how many others must come before it."""
    found: dict[str, int] = {}

    def depth(code: str) -> int:
        if code not in found:
            outcome = version.outcomes[code]
            names = [name for follows in outcome.follows for name in follows.outcomes]
            names += [window.of for window in outcome.within if window.of in version.outcomes]
            found[code] = 1 + max((depth(name) for name in names), default=-1)
        return found[code]

    for code in version.outcomes:
        depth(code)
    return found


def counted_over(versions: Sequence[Version]) -> dict[str, frozenset[tuple[str, PeriodKind | None]]]:
    """Return, for each outcome limited in number or priced by volume, over what any version counts it.

    What is limited for one person is counted with the person, and is not here.
    """
    found: dict[str, set[tuple[str, PeriodKind | None]]] = defaultdict(set)
    for version in versions:
        for code, outcome in version.outcomes.items():
            over = {(s.per, s.period) for s in outcome.slots if s.per not in ("person", "enrolment")}
            if over or "volume" in dimensions_of(outcome.pays):
                found[code] |= {("contract", None), *over}
    return {code: frozenset(over) for code, over in found.items()}


def compile_version(version: Version, as_of: dt.date, indicators: Indicators) -> CompiledVersion:
    """Make the rules of one version."""
    shared = contract_rules(version) + who_rules(version.who, indicators)
    outcomes = {}
    for code, outcome in version.outcomes.items():
        verified = version.verified if outcome.verified is None else outcome.verified
        rules = [
            *shared,
            *who_rules(outcome.who, indicators),
            *timing_rules(outcome, version, as_of),
            *([REFUSED] if verified and outcome.for_each == "achievement" else []),
            *(follows_rule(follows, version.calendar) for follows in outcome.follows),
            *evidence_rules(outcome, version),
            *([ACCEPTED] if verified and outcome.for_each == "achievement" else []),
        ]
        used = set().union(*(dimensions_of(v) for v in (outcome.pays, outcome.taper, outcome.deadweight)))
        used |= set().union(*(dimensions_of(cap.amount) for cap in version.caps))
        outcomes[code] = CompiledOutcome(
            outcome=outcome,
            version=version,
            rules=tuple(rules),
            checks=tuple(rule.check for rule in rules),
            checks_accepted=tuple(rule.check for rule in rules if rule not in (REFUSED, ACCEPTED)),
            slots=outcome.slots,
            either_or=tuple(
                (group, i)
                for group in version.either_or
                for i, side in enumerate(group.sides)
                if code in side
            ),
            keeps_highest=any(
                group.keep == "highest" and code in side
                for group in version.either_or
                for side in group.sides
            ),
            is_milestone=bool(outcome.alternates),
            needs_price_day=bool(used) or outcome.price_by is not None or outcome.indexed is not None,
            by_volume="volume" in dimensions_of(outcome.pays),
            plain=not dimensions_of(outcome.pays)
            and not dimensions_of(outcome.taper)
            and not dimensions_of(outcome.deadweight)
            and outcome.indexed is None,
        )
    return CompiledVersion(version, outcomes, depths(version))


def judge(claim: Claim, compiled: CompiledOutcome, history: History) -> tuple[Verdict | None, list[Verdict]]:
    """Judge one claim and record what it establishes.

    Returns the verdict (None when it is payable) and, for a held claim, every reason to wait.
    """
    accepted = claim.finding is not None and claim.finding.state == "accepted"
    merit, waits = _merit(claim, compiled.checks_accepted if accepted else compiled.checks, history)
    fact = Fact(claim.achieved, claim, merit, claim.evidence_used)
    if merit is not None and merit.status == "refused":
        history.refused[claim.outcome].append(fact)
        return merit, []
    history.facts[claim.outcome].append(fact)
    if merit is not None and merit.unripe:
        return merit, waits
    taken = take_slot(claim, compiled, history)
    if taken is not None:
        return taken, []
    if compiled.is_milestone and merit is None:
        history.milestones[compiled.outcome.alternates] = fact
    return merit, waits


def _merit(claim: Claim, checks: Sequence[Check], history: History) -> tuple[Verdict | None, list[Verdict]]:
    """Return the first refusal, else the first reason to hold; and every reason to hold."""
    waits: list[Verdict] = []
    for check in checks:
        verdict = check(claim, history)
        if verdict is not None:
            if verdict.status == "refused":
                return verdict, []
            waits.append(verdict)
    if not waits:
        return None, waits
    # A claim made too early is known by that first, whatever else it waits for.
    return next((wait for wait in waits if wait.unripe), waits[0]), waits


def _place_holder(claim: Claim, slots: Slots) -> str:
    """Return the id of whom places are counted for: the enrolment, or the person where none is known."""
    return claim.enrolment.id if slots.per == "enrolment" and claim.enrolment is not None else claim.person.id


def _full(claim: Claim, compiled: CompiledOutcome, placed: list[Claim]) -> Verdict | None:
    """Refuse a claim whose places are taken. What counted under earlier terms counts under these."""
    calendar = compiled.version.calendar
    for slots in compiled.slots:
        if slots.per not in ("person", "enrolment"):
            continue
        holder = _place_holder(claim, slots)
        same = [other for other in placed if _place_holder(other, slots) == holder]
        if slots.period is not None:
            label = calendar.period(claim.achieved, slots.period).label
            same = [other for other in same if calendar.period(other.achieved, slots.period).label == label]
        if len(same) >= slots.most:
            rule = "once" if slots.most == 1 else "at most"
            return refused(rule, f"it pays {slots}; {same[0].id} on {say_day(same[0].achieved)} came first")
    return None


def _too_near(claim: Claim, apart: Duration, placed: list[Claim], calendar: Calendar) -> Verdict | None:
    """Refuse a claim too near another: mostly the one before, but a late-comer may precede others."""
    for day in (other.achieved for other in reversed(placed)):
        free = calendar.add(min(day, claim.achieved), apart)
        if max(day, claim.achieved) < free:
            reason = f"the last one counted was on {say_day(day)}; the next may count from {say_day(free)}"
            if day > claim.achieved:
                reason = f"one counts already on {say_day(day)}, less than {apart} later"
            return refused("at least apart", reason)
    return None


def _sides(claim: Claim, compiled: CompiledOutcome, history: History) -> dict[object, int] | Verdict:
    """Return the sides of either-ors that the claim would take, or refuse it when another side is taken."""
    sides: dict[object, int] = {}
    for group, side in compiled.either_or:
        if group.keep == "highest":
            continue
        key = (
            group.name,
            claim.person.id if group.per == "person" or claim.enrolment is None else claim.enrolment.id,
        )
        sides[key] = side
        other = history.sides.get(key)
        if other is not None and other[0] != side:
            return refused(
                "either-or",
                f"{other[1].outcome} ({other[1].id}) was achieved first, and only one side of {group.name} pays",
            )
    return sides


def take_slot(claim: Claim, compiled: CompiledOutcome, history: History) -> Verdict | None:
    """Take a place under once-only, at-most, apart and either-or rules, or say why there is none."""
    outcome = compiled.outcome
    placed = history.placed[outcome.code]
    if placed:
        taken = _full(claim, compiled, placed)
        if taken is None and outcome.apart is not None:
            taken = _too_near(claim, outcome.apart, placed, compiled.version.calendar)
        if taken is not None:
            return taken
    if compiled.either_or:
        sides = _sides(claim, compiled, history)
        if isinstance(sides, Verdict):
            return sides
        for key, side in sides.items():
            history.sides.setdefault(key, (side, claim))
    placed.append(claim)
    claim.time = len(placed)
    return None
