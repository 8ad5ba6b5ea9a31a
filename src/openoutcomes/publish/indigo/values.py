"""Reading the cells of an INDIGO export: money, counts and dates as people really type them.

Every reader takes the text of one cell and returns what it could read together with a complaint, and
never raises: a bare ``£``, ``1.2m``, month 13 and a paragraph of prose are all met in real exports.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

_SIGNS = {
    "£": "GBP", "€": "EUR", "$": "", "¥": "", "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD",
    "AU$": "AUD", "NZ$": "NZD", "R": "ZAR",
}  # fmt: skip
_WORDS = {
    "rubles": "RUB", "roubles": "RUB", "russian ruble": "RUB", "pounds": "GBP", "euro": "EUR",
    "euros": "EUR", "yen": "JPY", "south korean won": "KRW", "dollars": "", "us dollars": "USD",
}  # fmt: skip
_SCALES = {
    "k": 1_000, "thousand": 1_000, "m": 1_000_000, "mn": 1_000_000, "million": 1_000_000,
    "bn": 1_000_000_000, "billion": 1_000_000_000,
}  # fmt: skip
_NUMBER = r"[0-9]{1,3}(?:[, ][0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]{1,2})?|\.[0-9]+"
_AMOUNT = re.compile(
    rf"(?P<minus>-)?\s*(?P<sign>[a-z]{{0,3}}[£€$¥]|r(?=\s*[0-9])|[a-z]{{3}}(?=[\s0-9]))?\s*(?P<minus2>-)?"
    rf"(?P<number>{_NUMBER})\s*(?P<scale>k|thousand|mn|million|m|bn|billion)?\b\s*(?P<word>[a-z ]+?)?"
    r"\s*(?P<tail>\([^()]*\))?",
    re.IGNORECASE | re.DOTALL,
)
_ONLY_SIGN = re.compile(r"[A-Za-z]{0,3}\s*[£€$¥]|[A-Z]{3}")
_RANGE = re.compile(r"[0-9kmn]\s*(?:-|to|–)\s*[£€$¥a-z ]*[0-9]", re.IGNORECASE)
#: More than any contract: beyond this a cell holds a telephone number or two figures run together. Price
#: × count, summed over metrics, then stays within the 28 digits that Decimal keeps exactly.
_LARGEST = Decimal(10) ** 12
_LARGEST_COUNT = Decimal(10) ** 10
_SMALLEST = Decimal(1).scaleb(-6)
#: No amount or count is this long; prose is, and patterns are not let loose on it.
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money in a cell: the value, the currency the text itself states, a complaint.

    ``value`` None with no complaint means a blank cell; with one, the cell could not be read.
    ``aside`` holds words that were set aside to read the value.
    """

    value: Decimal | None
    currency: str = ""
    complaint: str = ""
    aside: str = ""


def clean(text: str) -> str:
    """Strip a cell, turn full-width and non-breaking characters plain and long minus signs short."""
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("\u2013", "-")
    return " ".join(plain.replace("\x00", "").split())


def parse_amount(text: str) -> Amount:
    """Read money: ``£1,234``, ``1.2m``, ``(500)``, ``68,000,000 rubles``, ``C$1.16M (estimate)``."""
    cell = clean(text)
    if not cell:
        return Amount(None)
    if len(cell) > _LONGEST:
        return Amount(None, complaint="not an amount")
    bracketed = re.fullmatch(r"\((?P<inside>[^()]*[0-9][^()]*)\)", cell)
    match = _AMOUNT.fullmatch(bracketed["inside"] if bracketed else cell)
    if match is None:
        return Amount(None, complaint=_why_no_amount(cell))
    known = _currency_stated(match["sign"] or "", match["word"] or "")
    if known is None:
        return Amount(None, complaint=_why_no_amount(cell))
    if _is_ambiguous(match["number"], match["scale"], signed=bool(known or match["sign"])):
        return Amount(None, known, "a full stop that may mean thousands or decimals")
    value = Decimal(re.sub("[, ]", "", match["number"])) * _SCALES.get((match["scale"] or "").lower(), 1)
    if value >= _LARGEST or 0 < value < _SMALLEST:
        return Amount(None, known, f"too {'large' if value >= 1 else 'small'} to be an amount")
    negative = bool(match["minus"] or match["minus2"] or bracketed)
    return Amount(-value if negative else value, known, aside=match["tail"] or "")


def _currency_stated(sign: str, word: str) -> str | None:
    """Return the currency that a sign or word states, '' for none or an ambiguous one, None for neither."""
    found = [_currency_of(part) for part in (sign, word) if part.strip()]
    if None in found:
        return None
    return next((code for code in found if code), "")


def _currency_of(text: str) -> str | None:
    token = text.strip()
    if token.upper() in _SIGNS:
        return _SIGNS[token.upper()]
    if token.lower() in _WORDS:
        return _WORDS[token.lower()]
    return token.upper() if re.fullmatch(r"[A-Z]{3}", token) else None


def _is_ambiguous(number: str, scale: str | None, *, signed: bool) -> bool:
    """``CHF 290.000`` may be 290 thousand or 290; a bare ``12.345`` is how a spreadsheet writes decimals."""
    if scale or not re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", number):
        return False
    return signed or number.endswith("0")


def _why_no_amount(cell: str) -> str:
    if _ONLY_SIGN.fullmatch(cell):
        return "a currency with no amount"
    if cell.startswith("="):
        return "a spreadsheet formula that was never worked out"
    if _RANGE.search(cell):
        return "a range, not one amount"
    if len(re.findall(r"[0-9][0-9,.]*", cell)) > 1:
        return "more than one number"
    return "not an amount"


def currency_code(text: str) -> str:
    """Return the ISO code for a currency column: ``GBP `` and ``Russian Ruble`` are met; '' if unknown."""
    token = clean(text)
    if re.fullmatch(r"[A-Za-z]{3}", token):
        return token.upper()
    return _currency_of(token) or ""


@dataclass(frozen=True, slots=True)
class Count:
    """A count in a cell; ``value`` None with no complaint means blank."""

    value: Decimal | None
    complaint: str = ""


def parse_count(text: str) -> Count:
    """Read a count such as ``1,134``; percentages and prose are complained of, never mined for digits."""
    cell = clean(text)
    if not cell:
        return Count(None)
    if len(cell) > _LONGEST:
        return Count(None, "prose, not a count")
    if re.fullmatch(rf"-?(?:{_NUMBER})", cell, re.IGNORECASE):
        value = Decimal(re.sub("[, ]", "", cell))
        if value == 0 or _SMALLEST <= abs(value) < _LARGEST_COUNT:
            return Count(value)
        return Count(None, f"too {'large' if abs(value) >= 1 else 'small'} to be a count")
    if re.fullmatch(r"[0-9.,]+ ?%", cell):
        return Count(None, "a percentage, not a count")
    return Count(None, "prose, not a count")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date to whatever precision it was given: the first and last day it may mean.

    ``impossible`` marks a date no calendar has; ``complaint`` says why it could not be read. Blank and
    ``current`` have neither days nor complaint; ``goes_on`` tells the second.
    """

    first: date | None = None
    last: date | None = None
    complaint: str = ""
    impossible: bool = False
    goes_on: bool = False


_OPEN = {"current", "ongoing", "present", "now", "to date", "tbc", "n/a"}
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?(?:[T ][0-9:.]+Z?)?")


def parse_date(text: str) -> Moment:
    """Read ``2015``, ``2015-04``, ``2015-04-01`` or ``current``."""
    cell = clean(text)
    if not cell or cell.lower() in _OPEN:
        return Moment(goes_on=bool(cell))
    match = _DATE.fullmatch(cell)
    if match is None:
        return Moment(complaint="not written as YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else None for part in match.groups())
    if year is None or not 1900 <= year <= 2100:
        return Moment(complaint="no contract has this year", impossible=True)
    if month is not None and not 1 <= month <= 12:
        return Moment(complaint=f"there is no month {month}", impossible=True)
    if day is not None and month is not None:
        return _whole_date(year, month, day)
    last_month = month or 12
    after = date(year + last_month // 12, last_month % 12 + 1, 1)
    return Moment(date(year, month or 1, 1), after - timedelta(days=1))


def _whole_date(year: int, month: int, day: int) -> Moment:
    try:
        exact = date(year, month, day)
    except ValueError:
        return Moment(complaint=f"month {month} of {year} has no day {day}", impossible=True)
    return Moment(exact, exact)


_AVAILABLE = re.compile(
    r"available\b[^()0-9]{0,20}\(\s*[£€$]?\s*([0-9][0-9, ]{0,30}(?:\.[0-9]{1,9})?)\s*\)", re.IGNORECASE
)
_SHARE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) ?%")


def available_in_note(note: str) -> Decimal | None:
    """Return the amount a note calls available, as in ``93% of the total available (2,944,525)``."""
    match = _AVAILABLE.search(clean(note))
    amount = Decimal(re.sub("[, ]", "", match[1])) if match else None
    return amount if amount is not None and amount < _LARGEST else None


def shares_in(text: str) -> list[Decimal]:
    """Return every percentage in a text, in order, as written (``93%`` is 93)."""
    return [Decimal(share) for share in _SHARE.findall(clean(text))]


def per_person_in_note(note: str) -> list[Decimal]:
    """Return the amounts in a note that speaks of a maximum per person; none otherwise."""
    text = clean(note)
    if not re.search(r"maximum", text, re.IGNORECASE):
        return []
    if not re.search(
        r"\b(?:per|each|an) (?:individual|person|participant|young person)", text, re.IGNORECASE
    ):
        return []
    found = re.findall(
        r"(?<![0-9.])[0-9]{1,3}(?:,[0-9]{3}){1,3}(?![0-9,]*[0-9])|(?<![0-9.])[0-9]{4,9}(?![0-9])", text
    )
    return [Decimal(number.replace(",", "")) for number in found]
