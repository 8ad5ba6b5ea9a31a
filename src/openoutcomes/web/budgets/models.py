"""Small personal budgets: a yearly pot for each programme, requests, and entries that are only ever added.

The scheme: what is left of a ``Pot`` is the sum of its ``BudgetEntry`` amounts, and nothing else: putting
money in adds, a promise takes away, a release gives the promise back, spending takes away. Entries are
never changed; a correction is a reversal and a new entry. A ``BudgetRequest`` is one thing for one person
on its way from being asked for to being bought; what was spent is also a record of the standard's costs.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.web.core import clock
from openoutcomes.web.core.crypto import EncryptedText
from openoutcomes.web.core.scope import AppendOnly, Scoped
from openoutcomes.web.people.models import new_id


def new_pot_id() -> str:
    """Return a pot's opaque id."""
    return new_id("po")


def new_request_id() -> str:
    """Return a request's opaque id."""
    return new_id("br")


class Pot(Scoped):
    """Money that a programme may spend on small things for people, from one day to another."""

    pot_id = models.CharField(max_length=40, default=new_pot_id)
    programme = models.ForeignKey("partnerships.Programme", on_delete=models.PROTECT, related_name="pots")
    starts_on = models.DateField()
    ends_on = models.DateField()
    per_person = models.DecimalField(
        "most for one person", max_digits=12, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(max_length=3, default="GBP")

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "pot_id"], name="pot_id_once"),
            models.UniqueConstraint(fields=["programme", "starts_on"], name="pot_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="pot_has_days"
            ),
            models.CheckConstraint(
                condition=models.Q(per_person=None) | models.Q(per_person__gt=0), name="pot_limit_is_positive"
            ),
        ]


class BudgetRequest(Scoped):
    """Something small that would help one person, and what came of asking for it."""

    STATES: ClassVar = [
        ("requested", "Waiting for approval"),
        ("approved", "Approved, not spent yet"),
        ("declined", "Declined"),
        ("spent", "Spent"),
        ("cancelled", "Cancelled"),
    ]

    request_id = models.CharField(max_length=40, default=new_request_id)
    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="requests")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="budget_requests")
    enrolment = models.ForeignKey(
        "people.Enrolment", on_delete=models.PROTECT, related_name="budget_requests"
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    what_for = EncryptedText()
    #: Id of the standard's record of the goal that it helps with.
    goal_id = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=12, choices=STATES, default="requested")
    requested_on = models.DateField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    why_declined = EncryptedText(blank=True)
    spent = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    spent_on = models.DateField(null=True, blank=True)
    receipt = models.CharField("receipt number", max_length=60, blank=True)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(fields=["partnership", "request_id"], name="budget_request_id_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="budget_request_is_positive"),
            # Nobody approves their own request.
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "spent"])
                | ~models.Q(decided_by=models.F("requested_by")),
                name="budget_two_people",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="spent")
                | models.Q(spent__gte=0, spent__lte=models.F("amount"), spent_on__isnull=False),
                name="budget_spent_within_what_was_approved",
            ),
        ]
        indexes = [
            models.Index(fields=["pot", "state"]),
            models.Index(fields=["person", "state"]),
        ]

    def __str__(self) -> str:
        return self.request_id


class BudgetEntry(AppendOnly):
    """One change of what is left of a pot; never changed itself."""

    KINDS: ClassVar = [
        ("fund", "Put in or taken out"),
        ("promise", "Promised"),
        ("release", "Promise given back"),
        ("spend", "Spent"),
        ("reversal", "Spending reversed"),
    ]

    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="entries")
    request = models.ForeignKey(BudgetRequest, on_delete=models.PROTECT, related_name="entries", null=True)
    kind = models.CharField(max_length=8, choices=KINDS)
    #: What it adds to what is left: negative for promises and spending.
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    on = models.DateField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="reversal", null=True, blank=True
    )
    #: Id of the standard's record of the cost, of spending.
    record_id = models.CharField(max_length=60, blank=True)

    class Meta:
        """Django's options."""

        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="budget_entry_is_something"),
            models.CheckConstraint(
                condition=models.Q(kind="fund")
                | models.Q(kind__in=["promise", "spend"], amount__lt=0, request__isnull=False)
                | models.Q(kind__in=["release", "reversal"], amount__gt=0, request__isnull=False),
                name="budget_entry_has_its_sign",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="reversal") | models.Q(reverses__isnull=False),
                name="budget_reversal_says_of_what",
            ),
        ]
        indexes = [models.Index(fields=["pot", "kind"]), models.Index(fields=["request"])]
