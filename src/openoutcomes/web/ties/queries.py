"""What is tied to a thing."""

from __future__ import annotations

from django.db.models import Q

from openoutcomes.web.core.access import Access
from openoutcomes.web.ties.kinds import KINDS, Thing, things_of
from openoutcomes.web.ties.models import Tie


def tied_to(access: Access, kind: str, key: str) -> list[Thing]:
    """Return what is tied to a thing and visible to the seat, by kind: one query a kind, however many."""
    rows = Tie.of(access.partnership).filter(
        Q(one_kind=kind, one_key=key) | Q(other_kind=kind, other_key=key)
    )
    keys: dict[str, list[str]] = {}
    for one_kind, one_key, other_kind, other_key in rows.values_list(
        "one_kind", "one_key", "other_kind", "other_key"
    ):
        there = (other_kind, other_key) if (one_kind, one_key) == (kind, key) else (one_kind, one_key)
        keys.setdefault(there[0], []).append(there[1])
    return [thing for name in KINDS if name in keys for thing in things_of(access, name, keys[name])]


def keys_tied(access: Access, kind: str, to: str) -> set[str]:
    """Return the keys of all things of ``kind`` that are tied to any thing of kind ``to``: for lists."""
    rows = Tie.of(access.partnership)
    found = set(rows.filter(one_kind=kind, other_kind=to).values_list("one_key", flat=True))
    return found | set(rows.filter(other_kind=kind, one_kind=to).values_list("other_key", flat=True))
