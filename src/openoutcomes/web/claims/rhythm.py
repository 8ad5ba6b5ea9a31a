"""What a meeting should look at about money: claims to approve, lines in dispute, claims that were submitted."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, F, Q
from django.urls import reverse

from openoutcomes.web.claims.models import Dispute
from openoutcomes.web.claims.queries import claims_for, seen
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Signal
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.payments.models import Share


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return, by contract: claims that wait for approval, lines returned, and claims submitted since the day."""
    if not access.may("claims.view"):
        return []
    address = reverse("claims", kwargs={"partnership": access.partnership.slug})
    visible = claims_for(access).filter(contract__is_closed=False)
    found: list[Signal] = []
    waits = (
        Share.of(access.partnership)
        .filter(claim__in=visible.values("pk"))
        .exclude(accrued=F("approved"))
        .order_by()
        .values("contract__contract_id", "contract__name")
        .annotate(n=Count("claim", distinct=True))
    )
    for row in waits.order_by("contract__name"):
        words = "claim waits for approval" if row["n"] == 1 else "claims wait for approval"
        found.append(
            Signal(
                "money", f"{row['n']} {words} under {row['contract__name']}", address,
                contract=row["contract__contract_id"],
            )
        )  # fmt: skip
    found += _disputes(access, address)
    submitted = visible.filter(locked_at__date__gte=since, locked_at__date__lte=until).order_by()
    for row in submitted.values("contract__contract_id", "contract__name").annotate(n=Count("pk")):
        words = "claim was submitted" if row["n"] == 1 else "claims were submitted"
        found.append(
            Signal(
                "money", f"{row['n']} {words} under {row['contract__name']} since {day(since)}", address,
                contract=row["contract__contract_id"],
            )
        )  # fmt: skip
    return found


def _disputes(access: Access, address: str) -> list[Signal]:
    of_claims = claims_for(access).filter(seen(access, "claims.view"))
    rows = Dispute.of(access.partnership).filter(claim__in=of_claims.values("pk"), resolution="")
    late = Q(answered_at=None, answer_by__lt=today()) | Q(answered_at__isnull=False, settle_by__lt=today())
    counted = rows.order_by().values("claim__contract__contract_id", "claim__contract__name").annotate(
        n=Count("pk"), late=Count("pk", filter=late)
    )  # fmt: skip
    return [
        Signal(
            "money",
            f"{row['n']} line{' is' if row['n'] == 1 else 's are'} in dispute under {row['claim__contract__name']}",
            address, is_late=row["late"] > 0, contract=row["claim__contract__contract_id"],
        )
        for row in counted.order_by("claim__contract__name")
    ]  # fmt: skip
