"""Pages about people, through HTTP."""

from openoutcomes.web.people.queries import people_for


def test_the_list_shows_a_practitioner_their_own_people(world):
    page = world.client("practitioner").get(world.url("people"))
    assert page.status_code == 200
    assert b"Ash Example" in page.content
    assert b"Casey Specimen" not in page.content


def test_a_person_is_added_once_however_often_the_form_is_sent(world):
    client = world.client("practitioner")
    form = client.get(world.url("person_add")).context["form"]
    sent = {"name": "Drew Pattern", "once": form.initial["once"]}
    for _ in range(2):
        assert client.post(world.url("person_add"), sent).status_code == 302
    named = [p for p in people_for(world.access("practitioner")) if p.name == "Drew Pattern"]
    assert len(named) == 1


def test_a_form_says_what_is_wrong(world):
    page = world.client("practitioner").post(world.url("person_add"), {"name": ""})
    assert page.status_code == 200
    assert b"There is a problem" in page.content


def test_those_without_a_seat_find_nothing(world, elsewhere):
    assert elsewhere.client("practitioner").get(world.url("people")).status_code == 404
