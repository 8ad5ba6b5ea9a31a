"""What must be shown, when it must be dated, and that it must differ from the last time."""

from collections.abc import Callable

import pytest

CASES = {
    "One of two kinds": (
        """
        outcomes: {home: {pays: 500, repeatable: yes, evidence: letter or agreement}}
        """,
        """
        achievements
        outcome | achieved_on | evidence_kinds
        home | 2015-02-01 | agreement
        home | 2015-02-02 | photo
        home | 2015-02-03 |
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | held £500.00 | evidence is missing: letter or agreement
        a3 | home | held £500.00 | evidence is missing: letter or agreement
        """,
    ),
    "Both of two kinds": (
        """
        outcomes: {home: {pays: 500, repeatable: yes, evidence: letter and photo}}
        """,
        """
        achievements
        outcome | achieved_on | evidence_kinds
        home | 2015-02-01 | letter and photo
        home | 2015-02-02 | letter
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | held £500.00 | evidence is missing: photo
        """,
    ),
    "Dated near enough, before or after": (
        """
        outcomes: {home: {pays: 500, repeatable: yes, evidence: letter, evidence within: 28 days}}
        """,
        """
        achievements
        outcome | achieved_on | evidence_kinds | evidence_dates
        home | 2015-02-01 | letter | 2015-03-01
        home | 2015-02-02 | letter | 2015-03-03
        home | 2015-02-03 | letter | 2015-01-06
        home | 2015-02-04 | letter |
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | held £500.00 | the evidence given is not dated within 28 days of 2 February 2015; it
            needs letter
        a3 | home | payable £500.00 | accepted at £500.00
        a4 | home | held £500.00 | the evidence given is not dated within 28 days of 4 February 2015; it
            needs letter
        """,
    ),
    "Each milestone is shown in another way than the last accepted one": (
        """
        outcomes:
          three: {pays: 1, once per: person, evidence alternates: [letter or agreement, own-word]}
          six: {pays: 1, once per: person, evidence alternates: [letter or agreement, own-word]}
          nine: {pays: 1, once per: person, evidence alternates: [letter or agreement, own-word]}
          twelve: {pays: 1, once per: person, evidence alternates: [letter or agreement, own-word]}
        """,
        """
        achievements
        outcome | achieved_on | evidence_kinds
        three | 2015-03-01 | letter
        six | 2015-06-01 | agreement
        nine | 2015-09-01 | own-word
        twelve | 2015-12-01 | own-word and letter
        """,
        """
        a1 | three | payable £1.00 | accepted at £1.00
        a2 | six | held £1.00 | the previous milestone, three on 1 March 2015, used letter or agreement;
            this one needs own-word
        a3 | nine | payable £1.00 | accepted at £1.00
        a4 | twelve | payable £1.00 | accepted at £1.00
        """,
    ),
    "The verifier's finding: accepted, queried, refused, none": (
        """
        outcomes: {home: {pays: 500, repeatable: yes}}
        """,
        """
        achievements
        outcome | achieved_on | state
        home | 2015-02-01 | accepted
        home | 2015-02-02 | queried
        home | 2015-02-03 | refused
        home | 2015-02-04 | none
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | held £500.00 | the verifier queried it on 2 February 2015: no reason recorded
        a3 | home | refused £500.00 | the verifier refused it on 3 February 2015: no reason recorded
        a4 | home | held £500.00 | no verifier's finding is recorded yet
        """,
    ),
    "A held line gives every reason to wait": (
        """
        outcomes: {home: {pays: 500, repeatable: yes, evidence: letter}}
        """,
        """
        achievements
        outcome | achieved_on | state
        home | 2015-02-01 | none
        """,
        """
        a1 | home | held £500.00 | evidence is missing: letter; no verifier's finding is recorded yet
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_evidence(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
