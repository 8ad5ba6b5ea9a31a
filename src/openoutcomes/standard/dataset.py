"""The data set that the rest of the package works on: checked, immutable, fast to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from openoutcomes.standard.arrow import conform, fill_default, python_column
from openoutcomes.standard.columns import (
    Place,
    RawTable,
    blank_column,
    column_problems,
    encode_python,
    typed_column,
)
from openoutcomes.standard.fields import Table
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.standard.rules import row_rules, table_rules
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.unknown import missing_column, unknown_column, unknown_table


class Dataset:
    """Tables of the standard, each with exactly its declared columns.

    A data set holds only what passed every check: make one with :meth:`from_rows` or with
    :func:`openoutcomes.standard.reading.load`. Blank values are None, or the declared default.
    """

    __slots__ = ("_tables",)

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self._tables = {name: tables[name] for name in TABLES if name in tables}

    @classmethod
    def from_rows(cls, tables: Mapping[str, Sequence[Mapping[str, object]]]) -> Dataset:
        """Check rows of Python values or written values and make a data set of them.

        Raises InputError with every error found; warnings are dropped.
        """
        problems: list[Problem] = []
        typed: dict[str, pa.Table] = {}
        for name, rows in tables.items():
            if name not in TABLES:
                problems.append(unknown_table(name, name))
                continue
            typed[name], found = _from_rows(TABLES[name], rows)
            problems += found
        places = {name: _place(name) for name in typed}
        problems += table_rules(typed, places)
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors:
            raise InputError(errors)
        return cls(typed)

    @classmethod
    def from_arrow(cls, tables: Mapping[str, pa.Table]) -> Dataset:
        """Take typed Arrow tables as they are, adding blank columns. Nothing is checked.

        For data made by the package itself; raises KeyError for an unknown table or column.
        """
        return cls({name: conform(name, data) for name, data in tables.items()})

    @property
    def partial(self) -> frozenset[str]:
        """The tables that were given, with or without rows."""
        return frozenset(self._tables)

    def has(self, table: str) -> bool:
        """Whether ``table`` was given and has rows."""
        return self.count(table) > 0

    def count(self, table: str) -> int:
        """How many rows ``table`` has; nought when it was not given."""
        TABLES[table]  # a name that is no table is a mistake in the caller
        return self._tables[table].num_rows if table in self._tables else 0

    def __len__(self) -> int:
        return sum(data.num_rows for data in self._tables.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dataset) and self._tables == other._tables

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}: {data.num_rows}" for name, data in self._tables.items())
        return f"Dataset({inside})"

    def columns(self, table: str, names: Sequence[str]) -> list[list[Any]]:
        """Return whole columns as Python values, one list for each name, None where blank.

        Values: str, date, datetime (UTC), Decimal, int, bool, list. Raises KeyError for a
        table or column that is not declared; a table not given has empty columns.
        """
        declared = TABLES[table].by_name
        fields = [declared[name] for name in names]
        if table not in self._tables:
            return [[] for _ in fields]
        data = self._tables[table]
        return [python_column(field, data.column(field.name)) for field in fields]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return every row as a dict of all declared fields."""
        names = list(TABLES[table].by_name)
        return [dict(zip(names, row, strict=True)) for row in zip(*self.columns(table, names), strict=True)]

    def arrow(self, table: str) -> pa.Table:
        """Return a table as Arrow; empty when it was not given."""
        if table in self._tables:
            return self._tables[table]
        return conform(table, pa.table({TABLES[table].key: pa.array([], pa.string())}))


def _place(name: str) -> Place:
    return Place(name, lambda row: row + 2)


def _from_rows(table: Table, rows: Sequence[Mapping[str, object]]) -> tuple[pa.Table, list[Problem]]:
    if not rows:
        return conform(table.name, pa.table({table.key: pa.array([], pa.string())})), []
    names = dict.fromkeys(name for row in rows for name in row)
    problems = [unknown_column(name, table, table.name) for name in names if name not in table.by_name]
    raw = {name: encode_python([row.get(name) for row in rows]) for name in names if name in table.by_name}
    data, found = read_table(table, RawTable(raw, len(rows), _place(table.name)))
    return data, problems + found


def read_table(table: Table, raw: RawTable) -> tuple[pa.Table, list[Problem]]:
    """Read raw columns of a table and hold its rows to the row rules.

    Columns not in ``raw`` are blank. Values with an error are blank in the result, ids apart.
    """
    problems: list[Problem] = []
    columns: list[pa.Array] = []
    for field in table.fields:
        if field.name in raw.columns:
            column, faulty = typed_column(field, raw.columns[field.name], raw.read)
            problems += column_problems(field, raw.columns[field.name], faulty, raw.place)
        else:
            column = blank_column(field, raw.rows)
            if field.required and field.name not in raw.unread:
                problems.append(missing_column(field, table, raw.place.file))
        columns.append(fill_default(field, column))
    data = pa.table(columns, names=list(table.by_name))
    # A value that is there and wrong, or a column that is not there, is not also missing in its rows.
    told = {(problem.field, problem.row) for problem in problems if problem.severity == "error"}
    problems += [
        each
        for each in row_rules(table, data, raw.place)
        if each.code != "missing-value" or (each.field in raw.columns and (each.field, each.row) not in told)
    ]
    return data, sorted(problems, key=lambda problem: problem.row or 0)
