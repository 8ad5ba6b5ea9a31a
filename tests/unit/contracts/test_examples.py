"""A contract's own examples: one that does not come out must fail, and say what came instead."""

from collections.abc import Callable

import pytest

from openoutcomes.contracts.examples import run_examples
from openoutcomes.contracts.explaining import explain
from openoutcomes.contracts.reading import parse_terms
from openoutcomes.contracts.terms import Terms
from openoutcomes.standard.dataset import Dataset

CARD = """\
parties: {payers: {council: 1/2, health: 1/2}}
parameters: {rate: {means: a price, unit: GBP, example: 10}}
outcomes:
  home: {pays: 100, once per: person, evidence: letter}
  visit: {pays: parameter rate, repeatable: yes}
  refuge: {pays: {by sex: {female: 7}}, repeatable: yes, quantity: nights}
  told: {pays: 1, repeatable: yes, person says: {question: helped, answers: [yes], collected: by anyone}}
  calmer: {pays: 1, repeatable: yes, measured by: {instrument: phq-9, falls by: at least 5}}
  undone: {pays: 1, repeatable: yes, void if: lost}
  needed: {pays: 1, repeatable: yes, who: [{need: {category: housing}}]}
  joint: {pays: 10, repeatable: yes, shared with contributors: yes}
fixed payments: {core: {pays: 5, on: 2015-06-01, only if: {indicator: journeys, is: at least 4}}}
cohort outcomes: {fewer: {metric: m, steps: {at least 10%: 50}}}
caps: {per person: 150}
"""


def failures(yaml: Callable[[str], str], example: str) -> list[str]:
    """What one example fails by; nothing when it passes."""
    (outcome,) = run_examples(parse_terms(yaml(CARD + f"examples: [{{says: one, {example}}}]")))
    assert outcome.passed is not bool(outcome.failures)
    return list(outcome.failures)


GIVEN = "given: {achievements: [home on 2015-02-01 with letter, visit on 2015-02-02, visit on 2015-02-03]}"


@pytest.mark.parametrize(
    "expect",
    [
        "{home: 100, visit: 20}",
        "{home: 100 on 2015-02-01, visit: [10, 10]}",
        "{home: £100.00, visit: [10 on 2015-02-02, 10 on 2015-02-03]}",
        "{home: 100, visit: 10 on 2015-02-03}",
        "{payable: 120}",
        "{payable: 120, home: 100, payers: {council: 60, health: 60}}",
        "{home: 100, visit: 20, refuge: 0, held: 5, gross: 125, earned: 125}",
    ],
)
def test_an_example_that_comes_out_passes(expect: str, yaml: Callable[[str], str]) -> None:
    assert failures(yaml, f"{GIVEN}, expect: {expect}") == []


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("{home: 99, visit: 20}", "home: expected 99; got £100.00 on 2015-02-01 (accepted at £100.00)"),
        ("{home: 100 on 2015-02-02, visit: 20}", "home: expected 100 on 2015-02-02"),
        ("{home: refused, visit: 20}", "home: expected refused"),
        ("{home: held, visit: 20}", "home: expected held"),
        ("{home: reduced to 100, visit: 20}", "home: expected reduced to 100"),
        ("{home: 100}", "visit: nothing was expected; got £10.00 on 2015-02-02"),
        ("{home: 100, visit: [10]}", "visit: expected 10"),
        ("{home: 100, visit: [10, 10, 10]}", "visit: expected 10, 10, 10"),
        ("{home: 100, visit: [10, held]}", "visit: expected 10, held"),
        ("{home: 100, visit: 20, refuge: 7}", "refuge: expected 7; got no line"),
        ("{home: 100, visit: 20, refuge: refused}", "refuge: expected refused; got no line"),
        ("{payable: 119}", "payable in all: expected £119.00; got £120.00"),
        ("{payable: 120, payers: {council: 61}}", "council pays: expected £61.00; got £60.00"),
    ],
)
def test_an_example_that_does_not_come_out_says_what_came(
    expect: str, said: str, yaml: Callable[[str], str]
) -> None:
    found = failures(yaml, f"{GIVEN}, expect: {expect}")
    assert len(found) == 1
    assert found[0].startswith(said)


def given_home(*claims: str) -> str:
    return f"given: {{achievements: [{', '.join(repr(claim) for claim in claims)}]}}"


@pytest.mark.parametrize(
    ("claims", "expect"),
    [
        (("home on 2015-02-01",), "{home: held}"),
        (("home on 2015-02-01",), "{home: held 100}"),
        (("home on 2015-02-01 with letter, unverified",), "{home: held 100}"),
        (("home on 2015-02-01 with letter, queried on 2015-03-01",), "{home: held 100}"),
        (("home on 2015-02-01 with letter, refused",), "{home: refused 100}"),
        (("home on 2015-02-01 with letter, refused",), "{home: [refused 100]}"),
        (("home on 2015-02-01 with letter", "home on 2015-02-02 with letter"), "{home: [100, refused]}"),
        (("home on 2015-02-01 with letter", "home on 2015-02-02 with letter, for p2"), "{home: 200}"),
        (("home on 2015-02-01 with letter, as x", "refuge on 2015-02-02, quantity 2, for p1"), "{home: 100, refuge: held}"),
        (("home on 2015-02-01 with letter, unclaimed, by ambition, evidence dated 2015-02-01",), "{home: 100}"),
        (("home on 2015-02-01 with letter, sustained to 2015-04-01, claimed on 2015-03-01, accepted on 2015-03-02",), "{home: 100}"),
    ],
)  # fmt: skip
def test_claims_as_they_are_written(claims: tuple[str, ...], expect: str, yaml: Callable[[str], str]) -> None:
    assert failures(yaml, f"{given_home(*claims)}, expect: {expect}") == []


@pytest.mark.parametrize(
    ("given", "expect"),
    [
        ("achievements: [{outcome: home, achieved_on: 2015-02-01, evidence kinds: letter, claimed on: 2015-02-02}]", "home: 100"),
        ("achievements: [{outcome: home, achieved_on: 2015-02-01, evidence_kinds: [letter], evidence_dates: [2015-02-01]}]", "home: 100"),
        ("person: {sex: female, started: 2015-01-01}, achievements: ['refuge on 2015-02-01, quantity 2']", "refuge: 14"),
        ("people: [{person: x, sex: female}, {person: y, sex: male}], achievements: ['refuge on 2015-02-01, for x', 'refuge on 2015-02-02, for y']", "refuge: [7, refused]"),
        ("achievements: [told on 2015-02-01], feedback: [{question: helped, answer: 'yes', answered on: 2015-02-02}]", "told: 1"),
        ("achievements: [calmer on 2015-03-01], measures: [phq-9 15 on 2015-02-01, 'phq-9 10 on 2015-02-20, for p1']", "calmer: 1"),
        ("achievements: [calmer on 2015-03-01], measures: [phq-9 15 on 2015-02-01, {instrument: phq-9, score: 10, taken_on: 2015-02-20}]", "calmer: 1"),
        ("achievements: [undone on 2015-03-01], events: [lost on 2015-03-02]", "undone: refused"),
        ("achievements: [undone on 2015-03-01], events: [{kind: lost, occurred_on: 2015-03-02}, 'found on 2015-03-02, for p2']", "undone: refused"),
        ("achievements: [needed on 2015-03-01], needs: [{category: housing, presented_on: 2015-01-01}]", "needed: 1"),
        ("achievements: ['joint on 2015-03-01, as j'], contributions: [{achievement_id: j, organisation_id: o}]", "joint: 10"),
        ("enrolments: [{person: p1, started: 2015-01-01}], achievements: [visit on 2015-02-01]", "visit: 10"),
        ("indicators: [{indicator: journeys, value: 4, period_start: 2015-01-01, period_end: 2015-05-31}]", "core: 5"),
        ("cohort results: [{cohort: 1, metric: m, numerator: 1, denominator: 5, period_end: 2015-12-31}]", "fewer: 50"),
        ("counts: {home: 3}", "home: 300"),
        ("counts: [{outcome: home, count: 3, period_start: 2015-01-01, period_end: 2015-03-31}]", "home: 300"),
        ("person: {}", "payable: 0"),
    ],
)  # fmt: skip
def test_records_as_they_are_written(given: str, expect: str, yaml: Callable[[str], str]) -> None:
    core = "" if "core" in expect or "payable" in expect else ", core: held"
    assert failures(yaml, f"given: {{{given}}}, expect: {{{expect}{core}}}") == []


def test_an_example_may_be_priced_on_an_earlier_day_with_its_own_numbers(yaml: Callable[[str], str]) -> None:
    given = "given: {achievements: [visit on 2015-02-01, visit on 2015-03-01]}"
    assert (
        failures(yaml, f"as of: 2015-02-15, parameters: {{rate: 3}}, {given}, expect: {{visit: [3]}}") == []
    )


def test_an_example_with_records_that_cannot_be_fails_and_says_where(yaml: Callable[[str], str]) -> None:
    found = failures(yaml, "given: {achievements: [visit on 2015-02-30]}, expect: {visit: 10}")
    assert len(found) >= 1
    assert found[0].startswith("line 18: achievements, row 2, achieved_on")
    assert "February 2015 has 28 days" in found[0]


def test_reduced_lines_are_expected_by_what_is_left(yaml: Callable[[str], str]) -> None:
    claims = ", ".join(f"visit on 2015-03-{day:02}" for day in range(1, 17))
    given = f"given: {{achievements: [home on 2015-02-01 with letter, {claims}]}}"
    assert failures(yaml, f"{given}, expect: {{home: 100, visit: reduced to 50}}") == []
    assert failures(yaml, f"{given}, expect: {{home: 100, visit: reduced}}") == []
    assert failures(yaml, f"{given}, expect: {{home: 100, visit: reduced to 51}}") != []


def test_terms_without_examples_have_none(yaml: Callable[[str], str]) -> None:
    assert run_examples(parse_terms(yaml("outcomes: {home: {pays: 1, repeatable: yes}}"))) == []


def test_money_that_is_expected_and_held_is_not_had(yaml: Callable[[str], str]) -> None:
    (said,) = failures(
        yaml,
        f"{given_home('home on 2015-02-01', 'home on 2015-02-02, for p2')}, expect: {{home: [100, 100]}}",
    )
    assert said.startswith("home: expected 100, 100; got held £100.00 on 2015-02-01")


# The story of a line -------------------------------------------------------------------------


def test_the_story_tells_the_limit_that_a_claim_was_refused_by(terms: Callable[..., Terms]) -> None:
    import datetime as dt

    read = terms(
        "verification: not required\noutcomes: {home: {pays: 1, once per: person}, visit: {pays: 1, repeatable: yes}}"
    )
    claims = [("a", "home"), ("b", "home"), ("c", "visit"), ("d", "job")]
    rows = [
        {"achievement_id": id_, "person_id": "p", "outcome": code, "achieved_on": "2015-02-01"}
        for id_, code in claims
    ]
    data = Dataset.from_rows({"people": [{"person_id": "p"}], "achievements": rows})
    _, stories = explain(read, data, dt.date(2016, 1, 1), ["p"])
    limits = {
        story.line.line_id: [(step.outcome, step.detail) for step in story.steps if step.rule == "once"]
        for story in stories
    }
    assert limits == {
        "a": [("met", "")],
        "b": [("refused", "it pays once per person; a on 1 February 2015 came first")],
        "c": [],
        "d": [],
    }
    assert [story.line.line_id for story in explain(read, data, dt.date(2016, 1, 1), ["c"])[1]] == ["c"]


def test_a_story_is_the_same_in_fields_as_in_text(terms: Callable[..., Terms]) -> None:
    import datetime as dt

    read = terms("verification: not required\noutcomes: {home: {pays: 1, once per: person}}")
    rows = [{"achievement_id": "a", "person_id": "p", "outcome": "home", "achieved_on": "2015-02-01"}]
    data = Dataset.from_rows({"people": [{"person_id": "p"}], "achievements": rows})
    _, (story,) = explain(read, data, dt.date(2016, 1, 1), ["a"])
    told = story.as_dict()
    assert (told["headline"], told["terms"], told["money"]) == (
        story.headline,
        story.terms,
        list(story.money),
    )
    assert told["line"]["amount"] == "1.00"
    assert told["steps"][-1] == {
        "rule": "once",
        "says": "Pays once per person",
        "outcome": "met",
        "detail": "",
    }
    assert all(step["says"] in story.as_text() for step in told["steps"])
