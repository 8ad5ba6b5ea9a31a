"""Meetings as things that can be tied to others."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.meetings.queries import meetings_for
from openoutcomes.web.ties.kinds import Thing

#: How many meetings are offered for a new tie.
_OFFERED = 50


def things(access: Access, kind: str, keys: Iterable[str] | None) -> list[Thing]:
    """Return the meetings named that the seat may see; without names, the latest."""
    del kind
    rows = meetings_for(access).order_by("-on", "-pk")
    rows = (
        rows.exclude(state="cancelled")[:_OFFERED] if keys is None else rows.filter(meeting_id__in=list(keys))
    )
    return [
        Thing(
            "meeting", row.meeting_id, str(row),
            reverse("meeting", kwargs={"partnership": access.partnership.slug, "meeting_id": row.meeting_id}),
            row.get_state_display().lower(),
        )
        for row in rows
    ]  # fmt: skip
