"""The verbs: what they post, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from openoutcomes.ledger import (
    ClaimLine,
    Entry,
    Journal,
    ShareKey,
    When,
    approve,
    balances,
    clawback,
    invest,
    pay,
    positions,
    post_claim,
    reverse,
)
from openoutcomes.ledger.steps import share_out
from openoutcomes.standard.problems import InputError

Make = Callable[..., ClaimLine]
Day = Callable[[str], When]
Post = Callable[..., None]


def _amounts(entries: list[Entry]) -> list[tuple[str, str, str]]:
    return [
        (lead.account.party, lead.line_id, str(lead.amount)) for entry in entries for lead in entry.leads()
    ]


def test_posting_the_same_pricing_twice_posts_nothing(line: Make, when: Day, post: Post) -> None:
    journal = Journal()
    post(journal, "C1", [line()])
    for claim in ("C1", "C2"):
        assert post_claim(journal, [line()], contract="fcf", claim=claim, when=when("2015-04-01")) == []


def test_a_payer_with_no_part_in_a_line_has_no_postings(line: Make, post: Post) -> None:
    journal = Journal()
    post(journal, "C1", [line(payers={"department": "10.00", "office": "0.00"})])
    assert {row.key for row in balances(journal)} == {("ambition",), ("department",)}
    post(journal, "C2", [line(), line("b")])
    assert [entry.claim for entry in journal.entries] == ["C1", "C2", "C2"]


def test_a_locked_claim_is_not_added_to(line: Make, when: Day, post: Post) -> None:
    journal = Journal()
    post(journal, "C1", [line()])
    with pytest.raises(InputError, match="Claim C1 is already posted and its lines are locked"):
        post_claim(journal, [line(), line("b")], contract="fcf", claim="C1", when=when("2015-04-01"))


def test_a_claim_reversed_whole_can_be_posted_again_under_new_line_ids(
    line: Make, when: Day, post: Post
) -> None:
    journal = Journal()
    post(journal, "C1", [line("a")])
    journal.post([reverse(journal, "E000001", when=when("2015-04-02"), reason="wrong file")])
    post(journal, "C1", [line("a")])
    assert [entry.line.line_id for entry in journal.entries if entry.line] == ["a", "a/adj-1"]
    assert positions(journal.entries)[ShareKey("fcf", "a/adj-1", "office")].accrued == Decimal("166.67")


def test_an_older_pricing_does_not_undo_a_newer_one(line: Make, when: Day) -> None:
    journal = Journal()
    late, early = date(2015, 6, 30), date(2015, 3, 31)
    ready = post_claim(journal, [line()], contract="fcf", claim="C1", when=when("2015-07-01"), as_of=late)
    journal.post(ready)
    with pytest.raises(InputError, match="stands at 31 March 2015, but one at 30 June 2015"):
        post_claim(journal, [], contract="fcf", claim="C2", when=when("2015-07-01"), as_of=early)
    later = post_claim(
        journal, [], contract="fcf", claim="C2", when=when("2015-07-01"), as_of=date(2015, 9, 30)
    )
    assert _amounts(later) == [
        ("department", "entry/a1/adj-1", "-333.33"),
        ("office", "entry/a1/adj-1", "-166.67"),
    ]


def test_lines_of_another_contract_are_refused(line: Make, when: Day) -> None:
    with pytest.raises(InputError, match="belongs to contract other"):
        post_claim(Journal(), [line(contract="other")], contract="fcf", claim="C1", when=when("2015-04-01"))


def test_clawed_back_money_is_not_charged_again_by_the_next_claim(
    paid: Journal, line: Make, when: Day
) -> None:
    paid.post(
        clawback(paid, claim="C1", lines=["entry/a1"], when=when("2015-07-01"), reason="letter was false")
    )
    kept = line(
        "months/a2", achieved_on=date(2015, 6, 1), payers={"department": "1000.00", "office": "500.00"}
    )
    assert post_claim(paid, [line(), kept], contract="fcf", claim="C2", when=when("2015-08-01")) == []
    assert post_claim(paid, [kept], contract="fcf", claim="C2", when=when("2015-08-01")) == []


def test_approval_can_be_for_one_payer_and_one_line(line: Make, when: Day, post: Post) -> None:
    journal = Journal()
    post(journal, "C1", [line("a"), line("b")])
    chosen = approve(journal, claim="C1", payer="office", lines=["b"], when=when("2015-05-01"))
    assert _amounts(chosen) == [("office", "b", "166.67")]
    journal.post(chosen)
    rest = approve(journal, claim="C1", when=when("2015-05-02"))
    assert len(rest) == 2
    journal.post(rest)
    assert approve(journal, claim="C1", when=when("2015-05-03")) == []


def test_one_claim_is_approved_without_the_others_or_what_was_undone(
    line: Make, when: Day, post: Post
) -> None:
    journal = Journal()
    post(journal, "C1", [line("a")])
    post(journal, "C2", [line("a"), line("b"), line("c")])
    journal.post([reverse(journal, "E000003", when=when("2015-04-02"), reason="claimed twice")])
    (entry,) = approve(journal, claim="C2", when=when("2015-05-01"))
    assert {lead.line_id for lead in entry.leads()} == {"b"}


def test_a_part_payment_pays_the_oldest_lines_first(line: Make, when: Day, post: Post) -> None:
    journal = Journal()
    newer = line("a", achieved_on=date(2015, 3, 2), payers={"office": "100.00"})
    older = line("b", achieved_on=date(2015, 3, 1), payers={"office": "100.00"})
    undated = line("c", achieved_on=None, payers={"office": "100.00"})
    post(journal, "C1", [newer, older, undated])
    journal.post(approve(journal, claim="C1", when=when("2015-05-01")))
    ready = pay(journal, claim="C1", payer="office", amount=Decimal("150.00"), when=when("2015-06-01"))
    assert _amounts(ready) == [("office", "c", "100.00"), ("office", "b", "50.00")]


def test_each_provider_is_paid_by_its_own_entry(line: Make, when: Day, post: Post) -> None:
    journal = Journal()
    post(journal, "C1", [line("a"), line("b", provider_id="depaul")])
    journal.post(approve(journal, claim="C1", when=when("2015-05-01")))
    ready = pay(journal, claim="C1", payer="office", when=when("2015-06-01"))
    assert [entry.postings[0].account.counterparty for entry in ready] == ["ambition", "depaul"]


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "166.68"])
def test_a_payment_beyond_what_is_approved_is_refused(line: Make, when: Day, post: Post, amount: str) -> None:
    journal = Journal()
    post(journal, "C1", [line()])
    journal.post(approve(journal, claim="C1", when=when("2015-05-01")))
    with pytest.raises(InputError, match=r"is not within the £166\.67 approved and unpaid"):
        pay(journal, claim="C1", payer="office", amount=Decimal(amount), when=when("2015-06-01"))


def test_an_amount_when_nothing_is_due_is_refused_and_no_amount_posts_nothing(
    paid: Journal, when: Day
) -> None:
    assert pay(paid, claim="C1", payer="office", when=when("2015-07-01")) == []
    with pytest.raises(InputError, match="Nothing is approved and unpaid"):
        pay(paid, claim="C1", payer="office", amount=Decimal("1.00"), when=when("2015-07-01"))


def test_profit_share_moves_money_from_provider_to_payers(line: Make, when: Day, post: Post) -> None:
    journal = Journal()
    post(
        journal, "C1", [line("share", payers={"states": "-100.00"}), line("fee", payers={"states": "30.00"})]
    )
    journal.post(approve(journal, claim="C1", when=when("2015-05-01")))
    journal.post(pay(journal, claim="C1", payer="states", amount=Decimal("-20.00"), when=when("2015-06-01")))
    journal.post(pay(journal, claim="C1", payer="states", when=when("2015-06-02")))
    left = {(row.key[0], row.account): row.amount for row in balances(journal)}
    assert left == {
        ("ambition", "provider.income"): Decimal("70.00"),
        ("ambition", "provider.cash"): Decimal("-70.00"),
        ("states", "payer.cost"): Decimal("-70.00"),
        ("states", "payer.cash"): Decimal("70.00"),
    }


def test_a_clawback_is_shared_as_the_payers_paid_and_comes_back_as_a_payment(
    paid: Journal, when: Day
) -> None:
    ready = clawback(paid, claim="C1", amount=Decimal("100.00"), when=when("2015-07-01"), reason="audit")
    assert _amounts(ready) == [("department", "entry/a1", "66.67"), ("office", "entry/a1", "33.33")]
    paid.post(ready)
    back = pay(paid, claim="C1", payer="office", when=when("2015-08-01"))
    assert _amounts(back) == [("office", "entry/a1", "-33.33")]
    paid.post(back)
    position = positions(paid.entries)[ShareKey("fcf", "entry/a1", "office")]
    assert (position.returned, position.outstanding, position.held) == (
        Decimal("33.33"),
        0,
        Decimal("133.34"),
    )


def test_a_clawback_takes_all_that_was_paid_unless_told(paid: Journal, when: Day) -> None:
    ready = clawback(paid, claim="C1", payer="office", when=when("2015-07-01"), reason="audit")
    assert _amounts(ready) == [("office", "entry/a1", "166.67"), ("office", "months/a2", "500.00")]


def test_a_clawback_beyond_what_was_paid_is_refused(paid: Journal, when: Day) -> None:
    with pytest.raises(InputError, match=r"is not within the £2,000\.00 paid and not yet taken back"):
        clawback(paid, claim="C1", amount=Decimal("2000.01"), when=when("2015-07-01"), reason="audit")


def test_a_refund_corrected_by_reversal_leaves_the_clawback_standing(paid: Journal, when: Day) -> None:
    paid.post(clawback(paid, claim="C1", payer="office", when=when("2015-07-01"), reason="audit"))
    (refund,) = paid.post(pay(paid, claim="C1", payer="office", when=when("2015-08-01")))
    paid.post([reverse(paid, refund.entry_id, when=when("2015-08-02"), reason="bank sent it back")])
    position = positions(paid.entries)[ShareKey("fcf", "entry/a1", "office")]
    assert (position.returned, position.outstanding) == (0, Decimal("-166.67"))


def test_investors_money_is_drawn_repaid_and_returned(when: Day) -> None:
    journal = Journal()
    for kind, amount in (("drawdown", "1000.00"), ("repayment", "600.00"), ("return", "50.00")):
        entry = invest(
            kind, contract="fcf", investor="fund", borrower="vehicle", amount=Decimal(amount), currency="GBP",
            when=when("2015-05-01"),
        )  # fmt: skip
        journal.post([entry])
    found = {(row.key[0], row.account): str(row.amount) for row in balances(journal)}
    assert found == {
        ("fund", "investor.advance"): "400.00",
        ("fund", "investor.cash"): "-350.00",
        ("fund", "investor.income"): "-50.00",
        ("vehicle", "borrower.cash"): "350.00",
        ("vehicle", "borrower.funds"): "-400.00",
        ("vehicle", "borrower.finance-cost"): "50.00",
    }


@pytest.mark.parametrize(
    ("amount", "currency", "said"), [("0", "GBP", "above nothing"), ("1", "gbp", "currency code")]
)
def test_investment_of_nothing_or_in_no_currency_is_refused(
    when: Day, amount: str, currency: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        invest(
            "drawdown", contract="fcf", investor="fund", borrower="vehicle", amount=Decimal(amount),
            currency=currency, when=when("2015-05-01"),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"claim": "c1"}, "no claim `c1` here. Did you mean C1"),
        ({"claim": "winter"}, "no claim `winter` here. Known: C1."),
        ({"claim": "C1", "contract": "xyz"}, "no contract `xyz` here. Known: fcf."),
        ({"claim": "C1", "payer": "offices"}, "no payer `offices` here. Did you mean office"),
        ({"claim": "C1", "lines": ["months/a9"]}, "no line `months/a9` here. Did you mean months/a2"),
    ],
)
def test_unknown_names_are_refused_with_a_suggestion(
    paid: Journal, when: Day, asked: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        approve(paid, when=when("2015-05-01"), **asked)  # type: ignore[arg-type]


def test_an_unknown_entry_cannot_be_reversed(paid: Journal, when: Day) -> None:
    with pytest.raises(InputError, match="no entry `E9` here"):
        reverse(paid, "E9", when=when("2015-07-01"), reason="x")
    with pytest.raises(InputError, match="The journal has none"):
        reverse(Journal(), "E000001", when=when("2015-07-01"), reason="x")


def test_a_long_list_of_known_names_is_cut(line: Make, when: Day, post: Post) -> None:
    journal = Journal()
    post(journal, "C1", [line(f"line-{n}") for n in range(9)])
    with pytest.raises(InputError, match="line-7, and more"):
        approve(journal, claim="C1", lines=["zzz"], when=when("2015-05-01"))


def test_a_claim_id_used_in_two_contracts_needs_the_contract(line: Make, when: Day, post: Post) -> None:
    journal = Journal()
    post(journal, "C1", [line()])
    other = replace(line(), contract="other")
    journal.post(post_claim(journal, [other], contract="other", claim="C1", when=when("2015-04-01")))
    with pytest.raises(InputError, match="several contracts: fcf, other"):
        approve(journal, claim="C1", when=when("2015-05-01"))
    (entry,) = approve(journal, claim="C1", contract="other", when=when("2015-05-01"))
    assert entry.contract == "other"


@pytest.mark.parametrize(
    ("amounts", "total", "parts"),
    [
        (["10", "20", "30"], "25", ["10", "15", "0"]),
        (["10", "-5", "30"], "12", ["10", "-5", "7"]),
        (["-10", "5", "-30"], "-12", ["-10", "5", "-7"]),
        (["10", "-5"], "5", ["10", "-5"]),
        ([], "0", []),
    ],
)
def test_a_sum_is_met_in_order_after_netting(amounts: list[str], total: str, parts: list[str]) -> None:
    assert share_out([Decimal(a) for a in amounts], Decimal(total)) == [Decimal(p) for p in parts]
