"""How a record reads: a title, the person's words, and facts in plain language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from django.urls import NoReverseMatch, reverse

from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.standard.outcomes import load_map
from openoutcomes.standard.tables import TABLES
from openoutcomes.web.core.templatetags.oo import day, money
from openoutcomes.web.records.choices import in_words
from openoutcomes.web.records.facets import FACETS
from openoutcomes.web.records.instruments import band_for, name_of, plain
from openoutcomes.web.records.models import Record

#: Colours of the state of an outcome.
_COLOURS = {"accepted": "green", "queried": "orange", "refused": "red", "unverified": "grey"}


@dataclass(frozen=True)
class Told:
    """A record as people read it."""

    title: str
    #: What somebody said or wrote.
    words: str = ""
    facts: tuple[str, ...] = ()
    tag: str = ""
    colour: str = "grey"


@dataclass(frozen=True)
class Line:
    """One line of a timeline: the record, as it reads, and where it leads."""

    record: Record
    told: Told
    address: str

    @property
    def on(self) -> dt.date | None:
        """The day it is about."""
        return self.record.on


#: How phrases read to whom the record is about; what others read comes first.
_YOURS: dict[str, str] = {
    "They are at": "You are at",
    "Met, in their view,": "Met, in your view,",
    "They asked": "You asked",
    "Getting to know the person and planning together": "Getting to know you and planning together",
    "Said that they could not come": "You said that you could not come",
    "Lost their home": "Lost your home",
    "The person was": "You were",
    "The person prefers": "You prefer",
    "The person has": "You have",
    "the person has": "you have",
    "the person enjoys or cares about": "you enjoy or care about",
    "The person": "You",
}


def yours(text: str) -> str:
    """Return words about a person as they read to that person."""
    for theirs, own in _YOURS.items():
        text = text.replace(theirs, own)
    return text


def line(record: Record, slug: str, *, own: bool = False) -> Line:
    """Return a record as a line of a timeline; ``own`` where whom it is about reads it."""
    return Line(record, tell(record, own=own), address_of(record, slug))


def address_of(record: Record, slug: str) -> str:
    """Return the page of a record: outcomes have one of their own."""
    try:
        if record.table == "achievements":
            return reverse("outcome", kwargs={"partnership": slug, "record_id": record.record_id})
        return reverse(
            "record", kwargs={"partnership": slug, "table": record.table, "record_id": record.record_id}
        )
    except NoReverseMatch:
        return ""


def tell(record: Record, *, own: bool = False) -> Told:
    """Return a record in words; ``own`` where whom it is about reads it. What they said stays as it is."""
    told = _TELL.get(record.table, _other)(record.values, record)
    if own:
        facts = tuple(map(yours, told.facts))
        told = replace(told, title=yours(told.title), facts=facts, tag=yours(told.tag))
    return replace(told, tag="Withdrawn", colour="red") if record.withdrawn else told


def _out_of_ten(values: Mapping[str, Any], name: str, words: str) -> str:
    return f"{words} {values[name]} out of 10" if values.get(name) else ""


def _facts(*facts: str) -> tuple[str, ...]:
    return tuple(fact for fact in facts if fact)


def hours(text: str) -> str:
    """Return a time in hours as people say it: 30 minutes, 1½ hours."""
    minutes = int(Decimal(text) * 60)
    if minutes < 60:
        return f"{minutes} minutes"
    whole, rest = divmod(minutes, 60)
    named = f"{whole} hour{'' if whole == 1 else 's'}"
    return f"{named} {rest} minutes" if rest else named


def _support(values: Mapping[str, Any], _record: Record) -> Told:
    attended = values.get("attended", "")
    kept = "" if attended in ("", "attended") else CODE_LISTS["attendance"].codes.get(attended, attended)
    time = hours(values["hours"]) if values.get("hours") else ""
    group = "In a group" if values.get("group_session") == "true" else ""
    cost = money(values["cost"], values.get("currency", "GBP")) if values.get("cost") else ""
    return Told(
        in_words("activities", values["kind"]) if values.get("kind") else "Support",
        values.get("note", ""), _facts(time, group, cost), kept, "orange",
    )  # fmt: skip


def _strength(values: Mapping[str, Any], _record: Record) -> Told:
    domain = in_words("strengths", values["domain"]) if values.get("domain") else ""
    used = f"Used: {values['used']}" if values.get("used") else ""
    return Told("Strength", values.get("words", ""), _facts(domain, used))


def _goal(values: Mapping[str, Any], _record: Record) -> Told:
    domain = in_words("goals", values["domain"]) if values.get("domain") else ""
    rating = _out_of_ten(values, "rating", "They are at")
    review = f"Look again on {day(values['review_on'])}" if values.get("review_on") else ""
    return Told("Goal", values.get("words", ""), _facts(domain, rating, review))


def _need(values: Mapping[str, Any], _record: Record) -> Told:
    met = f"Met on {day(values['met_on'])}" if values.get("met_on") else ""
    cause = CODE_LISTS["need_cause"].codes.get(values.get("cause", ""), "")
    return Told(
        f"Need: {outcome_name(values['category'])}" if values.get("category") else "Need",
        "",
        _facts(_out_of_ten(values, "intensity", "Strength"), cause, met,
               _out_of_ten(values, "satisfaction", "Met, in their view,")),
        "Met" if met else "", "green",
    )  # fmt: skip


def _measure(values: Mapping[str, Any], record: Record) -> Told:
    score = f"Score {plain(Decimal(values['score']))}" if values.get("score") else "No score"
    how = CODE_LISTS["measure_how"].codes.get(values.get("how", ""), "")
    band = band_for(record)
    return Told(name_of(values.get("instrument", "")), "", _facts(score, band, how))


def _event(values: Mapping[str, Any], _record: Record) -> Told:
    return Told(in_words("events", values.get("kind", "")), values.get("detail", ""))


def _feedback(values: Mapping[str, Any], _record: Record) -> Told:
    asked = CODE_LISTS["asked"].codes.get(values.get("asked", ""), "")
    return Told(
        f"Asked: {in_words('feedback', values.get('question', ''))}", values.get("answer", ""), _facts(asked)
    )


def _contact(values: Mapping[str, Any], _record: Record) -> Told:
    needed = f"Needed: {values['needed']}" if values.get("needed") else ""
    settled = "Settled there and then" if values.get("resolved_first_time") == "true" else ""
    tag = "Failure demand" if values.get("demand") == "failure" else ""
    return Told("They asked", values.get("asked", ""), _facts(needed, settled), tag, "orange")


def _achievement(values: Mapping[str, Any], record: Record) -> Told:
    state = record.get_state_display()
    return Told(
        f"Outcome: {outcome_name(values.get('outcome', ''))}",
        "",
        (),
        state,
        _COLOURS.get(record.state, "grey"),
    )


def _verification(values: Mapping[str, Any], _record: Record) -> Told:
    state = CODE_LISTS["verification_state"].codes.get(values.get("state", ""), "")
    return Told("Finding on an outcome", values.get("reason", ""), _facts(state))


def _enrolment(values: Mapping[str, Any], record: Record) -> Told:
    programme = str(record.enrolment.programme) if record.enrolment else ""
    ended = f"Ended on {day(values['ended_on'])}" if values.get("ended_on") else ""
    reason = CODE_LISTS["end_reason"].codes.get(values.get("end_reason", ""), "")
    return Told("Joined a programme", "", _facts(programme, ended, reason))


def _referral(values: Mapping[str, Any], _record: Record) -> Told:
    accepted = f"Accepted on {day(values['accepted_on'])}" if values.get("accepted_on") else ""
    back = f"Handed back on {day(values['handed_back_on'])}" if values.get("handed_back_on") else ""
    return Told("Referral", values.get("why", ""), _facts(accepted, back))


def _consent(values: Mapping[str, Any], _record: Record) -> Told:
    purpose = CODE_LISTS["consent_purpose"].codes.get(values.get("purpose", ""), "")
    until = f"Until {day(values['valid_to'])}" if values.get("valid_to") else ""
    back = f"Taken back on {day(values['withdrawn_on'])}" if values.get("withdrawn_on") else ""
    return Told("Agreed to share", "", _facts(purpose, until, back))


def _other(_values: Mapping[str, Any], record: Record) -> Told:
    return Told(FACETS[record.table].title or record.table)


_TELL: dict[str, Callable[[Mapping[str, Any], Record], Told]] = {
    "activities": _support, "strengths": _strength, "goals": _goal, "needs": _need, "measures": _measure,
    "events": _event, "feedback": _feedback, "contacts": _contact, "achievements": _achievement,
    "verifications": _verification, "enrolments": _enrolment, "referrals": _referral, "consents": _consent,
}  # fmt: skip


@cache
def _names() -> dict[str, str]:
    return {code: outcome.name for code, outcome in load_map().items()}


def outcome_name(code: str) -> str:
    """Return the name of an outcome of the map, or a contract's own code in words."""
    return _names().get(code) or code.replace("_", " ").replace("-", " ").capitalize()


def label_of(name: str) -> str:
    """Return what pages call a field of the standard."""
    return name.removesuffix("_id").removesuffix("_on").replace("_", " ").capitalize()


def value_of(table: str, name: str, text: str) -> str:
    """Return one written value of a record as people read it."""
    of = TABLES[table].by_name[name]
    if not text:
        return ""
    if of.type == "date":
        return day(text)
    if of.type == "boolean":
        return "Yes" if text == "true" else "No"
    if of.codes:
        return CODE_LISTS[of.codes].codes.get(text, text)
    if name in ("category", "outcome"):
        return outcome_name(text)
    if name == "instrument":
        return name_of(text)
    if name in ("kind", "question"):
        return in_words(table, text)
    if of.type == "money":
        return money(text)
    return text


#: Fields that say where a record belongs rather than what it says.
_PLACED = frozenset({"person_id", "enrolment_id", "provider_id", "contract_id", "programme_id", "organisation_id",
                     "collected_by", "met_by", "source", "replaces", "currency", "achievement_id"})  # fmt: skip


def facts_of(record: Record, *, own: bool = False) -> list[tuple[str, str]]:
    """Return what a record says, field by field, in the standard's order; ``own`` as for :func:`tell`."""
    return [
        (label_of(name), _fact(record, name, own=own))
        for name in TABLES[record.table].by_name
        if name in record.values and name not in _PLACED and name != TABLES[record.table].key
    ]


def _fact(record: Record, name: str, *, own: bool) -> str:
    """Return one value of a record; words from a code list are put to the person, what was written is not."""
    text = value_of(record.table, name, record.values[name])
    is_coded = TABLES[record.table].by_name[name].codes or name in ("kind", "question")
    return yours(text) if own and is_coded else text
