"""Parquet as other programs write it: other types, dictionaries, floats, nested columns."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from openoutcomes.standard.reading import Report, check_path, load


def check(folder: Path, table: str = "measures", **columns: Any) -> Report:
    pq.write_table(pa.table(columns), folder / f"{table}.parquet")
    return check_path(folder)


_READING: dict[str, Any] = {"measure_id": ["m1", "m2"], "person_id": ["p1", "p2"], "instrument": ["x", "y"]}


def test_types_that_say_the_same_are_taken(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        **{name: pa.array(values).dictionary_encode() for name, values in _READING.items()},
        taken_on=pa.array([datetime(2015, 3, 1), datetime(2015, 3, 2)]),  # noqa: DTZ001
        score=pa.array([1.5, 21.0]),
        items=pa.array([["1", None, "3"], []], pa.large_list(pa.string())),
        version=pa.array([1.0, None]),
        source=pa.array(["a", "b"], pa.large_string()),
        recorded_at=pa.array(["2016-01-01T10:00:00Z", None]),
    )
    assert [each.code for each in report.problems] == ["table-not-given"]
    assert report.dataset is not None
    assert report.dataset.columns("measures", ["taken_on", "score", "items", "version", "source"]) == [
        [date(2015, 3, 1), date(2015, 3, 2)],
        [Decimal("1.5"), Decimal(21)],
        [["1", "", "3"], None],
        [1, 1],
        ["a", "b"],
    ]


def test_types_that_cannot_fit_are_named(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        **_READING,
        taken_on=pa.array([datetime(2015, 3, 1, 9, 30), None]),  # noqa: DTZ001
        score=pa.array([[1], [2]]),
        how=pa.array([b"x", b"y"]),
        by_whom=pa.array([{"a": 1}, {"a": 2}]),
        items=pa.array([["a;b"], ["c"]]),
    )
    wrong = {each.field: each.what for each in report.problems if each.code == "column-type"}
    assert set(wrong) == {"score", "how", "by_whom", "items"}
    assert "list" in wrong["score"]
    assert "stands between items" in wrong["items"]
    timed = [(each.code, each.row) for each in report.problems if each.field == "taken_on"]
    assert timed == [("date-format", 2), ("missing-value", 3)]


def test_a_required_column_of_a_wrong_type_is_not_also_missing_in_every_row(tmp_path: Path) -> None:
    report = check(tmp_path, "people", person_id=pa.array([b"p1", b"p2"]))
    assert [each.code for each in report.problems] == ["column-type"]


def test_values_are_held_to_the_same_rules_as_written_ones(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        **_READING,
        taken_on=pa.array([date(1815, 3, 1), date(2015, 3, 1)]),
        score=pa.array([0.1234567, float("nan")]),
        version=pa.array([0, 1]),
        note=["x", "y"],
    )
    found = {(each.code, each.field, each.row) for each in report.problems if each.severity == "error"}
    assert found == {
        ("impossible-date", "taken_on", 2),
        ("does-not-fit", "score", 2),
        ("not-a-number", "score", 3),
        ("out-of-range", "version", 2),
        ("unknown-column", "note", 1),
    }


def test_text_in_parquet_is_left_as_it_is(tmp_path: Path) -> None:
    check(tmp_path, "people", person_id=["p1", "p2"], source=["'=1", "=1"])
    assert load(tmp_path).columns("people", ["source"]) == [["'=1", "=1"]]


def test_a_file_that_is_not_parquet_is_said_not_thrown(tmp_path: Path) -> None:
    (tmp_path / "people.parquet").write_bytes(b"person_id\np1\n")
    assert [each.code for each in check_path(tmp_path).problems] == ["not-parquet"]


def test_a_table_without_rows_is_a_warning(tmp_path: Path) -> None:
    report = check(tmp_path, "people", person_id=pa.array([], pa.string()))
    assert [each.code for each in report.problems] == ["no-rows"]
