"""Claims and their lines, approvals by payers, and disputes.

The scheme: a ``Claim`` begins as a draft, priced by ``openoutcomes.contracts`` and kept as ``ClaimLine``
rows so that its pages read fast. Locking it posts what it claims in the ledger
(:mod:`openoutcomes.web.payments.ledger`), and from then on its lines never change: what pricing says later
becomes adjustment lines of the next claim. ``state`` repeats what the ledger says of its shares. An
``Approval`` says who approved what for which payer; a ``Dispute`` keeps one line from being approved.
Amounts are whole minor units (pence), so that sums are exact in any database.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.standard.money import from_minor
from openoutcomes.web.core import clock
from openoutcomes.web.core.scope import AppendOnly, Scoped
from openoutcomes.web.people.models import new_id

#: States in which a claim's lines are fixed and in the ledger.
LOCKED = ("locked", "part_approved", "approved", "part_paid", "paid", "closed")


def new_claim_id() -> str:
    """Return a claim's opaque id, for addresses."""
    return new_id("cl")


def new_dispute_id() -> str:
    """Return a dispute's opaque id, for addresses."""
    return new_id("di")


class Claim(Scoped):
    """One provider's claim under one contract, for outcomes up to the end of a period."""

    STATES: ClassVar = [
        ("draft", "Draft"),
        ("locked", "Submitted"),
        ("part_approved", "Part approved"),
        ("approved", "Approved"),
        ("part_paid", "Part paid"),
        ("paid", "Paid"),
        ("closed", "Closed"),
        ("withdrawn", "Withdrawn"),
    ]

    claim_id = models.CharField(max_length=40, default=new_claim_id)
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="claims")
    provider = models.ForeignKey("partnerships.Organisation", on_delete=models.PROTECT, related_name="claims")
    #: What people call it, as in 2025-Q1.
    label = models.CharField(max_length=60)
    #: What the ledger calls it: the provider's id and the label.
    reference = models.CharField(max_length=130)
    period_from = models.DateField()
    period_to = models.DateField()
    #: The day whose knowledge of records, findings and terms it was priced with.
    as_of = models.DateField()
    state = models.CharField(max_length=14, choices=STATES, default="draft")
    #: Header of the priced result (totals, by outcome, by payer, notes), and the lines to be posted.
    result = models.JSONField(default=dict)
    #: The terms it was priced under, and the latest record that pricing could see.
    terms_number = models.PositiveIntegerField()
    last_record = models.BigIntegerField(default=0)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(default=clock.now)
    priced_at = models.DateTimeField(default=clock.now)
    #: Everybody who prepared or priced it (primary keys of users): none of them may approve or pay it.
    makers = models.JSONField(default=list)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    locked_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=500, blank=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-period_to", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "claim_id"], name="claim_id_once"),
            models.UniqueConstraint(fields=["contract", "reference"], name="claim_reference_once"),
            # Two drafts would each claim the same lines.
            models.UniqueConstraint(
                fields=["contract", "provider"], condition=models.Q(state="draft"), name="one_draft_claim"
            ),
            models.CheckConstraint(
                condition=models.Q(period_from__lte=models.F("period_to")), name="claim_period_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "state", "-period_to"]),
            models.Index(fields=["provider", "-period_to"]),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_locked(self) -> bool:
        """Whether its lines are fixed and in the ledger."""
        return self.state in LOCKED

    def amount(self, minor: int) -> Decimal:
        """Turn whole minor units into money of the claim's currency."""
        return from_minor(minor, self.contract.currency)


class ClaimLine(Scoped):
    """One line of a claim as it was priced: new, changed since an earlier claim, waiting or refused.

    gross = amount + reduced + held + refused for lines of their own. An adjustment has an ``amount`` alone:
    the difference from what was claimed before.
    """

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    place = models.PositiveIntegerField()
    line_id = models.CharField(max_length=300)
    #: The priced line that it is, or corrects.
    origin = models.CharField(max_length=300)
    adjusts = models.BooleanField(default=False)
    achievement_id = models.CharField(max_length=128, blank=True)
    person_id = models.CharField(max_length=128, blank=True)
    outcome = models.CharField(max_length=120)
    achieved_on = models.DateField(null=True)
    period = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10)
    rule = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    price = models.CharField(max_length=40, blank=True)
    price_on = models.DateField(null=True)
    quantity = models.CharField(max_length=40, default="1")
    terms_version = models.PositiveIntegerField(default=0)
    gross = models.BigIntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    reduced = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    #: Each payer's part, by the name that the terms use, in minor units.
    payers = models.JSONField(default=dict)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["place"]
        constraints = [models.UniqueConstraint(fields=["claim", "line_id"], name="claim_line_once")]
        indexes = [
            models.Index(fields=["claim", "place"]),
            models.Index(fields=["partnership", "achievement_id"]),
        ]

    def __str__(self) -> str:
        return self.line_id

    @property
    def kind(self) -> str:
        """What sort of line it is: ``new``, ``adjustment``, ``held``, ``refused`` or ``reduced``."""
        if self.adjusts:
            return "adjustment"
        if self.amount:
            return "new"
        return self.status if self.status in ("held", "refused") else "reduced"


class Approval(AppendOnly):
    """That somebody approved a claim, or lines of it, for a payer."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="approvals")
    payer = models.ForeignKey("contracts.Party", on_delete=models.PROTECT, related_name="approvals")
    amount = models.BigIntegerField()
    lines = models.PositiveIntegerField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(default=clock.now)


class Dispute(Scoped):
    """A line that a payer returns, with its reason, until it is upheld or withdrawn.

    Meanwhile the line is not approved. Upheld, it comes off in the ledger: by reversal while nothing
    of it was paid, by clawback afterwards.
    """

    RESOLUTIONS: ClassVar = [
        ("", "Open"),
        ("upheld", "Upheld: the line comes off"),
        ("withdrawn", "Withdrawn: the line stands"),
    ]

    dispute_id = models.CharField(max_length=40, default=new_dispute_id)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="disputes")
    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="disputes")
    payer = models.ForeignKey("contracts.Party", on_delete=models.PROTECT, related_name="disputes")
    reason = models.TextField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    answer_by = models.DateField("answer wanted by")
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    answered_at = models.DateTimeField(null=True)
    settle_by = models.DateField("settled by", null=True)
    resolution = models.CharField(max_length=10, choices=RESOLUTIONS, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "dispute_id"], name="dispute_id_once"),
            models.UniqueConstraint(
                fields=["line", "payer"], condition=models.Q(resolution=""), name="one_open_dispute"
            ),
        ]
        indexes = [models.Index(fields=["claim", "resolution"])]

    @property
    def is_open(self) -> bool:
        """Whether it is still to be settled."""
        return not self.resolution

    @property
    def is_late(self) -> bool:
        """Whether whoever has to act next has let the day go by."""
        due = self.settle_by if self.answered_at else self.answer_by
        return self.is_open and due is not None and due < clock.today()

    def payer_name(self) -> str:
        """Return the name of the organisation that returned the line."""
        return str(self.payer.organisation)


def shares_of(line: ClaimLine) -> list[tuple[str, Any]]:
    """Return a line's payers and their parts, as money, in the terms' order."""
    return [(payer, line.claim.amount(minor)) for payer, minor in line.payers.items()]
