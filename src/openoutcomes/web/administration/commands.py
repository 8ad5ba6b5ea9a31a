"""Erasing a person's identity, and holding one back from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from openoutcomes.standard.fields import Field
from openoutcomes.standard.tables import TABLES
from openoutcomes.web.administration.models import Hold
from openoutcomes.web.budgets import erasing as budgets
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.contracts.queries import file_in_force
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.crypto import EncryptedText
from openoutcomes.web.governance import erasing as governance
from openoutcomes.web.listening import erasing as listening
from openoutcomes.web.outcomes import erasing as evidence
from openoutcomes.web.people.models import Draft, Likeness, Person, Sight, Token
from openoutcomes.web.records.models import Record
from openoutcomes.web.sharing import erasing as sharing
from openoutcomes.web.stories import erasing as stories

#: Fields that the rules of contracts may look at: kept for whoever has a claimed outcome, so that a claim
#: priced again after the erasure comes to the same. None of them names anybody.
_PRICED = frozenset({"birth_year", "sex", "disability", "characteristics", "payment_group", "answer"})
#: Ids that money facts walk back through.
_NEVER_WORDS = frozenset({"question", "verified_by", "by_whom", "cohort", "referred_by", "part"})


@command
def erase_person(by: Access, *, person: Person, asked_by_person: bool = False) -> Person:
    """Erase who somebody is, for good: name, contacts, words, answers and evidence files.

    What stays is under the opaque id and names nobody: that support and outcomes took place, when,
    of what kind, what was found and what was paid. Whoever is on hold is refused, and so is whoever still has support.
    """
    by.require("people.erase")
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.erased_at is not None:
        raise refuse("this person has been erased already.")
    if Hold.objects.filter(Hold.holds(), person=person).exists():
        raise refuse("this person is on hold.", "Lift the hold first, if its reason has gone.")
    if not asked_by_person and any(enrolment.is_open for enrolment in person.enrolments.all()):
        raise refuse(
            "support for this person has not ended.", "End it first, or erase at the person's own request."
        )
    files = evidence.erase_files(person)
    selves = _selves(person)
    blanked = _blank_records(selves)
    for each in selves:
        _blank(each)
        Token.objects.filter(person=each).delete()
        Sight.objects.filter(person=each, withdrawn_at=None).update(withdrawn_at=clock.now())
        Draft.objects.filter(person=each).delete()
        Likeness.objects.filter(Q(person=each) | Q(other=each)).delete()
        budgets.erase_words(each)
        sharing.erase_words(each)
        listening.erase_words(each)
        stories.erase_links(each)
        governance.erase_words(each)
    note(
        by,
        "people.erase",
        person,
        person=person,
        detail={"records": blanked, "files": files, "asked_by_person": asked_by_person},
    )
    return selves[0]


def _selves(person: Person) -> list[Person]:
    """Return a person and everybody who was merged into them, at any remove: all one human being."""
    found, new = [person], [person]
    while new:
        new = list(Person.objects.select_for_update().filter(merged_into__in=new))
        found += new
    return found


def _blank(person: Person) -> None:
    """Blank everything that says who somebody is, whatever fields there are."""
    for field in Person._meta.get_fields():
        if isinstance(field, EncryptedText):
            setattr(person, field.name, "")
    person.contact_by, person.safeguarding, person.safe_contact = "", False, False
    person.erased_at = clock.now()
    person.revision += 1
    person.save()


def _blank_records(selves: list[Person]) -> int:
    """Blank what could tell who somebody is in every version of their records; return how many changed."""
    records = list(Record.objects.filter(person__in=selves).iterator(chunk_size=500))
    contracts = {r.contract_id for r in records if r.table == "achievements" and r.contract_id is not None}
    kept = _PRICED if contracts else frozenset()
    if any("area" in file_in_force(contract).text for contract in Contract.objects.filter(pk__in=contracts)):
        kept |= {"area_code"}
    changed = []
    for record in records:
        values = scrubbed(record.table, record.values, kept)
        if values != record.values:
            record.values = values
            changed.append(record)
    Record.objects.bulk_update(changed, ["values"], batch_size=200)
    return len(changed)


def scrubbed(table: str, values: Mapping[str, Any], kept: frozenset[str]) -> dict[str, Any]:
    """Return the values of a row without those that could tell who somebody is."""
    declared = TABLES[table].by_name
    return {name: value for name, value in values.items() if name in kept or not _tells(declared[name])}


def _tells(field: Field) -> bool:
    """Say whether a field may hold words about a person, or something that few share."""
    if field.name in _NEVER_WORDS or field.type in ("id", "date", "dates"):
        return False
    if field.name in (
        "area_code",
        "birth_year",
        "characteristics",
        "items",
        "ethnicity",
        "disability",
        "sex",
    ):
        return True
    return field.type == "text" and field.sensitivity in ("personal", "special-category", "internal")


@command
def erase_due(by: Access, *, people: list[Person]) -> list[Person]:
    """Erase several people whose time has come, all or none."""
    by.require("retention.run")
    done = [erase_person(by, person=person) for person in people]
    note(by, "retention.run", by.partnership, detail={"people": len(done)})
    return done


@command
def hold(by: Access, *, person: Person, why: str, until: dt.date | None = None) -> Hold:
    """Keep a person from being erased, for a kind of reason."""
    by.require("people.erase")
    if Hold.objects.filter(person=person, lifted_at=None).exists():
        raise refuse("this person is on hold already.")
    made: Hold = Hold.objects.create(
        partnership=by.partnership, person=person, why=why, until=until, by=by.user
    )
    note(by, "people.hold", made, person=person, detail={"why": why})
    return made


@command
def lift(by: Access, *, held: Hold) -> Hold:
    """Lift a hold."""
    by.require("people.erase")
    held.lifted_at = clock.now()
    held.save()
    note(by, "people.lift_hold", held, person=held.person, detail={"why": held.why})
    return held
