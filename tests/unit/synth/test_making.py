"""Made-up data sets: repeatable, plainly made up, true to their rates and to the terms."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from openoutcomes.contracts.catalogue import library_path
from openoutcomes.contracts.lines import Result
from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.reading import load_terms, parse_terms, read_terms
from openoutcomes.contracts.terms import Terms
from openoutcomes.standard.reading import check_path
from openoutcomes.synth import making
from openoutcomes.synth.brief import Brief
from openoutcomes.synth.defaults import derive
from openoutcomes.synth.making import Synthetic, make
from openoutcomes.synth.profile import Profile, Verification
from openoutcomes.synth.profile_file import load_profile, parse_profile

LATER = dt.date(2040, 1, 1)

#: Ambition's final counts: INDIGO data set, project INDIGO-POJ-0131, of 409 people engaged.
AMBITION = {
    "assessment-1": 406, "assessment-2": 351, "assessment-3": 302,
    "accommodation-entry": 370, "accommodation-3-months": 328, "accommodation-6-months": 288,
    "accommodation-12-months": 235, "accommodation-18-months": 201,
    "education-entry": 152, "qualification-entry-level": 46, "qualification-level-1": 35,
    "qualification-level-2": 5, "job-entry": 141, "part-time-13-weeks": 21, "part-time-26-weeks": 6,
    "full-time-13-weeks": 68, "full-time-26-weeks": 46, "volunteering-6-weeks": 92,
    "volunteering-13-weeks": 59, "volunteering-20-weeks": 38, "volunteering-26-weeks": 23,
}  # fmt: skip
#: What each provider's counts come to at the contract's prices, in pounds.
PRICE_TIMES_COUNT = {
    "ambition": 3_155_150, "aspire": 1_516_000, "depaul": 1_692_700, "fusion": 3_032_950,
    "home-group": 2_391_450, "local-solutions": 1_347_000, "st-basils": 2_802_950,
}  # fmt: skip


def plain(terms: Terms) -> Profile:
    """Return the usual profile without anything that goes wrong after the achievement."""
    brief = Brief(terms)
    base = derive(brief)
    nought = Fraction(0)
    return replace(
        base,
        claims=replace(base.claims, late=nought, twice=nought, without_evidence=nought),
        verification=Verification(base.verification.delay, Fraction(1), nought, nought, nought),
        losses=replace(base.losses, undone=nought),
        questions={q: replace(one, share=Fraction(1)) for q, one in base.questions.items()},
    )


def bytes_of(made: Synthetic, path: Path) -> dict[str, bytes]:
    made.write(path)
    return {file.name: file.read_bytes() for file in sorted(path.iterdir())}


def troubles(result: Result) -> Counter[tuple[str, str, str]]:
    return Counter(
        (line.outcome, line.rule, line.reason) for line in result.lines if line.status in ("held", "refused")
    )


# Repeatable ------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(everything: Terms, tmp_path: Path) -> None:
    first = bytes_of(make(everything, 300, 5), tmp_path / "a")
    again = bytes_of(make(everything, 300, 5), tmp_path / "b")
    assert first == again


def test_another_seed_gives_other_people(everything: Terms, tmp_path: Path) -> None:
    first, other = (
        bytes_of(make(everything, 50, 5), tmp_path / "a"),
        bytes_of(make(everything, 50, 6), tmp_path / "b"),
    )
    assert first["people.csv"] != other["people.csv"]


def test_a_change_to_one_part_leaves_the_draws_of_others(everything: Terms) -> None:
    base = derive(Brief(everything))
    other = replace(base, losses=replace(base.losses, regained=Fraction(0)), missing={})
    one, two = (make(everything, 400, 5, profile).dataset() for profile in (base, other))
    assert one.columns("enrolments", ["started_on"]) == two.columns("enrolments", ["started_on"])
    assert one.columns("needs", ["intensity"]) == two.columns("needs", ["intensity"])
    assert one.count("events") != two.count("events")


# Plainly made up -------------------------------------------------------------------------------


def test_every_row_says_that_it_is_synthetic_and_every_id_of_a_record_too(everything: Terms) -> None:
    data = make(everything, 200, 3).dataset()
    assert data.partial >= {"people", "events", "contributions", "feedback", "cohort_results", "indicators"}
    for table in data.partial:
        assert set(data.columns(table, ["source"])[0]) == {"synthetic"}, table
    for table in sorted(data.partial - {"organisations", "programmes"}):
        ids = data.columns(table, [next(iter(data.rows(table)[0]))])[0]
        assert all(each.startswith("syn-") for each in ids), table
    assert all("SYN" in area for area in data.columns("people", ["area_code"])[0] if area)


# Whole and payable -----------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_every_kind_of_file_passes_the_check(everything: Terms, tmp_path: Path, form: str) -> None:
    path = tmp_path / ("made.xlsx" if form == "xlsx" else "made")
    make(everything, 120, 3).write(path, form)  # type: ignore[arg-type]
    report = check_path(path)
    assert [str(problem) for problem in report.problems] == []


def test_nothing_made_under_any_rule_is_refused_by_a_rule(everything: Terms) -> None:
    made = make(everything, 2_000, 9, plain(everything))
    result = price(everything, made.dataset(), LATER)
    found = troubles(result)
    # A few answer "no", which refuses the line, and then nothing after it hangs on that.
    assert {rule for _, rule, _ in found} <= {"person says"}
    assert {outcome for outcome, _, _ in found} <= {"calmer"}
    paid = {line.outcome for line in result.lines if line.status == "payable"}
    assert paid >= {
        "joining",
        "home",
        "home-12-months",
        "job",
        "lifted",
        "happier",
        "avoided",
        "core",
        "extra",
        "profit",
    }


def test_some_things_go_wrong_unless_the_profile_says_otherwise(everything: Terms) -> None:
    found = troubles(price(everything, make(everything, 2_000, 9).dataset(), LATER))
    rules = {rule for _, rule, _ in found}
    assert rules >= {"verification", "evidence", "claim within", "once", "void if", "follows", "person says"}


def test_clocks_start_again_for_those_who_lose_a_home_and_find_another(everything: Terms) -> None:
    base = plain(everything)
    profile = replace(base, losses=replace(base.losses, regained=Fraction(1, 2), moved=Fraction(1, 2)))
    data = make(everything, 1_000, 4, profile).dataset()
    kinds = Counter(data.columns("events", ["kind"])[0])
    assert min(kinds[kind] for kind in ("home-lost", "home-found", "managed-move", "job-lost")) > 20
    result = price(everything, data, LATER)
    assert not [line for line in result.lines if line.rule == "follows" and line.outcome.startswith("home")]


def test_every_outcome_keeps_to_its_conditions(everything: Terms) -> None:
    data = make(everything, 1_500, 2).dataset()
    group = dict(zip(*data.columns("enrolments", ["person_id", "payment_group"]), strict=True))
    rows = list(zip(*data.columns("achievements", ["person_id", "outcome"]), strict=True))
    assert {group[person] for person, outcome in rows if outcome == "job"} == {"work", "both"}
    either = {side: {p for p, outcome in rows if outcome == side} for side in ("sport", "music")}
    assert min(len(side) for side in either.values()) > 100
    assert not either["sport"] & either["music"]


def test_nothing_is_achieved_when_no_terms_allow_it(everything: Terms) -> None:
    data = make(everything, 1_500, 2).dataset()
    days: dict[str, list[dt.date]] = {}
    for outcome, day in zip(*data.columns("achievements", ["outcome", "achieved_on"]), strict=True):
        days.setdefault(outcome, []).append(day)
    assert max(days["cooked"]) <= dt.date(2021, 12, 31)
    assert min(days["gardening"]) >= dt.date(2022, 1, 1)
    assert max(max(found) for found in days.values()) <= dt.date(2025, 6, 30)


def test_blanks_are_left_where_the_profile_says(everything: Terms) -> None:
    profile = replace(
        derive(Brief(everything)), missing={"birth year": Fraction(1, 2), "ethnicity": Fraction(1)}
    )
    data = make(everything, 400, 2, profile).dataset()
    born, ethnicity = data.columns("people", ["birth_year", "ethnicity"])
    assert born.count(None) == pytest.approx(200, abs=60)
    assert set(ethnicity) == {None}


# True to the rates -----------------------------------------------------------------------------


def test_exact_counts_are_those_that_a_real_provider_reached(fair_chance: Terms) -> None:
    profile = load_profile("fair-chance-fund-ambition", Brief(fair_chance))
    assert make(fair_chance, profile.people, 1, profile).counts() == AMBITION


@pytest.mark.parametrize(("provider", "pounds"), PRICE_TIMES_COUNT.items())
def test_a_shipped_profile_comes_to_the_published_price_times_count(
    provider: str, pounds: int, fair_chance: Terms
) -> None:
    profile = load_profile(f"fair-chance-fund-{provider}", Brief(fair_chance))
    made = make(fair_chance, profile.people, 3, profile)
    earned = price(fair_chance, made.dataset(), LATER).totals()["earned"]
    assert earned == pounds


def test_by_chance_the_counts_lie_within_sampling_error(fair_chance: Terms) -> None:
    profile = replace(load_profile("fair-chance-fund-ambition", Brief(fair_chance)), exact=False)
    counts = make(fair_chance, 40_900, 1, profile).counts()
    for code, count in AMBITION.items():
        share = count / 409
        spread = (40_900 * share * (1 - share)) ** 0.5
        # A chain of outcomes adds up its members' errors: five standard deviations allow for it.
        assert abs(counts[code] - count * 100) <= 5 * spread + 1, code


def test_exact_counts_do_not_depend_on_how_many_are_made_at_a_time(
    fair_chance: Terms, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = load_profile("fair-chance-fund-ambition", Brief(fair_chance))
    monkeypatch.setattr(making, "BATCH", 50)
    made = make(fair_chance, 409, 1, profile)
    assert len(made.batches) == 9
    found = made.counts()
    assert {code: abs(found[code] - count) <= 1 for code, count in AMBITION.items()} == dict.fromkeys(
        AMBITION, True
    )


def test_ids_are_whole_across_batches(
    everything: Terms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(making, "BATCH", 30)
    make(everything, 100, 1).write(tmp_path / "made")
    assert [str(problem) for problem in check_path(tmp_path / "made").problems] == []


def test_rare_outcomes_and_tiny_data_sets_are_made_too(tmp_path: Path) -> None:
    for name in ("fair-chance-fund", "peterborough"):
        make(load_terms(library_path(name), assume=True), 1, 1).write(tmp_path / name)
        assert [str(problem) for problem in check_path(tmp_path / name).problems] == []


def test_progress_is_told_to_the_end_for_people_and_for_tables(fair_chance: Terms, tmp_path: Path) -> None:
    told: list[tuple[int, int | None, str]] = []
    made = make(fair_chance, 20, 1, progress=lambda *step: told.append(step))
    made.write(tmp_path / "made", progress=lambda *step: told.append(step))
    assert told[0] == (20, 20, "making people")
    assert told[1:] == [(done, 10, "writing parts of tables") for done in range(1, 11)]


# Figures that profiles give --------------------------------------------------------------------


def results_of(terms: Terms, profile: Profile, metric: str) -> list[dict[str, object]]:
    data = make(terms, 500, 1, profile).dataset()
    return [row for row in data.rows("cohort_results") if row["metric"] == metric]


def test_a_cohort_figure_is_the_one_asked_for(everything: Terms) -> None:
    profile = parse_profile(
        "profile: p\ncohort results: {fewer-nights: 20%, happier: 0.75}", Brief(everything)
    )
    rows = results_of(everything, profile, "nights")
    rate = {(row["cohort"], row["arm"]): row["numerator"] / row["denominator"] for row in rows}  # type: ignore[operator]
    for cohort in ("early", "late"):
        assert float(1 - rate[cohort, "treatment"] / rate[cohort, "comparison"]) == pytest.approx(
            0.2, abs=1e-5
        )
    assert {float(row["mean"]) for row in results_of(everything, profile, "wellbeing")} == {0.75}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("how", "amount"),
    [
        ("compared: {with: comparison, as: fall}, steps: {at least 10%: 7}", 7),
        ("compared: {with: comparison, as: rise}, steps: {over 5%: 7}", 7),
        ("compared: {with: comparison, as: fewer}, steps: {at least 0.1: 7}", 7),
        ("compared: {baseline: 40%, as: more}, steps: {0.1 to 0.3: 7}", 7),
        ("compared: {baseline: 55%, as: units gained}, each: {pays: 1, over: 3}", 10),
        ("compared: {with: comparison, as: units avoided}, steps: {at least 0: 7}", 7),
        ("steps: {at most 20%: 7}", 7),
        ("steps: {at most 0: 7}", 7),
        ("figure: denominator, steps: {at least 40: 7}", 7),
        (
            "figure: mean, compared: {with: comparison, as: fall}, sliding: {nothing at: 10%, all at: 30%, amount: 14}",
            7,
        ),
    ],
)
def test_every_way_of_judging_a_cohort_is_given_a_figure_that_pays(how: str, amount: int) -> None:
    text = f"""
contract: judged
currency: GBP
runs: {{from: 2020-02-29, to: 2024-12-31}}
parties: {{payers: [city]}}
cohort outcomes: {{result: {{metric: m, arm: treatment, {how}}}}}
"""
    terms = read_terms(parse_terms(text))
    result = price(terms, make(terms, 60, 1).dataset(), LATER)
    assert result.totals()["payable"] == amount, [line.reason for line in result.lines]


def test_terms_that_say_little_still_give_people() -> None:
    text = """
contract: short
currency: GBP
runs: {from: 2020-01-01, to: 2020-06-30}
parties: {payers: [city]}
outcomes:
  once: {pays: 1, once per: person}
  kept:
    pays: 1
    once per: person
    follows: {start: enrolment, sustained for: 8 weeks, clock restarts on: left-home}
    void if: {event: left-home}
"""
    terms = read_terms(parse_terms(text))
    result = price(terms, make(terms, 300, 1, plain(terms)).dataset(), LATER)
    assert troubles(result) == Counter()
    assert Counter(line.outcome for line in result.lines)["kept"] > 100


CORNERS = """
contract: corners
currency: GBP
runs: {from: 2020-01-01, to: 2023-12-31}
parties: {payers: [city], providers: [north, south]}
who:
  - referred: 2020-02-01 to 2021-12-31
outcomes:
  plan: {pays: {by age at enrolment: {20 to 30: 5, 31 to 40: 6}}, once per: person}
  home:
    pays: {by programme: {front-door: 10, back-door: 20}}
    once per: person
    follows: {start: referral, after: 2 weeks}
    achieved: until 2023-06-30
    evidence: tenancy or letter
  settled:
    pays: {by cohort: {a: 1, b: 2}}
    once per: person
    within: 6 months of home
    who: [{area figure: {indicator: imd-decile, is: at most 3}}, {referred: from 2020-06-01}]
  better:
    pays: 9
    once per: person
    measured by: {instrument: wsas, falls by: at least 5, first reading: at least 20}
    who: [{area figure: {indicator: imd-decile, is: at least 8}}]
    person says: {question: better, answers: [yes, "no"]}
  earned: {pays: 1, once per: person, person says: {question: better, answers: [yes, "no"], collected: by anyone}}
  cheered: {pays: 1, at most: 3 per person each quarter, evidence alternates: [photo, letter]}
  kept:
    pays: 4
    once per: person
    follows:
      - {outcome: home, sustained for: 3 months, clock restarts on: home-lost, starts again on: home-found}
      - {start: enrolment, sustained for: 3 months, clock restarts on: home-lost}
fixed payments:
  one: {pays: 3, every: contract year, only if: {indicator: jobs, is: over 5}}
  two: {pays: 4, every: contract year, only if: {indicator: jobs, is: over 5}}
"""


def test_rarer_rules_are_met_as_well(tmp_path: Path) -> None:
    terms = read_terms(parse_terms(CORNERS))
    made = make(terms, 1_500, 1, plain(terms))
    data = made.dataset()
    assert set(data.columns("enrolments", ["programme_id"])[0]) == {"front-door", "back-door"}
    assert set(data.columns("enrolments", ["cohort"])[0]) == {"a", "b"}
    assert set(data.columns("enrolments", ["provider_id"])[0]) == {"north", "south"}
    made.write(tmp_path / "made")
    assert [str(problem) for problem in check_path(tmp_path / "made").problems] == []
    result = price(terms, data, LATER)
    assert {rule for _, rule, _ in troubles(result)} <= {"person says", "once"}
    paid = {line.outcome for line in result.lines if line.status == "payable"}
    assert paid == {"plan", "home", "settled", "better", "earned", "cheered", "kept", "one", "two"}


def test_people_keep_to_the_start_dates_of_a_profile_even_where_a_cohort_has_none(everything: Terms) -> None:
    text = (
        "profile: p\nstarts: {from: 2020-02-01, to: 2020-03-31}\noutcomes: {home: {evidence: {tenancy: 1}}}"
    )
    data = make(everything, 200, 1, parse_profile(text, Brief(everything))).dataset()
    started, cohort = data.columns("enrolments", ["started_on", "cohort"])
    assert (min(started) >= dt.date(2020, 2, 1), max(started) <= dt.date(2020, 3, 31)) == (True, True)
    assert set(cohort) == {"early"}
