"""Barriers: rules and practices of others that stop people, what was asked about them, and what came of it.

The scheme: a ``Barrier`` says what gets in the way, whose rule it is and who can bend it. An ``Ask`` is what
was asked of an organisation, by when, and how it answered. A ``BarrierStep`` is each thing that happened, never
changed. A ``Mark`` says that a barrier stops one person: only their organisation sees it, others see protected
counts. A ``SharedBarrier`` is the wording that was checked for other partnerships, the one row that others may read.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import AppendOnly, Scoped, user_key
from openoutcomes.web.people.models import new_id


def new_barrier_id() -> str:
    """Return a barrier's opaque id."""
    return new_id("ba")


def new_ask_id() -> str:
    """Return the opaque id of something asked."""
    return new_id("as")


def new_share_id() -> str:
    """Return the opaque id of a shared barrier."""
    return new_id("sb")


def _organisation() -> models.ForeignKey:
    return models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )


#: Where a barrier can be taken, from the nearest to the furthest.
LEVELS: dict[str, str] = {
    "team": "The team",
    "managers": "The managers’ meeting",
    "board": "The partnership board",
    "national": "A national body",
}


class Barrier(Scoped):
    """A rule, policy or practice that gets in people's way."""

    KINDS: ClassVar = [
        ("law", "A law or regulation"),
        ("policy", "A written rule or policy"),
        ("practice", "How it is done, written nowhere"),
        ("money", "How money is given out"),
        ("data", "What may be known or shared"),
        ("unknown", "Not known yet"),
    ]
    STATES: ClassVar = [
        ("open", "Open"),
        ("asked", "Asked"),
        ("answered", "Answered"),
        ("gone", "Gone"),
        ("accepted", "Lived with"),
        ("reopened", "Back again"),
    ]
    HOW_KNOWN: ClassVar = [
        ("", "Marked by workers alone"),
        ("estimate", "An estimate"),
        ("heard", "Said in listening"),
    ]
    #: States in which there is nothing more to do.
    DONE: ClassVar = ("gone", "accepted")

    barrier_id = models.CharField(max_length=40, default=new_barrier_id)
    title = models.CharField(max_length=160)
    what = models.TextField(blank=True)
    kind = models.CharField(max_length=8, choices=KINDS, default="unknown")
    rule = models.TextField("the rule, policy or practice", blank=True)
    #: Whose rule it is: an organisation here, or a body outside.
    owner = _organisation()
    owner_outside = models.CharField(max_length=160, blank=True)
    bender = models.CharField("role that can bend it", max_length=160, blank=True)
    estimate = models.PositiveIntegerField(null=True, blank=True)
    how_known = models.CharField(max_length=8, choices=HOW_KNOWN, blank=True)
    how_words = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=STATES, default="open")
    level = models.CharField(max_length=8, choices=list(LEVELS.items()), default="team")
    level_since = models.DateField(default=clock.today)
    #: Whose worker raised it; nothing where it was somebody of the partnership as a whole.
    organisation = _organisation()
    raised_by = user_key()
    raised_at = models.DateTimeField(default=clock.now)
    revision = models.PositiveIntegerField(default=1)
    #: It is the same as another, which is kept instead; marks of both count once.
    joined_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="joined", null=True, blank=True
    )
    #: The shared barrier of another partnership that this one was found to be too.
    origin = models.CharField(max_length=40, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "barrier_id"], name="barrier_id_once"),
            models.UniqueConstraint(
                fields=["partnership", "origin"], condition=~models.Q(origin=""), name="barrier_taken_in_once"
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "state", "-raised_at"]),
            models.Index(fields=["origin"], condition=~models.Q(origin=""), name="barrier_origin"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_words(self) -> str:
        """Return whose rule it is."""
        return str(self.owner) if self.owner else self.owner_outside

    @property
    def is_done(self) -> bool:
        """Whether nothing more is to be done about it."""
        return self.state in self.DONE


class Ask(Scoped):
    """What was asked of somebody about a barrier, and how they answered."""

    ANSWERS: ClassVar = [("yes", "Yes"), ("partly", "In part"), ("no", "No")]

    ask_id = models.CharField(max_length=40, default=new_ask_id)
    barrier = models.ForeignKey(Barrier, on_delete=models.PROTECT, related_name="asks")
    what = models.TextField()
    whom = _organisation()
    whom_outside = models.CharField(max_length=160, blank=True)
    whom_role = models.CharField(max_length=160, blank=True)
    level = models.CharField(max_length=8, choices=list(LEVELS.items()))
    asked_on = models.DateField()
    due_on = models.DateField()
    asked_by = user_key()
    answer = models.CharField(max_length=8, choices=ANSWERS, blank=True)
    answer_why = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = user_key(null=True, blank=True)
    #: Whether what was promised happened and helped, looked at on a day; nothing until somebody looked.
    helped = models.BooleanField(null=True, blank=True)
    result = models.TextField(blank=True)
    checked_on = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-asked_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "ask_id"], name="barrier_ask_id_once")]
        indexes = [
            models.Index(fields=["partnership", "answer", "due_on"]),
            models.Index(fields=["whom", "answer"]),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def whom_words(self) -> str:
        """Return of whom it was asked."""
        whose = str(self.whom) if self.whom else self.whom_outside
        return f"{self.whom_role}, {whose}" if self.whom_role else whose

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered yet."""
        return not self.answer and self.withdrawn_at is None

    @property
    def is_late(self) -> bool:
        """Whether the day for an answer has gone by without one."""
        return self.is_open and self.due_on < clock.today()

    @property
    def days_waited(self) -> int:
        """Return for how many days the answer was, or has been, waited for."""
        until = self.answered_on or clock.today()
        return max((until - self.asked_on).days, 0)


class BarrierStep(AppendOnly):
    """One thing that happened about a barrier."""

    KINDS: ClassVar = [
        ("raised", "Raised"),
        ("changed", "Wording changed"),
        ("asked", "Asked"),
        ("answered", "Answered"),
        ("withdrew", "What was asked was taken back"),
        ("helped", "Looked: it is gone"),
        ("still", "Looked: it is still there"),
        ("moved", "Taken further"),
        ("gone", "Gone"),
        ("accepted", "Lived with"),
        ("reopened", "Back again"),
        ("shared", "Shared with other partnerships"),
        ("unshared", "No longer shared"),
        ("joined", "Found to be the same as another"),
        ("parted", "Found to be different after all"),
    ]

    barrier = models.ForeignKey(Barrier, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8, choices=KINDS)
    #: The day it happened, which may be before it was written down.
    on = models.DateField()
    words = models.TextField(blank=True)
    ask = models.ForeignKey(Ask, on_delete=models.PROTECT, related_name="steps", null=True, blank=True)
    level = models.CharField(max_length=8, choices=list(LEVELS.items()), blank=True)
    answer = models.CharField(max_length=8, choices=Ask.ANSWERS, blank=True)
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-at", "-pk"]
        indexes = [models.Index(fields=["partnership", "-at"])]


class Mark(Scoped):
    """That a barrier stops one person: seen within the organisation that marked it alone."""

    barrier = models.ForeignKey(Barrier, on_delete=models.PROTECT, related_name="marks")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="barrier_marks")
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="barrier_marks"
    )
    marked_by = user_key()
    marked_at = models.DateTimeField(default=clock.now)
    lifted_by = user_key(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(
                fields=["barrier", "person", "organisation"],
                condition=models.Q(lifted_at=None),
                name="barrier_mark_once",
            )
        ]
        indexes = [models.Index(fields=["person", "organisation", "lifted_at"])]


class SharedBarrier(Scoped):
    """A barrier's wording as it was checked for the other partnerships of this installation."""

    share_id = models.CharField(max_length=40, default=new_share_id, unique=True)
    barrier = models.ForeignKey(Barrier, on_delete=models.PROTECT, related_name="shares")
    #: ``title``, ``what``, ``rule``, ``owner``, ``bender`` and ``learned``.
    values = models.JSONField()
    shared_by = user_key()
    shared_at = models.DateTimeField(default=clock.now)
    withdrawn_by = user_key(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-shared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["barrier"], condition=models.Q(withdrawn_at=None), name="barrier_shared_once"
            )
        ]
        indexes = [models.Index(fields=["withdrawn_at", "-shared_at"])]


def waited(since: dt.date, until: dt.date | None = None) -> int:
    """Return the days between two days; until today where there is no second."""
    return max(((until or clock.today()) - since).days, 0)
