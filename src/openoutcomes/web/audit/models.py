"""Events: who did or looked at what, when, in which role. Only ever added."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.scope import AppendOnly, writing


class Event(AppendOnly):
    """One thing done, or one look at a person.

    It outlives what it is about: ids stay when a person's identity is erased. It never holds a name
    or what was written about somebody.
    """

    KINDS: ClassVar = [("change", "Change"), ("view", "View")]

    at = models.DateTimeField(default=clock.now, db_index=True)
    kind = models.CharField(max_length=6, choices=KINDS)
    verb = models.CharField(max_length=100)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    roles = models.CharField(max_length=120)
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True
    )
    model = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        """Django's options."""

        indexes = [
            models.Index(fields=["partnership", "-at"]),
            models.Index(fields=["person", "-at"]),
            models.Index(fields=["partnership", "user", "-at"]),
            models.Index(fields=["model", "key"]),
        ]

    @classmethod
    def write(
        cls,
        by: Access,
        verb: str,
        about: models.Model,
        *,
        person: Any = None,
        organisation: Any = None,
        detail: dict[str, Any] | None = None,
        kind: str = "change",
    ) -> Event:
        """Add an event; called by ``note`` and ``viewed``, not by pages."""
        organisations = by.organisations()
        own = organisations[0] if len(organisations) == 1 else None
        event: Event = cls.objects.create(
            partnership=by.partnership,
            kind=kind,
            verb=verb,
            user=by.user,
            roles=",".join(sorted(by.roles())),
            organisation=organisation or own,
            model=about._meta.label_lower,
            key=str(about.pk),
            person=person,
            detail=detail or {},
        )
        return event


def viewed(by: Access, verb: str, about: models.Model, *, person: Any) -> None:
    """Note that somebody looked at a person's record."""
    with writing(verb):
        Event.write(by, verb, about, person=person, kind="view")
