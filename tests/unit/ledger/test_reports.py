"""Balances and statements, at any date, in every form."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from openoutcomes.ledger import (
    ClaimLine,
    Journal,
    When,
    approve,
    balances,
    clawback,
    invest,
    post_claim,
    reverse,
    statement,
    trial_balance,
)
from openoutcomes.ledger.render import (
    balances_csv,
    balances_json,
    balances_table,
    statement_csv,
    statement_html,
    statement_json,
    statement_table,
    title,
)
from openoutcomes.ledger.reports import Balance
from openoutcomes.standard.problems import InputError

Day = Callable[[str], When]


def test_balances_stand_as_they_did_on_any_day(paid: Journal) -> None:
    def office(day: str) -> dict[str, str]:
        rows = balances(paid, date.fromisoformat(day))
        return {row.account: str(row.amount) for row in rows if row.key == ("office",)}

    assert office("2015-03-31") == {}
    assert office("2015-04-01") == {"payer.cost": "666.67", "payer.accrued": "-666.67"}
    assert office("2015-05-01") == {"payer.cost": "666.67", "payer.payable": "-666.67"}
    assert office("2015-06-01") == {"payer.cost": "666.67", "payer.cash": "-666.67"}


def test_what_was_known_on_an_earlier_day_can_be_seen_again(paid: Journal) -> None:
    assert balances(paid, known_by=date(2016, 1, 30)) == []
    assert balances(paid, known_by=date(2016, 1, 31)) == balances(paid)


@pytest.mark.parametrize("by", ["contract", "party", "payer", "provider", "period", "claim", "line"])
def test_every_breakdown_is_in_balance(paid: Journal, by: str) -> None:
    rows = balances(paid, by=(by,))
    assert rows
    for debit, credit in trial_balance(rows).values():
        assert debit == credit > 0


def test_a_trial_balance_adds_debits_and_credits_apart() -> None:
    rows = [
        Balance((), "payer.cost", "GBP", Decimal(5)),
        Balance((), "payer.cash", "GBP", Decimal(-3)),
        Balance((), "payer.cash", "EUR", Decimal(-1)),
    ]
    assert trial_balance(rows) == {"GBP": (Decimal(5), Decimal(3)), "EUR": (Decimal(0), Decimal(1))}


def test_balances_by_payer_count_both_sides_of_the_payers_money(paid: Journal) -> None:
    rows = [
        (row.key[0], row.account) for row in balances(paid, by=("payer",)) if row.account.endswith("cash")
    ]
    assert rows == [
        ("department", "payer.cash"),
        ("department", "provider.cash"),
        ("office", "payer.cash"),
        ("office", "provider.cash"),
    ]
    assert {row.key for row in balances(paid, by=("provider",))} == {("ambition",)}


def test_balances_of_one_contract_and_of_an_unknown_one(paid: Journal) -> None:
    assert balances(paid, contract="fcf") == balances(paid)
    with pytest.raises(InputError, match=r"no contract `xyz` here\. Known: fcf"):
        balances(paid, contract="xyz")
    with pytest.raises(InputError, match="The journal is empty"):
        balances(Journal(), contract="fcf")


def test_an_unknown_breakdown_is_refused(paid: Journal) -> None:
    with pytest.raises(InputError, match="cannot be broken down by `mood`"):
        balances(paid, by=("mood",))


def test_a_statement_opens_with_what_went_before_and_closes_with_what_is_left(
    paid: Journal, when: Day
) -> None:
    paid.post(clawback(paid, claim="C1", lines=["entry/a1"], when=when("2015-07-01"), reason="audit"))
    found = statement(paid, "office", date(2015, 5, 1), date(2015, 6, 30))
    (section,) = found.sections
    assert [str(figure) for figure in (*section.opening, section.opening.total)] == [
        "666.67",
        "0",
        "0",
        "666.67",
    ]
    assert [(m.kind, m.line_id, str(m.balance)) for m in section.movements] == [
        ("approval", "entry/a1", "666.67"),
        ("approval", "months/a2", "666.67"),
        ("payment", "entry/a1", "500.00"),
        ("payment", "months/a2", "0.00"),
    ]
    assert [str(figure) for figure in section.closing] == ["0.00", "0.00", "666.67"]
    (rest,) = statement(paid, "office", date(2015, 7, 1)).sections
    assert [(m.kind, m.reason, str(m.balance)) for m in rest.movements] == [("clawback", "audit", "-166.67")]
    assert rest.opening == section.closing


def test_a_movement_leads_back_to_its_claim_line(paid: Journal) -> None:
    movement = statement(paid, "ambition").sections[0].movements[-1]
    assert movement.line is not None
    assert (movement.line.achievement_id, movement.line.outcome, movement.line.terms_version) == (
        "a2",
        "entry",
        "1",
    )


def test_a_party_with_two_roles_has_two_sections(
    when: Day, line: Callable[..., ClaimLine], post: Callable[..., None]
) -> None:
    journal = Journal()
    post(journal, "C1", [line(payers={"ambition": "5.00"})])
    for kind, amount in (("drawdown", "100.00"), ("return", "7.00")):
        entry = invest(
            kind,
            contract="fcf",
            investor="fund",
            borrower="ambition",
            amount=Decimal(amount),
            currency="GBP",
            when=when("2015-05-01"),
        )
        journal.post([entry])
    found = statement(journal, "ambition")
    assert [section.role for section in found.sections] == ["payer", "provider", "borrower"]
    borrower = found.sections[2]
    assert [str(figure) for figure in borrower.closing] == ["0", "100.00", "93.00"]
    assert borrower.movements[0].line is None
    fund = statement(journal, "fund").sections[0]
    assert [str(figure) for figure in fund.closing] == ["0", "100.00", "-93.00"]
    assert statement_json(found)["sections"][2]["movements"][0]["outcome"] == ""
    assert "drawdown" in statement_csv(statement(journal, "fund"))


def test_a_party_with_nothing_is_refused_by_name(paid: Journal) -> None:
    with pytest.raises(
        InputError, match=r"nothing for `nobody` in that time\. Known: ambition, department, office"
    ):
        statement(paid, "nobody")
    with pytest.raises(InputError, match="The journal is empty"):
        statement(Journal(), "office")


def test_text_columns_hold_debits_and_credits_that_agree(paid: Journal) -> None:
    table = balances_table(balances(paid), ("party",))
    assert table.headers == ("Party", "Account", "Debit", "Credit")
    assert table.rows[-1] == ("Total", "", "£4,000.00", "£4,000.00")
    assert balances_table(balances(paid, by=()), ()).rows[-1] == ("Total", "£4,000.00", "£4,000.00")


def test_balances_as_json_and_csv_carry_money_as_text(paid: Journal) -> None:
    rows = balances(paid, date(2015, 4, 1), ("payer", "period"))
    found = balances_json(rows, ("payer", "period"), date(2015, 4, 1))
    assert found["balances"][0] == {
        "payer": "department",
        "period": "2015-Q1",
        "account": "payer.cost",
        "currency": "GBP",
        "amount": "1333.33",
    }
    assert found["totals"] == [{"currency": "GBP", "debit": "4000.00", "credit": "4000.00"}]
    assert (found["as_of"], balances_json([], (), None)["as_of"]) == ("2015-04-01", None)
    assert balances_csv(rows, ("payer", "period")).splitlines()[:2] == [
        "payer,period,account,currency,amount",
        "department,2015-Q1,payer.cost,GBP,1333.33",
    ]


def test_text_that_a_spreadsheet_would_run_is_defused(
    line: Callable[..., ClaimLine], post: Callable[..., None]
) -> None:
    journal = Journal()
    post(journal, "C1", [line(payers={"=1+1": "-5.00"})])
    (row, *_) = csv.DictReader(io.StringIO(balances_csv(balances(journal, by=("payer",)), ("payer",))))
    assert (row["payer"], row["amount"]) == ("'=1+1", "-5.00")
    rows = list(csv.DictReader(io.StringIO(statement_csv(statement(journal, "ambition")))))
    assert (rows[1]["with"], rows[1]["waiting"]) == ("'=1+1", "-5.00")


def test_a_statement_table_reads_from_opening_to_closing(paid: Journal, when: Day) -> None:
    paid.post([reverse(paid, "E000006", when=when("2015-07-01"), reason="sent twice")])
    found = statement(paid, "office", date(2015, 6, 1), date(2015, 7, 1))
    table = statement_table(found.sections[0])
    assert table.headers[6:9] == ("To approve", "To pay", "Paid")
    assert [row[2] for row in table.rows] == [
        "opening", "payment", "payment", "reversal of E000006", "reversal of E000006", "closing",
    ]  # fmt: skip
    assert table.rows[-1][6:10] == ("£0.00", "£666.67", "£0.00", "£666.67")
    assert title(found, found.sections[0]) == "office as payer, GBP from 1 June 2015 to 1 July 2015"
    assert title(statement(paid, "office"), found.sections[0]) == "office as payer, GBP"


def test_a_statement_as_json_says_why_and_on_what_terms(paid: Journal) -> None:
    found = statement_json(statement(paid, "office", date(2015, 5, 1)))
    assert (found["from"], found["to"]) == ("2015-05-01", None)
    movement = found["sections"][0]["movements"][0]
    assert (movement["achievement_id"], movement["achieved_on"], movement["terms_version"]) == (
        "a1",
        "2015-03-01",
        "1",
    )
    assert (movement["waiting"], movement["due"], movement["owed"]) == ("-166.67", "166.67", "0.00")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser calls it so
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_statement_page_shows_names_as_text_never_as_markup(
    line: Callable[..., ClaimLine], post: Callable[..., None]
) -> None:
    journal = Journal()
    post(journal, "C1", [line(payers={"<script>alert(1)</script>": "5.00"})])
    reader = _Reader()
    reader.feed(statement_html(statement(journal, "<script>alert(1)</script>")))
    assert "script" not in reader.tags
    assert "<script>alert(1)</script> as payer" in reader.text
    assert reader.tags.count("tr") == 4
    assert "£5.00" in reader.text


def test_an_approval_moves_money_within_what_is_owed(
    line: Callable[..., ClaimLine], post: Callable[..., None], when: Day
) -> None:
    journal = Journal()
    post(journal, "C1", [line(payers={"office": "10.00"})])
    journal.post(approve(journal, claim="C1", payer="office", when=when("2015-05-01")))
    (section,) = statement(journal, "ambition").sections
    assert [str(m.balance) for m in section.movements] == ["10.00", "10.00"]


def test_of_many_names_the_first_few_are_said(
    line: Callable[..., ClaimLine], post: Callable[..., None]
) -> None:
    journal = Journal()
    post(journal, "C1", [line(f"l{n}", provider_id=f"p{n:03}") for n in range(20)])
    with pytest.raises(InputError) as raised:
        statement(journal, "nobody", None, None)
    (problem,) = raised.value.problems
    assert problem.mend.endswith("p004, p005, and more.")


def test_what_is_wrong_with_every_new_entry_is_said_once(line: Callable[..., ClaimLine]) -> None:
    journal = Journal()
    late = When(date(2030, 1, 1), date(2016, 1, 31))
    drafts = post_claim(journal, [line("x/1"), line("x/2")], contract="fcf", claim="C2", when=late)
    assert len(drafts) == 2
    with pytest.raises(InputError) as raised:
        journal.post(drafts)
    assert [problem.field for problem in raised.value.problems] == ["new accrual"]
