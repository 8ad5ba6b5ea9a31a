"""Which recorded count a price is multiplied by, for each metric.

Interim and final results are never added to each other. A final result is preferred; else an interim
one; else one of unstated standing. Within a standing, rows for the outcome are preferred to rows for the
project; rows whose periods do not overlap are added, since none can contain another; of rows that do
overlap, the latest to end is used, since interim counts are cumulative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo.facts import ProjectFacts, Result
from openoutcomes.publish.indigo.faults import Fault
from openoutcomes.publish.indigo.read import same_id

_STANDINGS = ("final", "interim", "")


@dataclass(frozen=True, slots=True)
class CountUsed:
    """The count used for a metric and how it was chosen; ``others`` are counts recorded but not used."""

    count: Decimal
    standing: str
    rows: tuple[int, ...]
    column: str
    choice: str
    others: tuple[tuple[str, Decimal], ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the choice as JSON-ready values."""
        return {
            "standing": self.standing or "not stated",
            "rows": list(self.rows),
            "column": self.column.strip("'"),
            "choice": self.choice,
            "others": [{"from": label, "count": plain_count(count)} for label, count in self.others],
        }


def plain_count(count: Decimal) -> int | str:
    """Return a count for JSON: a whole number as an integer, any other as its digits."""
    return int(count) if count == count.to_integral_value() else f"{count.normalize():f}"


def choose_count(
    facts: ProjectFacts, metric: str, faults: list[Fault], *, only_metric: bool = False
) -> CountUsed | None:
    """Choose the count for a metric; None where none is recorded or the records conflict.

    ``only_metric`` lets a project's results that name no metric stand for its single metric.
    """
    names = {same_id(metric), ""} if only_metric else {same_id(metric)}
    rows = [row for row in facts.results if same_id(row.metric) in names and row.count is not None]
    standing = next((each for each in _order(rows) if any(row.standing == each for row in rows)), None)
    if standing is None:
        return None
    pool = _finest([row for row in rows if row.standing == standing], metric)
    used = _choose(pool, standing)
    if used is None:
        counts = ", ".join(f"{row.count:,f} (row {row.row})" for row in pool)
        detail = f"Counts for one period and standing: {counts}; none is used."
        faults.append(Fault("conflicting-results", detail, c.RESULTS, pool[0].row, facts.project, metric))
        return None
    others = tuple(
        (_label(row), row.count) for row in rows if row.row not in used.rows and row.count is not None
    )
    if len(pool) > 1:
        detail = f"Rows {', '.join(str(row.row) for row in pool)}: {used.choice}; count used {used.count:,f}."
        faults.append(Fault("several-results", detail, c.RESULTS, pool[0].row, facts.project, metric))
    return CountUsed(used.count, used.standing, used.rows, used.column, used.choice, others)


def _order(rows: Sequence[Result]) -> list[str]:
    return [*_STANDINGS, *sorted({row.standing for row in rows} - set(_STANDINGS))]


def _finest(rows: list[Result], metric: str) -> list[Result]:
    """Prefer rows that name the metric, then rows for the outcome, to rows for the whole project."""
    named = [row for row in rows if same_id(row.metric) == same_id(metric)] or rows
    return [row for row in named if not row.level.startswith("project")] or named


def _choose(rows: list[Result], standing: str) -> CountUsed | None:
    word = standing or "recorded"
    if len({(row.count, row.start, row.end) for row in rows}) == 1:
        return _used(rows[:1], standing, f"the {word} count" + (", entered twice" if len(rows) > 1 else ""))
    if _apart(rows):
        return _used(rows, standing, f"{word} counts of periods that do not overlap, added")
    latest = max(_last(row) for row in rows)
    tops = [row for row in rows if _last(row) == latest]
    if len({row.count for row in tops}) > 1:
        return None
    return _used(tops[:1], standing, f"the {word} count that ends last, taken as cumulative")


def _used(rows: list[Result], standing: str, choice: str) -> CountUsed:
    total = sum((row.count for row in rows if row.count is not None), Decimal(0))
    return CountUsed(total, standing, tuple(row.row for row in rows), rows[0].column, choice)


def _apart(rows: list[Result]) -> bool:
    """Say whether every row has a whole period and no two overlap."""
    spans = sorted((row.start.first, row.end.last) for row in rows if row.start.first and row.end.last)
    if len(spans) < len(rows):
        return False
    return all(before[1] < after[0] for before, after in pairwise(spans))


def _last(row: Result) -> date:
    return date.max if row.end.goes_on else row.end.last or date.min


def _label(row: Result) -> str:
    return f"{row.standing or 'unstated'} result, row {row.row}"
