"""Complaints through HTTP: any way in counts the same, nobody handles their own, and only handlers read them."""

import datetime as dt

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import Event
from openoutcomes.web.audit.queries import events_for
from openoutcomes.web.core import clock
from openoutcomes.web.governance import complaining, queries
from openoutcomes.web.governance.deadlines import working_days_after
from openoutcomes.web.governance.erasing import erase_words
from openoutcomes.web.governance.models import Complaint, ComplaintStep
from openoutcomes.web.governance.rhythm import signals
from openoutcomes.web.governance.things import things
from openoutcomes.web.governance.waiting import waiting

DAY = dt.timedelta(days=1)
SAID = "They lost my papers twice"


def at_noon(day):
    return clock.at(dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC))


def a_complaint(world, who="person", about="harbour", **changes):
    organisation = world.organisations[about] if about else None
    return complaining.complain(
        world.access(who), values={"words": SAID}, organisation=organisation, **changes
    )


def url(world, name, complaint, **kwargs):
    return world.url(name, complaint_id=complaint.complaint_id, **kwargs)


def text(client, address, **data):
    return client.get(address, data).content.decode()


def give(world, complaint, handler, second=None, about=None):
    users = world.users
    return complaining.assign(
        world.access("administrator"), complaint=complaint, handler=users[handler],
        second=users[second] if second else None, about=users[about] if about else None,
    )  # fmt: skip


def answer(world, complaint, who, outcome="not", **changes):
    redress = [] if outcome == "not" else ["apology"]
    values = {"outcome": outcome, "reason": "We looked at it", "redress": redress, **changes}
    return complaining.propose(world.access(who), complaint=complaint, **values)


def the_trail_names_nobody(world):
    # The trail names no complainant, and the manager of those complained about does not find it there.
    rows = Event.of(world.partnership).filter(verb__startswith="complaints.")
    assert rows.exists()
    assert not rows.filter(person__isnull=False).exists()
    assert not any(SAID in str(row.detail) for row in rows)
    assert not events_for(world.access("provider_manager")).filter(verb__startswith="complaints.").exists()
    assert events_for(world.access("administrator")).filter(verb__startswith="complaints.").exists()


def test_days_are_working_days_without_the_bank_holidays_of_england():
    assert working_days_after(dt.date(2026, 3, 2), 5) == dt.date(2026, 3, 9)
    # Good Friday is 3 April and Easter Monday 6 April 2026.
    assert working_days_after(dt.date(2026, 4, 2), 1) == dt.date(2026, 4, 7)
    assert working_days_after(dt.date(2026, 12, 24), 1) == dt.date(2026, 12, 29)


def test_a_person_complains_follows_it_on_their_page_and_sees_who_opened_it(world, elsewhere):
    person = world.client("person")
    assert "Say what went wrong, in any words." in person.post(world.url("complain"), {}).content.decode()
    sent = {
        "words": SAID, "wants": "Say sorry", "organisation": str(world.organisations["harbour"].pk),
        "needs": "Large print", "contact": "Text me", "once": "c",
    }  # fmt: skip
    for _ in range(2):
        assert person.post(world.url("complain"), sent).status_code == 302
    complaint = Complaint.of(world.partnership).get()
    assert (complaint.user, complaint.person) == (world.users["person"], world.people["ash"])
    assert SAID in text(person, url(world, "complaint", complaint))
    own_page = world.url("person", person_id=world.people["ash"].person_id)
    assert "Your complaint of" in text(person, own_page)
    # Those who support them learn neither from their page nor by guessing that they complained.
    for who in ("practitioner", "provider_manager"):
        client = world.client(who)
        assert "omplaint of" not in text(client, own_page)
        assert client.get(url(world, "complaint", complaint)).status_code == 404
        assert SAID not in text(client, world.url("complaints"))
    assert SAID not in text(world.client("provider_manager"), world.url("complaint_handling"))
    for who in ("verifier", "commissioner", "evaluator", "other_manager"):
        assert world.client(who).get(url(world, "complaint", complaint)).status_code == 404
    assert (
        elsewhere.client("coordinator")
        .get(elsewhere.url("complaint", complaint_id=complaint.complaint_id))
        .status_code
        == 404
    )
    coordinator = world.client("coordinator")
    assert SAID in text(coordinator, url(world, "complaint", complaint))
    looked = Event.of(world.partnership).get(verb="complaints.look")
    assert (looked.kind, looked.person) == ("view", None)
    page = text(person, url(world, "complaint", complaint))
    assert "Who has opened your complaint" in page
    assert ": coordinator<" in page
    # Encrypted where it lies.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM governance_complaint")
        assert SAID not in cursor.fetchone()[0]


def test_by_telephone_or_on_paper_it_counts_the_same_and_whoever_wrote_it_down_cannot_read_it_again(world):
    client = world.client("practitioner")
    received = dt.date(2026, 11, 2)
    with at_noon(dt.date(2026, 11, 9)):
        page = client.post(world.url("complaint_write"), {"words": SAID}).content.decode()
        assert "Choose one." in page
        sent = {
            "via": "phone", "words": SAID, "name": "A caller", "on_behalf_of": "Her brother", "once": "w",
            "received_on_day": "2", "received_on_month": "11", "received_on_year": "2026", "person_id": "p-nobody",
        }  # fmt: skip
        assert (
            "Nobody whom you may see has this id."
            in client.post(world.url("complaint_write"), sent).content.decode()
        )
        casey = {**sent, "person_id": world.people["casey"].person_id}
        assert (
            "Nobody whom you may see has this id."
            in client.post(world.url("complaint_write"), casey).content.decode()
        )
        sent["person_id"] = world.people["ash"].person_id
        for _ in range(2):
            answer_page = client.post(world.url("complaint_write"), sent, follow=True).content.decode()
        complaint = Complaint.of(world.partnership).get()
        assert complaint.complaint_id in answer_page
        assert (complaint.user, complaint.via, complaint.received_on) == (None, "phone", received)
        assert complaint.acknowledge_by == working_days_after(received, 5)
        assert client.get(url(world, "complaint", complaint)).status_code == 404
        # The person it was written down for follows it on their own page.
        assert SAID in text(world.client("person"), url(world, "complaint", complaint))
        assert client.get(world.url("complaint_blank")).status_code == 200
    assert world.client("person").get(world.url("complaint_write")).status_code == 302


def test_nobody_of_what_is_complained_about_handles_it_alone_or_handles_themselves(world):
    complaint = a_complaint(world)
    with pytest.raises(InputError, match="nobody from outside would look at it"):
        give(world, complaint, "provider_manager")
    with pytest.raises(InputError, match="about this account"):
        give(world, complaint, "provider_manager", "coordinator", about="provider_manager")
    with pytest.raises(InputError, match="the same account"):
        give(world, complaint, "coordinator", "coordinator")
    with pytest.raises(InputError, match="may not handle complaints"):
        give(world, complaint, "practitioner", "coordinator")
    give(world, complaint, "other_manager")
    give(world, complaint, "provider_manager", "other_manager")
    # A complaint about the partnership is not for its coordinator alone, nor to read before somebody else gives it out.
    whole = a_complaint(world, about=None)
    assert world.client("coordinator").get(url(world, "complaint", whole)).status_code == 404
    with pytest.raises(InputError, match="nobody from outside would look at it"):
        give(world, whole, "coordinator")
    give(world, whole, "coordinator", "administrator")
    about = a_complaint(world)
    give(world, about, "other_manager", about="coordinator")
    assert world.client("coordinator").get(url(world, "complaint", about)).status_code == 404
    with pytest.raises(InputError, match="about you"):
        complaining.assign(world.access("coordinator"), complaint=about, handler=world.users["other_manager"])
    # Whoever complained does not handle it.
    own = a_complaint(world, who="coordinator", about="lantern")
    assert not queries.handled(world.access("coordinator")).filter(pk=own.pk).exists()
    with pytest.raises(InputError, match="made the complaint"):
        give(world, own, "coordinator", "administrator")


def test_an_answer_is_given_once_somebody_from_outside_agrees_and_goes_on_to_be_closed(world):
    complaint = a_complaint(world)
    person, coordinator = world.client("person"), world.client("coordinator")
    manager, second = world.client("provider_manager"), world.client("other_manager")
    assign = url(world, "complaint_assign", complaint)
    assert manager.get(assign).status_code == 404
    sent = {
        "handler": str(world.users["provider_manager"].pk),
        "second": str(world.users["other_manager"].pk),
        "once": "a",
    }
    assert "nobody from outside" in coordinator.post(assign, {**sent, "second": ""}).content.decode().lower()
    for _ in range(2):
        assert coordinator.post(assign, sent).status_code == 302
    # Once it is given out its words are for the two alone; the coordinator keeps its days.
    assert coordinator.get(url(world, "complaint", complaint)).status_code == 404
    assert complaint.complaint_id in text(coordinator, world.url("complaint_handling"), show="all")
    assert SAID not in text(coordinator, assign)
    assert (
        manager.post(url(world, "complaint_acknowledge", complaint), {"words": "I look into it"}).status_code
        == 302
    )
    assert "I look into it" in text(person, url(world, "complaint", complaint))
    assert (
        manager.post(url(world, "complaint_note", complaint), {"words": "Rang the desk"}).status_code == 302
    )
    assert "Rang the desk" not in text(person, url(world, "complaint", complaint))
    assert "Rang the desk" in text(second, url(world, "complaint", complaint))
    reply = url(world, "complaint_answer", complaint)
    good = {"outcome": "upheld", "reason": "We lost them", "redress": ["apology", "payment"], "payment": "25"}
    assert (
        "Choose at least an apology."
        in manager.post(reply, {**good, "redress": [], "payment": ""}).content.decode()
    )
    assert "do not go together" in manager.post(reply, {**good, "payment": ""}).content.decode()
    assert "You do not handle this complaint." in second.post(reply, good).content.decode()
    assert manager.post(reply, {**good, "once": "r"}).status_code == 302
    assert "We lost them" not in text(person, url(world, "complaint", complaint))
    agree = url(world, "complaint_agree", complaint)
    assert "You are not the second" in manager.post(agree, {"agreed": "yes"}).content.decode()
    assert "Write what is missing" in second.post(agree, {"agreed": "no"}).content.decode()
    assert second.post(agree, {"agreed": "no", "why": "Say when you pay"}).status_code == 302
    assert "Say when you pay" not in text(person, url(world, "complaint", complaint))
    assert manager.post(reply, {**good, "redress_words": "Paid by Friday", "once": "r2"}).status_code == 302
    assert second.post(agree, {"agreed": "yes", "once": "g"}).status_code == 302
    page = text(person, url(world, "complaint", complaint))
    assert "We lost them" in page
    assert "£25.00" in page
    done, close = url(world, "complaint_done", complaint), url(world, "complaint_close", complaint)
    assert "What was promised is not done." in manager.post(close, {}).content.decode()
    today = clock.today()
    day = {"on_day": today.day, "on_month": today.month, "on_year": today.year}
    assert manager.post(done, day).status_code == 302
    assert (
        person.post(
            url(world, "complaint_satisfied", complaint), {"satisfied": "yes", "words": "Thanks"}
        ).status_code
        == 302
    )
    assert manager.post(close, {"changed": "Papers are scanned on the day", "once": "z"}).status_code == 302
    page = text(world.client("verifier"), world.url("complaints"))
    assert "Papers are scanned on the day" in page
    assert complaint.complaint_id not in page
    found = signals(world.access("verifier"), today, today)
    assert [one.words for one in found if one.heading == "changes"] == [
        "Changed after a complaint: Papers are scanned on the day"
    ]
    assert [one.key for one in things(world.access("provider_manager"), "complaint", None)] == [
        complaint.complaint_id
    ]
    assert things(world.access("person"), "complaint", [complaint.complaint_id]) == []
    the_trail_names_nobody(world)


def test_late_complaints_are_chased_and_whoever_complained_can_go_further(world):
    with at_noon(dt.date(2026, 3, 2)):
        complaint = a_complaint(world)
        person = world.client("person")
        further = url(world, "complaint_further", complaint)
        assert "its day has not come" in person.post(further, {"why": "x"}).content.decode()
        give(world, complaint, "other_manager")
    with at_noon(dt.date(2026, 3, 10)):
        late = [one for one in waiting(world.access("other_manager")) if one.is_late and one.count]
        assert [one.words for one in late] == ["complaint past a day that was promised"]
        assert "complaint late with somebody else" in [
            one.words for one in waiting(world.access("coordinator")) if one.count
        ]
        chased = [
            one for one in signals(world.access("coordinator"), clock.today(), clock.today()) if one.is_late
        ]
        assert chased[0].words == f"Complaint {complaint.complaint_id} is late"
        assert signals(world.access("person"), clock.today(), clock.today()) == []
        assert ">Late<" in text(world.client("other_manager"), world.url("complaint_handling"))
    with at_noon(dt.date(2026, 3, 17)):
        page = text(world.client("person"), url(world, "complaint", complaint))
        assert "you can take it further" in page
        for _ in range(2):
            assert (
                world.client("person").post(further, {"why": "Nobody answered", "once": "f"}).status_code
                == 302
            )
        complaint.refresh_from_db()
        assert (complaint.stage, complaint.handler, complaint.first_in_time) == ("panel", None, False)
        assert complaint.answer_by == working_days_after(dt.date(2026, 3, 17), 20)
        assert "complaint that nobody handles yet" in [
            one.words for one in waiting(world.access("administrator")) if one.count
        ]
        give(world, complaint, "administrator")
        answer(world, complaint, "administrator")
        outside = {"why": "Not agreed", "outside_body": "Housing Ombudsman", "once": "o"}
        assert world.client("person").post(further, outside).status_code == 302
        page = text(world.client("person"), url(world, "complaint", complaint))
        assert "Housing Ombudsman" in page
        assert "is closed here" in world.client("person").post(further, {"why": "x"}).content.decode()
        assert world.client("other_practitioner").post(further, {"why": "x"}).status_code == 404


def test_a_complaint_is_taken_back_by_whoever_made_it_alone(world):
    complaint = a_complaint(world)
    back = url(world, "complaint_back", complaint)
    assert world.client("coordinator").post(back).status_code == 404
    assert world.client("person").post(back, {"once": "b"}).status_code == 302
    complaint.refresh_from_db()
    assert complaint.state == "withdrawn"
    assert world.client("coordinator").get(url(world, "complaint", complaint)).status_code == 404


def test_the_days_and_the_outside_body_are_the_partnerships_own(world):
    client = world.client("administrator")
    sent = {"acknowledge_days": "2", "answer_days": "0", "panel_days": "15", "outside_body": "The Ombudsman"}
    assert "greater than or equal to 1" in client.post(world.url("complaint_rules"), sent).content.decode()
    assert client.post(world.url("complaint_rules"), {**sent, "answer_days": "8"}).status_code == 302
    with at_noon(dt.date(2026, 3, 2)):
        complaint = a_complaint(world)
    assert (complaint.acknowledge_by, complaint.answer_by) == (dt.date(2026, 3, 4), dt.date(2026, 3, 12))
    assert "The Ombudsman" in text(world.client("person"), world.url("complaints"))
    assert world.client("provider_manager").get(world.url("complaint_rules")).status_code == 403


def test_figures_of_a_year_show_no_small_number_and_no_year_that_is_not_over(world):
    def year(count_upheld, count_not, on):
        for number in range(count_upheld + count_not):
            with at_noon(on):
                complaint = a_complaint(world, who="verifier")
                give(world, complaint, "administrator")
                answer(world, complaint, "administrator", "upheld" if number < count_upheld else "not")

    with at_noon(dt.date(2026, 6, 1)):
        year(2, 12, dt.date(2025, 5, 1))
        year(12, 14, dt.date(2024, 5, 1))
        year(1, 0, dt.date(2026, 5, 1))
        assert queries.years(world.access("person")) == [2025, 2024]
        small, large = (
            queries.figures(world.access("person"), 2025),
            queries.figures(world.access("person"), 2024),
        )
        assert (small["outcome_upheld"], small["all"], small["outcome_not"]) != (2, 14, 12)
        shown = [small["outcome_upheld"], small["outcome_partly"], small["outcome_not"], small["outcome_"]]
        # Never all parts but one beside their total.
        assert small["all"] is None or shown.count(None) != 1
        assert small["outcome_upheld"] is None
        assert (large["all"], large["outcome_upheld"], large["outcome_not"]) in {
            (25, 10, 15),
            (25, None, 15),
            (25, None, None),
            (None, 10, 15),
        }
        assert "2025" in text(world.client("person"), world.url("complaints"))


def test_erasing_a_person_blanks_every_word_of_their_complaints_and_keeps_that_there_were_some(world):
    from openoutcomes.web.core.scope import writing

    complaint = a_complaint(world)
    other = a_complaint(world, who="verifier")
    with writing("test"):
        assert erase_words(world.people["ash"]) == 1
    complaint.refresh_from_db()
    other.refresh_from_db()
    assert (complaint.words, complaint.state) == ("", "received")
    assert other.words == SAID
    assert [step.words for step in ComplaintStep.of(world.partnership).filter(complaint=complaint)] == [""]


def test_the_list_of_complaints_asks_the_same_of_the_database_however_long(
    world, django_assert_max_num_queries
):
    for _ in range(15):
        a_complaint(world)
    client = world.client("coordinator")
    with django_assert_max_num_queries(16):
        assert "15 complaints" in text(client, world.url("complaint_handling"))
    with django_assert_max_num_queries(20):
        assert client.get(world.url("complaints")).status_code == 200
    rows = text(client, world.url("complaint_handling"), format="csv")
    assert SAID not in rows
    assert len(rows.splitlines()) == 16
