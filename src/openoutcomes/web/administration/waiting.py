"""What waits for an administrator: people due to be erased."""

from __future__ import annotations

from django.urls import reverse

from openoutcomes.web.administration.queries import due_for_erasure
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.waiting import Waiting


def waiting(access: Access) -> list[Waiting]:
    """Return how many people are due to be erased."""
    if not access.may("retention.run"):
        return []
    count = due_for_erasure(access.partnership).count()
    address = reverse("retention", kwargs={"partnership": access.partnership.slug})
    return [Waiting(count, "person due to be erased" if count == 1 else "people due to be erased", address)]
