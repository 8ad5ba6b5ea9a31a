"""Verifying outcomes: the queue, what is found, questions and answers, and who may, through HTTP."""

import datetime as dt
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import Event
from openoutcomes.web.contracts.queries import priced
from openoutcomes.web.core import clock
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.waiting import waiting_for
from openoutcomes.web.outcomes.commands import (
    add_evidence,
    change_outcome,
    record_outcome,
    withdraw_outcome,
)
from openoutcomes.web.outcomes.files import checked
from openoutcomes.web.records.models import Record
from openoutcomes.web.verification.commands import answer, find
from openoutcomes.web.verification.models import Question
from openoutcomes.web.verification.queries import late_before, queue, turnaround
from web_world import make_world, seat

FEB = dt.date(2025, 2, 1)
LONDON = timezone.get_default_timezone()


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.EVIDENCE_ROOT = tmp_path / "evidence"


def record(world, who="ash", on=FEB, evidence=None, by=None, **more):
    by = by or ("other_practitioner" if who == "casey" else "practitioner")
    kinds = [("tenancy-agreement", on)] if evidence is None else evidence
    return record_outcome(
        world.access(by),
        enrolment=world.enrolments[who],
        outcome="home-entry",
        achieved_on=on,
        evidence=kinds,
        **more,
    )


def photo(colour=(1, 2, 3)):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return checked(SimpleUploadedFile("Ash Example.jpg", out.getvalue()))


def at(world, achievement):
    return world.url("verification_one", record_id=achievement.record_id)


def now(achievement):
    return Record.of(achievement.partnership).get(
        table="achievements", record_id=achievement.record_id, current=True
    )


def findings(achievement):
    rows = Record.of(achievement.partnership).filter(table="verifications", about=achievement.record_id)
    return list(rows.order_by("record_id"))


def ids(rows):
    return {row.record_id for row in rows}


# What is found


def test_an_outcome_is_accepted_and_can_then_be_paid(world):
    kept = record(world)
    client = world.client("verifier")
    page = client.get(at(world, kept))
    form = page.context["form"]
    sent = {"once": form.initial["once"], "expected": form.initial["expected"], "state": "accepted"}
    for _ in range(2):
        assert client.post(at(world, kept), sent).status_code == 302
    (finding,) = findings(kept)
    assert (finding.code, finding.values["verified_by"], finding.on) == ("accepted", "verifier", today())
    assert now(kept).state == "accepted"
    (line,) = priced(world.contract, today()).lines
    assert line.status == "payable"


@pytest.mark.parametrize("state", ["queried", "refused"])
def test_to_query_or_refuse_needs_a_reason(world, state):
    kept = record(world)
    client = world.client("verifier")
    assert b"No reason was given" in client.post(at(world, kept), {"state": state}).content
    assert findings(kept) == []
    assert client.post(at(world, kept), {"state": state, "reason": "The date is cut off"}).status_code == 302
    assert now(kept).state == state
    assert findings(kept)[0].values["reason"] == "The date is cut off"


def test_nothing_is_found_without_choosing(world):
    kept = record(world)
    page = world.client("verifier").post(at(world, kept), {"reason": "Hm"})
    assert b"There is a problem" in page.content
    with pytest.raises(InputError, match="nothing was decided"):
        find(world.access("verifier"), achievement=kept, state="unverified")


def test_what_lacks_evidence_cannot_be_accepted_since_it_could_not_be_paid(world):
    kept = record(world, evidence=[])
    page = world.client("verifier").post(at(world, kept), {"state": "accepted"})
    assert b"tenancy agreement or landlord letter, which is not there" in page.content
    assert now(kept).state == "unverified"


def test_a_later_finding_on_the_same_day_takes_the_place_of_the_earlier_in_the_price_too(world):
    kept = record(world)
    by = world.access("verifier")
    for n in range(12):
        state = "refused" if n % 2 else "accepted"
        find(by, achievement=kept, state=state, reason="Looked again")
        (line,) = priced(world.contract, today()).lines
        assert line.status == ("refused" if n % 2 else "payable")
        assert now(kept).state == state
    made = findings(kept)
    assert len(made) == 12
    assert made[-1].values["replaces"] == made[-2].record_id
    assert made[0].code == "accepted"


def test_the_same_finding_twice_is_refused(world):
    kept = record(world)
    find(world.access("verifier"), achievement=kept, state="accepted")
    with pytest.raises(InputError, match="accepted already"):
        find(world.access("verifier"), achievement=kept, state="accepted")


def test_what_the_provider_changed_meanwhile_is_looked_at_again(world):
    kept = record(world)
    change_outcome(
        world.access("practitioner"),
        achievement=kept,
        achieved_on=FEB + dt.timedelta(days=1),
        evidence=[("tenancy-agreement", FEB)],
    )
    page = world.client("verifier").post(at(world, kept), {"state": "accepted", "expected": "1"})
    assert b"changed this outcome after you opened it" in page.content
    assert now(kept).state == "unverified"


def test_what_was_withdrawn_is_not_decided_on(world):
    kept = record(world)
    withdraw_outcome(world.access("practitioner"), achievement=kept, reason="Wrong person")
    page = world.client("verifier").get(at(world, kept))
    assert b"Save what you found" not in page.content
    with pytest.raises(InputError, match="withdrew"):
        find(world.access("verifier"), achievement=kept, state="accepted")


# Questions and answers


def test_a_question_goes_to_the_provider_and_comes_back_answered(world):
    kept = record(world)
    verifier, provider = world.client("verifier"), world.client("practitioner")
    verifier.post(at(world, kept), {"state": "queried", "reason": "Which flat is it?"})
    assert kept.record_id not in ids(queue(world.access("verifier")))
    page = provider.get(world.url("outcome", record_id=kept.record_id)).content.decode()
    assert "Which flat is it?" in page
    add_evidence(
        world.access("practitioner"), achievement=kept, kind="landlord-letter", dated_on=FEB, files=[photo()]
    )
    assert kept.record_id not in ids(queue(world.access("verifier")))
    answer_at = world.url("query_answer", record_id=kept.record_id)
    assert b"Which flat is it?" in provider.get(answer_at).content
    assert b"This field is required" in provider.post(answer_at, {"answer": ""}).content
    for _ in range(2):
        assert provider.post(answer_at, {"answer": "Flat 2; letter added", "once": "k"}).status_code == 302
    assert "Flat 2; letter added" in now(kept).values["note"]
    assert ids(queue(world.access("verifier"))) == {kept.record_id}
    assert now(kept).state == "queried"
    seen = verifier.get(at(world, kept)).content.decode()
    assert "Flat 2; letter added" in seen
    assert "Answered" in seen
    verifier.post(at(world, kept), {"state": "accepted"})
    assert now(kept).state == "accepted"
    assert queue(world.access("verifier")).count() == 0
    assert not Question.of(world.partnership).filter(closed_at=None).exists()


def test_without_a_question_there_is_nothing_to_answer(world):
    kept = record(world)
    page = world.client("practitioner").get(world.url("query_answer", record_id=kept.record_id), follow=True)
    assert b"No question waits for an answer" in page.content
    with pytest.raises(InputError, match="no question waits"):
        answer(world.access("practitioner"), achievement=kept, text="Hello")


def test_only_the_provider_answers(world):
    kept = record(world)
    find(world.access("verifier"), achievement=kept, state="queried", reason="Which flat?")
    address = world.url("query_answer", record_id=kept.record_id)
    assert world.client("other_practitioner").get(address).status_code == 404
    assert world.client("verifier").get(address).status_code == 403
    for who in ("other_practitioner", "verifier"):
        with pytest.raises(PermissionDenied):
            answer(world.access(who), achievement=kept, text="Not mine")


def test_withdrawing_a_queried_outcome_settles_the_question(world):
    kept = record(world)
    find(world.access("verifier"), achievement=kept, state="queried", reason="Which flat?")
    withdraw_outcome(world.access("practitioner"), achievement=kept, reason="It was a mistake")
    assert not Question.of(world.partnership).filter(closed_at=None).exists()


# Independence


@pytest.mark.parametrize("role", ["practitioner", "provider_manager", "investor", "finance", "commissioner"])
def test_nobody_verifies_an_organisation_that_they_have_any_seat_in(world, role):
    own, other = record(world), record(world, "casey")
    seat(world.partnership, world.users["verifier"], role, world.organisations["harbour"])
    by = world.access("verifier")
    with pytest.raises(PermissionDenied):
        find(by, achievement=own, state="accepted")
    client = world.client("verifier")
    assert client.get(at(world, own)).status_code == 404
    assert client.post(at(world, own), {"state": "accepted"}).status_code == 404
    assert ids(queue(by)) == {other.record_id}
    assert now(own).state == "unverified"
    find(by, achievement=other, state="accepted")


def test_nobody_verifies_what_they_recorded_before_they_changed_seats(world):
    seat(world.partnership, world.users["verifier"], "practitioner", world.organisations["harbour"])
    kept = record(world, by="verifier")
    from openoutcomes.web.core.scope import writing
    from openoutcomes.web.partnerships.models import Membership

    with writing("test"):
        Membership.of(world.partnership).filter(user=world.users["verifier"], role="practitioner").update(
            ended_at=clock.now()
        )
    with pytest.raises(PermissionDenied):
        find(world.access("verifier"), achievement=kept, state="accepted")


def test_nobody_verifies_an_outcome_of_their_own(world):
    kept = record(world)
    seat(world.partnership, world.users["verifier"], "person", person=world.people["ash"])
    with pytest.raises(PermissionDenied):
        find(world.access("verifier"), achievement=kept, state="accepted")
    assert world.client("verifier").get(at(world, kept)).status_code == 404


@pytest.mark.parametrize(
    "role",
    [
        "practitioner",
        "provider_manager",
        "commissioner",
        "finance",
        "investor",
        "coordinator",
        "evaluator",
        "administrator",
    ],
)
def test_only_verifiers_decide(world, role):
    kept = record(world)
    client = world.client(role)
    assert client.get(at(world, kept)).status_code == 403
    assert client.post(at(world, kept), {"state": "accepted"}).status_code == 403
    with pytest.raises(PermissionDenied):
        find(world.access(role), achievement=kept, state="accepted")


def test_a_verifier_of_another_partnership_finds_nothing(world, elsewhere):
    kept = record(world)
    assert elsewhere.client("verifier").get(at(world, kept)).status_code == 404
    assert elsewhere.client("verifier").get(at(elsewhere, kept)).status_code == 404
    with pytest.raises(InputError, match="no longer there"):
        find(elsewhere.access("verifier"), achievement=kept, state="accepted")
    assert now(kept).state == "unverified"


def test_a_verifier_sees_the_outcome_and_its_evidence_and_nothing_else_of_the_person(world):
    kept = record(world, evidence=[])
    add_evidence(
        world.access("practitioner"),
        achievement=kept,
        kind="tenancy-agreement",
        dated_on=FEB,
        files=[photo()],
    )
    page = world.client("verifier").get(at(world, kept)).content.decode()
    assert world.people["ash"].person_id in page
    assert "tenancy agreement or landlord letter" in page
    assert "£500.00" in page
    for hidden in ("Ash Example", "07700", "Ash"):
        assert hidden not in page
    through_list = world.client("verifier").get(world.url("outcomes"), follow=True).content.decode()
    assert world.people["ash"].person_id in through_list
    assert "Ash Example" not in through_list
    assert world.client("verifier").get(world.url("outcome", record_id=kept.record_id)).url == at(world, kept)


def test_the_same_file_beside_two_outcomes_is_pointed_out(world):
    first, second = record(world), record(world, "blake")
    for kept in (first, second):
        add_evidence(
            world.access("practitioner"),
            achievement=kept,
            kind="tenancy-agreement",
            dated_on=FEB,
            files=[photo()],
        )
    assert b"also beside 1 other outcome" in world.client("verifier").get(at(world, second)).content


def test_a_verifiers_look_is_noted(world):
    kept = record(world)
    world.client("verifier").get(at(world, kept))
    event = Event.of(world.partnership).get(verb="verification.one")
    assert (event.kind, event.person, event.user) == ("view", world.people["ash"], world.users["verifier"])


# The queue


def test_the_queue_shows_the_longest_wait_first_and_can_be_narrowed(world):
    with clock.at(dt.datetime(2025, 3, 3, 12, tzinfo=LONDON)):
        old = record(world, "casey")
    new = record(world)
    client = world.client("verifier")
    page = client.get(world.url("verification"))
    assert [row[2].text for row in page.context["listing"].rows] == ["Lantern House", "Harbour Lights"]
    assert b"Overdue" in page.content
    for asked, expected in (
        ({"show": "late"}, {old.record_id}),
        ({"show": "answered"}, set()),
        ({"provider": "harbour"}, {new.record_id}),
        ({"contract": "front-door"}, {old.record_id, new.record_id}),
    ):
        text = client.get(world.url("verification"), {**asked, "format": "csv"}).content.decode()
        assert {one for one in (old.record_id, new.record_id) if one in text} == expected
        assert "Ash" not in text


def test_overdue_counts_working_days(world):
    del world
    with clock.at(dt.datetime(2026, 1, 15, 12, tzinfo=LONDON)):
        # Friday 2 January is the first and Thursday 15 January the tenth working day after New Year's Day.
        assert late_before().date() == dt.date(2026, 1, 1)


def test_what_waits_is_told_on_the_home_page(world):
    with clock.at(dt.datetime(2025, 3, 3, 12, tzinfo=LONDON)):
        record(world)
    record(world, "blake")
    waits = waiting_for(world.access("verifier"))
    assert [(one.count, one.is_late) for one in waits] == [(1, True), (2, False)]
    assert [one for one in waiting_for(world.access("commissioner")) if "verif" in one.words] == []


def test_outcomes_whose_terms_ask_for_no_verifier_do_not_wait(db):
    from web_world import TERMS

    del db
    world = make_world(
        "free", TERMS.replace("    pays: 500\n", "    pays: 500\n    verification: not required\n")
    )
    record(world)
    assert queue(world.access("verifier")).count() == 0


def test_the_queue_asks_no_more_queries_for_more_rows(world, django_assert_num_queries):
    client = world.client("verifier")
    for n in range(2):
        record(world, on=FEB + dt.timedelta(days=n))
    client.get(world.url("verification"))
    with CaptureQueriesContext(connection) as few:
        client.get(world.url("verification"))
    for n in range(2, 20):
        record(world, on=FEB + dt.timedelta(days=n))
    with django_assert_num_queries(len(few)):
        client.get(world.url("verification"))


# How long it takes


def test_turnaround_shows_the_middle_wait_and_the_oldest_by_provider(world):
    for n, days in enumerate((2, 4, 9)):
        moment = clock.now() - dt.timedelta(days=30)
        with clock.at(moment):
            kept = record(world, on=FEB + dt.timedelta(days=n))
        with clock.at(moment + dt.timedelta(days=days)):
            find(world.access("verifier"), achievement=kept, state="accepted")
    with clock.at(clock.now() - dt.timedelta(days=5)):
        record(world, on=FEB + dt.timedelta(days=20))
    record(world, "casey")
    rows = {str(row.organisation): row for row in turnaround(world.access("verifier"))}
    harbour = rows["Harbour Lights"]
    assert (harbour.median, harbour.waiting, harbour.oldest_days) == ("4 days", 1, 5)
    assert rows["Lantern House"].median == "None decided yet"
    page = world.client("verifier").get(world.url("turnaround")).content.decode()
    assert "4 days" in page
    assert "Nothing decided in a random sample yet" in page


def test_many_findings_are_counted_once_in_a_while_and_the_page_says_so(world, monkeypatch):
    def page():
        return world.client("verifier").get(world.url("turnaround")).content.decode()

    first, second = record(world), record(world, on=FEB + dt.timedelta(days=1))
    find(world.access("verifier"), achievement=first, state="accepted")
    assert "quarter of an hour" not in page()
    monkeypatch.setattr("openoutcomes.web.verification.queries.LARGE", 0)
    before = page()
    assert "quarter of an hour" in before
    find(world.access("verifier"), achievement=second, state="refused", reason="No date on it")
    kept = {row.organisation: row.states for row in turnaround(world.access("verifier"), is_kept=True)}
    live = {row.organisation: row.states for row in turnaround(world.access("verifier"))}
    harbour = world.organisations["harbour"]
    assert (dict(kept[harbour]), dict(live[harbour])) == ({"accepted": 1}, {"accepted": 1, "refused": 1})
    # What one seat had counted is not what another may see.
    manager = world.client("provider_manager").get(world.url("verification")).content.decode()
    assert "Lantern House" not in manager


def test_managers_see_their_own_turnaround_and_payers_that_of_their_contracts(world):
    record(world)
    record(world, "casey")
    own = world.client("provider_manager").get(world.url("verification")).content.decode()
    assert "Harbour Lights" in own
    assert "Lantern House" not in own
    payer = world.client("commissioner").get(world.url("turnaround")).content.decode()
    assert "Harbour Lights" in payer
    assert "Lantern House" in payer
    assert world.client("practitioner").get(world.url("turnaround")).status_code == 403
    csv = world.client("commissioner").get(world.url("turnaround"), {"format": "csv"})
    assert b"Harbour Lights" in csv.content
