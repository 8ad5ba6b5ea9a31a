"""What the reconciliation says: a verdict for each project and metric, three tests, and the faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from openoutcomes.publish.indigo.counts import CountUsed, plain_count
from openoutcomes.publish.indigo.faults import KINDS, Fault
from openoutcomes.standard.money import quantize

Status = Literal["agrees", "explained", "unexplained", "untestable"]
STATUSES: tuple[Status, ...] = ("agrees", "explained", "unexplained", "untestable")


def money_text(amount: Decimal | None) -> str | None:
    """Return an amount with two places, as published; None where it is not known."""
    return None if amount is None else f"{quantize(amount, 'GBP'):f}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status, why in words, and the named rule where one explains the figures."""

    status: Status
    explanation: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class MetricOutcome:
    """One metric of a project: price × count beside what payments that name it add up to."""

    metric: str
    definition: str
    price: Decimal | None
    used: CountUsed | None
    price_times_count: Decimal | None
    paid: Decimal | None
    verdict: Verdict

    @property
    def count(self) -> Decimal | None:
        """The count used, or None."""
        return self.used.count if self.used else None

    def as_dict(self) -> dict[str, object]:
        """Return the metric as published in JSON."""
        return {
            "metric": self.metric,
            "definition": self.definition,
            "price": money_text(self.price),
            "count": None if self.count is None else plain_count(self.count),
            "price_times_count": money_text(self.price_times_count),
            "paid": money_text(self.paid),
            "status": self.verdict.status,
            "explanation": self.verdict.explanation,
            "rule": self.verdict.rule,
            "counts_used": self.used.as_dict() if self.used else None,
        }


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """One of the three tests: its verdict, and the figures it rests on (Decimals are money)."""

    verdict: Verdict
    figures: Mapping[str, Decimal | str | bool | None]

    def as_dict(self) -> dict[str, object]:
        """Return the test as published in JSON."""
        figures = {
            name: money_text(value) if isinstance(value, Decimal) else value
            for name, value in self.figures.items()
        }
        return {
            "status": self.verdict.status,
            "explanation": self.verdict.explanation,
            "rule": self.verdict.rule,
            **figures,
        }


@dataclass(frozen=True, slots=True)
class PayerShare:
    """A payer's recorded commitment and its share of the project's recorded commitments (0 to 1)."""

    payer: str
    committed: Decimal | None
    share: Decimal | None

    def as_dict(self) -> dict[str, object]:
        """Return the payer as published in JSON."""
        share = None if self.share is None else f"{self.share:f}"
        return {"payer": self.payer, "committed": money_text(self.committed), "share": share}


@dataclass(frozen=True, slots=True)
class ProjectOutcome:
    """One project. Its own verdict is that of the first test, price × count against paid."""

    project: str
    name: str
    currency: str
    price_times_count: Decimal | None
    paid: Decimal | None
    available: Decimal | None
    available_from: str
    verdict: Verdict
    tests: Mapping[str, TestOutcome]
    payers: tuple[PayerShare, ...]
    metrics: tuple[MetricOutcome, ...]
    faults: tuple[Fault, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the project as published in JSON."""
        return {
            "project": self.project,
            "name": self.name,
            "currency": self.currency or None,
            "price_times_count": money_text(self.price_times_count),
            "paid": money_text(self.paid),
            "available": money_text(self.available),
            "available_from": self.available_from or None,
            "status": self.verdict.status,
            "explanation": self.verdict.explanation,
            "rule": self.verdict.rule,
            "tests": {name: test.as_dict() for name, test in self.tests.items()},
            "payers": [payer.as_dict() for payer in self.payers],
            "faults": [fault.as_dict() for fault in self.faults],
            "metrics": [metric.as_dict() for metric in self.metrics],
        }


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The whole result: every project asked for, and faults that belong to no project."""

    projects: tuple[ProjectOutcome, ...]
    faults: tuple[Fault, ...]

    def all_faults(self) -> list[Fault]:
        """Return every fault: of the files first, then of each project in order."""
        return [*self.faults, *(fault for project in self.projects for fault in project.faults)]

    @property
    def incomplete(self) -> bool:
        """Whether part of the export could not be read, so that figures may be missing."""
        return any(KINDS[fault.kind].unread for fault in self.all_faults())

    def statuses(self, test: str = "price_times_count") -> dict[str, int]:
        """Return how many projects have each status in a test, in a fixed order."""
        found = Counter(project.tests[test].verdict.status for project in self.projects)
        return {status: found[status] for status in STATUSES}

    def kinds(self) -> dict[str, int]:
        """Return how many faults there are of each kind, commonest first."""
        return dict(
            sorted(Counter(fault.kind for fault in self.all_faults()).items(), key=lambda k: (-k[1], k))
        )

    def as_dict(self) -> dict[str, object]:
        """Return the result as published in JSON."""
        tests = ("price_times_count", "commitments", "plan")
        return {
            "summary": {
                "projects": len(self.projects),
                "statuses": {test: self.statuses(test) for test in tests},
                "faults": self.kinds(),
                "incomplete": self.incomplete,
            },
            "faults": [fault.as_dict() for fault in self.faults],
            "projects": [project.as_dict() for project in self.projects],
        }
