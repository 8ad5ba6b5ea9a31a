"""Profiles: every mistake is named with its line; every key does what it says."""

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from openoutcomes.contracts.reading import parse_terms, read_terms
from openoutcomes.contracts.terms import Terms
from openoutcomes.standard.problems import InputError
from openoutcomes.synth.brief import Brief
from openoutcomes.synth.defaults import derive
from openoutcomes.synth.draws import Spread
from openoutcomes.synth.profile import InstrumentProfile, NeedProfile, Profile
from openoutcomes.synth.profile_file import load_profile, parse_profile, profile_names
from openoutcomes.synth.profile_keys import KEYS

MISTAKES = [
    ("outcoms: {home: 50%}", "unknown key 'outcoms'. Did you mean 'outcomes'?"),
    ("exact: yes\nexact: no", "the key 'exact' is written twice"),
    (
        "outcomes: {hom: 50%}",
        "'hom' is not an outcome that people achieve under these terms. Did you mean 'home'",
    ),
    ("outcomes: {joining: 50%}", "'joining' is not an outcome that people achieve"),
    ("outcomes: {home: {rate: 120%}}", "'120%' is not a share from 0 to 1"),
    ("outcomes: {home: {rat: 20%}}", "unknown key 'rat'. Did you mean 'rate'?"),
    ("outcomes: {home: {of: everyone}}", "'everyone' is not one of the choices"),
    ("outcomes: {home: {most: 0}}", "expected a whole number of 1 or more, found '0'"),
    (
        "outcomes: {home: {evidence: {foto: 100%}}}",
        "the terms do not accept 'foto' for home. Did you mean 'photo'?",
    ),
    ("outcomes: {home: {evidence: {photo: 50%}}}", "the shares sum to 50%, not 100%"),
    ("sex: {female: 50%, male: 49%}", "the shares sum to 99%, not 100%"),
    ("sex: []", "expected words here, found nothing"),
    ("people: none", "expected a number, found 'none'"),
    ("people: 0", "expected a whole number of 1 or more"),
    ("contract: other", "this profile is for the contract 'other', not 'everything'"),
    ("starts: {from: 2020-02-01, to: 2020-01-01}", "the first day is after the last"),
    ("starts: {from: 1 May 2020, to: 2020-06-01}", "'1 May 2020' is not a date"),
    ("starts: {from: 2020-02-01}", "the key 'to' is missing"),
    ("ages: old", "'old' is not a range. Write 0 to 110"),
    ("ages: 18 to 200", "'18 to 200' goes beyond 0 to 110"),
    ("ages: {young: 100%}", "'young' is not an age in years"),
    ("referral: {least: 9, median: 7, most: 28}", "least, median and most are not in order"),
    ("referral: {least: 0, most: 28}", "the key 'median' is missing"),
    ("referral: {median: 7, most: 9000}", "go beyond ten years of days"),
    ("referral: {median: 7, factor: 1}", "factor has to be over 1"),
    ("referral: {median: 7, most: 9, factor: 2}", "stands instead of most"),
    ("referral: soon", "expected a number, found 'soon'"),
    (
        "payment groups: {wrok: 50%, both: 50%}",
        "the terms do not name payment group 'wrok'. Did you mean 'work'?",
    ),
    ("cohorts: [erly]", "the terms do not name cohort 'erly'. Did you mean 'early'?"),
    ("sex: [female, male, female]", "'female' is written twice. Write each once, or give shares"),
    ("referred by: [the council]", "'the council' is not a code. Use letters, digits"),
    ("areas: {North End: 100%}", "'North End' is not a code"),
    ("characteristics: {care leaver: 10%}", "'care leaver' is not a code"),
    ("characteristics: [carer]", "expected words and their shares here"),
    ("needs: home", "expected categories of need here"),
    ("needs: {home: {intensity: 3 to 9}}", "the key 'share' is missing"),
    ("needs: {home: {share: 10%, intensity: 3 to 12}}", "'3 to 12' goes beyond 0 to 10"),
    ("instruments: {gad-7: {mean: 30, sd: 4, change: -3}}", "the mean lies outside 0 to 21"),
    ("instruments: {gad-7: {mean: 12, sd: 0, change: -3}}", "the SD is not over nought"),
    ("instruments: {gad-7: {mean: 12}}", "the key 'sd' is missing"),
    ("questions: {better: {share: 10%}}", "the key 'answers' is missing"),
    ("questions: {better: {answers: [yes]}}", "the key 'share' is missing"),
    ("verification: {accepted: 90%}", "accepted, queried, refused and pending do not sum to 100%"),
    ("cohort results: {fewer-night: 10%}", "Did you mean 'fewer-nights'?"),
    ("cohort results: {fewer-nights: lots}", "'lots' is not a figure"),
    ("missing: {names: 10%}", "'names' is not a field that may be blank"),
    ('claims: {late: "1,5"}', "'1,5' is not a share from 0 to 1"),
]


@pytest.fixture(scope="module")
def brief(everything: Terms) -> Brief:
    return Brief(everything)


def read(text: str, brief: Brief) -> Profile:
    return parse_profile(f"profile: test\n{text}\n", brief)


@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=[text for text, _ in MISTAKES])
def test_a_mistake_is_named_with_its_line(text: str, message: str, brief: Brief) -> None:
    with pytest.raises(InputError) as caught:
        read(text, brief)
    problem = caught.value.problems[0]
    assert message in str(problem)
    assert (problem.file, problem.line) == ("profile.yaml", 3 if "\n" in text else 2)


def test_a_profile_without_a_name_is_refused(brief: Brief) -> None:
    with pytest.raises(InputError, match="the key 'profile' is missing"):
        parse_profile("people: 3", brief)


def test_every_mistake_of_a_file_is_reported_at_once(brief: Brief) -> None:
    with pytest.raises(InputError) as caught:
        read("people: 0\nexact: maybe\nreferral: soon", brief)
    assert [problem.line for problem in caught.value.problems] == [2, 3, 4]


def test_a_profile_that_is_not_there_is_said_to_be_missing(brief: Brief) -> None:
    with pytest.raises(InputError, match="Did you mean 'fair-chance-fund-ambition'"):
        load_profile("fair-chance-fund-ambitoin", brief)


FULL = """
profile: full
about: Every key.
contract: everything
source: {where: nowhere}
people: 12
exact: yes
starts: {from: 2021-01-01, to: 2021-02-01}
referral: 3
ages: {20: 1/2, 30: 1/2}
sex: [female]
ethnicity: {mixed: 1}
disability: no
areas: {E01-SYN1: 1}
providers: [one, two]
programmes: [p]
payment groups: [both]
cohorts: [early]
referred by: [council-gateway]
characteristics: {homeless: 50%, carer: 20%}
needs: {home: {share: 100%, intensity: 6 to 8}, money: {share: 5%}}
strengths: 10%
support: {sessions: {least: 1, median: 2, most: 3}, kinds: [visit]}
instruments: {gad-7: {mean: 12, sd: 3, change: -4, range: 2 to 20, share: 50%}}
questions: {better: {share: 80%, answers: {yes: 90%, no: 10%}}}
claims: {delay: 9, late: 2%, twice: 3%, without evidence: 4%}
verification: {accepted: 97%, refused: 3%, queried: 0%, pending: 0%, delay: 6}
losses: {regained: 1%, after: 40, away: 5, moved: 2%, for good: 3%, undone: 4%}
cohort results: {fewer-nights: 12%}
missing: {birth year: 10%}
outcomes:
  job: 10%
  job-month: {rate: 40%, of: people, after: {least: 1, median: 5, factor: 3}, again: 50%, most: 3}
  home:
    evidence: {tenancy: 20%, photo: 30%, letter: 50%}
    claims: {late: 9%}
    verification: {delay: 1}
"""


def test_every_key_reaches_the_profile(brief: Brief) -> None:
    made = parse_profile(FULL, brief)
    base = derive(brief)
    assert (made.name, made.people, made.exact) == ("full", 12, True)
    assert made.starts == (dt.date(2021, 1, 1), dt.date(2021, 2, 1))
    assert made.referral == Spread(3, 3, 3)
    assert made.ages == {20: Fraction(1, 2), 30: Fraction(1, 2)}
    assert {subject: list(shares) for subject, shares in made.attributes.items()} == {
        "sex": ["female"], "ethnicity": ["mixed"], "disability": ["no"], "provider": ["one", "two"],
        "area": ["E01-SYN1"], "referred by": ["council-gateway"], "payment group": ["both"],
        "cohort": ["early"], "programme": ["p"],
    }  # fmt: skip
    assert made.characteristics == {"homeless": Fraction(1, 2), "carer": Fraction(1, 5)}
    assert made.needs == {"home": NeedProfile(Fraction(1), 6, 8), "money": NeedProfile(Fraction(1, 20), 3, 9)}
    assert made.strengths == Fraction(1, 10)
    assert (made.support.sessions, list(made.support.kinds)) == (Spread(1, 2, 3), ["visit"])
    gad = InstrumentProfile(Fraction(12), Fraction(3), Fraction(-4), 2, 20, Fraction(1, 2))
    assert made.instruments == {"gad-7": gad, "own-scale": base.instruments["own-scale"]}
    assert made.questions["better"].answers == {"yes": Fraction(9, 10), "no": Fraction(1, 10)}
    assert (made.claims.delay, made.claims.late, made.claims.twice) == (
        Spread(9, 9, 9), Fraction(2, 100), Fraction(3, 100),
    )  # fmt: skip
    assert made.claims.without_evidence == Fraction(4, 100)
    assert (made.verification.accepted, made.verification.pending) == (Fraction(97, 100), Fraction(0))
    assert (made.losses.after, made.losses.away) == (Spread(40, 40, 40), Spread(5, 5, 5))
    assert (made.losses.regained, made.losses.undone) == (Fraction(1, 100), Fraction(4, 100))
    assert (made.losses.moved, made.losses.for_good) == (Fraction(2, 100), Fraction(3, 100))
    assert made.results == {"fewer-nights": Fraction(12, 100)}
    assert made.missing == {"birth year": Fraction(1, 10)}
    assert made.outcomes["job"].rate == Fraction(1, 10)
    month = made.outcomes["job-month"]
    assert (month.rate, month.of, month.again, month.most) == (Fraction(2, 5), "people", Fraction(1, 2), 3)
    assert month.after == Spread(1, 5, None, Fraction(3))
    home = made.outcomes["home"]
    assert home.evidence == {"tenancy": Fraction(1, 5), "photo": Fraction(3, 10), "letter": Fraction(1, 2)}
    assert home.claims is not None
    assert (home.claims.late, home.claims.delay) == (Fraction(9, 100), Spread(9, 9, 9))
    assert home.verification is not None
    assert (home.verification.delay, home.verification.accepted) == (Spread(1, 1, 1), Fraction(97, 100))
    assert made.outcomes["sport"] == base.outcomes["sport"]


def test_the_full_profile_names_every_key_of_the_language() -> None:
    for section in KEYS.values():
        for key in section:
            assert f"{key}:" in FULL, key


def test_the_guide_lists_every_key_with_its_meaning() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "synthetic-people.md").read_text(encoding="utf-8")
    for section in KEYS.values():
        for key, meaning in section.items():
            assert f"| `{key}` | {meaning} |" in guide


def test_ages_may_be_a_range_and_areas_a_number(brief: Brief) -> None:
    made = read("ages: 18 to 21\nareas: 3", brief)
    assert list(made.ages) == [18, 19, 20, 21]
    assert list(made.attributes["area"]) == ["E01-SYN000001", "W01-SYN000002", "E01-SYN000003"]


def test_areas_without_a_rule_are_marked_as_made_up(fair_chance_brief: Brief) -> None:
    assert list(read("areas: 1", fair_chance_brief).attributes["area"]) == ["SYN01000001"]


def test_an_instrument_that_no_rule_needs_takes_the_place_of_the_usual_one(fair_chance_brief: Brief) -> None:
    made = read("instruments: {wsas: {mean: 20, sd: 5, change: -4}}", fair_chance_brief)
    assert list(made.instruments) == ["wsas"]
    assert list(read("instruments: {}", fair_chance_brief).instruments) == ["swemwbs"]


def test_kinds_of_evidence_may_be_named_where_the_terms_ask_for_none(fair_chance_brief: Brief) -> None:
    made = read("outcomes: {assessment-1: {evidence: [signed-plan]}}", fair_chance_brief)
    assert list(made.outcomes["assessment-1"].evidence) == ["signed-plan"]


def test_support_may_change_one_thing(brief: Brief) -> None:
    assert read("support: {kinds: [visit]}", brief).support.sessions == derive(brief).support.sessions
    assert read("support: {sessions: 4}", brief).support.kinds == derive(brief).support.kinds


def test_a_file_of_ones_own_is_read(brief: Brief, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("profile: mine\npeople: 4\n", encoding="utf-8")
    assert load_profile(path, brief).people == 4


@pytest.mark.parametrize("name", profile_names())
def test_a_shipped_profile_says_where_its_figures_come_from(name: str, fair_chance_brief: Brief) -> None:
    assert load_profile(name, fair_chance_brief).exact


def test_a_profile_of_another_contract_is_refused_for_unknown_outcomes() -> None:
    text = """
contract: plain
currency: GBP
runs: {from: 2020-01-01, to: 2021-12-31}
parties: {payers: [city]}
outcomes: {home: {pays: 1, once per: person}}
"""
    with pytest.raises(InputError, match="this profile is for the contract 'fair-chance-fund', not 'plain'"):
        load_profile("fair-chance-fund-ambition", Brief(read_terms(parse_terms(text))))
