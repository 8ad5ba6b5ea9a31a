"""Whatever the frame, the weights and the codes: what must always hold, against plain references."""

from fractions import Fraction
from itertools import combinations
from math import fsum

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from openoutcomes.standard.problems import InputError
from openoutcomes.voice import (
    RULES,
    Answer,
    Case,
    Rule,
    allocate,
    draw_sample,
    estimate_mean,
    estimate_total,
    make_frame,
    rake,
    rank_stories,
    trim,
    weigh,
)
from openoutcomes.voice.coding import krippendorff_alpha
from openoutcomes.voice.intervals import beta_cdf, beta_quantile, exact_interval, t_quantile, wilson_interval

SIZES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 60), min_size=1)


@given(SIZES, st.data())
def test_an_allocation_adds_up_and_keeps_within_its_bounds(
    sizes: dict[str, int], data: st.DataObject
) -> None:
    minimum = data.draw(st.integers(0, 8))
    low = {name: min(minimum, held) for name, held in sizes.items()}
    size = data.draw(st.integers(max(1, sum(low.values())), sum(sizes.values())))
    rule: Rule = data.draw(st.sampled_from(RULES))
    spread = {name: data.draw(st.floats(0, 50)) for name in sizes}
    assume(rule != "neyman" or any(spread.values()))
    given_out = allocate(sizes, size, rule=rule, minimum=minimum, spread=spread)
    assert sum(given_out.values()) == size
    assert all(low[name] <= given_out[name] <= held for name, held in sizes.items())
    backwards = dict(reversed(sizes.items()))
    assert allocate(backwards, size, rule=rule, minimum=minimum, spread=spread) == given_out


@given(SIZES, st.data())
def test_proportional_shares_are_within_one_of_exact(sizes: dict[str, int], data: st.DataObject) -> None:
    whole = sum(sizes.values())
    size = data.draw(st.integers(1, whole))
    for name, number in allocate(sizes, size).items():
        assert abs(number - Fraction(size * sizes[name], whole)) < 1


IDS = st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"]), min_size=1, max_size=6)
FRAME = st.dictionaries(IDS, st.sampled_from(["engaged", "left", "never started"]), min_size=1, max_size=40)


@given(FRAME, st.integers(0, 2**40), st.data())
def test_a_sample_does_not_depend_on_the_order_of_rows(
    people: dict[str, str], seed: int, data: st.DataObject
) -> None:
    rows = [{"person_id": who, "stage": stage} for who, stage in people.items()]
    assume(len({row["person_id"].strip() for row in rows}) == len(rows))
    size = data.draw(st.integers(1, len(rows)))
    first = draw_sample(make_frame(rows, by=["stage"]), size, seed=seed)
    shuffled = data.draw(st.permutations(rows))
    again = draw_sample(make_frame(shuffled, by=["stage"]), size, seed=seed)
    assert again == first
    assert len(first.chosen) == size
    assert sorted(each.id for each in first.people) == sorted(people)
    for plan in first.plan:
        queue = [each for each in first.people if each.stratum == plan.stratum]
        assert [each.place for each in queue] == list(range(1, plan.size + 1))
        assert [each.draw for each in queue] == sorted(each.draw for each in queue)


WEIGHTS = st.lists(st.floats(0.01, 1000), min_size=1, max_size=30).map(
    lambda numbers: {str(place): number for place, number in enumerate(numbers)}
)


@given(WEIGHTS, st.floats(0, 1), st.floats(1, 5))
def test_trimming_keeps_the_sum_the_limits_and_the_order(
    weights: dict[str, float], low: float, high: float
) -> None:
    trimmed = trim(weights, (low, high))
    total = fsum(weights.values())
    mean = total / len(weights)
    assert fsum(trimmed.values()) == pytest.approx(total, rel=1e-9)
    assert all(low * mean * (1 - 1e-9) <= each <= high * mean * (1 + 1e-9) for each in trimmed.values())
    by_size = sorted(weights, key=lambda who: weights[who])
    values = [trimmed[who] for who in by_size]
    assert values == sorted(values)


@given(
    st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), st.integers(1, 9), min_size=1),
    st.data(),
)
def test_raking_to_what_the_weights_can_reach_settles_there(
    cells: dict[tuple[str, str], int], data: st.DataObject
) -> None:
    traits = {
        f"{first}{second}{number}": {"one": first, "two": second}
        for (first, second), count in cells.items()
        for number in range(count)
    }
    # Totals of some positive weighting of the same people can always be met.
    factors = {each: data.draw(st.integers(1, 4)) for each in sorted({*"abc", *"xyz"})}
    target = {who: factors[of["one"]] * factors[of["two"]] for who, of in traits.items()}
    totals: dict[str, dict[str, float]] = {"one": {}, "two": {}}
    for who, weight in target.items():
        for name, held in totals.items():
            held[traits[who][name]] = held.get(traits[who][name], 0.0) + weight
    found = rake(dict.fromkeys(traits, 1.0), traits, totals)
    assert found.converged
    # Raking multiplies weights by a factor of each margin, and only one such weighting fits.
    assert found.weights == pytest.approx(target, rel=1e-6)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-20, 20)), min_size=5, max_size=25), st.data())
def test_figures_agree_with_the_textbook_in_fractions(
    heard: list[tuple[str, int]], data: st.DataObject
) -> None:
    counts = {name: sum(each == name for each, _ in heard) for name in dict(heard)}
    assume(all(count > 1 for count in counts.values()))
    sizes = {name: count + data.draw(st.integers(0, 30)) for name, count in counts.items()}
    rows = [
        Answer(str(place), name, sizes[name] / counts[name], float(value))
        for place, (name, value) in enumerate(heard)
    ]
    whole = sum(sizes.values())
    mean = variance = Fraction(0)
    for name, count in counts.items():
        values = [Fraction(value) for each, value in heard if each == name]
        middle = sum(values) / count
        spread = sum((value - middle) ** 2 for value in values) / (count - 1)
        share = Fraction(sizes[name], whole)
        mean += share * middle
        variance += share**2 * (1 - Fraction(count, sizes[name])) * spread / count
    found = estimate_mean(rows, sizes)
    assert found.value == pytest.approx(float(mean), rel=1e-9, abs=1e-9)
    assert found.se == pytest.approx(float(variance) ** 0.5, rel=1e-9, abs=1e-9)
    total = estimate_total(rows, sizes)
    assert total.se == pytest.approx(float(variance) ** 0.5 * whole, rel=1e-9, abs=1e-7)


OUTCOME = st.sampled_from(["heard", "heard", "declined", "not-reached", "waiting", "not-eligible", "partly"])


@given(st.lists(st.tuples(st.sampled_from("abc"), OUTCOME), min_size=1, max_size=40), st.data())
def test_those_heard_stand_for_everybody_eligible(drawn: list[tuple[str, str]], data: st.DataObject) -> None:
    invited = {name: sum(each == name for each, _ in drawn) for name in dict(drawn)}
    sizes = {name: count + data.draw(st.integers(0, 30)) for name, count in invited.items()}
    cases = [
        Case(str(place), name, outcome)  # type: ignore[arg-type]
        for place, (name, outcome) in enumerate(drawn)
    ]
    heard = {case.stratum for case in cases if case.outcome == "heard"}
    owed = {case.stratum for case in cases if case.outcome != "not-eligible"}
    if not heard or owed - heard:
        with pytest.raises(InputError):
            weigh(cases, sizes)
    if not heard:
        return
    found = weigh(cases, sizes, leave_out_unheard=True)
    assert set(found.left_out) == owed - heard
    for name in heard:
        eligible = sum(case.outcome != "not-eligible" for case in cases if case.stratum == name)
        stands_for = sum(person.final for person in found.people if person.stratum == name)
        assert stands_for == pytest.approx(sizes[name] * eligible / invited[name])
    assert 1 - 1e-9 <= found.effective_size <= len(found.people) * (1 + 1e-9)


@given(
    st.dictionaries(
        st.integers(0, 20).map(str),
        st.dictionaries(st.sampled_from("ABCD"), st.sampled_from("xyz"), min_size=1),
        min_size=1,
    )
)
def test_alpha_agrees_with_counting_every_pair(ratings: dict[str, dict[str, str]]) -> None:
    paired = [list(said.values()) for said in ratings.values() if len(said) > 1]
    values = [code for codes in paired for code in codes]
    if len(set(values)) < 2:
        assert krippendorff_alpha(ratings) is None
        return
    observed = sum(
        Fraction(2 * sum(a != b for a, b in combinations(codes, 2)), len(codes) - 1) for codes in paired
    ) / len(values)
    expected = Fraction(2 * sum(a != b for a, b in combinations(values, 2)), len(values) * (len(values) - 1))
    assert krippendorff_alpha(ratings) == pytest.approx(float(1 - observed / expected), abs=1e-9)


@given(
    st.dictionaries(
        st.integers(0, 9).map(str), st.dictionaries(st.sampled_from("pqrs"), st.integers(1, 4)), max_size=8
    ),
    st.sampled_from(["last", "no-opinion"]),
)
def test_every_comparison_is_worth_one_point(ballots: dict[str, dict[str, int]], unranked: str) -> None:
    stories = list("pqrs")
    found = rank_stories(ballots, stories, unranked=unranked)  # type: ignore[arg-type]
    voters = [places for places in ballots.values() if places]
    compared = sum(
        1
        for places in voters
        for pair in combinations(stories, 2)
        if unranked == "last" or places.keys() >= set(pair)
    )
    assert sum(each.borda for each in found.stories) == compared
    assert sum(each.copeland for each in found.stories) == 6
    places = [each.place for each in found.stories]
    assert places == sorted(places)
    assert places[0] == 1
    assert rank_stories(ballots, stories[::-1], unranked=unranked) == found  # type: ignore[arg-type]


@given(st.floats(0.001, 0.999), st.floats(0.2, 500), st.floats(0.2, 500))
def test_quantiles_of_beta_undo_its_shares(share: float, a: float, b: float) -> None:
    x = beta_quantile(share, a, b)
    # At the very edges one step of a float is more than the share itself.
    assume(1e-6 < x < 1 - 1e-6)
    assert beta_cdf(x, a, b) == pytest.approx(share, abs=1e-7)
    assert beta_cdf(x, a, b) == pytest.approx(1 - beta_cdf(1 - x, b, a), abs=1e-7)


@given(st.floats(0, 1), st.floats(1, 2000), st.floats(0.5, 0.999))
def test_intervals_hold_the_share_and_stay_within_nought_and_one(
    share: float, n: float, level: float
) -> None:
    for low, high in (
        exact_interval(share, n, level),
        wilson_interval(share, n, t_quantile((1 + level) / 2, 30)),
    ):
        assert 0 <= low <= share + 1e-12
        assert share - 1e-12 <= high <= 1
