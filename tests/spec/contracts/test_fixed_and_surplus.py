"""Payments that depend on the calendar or on a published figure."""

import datetime as dt
from collections.abc import Callable

import pytest

CASES = {
    "A grant at the end of each quarter, up to the day of pricing": (
        """
        fixed payments: {grant: {pays: 25000, every: quarter}}
        """,
        "",
        """
        grant:2015-Q1 | grant | payable £25,000.00 | due on 31 March 2015
        grant:2015-Q2 | grant | payable £25,000.00 | due on 30 June 2015
        """,
        dt.date(2015, 8, 1),
    ),
    "On the first day, between two dates, by the year": (
        """
        fixed payments:
          grant:
            pays: {by contract year: {1: 100, 2: 200}}
            every: contract year
            on: first day
            to: 2016-06-30
        """,
        "",
        """
        grant:year 1 | grant | payable £100.00 | due on 1 January 2015
        grant:year 2 | grant | payable £200.00 | due on 1 January 2016
        """,
    ),
    "Only if a target was met; while nobody knows, it waits": (
        """
        fixed payments:
          met:
            pays: 10
            on: 2016-01-31
            only if: {indicator: journeys, is: at least 100, in: 2015-01-01 to 2015-12-31}
          missed: {pays: 20, on: 2016-01-31, only if: {indicator: journeys, is: at least 200}}
          unknown: {pays: 30, on: 2016-01-31, only if: {indicator: punctuality, is: at least 90%}}
        """,
        """
        indicators
        indicator | period_start | period_end | value
        journeys | 2015-01-01 | 2015-12-31 | 150
        """,
        """
        met | met | payable £10.00 | due on 31 January 2016; journeys is 150
        missed | missed | refused £20.00 | journeys is 150; the terms need at least 200
        unknown | unknown | held £30.00 | no value of punctuality is recorded
        """,
    ),
    "A share of a saving in bands, with a most": (
        """
        surplus shares:
          share: {figure: saving, bands: {over 0: 10%, over 50000: 50%}, most: 30000}
        """,
        """
        indicators
        indicator | period_start | period_end | value
        saving | 2015-01-01 | 2015-12-31 | 80000
        saving | 2016-01-01 | 2016-12-31 | 120000
        saving | 2017-01-01 | 2017-12-31 | -5000
        """,
        """
        share:2015-12-31 | share | payable £20,000.00 | 10% of £50,000.00 above £0.00 and 50% of
            £30,000.00 above £50,000.00
        share:2016-12-31 | share | reduced £30,000.00 | 10% of £50,000.00 above £0.00 and 50% of
            £70,000.00 above £50,000.00, at most £30,000.00
        share:2017-12-31 | share | payable £0.00 | saving of -£5,000.00 is not above the level shared
        """,
    ),
    "A share of profit owed by the provider": (
        """
        surplus shares:
          share: {figure: profit, above: 500, share: 1/3, paid by: provider, ring-fenced for: new routes}
        """,
        """
        indicators
        indicator | period_start | period_end | value
        profit | 2015-01-01 | 2015-12-31 | 1500
        profit | 2016-01-01 | 2016-12-31 | 400
        """,
        """
        share:2015-12-31 | share | payable -£333.33 | 1/3 of £1,000.00 above £500.00, owed by the
            provider, ring-fenced for new routes
        share:2016-12-31 | share | payable £0.00 | profit of £400.00 is not above the level shared
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_fixed_and_surplus(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
