"""Writing: all or nothing, nothing of the user's lost, nothing a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pytest
from openpyxl import load_workbook

from openoutcomes.standard.cells import neutralise
from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.problems import InputError
from openoutcomes.standard.reading import check_path, load
from openoutcomes.standard.writing import Format, write_dataset

FORMATS: tuple[Format, ...] = get_args(Format)
RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''-x"]


def sample() -> Dataset:
    people = [{"person_id": f"p{number}", "source": text} for number, text in enumerate(RISKY)]
    costs = [
        {"cost_id": "c1", "amount": "1250.5", "recorded_at": "2015-07-01T10:00:00.25Z"},
        {"cost_id": "c2", "amount": "-0.000001", "recorded_at": "2015-07-01"},
        {"cost_id": "c3", "amount": "123456789012345678"},
    ]
    measures = [
        {
            "measure_id": "m1",
            "person_id": "p1",
            "instrument": "x",
            "taken_on": "2015-01-01",
            "items": ["", "3"],
        },
        {"measure_id": "m2", "person_id": "p1", "instrument": "x", "taken_on": "2015-01-01", "version": 2},
    ]
    return Dataset.from_rows({"people": people, "costs": costs, "measures": measures, "events": []})


def target_in(folder: Path, kind: Format) -> Path:
    return folder / ("out.xlsx" if kind == "xlsx" else "out")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_data_set_comes_back_whole(tmp_path: Path, kind: Format) -> None:
    target = target_in(tmp_path / "new" / "place", kind)
    write_dataset(sample(), target, kind)
    back = load(target)
    assert back == sample()
    assert back.partial == {"people", "costs", "measures", "events"}
    assert [str(amount) for amount in back.columns("costs", ["amount"])[0]] == [
        "1250.50",
        "-0.000001",
        "123456789012345678.00",
    ]


@pytest.mark.parametrize("kind", FORMATS)
def test_what_we_write_passes_the_check_without_a_word_about_its_values(tmp_path: Path, kind: Format) -> None:
    write_dataset(sample(), target_in(tmp_path, kind), kind)
    assert {each.code for each in check_path(target_in(tmp_path, kind)).problems} <= {"no-rows"}


def test_csv_cells_are_plain_and_safe(tmp_path: Path) -> None:
    write_dataset(sample(), tmp_path / "out")
    with (tmp_path / "out" / "people.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == ["person_id", "source"]
    assert [row[1] for row in rows] == [neutralise(text) for text in RISKY]
    costs = (tmp_path / "out" / "costs.csv").read_text()
    assert costs.splitlines()[1:3] == [
        '"c1","1250.50","2015-07-01T10:00:00.250000Z"',
        '"c2","-0.000001","2015-07-01T00:00:00Z"',
    ]
    assert (tmp_path / "out" / "events.csv").read_text() == "event_id,person_id,kind,occurred_on\n"


def test_workbook_text_is_never_a_formula(tmp_path: Path) -> None:
    write_dataset(sample(), tmp_path / "out.xlsx", "xlsx")
    sheet = load_workbook(tmp_path / "out.xlsx")["people"]
    cells = [sheet.cell(row, 2) for row in range(2, 2 + len(RISKY))]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == [neutralise(text) for text in RISKY]


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path, kind: Format) -> None:
    def batches() -> Iterator[pa.Table]:
        yield pa.table({"person_id": ["p1"]})
        raise RuntimeError("the disk is full")

    write_dataset(sample(), target_in(tmp_path, kind), kind)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RuntimeError):
        write_dataset({"people": batches()}, target_in(tmp_path, kind), kind, overwrite=True)
    assert sorted(tmp_path.rglob("*")) == before
    assert load(target_in(tmp_path, kind)) == sample()


@pytest.mark.parametrize(("kind", "name"), [("xlsx", "out"), ("csv", "out.xlsx"), ("parquet", "out.XLSX")])
def test_a_name_under_which_it_could_not_be_read_back_is_refused(
    tmp_path: Path, kind: Format, name: str
) -> None:
    with pytest.raises(InputError, match="workbook"):
        write_dataset(sample(), tmp_path / name, kind)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_is_written_over_unless_asked(tmp_path: Path, kind: Format) -> None:
    target = target_in(tmp_path, kind)
    write_dataset(sample(), target, kind)
    with pytest.raises(InputError, match=r"not empty|there already"):
        write_dataset(Dataset.from_rows({}), target, kind)
    smaller = Dataset.from_rows({"people": [{"person_id": "p1"}]})
    write_dataset(smaller, target, kind, overwrite=True)
    assert load(target) == smaller


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_with_anything_else_in_it_is_never_written_over(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(InputError, match=r"thesis\.doc"):
        write_dataset(sample(), tmp_path, overwrite=overwrite)
    with pytest.raises(InputError, match="there already"):
        write_dataset(sample(), tmp_path / "thesis.doc", overwrite=overwrite)
    assert (tmp_path / "thesis.doc").read_text() == "years of work"


def test_a_long_list_of_what_is_there_is_cut(tmp_path: Path) -> None:
    for name in "abcd":
        (tmp_path / name).touch()
    with pytest.raises(InputError, match=r"\(a, b, c, …\)"):
        write_dataset(sample(), tmp_path)


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_dataset(sample(), tmp_path / "out", "parquet")
    assert load(tmp_path / "out") == sample()


@pytest.mark.parametrize("kind", FORMATS)
def test_batches_of_typed_rows_are_written_as_they_come(tmp_path: Path, kind: Format) -> None:
    batches = [
        pa.record_batch({"person_id": ["p1"], "birth_year": [1990]}),
        pa.table({"birth_year": pa.array([None], pa.int64()), "person_id": ["p2"]}),
    ]
    write_dataset({"people": iter(batches), "events": []}, target_in(tmp_path, kind), kind)
    back = load(target_in(tmp_path, kind))
    assert back.columns("people", ["person_id", "birth_year"]) == [["p1", "p2"], [1990, None]]
    assert back.count("events") == 0


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openoutcomes.standard.writing.LONGEST_SHEET", 3)
    with pytest.raises(InputError, match="most that a sheet holds"):
        write_dataset(sample(), tmp_path / "out.xlsx", "xlsx")
    assert list(tmp_path.iterdir()) == []


def test_numbers_too_long_for_a_spreadsheet_stay_exact(tmp_path: Path) -> None:
    amount = Decimal("123456789012345678.123456")
    dataset = Dataset.from_rows({"costs": [{"cost_id": "c1", "amount": amount}]})
    write_dataset(dataset, tmp_path / "out.xlsx", "xlsx")
    report = check_path(tmp_path / "out.xlsx")
    assert report.problems == []
    assert report.dataset == dataset


def test_the_same_data_gives_the_same_csv_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_dataset(sample(), tmp_path / name)
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two")
    )
    assert one == two
