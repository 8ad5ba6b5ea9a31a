"""The most that may be paid, and whose line is cut."""

from collections.abc import Callable

import pytest

CASES = {
    "For a person: the earlier days are paid, the later cut": (
        """
        outcomes:
          home: {pays: 500, repeatable: yes}
          work: {pays: 800, repeatable: yes}
        caps: {per person: 1000}
        """,
        """
        achievements
        achievement_id | outcome | achieved_on
        c | home | 2015-04-01
        a | home | 2015-02-01
        b | work | 2015-03-01
        """,
        """
        a | home | payable £500.00 | accepted at £500.00
        b | work | reduced £500.00 | accepted at £800.00; £300.00 lost: cap per person of £1,000.00
            leaves £500.00
        c | home | reduced £0.00 | accepted at £500.00; £500.00 lost: cap per person of £1,000.00 is
            used up
        """,
    ),
    "On one day the terms' order decides": (
        """
        outcomes:
          home: {pays: 500, repeatable: yes}
          work: {pays: 800, repeatable: yes}
        caps: {contract: 600}
        """,
        """
        achievements
        achievement_id | person_id | outcome | achieved_on
        a | p1 | work | 2015-02-01
        b | p2 | home | 2015-02-01
        """,
        """
        b | home | payable £500.00 | accepted at £500.00
        a | work | reduced £100.00 | accepted at £800.00; £700.00 lost: cap of the contract of £600.00
            leaves £100.00
        """,
    ),
    "Held lines reserve their room; refused lines do not": (
        """
        outcomes:
          home: {pays: 500, repeatable: yes}
          work: {pays: 800, repeatable: yes}
        caps: {per person: 1000}
        """,
        """
        achievements
        outcome | achieved_on | state
        home | 2015-02-01 | refused
        home | 2015-02-02 | none
        work | 2015-02-03 |
        """,
        """
        a1 | home | refused £500.00 | the verifier refused it on 1 February 2015: no reason recorded
        a2 | home | held £500.00 | no verifier's finding is recorded yet
        a3 | work | reduced £500.00 | accepted at £800.00; £300.00 lost: cap per person of £1,000.00
            leaves £500.00
        """,
    ),
    "The smallest room of several caps; what it leaves unused is left for the next": (
        """
        outcomes:
          home: {pays: 500, repeatable: yes}
          work: {pays: 800, repeatable: yes}
        caps: {per person: 600, contract: 1200}
        """,
        """
        achievements
        person_id | outcome | achieved_on
        p1 | work | 2015-02-01
        p2 | work | 2015-03-01
        p3 | home | 2015-04-01
        """,
        """
        a1 | work | reduced £600.00 | accepted at £800.00; £200.00 lost: cap per person of £600.00
            leaves £600.00
        a2 | work | reduced £600.00 | accepted at £800.00; £200.00 lost: cap per person of £600.00
            leaves £600.00
        a3 | home | reduced £0.00 | accepted at £500.00; £500.00 lost: cap of the contract of £1,200.00
            is used up
        """,
    ),
    "For an outcome, and for a quarter": (
        """
        outcomes:
          home: {pays: 500, repeatable: yes}
          work: {pays: 800, repeatable: yes}
        caps: {per outcome: {work: 1000}, per quarter: 1500}
        """,
        """
        achievements
        outcome | achieved_on
        work | 2015-01-10
        work | 2015-02-10
        home | 2015-03-10
        home | 2015-04-10
        """,
        """
        a1 | work | payable £800.00 | accepted at £800.00
        a2 | work | reduced £200.00 | accepted at £800.00; £600.00 lost: cap of outcome work of
            £1,000.00 leaves £200.00
        a3 | home | payable £500.00 | accepted at £500.00
        a4 | home | payable £500.00 | accepted at £500.00
        """,
    ),
    "A different most for each group of people; not recorded, nobody knows how much may be paid": (
        """
        outcomes:
          home: {pays: 500, repeatable: yes}
          work: {pays: 800, repeatable: yes}
        caps: {per person: {by payment group: {jsa: 600, esa: 700}}}
        """,
        """
        enrolments
        person_id | payment_group
        p1 | jsa
        p2 | esa
        p3 |
        achievements
        person_id | outcome | achieved_on
        p1 | work | 2015-02-01
        p2 | work | 2015-02-01
        p3 | work | 2015-02-01
        """,
        """
        a1 | work | reduced £600.00 | accepted at £800.00; £200.00 lost: cap per person of £600.00
            leaves £600.00
        a2 | work | reduced £700.00 | accepted at £800.00; £100.00 lost: cap per person of £700.00
            leaves £700.00
        a3 | work | held £800.00 | the cap per person cannot be worked out: the payment group is not
            recorded
        """,
    ),
    "By the day claimed, when the terms place lines so": (
        """
        dates: {period by: claimed}
        outcomes:
          home: {pays: 500, repeatable: yes}
          work: {pays: 800, repeatable: yes}
        caps: {per contract year: {1: 500, 2: 900}}
        """,
        """
        achievements
        outcome | achieved_on | claimed_on
        home | 2015-12-01 | 2015-12-20
        work | 2015-12-02 | 2016-01-05
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | work | payable £800.00 | accepted at £800.00
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_caps(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
