"""One value of one field: from what somebody wrote to a typed value, or to what is wrong with it.

Every reader and every form ends here. Written values and Python values take the same path:
a Python value is first put in its written form, so that both are held to the same rules.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.standard.fields import (
    CODE_PATTERN,
    DIGITS,
    ID_PATTERN,
    LONGEST_TEXT,
    PLACES,
    SEPARATOR,
    Field,
)
from openoutcomes.standard.problems import Severity

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1900, 2100
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
# A number with signs of money or commas between thousands. 1,5 is not one: it may mean 1.5.
_DECORATED = re.compile(
    r"(?:[£$€]|GBP|EUR|USD)?\s*(-?)\s*(?:[£$€])?(\d{1,3}(?:[, ]\d{3})+|\d+)(\.\d+)?\s*(?:[£$€]|GBP|EUR|USD)?",
    re.ASCII,
)
_DAY_FIRST = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4}|\d{2})", re.ASCII)
_DAY_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})[ ,-]*(\d{4})", re.ASCII)
_DIGITS_ONLY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SERIAL = re.compile(r"[1-6]\d{4}(\.\d+)?", re.ASCII)
_TIMED = re.compile(r"(\d{4}-\d{2}-\d{2})[T ][\d:.]+Z?", re.ASCII)
# What cannot stand in a spreadsheet cell or a data file: controls, surrogates, non-characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SPREADSHEET_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value, wherever it stands; a Problem adds the place."""

    code: str
    what: str
    mend: str
    severity: Severity = "error"


Parsed = tuple[Any, tuple[Fault, ...]]


def parse(field: Field, raw: object) -> Parsed:
    r"""Read one value of ``field``: the typed value (None when blank or wrong) and its faults.

    ``raw`` is what was written (str) or a Python value. Text is trimmed, and line ends become
    ``\n``. Ids and codes keep what was written even when faulty, so that other rows can still
    be matched with them.
    """
    if raw is None:
        return None, ()
    if not isinstance(raw, str):
        written = written_form(field, raw)
        if isinstance(written, Fault):
            return None, (written,)
        raw = written
    text = raw.strip()
    faults: tuple[Fault, ...] = ()
    if text != raw and text:
        faults = (_SPACES,)
    if not text:
        return None, ()
    value, found = _PARSERS[field.type](field, text)
    return value, (*faults, *found)


_SPACES = Fault(
    "spaces-around", "there are spaces around the value", "They were left out; remove them.", "warning"
)


def written_form(field: Field, value: object) -> str | Fault:
    """Put a Python value in its written form, or say why it cannot stand in ``field``."""
    if isinstance(value, bool):
        if field.type in {"boolean", "text", "list"}:
            return "true" if value else "false"
    elif isinstance(value, (int, Decimal)):
        if field.type not in {"boolean", "date", "datetime", "dates"}:
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
    elif isinstance(value, datetime):
        return _written_datetime(field, value)
    elif isinstance(value, date):
        return value.isoformat()
    elif isinstance(value, (list, tuple)):
        return _written_list(field, value)
    kind = type(value).__name__
    if isinstance(value, float):
        mend = "Give a Decimal or text: a float is not exact."
    else:
        mend = f"Give {_EXPECTED[field.type]}."
    return Fault("wrong-type", f"a value of type {kind} does not fit a field of type {field.type}", mend)


def _written_datetime(field: Field, value: datetime) -> str:
    """Write a moment; at midnight without an offset it is a date as well."""
    if field.type != "datetime" and value.tzinfo is None and value.time() == time():
        return value.date().isoformat()
    return value.isoformat()


def _written_list(field: Field, items: Sequence[object]) -> str | Fault:
    if field.type not in {"list", "codes", "dates"}:
        return Fault("wrong-type", "a list does not fit a field that holds one value", "Give one value.")
    written: list[str] = []
    for item in items:
        one = "" if item is None else item if isinstance(item, str) else written_form(field, item)
        if isinstance(one, Fault):
            return one
        if SEPARATOR in one:
            return Fault(
                "separator-in-item",
                f"an item of the list holds “{SEPARATOR}”, which stands between items",
                f"Write the item without “{SEPARATOR}”.",
            )
        written.append(one)
    return SEPARATOR.join(written)


_EXPECTED = {
    "id": "an id: letters, digits and . _ : / # ~ + = | - without spaces",
    "code": "a code: letters, digits and . _ : / # ~ + = | - without spaces",
    "codes": f"codes with “{SEPARATOR}” between them",
    "text": "text",
    "date": "a date as year-month-day, such as 2015-03-01",
    "datetime": "a date and time such as 2015-03-01T09:30:00Z",
    "integer": "a whole number such as 42",
    "decimal": "a number such as 21.5",
    "boolean": "true or false",
    "money": "an amount such as 1250.00, without a currency sign",
    "list": f"items with “{SEPARATOR}” between them",
    "dates": f"dates as year-month-day with “{SEPARATOR}” between them",
}


def expected(field: Field) -> str:
    """Say in plain words what a value of ``field`` looks like."""
    return _EXPECTED[field.type]


# Text, ids and codes -------------------------------------------------------------------------


def _text(field: Field, text: str) -> Parsed:
    del field
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if bad := _UNWRITABLE.search(text):
        what = f"the text holds a character that cannot be written to a file (U+{ord(bad.group()):04X})"
        return None, (Fault("unwritable-character", what, "Remove it."),)
    if len(text) > LONGEST_TEXT:
        what = f"the text is {len(text):,} characters long"
        return None, (Fault("too-long", what, f"Shorten it to {LONGEST_TEXT:,} characters."),)
    return text, ()


def _token(field: Field, text: str) -> Parsed:
    """Read an id or a code."""
    pattern = field.pattern or (ID_PATTERN if field.type == "id" else CODE_PATTERN)
    if not re.fullmatch(pattern, text):
        kind = "an id" if field.type == "id" else "a code"
        what = f"“{shorten(text)}” is not {kind} that can be used here"
        mend = (
            f"Use {_EXPECTED[field.type]}."
            if field.pattern is None
            else f"Use a value such as {field.example}."
        )
        return text, (Fault("bad-pattern", what, mend),)
    return text, _code_faults(field, text)


def _code_faults(field: Field, text: str) -> tuple[Fault, ...]:
    if field.codes is None or text in CODE_LISTS[field.codes].codes:
        return ()
    codes = CODE_LISTS[field.codes]
    near = difflib.get_close_matches(text.lower(), codes.codes, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    known = ", ".join(codes.codes)
    what = f"“{shorten(text)}” is not in the code list {codes.name}"
    if codes.open:
        mend = f"{hint}Known codes: {known}. Leave it if your place has added it."
        return (Fault("unknown-code", what, mend, "warning"),)
    return (Fault("unknown-code", what, f"{hint}Use one of: {known}."),)


def _items(field: Field, text: str) -> Parsed:
    """Read a list: free items or codes."""
    value, found = _text(field, text)
    if value is None:
        return None, found
    written = value.split(SEPARATOR)
    items = [item.strip() for item in written]
    faults = list(found)
    if items != written:
        faults.append(_SPACES)
    if not field.gaps and not all(items):
        faults.append(_EMPTY_ITEM)
    if field.type == "codes":
        for item in filter(None, items):
            faults += _token(field, item)[1]
    return items, tuple(dict.fromkeys(faults))


_EMPTY_ITEM = Fault(
    "empty-item", "the list has an empty item", f"Remove the “{SEPARATOR}” that has nothing beside it."
)


# Numbers --------------------------------------------------------------------------------------


def _integer(field: Field, text: str) -> Parsed:
    if not _INTEGER.fullmatch(text):
        return None, (_not_a_number(field, text),)
    return _in_range(field, int(text))


def _decimal(field: Field, text: str) -> Parsed:
    if not _DECIMAL.fullmatch(text):
        return None, (_not_a_number(field, text),)
    whole, _, part = text.lstrip("-").partition(".")
    if len(part.rstrip("0")) > PLACES or len(whole.lstrip("0")) > DIGITS - PLACES:
        what = f"“{shorten(text)}” has more digits than can be kept exactly"
        mend = f"Keep to {DIGITS - PLACES} digits before the point and {PLACES} after it."
        return None, (Fault("does-not-fit", what, mend),)
    return _in_range(field, tidy(Decimal(text), field))


def tidy(value: Decimal, field: Field) -> Decimal:
    """Drop noughts at the end, but keep two places for money: 2.500 is 2.5, 12.5 pounds is 12.50."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if field.type == "money":
        whole, _, part = text.partition(".")
        text = f"{whole}.{part:0<2}"
    exact = Decimal(text)
    return exact or abs(exact)


def _in_range(field: Field, value: int | Decimal) -> Parsed:
    low, high = field.minimum, field.maximum
    if low is not None and value < low:
        return value, (Fault("out-of-range", f"{value} is less than {low}", _range_mend(field)),)
    if high is not None and value > high:
        return value, (Fault("out-of-range", f"{value} is more than {high}", _range_mend(field)),)
    return value, ()


def _range_mend(field: Field) -> str:
    if field.maximum is None:
        return f"Use a number of {field.minimum} or more."
    return f"Use a number from {field.minimum} to {field.maximum}."


def _not_a_number(field: Field, text: str) -> Fault:
    decorated = _DECORATED.fullmatch(text)
    plain = re.sub(r"[, ]", "", "".join(filter(None, decorated.groups()))) if decorated else text
    pattern = _INTEGER if field.type == "integer" else _DECIMAL
    if plain != text and pattern.fullmatch(plain):
        return Fault("number-as-text", f"“{shorten(text)}” is a number written as text", f"Write {plain}.")
    if field.type == "integer" and _DECIMAL.fullmatch(text):
        return Fault(
            "not-a-number", f"“{shorten(text)}” is not a whole number", "Write a whole number such as 42."
        )
    return Fault("not-a-number", f"“{shorten(text)}” is not a number", f"Write {_EXPECTED[field.type]}.")


# Dates ----------------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def _read_date(text: str) -> tuple[date | None, Fault | None]:
    """Read an ISO date; the cache keeps one object for each day, however many rows name it."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None, _not_a_date(text)
    year, month, day = (int(part) for part in match.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        mend = f"Check the year: it must lie from {FIRST_YEAR} to {LAST_YEAR}."
        return None, Fault("impossible-date", f"the year {year} is out of range", mend)
    if not 1 <= month <= 12:
        return None, Fault("impossible-date", f"there is no month {month}", "Write year-month-day.")
    days = days_in(year, month)
    if not 1 <= day <= days:
        what = f"{MONTHS[month - 1]} {year} has {days} days, not {day}"
        return None, Fault("impossible-date", what, "Check the day.")
    return date(year, month, day), None


def days_in(year: int, month: int) -> int:
    """Return how many days a month has."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def british(day: date) -> str:
    """Write a day for people: ``1 March 2015``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _date(field: Field, text: str) -> Parsed:
    del field
    value, fault = _read_date(text)
    return value, () if fault is None else (fault,)


def _dates(field: Field, text: str) -> Parsed:
    del field
    values: list[date | None] = []
    faults: list[Fault] = []
    for written in text.split(SEPARATOR):
        item = written.strip()
        if item != written:
            faults.append(_SPACES)
        if not item:
            faults.append(_EMPTY_ITEM)
            continue
        value, fault = _read_date(item)
        values.append(value)
        if fault is not None:
            faults.append(fault)
    if any(fault.severity == "error" for fault in faults):
        return None, tuple(dict.fromkeys(faults))
    return values, tuple(dict.fromkeys(faults))


def _datetime(field: Field, text: str) -> Parsed:
    day, fault = _read_date(text[:10])
    if not _DATETIME.fullmatch(text) or day is None:
        if fault is not None and fault.code == "impossible-date":
            return None, (fault,)
        what = f"“{shorten(text)}” is not a date and time"
        return None, (Fault("not-a-date", what, f"Write {_EXPECTED[field.type]}."),)
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        what = f"“{shorten(text)}” has an impossible time or offset"
        return None, (Fault("impossible-date", what, f"Write {_EXPECTED[field.type]}."),)
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)), ()


def _not_a_date(text: str) -> Fault:
    """Say what was probably meant, without ever guessing it into the data."""
    meant = _day_first(text) or _other_date(text)
    if meant is None:
        what = f"“{shorten(text)}” is not a date"
        return Fault("not-a-date", what, f"Write {_EXPECTED['date']}.")
    what = f"“{shorten(text)}” is not written year first"
    if _SERIAL.fullmatch(text):
        what = f"“{text}” looks like a spreadsheet's number for a day"
    return Fault("date-format", what, f"If it is {british(meant)}, write {meant.isoformat()}.")


def _day_first(text: str) -> date | None:
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        return _possible(year + 2000 if year < 100 else year, month, day)
    if match := _DAY_NAMED.fullmatch(text):
        named = match.group(2).lower()
        for number, month_name in enumerate(MONTHS, start=1):
            if month_name.lower().startswith(named):
                return _possible(int(match.group(3)), number, int(match.group(1)))
    return None


def _other_date(text: str) -> date | None:
    if match := _DIGITS_ONLY.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
        return _possible(year, month, day)
    if _SERIAL.fullmatch(text):
        return _SPREADSHEET_EPOCH + timedelta(days=int(text.partition(".")[0]))
    if match := _TIMED.fullmatch(text):
        return _read_date(match.group(1))[0]
    return None


def _possible(year: int, month: int, day: int) -> date | None:
    return _read_date(f"{year:04}-{month:02}-{day:02}")[0]


# True and false -------------------------------------------------------------------------------


def _boolean(field: Field, text: str) -> Parsed:
    lower = text.lower()
    if lower in {"true", "false"}:
        return lower == "true", ()
    meant = {"yes": "true", "y": "true", "1": "true", "no": "false", "n": "false", "0": "false"}.get(lower)
    mend = f"Write {meant}." if meant else f"Write {_EXPECTED[field.type]}."
    return None, (Fault("not-true-or-false", f"“{shorten(text)}” is neither true nor false", mend),)


_PARSERS = {
    "id": _token, "code": _token, "codes": _items, "list": _items, "text": _text,
    "integer": _integer, "decimal": _decimal, "money": _decimal,
    "date": _date, "dates": _dates, "datetime": _datetime, "boolean": _boolean,
}  # fmt: skip


def shorten(text: str, most: int = 60) -> str:
    """Cut a long value for a message."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
