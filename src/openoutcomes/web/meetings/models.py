"""Meetings: series with a rule, meetings with agendas that are frozen when they start, minutes, decisions, actions.

The scheme: a ``Series`` says what kind of meeting it is, whose, when, and who is invited. A ``Meeting`` is one of it
on a day: planned, open while it is held, closed when its minutes are written, and approved at a later one. Its
``Item`` rows are the agenda: until it starts they follow what the rooms signal; from then on they stand
as they were. Notes are versions that are only added (``Note``). A ``Decision`` has a reason and who decided;
an ``Action`` an owner and a day, and ``Step`` rows say what became of it. After approval nothing of the minutes
changes: a ``Correction`` is added beside them.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import AppendOnly, Scoped
from openoutcomes.web.meetings.cadence import EVERY, NTH, WEEKDAYS, Rule
from openoutcomes.web.meetings.kinds import HEADINGS, KINDS
from openoutcomes.web.partnerships.models import Membership
from openoutcomes.web.people.models import new_id

#: For how long whoever chairs may open a closed meeting again.
REOPEN = dt.timedelta(days=1)
#: An action that was moved so often goes to those who can do something about it.
MOVED_TOO_OFTEN = 3
_USER = settings.AUTH_USER_MODEL


def new_series_id() -> str:
    """Return a series' opaque id."""
    return new_id("se")


def new_meeting_id() -> str:
    """Return a meeting's opaque id."""
    return new_id("mt")


def new_decision_id() -> str:
    """Return a decision's opaque id."""
    return new_id("de")


def new_action_id() -> str:
    """Return an action's opaque id."""
    return new_id("ac")


def seat_words(seat: Membership | None) -> str:
    """Return who holds a seat, as minutes say it: a person supported is never named."""
    if seat is None:
        return ""
    if seat.role == "person":
        return "A person supported"
    where = f", {seat.organisation}" if seat.organisation else ""
    return f"{seat.user} ({seat.role_name().lower()}{where})"


class Series(Scoped):
    """Meetings that belong together. With a contract it is its parties', with an organisation its alone."""

    series_id = models.CharField(max_length=40, default=new_series_id)
    kind = models.CharField(max_length=10, choices=[(key, kind.name) for key, kind in KINDS.items()])
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    every = models.CharField(max_length=10, choices=list(EVERY.items()))
    weekday = models.PositiveSmallIntegerField(null=True, blank=True, choices=list(enumerate(WEEKDAYS)))
    nth = models.PositiveSmallIntegerField(null=True, blank=True, choices=list(NTH.items()))
    month = models.PositiveSmallIntegerField(null=True, blank=True)
    at = models.TimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=60)
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=300, blank=True)
    chair = models.ForeignKey(
        "partnerships.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    made_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "series_id"], name="series_id_once")]
        indexes = [models.Index(fields=["partnership", "kind", "ended_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> Rule:
        """When its meetings are."""
        return Rule(self.every, self.weekday, self.nth, self.month)

    @property
    def whose(self) -> str:
        """Whose meeting it is, in words."""
        if self.contract is not None:
            return f"The parties to {self.contract}"
        return str(self.organisation) if self.organisation is not None else "The partnership"


class SeriesSeat(Scoped):
    """A seat that is invited to every meeting of a series."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="seats")
    seat = models.ForeignKey("partnerships.Membership", on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["series", "seat"], name="seat_in_series_once")]


class Meeting(Scoped):
    """One meeting on a day."""

    STATES: ClassVar = [
        ("planned", "Planned"),
        ("open", "Being held"),
        ("closed", "To approve"),
        ("approved", "Approved"),
        ("cancelled", "Cancelled"),
    ]

    meeting_id = models.CharField(max_length=40, default=new_meeting_id)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="meetings")
    on = models.DateField()
    at = models.TimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=60)
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=STATES, default="planned")
    #: The day from which the agenda looks, frozen with it.
    since = models.DateField(null=True, blank=True)
    #: The whole meeting in a line.
    summary = models.CharField(max_length=500, blank=True)
    #: Others who were there, by what they are: never by name where they are supported.
    others = models.CharField(max_length=300, blank=True)
    planned_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", null=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", null=True)
    #: The later meeting at which the minutes were approved.
    approved_in = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="approves", null=True, blank=True
    )
    cancelled_why = models.CharField(max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "meeting_id"], name="meeting_id_once"),
            models.UniqueConstraint(
                fields=["series", "on"], condition=~models.Q(state="cancelled"), name="one_meeting_a_day"
            ),
        ]
        indexes = [models.Index(fields=["partnership", "state", "on"])]

    def __str__(self) -> str:
        return f"{self.series}, {self.on.day} {self.on:%B %Y}"

    @property
    def is_written(self) -> bool:
        """Whether its minutes are closed."""
        return self.state in ("closed", "approved")

    @property
    def may_reopen(self) -> bool:
        """Whether it was closed so recently that it can be opened again."""
        return (
            self.state == "closed" and self.closed_at is not None and clock.now() - self.closed_at <= REOPEN
        )


class Attendee(Scoped):
    """A seat at a meeting: invited, there, or with apologies."""

    STATES: ClassVar = [
        ("invited", "Invited"),
        ("there", "There"),
        ("apologies", "Sent apologies"),
        ("absent", "Not there"),
    ]

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendees")
    seat = models.ForeignKey("partnerships.Membership", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=STATES, default="invited")

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "seat"], name="at_a_meeting_once")]
        indexes = [models.Index(fields=["seat", "meeting"])]

    @property
    def words(self) -> str:
        """Who it is, as minutes say it."""
        return seat_words(self.seat)


class Item(Scoped):
    """One line of an agenda. ``mark`` tells it from the others of its meeting, and is the same for one signal."""

    ORIGINS: ClassVar = [
        ("signal", "From what is recorded"),
        ("standing", "On every agenda"),
        ("hand", "Added by hand"),
    ]

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    mark = models.CharField(max_length=40)
    place = models.PositiveIntegerField(default=0)
    heading = models.CharField(max_length=12, choices=list(HEADINGS.items()))
    words = models.CharField(max_length=500)
    address = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=40, blank=True)
    due = models.DateField(null=True, blank=True)
    is_late = models.BooleanField(default=False)
    origin = models.CharField(max_length=8, choices=ORIGINS, default="signal")
    is_dropped = models.BooleanField(default=False)
    why_dropped = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", null=True)
    added_at = models.DateTimeField(default=clock.now)
    notes = models.TextField(blank=True)
    #: Raised with every version of the notes, so that two who minute at once lose nothing.
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["place", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "mark"], name="item_once")]
        indexes = [models.Index(fields=["partnership", "kind", "key"])]

    @property
    def heading_words(self) -> str:
        """The heading in words."""
        return HEADINGS[self.heading]


class Note(AppendOnly):
    """What the notes of an item were, in one version."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="versions")
    revision = models.PositiveIntegerField()
    notes = models.TextField(blank=True)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-revision"]
        constraints = [models.UniqueConstraint(fields=["item", "revision"], name="note_version_once")]


class Decision(Scoped):
    """Something decided at a meeting, with its reason and who decided."""

    decision_id = models.CharField(max_length=40, default=new_decision_id)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="decisions", null=True)
    words = models.CharField(max_length=1000)
    reason = models.CharField(max_length=2000)
    #: The seats or bodies that decided, in words: a role, never a name of a person supported.
    decided_by = models.CharField(max_length=200)
    on = models.DateField()
    recorded_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", null=True)
    withdrawn_why = models.CharField(max_length=500, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "decision_id"], name="decision_id_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="decision_has_a_reason"),
        ]
        indexes = [models.Index(fields=["partnership", "-on"])]

    def __str__(self) -> str:
        return self.words


class Action(Scoped):
    """Something somebody will do: owned by a seat, or by whoever holds a role in an organisation."""

    STATES: ClassVar = [("open", "To do"), ("done", "Done"), ("not_done", "Will not be done")]

    action_id = models.CharField(max_length=40, default=new_action_id)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="actions")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="actions", null=True)
    what = models.CharField(max_length=500)
    owner = models.ForeignKey(
        "partnerships.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    owner_role = models.CharField(max_length=20, blank=True)
    owner_organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    due = models.DateField()
    first_due = models.DateField()
    state = models.CharField(max_length=8, choices=STATES, default="open")
    moved = models.PositiveSmallIntegerField("times moved", default=0)
    settled_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "action_id"], name="action_id_once"),
            models.CheckConstraint(
                condition=models.Q(owner__isnull=False) | ~models.Q(owner_role=""), name="action_has_an_owner"
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "state", "due"]),
            models.Index(fields=["owner", "state", "due"]),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_late(self) -> bool:
        """Whether its day has gone by."""
        return self.state == "open" and self.due < clock.today()

    @property
    def is_escalated(self) -> bool:
        """Whether it was moved so often that others should help or settle it."""
        return self.state == "open" and self.moved >= MOVED_TOO_OFTEN

    @property
    def owner_words(self) -> str:
        """Who it is with, in words."""
        if self.owner is not None:
            return seat_words(self.owner)
        from openoutcomes.web.core.permissions import ROLES  # noqa: PLC0415 - only needed for words

        role = ROLES[self.owner_role][0]
        return f"{role}, {self.owner_organisation}" if self.owner_organisation else role


class Step(AppendOnly):
    """What became of an action: made, moved, done, not done, taken up again."""

    KINDS: ClassVar = [
        ("made", "Agreed"),
        ("moved", "Moved"),
        ("passed", "Given to somebody else"),
        ("done", "Done"),
        ("not_done", "Will not be done"),
        ("reopened", "Taken up again"),
    ]

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8, choices=KINDS)
    why = models.CharField(max_length=1000, blank=True)
    due_before = models.DateField(null=True)
    due = models.DateField(null=True)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["pk"]


class Correction(AppendOnly):
    """What was found to be wrong in minutes after they were closed: beside them, never in them."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="corrections")
    words = models.CharField(max_length=2000)
    why = models.CharField(max_length=500)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["pk"]


class Practice(AppendOnly):
    """What a project says it does differently, in a quarter: the latest version counts."""

    programme = models.ForeignKey("partnerships.Programme", on_delete=models.PROTECT, related_name="+")
    quarter = models.DateField("first day of the quarter")
    words = models.TextField()
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-pk"]
        indexes = [models.Index(fields=["partnership", "quarter", "programme"])]
