"""Who may be paid for: the contract's own dates and providers, and the conditions under ``who``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from openoutcomes.contracts.records import Claim, Indicators, age_range
from openoutcomes.contracts.rules.base import History, Rule, Verdict, held, refused
from openoutcomes.contracts.terms import Condition, Version
from openoutcomes.contracts.words import Days, say_day


def contract_rules(version: Version) -> list[Rule]:
    """Return the rules that hold for every outcome: the contract's dates and its providers."""
    runs, until = version.runs, version.outcomes_until or version.runs.last

    def in_term(claim: Claim, _: History) -> Verdict | None:
        if runs.first is not None and claim.achieved < runs.first:
            return refused(
                "runs",
                f"achieved on {say_day(claim.achieved)}, before the contract began on {say_day(runs.first)}",
            )
        if until is not None and claim.achieved > until:
            return refused(
                "runs",
                f"achieved on {say_day(claim.achieved)}, after the last day for outcomes, {say_day(until)}",
            )
        return None

    rules = [Rule("runs", f"Achieved in the contract's term ({Days(runs.first, until)}).", in_term)]
    if version.providers:
        allowed = version.providers

        def known_provider(claim: Claim, _: History) -> Verdict | None:
            if claim.provider in allowed:
                return None
            if claim.provider is None:
                return held("provider", "no provider is recorded; record which provider achieved it")
            return refused("provider", f"{claim.provider} is not a provider under this contract")

        rules.append(Rule("provider", f"Achieved by {' or '.join(allowed)}.", known_provider))
    return rules


def who_rules(conditions: tuple[Condition, ...], indicators: Indicators) -> list[Rule]:
    """Return one rule for each condition under ``who``."""
    return [Rule(f"who: {c.subject}", f"Who: {c.text}.", _condition_check(c, indicators)) for c in conditions]


def _condition_check(
    condition: Condition, indicators: Indicators
) -> Callable[[Claim, History], Verdict | None]:
    name = f"who: {condition.subject}"
    judge = _JUDGES.get(condition.subject)
    if judge is not None:

        def check(claim: Claim, _: History) -> Verdict | None:
            return judge(condition, name, claim)

        return check
    if condition.subject == "area figure":

        def area_check(claim: Claim, _: History) -> Verdict | None:
            return _area_figure(condition, name, claim, indicators)

        return area_check

    read = _SUBJECTS[condition.subject]
    needed = condition.words
    starts = condition.subject == "area"

    def words_check(claim: Claim, _: History) -> Verdict | None:
        value = read(claim)
        if value is None:
            return held(
                name, f"the {condition.subject} is not recorded; the terms need {' or '.join(needed)}"
            )
        if value in needed or (starts and value.startswith(needed)):
            return None
        return refused(name, f"{condition.subject} is {value}; the terms need {' or '.join(needed)}")

    return words_check


_SUBJECTS: dict[str, Callable[[Claim], str | None]] = {
    "referred by": lambda c: c.enrolment.referred_by if c.enrolment else None,
    "payment group": lambda c: c.enrolment.payment_group if c.enrolment else None,
    "cohort": lambda c: c.cohort,
    "provider": lambda c: c.provider,
    "programme": lambda c: c.programme,
    "sex": lambda c: c.person.sex,
    "ethnicity": lambda c: c.person.ethnicity,
    "disability": lambda c: c.person.disability,
    "area": lambda c: c.person.area,
}


def _age(condition: Condition, name: str, claim: Claim) -> Verdict | None:
    enrolment = claim.enrolment
    if (
        enrolment is not None
        and enrolment.age is not None
        and condition.number is not None
        and enrolment.age in condition.number
    ):
        return None
    ages = age_range(claim.person, claim.enrolment)
    needed = condition.number
    if ages is None or needed is None:
        return held(name, f"the age at enrolment is not recorded; the terms need {needed}")
    fits = [age for age in ages if age in needed]
    if len(fits) == len(ages):
        return None
    if fits:
        return held(
            name,
            f"born in {claim.person.birth_year}, so aged {ages[0]} or {ages[1]} at enrolment; record the age",
        )
    shown = str(ages[0]) if ages[0] == ages[1] else f"{ages[0]} or {ages[1]}"
    return refused(name, f"aged {shown} at enrolment; the terms need {needed}")


def _dated(condition: Condition, name: str, claim: Claim) -> Verdict | None:
    day = claim.day("referral" if condition.subject == "referred" else "start")
    span = condition.days
    if day is None or span is None:
        return held(name, f"no {'referral' if condition.subject == 'referred' else 'start'} date is recorded")
    if day in span:
        return None
    return refused(name, f"{condition.subject} on {say_day(day)}; the terms need {span}")


def _kinds(condition: Condition, name: str, claim: Claim) -> Verdict | None:
    if condition.subject == "event":
        given = {kind for on, _, kind in claim.person.events if on <= claim.achieved}
    else:
        given = set(claim.person.characteristics)
    missing = condition.kinds.missing(given) if condition.kinds else ()
    if not missing:
        return None
    needed = " and ".join(" or ".join(group) for group in missing)
    return held(name, f"nothing recorded shows {needed}")


def _need(condition: Condition, name: str, claim: Claim) -> Verdict | None:
    among = [intensity for category, intensity in claim.person.needs if category == condition.detail]
    if not among:
        return held(name, f"no {condition.detail} need is recorded")
    if condition.number is None or any(i is not None and i in condition.number for i in among):
        return None
    if all(i is None for i in among):
        return held(name, f"the intensity of the {condition.detail} need is not recorded")
    return refused(name, f"no {condition.detail} need of intensity {condition.number} is recorded")


def _first_reading(condition: Condition, name: str, claim: Claim) -> Verdict | None:
    for on, _, instrument, score in claim.person.measures:
        if instrument == condition.detail and score is not None:
            if condition.number is not None and score in condition.number:
                return None
            return refused(
                name,
                f"first {instrument} was {score.normalize():f} on {say_day(on)}; the terms need {condition.number}",
            )
    return held(name, f"no reading of {condition.detail} is recorded")


_JUDGES: dict[str, Callable[[Condition, str, Claim], Verdict | None]] = {
    "age at enrolment": _age,
    "referred": _dated,
    "started": _dated,
    "characteristic": _kinds,
    "event": _kinds,
    "need": _need,
    "first reading": _first_reading,
}


def _area_figure(condition: Condition, name: str, claim: Claim, indicators: Indicators) -> Verdict | None:
    area = claim.person.area
    if area is None:
        return held(name, "the person's area is not recorded")
    day: dt.date = claim.day("start") or claim.achieved
    value = indicators.latest(condition.detail, day, area)
    if value is None:
        return held(name, f"no {condition.detail} is given for area {area}")
    if condition.number is not None and value in condition.number:
        return None
    return refused(
        name, f"{condition.detail} of area {area} is {value.normalize():f}; the terms need {condition.number}"
    )
