"""Folders and paths as they come: strange files, links, two of one table, nothing at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.standard.reading import check_path, load, read_dataset


def people(path: Path, ids: str = "p1") -> None:
    path.write_text(f"person_id\n{ids}\n")


def codes(path: Path) -> list[str]:
    return [problem.code for problem in check_path(path).problems]


def test_one_file_is_a_data_set_of_one_table(tmp_path: Path) -> None:
    people(tmp_path / "people.csv")
    assert load(tmp_path / "people.csv").count("people") == 1


def test_csv_and_parquet_may_be_mixed_but_not_for_one_table(tmp_path: Path) -> None:
    people(tmp_path / "people.CSV")
    (tmp_path / "people.parquet").write_bytes(b"")
    report = check_path(tmp_path)
    assert [each.code for each in report.problems] == ["table-twice"]
    assert report.tables[0].rows == 1


def test_a_file_that_is_no_table_is_an_error_with_a_hint(tmp_path: Path) -> None:
    people(tmp_path / "People.csv")
    people(tmp_path / "enrollments.csv")
    report = check_path(tmp_path)
    hints = [problem.mend.partition(" Tables")[0] for problem in report.problems]
    assert hints == ["Did you mean people?", "Did you mean enrolments?"]
    assert report.dataset is None


def test_what_looks_like_data_but_is_not_read_is_said(tmp_path: Path) -> None:
    people(tmp_path / "people.csv")
    for name in ("events.txt", "Book1.xlsx", "README.md", "notes.txt", ".hidden.csv", "~$people.csv"):
        (tmp_path / name).write_text("x")
    (tmp_path / "more").mkdir()
    report = check_path(tmp_path)
    assert [(each.file, each.code, each.severity) for each in report.problems] == [
        ("Book1.xlsx", "file-not-read", "warning"),
        ("events.txt", "file-not-read", "warning"),
    ]
    assert report.dataset is not None


def _folder(path: Path) -> None:
    path.mkdir()


def _broken_link(path: Path) -> None:
    path.symlink_to("nowhere")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize("make", [_folder, _broken_link, _loop, os.mkfifo], ids=lambda each: each.__name__)
def test_what_is_not_a_file_is_said_and_never_waited_for(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "people.csv")
    assert codes(tmp_path) == ["not-a-file"]


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    people(tmp_path / "elsewhere" / "list.csv")
    (tmp_path / "people.csv").symlink_to(tmp_path / "elsewhere" / "list.csv")
    assert codes(tmp_path) == []


@pytest.mark.parametrize("make", [None, _folder, _loop], ids=["missing", "empty", "loop"])
def test_nothing_to_read_is_told_apart_from_errors(
    tmp_path: Path, make: Callable[[Path], None] | None
) -> None:
    if make:
        make(tmp_path / "data")
    report = check_path(tmp_path / "data")
    assert not report.readable
    assert report.problems[0].code in {"not-found", "no-tables"}
    dataset, problems = read_dataset(tmp_path / "data")
    assert dataset is None
    assert len(problems) == 1


def test_an_unknown_kind_of_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "people.ods").write_text("x")
    report = check_path(tmp_path / "people.ods")
    assert (report.readable, [each.code for each in report.problems]) == (False, ["unknown-format"])


def test_a_folder_that_may_not_be_opened_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests may run as a user whom no permission stops, so the system's refusal is made here.
    def refuse(_self: Path) -> object:
        raise PermissionError(13, "Permission denied")

    people(tmp_path / "people.csv")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    report = check_path(tmp_path)
    assert [(each.code, each.what) for each in report.problems] == [
        ("cannot-read", "It cannot be read: Permission denied.")
    ]
    assert report.readable
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert not check_path(tmp_path).readable


def test_load_raises_every_error_and_no_warning(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id,birth_year,sex\np1,x, male\np2,y,male\n")
    with pytest.raises(InputError) as raised:
        load(tmp_path)
    assert [(each.code, each.row) for each in raised.value.problems] == [
        ("not-a-number", 2),
        ("not-a-number", 3),
    ]


def test_progress_ends_at_the_number_of_tables(tmp_path: Path) -> None:
    people(tmp_path / "people.csv")
    (tmp_path / "events.csv").write_text("event_id,person_id,kind,occurred_on\n")
    told: list[tuple[int, int | None]] = []
    check_path(tmp_path, progress=lambda done, total, _label: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_problems_come_in_the_order_of_tables_and_rows(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("event_id,person_id,kind,occurred_on\ne1,p9,x,soon\n")
    (tmp_path / "people.csv").write_text("person_id,birth_year\np1,x\n\np1,1990\n")
    report = check_path(tmp_path)
    assert [(each.file, each.row, each.code) for each in report.problems] == [
        ("people.csv", 2, "not-a-number"),
        ("people.csv", 3, "blank-row"),
        ("people.csv", 4, "repeated-id"),
        ("events.csv", 2, "not-a-date"),
        ("events.csv", 2, "dangling-reference"),
    ]
    assert [(each.table, each.errors, each.warnings) for each in report.tables] == [
        ("people", 2, 1),
        ("events", 2, 0),
    ]
    assert (report.errors, report.warnings) == (4, 1)
