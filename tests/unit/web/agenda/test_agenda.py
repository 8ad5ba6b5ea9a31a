"""The shared agenda through HTTP: versions with reasons, one focus, few measures, and promises of one's own."""

import datetime as dt

import pytest
from django.core.cache import cache

from openoutcomes.standard.problems import InputError
from openoutcomes.web.agenda import commands, measures, queries
from openoutcomes.web.agenda.models import AgendaVersion, Commitment, CommitmentStep, Line, Measure, Segment
from openoutcomes.web.agenda.rhythm import signals
from openoutcomes.web.agenda.things import things
from openoutcomes.web.agenda.waiting import waiting
from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import writing
from openoutcomes.web.records.models import Record
from web_pages import date_boxes

DAY = dt.timedelta(days=1)


def a_line(world, *, due=30, why="We agreed it", line=None, **changes):
    organisations = world.organisations
    values = {
        "we_words": "meet each young person within two days", "we_organisation": organisations["harbour"],
        "we_role": "Outreach lead", "we_due_on": clock.today() + due * DAY,
        "if_words": "send word of each referral the same day", "if_organisation": organisations["council"],
        "if_role": "Head of housing", "if_due_on": clock.today() + due * DAY,
        "and_words": "hold a room open", "and_organisation": organisations["lantern"], "and_role": "", "and_due_on": None,
        "signs": "More come to a first meeting", "risks": "No worker is free", "outcomes": "More start", **changes,
    }  # fmt: skip
    return commands.write_line(world.access("coordinator"), values=values, why=why, line=line)


def part(world, name, **filters):
    return Commitment.of(world.partnership).get(part=name, dropped_at=None, **filters)


def test_the_agenda_is_written_read_by_everybody_and_its_versions_compared(world, elsewhere):
    client = world.client("coordinator")
    assert "Begin with what you want for people" in client.get(world.url("agenda")).content.decode()
    page = client.post(world.url("agenda_vision"), {"words": "", "why": ""}).content.decode()
    assert "Say in plain words what you want for people." in page
    assert "Write why, so that others can follow." in page
    sent = {
        "words": "A home of one's own",
        "why": "Agreed in the first evening",
        "expected": "0",
        "once": "v1",
    }
    for _ in range(2):
        assert client.post(world.url("agenda_vision"), sent).status_code == 302
    page = client.post(world.url("agenda_vision"), {**sent, "once": "v2"}).content.decode()
    assert "Somebody changed the agenda after you opened this." in page
    sent = {
        "name": "Young people of 18 to 24 without a home",
        "about": "They know the town",
        "why": "Hardest to reach",
    }
    assert client.post(world.url("agenda_focus"), {**sent, "expected": "1"}).status_code == 302
    sent = {"name": "Care leavers", "why": "The first group is housed", "expected": "2"}
    assert client.post(world.url("agenda_focus"), sent).status_code == 302
    focus = Segment.of(world.partnership).get(is_focus=True)
    assert (focus.name, Segment.of(world.partnership).count()) == ("Care leavers", 2)
    sent = {"segment": str(focus.pk), "why": "again", "expected": "3"}
    assert "They are the focus already." in client.post(world.url("agenda_focus"), sent).content.decode()
    a_line(world)
    for who in ("person", "practitioner", "verifier", "investor", "evaluator"):
        page = world.client(who).get(world.url("agenda")).content.decode()
        assert "A home of one&#x27;s own" in page
        assert "Care leavers" in page
        assert "meet each young person within two days" in page
        assert "Change<span" not in page
        assert world.client(who).get(world.url("agenda_vision")).status_code == 403
    page = world.client("person").get(world.url("agenda_print")).content.decode()
    assert "Version 4" in page
    page = world.client("person").get(world.url("agenda_versions")).content.decode()
    assert "Agreed in the first evening" in page
    assert "From version 3 to 4" in page
    page = (
        world.client("person")
        .get(world.url("agenda_versions"), {"older": "3", "newer": "1"})
        .content.decode()
    )
    assert "From version 1 to 3" in page
    assert "Care leavers" in page
    assert (
        world.client("person").get(world.url("agenda_versions"), {"older": "x", "newer": "99"}).status_code
        == 200
    )
    assert elsewhere.client("coordinator").get(world.url("agenda")).status_code == 404
    assert (
        "Nothing is written yet"
        in elsewhere.client("person").get(elsewhere.url("agenda_versions")).content.decode()
    )


def test_few_measures_are_chosen_with_people_and_show_no_small_number(world):
    cache.clear()
    client = world.client("coordinator")
    good = {
        "question": "Do young people have a home?", "why_it_matters": "Nothing holds without one", "took_part": "9",
        "chosen_how": "Two evenings and a vote", "direction": "more", "link": "contract:front-door/home-entry",
        "why": "Chosen together",
    }  # fmt: skip
    page = client.post(
        world.url("measure_add"), {**good, "question": "", "link": "outcome:nothing"}
    ).content.decode()
    assert "Ask it as people would." in page
    assert "Select a valid choice" in page
    for _ in range(2):
        assert client.post(world.url("measure_add"), {**good, "once": "m1"}).status_code == 302
    page = world.client("person").get(world.url("agenda")).content.decode()
    assert "9 people supported took part." in page
    assert "Held back: fewer than 10 people" in page
    for number in range(6):
        commands.add_measure(
            world.access("coordinator"), why="More",
            values={"question": f"Question {number}?", "why_it_matters": "It does", "direction": "less"},
        )  # fmt: skip
    eighth = {**good, "question": "One more?", "link": ""}
    assert "There are 7 measures already" in client.post(world.url("measure_add"), eighth).content.decode()
    assert client.post(world.url("measure_add"), {**eighth, "anyway": "on"}).status_code == 302
    first = Measure.of(world.partnership).get(question=good["question"])
    drop = world.url("measure_drop", measure_id=first.measure_id)
    assert client.post(drop, {"why": "Not used", "once": "d"}).status_code == 302
    assert good["question"] not in world.client("person").get(world.url("agenda")).content.decode()
    assert good["question"] in client.get(world.url("agenda_dropped")).content.decode()
    assert client.post(drop, {"why": "Missed", "once": "e"}).status_code == 302
    change = world.url("measure_change", measure_id=first.measure_id)
    assert client.post(change, {**good, "question": "Do they keep it?", "why": "Clearer"}).status_code == 302
    assert "Do they keep it?" in world.client("person").get(world.url("agenda")).content.decode()


def record(world, table, number, person, **values):
    with writing("test"):
        return Record.objects.with_scope(partnership=world.partnership).create(
            partnership=world.partnership, table=table, record_id=f"{table}-{number}", person=person, **values
        )


def test_a_latest_value_counts_people_once_over_whole_quarters_and_is_rounded(world):
    from openoutcomes.web.people.models import Person

    cache.clear()
    first, last = measures.year(dt.date(2026, 5, 20))
    assert (first, last) == (dt.date(2025, 4, 1), dt.date(2026, 3, 31))
    first, last = measures.year(clock.today())
    with writing("test"):
        people = [Person.objects.with_scope(partnership=world.partnership).create(partnership=world.partnership, name="x")
                  for _ in range(12)]  # fmt: skip
    for number, person in enumerate(people):
        record(
            world,
            "achievements",
            number,
            person,
            code="home-entry",
            state="accepted",
            on=last,
            contract=world.contract,
        )
        for reading, score in ((0, "20"), (1, "28" if number < 11 else "20")):
            record(
                world, "measures", f"{number}-{reading}", person, code="wemwbs", on=first + reading * DAY,
                values={"score": score},
            )  # fmt: skip
    # The same person again, one who was refused, and one after the quarter change nothing.
    record(
        world,
        "achievements",
        "a",
        people[0],
        code="home-entry",
        state="accepted",
        on=last,
        contract=world.contract,
    )
    record(world, "achievements", "b", world.people["ash"], code="home-entry", state="refused", on=last)
    record(
        world, "achievements", "c", world.people["ash"], code="home-entry", state="accepted", on=last + DAY
    )
    found = measures.values(
        world.partnership,
        ["contract:front-door/home-entry", "outcome:home", "outcome:safety", "instrument:wemwbs", ""],
    )
    assert found["contract:front-door/home-entry"].figure == "About 10"
    # The terms say that home-entry counts as this outcome of the map.
    assert found["outcome:home"].figure == "About 10"
    assert found["outcome:safety"].figure == measures.HELD_BACK
    # Eleven of twelve are better, so showing either count would give the one away.
    assert found["instrument:wemwbs"].figure == measures.HELD_BACK
    assert measures.values(world.partnership, []) == {}


def test_nobody_promises_for_another_and_a_promise_has_its_history(world):
    a_line(world)
    asked, ours = part(world, "if"), part(world, "we")
    url = world.url("commitment_answer", commitment_id=asked.commitment_id)
    coordinator, council = world.client("coordinator"), world.client("commissioner")
    assert (
        "Only the organisation itself may say this."
        in coordinator.post(url, {"state": "promised"}).content.decode()
    )
    assert world.client("practitioner").post(url, {"state": "promised"}).status_code == 403
    assert world.client("person").post(url, {"state": "promised"}).status_code == 403
    (mine, _) = waiting(world.access("commissioner"))
    assert (mine.count, mine.words) == (1, "commitment asked of you, to answer")
    for _ in range(2):
        assert (
            council.post(url, {"state": "promised", "expected": "proposed", "once": "a"}).status_code == 302
        )
    page = council.post(url, {"state": "kept", "expected": "proposed"}).content.decode()
    assert "Somebody answered this after you opened it." in page
    assert "No reason was given." in council.post(url, {"state": "broken"}).content.decode()
    assert (
        "There is no new day."
        in council.post(url, {"state": "late", "why": "Staff are away"}).content.decode()
    )
    later = clock.today() + 60 * DAY
    sent = {"state": "late", "why": "Staff are away", **date_boxes("due_on", later)}
    assert council.post(url, sent).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.due_on) == ("late", later)
    assert coordinator.post(url, {"state": "broken", "why": "The team was closed"}).status_code == 302
    page = (
        world.client("person")
        .get(world.url("commitment", commitment_id=asked.commitment_id))
        .content.decode()
    )
    assert "The team was closed" in page
    assert "for Kirkdale Council" in page
    assert [step.state for step in queries.steps_of(asked)] == ["broken", "late", "promised", "proposed"]
    assert "cannot be said of it" in council.post(url, {"state": "kept"}).content.decode()
    # The organisation may decline, and a promise needs a day.
    room = part(world, "and")
    url = world.url("commitment_answer", commitment_id=room.commitment_id)
    lantern = world.client("other_manager")
    assert "There is no day." in lantern.post(url, {"state": "promised"}).content.decode()
    assert lantern.post(url, {"state": "declined", "why": "We have no room"}).status_code == 302
    (thing,) = things(world.access("person"), "commitment", [room.commitment_id])
    assert (thing.title, thing.state) == ("Lantern House: hold a room open", "Not promised")
    assert len(things(world.access("person"), "commitment", None)) == 3
    assert ours.state == "proposed"


def test_what_is_asked_in_other_words_is_not_promised_any_more(world):
    line = a_line(world)
    promised = part(world, "if")
    council = world.access("commissioner")
    commands.answer(council, commitment=promised, state="promised")
    a_line(world, line=line, signs="Other signs")
    assert part(world, "if").state == "promised"
    a_line(world, line=line, if_words="send word within an hour")
    assert part(world, "if").state == "proposed"
    commands.answer(council, commitment=part(world, "if"), state="promised")
    a_line(world, line=line, if_words="send word within an hour", due=10)
    assert part(world, "if").state == "proposed"
    a_line(world, line=line, and_words="", and_organisation=None)
    assert not Commitment.of(world.partnership).filter(part="and", dropped_at=None).exists()
    with pytest.raises(InputError, match="nobody was named for this part"):
        a_line(world, line=line, if_organisation=None)
    assert AgendaVersion.of(world.partnership).count() == 5
    assert CommitmentStep.of(world.partnership).filter(commitment=promised).count() == 6


def test_a_line_is_written_taken_out_and_put_back_through_the_pages(world, elsewhere):
    client = world.client("coordinator")
    page = client.post(world.url("line_add"), {"why": "x"}).content.decode()
    assert "Begin with our own part." in page
    day = clock.today() + 30 * DAY
    sent = {
        "we_words": "meet in a café", "if_words": "text the same day", "why": "Heard it from young people",
        **date_boxes("we_due_on", day), "expected": "0",
    }  # fmt: skip
    assert "Nobody was named for this part." in client.post(world.url("line_add"), sent).content.decode()
    other = {**sent, "if_organisation": str(elsewhere.organisations["council"].pk)}
    assert "Select a valid choice" in client.post(world.url("line_add"), other).content.decode()
    sent["if_organisation"] = str(world.organisations["council"].pk)
    for _ in range(2):
        assert client.post(world.url("line_add"), {**sent, "once": "l"}).status_code == 302
    line = Line.of(world.partnership).get()
    assert "text the same day" in client.get(world.url("line_change", line_id=line.line_id)).content.decode()
    ours = part(world, "we")
    # What the partnership does together is for its coordinator to promise and keep.
    url = world.url("commitment_answer", commitment_id=ours.commitment_id)
    assert (
        "Only the organisation itself"
        in world.client("practitioner").post(url, {"state": "promised"}).content.decode()
    )
    assert client.post(url, {"state": "promised"}).status_code == 302
    with clock.at(clock.now() + 40 * DAY):
        assert [one.is_late for one in waiting(world.access("coordinator"))][1] is True
        assert waiting(world.access("coordinator"))[1].count == 1
        (late, *_) = signals(world.access("coordinator"), clock.today() - 60 * DAY, clock.today())
        assert (late.heading, late.is_late, late.key) == ("actions", True, ours.commitment_id)
    assert client.post(url, {"state": "kept"}).status_code == 302
    words = [one.words for one in signals(world.access("person"), clock.today(), clock.today())]
    assert "Kept. The partnership: meet in a café" in words
    assert "The agenda was changed once" in words
    drop = world.url("line_drop", line_id=line.line_id)
    assert client.post(drop, {"why": "Done", "once": "1"}).status_code == 302
    assert "meet in a café" not in world.client("person").get(world.url("agenda")).content.decode()
    assert "meet in a café" in client.get(world.url("agenda_dropped")).content.decode()
    assert client.post(drop, {"why": "Not done", "once": "2"}).status_code == 302
    assert client.get(world.url("line_change", line_id="li-nothing")).status_code == 404
    assert (
        elsewhere.client("coordinator").get(elsewhere.url("line_change", line_id=line.line_id)).status_code
        == 404
    )


def test_the_list_of_commitments_is_filtered_exported_and_asks_the_same_however_long(
    world, django_assert_max_num_queries
):
    for number in range(12):
        a_line(world, we_words=f"do number {number}")
    client = world.client("person")
    with django_assert_max_num_queries(14):
        page = client.get(world.url("commitments")).content.decode()
    assert "36 commitments" in page
    only = client.get(
        world.url("commitments"), {"organisation": world.organisations["council"].pk}
    ).content.decode()
    assert "12 commitments" in only
    assert "Nothing fits" in client.get(world.url("commitments"), {"state": "overdue"}).content.decode()
    assert "36 commitments" in client.get(world.url("commitments"), {"state": "proposed"}).content.decode()
    rows = client.get(world.url("commitments"), {"format": "csv"}).content.decode().splitlines()
    assert len(rows) == 37
    with django_assert_max_num_queries(16):
        assert client.get(world.url("agenda")).status_code == 200
