"""Forms of verification."""

from __future__ import annotations

from typing import Any

from django import forms

from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core.forms import BaseForm, DateField
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.verification.models import Sample


class QueueFilter(FilterForm):
    """What the queue is narrowed by."""

    show = forms.ChoiceField(
        label="Show",
        choices=[("", "All that wait"), ("answered", "Answered questions"), ("late", "Overdue")],
    )
    contract = forms.ChoiceField(label="Contract")
    provider = forms.ChoiceField(label="Provider")


class FindingForm(BaseForm):
    """What a verifier found of one outcome."""

    state = forms.ChoiceField(
        label="What did you find?",
        widget=forms.RadioSelect,
        choices=[
            ("accepted", "Accept: the evidence shows it"),
            ("queried", "Query: ask the provider"),
            ("refused", "Refuse: the evidence does not show it"),
        ],
        help_text="Used to decide whether it is paid. A later finding takes the place of this one; none is edited.",
    )
    reason = forms.CharField(
        label="Reason or question",
        required=False,
        max_length=2000,
        widget=forms.Textarea,
        help_text="Needed to query or refuse. The provider and the payers read it, so leave names out.",
    )
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AnswerForm(BaseForm):
    """A provider's answer to a verifier's question."""

    answer = forms.CharField(
        label="Your answer",
        max_length=2000,
        widget=forms.Textarea,
        help_text="The verifier reads it. They do not see the person's name, so leave names out.",
    )


class SampleForm(BaseForm):
    """How a sample is to be drawn."""

    contract = forms.ChoiceField(label="Contract", help_text="Only its outcomes that wait are drawn from.")
    first = DateField(label="Achieved from", help_text="For example, 1 3 2026")
    last = DateField(label="Achieved to", help_text="For example, 31 3 2026")
    method = forms.ChoiceField(
        label="How is it drawn?",
        widget=forms.RadioSelect,
        choices=Sample.METHODS,
        help_text="Only a random sample says how often something is wrong. One by risk finds more of it.",
    )
    asked = forms.CharField(
        label="How many?", max_length=10, help_text="A number, such as 25, or a share, such as 10%."
    )
    seed = forms.CharField(
        label="Seed",
        required=False,
        max_length=40,
        help_text="Leave it blank to have one made. Give one that was drawn in public, if you have it.",
    )

    def __init__(self, *args: Any, contracts: list[Contract], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["contract"]
        chosen.choices = [("", "Choose one"), *((c.contract_id, c.name) for c in contracts)]
        if len(contracts) == 1:
            self.initial.setdefault("contract", contracts[0].contract_id)


class RestForm(BaseForm):
    """Accepting what a random sample spoke for."""

    count = forms.IntegerField(
        label="How many outcomes will be accepted?", min_value=0,
        help_text="Write the number that is shown above, so that nothing is accepted unseen by mistake.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Why is the sample enough?", max_length=1000, widget=forms.Textarea,
        help_text="Kept with each outcome, and read by payers.",
    )  # fmt: skip
