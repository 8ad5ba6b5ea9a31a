"""What one is worth: by group, year, date, quantity and index."""

from collections.abc import Callable

import pytest

CASES = {
    "By payment group and contract year; not recorded waits, unknown is refused": (
        """
        outcomes:
          work:
            once per: person
            pays: {by payment group: {jsa: {by contract year: {1: 400, 2 or more: 300}}, esa: 600}}
        """,
        """
        enrolments
        person_id | payment_group
        p1 | jsa
        p2 | jsa
        p3 | esa
        p4 |
        p5 | other
        achievements
        person_id | outcome | achieved_on
        p1 | work | 2015-12-31
        p2 | work | 2016-01-01
        p3 | work | 2016-01-01
        p4 | work | 2016-01-01
        p5 | work | 2016-01-01
        """,
        """
        a1 | work | payable £400.00 | accepted at £400.00
        a2 | work | payable £300.00 | accepted at £300.00
        a3 | work | payable £600.00 | accepted at £600.00
        a4 | work | held £0.00 | the payment group is not recorded
        a5 | work | refused £0.00 | the terms have no row for payment group other
        """,
    ),
    "What is not recorded is not taken for otherwise": (
        """
        outcomes: {work: {once per: person, pays: {by payment group: {jsa: 400, otherwise: 300}}}}
        """,
        """
        enrolments
        person_id | payment_group
        p1 | esa
        p2 |
        achievements
        person_id | outcome | achieved_on
        p1 | work | 2015-12-31
        p2 | work | 2015-12-31
        """,
        """
        a1 | work | payable £300.00 | accepted at £300.00
        a2 | work | held £0.00 | the payment group is not recorded
        """,
    ),
    "The price of the year in which the person started": (
        """
        outcomes: {work: {once per: person, pays: {by contract year: {1: 400, 2: 300}}, price by: start}}
        """,
        """
        enrolments
        person_id | started_on
        p1 | 2015-12-31
        p2 | 2016-01-01
        p3 |
        achievements
        person_id | outcome | achieved_on
        p1 | work | 2016-06-01
        p2 | work | 2016-06-01
        p3 | work | 2016-06-01
        """,
        """
        a1 | work | payable £400.00 | accepted at £400.00
        a2 | work | payable £300.00 | accepted at £300.00
        a3 | work | held £0.00 | the contract year is not recorded
        """,
    ),
    "Quantity times price, within what is allowed": (
        """
        outcomes: {days: {repeatable: yes, pays: 33.33, quantity: {unit: days, allowed: 0.5 to 30}}}
        """,
        """
        achievements
        outcome | achieved_on | quantity
        days | 2015-02-01 | 2.5
        days | 2015-03-01 | 30.5
        days | 2015-04-01 |
        """,
        """
        a1 | days | payable £83.33 | accepted at 2.5 × £33.33
        a2 | days | refused £1,016.57 | the quantity is 30.5; the terms allow 0.5 to 30
        a3 | days | payable £33.33 | accepted at £33.33
        """,
    ),
    "The first ten cost more, by the order of the day achieved": (
        """
        outcomes: {home: {repeatable: yes, pays: {by volume: {1 to 2: 500, over 2: 400}}}}
        """,
        """
        achievements
        person_id | outcome | achieved_on
        p3 | home | 2015-04-01
        p1 | home | 2015-02-01
        p2 | home | 2015-03-01
        """,
        """
        a2 | home | payable £500.00 | accepted at £500.00
        a3 | home | payable £500.00 | accepted at £500.00
        a1 | home | payable £400.00 | accepted at £400.00
        """,
    ),
    "An index moves the price; without its value the line waits": (
        """
        outcomes:
          home: {repeatable: yes, pays: 1000, price rises with: {indicator: cpi, base: 2015-01-01}}
        """,
        """
        indicators
        indicator | period_start | period_end | value
        cpi | 2015-01-01 | 2015-01-31 | 99
        cpi | 2016-01-01 | 2016-01-31 | 100
        achievements
        outcome | achieved_on
        home | 2015-06-01
        home | 2016-02-01
        """,
        """
        a1 | home | payable £1,000.00 | accepted at £1,000.00, indexed by 1
        a2 | home | payable £1,010.10 | accepted at £1,000.00, indexed by about 1.0101
        """,
    ),
    "A fee for each start needs no claim": (
        """
        outcomes: {start: {pays: 400, for each: enrolment, once per: person}}
        """,
        """
        enrolments
        enrolment_id | person_id | started_on
        e1 | p1 | 2015-03-02
        e2 | p1 | 2015-09-02
        e3 | p2 |
        """,
        """
        e1:start | start | payable £400.00 | accepted at £400.00
        e2:start | start | refused £400.00 | it pays once per person; e1:start on 2 March 2015 came first
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_prices(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
