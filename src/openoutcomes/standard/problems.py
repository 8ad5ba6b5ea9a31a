"""Problems in users' data, as values.

A user's mistake is never an exception that escapes: readers and checks return
:class:`Problem` values that say what is wrong, where, and how to mend it. The one
exception here, :class:`InputError`, carries such values up to the command line, which
prints them and leaves with status 1 (data with problems) or 2 (input that cannot be read).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what a user gave us.

    ``row`` counts as a spreadsheet does: the header is row 1, the first record row 2.
    ``line`` is the line of a text file (terms, YAML). Either may be absent.
    ``count`` says how many places share the problem where only the first is shown.
    """

    what: str
    mend: str = ""
    file: str = ""
    row: int | None = None
    line: int | None = None
    field: str = ""
    value: str = ""
    code: str = ""
    severity: Severity = "error"
    count: int = 1

    def where(self) -> str:
        """Say where, as ``file, row 3, field achieved_on`` with what is known of it."""
        parts = [self.file] if self.file else []
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.field:
            parts.append(self.field)
        return ", ".join(parts)

    def __str__(self) -> str:
        where = self.where()
        text = f"{where}: {self.what}" if where else self.what
        return f"{text} {self.mend}" if self.mend else text

    def as_dict(self) -> dict[str, object]:
        """Return the fields as JSON-ready values, in a fixed order."""
        return asdict(self)


class InputError(Exception):
    """Input that cannot be used as given; carries one or more problems."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
