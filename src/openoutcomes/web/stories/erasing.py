"""Parting a person from the stories and rankings that are theirs; the stories name nobody and stay."""

from __future__ import annotations

from openoutcomes.web.people.models import Person
from openoutcomes.web.stories.models import Ballot, Story


def erase_links(person: Person) -> int:
    """Take a person off their stories and rankings, inside a command; return how many changed."""
    changed = Story.of(person.partnership).filter(person=person).update(person=None)
    return changed + Ballot.of(person.partnership).filter(person=person).update(person=None)
