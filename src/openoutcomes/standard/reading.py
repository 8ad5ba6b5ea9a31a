"""Read and check a whole data set: a folder of CSV or Parquet files, a workbook, or one file.

Nothing stops at the first problem and nothing is half loaded: with any error there is no
data set, only the full list.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from openoutcomes.standard.columns import Place, RawTable
from openoutcomes.standard.dataset import Dataset, read_table
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.standard.read_csv import read_csv, unusable
from openoutcomes.standard.read_parquet import read_parquet
from openoutcomes.standard.read_workbook import read_workbook
from openoutcomes.standard.rules import table_rules
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.unknown import unknown_table

Progress = Callable[[int, int | None, str], None]
_LABEL = "Reading tables"
_READERS = {".csv": read_csv, ".parquet": read_parquet}
_NOT_READ = {".xlsx", ".xlsm", ".xls", ".ods", ".tsv", ".txt", ".json", ".jsonl", ".zip", ".gz"}


@dataclass(frozen=True, slots=True)
class TableSummary:
    """How one table fared."""

    table: str
    rows: int
    errors: int
    warnings: int


@dataclass(slots=True)
class Report:
    """What checking found: the tables, every problem, and the data set when there is no error."""

    path: str
    problems: list[Problem] = field(default_factory=list)
    tables: list[TableSummary] = field(default_factory=list)
    dataset: Dataset | None = None
    readable: bool = True

    @property
    def errors(self) -> int:
        """How many errors were found."""
        return sum(each.count for each in self.problems if each.severity == "error")

    @property
    def warnings(self) -> int:
        """How many warnings were found."""
        return sum(each.count for each in self.problems if each.severity == "warning")


def check_path(path: str | os.PathLike[str], *, progress: Progress | None = None) -> Report:
    """Check a data set and report every problem; ``readable`` is False when there was nothing to read.

    ``progress(done, total, label)`` is told of each table; ``total`` is None while it is not known.
    """
    report = Report(os.fspath(path))
    try:
        raw = _read_all(Path(path), report, progress or (lambda _done, _total, _label: None))
    except InputError as error:
        report.problems += error.problems
        report.readable = False
        return report
    except OSError as error:
        report.problems.append(_unreadable(report.path, error))
        report.readable = False
        return report
    _check(raw, report)
    return report


def read_dataset(
    path: str | os.PathLike[str], *, progress: Progress | None = None
) -> tuple[Dataset | None, list[Problem]]:
    """Read a data set: it and its warnings, or None and every problem."""
    report = check_path(path, progress=progress)
    return report.dataset, report.problems


def load(path: str | os.PathLike[str], *, progress: Progress | None = None) -> Dataset:
    """Read a data set, dropping warnings; raises InputError with every error found."""
    report = check_path(path, progress=progress)
    if report.dataset is None:
        raise InputError(each for each in report.problems if each.severity == "error")
    return report.dataset


def _unreadable(file: str, error: OSError) -> Problem:
    return Problem(
        f"It cannot be read: {error.strerror or error}.",
        "Check the path and the permissions.",
        file,
        code="cannot-read",
    )


def _check(raw: dict[str, RawTable], report: Report) -> None:
    """Hold every table that could be read to the rules, then the tables to each other."""
    typed: dict[str, pa.Table] = {}
    found: dict[str, list[Problem]] = {}
    places: dict[str, Place] = {}
    for name in [each for each in TABLES if each in raw]:
        table = raw[name]
        found[name] = list(table.problems)
        if table.usable:
            typed[name], problems = read_table(TABLES[name], table)
            found[name] += problems
            places[name] = table.place
    for problem in table_rules(typed, places):
        owner = next((name for name, place in places.items() if place.file == problem.file), None)
        (report.problems if owner is None else found[owner]).append(problem)
    for name, problems in found.items():
        problems.sort(key=lambda problem: problem.row or problem.line or 0)
        report.problems += problems
        report.tables.append(_summary(name, raw[name].rows, problems))
    if not report.errors:
        report.dataset = Dataset(typed)


def _summary(name: str, rows: int, problems: list[Problem]) -> TableSummary:
    counts = {"error": 0, "warning": 0}
    for problem in problems:
        counts[problem.severity] += problem.count
    return TableSummary(name, rows, counts["error"], counts["warning"])


def _read_all(path: Path, report: Report, progress: Progress) -> dict[str, RawTable]:
    if not path.exists():
        raise InputError(
            Problem("There is no such file or folder.", "Check the path.", str(path), code="not-found")
        )
    if path.is_dir():
        return _read_files(list(_table_files(path, report)), report, progress)
    if path.suffix.lower() in _READERS:
        return _read_files([path], report, progress)
    if path.suffix.lower() in {".xlsx", ".xlsm"} and path.is_file():
        return _read_sheets(path, report, progress)
    mend = "Give a folder of CSV or Parquet files, an .xlsx workbook, or one .csv or .parquet file."
    raise InputError(
        Problem("This is not a kind of file that can be read.", mend, str(path), code="unknown-format")
    )


def _table_files(folder: Path, report: Report) -> Iterator[Path]:
    """Yield the files of a folder that should be tables; say of others that look like data why not."""
    seen = 0
    for entry in sorted(folder.iterdir()):
        suffix = entry.suffix.lower()
        if entry.name.startswith((".", "~$")):
            continue
        if suffix in _READERS:
            seen += 1
            yield entry
        elif suffix in _NOT_READ and (entry.stem in TABLES or suffix in {".xlsx", ".xlsm", ".xls", ".ods"}):
            what = "The file was not read: a folder is read for its .csv and .parquet files."
            mend = "Save it as CSV, or give the workbook itself as the path."
            report.problems.append(Problem(what, mend, entry.name, code="file-not-read", severity="warning"))
    if not seen:
        what = "There are no tables in the folder."
        mend = f"Add files such as people.csv or achievements.csv. Tables: {', '.join(TABLES)}."
        raise InputError(Problem(what, mend, str(folder), code="no-tables"))


def _read_files(files: list[Path], report: Report, progress: Progress) -> dict[str, RawTable]:
    raw: dict[str, RawTable] = {}
    for done, path in enumerate(files):
        name = path.stem
        progress(done, len(files), _LABEL)
        if name not in TABLES:
            report.problems.append(unknown_table(name, path.name))
        elif name in raw:
            what = f"{name} was given twice, here and in {raw[name].place.file}."
            report.problems.append(Problem(what, "Keep one of them.", path.name, code="table-twice"))
        else:
            raw[name] = _read_file(path, name)
    progress(len(files), len(files), _LABEL)
    return raw


def _read_file(path: Path, name: str) -> RawTable:
    problem: Problem | None = None
    if path.is_dir():
        problem = Problem(
            "This is a folder, not a file.",
            f"Put the rows in one file, {path.name}.",
            path.name,
            code="not-a-file",
        )
    elif path.is_symlink() and not path.exists():
        problem = Problem(
            "This is a link to a file that is not there.",
            "Copy the file itself.",
            path.name,
            code="not-a-file",
        )
    elif not path.is_file():
        problem = Problem(
            "This is not an ordinary file.", "Copy the rows to one.", path.name, code="not-a-file"
        )
    if problem is not None:
        return unusable(path.name, [problem])
    try:
        return _READERS[path.suffix.lower()](path, TABLES[name], path.name)
    except OSError as error:
        return unusable(path.name, [_unreadable(path.name, error)])


def _read_sheets(path: Path, report: Report, progress: Progress) -> dict[str, RawTable]:
    raw: dict[str, RawTable] = {}
    for name, found in read_workbook(path, lambda done, _name: progress(done, None, _LABEL)):
        if isinstance(found, Problem):
            report.problems.append(found)
        else:
            raw[name] = found
    if not raw:
        what = "No sheet of the workbook is named after a table."
        mend = f"Name each sheet after its table. Tables: {', '.join(TABLES)}."
        raise InputError(Problem(what, mend, path.name, code="no-tables"))
    return raw
