"""Themes as things that can be tied to others."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.listening.models import Theme
from openoutcomes.web.ties.kinds import Thing

#: How many themes are offered for a new tie.
_OFFERED = 100


def things(access: Access, kind: str, keys: Iterable[str] | None) -> list[Thing]:
    """Return the themes named; without names, the latest that are in a code book."""
    del kind
    if not access.may("listening.view"):
        return []
    rows = Theme.of(access.partnership).order_by("-added_at", "-pk")
    # One that was taken out is still tied to what it is tied to.
    rows = rows.filter(retired_at=None)[:_OFFERED] if keys is None else rows.filter(theme_id__in=list(keys))
    return [
        Thing(
            "theme", row.theme_id, row.title,
            reverse("theme", kwargs={"partnership": access.partnership.slug, "theme_id": row.theme_id}), state_of(row),
        )
        for row in rows
    ]  # fmt: skip


def state_of(row: Theme) -> str:
    """Return how a theme stands, in a word or two."""
    if row.retired_at is not None:
        return "taken out"
    if row.answered:
        return "we did" if row.answered == "did" else "we cannot"
    return "late" if row.is_late else "waits for an answer"
