"""Cells of spreadsheets and CSV files: what a spreadsheet would run is made harmless, and back.

Text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a return would be run as a formula by
a spreadsheet, so writing puts an apostrophe before it. Text that already begins with
apostrophes before such a sign gets one more, so reading takes exactly one off and every text
comes back as it was. Parquet files are not spreadsheets and are left alone.
"""

from __future__ import annotations

import re
from dataclasses import replace

from openoutcomes.standard.fields import NUMBER_TYPES, Field, FieldType
from openoutcomes.standard.values import Fault, Parsed, parse

#: Types whose cells hold free text. The others have patterns that no formula fits.
TEXT_TYPES: frozenset[FieldType] = frozenset({"text", "list", "codes"})
#: What writing must neutralise, in a form that Python and Arrow (RE2) both read.
RISKY = r"^('*[=+\-@\t\r])"

_FORMULA_STARTS = "=+-@"
_RISKY = re.compile(RISKY)
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")
#: A spreadsheet number holds this many digits; longer ones are written as text to stay exact.
EXACT_DIGITS = 15


class TypedCell(str):
    """The written form of a workbook cell that was a number, a date or true/false, not text."""

    __slots__ = ()


class BadCell(str):
    """A workbook cell that cannot be read; the text says why, naming the cell."""

    __slots__ = ()


def neutralise(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run."""
    return f"'{text}" if _RISKY.match(text) else text


def restore(text: str) -> tuple[str, bool]:
    """Take off the apostrophe that :func:`neutralise` put there; say whether there was one."""
    return (text[1:], True) if _NEUTRALISED.match(text) else (text, False)


def parse_cell(field: Field, raw: object) -> Parsed:
    """Read a cell of a CSV file: as :func:`parse`, less the safety apostrophe, wary of formulas."""
    if field.type not in TEXT_TYPES or not isinstance(raw, str):
        return parse(field, raw)
    plain, was_safe = restore(raw)
    value, faults = parse(field, plain)
    if not was_safe and value is not None and plain.lstrip()[0] in _FORMULA_STARTS:
        faults = (*faults, _FORMULA)
    return value, faults


_FORMULA = Fault(
    "formula-like",
    "the text begins with a sign that a spreadsheet would run as a formula",
    "If it is meant, put an apostrophe (') before it; otherwise remove it.",
    "warning",
)


def parse_workbook_cell(field: Field, raw: object) -> Parsed:
    """Read a cell of a workbook: typed cells as they are, text cells as in a CSV file."""
    if isinstance(raw, BadCell):
        mend = "Replace it by its value: copy, then paste special, values."
        return None, (Fault("formula", str(raw), mend),)
    if isinstance(raw, TypedCell):
        return parse(field, str(raw))
    value, faults = parse_cell(field, raw)
    if field.type in NUMBER_TYPES and value is not None and _short(str(value)):
        faults = (*faults, replace(_TEXT_NUMBER, what=f"the number {value} is stored as text"))
    return value, faults


def _short(number: str) -> bool:
    return sum(sign.isdigit() for sign in number) <= EXACT_DIGITS


_TEXT_NUMBER = Fault(
    "number-stored-as-text", "", "It was read as the number; format the cell as a number.", "warning"
)
