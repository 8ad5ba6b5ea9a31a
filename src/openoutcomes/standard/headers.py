"""Headers and rows of files: which column is which field, and which row a record stands in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from openoutcomes.standard.fields import Table
from openoutcomes.standard.problems import Problem
from openoutcomes.standard.unknown import unknown_column


def match_header(
    names: Sequence[str], table: Table, file: str, *, blank: Callable[[int], bool]
) -> tuple[dict[str, int], list[Problem]]:
    """Match column names to fields: the position of each field found, and what is wrong.

    ``blank(position)`` says whether a column without a name is empty throughout, as
    spreadsheets often leave them.
    """
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for position, written in enumerate(names):
        name = written.strip()
        if not name:
            problems.append(_unnamed(position, file, empty=blank(position)))
            continue
        if name != written:
            what = f"There are spaces around the column name {name}."
            problems.append(
                Problem(what, "Remove them.", file, 1, None, name, code="spaces-around", severity="warning")
            )
        if name in found:
            what = f"The column {name} appears twice (columns {found[name] + 1} and {position + 1})."
            problems.append(Problem(what, "Keep one of them.", file, 1, None, name, code="repeated-column"))
        elif name in table.by_name:
            found[name] = position
        else:
            problems.append(unknown_column(name, table, file, 1))
    return found, problems


def _unnamed(position: int, file: str, *, empty: bool) -> Problem:
    what = f"Column {position + 1} has no name"
    if empty:
        return Problem(
            f"{what} and is empty; it was left out.",
            "Delete it.",
            file,
            1,
            code="unnamed-column",
            severity="warning",
        )
    return Problem(f"{what}, but has values.", "Name it, or delete it.", file, 1, code="unnamed-column")


def row_finder(left_out: Iterable[int]) -> Callable[[int], int]:
    """Return a function from a record's position to its row, when some rows were left out.

    Rows count as in a spreadsheet, the header being row 1.
    """
    # Before the j-th row left out (from 0) there are row - 2 - j records that were kept.
    kept_before = [row - 2 - j for j, row in enumerate(sorted(left_out))]
    return lambda position: position + 2 + bisect_right(kept_before, position)


def no_rows(file: str) -> Problem:
    """Say that a table has a header and nothing else."""
    return Problem(
        "There is a header, but there are no rows.",
        "Leave the table out if it is not used.",
        file,
        code="no-rows",
        severity="warning",
    )


def blank_rows(rows: Sequence[int], file: str) -> list[Problem]:
    """Say once that rows within the table are blank, and how many."""
    if not rows:
        return []
    what = "The row is blank; it was left out."
    if len(rows) > 1:
        what = f"{len(rows)} rows are blank, this one first; they were left out."
    return [
        Problem(
            what, "Delete blank rows.", file, rows[0], code="blank-row", severity="warning", count=len(rows)
        )
    ]
