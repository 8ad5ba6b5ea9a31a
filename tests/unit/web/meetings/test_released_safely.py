"""No small number can be worked out from projects side by side: an attack on what is shown, and honest statistics.

The attacker knows more than the page says: every shown count exactly, before rounding; how each total is made up; what
the measures have to do with each other; and, as somebody of one organisation, all counts of its projects. They list
every table that fits, and look at how far apart what is held back could be. The counts are small here, and so is the
number that is protected, so that every table there is can be listed.
"""

import datetime as dt
import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openoutcomes.web.meetings import release as room
from openoutcomes.web.meetings import sides
from openoutcomes.web.meetings.chance import chi_square_beyond, same_shares, same_times, sentence
from openoutcomes.web.meetings.release import Figure, Part, keeps, keeps_of, release
from openoutcomes.web.results.queries import Period

SMALL = 3
MOST = 9
#: Every way in which up to nine people of a project can be verified, not yet verified, or without an outcome.
WAYS = [way for way in itertools.product(range(MOST + 1), repeat=3) if sum(way) <= MOST]


def shown_of(projects, kept):
    """What the page shows of projects (verified, waiting, without), before rounding."""
    found = sides.Counted(
        projects=[(n, f"Project {n}", f"Organisation {o}", o) for n, (o, _) in enumerate(projects)],
        reached={n: sum(way) for n, (_, way) in enumerate(projects)},
        achieved={n: way[0] + way[1] for n, (_, way) in enumerate(projects)},
        accepted={n: way[0] for n, (_, way) in enumerate(projects)},
        kept_elsewhere=set(kept),
    )
    first, second = sides.outcomes_of(found)
    seen = {}
    for name, released, counts in (("achieved", first, found.achieved), ("accepted", second, found.accepted)):
        for n in found.reached:
            if released.figures[n].of is not None:
                seen["of", n] = found.reached[n]
            if released.figures[n].yes is not None:
                seen[name, n] = counts[n]
        if released.total is not None:
            seen["of", "all"] = sum(found.reached.values())
            seen[name, "all"] = sum(counts.values())
    return seen


def values(way):
    return {"of": sum(way), "achieved": way[0] + way[1], "accepted": way[0]}


def attack(projects, seen, looker):
    """Every value that each count held back could have, for somebody of one organisation or of none."""
    options = []
    for n, (organisation, way) in enumerate(projects):
        known = values(way) if organisation == looker else {
            name: seen[name, n] for name in ("of", "achieved", "accepted") if (name, n) in seen
        }  # fmt: skip
        # People of a project whose number is held back may be more than the page has room for here.
        options.append([w for w in WAYS if all(values(w)[name] == value for name, value in known.items())])
    totals = [name for name in ("of", "achieved", "accepted") if (name, "all") in seen]
    goal = tuple(seen[name, "all"] for name in totals)

    def sums(some):
        found = {(0,) * len(totals)}
        for ways in some:
            adds = {tuple(values(w)[name] for name in totals) for w in ways}
            found = {tuple(map(sum, zip(a, b, strict=True))) for a in found for b in adds}
        return found

    possible = {}
    for n, ways in enumerate(options):
        rest = sums(options[:n] + options[n + 1 :])
        fitting = [
            w for w in ways if tuple(g - values(w)[name] for g, name in zip(goal, totals, strict=True)) in rest
        ]  # fmt: skip
        assert projects[n][1] in fitting  # the truth always fits
        for name in ("of", "achieved", "accepted"):
            possible[name, n] = {values(w)[name] for w in fitting}
            possible[f"not {name}", n] = {sum(w) - values(w)[name] for w in fitting}
        possible["waiting", n] = {w[1] for w in fitting}
    return possible


ways = st.sampled_from(WAYS)
organisations = st.sampled_from([1, 2, 3])
tables = st.lists(st.tuples(organisations, ways), min_size=2, max_size=4)


@settings(max_examples=250, deadline=None)
@given(tables, st.sets(st.integers(0, 3), max_size=2))
def test_an_attacker_who_lists_every_table_that_fits_learns_no_small_number(projects, kept):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "LEAST", SMALL)
        patch.setattr(sides, "LEAST", SMALL)
        seen = shown_of(projects, kept & set(range(len(projects))))
        for looker in (None, *{organisation for organisation, _ in projects}):
            possible = attack(projects, seen, looker)
            for n, (organisation, way) in enumerate(projects):
                if organisation == looker:
                    continue
                truth = {
                    **values(way), **{f"not {name}": sum(way) - value for name, value in values(way).items()},
                    "waiting": way[1],
                }  # fmt: skip
                for name in ("of", "achieved", "not achieved", "accepted", "not accepted", "waiting"):
                    if truth[name] < SMALL:
                        spread = max(possible[name, n]) - min(possible[name, n])
                        assert spread >= SMALL, (name, n, looker, seen)


def test_the_attack_finds_what_a_page_without_the_rules_gives_away():
    projects = [(1, (1, 0, 4)), (2, (4, 0, 4)), (3, (4, 0, 5))]
    careless = {
        (name, n): values(way)[name]
        for n, (_, way) in enumerate(projects)
        if n
        for name in ("of", "achieved", "accepted")
    }
    careless |= {
        (name, "all"): sum(values(way)[name] for _, way in projects)
        for name in ("of", "achieved", "accepted")
    }
    assert attack(projects, careless, None)["achieved", 0] == {1}
    # Two held back keep each other from an outsider, and not from one of the two.
    two = {key: value for key, value in careless.items() if key[1] != 1}
    assert len(attack(projects, two, None)["achieved", 0]) > SMALL
    assert attack(projects, two, 2)["achieved", 0] == {1}


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=6),
)
def test_no_count_under_ten_is_shown_and_shares_come_from_rounded_counts(rows):
    parts = [Part(n, organisation, yes, yes + no) for n, (organisation, yes, no) in enumerate(rows)]
    released = release(parts)
    for part in parts:
        figure = released.figures[part.key]
        if figure.of is not None:
            assert part.of >= 10
            assert figure.of % 5 == 0
        if figure.yes is not None:
            assert min(part.yes, part.of - part.yes) >= 10
            assert figure.percent == Figure(figure.yes, figure.of).percent
            assert abs(figure.yes - part.yes) <= 2
    assert [released.figures[part.key].yes is None for part in parts] == [keeps(part) for part in parts]
    assert [released.figures[part.key].of is None for part in parts] == [keeps_of(part) for part in parts]


def test_a_total_gives_way_before_a_second_project_does():
    parts = [Part(1, 1, 4, 40), Part(2, 2, 30, 60), Part(3, 3, 25, 50)]
    released = release(parts)
    assert released.total is None
    assert released.shown == [2, 3]
    everything = release([Part(1, 1, 20, 40), *parts[1:]])
    assert everything.total == Figure(75, 150)
    # Three of different organisations hide each other, whoever looks.
    many = [Part(n, n, 6, 40) for n in range(4)] + [Part(9, 9, 30, 60)]
    assert release(many).total is not None


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
            "Reached an outcome that was verified", "Front Door at Harbour Lights, Harbour Lights"
        ]
        assert verified[1] == "held back*"
        assert found["Time to the first outcome", "Front Door at Harbour Lights, Harbour Lights"][:2] == (
            "15",
            "7 weeks",
        )
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
        assert "Meetings held" in glance
