"""Asking before deciding: the triage places a problem by named answers; factors are evidence and never a score."""

import itertools

import pytest

from openoutcomes.web.agenda import factors, triage
from openoutcomes.web.agenda.models import Evidence, Gap, Triage, TriageDecision
from openoutcomes.web.agenda.waiting import waiting
from openoutcomes.web.core import clock

CLEAR = {question.code: "clear" for question in triage.QUESTIONS}


@pytest.mark.parametrize(
    ("changes", "goal", "capacity", "way"),
    [
        ({}, "clear", "clear", "An outcomes contract"),
        ({"providers": "against"}, "clear", "against", "Capacity building"),
        ({"wait": "against", "records": "against"}, "clear", "against", "Capacity building"),
        ({"wait": "against", "records": "halfway", "payer": "halfway"}, "clear", "against", "Capacity building"),
        ({"wait": "against", "records": "halfway"}, "clear", "clear", "An outcomes contract"),
        ({"agreed": "against"}, "against", "clear", "Co-ordination"),
        ({"seen": "against"}, "against", "clear", "Co-ordination"),
        ({"known_way": "against", "whose_hands": "against"}, "against", "clear", "Co-ordination"),
        ({"whose_hands": "against"}, "clear", "clear", "An outcomes contract"),
        ({"agreed": "against", "providers": "against"}, "against", "against", "A grant"),
        ({"agreed": "unknown", "seen": "unknown"}, "unknown", "clear", "Find out more first"),
        ({"agreed": "unknown"}, "clear", "clear", "An outcomes contract"),
        ({"wait": "unknown", "records": "unknown", "payer": "unknown"}, "clear", "unknown", "Find out more first"),
    ],
)  # fmt: skip
def test_a_problem_is_placed_by_its_answers(changes, goal, capacity, way):
    placed = triage.place({**CLEAR, **changes})
    assert (placed.goal.place, placed.capacity.place, placed.way) == (goal, capacity, way)


def test_every_placing_names_the_answers_that_led_there_and_no_answer_is_lost():
    codes = [question.code for question in triage.QUESTIONS if question.axis == "goal"]
    for answers in itertools.product(("clear", "halfway", "against", "unknown"), repeat=len(codes)):
        placed = triage.place({**CLEAR, **dict(zip(codes, answers, strict=True))})
        assert placed.goal.why, answers
        if placed.goal.place == "against":
            against = [code for code, one in zip(codes, answers, strict=True) if one == "against"]
            named = [
                code for code in against if any(triage.BY_CODE[code].asks in line for line in placed.goal.why)
            ]
            assert named == against
        unknown = sum(1 for one in answers if one == "unknown")
        assert len(placed.find_out) == unknown


def test_worse_answers_never_place_a_problem_better():
    order = ("clear", "halfway", "against")
    codes = [question.code for question in triage.QUESTIONS if question.axis == "capacity"]
    for answers in itertools.product(order, repeat=len(codes)):
        given = {**CLEAR, **dict(zip(codes, answers, strict=True))}
        if triage.place(given).capacity.place != "against":
            continue
        for code in codes:
            worse = order[min(order.index(given[code]) + 1, 2)]
            assert triage.place({**given, code: worse}).capacity.place == "against"


def test_an_outcomes_contract_comes_with_what_to_be_careful_of():
    placed = triage.place({**CLEAR, "enough": "against", "wait": "halfway", "agreed": "unknown"})
    assert placed.way == "An outcomes contract"
    words = " ".join(placed.careful)
    assert "luck" in words
    assert "shut out" in words
    assert "Ask people supported" in words


def test_the_answers_are_kept_with_who_and_when_asked_again_and_people_decide(world, elsewhere):
    client = world.client("commissioner")
    page = client.post(
        world.url("triage_ask"), {"problem": "Few start", **CLEAR, "seen": ""}
    ).content.decode()
    assert "“we do not know yet” is an answer." in page
    sent = {"problem": "Few start", **CLEAR, "providers": "against", "once": "t"}
    for _ in range(2):
        assert client.post(world.url("triage_ask"), sent).status_code == 302
    row = Triage.of(world.partnership).get()
    page = world.client("person").get(world.url("triage", triage_id=row.triage_id)).content.decode()
    assert "Capacity building" in page
    assert "Are there organisations here that could do it, and want to? None yet." in page
    assert "decide yourselves" in page
    again = world.url("triage_again", triage_id=row.triage_id)
    assert client.post(again, {"problem": "Few start", **CLEAR}).status_code == 302
    page = world.client("person").get(world.url("triage", triage_id=row.triage_id)).content.decode()
    assert "It was asked again" in page
    later = Triage.of(world.partnership).get(again_of=row)
    decide = world.url("triage_decide", triage_id=later.triage_id)
    assert client.post(decide, {"way": "grant"}).status_code == 403
    coordinator = world.client("coordinator")
    page = coordinator.post(decide, {"way": "grant", "why": "x"}).content.decode()
    assert "Name the group or role." in page
    sent = {
        "way": "grant",
        "why": "Nobody asked young people",
        "decided_by": "Partnership board",
        "once": "d",
    }
    for _ in range(2):
        assert coordinator.post(decide, sent).status_code == 302
    assert TriageDecision.of(world.partnership).count() == 1
    page = world.client("person").get(world.url("triage", triage_id=later.triage_id)).content.decode()
    assert "Nobody asked young people" in page
    assert "which said: capacity building" in page
    assert world.client("person").get(world.url("triage_ask")).status_code == 403
    assert elsewhere.client("person").get(elsewhere.url("triage", triage_id=row.triage_id)).status_code == 404
    listed = world.client("person").get(world.url("triages")).content.decode()
    assert "The goal is simple; capacity is low" in listed
    assert world.client("person").get(world.url("triages"), {"format": "csv"}).status_code == 200


def test_there_are_twelve_and_ten_factors_each_with_a_question_and_a_source():
    kinds = [factor.kind for factor in factors.FACTORS]
    assert (kinds.count("success"), kinds.count("together")) == (12, 10)
    assert len({factor.code for factor in factors.FACTORS}) == 22
    for factor in factors.FACTORS:
        assert factor.asks.endswith("?")
        assert factor.source in factors.SOURCES
        assert not (factor.is_read and factor.source == "own")


def test_evidence_is_gathered_struck_out_with_a_reason_and_never_scored(world, elsewhere):
    client = world.client("practitioner")
    url = world.url("evidence_note", code="t-respect")
    today = clock.today()
    day = {"on_day": today.day, "on_month": today.month, "on_year": today.year}
    good = {"kind": "said", "who": "front_line", "words": "They rang us when it went wrong", **day}
    assert "Choose a group" in client.post(url, {**good, "who": ""}).content.decode()
    assert "No document was named." in client.post(url, {**good, "kind": "document"}).content.decode()
    for _ in range(2):
        assert client.post(url, {**good, "once": "e"}).status_code == 302
    note = Evidence.of(world.partnership).get()
    page = world.client("person").get(world.url("factor", code="t-respect")).content.decode()
    assert "They rang us when it went wrong" in page
    assert "those who do the work" in page
    strike = world.url("evidence_strike", evidence_id=note.evidence_id)
    other = world.client("other_practitioner")
    assert "Somebody else wrote this." in other.post(strike, {"why": "x"}).content.decode()
    gap = world.url("gap_add", code="t-respect")
    assert "Name a role." in client.post(gap, {"words": "What of the council?"}).content.decode()
    due = {"due_on_day": "1", "due_on_month": "2", "due_on_year": "2025"}
    assert (
        client.post(gap, {"words": "What of the council?", "finder": "Evaluation lead", **due}).status_code
        == 302
    )
    page = world.client("person").get(world.url("factors")).content.decode()
    assert "What of the council? (Evaluation lead, by 1 February 2025, late)" in page
    assert "none of them" not in page
    assert "%" not in page.split("<main", 1)[1].split("</main", 1)[0]
    assert waiting(world.access("coordinator"))[2].count == 1
    row = Gap.of(world.partnership).get()
    close = world.url("gap_close", gap_id=row.gap_id)
    assert "Write what was found out." in client.post(close, {}).content.decode()
    assert client.post(close, {"found": "They did too"}).status_code == 302
    assert waiting(world.access("coordinator"))[2].count == 0
    assert client.post(strike, {"why": "It was another partnership"}).status_code == 302
    page = world.client("person").get(world.url("factor", code="t-respect")).content.decode()
    assert "It was another partnership" in page
    assert "<s>" in page
    rows = world.client("person").get(world.url("factors"), {"format": "csv"}).content.decode()
    assert "They rang us" not in rows
    assert client.get(world.url("factor", code="nothing")).status_code == 404
    assert (
        elsewhere.client("coordinator")
        .post(elsewhere.url("gap_close", gap_id=row.gap_id), {"found": "x"})
        .status_code
        == 404
    )
    assert world.client("person").get(url).status_code == 403
