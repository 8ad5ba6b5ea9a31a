"""Commitments as things that can be tied to others."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from openoutcomes.web.agenda.models import Commitment
from openoutcomes.web.agenda.queries import commitments
from openoutcomes.web.core.access import Access
from openoutcomes.web.ties.kinds import Thing

#: The most commitments to choose from.
_MOST = 200


def things(access: Access, kind: str, keys: Iterable[str] | None) -> list[Thing]:
    """Return the commitments named, or those that stand on the agenda to choose from."""
    if kind != "commitment" or not access.may("agenda.view"):
        return []
    if keys is None:
        rows = commitments(access).order_by("-pk")[:_MOST]
    else:
        # One that is off the agenda is still tied to what it is tied to.
        rows = (
            Commitment.of(access.partnership)
            .filter(commitment_id__in=list(keys))
            .select_related("organisation")
        )
    return [
        Thing(
            "commitment", row.commitment_id, _short(f"{row.organisation or 'The partnership'}: {row.words}"),
            reverse("commitment", kwargs={"partnership": access.partnership.slug, "commitment_id": row.commitment_id}),
            row.get_state_display(),
        )
        for row in rows
    ]  # fmt: skip


def _short(text: str, most: int = 120) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"
