"""What a meeting should look at about cases: what was written down, and conditions still to be found out about."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.urls import reverse

from openoutcomes.web.cases.models import CopyPlan
from openoutcomes.web.cases.queries import cases_for
from openoutcomes.web.cases.waiting import open_conditions
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Signal

#: The most signals of a kind.
_MOST = 10


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return new cases, decisions on plans, and what is due between two days."""
    if not access.may("cases.view"):
        return []
    slug = access.partnership.slug
    found = [
        Signal(
            "trials", f"New case: {row.title} ({row.get_result_display().lower()})",
            reverse("case", kwargs={"partnership": slug, "case_id": row.case_id}), kind="case", key=row.case_id,
        )
        for row in cases_for(access).filter(added_at__date__range=(since, until))[:_MOST]
    ]  # fmt: skip
    if access.may("cases.write"):
        due = open_conditions(access).filter(Q(due_on__lte=until)).order_by("due_on", "pk")[:_MOST]
        found += [
            Signal(
                "actions", f"To find out before copying “{row.plan.title}”: {row.words} ({row.finder})",
                reverse("copy_plan", kwargs={"partnership": slug, "plan_id": row.plan.plan_id}),
                due=row.due_on, is_late=row.due_on < today(),
            )
            for row in due
        ]  # fmt: skip
    decided = (
        CopyPlan.of(access.partnership).filter(decided_at__date__range=(since, until)).exclude(state="asking")
    )
    found += [
        Signal(
            "trials", f"Copying “{row.title}”: {row.get_state_display().lower()}",
            reverse("copy_plan", kwargs={"partnership": slug, "plan_id": row.plan_id}),
        )
        for row in decided[:_MOST]
    ]  # fmt: skip
    return found
