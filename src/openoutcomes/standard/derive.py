"""Everything derived from the declarations: schemas, template, record types and pages.

The files are committed; a test builds them again and compares. ``openoutcomes standard
build`` writes them.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from openoutcomes.standard.pages import pages
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.standard.record_types import record_types
from openoutcomes.standard.schemas import csv_header, data_package, json_schema
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.template import template
from openoutcomes.standard.unknown import unknown_table

TEMPLATE = "schemas/open-outcomes-template.xlsx"
_RECORDS = "src/openoutcomes/standard/records.py"
#: Folders that hold derived files alone, so that a file nobody derives any more is noticed.
_WHOLE = ("schemas", "docs/reference/tables")


def derived_files() -> dict[str, bytes]:
    """Return every derived file: path from the project's folder, and content."""
    files: dict[str, bytes] = {TEMPLATE: template()}
    for table in TABLES.values():
        files[f"schemas/csv/{table.name}.csv"] = csv_header(table).encode()
        files[f"schemas/json/{table.name}.schema.json"] = _json(json_schema(table))
    files["schemas/datapackage.json"] = _json(data_package())
    files |= {f"docs/reference/tables/{name}": text.encode() for name, text in pages().items()}
    files[_RECORDS] = record_types().encode()
    return files


def write_derived(root: Path) -> None:
    """Write every derived file under ``root`` and remove those no longer derived."""
    files = derived_files()
    for path in differing(root, files):
        if path in files:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(files[path])
        else:
            (root / path).unlink()


def differing(root: Path, files: Mapping[str, bytes] | None = None) -> list[str]:
    """Name the derived files that are missing, different or no longer derived, in order."""
    files = derived_files() if files is None else files
    changed = {path for path, content in files.items() if not _same(root / path, content)}
    for folder in _WHOLE:
        there = (root / folder).rglob("*")
        changed |= {path.relative_to(root).as_posix() for path in there if path.is_file()} - files.keys()
    return sorted(changed)


def _same(path: Path, content: bytes) -> bool:
    if not path.is_file():
        return False
    held = path.read_bytes()
    return held == content or (path.suffix == ".xlsx" and _unpacked(held) == _unpacked(content))


def _unpacked(workbook: bytes) -> dict[str, bytes] | None:
    """Return the parts of a workbook, which compress differently from one computer to another."""
    if not zipfile.is_zipfile(io.BytesIO(workbook)):
        return None
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_template(path: Path, names: Sequence[str] = ()) -> None:
    """Write the empty workbook (``path`` ends in .xlsx) or a folder of CSV files with headers.

    Raises InputError for a table that is not in the standard, or when something is there already.
    """
    unknown = [unknown_table(name, "--table") for name in names if name not in TABLES]
    if unknown:
        raise InputError(unknown)
    if path.exists() and not (path.is_dir() and not any(path.iterdir()) and path.suffix != ".xlsx"):
        raise InputError(
            Problem(
                "There is something there already.", "Give another path.", str(path), code="target-exists"
            )
        )
    if path.suffix == ".xlsx":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(template(names))
        return
    path.mkdir(parents=True, exist_ok=True)
    for name in names or TABLES:
        (path / f"{name}.csv").write_bytes(csv_header(TABLES[name]).encode())


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
