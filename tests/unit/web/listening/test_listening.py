"""Listening through HTTP: drawn so that it can be drawn again, heard with consent, coded by two, answered, taken back."""

import datetime as dt
import json
import re
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django_scopes import scope

from openoutcomes.standard.problems import InputError
from openoutcomes.web.administration.exports import about
from openoutcomes.web.audit.models import Event
from openoutcomes.web.audit.queries import events_for
from openoutcomes.web.core import clock
from openoutcomes.web.core.rhythm import signals_for
from openoutcomes.web.core.scope import writing
from openoutcomes.web.listening import answering, asking, coding, commands, frames, hearing, queries
from openoutcomes.web.listening.coverage import coverage, how_many
from openoutcomes.web.listening.models import (
    Coding,
    Conversation,
    Quote,
    Round,
    Said,
    Sampled,
    Theme,
    ThemeAnswer,
    Try,
    Visit,
)
from openoutcomes.web.listening.rhythm import signals
from openoutcomes.web.listening.things import things
from openoutcomes.web.listening.waiting import waiting
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.commands import add_person, end_enrolment, enrol
from openoutcomes.web.people.models import Person
from openoutcomes.web.records.models import Record
from openoutcomes.web.referrals import commands as referrals
from openoutcomes.web.ties.kinds import Thing
from openoutcomes.web.ties.queries import tied_to

PERIOD = {"since": dt.date(2025, 1, 1), "until": dt.date(2025, 12, 31)}


def crowd(world, number=12):
    """Add people: every third left early, and the rest go on."""
    for n in range(number):
        key, who = (("harbour", "practitioner"), ("lantern", "other_practitioner"))[n % 2]
        by = world.access(who)
        person = add_person(
            by, organisation=world.organisations[key], identity={"name": f"Person {n} Example"}
        )
        enrolment = enrol(by, person=person, programme=world.programmes[key], started_on=dt.date(2025, 3, 1))
        if n % 3 == 0:
            reason = "never_started" if n % 2 else "left"
            end_enrolment(by, enrolment=enrolment, ended_on=dt.date(2025, 5, 1), reason=reason)


def a_round(world, **values):
    given = {"title": "Why some never start", "purpose": "To mend the way in.", **PERIOD, **values}
    return commands.plan_round(world.access("coordinator"), values=given)


def drawn(world, size=6, seed=7, **values):
    made = a_round(world, **values)
    return commands.draw(
        world.access("coordinator"), listening=made, size=size, seed=seed, rule="equal", minimum=1
    )


def all_to(world, listening, who="evaluator"):
    rows = list(Sampled.of(world.partnership).filter(round=listening, state="to_invite"))
    asking.assign(world.access("coordinator"), listening=listening, to=world.users[who], sampled=rows)
    return list(queries.to_hear(world.access(who)).filter(round=listening))


SAID = {
    "agreed": True, "helped": "no", "in_way": "The first appointment was at nine, at the council.",
    "score": 3, "may_quote": True, "may_record": False,
}  # fmt: skip


def heard(world, row, who="evaluator", **changes):
    return hearing.hear(world.access(who), sampled=row, values={**SAID, **changes}, route="phone")


def coded(world, note, *themes):
    for who in ("coordinator", "evaluator"):
        note = coding.code(world.access(who), said=note, themes=[one.theme_id for one in themes])
    return note


def test_a_round_is_planned_looked_at_drawn_and_drawn_again_the_same(world):
    crowd(world)
    client = world.client("coordinator")
    page = client.post(world.url("round_add"), {"title": "", "weeks": "6"}).content.decode()
    assert "Give the round a short name." in page
    sent = {
        "title": "Why some never start", "purpose": "To mend the way in.", "weeks": "6", "independent_only": "on",
        "since_day": "1", "since_month": "1", "since_year": "2025", "until_day": "31", "until_month": "12", "until_year": "2025",
        "strata": ["stage", "provider"], "once": "r1",
    }  # fmt: skip
    for _ in range(2):
        answer = client.post(world.url("round_add"), sent)
        assert answer.status_code == 302
    listening = Round.of(world.partnership).get()
    page = client.get(answer.url).content.decode()
    assert "15 people were offered help" in page
    assert "Left early / Harbour Lights" in page
    fingerprint = re.search(r'name="fingerprint" value="(\w{64})"', page)[1]
    draw = {
        "size": "6",
        "seed": "42",
        "rule": "equal",
        "minimum": "1",
        "fingerprint": fingerprint,
        "once": "d",
    }
    assert "Give a number." in client.post(answer.url, {**draw, "size": ""}).content.decode()
    assert "At least one from each" not in page
    page = client.post(answer.url, {**draw, "size": "500", "once": "d0"}).content.decode()
    assert "There is a problem" in page
    # Somebody is added between looking and drawing: nothing is drawn from what nobody looked at.
    crowd(world, 1)
    page = client.post(answer.url, draw).content.decode()
    assert "The records have changed since you looked at the counts." in page
    fingerprint = re.search(r'name="fingerprint" value="(\w{64})"', page)[1]
    for _ in range(2):
        assert client.post(answer.url, {**draw, "fingerprint": fingerprint}).status_code == 302
    listening.refresh_from_db()
    assert (listening.state, listening.seed, listening.fingerprint) == ("drawn", 42, fingerprint)
    rows = Sampled.of(world.partnership).filter(round=listening)
    assert rows.filter(is_reserve=False).count() == 6
    again = frames.drawn_again(listening)
    assert {one.id for one in again.chosen} == set(
        rows.filter(is_reserve=False).values_list("person__person_id", flat=True)
    )
    page = client.get(world.url("round_again", round_id=listening.round_id)).content.decode()
    assert "Drawn again, it is the same sample" in page
    # The records go on, and the sample that was drawn is still the sample that is drawn again.
    crowd(world, 3)
    page = client.get(world.url("round_again", round_id=listening.round_id)).content.decode()
    assert "it is the same sample" in page
    page = client.post(
        world.url("round_change", round_id=listening.round_id),
        {**sent, "title": "New", "revision": "9", "once": "x"},
    )
    assert "Somebody changed this round after you opened it." in page.content.decode()
    changed = {"title": "New", "purpose": "P", "weeks": "4", "revision": "2", "once": "c"}
    assert client.post(world.url("round_change", round_id=listening.round_id), changed).status_code == 302
    with pytest.raises(InputError, match="fixed"):
        commands.change_round(
            world.access("coordinator"),
            listening=listening,
            values={"until": dt.date(2025, 6, 1)},
            expected=3,
        )
    with pytest.raises(InputError, match="already"):
        commands.draw(world.access("coordinator"), listening=listening, size=2, seed=1)
    page = client.get(world.url("listening")).content.decode()
    assert "0 of 6" in page
    assert "0 of 6" in client.get(world.url("listening"), {"format": "csv"}).content.decode()


def test_the_frame_is_everybody_offered_help_once_and_says_who_is_left_out(world):
    by, other = world.access("practitioner"), world.access("other_practitioner")
    harbour = world.organisations["harbour"]

    def person(name, **more):
        return add_person(by, organisation=harbour, identity={"name": name, **more})

    careful = person("Careful Example", safe_contact=True)
    enrol(by, person=careful, programme=world.programmes["harbour"], started_on=dt.date(2025, 4, 1))
    erased = person("Gone Example")
    enrol(by, person=erased, programme=world.programmes["harbour"], started_on=dt.date(2025, 4, 1))
    with writing("test"):
        Person.of(world.partnership).filter(pk=erased.pk).update(erased_at=clock.now())
    later = person("Later Example")
    enrol(by, person=later, programme=world.programmes["harbour"], started_on=dt.date(2026, 2, 1))
    died = person("Died Example")
    end_enrolment(
        by, enrolment=enrol(by, person=died, programme=world.programmes["harbour"], started_on=dt.date(2025, 4, 1)),
        ended_on=dt.date(2025, 5, 1), reason="died",
    )  # fmt: skip
    back = person("Back Example")
    first = enrol(by, person=back, programme=world.programmes["harbour"], started_on=dt.date(2025, 2, 1))
    end_enrolment(by, enrolment=first, ended_on=dt.date(2025, 3, 1), reason="left")
    enrol(by, person=back, programme=world.programmes["harbour"], started_on=dt.date(2025, 6, 1))
    referred = person("Referred Example")
    with clock.at(dt.datetime(2025, 7, 1, 10, tzinfo=dt.UTC)):
        made = referrals.make(
            by, person=referred, organisation=harbour, recipient=world.organisations["lantern"],
            wants="A room", groups=["goals"], basis="consent", how="spoken",
        )  # fmt: skip
    listening = a_round(world)
    assert referred.person_id not in frames.offered(listening).people  # they still wait for an answer
    with clock.at(dt.datetime(2025, 7, 2, 10, tzinfo=dt.UTC)):
        referrals.decline(other, referral=made, reason="full")
    found = frames.offered(listening)
    stages = {one.person_id: (one.stage, one.provider_name) for one in found.people.values()}
    assert stages[referred.person_id] == ("never_started", "Lantern House")
    assert stages[back.person_id] == ("engaged", "Harbour Lights")
    assert stages[world.people["ash"].person_id] == ("engaged", "Harbour Lights")
    assert not {careful.person_id, erased.person_id, later.person_id, died.person_id} & set(stages)
    assert dict(found.left_out) == {"care": 1, "gone": 1}
    assert careful.person_id in frames.offered(a_round(world, with_care=True)).people
    # Somebody asks not to be asked, and later may be asked again.
    client = world.client("person")
    assert client.post(world.url("own_asking"), {"once": "n"}).status_code == 302
    assert frames.offered(listening).left_out["asked"] == 1
    assert "Be asked again" in client.get(world.url("own_view")).content.decode()
    assert client.post(world.url("own_asking"), {"once": "y"}).status_code == 302
    assert frames.offered(listening).left_out["asked"] == 0
    only = a_round(world, programmes=["lantern-front-door"])
    assert {one.provider_name for one in frames.offered(only).people.values()} == {"Lantern House"}


def test_only_the_listener_sees_who_it_is_and_each_look_is_noted(world, elsewhere):
    crowd(world)
    listening = drawn(world)
    coordinator = world.client("coordinator")
    rows = list(Sampled.of(world.partnership).filter(round=listening, state="to_invite"))
    page = coordinator.post(
        world.url("round_assign", round_id=listening.round_id),
        {"to": str(world.users["practitioner"].pk), "sampled": [one.sampled_id for one in rows], "once": "a"},
    ).content.decode()
    assert "works for an organisation that supports" in page
    among = {"among": [str(world.users["evaluator"].pk), str(world.users["practitioner"].pk)], "once": "s"}
    for _ in range(2):
        assert (
            coordinator.post(world.url("round_assign", round_id=listening.round_id), among).status_code == 302
        )
    for one in (
        Sampled.of(world.partnership).filter(round=listening, state="to_invite").select_related("provider")
    ):
        assert one.listener is not None
        assert (one.listener, one.provider.organisation_id) != (world.users["practitioner"], "harbour")
    row = next(one for one in queries.to_hear(world.access("practitioner")))
    address = world.url("invitation_one", sampled_id=row.sampled_id)
    looks = Event.of(world.partnership).filter(verb="listening.invitation", person=row.person)
    page = world.client("practitioner").get(address)
    assert row.person.name in page.content.decode()
    assert looks.count() == 1
    for who in ("coordinator", "evaluator", "other_practitioner"):
        assert world.client(who).get(address).status_code == 404, who
    for who in ("provider_manager", "person", "commissioner", "verifier"):
        assert world.client(who).get(address).status_code == 403, who
    stranger = elsewhere.client("evaluator")
    assert stranger.get(elsewhere.url("invitation_one", sampled_id=row.sampled_id)).status_code == 404
    assert stranger.get(elsewhere.url("round", round_id=listening.round_id)).status_code == 404
    assert looks.count() == 1
    lists = [
        world.client("practitioner").get(world.url("to_hear")),
        coordinator.get(world.url("round_people", round_id=listening.round_id)),
        coordinator.get(world.url("round_people", round_id=listening.round_id), {"format": "csv"}),
    ]
    for page in lists:
        assert page.status_code == 200
        assert row.person.name not in page.content.decode()
    with pytest.raises(PermissionDenied):
        asking.note_try(world.access("other_practitioner"), sampled=row, what="no_answer")
    # A provider does not learn from the trail whom somebody independent asked about its help.
    assert events_for(world.access("administrator")).filter(verb="listening.invitation").exists()
    for who in ("provider_manager", "other_manager"):
        assert not events_for(world.access(who)).filter(verb__startswith="listening.").exists()


def test_somebody_is_tried_settled_taken_back_and_a_reserve_comes_in_order(world):
    crowd(world, 20)
    listening = drawn(world, size=5)
    rows = all_to(world, listening)
    client = world.client("evaluator")
    row = next(
        one
        for one in rows
        if Sampled.of(world.partnership).filter(stratum=one.stratum, state="reserve").exists()
    )

    def url(name):
        return world.url(name, sampled_id=row.sampled_id)

    page = client.post(url("invitation_try"), {"what": ""}).content.decode()
    assert "Choose what happened." in page
    for _ in range(2):
        assert (
            client.post(url("invitation_try"), {"what": "message", "route": "phone", "once": "t"}).status_code
            == 302
        )
    row.refresh_from_db()
    assert (row.state, row.route, Try.of(world.partnership).count()) == ("invited", "phone", 1)
    page = client.post(url("invitation_result"), {"result": "unsafe", "never_again": "on", "once": "x"})
    assert page.status_code == 302
    row.refresh_from_db()
    assert row.state == "unsafe"
    assert row.person_id in frames.asked_not_to_be(world.partnership)
    assert client.post(url("invitation_undo"), {"once": "u"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "invited"
    assert client.post(url("invitation_result"), {"result": "not_reached", "once": "x2"}).status_code == 302
    assert client.get(url("invitation_paper")).status_code == 200
    coordinator = world.client("coordinator")
    following = (
        Sampled.of(world.partnership).filter(stratum=row.stratum, state="reserve").order_by("place")[0]
    )
    reserve = world.url("round_reserve", round_id=listening.round_id)
    assert f"{row.stratum}: 1 could not be heard" in coordinator.get(reserve).content.decode()
    sent = {"stratum": row.stratum, "count": "1", "once": "b"}
    for _ in range(2):
        assert coordinator.post(reserve, sent).status_code == 302
    following.refresh_from_db()
    assert following.state == "to_invite"
    assert coverage(listening, is_running=True).statement  # voice takes the order as one of chance
    assert world.client("evaluator").post(reserve, sent).status_code == 403


def test_answers_through_a_link_are_kept_once_and_show_what_came_of_them(world):
    crowd(world)
    listening = drawn(world)
    row = all_to(world, listening)[0]
    client = world.client("evaluator")
    page = client.post(
        world.url("invitation_link", sampled_id=row.sampled_id), {"once": "l"}
    ).content.decode()
    path = re.search(r"http\S+?(/heard/[\w-]+/)", page)[1]
    token = path.split("/")[2]
    row.refresh_from_db()
    assert token not in row.digest
    assert row.person.name not in page
    anybody = Client()
    page = anybody.get(path).content.decode()
    assert "What do you think?" in page
    assert row.person.name not in page
    assert anybody.get("/heard/nothing-at-all/").status_code == 404
    page = anybody.post(path, {"helped": "yes"}).content.decode()
    assert "If you do not, nothing is kept." in page
    page = anybody.post(path, {"agreed": "on"}).content.decode()
    assert "Nothing was answered." in page
    sent = {"agreed": "on", "helped": "partly", "wanted": "Text me, do not write.", "score": "6"}
    assert anybody.post(path, sent).status_code == 302
    note = Conversation.of(world.partnership).get()
    assert (note.helped, note.listener, note.independent, note.route) == ("partly", None, True, "link")
    assert anybody.post(path, {**sent, "helped": "no"}).status_code in (200, 302)
    assert Conversation.of(world.partnership).get().helped == "partly"
    assert Event.of(world.partnership).get(verb="listening.answer_by_link").user is None
    page = anybody.get(path).content.decode()
    assert "Thank you for telling us" in page
    assert "Text me" not in page
    theme = coding.add_theme(world.access("evaluator"), listening=listening, title="Letters, not texts")
    coded(world, note, theme)
    assert "Waits for an answer" in anybody.get(path).content.decode()
    answering.answer(world.access("coordinator"), theme=theme, kind="did", words="We text now.")
    page = anybody.get(path).content.decode()
    assert "We text now." in page
    note.refresh_from_db()
    with pytest.raises(InputError, match="does not work"):
        hearing.read_by_link("nothing")
    assert anybody.post(path, {}).status_code == 302
    note.refresh_from_db()
    assert (note.told_how, note.told_by) == ("link", None)
    with clock.at(clock.now() + dt.timedelta(days=400)):
        assert anybody.get(path).status_code == 404


def test_somebody_says_no_through_their_link_and_a_link_runs_out(world):
    crowd(world)
    first, second, third = all_to(world, drawn(world))[:3]
    by = world.access("evaluator")
    _, token = asking.make_link(by, sampled=first)
    page = Client().post(f"/heard/{token}/", {"no": "yes", "never_again": "on"}).content.decode()
    assert "Nobody will ask you for your views again." in page
    first.refresh_from_db()
    assert first.state == "declined"
    assert first.person_id in frames.asked_not_to_be(world.partnership)
    assert Client().get(f"/heard/{token}/").status_code == 404
    _, token = asking.make_link(by, sampled=second)
    with clock.at(clock.now() + dt.timedelta(days=29)):
        assert Client().get(f"/heard/{token}/").status_code == 404
    _, newer = asking.make_link(by, sampled=second)
    assert Client().get(f"/heard/{token}/").status_code == 404
    assert Client().get(f"/heard/{newer}/").status_code == 200
    _, token = asking.make_link(by, sampled=third)
    asking.settle(by, sampled=third, result="not_reached")
    assert Client().get(f"/heard/{token}/").status_code == 404


def test_a_note_needs_consent_and_goes_into_the_record_only_with_leave(world):
    crowd(world)
    listening = drawn(world, contract=world.contract, question="did-this-help", independent_only=False)
    assert listening.independent_only  # a contract's outcome is heard independently, whatever was ticked
    first, second = all_to(world, listening)[:2]
    client = world.client("evaluator")
    address = world.url("invitation_hear", sampled_id=first.sampled_id)
    today = clock.today()
    sent = {
        "route": "phone", "held_on_day": today.day, "held_on_month": today.month, "held_on_year": today.year,
        "helped": "yes", "good": "She rang back.", "once": "h",
    }  # fmt: skip
    page = client.post(address, sent).content.decode()
    assert "Tick this when they agreed." in page
    assert not Conversation.of(world.partnership).exists()
    for _ in range(2):
        assert client.post(address, {**sent, "agreed": "on"}).status_code == 302
    note = Conversation.of(world.partnership).get()
    assert not Record.of(world.partnership).filter(table="feedback").exists()
    raw = Conversation.of(world.partnership).extra(select={"raw": "good"}).values_list("raw", flat=True)[0]
    assert "rang" not in raw or raw == "She rang back."
    heard(world, second, may_record=True)
    record = Record.of(world.partnership).get(table="feedback")
    assert record.values["answer"] == "no"
    assert record.values["independent"] == "true"
    assert record.values["asked"] == "invited"
    assert record.contract == world.contract
    correct = world.url("note_correct", conversation_id=note.conversation_id)
    assert client.post(correct, {**sent, "agreed": "on", "good": "She rang.", "once": "k"}).status_code == 302
    note.refresh_from_db()
    assert note.good == "She rang."
    assert world.client("coordinator").get(correct).status_code == 404
    for who, status in (("coordinator", 200), ("practitioner", 404), ("person", 403), ("commissioner", 403)):
        assert (
            world.client(who).get(world.url("note", conversation_id=note.conversation_id)).status_code
            == status
        )
    # They take it back: the words go, also from the record.
    said = Conversation.of(world.partnership).get(sampled=second)
    for _ in range(2):
        answer = client.post(
            world.url("note_take_back", conversation_id=said.conversation_id), {"once": "tb"}
        )
    assert answer.status_code in (302, 404)
    said.refresh_from_db()
    assert (said.in_way, said.helped, said.sampled.state) == ("", "", "declined")
    record = Record.of(world.partnership).get(table="feedback", current=True)
    assert record.withdrawn


def test_two_code_without_seeing_each_other_and_settle_with_a_reason(world):
    crowd(world)
    listening = drawn(world)
    rows = all_to(world, listening)
    notes = [heard(world, one) for one in rows[:2]]
    coordinator, evaluator = world.client("coordinator"), world.client("evaluator")
    add = world.url("theme_add", round_id=listening.round_id)
    assert (
        coordinator.post(add, {"title": "Nine o’clock", "meaning": "Too early", "once": "1"}).status_code
        == 302
    )
    assert "a theme of that name already" in coordinator.post(add, {"title": "nine o’clock"}).content.decode()
    assert evaluator.post(add, {"title": "The council office", "once": "2"}).status_code == 302
    nine, office = Theme.of(world.partnership).order_by("pk")
    address = world.url("note_code", conversation_id=notes[0].conversation_id)
    assert coordinator.post(address, {"themes": [nine.theme_id], "once": "3"}).status_code == 302
    page = evaluator.get(address).content.decode()
    assert "checked" not in page  # nothing of the other's codes
    book = world.url("code_book", round_id=listening.round_id)
    assert "No note has been coded by two yet." in evaluator.get(book).content.decode()
    assert (
        evaluator.post(address, {"themes": [nine.theme_id, office.theme_id], "once": "4"}).status_code == 302
    )
    assert not Said.of(world.partnership).exists()
    page = evaluator.get(book).content.decode()
    assert "two coders disagree" in page
    assert "kappa" in page
    settle = world.url("note_settle", conversation_id=notes[0].conversation_id)
    page = coordinator.get(settle).content.decode()
    assert f"{world.users['evaluator']} gave it, {world.users['coordinator']} did not" in page
    assert "Write why." in coordinator.post(settle, {office.theme_id: "no"}).content.decode()
    assert (
        coordinator.post(settle, {office.theme_id: "no", "why": "Only the hour", "once": "5"}).status_code
        == 302
    )
    assert [one.theme for one in Said.of(world.partnership)] == [nine]
    assert "Only the hour" in evaluator.get(book).content.decode()
    page = coordinator.post(address, {"themes": [], "once": "6"}).content.decode()
    assert "Two people have coded this note already." in page
    coded(world, notes[1], nine)
    assert Said.of(world.partnership).filter(theme=nine).count() == 2
    assert evaluator.get(world.url("to_code")).status_code == 200
    # A sentence is shown only with leave, and can be taken away.
    quote = world.url("quote_add", conversation_id=notes[1].conversation_id)
    shown = {"theme": nine.theme_id, "words": "It was at nine.", "once": "7"}
    assert evaluator.post(quote, shown).status_code == 302
    page = world.client("person").get(world.url("theme", theme_id=nine.theme_id)).content.decode()
    assert "It was at nine." in page
    away = world.url("quote_away", theme_id=nine.theme_id, number=Quote.of(world.partnership).get().pk)
    assert evaluator.post(away, {"once": "8"}).status_code == 302
    assert "It was at nine." not in evaluator.get(world.url("theme", theme_id=nine.theme_id)).content.decode()
    with writing("test"):
        Conversation.of(world.partnership).update(may_quote=False)
    assert evaluator.get(quote).status_code == 404


def test_a_theme_that_people_said_goes_into_another_and_a_note_can_be_coded_again(world):
    crowd(world)
    listening = drawn(world)
    notes = [heard(world, one) for one in all_to(world, listening)[:2]]
    nine, office = (
        coding.add_theme(world.access("evaluator"), listening=listening, title=title)
        for title in ("Nine o’clock", "The council office")
    )
    for one in notes:
        coded(world, one, nine)
    evaluator = world.client("evaluator")
    book = world.url("code_book", round_id=listening.round_id)
    retire = world.url("theme_retire", theme_id=nine.theme_id)
    page = evaluator.post(retire, {"why": "Too narrow"}).content.decode()
    assert "People said this, so it cannot simply go." in page
    assert (
        evaluator.post(retire, {"why": "Too narrow", "into": office.theme_id, "once": "9"}).status_code == 302
    )
    assert Said.of(world.partnership).filter(theme=office).count() == 2
    again = world.url("note_again", conversation_id=notes[1].conversation_id)
    assert evaluator.post(again, {"why": "The book changed", "once": "10"}).status_code == 302
    assert Coding.of(world.partnership).filter(conversation=notes[1]).count() == 0
    assert world.client("practitioner").get(book).status_code == 403


def test_a_round_closes_only_when_every_theme_is_answered_and_everybody_told_or_explained(world):
    crowd(world)
    listening = drawn(world)
    rows = all_to(world, listening)
    by = world.access("coordinator")
    note = heard(world, rows[0])
    for row in rows[1:]:
        asking.settle(world.access("evaluator"), sampled=row, result="not_reached")
    client = world.client("coordinator")
    close = world.url("round_close", round_id=listening.round_id)
    assert "1 note has been read by nobody" in client.get(close).content.decode()
    theme = coding.add_theme(by, listening=listening, title="Nine o’clock at the council")
    coded(world, note, theme)
    page = client.post(close, {"why": "Because", "once": "c0"}).content.decode()
    assert "1 theme has no answer." in page
    with pytest.raises(InputError, match="has its answer yet"):
        answering.tell(by, said=note, how="phone")
    # Asked of an organisation, it is that organisation's to answer.
    manager = world.client("provider_manager")
    answer = world.url("theme_answer", theme_id=theme.theme_id)
    assert manager.get(answer).status_code == 404
    due = clock.today() + dt.timedelta(days=7)
    ask = {
        "organisation": "harbour",
        "due_on_day": due.day,
        "due_on_month": due.month,
        "due_on_year": due.year,
        "once": "q",
    }
    assert client.post(world.url("theme_ask", theme_id=theme.theme_id), ask).status_code == 302
    assert any(one.count for one in waiting(world.access("provider_manager")))
    assert manager.get(answer).status_code == 200
    assert world.client("other_manager").get(answer).status_code == 404
    assert world.client("practitioner").get(answer).status_code == 403
    today = clock.today()
    on = {"on_day": today.day, "on_month": today.month, "on_year": today.year}
    assert "Choose one." in manager.post(answer, {"words": "x", **on}).content.decode()
    sent = {"kind": "did", "words": "First meetings are in a café, by text.", **on, "once": "w"}
    for _ in range(2):
        assert manager.post(answer, sent).status_code == 302
    assert ThemeAnswer.of(world.partnership).count() == 1
    page = world.client("person").get(world.url("theme", theme_id=theme.theme_id)).content.decode()
    assert "You said, we did" in page
    assert "First meetings are in a café" in page


def test_whoever_spoke_is_told_again_when_the_answer_changes_and_only_then_the_round_ends(world):
    crowd(world)
    listening = drawn(world)
    rows = all_to(world, listening)
    by = world.access("coordinator")
    note = heard(world, rows[0])
    for row in rows[1:]:
        asking.settle(world.access("evaluator"), sampled=row, result="not_reached")
    theme = coding.add_theme(by, listening=listening, title="Nine o’clock at the council")
    coded(world, note, theme)
    answering.answer(by, theme=theme, kind="did", words="First meetings are in a café, by text.")
    client = world.client("coordinator")
    close = world.url("round_close", round_id=listening.round_id)
    answer = world.url("theme_answer", theme_id=theme.theme_id)
    today = clock.today()
    on = {"on_day": today.day, "on_month": today.month, "on_year": today.year}
    sent = {"kind": "cannot", "words": "The café closed.", **on, "once": "w2"}
    page = client.get(close).content.decode()
    assert "1 person heard has not been told what came of it" in page
    assert "or write why it cannot be done" in client.post(close, {"why": "", "once": "c1"}).content.decode()
    telling = world.url("round_telling", round_id=listening.round_id)
    assert "Can be told now" in client.get(telling).content.decode()
    tell = world.url("tell", conversation_id=note.conversation_id)
    assert (
        "Write why they cannot be told." in client.post(tell, {"how": "not_possible", **on}).content.decode()
    )
    assert client.post(tell, {"how": "phone", **on, "once": "t"}).status_code == 302
    assert "Told by phone" in client.get(telling, {"format": "csv"}).content.decode()
    # A new answer: whoever was told the old one is to be told again.
    assert client.post(answer, sent).status_code == 302
    note.refresh_from_db()
    assert note.told_on is None
    assert "Earlier answers" in client.get(world.url("theme", theme_id=theme.theme_id)).content.decode()
    assert client.post(close, {"why": "They moved away", "once": "c2"}).status_code == 302
    listening.refresh_from_db()
    assert (listening.state, listening.closed_why) == ("closed", "They moved away")
    assert (
        client.post(world.url("round_reopen", round_id=listening.round_id), {"once": "o"}).status_code == 302
    )


def test_an_answer_is_tied_to_what_it_rests_on_and_late_themes_are_chased(world, elsewhere):
    listening = drawn(world, size=2, weeks=2)
    by = world.access("coordinator")
    first = coding.add_theme(by, listening=listening, title="Letters, not texts")
    second = coding.add_theme(by, listening=listening, title="Nobody rings back")
    (thing,) = things(by, "theme", [second.theme_id])
    answering.answer(by, theme=first, kind="cannot", words="The rule is the landlord’s.", rests_on=thing)
    assert [one.key for one in tied_to(by, "theme", first.theme_id)] == [second.theme_id]
    assert things(elsewhere.access("coordinator"), "theme", [first.theme_id]) == []
    since, until = clock.today() - dt.timedelta(days=30), clock.today() + dt.timedelta(days=30)
    words = [one.words for one in signals(world.access("person"), since, until)]
    assert any("You said, we cannot: Letters, not texts" in one for one in words)
    with clock.at(clock.now() + dt.timedelta(weeks=3)):
        with scope(partnership=world.partnership):
            found = signals_for(by, since, until)
        late = [one for one in found if one.key == second.theme_id]
        assert [one.is_late for one in late] == [True]
        assert any(one.is_late for one in waiting(by))
        page = world.client("coordinator").get(world.url("themes"), {"show": "late"}).content.decode()
        assert "Nobody rings back" in page
        assert "Letters, not texts" not in page
    csv = world.client("commissioner").get(world.url("themes"), {"format": "csv"}).content.decode()
    assert "The rule is the landlord’s." in csv
    assert signals(elsewhere.access("coordinator"), since, until) == []
    unknown = Thing("theme", "th-nothing", "", "")
    answering.answer(by, theme=second, kind="did", words="We ring back.", rests_on=unknown)
    assert [one.title for one in tied_to(by, "theme", second.theme_id)] == ["Letters, not texts"]


def test_counts_are_held_back_from_all_but_those_who_run_the_round(world):
    crowd(world, 60)
    listening = drawn(world, size=30)
    rows = all_to(world, listening)
    theme = coding.add_theme(world.access("coordinator"), listening=listening, title="Nine o’clock")
    rare = coding.add_theme(world.access("coordinator"), listening=listening, title="The bus")
    for number, row in enumerate(rows[:24]):
        note = heard(world, row, helped="yes" if number % 2 else "no", score=number % 11)
        coded(world, note, *([theme] if number < 12 else []), *([rare] if number < 3 else []))
    running = world.client("coordinator").get(world.url("round_coverage", round_id=listening.round_id))
    assert "24 of 30 people invited were heard" in running.content.decode()
    page = world.client("commissioner").get(world.url("round_coverage", round_id=listening.round_id))
    text = page.content.decode()
    assert "held back*" in text
    assert "24 of 30" not in text
    assert "Would say that it helped" in text
    assert "95 times in 100" in text
    csv = world.client("person").get(
        world.url("round_coverage", round_id=listening.round_id), {"format": "csv"}
    )
    figures = re.findall(r"(?<=,)\d+(?=,|\r)", csv.content.decode())
    assert all(int(one) >= 10 and int(one) % 5 == 0 for one in figures), figures
    found = how_many(listening, [theme, rare])
    assert found[theme.pk].people == "about 10 of 25"
    assert found[rare.pk].people == ""
    assert found[rare.pk].share == ""


def test_a_person_answers_on_their_own_page_sees_what_came_of_it_and_takes_it_back(world):
    listening = drawn(world, size=3)
    by = world.access("coordinator")
    client = world.client("person")
    row = queries.asked_people(world.access("person")).get()
    assert any(one.count for one in waiting(world.access("person")))
    page = client.get(world.url("person", person_id=world.people["ash"].person_id)).content.decode()
    assert "You are asked what you think." in page
    sent = {"agreed": "on", "helped": "yes", "in_way": "Forms", "may_quote": "on", "once": "a"}
    address = world.url("own_answer", sampled_id=row.sampled_id)
    for _ in range(2):
        assert client.post(address, sent).status_code in (302, 404)
    note = Conversation.of(world.partnership).get()
    assert (note.person, note.independent, note.sampled) == (world.people["ash"], True, row)
    theme = coding.add_theme(by, listening=listening, title="Forms")
    coded(world, note, theme)
    answering.answer(by, theme=theme, kind="did", words="One form now.")
    page = client.get(world.url("own_view")).content.decode()
    assert "One form now." in page
    assert "You said this too." in client.get(world.url("theme", theme_id=theme.theme_id)).content.decode()
    assert (
        client.post(world.url("own_read", conversation_id=note.conversation_id), {"once": "r"}).status_code
        == 302
    )
    note.refresh_from_db()
    assert note.told_how == "page"
    assert (
        client.post(
            world.url("own_take_back", conversation_id=note.conversation_id), {"once": "b"}
        ).status_code
        == 302
    )
    assert "One form now." not in client.get(world.url("own_view")).content.decode()
    other = Sampled.of(world.partnership).exclude(pk=row.pk).first()
    assert client.get(world.url("own_answer", sampled_id=other.sampled_id)).status_code == 404
    # Nobody asked: they may still say what they think, and it counts for themes alone.
    free = drawn(world, size=1, title="Another round", programmes=["lantern-front-door"])
    assert (
        client.post(world.url("own_speak", round_id=free.round_id), {**sent, "once": "s"}).status_code == 302
    )
    assert "in this round already" in client.post(
        world.url("own_speak", round_id=free.round_id), {**sent, "once": "s2"}
    ).content.decode()  # fmt: skip
    assert Conversation.of(world.partnership).get(round=free).sampled is None


def test_somebody_who_came_forward_is_written_down_without_a_name(world):
    listening = drawn(world, size=2)
    client = world.client("practitioner")
    today = clock.today()
    sent = {
        "route": "in-person", "held_on_day": today.day, "held_on_month": today.month, "held_on_year": today.year,
        "agreed": "on", "in_way": "The queue", "standing": "left", "once": "v",
    }  # fmt: skip
    for _ in range(2):
        assert client.post(world.url("volunteer", round_id=listening.round_id), sent).status_code == 302
    note = Conversation.of(world.partnership).get()
    assert (note.person, note.sampled, note.standing, note.independent) == (None, None, "left", False)
    assert client.get(world.url("note", conversation_id=note.conversation_id)).status_code == 200
    assert (
        world.client("provider_manager").get(world.url("volunteer", round_id=listening.round_id)).status_code
        == 403
    )


def test_a_visit_tells_facts_without_names_to_those_it_is_about(world):
    client = world.client("person")
    today = clock.today()
    sent = {
        "organisation": "harbour", "tried_on_day": today.day, "tried_on_month": today.month, "tried_on_year": today.year,
        "way": "phone", "as_whom": "Somebody of 19 who sleeps on sofas", "tried": "A place tonight",
        "happened": "Ring me on 07700 900123", "waited": "12", "fact_answered": "yes", "fact_when": "no", "once": "v",
    }  # fmt: skip
    page = client.post(world.url("visit_add"), sent).content.decode()
    assert "looks like a telephone number" in page
    sent["happened"] = "Told to come back on Monday."
    for _ in range(2):
        assert client.post(world.url("visit_add"), sent).status_code == 302
    visit = Visit.of(world.partnership).get()
    assert visit.facts == {"answered": True, "when": False}
    address = world.url("visit", visit_id=visit.visit_id)
    for who, status in (
        ("coordinator", 200), ("commissioner", 200), ("practitioner", 200), ("other_practitioner", 404), ("verifier", 403),
    ):  # fmt: skip
        assert world.client(who).get(address).status_code == status, who
    change = world.url("visit_change", visit_id=visit.visit_id)
    assert client.post(change, {**sent, "revision": "1", "waited": "15", "once": "w"}).status_code == 302
    page = client.post(change, {**sent, "revision": "1", "once": "w2"}).content.decode()
    assert "Somebody changed this after you opened it." in page
    assert world.client("practitioner").post(change, {**sent, "revision": "2"}).status_code == 403
    csv = (
        world.client("coordinator")
        .get(world.url("visits"), {"format": "csv", "way": "phone"})
        .content.decode()
    )
    assert "they gave a day or a time: no" in csv
    assert client.post(world.url("visit_withdraw", visit_id=visit.visit_id), {"once": "x"}).status_code == 302
    assert world.client("coordinator").get(address).status_code == 404


def test_erasing_somebody_erases_what_they_said_and_keeps_the_sample_to_be_checked(world):
    from openoutcomes.web.administration.commands import erase_person

    listening = drawn(world, size=3)
    rows = all_to(world, listening)
    mine = next(one for one in rows if one.person == world.people["ash"])
    note = heard(world, mine)
    theme = coding.add_theme(world.access("evaluator"), listening=listening, title="Nine")
    coded(world, note, theme)
    held = []
    for who in ("administrator", "provider_manager"):
        with (
            scope(partnership=world.partnership),
            about(world.access(who), world.people["ash"]) as file,
            zipfile.ZipFile(file) as archive,
        ):
            held.append(archive.read("your-record.json").decode())
    assert SAID["in_way"] in held[0]
    assert "heard" not in json.loads(held[1])  # the provider does not read it on the way
    erase_person(world.access("administrator"), person=world.people["ash"], asked_by_person=True)
    note.refresh_from_db()
    assert (note.in_way, note.helped) == ("", "")
    assert not Said.of(world.partnership).exists()
    page = (
        world.client("coordinator")
        .get(world.url("round_again", round_id=listening.round_id))
        .content.decode()
    )
    assert "it is the same sample" in page
    assert (
        world.client("evaluator").get(world.url("invitation_one", sampled_id=mine.sampled_id)).status_code
        == 404
    )


def test_lists_ask_no_more_of_the_database_the_longer_they_are(world, django_assert_max_num_queries):
    crowd(world, 40)
    listening = drawn(world, size=26)
    all_to(world, listening)
    for number in range(26):
        coding.add_theme(world.access("coordinator"), listening=listening, title=f"Theme {number}")
    client = world.client("coordinator")
    for address in (
        world.url("listening"), world.url("themes"), world.url("round_people", round_id=listening.round_id),
        world.url("round_telling", round_id=listening.round_id),
    ):  # fmt: skip
        with django_assert_max_num_queries(22):
            assert client.get(address).status_code == 200
    listener = world.client("evaluator")
    with django_assert_max_num_queries(14):
        assert listener.get(world.url("to_hear")).status_code == 200
    assert Organisation.of(world.partnership).count() == 5
