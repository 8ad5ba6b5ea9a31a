"""``openoutcomes ledger`` as a finance officer meets it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openoutcomes.cli.app import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def go(*words: str) -> tuple[int, str, str]:
        status: Any = 0
        try:
            main(["ledger", *words, "--journal", "journal.jsonl"])
        except SystemExit as leaving:
            status = leaving.code or 0
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return go


def _result(*lines: tuple[str, str, dict[str, str]], **given: object) -> str:
    return json.dumps(
        {
            "contract": "fcf",
            "as_of": "2015-06-30",
            "currency": "GBP",
            "lines": [
                {
                    "line_id": line_id,
                    "achievement_id": line_id,
                    "outcome": "entry",
                    "achieved_on": "2015-03-01",
                    "amount": amount,
                    "payers": [{"payer": name, "amount": part} for name, part in payers.items()],
                    "provider_id": "ambition",
                    "period": "2015-Q1",
                    "terms_version": "1",
                    "reason": "housed",
                }
                for line_id, amount, payers in lines
            ],
            **given,
        }
    )


@pytest.fixture
def posted(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "result.json"
    path.write_text(_result(("a1", "500.00", {"department": "333.33", "office": "166.67"})))
    status, out, _ = run("post", "result.json", "--claim", "C1")
    assert (status, out) == (0, "Posted E000001: accrual of £500.00.\n")
    return path


@pytest.mark.usefixtures("posted")
def test_a_claim_goes_from_pricing_to_payment_and_back(run: Run) -> None:
    assert (
        run("approve", "--claim", "C1", "--date", "2015-07-01")[1] == "Posted E000002: approval of £500.00.\n"
    )
    part = run("pay", "--claim", "C1", "--payer", "office", "--amount", "100", "--date", "2015-07-02")
    assert part == (0, "Posted E000003: payment of £100.00.\n", "")
    assert run("pay", "--claim", "C1", "--payer", "office")[1] == "Posted E000004: payment of £66.67.\n"
    assert run("pay", "--claim", "C1", "--payer", "office")[1].startswith("Nothing to pay")
    assert run("approve", "--claim", "C1")[1].startswith("Nothing to approve")
    back = run("clawback", "--claim", "C1", "--amount", "66.67", "--reason", "letter was false")
    assert back[1] == "Posted E000005: clawback of £66.67.\n"
    assert run("pay", "--claim", "C1", "--payer", "office")[1] == "Posted E000006: payment of -£66.67.\n"
    undone = run("reverse", "E000006", "E000005", "--reason", "letter was true after all")
    assert undone[1] == "Posted E000007 to E000008: reversal of E000006, E000005.\n"
    assert run("verify")[1].startswith("Sound: 8 entries, in balance, unaltered.\nHead: ")


@pytest.mark.usefixtures("posted")
def test_posting_twice_says_so(run: Run) -> None:
    status, out, _ = run("post", "result.json", "--claim", "C1")
    assert (status, out) == (
        0,
        "Nothing to post: the journal already holds every line of this pricing of fcf.\n",
    )


def test_a_later_pricing_posts_only_the_difference(run: Run, posted: Path) -> None:
    posted.write_text(
        _result(
            ("a1", "450.00", {"department": "300.00", "office": "150.00"}), ("a2", "1.00", {"office": "1.00"})
        )
    )
    assert run("post", "result.json", "--claim", "C1")[0] == 2
    assert (
        run("post", "result.json", "--claim", "C2")[1] == "Posted E000002 to E000003: accrual of -£49.00.\n"
    )
    posted.write_text(_result())
    assert run("post", "result.json", "--claim", "C3", "--part")[1].startswith("Nothing to post")
    assert (
        run("post", "result.json", "--claim", "C3")[1] == "Posted E000004 to E000005: accrual of -£451.00.\n"
    )


def test_a_pricing_without_a_day_is_dated_today(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(_result(("a1", "5.00", {"office": "5.00"}), as_of=None))
    assert run("post", "r.json", "--claim", "C1")[0] == 0
    entry = json.loads((tmp_path / "journal.jsonl").read_text())
    assert entry["dated_on"] == entry["recorded_on"]
    assert entry["as_of"] is None


@pytest.mark.usefixtures("posted")
def test_balances_in_each_form(run: Run) -> None:
    assert "£500.00" in run("balances")[1].splitlines()[2]
    found = json.loads(
        run("balances", "--format", "json", "--by", "payer, period", "--as-of", "2015-06-30")[1]
    )
    assert found["by"] == ["payer", "period"]
    assert found["balances"][0]["amount"] == "333.33"
    assert json.loads(run("balances", "--format", "json", "--as-of", "2015-06-29")[1])["balances"] == []
    rows = list(csv.DictReader(io.StringIO(run("balances", "--format", "csv")[1])))
    assert [row["amount"] for row in rows if row["account"] == "payer.cost"] == ["333.33", "166.67"]


@pytest.mark.usefixtures("posted")
def test_statements_in_each_form(run: Run) -> None:
    text = run("statement", "--party", "ambition", "--from", "2015-06-01", "--to", "2015-06-30")[1]
    assert text.startswith("ambition as provider, GBP from 1 June 2015 to 30 June 2015\n")
    assert "housed" in text
    found = json.loads(run("statement", "--party", "ambition", "--format", "json")[1])
    assert found["sections"][0]["closing"]["owed"] == "500.00"
    assert "closing" in run("statement", "--party", "ambition", "--format", "csv")[1]
    assert run("statement", "--party", "ambition", "--format", "html")[1].startswith("<!doctype html>")


@pytest.mark.usefixtures("posted")
def test_verify_finds_alteration_and_fails(run: Run, tmp_path: Path) -> None:
    head = json.loads(run("verify", "--format", "json")[1])["head"]
    assert run("verify", "--expect", head)[1].startswith("Sound: 1 entry,")
    journal = tmp_path / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"housed", b"HOUSED"))
    status, out, _ = run("verify")
    assert (status, "altered or removed" in out) == (1, True)
    report = json.loads(run("verify", "--format", "json", "--expect", "0" * 63 + "1")[1])
    assert (report["ok"], len(report["problems"])) == (False, 2)
    assert run("balances")[0] == 2


def test_investors_money(run: Run) -> None:
    who = ("--contract", "fcf", "--investor", "fund", "--borrower", "vehicle", "--amount")
    assert run("invest", "drawdown", *who, "1000")[1] == "Posted E000001: drawdown of £1,000.00.\n"
    assert run("invest", "repayment", *who, "1000.01")[0] == 2
    assert (
        run("invest", "return", *who, "50", "--reason", "agreed")[1] == "Posted E000002: return of £50.00.\n"
    )


@pytest.mark.usefixtures("posted")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["post", "none.json", "--claim", "C2"], "none.json: The result cannot be read: no such file"),
        (["post", "bad.json", "--claim", "C2"], "bad.json: The result is not JSON."),
        (["post", "deep.json", "--claim", "C2"], "deep.json: The result is not JSON."),
        (["post", "list.json", "--claim", "C2"], "list.json: The result is not a priced result."),
        (["post", "float.json", "--claim", "C2"], "does not add up"),
        (["post", "result.json", "--claim", " "], "claim: ` ` is empty. Give a claim."),
        (["post", "result.json", "--claim", ""], "claim: Is empty. Give a claim."),
        (
            ["post", "result.json", "--claim", "C2", "--date", "30/06/2015"],
            "--date: `30/06/2015` is not a date",
        ),
        (
            ["post", "result.json", "--claim", "C2", "--date", "2015-06-31"],
            "--date: `2015-06-31` is not a date",
        ),
        (["approve", "--claim", "C9"], "There is no claim `C9` here. Known: C1."),
        (["approve", "--claim", "C1", "--date", "2999-01-01"], "after the day it was recorded"),
        (["pay", "--claim", "C1", "--payer", "office", "--amount", "1e3"], "amount: `1e3` is not an amount"),
        (["pay", "--claim", "C1", "--payer", "office", "--amount", "0.001"], "finer than GBP allows"),
        (["pay", "--claim", "C1", "--payer", "office", "--amount", "5"], "Nothing is approved and unpaid"),
        (["reverse", "E000009", "--reason", "x"], "There is no entry `E000009` here"),
        (["reverse", "E000001", "--reason", ""], "reason: Is empty. Give a reason."),
        (
            ["clawback", "--claim", "C1", "--reason", "x", "--amount", "5"],
            "Nothing is paid and not yet taken back",
        ),
        (
            ["invest", "gift", "--contract", "c", "--investor", "i", "--borrower", "b", "--amount", "1"],
            "`gift` is not",
        ),
        (["balances", "--by", "mood"], "cannot be broken down by `mood`"),
        (["balances", "--as-of", "yesterday"], "--as-of: `yesterday` is not a date"),
        (["statement", "--party", "nobody"], "There is nothing for `nobody`"),
        (["statement", "--party", "x", "--from", "2015-02-01", "--to", "2015-01-01"], "before the first"),
    ],
)
def test_bad_input_is_a_plain_message_and_changes_nothing(
    run: Run, tmp_path: Path, words: list[str], said: str
) -> None:
    for name, text in (("bad", "{"), ("deep", "[" * 100_000), ("list", "[]")):
        (tmp_path / f"{name}.json").write_text(text)
    (tmp_path / "float.json").write_text(
        _result(("z", "5", {"office": "5"})).replace('"amount": "5"', '"amount": 5.5', 1)
    )
    before = (tmp_path / "journal.jsonl").read_bytes()
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert (tmp_path / "journal.jsonl").read_bytes() == before


def test_there_is_no_journal_yet(run: Run) -> None:
    status, _, err = run("balances")
    assert (status, "The journal cannot be read: no such file" in err) == (2, True)
