"""Erasing what is said in words about why a person was shared; that and with whom they were stays."""

from __future__ import annotations

from openoutcomes.web.people.models import Person, Sight


def erase_words(person: Person) -> int:
    """Blank the reasons of lawful bases, inside a command; return how many changed."""
    rows = Sight.of(person.partnership).filter(person=person, basis="lawful").exclude(why="Erased")
    return rows.update(why="Erased")
