"""Outcomes, claims and payments in the world of ``web_world``, for tests of what becomes of money."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django_scopes import scope

from web_world import World, make_user, seat

#: The day on which claims are prepared in tests, unless they say otherwise.
DAY = dt.date(2025, 4, 7)


@contextmanager
def on(day: dt.date):
    """Let it be noon on a day."""
    from openoutcomes.web.core import clock

    with clock.at(dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)):
        yield


def staff(world: World) -> None:
    """Seat the people whom claims need besides those of the world: a second manager, and finance at the fund."""
    for name, role, where in (
        ("manager_two", "provider_manager", "harbour"),
        ("fund_finance", "finance", "fund"),
        ("council_two", "commissioner", "council"),
        ("council_finance_two", "finance", "council"),
    ):
        world.users[name] = make_user(f"{name}@{world.partnership.slug}.example")
        seat(world.partnership, world.users[name], role, world.organisations[where])


@pytest.fixture
def busy(world: World) -> Any:
    """The world with outcomes of three people, on 7 April 2025: two payable at Harbour, one held, one at Lantern."""
    with on(DAY), scope(partnership=world.partnership):
        staff(world)
        world.outcomes = {
            "first": achieve(world, "ash"),
            "second": achieve(world, "blake", day=dt.date(2025, 3, 3)),
            "waits": achieve(
                world, "blake", "home-3-months", dt.date(2025, 3, 30), evidence="", accepted=False
            ),
            "other": achieve(world, "casey", by="other_practitioner"),
        }
        yield world


def write(world: World, who: str, table: str, values: dict[str, Any], **kwargs: Any) -> Any:
    """Store a record as somebody, through the one store."""
    from openoutcomes.web.core.scope import writing
    from openoutcomes.web.records import store

    with scope(partnership=world.partnership), writing("test"):
        return store.write(world.access(who), table, values, **kwargs)


def achieve(
    world: World,
    who: str,
    outcome: str = "home-entry",
    day: dt.date = dt.date(2025, 2, 1),
    *,
    evidence: str = "tenancy-agreement",
    accepted: bool = True,
    by: str = "practitioner",
) -> Any:
    """Record an outcome of a person of the world, and a verifier's finding that accepts it."""
    values = {
        "outcome": outcome,
        "achieved_on": day,
        "claimed_on": day,
        "evidence_kinds": [evidence] if evidence else [],
        "evidence_dates": [day] if evidence else [],
    }
    record = write(
        world, by, "achievements", values, enrolment=world.enrolments[who], contract=world.contract
    )
    if accepted:
        find(world, record, "accepted")
    return record


def find(world: World, record: Any, state: str, reason: str = "") -> Any:
    """Record a verifier's finding on an outcome."""
    from openoutcomes.web.core import clock
    from openoutcomes.web.core.scope import writing
    from openoutcomes.web.records.models import Record

    values = {
        "achievement_id": record.record_id,
        "state": state,
        "verified_on": clock.today(),
        "reason": reason,
    }
    found = write(
        world, "verifier", "verifications", values, person=record.person, organisation=record.organisation,
        contract=record.contract,
    )  # fmt: skip
    with writing("test"):
        Record.of(world.partnership).filter(pk=record.pk).update(state=state)
    return found


def prepare(world: World, label: str = "2025-Q1", *, who: str = "provider_manager", where: str = "harbour",
            to: dt.date = dt.date(2025, 3, 31), **kwargs: Any) -> Any:  # fmt: skip
    """Prepare a claim for the first quarter of 2025."""
    from openoutcomes.web.claims.commands import prepare_claim

    return prepare_claim(
        world.access(who), contract=world.contract, provider=world.organisations[where], label=label,
        period_from=dt.date(2025, 1, 1), period_to=to, **kwargs,
    )  # fmt: skip


def lock(world: World, claim: Any, who: str = "provider_manager") -> Any:
    """Lock a draft claim."""
    from openoutcomes.web.claims.commands import lock_claim

    return lock_claim(world.access(who), claim=claim)


def payer(world: World, key: str) -> Any:
    """Return a payer of the contract, as its party."""
    from openoutcomes.web.contracts.models import Party

    return Party.of(world.partnership).get(contract=world.contract, role="payer", named=key)


def approve(world: World, claim: Any, key: str = "council", who: str = "commissioner", **kwargs: Any) -> Any:
    """Approve a payer's share."""
    from openoutcomes.web.claims.commands import approve_claim

    return approve_claim(world.access(who), claim=claim, payer=payer(world, key), **kwargs)


def bank(world: World, where: str = "harbour", number: str = "12345678") -> Any:
    """Propose and check a provider's bank details."""
    from openoutcomes.web.payments.bank import check_account, propose_account

    manager = "provider_manager" if where == "harbour" else "other_manager"
    proposed = propose_account(
        world.access(manager), provider=world.organisations[where], account_name="Harbour Lights",
        sort_code="12-34-56", account_number=number,
    )  # fmt: skip
    return check_account(
        world.access("finance"), details=proposed, confirmed=True, how="call-back", last_four=number[-4:]
    )


def pay(world: World, claim: Any, amount: str, key: str = "council", who: str = "finance",
        day: dt.date | None = None, reference: str = "BACS 001", **kwargs: Any) -> Any:  # fmt: skip
    """Record a payment."""
    from openoutcomes.web.core import clock
    from openoutcomes.web.payments.commands import record_payment

    return record_payment(
        world.access(who), claim=claim, payer=payer(world, key), amount=Decimal(amount),
        paid_on=day or clock.today(), reference=reference, **kwargs,
    )  # fmt: skip


def sound(world: World) -> None:
    """Check that the journal is sound and that every page's columns say what it says."""
    from openoutcomes.web.payments.ledger import problems_of

    assert problems_of(world.contract) == []


def figures(claim: Any, key: str) -> tuple[int, ...]:
    """Return a payer's share of a claim in pence: accrued, approved, paid, clawed back, returned."""
    from django.db.models import Sum

    from openoutcomes.web.payments.models import FIGURES, Share

    rows = Share.of(claim.partnership).filter(claim=claim, payer__named=key)
    found = rows.aggregate(**{f"{name}_sum": Sum(name, default=0) for name in FIGURES})
    return tuple(found[f"{name}_sum"] for name in FIGURES)


def send(client: Any, address: str, **values: Any) -> Any:
    """Open a form, then send it with its key; return the answer."""
    page = client.get(address)
    assert page.status_code == 200, (address, page.status_code)
    hidden = {
        name: page.context["form"].initial[name]
        for name in ("once", "waited")
        if name in page.context["form"].initial
    }
    return client.post(address, {**hidden, **values})


def date_parts(name: str, day: dt.date) -> dict[str, Any]:
    """Return a date as the three boxes of a form."""
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
