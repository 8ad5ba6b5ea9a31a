"""Tests of change through HTTP: a prediction said before, a look at what was tried, what was seen, and a decision."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError
from openoutcomes.web.barriers import commands as barriers
from openoutcomes.web.cases import commands as cases
from openoutcomes.web.core import clock
from openoutcomes.web.ties.models import Tie
from openoutcomes.web.trials import commands, queries
from openoutcomes.web.trials.models import Decision, Observation, Search, SharedTrial, Trial
from openoutcomes.web.trials.rhythm import signals
from openoutcomes.web.trials.waiting import waiting
from web_pages import date_boxes, shown

DAY = dt.timedelta(days=1)
TITLE = "First meeting in a café within two days"


def values(**changes):
    today = clock.today()
    return {
        "title": TITLE, "hypothesis": "If we text and meet in a café, more start, because nobody fears the office",
        "for_whom": "Young people referred this month", "smallest": "One worker, the next twelve referrals",
        "measure": "How many come to a first meeting", "unit": "people", "better": "more", "before": Decimal(4),
        "expected": Decimal(8), "expect_by": today + 28 * DAY, "how_known": "The worker's list of referrals",
        "doubt": "Half never came", "doubt_on": today - 10 * DAY, "worse_off": "no", "runner": "Outreach lead",
        **changes,
    }  # fmt: skip


def form(**changes):
    given = values(**changes)
    for name in ("doubt_on", "expect_by"):
        given |= date_boxes(name, given.pop(name))
    return {name: value for name, value in given.items() if value is not None}


def planned(world, who="practitioner", **changes):
    return commands.plan(world.access(who), values=values(**changes))


def running(world, who="practitioner", on=None, **changes):
    trial = planned(world, who, **changes)
    commands.look(world.access(who), trial=trial, words="café", took="Nothing like it")
    return commands.start(world.access(who), trial=trial, on=on)


def decided(world, decision, trial=None, **changes):
    said = {"why": "It is plain", "learned": "They came", "role": "Team meeting", **changes}
    return commands.decide(world.access("practitioner"), trial=trial, decision=decision, **said)


def test_a_test_is_planned_with_a_prediction_and_what_it_serves(world, elsewhere):
    client = world.client("practitioner")
    assert "Nothing is tested yet" in shown(client, world.url("trials"))
    url = world.url("trial_plan")
    page = client.post(url, {"title": ""}).content.decode()
    for words in (
        "Say in one line what you try.", "Say what you expect to see.", "Ask yourselves, and choose one.",
        "Give the day by which you expect to see it.",
    ):  # fmt: skip
        assert words in page
    page = client.post(url, form(worse_off="maybe")).content.decode()
    assert "It is not said who could be worse off." in page
    page = client.post(url, form(expect_by=clock.today() - 20 * DAY)).content.decode()
    assert "It is expected before anybody doubted." in page
    barrier = barriers.add(world.access("practitioner"), values={"title": "Letters, not texts"})
    sent = {**form(), "aim": f"barrier:{barrier.barrier_id}", "once": "t1"}
    assert "Choose one from the list." in client.post(url, {**sent, "aim": "barrier:none"}).content.decode()
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    trial = Trial.of(world.partnership).get()
    assert trial.organisation == world.organisations["harbour"]
    assert Tie.of(world.partnership).count() == 1
    assert "Letters, not texts" in shown(client, world.url("trial", trial_id=trial.trial_id))
    assert client.post(url, {**form(title="Something aimless"), "once": "t2"}).status_code == 302
    page = shown(client, world.url("trials"))
    assert "1 test is linked to no aim" in page
    page = shown(client, world.url("trials"), aim="none")
    assert "Something aimless" in page
    assert TITLE not in page
    text = client.get(world.url("trials"), {"format": "csv"}).content.decode()
    assert "No aim" in text
    for who, status in (("person", 200), ("investor", 200)):
        assert world.client(who).get(world.url("trial", trial_id=trial.trial_id)).status_code == status
        assert world.client(who).get(url).status_code == 403
    assert (
        elsewhere.client("coordinator").get(elsewhere.url("trial", trial_id=trial.trial_id)).status_code
        == 404
    )
    change = world.url("trial_change", trial_id=trial.trial_id)
    assert world.client("other_practitioner").get(change).status_code == 403


def test_nothing_starts_before_a_look_at_what_was_tried(world, elsewhere):
    cases.add(
        world.access("coordinator"),
        values={"title": "Meetings in a café", "result": "failed", "learned": "It was too loud to talk"},
    )
    stopped = running(elsewhere, title="Breakfast in a café")
    commands.decide(
        elsewhere.access("practitioner"),
        trial=stopped,
        decision="stop",
        why="x",
        learned="Too early",
        role="Team",
    )
    commands.share(elsewhere.access("practitioner"), trial=stopped, learned="Begin at eleven, not at nine")
    own = running(world, title="Tea in the café next door")
    decided(world, "stop", own, learned="The owner minded")
    trial = planned(world)
    at = {"trial_id": trial.trial_id}
    client = world.client("practitioner")
    page = shown(client, world.url("trial", **at))
    assert "What was tried before?" in page
    page = client.post(world.url("trial_start", **at), date_boxes("on", clock.today())).content.decode()
    assert "Nobody has looked at what was tried before." in page
    page = shown(client, world.url("trial_look", **at))
    for words in ("It was too loud to talk", "Begin at eleven, not at nine", "The owner minded", "Stopped"):
        assert words in page
    assert "Nothing was found with these words" in shown(client, world.url("trial_look", **at), words="zebra")
    page = client.post(world.url("trial_look", **at), {"words": "café", "took": ""}).content.decode()
    assert "Say what you take from it" in page
    sent = {"words": "café", "took": "We choose a quiet one", "once": "l1"}
    for _ in range(2):
        assert client.post(world.url("trial_look", **at), sent).status_code == 302
    search = Search.of(world.partnership).get(trial=trial)
    assert {one["title"] for one in search.found} == {
        "Meetings in a café", "Breakfast in a café", "Tea in the café next door",
    }  # fmt: skip
    # What was seen then stays, also when it is gone elsewhere.
    commands.unshare(elsewhere.access("practitioner"), trial=stopped)
    assert "Breakfast in a café" in shown(client, world.url("trial", **at))
    assert client.post(world.url("trial_start", **at), date_boxes("on", clock.today())).status_code == 302
    trial.refresh_from_db()
    assert (trial.state, trial.started_on) == ("running", clock.today())


def test_the_prediction_stays_as_it_was_once_it_runs(world):
    client = world.client("practitioner")
    trial = planned(world)
    url = world.url("trial_change", trial_id=trial.trial_id)
    sent = {**form(expected=Decimal(9)), "expected_revision": "1", "why": "Counted again"}
    assert client.post(url, sent).status_code == 302
    assert "Somebody changed this test" in client.post(url, sent).content.decode()
    page = client.post(url, {**sent, "expected_revision": "2"}).content.decode()
    assert "Nothing was changed." in page
    by = world.access("practitioner")
    commands.look(by, trial=trial, words="x", took="y")
    trial = commands.start(by, trial=trial)
    page = shown(client, url)
    assert "the prediction stays as it was said" in page
    assert "What do you expect to see?" not in page
    with pytest.raises(InputError, match="prediction stays"):
        commands.change(by, trial=trial, values={"expected": Decimal(2)})
    sent = {"title": TITLE, "runner": "Keyworker", "hours": "6", "expected_revision": "2"}
    assert client.post(url, sent).status_code == 302
    page = shown(client, world.url("trial", trial_id=trial.trial_id))
    assert "Keyworker" in page
    assert "expected: 8" in page  # how it read before


def test_what_is_seen_is_compared_and_few_people_are_shown_to_those_who_run_it_alone(world):
    with clock.at(clock.now() - 20 * DAY):
        trial = running(world, doubt_on=clock.today() - DAY)
    url = world.url("trial_observe", trial_id=trial.trial_id)
    client = world.client("practitioner")
    today = clock.today()
    assert "Give a figure or words." in client.post(url, date_boxes("on", today)).content.decode()
    page = client.post(url, {**date_boxes("on", today - 30 * DAY), "value": "5"}).content.decode()
    assert "It cannot have been seen on this day." in page
    page = client.post(url, {**date_boxes("on", today), "value": "9", "n": "5"}).content.decode()
    assert "There are more people than there were in all." in page
    sent = {
        **date_boxes("on", today - DAY),
        "value": "6",
        "n": "12",
        "words": "They chose the café",
        "once": "o1",
    }
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    first = Observation.of(world.partnership).get()
    page = shown(client, world.url("trial", trial_id=trial.trial_id))
    assert "6 people" in page
    assert "Better than before" in page
    sent = {**date_boxes("on", today), "value": "9", "n": "12", "corrects": str(first.pk), "once": "o2"}
    assert client.post(url, sent).status_code == 302
    with pytest.raises(InputError, match="corrected already"):
        commands.observe(
            world.access("practitioner"), trial=trial, on=today, value=Decimal(1), corrects=first
        )
    page = shown(client, world.url("trial", trial_id=trial.trial_id))
    assert "9 people" in page
    assert "6 people" not in page
    assert "As expected" in page
    for who in ("person", "other_manager", "commissioner"):
        page = shown(world.client(who), world.url("trial", trial_id=trial.trial_id))
        assert "Held back" in page
        assert "9 people" not in page
        assert "of 12" not in page
        assert "Before:" not in page
    large = planned(world, unit="percent")
    row = Observation(trial=large, on=today, value=Decimal(40), n=52)
    found = queries.seen(large, [row], is_own=False)[0]
    assert (found.value, found.of) == ("40%", "of about 50")
    for value, n in ((Decimal(10), 52), (Decimal(90), 52), (Decimal(50), 9), (Decimal(50), None)):
        assert queries.gives_away(large, Observation(trial=large, value=value, n=n))
    with pytest.raises(InputError, match="not started"):
        commands.observe(world.access("practitioner"), trial=large, on=today, value=Decimal(1))


def test_a_late_decision_is_chased_and_adapting_makes_the_next_cycle(world):
    barrier = barriers.add(world.access("practitioner"), values={"title": "Letters, not texts"})
    with clock.at(clock.now() - 40 * DAY):
        trial = running(world, doubt_on=clock.today() - 5 * DAY)
    from openoutcomes.web.ties.commands import tie
    from openoutcomes.web.ties.kinds import thing_or_404

    by = world.access("practitioner")
    tie(
        by,
        one=thing_or_404(by, "trial", trial.trial_id),
        other=thing_or_404(by, "barrier", barrier.barrier_id),
    )
    assert [(one.count, one.is_late) for one in waiting(by)] == [(1, True)]
    assert [one.count for one in waiting(world.access("other_practitioner"))] == [0]
    today = clock.today()
    said = signals(by, today - 7 * DAY, today)
    assert [(one.words, one.is_late) for one in said] == [(f"To decide: {TITLE}", True)]
    client = world.client("practitioner")
    assert TITLE in shown(client, world.url("trials"), state="overdue")
    url = world.url("trial_decide", trial_id=trial.trial_id)
    page = client.post(url, {"decision": "adapt", **date_boxes("on", today)}).content.decode()
    assert "Write what you learned, above all where it did not work." in page
    sent = {
        "decision": "adapt", "why": "Half came", "learned": "Not on a Monday", "role": "Team meeting",
        **date_boxes("on", today), "once": "d1",
    }  # fmt: skip
    answers = [client.post(url, sent) for _ in range(2)]
    following = Trial.of(world.partnership).get(cycle=2)
    assert [one.url.endswith(f"{following.trial_id}/") for one in answers] == [True, True]
    assert Decision.of(world.partnership).count() == 1
    assert (following.state, following.doubt, following.doubt_on) == ("planned", "Not on a Monday", today)
    assert following.trial_id in queries.aimed(by)  # it serves the same
    assert "45 days in the middle of 1 decision" in shown(client, world.url("trials"))
    page = shown(client, world.url("trial", trial_id=following.trial_id))
    assert "This one" in page
    with pytest.raises(InputError, match="not running"):
        decided(world, "stop", trial)
    undo = world.url("trial_undo", trial_id=trial.trial_id)
    assert "Write why." in client.post(undo, {}).content.decode()
    assert client.post(undo, {"why": "Wrong test"}).status_code == 302
    following.refresh_from_db()
    assert following.state == "dropped"
    with pytest.raises(InputError, match="cycle before"):
        commands.drop(by, trial=following, why="Again")
    decided(world, "adapt", trial)
    second = queries.next_cycle(trial)
    commands.look(by, trial=second, words="x", took="y")
    commands.start(by, trial=second)
    with pytest.raises(InputError, match="next cycle has started"):
        commands.undo(by, trial=trial, why="x")
    with pytest.raises(InputError, match="another next cycle"):
        commands.drop(by, trial=following, why="Again")
    with pytest.raises(PermissionDenied):
        commands.undo(world.access("other_practitioner"), trial=trial, why="x")


def test_a_plan_is_dropped_and_taken_up_again(world):
    trial = planned(world)
    client, url = world.client("practitioner"), world.url("trial_drop", trial_id=trial.trial_id)
    for state, words in (("dropped", "No worker is free"), ("planned", "There is one now")):
        assert client.post(url, {"why": words}).status_code == 302
        trial.refresh_from_db()
        assert trial.state == state
    started = running(world)
    with pytest.raises(InputError, match="started"):
        commands.drop(world.access("practitioner"), trial=started, why="x")


def test_what_was_learned_is_shared_after_a_check(world, elsewhere):
    trial = running(world)
    by = world.access("practitioner")
    commands.observe(by, trial=trial, on=clock.today(), value=Decimal(3), n=12)
    decided(world, "stop", trial)
    client, url = world.client("practitioner"), world.url("trial_share", trial_id=trial.trial_id)
    page = client.post(url, {"learned": "Write to wren@example.org"}).content.decode()
    assert "looks like an e-mail address" in page
    page = client.post(url, {"learned": "Only Wren Placeholder could do it"}).content.decode()
    assert "Tick each that names nobody." in page
    key = next(one.key for one in commands.suspects_of(trial, "Only Wren Placeholder could do it"))
    sent = {"learned": "Only Wren Placeholder could do it", "looked_at": [key]}
    assert client.post(url, sent).status_code == 302
    sent = {"learned": "A café needs a back room", "once": "s1"}
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    shared = SharedTrial.of(world.partnership).get()
    there = elsewhere.client("person")
    assert "A café needs a back room" in shown(there, elsewhere.url("trials_elsewhere"))
    page = shown(there, elsewhere.url("trial_elsewhere", share_id=shared.share_id))
    assert "Not as expected" in page
    assert "3 people" not in page
    assert client.get(world.url("trial_elsewhere", share_id=shared.share_id)).status_code == 404
    assert world.client("other_practitioner").post(url, sent).status_code == 403
    assert client.post(world.url("trial_unshare", trial_id=trial.trial_id)).status_code == 302
    assert there.get(elsewhere.url("trial_elsewhere", share_id=shared.share_id)).status_code == 404
    assert "not shared" in client.post(world.url("trial_unshare", trial_id=trial.trial_id)).content.decode()


def test_lists_ask_no_more_for_more_rows(world, elsewhere, django_assert_max_num_queries):
    for number in range(8):
        trial = running(world, title=f"Idea {number}")
        commands.share(world.access("practitioner"), trial=trial, learned="Something")
    client, there = world.client("coordinator"), elsewhere.client("coordinator")
    with django_assert_max_num_queries(18):
        client.get(world.url("trials"))
    with django_assert_max_num_queries(12):
        there.get(elsewhere.url("trials_elsewhere"))
    with django_assert_max_num_queries(20):
        client.get(world.url("trial_look", trial_id=trial.trial_id), {"words": "idea"})
