"""``openoutcomes contract`` at its edges: nothing to price, totals alone, a folder for a file, no folder to write in."""

import json
from pathlib import Path

import pytest

from openoutcomes.cli.app import main

TERMS = """\
contract: c
currency: GBP
runs: {from: 2015-01-01, to: 2017-12-31}
parties: {payers: [council]}
outcomes: {home: {pays: %s, repeatable: yes, evidence: letter}}
"""


def run(*arguments: object) -> int:
    """Run the command line and return its exit status."""
    with pytest.raises(SystemExit) as leaving:
        main(["contract", *map(str, arguments)])
    return int(leaving.value.code or 0)


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    path = tmp_path / "terms.yaml"
    path.write_text(TERMS % "500", encoding="utf-8")
    return path


def folder(tmp_path: Path, **tables: str) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    for name, text in tables.items():
        (made / f"{name}.csv").write_text(text, encoding="utf-8")
    return made


def test_nothing_to_price_is_said_and_is_no_error(
    terms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = folder(tmp_path, achievements="achievement_id,person_id,outcome,achieved_on\n")
    assert run("price", terms, data) == 0
    shown = capsys.readouterr().out
    assert "There is nothing to price" in shown
    assert "£0.00" in shown
    assert run("price", terms, data, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["lines"] == []
    assert run("price", terms, data, "--format", "csv") == 0
    assert capsys.readouterr().out.count("\n") == 1


def test_totals_alone_say_what_was_not_tested(
    terms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = "achievement_count_id,outcome,period_start,period_end,count\nc1,home,2015-01-01,2015-03-31,3\n"
    data = folder(tmp_path, achievement_counts=counts)
    assert run("price", terms, data) == 0
    shown = capsys.readouterr().out
    assert "Not tested, for want of people's records: evidence, verification." in shown
    assert "Why lines are not paid in full" not in shown


def test_many_changed_lines_are_counted_and_the_first_twenty_shown(
    terms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dearer = tmp_path / "dearer.yaml"
    dearer.write_text(TERMS % "600", encoding="utf-8")
    rows = "".join(f"c{n:02},home,2015-01-01,2015-03-31,1\n" for n in range(25))
    data = folder(
        tmp_path, achievement_counts="achievement_count_id,outcome,period_start,period_end,count\n" + rows
    )
    assert run("diff", terms, dearer, data) == 0
    shown = capsys.readouterr().out
    assert "25 lines change." in shown
    assert "and 5 more: see --format json" in shown
    assert shown.count(" → payable 600.00") == 20
    assert run("diff", terms, terms, data) == 0
    assert "0 lines change." in capsys.readouterr().out


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_folder_is_no_file_of_terms(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command, tmp_path) == 2
    assert "this is a folder" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "json", "csv", "html"])
def test_a_folder_that_is_not_there_cannot_be_written_in(
    form: str, terms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = folder(
        tmp_path, achievements="achievement_id,person_id,outcome,achieved_on\na,p,home,2015-02-01\n"
    )
    out = tmp_path / "missing" / "result.txt"
    assert run("price", terms, data, "--format", form, "--out", out) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert (
        "it cannot be written: No such file or directory. Name a file in a folder that is there." in said.err
    )
    assert "Traceback" not in said.err
    assert not out.exists()


def test_a_failed_write_leaves_what_was_there(
    terms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = folder(
        tmp_path, achievements="achievement_id,person_id,outcome,achieved_on\na,p,home,2015-02-01\n"
    )
    out = tmp_path / "result.json"
    out.mkdir()
    assert run("price", terms, data, "--format", "json", "--out", out) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "result.json", "terms.yaml"]
    assert "Traceback" not in capsys.readouterr().err


def test_terms_that_would_clear_the_screen_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "terms.yaml"
    path.write_text('name: "\\e[2J"\n' + TERMS % "500", encoding="utf-8")
    for command, status in (("check", 1), ("show", 2)):
        assert run(command, path) == status
        said = capsys.readouterr()
        assert "holds a control character" in said.out + said.err
        assert "\x1b" not in said.out + said.err
