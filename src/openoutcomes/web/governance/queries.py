"""Reading governance: panels and registers for everybody; support, interests and complaints for those they concern."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from openoutcomes.web.accounts.models import User
from openoutcomes.web.audit.models import Event
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.governance.models import (
    Complaint,
    DataUse,
    Interest,
    Matter,
    Panel,
    PanelSeat,
    Support,
)
from openoutcomes.web.partnerships.models import Membership
from openoutcomes.web.results.small_numbers import Bound, protect

#: How somebody is named whose name no page says.
NOBODY_SAID = "A person supported"
HANDLING = "complaints.handle"


def _one(rows: QuerySet[Any], **key: Any) -> Any:
    found = rows.filter(**key).first()
    if found is None:
        raise Http404("There is no such thing here, or it is not yours to see")
    return found


def panels_with_seats(access: Access) -> QuerySet[Any]:
    """Return the panels, with how many seats they have, how many are kept for people, and how many of these are taken."""
    now = Q(seats__ended_on=None)
    kept = now & Q(seats__for_people=True)
    return Panel.of(access.partnership).annotate(
        all_seats=Count("seats", filter=now), kept_seats=Count("seats", filter=kept),
        kept_taken=Count("seats", filter=kept & Q(seats__user__isnull=False)),
    )  # fmt: skip


def panel_or_404(access: Access, panel_id: str) -> Panel:
    """Return a panel of the partnership."""
    return _one(Panel.of(access.partnership), panel_id=panel_id)


def seat_or_404(access: Access, seat_id: str) -> PanelSeat:
    """Return a seat that is there now."""
    rows = (
        PanelSeat.of(access.partnership).filter(ended_on=None).select_related("panel", "organisation", "user")
    )
    return _one(rows, seat_id=seat_id)


def matter_or_404(access: Access, matter_id: str) -> Matter:
    """Return a matter of a panel."""
    return _one(Matter.of(access.partnership).select_related("panel", "written_by"), matter_id=matter_id)


def is_person(access: Access) -> bool:
    """Say whether the seat is a person supported, whose name no page says."""
    return "person" in access.roles()


def holder(seat: PanelSeat) -> str:
    """Say who holds a seat, as everybody may read it: nobody who is supported is named."""
    if seat.user_id is None:
        return "Free"
    return NOBODY_SAID if seat.for_people else str(seat.user)


def interests_for(access: Access) -> QuerySet[Any]:
    """Return the interests that were declared and still hold."""
    return (
        Interest.of(access.partnership)
        .filter(ended_at=None)
        .select_related("user", "panel", "matter", "handled_by")
    )


def interest_or_404(access: Access, interest_id: str) -> Interest:
    """Return an interest."""
    return _one(interests_for(access), interest_id=interest_id)


def sees_words(access: Access, interest: Interest) -> bool:
    """Say whether a seat may read what was declared: of a person supported, only they and the coordinator may."""
    return not interest.by_person or interest.user_id == access.user.pk or keeps_support(access)


def declared_by(access: Access, interest: Interest) -> str:
    """Say who declared an interest."""
    if interest.user_id == access.user.pk:
        return "You"
    return NOBODY_SAID if interest.by_person else str(interest.user)


def keeps_support(access: Access) -> bool:
    """Say whether the seat is the coordinator's, who alone sees what others were offered."""
    return "coordinator" in access.roles()


def support_for(access: Access) -> QuerySet[Any]:
    """Return the support that a seat may see: its own, or all of it for the coordinator."""
    rows = Support.of(access.partnership).select_related("seat__panel", "offered_by")
    return rows if keeps_support(access) else rows.filter(user=access.user)


def support_or_404(access: Access, support_id: str) -> Support:
    """Return an offer of support that the seat may see."""
    return _one(support_for(access), support_id=support_id)


def use_or_404(access: Access, use_id: str) -> DataUse:
    """Return a use of data."""
    return _one(DataUse.of(access.partnership).select_related("panel", "organisation"), use_id=use_id)


# Complaints


def _mine(access: Access) -> Q:
    own = Q(user=access.user)
    return own | Q(person__in=access.person_ids()) if access.person_ids() else own


def own_complaints(access: Access) -> QuerySet[Any]:
    """Return what the seat complained about itself, or what was written down for them."""
    return _rows(access).filter(_mine(access))


def _rows(access: Access) -> QuerySet[Any]:
    return Complaint.of(access.partnership).select_related(
        "organisation", "handler", "second", "panel", "user"
    )


def _not_about(access: Access) -> Q:
    """Return the condition that a complaint is not about whoever asks; a coordinator answers for the partnership."""
    condition = ~Q(about_user=access.user) | Q(about_user=None)
    if "coordinator" in access.roles():
        condition &= Q(organisation__isnull=False)
    own = [organisation.pk for organisation in access.organisations()]
    return condition & (Q(organisation=None) | ~Q(organisation__in=own)) if own else condition


def handled(access: Access) -> QuerySet[Any]:
    """Return the complaints whose words a seat may read as a handler.

    Those it handles or agrees to; and, for who handles for the whole partnership, those nobody handles yet and that
    are not about them.
    """
    if not access.may(HANDLING):
        return _rows(access).none()
    given = Q(handler=access.user) | Q(second=access.user)
    condition = given & (~Q(about_user=access.user) | Q(about_user=None))
    if access.reach(HANDLING) == "partnership":
        condition |= Q(handler=None, state__in=("received", "acknowledged")) & _not_about(access)
    # Nobody handles what they complained about themselves.
    return _rows(access).filter(condition).exclude(user=access.user)


def chased(access: Access) -> QuerySet[Any]:
    """Return the complaints whose days a seat keeps an eye on, without what was said in them."""
    rows = _rows(access)
    return rows if access.reach(HANDLING) == "partnership" else handled(access)


def complaint_or_404(access: Access, complaint_id: str) -> tuple[Complaint, str]:
    """Return a complaint that the seat may read, and whether as its ``owner`` or as a ``handler``."""
    found = own_complaints(access).filter(complaint_id=complaint_id).first()
    if found is not None:
        return found, "owner"
    return _one(handled(access), complaint_id=complaint_id), "handler"


def chased_or_404(access: Access, complaint_id: str) -> Complaint:
    """Return a complaint to give to its handlers: its words are not for whoever only gives it."""
    if access.reach(HANDLING) != "partnership":
        raise Http404("No such complaint")
    return _one(chased(access), complaint_id=complaint_id)


def looks_at(complaint: Complaint) -> QuerySet[Event]:
    """Return who opened a complaint, newest first: whoever made it may know."""
    rows = Event.of(complaint.partnership).filter(
        kind="view", model=complaint._meta.label_lower, key=str(complaint.pk)
    )
    return rows.select_related("user").order_by("-at")


def handlers_of(partnership: Any) -> QuerySet[Any]:
    """Return the seats of those who may handle complaints."""
    from openoutcomes.web.core.permissions import MATRIX  # noqa: PLC0415 - as data, where it is used

    rows = Membership.of(partnership).filter(role__in=MATRIX[HANDLING], ended_at=None, user__is_active=True)
    return rows.select_related("user", "organisation").order_by("user__name", "pk")


def is_inside(partnership: Any, user: User, organisation_id: int | None) -> bool:
    """Say whether somebody belongs to what is complained about: an organisation, or its coordinators for the partnership."""
    seats = Membership.of(partnership).filter(user=user, ended_at=None)
    if organisation_id is None:
        return seats.filter(role="coordinator").exists()
    return seats.filter(organisation=organisation_id).exists()


def years(access: Access) -> list[int]:
    """Return the years that are over and have complaints, newest first."""
    found = Complaint.of(access.partnership).filter(received_on__year__lt=today().year)
    return sorted({day.year for day in found.dates("received_on", "year")}, reverse=True)


def figures(access: Access, year: int) -> dict[str, Any]:
    """Return what everybody may know of a year's complaints: counts without small numbers."""
    rows = Complaint.of(access.partnership).filter(received_on__year=year).exclude(state="withdrawn")
    counts: dict[Hashable, int] = {"all": 0}
    bounds = []
    for name, codes in (("outcome", ("upheld", "partly", "not", "")), ("in_time", ("yes", "no", "open"))):
        for code in codes:
            counts[name, code] = 0
        bounds.append(Bound(tuple((name, code) for code in codes), "all"))
    for outcome, in_time in rows.values_list("outcome", "first_in_time"):
        counts["all"] += 1
        counts["outcome", outcome] += 1
        counts["in_time", {True: "yes", False: "no", None: "open"}[in_time]] += 1
    shown = protect(counts, bounds)
    return {
        "year": year,
        **{"_".join(key) if isinstance(key, tuple) else str(key): value for key, value in shown.items()},
    }


def changes(access: Access) -> QuerySet[Any]:
    """Return what changed because of complaints, as everybody reads it: which complaint it was is not said."""
    rows = Complaint.of(access.partnership).filter(state="closed").exclude(changed="")
    return rows.only("changed", "closed_on", "partnership").order_by("-closed_on", "-pk")
