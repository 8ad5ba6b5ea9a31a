"""Everybody sees the same money: positions, statements and files agree to the penny, on any day."""

import csv
import datetime as dt
import io
import json
import re
from decimal import Decimal

import pytest
import typst
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openoutcomes import ledger
from openoutcomes.web.claims.drafting import draft
from openoutcomes.web.payments import ledger as door
from openoutcomes.web.payments import queries, statements
from openoutcomes.web.payments.queries import position
from web_claims import DAY, approve, bank, date_parts, find, lock, on, pay, prepare

EVERYBODY = ("provider_manager", "commissioner", "fund_commissioner", "finance", "investor", "coordinator",
             "verifier", "administrator")  # fmt: skip


@pytest.fixture
def moving(busy):
    """Claims of two providers, one part paid on 20 April, one corrected in July."""
    busy.claim = lock(busy, prepare(busy))
    lock(busy, prepare(busy, who="other_manager", where="lantern"), "other_manager")
    with on(dt.date(2025, 4, 10)):
        approve(busy, busy.claim)
        bank(busy)
    with on(dt.date(2025, 4, 20)):
        pay(busy, busy.claim, "400.00")
    with on(dt.date(2025, 7, 3)):
        find(busy, busy.outcomes["first"], "refused")
        busy.later = lock(busy, prepare(busy, "2025-Q2", to=dt.date(2025, 6, 30)))
    return busy


def rows_of(world, name, **query):
    address = world.url("contract_position", contract=world.contract.pk)
    answer = world.client(name).get(address, {"format": "csv", **query})
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_every_role_sees_the_same_figures_of_the_same_contract(moving):
    found = {
        name: [row for row in rows_of(moving, name) if row["provider"] == "harbour"] for name in EVERYBODY
    }
    assert len(found["commissioner"]) == 2
    for name in EVERYBODY:
        assert found[name] == found["commissioner"], name
    assert {row["provider"] for row in rows_of(moving, "provider_manager")} == {"harbour"}
    assert {row["provider"] for row in rows_of(moving, "investor")} == {"harbour", "lantern"}


def test_every_role_sees_the_same_figures_on_the_page(moving):
    address = moving.url("position")
    pages = {name: moving.client(name).get(address).content.decode() for name in EVERYBODY}
    for name, text in pages.items():
        row = re.search(r">Harbour Lights</th>(.*?)</tr>", text, re.DOTALL)
        assert row is not None, name
        cells = re.findall(r'data-label="([^"]+)">([^<]+)<', row[1])
        assert dict(cells) == {
            "Claimed": "£500.00", "Approved": "£666.66", "Paid": "£400.00", "Taken back": "£0.00",
            "To approve": "-£166.66", "To pay": "£266.66", "Due back": "£0.00", "Held": "£1,500.00",
        }, name  # fmt: skip


@pytest.mark.parametrize(
    ("day", "claimed", "approved", "paid"),
    [
        (dt.date(2025, 4, 6), None, None, None),
        (DAY, "666.66", "0.00", "0.00"),
        (dt.date(2025, 4, 19), "666.66", "666.66", "0.00"),
        (dt.date(2025, 4, 20), "666.66", "666.66", "400.00"),
        (dt.date(2025, 7, 3), "333.33", "666.66", "400.00"),
    ],
)
def test_the_position_on_any_day_is_what_had_taken_effect_by_then(moving, day, claimed, approved, paid):
    with on(dt.date(2025, 8, 1)):
        rows = rows_of(moving, "commissioner", **date_parts("on", day))
    mine = [row for row in rows if (row["payer"], row["provider"]) == ("council", "harbour")]
    got = [(row["accrued"], row["approved"], row["paid"]) for row in mine]
    assert got == ([(claimed, approved, paid)] if claimed else [])
    assert all(row["as_at"] == day.isoformat() for row in rows)


def test_what_is_held_follows_the_claims(moving):
    with on(dt.date(2025, 8, 1)):
        now = position(moving.access("commissioner"), moving.contract)
        then = position(moving.access("commissioner"), moving.contract, dt.date(2025, 4, 30))
    assert then.money(then.held_total) == Decimal("1500.00")
    assert sum(now.held.values()) == sum(
        claim.result["totals"]["held"] for claim in (moving.later,)
    )  # the latest claim of each provider; the other provider's holds nothing


def test_page_csv_pdf_and_ledger_say_the_same_to_the_penny(moving):
    said = queries.statement(moving.contract, "council", None, None)
    values = statements.statement_values(moving.contract, said)
    shown = [section["closing"] for section in values["sections"]]
    laid_out = typst.query(
        str(statements._LAYOUT), "<closing>", field="value", sys_inputs={"statement": json.dumps(values)}
    )
    assert json.loads(laid_out) == shown
    query = {"party": "council"}
    client = moving.client("commissioner")
    page = client.get(moving.url("statement", contract=moving.contract.pk), query).content.decode()
    for amount in shown[0]:
        assert amount in page
    text = client.get(moving.url("statement_csv", contract=moving.contract.pk), query).content.decode(
        "utf-8-sig"
    )
    closing = next(row for row in csv.DictReader(io.StringIO(text)) if row["what"] == "closing")
    plain = [amount.replace("£", "").replace(",", "") for amount in shown[0]]
    assert [closing[name] for name in ("waiting", "due", "cash", "owed")] == plain
    figures = said.sections[0].closing
    rows = [
        row
        for row in position(moving.access("commissioner"), moving.contract).rows
        if row.payer.named == "council"
    ]
    pence = [sum(getattr(row.standing, name) for row in rows) for name in ("to_approve", "to_pay", "paid")]
    assert [figures.waiting, figures.due, figures.cash] == [Decimal(one) / 100 for one in pence]
    balances = {
        b.account: b.amount for b in ledger.balances(door.read(moving.contract)) if b.key == ("council",)
    }
    assert figures.cash == -balances["payer.cash"]


def test_every_party_has_a_statement_as_a_pdf(moving):
    client = moving.client("commissioner")
    for party in ("council", "fund", "harbour", "lantern", "trust"):
        answer = client.get(moving.url("statement_pdf", contract=moving.contract.pk), {"party": party})
        assert answer.status_code == 200, party
        assert answer.content.startswith(b"%PDF-"), party


def test_nothing_written_by_anybody_is_taken_for_markup_in_a_pdf(moving):
    said = queries.statement(moving.contract, "council", None, None)
    values = statements.statement_values(moving.contract, said)
    values["party"] = '#panic("no") $x$ *bold* #read("/etc/passwd")'
    values["sections"][0]["movements"][0]["why"] = "#" + "]" * 40
    assert statements.pdf(values).startswith(b"%PDF-")


def test_a_statement_opens_where_the_one_before_closed(moving):
    first = queries.statement(moving.contract, "harbour", None, dt.date(2025, 4, 15))
    second = queries.statement(moving.contract, "harbour", dt.date(2025, 4, 16), None)
    assert first.sections[0].closing == second.sections[0].opening
    whole = queries.statement(moving.contract, "harbour", None, None)
    assert second.sections[0].closing == whole.sections[0].closing


def test_a_provider_reads_its_own_statement_alone(moving):
    address = moving.url("statement", contract=moving.contract.pk)
    client = moving.client("provider_manager")
    assert client.get(address, {"party": "harbour"}).status_code == 200
    for party in ("lantern", "council", "trust", "nobody", ""):
        assert client.get(address, {"party": party}).status_code == 404, party


def test_positions_of_others_are_not_found(moving, elsewhere):
    address = moving.url("contract_position", contract=moving.contract.pk)
    assert moving.client("practitioner").get(address).status_code == 403
    assert moving.client("evaluator").get(address).status_code == 403
    assert elsewhere.client("commissioner").get(address).status_code == 404
    own = address.replace("kirkdale", "otherplace")
    assert elsewhere.client("commissioner").get(own).status_code == 404


def test_an_empty_contract_says_that_nothing_was_claimed(world):
    text = world.client("commissioner").get(world.url("position")).content.decode()
    assert "Nothing has been claimed yet" in text
    address = world.url("statement", contract=world.contract.pk)
    text = world.client("commissioner").get(address, {"party": "council"}).content.decode()
    assert "Nothing has been posted for Kirkdale Council" in text


def test_pages_of_positions_ask_no_more_of_the_database_for_more_claims(moving):
    client = moving.client("commissioner")

    def asked():
        with CaptureQueriesContext(connection) as queries_made:
            client.get(moving.url("position"))
        return len(queries_made)

    asked()  # the first look also keeps the session
    before = asked()
    with on(dt.date(2025, 8, 1)):
        find(moving, moving.outcomes["second"], "refused")
        lock(moving, prepare(moving, "2025-Q3", to=dt.date(2025, 7, 31)))
    assert asked() == before
    assert before < 30


def test_a_draft_is_no_part_of_any_position(moving):
    before = rows_of(moving, "commissioner")
    with on(dt.date(2025, 8, 1)):
        found = draft(
            moving.contract,
            moving.organisations["lantern"],
            label="lantern/next",
            until=DAY,
            as_of=dt.date(2025, 8, 1),
        )
        assert found.header["totals"]["claimed"] == 0
        prepare(moving, "2025-Q3", to=dt.date(2025, 7, 31))
    assert rows_of(moving, "commissioner") == before
