"""What can be tied: each kind of thing is found by the room it lives in, within what the seat may see.

The room has a module ``things`` with one function, ``things(access, keys)``. It returns a :class:`Thing`
for each of ``keys`` (opaque ids) that the seat may see; and where ``keys`` is nothing, those that may be
chosen for a new tie, newest first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.http import Http404

from openoutcomes.web.core.access import Access

#: Kind to the room it lives in and its name on pages, singular and plural.
KINDS: dict[str, tuple[str, str, str]] = {
    "commitment": ("agenda", "commitment", "commitments"),
    "theme": ("listening", "theme", "themes"),
    "story": ("stories", "story", "stories"),
    "barrier": ("barriers", "barrier", "barriers"),
    "trial": ("trials", "test of change", "tests of change"),
    "change": ("changes", "change to delivery", "changes to delivery"),
    "case": ("cases", "case", "cases"),
    "meeting": ("meetings", "meeting", "meetings"),
    "complaint": ("governance", "complaint", "complaints"),
}


@dataclass(frozen=True)
class Thing:
    """Something that can be tied to others: its title names nobody."""

    kind: str
    key: str
    title: str
    address: str
    state: str = ""

    @property
    def kind_words(self) -> str:
        """Return what kind of thing it is, as pages say it."""
        return KINDS[self.kind][1]


def things_of(access: Access, kind: str, keys: Iterable[str] | None) -> list[Thing]:
    """Return things of one kind that the seat may see: those named, or those to choose from."""
    name = f"openoutcomes.web.{KINDS[kind][0]}.things"
    if find_spec(name) is None:
        return []
    found: list[Thing] = import_module(name).things(access, kind, keys)
    return found


def thing_or_404(access: Access, kind: str, key: str) -> Thing:
    """Return one thing, or raise Http404 where the seat sees none such."""
    found = things_of(access, kind, [key]) if kind in KINDS else []
    if not found:
        raise Http404("No such thing")
    return found[0]
