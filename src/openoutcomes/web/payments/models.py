"""The ledger in the database, payments, bank details and files for the finance system.

The scheme: a contract's journal is its ``JournalEntry`` rows, each the exact text that
``openoutcomes.ledger`` writes, chained by hashes and never changed. ``Share`` and ``Movement`` repeat the
journal in columns, for pages: where each payer's share of each line stands, and each amount that brought it
there. They are written in the same transaction as the entries and checked against them
(:func:`openoutcomes.web.payments.ledger.problems_of`). Amounts are whole minor units (pence), so
that sums are exact in any database. ``Payment`` says who recorded which payment from which statement of the bank.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models

from openoutcomes.standard.money import from_minor
from openoutcomes.web.core import clock
from openoutcomes.web.core.crypto import EncryptedText
from openoutcomes.web.core.scope import AppendOnly, Scoped
from openoutcomes.web.people.models import new_id

#: What a share has come to, in the ledger's words.
FIGURES = ("accrued", "approved", "paid", "clawed_back", "returned")


def new_payment_id() -> str:
    """Return a payment's opaque id, for addresses."""
    return new_id("py")


def new_bank_id() -> str:
    """Return the opaque id of bank details, for addresses."""
    return new_id("bk")


class JournalEntry(AppendOnly):
    """One entry of a contract's journal, as the ledger wrote it."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="journal")
    number = models.PositiveIntegerField()
    text = models.TextField()
    hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    claim = models.CharField(max_length=130, blank=True)
    dated_on = models.DateField()
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["number"]
        constraints = [models.UniqueConstraint(fields=["contract", "number"], name="journal_number_once")]
        indexes = [models.Index(fields=["contract", "kind"])]

    def __str__(self) -> str:
        return f"E{self.number:06d}"


class Share(Scoped):
    """Where one payer's share of one claim line stands, signed as the share is."""

    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="shares")
    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="shares")
    line_id = models.CharField(max_length=300)
    payer = models.ForeignKey("contracts.Party", on_delete=models.PROTECT, related_name="shares")
    provider = models.ForeignKey("partnerships.Organisation", on_delete=models.PROTECT, related_name="shares")
    outcome = models.CharField(max_length=120, blank=True)
    achieved_on = models.DateField(null=True)
    period = models.CharField(max_length=60, blank=True)
    direction = models.SmallIntegerField(default=1)
    accrued = models.BigIntegerField(default=0)
    approved = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    clawed_back = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)

    class Meta:
        """Django's options."""

        constraints = [
            models.UniqueConstraint(fields=["contract", "line_id", "payer"], name="share_once"),
        ]
        indexes = [models.Index(fields=["claim", "payer"]), models.Index(fields=["contract", "provider"])]

    @property
    def unapproved(self) -> int:
        """What is claimed and waits for approval."""
        return self.accrued - self.approved

    @property
    def outstanding(self) -> int:
        """What is approved and still to be paid; negative where it is due back."""
        return self.approved - self.clawed_back - self.paid + self.returned


class Movement(Scoped):
    """One amount that one entry added to one figure of one share."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="movements")
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="movements")
    figure = models.CharField(max_length=12, choices=[(name, name) for name in FIGURES])
    amount = models.BigIntegerField()
    dated_on = models.DateField()
    #: The file for the finance system that it went out in.
    batch = models.ForeignKey("Batch", on_delete=models.PROTECT, related_name="movements", null=True)

    class Meta:
        """Django's options."""

        indexes = [
            models.Index(fields=["share", "dated_on"]),
            models.Index(fields=["batch", "figure"]),
        ]


class Payment(AppendOnly):
    """A payment as somebody recorded it: money from payer to provider, or back where negative."""

    payment_id = models.CharField(max_length=40, default=new_payment_id)
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="payments")
    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="payments")
    payer = models.ForeignKey("contracts.Party", on_delete=models.PROTECT, related_name="payments")
    amount = models.BigIntegerField()
    paid_on = models.DateField()
    reference = models.CharField("bank reference", max_length=60, blank=True)
    #: Numbers of the journal's entries that it made.
    entries = models.JSONField(default=list)
    #: The payment that this one undoes, and why.
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, related_name="reversal", null=True)
    reason = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-paid_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["partnership", "payment_id"], name="payment_id_once")]
        indexes = [models.Index(fields=["claim", "payer"]), models.Index(fields=["contract", "-paid_on"])]

    def get_undone(self) -> str:
        """Return what a payment that undoes another is called."""
        return f"Undone: {self.reference}"

    @property
    def money(self) -> Decimal:
        """The amount as money."""
        return from_minor(self.amount, self.contract.currency)


class BankDetails(Scoped):
    """Where a provider is paid: proposed by one person, checked by another for a payer.

    The details themselves never change; a change is a new row, and the history stays.
    """

    STATES: ClassVar = [
        ("proposed", "Waits to be checked"),
        ("checked", "In use"),
        ("refused", "Refused"),
        ("withdrawn", "Withdrawn"),
        ("replaced", "Replaced"),
    ]
    WAYS: ClassVar = [
        ("call-back", "Called back on a number already held"),
        ("in-person", "Confirmed in person with somebody known"),
        ("bank-letter", "Letter or statement from the bank, checked with it"),
    ]

    bank_id = models.CharField(max_length=40, default=new_bank_id)
    provider = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="bank_details"
    )
    account_name = EncryptedText()
    sort_code = EncryptedText()
    account_number = EncryptedText()
    #: The last four digits of the account number: all that pages and files show.
    last_four = models.CharField(max_length=4)
    state = models.CharField(max_length=10, choices=STATES, default="proposed")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    checked_for = models.ForeignKey(
        "partnerships.Organisation", on_delete=models.PROTECT, related_name="+", null=True
    )
    checked_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=12, choices=WAYS, blank=True)
    check_note = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "bank_id"], name="bank_id_once"),
            models.UniqueConstraint(
                fields=["provider"], condition=models.Q(state="proposed"), name="one_proposed_account"
            ),
            models.UniqueConstraint(
                fields=["provider"], condition=models.Q(state="checked"), name="one_account_in_use"
            ),
            # Always two people.
            models.CheckConstraint(
                condition=~models.Q(state="checked")
                | (models.Q(checked_by__isnull=False) & ~models.Q(checked_by=models.F("proposed_by"))),
                name="account_checked_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"account ending {self.last_four}"


class Batch(AppendOnly):
    """A file for a payer's finance system: numbered, and the same however often it is downloaded."""

    KINDS: ClassVar = [("payable", "Approved, to be paid"), ("payments", "Payments recorded")]

    payer = models.ForeignKey("partnerships.Organisation", on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=8, choices=KINDS)
    number = models.PositiveIntegerField()
    text = models.TextField()
    rows = models.PositiveIntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Django's options."""

        ordering: ClassVar = ["-made_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["payer", "kind", "number"], name="batch_number_once")]


class CloseOut(AppendOnly):
    """That a contract was closed: what stood then, and what differences were accepted."""

    contract = models.OneToOneField("contracts.Contract", on_delete=models.PROTECT, related_name="close_out")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(default=clock.now)
    #: Figures as they stood: claimed, approved, paid, unsettled and unclaimed, as text.
    figures = models.JSONField(default=dict)
    differences = models.TextField(blank=True)
    #: The last hash of the journal, to be kept in the minutes.
    head = models.CharField(max_length=64)
