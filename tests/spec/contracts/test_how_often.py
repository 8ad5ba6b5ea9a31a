"""How often an outcome pays: once, so many times, so far apart, or every time."""

from collections.abc import Callable

import pytest

CASES = {
    "Once for a person: the second is a duplicate, whatever the order of the rows": (
        """
        outcomes:
          home: {pays: 500, once per: person}
        """,
        """
        achievements
        achievement_id | outcome | achieved_on
        b | home | 2015-06-01
        a | home | 2015-02-01
        """,
        """
        a | home | payable £500.00 | accepted at £500.00
        b | home | refused £500.00 | it pays once per person; a on 1 February 2015 came first
        """,
    ),
    "On the same day the id decides": (
        """
        outcomes:
          home: {pays: 500, once per: person}
        """,
        """
        achievements
        achievement_id | outcome | achieved_on
        b | home | 2015-02-01
        a | home | 2015-02-01
        """,
        """
        a | home | payable £500.00 | accepted at £500.00
        b | home | refused £500.00 | it pays once per person; a on 1 February 2015 came first
        """,
    ),
    "Once for each enrolment": (
        """
        outcomes: {home: {pays: 500, once per: enrolment}}
        """,
        """
        enrolments
        enrolment_id | started_on
        e1 | 2015-01-05
        e2 | 2016-01-05
        achievements
        enrolment_id | outcome | achieved_on
        e1 | home | 2015-02-01
        e1 | home | 2015-03-01
        e2 | home | 2016-02-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | refused £500.00 | it pays once per enrolment; a1 on 1 February 2015 came first
        a3 | home | payable £500.00 | accepted at £500.00
        """,
    ),
    "Once in each contract year": (
        """
        outcomes: {course: {pays: 100, once per: person each contract year}}
        """,
        """
        achievements
        outcome | achieved_on
        course | 2015-12-31
        course | 2016-01-01
        course | 2016-12-31
        """,
        """
        a1 | course | payable £100.00 | accepted at £100.00
        a2 | course | payable £100.00 | accepted at £100.00
        a3 | course | refused £100.00 | it pays once per person each contract year; a2 on 1 January 2016
            came first
        """,
    ),
    "So many times for the whole contract: the rest are lost as by a cap": (
        """
        outcomes: {home: {pays: 500, at most: 2 per contract}}
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
        a1 | home | reduced £0.00 | it pays at most 2 per contract, and 2 came first
        """,
    ),
    "Far enough apart, counted from the last that counted": (
        """
        outcomes: {review: {pays: 50, repeatable: yes, at least apart: 3 months}}
        """,
        """
        achievements
        outcome | achieved_on
        review | 2015-01-15
        review | 2015-04-14
        review | 2015-04-15
        """,
        """
        a1 | review | payable £50.00 | accepted at £50.00
        a2 | review | refused £50.00 | the last one counted was on 15 January 2015; the next may count
            from 15 April 2015
        a3 | review | payable £50.00 | accepted at £50.00
        """,
    ),
    "A held line keeps its place": (
        """
        outcomes:
          home: {pays: 500, once per: person}
        """,
        """
        achievements
        outcome | achieved_on | state
        home | 2015-02-01 | none
        home | 2015-03-01 | accepted
        """,
        """
        a1 | home | held £500.00 | no verifier's finding is recorded yet
        a2 | home | refused £500.00 | it pays once per person; a1 on 1 February 2015 came first
        """,
    ),
    "A refused line does not": (
        """
        outcomes:
          home: {pays: 500, once per: person}
        """,
        """
        achievements
        outcome | achieved_on | state
        home | 2015-02-01 | refused
        home | 2015-03-01 | accepted
        """,
        """
        a1 | home | refused £500.00 | the verifier refused it on 1 February 2015: no reason recorded
        a2 | home | payable £500.00 | accepted at £500.00
        """,
    ),
    "A claim made too early gives way to one whose time has come": (
        """
        outcomes: {stay: {pays: 500, once per: person, follows: {start: enrolment, after: 13 weeks}}}
        """,
        """
        enrolments
        started_on
        2015-01-05
        achievements
        outcome | achieved_on
        stay | 2015-03-30
        stay | 2015-04-06
        """,
        """
        a1 | stay | refused £500.00 | it pays once per person; a2 on 6 April 2015 came first
        a2 | stay | payable £500.00 | accepted at £500.00
        """,
    ),
    "A claim made too early keeps its distance from those that have a place": (
        """
        outcomes:
          week:
            pays: 500
            at most: 9 per person
            at least apart: 4 weeks
            follows: {start: enrolment, sustained for: 13 weeks, clock restarts on: lost, starts again on: found,
                      still so when achieved: yes}
        """,
        """
        enrolments
        started_on
        2015-01-05
        events
        kind | occurred_on
        lost | 2015-04-13
        found | 2015-04-20
        achievements
        outcome | achieved_on
        week | 2015-04-06
        week | 2015-05-04
        week | 2015-06-29
        week | 2015-07-20
        """,
        """
        a1 | week | payable £500.00 | accepted at £500.00
        a2 | week | held £500.00 | 13 weeks have not passed: the clock started again on 20 April 2015, is
            shown to 4 May 2015 and is complete on 20 July 2015
        a3 | week | refused £500.00 | one counts already on 20 July 2015, less than 4 weeks later
        a4 | week | payable £500.00 | accepted at £500.00
        """,
    ),
    "Once a week, from Monday to Sunday": (
        """
        outcomes: {week: {pays: 500, once per: person each week}}
        """,
        """
        achievements
        outcome | achieved_on
        week | 2015-02-01
        week | 2015-02-02
        week | 2015-02-08
        """,
        """
        a1 | week | payable £500.00 | accepted at £500.00
        a2 | week | payable £500.00 | accepted at £500.00
        a3 | week | refused £500.00 | it pays once per person each week; a2 on 2 February 2015 came first
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_how_often(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
