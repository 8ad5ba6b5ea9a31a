"""What waits about governance: complaints and their days, offers to answer, uses of the data to decide or look at again."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.governance.models import Complaint, DataUse, Interest, Support
from openoutcomes.web.governance.queries import HANDLING

OPEN = ("received", "acknowledged", "proposed")


def late() -> Q:
    """Return the condition that a day of a complaint has gone by."""
    return Q(answer_by__lt=today()) | Q(acknowledged_on=None, acknowledge_by__lt=today())


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for a seat."""
    slug = access.partnership.slug
    offers = Support.of(access.partnership).filter(user=access.user, state="offered").count()
    found = [Waiting(offers, "offer of support to answer" if offers == 1 else "offers of support to answer",
                     reverse("support_list", kwargs={"partnership": slug}))]  # fmt: skip
    if access.may(HANDLING):
        found += _complaints(access, reverse("complaint_handling", kwargs={"partnership": slug}))
    if access.may("governance.manage"):
        uses = DataUse.of(access.partnership)
        register = reverse("data_uses", kwargs={"partnership": slug})
        asked = uses.filter(state="asked").count()
        due = uses.filter(state="allowed", review_on__lt=today()).count()
        interests = (
            Interest.of(access.partnership)
            .filter(matter__decided_at=None, matter__isnull=False, handled="")
            .count()
        )
        found += [
            Waiting(asked, f"{_words(asked, 'use')} of the data to be decided", f"{register}?state=asked"),
            Waiting(due, f"{_words(due, 'use')} of the data to look at again", f"{register}?state=due", is_late=True),
            Waiting(interests, f"{_words(interests, 'interest')} declared that nobody has looked at",
                    reverse("interests", kwargs={"partnership": slug})),
        ]  # fmt: skip
    return found


def _complaints(access: Access, address: str) -> list[Waiting]:
    rows = Complaint.of(access.partnership).filter(state__in=OPEN).exclude(stage="outside")
    mine = rows.filter(Q(handler=access.user) | Q(second=access.user, state="proposed"))
    count = mine.count()
    overdue = mine.filter(late()).count()
    found = [
        Waiting(count - overdue, f"{_words(count - overdue, 'complaint')} to handle", address),
        Waiting(
            overdue, f"{_words(overdue, 'complaint')} past a day that was promised", address, is_late=True
        ),
    ]
    if access.reach(HANDLING) == "partnership":
        free = rows.filter(handler=None)
        number = free.count()
        is_late = free.filter(late()).exists()
        found.append(
            Waiting(
                number,
                f"{_words(number, 'complaint')} that nobody handles yet",
                f"{address}?show=all",
                is_late=is_late,
            )
        )
        others = rows.filter(late()).exclude(handler=None).exclude(handler=access.user).count()
        found.append(
            Waiting(
                others,
                f"{_words(others, 'complaint')} late with somebody else",
                f"{address}?show=all",
                is_late=True,
            )
        )
    return found


def _words(count: int, one: str) -> str:
    return one if count == 1 else f"{one}s"
