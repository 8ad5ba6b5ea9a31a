"""Erasing what budgets say in words about a person; the amounts stay."""

from __future__ import annotations

from openoutcomes.web.budgets.models import BudgetRequest
from openoutcomes.web.people.models import Person


def erase_words(person: Person) -> int:
    """Blank what was asked for and why it was declined, inside a command; return how many requests changed."""
    rows = list(BudgetRequest.of(person.partnership).filter(person=person))
    for row in rows:
        row.what_for, row.why_declined = "", ""
        row.save(update_fields=["what_for", "why_declined"])
    return len(rows)
