"""The journal on disk: whole or not at all, one writer at a time, and honest about damage."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from openoutcomes.ledger import Journal, When, read_journal, reverse, scan_journal, update
from openoutcomes.ledger.entries import read_entry
from openoutcomes.standard.problems import InputError

Day = Callable[[str], When]


@pytest.fixture
def stored(tmp_path: Path, paid: Journal) -> Path:
    path = tmp_path / "journal.jsonl"
    update(path, lambda _: paid.entries, create=True)
    return path


def test_what_is_read_back_is_what_was_posted(stored: Path, paid: Journal) -> None:
    journal = read_journal(stored)
    assert (journal.entries, journal.hashes) == (paid.entries, paid.hashes)
    assert [path.name for path in stored.parent.iterdir()] == ["journal.jsonl"]


def test_posting_adds_lines_and_leaves_the_others_byte_for_byte(stored: Path, when: Day) -> None:
    stored.chmod(0o640)
    before = stored.read_bytes()
    update(stored, lambda book: [reverse(book, "E000006", when=when("2015-07-01"), reason="x")])
    assert stored.read_bytes().startswith(before)
    assert len(stored.read_bytes().splitlines()) == 7
    assert stored.stat().st_mode & 0o777 == 0o640


def test_posting_nothing_writes_nothing(tmp_path: Path) -> None:
    assert update(tmp_path / "new.jsonl", lambda _: [], create=True) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_link_to_the_journal_stays_a_link(stored: Path, when: Day) -> None:
    link = stored.with_name("link.jsonl")
    link.symlink_to(stored.name)
    update(link, lambda book: [reverse(book, "E000006", when=when("2015-07-01"), reason="x")])
    assert link.is_symlink()
    assert len(read_journal(stored).entries) == 7


def test_a_half_written_last_line_is_reported_and_nothing_is_posted_on_it(stored: Path) -> None:
    stored.write_bytes(stored.read_bytes()[:-20])
    journal, problems = scan_journal(stored)
    assert len(journal.entries) == 5
    assert [(p.code, p.line) for p in problems] == [("torn", 6)]
    torn = stored.read_bytes()
    with pytest.raises(InputError, match="half-written"):
        update(stored, lambda _: pytest.fail("built on a damaged journal"))
    assert stored.read_bytes() == torn


@pytest.mark.parametrize(
    "damage",
    [
        b"not json\n",
        b"\n",
        b"[]\n",
        b"{}\n",
        b"7\n",
        b"\xff\xfe\n",
        b'{"contract":1}\n',
        b"[" * 5000 + b"\n",
    ],
)
def test_a_line_that_is_not_an_entry_is_located(stored: Path, damage: bytes) -> None:
    lines = stored.read_bytes().splitlines(keepends=True)
    stored.write_bytes(b"".join([*lines[:2], damage, *lines[2:]]))
    journal, (problem,) = scan_journal(stored)
    assert (len(journal.entries), problem.line, problem.code) == (2, 3, "line")


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", "NaN"), ("amount", "one"), ("amount", 5), ("amount", 1.5), ("account", None)],
)
def test_a_posting_rewritten_by_hand_is_found(stored: Path, field: str, value: object) -> None:
    lines = stored.read_text().splitlines()
    entry = json.loads(lines[0])
    entry["postings"][0][field] = value
    lines[0] = json.dumps(entry, separators=(",", ":"))
    stored.write_text("\n".join(lines) + "\n")
    with pytest.raises(InputError, match="line 1"):
        read_journal(stored)


@pytest.mark.parametrize("hash_", [None, 5])
def test_an_entry_without_its_hash_is_not_read(stored: Path, hash_: object) -> None:
    entry = json.loads(stored.read_text().splitlines()[0])
    with pytest.raises(ValueError, match="not as it was written"):
        read_entry(json.dumps({**entry, "hash": hash_}, separators=(",", ":")))


def test_a_changed_amount_shows_even_when_the_entry_still_balances(stored: Path) -> None:
    stored.write_bytes(stored.read_bytes().replace(b"333.33", b"333.34"))
    with pytest.raises(InputError, match="altered or removed"):
        read_journal(stored)


def test_spaces_added_inside_a_line_show(stored: Path) -> None:
    stored.write_bytes(stored.read_bytes().replace(b'"kind":"accrual"', b'"kind": "accrual"', 1))
    assert [p.line for p in scan_journal(stored)[1]] == [1]


def test_a_missing_journal_is_a_plain_message(tmp_path: Path) -> None:
    for attempt in (read_journal, lambda path: update(path, lambda _: [])):
        with pytest.raises(InputError, match=r"none\.jsonl: The journal cannot be read: no such file"):
            attempt(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="cannot be opened"):
        update(tmp_path / "no-folder" / "j.jsonl", lambda _: [], create=True)


def test_a_folder_is_not_a_journal(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a directory"):
        read_journal(tmp_path)


def test_a_disk_that_fills_up_leaves_the_journal_as_it_was(stored: Path, when: Day) -> None:
    before = stored.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, limits[1]))
    try:
        with pytest.raises(InputError, match="cannot be written: file too large"):
            update(stored, lambda book: [reverse(book, "E000006", when=when("2015-07-01"), reason="x")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert stored.read_bytes() == before
    assert [path.name for path in stored.parent.iterdir()] == ["journal.jsonl"]


def test_something_in_the_way_of_the_new_version_is_a_plain_message(stored: Path, when: Day) -> None:
    (stored.parent / f".{stored.name}.new").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        update(stored, lambda book: [reverse(book, "E000006", when=when("2015-07-01"), reason="x")])


def test_what_a_command_cut_short_left_behind_is_replaced_not_followed(stored: Path, when: Day) -> None:
    elsewhere = stored.parent / "elsewhere"
    elsewhere.write_text("mine")
    (stored.parent / f".{stored.name}.new").symlink_to(elsewhere)
    update(stored, lambda book: [reverse(book, "E000006", when=when("2015-07-01"), reason="x")])
    assert elsewhere.read_text() == "mine"
    assert len(read_journal(stored).entries) == 7


def test_a_second_writer_waits_and_then_says_so(stored: Path) -> None:
    handle = os.open(stored.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(InputError, match="Another command is writing"):
            update(stored, lambda _: [], wait=0.05)
    finally:
        os.close(handle)
    assert update(stored, lambda _: []) == ()


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from datetime import date; from decimal import Decimal; from pathlib import Path\n"
        "from openoutcomes.ledger import When, invest, update\n"
        "day = date(2015, 1, 1)\n"
        "for _ in range(5):\n"
        "    update(Path(sys.argv[1]), lambda _: [invest('drawdown', contract='c', investor='i',\n"
        "        borrower='b', amount=Decimal('1.00'), currency='GBP', when=When(day, day))], create=True)\n"
    )
    path = tmp_path / "journal.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(3)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert len(read_journal(path).entries) == 15
