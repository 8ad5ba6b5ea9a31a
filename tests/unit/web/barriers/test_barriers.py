"""Barriers through HTTP: raised, marked, asked, answered, taken further, settled, and shared without giving anybody away."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError
from openoutcomes.web.barriers import commands, queries
from openoutcomes.web.barriers.alike import likeness, words_of
from openoutcomes.web.barriers.models import Ask, Barrier, BarrierStep, Mark, SharedBarrier
from openoutcomes.web.barriers.rhythm import signals
from openoutcomes.web.barriers.waiting import waiting
from openoutcomes.web.core import clock
from web_pages import date_boxes, shown

DAY = dt.timedelta(days=1)
WORDS = {
    "title": "The housing register asks for two proofs of address",
    "what": "Young people without a home have none, and are turned away",
    "rule": "Allocations policy, section 4",
    "kind": "policy",
    "bender": "Head of housing options",
}


def raised(world, who="practitioner", **values):
    given = {**WORDS, "owner": world.organisations["council"], **values}
    return commands.add(world.access(who), values=given, anyway=True)


def asked(world, barrier, due=14, who="provider_manager", **values):
    given = {
        "what": "Take a worker's letter as the second proof",
        "whom": world.organisations["council"],
        "due_on": clock.today() + due * DAY,
        **values,
    }
    return commands.ask(world.access(who), barrier=barrier, **given)


def many_people(world, count, where="harbour", who="practitioner"):
    from openoutcomes.web.people.commands import add_person

    by = world.access(who)
    return [
        add_person(by, organisation=world.organisations[where], identity={"name": f"Person {n} Sample"})
        for n in range(count)
    ]


def mark(world, barrier, people, who="practitioner"):
    by = world.access(who)
    commands.mark_people(by, barrier=barrier, shown=people, stopped={one.pk for one in people})


def test_a_worker_raises_a_barrier_once_and_is_asked_whether_it_is_the_same(world, elsewhere):
    client = world.client("practitioner")
    assert "Nothing is written down yet" in shown(client, world.url("barriers"))
    url = world.url("barrier_add")
    page = client.post(url, {"title": "", "estimate": "30", "owner": "nobody"}).content.decode()
    assert "Say in one line what gets in the way." in page
    assert "Choose one from the list." in page
    page = client.post(url, {"title": "x", "estimate": "30"}).content.decode()
    assert "It is not said how the number is known." in page
    page = client.post(
        url, {"title": "x", "owner": "council", "owner_outside": "The Jobcentre"}
    ).content.decode()
    assert "Two owners were given." in page
    sent = {**WORDS, "owner": "council", "estimate": "40", "how_known": "heard", "once": "b1"}
    for _ in range(2):
        answer = client.post(url, sent)
        assert answer.status_code == 302
    barrier = Barrier.of(world.partnership).get()
    assert answer.url.endswith(f"{barrier.barrier_id}/")
    assert (barrier.organisation, barrier.state, barrier.kind) == (
        world.organisations["harbour"],
        "open",
        "policy",
    )
    page = shown(client, world.url("barriers"))
    assert "40 by what people said" in page
    again = {"title": "Register asks two proofs of address of people with no home", "once": "b2"}
    page = client.post(url, again).content.decode()
    assert "Is it one of these?" in page
    assert barrier.barrier_id in page
    assert client.post(url, {**again, "anyway": "on"}).status_code == 302
    text = client.get(world.url("barriers"), {"format": "csv"}).content.decode()
    assert "Kirkdale Council" in text
    for who, status in (("person", 403), ("investor", 200), ("verifier", 200)):
        assert world.client(who).get(world.url("barriers")).status_code == status
    assert world.client("investor").get(url).status_code == 403
    assert (
        elsewhere.client("coordinator")
        .get(elsewhere.url("barrier", barrier_id=barrier.barrier_id))
        .status_code
        == 404
    )


def test_words_are_changed_by_whoever_raised_them_and_how_they_read_is_kept(world):
    barrier = raised(world)
    url = world.url("barrier_change", barrier_id=barrier.barrier_id)
    sent = {**WORDS, "owner": "council", "rule": "Allocations policy 4.2", "why": "Found it", "expected": "1"}
    assert world.client("other_practitioner").post(url, sent).status_code == 403
    client = world.client("practitioner")
    assert "Allocations policy, section 4" in shown(client, url)
    assert client.post(url, sent).status_code == 302
    page = client.post(url, {**sent, "rule": "x"}).content.decode()
    assert "Somebody changed this barrier after you opened it." in page
    page = client.post(url, {**sent, "expected": "2"}).content.decode()
    assert "Nothing was changed." in page
    step = BarrierStep.of(world.partnership).get(kind="changed")
    assert "rule: Allocations policy, section 4" in step.words


def test_it_is_asked_answered_looked_at_taken_further_and_opened_again(world):
    barrier = raised(world)
    at = {"barrier_id": barrier.barrier_id}
    manager, council = world.client("provider_manager"), world.client("commissioner")
    assert "Nobody is asked to do anything" in shown(manager, world.url("barrier", **at))
    page = shown(manager, world.url("barrier_ask", **at))
    assert "Head of housing options" in page  # what is known is filled in
    today = clock.today()
    sent = {
        "whom": "council", "whom_role": "Head of housing options", "what": "Take a worker's letter",
        **date_boxes("asked_on", today - 20 * DAY), **date_boxes("due_on", today - 6 * DAY), "once": "a1",
    }  # fmt: skip
    page = manager.post(world.url("barrier_ask", **at), {**sent, "whom": "", "once": "a0"}).content.decode()
    assert "It is not clear who is asked." in page
    late = {**sent, **date_boxes("asked_on", today - 2 * DAY), "once": "a2"}
    assert (
        "The answer is due before it was asked."
        in manager.post(world.url("barrier_ask", **at), late).content.decode()
    )
    for _ in range(2):
        assert manager.post(world.url("barrier_ask", **at), sent).status_code == 302
    one = Ask.of(world.partnership).get()
    assert world.client("other_manager").get(world.url("barrier_ask", **at)).status_code == 403
    assert world.client("practitioner").get(world.url("barrier_ask", **at)).status_code == 403

    page = shown(manager, world.url("barrier", **at))
    assert "No answer came by the day asked for, 20 days after asking." in page
    assert "Next would be: The managers’ meeting." in page
    assert [each.words for each in waiting(world.access("commissioner")) if each.count] == [
        "thing asked of you about a barrier, to answer"
    ]
    assert any(
        each.is_late and each.count and "overdue" in each.words
        for each in waiting(world.access("provider_manager"))
    )
    further = world.url("barrier_further", **at)
    assert "No answer came by the day asked for" in shown(manager, further)
    assert manager.post(further, {"level": "managers", "why": "No answer came"}).status_code == 302
    with pytest.raises(InputError, match="there already"):
        commands.take_further(
            world.access("coordinator"),
            barrier=Barrier.of(world.partnership).get(),
            level="managers",
            why="x",
        )

    answer = world.url("barrier_answer", ask_id=one.ask_id)
    assert world.client("provider_manager").get(answer).status_code == 403
    assert world.client("fund_commissioner").get(answer).status_code == 403
    assert "Answer</a>" in shown(council, world.url("barrier", **at))
    page = council.post(answer, {"said": "no", "why": "", **date_boxes("on", today)}).content.decode()
    assert "Write why, so that people can be told." in page
    for said, once in (("no", "n1"), ("yes", "n2")):
        sent = {"said": said, "why": "Until the policy is looked at", **date_boxes("on", today), "once": once}
        assert council.post(answer, sent).status_code == 302
    barrier.refresh_from_db()
    assert barrier.state == "answered"
    assert BarrierStep.of(world.partnership).filter(kind="answered").count() == 2

    check = world.url("barrier_check", ask_id=one.ask_id)
    assert "Did it go away?" in shown(manager, world.url("barrier", **at))
    page = manager.post(
        check, {"helped": "no", "result": "Two were turned away", **date_boxes("on", today - 30 * DAY)}
    ).content.decode()
    assert "It was looked at on an impossible day." in page
    sent = {"helped": "no", "result": "Still turned away at the desk", **date_boxes("on", today)}
    assert manager.post(check, sent).status_code == 302
    assert "Still turned away at the desk" in shown(manager, world.url("barrier", **at))
    assert manager.post(check, {**sent, "helped": "yes", "result": "The desk was told"}).status_code == 302
    barrier.refresh_from_db()
    assert barrier.state == "gone"
    assert "Nothing fits" not in shown(manager, world.url("barriers"), state="gone")
    with pytest.raises(InputError, match="settled"):
        asked(world, barrier)


def test_a_settled_barrier_is_opened_again_and_what_was_asked_taken_back(world):
    barrier = raised(world)
    at, manager = {"barrier_id": barrier.barrier_id}, world.client("provider_manager")
    commands.settle(world.access("coordinator"), barrier=barrier, how="gone", why="A new policy")
    reopen = world.url("barrier_reopen", **at)
    assert "Write why." in manager.post(reopen, {"why": ""}).content.decode()
    assert manager.post(reopen, {"why": "A new desk"}).status_code == 302
    second = asked(world, barrier)
    take_back = world.url("barrier_take_back", ask_id=second.ask_id)
    assert manager.post(take_back, {"why": "Asked the wrong body"}).status_code == 302
    assert (
        manager.post(
            world.url("barrier_settle", **at), {"how": "accepted", "why": "The law says so"}
        ).status_code
        == 302
    )
    barrier.refresh_from_db()
    assert barrier.state == "accepted"
    with pytest.raises(InputError, match="already"):
        commands.settle(world.access("coordinator"), barrier=barrier, how="gone", why="x")
    today = clock.today()
    said = [one.words for one in signals(world.access("coordinator"), today - 7 * DAY, today + 7 * DAY)]
    assert said == [f"Lived with: {WORDS['title']}"]


def test_what_was_asked_before_a_level_does_not_push_it_on(world):
    barrier = raised(world)
    with clock.at(clock.now() - 30 * DAY):
        one = asked(world, barrier, due=5)
    manager = world.access("provider_manager")
    barrier.refresh_from_db()
    found = queries.suggested(barrier, [one])
    assert found is not None
    assert found.level == "managers"
    moved = commands.take_further(manager, barrier=barrier, level="managers", why="Late")
    assert queries.suggested(moved, [one]) is None
    national = commands.take_further(manager, barrier=moved, level="national", why="A ministry's rule")
    second = asked(world, national, due=0)
    assert (
        queries.suggested(
            national, [commands.answer(world.access("coordinator"), ask=second, said="no", why="x")]
        )
        is None
    )


def test_only_a_persons_own_organisation_marks_them_and_sees_who_is_marked(world, elsewhere):
    barrier, second = raised(world), raised(world, title="Letters, not texts")
    at = {"barrier_id": barrier.barrier_id}
    url = world.url("barrier_people", **at)
    client = world.client("practitioner")
    page = shown(client, url)
    assert "Ash Example" in page
    assert "Casey" not in page
    ash, blake, casey = (world.people[key] for key in ("ash", "blake", "casey"))
    sent = {"ticked": [ash.person_id], "shown": f"{ash.person_id} {blake.person_id}", "once": "m1"}
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    assert "1 of your people" in shown(client, world.url("barrier", **at))
    # An id that was guessed is not on the page, so it cannot be ticked.
    page = client.post(url, {"ticked": [casey.person_id], "shown": casey.person_id}).content.decode()
    assert "no longer on the list" in page
    with pytest.raises(PermissionDenied):
        commands.mark_people(world.access("practitioner"), barrier=barrier, shown=[casey], stopped={casey.pk})
    other = world.client("other_practitioner")
    page = shown(other, world.url("barrier", **at))
    assert "0 of your people" in page
    assert "Ash" not in page + shown(other, url)
    page = shown(world.client("coordinator"), world.url("barrier", **at))
    assert "Not known, or fewer than 10" in page
    assert world.client("coordinator").get(url).status_code == 403

    of_ash = world.url("person_barriers", person_id=ash.person_id)
    assert other.get(of_ash).status_code == 404
    page = shown(client, world.url("person", person_id=ash.person_id))
    assert WORDS["title"] in page
    both = f"{barrier.barrier_id} {second.barrier_id}"
    assert client.post(of_ash, {"ticked": [second.barrier_id], "shown": both}).status_code == 302
    now = Mark.of(world.partnership).filter(lifted_at=None)
    assert [(one.barrier, one.person) for one in now] == [(second, ash)]
    assert (
        "Looked at what gets in your way"
        in shown(world.client("person"), world.url("person", person_id=ash.person_id))
        or Mark.of(world.partnership).count() == 2
    )
    page = shown(client, url, who="Blake")
    assert "Blake Sample" in page
    assert "Ash Example" not in page
    assert elsewhere.client("practitioner").get(elsewhere.url("barrier_people", **at)).status_code == 404


def test_counts_give_no_small_number_away(world):
    """What others see is rounded, and held back where an organisation could subtract its own."""
    assert queries.shown_total([20], 20) == 20
    assert queries.shown_total([9], 9) is None
    assert queries.shown_total([20, 3], 23) is None
    assert queries.shown_total([20, 12], 32) == 30
    assert queries.shown_total([], 0) is None
    barrier = raised(world)
    mark(world, barrier, many_people(world, 12))
    coordinator, lantern = world.access("coordinator"), world.access("other_practitioner")

    def of(access):
        return queries.Counted(access, [barrier.pk]).of(barrier)

    assert of(coordinator).words == "about 10 people marked"
    assert (of(lantern).own, of(lantern).others, of(lantern).total) == (0, 10, None)
    mark(world, barrier, [world.people["casey"]], "other_practitioner")
    assert of(coordinator).words == "Not known, or fewer than 10"
    harbour = of(world.access("practitioner"))
    assert (harbour.own, harbour.others) == (12, None)
    # The page for a director says no more than the barrier's own page.
    asked(world, barrier, asked_on=clock.today() - 30 * DAY)
    page = shown(world.client("commissioner"), world.url("barriers_to_answer_print"), whom="in:council")
    assert "30 days waited" in page
    assert "people ×" not in page


def test_a_director_reads_on_one_page_what_is_asked(world):
    barrier = raised(world, estimate=40, how_known="estimate")
    asked(world, barrier, due=-2, asked_on=clock.today() - 10 * DAY)
    asked(
        world, raised(world, title="Sanctions for a missed appointment"), whom=None, whom_outside="The Jobcentre, Kirkdale & Co"
    )  # fmt: skip
    client = world.client("commissioner")
    page = shown(client, world.url("barriers_to_answer"))
    assert "Kirkdale Council" in page
    assert "out%3AThe%20Jobcentre%2C%20Kirkdale%20%26%20Co" in page
    page = shown(client, world.url("barriers_to_answer_print"), whom="in:council")
    assert "Asked of Kirkdale Council" in page
    assert "10 days waited; 40 people × 10 days = 400 days of people’s lives" in page
    assert "Overdue" in page
    assert "Sanctions" not in page
    page = shown(client, world.url("barriers_to_answer_print"), whom="out:The Jobcentre, Kirkdale & Co")
    assert "Sanctions" in page
    page = shown(client, world.url("barriers_to_answer_print"), whom="in:nobody")
    assert "Nothing is asked of them now" in page


def test_two_that_are_the_same_are_joined_counted_once_and_parted(world):
    barrier, second = raised(world), raised(world, title="Register asks for two proofs of an address")
    people = many_people(world, 11)
    mark(world, barrier, people)
    mark(world, second, people[:5])
    client = world.client("provider_manager")
    page = shown(client, world.url("barrier", barrier_id=second.barrier_id))
    assert "May be the same" in page
    url = world.url("barrier_join", barrier_id=second.barrier_id)
    assert world.client("other_manager").get(url).status_code == 403
    assert client.post(url, {"to": barrier.barrier_id}).status_code == 302
    assert "11 of your people" in shown(client, world.url("barrier", barrier_id=barrier.barrier_id))
    page = shown(client, world.url("barriers"))
    assert barrier.barrier_id in page
    assert second.barrier_id not in page
    assert "This is the same as" in shown(client, world.url("barrier", barrier_id=second.barrier_id))
    with pytest.raises(InputError, match="same as another"):
        asked(world, second)
    assert client.post(world.url("barrier_part", barrier_id=second.barrier_id)).status_code == 302
    assert second.barrier_id in shown(client, world.url("barriers"))
    assert likeness(words_of("a register"), words_of("a register")) == 0  # one word in common says nothing


def test_barriers_are_shared_after_a_check_and_found_elsewhere_too(world, elsewhere):
    barrier = raised(world, what="Ring 07700 900123 and ask")
    one = asked(world, barrier, asked_on=clock.today() - 9 * DAY)
    commands.answer(world.access("commissioner"), ask=one, said="partly", why="Only at the main desk")
    mark(world, barrier, many_people(world, 23))
    url = world.url("barrier_share", barrier_id=barrier.barrier_id)
    client = world.client("coordinator")
    assert world.client("provider_manager").get(url).status_code == 403
    page = client.post(url, {"learned": ""}).content.decode()
    assert "looks like a telephone number" in page
    barrier.refresh_from_db()
    changed = commands.change(
        world.access("coordinator"), barrier=barrier, values={**WORDS, "what": "They are turned away"}
    )
    page = client.post(url, {"learned": "Ask Mr Placeholder about it"}).content.decode()
    assert "Tick each that names nobody." in page
    sent = {"learned": "Ask before the policy is rewritten", "once": "s1"}
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    shared = SharedBarrier.of(world.partnership).get()
    there = elsewhere.client("coordinator")
    assert WORDS["title"] in shown(there, elsewhere.url("barriers_elsewhere"))
    page = shown(there, elsewhere.url("barrier_elsewhere", share_id=shared.share_id))
    assert "Ask before the policy is rewritten" in page
    assert "About 25 people" in page
    assert "In part" in page
    assert "after 9 days" in page
    assert "Only at the main desk" not in page  # reasons were not checked, so they stay
    # What is written afterwards does not go out unchecked.
    commands.change(world.access("coordinator"), barrier=changed, values={**WORDS, "what": "Secret"})
    assert "Secret" not in shown(there, elsewhere.url("barrier_elsewhere", share_id=shared.share_id))
    assert client.get(world.url("barrier_elsewhere", share_id=shared.share_id)).status_code == 404

    too = elsewhere.url("barrier_too", share_id=shared.share_id)
    assert elsewhere.client("provider_manager").post(too).status_code == 403
    for _ in range(2):
        assert there.post(too, {"once": "t1"}).status_code == 302
    ours = Barrier.of(elsewhere.partnership).get()
    assert ours.title == WORDS["title"]
    assert "It is written down here already." in there.post(too, {"once": "t2"}).content.decode()
    assert "Otherplace Together" in shown(client, world.url("barrier", barrier_id=barrier.barrier_id))
    assert "Kirkdale Together" in shown(there, elsewhere.url("barrier", barrier_id=ours.barrier_id))
    assert there.get(elsewhere.url("barrier", barrier_id=barrier.barrier_id)).status_code == 404
    assert client.post(world.url("barrier_unshare", barrier_id=barrier.barrier_id)).status_code == 302
    assert there.get(elsewhere.url("barrier_elsewhere", share_id=shared.share_id)).status_code == 404
    assert "Kirkdale Together" not in shown(there, elsewhere.url("barrier", barrier_id=ours.barrier_id))


def test_lists_ask_no_more_for_more_rows(world, elsewhere, django_assert_max_num_queries):
    for number in range(12):
        barrier = raised(world, title=f"Rule number {number} of the register desk")
        asked(world, barrier, asked_on=clock.today() - DAY, due=-1)
        commands.share(world.access("coordinator"), barrier=barrier)
    client = world.client("coordinator")
    for name in ("barriers", "barriers_to_answer"):
        with django_assert_max_num_queries(16):
            client.get(world.url(name))
    with django_assert_max_num_queries(16):
        client.get(world.url("barriers_to_answer_print"), {"whom": "in:council"})
    client = elsewhere.client("coordinator")
    with django_assert_max_num_queries(16):
        client.get(elsewhere.url("barriers_elsewhere"))
