"""What commands print: JSON that is only JSON, tables that line up, nothing that hijacks a terminal."""

import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from openoutcomes.cli import _output
from openoutcomes.standard.problems import Problem


def test_json_writes_money_as_text_and_dates_as_iso(capsys: pytest.CaptureFixture[str]) -> None:
    _output.print_json(
        {
            "amount": Decimal("1500.00"),
            "small": Decimal("0E-8"),
            "on": date(2015, 3, 1),
            "at": datetime(2015, 3, 1, 9, 30, tzinfo=UTC),
            "path": Path("data") / "people.csv",
            "problem": Problem("What."),
            "name": "St Basil’s £",
        }
    )
    printed = json.loads(capsys.readouterr().out)
    assert printed["amount"] == "1500.00"
    assert printed["small"] == "0.00000000"
    assert printed["on"] == "2015-03-01"
    assert printed["at"] == "2015-03-01T09:30:00+00:00"
    assert printed["path"] == "data/people.csv"
    assert printed["problem"]["what"] == "What."
    assert printed["name"] == "St Basil’s £"
    assert list(printed) == ["amount", "small", "on", "at", "path", "problem", "name"]


def test_json_stays_json_where_the_encoding_is_poor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as poor:
        monkeypatch.setattr(sys, "stdout", poor)
        assert _output.to_json("£", indent=None) == '"\\u00a3"'


def test_json_refuses_what_it_cannot_carry() -> None:
    with pytest.raises(TypeError, match="set has no form in JSON"):
        _output.to_json({"a": {1, 2}})
    with pytest.raises(ValueError, match="not JSON compliant"):
        _output.to_json(float("nan"))


def test_results_and_notes_go_to_different_places(capsys: pytest.CaptureFixture[str]) -> None:
    _output.print_text("result\n\n")
    _output.note("note\n")
    assert capsys.readouterr() == ("result\n", "note\n")


def test_problems_are_one_line_each_even_when_the_data_says_otherwise() -> None:
    problems = [
        Problem("Unknown code 'a\nb'.", file="people.csv", row=2, field="sex"),
        Problem("Space around the value.", file="people.csv", row=3, severity="warning", count=1200),
        Problem("\x1b[2J is not a date.", count=2),
    ]
    assert _output.problems_text(problems).split("\n") == [
        "Error: people.csv, row 2, sex: Unknown code 'a\\nb'.",
        "Warning: people.csv, row 3: Space around the value. (and in 1,199 more places)",
        "Error: \\x1b[2J is not a date. (and in 1 more place)",
    ]


def test_amounts_line_up_on_the_right_and_blanks_stay_blank() -> None:
    table = _output.table_text(
        ["outcome", "count", "payable"],
        [["accommodation-entry", 9, "£4,500.00"], ["job\tentry", 120, None]],
        right=[1, 2],
    )
    assert table.split("\n") == [
        "outcome              count    payable",
        "-------------------  -----  ---------",
        "accommodation-entry      9  £4,500.00",
        "job\\tentry             120",
    ]


def test_a_table_without_rows_still_has_its_headers() -> None:
    assert _output.table_text(["a", "bb"], []) == "a  bb\n-  --"


def test_progress_without_a_terminal_is_a_line_at_the_start_and_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with _output.progress() as show:
        for done in (0, 1, 500, 1_000, 1_000):
            show(done, 1_000, "people")
        show(7, None, "reading")
        show(8, None, "reading")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.split("\n") == ["people: 0 of 1,000", "people: 1,000 of 1,000", "reading: 7", ""]


def test_long_work_without_a_terminal_says_now_and_then_that_it_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_output, "_QUIET_FOR", 0.0)
    with _output.progress() as show:
        show(1, 3, "people")
        show(2, 3, "people")
    assert capsys.readouterr().err == "people: 1 of 3\npeople: 2 of 3\n"


def test_quiet_progress_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with _output.progress(quiet=True) as show:
        show(1, 1, "people")
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar_for_each_step_on_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with _output.progress() as show:
        show(0, 10, "people")
        show(10, 10, "people")
        show(5, None, "reading")
    out, err = capsys.readouterr()
    assert out == ""
    assert "people" in err
    assert "100%" in err
    assert "reading" in err
