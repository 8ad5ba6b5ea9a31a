"""The quarter of agenda, cases and governance in the demonstration: lived through its commands, and open to read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from openoutcomes.web.accounts.models import User
from openoutcomes.web.agenda.models import AgendaVersion, Commitment, Evidence, Triage
from openoutcomes.web.cases.models import Case, CopyPlan, Publication
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core import clock
from openoutcomes.web.demo import building, rhythm_agenda, rhythm_cases, rhythm_governance
from openoutcomes.web.demo.cast import CAST
from openoutcomes.web.demo.living import Stage
from openoutcomes.web.governance.models import Complaint, DataUse, Matter, Panel, Support
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.people.models import Person

PAGES = ("agenda", "agenda_print", "agenda_versions", "commitments", "factors", "triages", "cases", "copy_plans", "governance",
         "panels", "data_uses", "interests", "complaints", "support_list", "home")  # fmt: skip


def stage_of(partnership: Any) -> Stage:
    users = {
        player.key: User.objects.get(email=f"{player.key}@{partnership.slug}.example") for player in CAST
    }
    return Stage(
        partnership,
        {one.organisation_id: one for one in Organisation.of(partnership)},
        {one.programme_id: one for one in Programme.of(partnership).select_related("organisation")},
        Contract.of(partnership).get(), users, building.began(clock.today()), clock.today(), 1,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_quarter_of_agenda_cases_and_governance_is_lived_through_and_everybody_can_read_it() -> None:
    northtown = building.build(lambda *_: None, people=24)
    stage = stage_of(northtown)
    with scope(partnership=northtown):
        for room, model in ((rhythm_agenda, AgendaVersion), (rhythm_cases, Case), (rhythm_governance, Panel)):
            if not model.of(northtown).exists():
                room.fill(stage)
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
