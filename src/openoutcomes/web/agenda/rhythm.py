"""What a meeting should look at about the agenda: what was promised and is due, late, kept or broken; what changed."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.urls import reverse

from openoutcomes.web.agenda.models import AgendaVersion, CommitmentStep, Triage
from openoutcomes.web.agenda.queries import commitments, open_gaps
from openoutcomes.web.agenda.things import _short
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Signal

#: The most signals of a kind.
_MOST = 20


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return commitments that are due or past their day, those answered, and changes of the agenda."""
    if not access.may("agenda.view"):
        return []
    slug = access.partnership.slug

    def at(commitment_id: str) -> str:
        return reverse("commitment", kwargs={"partnership": slug, "commitment_id": commitment_id})

    found = [
        Signal(
            "actions", _short(f"{row.organisation or 'The partnership'} promised: {row.words}"), at(row.commitment_id),
            due=row.due_on, is_late=row.due_on < today(), kind="commitment", key=row.commitment_id,
        )
        for row in commitments(access).filter(state__in=("promised", "late"), due_on__lte=until).order_by("due_on")[:_MOST]
    ]  # fmt: skip
    steps = (
        CommitmentStep.of(access.partnership)
        .filter(
            at__date__range=(since, until),
            state__in=("kept", "broken", "declined", "late"),
            commitment__dropped_at=None,
        )
        .select_related("commitment__organisation")
        .order_by("-at", "-pk")
    )
    seen: set[str] = set()
    for step in steps[:_MOST]:
        row = step.commitment
        # The latest answer is what a meeting needs.
        if row.commitment_id in seen or row.state != step.state:
            continue
        seen.add(row.commitment_id)
        words = _short(f"{row.organisation or 'The partnership'}: {row.words}")
        found.append(
            Signal(
                "agenda",
                f"{step.get_state_display()}. {words}",
                at(row.commitment_id),
                kind="commitment",
                key=row.commitment_id,
            )
        )
    versions = AgendaVersion.of(access.partnership).filter(at__date__range=(since, until)).order_by("-number")
    latest = versions.first()
    if latest is not None:
        address = reverse("agenda_versions", kwargs={"partnership": slug})
        count = versions.count()
        times = "once" if count == 1 else f"{count} times"
        found.append(Signal("agenda", f"The agenda was changed {times}", address))
    for one in Triage.of(access.partnership).filter(at__date__range=(since, until))[:_MOST]:
        address = reverse("triage", kwargs={"partnership": slug, "triage_id": one.triage_id})
        found.append(
            Signal(
                "agenda", f"Which way of paying fits “{one.problem}”: {one.said['way'].lower()} may", address
            )
        )
    due = open_gaps(access).filter(Q(due_on__lte=until)).order_by("due_on")[:_MOST]
    found += [
        Signal(
            "actions", _short(f"To find out ({gap.finder}): {gap.words}"),
            reverse("factor", kwargs={"partnership": slug, "code": gap.factor}), due=gap.due_on, is_late=gap.due_on < today(),
        )
        for gap in due
    ]  # fmt: skip
    return found
