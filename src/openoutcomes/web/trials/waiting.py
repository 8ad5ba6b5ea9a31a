"""What waits about tests of change: decisions that are overdue, and plans that nobody has started."""

from __future__ import annotations

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.trials.queries import overdue


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for a seat about tests of change."""
    if not access.may("trials.run"):
        return []
    count = overdue(access).order_by().count()
    words = "test of change waits for a decision" if count == 1 else "tests of change wait for a decision"
    address = reverse("trials", kwargs={"partnership": access.partnership.slug})
    return [Waiting(count, words, f"{address}?state=overdue", is_late=True)]
