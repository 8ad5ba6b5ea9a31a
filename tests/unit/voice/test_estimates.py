"""Estimates at their edges; the known results are in tests/spec/voice."""

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.voice import Answer, Method, estimate_mean, estimate_proportion, estimate_total
from openoutcomes.voice.intervals import beta_cdf, beta_quantile, logit_interval, t_quantile


def answers(*values: float, stratum: str = "a", weight: float = 10.0) -> list[Answer]:
    return [Answer(f"{stratum}{place}", stratum, weight, value) for place, value in enumerate(values)]


YES_AND_NO = answers(*[1.0] * 12, *[0.0] * 28, weight=5.0)


@pytest.mark.parametrize(
    ("share", "df", "expected"),
    [(0.975, 1, 12.7062047362), (0.975, 10, 2.22813885199), (0.995, 30, 2.74999565357), (0.5, 7, 0)],
)
def test_quantiles_of_t_are_those_of_the_tables(share: float, df: float, expected: float) -> None:
    assert t_quantile(share, df) == pytest.approx(expected, rel=1e-10)
    assert t_quantile(1 - share, df) == pytest.approx(-expected, rel=1e-10)
    assert t_quantile(0.975, float("inf")) == pytest.approx(1.95996398454)


def test_the_beta_distribution_at_its_edges() -> None:
    assert (beta_cdf(0, 2, 3), beta_cdf(1, 2, 3)) == (0, 1)
    # The chance that the smallest of three uniform numbers is at most a half.
    assert beta_cdf(0.5, 1, 3) == pytest.approx(7 / 8)
    assert (beta_quantile(0.3, 0, 4), beta_quantile(0.3, 4, 0)) == (0, 1)


def test_the_logit_interval_never_leaves_nought_to_one() -> None:
    low, high = logit_interval(0.5, 500, 2)
    assert (low, high) == (0, 1)


@pytest.mark.parametrize(("few", "people"), [(1, "1 person was"), (4, "4 people were")])
def test_too_few_give_no_figure_and_say_why(few: int, people: str) -> None:
    found = estimate_mean(answers(*[1.0] * few), {"a": 100})
    assert (found.value, found.se, found.low, found.high) == (None, None, None, None)
    assert found.withheld == f"{people} heard; a figure needs 5 or more."


def test_more_may_be_asked_for_and_never_fewer() -> None:
    assert estimate_mean(answers(*[1.0] * 9), {"a": 100}, at_least=10).value is None
    assert estimate_mean(answers(*[1.0] * 4), {"a": 100}, at_least=1).value is None
    assert estimate_proportion(answers(*[1.0] * 4), {"a": 100}, at_least=1).low is None


def test_a_stratum_with_one_person_is_measured_from_everybody() -> None:
    rows = [*answers(1, 2, 3, 4, 5), *answers(9, stratum="b")]
    found = estimate_total(rows, {"a": 50, "b": 10})
    # Linearised values 10 … 50 and 90; in b, (1 − 1/10) × (90 − 40)².
    spread = (1 - 5 / 50) * 5 / 4 * sum((value - 30) ** 2 for value in (10, 20, 30, 40, 50))
    assert found.se == pytest.approx((spread + 0.9 * 50**2) ** 0.5)
    assert any("One person alone was heard in b" in line for line in found.cautions)
    # Where that person is the whole stratum there is nothing to guess.
    whole = estimate_total(rows, {"a": 50, "b": 1})
    assert whole.se == pytest.approx(spread**0.5)
    assert not any("alone" in line for line in whole.cautions)


def test_with_one_person_in_every_stratum_there_is_no_interval() -> None:
    rows = [Answer(name, name, 10, 1.0) for name in "abcde"]
    sizes = dict.fromkeys("abcde", 10)
    assert estimate_mean(rows, sizes).low is None
    assert estimate_mean(rows, sizes).method.startswith("none")
    assert estimate_proportion(rows, sizes).low is None


def test_a_stratum_nobody_was_heard_in_is_named() -> None:
    found = estimate_mean(answers(1, 2, 3, 4, 5), {"a": 50, "never started": 10})
    assert "Nobody was heard in never started; this figure says nothing of them." in found.cautions


@pytest.mark.parametrize("method", ["korn-graubard", "wilson"])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_nobody_or_everybody_said_yes_still_leaves_room_for_doubt(method: Method, value: float) -> None:
    found = estimate_proportion(answers(*[value] * 20), {"a": 500}, method=method)
    assert (found.value, found.se) == (value, 0)
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low > 0.1
    assert value in (found.low, found.high)


def test_logit_has_no_interval_there_and_says_so() -> None:
    found = estimate_proportion(answers(*[1.0] * 20), {"a": 500}, method="logit")
    assert (found.low, found.high) == (None, None)
    assert "nobody or everybody said yes" in found.method


def test_everybody_heard_needs_no_interval() -> None:
    found = estimate_proportion(answers(1, 0, 1, 1, 0, weight=1), {"a": 5})
    assert (found.value, found.low, found.high) == (0.6, 0.6, 0.6)
    assert "everybody was heard" in found.method


def test_strata_that_explain_everything_do_not_make_the_interval_a_point() -> None:
    rows = [*answers(*[1.0] * 5), *answers(*[0.0] * 5, stratum="b")]
    found = estimate_proportion(rows, {"a": 50, "b": 50})
    assert (found.value, found.se) == (0.5, 0)
    assert found.low is not None
    assert found.high is not None
    # No narrower than ten people of a hundred could give: 4.7 of 9.5 at least.
    assert found.high - found.low > 0.5


def test_intervals_of_one_stratum_get_narrower_as_the_stratum_is_used_up() -> None:
    wide = estimate_proportion(YES_AND_NO, {"a": 4000})
    narrow = estimate_proportion(YES_AND_NO, {"a": 60})
    assert wide.low is not None
    assert narrow.low is not None
    assert narrow.low > wide.low


@pytest.mark.parametrize(
    ("rows", "caution"),
    [
        (answers(*[1.0] * 6, *[0.0] * 6), "points wide"),
        (answers(*[1.0] * 1, *[0.0] * 59), "wider than the figure itself"),
        (answers(*[1.0] * 3, *[0.0] * 4), "Only 6 degrees of freedom"),
        (answers(*[1.0] * 6, *[0.0] * 6), "too few to be steady"),
    ],
)
def test_unsteady_figures_carry_a_caution(rows: list[Answer], caution: str) -> None:
    assert any(caution in line for line in estimate_proportion(rows, {"a": 1000}).cautions)


def test_a_steady_figure_carries_none() -> None:
    rows = answers(*[1.0] * 150, *[0.0] * 150)
    assert estimate_proportion(rows, {"a": 9000}).cautions == ()


@pytest.mark.parametrize(
    ("rows", "sizes", "what"),
    [
        ([], {"a": 9}, "There are no answers"),
        ([*answers(1), *answers(2)], {"a": 9}, "a0 answers twice"),
        (answers(1), {}, "whose size is not given"),
        (answers(1, 2), {"a": 1}, "2 people were heard in a, which holds 1"),
        (answers(1, weight=-2), {"a": 9}, "has the weight -2; a weight is more than 0"),
        (answers(1, weight=0), {"a": 9}, "a weight is more than 0"),
        (answers(1, weight=float("inf")), {"a": 9}, "a weight is more than 0"),
        (answers(float("nan")), {"a": 9}, "is not a number"),
    ],
)
def test_answers_that_cannot_be_used(rows: list[Answer], sizes: dict[str, int], what: str) -> None:
    with pytest.raises(InputError, match=what):
        estimate_mean(rows, sizes)


def test_a_share_is_of_noughts_and_ones_by_a_known_method_at_a_usual_level() -> None:
    with pytest.raises(InputError, match="has the value 3"):
        estimate_proportion(answers(1, 3), {"a": 9})
    with pytest.raises(InputError, match="is no method"):
        estimate_proportion(YES_AND_NO, {"a": 90}, method="guess")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="A level of 95"):
        estimate_proportion(YES_AND_NO, {"a": 90}, level=95)
