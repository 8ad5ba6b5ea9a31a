"""Files of evidence. The outcome itself is the standard's record of an achievement; this is what shows it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.crypto import EncryptedText
from openoutcomes.web.core.scope import Scoped
from openoutcomes.web.people.models import new_id


def new_evidence_id() -> str:
    """Return an opaque id for a file of evidence."""
    return new_id("w")


class Evidence(Scoped):
    """One file that shows an outcome, under a random name outside everything that is served.

    ``sha256`` is of the file as it was sent, by which the same file is noticed beside another outcome;
    ``stored_sha256`` is of what is kept (pictures are written anew), by which a damaged file is noticed.
    """

    evidence_id = models.CharField(max_length=40, default=new_evidence_id)
    achievement_id = models.CharField(max_length=128)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="evidence")
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="evidence"
    )
    kind = models.CharField(max_length=100)
    dated_on = models.DateField("date on it")
    sha256 = models.CharField(max_length=64)
    stored_sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField("size in bytes, as kept")
    content_type = models.CharField(max_length=60)
    name = EncryptedText("name of the file as it was sent", blank=True)
    #: Where it is in the folder of evidence; blank once erased.
    stored = models.CharField(max_length=80, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(fields=["partnership", "evidence_id"], name="evidence_id_once"),
            models.UniqueConstraint(
                fields=["partnership", "achievement_id", "sha256", "kind"],
                condition=models.Q(withdrawn_at=None, erased_at=None),
                name="evidence_file_once",
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "achievement_id"]),
            models.Index(fields=["partnership", "sha256"]),
            models.Index(fields=["person"]),
            models.Index(fields=["stored"]),
        ]

    def __str__(self) -> str:
        return self.evidence_id

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown on a page."""
        return self.content_type.startswith("image/")

    @property
    def file_name(self) -> str:
        """The name it is downloaded under, which says nothing about anybody."""
        ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}[self.content_type]
        return f"evidence-{self.evidence_id}.{ending}"
