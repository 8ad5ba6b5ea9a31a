"""What waits about referrals."""

from __future__ import annotations

from django.db.models import Count, Q
from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.referrals import queries


def waiting(access: Access) -> list[Waiting]:
    """Return referrals to answer, those that came back, and those that nobody answers."""
    if not access.may("referrals.view"):
        return []
    address = reverse("referrals", kwargs={"partnership": access.partnership.slug})
    counted = queries.waiting_in(access).aggregate(
        all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today()) | Q(reminded_at__isnull=False))
    )
    back = queries.came_back(access).count()
    unanswered = queries.unanswered(access).count()
    return [
        Waiting(
            back, "referral came back: say what happens next" if back == 1
            else "referrals came back: say what happens next",
            f"{address}?tab=out", is_late=True,
        ),
        Waiting(
            counted["all"], "referral to answer" if counted["all"] == 1 else "referrals to answer",
            address, is_late=bool(counted["late"]),
        ),
        Waiting(
            unanswered,
            "referral of yours has no answer yet" if unanswered == 1
            else "referrals of yours have no answer yet",
            f"{address}?tab=out&show=late",
        ),
    ]  # fmt: skip
