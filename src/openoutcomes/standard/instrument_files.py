"""Reads instruments from their data files, strictly: every slip is a problem with a line.

Also reads a registered user's own wording of an instrument whose wording may not be shipped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TypeVar, cast, get_args

from openoutcomes.standard.instrument_types import (
    Alert,
    Band,
    ChangeRule,
    Direction,
    Fact,
    Instrument,
    Scale,
    Scoring,
    Span,
    from_measurement_error,
    jacobson_truax,
)
from openoutcomes.standard.yamlnodes import Node, Reader, load_yaml, suggestion

T = TypeVar("T")

FOLDER = Path(__file__).parent / "data" / "instruments"

_HEAD = ("instrument", "name", "version", "measures", "author", "checked by", "next review", "link")
_REQUIRED = (*_HEAD, "sources", "items", "scoring", "scales", "licence", "reading age", "safe to pay on")
_KEYS = (*_REQUIRED, "responses", "reversed", "missing", "metric table", "alerts", "wording")
_FACT = ("verified", "source", "note")
_SCALE = ("name", "items", "range", "better", "bands", "case", "reliable change", "places")
_PLACES = {"sum": 0, "per-item": 0, "mean": 2, "metric-table": 2, "total-only": 0}
_CHANGE = ("at least", "more than", "sd", "reliability", "sem")


def read_instrument(path: Path) -> Instrument:
    """Read one instrument. Raises InputError with every problem in the file."""
    node = load_yaml(path)
    reader = Reader()
    keys = reader.keys(node, _KEYS, _REQUIRED)
    reader.raise_if_any()
    instrument = _Builder(reader, keys).instrument()
    _check(reader, node, instrument)
    reader.raise_if_any()
    return instrument


def read_wording(path: Path, instruments: Mapping[str, Instrument]) -> dict[str, tuple[str, ...]]:
    """Read a user's own wording: keys are instrument ids, values the list of their items in order.

    Raises InputError for an unknown instrument or a list that is not one line an item.
    """
    reader = Reader()
    found = {}
    for code, child in reader.keys(load_yaml(path), instruments).items():
        texts = reader.texts(child)
        expected = instruments[code].items.value
        if len(texts) != expected:
            what = f"{code} has {expected} items and {len(texts)} are given here."
            reader.error(child, what, "Give one line for each item, in the order of the form.", "wording")
        found[code] = texts
    reader.raise_if_any()
    return found


class _Builder:
    """Turns the checked keys of one file into an Instrument."""

    def __init__(self, reader: Reader, keys: Mapping[str, Node]) -> None:
        self.reader = reader
        self.keys = keys
        sources = keys["sources"]
        self.sources = {key: reader.text(child) for key, child in sources.mapping.items()}
        if not self.sources:
            reader.error(sources, "no sources are given.", "Add a key and a citation for each.")

    def instrument(self) -> Instrument:
        reader, keys = self.reader, self.keys
        head = {key: reader.text(keys[key]) for key in _HEAD if key != "next review"}
        items = self.fact("items", reader.integer)
        scoring = self.fact("scoring", lambda node: reader.choice(node, get_args(Scoring)))
        every = tuple(range(1, (items.value or 0) + 1))
        return Instrument(
            id=head["instrument"],
            name=head["name"],
            version=head["version"],
            measures=head["measures"],
            author=head["author"],
            checked_by=head["checked by"],
            next_review=reader.day(keys["next review"]),  # type: ignore[arg-type]  # a problem, if None
            link=head["link"],
            items=_known(items),
            responses=self.span(keys["responses"]) if "responses" in keys else None,
            reversed_items=self.optional("reversed", self.positions, ()),
            scoring=cast("Fact[Scoring]", scoring),
            missing=_known(self.optional("missing", reader.integer, 0)),
            metric_table=self.fact("metric table", self.table) if "metric table" in keys else None,
            scales=tuple(
                self.scale(code, child, every, scoring.value)
                for code, child in keys["scales"].mapping.items()
            ),
            alerts=tuple(self.alert(node) for node in self.list_of("alerts")),
            licence=self.fact("licence", reader.text),
            wording=tuple(reader.text(node) for node in self.list_of("wording")),
            reading_age=self.fact(
                "reading age", lambda node: None if node.is_empty else reader.integer(node)
            ),
            safe_to_pay_on=self.fact("safe to pay on", reader.yes, also=("because",)),
            pay_because=reader.text(keys["safe to pay on"].mapping.get("because", keys["safe to pay on"])),
        )

    def list_of(self, key: str) -> Sequence[Node]:
        return self.keys[key].items if key in self.keys else ()

    def fact(self, key: str, read: Callable[[Node], T], also: Sequence[str] = ()) -> Fact[T]:
        return self.fact_at(self.keys[key], read, also)

    def fact_at(self, node: Node, read: Callable[[Node], T], also: Sequence[str] = ()) -> Fact[T]:
        """Read ``{value: …, verified: yes, source: key}``."""
        keys = self.reader.keys(node, ("value", *_FACT, *also), ("value", "verified", "source"))
        return self.sourced(node, keys, read(keys.get("value", node)))

    def optional(self, key: str, read: Callable[[Node], T], otherwise: T) -> Fact[T]:
        if key in self.keys:
            return self.fact(key, read)
        return Fact(otherwise, verified=False, source="not given")

    def sourced(self, node: Node, keys: Mapping[str, Node], value: T) -> Fact[T]:
        """Wrap ``value`` with the ``verified``, ``source`` and ``note`` among ``keys``."""
        source = keys.get("source", node)
        if source.text not in self.sources:
            self.reader.error(
                source, f"{source.text!r} is not a source.", suggestion(source.text, self.sources)
            )
        return Fact(
            value,
            verified=self.reader.yes(keys.get("verified", node)),
            source=self.sources.get(source.text, ""),
            note=self.reader.text(keys["note"]) if "note" in keys else "",
        )

    def span(self, node: Node) -> Fact[Span]:
        """Read ``{from: 0, to: 27, verified: …}``."""
        keys = self.reader.keys(node, ("from", "to", *_FACT), ("from", "to", "verified", "source"))
        low = self.number(keys.get("from", node))
        high = self.number(keys.get("to", node))
        if low >= high:
            self.reader.error(node, "the range must run from a lower to a higher number.")
        return self.sourced(node, keys, Span(low, high))

    def number(self, node: Node) -> Decimal:
        found = self.reader.decimal(node)
        return Decimal(0) if found is None else found

    def positions(self, node: Node) -> tuple[int, ...]:
        return tuple(self.reader.integer(item, 1) or 0 for item in node.items)

    def table(self, node: Node) -> dict[int, Decimal]:
        """Read raw total to metric score; the raw totals must be whole numbers."""
        pairs = {}
        for raw, child in node.mapping.items():
            if raw.isdigit():
                pairs[int(raw)] = self.number(child)
            else:
                self.reader.error(child, f"{raw!r} is not a raw total.", "Use whole numbers as keys.")
        return pairs

    def alert(self, node: Node) -> Alert:
        keys = self.reader.keys(node, ("item", "above", "says"), ("item", "above", "says"))
        item, above, says = (keys.get(key, node) for key in ("item", "above", "says"))
        return Alert(
            self.reader.integer(item, 1) or 0, self.reader.integer(above) or 0, self.reader.text(says)
        )

    def scale(self, code: str, node: Node, every: tuple[int, ...], scoring: str) -> Scale:
        reader = self.reader
        keys = reader.keys(node, _SCALE, ("name", "range", "better"))
        items = keys.get("items")
        places = keys.get("places")
        return Scale(
            code=code,
            name=reader.text(keys.get("name", node)),
            items=every if items is None or items.text == "all" else self.positions(items),
            span=self.span(keys.get("range", node)),
            better=cast(
                "Fact[Direction]",
                self.fact_at(keys.get("better", node), lambda at: reader.choice(at, get_args(Direction))),
            ),
            places=(reader.integer(places) or 0) if places else _PLACES[scoring],
            bands=self.fact_at(keys["bands"], self.bands) if "bands" in keys else None,
            case=self.case(keys["case"]) if "case" in keys else None,
            change=self.change(keys["reliable change"]) if "reliable change" in keys else None,
        )

    def bands(self, node: Node) -> tuple[Band, ...]:
        found = []
        for item in node.items:
            keys = self.reader.keys(item, ("from", "name"), ("from", "name"))
            low, name = keys.get("from", item), keys.get("name", item)
            found.append(Band(self.number(low), self.reader.text(name)))
        return tuple(found)

    def case(self, node: Node) -> Fact[Decimal]:
        keys = self.reader.keys(node, ("at least", *_FACT), ("at least", "verified", "source"))
        return self.sourced(node, keys, self.number(keys.get("at least", node)))

    def change(self, node: Node) -> Fact[ChangeRule]:
        """Read one of ``at least``, ``more than``, ``sem``, or ``sd`` with ``reliability``."""
        keys = self.reader.keys(node, (*_CHANGE, *_FACT), ("verified", "source"))
        given = tuple(key for key in _CHANGE if key in keys)
        numbers = {key: self.number(keys[key]) for key in given}
        rule = ChangeRule(Decimal(0), inclusive=True, how="")
        try:
            if given == ("at least",):
                rule = ChangeRule(numbers["at least"], inclusive=True, how="published")
            elif given == ("more than",):
                rule = ChangeRule(numbers["more than"], inclusive=False, how="published")
            elif given == ("sem",):
                how = f"1.96 x sqrt 2 x standard error of measurement {numbers['sem']:f}"
                rule = ChangeRule(from_measurement_error(numbers["sem"]), inclusive=False, how=how)
            elif given == ("sd", "reliability"):
                how = f"Jacobson-Truax from SD {numbers['sd']:f} and reliability {numbers['reliability']:f}"
                rule = ChangeRule(
                    jacobson_truax(numbers["sd"], numbers["reliability"]), inclusive=False, how=how
                )
            else:
                mend = "Give at least, or more than, or sem, or sd and reliability."
                self.reader.error(node, "a reliable change needs one threshold.", mend)
        except ValueError as error:
            self.reader.error(node, f"{error}.")
        return self.sourced(node, keys, rule)


def _known(fact: Fact[int | None]) -> Fact[int]:
    """Return the fact with 0 for a number that could not be read (its problem is recorded)."""
    return Fact(fact.value or 0, fact.verified, fact.source, fact.note)


def _check(reader: Reader, node: Node, instrument: Instrument) -> None:
    """Report what is impossible between the parts of one instrument."""
    total_only = instrument.scoring.value == "total-only"
    if not instrument.scales:
        reader.error(node, "no scale is given.", "Add scales: with at least one.")
    if total_only == bool(instrument.items.value):
        reader.error(node, "only an instrument scored from totals alone has no items.", "Check items.")
    if not total_only and instrument.responses is None:
        reader.error(node, "the answers' range is missing.", "Add responses: {from: 0, to: 3, …}.")
    if (instrument.scoring.value == "metric-table") != (instrument.metric_table is not None):
        reader.error(node, "a metric table goes with scoring metric-table, and only with it.")
    numbers = {*instrument.reversed_items.value, *(alert.item for alert in instrument.alerts)}
    for scale in instrument.scales:
        numbers.update(scale.items)
        _check_scale(reader, node, scale)
        if instrument.scoring.value == "per-item" and len(scale.items) != 1:
            reader.error(node, f"scale {scale.code} must name one item.", "Scoring is per item.")
    if numbers - set(range(1, instrument.items.value + 1)):
        reader.error(node, "an item number lies outside the form.", f"Use 1 to {instrument.items.value}.")
    if instrument.wording and len(instrument.wording) != instrument.items.value:
        reader.error(node, "the wording does not have one line an item.")
    if instrument.metric_table is not None and instrument.responses is not None:
        _check_table(reader, node, instrument, instrument.metric_table.value, instrument.responses.value)


def _check_scale(reader: Reader, node: Node, scale: Scale) -> None:
    """Bands must start at the bottom of the range and rise; a case must lie inside it."""
    span = scale.span.value
    if scale.bands is not None:
        lows = [band.low for band in scale.bands.value]
        if not lows or lows[0] != span.low or sorted(set(lows)) != lows or lows[-1] not in span:
            mend = f"Start at {span.low:f} and rise to no more than {span.high:f}."
            reader.error(node, f"the bands of {scale.code} do not cover its range.", mend)
    if scale.case is not None and scale.case.value not in span:
        reader.error(node, f"the cut-off of {scale.code} lies outside its range.")


def _check_table(
    reader: Reader, node: Node, instrument: Instrument, table: Mapping[int, Decimal], answers: Span
) -> None:
    """Report a table that misses a raw total or does not rise."""
    count = instrument.items.value
    raws = range(int(answers.low) * count, int(answers.high) * count + 1)
    metric = list(table.values())
    rising = all(low < high for low, high in pairwise(metric))
    if list(table) != list(raws) or not rising:
        what = "the metric table does not rise through every raw total."
        reader.error(node, what, f"Give {raws.start} to {raws.stop - 1} in order.")
