"""Small claims to build journals from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from openoutcomes.ledger import ClaimLine, Journal, When, approve, pay, post_claim

TODAY = date(2016, 1, 31)


def make_line(line_id: str = "entry/a1", **given: object) -> ClaimLine:
    payers = given.pop("payers", {"department": "333.33", "office": "166.67"})
    assert isinstance(payers, dict)
    shares = tuple((payer, Decimal(amount)) for payer, amount in payers.items())
    facts: dict[str, object] = {
        "contract": "fcf",
        "line_id": line_id,
        "achievement_id": line_id.rpartition("/")[2],
        "outcome": "entry",
        "provider_id": "ambition",
        "achieved_on": date(2015, 3, 1),
        "period": "2015-Q1",
        "currency": "GBP",
        "amount": sum((amount for _, amount in shares), Decimal(0)),
        "payers": shares,
        "terms_version": "1",
    }
    return ClaimLine(**{**facts, **given})  # type: ignore[arg-type]


def make_when(text: str) -> When:
    return When(date.fromisoformat(text), TODAY)


def post_lines(journal: Journal, claim: str, lines: list[ClaimLine], day: str = "2015-04-01") -> None:
    journal.post(post_claim(journal, lines, contract="fcf", claim=claim, when=make_when(day)))


@pytest.fixture
def line() -> Callable[..., ClaimLine]:
    return make_line


@pytest.fixture
def when() -> Callable[[str], When]:
    return make_when


@pytest.fixture
def post() -> Callable[..., None]:
    return post_lines


@pytest.fixture
def paid() -> Journal:
    """One claim of two lines, 500.00 and 1,500.00, approved and paid by both payers."""
    journal = Journal()
    later = make_line(
        "months/a2", achieved_on=date(2015, 6, 1), payers={"department": "1000.00", "office": "500.00"}
    )
    post_lines(journal, "C1", [make_line(), later])
    journal.post(approve(journal, claim="C1", when=make_when("2015-05-01")))
    for payer in ("department", "office"):
        journal.post(pay(journal, claim="C1", payer=payer, when=make_when("2015-06-01")))
    return journal
