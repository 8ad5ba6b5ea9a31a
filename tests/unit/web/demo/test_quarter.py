"""A quarter of the working rhythm in the demonstration: lived through the commands, each on its day, and open to read."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from openoutcomes.web.accounts.models import User
from openoutcomes.web.agenda.models import AgendaVersion, Commitment, Evidence, Triage
from openoutcomes.web.barriers import queries as barriers
from openoutcomes.web.barriers.models import Barrier, BarrierStep, SharedBarrier
from openoutcomes.web.cases.models import Case, CopyPlan, Publication
from openoutcomes.web.changes import money, team
from openoutcomes.web.changes.models import CapacityMonth, Change, Entry
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core import clock
from openoutcomes.web.demo import (
    building,
    rhythm_barriers,
    rhythm_trials,
)
from openoutcomes.web.demo.cast import CAST
from openoutcomes.web.demo.living import Stage
from openoutcomes.web.governance.models import Complaint, DataUse, Matter, Support
from openoutcomes.web.listening import frames
from openoutcomes.web.listening.models import Conversation, Round, Sampled, Settled, Theme, ThemeAnswer
from openoutcomes.web.meetings.models import Action, Decision, Meeting, Practice, Step
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.people.models import Person
from openoutcomes.web.records.models import Record
from openoutcomes.web.stories.models import Story
from openoutcomes.web.stories.queries import order_of
from openoutcomes.web.trials import queries as trials
from openoutcomes.web.trials.models import Trial

pytestmark = pytest.mark.django_db
PAGES = ("agenda", "agenda_print", "agenda_versions", "commitments", "factors", "triages", "cases", "copy_plans", "governance",
         "panels", "data_uses", "interests", "complaints", "support_list", "home")  # fmt: skip


@pytest.fixture(scope="module")
def northtown(django_db_setup: Any, django_db_blocker: Any) -> Any:
    """The demonstration, built once for this file and taken away with its transaction."""
    del django_db_setup
    with django_db_blocker.unblock(), transaction.atomic():
        yield building.build(lambda *_: None, people=60)
        transaction.set_rollback(True)


@pytest.fixture
def stage(northtown: Any) -> Stage:
    """What the quarter took place in."""
    users = {player.key: User.objects.get(email=f"{player.key}@{northtown.slug}.example") for player in CAST}
    return Stage(
        northtown,
        {one.organisation_id: one for one in Organisation.of(northtown)},
        {one.programme_id: one for one in Programme.of(northtown).select_related("organisation")},
        Contract.of(northtown).get(), users, building.began(clock.today()), clock.today(), 1,
    )  # fmt: skip


def test_a_quarter_of_agenda_cases_and_governance_is_lived_through_and_everybody_can_read_it(
    northtown: Any, stage: Stage
) -> None:
    states = set(Commitment.of(northtown).values_list("state", flat=True))
    assert {"kept", "late", "declined", "proposed"} <= states
    assert AgendaVersion.of(northtown).count() >= 6
    assert Triage.of(northtown).exists()
    assert {"failed", "worked", "early"} <= set(Case.of(northtown).values_list("result", flat=True))
    assert Publication.of(northtown).exists()
    assert set(CopyPlan.of(northtown).values_list("state", flat=True)) == {"going", "asking"}
    assert {"asked", "allowed", "refused"} == set(DataUse.of(northtown).values_list("state", flat=True))
    assert {"closed", "acknowledged", "received"} <= set(
        Complaint.of(northtown).values_list("state", flat=True)
    )
    assert {"offered", "given"} == set(Support.of(northtown).values_list("state", flat=True))
    assert Matter.of(northtown).count() == 2
    now = clock.now()
    for model, field in (
        (AgendaVersion, "at"), (Evidence, "at"), (Case, "changed_at"), (Publication, "published_at"), (Complaint, "entered_at"),
    ):  # fmt: skip
        assert not model.of(northtown).filter(**{f"{field}__gt": now}).exists(), model
    names = {person.name for person in Person.of(northtown)}
    for who in ("person", "link-worker", "coordinator"):
        client = Client()
        client.force_login(stage.users[who])
        for page in PAGES:
            answer = client.get(reverse(page, kwargs={"partnership": northtown.slug}), follow=True)
            assert answer.status_code == 200, (who, page)
            if page != "home":
                assert not [name for name in names if name in answer.content.decode()], (who, page)


def test_a_quarter_of_listening_and_stories_is_lived_through_and_every_page_of_it_opens(
    northtown: Any,
) -> None:
    states = set(Round.of(northtown).values_list("state", flat=True))
    assert states == {"planned", "drawn", "closed"}
    listening = Round.of(northtown).get(state="drawn")
    assert {"heard", "not_reached", "declined"} <= set(
        Sampled.of(northtown).filter(round=listening).values_list("state", flat=True)
    )
    again = {one.id for one in frames.drawn_again(listening).chosen}
    kept = Sampled.of(northtown).filter(round=listening, is_reserve=False)
    assert again == set(kept.values_list("person__person_id", flat=True))
    heard = Conversation.of(northtown).filter(round=listening)
    assert set(heard.values_list("standing", flat=True)) == {"engaged", "left", "never_started"}, sorted(
        frames.offered(listening).counts().items()
    )
    assert heard.filter(route="link").exists()
    assert heard.exclude(told_on=None).exists()
    assert heard.filter(told_on=None).exists()
    assert Settled.of(northtown).exists()
    assert set(ThemeAnswer.of(northtown).values_list("kind", flat=True)) == {"did", "cannot"}
    waiting = Theme.of(northtown).filter(answered="")
    assert [one.is_late for one in waiting] == [True]
    assert Theme.of(northtown).filter(title__icontains="first contact", answered="did").exists()
    assert Record.of(northtown).filter(table="feedback", values__independent="true").exists()
    assert not Conversation.of(northtown).filter(held_on__gt=clock.today()).exists()
    assert order_of(northtown).is_shown
    assert set(Story.of(northtown).values_list("state", flat=True)) == {
        "heard",
        "looked_into",
        "tried",
        "done",
        "cannot",
    }
    names = {person.name for person in Person.of(northtown)}
    client = Client()
    client.force_login(User.objects.get(email=f"coordinator@{northtown.slug}.example"))
    at = {"partnership": northtown.slug}
    of_round = {**at, "round_id": listening.round_id}
    pages = [
        reverse(name, kwargs=at)
        for name in ("listening", "themes", "to_hear", "to_code", "visits", "stories", "pictures", "rankings")
    ]
    pages += [
        reverse(name, kwargs=of_round)
        for name in (
            "round",
            "round_coverage",
            "round_people",
            "round_telling",
            "code_book",
            "round_close",
            "round_again",
        )
    ]
    pages += [reverse("theme", kwargs={**at, "theme_id": one.theme_id}) for one in Theme.of(northtown)]
    pages += [reverse("story", kwargs={**at, "story_id": one.story_id}) for one in Story.of(northtown)]
    for address in pages:
        page = client.get(address)
        assert page.status_code == 200, address
        assert not [one for one in names if one in page.content.decode()], address


def test_a_quarter_of_unblocking_is_lived_through_and_adds_up(stage: Stage) -> None:
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


def test_a_quarter_of_meetings_is_lived_through_and_every_page_of_it_opens(northtown: Any) -> None:
    held = Meeting.of(northtown).exclude(state="planned")
    assert set(held.values_list("series__kind", flat=True)) == {"contract", "learning", "panel", "huddle"}
    assert {"closed", "approved"} == set(held.values_list("state", flat=True))
    assert not held.filter(on__gt=clock.today()).exists()
    assert not Step.of(northtown).filter(at__gt=clock.now()).exists()
    assert Decision.of(northtown).count() >= 5
    assert Action.of(northtown).filter(moved__gte=3, state="open").exists()
    assert Action.of(northtown).filter(state="done").count() >= 3
    assert Practice.of(northtown).count() == 3
    names = {person.name for person in Person.of(northtown)}
    client = Client()
    client.force_login(User.objects.get(email=f"coordinator@{northtown.slug}.example"))
    for name in ("meetings", "meeting_series", "decisions", "actions", "side_by_side", "quarter"):
        page = client.get(reverse(name, kwargs={"partnership": northtown.slug}))
        assert page.status_code == 200
        assert not [one for one in names if one in page.content.decode()]
    for meeting in Meeting.of(northtown).exclude(series__kind="huddle"):
        at = {"partnership": northtown.slug, "meeting_id": meeting.meeting_id}
        page = client.get(reverse("meeting", kwargs=at), follow=True)
        assert page.status_code == 200
        assert not [one for one in names if one in page.content.decode()]
