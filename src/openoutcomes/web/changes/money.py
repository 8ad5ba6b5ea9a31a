"""What budget lines hold: what they began with and what moved since, with what is promised to changes that wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from openoutcomes.web.changes.models import BudgetLine, Change, Move

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Wanted:
    """Money that somebody wants to move: no source means new money, no target means given back."""

    source: BudgetLine | None
    target: BudgetLine | None
    amount: Decimal


@dataclass
class Holds:
    """What a line holds now, and what of it is promised to changes that wait for agreement."""

    line: BudgetLine
    amount: Decimal
    promised: Decimal = _NOTHING

    @property
    def free(self) -> Decimal:
        """Return what can still be moved."""
        return self.amount - self.promised


def holds(lines: Sequence[BudgetLine], *, without: Change | None = None) -> dict[int, Holds]:
    """Return what lines hold, by primary key: one query, however many. ``without`` leaves one change's moves out."""
    found = {line.pk: Holds(line, line.opening) for line in lines}
    if not found:
        return found
    rows = (
        Move.of(lines[0].partnership)
        .filter(number=F("change__number"), change__state__in=(*Change.HOLDS, "proposed", "objected"))
        .select_related("change")
    )
    if without is not None:
        rows = rows.exclude(change=without)
    for move in rows.filter(source__in=found) | rows.filter(target__in=found):
        is_waiting = move.change.state not in Change.HOLDS
        source, target = found.get(move.source_id or 0), found.get(move.target_id or 0)
        if source is not None and is_waiting:
            source.promised += move.amount
        elif source is not None:
            source.amount -= move.amount
        if target is not None and not is_waiting:
            target.amount += move.amount
    return found


def total_change(moves: Iterable[Wanted]) -> Decimal:
    """Return by how much moves change the total of all lines: new money less what is given back."""
    found = _NOTHING
    for move in moves:
        if move.source is None:
            found += move.amount
        elif move.target is None:
            found -= move.amount
    return found


def moves_of(change: Change) -> list[Move]:
    """Return the money that a change moves as it reads now."""
    rows = Move.of(change.partnership).filter(change=change, number=change.number)
    return list(rows.select_related("source__programme", "target__programme"))


def said(move: Move | Wanted) -> str:
    """Say a move in words, for entries and the log."""
    source = str(move.source) if move.source else "new money"
    target = str(move.target) if move.target else "given back"
    return (
        f"£{move.amount:,.2f} from {source} to {target}"
        if move.target
        else f"£{move.amount:,.2f} of {source} {target}"
    )
