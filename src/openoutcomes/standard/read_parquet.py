"""Read one table from a Parquet file, through the same checks as written values."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from openoutcomes.standard.columns import Encoded, Place, RawTable
from openoutcomes.standard.fields import LIST_TYPES, SEPARATOR, Field, Table
from openoutcomes.standard.headers import match_header, no_rows, row_finder
from openoutcomes.standard.problems import Problem
from openoutcomes.standard.values import shorten


def read_parquet(path: Path, table: Table, file: str) -> RawTable:
    """Read the raw columns of ``table`` from a Parquet file; raises OSError when it cannot be opened."""
    place = Place(file, row_finder(()))
    try:
        data = pq.ParquetFile(path).read()
        names = data.schema.names
        data.validate(full=True)  # text that is not UTF-8, lists that overrun
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError) as error:
        problem = Problem(
            f"This is not a Parquet file that can be read ({shorten(str(error), 120)}).",
            "Write it again.",
            file,
            code="not-parquet",
        )
        return RawTable({}, 0, place, problems=(problem,), usable=False)
    found, problems = match_header(
        names, table, file, blank=lambda at: data.column(at).null_count == data.num_rows
    )
    columns: dict[str, Encoded] = {}
    for name, position in found.items():
        try:
            columns[name] = _encode(table.by_name[name], data.column(position))
        except (_Unsuitable, pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            problems.append(_bad_type(name, data.column(position).type, str(error), file))
    if data.num_rows == 0:
        problems.append(no_rows(file))
    unread = found.keys() - columns.keys()
    return RawTable(columns, data.num_rows, place, problems=tuple(problems), unread=frozenset(unread))


class _Unsuitable(Exception):  # noqa: N818 - never leaves this module
    """A column whose type cannot be put in written form."""


def _bad_type(name: str, kind: pa.DataType, why: str, file: str) -> Problem:
    what = f"The column is of type {kind}, which does not fit ({shorten(why, 120)})."
    return Problem(
        what,
        "Write it as text, or as the type on the table's reference page.",
        file,
        None,
        None,
        name,
        code="column-type",
    )


def _encode(field: Field, column: pa.ChunkedArray) -> Encoded:
    """Encode a column as the written forms of its distinct values."""
    kind = column.type
    if field.type == "date" and pa.types.is_timestamp(kind):
        column = _whole_days(column)
    array = pa.concat_arrays([pa.array([], column.type), *column.chunks])
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        array = _joined(field, array)
    encoded = array.dictionary_encode()
    return Encoded(_written(encoded.dictionary), encoded.indices)


def _whole_days(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take moments at midnight for dates; others stay moments, and are reported where they stand."""
    days = column.cast(pa.date32(), safe=False)
    same = pc.all(pc.equal(days.cast(column.type), column)).as_py()
    return column if same is False else days


def _written(distinct: pa.Array) -> pa.Array:
    kind = distinct.type
    if pa.types.is_floating(kind):
        values = [f"{Decimal(repr(value)):f}".removesuffix(".0") for value in distinct.to_pylist()]
        return pa.array(values, pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_nested(kind):
        raise _Unsuitable("it holds neither text, numbers, dates nor lists of them")
    return distinct.cast(pa.string())


def _joined(field: Field, lists: pa.Array) -> pa.Array:
    """Write each list with separators; a list without items is blank."""
    if field.type not in LIST_TYPES:
        raise _Unsuitable("it holds lists, and the field holds one value")
    items = _written(lists.flatten()).fill_null("")
    if pc.any(pc.match_substring(items, SEPARATOR)).as_py():
        raise _Unsuitable(f"an item holds “{SEPARATOR}”, which stands between items")
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_pylist()
    offsets = [0]
    for length in lengths:
        offsets.append(offsets[-1] + length)
    plain = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), items)
    return pc.binary_join(plain, SEPARATOR)
