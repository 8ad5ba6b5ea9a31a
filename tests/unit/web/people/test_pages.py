"""The list of people, finding somebody, and adding them, through HTTP."""

import datetime as dt

import pytest

from openoutcomes.web.core.clock import today
from openoutcomes.web.core.scope import writing
from openoutcomes.web.people.models import Enrolment, Person, Sight
from openoutcomes.web.people.queries import people_for


def plan(world, key, day):
    with writing("test"):
        Enrolment.of(world.partnership).filter(pk=world.enrolments[key].pk).update(next_on=day)


def names(page):
    return [row[0].text for row in page.context["listing"].rows]


def test_the_list_shows_a_practitioner_their_own_people(world):
    page = world.client("practitioner").get(world.url("people"))
    assert page.status_code == 200
    assert b"Ash Example" in page.content
    assert b"Casey Specimen" not in page.content


def test_whoever_is_overdue_comes_first_and_is_marked(world):
    plan(world, "blake", today() - dt.timedelta(days=3))
    page = world.client("practitioner").get(world.url("people"))
    assert names(page) == ["Blake Sample", "Ash Example"]
    assert b"Overdue" in page.content


def test_the_list_can_be_narrowed_and_sorted(world):
    plan(world, "ash", today() - dt.timedelta(days=1))
    client = world.client("practitioner")
    assert names(client.get(world.url("people"), {"only": "overdue"})) == ["Ash Example"]
    assert names(client.get(world.url("people"), {"only": "goal"})) == ["Ash Example", "Blake Sample"]
    assert names(client.get(world.url("people"), {"sort": "-name"})) == ["Blake Sample", "Ash Example"]
    assert "Nobody" not in client.get(world.url("people"), {"show": "team"}).content.decode()
    empty = client.get(world.url("people"), {"show": "ended"})
    assert b"Nothing fits what you asked for" in empty.content


def test_a_manager_sees_everybody_with_the_organisation_and_nobody_else(world):
    assert set(names(world.client("provider_manager").get(world.url("people")))) == {
        "Ash Example",
        "Blake Sample",
    }


@pytest.mark.parametrize(
    ("typed", "seen"),
    [("exam", True), ("07700 900123", True), ("zzz", False), ("ca", False), ("casey", False)],
)
def test_somebody_is_found_without_their_name_being_in_an_address(world, typed, seen):
    client = world.client("practitioner")
    page = client.post(world.url("people_find"), {"q": typed})
    assert page.status_code == 200
    assert (b"Ash Example" in page.content) == seen
    assert b"Casey Specimen" not in page.content
    part = client.post(world.url("people_find"), {"q": typed}, headers={"HX-Request": "true"})
    assert b"<html" not in part.content


def test_what_is_too_short_to_find_says_so(world):
    page = world.client("practitioner").post(world.url("people_find"), {"q": "as"})
    assert b"at least three letters" in page.content


def test_finding_needs_no_more_queries_for_more_people(world, django_assert_num_queries):
    client = world.client("practitioner")
    client.post(world.url("people_find"), {"q": "07700900123"})
    with django_assert_num_queries(7):
        client.post(world.url("people_find"), {"q": "07700900123"})


def test_the_file_has_ids_first_and_names_of_own_people_alone(world):
    text = world.client("practitioner").get(world.url("people"), {"format": "csv"}).content.decode()
    assert text.splitlines()[0].lstrip("\ufeff").startswith("Person,Called")
    assert world.people["ash"].person_id in text
    assert "Casey" not in text


def test_people_shared_with_us_are_listed_by_id_alone_in_files_and_without_flags(world):
    with writing("test"):
        Sight.objects.create(
            partnership=world.partnership, person=world.people["casey"], basis="consent",
            organisation=world.organisations["harbour"], slice=["goals"],
        )  # fmt: skip
        Person.of(world.partnership).filter(pk=world.people["casey"].pk).update(safeguarding=True)
    client = world.client("practitioner")
    page = client.get(world.url("people"), {"show": "shared"})
    assert names(page) == ["Casey Specimen"]
    assert b"Safeguarding" not in page.content
    text = client.get(world.url("people"), {"show": "shared", "format": "csv"}).content.decode()
    assert "Casey" not in text
    assert world.people["casey"].person_id in text


def test_a_person_is_added_once_however_often_the_form_is_sent(world):
    client = world.client("practitioner")
    form = client.get(world.url("person_add")).context["form"]
    sent = {"name": "Drew Pattern", "once": form.initial["once"]}
    for _ in range(2):
        assert client.post(world.url("person_add"), sent).status_code == 302
    named = [p for p in people_for(world.access("practitioner")) if p.name == "Drew Pattern"]
    assert len(named) == 1


def test_a_person_is_added_to_a_programme_with_their_worker_in_one_go(world):
    sent = {"name": "Drew Pattern", "programme": "harbour-front-door", "once": "one"}
    client = world.client("practitioner")
    answer = client.post(world.url("person_add"), sent, follow=True)
    assert b"Drew Pattern was added" in answer.content
    assert b"Front Door at Harbour Lights" in answer.content
    enrolment = Enrolment.of(world.partnership).latest("pk")
    assert enrolment.practitioner == world.users["practitioner"]
    # Somebody in no programme is on a list of their own, so that nobody is lost.
    client.post(world.url("person_add"), {"name": "Fern Motif", "once": "two"})
    assert names(client.get(world.url("people"), {"show": "none"})) == ["Fern Motif"]


def test_a_form_says_what_is_wrong(world):
    page = world.client("practitioner").post(world.url("person_add"), {"name": ""})
    assert page.status_code == 200
    assert b"There is a problem" in page.content


def test_those_without_a_seat_find_nothing(world, elsewhere):
    assert elsewhere.client("practitioner").get(world.url("people")).status_code == 404


@pytest.mark.parametrize(
    "role", ["commissioner", "investor", "evaluator", "verifier", "coordinator", "finance"]
)
def test_roles_without_people_are_refused(world, role):
    client = world.client(role)
    assert client.get(world.url("people")).status_code == 403
    assert client.get(world.url("person", person_id=world.people["ash"].person_id)).status_code == 403
