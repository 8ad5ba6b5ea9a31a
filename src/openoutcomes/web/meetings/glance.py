"""The quarter at a glance: what was heard, tried, decided, unblocked and told, counted with where to read it.

Each room may say what it counts, in its module ``rhythm``, with a function ``counted(access, first, last)`` that
returns :class:`Counted` values; nothing is counted twice, and nothing that the seat may not see.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.rhythm import NOUNS

#: What a partnership does in a quarter, in order, with what each asks.
PARTS: dict[str, tuple[str, str]] = {
    "heard": ("Heard", "What did people tell us?"),
    "tried": ("Tried", "What did we try, and what came of it?"),
    "decided": ("Decided", "What did we decide, and did we do it?"),
    "unblocked": ("Unblocked", "What got in the way, and what was moved?"),
    "told": ("Told", "Whom did we tell what came of what they said?"),
}


@dataclass(frozen=True)
class Counted:
    """How many of one kind there were in a quarter, in words after the number, and where they are read."""

    part: str
    count: int
    words: str
    address: str = ""


def glance(access: Access, first: dt.date, last: dt.date) -> list[tuple[str, str, list[Counted]]]:
    """Return each part with what the rooms counted between two days, both included."""
    found: dict[str, list[Counted]] = {part: [] for part in PARTS}
    for noun in NOUNS:
        name = f"openoutcomes.web.{noun}.rhythm"
        if find_spec(name) is None:
            continue
        count = getattr(import_module(name), "counted", None)
        for one in count(access, first, last) if count is not None else []:
            found[one.part].append(one)
    return [(*PARTS[part], rows) for part, rows in found.items()]
