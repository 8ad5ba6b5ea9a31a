"""The page on results names every field that a result has, and no others in its tables."""

import datetime as dt
import re
from pathlib import Path

from openoutcomes.contracts.lines import Result
from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.reading import parse_terms, read_terms
from openoutcomes.contracts.report import CSV_COLUMNS
from openoutcomes.standard.dataset import Dataset

PAGE = (Path(__file__).parents[3] / "docs" / "contracts" / "results.md").read_text(encoding="utf-8")

TERMS = """\
contract: example
currency: GBP
runs: {from: 2015-01-01, to: 2015-12-31}
parties: {payers: {council: 2/3, health: 1/3}}
outcomes: {home: {pays: 500, once per: person, verification: not required, shared with contributors: yes}}
"""


def result() -> Result:
    achievements = [
        {"achievement_id": "a1", "person_id": "p1", "outcome": "home", "achieved_on": "2015-02-01"},
        {"achievement_id": "a2", "person_id": "p1", "outcome": "home", "achieved_on": "2015-03-01"},
    ]
    contributions = [{"contribution_id": "c1", "achievement_id": "a1", "organisation_id": "ambition"}]
    data = Dataset.from_rows(
        {"people": [{"person_id": "p1"}], "achievements": achievements, "contributions": contributions}
    )
    return price(read_terms(parse_terms(TERMS)), data, dt.date(2016, 1, 31))


def fields(heading: str) -> list[str]:
    """The first column of the table under a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)


def test_every_field_of_a_result_is_on_the_page_in_order() -> None:
    assert fields("The whole") == list(result().as_dict())


def test_every_field_of_a_line_is_on_the_page_in_order() -> None:
    assert fields("A line") == list(result().lines[0].as_dict())


def test_csv_has_the_columns_of_a_line() -> None:
    assert list(CSV_COLUMNS) == fields("A line")


def test_fields_inside_lists_are_on_the_page() -> None:
    whole = result().as_dict()
    inner = [
        whole["totals"],
        whole["by_outcome"][0],
        whole["by_payer"][0],
        whole["by_period"][0],
        whole["lines"][0]["payers"][0],
        whole["lines"][0]["contributors"][0],
    ]
    missing = {key for row in inner for key in row if f"`{key}`" not in PAGE}
    assert missing == set()


def test_the_sums_are_those_that_the_page_promises() -> None:
    made = result()
    for line in made:
        assert line.gross == line.amount + line.reduced + line.held + line.refused
    totals = made.totals()
    assert totals["gross"] == totals["payable"] + totals["reduced"] + totals["held"] + totals["refused"]
    assert totals["earned"] == totals["gross"] - totals["refused"]
    assert sum(row["amount"] for row in made.by_payer()) == totals["payable"]
