"""Reading groups: registers, and how many different people came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.crypto import plain_words
from openoutcomes.web.groups.models import Attendance, Group, Member, Session
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.models import Person, Sight
from openoutcomes.web.people.queries import found, people_for

#: The person who counts: whoever somebody was found to be the same as counts for both.
_WHO = Coalesce("person__merged_into", "person")


def groups_for(access: Access, action: str = "groups.view") -> QuerySet[Any]:
    """Return the groups of the seat's organisations."""
    rows = Group.of(access.partnership).filter(organisation__in=access.organisation_ids(action))
    return rows.select_related("organisation", "programme")


def group_or_404(access: Access, group_id: str, action: str = "groups.view") -> Group:
    """Return a group that the seat may see; raises Http404 for others."""
    group: Group | None = groups_for(access, action).filter(group_id=group_id).first()
    if group is None:
        raise Http404("No such group, or not one of yours")
    return group


def session_or_404(access: Access, group: Group, session_id: str) -> Session:
    """Return a session of a group; raises Http404 for others."""
    del access
    session = Session.of(group.partnership).filter(group=group, session_id=session_id).first()
    if session is None:
        raise Http404("No such session of this group")
    return session


def between(since: dt.date | None, until: dt.date | None, path: str = "") -> Q:
    """Return the condition on sessions (reached by ``path``) that took place from one day to another."""
    condition = Q(**{f"{path}is_void": False})
    if since is not None:
        condition &= Q(**{f"{path}held_on__gte": since})
    return condition if until is None else condition & Q(**{f"{path}held_on__lte": until})


def with_counts(groups: QuerySet[Any], since: dt.date | None, until: dt.date | None) -> QuerySet[Any]:
    """Add to each group how often it met, how many different people came, and when it met last."""
    took_place = between(since, until, "sessions__")
    came = took_place & Q(sessions__attendances__attended="attended")
    who = Coalesce("sessions__attendances__person__merged_into", "sessions__attendances__person")
    return groups.annotate(
        met=Count("sessions", filter=took_place, distinct=True),
        people=Count(who, filter=came, distinct=True),
        last_on=Max("sessions__held_on", filter=Q(sessions__is_void=False)),
    )


def unique_people(groups: Iterable[Any] | QuerySet[Any], since: dt.date | None, until: dt.date | None) -> int:
    """Return how many different people came to any of the groups: somebody in two of them counts once."""
    rows = Attendance.objects.filter(
        between(since, until, "session__"), session__group__in=groups, attended="attended"
    )
    return int(rows.aggregate(people=Count(_WHO, distinct=True))["people"])


def own_people(access: Access, organisation: Organisation) -> QuerySet[Person]:
    """Return the people who may be put on a register of an organisation: its own."""
    own = Sight.of(access.partnership).filter(Sight.holds(), basis="own", organisation=organisation)
    return people_for(access).filter(pk__in=own.values("person"))


def on_register(
    access: Access, group: Group, session: Session | None, further: Iterable[str] = ()
) -> list[Person]:
    """Return those whom a register lists, by name: the group's list, who came, and those named besides."""
    # Ids first, each by its own index: one condition over all of them would look at everybody.
    members = Member.of(group.partnership).filter(group=group, left_on=None)
    named = Person.of(group.partnership).filter(person_id__in=list(further))
    listed: set[Any] = {*members.values_list("person", flat=True), *named.values_list("pk", flat=True)}
    if session is not None:
        listed |= {key for key, attendance in came_to(session).items() if attendance.attended}
    rows = own_people(access, group.organisation).filter(pk__in=listed)
    return sorted(rows, key=lambda person: (plain_words(person.shown), person.pk))


def came_to(session: Session) -> dict[int, Attendance]:
    """Return the attendances of a session by person."""
    rows = Attendance.of(session.partnership).filter(session=session)
    return {row.person_id: row for row in rows}


def same_name(access: Access, organisation: Organisation, name: str) -> list[Person]:
    """Return the organisation's people who have exactly the name that was typed."""
    words = plain_words(name)
    likely = found(own_people(access, organisation), access.partnership, name)[:20] if words else []
    return [one for one in likely if words in (plain_words(one.name), plain_words(one.known_as))]


def sessions_of(group: Group) -> QuerySet[Any]:
    """Return a group's sessions with how many came."""
    rows = Session.of(group.partnership).filter(group=group)
    return rows.annotate(came=Count("attendances", filter=Q(attendances__attended="attended")))


def of_person(access: Access, person: Person) -> list[Any]:
    """Return the groups that a person has come to, as far as the seat's organisations run them."""
    rows = Attendance.of(access.partnership).filter(
        person=person, attended="attended", session__is_void=False,
        session__group__organisation__in=access.organisation_ids("groups.view"),
    )  # fmt: skip
    return list(
        rows.values("session__group__group_id", "session__group__name")
        .annotate(times=Count("pk"), last_on=Max("session__held_on"))
        .order_by("-last_on")
    )
