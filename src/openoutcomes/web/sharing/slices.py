"""What may be shared, in plain words: groups of the standard's tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from openoutcomes.web.records.facets import FACETS

#: Group to the words on the form and the tables of the standard in it; strengths and goals come first.
GROUPS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "strengths": ("Strengths: what they have, can do and care about", ("strengths",)),
    "goals": ("Goals: what matters to them", ("goals",)),
    "needs": ("Needs", ("needs",)),
    "support": ("Support given: what was done and when", ("enrolments", "activities")),
    "measures": ("Measures: answers to questionnaires, and scores", ("measures",)),
    "outcomes": ("Outcomes reached", ("achievements",)),
    "details": ("Details: year of birth, area and what else they told you about themselves", ("people",)),
}

#: How a person may have agreed, in words that go into the record.
HOW: Final[dict[str, str]] = {
    "spoken": "They said so, face to face",
    "telephone": "They said so by telephone",
    "signed": "They signed a form",
    "message": "They wrote it in a message or email",
    "online": "They ticked it themselves, online",
}


def tables_in(groups: Iterable[str]) -> list[str]:
    """Return the tables in the groups that were ticked, sorted. Raises KeyError for a name that is no group."""
    return sorted({table for group in groups for table in GROUPS[group][1]})


def groups_in(tables: Iterable[str]) -> list[str]:
    """Return the groups of which every table is among ``tables``, in the order of the form."""
    among = set(tables)
    return [group for group, (_, inside) in GROUPS.items() if among.issuperset(inside)]


def in_words(tables: Iterable[str]) -> list[str]:
    """Say in words what is shared, for pages: groups, and single tables where a group is not whole."""
    among = set(tables)
    whole = groups_in(among)
    rest = among - {table for group in whole for table in GROUPS[group][1]}
    words = [GROUPS[group][0].partition(":")[0] for group in whole]
    return words + sorted(FACETS[table].title if table in FACETS else table for table in rest)
