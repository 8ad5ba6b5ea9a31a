"""Who may be paid for: what does not fit is refused, what is not recorded waits."""

from collections.abc import Callable

import pytest

CASES = {
    "Age at enrolment, recorded or from the year of birth": (
        """
        who: [age at enrolment: 18 to 24]
        outcomes:
          home: {pays: 500, once per: person}
        """,
        """
        people
        person_id | birth_year
        p1 |
        p2 |
        p3 | 1990
        p4 | 1991
        p5 | 1989
        p6 |
        enrolments
        person_id | started_on | age_at_start
        p1 | 2015-06-01 | 18
        p2 | 2015-06-01 | 17
        p3 | 2015-06-01 |
        p4 | 2015-06-01 |
        p5 | 2015-06-01 |
        p6 | 2015-06-01 |
        achievements
        person_id | outcome | achieved_on
        p1 | home | 2015-07-01
        p2 | home | 2015-07-01
        p3 | home | 2015-07-01
        p4 | home | 2015-07-01
        p5 | home | 2015-07-01
        p6 | home | 2015-07-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | refused £500.00 | aged 17 at enrolment; the terms need 18 to 24
        a3 | home | held £500.00 | born in 1990, so aged 24 or 25 at enrolment; record the age
        a4 | home | payable £500.00 | accepted at £500.00
        a5 | home | refused £500.00 | aged 25 or 26 at enrolment; the terms need 18 to 24
        a6 | home | held £500.00 | the age at enrolment is not recorded; the terms need 18 to 24
        """,
    ),
    "Every line must hold, and any code within a line will do": (
        """
        who:
          - referred by: gateway or self
          - characteristic: homeless
        outcomes:
          home: {pays: 500, once per: person}
        """,
        """
        people
        person_id | characteristics
        p1 | homeless
        p2 | homeless
        p3 |
        enrolments
        person_id | referred_by
        p1 | self
        p2 | hospital
        p3 | gateway
        achievements
        person_id | outcome | achieved_on
        p1 | home | 2015-07-01
        p2 | home | 2015-07-01
        p3 | home | 2015-07-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | refused £500.00 | referred by is hospital; the terms need gateway or self
        a3 | home | held £500.00 | nothing recorded shows homeless
        """,
    ),
    "A refusal beats what is not recorded": (
        """
        who:
          - payment group: jsa
          - sex: female
        outcomes:
          home: {pays: 500, once per: person}
        """,
        """
        people
        person_id | sex
        p1 | male
        p2 | female
        achievements
        person_id | outcome | achieved_on
        p1 | home | 2015-07-01
        p2 | home | 2015-07-01
        """,
        """
        a1 | home | refused £500.00 | sex is male; the terms need female
        a2 | home | held £500.00 | the payment group is not recorded; the terms need jsa
        """,
    ),
    "A strong enough need, and a first reading that was high enough": (
        """
        who:
          - need: {category: home, intensity: at least 5}
          - first reading: {instrument: phq-9, is: at least 10}
        outcomes:
          home: {pays: 500, once per: person}
        """,
        """
        needs
        person_id | category | intensity
        p1 | home | 7
        p2 | home | 3
        p3 | work | 9
        measures
        person_id | instrument | taken_on | score
        p1 | phq-9 | 2015-01-10 | 12
        p1 | phq-9 | 2015-05-10 | 4
        p2 | phq-9 | 2015-01-10 | 12
        p3 | phq-9 | 2015-01-10 | 12
        achievements
        person_id | outcome | achieved_on
        p1 | home | 2015-07-01
        p2 | home | 2015-07-01
        p3 | home | 2015-07-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | refused £500.00 | no home need of intensity at least 5 is recorded
        a3 | home | held £500.00 | no home need is recorded
        """,
    ),
    "Only the providers named": (
        """
        parties: {payers: [council], providers: [ambition, aspire]}
        outcomes:
          home: {pays: 500, once per: person}
        """,
        """
        achievements
        person_id | provider_id | outcome | achieved_on
        p1 | ambition | home | 2015-07-01
        p2 | depaul | home | 2015-07-01
        p3 | | home | 2015-07-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | refused £500.00 | depaul is not a provider under this contract
        a3 | home | held £500.00 | no provider is recorded; record which provider achieved it
        """,
    ),
    "Where the terms name one provider, what names none is its": (
        """
        parties: {payers: [council], provider: ambition}
        outcomes:
          home: {pays: 500, once per: person}
        """,
        """
        achievements
        person_id | provider_id | outcome | achieved_on
        p1 | | home | 2015-07-01
        p2 | depaul | home | 2015-07-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | refused £500.00 | depaul is not a provider under this contract
        """,
    ),
    "The latest enrolment begun by the day is used, unless the claim names one": (
        """
        who: [payment group: jsa]
        outcomes: {home: {pays: 500, repeatable: yes}}
        """,
        """
        enrolments
        enrolment_id | started_on | payment_group
        e1 | 2015-01-05 | jsa
        e2 | 2015-06-01 | esa
        achievements
        enrolment_id | outcome | achieved_on
         | home | 2015-05-31
         | home | 2015-06-01
        e1 | home | 2015-06-02
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | refused £500.00 | payment group is esa; the terms need jsa
        a3 | home | payable £500.00 | accepted at £500.00
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_who(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
