"""What a meeting should look at about stories: new ones, those that moved, and those that nobody looks into."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.rhythm import Counted, Signal
from openoutcomes.web.stories.models import PictureVersion, Story
from openoutcomes.web.stories.queries import order_of, stories_for
from openoutcomes.web.stories.waiting import LATE_WEEKS

#: The most signals of a kind.
_MOST = 15
#: How many of the stories that matter most are named.
_FIRST = 3


def signals(access: Access, since: dt.date, until: dt.date) -> list[Signal]:
    """Return what matters most to those who ranked, what is new, what moved, and what waits too long."""
    if not access.may("stories.view"):
        return []
    slug = access.partnership.slug

    def one(words: str, row: Story, *, is_late: bool = False) -> Signal:
        address = reverse("story", kwargs={"partnership": slug, "story_id": row.story_id})
        return Signal("voices", words, address, is_late=is_late, kind="story", key=row.story_id)

    rows = stories_for(access)
    late = today() - dt.timedelta(weeks=LATE_WEEKS)
    waits = list(rows.filter(state="heard", state_since__lt=late).order_by("state_since", "pk")[:_MOST])
    found = [one(f"Nobody has looked into it yet: {row.sentence}", row, is_late=True) for row in waits]
    named = {row.pk for row in waits}
    places = order_of(access.partnership).places
    first = sorted(places, key=lambda key: places[key])[:_FIRST]
    for row in rows.filter(story_id__in=first).exclude(pk__in=named):
        named.add(row.pk)
        found.append(one(f"Ranked {places[row.story_id]} by people supported: {row.sentence}", row))
    new = rows.filter(added_at__date__range=(since, until)).exclude(pk__in=named).order_by("-added_at", "pk")
    for row in new[:_MOST]:
        named.add(row.pk)
        found.append(one(f"New story: {row.sentence}", row))
    moved = rows.filter(state_since__range=(since, until)).exclude(state="heard").exclude(pk__in=named)
    found += [
        one(f"{row.get_state_display()}: {row.sentence}", row)
        for row in moved.order_by("-state_since", "pk")[:_MOST]
    ]
    changed = (
        PictureVersion.of(access.partnership)
        .filter(at__date__range=(since, until), picture__put_away_at=None)
        .select_related("picture")
        .order_by("-at")
    )
    seen: set[int] = set()
    for version in changed[: 4 * _MOST]:
        if version.picture_id in seen:
            continue
        seen.add(version.picture_id)
        address = reverse("picture", kwargs={"partnership": slug, "picture_id": version.picture.picture_id})
        found.append(Signal("voices", f"The picture “{version.picture.title}” was changed", address))
    return found


def counted(access: Access, first: dt.date, last: dt.date) -> list[Counted]:
    """Count the stories told between two days, and those that came to an end."""
    if not access.may("stories.view"):
        return []
    address = reverse("stories", kwargs={"partnership": access.partnership.slug})
    rows = stories_for(access)
    new = rows.filter(added_at__date__range=(first, last)).count()
    ended = rows.filter(state__in=Story.ENDED, state_since__range=(first, last)).count()
    return [
        Counted("heard", new, "story" if new == 1 else "stories", address),
        Counted(
            "told",
            ended,
            "story done, or answered why not" if ended == 1 else "stories done, or answered why not",
            address,
        ),
    ]
