"""New versions, conflicts, withdrawal and its undo, reviews, and who may look at records."""

import pytest

from openoutcomes.web.audit.models import Event
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.scope import writing
from openoutcomes.web.people.models import Enrolment, Sight
from openoutcomes.web.records import commands
from openoutcomes.web.records.models import Record

DAY = {"started_on_day": today().day, "started_on_month": today().month, "started_on_year": today().year}


@pytest.fixture
def support(world):
    values = {"kind": "advice", "started_on": today(), "hours": "0.5", "note": "Rang the agent."}
    return commands.give_support(
        world.access("practitioner"),
        person=world.people["ash"],
        enrolment=world.enrolments["ash"],
        values=values,
    )


def at(world, name, record):
    return world.url(name, table=record.table, record_id=record.record_id)


def latest(world, record):
    return Record.of(world.partnership).get(table=record.table, record_id=record.record_id, current=True)


def change(**values):
    return {
        "kind": "advice",
        "hours": "0.5",
        "note": "Rang the agent.",
        "version": "1",
        "once": "1",
        **DAY,
        **values,
    }


def test_a_change_adds_a_version_and_the_history_says_who_and_when(world, support):
    client = world.client("practitioner")
    client.post(at(world, "record_change", support), change(note="Rang the agent twice."))
    assert latest(world, support).version == 2
    assert Record.of(world.partnership).filter(record_id=support.record_id).count() == 2
    page = client.get(at(world, "record", support)).content.decode()
    assert "Rang the agent. → Rang the agent twice." in page
    assert "practitioner" in page
    event = Event.of(world.partnership).filter(verb="records.change").get()
    assert event.detail["changed"] == ["note"]
    assert "agent" not in str(event.detail)


def test_a_change_sent_twice_is_one_version(world, support):
    client = world.client("practitioner")
    for _ in range(2):
        client.post(at(world, "record_change", support), change(note="Once."))
    assert latest(world, support).version == 2


def test_two_people_changing_at_once_see_both(world, support):
    world.client("practitioner").post(at(world, "record_change", support), change(note="Mine."))
    client = world.client("provider_manager")
    page = client.post(at(world, "record_change", support), change(note="Theirs.", once="2"))
    text = page.content.decode()
    assert "changed this record after you opened it" in text
    assert "Mine." in text
    assert "Theirs." in text
    assert latest(world, support).values["note"] == "Mine."
    # The page now holds the latest version, so that sending it again is meant.
    assert page.context["form"]["version"].value() == "2"
    client.post(at(world, "record_change", support), change(note="Theirs.", version="2", once="3"))
    assert latest(world, support).values["note"] == "Theirs."


def test_mistakes_in_a_change_are_explained(world, support):
    page = world.client("practitioner").post(at(world, "record_change", support), change(hours="lots"))
    assert "Enter a number" in page.content.decode()
    assert latest(world, support).version == 1


def test_a_record_is_withdrawn_with_a_reason_and_brought_back(world, support):
    client = world.client("practitioner")
    refused = client.post(at(world, "record_withdraw", support), {"version": "1", "once": "0"})
    assert "This field is required" in refused.content.decode()
    client.post(at(world, "record_withdraw", support), {"version": "1", "reason": "twice", "once": "1"})
    assert latest(world, support).withdrawn
    assert Enrolment.of(world.partnership).get(pk=world.enrolments["ash"].pk).last_seen_on is None
    person = world.url("person", person_id=world.people["ash"].person_id)
    assert "Rang the agent." not in client.get(person).content.decode()
    assert "Rang the agent." in client.get(person, {"kind": "withdrawn"}).content.decode()
    assert Event.of(world.partnership).filter(verb="records.withdraw").get().detail["reason"] == "twice"
    client.post(at(world, "record_restore", support), {"version": "2", "once": "2"})
    assert not latest(world, support).withdrawn
    assert Enrolment.of(world.partnership).get(pk=world.enrolments["ash"].pk).last_seen_on == today()
    assert "Rang the agent." in client.get(person).content.decode()
    twice = client.post(at(world, "record_restore", support), {"version": "3", "once": "3"}, follow=True)
    assert "is not withdrawn" in twice.content.decode()


def test_withdrawing_what_somebody_changed_meanwhile_is_refused(world, support):
    client = world.client("practitioner")
    client.post(at(world, "record_change", support), change(note="Newer."))
    page = client.post(
        at(world, "record_withdraw", support), {"version": "1", "reason": "twice", "once": "2"}
    )
    assert "changed this record after you opened it" in page.content.decode()
    assert not latest(world, support).withdrawn


def test_a_goal_is_reviewed_and_its_rating_shown(world):
    goal = commands.set_goal(
        world.access("practitioner"), person=world.people["ash"],
        values={"words": "To see the sea", "set_on": today(), "review_on": today()},
    )  # fmt: skip
    client = world.client("practitioner")
    address = world.url("goal_review", record_id=goal.record_id)
    assert "To see the sea" in client.get(address).content.decode()
    sent = {"rating": "6", "when": "today", "review_in": "91", "version": "1", "once": "1"}
    assert client.post(address, sent).status_code == 302
    reviewed = latest(world, goal)
    assert (reviewed.values["rating"], reviewed.values["words"]) == ("6", "To see the sea")
    assert reviewed.values["review_on"] > today().isoformat()
    page = client.get(world.url("person", person_id=world.people["ash"].person_id)).content.decode()
    assert "They are at 6 out of 10" in page
    stale = client.post(address, {**sent, "rating": "2", "once": "2"})
    assert "changed this record after you opened it" in stale.content.decode()
    assert latest(world, goal).values["rating"] == "6"


def test_a_need_is_met(world):
    need = commands.note_need(
        world.access("practitioner"), person=world.people["ash"],
        values={"category": "home", "presented_on": today()},
    )  # fmt: skip
    client = world.client("practitioner")
    sent = {"satisfaction": "9", "when": "today", "version": "1", "once": "1"}
    client.post(world.url("need_met", record_id=need.record_id), sent)
    values = latest(world, need).values
    assert (values["met_on"], values["met_by"], values["satisfaction"]) == (
        today().isoformat(),
        "harbour",
        "9",
    )
    page = client.get(world.url("person", person_id=world.people["ash"].person_id)).content.decode()
    assert "1 need was met" in page


@pytest.mark.parametrize("name", ["record", "record_change", "record_withdraw", "record_restore"])
def test_records_of_others_and_guessed_ids_are_not_there(world, elsewhere, support, name):
    for client in (world.client("other_practitioner"), elsewhere.client("practitioner")):
        assert client.get(at(world, name, support)).status_code == 404
    client = world.client("practitioner")
    assert client.get(world.url(name, table="activities", record_id="a-222222222222")).status_code == 404
    assert client.get(world.url(name, table="nonsense", record_id=support.record_id)).status_code == 404
    assert client.get(world.url(name, table="goals", record_id=support.record_id)).status_code == 404


def test_a_shared_record_may_be_looked_at_and_not_changed_until_consent_is_withdrawn(world, support):
    with writing("test"):
        sight = Sight.objects.create(
            partnership=world.partnership, person=world.people["ash"], basis="consent",
            organisation=world.organisations["lantern"], slice=["activities"],
        )  # fmt: skip
    client = world.client("other_practitioner")
    assert client.get(at(world, "record", support)).status_code == 200
    assert "Withdraw" not in client.get(at(world, "record", support)).content.decode()
    assert client.post(at(world, "record_change", support), change(note="Not mine.")).status_code == 403
    assert (
        client.post(at(world, "record_withdraw", support), {"reason": "twice", "version": "1"}).status_code
        == 403
    )
    from openoutcomes.web.core import clock

    with writing("test"):
        Sight.of(world.partnership).filter(pk=sight.pk).update(withdrawn_at=clock.now())
    assert client.get(at(world, "record", support)).status_code == 404


def test_a_person_who_is_with_two_organisations_gives_neither_the_others_records(world, support):
    with writing("test"):
        Sight.objects.create(
            partnership=world.partnership, person=world.people["ash"], basis="own",
            organisation=world.organisations["lantern"],
        )  # fmt: skip
    client = world.client("other_practitioner")
    page = client.get(world.url("person", person_id=world.people["ash"].person_id))
    assert page.status_code == 200
    assert "Rang the agent." not in page.content.decode()
    assert client.get(at(world, "record", support)).status_code == 404


def test_a_person_reads_their_own_records_and_changes_none(world, support):
    client = world.client("person")
    assert "Rang the agent." in client.get(at(world, "record", support)).content.decode()
    assert client.post(at(world, "record_change", support), change()).status_code == 403


def test_identity_is_not_changed_as_a_record(world):
    client = world.client("practitioner")
    person_id = world.people["ash"].person_id
    assert client.get(world.url("record_change", table="people", record_id=person_id)).status_code == 403
