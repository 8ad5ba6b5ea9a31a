"""A meeting through HTTP: series, agenda, minutes by two at once, decisions, actions, approval, corrections."""

import datetime as dt
from html import unescape

import pytest
from django_scopes import scope

from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import Event
from openoutcomes.web.core import clock
from openoutcomes.web.meetings import commands, doing, minuting, queries
from openoutcomes.web.meetings.agenda import lines_of
from openoutcomes.web.meetings.minuting import Agreed, Decided
from openoutcomes.web.meetings.models import Action, Attendee, Decision, Item, Meeting, Note, Series
from openoutcomes.web.partnerships.models import Membership
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.ties.queries import tied_to
from web_pages import date_boxes


def at(year, month, day, hour=10):
    return clock.at(dt.datetime(year, month, day, hour, tzinfo=dt.UTC))


def seat_of(world, name):
    return Membership.of(world.partnership).get(user=world.users[name])


def a_series(world, kind="contract", who="coordinator", chair="coordinator", invited=(), **whose):
    values = {"name": "Front Door monthly", "every": "month", "weekday": 1, "nth": 1, "minutes": 60,
              "chair": seat_of(world, chair) if chair else None}  # fmt: skip
    if kind == "contract":
        whose.setdefault("contract", world.contract)
    seats = [seat_of(world, name) for name in ("provider_manager", "commissioner", *invited)]
    return commands.add_series(world.access(who), kind=kind, values=values, seats=seats, **whose)


def held(world, on=None, **kwargs):
    series = kwargs.pop("series", None) or a_series(world, **kwargs)
    by = world.access("coordinator")
    return minuting.start(by, meeting=commands.plan(by, series=series, on=on or clock.today()))


def by_hand(world, meeting, words="First contact"):
    return commands.add_item(world.access("coordinator"), meeting=meeting, heading="other", words=words)


def closed(world, meeting):
    return minuting.close(world.access("coordinator"), meeting=meeting, summary="We moved the first meeting")


def text(page):
    return unescape(page.content.decode())


def test_a_series_is_set_up_its_days_are_proposed_and_a_meeting_is_planned_once(world):
    client = world.client("coordinator")
    assert "No series is set up yet" in text(client.get(world.url("meeting_series")))
    page = client.get(world.url("series_add", kind="contract"))
    assert "Provider, commissioner and coordinator" in text(page)
    form = {
        "name": "Front Door",
        "whose": f"c{world.contract.pk}",
        "every": "month",
        "minutes": "60",
        "once": "a",
    }
    page = client.post(world.url("series_add", kind="contract"), form)
    assert "Choose which one of the month, such as the first." in text(page)
    form |= {"weekday": "1", "nth": "1", "at": "9.30"}
    for _ in range(2):
        assert client.post(world.url("series_add", kind="contract"), form).status_code == 302
    series = Series.of(world.partnership).get()
    assert series.at == dt.time(9, 30)
    seats = {"seats": [seat_of(world, "provider_manager").pk, seat_of(world, "commissioner").pk],
             "chair": seat_of(world, "coordinator").pk, "revision": series.revision, "once": "b"}  # fmt: skip
    assert client.post(world.url("series_seats", series_id=series.series_id), seats).status_code == 302
    seats["once"] = "c"
    assert (
        "somebody changed this series"
        in text(client.post(world.url("series_seats", series_id=series.series_id), seats)).lower()
    )
    page = client.get(world.url("series", series_id=series.series_id))
    assert "Each month, on the first Tuesday, 09:30" in text(page)
    assert "provider_manager (provider manager, Harbour Lights)" in text(page)
    first = queries.proposed(series)[0]
    plan = {**date_boxes("on", first), "minutes": "60", "once": "d"}
    for _ in range(2):
        assert client.post(world.url("meeting_plan", series_id=series.series_id), plan).status_code == 302
    meeting = Meeting.of(world.partnership).get()
    assert len(queries.attendees_of(meeting)) == 3
    again = client.post(world.url("meeting_plan", series_id=series.series_id), {**plan, "once": "e"})
    assert "a meeting of this series is on that day already" in text(again).lower()
    assert queries.proposed(series)[0] > first
    listed = client.get(world.url("meetings"))
    assert "Front Door" in text(listed)
    assert "Front Door" in client.get(world.url("meetings"), {"format": "csv"}).content.decode()


def test_meetings_are_seen_by_those_they_are_open_to_or_who_are_invited(world, elsewhere):
    contract = held(world)
    manager = world.access("provider_manager")
    team = commands.add_series(
        manager, kind="huddle", organisation=world.organisations["harbour"],
        values={"name": "Harbour huddle", "every": "workday", "minutes": 10},
    )  # fmt: skip
    huddle = minuting.huddle_today(manager, series=team)
    together = commands.add_series(
        world.access("coordinator"), kind="panel", values={"name": "Panel", "every": "once", "minutes": 60},
        seats=[seat_of(world, "person")],
    )  # fmt: skip
    panel = commands.plan(world.access("coordinator"), series=together, on=clock.today())
    seen = {
        "practitioner": {"contract", "huddle", "panel"}, "commissioner": {"contract", "panel"},
        "coordinator": {"contract", "panel"}, "other_manager": {"contract", "panel"}, "verifier": {"panel"},
        "person": {"panel"},
    }  # fmt: skip
    pages = {"contract": contract, "huddle": huddle, "panel": panel}
    for who, expected in seen.items():
        client = world.client(who)
        for name, meeting in pages.items():
            page = client.get(world.url("meeting", meeting_id=meeting.meeting_id), follow=True)
            assert page.status_code == (200 if name in expected else 404), (who, name)
    assert elsewhere.client("coordinator").get(
        elsewhere.url("meeting", meeting_id=contract.meeting_id)
    ).status_code == 404  # fmt: skip
    page = world.client("coordinator").get(world.url("meeting", meeting_id=panel.meeting_id))
    assert "A person supported" in text(page)
    assert "ash@" not in text(page)
    assert "Ash Example" not in text(page)
    # Whoever is only invited may say that they cannot come, and runs nothing.
    guest = world.client("person")
    assert (
        guest.post(world.url("meeting_apologies", meeting_id=panel.meeting_id), {"once": "x"}).status_code
        == 302
    )
    assert (
        Attendee.of(world.partnership).get(meeting=panel, seat=seat_of(world, "person")).state == "apologies"
    )
    assert guest.post(world.url("meeting_start", meeting_id=panel.meeting_id)).status_code == 403
    # Somebody who sees a meeting of others runs nothing of it either.
    for who in ("practitioner", "provider_manager"):
        sent = world.client(who).post(world.url("meeting_start", meeting_id=panel.meeting_id), {"once": "y"})
        assert sent.status_code == 403, who


def test_an_agenda_builds_itself_and_nothing_goes_silently(world):
    with at(2026, 3, 2):
        first = held(world)
        line = by_hand(world, first)
        minuting.minute(
            world.access("coordinator"), item=line, notes="", expected=1,
            action=Agreed("Ask the council about two proofs of address", "role:coordinator:", dt.date(2026, 3, 20)),
        )  # fmt: skip
        closed(world, first)
    with at(2026, 4, 7):
        client = world.client("coordinator")
        series = first.series
        meeting = commands.plan(world.access("coordinator"), series=series, on=clock.today())
        assert queries.looks_from(meeting) == dt.date(2026, 3, 2)
        page = text(client.get(world.url("meeting", meeting_id=meeting.meeting_id)))
        assert "Approve the minutes of Front Door monthly, 2 March 2026" in page
        assert "Overdue since 20 March 2026: Ask the council about two proofs of address" in page
        assert Item.of(world.partnership).filter(meeting=meeting).count() == 0  # looking writes nothing
        with scope(partnership=world.partnership):
            lines = lines_of(world.access("coordinator"), meeting)
        mark = next(one.item.mark for one in lines if "proofs" in one.item.words)
        drop = world.url("agenda_drop", meeting_id=meeting.meeting_id, mark=mark)
        assert "Write why in a few words." in text(client.post(drop, {"why": ""}))
        client.post(drop, {"why": "It is on the barriers list", "once": "a"})
        page = text(client.get(world.url("meeting", meeting_id=meeting.meeting_id)))
        assert "Left off, with why (1)" in page
        assert "It is on the barriers list" in page
        arrange = world.url("agenda_arrange", meeting_id=meeting.meeting_id, mark=mark)
        client.post(arrange, {"way": "back"})
        assert not Item.of(world.partnership).get(meeting=meeting, mark=mark).is_dropped
        add = world.url("agenda_add", meeting_id=meeting.meeting_id)
        assert "Write what it is about in a line." in text(
            client.post(add, {"heading": "other", "words": ""})
        )
        for _ in range(2):
            client.post(add, {"heading": "actions", "words": "Who rings on Sundays?", "once": "b"})
        hand = Item.of(world.partnership).get(meeting=meeting, origin="hand")
        before = Item.of(world.partnership).get(meeting=meeting, mark=mark)
        assert hand.place == before.place + 1
        client.post(world.url("agenda_arrange", meeting_id=meeting.meeting_id, mark=hand.mark), {"way": "up"})
        hand.refresh_from_db()
        before.refresh_from_db()
        assert hand.place + 1 == before.place
        # What is settled before the meeting says so, and is left off with why when it begins.
        action = Action.of(world.partnership).get()
        doing.done(world.access("coordinator"), action=action, expected=action.revision)
        assert "Settled meanwhile" in text(client.get(world.url("meeting", meeting_id=meeting.meeting_id)))
        client.post(world.url("meeting_start", meeting_id=meeting.meeting_id), {"once": "c"})
        meeting.refresh_from_db()
        assert (meeting.state, meeting.since) == ("open", dt.date(2026, 3, 2))
        before.refresh_from_db()
        assert (before.is_dropped, before.why_dropped) == (True, "Settled before the meeting")
        # Frozen: what was on it stays as it stood.
        frozen = list(
            Item.of(world.partnership).filter(meeting=meeting).values_list("mark", "words", "place")
        )
        client.post(arrange, {"way": "down"})
        client.post(drop, {"why": "no", "once": "d"})
        assert list(
            Item.of(world.partnership).filter(meeting=meeting).values_list("mark", "words", "place")
        ) == frozen  # fmt: skip


def test_what_another_seat_brought_is_not_taken_for_settled_by_one_that_cannot_see_it(world):
    with at(2026, 3, 2):
        meeting = held(world)
        line = by_hand(world, meeting)
        owner = f"role:provider_manager:{world.organisations['harbour'].pk}"
        minuting.minute(
            world.access("coordinator"), item=line, notes="", expected=1,
            action=Agreed("Ring round", owner, dt.date(2026, 3, 20)),
        )  # fmt: skip
        team = commands.add_series(
            world.access("provider_manager"), kind="other", organisation=world.organisations["harbour"],
            values={"name": "Harbour team", "every": "once", "minutes": 30},
        )  # fmt: skip
    with at(2026, 4, 7):
        own = commands.plan(world.access("provider_manager"), series=team, on=clock.today())
        # The manager keeps an overdue action of theirs; a colleague, who is brought other signals, begins.
        commands.add_item(world.access("provider_manager"), meeting=own, heading="other", words="Keys")
        with scope(partnership=world.partnership):
            mark = next(
                one.item.mark
                for one in lines_of(world.access("provider_manager"), own)
                if "Ring round" in one.item.words
            )
        action = Action.of(world.partnership).get()
        doing.done(world.access("provider_manager"), action=action, expected=1)
        minuting.start(world.access("practitioner"), meeting=own)
        assert not Item.of(world.partnership).get(meeting=own, mark=mark).is_dropped


def test_a_meeting_begins_on_its_day_and_not_before(world):
    series = a_series(world)
    by = world.access("coordinator")
    meeting = commands.plan(by, series=series, on=clock.today() + dt.timedelta(days=3))
    page = world.client("coordinator").post(
        world.url("meeting_start", meeting_id=meeting.meeting_id), {"once": "a"}, follow=True
    )
    assert "Its day has not come" in text(page)
    client = world.client("coordinator")
    change = {
        **date_boxes("on", clock.today() - dt.timedelta(days=1)),
        "minutes": "60",
        "revision": meeting.revision,
    }
    url = world.url("meeting_change", meeting_id=meeting.meeting_id)
    assert "Choose today or a later day." in text(client.post(url, change))
    client.post(url, {**change, **date_boxes("on", clock.today()), "once": "b"})
    assert minuting.start(by, meeting=meeting).state == "open"
    other = commands.plan(by, series=series, on=clock.today() + dt.timedelta(days=9))
    client.post(
        world.url("meeting_cancel", meeting_id=other.meeting_id), {"why": "Half of us are away", "once": "c"}
    )
    assert "Half of us are away" in text(client.get(world.url("meeting", meeting_id=other.meeting_id)))
    # A day whose meeting was cancelled is free again.
    assert commands.plan(by, series=series, on=other.on).state == "planned"


def test_two_who_minute_the_same_line_lose_nothing(world):
    meeting = held(world)
    line = by_hand(world, meeting)
    url = world.url("meeting_item", meeting_id=meeting.meeting_id, mark=line.mark)
    one, other = world.client("coordinator"), world.client("provider_manager")
    assert 'value="1"' in text(one.get(url))
    one.post(url, {"notes": "Letters, not texts.", "revision": "1", "once": "a"})
    page = other.post(url, {"notes": "The first appointment is at 9.", "revision": "1", "once": "b"})
    assert "Both texts are in the box" in text(page)
    assert "Letters, not texts.\n\nThe first appointment is at 9." in text(page)
    line.refresh_from_db()
    assert line.notes == "Letters, not texts."
    both = {"notes": "Letters, not texts. The first appointment is at 9.", "revision": "2", "once": "c"}
    assert other.post(url, both).status_code == 302
    # A decision beside notes that nobody changed meanwhile meets no conflict, however old the page is.
    decided = {**both, "revision": "2", "decision": "Meet in a café", "reason": "Nobody comes at 9", "decided_by": "The meeting", "once": "d"}  # fmt: skip
    assert one.post(url, decided).status_code == 302
    assert [note.revision for note in Note.of(world.partnership).filter(item=line)] == [3, 2]
    assert Decision.of(world.partnership).count() == 1
    assert "Earlier versions of the notes" in text(one.get(url))


def test_a_decision_needs_a_reason_and_an_action_an_owner_and_a_day_and_nothing_is_half_written(world):
    meeting = held(world)
    line = by_hand(world, meeting)
    client = world.client("coordinator")
    url = world.url("meeting_item", meeting_id=meeting.meeting_id, mark=line.mark)
    form = {"notes": "We talked", "revision": "1", "decision": "Text first", "once": "a"}
    assert "Write why: it is what others will look for later." in text(client.post(url, form))
    form |= {"reason": "They do not open letters", "decided_by": "The meeting", "action": "Change the letter"}
    assert "Choose who will do it." in text(client.post(url, form))
    form["owner"] = f"seat:{seat_of(world, 'provider_manager').pk}"
    assert "Write by when it will be done." in text(client.post(url, form))
    form |= date_boxes("due", meeting.on - dt.timedelta(days=1))
    assert "Choose a day from the meeting on." in text(client.post(url, form))
    line.refresh_from_db()
    assert (line.notes, Decision.of(world.partnership).count(), Action.of(world.partnership).count()) == (
        "",
        0,
        0,
    )
    form |= date_boxes("due", meeting.on + dt.timedelta(days=7))
    for _ in range(2):
        assert client.post(url, form).status_code == 302
    assert (Decision.of(world.partnership).count(), Action.of(world.partnership).count()) == (1, 1)
    # A seat of another contract or partnership is no owner.
    stranger = {**form, "owner": f"seat:{seat_of(world, 'person').pk}", "once": "b"}
    assert "Select a valid choice" in text(client.post(url, stranger))
    with pytest.raises(InputError, match="nobody is down"):
        minuting.minute(
            world.access("coordinator"), item=line, notes="We talked", expected=2,
            action=Agreed("x", f"seat:{seat_of(world, 'person').pk}", meeting.on),
        )  # fmt: skip
    decision = Decision.of(world.partnership).get()
    back = world.url("decision_back", decision_id=decision.decision_id)
    assert world.client("verifier").post(back, {"why": "x"}).status_code == 403
    assert world.client("investor").get(back).status_code == 403
    client.post(back, {"why": "It was only an idea", "once": "c"})
    page = text(client.get(world.url("decisions")))
    assert "Taken back: It was only an idea" in page


def test_minutes_are_closed_opened_within_a_day_by_the_chair_approved_and_then_only_added_to(world):
    with at(2026, 3, 2):
        meeting = held(world)
        line = by_hand(world, meeting)
        attend = {f"seat-{one.seat_id}": "there" for one in queries.attendees_of(meeting)}
        attend[f"seat-{seat_of(world, 'commissioner').pk}"] = "apologies"
        client, manager = world.client("coordinator"), world.client("provider_manager")
        url = world.url("meeting_attendance", meeting_id=meeting.meeting_id)
        client.post(url, {**attend, "others": "Two young people", "once": "a"})
        close_url = world.url("meeting_close", meeting_id=meeting.meeting_id)
        assert "those who were not there read that first" in text(client.post(close_url, {"summary": ""}))
        for _ in range(2):
            assert client.post(close_url, {"summary": "Text first", "once": "b"}).status_code == 302
        minutes = world.url("meeting_minutes", meeting_id=meeting.meeting_id)
        page = text(manager.get(minutes))
        assert "Two young people" in page
        assert "commissioner (commissioner, Kirkdale Council)" in page
        assert "Open the minutes again" not in page
        assert manager.post(world.url("meeting_reopen", meeting_id=meeting.meeting_id)).status_code == 403
        with pytest.raises(InputError, match="are closed"):
            minuting.minute(world.access("coordinator"), item=line, notes="late", expected=1)
        client.post(world.url("meeting_reopen", meeting_id=meeting.meeting_id), {"once": "c"})
        minuting.minute(world.access("coordinator"), item=line, notes="in time", expected=1)
        closed(world, meeting)
    with at(2026, 3, 4), pytest.raises(InputError, match="within a day"):
        minuting.reopen(world.access("coordinator"), meeting=meeting)
    with at(2026, 4, 7):
        by = world.access("coordinator")
        later = minuting.start(by, meeting=commands.plan(by, series=meeting.series, on=clock.today()))
        page = text(client.get(world.url("meeting", meeting_id=later.meeting_id)))
        assert "wait to be approved" in page
        approve = world.url("meeting_approve", meeting_id=later.meeting_id)
        client.post(approve, {"earlier": meeting.meeting_id, "once": "d"})
        meeting.refresh_from_db()
        assert (meeting.state, meeting.approved_in_id) == ("approved", later.pk)
        for change in (
            lambda: minuting.reopen(by, meeting=meeting),
            lambda: minuting.minute(by, item=line, notes="after", expected=2),
            lambda: minuting.attend(by, meeting=meeting, there={}),
            lambda: commands.add_item(by, meeting=meeting, heading="other", words="after"),
            lambda: minuting.approve(by, meeting=later, at=later),
        ):
            with pytest.raises(InputError):
                change()
        correct = world.url("meeting_correct", meeting_id=meeting.meeting_id)
        assert "Write what the minutes should say." in text(manager.post(correct, {"why": "x"}))
        manager.post(correct, {"words": "Three young people came", "why": "One had left early", "once": "e"})
        page = text(client.get(minutes))
        assert "Three young people came" in page
        assert "At Front Door monthly, 7 April 2026" in page
    verbs = set(
        Event.of(world.partnership).filter(verb__startswith="meetings.").values_list("verb", flat=True)
    )
    assert {
        "meetings.approve",
        "meetings.correct",
        "meetings.reopen",
        "meetings.close",
        "meetings.attend",
    } <= verbs


def test_a_decision_about_a_thing_ties_the_meeting_to_it_and_shows_there(world):
    before = held(world, on=clock.today())
    closed(world, before)
    series = Series.of(world.partnership).get()
    later = commands.plan(world.access("coordinator"), series=series, on=clock.today() + dt.timedelta(days=1))
    with clock.at(clock.now() + dt.timedelta(days=1)):
        later = minuting.start(world.access("coordinator"), meeting=later)
        line = by_hand(world, later)
        minuting.minute(
            world.access("coordinator"), item=line, notes="", expected=1,
            decision=Decided("Go on", "It works", "The meeting"),
        )  # fmt: skip
    assert tied_to(world.access("coordinator"), "meeting", later.meeting_id) == []
    page = world.client("coordinator").get(world.url("tie", kind="meeting", key=later.meeting_id))
    assert str(before) in text(page)


def test_a_huddle_is_one_screen_and_names_nobody_who_is_supported(world):
    manager = world.client("provider_manager")
    assert "Your team has no huddle yet." in text(manager.get(world.url("huddle")))
    form = {
        "name": "Harbour huddle",
        "whose": f"o{world.organisations['harbour'].pk}",
        "every": "workday",
        "minutes": "10",
    }
    manager.post(world.url("series_add", kind="huddle"), {**form, "once": "a"})
    worker = world.client("practitioner")
    from openoutcomes.web.core.scope import writing

    with writing("test"):
        Enrolment.of(world.partnership).filter(organisation=world.organisations["harbour"]).update(
            next_on=clock.today() - dt.timedelta(days=2)
        )
    series = Series.of(world.partnership).get()
    for _ in range(2):
        begun = worker.post(world.url("huddle"), {"series": series.series_id, "once": "b"})
        assert begun.status_code == 302
    meeting = Meeting.of(world.partnership).get()
    url = world.url("meeting_huddle", meeting_id=meeting.meeting_id)
    page = text(worker.get(url))
    assert "Ash Example" not in page
    assert "only=overdue" in page
    away = seat_of(world, "provider_manager")
    sent = {"away": [away.pk], "worries": "Two rooms flooded", "summary": "", "once": "c", "then": "more",
            "action": "Ring the landlord", "owner": f"seat:{seat_of(world, 'practitioner').pk}", **date_boxes("due", clock.today())}  # fmt: skip
    assert worker.post(url, sent).status_code == 302
    page = worker.post(url, {"summary": "", "then": "finish", "once": "d", "worries": "Two rooms flooded"})
    assert "Write it in a line" in text(page)
    done = {
        "away": [away.pk],
        "worries": "Two rooms flooded, one dry again",
        "summary": "Busy, nobody alone",
        "then": "finish",
        "once": "e",
    }
    for _ in range(2):
        assert worker.post(url, done).status_code == 302
    page = text(worker.get(world.url("meeting_minutes", meeting_id=meeting.meeting_id)))
    for words in ("Busy, nobody alone", "Two rooms flooded, one dry again", "Ring the landlord", "Not there"):
        assert words in page
    assert Action.of(world.partnership).count() == 1
    assert "1</strong> action of yours is due within a week" in text(worker.get(world.url("home")))
    # Another provider's team sees none of it.
    assert world.client("other_practitioner").get(url).status_code == 404


def test_lists_take_as_many_queries_for_many_rows_as_for_one(world, django_assert_max_num_queries):
    meeting = held(world)
    line = by_hand(world, meeting)
    by = world.access("coordinator")
    for number in range(12):
        minuting.minute(
            by, item=line, notes=f"{number}", expected=number + 1, decision=Decided(f"D{number}", "why", "us"),
            action=Agreed(f"A{number}", "role:coordinator:", meeting.on),
        )  # fmt: skip
    client = world.client("coordinator")
    for name in ("meetings", "decisions", "actions", "meeting_series"):
        client.get(world.url(name))
        with django_assert_max_num_queries(26):
            assert client.get(world.url(name)).status_code == 200
    for name in ("meeting", "meeting_minutes"):
        with django_assert_max_num_queries(34):
            assert client.get(world.url(name, meeting_id=meeting.meeting_id)).status_code == 200
