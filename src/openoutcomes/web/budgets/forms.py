"""Forms about budgets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from openoutcomes.web.budgets.models import BudgetRequest
from openoutcomes.web.core.forms import BaseForm, DateField, MoneyField
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.records.models import Record


class BudgetFilter(FilterForm):
    """What the list of requests is narrowed by."""

    state = forms.ChoiceField(label="State", choices=[("", "All"), *BudgetRequest.STATES])
    programme = forms.ModelChoiceField(
        queryset=Programme._base_manager.none(), label="Programme", empty_label="All"
    )

    def __init__(self, *args: Any, programmes: QuerySet[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]


class AskForm(BaseForm):
    """Ask for something small."""

    what_for = forms.CharField(
        label="What is it for?", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What would be bought, and how it helps. Your manager decides by this.",
        error_messages={"required": "Say what would be bought, and how it helps."},
    )  # fmt: skip
    amount = MoneyField(
        label="How much, at most?", min_value=0, help_text="Your manager decides by this.",
        error_messages={"required": "Give an amount such as 25.00."},
    )  # fmt: skip
    goal_id = forms.ChoiceField(label="Which goal does it help with?", required=False)
    enrolment = forms.ChoiceField(
        label="From which programme's money?", help_text="Sets whose money it is.",
        error_messages={"required": "Choose the programme."},
    )  # fmt: skip

    def __init__(
        self, *args: Any, enrolments: Iterable[Enrolment], goals: Iterable[Record], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.enrolments = {one.enrolment_id: one for one in enrolments}
        self.fields["enrolment"].choices = [  # type: ignore[attr-defined]
            (key, one.programme.name) for key, one in self.enrolments.items()
        ]
        if len(self.enrolments) == 1:
            self.fields["enrolment"].widget = forms.HiddenInput()
            self.initial.setdefault("enrolment", next(iter(self.enrolments)))
        self.fields["goal_id"].choices = [  # type: ignore[attr-defined]
            ("", "None of these"),
            *((goal.record_id, goal.values.get("words") or "A goal without words") for goal in goals),
        ]


class WhyForm(BaseForm):
    """Why a request is declined."""

    why = forms.CharField(
        label="Why not?", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever asked reads this.", error_messages={"required": "Say why, so that it can be put right."},
    )  # fmt: skip


class SpendForm(BaseForm):
    """What was spent."""

    amount = MoneyField(
        label="How much was spent?", min_value=0, help_text="The amount on the receipt: auditors compare them.",
        error_messages={"required": "Give the amount on the receipt."},
    )  # fmt: skip
    spent_on = DateField(
        label="When?", may_be_future=False, help_text="The day on the receipt. For example, 27 3 2026",
        error_messages={"required": "Give the day on the receipt."},
    )  # fmt: skip
    receipt = forms.CharField(label="Receipt number, or where it is kept", required=False, max_length=60)


class PotForm(BaseForm):
    """A programme's money for a year."""

    programme = forms.ModelChoiceField(
        queryset=Programme._base_manager.none(), label="Programme", empty_label="Choose one",
        help_text="Its people can be helped from this money.",
        error_messages={"required": "Choose the programme."},
    )  # fmt: skip
    amount = MoneyField(
        label="How much is in the pot?", min_value=0, help_text="No more than this can be promised or spent.",
        error_messages={"required": "Give an amount such as 5000.00."},
    )  # fmt: skip
    per_person = MoneyField(
        label="Most for one person", required=False, min_value=0, help_text="Empty means no limit."
    )
    starts_on = DateField(label="First day", error_messages={"required": "Give the first day."},
                          help_text="Sets the year that it is counted in.")  # fmt: skip
    ends_on = DateField(label="Last day", error_messages={"required": "Give the last day."},
                        help_text="Sets the year that it is counted in.")  # fmt: skip

    def __init__(self, *args: Any, programmes: QuerySet[Programme], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]
        if not is_new:
            for name in ("programme", "starts_on", "ends_on"):
                del self.fields[name]
