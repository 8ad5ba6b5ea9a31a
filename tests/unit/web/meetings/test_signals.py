"""What the rooms bring to a meeting: counted within what a seat may see, and naming nobody."""

import datetime as dt
from html import unescape

import pytest
from django_scopes import scope

from openoutcomes.web.claims.disputing import return_lines
from openoutcomes.web.core import clock
from openoutcomes.web.core.rhythm import Signal, counted_in, signals_for
from openoutcomes.web.core.scope import writing
from openoutcomes.web.core.waiting import waiting_for
from openoutcomes.web.meetings import commands, doing, minuting, queries
from openoutcomes.web.meetings.agenda import fresh, mark_of
from openoutcomes.web.meetings.minuting import Agreed, Decided
from openoutcomes.web.meetings.models import Action, Meeting, Series
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.referrals import commands as referrals
from openoutcomes.web.ties.commands import tie
from openoutcomes.web.ties.kinds import thing_or_404
from openoutcomes.web.verification.rhythm import _days
from web_claims import achieve, busy, find, lock, on, payer, prepare

__all__ = ["busy"]

FIRST, LAST = dt.date(2025, 3, 7), dt.date(2025, 4, 7)


def words(world, who, first=FIRST, last=LAST):
    with scope(partnership=world.partnership):
        return [signal.words for signal in signals_for(world.access(who), first, last)]


def test_money_outcomes_and_checks_are_signalled_to_those_who_may_see_them(busy):
    claim = lock(busy, prepare(busy))
    line = busy.outcomes["first"].record_id
    return_lines(
        busy.access("commissioner"),
        claim=claim,
        payer=payer(busy, "council"),
        lines=[line],
        reason="No date.",
    )
    for who in ("commissioner", "provider_manager", "coordinator"):
        said = words(busy, who)
        assert "1 claim waits for approval under Front Door" in said, who
        assert "1 line is in dispute under Front Door" in said, who
    assert not [one for one in words(busy, "other_manager") if "dispute" in one or "approval" in one]
    assert not [one for one in words(busy, "practitioner") if "claim" in one]
    # Its own organisation sees its counts; others see whole months, and no count under ten.
    assert "1 outcome since 7 March 2025 under Front Door; 1 in as many days before" in words(
        busy, "provider_manager"
    )
    theirs = "Fewer than 10 outcomes in March under Front Door; fewer than 10 in the month before"
    assert theirs in words(busy, "coordinator")
    for who in ("commissioner", "provider_manager", "verifier", "practitioner", "person"):
        for one in words(busy, who):
            assert not any(name in one for name in ("Ash", "Blake", "Casey")), one


def test_checks_that_wait_and_checks_that_take_longer_are_signalled(busy):
    with on(dt.date(2025, 5, 20)):
        # Home for three months has waited since 7 April.
        late = "1 outcome has waited more than 10 working days to be verified under Front Door"
        for who in ("verifier", "provider_manager", "commissioner"):
            assert late in words(busy, who, dt.date(2025, 5, 1), clock.today()), who
        assert late not in words(busy, "coordinator", dt.date(2025, 5, 1), clock.today())
        assert late not in words(busy, "other_manager", dt.date(2025, 5, 1), clock.today())
    for month, waited in ((6, 1), (7, 9)):
        made = []
        with on(dt.date(2025, month, 10)):
            made += [
                achieve(busy, "ash", day=dt.date(2025, month, day), accepted=False) for day in range(1, 7)
            ]
        with on(dt.date(2025, month, 10) + dt.timedelta(days=waited)):
            for record in made:
                find(busy, record, "accepted")
    with on(dt.date(2025, 7, 31)):
        first = dt.date(2025, 7, 1)
        with scope(partnership=busy.partnership):
            assert _days(busy.access("verifier"), first, clock.today()) == [9] * 6
        risen = "Turnaround of checks rose to 9 days, from 1 in the time before"
        assert risen in words(busy, "verifier", first, clock.today())
        assert risen in words(busy, "provider_manager", first, clock.today())
        assert risen not in words(busy, "practitioner", first, clock.today())


def test_contacts_reviews_and_referrals_are_signalled_to_the_front_line(world):
    with writing("test"):
        Enrolment.of(world.partnership).filter(organisation=world.organisations["harbour"]).update(
            next_on=clock.today() - dt.timedelta(days=1)
        )
    made = referrals.make(
        world.access("practitioner"), person=world.people["ash"], organisation=world.organisations["harbour"],
        recipient=world.organisations["lantern"], programme=world.programmes["lantern"], wants="A home",
        groups=["goals"], basis="consent", how="spoken",
    )  # fmt: skip
    with clock.at(clock.now() + dt.timedelta(days=60)):
        first, last = clock.today() - dt.timedelta(days=61), clock.today()
        assert "2 contacts are late at Harbour Lights" in words(world, "practitioner", first, last)
        assert not [one for one in words(world, "other_practitioner", first, last) if "Harbour" in one]
        assert not [one for one in words(world, "coordinator", first, last) if "contact" in one]
        assert "1 referral of ours has had no answer in time" in words(world, "provider_manager", first, last)
        assert "1 referral to us waits longer than was asked" in words(world, "other_manager", first, last)
        referrals.decline(world.access("other_practitioner"), referral=made, reason="We are full")
        said = words(world, "practitioner", first, last)
        assert "1 referral came back, and nobody has said what happens next" in said
        assert [one for one in said if one.startswith("1 referral of ours was declined since")]


def series_with_action(world, due, owner="role:coordinator:"):
    by = world.access("coordinator")
    values = {"name": "Front Door monthly", "every": "month", "weekday": 1, "nth": 1, "minutes": 60}
    series = commands.add_series(by, kind="contract", contract=world.contract, values=values)
    meeting = minuting.start(by, meeting=commands.plan(by, series=series, on=clock.today()))
    item = commands.add_item(by, meeting=meeting, heading="other", words="Anything")
    minuting.minute(
        by, item=item, notes="", expected=1, action=Agreed("Change the letter", owner, due),
        decision=Decided("Change the letter", "Nobody opens it", "The meeting"),
    )  # fmt: skip
    return series, Action.of(world.partnership).get()


def test_an_action_moved_three_times_is_brought_to_the_next_meeting_though_its_day_has_not_come(world):
    today = clock.today()
    _, action = series_with_action(world, today + dt.timedelta(days=1))
    by = world.access("coordinator")
    assert [one for one in words(world, "coordinator", today, today) if "letter" in one] == []
    url = world.url("action_settle", action_id=action.action_id, way="move")
    client = world.client("coordinator")
    for number in range(3):
        day = today + dt.timedelta(days=30 + number)
        form = {"due_day": day.day, "due_month": day.month, "due_year": day.year, "revision": number + 1}
        assert "Write why: the next meeting reads it." in unescape(client.post(url, form).content.decode())
        form |= {"why": "Waiting for the printer", "once": f"m{number}"}
        for _ in range(2):
            assert client.post(url, form).status_code == 302
        assert (
            "somebody changed this action"
            in client.post(url, {**form, "once": f"n{number}"}).content.decode().lower()
        )
    said = [one for one in words(world, "coordinator", today, today) if "letter" in one]
    assert said == ["Moved 3 times, decide whether to go on: Change the letter: Partnership coordinator"]
    page = client.get(world.url("action", action_id=action.action_id)).content.decode()
    assert "Moved 3 times." in page
    assert page.count("Waiting for the printer") == 3
    action.refresh_from_db()
    assert (action.moved, action.first_due) == (3, today + dt.timedelta(days=1))
    listed = client.get(world.url("actions"), {"state": "moved"}).content.decode()
    assert "Change the letter" in listed
    doing.not_done(by, action=action, expected=action.revision, why="We text instead")
    assert "Will not be done: Change the letter" in words(world, "coordinator", today, today)


def test_actions_are_of_a_seat_of_an_organisation_or_of_all_and_only_who_may_settles_them(world, elsewhere):
    manager = f"role:provider_manager:{world.organisations['harbour'].pk}"
    _, action = series_with_action(world, clock.today(), manager)
    address, done = world.url("actions"), world.url("action_settle", action_id=action.action_id, way="done")

    def lists(who, **query):
        return "Change the letter" in world.client(who).get(address, query).content.decode()

    assert lists("provider_manager")
    assert not lists("practitioner")
    assert lists("practitioner", show="organisation")
    assert not lists("commissioner")
    assert lists("commissioner", show="all")
    assert not lists("verifier", show="all")
    assert (
        "Change the letter"
        in world.client("provider_manager").get(address, {"format": "csv"}).content.decode()
    )
    # The investor is a party and reads; it is neither theirs nor do they run the meeting.
    assert world.client("investor").post(done, {"revision": 1}).status_code == 403
    assert world.client("verifier").get(done).status_code == 404
    assert elsewhere.client("coordinator").get(
        elsewhere.url("action", action_id=action.action_id)
    ).status_code == 404  # fmt: skip
    with clock.at(clock.now() + dt.timedelta(days=3)):
        late = [one for one in waiting_for(world.access("provider_manager")) if "overdue" in one.words]
        assert [(one.count, one.words) for one in late] == [(1, "action of yours is overdue")]
        assert lists("provider_manager", state="late")
    owner = world.client("provider_manager")
    for _ in range(2):
        assert owner.post(done, {"revision": 1, "why": "It is a text now", "once": "a"}).status_code == 302
    assert lists("provider_manager", state="done")
    again = world.url("action_settle", action_id=action.action_id, way="take-up")
    owner.post(again, {"revision": 2, "once": "b"})
    give = world.url("action_settle", action_id=action.action_id, way="pass")
    world.client("coordinator").post(
        give, {"revision": 3, "owner": "role:coordinator:", "why": "They left", "once": "c"}
    )
    action.refresh_from_db()
    assert (action.state, action.owner_role, action.revision) == ("open", "coordinator", 4)
    page = world.client("coordinator").get(world.url("action", action_id=action.action_id)).content.decode()
    assert "They left" in page


def test_decisions_are_a_register_to_search_print_and_take_away(world):
    series_with_action(world, clock.today())
    client, address = world.client("coordinator"), world.url("decisions")
    day = clock.today()
    for query, found in (
        ({"words": "letter opens"}, True), ({"words": "café"}, False), ({"kind": "contract"}, True),
        ({"kind": "board"}, False), ({"contract": "front-door"}, True),
        ({"since_day": day.day, "since_month": day.month, "since_year": day.year}, True),
        ({"until_day": 1, "until_month": 1, "until_year": 2020}, False),
        ({"since_day": 31, "since_month": 2, "since_year": 2025}, True),
    ):  # fmt: skip
        assert ("Nobody opens it" in client.get(address, query).content.decode()) is found, query
    assert (
        "Change the letter,Nobody opens it,The meeting"
        in client.get(address, {"format": "csv"}).content.decode()
    )
    assert "1 decision, newest first." in client.get(address, {"format": "print"}).content.decode()
    assert "Nobody opens it" not in world.client("verifier").get(address).content.decode()
    with scope(partnership=world.partnership):
        counts = {
            one.words: one.count for one in counted_in(world.access("coordinator"), day, day)["decided"]
        }
    assert counts["decision, with its reason"] == 1
    link = world.client("coordinator").get(world.url("quarter")).content.decode()
    assert "since_day=1" in unescape(link)
    for words_of in (
        "Barriers gone",
        "Tests started",
        "Changes to delivery",
        "Complaints closed with an answer",
    ):
        assert words_of in link


def test_a_meeting_about_a_contract_leaves_out_what_is_of_another(world):
    series, _ = series_with_action(world, clock.today())
    meeting = commands.plan(
        world.access("coordinator"), series=series, on=clock.today() + dt.timedelta(days=1)
    )
    ours = Signal("money", "1 claim waits", "/a/", contract="front-door")
    other = Signal("money", "2 claims wait", "/b/", contract="other")
    with pytest.MonkeyPatch.context() as patch, scope(partnership=world.partnership):
        patch.setattr("openoutcomes.web.meetings.agenda.signals_for", lambda *_: [ours, other])
        found = [item.words for item in fresh(world.access("coordinator"), meeting)]
    assert "1 claim waits" in found
    assert "2 claims wait" not in found


def test_a_signal_is_known_again_when_only_its_numbers_change():
    one, more = Signal("money", "1 claim waits", "/a/"), Signal("money", "12 claim waits", "/a/")
    assert mark_of(one) == mark_of(more)
    assert mark_of(one) != mark_of(Signal("money", "1 line waits", "/a/"))
    tied = Signal("barriers", "x", "/a/", kind="barrier", key="ba-1")
    assert mark_of(tied) == mark_of(Signal("barriers", "y", "/b/", kind="barrier", key="ba-1"))


def test_meetings_are_things_that_can_be_tied_and_only_by_those_who_see_both(world):
    series, _ = series_with_action(world, clock.today())
    by = world.access("coordinator")
    first = Meeting.of(world.partnership).get()
    later = commands.plan(by, series=series, on=clock.today() + dt.timedelta(days=1))
    with scope(partnership=world.partnership):
        tie(
            by,
            one=thing_or_404(by, "meeting", first.meeting_id),
            other=thing_or_404(by, "meeting", later.meeting_id),
        )
    page = world.client("coordinator").get(world.url("meeting", meeting_id=later.meeting_id)).content.decode()
    assert str(first) in page
    assert (
        world.client("other_manager").get(world.url("tie", kind="meeting", key=first.meeting_id)).status_code
        == 200
    )
    team = commands.add_series(
        world.access("provider_manager"), kind="huddle", organisation=world.organisations["harbour"],
        values={"name": "Harbour huddle", "every": "workday", "minutes": 10},
    )  # fmt: skip
    own = minuting.huddle_today(world.access("provider_manager"), series=team)
    assert (
        world.client("other_manager").get(world.url("tie", kind="meeting", key=own.meeting_id)).status_code
        == 404
    )
    # A team sets up its own; nobody sets one up for another organisation, or for the whole partnership.
    assert queries.may_run(world.access("practitioner"), team)
    assert not queries.may_run(world.access("commissioner"), Series.of(world.partnership).get(pk=team.pk))
