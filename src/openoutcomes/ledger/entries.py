"""Journal entries: immutable, dated, balanced sets of postings, and their written form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from openoutcomes.ledger.accounts import LEGS, SCHEME, Account, account_for
from openoutcomes.ledger.lines import ClaimLine

#: What the first entry's hash follows.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Posting:
    """One amount to one account, in major units: debit positive, credit negative.

    ``line_id`` is the claim line it belongs to (empty only for investors' money).
    """

    account: Account
    amount: Decimal
    line_id: str = ""


class Share(NamedTuple):
    """One party's part of one line in one step; ``lead`` is the payer or investor."""

    line_id: str
    lead: str
    other: str
    period: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the journal. Never altered: a correction is another entry, a reversal.

    ``dated_on`` is the day it takes effect, ``recorded_on`` the day it was written down.
    ``entry_id`` is empty until the journal numbers it. ``line`` and ``as_of`` (the day the
    pricing stood at) are kept on accruals, so that a statement can be read without the result.
    """

    kind: str
    contract: str
    claim: str
    dated_on: date
    recorded_on: date
    currency: str
    postings: tuple[Posting, ...]
    reason: str = ""
    reverses: str = ""
    line: ClaimLine | None = None
    as_of: date | None = None
    entry_id: str = ""

    def leads(self) -> Iterator[Posting]:
        """Give the first posting of each share; its amount is the share's amount."""
        return iter(self.postings[::LEGS])


def postings_for(kind: str, contract: str, shares: Iterable[Share]) -> tuple[Posting, ...]:
    """Return the postings of a step for its shares, four a share, as ``SCHEME`` lays down."""
    return tuple(
        Posting(
            account_for(code, contract, share.lead, share.other, share.period),
            share.amount if sign > 0 else -share.amount,
            share.line_id,
        )
        for share in shares
        for code, sign in SCHEME[kind]
    )


def entry_hash(previous: str, entry: Entry) -> str:
    """Return the SHA-256 that chains ``entry`` to the hash before it, in hexadecimal."""
    return hashlib.sha256(f"{previous}\n{_dumps(entry_as_dict(entry))}".encode("ascii")).hexdigest()


def write_entry(entry: Entry, digest: str) -> str:
    """Return the one line of text that stores ``entry``, without the line end."""
    return _dumps({**entry_as_dict(entry), "hash": digest})


def read_entry(text: str) -> tuple[Entry, str]:
    """Read a stored line back; raises ValueError unless it is exactly what was written."""
    try:
        values = json.loads(text)
        entry, digest = entry_from_dict(values), values["hash"]
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError("not an entry") from error
    if not isinstance(digest, str) or write_entry(entry, digest) != text:
        raise ValueError("not as it was written")
    return entry, digest


def entry_as_dict(entry: Entry) -> dict[str, Any]:
    """Return an entry as JSON-ready values in a fixed order: dates ISO, money as text."""
    return {
        "entry_id": entry.entry_id,
        "kind": entry.kind,
        "contract": entry.contract,
        "claim": entry.claim,
        "dated_on": entry.dated_on.isoformat(),
        "recorded_on": entry.recorded_on.isoformat(),
        "as_of": _iso(entry.as_of),
        "currency": entry.currency,
        "reason": entry.reason,
        "reverses": entry.reverses,
        "line": None if entry.line is None else _line_as_dict(entry.line),
        "postings": [
            {
                "account": posting.account.kind,
                "party": posting.account.party,
                "counterparty": posting.account.counterparty,
                "period": posting.account.period,
                "amount": str(posting.amount),
                "line_id": posting.line_id,
            }
            for posting in entry.postings
        ],
    }


def entry_from_dict(values: Mapping[str, Any]) -> Entry:
    """Rebuild an entry; raises KeyError, TypeError, ValueError or ArithmeticError if it cannot."""
    contract, currency = str(values["contract"]), str(values["currency"])
    postings = tuple(
        Posting(
            Account(
                str(row["account"]), contract, str(row["party"]), str(row["counterparty"]), str(row["period"])
            ),
            _money(row["amount"]),
            str(row["line_id"]),
        )
        for row in values["postings"]
    )
    line = values["line"]
    return Entry(
        kind=str(values["kind"]),
        contract=contract,
        claim=str(values["claim"]),
        dated_on=date.fromisoformat(values["dated_on"]),
        recorded_on=date.fromisoformat(values["recorded_on"]),
        currency=currency,
        postings=postings,
        reason=str(values["reason"]),
        reverses=str(values["reverses"]),
        line=None if line is None else _line_from_dict(line, contract, currency),
        as_of=_day(values["as_of"]),
        entry_id=str(values["entry_id"]),
    )


def _line_as_dict(line: ClaimLine) -> dict[str, Any]:
    # Contract, currency and reason are the entry's own.
    return {
        "line_id": line.line_id,
        "achievement_id": line.achievement_id,
        "outcome": line.outcome,
        "provider_id": line.provider_id,
        "achieved_on": _iso(line.achieved_on),
        "period": line.period,
        "amount": str(line.amount),
        "payers": [{"payer": payer, "amount": str(amount)} for payer, amount in line.payers],
        "terms_version": line.terms_version,
        "adjusts": line.adjusts,
    }


def _line_from_dict(values: Mapping[str, Any], contract: str, currency: str) -> ClaimLine:
    return ClaimLine(
        contract=contract,
        line_id=str(values["line_id"]),
        achievement_id=str(values["achievement_id"]),
        outcome=str(values["outcome"]),
        provider_id=str(values["provider_id"]),
        achieved_on=_day(values["achieved_on"]),
        period=str(values["period"]),
        currency=currency,
        amount=_money(values["amount"]),
        payers=tuple((str(row["payer"]), _money(row["amount"])) for row in values["payers"]),
        terms_version=str(values["terms_version"]),
        adjusts=str(values["adjusts"]),
    )


def _money(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite():
        raise ValueError(text)
    return amount


def _dumps(values: Mapping[str, Any]) -> str:
    return json.dumps(values, separators=(",", ":"))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
