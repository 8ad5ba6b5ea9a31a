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
        a1 | stay | held £1,500.00 | it was lost and may be made good until 4 May 2015; 3 months are needed
        """,
    ),
    "What pays every week stops while the state is lost, and its clock starts again": (
        """
        outcomes:
          week:
            pays: 150
            at most: 4 per person
            at least apart: 1 week
            follows: {start: enrolment, sustained for: 4 weeks, clock restarts on: entered-care,
                      starts again on: left-care, gaps up to: 14 days, still so when achieved: yes}
        """,
        """
        enrolments
        enrolment_id | started_on
        e1 | 2015-05-04
        events
        kind | occurred_on
        entered-care | 2015-06-08
        left-care | 2015-06-18
        entered-care | 2015-07-06
        left-care | 2015-07-27
        achievements
        outcome | achieved_on
        week | 2015-06-01
        week | 2015-06-08
        week | 2015-06-15
        week | 2015-06-22
        week | 2015-07-13
        week | 2015-08-03
        week | 2015-08-24
        """,
        """
        a1 | week | payable £150.00 | accepted at £150.00
        a2 | week | payable £150.00 | accepted at £150.00
        a3 | week | refused £150.00 | lost on 8 June 2015 and not regained by 15 June 2015; 4 weeks were
            needed
        a4 | week | payable £150.00 | accepted at £150.00
        a5 | week | refused £150.00 | lost on 6 July 2015 and not regained by 13 July 2015; 4 weeks were
            needed
        a6 | week | refused £150.00 | it pays at most 4 per person; a1 on 1 June 2015 came first
        a7 | week | payable £150.00 | accepted at £150.00
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
