"""Instruments as forms: wording, scores as answered, missing answers, alerts, and change over time."""

import pytest

from openoutcomes.standard.instruments import INSTRUMENTS
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.scope import writing
from openoutcomes.web.partnerships.models import Offered
from openoutcomes.web.records import commands, instruments
from openoutcomes.web.records.models import Record


def switch_on(world, code, wording=()):
    with writing("test"):
        Offered.objects.create(
            partnership=world.partnership, kind="instrument", code=code, wording=list(wording)
        )


def at(world, code="phq-9", name="measure_add"):
    return world.url(name, person_id=world.people["ash"].person_id, instrument=code)


def answers(*values, **further):
    given = {f"item_{number}": value for number, value in enumerate(values, start=1) if value != ""}
    return {"when": "today", "once": "one", **given, **further}


def readings(world):
    return Record.of(world.partnership).filter(table="measures").order_by("pk")


def test_answers_are_scored_and_stored_with_what_was_ticked(world):
    client = world.client("practitioner")
    page = client.get(at(world)).content.decode()
    assert "Little interest or pleasure in doing things" in page
    assert "Nearly every day" in page
    for _ in range(2):
        answer = client.post(at(world), answers(2, 2, 2, 2, 2, 2, 2, 2, 0, how="self_completed"))
    record = readings(world).get()
    assert (record.values["score"], record.values["items"]) == ("16", "2;2;2;2;2;2;2;2;0")
    shown = client.get(answer["Location"]).content.decode()
    assert "Moderately severe" in shown
    assert "first reading" in shown


def test_the_score_is_shown_as_it_is_answered_and_nothing_is_kept(world):
    client = world.client("practitioner")
    part = client.post(at(world, name="measure_score"), answers(1, 1, 1, 1, 1, 1, 1, 1, 1)).content.decode()
    assert "<html" not in part
    assert "<dd>9</dd>" in part
    assert "conversation the same day" in part
    assert not readings(world).exists()


def test_an_answer_that_calls_for_action_says_what_to_do_whatever_the_score(world):
    client = world.client("practitioner")
    answer = client.post(at(world), answers(0, 0, 0, 0, 0, 0, 0, 0, 1), follow=True)
    assert "needs a conversation the same day" in answer.content.decode()
    record = readings(world).get()
    page = client.get(world.url("record", table="measures", record_id=record.record_id)).content.decode()
    assert "needs a conversation the same day" in page


def test_a_few_missing_answers_are_stood_in_for_and_too_many_give_no_score(world):
    client = world.client("practitioner")
    part = client.post(at(world, name="measure_score"), answers(1, 1, 1, 1, 1, 1, 1, "", ""))
    assert "2 answers are missing" in part.content.decode()
    client.post(at(world), answers(3, 3, "", "", "", "", "", "", 1))
    record = readings(world).get()
    assert "score" not in record.values
    assert record.values["items"] == "3;3;;;;;;;1"
    assert instruments.alerts_for(record)


def test_nothing_answered_is_not_stored(world):
    page = world.client("practitioner").post(at(world), answers())
    assert "No question was answered" in page.content.decode()
    assert not readings(world).exists()


def test_an_answer_outside_the_form_is_refused(world):
    page = world.client("practitioner").post(at(world), answers(9, 0, 0, 0, 0, 0, 0, 0, 0))
    assert "Select a valid choice" in page.content.decode()
    assert not readings(world).exists()


def test_wording_that_may_not_be_shipped_is_asked_by_number_unless_somebody_is_licensed(world):
    switch_on(world, "swemwbs")
    client = world.client("practitioner")
    page = client.get(at(world, "swemwbs")).content.decode()
    assert "Question 1" in page
    assert "without a licence of your own" in page
    with writing("test"):
        Offered.of(world.partnership).update(wording=[f"Made-up statement {n}" for n in range(1, 8)])
    page = client.get(at(world, "swemwbs")).content.decode()
    assert "Made-up statement 7" in page
    assert "without a licence" not in page


def test_a_metric_table_gives_the_metric_score(world):
    switch_on(world, "swemwbs")
    world.client("practitioner").post(at(world, "swemwbs"), answers(3, 3, 3, 3, 3, 3, 3))
    score = readings(world).get().values["score"]
    assert score == str(INSTRUMENTS["swemwbs"].metric_table.value[21])


def test_an_instrument_of_several_scales_gives_one_row_for_each(world):
    client = world.client("practitioner")
    answer = client.post(at(world, "ons4"), answers(7, 8, 6, 3), follow=True)
    assert [(r.code, r.values["score"]) for r in readings(world)] == [
        ("ons4/life-satisfaction", "7"), ("ons4/worthwhile", "8"), ("ons4/happiness", "6"), ("ons4/anxiety", "3"),
    ]  # fmt: skip
    page = answer.content.decode()
    assert "Anxiety yesterday" in page
    assert "Life satisfaction" in page


def test_an_instrument_scored_elsewhere_takes_its_scores(world):
    switch_on(world, "eq-5d-5l")
    client = world.client("practitioner")
    wrong = client.post(at(world, "eq-5d-5l"), {"when": "today", "total_vas": "120", "once": "1"})
    assert "There is a problem" in wrong.content.decode()
    empty = client.post(at(world, "eq-5d-5l"), {"when": "today", "once": "2"})
    assert "No score was given" in empty.content.decode()
    client.post(at(world, "eq-5d-5l"), {"when": "today", "total_vas": "70", "once": "3"})
    assert [(r.code, r.values["score"]) for r in readings(world)] == [("eq-5d-5l/vas", "70")]


def test_change_is_told_from_the_first_and_the_one_before_and_whether_it_is_more_than_chance(world):
    by = world.access("practitioner")
    for score in ("18", "15", "9"):
        commands.take_measure(
            by, person=world.people["ash"],
            readings=[{"instrument": "phq-9", "score": score, "taken_on": today()}],
        )  # fmt: skip
    with writing("test"):
        for number, record in enumerate(readings(world)):
            Record.of(world.partnership).filter(pk=record.pk).update(on=today().replace(year=2024 + number))
    page = world.client("practitioner").get(
        world.url("readings", person_id=world.people["ash"].person_id, code="phq-9")
    )
    says = page.context["stories"][0].says
    assert says[0].startswith("Since the first reading: down 9, which is better. That is a reliable change")
    assert says[1].startswith("Since the one before: down 6")
    text = page.content.decode()
    assert "<meter" in text
    assert "<svg" not in text
    assert "style=" not in text


def test_where_no_threshold_is_known_that_is_said(world):
    switch_on(world, "audit-c")
    by = world.access("practitioner")
    for day, score in ((1, "9"), (2, "4")):
        commands.take_measure(
            by, person=world.people["ash"],
            readings=[{"instrument": "audit-c", "score": score, "taken_on": today().replace(year=2024, day=day)}],
        )  # fmt: skip
    page = world.client("practitioner").get(
        world.url("readings", person_id=world.people["ash"].person_id, code="audit-c")
    )
    assert "No threshold is known" in page.content.decode()


def test_only_what_is_switched_on_is_offered_and_nothing_is_ever_required(world):
    client = world.client("practitioner")
    listed = client.get(world.url("measures", person_id=world.people["ash"].person_id)).content.decode()
    assert "Nobody has to answer anything to get support" in listed
    assert "Patient Health Questionnaire" in listed
    assert "Warwick" not in listed
    assert client.get(at(world, "swemwbs")).status_code == 404
    assert client.get(at(world, "nonsense")).status_code == 404


def test_readings_of_others_are_not_there(world, elsewhere):
    world.client("practitioner").post(at(world), answers(*[1] * 9))
    address = world.url("readings", person_id=world.people["ash"].person_id, code="phq-9")
    assert world.client("practitioner").get(address).status_code == 200
    for client in (world.client("other_practitioner"), elsewhere.client("practitioner")):
        assert client.get(address).status_code == 404
        assert client.get(at(world)).status_code == 404
        assert client.post(at(world, name="measure_score"), answers(1)).status_code == 404


@pytest.mark.parametrize("code", sorted(INSTRUMENTS))
def test_every_instrument_has_a_form(world, code):
    switch_on(world, code)
    assert world.client("practitioner").get(at(world, code)).status_code == 200
