"""Adding what happens with a person: each kind, its mistakes, and what it does besides."""

import datetime as dt

import pytest

from openoutcomes.web.core.clock import today
from openoutcomes.web.core.scope import writing
from openoutcomes.web.people.commands import enrol
from openoutcomes.web.people.models import Enrolment, Sight
from openoutcomes.web.records.models import Record

#: What is sent for each kind, the table it ends in, and what is stored.
KINDS = {
    "support": ({"kind": "advice", "minutes": "30", "note": "Rang the agent."}, "activities",
                {"kind": "advice", "hours": "0.5", "note": "Rang the agent.", "attended": "attended"}),
    "strength": ({"words": "I keep a garden going", "domain": "interests"}, "strengths",
                 {"words": "I keep a garden going", "domain": "interests"}),
    "goal": ({"words": "A front door that I can lock", "review_in": "28"}, "goals",
             {"words": "A front door that I can lock"}),
    "need": ({"category": "home", "intensity": "8"}, "needs", {"category": "home", "intensity": "8"}),
    "event": ({"kind": "managed-move", "detail": "Nearer to work."}, "events", {"kind": "managed-move"}),
    "said": ({"question": "did-this-help", "yes_no": "yes", "answer": "A lot."}, "feedback",
             {"question": "did-this-help", "answer": "yes: A lot.", "asked": "invited", "collected_by": "harbour"}),
    "contact": ({"asked": "Where am I on the list?", "demand": "failure"}, "contacts",
                {"asked": "Where am I on the list?", "demand": "failure", "organisation_id": "harbour"}),
}  # fmt: skip


def at(world, kind="support", key="ash"):
    return world.url("record_add", person_id=world.people[key].person_id, kind=kind)


def sent(what, /, **changes):
    return {"when": "today", "once": f"once {what}", **KINDS[what][0], **changes}


def enrolment_of(world, key="ash"):
    return Enrolment.of(world.partnership).get(pk=world.enrolments[key].pk)


def count(world, table):
    return Record.of(world.partnership).filter(table=table).count()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_stored_in_the_standards_table_once(world, kind):
    _, table, values = KINDS[kind]
    client = world.client("practitioner")
    assert client.get(at(world, kind)).status_code == 200
    for _ in range(2):
        answer = client.post(at(world, kind), sent(kind))
        assert answer.status_code == 302
    record = Record.of(world.partnership).get(table=table)
    assert {name: record.values[name] for name in values} == values
    assert record.on == today()
    assert (record.person, record.organisation) == (world.people["ash"], world.organisations["harbour"])
    assert (record.enrolment, record.recorded_by) == (world.enrolments["ash"], world.users["practitioner"])


def test_support_takes_four_taps_and_is_there_at_once(world):
    """Open the person, choose add, choose half an hour, save: all else is filled in."""
    client = world.client("practitioner")
    client.post(at(world), sent("support", once="first"))
    person = client.get(world.url("person", person_id=world.people["ash"].person_id)).content.decode()
    quick = world.url("record_quick", person_id=world.people["ash"].person_id)
    assert quick in person
    form = client.get(quick).context["form"]
    assert form["kind"].value() == "advice"
    assert form["when"].value() == "today"
    filled = {name: form[name].value() or "" for name in ("kind", "when", "attended", "once", "opened")}
    answer = client.post(quick, {**filled, "minutes": "30"}, follow=True)
    assert "Support added for Ash Example" in answer.content.decode()
    latest = Record.of(world.partnership).filter(table="activities").latest("pk")
    assert latest.seconds is not None
    assert latest.seconds < 60


def test_save_and_add_another_and_save_and_record_an_outcome_lead_on(world):
    client = world.client("practitioner")
    another = client.post(at(world), sent("support", once="1", then="another"))
    assert another["Location"] == at(world)
    outcome = client.post(at(world), sent("support", once="2", then="outcome"))
    assert outcome["Location"] == world.url("outcome_add_for", person_id=world.people["ash"].person_id)


def test_support_keeps_the_day_last_seen_and_the_planned_contact_in_step(world):
    client = world.client("practitioner")
    with writing("test"):
        Enrolment.of(world.partnership).filter(pk=world.enrolments["ash"].pk).update(
            next_on=today() - dt.timedelta(days=1)
        )
    client.post(at(world), sent("support", once="1"))
    assert (enrolment_of(world).last_seen_on, enrolment_of(world).next_on) == (today(), None)
    client.post(at(world), sent("support", once="2", next_in="14"))
    assert enrolment_of(world).next_on == today() + dt.timedelta(days=14)
    # Somebody who did not come was not seen.
    with writing("test"):
        Record.of(world.partnership).filter(table="activities").update(withdrawn=True)
    client.post(at(world), sent("support", once="3", attended="missed"))
    assert enrolment_of(world).last_seen_on is None
    client.post(at(world), sent("support", once="4", when="yesterday"))
    assert enrolment_of(world).last_seen_on == today() - dt.timedelta(days=1)


def test_writing_up_an_old_visit_leaves_the_next_contact_planned(world):
    with writing("test"):
        Enrolment.of(world.partnership).filter(pk=world.enrolments["ash"].pk).update(
            next_on=today() + dt.timedelta(days=3)
        )
    world.client("practitioner").post(at(world), sent("support"))
    assert enrolment_of(world).next_on == today() + dt.timedelta(days=3)


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("support", {"when": "other"}, "Give the day"),
        ("support", {"day_day": "1", "day_month": "2", "day_year": "2025"}, "Choose the last answer"),
        ("support", {"when": "other", "day_day": "1", "day_month": "1", "day_year": "2090"}, "today or in the past"),
        ("support", {"minutes": "other", "hours": "-1"}, "greater than or equal to 0"),
        ("support", {"minutes": "other"}, "Give the time in hours"),
        ("support", {"next_in": "other", "next_on_day": "1", "next_on_month": "1", "next_on_year": "2020"}, "must be today or later"),
        ("support", {"kind": "nonsense"}, "Select a valid choice"),
        ("strength", {"words": ""}, "This field is required"),
        ("goal", {"words": " "}, "This field is required"),
        ("goal", {"review_in": "other"}, "Give the day to look at it again"),
        ("need", {"category": ""}, "This field is required"),
        ("need", {"intensity": "11"}, "Select a valid choice"),
        ("event", {"kind": ""}, "This field is required"),
        ("said", {"yes_no": "", "answer": ""}, "Give their answer, or what they said"),
        ("contact", {"waited_days": "-1"}, "greater than or equal to 0"),
    ],
)  # fmt: skip
def test_mistakes_are_explained_and_nothing_is_stored(world, kind, changes, message):
    page = world.client("practitioner").post(at(world, kind), sent(kind, **changes))
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    assert message in page.content.decode()
    assert count(world, KINDS[kind][1]) == 0


def test_no_need_score_or_assessment_is_required_to_help_someone(world):
    client = world.client("practitioner")
    answer = client.post(at(world), {"when": "today", "once": "bare"})
    assert answer.status_code == 302
    for kind in ("need", "strength", "goal"):
        assert "(optional)" in client.get(at(world, kind)).content.decode()


def test_events_that_a_contract_looks_at_can_be_chosen(world):
    page = world.client("practitioner").get(at(world, "event")).content.decode()
    assert "Lost their home" in page


def test_someone_in_two_programmes_is_asked_which(world):
    by = world.access("practitioner")
    second = enrol(
        by, person=world.people["ash"], programme=world.programmes["harbour"], practitioner=by.user
    )
    client = world.client("practitioner")
    assert "Which programme" in client.get(at(world)).content.decode()
    client.post(at(world), sent("support", enrolment=second.enrolment_id))
    assert Record.of(world.partnership).get(table="activities").enrolment == second
    other = world.enrolments["casey"].enrolment_id
    page = client.post(at(world), sent("support", once="x", enrolment=other))
    assert "Select a valid choice" in page.content.decode()


def test_someone_in_no_programme_can_be_helped_as_well(world):
    with writing("test"):
        Enrolment.of(world.partnership).filter(pk=world.enrolments["ash"].pk).update(
            ended_on=dt.date(2025, 2, 1)
        )
    client = world.client("practitioner")
    assert "Next contact" not in client.get(at(world)).content.decode()
    assert client.post(at(world), sent("support")).status_code == 302
    record = Record.of(world.partnership).get(table="activities")
    assert (record.enrolment, record.organisation) == (None, world.organisations["harbour"])


def test_nobody_adds_to_people_who_are_not_theirs(world, elsewhere):
    for client in (world.client("other_practitioner"), elsewhere.client("practitioner")):
        assert client.post(at(world), sent("support")).status_code == 404
    for role in (
        "commissioner",
        "verifier",
        "evaluator",
        "coordinator",
        "investor",
        "person",
        "administrator",
    ):
        assert world.client(role).post(at(world), sent("support")).status_code == 403
    with writing("test"):
        Sight.objects.create(
            partnership=world.partnership, person=world.people["ash"], basis="consent",
            organisation=world.organisations["lantern"], slice=["activities"],
        )  # fmt: skip
    assert world.client("other_practitioner").post(at(world), sent("support")).status_code == 403
    assert world.client("practitioner").get(at(world, "nonsense")).status_code == 404
    assert count(world, "activities") == 0


def test_the_next_contact_is_planned_and_unplanned(world):
    client = world.client("practitioner")
    address = world.url("plan_contact", enrolment_id=world.enrolments["ash"].enrolment_id)
    day = today() + dt.timedelta(days=5)
    client.post(
        address, {"next_on_day": day.day, "next_on_month": day.month, "next_on_year": day.year, "once": "1"}
    )
    assert enrolment_of(world).next_on == day
    past = client.post(
        address, {"next_on_day": "1", "next_on_month": "1", "next_on_year": "2020", "once": "2"}
    )
    assert "in the past" in past.content.decode()
    client.post(address, {"once": "3"})
    assert enrolment_of(world).next_on is None
    assert world.client("other_practitioner").get(address).status_code == 404


def test_what_waits_is_on_the_home_page(world):
    with writing("test"):
        Enrolment.of(world.partnership).filter(pk=world.enrolments["ash"].pk).update(
            next_on=today() - dt.timedelta(days=1)
        )
    client = world.client("practitioner")
    client.post(at(world, "goal", "blake"), sent("goal", review_in="other", review_on_day=today().day,
                review_on_month=today().month, review_on_year=today().year))  # fmt: skip
    home = client.get(world.url("home")).content.decode()
    assert "person to contact" in home
    assert "person with a goal to look at again" in home
    assert "person whom nobody has asked what matters to them" in home
    assert "Late" in home
