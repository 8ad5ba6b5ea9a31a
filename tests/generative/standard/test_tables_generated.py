"""Generated rows: what is written is read back the same, and both checks find the same problems."""

from __future__ import annotations

import csv
import string
import tempfile
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openoutcomes.standard.cells import neutralise, parse_cell, restore
from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.fields import Field, Table
from openoutcomes.standard.reading import check_path, load
from openoutcomes.standard.rows import check_row
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.values import parse
from openoutcomes.standard.writing import write_dataset

_TOKEN = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)
_DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
_EXACT = st.decimals(min_value=-(10**17), max_value=10**17, places=6) | st.decimals(-100, 100, places=2)
_TEXT = st.text(max_size=12) | st.sampled_from(
    ["=1+1", "'=1", "''+x", "-5", "@a", "007", "1e5", "true", "2015-01-01", "a\nb", "é;", '"q"', "_x0041_"]
)


def _keeps(field: Field, value: object) -> bool:
    return not any(fault.severity == "error" for fault in parse(field, value)[1])


def _value(field: Field) -> st.SearchStrategy[object]:
    low = -1000 if field.minimum is None else int(field.minimum)
    high = 1000 if field.maximum is None else int(field.maximum)
    by_type: dict[str, st.SearchStrategy[object]] = {
        "id": _TOKEN,
        "code": st.sampled_from(list(CODE_LISTS[field.codes].codes)) if field.codes else _TOKEN,
        "codes": st.lists(_TOKEN, max_size=3),
        "text": _TEXT,
        "list": st.lists(_TEXT, max_size=3),
        "date": _DAYS,
        "dates": st.lists(_DAYS, max_size=3),
        "datetime": st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
        "integer": st.integers(low, high),
        "decimal": _EXACT,
        "money": _EXACT,
        "boolean": st.booleans(),
    }
    chosen = st.just("GBP") if field.pattern else by_type[field.type]
    return chosen.filter(lambda value: _keeps(field, value))


@st.composite
def _rows(draw: st.DrawFn) -> tuple[str, list[dict[str, object]]]:
    table = TABLES[draw(st.sampled_from(list(TABLES)))]
    optional = [field for field in table.fields[1:] if not field.required]
    chosen = draw(st.lists(st.sampled_from(optional), max_size=6, unique=True))
    fields = [field for field in table.fields if field.required or field in chosen]
    keys = draw(st.lists(_TOKEN, unique=True, max_size=4))
    rows: list[dict[str, object]] = []
    for key in keys:
        row: dict[str, object] = {
            field.name: draw(_value(field) if field.required else st.none() | _value(field))
            for field in fields
        }
        rows.append({**row, table.key: key})
    return table.name, [row for row in rows if not _errors(table, row)]


def _errors(table: Table, row: dict[str, object]) -> bool:
    return any(problem.severity == "error" for problem in check_row(table.name, row)[1])


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
@given(made=_rows())
def test_what_is_written_is_read_back_the_same(kind: str, made: tuple[str, list[dict[str, object]]]) -> None:
    table, rows = made
    dataset = Dataset.from_rows({table: rows})
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / ("data.xlsx" if kind == "xlsx" else "data")
        write_dataset(dataset, target, kind)  # type: ignore[arg-type]
        back = load(target)
    assert back.rows(table) == dataset.rows(table)
    assert back == dataset


@given(made=_rows())
def test_rows_come_out_as_the_row_function_reads_them(made: tuple[str, list[dict[str, object]]]) -> None:
    table, rows = made
    assert Dataset.from_rows({table: rows}).rows(table) == [check_row(table, row)[0] for row in rows]


_WRITTEN = st.sampled_from(
    [
        "", "  ", "x", "x y", " x", "1", "1.5", "-1", "01", "1,200", "£500", "1e5", "0.1234567", "9" * 30,
        "2015-01-01", "2015-06-30", "2015-13-01", "2015-02-30", "01/03/2015", "31.12.15", "1 March 2015",
        "42005", "20150301", "2015-01-01T10:00:00", "2015-01-01 10:00", "2015-01-01T25:00", "1850-01-01",
        "true", "FALSE", "yes", "new", "neww", "female", "GBP", "gbp", "accepted", "Accepted", "a;b", "a;;b",
        " a ; b", "2015-01-01;2015-02-01", "2015-01-01;;2015-02-01", "2015-01-01;2015-02-30", "=1+1", "@x",
        "é", "a\nb", "a\r\nb", "x\u00a0", "\x07", "-", "’", "1\u0662",
    ]
)  # fmt: skip


@st.composite
def _written(draw: st.DrawFn) -> tuple[str, list[dict[str, str]]]:
    table = TABLES[draw(st.sampled_from(list(TABLES)))]
    some = draw(st.lists(st.sampled_from(table.fields[1:]), max_size=6, unique=True))
    fields = [field for field in table.fields if field.required or field in some]
    rows = draw(st.integers(1, 3))
    return table.name, [
        {field.name: draw(_WRITTEN) for field in fields} | {table.key: f"k{number}"} for number in range(rows)
    ]


@given(made=_written())
def test_the_check_and_the_row_function_find_the_same_problems(
    made: tuple[str, list[dict[str, str]]],
) -> None:
    table, rows = made
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{table}.csv"
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        report = check_path(folder)
    between_tables = {"table-not-given", "no-rows"}
    checked = Counter(problem for problem in report.problems if problem.code not in between_tables)
    expected: Counter[object] = Counter()
    for number, row in enumerate(rows, start=2):
        expected.update(check_row(table, row, file=file.name, row=number, read=parse_cell)[1])
    assert checked == expected
    assert (report.dataset is None) == any(problem.severity == "error" for problem in expected)


@given(st.text(alphabet=st.sampled_from("'=+-@\t\rab"), max_size=6))
def test_every_text_comes_back_from_its_safe_form(text: str) -> None:
    safe = neutralise(text)
    assert not safe or safe[0] not in "=+-@\t\r"
    assert restore(safe)[0] == text


@given(_EXACT)
def test_exact_numbers_keep_their_value(number: Decimal) -> None:
    value, faults = parse(TABLES["indicators"].by_name["value"], number)
    assert (value, faults) == (number, ())
