"""The capacity of teams: posts filled and vacant, people for each post, supervision, and what is to spare."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404

from openoutcomes.web.changes.models import CapacityMonth, Holding, Post, Supervision
from openoutcomes.web.contracts.queries import contracts_for
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.results.small_numbers import LEAST, rounded

_NOTHING = Decimal(0)
_YEAR = Decimal(365)


def posts_for(access: Access) -> QuerySet[Any]:
    """Return the posts of which a seat may see totals: its own, its contracts’ providers’, or all."""
    rows = Post.of(access.partnership).select_related("programme__contract", "organisation", "line")
    reach = access.reach("capacity.view")
    if reach == "partnership":
        return rows
    if reach is None:
        return rows.none()
    own = access.organisation_ids("capacity.manage")
    contracts = contracts_for(access, "capacity.view").values("pk") if _is_payer(access) else []
    return rows.filter(Q(organisation__in=own) | Q(programme__contract__in=contracts))


def _is_payer(access: Access) -> bool:
    return "commissioner" in access.roles()


def own_posts(access: Access) -> QuerySet[Any]:
    """Return the posts that a seat looks after: those alone it sees one by one."""
    rows = Post.of(access.partnership).select_related("programme__contract", "organisation", "line")
    return rows.filter(organisation__in=access.organisation_ids("capacity.manage"))


def post_or_404(access: Access, post_id: str) -> Post:
    """Return a post that the seat looks after; raises Http404 for others."""
    found: Post | None = own_posts(access).filter(post_id=post_id).first()
    if found is None:
        raise Http404("No such post")
    return found


@dataclass
class Standing:
    """How one post stands on a day."""

    post: Post
    holding: Holding | None
    vacant_since: dt.date | None
    people: int | None
    last_supervised: dt.date | None
    supervision_due: dt.date | None
    on: dt.date

    @property
    def is_filled(self) -> bool:
        """Whether somebody fills it."""
        return self.holding is not None

    @property
    def guide(self) -> Decimal | None:
        """Return how many people this post should work with at once."""
        return None if self.post.guide is None else self.post.guide * self.post.fte

    @property
    def spare(self) -> Decimal | None:
        """Return for how many more people there is room; less than nothing where there are too many."""
        return None if self.guide is None or self.people is None else self.guide - self.people

    @property
    def is_late(self) -> bool:
        """Whether supervision should have been by now."""
        return self.supervision_due is not None and self.supervision_due < self.on

    @property
    def unspent(self) -> Decimal | None:
        """Return what a vacant post has not cost since it became vacant."""
        if self.is_filled or self.vacant_since is None or self.post.yearly_cost is None:
            return None
        days = max((self.on - self.vacant_since).days, 0)
        return (self.post.yearly_cost * days / _YEAR).quantize(Decimal("0.01"))


def standings(posts: Iterable[Post], on: dt.date | None = None) -> list[Standing]:
    """Return how posts stand on a day: three queries, however many."""
    on = on or today()
    rows = [post for post in posts if post.starts_on <= on and (post.ends_on is None or post.ends_on > on)]
    if not rows:
        return []
    partnership = rows[0].partnership
    holders: dict[int, Holding] = {}
    left: dict[int, dt.date] = {}
    held = (
        Holding.of(partnership)
        .filter(post__in=rows, since__lte=on)
        .select_related("user")
        .order_by("since", "pk")
    )
    for holding in held:
        if holding.until is None or holding.until >= on:
            holders[holding.post_id] = holding
        else:
            left[holding.post_id] = holding.until + dt.timedelta(days=1)
    people = _people(partnership, rows, holders, on)
    supervised = dict(
        Supervision.of(partnership)
        .filter(post__in=rows, on__lte=on)
        .order_by()
        .values_list("post")
        .annotate(last=Max("on"))
    )
    return [_standing(post, holders.get(post.pk), left.get(post.pk), people, supervised, on) for post in rows]


def _standing(
    post: Post, holding: Holding | None, left: dt.date | None, people: dict[tuple[int, int], int],
    supervised: dict[int, dt.date], on: dt.date,
) -> Standing:  # fmt: skip
    last, due = supervised.get(post.pk), None
    if holding is not None and post.supervise_weeks:
        # Whoever fills it now counts from the day they began.
        since = max(last, holding.since) if last is not None else holding.since
        due = since + dt.timedelta(weeks=post.supervise_weeks)
    count = None
    if holding is not None and holding.user_id is not None:
        count = people.get((holding.user_id, post.programme_id), 0)
    return Standing(post, holding, None if holding else left or post.starts_on, count, last, due, on)


def _people(
    partnership: Any, rows: Sequence[Post], holders: dict[int, Holding], on: dt.date
) -> dict[tuple[int, int], int]:
    users = {holding.user_id for holding in holders.values() if holding.user_id is not None}
    found: Any = (
        Enrolment.of(partnership)
        .filter(practitioner__in=users, programme__in={post.programme_id for post in rows})
        .filter(Q(started_on=None) | Q(started_on__lte=on))
        .filter(Q(ended_on=None) | Q(ended_on__gt=on))
        .filter(person__merged_into=None)
        .order_by()
        .values("practitioner", "programme")
        .annotate(count=Count("person", distinct=True))
    )
    return {(row["practitioner"], row["programme"]): row["count"] for row in found}


@dataclass
class Total:
    """What the posts of one programme come to."""

    programme: Programme
    organisation: Any
    posts: Decimal = _NOTHING
    vacant: Decimal = _NOTHING
    people: int = 0
    guide: Decimal = _NOTHING
    room: Decimal = _NOTHING
    late: int = 0
    due: int = 0
    #: Of posts that work with people and whose caseload is counted.
    counted: Decimal = _NOTHING
    holders: set[int] = field(default_factory=set)

    @property
    def filled(self) -> Decimal:
        """Return the posts that are filled."""
        return self.posts - self.vacant

    def caseload(self, *, is_own: bool) -> Decimal | None:
        """Return people for each filled post that works with people; protected for others."""
        shown = self.shown_people(is_own=is_own)
        if shown is None or not self.counted:
            return None
        return (Decimal(shown) / self.counted).quantize(Decimal("0.1"))

    def shown_people(self, *, is_own: bool) -> int | None:
        """Return the people who are worked with; for others rounded, and not where they are few."""
        if is_own:
            return self.people
        return rounded(self.people) if self.people >= LEAST else None

    def spare(self, *, is_own: bool) -> Decimal | None:
        """Return for how many more people there is room; worked out from what may be shown."""
        shown = self.shown_people(is_own=is_own)
        return None if shown is None or not self.guide else self.guide - shown


def totals(rows: Iterable[Standing]) -> list[Total]:
    """Return what posts come to by programme, in order of organisation and programme."""
    found: dict[int, Total] = {}
    for one in rows:
        post = one.post
        total = found.setdefault(post.programme_id, Total(post.programme, post.organisation))
        total.posts += post.fte
        if not one.is_filled:
            total.vacant += post.fte
            continue
        if one.people is not None and one.holding is not None and one.holding.user_id is not None:
            # Whoever fills two posts of a programme has one caseload.
            if one.holding.user_id not in total.holders:
                total.people += one.people
                total.holders.add(one.holding.user_id)
            total.counted += post.fte
            total.guide += one.guide or _NOTHING
        if one.supervision_due is not None:
            total.due += 1
            total.late += one.is_late
    return sorted(found.values(), key=lambda one: (one.organisation.name, one.programme.name))


def months_for(access: Access) -> QuerySet[Any]:
    """Return the months kept of programmes whose totals the seat may see."""
    rows = CapacityMonth.of(access.partnership).select_related("programme__contract", "organisation")
    reach = access.reach("capacity.view")
    if reach == "partnership":
        return rows
    if reach is None:
        return rows.none()
    own = access.organisation_ids("capacity.manage")
    contracts = contracts_for(access, "capacity.view").values("pk") if _is_payer(access) else []
    return rows.filter(Q(organisation__in=own) | Q(programme__contract__in=contracts))


def last_month(day: dt.date | None = None) -> dt.date:
    """Return the first day of the month before a day."""
    day = day or today()
    return (day.replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def end_of(month: dt.date) -> dt.date:
    """Return the last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def not_kept(access: Access) -> list[Programme]:
    """Return the programmes of the seat's whose last month nobody has kept."""
    month = last_month()
    kept = CapacityMonth.of(access.partnership).filter(month=month).values("programme")
    posts = (
        own_posts(access)
        .filter(starts_on__lte=end_of(month))
        .filter(Q(ends_on=None) | Q(ends_on__gt=end_of(month)))
    )
    rows = (
        Programme.of(access.partnership)
        .filter(pk__in=posts.order_by().values("programme"))
        .exclude(pk__in=kept)
    )
    return list(rows.select_related("organisation").order_by("name"))
