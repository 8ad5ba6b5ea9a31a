"""Keeping posts: adding, filling, leaving, supervising, and how a team stood at the end of a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from openoutcomes.web.changes import team
from openoutcomes.web.changes.models import CapacityMonth, Holding, Post, Supervision
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.queries import workers_of
from openoutcomes.web.records import store

#: What is written about a post.
FIELDS = (
    "title", "kind", "fte", "starts_on", "ends_on", "guide", "supervise_weeks", "yearly_cost", "line",
)  # fmt: skip


def _checked(programme: Programme, values: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: values[name] for name in FIELDS if name in values}
    if not str(given.get("title") or "").strip():
        raise refuse("the post has no title.", "Give it one, and no name of a person.", "title")
    if not given.get("fte") or given["fte"] <= 0:
        raise refuse("a post is more than nothing.", "1 is full time, 0.5 half.", "fte")
    ends = given.get("ends_on")
    if ends is not None and ends <= given["starts_on"]:
        raise refuse("the post ends before it begins.", "Give a later day.", "ends_on")
    line = given.get("line")
    if line is not None and line.programme_id != programme.pk:
        raise refuse("this line is another programme’s.", "Choose one of its own.", "line")
    return given


def _held(by: Access, post: Post) -> Post:
    by.require("capacity.manage", post.organisation_id)
    held: Post = (
        Post.objects.select_for_update(of=("self",))
        .select_related("programme", "organisation")
        .get(pk=post.pk)
    )
    return held


@command
def add_post(by: Access, *, programme: Programme, values: Mapping[str, Any]) -> Post:
    """Add a post to a programme's team: vacant until somebody fills it."""
    by.require("capacity.manage", programme.organisation_id)
    post: Post = Post.objects.create(
        partnership=by.partnership, programme=programme, organisation=programme.organisation, added_by=by.user,
        **_checked(programme, values),
    )  # fmt: skip
    note(by, "changes.add_post", post, organisation=programme.organisation, detail={"fte": str(post.fte)})
    return post


@command
def change_post(by: Access, *, post: Post, values: Mapping[str, Any], expected: int | None = None) -> Post:
    """Change a post. What months were kept as stays."""
    held = _held(by, post)
    if expected is not None and held.revision != expected:
        raise refuse("somebody changed this post after you opened it.", "Open it again.")
    given = _checked(held.programme, values)
    changed = {name: str(getattr(held, name)) for name in given if getattr(held, name) != given[name]}
    ends = given.get("ends_on")
    if ends is not None and Holding.objects.filter(post=held, until=None, since__gt=ends).exists():
        raise refuse("whoever fills it begins after it ends.", "Give a later day.", "ends_on")
    for name in given:
        setattr(held, name, given[name])
    held.revision += 1
    held.save()
    # The figures that were are in the audit trail; a title is not, since it is free text.
    before = {name: value for name, value in changed.items() if name != "title"}
    note(
        by,
        "changes.change_post",
        held,
        organisation=held.organisation,
        detail={"fields": list(changed), "before": before},
    )
    return held


@command
def fill(by: Access, *, post: Post, since: dt.date, user: Any = None) -> Holding:
    """Say that somebody fills a post from a day; with their account, their caseload is counted."""
    held = _held(by, post)
    if since > today() or since < held.starts_on or (held.ends_on is not None and since >= held.ends_on):
        raise refuse(
            "the post cannot be filled from this day.", "Give a day within the post, up to today.", "since"
        )
    if user is not None and not workers_of(held.organisation).filter(pk=user.pk).exists():
        raise refuse("they do not work for this organisation.", "Choose one from the list.", "user")
    if Holding.objects.filter(post=held, until=None).exists():
        raise refuse("somebody fills this post.", "Say first that they left.")
    if Holding.objects.filter(post=held, until__gte=since).exists():
        raise refuse("somebody filled it on that day.", "Give a later day.", "since")
    made: Holding = Holding.objects.create(partnership=by.partnership, post=held, user=user, since=since)
    note(by, "changes.fill_post", held, organisation=held.organisation, detail={"since": since.isoformat()})
    return made


@command
def vacate(by: Access, *, post: Post, until: dt.date) -> Post:
    """Say on which day whoever fills a post leaves or left it."""
    held = _held(by, post)
    holding = Holding.objects.select_for_update().filter(post=held, until=None).first()
    if holding is None:
        raise refuse("nobody fills this post.", "Open the page again.")
    if until < holding.since or until > today():
        raise refuse(
            "they cannot have left on this day.", "Give a day since they began, up to today.", "until"
        )
    holding.until = until
    holding.save()
    note(by, "changes.vacate_post", held, organisation=held.organisation, detail={"until": until.isoformat()})
    return held


@command
def supervise(by: Access, *, post: Post, on: dt.date) -> Supervision:
    """Write down that whoever fills a post was supervised on a day."""
    held = _held(by, post)
    if on > today():
        raise refuse("it cannot have been on a day to come.", "Give the day it was.", "on")
    if not any(
        one.since <= on and (one.until is None or one.until >= on)
        for one in Holding.objects.filter(post=held)
    ):
        raise refuse("nobody filled the post on that day.", "Give another day.", "on")
    try:
        with transaction.atomic():
            made: Supervision = Supervision.objects.create(
                partnership=by.partnership, post=held, on=on, by=by.user, at=now()
            )
    except IntegrityError:
        raise refuse("this day is written down already.", "Give another day.", "on") from None
    note(by, "changes.supervise", held, organisation=held.organisation, detail={"on": on.isoformat()})
    return made


@command
def keep_month(by: Access, *, programme: Programme, month: dt.date) -> CapacityMonth:
    """Keep how a programme's team stood at the end of a month. Keeping it again adds a version."""
    by.require("capacity.manage", programme.organisation_id)
    month = month.replace(day=1)
    ends = team.end_of(month)
    if ends >= today():
        raise refuse("this month is not over.", "Keep it when it is.", "month")
    posts = Post.objects.filter(programme=programme).select_related("programme", "organisation")
    found = team.totals(team.standings(posts, ends))
    if not found:
        raise refuse("the programme had no posts then.", "Add its posts first.")
    total = found[0]
    supervisions = Supervision.objects.filter(post__in=posts, on__range=(month, ends)).count()
    kept: CapacityMonth | None = (
        CapacityMonth.objects.select_for_update(of=("self",)).filter(programme=programme, month=month).first()
    )
    caseload = total.caseload(is_own=True)
    values = {
        "organisation_id": programme.organisation.organisation_id, "programme_id": programme.programme_id,
        "period_start": month, "period_end": ends, "posts": total.posts, "vacancies": total.vacant,
        "caseload": caseload,
        "supervision": (Decimal(supervisions) / total.filled).quantize(Decimal("0.01")) if total.filled else None,
    }  # fmt: skip
    record = store.write(
        by, "capacity", values, organisation=programme.organisation, contract=programme.contract,
        record_id=kept.record_id if kept else "",
    )  # fmt: skip
    row = kept or CapacityMonth(partnership=by.partnership, programme=programme, month=month)
    row.organisation, row.record_id = programme.organisation, record.record_id
    row.posts, row.vacancies, row.people, row.supervisions = (
        total.posts,
        total.vacant,
        total.people,
        supervisions,
    )
    row.kept_by, row.kept_at = by.user, now()
    row.save()
    note(
        by,
        "changes.keep_month",
        row,
        organisation=programme.organisation,
        detail={"month": month.isoformat()},
    )
    return row
