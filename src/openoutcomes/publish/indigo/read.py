"""Reading the folder: every table's rows with their row numbers, and what was wrong with the files.

The CSV files are read as they come: byte order marks, other encodings, ragged rows, renamed capitals and
missing tables are met and reported as faults. Only a folder without ``projects.csv``, or with neither
prices, results nor payments, cannot be used at all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo.faults import Fault
from openoutcomes.publish.indigo.values import clean
from openoutcomes.standard.problems import InputError, Problem

_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet counts (the header is row 1) and its cells by column name."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """Return a cell without surrounding space; blank where the export lacks the column."""
        return self.cells.get(column, "").strip()


@dataclass(frozen=True, slots=True)
class Table:
    """A file of the export; ``present`` is False where the folder has none."""

    file: str
    rows: tuple[Row, ...] = ()
    columns: frozenset[str] = frozenset()
    present: bool = True


@dataclass(frozen=True, slots=True)
class Export:
    """A whole export: its tables, rows grouped by project, and the faults met while reading."""

    tables: Mapping[str, Table]
    faults: tuple[Fault, ...]
    _by_project: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table in self.tables.values():
            place = c.ID if table.file == c.PROJECTS else c.PROJECT
            for row in table.rows:
                self._by_project.setdefault((table.file, same_id(row.get(place))), []).append(row)

    def rows(self, file: str) -> tuple[Row, ...]:
        """Return all rows of a table, in file order."""
        return self.tables[file].rows

    def of_project(self, file: str, project: str) -> list[Row]:
        """Return a project's rows of a table, in file order."""
        return self._by_project.get((file, same_id(project)), [])

    def projects(self) -> Iterator[str]:
        """Yield project ids as first written: those of projects.csv, then those only other tables name."""
        seen = {""}
        for file, declared in c.TABLES.items():
            if declared[0] not in (c.PROJECT, c.ID) or file == c.ORGANISATIONS:
                continue
            for row in self.rows(file):
                written = clean(row.get(declared[0]))
                if same_id(written) not in seen:
                    seen.add(same_id(written))
                    yield written

    def lacks(self, file: str, *names: str) -> list[str]:
        """Return what is missing of a table: the file, or the columns named."""
        table = self.tables[file]
        if not table.present:
            return [f"the file {file}"]
        return [f"the column '{name}' of {file}" for name in names if name not in table.columns]


def same_id(text: str) -> str:
    """Return an identifier in the form in which two writings of it are equal."""
    return clean(text).casefold()


def read_export(folder: Path) -> Export:
    """Read an INDIGO export from a folder of CSV files.

    Raises InputError when the folder cannot be used: it is not there, holds no ``projects.csv`` with an
    ``ID`` column, or has neither prices, results nor payments.
    """
    found = _files(folder)
    faults: list[Fault] = []
    tables = {file: _table(found.get(file), file, faults) for file in c.TABLES}
    missing = [file for file in c.SUBSTANCE if not tables[file].present]
    if len(missing) == len(c.SUBSTANCE):
        raise InputError(
            Problem(
                what=f"there is nothing to reconcile: {', '.join(missing)} are all missing.",
                mend="Give the folder of an INDIGO export.",
                file=str(folder),
            )
        )
    return Export(tables, tuple(faults))


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        what = "is not a folder." if folder.exists() else "there is no such folder."
        raise InputError(Problem(what=what, mend="Give the folder of an INDIGO export.", file=str(folder)))
    found = {path.name.casefold(): path for path in sorted(folder.iterdir()) if path.is_file()}
    if c.PROJECTS not in found:
        raise InputError(
            Problem(
                what=f"there is no {c.PROJECTS} here, so this is not an INDIGO export.",
                mend="Give the folder that holds the export's CSV files.",
                file=str(folder),
            )
        )
    return found


def _table(path: Path | None, file: str, faults: list[Fault]) -> Table:
    if path is None:
        kind = "missing-side-file" if file in c.SIDE_TABLES else "missing-file"
        faults.append(Fault(kind, f"{file} is not in the folder; it counts as empty.", file))
        return Table(file, present=False)
    records = _records(_text(path, file, faults), file, faults)
    header = next(records, (1, []))[1]
    names = _names(header, file, faults)
    _must_have_id(names, path, file)
    return Table(file, tuple(_rows(records, names, file, faults)), frozenset(names))


def _text(path: Path, file: str, faults: list[Fault]) -> str:
    raw = path.read_bytes()
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            faults.append(Fault("wrong-encoding", "The file is UTF-16.", file))
            return raw.decode(encoding, errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        faults.append(
            Fault(
                "wrong-encoding",
                f"Line {line} of the file is not UTF-8; the file was read as Windows-1252.",
                file,
            )
        )
        return raw.decode("cp1252", errors="replace")


def _records(text: str, file: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with its row number; an unreadable rest of the file becomes one fault."""
    reader = csv.reader(io.StringIO(text, newline=""))
    number = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(
                Fault(
                    "unreadable-file", f"Reading stopped after row {number}: {error}.", file, number or None
                )
            )
            return
        number += 1
        yield number, record


def _names(header: list[str], file: str, faults: list[Fault]) -> list[str]:
    """Return a name for each column: ours where it matches, exactly first and then loosely."""
    loose = {_loosely(name): name for name in _known(file)}
    names = [cell if cell in loose.values() else loose.get(_loosely(cell), clean(cell)) for cell in header]
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    missing = [name for name in c.TABLES[file] if name not in names]
    faults.extend(
        Fault("repeated-column", f"'{name}' stands {names.count(name)} times.", file, 1) for name in repeated
    )
    faults.extend(_missing_columns(file, missing))
    return names


def _missing_columns(file: str, missing: list[str]) -> Iterator[Fault]:
    """Yield a fault for each column the tests rest on, and one for all the others of the file."""
    side = [name for name in missing if file in c.SIDE_TABLES or name in c.SIDE_COLUMNS]
    for name in missing:
        if name not in side:
            yield Fault("missing-column", f"There is no column '{name}'; it counts as blank.", file, 1)
    if side:
        listed = ", ".join(f"'{name}'" for name in side)
        yield Fault("missing-side-column", f"Counted as blank: {listed}.", file, 1)


def _known(file: str) -> list[str]:
    return [*c.TABLES[file], *(name for pair in c.PERIODS.get(file, ()) for name in pair)]


def _loosely(name: str) -> str:
    return "".join(clean(name).split()).casefold()


def _must_have_id(names: list[str], path: Path, file: str) -> None:
    if file == c.PROJECTS and c.ID not in names:
        # A spreadsheet set to a country with decimal commas writes semicolons between columns.
        semicolons = len(names) == 1 and ";" in names[0]
        raise InputError(
            Problem(
                what=f"there is no column '{c.ID}', so no row can be told from another.",
                mend="The columns are separated by semicolons: save the files as CSV with commas."
                if semicolons
                else "Export the table again.",
                file=str(path),
                row=1,
            )
        )


def _rows(
    records: Iterator[tuple[int, list[str]]], names: list[str], file: str, faults: list[Fault]
) -> Iterator[Row]:
    seen: dict[tuple[str, ...], int] = {}
    for number, record in records:
        if not any(cell.strip() for cell in record):
            continue
        cells = _cells(names, record)
        project = "" if file == c.ORGANISATIONS else clean(cells.get(c.TABLES[file][0], ""))
        if len(record) != len(names):
            detail = f"{len(record)} cells under a header of {len(names)}."
            faults.append(Fault("ragged-row", detail, file, number, project))
        first = seen.setdefault(tuple(record), number)
        if first != number:
            detail = f"The same in every cell as row {first}."
            faults.append(Fault("duplicate-row", detail, file, number, project))
        yield Row(number, cells)


def _cells(names: list[str], record: list[str]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, cell in zip(names, record, strict=False):
        cells.setdefault(name, cell)
    return cells
