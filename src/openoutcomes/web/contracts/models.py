"""Contracts and the versions of their terms, as they were loaded."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import AppendOnly, Scoped


class Contract(Scoped):
    """An outcomes contract that the partnership works under."""

    contract_id = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="GBP")
    is_closed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "contract_id"], name="contract_id_once")
        ]

    def __str__(self) -> str:
        return self.name


class TermsFile(AppendOnly):
    """A file of terms as it was loaded. The latest is in force; its amendments carry their own dates."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="files")
    number = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    parameters = models.JSONField(default=dict)
    loaded_at = models.DateTimeField(default=clock.now)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-number"]
        constraints = [models.UniqueConstraint(fields=["contract", "number"], name="terms_number_once")]


class Party(Scoped):
    """An organisation's part in a contract: who a name in the terms stands for."""

    ROLES: ClassVar = [
        ("payer", "Payer"),
        ("provider", "Provider"),
        ("investor", "Investor"),
        ("commissioner", "Commissioner"),
    ]

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="parties"
    )
    role = models.CharField(max_length=12, choices=ROLES)
    #: The name that the terms use; an organisation's id where they name none (providers of a rate card).
    named = models.CharField(max_length=100)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(fields=["contract", "role", "named"], name="party_once"),
        ]


def parties_of(contract: Contract, role: str) -> models.QuerySet[Any]:
    """Return the parties in a role, with their organisations, by name."""
    return (
        Party.of(contract.partnership)
        .filter(contract=contract, role=role)
        .select_related("organisation")
        .order_by("named")
    )
