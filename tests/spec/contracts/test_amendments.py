"""Which terms bear on a line, and what was known on a day."""

import datetime as dt
from collections.abc import Callable

import pytest

CASES = {
    "The terms in force on the day achieved": (
        """
        outcomes: {home: {pays: 500, repeatable: yes}}
        amendments:
          - agreed: 2016-05-10
            takes effect: 2016-04-01
            says: Prices rise.
            changes: {outcomes: {home: {pays: 600}}}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2016-03-31
        home | 2016-04-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | payable £600.00 | accepted at £600.00
        """,
    ),
    "An amendment that reaches back is unknown before it is agreed": (
        """
        outcomes: {home: {pays: 500, repeatable: yes}}
        amendments:
          - agreed: 2016-05-10
            takes effect: 2016-04-01
            says: Prices rise.
            changes: {outcomes: {home: {pays: 600}}}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2016-04-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        """,
        dt.date(2016, 5, 9),
    ),
    "On the day that it is agreed it is known": (
        """
        outcomes: {home: {pays: 500, repeatable: yes}}
        amendments:
          - agreed: 2016-05-10
            takes effect: 2016-04-01
            says: Prices rise.
            changes: {outcomes: {home: {pays: 600}}}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2016-04-01
        """,
        """
        a1 | home | payable £600.00 | accepted at £600.00
        """,
        dt.date(2016, 5, 10),
    ),
    "The terms in force when the person started": (
        """
        dates: {terms by: start}
        outcomes: {home: {pays: 500, repeatable: yes}}
        amendments:
          - agreed: 2016-05-10
            takes effect: 2016-04-01
            says: Prices rise.
            changes: {outcomes: {home: {pays: 600}}}
        """,
        """
        enrolments
        person_id | started_on
        p1 | 2016-03-31
        p2 | 2016-04-01
        achievements
        person_id | outcome | achieved_on
        p1 | home | 2016-06-01
        p2 | home | 2016-06-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | payable £600.00 | accepted at £600.00
        """,
    ),
    "A finding made after the day is not known on it": (
        """
        outcomes: {home: {pays: 500, repeatable: yes}}
        """,
        """
        achievements
        achievement_id | outcome | achieved_on | state
        a1 | home | 2016-02-01 | none
        verifications
        achievement_id | state | verified_on
        a1 | accepted | 2016-03-01
        """,
        """
        a1 | home | held £500.00 | no verifier's finding is recorded yet
        """,
        dt.date(2016, 2, 29),
    ),
    "A corrected record replaces the first from the day that it was recorded": (
        """
        outcomes: {home: {pays: 500, repeatable: yes, quantity: homes}}
        """,
        """
        achievements
        achievement_id | outcome | achieved_on | quantity | version | recorded_at | state
        a1 | home | 2016-02-01 | 1 | 1 | 2016-02-02 | none
        a1 | home | 2016-02-01 | 3 | 2 | 2016-03-02 | none
        verifications
        achievement_id | state | verified_on
        a1 | accepted | 2016-02-10
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        """,
        dt.date(2016, 3, 1),
    ),
    "From that day on the correction counts": (
        """
        outcomes: {home: {pays: 500, repeatable: yes, quantity: homes}}
        """,
        """
        achievements
        achievement_id | outcome | achieved_on | quantity | version | recorded_at | state
        a1 | home | 2016-02-01 | 1 | 1 | 2016-02-02 | none
        a1 | home | 2016-02-01 | 3 | 2 | 2016-03-02 | none
        verifications
        achievement_id | state | verified_on
        a1 | accepted | 2016-02-10
        """,
        """
        a1 | home | payable £1,500.00 | accepted at 3 × £500.00
        """,
        dt.date(2016, 3, 2),
    ),
    "What was counted before a limit was agreed counts towards it": (
        """
        outcomes:
          home: {pays: 500, repeatable: yes}
          plan: {pays: 100, once per: person}
          work: {pays: 10, repeatable: yes}
        amendments:
          - agreed: 2015-12-01
            takes effect: 2016-01-01
            changes:
              outcomes:
                home: {at most: 3 per contract, repeatable: no}
                plan: {at most: 2 per person, once per: }
                work: {pays: {by volume: {1 to 2: 10, at least 3: 1}}}
        """,
        """
        achievements
        person_id | outcome | achieved_on
        p1 | home | 2015-02-01
        p2 | home | 2015-02-01
        p1 | home | 2016-02-01
        p2 | home | 2016-02-01
        p1 | plan | 2015-02-01
        p1 | plan | 2016-02-01
        p1 | plan | 2016-03-01
        p1 | work | 2015-02-01
        p2 | work | 2015-02-01
        p3 | work | 2016-02-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | payable £500.00 | accepted at £500.00
        a5 | plan | payable £100.00 | accepted at £100.00
        a8 | work | payable £10.00 | accepted at £10.00
        a9 | work | payable £10.00 | accepted at £10.00
        a3 | home | payable £500.00 | accepted at £500.00
        a4 | home | reduced £0.00 | it pays at most 3 per contract, and 3 came first
        a6 | plan | payable £100.00 | accepted at £100.00
        a10 | work | payable £1.00 | accepted at £1.00
        a7 | plan | refused £100.00 | it pays at most 2 per person; a5 on 1 February 2015 came first
        """,
    ),
    "In totals too": (
        """
        verification: not required
        outcomes: {home: {pays: 500, repeatable: yes}}
        amendments:
          - agreed: 2015-12-01
            takes effect: 2016-01-01
            changes: {outcomes: {home: {at most: 5 per contract, repeatable: no}}}
        """,
        """
        achievement_counts
        outcome | period_start | period_end | count
        home | 2015-01-01 | 2015-03-31 | 3
        home | 2016-01-01 | 2016-03-31 | 3
        """,
        """
        a1 | home | payable £1,500.00 | accepted at 3 × £500.00
        a2 | home | reduced £1,000.00 | accepted at 3 × £500.00; the terms pay for 2 of these 3
        """,
    ),
    "A cap agreed later counts what was paid before it": (
        """
        outcomes: {home: {pays: 500, repeatable: yes}}
        amendments:
          - agreed: 2015-12-01
            takes effect: 2016-01-01
            changes: {caps: {per person: 1200, contract: 1600}}
        """,
        """
        achievements
        person_id | outcome | achieved_on
        p1 | home | 2015-02-01
        p1 | home | 2015-03-01
        p1 | home | 2016-02-01
        p2 | home | 2016-02-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | payable £500.00 | accepted at £500.00
        a3 | home | reduced £200.00 | accepted at £500.00; £300.00 lost: cap per person of £1,200.00 leaves
            £200.00
        a4 | home | reduced £400.00 | accepted at £500.00; £100.00 lost: cap of the contract of £1,600.00
            leaves £400.00
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_amendments(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
