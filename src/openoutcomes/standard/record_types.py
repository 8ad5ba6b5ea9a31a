"""The record types: a TypedDict for each table, as the text of a module."""

from __future__ import annotations

import textwrap

from openoutcomes.standard.fields import Field, Table
from openoutcomes.standard.tables import TABLES

_PYTHON = {
    "id": "str", "text": "str", "code": "str", "codes": "list[str]", "list": "list[str]", "date": "date",
    "dates": "list[date]", "datetime": "datetime", "integer": "int", "decimal": "Decimal",
    "money": "Decimal", "boolean": "bool",
}  # fmt: skip
_START = '''"""The type of a row of each table, as ``rows`` and ``record`` return it.

Made from the declarations by ``openoutcomes standard build``: change those, not this file.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict
'''


def record_types() -> str:
    """Return the text of ``records.py``."""
    return "\n\n".join([_START, *map(_record_type, TABLES.values())])


def class_name(table: Table) -> str:
    """Return the name of a table's record type: ``AchievementCountsRow``."""
    return "".join(word.capitalize() for word in table.name.split("_")) + "Row"


def _record_type(table: Table) -> str:
    lines = [
        f"class {class_name(table)}(TypedDict):",
        f'    """A row of ``{table.name}``: {table.one_row_is}."""',
        "",
    ]
    for field in table.fields:
        lines += [f"    #: {line}" for line in textwrap.wrap(_comment(field), 100)]
        lines.append(f"    {field.name}: {_type(field)}")
    return "\n".join(lines) + "\n"


def _comment(field: Field) -> str:
    return f"{field.meaning} Unit: {field.unit}." if field.unit else field.meaning


def _type(field: Field) -> str:
    return _PYTHON[field.type] if field.required or field.default else f"{_PYTHON[field.type]} | None"
