"""Results written for people and for other programs: text, CSV, JSON and a page."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any

from openoutcomes.contracts.explaining import Explanation
from openoutcomes.contracts.lines import Result
from openoutcomes.contracts.showing import Page
from openoutcomes.contracts.words import say_day
from openoutcomes.standard.money import format_money

if TYPE_CHECKING:
    from jinja2 import Environment

_MOST_LINES = 2_000
CSV_COLUMNS = (
    "line_id", "achievement_id", "person_id", "enrolment_id", "provider_id", "outcome", "achieved_on",
    "claimed_on", "period", "status", "amount", "price", "price_on", "rule", "reason", "quantity", "gross",
    "reduced", "held", "refused", "payers", "cohort", "terms_version", "source", "not_tested", "contributors",
)  # fmt: skip


def json_chunks(result: Result) -> Iterator[str]:
    """Yield the result as JSON text piece by piece, so that a million lines need little memory."""
    head = json.dumps(result.header(), indent=2, ensure_ascii=False)
    yield head.removesuffix("\n}") + ',\n  "lines": ['
    for number, line in enumerate(result.lines):
        yield ("," if number else "") + "\n    " + json.dumps(line.as_dict(), ensure_ascii=False)
    yield ("\n  ]" if result.lines else "]") + "\n}\n"


def csv_chunks(result: Result) -> Iterator[str]:
    """Yield the lines as CSV, one row each; payers as ``payer=amount`` joined with ``; ``.

    Text that a spreadsheet would take for a formula is given a leading apostrophe.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for line in result.lines:
        row = line.as_dict()
        row["payers"] = "; ".join(f"{p['payer']}={p['amount']}" for p in row["payers"])
        row["contributors"] = "; ".join(f"{c['organisation']}={c['amount']}" for c in row["contributors"])
        row["not_tested"] = "; ".join(row["not_tested"])
        writer.writerow([_safe(key, row[key]) for key in CSV_COLUMNS])
        if buffer.tell() > 65_536:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


_NUMBERS = {"amount", "price", "quantity", "gross", "reduced", "held", "refused"}


def _safe(key: str, value: object) -> object:
    if isinstance(value, str) and key not in _NUMBERS and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value


def reasons(result: Result) -> list[dict[str, Any]]:
    """Return why lines are not paid in full: status, rule, how many, how much; the most money first."""
    groups: dict[tuple[str, str], list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for line in result.lines:
        if line.status == "payable":
            continue
        group = groups[line.status, line.rule]
        group[0] += 1
        group[1] += {"held": line.held, "refused": line.refused}.get(line.status, line.reduced)
    rows = [{"status": s, "rule": r, "lines": n, "amount": a} for (s, r), (n, a) in groups.items()]
    return sorted(rows, key=lambda row: (-row["amount"], row["status"], row["rule"]))


def page_html(result: Result) -> str:
    """Return the result as one page that needs nothing else: summary, tables, lines with reasons."""
    cur = result.currency
    return render(
        "result.html.j2",
        result=result,
        totals=result.totals(),
        by_outcome=result.by_outcome(),
        by_payer=result.by_payer(),
        by_period=result.by_period(),
        reasons=reasons(result),
        lines=result.lines[:_MOST_LINES],
        left=max(0, len(result.lines) - _MOST_LINES),
        money=lambda amount: format_money(amount, cur),
        day=say_day,
    )


def terms_html(page: Page) -> str:
    """Return the page of terms as HTML."""
    return render("terms.html.j2", page=page)


def explanations_html(result: Result, stories: list[Explanation]) -> str:
    """Return the stories of lines as HTML."""
    return render("stories.html.j2", result=result, stories=stories, day=say_day)


def render(template: str, **values: object) -> str:
    """Return a page from a template of this room; values are escaped."""
    return _environment().get_template(template).render(**values)


def render_text(source: str, **values: object) -> str:
    """Return a page from the text of a template, which may extend ``base.html.j2``."""
    return _environment().from_string(source).render(**values)


def _environment() -> Environment:
    # Imported here because only pages need it, and it is slow to import.
    from jinja2 import DictLoader, Environment, StrictUndefined  # noqa: PLC0415

    folder = resources.files("openoutcomes.contracts") / "templates"
    files = {i.name: i.read_text(encoding="utf-8") for i in folder.iterdir() if i.name.endswith(".j2")}
    return Environment(
        loader=DictLoader(files),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
