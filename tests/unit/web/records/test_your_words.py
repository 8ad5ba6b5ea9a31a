"""What a person reads of themselves: their records speak to them, and their own words stay as they said them."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django_scopes import scope

from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.standard.tables import TABLES
from openoutcomes.web.records.choices import EVENTS, QUESTIONS
from openoutcomes.web.records.words import _TELL, facts_of, tell, yours
from web_claims import write

#: Words for somebody else: whoever reads this is the one it is about.
THIRD = re.compile(r"\b(they|their|them|themselves|the person)\b", re.IGNORECASE)


def _record(table, values):
    return SimpleNamespace(
        table=table, values=values, withdrawn=False, state="unverified", enrolment=None, organisation=None,
        code="", get_state_display=lambda: "Not yet checked",
    )  # fmt: skip


def _written(table):
    """Yield one value of each field, and every code of those with a list."""
    for field in TABLES[table].fields:
        codes = CODE_LISTS[field.codes].codes if field.codes else {}
        own = {("events", "kind"): EVENTS, ("feedback", "question"): QUESTIONS}.get((table, field.name), {})
        for code in {**codes, **own}:
            yield field.name, code
        if field.type in ("integer", "decimal", "money"):
            yield field.name, "7"


@pytest.mark.parametrize("table", sorted(set(_TELL) - {"measures"}))
def test_no_record_talks_to_a_person_about_somebody_else(table):
    base = {
        name: "2025-01-01" if field.type == "date" else "1"
        for name, field in TABLES[table].by_name.items()
        if field.type in ("date", "integer", "decimal", "money")
    }
    for name, code in _written(table):
        record = _record(table, {**base, name: code})
        told = tell(record, own=True)
        said = [told.title, told.tag, *told.facts, *(text for _, text in facts_of(record, own=True))]
        assert [one for one in said if THIRD.search(one)] == [], (table, name, code)


def test_others_read_the_same_record_in_the_third_person():
    record = _record("needs", {"category": "home", "satisfaction": "6"})
    assert "Met, in their view, 6 out of 10" in tell(record).facts
    assert "Met, in your view, 6 out of 10" in tell(record, own=True).facts


def test_what_somebody_said_is_never_reworded():
    record = _record("goals", {"words": "The person I was before", "rating": "4"})
    told = tell(record, own=True)
    assert told.words == "The person I was before"
    assert told.facts == ("You are at 4 out of 10",)
    assert ("Words", "The person I was before") in facts_of(record, own=True)


def test_a_verb_agrees_with_you():
    assert yours("The person was invited to answer") == "You were invited to answer"
    assert yours("What the person enjoys or cares about") == "What you enjoy or care about"


def test_a_person_reads_of_their_view_as_yours_on_their_page_and_on_the_record(world):
    record = write(
        world, "practitioner", "needs", {"category": "home", "satisfaction": 6, "intensity": 5},
        person=world.people["ash"], enrolment=world.enrolments["ash"],
    )  # fmt: skip
    with scope(partnership=world.partnership):
        address = world.url("person", person_id=world.people["ash"].person_id)
        assert "Met, in your view, 6 out of 10" in world.client("person").get(address).content.decode()
        assert "Met, in their view, 6 out of 10" in world.client("practitioner").get(address).content.decode()
        page = world.url("record", table="needs", record_id=record.record_id)
        assert world.client("person").get(page).status_code == 200
