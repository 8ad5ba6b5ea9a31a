"""Risks in scoring: answers that cannot be, lost or invented points, change that is only noise."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openoutcomes.standard.instrument_types import ChangeRule, Span, from_measurement_error
from openoutcomes.standard.instruments import (
    INSTRUMENTS,
    Score,
    band,
    find,
    is_case,
    jacobson_truax,
    load_wording,
    reliable_change,
    score,
    score_total,
    talking_therapies,
)
from openoutcomes.standard.problems import InputError, Problem

ASKED_FOR = {
    "ons4", "swemwbs", "wemwbs", "gad-7", "phq-9", "gse-10", "ucla-3", "wsas", "audit-c", "rosenberg",
    "brs", "outcomes-star", "eq-5d-5l",
}  # fmt: skip
SCORED = sorted(code for code, instrument in INSTRUMENTS.items() if instrument.items.value)
ONE_SCORE = [code for code in SCORED if code != "ons4"]


def problems_of(result: Score | list[Problem]) -> list[Problem]:
    assert isinstance(result, list), f"expected problems, got {result}"
    return result


def score_of(result: Score | list[Problem]) -> Score:
    assert isinstance(result, Score), f"expected a score, got {result}"
    return result


def test_every_instrument_asked_for_is_there_and_says_who_checked_it() -> None:
    assert set(INSTRUMENTS) == ASKED_FOR
    assert len(INSTRUMENTS) == len(ASKED_FOR)
    assert list(INSTRUMENTS) == sorted(INSTRUMENTS)
    for code, instrument in INSTRUMENTS.items():
        assert instrument.id == code
        assert instrument.author
        assert instrument.checked_by
        assert instrument.next_review.year >= 2027
        assert instrument.link.startswith("http")
        assert len(instrument.pay_because) > 40
        for scale in instrument.scales:
            assert scale.span.source
            assert scale.better.source


def test_wording_is_never_shipped_where_the_licence_forbids_it() -> None:
    shipped = {code for code, instrument in INSTRUMENTS.items() if instrument.wording}
    assert shipped == {"ons4", "phq-9", "gad-7"}


def test_what_rests_on_general_knowledge_is_marked_so() -> None:
    for code in ("phq-9", "gad-7"):
        scale = INSTRUMENTS[code].scale("total")
        assert scale.case is not None
        assert scale.change is not None
        assert (scale.case.mark, scale.change.mark) == ("not verified", "not verified")
    assert INSTRUMENTS["swemwbs"].scale("total").span.mark == "verified"


def test_the_metric_table_is_the_published_one(data_dir: Path) -> None:
    rows = (data_dir / "instruments" / "swemwbs_raw_to_metric.csv").read_text().split()[1:]
    published = {int(raw): Decimal(metric) for raw, metric in (row.split(",") for row in rows)}
    shipped = INSTRUMENTS["swemwbs"].metric_table
    assert shipped is not None
    assert dict(shipped.value) == published


@pytest.mark.parametrize("code", SCORED)
def test_a_wrong_number_of_answers_is_refused(code: str) -> None:
    count = INSTRUMENTS[code].items.value
    for wrong in (0, count - 1, count + 1):
        (problem,) = problems_of(score(code, [1] * wrong))
        assert problem.code == "item-count"
        assert f"{count} items" in problem.what


@pytest.mark.parametrize("answer", [4, -1, True, 1.0, Decimal(1), "1"])
def test_an_answer_that_is_not_on_the_form_is_refused_and_named(answer: Any) -> None:
    (problem,) = problems_of(score("phq-9", [0, 0, answer, 0, 0, 0, 0, 0, 0]))
    assert (problem.code, problem.field) == ("item-range", "item 3")


def test_every_impossible_answer_is_named_not_only_the_first() -> None:
    found = problems_of(score("gad-7", [9, 0, 0, 8, None, 0, 0]))
    assert [problem.field for problem in found] == ["item 1", "item 4", ""]
    assert found[-1].code == "missing-items"


@pytest.mark.parametrize("code", ONE_SCORE)
def test_too_many_missing_answers_give_no_score(code: str) -> None:
    instrument = INSTRUMENTS[code]
    assert instrument.responses is not None
    low = int(instrument.responses.value.low)
    allowed, count = instrument.missing.value, instrument.items.value
    answers: list[int | None] = [low] * count
    answers[: allowed + 1] = [None] * (allowed + 1)
    (problem,) = problems_of(score(code, answers))
    assert problem.code == "missing-items"
    answers[0] = low
    assert score_of(score(code, answers)).prorated == (allowed > 0)


def test_missing_answers_are_stood_in_for_by_the_mean_of_the_rest() -> None:
    # 7 answered, sum 10: 10 x 9/7 = 12.86, so 13.
    result = score_of(score("phq-9", [2, 2, 2, 1, 1, 1, 1, None, None]))
    assert (result.value, result.answered, result.prorated) == (Decimal(13), 7, True)
    # 5 answered, sum 16: 3.20.
    assert score_of(score("brs", [3, 3, 3, 3, 4, None])).value == Decimal("3.20")


def test_an_unanswered_ons4_question_has_no_score_and_spoils_no_other() -> None:
    result = score_of(score("ons4", [None, 7, None, 2]))
    assert dict(result.values) == {"worthwhile": 7, "anxiety": 2}
    assert not result.prorated
    (problem,) = problems_of(score("ons4", [None] * 4))
    assert problem.code == "missing-items"


def test_one_scale_of_several_can_be_asked_for() -> None:
    result = score_of(score("ons4/anxiety", [None, 7, None, 2]))
    assert (result.value, dict(result.bands)) == (Decimal(2), {"anxiety": "low"})
    (problem,) = problems_of(score("ons4/anxiety", [1, 7, 2, None]))
    assert problem.code == "missing-items"


def test_any_sign_of_self_harm_raises_an_alert_whatever_the_total() -> None:
    assert "same day" in score_of(score("phq-9", [0] * 8 + [1])).alerts[0]
    assert score_of(score("phq-9", [3] * 8 + [0])).alerts == ()
    assert score_of(score("phq-9", [0] * 8 + [None])).alerts == ()


@pytest.mark.parametrize(
    ("wrong", "code", "mend"),
    [
        ("phq9", "unknown-instrument", "phq-9"),
        ("zzzzzz", "unknown-instrument", "instruments list"),
        ("ons4/anxeity", "unknown-scale", "anxiety"),
    ],
)
def test_an_unknown_instrument_or_scale_is_told_with_the_nearest(wrong: str, code: str, mend: str) -> None:
    found = find(wrong)
    assert isinstance(found, Problem)
    assert found.code == code
    assert mend in found.mend
    assert problems_of(score(wrong, [1])) == problems_of(score_total(wrong, 1)) == [found]


def test_ids_are_found_whatever_their_case_and_spacing() -> None:
    found = find(" PHQ-9 ")
    assert isinstance(found, tuple)
    assert found[0].id == "phq-9"


def test_the_raw_total_is_not_taken_for_the_metric_score() -> None:
    (problem,) = problems_of(score_total("swemwbs", 20))
    assert problem.code == "not-metric"
    assert "18.59" in problem.mend
    (mean,) = problems_of(score_total("swemwbs", Decimal("22.10")))
    assert "Convert" in mean.mend
    assert score_of(score_total("swemwbs", Decimal("18.59"))).value == Decimal("18.59")


@pytest.mark.parametrize(
    ("code", "total", "kind"),
    [
        ("phq-9", 28, "score-range"),
        ("phq-9", -1, "score-range"),
        ("phq-9", Decimal("12.5"), "not-whole"),
        ("ons4/anxiety", Decimal("2.5"), "not-whole"),
        ("outcomes-star", 11, "score-range"),
        ("eq-5d-5l", Decimal("0.7"), "several-scales"),
        ("ons4", 5, "several-scales"),
        ("phq-9", 10.0, "not-exact"),
        ("phq-9", True, "not-exact"),
        ("phq-9", Decimal("NaN"), "not-exact"),
    ],
)
def test_a_total_that_cannot_be_is_refused(code: str, total: Any, kind: str) -> None:
    (problem,) = problems_of(score_total(code, total))
    assert problem.code == kind


def test_a_total_worked_out_elsewhere_is_kept_exactly() -> None:
    result = score_of(score_total("eq-5d-5l/index", Decimal("-0.225")))
    assert (result.value, result.raw, result.answered) == (Decimal("-0.225"), None, None)
    assert score_of(score_total("brs", Decimal("3.167"))).value == Decimal("3.167")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: reliable_change("phq-9", 28, 30),
        lambda: reliable_change("nothing", 1, 2),
        lambda: reliable_change("ons4", 1, 2),
        lambda: band("phq-9", 99),
        lambda: is_case("phq-9", -1),
        lambda: talking_therapies(phq9=(1, 2), gad7=(1, 22)),
    ],
)
def test_change_between_impossible_scores_is_not_judged(ask: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        ask()


def test_the_same_problem_with_both_scores_is_told_once() -> None:
    with pytest.raises(InputError) as caught:
        reliable_change("nothing", 1, 2)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("code", ["ons4/anxiety", "audit-c", "outcomes-star", "eq-5d-5l/index"])
def test_where_no_threshold_is_known_none_is_invented(code: str) -> None:
    with pytest.raises(InputError) as caught:
        reliable_change(code, 1, 1)
    assert caught.value.problems[0].code == "no-threshold"


def test_a_place_may_give_its_own_threshold() -> None:
    assert reliable_change("audit-c", 8, 4, more_than=Decimal(3)) == "improved"
    assert reliable_change("audit-c", 8, 5, more_than=Decimal(3)) == "no reliable change"
    assert reliable_change("phq-9", 15, 9, more_than=Decimal("6.5")) == "no reliable change"


def test_bands_and_cases_are_none_where_none_are_agreed() -> None:
    assert band("gse-10", 30) is None
    assert is_case("wemwbs", 30) is None
    assert (is_case("phq-9", 9), is_case("phq-9", 10)) == (False, True)
    assert band("ons4/life-satisfaction", 9) == "very high"


@pytest.mark.parametrize("code", SCORED)
@given(data=st.data())
def test_every_possible_set_of_answers_scores_inside_the_range(code: str, data: st.DataObject) -> None:
    instrument = INSTRUMENTS[code]
    assert instrument.responses is not None
    span = instrument.responses.value
    answer = st.integers(int(span.low), int(span.high))
    count = instrument.items.value
    answers: list[int | None] = list(data.draw(st.lists(answer, min_size=count, max_size=count)))
    gaps = instrument.missing.value
    for gap in data.draw(st.sets(st.integers(0, count - 1), max_size=gaps)):
        answers[gap] = None
    result = score_of(score(code, answers))
    for name, value in result.values.items():
        assert value in instrument.scale(name).span.value
        assert score_of(score_total(f"{code}/{name}", value)).values[name] == value


@pytest.mark.parametrize("code", ["rosenberg", "brs"])
@given(data=st.data())
def test_turning_every_answer_round_turns_the_score_round(code: str, data: st.DataObject) -> None:
    instrument = INSTRUMENTS[code]
    assert instrument.responses is not None
    span, scale = instrument.responses.value, instrument.scales[0].span.value
    answer = st.integers(int(span.low), int(span.high))
    count = instrument.items.value
    answers = data.draw(st.lists(answer, min_size=count, max_size=count))
    other = [int(span.low + span.high) - each for each in answers]
    both = score_of(score(code, answers)).value + score_of(score(code, other)).value
    # The mean is rounded to two places each way, so the two may miss by one hundredth.
    assert abs(both - (scale.low + scale.high)) <= Decimal("0.01")


@pytest.mark.parametrize("code", ONE_SCORE)
@given(data=st.data())
def test_a_better_answer_never_gives_a_worse_score(code: str, data: st.DataObject) -> None:
    instrument = INSTRUMENTS[code]
    assert instrument.responses is not None
    span = instrument.responses.value
    answer = st.integers(int(span.low), int(span.high) - 1)
    count = instrument.items.value
    answers = data.draw(st.lists(answer, min_size=count, max_size=count))
    item = data.draw(st.integers(0, count - 1))
    raised = [each + (position == item) for position, each in enumerate(answers)]
    before, after = score_of(score(code, answers)).value, score_of(score(code, raised)).value
    assert (after < before) if item + 1 in instrument.reversed_items.value else (after > before)


@given(first=st.integers(0, 27), last=st.integers(0, 27))
def test_change_is_the_mirror_of_change_the_other_way(first: int, last: int) -> None:
    mirror = {"improved": "deteriorated", "deteriorated": "improved"}
    forward = reliable_change("phq-9", first, last)
    assert reliable_change("phq-9", last, first) == mirror.get(forward, forward)


def test_jacobson_truax_gives_the_worked_example_of_the_paper() -> None:
    # SD 7.5, reliability .80: the standard error of the difference is 4.74, and a change of 15 is 3.16 of it.
    threshold = jacobson_truax(Decimal("7.5"), Decimal("0.80"))
    error = threshold / Decimal("1.96")
    assert round(error, 2) == Decimal("4.74")
    assert round(15 / error, 2) == Decimal("3.16")


def test_the_measurement_error_form_agrees_with_the_figures_published_for_the_wellbeing_scales() -> None:
    # "2.77 SEM": 1.96 x sqrt 2 = 2.7719.
    assert from_measurement_error(Decimal(1)) == Decimal("2.7719")
    assert from_measurement_error(Decimal("3.1")) == Decimal("8.5928")


@pytest.mark.parametrize(("sd", "reliability"), [("0", "0.8"), ("-1", "0.8"), ("1", "1"), ("1", "-0.1")])
def test_an_impossible_sd_or_reliability_is_refused(sd: str, reliability: str) -> None:
    with pytest.raises(ValueError, match="above 0"):
        jacobson_truax(Decimal(sd), Decimal(reliability))


def test_an_impossible_measurement_error_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        from_measurement_error(Decimal(0))


def test_a_change_equal_to_the_threshold_counts_only_where_the_source_says_at_least() -> None:
    assert ChangeRule(Decimal(6), inclusive=True, how="published").met_by(Decimal(-6))
    assert not ChangeRule(Decimal(6), inclusive=False, how="computed").met_by(Decimal(6))


def test_a_span_holds_numbers_alone() -> None:
    span = Span(Decimal(0), Decimal(3))
    assert 3 in span
    assert "3" not in span


def test_asking_an_instrument_for_a_scale_it_lacks_is_a_bug() -> None:
    with pytest.raises(KeyError):
        INSTRUMENTS["phq-9"].scale("anxiety")


def test_a_registered_users_wording_is_read_from_their_own_file(tmp_path: Path) -> None:
    path = tmp_path / "wording.yaml"
    path.write_text("ucla-3:\n  - first\n  - second\n  - third\n")
    assert load_wording(path) == {"ucla-3": ("first", "second", "third")}


def test_wording_with_a_line_missing_or_an_unknown_instrument_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wording.yaml"
    path.write_text("ucla-3: [first, second]\nucla-4: [first]\n")
    with pytest.raises(InputError) as caught:
        load_wording(path)
    unknown, short = caught.value.problems
    assert (unknown.line, unknown.mend) == (2, "Did you mean 'ucla-3'?")
    assert (short.line, short.code) == (1, "wording")
