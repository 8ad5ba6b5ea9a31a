"""What a claim holds: the pricing of today against everything that was claimed before.

``contracts`` prices and ``ledger`` says what differs from what is locked; here the two are put together
for one provider and laid out as lines. Everybody's records are priced together, since providers may
share caps; only the one provider's lines come into the claim.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from openoutcomes import ledger
from openoutcomes.contracts.lines import Line, Result
from openoutcomes.ledger.adjust import dealing_of
from openoutcomes.ledger.entries import Entry
from openoutcomes.ledger.positions import locked_lines
from openoutcomes.standard.money import from_minor, to_minor
from openoutcomes.web.claims.models import LOCKED, Claim, ClaimLine, Dispute
from openoutcomes.web.claims.parties import names_of, providers
from openoutcomes.web.contracts import queries as contracts
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.payments.ledger import journal_of
from openoutcomes.web.records.models import Record

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Drafted:
    """A draft before it is stored: what to post, its rows, and the header to keep."""

    posting: list[ledger.ClaimLine]
    rows: list[ClaimLine]
    header: dict[str, Any]


def draft(
    contract: Contract, provider: Organisation, *, label: str, until: dt.date, as_of: dt.date
) -> Drafted:
    """Price a contract as known on a day, and return what a provider may claim up to another.

    Lines achieved after ``until`` wait for a later claim, unless they were claimed already.
    """
    result = contracts.priced(contract, as_of)
    lines, unnamed = _own(contract, provider, result)
    journal = journal_of(contract)
    before = [
        line
        for line in locked_lines(journal.entries, contract.contract_id)
        if line.provider_id == provider.organisation_id
    ]
    kept = _kept_out(contract, provider)
    claimed = {line.origin for line in before}
    priced = {line.line_id: line for line in lines}
    chosen = [
        line
        for line in lines
        if line.line_id not in kept and (line.achieved_on <= until or line.line_id in claimed)
    ]
    now = _for_ledger(contract, provider, result, chosen)
    now += _emptied(before, {line.origin for line in now} | set(kept))
    entries = new_entries(journal, contract, provider, now, claim=label, as_of=as_of)
    changed = {entry.line.origin for entry in entries if entry.line is not None}
    rows = _rows(contract, entries, priced)
    shown = {row.origin for row in rows}
    rows += _waiting(contract, provider, (line for line in chosen if line.line_id not in shown))
    rows += [_returned(priced[origin], why) for origin, why in kept.items() if origin in priced]
    for place, row in enumerate(rows):
        row.place = place
    header = _header(result, rows, contract, unnamed)
    return Drafted([line for line in now if line.origin in changed], rows, header)


def new_entries(
    journal: ledger.Journal,
    contract: Contract,
    provider: Organisation,
    lines: list[ledger.ClaimLine],
    *,
    claim: str,
    as_of: dt.date,
    when: ledger.When | None = None,
) -> list[Entry]:
    """Return the accruals of a provider's claim: what ``lines`` add to all that was claimed before."""
    entries = ledger.post_claim(
        journal,
        lines,
        contract=contract.contract_id,
        claim=claim,
        when=when or ledger.When(as_of, as_of),
        as_of=as_of,
        part=True,
    )
    # A line that moved here from another provider comes off in that one's own next claim.
    return [
        entry
        for entry in entries
        if entry.line is not None and entry.line.provider_id == provider.organisation_id
    ]


def _own(contract: Contract, provider: Organisation, result: Result) -> tuple[list[Line], int]:
    """Return a provider's lines, and how many lines of the contract name no provider at all."""
    names = names_of(contract, provider)
    alone = len(set(providers(contract).values())) == 1
    own = [line for line in result.lines if line.provider_id in names or (alone and not line.provider_id)]
    return own, 0 if alone else sum(not line.provider_id for line in result.lines)


def _for_ledger(
    contract: Contract, provider: Organisation, result: Result, lines: Iterable[Line]
) -> list[ledger.ClaimLine]:
    rows = [{**line.as_dict(), "provider_id": provider.organisation_id} for line in lines]
    whole = {"contract": contract.contract_id, "currency": result.currency, "lines": rows}
    return ledger.from_result(whole)


def _emptied(before: Iterable[ledger.ClaimLine], standing: set[str]) -> list[ledger.ClaimLine]:
    """Return the lines that were claimed and are payable no more, as lines of nothing.

    The ledger leaves alone what part of a pricing does not name, so that what is gone has to be named.
    """
    gone: dict[Any, ledger.ClaimLine] = {}
    for line in before:
        if line.origin not in standing:
            gone[dealing_of(line)] = replace(
                line,
                line_id=line.origin,
                adjusts="",
                amount=_NOTHING,
                payers=tuple((payer, _NOTHING) for payer, _ in line.payers),
            )
    return list(gone.values())


def _rows(contract: Contract, entries: Iterable[Entry], priced: Mapping[str, Line]) -> list[ClaimLine]:
    rows = []
    for entry in entries:
        line = entry.line
        if line is None:
            continue
        now = priced.get(line.origin)
        row = _row(now) if now is not None else ClaimLine(status="refused", rule="gone")
        row.line_id, row.origin, row.adjusts = line.line_id, line.origin, bool(line.adjusts)
        row.achievement_id, row.outcome = line.achievement_id, line.outcome
        row.achieved_on, row.period = line.achieved_on, line.period
        row.amount = to_minor(line.amount, contract.currency)
        row.payers = {payer: to_minor(amount, contract.currency) for payer, amount in line.payers if amount}
        if line.adjusts:
            # The whole line was claimed before: only the difference is money of this claim.
            why = f" {now.reason[:1].upper()}{now.reason[1:]}." if now is not None and now.reason else ""
            row.reason = f"{entry.reason}{why}"
            row.gross = row.reduced = row.held = row.refused = 0
        rows.append(row)
    return rows  # fmt: skip


def _row(line: Line) -> ClaimLine:
    values = line.as_dict()
    return ClaimLine(
        line_id=line.line_id,
        origin=line.line_id,
        achievement_id=line.achievement_id or "",
        person_id=line.person_id or "",
        outcome=line.outcome,
        achieved_on=line.achieved_on,
        period=line.period,
        status=line.status,
        rule=line.rule,
        reason=line.reason,
        price=values["price"] or "",
        price_on=line.price_on,
        quantity=values["quantity"],
        terms_version=line.terms_version,
        gross=line.gross_minor,
        amount=line.minor,
        reduced=line.reduced_minor,
        held=line.held_minor,
        refused=line.refused_minor,
        payers={payer: paid for payer, paid, _ in line.payers_minor if paid},
    )


def _waiting(contract: Contract, provider: Organisation, lines: Iterable[Line]) -> list[ClaimLine]:
    """Return the lines that bring no money: held ones always, others when they changed since the last claim."""
    rows = [_row(line) for line in lines if not line.minor]
    told: dict[str, tuple[str, str]] = {}
    earlier = ClaimLine.of(contract.partnership).filter(
        claim__contract=contract, claim__provider=provider, claim__state__in=LOCKED, amount=0
    )
    for origin, status, reason in earlier.order_by("claim__locked_at").values_list(
        "origin", "status", "reason"
    ):
        told[origin] = status, reason
    return [row for row in rows if row.held or told.get(row.origin) != (row.status, row.reason)]


def _kept_out(contract: Contract, provider: Organisation) -> dict[str, str]:
    """Return the lines that came off in a dispute and whose records have not changed since, with the reason.

    Whoever agreed that an outcome was not to be paid should not find it in the next claim, unless something
    was recorded about it meanwhile.
    """
    upheld = Dispute.of(contract.partnership).filter(
        claim__contract=contract, claim__provider=provider, resolution="upheld"
    )
    found: dict[str, str] = {}
    for dispute in upheld.select_related("line", "claim").order_by("resolved_at"):
        about = dispute.line.achievement_id
        rows = Record.of(contract.partnership).filter(recorded_at__gt=dispute.resolved_at)
        changed = about and (
            rows.filter(table="achievements", record_id=about).exists() or rows.filter(about=about).exists()
        )
        if changed:
            found.pop(dispute.line.origin, None)
        else:
            found[dispute.line.origin] = f"Returned in claim {dispute.claim.label}: {dispute.reason}"
    return found


def _returned(line: Line, why: str) -> ClaimLine:
    row = _row(line)
    row.status, row.rule, row.reason = "refused", "returned", why
    row.amount = row.held = row.reduced = 0
    row.refused, row.payers = row.gross, {}
    return row


def totals(rows: Iterable[ClaimLine]) -> dict[str, int]:
    """Return a claim's totals in minor units: earned, reduced, held, refused, new, changed and claimed.

    earned = claimed as new + reduced + held. claimed = new + changed.
    """
    sums = dict.fromkeys(("gross", "earned", "reduced", "held", "refused", "new", "changed", "claimed"), 0)
    for row in rows:
        sums["gross"] += row.gross
        sums["earned"] += row.gross - row.refused
        sums["reduced"] += row.reduced
        sums["held"] += row.held
        sums["refused"] += row.refused
        sums["changed" if row.adjusts else "new"] += row.amount
        sums["claimed"] += row.amount
    return sums


def _header(result: Result, rows: list[ClaimLine], contract: Contract, unnamed: int) -> dict[str, Any]:
    outcomes: dict[str, list[ClaimLine]] = {}
    payers = dict.fromkeys(result.payers, 0)
    for row in rows:
        outcomes.setdefault(row.outcome, []).append(row)
        for payer, minor in row.payers.items():
            payers[payer] = payers.get(payer, 0) + minor
    notes = list(result.notes)
    if unnamed:
        notes.append(
            f"{unnamed:,} lines of the contract name no provider and are in nobody's claim. "
            "Ask for the terms to say whose they are."
        )
    return {
        "totals": totals(rows),
        "by_outcome": {
            outcome: {"lines": len(some), **totals(some)} for outcome, some in sorted(outcomes.items())
        },
        "by_payer": payers,
        "notes": notes,
        "currency": contract.currency,
    }


def as_json(line: ledger.ClaimLine) -> dict[str, Any]:
    """Return a ledger line as values to keep until the claim is locked."""
    return {
        "line_id": line.line_id,
        "achievement_id": line.achievement_id,
        "outcome": line.outcome,
        "provider_id": line.provider_id,
        "achieved_on": line.achieved_on.isoformat() if line.achieved_on else None,
        "period": line.period,
        "amount": str(line.amount),
        "payers": [[payer, str(amount)] for payer, amount in line.payers],
        "terms_version": line.terms_version,
        "reason": line.reason,
    }


def from_json(claim: Claim, values: Mapping[str, Any]) -> ledger.ClaimLine:
    """Return the ledger line that was kept."""
    on = values["achieved_on"]
    return ledger.ClaimLine(
        contract=claim.contract.contract_id,
        line_id=values["line_id"],
        achievement_id=values["achievement_id"],
        outcome=values["outcome"],
        provider_id=values["provider_id"],
        achieved_on=dt.date.fromisoformat(on) if on else None,
        period=values["period"],
        currency=claim.contract.currency,
        amount=Decimal(values["amount"]),
        payers=tuple((payer, Decimal(amount)) for payer, amount in values["payers"]),
        terms_version=values["terms_version"],
        reason=values["reason"],
    )


def money(claim: Claim, minor: int) -> Decimal:
    """Return minor units as money of the claim."""
    return from_minor(minor, claim.contract.currency)
