"""Reasons to keep a person's identity longer than the partnership's rule."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import Scoped


class Hold(Scoped):
    """That a person must not be erased for now: a complaint, a court, a safeguarding enquiry."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="holds")
    WHY: ClassVar = [
        ("legal", "A legal claim or court order"),
        ("complaint", "A complaint that is open"),
        ("safeguarding", "A safeguarding enquiry"),
        ("audit", "A payer's audit of claims"),
    ]

    #: A kind of reason, never what it is about: the record of a hold outlives the person's identity.
    why = models.CharField(max_length=20, choices=WHY)
    since = models.DateTimeField(default=clock.now)
    until = models.DateField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(fields=["person"], condition=models.Q(lifted_at=None), name="one_hold")
        ]

    @classmethod
    def holds(cls) -> models.Q:
        """Return the condition that a hold is in force."""
        return models.Q(lifted_at=None) & (models.Q(until=None) | models.Q(until__gte=clock.today()))
