"""Pathways to start from, each as a service has really used it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Example:
    """A pathway to start from, with where it comes from."""

    name: str
    source: str
    stages: tuple[dict[str, Any], ...]


EXAMPLES: Final[dict[str, Example]] = {
    "step-down": Example(
        "Step Down",
        "Birmingham Step Down: 52 weeks with the same foster carer, after matching of up to six weeks.",
        (
            {"name": "Matching", "weeks": 6, "every": "", "who": "young person, foster carer, social worker"},
            {
                "name": "Stabilisation", "weeks": 13, "every": "fortnight",
                "who": "young person, foster carer, mentor, social worker",
            },
            {"name": "Settlement", "weeks": 13, "every": "", "who": "young person, foster carer, mentor"},
            {"name": "Maintenance", "weeks": 26, "every": "month", "who": "young person, foster carer, mentor"},
        ),
    ),
}  # fmt: skip
