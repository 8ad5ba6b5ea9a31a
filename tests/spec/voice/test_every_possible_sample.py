"""What an estimate promises, seen by drawing every sample there is.

Two strata, of five and four people; three are heard of the first and two of the second. There
are 10 × 6 = 60 such samples. Over all of them the estimated totals average to the true total, and
the estimated variances average to the true variance of those totals, to the last digit.
"""

from fractions import Fraction
from itertools import combinations, product

import pytest

from openoutcomes.voice import Answer, estimate_mean, estimate_total

PEOPLE = {"engaged": [3, 5, 8, 8, 10], "never started": [1, 2, 2, 7]}
SIZES = {name: len(values) for name, values in PEOPLE.items()}
HEARD = {"engaged": 3, "never started": 2}


def every_sample() -> list[list[Answer]]:
    parts = []
    for name, values in PEOPLE.items():
        weight = SIZES[name] / HEARD[name]
        everybody = [
            Answer(f"{name} {place}", name, weight, float(value)) for place, value in enumerate(values)
        ]
        parts.append([list(part) for part in combinations(everybody, HEARD[name])])
    return [first + second for first, second in product(*parts)]


def test_totals_average_to_the_truth_and_variances_to_the_variance() -> None:
    found = [estimate_total(sample, SIZES) for sample in every_sample()]
    totals = [each.value for each in found if each.value is not None]
    variances = [each.se**2 for each in found if each.se is not None]
    assert len(totals) == len(variances) == 60
    truth = sum(sum(values) for values in PEOPLE.values())
    assert sum(totals) / 60 == pytest.approx(truth, rel=1e-13)
    assert sum(variances) / 60 == pytest.approx(sum((total - truth) ** 2 for total in totals) / 60, rel=1e-13)


def test_one_sample_by_hand() -> None:
    # Heard: 3, 8, 10 of the five, and 1, 7 of the four; each stands for 5/3, or for 2.
    sample = next(
        sample
        for sample in every_sample()
        if [answer.value for answer in sample] == [3.0, 8.0, 10.0, 1.0, 7.0]
    )
    found = estimate_mean(sample, SIZES)
    # Stratum means 7 and 4: (5 × 7 + 4 × 4) ÷ 9.
    assert found.value == pytest.approx(float(Fraction(51, 9)), rel=1e-14)
    # (N/9)² × (1 − n/N) × s² ÷ n in each, with s² = 13 and 18.
    first = Fraction(25, 81) * Fraction(2, 5) * 13 / 3
    second = Fraction(16, 81) * Fraction(1, 2) * 18 / 2
    assert found.se == pytest.approx(float(first + second) ** 0.5, rel=1e-14)
    assert found.df == 3
