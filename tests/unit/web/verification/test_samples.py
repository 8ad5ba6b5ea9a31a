"""Samples: drawn so that anybody can draw them again, by risk with reasons, and what they say of the rest."""

import datetime as dt
import hashlib
import io
from collections import Counter
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core import clock
from openoutcomes.web.outcomes.commands import add_evidence, change_outcome, record_outcome, withdraw_outcome
from openoutcomes.web.outcomes.files import checked
from openoutcomes.web.records.models import Record
from openoutcomes.web.verification import risk
from openoutcomes.web.verification.commands import accept_rest, can_rest, draw, find
from openoutcomes.web.verification.models import Sample
from openoutcomes.web.verification.queries import items_of, rate_of
from openoutcomes.web.verification.sampling import (
    digest_of,
    interval,
    median,
    number_of,
    ordered,
    size_of,
)
from web_world import seat

FEB = dt.date(2025, 2, 1)
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 31)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.EVIDENCE_ROOT = tmp_path / "evidence"


def boxes(name, day):
    return {f"{name}_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def record(world, who="ash", on=FEB, evidence=None, outcome="home-entry"):
    by = "other_practitioner" if who == "casey" else "practitioner"
    kinds = [("tenancy-agreement", on)] if evidence is None else evidence
    return record_outcome(
        world.access(by), enrolment=world.enrolments[who], outcome=outcome, achieved_on=on, evidence=kinds
    )


def several(world, count):
    return [record(world, "casey" if n % 3 == 0 else "ash", FEB + dt.timedelta(days=n)) for n in range(count)]


def drawn(world, asked="5", method="random", seed="42", **more):
    return draw(
        world.access("verifier"),
        contract=world.contract,
        first=FIRST,
        last=LAST,
        method=method,
        asked=asked,
        seed=seed,
        **more,
    )


def state_of(record_id, world):
    return Record.of(world.partnership).get(table="achievements", record_id=record_id, current=True).state


# Drawing


def test_the_same_seed_and_population_give_the_same_list():
    weights = {f"o-{n}": 1 for n in range(100)}
    first = ordered("spring", weights)
    assert first == ordered("spring", dict(reversed(weights.items())))
    assert first != ordered("summer", weights)
    assert sorted(first) == sorted(weights)


def test_a_random_sample_is_the_ids_in_order_of_their_hashes():
    ids = [f"o-{n}" for n in range(20)]
    by_hand = sorted(ids, key=lambda one: hashlib.sha256(f"7:{one}".encode()).hexdigest(), reverse=True)
    assert ordered("7", dict.fromkeys(ids, 1)) == by_hand
    assert number_of("7", "o-1") == int(hashlib.sha256(b"7:o-1").hexdigest(), 16)


def test_equal_weights_give_the_same_order_with_and_without_the_logarithm():
    ids = [f"o-{n}" for n in range(50)]
    heavy = ordered("7", {**dict.fromkeys(ids, 3), "o-x": 1})
    assert [one for one in heavy if one != "o-x"] == ordered("7", dict.fromkeys(ids, 3))


def test_each_is_as_likely_as_its_weight():
    weights = {"heavy": 4, "light-1": 1, "light-2": 1, "light-3": 1, "light-4": 1}
    first = Counter(ordered(str(seed), weights)[0] for seed in range(2000))
    # Half of 2,000, give or take four standard deviations.
    assert abs(first["heavy"] - 1000) < 90
    equal = Counter(ordered(str(seed), dict.fromkeys("abcd", 1))[0] for seed in range(2000))
    assert all(abs(count - 500) < 80 for count in equal.values())


@pytest.mark.parametrize(
    ("asked", "population", "size"),
    [("25", 100, 25), ("25", 10, 10), ("10%", 101, 11), ("10 %", 5, 1), ("100%", 7, 7), ("2.5%", 100, 3),
     ("0", 10, None), ("0%", 10, None), ("101%", 10, None), ("some", 10, None), ("-3", 10, None)],
)  # fmt: skip
def test_how_many_is_a_number_or_a_share(asked, population, size):
    assert size_of(asked, population) == size


def test_the_digest_of_a_population_tells_any_change():
    base = digest_of({"o-1": 1, "o-2": 1})
    assert base == digest_of({"o-2": 1, "o-1": 1})
    assert base == hashlib.sha256(b"o-1:1\no-2:1\n").hexdigest()
    assert len({base, digest_of({"o-1": 1}), digest_of({"o-1": 2, "o-2": 1})}) == 3


def test_the_interval_of_a_rate_is_never_certain():
    assert interval(0, 0) is None
    low, high = interval(0, 20)
    assert low == 0
    assert Fraction(16, 100) < high < Fraction(17, 100)
    low, high = interval(2, 20)
    assert (round(float(low), 3), round(float(high), 3)) == (0.028, 0.301)
    low, high = interval(20, 20)
    assert high == 1
    assert low < 1


@pytest.mark.parametrize(("values", "middle"), [([], None), ([3], 3), ([9, 1, 4], 4), ([1, 2, 4, 9], 3)])
def test_the_median(values, middle):
    assert median(values) == middle


# Through the pages


def test_a_sample_is_drawn_and_shows_how(world):
    several(world, 9)
    client = world.client("verifier")
    at = world.url("sample_draw")
    form = client.get(at).context["form"]
    sent = {
        "once": form.initial["once"], "contract": "front-door", "method": "random", "asked": "4", "seed": "2025",
        **boxes("first", FIRST), **boxes("last", LAST),
    }  # fmt: skip
    for _ in range(2):
        assert client.post(at, sent).status_code == 302
    sample = Sample.of(world.partnership).get()
    again = ordered("2025", dict.fromkeys(sample.population, 1))[:4]
    assert [one.item.achievement_id for one in items_of(sample)] == again
    assert sample.population_sha256 == digest_of(dict.fromkeys(sample.population, 1))
    page = client.get(world.url("sample", sample_id=sample.sample_id)).content.decode()
    for shown in ("2025", sample.population_sha256, "4 of 9", "Nothing decided in a random sample yet"):
        assert shown in page
    assert "Ash Example" not in page
    assert b"2025" in client.get(world.url("samples")).content
    csv = client.get(world.url("sample", sample_id=sample.sample_id), {"format": "csv"}).content.decode()
    assert again[0] in csv
    assert sample.population_sha256 in client.get(world.url("samples"), {"format": "csv"}).content.decode()


def test_a_seed_is_made_where_none_is_given(world):
    several(world, 2)
    assert drawn(world, seed="").seed.isdigit()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"asked": "lots"}, "neither a number nor a share"),
        (boxes("last", dt.date(2024, 1, 1)), "ends before it begins"),
        (
            {**boxes("first", dt.date(2026, 1, 1)), **boxes("last", dt.date(2026, 2, 1))},
            "nothing of this contract waits",
        ),
        ({"contract": "other"}, "not one of the available choices"),
        ({"method": ""}, "This field is required"),
    ],
)
def test_mistakes_are_said_and_nothing_is_drawn(world, change, message):
    several(world, 2)
    sent = {
        "contract": "front-door", "method": "random", "asked": "4",
        **boxes("first", FIRST), **boxes("last", LAST), **change,
    }  # fmt: skip
    page = world.client("verifier").post(world.url("sample_draw"), sent)
    assert message.lower() in page.content.decode().lower()
    assert not Sample.of(world.partnership).exists()


def test_what_is_decided_or_of_an_own_organisation_is_not_drawn_from(world):
    made = several(world, 6)
    find(world.access("verifier"), achievement=made[1], state="accepted")
    seat(world.partnership, world.users["verifier"], "investor", world.organisations["lantern"])
    sample = drawn(world, "100%")
    assert set(sample.population) == {one.record_id for n, one in enumerate(made) if n % 3 and n != 1}


def test_deciding_on_a_sample_leads_back_to_it(world):
    several(world, 3)
    sample = drawn(world, "2")
    client = world.client("verifier")
    first = items_of(sample)[0].item.achievement_id
    at = world.url("verification_one", record_id=first) + f"?sample={sample.sample_id}"
    assert at in client.get(world.url("sample", sample_id=sample.sample_id)).content.decode()
    assert b"place 1 of a sample drawn at random" in client.get(at).content
    assert client.post(at, {"state": "accepted"}).url == world.url("sample", sample_id=sample.sample_id)


@pytest.mark.parametrize(
    "role", ["practitioner", "finance", "investor", "coordinator", "evaluator", "administrator"]
)
def test_other_roles_see_no_samples(world, role):
    several(world, 2)
    sample = drawn(world)
    client = world.client(role)
    assert client.get(world.url("samples")).status_code == 403
    assert client.get(world.url("sample", sample_id=sample.sample_id)).status_code == 403


def test_payers_see_samples_of_their_contracts_and_cannot_draw(world, elsewhere):
    several(world, 2)
    sample = drawn(world)
    at = world.url("sample", sample_id=sample.sample_id)
    page = world.client("commissioner").get(at)
    assert page.status_code == 200
    assert b"verification/outcome" not in page.content
    assert world.client("commissioner").get(world.url("sample_draw")).status_code == 403
    assert (
        world.client("commissioner").get(world.url("sample_rest", sample_id=sample.sample_id)).status_code
        == 403
    )
    assert world.client("provider_manager").get(at).status_code == 404
    assert (
        elsewhere.client("verifier").get(elsewhere.url("sample", sample_id=sample.sample_id)).status_code
        == 404
    )
    with pytest.raises(PermissionDenied):
        draw(
            world.access("commissioner"),
            contract=world.contract,
            first=FIRST,
            last=LAST,
            method="random",
            asked="1",
        )


# By risk


def photo(colour=(1, 2, 3)):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return checked(SimpleUploadedFile("a.jpg", out.getvalue()))


def reasons(world, last=LAST):
    rows = Record.of(world.partnership).filter(table="achievements", current=True).select_related("contract")
    return {key: set(one.reasons) for key, one in risk.risks(world.contract, list(rows), last).items()}


def test_a_provider_never_looked_at_weighs_more(world):
    first, second = record(world), record(world, "casey")
    assert "new-provider" in reasons(world)[first.record_id]
    find(world.access("verifier"), achievement=first, state="accepted")
    assert "new-provider" not in reasons(world)[first.record_id]
    assert "new-provider" in reasons(world)[second.record_id]


def test_a_provider_found_wrong_weighs_more(world):
    first, second = record(world), record(world, "blake")
    find(world.access("verifier"), achievement=first, state="refused", reason="Not theirs")
    assert "found-wrong" in reasons(world)[second.record_id]


def test_files_and_self_certification_weigh(world):
    plain = record(world)
    own = record(world, "blake", evidence=[("self-certified", FEB)])
    found = reasons(world)
    assert "no-file" in found[plain.record_id]
    assert "self-certified" not in found[plain.record_id]
    assert "self-certified" in found[own.record_id]
    for one in (plain, own):
        add_evidence(
            world.access("practitioner"),
            achievement=one,
            kind="tenancy-agreement",
            dated_on=FEB,
            files=[photo()],
        )
    found = reasons(world)
    assert all("shared-file" in found[one.record_id] for one in (plain, own))
    assert all("no-file" not in found[one.record_id] for one in (plain, own))


def test_what_pays_most_weighs_more(world):
    cheap, dear = record(world), record(world, outcome="home-3-months", on=dt.date(2025, 6, 1))
    found = reasons(world)
    assert "high-value" in found[dear.record_id]
    assert "high-value" not in found[cheap.record_id]


def test_dates_weigh(world):
    near = record(world, on=FEB)
    assert "deadline" in reasons(world, last=FEB + dt.timedelta(days=3))[near.record_id]
    assert "deadline" not in reasons(world)[near.record_id]
    assert "late" in reasons(world)[near.record_id]
    with clock.at(dt.datetime(2025, 6, 1, 12, tzinfo=timezone.get_default_timezone())):
        quick = record(world, outcome="home-3-months", on=dt.date(2025, 6, 1))
    assert "same-day" in reasons(world)[quick.record_id]
    assert "late" not in reasons(world)[quick.record_id]


def test_a_sample_by_risk_shows_why_each_was_likelier_and_gives_no_rate(world):
    several(world, 4)
    sample = drawn(world, "2", method="risk")
    items = items_of(sample)
    assert all(one.item.weight > 1 and one.item.reasons for one in items)
    page = world.client("verifier").get(world.url("sample", sample_id=sample.sample_id)).content.decode()
    assert "nothing of this provider has been looked at before" in page
    assert "does not say how common they are" in page
    with pytest.raises(InputError, match="by risk says nothing of the rest"):
        accept_rest(world.access("verifier"), sample=sample, count=2, reason="Enough")


def test_every_reason_has_words_and_a_weight():
    assert all(weight > 0 and risk.say(code) for code, (weight, _) in risk.REASONS.items())


# The rest


def decided(world, sample, wrong=0):
    for n, one in enumerate(items_of(sample)):
        state = "refused" if n < wrong else "accepted"
        find(world.access("verifier"), achievement=one.record, state=state, reason="Looked at")


def test_the_rest_is_accepted_once_the_sample_is_decided_and_says_so(world):
    made = several(world, 9)
    sample = drawn(world, "3")
    client = world.client("verifier")
    at = world.url("sample_rest", sample_id=sample.sample_id)
    assert b"still to be decided" in client.get(at, follow=True).content
    decided(world, sample)
    page = client.get(at)
    assert b"6 outcomes that nobody looked at will be accepted" in page.content
    sent = {"once": "k", "count": "5", "reason": "All three were right"}
    assert b"6 outcomes are left, not 5" in client.post(at, sent).content
    assert b"This field is required" in client.post(at, {**sent, "count": "6", "reason": ""}).content
    for _ in range(2):
        assert client.post(at, {**sent, "count": "6"}).status_code == 302
    assert {state_of(one.record_id, world) for one in made} == {"accepted"}
    how = Counter(
        row.values["verified_by"] for row in Record.of(world.partnership).filter(table="verifications")
    )
    assert how == {"verifier": 3, f"verifier, accepted on the sample of {clock.today():%-d %B %Y}": 6}
    shown = client.get(world.url("sample", sample_id=sample.sample_id)).content.decode()
    assert "6 accepted on this sample" in shown
    assert b"accepted already" in client.get(at, follow=True).content


def test_the_rest_leaves_out_what_changed_lacks_evidence_or_is_ones_own(world):
    made = several(world, 6)
    lacking = record(world, "blake", evidence=[])
    # A seed that draws one with evidence, whatever ids they were given.
    ids = dict.fromkeys([*(one.record_id for one in made), lacking.record_id], 1)
    seed = next(one for one in map(str, range(100)) if ordered(one, ids)[0] != lacking.record_id)
    sample = drawn(world, "1", seed=seed)
    (chosen,) = items_of(sample)
    decided(world, sample)
    left = {one.record_id for one in made} - {chosen.item.achievement_id}
    assert {one.record_id for one in can_rest(world.access("verifier"), sample)} == left
    assert lacking.record_id not in left
    changed = next(
        one for one in made if one.record_id in left and one.organisation.organisation_id == "harbour"
    )
    change_outcome(
        world.access("practitioner"),
        achievement=changed,
        achieved_on=changed.on,
        note="Changed",
        evidence=[("tenancy-agreement", changed.on)],
    )
    late = record(world, "ash", FEB + dt.timedelta(days=40))
    left -= {changed.record_id}
    assert {one.record_id for one in can_rest(world.access("verifier"), sample)} == left
    seat(world.partnership, world.users["verifier"], "investor", world.organisations["lantern"])
    left = {
        one.record_id
        for one in made
        if one.record_id in left and one.organisation.organisation_id == "harbour"
    }
    assert {one.record_id for one in can_rest(world.access("verifier"), sample)} == left
    accept_rest(world.access("verifier"), sample=sample, count=len(left), reason="Right")
    assert state_of(changed.record_id, world) == state_of(late.record_id, world) == "unverified"


def test_the_rate_counts_what_was_refused_or_withdrawn_and_says_how_sure_it_is(world):
    several(world, 8)
    sample = drawn(world, "4")
    first, second, third, _ = items_of(sample)
    find(world.access("verifier"), achievement=first.record, state="refused", reason="Not theirs")
    find(world.access("verifier"), achievement=second.record, state="accepted")
    who = "other_practitioner" if third.record.organisation.organisation_id == "lantern" else "practitioner"
    withdraw_outcome(world.access(who), achievement=third.record, reason="A mistake")
    rate = rate_of(items_of(sample))
    assert (rate.wrong, rate.decided, rate.open) == (2, 3, 1)
    assert rate.words.startswith("2 of 3 (67%); between 21% and 94%")
    page = world.client("verifier").get(world.url("turnaround")).content.decode()
    assert "19 times in 20" in page


def test_a_sample_asks_no_more_queries_for_more_rows(world, django_assert_num_queries):
    several(world, 12)
    small, large = drawn(world, "2"), drawn(world, "100%")
    client = world.client("verifier")
    client.get(world.url("sample", sample_id=small.sample_id))
    with CaptureQueriesContext(connection) as few:
        client.get(world.url("sample", sample_id=small.sample_id))
    with django_assert_num_queries(len(few)):
        client.get(world.url("sample", sample_id=large.sample_id))
