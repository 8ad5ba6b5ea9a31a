"""Reading the small values of the terms: money, shares, durations, ranges and by-tables.

Each function takes the reader that gathers problems and a node, and returns a value that is
safe to go on with, so that one mistake does not hide the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from openoutcomes.contracts import words
from openoutcomes.contracts.keys import KEYS
from openoutcomes.contracts.tables import DIMENSIONS, ByTable
from openoutcomes.contracts.terms import Amount, Pays, Price, Shares
from openoutcomes.contracts.words import Days, Duration, Kinds, Range
from openoutcomes.standard.yamlnodes import PLAIN_NUMBER, Node, Reader, suggestion

T = TypeVar("T")

_ONE_DAY = Duration(1, "day")
_ANY_NUMBER = Range(text="any number")


@dataclass(slots=True)
class TermsReader(Reader):
    """A reader that knows the contract's payers and currency."""

    payers: tuple[str, ...] = ()
    currency: str = "GBP"
    outcome_codes: tuple[str, ...] = ()
    shown: set[tuple[int, str]] = field(default_factory=set)

    def section(self, node: Node, name: str, required: Iterable[str] = ()) -> dict[str, Node]:
        """Return the mapping at ``node`` with the keys declared for ``name``."""
        return self.keys(node, KEYS[name], required)


def phrase(reader: Reader, node: Node, parse: Callable[[str], T | None], default: T, want: str) -> T:
    """Read a scalar with one of the phrase parsers; report and return ``default`` when it does not fit."""
    found = parse(node.value) if isinstance(node.value, str) else None
    if found is None:
        reader.error(node, f"{node.text or 'nothing'!r} is not {want}.")
        return default
    return found


def read_duration(reader: Reader, node: Node) -> Duration:
    """Read ``13 weeks``."""
    want = "a length of time such as '13 weeks', '3 months' or '15 working days'"
    return phrase(reader, node, words.duration, _ONE_DAY, want)


def read_range(reader: Reader, node: Node) -> Range:
    """Read ``at least 5`` and its like."""
    want = "a range such as '18 to 24', 'at least 5', 'under 3' or '7'"
    return phrase(reader, node, words.number_range, _ANY_NUMBER, want)


def read_days(reader: Reader, node: Node) -> Days:
    """Read ``2015-01-01 to 2015-12-31``, ``from …``, ``until …`` or ``{from: …, to: …}``."""
    if node.is_map:
        keys = reader.keys(node, ("from", "to"))
        first = reader.day(keys["from"]) if "from" in keys else None
        last = reader.day(keys["to"]) if "to" in keys else None
        if first and last and first > last:
            reader.error(node, "the first day is after the last.")
        return Days(first, last)
    want = "a span of dates such as '2015-01-01 to 2015-12-31' or 'from 2015-01-01'"
    return phrase(reader, node, words.days, Days(), want)


def read_share(reader: Reader, node: Node) -> Fraction:
    """Read a share from 0 to 1: ``2/3``, ``25%``, ``0.25``."""
    share = phrase(reader, node, words.fraction, Fraction(0), "a share such as 2/3, 25% or 0.25")
    if not 0 <= share <= 1:
        reader.error(
            node, f"{node.text} is not between 0 and 1 (0% and 100%).", "Write a quarter as 25% or 1/4."
        )
        return Fraction(0)
    return share


def read_fraction(reader: Reader, node: Node) -> Fraction:
    """Read any exact number, percentage or fraction."""
    return phrase(reader, node, words.fraction, Fraction(0), "a number such as 55%, 0.5 or 2/3")


def read_kinds(reader: Reader, node: Node) -> Kinds:
    """Read ``a or b``; a list means that each item must be met."""
    groups: list[tuple[str, ...]] = []
    for item in node.items:
        found = words.kinds(item.value) if isinstance(item.value, str) else None
        if found is None:
            mend = "Write 'a or b', or 'a and b', or a list in which each line must be met; names have no spaces."
            reader.error(item, f"{item.text or 'nothing'!r} is not a list of kinds.", mend)
        else:
            groups.extend(found)
    if not groups:
        reader.error(node, "nothing is named here.")
    return Kinds(tuple(groups))


def read_codes(reader: Reader, node: Node) -> tuple[str, ...]:
    """Read one code, ``a or b``, or a list of codes: any of them will do."""
    codes: list[str] = []
    for item in node.items:
        text = reader.text(item)
        found = words.kinds(text) if text else ()
        if found is None or (len(found) > 1 and " and " in text):
            reader.error(item, f"{text!r} is not one code or 'a or b'.", "Codes have no spaces.")
        elif found:
            codes.extend(found[0])
    return tuple(codes)


def read_money(reader: TermsReader, node: Node) -> Decimal:
    """Read an amount of money, with or without its pound sign; never negative."""
    raw = node.value
    if isinstance(raw, str):
        cleaned = raw.removeprefix("£").strip()
        if "," in cleaned:
            reader.error(node, f"{raw!r} has a comma in it.", f"Write {cleaned.replace(',', '')}.")
            return Decimal(0)
        if PLAIN_NUMBER.fullmatch(cleaned):
            amount = Decimal(cleaned)
            if amount < 0:
                reader.error(
                    node, "a price or cap cannot be negative.", "Use a surplus share paid by the provider."
                )
                return Decimal(0)
            return amount
    reader.error(node, f"{node.text or 'nothing'!r} is not an amount of money.", "Write 1500 or 1500.00.")
    return Decimal(0)


def read_by_table(reader: TermsReader, node: Node, leaf: Callable[[Node], T]) -> T | ByTable[T]:
    """Read ``leaf`` values, plain or in (nested) by-tables."""
    keys = list(node.mapping)
    by = [key for key in keys if key.startswith("by ")]
    if not by:
        return leaf(node)
    if len(keys) > 1:
        reader.error(node, f"{by[0]!r} stands beside other keys.", "Put the rows, and 'otherwise', below it.")
    dimension = by[0].removeprefix("by ")
    table = node.mapping[by[0]]
    if dimension not in DIMENSIONS:
        reader.error(
            table, f"unknown dimension {by[0]!r}.", suggestion(by[0], (f"by {d}" for d in DIMENSIONS))
        )
        return ByTable(dimension, [])
    if not table.is_map or not table.mapping:
        reader.error(table, f"{by[0]!r} needs rows below it.", "Write {by payment group: {a: 400, b: 600}}.")
        return ByTable(dimension, [])
    rows: list[tuple[tuple[str, ...] | Range | Days, T | ByTable[T]]] = []
    otherwise: T | ByTable[T] | None = None
    for key, child in table.mapping.items():
        value = read_by_table(reader, child, leaf)
        if key == "otherwise":
            otherwise = value
            continue
        condition = _row(dimension, key)
        if condition is None:
            kind = {"words": "a code", "number": "a number or range", "date": "a span of dates"}[
                DIMENSIONS[dimension][0]
            ]
            reader.error(child, f"{key!r} is not {kind}, as {by[0]!r} needs.")
        elif any(overlaps(condition, other) for other, _ in rows):
            reader.error(
                child, f"{key!r} overlaps an earlier row of {by[0]!r}.", "Each value must fit one row."
            )
        else:
            rows.append((condition, value))
    return ByTable(dimension, rows, otherwise)


def _row(dimension: str, key: str) -> tuple[str, ...] | Range | Days | None:
    kind = DIMENSIONS[dimension][0]
    if kind == "words":
        found = words.kinds(key)
        return found[0] if found and len(found) == 1 else None
    if kind == "number":
        return words.number_range(key.removeprefix("year "))
    return words.days(key)


def overlaps(a: object, b: object) -> bool:
    """Whether two rows of a by-table could fit the same value."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return bool(set(a) & set(b))
    if isinstance(a, Days) and isinstance(b, Days):
        return not (
            (a.last is not None and b.first is not None and a.last < b.first)
            or (b.last is not None and a.first is not None and b.last < a.first)
        )
    if isinstance(a, Range) and isinstance(b, Range):
        return not (_below(a, b) or _below(b, a))
    return False


def _below(a: Range, b: Range) -> bool:
    """Whether every number in ``a`` is less than every number in ``b``."""
    if a.high is None or b.low is None:
        return False
    return a.high < b.low or (a.high == b.low and not (a.high_counts and b.low_counts))


def read_price(reader: TermsReader, node: Node) -> Price:
    """Read an amount, or each payer's own amount (the price is their sum)."""
    if not node.is_map:
        return Price(read_money(reader, node))
    rates = []
    for payer, child in node.mapping.items():
        if payer not in reader.payers:
            mend = suggestion(payer, reader.payers) or "Name the payers under parties."
            reader.error(child, f"{payer!r} is not a payer of this contract.", mend)
        rates.append((payer, read_money(reader, child)))
    if not rates:
        reader.error(node, "there is no price here.", "Write an amount.")
    return Price(sum((amount for _, amount in rates), Decimal(0)), tuple(rates))


def read_pays(reader: TermsReader, node: Node) -> Pays:
    """Read a price, or by-tables of prices."""
    return read_by_table(reader, node, lambda child: read_price(reader, child))


def read_shares(reader: TermsReader, node: Node) -> Shares:
    """Read a share, or by-tables of shares."""
    return read_by_table(reader, node, lambda child: read_share(reader, child))


def read_amount(reader: TermsReader, node: Node) -> Amount:
    """Read an amount, or by-tables of amounts."""
    return read_by_table(reader, node, lambda child: read_money(reader, child))


def read_payer_shares(reader: TermsReader, node: Node) -> tuple[tuple[str, Fraction], ...]:
    """Read payers' shares, which must sum to one exactly; one lone payer pays all."""
    if node.is_scalar:
        return ((reader.text(node), Fraction(1)),)
    shares = tuple((payer, read_share(reader, child)) for payer, child in node.mapping.items())
    if not shares:
        reader.error(node, "no payer is named here.", "Write {council: 2/3, health: 1/3}.")
    elif sum(share for _, share in shares) != 1:
        total = words.say_percent(sum((share for _, share in shares), Fraction(0)))
        reader.error(
            node, f"the payers' shares sum to {total}, not to 1.", "Use fractions such as 1/3 for thirds."
        )
    return shares
