"""Rules that bind several values: required fields, dates in order, ids, references.

Each rule is a small function from typed tables to problems. ``rows.py`` holds the same row
rules for one record at a time; generated cases keep the two in step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from openoutcomes.standard.columns import Place
from openoutcomes.standard.fields import Field, Table
from openoutcomes.standard.problems import Problem
from openoutcomes.standard.tables import TABLES

#: A moment in UTC may already be the next day where the date was written: the zone furthest ahead.
FURTHEST_AHEAD_HOURS = 14


def row_rules(table: Table, data: pa.Table, place: Place) -> Iterator[Problem]:
    """Yield what is wrong within rows: missing values, dates out of order, uneven lists."""
    yield from _missing(table, data, place)
    for earlier, later in table.not_before:
        yield from _out_of_order(data, earlier, later, place)
    yield from _after_recording(table, data, place)
    for first, second in table.same_length:
        yield from _uneven(data, first, second, place)


def _rows(mask: pa.ChunkedArray) -> list[int]:
    return pc.indices_nonzero(mask).to_pylist()  # type: ignore[no-any-return]


def _values(column: pa.ChunkedArray, rows: list[int]) -> list[object]:
    return column.take(pa.array(rows, pa.int64())).to_pylist()  # type: ignore[no-any-return]


def missing_problem(field: Field, file: str, row: int | None) -> Problem:
    """Say that a required value is blank."""
    what = f"{field.name} is blank, and every row needs one."
    mend = f"Fill it in: {field.meaning[0].lower()}{field.meaning[1:]}"
    return Problem(what, mend, file, row, None, field.name, "", "missing-value")


def _missing(table: Table, data: pa.Table, place: Place) -> Iterator[Problem]:
    for field in table.fields:
        if field.required and data.column(field.name).null_count:
            for row in _rows(pc.is_null(data.column(field.name))):
                yield missing_problem(field, place.file, place.row_of(row))


def order_problem(
    names: tuple[str, str], values: tuple[object, object], file: str, row: int | None
) -> Problem:
    """Say that the later of two dates lies before the earlier."""
    what = f"{names[1]} {values[1]} is before {names[0]} {values[0]}."
    return Problem(what, "Check both dates.", file, row, None, names[1], str(values[1]), "dates-out-of-order")


def _out_of_order(data: pa.Table, earlier: str, later: str, place: Place) -> Iterator[Problem]:
    first, second = data.column(earlier), data.column(later)
    if first.null_count == len(first) or second.null_count == len(second):
        return
    rows = _rows(pc.less(second, first))
    for row, a, b in zip(rows, _values(first, rows), _values(second, rows), strict=True):
        yield order_problem((earlier, later), (a, b), place.file, place.row_of(row))


def recording_problem(field: str, day: object, recorded: object, file: str, row: int | None) -> Problem:
    """Say that something is dated after the record of it was made."""
    what = f"{field} {day} is after the day it was recorded, {recorded}."
    mend = f"Check {field} and recorded_at."
    return Problem(what, mend, file, row, None, field, str(day), "after-recording")


def _after_recording(table: Table, data: pa.Table, place: Place) -> Iterator[Problem]:
    recorded = data.column("recorded_at")
    if recorded.null_count == len(recorded):
        return
    micros = pc.add(recorded.cast(pa.int64()), FURTHEST_AHEAD_HOURS * 3_600_000_000)
    last = micros.cast(pa.timestamp("us")).cast(pa.date32(), safe=False)
    days = recorded.cast(pa.timestamp("us")).cast(pa.date32(), safe=False)
    for field in table.fields:
        if field.type == "date" and not field.may_be_future:
            column = data.column(field.name)
            rows = _rows(pc.greater(column, last))
            for row, day, made in zip(rows, _values(column, rows), _values(days, rows), strict=True):
                yield recording_problem(field.name, day, made, place.file, place.row_of(row))


def uneven_problem(names: tuple[str, str], lengths: tuple[int, int], file: str, row: int | None) -> Problem:
    """Say that two lists that go together differ in length."""
    what = f"{names[1]} has {lengths[1]} and {names[0]} has {lengths[0]}."
    mend = (
        f"Give one item in {names[1]} for each in {names[0]}, in the same order, or leave {names[1]} blank."
    )
    return Problem(what, mend, file, row, None, names[1], "", "uneven-lists")


def _uneven(data: pa.Table, first: str, second: str, place: Place) -> Iterator[Problem]:
    if data.column(second).null_count == data.num_rows:
        return
    lengths = [pc.list_value_length(data.column(name)) for name in (first, second)]
    rows = _rows(pc.not_equal(pc.fill_null(lengths[0], 0), lengths[1]))
    for row, a, b in zip(rows, _values(lengths[0], rows), _values(lengths[1], rows), strict=True):
        yield uneven_problem((first, second), (a or 0, b), place.file, place.row_of(row))  # type: ignore[arg-type]


def table_rules(tables: Mapping[str, pa.Table], places: Mapping[str, Place]) -> Iterator[Problem]:
    """Yield what is wrong between rows and tables: repeated ids, dangling references, births."""
    for name, data in tables.items():
        yield from _repeated(TABLES[name], data, places[name])
    yield from _references(tables, places)
    yield from _before_birth(tables, places)
    yield from _other_person(tables, places)


def _repeated(table: Table, data: pa.Table, place: Place) -> Iterator[Problem]:
    ids = data.column(table.key)
    if pc.count_distinct(ids, mode="only_valid").as_py() == len(ids) - ids.null_count:
        return
    counted = (
        data.select([table.key, "version"]).group_by([table.key, "version"]).aggregate([([], "count_all")])
    )
    again = counted.filter(pc.greater(counted.column("count_all"), 1)).column(table.key)
    rows = _rows(pc.is_in(ids, value_set=again.combine_chunks()))
    first: dict[tuple[object, object], int] = {}
    for row, key, version in zip(
        rows, _values(ids, rows), _values(data.column("version"), rows), strict=True
    ):
        seen = first.setdefault((key, version), row)
        if seen != row and key is not None:
            what = f"{table.key} {key}, version {version}, is already in row {place.row_of(seen)}."
            mend = "Remove the repeat, or give it its own id (or the next version, if it corrects the first)."
            yield Problem(what, mend, place.file, place.row_of(row), None, table.key, str(key), "repeated-id")


def _references(tables: Mapping[str, pa.Table], places: Mapping[str, Place]) -> Iterator[Problem]:
    """Hold references to the tables that have rows; a table without is one warning.

    Templates hold every table, so an empty one says no more than one left out.
    """
    absent: dict[str, list[str]] = {}
    for name, data in tables.items():
        for field in TABLES[name].fields:
            column = data.column(field.name)
            if field.references is None or column.null_count == len(column):
                continue
            if field.references in tables and tables[field.references].num_rows:
                known = tables[field.references].column(TABLES[field.references].key)
                yield from _dangling(field, column, known, places[name])
            else:
                absent.setdefault(field.references, []).append(f"{name}.{field.name}")
    for target, users in sorted(absent.items()):
        what = f"There are no rows of {target}, so references to them were not checked ({', '.join(users)})."
        mend = f"Add {target}, or leave them out on purpose."
        yield Problem(what, mend, value=target, code="table-not-given", severity="warning")


def _dangling(
    field: Field, column: pa.ChunkedArray, known: pa.ChunkedArray, place: Place
) -> Iterator[Problem]:
    found = pc.is_in(column, value_set=known.combine_chunks())
    rows = _rows(pc.and_(pc.invert(found), pc.is_valid(column)))
    for row, value in zip(rows, _values(column, rows), strict=True):
        what = f"{field.name} {value} is not in {field.references}."
        mend = f"Add it to {field.references}, or correct it."
        yield Problem(
            what, mend, place.file, place.row_of(row), None, field.name, str(value), "dangling-reference"
        )


def _looked_up(keys: pa.ChunkedArray, known: pa.Table, key: str, value: str) -> pa.ChunkedArray:
    """Return ``value`` of the row of ``known`` that ``keys`` names, null where there is none."""
    place = pc.index_in(keys, value_set=known.column(key).combine_chunks())
    return known.column(value).take(place)


def _before_birth(tables: Mapping[str, pa.Table], places: Mapping[str, Place]) -> Iterator[Problem]:
    people = tables.get("people")
    if people is None or people.column("birth_year").null_count == people.num_rows:
        return
    # Versions of a person may correct the year: only what is before every version is impossible.
    births = people.group_by("person_id").aggregate([("birth_year", "min")])
    for name, data in tables.items():
        if name == "people" or "person_id" not in data.schema.names:
            continue
        born = _looked_up(data.column("person_id"), births, "person_id", "birth_year_min")
        for field in TABLES[name].fields:
            column = data.column(field.name)
            if field.type != "date" or column.null_count == len(column):
                continue
            rows = _rows(pc.less(pc.year(column), born))
            for row, day, year in zip(rows, _values(column, rows), _values(born, rows), strict=True):
                what = f"{field.name} {day} is before the person was born, in {year}."
                mend = "Check the date, the person and the birth year."
                place = places[name]
                yield Problem(
                    what, mend, place.file, place.row_of(row), None, field.name, str(day), "before-birth"
                )


def _other_person(tables: Mapping[str, pa.Table], places: Mapping[str, Place]) -> Iterator[Problem]:
    """Find rows that name an enrolment and a person who is not its own."""
    enrolments = tables.get("enrolments")
    if enrolments is None:
        return
    pairs = _pairs(enrolments).combine_chunks()
    for name, data in tables.items():
        if name == "enrolments" or not {"person_id", "enrolment_id"} <= set(data.schema.names):
            continue
        person = data.column("person_id")
        owner = _looked_up(data.column("enrolment_id"), enrolments, "enrolment_id", "person_id")
        # A later version may have put the person right: only a person of no version is wrong.
        own = pc.is_in(_pairs(data), value_set=pairs)
        rows = _rows(pc.and_(pc.not_equal(person, owner), pc.invert(own)))
        for row, one, other in zip(rows, _values(person, rows), _values(owner, rows), strict=True):
            what = f"person_id is {one}, but the enrolment belongs to {other}."
            place = places[name]
            yield Problem(
                what,
                "Correct the person or the enrolment.",
                place.file,
                place.row_of(row),
                None,
                "person_id",
                str(one),
                "person-differs",
            )


def _pairs(data: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(data.column("enrolment_id"), data.column("person_id"), " ")
