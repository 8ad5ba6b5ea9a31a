"""The open outcomes map: what a better life looks like, and how each part of it may be measured.

Forty outcomes shared by every place, each with metrics, links to targets of the Sustainable
Development Goals, typical evidence, and what it is not. A place adds its own outcomes and metrics
in a file of its own; it cannot change a shared one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from openoutcomes.standard.outcome_files import (
    DOMAINS,
    FOLDER,
    KINDS,
    Metric,
    Outcome,
    read_core,
    read_place,
)
from openoutcomes.standard.problems import Problem
from openoutcomes.standard.yamlnodes import suggestion

__all__ = ["DOMAINS", "KINDS", "Metric", "Outcome", "OutcomesMap", "load_map"]


@dataclass(frozen=True, slots=True)
class OutcomesMap(Mapping[str, Outcome]):
    """Outcomes by code, in the order of the map. ``place`` names the place whose file was added."""

    outcomes: Mapping[str, Outcome]
    place: str = ""

    def __getitem__(self, code: str) -> Outcome:
        return self.outcomes[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self.outcomes)

    def __len__(self) -> int:
        return len(self.outcomes)

    def find(self, code: str) -> Outcome | Problem:
        """Return the outcome with this code or name, or a Problem with the nearest known one."""
        wanted = code.strip().lower()
        for outcome in self.outcomes.values():
            if wanted in (outcome.code, outcome.name.lower()):
                return outcome
        what = f"there is no outcome {code!r} in the map."
        mend = suggestion(wanted, self.outcomes) or "`openoutcomes outcomes list` has them all."
        return Problem(what, mend, value=code, code="unknown-outcome")

    def metric(self, reference: str) -> Metric | Problem:
        """Return the metric named ``outcome/metric``, such as ``home/settled-3-months``."""
        code, _, metric = reference.strip().lower().partition("/")
        outcome = self.find(code)
        if isinstance(outcome, Problem):
            return outcome
        for each in outcome.metrics:
            if each.code == metric:
                return each
        what = f"{outcome.code} has no metric {metric!r}."
        mend = suggestion(metric, [each.code for each in outcome.metrics])
        return Problem(what, mend, value=reference, code="unknown-metric")


def load_map(extra: Path | str | None = None) -> OutcomesMap:
    """Return the shared map, with a place's own file merged in when one is given.

    Raises InputError with every problem in that file: unknown or duplicate keys, codes without
    the place's prefix, a shared code defined again, a target or an instrument that does not exist.
    """
    core = _core()
    if extra is None:
        return core
    place, added, metrics = read_place(Path(extra), core.outcomes)
    outcomes = dict(core.outcomes)
    for code, more in metrics.items():
        outcomes[code] = replace(outcomes[code], metrics=(*outcomes[code].metrics, *more))
    return OutcomesMap({**outcomes, **added}, place)


@cache
def _core() -> OutcomesMap:
    return OutcomesMap(read_core(FOLDER))
