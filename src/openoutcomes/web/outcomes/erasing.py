"""What the rest of the platform asks of evidence: the files of a person, and to erase them."""

from __future__ import annotations

from openoutcomes.web.people.models import Person


def files_of(person: Person) -> list[tuple[str, bytes]]:
    """Return the name and content of every file of evidence about a person."""
    raise LookupError(person)


def erase_files(person: Person) -> int:
    """Erase the files of evidence about a person, inside a command; return how many."""
    raise LookupError(person)
