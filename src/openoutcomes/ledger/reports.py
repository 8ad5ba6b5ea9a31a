"""What the journal says: balances, the trial balance and statements, at any date.

Every report takes ``known_by``: leave out entries recorded after that day, to see the
accounts as they were understood then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from openoutcomes.ledger.accounts import CHART, LEGS
from openoutcomes.ledger.entries import Entry, Posting
from openoutcomes.ledger.journal import Journal, known_names
from openoutcomes.ledger.lines import ClaimLine
from openoutcomes.ledger.positions import by_day
from openoutcomes.standard.problems import InputError, Problem

_NOTHING = Decimal(0)
_PAYING = ("payer", "investor")


def _paying_side(posting: Posting) -> str:
    account = posting.account
    return account.party if account.role in _PAYING else account.counterparty


def _paid_side(posting: Posting) -> str:
    account = posting.account
    return account.counterparty if account.role in _PAYING else account.party


#: What balances can be broken down by. ``payer`` is the payer or investor of a posting in
#: anyone's books, ``provider`` the provider or borrower.
DIMENSIONS: Mapping[str, Callable[[Entry, Posting], str]] = MappingProxyType(
    {
        "contract": lambda entry, _: entry.contract,
        "party": lambda _, posting: posting.account.party,
        "payer": lambda _, posting: _paying_side(posting),
        "provider": lambda _, posting: _paid_side(posting),
        "period": lambda _, posting: posting.account.period,
        "claim": lambda entry, _: entry.claim,
        "line": lambda _, posting: posting.line_id,
    }
)


class Balance(NamedTuple):
    """One account kind's balance within ``key`` (a value for each dimension asked for).

    ``amount`` is in major units, debit positive, credit negative; never zero.
    """

    key: tuple[str, ...]
    account: str
    currency: str
    amount: Decimal


class Figures(NamedTuple):
    """Amounts in one party's books, each positive in its usual direction.

    ``waiting``: claimed, not yet approved. ``due``: approved and unpaid (for investors'
    money: drawn and not repaid). ``cash``: moved so far (paid, or received).
    """

    waiting: Decimal = _NOTHING
    due: Decimal = _NOTHING
    cash: Decimal = _NOTHING

    def plus(self, other: Figures) -> Figures:
        """Return the sum, figure by figure."""
        return Figures(self.waiting + other.waiting, self.due + other.due, self.cash + other.cash)

    @property
    def total(self) -> Decimal:
        """Return what is owed in all, approved or not."""
        return self.waiting + self.due


@dataclass(frozen=True, slots=True)
class Movement:
    """One share's part of one entry, as one party sees it; ``balance`` is the running total owed."""

    dated_on: date
    entry_id: str
    kind: str
    reverses: str
    contract: str
    claim: str
    counterparty: str
    period: str
    line_id: str
    line: ClaimLine | None
    reason: str
    change: Figures
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Section:
    """A party's account in one role and currency: opening, movements, closing."""

    role: str
    currency: str
    opening: Figures
    movements: tuple[Movement, ...]
    closing: Figures


@dataclass(frozen=True, slots=True)
class Statement:
    """A party's statement from ``start`` to ``end``, both included; open where None."""

    party: str
    start: date | None
    end: date | None
    sections: tuple[Section, ...]


def balances(
    journal: Journal,
    as_of: date | None = None,
    by: Sequence[str] = ("party",),
    *,
    contract: str = "",
    known_by: date | None = None,
) -> list[Balance]:
    """Return what stands on each account kind at the end of ``as_of``, within each key of ``by``.

    ``by`` takes names from ``DIMENSIONS``. Balances of nothing are left out. Sorted by key,
    then the order of the chart. Raises InputError for an unknown dimension.
    """
    for name in by:
        if name not in DIMENSIONS:
            mend = f"Use any of {', '.join(DIMENSIONS)}."
            raise InputError(Problem(f"Balances cannot be broken down by `{name}`.", mend, field="by"))
    _known_contract(journal, contract)
    readers = [DIMENSIONS[name] for name in by]
    sums: dict[tuple[tuple[str, ...], str, str], Decimal] = {}
    for entry in _entries(journal, as_of, known_by, contract):
        for posting in entry.postings:
            key = tuple(read(entry, posting) for read in readers), posting.account.kind, entry.currency
            sums[key] = sums.get(key, _NOTHING) + posting.amount
    order = {code: place for place, code in enumerate(CHART)}
    rows = [Balance(*key, amount) for key, amount in sums.items() if amount]
    return sorted(rows, key=lambda row: (row.key, row.currency, order[row.account]))


def trial_balance(rows: Iterable[Balance]) -> dict[str, tuple[Decimal, Decimal]]:
    """Return total debits and total credits by currency, both positive; they are always equal."""
    totals: dict[str, tuple[Decimal, Decimal]] = {}
    for row in rows:
        debit, credit = totals.get(row.currency, (_NOTHING, _NOTHING))
        totals[row.currency] = debit + max(row.amount, _NOTHING), credit + max(-row.amount, _NOTHING)
    return totals


def statement(
    journal: Journal,
    party: str,
    start: date | None = None,
    end: date | None = None,
    *,
    contract: str = "",
    known_by: date | None = None,
) -> Statement:
    """Return a party's statement: one section for each role and currency it has.

    Opening is what stood before ``start``, closing what stands after ``end``; movements are in
    order of date, then entry. Raises InputError if the journal does not know the party.
    """
    _known_contract(journal, contract)
    lines = {
        (entry.contract, entry.line.line_id): entry.line
        for entry in journal.entries
        if entry.line is not None
    }
    chosen = _entries(journal, end, known_by, contract)
    moves: dict[tuple[str, str], list[Movement]] = {}
    opening: dict[tuple[str, str], Figures] = {}
    for entry in by_day(chosen):
        for role, posting, change in _changes(entry, party):
            key = role, entry.currency
            opening.setdefault(key, Figures())
            listed = moves.setdefault(key, [])
            if start is not None and entry.dated_on < start:
                opening[key] = opening[key].plus(change)
                continue
            before = listed[-1].balance if listed else opening[key].total
            line = lines.get((entry.contract, posting.line_id))
            listed.append(_movement(entry, posting, line, change, before + change.total))
    if not opening:
        raise InputError(_no_party(journal, party))
    return Statement(
        party,
        start,
        end,
        tuple(
            Section(
                role, currency, begin, tuple(moves[role, currency]), _closing(begin, moves[role, currency])
            )
            for (role, currency), begin in opening.items()
        ),
    )


#: Which accounts make up each figure of a statement, and the sign that makes it positive.
_FIGURES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "payer.accrued": (0, -1),
        "payer.payable": (1, -1),
        "payer.cash": (2, -1),
        "provider.accrued": (0, 1),
        "provider.receivable": (1, 1),
        "provider.cash": (2, 1),
        "borrower.funds": (1, -1),
        "borrower.cash": (2, 1),
        "investor.advance": (1, 1),
        "investor.cash": (2, 1),
    }
)


def _entries(journal: Journal, as_of: date | None, known_by: date | None, contract: str) -> Iterator[Entry]:
    for entry in journal.entries:
        if (
            (as_of is None or entry.dated_on <= as_of)
            and (known_by is None or entry.recorded_on <= known_by)
            and contract in ("", entry.contract)
        ):
            yield entry


def _changes(entry: Entry, party: str) -> Iterator[tuple[str, Posting, Figures]]:
    """Give what each share of an entry changes in the books of ``party``, role by role."""
    for first in range(0, len(entry.postings), LEGS):
        found: dict[str, tuple[Posting, list[Decimal]]] = {}
        for posting in entry.postings[first : first + LEGS]:
            if posting.account.party == party:
                _, sums = found.setdefault(posting.account.role, (posting, [_NOTHING] * 3))
                if posting.account.kind in _FIGURES:
                    place, sign = _FIGURES[posting.account.kind]
                    sums[place] += sign * posting.amount
        for role, (posting, sums) in found.items():
            yield role, posting, Figures(*sums)


def _movement(
    entry: Entry, posting: Posting, line: ClaimLine | None, change: Figures, balance: Decimal
) -> Movement:
    return Movement(
        dated_on=entry.dated_on,
        entry_id=entry.entry_id,
        kind=entry.kind,
        reverses=entry.reverses,
        contract=entry.contract,
        claim=entry.claim,
        counterparty=posting.account.counterparty,
        period=posting.account.period,
        line_id=posting.line_id,
        line=line,
        reason=entry.reason,
        change=change,
        balance=balance,
    )


def _closing(opening: Figures, movements: Iterable[Movement]) -> Figures:
    figures = opening
    for movement in movements:
        figures = figures.plus(movement.change)
    return figures


def _known_contract(journal: Journal, contract: str) -> None:
    known = {entry.contract for entry in journal.entries}
    if contract and contract not in known:
        what = f"There is no contract `{contract}` here."
        raise InputError(Problem(what, known_names(sorted(known)), field="contract"))


def _no_party(journal: Journal, party: str) -> Problem:
    known = sorted({posting.account.party for entry in journal.entries for posting in entry.postings})
    what = f"There is nothing for `{party}` in that time."
    return Problem(what, known_names(known), field="party", value=party)
