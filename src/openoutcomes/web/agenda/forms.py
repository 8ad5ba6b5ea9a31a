"""Forms about the shared agenda."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from openoutcomes.web.agenda import triage
from openoutcomes.web.agenda.models import Commitment, Evidence, Measure, Segment, TriageDecision
from openoutcomes.web.core import clock
from openoutcomes.web.core.forms import NOBODY, BaseForm, DateField
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.partnerships.models import Organisation


def _why() -> forms.CharField:
    return forms.CharField(
        label="Why do you change it?", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Everybody who reads the history sees this. {NOBODY}",
        error_messages={"required": "Write why, so that others can follow."},
    )  # fmt: skip


class AgendaForm(BaseForm):
    """A change of the agenda, with why, and the version that it was opened with."""

    why = _why()
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name not in ("why", "expected")])

    def values(self) -> dict[str, Any]:
        """Return what was filled in, without what every form has."""
        kept = ("once", "opened", "why", "expected", "anyway")
        return {name: value for name, value in self.cleaned_data.items() if name not in kept}


class VisionForm(AgendaForm):
    """What the partnership wants."""

    words = forms.CharField(
        label="What do we want for people?", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="In words that people supported would use. Everybody in the partnership reads it.",
        error_messages={"required": "Say in plain words what you want for people."},
    )  # fmt: skip


class FocusForm(AgendaForm):
    """Whom the agenda is for now."""

    segment = forms.ModelChoiceField(
        queryset=Segment._base_manager.none(), label="Who is it for now?", required=False,
        empty_label="Others, whom I name below",
        help_text="One group at a time. The group before is kept, and can be the focus again.",
    )  # fmt: skip
    name = forms.CharField(
        label="Who are they?", required=False, max_length=160,
        help_text="As they would say it. For example, young people of 18 to 24 without a home.",
    )  # fmt: skip
    about = forms.CharField(
        label="What should everybody know about them?", required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=f"Begin with their strengths. {NOBODY}",
    )  # fmt: skip

    def __init__(self, *args: Any, segments: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segment"].queryset = segments  # type: ignore[attr-defined]


class MeasureForm(AgendaForm):
    """One of the few measures."""

    question = forms.CharField(
        label="What do we ask?", max_length=200,
        help_text="As people would ask it: “Do young people have a home that they can keep?” Shown on the agenda.",
        error_messages={"required": "Ask it as people would."},
    )  # fmt: skip
    why_it_matters = forms.CharField(
        label="Why does it matter?", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="To people supported, first of all. Shown on the agenda.",
        error_messages={"required": "Say why it matters to people."},
    )  # fmt: skip
    took_part = forms.IntegerField(
        label="How many people supported chose it?", required=False, min_value=0, max_value=100_000,
        help_text="0 if nobody was asked yet. Readers use it to judge whose measure it is.",
    )  # fmt: skip
    chosen_how = forms.CharField(
        label="How was it chosen?", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"For example, two evenings at the foyer, and a vote. {NOBODY}",
    )  # fmt: skip
    direction = forms.ChoiceField(
        label="What is better?", choices=Measure.DIRECTIONS, widget=forms.RadioSelect,
        help_text="Readers use it to see whether a change is good.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    link = forms.ChoiceField(
        label="Which figure of the platform answers it?", required=False,
        help_text="Then its latest value is shown by itself, without small numbers.",
    )  # fmt: skip
    figure_from = forms.CharField(
        label="Where else does a figure come from?", required=False, max_length=200,
        help_text="Where the platform holds none. For example, the council's count of rough sleepers each autumn.",
    )  # fmt: skip
    anyway = forms.BooleanField(
        label="We want more than seven measures", required=False,
        help_text="With more than about seven nobody looks at any.",
    )  # fmt: skip

    def __init__(self, *args: Any, links: list[tuple[str, str]], asks_anyway: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["link"].choices = [("", "None"), *links]  # type: ignore[attr-defined]
        if not asks_anyway:
            del self.fields["anyway"]


class LineForm(AgendaForm):
    """A line of the shared-impact framework."""

    signs = forms.CharField(
        label="How will we see that it moves?", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Signs of progress, before the result is there.",
    )  # fmt: skip
    risks = forms.CharField(
        label="What could go wrong?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    outcomes = forms.CharField(
        label="What comes of it for people?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, organisations: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asks = {"we": "We will …", "if": "… if others do this …", "and": "… and others do that"}
        for part, label in asks.items():
            own = part == "we"
            self.fields[f"{part}_words"] = forms.CharField(
                label=label, required=own, max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "class": "govuk-textarea"}),
                help_text="What will be done, so that anybody can see whether it was. Everybody reads it."
                if own else "Leave empty where nobody else is needed.",
                error_messages={"required": "Begin with our own part."},
            )  # fmt: skip
            self.fields[f"{part}_organisation"] = forms.ModelChoiceField(
                queryset=organisations, required=False, label="Who?" if own else "Which organisation?",
                empty_label="The partnership together" if own else "Choose",
                help_text="" if own else "It answers for itself: until then it stands as proposed.",
                widget=forms.Select(attrs={"class": "govuk-select"}),
            )  # fmt: skip
            self.fields[f"{part}_role"] = forms.CharField(
                label="Which role looks after it?", required=False, max_length=120,
                widget=forms.TextInput(attrs={"class": "govuk-input"}),
                help_text="For example, head of housing. No names.",
            )  # fmt: skip
            self.fields[f"{part}_due_on"] = DateField(label="By when?", required=False)
        parts = [f"{part}_{name}" for part in asks for name in ("words", "organisation", "role", "due_on")]
        self.order_fields([*parts, "signs", "risks", "outcomes"])


class WhyForm(BaseForm):
    """Only why."""

    why = _why()


class AnswerForm(BaseForm):
    """How a commitment stands."""

    WORDS = {
        "promised": "We promise it", "declined": "We do not promise it", "kept": "It is done",
        "late": "It will be late", "broken": "It will not be done",
    }  # fmt: skip

    state = forms.ChoiceField(
        label="How does it stand?", widget=forms.RadioSelect, choices=[],
        help_text="Everybody in the partnership sees it, with its history.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    due_on = DateField(
        label="By when?",
        required=False,
        help_text="Needed for a promise without a day, and for what will be late. For example, 27 3 2026",
    )
    why = forms.CharField(
        label="Why?", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Needed unless it is promised or done. {NOBODY}",
    )  # fmt: skip
    expected = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, states: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [(state, self.WORDS[state]) for state in states]  # type: ignore[attr-defined]


class CommitmentFilter(FilterForm):
    """What the list of commitments is narrowed by."""

    organisation = forms.ModelChoiceField(
        queryset=Organisation._base_manager.none(), label="Organisation", empty_label="All"
    )
    state = forms.ChoiceField(
        label="Stands", choices=[("", "All"), ("overdue", "Past its day"), *Commitment.STATES]
    )

    def __init__(self, *args: Any, organisations: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class TriageForm(BaseForm):
    """The questions on which way of paying fits."""

    problem = forms.CharField(
        label="Which problem is it about?", max_length=200,
        help_text="In a sentence. Kept with the answers, so that others know what was asked.",
        error_messages={"required": "Say in a sentence what it is."},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in triage.QUESTIONS:
            self.fields[question.code] = forms.ChoiceField(
                label=question.asks, help_text=question.hint,
                choices=[(option.code, option.words) for option in question.options],
                widget=_radios(),
                error_messages={"required": "Choose one; “we do not know yet” is an answer."},
            )  # fmt: skip

    def answers(self) -> dict[str, str]:
        """Return the answers by question."""
        return {question.code: self.cleaned_data[question.code] for question in triage.QUESTIONS}


def _radios() -> forms.RadioSelect:
    widget = forms.RadioSelect()
    # Fields that are added after the form was made are dressed here.
    widget.template_name = "core/widgets/radios.html"
    return widget


class TriageDecisionForm(BaseForm):
    """What people decided."""

    way = forms.ChoiceField(
        label="What was decided?", choices=TriageDecision.WAYS, widget=forms.RadioSelect,
        help_text="It need not be what the rules said. Kept beside them.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    decided_by = forms.CharField(
        label="Who decided?", max_length=160, help_text="A group or role, such as the partnership board. No names.",
        error_messages={"required": "Name the group or role."},
    )  # fmt: skip
    why = forms.CharField(
        label="Why?", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Others learn from it, above all where it is not what the rules said.",
        error_messages={"required": "Write why, so that others can follow."},
    )  # fmt: skip


class EvidenceForm(BaseForm):
    """A note of evidence."""

    kind = forms.ChoiceField(
        label="Where does it come from?", choices=Evidence.KINDS, widget=forms.RadioSelect,
        help_text="Readers use it to judge how far to trust it.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    who = forms.ChoiceField(
        label="Who said it?", required=False, choices=[("", "Choose"), *Evidence.WHO],
        help_text="A group, never a person. Needed where somebody said it.",
    )  # fmt: skip
    document = forms.CharField(
        label="Which document?",
        required=False,
        max_length=300,
        help_text="Its title and where it is. Needed for a document.",
    )
    words = forms.CharField(
        label="What was seen, said or read?", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"Used when the partnership looks at itself. {NOBODY}",
        error_messages={"required": "Write what was seen, said or read."},
    )  # fmt: skip
    on = DateField(
        label="On which day?", may_be_future=False, help_text="Evidence ages, so readers look at its day. For example, 27 3 2026",
        initial=clock.today, error_messages={"required": "Give the day it was seen, said or written."},
    )  # fmt: skip


class GapForm(BaseForm):
    """Something to find out."""

    words = forms.CharField(
        label="What do we not know?", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever finds out works from this.", error_messages={"required": "Write what is not known."},
    )  # fmt: skip
    finder = forms.CharField(
        label="Who finds out?", max_length=120, help_text="A role, such as the evaluation lead; meetings ask it.",
        error_messages={"required": "Name a role."},
    )  # fmt: skip
    due_on = DateField(
        label="By when?", help_text="Meetings ask for it then. For example, 27 3 2026",
        error_messages={"required": "Give a day."},
    )  # fmt: skip


class FoundForm(BaseForm):
    """What was found out."""

    found = forms.CharField(
        label="What was found out?", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Also that it cannot be known. Everybody reads it. {NOBODY}",
        error_messages={"required": "Write what was found out."},
    )  # fmt: skip
