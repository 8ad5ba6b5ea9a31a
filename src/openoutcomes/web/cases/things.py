"""Cases as things that can be tied to others."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from openoutcomes.web.cases.models import Case
from openoutcomes.web.cases.queries import cases_for
from openoutcomes.web.core.access import Access
from openoutcomes.web.ties.kinds import Thing

#: The most cases to choose from.
_MOST = 200


def things(access: Access, kind: str, keys: Iterable[str] | None) -> list[Thing]:
    """Return the cases named that the seat may see, or the newest to choose from."""
    if kind != "case" or not access.may("cases.view"):
        return []
    # A case that was put away is still tied to what it is tied to.
    rows = (
        cases_for(access)[:_MOST]
        if keys is None
        else Case.of(access.partnership).filter(case_id__in=list(keys))
    )
    return [
        Thing(
            "case", row.case_id, row.title,
            reverse("case", kwargs={"partnership": access.partnership.slug, "case_id": row.case_id}),
            row.get_result_display(),
        )
        for row in rows
    ]  # fmt: skip
