"""Stories as things that can be tied to others."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.stories.models import Story
from openoutcomes.web.ties.kinds import Thing

#: How many stories are offered for a new tie.
_OFFERED = 100


def things(access: Access, kind: str, keys: Iterable[str] | None) -> list[Thing]:
    """Return the stories named; without names, the latest that are not put away."""
    del kind
    if not access.may("stories.view"):
        return []
    rows = Story.of(access.partnership).order_by("-added_at", "-pk")
    rows = rows.filter(put_away_at=None)[:_OFFERED] if keys is None else rows.filter(story_id__in=list(keys))
    return [
        Thing(
            "story", row.story_id, row.sentence,
            reverse("story", kwargs={"partnership": access.partnership.slug, "story_id": row.story_id}),
            row.get_state_display().lower(),
        )
        for row in rows
    ]  # fmt: skip
