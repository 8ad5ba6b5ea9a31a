"""The agenda of a meeting that has not begun: what is kept of it, joined with what the rooms signal now.

Nothing is written by looking. ``lines_of`` gives lines that may not be stored yet; ``settle`` stores them, which every
change of the agenda does first, and the start of the meeting last.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.rhythm import Signal, signals_for
from openoutcomes.web.meetings.kinds import HEADINGS, KINDS, order_of
from openoutcomes.web.meetings.models import Item, Meeting
from openoutcomes.web.meetings.queries import looks_from, to_approve

#: Lines that signals make, at most: beyond it nobody would get through them.
MOST = 60


@dataclass
class Line:
    """One line of an agenda as it would be now; ``is_gone`` when nothing signals it any more."""

    item: Item
    is_gone: bool = False
    is_new: bool = False


def mark_of(signal: Signal) -> str:
    """Return what tells a signal from others, and stays the same when only its numbers change."""
    said = (
        f"{signal.kind}:{signal.key}"
        if signal.key
        else f"{signal.address}|{re.sub(r'[0-9]+', '', signal.words)}"
    )
    return "k-" + hashlib.sha256(f"{signal.heading}|{said}".encode()).hexdigest()[:20]


def fresh(by: Access, meeting: Meeting) -> list[Item]:
    """Return the lines that the rooms and the kind of meeting give now, in the order of its headings; none stored."""
    kind = KINDS[meeting.series.kind]
    contract = meeting.series.contract.contract_id if meeting.series.contract else ""
    order = order_of(meeting.series.kind)
    found: list[Item] = []
    for before in to_approve(meeting):
        address = reverse(
            "meeting_minutes", kwargs={"partnership": by.partnership.slug, "meeting_id": before.meeting_id}
        )
        found.append(
            _item(
                by, meeting, f"s-{before.meeting_id}", "opening", f"Approve the minutes of {before}", address
            )
        )
    for number, one in enumerate(kind.standing):
        address = reverse(one.page, kwargs={"partnership": by.partnership.slug}) if one.page else ""
        found.append(_item(by, meeting, f"s-{number}", one.heading, one.words, address))
    signals = [
        signal
        for signal in signals_for(by, looks_from(meeting), max(meeting.on, clock.today()))
        if signal.heading in kind.headings
        and not (contract and signal.contract and signal.contract != contract)
        and not (signal.kind == "meeting" and signal.key == meeting.meeting_id)
    ][:MOST]
    seen = {item.mark for item in found}
    for signal in signals:
        mark = mark_of(signal)
        if mark in seen:
            continue
        seen.add(mark)
        item = _item(by, meeting, mark, signal.heading, signal.words, signal.address)
        item.origin, item.kind, item.key = "signal", signal.kind, signal.key
        item.due, item.is_late = signal.due, signal.is_late
        found.append(item)
    return sorted(found, key=lambda item: order[item.heading])


def _item(by: Access, meeting: Meeting, mark: str, heading: str, words: str, address: str) -> Item:
    return Item(
        partnership=by.partnership, meeting=meeting, mark=mark, heading=heading, words=words[:500],
        address=address, origin="standing", added_by=by.user,
    )  # fmt: skip


def lines_of(by: Access, meeting: Meeting) -> list[Line]:
    """Return the agenda as it would be now: what is kept in its order, new signals at the end of their heading."""
    kept = list(Item.of(by.partnership).filter(meeting=meeting).order_by("place", "pk"))
    now = {item.mark: item for item in fresh(by, meeting)}
    lines: list[Line] = []
    for item in kept:
        current = now.pop(item.mark, None)
        if current is not None:
            item.words, item.address = current.words, current.address
            item.due, item.is_late = current.due, current.is_late
        # Another seat may see what this one does not, so only whoever brought a line can find it settled.
        is_mine = item.added_by_id == by.user.pk
        lines.append(Line(item, is_gone=current is None and is_mine and item.origin != "hand"))
    order = order_of(meeting.series.kind)
    for item in now.values():
        before = [n for n, line in enumerate(lines) if order[line.item.heading] <= order[item.heading]]
        lines.insert(before[-1] + 1 if before else 0, Line(item, is_new=True))
    for place, line in enumerate(lines):
        line.item.place = place
    return lines


def settle(by: Access, meeting: Meeting) -> list[Line]:
    """Store the agenda as it is now, inside a command, and return it."""
    lines = lines_of(by, meeting)
    for line in lines:
        line.item.save()
        line.is_new = False
    return lines


def grouped(items: list[Any]) -> list[tuple[str, list[Any]]]:
    """Return lines or items by the words of their heading, keeping their order: a heading may come twice."""
    groups: list[tuple[str, list[Any]]] = []
    for one in items:
        heading = HEADINGS[one.item.heading if isinstance(one, Line) else one.heading]
        if not groups or groups[-1][0] != heading:
            groups.append((heading, []))
        groups[-1][1].append(one)
    return groups
