"""The declarations as others read them: CSV headers, JSON Schemas, a Frictionless descriptor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.standard.fields import (
    CODE_PATTERN,
    ID_PATTERN,
    LIST_TYPES,
    LONGEST_TEXT,
    SEPARATOR,
    Field,
    Table,
)
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.values import expected

_EXACT = r"^-?[0-9]+(\.[0-9]+)?$"


def csv_header(table: Table) -> str:
    """Return the header line of a table's CSV file."""
    return ",".join(table.by_name) + "\n"


# JSON Schema ----------------------------------------------------------------------------------


def json_schema(table: Table) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one row. Exact numbers are strings, lists are arrays."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:open-outcomes:table:{table.name}",
        "title": table.name,
        "description": f"One row is {table.one_row_is}.",
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in table.fields if field.required],
        "properties": {field.name: _property(field) for field in table.fields},
    }


def _property(field: Field) -> dict[str, Any]:
    content = _content(field)
    if not field.required:
        content = {**content, "type": [content["type"], "null"]}
        if "enum" in content:
            content["enum"] = [*content["enum"], None]
    notes: dict[str, Any] = {"description": field.meaning, **content, "examples": [_example(field)]}
    if field.default:
        notes["default"] = _plain(field, field.default)
    extra = {"unit": field.unit, "code-list": field.codes, "references": field.references}
    notes |= {f"x-{name}": value for name, value in extra.items() if value}
    return {**notes, "x-sensitivity": field.sensitivity}


def _content(field: Field) -> dict[str, Any]:
    by_type: dict[str, dict[str, Any]] = {
        "id": {"type": "string", "pattern": ID_PATTERN},
        "code": {"type": "string", "pattern": field.pattern or CODE_PATTERN},
        "text": {"type": "string", "maxLength": LONGEST_TEXT},
        "date": {"type": "string", "format": "date"},
        "datetime": {"type": "string", "format": "date-time"},
        "integer": {"type": "integer"},
        "decimal": {"type": "string", "pattern": _EXACT},
        "money": {"type": "string", "pattern": _EXACT},
        "boolean": {"type": "boolean"},
        "list": {"type": "array", "items": {"type": "string"}},
        "codes": {"type": "array", "items": {"type": "string", "pattern": CODE_PATTERN}},
        "dates": {"type": "array", "items": {"type": "string", "format": "date"}},
    }
    content = dict(by_type[field.type])
    if field.type == "integer":
        content |= {"minimum": field.minimum} if field.minimum is not None else {}
        content |= {"maximum": field.maximum} if field.maximum is not None else {}
    if field.codes is not None and not CODE_LISTS[field.codes].open:
        content["enum"] = list(CODE_LISTS[field.codes].codes)
    return content


def _example(field: Field) -> object:
    return field.example.split(SEPARATOR) if field.type in LIST_TYPES else _plain(field, field.example)


def _plain(field: Field, written: str) -> object:
    if field.type == "integer":
        return int(written)
    return written == "true" if field.type == "boolean" else written


# Frictionless ---------------------------------------------------------------------------------

_FRICTIONLESS = {"date": "date", "datetime": "datetime", "integer": "integer", "decimal": "number",
                 "money": "number", "boolean": "boolean"}  # fmt: skip


def data_package(names: Sequence[str] = (), folder: str = "csv/") -> dict[str, Any]:
    """Return a Frictionless data package descriptor for the tables named (all when none is).

    References between tables are described where both tables are in the package.
    """
    chosen = [TABLES[name] for name in names or TABLES]
    known = {table.name for table in chosen}
    return {
        "profile": "data-package",
        "name": "open-outcomes",
        "title": "Open Outcomes: records in the shared standard",
        "resources": [_resource(table, folder, known) for table in chosen],
    }


def _resource(table: Table, folder: str, known: set[str]) -> dict[str, Any]:
    keys = [
        {
            "fields": field.name,
            "reference": {"resource": field.references, "fields": TABLES[field.references].key},
        }
        for field in table.fields
        if field.references in known and field.references is not None
    ]
    schema: dict[str, Any] = {"fields": [_described(field) for field in table.fields]}
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": table.name,
        "profile": "tabular-data-resource",
        "path": f"{folder}{table.name}.csv",
        "description": f"One row is {table.one_row_is}.",
        "encoding": "utf-8",
        "schema": schema,
    }


def _described(field: Field) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if field.required else {}
    if field.type in {"integer", "decimal", "money"}:
        constraints |= {"minimum": _number(field.minimum)} if field.minimum is not None else {}
        constraints |= {"maximum": _number(field.maximum)} if field.maximum is not None else {}
    if field.type in {"id", "code"}:
        constraints["pattern"] = _content(field)["pattern"]
    if field.codes is not None and not CODE_LISTS[field.codes].open:
        constraints["enum"] = list(CODE_LISTS[field.codes].codes)
    described: dict[str, Any] = {
        "name": field.name,
        "type": _FRICTIONLESS.get(field.type, "string"),
        "description": f"{field.meaning} Write {expected(field)}.",
        "example": field.example,
    }
    return {**described, "constraints": constraints} if constraints else described


def _number(value: object) -> object:
    return value if isinstance(value, int) else str(value)
