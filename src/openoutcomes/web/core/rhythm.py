"""What a meeting should look at: each noun may say, in a module ``rhythm`` of its own.

Such a module has one function, ``signals(access, since, until)``, which returns :class:`Signal` values for
what changed or is due between two days, within what the seat may see. Agendas of meetings build themselves
from these, so that nobody has to remember what to bring.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

from openoutcomes.web.core.access import Access

#: Nouns that are asked.
NOUNS = (
    "agenda", "listening", "stories", "barriers", "trials", "changes", "meetings", "cases", "governance",
    "people", "referrals", "verification", "claims", "results",
)  # fmt: skip

#: What a signal is about: the headings of an agenda, in their order.
HEADINGS: dict[str, str] = {
    "voices": "What people told us",
    "actions": "What we said we would do",
    "barriers": "What gets in the way",
    "trials": "What we are trying",
    "results": "What the figures say",
    "changes": "What changed in delivery",
    "people": "Who needs a decision",
    "money": "Claims and payments",
    "agenda": "The shared agenda",
    "governance": "Panels, data and complaints",
}


@dataclass(frozen=True)
class Signal:
    """One thing to look at: under which heading, in words that name nobody, and where it is.

    ``kind`` and ``key`` name the thing as :mod:`openoutcomes.web.ties.kinds` does, where it can be tied.
    ``contract`` is the id of the one contract that it is about: meetings about another leave it out.
    """

    heading: Literal[
        "voices",
        "actions",
        "barriers",
        "trials",
        "results",
        "changes",
        "people",
        "money",
        "agenda",
        "governance",
    ]
    words: str
    address: str
    due: dt.date | None = None
    is_late: bool = False
    kind: str = ""
    key: str = ""
    contract: str = ""


def signals_for(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return what a meeting of a seat should look at: by heading, late things first, then by what is due."""
    found: list[Signal] = []
    for noun in NOUNS:
        name = f"openoutcomes.web.{noun}.rhythm"
        if find_spec(name) is not None:
            found += import_module(name).signals(access, since, until)
    order = list(HEADINGS)
    return sorted(
        found,
        key=lambda one: (order.index(one.heading), not one.is_late, one.due or dt.date.max, one.words),
    )


#: What a partnership does in a quarter, in order: its name, and what it asks.
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

    part: Literal["heard", "tried", "decided", "unblocked", "told"]
    count: int
    words: str
    address: str = ""


def counted_in(access: Access, first: dt.date, last: dt.date) -> dict[str, list[Counted]]:
    """Return, by part, what the rooms count between two days, both included, within what the seat may see.

    A room says it in its module ``rhythm``, with a function ``counted(access, first, last)``.
    """
    found: dict[str, list[Counted]] = {part: [] for part in PARTS}
    for noun in NOUNS:
        name = f"openoutcomes.web.{noun}.rhythm"
        if find_spec(name) is None:
            continue
        count = getattr(import_module(name), "counted", None)
        for one in count(access, first, last) if count is not None else []:
            found[one.part].append(one)
    return found
