"""What the rest of the platform asks of evidence: the files of a person, and to erase them."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from openoutcomes.web.core import clock
from openoutcomes.web.outcomes import files
from openoutcomes.web.outcomes.models import Evidence
from openoutcomes.web.people.models import Person


def _rows(person: Person) -> QuerySet[Evidence]:
    """Return the rows of a person, and of records that were merged into theirs."""
    rows = Evidence.of(person.partnership_id).filter(erased_at=None)
    return rows.filter(Q(person=person) | Q(person__merged_into=person)).order_by("pk")


def files_of(person: Person) -> list[tuple[str, bytes]]:
    """Return the name and content of every file of evidence about a person, withdrawn ones too."""
    found = ((row.file_name, files.content_of(row.stored, row.stored_sha256)) for row in _rows(person))
    return [(name, content) for name, content in found if content is not None]


def erase_files(person: Person) -> int:
    """Erase the files of evidence about a person, inside a command; return how many.

    The rows stay, without the file and its name: that evidence of a kind was held, and who added it.
    The files go once the change is certain; what a kill leaves behind is named by no row and is swept up.
    """
    rows = list(_rows(person))
    for row in rows:
        transaction.on_commit(partial(files.remove, row.stored))
        row.name, row.stored, row.erased_at = "", "", clock.now()
        row.save()
    return len(rows)
