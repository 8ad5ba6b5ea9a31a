"""Write tables as sheets of an Excel workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from openoutcomes.standard.arrow import python_column
from openoutcomes.standard.cells import EXACT_DIGITS, neutralise
from openoutcomes.standard.fields import SEPARATOR, Field
from openoutcomes.standard.tables import TABLES

#: A sheet holds 1,048,576 rows, the header among them.
LONGEST_SHEET = 1_048_575


def write_workbook(tables: Mapping[str, Iterable[pa.Table]], path: Path) -> None:
    """Write each table as a sheet: text as text, dates as dates, numbers as numbers where exact."""
    book = Workbook(write_only=True)
    try:
        for name, batches in tables.items():
            _write_sheet(book.create_sheet(name), name, batches)
    except BaseException:
        for sheet in book.worksheets:
            sheet.close()  # or the unfinished sheet complains when it is collected
        raise
    book.save(path)


def _write_sheet(sheet: WriteOnlyWorksheet, name: str, batches: Iterable[pa.Table]) -> None:
    sheet.freeze_panes = "B2"
    header: list[str] = []
    for batch in batches:
        if not header:
            header = batch.schema.names
            _write_header(sheet, header)
        _write_rows(sheet, TABLES[name].by_name, batch)
    if not header:
        _write_header(sheet, [field.name for field in TABLES[name].fields if field.required])


def _write_header(sheet: WriteOnlyWorksheet, names: list[str]) -> None:
    cells = []
    for name in names:
        cell = WriteOnlyCell(sheet, name)
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)


def _write_rows(sheet: WriteOnlyWorksheet, declared: Mapping[str, Field], data: pa.Table) -> None:
    fields = [declared[name] for name in data.schema.names]
    columns = [python_column(field, data.column(field.name)) for field in fields]
    for row in zip(*columns, strict=True):
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    if isinstance(value, list):
        value = SEPARATOR.join("" if item is None else str(item) for item in value)
    if isinstance(value, str):
        return _text(sheet, neutralise(value))
    if isinstance(value, datetime):
        return _text(sheet, value.isoformat().replace("+00:00", "Z"))
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        number = f"{value:f}" if isinstance(value, Decimal) else str(value)
        if sum(sign.isdigit() for sign in number) > EXACT_DIGITS:
            return _text(sheet, number)
    return value


def _text(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # never a formula, whatever it begins with
    return cell
