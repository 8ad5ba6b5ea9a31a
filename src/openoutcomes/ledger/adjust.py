"""Differences between what was claimed before and what pricing says now.

A locked line never re-prices. What changed becomes a line of the next claim: a new line,
the change in an amount, or the whole amount taken off where a line is no longer payable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from openoutcomes.ledger.lines import ClaimLine
from openoutcomes.standard.money import format_money

_NOTHING = Decimal(0)


class Dealing(NamedTuple):
    """What must stay the same for two lines to be compared: what they price and between whom."""

    contract: str
    origin: str
    provider_id: str
    period: str
    currency: str


@dataclass(slots=True)
class _Sum:
    """Locked money of one dealing: the latest line's facts, and each payer's total."""

    line: ClaimLine
    payers: dict[str, Decimal] = field(default_factory=dict)


def dealing_of(line: ClaimLine) -> Dealing:
    """Return the dealing that a line belongs to."""
    return Dealing(line.contract, line.origin, line.provider_id, line.period, line.currency)


def adjustments(
    locked: Sequence[ClaimLine],
    repriced: Sequence[ClaimLine],
    *,
    clawed_back: Mapping[tuple[Dealing, str], Decimal] | None = None,
    part: bool = False,
) -> list[ClaimLine]:
    """Return the lines of the next claim, payer by payer, so that locked plus these is repriced.

    ``locked`` are the lines of all claims so far, ``repriced`` the whole pricing now. A line
    never claimed comes back as it is; otherwise its id is ``<line>/adj-<n>``. Where provider,
    period or currency changed, the old is taken off and the new put on. ``clawed_back`` holds,
    by dealing and payer, what was already taken back: a later reduction is met from it first.
    With ``part``, lines missing from ``repriced`` are left alone. New and changed lines come in
    the order of ``repriced``, vanished ones after, in the order of ``locked``.
    """
    sums = _sums(locked)
    used: dict[tuple[str, str], int] = {}
    for line in locked:
        used[line.contract, line.origin] = used.get((line.contract, line.origin), 0) + 1
    now = {dealing_of(line): line for line in repriced}
    origins = {(line.contract, line.origin) for line in repriced}
    gone = [key for key in sums if key not in now and (not part or (key.contract, key.origin) in origins)]
    found: list[ClaimLine] = []
    for key in (*now, *gone):
        after = now.get(key)
        before = sums[key] if after is None else sums.get(key, _Sum(after))
        change = _change(key, before, after, clawed_back or {})
        if not any(change.values()):
            continue
        count = used.get((key.contract, key.origin), 0)
        used[key.contract, key.origin] = count + 1
        if after is not None and not count:
            found.append(after)
        else:
            moved = (key.contract, key.origin) in origins
            found.append(_adjusting(key, before, after, change, count=count, moved=moved))
    return found


def _sums(locked: Iterable[ClaimLine]) -> dict[Dealing, _Sum]:
    sums: dict[Dealing, _Sum] = {}
    for line in locked:
        held = sums.setdefault(dealing_of(line), _Sum(line))
        held.line = line
        for payer, amount in line.payers:
            held.payers[payer] = held.payers.get(payer, _NOTHING) + amount
    return sums


def _change(
    key: Dealing,
    before: _Sum,
    after: ClaimLine | None,
    clawed_back: Mapping[tuple[Dealing, str], Decimal],
) -> dict[str, Decimal]:
    old = before.payers
    new = dict(after.payers) if after else {}
    return {
        payer: _difference(
            old.get(payer, _NOTHING), new.get(payer, _NOTHING), clawed_back.get((key, payer), _NOTHING)
        )
        for payer in dict.fromkeys((*new, *old))
    }


def _difference(old: Decimal, new: Decimal, taken: Decimal) -> Decimal:
    # Money already clawed back must not be taken off again when the records catch up.
    sign = -1 if old < 0 else 1
    drop = (old - new) * sign
    return new - old if drop <= 0 else -sign * max(_NOTHING, drop - taken * sign)


def _adjusting(
    key: Dealing,
    before: _Sum,
    after: ClaimLine | None,
    change: Mapping[str, Decimal],
    *,
    count: int,
    moved: bool,
) -> ClaimLine:
    was = sum(before.payers.values(), _NOTHING)
    return replace(
        after or before.line,
        line_id=f"{key.origin}/adj-{count}",
        adjusts=key.origin,
        amount=sum(change.values(), _NOTHING),
        payers=tuple((payer, amount) for payer, amount in change.items() if amount),
        reason=_why(was, after, key.currency, moved=moved),
    )


def _why(was: Decimal, after: ClaimLine | None, currency: str, *, moved: bool) -> str:
    claimed = format_money(was, currency)
    if after is None:
        change = "Now priced for another provider or period" if moved else "No longer payable"
        return f"{change}: {claimed} was claimed before."
    if after.amount == was:
        return f"Shared differently between payers: {claimed} in all, as before."
    return (
        f"Priced again: {claimed} was claimed before, {format_money(after.amount, currency)} is payable now."
    )
