"""Figures laid out as tables, for a page or a file, each figure shown or held back."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openoutcomes.standard.instruments import INSTRUMENTS
from openoutcomes.standard.outcomes import load_map
from openoutcomes.web.core.lists import Cell
from openoutcomes.web.core.templatetags.oo import words
from openoutcomes.web.records.models import Record
from openoutcomes.web.results.queries import CHANGES, STATES, Figures
from openoutcomes.web.results.small_numbers import LEAST, protect, rounded

#: What is shown instead of a count that is held back.
FEWER = "held back*"
NOTE = (
    f"* Fewer than {LEAST}, or a larger figure held back so that nobody can work out one that is. "
    "Other counts, and hours, are rounded to the nearest 5, periods are whole quarters, and figures may be a quarter of an hour old."
)
#: What each state of an outcome is called, as everywhere.
STATE_WORDS = dict(Record.STATES)


@dataclass(frozen=True)
class Table:
    """A table of figures: rows of a name and a cell for each heading after the first."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, list[Cell]]]
    lead: str = ""
    empty: str = "Nothing is recorded in this period."

    @property
    def labelled(self) -> list[tuple[str, list[tuple[str, Cell]]]]:
        """The rows, each cell with its heading, for narrow screens."""
        return [(name, list(zip(self.header[1:], cells, strict=True))) for name, cells in self.rows]


@dataclass(frozen=True)
class Shown:
    """Headline figures, tables, and whether anything was held back."""

    headlines: list[tuple[str, str]]
    tables: list[Table]
    is_protected: bool


class Showing:
    """Shows figures: as they are, or protected."""

    def __init__(self, found: Figures, *, is_own: bool) -> None:
        self.found = found
        self.is_own = is_own
        self.counts: Mapping[Hashable, int | None] = (
            found.counts if is_own else protect(found.counts, found.bounds)
        )

    def count(self, *key: Any) -> str:
        """Return a count in words."""
        count = self.counts.get(key)
        return FEWER if count is None else f"{count:,}"

    def cell(self, *key: Any) -> Cell:
        """Return a count as a cell."""
        return Cell(self.count(*key), numeric=True)

    def amount(self, key: tuple[Any, ...], guard: tuple[Any, ...], places: int = 1) -> Cell:
        """Return an amount; held back when the count of people behind it is."""
        if self.counts.get(guard) is None:
            return Cell(FEWER, numeric=True)
        value = self.found.amounts.get(key, 0)
        return Cell(f"{value:,.{places if self.is_own else 0}f}", numeric=True)

    def hours(self, kind: str, guard: tuple[Any, ...]) -> Cell:
        """Return hours of support: held back and rounded as the counts beside them are."""
        if self.is_own:
            return self.amount(("hours", kind), guard)
        hours = rounded(self.found.amounts.get(("hours", kind), Decimal(0)))
        return Cell(FEWER if self.counts.get(guard) is None else f"{hours:,}", numeric=True)


def lay_out(found: Figures, *, is_own: bool) -> Shown:
    """Return the figures as headlines and tables."""
    show = Showing(found, is_own=is_own)
    headlines = [
        ("People reached", show.count("reached", "all")),
        ("Given support", show.count("supported", "all")),
        ("New", show.count("new", "all")),
        ("Open at the end", show.count("open", "all")),
        ("Ended", show.count("ended", "all")),
        ("Hours of support", _headline_hours(show)),
    ]
    tables = [
        _programmes(show),
        _months(show),
        _attendance(show),
        _outcomes(show),
        _measures(show),
        _goals(show),
    ]
    return Shown(headlines, tables, not is_own)


def _headline_hours(show: Showing) -> str:
    guard = ("supported", "all")
    cell = show.amount(("hours", "given"), guard, 0) if show.is_own else show.hours("given", guard)
    return cell.text


def _programmes(show: Showing) -> Table:
    names = ("reached", "new", "open", "ended")
    rows = [
        (
            f"{name}, {organisation}" if not show.is_own else name,
            [show.cell(key, "programme", pk) for key in names],
        )
        for pk, name, organisation in show.found.programmes
    ]
    if len(rows) > 1:
        rows.append(("All, each person once", [show.cell(key, "all") for key in names]))
    header = ("Programme", "People reached", "New", "Open at the end", "Ended")
    return Table(
        "By programme",
        header,
        rows,
        "People reached are different people. The rest are starts and ends, so somebody in two programmes is in both.",
    )


def _months(show: Showing) -> Table:
    names = ("new", "open", "ended", "supported") if show.is_own else ("new", "ended", "supported")
    titles = {"new": "New", "open": "Open at the end", "ended": "Ended", "supported": "People given support"}
    rows = [
        (f"{month:%B %Y}", [show.cell(key, "month", month) for key in names])
        for month in reversed(show.found.months)
    ]
    return Table("By month", ("Month", *[titles[name] for name in names]), rows)


def _attendance(show: Showing) -> Table:
    rows = [
        (
            words(code, "attendance") if code else "Not said",
            [show.cell("sessions", code), show.hours(code, ("sessions", code))],
        )
        for code in show.found.attendance
    ]
    return Table("Support and attendance", ("Whether they were there", "Times", "Hours"), rows,
                 empty="No support is recorded in this period.")  # fmt: skip


def _outcomes(show: Showing) -> Table:
    rows = [
        (outcome_name(code), [show.cell("outcomes", code, state) for state in (*STATES, "all")])
        for code in show.found.outcomes
    ]
    if len(rows) > 1:
        rows.append(("All", [show.cell("outcomes", "all", state) for state in (*STATES, "all")]))
    header = ("Outcome", *[STATE_WORDS[state] for state in STATES], "In all")
    return Table("Outcomes", header, rows, empty="No outcome is recorded in this period.")


def outcome_name(code: str) -> str:
    """Return an outcome's name: from the map, or a contract's own code in words."""
    known = load_map().get(code)
    return known.name if known else words(code)


def instrument_name(code: str) -> str:
    """Return an instrument's name, with its scale where it has several."""
    base, _, scale = code.partition("/")
    found = INSTRUMENTS.get(base)
    if found is None:
        return code
    names = {one.code: one.name for one in found.scales}
    return f"{found.name}: {names.get(scale, scale)}" if scale else found.name


def _measures(show: Showing) -> Table:
    rows = [
        (
            instrument_name(code),
            [
                show.cell("measured", code, "all"),
                show.amount(("mean", code, "first"), ("measured", code, "all")),
                show.amount(("mean", code, "last"), ("measured", code, "all")),
                *[show.cell("measured", code, change) for change in CHANGES],
            ],
        )
        for code in show.found.instruments
    ]
    header = ("Instrument", "People with two readings", "First, on average", "Last, on average",
              "Reliably better", "No reliable change", "Reliably worse", "Not judged")  # fmt: skip
    lead = (
        "Each person's first and last reading in the period. A change is reliable when it is larger than error of "
        "measurement would give; where no such threshold is known, it is not judged. "
        "People who were measured twice may differ from those who were not, so this does not show what caused a change."
    )
    return Table("Measures", header, rows, lead, "Nobody has two readings in this period. Nobody has to.")


def _goals(show: Showing) -> Table:
    names = {"reached": "Reached (ten of ten, says the person)", "reviewed": "Looked at again, not reached yet",
             "waiting": "Not looked at again yet"}  # fmt: skip
    rows = [(text, [show.cell("goals", name)]) for name, text in names.items()]
    if not show.found.counts["goals", "all"]:
        rows = []
    else:
        rows.append(("All goals set", [show.cell("goals", "all")]))
    return Table(
        "Goals in people's own words", ("Goal", "Goals"), rows, empty="No goal was set in this period."
    )
