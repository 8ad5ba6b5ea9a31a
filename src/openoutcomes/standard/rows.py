"""One row at a time: the function in which a form, a spreadsheet row and an API call all end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from openoutcomes.standard.columns import Reader
from openoutcomes.standard.fields import Table
from openoutcomes.standard.problems import Problem
from openoutcomes.standard.rules import (
    FURTHEST_AHEAD_HOURS,
    missing_problem,
    order_problem,
    recording_problem,
    uneven_problem,
)
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.unknown import unknown_column
from openoutcomes.standard.values import parse, shorten

#: A row of a table: every declared field, typed, None where blank.
Record = dict[str, Any]


def record(table: str, values: Mapping[str, object]) -> Record | list[Problem]:
    """Turn one row of written or Python values into a record, or say everything wrong with it.

    Warnings do not stop a record; use :func:`check_row` to see them. Rules between rows
    (repeated ids, references) need the other rows and are not looked at. Raises KeyError
    for a name that is no table.
    """
    found, problems = check_row(table, values)
    errors = [problem for problem in problems if problem.severity == "error"]
    return errors or found


def check_row(
    table: str,
    values: Mapping[str, object],
    *,
    file: str = "",
    row: int | None = None,
    read: Reader = parse,
) -> tuple[Record, list[Problem]]:
    """Read one row: what could be read, and every error and warning within the row."""
    declared = TABLES[table]
    problems = [unknown_column(name, declared, file, row) for name in values if name not in declared.by_name]
    found: Record = {}
    for field in declared.fields:
        raw = values.get(field.name)
        value, faults = read(field, raw)
        for fault in faults:
            shown = shorten(str(raw))
            problems.append(
                Problem(
                    f"{fault.what}.",
                    fault.mend,
                    file,
                    row,
                    None,
                    field.name,
                    shown,
                    fault.code,
                    fault.severity,
                )
            )
        if value is None and field.required and not any(fault.severity == "error" for fault in faults):
            problems.append(missing_problem(field, file, row))
        if value is None and field.default:
            value, _ = parse(field, field.default)
        found[field.name] = value
    return found, problems + _between(declared, found, file, row)


def _between(table: Table, found: Record, file: str, row: int | None) -> list[Problem]:
    """Hold the values of a row to each other, as ``rules.row_rules`` holds columns."""
    problems: list[Problem] = []
    for names in table.not_before:
        earlier, later = (found[name] for name in names)
        if earlier is not None and later is not None and later < earlier:
            problems.append(order_problem(names, (earlier, later), file, row))
    recorded: datetime | None = found["recorded_at"]
    if recorded is not None:
        last = (recorded + timedelta(hours=FURTHEST_AHEAD_HOURS)).date()
        for field in table.fields:
            day: date | None = found[field.name] if field.type == "date" and not field.may_be_future else None
            if day is not None and day > last:
                problems.append(recording_problem(field.name, day, recorded.date(), file, row))
    for names in table.same_length:
        first, second = (found[name] for name in names)
        if second is not None and len(first or ()) != len(second):
            problems.append(uneven_problem(names, (len(first or ()), len(second)), file, row))
    return problems
