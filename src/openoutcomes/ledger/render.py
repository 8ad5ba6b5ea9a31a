"""Reports as rows of text, JSON values, CSV and a web page. No figure is worked out here."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any

from openoutcomes.ledger.checks import say
from openoutcomes.ledger.reports import Balance, Figures, Movement, Section, Statement, trial_balance
from openoutcomes.standard.money import format_money

#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_CASH = {"payer": "Paid", "provider": "Received", "borrower": "Net cash", "investor": "Net cash"}
_DUE = {"payer": "To pay", "provider": "To receive", "borrower": "To repay", "investor": "Advanced"}


@dataclass(frozen=True, slots=True)
class Table:
    """Headers and rows of text, with the places of the columns that hold figures."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...]


def balances_table(rows: Sequence[Balance], by: Sequence[str]) -> Table:
    """Lay balances out with a debit and a credit column, ending in totals that agree."""
    body = [
        (
            *row.key,
            row.account,
            _money(max(row.amount, Decimal(0)), row),
            _money(max(-row.amount, Decimal(0)), row),
        )
        for row in rows
    ]
    blank = [""] * max(len(by) - 1, 0)
    for currency, (debit, credit) in trial_balance(rows).items():
        label = ["Total", *blank, ""] if by else ["Total"]
        body.append((*label, format_money(debit, currency), format_money(credit, currency)))
    places = len(by)
    headers = (*(name.capitalize() for name in by), "Account", "Debit", "Credit")
    return Table(headers, tuple(body), (places + 1, places + 2))


def balances_json(rows: Sequence[Balance], by: Sequence[str], as_of: date | None) -> dict[str, Any]:
    """Return balances as JSON-ready values, money as text, debit positive."""
    return {
        "as_of": _iso(as_of),
        "by": list(by),
        "balances": [
            {
                **dict(zip(by, row.key, strict=True)),
                "account": row.account,
                "currency": row.currency,
                "amount": str(row.amount),
            }
            for row in rows
        ],
        "totals": [
            {"currency": currency, "debit": str(debit), "credit": str(credit)}
            for currency, (debit, credit) in trial_balance(rows).items()
        ],
    }


def balances_csv(rows: Sequence[Balance], by: Sequence[str]) -> str:
    """Return balances as CSV: a column for each dimension, account, currency, amount (debit positive)."""
    return _csv(
        (*by, "account", "currency", "amount"),
        ((*map(_plain, (*row.key, row.account, row.currency)), str(row.amount)) for row in rows),
    )


def statement_table(section: Section) -> Table:
    """Lay out one section of a statement: opening, a row a movement, closing."""
    headers = ("Date", "Entry", "What", "Claim", "Line", "With", *figure_names(section), "Owed", "Why")
    rows = [
        ("", "", "opening", "", "", "", *_figures(section.opening, section.currency), ""),
        *(_movement_row(movement, section.currency) for movement in section.movements),
        ("", "", "closing", "", "", "", *_figures(section.closing, section.currency), ""),
    ]
    return Table(headers, tuple(rows), (6, 7, 8, 9))


def figure_names(section: Section) -> tuple[str, str, str]:
    """Return what the three figures of a section are called, in its party's words."""
    return "To approve", _DUE[section.role], _CASH[section.role]


def title(statement: Statement, section: Section) -> str:
    """Return a section's heading: whose statement, in what role, for which days."""
    begin = f" from {say(statement.start)}" if statement.start else ""
    end = f" to {say(statement.end)}" if statement.end else ""
    return f"{statement.party} as {section.role}, {section.currency}{begin}{end}"


def statement_json(statement: Statement) -> dict[str, Any]:
    """Return a statement as JSON-ready values, money as text, each movement with its claim line."""
    return {
        "party": statement.party,
        "from": _iso(statement.start),
        "to": _iso(statement.end),
        "sections": [
            {
                "role": section.role,
                "currency": section.currency,
                "opening": _figures_json(section.opening),
                "movements": [_movement_json(movement) for movement in section.movements],
                "closing": _figures_json(section.closing),
            }
            for section in statement.sections
        ],
    }


def statement_csv(statement: Statement) -> str:
    """Return a statement as CSV: opening, movements and closing of each section, money as plain numbers."""
    headers = (
        "role", "currency", "date", "entry", "what", "contract", "claim", "line", "achievement", "outcome",
        "with", "period", "waiting", "due", "cash", "owed", "reason",
    )  # fmt: skip
    rows: list[Sequence[str]] = []
    for section in statement.sections:
        start = section.role, section.currency
        rows.append((*start, "", "", "opening", *[""] * 7, *_numbers(section.opening), ""))
        rows.extend((*start, *_movement_cells(movement)) for movement in section.movements)
        rows.append((*start, "", "", "closing", *[""] * 7, *_numbers(section.closing), ""))
    return _csv(headers, rows)


def statement_html(statement: Statement) -> str:
    """Return a statement as one self-contained page that prints well and needs no script."""
    name = escape(statement.party)
    sections = "\n".join(_section_html(statement, section) for section in statement.sections)
    return (
        f'<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Statement of account: {name}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>Statement of account: {name}</h1>\n{sections}\n</main>\n</body>\n</html>\n"
    )


_STYLE = (
    "body{font-family:system-ui,sans-serif;margin:2rem;color:#111}"
    "div{overflow-x:auto}table{border-collapse:collapse}"
    "caption{text-align:left;font-weight:bold;margin:1rem 0}"
    "th,td{padding:.3rem .6rem;border-bottom:1px solid #999;text-align:left;vertical-align:top}"
    ".n{text-align:right;white-space:nowrap}"
)


def _section_html(statement: Statement, section: Section) -> str:
    table = statement_table(section)
    head = "".join(
        f'<th scope="col"{_right(place, table)}>{escape(text)}</th>'
        for place, text in enumerate(table.headers)
    )
    body = "\n".join(
        "<tr>"
        + "".join(f"<td{_right(place, table)}>{escape(text)}</td>" for place, text in enumerate(row))
        + "</tr>"
        for row in table.rows
    )
    caption = escape(title(statement, section))
    return (
        f'<div tabindex="0">\n<table>\n<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table>\n</div>"
    )


def _right(place: int, table: Table) -> str:
    return ' class="n"' if place in table.right else ""


def _movement_row(movement: Movement, currency: str) -> tuple[str, ...]:
    return (
        movement.dated_on.isoformat(),
        movement.entry_id,
        _what(movement),
        movement.claim,
        movement.line_id,
        movement.counterparty,
        *(format_money(amount, currency) if amount else "" for amount in movement.change),
        format_money(movement.balance, currency),
        movement.reason,
    )


def _movement_cells(movement: Movement) -> list[str]:
    line = movement.line
    cells = [
        movement.dated_on.isoformat(),
        movement.entry_id,
        _what(movement),
        movement.contract,
        movement.claim,
        movement.line_id,
        line.achievement_id if line else "",
        line.outcome if line else "",
        movement.counterparty,
        movement.period,
    ]
    change = movement.change
    money = (str(change.waiting), str(change.due), str(change.cash), str(movement.balance))
    return [*map(_plain, cells), *money, _plain(movement.reason)]


def _movement_json(movement: Movement) -> dict[str, Any]:
    line = movement.line
    return {
        "date": movement.dated_on.isoformat(),
        "entry": movement.entry_id,
        "kind": movement.kind,
        "reverses": movement.reverses,
        "contract": movement.contract,
        "claim": movement.claim,
        "counterparty": movement.counterparty,
        "period": movement.period,
        "line_id": movement.line_id,
        "achievement_id": line.achievement_id if line else "",
        "outcome": line.outcome if line else "",
        "achieved_on": _iso(line.achieved_on) if line else None,
        "terms_version": line.terms_version if line else "",
        "adjusts": line.adjusts if line else "",
        "reason": movement.reason,
        **_figures_json(movement.change),
        "balance": str(movement.balance),
    }


def _what(movement: Movement) -> str:
    return f"{movement.kind} of {movement.reverses}" if movement.reverses else movement.kind


def _figures(figures: Figures, currency: str) -> tuple[str, ...]:
    return tuple(format_money(amount, currency) for amount in (*figures, figures.total))


def _numbers(figures: Figures) -> tuple[str, ...]:
    return tuple(str(amount) for amount in (*figures, figures.total))


def _figures_json(figures: Figures) -> dict[str, str]:
    return {
        "waiting": str(figures.waiting),
        "due": str(figures.due),
        "cash": str(figures.cash),
        "owed": str(figures.total),
    }


def _money(amount: Decimal, row: Balance) -> str:
    return format_money(amount, row.currency) if amount else ""


def _plain(text: str) -> str:
    # A leading apostrophe keeps a spreadsheet from running text as a formula.
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue()


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
