"""Agreement between coders, what they must settle, and the order of stories."""

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.voice import Coding, agreement, rank_stories
from openoutcomes.voice.coding import (
    bootstrap_alpha,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
)


def coded(unit: str, **said: str) -> list[Coding]:
    return [Coding(unit, coder, frozenset(themes.split())) for coder, themes in said.items()]


NOTES = [
    *coded("n1", ann="waiting kindness", bob="waiting"),
    *coded("n2", ann="", bob=""),
    *coded("n3", ann="kindness", bob="waiting"),
    *coded("n4", ann="waiting", bob="waiting"),
    *coded("n5", ann="kindness", bob="kindness"),
    *coded("n6", ann="waiting"),
]


def test_agreement_theme_by_theme() -> None:
    found = agreement(NOTES)
    assert found.coders == ("ann", "bob")
    assert (found.units, found.once) == (5, ("n6",))
    assert found.overall is None
    kindness, waiting = found.themes
    assert (kindness.subject, kindness.percent) == ("kindness", 0.6)
    assert (waiting.subject, waiting.percent) == ("waiting", 0.8)
    # kindness: ann 3 of 5, bob 1 of 5, alike 3 of 5; by chance 3/25 + 8/25.
    kappa = kindness.kappas["ann", "bob"]
    assert (kappa.observed, kappa.expected) == pytest.approx((0.6, 0.44))
    assert kappa.value == pytest.approx(2 / 7)
    assert kindness.given == pytest.approx(0.4)


def test_what_to_settle_most_disputed_first() -> None:
    settle = agreement(NOTES).to_settle
    assert [(each.theme, each.unit, each.given_by, each.not_given_by) for each in settle] == [
        ("kindness", "n1", ("ann",), ("bob",)),
        ("kindness", "n3", ("ann",), ("bob",)),
        ("waiting", "n3", ("bob",), ("ann",)),
    ]


def test_one_code_a_unit_is_also_compared_as_a_whole() -> None:
    found = agreement([*coded("n1", ann="a", bob="a"), *coded("n2", ann="", bob="b")])
    assert found.overall is not None
    assert found.overall.percent == 0.5
    assert found.overall.given is None


def test_a_theme_of_the_code_book_that_nobody_gave_is_shown() -> None:
    found = agreement(coded("n1", ann="a", bob="a"), ["never"])
    never = found.themes[1]
    assert (never.subject, never.given, never.percent, never.alpha) == ("never", 0, 1, None)
    # Chance agreement of AC1 is nothing where a theme is never given.
    assert never.ac1 == 1
    assert never.kappas["ann", "bob"].value is None
    assert any("only percent agreement" in line for line in never.cautions)


def test_a_rare_theme_is_pointed_to_the_coefficient_that_bears_it() -> None:
    held = [each for number in range(38) for each in coded(f"n{number}", ann="", bob="")]
    held += [*coded("x", ann="rare", bob=""), *coded("y", ann="", bob="rare")]
    rare = agreement(held).themes[0]
    assert rare.percent == 0.95
    assert rare.alpha is not None
    assert rare.ac1 is not None
    assert rare.alpha < 0
    assert rare.ac1 > 0.9
    assert any("see AC1" in line for line in rare.cautions)
    assert any("below 0.667" in line for line in rare.cautions)


def test_middling_alpha_is_tentative_and_full_agreement_needs_no_word() -> None:
    good = [
        each
        for number in range(15)
        for each in [*coded(f"a{number}", x="t", y="t"), *coded(f"b{number}", x="", y="")]
    ]
    assert agreement(good).themes[0].cautions == ()
    assert agreement(good).themes[0].alpha == 1
    nearly = [*good[:-8], *[each for n in range(4) for each in coded(f"c{n}", x="t", y="")]]
    assert any("tentative" in line for line in agreement(nearly).themes[0].cautions)


def test_three_coders_are_compared_in_pairs_and_together() -> None:
    found = agreement(
        [*coded("n1", a="t", b="t", c=""), *coded("n2", a="", b="", c=""), *coded("n3", a="t", b="t")]
    )
    theme = found.themes[0]
    assert set(theme.kappas) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert theme.kappas["a", "b"].value == 1
    assert theme.kappas["a", "c"].n == 2
    assert theme.percent == pytest.approx((1 / 3 + 1 + 1) / 3)


def test_coders_who_share_no_unit_have_no_kappa() -> None:
    found = agreement([*coded("n1", a="t", b="t"), *coded("n2", b="", c="t")])
    assert set(found.themes[0].kappas) == {("a", "b"), ("b", "c")}


@pytest.mark.parametrize(
    ("held", "what"),
    [
        ([], "Nothing is coded"),
        (coded("n1", ann="t"), "Only ann coded"),
        ([*coded("n1", ann="t", bob="t"), *coded("n1", bob="u")], "bob coded n1 twice"),
        ([*coded("n1", ann="t"), *coded("n2", bob="t")], "No unit was coded by two people"),
    ],
)
def test_what_cannot_be_compared(held: list[Coding], what: str) -> None:
    with pytest.raises(InputError, match=what):
        agreement(held)


def test_levels_and_resamples_must_be_sensible() -> None:
    with pytest.raises(InputError, match="A level of 95"):
        agreement(NOTES, level=95)
    with pytest.raises(InputError, match="50 resamples are too few"):
        agreement(NOTES, resamples=50)


def test_the_bootstrap_is_the_same_each_time_and_can_be_left_out() -> None:
    first, again = agreement(NOTES).themes[1], agreement(NOTES).themes[1]
    assert first.alpha_low is not None
    assert first.alpha is not None
    assert first.alpha_high is not None
    assert first.alpha_low <= first.alpha <= first.alpha_high
    assert first == again
    ratings = {
        str(number): {"ann": "y" if number % 3 else "n", "bob": "y" if number % 4 else "n"}
        for number in range(40)
    }
    assert bootstrap_alpha(ratings, seed=1) == bootstrap_alpha(ratings, seed=1)
    assert bootstrap_alpha(ratings, seed=1) != bootstrap_alpha(ratings, seed=2)
    assert agreement(NOTES, resamples=0).themes[1].alpha_low is None


def test_nothing_to_draw_from_gives_no_interval() -> None:
    assert bootstrap_alpha({"n1": {"a": "t"}}) == (None, None)
    assert bootstrap_alpha({"n1": {"a": "t", "b": "t"}}) == (None, None)


def test_coefficients_of_nothing_are_none() -> None:
    alone = {"n1": {"a": "t"}}
    assert percent_agreement(alone) is None
    assert krippendorff_alpha(alone) is None
    assert gwet_ac1(alone, ["t", "u"]) is None
    assert gwet_ac1({"n1": {"a": "t", "b": "t"}}, ["t"]) is None


def test_complete_agreement_has_a_kappa_of_one_without_doubt() -> None:
    found = cohen_kappa([("a", "a"), ("b", "b"), ("b", "b")])
    assert (found.value, found.low, found.high) == (1, 1, 1)


STORIES = ["a chair", "one letter", "one worker"]


def test_ties_and_stories_left_out_count_half_or_last() -> None:
    ballots = {"p": {"one letter": 1, "one worker": 2}, "q": {"one worker": 1, "one letter": 1, "a chair": 2}}
    found = rank_stories(ballots, STORIES)
    assert [(each.story, each.place, each.borda, each.ranked_by) for each in found.stories] == [
        ("one letter", 1, 3.5, 2),
        ("one worker", 2, 2.5, 2),
        ("a chair", 3, 0, 1),
    ]
    assert found.note == "Ranked by 2 people."


def test_people_shown_only_some_stories_are_not_taken_to_dislike_the_rest() -> None:
    ballots = {"p": {"one letter": 2, "one worker": 1}, "q": {"a chair": 1, "one letter": 2}, "r": {}}
    last = rank_stories(ballots, STORIES)
    assert [each.borda for each in last.stories] == [2, 2, 2]
    no_opinion = rank_stories(ballots, STORIES, unranked="no-opinion")
    assert [(each.story, each.place, each.share) for each in no_opinion.stories] == [
        ("a chair", 1, 1),
        ("one worker", 1, 1),
        ("one letter", 3, 0),
    ]
    assert no_opinion.note == "Ranked by 2 people, of 3 asked. 2 stories are level in first place."


def test_nobody_ranking_says_nothing() -> None:
    found = rank_stories({}, ["b", "a"])
    assert [(each.story, each.place) for each in found.stories] == [("a", 1), ("b", 1)]
    assert "says nothing" in found.note
    unseen = rank_stories({"p": {"a": 1, "b": 2}}, ["a", "b", "c"], unranked="no-opinion")
    assert [each.share for each in unseen.stories] == [1, 0, None]
    assert unseen.note == "Ranked by 1 person."


def test_where_the_two_counts_differ_the_note_says_talk() -> None:
    # Three of five put x first, but two of them put it last of three: Borda prefers y.
    ballots = {f"p{n}": {"x": 1, "y": 2, "z": 3} for n in range(3)}
    ballots |= {f"q{n}": {"y": 1, "z": 2, "x": 3} for n in range(2)}
    found = rank_stories(ballots, ["x", "y", "z"])
    assert found.stories[0].story == "y"
    assert "more people would choose x first" in found.note


@pytest.mark.parametrize(
    ("ballots", "stories", "what"),
    [
        ({}, [], "no stories"),
        ({}, ["a", "a"], "listed twice"),
        ({"p": {"b": 1}}, ["a"], "which is not on the list"),
        ({"p": {"a": 0}}, ["a"], "the first place is 1"),
    ],
)
def test_ballots_that_cannot_be(ballots: dict[str, dict[str, int]], stories: list[str], what: str) -> None:
    with pytest.raises(InputError, match=what):
        rank_stories(ballots, stories)
