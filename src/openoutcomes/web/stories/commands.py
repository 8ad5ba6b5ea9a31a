"""Stories: added, changed, moved on; and ranked by the people supported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.guard import suspects
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.models import Person
from openoutcomes.web.stories.models import Ballot, Story, StoryStep
from openoutcomes.web.stories.queries import may_change, to_rank

WORDS = ("as_a", "need", "so_that")
_ASK = {
    "as_a": "Say as whom, such as “young person who sleeps on sofas”.",
    "need": "Say what is needed.",
    "so_that": "Say what for: what would be possible then.",
}
#: What may follow what: anything may be looked into again.
_REASONS = {"done": "Say what was done.", "cannot": "Say why it cannot be done, to those who need it."}


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: " ".join(str(values.get(name) or "").split()).rstrip(".") for name in WORDS}
    for name in WORDS:
        if not found[name]:
            raise refuse("something is missing.", _ASK[name], name)
    problems = [
        Problem(
            f"“{one.text}” looks like {one.words}.", "Take it out: a story names nobody.", field=one.field
        )
        for one in suspects(found)
        if one.must_go
    ]
    if problems:
        raise InputError(problems)
    return {**found, "category": str(values.get("category") or "")}


@command
def add_story(by: Access, *, values: Mapping[str, Any], source: str = "worker") -> Story:
    """Write a story down: somebody's own, from paper, from a conversation, or a worker's."""
    by.require("stories.add")
    checked = _checked(values)
    person = Person.objects.filter(pk__in=by.person_ids(), erased_at=None).first()
    if person is not None and by.reach("stories.add") == "self":
        source, organisation = "person", None
    else:
        person, organisation = None, _home(by)
        if source not in dict(Story.SOURCES) or source == "person":
            raise refuse("nobody said whose story it is.", "Choose one.", "source")
    made: Story = Story.objects.create(
        partnership=by.partnership, source=source, person=person, organisation=organisation, added_by=by.user,
        added_at=now(), state_since=today(), **checked,
    )  # fmt: skip
    StoryStep.objects.create(partnership=by.partnership, story=made, state="heard", by=by.user, at=now())
    note(by, "stories.add_story", made, detail={"story": made.story_id, "source": source})
    return made


def _home(by: Access) -> Organisation | None:
    homes = by.organisations()
    return homes[0] if homes else None


def _locked(story: Story) -> Story:
    found: Story = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
    return found


@command
def change_story(by: Access, *, story: Story, values: Mapping[str, Any], expected: int) -> Story:
    """Change the words of a story: whoever wrote it, or the coordinator."""
    by.require("stories.add")
    held = _locked(story)
    if not may_change(by, held):
        raise PermissionDenied("stories.add")
    if held.revision != expected:
        raise refuse("somebody changed this story after you opened it.", "Open it again.")
    fresh = _checked(values)
    changed = sorted(name for name, value in fresh.items() if getattr(held, name) != value)
    for name in changed:
        setattr(held, name, fresh[name])
    held.revision += 1
    held.save()
    note(by, "stories.change_story", held, detail={"story": held.story_id, "changed": changed})
    return held


@command
def move_story(by: Access, *, story: Story, state: str, why: str = "") -> Story:
    """Say how far what a story asks for has come; done and cannot need words for those who need it."""
    by.require("stories.move")
    held = _locked(story)
    if state not in dict(Story.STATES) or state == held.state:
        raise refuse("nothing changed.", "Choose how it stands now.", "state")
    if state in _REASONS and not why.strip():
        raise refuse("nothing was written.", _REASONS[state], "why")
    held.state, held.state_since = state, today()
    held.revision += 1
    held.save()
    StoryStep.objects.create(
        partnership=by.partnership, story=held, state=state, why=why.strip(), by=by.user, at=now()
    )
    note(by, "stories.move_story", held, detail={"story": held.story_id, "state": state})
    return held


@command
def put_away(by: Access, *, story: Story, away: bool) -> Story:
    """Take a story out of lists and rankings, or put it back."""
    by.require("stories.add")
    held = _locked(story)
    if not may_change(by, held):
        raise PermissionDenied("stories.add")
    if (held.put_away_at is not None) == away:
        raise refuse("that is how it is already.", "Open the story again.")
    held.put_away_at = now() if away else None
    held.revision += 1
    held.save()
    note(by, "stories.put_away", held, detail={"story": held.story_id, "away": away})
    return held


def _places(by: Access, places: Mapping[str, int | None]) -> dict[str, int]:
    known = {one.story_id for one in to_rank(by.partnership)}
    given = {key: int(place) for key, place in places.items() if place is not None}
    if any(key not in known for key in given):
        raise refuse("a story was ended or put away meanwhile.", "Open the page again.")
    if not given:
        raise refuse("no story was given a place.", "Give at least one the place 1.", "places")
    if any(place < 1 or place > len(known) for place in given.values()):
        raise refuse("a place is out of range.", f"Give places from 1 to {len(known)}.", "places")
    return given


@command
def rank(by: Access, *, places: Mapping[str, int | None]) -> Ballot:
    """Rank the stories oneself: a new order takes the place of the one before."""
    by.require("stories.rank")
    person = Person.objects.filter(pk__in=by.person_ids(), merged_into=None, erased_at=None).first()
    if person is None:
        raise PermissionDenied("stories.rank")
    given = _places(by, places)
    held = Ballot.objects.select_for_update().filter(person=person, withdrawn_at=None).first()
    if held is None:
        held = Ballot(partnership=by.partnership, person=person, entered_by=by.user, entered_at=now())
    held.places, held.changed_at = given, now()
    held.save()
    note(by, "stories.rank", held, detail={"ballot": held.ballot_id, "stories": len(given)})
    return held


@command
def enter_ranking(by: Access, *, places: Mapping[str, int | None]) -> Ballot:
    """Type in the order of a person supported from paper, without their name."""
    by.require("stories.rank")
    if by.reach("stories.rank") == "self":
        raise PermissionDenied("stories.rank")
    made: Ballot = Ballot.objects.create(
        partnership=by.partnership,
        places=_places(by, places),
        entered_by=by.user,
        entered_at=now(),
        changed_at=now(),
    )
    note(by, "stories.enter_ranking", made, detail={"ballot": made.ballot_id, "stories": len(made.places)})
    return made


@command
def withdraw_ranking(by: Access, *, ballot: Ballot) -> Ballot:
    """Take a ranking back: one's own, or one that one has typed in."""
    by.require("stories.rank")
    held: Ballot = Ballot.objects.select_for_update(of=("self",)).get(pk=ballot.pk)
    mine = held.person_id in by.person_ids() if held.person_id else held.entered_by_id == by.user.pk
    if not mine:
        raise PermissionDenied("stories.rank")
    if held.withdrawn_at is not None:
        raise refuse("this ranking was taken back already.")
    held.withdrawn_at = now()
    held.save()
    note(by, "stories.withdraw_ranking", held, detail={"ballot": held.ballot_id})
    return held
