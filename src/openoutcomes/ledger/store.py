"""The journal on disk: JSON Lines, one entry a line, replaced whole and locked while written.

A new version is written beside the old one, flushed to disk and renamed over it, so a
reader or a power cut sees the journal before or after a posting, never between. Works on
Linux and macOS (it locks with ``flock``).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from openoutcomes.ledger.entries import Entry, read_entry, write_entry
from openoutcomes.ledger.journal import Journal, verify
from openoutcomes.standard.problems import InputError, Problem

_RESTORE = "Restore the journal from a copy you trust; do not mend it by hand."


def scan_journal(path: Path) -> tuple[Journal, list[Problem]]:
    """Read what can be read of a journal file, with every problem of its lines.

    The journal holds the entries up to the first line that cannot be read. A half-written
    last line is a problem, not dropped in silence. Raises InputError if there is no such
    file or it cannot be opened. Checks of the entries themselves are left to ``verify``.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(_os_problem(path, "be read", error)) from error
    pairs: list[tuple[Entry, str]] = []
    lines = data.split(b"\n")
    tail = lines.pop()
    for number, line in enumerate(lines, start=1):
        try:
            pairs.append(read_entry(line.decode("ascii")))
        except ValueError:
            what = "This line is not an entry as it was written: it was altered or damaged."
            return Journal(pairs), [Problem(what, _RESTORE, str(path), line=number, code="line")]
    if tail:
        what = f"The last line is half-written ({len(tail)} bytes without a line end)."
        return Journal(pairs), [Problem(what, _RESTORE, str(path), line=len(lines) + 1, code="torn")]
    return Journal(pairs), []


def read_journal(path: Path) -> Journal:
    """Read a sound journal; raises InputError with every problem if it is not."""
    journal, problems = scan_journal(path)
    problems = problems or verify(journal)
    if problems:
        raise InputError(problems)
    return journal


def update(
    path: Path,
    change: Callable[[Journal], Sequence[Entry]],
    *,
    create: bool = False,
    wait: float = 10.0,
) -> tuple[Entry, ...]:
    """Post what ``change`` makes of the journal at ``path``, and return the posted entries.

    All or nothing, alone (others wait up to ``wait`` seconds), and on disk when it returns.
    With ``create``, a missing file is an empty journal. Raises InputError on any problem.
    """
    target = path.resolve()
    with _locked(target, wait):
        journal = Journal() if create and not target.exists() else read_journal(target)
        before = len(journal.entries)
        posted = journal.post(change(journal))
        if posted:
            fresh = zip(posted, journal.hashes[before:], strict=True)
            _append(target, "".join(f"{write_entry(entry, digest)}\n" for entry, digest in fresh))
    return posted


def _append(target: Path, text: str) -> None:
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.unlink(missing_ok=True)  # left by a command that was cut short
        # Made anew, never opened through a link that someone else left there.
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(handle, "wb") as file:
            if target.exists():
                os.fchmod(handle, target.stat().st_mode & 0o777)
                file.write(target.read_bytes())
            file.write(text.encode("ascii"))
            file.flush()
            os.fsync(handle)
        beside.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise InputError(_os_problem(target, "be written", error)) from error


def _sync_folder(folder: Path) -> None:
    # A rename is on disk only once its folder is.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(target: Path, wait: float) -> Iterator[None]:
    # The folder is locked, not the file: the file is replaced, and a lock file would be litter.
    try:
        handle = os.open(target.parent, os.O_RDONLY)
    except OSError as error:
        raise InputError(_os_problem(target.parent, "be opened", error)) from error
    try:
        _take(handle, target, time.monotonic() + wait)
        yield
    finally:
        os.close(handle)


def _take(handle: int, target: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                what = "Another command is writing to this journal."
                raise InputError(Problem(what, "Try again when it has ended.", str(target))) from error
            time.sleep(0.02)
        else:
            return


def _os_problem(path: Path, what: str, error: OSError) -> Problem:
    said = (error.strerror or "it failed").lower()
    return Problem(f"The journal cannot {what}: {said}.", "Check the path given to --journal.", str(path))
