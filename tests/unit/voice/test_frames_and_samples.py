"""Frames, allocation and drawing."""

import hashlib
from collections.abc import Sequence
from fractions import Fraction

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.voice import Frame, Rule, allocate, draw_sample, make_frame

SIZES = {"engaged": 100, "left": 50, "never started": 10}


def rows(*people: tuple[str, str]) -> list[dict[str, str]]:
    return [{"person_id": who, "stage": stage} for who, stage in people]


def frame_of(size: int) -> Frame:
    return make_frame(
        rows(*((f"p{number:03}", "left" if number % 3 else "engaged") for number in range(size))),
        by=["stage"],
    )


def codes(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_a_frame_is_in_order_of_id_and_counts_its_strata() -> None:
    frame = make_frame(rows((" b ", " left"), ("a", "left"), ("c", "engaged")), by=["stage"])
    assert [(member.id, member.stratum) for member in frame.members] == [
        ("a", "left"),
        ("b", "left"),
        ("c", "engaged"),
    ]
    assert frame.sizes == {"engaged": 1, "left": 2}
    assert len(frame) == 3


def test_strata_are_named_by_all_their_values_and_without_fields_there_is_one() -> None:
    given = [{"person_id": "a", "stage": "left", "place": "North"}]
    assert make_frame(given, by=["stage", "place"]).sizes == {"left / North": 1}
    assert make_frame(given, by=[]).sizes == {"everybody": 1}


def test_the_fingerprint_says_who_and_where_and_nothing_else() -> None:
    frame = make_frame(rows(("a", "left"), ("é", "engaged")), by=["stage"])
    text = '[["stage"],[["a","left"],["\\u00e9","engaged"]]]'
    assert frame.fingerprint == hashlib.sha256(text.encode()).hexdigest()
    more = [{**row, "phone": "1"} for row in rows(("é", "engaged"), ("a", "left"))]
    assert make_frame(more, by=["stage"]).fingerprint == frame.fingerprint
    moved = make_frame(rows(("a", "left"), ("é", "left")), by=["stage"])
    assert moved.fingerprint != frame.fingerprint


def test_everything_wrong_with_a_frame_is_said_with_its_row() -> None:
    with pytest.raises(InputError) as error:
        make_frame(
            rows(("a", "left"), ("", "left"), ("b", " "), ("a ", "engaged")), by=["stage"], file="frame.csv"
        )
    assert [(problem.row, problem.field, problem.code) for problem in error.value.problems] == [
        (3, "person_id", "blank-id"),
        (4, "stage", "blank-stratum"),
        (5, "person_id", "repeated-id"),
    ]
    assert "the first time is row 2" in str(error.value)


def test_two_strata_never_pass_for_one() -> None:
    given = [
        {"person_id": "a", "one": "x / y", "two": "z"},
        {"person_id": "b", "one": "x", "two": "y / z"},
    ]
    with pytest.raises(InputError) as error:
        make_frame(given, by=["one", "two"])
    assert codes(error) == ["strata-alike"]


@pytest.mark.parametrize(
    ("given", "by", "code"), [([], ["stage"], "empty-frame"), (rows(("a", "left")), ["stages"], "no-column")]
)
def test_a_frame_needs_people_and_its_fields(given: list[dict[str, str]], by: list[str], code: str) -> None:
    with pytest.raises(InputError) as error:
        make_frame(given, by=by)
    assert codes(error) == [code]


@pytest.mark.parametrize(
    ("rule", "minimum", "expected"),
    [
        ("proportional", 0, (20, 10, 2)),
        ("proportional", 5, (18, 9, 5)),
        ("equal", 0, (11, 11, 10)),
        # √100 : √50 : √10 are 10 : 7.07 : 3.16.
        ("square-root", 0, (16, 11, 5)),
        # 100 × 1 : 50 × 4 : 10 × 0: the last gets none, or the minimum.
        ("neyman", 0, (11, 21, 0)),
        ("neyman", 3, (10, 19, 3)),
    ],
)
def test_the_rules_of_allocation(rule: Rule, minimum: int, expected: Sequence[int]) -> None:
    spread = {"engaged": 1.0, "left": 4.0, "never started": 0.0}
    found = allocate(SIZES, 32, rule=rule, minimum=minimum, spread=spread)
    assert tuple(found.values()) == tuple(expected)


def test_a_full_stratum_gives_its_rest_to_the_others() -> None:
    assert allocate(SIZES, 150, rule="equal") == {"engaged": 90, "left": 50, "never started": 10}
    assert allocate(SIZES, 160, rule="equal") == SIZES
    # A stratum with no spread gets what the others cannot take.
    spread = {"engaged": 0.0, "left": 1.0, "never started": 0.0}
    assert allocate(SIZES, 60, rule="neyman", spread=spread) == {
        "engaged": 10,
        "left": 50,
        "never started": 0,
    }


def test_a_stratum_smaller_than_the_minimum_gives_everybody() -> None:
    assert allocate({"a": 100, "b": 3}, 20, minimum=5) == {"a": 17, "b": 3}


@pytest.mark.parametrize(
    ("size", "minimum", "rule", "spread", "what"),
    [
        (161, 0, "proportional", None, "the frame holds 160"),
        (0, 0, "proportional", None, "at least one person"),
        (10, -1, "proportional", None, "cannot be below nothing"),
        (14, 5, "proportional", None, "makes 15, more than the 14"),
        (10, 0, "random", None, "is no rule of allocation"),
        (10, 0, "neyman", None, "needs to know how much people differ"),
        (10, 0, "neyman", {"engaged": 1.0}, "The spread of left is missing"),
        (10, 0, "neyman", dict.fromkeys(SIZES, float("nan")), "is not a number"),
        (10, 0, "neyman", dict.fromkeys(SIZES, 0.0), "do not differ within any stratum"),
    ],
)
def test_a_sample_that_cannot_be_is_refused(
    size: int, minimum: int, rule: Rule, spread: dict[str, float] | None, what: str
) -> None:
    with pytest.raises(InputError, match=what):
        allocate(SIZES, size, rule=rule, minimum=minimum, spread=spread)


@pytest.mark.parametrize("sizes", [{}, {"a": 0, "b": 4}])
def test_an_empty_stratum_is_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(InputError, match="nobody in it"):
        allocate(sizes, 1)


def test_the_same_seed_draws_the_same_people_for_good() -> None:
    sample = draw_sample(frame_of(30), 6, seed=2026, minimum=2)
    # Written down when first drawn: a change here means that old samples cannot be drawn again.
    assert [(each.id, each.place) for each in sample.chosen] == [
        ("p027", 1),
        ("p000", 2),
        ("p026", 1),
        ("p011", 2),
        ("p016", 3),
        ("p004", 4),
    ]
    assert draw_sample(frame_of(30), 6, seed=2027, minimum=2).chosen != sample.chosen


def test_a_draw_is_what_a_checksum_tool_prints() -> None:
    sample = draw_sample(make_frame(rows(("p1", "left")), by=["stage"]), 1, seed=2026)
    assert sample.people[0].draw == hashlib.sha256(b"2026\np1").hexdigest()


def test_probabilities_and_what_was_asked_are_recorded() -> None:
    frame = frame_of(30)
    sample = draw_sample(frame, 6, seed=1, rule="equal")
    assert [(each.stratum, each.size, each.drawn, each.probability) for each in sample.plan] == [
        ("engaged", 10, 3, Fraction(3, 10)),
        ("left", 20, 3, Fraction(3, 20)),
    ]
    assert (sample.seed, sample.rule, sample.fingerprint) == (1, "equal", frame.fingerprint)
    assert sample.sizes == frame.sizes


def test_reserves_follow_the_sample_in_order_as_many_as_wanted() -> None:
    every = draw_sample(frame_of(30), 6, seed=5)
    assert (len(every.chosen), len(every.reserves)) == (6, 24)
    some = draw_sample(frame_of(30), 6, seed=5, reserves=2)
    assert [each.id for each in some.reserves] == [
        each.id
        for plan in every.plan
        for each in every.people
        if each.stratum == plan.stratum and plan.drawn < each.place <= plan.drawn + 2
    ]
    assert draw_sample(frame_of(30), 6, seed=5, reserves=0).reserves == ()


def test_a_larger_sample_of_the_same_seed_holds_the_smaller() -> None:
    frame = frame_of(60)
    smaller = {each.id for each in draw_sample(frame, 10, seed=9).chosen}
    assert smaller < {each.id for each in draw_sample(frame, 40, seed=9).chosen}


def test_over_many_seeds_everybody_is_drawn_about_as_often() -> None:
    frame = make_frame(rows(*((f"p{number}", "left") for number in range(20))), by=["stage"])
    counts = dict.fromkeys((member.id for member in frame.members), 0)
    for seed in range(2000):
        for each in draw_sample(frame, 5, seed=seed, reserves=0).chosen:
            counts[each.id] += 1
    # 500 each on average; drawing without replacement scales chi-squared by the share left out.
    chi_squared = sum((count - 500) ** 2 / 500 for count in counts.values()) / (15 / 20) * (19 / 20)
    # 19 degrees of freedom: 99.9% of true lotteries stay below 43.8.
    assert chi_squared < 43.8


@pytest.mark.parametrize(("seed", "reserves"), [(-1, None), (1, -1)])
def test_a_seed_and_reserves_are_not_below_nothing(seed: int, reserves: int | None) -> None:
    with pytest.raises(InputError, match="0 or more"):
        draw_sample(frame_of(9), 3, seed=seed, reserves=reserves)
