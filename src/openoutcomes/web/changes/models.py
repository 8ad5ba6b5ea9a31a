"""Changes to delivery and the capacity of teams: what lets a contract be flexible and still be audited.

The scheme: a ``Change`` is how a change stands now; each ``Entry`` is one thing that was written about it, never
changed, with how it read. A ``BudgetLine`` holds money of a programme, and a ``Move`` takes some from one line to
another, so that the total stays. An ``Agreement`` is what an organisation that has to agree said. A ``FollowUp`` is
what happened next. A ``Post`` is a place in a team, a ``Holding`` that somebody fills it, a ``Supervision`` a day on
which they were supervised; a ``CapacityMonth`` is how a team stood at the end of a month. Changes that were made and
months that were kept are also rows of the standard's tables ``changes`` and ``capacity``.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import AppendOnly, Scoped, user_key
from openoutcomes.web.people.models import new_id


def new_change_id() -> str:
    """Return a change's opaque id."""
    return new_id("ch")


def new_line_id() -> str:
    """Return the opaque id of a budget line."""
    return new_id("bl")


def new_agreement_id() -> str:
    """Return the opaque id of an agreement."""
    return new_id("ag")


def new_post_id() -> str:
    """Return a post's opaque id."""
    return new_id("po")


def _link(to: str, *, required: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        to, on_delete=models.PROTECT, related_name="+", null=not required, blank=not required
    )


class BudgetLine(Scoped):
    """Money of a programme for one purpose. What it holds now is what it began with and what moved since."""

    line_id = models.CharField(max_length=40, default=new_line_id)
    programme = _link("partnerships.Programme", required=True)
    name = models.CharField(max_length=120)
    opening = models.DecimalField("amount to begin with", max_digits=15, decimal_places=2)
    opened_on = models.DateField(default=clock.today)
    added_by = user_key()

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["programme", "name"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "line_id"], name="budget_line_id_once"),
            models.UniqueConstraint(fields=["programme", "name"], name="budget_line_name_once"),
            models.CheckConstraint(condition=models.Q(opening__gte=0), name="budget_line_not_below_nothing"),
        ]

    def __str__(self) -> str:
        return self.name


#: What is written about a change, and may be corrected.
FIELDS = (
    "title", "what", "why", "organisation", "programme", "contract", "role", "decided_on", "effective_from", "expected",
    "follow_on", "total_why",
)  # fmt: skip


class Change(Scoped):
    """A change to how something is delivered, as it stands now."""

    STATES: ClassVar = [
        ("proposed", "Waits for agreement"),
        ("objected", "Objected to"),
        ("made", "Made"),
        ("followed", "Looked at since"),
        ("withdrawn", "Withdrawn"),
    ]
    #: States in which the change holds and its money has moved.
    HOLDS: ClassVar = ("made", "followed")

    change_id = models.CharField(max_length=40, default=new_change_id)
    title = models.CharField(max_length=160)
    what = models.TextField(blank=True)
    why = models.TextField()
    organisation = _link("partnerships.Organisation")
    programme = _link("partnerships.Programme")
    contract = _link("contracts.Contract")
    role = models.CharField("role that decided", max_length=160)
    decided_on = models.DateField()
    effective_from = models.DateField()
    expected = models.TextField("what is expected")
    follow_on = models.DateField("day to look at what happened")
    #: What the total of the lines changes by, and why; nothing where money only moves between them.
    total_change = models.DecimalField(max_digits=15, decimal_places=2, default=0)
    total_why = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=STATES, default="made")
    #: The number of the latest entry that gave its words; moves and agreements belong to one.
    number = models.PositiveIntegerField(default=1)
    #: Id of its row in the standard's table, once it was made.
    record_id = models.CharField(max_length=128, blank=True)
    recorded_by = user_key()
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-decided_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "change_id"], name="change_id_once")]
        indexes = [
            models.Index(fields=["partnership", "-decided_on"]),
            models.Index(fields=["contract", "-decided_on"]),
            models.Index(fields=["partnership", "state", "follow_on"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_overdue(self) -> bool:
        """Whether somebody should have looked by now at what happened."""
        return self.state == "made" and self.follow_on < clock.today()

    def values(self) -> dict[str, str]:
        """Return what is written, in words, as entries keep it."""
        found = {}
        for name in FIELDS:
            value = getattr(self, name)
            found[name] = (
                ""
                if value is None
                else (value.isoformat() if name.endswith(("_on", "_from")) else str(value))
            )
        return found


class Entry(AppendOnly):
    """One thing that was written about a change."""

    KINDS: ClassVar = [
        ("recorded", "Written down"),
        ("corrected", "Corrected"),
        ("agreed", "Agreed"),
        ("objected", "Objected to"),
        ("followed", "What happened next"),
        ("withdrawn", "Withdrawn"),
    ]

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=KINDS)
    #: How the change read after it, with its moves.
    values = models.JSONField(default=dict)
    words = models.TextField(blank=True)
    on = models.DateField()
    #: For whom they spoke, where it was an organisation.
    organisation = _link("partnerships.Organisation")
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-at", "-pk"]


class Move(AppendOnly):
    """Money that a change moves: from nowhere where it is new, to nowhere where it is given back."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="moves")
    number = models.PositiveIntegerField()
    source = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="moves_out", null=True)
    target = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="moves_in", null=True)
    amount = models.DecimalField(max_digits=15, decimal_places=2)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="move_is_more_than_nothing"),
            models.CheckConstraint(
                condition=models.Q(source__isnull=False) | models.Q(target__isnull=False),
                name="move_has_a_line",
            ),
        ]


class Agreement(Scoped):
    """What an organisation that the contract asks said of a change as it read then."""

    ANSWERS: ClassVar = [("agree", "We agree"), ("object", "We object")]

    agreement_id = models.CharField(max_length=40, default=new_agreement_id)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="agreements")
    organisation = _link("partnerships.Organisation", required=True)
    number = models.PositiveIntegerField()
    asked_on = models.DateField(default=clock.today)
    answer = models.CharField(max_length=8, choices=ANSWERS, blank=True)
    why = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = user_key(null=True, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["change", "organisation", "number"], name="agreement_once"),
            models.UniqueConstraint(fields=["partnership", "agreement_id"], name="agreement_id_once"),
        ]
        indexes = [models.Index(fields=["organisation", "answer"])]


class FollowUp(AppendOnly):
    """What happened after a change, looked at on a day."""

    RESULTS: ClassVar = [
        ("yes", "As we expected"),
        ("partly", "In part"),
        ("no", "Not as we expected"),
        ("early", "Too early to say"),
    ]

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="follow_ups")
    on = models.DateField()
    result = models.CharField(max_length=8, choices=RESULTS)
    words = models.TextField()
    next_on = models.DateField("day to look again", null=True, blank=True)
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-on", "-pk"]


# Capacity


class Post(Scoped):
    """A place in a team, filled or vacant."""

    KINDS: ClassVar = [
        ("front_line", "Works with people"),
        ("lead", "Leads or supervises"),
        ("support", "Administration and data"),
        ("other", "Something else"),
    ]

    post_id = models.CharField(max_length=40, default=new_post_id)
    programme = _link("partnerships.Programme", required=True)
    organisation = _link("partnerships.Organisation", required=True)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=KINDS, default="front_line")
    fte = models.DecimalField("full-time equivalent", max_digits=4, decimal_places=2)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    #: How many people one full-time post should work with at once.
    guide = models.PositiveIntegerField(null=True, blank=True)
    supervise_weeks = models.PositiveIntegerField("weeks between supervisions", null=True, blank=True)
    yearly_cost = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    line = models.ForeignKey(
        BudgetLine, on_delete=models.PROTECT, related_name="posts", null=True, blank=True
    )
    added_by = user_key()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["programme", "title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "post_id"], name="post_id_once"),
            models.CheckConstraint(condition=models.Q(fte__gt=0), name="post_is_more_than_nothing"),
        ]
        indexes = [models.Index(fields=["organisation", "ends_on"])]

    def __str__(self) -> str:
        return self.title


class Holding(Scoped):
    """That somebody fills a post, between two days. Without one that is open, the post is vacant."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    #: Whose caseload is counted; nothing where they have no account here.
    user = user_key(null=True, blank=True)
    since = models.DateField()
    until = models.DateField("last day", null=True, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["post"], condition=models.Q(until=None), name="post_filled_once")
        ]


class Supervision(AppendOnly):
    """A day on which whoever fills a post was supervised: the day alone, nothing of what was said."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="supervisions")
    on = models.DateField()
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["post", "on"], name="supervision_once_a_day")]


class CapacityMonth(Scoped):
    """How a programme's team stood at the end of a month, as it was kept."""

    programme = _link("partnerships.Programme", required=True)
    organisation = _link("partnerships.Organisation", required=True)
    month = models.DateField("first day")
    posts = models.DecimalField(max_digits=8, decimal_places=2)
    vacancies = models.DecimalField(max_digits=8, decimal_places=2)
    people = models.PositiveIntegerField()
    supervisions = models.PositiveIntegerField()
    record_id = models.CharField(max_length=128)
    kept_by = user_key()
    kept_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-month", "programme"]
        constraints = [models.UniqueConstraint(fields=["programme", "month"], name="capacity_month_once")]
        indexes = [models.Index(fields=["partnership", "-month"])]
