"""Planning meetings: series, days, who is invited, and the agenda until the meeting begins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from openoutcomes.web.contracts.queries import contracts_for
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.meetings.agenda import settle
from openoutcomes.web.meetings.cadence import Rule
from openoutcomes.web.meetings.kinds import HEADINGS
from openoutcomes.web.meetings.models import Attendee, Item, Meeting, Practice, Series, SeriesSeat
from openoutcomes.web.meetings.queries import invited_to, may_be_invited, may_run
from openoutcomes.web.partnerships.models import Membership, Programme
from openoutcomes.web.people.models import new_id
from openoutcomes.web.results.forms import quarter_start

#: What a series says of itself, besides whose it is.
DETAILS = ("name", "every", "weekday", "nth", "month", "at", "minutes", "place", "link", "chair")
_ASK = {
    "weekday": "Choose the day of the week.",
    "nth": "Choose which one of the month, such as the first.",
    "month": "Choose the first, second or third month of the quarter.",
}


def require_run(by: Access, series: Series) -> None:
    """Check that a seat runs meetings of a series; raises PermissionDenied."""
    by.require("meetings.run")
    if not may_run(by, series):
        raise PermissionDenied("meetings.run")


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: values[name] for name in DETAILS if name in values}
    missing = Rule(found["every"], found.get("weekday"), found.get("nth"), found.get("month")).missing
    for name in missing:
        raise refuse("that is not enough to know the days", _ASK[name], name)
    if not 5 <= int(found.get("minutes") or 0) <= 480:
        raise refuse("a meeting lasts from 5 minutes to 8 hours", "Write the minutes, such as 60.", "minutes")
    return found


@command
def add_series(
    by: Access,
    *,
    kind: str,
    values: Mapping[str, Any],
    seats: Iterable[Membership] = (),
    organisation: Any = None,
    contract: Any = None,
) -> Series:
    """Set up a series of meetings: of an organisation, about a contract, or of the whole partnership."""
    by.require("meetings.run")
    series = Series(
        partnership=by.partnership, kind=kind, organisation=organisation, contract=contract,
        made_by=by.user, made_at=clock.now(), **{**_checked(values), "chair": None},
    )  # fmt: skip
    if contract is not None and not contracts_for(by, "contracts.view").filter(pk=contract.pk).exists():
        raise PermissionDenied("contracts.view")
    if not may_run(by, series):
        raise PermissionDenied("meetings.run")
    series.save()
    _invite_to_series(by, series, seats, values.get("chair"))
    note(by, "meetings.add_series", series, detail={"kind": kind, "every": series.every})
    return series


@command
def change_series(by: Access, *, series: Series, values: Mapping[str, Any], expected: int) -> Series:
    """Change what a series says of itself: its name, rule, time and place. Meetings planned already stay."""
    require_run(by, series)
    held = _as_opened(series, expected)
    found = _checked(values)
    found.pop("chair", None)
    changed = [name for name, value in found.items() if getattr(held, name) != value]
    for name in changed:
        setattr(held, name, found[name])
    held.revision += 1
    held.save()
    note(by, "meetings.change_series", held, detail={"changed": changed})
    return held


@command
def choose_seats(
    by: Access, *, series: Series, seats: Iterable[Membership], chair: Membership | None, expected: int
) -> Series:
    """Say who is invited to every meeting of a series from now on, and who chairs."""
    require_run(by, series)
    held = _as_opened(series, expected)
    held.revision += 1
    held.save()
    _invite_to_series(by, held, seats, chair)
    note(by, "meetings.choose_seats", held, detail={"chair": held.chair_id})
    return held


def _as_opened(series: Series, expected: int) -> Series:
    held: Series = Series.objects.select_for_update(of=("self",)).get(pk=series.pk)
    held.partnership = series.partnership
    if held.revision != expected:
        raise refuse(
            "somebody changed this series after you opened the page",
            "Look at how it is now, then make your change again.",
        )
    return held


def _invite_to_series(
    by: Access, series: Series, seats: Iterable[Membership], chair: Membership | None
) -> None:
    wanted = {seat.pk: seat for seat in seats}
    if chair is not None:
        wanted[chair.pk] = chair
    allowed = set(may_be_invited(series).filter(pk__in=list(wanted)).values_list("pk", flat=True))
    if set(wanted) - allowed:
        raise refuse("somebody chosen cannot be invited to this meeting", "Choose from the list.", "seats")
    if chair is not None and chair.role == "person":
        raise refuse("the chair writes minutes, which this seat cannot", "Choose somebody else.", "chair")
    SeriesSeat.objects.filter(series=series).exclude(seat__in=allowed).delete()
    kept = set(SeriesSeat.objects.filter(series=series).values_list("seat", flat=True))
    for key in sorted(allowed - kept):
        SeriesSeat.objects.create(partnership=by.partnership, series=series, seat=wanted[key])
    if series.chair_id != (chair.pk if chair else None):
        series.chair = chair
        series.save()


@command
def end_series(by: Access, *, series: Series) -> Series:
    """End a series: nothing more is proposed. What was held stays, and it can be taken up again."""
    require_run(by, series)
    series.ended_at = None if series.ended_at else clock.now()
    series.save()
    note(by, "meetings.end_series" if series.ended_at else "meetings.resume_series", series)
    return series


@command
def plan(by: Access, *, series: Series, on: dt.date, values: Mapping[str, Any] | None = None) -> Meeting:
    """Plan a meeting of a series on a day, and invite whom the series invites."""
    require_run(by, series)
    return _plan(by, series, on, values or {})


def _plan(by: Access, series: Series, on: dt.date, values: Mapping[str, Any]) -> Meeting:
    if series.ended_at is not None:
        raise refuse("this series has ended", "Take it up again first.")
    if on < clock.today():
        raise refuse("that day is over", "Choose today or a later day.", "on")
    try:
        with transaction.atomic():
            meeting: Meeting = Meeting.objects.create(
                partnership=by.partnership, series=series, on=on, at=values.get("at") or series.at,
                minutes=values.get("minutes") or series.minutes, place=values.get("place") or series.place,
                link=values.get("link") or series.link, planned_by=by.user,
            )  # fmt: skip
    except IntegrityError:
        raise refuse("a meeting of this series is on that day already", "Choose another day.", "on") from None
    for row in invited_to(series):
        Attendee.objects.create(partnership=by.partnership, meeting=meeting, seat=row.seat)
    note(by, "meetings.plan", meeting, detail={"on": on.isoformat()})
    return meeting


def locked(meeting: Meeting) -> Meeting:
    """Return a meeting, held against everybody else who would change it."""
    rows = Meeting.objects.select_for_update(of=("self",)).select_related(
        "series__contract", "series__organisation"
    )
    found: Meeting = rows.get(pk=meeting.pk)
    found.partnership = found.series.partnership = meeting.partnership
    return found


def _planned(meeting: Meeting) -> Meeting:
    held = locked(meeting)
    if held.state != "planned":
        raise refuse(
            "the meeting has begun, so its agenda stands as it was",
            "Add what came up to the minutes instead.",
        )
    return held


@command
def change_meeting(by: Access, *, meeting: Meeting, values: Mapping[str, Any], expected: int) -> Meeting:
    """Move a planned meeting to another day, time or place."""
    require_run(by, meeting.series)
    held = _planned(meeting)
    if held.revision != expected:
        raise refuse("somebody changed this meeting after you opened the page", "Look at how it is now.")
    if values["on"] != held.on:
        if values["on"] < clock.today():
            raise refuse("that day is over", "Choose today or a later day.", "on")
        others = Meeting.objects.filter(series=held.series, on=values["on"]).exclude(state="cancelled")
        if others.exists():
            raise refuse("a meeting of this series is on that day already", "Choose another day.", "on")
    for name in ("on", "at", "minutes", "place", "link"):
        setattr(held, name, values[name])
    held.revision += 1
    held.save()
    note(by, "meetings.change_meeting", held, detail={"on": held.on.isoformat()})
    return held


@command
def cancel(by: Access, *, meeting: Meeting, why: str) -> Meeting:
    """Cancel a planned meeting; its page stays, with why."""
    require_run(by, meeting.series)
    held = _planned(meeting)
    if not why.strip():
        raise refuse("nothing says why", "Write why in a line: those invited read it.", "why")
    held.state, held.cancelled_why = "cancelled", why.strip()
    held.save()
    note(by, "meetings.cancel", held)
    return held


@command
def invite(by: Access, *, meeting: Meeting, seats: Iterable[Membership]) -> Meeting:
    """Say who is invited to one meeting; those taken off are taken off this one alone."""
    require_run(by, meeting.series)
    held = _planned(meeting)
    wanted = {seat.pk: seat for seat in seats}
    allowed = set(may_be_invited(held.series).filter(pk__in=list(wanted)).values_list("pk", flat=True))
    if set(wanted) - allowed:
        raise refuse("somebody chosen cannot be invited to this meeting", "Choose from the list.", "seats")
    Attendee.objects.filter(meeting=held).exclude(seat__in=allowed).delete()
    kept = set(Attendee.objects.filter(meeting=held).values_list("seat", flat=True))
    for key in sorted(allowed - kept):
        Attendee.objects.create(partnership=by.partnership, meeting=held, seat=wanted[key])
    note(by, "meetings.invite", held, detail={"seats": len(allowed)})
    return held


@command
def send_apologies(by: Access, *, meeting: Meeting, is_sorry: bool = True) -> Attendee:
    """Say that oneself cannot come, or can after all, before the meeting begins."""
    by.require("meetings.view")
    held = locked(meeting)
    mine: Attendee | None = Attendee.objects.filter(
        meeting=held, seat__in=[membership.pk for membership in by.memberships]
    ).first()
    if mine is None:
        raise PermissionDenied("meetings.view")
    if held.state != "planned":
        raise refuse("the meeting has begun", "Ask whoever writes the minutes to put it right.")
    mine.state = "apologies" if is_sorry else "invited"
    mine.save()
    note(by, "meetings.apologies", mine, detail={"state": mine.state})
    return mine


@command
def add_item(by: Access, *, meeting: Meeting, heading: str, words: str) -> Item:
    """Put something on the agenda by hand; while the meeting is held it is marked as added then."""
    require_run(by, meeting.series)
    held = locked(meeting)
    if held.state not in ("planned", "open"):
        raise refuse("the minutes of this meeting are closed", "Bring it to the next one.")
    if not words.strip():
        raise refuse("nothing is written", "Write what it is about in a line.", "words")
    if heading not in HEADINGS:
        raise refuse("there is no such heading", "Choose one from the list.", "heading")
    lines = settle(by, held) if held.state == "planned" else []
    place = len(lines) if lines else Item.objects.filter(meeting=held).count()
    item: Item = Item.objects.create(
        partnership=by.partnership, meeting=held, mark=new_id("h"), place=place, heading=heading,
        words=words.strip(), origin="hand", added_by=by.user, added_at=clock.now(),
    )  # fmt: skip
    if held.state == "planned":
        _place_under_heading(held, item)
    note(by, "meetings.add_item", item, detail={"heading": heading})
    return item


def _place_under_heading(meeting: Meeting, item: Item) -> None:
    """Put a new line after the last of its heading, where there is one."""
    others = list(Item.objects.filter(meeting=meeting).exclude(pk=item.pk).order_by("place", "pk"))
    same = [number for number, other in enumerate(others) if other.heading == item.heading]
    if same:
        others.insert(same[-1] + 1, item)
        _renumber(others)


def _renumber(items: Iterable[Item]) -> None:
    for place, item in enumerate(items):
        if item.place != place:
            item.place = place
            item.save()


def _line(by: Access, meeting: Meeting, mark: str) -> tuple[list[Item], Item]:
    items = [line.item for line in settle(by, meeting)]
    for item in items:
        if item.mark == mark:
            return items, item
    raise refuse("that line is not on the agenda any more", "Look at the agenda as it is now.")


@command
def drop_item(by: Access, *, meeting: Meeting, mark: str, why: str) -> Item:
    """Leave a line off the agenda, with why: it stays below, so that nothing goes silently."""
    require_run(by, meeting.series)
    held = _planned(meeting)
    if not why.strip():
        raise refuse("nothing says why", "Write why in a few words: everybody invited can read it.", "why")
    _, item = _line(by, held, mark)
    item.is_dropped, item.why_dropped = True, why.strip()
    item.save()
    note(by, "meetings.drop_item", item, detail={"heading": item.heading})
    return item


@command
def keep_item(by: Access, *, meeting: Meeting, mark: str) -> Item:
    """Put a line back that was left off."""
    require_run(by, meeting.series)
    held = _planned(meeting)
    _, item = _line(by, held, mark)
    item.is_dropped, item.why_dropped = False, ""
    item.save()
    note(by, "meetings.keep_item", item, detail={"heading": item.heading})
    return item


@command
def move_item(by: Access, *, meeting: Meeting, mark: str, down: bool) -> Item:
    """Move a line of the agenda past the next one that is kept."""
    require_run(by, meeting.series)
    held = _planned(meeting)
    items, item = _line(by, held, mark)
    kept = [one for one in items if not one.is_dropped]
    if item in kept:
        here = kept.index(item)
        there = here + (1 if down else -1)
        if 0 <= there < len(kept):
            a, b = items.index(item), items.index(kept[there])
            items[a], items[b] = items[b], items[a]
            _renumber(items)
    note(by, "meetings.move_item", item, detail={"down": down})
    return item


@command
def write_practice(by: Access, *, programme: Programme, words: str) -> Practice:
    """Write what a project does differently; what was written before is kept."""
    by.require("learning.note", programme.organisation)
    if not words.strip():
        raise refuse("nothing is written", "Write what you do differently, in a few lines.", "words")
    made: Practice = Practice.objects.create(
        partnership=by.partnership, programme=programme, quarter=quarter_start(clock.today()), words=words.strip(),
        by=by.user, at=clock.now(),
    )  # fmt: skip
    note(by, "meetings.write_practice", made, organisation=programme.organisation)
    return made
