"""Nobody prepares and approves, or approves and pays, whatever seats they hold."""

import datetime as dt
import inspect

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.web.claims.commands import price_again, withdraw_claim
from openoutcomes.web.core.scope import writing
from openoutcomes.web.payments.commands import claw_back, reverse_payment
from web_claims import DAY, approve, bank, figures, lock, on, pay, payer, prepare, send
from web_world import seat


def give(busy, who, role, where):
    seat(busy.partnership, busy.users[who], role, busy.organisations[where])


@pytest.mark.parametrize("who", ["provider_manager", "manager_two"])
def test_whoever_prepared_or_submitted_a_claim_never_approves_it(busy, who):
    claim = lock(busy, prepare(busy), "manager_two")
    give(busy, who, "commissioner", "council")
    with pytest.raises(InputError, match="had a part in preparing"):
        approve(busy, claim, who=who)


def test_whoever_priced_a_draft_again_never_approves_it(busy):
    claim = price_again(busy.access("manager_two"), claim=prepare(busy))
    lock(busy, claim)
    give(busy, "manager_two", "commissioner", "council")
    with pytest.raises(InputError, match="had a part in preparing"):
        approve(busy, claim, who="manager_two")


@pytest.mark.parametrize("role", ["practitioner", "finance", "provider_manager"])
def test_a_member_of_the_provider_never_approves_its_claims(busy, role):
    claim = lock(busy, prepare(busy))
    give(busy, "commissioner", role, "harbour")
    with pytest.raises(InputError, match="hold a seat in Harbour Lights"):
        approve(busy, claim)


def test_leaving_the_provider_after_the_claim_was_made_does_not_help(busy):
    from openoutcomes.web.core import clock
    from openoutcomes.web.partnerships.models import Membership

    claim = lock(busy, prepare(busy))
    give(busy, "commissioner", "practitioner", "harbour")
    with writing("test"), on(DAY + dt.timedelta(days=2)):
        Membership.of(busy.partnership).filter(
            user=busy.users["commissioner"], organisation=busy.organisations["harbour"]
        ).update(ended_at=clock.now())
    with on(DAY + dt.timedelta(days=3)), pytest.raises(InputError, match="hold a seat"):
        approve(busy, claim)


def test_somebody_who_left_before_the_claim_was_made_may_approve(busy):
    from openoutcomes.web.core import clock
    from openoutcomes.web.partnerships.models import Membership

    give(busy, "commissioner", "practitioner", "harbour")
    with writing("test"), on(DAY - dt.timedelta(days=90)):
        Membership.of(busy.partnership).filter(
            user=busy.users["commissioner"], organisation=busy.organisations["harbour"]
        ).update(ended_at=clock.now())
    claim = lock(busy, prepare(busy))
    assert approve(busy, claim).amount == 66_666


def test_whoever_approved_never_records_the_payment(busy):
    claim = lock(busy, prepare(busy))
    bank(busy)
    approve(busy, claim)
    give(busy, "commissioner", "finance", "council")
    with pytest.raises(InputError, match="you approved this claim"):
        pay(busy, claim, "10.00", who="commissioner")
    pay(busy, claim, "10.00")
    assert figures(claim, "council")[2] == 1_000


def test_whoever_prepared_never_touches_the_money(busy):
    claim = lock(busy, prepare(busy))
    bank(busy)
    approve(busy, claim)
    payment = pay(busy, claim, "10.00")
    give(busy, "provider_manager", "finance", "council")
    give(busy, "provider_manager", "commissioner", "council")
    by = busy.access("provider_manager")
    with pytest.raises(InputError, match="had a part in preparing"):
        pay(busy, claim, "10.00", who="provider_manager", reference="other")
    with pytest.raises(InputError, match="had a part in preparing"):
        reverse_payment(by, payment=payment, reason="mine")
    with pytest.raises(InputError, match="had a part in preparing"):
        claw_back(by, claim=claim, payer=payer(busy, "council"), reason="mine")
    assert figures(claim, "council") == (66_666, 66_666, 1_000, 0, 0)


def test_the_page_says_why_and_shows_no_button(busy):
    claim = lock(busy, prepare(busy))
    give(busy, "manager_two", "commissioner", "council")
    client = busy.client("manager_two")
    text = client.get(busy.url("claim", claim_id=claim.claim_id)).content.decode()
    assert "You hold a seat in Harbour Lights" in text
    assert "Approve £" not in text
    address = busy.url("claim_approve", claim_id=claim.claim_id, payer=payer(busy, "council").pk)
    page = send(client, address, what="all")
    assert "You hold a seat in Harbour Lights" in page.content.decode()
    assert figures(claim, "council") == (66_666, 0, 0, 0, 0)


def test_everything_that_changes_claims_or_money_is_a_command():
    from openoutcomes.web.claims import commands, disputing
    from openoutcomes.web.payments import bank as bank_commands
    from openoutcomes.web.payments import batches, closing
    from openoutcomes.web.payments import commands as payment_commands

    helpers = ("_", "why_", "keep_")
    loose = [
        f"{module.__name__}.{name}"
        for module in (commands, disputing, payment_commands, bank_commands, batches, closing)
        for name, thing in vars(module).items()
        if callable(thing) and getattr(thing, "__module__", "") == module.__name__
        if inspect.isfunction(thing) and "by" in inspect.signature(thing).parameters
        if not name.startswith(helpers) and not getattr(thing, "is_command", False)
    ]
    assert loose == []


def test_another_partnership_reaches_nothing(busy, elsewhere):
    from django.core.exceptions import PermissionDenied

    claim = lock(busy, prepare(busy))
    for name, action in (("provider_manager", withdraw_claim),):
        with pytest.raises(PermissionDenied):
            action(elsewhere.access(name), claim=claim, why="mine")
    for name in ("commissioner", "finance"):
        client = elsewhere.client(name)
        for page in ("claim_approve", "claim_return", "pay", "claw_back"):
            address = busy.url(page, claim_id=claim.claim_id, payer=payer(busy, "council").pk)
            assert client.get(address).status_code == 404
            own = address.replace("/kirkdale/", "/otherplace/")
            assert client.get(own).status_code in (403, 404)
