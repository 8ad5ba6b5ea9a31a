"""Tying things together, and undoing it."""

from __future__ import annotations

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.ties.kinds import Thing
from openoutcomes.web.ties.models import Tie


def _ordered(one: Thing, other: Thing) -> dict[str, str]:
    first, second = sorted((one, other), key=lambda thing: (thing.kind, thing.key))
    return {
        "one_kind": first.kind,
        "one_key": first.key,
        "other_kind": second.kind,
        "other_key": second.key,
    }


@command
def tie(by: Access, *, one: Thing, other: Thing) -> Tie:
    """Tie two things together; doing it again changes nothing."""
    by.require("ties.manage")
    if (one.kind, one.key) == (other.kind, other.key):
        raise refuse("a thing cannot be tied to itself", "Choose another.", "other")
    made, _ = Tie.objects.get_or_create(
        partnership=by.partnership, **_ordered(one, other), defaults={"tied_by": by.user}
    )
    note(by, "ties.tie", made, detail=_ordered(one, other))
    return made  # type: ignore[no-any-return]


@command
def untie(by: Access, *, one: Thing, other: Thing) -> None:
    """Undo a tie; where there is none, nothing changes."""
    by.require("ties.manage")
    found = Tie.objects.filter(**_ordered(one, other)).first()
    if found is None:
        raise refuse("these two are not tied", "Open the page again.")
    note(by, "ties.untie", found, detail=_ordered(one, other))
    found.delete()
