"""Samples that verifiers draw, and questions that wait for a provider. What was found is in records."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import Scoped
from openoutcomes.web.people.models import new_id


def new_sample_id() -> str:
    """Return an opaque id for a sample."""
    return new_id("q")


class Question(Scoped):
    """That an outcome was queried: it waits for the provider, then, once answered, for the verifier.

    The question itself is the reason of the finding; the answer is in the outcome's note, in a version of its own.
    """

    achievement_id = models.CharField(max_length=128)
    finding_id = models.CharField(max_length=128)
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="questions"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    #: When a later finding settled it, or the outcome was withdrawn.
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "achievement_id"],
                condition=models.Q(closed_at=None),
                name="one_open_question",
            )
        ]
        indexes = [models.Index(fields=["organisation", "closed_at", "answered_at"])]

    def __str__(self) -> str:
        return self.achievement_id


class Sample(Scoped):
    """Outcomes chosen to be looked at, from all that waited when it was drawn; anybody can draw it again.

    ``population`` are the ids it was drawn from, in order, and ``population_sha256`` the digest of them with their weights.
    """

    METHODS: ClassVar = [
        ("random", "Random: each equally likely"),
        ("risk", "By risk: riskier ones likelier"),
    ]

    sample_id = models.CharField(max_length=40, default=new_sample_id)
    method = models.CharField(max_length=6, choices=METHODS)
    seed = models.CharField(max_length=40)
    #: What was asked for: so many, or such a share of all.
    asked = models.CharField(max_length=20)
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="samples")
    first = models.DateField("achieved from")
    last = models.DateField("achieved to")
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(default=clock.now)
    population = models.JSONField(default=list)
    population_sha256 = models.CharField(max_length=64)
    population_size = models.PositiveIntegerField()
    rest_accepted_at = models.DateTimeField(null=True, blank=True)
    rest_accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    rest_accepted_count = models.PositiveIntegerField(null=True, blank=True)
    rest_reason = models.TextField(blank=True)

    class Meta:
        """Django's options."""

        constraints = [models.UniqueConstraint(fields=["partnership", "sample_id"], name="sample_id_once")]
        indexes = [models.Index(fields=["partnership", "-drawn_at"])]

    def __str__(self) -> str:
        return self.sample_id


class SampleItem(Scoped):
    """One outcome of a sample: its place, its weight and the reasons for it."""

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveIntegerField()
    achievement_id = models.CharField(max_length=128)
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True
    )
    weight = models.PositiveSmallIntegerField(default=1)
    reasons = models.JSONField(default=list)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "achievement_id"], name="sampled_once"),
            models.UniqueConstraint(fields=["sample", "place"], name="one_in_each_place"),
        ]
        indexes = [models.Index(fields=["partnership", "achievement_id"])]

    def __str__(self) -> str:
        return self.achievement_id
