"""What waits about barriers: what to answer, answers that are late, and answers that nobody has looked at since."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.urls import reverse

from openoutcomes.web.barriers.queries import late_asks, standing_asks, to_check
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.waiting import Waiting

#: Days after an answer in which what was promised may happen, before somebody looks.
TIME_TO_HAPPEN = 28


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for a seat about barriers."""
    slug = access.partnership.slug
    found = []
    listed = reverse("barriers", kwargs={"partnership": slug})
    if access.may("barriers.answer"):
        own = (
            standing_asks(access)
            .filter(answer="", whom__in=access.organisation_ids("barriers.answer"))
            .order_by()
        )
        asked = own.count()
        words = (
            "thing asked of you about a barrier, to answer"
            if asked == 1
            else "things asked of you about barriers, to answer"
        )
        address = reverse("barriers_to_answer", kwargs={"partnership": slug})
        is_late = asked > 0 and own.filter(due_on__lt=today()).exists()
        found.append(Waiting(asked, words, address, is_late=is_late))
    if access.may("barriers.manage"):
        late = late_asks(access).order_by().count()
        words = "answer about a barrier is overdue" if late == 1 else "answers about barriers are overdue"
        found.append(Waiting(late, words, f"{listed}?state=late", is_late=True))
        before = today() - dt.timedelta(days=TIME_TO_HAPPEN)
        look = to_check(access).filter(Q(answered_on__lt=before)).order_by().count()
        words = (
            "barrier to look at: did the answer take it away?"
            if look == 1
            else "barriers to look at: did the answers take them away?"
        )
        found.append(Waiting(look, words, f"{listed}?state=answered"))
    return found
