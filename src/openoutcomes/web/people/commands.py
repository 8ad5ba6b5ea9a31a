"""Changing who people are and where they are enrolled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.crypto import digest, digits, name_tokens
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.people.models import Enrolment, Person, Sight, Token, new_id
from openoutcomes.web.people.queries import is_own
from openoutcomes.web.records import store

#: Fields of a person that are identity, kept encrypted and never in records.
IDENTITY = ("name", "known_as", "phone", "email", "address", "date_of_birth", "contact_by",
            "safe_contact", "contact_note")  # fmt: skip
#: Fields of the standard's table of people that a form may give.
DETAILS = ("birth_year", "sex", "ethnicity", "area_code", "disability", "characteristics")


@command
def add_person(
    by: Access,
    *,
    organisation: Organisation,
    identity: Mapping[str, Any],
    details: Mapping[str, Any] | None = None,
) -> Person:
    """Add a person as the organisation's own. Only something to call them by is needed."""
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
        by, "people", details or {}, person=person, organisation=organisation, record_id=person.person_id
    )
    note(by, "people.add", person, person=person, organisation=organisation)
    return person


def index(person: Person) -> None:
    """Write again the tokens by which a person is found, inside a command."""
    partnership = person.partnership_id
    wanted = name_tokens(partnership, person.name, person.known_as)
    if number := digits(person.phone):
        wanted.add(digest(partnership, "phone", number))
    if person.email:
        wanted.add(digest(partnership, "email", person.email.strip().casefold()))
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
    organisation = programme.organisation
    by.require("enrolments.manage", organisation)
    if not is_own(by, person):
        raise refuse("this person is not one of your organisation's people.", "Ask for a referral first.")
    further = dict(values or {})
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
