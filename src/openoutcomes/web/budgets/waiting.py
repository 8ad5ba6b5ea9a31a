"""What waits about budgets."""

from __future__ import annotations

from django.urls import reverse

from openoutcomes.web.budgets import queries
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.waiting import Waiting


def waiting(access: Access) -> list[Waiting]:
    """Return requests to approve, and one's own that were approved and are not spent yet."""
    if not access.may("budgets.view"):
        return []
    address = reverse("budgets", kwargs={"partnership": access.partnership.slug})
    approve, spend = queries.to_approve(access).count(), queries.to_spend(access).count()
    return [
        Waiting(
            approve, "small budget to approve" if approve == 1 else "small budgets to approve",
            f"{address}?state=requested",
        ),
        Waiting(
            spend, "small budget was approved: note what was spent" if spend == 1
            else "small budgets were approved: note what was spent",
            f"{address}?state=approved",
        ),
    ]  # fmt: skip
