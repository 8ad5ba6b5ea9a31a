"""A quarter of barriers, tests of change and changes to delivery in the demonstration: each through its commands."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from openoutcomes.web.accounts.models import User
from openoutcomes.web.barriers import queries as barriers
from openoutcomes.web.barriers.models import Barrier, BarrierStep, SharedBarrier
from openoutcomes.web.changes import money, team
from openoutcomes.web.changes.models import CapacityMonth, Change, Entry
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core import clock
from openoutcomes.web.demo import building, rhythm_barriers, rhythm_changes, rhythm_trials
from openoutcomes.web.demo.cast import CAST
from openoutcomes.web.demo.living import Stage
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.trials import queries as trials
from openoutcomes.web.trials.models import Trial


def stage_of(partnership: Any) -> Stage:
    users = {
        player.key: User.objects.get(email=f"{player.key}@{partnership.slug}.example") for player in CAST
    }
    organisations = {one.organisation_id: one for one in Organisation.of(partnership)}
    programmes = {
        one.organisation.organisation_id: one
        for one in Programme.of(partnership).select_related("organisation", "contract")
    }
    return Stage(
        partnership, organisations, programmes, Contract.of(partnership).get(), users,
        building.began(clock.today()), clock.today(), 1,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_quarter_of_unblocking_is_lived_through_and_adds_up() -> None:
    northtown = building.build(lambda *_: None, people=40)
    stage = stage_of(northtown)
    rooms = ((rhythm_barriers, Barrier), (rhythm_trials, Trial), (rhythm_changes, Change))
    with scope(partnership=northtown):
        for room, model in rooms:
            if not model.of(northtown).exists():
                room.fill(stage)
    _unblocks(stage)
    _balances(stage)
    _is_past(stage)
    _opens(stage)


def _unblocks(stage: Stage) -> None:
    here = stage.partnership
    assert set(Barrier.of(here).values_list("state", flat=True)) == {"open", "asked", "gone", "accepted"}
    assert SharedBarrier.of(here).count() == 1
    proofs = Barrier.of(here).get(title=rhythm_barriers.PROOFS)
    assert proofs.level == "board"
    council = stage.seat("commissioner")
    assert [one.ask.barrier.title for one in barriers.asked_of(council, "in:council")] == [proofs.title]
    first, second = Trial.of(here).filter(title=rhythm_trials.CAFE).order_by("cycle")
    assert (first.state, second.state) == ("adapt", "adopt")
    coordinator = stage.seat("coordinator")
    median, count = trials.median_days(coordinator)
    assert (count, median is not None and 10 <= median <= 40) == (3, True)
    aimless = set(Trial.of(here).values_list("trial_id", flat=True)) - trials.aimed(coordinator)
    assert [Trial.of(here).get(trial_id=one).title for one in aimless] == ["A friendlier letterhead"]
    late = [row.title for row in trials.overdue(coordinator)]
    assert late == ["Breakfast together before a Jobcentre appointment"]


def _balances(stage: Stage) -> None:
    here = stage.partnership
    change = Change.of(here).get(title__startswith="Two posts")
    assert (change.state, change.number, change.total_change) == ("made", 2, 0)
    lines = {move.source for move in money.moves_of(change)} | {
        move.target for move in money.moves_of(change)
    }
    standing = money.holds(sorted(lines, key=lambda line: line.pk))
    assert sum(one.amount for one in standing.values()) == sum(one.line.opening for one in standing.values())
    assert CapacityMonth.of(here).count() == 8
    totals = team.totals(team.standings(team.posts_for(stage.seat("coordinator"))))
    assert [bool(one.vacant) for one in totals] == [True, False, False]
    assert [one.late > 0 for one in totals] == [False, True, False]


def _is_past(stage: Stage) -> None:
    for model in (BarrierStep, Entry):
        assert not model.of(stage.partnership).filter(at__gt=clock.now()).exists()
        assert not model.of(stage.partnership).filter(on__gt=clock.today()).exists()
    assert not Trial.of(stage.partnership).filter(decided_on__gt=clock.today()).exists()


def _opens(stage: Stage) -> None:
    names = ("barriers", "barriers_to_answer", "barriers_elsewhere", "trials", "trials_elsewhere", "changes", "capacity",
             "capacity_months", "home")  # fmt: skip
    for player in CAST:
        client = Client()
        client.force_login(stage.users[player.key])
        for name in names:
            page = client.get(reverse(name, kwargs={"partnership": stage.partnership.slug}), follow=True)
            assert page.status_code in (200, 403), (player.key, name)
