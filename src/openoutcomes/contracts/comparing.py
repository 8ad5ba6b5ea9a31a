"""What changes between two sets of terms: in their rules, and in money on the same records."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from openoutcomes.contracts.lines import Result
from openoutcomes.contracts.reading import Document
from openoutcomes.standard.yamlnodes import Node, flat, merged

_ASIDE = ("examples",)
_AMOUNTS = ("payable", "held", "reduced", "refused")


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs; ``was`` or ``now`` is None where it is absent."""

    where: str
    was: str | None
    now: str | None

    def __str__(self) -> str:
        if self.was is None:
            return f"added    {self.where}: {self.now}"
        if self.now is None:
            return f"removed  {self.where}: {self.was}"
        return f"changed  {self.where}: {self.was} → {self.now}"


def rule_changes(before: Document, after: Document) -> list[Change]:
    """Return every value of the terms that differs, in the order of the later file; examples apart."""
    was, now = (flat(_without(document.node)) for document in (before, after))
    changes = [Change(key, was.get(key), value) for key, value in now.items() if was.get(key) != value]
    changes += [Change(key, value, None) for key, value in was.items() if key not in now]
    return changes


def _without(node: Node) -> Node:
    return replace(node, value={key: child for key, child in node.mapping.items() if key not in _ASIDE})


def through_amendment(document: Document, count: int) -> Document:
    """Return the terms with only the first ``count`` amendments of the file, as written."""
    node = document.node.mapping.get("amendments")
    if node is None:
        return document
    kept = dict(document.node.mapping)
    kept["amendments"] = replace(node, value=node.items[:count])
    if not count:
        del kept["amendments"]
    return Document(replace(document.node, value=kept), document.file)


def laid_over(document: Document, count: int) -> Document:
    """Return the terms as they read once the first ``count`` amendments are laid over them."""
    node = document.node
    amendments = node.mapping["amendments"].items if "amendments" in node.mapping else []
    plain = replace(node, value={key: child for key, child in node.mapping.items() if key != "amendments"})
    for item in amendments[:count]:
        plain = merged(plain, _at(item.mapping["changes"], ()))
    return Document(plain, document.file)


def _at(node: Node, path: tuple[str, ...]) -> Node:
    """Return the node with its path as it would be at the top of the terms."""
    if isinstance(node.value, dict):
        return replace(node, path=path, value={k: _at(child, (*path, k)) for k, child in node.value.items()})
    if isinstance(node.value, list):
        return replace(
            node, path=path, value=[_at(child, (*path, str(i))) for i, child in enumerate(node.value, 1)]
        )
    return replace(node, path=path)


@dataclass(frozen=True, slots=True)
class MoneyChange:
    """How two prices of the same records differ."""

    currency: str
    as_of: dt.date
    totals: tuple[tuple[str, Decimal, Decimal], ...]
    outcomes: tuple[tuple[str, Decimal, Decimal], ...]
    payers: tuple[tuple[str, Decimal, Decimal], ...]
    lines: tuple[dict[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the differences JSON-ready."""

        def rows(name: str, values: Iterable[tuple[str, Decimal, Decimal]]) -> list[dict[str, str]]:
            return [
                {name: key, "was": str(was), "now": str(now), "change": str(now - was)}
                for key, was, now in values
            ]

        return {
            "currency": self.currency,
            "as_of": self.as_of.isoformat(),
            "totals": rows("total", self.totals),
            "by_outcome": rows("outcome", self.outcomes),
            "by_payer": rows("payer", self.payers),
            "lines": list(self.lines),
        }


def money_changes(before: Result, after: Result) -> MoneyChange:
    """Compare two results of the same records, line by line."""
    was, now = before.totals(), after.totals()
    old = {line.line_id: line for line in before.lines}
    new = {line.line_id: line for line in after.lines}
    changed = []
    for id_ in dict.fromkeys([*new, *old]):
        a, b = old.get(id_), new.get(id_)
        sides = [(line.status, str(line.amount)) if line else ("none", "0") for line in (a, b)]
        if sides[0] != sides[1]:
            line = b or a
            changed.append(
                {
                    "line_id": id_,
                    "outcome": line.outcome if line else "",
                    "was": {"status": sides[0][0], "amount": sides[0][1]},
                    "now": {"status": sides[1][0], "amount": sides[1][1]},
                    "reason": b.reason if b else "no such line under the later terms",
                }
            )
    return MoneyChange(
        currency=after.currency,
        as_of=after.as_of,
        totals=tuple((name, was[name], now[name]) for name in ("gross", "earned", *_AMOUNTS)),
        outcomes=_pairs(before.by_outcome(), after.by_outcome(), "outcome", "payable"),
        payers=_pairs(before.by_payer(), after.by_payer(), "payer", "amount"),
        lines=tuple(changed),
    )


def _pairs(
    before: list[dict[str, Any]], after: list[dict[str, Any]], key: str, value: str
) -> tuple[tuple[str, Decimal, Decimal], ...]:
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for place, rows in ((1, after), (0, before)):
        for row in rows:
            sums[row[key]][place] += row[value]
    return tuple((name, was, now) for name, (was, now) in sums.items())
