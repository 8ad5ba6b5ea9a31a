"""Of two sides, only one pays."""

from collections.abc import Callable

import pytest

CASES = {
    "The side achieved first closes the other": (
        """
        outcomes:
          crime: {pays: 700, repeatable: yes}
          progress: {pays: 100, repeatable: yes}
          job: {pays: 800, repeatable: yes}
        either or: {results: {one of: [[crime, progress], [job]], keep: first}}
        """,
        """
        achievements
        outcome | achieved_on
        progress | 2015-02-01
        job | 2015-03-01
        crime | 2015-04-01
        """,
        """
        a1 | progress | payable £100.00 | accepted at £100.00
        a2 | job | refused £800.00 | progress (a1) was achieved first, and only one side of results pays
        a3 | crime | payable £700.00 | accepted at £700.00
        """,
    ),
    "A held line holds its side open, and closes the other": (
        """
        outcomes:
          crime: {pays: 700, repeatable: yes}
          progress: {pays: 100, repeatable: yes}
          job: {pays: 800, repeatable: yes}
        either or: {results: {one of: [[crime, progress], [job]], keep: first}}
        """,
        """
        achievements
        outcome | achieved_on | state
        crime | 2015-02-01 | none
        job | 2015-03-01 |
        """,
        """
        a1 | crime | held £700.00 | no verifier's finding is recorded yet
        a2 | job | refused £800.00 | crime (a1) was achieved first, and only one side of results pays
        """,
    ),
    "The side worth most is kept, whenever it came": (
        """
        outcomes:
          crime: {pays: 700, repeatable: yes}
          progress: {pays: 100, repeatable: yes}
          job: {pays: 800, repeatable: yes}
        either or: {results: {one of: [[crime, progress], [job]], keep: highest}}
        """,
        """
        achievements
        person_id | outcome | achieved_on
        p1 | progress | 2015-02-01
        p1 | job | 2015-03-01
        p2 | crime | 2015-02-01
        p2 | progress | 2015-02-02
        p2 | job | 2015-03-01
        """,
        """
        a3 | crime | payable £700.00 | accepted at £700.00
        a1 | progress | refused £100.00 | another side of results is worth more, and only one side pays
        a4 | progress | payable £100.00 | accepted at £100.00
        a2 | job | payable £800.00 | accepted at £800.00
        a5 | job | refused £800.00 | another side of results is worth more, and only one side pays
        """,
    ),
    "For each enrolment, when the terms say so": (
        """
        outcomes:
          crime: {pays: 700, repeatable: yes}
          progress: {pays: 100, repeatable: yes}
          job: {pays: 800, repeatable: yes}
        either or: {results: {one of: [[crime, progress], [job]], per: enrolment}}
        """,
        """
        enrolments
        enrolment_id | started_on
        e1 | 2015-01-05
        e2 | 2016-01-05
        achievements
        enrolment_id | outcome | achieved_on
        e1 | crime | 2015-02-01
        e1 | job | 2015-03-01
        e2 | job | 2016-02-01
        """,
        """
        a1 | crime | payable £700.00 | accepted at £700.00
        a2 | job | refused £800.00 | crime (a1) was achieved first, and only one side of results pays
        a3 | job | payable £800.00 | accepted at £800.00
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_either_or(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
