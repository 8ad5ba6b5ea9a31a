"""Totals instead of people: priced, with what they cannot show said aloud."""

from collections.abc import Callable

import pytest

CASES = {
    "Count times price": (
        """
        outcomes: {home: {pays: 500, once per: person, evidence: letter}}
        """,
        """
        achievement_counts
        outcome | period_start | period_end | count
        home | 2015-01-01 | 2015-03-31 | 3
        """,
        """
        a1 | home | payable £1,500.00 | accepted at 3 × £500.00
        not tested: once per person, evidence, verification
        """,
    ),
    "Limits and caps over the contract are applied": (
        """
        outcomes: {home: {pays: 500, at most: 4 per contract}}
        caps: {contract: 1800}
        """,
        """
        achievement_counts
        outcome | period_start | period_end | count
        home | 2015-01-01 | 2015-03-31 | 3
        home | 2015-04-01 | 2015-06-30 | 3
        """,
        """
        a1 | home | payable £1,500.00 | accepted at 3 × £500.00
        a2 | home | reduced £300.00 | accepted at 3 × £500.00; the terms pay for 1 of these 3; £200.00
            lost: cap of the contract of £1,800.00 leaves £300.00
        not tested: verification
        """,
    ),
    "With one provider, a total that names none is its; with several it waits": (
        """
        parties: {payers: [council], providers: [ambition]}
        outcomes: {home: {pays: 500, repeatable: yes, verification: not required}}
        amendments:
          - agreed: 2015-03-31
            takes effect: 2015-04-01
            changes: {parties: {providers: [ambition, aspire]}}
        """,
        """
        achievement_counts
        outcome | provider_id | period_start | period_end | count
        home | | 2015-01-01 | 2015-03-31 | 2
        home | | 2015-04-01 | 2015-06-30 | 2
        home | aspire | 2015-07-01 | 2015-09-30 | 2
        home | depaul | 2015-10-01 | 2015-12-31 | 2
        """,
        """
        a1 | home | payable £1,000.00 | accepted at 2 × £500.00
        a2 | home | held £1,000.00 | no provider is recorded; record which provider achieved them
        a3 | home | payable £1,000.00 | accepted at 2 × £500.00
        a4 | home | refused £1,000.00 | depaul is not a provider under this contract
        """,
    ),
    "Outside the contract, partly outside, and not an outcome": (
        """
        outcomes:
          home: {pays: 500, once per: person}
        """,
        """
        achievement_counts
        outcome | period_start | period_end | count
        home | 2014-01-01 | 2014-12-31 | 1
        home | 2017-10-01 | 2018-03-31 | 1
        hoem | 2015-01-01 | 2015-03-31 | 1
        """,
        """
        a1 | home | refused £500.00 | its period, 1 January 2014 to 31 December 2014, is outside the
            contract
        a3 | hoem | refused £0.00 | 'hoem' is not an outcome of this contract
        a2 | home | payable £500.00 | accepted at £500.00; part of its period is outside the contract
        not tested: once per person, verification
        """,
    ),
    "Where the people are recorded, their total is left out": (
        """
        outcomes:
          home: {pays: 500, once per: person}
        """,
        """
        achievements
        provider_id | outcome | achieved_on
        ambition | home | 2015-02-01
        achievement_counts
        provider_id | outcome | period_start | period_end | count
        ambition | home | 2015-01-01 | 2015-03-31 | 3
        aspire | home | 2015-01-01 | 2015-03-31 | 2
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | payable £1,000.00 | accepted at 2 × £500.00
        not tested: once per person, verification
        note: 1 totals are left out: the people behind them are recorded.
        """,
    ),
    "A price by group, and one that a total cannot have": (
        """
        outcomes:
          work: {pays: {by payment group: {jsa: 400, esa: 600}}, once per: person}
          home: {pays: {by sex: {female: 1, male: 2}}, once per: person}
        """,
        """
        achievement_counts
        outcome | payment_group | period_start | period_end | count
        work | esa | 2015-01-01 | 2015-03-31 | 2
        work | | 2015-01-01 | 2015-03-31 | 2
        home | | 2015-01-01 | 2015-03-31 | 2
        """,
        """
        a1 | work | payable £1,200.00 | accepted at 2 × £600.00
        a2 | work | held £0.00 | the payment group is not recorded
        a3 | home | held £0.00 | the sex is not recorded
        not tested: once per person, verification
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_totals(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
