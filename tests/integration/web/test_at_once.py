"""Two people at the same moment: one after the other, and never both. On PostgreSQL, where requests truly run at once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django_scopes import scope

from openoutcomes.standard.problems import InputError
from web_claims import DAY, achieve, approve, bank, figures, lock, on, pay, payer, prepare, sound, staff
from web_world import make_world

pytestmark = [pytest.mark.needs_postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(transactional_db):
    del transactional_db
    world = make_world()
    with on(DAY), scope(partnership=world.partnership):
        staff(world)
        achieve(world, "ash")
        achieve(world, "blake")
        yield world


def at_once(world: Any, *works: Callable[[], Any]) -> list[Any]:
    """Do all of them at the same moment, each in a thread and a connection of its own; give results or errors."""
    gate = threading.Barrier(len(works))
    found: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        with on(DAY), scope(partnership=world.partnership):
            gate.wait()
            try:
                found[place] = work()
            except InputError as error:
                found[place] = error
            finally:
                connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "they wait for each other"
    return found


def refused(found: list[Any]) -> list[str]:
    return [str(one) for one in found if isinstance(one, InputError)]


def test_two_approvals_at_once_approve_once(busy):
    claim = lock(busy, prepare(busy))
    found = at_once(
        busy,
        lambda: approve(busy, claim),
        lambda: approve(busy, claim, who="council_two"),
    )
    assert len(refused(found)) == 1
    assert "waits for your approval" in refused(found)[0]
    assert figures(claim, "council") == (66_666, 66_666, 0, 0, 0)
    sound(busy)


def test_two_payers_at_once_both_approve(busy):
    claim = lock(busy, prepare(busy))
    found = at_once(
        busy, lambda: approve(busy, claim), lambda: approve(busy, claim, "fund", "fund_commissioner")
    )
    assert refused(found) == []
    claim.refresh_from_db()
    assert claim.state == "approved"
    sound(busy)


def test_two_payments_at_once_never_pay_more_than_is_owed(busy):
    claim = lock(busy, prepare(busy))
    approve(busy, claim)
    bank(busy)
    found = at_once(
        busy,
        lambda: pay(busy, claim, "400.00", reference="one"),
        lambda: pay(busy, claim, "400.00", who="council_finance_two", reference="two"),
    )
    assert len(refused(found)) == 1
    assert "£400.00 is not within the £266.66" in refused(found)[0]
    assert figures(claim, "council")[2] == 40_000
    sound(busy)


def test_the_same_form_sent_twice_at_once_is_done_once(busy):
    claim = lock(busy, prepare(busy))
    approve(busy, claim)
    bank(busy)
    found = at_once(busy, *[lambda: pay(busy, claim, "100.00", once="the-same-form")] * 3)
    assert refused(found) == []
    assert len({payment.pk for payment in found}) == 1
    assert figures(claim, "council")[2] == 10_000


def test_two_drafts_at_once_make_one(busy):
    found = at_once(busy, lambda: prepare(busy), lambda: prepare(busy, "other", who="manager_two"))
    assert len(refused(found)) == 1
    assert "draft claim under this contract already" in refused(found)[0]


def test_a_claim_is_approved_or_withdrawn_and_never_both(busy):
    from openoutcomes.web.claims.commands import withdraw_claim

    claim = lock(busy, prepare(busy))
    found = at_once(
        busy,
        lambda: approve(busy, claim),
        lambda: withdraw_claim(busy.access("provider_manager"), claim=claim, why="wrong period"),
    )
    assert len(refused(found)) == 1
    claim.refresh_from_db()
    expected = {"part_approved": (66_666, 66_666, 0, 0, 0), "withdrawn": (0, 0, 0, 0, 0)}
    assert figures(claim, "council") == expected[claim.state]
    sound(busy)


def test_two_checks_of_bank_details_at_once_count_once(busy):
    from openoutcomes.web.payments.bank import check_account, propose_account
    from openoutcomes.web.payments.models import BankDetails

    details = propose_account(
        busy.access("provider_manager"), provider=busy.organisations["harbour"], account_name="Harbour Lights",
        sort_code="12-34-56", account_number="12345678",
    )  # fmt: skip

    def check(who: str) -> Callable[[], Any]:
        return lambda: check_account(
            busy.access(who), details=details, confirmed=True, how="call-back", last_four="5678"
        )

    assert len(refused(at_once(busy, check("finance"), check("fund_finance")))) == 1
    assert BankDetails.objects.filter(state="checked").count() == 1


def test_two_files_for_the_finance_system_at_once_hold_each_amount_once(busy):
    from openoutcomes.web.payments.batches import make_batch
    from openoutcomes.web.payments.models import Batch

    claim = lock(busy, prepare(busy))
    approve(busy, claim)
    council = busy.organisations["council"]
    found = at_once(
        busy,
        lambda: make_batch(busy.access("finance"), payer=council, kind="payable"),
        lambda: make_batch(busy.access("council_finance_two"), payer=council, kind="payable"),
    )
    assert len(refused(found)) == 1
    assert Batch.objects.count() == 1
    assert payer(busy, "council") is not None
