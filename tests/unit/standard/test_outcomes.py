"""Risks in the outcomes map: a place that changes a shared outcome, or a slip that goes unseen."""

from pathlib import Path

import pytest

from openoutcomes.standard.outcome_files import read_core
from openoutcomes.standard.outcome_pages import PLACE_EXAMPLE, outcomes_page, pages
from openoutcomes.standard.outcomes import Metric, Outcome, load_map
from openoutcomes.standard.problems import InputError, Problem

REPOSITORY = Path(__file__).parents[3]


def place_file(tmp_path: Path, text: str = PLACE_EXAMPLE) -> Path:
    path = tmp_path / "westborough.yaml"
    path.write_text(text)
    return path


def problems_in(tmp_path: Path, text: str) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        load_map(place_file(tmp_path, text))
    return list(caught.value.problems)


def test_an_outcome_is_found_by_code_or_name_and_a_wrong_one_gets_a_suggestion() -> None:
    outcomes = load_map()
    assert outcomes.find(" HOME ") == outcomes["home"] == outcomes.find("Home")
    wrong = outcomes.find("hoem")
    assert isinstance(wrong, Problem)
    assert (wrong.code, wrong.mend) == ("unknown-outcome", "Did you mean 'home'?")


def test_a_metric_is_found_by_its_outcome_and_code() -> None:
    outcomes = load_map()
    metric = outcomes.metric("home/settled-3-months")
    assert isinstance(metric, Metric)
    assert (metric.kind, metric.unit, metric.better) == ("count", "people", "higher")
    wrong = outcomes.metric("home/settled-three-months")
    assert isinstance(wrong, Problem)
    assert "settled-3-months" in wrong.mend
    nowhere = outcomes.metric("hme/settled-3-months")
    assert isinstance(nowhere, Problem)
    assert nowhere.code == "unknown-outcome"
    unlike = outcomes.find("zzzzzz")
    assert isinstance(unlike, Problem)
    assert unlike.mend == "`openoutcomes outcomes list` has them all."


def test_a_place_adds_outcomes_and_metrics_and_changes_nothing_shared(tmp_path: Path) -> None:
    core, mine = load_map(), load_map(place_file(tmp_path))
    assert mine.place == "westborough"
    assert list(mine) == [*core, "westborough:good-neighbours"]
    assert mine["home"].metrics[:-1] == core["home"].metrics
    assert mine["home"].metrics[-1].code == "westborough:keys-within-a-week"
    assert all(mine[code] == core[code] for code in core if code != "home")
    assert mine["westborough:good-neighbours"].author == "partnership coordinator"
    assert isinstance(mine.metric("home/westborough:keys-within-a-week"), Metric)


def test_a_places_file_never_leaks_into_the_shared_map(tmp_path: Path) -> None:
    before = dict(load_map())
    load_map(place_file(tmp_path))
    assert dict(load_map()) == before


def test_an_outcome_of_a_place_may_carry_its_own_provenance(tmp_path: Path) -> None:
    changed = PLACE_EXAMPLE.replace(
        "    name: Good neighbours\n", "    name: Good neighbours\n    author: residents' panel\n"
    )
    outcome = load_map(place_file(tmp_path, changed))["westborough:good-neighbours"]
    assert outcome.author == "residents' panel"


def test_a_place_may_add_nothing_yet(tmp_path: Path) -> None:
    head = PLACE_EXAMPLE[: PLACE_EXAMPLE.index("outcomes:")]
    assert len(load_map(place_file(tmp_path, head))) == 40


@pytest.mark.parametrize(
    ("was", "now", "line", "what", "mend"),
    [
        ("place: westborough\n", "", 1, "the key 'place' is missing", "Add place"),
        ("place: westborough", "place: West Borough", 1, "cannot begin a code", "small letters"),
        ("version: 1.0.0", "version: 1", 5, "'1' is not a version", "three numbers"),
        ("2027-11-30", "30 November 2027", 4, "is not a date", "year-month-day"),
        ("author:", "auther:", 2, "unknown key 'auther'", "Did you mean 'author'?"),
        ("  westborough:good-neighbours:", "  home:", 8, "which a place cannot define again",
         "Use westborough:home, or add metrics to it."),
        ("  westborough:good-neighbours:", "  good-neighbours:", 8, "does not begin with 'westborough:'",
         "Write westborough:good-neighbours."),
        ("  westborough:good-neighbours:", "  eastborough:good-neighbours:", 8, "does not begin with",
         "Write westborough:good-neighbours."),
        ("  westborough:good-neighbours:", '  "westborough:Good neighbours":', 8, "is not a code",
         "small letters"),
        ("      westborough:knows-neighbours:", "      knows-neighbours:", 16, "does not begin with",
         "Write westborough:knows-neighbours."),
        ("    is not: A street party held.\n", "", 8, "the key 'is not' is missing", "Add is not"),
        ("    domain: social\n", "", 8, "the key 'domain' is missing", "social, environmental, economic"),
        ("domain: social", "domain: socail", 10, "not one of the choices", "Did you mean 'social'?"),
        ("sdg: [11.3]", "sdg: [11.9]", 13, "'11.9' is not a target", "11.1"),
        ("sdg: [11.3]", "sgd: [11.3]", 13, "unknown key 'sgd'", "Did you mean 'sdg'?"),
        ("kind: proportion\n        better: higher\n        for: residents asked",
         "kind: percentage\n        better: higher\n        for: residents asked",
         19, "not one of the choices", "count, proportion"),
        ("        for: residents asked\n", "", 16, "the key 'for' is missing", "Add for"),
        ("for: residents asked", "for: residents asked\n        instrument: ucla3", 22,
         "there is no instrument 'ucla3'", "Did you mean 'ucla-3'?"),
        ("for: residents asked", "for: residents asked\n        instrument: ons4", 22,
         "gives several scores", "ons4/life-satisfaction"),
        ("  home:\n", "  hone:\n", 23, "'hone' is not a shared outcome", "Did you mean 'home'?"),
        ("place: westborough\n", "place: westborough\nplace: eastborough\n", 2, "is written twice",
         "Keep one"),
        ("evidence: [residents' survey]", "evidence: []", 14, "no evidence is named", "Add"),
    ],
)  # fmt: skip
def test_a_slip_in_a_places_file_is_refused_with_its_line_and_a_way_out(
    tmp_path: Path, was: str, now: str, *, line: int, what: str, mend: str
) -> None:
    assert PLACE_EXAMPLE.count(was) == 1, "the case must change one place"
    found = problems_in(tmp_path, PLACE_EXAMPLE.replace(was, now))
    matching = [problem for problem in found if what in problem.what]
    assert matching, [str(problem) for problem in found]
    assert matching[0].line == line
    assert mend in matching[0].mend
    assert matching[0].file.endswith("westborough.yaml")


def test_one_slip_gives_one_problem(tmp_path: Path) -> None:
    changed = PLACE_EXAMPLE.replace("    is not: A street party held.\n", "")
    assert len(problems_in(tmp_path, changed)) == 1


def test_every_slip_is_told_at_once(tmp_path: Path) -> None:
    changed = PLACE_EXAMPLE.replace("sdg: [11.3]", "sdg: [99.1]").replace("  home:\n", "  hone:\n")
    assert [problem.line for problem in problems_in(tmp_path, changed)] == [13, 23]


def test_an_outcome_without_a_metric_is_refused(tmp_path: Path) -> None:
    start = PLACE_EXAMPLE.index("    metrics:\n")
    changed = PLACE_EXAMPLE[:start] + "    metrics: {}\n"
    assert "at least one metric" in problems_in(tmp_path, changed)[0].what


def test_a_score_may_not_point_the_other_way_from_its_instrument(tmp_path: Path) -> None:
    changed = PLACE_EXAMPLE.replace(
        "kind: proportion\n        better: higher\n        for: residents asked",
        "kind: score\n        better: higher\n        for: residents asked\n        instrument: ucla-3",
    )
    (problem,) = problems_in(tmp_path, changed)
    assert problem.code == "direction"
    right = changed.replace("kind: score\n        better: higher", "kind: score\n        better: lower")
    assert load_map(place_file(tmp_path, right)).place == "westborough"


def test_a_missing_file_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_map(tmp_path / "nowhere.yaml")


CORE = """\
domain: economic
author: editor
checked by: unchecked
next review: 2027-11-30
version: 1.0.0
provenance: An example
outcomes:
  good-employer:
    name: Good employer
    means: Pays fairly.
    is not: An award.
    sdg: [8.5]
    evidence: [payroll]
    metrics:
      living-wage: {name: Paid a living wage, unit: staff, kind: proportion, better: higher, for: staff}
"""


def test_the_shared_map_is_read_from_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "1.yaml").write_text(CORE)
    (tmp_path / "2.yaml").write_text(CORE.replace("good-employer:", "fair-trader:"))
    outcomes = read_core(tmp_path)
    assert list(outcomes) == ["good-employer", "fair-trader"]
    assert isinstance(outcomes["fair-trader"], Outcome)


@pytest.mark.parametrize(
    ("was", "now", "what"),
    [
        ("good-employer:", "place:good-employer:", "has a prefix"),
        ("good-employer:", "Good-Employer:", "is not a code"),
        ("    sdg: [8.5]\n", "", "the key 'sdg' is missing"),
        ("version: 1.0.0\n", "", "the key 'version' is missing"),
    ],
)
def test_a_slip_in_the_shared_map_is_refused(tmp_path: Path, was: str, now: str, what: str) -> None:
    (tmp_path / "1.yaml").write_text(CORE.replace(was, now))
    with pytest.raises(InputError, match=what):
        read_core(tmp_path)


def test_a_code_in_two_files_of_the_shared_map_is_refused(tmp_path: Path) -> None:
    (tmp_path / "1.yaml").write_text(CORE)
    (tmp_path / "2.yaml").write_text(CORE)
    with pytest.raises(InputError, match="already in another file"):
        read_core(tmp_path)


def test_the_page_shows_every_outcome_and_metric() -> None:
    page = outcomes_page()
    for outcome in load_map().values():
        assert f"### {outcome.name} {{#{outcome.code}}}\n" in page
        for metric in outcome.metrics:
            assert f"| `{metric.code}` |" in page


def test_the_committed_page_is_up_to_date() -> None:
    for name, text in pages().items():
        path = REPOSITORY / name
        assert path.read_text(encoding="utf-8") == text, (
            f"{name} is out of date: run `openoutcomes outcomes build`"
        )
