"""Payments, what undoes them, clawbacks and investors' money."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.web.contracts.models import Party
from openoutcomes.web.payments.commands import claw_back, record_investment, reverse_payment
from openoutcomes.web.payments.models import Payment
from openoutcomes.web.payments.queries import position
from web_claims import (
    DAY,
    approve,
    bank,
    date_parts,
    figures,
    find,
    lock,
    on,
    pay,
    payer,
    prepare,
    send,
    sound,
)  # fmt: skip


@pytest.fixture
def approved(busy):
    """A claim approved by both payers, with the provider's bank details checked."""
    busy.claim = lock(busy, prepare(busy))
    approve(busy, busy.claim)
    approve(busy, busy.claim, "fund", "fund_commissioner")
    bank(busy)
    return busy


def test_a_payment_is_recorded_through_the_page_once(approved):
    client = approved.client("finance")
    address = approved.url("pay", claim_id=approved.claim.claim_id, payer=payer(approved, "council").pk)
    form = client.get(address).context["form"]
    assert form.initial["amount"] == Decimal("666.66")
    sent = {
        "once": form.initial["once"], "amount": "£400.00", "reference": "BACS 7", **date_parts("paid_on", DAY),
    }  # fmt: skip
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    assert figures(approved.claim, "council")[2] == 40_000
    assert Payment.objects.count() == 1
    text = client.get(approved.url("claim", claim_id=approved.claim.claim_id)).content.decode()
    assert "£400.00 paid by Kirkdale Council, reference BACS 7, recorded by finance" in text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"amount": "700"}, "£700.00 is not within the £666.66 approved and unpaid"),
        ({"amount": "1.005"}, "no more than 2 decimal places"),
        ({"amount": "-5"}, "is not within"),
        ({"reference": ""}, "This field is required"),
        (date_parts("paid_on", DAY + dt.timedelta(days=1)), "must be today or in the past"),
        (date_parts("paid_on", DAY - dt.timedelta(days=1)), "Approve first"),
    ],
)
def test_mistakes_in_a_payment_are_said_and_nothing_is_posted(approved, changes, says):
    address = approved.url("pay", claim_id=approved.claim.claim_id, payer=payer(approved, "council").pk)
    sent = {"amount": "10.00", "reference": "BACS 7", **date_parts("paid_on", DAY), **changes}
    page = send(approved.client("finance"), address, **sent)
    assert page.status_code == 200
    assert says in page.content.decode()
    assert figures(approved.claim, "council")[2] == 0


def test_a_payer_pays_for_itself_alone(approved):
    council, fund = payer(approved, "council").pk, payer(approved, "fund").pk
    claim_id = approved.claim.claim_id
    assert (
        approved.client("finance").get(approved.url("pay", claim_id=claim_id, payer=fund)).status_code == 404
    )
    for name in (
        "commissioner",
        "fund_finance",
        "provider_manager",
        "lantern_finance",
        "investor",
        "administrator",
    ):
        answer = approved.client(name).post(
            approved.url("pay", claim_id=claim_id, payer=council), {"amount": "1"}
        )
        assert answer.status_code in (403, 404), name


def test_the_same_bank_reference_is_not_recorded_twice(approved):
    pay(approved, approved.claim, "100.00", reference="BACS 7")
    with pytest.raises(InputError, match="recorded for this claim already"):
        pay(approved, approved.claim, "100.00", reference="bacs 7 ")


def test_what_was_not_approved_is_not_paid(busy):
    claim = lock(busy, prepare(busy))
    bank(busy)
    with pytest.raises(InputError, match="Nothing is approved and unpaid"):
        pay(busy, claim, "10.00")


def test_a_payment_entered_by_mistake_is_undone_once(approved):
    payment = pay(approved, approved.claim, "100.00", reference="BACS 7")
    client = approved.client("council_finance_two")
    address = approved.url("payment_reverse", payment_id=payment.payment_id)
    assert send(client, address, reason="entered for the wrong claim").status_code == 302
    assert figures(approved.claim, "council")[2] == 0
    page = send(client, address, reason="again")
    assert "undone already" in page.content.decode()
    pay(approved, approved.claim, "100.00", reference="BACS 7")
    assert approved.client("fund_finance").post(address, {"reason": "x"}).status_code == 404
    sound(approved)


def test_a_payment_is_not_undone_while_a_clawback_stands_on_it(approved):
    payment = pay(approved, approved.claim, "666.66")
    claw_back(
        approved.access("council_two"),
        claim=approved.claim,
        payer=payer(approved, "council"),
        reason="no home",
    )
    with pytest.raises(InputError, match="First reverse what was posted on top of it"):
        reverse_payment(approved.access("finance"), payment=payment, reason="wrong")
    assert figures(approved.claim, "council") == (66_666, 66_666, 66_666, 66_666, 0)


def test_money_is_taken_back_through_the_page_and_comes_back_as_a_payment(approved):
    pay(approved, approved.claim, "666.66")
    client = approved.client("council_two")
    address = approved.url("claw_back", claim_id=approved.claim.claim_id, payer=payer(approved, "council").pk)
    page = send(client, address, amount="700", reason="too much")
    assert "is not within" in page.content.decode()
    assert send(client, address, amount="50.00", reason="the tenancy ended early").status_code == 302
    text = (
        approved.client("finance")
        .get(approved.url("claim", claim_id=approved.claim.claim_id))
        .content.decode()
    )
    assert "Record money returned to Kirkdale Council" in text
    with pytest.raises(InputError, match="same sign"):
        pay(approved, approved.claim, "50.00", reference="back")
    pay(approved, approved.claim, "-50.00", reference="back")
    assert figures(approved.claim, "council") == (66_666, 66_666, 66_666, 5_000, 5_000)
    sound(approved)


def test_a_correction_after_payment_is_set_off_in_the_next_claim(approved):
    pay(approved, approved.claim, "666.66")
    pay(approved, approved.claim, "333.34", "fund", "fund_finance")
    with on(dt.date(2025, 7, 3)):
        find(approved, approved.outcomes["first"], "refused")
        claim = lock(approved, prepare(approved, "2025-Q2", to=dt.date(2025, 6, 30)))
        approve(approved, claim)
        assert figures(claim, "council") == (-33_333, -33_333, 0, 0, 0)
        pay(approved, claim, "-333.33", reference="back")
    assert figures(claim, "council") == (-33_333, -33_333, -33_333, 0, 0)
    sound(approved)


def test_what_is_approved_and_unpaid_is_listed_and_downloaded(approved):
    pay(approved, approved.claim, "400.00")
    client = approved.client("finance")
    assert "amount approved and unpaid, £266.66" in client.get(approved.url("home")).content.decode()
    text = client.get(approved.url("payments_due"), {"format": "csv"}).content.decode("utf-8-sig")
    assert [row["To pay"] for row in csv.DictReader(io.StringIO(text))] == ["266.66"]
    text = client.get(approved.url("payments"), {"format": "csv"}).content.decode("utf-8-sig")
    assert [row["Amount"] for row in csv.DictReader(io.StringIO(text))] == ["400.00"]
    assert "BACS 001" in client.get(approved.url("payments")).content.decode()
    assert "BACS 001" not in approved.client("other_manager").get(approved.url("payments")).content.decode()


def invest(world, kind, amount, who="investor", day=DAY):
    parties = {
        p.role: p for p in Party.objects.filter(contract=world.contract, named__in=("trust", "harbour"))
    }
    return record_investment(
        world.access(who), contract=world.contract, kind=kind, investor=parties["investor"],
        borrower=parties["provider"], amount=Decimal(amount), dated_on=day,
    )  # fmt: skip


def test_investors_see_what_was_drawn_repaid_and_returned(busy):
    invest(busy, "drawdown", "1000.00", day=dt.date(2025, 1, 5))
    invest(busy, "repayment", "400.00")
    invest(busy, "return", "25.50")
    for name in ("investor", "provider_manager", "commissioner", "coordinator"):
        (row,) = position(busy.access(name), busy.contract).funded
        assert (row.drawn, row.repaid, row.returned, row.outstanding) == (1000, 400, Decimal("25.50"), 600), (
            name
        )
    assert position(busy.access("other_manager"), busy.contract).funded == []
    (before,) = position(busy.access("investor"), busy.contract, dt.date(2025, 2, 1)).funded
    assert (before.drawn, before.outstanding) == (1000, 1000)
    with pytest.raises(InputError, match="more than was drawn"):
        invest(busy, "repayment", "700.00")
    sound(busy)


def test_investors_money_is_recorded_and_undone_through_the_page(busy):
    investor = Party.objects.get(contract=busy.contract, role="investor")
    client = busy.client("investor")
    address = busy.url("invest", contract=busy.contract.pk, investor=investor.pk)
    sent = {"kind": "drawdown", "borrower": "harbour", "amount": "500", **date_parts("dated_on", DAY)}
    assert send(client, address, **sent).status_code == 302
    assert "£500.00, Harbour Lights" in client.get(address).content.decode()
    undo = busy.url("invest_reverse", contract=busy.contract.pk, investor=investor.pk, number=1)
    assert send(client, undo, reason="wrong provider").status_code == 302
    (row,) = position(busy.access("investor"), busy.contract).funded
    assert row.drawn == 0
    for name in ("finance", "provider_manager", "commissioner"):
        assert busy.client(name).post(address, sent).status_code in (403, 404), name
    sound(busy)
