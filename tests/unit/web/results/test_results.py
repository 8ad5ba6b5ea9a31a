"""Results, through HTTP: exact for the organisation's own, without small numbers for everybody else."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django_scopes import scope

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import writing
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.commands import add_person, enrol
from openoutcomes.web.records import store
from openoutcomes.web.results.tables import FEWER

TODAY = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


def person(world, programme="harbour", who="practitioner", started=dt.date(2026, 4, 6), ended=None):
    by = world.access(who)
    made = add_person(by, organisation=world.organisations[programme], identity={"name": "Made Up"})
    enrolment = enrol(by, person=made, programme=world.programmes[programme], started_on=started)
    if ended:
        with writing("test"):
            enrolment.ended_on = ended
            enrolment.save()
    return by, enrolment


def put(by, enrolment, table, seconds=None, **values):
    with writing("test"):
        more = {"contract": values.pop("contract", None), "state": values.pop("state", None)}
        return store.write(by, table, values, enrolment=enrolment, seconds=seconds, **more)


def figures(page):
    """Rows of the CSV by table, row and figure."""
    rows = csv.DictReader(io.StringIO(page.content.decode("utf-8-sig")))
    return {(row["Table"], row["Row"], row["Figure"]): row["Value"] for row in rows}


def asked(world, who="provider_manager", **query):
    return figures(world.client(who).get(world.url("results"), {**query, "format": "csv"}))


@pytest.fixture
def year(world):
    """Twelve more people at one organisation, with a bit of everything recorded; three have ended."""
    for number in range(12):
        ended = dt.date(2026, 6, 30) if number < 3 else None
        by, enrolment = person(world, ended=ended)
        put(by, enrolment, "activities", kind="coaching", started_on=dt.date(2026, 5, 4), hours=Decimal("1.5"),
            attended="attended")  # fmt: skip
        if number < 4:
            put(by, enrolment, "activities", kind="coaching", started_on=dt.date(2026, 5, 11),
                hours=Decimal(1), attended="missed")  # fmt: skip
        put(by, enrolment, "measures", instrument="phq-9", score=Decimal(15), taken_on=dt.date(2026, 4, 7))
        last = Decimal(6 if number < 6 else 14)
        put(by, enrolment, "measures", instrument="phq-9", score=last, taken_on=dt.date(2026, 7, 7))
        put(by, enrolment, "goals", words="A door", domain="home", set_on=dt.date(2026, 4, 8),
            rating=10 if number < 5 else 4)  # fmt: skip
        if number < 11:
            put(by, enrolment, "achievements", outcome="home-entry", achieved_on=dt.date(2026, 5, 20),
                claimed_on=dt.date(2026, 5, 21), contract=world.contract, state="accepted" if number < 7 else "unverified")  # fmt: skip
    return world


def test_a_provider_sees_its_own_figures_as_they_are(year):
    found = asked(year, period="year")
    assert found["Headline", "", "New"] == "12"
    # The world's own two people began before the year and are still open.
    assert found["Headline", "", "People reached"] == "14"
    assert found["Headline", "", "Open at the end"] == "11"
    assert found["Headline", "", "Ended"] == "3"
    assert found["Headline", "", "Given support"] == "12"
    assert found["Headline", "", "Hours of support"] == "18"
    assert found["Support and attendance", "Did not come", "Times"] == "4"
    assert found["Outcomes", "Home entry", "Accepted"] == "7"
    assert found["Outcomes", "Home entry", "Not yet checked"] == "4"
    name = next(row for table, row, _ in found if table == "Measures")
    assert found["Measures", name, "People with two readings"] == "12"
    assert found["Measures", name, "Reliably better"] == "6"
    assert found["Measures", name, "No reliable change"] == "6"
    assert found["Measures", name, "First, on average"] == "15.0"
    assert found["Measures", name, "Last, on average"] == "10.0"
    assert found["Goals in people's own words", "Reached (ten of ten, says the person)", "Goals"] == "5"


def test_months_carry_forward_who_is_open(year):
    found = asked(year, period="year")
    assert found["By month", "April 2026", "New"] == "12"
    assert found["By month", "April 2026", "Open at the end"] == "14"
    assert found["By month", "June 2026", "Ended"] == "3"
    assert found["By month", "July 2026", "Open at the end"] == "11"
    assert found["By month", "May 2026", "People given support"] == "12"


def test_ones_own_dates_narrow_the_period(year):
    client = year.client("practitioner")
    query = {
        "since_day": "1",
        "since_month": "6",
        "since_year": "2026",
        "until_day": "30",
        "until_month": "6",
        "until_year": "2026",
    }
    found = figures(client.get(year.url("results"), {**query, "format": "csv"}))
    assert found["Headline", "", "New"] == "0"
    assert found["Headline", "", "Ended"] == "3"
    assert found["Headline", "", "Given support"] == "0"


def test_a_date_that_is_none_is_said_and_the_page_still_answers(year):
    page = year.client("practitioner").get(
        year.url("results"), {"since_day": "31", "since_month": "2", "since_year": "2026"}
    )
    assert page.status_code == 200
    assert b"not a real date" in page.content


def test_a_person_in_two_programmes_is_reached_once(year):
    with writing("test"):
        second = Programme.objects.create(
            partnership=year.partnership,
            programme_id="second",
            organisation=year.organisations["harbour"],
            name="Second",
        )
    enrol(
        year.access("practitioner"),
        person=year.people["ash"],
        programme=second,
        started_on=dt.date(2026, 5, 1),
    )
    found = asked(year, period="year")
    assert found["Headline", "", "People reached"] == "14"
    assert found["By programme", "Second", "People reached"] == "1"
    assert asked(year, period="year", programme="second")["Headline", "", "People reached"] == "1"


def test_what_was_withdrawn_or_replaced_is_not_counted(year):
    by, enrolment = person(year)
    made = put(by, enrolment, "activities", kind="coaching", started_on=dt.date(2026, 5, 4), hours=Decimal(5))
    with scope(partnership=year.partnership), writing("test"):
        store.write(by, "activities", {"kind": "coaching", "started_on": dt.date(2026, 5, 4), "hours": Decimal(5)},
                    record_id=made.record_id, withdrawn=True)  # fmt: skip
    assert asked(year, period="year")["Headline", "", "Hours of support"] == "18"


def test_an_organisation_never_sees_anothers_people_in_its_figures(year):
    found = asked(year, who="other_manager", period="year")
    assert found["Headline", "", "People reached"] == "1"
    assert not any(row == "Front Door at Harbour Lights" for _, row, _ in found)
    narrowed = asked(year, who="other_manager", period="year", programme="harbour-front-door")
    assert narrowed["Headline", "", "People reached"] == "1"


@pytest.mark.parametrize(
    "who", ["commissioner", "coordinator", "verifier", "investor", "evaluator", "administrator"]
)
def test_those_outside_see_no_small_number_and_none_that_gives_one_away(year, who):
    found = asked(year, who=who)
    assert found["Headline", "", "New"] == "10"
    assert found["Headline", "", "Ended"] == FEWER
    # Open and ended make up whoever was reached, so neither may be shown when one is small.
    assert found["Headline", "", "Open at the end"] == FEWER
    assert found["By programme", "Front Door at Lantern House, Lantern House", "People reached"] == FEWER
    assert found["By programme", "Front Door at Harbour Lights, Harbour Lights", "People reached"] == FEWER
    assert found["Support and attendance", "Did not come", "Times"] == FEWER
    assert found["Support and attendance", "Did not come", "Hours"] == FEWER
    assert found["Support and attendance", "Came", "Times"] == FEWER
    assert found["Outcomes", "Home entry", "Accepted"] == FEWER
    for value in found.values():
        assert value == FEWER or Decimal(value) >= 10 or Decimal(value) == 0


def test_hours_are_no_more_exact_than_the_counts_beside_them(year):
    for _ in range(3):
        by, enrolment = person(year, ended=None)
        put(by, enrolment, "activities", kind="coaching", started_on=dt.date(2026, 5, 5), hours=Decimal("1.25"),
            attended="cancelled")  # fmt: skip
        for day in (6, 7, 8, 9):
            put(by, enrolment, "activities", kind="coaching", started_on=dt.date(2026, 5, day),
                hours=Decimal("1.1"), attended="attended")  # fmt: skip
    inside, outside = asked(year, period="year"), asked(year, who="commissioner", period="year")
    assert inside["Headline", "", "Hours of support"] == "31"
    assert outside["Headline", "", "Hours of support"] == "30"
    for (_, _, name), value in outside.items():
        if "Hours" in name and value != FEWER:
            assert int(value) % 5 == 0


def test_the_page_says_why_figures_are_missing(year):
    page = year.client("commissioner").get(year.url("results"))
    assert b"held back so that nobody can work out one that is" in page.content
    assert b"held back" not in year.client("practitioner").get(year.url("results")).content


def test_a_provider_with_very_much_recorded_is_told_that_figures_are_kept(year, monkeypatch):
    def page():
        return year.client("provider_manager").get(year.url("results")).content

    assert b"quarter of an hour" not in page()
    before = asked(year)
    monkeypatch.setattr("openoutcomes.web.results.queries.LARGE", 5)
    assert b"counted once every quarter of an hour" in page()
    by, enrolment = person(year)
    put(by, enrolment, "activities", kind="coaching", started_on=dt.date(2026, 5, 4), hours=Decimal(3))
    assert asked(year) == before
    monkeypatch.setattr("openoutcomes.web.results.queries.LARGE", 5000)
    assert asked(year) != before


def test_those_outside_choose_among_whole_quarters_and_no_days(year):
    whole = asked(year, who="commissioner")
    query = {
        "since_day": "1",
        "since_month": "6",
        "since_year": "2026",
        "until_day": "2",
        "until_month": "6",
        "until_year": "2026",
    }
    assert asked(year, who="commissioner", **query) == whole
    page = year.client("commissioner").get(year.url("results"))
    assert "since" not in page.context["filters"].fields


def test_those_outside_may_ask_for_one_organisation_or_programme(year):
    found = asked(year, who="commissioner", organisation="lantern")
    assert found["Headline", "", "People reached"] == FEWER
    found = asked(year, who="commissioner", programme="harbour-front-door")
    assert found["Headline", "", "New"] == "10"


def test_a_person_supported_sees_no_results(year):
    assert year.client("person").get(year.url("results")).status_code == 403
    assert year.client("person").get(year.url("recording_costs")).status_code == 403


def test_another_partnership_counts_for_nothing_here(year, elsewhere):
    for _ in range(12):
        person(elsewhere)
    assert asked(year, period="year")["Headline", "", "New"] == "12"
    assert elsewhere.client("commissioner").get(year.url("results")).status_code == 404


def test_an_unfunded_group_with_attendance_alone_sees_its_results(world):
    by, enrolment = person(world)
    put(by, enrolment, "activities", started_on=dt.date(2026, 5, 4), attended="attended")
    found = asked(world, period="year")
    assert found["Headline", "", "Given support"] == "1"
    page = world.client("practitioner").get(world.url("results"))
    assert b"No outcome is recorded in this period." in page.content


def test_results_of_nothing_are_a_page(elsewhere):
    assert elsewhere.client("coordinator").get(elsewhere.url("results")).status_code == 200
    assert elsewhere.client("coordinator").get(elsewhere.url("recording_costs")).status_code == 200


def test_the_page_asks_as_many_questions_however_many_people(year, django_assert_max_num_queries):
    client = year.client("provider_manager")
    client.get(year.url("results"))
    with django_assert_max_num_queries(25):
        client.get(year.url("results"))


# What recording costs -----------------------------------------------------------------------


def typed(world, minutes, **where):
    by, enrolment = person(world, **where)
    for each in minutes:
        put(
            by,
            enrolment,
            "activities",
            seconds=int(each * 60),
            kind="coaching",
            started_on=dt.date(2026, 11, 2),
        )
    return enrolment


def costs_seen(world, who):
    text = world.client(who).get(world.url("recording_costs"), {"format": "csv"}).content.decode("utf-8-sig")
    return {row["Organisation"]: row for row in csv.DictReader(io.StringIO(text))}


def test_recording_is_counted_for_each_person_in_each_month(world):
    for number in range(1, 11):
        typed(world, [number, 1])
    found = costs_seen(world, "provider_manager")["Harbour Lights"]
    assert found["People"] == "10"
    assert found["Half take at most (minutes)"] == "6.0"
    assert found["Nine of ten take at most (minutes)"] == "10.0"


def test_what_was_not_typed_by_hand_costs_nothing(world):
    by, enrolment = person(world)
    put(by, enrolment, "activities", kind="coaching", started_on=dt.date(2026, 11, 2))
    assert costs_seen(world, "provider_manager") == {}


def test_a_commissioner_sees_every_organisation_that_is_not_small(world):
    for _ in range(10):
        typed(world, [4])
    typed(world, [9], programme="lantern", who="other_practitioner")
    found = costs_seen(world, "commissioner")
    assert set(found) == {"Harbour Lights", "All together"}
    page = world.client("commissioner").get(world.url("recording_costs"))
    assert b"Within the aim" in page.content
    assert b"1 organisation with fewer than 10 people is not shown alone" in page.content


def test_a_manager_sees_their_own_organisation_alone(world):
    for _ in range(3):
        typed(world, [4])
    typed(world, [9], programme="lantern", who="other_practitioner")
    assert set(costs_seen(world, "provider_manager")) == {"Harbour Lights"}
    assert set(costs_seen(world, "other_manager")) == {"Lantern House"}


@pytest.mark.parametrize("who", ["practitioner", "verifier", "investor", "evaluator"])
def test_others_do_not_see_what_recording_costs(world, who):
    assert world.client(who).get(world.url("recording_costs")).status_code == 403


def test_months_long_past_are_left_out(world):
    with clock.at(dt.datetime(2025, 11, 20, tzinfo=dt.UTC)):
        by, enrolment = person(world, started=dt.date(2025, 3, 1))
        put(by, enrolment, "activities", seconds=600, kind="coaching", started_on=dt.date(2025, 11, 2))
    assert costs_seen(world, "provider_manager") == {}
