"""What waits about changes: to agree, to look at what happened, and months of capacity to keep."""

from __future__ import annotations

from django.urls import reverse

from openoutcomes.web.changes import team
from openoutcomes.web.changes.queries import overdue, to_agree
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.waiting import Waiting


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for a seat about changes to delivery and capacity."""
    slug = access.partnership.slug
    found = []
    listed = reverse("changes", kwargs={"partnership": slug})
    if access.may("changes.agree"):
        count = to_agree(access).order_by().count()
        words = "change to delivery to agree to" if count == 1 else "changes to delivery to agree to"
        found.append(Waiting(count, words, f"{listed}?state=mine"))
    if access.may("changes.record"):
        count = overdue(access).order_by().count()
        words = (
            "change to look at: what happened next?"
            if count == 1
            else "changes to look at: what happened next?"
        )
        found.append(Waiting(count, words, f"{listed}?state=overdue", is_late=True))
    if access.may("capacity.manage"):
        count = len(team.not_kept(access))
        words = (
            f"team’s capacity of {team.last_month():%B} to keep"
            if count == 1
            else f"teams’ capacity of {team.last_month():%B} to keep"
        )
        found.append(Waiting(count, words, reverse("capacity", kwargs={"partnership": slug})))
    return found
