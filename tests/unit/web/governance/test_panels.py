"""Panels with people who use services, interests, support, and the register of uses of the data, through HTTP."""

import datetime as dt
from decimal import Decimal

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import Event
from openoutcomes.web.core import clock
from openoutcomes.web.governance import commands
from openoutcomes.web.governance.models import DataUse, Interest, Matter, Panel, PanelSeat, Support
from openoutcomes.web.governance.rhythm import signals
from openoutcomes.web.governance.waiting import waiting
from web_pages import date_boxes

DAY = dt.timedelta(days=1)


def a_panel(world, **changes):
    values = {"name": "People's panel", "purpose": "Decides what young people say it should", **changes}
    return commands.write_panel(world.access("coordinator"), values=values)


def a_seat(world, panel, *, for_people=True, user=None, role="Somebody who uses the service"):
    return commands.add_seat(
        world.access("coordinator"), panel=panel, role=role, for_people=for_people, user=user
    )


def text(client, address, **data):
    return client.get(address, data).content.decode()


def words_of(access):
    return {one.words: one.count for one in waiting(access) if one.count}


def test_a_panel_is_set_up_with_seats_that_people_take_themselves_and_nobody_is_named(world, elsewhere):
    client = world.client("coordinator")
    assert "Give it a name." in client.post(world.url("panel_add"), {"purpose": "x"}).content.decode()
    sent = {"name": "People's panel", "purpose": "Decides", "decides_on_data": "on", "once": "p"}
    for _ in range(2):
        assert client.post(world.url("panel_add"), sent).status_code == 302
    panel = Panel.of(world.partnership).get()
    page_of = world.url("panel", panel_id=panel.panel_id)
    change = world.url("panel_change", panel_id=panel.panel_id)
    assert client.post(change, {**sent, "meets": "Tuesdays", "revision": "1", "once": "q"}).status_code == 302
    stale = client.post(change, {**sent, "revision": "1", "once": "r"}).content.decode()
    assert "Somebody changed this panel after you opened it." in stale
    add = world.url("panel_seat_add", panel_id=panel.panel_id)
    both = {"role": "Young person", "for_people": "on", "user": str(world.users["practitioner"].pk)}
    assert "is given to nobody here" in client.post(add, both).content.decode()
    # Accounts of people supported are not among those to choose from.
    assert f'value="{world.users["person"].pk}"' not in text(client, add)
    assert client.post(add, {"role": "Young person", "for_people": "on"}).status_code == 302
    staff = {"role": "Housing lead", "user": str(world.users["commissioner"].pk)}
    assert client.post(add, staff).status_code == 302
    assert "a seat on this panel already" in client.post(add, staff).content.decode()
    seat = PanelSeat.of(world.partnership).get(for_people=True)
    take = world.url("panel_seat_take", seat_id=seat.seat_id)
    person = world.client("person")
    assert "Take this seat" in text(person, page_of)
    assert world.client("practitioner").post(take).status_code == 404
    for _ in range(2):
        assert person.post(take, {"once": "t"}).status_code == 302
    assert "This seat is taken." in person.post(take, {"once": "u"}).content.decode()
    assert ">You<" in text(person, page_of)
    for who in ("coordinator", "administrator", "practitioner", "verifier"):
        page = text(world.client(who), page_of)
        assert "A person supported" in page
        assert "ash" not in page.lower().replace("dash", "")
    end = world.url("panel_seat_end", seat_id=seat.seat_id)
    assert world.client("practitioner").post(end).status_code == 404
    assert person.post(end, {"once": "e"}).status_code == 302
    assert PanelSeat.of(world.partnership).filter(for_people=True, ended_on=None, user=None).count() == 1
    assert "Kept for people who use services" in text(person, world.url("panels"))
    assert "1, of which 0 taken" in text(person, world.url("panels"))
    assert "People&#x27;s panel" in text(person, world.url("panels")) or "People" in text(
        person, world.url("governance")
    )
    assert "People's panel" in text(person, world.url("panels"), format="csv")
    assert world.client("practitioner").get(add).status_code == 403
    assert (
        elsewhere.client("coordinator").get(elsewhere.url("panel", panel_id=panel.panel_id)).status_code
        == 404
    )
    assert (
        elsewhere.client("person").post(elsewhere.url("panel_seat_take", seat_id=seat.seat_id)).status_code
        == 404
    )


def test_an_interest_is_declared_by_whoever_has_it_and_stepping_out_is_kept(world):
    panel = a_panel(world)
    coordinator, commissioner, person = (
        world.client(who) for who in ("coordinator", "commissioner", "person")
    )
    add = world.url("matter_add", panel_id=panel.panel_id)
    assert "Say what is to be decided." in coordinator.post(add, {}).content.decode()
    sent = {"title": "Who runs the night shelter", **date_boxes("held_on", clock.today()), "once": "m"}
    assert coordinator.post(add, sent).status_code == 302
    matter = Matter.of(world.partnership).get()
    page_of = world.url("matter", matter_id=matter.matter_id)
    declare = world.url("matter_declare", matter_id=matter.matter_id)
    assert "Choose one." in commissioner.post(declare, {"words": "x"}).content.decode()
    sent = {"kind": "money", "words": "My council pays one of the bidders", "once": "d"}
    for _ in range(2):
        assert commissioner.post(declare, sent).status_code == 302
    assert person.post(declare, {"kind": "own", "words": "I slept there last winter"}).status_code == 302
    mine, theirs = (
        Interest.of(world.partnership).get(by_person=False),
        Interest.of(world.partnership).get(by_person=True),
    )
    assert "I slept there last winter" in text(person, page_of)
    assert "I slept there last winter" in text(coordinator, page_of)
    page = text(world.client("practitioner"), page_of)
    assert "I slept there last winter" not in page
    assert "A person supported" in page
    assert "My council pays one of the bidders" in page
    assert "interests declared that nobody has looked at" in words_of(world.access("coordinator"))
    decide = world.url("matter_decide", matter_id=matter.matter_id)
    good = {"decided": "Harbour Lights runs it", "why": "Young people asked for them"}
    assert "nobody has looked at" in coordinator.post(decide, good).content.decode()
    handle = world.url("interest_handle", interest_id=mine.interest_id)
    assert commissioner.post(handle, {"handled": "stays", "why": "x"}).status_code == 403
    assert (
        coordinator.post(handle, {"handled": "out", "why": "It is their money", "once": "h"}).status_code
        == 302
    )
    handle = world.url("interest_handle", interest_id=theirs.interest_id)
    assert (
        coordinator.post(handle, {"handled": "stays", "why": "Their life is why they are here"}).status_code
        == 302
    )
    for _ in range(2):
        assert coordinator.post(decide, {**good, "once": "x"}).status_code == 302
    page = text(person, page_of)
    assert "Harbour Lights runs it" in page
    assert "It is their money" in page
    assert "This matter is decided." in commissioner.post(declare, {**sent, "once": "late"}).content.decode()
    assert (
        "decided: Who runs the night shelter"
        in signals(world.access("person"), clock.today(), clock.today())[0].words
    )


def test_nobody_judges_their_own_interest_or_writes_down_what_they_stepped_out_of(world):
    panel = a_panel(world)
    by = world.access("coordinator")
    matter = commands.add_matter(by, panel=panel, title="Pay of the coordinator", held_on=clock.today())
    own = commands.declare(by, kind="money", words="It is my pay", matter=matter)
    with pytest.raises(InputError, match="nobody judges their own interest"):
        commands.handle_interest(by, interest=own, handled="stays", why="x")
    commands.handle_interest(by, interest=own, handled="out", why="My own")
    with pytest.raises(InputError, match="you stepped out of this matter"):
        commands.decide_matter(by, matter=matter, decided="More", why="Less")
    commands.decide_matter(world.access("administrator"), matter=matter, decided="The same", why="No money")
    later = commands.add_matter(by, panel=panel, title="Later", held_on=clock.today() + DAY)
    with pytest.raises(InputError, match="has not been held yet"):
        commands.decide_matter(by, matter=later, decided="x", why="x")


def test_general_interests_are_listed_ended_by_their_own_and_kept_from_others(world, elsewhere):
    panel = a_panel(world)
    client = world.client("verifier")
    sent = {"kind": "work", "words": "I sit on a bidder's board", "panel": str(panel.pk), "once": "i"}
    for _ in range(2):
        assert client.post(world.url("interest_add"), sent).status_code == 302
    world.client("person").post(world.url("interest_add"), {"kind": "own", "words": "A secret of mine"})
    page = text(world.client("practitioner"), world.url("interests"))
    assert "I sit on a bidder" in page
    assert "A secret of mine" not in page
    assert "A secret of mine" not in text(world.client("practitioner"), world.url("interests"), format="csv")
    assert "A secret of mine" in text(world.client("person"), world.url("interests"))
    mine = Interest.of(world.partnership).get(kind="work")
    end = world.url("interest_end", interest_id=mine.interest_id)
    assert world.client("practitioner").post(end).status_code == 404
    assert client.post(end, {"once": "z"}).status_code == 302
    assert "I sit on a bidder" not in text(client, world.url("interests"))
    foreign = elsewhere.url("interest_end", interest_id=mine.interest_id)
    assert elsewhere.client("verifier").post(foreign).status_code == 404


def test_support_is_seen_by_whom_it_is_for_and_the_coordinator_alone(world):
    panel = a_panel(world)
    seat = a_seat(world, panel)
    commands.take_seat(world.access("person"), seat=seat)
    offer = world.url("support_add", seat_id=seat.seat_id)
    coordinator, person = world.client("coordinator"), world.client("person")
    assert world.client("administrator").get(offer).status_code == 404
    assert world.client("practitioner").get(offer).status_code == 403
    sent = {"kind": "time", "words": "For each meeting", "amount": "£20.50", "once": "s"}
    for _ in range(2):
        assert coordinator.post(offer, sent).status_code == 302
    row = Support.of(world.partnership).get()
    assert row.amount == Decimal("20.50")
    assert words_of(world.access("person")) == {"offer of support to answer": 1}
    given = world.url("support_given", support_id=row.support_id)
    assert "It was not taken up." in coordinator.post(given, date_boxes("on", clock.today())).content.decode()
    answer = world.url("support_answer", support_id=row.support_id)
    assert "£20.50" in text(person, answer)
    assert coordinator.post(answer).status_code == 404
    assert person.post(answer, {"answer": "no", "once": "n"}).status_code == 302
    assert person.post(answer, {"once": "y"}).status_code == 302
    future = coordinator.post(given, date_boxes("on", clock.today() + DAY)).content.decode()
    assert "today or in the past" in future
    assert coordinator.post(given, {**date_boxes("on", clock.today()), "once": "g"}).status_code == 302
    assert "£20.50" in text(person, world.url("support_list"))
    assert "£20.50" in text(coordinator, world.url("support_list"))
    for who in ("administrator", "practitioner", "commissioner", "verifier"):
        assert "£20.50" not in text(world.client(who), world.url("support_list"))
        assert "20.50" not in text(world.client(who), world.url("support_list"), format="csv")
        assert "£20.50" not in text(world.client(who), world.url("panel", panel_id=panel.panel_id))
    # Nor does the audit trail say what, how much or for whom.
    for event in Event.of(world.partnership).filter(verb__contains="support"):
        assert "20.50" not in str(event.detail)
        assert event.person is None


def test_a_use_of_the_data_is_asked_for_decided_by_a_panel_and_looked_at_again(world, elsewhere):
    plain, panel = a_panel(world, name="Other panel"), a_panel(world, name="Data panel", decides_on_data=True)
    client = world.client("coordinator")
    assert "Name the use." in client.post(world.url("data_use_add"), {}).content.decode()
    good = {
        "title": "Study of who starts", "purpose": "To reach those who never start", "which_data": "Dates, no names",
        "basis": "public_task", "basis_why": "Housing duty", "asked_by": "Evaluation lead, university",
        **date_boxes("asked_on", clock.today() - 10 * DAY), "once": "u",
    }  # fmt: skip
    for _ in range(2):
        assert client.post(world.url("data_use_add"), good).status_code == 302
    use = DataUse.of(world.partnership).get()
    page_of, decide = (
        world.url("data_use", use_id=use.use_id),
        world.url("data_use_decide", use_id=use.use_id),
    )
    assert "Waits for a decision" in text(world.client("person"), page_of)
    assert "use of the data to be decided" in words_of(world.access("coordinator"))
    sent = {
        "panel": str(panel.pk),
        "allowed": "yes",
        "why": "Nobody can be told from it",
        **date_boxes("on", clock.today()),
    }
    assert "Give a day after the decision." in client.post(decide, sent).content.decode()
    assert "Select a valid choice" in client.post(decide, {**sent, "panel": str(plain.pk)}).content.decode()
    early = {
        **sent,
        **date_boxes("on", clock.today() - 20 * DAY),
        **date_boxes("review_on", clock.today() + DAY),
    }
    assert "This cannot be the day." in client.post(decide, early).content.decode()
    for _ in range(2):
        full = {
            **sent,
            "conditions": "Counts over ten",
            **date_boxes("review_on", clock.today() + 90 * DAY),
            "once": "v",
        }
        assert client.post(decide, full).status_code == 302
    assert "This was decided already." in client.post(decide, {**full, "once": "w"}).content.decode()
    page = text(world.client("person"), page_of)
    assert "Nobody can be told from it" in page
    assert "Data panel" in page
    assert "Counts over ten" in page
    review = world.url("data_use_review", use_id=use.use_id)
    with clock.at(clock.now() + 100 * DAY):
        assert words_of(world.access("coordinator"))["use of the data to look at again"] == 1
        late = [one for one in signals(world.access("person"), clock.today(), clock.today()) if one.is_late]
        assert "Study of who starts" in late[0].words
    assert (
        "Give a day that is still to come."
        in client.post(review, {"end": "no", "why": "Useful"}).content.decode()
    )
    assert (
        client.post(
            review, {"end": "no", "why": "Useful", **date_boxes("review_on", clock.today() + 9 * DAY)}
        ).status_code
        == 302
    )
    assert client.post(review, {"end": "yes", "why": "The study is done"}).status_code == 302
    assert "The study is done" in text(world.client("person"), page_of)
    assert "Study of who starts" in text(world.client("person"), world.url("data_uses"))
    assert "Nothing fits" in text(world.client("person"), world.url("data_uses"), state="due")
    assert "Dates, no names" in text(world.client("person"), world.url("data_uses"), format="csv")
    assert world.client("person").get(decide).status_code == 403
    assert world.client("evaluator").get(world.url("data_use_add")).status_code == 403
    assert elsewhere.client("person").get(elsewhere.url("data_use", use_id=use.use_id)).status_code == 404


def test_lists_ask_no_more_of_the_database_the_longer_they_are(world, django_assert_max_num_queries):
    panel = a_panel(world, decides_on_data=True)
    by = world.access("coordinator")
    for number in range(12):
        a_panel(world, name=f"Panel {number}")
        a_seat(world, panel, for_people=bool(number % 2), role=f"Seat {number}")
        commands.declare(by, kind="other", words=f"Interest {number}")
        commands.register_use(
            by,
            values={"title": f"Use {number}", "purpose": "x", "data": "x", "basis": "law", "asked_by": "x"},
        )
    client = world.client("person")
    for name in ("governance", "panels", "interests", "data_uses"):
        with django_assert_max_num_queries(18):
            assert client.get(world.url(name)).status_code == 200
    with django_assert_max_num_queries(16):
        assert client.get(world.url("panel", panel_id=panel.panel_id)).status_code == 200
