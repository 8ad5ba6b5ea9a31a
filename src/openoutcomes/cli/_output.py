"""What every command prints, and how: JSON, problems, tables of text, progress.

Results go to stdout; notes, problems and progress go to stderr, so that a result can be piped or
saved. Text is plain: no box-drawing, colour only on a terminal that wants it (``NO_COLOR`` is
honoured), and no control characters from a user's data reach the terminal.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

from openoutcomes.standard.problems import Problem

#: ``progress(done, total, label)``: what rooms call as they go; ``total`` None means not known.
Progress = Callable[[int, int | None, str], None]

#: Where there is no terminal, say how far things are at most this often (seconds).
_QUIET_FOR = 5.0


def to_json(value: object, *, indent: int | None = 2) -> str:
    """Write ``value`` as JSON: Decimals and paths as strings, dates as ISO, key order kept.

    Raises TypeError for anything else that JSON does not have, and ValueError for NaN.
    """
    return json.dumps(value, default=_json_value, indent=indent, ensure_ascii=not _is_utf8(), allow_nan=False)


def _json_value(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Problem):
        return value.as_dict()
    raise TypeError(f"{type(value).__name__} has no form in JSON: {value!r}")


def _is_utf8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def print_json(value: object) -> None:
    """Print ``value`` on stdout as indented JSON (see :func:`to_json`) and nothing else."""
    print(to_json(value))


def print_text(text: str) -> None:
    """Print a result on stdout, ending in exactly one newline."""
    print(text.rstrip("\n"))


def note(text: str) -> None:
    """Print a note, a problem or a warning on stderr."""
    print(text.rstrip("\n"), file=sys.stderr)


def printable(text: str) -> str:
    """Replace control characters, which could rewrite the screen, with their escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def problems_text(problems: Iterable[Problem]) -> str:
    """Write each problem as one line, such as ``Error: people.csv, row 3, birth_year: what``.

    Where a problem stands for several places, the line says how many more there are.
    """
    return "\n".join(
        f"{problem.severity.capitalize()}: {printable(str(problem))}{_elsewhere(problem)}"
        for problem in problems
    )


def _elsewhere(problem: Problem) -> str:
    more = problem.count - 1
    return f" (and in {more:,} more place{'s' if more > 1 else ''})" if more else ""


def table_text(headers: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[int] = ()) -> str:
    """Lay out ``rows`` under ``headers`` in columns separated by two spaces.

    Columns whose index is in ``right`` (amounts, counts) are set against their right edge. None
    is shown as blank.
    """
    cells = [[printable("" if cell is None else str(cell)) for cell in row] for row in (headers, *rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    cells.insert(1, ["-" * width for width in widths])
    to_right = set(right)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if index in to_right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Progress]:
    """Yield a callback ``(done, total, label)`` that shows on stderr how far the work is.

    A bar on a terminal; elsewhere a plain line when a step starts, now and then as it goes, and
    when it ends. ``quiet`` shows nothing.
    """
    if quiet:
        yield lambda _done, _total, _label: None
    elif sys.stderr.isatty():
        with _bars() as show:
            yield show
    else:
        yield _Lines()


@contextmanager
def _bars() -> Iterator[Progress]:
    """Show one Rich bar for each label."""
    # Rich takes a tenth of a second to import: only commands with a bar to show pay for it.
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID, TimeElapsedColumn

    tasks: dict[str, TaskID] = {}
    with Bars(*Bars.get_default_columns(), TimeElapsedColumn(), console=Console(stderr=True)) as bars:

        def show(done: int, total: int | None, label: str) -> None:
            if label not in tasks:
                tasks[label] = bars.add_task(label, total=total)
            bars.update(tasks[label], completed=done, total=total)

        yield show


class _Lines:
    """Progress where there is no terminal: a line at the start and the end of each step."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}
        self._ended: set[str] = set()

    def __call__(self, done: int, total: int | None, label: str) -> None:
        ended = total is not None and done >= total
        now = time.monotonic()
        due = label not in self._said or now - self._said[label] >= _QUIET_FOR
        if label in self._ended or not (ended or due):
            return
        self._said[label] = now
        if ended:
            self._ended.add(label)
        of = f" of {total:,}" if total is not None else ""
        note(f"{label}: {done:,}{of}")
