"""Settling lines in order: caps, payers' shares, payers' caps.

Caps are used up by date, then the terms' order, then id. Held lines reserve their room as if
paid; refused lines do not. Room that a line does not use is left for the next.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from fractions import Fraction

from openoutcomes.contracts.lines import Line
from openoutcomes.contracts.tables import ByTable, Facts, NotFound
from openoutcomes.contracts.terms import Cap, Version
from openoutcomes.standard.money import allocate, format_money, from_minor, to_minor

Weights = tuple[tuple[str, Fraction], ...]


class Till:
    """What has been used of every cap, over all versions of the terms."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self._used: dict[tuple[str, object], int] = defaultdict(int)
        self._paid_by: dict[str, int] = defaultdict(int)
        self._splits: dict[tuple[int, Weights], tuple[int, ...]] = {}
        self._limits: dict[int, int] = {}

    def settle(
        self,
        line: Line,
        version: Version,
        net: int,
        weights: Weights,
        facts: Facts | None,
        period_day: dt.date,
    ) -> None:
        """Fill in what is payable or held of ``net`` minor units, by payer, and what caps take off.

        A negative net (a share the provider pays) is no payment, so caps do not bear on it.
        """
        room = net
        reasons: list[str] = []
        keys: list[tuple[str, object]] = []
        if net > 0:
            for cap in version.caps:
                if cap.scope == "payer":
                    continue
                key = self._key(cap, line, version, period_day)
                if key is None:
                    continue
                limit = self._limit(cap, facts)
                if isinstance(limit, NotFound):
                    reasons.append(f"the {cap.name} was not applied: {limit}")
                    continue
                keys.append(key)
                left = max(0, limit - self._used[key])
                if left < room:
                    reasons.append(
                        f"{cap.name} of {self._say(limit)} {'is used up' if left == 0 else f'leaves {self._say(left)}'}"
                    )
                    room = left
        shares = self._split(room, weights)
        if net > 0:
            shares = self._payer_caps(shares, weights, version, reasons)
        total = sum(shares)
        for key in keys:
            self._used[key] += total
        self._fill(line, net, total, shares, weights, reasons)

    def _fill(
        self, line: Line, net: int, total: int, shares: tuple[int, ...], weights: Weights, reasons: list[str]
    ) -> None:
        line.reduced_minor = line.gross_minor - total
        if line.status == "held":
            line.held_minor = total
            line.payers_minor = tuple(
                (payer, 0, share) for (payer, _), share in zip(weights, shares, strict=True)
            )
        else:
            line.minor = total
            line.payers_minor = tuple(
                (payer, share, 0) for (payer, _), share in zip(weights, shares, strict=True)
            )
            if line.reduced_minor:
                line.status = "reduced"
        if total != net:
            if line.status == "reduced":
                line.rule = reasons[0].split(" of ")[0] if reasons else line.rule
            lost = "; ".join(reasons)
            line.reason = (
                f"{line.reason}; {self._say(net - total)} lost: {lost}"
                if line.reason
                else f"{self._say(net - total)} lost: {lost}"
            )
        elif reasons:
            line.reason = f"{line.reason}; {'; '.join(reasons)}"

    def _say(self, minor: int) -> str:
        return format_money(from_minor(minor, self.currency), self.currency)

    def _key(self, cap: Cap, line: Line, version: Version, day: dt.date) -> tuple[str, object] | None:
        """Return what the cap counts by for this line, or None when it does not bear on it."""
        if cap.days is not None:
            return (cap.name, None) if day in cap.days else None
        if cap.period is not None:
            label = version.calendar.period(day, cap.period).label
            return None if cap.only and label not in cap.only else (cap.name, label)
        scope = cap.scope
        if scope == "contract":
            return (cap.name, None)
        if scope == "person":
            return (cap.name, line.person_id) if line.person_id is not None else None
        value = {"outcome": line.outcome, "cohort": line.cohort, "provider": line.provider_id}[scope]
        if value is None or (cap.only and value not in cap.only):
            return None
        return (cap.name, value)

    def _limit(self, cap: Cap, facts: Facts | None) -> int | NotFound:
        if isinstance(cap.amount, ByTable):
            if facts is None:
                return NotFound(cap.amount.dimension, None)
            found = cap.amount.lookup(facts)
            return found if isinstance(found, NotFound) else to_minor(found, self.currency)
        limit = self._limits.get(id(cap))
        if limit is None:
            limit = self._limits[id(cap)] = to_minor(cap.amount, self.currency)
        return limit

    def _split(self, total: int, weights: Weights) -> tuple[int, ...]:
        key = (total, weights)
        found = self._splits.get(key)
        if found is None:
            if sum(weight for _, weight in weights) == 0:
                found = tuple(0 for _ in weights)
            else:
                found = tuple(allocate(total, [weight for _, weight in weights]))
            if len(self._splits) < 100_000:
                self._splits[key] = found
        return found

    def _payer_caps(
        self, shares: tuple[int, ...], weights: Weights, version: Version, reasons: list[str]
    ) -> tuple[int, ...]:
        limits = {cap.only[0]: cap for cap in version.caps if cap.scope == "payer"}
        if not limits:
            return shares
        paid = dict.fromkeys((payer for payer, _ in weights), 0)
        for (payer, _), share in zip(weights, shares, strict=True):
            self._charge(payer, share, paid, limits, version, reasons, frozenset())
        for payer, share in paid.items():
            self._paid_by[payer] += share
        return tuple(paid[payer] for payer, _ in weights)

    def _charge(
        self,
        payer: str,
        share: int,
        paid: dict[str, int],
        limits: dict[str, Cap],
        version: Version,
        reasons: list[str],
        seen: frozenset[str],
    ) -> None:
        """Charge a payer up to its cap; what is over passes on where the terms say so, else is lost."""
        cap = limits.get(payer)
        over = 0
        if cap is not None:
            limit = self._limit(cap, None)
            left = max(
                0, (limit if isinstance(limit, int) else 0) - self._paid_by[payer] - paid.get(payer, 0)
            )
            over = max(0, share - left)
        paid[payer] = paid.get(payer, 0) + share - over
        if not over:
            return
        to = version.excess_passes.get(payer)
        if to is None or to in seen or to not in paid:
            reasons.append(f"{cap.name if cap else payer} leaves {self._say(share - over)}")
            return
        self._charge(to, over, paid, limits, version, reasons, seen | {payer})
