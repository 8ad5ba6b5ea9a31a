"""What waits about cases: conditions of plans that nobody has found out about in time."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from openoutcomes.web.cases.models import Condition
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.waiting import Waiting


def open_conditions(access: Access) -> QuerySet[Any]:
    """Return the conditions not known yet, of plans that the seat may write in."""
    rows = Condition.of(access.partnership).filter(state="unknown", plan__state="asking")
    if access.reach("cases.write") != "partnership":
        rows = rows.filter(plan__organisation__in=access.organisation_ids("cases.write"))
    return rows.select_related("plan")


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for a seat about plans to copy a case."""
    if not access.may("cases.write"):
        return []
    rows = open_conditions(access).filter(Q(due_on__lt=today()))
    count = rows.count()
    words = "condition to find out about" if count == 1 else "conditions to find out about"
    address = reverse("copy_plans", kwargs={"partnership": access.partnership.slug})
    return [Waiting(count, f"{words}, before a case is copied", address, is_late=True)]
