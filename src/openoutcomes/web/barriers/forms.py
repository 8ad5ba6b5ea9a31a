"""Forms about barriers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from openoutcomes.web.barriers.models import LEVELS, Ask, Barrier
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.forms import NOBODY, BaseForm, DateField, LookedAtForm, WhyForm, long_text
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.partnerships.models import Organisation


def _organisations(access: Access) -> Any:
    return Organisation.of(access.partnership).filter(is_active=True).order_by("name")


def _one_of(label: str, help_text: str, empty: str) -> forms.ModelChoiceField[Organisation]:
    return forms.ModelChoiceField(
        queryset=Organisation._base_manager.none(), label=label, required=False, empty_label=empty,
        help_text=help_text, to_field_name="organisation_id",
        error_messages={"invalid_choice": "Choose one from the list."},
    )  # fmt: skip


class BarrierForm(BaseForm):
    """What gets in the way, and whose rule it is."""

    title = forms.CharField(
        label="What gets in the way?", max_length=160,
        help_text="In one line, as the people whom it stops would say it. Everybody who can act on it reads this.",
        error_messages={"required": "Say in one line what gets in the way."},
    )  # fmt: skip
    what = long_text("What happens then?", f"What people try, and where it stops. {NOBODY}")
    rule = long_text(
        "Which rule, policy or practice is it?",
        "As exactly as you know it: the law, the form, or “it has always been done so”.", rows=2,
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="What kind of rule is it?", choices=Barrier.KINDS, required=False, initial="unknown",
        help_text="It says who could change it: a practice is changed by a manager, a law by nobody here.",
    )  # fmt: skip
    owner = _one_of(
        "Whose rule is it?", "An organisation of the partnership. It will find this on its list.",
        "Not known, or a body outside",
    )  # fmt: skip
    owner_outside = forms.CharField(
        label="Or which body outside?",
        required=False,
        max_length=160,
        help_text="For example, the Jobcentre.",
    )
    bender = forms.CharField(
        label="Who could bend or change it?", required=False, max_length=160,
        help_text="A role, never a name. For example, the head of housing options.",
    )  # fmt: skip
    estimate = forms.IntegerField(
        label="For how many people, about?",
        required=False,
        min_value=1,
        max_value=10_000_000,
        help_text="Where workers mark their own people, that is counted beside it.",
    )
    how_known = forms.ChoiceField(
        label="How do you know?", choices=Barrier.HOW_KNOWN, required=False,
        help_text="Needed with a number: readers judge by it how sure it is.",
    )  # fmt: skip
    how_words = long_text(
        "Say more about the number", f"For example, 14 of 20 heard in March said so. {NOBODY}", rows=2
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = _organisations(access)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what was filled in of the barrier itself."""
        kept = ("once", "opened", "why", "expected", "anyway")
        found = {name: value for name, value in self.cleaned_data.items() if name not in kept}
        return {**found, "kind": found["kind"] or "unknown"}


class AddForm(BarrierForm):
    """A new barrier."""

    anyway = forms.BooleanField(
        label="Mine is another one", required=False,
        help_text="Tick it when something like it is written down already, and yours is not the same.",
    )  # fmt: skip

    def __init__(self, *args: Any, asks_anyway: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_anyway:
            del self.fields["anyway"]


class ChangeForm(BarrierForm):
    """A change of what is written."""

    why = long_text("Why do you change it?", f"Those who read the history see it. {NOBODY}", rows=2)
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AskForm(BaseForm):
    """Asking somebody to do something."""

    whom = _one_of(
        "Who is asked?", "It finds this under what waits for it.", "A body outside the partnership"
    )
    whom_outside = forms.CharField(
        label="Or which body outside?", required=False, max_length=160,
        help_text="The coordinator writes its answer down.",
    )  # fmt: skip
    whom_role = forms.CharField(
        label="Who there?", required=False, max_length=160, help_text="A role, never a name."
    )
    what = long_text(
        "What are they asked to do?",
        "One thing that they can say yes or no to. It is what the director reads.",
        required=True, missing="Write what they are asked to do.",
    )  # fmt: skip
    asked_on = DateField(
        label="When was it asked?", may_be_future=False, initial=clock.today,
        help_text="Days of waiting are counted from here. For example, 27 3 2026",
        error_messages={"required": "Give the day it was asked."},
    )  # fmt: skip
    due_on = DateField(
        label="By when do you need an answer?",
        help_text="After this day it is chased, and may be taken further. For example, 27 3 2026",
        error_messages={"required": "Give the day by which you need an answer."},
    )  # fmt: skip

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whom"].queryset = _organisations(access)  # type: ignore[attr-defined]


class AnswerForm(BaseForm):
    """An answer to what was asked."""

    said = forms.ChoiceField(
        label="What is the answer?", choices=Ask.ANSWERS, widget=forms.RadioSelect,
        help_text="Those who asked go on from it.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    why = long_text(
        "Why, and what will you do?",
        f"People whom it stops are told this. {NOBODY}",
        required=True, missing="Write why, so that people can be told.",
    )  # fmt: skip
    on = DateField(
        label="When was it answered?", may_be_future=False, initial=clock.today,
        help_text="Days of waiting end here. For example, 27 3 2026",
        error_messages={"required": "Give the day of the answer."},
    )  # fmt: skip


class CheckForm(BaseForm):
    """Whether it went away."""

    helped = forms.ChoiceField(
        label="Has it gone away?", choices=[("yes", "Yes, it no longer stops anybody"), ("no", "No, it is still there")],
        widget=forms.RadioSelect, help_text="Asked of people whom it stopped, not of whose rule it is.",
        error_messages={"required": "Choose one."},
    )  # fmt: skip
    result = long_text(
        "What did you see?",
        f"Readers see how you know. {NOBODY}",
        required=True,
        missing="Write what you saw.",
    )
    on = DateField(
        label="When did you look?", may_be_future=False, initial=clock.today,
        help_text="So that somebody knows when to look again. For example, 27 3 2026",
        error_messages={"required": "Give the day you looked."},
    )  # fmt: skip


class SettleForm(WhyForm):
    """How it ended."""

    how = forms.ChoiceField(
        label="How did it end?",
        choices=[("gone", "It is gone"), ("accepted", "It stays, and we live with it")],
        widget=forms.RadioSelect, help_text="It leaves the list of what is open.",
        error_messages={"required": "Choose one."},
    )  # fmt: skip
    field_order = ("how", "why")


class LevelForm(WhyForm):
    """Where to take it."""

    level = forms.ChoiceField(
        label="Where do you take it?", widget=forms.RadioSelect,
        help_text="The next agenda there has it.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    field_order = ("level", "why")

    def __init__(self, *args: Any, barrier: Barrier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [pair for pair in LEVELS.items() if pair[0] != barrier.level]  # type: ignore[attr-defined]


class TickForm(BaseForm):
    """Which of several people or barriers; what was shown comes along, so that only that is changed."""

    ticked = forms.MultipleChoiceField(
        label="", required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "One of these is no longer on the list. Open the page again."},
    )  # fmt: skip

    def __init__(
        self, *args: Any, label: str, help_text: str, choices: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ticked"]
        field.label, field.help_text = label, help_text
        field.choices = choices  # type: ignore[attr-defined]
        # Marks are neither required nor a choice between, so the label need not say that it is optional.
        field.widget.is_filter = True  # type: ignore[attr-defined]
        self.fields["shown"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=" ".join(key for key, _ in choices)
        )

    def shown(self) -> list[str]:
        """Return the ids that the page showed."""
        return str(self.cleaned_data.get("shown") or "").split()


class ShareForm(LookedAtForm):
    """What others read besides the barrier's words, and what was looked at before."""

    learned = long_text(
        "What should others know about asking?",
        f"What was tried, and what came of it. Reasons of those who answered are not shared by themselves. {NOBODY}",
    )
    field_order = ("learned", "looked_at")


class JoinForm(BaseForm):
    """Which other barrier it is the same as."""

    to = forms.ChoiceField(
        label="Which one is kept?", help_text="Marks of both are counted together, each person once.",
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one from the list."},
    )  # fmt: skip

    def __init__(self, *args: Any, near: Sequence[Barrier], others: Sequence[Barrier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: list[Any] = [("", "Choose one")]
        if near:
            groups.append(("Read alike", [(one.barrier_id, one.title) for one in near]))
        groups.append(("Others", [(one.barrier_id, one.title) for one in others]))
        self.fields["to"].choices = groups  # type: ignore[attr-defined]


class BarrierFilter(FilterForm):
    """Narrows the list of barriers."""

    state = forms.ChoiceField(
        label="State",
        choices=[("", "Not settled"), ("late", "Answer overdue"), *Barrier.STATES, ("all", "All")],
    )  # fmt: skip
    level = forms.ChoiceField(label="Where it is", choices=[("", "Anywhere"), *LEVELS.items()])
    owner = forms.ModelChoiceField(
        queryset=Organisation._base_manager.none(), label="Whose rule", empty_label="Anybody’s",
        to_field_name="organisation_id",
    )  # fmt: skip
    words = forms.CharField(label="Words", max_length=100)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = _organisations(access)  # type: ignore[attr-defined]
