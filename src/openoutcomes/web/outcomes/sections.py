"""The box of outcomes on a person's page."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from openoutcomes.web.core.access import Access
from openoutcomes.web.outcomes.card import Cards, say_groups
from openoutcomes.web.outcomes.queries import STATES, outcomes_for
from openoutcomes.web.people.models import Person
from openoutcomes.web.people.queries import own_organisation, records_seen
from openoutcomes.web.records.models import Record
from openoutcomes.web.verification.queries import answered

#: How many are shown; the rest are in the person's history.
SHOWN = 8


def outcomes(access: Access, person: Person) -> dict[str, Any] | None:
    """Return a person's outcomes, latest first, with how each stands and what it still needs."""
    rows = (
        Record.of(access.partnership)
        .filter(
            records_seen(access, person), person=person, table="achievements", current=True, withdrawn=False
        )
        .select_related("contract", "organisation")
        .order_by(F("on").desc(nulls_last=True), "-id")[:SHOWN]
    )
    found = list(rows)
    may_add = (
        own_organisation(access, person, "outcomes.record") is not None
        if access.may("outcomes.record")
        else False
    )
    if not found and not may_add:
        return None
    ids = [row.record_id for row in found]
    own = set(outcomes_for(access).filter(record_id__in=ids).values_list("record_id", flat=True))
    said = set(
        answered(access.partnership).filter(achievement_id__in=ids).values_list("achievement_id", flat=True)
    )
    cards = Cards(access.partnership)
    lines = []
    for row in found:
        words, colour = STATES[row.state]
        missing = (
            cards.missing(row) if row.state in ("unverified", "queried") and row.record_id in own else ()
        )
        lines.append(
            {
                "record": row,
                "name": cards.line(row.contract, row.code).name,
                "tag": "Answered, not yet checked" if row.record_id in said else words,
                "colour": colour,
                "missing": say_groups(missing),
                "is_own": row.record_id in own,
            }
        )
    return {"lines": lines, "may_add": may_add, "person": person}
