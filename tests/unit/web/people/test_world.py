"""The world that other tests are set in, and the scope and sight of its people."""

import pytest
from django_scopes import ScopeError

from openoutcomes.web.core.scope import WroteOutsideCommandError
from openoutcomes.web.people.models import Person
from openoutcomes.web.people.queries import found, people_for


def test_a_practitioner_sees_the_people_of_their_organisation_alone(world, elsewhere):
    seen = people_for(world.access("practitioner"))
    assert {person.name for person in seen} == {"Ash Example", "Blake Sample"}
    assert not set(seen) & set(elsewhere.people.values())


@pytest.mark.usefixtures("world")
def test_a_query_without_a_scope_fails():
    with pytest.raises(ScopeError):
        Person.objects.all().count()


def test_a_row_saved_outside_a_command_fails(world):
    person = world.people["ash"]
    with pytest.raises(WroteOutsideCommandError):
        person.save()


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("ash", {"Ash Example"}),
        ("exam", {"Ash Example"}),
        ("EXAMPLE ash", {"Ash Example"}),
        ("ash e", {"Ash Example"}),
        ("07700900123", {"Ash Example", "Blake Sample"}),
        ("zzz", set()),
    ],
)
def test_people_are_found_by_beginnings_of_names_and_whole_telephones(world, typed, names):
    people = people_for(world.access("practitioner"))
    assert {p.name for p in found(people, world.partnership, typed)} == names
