"""Tests of change: a doubt, the smallest test of an idea, what was seen, and what was decided.

The scheme: a ``Trial`` holds the prediction, which is not changed once it runs. A ``Search`` keeps what its people
looked at before they started. An ``Observation`` is what was seen on a day; a ``Decision`` is what followed and what
was learned. Adapting makes the next ``Trial``, one cycle further. A ``SharedTrial`` is the wording that was checked
for other partnerships, the one row that others may read.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from openoutcomes.web.cases.words import index
from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import AppendOnly, Scoped, user_key
from openoutcomes.web.people.models import new_id


def new_trial_id() -> str:
    """Return a trial's opaque id."""
    return new_id("tc")


def new_share_id() -> str:
    """Return the opaque id of a shared trial."""
    return new_id("st")


#: What is said before the test, and stays as it was said.
PREDICTION = (
    "hypothesis", "for_whom", "smallest", "measure", "unit", "better", "before", "expected", "expect_by", "how_known",
    "doubt", "doubt_on", "worse_off", "worse_who", "worse_then",
)  # fmt: skip
#: What may still be put right while it runs.
LOOSE = ("title", "runner", "budget", "hours")
FIELDS = ("title", *PREDICTION, "runner", "budget", "hours")
#: Kinds of things that a test can serve; one that is tied to none of them serves no aim.
AIMS = ("commitment", "theme", "story", "barrier")


class Trial(Scoped):
    """A small test of an idea, in one cycle."""

    STATES: ClassVar = [
        ("planned", "Planned"),
        ("running", "Running"),
        ("adopt", "Adopted"),
        ("adapt", "Adapted"),
        ("stop", "Stopped"),
        ("dropped", "Never started"),
    ]
    UNITS: ClassVar = [
        ("people", "people"),
        ("percent", "per cent of people"),
        ("days", "days"),
        ("hours", "hours"),
        ("pounds", "pounds"),
        ("other", "another number"),
    ]
    BETTER: ClassVar = [("more", "So much or more"), ("less", "So much or less")]
    WORSE: ClassVar = [("no", "No, and we asked ourselves"), ("maybe", "Yes, somebody could")]
    DECIDED: ClassVar = ("adopt", "adapt", "stop")

    trial_id = models.CharField(max_length=40, default=new_trial_id)
    title = models.CharField(max_length=160)
    hypothesis = models.TextField()
    for_whom = models.CharField(max_length=200)
    smallest = models.TextField("the smallest test")
    measure = models.CharField("what is looked at", max_length=200)
    unit = models.CharField(max_length=8, choices=UNITS)
    better = models.CharField(max_length=4, choices=BETTER, default="more")
    before = models.DecimalField("how it is now", max_digits=12, decimal_places=2, null=True, blank=True)
    expected = models.DecimalField(max_digits=12, decimal_places=2)
    expect_by = models.DateField()
    how_known = models.TextField("where the figure comes from")
    budget = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    hours = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    runner = models.CharField("role that runs it", max_length=160)
    doubt = models.TextField("what was doubted", blank=True)
    doubt_on = models.DateField()
    worse_off = models.CharField(max_length=8, choices=WORSE)
    worse_who = models.TextField(blank=True)
    worse_then = models.TextField("what then", blank=True)
    state = models.CharField(max_length=8, choices=STATES, default="planned")
    started_on = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    cycle = models.PositiveIntegerField(default=1)
    cycle_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="next_cycles", null=True, blank=True
    )
    #: The words that a search looks at.
    all_words = models.TextField(blank=True)
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    added_by = user_key()
    added_at = models.DateTimeField(default=clock.now)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "trial_id"], name="trial_id_once"),
            models.UniqueConstraint(
                fields=["cycle_of"], condition=~models.Q(state="dropped"), name="next_cycle_once"
            ),
        ]
        indexes = [models.Index(fields=["partnership", "state", "expect_by"])]

    def __str__(self) -> str:
        return self.title

    @property
    def is_overdue(self) -> bool:
        """Whether a decision should have been made by now."""
        return self.state == "running" and self.expect_by < clock.today()

    @property
    def days_to_decision(self) -> int | None:
        """Return the days from doubt to decision; None while there is no decision."""
        return (self.decided_on - self.doubt_on).days if self.decided_on else None

    def index(self) -> None:
        """Keep the words that a search looks at in step with what is written."""
        texts = (self.title, self.hypothesis, self.for_whom, self.smallest, self.measure, self.doubt)
        self.all_words = index(texts)


class Search(AppendOnly):
    """What was found of earlier attempts before a test began, and what its people made of it."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="searches")
    words = models.CharField(max_length=400)
    #: As it was shown then: ``kind``, ``key``, ``title``, ``result``, ``whose`` and ``learned`` of each.
    found = models.JSONField(default=list)
    took = models.TextField("what we take from it")
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-at", "-pk"]


class Observation(AppendOnly):
    """What was seen on a day; one that corrects another takes its place."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="observations")
    on = models.DateField()
    value = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    #: Of how many people or cases.
    n = models.PositiveIntegerField(null=True, blank=True)
    words = models.TextField(blank=True)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="corrected_by", null=True, blank=True
    )
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-on", "-pk"]


class Decision(AppendOnly):
    """What was decided about a test, by whom, why, and what was learned."""

    KINDS: ClassVar = [
        ("adopt", "Adopt it: this is how we do it now"),
        ("adapt", "Adapt it, and test again"),
        ("stop", "Stop it"),
    ]

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=8, choices=KINDS)
    why = models.TextField()
    learned = models.TextField()
    role = models.CharField("role that decided", max_length=160)
    on = models.DateField()
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-at", "-pk"]


class TrialStep(AppendOnly):
    """One thing that happened to a test, besides what was seen and decided."""

    KINDS: ClassVar = [
        ("planned", "Planned"),
        ("changed", "Changed"),
        ("looked", "Looked at what was tried before"),
        ("started", "Started"),
        ("undone", "Decision taken back"),
        ("dropped", "Will not be started"),
        ("again", "Planned again"),
        ("shared", "Shared with other partnerships"),
        ("unshared", "No longer shared"),
    ]

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8, choices=KINDS)
    words = models.TextField(blank=True)
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-at", "-pk"]


class SharedTrial(Scoped):
    """A test as it was checked for the other partnerships of this installation."""

    share_id = models.CharField(max_length=40, default=new_share_id, unique=True)
    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="shares")
    #: The words that were checked; see ``commands.public_words``.
    values = models.JSONField()
    result = models.CharField(max_length=8)
    all_words = models.TextField(blank=True)
    shared_by = user_key()
    shared_at = models.DateTimeField(default=clock.now)
    withdrawn_by = user_key(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-shared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["trial"], condition=models.Q(withdrawn_at=None), name="trial_shared_once"
            )
        ]
        indexes = [models.Index(fields=["withdrawn_at", "-shared_at"])]
