"""Write a data set as a folder of CSV files, a folder of Parquet files, or a workbook.

Writing is all or nothing: everything goes to a temporary place beside the target, which
takes the target's name only when it is whole.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from openoutcomes.standard.arrow import conform, default_scalar
from openoutcomes.standard.cells import RISKY, TEXT_TYPES
from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.fields import LIST_TYPES, SEPARATOR, Field
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.write_workbook import LONGEST_SHEET, write_workbook

Format = Literal["csv", "parquet", "xlsx"]
Batches = Iterable[pa.RecordBatch | pa.Table]
_ROWS_AT_ONCE = 65_536


def write_dataset(
    data: Dataset | Mapping[str, Batches],
    path: str | os.PathLike[str],
    format: Format = "csv",  # noqa: A002 - the word that users know
    *,
    overwrite: bool = False,
) -> None:
    """Write a data set, or batches of typed rows for each table, to ``path``.

    ``path`` becomes a folder (csv, parquet) or a workbook (xlsx). Columns that are blank or
    hold only their default are left out, required ones apart; batches keep the columns of
    their first batch. Batches are not checked: they are for data that the package makes.

    Raises InputError when something is at ``path`` already (with ``overwrite``, when a folder
    there holds anything but tables), or when a table is too long for a workbook.
    """
    target = Path(path)
    check_target(target, format, overwrite=overwrite)
    batches = (
        {name: [_compact(name, data.arrow(name))] for name in TABLES if name in data.partial}
        if isinstance(data, Dataset)
        else data
    )
    with _in_place(target, folder=format != "xlsx") as draft:
        if format == "xlsx":
            write_workbook({name: _fitting(name, given) for name, given in batches.items()}, draft)
            return
        write = _write_csv if format == "csv" else _write_parquet
        for name, given in batches.items():
            write(name, given, draft / f"{name}.{format}")


def _compact(name: str, data: pa.Table) -> pa.Table:
    """Leave out columns that say nothing."""
    kept = [field.name for field in TABLES[name].fields if field.required or _says(field, data[field.name])]
    return data.select(kept)


def _says(field: Field, column: pa.ChunkedArray) -> bool:
    if column.null_count == len(column):
        return False
    return not field.default or bool(pc.any(pc.not_equal(column, default_scalar(field))).as_py())


def _fitting(name: str, given: Batches) -> Iterator[pa.Table]:
    """Pass batches on as tables of the declared types, refusing more rows than a sheet holds."""
    rows = 0
    for batch in _typed(name, given):
        rows += batch.num_rows
        if rows > LONGEST_SHEET:
            what = f"{name} has more than {LONGEST_SHEET:,} rows, the most that a sheet holds."
            raise InputError(Problem(what, "Write CSV or Parquet instead.", name, code="too-many-rows"))
        yield batch


def _typed(name: str, given: Batches) -> Iterator[pa.Table]:
    """Give every batch the columns of the first one, in published order and declared types."""
    kept: list[str] | None = None
    for batch in given:
        if kept is None:
            kept = [field for field in TABLES[name].by_name if field in batch.schema.names]
        yield conform(name, batch).select(kept)


# Files ----------------------------------------------------------------------------------------


def _write_parquet(name: str, given: Batches, path: Path) -> None:
    writer: pq.ParquetWriter | None = None
    try:
        for batch in _typed(name, given):
            writer = writer or pq.ParquetWriter(path, batch.schema, compression="zstd")
            writer.write_table(batch)
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        pq.write_table(conform(name, pa.table({TABLES[name].key: pa.array([], pa.string())})), path)


def _write_csv(name: str, given: Batches, path: Path) -> None:
    with path.open("wb") as file:
        first = True
        for batch in _typed(name, given):
            if first:
                file.write(_header_line(batch.schema.names))
                first = False
            _append_csv(name, batch, file)
        if first:
            file.write(_header_line([field.name for field in TABLES[name].fields if field.required]))


def _header_line(names: list[str]) -> bytes:
    return (",".join(names) + "\n").encode()


def _append_csv(name: str, data: pa.Table, file: IO[bytes]) -> None:
    fields = [TABLES[name].by_name[column] for column in data.schema.names]
    for batch in data.to_batches(max_chunksize=_ROWS_AT_ONCE):
        columns = [text_column(field, column) for field, column in zip(fields, batch.columns, strict=True)]
        options = pa_csv.WriteOptions(include_header=False)
        pa_csv.write_csv(pa.table(columns, names=data.schema.names), file, options)


def text_column(field: Field, column: pa.Array) -> pa.Array:
    """Write a typed column as CSV holds it: ISO dates, plain numbers, safe text."""
    if field.type in LIST_TYPES:
        items = pc.list_flatten(column).cast(pa.string())
        lengths = pc.fill_null(pc.list_value_length(column), 0)
        offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths).cast(pa.int32())])
        lists = pa.ListArray.from_arrays(offsets, items)
        joined = pc.binary_join(lists, SEPARATOR)
        column = pc.if_else(pc.is_valid(column), joined, pa.scalar(None, pa.string()))
    if field.type in TEXT_TYPES:
        return pc.replace_substring_regex(column, RISKY, r"'\1")
    if field.type in _EXACT_NOUGHTS:
        pattern, kept = _EXACT_NOUGHTS[field.type]
        return pc.replace_substring_regex(column.cast(pa.string()), pattern, kept)
    if field.type == "datetime":
        text = pc.replace_substring(column.cast(pa.string()), " ", "T")
        return pc.replace_substring_regex(text, r"\.0+Z$", "Z")
    return column.cast(pa.string())


#: Noughts at the end of exact numbers: dropped, but for two places of money.
_EXACT_NOUGHTS = {
    "decimal": (r"^(-?\d+(?:\.\d*[1-9])?)\.?0*$", r"\1"),
    "money": (r"^(-?\d+\.\d\d(?:\d*[1-9])?)0*$", r"\1"),
}


# The target -----------------------------------------------------------------------------------


def check_target(target: Path, format: Format, *, overwrite: bool = False) -> None:  # noqa: A002
    """Refuse a name that could not be read back, and to write over what a user may want to keep.

    For callers with much to do before they write: :func:`write_dataset` looks again.
    """
    _check_name(target, format)
    if not target.exists() and not target.is_symlink():
        return
    if format != "xlsx" and target.is_dir():
        there = sorted(entry.name for entry in target.iterdir())
        other = [
            name
            for name in there
            if Path(name).stem not in TABLES or Path(name).suffix not in {".csv", ".parquet"}
        ]
        if not there or (overwrite and not other):
            return
        what = f"The folder is not empty ({', '.join(there[:3])}{', …' if len(there) > 3 else ''})."
    elif overwrite and target.is_file() and format == "xlsx":
        return
    else:
        what = "There is something there already."
    raise InputError(
        Problem(what, "Give another path, or remove it first.", str(target), code="target-exists")
    )


def _check_name(target: Path, format: Format) -> None:  # noqa: A002
    named = target.suffix.lower() == ".xlsx"
    if named != (format == "xlsx"):
        what = (
            "A folder of files cannot be named as a workbook."
            if named
            else "The name of a workbook has to end in .xlsx."
        )
        mend = "Leave out the ending, or write xlsx." if named else f"Write {target.name}.xlsx."
        raise InputError(Problem(what, mend, str(target), code="target-name"))


@contextmanager
def _in_place(target: Path, *, folder: bool) -> Iterator[Path]:
    """Give a draft beside ``target`` and let it take the target's place only when all went well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    draft = room / "draft"
    try:
        if folder:
            draft.mkdir()
        yield draft
        if folder and target.exists():
            target.rename(room / "before")
        draft.replace(target)
    finally:
        shutil.rmtree(room)
