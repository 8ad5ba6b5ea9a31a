"""Problems as values: each says what, where and how to mend, and travels whole."""

import dataclasses
import json

import pytest

from openoutcomes.standard.problems import InputError, Problem

WHOLE = Problem(
    what="30 February is not a date.",
    mend="Write the day it happened as YYYY-MM-DD.",
    file="achievements.csv",
    row=3,
    field="achieved_on",
    value="2015-02-30",
    code="impossible-date",
)


def test_a_problem_reads_as_one_sentence_of_where_what_and_mend() -> None:
    assert str(WHOLE) == (
        "achievements.csv, row 3, achieved_on: 30 February is not a date."
        " Write the day it happened as YYYY-MM-DD."
    )


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("Nothing here."), "Nothing here."),
        (Problem("Unknown key.", file="terms.yaml", line=7), "terms.yaml, line 7: Unknown key."),
        (Problem("Missing.", field="person_id", row=0), "row 0, person_id: Missing."),
    ],
)
def test_what_is_not_known_of_the_place_is_left_out(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_a_problem_is_ready_for_json_with_every_field_in_order() -> None:
    written = json.loads(json.dumps(WHOLE.as_dict()))
    assert list(written) == [field.name for field in dataclasses.fields(Problem)]
    assert Problem(**written) == WHOLE


def test_a_problem_cannot_be_changed_after_it_is_reported() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        WHOLE.what = "Fine."  # type: ignore[misc]


def test_an_input_error_carries_one_problem_or_many() -> None:
    other = Problem("Also this.")
    assert InputError(WHOLE).problems == (WHOLE,)
    assert InputError(problem for problem in (WHOLE, other)).problems == (WHOLE, other)
    assert str(InputError([WHOLE, other])) == f"{WHOLE}\n{other}"
