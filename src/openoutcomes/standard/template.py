"""The workbook template: a sheet for each table, with help, notes on columns and drop-downs.

The same declarations give the same bytes: times inside the file are fixed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.standard.fields import PARTS, Field, Table
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.values import expected

_LAST_ROW = 1_048_576
_FIXED = datetime(2020, 1, 1)  # noqa: DTZ001 - workbooks hold times without a zone
_REQUIRED = PatternFill("solid", fgColor="FFD9EAD3")
_BOLD = Font(bold=True)
_FORMATS = {
    "date": "yyyy-mm-dd",
    "text": "@",
    "id": "@",
    "code": "@",
    "list": "@",
    "codes": "@",
    "dates": "@",
}


def template(names: Sequence[str] = ()) -> bytes:
    """Return the workbook template for the tables named (all when none is), as .xlsx bytes.

    Raises KeyError for a name that is no table.
    """
    tables = [TABLES[name] for name in names or TABLES]
    book = Workbook()
    book.properties.creator = "Open Outcomes"
    book.properties.created = book.properties.modified = _FIXED
    helping = book.active
    assert isinstance(helping, Worksheet)  # noqa: S101 - a new workbook has one plain sheet
    helping.title = "Help"
    _help_sheet(helping, tables)
    lists = {field.codes for table in tables for field in table.fields if field.codes is not None}
    for table in tables:
        _table_sheet(book.create_sheet(table.name), table)
    _lists_sheet(book, sorted(lists))
    buffer = io.BytesIO()
    book.save(buffer)
    return _with_fixed_times(buffer.getvalue())


def field_help(field: Field) -> str:
    """Say in a few lines what goes into a column, as a note on its header and in the help."""
    lines = [field.meaning, f"Write {expected(field)}."]
    if field.required:
        lines.append("Every row needs a value.")
    if field.unit:
        lines.append(f"Unit: {field.unit}.")
    lines += [f"Codes: {', '.join(CODE_LISTS[field.codes].codes)}."] if field.codes else []
    lines += [f"As in the sheet {field.references}."] if field.references else []
    lines += [f"A blank means {field.default}."] if field.default else []
    return "\n".join([*lines, f"Example: {field.example}"])


_INTRODUCTION = (
    "Open Outcomes: a workbook for records in the shared standard",
    "",
    "Fill in the sheets that you need and leave the others empty. One row is one record.",
    "Green columns need a value in every row; the rest may stay blank.",
    "Write dates as year-month-day (2015-03-01) or as date cells. Put ; between the items of a list.",
    "Use ids that mean nothing to others: never a name, an e-mail address or a health service number.",
    "Values, not formulas: the check refuses formulas. The examples below are not data.",
    "Check the workbook with: openoutcomes check WORKBOOK.xlsx",
)


def _help_sheet(sheet: Worksheet, tables: Iterable[Table]) -> None:
    for line in _INTRODUCTION:
        sheet.append([line])
    sheet["A1"].font = Font(bold=True, size=14)
    for table in tables:
        sheet.append([])
        sheet.append([table.name, f"One row is {table.one_row_is}. Part: {PARTS[table.part]}."])
        sheet.cell(sheet.max_row, 1).font = _BOLD
        sheet.append(["Column", *table.by_name])
        sheet.append(["Example (not data)", *(field.example for field in table.fields)])
        sheet.append(["What it is", *(field.meaning for field in table.fields)])
        for cell in sheet[sheet.max_row]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 22
    for position in range(2, 2 + max(len(table.fields) for table in TABLES.values())):
        sheet.column_dimensions[get_column_letter(position)].width = 24


def _table_sheet(sheet: Worksheet, table: Table) -> None:
    for position, field in enumerate(table.fields, start=1):
        letter = get_column_letter(position)
        cell = sheet.cell(1, position, field.name)
        cell.font = _BOLD
        if field.required:
            cell.fill = _REQUIRED
        note = Comment(field_help(field), "Open Outcomes", height=160, width=320)
        cell.comment = note
        column = sheet.column_dimensions[letter]
        column.width = max(12, len(field.name) + 3)
        column.number_format = _FORMATS.get(field.type, "General")
        rule = _validation(field)
        if rule is not None:
            rule.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"


def _validation(field: Field) -> DataValidation | None:
    """Return the drop-down of a field; open lists offer codes and let others be typed."""
    if field.type == "boolean":
        return DataValidation("list", formula1='"true,false"', allow_blank=True)
    if field.type != "code" or field.codes is None:
        return None
    codes = CODE_LISTS[field.codes]
    rule = DataValidation("list", formula1=f"codes_{codes.name}", allow_blank=True)
    rule.showErrorMessage = not codes.open
    rule.errorTitle, rule.error = "Not in the list", f"Use a code of the list {codes.name}."
    return rule


def _lists_sheet(book: Workbook, names: Sequence[str]) -> None:
    """Write the code lists, one a column, on a hidden sheet that the drop-downs point to."""
    sheet = book.create_sheet("Lists")
    sheet.sheet_state = "hidden"
    for position, name in enumerate(names, start=1):
        codes = list(CODE_LISTS[name].codes)
        for row, text in enumerate([name, *codes], start=1):
            sheet.cell(row, position, text)
        letter = get_column_letter(position)
        label = f"codes_{name}"
        book.defined_names[label] = DefinedName(
            label, attr_text=f"Lists!${letter}$2:${letter}${len(codes) + 1}"
        )


def _with_fixed_times(workbook: bytes) -> bytes:
    """Repack a workbook so that neither the archive nor its properties tell when it was made."""
    buffer = io.BytesIO()
    stamp = f"{_FIXED:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"(?<=W3CDTF\">)[^<]+", stamp, content)
            fixed = zipfile.ZipInfo(entry.filename, (2020, 1, 1, 0, 0, 0))
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o644 << 16
            new.writestr(fixed, content)
    return buffer.getvalue()
