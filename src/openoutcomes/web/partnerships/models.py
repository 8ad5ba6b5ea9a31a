"""Partnerships, their organisations and programmes, and the seats that people hold in them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.permissions import IN_AN_ORGANISATION, ROLES
from openoutcomes.web.core.scope import Guarded, Scoped

_ID = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$",
    "Use letters, numbers, dots and hyphens, and begin with one of the first two.",
)


class Partnership(Guarded):
    """A place or group of organisations that works together. Nothing is shared between two of them."""

    slug = models.SlugField("short name", max_length=40, unique=True)
    name = models.CharField(max_length=120)
    place = models.CharField(max_length=120, blank=True)
    aim = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    is_demo = models.BooleanField(default=False)
    retention_months = models.PositiveSmallIntegerField(
        "months to keep a person's identity after their last support", default=84
    )

    def __str__(self) -> str:
        return self.name


class Organisation(Scoped):
    """An organisation in the partnership: a provider, a payer, an investor or a partner."""

    organisation_id = models.CharField("id", max_length=60, validators=[_ID])
    name = models.CharField(max_length=160)
    identifier = models.CharField("public identifier", max_length=60, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    sector = models.CharField(max_length=120, blank=True)
    size_band = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "organisation_id"], name="organisation_id_once")
        ]

    def __str__(self) -> str:
        return self.name


class Programme(Scoped):
    """A programme that a provider runs, with or without an outcomes contract."""

    programme_id = models.CharField("id", max_length=60, validators=[_ID])
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="programmes")
    name = models.CharField(max_length=160)
    place = models.CharField(max_length=160, blank=True)
    aim = models.TextField(blank=True)
    who_for = models.TextField("who it is for", blank=True)
    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="programmes", null=True, blank=True
    )
    funders = models.JSONField(default=list, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "programme_id"], name="programme_id_once")
        ]

    def __str__(self) -> str:
        return self.name


class Membership(Scoped):
    """A seat: a user in a role, in an organisation where the role is held in one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role, name) for role, (name, _) in ROLES.items()])
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships", null=True, blank=True
    )
    #: Whose own account it is, for the role ``person``.
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="memberships", null=True, blank=True
    )
    since = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        indexes = [models.Index(fields=["user", "ended_at"])]
        constraints = [
            # Three, since SQLite takes two blanks for different.
            models.UniqueConstraint(
                fields=["partnership", "user", "role", "organisation"],
                condition=models.Q(ended_at=None),
                name="seat_once",
            ),
            models.UniqueConstraint(
                fields=["partnership", "user", "role"],
                condition=models.Q(ended_at=None, organisation=None, person=None),
                name="seat_in_the_whole_once",
            ),
            models.UniqueConstraint(
                fields=["partnership", "user", "person"],
                condition=models.Q(ended_at=None) & ~models.Q(person=None),
                name="seat_of_a_person_once",
            ),
            # A seat at the front line without an organisation would reach nobody, or everybody.
            models.CheckConstraint(
                condition=~models.Q(role__in=sorted(IN_AN_ORGANISATION))
                | models.Q(organisation__isnull=False),
                name="seat_in_an_organisation",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="person") | models.Q(person__isnull=False),
                name="seat_of_a_person",
            ),
        ]

    def __str__(self) -> str:
        where = f", {self.organisation}" if self.organisation else ""
        return f"{self.user}: {self.get_role_display()}{where}"

    def role_name(self) -> str:
        """Return the role in words."""
        return ROLES[self.role][0]


class Invitation(Scoped):
    """An invitation to take a seat: by e-mail, for a time, used once. Only a digest of its link is kept."""

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=[(role, name) for role, (name, _) in ROLES.items()])
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > clock.now()


class Offered(Scoped):
    """An outcome or instrument of the catalogue that the partnership has switched on."""

    KINDS: ClassVar = [("outcome", "Outcome"), ("instrument", "Instrument")]

    kind = models.CharField(max_length=12, choices=KINDS)
    code = models.CharField(max_length=100)
    #: A registered user's own wording of an instrument's items, where the licence keeps it from being shipped.
    wording = models.JSONField(default=list, blank=True)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(fields=["partnership", "kind", "code"], name="offered_once"),
        ]

    def __str__(self) -> str:
        return self.code
