"""Recording, changing and withdrawing outcomes, and what each would pay, through HTTP."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import Event
from openoutcomes.web.claims.commands import lock_claim, prepare_claim
from openoutcomes.web.contracts.queries import priced
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.scope import writing
from openoutcomes.web.outcomes.card import card, evidence_of, line_of
from openoutcomes.web.outcomes.commands import Part, change_outcome, record_outcome, withdraw_outcome
from openoutcomes.web.outcomes.preview import preview
from openoutcomes.web.outcomes.queries import contributions_of, outcomes_for
from openoutcomes.web.outcomes.sections import outcomes
from openoutcomes.web.outcomes.waiting import waiting
from openoutcomes.web.partnerships.models import Offered, Programme
from openoutcomes.web.people.commands import enrol
from openoutcomes.web.records.models import Record
from openoutcomes.web.verification.commands import find
from web_world import TERMS, make_world

FEB = dt.date(2025, 2, 1)


def boxes(name, day):
    return {f"{name}_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def record(world, who="ash", outcome="home-entry", on=FEB, evidence=None, by="practitioner", **more):
    kinds = [("tenancy-agreement", on)] if evidence is None else evidence
    return record_outcome(
        world.access(by),
        enrolment=world.enrolments[who],
        outcome=outcome,
        achieved_on=on,
        evidence=kinds,
        **more,
    )


def add_address(world, who="ash"):
    return world.url("outcome_add", enrolment_id=world.enrolments[who].enrolment_id)


def achievements(world):
    return Record.of(world.partnership).filter(table="achievements", current=True)


def test_the_card_shows_each_outcome_with_its_price_and_the_evidence_in_plain_words(world):
    page = world.client("practitioner").get(add_address(world)).content.decode()
    assert "Home entry" in page
    assert "£500.00" in page
    assert "tenancy agreement or landlord letter" in page
    assert "Follows “Home entry”, sustained for 3 months." in page


def test_an_outcome_is_recorded_in_three_steps_without_scripts(world):
    client = world.client("practitioner")
    at = f"{add_address(world)}home-entry/"
    form = client.get(at).context["form"]
    sent = {
        "once": form.initial["once"],
        "step": "confirm",
        **boxes("achieved_on", FEB),
        **boxes("evidence_0", FEB),
    }
    confirm = client.post(at, sent)
    assert b"Check and save" in confirm.content
    assert b"Would pay" in confirm.content
    assert not achievements(world).exists()
    saved = client.post(at, {**dict(confirm.context["carried"]), "step": "save"}, follow=True)
    assert b"The outcome was recorded." in saved.content
    kept = achievements(world).get()
    assert (kept.code, kept.on, kept.state, kept.contract) == (
        "home-entry",
        FEB,
        "unverified",
        world.contract,
    )
    assert kept.values["provider_id"] == "harbour"
    assert kept.values["programme_id"] == "harbour-front-door"
    assert kept.values["claimed_on"] == today().isoformat()
    assert evidence_of(kept) == [("tenancy-agreement", FEB)]


def test_the_form_sent_twice_records_once(world):
    client = world.client("practitioner")
    at = f"{add_address(world)}home-entry/"
    sent = {"once": "abc", "step": "save", **boxes("achieved_on", FEB)}
    assert [client.post(at, sent).status_code for _ in range(2)] == [302, 302]
    assert achievements(world).count() == 1


def test_the_same_outcome_on_the_same_day_is_refused_with_what_to_do(world):
    record(world)
    at = f"{add_address(world)}home-entry/"
    page = world.client("practitioner").post(at, {"step": "save", **boxes("achieved_on", FEB)})
    assert b"recorded already for this person on this day" in page.content
    assert achievements(world).count() == 1


def test_once_withdrawn_it_can_be_recorded_again(world):
    first = record(world)
    withdraw_outcome(world.access("practitioner"), achievement=first, reason="Wrong person")
    record(world)
    assert achievements(world).filter(withdrawn=False).count() == 1


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "This field is required"),
        (boxes("achieved_on", dt.date(2999, 1, 1)), "today or in the past"),
        (
            {**boxes("achieved_on", FEB), **boxes("sustained_to", dt.date(2025, 1, 1))},
            "before the day it was achieved",
        ),
        ({**boxes("achieved_on", FEB), "other_kind": "payslip"}, "Give both"),
        (
            {**boxes("achieved_on", FEB), "other_kind": "<b>", **boxes("other_date", FEB)},
            "not a kind of evidence",
        ),
    ],
)
def test_mistakes_are_said_and_nothing_is_recorded(world, sent, message):
    at = f"{add_address(world)}home-entry/"
    page = world.client("practitioner").post(at, {"step": "save", **sent})
    assert page.status_code == 200
    assert message in page.content.decode()
    assert not achievements(world).exists()


def test_going_back_from_the_check_keeps_what_was_typed(world):
    at = f"{add_address(world)}home-entry/"
    page = world.client("practitioner").post(
        at, {"step": "edit", "note": "kept", **boxes("achieved_on", FEB)}
    )
    assert b"kept" in page.content
    assert b"There is a problem" not in page.content


def test_an_outcome_that_is_not_on_the_card_leads_back_to_it(world):
    page = world.client("practitioner").get(f"{add_address(world)}nonsense/")
    assert b"is not on this card" in page.content
    with pytest.raises(InputError, match="not an outcome of the contract"):
        record(world, outcome="nonsense")


def test_without_a_contract_the_outcomes_are_those_of_the_catalogue(world):
    with writing("test"):
        free = Programme(
            partnership=world.partnership,
            programme_id="drop-in",
            organisation=world.organisations["harbour"],
            name="Drop-in",
        )
        free.save()
        Offered(partnership=world.partnership, kind="outcome", code="school-readiness").save()
    by = world.access("practitioner")
    enrolled = enrol(by, person=world.people["ash"], programme=free)
    assert [line.code for group in card(None, world.partnership) for line in group.lines] == [
        "school-readiness"
    ]
    kept = record_outcome(by, enrolment=enrolled, outcome="school-readiness", achieved_on=FEB)
    assert kept.contract is None
    page = world.client("practitioner").get(world.url("outcome", record_id=kept.record_id))
    assert b"School readiness" in page.content
    with pytest.raises(InputError, match="catalogue"):
        record_outcome(by, enrolment=enrolled, outcome="home", achieved_on=FEB)


# What it would pay


def see(world, who, outcome, on, kinds):
    return preview(
        world.contract,
        world.enrolments[who],
        {
            "outcome": outcome,
            "achieved_on": on,
            "evidence_kinds": [kind for kind, _ in kinds],
            "evidence_dates": [day for _, day in kinds],
        },
    )


def test_what_an_outcome_would_pay_is_what_it_pays_once_accepted(world):
    seen = see(world, "ash", "home-entry", FEB, [("tenancy-agreement", FEB)])
    assert (seen.status, seen.amount, seen.is_exact) == ("payable", Decimal(500), True)
    kept = record(world)
    find(world.access("verifier"), achievement=kept, state="accepted")
    (line,) = priced(world.contract, today()).lines
    assert (line.status, line.amount) == (seen.status, seen.amount)
    assert [(payer, amount) for payer, amount in seen.payers] == [
        ("council", Decimal("333.33")),
        ("fund", Decimal("166.67")),
    ]


def test_what_waits_says_until_when(world):
    entry = record(world, on=today() - dt.timedelta(days=30))
    find(world.access("verifier"), achievement=entry, state="accepted")
    seen = see(world, "ash", "home-3-months", today(), [("landlord-letter", today())])
    assert (seen.status, seen.amount) == ("held", Decimal(1500))
    assert "3 months have not passed" in seen.reason
    assert any(told.tag == "Waits" for told in seen.told)


def test_what_lacks_evidence_waits_and_says_which(world):
    seen = see(world, "ash", "home-entry", FEB, [])
    assert seen.status == "held"
    assert "evidence is missing: tenancy agreement or landlord letter" in seen.reason


def test_what_was_paid_for_this_person_already_would_not_pay_again(world):
    record(world)
    later = FEB + dt.timedelta(days=9)
    seen = see(world, "ash", "home-entry", later, [("tenancy-agreement", later)])
    assert (seen.status, seen.amount) == ("refused", Decimal(0))
    # It depends on this person alone: another's first does pay.
    assert see(world, "blake", "home-entry", FEB, [("tenancy-agreement", FEB)]).status == "payable"


def test_a_large_contract_is_priced_for_the_person_and_says_what_that_leaves_out(world, monkeypatch):
    monkeypatch.setattr("openoutcomes.web.outcomes.preview.EXACT_UP_TO", 0)
    record(world)
    seen = see(world, "blake", "home-entry", FEB, [("tenancy-agreement", FEB)])
    assert seen.depends_on == ("cap of the contract",)
    assert not seen.is_exact


def test_the_preview_is_shown_while_the_form_is_filled_and_writes_nothing(world):
    client = world.client("practitioner")
    at = (
        world.url("outcome_preview", enrolment_id=world.enrolments["ash"].enrolment_id)
        + "?outcome=home-entry"
    )
    assert b"Fill in when it was achieved" in client.post(at, {}).content
    page = client.post(at, {**boxes("achieved_on", FEB), **boxes("evidence_0", FEB)}).content.decode()
    assert "£500.00" in page
    assert "council" in page.lower()
    assert "<html" not in page
    held = client.post(at, boxes("achieved_on", FEB)).content.decode()
    assert "Evidence still needed" in held
    assert not achievements(world).exists()
    assert client.get(at).status_code == 405


# Changing and withdrawing


def test_a_change_is_a_new_version_and_keeps_the_day_it_was_claimed(world):
    kept = record(world)
    client = world.client("practitioner")
    at = world.url("outcome_change", record_id=kept.record_id)
    page = client.get(at)
    assert page.context["form"].initial["evidence_0"] == FEB
    later = FEB + dt.timedelta(days=2)
    sent = {
        "once": "k",
        "expected": "1",
        **boxes("achieved_on", later),
        **boxes("evidence_0", FEB),
        "note": "Corrected",
    }
    assert client.post(at, sent).status_code == 302
    now = achievements(world).get()
    assert (now.version, now.on, now.values["note"]) == (2, later, "Corrected")
    assert now.values["claimed_on"] == kept.values["claimed_on"]


def test_two_people_changing_at_once_do_not_overwrite_each_other(world):
    kept = record(world)
    by = world.access("practitioner")
    change_outcome(by, achievement=kept, achieved_on=FEB, note="first", expected=1)
    at = world.url("outcome_change", record_id=kept.record_id)
    page = world.client("provider_manager").post(
        at, {"expected": "1", **boxes("achieved_on", FEB), "note": "second"}
    )
    assert b"somebody changed this record" in page.content.lower()
    assert achievements(world).get().values["note"] == "first"


@pytest.mark.parametrize("state", ["accepted", "refused"])
def test_what_a_verifier_decided_on_can_no_longer_be_changed(world, state):
    kept = record(world)
    find(world.access("verifier"), achievement=kept, state=state, reason="Seen")
    page = world.client("practitioner").get(
        world.url("outcome_change", record_id=kept.record_id), follow=True
    )
    assert f"A verifier has {state} it".encode() in page.content
    with pytest.raises(InputError, match="cannot be changed"):
        change_outcome(world.access("practitioner"), achievement=kept, achieved_on=FEB + dt.timedelta(days=1))


def test_withdrawing_needs_a_reason_and_keeps_the_history(world):
    kept = record(world)
    client = world.client("practitioner")
    at = world.url("outcome_withdraw", record_id=kept.record_id)
    assert b"This field is required" in client.post(at, {"reason": ""}).content
    assert client.post(at, {"reason": "Wrong person"}).status_code == 302
    assert achievements(world).get().withdrawn
    assert priced(world.contract, today()).lines == []
    page = client.get(world.url("outcome", record_id=kept.record_id)).content.decode()
    assert "Withdrawn: Wrong person" in page
    assert b"withdrawn already" in client.post(at, {"reason": "Again"}).content


def locked(world):
    """Claim what is payable, and lock the claim."""
    by = world.access("provider_manager")
    claim = prepare_claim(
        by, contract=world.contract, provider=world.organisations["harbour"], label="February",
        period_from=FEB, period_to=today(),
    )  # fmt: skip
    return lock_claim(by, claim=claim)


def test_what_is_in_a_locked_claim_is_changed_only_when_a_verifier_queries_it(world):
    kept = record(world)
    verifier = world.access("verifier")
    find(verifier, achievement=kept, state="accepted")
    locked(world)
    by = world.access("practitioner")
    with pytest.raises(InputError, match="cannot be changed"):
        change_outcome(by, achievement=kept, achieved_on=FEB)
    find(verifier, achievement=kept, state="queried", reason="The date is wrong")
    assert change_outcome(by, achievement=kept, achieved_on=FEB + dt.timedelta(days=1)).version == 2
    at = world.url("outcome_withdraw", record_id=kept.record_id)
    client = world.client("practitioner")
    assert b"the next claim takes the money off" in client.get(at).content
    assert client.post(at, {"reason": "It was another person"}).status_code == 302


def test_what_needs_no_verifier_cannot_be_changed_once_it_is_in_a_locked_claim(db):
    del db
    world = make_world(
        "free", TERMS.replace("    pays: 500\n", "    pays: 500\n    verification: not required\n")
    )
    kept = record(world)
    change_outcome(
        world.access("practitioner"), achievement=kept, achieved_on=FEB, evidence=[("landlord-letter", FEB)]
    )
    locked(world)
    page = world.client("practitioner").get(world.url("outcome", record_id=kept.record_id)).content.decode()
    assert "It is in a claim that is locked" in page
    with pytest.raises(InputError, match="cannot be changed"):
        change_outcome(world.access("practitioner"), achievement=kept, achieved_on=FEB)


def test_the_part_others_played_is_kept_changed_and_withdrawn(world):
    lantern, fund = world.organisations["lantern"], world.organisations["fund"]
    kept = record(world, contributions=[Part(lantern, "found the flat", Decimal("0.4"))])
    (part,) = contributions_of(kept)
    assert (part.values["organisation_id"], part.values["share"]) == ("lantern", "0.4")
    assert part.organisation == world.organisations["harbour"]
    by = world.access("practitioner")
    change_outcome(
        by,
        achievement=kept,
        achieved_on=FEB,
        contributions=[Part(lantern, "found the flat", Decimal("0.4")), Part(fund)],
    )
    assert {p.values["organisation_id"]: p.version for p in contributions_of(kept)} == {
        "lantern": 1,
        "fund": 1,
    }
    change_outcome(by, achievement=kept, achieved_on=FEB, contributions=[Part(fund)])
    assert [p.values["organisation_id"] for p in contributions_of(kept)] == ["fund"]
    with pytest.raises(InputError, match="more than the whole"):
        record(
            world,
            outcome="home-3-months",
            contributions=[Part(lantern, share=Decimal("0.7")), Part(fund, share=Decimal("0.7"))],
        )


def test_a_part_is_given_in_per_cent_on_the_form(world):
    at = f"{add_address(world)}home-entry/"
    sent = {
        "step": "save",
        **boxes("achieved_on", FEB),
        "part_org_0": "lantern",
        "part_0": "found it",
        "share_0": "25",
    }
    assert world.client("practitioner").post(at, sent).status_code == 302
    (part,) = contributions_of(achievements(world).get())
    assert Decimal(part.values["share"]) == Decimal("0.25")


# Who may


@pytest.mark.parametrize(
    "role", ["commissioner", "finance", "investor", "coordinator", "verifier", "evaluator", "administrator"]
)
def test_only_the_front_line_records_outcomes(world, role):
    kept = record(world)
    client = world.client(role)
    for address in (
        add_address(world),
        world.url("outcome_change", record_id=kept.record_id),
        world.url("outcome_withdraw", record_id=kept.record_id),
        world.url("evidence_add", record_id=kept.record_id),
        world.url("outcome_add_for", person_id=world.people["ash"].person_id),
    ):
        assert client.get(address).status_code == 403
    with pytest.raises(PermissionDenied):
        record(world, who="blake", by=role)


@pytest.mark.parametrize("who", ["other_practitioner", "other_manager"])
def test_another_organisation_finds_nothing(world, who):
    kept = record(world)
    client = world.client(who)
    for name in ("outcome", "outcome_change", "outcome_withdraw", "evidence_add"):
        assert client.get(world.url(name, record_id=kept.record_id)).status_code == 404
    assert client.get(add_address(world)).status_code == 404
    assert (
        client.post(
            world.url("outcome_preview", enrolment_id=world.enrolments["ash"].enrolment_id)
        ).status_code
        == 404
    )
    assert (
        client.get(world.url("outcome_add_for", person_id=world.people["ash"].person_id)).status_code == 404
    )
    assert b"Ash Example" not in client.get(world.url("outcomes")).content
    with pytest.raises(PermissionDenied):
        record(world, by=who, on=FEB + dt.timedelta(days=5))
    for verb, more in ((change_outcome, {"achieved_on": FEB}), (withdraw_outcome, {"reason": "Mine now"})):
        with pytest.raises(PermissionDenied):
            verb(world.access(who), achievement=kept, **more)


def test_another_partnership_finds_nothing(world, elsewhere):
    kept = record(world)
    client = elsewhere.client("practitioner")
    assert client.get(world.url("outcome", record_id=kept.record_id)).status_code == 404
    assert client.get(elsewhere.url("outcome", record_id=kept.record_id)).status_code == 404
    assert kept not in outcomes_for(elsewhere.access("practitioner"))


def test_looking_at_an_outcome_is_noted(world):
    kept = record(world)
    world.client("practitioner").get(world.url("outcome", record_id=kept.record_id))
    verbs = set(Event.of(world.partnership).filter(person=world.people["ash"]).values_list("verb", flat=True))
    assert {"outcomes.record", "outcomes.outcome"} <= verbs


# The list


def test_the_list_is_narrowed_by_how_outcomes_stand(world):
    first = record(world, evidence=[])
    second = record(world, who="blake")
    find(world.access("verifier"), achievement=second, state="accepted")
    client = world.client("practitioner")

    def shown(**asked):
        page = client.get(world.url("outcomes"), asked).content.decode()
        return {key for key, name in (("ash", "Ash Example"), ("blake", "Blake Sample")) if name in page}

    assert shown() == {"ash", "blake"}
    assert shown(show="evidence") == {"ash"}
    assert shown(show="unverified") == {"ash"}
    assert shown(show="accepted") == {"blake"}
    assert shown(show="refused") == set()
    assert shown(outcome="home-entry") == {"ash", "blake"}
    assert shown(outcome="home-3-months") == set()
    assert shown(contract="front-door", programme="harbour-front-door") == {"ash", "blake"}
    assert shown(**boxes("since", FEB), **boxes("until", FEB)) == {"ash", "blake"}
    assert shown(**boxes("since", FEB + dt.timedelta(days=1))) == set()
    change_outcome(
        world.access("practitioner"), achievement=first, achieved_on=FEB, evidence=[("landlord-letter", FEB)]
    )
    assert shown(show="evidence") == set()


def test_the_list_as_a_file_names_nobody(world):
    kept = record(world)
    text = world.client("practitioner").get(world.url("outcomes"), {"format": "csv"}).content.decode()
    assert kept.record_id in text
    assert world.people["ash"].person_id in text
    assert "Ash" not in text


def test_the_list_asks_no_more_queries_for_more_rows(world, django_assert_num_queries):
    client = world.client("practitioner")
    for n in range(2):
        record(world, on=FEB + dt.timedelta(days=n))
    client.get(world.url("outcomes"))
    with CaptureQueriesContext(connection) as few:
        client.get(world.url("outcomes"))
    for n in range(2, 20):
        record(world, on=FEB + dt.timedelta(days=n))
    with django_assert_num_queries(len(few)):
        client.get(world.url("outcomes"))


def test_what_waits_is_told_on_the_home_page(world):
    record(world, evidence=[])
    asked = record(world, who="blake")
    find(world.access("verifier"), achievement=asked, state="queried", reason="Which flat?")
    assert [one.count for one in waiting(world.access("practitioner"))] == [1, 1]
    assert [one.count for one in waiting(world.access("provider_manager"))] == [1, 1]
    assert [one.count for one in waiting(world.access("other_manager"))] == [0, 0]
    assert waiting(world.access("verifier")) == []
    home = world.client("practitioner").get(world.url("home")).content.decode()
    assert "question from a verifier waits for an answer" in home


def test_a_person_with_one_programme_leads_to_its_card(world):
    at = world.url("outcome_add_for", person_id=world.people["ash"].person_id)
    answer = world.client("practitioner").get(at)
    assert answer.status_code == 302
    assert answer.url == add_address(world)
    enrol(world.access("practitioner"), person=world.people["ash"], programme=world.programmes["harbour"])
    page = world.client("practitioner").get(at)
    assert b"Which programme was it in?" in page.content


def test_the_line_of_an_outcome_says_what_is_missing(world):
    line = line_of(world.contract, world.partnership, "home-entry")
    assert line.missing([]) == (("tenancy-agreement", "landlord-letter"),)
    assert line.missing(["landlord-letter"]) == ()


def test_a_persons_page_shows_their_outcomes_and_what_each_needs(world):
    kept = record(world, evidence=[])
    page = world.client("practitioner").get(world.url("person", person_id=world.people["ash"].person_id))
    text = page.content.decode()
    assert world.url("outcome", record_id=kept.record_id) in text
    assert "needs tenancy agreement or landlord letter" in text
    assert world.url("outcome_add_for", person_id=world.people["ash"].person_id) in text
    box = outcomes(world.access("practitioner"), world.people["blake"])
    assert box == {"lines": [], "may_add": True, "person": world.people["blake"]}
    assert outcomes(world.access("other_practitioner"), world.people["ash"]) is None


def test_what_was_typed_and_not_sent_is_there_again_for_the_same_outcome_alone(world):
    client = world.client("practitioner")
    at = f"{add_address(world)}home-entry/"
    page = client.get(at)
    slot = page.context["draft"]
    assert b"data-draft=" in page.content
    client.post(str(slot), {"draft_of": slot.token, "note": "Half a sentence", **boxes("achieved_on", FEB)})
    again = client.get(at)
    assert b"Half a sentence" in again.content
    assert b"Half a sentence" not in client.get(f"{add_address(world)}home-3-months/").content
    sent = {"once": again.context["form"].initial["once"], "step": "save", **boxes("achieved_on", FEB)}
    assert client.post(at, sent).status_code == 302
    assert b"Half a sentence" not in client.get(at).content
