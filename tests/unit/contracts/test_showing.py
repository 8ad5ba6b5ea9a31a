"""The page of terms: whatever the terms say, the reader is told."""

from collections.abc import Callable

import pytest

from openoutcomes.contracts.reading import parse_terms, read_terms
from openoutcomes.contracts.showing import page_text, show
from openoutcomes.contracts.terms import Terms
from openoutcomes.standard.problems import InputError

WHOLE = """
contract: everything
name: Everything | at once
currency: GBP
standing: template
about: A contract with one of each.
runs: {from: 2015-01-01, to: 2017-12-31, outcomes until: 2017-06-30}
parties:
  commissioner: the council
  payers: {council: 2/3, nhs: 1/3}
  providers: [ambition, aspire]
  investors: [a fund]
  verifier: the auditor
parameters:
  price-of-home: {means: price of a home, unit: GBP, value: 500}
  size: {means: least group, unit: people, example: 100, assumed: yes}
who:
  - age at enrolment: 18 to 24
outcomes:
  home:
    says: Moves in.
    counts as: home
    pays: {by sex: {female: 600, otherwise: parameter price-of-home}}
    once per: person
    evidence: letter
    taper: {by contract year: {1: 100%, otherwise: 50%}}
    deadweight: 1/6
    price by: start
  stay: {pays: 10, at most: 4 per person, at least apart: 4 weeks, follows: {outcome: home, after: 13 weeks}}
  start: {pays: {council: 20, nhs: 10}, for each: enrolment, price by: achieved}
  talk: {pays: 1, repeatable: yes, payers: {nhs: 1}, price rises with: {indicator: cpi, base: 2015-01-01}, taper: 50%, deadweight: {by sex: {female: 10%, otherwise: 20%}}}
cohort outcomes:
  fewer:
    says: Fewer of them.
    metric: convictions
    cohorts: [1, 2]
    arm: served
    compared: {with: comparison, as: fall}
    steps: {at least 10%: 1000, at least 20%: 2000}
    smallest group: parameter size
    results wait: 18 months
    deadweight: 10%
    payers: {nhs: 1}
    if none pays: {steps: {at least 7.5%: 500}}
  slide: {metric: score, figure: mean, judged: together, sliding: {nothing at: 0.5, all at: 1.4, amount: 300}}
  days: {metric: days, compared: {baseline: 55%, as: units avoided}, each: {pays: 3, over: 10, up to: 50}, only if: {as: fall, is: at least 1%}}
  plain: {metric: days, each: {pays: 3}}
fixed payments:
  grant: {says: Core., pays: 100, every: quarter, from: 2015-04-01, to: 2016-03-31}
  early: {says: Early., pays: 100, every: quarter, on: first day, from: 2015-04-01, to: 2016-03-31}
  bonus: {pays: 50, on: 2016-01-15, only if: {indicator: journeys, is: at least 4000}, payers: {nhs: 1}}
surplus shares:
  gain: {figure: profit, bands: {over 0: 10%, over 500: 50%}, paid by: provider, most: 1000, ring-fenced for: new routes}
  plain-gain: {figure: profit, above: 500, share: 25%}
either or:
  one-way: {one of: [[home, stay], [talk]]}
caps:
  per person: 5000
  per contract year: {1: 1000, 2: 2000}
  per payer: {council: 900}
when a payer's cap is reached: {council: nhs}
source: {where: Nowhere, verified: [prices, dates], checked by: a tester}
amendments:
  - {agreed: 2016-01-01, takes effect: 2016-02-01, says: Dearer., changes: {outcomes: {stay: {pays: 12}}}}
"""


LINES = """
# Everything | at once
- Contract: everything (template)
- A contract with one of each.
- Outcomes may be achieved until 30 June 2017.
- Commissioner: the council
- Payers: council (2/3), nhs (1/3)
- Providers: ambition, aspire
- Investors: a fund
- Verifier: the auditor
| price-of-home | price of a home | GBP | 500 |
| size | least group | people | must be given when pricing; examples use 100 (assumed) |
- age at enrolment: 18 to 24
| home | Moves in. | sex female: £600.00; otherwise: £500.00 | once per person |
| start |  | £30.00 (council £20.00, nhs £10.00) | each enrolment |
| talk |  | £1.00 | every time |
| bonus |  | £50.00 | on 15 January 2016 |
| gain |  | 10% of profit above £0.00; 50% of profit above £500.00 | from provider |
- Tapered: contract year 1: 100%, otherwise: 50%.
- Tapered: 50%.
- Less, for what would have happened anyway: 1/6.
- Less, for what would have happened anyway: sex female: 10%, otherwise: 20%.
- Counts as home on the outcomes map.
- At least 4 weeks apart.
- Paid by nhs 100%.
- The price moves with cpi from 1 January 2015.
- Groups smaller than 100 do not pay.
- Results count 18 months after the cohort's period ends.
- All cohorts together.
- Due on the last day of each quarter.
- Due on the first day of each quarter.
- Only if journeys is at least 4000.
- At most £1,000.00 a period.
- Ring-fenced for new routes.
- one-way: for each person, only one of (home and stay) or (talk) pays: the first.
- Cap per person: £5,000.00
- Cap of contract year 2: £2,000.00
- What is over the cap of council passes to nhs.
- Verified: prices; dates
"""


@pytest.fixture(scope="module")
def page(terms: Callable[..., Terms]) -> str:
    """The page of terms that hold one of each thing."""
    return page_text(show(terms(WHOLE, assume=True)))


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_nothing_in_the_terms_is_left_out_of_the_page(page: str, line: str) -> None:
    assert line in page.splitlines()


@pytest.mark.parametrize(
    "amounts", ["£3.00 for each unit over 10, up to 50", "nothing at 0.5, £300.00 at 1.4"]
)
def test_what_a_group_earns_is_said_in_figures(page: str, amounts: str) -> None:
    assert amounts in page


def test_the_price_shown_is_the_amended_one(page: str) -> None:
    assert "| stay |  | £12.00 | at most 4 per person |" in page
    assert "agreed 1 January 2016, in effect from 1 February 2016" in page


def test_bare_terms_say_what_they_leave_out(terms: Callable[..., Terms]) -> None:
    bare = terms(
        """
        runs: {from: 2015-01-01}
        calendar: {holidays: none}
        verification: not required
        outcomes: {home: {pays: 5, once per: person}}
        """
    )
    page = page_text(show(bare)).splitlines()
    for line in ("- Anyone enrolled.", "- None.", "- None given.", "- No verifier's finding is needed."):
        assert line in page
    assert "- Runs: 1 January 2015 to no end date" in page


def test_a_bar_in_a_cell_does_not_break_the_table(terms: Callable[..., Terms]) -> None:
    page = page_text(show(terms("outcomes: {home: {says: a | b, pays: 5, once per: person}}")))
    assert "| home | a \\| b | £5.00 | once per person |" in page


def test_what_loses_a_state_and_what_does_not_is_on_the_page(terms: Callable[..., Terms]) -> None:
    page = page_text(
        show(
            terms(
                """
                outcomes:
                  home: {pays: 5, once per: person}
                  stay:
                    pays: 5
                    once per: person
                    follows: {outcome: home, sustained for: 3 months, clock restarts on: lost, starts again on: found,
                              continues on: moved, gaps up to: 2 weeks, gaps in total: 3 weeks, still so when achieved: yes}
                  work:
                    pays: 5
                    once per: person
                    follows: {event: job, sustained for: 13 weeks, clock restarts on: lost or left, gaps up to: 1 week,
                              time in gaps counts: yes}
                """
            )
        )
    )
    assert (
        "- Follows home, sustained for 3 months; the clock restarts on lost and starts again on found; moved is no loss; "
        "gaps up to 2 weeks, 3 weeks in all, are overlooked, not counted; it must be so still on the day achieved."
    ) in page
    assert (
        "- Follows job, sustained for 13 weeks; the clock restarts on lost or left; gaps up to 1 week are overlooked, "
        "counting towards the time."
    ) in page


@pytest.mark.parametrize(
    ("figure", "shown"), [("rate", "55%"), ("numerator", "0.55"), ("mean", "0.55"), ("denominator", "0.55")]
)
def test_a_baseline_is_shown_as_it_is_recorded(figure: str, shown: str, terms: Callable[..., Terms]) -> None:
    body = (
        f"cohort outcomes: {{seen: {{metric: m, figure: {figure}, compared: {{baseline: 0.55, as: fewer}}, "
        "judged: each period, each: {pays: 1}}}"
    )
    page = page_text(show(terms(body))).splitlines()
    assert f"- Compared with {shown}: fewer." in page
    assert "- Each period of each cohort alone." in page


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("value: 5", "5"),
        ("example: 5", "must be given when pricing; examples use 5"),
        ("example: 5, assumed: yes", "must be given when pricing; examples use 5 (assumed)"),
    ],
)
def test_a_parameter_is_shown_with_what_is_known_of_it(
    said: str, shown: str, terms: Callable[..., Terms]
) -> None:
    body = f"parameters: {{p: {{means: a price, {said}}}}}\noutcomes: {{home: {{pays: parameter p, once per: person}}}}"
    assert shown in page_text(show(terms(body, assume=True)))


def test_a_parameter_given_for_a_run_is_shown_as_one_that_must_be(yaml: Callable[[str], str]) -> None:
    body = yaml("parameters: {p: {means: a price}}\noutcomes: {home: {pays: parameter p, once per: person}}")
    page = page_text(show(read_terms(parse_terms(body), {"p": "7"})))
    assert "must be given when pricing" in page
    assert "examples use" not in page
    assert "£7.00" in page


def test_a_parameter_that_the_terms_do_not_have_is_refused(yaml: Callable[[str], str]) -> None:
    body = yaml(
        "parameters: {rate: {means: a price}}\noutcomes: {home: {pays: parameter rate, once per: person}}"
    )
    with pytest.raises(InputError) as caught:
        read_terms(parse_terms(body), {"rat": "7", "rate": "7"})
    (problem,) = caught.value.problems
    assert "'rat' is not a parameter of this contract" in str(problem)
    assert "'rate'" in str(problem)
