"""Cases: what was tried, what came of it and what was learned; and plans to copy one.

The scheme: a ``Case`` belongs to one partnership; each time it is written a ``CaseVersion`` keeps how it
stood. A ``Publication`` is the case as it was checked for other partnerships of this installation: a copy,
so that nothing written afterwards goes out unchecked. It is the one row here that others may read. A
``CopyPlan`` says that somebody means to do the same here, and each ``Condition`` of it is something that would
have to be true for that.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.web.cases import words
from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import AppendOnly, Scoped
from openoutcomes.web.people.models import new_id


def new_case_id() -> str:
    """Return a case's opaque id."""
    return new_id("ca")


def new_publication_id() -> str:
    """Return a publication's opaque id."""
    return new_id("cp")


def new_plan_id() -> str:
    """Return a copy plan's opaque id."""
    return new_id("cy")


#: What is written about a case, in the order that pages show it; also what goes into files.
FIELDS = (
    "title", "result", "who_for", "problem", "area", "place_kind", "size", "paying", "period", "context", "story",
    "partners", "impact", "strength", "how_known", "made_it_work", "learned", "conditions", "cost", "cost_words",
    "contacts",
)  # fmt: skip


class Case(Scoped):
    """Something that was tried, here or elsewhere."""

    case_id = models.CharField(max_length=40, default=new_case_id)
    title = models.CharField(max_length=160)
    result = models.CharField(max_length=12, choices=list(words.RESULTS.items()))
    who_for = models.CharField(max_length=160, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    area = models.CharField(max_length=12, choices=list(words.AREAS.items()), blank=True)
    place_kind = models.CharField(max_length=12, choices=list(words.PLACES.items()), blank=True)
    size = models.CharField(max_length=12, choices=list(words.SIZES.items()), blank=True)
    paying = models.CharField(max_length=12, choices=list(words.PAYING.items()), blank=True)
    period = models.CharField(max_length=80, blank=True)
    context = models.TextField(blank=True)
    story = models.TextField(blank=True)
    partners = models.TextField(blank=True)
    impact = models.TextField(blank=True)
    strength = models.CharField(max_length=12, choices=list(words.STRENGTHS.items()), default="unchecked")
    how_known = models.TextField(blank=True)
    made_it_work = models.TextField(blank=True)
    learned = models.TextField(blank=True)
    #: One to a line: what would have to be true elsewhere.
    conditions = models.TextField(blank=True)
    cost = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    cost_words = models.CharField(max_length=300, blank=True)
    #: One to a line: a role and an organisation, never a name.
    contacts = models.TextField(blank=True)
    #: The words that a search looks at; see words.index_of.
    title_words = models.TextField(blank=True)
    all_words = models.TextField(blank=True)
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    #: Where it came from in a file, with its id there, so that it is taken in once.
    origin = models.CharField(max_length=160, blank=True)
    origin_id = models.CharField(max_length=60, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    revision = models.PositiveIntegerField(default=1)
    #: It is kept, and left out of lists and searches.
    put_away_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-changed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "case_id"], name="case_id_once"),
            models.UniqueConstraint(
                fields=["partnership", "origin_id"],
                condition=~models.Q(origin_id=""),
                name="case_taken_in_once",
            ),
        ]
        indexes = [models.Index(fields=["partnership", "put_away_at", "-changed_at"])]

    def __str__(self) -> str:
        return self.title

    def values(self) -> dict[str, Any]:
        """Return what is written, as it goes into versions, publications and files."""
        found = {name: getattr(self, name) for name in FIELDS}
        return {**found, "cost": None if self.cost is None else str(self.cost)}


class CaseVersion(AppendOnly):
    """How a case stood after it was written."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    values = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="case_version_once")]


class Publication(Scoped):
    """A case as it was checked for the other partnerships of this installation."""

    publication_id = models.CharField(max_length=40, default=new_publication_id, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="publications")
    number = models.PositiveIntegerField("version of the case")
    values = models.JSONField()
    title = models.CharField(max_length=160)
    result = models.CharField(max_length=12)
    area = models.CharField(max_length=12, blank=True)
    place_kind = models.CharField(max_length=12, blank=True)
    size = models.CharField(max_length=12, blank=True)
    paying = models.CharField(max_length=12, blank=True)
    title_words = models.TextField(blank=True)
    all_words = models.TextField(blank=True)
    #: What the check found and somebody looked at: kinds and fields, not the words.
    looked_at = models.JSONField(default=list)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(default=clock.now)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(withdrawn_at=None), name="case_published_once"
            )
        ]
        indexes = [models.Index(fields=["withdrawn_at", "-published_at"])]

    def __str__(self) -> str:
        return self.title


class CopyPlan(Scoped):
    """That somebody means to do here what a case did; first it is asked what would have to be true."""

    STATES: ClassVar = [
        ("asking", "Finding out what is true here"),
        ("going", "Going ahead"),
        ("not_here", "Not here, or not now"),
    ]

    plan_id = models.CharField(max_length=40, default=new_plan_id)
    #: The case here; nothing where it is another partnership's.
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans", null=True, blank=True)
    #: The id of another partnership's publication, with its name then: the row itself is not ours.
    publication_id = models.CharField(max_length=40, blank=True)
    source = models.CharField("whose case it is", max_length=160, blank=True)
    title = models.CharField(max_length=160)
    why = models.TextField("why it might help here")
    different = models.TextField("what would be done differently here", blank=True)
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    state = models.CharField(max_length=8, choices=STATES, default="asking")
    decided_why = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-begun_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "plan_id"], name="copy_plan_id_once")]

    def __str__(self) -> str:
        return self.title


class Condition(Scoped):
    """Something that would have to be true here, what is known of it, and who finds out."""

    STATES: ClassVar = [("unknown", "Not known yet"), ("true", "True here"), ("not_true", "Not true here")]

    plan = models.ForeignKey(CopyPlan, on_delete=models.PROTECT, related_name="conditions")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=STATES, default="unknown")
    #: What was found out, or what would make it true.
    found = models.TextField(blank=True)
    finder = models.CharField("role that finds out", max_length=120, blank=True)
    due_on = models.DateField(null=True, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="condition_number_once")]
        indexes = [models.Index(fields=["partnership", "state", "due_on"])]
