"""What meetings bring to meetings: actions that are overdue or due, and minutes nobody has approved."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Counted, Signal
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.meetings import queries
from openoutcomes.web.meetings.models import Action

#: Actions that are named one by one, at most; the rest are counted.
MOST = 15


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return actions overdue, moved too often, or due by the last day, and those settled with a no since the first."""
    if not access.may("actions.do"):
        return []
    slug = access.partnership.slug
    rows = queries.actions_for(access).filter(state="open", due__lte=until).order_by("due", "pk")
    found = [_signal(slug, row) for row in rows[: MOST + 1]]
    often = (
        queries.actions_for(access).filter(queries.escalated(), due__gt=until).order_by("-moved", "due", "pk")
    )
    found += [_signal(slug, row) for row in often[:MOST]]
    if len(found) > MOST:
        rest = rows.count() - MOST
        found = [*found[:MOST], *([] if rest < 1 else [_more(slug, rest)])]
    given_up = queries.actions_for(access).filter(
        state="not_done", settled_on__gte=since, settled_on__lte=until
    )
    for row in given_up.order_by("-settled_on", "-pk")[:5]:
        address = reverse("action", kwargs={"partnership": slug, "action_id": row.action_id})
        found.append(Signal("actions", f"Will not be done: {row.what}", address))
    return found


def _signal(slug: str, row: Action) -> Signal:
    address = reverse("action", kwargs={"partnership": slug, "action_id": row.action_id})
    words = f"{row.what}: {row.owner_words}"
    if row.is_escalated:
        words = f"Moved {row.moved} times, decide whether to go on: {words}"
    elif row.is_late:
        words = f"Overdue since {day(row.due)}: {words}"
    return Signal("actions", words, address, due=row.due, is_late=row.due < today() or row.is_escalated)


def _more(slug: str, rest: int) -> Signal:
    address = f"{reverse('actions', kwargs={'partnership': slug})}?show=all"
    return Signal(
        "actions", f"{rest} more action{'' if rest == 1 else 's'} due or overdue", address, is_late=True
    )


def counted(access: Access, first: dt.date, last: dt.date) -> list[Counted]:
    """Count meetings held, decisions, and actions agreed and done."""
    slug = access.partnership.slug
    held = queries.meetings_for(access).filter(
        on__gte=first, on__lte=last, state__in=("open", "closed", "approved")
    )
    decided = queries.decisions_for(access).filter(on__gte=first, on__lte=last, withdrawn_at=None)
    actions = queries.actions_for(access)
    done = actions.filter(state="done", settled_on__gte=first, settled_on__lte=last).count()
    late = actions.filter(queries.late_ones(), due__lte=last).count()
    days = f"since_day={first.day}&since_month={first.month}&since_year={first.year}"
    until = f"until_day={last.day}&until_month={last.month}&until_year={last.year}"
    to = reverse("actions", kwargs={"partnership": slug})
    counts = (
        (held.count(), "meeting held", "meetings held", reverse("meetings", kwargs={"partnership": slug})),
        (decided.count(), "decision, with its reason", "decisions, each with its reason",
         f"{reverse('decisions', kwargs={'partnership': slug})}?{days}&{until}"),
        (done, "action done", "actions done", f"{to}?show=all&state=done"),
        (late, "action overdue now", "actions overdue now", f"{to}?show=all&state=late"),
    )  # fmt: skip
    return [
        Counted("decided", count, one if count == 1 else many, address)
        for count, one, many, address in counts
    ]
