"""Small tables of records in, a small table of lines out: what the specifications are written in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from textwrap import dedent

import pytest

from openoutcomes.contracts.lines import Line
from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.reading import parse_terms, read_terms
from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.money import format_money

FIRST_LINES = """\
contract: example
currency: GBP
runs: {from: 2015-01-01, to: 2017-12-31}
"""
IDS = {
    "people": "person_id",
    "enrolments": "enrolment_id",
    "achievements": "achievement_id",
    "events": "event_id",
    "measures": "measure_id",
    "feedback": "feedback_id",
    "needs": "need_id",
    "cohort_results": "cohort_result_id",
    "achievement_counts": "achievement_count_id",
    "indicators": "indicator_id",
    "contributions": "contribution_id",
    "verifications": "verification_id",
}
OF_A_PERSON = ("enrolments", "achievements", "events", "measures", "feedback", "needs")
LISTS = ("evidence_kinds", "evidence_dates", "characteristics")
LATE = dt.date(2030, 1, 1)


def _tables(text: str) -> dict[str, list[dict[str, object]]]:
    tables: dict[str, list[dict[str, object]]] = {}
    table, header = "", []
    for row in (line.strip() for line in text.strip().splitlines()):
        if row in IDS:
            table, header = row, []
            tables[table] = []
        elif not header:
            header = [cell.strip() for cell in row.split("|")]
        elif row:
            cells = [cell.strip() or None for cell in row.split("|")]
            tables[table].append(dict(zip(header, cells, strict=True)))
    return tables


def _completed(tables: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    for table, rows in tables.items():
        for number, row in enumerate(rows, start=1):
            row.setdefault(IDS[table], f"{table[0]}{number}")
            if table in OF_A_PERSON:
                row.setdefault("person_id", "p1")
            for name in LISTS:
                if isinstance(row.get(name), str):
                    row[name] = str(row[name]).split(" and ")
    people = {str(row["person_id"]) for row in tables.get("people", [])}
    needed = {str(row["person_id"]) for table in OF_A_PERSON for row in tables.get(table, [])}
    tables.setdefault("people", []).extend({"person_id": id_} for id_ in sorted(needed - people))
    for row in tables.get("achievements", []):
        row.setdefault("claimed_on", row["achieved_on"])
        state = row.pop("state", "accepted") or "accepted"
        if state != "none":
            finding = {
                "achievement_id": row["achievement_id"],
                "state": state,
                "verified_on": row["achieved_on"],
            }
            tables.setdefault("verifications", []).append(
                {"verification_id": f"v-{row['achievement_id']}", **finding}
            )
    return {table: rows for table, rows in tables.items() if rows}


def _amount(line: Line) -> Decimal:
    return {"held": line.held, "refused": line.refused}.get(line.status, line.amount)


def lines_of(terms: str, records: str, as_of: dt.date = LATE) -> str:
    """Price a small table of records, and return the lines as a table of text.

    ``records`` holds tables: a line with the table's name, a header and rows with ``|`` between cells.
    Person p1, an id, a claim on the day achieved and a verifier's acceptance are taken for granted.
    """
    terms = FIRST_LINES + dedent(terms).lstrip("\n")
    if "\nparties:" not in terms:
        terms += "\nparties: {payers: [council]}\n"
    data = Dataset.from_rows(_completed(_tables(records)))
    result = price(read_terms(parse_terms(terms)), data, as_of)
    rows = [
        f"{line.line_id} | {line.outcome} | {line.status} {format_money(_amount(line), line.currency)} | {line.reason}"
        for line in result
    ]
    if len(result.payers) > 1:
        rows += [f"{row['payer']} pays {format_money(row['amount'], 'GBP')}" for row in result.by_payer()]
    if result.not_tested:
        rows.append(f"not tested: {', '.join(result.not_tested)}")
    return "\n".join(rows + [f"note: {note}" for note in result.notes])


@pytest.fixture(scope="session")
def priced() -> Callable[..., str]:
    """The lines that terms and records come to; see ``lines_of``."""
    return lines_of


@pytest.fixture(scope="session")
def table() -> Callable[[str], str]:
    """A table as written in a test, without its indentation; a line further in carries on the last."""
    return lambda text: dedent(text).strip().replace("\n    ", " ")
