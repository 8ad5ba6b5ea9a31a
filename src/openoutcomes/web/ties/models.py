"""Ties between things of different rooms."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import Scoped


class Tie(Scoped):
    """That two things belong together. Kept one way round: ``one`` comes before ``other`` in order."""

    one_kind = models.CharField(max_length=20)
    one_key = models.CharField(max_length=40)
    other_kind = models.CharField(max_length=20)
    other_key = models.CharField(max_length=40)
    tied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    tied_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["tied_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "one_kind", "one_key", "other_kind", "other_key"], name="tie_once"
            )
        ]
        indexes = [models.Index(fields=["partnership", "other_kind", "other_key"])]
