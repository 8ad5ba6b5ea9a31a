"""Workbooks as they come: date cells, numbers as text, formulas, old files, stray sheets."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from openoutcomes.standard.problems import Problem
from openoutcomes.standard.reading import Report, check_path, load

Rows = list[list[object]]


def workbook(path: Path, **sheets: Rows) -> Path:
    """Save a workbook with the rows given for each sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path / "data.xlsx")
    return path / "data.xlsx"


def check(path: Path, **sheets: Rows) -> Report:
    return check_path(workbook(path, **sheets))


def codes(problems: list[Problem]) -> list[tuple[str, int | None]]:
    return [(each.code, each.row) for each in problems]


def test_date_cells_are_dates_and_numbers_are_exact(tmp_path: Path) -> None:
    sheet: Rows = [
        ["measure_id", "person_id", "instrument", "taken_on", "score", "recorded_at", "source", "withdrawn"],
        ["m1", "p1", "x", datetime(2015, 3, 1), 0.1 + 0.2, datetime(2016, 1, 1, 9, 30), 12, True],  # noqa: DTZ001
        ["m2", 7, "x", date(2015, 3, 1), 21, "2016-01-01", time(9, 30), False],
    ]
    report = check(tmp_path, measures=sheet, Help=[["anything"]], Lists=[["codes"]])
    assert codes(report.problems) == [("table-not-given", None)]
    assert report.dataset is not None
    rows = report.dataset.rows("measures")
    assert [row["taken_on"] for row in rows] == [date(2015, 3, 1)] * 2
    assert [row["score"] for row in rows] == [Decimal("0.3"), Decimal(21)]
    assert rows[0]["recorded_at"] == datetime(2016, 1, 1, 9, 30, tzinfo=UTC)
    assert [row["person_id"] for row in rows] == ["p1", "7"]
    assert [row["source"] for row in rows] == ["12", "09:30:00"]
    assert [row["withdrawn"] for row in rows] == [True, False]


def test_formulas_and_errors_are_named_by_cell(tmp_path: Path) -> None:
    report = check(tmp_path, people=[["person_id", "birth_year", "sex"], ["p1", "=1990+1", "#N/A"]])
    assert [(each.code, each.field) for each in report.problems] == [
        ("formula", "birth_year"),
        ("formula", "sex"),
    ]
    assert "cell B2 holds a formula (=1990+1)" in report.problems[0].what
    assert "cell C2 holds an error (#N/A)" in report.problems[1].what


def test_a_formula_in_the_header_is_an_unknown_column(tmp_path: Path) -> None:
    report = check(tmp_path, people=[["person_id", "=A1"], ["p1", 1]])
    assert codes(report.problems) == [("unknown-column", 1)]


def test_numbers_stored_as_text_are_read_with_a_warning(tmp_path: Path) -> None:
    sheet: Rows = [["indicator_id", "indicator", "value"], ["i1", "x", "42"], ["i2", "x", "1,200"]]
    report = check(tmp_path, indicators=sheet)
    assert [(each.code, each.row, each.severity) for each in report.problems] == [
        ("number-stored-as-text", 2, "warning"),
        ("number-as-text", 3, "error"),
    ]


def test_a_spreadsheet_day_number_is_not_taken_for_a_date(tmp_path: Path) -> None:
    sheet: Rows = [["enrolment_id", "person_id", "started_on"], ["e1", "p1", 42064]]
    report = check(tmp_path, enrolments=sheet)
    assert [each.code for each in report.problems] == ["table-not-given", "date-format"]
    assert "2015-03-01" in report.problems[1].mend


def test_blank_rows_ragged_rows_and_idle_columns(tmp_path: Path) -> None:
    sheet: Rows = [
        ["person_id", "birth_year", None, "sex", None, " "],
        [None, None],
        ["p1", 1990, None, "female"],
        [None, " "],
        ["p2"],
        ["p3", 1991, None, "male", "beyond"],
        [None],
    ]
    report = check(tmp_path, people=sheet)
    assert [(each.code, each.row, each.severity) for each in report.problems] == [
        ("unnamed-column", 1, "warning"),
        ("blank-row", 2, "warning"),
        ("ragged-row", 6, "error"),
    ]
    assert report.tables[0].rows == 3


def test_sheets_that_are_no_table(tmp_path: Path) -> None:
    report = check(
        tmp_path, people=[["person_id"], ["p1"]], Sheet1=[], Poeple=[["person_id"], ["p2"]], events=[]
    )
    assert [each.code for each in report.problems] == ["unknown-table", "empty-file"]
    assert "Did you mean people?" in report.problems[0].mend
    assert report.dataset is None


def test_a_workbook_without_any_table_cannot_be_used(tmp_path: Path) -> None:
    report = check(tmp_path, Notes=[["hello"]])
    assert not report.readable
    assert [each.code for each in report.problems] == ["unknown-table", "no-tables"]


def test_a_sheet_with_a_header_alone_is_an_unused_sheet_of_the_template(tmp_path: Path) -> None:
    report = check(tmp_path, people=[["person_id"]], events=[["event_id", "person_id", "kind", "occurred_on"],
                                                          ["e1", "p1", "moved", "2015-01-01"]])  # fmt: skip
    assert [(each.code, each.severity) for each in report.problems] == [("table-not-given", "warning")]


def broken(path: Path, content: bytes) -> Problem:
    (path / "data.xlsx").write_bytes(content)
    report = check_path(path / "data.xlsx")
    assert not report.readable
    (problem,) = report.problems
    assert problem.code == "not-a-workbook"
    return problem


def test_what_is_not_a_workbook_is_said_not_thrown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "password" in broken(tmp_path, b"\xd0\xcf\x11\xe0 old").what
    broken(tmp_path, b"person_id\np1\n")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("hello.txt", "not a workbook")
    broken(tmp_path, buffer.getvalue())
    good = workbook(tmp_path, people=[["person_id"], ["p1"]]).read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(buffer, "w") as archive:
        for name in old.namelist():
            archive.writestr(name, b"<broken" if "sheet1" in name else old.read(name))
    broken(tmp_path, buffer.getvalue())
    monkeypatch.setattr("openoutcomes.standard.read_workbook.LARGEST_UNPACKED", 100)
    assert "unpack" in broken(tmp_path, good).what


def test_a_sheet_that_breaks_off_in_the_middle_is_never_half_loaded(tmp_path: Path) -> None:
    rows: Rows = [["person_id"], *([f"p{number}"] for number in range(5_000))]
    good = workbook(tmp_path, people=rows).read_bytes()
    cut = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(cut, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[: len(content) // 2] if "sheet1" in name else content)
    assert "line 1, column" in broken(tmp_path, cut.getvalue()).what


def test_a_workbook_of_another_program_without_styles_is_read_without_fuss(tmp_path: Path) -> None:
    path = workbook(tmp_path, people=[["person_id"], ["p1"]])
    plain = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(plain, "w") as new:
        for name in old.namelist():
            styles = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
            new.writestr(name, styles if name.endswith("styles.xml") else old.read(name))
    path.write_bytes(plain.getvalue())
    assert load(path).count("people") == 1


def test_a_date_cell_beyond_the_calendar_is_an_error_cell(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "events"
    sheet.append(["event_id", "person_id", "kind", "occurred_on"])
    sheet.append(["e1", "p1", "moved", 9_999_999_999])
    sheet["D2"].number_format = "yyyy-mm-dd"
    book.save(tmp_path / "data.xlsx")
    problems = [each for each in check_path(tmp_path / "data.xlsx").problems if each.severity == "error"]
    assert [(each.code, each.field) for each in problems] == [("formula", "occurred_on")]


def test_safe_text_comes_back_as_it_was(tmp_path: Path) -> None:
    path = workbook(tmp_path, people=[["person_id", "source"], ["p1", "'=1+1"], ["p2", "it's"]])
    assert load(path).columns("people", ["source"]) == [["=1+1", "it's"]]
