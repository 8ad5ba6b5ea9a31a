"""Barriers as things that can be tied to others."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from openoutcomes.web.barriers.models import Barrier
from openoutcomes.web.barriers.queries import barriers_for
from openoutcomes.web.core.access import Access
from openoutcomes.web.ties.kinds import Thing

#: The most barriers to choose from.
_MOST = 200


def things(access: Access, kind: str, keys: Iterable[str] | None) -> list[Thing]:
    """Return the barriers named that the seat may see, or those to choose from, newest first."""
    if kind != "barrier" or not access.may("barriers.view"):
        return []
    rows = (
        barriers_for(access).order_by("-raised_at", "-pk")[:_MOST]
        if keys is None
        # One that was found to be the same as another is still tied to what it is tied to.
        else Barrier.of(access.partnership).filter(barrier_id__in=list(keys))
    )
    return [
        Thing(
            "barrier", row.barrier_id, row.title,
            reverse("barrier", kwargs={"partnership": access.partnership.slug, "barrier_id": row.barrier_id}),
            row.get_state_display(),
        )
        for row in rows
    ]  # fmt: skip
