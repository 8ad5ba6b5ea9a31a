"""Locked claims never re-price: what differs later becomes adjustment lines of the next claim."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from openoutcomes.contracts.lines import Line, Result
from openoutcomes.standard.problems import InputError, Problem


@dataclass(slots=True)
class Locked:
    """What earlier claims paid: by line, the amount, each payer's part and the line as last written."""

    contract: str
    currency: str
    as_of: str
    lines: dict[str, tuple[Decimal, dict[str, Decimal], Mapping[str, Any]]]


def read_locked(paths: Sequence[Path]) -> Locked:
    """Read earlier JSON results, and adjustments to them, as locked claims that add up.

    Raises InputError when a file is not one, or they are of different contracts.
    """
    locked: Locked | None = None
    for path in paths:
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if locked is None:
                locked = Locked(found["contract"], found["currency"], found["as_of"], {})
            if (locked.contract, locked.currency) != (found["contract"], found["currency"]):
                what = f"this claim is of {found['contract']} in {found['currency']}, and an earlier one is of {locked.contract}."
                raise InputError(Problem(what=what, mend="Give claims of one contract.", file=str(path)))
            locked.as_of = max(locked.as_of, found["as_of"])
            for line in found["lines"]:
                _lock(locked, line)
        except FileNotFoundError:
            raise InputError(
                Problem(what="there is no such file.", mend="Check the path.", file=str(path))
            ) from None
        except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, InvalidOperation):
            what = "this is not a result of pricing in JSON."
            mend = "Make one with: openoutcomes contract price … --format json --out FILE"
            raise InputError(Problem(what=what, mend=mend, file=str(path))) from None
    if locked is None:
        raise ValueError("at least one locked claim is needed")
    return locked


def _lock(locked: Locked, line: Mapping[str, Any]) -> None:
    line_id = line.get("adjusts") or line["line_id"]
    amount, payers, _ = locked.lines.get(line_id, (Decimal(0), {}, line))
    payers = dict(payers)
    for part in line["payers"]:
        payers[part["payer"]] = payers.get(part["payer"], Decimal(0)) + Decimal(part["amount"])
    locked.lines[line_id] = (amount + Decimal(line["amount"]), payers, line)


def adjustments(locked: Locked, result: Result) -> dict[str, Any]:
    """Return what a new price adds to or takes from a locked claim, line by line and payer by payer.

    A line that is new is paid in full; one that changed is adjusted by the difference; one that
    is gone is taken back. Raises InputError when the claim is of another contract or currency.
    """
    if (locked.contract, locked.currency) != (result.contract, result.currency):
        what = f"the locked claim is of {locked.contract} in {locked.currency}, not {result.contract} in {result.currency}."
        raise InputError(Problem(what=what, mend="Give the claim of the same contract."))
    rows = []
    now = {line.line_id: line for line in result.lines}
    for line_id in dict.fromkeys([*now, *locked.lines]):
        row = _adjust(line_id, locked.lines.get(line_id), now.get(line_id), result.as_of.isoformat())
        if row is not None:
            rows.append(row)
    owed: dict[str, Decimal] = dict.fromkeys(result.payers, Decimal(0))
    for row in rows:
        for part in row["payers"]:
            owed[part["payer"]] = owed.get(part["payer"], Decimal(0)) + part["amount"]
    return {
        "contract": result.contract,
        "name": result.name,
        "as_of": result.as_of,
        "locked_as_of": locked.as_of,
        "currency": result.currency,
        "totals": {"payable": sum((row["amount"] for row in rows), Decimal(0))},
        "by_payer": [{"payer": payer, "amount": amount} for payer, amount in owed.items()],
        "lines": rows,
    }


def _adjust(
    line_id: str,
    before: tuple[Decimal, dict[str, Decimal], Mapping[str, Any]] | None,
    now: Line | None,
    as_of: str,
) -> dict[str, Any] | None:
    was, was_payers, old = before or (Decimal(0), {}, {})
    new = now.as_dict() if now is not None else {}
    amount = (now.amount if now is not None else Decimal(0)) - was
    new_payers = {p["payer"]: Decimal(p["amount"]) for p in new.get("payers", [])}
    parts = [
        {"payer": payer, "amount": change}
        for payer in dict.fromkeys([*new_payers, *was_payers])
        if (change := new_payers.get(payer, Decimal(0)) - was_payers.get(payer, Decimal(0)))
    ]
    if not amount and not parts:
        return None
    kind = "new line" if before is None else ("adjustment" if now is not None else "taken back")
    base = new or old
    keys = (
        "achievement_id",
        "person_id",
        "enrolment_id",
        "provider_id",
        "outcome",
        "achieved_on",
        "period",
        "cohort",
        "terms_version",
    )
    return {
        "line_id": line_id if before is None else f"{line_id}:adjustment:{as_of}",
        **{key: base.get(key) for key in keys},
        "adjusts": None if before is None else line_id,
        "kind": kind,
        "was": was,
        "amount": amount,
        "reason": new.get("reason") or "the record is no longer there",
        "payers": parts,
    }
