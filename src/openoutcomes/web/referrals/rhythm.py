"""What a meeting should look at about referrals: those that nobody answered in time, and those that came back."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Signal
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.referrals.models import Referral


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return referrals to and from the seat's organisations that wait too long, came back, or were turned down."""
    mine = access.organisation_ids("referrals.view")
    if not mine:
        return []
    address = reverse("referrals", kwargs={"partnership": access.partnership.slug})
    rows = Referral.of(access.partnership)
    to = rows.filter(to_organisation__in=mine).aggregate(
        late=Count("pk", filter=Q(state="made", due_on__lt=today())),
        waits=Count("pk", filter=Q(state="made", due_on__gte=today(), due_on__lte=until)),
    )
    sent = rows.filter(from_organisation__in=mine).aggregate(
        late=Count("pk", filter=Q(state="made", due_on__lt=today())),
        back=Count("pk", filter=Q(state__in=["declined", "handed_back"], route="between", next="")),
        declined=Count("pk", filter=Q(state="declined", answered_on__gte=since, answered_on__lte=until)),
    )
    out = f"{address}?tab=out"
    found = [
        (to["late"], "referral to us waits longer than was asked", "referrals to us wait longer than was asked", address, True),
        (to["waits"], "referral to us is to be answered", "referrals to us are to be answered", address, False),
        (sent["late"], "referral of ours has had no answer in time", "referrals of ours have had no answer in time", f"{out}&show=late", True),
        (sent["back"], "referral came back, and nobody has said what happens next",
         "referrals came back, and nobody has said what happens next", out, True),
        (sent["declined"], f"referral of ours was declined since {day(since)}", f"referrals of ours were declined since {day(since)}", out, False),
    ]  # fmt: skip
    return [
        Signal("people", f"{count} {one if count == 1 else many}", where, is_late=late)
        for count, one, many, where, late in found
        if count
    ]
