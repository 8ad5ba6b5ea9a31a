"""What a field and a table of the standard are.

One declaration gives the record type, the check, the CSV header, the JSON Schema, the
workbook column and the reference page. Nothing else in the package says what a column is.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

FieldType = Literal[
    "id", "text", "code", "codes", "date", "datetime", "integer", "decimal",
    "boolean", "money", "list", "dates",
]  # fmt: skip
Sensitivity = Literal["public", "internal", "personal", "special-category"]
Part = Literal[
    "people", "needs", "strengths", "work", "capabilities", "resources",
    "investment", "outcomes", "economics",
]  # fmt: skip

#: The nine parts of the open-outcomes framework, in its order.
PARTS: dict[Part, str] = {
    "people": "Who we work with",
    "needs": "Their needs (the demand)",
    "strengths": "Their strengths",
    "work": "The work",
    "capabilities": "The capabilities required",
    "resources": "The resources used",
    "investment": "The investment made",
    "outcomes": "The outcomes",
    "economics": "The economic effects",
}

#: What stands between the items of a list in one cell.
SEPARATOR = ";"
#: Whole and decimal places that every exact number must fit.
DIGITS, PLACES = 24, 6
#: The longest text: a spreadsheet cell holds 32,767 characters, and some are kept for safety marks.
LONGEST_TEXT = 32_000
#: An opaque identifier: no spaces and no ``@``, so that names and e-mail addresses do not pass for ids.
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:/#~+=|-]{0,127}$"
#: A code: as an id, and short.
CODE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:/#~+=|-]{0,99}$"

LIST_TYPES: frozenset[FieldType] = frozenset({"codes", "list", "dates"})
NUMBER_TYPES: frozenset[FieldType] = frozenset({"integer", "decimal", "money"})


@dataclass(frozen=True, slots=True)
class Field:
    """One column of one table.

    ``codes`` names a code list, ``references`` a table whose key this field holds.
    ``minimum`` and ``maximum`` are inclusive and in ``unit``. ``default`` is what a blank
    means, in its written form. ``may_be_future`` lets a date lie after the day of recording;
    ``gaps`` lets a list have empty items. ``why`` says who uses the field.
    """

    name: str
    type: FieldType
    meaning: str
    required: bool = False
    unit: str = ""
    codes: str | None = None
    references: str | None = None
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    pattern: str | None = None
    sensitivity: Sensitivity = "internal"
    example: str = ""
    why: str = ""
    default: str = ""
    may_be_future: bool = False
    gaps: bool = False


@dataclass(frozen=True)
class Table:
    """One table: what a row is, and its fields in published order.

    ``not_before`` lists (earlier, later) date fields; ``same_length`` lists pairs of list
    fields where the second, when given, has one item for each item of the first.
    """

    name: str
    one_row_is: str
    part: Part
    fields: tuple[Field, ...]
    not_before: tuple[tuple[str, str], ...] = ()
    same_length: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """Name of the record id: always the first field. Versions of a record share it."""
        return self.fields[0].name

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by name, in published order."""
        return {field.name: field for field in self.fields}
