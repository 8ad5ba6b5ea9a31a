"""Chance that repeats, keeps to its shape, and keeps its promises about shares."""

from fractions import Fraction

import numpy as np
import pytest

from openoutcomes.synth.draws import Draws, Quota, Spread, between, choose, choose_word, normal

HALF = Fraction(1, 2)


def test_the_same_seed_batch_and_name_give_the_same_numbers() -> None:
    assert Draws(7, 0, 5).uniform("a").tolist() == Draws(7, 0, 5).uniform("a").tolist()


@pytest.mark.parametrize(("seed", "batch", "name"), [(8, 0, "a"), (7, 1, "a"), (7, 0, "b")])
def test_another_seed_batch_or_name_gives_other_numbers(seed: int, batch: int, name: str) -> None:
    assert Draws(7, 0, 5).uniform("a").tolist() != Draws(seed, batch, 5).uniform(name).tolist()


def test_the_stream_is_the_one_that_was_published() -> None:
    # A change here changes every data set that anybody has noted the seed of.
    stream = Draws(7, 0, 3).uniform("home/when").round(12).tolist()
    assert stream == [0.969639023518, 0.092520930568, 0.520285356547]


def test_a_chance_holds_for_about_its_share() -> None:
    assert Draws(1, 0, 10_000).chance("x", Fraction(3, 10)).mean() == pytest.approx(0.3, abs=0.02)


def test_words_come_as_often_as_their_shares_say() -> None:
    u = (np.arange(1000) + 0.5) / 1000
    assert np.bincount(choose_word(u, {"a": Fraction(1, 4), "b": Fraction(3, 4)})).tolist() == [250, 750]
    assert np.bincount(choose(u, (Fraction(0), Fraction(1)))).tolist() == [0, 1000]


def test_both_ends_of_a_range_are_met_and_nothing_beyond() -> None:
    u = np.array([0.0, 0.49, 0.51, 0.999999])
    assert between(u, 3, 4).tolist() == [3, 3, 4, 4]
    assert between(u, 5, 4).tolist() == [5, 5, 5, 5]


def test_normal_numbers_have_the_shape_of_the_curve() -> None:
    z = normal((np.arange(100_000) + 0.5) / 100_000)
    assert z.mean() == pytest.approx(0, abs=0.001)
    assert z.std() == pytest.approx(1, abs=0.005)


def test_half_fall_under_the_median_and_none_beyond_the_ends() -> None:
    days = Spread(7, 40, 150).days((np.arange(1000) + 0.5) / 1000)
    assert (days.min(), days.max()) == (7, 150)
    assert np.median(days) == pytest.approx(40, abs=1)


def test_without_a_most_two_in_three_lie_within_the_factor() -> None:
    days = Spread(0, 100, None, Fraction(2)).days((np.arange(10_000) + 0.5) / 10_000)
    assert np.median(days) == 100
    assert ((days >= 50) & (days <= 200)).mean() == pytest.approx(0.683, abs=0.01)
    assert Spread(90, 100, None).days(np.array([0.001])).tolist() == [90]


def people(flags: str) -> np.ndarray:
    return np.array([flag == "1" for flag in flags])


def test_an_exact_quota_takes_the_share_of_those_who_may_rounded_half_up() -> None:
    quota = Quota(HALF, exact=True)
    u = np.array([0.9, 0.1, 0.5, 0.3, 0.7])
    assert quota.take(u, people("11111"), people("11111")).tolist() == [False, True, True, True, False]


def test_what_one_batch_rounds_off_the_next_makes_good() -> None:
    quota = Quota(Fraction(1, 3), exact=True)
    u = np.array([0.2, 0.8])
    taken = [int(quota.take(u, people("11"), people("11")).sum()) for _ in range(6)]
    assert sum(taken) == 4


def test_nobody_is_chosen_who_could_not_be() -> None:
    quota = Quota(Fraction(1), exact=True)
    assert quota.take(np.array([0.1, 0.2, 0.3]), people("111"), people("010")).tolist() == [
        False,
        True,
        False,
    ]
    chance = Quota(Fraction(1), exact=False)
    assert chance.take(np.array([0.1, 0.2, 0.3]), people("011"), people("110")).tolist() == [
        False,
        True,
        False,
    ]


def test_by_chance_the_rate_is_of_those_who_may_even_when_few_have_time() -> None:
    u = (np.arange(10_000) + 0.5) / 10_000
    able = np.arange(10_000) % 2 == 0
    taken = Quota(Fraction(3, 10), exact=False).take(u, np.ones(10_000, np.bool_), able)
    assert taken.sum() == pytest.approx(3_000, abs=10)


def test_with_nobody_there_nobody_is_chosen() -> None:
    for exact in (True, False):
        assert not Quota(HALF, exact=exact).take(np.array([0.1]), people("0"), people("0")).any()
