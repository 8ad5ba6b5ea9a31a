"""What a meeting should look at about governance: uses of the data, matters decided, late complaints and what they changed."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Counted, Signal
from openoutcomes.web.governance.models import Complaint, DataUse, Matter
from openoutcomes.web.governance.queries import HANDLING
from openoutcomes.web.governance.waiting import OPEN, late

#: The most signals of a kind.
_MOST = 10


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return what is due and what happened between two days. Nothing here says what a complaint is about."""
    if not access.may("governance.view"):
        return []
    slug = access.partnership.slug
    found = []
    uses = DataUse.of(access.partnership)
    for use in uses.filter(Q(state="asked") | Q(state="allowed", review_on__lte=until)).order_by(
        "review_on", "pk"
    )[:_MOST]:
        address = reverse("data_use", kwargs={"partnership": slug, "use_id": use.use_id})
        words = "To decide: use of the data" if use.state == "asked" else "To look at again: use of the data"
        found.append(
            Signal("governance", f"{words} “{use.title}”", address, due=use.review_on, is_late=use.is_due)
        )
    for matter in (
        Matter.of(access.partnership)
        .filter(decided_at__date__range=(since, until))
        .select_related("panel")[:_MOST]
    ):
        address = reverse("matter", kwargs={"partnership": slug, "matter_id": matter.matter_id})
        found.append(Signal("governance", f"{matter.panel} decided: {matter.title}", address))
    changed = Complaint.of(access.partnership).filter(closed_on__range=(since, until)).exclude(changed="")
    address = reverse("complaints", kwargs={"partnership": slug})
    found += [
        Signal("changes", f"Changed after a complaint: {row.changed}", address) for row in changed[:_MOST]
    ]
    if access.reach(HANDLING) == "partnership":
        rows = (
            Complaint.of(access.partnership)
            .filter(late(), state__in=OPEN)
            .exclude(stage="outside")
            .order_by("answer_by")
        )
        handling = reverse("complaint_handling", kwargs={"partnership": slug})
        found += [
            Signal("governance", f"Complaint {row.complaint_id} is late", f"{handling}?show=all", due=row.answer_by,
                   is_late=row.answer_by < today() or row.acknowledged_on is None)
            for row in rows[:_MOST]
        ]  # fmt: skip
    return found


def counted(access: Access, first: dt.date, last: dt.date) -> list[Counted]:
    """Count what panels decided, and for those who handle them the complaints that were answered, between two days."""
    if not access.may("governance.view"):
        return []
    slug = access.partnership.slug
    decided = Matter.of(access.partnership).filter(decided_at__date__range=(first, last)).count()
    words = "matter decided by a panel" if decided == 1 else "matters decided by panels"
    found = [Counted("decided", decided, words, reverse("governance", kwargs={"partnership": slug}))]
    if access.reach(HANDLING) == "partnership":
        closed = Complaint.of(access.partnership).filter(closed_on__range=(first, last)).count()
        words = "complaint closed with an answer" if closed == 1 else "complaints closed with an answer"
        handling = reverse("complaint_handling", kwargs={"partnership": slug})
        found.append(Counted("told", closed, words, f"{handling}?show=all"))
    return found
