"""Terms written wrongly, oddly or with ill will: always told where and what, never a traceback or a hang."""

import time
from collections.abc import Callable

import pytest

from openoutcomes.contracts.examples import run_examples
from openoutcomes.contracts.lines import Result
from openoutcomes.contracts.reading import parse_terms, read_terms
from openoutcomes.contracts.terms import Terms
from openoutcomes.standard.problems import InputError

HOME = "outcomes: {home: {pays: 100, once per: person, verification: not required%s}}\n"
ONE_CLAIM = {
    "people": [{"person_id": "p"}],
    "achievements": [
        {"achievement_id": "a", "person_id": "p", "outcome": "home", "achieved_on": "2015-02-01", "claimed_on": "2015-02-01"}
    ],
}  # fmt: skip

REFUSED = {
    "a week with no working day": (
        "calendar: {weekend: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]}\n" + HOME % "",
        "no day is left to work on",
    ),
    "a window of two million years": (HOME % ", claim within: 99999999 weeks", "is not a length of time"),
    "working days without end": (HOME % ", claim within: 999999 working days", "is not a length of time"),
    "more than a century": (HOME % ", claim within: 101 years", "is not a length of time"),
    "a length of 5,000 digits": (HOME % f", claim within: {'9' * 5000} days", "is not a length of time"),
    "5,000 digits of times": (f"outcomes: {{home: {{pays: 1, at most: {'9' * 5000} per person}}}}", "how often"),
    "money too large to hold": ("outcomes: {home: {pays: 1e999999, once per: person}}", "is not an amount of money"),
    "a share too small to hold": (HOME % ", deadweight: 1e-999999999", "is not a share"),
    "a share too large to hold": (HOME % ", deadweight: 1e9999999", "is not a share"),
    "a share of nothing": (HOME % ", deadweight: 1/0", "is not a share"),
    "units too large to hold": ("cohort outcomes: {c: {metric: m, each: {pays: 1, over: 1e9999999}}}", "is not a number"),
    "an amendment of a key that is not there": (
        HOME % "" + "amendments: [{agreed: 2015-02-01, takes effect: 2015-02-01, changes: {outcoms: {home: {pays: 5}}}}]",
        "unknown key 'outcoms'. Did you mean 'outcomes'?",
    ),
    "an amendment that takes the payers away": (
        HOME % "" + "amendments: [{agreed: 2015-02-01, takes effect: 2015-02-01, changes: {parties: }}]",
        "an amendment cannot remove 'parties'",
    ),
    "an amendment that takes the dates away": (
        HOME % "" + "amendments: [{agreed: 2015-02-01, takes effect: 2015-02-01, changes: {runs: }}]",
        "an amendment cannot remove 'runs'",
    ),
    "an amendment in a word": (HOME % "" + "amendments: soon", "expected keys and values here, found 'soon'"),
    "an amendment that leaves nothing to pay for": (
        HOME % "" + "amendments: [{agreed: 2015-02-01, takes effect: 2015-02-01, changes: {outcomes: {home: }}}]",
        "the terms pay for nothing",
    ),
    "a quarter written another way": (HOME % "" + "caps: {per quarter: {Q1 2015: 5}}", "'Q1 2015' is not a quarter"),
    "a contract year in words": (HOME % "" + "caps: {per contract year: {one: 5}}", "'one' is not a contract year"),
    "a month that never was": (HOME % "" + "caps: {per month: {2015-13: 5}}", "'2015-13' is not a month"),
    "a cap of an unknown payer": (HOME % "" + "caps: {per payer: {zz: 5}}", "'zz' is not a payer"),
    "a payer's cap for all": (HOME % "" + "caps: {per payer: 5}", "a payer's cap names the payer"),
    "a cap by volume": (HOME % "" + "caps: {contract: {by volume: {1: 5}}}", "cannot depend on volume"),
    "a cap for a time in words": (HOME % "" + "caps: {per period: {spring: 5}}", "is not a span of dates"),
    "caps in a word": (HOME % "" + "caps: none", "expected keys and values here"),
    "sides as a list": (HOME % "" + "either or: [home]", "expected names with their values here, found a list"),
    "one side only": (HOME % "" + "either or: {g: {one of: home}}", "two or more lists"),
    "cohorts as a list": (HOME % "" + "cohorts: [first]", "expected the name of each cohort"),
    "cohorts in another word": (HOME % "" + "cohorts: recorded", "is not one of the choices"),
    "parameters as a list": ("parameters: [a]\n" + HOME % "", "expected names with their values here"),
    "a name that is a list": ("name: [a]\n" + HOME % "", "expected words here, found a list"),
    "outcomes as a list": ("outcomes: [home]", "one below the other"),
    "an outcome that is a number": ("outcomes: {home: 5}", "expected keys and values here, found '5'"),
    "a code with a space": ("outcomes: {my home: {pays: 1, once per: person}}", "'my home' is not a code"),
    "dates in a word": (HOME % "" + "dates: later", "expected keys and values here"),
    "bands with a top": ("surplus shares: {s: {figure: f, bands: {5 to 9: 10%}}}", "is not a level"),
    "29 February every year": ("calendar: {financial year starts: 02-29}\n" + HOME % "", "is not a month and day"),
    "payers' rates of nothing": ("outcomes: {home: {pays: {}, once per: person}}", "there is no price here"),
    "no payer of a share": ("parties: {payers: {}}\n" + HOME % "", "no payer is named here"),
    "evidence of nothing": (HOME % ", evidence: []", "nothing is named here"),
    "alternates that say two things": (HOME % ", evidence alternates: [a and b, c]", "evidence"),
    "dates in the wrong order": (HOME % ", achieved: {from: 2016-01-01, to: 2015-01-01}", "after the last"),
    "a question without an answer": (HOME % ", person says: {question: q}", "the key 'answers' is missing"),
    "a change of nothing": (HOME % ", measured by: {instrument: swemwbs, rises by: some}", "is not a range"),
    "a table within a price's payers": ("outcomes: {home: {pays: {zz: 5}, once per: person}}", "'zz' is not a payer"),
    "no rows": ("outcomes: {home: {pays: {by cohort: {}}, once per: person}}", "needs rows below it"),
    "an escape that clears the screen": ('name: "\\e[2J"\n' + HOME % "", "holds a control character"),
    "no payers": ("parties: {provider: x}\n" + HOME % "", "the key 'payers' is missing"),
    "excess of an unknown payer": (HOME % "" + "when a payer's cap is reached: {zz: lost}", "'zz' is not a payer"),
    "a gate with nothing to compare with": (
        "cohort outcomes: {c: {metric: m, each: {pays: 1}, only if: {as: fall, is: at least 1%}}}",
        "'only if' needs 'compared'",
    ),
    "half a gate": (
        "cohort outcomes: {c: {metric: m, compared: {baseline: 5%, as: fall}, each: {pays: 1}, only if: {as: fall}}}",
        "the key 'is' is missing",
    ),
    "a fallback for cohorts judged together": (
        "cohort outcomes: {c: {metric: m, judged: together, cohorts: [1], each: {pays: 1}, if none pays: {each: {pays: 1}}}}",
        "no pooled test to fall back on",
    ),
    "units of a mean": (
        "cohort outcomes: {c: {metric: m, figure: mean, compared: {baseline: 5%, as: units avoided}, each: {pays: 1}}}",
        "needs figure: rate",
    ),
    "half a slide": ("cohort outcomes: {c: {metric: m, sliding: {nothing at: 5%, amount: 1}}}", "the key 'all at' is missing"),
    "a block payment of nothing": ("fixed payments: {f: {on: 2015-01-01}}", "the key 'pays' is missing"),
    "never": ("outcomes: {home: {pays: 1, at most: 0 per person}}", "it must pay at least once"),
    "once per nobody knows what": ("outcomes: {home: {pays: 1, once per: household}}", "is not a thing to count by"),
    "once per period": ("outcomes: {home: {pays: 1, once per: period}}", "which period?"),
    "a period of its own": ("outcomes: {home: {pays: 1, once per: person each fortnight}}", "'fortnight' is not a period"),
    "looking both ways": (
        HOME % ", void if: {event: lost, within: 1 week, in the last: 1 week}", "looks forward and 'in the last' looks back"
    ),
    "an index without a base": (HOME % ", price rises with: {indicator: cpi}", "the key 'base' is missing"),
    "a side of an unknown outcome": (HOME % "" + "either or: {g: {one of: [[home], [job]]}}", "'job' is not an outcome"),
    "no code": (HOME % ", void if: {event: ['']}", "expected words here"),
    "a list of money": ("outcomes: {home: {pays: [1], once per: person}}", "is not an amount of money"),
    "words where a month is counted": ("outcomes: {home: {pays: {by date: {spring: 1}}, once per: person}}", "a span of dates"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_mistake_in_terms_is_told_with_its_place(
    case: tuple[str, str], terms: Callable[..., Terms]
) -> None:
    body, said = case
    with pytest.raises(InputError) as caught:
        terms(body)
    told = [str(problem) for problem in caught.value.problems]
    assert any(said in one for one in told), told
    assert all(problem.line for problem in caught.value.problems)


EXAMPLES = {
    "a date that never was": ("expect: {home: 5 on 2015-02-30}", "'2015-02-30' is not a date"),
    "no records": ("given_left_out", "the key 'given' is missing"),
    "nonsense": ("expect: {home: plenty}", "is not something to expect"),
    "a list of ids": (
        "given: {person: {id: [a, b]}}, expect: {home: 0}",
        "expected one value here, found a list",
    ),
    "keys for an id": ("given: {person: {id: {a: b}}}, expect: {home: 0}", "found a group of keys"),
    "a list of states": (
        "given: {achievements: [{outcome: home, achieved_on: 2015-01-01, state: [x]}]}, expect: {home: 0}",
        "expected one value here",
    ),
    "a reading that is not one": ("given: {measures: [much]}, expect: {home: 0}", "is not a reading"),
    "an event that is not one": ("given: {events: [soon]}, expect: {home: 0}", "is not an event"),
    "needs in a word": ("given: {needs: [many]}, expect: {home: 0}", "expected the fields of a record"),
    "expecting a word": ("given: {}, expect: much", "expect is written as outcome: amount"),
    "expecting an unknown outcome": ("given: {}, expect: {hme: 5}", "'hme' is not an outcome"),
    "expecting words of a total": ("given: {}, expect: {payable: much}", "expected a number"),
}


@pytest.mark.parametrize("case", EXAMPLES.values(), ids=EXAMPLES)
def test_a_mistake_in_an_example_is_told(case: tuple[str, str], yaml: Callable[[str], str]) -> None:
    body, said = case
    given = "" if body.startswith("given") else "given: {}, "
    body = "expect: {home: 0}" if body == "given_left_out" else body
    text = yaml(HOME % "" + f"examples: [{{says: one, {given}{body}}}]\n")
    with pytest.raises(InputError) as caught:
        run_examples(parse_terms(text))
    assert any(said in str(problem) for problem in caught.value.problems), caught.value


def test_terms_to_the_end_of_the_calendar_are_priced(priced: Callable[..., Result]) -> None:
    ends = "runs: {from: 2015-01-01, to: 9999-12-31}\n"
    result = priced(ends + HOME % ", claim within: 100 years", ONE_CLAIM)
    assert [line.status for line in result] == ["payable"]
    far = {
        **ONE_CLAIM,
        "achievements": [{**ONE_CLAIM["achievements"][0], "achieved_on": "2099-12-31", "claimed_on": None}],
    }
    assert [line.period for line in priced(ends + HOME % "", far, "2110-01-01")] == ["2099-Q4"]


def test_an_example_of_terms_to_the_end_of_the_calendar_runs(yaml: Callable[[str], str]) -> None:
    text = yaml(
        "runs: {from: 2015-01-01, to: 9999-12-31}\n"
        + HOME % ""
        + "examples: [{says: x, given: {}, expect: {home: 0}}]"
    )
    assert [outcome.passed for outcome in run_examples(parse_terms(text))] == [True]


def test_a_chain_too_long_to_walk_is_refused_whichever_way_it_is_written(terms: Callable[..., Terms]) -> None:
    rows = [f"  o{i}: {{pays: 1, once per: person, follows: o{i + 1}}}\n" for i in range(2000)]
    with pytest.raises(InputError, match="more than 200 outcomes follow one another") as caught:
        terms("outcomes:\n" + "".join(rows) + "  o2000: {pays: 1, once per: person}\n")
    assert len(caught.value.problems) == 1


def test_thousands_of_outcomes_are_read_and_priced(priced: Callable[..., Result]) -> None:
    card = "outcomes:\n  home: {pays: 1, once per: person, verification: not required}\n"
    card += "".join(f"  o{i}: {{pays: {i}, once per: person, evidence: letter}}\n" for i in range(3000))
    assert priced(card, ONE_CLAIM).totals()["payable"] == 1


def test_a_hundred_amendments_are_read_once_each(terms: Callable[..., Terms]) -> None:
    card = (
        "outcomes:\n"
        + "".join(f"  o{i}: {{pays: 1, once per: person}}\n" for i in range(25))
        + "amendments:\n"
    )
    for i in range(100):
        day = f"2015-{1 + i // 25:02}-{1 + i % 25:02}"
        card += f"  - {{agreed: {day}, takes effect: {day}, changes: {{outcomes: {{o1: {{pays: {i}}}}}}}}}\n"
    begun = time.process_time()
    read = terms(card)
    assert time.process_time() - begun < 10
    assert len(read.versions) == 101
    assert [
        version.number for version in read.known_by(read.histories[3][0] or read.original.runs.first)
    ] == [0, 1, 2, 3]


def test_amendments_that_reach_back_each_have_their_own_chain(priced: Callable[..., Result]) -> None:
    body = (
        HOME % ""
        + """\
amendments:
  - {agreed: 2015-03-01, takes effect: 2015-03-01, changes: {outcomes: {home: {pays: 300}}}}
  - {agreed: 2015-06-01, takes effect: 2015-01-01, changes: {outcomes: {home: {pays: 200}}}}
"""
    )
    assert priced(body, ONE_CLAIM, "2015-05-31").totals()["payable"] == 100
    assert priced(body, ONE_CLAIM, "2015-06-01").totals()["payable"] == 200


@pytest.mark.parametrize(
    ("currency", "price", "shown"),
    [("JPY", "10", "10"), ("KWD", "10.505", "10.505"), ("GBP", "10.50", "10.50")],
)
def test_a_currency_has_its_own_smallest_unit(
    currency: str, price: str, shown: str, priced: Callable[..., Result]
) -> None:
    body = f"contract: c\ncurrency: {currency}\noutcomes: {{home: {{pays: {price}, once per: person, verification: not required}}}}\n"
    assert str(priced(body, ONE_CLAIM).totals()["payable"]) == shown


def test_a_table_in_a_table_of_the_same_name_fits_where_both_do(priced: Callable[..., Result]) -> None:
    body = "outcomes: {home: {pays: {by contract year: {1: {by contract year: {1: 7, 2: 9}}}}, once per: person, verification: not required}}"
    assert priced(body, ONE_CLAIM).totals()["payable"] == 7


def test_an_empty_data_set_has_no_lines_and_no_money(priced: Callable[..., Result]) -> None:
    for rows in ({}, {"people": [], "achievements": []}):
        result = priced(HOME % "", rows)
        assert result.lines == []
        assert set(result.totals().values()) == {0}


def test_a_person_with_a_thousand_claims_is_paid_once_and_soon(priced: Callable[..., Result]) -> None:
    rows = {
        "people": [{"person_id": "p"}],
        "achievements": [
            {"achievement_id": f"a{i:04}", "person_id": "p", "outcome": code, "achieved_on": "2015-02-01"}
            for i in range(500)
            for code in ("home", "kept")
        ],
    }
    for i, row in enumerate(rows["achievements"]):
        row["achievement_id"] = f"a{i:04}"
    body = "verification: not required\noutcomes: {home: {pays: 1, repeatable: yes}, kept: {pays: 1, repeatable: yes, follows: {outcome: home, sustained for: 1 day, clock restarts on: lost}}}"
    result = priced(body, rows)
    assert [sum(line.status == status for line in result) for status in ("payable", "held")] == [500, 500]


def test_every_problem_of_a_file_is_told_at_once(terms: Callable[..., Terms]) -> None:
    with pytest.raises(InputError) as caught:
        terms(
            "outcomes: {home: {pays: 1}, work: {pays: x, once per: week}, 'a b': {pays: 1, once per: person}}"
        )
    assert len(caught.value.problems) >= 4


def test_reading_gives_the_same_terms_each_time(yaml: Callable[[str], str]) -> None:
    text = yaml(HOME % ", evidence: a or b")
    assert read_terms(parse_terms(text)) == read_terms(parse_terms(text))


def test_what_may_be_left_out_or_said_shortly_is(terms: Callable[..., Terms]) -> None:
    read = terms(
        "parties: {payers: {council: 1/2, health: 1/2}}\ncalendar: {financial year starts: 01-06}\n"
        "outcomes: {home: {pays: 1, repeatable: yes, achieved: {from: 2015-01-01}, payers: health}}"
    )
    home = read.original.outcomes["home"]
    assert home.payers == (("health", 1),)
    assert str(home.achieved) == "from 1 January 2015"
    assert read.original.calendar.financial_year_starts == (1, 6)


def test_an_outcome_in_two_either_ors_may_be_kept_first_by_one_and_highest_by_the_other(
    priced: Callable[..., Result],
) -> None:
    body = """\
verification: not required
outcomes: {home: {pays: 1, repeatable: yes}, work: {pays: 2, repeatable: yes}, rest: {pays: 3, repeatable: yes}}
either or:
  one: {one of: [[home], [work]]}
  two: {one of: [[home], [rest]], keep: highest}
"""
    rest = {**ONE_CLAIM["achievements"][0], "achievement_id": "b", "outcome": "rest"}
    rows = {"people": ONE_CLAIM["people"], "achievements": [*ONE_CLAIM["achievements"], rest]}
    assert [(line.line_id, line.status) for line in priced(body, rows)] == [
        ("a", "refused"),
        ("b", "payable"),
    ]
