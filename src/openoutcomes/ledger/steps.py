"""The verbs: each reads a journal and returns the entries that would carry it out.

Nothing here changes a journal; :meth:`Journal.post` does, after checking. Every verb raises
InputError when what is asked makes no sense (an unknown claim, more than is outstanding).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction

from openoutcomes.ledger.adjust import Dealing, adjustments, dealing_of
from openoutcomes.ledger.checks import say
from openoutcomes.ledger.entries import Entry, Posting, Share, postings_for
from openoutcomes.ledger.journal import Journal, known_names
from openoutcomes.ledger.lines import ClaimLine, bad_currency
from openoutcomes.ledger.positions import Position, ShareKey, locked_lines, positions, reversed_ids
from openoutcomes.standard.money import allocate, format_money, from_minor, to_minor
from openoutcomes.standard.problems import InputError, Problem

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class When:
    """The day an entry takes effect and the day it is written down."""

    dated_on: date
    recorded_on: date


@dataclass(frozen=True, slots=True)
class _ClaimShare:
    """One payer's share of a claim's line, with where it stands."""

    line: ClaimLine
    payer: str
    position: Position


def post_claim(
    journal: Journal,
    lines: Sequence[ClaimLine],
    *,
    contract: str,
    claim: str,
    when: When,
    as_of: date | None = None,
    part: bool = False,
) -> list[Entry]:
    """Accrue a claim: one entry a line, for what ``lines`` add to all claims so far.

    ``lines`` is the contract's whole pricing (or, with ``part``, some of it). Returns no
    entries when nothing differs from what the journal holds. Raises InputError when the
    claim is locked, or the pricing stands at an earlier day than one already posted.
    """
    new = adjustments(
        locked_lines(journal.entries, contract), lines, clawed_back=_clawed_back(journal, contract), part=part
    )
    if not new:
        return []
    problems = [*_locked(journal, contract, claim), *_older(journal, contract, as_of)]
    problems += [_misplaced(line) for line in new if line.contract != contract]
    if problems:
        raise InputError(problems)
    return [
        Entry(
            kind="accrual",
            contract=contract,
            claim=claim,
            dated_on=when.dated_on,
            recorded_on=when.recorded_on,
            currency=line.currency,
            postings=postings_for("accrual", contract, _line_shares(line)),
            reason=line.reason,
            line=replace(line, reason=""),
            as_of=as_of,
        )
        for line in new
    ]


def approve(
    journal: Journal,
    *,
    claim: str,
    when: When,
    contract: str = "",
    payer: str = "",
    lines: Collection[str] = (),
    reason: str = "",
) -> list[Entry]:
    """Approve what a claim has accrued: one entry a line, for all payers or one."""
    chosen = _claim_shares(journal, claim, contract, payer, lines)
    by_line: dict[str, list[_ClaimShare]] = {}
    for share in chosen:
        if share.position.unapproved:
            by_line.setdefault(share.line.line_id, []).append(share)
    return [
        _claim_entry(
            "approval", claim, when, reason, [(share, share.position.unapproved) for share in shares]
        )
        for shares in by_line.values()
    ]


def pay(
    journal: Journal,
    *,
    claim: str,
    payer: str,
    when: When,
    amount: Decimal | None = None,
    contract: str = "",
    reason: str = "",
) -> list[Entry]:
    """Pay what one payer has approved of a claim, or ``amount`` of it: one entry a provider.

    A part payment first nets off what is due back, then pays the oldest lines first (by
    achieved_on, then line id). Where more is due back than owed, the money moves from the
    provider to the payer and ``amount`` is negative. Raises InputError beyond what is outstanding.
    """
    chosen = _claim_shares(journal, claim, contract, payer)
    due = [share.position.outstanding for share in chosen]
    parts = _part(chosen, due, amount, "approved and unpaid")
    return _by_provider("payment", claim, when, reason, zip(chosen, parts, strict=True))


def clawback(
    journal: Journal,
    *,
    claim: str,
    when: When,
    reason: str,
    amount: Decimal | None = None,
    contract: str = "",
    payer: str = "",
    lines: Collection[str] = (),
) -> list[Entry]:
    """Take back money paid on a claim, all or ``amount`` of it: one entry a provider.

    An amount is shared between payers in proportion to what each has paid and not taken
    back, to the penny, then taken from the oldest lines first. The money itself comes back
    with :func:`pay`. Raises InputError beyond what was paid.
    """
    chosen = [
        share
        for share in _claim_shares(journal, claim, contract, payer, lines)
        if share.position.direction > 0
    ]
    held = [share.position.held for share in chosen]
    whole = _part(chosen, held, amount, "paid and not yet taken back")
    if amount is not None:
        whole = _between_payers(chosen, held, amount)
    return _by_provider("clawback", claim, when, reason, zip(chosen, whole, strict=True))


def reverse(journal: Journal, entry_id: str, *, when: When, reason: str) -> Entry:
    """Return the entry that undoes another, equal and opposite; raises InputError if unknown."""
    found = next((entry for entry in journal.entries if entry.entry_id == entry_id), None)
    if found is None:
        raise InputError(_unknown("entry", entry_id, [entry.entry_id for entry in journal.entries]))
    return replace(
        found,
        kind="reversal",
        dated_on=when.dated_on,
        recorded_on=when.recorded_on,
        postings=tuple(Posting(post.account, -post.amount, post.line_id) for post in found.postings),
        reason=reason,
        reverses=entry_id,
        line=None,
        as_of=None,
    )


def invest(
    kind: str,
    *,
    contract: str,
    investor: str,
    borrower: str,
    amount: Decimal,
    currency: str,
    when: When,
    reason: str = "",
) -> Entry:
    """Return a ``drawdown``, ``repayment`` or ``return`` between investor and borrower.

    ``amount`` is in major units and above nothing, or InputError is raised.
    """
    if found := bad_currency(currency):
        raise InputError(found)
    if amount <= 0:
        raise InputError(Problem(f"{amount} is not above nothing.", "Give the sum moved.", field="amount"))
    share = Share("", investor, borrower, "", amount)
    return Entry(
        kind=kind,
        contract=contract,
        claim="",
        dated_on=when.dated_on,
        recorded_on=when.recorded_on,
        currency=currency,
        postings=postings_for(kind, contract, [share]),
        reason=reason,
    )


def share_out(amounts: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    """Meet ``total`` from ``amounts`` in order, each in full until it runs out.

    Amounts of the other sign are taken in full first, since they free that much more.
    ``total`` must lie between nothing and the sum; the parts then sum to it exactly.
    """
    sign = -1 if sum(amounts, _NOTHING) < 0 else 1
    left = total - sum((amount for amount in amounts if amount * sign < 0), _NOTHING)
    parts = []
    for amount in amounts:
        part = amount if amount * sign < 0 else sign * min(abs(amount), abs(left))
        left -= part if amount * sign > 0 else _NOTHING
        parts.append(part)
    return parts


def _line_shares(line: ClaimLine) -> list[Share]:
    return [
        Share(line.line_id, payer, line.provider_id, line.period, amount)
        for payer, amount in line.payers
        if amount
    ]


def _claim_entry(
    kind: str, claim: str, when: When, reason: str, parts: Sequence[tuple[_ClaimShare, Decimal]]
) -> Entry:
    line = parts[0][0].line
    shares = [
        Share(share.line.line_id, share.payer, share.line.provider_id, share.line.period, amount)
        for share, amount in parts
    ]
    return Entry(
        kind=kind,
        contract=line.contract,
        claim=claim,
        dated_on=when.dated_on,
        recorded_on=when.recorded_on,
        currency=line.currency,
        postings=postings_for(kind, line.contract, shares),
        reason=reason,
    )


def _by_provider(
    kind: str, claim: str, when: When, reason: str, parts: Iterable[tuple[_ClaimShare, Decimal]]
) -> list[Entry]:
    groups: dict[str, list[tuple[_ClaimShare, Decimal]]] = {}
    for share, amount in parts:
        if amount:
            groups.setdefault(share.line.provider_id, []).append((share, amount))
    return [_claim_entry(kind, claim, when, reason, group) for group in groups.values()]


def _part(
    chosen: Sequence[_ClaimShare], limits: Sequence[Decimal], amount: Decimal | None, what: str
) -> list[Decimal]:
    """Return the part of each share to move, or all of it; raises InputError beyond the limit."""
    if amount is None:
        return list(limits)
    most = sum(limits, _NOTHING)
    if not most:
        raise InputError(
            Problem(f"Nothing is {what}.", "See where the claim stands: `balances`.", field="amount")
        )
    if amount * most <= 0 or abs(amount) > abs(most):
        currency = chosen[0].line.currency
        said = f"{format_money(amount, currency)} is not within the {format_money(most, currency)} {what}."
        raise InputError(Problem(said, "Give an amount up to that, with the same sign.", field="amount"))
    return share_out(limits, amount)


def _between_payers(chosen: Sequence[_ClaimShare], held: Sequence[Decimal], amount: Decimal) -> list[Decimal]:
    currency = chosen[0].line.currency
    totals: dict[str, Decimal] = {}
    for share, most in zip(chosen, held, strict=True):
        totals[share.payer] = totals.get(share.payer, _NOTHING) + most
    weights = [Fraction(total) for total in totals.values()]
    parts = dict(zip(totals, allocate(to_minor(amount, currency), weights), strict=True))
    taken: dict[str, list[Decimal]] = {
        payer: share_out(
            [most for share, most in zip(chosen, held, strict=True) if share.payer == payer],
            from_minor(part, currency),
        )
        for payer, part in parts.items()
    }
    return [taken[share.payer].pop(0) for share in chosen]


def _claim_shares(
    journal: Journal, claim: str, contract: str, payer: str = "", lines: Collection[str] = ()
) -> list[_ClaimShare]:
    """Return a claim's shares in effect, oldest first; raises InputError for unknown names."""
    undone = reversed_ids(journal.entries)
    accruals = [entry for entry in journal.entries if entry.kind == "accrual"]
    _need("claim", claim, {entry.claim for entry in accruals})
    accruals = [entry for entry in accruals if entry.claim == claim and entry.entry_id not in undone]
    contracts = {entry.contract for entry in accruals}
    if contract:
        _need("contract", contract, contracts)
    elif len(contracts) > 1:
        what = f"Claim {claim} is in several contracts: {', '.join(sorted(contracts))}."
        raise InputError(Problem(what, "Say which with --contract.", field="contract"))
    standing = positions(journal.entries)
    shares = [
        _ClaimShare(line, name, standing[ShareKey(line.contract, line.line_id, name)])
        for entry in accruals
        if (line := entry.line) is not None and contract in ("", line.contract)
        for name, amount in line.payers
        if amount
    ]
    if payer:
        _need("payer", payer, {share.payer for share in shares})
    for line_id in lines:
        _need("line", line_id, {share.line.line_id for share in shares})
    kept = [
        share for share in shares if payer in ("", share.payer) and (not lines or share.line.line_id in lines)
    ]
    return sorted(kept, key=lambda share: (share.line.achieved_on or date.min, share.line.line_id))


def _clawed_back(journal: Journal, contract: str) -> dict[tuple[Dealing, str], Decimal]:
    standing = positions(journal.entries)
    found: dict[tuple[Dealing, str], Decimal] = {}
    for line in locked_lines(journal.entries, contract):
        for payer, _ in line.payers:
            position = standing.get(ShareKey(contract, line.line_id, payer))
            if position is not None and position.clawed_back:
                key = dealing_of(line), payer
                found[key] = found.get(key, _NOTHING) + position.clawed_back
    return found


def _locked(journal: Journal, contract: str, claim: str) -> list[Problem]:
    undone = reversed_ids(journal.entries)
    if any(
        entry.kind == "accrual"
        and (entry.contract, entry.claim) == (contract, claim)
        and entry.entry_id not in undone
        for entry in journal.entries
    ):
        what = f"Claim {claim} is already posted and its lines are locked; this pricing differs from it."
        return [Problem(what, "Post the difference under a new claim id.", field="claim", value=claim)]
    return []


def _older(journal: Journal, contract: str, as_of: date | None) -> list[Problem]:
    undone = reversed_ids(journal.entries)
    days = [
        entry.as_of
        for entry in journal.entries
        if entry.as_of and entry.contract == contract and entry.entry_id not in undone
    ]
    if as_of and days and as_of < max(days):
        what = f"This pricing stands at {say(as_of)}, but one at {say(max(days))} is already posted."
        return [Problem(what, "Price the contract again at a later day.", field="as_of")]
    return []


def _misplaced(line: ClaimLine) -> Problem:
    what = f"Line {line.line_id} belongs to contract {line.contract}."
    return Problem(what, "Post each contract's pricing by itself.", field="contract")


def _need(name: str, value: str, known: Iterable[str]) -> None:
    names = sorted(known)
    if value not in names:
        raise InputError(_unknown(name, value, names))


def _unknown(name: str, value: str, known: Sequence[str]) -> Problem:
    lowered = {name.lower(): name for name in known}
    close = get_close_matches(value.lower(), lowered, n=1)
    mend = f"Did you mean {lowered[close[0]]}?" if close else known_names(known, none="The journal has none.")
    return Problem(f"There is no {name} `{value}` here.", mend, field=name, value=value)
