"""Groups, their sessions and who came.

The scheme: a ``Group`` meets in ``Session``s. Who came is a record of the standard's activities, one for
each person and session; an ``Attendance`` says which record that is, so that a register can be opened
and changed again. People are counted through it, so somebody who comes to two groups counts once.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import Scoped
from openoutcomes.web.people.models import new_id


def new_group_id() -> str:
    """Return a group's opaque id."""
    return new_id("gr")


def new_session_id() -> str:
    """Return a session's opaque id."""
    return new_id("se")


class Group(Scoped):
    """Something that an organisation runs for several people together, with or without a programme."""

    group_id = models.CharField(max_length=40, default=new_group_id)
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="groups"
    )
    programme = models.ForeignKey(
        "partnerships.Programme", on_delete=models.PROTECT, related_name="groups", null=True, blank=True
    )
    name = models.CharField(max_length=160)
    kind = models.CharField(
        max_length=40, choices=list(CODE_LISTS["activity_kind"].codes.items()), default="group"
    )
    place = models.CharField("usual place", max_length=160, blank=True)
    meets = models.CharField("when it meets, in words", max_length=160, blank=True)
    hours = models.DecimalField("usual length", max_digits=5, decimal_places=2, default=Decimal(1))
    #: Whether people are expected each time, so that not coming is recorded too.
    expects = models.BooleanField("people are expected each time", default=False)
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["name"]
        constraints = [models.UniqueConstraint(fields=["partnership", "group_id"], name="group_id_once")]
        indexes = [models.Index(fields=["organisation", "is_open"])]

    def __str__(self) -> str:
        return self.name


class Member(Scoped):
    """Somebody on a group's list, from which its register is made."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="groups")
    since = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["group", "person"], name="member_once")]


class Session(Scoped):
    """One time that a group met."""

    session_id = models.CharField(max_length=40, default=new_session_id)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="sessions")
    held_on = models.DateField()
    hours = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    place = models.CharField(max_length=160, blank=True)
    #: It did not take place after all; nobody counts as having come.
    is_void = models.BooleanField(default=False)
    #: Raised by one with every save, so that two people cannot overwrite each other's register.
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=clock.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["partnership", "session_id"], name="session_id_once")]
        indexes = [models.Index(fields=["group", "-held_on"])]


class Attendance(Scoped):
    """Whether somebody came to a session, and which record of the standard says so."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="attendances")
    record_id = models.CharField(max_length=60)
    #: The standard's code; empty once it was found not to be so.
    attended = models.CharField(max_length=40, blank=True)

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["session", "person"], name="attendance_once")]
        indexes = [models.Index(fields=["person", "attended"])]
