"""What waits for a seat about meetings: actions, meetings today, minutes to close, minutes to approve."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.meetings import queries
from openoutcomes.web.meetings.models import Action, Meeting

#: Actions due within so many days are waited for.
SOON = dt.timedelta(days=7)


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for a seat about meetings."""
    slug = access.partnership.slug
    found: list[Waiting] = []
    if access.may("actions.do"):
        address = reverse("actions", kwargs={"partnership": slug})
        mine = Action.of(access.partnership).filter(queries.held_by(access), state="open")
        late = mine.filter(due__lt=today()).count()
        soon = mine.filter(due__gte=today(), due__lte=today() + SOON).count()
        found += [
            Waiting(
                late,
                _words(late, "action of yours is", "actions of yours are", "overdue"),
                address,
                is_late=True,
            ),
            Waiting(
                soon, _words(soon, "action of yours is", "actions of yours are", "due within a week"), address
            ),
        ]
    invited = Meeting.of(access.partnership).filter(
        attendees__seat__in=queries.seat_ids(access), state__in=("planned", "open"), on=today()
    )
    address = reverse("meetings", kwargs={"partnership": slug})
    held = invited.distinct().count()
    found.append(Waiting(held, "meeting today" if held == 1 else "meetings today", address))
    if access.may("meetings.run"):
        open_ones = (
            Meeting.of(access.partnership)
            .filter(state="open", on__lt=today(), started_by=access.user)
            .count()
        )
        words = (
            "meeting whose minutes are not closed"
            if open_ones == 1
            else "meetings whose minutes are not closed"
        )
        found.append(Waiting(open_ones, words, f"{address}?state=open", is_late=True))
    return found


def _words(count: int, one: str, many: str, how: str) -> str:
    return f"{one if count == 1 else many} {how}"
