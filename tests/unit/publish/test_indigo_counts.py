"""Which count a price is multiplied by: interim and final are never added."""

from __future__ import annotations

from decimal import Decimal

import pytest


def counted(folder):
    """Return the count used for the first metric, and whether a choice was flagged."""
    project = folder.one()
    used = project.metrics[0].used
    flagged = {fault.kind for fault in project.faults} & {"several-results", "conflicting-results"}
    return (None if used is None else used.count), sorted(flagged)


def test_final_is_preferred_and_interim_never_added(contract) -> None:
    contract.result("100", STANDING="Interim", END="2016-06").result("250")
    assert counted(contract) == (Decimal(250), [])


def test_final_is_preferred_even_where_interim_is_later_in_the_file(contract) -> None:
    contract.result("250").result("300", STANDING="interim ", END="2018-06")
    assert counted(contract) == (Decimal(250), [])


def test_interim_counts_from_one_start_are_cumulative_so_the_latest_is_used(contract) -> None:
    contract.result("150", STANDING="Interim", END="2016-12").result("100", STANDING="Interim", END="2016-06")
    assert counted(contract) == (Decimal(150), ["several-results"])


def test_an_interim_count_to_the_present_is_the_latest(contract) -> None:
    contract.result("150", STANDING="Interim", END="current").result("100", STANDING="Interim", END="2016-06")
    assert counted(contract) == (Decimal(150), ["several-results"])


def test_years_that_do_not_overlap_are_added(contract) -> None:
    contract.result("100", START="2015-01", END="2015-12").result("150", START="2016-01", END="2016-12")
    assert counted(contract) == (Decimal(250), ["several-results"])


def test_rows_without_whole_periods_are_never_added(contract) -> None:
    contract.result("100", START="", END="2015-12").result("150", START="2016-01", END="2016-12")
    assert counted(contract) == (Decimal(150), ["several-results"])


def test_different_counts_for_one_period_conflict_and_none_is_used(contract) -> None:
    contract.result("100").result("150")
    assert counted(contract) == (None, ["conflicting-results"])


def test_the_same_count_twice_is_used_once(contract) -> None:
    contract.result("100").result("100", NOTES="again")
    assert counted(contract) == (Decimal(100), ["several-results"])


def test_a_row_for_the_outcome_is_preferred_to_one_for_the_project(contract) -> None:
    contract.result("999", LEVEL="Project level").result("100")
    assert counted(contract) == (Decimal(100), [])


def test_a_project_row_stands_for_a_metric_it_names(contract) -> None:
    contract.result("999", LEVEL="Project level")
    assert counted(contract) == (Decimal(999), [])


def test_a_row_without_metric_stands_for_an_only_metric(contract) -> None:
    contract.result("70", metric="")
    assert counted(contract) == (Decimal(70), [])


def test_a_row_without_metric_stands_for_none_of_several(contract) -> None:
    contract.metric("m2").result("70", metric="")
    assert counted(contract) == (None, [])


def test_an_unstated_standing_is_used_when_there_is_no_other(contract) -> None:
    contract.result("70", STANDING="")
    assert counted(contract) == (Decimal(70), [])


def test_an_unknown_standing_comes_last(contract) -> None:
    contract.result("70", STANDING="Draft").result("60", STANDING="")
    assert counted(contract) == (Decimal(60), [])


def test_positive_outcomes_stand_in_where_nothing_is_achieved_by_the_other_column(contract) -> None:
    contract.result("", POSITIVE="44")
    used = contract.one().metrics[0].used
    assert (used.count, used.column) == (Decimal(44), "'Number with Positive social outcomes'")


def test_two_counts_in_a_row_that_differ_are_flagged(contract) -> None:
    contract.result("50", POSITIVE="44")
    assert counted(contract)[0] == 50
    assert contract.kinds() == ["counts-differ"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("about half", "prose-result"),
        ("45%", "prose-result"),
        ("0.8", "count-not-whole"),
        ("-4", "negative-count"),
    ],
)
def test_what_is_no_count_is_flagged_and_not_used(contract, text: str, kind: str) -> None:
    contract.result(text)
    assert counted(contract)[0] is None
    assert contract.kinds() == [kind]


def test_a_fraction_above_one_is_used_and_flagged(contract) -> None:
    contract.result("12.5")
    assert counted(contract)[0] == Decimal("12.5")
    assert contract.kinds() == ["count-not-whole"]
    assert contract.one().metrics[0].as_dict()["count"] == "12.5"


def test_the_choice_is_told_with_rows_and_what_was_passed_over(contract) -> None:
    contract.result("100", STANDING="Interim", END="2016-06").result("250")
    told = contract.one().metrics[0].as_dict()["counts_used"]
    assert told == {
        "standing": "final",
        "rows": [3],
        "column": "Outcomes achieved",
        "choice": "the final count",
        "others": [{"from": "interim result, row 2", "count": 100}],
    }
