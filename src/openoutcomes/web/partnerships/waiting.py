"""What waits for administrators and provider managers: set-up, and invitations nobody has answered."""

from __future__ import annotations

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.partnerships.queries import invitations_for
from openoutcomes.web.partnerships.steps import left, steps


def waiting(access: Access) -> list[Waiting]:
    """Return the steps of setting up that are left, and invitations that are open or have run out."""
    slug = {"partnership": access.partnership.slug}
    found = []
    if access.may("partnership.setup"):
        count = len(left(steps(access)))
        words = (
            "step left to set the partnership up" if count == 1 else "steps left to set the partnership up"
        )
        found.append(Waiting(count, words, reverse("setup", kwargs=slug)))
    if access.may("members.manage"):
        address = reverse("members", kwargs=slug)
        expiries = list(invitations_for(access).values_list("expires_at", flat=True))
        over = sum(one <= now() for one in expiries)
        still = len(expiries) - over
        found.append(Waiting(still, f"invitation{'' if still == 1 else 's'} not answered yet", address))
        found.append(
            Waiting(over, f"invitation{'' if over == 1 else 's'} ran out unanswered", address, is_late=True)
        )
    return found
