"""The shared agenda: what all want, for whom, how they will see it, and who promised what.

The scheme: one ``Agenda`` a partnership holds the vision and the number of its latest version. ``Segment``s are the
groups of people it is for, one of them the focus. ``Measure``s are the few things looked at. Each ``Line`` of the shared-impact
framework joins up to three ``Commitment``s: what we do, what another does, and what a third does; a ``CommitmentStep``
is how one came to stand as it does. Every change of the agenda's words writes an ``AgendaVersion`` of the whole. A
``Triage`` is one answer to the questions on which way of paying fits; ``Evidence`` and ``Gap`` belong to factors.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import AppendOnly, Scoped, user_key
from openoutcomes.web.people.models import new_id


def new_segment_id() -> str:
    """Return a segment's opaque id."""
    return new_id("sg")


def new_measure_id() -> str:
    """Return a measure's opaque id."""
    return new_id("me")


def new_line_id() -> str:
    """Return the opaque id of a line of the framework."""
    return new_id("li")


def new_commitment_id() -> str:
    """Return a commitment's opaque id."""
    return new_id("co")


def new_triage_id() -> str:
    """Return the opaque id of one triage."""
    return new_id("tr")


def new_gap_id() -> str:
    """Return a gap's opaque id."""
    return new_id("ga")


def new_evidence_id() -> str:
    """Return the opaque id of a note of evidence."""
    return new_id("ev")


class Agenda(Scoped):
    """What the partnership wants, in plain words."""

    vision = models.TextField(blank=True)
    number = models.PositiveIntegerField("latest version", default=0)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["partnership"], name="agenda_once")]


class AgendaVersion(AppendOnly):
    """The whole agenda as it stood after a change, with who changed it and why."""

    number = models.PositiveIntegerField()
    content = models.JSONField()
    what = models.CharField(max_length=40)
    why = models.TextField()
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-number"]
        constraints = [models.UniqueConstraint(fields=["partnership", "number"], name="agenda_version_once")]


class Segment(Scoped):
    """People whom the agenda is for; one segment is the focus at a time."""

    segment_id = models.CharField(max_length=40, default=new_segment_id)
    name = models.CharField(max_length=160)
    about = models.TextField(blank=True)
    is_focus = models.BooleanField(default=False)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-is_focus", "name"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "segment_id"], name="agenda_segment_id_once"),
            models.UniqueConstraint(
                fields=["partnership"], condition=models.Q(is_focus=True), name="one_focus_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Measure(Scoped):
    """One of the few things that the partnership looks at."""

    DIRECTIONS: ClassVar = [
        ("more", "More is better"),
        ("less", "Less is better"),
        ("same", "It should stay as it is"),
    ]

    measure_id = models.CharField(max_length=40, default=new_measure_id)
    question = models.CharField(max_length=200)
    why_it_matters = models.TextField()
    took_part = models.PositiveIntegerField("people supported who chose it", null=True, blank=True)
    chosen_how = models.TextField(blank=True)
    direction = models.CharField(max_length=4, choices=DIRECTIONS)
    #: ``outcome:home``, ``contract:front-door/home-entry``, ``instrument:swemwbs`` or nothing.
    link = models.CharField(max_length=160, blank=True)
    #: Where a figure comes from that the platform does not hold, in words.
    figure_from = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField(default=clock.now)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "measure_id"], name="agenda_measure_id_once")
        ]

    def __str__(self) -> str:
        return self.question


class Line(Scoped):
    """One line of the shared-impact framework."""

    line_id = models.CharField(max_length=40, default=new_line_id)
    #: How we would see that it moves, what could go wrong, and what comes of it.
    signs = models.TextField("signs of progress", blank=True)
    risks = models.TextField(blank=True)
    outcomes = models.TextField(blank=True)
    added_at = models.DateTimeField(default=clock.now)
    dropped_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["added_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "line_id"], name="agenda_line_id_once")]


class Commitment(Scoped):
    """What one organisation is asked to do, and how it stands."""

    PARTS: ClassVar = [("we", "We will"), ("if", "if"), ("and", "and")]
    STATES: ClassVar = [
        ("proposed", "Proposed"), ("promised", "Promised"), ("declined", "Not promised"), ("late", "Late"),
        ("kept", "Kept"), ("broken", "Broken"),
    ]  # fmt: skip

    commitment_id = models.CharField(max_length=40, default=new_commitment_id)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="commitments")
    part = models.CharField(max_length=4, choices=PARTS)
    words = models.TextField()
    #: Whose it is; nothing means the partnership together, for which its coordinator answers.
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    role = models.CharField("role that looks after it", max_length=120, blank=True)
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=STATES, default="proposed")
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["line", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "commitment_id"], name="agenda_commitment_id_once"
            ),
            models.UniqueConstraint(
                fields=["line", "part"], condition=models.Q(dropped_at=None), name="commitment_part_once"
            ),
        ]
        indexes = [models.Index(fields=["partnership", "state", "due_on"])]

    def __str__(self) -> str:
        return self.words

    @property
    def is_overdue(self) -> bool:
        """Whether its day has gone by and it was promised and not kept."""
        return self.state in ("promised", "late") and self.due_on is not None and self.due_on < clock.today()


class CommitmentStep(AppendOnly):
    """How a commitment came to stand as it does: proposed, promised, kept, late or broken, by whom and why."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=8, choices=Commitment.STATES)
    why = models.TextField(blank=True)
    due_on = models.DateField(null=True, blank=True)
    by = user_key()
    #: For whom they spoke; nothing where it was the coordinator.
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-at", "-pk"]


class Triage(AppendOnly):
    """One answer to the questions on which way of paying fits a problem."""

    triage_id = models.CharField(max_length=40, default=new_triage_id)
    problem = models.CharField(max_length=200)
    answers = models.JSONField()
    rules = models.PositiveIntegerField("version of the rules")
    #: What the rules said then, in words, so that it can be read when they have changed.
    said = models.JSONField()
    again_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="again", null=True, blank=True
    )
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "triage_id"], name="agenda_triage_id_once")
        ]

    def __str__(self) -> str:
        return self.problem


class TriageDecision(AppendOnly):
    """What people decided after a triage, with their reason: the rules decide nothing."""

    WAYS: ClassVar = [
        ("outcomes", "An outcomes contract"), ("capacity", "Capacity building"), ("coordination", "Co-ordination"),
        ("grant", "A grant"), ("service", "A contract for a service"), ("other", "Something else"), ("nothing", "Nothing for now"),
    ]  # fmt: skip

    triage = models.ForeignKey(Triage, on_delete=models.PROTECT, related_name="decisions")
    way = models.CharField(max_length=12, choices=WAYS)
    why = models.TextField()
    decided_by = models.CharField("who decided", max_length=160)
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-at", "-pk"]


class Evidence(Scoped):
    """A note of evidence on a factor: what was seen, what somebody said, or a document."""

    KINDS: ClassVar = [
        ("seen", "Something was seen"),
        ("said", "Somebody said it"),
        ("document", "A document says it"),
    ]
    WHO: ClassVar = [
        ("people", "People supported"), ("front_line", "Those who do the work"), ("managers", "Managers"),
        ("payers", "Those who pay"), ("others", "Others"),
    ]  # fmt: skip

    evidence_id = models.CharField(max_length=40, default=new_evidence_id)
    factor = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=KINDS)
    who = models.CharField(max_length=12, choices=WHO, blank=True)
    document = models.CharField(max_length=300, blank=True)
    words = models.TextField()
    on = models.DateField("day it is of")
    by = user_key()
    at = models.DateTimeField(default=clock.now)
    struck_by = user_key(null=True, blank=True)
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_why = models.TextField(blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "evidence_id"], name="agenda_evidence_id_once")
        ]
        indexes = [models.Index(fields=["partnership", "factor", "-on"])]


class Gap(Scoped):
    """What is not known about a factor, and who finds out by when."""

    gap_id = models.CharField(max_length=40, default=new_gap_id)
    factor = models.CharField(max_length=40)
    words = models.TextField("what is missing")
    finder = models.CharField("role that finds out", max_length=120)
    due_on = models.DateField()
    by = user_key()
    at = models.DateTimeField(default=clock.now)
    found_at = models.DateTimeField(null=True, blank=True)
    found_by = user_key(null=True, blank=True)
    found = models.TextField("what was found out", blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "gap_id"], name="agenda_gap_id_once")]
        indexes = [models.Index(fields=["partnership", "found_at", "due_on"])]
