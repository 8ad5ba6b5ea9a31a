"""Made-up data under every contract of the library is fit to use: it checks, and it prices."""

import datetime as dt
from pathlib import Path

import pytest

from openoutcomes.contracts.catalogue import library_names, library_path
from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.reading import load_terms
from openoutcomes.standard.reading import check_path
from openoutcomes.synth.making import make

LONG_AFTER = dt.date(2040, 1, 1)


@pytest.mark.parametrize("name", library_names())
def test_what_is_made_checks_cleanly_and_prices(name: str, tmp_path: Path) -> None:
    terms = load_terms(library_path(name), assume=True)
    make(terms, 200, 7).write(tmp_path / "data")
    report = check_path(tmp_path / "data")
    assert report.problems == []
    assert report.dataset is not None
    result = price(terms, report.dataset, LONG_AFTER)
    assert result.lines
    assert result.totals()["payable"] > 0


def test_made_up_people_say_that_they_are(tmp_path: Path) -> None:
    make(load_terms(library_path("own-view"), assume=True), 30, 7).write(tmp_path / "data")
    header, *rows = (tmp_path / "data" / "people.csv").read_text(encoding="utf-8").splitlines()
    assert header.endswith(",source")
    assert len(rows) == 30
    assert all(row.startswith('"syn-') and row.endswith('"synthetic"') for row in rows)
