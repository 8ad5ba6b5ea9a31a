"""What must have come before, and for how long."""

from collections.abc import Callable

import pytest

CASES = {
    "A prerequisite on the same day is soon enough": (
        """
        outcomes:
          plan: {pays: 100, once per: person}
          home: {pays: 500, once per: person, follows: plan}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2015-02-01
        plan | 2015-02-01
        """,
        """
        a2 | plan | payable £100.00 | accepted at £100.00
        a1 | home | payable £500.00 | accepted at £500.00
        """,
    ),
    "Without it, refused; while it is held, held; when it was refused, refused for that reason": (
        """
        outcomes:
          plan: {pays: 100, once per: person}
          home: {pays: 500, once per: person, follows: plan}
        """,
        """
        achievements
        person_id | outcome | achieved_on | state
        p1 | home | 2015-02-01 |
        p2 | plan | 2015-02-01 | none
        p2 | home | 2015-02-02 |
        p3 | plan | 2015-02-01 | refused
        p3 | home | 2015-02-03 |
        """,
        """
        a2 | plan | held £100.00 | no verifier's finding is recorded yet
        a4 | plan | refused £100.00 | the verifier refused it on 1 February 2015: no reason recorded
        a1 | home | refused £500.00 | plan must come first and is not recorded
        a3 | home | held £500.00 | it waits for plan (a2), which is held
        a5 | home | refused £500.00 | plan (a4), which must come first, was refused: the verifier
            refused it on 1 February 2015: no reason recorded
        """,
    ),
    "Either of two": (
        """
        outcomes:
          plan: {pays: 100, once per: person}
          visit: {pays: 10, once per: person}
          home: {pays: 500, once per: person, follows: plan or visit}
        """,
        """
        achievements
        outcome | achieved_on
        visit | 2015-02-01
        home | 2015-02-02
        """,
        """
        a1 | visit | payable £10.00 | accepted at £10.00
        a2 | home | payable £500.00 | accepted at £500.00
        """,
    ),
    "Time since an outcome, to the day": (
        """
        outcomes:
          job: {pays: 100, once per: person}
          stay: {pays: 500, once per: person, follows: {outcome: job, after: 13 weeks}}
        """,
        """
        achievements
        person_id | outcome | achieved_on
        p1 | job | 2015-01-05
        p1 | stay | 2015-04-06
        p2 | job | 2015-01-05
        p2 | stay | 2015-04-05
        """,
        """
        a1 | job | payable £100.00 | accepted at £100.00
        a3 | job | payable £100.00 | accepted at £100.00
        a4 | stay | held £500.00 | 13 weeks have not passed: the clock started on 5 January 2015, is
            shown to 5 April 2015 and is complete on 6 April 2015
        a2 | stay | payable £500.00 | accepted at £500.00
        """,
    ),
    "Time since the referral, which has to be recorded": (
        """
        outcomes: {stay: {pays: 500, once per: person, follows: {start: referral, after: 1 month}}}
        """,
        """
        enrolments
        person_id | referred_on
        p1 | 2015-01-31
        p2 |
        achievements
        person_id | outcome | achieved_on
        p1 | stay | 2015-02-28
        p2 | stay | 2015-02-28
        """,
        """
        a1 | stay | payable £500.00 | accepted at £500.00
        a2 | stay | held £500.00 | no referral date is recorded, so 1 month cannot be counted
        """,
    ),
    "An event that must have happened": (
        """
        outcomes: {home: {pays: 500, once per: person, follows: {event: keys-given}}}
        """,
        """
        events
        person_id | kind | occurred_on
        p1 | keys-given | 2015-02-01
        p2 | keys-given | 2015-02-03
        achievements
        person_id | outcome | achieved_on
        p1 | home | 2015-02-02
        p2 | home | 2015-02-02
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | refused £500.00 | no keys-given is recorded by 2 February 2015
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_what_comes_first(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
