"""What a meeting should look at about barriers: late answers, what to take further, new ones, and what came of them."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from openoutcomes.web.barriers.models import BarrierStep
from openoutcomes.web.barriers.queries import barriers_for, standing_asks
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Counted, Signal

#: The most signals of a kind.
_MOST = 20
_SAID = {
    "answered": "Answered", "helped": "Gone", "gone": "Gone", "still": "Still there", "accepted": "Lived with",
    "reopened": "Back again", "moved": "Taken further",
}  # fmt: skip


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return what is asked and due, what is new, and what came of barriers between two days."""
    if not access.may("barriers.view"):
        return []
    slug = access.partnership.slug

    def signal(words: str, barrier_id: str, due: dt.date | None = None, *, is_late: bool = False) -> Signal:
        address = reverse("barrier", kwargs={"partnership": slug, "barrier_id": barrier_id})
        return Signal("barriers", words, address, due=due, is_late=is_late, kind="barrier", key=barrier_id)

    due = standing_asks(access).filter(answer="", due_on__lte=until).order_by("due_on")[:_MOST]
    found = [
        signal(
            f"{ask.barrier.title}: {ask.whom_words} asked {ask.days_waited} days ago", ask.barrier.barrier_id,
            ask.due_on, is_late=ask.due_on < today(),
        )
        for ask in due
    ]  # fmt: skip
    seen = {one.key for one in found}
    steps = (
        BarrierStep.of(access.partnership)
        .filter(at__date__range=(since, until), kind__in=_SAID, barrier__joined_to=None)
        .select_related("barrier")
        .order_by("-at", "-pk")
    )
    for step in steps[: 3 * _MOST]:
        row = step.barrier
        # The latest thing that happened is what a meeting needs.
        if row.barrier_id not in seen:
            seen.add(row.barrier_id)
            said = (
                f"{_SAID[step.kind]}, {step.get_answer_display().lower()}"
                if step.answer
                else _SAID[step.kind]
            )
            where = f" ({step.get_level_display().lower()})" if step.kind == "moved" else ""
            found.append(signal(f"{said}{where}: {row.title}", row.barrier_id))
    new = barriers_for(access).filter(raised_at__date__range=(since, until)).order_by("-raised_at")
    found += [
        signal(f"New: {row.title}", row.barrier_id) for row in new[:_MOST] if row.barrier_id not in seen
    ]
    return found


def counted(access: Access, first: dt.date, last: dt.date) -> list[Counted]:
    """Count the barriers raised and those that went away between two days."""
    if not access.may("barriers.view"):
        return []
    address = reverse("barriers", kwargs={"partnership": access.partnership.slug})
    rows = barriers_for(access)
    raised = rows.filter(raised_at__date__range=(first, last)).count()
    steps = BarrierStep.of(access.partnership).filter(
        kind__in=("helped", "gone"), at__date__range=(first, last), barrier__in=rows.values("pk")
    )
    gone = steps.order_by().values("barrier").distinct().count()
    return [
        Counted("unblocked", raised, "barrier raised" if raised == 1 else "barriers raised", address),
        Counted("unblocked", gone, "barrier gone" if gone == 1 else "barriers gone", address),
    ]
