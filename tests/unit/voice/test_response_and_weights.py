"""Who was heard, and for how many each stands."""

from fractions import Fraction

import pytest

from openoutcomes.standard.problems import InputError
from openoutcomes.voice import MEANINGS, OUTCOMES, Case, effective_size, rake, response, trim, weigh
from openoutcomes.voice.response import Outcome, Route, Tally


def cases(stratum: str, *outcomes: Outcome, route: Route = "phone", **traits: str) -> list[Case]:
    return [
        Case(f"{stratum} {place}", stratum, outcome, route, place, traits)
        for place, outcome in enumerate(outcomes, start=1)
    ]


ENGAGED = cases("engaged", "heard", "heard", "declined", "not-reached", route="link")
LEFT = cases("left", "heard", "waiting", "not-eligible", "not-invited")
UNHEARD = cases("never started", "not-reached", "declined")
SIZES = {"engaged": 40, "left": 30, "never started": 12}


def test_every_outcome_has_a_meaning() -> None:
    assert tuple(MEANINGS) == OUTCOMES


def test_rates_by_the_standard_definitions() -> None:
    tally = Tally(
        heard=10, partly=2, declined=3, not_reached=4, other=1, not_eligible=5, waiting=0, not_invited=7
    )
    assert (tally.invited, tally.eligible, tally.reached) == (25, 20, 16)
    assert tally.response_rate == Fraction(10, 20)
    assert tally.response_rate_with_partly == Fraction(12, 20)
    assert tally.cooperation_rate == Fraction(10, 16)
    assert tally.contact_rate == Fraction(16, 20)
    assert tally.refusal_rate == Fraction(3, 20)


def test_a_rate_of_nobody_is_none() -> None:
    tally = Tally(not_eligible=2)
    assert tally.response_rate is None
    assert tally.cooperation_rate is None


def test_counts_by_stratum_route_and_both() -> None:
    found = response([*ENGAGED, *LEFT, *UNHEARD], strata=SIZES)
    assert found.total == Tally(heard=3, declined=2, not_reached=2, not_eligible=1, waiting=1, not_invited=1)
    assert found.by_stratum["left"] == Tally(heard=1, waiting=1, not_eligible=1, not_invited=1)
    assert found.by_route["link"] == Tally(heard=2, declined=1, not_reached=1)
    # A reserve who was not invited has no route yet.
    assert found.by_stratum_and_route["left", "phone"] == Tally(heard=1, waiting=1, not_eligible=1)
    assert found.unheard == ("never started",)


def test_a_stratum_nobody_was_drawn_from_is_shown_as_unheard() -> None:
    found = response([Case("a", "engaged", "heard")], strata=["engaged", "left"])
    assert found.by_stratum["left"] == Tally()
    assert found.unheard == ("left",)
    assert list(found.by_route) == ["not recorded"]


def test_design_and_response_weights_by_hand() -> None:
    found = weigh([*ENGAGED, *LEFT], {"engaged": 40, "left": 30})
    by_id = {each.id: each for each in found.people}
    # 40 people, 4 invited, 2 of 4 heard.
    assert (by_id["engaged 1"].design, by_id["engaged 1"].response) == (10, 2)
    # 30 people, 3 invited, one of them not eligible, 1 of 2 heard.
    assert (by_id["left 1"].design, by_id["left 1"].response) == (10, 2)
    assert [each.final for each in found.people] == [20, 20, 20]
    assert found.effective_size == pytest.approx(3)
    assert found.design_effect == pytest.approx(1)


def test_a_stratum_with_nobody_heard_is_refused_by_name() -> None:
    with pytest.raises(InputError) as error:
        weigh([*ENGAGED, *LEFT, *UNHEARD], SIZES)
    assert str(error.value).startswith("Nobody was heard in never started (12 people)")


def test_left_out_by_name_it_is_said_of_every_figure() -> None:
    found = weigh([*ENGAGED, *LEFT, *UNHEARD], SIZES, leave_out_unheard=True)
    assert found.left_out == ("never started",)
    assert "Nobody was heard in never started; these figures say nothing of them." in found.statement
    assert sum(each.final for each in found.people) == 60


def test_a_stratum_nobody_was_invited_from_is_not_forgotten() -> None:
    with pytest.raises(InputError, match=r"Nobody was heard in never started \(12 people\)"):
        weigh([*ENGAGED, *LEFT], SIZES)


def test_wider_classes_let_others_stand_in_and_the_statement_says_so() -> None:
    held = [
        *cases("engaged", "heard", "declined", age="young"),
        *cases("left", "not-reached", "declined", age="young"),
    ]
    found = weigh(held, {"engaged": 20, "left": 10}, classes=["age"])
    assert [each.final for each in found.people] == [30]
    assert any("others in the same group by age stand for them" in line for line in found.statement)


def test_a_class_with_nobody_heard_is_refused_too() -> None:
    held = [*cases("engaged", "heard", age="young"), *cases("left", "heard", "declined", age="")]
    held[1] = Case("left 9", "left", "declined", "", 1, {"age": ""})
    with pytest.raises(InputError, match="Nobody was heard in blank"):
        weigh(held, {"engaged": 20, "left": 10}, classes=["age"])


def test_classes_need_their_field() -> None:
    with pytest.raises(InputError, match="no field age"):
        weigh(ENGAGED, {"engaged": 40}, classes=["age"])


def test_a_stratum_of_people_who_should_not_be_there_needs_no_one() -> None:
    held = [*ENGAGED, *cases("left", "not-eligible", "not-eligible")]
    assert weigh(held, {"engaged": 40, "left": 2}).left_out == ()


def test_reserves_must_be_invited_in_order() -> None:
    held = cases("left", "heard", "not-invited", "heard")
    with pytest.raises(InputError, match=r"left 3 \(place 3 in left\) was invited before left 2"):
        weigh(held, {"left": 30})
    # Without places nothing can be said of the order.
    unplaced = [Case(each.id, each.stratum, each.outcome) for each in held]
    assert [each.final for each in weigh(unplaced, {"left": 30}).people] == [15, 15]


@pytest.mark.parametrize(
    ("held", "sizes", "what"),
    [
        ([*ENGAGED, ENGAGED[0]], {"engaged": 40}, "engaged 1 is listed twice"),
        (ENGAGED, {}, "whose size is not given"),
        (ENGAGED, {"engaged": 3}, "4 people were invited from engaged, which holds 3"),
        (UNHEARD, {"never started": 12}, "Nobody was heard, so there is nothing to weight"),
        ([], {}, "Nobody was heard, so there is nothing to weight"),
    ],
)
def test_what_cannot_be_weighted(held: list[Case], sizes: dict[str, int], what: str) -> None:
    with pytest.raises(InputError, match=what):
        weigh(held, sizes)


def test_the_statement_names_what_is_shaky() -> None:
    found = weigh([*ENGAGED, *LEFT], {"engaged": 40, "left": 300})
    said = " ".join(found.statement)
    assert "3 of 6 people invited were heard (50%), out of 340 who were offered help." in said
    assert "3 invited people were not heard." in said
    assert "1 of them has not answered yet" in said
    assert "Only 1 heard in left stand for 300 people." in said
    assert "design effect" in said


def test_everybody_heard_leaves_nothing_to_suppose() -> None:
    found = weigh(cases("engaged", *["heard"] * 6), {"engaged": 6})
    assert not any("suppose" in line for line in found.statement)


def test_raking_and_limits_in_one_go() -> None:
    held = [
        *cases("a", "heard", "heard", "heard", sex="f"),
        *[Case("a 9", "a", "heard", "", 4, {"sex": "m"})],
    ]
    found = weigh(held, {"a": 40}, totals={"sex": {"f": 10, "m": 30}}, limits=(0.5, 2))
    assert found.raking is not None
    assert found.raking.converged
    assert [each.raked for each in found.people] == pytest.approx([10 / 3] * 3 + [30])
    # 30 is cut to twice the mean of 10; the 10 cut off go to the other three alike.
    assert [each.final for each in found.people] == pytest.approx([20 / 3] * 3 + [20])
    assert found.trimmed == 4
    assert any("held between 0.5 and 2 times their mean" in line for line in found.statement)


def test_weights_within_their_limits_are_left_alone() -> None:
    weights = {"a": 1.0, "b": 3.0}
    assert trim(weights, (0.5, 1.5)) == weights


@pytest.mark.parametrize("limits", [(1.1, 2), (0.5, 0.9), (-1, 2), (0, float("nan")), (0, float("inf"))])
def test_limits_must_hold_the_mean(limits: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="do not hold the mean weight"):
        trim({"a": 1.0}, limits)


TRAITS = {"p": {"sex": "f", "age": "old"}, "q": {"sex": "m", "age": "young"}}


@pytest.mark.parametrize(
    ("totals", "what"),
    [
        ({"sex": {"f": 5, "m": 5, "x": 2}}, "2 people have “x” and nobody of them was heard"),
        ({"sex": {"f": 5}}, "Somebody heard has “m”, and there is no total"),
        ({"sex": {"f": 5, "m": -1}}, "is not a number of 0 or more"),
        ({"sex": {"f": 5, "m": float("nan")}}, "is not a number of 0 or more"),
        ({"sex": {"f": 5, "m": 5}, "age": {"old": 5, "young": 6}}, "do not add up to the same"),
        ({"home": {"yes": 10}}, "p has no such field"),
    ],
)
def test_totals_that_cannot_be_met_are_refused(totals: dict[str, dict[str, float]], what: str) -> None:
    with pytest.raises(InputError, match=what):
        rake({"p": 1.0, "q": 1.0}, TRAITS, totals)


def test_raking_that_cannot_settle_says_so() -> None:
    # Both women are old and both men young, so the two totals contradict each other.
    held = [
        Case("p", "a", "heard", "", 1, TRAITS["p"]),
        Case("q", "a", "heard", "", 2, TRAITS["q"]),
    ]
    totals: dict[str, dict[str, float]] = {"sex": {"f": 5, "m": 5}, "age": {"old": 7, "young": 3}}
    found = weigh(held, {"a": 10}, totals=totals)
    assert found.raking is not None
    assert not found.raking.converged
    assert found.raking.rounds == 1000
    assert any("Do not use these weights" in line for line in found.statement)


def test_effective_size() -> None:
    assert effective_size([1, 1, 1, 1]) == 4
    assert effective_size([3, 1]) == pytest.approx(1.6)
