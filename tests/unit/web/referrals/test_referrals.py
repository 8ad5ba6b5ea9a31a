"""Referrals through HTTP: making, answering, handing back, and who sees what meanwhile."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core import clock
from openoutcomes.web.core.commands import command, note
from openoutcomes.web.people.models import Enrolment, Sight
from openoutcomes.web.people.queries import people_for, tables_seen
from openoutcomes.web.records import store
from openoutcomes.web.records.models import Record
from openoutcomes.web.referrals import commands, queries, waiting
from openoutcomes.web.referrals.models import Referral
from openoutcomes.web.sharing.commands import withdraw


@command
def record(by, table, values, person, organisation):
    by.require("records.add", organisation)
    row = store.write(by, table, values, person=person, organisation=organisation)
    note(by, "test.record", row, person=person)
    return row


def made(world, **changes):
    sent = {
        "organisation": world.organisations["harbour"], "recipient": world.organisations["lantern"],
        "programme": world.programmes["lantern"], "wants": "Help to find a home", "groups": ["goals"],
        "basis": "consent", "how": "spoken",
    }  # fmt: skip
    return commands.make(world.access("practitioner"), person=world.people["ash"], **{**sent, **changes})


def accepted(world, **changes):
    return commands.accept(world.access("other_practitioner"), referral=made(world), **changes)


def form_of(world, **changes):
    lantern = world.organisations["lantern"]
    sent = {
        "place": f"{lantern.pk}/{world.programmes['lantern'].pk}", "wants": "Help to find a home",
        "groups": ["goals"], "basis": "consent", "how": "telephone",
    }  # fmt: skip
    return {**sent, **changes}


def make_url(world, key="ash"):
    return world.url("referral_make", person_id=world.people[key].person_id)


def at(world, name, referral):
    return world.url(name, referral_id=referral.referral_id)


def sees(world, who, key="ash"):
    return world.people[key] in people_for(world.access(who))


def again(referral):
    return Referral.of(referral.partnership).get(pk=referral.pk)


def waits(world, who):
    return {one.words: one.count for one in waiting.waiting(world.access(who)) if one.count}


def test_what_is_passed_on_is_shown_before_anything_is_sent(world):
    ash, harbour = world.people["ash"], world.organisations["harbour"]
    by = world.access("practitioner")
    record(by, "goals", {"words": "A front door that I can lock"}, ash, harbour)
    record(by, "needs", {"category": "a-need-kept-back"}, ash, harbour)
    page = world.client("practitioner").post(make_url(world), form_of(world))
    assert b"Check what Lantern House will see" in page.content
    assert b"A front door that I can lock" in page.content
    assert b"a-need-kept-back" not in page.content
    assert not sees(world, "other_practitioner")
    assert not Referral.of(world.partnership).exists()


def test_a_referral_is_made_with_its_consent_in_one_step(world):
    client = world.client("practitioner")
    sent = form_of(world, send="yes", once="refer-once")
    for _ in range(2):
        assert client.post(make_url(world), sent).status_code == 302
    row = Referral.of(world.partnership).get()
    kept = Record.of(world.partnership).get(table="referrals", record_id=row.referral_id)
    assert kept.values["from_organisation"] == "harbour"
    assert kept.values["to_organisation"] == "lantern"
    assert kept.values["why"] == "Help to find a home"
    assert Record.of(world.partnership).filter(table="consents", current=True).count() == 1
    assert tables_seen(world.access("other_practitioner"), world.people["ash"]) == {"goals"}


def test_change_goes_back_to_the_form_with_everything_in_it(world):
    page = world.client("practitioner").post(make_url(world), form_of(world, change="yes"))
    assert b"Refer to another organisation" in page.content
    assert b"Help to find a home" in page.content


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"wants": ""}, b"Write what the person wants"),
        ({"place": ""}, b"Choose where to refer to."),
        ({"groups": []}, b"Tick at least one part"),
        ({"how": ""}, b"Choose how they agreed."),
        ({"basis": "lawful", "how": ""}, b"Write which law or duty allows it"),
        (
            {"due_on_day": "1", "due_on_month": "1", "due_on_year": "2020", "send": "yes"},
            b"The day for an answer has passed.",
        ),
    ],
)
def test_mistakes_are_said_and_nothing_is_sent(world, changes, says):
    page = world.client("practitioner").post(make_url(world), form_of(world, **changes))
    assert page.status_code == 200
    assert says in page.content
    assert not Referral.of(world.partnership).exists()
    assert not sees(world, "other_practitioner")


def test_a_second_referral_to_the_same_place_waits_its_turn_and_shares_nothing_more(world):
    made(world)
    with pytest.raises(InputError, match="waits for an answer already"):
        made(world)
    assert Sight.of(world.partnership).filter(basis="consent").count() == 1


def test_the_receiving_organisation_sees_it_in_its_list_with_the_slice_alone(world):
    ash, harbour = world.people["ash"], world.organisations["harbour"]
    by = world.access("practitioner")
    record(by, "goals", {"words": "A front door that I can lock"}, ash, harbour)
    record(by, "strengths", {"words": "a strength kept back"}, ash, harbour)
    row = made(world)
    client = world.client("other_practitioner")
    assert b"Ash Example" in client.get(world.url("referrals")).content
    page = client.get(at(world, "referral", row))
    assert b"Help to find a home" in page.content
    assert b"A front door that I can lock" in page.content
    assert b"a strength kept back" not in page.content


def test_those_outside_both_organisations_find_nothing(world, elsewhere):
    row = made(world)
    world.users["third"] = elsewhere.users["practitioner"]
    assert world.client("third").get(at(world, "referral", row)).status_code == 404
    from web_world import make_user, seat

    world.users["council_worker"] = make_user("worker@council.example")
    seat(world.partnership, world.users["council_worker"], "practitioner", world.organisations["council"])
    client = world.client("council_worker")
    assert client.get(at(world, "referral", row)).status_code == 404
    assert client.post(at(world, "referral_accept", row), {}).status_code == 404
    assert b"Ash" not in client.get(world.url("referrals")).content


@pytest.mark.parametrize("who", ["commissioner", "verifier", "evaluator", "investor"])
def test_roles_away_from_the_front_line_see_no_referrals(world, who):
    assert world.client(who).get(world.url("referrals")).status_code == 403


def test_nobody_refers_another_organisations_person(world):
    assert world.client("practitioner").get(make_url(world, "casey")).status_code == 404
    made(world)
    assert world.client("other_practitioner").get(make_url(world)).status_code == 404
    with pytest.raises(PermissionDenied):
        commands.make(
            world.access("other_practitioner"), person=world.people["ash"],
            organisation=world.organisations["harbour"], recipient=world.organisations["council"],
            wants="x", groups=["goals"], basis="consent", how="spoken",
        )  # fmt: skip


def test_accepting_enrols_the_person_with_a_worker_and_dates_the_record(world):
    row = made(world)
    sent = {"programme": world.programmes["lantern"].pk, "practitioner": world.users["other_practitioner"].pk}
    assert world.client("other_practitioner").post(at(world, "referral_accept", row), sent).status_code == 302
    row = again(row)
    assert row.state == "accepted"
    assert row.enrolment.practitioner == world.users["other_practitioner"]
    assert row.enrolment.referred_on == clock.today()
    kept = store.latest(world.partnership, "referrals", row.referral_id)
    assert kept.values["accepted_on"] == clock.today().isoformat()
    assert kept.values["why"] == "Help to find a home"
    enrolment = store.latest(world.partnership, "enrolments", row.enrolment.enrolment_id)
    assert enrolment.values["referred_by"] == "harbour"


def test_the_sender_cannot_accept_for_the_other_organisation(world):
    row = made(world)
    assert world.client("practitioner").post(at(world, "referral_accept", row), {}).status_code == 404
    with pytest.raises(PermissionDenied):
        commands.accept(world.access("practitioner"), referral=row)


def test_of_two_who_answer_at_once_the_second_is_told(world):
    row = made(world)
    stale = again(row)
    commands.accept(world.access("other_practitioner"), referral=row)
    with pytest.raises(InputError, match="answered meanwhile"):
        commands.accept(world.access("other_manager"), referral=stale)
    with pytest.raises(InputError, match="answered meanwhile"):
        commands.decline(world.access("other_manager"), referral=stale, reason="full")
    assert (
        Enrolment.of(world.partnership).filter(person=row.person, organisation=row.to_organisation).count()
        == 1
    )


def test_a_worker_of_another_organisation_cannot_be_assigned(world):
    row = made(world)
    page = world.client("other_practitioner").post(
        at(world, "referral_accept", row), {"practitioner": world.users["practitioner"].pk}
    )
    assert page.status_code == 200
    with pytest.raises(InputError, match="not in your organisation"):
        commands.accept(
            world.access("other_practitioner"), referral=row, practitioner=world.users["practitioner"]
        )


def test_stopping_the_sharing_hides_the_person_in_every_view_and_stops_acceptance(world):
    row = made(world)
    withdraw(world.access("practitioner"), sight=row.sight)
    client = world.client("other_practitioner")
    page = client.get(world.url("referrals"))
    assert b"Ash" not in page.content
    assert b"No longer shared" in page.content
    assert "p-" not in client.get(world.url("referrals") + "?format=csv").content.decode()
    assert client.get(at(world, "referral", row)).status_code == 404
    assert client.post(at(world, "referral_accept", row), {}).status_code == 404
    assert waits(world, "other_practitioner") == {}
    with pytest.raises(InputError, match="stopped the sharing"):
        commands.accept(world.access("other_practitioner"), referral=row)
    assert b"Sharing stopped" in world.client("practitioner").get(world.url("referrals") + "?tab=out").content


def test_declining_gives_the_reason_to_the_sender_and_stops_the_sharing(world):
    row = made(world)
    client = world.client("other_practitioner")
    assert b"Say why" in client.post(at(world, "referral_decline", row), {"reason": ""}).content
    assert (
        client.post(at(world, "referral_decline", row), {"reason": "We are full until May"}).status_code
        == 302
    )
    assert not sees(world, "other_practitioner")
    page = world.client("practitioner").get(at(world, "referral", row))
    assert b"We are full until May" in page.content
    assert b"Help to find a home" in page.content
    kept = store.latest(world.partnership, "referrals", row.referral_id)
    assert kept.values["handed_back_on"] == clock.today().isoformat()


def test_a_person_handed_back_waits_for_the_sender_until_they_say_what_is_next(world):
    row = accepted(world)
    client = world.client("other_practitioner")
    sent = {"reason": "Needs more than we can give", "end_reason": "handed_over"}
    assert client.post(at(world, "referral_hand_back", row), sent).status_code == 302
    row = again(row)
    assert row.state == "handed_back"
    assert row.enrolment.ended_on == clock.today()
    assert row.enrolment.end_reason == "handed_over"
    assert "referral came back: say what happens next" in waits(world, "practitioner")
    page = world.client("practitioner").get(world.url("referrals") + "?tab=out")
    assert b"Say what happens next" in page.content
    sent = {"next_step": "we_support"}
    assert world.client("practitioner").post(at(world, "referral_settle", row), sent).status_code == 302
    assert waits(world, "practitioner") == {}
    with pytest.raises(InputError, match="does not wait for you"):
        commands.settle(world.access("practitioner"), referral=row, next_step="elsewhere")


def test_taking_back_stops_the_sharing_at_once(world):
    row = made(world)
    assert (
        world.client("other_practitioner").post(at(world, "referral_take_back", row), {}).status_code == 404
    )
    assert world.client("practitioner").post(at(world, "referral_take_back", row), {}).status_code == 302
    assert not sees(world, "other_practitioner")
    assert store.latest(world.partnership, "referrals", row.referral_id).withdrawn


def test_an_acceptance_by_mistake_is_undone_within_a_day(world):
    row = accepted(world)
    enrolment = row.enrolment.enrolment_id
    assert world.client("other_practitioner").post(at(world, "referral_undo", row), {}).status_code == 302
    row = again(row)
    assert row.state == "made"
    assert not Enrolment.of(world.partnership).filter(enrolment_id=enrolment).exists()
    assert store.latest(world.partnership, "enrolments", enrolment).withdrawn
    assert "accepted_on" not in store.latest(world.partnership, "referrals", row.referral_id).values
    assert tables_seen(world.access("other_practitioner"), row.person) == {"goals"}
    commands.accept(world.access("other_practitioner"), referral=row)
    assert again(row).state == "accepted"


def test_an_acceptance_is_not_undone_once_something_was_recorded_or_a_day_has_passed(world):
    row = accepted(world)
    with clock.at(clock.now() + dt.timedelta(days=1, minutes=1)), pytest.raises(InputError, match="one day"):
        commands.undo(world.access("other_practitioner"), referral=row)
    record(
        world.access("other_practitioner"),
        "goals",
        {"words": "x"},
        row.person,
        world.organisations["lantern"],
    )
    with pytest.raises(InputError, match="something was recorded"):
        commands.undo(world.access("other_practitioner"), referral=row)


def test_after_acceptance_each_organisation_sees_its_own_records_and_what_was_shared(world):
    row = accepted(world)
    ash = row.person
    record(world.access("practitioner"), "needs", {"category": "debt"}, ash, world.organisations["harbour"])
    record(
        world.access("other_practitioner"), "needs", {"category": "home"}, ash, world.organisations["lantern"]
    )
    page = world.client("other_practitioner").get(at(world, "referral", row))
    assert page.status_code == 200
    from openoutcomes.web.people.queries import records_seen

    def needs(who):
        rows = Record.of(world.partnership).filter(
            records_seen(world.access(who), ash), person=ash, table="needs"
        )
        return {one.code for one in rows}

    assert needs("practitioner") == {"debt"}
    assert needs("other_practitioner") == {"home"}


def test_an_overdue_referral_is_marked_and_reminded(world):
    row = made(world)
    with clock.at(clock.now() + dt.timedelta(days=8)):
        assert b"Overdue" in world.client("practitioner").get(world.url("referrals") + "?tab=out").content
        assert "referral of yours has no answer yet" in waits(world, "practitioner")
        assert waiting.waiting(world.access("other_practitioner"))[1].is_late
        assert world.client("practitioner").post(at(world, "referral_remind", row), {}).status_code == 302
        assert b"Reminded" in world.client("other_practitioner").get(world.url("referrals")).content
        assert (
            world.client("practitioner").get(world.url("referrals") + "?tab=out&show=late").status_code == 200
        )


def test_a_referral_by_telephone_needs_a_name_alone(world):
    client = world.client("practitioner")
    address = world.url("referral_receive")
    assert b"Give something to call them by." in client.post(address, {"route": "self"}).content
    sent = {"route": "outside", "from_words": "A surgery", "name": "Drew Pattern", "once": "call"}
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    row = Referral.of(world.partnership).get(route="outside")
    assert row.person.name == "Drew Pattern"
    assert row.sender == "A surgery"
    page = client.post(at(world, "referral_accept", row), {"programme": world.programmes["harbour"].pk})
    assert page.status_code == 302
    row = again(row)
    kept = store.latest(world.partnership, "enrolments", row.enrolment.enrolment_id)
    assert kept.values["referred_by"] == "A surgery"


def test_the_file_names_nobody(world):
    made(world)
    file = (
        world.client("other_practitioner")
        .get(world.url("referrals") + "?format=csv")
        .content.decode("utf-8-sig")
    )
    assert "Ash" not in file
    assert world.people["ash"].person_id in file
    assert "Waiting for an answer" in file


def test_waiting_ones_come_first_and_the_list_asks_the_same_number_of_questions_however_long(
    world, django_assert_max_num_queries
):
    from openoutcomes.web.people.commands import add_person

    for number in range(12):
        person = add_person(
            world.access("practitioner"), organisation=world.organisations["harbour"],
            identity={"name": f"Sample Number{number}"},
        )  # fmt: skip
        row = commands.make(
            world.access("practitioner"), person=person, organisation=world.organisations["harbour"],
            recipient=world.organisations["lantern"], wants="x", groups=["goals"], basis="consent", how="spoken",
        )  # fmt: skip
        if number < 6:
            commands.decline(world.access("other_practitioner"), referral=row, reason="full")
    client = world.client("other_practitioner")
    with django_assert_max_num_queries(16):
        page = client.get(world.url("referrals"))
    states = [row[3].text for row in page.context["listing"].rows]
    assert states == ["Waiting for an answer"] * 6 + ["Declined"] * 6
    assert "Answered in 0 days" in page.context["turnaround"]


def test_what_is_of_a_person_is_listed_for_both_sides_alone(world):
    row = made(world)
    assert list(queries.of_person(world.access("practitioner"), world.people["ash"])) == [row]
    assert list(queries.of_person(world.access("other_practitioner"), world.people["ash"])) == [row]
    withdraw(world.access("practitioner"), sight=row.sight)
    assert not queries.of_person(world.access("other_practitioner"), world.people["ash"]).exists()


def test_a_person_who_was_handed_back_can_be_referred_there_again(world):
    row = accepted(world)
    commands.hand_back(world.access("other_practitioner"), referral=row, reason="Not now")
    client = world.client("practitioner")
    assert client.post(make_url(world), form_of(world, send="yes")).status_code == 302
    second = Referral.of(world.partnership).get(state="made")
    commands.accept(world.access("other_practitioner"), referral=second)
    assert again(second).enrolment.is_open
    assert again(row).enrolment.ended_on is not None


def test_nobody_refers_to_their_own_organisation(world):
    page = world.client("practitioner").get(make_url(world))
    assert b"Harbour Lights: they decide" not in page.content
    with pytest.raises(InputError, match="sees the person already"):
        made(world, recipient=world.organisations["harbour"], programme=None)


@pytest.mark.needs_postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_the_same_moment_one_alone_enrols_the_person():
    import threading

    from django.db import connection

    from web_world import make_world

    world = make_world()
    row = made(world)
    begin, refused = threading.Barrier(2), []

    def answer(who):
        begin.wait()
        try:
            commands.accept(world.access(who), referral=again(row))
        except InputError as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=answer, args=(who,)) for who in ("other_practitioner", "other_manager")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert (
        Enrolment.of(world.partnership).filter(person=row.person, organisation=row.to_organisation).count()
        == 1
    )
