"""What waits for a worker: contacts overdue, goals to look at again, forms not sent, people nobody has asked."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import up_to
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.people.drafts import oldest
from openoutcomes.web.people.duplicates import likenesses_for
from openoutcomes.web.people.list_views import caseload, goal_to_review, without_goal
from openoutcomes.web.people.models import Draft, Enrolment


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for a seat about its people."""
    slug = access.partnership.slug
    mine = Draft.of(access.partnership).filter(user=access.user, saved_at__gt=oldest())
    unsent = mine.exclude(Q(person__merged_into__isnull=False) | Q(person__erased_at__isnull=False)).count()
    drafts = reverse("drafts", kwargs={"partnership": slug})
    found = [Waiting(unsent, "unfinished form" if unsent == 1 else "unfinished forms", drafts)]
    if not access.may("records.add"):
        return found
    rows = caseload(access)
    address = reverse("people", kwargs={"partnership": slug})
    if "practitioner" in access.roles():
        found += _of_a_worker(rows, address)
    else:
        # For a whole provider the rest would be a sum over thousands.
        found.append(_overdue(up_to(rows.filter(next_on__lt=today())), address))
    alike = up_to(likenesses_for(access))
    pairs = _words(alike, "pair who may be one person", "pairs who may be one person")
    found.append(Waiting(alike, pairs, reverse("duplicates", kwargs={"partnership": slug})))
    return found


def _of_a_worker(rows: QuerySet[Enrolment], address: str) -> list[Waiting]:
    counts = rows.aggregate(
        overdue=Count("pk", filter=Q(next_on__lt=today())),
        due=Count("pk", filter=Q(next_on=today())),
        review=Count("pk", filter=goal_to_review()),
        unasked=Count("pk", filter=without_goal()),
    )
    due, review, unasked = counts["due"], counts["review"], counts["unasked"]
    asked = "nobody has asked what matters to them"
    return [
        _overdue(counts["overdue"], address),
        Waiting(due, _words(due, "contact planned for today", "contacts planned for today"), address),
        Waiting(
            review,
            _words(review, "person with a goal to look at again", "people with a goal to look at again"),
            f"{address}?only=review",
        ),
        Waiting(
            unasked, _words(unasked, f"person whom {asked}", f"people whom {asked}"), f"{address}?only=goal"
        ),
    ]


def _overdue(count: int, address: str) -> Waiting:
    words = _words(count, "person to contact", "people to contact")
    return Waiting(count, words, f"{address}?only=overdue", is_late=True)


def _words(count: int, one: str, many: str) -> str:
    return one if count == 1 else many
