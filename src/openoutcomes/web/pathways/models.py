"""Pathways: stages that support goes through, and where each person is on theirs.

The scheme: a ``Pathway`` of a programme has ``Stage``s in order, each with a planned length and how often
people meet. A ``Journey`` is one enrolment on a pathway, with the day by which the next meeting is due, kept
in step so that lists need no sums. Every move between stages stays as a ``StageMove``; why it was made, and
what was decided at a meeting, are the standard's events of the person, so that they are erased with the rest.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import AppendOnly, Scoped
from openoutcomes.web.people.models import new_id
from openoutcomes.web.sharing.queries import months_on


def new_pathway_id() -> str:
    """Return a pathway's opaque id."""
    return new_id("pw")


def new_journey_id() -> str:
    """Return a journey's opaque id."""
    return new_id("jo")


class Pathway(Scoped):
    """The stages of a programme, as its manager defined them."""

    pathway_id = models.CharField(max_length=40, default=new_pathway_id)
    programme = models.ForeignKey("partnerships.Programme", on_delete=models.PROTECT, related_name="pathways")
    name = models.CharField(max_length=160)
    is_open = models.BooleanField(default=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["name"]
        constraints = [models.UniqueConstraint(fields=["partnership", "pathway_id"], name="pathway_id_once")]

    def __str__(self) -> str:
        return self.name


class Stage(Scoped):
    """One stage: its place in the order, how long it is planned to take, and how often people meet."""

    EVERY: ClassVar = [
        ("", "No fixed meetings"),
        ("week", "Every week"),
        ("fortnight", "Every two weeks"),
        ("month", "Every month"),
        ("quarter", "Every three months"),
    ]

    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="stages")
    place = models.PositiveSmallIntegerField("place in the order")
    name = models.CharField(max_length=120)
    weeks = models.PositiveSmallIntegerField("planned length in weeks", null=True, blank=True)
    every = models.CharField("meetings", max_length=12, choices=EVERY, blank=True)
    who = models.CharField("who meets, by the part they play", max_length=200, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["place"]
        constraints = [models.UniqueConstraint(fields=["pathway", "place"], name="stage_place_once")]

    def __str__(self) -> str:
        return self.name

    def next_meeting(self, last: dt.date) -> dt.date | None:
        """Return the day by which people should meet after they last did; None where nothing is fixed."""
        days = {"week": 7, "fortnight": 14}.get(self.every)
        if days:
            return last + dt.timedelta(days=days)
        months = {"month": 1, "quarter": 3}.get(self.every)
        return months_on(last, months) if months else None

    def planned_end(self, since: dt.date) -> dt.date | None:
        """Return the day on which the stage is planned to end; None without a planned length."""
        return since + dt.timedelta(weeks=self.weeks) if self.weeks else None


class Journey(Scoped):
    """An enrolment on a pathway: the stage it is at, and when people should meet next."""

    journey_id = models.CharField(max_length=40, default=new_journey_id)
    enrolment = models.ForeignKey("people.Enrolment", on_delete=models.PROTECT, related_name="journeys")
    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="journeys")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="journeys")
    started_on = models.DateField()
    stage_since = models.DateField()
    stage_ends_on = models.DateField("planned end of the stage", null=True, blank=True)
    met_on = models.DateField("last meeting", null=True, blank=True)
    meeting_due_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(fields=["partnership", "journey_id"], name="journey_id_once"),
            models.UniqueConstraint(
                fields=["enrolment"], condition=models.Q(ended_on=None), name="one_open_journey"
            ),
        ]
        indexes = [models.Index(fields=["partnership", "ended_on", "meeting_due_on"])]

    @property
    def is_overdue(self) -> bool:
        """Whether a meeting should have been held by now."""
        return (
            self.ended_on is None and self.meeting_due_on is not None and self.meeting_due_on < clock.today()
        )

    @property
    def is_over_time(self) -> bool:
        """Whether the stage has taken longer than planned."""
        return self.ended_on is None and self.stage_ends_on is not None and self.stage_ends_on < clock.today()


class StageMove(AppendOnly):
    """A move from one stage to another, or off the pathway. Why is the standard's event ``record_id``."""

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="moves")
    before = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", null=True)
    after = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", null=True)
    on = models.DateField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    record_id = models.CharField(max_length=60)

    class Meta:
        """Django's options."""

        indexes = [models.Index(fields=["journey", "at"])]
