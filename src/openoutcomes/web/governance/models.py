"""Panels with seats for people who use services, interests, support, uses of data, and complaints.

The scheme: a ``Panel`` has ``PanelSeat``s; somebody may hold one by their account, a person supported too, and no page
says who that is. A ``Matter`` is something a panel decides; an ``Interest`` is declared by whoever has it, in general or
in a matter, and ``handled`` says whether they stepped out. ``Support`` is what was offered to somebody who takes part.
A ``DataUse`` is a line of the public register; a ``DataUseStep`` is how it came to stand. A ``Complaint`` keeps what was said
encrypted, and a ``ComplaintStep`` is what was done about it. ``ComplaintRules`` are a partnership's own days.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.crypto import EncryptedText
from openoutcomes.web.core.scope import AppendOnly, Scoped, user_key
from openoutcomes.web.people.models import new_id


def new_panel_id() -> str:
    """Return a panel's opaque id."""
    return new_id("pa")


def new_seat_id() -> str:
    """Return the opaque id of a seat on a panel."""
    return new_id("st")


def new_matter_id() -> str:
    """Return a matter's opaque id."""
    return new_id("ma")


def new_interest_id() -> str:
    """Return an interest's opaque id."""
    return new_id("in")


def new_support_id() -> str:
    """Return the opaque id of an offer of support."""
    return new_id("su")


def new_use_id() -> str:
    """Return the opaque id of a use of data."""
    return new_id("us")


def new_complaint_id() -> str:
    """Return a complaint's opaque id, which is its reference too."""
    return new_id("cm")


def _organisation() -> models.ForeignKey:
    return models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )


class Panel(Scoped):
    """A board or panel: what it is for, how it works, and how many of its seats are kept for people who use services."""

    panel_id = models.CharField(max_length=40, default=new_panel_id)
    name = models.CharField(max_length=160)
    purpose = models.TextField()
    terms = models.TextField("how it works", blank=True)
    meets = models.CharField("when it meets, in words", max_length=160, blank=True)
    decides_on_data = models.BooleanField("decides on uses of the data", default=False)
    hears_complaints = models.BooleanField("looks at complaints again", default=False)
    is_open = models.BooleanField(default=True)
    added_at = models.DateTimeField(default=clock.now)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["name"]
        constraints = [models.UniqueConstraint(fields=["partnership", "panel_id"], name="panel_id_once")]

    def __str__(self) -> str:
        return self.name


class PanelSeat(Scoped):
    """A seat on a panel: a role, and perhaps the account of whoever holds it."""

    seat_id = models.CharField(max_length=40, default=new_seat_id)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=160)
    organisation = _organisation()
    #: Kept for somebody who uses services or has used them; only an account of such a person can take it.
    for_people = models.BooleanField(default=False)
    user = user_key(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-for_people", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "seat_id"], name="panel_seat_id_once"),
            models.UniqueConstraint(
                fields=["panel", "user"],
                condition=models.Q(ended_on=None) & models.Q(user__isnull=False),
                name="one_seat_on_a_panel",
            ),
        ]
        indexes = [models.Index(fields=["user", "ended_on"])]

    def __str__(self) -> str:
        return self.role


class Matter(Scoped):
    """Something that a panel decides, at a meeting."""

    matter_id = models.CharField(max_length=40, default=new_matter_id)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="matters")
    title = models.CharField(max_length=200)
    held_on = models.DateField("day of the meeting")
    decided = models.TextField("what was decided", blank=True)
    why = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    written_by = user_key(null=True, blank=True)
    added_by = user_key()
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-held_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "matter_id"], name="matter_id_once")]

    def __str__(self) -> str:
        return self.title


class Interest(Scoped):
    """An interest that somebody declared for themselves."""

    KINDS: ClassVar = [
        ("money", "Money: pay, a contract, a grant"), ("work", "A job or a seat elsewhere"),
        ("close", "Family, a friend or a neighbour"), ("own", "My own case or support"), ("other", "Something else"),
    ]  # fmt: skip
    HANDLED: ClassVar = [("", "Not looked at yet"), ("out", "Steps out"), ("stays", "May stay")]

    interest_id = models.CharField(max_length=40, default=new_interest_id)
    user = user_key()
    #: Whoever declared it is a person supported: pages never say who.
    by_person = models.BooleanField(default=False)
    kind = models.CharField(max_length=8, choices=KINDS)
    #: Encrypted, since a person supported may write about their own life.
    words = EncryptedText()
    panel = models.ForeignKey(
        Panel, on_delete=models.PROTECT, related_name="interests", null=True, blank=True
    )
    matter = models.ForeignKey(
        Matter, on_delete=models.PROTECT, related_name="interests", null=True, blank=True
    )
    declared_at = models.DateTimeField(default=clock.now)
    handled = models.CharField(max_length=8, choices=HANDLED, blank=True)
    handled_why = models.TextField(blank=True)
    handled_by = user_key(null=True, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-declared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "interest_id"], name="interest_id_once")
        ]


class Support(Scoped):
    """What was offered to somebody who takes part, what they took, and what was paid. Theirs and the coordinator's alone."""

    KINDS: ClassVar = [
        ("time", "Thanks for their time"), ("travel", "Travel"), ("care", "Care for a child or somebody else"),
        ("help", "Somebody to help them take part"), ("learning", "Training"), ("other", "Something else"),
    ]  # fmt: skip
    STATES: ClassVar = [
        ("offered", "Offered"),
        ("taken", "Taken up"),
        ("not_taken", "Not wanted"),
        ("given", "Given"),
    ]

    support_id = models.CharField(max_length=40, default=new_support_id)
    seat = models.ForeignKey(PanelSeat, on_delete=models.PROTECT, related_name="support")
    user = user_key()
    kind = models.CharField(max_length=8, choices=KINDS)
    words = models.CharField(max_length=300, blank=True)
    amount = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    state = models.CharField(max_length=10, choices=STATES, default="offered")
    offered_by = user_key()
    offered_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField("paid or given on", null=True, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-offered_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "support_id"], name="support_id_once")]
        indexes = [models.Index(fields=["user", "state"])]


class DataUse(Scoped):
    """A use of the partnership's data, in a register that everybody reads."""

    #: Article 6 of the UK General Data Protection Regulation (general knowledge).
    BASES: ClassVar = [
        ("consent", "People agreed (consent)"), ("contract", "A contract with the person"),
        ("law", "A duty in law"), ("vital", "To save a life"), ("public_task", "A public task"),
        ("interests", "Legitimate interests, weighed"), ("anonymous", "None needed: nobody can be told from it"),
    ]  # fmt: skip
    STATES: ClassVar = [
        ("asked", "Waits for a decision"), ("allowed", "Allowed"), ("refused", "Refused"), ("ended", "Ended"),
    ]  # fmt: skip

    use_id = models.CharField(max_length=40, default=new_use_id)
    title = models.CharField(max_length=200)
    purpose = models.TextField()
    data = models.TextField("which data")
    basis = models.CharField("lawful basis", max_length=12, choices=BASES)
    basis_why = models.TextField("why that basis", blank=True)
    asked_by = models.CharField("who asked", max_length=200)
    organisation = _organisation()
    asked_on = models.DateField()
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="uses", null=True, blank=True)
    state = models.CharField(max_length=8, choices=STATES, default="asked")
    conditions = models.TextField(blank=True)
    decided_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-asked_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "use_id"], name="data_use_id_once")]
        indexes = [models.Index(fields=["partnership", "state", "review_on"])]

    def __str__(self) -> str:
        return self.title

    @property
    def is_due(self) -> bool:
        """Whether it should have been looked at again by now."""
        return self.state == "allowed" and self.review_on is not None and self.review_on < clock.today()


class DataUseStep(AppendOnly):
    """What happened to a use of data: asked, decided, looked at again, ended; with why."""

    STEPS: ClassVar = [*DataUse.STATES, ("reviewed", "Looked at again, and goes on")]

    use = models.ForeignKey(DataUse, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=8, choices=STEPS)
    why = models.TextField(blank=True)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    on = models.DateField()
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-at", "-pk"]


class ComplaintRules(Scoped):
    """How many working days a partnership gives itself, and where people can go beyond it."""

    acknowledge_days = models.PositiveSmallIntegerField(default=5)
    answer_days = models.PositiveSmallIntegerField(default=10)
    panel_days = models.PositiveSmallIntegerField(default=20)
    outside_body = models.CharField(max_length=200, blank=True)
    outside_how = models.TextField("how to reach it", blank=True)

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["partnership"], name="complaint_rules_once")]


class Complaint(Scoped):
    """A complaint. What was said in it, and who made it, is encrypted and for its handlers alone."""

    VIA: ClassVar = [
        ("web", "On this page"), ("phone", "By telephone"), ("paper", "On paper"), ("in_person", "In person"),
        ("email", "By e-mail"),
    ]  # fmt: skip
    STAGES: ClassVar = [
        ("local", "With the organisation"), ("panel", "With the partnership's panel"), ("outside", "With an outside body"),
    ]  # fmt: skip
    STATES: ClassVar = [
        ("received", "Received"), ("acknowledged", "Acknowledged"), ("proposed", "An answer is being checked"),
        ("answered", "Answered"), ("closed", "Closed"), ("withdrawn", "Taken back"),
    ]  # fmt: skip
    OUTCOMES: ClassVar = [("upheld", "Upheld"), ("partly", "Upheld in part"), ("not", "Not upheld")]
    REDRESS: ClassVar = [
        ("apology", "An apology"), ("put_right", "Putting it right"), ("payment", "A payment"), ("change", "A change in how we work"),
    ]  # fmt: skip
    SATISFIED: ClassVar = [("yes", "Yes"), ("partly", "In part"), ("no", "No")]

    complaint_id = models.CharField(max_length=40, default=new_complaint_id)
    #: The account it was made with; nothing where it came by telephone or on paper from somebody without one.
    user = user_key(null=True, blank=True)
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    name = EncryptedText("who complains", blank=True)
    contact = EncryptedText("how to reach them", blank=True)
    on_behalf_of = EncryptedText(blank=True)
    needs = EncryptedText("language or format needed", blank=True)
    via = models.CharField(max_length=10, choices=VIA, default="web")
    #: What it is about; nothing means the partnership as a whole.
    organisation = _organisation()
    words = EncryptedText()
    wants = EncryptedText("what would put it right", blank=True)
    received_on = models.DateField()
    entered_by = user_key()
    entered_at = models.DateTimeField(default=clock.now)
    stage = models.CharField(max_length=8, choices=STAGES, default="local")
    state = models.CharField(max_length=12, choices=STATES, default="received")
    acknowledge_by = models.DateField()
    answer_by = models.DateField()
    acknowledged_on = models.DateField(null=True, blank=True)
    handler = user_key(null=True, blank=True)
    #: From outside what is complained about: agrees to an answer before it is given.
    second = user_key(null=True, blank=True)
    #: Whom it is about, who may then neither handle nor read it.
    about_user = user_key(null=True, blank=True)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=OUTCOMES, blank=True)
    reason = EncryptedText(blank=True)
    redress = models.JSONField(default=list, blank=True)
    redress_words = EncryptedText(blank=True)
    payment = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    #: Whether it was answered by its day at the first stage, kept when it goes on.
    first_in_time = models.BooleanField(null=True)
    redress_done_on = models.DateField(null=True, blank=True)
    satisfied = models.CharField(max_length=8, choices=SATISFIED, blank=True)
    satisfied_words = EncryptedText(blank=True)
    outside_body = models.CharField(max_length=200, blank=True)
    #: What changed because of it, in words that name nobody: everybody reads this.
    changed = models.TextField(blank=True)
    closed_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["answer_by", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "complaint_id"], name="complaint_id_once")
        ]
        indexes = [
            models.Index(fields=["partnership", "state", "answer_by"]),
            models.Index(fields=["user", "state"]),
            models.Index(fields=["handler", "state"]),
            models.Index(fields=["second", "state"]),
        ]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in ("received", "acknowledged", "proposed") and self.stage != "outside"

    @property
    def is_late(self) -> bool:
        """Whether a day that was promised has gone by."""
        if not self.is_open:
            return False
        today = clock.today()
        return (self.acknowledged_on is None and self.acknowledge_by < today) or self.answer_by < today


class ComplaintStep(Scoped):
    """What was done about a complaint, on its day. ``for_all`` are steps that the person who complained sees too.

    Steps are only ever added; erasing a person blanks their words.
    """

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="steps")
    what = models.CharField(max_length=200)
    words = EncryptedText(blank=True)
    for_all = models.BooleanField(default=True)
    by = user_key()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-at", "-pk"]
