"""Who may see a person, through HTTP: consent, lawful basis, stopping, ending, and who looked."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import Event
from openoutcomes.web.core import clock
from openoutcomes.web.core.commands import command, note
from openoutcomes.web.people.models import Sight
from openoutcomes.web.people.queries import people_for, records_seen, tables_seen
from openoutcomes.web.records import store
from openoutcomes.web.records.models import Record
from openoutcomes.web.sharing.commands import share, withdraw
from openoutcomes.web.sharing.slices import groups_in, in_words, tables_in


@command
def record(by, table, values, person, organisation):
    by.require("records.add", organisation)
    row = store.write(by, table, values, person=person, organisation=organisation)
    note(by, "test.record", row, person=person)
    return row


def form_of(world, **changes):
    sent = {
        "recipient": world.organisations["lantern"].pk, "purpose": "support", "groups": ["goals", "strengths"],
        "basis": "consent", "how": "spoken",
    }  # fmt: skip
    return {**sent, **changes}


def address(world, name="share_add", **kwargs):
    return world.url(name, person_id=world.people["ash"].person_id, **kwargs)


def shared(world, **changes):
    sent = {
        "recipient": world.organisations["lantern"], "groups": ["goals"], "basis": "consent",
        "purpose": "support", "how": "spoken",
    }  # fmt: skip
    return share(world.access("practitioner"), person=world.people["ash"], **{**sent, **changes})


def sees_ash(world, who="other_practitioner"):
    return world.people["ash"] in people_for(world.access(who))


def test_another_organisation_sees_nobody_before_they_agreed(world):
    assert not sees_ash(world)


def test_consent_lets_an_organisation_see_what_was_ticked_and_no_more(world):
    page = world.client("practitioner").post(address(world), form_of(world))
    assert page.status_code == 302
    assert sees_ash(world)
    seen = tables_seen(world.access("other_practitioner"), world.people["ash"])
    assert seen == {"goals", "strengths"}


def test_consent_is_a_record_of_the_standard(world):
    sight = shared(world, until=dt.date(2100, 1, 1))
    kept = Record.of(world.partnership).get(table="consents", record_id=sight.consent_id)
    assert kept.values["recipient"] == "lantern"
    assert kept.values["purpose"] == "support"
    assert kept.values["slice"] == "goals"
    assert kept.values["valid_to"] == "2100-01-01"


def test_the_same_form_sent_twice_shares_once(world):
    client = world.client("practitioner")
    sent = form_of(world, once="one-key")
    for _ in range(2):
        assert client.post(address(world), sent).status_code == 302
    assert Sight.of(world.partnership).filter(basis="consent").count() == 1


def test_withdrawing_stops_at_once_and_is_recorded(world):
    sight = shared(world)
    page = world.client("practitioner").post(address(world, "share_withdraw", sight=sight.pk), {})
    assert page.status_code == 302
    assert not sees_ash(world)
    kept = store.latest(world.partnership, "consents", sight.consent_id)
    assert kept.version == 2
    assert kept.values["withdrawn_on"] == clock.today().isoformat()
    assert kept.values["slice"] == "goals"


def test_withdrawing_twice_adds_no_second_version(world):
    sight = shared(world)
    for _ in range(2):
        withdraw(world.access("practitioner"), sight=sight)
    assert store.latest(world.partnership, "consents", sight.consent_id).version == 2


def test_a_share_ends_by_itself_after_its_last_day(world):
    shared(world, until=clock.today())
    assert sees_ash(world)
    with clock.at(clock.now() + dt.timedelta(days=1)):
        assert not sees_ash(world)
        page = world.client("practitioner").get(address(world, "sharing"))
        assert b"Stopped or ended (1)" in page.content


def test_a_lawful_basis_must_be_said_in_words(world):
    page = world.client("practitioner").post(address(world), form_of(world, basis="lawful", how=""))
    assert b"The lawful basis is not said." in page.content
    assert not sees_ash(world)
    sent = form_of(world, basis="lawful", how="", why="A duty to keep a child safe")
    assert world.client("practitioner").post(address(world), sent).status_code == 302
    assert sees_ash(world)
    assert not Record.of(world.partnership).filter(table="consents").exists()
    page = world.client("practitioner").get(address(world, "sharing"))
    assert b"A duty to keep a child safe" in page.content


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"groups": []}, b"Tick at least one part"),
        ({"how": ""}, b"Nothing says how they agreed."),
        ({"purpose": ""}, b"Choose what it is for."),
        ({"until_day": "1", "until_month": "1", "until_year": "2020"}, b"The last day has passed already."),
        ({"recipient": "999999"}, b"Choose one from the list."),
    ],
)
def test_mistakes_are_said_and_nothing_is_shared(world, changes, says):
    page = world.client("practitioner").post(address(world), form_of(world, **changes))
    assert page.status_code == 200
    assert says in page.content
    assert not sees_ash(world)


def test_an_organisation_elsewhere_cannot_be_named(world, elsewhere):
    sent = form_of(world, recipient=elsewhere.organisations["lantern"].pk)
    assert world.client("practitioner").post(address(world), sent).status_code == 200
    with pytest.raises(InputError):
        shared(world, recipient=elsewhere.organisations["lantern"])


def test_those_who_were_given_sight_cannot_pass_it_on(world):
    shared(world)
    client = world.client("other_practitioner")
    assert client.get(address(world)).status_code == 404
    assert client.get(address(world, "sharing")).status_code == 404
    with pytest.raises(PermissionDenied):
        share(
            world.access("other_practitioner"), person=world.people["ash"],
            recipient=world.organisations["council"], groups=["goals"], basis="consent", purpose="support",
            how="spoken",
        )  # fmt: skip


def test_a_guessed_share_of_another_person_is_not_there(world):
    sight = shared(world)
    other = world.url("share_withdraw", person_id=world.people["blake"].person_id, sight=sight.pk)
    assert world.client("practitioner").post(other, {}).status_code == 404
    own = Sight.of(world.partnership).get(person=world.people["ash"], basis="own")
    assert (
        world.client("practitioner").post(address(world, "share_withdraw", sight=own.pk), {}).status_code
        == 404
    )
    assert sees_ash(world, "practitioner")


@pytest.mark.parametrize("who", ["commissioner", "verifier", "investor", "evaluator", "finance"])
def test_roles_away_from_the_front_line_share_nothing(world, who):
    assert world.client(who).get(address(world)).status_code == 403


def test_another_partnership_finds_nothing(world, elsewhere):
    assert elsewhere.client("practitioner").get(address(world)).status_code == 404


def test_the_person_sees_who_can_see_and_stops_it_themselves(world):
    from web_world import make_user, seat

    sight = shared(world)
    world.users["ash"] = make_user("ash-themselves@kirkdale.example")
    seat(world.partnership, world.users["ash"], "person", person=world.people["ash"])
    client = world.client("ash")
    own = client.get(world.url("person", person_id=world.people["ash"].person_id))
    assert address(world, "sharing").encode() in own.content
    assert b"Lantern House" in client.get(address(world, "sharing")).content
    other = world.url("sharing", person_id=world.people["blake"].person_id)
    assert client.get(other).status_code == 404
    assert client.post(address(world, "share_withdraw", sight=sight.pk), {}).status_code == 302
    assert not sees_ash(world)
    page = client.post(address(world), form_of(world, basis="lawful", why="because"))
    assert b"Only your own agreement can be given here." in page.content


def test_looks_are_listed_for_those_whose_own_person_it_is(world):
    client = world.client("provider_manager")
    client.get(address(world, "sharing"))
    page = client.get(address(world, "sharing"))
    assert b"provider_manager" in page.content
    file = client.get(address(world, "sharing") + "?format=csv")
    assert "sharing.sharing" in file.content.decode("utf-8-sig")


def test_events_hold_ids_and_codes_alone(world):
    shared(world, basis="lawful", why="Words that belong to nobody else")
    event = Event.of(world.partnership).get(verb="sharing.share")
    assert "Words" not in str(event.detail)
    assert "Ash" not in str(event.detail)
    assert event.detail["tables"] == ["goals"]


def test_an_organisation_sees_its_own_records_and_the_tables_shared_with_it(world):
    ash, harbour = world.people["ash"], world.organisations["harbour"]
    by = world.access("practitioner")
    record(by, "goals", {"words": "A door I can lock"}, ash, harbour)
    record(by, "needs", {"category": "debt"}, ash, harbour)
    shared(world)
    rows = Record.of(world.partnership).filter(
        records_seen(world.access("other_practitioner"), ash), person=ash
    )
    assert {row.table for row in rows} == {"goals"}
    rows = Record.of(world.partnership).filter(
        records_seen(by, ash), person=ash, table__in=["goals", "needs"]
    )
    assert {row.table for row in rows} == {"goals", "needs"}


def test_groups_and_tables_turn_into_each_other():
    assert tables_in(["support", "goals"]) == ["activities", "enrolments", "goals"]
    assert groups_in(["activities", "enrolments", "goals"]) == ["goals", "support"]
    assert in_words(["activities", "goals"]) == ["Goals", "Support"]


def test_the_page_of_a_person_leads_to_referring_and_to_who_can_see(world):
    page = world.client("practitioner").get(world.url("person", person_id=world.people["ash"].person_id))
    assert address(world, "sharing").encode() in page.content
    assert world.url("referral_make", person_id=world.people["ash"].person_id).encode() in page.content
    shared(world)
    page = world.client("practitioner").get(world.url("person", person_id=world.people["ash"].person_id))
    assert b"Also seen by Lantern House" in page.content
    page = world.client("other_practitioner").get(
        world.url("person", person_id=world.people["ash"].person_id)
    )
    assert page.status_code == 200
    assert address(world, "sharing").encode() not in page.content


def test_a_stopped_share_closes_the_persons_page_in_the_same_moment(world):
    sight = shared(world)
    client = world.client("other_practitioner")
    person = world.url("person", person_id=world.people["ash"].person_id)
    assert client.get(person).status_code == 200
    withdraw(world.access("practitioner"), sight=sight)
    assert client.get(person).status_code == 404
    assert b"Ash" not in client.get(world.url("people") + "?show=shared").content


def test_erasing_a_person_takes_the_words_of_the_reason_and_keeps_that_they_were_shared(world):
    from openoutcomes.web.administration.commands import erase_person

    sight = shared(world, basis="lawful", why="Words about this person alone")
    erase_person(world.access("administrator"), person=world.people["ash"], asked_by_person=True)
    sight = Sight.of(world.partnership).get(pk=sight.pk)
    assert sight.why == "Erased"
    assert sight.withdrawn_at is not None
