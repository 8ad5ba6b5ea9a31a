"""The clock of a state that can be lost: a day too many or too few is money."""

import datetime as dt

import pytest

from openoutcomes.contracts.calendar import Calendar
from openoutcomes.contracts.rules.clock import Clock, run_clock
from openoutcomes.contracts.terms import Follows
from openoutcomes.contracts.words import duration

CALENDAR = Calendar(dt.date(2015, 1, 1), holiday_place=None)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2015-{text}")


def run(
    starts: str, losses: str = "", moves: str = "", *, until: str, length: str = "10 days", gap: str = "", total: str = "",
    counts: bool = False, still: bool = False,
) -> Clock:  # fmt: skip
    """Run a clock on days such as ``01-01 01-09``."""
    follows = Follows(
        outcomes=("home",), length=duration(length), sustained=True, lost_on=("lost",),
        gap=duration(gap) if gap else None, total_gap=duration(total) if total else None, gaps_count=counts,
        still_so=still,
    )  # fmt: skip
    return run_clock(
        *([day(one) for one in said.split()] for said in (starts, losses, moves)),
        day(until),
        follows,
        CALENDAR,
    )


def test_time_is_complete_on_the_day_and_not_the_day_before() -> None:
    assert run("01-01", until="01-10") == Clock(day("01-01"), day("01-11"), reached=False)
    assert run("01-01", until="01-11") == Clock(day("01-01"), day("01-11"), reached=True)


def test_a_state_that_need_not_last_is_reached_at_once() -> None:
    assert run_clock([day("01-01")], [], [], day("01-01"), Follows(outcomes=("home",)), CALENDAR).reached


@pytest.mark.parametrize(("loss", "reached"), [("01-10", False), ("01-11", True), ("01-12", True)])
def test_a_loss_matters_only_before_the_time_is_complete(loss: str, reached: bool) -> None:
    clock = run("01-01", loss, until="01-31")
    assert clock.reached is reached
    assert clock.lost_on == (None if reached else day(loss))


def test_a_loss_after_the_day_looked_at_is_not_yet_a_loss() -> None:
    assert run("01-01", "01-06", until="01-05") == Clock(day("01-01"), day("01-11"), reached=False)
    assert run("01-01", "01-05", until="01-05").lost_on == day("01-05")


def test_a_loss_before_the_start_is_of_something_else() -> None:
    assert run("01-05", "01-01", until="01-15").reached


def test_the_clock_starts_again_from_nothing_when_the_state_is_regained() -> None:
    assert run("01-01 01-08", "01-05", until="01-17") == Clock(
        day("01-08"), day("01-18"), reached=False, restarts=1
    )
    assert run("01-01 01-08", "01-05", until="01-18") == Clock(
        day("01-08"), day("01-18"), reached=True, restarts=1
    )
    assert run("01-01 01-08", "01-05", until="01-07") == Clock(
        day("01-01"), day("01-11"), reached=False, lost_on=day("01-05")
    )


def test_each_loss_starts_it_again() -> None:
    assert run("01-01 01-08 01-15", "01-05 01-12", until="01-25") == Clock(
        day("01-15"), day("01-25"), reached=True, restarts=2
    )


def test_lost_and_regained_on_one_day_starts_again_from_that_day() -> None:
    assert run("01-01 01-05", "01-05", until="01-15") == Clock(
        day("01-05"), day("01-15"), reached=True, restarts=1
    )


def test_one_loss_recorded_twice_is_one_loss() -> None:
    assert run("01-01 01-08", "01-05 01-05", until="01-18") == run("01-01 01-08", "01-05", until="01-18")
    assert run("01-01 01-05", "01-05 01-05", until="01-15").reached


def test_what_is_already_lost_cannot_be_lost_again() -> None:
    assert run("01-01 01-08", "01-05 01-07", until="01-18") == run("01-01 01-08", "01-05", until="01-18")
    twice = run("01-01 01-08", "01-05 01-07", until="01-14", gap="5 days")
    assert twice == Clock(day("01-01"), day("01-14"), reached=True)


@pytest.mark.parametrize(("move", "lost"), [("01-04", True), ("01-05", False), ("01-07", True)])
def test_a_declared_move_forgives_a_loss_on_its_own_day(move: str, lost: bool) -> None:
    assert (run("01-01", "01-05", move, until="01-11").lost_on is not None) is lost


@pytest.mark.parametrize(("move", "lost"), [("01-07", False), ("01-08", True)])
def test_a_declared_move_forgives_a_loss_within_the_gap_allowed(move: str, lost: bool) -> None:
    assert (run("01-01", "01-05", move, until="01-31", gap="2 days").lost_on is not None) is lost


def test_a_gap_within_the_limit_adds_its_days_to_the_time_needed() -> None:
    assert run("01-01 01-08", "01-05", until="01-13", gap="3 days") == Clock(
        day("01-01"), day("01-14"), reached=False
    )
    assert run("01-01 01-08", "01-05", until="01-14", gap="3 days").reached


def test_a_gap_a_day_too_long_starts_the_clock_again() -> None:
    assert run("01-01 01-09", "01-05", until="01-31", gap="3 days").started == day("01-09")


def test_time_in_a_gap_may_count() -> None:
    assert run("01-01 01-08", "01-05", until="01-11", gap="3 days", counts=True).reached


def test_gaps_are_limited_together() -> None:
    starts, losses = "01-01 01-04 01-08", "01-03 01-06"
    assert run(starts, losses, until="01-14", gap="3 days", total="3 days") == Clock(
        day("01-01"), day("01-14"), reached=True
    )
    assert run(starts, losses, until="01-18", gap="3 days", total="2 days") == Clock(
        day("01-08"), day("01-18"), reached=True, restarts=1
    )


def test_gaps_before_the_clock_began_again_are_forgotten() -> None:
    clock = run("01-01 01-03 01-10 01-14", "01-02 01-05 01-12", until="01-31", gap="2 days", total="2 days")
    assert clock == Clock(day("01-10"), day("01-22"), reached=True, restarts=1)


def test_a_gap_that_may_yet_be_forgiven_is_neither_lost_nor_reached() -> None:
    assert run("01-01", "01-05", until="01-08", gap="3 days") == Clock(
        day("01-01"), day("01-11"), reached=False, away_until=day("01-08")
    )
    assert run("01-01", "01-05", until="01-09", gap="3 days").lost_on == day("01-05")
    assert run("01-01 01-20", "01-05 01-22", until="01-22", gap="3 days") == Clock(
        day("01-20"), day("01-30"), reached=False, restarts=1, away_until=day("01-25")
    )
    assert run("01-01 01-20", "01-05 01-22", until="01-31", gap="3 days") == Clock(
        day("01-20"), day("01-30"), reached=False, lost_on=day("01-22"), restarts=1
    )


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("01-14", Clock(day("01-01"), day("01-11"), reached=True)),
        # A loss on the very day changes nothing; the day after, it does.
        ("01-15", Clock(day("01-01"), day("01-11"), reached=True)),
        ("01-16", Clock(day("01-01"), day("01-11"), reached=False, lost_on=day("01-15"))),
        ("01-20", Clock(day("01-20"), day("01-30"), reached=False, restarts=1)),
        ("01-30", Clock(day("01-20"), day("01-30"), reached=True, restarts=1)),
    ],
)
def test_what_must_still_hold_is_lost_after_its_time_was_complete(until: str, expected: Clock) -> None:
    assert run("01-01 01-20", "01-15", until=until, still=True) == expected
    assert run("01-01 01-20", "01-15", until=until).reached


@pytest.mark.parametrize(
    ("until", "gap", "counts", "reached", "lost"),
    [
        ("01-17", "5 days", False, False, "01-15"),
        ("01-20", "5 days", False, True, None),
        ("01-17", "4 days", False, False, "01-15"),
        ("01-17", "5 days", True, True, None),
    ],
)
def test_what_falls_in_a_gap_is_not_paid_unless_gaps_count(
    until: str, gap: str, counts: bool, reached: bool, lost: str | None
) -> None:
    clock = run("01-01 01-20", "01-15", until=until, gap=gap, counts=counts, still=True)
    assert (clock.reached, clock.lost_on) == (reached, day(lost) if lost else None)


def test_a_gap_that_counts_and_may_yet_be_made_good_waits() -> None:
    clock = run("01-01", "01-15", until="01-17", gap="5 days", counts=True, still=True)
    assert (clock.reached, clock.lost_on, clock.away_until) == (False, None, day("01-20"))
