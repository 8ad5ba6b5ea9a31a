"""One claim, told step by step: what each party's books say after each.

Two departments share an outcome price of £500.00 two thirds to one third. The table is
the scheme of accounts at work; a finance officer can check each row by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from openoutcomes.ledger import (
    ClaimLine,
    Entry,
    Journal,
    When,
    approve,
    balances,
    clawback,
    pay,
    post_claim,
    reverse,
)

Step = Callable[[Journal], list[Entry]]

LINE = ClaimLine(
    contract="fair-chance-fund/ambition",
    line_id="entry/a1",
    achievement_id="a1",
    outcome="accommodation-entry",
    provider_id="ambition",
    achieved_on=date(2015, 3, 1),
    period="2015-Q1",
    currency="GBP",
    amount=Decimal("500.00"),
    payers=(("housing", Decimal("333.33")), ("cabinet", Decimal("166.67"))),
)


def _when(month: int) -> When:
    return When(date(2015, month, 1), date(2016, 1, 1))


STEPS: list[tuple[str, Step]] = [
    (
        "post",
        lambda j: post_claim(j, [LINE], contract=LINE.contract, claim="Q1", when=_when(4)),
    ),
    ("approve", lambda j: approve(j, claim="Q1", when=_when(5))),
    (
        "housing pays £200.00",
        lambda j: pay(j, claim="Q1", payer="housing", amount=Decimal(200), when=_when(6)),
    ),
    ("housing pays the rest", lambda j: pay(j, claim="Q1", payer="housing", when=_when(7))),
    (
        "£100.00 is clawed back",
        lambda j: clawback(j, claim="Q1", amount=Decimal(100), when=_when(8), reason="tenancy was not real"),
    ),
    ("the money comes back", lambda j: pay(j, claim="Q1", payer="housing", when=_when(9))),
    ("that refund bounced", lambda j: [reverse(j, "E000006", when=_when(10), reason="bank returned it")]),
]

#: After each step: what housing, cabinet and the provider each have as
#: (waiting for approval, to pay or to receive, paid or received).
EXPECTED = [
    (("333.33", "0", "0"), ("166.67", "0", "0"), ("500.00", "0", "0")),
    (("0", "333.33", "0"), ("0", "166.67", "0"), ("0", "500.00", "0")),
    (("0", "133.33", "200.00"), ("0", "166.67", "0"), ("0", "300.00", "200.00")),
    (("0", "0", "333.33"), ("0", "166.67", "0"), ("0", "166.67", "333.33")),
    # Only housing has paid, so the whole clawback is housing's.
    (("0", "-100.00", "333.33"), ("0", "166.67", "0"), ("0", "66.67", "333.33")),
    (("0", "0", "233.33"), ("0", "166.67", "0"), ("0", "166.67", "233.33")),
    (("0", "-100.00", "333.33"), ("0", "166.67", "0"), ("0", "66.67", "333.33")),
]


def _books(journal: Journal, party: str) -> tuple[Decimal, ...]:
    found = {row.account: row.amount for row in balances(journal) if row.key == (party,)}
    names = ("accrued", "receivable", "cash") if party == "ambition" else ("accrued", "payable", "cash")
    role, sign = ("provider", 1) if party == "ambition" else ("payer", -1)
    return tuple(sign * found.get(f"{role}.{name}", Decimal(0)) for name in names)


@pytest.mark.parametrize("count", range(1, len(STEPS) + 1), ids=[name for name, _ in STEPS])
def test_after_each_step_the_books_say(count: int) -> None:
    journal = Journal()
    for _, step in STEPS[:count]:
        journal.post(step(journal))
    for party, figures in zip(("housing", "cabinet", "ambition"), EXPECTED[count - 1], strict=True):
        assert _books(journal, party) == tuple(Decimal(figure) for figure in figures), party
