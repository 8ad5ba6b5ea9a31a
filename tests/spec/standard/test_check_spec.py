"""What the check says: a few rows, the mistakes in them, and the exact words a user reads."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from openoutcomes.standard.reading import check_path

CASES = {
    "a date in another order is never guessed at": (
        {"enrolments": "enrolment_id,person_id,started_on\ne1,p1,01/03/2015\n"},
        """
        enrolments.csv, row 2, started_on: “01/03/2015” is not written year first. \
        If it is 1 March 2015, write 2015-03-01.
        """,
    ),
    "a number from a spreadsheet is not taken for a day": (
        {"enrolments": "enrolment_id,person_id,started_on\ne1,p1,42064\n"},
        """
        enrolments.csv, row 2, started_on: “42064” looks like a spreadsheet's number for a day. \
        If it is 1 March 2015, write 2015-03-01.
        """,
    ),
    "an impossible day says how long the month is": (
        {"enrolments": "enrolment_id,person_id,started_on\ne1,p1,2015-02-30\n"},
        "enrolments.csv, row 2, started_on: February 2015 has 28 days, not 30. Check the day.",
    ),
    "support cannot end before it begins": (
        {"enrolments": "enrolment_id,person_id,started_on,ended_on\ne1,p1,2015-03-01,2014-03-01\n"},
        """
        enrolments.csv, row 2, ended_on: ended_on 2014-03-01 is before started_on 2015-03-01. \
        Check both dates.
        """,
    ),
    "nothing is achieved before birth": (
        {
            "people": "person_id,birth_year\np1,1996\n",
            "achievements": "achievement_id,person_id,outcome,achieved_on\na1,p1,home,1986-03-01\n",
        },
        """
        achievements.csv, row 2, achieved_on: achieved_on 1986-03-01 is before the person was born, \
        in 1996. Check the date, the person and the birth year.
        """,
    ),
    "money is a plain number": (
        {"costs": 'cost_id,amount\nc1,"£1,250.00"\n'},
        "costs.csv, row 2, amount: “£1,250.00” is a number written as text. Write 1250.00.",
    ),
    "a misspelt column is matched to the one meant": (
        {"people": "person_id,birthyear\np1,1996\n"},
        """
        people.csv, row 1, birthyear: “birthyear” is not a column of people. \
        Did you mean birth_year? Rename it or remove it.
        """,
    ),
    "a code of a closed list is one of those listed": (
        {"needs": "need_id,cause\nn1,unmet-before\n"},
        """
        needs.csv, row 2, cause: “unmet-before” is not in the code list need_cause. \
        Did you mean unmet_before? Use one of: new, unmet_before, failed_before.
        """,
    ),
    "an id is told twice": (
        {"people": "person_id\np1\np2\np1\n"},
        """
        people.csv, row 4, person_id: person_id p1, version 1, is already in row 2. \
        Remove the repeat, or give it its own id (or the next version, if it corrects the first).
        """,
    ),
    "a person who is not there": (
        {
            "people": "person_id\np1\n",
            "events": "event_id,person_id,kind,occurred_on\ne1,p2,managed-move,2015-03-01\n",
        },
        "events.csv, row 2, person_id: person_id p2 is not in people. Add it to people, or correct it.",
    ),
    "evidence and its dates go together": (
        {
            "achievements": "achievement_id,person_id,outcome,achieved_on,evidence_kinds,evidence_dates\n"
            "a1,p1,home,2015-03-01,letter;tenancy,2015-03-01\n"
        },
        """
        achievements.csv, row 2, evidence_dates: evidence_dates has 1 and evidence_kinds has 2. \
        Give one item in evidence_dates for each in evidence_kinds, in the same order, or leave \
        evidence_dates blank.
        """,
    ),
    "a name is no id": (
        {"people": "person_id\nA Person\n"},
        """
        people.csv, row 2, person_id: “A Person” is not an id that can be used here. \
        Use an id: letters, digits and . _ : / # ~ + = | - without spaces.
        """,
    ),
}


@pytest.mark.parametrize(("files", "says"), CASES.values(), ids=CASES)
def test_the_check_says(tmp_path: Path, files: dict[str, str], says: str) -> None:
    for table, content in files.items():
        (tmp_path / f"{table}.csv").write_text(content, encoding="utf-8")
    errors = [str(problem) for problem in check_path(tmp_path).problems if problem.severity == "error"]
    assert len(errors) == 1
    expected = " ".join(dedent(says).split())
    assert errors[0].startswith(expected)
