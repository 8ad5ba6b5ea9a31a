"""The commands for outcomes and instruments: pure JSON, plain errors, honest exit statuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from openoutcomes.cli.app import main
from openoutcomes.standard.outcome_pages import PLACE_EXAMPLE


class Done(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> Done:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Done(int(left.value.code or 0), printed.out, printed.err)

    return call


def test_outcomes_are_listed_with_one_row_each(run: Run) -> None:
    done = run("outcomes", "list")
    assert done.status == 0
    assert len(done.out.splitlines()) == 2 + 40
    assert len(run("outcomes", "list", "--domain", "economic").out.splitlines()) == 2 + 1


def test_the_list_in_json_carries_everything(run: Run) -> None:
    outcomes = json.loads(run("outcomes", "list", "--format", "json").out)["outcomes"]
    home = next(each for each in outcomes if each["code"] == "home")
    assert (len(outcomes), home["next_review"], home["sdg"]) == (40, "2027-11-30", ["11.1", "1.4"])
    assert home["metrics"][0]["code"] == "accommodation-entry"


def test_an_outcome_is_shown_as_text_and_as_json(run: Run) -> None:
    text = run("outcomes", "show", "home").out
    assert "It is not:" in text
    assert "settled-3-months" in text
    assert "Checked by: unchecked" in text
    assert json.loads(run("outcomes", "show", "home", "--format", "json").out)["code"] == "home"


def test_a_places_own_outcome_is_shown_with_its_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "westborough.yaml"
    path.write_text(PLACE_EXAMPLE)
    done = run("outcomes", "show", "westborough:good-neighbours", "--map", path)
    assert (done.status, done.err) == (0, "")
    assert "Good neighbours" in done.out


def test_a_broken_places_file_is_told_by_line_with_status_2(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "westborough.yaml"
    path.write_text(PLACE_EXAMPLE.replace("sdg:", "sgd:"))
    done = run("outcomes", "list", "--map", path)
    assert (done.status, done.out) == (2, "")
    assert "line 13" in done.err
    assert "Did you mean 'sdg'?" in done.err


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("outcomes", "show", "hoem"), "Did you mean 'home'?"),
        (("instruments", "show", "phq9"), "Did you mean 'phq-9'?"),
        (("instruments", "score", "phq9", "1"), "Did you mean 'phq-9'?"),
        (("instruments", "score", "phq-9", "1", "two", "-3"), "'two', not a whole number"),
        (("instruments", "score", "ucla-3", "1", "2"), "has 3 items"),
        (("instruments", "score", "phq-9", "--total", "1", "2"), "not one number"),
        (("instruments", "score", "phq-9", "--total", "ten"), "not one number"),
        (("instruments", "score", "phq-9", "--total", "99"), "not a possible total"),
        (("instruments", "score", "phq-9", "--formt", "json"), "'--formt', not a whole number"),
        (("outcomes", "list", "--domain", "social-ish"), "social-ish"),
    ],
)
def test_a_mistake_is_told_in_plain_words_with_status_2(
    run: Run, arguments: tuple[str, ...], hint: str
) -> None:
    done = run(*arguments)
    assert (done.status, done.out) == (2, "")
    assert hint in done.err
    assert "Traceback" not in done.err


def test_instruments_are_listed_with_whether_they_are_safe_to_pay_on(run: Run) -> None:
    lines = run("instruments", "list").out.splitlines()
    assert len(lines) == 2 + 13
    assert next(line for line in lines if line.startswith("swemwbs")).endswith("yes, with conditions")
    listed = json.loads(run("instruments", "list", "--format", "json").out)["instruments"]
    assert {each["id"] for each in listed if each["safe_to_pay_on"]} == {"swemwbs", "wemwbs"}


def test_an_instrument_is_shown_with_what_is_not_verified(run: Run) -> None:
    done = run("instruments", "show", "phq-9")
    assert "reliable change: at least 6 (published)\n    not verified:" in done.out
    assert "1. Little interest" in done.out
    assert "Act at once:" in done.out
    shown = json.loads(run("instruments", "show", "gad-7", "--format", "json").out)
    assert len(shown["wording"]) == 7
    assert {fact["verified"] for fact in shown["facts"]} == {True, False}


def test_wording_that_may_not_be_shipped_comes_from_the_users_own_file(run: Run, tmp_path: Path) -> None:
    assert "The wording is not shipped" in run("instruments", "show", "swemwbs").out
    path = tmp_path / "wording.yaml"
    path.write_text("ucla-3: [first, second, third]\n")
    assert "3. third" in run("instruments", "show", "ucla-3", "--wording", path).out
    assert "The wording is not shipped" in run("instruments", "show", "swemwbs", "--wording", path).out
    assert "not shipped" not in run("instruments", "show", "outcomes-star").out


def test_answers_are_scored_in_text_and_json(run: Run) -> None:
    done = run("instruments", "score", "swemwbs", *"3333333")
    assert done.out == "Metric score: 19.25 of 7 to 35 (higher is better), low\nRaw total: 21\n"
    result = json.loads(run("instruments", "score", "swemwbs", *"3333333", "--format", "json").out)
    assert (result["values"], result["raw"]) == ({"total": "19.25"}, "21")


def test_an_unanswered_item_is_a_dash_and_is_said_to_be_stood_in_for(run: Run) -> None:
    out = run("instruments", "score", "phq-9", *"11111111", "-").out
    assert "8 of 9 items answered" in out
    assert "Act at once" not in out


def test_a_sign_of_self_harm_is_printed(run: Run) -> None:
    assert "Act at once" in run("instruments", "score", "phq-9", *"000000001").out


def test_a_negative_index_is_a_number_and_not_an_option(run: Run) -> None:
    assert run("instruments", "score", "eq-5d-5l/index", "--total", "-0.2").out.startswith("Index: -0.2 of")


def test_problems_in_json_leave_json_alone_on_stdout(run: Run) -> None:
    done = run("instruments", "score", "ucla-3", "1", "2", "7", "--format", "json")
    assert done.status == 2
    assert json.loads(done.out)["problems"][0]["field"] == "item 3"


def test_building_writes_both_pages_once_and_checking_tells_what_is_stale(run: Run, tmp_path: Path) -> None:
    stale = run("outcomes", "build", "--check", "--to", tmp_path)
    assert stale.status == 1
    assert stale.out.count("Out of date:") == 2
    assert not list(tmp_path.iterdir())
    assert run("outcomes", "build", "--to", tmp_path).out.count("Wrote:") == 2
    assert (tmp_path / "docs" / "reference" / "instruments.md").exists()
    done = run("outcomes", "build", "--check", "--to", tmp_path)
    assert (done.status, done.out) == (0, "The pages are up to date.\n")
