"""Complaints as things that can be tied to others: only for their handlers, and without a word of what they say."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.governance.queries import handled
from openoutcomes.web.ties.kinds import Thing

#: The most complaints to choose from.
_MOST = 200


def things(access: Access, kind: str, keys: Iterable[str] | None) -> list[Thing]:
    """Return the complaints named that the seat handles, or those to choose from."""
    if kind != "complaint":
        return []
    rows = handled(access).order_by("-received_on", "-pk")
    rows = rows[:_MOST] if keys is None else rows.filter(complaint_id__in=list(keys))
    return [
        Thing(
            "complaint", row.complaint_id, f"Complaint {row.complaint_id} about {row.organisation or 'the partnership'}",
            reverse("complaint", kwargs={"partnership": access.partnership.slug, "complaint_id": row.complaint_id}),
            row.get_state_display(),
        )
        for row in rows
    ]  # fmt: skip
