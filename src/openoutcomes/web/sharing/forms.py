"""Forms about sharing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from openoutcomes.web.core.forms import BaseForm, DateField, code_choices
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.sharing.slices import GROUPS, HOW


class SliceForm(BaseForm):
    """What is shared, and why that is allowed: used wherever somebody is shown to others."""

    groups = forms.MultipleChoiceField(
        label="What they may see",
        choices=[(group, words) for group, (words, _) in GROUPS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick what the person agreed to, and no more. The organisation sees only this.",
        error_messages={"required": "Tick at least one part of what is recorded."},
    )
    basis = forms.ChoiceField(
        label="Why they may see it",
        choices=[("consent", "The person agreed"), ("lawful", "Another lawful basis")],
        widget=forms.RadioSelect,
        initial="consent",
        help_text="The person and auditors see this.",
        error_messages={"required": "Choose why they may see it."},
    )
    how = forms.ChoiceField(
        label="How they agreed",
        choices=[("", "Choose one"), *HOW.items()],
        required=False,
        help_text="Needed when the person agreed, so that it can be shown later.",
    )
    why = forms.CharField(
        label="The lawful basis, in words",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed only where the person did not agree: which duty or law, and why now. "
        "The person can read this.",
    )


class ShareForm(SliceForm):
    """Let an organisation see a person."""

    recipient = forms.ModelChoiceField(
        queryset=Organisation._base_manager.none(),
        label="Organisation",
        empty_label="Choose one",
        help_text="Only its practitioners and managers will see.",
        error_messages={
            "required": "Choose the organisation.", "invalid_choice": "Choose one from the list.",
        },
    )  # fmt: skip
    purpose = forms.ChoiceField(
        label="What it is for",
        choices=code_choices("consent_purpose", blank="Choose one"),
        help_text="The organisation may use what it sees for this alone.",
        error_messages={"required": "Choose what it is for."},
    )
    until = DateField(
        label="Last day",
        required=False,
        help_text="It stops by itself after this day. Leave empty to go on until somebody stops it.",
    )
    field_order = ("recipient", "purpose", "groups", "basis", "how", "why", "until", "once")

    def __init__(self, *args: Any, recipients: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recipient"].queryset = recipients  # type: ignore[attr-defined]


class ConfirmForm(BaseForm):
    """Nothing to fill in: only to be sent once."""


def sent(request: Any) -> Any:
    """Return what a form was sent with, also when it has nothing to fill in; None before it is sent."""
    return request.POST if request.method == "POST" else None
