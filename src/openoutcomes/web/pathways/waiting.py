"""What waits about pathways."""

from __future__ import annotations

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.pathways import queries


def waiting(access: Access) -> list[Waiting]:
    """Return the meetings that are overdue: a practitioner's own people's, a manager's whole team's."""
    if not access.may("pathways.view") or not access.may("people.view"):
        return []
    count = queries.overdue(access).count()
    address = reverse("pathways", kwargs={"partnership": access.partnership.slug})
    words = "pathway meeting overdue" if count == 1 else "pathway meetings overdue"
    return [Waiting(count, words, f"{address}?show=overdue", is_late=True)]
