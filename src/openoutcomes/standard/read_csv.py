"""Read one table from a CSV file (UTF-8, commas, a header), saying everything that is wrong."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from openoutcomes.standard.cells import parse_cell
from openoutcomes.standard.columns import Place, RawTable, encode_text
from openoutcomes.standard.fields import Table
from openoutcomes.standard.headers import blank_rows, match_header, no_rows, row_finder
from openoutcomes.standard.problems import Problem
from openoutcomes.standard.values import shorten

_BLOCK = 64 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_HEADER_LIMIT = 1024 * 1024
_SAVE_AS = "Save it as UTF-8: in Excel, “Save as”, then “CSV UTF-8 (comma delimited)”."
# One field: quoted (group 1 is the closing quote, empty when it is left open) or plain, then its end.
_FIELD = re.compile(rb'(?:"(?:[^"]+|"")*("?))?[^,\r\n]*(,|\r\n|\r|\n|$)')


def read_csv(path: Path, table: Table, file: str) -> RawTable:
    """Read the raw columns of ``table`` from a CSV file; raises OSError when it cannot be opened."""
    data = path.read_bytes()
    problem = _bad_bytes(data.removeprefix(_BOM), data, file)
    if problem is not None:
        return unusable(file, [problem])
    data = data.removeprefix(_BOM)
    names = _header(data)
    problem = _bad_header(names, file)
    if problem is not None:
        return unusable(file, [problem])
    split = _split(data, len(names), file)
    if isinstance(split, Problem):
        return unusable(file, [split])
    read, ragged = split
    uneven = [row.number for row in ragged]
    read, blanks = _drop_blank(read, uneven)
    place = Place(file, row_finder([*blanks, *uneven]))
    last = max([place.row_of(read.num_rows - 1) if read.num_rows else 1, *uneven])
    quote = _open_quote(data, file)
    found, problems = match_header(names, table, file, blank=lambda at: _is_blank(read.column(at)))
    problems += [_ragged(row, file) for row in ragged if quote is None or row.number != quote.row]
    problems += [quote] if quote else []
    problems += blank_rows([row for row in blanks if row < last], file)
    problems += [no_rows(file)] if last == 1 else []
    columns = {name: encode_text(read.column(position)) for name, position in found.items()}
    return RawTable(columns, read.num_rows, place, parse_cell, tuple(problems))


def unusable(file: str, problems: list[Problem]) -> RawTable:
    """Return what a reader found when it could not read the rows at all."""
    return RawTable({}, 0, Place(file, row_finder(())), problems=tuple(problems), usable=False)


def _bad_bytes(text: bytes, data: bytes, file: str) -> Problem | None:
    """Say why the bytes are not UTF-8 text, naming the first bad byte of the file (from 1)."""
    if not text or text.isspace():
        return Problem(
            "The file is empty: it has no header.",
            "Write the column names in the first row.",
            file,
            code="empty-file",
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _every_other_is_nul(data[:200]):
        return Problem("The file is in UTF-16 (from byte 1).", _SAVE_AS, file, code="encoding")
    if (nul := data.find(0)) >= 0:
        what = f"Byte {nul + 1:,} is a NUL, which no text file holds."
        mend = "The file may be damaged or not a CSV file: export it again."
        return Problem(what, mend, file, line=data.count(b"\n", 0, nul) + 1, code="nul-byte")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        bad = data[error.start : error.start + 1]
        read_as = bad.decode("cp1252", errors="replace")
        what = f"Byte {error.start + 1:,} is not UTF-8; in Windows-1252 it would be “{read_as}”."
        return Problem(what, _SAVE_AS, file, line=line, value=f"0x{bad.hex()}", code="encoding")
    return None


def _every_other_is_nul(start: bytes) -> bool:
    """Whether text looks like UTF-16 without its mark: plain letters with NULs between them."""
    return any(2 * half.count(0) > len(half) for half in (start[::2], start[1::2]))


def _header(data: bytes) -> list[str]:
    start = data[:_HEADER_LIMIT].decode("utf-8", errors="ignore")
    try:
        return next(csv.reader(io.StringIO(start, newline="")), [])
    except csv.Error:  # a header longer than the csv module's limit: no column name is that long
        return []


def _bad_header(names: list[str], file: str) -> Problem | None:
    if not any(name.strip() for name in names):
        return Problem(
            "The first row is blank: it must hold the column names.",
            "Remove the rows above the header.",
            file,
            1,
            code="no-header",
        )
    for sign, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "upright bars")):
        if len(names) == 1 and sign in names[0]:
            what = f"The columns are separated by {called}."
            return Problem(what, "Separate them by commas.", file, 1, code="separator")
    return None


def _split(data: bytes, width: int, file: str) -> tuple[pa.Table, list[pa_csv.InvalidRow]] | Problem:
    """Split the bytes into columns of text, without the header, and the rows of another width."""
    ragged: list[pa_csv.InvalidRow] = []
    labels = [str(position) for position in range(width)]

    def leave_out(row: pa_csv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    try:
        read = pa_csv.read_csv(
            pa.BufferReader(data),
            # One thread, so that rows left out are numbered.
            read_options=pa_csv.ReadOptions(use_threads=False, column_names=labels, block_size=_BLOCK),
            parse_options=pa_csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=leave_out
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(labels, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid as error:
        what = f"The file could not be split into rows and columns ({shorten(str(error), 120)})."
        return Problem(what, "Look for a quote left open, or export it again.", file, code="not-csv")
    return read.slice(1), ragged


def _drop_blank(read: pa.Table, uneven: list[int]) -> tuple[pa.Table, list[int]]:
    """Leave out blank rows, and say which rows of the file they were."""
    blank = _blank_mask(read)
    row_of = row_finder(uneven)
    rows = [row_of(position) for position in pc.indices_nonzero(blank).to_pylist()]
    return (read.filter(pc.invert(blank)) if rows else read), rows


def _is_blank(column: pa.ChunkedArray) -> bool:
    return not pc.any(_filled(column)).as_py()


def _filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.not_equal(pc.utf8_trim_whitespace(column), "")


def _blank_mask(read: pa.Table) -> pa.ChunkedArray:
    """Mark the rows in which every value is blank."""
    mask = pc.invert(_filled(read.column(0)))
    for column in read.columns[1:]:
        if not pc.any(mask).as_py():
            break
        mask = pc.and_(mask, pc.invert(_filled(column)))
    return mask


def _ragged(row: pa_csv.InvalidRow, file: str) -> Problem:
    what = f"The row has {row.actual_columns} values and the header has {row.expected_columns}."
    mend = "Put quotes round values that hold a comma, and keep every comma between blank values."
    if "\n" in row.text or "\r" in row.text:
        mend = f"A value runs over several lines: look for a quote left open. {mend}"
    return Problem(what, mend, file, row.number, value=shorten(row.text), code="ragged-row")


def _open_quote(data: bytes, file: str) -> Problem | None:
    """Find a quote that is opened and never closed. Only an odd number of quotes can hold one."""
    if data.count(b'"') % 2 == 0:
        return None
    row = 1
    for field in _FIELD.finditer(data):
        closing, end = field.groups()
        if closing == b"":
            start = field.group()[:60].decode("utf-8", errors="replace")
            what = "A quote is opened in this row and never closed, so the rest of the file is lost in it."
            return Problem(
                what,
                "Close the quote, or write two quotes for one inside a value.",
                file,
                row,
                value=shorten(start),
                code="open-quote",
            )
        row += end[:1] in {b"\r", b"\n"}
    return None
