"""What waits about the agenda: commitments to answer, those overdue, and questions to find out about."""

from __future__ import annotations

from django.urls import reverse

from openoutcomes.web.agenda.queries import asked_of, open_gaps
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.waiting import Waiting


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for a seat about what was promised."""
    if not access.may("agenda.commit"):
        return []
    slug = access.partnership.slug
    address = reverse("commitments", kwargs={"partnership": slug})
    rows = asked_of(access)
    own = rows.filter(organisation__in=access.organisation_ids("agenda.commit"))
    if access.may("agenda.edit"):
        own = own | rows.filter(organisation=None)
    asked = own.filter(state="proposed").count()
    late = rows.filter(state__in=("promised", "late"), due_on__lt=today()).count()
    found = [
        Waiting(asked, f"{_words(asked, 'commitment')} asked of you, to answer", f"{address}?state=proposed"),
        Waiting(late, f"{_words(late, 'commitment')} past its day" if late == 1 else "commitments past their day",
                f"{address}?state=overdue", is_late=True),
    ]  # fmt: skip
    if access.may("agenda.edit"):
        gaps = open_gaps(access).filter(due_on__lt=today()).count()
        factors = reverse("factors", kwargs={"partnership": slug})
        words = (
            "question about the partnership to find out"
            if gaps == 1
            else "questions about the partnership to find out"
        )
        found.append(Waiting(gaps, words, factors, is_late=True))
    return found


def _words(count: int, one: str) -> str:
    return one if count == 1 else f"{one}s"
