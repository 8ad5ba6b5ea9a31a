"""CSV files as they come: wrong encodings, ragged rows, stray quotes, blank lines, large files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.problems import Problem
from openoutcomes.standard.reading import check_path, load
from openoutcomes.standard.rows import check_row
from openoutcomes.standard.tables import TABLES


def problems_of(folder: Path, content: bytes | str, table: str = "people") -> list[Problem]:
    """Write one table, check the folder, and return what was found."""
    raw = content.encode() if isinstance(content, str) else content
    (folder / f"{table}.csv").write_bytes(raw)
    return check_path(folder).problems


def only(problems: list[Problem]) -> Problem:
    (problem,) = problems
    return problem


def test_a_plain_file_is_read_in_any_order_of_columns(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "sex,person_id,birth_year\nfemale,p1,1996\n,p2,\n") == []
    rows = load(tmp_path).rows("people")
    assert [(row["person_id"], row["sex"], row["birth_year"]) for row in rows] == [
        ("p1", "female", 1996),
        ("p2", None, None),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(tmp_path: Path, end: str) -> None:
    assert problems_of(tmp_path, f"person_id,sex{end}p1,male{end}p2,female{end}") == []
    assert load(tmp_path).columns("people", ["person_id", "sex"]) == [["p1", "p2"], ["male", "female"]]


def test_a_utf8_mark_is_taken_off(tmp_path: Path) -> None:
    assert problems_of(tmp_path, b"\xef\xbb\xbfperson_id\np1\n") == []


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_named_with_how_to_save_again(tmp_path: Path, codec: str) -> None:
    problem = only(problems_of(tmp_path, "person_id,sex\np1,male\n".encode(codec)))
    assert (problem.code, problem.file) == ("encoding", "people.csv")
    assert "UTF-16" in problem.what
    assert "CSV UTF-8" in problem.mend


def test_windows_text_is_named_by_byte_line_and_letter(tmp_path: Path) -> None:
    problem = only(problems_of(tmp_path, "person_id,source\np1,ok\np2,Caf\xe9\n".encode("cp1252")))
    assert (problem.code, problem.line, problem.value) == ("encoding", 3, "0xe9")
    assert "Byte 30 is not UTF-8" in problem.what
    assert "“é”" in problem.what


def test_a_nul_byte_is_named_by_its_place(tmp_path: Path) -> None:
    problem = only(problems_of(tmp_path, b"person_id,source\np1,one\np2,t\x00wo\n"))
    assert (problem.code, problem.line) == ("nul-byte", 3)
    assert "Byte 29" in problem.what


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    assert only(problems_of(tmp_path, content)).code == "empty-file"


def test_a_header_alone_is_a_warning(tmp_path: Path) -> None:
    problem = only(problems_of(tmp_path, "person_id\n"))
    assert (problem.code, problem.severity) == ("no-rows", "warning")
    assert load(tmp_path).count("people") == 0


def test_a_blank_first_row_is_an_error(tmp_path: Path) -> None:
    assert only(problems_of(tmp_path, "\nperson_id\np1\n")).code == "no-header"


def test_a_header_too_long_to_be_one_is_an_error(tmp_path: Path) -> None:
    before = csv.field_size_limit(131_072)  # other libraries raise it for the whole process
    try:
        problem = only(problems_of(tmp_path, "x" * 200_000 + ",y\n1,2\n"))
    finally:
        csv.field_size_limit(before)
    assert problem.code == "no-header"


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_other_separators_are_named(tmp_path: Path, sign: str) -> None:
    problem = only(problems_of(tmp_path, f"person_id{sign}sex\np1{sign}male\n"))
    assert (problem.code, problem.mend) == ("separator", "Separate them by commas.")


def test_ragged_rows_are_all_reported_and_later_rows_keep_their_numbers(tmp_path: Path) -> None:
    content = 'person_id,birth_year\np1,1990\np2\np3,1991,extra\n"p4\n",x\np5,y\n'
    found = {(each.code, each.row) for each in problems_of(tmp_path, content)}
    assert found == {
        ("ragged-row", 3),
        ("ragged-row", 4),
        ("spaces-around", 5),
        ("not-a-number", 5),
        ("not-a-number", 6),
    }


def test_a_quote_left_open_is_reported_where_it_opens(tmp_path: Path) -> None:
    content = 'person_id,source\np1,"fine, ""quoted"""\np2,"never closed\np3,x\np4,y\n'
    (problem,) = [each for each in problems_of(tmp_path, content) if each.severity == "error"]
    assert (problem.code, problem.row, problem.value) == ("open-quote", 3, '"never closed\np3,x\np4,y\n')


def test_a_quote_open_in_the_last_value_is_reported_too(tmp_path: Path) -> None:
    assert [each.code for each in problems_of(tmp_path, 'person_id,source\np1,"x')] == ["open-quote"]


def test_a_quote_inside_a_value_is_no_fault(tmp_path: Path) -> None:
    assert problems_of(tmp_path, 'person_id,source\np1,5" pipe\r\np2,x\r\n') == []
    assert load(tmp_path).columns("people", ["source"]) == [['5" pipe', "x"]]


def test_a_row_that_swallowed_lines_hints_at_a_quote(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, 'person_id,source\np1,"a\np2,b\n",c\n')
    assert problem.code == "ragged-row"
    assert "quote left open" in problem.mend


def test_blank_rows_are_left_out_and_said_once(tmp_path: Path) -> None:
    content = "person_id,birth_year\np1,1990\n\n , \np2,x\n,\n,\n"
    blank, wrong = problems_of(tmp_path, content)
    assert (blank.code, blank.row, blank.count, blank.severity) == ("blank-row", 3, 2, "warning")
    assert (wrong.code, wrong.row) == ("not-a-number", 5)
    (tmp_path / "people.csv").write_text("person_id,birth_year\np1,1990\n\np2,1991\n")
    assert [each.what for each in check_path(tmp_path).problems] == ["The row is blank; it was left out."]


def test_headers_are_matched_strictly_and_helpfully(tmp_path: Path) -> None:
    content = "person_id, sex,Birth_Year,person_id,,,name of person\np1,male,1990,p1,,x,\n"
    found = {each.code: each for each in problems_of(tmp_path, content) if each.row == 1}
    assert found["spaces-around"].severity == "warning"
    assert "columns 1 and 4" in found["repeated-column"].what
    unnamed = [each for each in problems_of(tmp_path, content) if each.code == "unnamed-column"]
    assert [(each.severity, each.what[:8]) for each in unnamed] == [
        ("warning", "Column 5"),
        ("error", "Column 6"),
    ]
    unknown = [each for each in problems_of(tmp_path, content) if each.code == "unknown-column"]
    assert "Did you mean birth_year?" in unknown[0].mend
    assert unknown[1].field == "name of person"


def test_a_missing_required_column_is_one_problem_not_one_for_each_row(tmp_path: Path) -> None:
    problem = only(problems_of(tmp_path, "birth_year\n1990\n1991\n"))
    assert (problem.code, problem.field, problem.row) == ("missing-column", "person_id", 1)


def test_a_missing_value_is_one_problem_for_each_row_and_a_bad_one_is_not_also_missing(
    tmp_path: Path,
) -> None:
    content = (
        "event_id,person_id,kind,occurred_on\ne1,p1,moved,2015-01-01\ne2,,moved,1/2/2015\ne3,p1,moved,\n"
    )
    found = problems_of(tmp_path, content, "events")
    assert [(each.code, each.field, each.row) for each in found] == [
        ("table-not-given", "", None),
        ("date-format", "occurred_on", 3),
        ("missing-value", "person_id", 3),
        ("missing-value", "occurred_on", 4),
    ]


def test_formula_text_is_a_warning_unless_it_was_made_safe(tmp_path: Path) -> None:
    content = "person_id,source\np1,=HYPERLINK(1)\np2,'=1+1\np3,''=x\np4,it's\np5,'quoted'\n"
    problem = only(problems_of(tmp_path, content))
    assert (problem.code, problem.row, problem.severity) == ("formula-like", 2, "warning")
    assert load(tmp_path).columns("people", ["source"]) == [
        ["=HYPERLINK(1)", "=1+1", "'=x", "it's", "'quoted'"]
    ]


def test_a_value_longer_than_a_block_is_said_not_thrown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openoutcomes.standard.read_csv._BLOCK", 1_000)
    problem = only(problems_of(tmp_path, "person_id,source\np1," + '"' + "x" * 5_000 + '"\n'))
    assert problem.code == "not-csv"


def test_every_one_of_many_problems_is_reported(tmp_path: Path) -> None:
    content = "person_id,birth_year\n" + "".join(f"p{number},year\n" for number in range(3_000))
    found = problems_of(tmp_path, content)
    assert len(found) == 3_000
    assert [each.row for each in found] == list(range(2, 3_002))


def test_a_hundred_megabytes_are_checked_to_the_last_row(tmp_path: Path) -> None:
    line = "p{0:07},1990,female,{1}\n"
    words = "a note that fills the row with plain words " * 20
    rows = 110_000
    with (tmp_path / "people.csv").open("w") as file:
        file.write("person_id,birth_year,sex,source\n")
        file.writelines(line.format(number, words) for number in range(rows))
        file.write("p0000000,199O,female,x\n")
    assert (tmp_path / "people.csv").stat().st_size > 100_000_000 - 5_000_000
    found = check_path(tmp_path).problems
    assert {(each.code, each.row) for each in found} == {
        ("not-a-number", rows + 2),
        ("repeated-id", rows + 2),
    } | {("spaces-around", row) for row in range(2, rows + 2)}


def test_the_row_function_says_which_columns_it_does_not_know() -> None:
    row, problems = check_row("people", {"person_id": "p1", "Sexx": "x"})
    assert row["person_id"] == "p1"
    assert [problem.code for problem in problems] == ["unknown-column"]
    assert list(row) == list(TABLES["people"].by_name)


def test_a_data_set_is_never_half_loaded(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id\np1\n")
    (tmp_path / "events.csv").write_text("event_id,person_id,kind,occurred_on\ne1,p1,x,soon\n")
    report = check_path(tmp_path)
    assert report.dataset is None
    (tmp_path / "events.csv").unlink()
    assert check_path(tmp_path).dataset == Dataset.from_rows({"people": [{"person_id": "p1"}]})
