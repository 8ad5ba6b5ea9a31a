"""What is well written but worth a second look is told as a warning, and stops nothing."""

from collections.abc import Callable

import pytest

from openoutcomes.contracts.advice import advice
from openoutcomes.contracts.reading import parse_terms, read_terms


def told(yaml: Callable[[str], str], body: str) -> list[str]:
    document = parse_terms(yaml(body))
    problems = advice(document, read_terms(document, assume=True))
    assert {problem.severity for problem in problems} <= {"warning"}
    return [f"{problem.what} {problem.mend}".strip() for problem in problems]


QUIET = "source: {where: a deed}\nexamples: [{says: one, given: {achievements: [home on 2015-02-01]}, expect: {home: 1}}]\n"


def home(more: str) -> str:
    return f"{QUIET}outcomes: {{home: {{pays: 1, once per: person{more}}}}}"


def test_terms_with_a_source_and_examples_are_left_alone(yaml: Callable[[str], str]) -> None:
    assert told(yaml, home(", counts as: home or leeds:hearth")) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (", counts as: hoem", "home: 'hoem' is not on the outcomes map. Did you mean 'home'?"),
        (
            ", counts as: zzzzzz",
            "home: 'zzzzzz' is not on the outcomes map. See: openoutcomes outcomes list.",
        ),
        (
            ", measured by: {instrument: swemwsb, rises by: at least 3}",
            "home: 'swemwsb' is not an instrument of the library. Did you mean 'swemwbs'?",
        ),
        (
            ", measured by: {instrument: phq-9, falls by: at least 5}",
            (
                "home: paying on one person's phq-9 score invites answers that please. Pay on something else,"
                " or judge a group's mean, collected independently (cohort outcomes)."
            ),
        ),
    ],
)
def test_odd_codes_and_instruments_are_told(more: str, said: str, yaml: Callable[[str], str]) -> None:
    assert told(yaml, home(more)) == [said]


def test_a_number_declared_and_never_used_is_told(yaml: Callable[[str], str]) -> None:
    body = "parameters: {rate: {means: a rate, value: 1}, size: {means: a size, value: 2}}\n" + home(
        ", at most: parameter size per person"
    )
    assert told(yaml, body) == ["the parameter 'rate' is declared and never used. Use it, or remove it."]


def test_no_source_no_examples_and_an_outcome_no_example_shows_are_told(yaml: Callable[[str], str]) -> None:
    assert told(yaml, "outcomes: {home: {pays: 1, once per: person}}") == [
        "no source is given. Add source: {where: …, verified: […], assumed: […]}.",
        "there are no examples. Add some, so that others can check the terms by hand.",
    ]
    body = home("") + "\ncohort outcomes: {fewer: {metric: m, each: {pays: 1}}}"
    assert told(yaml, body) == ["no example shows 'fewer'. Add one."]
