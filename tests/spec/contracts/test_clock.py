"""The clock of a state that must last: what loses it, what regains it, and what forgives."""

from collections.abc import Callable

import pytest

CASES = {
    "Kept for three months": (
        """
        outcomes:
          stay:
            pays: 1500
            once per: person
            follows: {event: moved-in, sustained for: 3 months, clock restarts on: home-lost}
        """,
        """
        events
        kind | occurred_on
        moved-in | 2015-02-01
        achievements
        outcome | achieved_on
        stay | 2015-05-01
        """,
        """
        a1 | stay | payable £1,500.00 | accepted at £1,500.00
        """,
    ),
    "Lost and regained: the clock starts again": (
        """
        outcomes:
          stay:
            pays: 1500
            once per: person
            follows: {event: moved-in, sustained for: 3 months, clock restarts on: home-lost}
        """,
        """
        events
        person_id | kind | occurred_on
        p1 | moved-in | 2015-02-01
        p1 | home-lost | 2015-04-01
        p1 | moved-in | 2015-04-20
        p2 | moved-in | 2015-02-01
        p2 | home-lost | 2015-04-01
        p2 | moved-in | 2015-04-20
        achievements
        person_id | outcome | achieved_on
        p1 | stay | 2015-07-20
        p2 | stay | 2015-05-01
        """,
        """
        a2 | stay | held £1,500.00 | 3 months have not passed: the clock started again on 20 April 2015,
            is shown to 1 May 2015 and is complete on 20 July 2015
        a1 | stay | payable £1,500.00 | accepted at £1,500.00
        """,
    ),
    "Lost and not regained": (
        """
        outcomes:
          stay:
            pays: 1500
            once per: person
            follows: {event: moved-in, sustained for: 3 months, clock restarts on: home-lost}
        """,
        """
        events
        kind | occurred_on
        moved-in | 2015-02-01
        home-lost | 2015-04-01
        achievements
        outcome | achieved_on
        stay | 2015-05-01
        """,
        """
        a1 | stay | refused £1,500.00 | lost on 1 April 2015 and not regained by 1 May 2015; 3 months
            were needed
        """,
    ),
    "Lost on the day that it was complete, which is late enough; and the day before, which is not": (
        """
        outcomes:
          stay:
            pays: 1500
            once per: person
            follows: {event: moved-in, sustained for: 3 months, clock restarts on: home-lost}
        """,
        """
        events
        person_id | kind | occurred_on
        p1 | moved-in | 2015-02-01
        p1 | home-lost | 2015-05-01
        p2 | moved-in | 2015-02-01
        p2 | home-lost | 2015-04-30
        achievements
        person_id | outcome | achieved_on
        p1 | stay | 2015-05-01
        p2 | stay | 2015-05-01
        """,
        """
        a1 | stay | payable £1,500.00 | accepted at £1,500.00
        a2 | stay | refused £1,500.00 | lost on 30 April 2015 and not regained by 1 May 2015; 3 months
            were needed
        """,
    ),
    "A planned move on the day is no loss": (
        """
        outcomes:
          stay:
            pays: 1500
            once per: person
            follows: {event: moved-in, sustained for: 3 months, clock restarts on: home-lost, continues on: managed-move}
        """,
        """
        events
        kind | occurred_on
        moved-in | 2015-02-01
        home-lost | 2015-04-01
        managed-move | 2015-04-01
        achievements
        outcome | achieved_on
        stay | 2015-05-01
        """,
        """
        a1 | stay | payable £1,500.00 | accepted at £1,500.00
        """,
    ),
    "A planned move the day after is a loss, unless gaps are allowed": (
        """
        outcomes:
          stay:
            pays: 1500
            once per: person
            follows: {event: moved-in, sustained for: 3 months, clock restarts on: home-lost, continues on: managed-move}
        """,
        """
        events
        kind | occurred_on
        moved-in | 2015-02-01
        home-lost | 2015-04-01
        managed-move | 2015-04-02
        achievements
        outcome | achieved_on
        stay | 2015-05-01
        """,
        """
        a1 | stay | refused £1,500.00 | lost on 1 April 2015 and not regained by 1 May 2015; 3 months
            were needed
        """,
    ),
    "A gap within what is allowed adds its days to the time needed": (
        """
        outcomes:
          stay:
            pays: 1500
            once per: person
            follows: {event: moved-in, sustained for: 3 months, clock restarts on: home-lost, gaps up to: 2 weeks}
        """,
        """
        events
        person_id | kind | occurred_on
        p1 | moved-in | 2015-02-01
        p1 | home-lost | 2015-04-01
        p1 | moved-in | 2015-04-15
        p2 | moved-in | 2015-02-01
        p2 | home-lost | 2015-04-01
        p2 | moved-in | 2015-04-15
        achievements
        person_id | outcome | achieved_on
        p1 | stay | 2015-05-15
        p2 | stay | 2015-05-14
        """,
        """
        a2 | stay | held £1,500.00 | 3 months have not passed: the clock started on 1 February 2015, is
            shown to 14 May 2015 and is complete on 15 May 2015
        a1 | stay | payable £1,500.00 | accepted at £1,500.00
        """,
    ),
    "A gap a day too long starts the clock again": (
        """
        outcomes:
          stay:
            pays: 1500
            once per: person
            follows: {event: moved-in, sustained for: 3 months, clock restarts on: home-lost, gaps up to: 2 weeks}
        """,
        """
        events
        kind | occurred_on
        moved-in | 2015-02-01
        home-lost | 2015-04-01
        moved-in | 2015-04-16
        achievements
        outcome | achieved_on
        stay | 2015-05-16
        """,
        """
        a1 | stay | held £1,500.00 | 3 months have not passed: the clock started again on 16 April 2015,
            is shown to 16 May 2015 and is complete on 16 July 2015
        """,
    ),
    "Where gaps count, none of their days are added": (
        """
        outcomes:
          stay:
            pays: 1500
            once per: person
            follows: {event: moved-in, sustained for: 3 months, clock restarts on: home-lost, gaps up to: 2 weeks, time in gaps counts: yes}
        """,
        """
        events
        kind | occurred_on
        moved-in | 2015-02-01
        home-lost | 2015-04-01
        moved-in | 2015-04-15
        achievements
        outcome | achieved_on
        stay | 2015-05-01
        """,
        """
        a1 | stay | payable £1,500.00 | accepted at £1,500.00
        """,
    ),
    "Gaps that are short one by one can be too long together": (
        """
        outcomes:
          stay:
            pays: 1500
            once per: person
            follows: {event: moved-in, sustained for: 3 months, clock restarts on: home-lost, gaps up to: 2 weeks, gaps in total: 3 weeks}
        """,
        """
        events
        kind | occurred_on
        moved-in | 2015-02-01
        home-lost | 2015-03-01
        moved-in | 2015-03-15
        home-lost | 2015-04-01
        moved-in | 2015-04-15
        achievements
        outcome | achieved_on
        stay | 2015-06-01
        """,
        """
        a1 | stay | held £1,500.00 | 3 months have not passed: the clock started again on 15 April 2015,
            is shown to 1 June 2015 and is complete on 15 July 2015
        """,
    ),
    "While a gap may yet be made good, nothing is decided": (
        """
        outcomes:
          stay:
            pays: 1500
            once per: person
            follows: {event: moved-in, sustained for: 3 months, clock restarts on: home-lost, gaps up to: 2 weeks}
        """,
        """
        events
        kind | occurred_on
        moved-in | 2015-02-01
        home-lost | 2015-04-20
        achievements
        outcome | achieved_on
        stay | 2015-05-01
        """,
        """
        a1 | stay | held £1,500.00 | 3 months have not passed: the clock started on 1 February 2015, is
            shown to 1 May 2015 and is complete on 1 May 2015
        """,
    ),
    "What the record says about how long it lasted is believed": (
        """
        outcomes:
          stay:
            pays: 1500
            once per: person
            follows: {event: moved-in, sustained for: 3 months, clock restarts on: home-lost}
        """,
        """
        events
        kind | occurred_on
        moved-in | 2015-02-01
        achievements
        outcome | achieved_on | sustained_to
        stay | 2015-04-01 | 2015-05-01
        """,
        """
        a1 | stay | payable £1,500.00 | accepted at £1,500.00
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_clock(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
