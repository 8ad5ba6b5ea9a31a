"""Forms about payments, bank details, investors' money and closing a contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from openoutcomes.web.core.forms import BaseForm, DateField, MoneyField
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.payments.models import BankDetails

_WAYS = [("", "Choose one"), *BankDetails.WAYS]


class DayForm(FilterForm):
    """The day whose end a position is shown at."""

    on = DateField(label="As it stood at the end of", help_text="", may_be_future=False)


class SpanForm(FilterForm):
    """The days that a statement covers."""

    since = DateField(label="From", help_text="")
    until = DateField(label="To", help_text="", may_be_future=False)


class PayForm(BaseForm):
    """A payment as it stands on the bank statement."""

    amount = MoneyField(
        label="Amount", help_text="In part or in whole. It pays the oldest lines first.",
    )  # fmt: skip
    paid_on = DateField(
        label="Day of the payment", may_be_future=False,
        help_text="Used by the provider, to find it. For example, 27 3 2026",
    )  # fmt: skip
    reference = forms.CharField(
        label="Bank reference", max_length=60,
        help_text="Used by both sides to match the payment with the bank statement.",
    )  # fmt: skip


class ReasonForm(BaseForm):
    """Why something is undone."""

    reason = forms.CharField(
        label="Why", max_length=400, help_text="Kept in the ledger, and read in every statement. Name nobody."
    )


class ClawBackForm(ReasonForm):
    """Money to take back: an amount, or all that was paid."""

    amount = MoneyField(
        label="Amount", required=False, min_value=0,
        help_text="Leave empty for all that was paid. It is taken from the oldest lines first.",
    )  # fmt: skip
    field_order = ("amount", "reason")


class InvestForm(BaseForm):
    """A movement of investors' money."""

    kind = forms.ChoiceField(
        label="What moved?",
        choices=[
            ("drawdown", "Drawn: from the investor to the provider"),
            ("repayment", "Repaid: what was drawn went back"),
            ("return", "Returned: beyond what was drawn"),
        ],
        widget=forms.RadioSelect, help_text="Used in everybody's position and statements.",
    )  # fmt: skip
    borrower = forms.ChoiceField(label="Provider", help_text="Used in its statement.")
    amount = MoneyField(label="Amount", min_value=0, help_text="Used in everybody's position.")
    dated_on = DateField(label="Day the money moved", may_be_future=False, help_text="For example, 27 3 2026")
    reason = forms.CharField(
        label="Reference", required=False, max_length=200, help_text="Shown in statements. Name nobody."
    )

    def __init__(self, *args: Any, borrowers: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["borrower"].choices = borrowers  # type: ignore[attr-defined]


class AccountForm(BaseForm):
    """Where a provider is to be paid."""

    account_name = forms.CharField(
        label="Name on the account", max_length=70,
        help_text="Used by whoever checks the details, with the bank. As on the bank statement.",
    )  # fmt: skip
    sort_code = forms.CharField(
        label="Sort code", max_length=12, help_text="Six digits, like 12-34-56. Kept encrypted.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    account_number = forms.CharField(
        label="Account number", max_length=12,
        help_text="Eight digits; some older ones have six or seven. Kept encrypted: only the last four are shown later.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip


class CheckForm(BaseForm):
    """Whether proposed details are right, and how that was found out."""

    how = forms.ChoiceField(
        label="How did you check?", choices=_WAYS,
        help_text="Used by auditors. Never call a number that came with the change.",
    )  # fmt: skip
    last_four = forms.CharField(
        label="Last four digits that you were told", required=False, max_length=4,
        help_text="Needed where they are right. Told by whoever you called or met, without reading them out first.",
    )  # fmt: skip
    confirmed = forms.ChoiceField(
        label="Are the details right?", choices=[("yes", "Yes: use them"), ("no", "No: refuse them")],
        widget=forms.RadioSelect, help_text="Payments to the provider wait for this.",
    )  # fmt: skip
    check_note = forms.CharField(
        label="Note", required=False, max_length=400, help_text="Needed where you refuse them: say why."
    )


class BatchForm(BaseForm):
    """A file for the finance system."""

    kind = forms.ChoiceField(
        label="What goes into the file?",
        choices=[("payable", "What was approved, to be paid"), ("payments", "Payments that were recorded")],
        widget=forms.RadioSelect, help_text="Used by your finance system. Each amount goes out once.",
    )  # fmt: skip


class CloseForm(BaseForm):
    """Closing a contract, with the differences that stay."""

    differences = forms.CharField(
        label="Differences that stay as they are", required=False, max_length=4000, widget=forms.Textarea,
        help_text="Needed where something is left unclaimed, unapproved or unpaid: say what, and why everybody agreed to it.",
    )  # fmt: skip
