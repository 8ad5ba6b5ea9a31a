"""Read tables from an Excel workbook whose sheets are named after them."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from openoutcomes.standard.cells import EXACT_DIGITS, BadCell, TypedCell, parse_workbook_cell
from openoutcomes.standard.columns import Place, RawTable, encode_python
from openoutcomes.standard.fields import Table
from openoutcomes.standard.headers import blank_rows, match_header, row_finder
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.unknown import unknown_table
from openoutcomes.standard.values import shorten

#: Sheets of the template that hold no data.
OTHER_SHEETS = frozenset({"help", "lists"})
#: What the library raises, by no rule, when the archive or the XML within it is damaged.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, EOFError, LookupError, TypeError,
    ValueError, AttributeError, ArithmeticError, NotImplementedError, RuntimeError,
)  # fmt: skip
#: What a workbook may unpack to: more is a damaged file or a trap.
LARGEST_UNPACKED = 4 * 1024**3
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_workbook(
    path: Path, told: Callable[[int, str], None] = lambda _done, _name: None
) -> list[tuple[str, RawTable | Problem]]:
    """Return each data sheet's name with its raw table, or with what is wrong with its name.

    ``told(done, name)`` hears of each sheet before it is read. Raises InputError when the file
    is not a workbook that can be opened, OSError when it cannot be read.
    """
    found: list[tuple[str, RawTable | Problem]] = []
    with path.open("rb") as file, warnings.catch_warnings():
        # It warns of styles and features that it drops; none of them holds data.
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        for sheet in _open(file, path).worksheets:
            if sheet.title.lower() not in OTHER_SHEETS:
                told(len(found), sheet.title)
                found += _read_if_table(sheet, path)
    return found


def _read_if_table(sheet: Any, path: Path) -> list[tuple[str, RawTable | Problem]]:
    """Read a sheet named after a table; one with another name is a problem unless it is empty."""
    where = f"{path.name} [{sheet.title}]"
    rows = ([_cell(cell) for cell in row] for row in _rows(sheet, path))
    if sheet.title in TABLES:
        return [(sheet.title, _read_sheet(rows, TABLES[sheet.title], where))]
    return [(sheet.title, unknown_table(sheet.title, where))] if any(any(row) for row in rows) else []


def _not_a_workbook(path: Path, why: str) -> InputError:
    what = f"This is not an Excel workbook that can be read ({shorten(why, 120) or 'it is damaged'})."
    mend = "Open it in a spreadsheet program and save it as .xlsx."
    return InputError(Problem(what, mend, path.name, code="not-a-workbook"))


def _open(file: IO[bytes], path: Path) -> Any:
    """Open a workbook, refusing what is not a zip archive or unpacks to more than a workbook would."""
    if file.read(4) == _OLD_EXCEL:
        raise _not_a_workbook(path, "it is an old .xls file or is protected by a password")
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size <= LARGEST_UNPACKED:
            return load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except DAMAGED as error:
        raise _not_a_workbook(path, str(error)) from error
    raise _not_a_workbook(path, f"it would unpack to {size:,} bytes")


def _rows(sheet: Any, path: Path) -> Iterator[Any]:
    """Yield a sheet's rows of cells. Only the library's own steps are watched for damage to the file."""
    sheet.reset_dimensions()  # what a file says of its size is often wrong
    rows = sheet.iter_rows()
    while True:
        try:
            row = next(rows, None)
        except DAMAGED as error:
            raise _not_a_workbook(path, str(error)) from error
        if row is None:
            return
        yield row


def _cell(cell: Any) -> str | None:
    """Put a cell in written form; text stays str, other kinds are marked as typed or bad."""
    value = cell.value
    if value is None or value == "":
        return None
    if cell.data_type in {"f", "e"}:
        kind = "a formula" if cell.data_type == "f" else "an error"
        shown = shorten(str(getattr(value, "text", value)))
        return BadCell(f"cell {get_column_letter(cell.column)}{cell.row} holds {kind} ({shown})")
    if isinstance(value, str):
        return value
    return TypedCell(_typed(value))


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # A spreadsheet keeps and shows 15 digits; the sixteenth is noise of binary fractions.
        return f"{Decimal(f'{value:.{EXACT_DIGITS}g}'):f}"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _read_sheet(rows: Iterator[list[str | None]], table: Table, file: str) -> RawTable:
    header = [name or "" for name in next(rows, [])]
    while header and not header[-1].strip():
        header.pop()
    if not header:
        problem = Problem(
            "The sheet is empty: it has no header.",
            "Write the column names in the first row.",
            file,
            code="empty-file",
        )
        return RawTable({}, 0, Place(file, row_finder(())), problems=(problem,), usable=False)
    kept, blanks, problems = _sort_rows(rows, len(header), file)
    place = Place(file, row_finder(blanks))
    found, wrong = match_header(header, table, file, blank=lambda at: all(row[at] is None for row in kept))
    last = place.row_of(len(kept) - 1) if kept else 1
    problems = [*wrong, *problems, *blank_rows([row for row in blanks if row < last], file)]
    columns = {name: encode_python([row[position] for row in kept]) for name, position in found.items()}
    return RawTable(columns, len(kept), place, parse_workbook_cell, tuple(problems))


def _sort_rows(
    rows: Iterator[list[str | None]], width: int, file: str
) -> tuple[list[list[str | None]], list[int], list[Problem]]:
    """Part the rows into those with values and those without; values beyond the header are a fault."""
    kept: list[list[str | None]] = []
    blanks: list[int] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=2):
        if not any(value and value.strip() for value in row):
            blanks.append(number)
            continue
        if any(value is not None for value in row[width:]):
            what = f"The row has values beyond the {width} named columns."
            problems.append(
                Problem(what, "Name the column, or clear the cells.", file, number, code="ragged-row")
            )
        kept.append([*row, *[None] * (width - len(row))][:width])
    return kept, blanks, problems
