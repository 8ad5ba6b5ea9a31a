"""What the shared outcomes map promises: its forty outcomes, and what each of them carries."""

from datetime import date

import pytest

from openoutcomes.standard.instruments import find
from openoutcomes.standard.outcome_files import SDG_TARGETS
from openoutcomes.standard.outcomes import Outcome, load_map
from openoutcomes.standard.problems import Problem

SOCIAL = """
right start in life; school readiness; school commitment; educational attainment; can do; employability; work;
money management; living within means; access to financial services; home; independent living; healthy living;
health status; mental wellbeing; managing long-term conditions; substance abuse; wellbeing;
social connections; meaningful activity; cultural experience; civic involvement;
rights and responsibilities; safety;
perception of local area; enterprise development; access to information; policy and legislation;
housing supply
"""
ENVIRONMENTAL = """
access to the natural environment; reduced personal impact; water; waste and recycling;
harmful waste and pollution; conservation; organic farming; renewable energy; building standards;
sustainable transport
"""
ECONOMIC = "good employer"


def names(text: str) -> list[str]:
    return [" ".join(name.split()) for name in text.split(";")]


@pytest.mark.parametrize(
    ("domain", "expected"),
    [("social", names(SOCIAL)), ("environmental", names(ENVIRONMENTAL)), ("economic", names(ECONOMIC))],
)
def test_the_map_holds_the_agreed_outcomes_in_order(domain: str, expected: list[str]) -> None:
    outcomes = [outcome for outcome in load_map().values() if outcome.domain == domain]
    assert [outcome.name.lower() for outcome in outcomes] == expected
    assert [outcome.code for outcome in outcomes] == [name.replace(" ", "-") for name in expected]


def test_there_are_forty_with_codes_that_never_repeat() -> None:
    assert len(load_map()) == len(set(load_map())) == 40


def test_the_goals_have_169_targets() -> None:
    assert len(SDG_TARGETS) == 169
    assert {"1.b", "3.d", "11.1", "16.10", "17.19"} <= SDG_TARGETS
    assert not {"0.1", "3.10", "3.e", "17.a", "18.1"} & SDG_TARGETS


@pytest.mark.parametrize("outcome", load_map().values(), ids=lambda outcome: outcome.code)
def test_each_outcome_says_what_it_is_and_is_not_and_who_stands_by_it(outcome: Outcome) -> None:
    assert outcome.means.endswith(".")
    assert outcome.is_not.endswith(".")
    assert outcome.evidence
    assert outcome.author
    assert outcome.provenance
    assert outcome.checked_by == "unchecked"
    assert outcome.next_review > date(2027, 1, 1)
    assert outcome.version == "1.0.0"
    assert outcome.sdg
    assert set(outcome.sdg) <= SDG_TARGETS


@pytest.mark.parametrize("outcome", load_map().values(), ids=lambda outcome: outcome.code)
def test_each_outcome_has_three_to_six_metrics_that_can_be_measured(outcome: Outcome) -> None:
    assert 3 <= len(outcome.metrics) <= 6
    for metric in outcome.metrics:
        assert metric.unit
        assert metric.population
        assert metric.better in ("higher", "lower")
        # A score without an instrument could not be compared between places.
        assert bool(metric.instrument) or metric.kind != "score"
        if metric.instrument:
            assert not isinstance(find(metric.instrument), Problem)


def test_metric_codes_never_repeat_within_the_map() -> None:
    codes = [metric.code for outcome in load_map().values() for metric in outcome.metrics]
    assert sorted(codes) == sorted(set(codes))
