"""Reading the audit trail: all of it for administrators, an organisation's own for its managers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from openoutcomes.web.audit.models import Event
from openoutcomes.web.audit.verbs import verbs_like
from openoutcomes.web.core.access import Access
from openoutcomes.web.people.models import Person, Sight


def events_for(access: Access) -> QuerySet[Event]:
    """Return the events that a seat may read: of the partnership, or about and by its organisation's own."""
    events = Event.of(access.partnership)
    reach = access.reach("audit.view")
    if reach == "partnership":
        return events
    if reach != "organisation":
        return events.none()
    organisations = access.organisation_ids("audit.view")
    own = Sight.of(access.partnership).filter(basis="own", organisation__in=organisations)
    # What its own people's record shows, and what was done in its name: never a seat held elsewhere.
    rows = events.filter(Q(person__in=own.values("person")) | Q(organisation__in=organisations))
    # Nor that somebody of theirs complained: a complaint may be about whoever reads this.
    rows = rows.exclude(verb__startswith="complaints.")
    # Nor whom somebody independent asked what they think of the help they get, and who said no.
    return rows.exclude(verb__startswith="listening.")


def _did(asked: str) -> Q:
    """Return what finds the events of which the words (or the code) are asked for."""
    found = verbs_like(asked)
    if not found:  # perhaps a verb of an earlier version
        return Q(verb__icontains=asked.strip())
    return Q(*(Q(kind=kind, verb=verb) for verb, kind in sorted(found)), _connector=Q.OR)


def narrowed(access: Access, events: QuerySet[Event], asked: dict[str, Any]) -> QuerySet[Event]:
    """Return those of ``events`` that fit the filters of the page."""
    if asked.get("person"):
        person = Person.of(access.partnership).filter(person_id=asked["person"].strip().lower()).first()
        events = events.filter(person=person) if person else events.none()
    if asked.get("who"):
        events = events.filter(
            Q(user__email__iexact=asked["who"].strip()) | Q(user__name__icontains=asked["who"])
        )
    if asked.get("verb"):
        events = events.filter(_did(asked["verb"]))
    if asked.get("kind"):
        events = events.filter(kind=asked["kind"])
    if asked.get("since"):
        events = events.filter(at__date__gte=asked["since"])
    if asked.get("until"):
        events = events.filter(at__date__lte=asked["until"])
    return events
