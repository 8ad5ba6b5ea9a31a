"""No small number can be worked out from projects side by side: an attack on what is shown, and honest statistics.

The attacker knows more than the pages say: every shown count exactly, before rounding; how each total is made up; what
the measures have to do with each other; and, as somebody of one project, all counts of it. They list
every table that fits, and look at how far apart what is held back could be. The counts are small here, and so is the
number that is protected, so that every table there is can be listed.
"""

import datetime as dt
import itertools
import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openoutcomes.web.meetings import release as room
from openoutcomes.web.meetings import sides
from openoutcomes.web.meetings.chance import chi_square_beyond, same_shares, same_times, sentence
from openoutcomes.web.meetings.release import Figure, Part, release
from openoutcomes.web.results.queries import Period

SMALL = 2
MOST = 9
#: Every way in which up to nine people of a project can be: the outcome looked at verified, or not yet; another outcome
#: alone, verified or not yet; no outcome.
WAYS = [way for way in itertools.product(range(MOST + 1), repeat=5) if sum(way) <= MOST]
NAMES = ("of", "achieved", "accepted", "achieved_it", "accepted_it")


def values(way):
    it, it_waits, other, other_waits, without = way
    return {
        "of": it + it_waits + other + other_waits + without, "achieved": it + it_waits + other + other_waits,
        "accepted": it + other, "achieved_it": it + it_waits, "accepted_it": it,
    }  # fmt: skip


def cells(way):
    """Every count about a project that somebody could ask for, also as a difference of two others."""
    v = values(way)
    inside = [("of", name) for name in NAMES[1:]] + [
        ("achieved", "accepted"), ("achieved", "achieved_it"), ("achieved", "accepted_it"),
        ("accepted", "accepted_it"), ("achieved_it", "accepted_it"),
    ]  # fmt: skip
    rest = {"of less either": v["achieved"] - sum(way[:3]) + way[4], "achieved less either": way[3]}
    return {**v, **rest, **{f"{outer} less {inner}": v[outer] - v[inner] for outer, inner in inside}}


TABLE = [(way, values(way), cells(way)) for way in WAYS]


def shown_of(projects, kept):
    """What both pages (any outcome, and the one looked at) show of projects, exactly and not rounded."""
    v = [values(way) for way in projects]
    found = sides.Counted(
        projects=[(n, f"Project {n}", "Organisation", n) for n in range(len(projects))],
        reached={n: one["of"] for n, one in enumerate(v)},
        achieved={n: one["achieved"] for n, one in enumerate(v)},
        accepted={n: one["accepted"] for n, one in enumerate(v)},
        outcome="home",
        achieved_it={n: one["achieved_it"] for n, one in enumerate(v)},
        accepted_it={n: one["accepted_it"] for n, one in enumerate(v)},
        kept_elsewhere=set(kept),
    )
    seen = {}
    for name, parts in sides.parts_of(found).items():
        if name in NAMES:
            released = release(parts)
            for n, figure in released.figures.items():
                if figure.of is not None:
                    seen["of", n] = v[n]["of"]
                if figure.yes is not None:
                    seen[name, n] = v[n][name]
            if released.total is not None:
                seen["of", "all"] = sum(one["of"] for one in v)
                seen[name, "all"] = sum(one[name] for one in v)
    return seen


@cache
def fitting(known):
    """Every way in which a project may be, given some of its counts, and the values that leaves of each count."""
    fits = [one for one in TABLE if all(one[1][name] == value for name, value in known)]
    return fits, ranges(fits)


def ranges(fits):
    return {name: {one[2][name] for one in fits} for name in fits[0][2]}


def attack(projects, seen, looker):
    """Every value that each count could have, for somebody who knows the shown ones and all of one project."""
    options = []
    for n, way in enumerate(projects):
        own = values(way) if n == looker else {}
        known = {name: seen[name, n] for name in NAMES if (name, n) in seen} | own
        fits, left = fitting(tuple(known.items()))
        assert way in [one[0] for one in fits]  # the truth always fits
        options.append((fits, left))
    totals = [name for name in NAMES if (name, "all") in seen]
    if not totals:
        return [left for _, left in options]
    goal = tuple(seen[name, "all"] for name in totals)
    adds = [{tuple(one[1][name] for name in totals) for one in fits} for fits, _ in options]

    def sums(some):
        found = {(0,) * len(totals)}
        for each in some:
            found = {tuple(map(sum, zip(a, b, strict=True))) for a in found for b in each}
        return found

    possible = []
    for n, (fits, _) in enumerate(options):
        rest = sums(adds[:n] + adds[n + 1 :])
        possible.append(
            ranges(
                [
                    one for one in fits
                    if tuple(g - one[1][name] for g, name in zip(goal, totals, strict=True)) in rest
                ]
            )
        )  # fmt: skip
    return possible


tables = st.lists(st.sampled_from(WAYS), min_size=2, max_size=4)


def small_ones_found(projects, seen, looker):
    """The small counts of projects that the attacker narrows to fewer numbers than are protected."""
    possible = attack(projects, seen, looker)
    return [
        (n, name)
        for n, way in enumerate(projects)
        if n != looker
        for name, truth in cells(way).items()
        if truth < SMALL and max(possible[n][name]) - min(possible[n][name]) < SMALL
    ]


@settings(max_examples=150, deadline=None)
@given(tables, st.sets(st.integers(0, 3), max_size=2))
def test_an_attacker_who_lists_every_table_that_fits_learns_no_small_number(projects, kept):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "LEAST", SMALL)
        seen = shown_of(projects, kept)
        for looker in (None, *range(len(projects))):
            assert small_ones_found(projects, seen, looker) == [], seen


def test_the_attack_finds_what_a_page_without_the_rules_gives_away():
    projects = [(1, 0, 0, 0, 8), (3, 0, 0, 0, 5), (3, 0, 0, 0, 4)]
    everything = {
        (name, key): count
        for name in ("of", "achieved")
        for key, count in [*((n, values(way)[name]) for n, way in enumerate(projects)),
                           ("all", sum(values(way)[name] for way in projects))]
    }  # fmt: skip
    careless = {key: count for key, count in everything.items() if key[1] != 0}
    assert (0, "achieved") in small_ones_found(projects, careless, None)
    # Two held back keep each other from an outsider, and not from one of the two.
    two = {key: count for key, count in careless.items() if key[1] != 1}
    assert (0, "achieved") not in small_ones_found(projects, two, None)
    assert (0, "achieved") in small_ones_found(projects, two, 1)
    # One measure inside another gives away what lies between.
    between = {("of", 0): 9, ("achieved", 0): 7, ("accepted", 0): 6}
    assert (0, "achieved less accepted") in small_ones_found([(6, 1, 0, 0, 2)], between, None)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 30)), min_size=1, max_size=6),
)
def test_no_count_under_ten_is_shown_and_shares_come_from_rounded_counts(rows):
    parts = [Part(n, yes, yes + no, (yes + near,)) for n, (yes, no, near) in enumerate(rows)]
    released = release(parts)
    for part, (yes, no, near) in zip(parts, rows, strict=True):
        figure = released.figures[part.key]
        assert (figure.of is None) is (yes + no < 10)
        assert (figure.yes is None) is (min(yes, no, near) < 10)
        if figure.yes is not None:
            assert figure.of % 5 == figure.yes % 5 == 0
            assert abs(figure.yes - yes) <= 2
            low, high = figure.interval
            assert low <= figure.percent <= high
    assert (released.total is not None) is (len(rows) > 1 and all(min(row) >= 10 for row in rows))


def test_a_total_gives_way_before_a_second_project_does():
    parts = [Part(1, 4, 40), Part(2, 30, 60), Part(3, 25, 50)]
    released = release(parts)
    assert released.total is None
    assert released.shown == [2, 3]
    assert release([Part(1, 20, 40), *parts[1:]]).total == Figure(75, 150)


def test_that_a_time_is_shown_says_no_more_of_who_did_not_come_there():
    """Twenty with a time, of twenty-five: five or fewer without, where any number under ten is to stay possible."""
    assert not sides.shows_time(Part(1, 21, 25), 21)
    assert sides.shows_time(Part(1, 26, 30), 26)
    assert sides.shows_time(Part(1, 20, 40), 20)
    assert not sides.shows_time(Part(1, 19, 40), 19)
    assert not sides.shows_time(Part(1, 26, 30, of_is_kept=True), 26)


@pytest.mark.parametrize(
    ("x", "df", "p"),
    # From tables of the chi-square distribution.
    [(3.841, 1, 0.05), (5.991, 2, 0.05), (7.815, 3, 0.05), (9.488, 4, 0.05), (11.345, 3, 0.01), (0, 2, 1)],
)
def test_the_tail_of_chi_square_is_that_of_the_tables(x, df, p):
    assert chi_square_beyond(x, df) == pytest.approx(p, abs=2e-5)


def test_shares_that_are_alike_are_said_to_be_within_chance_and_others_are_not():
    alike, apart = same_shares([(30, 60), (33, 60), (28, 60)]), same_shares([(15, 60), (45, 60)])
    assert not alike.differs(5)
    assert apart.differs(5)
    # Pearson's statistic for the second: 2 × 60 × (0.25)² / (0.5 × 0.5) = 30.
    assert apart.p == pytest.approx(chi_square_beyond(30, 1))
    assert "within what chance explains" in sentence(alike, 5)
    # In words alone: the exact chance would tell rounded counts apart again.
    assert "more often than not" in sentence(same_shares([(30, 60), (31, 60)]), 5)
    assert sentence(same_shares([(31, 60), (30, 60)]), 5) == sentence(same_shares([(32, 60), (31, 60)]), 5)
    assert "more than chance explains" in sentence(apart, 5)
    assert "too few figures" in sentence(same_shares([(3, 10)]), 5)
    assert same_shares([(0, 10), (0, 12)]) is None


def test_with_small_expected_counts_the_test_draws_tables_and_agrees_with_fishers():
    found = same_shares([(8, 10), (1, 10)])
    assert found.name == "chi-square statistic in tables drawn at random"
    # Two-sided, by the margins: (10C8 10C1 + 10C9 10C0) × 2 / 20C9.
    exact = 2 * (45 * 10 + 10) / 167960
    assert found.p == pytest.approx(exact, rel=0.2)


def test_times_are_compared_by_ranks():
    # Of three times three numbers in order: H = 12/90 × (6² + 15² + 24²)/3 − 30 = 7.2.
    found = same_times([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert found.p == pytest.approx(chi_square_beyond(7.2, 2))
    assert same_times([[4, 4], [4]]) is None
    draw = random.Random(3)  # noqa: S311 - made-up figures
    assert not same_times([[draw.gauss(60, 20) for _ in range(40)] for _ in range(4)]).differs(5)
    assert same_times([[draw.gauss(60 + 20 * n, 20) for _ in range(40)] for n in range(2)]).differs(5)


def test_chance_alone_is_named_at_most_once_in_twenty_pages():
    """Of pages of five measures in which nothing differs, few say of any that it does."""
    draw = random.Random(11)  # noqa: S311 - made-up figures
    pages = 400
    wrong = sum(
        any(
            same_shares([(sum(draw.random() < 0.4 for _ in range(60)), 60) for _ in range(4)]).differs(5)
            for _ in range(5)
        )
        for _ in range(pages)
    )
    assert wrong / pages < 0.08


def test_the_middle_is_shown_in_weeks_with_an_interval_by_ranks():
    days = sorted(range(10, 110))
    low, high = sides.middle_interval(days)
    assert low < 59 < high
    assert (sides.weeks(59.5), sides.weeks(3), sides.weeks(4)) == (9, 0, 1)


def add_outcomes(world, key, people, with_outcome, accepted):
    """Enrol people of a project through its commands, some with an outcome, some of those accepted."""
    from openoutcomes.web.core.scope import writing
    from openoutcomes.web.people.commands import add_person, enrol
    from openoutcomes.web.records import store
    from openoutcomes.web.records.models import Record

    who = {"harbour": "practitioner", "lantern": "other_practitioner"}[key]
    by = world.access(who)
    from django_scopes import scope

    for number in range(people):
        person = add_person(
            by, organisation=world.organisations[key], identity={"name": f"Made Up {key} {number}"}
        )
        enrolment = enrol(
            by, person=person, programme=world.programmes[key], practitioner=world.users[who],
            started_on=dt.date(2025, 1, 10),
        )  # fmt: skip
        if number < with_outcome:
            with scope(partnership=world.partnership), writing("test"):
                record = store.write(
                    by, "achievements", {"outcome": "home-entry", "achieved_on": "2025-03-01", "quantity": "1"},
                    enrolment=enrolment, contract=world.contract,
                )  # fmt: skip
                if number < accepted:
                    Record.objects.filter(pk=record.pk).update(state="accepted")


def test_the_page_shows_projects_by_name_without_small_numbers_and_lets_each_say_what_it_does(world):
    from openoutcomes.web.core import clock

    add_outcomes(world, "harbour", 30, 15, 5)
    add_outcomes(world, "lantern", 25, 3, 0)
    with clock.at(dt.datetime(2025, 4, 20, 12, tzinfo=dt.UTC)):
        client = world.client("coordinator")
        address = world.url("side_by_side")
        page = client.get(address, {"period": "2025-01"}).content.decode()
        assert "Front Door at Harbour Lights, Harbour Lights" in page
        found = {
            (row[0], row[1]): row[2:6]
            for row in sides.shown_as_file(
                sides.lay_out(
                    sides.counted(world.partnership, Period(dt.date(2025, 1, 1), dt.date(2025, 3, 31)))
                ),
                Period(dt.date(2025, 1, 1), dt.date(2025, 3, 31)),
            )
        }
        ours = found["Reached an outcome", "Front Door at Harbour Lights, Harbour Lights"]
        # 30 and 2 whom the world begins with; 15 reached an outcome.
        assert ours == ("30", "15", "50%", "33% and 67%")
        theirs = found["Reached an outcome", "Front Door at Lantern House, Lantern House"]
        assert theirs == ("25", "held back*", "held back*", "")
        assert found["Reached an outcome", "All together"][1] == "held back*"
        verified = found[
            "Reached an outcome, and it was verified", "Front Door at Harbour Lights, Harbour Lights"
        ]
        assert verified[1] == "held back*"
        assert (
            found["Time to the first outcome", "Front Door at Harbour Lights, Harbour Lights"][1]
            == "held back*"
        )
        home = client.get(address, {"period": "2025-01", "outcome": "home"}).content.decode()
        assert "Reached “Home”" in home
        csv = client.get(address, {"period": "2025-01", "format": "csv"}).content.decode()
        assert 'Reached an outcome,"Front Door at Harbour Lights, Harbour Lights",30,15,50%' in csv
        practice = world.url("practice", programme_id="harbour-front-door")
        manager = world.client("provider_manager")
        assert (
            "Write what you do differently, in a few lines."
            in manager.post(practice, {"words": ""}).content.decode()
        )
        for _ in range(2):
            assert (
                manager.post(
                    practice, {"words": "We text first, and meet in a café", "once": "a"}
                ).status_code
                == 302
            )
        assert "We text first, and meet in a café" in client.get(address).content.decode()
        assert world.client("other_manager").get(practice).status_code == 404
        assert world.client("commissioner").get(practice).status_code == 403
        assert world.client("person").get(address).status_code == 403
        glance = client.get(world.url("quarter")).content.decode()
        assert "eetings held" in glance
