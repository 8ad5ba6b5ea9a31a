"""What is taken off a price, and where the half penny goes."""

from collections.abc import Callable

import pytest

CASES = {
    "Deadweight of a sixth, and an outcome without": (
        """
        deadweight: 1/6
        outcomes:
          family: {pays: 3200, once per: person}
          job: {pays: 800, once per: person, deadweight: 0}
        """,
        """
        achievements
        outcome | achieved_on
        family | 2015-02-01
        job | 2015-02-01
        """,
        """
        a1 | family | reduced £2,666.67 | accepted at £3,200.00, less 1/6 for what would have happened
            anyway
        a2 | job | payable £800.00 | accepted at £800.00
        """,
    ),
    "A taper by year": (
        """
        outcomes: {home: {pays: 500, repeatable: yes, taper: {by contract year: {1: 100%, 2: 75%, 3: 0%}}}}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2015-02-01
        home | 2016-02-01
        home | 2017-02-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | reduced £375.00 | accepted at £500.00, tapered to 75%
        a3 | home | reduced £0.00 | accepted at £500.00, tapered to 0%
        """,
    ),
    "Taper first, deadweight on what is left, and one rounding at the end": (
        """
        outcomes: {home: {pays: 0.03, repeatable: yes, taper: 1/2, deadweight: 1/3}}
        """,
        """
        achievements
        outcome | achieved_on | quantity
        home | 2015-02-01 | 1
        home | 2015-02-02 | 100
        """,
        """
        a1 | home | reduced £0.01 | accepted at £0.03, tapered to 50%, less 1/3 for what would have
            happened anyway
        a2 | home | reduced £1.00 | accepted at 100 × £0.03, tapered to 50%, less 1/3 for what would
            have happened anyway
        """,
    ),
    "Half a penny goes up; less goes down": (
        """
        outcomes: {home: {pays: 0.01, repeatable: yes}}
        """,
        """
        achievements
        outcome | achieved_on | quantity
        home | 2015-02-01 | 0.5
        home | 2015-02-02 | 0.499
        """,
        """
        a1 | home | payable £0.01 | accepted at 0.5 × £0.01
        a2 | home | payable £0.00 | accepted at 0.499 × £0.01
        """,
    ),
    "A share of three is exact until it is rounded": (
        """
        outcomes: {home: {pays: 1000, repeatable: yes, deadweight: 2/3}}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2015-02-01
        """,
        """
        a1 | home | reduced £333.33 | accepted at £1,000.00, less 2/3 for what would have happened anyway
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_haircuts_and_rounding(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
