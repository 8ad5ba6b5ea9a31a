"""Forms of stories, rankings and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from openoutcomes.web.core.forms import NOBODY, BaseForm
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.stories.drawing import Step
from openoutcomes.web.stories.models import Story


def _choose(field: forms.Field, choices: Sequence[tuple[Any, Any]]) -> None:
    field.choices = choices  # type: ignore[attr-defined]


class StoryFilter(FilterForm):
    """What the list of stories is narrowed by."""

    state = forms.ChoiceField(label="How it stands", choices=[("", "All"), *Story.STATES])
    source = forms.ChoiceField(label="Whose words", choices=[("", "Anybody’s"), *Story.SOURCES])
    linked = forms.ChoiceField(
        label="What was done",
        choices=[("", "All"), ("no", "Linked to nothing yet"), ("yes", "Linked to what was done")],
    )


class StoryForm(BaseForm):
    """As a ... I need ... so that ..."""

    as_a = forms.CharField(
        label="As …", max_length=160, help_text=f"For example, “young person who sleeps on sofas”. {NOBODY}",
        error_messages={"required": "Say as whom."},
    )  # fmt: skip
    need = forms.CharField(
        label="I need …", max_length=300,
        help_text="For example, “a first meeting where I feel safe”. Others rank it, and work by it.",
        error_messages={"required": "Say what is needed."},
    )  # fmt: skip
    so_that = forms.CharField(
        label="so that …", max_length=300,
        help_text="For example, “I come, and come back”. It tells those who try what would be better.",
        error_messages={"required": "Say what for."},
    )  # fmt: skip
    category = forms.ChoiceField(
        label="Which need is it about?", required=False,
        help_text="To see how many people have it, from what is recorded already.",
    )  # fmt: skip
    source = forms.ChoiceField(
        label="Whose words are these?", choices=[one for one in Story.SOURCES if one[0] != "person"],
        widget=forms.RadioSelect, help_text="Readers see whether people supported said so themselves.",
        error_messages={"required": "Choose one."},
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, categories: Sequence[tuple[str, str]], is_own: bool = False, is_change: bool = False, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        _choose(self.fields["category"], [("", "None of them"), *categories])
        if is_own or is_change:
            del self.fields["source"]
        if is_own:
            del self.fields["category"]


class MoveForm(BaseForm):
    """How far a story has come."""

    state = forms.ChoiceField(
        label="How does it stand now?", widget=forms.RadioSelect,
        help_text="Everybody sees it, above all those who need it.", error_messages={"required": "Choose one."},
    )  # fmt: skip
    why = forms.CharField(
        label="In words, to those who need it", required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Needed when it is done or cannot be done: what was done, or why not. {NOBODY}",
    )  # fmt: skip

    def __init__(self, *args: Any, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self.fields["state"], [one for one in Story.STATES if self.is_bound or one[0] != now])


class RankForm(BaseForm):
    """A place for each story, 1 for what matters most. Two may share one; any may be left out."""

    def __init__(self, *args: Any, stories: Iterable[Story], places: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stories = list(stories)
        choices = [("", "No opinion"), *((str(n), str(n)) for n in range(1, len(self.stories) + 1))]
        for story in self.stories:
            self.fields[story.story_id] = forms.ChoiceField(
                label=story.sentence, choices=choices, required=False, initial=str(places.get(story.story_id, "")),
                widget=forms.Select(attrs={"class": "govuk-select"}),
            )  # fmt: skip

    def places(self) -> dict[str, int | None]:
        """Return the place of each story, or None where there is no opinion."""
        found = self.cleaned_data
        return {
            story.story_id: int(found[story.story_id]) if found.get(story.story_id) else None
            for story in self.stories
        }


class PictureForm(BaseForm):
    """What a picture shows."""

    title = forms.CharField(
        label="What does it show?", max_length=160, help_text="For example, “From referral to a home”. It is found by this.",
        error_messages={"required": "Say what it shows."},
    )  # fmt: skip
    about = forms.CharField(
        label="What should a reader know?", required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=NOBODY,
    )  # fmt: skip
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)


class StepForm(BaseForm):
    """One step of a picture."""

    name = forms.CharField(
        label="What happens?", max_length=80, help_text="In a few words, such as “First meeting”. It is drawn in the box.",
        error_messages={"required": "Say what happens."},
    )  # fmt: skip
    organisation = forms.CharField(
        label="Who does it?", max_length=80,
        help_text="An organisation, or “The person”. Where it changes, the picture shows a hand-off.",
        widget=forms.TextInput(attrs={"list": "who-does-it", "autocomplete": "off"}),
        error_messages={"required": "Say who does it."},
    )  # fmt: skip
    wait = forms.CharField(
        label="How long do people usually wait for it?",
        required=False,
        max_length=60,
        help_text="For example, 2 to 3 weeks",
    )
    stuck = forms.CharField(
        label="Where do people get stuck here?",
        required=False,
        max_length=160,
        help_text=f"In a few words. {NOBODY}",
    )
    after = forms.MultipleChoiceField(
        label="What leads to it?", required=False, widget=forms.CheckboxSelectMultiple(attrs={"small": True})
    )
    next = forms.MultipleChoiceField(
        label="What follows?", required=False, widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
        help_text="It may also lead back to an earlier step.",
    )  # fmt: skip
    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, steps: Iterable[Step], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.key, f"{one.name} ({one.organisation})") for one in steps]
        for name in ("after", "next"):
            if not choices or (name == "after" and not is_new):
                del self.fields[name]
            else:
                _choose(self.fields[name], choices)


class ExpectedForm(BaseForm):
    """Nothing to fill in but the version that was looked at."""

    expected = forms.IntegerField(widget=forms.HiddenInput)


class CompareForm(FilterForm):
    """Two versions to lay beside each other."""

    before = forms.ChoiceField(label="Earlier")
    after = forms.ChoiceField(label="Later")

    def __init__(self, *args: Any, versions: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(number), words) for number, words in versions]
        _choose(self.fields["before"], choices)
        _choose(self.fields["after"], choices)
