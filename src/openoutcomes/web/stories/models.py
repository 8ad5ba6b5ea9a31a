"""Stories of what people need, how people supported rank them, and pictures of the system they meet.

The scheme: a ``Story`` says "as a ... I need ... so that ...", and how far what it asks for has come; each
change of that is a ``StoryStep``. A ``Ballot`` is one person's own order of the stories, by themselves or typed
in from paper without a name. A ``Picture`` shows who does what in a system, with hand-offs and stuck points;
each way it was drawn is a ``PictureVersion``, and the latest is the picture.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import AppendOnly, Scoped, user_key
from openoutcomes.web.people.models import new_id


def new_story_id() -> str:
    """Return a story's opaque id."""
    return new_id("st")


def new_ballot_id() -> str:
    """Return a ballot's opaque id."""
    return new_id("ba")


def new_picture_id() -> str:
    """Return a picture's opaque id."""
    return new_id("pc")


class Story(Scoped):
    """What somebody needs, and what for, in their words."""

    SOURCES: ClassVar = [
        ("person", "A person supported, themselves"),
        ("paper", "A person supported, written down for them"),
        ("conversation", "From what people said when they were heard"),
        ("worker", "Somebody who works with people"),
    ]
    STATES: ClassVar = [
        ("heard", "Heard"),
        ("looked_into", "Being looked into"),
        ("tried", "Being tried"),
        ("done", "Done"),
        ("cannot", "Cannot be done"),
    ]
    #: States in which nothing more is to be done about it.
    ENDED: ClassVar = ("done", "cannot")

    story_id = models.CharField(max_length=40, default=new_story_id)
    as_a = models.CharField("as a", max_length=160)
    need = models.CharField("I need", max_length=300)
    so_that = models.CharField("so that", max_length=300)
    source = models.CharField(max_length=12, choices=SOURCES)
    #: What needs it is about, by the code that records of needs have: to see how many have it.
    category = models.CharField(max_length=100, blank=True)
    #: Whose story it is, where they wrote it on their own page; shown to nobody.
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="stories", null=True)
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    state = models.CharField(max_length=12, choices=STATES, default="heard")
    state_since = models.DateField()
    added_by = user_key()
    added_at = models.DateTimeField(default=clock.now)
    revision = models.PositiveIntegerField(default=1)
    put_away_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-added_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "story_id"], name="story_id_once")]
        indexes = [models.Index(fields=["partnership", "put_away_at", "state"])]

    def __str__(self) -> str:
        return self.need

    @property
    def sentence(self) -> str:
        """The whole story as one sentence."""
        return f"As {_article(self.as_a)}, I need {self.need}, so that {self.so_that}"

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be done about it."""
        return self.state in self.ENDED


def _article(words: str) -> str:
    first = words.split(" ", 1)[0].lower()
    if first in ("a", "an", "the", "somebody", "someone", "one"):
        return words
    return f"an {words}" if first[:1] in "aeiou" else f"a {words}"


class StoryStep(AppendOnly):
    """That a story came to stand so, when, by whom and why."""

    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=12, choices=Story.STATES)
    why = models.TextField(blank=True)
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-at", "-pk"]


class Ballot(Scoped):
    """One person's order of the stories: story id to place, 1 for what matters most."""

    ballot_id = models.CharField(max_length=40, default=new_ballot_id)
    #: Whose it is, where they ranked on their own page; nothing where it was typed in from paper.
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="ballots", null=True)
    places = models.JSONField(default=dict)
    entered_by = user_key()
    entered_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "ballot_id"], name="ballot_id_once"),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(person__isnull=False, withdrawn_at=None),
                name="one_ballot_a_person",
            ),
        ]

    @property
    def short(self) -> str:
        """What pages call it."""
        return f"Ranking {self.ballot_id.removeprefix('ba-')[:4].upper()}"


class Picture(Scoped):
    """A picture of a system: organisations, steps, hand-offs and where people get stuck."""

    picture_id = models.CharField(max_length=40, default=new_picture_id)
    title = models.CharField(max_length=160)
    about = models.TextField(blank=True)
    number = models.PositiveIntegerField("latest version", default=0)
    added_by = user_key()
    added_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    put_away_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-changed_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "picture_id"], name="picture_id_once")]

    def __str__(self) -> str:
        return self.title


class PictureVersion(AppendOnly):
    """A picture as it was drawn: its steps, with who changed what and why."""

    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    #: A list of steps, in order; see openoutcomes.web.stories.drawing.Step.
    steps = models.JSONField(default=list)
    what = models.CharField(max_length=200)
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-number"]
        constraints = [models.UniqueConstraint(fields=["picture", "number"], name="picture_version_once")]
