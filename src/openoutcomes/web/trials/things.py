"""Tests of change as things that can be tied to others."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.ties.kinds import Thing
from openoutcomes.web.trials.models import Trial
from openoutcomes.web.trials.queries import trials_for

#: The most tests to choose from.
_MOST = 200


def things(access: Access, kind: str, keys: Iterable[str] | None) -> list[Thing]:
    """Return the tests named, or those to choose from, newest first."""
    if kind != "trial" or not access.may("trials.view"):
        return []
    rows = (
        trials_for(access).exclude(state="dropped").order_by("-added_at", "-pk")[:_MOST]
        if keys is None
        else trials_for(access).filter(trial_id__in=list(keys))
    )
    return [thing_of(access, row) for row in rows]


def thing_of(access: Access, row: Trial) -> Thing:
    """Return one test as a thing."""
    title = row.title if row.cycle == 1 else f"{row.title} (cycle {row.cycle})"
    address = reverse("trial", kwargs={"partnership": access.partnership.slug, "trial_id": row.trial_id})
    return Thing("trial", row.trial_id, title, address, row.get_state_display())
