"""Forms about tests of change."""

from __future__ import annotations

from typing import Any

from django import forms

from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.forms import (
    NOBODY,
    BaseForm,
    DateField,
    LookedAtForm,
    MoneyField,
    long_text,
)
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.ties.forms import to_choose
from openoutcomes.web.ties.kinds import Thing
from openoutcomes.web.trials.models import AIMS, FIELDS, LOOSE, Decision, Observation, Trial


def _line(label: str, help_text: str, missing: str, most: int = 160) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, help_text=help_text, error_messages={"required": missing}
    )


class TrialForm(BaseForm):
    """A test of change, as it is planned."""

    title = _line(
        "What do you try?",
        "In one line. Everybody reads it, people supported too.",
        "Say in one line what you try.",
    )
    doubt = long_text(
        "What made you doubt?",
        f"What you saw or heard that made you think it could be better. {NOBODY}",
        rows=2,
    )
    doubt_on = DateField(
        label="When was the doubt raised?", may_be_future=False,
        help_text="The time from here to a decision shows how fast the partnership learns. For example, 27 3 2026",
        error_messages={"required": "Give the day the doubt was raised; about is enough."},
    )  # fmt: skip
    hypothesis = long_text(
        "What do you think will happen, and why?",
        "“If we … then … because …”. Those who decide compare it with what was seen.",
        required=True, missing="Say what you think will happen, and why.",
    )  # fmt: skip
    for_whom = _line("For whom?", f"Those who take part read it. {NOBODY}", "Say whom it is for.", 200)
    smallest = long_text(
        "What is the smallest test that would tell you?",
        "One worker, one week, five people. Whoever runs it does just this.",
        required=True, rows=2, missing="Say what the smallest test is.",
    )  # fmt: skip
    measure = _line(
        "What do you look at?",
        "One thing. For example, how many come to a first meeting.",
        "Say what you look at.",
        200,
    )
    unit = forms.ChoiceField(
        label="In what is it counted?", choices=Trial.UNITS,
        help_text="So that figures are shown rightly, and those of few people are kept from others.",
    )  # fmt: skip
    before = forms.DecimalField(
        label="How is it now?", required=False, max_digits=12, decimal_places=2,
        help_text="If you know. Then better than before is told from as good as hoped.",
    )  # fmt: skip
    expected = forms.DecimalField(
        label="What do you expect to see?", max_digits=12, decimal_places=2,
        help_text="A number, said before you begin. The result is compared with it.",
        error_messages={"required": "Say what you expect to see."},
    )  # fmt: skip
    better = forms.ChoiceField(
        label="Would that be enough?", choices=Trial.BETTER, widget=forms.RadioSelect, initial="more",
        help_text="Whether a higher or a lower number is what you hope for.",
    )  # fmt: skip
    expect_by = DateField(
        label="By when?", help_text="Then somebody has to decide, and is reminded. For example, 27 3 2026",
        error_messages={"required": "Give the day by which you expect to see it."},
    )  # fmt: skip
    how_known = long_text(
        "How will you know?", "Where the figure comes from, and who counts. Readers judge by it how sure it is.",
        required=True, rows=2, missing="Say where the figure will come from.",
    )  # fmt: skip
    worse_off = forms.ChoiceField(
        label="Could anybody be worse off?", choices=Trial.WORSE, widget=forms.RadioSelect,
        help_text="Somebody who gets less, waits longer or is put at risk. Whoever agrees to the test reads it.",
        error_messages={"required": "Ask yourselves, and choose one."},
    )  # fmt: skip
    worse_who = long_text("Who could be?", f"Needed where somebody could. {NOBODY}", rows=2)
    worse_then = long_text("How do you notice, and what then?", "Needed where somebody could.", rows=2)
    runner = _line("Who runs it?", "A role, never a name.", "Name the role that runs it.")
    budget = MoneyField(
        label="What may it cost?", required=False, min_value=0, help_text="If it costs anything."
    )
    hours = forms.DecimalField(
        label="Hours of work",
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        help_text="If you know.",
    )

    def values(self) -> dict[str, Any]:
        """Return what was filled in of the test itself."""
        return {name: value for name, value in self.cleaned_data.items() if name in FIELDS}


class PlanForm(TrialForm):
    """A new test, with what it serves."""

    aim = forms.ChoiceField(
        label="What does it serve?", required=False,
        help_text="A promise, theme, story or barrier. Without one it is listed as work linked to no aim.",
        error_messages={"invalid_choice": "Choose one from the list."},
    )  # fmt: skip

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups, self.aims = to_choose(access, AIMS)
        self.fields["aim"].choices = [("", "Nothing yet"), *groups]  # type: ignore[attr-defined]
        self.order_fields(["title", "aim"])

    def chosen(self) -> list[Thing]:
        """Return the aim that was chosen."""
        key = self.cleaned_data.get("aim")
        return [self.aims[key]] if key else []


class ChangeForm(TrialForm):
    """A change; of a test that runs, only what is no prediction."""

    why = long_text("Why do you change it?", f"Those who read the history see it. {NOBODY}", rows=2)
    expected_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, is_running: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_running:
            for name in set(FIELDS) - set(LOOSE):
                del self.fields[name]


class LookForm(BaseForm):
    """What was looked for, and what its people take from it."""

    words = forms.CharField(widget=forms.HiddenInput, max_length=400)
    took = long_text(
        "What do you take from it?",
        f"What you do differently, or why it does not fit here. It is kept with the test. {NOBODY}",
        required=True, missing="Say what you take from it, also where it is nothing.",
    )  # fmt: skip


class StartForm(BaseForm):
    """The day a test starts."""

    on = DateField(
        label="When does it start?", may_be_future=False, initial=clock.today,
        help_text="What is seen counts from here. From then on the prediction stays as it is. For example, 27 3 2026",
        error_messages={"required": "Give the day it starts."},
    )  # fmt: skip


class ObservationForm(BaseForm):
    """What was seen."""

    on = DateField(
        label="When was it seen?", may_be_future=False, initial=clock.today,
        help_text="So that it can be followed over time. For example, 27 3 2026",
        error_messages={"required": "Give the day it was seen."},
    )  # fmt: skip
    value = forms.DecimalField(
        label="The figure", required=False, max_digits=12, decimal_places=2,
        help_text="If there is one. It is compared with what you expected.",
    )  # fmt: skip
    n = forms.IntegerField(
        label="Of how many?", required=False, min_value=0, max_value=10_000_000,
        help_text="People or cases in all. A figure of fewer than ten people is shown to nobody but those who run it.",
    )  # fmt: skip
    words = long_text("What did you see or hear?", f"Surprises above all. {NOBODY}")
    corrects = forms.ModelChoiceField(
        queryset=Observation._base_manager.none(), label="Does it put an earlier one right?", required=False,
        empty_label="No", help_text="The earlier one is kept, and no longer shown.",
    )  # fmt: skip

    def __init__(self, *args: Any, trial: Trial, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Observation.of(trial.partnership).filter(trial=trial, corrected_by=None)
        field: Any = self.fields["corrects"]
        field.queryset = rows
        field.label_from_instance = _named
        if not rows.exists():
            del self.fields["corrects"]
        unit = trial.get_unit_display()
        self.fields["value"].label = "The figure" if trial.unit == "other" else f"The figure, in {unit}"


def _named(row: Observation) -> str:
    value = "" if row.value is None else f": {row.value:f}".removesuffix(".00")
    return f"{row.on.day} {row.on:%B %Y}{value}{' ' if value else ': '}{row.words[:60]}".strip().strip(":")


class DecideForm(BaseForm):
    """What follows."""

    decision = forms.ChoiceField(
        label="What follows?", choices=Decision.KINDS, widget=forms.RadioSelect,
        help_text="Everybody who waits for the result is told.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    why = long_text("Why?", f"Those who come later read it. {NOBODY}", required=True, missing="Write why.")
    learned = long_text(
        "What did you learn?", "Others look for this before they try the same. What did not work is as useful.",
        required=True, missing="Write what you learned, above all where it did not work.",
    )  # fmt: skip
    role = _line("Who decided?", "A role or a meeting, never a name.", "Name the role that decided.")
    on = DateField(
        label="When?", may_be_future=False, initial=clock.today,
        help_text="The time from doubt to decision ends here. For example, 27 3 2026",
        error_messages={"required": "Give the day of the decision."},
    )  # fmt: skip


class ShareForm(LookedAtForm):
    """What others learn, and what was looked at before."""

    learned = long_text(
        "What can others learn from it?", f"What you would do again, and what not. {NOBODY}", required=True, rows=4,
        missing="Say what others can learn from it.",
    )  # fmt: skip
    field_order = ("learned", "looked_at")


class TrialFilter(FilterForm):
    """Narrows the list of tests."""

    state = forms.ChoiceField(
        label="State", choices=[("", "All"), ("overdue", "Decision overdue"), *Trial.STATES]
    )
    aim = forms.ChoiceField(label="Aim", choices=[("", "With or without"), ("none", "Linked to no aim")])
    organisation = forms.ModelChoiceField(
        queryset=Organisation._base_manager.none(), label="Organisation", empty_label="All",
        to_field_name="organisation_id",
    )  # fmt: skip
    words = forms.CharField(label="Words", max_length=100)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organisation.of(access.partnership).filter(is_active=True).order_by("name")
        self.fields["organisation"].queryset = rows  # type: ignore[attr-defined]
