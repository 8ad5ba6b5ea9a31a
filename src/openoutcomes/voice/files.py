"""The files of a listening round: frame, sample, totals, answers, codes and ballots, as CSV.

A sample file has one row for each person drawn, in order, and everything needed to draw it again;
people at work on it fill in ``outcome`` and ``route``. The weights file is the same file with
weights added. Text that a spreadsheet would run is written with an apostrophe before it, which
reading takes off.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import isfinite, nan
from pathlib import Path
from statistics import pstdev

from openoutcomes.standard.cells import neutralise, restore
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.voice.coding import Coding
from openoutcomes.voice.frames import Frame, make_frame
from openoutcomes.voice.response import OUTCOMES, ROUTES, Case
from openoutcomes.voice.sampling import Sample
from openoutcomes.voice.weighting import Weighted

ID = "person_id"
#: What the sample adds to the fields of the frame, in order.
SAMPLE_COLUMNS = (
    "stratum", "stratum_size", "role", "place", "outcome", "route", "seed", "frame", "draw",
)  # fmt: skip
WEIGHT_COLUMNS = ("design_weight", "response_factor", "weight")
_SAVE_AS = "Save it as UTF-8: in Excel, “Save as”, then “CSV UTF-8 (comma delimited)”."


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file as text, without spaces around values, and the row each stands in."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A sample as read back: its rows, what became of each person, and the strata's sizes.

    ``weights``: of those who have one, where the file holds weights.
    """

    table: Rows
    cases: tuple[Case, ...]
    sizes: dict[str, int]
    weights: dict[str, float]


def read_rows(path: Path, needed: Sequence[str] = ()) -> Rows:
    """Read a CSV file with a header: UTF-8 (a byte-order mark is passed over), commas.

    Blank rows are left out. Raises InputError with every problem found, OSError where the file
    cannot be opened.
    """
    file = str(path)
    text = _text(path.read_bytes(), file)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = list(reader)
    except csv.Error:
        raise InputError(
            Problem(
                "A quote is opened and never closed, or has text after it.",
                "Close it, or write two quotes for one inside a value.",
                file,
                line=reader.line_num,
                code="not-csv",
            )
        ) from None
    columns = tuple(name.strip() for name in lines[0])
    problems = _bad_header(columns, needed, file)
    if problems:
        raise InputError(problems)
    rows, numbers = [], []
    for number, line in enumerate(lines[1:], start=2):
        if not any(value.strip() for value in line):
            continue
        if len(line) != len(columns):
            what = f"The row has {len(line)} values and the header has {len(columns)}."
            mend = "Put quotes round values that hold a comma, and keep every comma between blank values."
            problems.append(Problem(what, mend, file, number, code="ragged-row"))
            continue
        rows.append({name: restore(value.strip())[0] for name, value in zip(columns, line, strict=True)})
        numbers.append(number)
    if not rows and not problems:
        problems.append(Problem("There is a header, but there are no rows.", "", file, code="no-rows"))
    if problems:
        raise InputError(problems)
    return Rows(file, columns, tuple(rows), tuple(numbers))


def _text(data: bytes, file: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(Problem("The file is in UTF-16.", _SAVE_AS, file, code="encoding"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"Byte {error.start + 1:,} is not UTF-8."
        raise InputError(Problem(what, _SAVE_AS, file, line=line, code="encoding")) from None
    if not text.strip():
        what = "The file is empty: it has no header."
        raise InputError(Problem(what, "Write the column names in the first row.", file, code="empty-file"))
    if "\0" in text:
        what = "The file holds a NUL, which no text file does."
        raise InputError(Problem(what, "It may not be a CSV file: export it again.", file, code="nul-byte"))
    return text


def _bad_header(columns: Sequence[str], needed: Sequence[str], file: str) -> list[Problem]:
    if not any(columns):
        what = "The first row is blank: it must hold the column names."
        return [Problem(what, "Remove the rows above the header.", file, 1, code="no-header")]
    for sign, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "upright bars")):
        if len(columns) == 1 and sign in columns[0]:
            what = f"The columns are separated by {called}."
            return [Problem(what, "Separate them by commas.", file, 1, code="separator")]
    problems = [
        Problem(f"Column {place} has no name.", "Name it, or delete it.", file, 1, code="unnamed-column")
        for place, name in enumerate(columns, start=1)
        if not name
    ]
    problems += [
        Problem(f"The column {name} appears twice.", "Keep one.", file, 1, field=name, code="repeated-column")
        for name in dict.fromkeys(columns)
        if name and columns.count(name) > 1
    ]
    problems += [
        Problem(
            f"There is no column {name}.",
            f"The columns are {', '.join(columns)}.",
            file,
            1,
            field=name,
            code="no-column",
        )
        for name in dict.fromkeys(needed)
        if name not in columns
    ]
    return problems


def read_frame(
    path: Path, *, by: Sequence[str], keep: Sequence[str] = (), id_field: str = ID
) -> tuple[Frame, Rows]:
    """Read a frame: ``id_field`` and the strata fields ``by`` in each row.

    ``keep``: further fields the sample is to carry. Raises InputError.
    """
    table = read_rows(path, [id_field, *by, *keep])
    made = (ID, *SAMPLE_COLUMNS, *WEIGHT_COLUMNS)
    clash = [name for name in (*by, *keep) if name in made]
    if clash:
        what = f"The sample makes a column {clash[0]} itself."
        raise InputError(
            Problem(what, "Give yours another name.", table.file, 1, field=clash[0], code="column-clash")
        )
    return make_frame(table.rows, by=by, id_field=id_field, file=table.file, row_numbers=table.numbers), table


def spreads(frame: Frame, name: str, table: Rows) -> dict[str, float]:
    """Return the standard deviation of a number known of everybody, within each stratum.

    ``table``: the rows the frame was read from. Raises InputError where the number is missing.
    """
    if name not in table.columns:
        raise InputError(_bad_header(table.columns, [name], table.file))
    for row, number in zip(table.rows, table.numbers, strict=True):
        _number(row[name], name, (table.file, number))
    held: dict[str, list[float]] = {}
    for member in frame.members:
        held.setdefault(member.stratum, []).append(float(member.traits[name]))
    return {stratum: pstdev(values) for stratum, values in held.items()}


def sample_rows(sample: Sample, keep: Sequence[str] = ()) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the header and rows of a sample file; ``outcome`` and ``route`` are left to fill in.

    Reserves start as ``not-invited``.
    """
    carried = tuple(dict.fromkeys((*sample.by, *keep)))
    sizes = sample.sizes
    rows = [
        (
            each.id,
            *(each.traits[name].strip() for name in carried),
            each.stratum,
            str(sizes[each.stratum]),
            each.role,
            str(each.place),
            "" if each.role == "sample" else "not-invited",
            "",
            str(sample.seed),
            sample.fingerprint,
            each.draw,
        )
        for each in sample.people
    ]
    return (ID, *carried, *SAMPLE_COLUMNS), rows


def weight_rows(table: Rows, weighted: Weighted) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the header and rows of a sample file with weights, blank for those not heard."""
    columns = tuple(name for name in table.columns if name not in WEIGHT_COLUMNS)
    found = {person.id: person for person in weighted.people}
    rows = []
    for row in table.rows:
        person = found.get(row[ID])
        weights = (
            (_exact(person.design), _exact(person.response), repr(person.final)) if person else ("", "", "")
        )
        rows.append((*(row[name] for name in columns), *weights))
    return (*columns, *WEIGHT_COLUMNS), rows


def _exact(number: Fraction) -> str:
    return repr(float(number))


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write rows as CSV text with line feeds: None as blank, text made harmless to spreadsheets."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([neutralise(name) for name in columns])
    writer.writerows([neutralise(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return written.getvalue()


def write_new(path: Path, text: str) -> None:
    """Write a new file; a file that is there already may hold people's work and is refused."""
    try:
        with path.open("x", encoding="utf-8", newline="") as out:
            out.write(text)
    except FileExistsError:
        what = "The file is there already, and may hold outcomes that somebody recorded."
        raise InputError(
            Problem(what, "Name another file, or move it away.", str(path), code="file-exists")
        ) from None


def read_sample(path: Path) -> SampleFile:
    """Read a sample file with outcomes, and weights where it has them.

    A blank outcome is ``waiting`` for the sample. Raises InputError with every problem found.
    """
    table = read_rows(path, (ID, "stratum", "stratum_size", "outcome"))
    problems: list[Problem] = []
    cases: list[Case] = []
    sizes: dict[str, int] = {}
    weights: dict[str, float] = {}
    first_seen: dict[str, int] = {}
    for row, number in zip(table.rows, table.numbers, strict=True):
        found = _bad_case(row, (table.file, number), first_seen)
        first_seen.setdefault(row[ID], number)
        if found:
            problems += found
            continue
        size = int(row["stratum_size"])
        if sizes.setdefault(row["stratum"], size) != size:
            what = (
                f"{row['stratum']} had {sizes[row['stratum']]:,} people in an earlier row, and {size:,} here."
            )
            problems.append(
                Problem(
                    what, "Write the same size in all its rows.", table.file, number, field="stratum_size", code="size"
                )
            )  # fmt: skip
        cases.append(
            Case(
                row[ID],
                row["stratum"],
                next((each for each in OUTCOMES if each == row["outcome"]), "waiting"),
                next((each for each in ROUTES if each == row.get("route", "")), ""),
                int(row.get("place") or 0),
                row,
            )
        )
        if row.get("weight"):
            weights[row[ID]] = float(row["weight"])
    if problems:
        raise InputError(problems)
    return SampleFile(table, tuple(cases), sizes, weights)


def _bad_case(row: Mapping[str, str], place: tuple[str, int], first_seen: Mapping[str, int]) -> list[Problem]:
    file, number = place
    problems = _blank(row, (ID, "stratum"), place)
    if row[ID] and row[ID] in first_seen:
        what = f"{row[ID]} is listed twice; the first time is row {first_seen[row[ID]]}."
        problems.append(
            Problem(what, "Keep one row for each person.", file, number, field=ID, code="repeated-id")
        )
    for name, allowed in (("outcome", OUTCOMES), ("route", ROUTES)):
        value = row.get(name, "")
        if value and value not in allowed:
            what = f"“{value}” is not one of the {name}s."
            mend = f"Use {', '.join(each for each in allowed if each)}, or leave it blank."
            problems.append(Problem(what, mend, file, number, field=name, value=value, code=f"{name}"))
    for name, least in (("stratum_size", 1), ("place", 0)):
        value = row.get(name, "")
        if (value or name == "stratum_size") and not _is_whole(value, least):
            what = f"“{value}” is not a whole number of {least} or more." if value else "It is blank."
            problems.append(
                Problem(what, "Correct it.", file, number, field=name, value=value, code="number")
            )
    if row.get("weight"):
        try:
            weight = _number(row["weight"], "weight", place)
        except InputError as error:
            problems += error.problems
        else:
            if weight <= 0:
                what = f"The weight {row['weight']} is not more than 0."
                problems.append(
                    Problem(what, "Work the weights out again.", file, number, field="weight", code="weight")
                )
    return problems


def _blank(row: Mapping[str, str], names: Sequence[str], place: tuple[str, int]) -> list[Problem]:
    file, number = place
    return [
        Problem("It is blank.", "Fill it in.", file, number, field=name, code="blank")
        for name in names
        if not row[name]
    ]


def _is_whole(text: str, least: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16 and int(text) >= least


def _number(text: str, name: str, place: tuple[str, int | None]) -> float:
    """Read a finite number; a comma for a decimal point is refused, not guessed at."""
    file, row = place
    try:
        read = float(Decimal(text.replace("_", "?")))
    except (InvalidOperation, OverflowError):
        read = nan
    if not isfinite(read):
        what = f"“{text}” is not a number." if text else "It is blank."
        mend = "Write it with digits and a point, such as 12.5."
        raise InputError(Problem(what, mend, file, row, field=name, value=text, code="number"))
    return read


def number(text: str, field: str, file: str) -> float:
    """Read an answer that is a number; raises InputError naming the field and the file."""
    return _number(text, field, (file, None))


def read_totals(path: Path) -> dict[str, dict[str, float]]:
    """Read known totals to rake to: rows of ``field``, ``value`` and ``people``."""
    table = read_rows(path, ("field", "value", "people"))
    totals: dict[str, dict[str, float]] = {}
    problems: list[Problem] = []
    for row, number in zip(table.rows, table.numbers, strict=True):
        try:
            people = _number(row["people"], "people", (table.file, number))
        except InputError as error:
            problems += error.problems
            continue
        wanted = totals.setdefault(row["field"], {})
        if people < 0:
            problems.append(
                Problem(
                    "It is below nothing.", "Correct it.", table.file, number, field="people", code="number"
                )
            )
        if row["value"] in wanted:
            what = f"{row['field']} “{row['value']}” has a total already."
            problems.append(Problem(what, "Keep one.", table.file, number, code="repeated-total"))
        wanted[row["value"]] = people
    if problems:
        raise InputError(problems)
    return totals


def read_answers(path: Path, question: str, sample: SampleFile) -> dict[str, str]:
    """Read answers to one question, by person; a blank answer is none.

    Raises InputError for an answer of somebody who is not in the sample or was not heard.
    """
    table = read_rows(path, (ID, question))
    heard = {case.id: case.outcome for case in sample.cases}
    problems: list[Problem] = []
    answers: dict[str, str] = {}
    for row, number in zip(table.rows, table.numbers, strict=True):
        who = row[ID]
        if who not in heard:
            what, mend, code = (
                f"{who} is not in the sample.",
                "Correct the id, or leave the row out.",
                "not-drawn",
            )
        elif who in answers:
            what, mend, code = f"{who} answers twice.", "Keep one row.", "repeated-id"
        elif row[question] and heard[who] != "heard":
            what = f"{who} has an answer, and the outcome in the sample is {heard[who]}."
            mend, code = (
                "Set the outcome to heard and work the weights out again, or leave it out.",
                "not-heard",
            )
        else:
            answers[who] = row[question]
            continue
        problems.append(Problem(what, mend, table.file, number, field=ID, value=who, code=code))
    if problems:
        raise InputError(problems)
    return answers


def read_codes(path: Path) -> list[Coding]:
    """Read codes: a row for each theme a coder gave a unit (``unit_id``, ``coder``, ``theme``).

    A blank theme says that the coder read the unit and no theme applied. Raises InputError.
    """
    table = read_rows(path, ("unit_id", "coder", "theme"))
    problems: list[Problem] = []
    given: dict[tuple[str, str], dict[str, int]] = {}
    for row, number in zip(table.rows, table.numbers, strict=True):
        problems += _blank(row, ("unit_id", "coder"), (table.file, number))
        themes = given.setdefault((row["unit_id"], row["coder"]), {})
        if row["theme"] in themes:
            what = f"{row['coder']} gives {row['unit_id']} this theme twice; the first time is row {themes[row['theme']]}."
            problems.append(
                Problem(what, "Keep one row.", table.file, number, field="theme", code="repeated")
            )
        elif themes and (not row["theme"] or "" in themes):
            what = f"{row['coder']} says both that no theme applies to {row['unit_id']} and that one does."
            problems.append(
                Problem(what, "Keep one.", table.file, number, field="theme", code="contradiction")
            )
        themes.setdefault(row["theme"], number)
    if problems:
        raise InputError(problems)
    return [
        Coding(unit, coder, frozenset(theme for theme in themes if theme))
        for (unit, coder), themes in given.items()
    ]


def read_ballots(path: Path) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Read ballots (``person_id``, ``story``, ``place``): each person's places, and all stories.

    A blank place says only that the person was asked. Raises InputError.
    """
    table = read_rows(path, (ID, "story", "place"))
    problems: list[Problem] = []
    ballots: dict[str, dict[str, int]] = {}
    for row, number in zip(table.rows, table.numbers, strict=True):
        problems += _blank(row, (ID, "story"), (table.file, number))
        places = ballots.setdefault(row[ID], {})
        if row["story"] in places:
            what = f"{row[ID]} ranks {row['story']} twice."
            problems.append(
                Problem(what, "Keep one row.", table.file, number, field="story", code="repeated")
            )
        elif row["place"] and not _is_whole(row["place"], 1):
            what = f"“{row['place']}” is not a place."
            problems.append(
                Problem(what, "Use 1 for the first.", table.file, number, field="place", code="place")
            )
        elif row["place"]:
            places[row["story"]] = int(row["place"])
    if problems:
        raise InputError(problems)
    return ballots, sorted({row["story"] for row in table.rows})
