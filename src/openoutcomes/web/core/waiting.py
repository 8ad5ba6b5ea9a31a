"""What waits for a seat on its home page: each noun may say, in a module ``waiting`` of its own.

Such a module has one function, ``waiting(access)``, which returns :class:`Waiting` values for what the
seat may do something about; nothing when there is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.lists import say_count

#: Nouns in the order in which what waits is shown.
NOUNS = (
    "people", "referrals", "groups", "pathways", "budgets", "outcomes", "verification", "claims",
    "payments", "contracts", "partnerships", "administration",
    "agenda", "listening", "stories", "barriers", "trials", "changes", "meetings", "cases", "governance",
)  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits: how many, in words, where to go, and whether it is late."""

    count: int
    words: str
    address: str
    is_late: bool = False

    @property
    def shown(self) -> str:
        """How many, in words: nouns count no further than ``core.lists.up_to`` does."""
        return say_count(self.count)


def waiting_for(access: Access) -> list[Waiting]:
    """Return everything that waits for a seat, late things first."""
    found: list[Waiting] = []
    for noun in NOUNS:
        name = f"openoutcomes.web.{noun}.waiting"
        if find_spec(name) is not None:
            found += [one for one in import_module(name).waiting(access) if one.count]
    return sorted(found, key=lambda one: not one.is_late)
