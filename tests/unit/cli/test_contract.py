"""``openoutcomes contract``: what each command writes, and how it leaves when it cannot."""

import csv
import io
import json
from pathlib import Path

import pytest

from openoutcomes.cli.app import main

TERMS = """\
contract: c
name: The contract
currency: GBP
runs: {from: 2015-01-01, to: 2017-12-31}
parties: {payers: [council]}
parameters: {price: {means: the price, unit: GBP, value: 500}}
outcomes: {home: {says: Moves in., pays: parameter price, once per: person}}
"""
AMENDED = (
    TERMS
    + """\
amendments:
  - {agreed: 2015-01-02, takes effect: 2015-01-03, says: Dearer., changes: {outcomes: {home: {pays: 600}}}}
"""
)
EXAMPLE = (
    "examples:\n  - {{says: Housed., given: {{achievements: [home on 2015-02-01]}}, expect: {{home: {}}}}}\n"
)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    """A file of good terms."""
    path = tmp_path / "terms.yaml"
    path.write_text(TERMS, encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of records: one accepted, one refused for a hostile reason."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name, text in {
        "people": "person_id\np1\np2\n",
        "achievements": "achievement_id,person_id,outcome,achieved_on,claimed_on\n"
        "a1,p1,home,2015-02-01,2015-02-01\na2,p2,home,2015-02-01,2015-02-01\n",
        "verifications": "verification_id,achievement_id,state,verified_on,reason\n"
        f"v1,a1,accepted,2015-02-02,\nv2,a2,refused,2015-02-02,{HOSTILE}\n",
    }.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def run(*arguments: object) -> int:
    """Run the command line and return its exit status."""
    try:
        main(["contract", *map(str, arguments)])
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return 0


def test_price_in_text_says_what_is_owed_and_what_is_not(
    terms: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("price", terms, data, "--as-of", "2016-01-01") == 0
    out = capsys.readouterr().out
    assert out.startswith("The contract (c), as known on 1 January 2016\n")
    assert "Payable         £500.00" in out
    assert "Gross         £1,000.00" in out
    assert "refused  verification      1  £500.00" in out


def test_price_in_json_and_csv_can_be_read_back(
    terms: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("price", terms, data, "--format", "json") == 0
    assert {r["line_id"]: r["amount"] for r in json.loads(capsys.readouterr().out)["lines"]} == {
        "a1": "500.00",
        "a2": "0.00",
    }
    assert run("price", terms, data, "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert [(r["line_id"], r["status"]) for r in rows] == [("a1", "payable"), ("a2", "refused")]


@pytest.mark.parametrize("command", [["price"], ["explain", "--person", "p2"]])
def test_html_holds_no_markup_from_the_records(
    terms: Path, data: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    name, *more = command
    assert run(name, terms, data, *more, "--format", "html") == 0
    out = capsys.readouterr().out
    assert HOSTILE not in out
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in out


def test_a_given_parameter_and_contract_id_change_the_price(
    terms: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "lines.json"
    assert run("price", terms, data, "--set", "price=7", "--format", "json", "--out", out) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["lines"][0]["amount"] == "7.00"
    assert list(tmp_path.glob("*.part")) == []
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"Written: {out}" in printed.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--as-of", "2015-13-01"], "'2015-13-01' is not a date; write 2015-01-31"),
        (["--set", "price"], "'price' is not NAME=VALUE"),
        (["--set", "=3"], "'=3' is not NAME=VALUE"),
        (["--set", "cost=3"], "'cost' is not a parameter of this contract"),
    ],
)
def test_a_bad_option_is_bad_usage(
    terms: Path, data: Path, capsys: pytest.CaptureFixture[str], more: list[str], said: str
) -> None:
    assert run("price", terms, data, *more) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


def test_missing_files_and_names_are_told_from_one_another(
    terms: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("price", terms, tmp_path / "none") == 2
    assert "There is no such file or folder" in capsys.readouterr().err
    assert run("price", tmp_path / "none.yaml", data) == 2
    assert "there is no such file" in capsys.readouterr().err
    assert run("show", "peterboro") == 2
    assert "no contract of the library named 'peterboro'" in capsys.readouterr().err


def test_data_with_errors_leaves_with_one(
    terms: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = "".join(f"b{n},p1,home,yesterday,2015-02-01\n" for n in range(25))
    path = data / "achievements.csv"
    path.write_text("achievement_id,person_id,outcome,achieved_on,claimed_on\n" + bad, encoding="utf-8")
    assert run("price", terms, data) == 1
    err = capsys.readouterr().err
    assert "yesterday" in err


def test_explain_tells_the_story_in_text_and_json(
    terms: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("explain", terms, data, "--achievement", "a1") == 0
    assert capsys.readouterr().out.startswith("a1: home for person p1, 1 February 2015: £500.00 is payable")
    assert run("explain", terms, data, "--person", "p1", "--format", "json") == 0
    (story,) = json.loads(capsys.readouterr().out)
    assert story["line"]["line_id"] == "a1"
    assert {step["outcome"] for step in story["steps"]} == {"met"}


def test_explain_needs_somebody_that_is_there(
    terms: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("explain", terms, data) == 2
    assert "--achievement" in capsys.readouterr().err
    assert run("explain", terms, data, "--person", "nobody") == 2
    assert "no line is about 'nobody'" in capsys.readouterr().err


def test_check_passes_fails_and_refuses(
    terms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", terms) == 0
    assert "the terms are well written; it has no examples to run." in capsys.readouterr().out
    terms.write_text(TERMS + EXAMPLE.format(500), encoding="utf-8")
    assert run("check", terms) == 0
    assert "1 of 1 examples pass" in capsys.readouterr().out
    terms.write_text(TERMS + EXAMPLE.format(501), encoding="utf-8")
    assert run("check", terms, "--format", "json") == 1
    (report,) = json.loads(capsys.readouterr().out)["files"]
    assert report["examples"][0]["failures"] != []
    assert run("check", terms) == 1
    assert "FAILED  Housed." in capsys.readouterr().out
    terms.write_text("contract: [", encoding="utf-8")
    assert run("check", terms) == 1
    assert "the examples were not run" in capsys.readouterr().out
    assert run("check", tmp_path / "none.yaml") == 2


def test_diff_says_rules_and_money(
    terms: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = tmp_path / "later.yaml"
    later.write_text(AMENDED, encoding="utf-8")
    assert run("diff", terms, later, data) == 0
    out = capsys.readouterr().out
    assert "1 lines change." in out or "2 lines change." in out
    assert "a1 home: payable 500.00 → payable 600.00" in out
    assert run("diff", later, "--data", data, "--format", "json") == 0
    (report,) = json.loads(capsys.readouterr().out)
    assert report["compared"] == "amendment 1"
    assert [rule["now"] for rule in report["rules"]] == ["600"]
    assert report["money"]["by_payer"] == [
        {"payer": "council", "was": "500.00", "now": "600.00", "change": "100.00"}
    ]
    assert run("diff", terms, terms) == 0
    assert "nothing changed" in capsys.readouterr().out


def test_diff_of_an_amendment_that_is_not_there_is_bad_usage(
    terms: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("diff", terms) == 2
    assert "these terms have 0 amendments" in capsys.readouterr().err
    later = tmp_path / "later.yaml"
    later.write_text(AMENDED, encoding="utf-8")
    assert run("diff", later, "--amendment", "2") == 2
    assert "these terms have 1 amendment." in capsys.readouterr().err


def test_show_in_all_its_formats(terms: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", terms) == 0
    assert "| home | Moves in. | £500.00 | once per person |" in capsys.readouterr().out
    assert run("show", terms, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "The contract"
    terms.write_text(TERMS.replace("Moves in.", HOSTILE), encoding="utf-8")
    assert run("show", terms, "--format", "html") == 0
    out = capsys.readouterr().out
    assert HOSTILE not in out
    assert "&lt;script&gt;" in out


def test_the_library_lists_names_that_can_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("library", "--format", "json") == 0
    names = [row["name"] for row in json.loads(capsys.readouterr().out)]
    assert names == sorted(names)
    assert run("library") == 0
    assert all(name in capsys.readouterr().out for name in names[:1])
    assert run("check", names[0]) == 0
