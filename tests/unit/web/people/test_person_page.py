"""A person's page: what is next, what may be seen of it by whom, and their own view."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openoutcomes.web.audit.models import Event
from openoutcomes.web.core import clock
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.scope import writing
from openoutcomes.web.people import sections
from openoutcomes.web.people.models import Enrolment, Person, Sight
from openoutcomes.web.records import commands


def page_of(world, name, key="ash", **asked):
    return world.client(name).get(world.url("person", person_id=world.people[key].person_id), asked)


def record(world, verb, key="ash", who="practitioner", **values):
    return verb(world.access(who), person=world.people[key], enrolment=world.enrolments[key], values=values)


def share(world, key="casey", slice_=("goals",), until=None):
    with writing("test"):
        return Sight.objects.create(
            partnership=world.partnership, person=world.people[key], basis="consent", slice=list(slice_),
            organisation=world.organisations["harbour"], until=until,
        )  # fmt: skip


def test_there_is_one_next_thing_to_do_and_it_follows_what_is_recorded(world):
    def ask():
        return page_of(world, "practitioner").context["next"]

    assert ask().button == "Ask what matters to them"
    goal = record(
        world, commands.set_goal, words="A front door that I can lock", set_on=today(), review_on=today()
    )
    assert ask().button == "Review the goal"
    values = {"reviewed_on": today(), "review_on": None, "rating": 4}
    commands.review_goal(world.access("practitioner"), record=goal, values=values, expected=1)
    assert ask().button == "Add what happened"
    with writing("test"):
        Enrolment.of(world.partnership).filter(pk=world.enrolments["ash"].pk).update(
            next_on=today() - dt.timedelta(days=2)
        )
    assert ask().is_late
    assert b"Overdue" in page_of(world, "practitioner").content


def test_strengths_come_before_goals_and_goals_before_needs(world):
    record(world, commands.note_need, category="home", presented_on=today())
    record(world, commands.set_goal, words="To cook for my sister", set_on=today())
    record(world, commands.note_strength, words="I keep a garden going", noted_on=today())
    text = page_of(world, "practitioner").content.decode()
    main = text[: text.index("What happened</h2>")]
    assert main.index("I keep a garden going") < main.index("To cook for my sister") < main.index("Need:")


def test_the_timeline_is_newest_first_paged_and_can_be_narrowed(world):
    for number in range(30):
        day = today() - dt.timedelta(days=number)
        record(world, commands.give_support, kind="advice", started_on=day, note=f"Talk number {number}.")
    record(world, commands.note_event, kind="managed-move", occurred_on=today())
    first = page_of(world, "practitioner").content.decode()
    assert first.index("Talk number 0.") < first.index("Talk number 1.")
    assert "Talk number 29." not in first
    assert "Talk number 29." in page_of(world, "practitioner", page=2).content.decode()
    events = page_of(world, "practitioner", kind="events").content.decode()
    assert "Moved home as planned" in events
    assert "Talk number" not in events


def test_every_look_at_a_person_is_noted(world):
    page_of(world, "practitioner")
    event = Event.of(world.partnership).filter(kind="view").latest("pk")
    assert (event.person, event.verb, event.user) == (
        world.people["ash"],
        "people.view",
        world.users["practitioner"],
    )


def test_another_organisations_people_and_guessed_ids_are_not_there(world, elsewhere):
    assert page_of(world, "practitioner", "casey").status_code == 404
    client = world.client("practitioner")
    assert client.get(world.url("person", person_id="p-222222222222")).status_code == 404
    other = elsewhere.people["ash"].person_id
    assert client.get(world.url("person", person_id=other)).status_code == 404
    assert elsewhere.client("practitioner").get(world.url("person", person_id=other)).status_code == 404


def test_a_shared_person_shows_the_shared_slice_alone_and_says_until_when(world):
    record(world, commands.set_goal, "casey", "other_practitioner", words="To see the sea", set_on=today())
    record(world, commands.note_need, "casey", "other_practitioner", category="home", presented_on=today())
    until = today() + dt.timedelta(days=9)
    sight = share(world, until=until)
    page = page_of(world, "practitioner", "casey").content.decode()
    assert "Shared with you until" in page
    assert "To see the sea" in page
    assert "Need:" not in page
    assert "07700" not in page
    assert "Add what happened" not in page
    # Nothing can be added, and withdrawing the consent stops the sight at once.
    add = world.url("record_quick", person_id=world.people["casey"].person_id)
    assert world.client("practitioner").get(add).status_code == 403
    with writing("test"):
        Sight.of(world.partnership).filter(pk=sight.pk).update(withdrawn_at=clock.now())
    assert page_of(world, "practitioner", "casey").status_code == 404


def test_a_share_ends_on_its_last_day(world):
    share(world, until=today() - dt.timedelta(days=1))
    assert page_of(world, "practitioner", "casey").status_code == 404


def test_flags_are_plain_and_notes_are_for_the_own_organisation(world):
    with writing("test"):
        person = Person.of(world.partnership).get(pk=world.people["casey"].pk)
        person.safeguarding, person.safeguarding_note = True, "Told us about a threat."
        person.safe_contact, person.contact_note = True, "Ring after ten."
        person.save()
    own = page_of(world, "other_practitioner", "casey").content.decode()
    assert "Told us about a threat." in own
    assert "Ring after ten." in own
    share(world)
    shared = page_of(world, "practitioner", "casey").content.decode()
    assert "Contact with care" in shared
    assert "threat" not in shared
    assert "Safeguarding" not in shared
    assert "Ring after ten." not in shared


def test_a_person_sees_their_own_page_in_their_words_and_who_looked(world):
    record(world, commands.set_goal, words="A front door that I can lock", set_on=today())
    page_of(world, "practitioner")
    page = page_of(world, "person").content.decode()
    assert "Hello Ash Example" in page
    assert "A front door that I can lock" in page
    assert "Practitioner, Harbour Lights" in page
    assert "Looked at your page" in page
    assert "practitioner@" not in page


def test_a_person_sees_nobody_else_and_changes_nothing(world):
    assert page_of(world, "person", "blake").status_code == 404
    client = world.client("person")
    assert client.get(world.url("people")).status_code == 302
    ash = world.people["ash"].person_id
    for name in ("record_quick", "person_edit", "person_safeguarding", "person_merge"):
        assert client.get(world.url(name, person_id=ash)).status_code == 403


def test_other_nouns_add_boxes_to_the_page(world, monkeypatch):
    def box(_access, person):
        return {"words": "Twelve pounds left"} if person.name == "Ash Example" else None

    lines = [("people/quick_links.html", lambda _access, _person: None), ("core/broken.html", box)]
    monkeypatch.setattr(sections, "PERSON_SECTIONS", lines)
    ash, blake = (
        sections.boxes_for(world.access("practitioner"), world.people[key]) for key in ("ash", "blake")
    )
    assert [each.context for each in ash] == [{"words": "Twelve pounds left"}]
    assert blake == []


def test_the_page_asks_no_more_of_the_database_for_more_records(world):
    client = world.client("practitioner")
    address = world.url("person", person_id=world.people["ash"].person_id)

    def asked(times):
        for number in range(times):
            record(world, commands.note_strength, words=f"Strength {number}", noted_on=today())
            record(world, commands.give_support, kind="advice", started_on=today())
            record(world, commands.note_need, category="home", presented_on=today())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    asked(30)  # the first request reads what is the same for every page
    few = asked(1)
    assert asked(30) == few


@pytest.mark.parametrize("kind", ["", "support", "withdrawn", "nonsense"])
def test_an_unknown_kind_shows_everything(world, kind):
    assert page_of(world, "practitioner", kind=kind).status_code == 200
