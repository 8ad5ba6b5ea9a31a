"""The demonstration: what it writes, what it says of it, and what it will not overwrite."""

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from openoutcomes.cli.app import main


def run(*arguments: object) -> int:
    """Run the command line and return its exit status."""
    with pytest.raises(SystemExit) as left:
        main(["demo", *map(str, arguments)])
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "made"
    assert run("--people", 60, "--out", out) == 0
    return out


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if (tag, name) == ("a", "href")]


def test_the_page_leads_to_everything_that_was_made(made: Path) -> None:
    links = _Links()
    links.feed((made / "index.html").read_text(encoding="utf-8"))
    visible = {path.name for path in made.iterdir() if not path.name.startswith(".")}
    assert {link.rstrip("/") for link in links.found} == visible - {"index.html"}


def test_the_published_totals_are_those_of_the_source(made: Path) -> None:
    page = (made / "index.html").read_text(encoding="utf-8")
    for figure in ("£3,155,150.00", "£2,742,943.00", "£15,938,200.00"):
        assert figure in page


def test_there_is_something_held_refused_and_reduced_to_find_and_the_page_says_so(made: Path) -> None:
    result = json.loads((made / "people.json").read_text(encoding="utf-8"))
    statuses = {line["status"] for line in result["lines"]}
    assert statuses == {"payable", "held", "reduced", "refused"}
    page = (made / "index.html").read_text(encoding="utf-8")
    told = re.search(r"one of each kind there is: ([a-z, ]+)\.", page)
    assert told is not None
    assert set(told[1].split(", ")) == statuses
    stories = (made / "stories.html").read_text(encoding="utf-8")
    assert re.findall(r'<span class="status (\w+)">', stories) == told[1].split(", ")


def test_the_same_lines_are_in_every_form(made: Path) -> None:
    lines = json.loads((made / "people.json").read_text(encoding="utf-8"))["lines"]
    with (made / "people.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["line_id"] for row in rows} == {line["line_id"] for line in lines}


def test_of_one_person_it_claims_no_kind_of_line_that_is_not_there(tmp_path: Path) -> None:
    assert run("--people", 1, "--out", tmp_path / "one") == 0
    result = json.loads((tmp_path / "one" / "people.json").read_text(encoding="utf-8"))
    page = (tmp_path / "one" / "index.html").read_text(encoding="utf-8")
    told = re.search(r"one of each kind there is: ([a-z, ]+)\.", page)
    assert told is not None
    assert set(told[1].split(", ")) == {line["status"] for line in result["lines"]}


def test_an_earlier_demonstration_is_replaced_and_nothing_else_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "made"
    assert run("--people", 1, "--out", out) == 0
    assert capsys.readouterr().out == f"Done. Open {out / 'index.html'} in a browser.\n"
    (out / "left-over.html").touch()
    assert run("--people", 1, "--seed", 2, "--out", out) == 0
    assert not (out / "left-over.html").exists()
    capsys.readouterr()

    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "records.csv").write_text("mine", encoding="utf-8")
    assert run("--people", 1, "--out", mine) == 2
    assert "that no demo made. Give another folder with --out." in capsys.readouterr().err
    assert [path.name for path in mine.iterdir()] == ["records.csv"]
