"""What shows that it happened: documents, readings, the person's own answer, the verifier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from openoutcomes.contracts.calendar import Calendar
from openoutcomes.contracts.records import Answer, Claim
from openoutcomes.contracts.rules.base import History, Rule, Verdict, held, refused
from openoutcomes.contracts.terms import Measured, Outcome, PersonSays, Version
from openoutcomes.contracts.words import Duration, Kinds, say_day


def evidence_rules(outcome: Outcome, version: Version) -> list[Rule]:
    """Return the rules on what must be shown for one outcome."""
    rules = []
    calendar = version.calendar
    if outcome.evidence is not None:
        rules.append(_documents(outcome.evidence, outcome.evidence_within, calendar))
    if outcome.alternates:
        rules.append(_alternates(outcome.alternates, outcome.evidence_within, calendar))
    rules.extend(_measured(measured, calendar) for measured in outcome.measured)
    if outcome.person_says is not None:
        rules.append(_person_says(outcome.person_says, calendar))
    if outcome.quantity is not None:
        allowed = outcome.quantity

        def in_range(claim: Claim, _: History) -> Verdict | None:
            if claim.quantity in allowed:
                return None
            return refused("quantity", f"the quantity is {claim.quantity}; the terms allow {allowed}")

        rules.append(Rule("quantity", f"Quantity {allowed}.", in_range))
    return rules


def _timely(claim: Claim, within: Duration | None, calendar: Calendar) -> tuple[Sequence[str], Sequence[str]]:
    """Return the kinds given in time, and those given with a date out of range or none."""
    if within is None:
        return claim.evidence, ()
    good, late = [], []
    for i, kind in enumerate(claim.evidence):
        day = claim.evidence_dates[i] if i < len(claim.evidence_dates) else None
        if day is not None and _near(day, claim.achieved, within, calendar):
            good.append(kind)
        else:
            late.append(kind)
    return good, late


def _near(day: dt.date, other: dt.date, length: Duration, calendar: Calendar) -> bool:
    first, last = min(day, other), max(day, other)
    return last <= calendar.add(first, length)


def _documents(needed: Kinds, within: Duration | None, calendar: Calendar) -> Rule:
    name = "evidence"

    def check(claim: Claim, _: History) -> Verdict | None:
        given, late = _timely(claim, within, calendar)
        missing = needed.missing(given)
        if not missing:
            return None
        wanted = " and ".join(" or ".join(group) for group in missing)
        if any(kind in group for group in missing for kind in late):
            return held(
                name,
                f"the evidence given is not dated within {within} of {say_day(claim.achieved)}; it needs {wanted}",
            )
        return held(name, f"evidence is missing: {wanted}")

    soon = f" dated within {within}" if within else ""
    return Rule(name, f"Evidence: {needed}{soon}.", check)


def _alternates(groups: tuple[tuple[str, ...], ...], within: Duration | None, calendar: Calendar) -> Rule:
    name = "evidence alternates"

    def check(claim: Claim, history: History) -> Verdict | None:
        given, _ = _timely(claim, within, calendar)
        usable = [i for i, group in enumerate(groups) if any(kind in given for kind in group)]
        claim.evidence_used = None
        if not usable:
            wanted = " or ".join(" or ".join(group) for group in groups)
            return held(name, f"evidence is missing: {wanted}")
        previous = history.milestones.get(groups)
        if previous is not None:
            usable = [i for i in usable if i != previous.kind_used]
            if not usable and previous.kind_used is not None:
                used = " or ".join(groups[previous.kind_used])
                others = [" or ".join(g) for i, g in enumerate(groups) if i != previous.kind_used]
                return held(
                    name,
                    f"the previous milestone, {previous.claim.outcome} on {say_day(previous.on)}, used {used}; "
                    f"this one needs {' or '.join(others)}",
                )
        claim.evidence_used = usable[0]
        return None

    shown = ", then ".join(" or ".join(group) for group in groups)
    return Rule(name, f"Evidence alternates: {shown}.", check)


def _measured(measured: Measured, calendar: Calendar) -> Rule:
    name = "measured by"
    wanted = [
        f"{word} {value}"
        for word, value in (
            ("rises by", measured.rises),
            ("falls by", measured.falls),
            ("first reading", measured.first),
            ("last reading", measured.last),
        )
        if value is not None
    ]

    def check(claim: Claim, _: History) -> Verdict | None:
        readings = [
            (on, score)
            for on, _id, instrument, score in claim.person.measures
            if instrument == measured.instrument and score is not None and on <= claim.achieved
        ]
        both = measured.rises is not None or measured.falls is not None or measured.first is not None
        if len(readings) < (2 if both else 1):
            need = "two readings" if both else "a reading"
            return held(
                name,
                f"{need} of {measured.instrument} by {say_day(claim.achieved)} are needed; {len(readings)} recorded",
            )
        first, last = readings[0], readings[-1]
        return _placed(claim, first[0], last[0], measured, calendar) or _changed(first, last, measured)

    return Rule(name, f"Measured by {measured.instrument}: {' and '.join(wanted)}.", check)


def _placed(
    claim: Claim, first: dt.date, last: dt.date, measured: Measured, calendar: Calendar
) -> Verdict | None:
    if measured.first_within is not None:
        start = claim.day("start")
        if start is None:
            return held("measured by", "no start date is recorded, so the first reading cannot be placed")
        if first > calendar.add(start, measured.first_within):
            return refused(
                "measured by",
                f"the first {measured.instrument} was taken on {say_day(first)}, more than {measured.first_within} after the start",
            )
    if measured.last_within is not None and claim.achieved > calendar.add(last, measured.last_within):
        return held(
            "measured by",
            f"the last {measured.instrument} was taken on {say_day(last)}, more than {measured.last_within} before; take another",
        )
    return None


def _changed(
    first: tuple[dt.date, Decimal], last: tuple[dt.date, Decimal], measured: Measured
) -> Verdict | None:
    rise = last[1] - first[1]
    tests = (
        (measured.rises, rise, "it rose by"),
        (measured.falls, -rise, "it fell by"),
        (measured.first, first[1], "the first reading was"),
        (measured.last, last[1], "the last reading was"),
    )
    for needed, value, shown in tests:
        if needed is not None and value not in needed:
            return refused(
                "measured by",
                f"{measured.instrument}: {shown} {value.normalize():f}; the terms need {needed}",
            )
    return None


def _person_says(says: PersonSays, calendar: Calendar) -> Rule:
    name = "person says"
    wanted = " or ".join(says.answers)

    def applies(claim: Claim, answer: Answer) -> bool:
        if answer.question != says.question:
            return False
        if answer.achievement_id is not None:
            return answer.achievement_id == claim.id
        last = calendar.add(claim.achieved, says.within) if says.within else dt.date.max
        return claim.achieved <= answer.on <= last

    def check(claim: Claim, _: History) -> Verdict | None:
        answers = [answer for answer in claim.person.feedback if applies(claim, answer)]
        own = [a for a in answers if a.collected_by is not None and a.collected_by == claim.provider]
        if says.independently:
            answers = [a for a in answers if a.independent and a not in own]
            if not answers:
                why = (
                    "the answer was not collected independently of the provider"
                    if own
                    else "the person has not been asked independently"
                )
                return held(name, f"{why}: {says.question}")
        if not answers:
            return held(name, f"the person has not answered: {says.question}")
        latest = answers[-1]
        if latest.answer in says.answers:
            return None
        return refused(
            name,
            f"the person answered {latest.answer!r} to {says.question} on {say_day(latest.on)}; the terms need {wanted}",
        )

    how = ", collected independently of the provider" if says.independently else ""
    return Rule(name, f"The person answers {wanted} to {says.question}{how}.", check)


def verifier_refused(claim: Claim, _: History) -> Verdict | None:
    """Refuse what the verifier refused."""
    finding = claim.finding
    if finding is None or finding.state != "refused":
        return None
    return refused(
        "verification",
        f"the verifier refused it on {say_day(finding.on)}: {finding.reason or 'no reason recorded'}",
    )


def verifier_accepted(claim: Claim, _: History) -> Verdict | None:
    """Hold what the verifier has not accepted."""
    finding = claim.finding
    if finding is None:
        return held("verification", "no verifier's finding is recorded yet")
    if finding.state == "accepted":
        return None
    return held(
        "verification",
        f"the verifier queried it on {say_day(finding.on)}: {finding.reason or 'no reason recorded'}",
    )


REFUSED = Rule("verification", "Not refused by the verifier.", verifier_refused)
ACCEPTED = Rule("verification", "Accepted by the verifier.", verifier_accepted)
