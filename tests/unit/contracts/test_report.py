"""Results as text for other programs and pages: whole, parseable and never executable."""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from openoutcomes.contracts import report
from openoutcomes.contracts.explaining import explain
from openoutcomes.contracts.lines import Result
from openoutcomes.contracts.showing import show
from openoutcomes.contracts.terms import Terms
from openoutcomes.standard.dataset import Dataset

TERMS = """
verification: not required
parties: {payers: {council: 1/2, nhs: 1/2}}
outcomes: {home: {pays: 500, once per: person}, stay: {pays: 10.01, at most: 2 per person}}
caps: {per person: 505}
"""


def rows(count: int = 1, outcome: str = "home") -> dict[str, list[dict[str, str]]]:
    """Return ``count`` people with an achievement each."""
    return {
        "people": [{"person_id": f"p{n}"} for n in range(count)],
        "achievements": [
            {
                "achievement_id": f"a{n}",
                "person_id": f"p{n}",
                "outcome": outcome,
                "achieved_on": "2015-02-01",
            }
            for n in range(count)
        ],
    }


def test_json_is_one_value_whether_there_are_lines_or_none(priced: Callable[..., Result]) -> None:
    some = json.loads("".join(report.json_chunks(priced(TERMS, rows(2)))))
    assert [line["amount"] for line in some["lines"]] == ["500.00", "500.00"]
    none = json.loads("".join(report.json_chunks(priced(TERMS, {"people": [{"person_id": "p"}]}))))
    assert none["lines"] == []


def test_csv_holds_every_line_however_many_pieces_it_comes_in(priced: Callable[..., Result]) -> None:
    pieces = list(report.csv_chunks(priced(TERMS, rows(1_200))))
    assert len(pieces) > 1
    lines = list(csv.DictReader(io.StringIO("".join(pieces), newline="")))
    assert len({line["line_id"] for line in lines}) == 1_200
    assert sum(Decimal(line["amount"]) for line in lines) == 600_000
    assert lines[0]["payers"] == "council=250.00; nhs=250.00"


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_spreadsheet_is_given_no_formula(priced: Callable[..., Result], start: str) -> None:
    # The standard refuses such codes, but a result may also be made by another program.
    result = priced(TERMS, rows())
    result.lines[0].reason = f"{start}1+1"
    (line,) = csv.DictReader(io.StringIO("".join(report.csv_chunks(result)), newline=""))
    assert line["reason"] == f"'{start}1+1"
    assert line["amount"] == "500.00"


def test_reasons_are_grouped_with_the_most_money_first(priced: Callable[..., Result]) -> None:
    records = rows(1)
    for n, outcome in enumerate(("home", "stay", "stay"), start=1):
        records["achievements"].append(
            {
                "achievement_id": f"b{n}",
                "person_id": "p0",
                "outcome": outcome,
                "achieved_on": f"2015-03-0{n}",
            }
        )
    found = report.reasons(priced(TERMS, records))
    assert [(r["status"], r["rule"], r["lines"], r["amount"]) for r in found] == [
        ("refused", "once", 1, Decimal("500.00")),
        ("reduced", "cap per person", 2, Decimal("15.02")),
    ]


def test_a_page_holds_no_markup_from_the_records(priced: Callable[..., Result]) -> None:
    finding = {
        "verification_id": "v",
        "achievement_id": "a0",
        "state": "refused",
        "verified_on": "2015-02-02",
    }
    records = rows() | {"verifications": [finding | {"reason": "<script>alert(1)</script>"}]}
    page = report.page_html(priced(TERMS.replace("not required", "required"), records))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_page_says_how_many_lines_it_leaves_out(priced: Callable[..., Result]) -> None:
    page = report.page_html(priced(TERMS, rows(2_003)))
    assert ">a1999<" in page or ">a999<" in page
    assert page.count('data-label="Person"') == 2_000
    assert "3 more" in page or "3 lines" in page


def test_text_of_a_template_is_escaped_too() -> None:
    assert report.render_text("{{ word }}", word="<b>") == "&lt;b&gt;"


def test_terms_and_stories_make_pages_that_hold_no_markup_of_others(terms: Callable[..., Terms]) -> None:
    read = terms(TERMS + 'name: "<b>Homes</b>"')
    data = Dataset.from_rows(rows())
    for page in (
        report.terms_html(show(read)),
        report.explanations_html(*explain(read, data, dt.date(2016, 1, 1), ["p0"])),
    ):
        assert "&lt;b&gt;Homes" in page
        assert "<b>" not in page
    assert "accepted at £500.00" in page
