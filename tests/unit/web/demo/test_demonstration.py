"""The demonstration: a year that adds up, people who are made up, and a way in that works nowhere else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from openoutcomes.web.accounts.models import User
from openoutcomes.web.claims.models import Claim
from openoutcomes.web.core import clock
from openoutcomes.web.core.middleware import seat_of
from openoutcomes.web.demo import building
from openoutcomes.web.demo.cast import CAST, FIRST, LAST, name_of
from openoutcomes.web.payments.ledger import journal_of
from openoutcomes.web.people.models import Person
from openoutcomes.web.records.models import Record
from openoutcomes.web.results.costs import costs

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def northtown(django_db_setup: Any, django_db_blocker: Any) -> Any:
    """The demonstration, built once for this file and taken away with its transaction."""
    del django_db_setup
    with django_db_blocker.unblock(), transaction.atomic():
        yield building.build(lambda *_: None, people=40)
        transaction.set_rollback(True)


def test_there_is_something_of_everything(northtown: Any) -> None:
    records = Record.of(northtown)
    for table in ("goals", "strengths", "needs", "activities", "measures", "achievements", "verifications",
                  "referrals", "consents", "feedback", "events"):  # fmt: skip
        assert records.filter(table=table).exists(), table
    states = set(records.filter(table="achievements", current=True).values_list("state", flat=True))
    assert {"accepted", "unverified"} <= states
    assert {"draft", "locked"} <= set(Claim.of(northtown).values_list("state", flat=True))


def test_nothing_is_recorded_after_today(northtown: Any) -> None:
    assert not Record.of(northtown).filter(recorded_at__gt=clock.now()).exists()
    tables = ("activities", "achievements", "measures", "events")
    assert not Record.of(northtown).filter(table__in=tables, on__gt=clock.today()).exists()


def test_its_ledger_is_sound(northtown: Any) -> None:
    from openoutcomes.ledger import verify
    from openoutcomes.web.contracts.models import Contract

    journal = journal_of(Contract.of(northtown).get())
    assert len(journal.entries) > 10
    assert verify(journal) == []


def test_recording_takes_under_ten_minutes_for_each_person_each_month(northtown: Any) -> None:
    """As the page that commissioners see counts it, from how long forms were open."""
    client = Client()
    client.force_login(User.objects.get(email=f"commissioner@{northtown.slug}.example"))
    page = client.get(reverse("recording_costs", kwargs={"partnership": northtown.slug}))
    assert page.status_code == 200
    seat = seat_of(User.objects.get(email=f"commissioner@{northtown.slug}.example"), northtown.slug)
    assert seat is not None
    _, everybody, _ = costs(seat)
    assert everybody is not None
    assert everybody.months > 50
    assert 0 < everybody.median < 10


def test_nobody_in_it_could_be_taken_for_real(northtown: Any) -> None:
    names = [person.name for person in Person.of(northtown)]
    assert names
    assert all(name.split()[1] in LAST or name.split()[1] in {"Sample", "Demo"} for name in names)
    assert len({name_of(number) for number in range(1000)}) == 1000
    assert not set(FIRST) & set(LAST)


@override_settings(DEMO=False)
def test_nobody_signs_in_with_one_click_elsewhere(world: Any, client: Any) -> None:
    del world
    assert client.post("/demo/enter/", {"key": "manager"}).status_code == 404
    assert client.get("/demo/").status_code == 404


def test_everybody_there_is_to_sign_in_as_has_a_seat(northtown: Any) -> None:
    for player in CAST:
        client = Client()
        client.force_login(User.objects.get(email=f"{player.key}@{northtown.slug}.example"))
        page = client.get(reverse("home", kwargs={"partnership": northtown.slug}), follow=True)
        assert page.status_code == 200, player.key


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (dt.date(2026, 11, 24), dt.date(2025, 10, 1)),
        (dt.date(2027, 1, 1), dt.date(2026, 1, 1)),
        (dt.date(2028, 2, 29), dt.date(2027, 1, 1)),
    ],
)
def test_its_year_ends_with_the_day_it_is_built(today: dt.date, expected: dt.date) -> None:
    assert building.began(today) == expected
