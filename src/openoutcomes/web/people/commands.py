"""Changing who people are and where they are enrolled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.crypto import digest, digits, name_tokens
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.people.duplicates import note_likenesses
from openoutcomes.web.people.models import Enrolment, Person, Sight, Token, new_id
from openoutcomes.web.people.queries import is_own, own_organisation, workers_of
from openoutcomes.web.records import store

#: Fields of a person that are identity, kept encrypted and never in records.
IDENTITY = ("name", "known_as", "phone", "email", "address", "date_of_birth", "contact_by",
            "safe_contact", "contact_note")  # fmt: skip
#: Fields of the standard's table of people that a form may give.
DETAILS = ("birth_year", "sex", "ethnicity", "area_code", "disability", "characteristics")


class IdentityConflictError(InputError):
    """Somebody else changed who the person is meanwhile; ``latest`` is how they stand now."""

    def __init__(self, latest: Person) -> None:
        self.latest = latest
        what = "somebody changed these details after you opened them."
        super().__init__(Problem(what, "Look at what they wrote below, then send yours again or leave it."))


@command
def add_person(
    by: Access,
    *,
    organisation: Organisation,
    identity: Mapping[str, Any],
    details: Mapping[str, Any] | None = None,
    seconds: int | None = None,
) -> Person:
    """Add a person as the organisation's own. Only something to call them by is needed."""
    return _added(by, organisation, identity, details, seconds)


@command
def welcome(
    by: Access,
    *,
    organisation: Organisation,
    identity: Mapping[str, Any],
    programme: Programme,
    details: Mapping[str, Any] | None = None,
    practitioner: Any = None,
    started_on: dt.date | None = None,
    seconds: int | None = None,
) -> Person:
    """Add a person and enrol them in a programme of the organisation at once."""
    person = _added(by, organisation, identity, details, seconds)
    _enrolled(by, person, programme, practitioner, started_on, {})
    return person


def _added(
    by: Access,
    organisation: Organisation,
    identity: Mapping[str, Any],
    details: Mapping[str, Any] | None,
    seconds: int | None,
) -> Person:
    by.require("people.add", organisation)
    if not str(identity.get("name") or "").strip():
        raise refuse("nothing was given to call the person by.", "Give a name, or part of one.", "name")
    person: Person = Person.objects.create(
        partnership=by.partnership, **{name: identity[name] for name in IDENTITY if name in identity}
    )
    index(person)
    Sight.objects.create(
        partnership=by.partnership, person=person, organisation=organisation, basis="own", granted_by=by.user
    )
    store.write(
        by, "people", details or {}, person=person, organisation=organisation, record_id=person.person_id,
        seconds=seconds,
    )  # fmt: skip
    note_likenesses(person, organisation)
    note(by, "people.add", person, person=person, organisation=organisation)
    return person


def index(person: Person) -> None:
    """Write again the tokens by which a person is found, inside a command."""
    partnership = person.partnership_id
    # Whoever was merged into them is still found by the name that was on that record.
    wanted: set[str] = set()
    for each in (person, *Person.objects.filter(merged_into=person, erased_at=None)):
        wanted |= name_tokens(partnership, each.name, each.known_as)
        if number := digits(each.phone):
            wanted.add(digest(partnership, "phone", number))
        if each.email:
            wanted.add(digest(partnership, "email", each.email.strip().casefold()))
    Token.objects.filter(person=person).exclude(digest__in=wanted).delete()
    kept = set(Token.objects.filter(person=person).values_list("digest", flat=True))
    Token.objects.bulk_create(
        [Token(partnership_id=partnership, person=person, digest=one) for one in sorted(wanted - kept)]
    )


@command
def enrol(
    by: Access,
    *,
    person: Person,
    programme: Programme,
    practitioner: Any = None,
    started_on: dt.date | None = None,
    values: Mapping[str, Any] | None = None,
) -> Enrolment:
    """Enrol a person in a programme of an organisation whose own person they are.

    ``values`` are further fields of the standard's enrolments (referred_on, referred_by, payment_group,
    cohort, age_at_start). No need, score or assessment is ever asked for.
    """
    return _enrolled(by, person, programme, practitioner, started_on, dict(values or {}))


def _enrolled(
    by: Access,
    person: Person,
    programme: Programme,
    practitioner: Any,
    started_on: dt.date | None,
    further: dict[str, Any],
) -> Enrolment:
    organisation = programme.organisation
    by.require("enrolments.manage", organisation)
    if not is_own(by, person):
        raise refuse("this person is not one of your organisation's people.", "Ask for a referral first.")
    referred_on = further.get("referred_on")
    enrolment: Enrolment = Enrolment.objects.create(
        partnership=by.partnership,
        enrolment_id=new_id("e"),
        person=person,
        programme=programme,
        organisation=organisation,
        practitioner=practitioner,
        referred_on=referred_on,
        started_on=started_on or today(),
    )
    further |= {"programme_id": programme.programme_id, "started_on": enrolment.started_on}
    store.write(
        by,
        "enrolments",
        further,
        person=person,
        enrolment=enrolment,
        organisation=organisation,
        contract=programme.contract,
        record_id=enrolment.enrolment_id,
    )
    note(by, "people.enrol", enrolment, person=person, organisation=organisation)
    return enrolment


@command
def edit_person(
    by: Access,
    *,
    person: Person,
    identity: Mapping[str, Any],
    details: Mapping[str, Any],
    revision: int,
    seconds: int | None = None,
) -> Person:
    """Change who a person is and how to reach them. ``revision`` is what the form was opened with."""
    organisation = own_organisation(by, person, "people.edit")
    by.require("people.edit", organisation or 0)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.revision != revision:
        raise IdentityConflictError(person)
    if not str(identity.get("name", person.name) or "").strip():
        raise refuse("nothing was given to call the person by.", "Give a name, or part of one.", "name")
    changed = [name for name in IDENTITY if name in identity and getattr(person, name) != identity[name]]
    for name in changed:
        setattr(person, name, identity[name])
    person.revision += 1
    person.save()
    index(person)
    before = store.latest(by.partnership, "people", person.person_id)
    kept = before.values if before else {}
    fresh = {**kept, **{name: details[name] for name in DETAILS if name in details}}
    written = store.written("people", {**fresh, "person_id": person.person_id})
    if before is None or written != before.values:
        changed += [name for name in DETAILS if written.get(name) != kept.get(name)]
        store.write(
            by, "people", fresh, person=person, organisation=organisation, record_id=person.person_id,
            seconds=seconds,
        )  # fmt: skip
    if organisation is not None:
        note_likenesses(person, organisation)
    note(by, "people.edit", person, person=person, organisation=organisation, detail={"changed": changed})
    return person


@command
def flag_safeguarding(by: Access, *, person: Person, concern: bool, words: str = "") -> Person:
    """Say that there is a safeguarding concern, or that there is none any more. Only own organisations see why."""
    organisation = own_organisation(by, person, "people.safeguard")
    by.require("people.safeguard", organisation or 0)
    if concern and not words.strip():
        raise refuse("nothing was written about the concern.", "Write what it is and what was done.", "words")
    person = Person.objects.select_for_update().get(pk=person.pk)
    person.safeguarding = concern
    person.safeguarding_note = words.strip()
    person.revision += 1
    person.save()
    note(
        by, "people.safeguard", person, person=person, organisation=organisation, detail={"concern": concern}
    )
    return person


@command
def end_enrolment(by: Access, *, enrolment: Enrolment, ended_on: dt.date, reason: str) -> Enrolment:
    """End a person's support in a programme, with why. It can be undone."""
    by.require("enrolments.manage", enrolment.organisation)
    if enrolment.ended_on is not None:
        raise refuse("this support has ended already.", "Open the person's page again.")
    if enrolment.started_on and ended_on < enrolment.started_on:
        raise refuse("the last day is before the first.", "Check the day.", "ended_on")
    enrolment.ended_on, enrolment.end_reason, enrolment.next_on = ended_on, reason, None
    enrolment.save()
    _keep_record(by, enrolment, {"ended_on": ended_on, "end_reason": reason})
    note(
        by, "people.end_enrolment", enrolment, person=enrolment.person, organisation=enrolment.organisation,
        detail={"on": ended_on.isoformat(), "reason": reason},
    )  # fmt: skip
    return enrolment


@command
def reopen_enrolment(by: Access, *, enrolment: Enrolment) -> Enrolment:
    """Undo the end of a person's support."""
    by.require("enrolments.manage", enrolment.organisation)
    if enrolment.ended_on is None:
        raise refuse("this support has not ended.", "Open the person's page again.")
    enrolment.ended_on, enrolment.end_reason = None, ""
    enrolment.save()
    _keep_record(by, enrolment, {"ended_on": None, "end_reason": None})
    note(
        by, "people.reopen_enrolment", enrolment, person=enrolment.person, organisation=enrolment.organisation
    )
    return enrolment


def _keep_record(by: Access, enrolment: Enrolment, changes: Mapping[str, Any]) -> None:
    """Keep the standard's record of an enrolment in step."""
    before = store.latest(by.partnership, "enrolments", enrolment.enrolment_id)
    base = before.values if before else {
        "programme_id": enrolment.programme.programme_id, "started_on": enrolment.started_on,
    }  # fmt: skip
    store.write(
        by,
        "enrolments",
        {**base, **changes},
        person=enrolment.person,
        enrolment=enrolment,
        organisation=enrolment.organisation,
        contract=enrolment.programme.contract,
        record_id=enrolment.enrolment_id,
    )


@command
def hand_over(by: Access, *, enrolments: Sequence[Enrolment], to: Any) -> int:
    """Hand people over to another worker of the same organisation; return how many."""
    if not enrolments:
        by.require("enrolments.manage")
        raise refuse("nobody was chosen.", "Choose at least one person.", "enrolments")
    for enrolment in enrolments:
        by.require("enrolments.manage", enrolment.organisation)
        if not workers_of(enrolment.organisation).filter(pk=to.pk).exists():
            raise refuse("this worker does not work for that organisation.", "Choose another.", "to")
    for enrolment in enrolments:
        enrolment.practitioner = to
        enrolment.save(update_fields=["practitioner"])
        note(
            by, "people.hand_over", enrolment, person=enrolment.person, organisation=enrolment.organisation,
            detail={"to": to.pk},
        )  # fmt: skip
    return len(enrolments)
