"""One store for the standard's records: a row is one version of one record.

The scheme: ``values`` holds the standard's own fields in their written form, exactly what
``openoutcomes.standard.rows.record`` accepted. A record is never changed: a new version is added, and
``current`` moves to it. Columns beside ``values`` repeat what lists, pages and permissions look up
by, and nothing else. So one table serves the timeline, exports, pricing as of any day, and erasure, and a field
that the standard gains needs no migration here.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.standard.tables import TABLES
from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import Scoped


class Record(Scoped):
    """One version of one record of one table of the standard."""

    #: What a verifier has found of an achievement, repeated here from the latest verification.
    STATES: ClassVar = [
        ("unverified", "Not yet checked"),
        ("queried", "Queried"),
        ("accepted", "Accepted"),
        ("refused", "Refused"),
    ]

    table = models.CharField(max_length=24, choices=[(name, name) for name in TABLES])
    record_id = models.CharField(max_length=128)
    version = models.PositiveIntegerField(default=1)
    current = models.BooleanField(default=True)
    withdrawn = models.BooleanField(default=False)
    values = models.JSONField(default=dict)

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="records", null=True)
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="records", null=True
    )
    enrolment = models.ForeignKey(
        "people.Enrolment", on_delete=models.PROTECT, related_name="records", null=True
    )
    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="records", null=True
    )
    #: Its kind: outcome, instrument, category, domain, kind of activity or event.
    code = models.CharField(max_length=100, blank=True)
    #: The day it is about.
    on = models.DateField(null=True)
    #: Id of the record that it is about: the achievement of a verification, feedback or contribution.
    about = models.CharField(max_length=128, blank=True)
    #: Of achievements: what a verifier has found so far.
    state = models.CharField(max_length=12, choices=STATES, blank=True)

    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    #: How long it took to type, in seconds, where the form could tell: what recording costs the front line.
    seconds = models.PositiveIntegerField(null=True)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "table", "record_id", "version"], name="version_once"
            ),
            models.UniqueConstraint(
                fields=["partnership", "table", "record_id"],
                condition=models.Q(current=True),
                name="one_current_version",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "-on", "-id"], condition=models.Q(current=True), name="record_timeline"
            ),
            models.Index(
                fields=["organisation", "table", "-on"],
                condition=models.Q(current=True),
                name="record_of_org",
            ),
            models.Index(
                fields=["partnership", "table", "state", "on"],
                condition=models.Q(current=True),
                name="record_queue",
            ),
            # What waits for a verifier is a small part of all that was ever achieved, and read oldest first.
            models.Index(
                fields=["partnership", "recorded_at", "id"],
                condition=models.Q(
                    current=True, withdrawn=False, table="achievements", state__in=("unverified", "queried")
                ),
                name="record_waits",
            ),
            models.Index(fields=["contract", "table"], name="record_of_contract"),
            models.Index(fields=["partnership", "about"], name="record_about"),
            models.Index(fields=["recorded_by", "recorded_at"], name="record_by_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.record_id}"

    @property
    def row(self) -> dict[str, Any]:
        """The row of the standard, with the fields of its version: what an export writes."""
        return {
            **self.values,
            TABLES[self.table].key: self.record_id,
            "partnership_id": self.partnership.slug,
            "version": str(self.version),
            "recorded_at": self.recorded_at.isoformat(timespec="seconds"),
            "withdrawn": "true" if self.withdrawn else "false",
        }
