"""Forms about pathways."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from openoutcomes.web.core.forms import BaseForm, DateField, dress
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.pathways.models import Pathway, Stage

#: Lines for stages on the form, and how many stay empty below those in use.
_LINES, _SPARE = 8, 2


class JourneyFilter(FilterForm):
    """What the list of journeys is narrowed by."""

    show = forms.ChoiceField(
        label="Show",
        choices=[
            ("", "Everybody"),
            ("mine", "My people"),
            ("overdue", "Meeting overdue"),
            ("over", "Stage over time"),
        ],
    )
    pathway = forms.ModelChoiceField(
        queryset=Pathway._base_manager.none(), label="Pathway", empty_label="All"
    )

    def __init__(self, *args: Any, pathways: QuerySet[Pathway], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pathway"].queryset = pathways  # type: ignore[attr-defined]


class PathwayForm(BaseForm):
    """A pathway with its stages, one group of fields for each."""

    name = forms.CharField(
        label="Name of the pathway", max_length=160, help_text="Shown on each person's page.",
        error_messages={"required": "Give the pathway a name."},
    )  # fmt: skip
    programme = forms.ModelChoiceField(
        queryset=Programme._base_manager.none(), label="Programme", empty_label="Choose one",
        help_text="Its people can be put on this pathway.",
        error_messages={"required": "Choose the programme."},
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        programmes: QuerySet[Programme],
        is_new: bool,
        stages: Iterable[Any] = (),
        **kwargs: Any,
    ) -> None:
        initial = kwargs.setdefault("initial", {})
        given = list(stages)
        for number, stage in enumerate(given, start=1):
            for field in ("name", "weeks", "every", "who"):
                initial[f"{field}_{number}"] = (
                    stage[field] if isinstance(stage, dict) else getattr(stage, field)
                )
        self.lines = max(_LINES, len(given) + _SPARE)
        super().__init__(*args, **kwargs)
        for number in range(1, self.lines + 1):
            self._add(_stage_fields(number))
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["programme"]
            closed = forms.BooleanField(label="Nobody is put on this pathway any more", required=False)
            self._add({"closed": closed})

    def _add(self, fields: dict[str, forms.Field]) -> None:
        for name, field in fields.items():
            self.fields[name] = field
            dress(field)

    def groups(self) -> list[dict[str, Any]]:
        """Return the fields of each stage together, for the page."""
        return [
            {
                "number": number,
                "fields": [self[f"{field}_{number}"] for field in ("name", "weeks", "every", "who")],
                "is_used": bool(self[f"name_{number}"].value()) or number == 1,
            }
            for number in range(1, self.lines + 1)
        ]

    def stages(self) -> list[dict[str, Any]]:
        """Return the stages as they were filled in."""
        return [
            {field: self.cleaned_data.get(f"{field}_{number}") for field in ("name", "weeks", "every", "who")}
            for number in range(1, self.lines + 1)
        ]


def _stage_fields(number: int) -> dict[str, forms.Field]:
    return {
        f"name_{number}": forms.CharField(label="Name of the stage", required=False, max_length=120),
        f"weeks_{number}": forms.IntegerField(
            label="Planned length in weeks", required=False, min_value=1, max_value=520
        ),
        f"every_{number}": forms.ChoiceField(label="Meetings", required=False, choices=Stage.EVERY),
        f"who_{number}": forms.CharField(
            label="Who meets", required=False, max_length=200,
            help_text="By the part they play: young person, foster carer, mentor.",
        ),
    }  # fmt: skip


class PlaceForm(BaseForm):
    """Put somebody on a pathway."""

    pathway = forms.ModelChoiceField(
        queryset=Pathway._base_manager.none(), label="Pathway", empty_label=None,
        error_messages={"required": "Choose the pathway."}, help_text="Sets the stages and when to meet.",
    )  # fmt: skip
    on = DateField(
        label="From which day?", required=False, may_be_future=False, help_text="Empty means today."
    )

    def __init__(self, *args: Any, pathways: QuerySet[Pathway], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pathway"].queryset = pathways  # type: ignore[attr-defined]


class MoveForm(BaseForm):
    """Move to another stage."""

    stage = forms.ModelChoiceField(
        queryset=Stage._base_manager.none(), label="To which stage?", empty_label="Choose one",
        error_messages={"required": "Choose the stage."}, help_text="Forward or back.",
    )  # fmt: skip
    why = forms.CharField(
        label="Why?", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The next worker reads this.",
        error_messages={"required": "Say why, so that the next worker understands."},
    )  # fmt: skip
    on = DateField(
        label="From which day?", required=False, may_be_future=False, help_text="Empty means today."
    )
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, stages: QuerySet[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].queryset = stages  # type: ignore[attr-defined]


class LeaveForm(BaseForm):
    """End the pathway for somebody."""

    why = forms.CharField(
        label="How did it end?", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The next worker reads this.", error_messages={"required": "Say how it ended."},
    )  # fmt: skip
    on = DateField(label="Last day", required=False, may_be_future=False, help_text="Empty means today.")


class MeetForm(BaseForm):
    """A meeting or review."""

    on = DateField(
        label="Day of the meeting", may_be_future=False, error_messages={"required": "Give the day."},
        help_text="Sets when the next one is due. For example, 27 3 2026",
    )  # fmt: skip
    present = forms.CharField(
        label="Who was there?", max_length=400,
        help_text="By the part they play, not by name: young person, foster carer, mentor.",
        error_messages={"required": "Say who was there, by the part they play."},
    )  # fmt: skip
    decided = forms.CharField(
        label="What was decided?", max_length=4000, widget=forms.Textarea,
        help_text="Everybody who works with the person goes by this.",
        error_messages={"required": "Write what was decided, or that nothing was."},
    )  # fmt: skip
