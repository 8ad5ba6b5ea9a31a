"""The tables as Arrow: one type for each field type, and fast ways in and out of Python.

Python values are made once for each distinct value and shared by the rows that repeat it,
so that a column of a million dates costs a few hundred objects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from openoutcomes.standard.fields import DIGITS, LIST_TYPES, PLACES, Field, FieldType
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.values import tidy

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT = pa.decimal128(DIGITS, PLACES)

#: The Arrow type of each field type.
ARROW_TYPES: dict[FieldType, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "code": pa.string(),
    "codes": pa.list_(pa.string()),
    "list": pa.list_(pa.string()),
    "date": pa.date32(),
    "dates": pa.list_(pa.date32()),
    "datetime": pa.timestamp("us", tz="UTC"),
    "integer": pa.int64(),
    "decimal": _EXACT,
    "money": _EXACT,
    "boolean": pa.bool_(),
}


@lru_cache
def schema(table: str) -> pa.Schema:
    """Return the Arrow schema of a table of the standard: its fields in published order.

    Raises KeyError for a name that is not a table.
    """
    return pa.schema([(field.name, ARROW_TYPES[field.type]) for field in TABLES[table].fields])


def conform(table: str, data: pa.Table | pa.RecordBatch) -> pa.Table:
    """Give ``data`` exactly the declared columns: missing ones blank, blanks as their default.

    Columns are cast without loss; raises pyarrow.ArrowInvalid when one does not fit, and
    KeyError when one is not declared. Values are not checked.
    """
    declared = TABLES[table].by_name
    for name in data.schema.names:
        declared[name]  # raises KeyError for a column that is not declared
    columns: list[pa.ChunkedArray | pa.Array] = []
    for field in declared.values():
        kind = ARROW_TYPES[field.type]
        if field.name in data.schema.names:
            column = data.column(field.name)
            column = column if column.type == kind else column.cast(kind)
        else:
            column = pa.nulls(data.num_rows, kind)
        columns.append(fill_default(field, column))
    return pa.table(columns, schema=schema(table))


def fill_default(field: Field, column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Put the declared default where the column is blank."""
    if not field.default or column.null_count == 0:
        return column
    return column.fill_null(default_scalar(field))


@lru_cache
def default_scalar(field: Field) -> pa.Scalar:
    """Return the declared default of ``field`` as an Arrow value."""
    values: dict[FieldType, Callable[[str], object]] = {
        "integer": int, "decimal": Decimal, "boolean": lambda text: text == "true",
    }  # fmt: skip
    return pa.scalar(values[field.type](field.default), ARROW_TYPES[field.type])


def python_column(field: Field, column: pa.ChunkedArray) -> list[Any]:
    """Turn a typed column into Python values, None where blank. Decimals carry no idle noughts."""
    array = _one_array(column)
    if field.type in LIST_TYPES:
        return _python_lists(array)
    if field.type == "integer" and array.null_count == 0:
        return integers(array)
    encoded = array.dictionary_encode(null_encoding="encode")
    distinct: list[Any] = _DECODERS.get(field.type, pa.Array.to_pylist)(encoded.dictionary)
    if field.type in {"decimal", "money"}:
        distinct = [None if value is None else tidy(value, field) for value in distinct]
    if len(distinct) == len(array):
        return distinct  # every value is its own, in row order
    return [distinct[index] for index in integers(encoded.indices)]


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def integers(array: pa.Array) -> list[int]:
    """Read a blank-free integer array from its memory: many times faster than scalar by scalar."""
    if len(array) == 0:
        return []
    width = {pa.int32(): 4, pa.int64(): 8}[array.type]
    start = array.offset * width
    data = memoryview(array.buffers()[1])[start : start + len(array) * width]
    return (data.cast("i") if width == 4 else data.cast("q")).tolist()


def _strings(array: pa.Array) -> list[str | None]:
    """Read strings from their memory; ASCII, the usual case, is decoded once and sliced."""
    if array.null_count or len(array) < 1_000:
        return array.to_pylist()  # type: ignore[no-any-return]
    offsets_buffer, data = array.buffers()[1:3]
    first = array.offset * 4
    offsets = memoryview(offsets_buffer)[first : first + 4 * (len(array) + 1)].cast("i").tolist()
    raw = data.to_pybytes() if data is not None else b""
    pairs = pairwise(offsets)
    if raw.isascii():
        text = raw.decode("ascii")
        return [text[start:end] for start, end in pairs]
    return [raw[start:end].decode() for start, end in pairs]


def _moments(array: pa.Array) -> list[datetime | None]:
    micros = pc.cast(array, pa.int64()).to_pylist()
    return [None if each is None else _EPOCH + timedelta(microseconds=each) for each in micros]


_DECODERS: dict[FieldType, Callable[[pa.Array], list[Any]]] = {
    "id": _strings, "code": _strings, "text": _strings, "datetime": _moments,
}  # fmt: skip


def _python_lists(array: pa.Array) -> list[list[Any] | None]:
    """Turn a list column into fresh lists whose items are shared objects."""
    flat = array.flatten()
    encoded = flat.dictionary_encode(null_encoding="encode")
    distinct = encoded.dictionary.to_pylist()
    items = [distinct[index] for index in integers(encoded.indices)]
    lengths = pc.list_value_length(array).to_pylist()
    result: list[list[Any] | None] = []
    position = 0
    for length in lengths:
        if length is None:
            result.append(None)
            continue
        result.append(items[position : position + length])
        position += length
    return result


def typed_array(field: Field, values: Sequence[Any]) -> pa.Array:
    """Make a typed Arrow array from parsed Python values."""
    return pa.array(values, ARROW_TYPES[field.type])
