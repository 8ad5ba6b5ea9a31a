"""Rules between values, rows and tables, met in a data set made from rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.standard.rows import check_row, record

PEOPLE = [{"person_id": "p1", "birth_year": 1990}, {"person_id": "p2"}]
ENROLMENTS = [{"enrolment_id": "e1", "person_id": "p1", "started_on": "2015-01-01"}]


def errors(**tables: Sequence[Mapping[str, object]]) -> list[Problem]:
    with pytest.raises(InputError) as raised:
        Dataset.from_rows(tables)
    return list(raised.value.problems)


def one(**tables: Sequence[Mapping[str, object]]) -> Problem:
    (problem,) = errors(**tables)
    return problem


def achievement(**more: object) -> dict[str, object]:
    return {"achievement_id": "a1", "person_id": "p1", "outcome": "x", "achieved_on": "2015-03-01", **more}


def test_ended_before_started() -> None:
    problem = one(enrolments=[{**ENROLMENTS[0], "ended_on": "2014-12-31"}])
    assert (problem.code, problem.field, problem.row) == ("dates-out-of-order", "ended_on", 2)
    assert problem.what == "ended_on 2014-12-31 is before started_on 2015-01-01."


def test_dates_that_are_equal_are_in_order() -> None:
    assert (
        Dataset.from_rows({"enrolments": [{**ENROLMENTS[0], "ended_on": "2015-01-01"}]}).count("enrolments")
        == 1
    )


def test_nothing_is_dated_after_the_day_it_was_recorded() -> None:
    late = achievement(achieved_on="2015-03-03", recorded_at="2015-03-01T12:00:00Z")
    problem = one(achievements=[late])
    assert (problem.code, problem.field) == ("after-recording", "achieved_on")
    assert "2015-03-01" in problem.what


@pytest.mark.parametrize(
    ("moment", "fine"), [("2015-02-28T10:00:00Z", True), ("2015-02-28T09:59:59Z", False)]
)
def test_the_day_of_recording_allows_for_the_zone_furthest_ahead(moment: str, fine: bool) -> None:
    row = achievement(recorded_at=moment)
    assert isinstance(record("achievements", row), dict) is fine
    if fine:
        Dataset.from_rows({"achievements": [row]})
    else:
        assert one(achievements=[row]).code == "after-recording"


def test_a_plan_may_lie_after_the_day_of_recording() -> None:
    goal = {"goal_id": "g1", "person_id": "p1", "set_on": "2015-01-01", "review_on": "2016-01-01"}
    assert Dataset.from_rows({"goals": [{**goal, "recorded_at": "2015-01-02"}]}).count("goals") == 1


@pytest.mark.parametrize(
    ("kinds", "dates", "fine"),
    [
        (["a", "b"], ["2015-01-01", "2015-01-02"], True),
        (["a", "b"], None, True),
        (["a", "b"], ["2015-01-01"], False),
        (None, ["2015-01-01"], False),
    ],
)
def test_evidence_dates_match_evidence_kinds(kinds: object, dates: object, fine: bool) -> None:
    row = achievement(evidence_kinds=kinds, evidence_dates=dates)
    if fine:
        assert Dataset.from_rows({"achievements": [row]}).columns("achievements", ["evidence_kinds"]) == [
            [kinds]
        ]
    else:
        assert one(achievements=[row]).code == "uneven-lists"


def test_a_repeated_id_names_the_row_it_repeats() -> None:
    problem = one(achievements=[achievement(), achievement(achievement_id="a2"), achievement(version=1)])
    assert (problem.code, problem.row) == ("repeated-id", 4)
    assert "already in row 2" in problem.what


def test_versions_of_a_record_share_its_id() -> None:
    rows = [achievement(), achievement(version=2, withdrawn=True)]
    dataset = Dataset.from_rows({"achievements": rows})
    assert dataset.columns("achievements", ["version", "withdrawn"]) == [[1, 2], [False, True]]
    assert one(achievements=[*rows, achievement(version=2)]).row == 4


def test_blank_ids_are_missing_not_repeated() -> None:
    found = errors(people=[{"person_id": ""}, {"person_id": None}, {"person_id": "p1"}, {"person_id": "p1"}])
    assert [(each.code, each.row) for each in found] == [
        ("missing-value", 2),
        ("missing-value", 3),
        ("repeated-id", 5),
    ]


def test_a_reference_to_nothing_is_an_error_when_the_table_is_given() -> None:
    problem = one(people=PEOPLE, achievements=[achievement(person_id="p9"), achievement(achievement_id="a2")])
    assert (problem.code, problem.field, problem.row, problem.value) == (
        "dangling-reference",
        "person_id",
        2,
        "p9",
    )


def test_a_bad_id_is_not_also_a_dangling_reference() -> None:
    found = errors(people=[{"person_id": "p 1"}], achievements=[achievement(person_id="p 1")])
    assert {each.code for each in found} == {"bad-pattern"}


def test_an_empty_table_stops_no_reference() -> None:
    assert Dataset.from_rows({"people": [], "achievements": [achievement()]}).partial == {
        "people",
        "achievements",
    }


def test_nothing_happens_before_a_person_is_born() -> None:
    problem = one(people=PEOPLE, achievements=[achievement(achieved_on="1989-12-31")])
    assert (problem.code, problem.field) == ("before-birth", "achieved_on")
    assert "in 1990" in problem.what
    Dataset.from_rows(
        {"people": PEOPLE, "achievements": [achievement(person_id="p2", achieved_on="1989-12-31")]}
    )


def test_a_corrected_birth_year_clears_what_was_before_the_first() -> None:
    versions = [
        {"person_id": "p1", "birth_year": 1990},
        {"person_id": "p1", "birth_year": 1980, "version": 2},
    ]
    Dataset.from_rows({"people": versions, "achievements": [achievement(achieved_on="1989-12-31")]})


def test_a_person_and_the_enrolment_must_agree() -> None:
    problem = one(enrolments=ENROLMENTS, achievements=[achievement(person_id="p2", enrolment_id="e1")])
    assert (problem.code, problem.value) == ("person-differs", "p2")
    assert "belongs to p1" in problem.what


def test_a_corrected_enrolment_may_have_had_another_person() -> None:
    versions = [*ENROLMENTS, {**ENROLMENTS[0], "person_id": "p2", "version": 2}]
    Dataset.from_rows(
        {"enrolments": versions, "achievements": [achievement(person_id="p2", enrolment_id="e1")]}
    )


def test_every_problem_is_raised_together() -> None:
    found = errors(
        poeple=[{"person_id": "p1"}],
        people=[{"person_id": "p1", "birth_yaer": 1990}, {}],
        achievements=[achievement(quantity="£5"), {"achievement_id": "a2"}],
    )
    assert [each.code for each in found] == [
        "unknown-table",
        "unknown-column",
        "missing-value",
        "number-as-text",
        "missing-value",
        "missing-value",
        "missing-value",
    ]


def test_a_single_row_is_held_to_the_order_of_its_dates() -> None:
    said = check_row(
        "enrolments",
        {
            "enrolment_id": "e1",
            "person_id": "p1",
            "programme_id": "g1",
            "started_on": "2025-03-01",
            "ended_on": "2025-02-01",
        },
    )[1]
    assert any("ended_on" in str(problem) and "started_on" in str(problem) for problem in said)
