"""What a meeting should look at about changes: those made, those that wait, and those to look at again."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from openoutcomes.web.changes.models import Change
from openoutcomes.web.changes.queries import changes_for
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Counted, Signal

#: The most signals of a kind.
_MOST = 20


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return the changes that are due to be looked at, wait for agreement, or were decided between two days."""
    if not access.may("changes.view"):
        return []
    slug = access.partnership.slug

    def signal(words: str, row: Change, due: dt.date | None = None) -> Signal:
        address = reverse("change", kwargs={"partnership": slug, "change_id": row.change_id})
        contract = row.contract.contract_id if row.contract else ""
        is_late = due is not None and due < today()
        return Signal(
            "changes",
            words,
            address,
            due=due,
            is_late=is_late,
            kind="change",
            key=row.change_id,
            contract=contract,
        )

    rows = changes_for(access)
    due = rows.filter(state="made", follow_on__lte=until).order_by("follow_on")[:_MOST]
    found = [signal(f"What happened next? {row.title}", row, row.follow_on) for row in due]
    waiting = rows.filter(state__in=("proposed", "objected")).order_by("decided_on")[:_MOST]
    found += [signal(f"{row.get_state_display()}: {row.title}", row) for row in waiting]
    seen = {one.key for one in found}
    made = rows.filter(decided_on__range=(since, until), state__in=Change.HOLDS).order_by(
        "-decided_on", "-pk"
    )
    found += [signal(f"Changed: {row.title}", row) for row in made[:_MOST] if row.change_id not in seen]
    return found


def counted(access: Access, first: dt.date, last: dt.date) -> list[Counted]:
    """Count the changes to delivery that were decided between two days and hold."""
    if not access.may("changes.view"):
        return []
    address = reverse("changes", kwargs={"partnership": access.partnership.slug})
    made = changes_for(access).filter(decided_on__range=(first, last), state__in=Change.HOLDS).count()
    return [Counted("decided", made, "change to delivery" if made == 1 else "changes to delivery", address)]
