"""Changing who people are, flags, programmes, workers; and two who may be one."""

import datetime as dt

import pytest
from django_scopes import scope

from openoutcomes.web.audit.models import Event
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.scope import writing
from openoutcomes.web.people.models import Enrolment, Likeness, Merge, Person, Sight, Token
from openoutcomes.web.people.queries import found, people_for
from openoutcomes.web.records import commands as recording
from openoutcomes.web.records.models import Record
from web_world import make_user, seat


def fresh(world, key):
    return Person.of(world.partnership).get(pk=world.people[key].pk)


def at(world, name, key="ash"):
    return world.url(name, person_id=world.people[key].person_id)


def details(**changes):
    return {"name": "Ash Example", "phone": "07700 900123", "revision": "1", **changes}


def test_details_are_changed_and_the_new_name_is_found(world):
    client = world.client("practitioner")
    sent = details(known_as="Ashley", birth_year="1996", sex="female", once="one")
    answer = client.post(at(world, "person_edit"), sent, follow=True)
    assert "The details were changed" in answer.content.decode()
    assert fresh(world, "ash").shown == "Ashley"
    people = people_for(world.access("practitioner"))
    assert [person.pk for person in found(people, world.partnership, "ashley")] == [world.people["ash"].pk]
    record = Record.of(world.partnership).get(table="people", person=world.people["ash"], current=True)
    assert (record.version, record.values["birth_year"]) == (2, "1996")
    event = Event.of(world.partnership).filter(verb="people.edit").get()
    assert "Ashley" not in str(event.detail)
    assert "known_as" in event.detail["changed"]


def test_two_people_editing_at_once_are_shown_what_the_other_wrote(world):
    one, two = world.client("practitioner"), world.client("provider_manager")
    one.post(at(world, "person_edit"), details(phone="07700 900999", once="one"))
    page = two.post(at(world, "person_edit"), details(phone="07700 900555", once="two")).content.decode()
    assert "somebody changed these details" in page.lower()
    assert "07700 900999" in page
    assert "07700 900555" in page
    assert fresh(world, "ash").phone == "07700 900999"
    # Having seen it, sending it again is meant.
    two.post(at(world, "person_edit"), details(phone="07700 900555", once="three", revision="2"))
    assert fresh(world, "ash").phone == "07700 900555"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "This field is required"),
        ({"email": "not an address"}, "valid email address"),
        ({"birth_year": "1850"}, "1900"),
        (
            {"date_of_birth_day": "31", "date_of_birth_month": "2", "date_of_birth_year": "1990"},
            "not a real date",
        ),
    ],
)
def test_mistakes_in_details_are_explained(world, changes, message):
    page = world.client("practitioner").post(at(world, "person_edit"), details(**changes))
    assert "There is a problem" in page.content.decode()
    assert message in page.content.decode()
    assert fresh(world, "ash").revision == 1


def test_a_safeguarding_concern_is_written_down_and_lifted(world):
    client = world.client("practitioner")
    empty = client.post(at(world, "person_safeguarding"), {"concern": "yes", "words": "", "once": "one"})
    assert "nothing was written about the concern" in empty.content.decode().lower()
    client.post(
        at(world, "person_safeguarding"), {"concern": "yes", "words": "A threat was made.", "once": "two"}
    )
    assert fresh(world, "ash").safeguarding
    assert "A threat" not in str(list(Event.of(world.partnership).values_list("detail", flat=True)))
    client.post(at(world, "person_safeguarding"), {"concern": "no", "words": "", "once": "three"})
    assert not fresh(world, "ash").safeguarding


@pytest.mark.parametrize("name", ["person_edit", "person_safeguarding", "person_enrol", "person_merge"])
def test_another_organisation_finds_none_of_these_pages(world, elsewhere, name):
    for client in (world.client("other_practitioner"), elsewhere.client("practitioner")):
        assert client.get(at(world, name)).status_code == 404


def test_a_shared_person_may_not_be_changed(world):
    with writing("test"):
        Sight.objects.create(
            partnership=world.partnership, person=world.people["ash"], basis="consent", slice=["goals"],
            organisation=world.organisations["lantern"],
        )  # fmt: skip
    client = world.client("other_practitioner")
    for name in ("person_edit", "person_safeguarding", "person_enrol", "person_merge"):
        assert client.post(at(world, name), details(once="one")).status_code == 403


def test_support_ends_with_a_reason_and_the_end_is_undone(world):
    client = world.client("practitioner")
    enrolment = world.enrolments["ash"]
    end = world.url("enrolment_end", enrolment_id=enrolment.enrolment_id)
    before = {
        "ended_on_day": "1",
        "ended_on_month": "1",
        "ended_on_year": "2024",
        "end_reason": "completed",
        "once": "one",
    }
    assert "the last day is before the first" in client.post(end, before).content.decode().lower()
    day = today()
    sent = {
        **before,
        "ended_on_day": day.day,
        "ended_on_month": day.month,
        "ended_on_year": day.year,
        "once": "two",
    }
    client.post(end, sent)
    ended = Enrolment.of(world.partnership).get(pk=enrolment.pk)
    assert (ended.ended_on, ended.end_reason, ended.is_open) == (day, "completed", False)
    record = Record.of(world.partnership).get(
        table="enrolments", record_id=enrolment.enrolment_id, current=True
    )
    assert record.values["ended_on"] == day.isoformat()
    again = client.post(end, {**sent, "once": "three"}).content.decode()
    assert "ended already" in again
    client.post(world.url("enrolment_reopen", enrolment_id=enrolment.enrolment_id), {"once": "four"})
    assert Enrolment.of(world.partnership).get(pk=enrolment.pk).is_open
    record = Record.of(world.partnership).get(
        table="enrolments", record_id=enrolment.enrolment_id, current=True
    )
    assert "ended_on" not in record.values
    assert record.version == 3


def test_a_person_joins_another_programme(world):
    client = world.client("practitioner")
    sent = {
        "programme": "harbour-front-door",
        "practitioner": str(world.users["practitioner"].pk),
        "once": "one",
    }
    client.post(at(world, "person_enrol"), sent)
    client.post(at(world, "person_enrol"), sent)
    assert Enrolment.of(world.partnership).filter(person=world.people["ash"]).count() == 2
    wrong = client.post(at(world, "person_enrol"), {**sent, "programme": "lantern-front-door", "once": "two"})
    assert "Select a valid choice" in wrong.content.decode()


def test_a_caseload_is_handed_over_within_the_organisation(world):
    world.users["second"] = make_user("second@kirkdale.example")
    seat(world.partnership, world.users["second"], "practitioner", world.organisations["harbour"])
    client = world.client("practitioner")
    ids = [world.enrolments[key].enrolment_id for key in ("ash", "blake")]
    client.post(world.url("handover"), {"to": world.users["second"].pk, "enrolments": ids, "once": "one"})
    mine = Enrolment.of(world.partnership).filter(practitioner=world.users["second"])
    assert mine.count() == 2
    wrong = {"to": world.users["other_practitioner"].pk, "enrolments": ids, "once": "two"}
    assert (
        "Select a valid choice" in world.client("second").post(world.url("handover"), wrong).content.decode()
    )


# Two who may be one


def add_twin(world, name="Ash Exampel", phone="", **further):
    client = world.client("practitioner")
    sent = {
        "name": name,
        "phone": phone,
        "programme": "harbour-front-door",
        "once": f"twin {name}",
        **further,
    }
    return client.post(world.url("person_add"), sent)


def twin(world, **how):
    add_twin(world, new="yes", **how)
    return Person.of(world.partnership).latest("pk")


@pytest.mark.parametrize(
    ("name", "phone", "why"),
    [
        ("Ash Example", "", "The same name"),
        ("Ash Exampel", "", "Nearly the same name"),
        ("Somebody Quite Else", "07700900123", "The same telephone"),
    ],
)
def test_likely_duplicates_are_shown_before_anything_is_kept(world, name, phone, why):
    page = add_twin(world, name, phone).content.decode()
    assert "Is it one of these?" in page
    assert why in page
    assert at(world, "person") in page
    assert Person.of(world.partnership).count() == 3
    assert add_twin(world, name, phone, new="yes").status_code == 302
    assert Person.of(world.partnership).count() == 4


def test_likely_duplicates_never_show_people_of_other_organisations(world):
    page = add_twin(world, "Casey Specimen")
    assert page.status_code == 302


def test_another_birth_year_is_another_person(world):
    with writing("test"):
        Record.of(world.partnership).filter(table="people", person=world.people["ash"]).update(
            values={"person_id": world.people["ash"].person_id, "birth_year": "1950"}
        )
    assert add_twin(world, "Ash Example", birth_year="1999").status_code == 302


def test_suspected_duplicates_are_listed_and_dismissed(world):
    other = twin(world)
    client = world.client("practitioner")
    page = client.get(world.url("duplicates")).content.decode()
    assert "Ash Example and Ash Exampel" in page
    likeness = Likeness.of(world.partnership).get(other=other)
    refused = world.client("other_practitioner").post(world.url("likeness_dismiss", key=likeness.pk))
    assert refused.status_code == 404
    client.post(world.url("likeness_dismiss", key=likeness.pk))
    assert "Ash Exampel" not in client.get(world.url("duplicates")).content.decode()


def picture(world):
    """Everything that a merge may change, as it stands: who has what, in which words."""
    records = Record.of(world.partnership).filter(current=True).order_by("table", "record_id")
    return {
        "people": sorted(
            (p.pk, p.name, p.phone, p.email, p.safeguarding, p.safe_contact, p.contact_note, p.merged_into_id)
            for p in Person.of(world.partnership)
        ),
        "records": [
            (
                r.table,
                r.record_id,
                r.withdrawn,
                r.person_id,
                r.enrolment_id,
                r.state,
                sorted(r.values.items()),
            )
            for r in records
        ],
        "enrolments": sorted(Enrolment.of(world.partnership).values_list("pk", "person")),
        "sights": sorted(
            (s.pk, s.person_id, s.organisation_id, s.withdrawn_at is None)
            for s in Sight.of(world.partnership)
        ),
        "tokens": sorted(Token.of(world.partnership).values_list("person", "digest")),
    }


def merge(world, kept, merged, once="merge"):
    address = world.url("people_merge", person_id=kept.person_id, other_id=merged.person_id)
    return world.client("practitioner").post(address, {"keep": kept.person_id, "once": once}, follow=True)


@pytest.fixture
def two(world):
    """Ash, and a second record of Ash with a name of its own and records of every kind."""
    from openoutcomes.web.people.commands import index

    other = twin(world, name="Ashleigh Exemplar", phone="07700 900777", birth_year="1996")
    with writing("test"), scope(partnership=world.partnership):
        kept = fresh(world, "ash")
        kept.phone = ""
        kept.save()
        other.safe_contact, other.contact_note, other.email = True, "Ring after ten.", "ash@example.org"
        other.save()
        index(kept)
        index(other)
        Sight.objects.create(
            partnership=world.partnership, person=other, basis="consent", slice=["goals"],
            organisation=world.organisations["lantern"],
        )  # fmt: skip
    by = world.access("practitioner")
    enrolment = Enrolment.of(world.partnership).get(person=other)
    recording.set_goal(by, person=other, values={"words": "To see the sea", "set_on": today()})
    recording.give_support(
        by, person=other, enrolment=enrolment, values={"kind": "advice", "started_on": today()}
    )
    wrong = recording.note_event(by, person=other, values={"kind": "job-lost", "occurred_on": today()})
    recording.withdraw_record(by, record=wrong, reason="mistake", expected=1)
    return fresh(world, "ash"), other


def test_merging_brings_everything_onto_one_page_and_loses_nothing(world, two):
    kept, other = two
    page = merge(world, kept, other).content.decode()
    assert "The two are one now" in page
    assert "To see the sea" in page
    assert "07700 900777" in page
    assert "Ring after ten." in page
    client = world.client("practitioner")
    moved = client.get(world.url("person", person_id=other.person_id))
    assert moved.status_code == 302
    assert kept.person_id in moved["Location"]
    people = people_for(world.access("practitioner"))
    assert [person.pk for person in found(people, world.partnership, "exemplar")] == [kept.pk]
    # Whoever the other was shared with sees the one who stays, and no more than before.
    seen = world.client("other_practitioner").get(world.url("person", person_id=kept.person_id))
    assert "To see the sea" in seen.content.decode()
    assert "Ring after ten." not in seen.content.decode()


def test_pricing_as_of_an_earlier_day_still_sees_two(world, two):
    kept, other = two
    goal = Record.of(world.partnership).get(table="goals", person=other)
    merge(world, kept, other)
    versions = Record.of(world.partnership).filter(record_id=goal.record_id).order_by("version")
    assert [v.values["person_id"] for v in versions] == [other.person_id, kept.person_id]
    own = Record.of(world.partnership).filter(table="people", record_id=other.person_id).order_by("version")
    assert [v.withdrawn for v in own] == [False, True]


def test_undoing_a_merge_gives_back_exactly_what_was(world, two):
    kept, other = two
    before = picture(world)
    merge(world, kept, other)
    assert picture(world) != before
    merged = Merge.of(world.partnership).get()
    client = world.client("practitioner")
    assert client.get(world.url("merge_undo", key=merged.pk)).status_code == 200
    client.post(world.url("merge_undo", key=merged.pk), {"once": "undo"})
    assert picture(world) == before
    # What was undone is not undone again, and may be merged again.
    again = client.post(world.url("merge_undo", key=merged.pk), {"once": "again"}, follow=True)
    assert "undone already" in again.content.decode()
    merge(world, *two, once="second")
    assert fresh(world, "ash").phone == "07700 900777"


def test_what_was_recorded_since_stays_where_it_belongs_after_an_undo(world, two):
    kept, other = two
    merge(world, kept, other)
    by = world.access("practitioner")
    theirs = Enrolment.of(world.partnership).get(pk=Enrolment.of(world.partnership).latest("pk").pk)
    recording.give_support(
        by, person=fresh(world, "ash"), enrolment=theirs, values={"kind": "visit", "started_on": today()}
    )
    recording.note_strength(by, person=fresh(world, "ash"), values={"words": "New", "noted_on": today()})
    from openoutcomes.web.people.merging import undo_merge

    undo_merge(by, merge=Merge.of(world.partnership).get())
    visit = Record.of(world.partnership).get(table="activities", code="visit", current=True)
    strength = Record.of(world.partnership).get(table="strengths", current=True)
    assert (visit.person_id, strength.person_id) == (other.pk, kept.pk)


def test_a_merge_is_done_once_however_often_it_is_sent(world, two):
    kept, other = two
    merge(world, kept, other)
    assert Merge.of(world.partnership).count() == 1
    again = merge(world, kept, other)
    assert again.status_code == 404
    assert Merge.of(world.partnership).count() == 1


def test_a_merge_can_be_undone_for_thirty_days(world, two):
    merge(world, *two)
    with writing("test"):
        Merge.of(world.partnership).update(at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    merged = Merge.of(world.partnership).get()
    client = world.client("practitioner")
    page = client.post(world.url("merge_undo", key=merged.pk), {"once": "late"}, follow=True)
    assert "can no longer be undone" in page.content.decode()


def test_nobody_merges_or_undoes_what_is_not_theirs(world, elsewhere, two):
    kept, other = two
    address = world.url("people_merge", person_id=kept.person_id, other_id=world.people["casey"].person_id)
    assert (
        world.client("practitioner").post(address, {"keep": kept.person_id, "once": "a"}).status_code == 404
    )
    both = world.url("people_merge", person_id=kept.person_id, other_id=other.person_id)
    assert world.client("other_practitioner").post(both, {"keep": kept.person_id}).status_code in (403, 404)
    assert elsewhere.client("practitioner").get(both).status_code == 404
    merge(world, kept, other)
    undo = world.url("merge_undo", key=Merge.of(world.partnership).get().pk)
    assert world.client("other_practitioner").post(undo, {"once": "b"}).status_code == 404


def test_a_person_with_another_organisation_is_not_merged_over_its_head(world, two):
    kept, other = two
    with writing("test"):
        Sight.objects.create(
            partnership=world.partnership,
            person=other,
            basis="own",
            organisation=world.organisations["lantern"],
        )
    page = merge(world, kept, other).content.decode()
    assert "another organisation works with one of the two" in page.lower()
    assert not Merge.of(world.partnership).exists()
