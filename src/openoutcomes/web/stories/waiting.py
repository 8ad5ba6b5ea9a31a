"""What waits about stories: for people supported to rank them, for others to look into them."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.stories.queries import ballot_of, stories_for, to_rank

#: Weeks after which a story that nobody has looked into is late.
LATE_WEEKS = 6


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for a seat about stories."""
    slug = access.partnership.slug
    found = []
    if access.reach("stories.rank") == "self":
        held = ballot_of(access)
        ranked = set(held.places) if held else set()
        new = sum(1 for one in to_rank(access.partnership) if one.story_id not in ranked)
        words = (
            "story to say how much it matters to you"
            if new == 1
            else "stories to say how much they matter to you"
        )
        found.append(Waiting(new, words, reverse("story_rank", kwargs={"partnership": slug})))
    if access.reach("stories.move") == "partnership":
        rows = stories_for(access).filter(state="heard")
        address = f"{reverse('stories', kwargs={'partnership': slug})}?state=heard"
        late = rows.filter(state_since__lt=today() - dt.timedelta(weeks=LATE_WEEKS)).count()
        count = rows.count() - late
        found.append(Waiting(count, "story to look into" if count == 1 else "stories to look into", address))
        words = "story that nobody has looked into" if late == 1 else "stories that nobody has looked into"
        found.append(Waiting(late, f"{words} for {LATE_WEEKS} weeks", address, is_late=True))
    return found
