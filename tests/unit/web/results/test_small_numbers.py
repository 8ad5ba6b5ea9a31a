"""No small number can be read, or worked out, from what is shown."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from openoutcomes.web.results.small_numbers import LEAST, Bound, hidden, protect, rounded


def table(rows):
    """Counts of a table with totals for its rows and columns, and how they are bound."""
    width = len(rows[0])
    counts = {(r, c): rows[r][c] for r in range(len(rows)) for c in range(width)}
    bounds = []
    for r in range(len(rows)):
        counts[r, "all"] = sum(rows[r])
        bounds.append(Bound(tuple((r, c) for c in range(width)), (r, "all")))
    for c in (*range(width), "all"):
        counts["all", c] = sum(counts[r, c] for r in range(len(rows)))
        bounds.append(Bound(tuple((r, c) for r in range(len(rows))), ("all", c)))
    bounds.append(Bound(tuple(("all", c) for c in range(width)), ("all", "all")))
    return counts, bounds


def worked_out(bounds, out):
    """What an attacker finds who solves each sum that has one unknown, again and again."""
    unknown = set(out)
    found = set()
    changed = True
    while changed:
        changed = False
        for bound in bounds:
            missing = [key for key in bound.members if key in unknown]
            if len(missing) == 1:
                unknown.discard(missing[0])
                found.add(missing[0])
                changed = True
    return found


numbers = st.integers(0, 40)
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(numbers, min_size=width, max_size=width), min_size=1, max_size=5)
)


@given(tables)
def test_no_count_under_ten_is_shown(rows):
    counts, bounds = table(rows)
    shown = protect(counts, bounds)
    assert all(shown[key] is None for key, count in counts.items() if count < LEAST)


@given(tables)
def test_no_count_that_is_held_back_can_be_worked_out_from_totals(rows):
    counts, bounds = table(rows)
    assert worked_out(bounds, hidden(counts, bounds)) == set()


@given(tables)
def test_what_is_held_back_beside_a_shown_total_is_never_known_to_be_small_together(rows):
    counts, bounds = table(rows)
    out = hidden(counts, bounds)
    for bound in bounds:
        parts = [key for key in bound.parts if key in out]
        if parts and bound.total not in out:
            assert sum(counts[key] for key in parts) >= LEAST


@given(tables)
def test_what_is_shown_is_near_the_truth(rows):
    counts, bounds = table(rows)
    for key, count in protect(counts, bounds).items():
        assert count is None or (count % 5 == 0 and abs(count - counts[key]) <= 2)


def test_the_next_smallest_is_held_back_with_the_only_small_one():
    counts, bounds = table([[3, 12, 40, 60]])
    assert {c for (r, c) in hidden(counts, bounds) if r == 0} == {0, 1}


def test_an_equation_with_one_unknown_loses_another():
    counts = {"open": 20, "ended": 4, "reached": 24}
    assert hidden(counts, [Bound(("open", "ended"), "reached")]) == {"open", "ended"}
    assert hidden(counts, [Bound(("open", "ended", "reached"))]) == {"open", "ended"}


def test_large_numbers_are_all_shown():
    counts, bounds = table([[10, 20], [30, 40]])
    assert protect(counts, bounds)["all", "all"] == 100
    assert hidden(counts, bounds) == set()


def test_half_way_is_rounded_to_the_nearest_five():
    assert [rounded(number) for number in (10, 12, 13, 17, 18)] == [10, 10, 15, 15, 20]
    assert [rounded(Decimal(hours)) for hours in ("12.4", "12.5", "17.49", "0.5")] == [10, 15, 15, 0]
