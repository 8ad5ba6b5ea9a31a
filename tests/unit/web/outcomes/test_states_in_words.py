"""One state goes by one name, wherever it is shown."""

from __future__ import annotations

from pathlib import Path

from openoutcomes.web.outcomes.forms import OutcomesFilter
from openoutcomes.web.outcomes.queries import STATES
from openoutcomes.web.records.models import Record
from openoutcomes.web.results import tables
from web_claims import achieve, on

ROOT = Path(__file__).parents[4]


def test_the_words_of_a_state_are_the_same_on_every_page():
    words = dict(Record.STATES)
    assert {state: said for state, (said, _) in STATES.items()} == words
    assert words == tables.STATE_WORDS
    offered = dict(OutcomesFilter.base_fields["show"].choices)
    assert {state: offered[state] for state in words} == words


def test_the_glossary_knows_the_state_before_a_finding():
    assert "\nNot yet checked\n:" in (ROOT / "docs" / "glossary.md").read_text()


def test_an_outcome_without_a_finding_is_not_yet_checked_on_the_pages_that_show_it(world):
    import datetime as dt

    with on(dt.date(2025, 4, 7)):
        record = achieve(world, "ash", accepted=False)
        person = world.people["ash"].person_id
        for address in (
            world.url("outcomes"), world.url("outcome", record_id=record.record_id), world.url("person", person_id=person),
        ):  # fmt: skip
            main = world.client("practitioner").get(address).content.decode().partition("<main")[2]
            assert "Not yet checked" in main, address
            assert ">Waiting<" not in main, address
