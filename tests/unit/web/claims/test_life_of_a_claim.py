"""A claim from the records to the last payment, through its commands."""

import datetime as dt

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.web.claims.models import Claim
from web_claims import DAY, approve, bank, figures, find, lock, on, pay, prepare, sound


def test_a_claim_goes_from_records_to_the_last_penny(busy):
    claim = prepare(busy)
    assert claim.result["totals"]["claimed"] == 100_000
    assert {line.kind for line in claim.lines.all()} == {"new", "held"}
    lock(busy, claim)
    claim = Claim.of(busy.partnership).get(pk=claim.pk)
    assert claim.state == "locked"
    assert figures(claim, "council") == (66_666, 0, 0, 0, 0)
    assert figures(claim, "fund") == (33_334, 0, 0, 0, 0)
    approve(busy, claim)
    claim.refresh_from_db()
    assert claim.state == "part_approved"
    approve(busy, claim, "fund", "fund_commissioner")
    claim.refresh_from_db()
    assert claim.state == "approved"
    bank(busy)
    pay(busy, claim, "400.00")
    claim.refresh_from_db()
    assert claim.state == "part_paid"
    pay(busy, claim, "266.66", reference="BACS 002")
    pay(busy, claim, "333.34", "fund", "fund_finance")
    claim.refresh_from_db()
    assert claim.state == "paid"
    sound(busy)


def test_what_changes_after_locking_comes_in_the_next_claim(busy):
    first = lock(busy, prepare(busy))
    with on(dt.date(2025, 7, 3)):
        find(busy, busy.outcomes["first"], "refused", "the letter is dated before the move")
        claim = prepare(busy, "2025-Q2", to=dt.date(2025, 6, 30))
        rows = {line.line_id: line for line in claim.lines.all()}
        off = rows[f"{busy.outcomes['first'].record_id}/adj-1"]
        assert (off.kind, off.amount) == ("adjustment", -50_000)
        assert "was claimed before" in off.reason
        assert "the letter is dated before the move" in off.reason
        lock(busy, claim)
        first.refresh_from_db()
        assert figures(first, "council")[0] + figures(claim, "council")[0] == 33_333
        sound(busy)


def test_each_provider_claims_its_own_lines_alone(busy):
    harbour, lantern = prepare(busy), prepare(busy, who="other_manager", where="lantern")
    assert {line.origin for line in lantern.lines.all()} == {busy.outcomes["other"].record_id}
    assert busy.outcomes["other"].record_id not in {line.origin for line in harbour.lines.all()}
    lock(busy, harbour)
    lock(busy, lantern, "other_manager")
    sound(busy)


def test_outcomes_after_the_period_wait_for_the_next_claim(busy):
    claim = prepare(busy, to=dt.date(2025, 2, 28))
    assert {line.origin for line in claim.lines.all()} == {busy.outcomes["first"].record_id}
    lock(busy, claim)
    rest = prepare(busy, "2025-Q1 rest")
    assert {line.origin for line in rest.lines.all() if line.amount} == {busy.outcomes["second"].record_id}


def test_a_locked_claim_never_prices_again(busy):
    from openoutcomes.web.claims.commands import price_again

    claim = lock(busy, prepare(busy))
    with pytest.raises(InputError, match="never re-prices"):
        price_again(busy.access("provider_manager"), claim=claim)


def test_a_withdrawn_claim_leaves_nothing_owed_and_its_lines_can_be_claimed_again(busy):
    from openoutcomes.web.claims.commands import withdraw_claim

    claim = lock(busy, prepare(busy))
    withdraw_claim(busy.access("provider_manager"), claim=claim, why="wrong period")
    assert figures(claim, "council") == (0, 0, 0, 0, 0)
    again = lock(busy, prepare(busy, "2025-Q1 corrected"))
    assert figures(again, "council")[0] == 66_666
    sound(busy)


def test_a_claim_with_any_approval_cannot_be_withdrawn(busy):
    from openoutcomes.web.claims.commands import withdraw_claim

    claim = lock(busy, prepare(busy))
    approve(busy, claim)
    with pytest.raises(InputError, match="no longer be withdrawn"):
        withdraw_claim(busy.access("provider_manager"), claim=claim, why="too late")


def test_a_second_draft_and_a_second_claim_of_the_same_name_are_refused(busy):
    claim = prepare(busy)
    with pytest.raises(InputError, match="draft claim under this contract already"):
        prepare(busy, "another")
    lock(busy, claim)
    with pytest.raises(InputError, match="called 2025-Q1 already"):
        prepare(busy)


def test_a_draft_overtaken_by_a_later_pricing_has_to_be_priced_again(busy):
    from openoutcomes.web.claims.commands import price_again

    harbour, lantern = prepare(busy), prepare(busy, who="other_manager", where="lantern")
    with on(DAY + dt.timedelta(days=2)):
        price_again(busy.access("other_manager"), claim=lantern)
        lock(busy, lantern, "other_manager")
        with pytest.raises(InputError, match="Price the contract again at a later day"):
            lock(busy, harbour)
        price_again(busy.access("provider_manager"), claim=harbour)
        lock(busy, harbour)
    sound(busy)
