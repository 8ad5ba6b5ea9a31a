"""Dates that no calendar has, dates that cannot be read, and periods that run backwards."""

from __future__ import annotations

from collections.abc import Iterator

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo.faults import Fault
from openoutcomes.publish.indigo.read import Export, Row
from openoutcomes.publish.indigo.values import clean, parse_date


def bad_dates(export: Export) -> Iterator[Fault]:
    """Yield a fault for each impossible or unreadable date of the tables that carry periods."""
    for file, pairs in c.PERIODS.items():
        place = c.TABLES[file][0]
        columns = dict.fromkeys(column for pair in pairs for column in pair)
        for row in export.rows(file):
            project, metric = clean(row.get(place)), clean(row.get(c.METRIC))
            for column in columns:
                yield from _one(file, row, column, project, metric)
            for start, end in pairs:
                yield from _backwards(file, row, (start, end), project, metric)


def _one(file: str, row: Row, column: str, project: str, metric: str) -> Iterator[Fault]:
    found = parse_date(row.get(column))
    if found.complaint:
        kind = "impossible-date" if found.impossible else "unreadable-date"
        detail = f"{_name(column)} is '{clean(row.get(column))[:60]}': {found.complaint}."
        yield Fault(kind, detail, file, row.number, project, metric)


def _backwards(file: str, row: Row, pair: tuple[str, str], project: str, metric: str) -> Iterator[Fault]:
    start, end = (parse_date(row.get(column)) for column in pair)
    if start.first and end.last and end.last < start.first:
        detail = (
            f"{_name(pair[1])}, {clean(row.get(pair[1]))}, is before {_name(pair[0])},"
            f" {clean(row.get(pair[0]))}: the period ends before it starts."
        )
        yield Fault("impossible-date", detail, file, row.number, project, metric)


def _name(column: str) -> str:
    return f"'{column.removesuffix(' - (Value)')}'"
