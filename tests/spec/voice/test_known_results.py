"""Published results, worked again: the figures others print must come out here.

``schools.csv`` holds five facts of each of 200 Californian schools: the stratified sample of the
Academic Performance Index (California Department of Education, 2000) that R's survey package
documents as ``apistrat``. Its population has 4,421 elementary, 755 high and 1,018 middle schools.
Expected figures are those of R's survey package, to the last digits it prints.
"""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from openoutcomes.voice import (
    Answer,
    Method,
    estimate_mean,
    estimate_proportion,
    estimate_total,
    rake,
    rank_stories,
    trim,
)
from openoutcomes.voice.coding import (
    Ratings,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
)
from openoutcomes.voice.intervals import exact_interval, wilson_interval

SIZES = {"elementary": 4421, "high": 755, "middle": 1018}
DRAWN = {"elementary": 100, "high": 50, "middle": 50}
School = dict[str, str]
Counted = Callable[[School], bool]


def schools() -> list[School]:
    with (Path(__file__).parent / "schools.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def answers(of: str, counted: Counted = lambda _: True) -> list[Answer]:
    return [
        Answer(
            each["school"],
            each["type"],
            SIZES[each["type"]] / DRAWN[each["type"]],
            float(each[of] == "yes") if of == "awarded" else float(each[of]),
            counted(each),
        )
        for each in schools()
    ]


def test_mean_of_a_stratified_sample() -> None:
    found = estimate_mean(answers("score"), SIZES)
    assert (found.value, found.se) == pytest.approx((662.287363577655, 9.408940879434), rel=1e-12)
    assert (found.low, found.high) == pytest.approx((643.732188539262, 680.842538616048), rel=1e-12)
    assert (found.n, found.df) == (200, 197)


@pytest.mark.parametrize(
    ("of", "total", "se"),
    [("score", 4102207.93, 58278.9798072143), ("pupils", 3687177.52, 114641.715190394)],
)
def test_totals(of: str, total: float, se: float) -> None:
    found = estimate_total(answers(of), SIZES)
    assert (found.value, found.se) == pytest.approx((total, se), rel=1e-12)


@pytest.mark.parametrize(
    ("method", "low", "high"),
    [
        # svyciprop(…, method = "beta"), its formula worked with SciPy's beta and t.
        ("korn-graubard", 0.5672187040767489, 0.7063547864750161),
        # samplics 0.6, TaylorEstimator of a proportion.
        ("logit", 0.5687211014770849, 0.7036757827743758),
    ],
)
def test_proportion(method: Method, low: float, high: float) -> None:
    found = estimate_proportion(answers("awarded"), SIZES, method=method)
    assert (found.value, found.se) == pytest.approx((0.638936067161769, 0.0344059182016133), rel=1e-12)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-10)


@pytest.mark.parametrize(
    ("awarded", "mean", "mean_se", "total", "total_se"),
    [
        ("no", 633.734912337968, 15.3347711842501, 1417303.77, 142752.682431189),
        ("yes", 678.422405668124, 11.8566310509714, 2684904.16, 152042.166199407),
    ],
)
def test_figures_of_a_group(awarded: str, mean: float, mean_se: float, total: float, total_se: float) -> None:
    rows = answers("score", lambda each: each["awarded"] == awarded)
    found = estimate_mean(rows, SIZES)
    assert (found.value, found.se) == pytest.approx((mean, mean_se), rel=1e-12)
    whole = estimate_total(rows, SIZES)
    assert (whole.value, whole.se) == pytest.approx((total, total_se), rel=1e-12)


def test_trimming_shares_what_is_cut_off_equally() -> None:
    # trimWeights(…, upper = 40): 44.21 becomes 40, and the others each gain 4.21.
    weights = {each["school"]: SIZES[each["type"]] / DRAWN[each["type"]] for each in schools()}
    trimmed = trim(weights, (0, 40 / (6194 / 200)))
    by_type = {each["type"]: trimmed[each["school"]] for each in schools()}
    assert by_type == pytest.approx({"elementary": 40, "middle": 24.57, "high": 19.31}, rel=1e-12)
    assert sum(trimmed.values()) == pytest.approx(6194, rel=1e-12)


#: apiclus1: how many of the 183 schools are of each type, and met their target or not; and the
#: weights that R's rake() gives them for the population's margins.
RAKED = {
    ("elementary", "met"): (132, 29.8704638727345),
    ("elementary", "missed"): (12, 39.838509410554),
    ("high", "met"): (11, 50.3301527726748),
    ("high", "missed"): (3, 67.1257826263303),
    ("middle", "met"): (17, 36.7921816646831),
    ("middle", "missed"): (8, 49.0700673992951),
}


def test_raking() -> None:
    traits = {
        f"{kind} {target} {number}": {"type": kind, "target": target}
        for (kind, target), (count, _) in RAKED.items()
        for number in range(count)
    }
    weights = dict.fromkeys(traits, 33.847)
    totals = {"type": SIZES, "target": {"met": 5122, "missed": 1072}}
    # R stops sooner than we do, after four rounds.
    early = rake(weights, traits, totals, rounds=4)
    assert not early.converged
    for (kind, target), (_, expected) in RAKED.items():
        assert early.weights[f"{kind} {target} 0"] == pytest.approx(expected, rel=1e-13)
    settled = rake(weights, traits, totals)
    assert settled.converged
    assert settled.furthest < 1e-10
    for kind, size in SIZES.items():
        held = [weight for who, weight in settled.weights.items() if traits[who]["type"] == kind]
        assert sum(held) == pytest.approx(size, rel=1e-9)


@pytest.mark.parametrize(
    ("yes", "of", "wilson", "exact"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I: methods 3 and 5.
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_intervals_of_a_share(
    yes: int, of: int, wilson: tuple[float, float], exact: tuple[float, float]
) -> None:
    assert wilson_interval(yes / of, of, 1.959963984540054) == pytest.approx(wilson, abs=5e-5)
    assert exact_interval(yes / of, of, 0.95) == pytest.approx(exact, abs=5e-5)


#: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C: four observers,
#: twelve units, gaps. R's package irrCAC prints the coefficients of the same ratings.
OBSERVERS = """
1 1 . 1
2 2 3 2
3 3 3 3
3 3 3 3
2 2 2 2
1 2 3 4
4 4 4 4
1 1 2 1
2 2 2 2
. 5 5 5
. . 1 1
. . 3 .
"""


def observers() -> Ratings:
    return {
        f"unit {number}": {
            f"observer {place}": code for place, code in enumerate(line.split()) if code != "."
        }
        for number, line in enumerate(OBSERVERS.strip().split("\n"), start=1)
    }


def test_four_observers_with_gaps() -> None:
    assert krippendorff_alpha(observers()) == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(observers()) == pytest.approx(0.74342, abs=5e-6)
    assert gwet_ac1(observers(), "12345") == pytest.approx(0.77544, abs=5e-6)
    assert percent_agreement(observers()) == pytest.approx(0.81818, abs=5e-6)


def pairs(table: list[list[int]]) -> list[tuple[str, str]]:
    return [
        (str(row), str(column))
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]


def test_kappa_of_three_diagnoses_by_two_raters() -> None:
    # Fleiss, Statistical Methods for Rates and Proportions (2nd edition, 1981), chapter 13.
    found = cohen_kappa(pairs([[75, 1, 4], [5, 4, 1], [0, 0, 10]]))
    assert (found.observed, found.expected) == pytest.approx((0.89, 0.66))
    assert found.value == pytest.approx(0.676, abs=5e-4)
    assert found.se_of_chance == pytest.approx(0.076, abs=5e-4)
    # statsmodels 0.15, cohens_kappa: the standard error and interval of the same table.
    assert found.se == pytest.approx(0.08770295347521254, rel=1e-12)
    assert (found.low, found.high) == pytest.approx((0.5045759580860855, 0.8483652183845026), rel=1e-12)


def test_two_abstractors_of_a_hundred_records() -> None:
    # R's package irrCAC, cont3x3abstractors.
    both = pairs([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    ratings = {str(number): {"a": first, "b": second} for number, (first, second) in enumerate(both)}
    assert cohen_kappa(both).value == pytest.approx(0.7964094, abs=5e-8)
    assert cohen_kappa(both).se == pytest.approx(0.05891072, abs=5e-8)
    assert gwet_ac1(ratings, "012") == pytest.approx(0.8493305, abs=5e-8)
    assert krippendorff_alpha(ratings) == pytest.approx(0.7972585, abs=5e-8)


def test_where_a_capital_should_be() -> None:
    # The textbook election of a capital for Tennessee: people prefer what is near.
    orders = {
        "Memphis": (42, ["Memphis", "Nashville", "Chattanooga", "Knoxville"]),
        "Nashville": (26, ["Nashville", "Chattanooga", "Knoxville", "Memphis"]),
        "Chattanooga": (15, ["Chattanooga", "Knoxville", "Nashville", "Memphis"]),
        "Knoxville": (17, ["Knoxville", "Chattanooga", "Nashville", "Memphis"]),
    }
    ballots = {
        f"{home} {number}": {city: place for place, city in enumerate(order, start=1)}
        for home, (people, order) in orders.items()
        for number in range(people)
    }
    found = rank_stories(ballots, list(orders)).stories
    assert [(each.story, each.borda, each.copeland) for each in found] == [
        ("Nashville", 194, 3),
        ("Chattanooga", 173, 2),
        ("Memphis", 126, 0),
        ("Knoxville", 107, 1),
    ]
