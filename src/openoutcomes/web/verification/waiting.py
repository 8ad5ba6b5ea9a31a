"""What of verification waits: for verifiers the queue, and what in it is overdue."""

from __future__ import annotations

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.lists import up_to
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.verification.queries import IN_TIME, late_before, queue


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for a verifier."""
    if not access.may("verification.decide"):
        return []
    address = reverse("verification", kwargs={"partnership": access.partnership.slug})
    rows = queue(access)
    count = up_to(rows)
    late = up_to(rows.filter(recorded_at__lt=late_before())) if count else 0
    words = "outcome waits to be verified" if count == 1 else "outcomes wait to be verified"
    overdue = "outcome has waited" if late == 1 else "outcomes have waited"
    return [
        Waiting(count, words, address),
        Waiting(late, f"{overdue} more than {IN_TIME} working days", f"{address}?show=late", is_late=True),
    ]
