"""Returned lines: answered, settled, and what becomes of their money."""

import datetime as dt

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.web.claims.disputing import answer_dispute, return_lines, settle_dispute
from openoutcomes.web.claims.models import Dispute
from web_claims import DAY, achieve, approve, bank, figures, find, lock, on, pay, payer, prepare, send, sound


def returned(busy, claim, which="first", key="council", who="commissioner"):
    line = busy.outcomes[which].record_id
    return_lines(
        busy.access(who), claim=claim, payer=payer(busy, key), lines=[line], reason="The letter has no date."
    )
    return Dispute.objects.get(claim=claim, line__line_id=line, payer__named=key, resolution="")


def test_a_returned_line_is_not_approved_meanwhile(busy):
    claim = lock(busy, prepare(busy))
    dispute = returned(busy, claim)
    approve(busy, claim)
    assert figures(claim, "council") == (66_666, 33_333, 0, 0, 0)
    with pytest.raises(InputError, match="in dispute"):
        approve(busy, claim, lines=[dispute.line.line_id])


def test_a_withdrawn_dispute_lets_the_line_stand(busy):
    claim = lock(busy, prepare(busy))
    settle_dispute(busy.access("commissioner"), dispute=returned(busy, claim), uphold=False)
    approve(busy, claim)
    assert figures(claim, "council") == (66_666, 66_666, 0, 0, 0)


def test_a_dispute_is_upheld_only_after_the_answer_or_the_day(busy):
    claim = lock(busy, prepare(busy))
    dispute = returned(busy, claim)
    with pytest.raises(InputError, match="has not answered, and may until 21 April 2025"):
        settle_dispute(busy.access("commissioner"), dispute=dispute, uphold=True)
    with on(DAY + dt.timedelta(days=15)):
        assert dispute.is_late
        settle_dispute(busy.access("commissioner"), dispute=dispute, uphold=True)
    assert figures(claim, "council") == (33_333, 0, 0, 0, 0)
    sound(busy)


@pytest.mark.parametrize("approved", [False, True])
def test_an_unpaid_line_that_comes_off_is_reversed_for_every_payer(busy, approved):
    claim = lock(busy, prepare(busy))
    if approved:
        approve(busy, claim)
        approve(busy, claim, "fund", "fund_commissioner")
    answer_dispute(busy.access("manager_two"), dispute=returned(busy, claim), agree=True)
    done = 33_333 if approved else 0
    assert figures(claim, "council") == (33_333, done, 0, 0, 0)
    assert figures(claim, "fund") == (16_667, 16_667 if approved else 0, 0, 0, 0)
    sound(busy)


def test_a_paid_line_that_comes_off_is_taken_back(busy):
    claim = lock(busy, prepare(busy))
    approve(busy, claim)
    bank(busy)
    pay(busy, claim, "666.66")
    answer_dispute(busy.access("provider_manager"), dispute=returned(busy, claim), agree=True)
    assert figures(claim, "council") == (66_666, 66_666, 66_666, 33_333, 0)
    pay(busy, claim, "-333.33", reference="back")
    assert figures(claim, "council") == (66_666, 66_666, 66_666, 33_333, 33_333)
    sound(busy)


def test_a_line_that_came_off_is_not_claimed_again_until_its_records_change(busy):
    claim = lock(busy, prepare(busy))
    answer_dispute(busy.access("provider_manager"), dispute=returned(busy, claim), agree=True)
    origin = busy.outcomes["first"].record_id
    with on(dt.date(2025, 7, 1)):
        achieve(busy, "blake", "home-3-months", dt.date(2025, 6, 10), evidence="landlord-letter")
        claim = prepare(busy, "2025-Q2", to=dt.date(2025, 6, 30))
        row = claim.lines.get(origin=origin)
        assert (row.amount, row.kind) == (0, "refused")
        assert row.reason.startswith("Returned in claim 2025-Q1")
        lock(busy, claim)
    with on(dt.date(2025, 10, 1)):
        find(busy, busy.outcomes["first"], "accepted", "the tenancy agreement was seen")
        claim = prepare(busy, "2025-Q3", to=dt.date(2025, 9, 30))
        assert claim.lines.get(origin=origin).amount == 50_000
        lock(busy, claim)
    sound(busy)


def test_a_dispute_goes_through_the_pages(busy):
    claim = lock(busy, prepare(busy))
    line = busy.outcomes["first"].record_id
    address = busy.url("claim_return", claim_id=claim.claim_id, payer=payer(busy, "council").pk)
    commissioner, manager = busy.client("commissioner"), busy.client("manager_two")
    page = send(commissioner, address, lines=[line], reason="")
    assert "This field is required" in page.content.decode()
    assert send(commissioner, address, lines=[line], reason="No date on the letter").status_code == 302
    dispute = Dispute.objects.get()
    here = busy.url("claim_dispute", claim_id=claim.claim_id, dispute_id=dispute.dispute_id)
    assert "returned line to answer" in manager.get(busy.url("home")).content.decode()
    page = send(manager, here, agree="no", answer="")
    assert "No answer was given" in page.content.decode()
    assert send(manager, here, agree="no", answer="It is on the back of the page").status_code == 302
    text = commissioner.get(here).content.decode()
    assert "It is on the back of the page" in text
    assert "To be settled by" in text
    assert "dispute to settle" in commissioner.get(busy.url("home")).content.decode()
    assert send(commissioner, here, uphold="no").status_code == 302
    dispute.refresh_from_db()
    assert dispute.resolution == "withdrawn"


def test_others_neither_answer_nor_settle(busy):
    claim = lock(busy, prepare(busy))
    dispute = returned(busy, claim)
    here = busy.url("claim_dispute", claim_id=claim.claim_id, dispute_id=dispute.dispute_id)
    for name in ("fund_commissioner", "finance", "investor", "coordinator"):
        page = busy.client(name).get(here)
        assert page.status_code == 200
        assert page.context["form"] is None
        busy.client(name).post(here, {"uphold": "no", "agree": "yes", "once": name})
    assert busy.client("other_manager").post(here, {"agree": "yes"}).status_code == 404
    dispute.refresh_from_db()
    assert dispute.is_open


def test_a_line_is_returned_once_and_only_by_whoever_has_a_part_in_it(busy):
    claim = lock(busy, prepare(busy))
    dispute = returned(busy, claim)
    with pytest.raises(InputError, match="in dispute already"):
        returned(busy, claim)
    other = lock(busy, prepare(busy, who="other_manager", where="lantern"), "other_manager")
    with pytest.raises(InputError, match="not all of these lines"):
        return_lines(
            busy.access("commissioner"), claim=other, payer=payer(busy, "council"),
            lines=[dispute.line.line_id], reason="not theirs",
        )  # fmt: skip
    answer_dispute(busy.access("provider_manager"), dispute=dispute, agree=True)
    with pytest.raises(InputError, match="settled already"):
        settle_dispute(busy.access("commissioner"), dispute=dispute, uphold=False)
    with pytest.raises(InputError, match="have come off"):
        returned(busy, claim)


def test_the_reason_of_a_dispute_stays_out_of_the_ledger(busy):
    from openoutcomes.web.payments.ledger import stored

    claim = lock(busy, prepare(busy))
    answer_dispute(busy.access("provider_manager"), dispute=returned(busy, claim), agree=True)
    assert "The letter has no date" not in "".join(stored(busy.contract).values_list("text", flat=True))
