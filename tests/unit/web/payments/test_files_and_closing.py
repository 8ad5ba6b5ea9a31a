"""Files for the finance system, and the end of a contract."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.web.claims.disputing import return_lines
from openoutcomes.web.payments.batches import COLUMNS, make_batch
from openoutcomes.web.payments.closing import close_contract, outlook
from openoutcomes.web.payments.commands import claw_back, owed, reverse_payment
from openoutcomes.web.payments.models import Batch, CloseOut
from web_claims import approve, bank, find, lock, on, pay, payer, prepare, send, sound


@pytest.fixture
def approved(busy):
    busy.claim = lock(busy, prepare(busy))
    approve(busy, busy.claim)
    bank(busy)
    return busy


def make(busy, kind):
    return make_batch(busy.access("finance"), payer=busy.organisations["council"], kind=kind)


def rows(batch):
    return list(csv.DictReader(io.StringIO(batch.text)))


def test_each_amount_goes_out_once_and_all_files_add_up_to_what_is_owed(approved):
    first = make(approved, "payable")
    pay(approved, approved.claim, "400.00", reference="BACS 1")
    wrong = pay(approved, approved.claim, "66.66", reference="BACS 2")
    reverse_payment(approved.access("finance"), payment=wrong, reason="wrong claim")
    claw_back(
        approved.access("council_two"), claim=approved.claim, payer=payer(approved, "council"),
        amount=Decimal("10.00"), reason="tenancy ended",
    )  # fmt: skip
    files = [first, make(approved, "payable"), make(approved, "payments")]
    assert [batch.number for batch in files] == [1, 2, 1]
    items = [row["item"] for batch in files for row in rows(batch)]
    assert len(items) == len(set(items))
    payable = sum(Decimal(row["amount"]) for batch in files[:2] for row in rows(batch))
    paid = sum(Decimal(row["amount"]) for row in rows(files[2]))
    assert payable - paid == Decimal(owed(approved.claim, payer(approved, "council"))) / 100
    assert {row["reference"] for row in rows(files[2])} == {"BACS 1", "BACS 2"}
    with pytest.raises(InputError, match="nothing is new"):
        make(approved, "payable")


def test_a_file_has_the_documented_columns_and_no_whole_account_number(approved):
    batch = make(approved, "payable")
    assert next(csv.reader(io.StringIO(batch.text))) == list(COLUMNS)
    (row, *_) = rows(batch)
    assert (row["account_ending"], row["payer"], row["currency"]) == ("5678", "council", "GBP")
    assert "12345678" not in batch.text


def test_a_file_is_the_same_however_often_it_is_downloaded(approved):
    client = approved.client("finance")
    assert send(client, approved.url("batches"), kind="payable").status_code == 302
    address = approved.url("batch", payer="council", kind="payable", number=1)
    before = client.get(address).content
    pay(approved, approved.claim, "1.00")
    assert client.get(address).content == before
    page = send(client, approved.url("batches"), kind="payable")
    assert "Nothing is new since the last file" in page.content.decode()
    assert approved.client("fund_finance").get(address).status_code == 404
    assert approved.client("commissioner").get(address).status_code == 403
    assert Batch.objects.count() == 1


def close(busy, who="commissioner", **kwargs):
    return close_contract(busy.access(who), contract=busy.contract, payer=payer(busy, "council"), **kwargs)


def test_a_contract_with_anything_left_closes_only_with_the_differences_said(approved):
    with pytest.raises(InputError, match="not everything is claimed, approved and paid"):
        close(approved)
    made = close(approved, differences="The fund's part is written off by agreement of 1 April.")
    assert made.figures["to_approve"] == "333.34"
    assert made.figures["to_pay"] == "666.66"
    assert made.figures["unclaimed"]["lantern"] == {"lines": 1, "amount": "500.00", "held": "0.00"}
    approved.claim.refresh_from_db()
    assert approved.claim.state == "closed"
    with pytest.raises(InputError, match="contract is closed"):
        prepare(approved, "2025-Q2")
    with pytest.raises(InputError, match="contract is closed"):
        approve(approved, approved.claim, "fund", "fund_commissioner")
    pay(approved, approved.claim, "666.66")
    approved.claim.refresh_from_db()
    assert approved.claim.state == "closed"
    sound(approved)


def test_a_contract_that_is_settled_closes_without_a_word(approved):
    with on(dt.date(2025, 4, 8)):
        other = lock(approved, prepare(approved, who="other_manager", where="lantern"), "other_manager")
        bank(approved, "lantern", "22222222")
        for key, who, finance in (
            ("council", "commissioner", "finance"), ("fund", "fund_commissioner", "fund_finance"),
        ):  # fmt: skip
            for claim in (approved.claim, other):
                if (claim, key) != (approved.claim, "council"):
                    approve(approved, claim, key, who)
                due = Decimal(owed(claim, payer(approved, key))) / 100
                pay(approved, claim, str(due), key, finance)
        assert outlook(approved.contract).is_settled
        assert close(approved).differences == ""
    with pytest.raises(InputError, match="closed"):
        close(approved)


def test_drafts_and_disputes_stand_in_the_way(busy):
    claim = prepare(busy)
    with pytest.raises(InputError, match="draft claim"):
        close(busy, differences="x")
    lock(busy, claim)
    return_lines(
        busy.access("commissioner"), claim=claim, payer=payer(busy, "council"),
        lines=[busy.outcomes["first"].record_id], reason="no date",
    )  # fmt: skip
    with pytest.raises(InputError, match="disputes are open"):
        close(busy, differences="x")


def test_a_contract_is_closed_through_the_page_by_its_payers_alone(approved):
    with on(dt.date(2025, 4, 8)):
        find(approved, approved.outcomes["second"], "refused")
        address = approved.url(
            "contract_close", contract=approved.contract.pk, payer=payer(approved, "council").pk
        )
        for name in ("provider_manager", "finance", "fund_commissioner", "investor", "administrator"):
            assert approved.client(name).post(address, {"differences": "x"}).status_code in (403, 404), name
        client = approved.client("commissioner")
        text = client.get(address).content.decode()
        assert "Harbour Lights has 1 unclaimed line, which come to -£500.00" in text
        page = send(client, address, differences="")
        assert "Say what is left as it is" in page.content.decode()
        assert send(client, address, differences="Agreed in the last meeting.").status_code == 302
        text = client.get(approved.url("contract_position", contract=approved.contract.pk)).content.decode()
    assert "Differences that stay: Agreed in the last meeting." in text
    assert CloseOut.objects.get().head
