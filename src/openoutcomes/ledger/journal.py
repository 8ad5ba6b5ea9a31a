"""The journal: entries in the order they were posted, chained so that alteration shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from openoutcomes.ledger.checks import STAGES, check_entries, entry_number
from openoutcomes.ledger.entries import GENESIS, Entry, entry_hash
from openoutcomes.standard.problems import InputError, Problem


class Journal:
    """An append-only list of entries; :meth:`post` is the only way to change it.

    Each entry has a hash of itself and of the hash before it. The last hash, ``head``,
    written down elsewhere, proves later that nothing up to it was changed or cut off.
    """

    __slots__ = ("_entries", "_hashes")

    def __init__(self, stored: Iterable[tuple[Entry, str]] = ()) -> None:
        pairs = tuple(stored)
        self._entries = tuple(entry for entry, _ in pairs)
        self._hashes = tuple(digest for _, digest in pairs)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return all entries, in the order posted."""
        return self._entries

    @property
    def hashes(self) -> tuple[str, ...]:
        """Return each entry's chain hash (SHA-256, hexadecimal), in the same order."""
        return self._hashes

    @property
    def head(self) -> str:
        """Return the last hash, or 64 zeros for an empty journal."""
        return self._hashes[-1] if self._hashes else GENESIS

    def post(self, drafts: Sequence[Entry]) -> tuple[Entry, ...]:
        """Append entries, all or none, and return them as posted, numbered.

        Raises InputError, and changes nothing, if any check would fail with them in.
        """
        start = len(self._entries)
        posted = tuple(
            replace(draft, entry_id=entry_number(start + turn)) for turn, draft in enumerate(drafts, start=1)
        )
        problems = check_entries(self._entries + posted)
        if problems:
            # Two drafts with one fault between them would say the same thing twice.
            raise InputError(list(dict.fromkeys(_of_draft(problem, posted) for problem in problems)))
        hashes = list(self._hashes)
        for entry in posted:
            hashes.append(entry_hash(hashes[-1] if hashes else GENESIS, entry))
        self._entries, self._hashes = self._entries + posted, tuple(hashes)
        return posted


def verify(journal: Journal, *, expect: str = "") -> list[Problem]:
    """Return everything wrong with a journal: broken chain first, then every check.

    ``expect`` is a head hash written down earlier; it must still be in the chain.
    """
    problems = []
    previous = GENESIS
    for entry, stored in zip(journal.entries, journal.hashes, strict=True):
        if entry_hash(previous, entry) != stored:
            what = "does not follow from the entry before it: it, or one above it, was altered or removed."
            problems.append(Problem(what, _RESTORE, field=entry.entry_id, code="chain"))
        previous = stored
    if expect and expect not in (GENESIS, *journal.hashes):
        what = f"The journal no longer holds the entry whose hash begins {expect[:12]}."
        problems.append(Problem(what, _RESTORE, field="expect", code="chain"))
    return problems + check_entries(journal.entries)


def known_names(known: Sequence[str], *, none: str = "The journal is empty.") -> str:
    """Say which names there are: the first few, since a journal may hold thousands."""
    if not known:
        return none
    return f"Known: {', '.join(known[:8])}{', and more' if len(known) > 8 else ''}."


def _of_draft(problem: Problem, drafts: Sequence[Entry]) -> Problem:
    # The number of an entry that was refused would only confuse: say what it was to do.
    for draft in drafts:
        if problem.field == draft.entry_id:
            undoing = draft.kind == "reversal" and problem.code in STAGES
            mend = "First reverse what was posted on top of it." if undoing else problem.mend
            what = f"{draft.kind} of {draft.reverses}" if draft.reverses else f"new {draft.kind}"
            return replace(problem, field=what, mend=mend)
    return problem


_RESTORE = "Restore the journal from a copy you trust."
