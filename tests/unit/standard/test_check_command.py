"""``openoutcomes check``, ``template`` and ``standard`` as a user runs them."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from openoutcomes.cli.app import main
from openoutcomes.standard.tables import TABLES

ROOT = Path(__file__).parents[3]


@dataclass
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str | Path) -> Done:
    """Run the real entry point in this process: starting Python for each case would take a minute."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
            status = 0
        except SystemExit as leaving:
            status = int(leaving.code or 0)
    return Done(status, out.getvalue(), err.getvalue())


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    years = "".join(f"p{number},x\n" for number in range(8))
    (tmp_path / "people.csv").write_text(f"person_id,birth_year\n{years}p8,1990\n")
    (tmp_path / "events.csv").write_text("event_id,person_id,kind,occurred_on\ne1,p9,moved, 2015-01-01\n")
    return tmp_path


def test_text_shows_every_problem(faulty: Path) -> None:
    done = run("check", faulty)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert sum("people.csv, row" in line for line in lines) == 8
    assert not any(line.startswith("...") for line in lines)


def test_text_shows_the_first_hundred_of_a_kind_and_counts_the_rest(tmp_path: Path) -> None:
    years = "".join(f"p{number},x\n" for number in range(1234))
    (tmp_path / "people.csv").write_text(f"person_id,birth_year\n{years}")
    lines = run("check", tmp_path).stdout.splitlines()
    assert sum("people.csv, row" in line for line in lines) == 100
    assert "... people.csv, birth_year: 1,134 more like this: not-a-number (--limit shows more)" in lines
    assert lines[-1] == "1,234 errors, 0 warnings."


def test_text_shows_as_many_of_a_kind_as_are_asked_for_and_counts_the_rest(faulty: Path) -> None:
    done = run("check", faulty, "--limit", "5")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert sum("people.csv, row" in line for line in lines) == 5
    assert "... people.csv, birth_year: 3 more like this: not-a-number (--limit shows more)" in lines
    assert any(line.startswith("Warning: events.csv, row 2, occurred_on:") for line in lines)
    assert any(line.startswith("Error: events.csv, row 2, person_id:") for line in lines)
    assert lines[-1] == "9 errors, 1 warning."
    assert "Traceback" not in done.stderr


def test_text_with_a_limit_of_nought_only_counts(faulty: Path) -> None:
    lines = run("check", faulty, "--limit", "0").stdout.splitlines()
    assert lines[0] == "... people.csv, birth_year: 8 like this: not-a-number (--limit shows more)"
    assert not any(line.startswith(("Error", "Warning")) for line in lines)


def test_json_holds_every_problem_and_nothing_else_is_on_stdout(faulty: Path) -> None:
    done = run("check", faulty, "--format", "json")
    assert done.returncode == 1
    result = json.loads(done.stdout)
    assert list(result) == ["path", "tables", "problems", "errors", "warnings", "ok"]
    assert result["tables"] == [
        {"table": "people", "rows": 9, "errors": 8, "warnings": 0},
        {"table": "events", "rows": 1, "errors": 1, "warnings": 1},
    ]
    assert len(result["problems"]) == 10
    assert (result["errors"], result["warnings"], result["ok"]) == (9, 1, False)
    first = result["problems"][0]
    assert {first[key] for key in ("file", "row", "field", "value", "code")} == {
        "people.csv", 2, "birth_year", "x", "not-a-number",
    }  # fmt: skip
    limited = json.loads(run("check", faulty, "--format", "json", "--limit", "3").stdout)
    assert (len(limited["problems"]), limited["errors"]) == (3, 9)


def test_json_of_many_problems_is_still_one_json(tmp_path: Path) -> None:
    rows = "".join(f"p{number},x\n" for number in range(1_500))
    (tmp_path / "people.csv").write_text(f"person_id,birth_year\n{rows}")
    many = json.loads(run("check", tmp_path, "--format", "json").stdout)
    few = json.loads(run("check", tmp_path, "--format", "json", "--limit", "900").stdout)
    assert len(many["problems"]) == 1_500
    assert many["problems"][:900] == few["problems"]
    assert {**many, "problems": []} == {**few, "problems": []}
    assert list(many) == list(few)


def test_good_data_leaves_with_status_0(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id\np1\n")
    done = run("check", tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "No errors, 0 warnings.")
    assert json.loads(run("check", tmp_path, "--format", "json").stdout)["ok"] is True


def test_a_warning_alone_leaves_with_status_0(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id,sex\np1,other\n")
    done = run("check", tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "No errors, 1 warning.")


@pytest.mark.parametrize(
    "arguments", [("check", "nowhere"), ("check", "nowhere", "--format", "json"), ("check",)]
)
def test_what_cannot_be_read_leaves_with_status_2_and_says_so_on_stderr(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_values_from_a_file_cannot_rewrite_the_screen(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id\n\x1b[2Jp1\n")
    assert "\x1b" not in run("check", tmp_path).stdout


def test_templates_are_written_and_pass_the_check(tmp_path: Path) -> None:
    assert run("template", tmp_path / "t.xlsx").returncode == 0
    assert run("check", tmp_path / "t.xlsx").returncode == 0
    assert run("template", tmp_path / "csv", "--table", "people", "--table", "people").returncode == 0
    assert [path.name for path in (tmp_path / "csv").iterdir()] == ["people.csv"]
    again = run("template", tmp_path / "csv")
    assert (again.returncode, again.stdout) == (2, "")
    wrong = run("template", tmp_path / "new", "--table", "poeple")
    assert wrong.returncode == 2
    assert "Did you mean people?" in wrong.stderr


def test_tables_are_listed_for_people_and_programs() -> None:
    assert [line.split()[0] for line in run("standard", "tables").stdout.splitlines()[2:]] == list(TABLES)
    listed = json.loads(run("standard", "tables", "--format", "json").stdout)["tables"]
    assert {each["table"]: each["columns"] for each in listed} == {
        name: list(table.by_name) for name, table in TABLES.items()
    }


def test_build_says_what_differs_and_writes_it(tmp_path: Path) -> None:
    assert run("standard", "build", "--check", "--root", ROOT).returncode == 0
    before = run("standard", "build", "--check", "--root", tmp_path)
    assert before.returncode == 1
    assert "schemas/datapackage.json" in before.stdout.splitlines()
    assert list(tmp_path.iterdir()) == []
    assert run("standard", "build", "--root", tmp_path).returncode == 0
    assert run("standard", "build", "--check", "--root", tmp_path).stdout == ""
