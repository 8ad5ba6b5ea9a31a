"""How far each payer's share of each line has come: accrued, approved, paid, clawed back.

A share's *direction* is the sign of what was accrued: plus where the payer owes the
provider, minus where the provider owes the payer. A payment the other way is a return of
money, which is how a clawback is settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from openoutcomes.ledger.accounts import CLAIM_STEPS
from openoutcomes.ledger.entries import Entry
from openoutcomes.ledger.lines import ClaimLine

_NOTHING = Decimal(0)


class ShareKey(NamedTuple):
    """One payer's share of one claim line."""

    contract: str
    line_id: str
    payer: str


class Move(NamedTuple):
    """One amount of one step for one share; ``amount`` is negative when a step is reversed."""

    step: str
    key: ShareKey
    amount: Decimal
    reversed_: bool


@dataclass(slots=True)
class Position:
    """Running totals of one share, in major units, signed as the share is.

    ``paid`` counts money moved in the share's direction, ``returned`` money moved back.
    """

    direction: int = 1
    accrued: Decimal = _NOTHING
    approved: Decimal = _NOTHING
    paid: Decimal = _NOTHING
    clawed_back: Decimal = _NOTHING
    returned: Decimal = _NOTHING

    @property
    def unapproved(self) -> Decimal:
        """Return what is accrued and waits for approval."""
        return self.accrued - self.approved

    @property
    def outstanding(self) -> Decimal:
        """Return what is approved and still to be paid; against the direction, to be returned."""
        return self.approved - self.clawed_back - self.paid + self.returned

    @property
    def held(self) -> Decimal:
        """Return what has been paid and not clawed back."""
        return self.paid - self.clawed_back

    def apply(self, move: Move) -> None:
        """Add one move to the totals."""
        if move.step == "accrual":
            self.accrued += move.amount
        elif move.step == "approval":
            self.approved += move.amount
        elif move.step == "clawback":
            self.clawed_back += move.amount
        elif self._is_return(move):
            self.returned -= move.amount
        else:
            self.paid += move.amount

    def _is_return(self, move: Move) -> bool:
        as_first_made = -move.amount if move.reversed_ else move.amount
        return as_first_made * self.direction < 0


def by_id(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return entries by id, the first of each id where one is used twice."""
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(entry.entry_id, entry)
    return found


def step_of(entry: Entry, known: Mapping[str, Entry]) -> str:
    """Return the step an entry belongs to: its kind, or for a reversal what it reverses."""
    return known[entry.reverses].kind if entry.kind == "reversal" else entry.kind


def claim_moves(entry: Entry, known: Mapping[str, Entry]) -> Iterator[Move]:
    """Give the moves an entry makes on claim lines; none for investors' money."""
    step = step_of(entry, known)
    if step in CLAIM_STEPS:
        for lead in entry.leads():
            key = ShareKey(entry.contract, lead.line_id, lead.account.party)
            yield Move(step, key, lead.amount, entry.kind == "reversal")


def directions(entries: Iterable[Entry]) -> dict[ShareKey, int]:
    """Return the direction of every share that was ever accrued."""
    return {
        ShareKey(entry.contract, lead.line_id, lead.account.party): 1 if lead.amount > 0 else -1
        for entry in entries
        if entry.kind == "accrual"
        for lead in entry.leads()
    }


def positions(entries: Iterable[Entry]) -> dict[ShareKey, Position]:
    """Return the position of every share after all ``entries``, in the order first accrued."""
    listed = list(entries)
    known = by_id(listed)
    found = {key: Position(direction) for key, direction in directions(listed).items()}
    for entry in listed:
        for move in claim_moves(entry, known):
            found[move.key].apply(move)
    return found


def reversed_ids(entries: Iterable[Entry]) -> set[str]:
    """Return the ids of entries that a later entry reverses."""
    return {entry.reverses for entry in entries if entry.kind == "reversal"}


def locked_lines(entries: Iterable[Entry], contract: str) -> list[ClaimLine]:
    """Return every line ever accrued for a contract, as locked.

    A line whose accrual was reversed keeps its place, with no money in it, so that its id is
    never used again.
    """
    listed = list(entries)
    undone = reversed_ids(listed)
    return [
        _emptied(entry.line) if entry.entry_id in undone else entry.line
        for entry in listed
        if entry.kind == "accrual" and entry.contract == contract and entry.line is not None
    ]


def _emptied(line: ClaimLine) -> ClaimLine:
    return replace(line, amount=_NOTHING, payers=tuple((payer, _NOTHING) for payer, _ in line.payers))


def by_day(entries: Iterable[Entry]) -> list[Entry]:
    """Sort entries by the day they take effect; within a day they keep the order posted."""
    return sorted(entries, key=lambda entry: entry.dated_on)
