"""A change that an instrument shows, and the word of the person whose life it is."""

from collections.abc import Callable

import pytest

CASES = {
    "A rise between the first reading and the latest by the day": (
        """
        outcomes:
          better:
            pays: 400
            once per: person
            measured by: {instrument: swemwbs, rises by: at least 3}
        """,
        """
        measures
        person_id | instrument | taken_on | score
        p1 | swemwbs | 2015-01-10 | 20
        p1 | swemwbs | 2015-03-10 | 18
        p1 | swemwbs | 2015-05-10 | 23
        p1 | swemwbs | 2015-07-10 | 15
        p2 | swemwbs | 2015-01-10 | 20
        p2 | swemwbs | 2015-05-10 | 22.9
        p3 | swemwbs | 2015-01-10 | 20
        achievements
        person_id | outcome | achieved_on
        p1 | better | 2015-06-01
        p2 | better | 2015-06-01
        p3 | better | 2015-06-01
        """,
        """
        a1 | better | payable £400.00 | accepted at £400.00
        a2 | better | refused £400.00 | swemwbs: it rose by 2.9; the terms need at least 3
        a3 | better | held £400.00 | two readings of swemwbs by 1 June 2015 are needed; 1 recorded
        """,
    ),
    "The first reading in time refuses when late; the last waits for a fresh one": (
        """
        outcomes:
          better:
            pays: 400
            once per: person
            measured by: {instrument: swemwbs, rises by: at least 3, first within: 4 weeks, last within: 4 weeks}
        """,
        """
        enrolments
        person_id | started_on
        p1 | 2015-01-05
        p2 | 2015-01-05
        p3 | 2015-01-05
        measures
        person_id | instrument | taken_on | score
        p1 | swemwbs | 2015-02-02 | 20
        p1 | swemwbs | 2015-05-10 | 23
        p2 | swemwbs | 2015-02-03 | 20
        p2 | swemwbs | 2015-05-10 | 23
        p3 | swemwbs | 2015-02-02 | 20
        p3 | swemwbs | 2015-04-10 | 23
        achievements
        person_id | outcome | achieved_on
        p1 | better | 2015-06-01
        p2 | better | 2015-06-01
        p3 | better | 2015-06-01
        """,
        """
        a1 | better | payable £400.00 | accepted at £400.00
        a2 | better | refused £400.00 | the first swemwbs was taken on 3 February 2015, more than 4
            weeks after the start
        a3 | better | held £400.00 | the last swemwbs was taken on 10 April 2015, more than 4 weeks
            before; take another
        """,
    ),
    "Recovery: a case at the start, and none at the end": (
        """
        outcomes:
          recovered:
            pays: 400
            once per: person
            measured by:
              - {instrument: phq-9, first reading: at least 10, last reading: under 10}
              - {instrument: gad-7, last reading: under 8}
        """,
        """
        measures
        person_id | instrument | taken_on | score
        p1 | phq-9 | 2015-01-10 | 12
        p1 | phq-9 | 2015-05-10 | 9
        p1 | gad-7 | 2015-05-10 | 7
        p2 | phq-9 | 2015-01-10 | 12
        p2 | phq-9 | 2015-05-10 | 9
        p2 | gad-7 | 2015-05-10 | 8
        achievements
        person_id | outcome | achieved_on
        p1 | recovered | 2015-06-01
        p2 | recovered | 2015-06-01
        """,
        """
        a1 | recovered | payable £400.00 | accepted at £400.00
        a2 | recovered | refused £400.00 | gad-7: the last reading was 8; the terms need under 8
        """,
    ),
    "Asked independently, the person says yes, no, or nothing; or only the provider asked": (
        """
        outcomes:
          helped:
            pays: 600
            once per: person
            person says: {question: did-it-help, answers: ['yes'], within: 3 months}
        """,
        """
        achievements
        person_id | provider_id | outcome | achieved_on
        p1 | ambition | helped | 2015-06-01
        p2 | ambition | helped | 2015-06-01
        p3 | ambition | helped | 2015-06-01
        p4 | ambition | helped | 2015-06-01
        feedback
        person_id | question | answer | answered_on | collected_by | independent
        p1 | did-it-help | yes | 2015-06-20 | listeners | true
        p2 | did-it-help | no | 2015-06-20 | listeners | true
        p4 | did-it-help | yes | 2015-06-20 | ambition | true
        """,
        """
        a1 | helped | payable £600.00 | accepted at £600.00
        a2 | helped | refused £600.00 | the person answered 'no' to did-it-help on 20 June 2015; the
            terms need yes
        a3 | helped | held £600.00 | the person has not been asked independently: did-it-help
        a4 | helped | held £600.00 | the answer was not collected independently of the provider:
            did-it-help
        """,
    ),
    "The latest answer in the window counts": (
        """
        outcomes:
          helped:
            pays: 600
            once per: person
            person says: {question: did-it-help, answers: ['yes'], within: 3 months}
        """,
        """
        achievements
        person_id | provider_id | outcome | achieved_on
        p1 | ambition | helped | 2015-06-01
        p2 | ambition | helped | 2015-06-01
        feedback
        person_id | question | answer | answered_on | collected_by | independent
        p1 | did-it-help | no | 2015-06-20 | listeners | true
        p1 | did-it-help | yes | 2015-09-01 | listeners | true
        p2 | did-it-help | yes | 2015-05-31 | listeners | true
        p2 | did-it-help | yes | 2015-09-02 | listeners | true
        """,
        """
        a1 | helped | payable £600.00 | accepted at £600.00
        a2 | helped | held £600.00 | the person has not been asked independently: did-it-help
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_measures_and_voice(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
