"""Reading meetings: which ones a seat may see and run, their decisions, and actions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Value, When
from django.http import Http404

from openoutcomes.web.contracts.models import Party
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.permissions import IN_AN_ORGANISATION, ROLES
from openoutcomes.web.meetings.cadence import LOOKS_BACK
from openoutcomes.web.meetings.models import (
    MOVED_TOO_OFTEN,
    Action,
    Attendee,
    Decision,
    Item,
    Meeting,
    Series,
    SeriesSeat,
    seat_words,
)
from openoutcomes.web.partnerships.models import Membership, Organisation

#: Roles of the partnership as a whole that see meetings of every contract.
_OF_ALL_CONTRACTS = frozenset({"coordinator", "administrator"})
#: Roles with which meetings about a contract are run; others run those of their own organisation.
_RUN_CONTRACTS = frozenset({"provider_manager", "commissioner"})


def seat_ids(access: Access) -> list[int]:
    """Return the primary keys of the memberships that somebody is here with."""
    return [membership.pk for membership in access.memberships]


def _working(access: Access) -> list[Membership]:
    return [membership for membership in access.memberships if membership.role != "person"]


def _open_to(access: Access) -> Q:
    """Return the condition on series of those that a seat sees without being invited."""
    working = _working(access)
    if not working:
        return Q(pk__in=[])
    organisations = [m.organisation_id for m in working if m.organisation_id is not None]
    seen = Q(contract=None, organisation=None) | Q(contract=None, organisation__in=organisations)
    if access.roles() & _OF_ALL_CONTRACTS:
        return seen | Q(contract__isnull=False)
    parties = Party.of(access.partnership).filter(organisation__in=organisations)
    return seen | Q(contract__in=parties.values("contract"))


def series_for(access: Access) -> QuerySet[Series]:
    """Return the series that a seat may see: open to it, or with an invitation to all their meetings."""
    invited = SeriesSeat.of(access.partnership).filter(seat__in=seat_ids(access))
    rows = Series.of(access.partnership).filter(_open_to(access) | Q(pk__in=invited.values("series")))
    return rows.select_related("organisation", "contract", "chair__organisation", "chair__user")


def meetings_for(access: Access) -> QuerySet[Meeting]:
    """Return the meetings that a seat may see: of series it sees, and those that it is invited to."""
    series = Series.of(access.partnership).filter(_open_to(access))
    invited = Attendee.of(access.partnership).filter(seat__in=seat_ids(access))
    rows = Meeting.of(access.partnership).filter(Q(series__in=series) | Q(pk__in=invited.values("meeting")))
    return rows.select_related("series__organisation", "series__contract")


def series_or_404(access: Access, series_id: str) -> Series:
    """Return a series that the seat may see; raises Http404 for any other."""
    found = series_for(access).filter(series_id=series_id).first()
    if found is None:
        raise Http404("No such series of meetings, or not one that you may see")
    found.partnership = access.partnership
    return found


def meeting_or_404(access: Access, meeting_id: str) -> Meeting:
    """Return a meeting that the seat may see; raises Http404 for any other."""
    rows = meetings_for(access).select_related(
        "series__organisation", "series__contract", "series__chair__user", "series__chair__organisation",
        "started_by", "closed_by", "approved_by", "approved_in__series",
    )  # fmt: skip
    found = rows.filter(meeting_id=meeting_id).first()
    if found is None:
        raise Http404("No such meeting, or not one that you may see")
    found.partnership = found.series.partnership = access.partnership
    return found


def item_or_404(meeting: Meeting, mark: str) -> Item:
    """Return a line of the agenda of a meeting that was found already; raises Http404 for any other."""
    found = Item.of(meeting.partnership).filter(meeting=meeting, mark=mark).first()
    if found is None:
        raise Http404("No such line on this agenda")
    found.meeting = meeting
    return found


def may_run(access: Access, series: Series) -> bool:
    """Say whether a seat prepares, minutes and closes meetings of a series that it sees.

    The coordinator does, whoever chairs, practitioners and managers for their own organisation, and managers
    and commissioners of the parties where it is about a contract.
    """
    if not access.may("meetings.run"):
        return False
    if series.chair_id in seat_ids(access) or "coordinator" in access.roles():
        return True
    if series.contract_id is not None:
        own = [m.organisation_id for m in access.memberships if m.role in _RUN_CONTRACTS]
        return Party.of(access.partnership).filter(contract=series.contract_id, organisation__in=own).exists()
    return series.organisation_id in access.organisation_ids("meetings.run")


def is_chair(access: Access, series: Series) -> bool:
    """Say whether a seat chairs: named for it or, where nobody is, any that runs it."""
    chair = series.chair
    if chair is None or chair.ended_at is not None:
        return may_run(access, series)
    return chair.pk in seat_ids(access)


def may_be_invited(series: Series) -> QuerySet[Membership]:
    """Return the seats that may be invited: of those it is open to, and people supported who have an account."""
    seats = Membership.of(series.partnership).filter(ended_at=None, user__is_active=True)
    if series.contract_id is not None:
        parties = Party.of(series.partnership).filter(contract=series.contract_id)
        seats = seats.filter(Q(organisation__in=parties.values("organisation")) | Q(organisation=None))
    elif series.organisation_id is not None:
        # A team's own meeting: of those without an organisation, only who keeps the partnership going.
        own = Q(organisation=series.organisation_id) | Q(role="coordinator")
        seats = seats.filter(own)
    return seats.select_related("user", "organisation", "person").order_by(
        "role", "organisation__name", "user__name", "pk"
    )


def invited_to(series: Series) -> QuerySet[SeriesSeat]:
    """Return the seats that are invited to every meeting of a series and are held still."""
    rows = SeriesSeat.of(series.partnership).filter(series=series, seat__ended_at=None)
    return rows.select_related("seat__user", "seat__organisation").order_by("pk")


def attendees_of(meeting: Meeting) -> list[Attendee]:
    """Return who was invited to a meeting, in the order of inviting."""
    rows = Attendee.of(meeting.partnership).filter(meeting=meeting)
    return list(rows.select_related("seat__user", "seat__organisation").order_by("pk"))


def previous_of(meeting: Meeting) -> Meeting | None:
    """Return the meeting of the series that was held last before this one."""
    rows = Meeting.of(meeting.partnership).filter(series=meeting.series, on__lt=meeting.on)
    return (
        rows.filter(state__in=("open", "closed", "approved")).select_related("series").order_by("-on").first()
    )


def looks_from(meeting: Meeting) -> dt.date:
    """Return the day from which the agenda of a meeting looks: the one before it, or a usual while."""
    if meeting.since is not None:
        return meeting.since
    before = previous_of(meeting)
    if before is not None:
        return before.on
    return min(meeting.on, today()) - dt.timedelta(days=LOOKS_BACK[meeting.series.every])


def to_approve(meeting: Meeting) -> QuerySet[Meeting]:
    """Return the earlier meetings of the series whose minutes wait to be approved."""
    rows = Meeting.of(meeting.partnership).filter(series=meeting.series, state="closed", on__lt=meeting.on)
    return rows.select_related("series").order_by("on")


def last_day(series: Series) -> dt.date | None:
    """Return the latest day for which a meeting of the series is planned or was held."""
    rows = Meeting.of(series.partnership).filter(series=series).exclude(state="cancelled")
    found: dt.date | None = rows.aggregate(last=Max("on"))["last"]
    return found


def proposed(series: Series, count: int = 3) -> list[dt.date]:
    """Return the next days that the rule of a series gives and that are not planned yet."""
    if series.ended_at is not None:
        return []
    last = last_day(series)
    after = max(last or today() - dt.timedelta(days=1), today() - dt.timedelta(days=1))
    return series.rule.days(after, count, last)


def decisions_for(access: Access) -> QuerySet[Decision]:
    """Return the decisions of the meetings that a seat may see; those taken back are marked, not left out."""
    rows = Decision.of(access.partnership).filter(meeting__in=meetings_for(access).values("pk"))
    return rows.select_related("meeting__series__contract", "item", "recorded_by")


def decisions_on(access: Access, kind: str, key: str) -> QuerySet[Decision]:
    """Return the decisions that were made on a thing of another room, newest first."""
    rows = decisions_for(access).filter(item__kind=kind, item__key=key, withdrawn_at=None)
    return rows.order_by("-on", "-pk")


def held_by(access: Access) -> Q:
    """Return the condition on actions that a seat itself is to do."""
    found = Q(owner__in=seat_ids(access))
    for membership in access.memberships:
        found |= Q(owner=None, owner_role=membership.role, owner_organisation=membership.organisation_id)
    return found


def of_organisations(access: Access) -> Q:
    """Return the condition on actions that the seat's organisations are to do."""
    organisations = [m.organisation_id for m in access.memberships if m.organisation_id is not None]
    return Q(owner__organisation__in=organisations) | Q(owner_organisation__in=organisations)


def actions_for(access: Access) -> QuerySet[Action]:
    """Return the actions that a seat may see: its own, its organisations', and those of meetings it sees."""
    rows = Action.of(access.partnership)
    seen = Q(meeting__in=meetings_for(access).values("pk")) | held_by(access)
    if _working(access):
        seen |= of_organisations(access)
    return rows.filter(seen).select_related(
        "meeting__series", "owner__user", "owner__organisation", "owner_organisation"
    )


def in_order(rows: QuerySet[Action]) -> QuerySet[Action]:
    """Return actions with those to do first, the longest overdue at the top."""
    rank = Case(When(state="open", then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.annotate(rank=rank).order_by("rank", "due", "pk")


def late_ones() -> Q:
    """Return the condition on actions that are overdue."""
    return Q(state="open", due__lt=today())


def escalated() -> Q:
    """Return the condition on actions that were moved so often that somebody else should look."""
    return Q(state="open", moved__gte=MOVED_TOO_OFTEN)


def action_or_404(access: Access, action_id: str) -> Action:
    """Return an action that the seat may see; raises Http404 for any other."""
    rows = actions_for(access).select_related(
        "meeting__series__contract", "meeting__series__organisation", "item", "owner__user",
        "owner__organisation", "owner_organisation",
    )  # fmt: skip
    found = rows.filter(action_id=action_id).first()
    if found is None:
        raise Http404("No such action, or not one that you may see")
    found.partnership = access.partnership
    return found


def may_settle(access: Access, action: Action) -> bool:
    """Say whether a seat may say what became of an action: its owner, and whoever runs the meeting."""
    if not access.may("actions.do"):
        return False
    own = Action.of(access.partnership).filter(held_by(access), pk=action.pk).exists()
    return own or may_run(access, action.meeting.series)


def owners(
    series: Series, attendees: list[Attendee] | None = None
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return who may own an action of a meeting, grouped: seats, then roles of organisations, as choices."""
    invited = {one.seat_id for one in attendees or []}
    seats = list(may_be_invited(series).exclude(role="person"))
    there = [(f"seat:{seat.pk}", seat_words(seat)) for seat in seats if seat.pk in invited]
    others = [(f"seat:{seat.pk}", seat_words(seat)) for seat in seats if seat.pk not in invited]
    roles: dict[str, str] = {}
    for seat in seats:
        role = ROLES[seat.role][0]
        where = seat.organisation if seat.role in IN_AN_ORGANISATION else None
        roles[f"role:{seat.role}:{where.pk if where else ''}"] = f"{role}, {where}" if where else role
    groups = [
        ("Invited", there),
        ("Whoever holds a role", sorted(roles.items(), key=lambda one: one[1])),
        ("Others", others),
    ]
    return [(title, found) for title, found in groups if found]


def owner_of(
    partnership: Any, series: Series, chosen: str
) -> tuple[Membership | None, str, Organisation | None] | None:
    """Return the seat, or the role and organisation, that a choice of owner stands for; None for no such."""
    what, _, rest = chosen.partition(":")
    seats = may_be_invited(series).exclude(role="person")
    if what == "seat" and rest.isdecimal():
        seat = seats.filter(pk=int(rest)).first()
        return None if seat is None else (seat, "", None)
    role, _, where = rest.partition(":")
    if what != "role" or role not in ROLES or role == "person":
        return None
    if not where:
        return (None, role, None) if seats.filter(role=role, organisation=None).exists() else None
    organisation = Organisation.of(partnership).filter(pk=int(where) if where.isdecimal() else 0).first()
    if organisation is None or not seats.filter(role=role, organisation=organisation).exists():
        return None
    return None, role, organisation


def with_counts(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Add how many decisions and open actions each meeting has."""
    return rows.annotate(
        decided=Count("decisions", filter=Q(decisions__withdrawn_at=None), distinct=True),
        to_do=Count("actions", filter=Q(actions__state="open"), distinct=True),
    )
