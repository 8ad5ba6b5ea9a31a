"""What the unit tests of contracts share: terms from a few lines of YAML, priced on a few rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from textwrap import dedent
from typing import Any

import pytest

from openoutcomes.contracts.lines import Result
from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.reading import parse_terms, read_terms
from openoutcomes.contracts.terms import Terms
from openoutcomes.standard.dataset import Dataset

Rows = dict[str, list[dict[str, Any]]]


def written(body: str) -> str:
    """Return terms with the lines that every contract needs, where the test does not care."""
    body = dedent(body).lstrip("\n")
    head = "" if body.startswith("contract:") else "contract: c\ncurrency: GBP\n"
    if "runs:" not in body:
        head += "runs: {from: 2015-01-01, to: 2017-12-31}\n"
    if "parties:" not in body:
        head += "parties: {payers: [council]}\n"
    return head + body


def read(body: str, *, assume: bool = False) -> Terms:
    """Read terms from a body of YAML."""
    return read_terms(parse_terms(written(body)), assume=assume)


def price_rows(body: str, rows: Rows, as_of: str = "2030-01-01", **more: Any) -> Result:
    """Price rows of tables under terms."""
    return price(read(body), Dataset.from_rows(rows), dt.date.fromisoformat(as_of), **more)


@pytest.fixture(scope="session")
def terms() -> Callable[..., Terms]:
    """Terms from a body of YAML; the first lines are taken for granted."""
    return read


@pytest.fixture(scope="session")
def yaml() -> Callable[[str], str]:
    """The text of terms, with the lines that every contract needs."""
    return written


@pytest.fixture(scope="session")
def priced() -> Callable[..., Result]:
    """The result of pricing rows under a body of YAML."""
    return price_rows
