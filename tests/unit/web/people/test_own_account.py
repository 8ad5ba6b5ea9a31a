"""A person's own way in: invited by their organisation's manager, used once, ended at once."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail

from openoutcomes.web.partnerships.models import Membership


def test_a_manager_invites_a_person_and_ends_their_way_in(
    world: Any, client: Any, django_capture_on_commit_callbacks: Any
) -> None:
    blake = world.people["blake"]
    address = world.url("person_account", person_id=blake.person_id)
    manager = world.client("provider_manager")
    with django_capture_on_commit_callbacks(execute=True):
        assert manager.post(address, {"email": "blake@home.example"}).status_code == 302
    (message,) = mail.outbox
    assert "Blake" not in message.body
    found = re.search(r"/invitation/\S+", message.body)
    assert found
    sent = {"name": "Blake", "password": "three odd words here"}
    names = set(client.get(found[0]).context["form"].fields)
    answer = client.post(
        found[0], {**sent, **{name: sent["password"] for name in names if "password" in name}}
    )
    assert answer.status_code == 302, answer.content
    own = client.get(world.url("home"), follow=True)
    assert own.status_code == 200
    seat = Membership.of(world.partnership).get(user__email="blake@home.example")
    assert manager.post(address, {"end": f"seat-{seat.pk}"}).status_code == 302
    assert client.get(world.url("home")).status_code == 404


def test_nobody_invites_a_person_of_another_organisation(world: Any) -> None:
    address = world.url("person_account", person_id=world.people["casey"].person_id)
    assert world.client("provider_manager").get(address).status_code == 404
    assert world.client("practitioner").get(address).status_code == 403


def test_a_way_in_that_is_not_theirs_cannot_be_ended(world: Any) -> None:
    address = world.url("person_account", person_id=world.people["blake"].person_id)
    seat = Membership.of(world.partnership).get(user=world.users["practitioner"])
    assert world.client("provider_manager").post(address, {"end": f"seat-{seat.pk}"}).status_code == 404
