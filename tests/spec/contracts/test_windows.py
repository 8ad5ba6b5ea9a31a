"""When an outcome may happen, be claimed and be paid."""

import datetime as dt
from collections.abc import Callable

import pytest

CASES = {
    "In the contract's term": (
        """
        outcomes: {home: {pays: 500, repeatable: yes}}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2014-12-31
        home | 2015-01-01
        home | 2017-12-31
        home | 2018-01-01
        """,
        """
        a1 | home | refused £500.00 | achieved on 31 December 2014, before the contract began on 1
            January 2015
        a2 | home | payable £500.00 | accepted at £500.00
        a3 | home | payable £500.00 | accepted at £500.00
        a4 | home | refused £500.00 | achieved on 1 January 2018, after the last day for outcomes, 31
            December 2017
        """,
    ),
    "Within a time of the start: the last day counts": (
        """
        outcomes: {home: {pays: 500, repeatable: yes, within: 6 months of start}}
        """,
        """
        enrolments
        person_id | started_on
        p1 | 2015-08-31
        p2 |
        achievements
        person_id | outcome | achieved_on
        p1 | home | 2015-08-30
        p1 | home | 2016-02-29
        p1 | home | 2016-03-01
        p2 | home | 2016-03-01
        """,
        """
        a1 | home | refused £500.00 | achieved on 30 August 2015, before the start on 31 August 2015
        a2 | home | payable £500.00 | accepted at £500.00
        a3 | home | refused £500.00 | achieved on 1 March 2016; the window of 6 months from start closed
            on 29 February 2016
        a4 | home | held £500.00 | no start date is recorded, so the window of 6 months cannot be tested
        """,
    ),
    "Within a time of another outcome": (
        """
        outcomes:
          home: {pays: 500, once per: person}
          work: {pays: 800, once per: person, within: 1 year of home}
        """,
        """
        achievements
        person_id | outcome | achieved_on
        p1 | home | 2015-02-01
        p1 | work | 2016-02-01
        p2 | work | 2016-02-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | work | payable £800.00 | accepted at £800.00
        a3 | work | refused £800.00 | there is no home from which 1 year would count
        """,
    ),
    "Claimed in time, late, and with no date": (
        """
        outcomes: {home: {pays: 500, repeatable: yes, claim within: 3 months}}
        """,
        """
        achievements
        outcome | achieved_on | claimed_on
        home | 2015-02-01 | 2015-05-01
        home | 2015-02-02 | 2015-05-03
        home | 2015-02-03 |
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | refused £500.00 | claimed on 3 May 2015; claims closed on 2 May 2015
        a3 | home | held £500.00 | no claim date is recorded; it must be claimed by 3 May 2015
        """,
    ),
    "Payable only after some working days: Good Friday and Easter Monday are none": (
        """
        outcomes: {home: {pays: 500, repeatable: yes, claim after: 5 working days}}
        """,
        """
        achievements
        outcome | achieved_on | claimed_on
        home | 2015-03-31 | 2015-04-09
        home | 2015-03-31 | 2015-04-08
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | held £500.00 | claimed on 8 April 2015, too early; claim again from 9 April 2015
        """,
    ),
    "Not payable yet on the day of pricing": (
        """
        outcomes: {home: {pays: 500, repeatable: yes, claim after: 5 working days}}
        """,
        """
        achievements
        outcome | achieved_on | claimed_on
        home | 2015-03-31 | 2015-04-01
        """,
        """
        a1 | home | held £500.00 | it can be paid from 9 April 2015, 5 working days after it was achieved
        """,
        dt.date(2015, 4, 8),
    ),
    "Undone by what happens within four weeks": (
        """
        outcomes: {home: {pays: 500, repeatable: yes, void if: {event: home-lost, within: 4 weeks}}}
        """,
        """
        events
        person_id | kind | occurred_on
        p1 | home-lost | 2015-03-01
        p2 | home-lost | 2015-03-02
        achievements
        person_id | outcome | achieved_on
        p1 | home | 2015-02-01
        p2 | home | 2015-02-01
        """,
        """
        a1 | home | refused £500.00 | home-lost on 1 March 2015 undoes it
        a2 | home | payable £500.00 | accepted at £500.00
        """,
    ),
    "Undone by what happened in the last four weeks": (
        """
        outcomes:
          off-benefit: {pays: 200, repeatable: yes, void if: {event: claimed-benefit, in the last: 4 weeks}}
        """,
        """
        events
        kind | occurred_on
        claimed-benefit | 2015-02-02
        achievements
        outcome | achieved_on
        off-benefit | 2015-03-01
        off-benefit | 2015-03-02
        """,
        """
        a1 | off-benefit | refused £200.00 | claimed-benefit on 2 February 2015 is in the last 4 weeks
        a2 | off-benefit | payable £200.00 | accepted at £200.00
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_windows(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
