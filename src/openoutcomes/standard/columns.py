"""A column of raw values to a typed column and its faults, a distinct value at a time.

Each distinct value is read once by :func:`openoutcomes.standard.values.parse`, the same
function that reads one row of a form, and the result is spread over the rows in Arrow. Long
columns of ids and text are first matched in bulk against a pattern that is surely fine, and
only the rest is read value by value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from openoutcomes.standard.arrow import ARROW_TYPES, integers, typed_array
from openoutcomes.standard.fields import CODE_PATTERN, ID_PATTERN, LONGEST_TEXT, Field
from openoutcomes.standard.problems import Problem
from openoutcomes.standard.values import Fault, Parsed, parse, shorten

Reader = Callable[[Field, object], Parsed]

# Begins with a letter or digit, holds no controls or line breaks, does not end with a space.
_SURELY_TEXT = r"^[A-Za-z0-9]([ -~\x{A1}-\x{167F}]*[!-~])?$"


@dataclass(frozen=True, slots=True)
class Encoded:
    """Raw values as a list of distinct ones and, for each row, which it is (null when absent)."""

    distinct: pa.Array | Sequence[object]
    indices: pa.Array


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows came from: a file or sheet, and the spreadsheet row of each record."""

    file: str
    row_of: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class RawTable:
    """What a reader found: raw columns of one table, where they stood, and what was wrong.

    ``unread`` names columns that were there and could not be read, which the reader has reported.
    """

    columns: dict[str, Encoded]
    rows: int
    place: Place
    read: Reader = parse
    problems: tuple[Problem, ...] = ()
    usable: bool = True
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Faulty:
    """Faults of distinct values, with the raw value that each belongs to."""

    raw: str
    faults: tuple[Fault, ...]


def encode_text(column: pa.ChunkedArray) -> Encoded:
    """Encode a column of written values."""
    combined = column.combine_chunks()
    array = pa.concat_arrays(combined.chunks) if isinstance(combined, pa.ChunkedArray) else combined
    encoded = array.dictionary_encode()
    return Encoded(encoded.dictionary, encoded.indices)


def encode_python(values: Sequence[object]) -> Encoded:
    """Encode Python values; equal values of different types (1 and True) stay apart."""
    position: dict[object, int] = {}
    distinct: list[object] = []
    indices: list[int] = []
    for value in values:
        key = (type(value), tuple(map(repr, value)) if isinstance(value, (list, tuple)) else value)
        try:
            found = position.setdefault(key, len(distinct))
        except TypeError:  # an unhashable value is a fault of its own
            found = len(distinct)
        if found == len(distinct):
            distinct.append(value)
        indices.append(found)
    return Encoded(distinct, pa.array(indices, pa.int32()))


def typed_column(field: Field, raw: Encoded, read: Reader = parse) -> tuple[pa.Array, dict[int, Faulty]]:
    """Read a column: the typed array, and the faults by position in ``raw.distinct``."""
    if field.type in {"id", "code", "text"} and isinstance(raw.distinct, pa.Array):
        dictionary, faulty = _read_tokens(field, raw.distinct, read)
    else:
        values: list[object] = (
            raw.distinct.to_pylist() if isinstance(raw.distinct, pa.Array) else list(raw.distinct)
        )
        dictionary, faulty = _read_values(field, values, read)
    return dictionary.take(raw.indices), faulty


def _read_values(field: Field, values: list[object], read: Reader) -> tuple[pa.Array, dict[int, Faulty]]:
    faulty: dict[int, Faulty] = {}
    parsed: list[object] = []
    for position, value in enumerate(values):
        result, faults = read(field, value)
        parsed.append(result)
        if faults:
            faulty[position] = Faulty(_shown(value), faults)
    return typed_array(field, parsed), faulty


def _read_tokens(field: Field, distinct: pa.Array, read: Reader) -> tuple[pa.Array, dict[int, Faulty]]:
    """Read ids, codes and text: in bulk where surely fine, one by one elsewhere."""
    doubtful = _doubtful(field, distinct)
    positions = integers(pc.indices_nonzero(doubtful).cast(pa.int64()))
    if not positions:
        return distinct, {}
    some, faulty = _read_values(field, distinct.filter(doubtful).to_pylist(), read)
    merged = pc.replace_with_mask(distinct, doubtful, some)
    return merged, {positions[position]: fault for position, fault in faulty.items()}


def _doubtful(field: Field, distinct: pa.Array) -> pa.Array:
    if field.codes is not None or field.pattern is not None:
        return pa.array([True] * len(distinct), pa.bool_())
    if field.type == "text":
        fine = pc.and_(
            pc.match_substring_regex(distinct, _SURELY_TEXT),
            pc.less(pc.binary_length(distinct), LONGEST_TEXT),
        )
    else:
        fine = pc.match_substring_regex(distinct, ID_PATTERN if field.type == "id" else CODE_PATTERN)
    return pc.invert(fine)


def column_problems(field: Field, raw: Encoded, faulty: dict[int, Faulty], place: Place) -> Iterator[Problem]:
    """Place the faults of a column at every row that has them, in row order."""
    if not faulty:
        return
    wanted = pa.array(list(faulty), raw.indices.type)
    rows = pc.indices_nonzero(pc.is_in(raw.indices, value_set=wanted))
    for row, position in zip(rows.to_pylist(), raw.indices.take(rows).to_pylist(), strict=True):
        each = faulty[position]
        for fault in each.faults:
            yield fault_problem(fault, field, each.raw, place, row)


def fault_problem(fault: Fault, field: Field, raw: str, place: Place, row: int) -> Problem:
    """Turn a fault into a problem at a row (counted from 0 among the records)."""
    return Problem(
        f"{fault.what}.",
        fault.mend,
        place.file,
        place.row_of(row),
        None,
        field.name,
        raw,
        fault.code,
        fault.severity,
    )


def _shown(value: object) -> str:
    return shorten(value if isinstance(value, str) else str(value))


def blank_column(field: Field, rows: int) -> pa.Array:
    """Return a column of the field's type that is blank throughout."""
    return pa.nulls(rows, ARROW_TYPES[field.type])
