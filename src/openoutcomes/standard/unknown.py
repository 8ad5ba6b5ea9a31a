"""Names that are not in the standard, with what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from openoutcomes.standard.fields import Field, Table
from openoutcomes.standard.problems import Problem
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.values import shorten


def _meant(name: str, known: Iterable[str]) -> str:
    """Return a hint such as ``Did you mean people? `` or nothing."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")
    near = difflib.get_close_matches(plain, list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]}? " if near else ""


def unknown_table(name: str, file: str) -> Problem:
    """Say that a file, sheet or key is not named after a table."""
    mend = f"{_meant(name, TABLES)}Tables: {', '.join(TABLES)}."
    return Problem(
        f"“{shorten(name)}” is not a table of the standard.", mend, file, value=name, code="unknown-table"
    )


def unknown_column(name: str, table: Table, file: str, row: int | None = None) -> Problem:
    """Say that a column is not declared for a table."""
    hint = _meant(name, table.by_name)
    mend = f"{hint}Rename it or remove it. Columns of {table.name}: {', '.join(table.by_name)}."
    what = f"“{shorten(name)}” is not a column of {table.name}."
    return Problem(what, mend, file, row, None, shorten(name), code="unknown-column")


def missing_column(field: Field, table: Table, file: str) -> Problem:
    """Say that a required column is not there at all."""
    what = f"The column {field.name} is missing."
    mend = f"Add it: {field.meaning[0].lower()}{field.meaning[1:]}"
    return Problem(what, mend, file, 1, None, field.name, table.name, "missing-column")
