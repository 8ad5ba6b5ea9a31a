"""Erasing: who somebody is goes for good; money facts stay, and price the same."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from openoutcomes.standard.problems import InputError
from openoutcomes.web.administration import commands
from openoutcomes.web.administration.queries import due_for_erasure, months_ago
from openoutcomes.web.contracts.queries import priced
from openoutcomes.web.core import clock
from openoutcomes.web.core.commands import command, note
from openoutcomes.web.people.models import Enrolment, Person, Sight, Token
from openoutcomes.web.people.queries import found, people_for
from openoutcomes.web.records import store
from openoutcomes.web.records.models import Record


@command
def recorded(by: Any, *, world: Any) -> Record:
    """Ash's year: a strength in their words, a home with its evidence, and what the verifier found."""
    by.require("records.add", world.organisations["harbour"])
    ash, enrolment = world.people["ash"], world.enrolments["ash"]
    given: dict[str, Any] = {
        "person": ash,
        "enrolment": enrolment,
        "organisation": world.organisations["harbour"],
    }
    store.write(by, "strengths", {"words": "Ash mends bicycles on Mill Lane", "domain": "skills"}, **given)
    store.write(by, "people", {"birth_year": 2005, "ethnicity": "mixed", "area_code": "E01000001"}, person=ash,
                organisation=world.organisations["harbour"], record_id=ash.person_id)  # fmt: skip
    home = store.write(
        by,
        "achievements",
        {
            "outcome": "home-entry",
            "achieved_on": dt.date(2025, 2, 1),
            "evidence_kinds": ["tenancy-agreement"],
            "evidence_dates": [dt.date(2025, 2, 1)],
            "note": "Moved in beside her cousin",
        },
        contract=world.contract,
        **given,
    )
    finding = {"achievement_id": home.record_id, "state": "accepted", "verified_on": dt.date(2025, 3, 1)}
    store.write(by, "verifications", finding, person=ash, contract=world.contract)
    note(by, "test.recorded", home, person=ash)
    return home


def end_support(world: Any, on: dt.date = dt.date(2025, 12, 1)) -> None:
    from openoutcomes.web.core.scope import writing

    with writing("test"):
        Enrolment.of(world.partnership).filter(person=world.people["ash"]).update(ended_on=on)


def everything_stored() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database itself
            rows += [repr(row) for row in cursor.fetchall()]
    return "\n".join(rows)


def test_who_somebody_is_goes_and_what_was_paid_stays(world: Any) -> None:
    recorded(world.access("practitioner"), world=world)
    before = priced(world.contract, clock.today()).as_dict()
    assert before["totals"]["payable"] == "500.00"
    end_support(world)
    ash = commands.erase_person(world.access("administrator"), person=world.people["ash"])
    again = Person.of(world.partnership).get(pk=ash.pk)
    assert (again.name, again.phone, again.erased_at is not None) == ("", "", True)
    stored = everything_stored()
    for word in ("Ash mends", "Mill Lane", "her cousin", "E01000001"):
        assert word not in stored
    assert not Token.of(world.partnership).filter(person=ash).exists()
    assert not Sight.of(world.partnership).filter(Sight.holds(), person=ash).exists()
    assert priced(world.contract, clock.today()).as_dict() == before
    # Earlier days too: what was known then is priced as it was then.
    early = clock.today() - dt.timedelta(days=1)
    assert priced(world.contract, early).as_dict()["as_of"] == early.isoformat()


def test_nobody_finds_an_erased_person(world: Any) -> None:
    end_support(world)
    commands.erase_person(world.access("administrator"), person=world.people["ash"])
    people = people_for(world.access("practitioner"))
    assert not found(people, world.partnership, "ash").exists()
    assert not people.filter(pk=world.people["ash"].pk).exists()


def test_without_a_claimed_outcome_nothing_personal_stays(world: Any) -> None:
    by = world.access("practitioner")

    @command
    def details(by: Any) -> None:
        by.require("people.edit", world.organisations["harbour"])
        ash = world.people["ash"]
        store.write(by, "people", {"birth_year": 2005, "sex": "female"}, person=ash, record_id=ash.person_id,
                    organisation=world.organisations["harbour"])  # fmt: skip
        note(by, "test.details", ash, person=ash)

    details(by)
    end_support(world)
    commands.erase_person(world.access("administrator"), person=world.people["ash"])
    for record in Record.of(world.partnership).filter(person=world.people["ash"], table="people"):
        assert "birth_year" not in record.values
        assert "sex" not in record.values


def test_whoever_still_has_support_is_not_erased_unless_they_ask(world: Any) -> None:
    by = world.access("administrator")
    with pytest.raises(InputError, match="has not ended"):
        commands.erase_person(by, person=world.people["ash"])
    commands.erase_person(by, person=world.people["ash"], asked_by_person=True)
    with pytest.raises(InputError, match="already"):
        commands.erase_person(by, person=world.people["ash"])


def test_whoever_is_on_hold_is_not_erased_until_it_is_lifted(world: Any) -> None:
    by = world.access("administrator")
    end_support(world)
    held = commands.hold(by, person=world.people["ash"], why="complaint")
    with pytest.raises(InputError, match="on hold"):
        commands.erase_person(by, person=world.people["ash"])
    with pytest.raises(InputError, match="on hold already"):
        commands.hold(by, person=world.people["ash"], why="legal")
    commands.lift(by, held=held)
    commands.erase_person(by, person=world.people["ash"])


@pytest.mark.parametrize("role", ["practitioner", "provider_manager", "commissioner", "coordinator"])
def test_nobody_but_an_administrator_erases(world: Any, role: str) -> None:
    with pytest.raises(PermissionDenied):
        commands.erase_person(world.access(role), person=world.people["ash"], asked_by_person=True)


def test_people_are_due_when_their_time_has_come_and_not_before(world: Any) -> None:
    from openoutcomes.web.core.scope import writing

    with writing("test"):
        Person.of(world.partnership).update(created_at=clock.now() - dt.timedelta(days=600))
        type(world.partnership).objects.update(retention_months=6)
    world.partnership.refresh_from_db()
    assert not due_for_erasure(world.partnership).exists()
    limit = months_ago(clock.today(), world.partnership.retention_months)
    end_support(world, limit)
    assert not due_for_erasure(world.partnership).exists()
    end_support(world, limit - dt.timedelta(days=1))
    assert [p.pk for p in due_for_erasure(world.partnership)] == [world.people["ash"].pk]
    commands.hold(world.access("administrator"), person=world.people["ash"], why="audit")
    assert not due_for_erasure(world.partnership).exists()


def test_the_page_erases_all_who_are_due_when_the_number_is_typed(world: Any) -> None:
    from openoutcomes.web.core.scope import writing

    with writing("test"):
        Person.of(world.partnership).update(created_at=clock.now() - dt.timedelta(days=600))
        type(world.partnership).objects.update(retention_months=6)
    end_support(world, clock.today() - dt.timedelta(days=300))
    client = world.client("administrator")
    page = client.get(world.url("retention"))
    assert world.people["ash"].person_id.encode() in page.content
    assert b"Ash Example" not in page.content
    wrong = client.post(world.url("retention"), {"count": "2"})
    assert b"1 people are due now" in wrong.content
    done = client.post(world.url("retention"), {"count": "1"}, follow=True)
    assert b"1 people were erased" in done.content
    assert Person.of(world.partnership).get(pk=world.people["ash"].pk).erased_at is not None


def test_erasing_by_page_needs_the_id_of_somebody_here(world: Any, elsewhere: Any) -> None:
    client = world.client("administrator")
    for person_id in ("p-nobody", elsewhere.people["ash"].person_id):
        page = client.post(world.url("erase"), {"person_id": person_id, "asked_by_person": "on"})
        assert b"no person with this id" in page.content
    assert Person.of(elsewhere.partnership).get(pk=elsewhere.people["ash"].pk).name == "Ash Example"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (dt.date(2026, 3, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2026, 1, 15), 1, dt.date(2025, 12, 15)),
        (dt.date(2024, 2, 29), 12, dt.date(2023, 2, 28)),
        (dt.date(2026, 12, 31), 84, dt.date(2019, 12, 31)),
    ],
)
def test_months_are_counted_back_to_the_same_day_or_the_last(
    day: dt.date, months: int, expected: dt.date
) -> None:
    assert months_ago(day, months) == expected


def test_what_is_noted_of_an_erasure_names_nobody(world: Any) -> None:
    from openoutcomes.web.audit.models import Event

    commands.erase_person(world.access("administrator"), person=world.people["ash"], asked_by_person=True)
    event = Event.of(world.partnership).get(verb="people.erase")
    assert "Ash" not in json.dumps(event.detail)


def test_whoever_was_merged_into_somebody_is_erased_with_them(world: Any) -> None:
    recorded(world.access("practitioner"), world=world)
    from openoutcomes.web.core.scope import writing

    with writing("test"):
        Person.of(world.partnership).filter(pk=world.people["ash"].pk).update(
            merged_into=world.people["blake"]
        )
    commands.erase_person(world.access("administrator"), person=world.people["blake"], asked_by_person=True)
    stored = everything_stored()
    assert "Mill Lane" not in stored
    assert Person.of(world.partnership).get(pk=world.people["ash"].pk).name == ""
