"""What a team should look at about its people: contacts due and late, goals to look at again. Nobody is named."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Signal
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.list_views import goal_to_review, open_ones
from openoutcomes.web.people.models import Enrolment

#: Goals are counted up to this many: beyond it, the number itself says nothing.
_MOST = 500


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return, for each organisation of the front line: contacts late and due, reviews overdue, starts and ends."""
    address = reverse("people", kwargs={"partnership": access.partnership.slug})
    found: list[Signal] = []
    names = Organisation.of(access.partnership).filter(pk__in=access.organisation_ids("records.add"))
    for organisation in names.order_by("name"):
        rows = Enrolment.of(access.partnership).filter(
            organisation=organisation, person__merged_into=None, person__erased_at=None
        )
        counts = rows.filter(open_ones(), next_on__lte=until).aggregate(
            late=Count("pk", filter=Q(next_on__lt=today())),
            due=Count("pk", filter=Q(next_on__gte=today())),
        )
        late, due = counts["late"], counts["due"]
        if late:
            words = "contact is late" if late == 1 else "contacts are late"
            where = f"{address}?show=team&only=overdue"
            found.append(Signal("people", f"{late} {words} at {organisation}", where, is_late=True))
        if due:
            words = "contact is due" if due == 1 else "contacts are due"
            by = "today" if until <= today() else f"by {day(until)}"
            found.append(Signal("people", f"{due} {words} {by} at {organisation}", f"{address}?show=team"))
        reviews = rows.filter(open_ones()).filter(goal_to_review())[: _MOST + 1].count()
        if reviews:
            words = "review is overdue" if reviews == 1 else "reviews are overdue"
            many = f"More than {_MOST}" if reviews > _MOST else f"{reviews}"
            where = f"{address}?show=team&only=review"
            found.append(Signal("people", f"{many} {words} at {organisation}", where, is_late=True))
        started = rows.filter(started_on__gte=since, started_on__lte=until).count()
        ended = rows.filter(ended_on__gte=since, ended_on__lte=until).count()
        if started or ended:
            words = f"{started} started and {ended} ended at {organisation} since {day(since)}"
            found.append(Signal("people", words, f"{address}?show=team"))
    return found
