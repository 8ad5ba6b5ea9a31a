"""What the rest of the platform asks of listening about one person: what they said, and to erase it."""

from __future__ import annotations

from typing import Any

from openoutcomes.web.core.clock import today
from openoutcomes.web.listening.hearing import blank
from openoutcomes.web.listening.models import Conversation, Sampled
from openoutcomes.web.listening.words import OPEN, SAID
from openoutcomes.web.people.models import Person


def erase_words(person: Person) -> int:
    """Blank what a person said and close their invitations, inside a command; return how many changed.

    That they were drawn, and whether they were heard, stays: the sample could not be checked without it.
    """
    notes = list(Conversation.of(person.partnership).filter(person=person))
    for said in notes:
        blank(said)
        said.save()
    rows = Sampled.of(person.partnership).filter(person=person)
    rows.filter(state__in=OPEN).update(state="not_eligible", settled_on=today())
    rows.update(digest="", expires_at=None)
    return len(notes)


def said_by(person: Person) -> list[dict[str, Any]]:
    """Return what a person said in rounds of listening, for a copy of everything that is held about them."""
    rows = (
        Conversation.of(person.partnership).filter(person=person, withdrawn_at=None).select_related("round")
    )
    return [
        {
            "round": row.round.title, "held_on": row.held_on.isoformat(), "route": row.route, "helped": row.helped,
            "score": row.score, **{name: getattr(row, name) for name in SAID}, "may_quote": row.may_quote,
            "may_record": row.may_record, "told_on": row.told_on.isoformat() if row.told_on else "",
        }
        for row in rows
    ]  # fmt: skip
