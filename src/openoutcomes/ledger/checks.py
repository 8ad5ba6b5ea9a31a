"""What must hold in every journal, as small functions that return problems.

Entry checks look at one entry alone; they come first, because the others rely on an
entry's shape. Journal checks look at entries together, day by day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from openoutcomes.ledger.accounts import CHART, KINDS, LEGS, SCHEME
from openoutcomes.ledger.entries import Entry, Share, postings_for
from openoutcomes.ledger.positions import (
    Position,
    ShareKey,
    by_day,
    by_id,
    claim_moves,
    directions,
    step_of,
)
from openoutcomes.standard.money import format_money, quantize
from openoutcomes.standard.problems import Problem

EntryCheck = Callable[[Entry], Iterable[Problem]]
JournalCheck = Callable[[Sequence[Entry]], Iterable[Problem]]

#: Codes of the problems of a step that runs ahead of the one before it.
STAGES = ("approved", "paid", "clawed-back", "returned", "repaid")


def entry_number(position: int) -> str:
    """Return the id of the entry at ``position`` in the journal (from 1): ``E000001``."""
    return f"E{position:06d}"


def check_entry(entry: Entry) -> list[Problem]:
    """Return every problem of one entry taken alone."""
    return [problem for check in ENTRY_CHECKS for problem in check(entry)]


def check_entries(entries: Sequence[Entry]) -> list[Problem]:
    """Return every problem of a whole journal's entries, in order.

    Entries are checked together only once each is sound by itself.
    """
    alone = [problem for entry in entries for problem in check_entry(entry)]
    if alone:
        return alone
    linked = [problem for check in LINK_CHECKS for problem in check(entries)]
    return linked or [problem for check in STAGE_CHECKS for problem in check(entries)]


def has_known_kind(entry: Entry) -> Iterator[Problem]:
    """Check that the kind is one of the eight."""
    if entry.kind not in KINDS:
        yield _problem(
            entry, "kind", f"`{entry.kind}` is not a kind of entry.", f"Use one of {', '.join(KINDS)}."
        )


def balances(entry: Entry) -> Iterator[Problem]:
    """Check that debits equal credits, in the books of each party and so in total."""
    if not entry.postings:
        yield _problem(entry, "unbalanced", "has no postings.", "An entry needs at least two.")
    sums: dict[tuple[str, str], Decimal] = {}
    for posting in entry.postings:
        books = (posting.account.party, posting.account.role)
        sums[books] = sums.get(books, Decimal(0)) + posting.amount
    for (party, _), left in sums.items():
        if left:
            what = f"is out of balance by {format_money(left, entry.currency)} in the books of {party}."
            yield _problem(entry, "unbalanced", what, "Debits must equal credits.")


def uses_the_chart(entry: Entry) -> Iterator[Problem]:
    """Check that every posting is to an account of the chart, in the entry's contract."""
    for posting in entry.postings:
        if posting.account.kind not in CHART:
            what = f"posts to `{posting.account.kind}`, which is not in the chart of accounts."
            yield _problem(entry, "account", what, f"Use one of {', '.join(CHART)}.")
        if posting.account.contract != entry.contract:
            what = f"is for contract {entry.contract} but posts to {posting.account.contract}."
            yield _problem(entry, "account", what, "Make one entry for each contract.")


def follows_the_scheme(entry: Entry) -> Iterator[Problem]:
    """Check that the postings are exactly those of the step, share by share."""
    steps = [step for step in SCHEME if entry.kind in (step, "reversal")]
    shares = [
        Share(lead.line_id, lead.account.party, lead.account.counterparty, lead.account.period, lead.amount)
        for lead in entry.leads()
    ]
    if entry.kind in KINDS and not any(
        entry.postings == postings_for(step, entry.contract, shares) for step in steps
    ):
        what = f"has postings that are not those of an entry of kind {entry.kind}."
        yield _problem(entry, "scheme", what, f"Each share makes {LEGS} postings, as the scheme lays down.")
    if any(share.amount == 0 for share in shares):
        yield _problem(entry, "scheme", "has a share of nothing.", "Leave out payers with no part in a line.")


def is_in_whole_pence(entry: Entry) -> Iterator[Problem]:
    """Check that no amount is finer than the currency's smallest unit."""
    for posting in entry.postings:
        if quantize(posting.amount, entry.currency) != posting.amount:
            what = f"has an amount of {posting.amount}, finer than {entry.currency} allows."
            yield _problem(entry, "pence", what, "Round before posting.")


def is_not_from_the_future(entry: Entry) -> Iterator[Problem]:
    """Check that an entry does not take effect after the day it was recorded."""
    if entry.dated_on > entry.recorded_on:
        what = f"is dated {say(entry.dated_on)}, after the day it was recorded ({say(entry.recorded_on)})."
        yield _problem(entry, "future", what, "Date entries on or before today.")


def matches_its_line(entry: Entry) -> Iterator[Problem]:
    """Check that an accrual carries its claim line and splits it to the penny."""
    line = entry.line
    if (line is not None) != (entry.kind == "accrual"):
        yield _problem(entry, "line", "must carry a claim line if, and only if, it is an accrual.", "")
    elif line is not None:
        wanted = sorted((line.line_id, payer, amount) for payer, amount in line.payers if amount)
        posted = sorted((lead.line_id, lead.account.party, lead.amount) for lead in entry.leads())
        total = sum((amount for _, amount in line.payers), Decimal(0))
        if wanted != posted or total != line.amount:
            what = f"does not split line {line.line_id} into its payers' shares."
            yield _problem(entry, "line", what, "Shares must add up to the line, to the penny.")


def gives_a_reason(entry: Entry) -> Iterator[Problem]:
    """Check that reversals and clawbacks say why."""
    if entry.kind in ("reversal", "clawback") and not entry.reason.strip():
        yield _problem(entry, "reason", f"is a {entry.kind} without a reason.", "Say why.")


def are_numbered_in_turn(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Check that ids run without gaps and recorded days never go back."""
    latest = date.min
    for position, entry in enumerate(entries, start=1):
        if entry.entry_id != entry_number(position):
            what = f"stands where {entry_number(position)} should."
            yield _problem(entry, "sequence", what, "Entries are numbered in the order they were posted.")
        if entry.recorded_on < latest:
            what = f"was recorded on {say(entry.recorded_on)}, before the entry above it ({say(latest)})."
            yield _problem(entry, "sequence", what, "Check the clock of this computer.")
        latest = max(latest, entry.recorded_on)


def reverse_once_and_exactly(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Check that a reversal undoes one earlier entry, once, equal and opposite."""
    earlier: dict[str, Entry] = {}
    undone: dict[str, str] = {}
    for entry in entries:
        if entry.kind == "reversal":
            fault = _reversal_fault(entry, earlier.get(entry.reverses), undone.get(entry.reverses))
            if fault:
                yield _problem(entry, "reversal", *fault)
            undone.setdefault(entry.reverses, entry.entry_id)
        elif entry.reverses:
            yield _problem(entry, "reversal", f"names {entry.reverses} but is not a reversal.", "")
        earlier.setdefault(entry.entry_id, entry)


def accrue_each_line_once(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Check that no line id is accrued twice in a contract, even after a reversal."""
    seen: dict[tuple[str, str], str] = {}
    for entry in entries:
        if entry.line is not None:
            key = entry.contract, entry.line.line_id
            if key in seen:
                what = f"accrues line {entry.line.line_id} again; {seen[key]} did so."
                yield _problem(entry, "twice", what, "Post differences as adjustment lines.")
            seen.setdefault(key, entry.entry_id)


def keep_one_currency_a_claim(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Check that all entries of a claim are in one currency."""
    currencies: dict[tuple[str, str], str] = {}
    for entry in entries:
        first = currencies.setdefault((entry.contract, entry.claim), entry.currency) if entry.claim else ""
        if first and entry.currency != first:
            what = f"is in {entry.currency}, but claim {entry.claim} is in {first}."
            yield _problem(entry, "currency", what, "Use one claim for each currency.")


def keep_lines_in_step(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Check, at the end of each day, that no stage of a share runs ahead of the one before.

    Approved within accrued, paid within approved, clawed back within paid, returned within
    clawed back. Days, not entries, so that the order of posting within a day does not matter.
    """
    known = by_id(entries)
    signs = directions(entries)
    found: dict[ShareKey, Position] = {}
    reported: set[tuple[ShareKey, str]] = set()
    for day, todays in groupby(by_day(entries), key=lambda entry: entry.dated_on):
        touched: dict[ShareKey, Entry] = {}
        for entry in todays:
            for move in claim_moves(entry, known):
                found.setdefault(move.key, Position(signs.get(move.key, 1))).apply(move)
                touched[move.key] = entry
        for key, entry in touched.items():
            for stage, what, mend in _stage_faults(key, found[key], entry.currency):
                if (key, stage) not in reported:
                    reported.add((key, stage))
                    yield _problem(entry, stage, f"{what} on {say(day)}.", mend)


def keep_repayments_within_drawings(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Check, at the end of each day, that no more is repaid to an investor than was drawn."""
    known = by_id(entries)
    owed: dict[tuple[str, str, str, str], Decimal] = {}
    for day, todays in groupby(by_day(entries), key=lambda entry: entry.dated_on):
        touched: dict[tuple[str, str, str, str], Entry] = {}
        for entry in todays:
            sign = {"drawdown": 1, "repayment": -1}.get(step_of(entry, known), 0)
            for lead in entry.leads() if sign else ():
                key = entry.contract, lead.account.party, lead.account.counterparty, entry.currency
                owed[key] = owed.get(key, Decimal(0)) + sign * lead.amount
                touched[key] = entry
        for key, entry in touched.items():
            if owed[key] < 0:
                what = (
                    f"repays {key[1]} {format_money(-owed[key], key[3])} more than was drawn by {say(day)}."
                )
                yield _problem(entry, "repaid", what, "Post what is beyond the sum drawn as a return.")


ENTRY_CHECKS: tuple[EntryCheck, ...] = (
    has_known_kind,
    balances,
    uses_the_chart,
    follows_the_scheme,
    is_in_whole_pence,
    is_not_from_the_future,
    matches_its_line,
    gives_a_reason,
)
LINK_CHECKS: tuple[JournalCheck, ...] = (
    are_numbered_in_turn,
    reverse_once_and_exactly,
    accrue_each_line_once,
    keep_one_currency_a_claim,
)
STAGE_CHECKS: tuple[JournalCheck, ...] = (keep_lines_in_step, keep_repayments_within_drawings)


def say(day: date) -> str:
    """Write a day for people: ``1 March 2015``."""
    return f"{day.day} {day:%B} {day.year}"


def _reversal_fault(entry: Entry, original: Entry | None, done_by: str | None) -> tuple[str, str] | None:
    if original is None:
        return (
            f"reverses {entry.reverses or 'nothing'}, which is not an earlier entry.",
            "Check the entry's id.",
        )
    if original.kind == "reversal":
        return f"reverses {original.entry_id}, itself a reversal.", "Post the step again instead."
    if done_by is not None:
        return (
            f"reverses {original.entry_id}, which {done_by} has already reversed.",
            "Reverse an entry once.",
        )
    if entry.dated_on < original.dated_on:
        return f"is dated before the entry it reverses ({say(original.dated_on)}).", "Date it later."
    mirror = tuple((posting.account, -posting.amount, posting.line_id) for posting in original.postings)
    same = (entry.contract, entry.claim, entry.currency) == (
        original.contract,
        original.claim,
        original.currency,
    )
    if not same or mirror != tuple((post.account, post.amount, post.line_id) for post in entry.postings):
        return f"is not equal and opposite to {original.entry_id}.", "Reverse the whole entry."
    return None


def _stage_faults(key: ShareKey, position: Position, currency: str) -> Iterator[tuple[str, str, str]]:
    stages: Mapping[str, tuple[Decimal, str, Decimal, str]] = {
        "approved": (position.approved, "accrued", position.accrued, "Approve only what is claimed by then."),
        "paid": (position.paid, "approved", position.approved, "Approve first, or pay less."),
        "clawed-back": (
            position.clawed_back,
            "paid",
            position.paid,
            "Claw back no more than was paid by then.",
        ),
        "returned": (position.returned, "clawed back", position.clawed_back, "Claw back first."),
    }
    for stage, (amount, before, limit, mend) in stages.items():
        if not 0 <= amount * position.direction <= limit * position.direction:
            done, most = format_money(amount, currency), format_money(limit, currency)
            after = f"{done} {stage.replace('-', ' ')} against {most} {before}"
            yield stage, f"takes line {key.line_id}, {key.payer}, to {after}", mend


def _problem(entry: Entry, code: str, what: str, mend: str) -> Problem:
    return Problem(what=what, mend=mend, field=entry.entry_id, code=code)
