"""What makes an outcome worth a closer look: a weight, and the reasons for it in words.

The weights are plain whole numbers that add up, so that a provider can be told why something was chosen. They
say where an error would be likelier or cost more; never that there is one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.contracts.queries import priced, terms_of
from openoutcomes.web.core import clock
from openoutcomes.web.outcomes.card import kinds_of, version_on
from openoutcomes.web.outcomes.models import Evidence
from openoutcomes.web.records.models import Record

#: What a reason adds to the weight of 1 that every outcome has, with its words.
REASONS: dict[str, tuple[int, str]] = {
    "new-provider": (3, "nothing of this provider has been looked at before"),
    "found-wrong": (3, "more than one in ten of this provider's outcomes was refused"),
    "high-value": (2, "among the quarter that pays most"),
    "self-certified": (2, "shown by self-certification alone"),
    "no-file": (2, "no file of evidence is kept here"),
    "shared-file": (4, "the same file shows another outcome too"),
    "deadline": (1, "achieved in the last week before a deadline"),
    "same-day": (1, "recorded on the day it was achieved, though it had to last"),
    "late": (1, "recorded more than 60 days after it was achieved"),
}
_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Risk:
    """The weight of one outcome, and the codes of the reasons for it."""

    weight: int
    reasons: tuple[str, ...]


def say(code: str) -> str:
    """Return a reason in words."""
    return REASONS[code][1]


def risks(contract: Contract, rows: Sequence[Record], last: dt.date) -> dict[str, Risk]:
    """Return the risk of each outcome of a population, by id. ``last`` is the last day of the period."""
    tests = [
        _by_provider(contract),
        _by_value(contract, rows),
        _by_evidence(contract, rows),
        _by_dates(contract, last),
    ]
    found = {}
    for row in rows:
        reasons = tuple(code for test in tests for code in test(row))
        found[row.record_id] = Risk(1 + sum(REASONS[code][0] for code in reasons), reasons)
    return found


Test = Callable[[Record], list[str]]


def _by_provider(contract: Contract) -> Test:
    rows = (
        Record.of(contract.partnership_id)
        .filter(table="achievements", current=True, state__in=("accepted", "refused"))
        .values("organisation_id", "state")
        .annotate(n=Count("pk"))
        .order_by()
    )
    counts: dict[int, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["organisation_id"], {})[row["state"]] = row["n"]

    def test(row: Record) -> list[str]:
        known = counts.get(row.organisation_id or 0)
        if known is None:
            return ["new-provider"]
        wrong, right = known.get("refused", 0), known.get("accepted", 0)
        return ["found-wrong"] if wrong * 10 > wrong + right else []

    return test


def _by_value(contract: Contract, rows: Sequence[Record]) -> Test:
    wanted = {row.record_id for row in rows}
    gross = {
        line.achievement_id: line.gross
        for line in priced(contract, clock.today()).lines
        if line.achievement_id in wanted
    }
    amounts = sorted(gross.values())
    # The highest quarter begins here; where all pay the same, none is of high value.
    limit = amounts[len(amounts) * 3 // 4] if amounts else Decimal(0)
    varies = bool(amounts) and amounts[0] < limit

    def test(row: Record) -> list[str]:
        return ["high-value"] if varies and gross.get(row.record_id, Decimal(0)) >= limit else []

    return test


def _by_evidence(contract: Contract, rows: Sequence[Record]) -> Test:
    files = Evidence.of(contract.partnership_id).filter(withdrawn_at=None, erased_at=None)
    ids = [row.record_id for row in rows]
    with_file = set(files.filter(achievement_id__in=ids).values_list("achievement_id", flat=True))
    twice = (
        files.values("sha256").annotate(n=Count("achievement_id", distinct=True)).filter(n__gt=1).order_by()
    )
    shared = set(files.filter(sha256__in=twice.values("sha256")).values_list("achievement_id", flat=True))

    def test(row: Record) -> list[str]:
        kinds = kinds_of(row)
        reasons = ["self-certified"] if kinds and all("self" in kind for kind in kinds) else []
        if row.record_id not in with_file:
            reasons.append("no-file")
        if row.record_id in shared:
            reasons.append("shared-file")
        return reasons

    return test


def _by_dates(contract: Contract, last: dt.date) -> Test:
    terms = terms_of(contract)

    def test(row: Record) -> list[str]:
        if row.on is None:
            return []
        version = version_on(terms, row.on)
        reasons = []
        ends = [day for day in (last, version.runs.last, version.outcomes_until, version.claims_until) if day]
        if any(day - _WEEK < row.on <= day for day in ends):
            reasons.append("deadline")
        claimed = dt.date.fromisoformat(row.values.get("claimed_on") or row.recorded_at.date().isoformat())
        outcome = version.outcomes.get(row.code)
        if outcome is not None and any(f.sustained for f in outcome.follows) and claimed == row.on:
            reasons.append("same-day")
        if claimed - row.on > dt.timedelta(days=60):
            reasons.append("late")
        return reasons

    return test
