"""How claims are laid out: sums by payer, columns of lines, and files to download."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any

from django.urls import reverse

from openoutcomes.standard.money import from_minor
from openoutcomes.web.claims.models import Claim, ClaimLine
from openoutcomes.web.contracts.models import Party
from openoutcomes.web.contracts.wording import Wording
from openoutcomes.web.core.lists import Cell, Column
from openoutcomes.web.core.templatetags.oo import day, money, words
from openoutcomes.web.payments.models import Share
from openoutcomes.web.payments.queries import Standing, summed

#: The colour of the tag of each state of a claim.
TAGS = {
    "draft": "grey", "locked": "blue", "part_approved": "yellow", "approved": "turquoise",
    "part_paid": "purple", "paid": "green", "closed": "grey", "withdrawn": "red",
}  # fmt: skip
#: What each kind of line is called, and the colour of its tag.
KINDS = {
    "new": ("Claimed", "green"), "adjustment": ("Changed", "purple"), "held": ("Held", "yellow"),
    "refused": ("Refused", "red"), "reduced": ("Reduced to nothing", "orange"),
}  # fmt: skip


#: Headings of the tables of a claim's pages.
HEADS = {
    "payers": ("Claimed", "Approved", "Paid", "To approve", "To pay", "Due back"),
    "outcomes": ("Lines", "Claimed", "Reduced", "Held", "Refused"),
    "ledger": ("Claimed", "Approved", "Paid", "Taken back"),
}


@dataclass(frozen=True)
class Part:
    """One payer's part of a claim."""

    payer: Party
    standing: Standing
    waiting: int


def parts_of(claim: Claim, payers: Iterable[Party]) -> list[Part]:
    """Return where each payer's part of a locked claim stands, in one query."""
    rows = Share.of(claim.partnership).filter(claim=claim)
    by_payer = {payer: figures for (payer,), figures in summed(rows, "payer").items()}
    parts = []
    for payer in payers:
        standing = Standing()
        if payer.pk in by_payer:
            standing.add(by_payer[payer.pk])
            parts.append(Part(payer, standing, standing.to_approve))
    return parts


def cash(minor: int, currency: str) -> str:
    """Show minor units as money."""
    return money(from_minor(minor, currency), currency)


def line_columns(claim: Claim, wording: Wording) -> list[Column]:
    """Return the columns of a claim's lines, on the page; what became of them is told in words."""
    currency, slug = claim.contract.currency, claim.partnership.slug

    def what(line: ClaimLine) -> Cell:
        address = reverse(
            "claim_line", kwargs={"partnership": slug, "claim_id": claim.claim_id, "number": line.pk}
        )
        return Cell(words(line.outcome), address, under=line.person_id or line.period)

    def tag(line: ClaimLine) -> Cell:
        shown, colour = KINDS[line.kind]
        return Cell(shown, tag=colour, under=wording.plain(line.reason))

    return [
        Column("Outcome", what, sort="outcome"),
        Column("Achieved", lambda line: day(line.achieved_on), sort="achieved_on"),
        Column("What became of it", tag, sort="status"),
        Column("Price", lambda line: cash(line.gross, currency) if line.gross else "", numeric=True),
        Column("Claimed", lambda line: cash(line.amount, currency), sort="amount", numeric=True),
    ]


def file_columns(claim: Claim, payers: Iterable[str]) -> list[Column]:
    """Return the columns of a claim's lines in a file: everything that the page has, and each payer's part."""
    currency = claim.contract.currency

    names = ("line_id", "achievement_id", "person_id", "outcome", "period", "status", "rule", "reason",
             "price", "quantity", "terms_version")  # fmt: skip
    columns = [Column("claim", lambda _: claim.reference), Column("kind", lambda line: line.kind)]
    columns += [_plain(name) for name in names]
    columns.append(_plain("achieved_on"))
    columns += [
        Column(name, _blank, plain=partial(_minor, name, currency))
        for name in ("gross", "reduced", "held", "refused", "amount")
    ]
    columns += [Column(f"payer:{payer}", _blank, plain=partial(_share, payer, currency)) for payer in payers]
    return columns


def _plain(name: str) -> Column:
    return Column(name, _blank, plain=attrgetter(name))


def _blank(_: ClaimLine) -> str:
    return ""


def _minor(name: str, currency: str, line: ClaimLine) -> Decimal:
    return from_minor(getattr(line, name), currency)


def _share(payer: str, currency: str, line: ClaimLine) -> Decimal:
    return from_minor(line.payers.get(payer, 0), currency)


def as_json(claim: Claim, payers: Iterable[str]) -> dict[str, Any]:
    """Return a claim with its lines as values for JSON, money as text."""
    currency = claim.contract.currency

    def text(minor: int) -> str:
        return str(from_minor(minor, currency))

    kept = list(payers)
    return {
        "contract": claim.contract.contract_id,
        "claim": claim.reference,
        "provider_id": claim.provider.organisation_id,
        "period_from": claim.period_from.isoformat(),
        "period_to": claim.period_to.isoformat(),
        "as_of": claim.as_of.isoformat(),
        "state": claim.state,
        "terms_file": claim.terms_number,
        "currency": currency,
        "totals": {name: text(minor) for name, minor in claim.result["totals"].items()},
        "by_payer": [
            {"payer": payer, "amount": text(minor)} for payer, minor in claim.result["by_payer"].items()
        ],
        "notes": claim.result["notes"],
        "lines": [
            {
                "line_id": line.line_id,
                "adjusts": line.origin if line.adjusts else None,
                "achievement_id": line.achievement_id or None,
                "person_id": line.person_id or None,
                "outcome": line.outcome,
                "achieved_on": line.achieved_on.isoformat() if line.achieved_on else None,
                "period": line.period,
                "kind": line.kind,
                "status": line.status,
                "rule": line.rule,
                "reason": line.reason,
                "price": line.price or None,
                "price_on": line.price_on.isoformat() if line.price_on else None,
                "quantity": line.quantity,
                "terms_version": line.terms_version,
                **{
                    name: text(getattr(line, name))
                    for name in ("gross", "reduced", "held", "refused", "amount")
                },
                "payers": [
                    {"payer": payer, "amount": text(line.payers[payer])}
                    for payer in kept
                    if payer in line.payers
                ],
            }
            for line in claim.lines.all()
        ],
    }
