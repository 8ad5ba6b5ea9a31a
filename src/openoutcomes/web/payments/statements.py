"""A statement of account as a PDF: laid out by Typst from the ledger's own statement, with no system library.

Everything shown goes to Typst as data, never as markup, so that no name or reason can change the page.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst

from openoutcomes.ledger.render import figure_names
from openoutcomes.ledger.reports import Figures, Movement, Section, Statement
from openoutcomes.standard.money import format_money
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core import clock
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.payments.ledger import head
from openoutcomes.web.payments.queries import names

_LAYOUT = Path(__file__).with_name("statement.typ")
_ROLES = {
    "payer": "Payer",
    "provider": "Provider",
    "borrower": "Provider, money put in up front",
    "investor": "Investor",
}
_KINDS = {
    "accrual": "Claimed",
    "approval": "Approved",
    "payment": "Paid",
    "clawback": "Taken back",
    "drawdown": "Drawn",
    "repayment": "Repaid",
    "return": "Return",
    "reversal": "Reversed",
}


def statement_values(contract: Contract, found: Statement) -> dict[str, Any]:
    """Return a statement as the texts that its page and its PDF both show."""
    called = names(contract)
    return {
        "partnership": contract.partnership.name,
        "contract": contract.name,
        "party": called.get(found.party, found.party),
        "party_id": found.party,
        "period": _period(found),
        "made_on": day(clock.today()),
        "head": head(contract),
        "sections": [_section(section, called) for section in found.sections],
    }


def labelled(values: dict[str, Any]) -> dict[str, Any]:
    """Give every figure of a statement the heading of its column, for pages on narrow screens."""
    for section in values["sections"]:
        for name in ("opening", "closing"):
            section[f"labelled_{name}"] = list(zip(section["columns"], section[name], strict=True))
        for move in section["movements"]:
            move["labelled"] = list(zip(section["columns"], move["figures"], strict=False))
    return values


def _period(found: Statement) -> str:
    begin = f"From {day(found.start)}" if found.start else "From the beginning"
    return f"{begin} to {day(found.end or clock.today())}"


def _section(section: Section, called: dict[str, str]) -> dict[str, Any]:
    currency = section.currency
    return {
        "role": _ROLES[section.role],
        "currency": currency,
        "columns": [*figure_names(section), "Owed in all"],
        "opening": _four(section.opening, currency),
        "movements": [_movement(move, currency, called) for move in section.movements],
        "closing": _four(section.closing, currency),
    }


def _movement(move: Movement, currency: str, called: dict[str, str]) -> dict[str, Any]:
    what = _KINDS[move.kind] + (f" ({move.reverses})" if move.reverses else "")
    outcome = move.line.outcome.replace("-", " ").replace("_", " ").capitalize() if move.line else ""
    return {
        "date": day(move.dated_on),
        "entry": move.entry_id,
        "what": what,
        "claim": move.claim,
        "line": move.line_id,
        "outcome": outcome,
        "with": called.get(move.counterparty, move.counterparty),
        "why": move.reason,
        "figures": [format_money(amount, currency) if amount else "" for amount in move.change],
        "balance": format_money(move.balance, currency),
    }


def _four(figures: Figures, currency: str) -> list[str]:
    amounts: tuple[Decimal, ...] = (*figures, figures.total)
    return [format_money(amount, currency) for amount in amounts]


def pdf(values: dict[str, Any]) -> bytes:
    """Lay a statement out on A4."""
    made = typst.compile(
        str(_LAYOUT),
        format="pdf",
        # The fonts that come with Typst: the same page on every machine.
        ignore_system_fonts=True,
        sys_inputs={"statement": json.dumps(values)},
    )
    if not isinstance(made, bytes):
        raise TypeError("typst made no document")
    return made
