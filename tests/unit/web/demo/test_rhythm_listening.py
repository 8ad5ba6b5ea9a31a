"""Listening and stories of the demonstration: a quarter through the commands, each on its day."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from openoutcomes.web.accounts.models import User
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core import clock
from openoutcomes.web.demo import building, rhythm_listening, rhythm_stories
from openoutcomes.web.demo.cast import CAST
from openoutcomes.web.demo.living import Stage
from openoutcomes.web.listening import frames
from openoutcomes.web.listening.models import Conversation, Round, Sampled, Settled, Theme, ThemeAnswer
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.people.models import Person
from openoutcomes.web.records.models import Record
from openoutcomes.web.stories.models import Story
from openoutcomes.web.stories.queries import order_of


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
def test_a_quarter_of_listening_and_stories_is_lived_through_and_every_page_of_it_opens() -> None:
    northtown = building.build(lambda *_: None, people=60)
    if not Round.of(northtown).exists():
        with scope(partnership=northtown):
            stage = stage_of(northtown)
            rhythm_stories.fill(stage)
            rhythm_listening.fill(stage)
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
