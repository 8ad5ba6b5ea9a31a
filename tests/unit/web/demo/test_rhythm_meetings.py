"""The meetings of the demonstration: a quarter through the commands, each on its day."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from openoutcomes.web.accounts.models import User
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core import clock
from openoutcomes.web.demo import building, rhythm_meetings
from openoutcomes.web.demo.cast import CAST
from openoutcomes.web.demo.living import Stage
from openoutcomes.web.meetings.models import Action, Decision, Meeting, Practice, Step
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.people.models import Person


def stage_of(partnership: Any) -> Stage:
    users = {
        player.key: User.objects.get(email=f"{player.key}@{partnership.slug}.example") for player in CAST
    }
    return Stage(
        partnership,
        {one.organisation_id: one for one in Organisation.of(partnership)},
        {one.organisation.organisation_id: one for one in Programme.of(partnership).select_related("organisation")},
        Contract.of(partnership).get(), users, building.began(clock.today()), clock.today(), 1,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_quarter_of_meetings_is_lived_through_and_every_page_of_it_opens() -> None:
    northtown = building.build(lambda *_: None, people=30)
    if not Meeting.of(northtown).exists():
        with scope(partnership=northtown):
            rhythm_meetings.fill(stage_of(northtown))
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
