"""People supported. Identity is here, encrypted; everything else about them is in records.

The scheme: a ``Person`` is one human being in one partnership, under an opaque id. A ``Sight`` says
which organisation may see them and why; without one nobody sees them. A ``Token`` is how they are found
by name or telephone. An ``Enrolment`` is a person in a programme, in step with the standard's record
of the same id. All else (needs, strengths, goals, support, measures, outcomes) is in
:class:`openoutcomes.web.records.models.Record`. A ``Likeness`` is a pair who may be one human being, a ``Merge``
remembers how two became one so that it can be undone, and a ``Draft`` keeps a form that nobody has sent yet.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce

from openoutcomes.web.core import clock
from openoutcomes.web.core.crypto import EncryptedText
from openoutcomes.web.core.scope import Scoped

#: A day after every other, so that people for whom nothing is planned come last.
NEVER = dt.date(9999, 12, 31)
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_id(prefix: str) -> str:
    """Return an opaque id that says nothing, not even an order: ``prefix`` and 12 characters (59 bits)."""
    return f"{prefix}-{''.join(secrets.choice(_ALPHABET) for _ in range(12))}"


def new_person_id() -> str:
    """Return a person's opaque id."""
    return new_id("p")


class Person(Scoped):
    """A person supported. Erasing them blanks every encrypted field and keeps the id for the money facts."""

    CONTACT_BY: ClassVar = [
        ("", "Not said"), ("phone", "Telephone call"), ("text", "Text message"), ("email", "Email"),
        ("letter", "Letter"), ("in_person", "In person only"),
    ]  # fmt: skip

    person_id = models.CharField(max_length=40, default=new_person_id)
    name = EncryptedText()
    known_as = EncryptedText("what they like to be called", blank=True)
    phone = EncryptedText(blank=True)
    email = EncryptedText(blank=True)
    address = EncryptedText(blank=True)
    date_of_birth = EncryptedText(blank=True)
    contact_by = models.CharField("best way to get in touch", max_length=12, choices=CONTACT_BY, blank=True)
    #: Nothing that gives away the service may be sent or said: somebody else may hold their phone.
    safe_contact = models.BooleanField("contact with care", default=False)
    contact_note = EncryptedText("how to get in touch safely", blank=True)
    safeguarding = models.BooleanField("safeguarding concern", default=False)
    safeguarding_note = EncryptedText(blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, related_name="merged", null=True)
    erased_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    #: Raised by one with every change of the identity, so that two people cannot overwrite each other.
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["partnership", "person_id"], name="person_id_once")]

    def __str__(self) -> str:
        return self.person_id

    @property
    def shown(self) -> str:
        """What pages call them: what they like to be called, their name, or the id once erased."""
        return self.known_as or self.name or f"Erased ({self.person_id})"


class Token(Scoped):
    """A keyed digest of a word of a person's name, or of a telephone number or address."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=32)

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="token_once")]
        indexes = [models.Index(fields=["partnership", "digest"])]


class Sight(Scoped):
    """That an organisation may see a person: its own, by consent, or on a recorded lawful basis.

    ``slice`` names the tables of the standard that may be seen; empty means everything, which only
    the organisation's own people have. Withdrawing stops it at once.
    """

    BASES: ClassVar = [
        ("own", "The organisation's own person"),
        ("consent", "The person agreed"),
        ("lawful", "Another lawful basis"),
    ]

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sights")
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="sights"
    )
    basis = models.CharField(max_length=8, choices=BASES)
    slice = models.JSONField(default=list, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    why = models.TextField("the lawful basis, in words", blank=True)
    since = models.DateTimeField(default=clock.now)
    until = models.DateField("last day", null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    #: The standard's record of the consent, where that is the basis.
    consent_id = models.CharField(max_length=60, blank=True)

    class Meta:
        """Django's options."""

        indexes = [
            models.Index(fields=["organisation", "person"]),
            # Few people are shared; most are an organisation's own.
            models.Index(
                fields=["organisation", "person"], condition=~models.Q(basis="own"), name="sight_of_others"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=models.Q(basis="own", withdrawn_at=None),
                name="own_person_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(basis="lawful") | ~models.Q(why=""), name="lawful_basis_is_said"
            ),
        ]

    @classmethod
    def holds(cls) -> models.Q:
        """Return the condition that a sight holds now."""
        return models.Q(withdrawn_at=None) & (models.Q(until=None) | models.Q(until__gte=clock.today()))


class Enrolment(Scoped):
    """A person in a programme, with whoever works with them; the standard's record has the same id."""

    enrolment_id = models.CharField(max_length=60)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    programme = models.ForeignKey(
        "partnerships.Programme", on_delete=models.PROTECT, related_name="enrolments"
    )
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="enrolments"
    )
    practitioner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="caseload", null=True, blank=True
    )
    referred_on = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)
    #: The day of the latest activity recorded, kept here so that lists need no sum over records.
    last_seen_on = models.DateField(null=True, blank=True)
    next_on = models.DateField("next contact planned", null=True, blank=True)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(fields=["partnership", "enrolment_id"], name="enrolment_id_once"),
        ]
        indexes = [
            models.Index(fields=["practitioner", "ended_on", "last_seen_on"]),
            models.Index(fields=["organisation", "ended_on", "last_seen_on"]),
            models.Index(
                "organisation", Coalesce("next_on", models.Value(NEVER)), "id", name="enrolment_due"
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether support goes on."""
        return self.ended_on is None or self.ended_on > clock.today()


class Likeness(Scoped):
    """Two people of one organisation who may be the same human being, found when one was added or changed."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="likenesses")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.CASCADE, related_name="likenesses"
    )
    found_at = models.DateTimeField(default=clock.now)
    #: Somebody looked, and they are two people.
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(fields=["person", "other", "organisation"], name="likeness_once")
        ]
        indexes = [models.Index(fields=["organisation", "dismissed_at"])]


class Merge(Scoped):
    """That two people were found to be one: who was kept, and everything needed to part them again.

    ``memory`` holds ids, names of fields and versions, never what they say.
    """

    #: Days in which a merge can be undone.
    DAYS: ClassVar = 30

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_into")
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="merges"
    )
    memory = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=models.Q(undone_at=None), name="merged_into_one"
            )
        ]

    @property
    def can_be_undone(self) -> bool:
        """Whether it still stands and is not too old to undo."""
        return self.undone_at is None and (clock.now() - self.at).days < self.DAYS


class Draft(Scoped):
    """A form that somebody began and has not sent: kept for them alone, encrypted, for 30 days."""

    #: Days that a draft is kept after it was last added to.
    DAYS: ClassVar = 30

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    #: The path of the form, in which ids are opaque.
    key = models.CharField(max_length=250)
    title = models.CharField(max_length=120, blank=True)
    #: Whom the form is about, so that erasing them takes it along.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts", null=True)
    values = EncryptedText(blank=True)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["user", "key"], name="draft_once")]
        indexes = [models.Index(fields=["saved_at"])]
