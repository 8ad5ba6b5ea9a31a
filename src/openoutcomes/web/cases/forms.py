"""Forms about cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from openoutcomes.web.cases.models import Condition, CopyPlan
from openoutcomes.web.cases.words import AREAS, PAYING, PLACES, RESULTS, SIZES, STRENGTHS
from openoutcomes.web.core.forms import NOBODY, BaseForm, DateField, MoneyField
from openoutcomes.web.core.guard import Suspect
from openoutcomes.web.core.lists import FilterForm


def _choices(listed: dict[str, str], blank: str) -> list[tuple[str, str]]:
    return [("", blank), *listed.items()]


def _long(label: str, help_text: str = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": rows}),
        help_text=f"{help_text} {NOBODY}".strip(),
    )  # fmt: skip


class CaseFilter(FilterForm):
    """What the list of cases is narrowed by: words, and the tags of a situation."""

    words = forms.CharField(label="Words", max_length=200)
    result = forms.ChoiceField(label="What came of it", choices=_choices(RESULTS, "All, worked or not"))
    area = forms.ChoiceField(label="About", choices=_choices(AREAS, "Anything"))
    place_kind = forms.ChoiceField(label="Place", choices=_choices(PLACES, "Any"))
    size = forms.ChoiceField(label="How many people", choices=_choices(SIZES, "Any"))
    paying = forms.ChoiceField(label="Paid for by", choices=_choices(PAYING, "Anything"))
    where = forms.ChoiceField(
        label="Where", choices=[("", "Here and elsewhere"), ("here", "Here"), ("elsewhere", "Elsewhere")]
    )


class CaseForm(BaseForm):
    """A case, as it is written down."""

    title = forms.CharField(
        label="What was tried?", max_length=160,
        help_text="In one line. Everybody who looks for what was tried before reads it. Do not name anybody.",
        error_messages={"required": "Say in one line what was tried."},
    )  # fmt: skip
    result = forms.ChoiceField(
        label="What came of it?", choices=list(RESULTS.items()), widget=forms.RadioSelect,
        help_text="What did not work saves others as much as what did. Used to find it again.",
        error_messages={"required": "Choose one; what failed is as welcome."},
    )  # fmt: skip
    who_for = forms.CharField(
        label="Who was it for?",
        required=False,
        max_length=160,
        help_text="For example, care leavers of 18 to 21",
    )
    problem = forms.CharField(
        label="What was the problem?",
        required=False,
        max_length=300,
        help_text="In a sentence, as people would say it.",
    )
    area = forms.ChoiceField(label="What was it about?", required=False, choices=_choices(AREAS, "Choose"))
    place_kind = forms.ChoiceField(
        label="What kind of place?", required=False, choices=_choices(PLACES, "Choose")
    )
    size = forms.ChoiceField(label="How many people?", required=False, choices=_choices(SIZES, "Choose"))
    paying = forms.ChoiceField(
        label="How was it paid for?", required=False, choices=_choices(PAYING, "Choose")
    )
    period = forms.CharField(
        label="When was it?",
        required=False,
        max_length=80,
        help_text="For example, spring 2024 to summer 2025",
    )
    context = _long("How did things stand before?", "What would somebody from elsewhere have to know?")
    story = _long("What was done?", "What happened, in order.", 6)
    partners = _long("Who did it together?", "Organisations, and the part of each.", 3)
    impact = _long("What changed?", "Give numbers of people only where they are ten or more.")
    strength = forms.ChoiceField(
        label="How is that known?", choices=list(STRENGTHS.items()), initial="unchecked", widget=forms.RadioSelect,
        help_text="Readers use it to judge how far to trust it. It is no mark.",
        error_messages={"required": "Choose one; “nobody has checked” is an answer."},
    )  # fmt: skip
    how_known = _long("What does that rest on?", "For example, which records, compared with whom.", 2)
    made_it_work = _long("What made it work, or kept it from working?")
    learned = _long("What was learned?")
    conditions = _long(
        "What would have to be true elsewhere for it to work?",
        "One to a line. Whoever copies it answers each of them first.",
    )
    cost = MoneyField(label="What did it cost?", required=False, min_value=0)
    cost_words = forms.CharField(
        label="What does the cost cover?",
        required=False,
        max_length=300,
        help_text="For example, two workers for a year",
    )
    contacts = forms.CharField(
        label="Whom to ask", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One to a line: a role and an organisation, such as “Outreach lead, Harbour Lights”. No names, addresses or numbers.",
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PublishForm(BaseForm):
    """Everything that the check found, to be looked at one by one."""

    looked_at = forms.MultipleChoiceField(
        label="What the check found", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick each that points at nobody, when you have looked."},
        help_text="Tick each when you have looked and it points at nobody. If it does, go back and change the case.",
    )  # fmt: skip

    def __init__(self, *args: Any, found: Sequence[Suspect], fields: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.key, f"“{one.text}” looks like {one.words} ({fields[one.field]})") for one in found]
        self.fields["looked_at"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["looked_at"]


class FileForm(BaseForm):
    """A file of cases."""

    file = forms.FileField(
        label="File", help_text="A file of cases from another installation, at most 2 MB. It ends in .json.",
        error_messages={"required": "Choose a file."},
    )  # fmt: skip


class CopyForm(BaseForm):
    """What would have to be true before a case is copied."""

    why = forms.CharField(
        label="Why might it help here?", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Whoever decides reads this. {NOBODY}",
        error_messages={"required": "Write a sentence."},
    )  # fmt: skip
    different = forms.CharField(
        label="What would you do differently here?", required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=NOBODY,
    )  # fmt: skip
    conditions = forms.CharField(
        label="What would have to be true here?", max_length=8000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One to a line. Each is answered before anything is decided.",
        error_messages={"required": "Write at least one thing that would have to be true."},
    )  # fmt: skip


class ConditionForm(BaseForm):
    """What is known of a condition."""

    state = forms.ChoiceField(
        label="Is it true here?", choices=Condition.STATES, widget=forms.RadioSelect,
        help_text="Used by whoever decides whether to go ahead.",
        error_messages={"required": "Choose one."},
    )  # fmt: skip
    found = forms.CharField(
        label="What was found out?", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"How it is known; or, where it is not true, what would make it true. {NOBODY}",
    )  # fmt: skip
    finder = forms.CharField(
        label="Who finds out?", required=False, max_length=120,
        help_text="A role, such as “housing lead”. Needed while it is not known.",
    )  # fmt: skip
    due_on = DateField(label="By when?", required=False)


class NewConditionForm(BaseForm):
    """One more condition."""

    line = forms.CharField(
        label="What would have to be true here?", max_length=300, help_text="Whoever decides reads this.",
        error_messages={"required": "Write what would have to be true."},
    )  # fmt: skip
    finder = forms.CharField(
        label="Who finds out?", required=False, max_length=120, help_text="A role, such as “housing lead”."
    )
    due_on = DateField(label="By when?", required=False)


class DecideForm(BaseForm):
    """Whether to go ahead."""

    state = forms.ChoiceField(
        label="What did you decide?", widget=forms.RadioSelect, choices=[],
        help_text="The partnership sees it, with why.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    why = forms.CharField(
        label="Why?", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Others learn from it, also when you decide against it. {NOBODY}",
        error_messages={"required": "Write why."},
    )  # fmt: skip

    def __init__(self, *args: Any, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, said) for code, said in CopyPlan.STATES if code != now]
        self.fields["state"].choices = choices  # type: ignore[attr-defined]
