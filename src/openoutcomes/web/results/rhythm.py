"""What the figures say since the last meeting: outcomes recorded and accepted, without small numbers."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Signal
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.records.models import Record
from openoutcomes.web.results.queries import STATES, own_organisations
from openoutcomes.web.results.small_numbers import LEAST, rounded


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return how many outcomes were achieved, by contract, beside as many days before.

    A seat's own organisation sees its counts as they are. Others see whole months alone, rounded and none under ten:
    days of their own choosing, laid beside each other, would give single people away.
    """
    if not access.may("results.view") or until <= since:
        return []
    own = own_organisations(access)
    if own:
        first, last, before = since + dt.timedelta(days=1), until, since - (until - since)
        words = (f"since {day(since)}", "in as many days before")
    else:
        last = min(until, today()).replace(day=1) - dt.timedelta(days=1)
        first = last.replace(day=1)
        before = (first - dt.timedelta(days=1)).replace(day=1) - dt.timedelta(days=1)
        words = (f"in {last:%B}", "in the month before")
        if last < since:
            return []
    rows = Record.of(access.partnership).filter(
        table="achievements", current=True, withdrawn=False, state__in=STATES, contract__isnull=False,
        contract__is_closed=False, on__gt=before, on__lte=last,
    )  # fmt: skip
    if own:
        rows = rows.filter(organisation__in=own)
    counted = (
        rows.order_by()
        .values("contract__contract_id", "contract__name")
        .annotate(now=Count("pk", filter=Q(on__gte=first)), before=Count("pk", filter=Q(on__lt=first)))
    )
    address = reverse("results", kwargs={"partnership": access.partnership.slug})
    found = []
    for row in counted.order_by("contract__name"):
        now, earlier = (_shown(row[name], is_own=bool(own)) for name in ("now", "before"))
        said = f"{now} {'outcome' if now == '1' else 'outcomes'} {words[0]} under {row['contract__name']}; {earlier} {words[1]}"
        found.append(
            Signal("results", said[:1].upper() + said[1:], address, contract=row["contract__contract_id"])
        )
    return found


def _shown(count: int, *, is_own: bool) -> str:
    if is_own:
        return f"{count:,}"
    return f"fewer than {LEAST}" if count < LEAST else f"about {rounded(count):,}"
