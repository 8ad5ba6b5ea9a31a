"""Changes to delivery as things that can be tied to others."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from openoutcomes.web.changes.models import Change
from openoutcomes.web.changes.queries import changes_for
from openoutcomes.web.core.access import Access
from openoutcomes.web.ties.kinds import Thing

#: The most changes to choose from.
_MOST = 200


def things(access: Access, kind: str, keys: Iterable[str] | None) -> list[Thing]:
    """Return the changes named, or those to choose from, newest first."""
    if kind != "change" or not access.may("changes.view"):
        return []
    rows = (
        changes_for(access).exclude(state="withdrawn").order_by("-decided_on", "-pk")[:_MOST]
        if keys is None
        else changes_for(access).filter(change_id__in=list(keys))
    )
    return [thing_of(access, row) for row in rows]


def thing_of(access: Access, row: Change) -> Thing:
    """Return one change as a thing."""
    address = reverse("change", kwargs={"partnership": access.partnership.slug, "change_id": row.change_id})
    return Thing("change", row.change_id, row.title, address, row.get_state_display())
