"""Stories and pictures through HTTP: told, ranked by people supported, moved on; drawn, compared and brought back."""

import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError
from openoutcomes.web.administration.commands import erase_person
from openoutcomes.web.core import clock
from openoutcomes.web.records.commands import note_need
from openoutcomes.web.stories import commands, drawing, picturing, queries
from openoutcomes.web.stories.models import Ballot, Picture, PictureVersion, Story, StoryStep
from openoutcomes.web.stories.rhythm import signals
from openoutcomes.web.stories.things import things
from openoutcomes.web.stories.waiting import waiting

TOLD = {
    "as_a": "young person who sleeps on sofas",
    "need": "a first meeting where I feel safe",
    "so_that": "I come back",
}


def told(world, who="coordinator", source="conversation", **changes):
    return commands.add_story(world.access(who), values={**TOLD, **changes}, source=source)


def ranked(world, *stories, who="practitioner"):
    places = {one.story_id: place for place, one in enumerate(stories, 1)}
    return commands.enter_ranking(world.access(who), places=places)


def test_a_person_tells_a_story_and_others_see_it_without_their_name(world, elsewhere):
    client = world.client("person")
    page = client.post(world.url("story_add"), {"as_a": "", "need": "x", "so_that": "y"}).content.decode()
    assert "Say as whom." in page
    page = client.post(world.url("story_add"), {**TOLD, "need": "a call on 07700 900123"}).content.decode()
    assert "looks like a telephone number" in page
    for _ in range(2):
        answer = client.post(world.url("story_add"), {**TOLD, "once": "s"})
        assert answer.status_code == 302
    row = Story.of(world.partnership).get()
    assert (row.source, row.person) == ("person", world.people["ash"])
    assert (
        row.sentence
        == "As a young person who sleeps on sofas, I need a first meeting where I feel safe, so that I come back"
    )
    assert "Story, yours" in client.get(answer.url).content.decode()
    for who in ("coordinator", "commissioner", "other_practitioner", "verifier"):
        page = world.client(who).get(answer.url)
        assert page.status_code == 200
        assert "Ash" not in page.content.decode().replace("Ashes", "")
        assert str(world.users["person"]) not in re.sub(
            r"<header.*?</header>", "", page.content.decode(), flags=re.DOTALL
        )
    stranger = elsewhere.client("coordinator")
    assert stranger.get(elsewhere.url("story", story_id=row.story_id)).status_code == 404
    assert things(elsewhere.access("coordinator"), "story", [row.story_id]) == []
    change = world.url("story_change", story_id=row.story_id)
    assert world.client("practitioner").get(change).status_code == 404
    assert client.post(change, {**TOLD, "need": "a café", "revision": "1", "once": "c"}).status_code == 302
    page = client.post(change, {**TOLD, "revision": "1", "once": "c2"}).content.decode()
    assert "Somebody changed this story after you opened it." in page
    for who, status in (("commissioner", 403), ("verifier", 403), ("evaluator", 403)):
        assert world.client(who).get(world.url("story_add")).status_code == status
    with pytest.raises(InputError, match="whose story"):
        told(world, "practitioner", source="person")


def test_people_rank_by_themselves_and_on_paper_and_too_few_give_no_order(world):
    first, second, third = (told(world, need=need) for need in ("a café", "a text", "a bus pass"))
    client = world.client("person")
    assert any(one.count == 3 for one in waiting(world.access("person")))
    page = client.post(world.url("story_rank"), {}).content.decode()
    assert "No story was given a place." in page
    sent = {second.story_id: "1", first.story_id: "2", "once": "r"}
    for _ in range(2):
        assert client.post(world.url("story_rank"), sent).status_code == 302
    assert (
        client.post(
            world.url("story_rank"), {second.story_id: "1", third.story_id: "1", "once": "r2"}
        ).status_code
        == 302
    )
    ballot = Ballot.of(world.partnership).get()
    assert ballot.places == {second.story_id: 1, third.story_id: 1}
    assert any(one.count == 1 for one in waiting(world.access("person")))
    page = client.get(world.url("stories")).content.decode()
    assert "Fewer than five people have ranked" in page
    worker = world.client("practitioner")
    assert worker.post(world.url("story_rank"), {second.story_id: "1", "once": "p"}).status_code == 302
    for _ in range(9):
        ranked(world, second, first)
    page = worker.get(world.url("stories")).content.decode()
    assert "Ranked by about 10 people." in page
    assert page.index("I need a text") < page.index("I need a café")
    csv = worker.get(world.url("stories"), {"format": "csv"}).content.decode()
    assert "fewer than ten people" in csv
    mine = Ballot.of(world.partnership).filter(person=None).first()
    away = world.url("ranking_away", ballot_id=mine.ballot_id)
    assert world.client("other_practitioner").get(away).status_code == 404
    assert worker.post(away, {"once": "a"}).status_code == 302
    assert Ballot.of(world.partnership).filter(withdrawn_at=None).count() == 10
    assert "Print the stories to rank" in worker.get(world.url("rankings")).content.decode()
    assert "I need a text" in worker.get(world.url("ranking_paper")).content.decode()
    assert (
        client.post(world.url("ranking_away", ballot_id=ballot.ballot_id), {"once": "b"}).status_code == 302
    )
    assert queries.ballot_of(world.access("person")) is None
    with pytest.raises(PermissionDenied):
        commands.enter_ranking(world.access("person"), places={second.story_id: 1})
    commands.put_away(world.access("coordinator"), story=second, away=True)
    with pytest.raises(InputError, match="ended or put away"):
        ranked(world, second)
    assert client.get(world.url("rankings")).status_code == 302
    assert world.client("commissioner").get(world.url("story_rank")).status_code == 403


def test_a_story_moves_on_with_words_to_those_who_need_it(world):
    row = told(world)
    client = world.client("coordinator")
    move = world.url("story_move", story_id=row.story_id)
    assert (
        "Say why it cannot be done, to those who need it."
        in client.post(move, {"state": "cannot"}).content.decode()
    )
    for _ in range(2):
        assert client.post(move, {"state": "tried", "why": "In a café", "once": "m"}).status_code == 302
    assert (
        client.post(
            move, {"state": "done", "why": "All first meetings are in a café.", "once": "m2"}
        ).status_code
        == 302
    )
    assert [one.state for one in StoryStep.of(world.partnership).filter(story=row)] == [
        "done",
        "tried",
        "heard",
    ]
    page = world.client("person").get(world.url("story", story_id=row.story_id)).content.decode()
    assert "All first meetings are in a café." in page
    assert queries.to_rank(world.partnership) == []
    for who in ("practitioner", "person", "evaluator"):
        assert world.client(who).get(move).status_code == 403
    away = world.url("story_away", story_id=row.story_id)
    assert client.post(away, {"once": "w"}).status_code == 302
    assert "I need a first meeting" not in client.get(world.url("stories")).content.decode()
    assert client.post(away, {"once": "w2"}).status_code == 302
    since, until = clock.today() - dt.timedelta(days=7), clock.today()
    assert any(
        "Done: As a young person" in one.words or "New story" in one.words
        for one in signals(world.access("person"), since, until)
    )
    late = told(world, need="a phone")
    with clock.at(clock.now() + dt.timedelta(weeks=8)):
        assert [one.key for one in signals(world.access("coordinator"), since, until) if one.is_late] == [
            late.story_id
        ]
        assert any(one.is_late for one in waiting(world.access("coordinator")))


def test_demand_behind_a_story_comes_from_the_records_without_small_numbers(world):
    from openoutcomes.web.people.commands import add_person

    row = told(world, category="accommodation")
    by = world.access("practitioner")
    for number in range(12):
        person = add_person(by, organisation=world.organisations["harbour"], identity={"name": f"P {number}"})
        note_need(
            by, person=person, values={"category": "accommodation", "presented_on": dt.date(2025, 3, 1)}
        )
    note_need(by, person=person, values={"category": "work", "presented_on": dt.date(2025, 3, 1)})
    found = queries.demand(world.partnership, "accommodation")
    assert (found.people, found.unmet) == (10, None)
    assert queries.demand(world.partnership, "work").people is None
    assert queries.demand(world.partnership, "") is None
    page = world.client("commissioner").get(world.url("story", story_id=row.story_id)).content.decode()
    assert "About 10 people, by the records" in page


def drawn(world, *names, who="coordinator"):
    picture = picturing.add_picture(world.access(who), title="From referral to a home")
    for name, organisation in names:
        picture = picturing.add_step(
            world.access(who), picture=picture, expected=picture.number,
            values={"name": name, "organisation": organisation, "after": [step.key for step in steps_of(picture)[-1:]]},
        )  # fmt: skip
    return picture


def steps_of(picture):
    return drawing.read(
        PictureVersion.of(picture.partnership).get(picture=picture, number=picture.number).steps
    )


def test_a_picture_is_drawn_through_forms_with_a_table_that_says_the_same(world, elsewhere):
    client = world.client("provider_manager")
    assert "Say what it shows." in client.post(world.url("picture_add"), {"title": ""}).content.decode()
    for _ in range(2):
        answer = client.post(world.url("picture_add"), {"title": "From referral to a home", "once": "p"})
    picture = Picture.of(world.partnership).get()
    assert picture.picture_id in answer.url
    page = client.post(answer.url, {"name": "", "organisation": "", "expected": "1"}).content.decode()
    assert "Say what happens." in page
    first = {"name": "Ask for help", "organisation": "The person", "expected": "1", "once": "1"}
    for _ in range(2):
        assert client.post(answer.url, first).status_code == 302
    (ask,) = steps_of(Picture.of(world.partnership).get())
    page = client.get(answer.url).content.decode()
    assert f'value="{ask.key}" checked' in page
    second = {
        "name": "First meeting", "organisation": "Kirkdale Council", "wait": "3 weeks", "stuck": "At nine, by letter",
        "after": [ask.key], "expected": "2", "once": "2",
    }  # fmt: skip
    assert client.post(answer.url, second).status_code == 302
    page = client.post(answer.url, {**second, "once": "3"}).content.decode()
    assert "Somebody changed the picture after you opened it." in page
    address = world.url("picture", picture_id=picture.picture_id)
    page = world.client("person").get(address).content.decode()
    assert "<svg" in page
    assert "style=" not in page
    assert "Stuck: At nine, by" in page
    assert "oo-picture__arrow--handoff" in page
    assert "First meeting (hand-off to Kirkdale Council)" in page
    csv = client.get(address, {"format": "csv"}).content.decode()
    assert "Ask for help,The person,,,First meeting (hand-off to Kirkdale Council)" in csv
    assert world.client("practitioner").get(answer.url).status_code == 403
    stranger = elsewhere.client("coordinator")
    assert stranger.get(elsewhere.url("picture", picture_id=picture.picture_id)).status_code == 404
    change = world.url("step_change", picture_id=picture.picture_id, key=ask.key)
    sent = {"name": "Ask", "organisation": "The person", "expected": "3", "next": [], "once": "4"}
    assert client.post(change, sent).status_code == 302
    assert (
        client.get(world.url("step_change", picture_id=picture.picture_id, key="nothing")).status_code == 404
    )
    away = world.url("picture_away", picture_id=picture.picture_id)
    assert client.post(away, {"once": "5"}).status_code == 302
    assert "From referral" not in client.get(world.url("pictures")).content.decode()
    assert client.post(away, {"once": "6"}).status_code == 302


def test_versions_are_compared_and_an_earlier_one_is_brought_back(world):
    picture = drawn(world, ("Ask", "The person"), ("Wait", "Council"), ("Meet", "Harbour Lights"))
    client = world.client("coordinator")
    wait = steps_of(picture)[1]
    remove = world.url("step_remove", picture_id=picture.picture_id, key=wait.key)
    assert client.post(remove, {"expected": "4", "once": "1"}).status_code == 302
    picture.refresh_from_db()
    ask, meet = steps_of(picture)
    assert ask.next == (meet.key,)
    move = world.url("step_move", picture_id=picture.picture_id, key=meet.key, where="earlier")
    assert client.post(move, {"expected": "5", "once": "2"}).status_code == 302
    assert "It stands at the end already." in client.post(
        move, {"expected": "6", "once": "3"}
    ).content.decode()  # fmt: skip
    history = world.url("picture_history", picture_id=picture.picture_id)
    page = client.get(history, {"before": "4", "after": "5"}).content.decode()
    assert "Taken out" in page
    assert "What follows: Wait → Meet" in page
    assert "The order of the steps" in client.get(history).content.decode()
    old = world.url("picture_version", picture_id=picture.picture_id, number=4)
    assert "as it was: version 4" in client.get(old).content.decode()
    restore = world.url("picture_restore", picture_id=picture.picture_id, number=4)
    for _ in range(2):
        assert client.post(restore, {"expected": "6", "once": "4"}).status_code == 302
    picture.refresh_from_db()
    assert (picture.number, [step.name for step in steps_of(picture)]) == (7, ["Ask", "Wait", "Meet"])
    assert world.client("person").get(restore).status_code == 403
    assert (
        client.get(world.url("picture_version", picture_id=picture.picture_id, number=99)).status_code == 404
    )


def test_a_drawing_puts_each_step_below_what_leads_to_it_and_bears_loops():
    step = drawing.Step
    steps = [
        step("a", "Ask", "P", next=("b", "c")), step("b", "Meet", "H", next=("d",)), step("c", "Wait", "C", next=("b",)),
        step("d", "Home", "H", next=("a", "d", "gone")),
    ]  # fmt: skip
    assert [[one.key for one in row] for row in drawing.rows_of(steps)] == [["a"], ["c"], ["b"], ["d"]]
    found = drawing.lay_out(steps)
    assert len(found.boxes) == 4
    assert len(found.arrows) == 6
    assert sum(arrow.is_handoff for arrow in found.arrows) == 4
    for one in found.boxes:
        assert one.x >= 0
        assert one.x + one.width <= found.width
        assert one.bottom <= found.height
    # The line from Ask to Meet passes beside Wait, not behind it.
    boxes = {one.step.key: one for one in found.boxes}
    (line,) = [one.path for one in found.arrows if one.words == "Ask: hands over to Meet"]
    passes = [int(x) for x, y in re.findall(r"L(\d+) (\d+)", line) if int(y) == boxes["c"].bottom]
    assert len(passes) == 1
    assert not boxes["c"].x <= passes[0] <= boxes["c"].x + boxes["c"].width
    assert drawing.lay_out([]).boxes == []
    long = [step(str(n), "S" * 80, "O" * 80, next=(str(n + 1),)) for n in range(2000)]
    assert len(drawing.rows_of(long)) == 2000
    for one in drawing.lay_out(steps[:1]).boxes:
        assert all(len(line) <= 30 for _, _, line in one.lines)


def test_erasing_somebody_parts_them_from_their_stories_and_rankings(world):
    by = world.access("person")
    row = commands.add_story(by, values=TOLD)
    commands.rank(by, places={row.story_id: 1})
    erase_person(world.access("administrator"), person=world.people["ash"], asked_by_person=True)
    row.refresh_from_db()
    assert row.person is None
    assert Ballot.of(world.partnership).get().person is None


def test_the_list_asks_no_more_of_the_database_the_longer_it_is(world, django_assert_max_num_queries):
    for number in range(30):
        told(world, need=f"thing {number}")
    client = world.client("coordinator")
    with django_assert_max_num_queries(16):
        assert client.get(world.url("stories")).status_code == 200
    for number in range(30):
        picturing.add_picture(world.access("coordinator"), title=f"Picture {number}")
    with django_assert_max_num_queries(14):
        assert client.get(world.url("pictures")).status_code == 200
