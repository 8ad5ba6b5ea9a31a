"""What a meeting should look at about verification: what waits too long, questions without an answer, slower checks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, DateTimeField, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.urls import reverse

from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.rhythm import Signal
from openoutcomes.web.records.models import Record
from openoutcomes.web.verification.models import Question
from openoutcomes.web.verification.queries import IN_TIME, figures_seen, late_before, queue, verified_by_terms
from openoutcomes.web.verification.sampling import median

#: Fewer findings than this say nothing of how long checks take.
ENOUGH = 5
#: So many days longer are worth a word.
LONGER = 2


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return what waits to be verified for long, questions that wait for a provider, and checks that take longer."""
    if not access.may("verification.view"):
        return []
    address = reverse("verification", kwargs={"partnership": access.partnership.slug})
    return [*_waits(access, address), *_questions(access), *_longer(access, address, since, until)]


def _waits(access: Access, address: str) -> list[Signal]:
    if access.may("verification.decide"):
        rows = queue(access)
    else:
        contracts = list(Contract.of(access.partnership).filter(is_closed=False))
        rows = Record.of(access.partnership).filter(
            figures_seen(access), verified_by_terms(contracts), table="achievements", current=True,
            withdrawn=False, state="unverified",
        )  # fmt: skip
    late = rows.filter(recorded_at__lt=late_before()).order_by()
    counted = late.values("contract__contract_id", "contract__name").annotate(n=Count("pk"))
    return [
        Signal(
            "people",
            f"{row['n']} outcome{' has' if row['n'] == 1 else 's have'} waited more than {IN_TIME} working days "
            f"to be verified under {row['contract__name']}",
            address, is_late=True, contract=row["contract__contract_id"],
        )
        for row in counted.order_by("contract__name")
        if row["contract__contract_id"]
    ]  # fmt: skip


def _questions(access: Access) -> list[Signal]:
    organisations = access.organisation_ids("outcomes.record")
    rows = Question.of(access.partnership).filter(closed_at=None, answered_at=None)
    if access.reach("verification.view") != "partnership":
        rows = rows.filter(organisation__in=organisations)
    counted = rows.order_by().values("organisation__name").annotate(
        n=Count("pk"), late=Count("pk", filter=Q(asked_at__lt=late_before()))
    )  # fmt: skip
    address = reverse("outcomes", kwargs={"partnership": access.partnership.slug})
    return [
        Signal(
            "people",
            f"{row['n']} question{'' if row['n'] == 1 else 's'} of a verifier wait{'s' if row['n'] == 1 else ''} "
            f"for an answer of {row['organisation__name']}",
            address, is_late=row["late"] > 0,
        )
        for row in counted.order_by("organisation__name")
    ]  # fmt: skip


def _longer(access: Access, address: str, since: dt.date, until: dt.date) -> list[Signal]:
    """Compare how long the first findings took with the same number of days before."""
    now, before = (
        _days(access, since, until),
        _days(access, since - (until - since) - dt.timedelta(days=1), since - dt.timedelta(days=1)),
    )
    if len(now) < ENOUGH or len(before) < ENOUGH:
        return []
    took, had_taken = median(now), median(before)
    if took is None or had_taken is None or took - had_taken < LONGER:
        return []
    words = f"Turnaround of checks rose to {float(took):g} days, from {float(had_taken):g} in the time before"
    return [Signal("results", words, address, is_late=took > IN_TIME)]


def _days(access: Access, first: dt.date, last: dt.date) -> list[int]:
    """Return the days from recording to the first finding, of first findings between two days."""
    version = Record.of(access.partnership).filter(
        table="achievements", record_id=OuterRef("about"), version=1
    )
    rows: Any = (
        Record.of(access.partnership)
        .filter(figures_seen(access), table="verifications", state="", current=True, withdrawn=False, on__gte=first, on__lte=last)
        .exclude(values__has_key="replaces")
        .annotate(
            found=TruncDate("recorded_at"),
            began=TruncDate(Subquery(version.values("recorded_at")[:1], output_field=DateTimeField())),
        )
        .values("found", "began")
        .annotate(n=Count("pk"))
        .order_by()
    )  # fmt: skip
    return [
        max(0, (row["found"] - row["began"]).days)
        for row in rows
        if row["began"] is not None
        for _ in range(row["n"])
    ]
