"""Listening: rounds, who was asked, what they said, themes, and what was done about them.

The scheme: a ``Round`` asks one thing of the people who were offered help. Its frame is drawn from the
records once; a ``FrameCopy`` keeps it by opaque ids, so that the sample can be drawn again and compared. Each
``Sampled`` is one person of the sample or a reserve, a ``Try`` one attempt to reach them. What somebody said is a
``Conversation``, encrypted, kept apart from the person's record so that a provider does not read it there; only
with the person's leave are its answers written to the standard's table of feedback as well. A ``Theme`` is in the
round's code book; a ``Coding`` is one coder's reading of one conversation; a ``Said`` is what holds after two have
coded and disagreements are settled (``Settled``). A ``ThemeAnswer`` is what was done, or why not; only added to.
A ``Quote`` is in the words of somebody who allowed it. A ``Visit`` is a mystery shopper's.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.crypto import EncryptedText
from openoutcomes.web.core.scope import AppendOnly, Scoped, user_key
from openoutcomes.web.listening import words as terms
from openoutcomes.web.people.models import new_id

#: Days for which a link can be answered, and for which it then shows what was done.
LINK_DAYS, SHOWN_DAYS = 28, 365


def new_round_id() -> str:
    """Return a round's opaque id."""
    return new_id("ro")


def new_sampled_id() -> str:
    """Return the opaque id of an invitation."""
    return new_id("iv")


def new_conversation_id() -> str:
    """Return a conversation's opaque id."""
    return new_id("cv")


def new_theme_id() -> str:
    """Return a theme's opaque id."""
    return new_id("th")


def new_visit_id() -> str:
    """Return a visit's opaque id."""
    return new_id("my")


def _perhaps_user() -> models.ForeignKey:
    return user_key(null=True, blank=True)


class Round(Scoped):
    """A round of listening: what it is for, whom it may reach, and how it stands."""

    STATES: ClassVar = [("planned", "Planned"), ("drawn", "Listening"), ("closed", "Closed")]

    round_id = models.CharField(max_length=40, default=new_round_id)
    title = models.CharField(max_length=160)
    purpose = models.TextField()
    segment = models.ForeignKey(
        "agenda.Segment", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    #: Ids of programmes; empty means all of the partnership.
    programmes = models.JSONField(default=list, blank=True)
    since = models.DateField("first day")
    until = models.DateField("last day")
    strata = models.JSONField(default=list)
    #: The contract whose outcome the person's own view is, where it serves one; then listeners are independent.
    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    question = models.CharField("code of the contract's question", max_length=100, blank=True)
    independent_only = models.BooleanField(default=True)
    with_care = models.BooleanField("people to contact with care are in the frame", default=False)
    score_words = models.CharField("the question that is answered from 0 to 10", max_length=200, blank=True)
    weeks = models.PositiveSmallIntegerField("weeks until an unanswered theme is late", default=6)
    state = models.CharField(max_length=8, choices=STATES, default="planned")
    # How it was drawn: enough to draw it again.
    size = models.PositiveIntegerField(null=True)
    minimum = models.PositiveIntegerField(default=0)
    rule = models.CharField(max_length=20, blank=True)
    seed = models.BigIntegerField(null=True)
    method = models.CharField(max_length=40, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    #: For each stratum: [name, people in it, drawn].
    plan = models.JSONField(default=list)
    #: People left out of the frame, by why.
    left_out = models.JSONField(default=dict)
    drawn_at = models.DateTimeField(null=True)
    drawn_by = _perhaps_user()
    begun_at = models.DateTimeField(default=clock.now)
    begun_by = user_key()
    closed_at = models.DateTimeField(null=True)
    closed_by = _perhaps_user()
    closed_why = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-begun_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "round_id"], name="round_id_once")]
        indexes = [models.Index(fields=["partnership", "state"])]

    def __str__(self) -> str:
        return self.title

    @property
    def sizes(self) -> dict[str, int]:
        """People of the frame in each stratum."""
        return {name: size for name, size, _ in self.plan}

    @property
    def score_question(self) -> str:
        """The question that is answered from 0 to 10."""
        return self.score_words or terms.SCORE


class FrameCopy(AppendOnly):
    """The frame of a round as it was when the sample was drawn: opaque ids by the values of their strata."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="frame")
    #: [[values of the strata fields], [ids]] for each stratum.
    groups = models.JSONField()


class Sampled(Scoped):
    """Somebody drawn: in the sample, or in reserve."""

    sampled_id = models.CharField(max_length=40, default=new_sampled_id)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sampled")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="listened")
    stratum = models.CharField(max_length=400)
    stage = models.CharField(max_length=16, choices=list(terms.STAGES.items()))
    provider = models.ForeignKey("partnerships.Organisation", on_delete=models.PROTECT, related_name="+")
    is_reserve = models.BooleanField(default=False)
    place = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=list(terms.STATES.items()), default="to_invite")
    route = models.CharField(max_length=10, choices=list(terms.ROUTES.items()), blank=True)
    listener = _perhaps_user()
    assigned_at = models.DateTimeField(null=True)
    #: The plan for a try: a day.
    next_on = models.DateField(null=True, blank=True)
    invited_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)
    digest = models.CharField("digest of the link's secret", max_length=64, blank=True, db_index=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["stratum", "place"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "sampled_id"], name="sampled_id_once"),
            models.UniqueConstraint(fields=["round", "person"], name="sampled_once_a_round"),
            models.UniqueConstraint(fields=["round", "stratum", "place"], name="place_in_stratum_once"),
        ]
        indexes = [
            models.Index(fields=["listener", "state"]),
            models.Index(fields=["partnership", "state"]),
        ]

    def __str__(self) -> str:
        return self.sampled_id

    @property
    def is_open(self) -> bool:
        """Whether what came of it is still to be said."""
        return self.state in terms.OPEN

    @property
    def short(self) -> str:
        """What pages call it, without a name."""
        return f"Invitation {self.sampled_id.removeprefix('iv-')[:4].upper()}"


class Try(AppendOnly):
    """One attempt to reach somebody."""

    sampled = models.ForeignKey(Sampled, on_delete=models.PROTECT, related_name="tries")
    at = models.DateTimeField(default=clock.now)
    by = user_key()
    what = models.CharField(max_length=12, choices=list({**terms.TRIES, **terms.RESULTS}.items()))
    route = models.CharField(max_length=10, choices=list(terms.ROUTES.items()), blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-at", "-pk"]


class Conversation(Scoped):
    """What somebody said, with what they allowed; its words are encrypted."""

    conversation_id = models.CharField(max_length=40, default=new_conversation_id)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="conversations")
    #: Nothing where somebody came forward by themselves.
    sampled = models.OneToOneField(
        Sampled, on_delete=models.PROTECT, related_name="conversation", null=True, blank=True
    )
    #: Whose words they are; nothing where a listener wrote down somebody who gave no name.
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="conversations", null=True
    )
    held_on = models.DateField()
    route = models.CharField(max_length=10, choices=list(terms.ROUTES.items()))
    standing = models.CharField(max_length=16, choices=list(terms.STAGES.items()), blank=True)
    #: Who heard it: nobody where the person answered by a link or on their own page.
    listener = _perhaps_user()
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    independent = models.BooleanField("heard by somebody independent of the provider")
    may_quote = models.BooleanField(default=False)
    #: Whether the answers may go into the person's record, where their provider reads them.
    may_record = models.BooleanField(default=False)
    helped = models.CharField(max_length=6, choices=list(terms.ANSWERS.items()), blank=True)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    good = EncryptedText(blank=True)
    in_way = EncryptedText(blank=True)
    wanted = EncryptedText(blank=True)
    words = EncryptedText(blank=True)
    added_at = models.DateTimeField(default=clock.now)
    revision = models.PositiveIntegerField(default=1)
    #: Two have coded it and what they disagreed on is settled.
    coded_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    told_on = models.DateField("told what came of it on", null=True)
    told_how = models.CharField(max_length=12, choices=list(terms.TOLD.items()), blank=True)
    told_by = _perhaps_user()
    told_why = models.CharField("why they could not be told", max_length=300, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "conversation_id"], name="conversation_id_once"),
            models.CheckConstraint(
                condition=models.Q(score=None) | models.Q(score__lte=10), name="score_of_ten"
            ),
        ]
        indexes = [models.Index(fields=["partnership", "told_on"])]

    def __str__(self) -> str:
        return self.conversation_id

    @property
    def short(self) -> str:
        """What pages call it, without a name."""
        return f"Note {self.conversation_id.removeprefix('cv-')[:4].upper()}"

    def said(self) -> list[tuple[str, str]]:
        """Return what was said in words, each with its question."""
        return [(terms.QUESTIONS[name], getattr(self, name)) for name in terms.SAID if getattr(self, name)]


class Theme(Scoped):
    """Something that people say: an entry of the round's code book, which ends in an answer."""

    theme_id = models.CharField(max_length=40, default=new_theme_id)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="themes")
    title = models.CharField(max_length=120)
    #: When a note has it, and when it has not: what keeps two coders alike.
    meaning = models.TextField(blank=True)
    asked_of = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    due_on = models.DateField("answer wanted by")
    added_at = models.DateTimeField(default=clock.now)
    added_by = user_key()
    retired_at = models.DateTimeField(null=True)
    retired_why = models.CharField(max_length=300, blank=True)
    #: The kind of its latest answer, for lists; nothing while it waits for one.
    answered = models.CharField(max_length=6, choices=list(terms.KINDS.items()), blank=True)
    answered_on = models.DateField(null=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "theme_id"], name="theme_id_once"),
            models.UniqueConstraint(
                fields=["round", "title"], condition=models.Q(retired_at=None), name="theme_once_a_round"
            ),
        ]
        indexes = [models.Index(fields=["partnership", "answered", "due_on"])]

    def __str__(self) -> str:
        return self.title

    @property
    def is_late(self) -> bool:
        """Whether an answer is overdue."""
        return not self.answered and self.retired_at is None and self.due_on < clock.today()

    @property
    def age(self) -> dt.timedelta:
        """How long ago it was added."""
        return clock.now() - self.added_at


class ThemeAnswer(AppendOnly):
    """What was done about a theme, or why it cannot be; a later one replaces it and both stay."""

    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=list(terms.KINDS.items()))
    words = models.TextField()
    on = models.DateField()
    by = user_key()
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-number"]
        constraints = [models.UniqueConstraint(fields=["theme", "number"], name="answer_number_once")]


class Coding(Scoped):
    """One coder's reading of one conversation."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="codings")
    coder = user_key()
    themes = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["conversation", "coder"], name="coded_once_each")]


class Settled(AppendOnly):
    """That a disagreement of two coders was settled, and why so."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="settled")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="settled")
    has_it = models.BooleanField()
    why = models.CharField(max_length=300)
    by = user_key()
    at = models.DateTimeField(default=clock.now)


class Said(Scoped):
    """That a conversation has a theme, once both coders have read it and what they disagreed on is settled."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="themes")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="said")

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["conversation", "theme"], name="said_once")]


class Quote(Scoped):
    """A sentence of somebody who allowed it, shown with a theme: without anything that points at them."""

    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="quotes")
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="quotes")
    words = EncryptedText()
    by = user_key()
    at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)


class Visit(Scoped):
    """A mystery shopper's try to get help: what was tried, as whom, and what happened. It names no staff."""

    visit_id = models.CharField(max_length=40, default=new_visit_id)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="visits", null=True, blank=True)
    organisation = models.ForeignKey("partnerships.Organisation", on_delete=models.PROTECT, related_name="+")
    tried_on = models.DateField()
    way = models.CharField(max_length=10, choices=list(terms.WAYS.items()))
    as_whom = models.CharField(max_length=160)
    tried = models.TextField()
    happened = models.TextField()
    #: Code of a fact to yes or no; those that nobody could say are left out.
    facts = models.JSONField(default=dict)
    waited = models.PositiveIntegerField("minutes until somebody dealt with it", null=True, blank=True)
    by = user_key()
    added_at = models.DateTimeField(default=clock.now)
    revision = models.PositiveIntegerField(default=1)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-tried_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "visit_id"], name="visit_id_once")]
        indexes = [models.Index(fields=["partnership", "-tried_on"])]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.get_way_display().lower()}"  # type: ignore[attr-defined]
