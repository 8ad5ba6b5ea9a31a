"""The one door to a contract's journal: read it, add to it, and check that pages say what it says.

No money rule is here. Entries come from the verbs of :mod:`openoutcomes.ledger`; this module keeps them
in the database, one journal a contract, and writes the columns that pages read in the same transaction.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from openoutcomes import ledger
from openoutcomes.ledger.entries import Entry, entry_from_dict, read_entry, write_entry
from openoutcomes.ledger.positions import Move, Position, ShareKey, by_id, claim_moves, directions, step_of
from openoutcomes.standard.money import from_minor, to_minor
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.claims.models import Claim
from openoutcomes.web.claims.parties import payer_of, providers
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import refuse
from openoutcomes.web.payments.models import FIGURES, JournalEntry, Movement, Share

Change = Callable[[ledger.Journal], Iterable[Entry]]

_RESTORE = "Restore the database from a backup that you trust; do not mend it by hand."


def when(dated_on: dt.date | None = None) -> ledger.When:
    """Return the day something takes effect (today, where none is given), written down today."""
    return ledger.When(dated_on or clock.today(), clock.today())


def stored(contract: Contract) -> QuerySet[JournalEntry]:
    """Return the rows of a contract's journal, in order."""
    return JournalEntry.of(contract.partnership).filter(contract=contract).order_by("number")


def read(contract: Contract) -> ledger.Journal:
    """Return a contract's journal as it is stored, unchecked: for reports, which follow a checked posting."""
    rows = stored(contract).values_list("text", "hash")
    return ledger.Journal(
        (entry_from_dict(json.loads(text)), digest) for text, digest in rows.iterator(chunk_size=2000)
    )


def journal_of(contract: Contract) -> ledger.Journal:
    """Return a contract's journal, with its chain and every rule checked.

    Raises InputError with every problem where it was altered. It takes about 0.2 ms an entry.
    """
    journal, problems = _scanned(contract)
    problems = problems or ledger.verify(journal)
    if problems:
        raise InputError(problems)
    return journal


def _scanned(contract: Contract) -> tuple[ledger.Journal, list[Problem]]:
    pairs: list[tuple[Entry, str]] = []
    for number, row in enumerate(stored(contract).iterator(chunk_size=2000), start=1):
        try:
            entry, digest = read_entry(row.text)
        except ValueError:
            what = "is not as the ledger wrote it: it was altered or damaged."
            return ledger.Journal(pairs), [Problem(what, _RESTORE, field=str(row), code="line")]
        if row.number != number or (digest, entry.kind, entry.claim, entry.dated_on) != (
            row.hash, row.kind, row.claim, row.dated_on,
        ):  # fmt: skip
            what = "has columns that do not say what its text says, or an entry before it is missing."
            return ledger.Journal(pairs), [Problem(what, _RESTORE, field=str(row), code="columns")]
        pairs.append((entry, digest))
    return ledger.Journal(pairs), []


def locked(contract: Contract) -> Contract:
    """Return the contract, with its journal to ourselves until the end of the command."""
    return Contract.of(contract.partnership).select_for_update().get(pk=contract.pk)  # type: ignore[no-any-return]


def post(by: Access, contract: Contract, change: Change) -> tuple[Entry, ...]:
    """Add what ``change`` makes of a contract's journal, all or nothing, and return it as posted.

    Called from commands, which check permission first. Others who want to add wait their turn. Raises InputError,
    and leaves everything as it was, when the ledger refuses.
    """
    contract = locked(contract)
    journal = journal_of(contract)
    before = len(journal.entries)
    posted = journal.post(list(change(journal)))
    rows = [
        JournalEntry(
            partnership=by.partnership,
            contract=contract,
            number=before + turn,
            text=write_entry(entry, digest),
            hash=digest,
            kind=entry.kind,
            claim=entry.claim,
            dated_on=entry.dated_on,
            recorded_by=by.user,
        )
        for turn, (entry, digest) in enumerate(
            zip(posted, journal.hashes[before:], strict=True), start=1
        )
    ]  # fmt: skip
    JournalEntry.objects.bulk_create(rows, batch_size=1000)
    _project(contract, journal, rows, posted)
    return posted


def export(contract: Contract) -> Iterator[str]:
    """Give the lines of a contract's journal as a file that ``openoutcomes ledger verify`` accepts."""
    for text in stored(contract).values_list("text", flat=True).iterator(chunk_size=2000):
        yield f"{text}\n"


def _project(
    contract: Contract, journal: ledger.Journal, rows: Sequence[JournalEntry], posted: Sequence[Entry]
) -> None:
    """Write what new entries change in the columns that pages read."""
    known = by_id(journal.entries)
    moves = [
        (row, move) for row, entry in zip(rows, posted, strict=True) for move in claim_moves(entry, known)
    ]
    keys = {move.key for _, move in moves}
    known_shares = _shares(contract, {key.line_id for key in keys})
    new_shares = _new_shares(contract, posted, {key for key in keys if key not in known_shares})
    shares = {**known_shares, **new_shares}
    standing = {key: position_of(shares[key], contract.currency) for key in keys}
    effects = [
        (row, move.key, figure, to_minor(amount, contract.currency))
        for row, move in moves
        for figure, amount in _effect(standing[move.key], move)
    ]
    for key in keys:
        for figure in FIGURES:
            setattr(shares[key], figure, to_minor(getattr(standing[key], figure), contract.currency))
    Share.objects.bulk_create(new_shares.values(), batch_size=1000)
    # Added again under the keys that they have, which changes them: one statement for a thousand, not a case for each.
    Share.objects.bulk_create(
        [known_shares[key] for key in keys if key in known_shares],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=FIGURES,
    )
    Movement.objects.bulk_create(
        [
            Movement(
                partnership=contract.partnership,
                entry=row,
                share=shares[key],
                figure=figure,
                amount=amount,
                dated_on=row.dated_on,
            )
            for row, key, figure, amount in effects
        ],
        batch_size=1000,
    )
    for claim in Claim.objects.filter(pk__in={share.claim_id for share in shares.values()}):
        settle(claim)


def _shares(contract: Contract, lines: set[str]) -> dict[ShareKey, Share]:
    found: dict[ShareKey, Share] = {}
    wanted = sorted(lines)
    for start in range(0, len(wanted), 500):
        rows = Share.of(contract.partnership).filter(
            contract=contract, line_id__in=wanted[start : start + 500]
        )
        for share in rows.select_related("payer"):
            found[ShareKey(contract.contract_id, share.line_id, share.payer.named)] = share
    return found


def _new_shares(contract: Contract, posted: Sequence[Entry], wanted: set[ShareKey]) -> dict[ShareKey, Share]:
    """Return the shares that entries bring up for the first time, not written yet."""
    if not wanted:
        return {}
    turned = directions(posted)
    organisations = providers(contract)
    paying = {name: payer_of(contract, name) for name in {key.payer for key in wanted}}
    references = {entry.claim for entry in posted if entry.kind == "accrual"}
    claims = {
        claim.reference: claim
        for claim in Claim.of(contract.partnership).filter(contract=contract, reference__in=references)
    }
    made: dict[ShareKey, Share] = {}
    for entry in posted:
        line = entry.line
        if line is None:
            continue
        for payer, amount in line.payers:
            key = ShareKey(contract.contract_id, line.line_id, payer)
            if amount and key in wanted:
                made[key] = Share(
                    partnership=contract.partnership,
                    contract=contract,
                    claim=claims[entry.claim],
                    line_id=line.line_id,
                    payer=paying[payer],
                    provider=organisations[line.provider_id],
                    outcome=line.outcome,
                    achieved_on=line.achieved_on,
                    period=line.period,
                    direction=turned[key],
                )
    return made


def position_of(share: Share, currency: str) -> Position:
    """Return a share as the ledger's own position."""
    figures = {name: from_minor(getattr(share, name), currency) for name in FIGURES}
    return Position(share.direction, **figures)


def _effect(position: Position, move: Move) -> Iterator[tuple[str, Decimal]]:
    """Apply a move, and give what it changed."""
    before = {name: getattr(position, name) for name in FIGURES}
    position.apply(move)
    for name, old in before.items():
        change = getattr(position, name) - old
        if change:
            yield name, change


def settle(claim: Claim) -> None:
    """Bring a claim's state into step with its shares."""
    if claim.state in ("draft", "withdrawn", "closed"):
        return
    shares = list(Share.of(claim.partnership).filter(claim=claim))
    state = "locked"
    if any(share.paid or share.returned for share in shares):
        done = all(not share.unapproved and not share.outstanding for share in shares)
        state = "paid" if done else "part_paid"
    elif any(share.approved for share in shares):
        state = "part_approved" if any(share.unapproved for share in shares) else "approved"
    if state != claim.state:
        claim.state = state
        claim.save(update_fields=["state"])


def problems_of(contract: Contract) -> list[Problem]:
    """Return everything wrong with a contract's journal, and wherever pages say otherwise than it does."""
    journal, problems = _scanned(contract)
    problems = problems or ledger.verify(journal)
    if problems:
        return problems
    return [*_unlike(contract, journal), *_unexplained(contract)]


def _unlike(contract: Contract, journal: ledger.Journal) -> Iterator[Problem]:
    """Give the shares that stand otherwise than the journal says."""
    said = ledger.positions(journal.entries)
    shown: dict[ShareKey, Position] = {}
    rows = Share.of(contract.partnership).filter(contract=contract).select_related("payer")
    for share in rows.iterator(chunk_size=2000):
        key = ShareKey(contract.contract_id, share.line_id, share.payer.named)
        shown[key] = position_of(share, contract.currency)
    for key in {**said, **shown}:
        if said.get(key) != shown.get(key):
            what = f"line {key.line_id}, {key.payer}, is shown otherwise than the journal says."
            mend = "The journal is right. Restore the database from a backup, or ask for help."
            yield Problem(what, mend, field=key.line_id, code="projection")


def _unexplained(contract: Contract) -> Iterator[Problem]:
    """Give the shares whose movements do not add up to where they stand."""
    sums: dict[int, dict[str, int]] = {}
    moves = Movement.of(contract.partnership).filter(share__contract=contract)
    for key, figure, amount in moves.values_list("share", "figure", "amount").iterator(chunk_size=5000):
        held = sums.setdefault(key, {})
        held[figure] = held.get(figure, 0) + amount
    for share in Share.of(contract.partnership).filter(contract=contract).iterator(chunk_size=2000):
        found = sums.get(share.pk, {})
        if any(found.get(name, 0) != getattr(share, name) for name in FIGURES):
            what = f"the movements of line {share.line_id} do not add up to where it stands."
            mend = "The journal is right. Restore the database from a backup, or ask for help."
            yield Problem(what, mend, field=share.line_id, code="movements")


def entries_like(contract: Contract, kinds: Sequence[str]) -> list[Entry]:
    """Return the entries of some kinds, with the reversals of those kinds, in order."""
    rows = stored(contract).filter(kind__in=[*kinds, "reversal"]).values_list("text", flat=True)
    entries = [read_entry(text)[0] for text in rows]
    known = by_id(entries)
    return [
        entry
        for entry in entries
        if entry.kind != "reversal" or (entry.reverses in known and step_of(entry, known) in kinds)
    ]


def open_contract(contract: Contract) -> Contract:
    """Return the contract, locked; refuses when it was closed."""
    found = locked(contract)
    if found.is_closed:
        raise refuse("this contract is closed.", "Nothing more can be claimed or approved under it.")
    return found


def head(contract: Contract) -> str:
    """Return the last hash of a contract's journal."""
    last: Any = stored(contract).values_list("hash", flat=True).last()
    return str(last or ledger.Journal().head)
