"""Receipts of commands, so that a form sent twice is done once; and what everything inherits."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import Guarded


class Receipt(Guarded):
    """That a command was done for one form: its key, and what came of it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    once = models.CharField(max_length=64)
    verb = models.CharField(max_length=100)
    model = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["user", "once"], name="receipt_once")]

    @classmethod
    def keep(cls, user: Any, verb: str, once: str, done: models.Model | None) -> None:
        """Write the receipt; raises IntegrityError when another request has just done the same."""
        label = done._meta.label if done is not None else ""
        cls.objects.create(user=user, verb=verb, once=once, model=label, key=str(done.pk) if done else "")

    def result(self) -> Any:
        """Return what the command returned the first time: a row, or nothing."""
        if not self.model:
            return None
        return apps.get_model(self.model)._base_manager.get(pk=self.key)
