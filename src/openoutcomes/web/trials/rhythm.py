"""What a meeting should look at about tests of change: decisions due, what started, and what was decided."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Counted, Signal
from openoutcomes.web.trials.models import Trial
from openoutcomes.web.trials.queries import trials_for

#: The most signals of a kind.
_MOST = 20


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return the tests whose decision is due, and those that started or were decided between two days."""
    if not access.may("trials.view"):
        return []
    slug = access.partnership.slug

    def signal(words: str, row: Trial, due: dt.date | None = None) -> Signal:
        address = reverse("trial", kwargs={"partnership": slug, "trial_id": row.trial_id})
        is_late = due is not None and due < today()
        return Signal("trials", words, address, due=due, is_late=is_late, kind="trial", key=row.trial_id)

    rows = trials_for(access)
    due = rows.filter(state="running", expect_by__lte=until).order_by("expect_by")[:_MOST]
    found = [signal(f"To decide: {row.title}", row, row.expect_by) for row in due]
    seen = {one.key for one in found}
    decided = rows.filter(decided_on__range=(since, until)).order_by("-decided_on", "-pk")[:_MOST]
    found += [signal(f"{row.get_state_display()}: {row.title}", row) for row in decided]
    started = rows.filter(started_on__range=(since, until), state="running").order_by("-started_on", "-pk")[
        :_MOST
    ]
    found += [signal(f"Started: {row.title}", row) for row in started if row.trial_id not in seen]
    return found


def counted(access: Access, first: dt.date, last: dt.date) -> list[Counted]:
    """Count the tests that started and those that were decided between two days."""
    if not access.may("trials.view"):
        return []
    address = reverse("trials", kwargs={"partnership": access.partnership.slug})
    rows = trials_for(access)
    started = rows.filter(started_on__range=(first, last)).count()
    decided = rows.filter(decided_on__range=(first, last)).count()
    return [
        Counted("tried", started, "test started" if started == 1 else "tests started", address),
        Counted(
            "tried",
            decided,
            "test decided: adopt, adapt or stop" if decided == 1 else "tests decided: adopt, adapt or stop",
            address,
        ),
    ]
