"""Settling lines in order: caps, payers' shares, payers' caps.

Caps are used up by date, then the terms' order, then id. Held lines reserve their room as if
paid; refused lines do not. Room that a line does not use is left for the next.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from openoutcomes.contracts.lines import Line
from openoutcomes.contracts.tables import ByTable, Facts, NotFound, lookup
from openoutcomes.contracts.terms import Cap, Version
from openoutcomes.standard.money import allocate, format_money, from_minor, to_minor

Weights = tuple[tuple[str, Fraction], ...]
#: A cap, its amount in minor units when fixed, what has been used of it, and whether it binds.
_Bearing = tuple[Cap, int | None, dict[object, int], bool]
_NO_KEY = object()


class Till:
    """What has been used of every cap, over all versions of the terms."""

    def __init__(self, currency: str, versions: Sequence[Version]) -> None:
        self.currency = currency
        self._versions = versions
        #: For each cap by name, what has been used of it, by what it counts by.
        self._used: dict[str, dict[object, int]] = defaultdict(dict)
        self._paid_by: dict[str, int] = defaultdict(int)
        # Keyed by identity, which is quick; the values keep what is identified alive.
        self._splits: dict[tuple[int, int], tuple[Weights, tuple[int, ...]]] = {}
        self._whole: dict[
            tuple[int, int], tuple[tuple[int, ...], Weights, tuple[tuple[str, int, int], ...]]
        ] = {}
        self._caps: dict[tuple[int, str], list[_Bearing]] = {}
        self._payer_limits: dict[int, dict[str, int]] = {}
        self._said: dict[int, str] = {}

    def settle(
        self,
        line: Line,
        version: Version,
        net: int,
        weights: Weights,
        facts: Facts,
        period_day: dt.date,
    ) -> None:
        """Fill in what is payable or held of ``net`` minor units, by payer, and what caps take off.

        A negative net (a share the provider pays) is no payment, so caps do not bear on it.
        """
        room = net
        reasons: list[tuple[str, str]] = []
        taken: list[tuple[dict[object, int], object, int]] = []
        for cap, fixed, used, binds in self._bearing(version, line.outcome) if net > 0 else ():
            key = self._key(cap, line, version, period_day)
            if key is _NO_KEY:
                continue
            before = used.get(key, 0)
            if not binds:
                taken.append((used, key, before))
                continue
            limit = fixed if fixed is not None else self._limit(cap, facts)
            if isinstance(limit, NotFound):
                if limit.value is None and line.status == "payable":
                    # Nobody knows yet how much may be paid, so nothing is.
                    line.status, line.rule = "held", cap.name
                    line.reason = f"the {cap.name} cannot be worked out: {limit}"
                continue
            taken.append((used, key, before))
            left = limit - before
            if left < room:
                room = max(0, left)
                left_now = f"leaves {self._say(room)}" if room else "is used up"
                reasons.append((cap.name, f"{cap.name} of {self._say(limit)} {left_now}"))
        shares = self._split(room, weights)
        if net > 0:
            shares, weights = self._payer_caps(shares, weights, version, reasons)
            total = sum(shares)
            for used, key, before in taken:
                used[key] = before + total
        else:
            total = sum(shares)
        if total == net == line.gross_minor and not reasons and line.status == "payable":
            line.minor = total
            line.payers_minor = self._parts(weights, shares)
        else:
            self._fill(line, net, total, shares, weights, reasons)

    def _bearing(self, version: Version, outcome: str) -> list[_Bearing]:
        """Return the caps (payers' apart) that may bear on an outcome, with their amounts when fixed.

        The caps of other versions of the terms come last and do not bind: a line uses them up, so that a
        cap agreed later counts what came before it.
        """
        key = (version.number, outcome)
        found = self._caps.get(key)
        if found is None:
            own = {cap.name: (cap, True) for cap in version.caps}
            for other in self._versions:
                for cap in other.caps:
                    own.setdefault(cap.name, (cap, False))
            found = self._caps[key] = [
                (
                    cap,
                    None if isinstance(cap.amount, ByTable) else to_minor(cap.amount, self.currency),
                    self._used[cap.name],
                    binds,
                )
                for cap, binds in own.values()
                if cap.scope != "payer"
                and not (cap.scope in ("outcome", "person") and cap.only and outcome not in cap.only)
            ]
        return found

    def _parts(self, weights: Weights, shares: tuple[int, ...]) -> tuple[tuple[str, int, int], ...]:
        """Return each payer's part of a line paid in full; equal lines share one tuple."""
        key = (id(shares), id(weights))
        found = self._whole.get(key)
        if found is None:
            parts = tuple((payer, share, 0) for (payer, _), share in zip(weights, shares, strict=True))
            found = self._whole[key] = (shares, weights, parts)
        return found[2]

    def _fill(
        self,
        line: Line,
        net: int,
        total: int,
        shares: tuple[int, ...],
        weights: Weights,
        reasons: list[tuple[str, str]],
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
            line.status = "reduced"
        if total != net:
            if line.status == "reduced":
                line.rule = reasons[0][0] if reasons else line.rule
            lost = "; ".join(reason for _, reason in reasons)
            line.reason = (
                f"{line.reason}; {self._say(net - total)} lost: {lost}"
                if line.reason
                else f"{self._say(net - total)} lost: {lost}"
            )

    def _say(self, minor: int) -> str:
        found = self._said.get(minor)
        if found is None:
            found = self._said[minor] = format_money(from_minor(minor, self.currency), self.currency)
        return found

    def _key(self, cap: Cap, line: Line, version: Version, day: dt.date) -> object:
        """Return what the cap counts by for this line, or ``_NO_KEY`` when it does not bear on it."""
        if cap.days is not None:
            return None if day in cap.days else _NO_KEY
        scope = cap.scope
        if cap.period is not None:
            label = version.calendar.period(day, cap.period).label
            if scope == "person":
                return (line.person_id, label) if line.person_id is not None else _NO_KEY
            return _NO_KEY if cap.only and label not in cap.only else label
        if scope == "contract":
            return None
        if scope == "person":
            return line.person_id if line.person_id is not None else _NO_KEY
        value = {"outcome": line.outcome, "cohort": line.cohort, "provider": line.provider_id}[scope]
        return _NO_KEY if value is None or (cap.only and value not in cap.only) else value

    def _limit(self, cap: Cap, facts: Facts) -> int | NotFound:
        found = lookup(cap.amount, facts)
        return found if isinstance(found, NotFound) else to_minor(found, self.currency)

    def _split(self, total: int, weights: Weights) -> tuple[int, ...]:
        key = (total, id(weights))
        found = self._splits.get(key)
        if found is None:
            if sum(weight for _, weight in weights) == 0:
                shares = tuple(0 for _ in weights)
            else:
                shares = tuple(allocate(total, [weight for _, weight in weights]))
            found = self._splits[key] = (weights, shares)
        return found[1]

    def _payer_caps(
        self, shares: tuple[int, ...], weights: Weights, version: Version, reasons: list[tuple[str, str]]
    ) -> tuple[tuple[int, ...], Weights]:
        """Hold each payer to its cap; a payer who takes another's excess joins the line."""
        limits = self._limits_of(version)
        if not limits:
            return shares, weights
        paid = dict.fromkeys((payer for payer, _ in weights), 0)
        for (payer, _), share in zip(weights, shares, strict=True):
            self._charge(payer, share, paid, limits, version, reasons, frozenset())
        for payer, share in paid.items():
            self._paid_by[payer] += share
        joined = tuple((payer, Fraction(0)) for payer in paid if payer not in dict(weights))
        return tuple(paid.values()), weights + joined if joined else weights

    def _charge(
        self,
        payer: str,
        share: int,
        paid: dict[str, int],
        limits: dict[str, int],
        version: Version,
        reasons: list[tuple[str, str]],
        seen: frozenset[str],
    ) -> None:
        """Charge a payer up to its cap; what is over passes on where the terms say so, else is lost."""
        over = 0
        if payer in limits:
            left = max(0, limits[payer] - self._paid_by[payer] - paid.get(payer, 0))
            over = max(0, share - left)
        paid[payer] = paid.get(payer, 0) + share - over
        if not over:
            return
        to = version.excess_passes.get(payer)
        if to is None or to in seen:
            reasons.append((f"cap of {payer}", f"cap of {payer} leaves {self._say(share - over)}"))
            return
        self._charge(to, over, paid, limits, version, reasons, seen | {payer})

    def _limits_of(self, version: Version) -> dict[str, int]:
        """Return payers' caps in minor units, of one version of the terms."""
        found = self._payer_limits.get(version.number)
        if found is None:
            found = self._payer_limits[version.number] = {
                cap.only[0]: to_minor(cap.amount, self.currency)
                for cap in version.caps
                if cap.scope == "payer" and not isinstance(cap.amount, ByTable)
            }
        return found
