"""Risks in the data files: a slip that would score people wrongly must be refused, with its line."""

from pathlib import Path

import pytest

from openoutcomes.standard.instrument_files import FOLDER, read_instrument
from openoutcomes.standard.instrument_pages import WORDING_EXAMPLE, facts, instruments_page, pages
from openoutcomes.standard.instruments import INSTRUMENTS, load_wording
from openoutcomes.standard.problems import InputError, Problem

REPOSITORY = Path(__file__).parents[3]

GOOD = """\
instrument: two
name: Two questions
version: "1"
measures: Something in two questions
author: editor
checked by: unchecked
next review: 2027-11-30
link: https://example.org
sources:
  paper: A paper
items: {value: 2, verified: yes, source: paper}
responses: {from: 0, to: 1, verified: yes, source: paper}
reversed: {value: [2], verified: yes, source: paper}
scoring: {value: metric-table, verified: yes, source: paper, note: With the table}
missing: {value: 0, verified: no, source: paper}
metric table: {value: {0: 0.00, 1: 0.50, 2: 2.00}, verified: yes, source: paper}
scales:
  total:
    name: Total
    items: all
    range: {from: 0, to: 2, verified: yes, source: paper}
    better: {value: higher, verified: yes, source: paper}
    bands: {value: [{from: 0, name: low}, {from: 1, name: high}], verified: yes, source: paper}
    case: {at least: 1, verified: yes, source: paper}
    reliable change: {at least: 1, verified: yes, source: paper}
alerts:
  - {item: 1, above: 0, says: Talk to them.}
licence: {value: Free, verified: yes, source: paper}
wording: [first, second]
reading age: {value: null, verified: no, source: paper}
safe to pay on: {value: no, because: It is an example, verified: no, source: paper}
"""


def problems_in(tmp_path: Path, text: str) -> list[Problem]:
    path = tmp_path / "two.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_instrument(path)
    return list(caught.value.problems)


def test_the_pattern_of_the_broken_files_is_itself_sound(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(GOOD)
    instrument = read_instrument(path)
    assert instrument.scale("total").items == (1, 2)
    assert instrument.scoring.note == "With the table"


def test_what_may_be_left_out_has_a_cautious_default(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    keep = [line for line in GOOD.splitlines() if not line.startswith(("missing", "reversed"))]
    path.write_text("\n".join(keep))
    instrument = read_instrument(path)
    assert (instrument.missing.value, instrument.missing.verified) == (0, False)
    assert instrument.reversed_items.value == ()


@pytest.mark.parametrize(
    ("was", "now", "line", "what"),
    [
        ("name: Two questions\n", "", 1, "the key 'name' is missing"),
        ("author: editor", "auhtor: editor", 5, "unknown key 'auhtor'"),
        ("  paper: A paper", "", 9, "no sources are given"),
        ("2027-11-30", "30/11/2027", 7, "is not a date"),
        ("items: {value: 2,", "items: {value: two,", 11, "expected a number"),
        ("items: {value: 2,", "items: {value: 3,", 1, "the wording does not have one line an item"),
        ("items: {value: 2,", "items: {value: 0,", 1, "only an instrument scored from totals alone"),
        ("items: {value: 2, verified: yes, ", "items: {value: 2, ", 11, "the key 'verified' is missing"),
        ("items: {value: 2, verified: yes", "items: {value: 2, verified: maybe", 11, "expected yes or no"),
        ("missing: {value: 0, verified: no, source: paper", "missing: {value: 0, verified: no, source: papre",
         15, "'papre' is not a source"),
        ("responses: {from: 0, to: 1, verified: yes, source: paper}\n", "",
         1, "the answers' range is missing"),
        ("{from: 0, to: 1, verified", "{from: 1, to: 0, verified", 12, "from a lower to a higher"),
        ("{from: 0, to: 1, verified", "{from: 1, to: 1, verified", 12, "from a lower to a higher"),
        ("reversed: {value: [2]", "reversed: {value: [3]", 1, "lies outside the form"),
        ("reversed: {value: [2]", "reversed: {value: [0]", 13, "whole number of 1 or more"),
        ("value: metric-table,", "value: metric,", 14, "not one of the choices"),
        ("value: metric-table,", "value: sum,", 1, "a metric table goes with"),
        ("value: metric-table,", "value: per-item,", 1, "must name one item"),
        ("{0: 0.00, 1: 0.50, 2: 2.00}", "{0: 0.00, 2: 2.00}", 1, "does not rise through every raw total"),
        ("{0: 0.00, 1: 0.50, 2: 2.00}", "{0: 0.00, 1: 2.00, 2: 2.00}", 1, "does not rise"),
        ("{0: 0.00, 1: 0.50, 2: 2.00}", "{0: 0.00, 1: 0.50, two: 2.00}", 16, "'two' is not a raw total"),
        ("{0: 0.00, 1: 0.50, 2: 2.00}", "{0: 0.00, 1: half, 2: 2.00}", 16, "expected a number"),
        ("{from: 1, name: high}", "{from: 0, name: high}", 1, "the bands of total do not cover"),
        ("{from: 0, name: low}", "{from: 0.5, name: low}", 1, "the bands of total do not cover"),
        ("{from: 1, name: high}", "{from: 3, name: high}", 1, "the bands of total do not cover"),
        ("{value: [{from: 0, name: low}, {from: 1, name: high}]", "{value: []", 1, "the bands of total"),
        ("case: {at least: 1", "case: {at least: 3", 1, "the cut-off of total lies outside"),
        ("change: {at least: 1", "change: {at least: 1, sem: 2", 25, "needs one threshold"),
        ("change: {at least: 1", "change: {sd: 0, reliability: 0.8", 25, "the SD must be above 0"),
        ("change: {at least: 1", "change: {sd: 2, reliability: 1", 25, "the SD must be above 0"),
        ("change: {at least: 1", "change: {sem: 0", 25, "standard error of measurement must be above 0"),
        ("item: 1, above", "item: 5, above", 1, "lies outside the form"),
        ("value: higher,", "value: up,", 22, "not one of the choices"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_with_its_line(tmp_path: Path, was: str, now: str, line: int, what: str) -> None:
    assert GOOD.count(was) == 1, "the case must change one place"
    found = problems_in(tmp_path, GOOD.replace(was, now))
    matching = [problem for problem in found if what in problem.what]
    assert matching, [str(problem) for problem in found]
    assert matching[0].line == line
    assert matching[0].file.endswith("two.yaml")


def test_an_instrument_without_scales_is_refused(tmp_path: Path) -> None:
    head, _, rest = GOOD.partition("  total:\n")
    text = head + rest[rest.index("alerts:") :]
    assert any("no scale is given" in problem.what for problem in problems_in(tmp_path, text))


@pytest.mark.parametrize(
    ("rule", "threshold", "inclusive"),
    [
        ("more than: 0.5", "0.5", False),
        ("sem: 0.1", "0.2772", False),
        ("sd: 0.5, reliability: 0.92", "0.3920", False),
    ],
)
def test_each_way_to_give_a_threshold_is_read(
    tmp_path: Path, rule: str, threshold: str, *, inclusive: bool
) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(GOOD.replace("change: {at least: 1", f"change: {{{rule}"))
    change = read_instrument(path).scale("total").change
    assert change is not None
    assert (f"{change.value.threshold:f}", change.value.inclusive) == (threshold, inclusive)


def test_every_shipped_fact_names_its_source() -> None:
    for instrument in INSTRUMENTS.values():
        for what, value, fact in facts(instrument):
            assert value, (instrument.id, what)
            assert fact.source, (instrument.id, what)


def test_every_file_in_the_folder_is_named_after_its_instrument() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == list(INSTRUMENTS)


def test_the_page_shows_every_instrument_and_which_figures_are_not_verified() -> None:
    page = instruments_page()
    for instrument in INSTRUMENTS.values():
        assert f"\n## {instrument.id}\n" in page
    assert "| total: reliable change | at least 6 (published) | no |" in page
    assert "19 is 17.98" in page


def test_the_committed_page_is_up_to_date() -> None:
    for name, text in pages().items():
        path = REPOSITORY / name
        assert path.read_text(encoding="utf-8") == text, (
            f"{name} is out of date: run `openoutcomes outcomes build`"
        )


def test_the_wording_example_on_the_page_works(tmp_path: Path) -> None:
    path = tmp_path / "wording.yaml"
    path.write_text(WORDING_EXAMPLE)
    assert len(load_wording(path)["ucla-3"]) == 3
