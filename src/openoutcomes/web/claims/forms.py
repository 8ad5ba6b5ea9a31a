"""Forms about claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from openoutcomes.web.claims.models import Claim
from openoutcomes.web.core.forms import BaseForm, DateField
from openoutcomes.web.core.lists import FilterForm

#: The most lines that are offered to be ticked on one page.
MOST = 200


class ClaimsFilter(FilterForm):
    """What the list of claims is narrowed by."""

    contract = forms.ChoiceField(label="Contract")
    state = forms.ChoiceField(label="State", choices=[("", "All"), *Claim.STATES])

    def __init__(self, *args: Any, contracts: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contract"].choices = [("", "All"), *contracts]  # type: ignore[attr-defined]


class LinesFilter(FilterForm):
    """What a claim's lines are narrowed by."""

    KINDS = [
        ("", "All lines"), ("new", "Claimed as new"), ("adjustment", "Changed since an earlier claim"),
        ("held", "Held"), ("refused", "Refused"), ("reduced", "Reduced to nothing"),
    ]  # fmt: skip

    kind = forms.ChoiceField(label="Show", choices=KINDS)
    outcome = forms.ChoiceField(label="Outcome")

    def __init__(self, *args: Any, outcomes: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [("", "All"), *outcomes]  # type: ignore[attr-defined]


class ChooseForm(forms.Form):
    """Which contract, and for which provider, where there are several."""

    pick = forms.ChoiceField(label="Contract")


class PrepareForm(BaseForm):
    """A new claim: its period, and what to call it."""

    label = forms.CharField(
        label="Name of the claim", max_length=60,
        help_text="Used by everybody who approves, pays or reads the claim. For example, 2026-Q1",
    )  # fmt: skip
    period_from = DateField(
        label="First day", help_text="Used by whoever approves the claim. For example, 1 1 2026"
    )
    period_to = DateField(
        label="Last day",
        help_text="Outcomes achieved up to this day are claimed, unless they were before. For example, 31 3 2026",
    )
    as_of = DateField(
        label="As known on", required=False, may_be_future=False,
        help_text="Leave empty for today. An earlier day prices what was recorded and verified by then.",
    )  # fmt: skip


class PriceAgainForm(BaseForm):
    """A draft to be priced again."""

    as_of = DateField(
        label="As known on", required=False, may_be_future=False, help_text="Leave empty for today."
    )


class SureForm(BaseForm):
    """Nothing but a button, once."""


class WithdrawForm(BaseForm):
    """Why a claim is withdrawn."""

    why = forms.CharField(
        label="Why", max_length=400, help_text="Read by those who were to approve it. Name nobody.",
    )  # fmt: skip


class ApproveForm(BaseForm):
    """What of a claim is approved: all that waits, or some lines."""

    what = forms.ChoiceField(
        label="What do you approve?",
        choices=[("all", "Everything that waits for you"), ("some", "Only the lines ticked below")],
        widget=forms.RadioSelect, initial="all", help_text="Posted in the ledger under your name.",
    )  # fmt: skip
    lines = forms.MultipleChoiceField(
        label="Lines", required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip

    #: What waited when the page was opened, in minor units: nobody approves more than they were shown.
    waited = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lines"].choices = lines  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Want a tick where only some lines are approved."""
        found = super().clean() or {}
        if found.get("what") == "some" and not found.get("lines"):
            self.add_error("lines", "Tick the lines that you approve.")
        return found

    def chosen(self) -> list[str]:
        """Return the lines approved; none means all that waits."""
        return list(self.cleaned_data.get("lines") or []) if self.cleaned_data.get("what") == "some" else []


class ReturnForm(BaseForm):
    """Lines to return to the provider, and why."""

    lines = forms.MultipleChoiceField(
        label="Lines to return", widget=forms.CheckboxSelectMultiple,
        help_text="They are not approved until this is settled.",
    )  # fmt: skip
    reason = forms.CharField(
        label="What is wrong", max_length=2000, widget=forms.Textarea,
        help_text="Read by the provider, so that it can put things right. Name nobody.",
    )  # fmt: skip

    def __init__(self, *args: Any, lines: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lines"].choices = lines  # type: ignore[attr-defined]


class AnswerForm(BaseForm):
    """A provider's answer to a returned line."""

    agree = forms.ChoiceField(
        label="Do you agree?",
        choices=[("yes", "Yes: take the line off"), ("no", "No: the line stands")],
        widget=forms.RadioSelect, help_text="Used by the payer to settle the dispute.",
    )  # fmt: skip
    answer = forms.CharField(
        label="Your answer", required=False, max_length=2000, widget=forms.Textarea,
        help_text="Needed where you do not agree: say what shows that the line stands. Name nobody.",
    )  # fmt: skip


class SettleForm(BaseForm):
    """How a payer settles a dispute."""

    uphold = forms.ChoiceField(
        label="How do you settle it?",
        choices=[("no", "Withdraw the dispute: the line stands"), ("yes", "Uphold it: the line comes off")],
        widget=forms.RadioSelect, help_text="Used by the provider and the ledger.",
    )  # fmt: skip
