"""Reading stories with their ranking and the demand behind them, and pictures with their versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import Http404

from openoutcomes.voice import Ranking, rank_stories
from openoutcomes.web.core.access import Access
from openoutcomes.web.people.models import Person
from openoutcomes.web.records.models import Record
from openoutcomes.web.results.small_numbers import LEAST, Bound, protect, rounded
from openoutcomes.web.stories.models import Ballot, Picture, PictureVersion, Story

#: The fewest people who ranked for an order to be shown: with fewer, it would be somebody's own.
FEWEST = 5
#: For how many seconds counts of demand are kept.
_KEPT = 15 * 60


def stories_for(access: Access) -> QuerySet[Any]:
    """Return the stories that are not put away."""
    rows = Story.of(access.partnership).filter(put_away_at=None).select_related("organisation")
    return rows if access.may("stories.view") else rows.none()


def story_or_404(access: Access, story_id: str) -> Story:
    """Return a story, also one that was put away."""
    rows = Story.of(access.partnership).filter(story_id=story_id).select_related("organisation", "added_by")
    found: Story | None = rows.first()
    if found is None or not access.may("stories.view"):
        raise Http404("No such story")
    return found


def may_change(access: Access, story: Story) -> bool:
    """Say whether a seat may change the words of a story: whoever wrote it, or the coordinator."""
    return story.added_by_id == access.user.pk or access.reach("stories.add") == "partnership"


def may_move(access: Access, story: Story) -> bool:
    """Say whether a seat may say how far a story has come: those who can do something about it."""
    del story
    return access.may("stories.move")


def to_rank(partnership: Any) -> list[Story]:
    """Return the stories that can be ranked: those that still wait for something, oldest first."""
    rows = Story.of(partnership).filter(put_away_at=None).exclude(state__in=Story.ENDED)
    return list(rows.order_by("added_at", "pk")[:100])


def ballot_of(access: Access) -> Ballot | None:
    """Return the ballot of the person whose account it is."""
    found: Ballot | None = (
        Ballot.of(access.partnership).filter(person__in=access.person_ids(), withdrawn_at=None).first()
    )
    return found


@dataclass(frozen=True)
class Order:
    """The stories in the order of those who ranked: places, and what may be said of how many they were."""

    ranking: Ranking | None
    places: dict[str, int]
    ranked_by: dict[str, str]
    words: str

    @property
    def is_shown(self) -> bool:
        """Whether enough people ranked."""
        return self.ranking is not None


def order_of(partnership: Any) -> Order:
    """Return the order of the stories by all ballots; none while too few have ranked."""
    stories = {one.story_id for one in to_rank(partnership)}
    rows = Ballot.of(partnership).filter(withdrawn_at=None).values_list("ballot_id", "places")
    ballots: dict[str, dict[str, int]] = {}
    for key, places in rows:
        # A story that has ended, or was put away, is in no order any more.
        kept = {story: int(place) for story, place in places.items() if story in stories}
        if kept:
            ballots[str(key)] = kept
    if len(ballots) < FEWEST or not stories:
        return Order(None, {}, {}, "Fewer than five people have ranked, so there is no order yet.")
    # Stories are added after people have ranked, so what somebody did not rank they have no opinion on.
    ranking = rank_stories(ballots, sorted(stories), unranked="no-opinion")
    return Order(
        ranking,
        {one.story: one.place for one in ranking.stories if one.ranked_by},
        {one.story: people(one.ranked_by) for one in ranking.stories},
        f"Ranked by {people(len(ballots))}.",
    )


def people(count: int) -> str:
    """Return how many people, so that a small number stays one."""
    return f"about {rounded(count)} people" if count >= LEAST else "fewer than ten people"


@dataclass(frozen=True)
class Demand:
    """How many have a need, and how many of them it was met for; None where that is held back."""

    people: int | None
    met: int | None
    unmet: int | None


def demand(partnership: Any, category: str) -> Demand | None:
    """Return how many people the records say have a need, protected; None where a story names none."""
    if not category:
        return None
    key = f"stories:demand:{partnership.pk}:{category}"
    found: tuple[int, int] | None = cache.get(key)
    if found is None:
        rows = Record.of(partnership).filter(
            table="needs", code=category, current=True, withdrawn=False, person__isnull=False
        )
        everybody = rows.values("person").distinct().count()
        unmet = rows.filter(Q(values__met_on__isnull=True)).values("person").distinct().count()
        found = (everybody, unmet)
        cache.set(key, found, _KEPT)
    everybody, unmet = found
    shown = protect(
        {"all": everybody, "unmet": unmet, "met": everybody - unmet}, [Bound(("met", "unmet"), "all")]
    )
    return Demand(shown["all"], shown["met"], shown["unmet"])


def own_person(access: Access) -> Person | None:
    """Return the person whose account it is."""
    rows = Person.of(access.partnership).filter(pk__in=access.person_ids(), merged_into=None, erased_at=None)
    return rows.first()


def pictures_for(access: Access) -> QuerySet[Any]:
    """Return the pictures that are not put away."""
    rows = Picture.of(access.partnership).filter(put_away_at=None)
    return rows if access.may("stories.view") else rows.none()


def picture_or_404(access: Access, picture_id: str) -> Picture:
    """Return a picture, also one that was put away."""
    found: Picture | None = (
        Picture.of(access.partnership).filter(picture_id=picture_id).select_related("added_by").first()
    )
    if found is None or not access.may("stories.view"):
        raise Http404("No such picture")
    return found


def version_or_404(picture: Picture, number: int | None = None) -> PictureVersion:
    """Return a version of a picture, the latest where none is named."""
    wanted = picture.number if number is None else number
    rows = PictureVersion.of(picture.partnership).filter(picture=picture, number=wanted)
    found: PictureVersion | None = rows.select_related("by").first()
    if found is None:
        raise Http404("No such version")
    return found
