"""Forms about groups."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from openoutcomes.web.core.forms import BaseForm, DateField, code_choices
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.models import Person


class GroupFilter(FilterForm):
    """What the list of groups is narrowed by; the figures are of the days from one to the other."""

    programme = forms.ModelChoiceField(
        queryset=Programme._base_manager.none(), label="Programme", empty_label="All"
    )
    since = DateField(label="From", help_text="")
    until = DateField(label="To", help_text="")
    closed = forms.ChoiceField(label="Show", choices=[("", "Open groups"), ("all", "Closed ones too")])

    def __init__(self, *args: Any, programmes: QuerySet[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]


class GroupForm(BaseForm):
    """A group."""

    name = forms.CharField(
        label="Name", max_length=160, help_text="The name that people know it by. Shown on every register.",
        error_messages={"required": "Give the name that people know it by."},
    )  # fmt: skip
    meets = forms.CharField(
        label="When does it meet?", required=False, max_length=160, help_text="For example, Tuesdays at 10am"
    )
    place = forms.CharField(label="Where?", required=False, max_length=160)
    hours = forms.DecimalField(
        label="How long is a session, in hours?", initial=Decimal(1), min_value=Decimal("0.25"),
        max_value=Decimal(24), decimal_places=2, max_digits=4,
        help_text="Managers use it to see the hours of support given. You can change it for a session.",
        error_messages={"required": "Give the hours, for example 1.5."},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="What sort of support is it?", choices=code_choices("activity_kind"), initial="group",
        help_text="Used to see what works for whom.",
    )  # fmt: skip
    programme = forms.ModelChoiceField(
        queryset=Programme._base_manager.none(), label="Programme", required=False,
        empty_label="None: it stands alone",
    )  # fmt: skip
    expects = forms.BooleanField(
        label="People are expected each time", required=False,
        help_text="Then not coming is recorded too. Leave empty for a drop-in.",
    )  # fmt: skip
    closed = forms.BooleanField(label="The group has closed", required=False)

    def __init__(self, *args: Any, programmes: QuerySet[Programme], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]
        if is_new:
            del self.fields["closed"]


class _People(forms.MultipleChoiceField):
    """Ticks beside names. Which ids may be ticked is for the command to say, which looks them up."""

    def valid_value(self, value: str) -> bool:
        """Take any id here."""
        return len(value) <= 40

    def validate(self, value: Any) -> None:
        """Take no tick at all as well: nobody on the list may have come, and only newcomers."""
        if value:
            super().validate(value)


class RegisterForm(BaseForm):
    """A register: who came."""

    held_on = DateField(
        label="Day", may_be_future=False, help_text="Used to count who came when. For example, 27 3 2026",
        error_messages={"required": "Give the day of the session."},
    )  # fmt: skip
    came = _People(label="Who came?", widget=forms.CheckboxSelectMultiple)
    newcomers = forms.CharField(
        label="Newcomers", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One name to a line. A first name is enough.",
    )  # fmt: skip
    anyway = forms.BooleanField(label="It is somebody else of the same name", required=False)
    find = forms.CharField(
        label="Somebody who is recorded already", required=False, max_length=100,
        help_text="All or part of a name, then Find. They appear in the list above.",
    )  # fmt: skip
    hours = forms.DecimalField(
        label="Length in hours", required=False, min_value=Decimal(0), max_value=Decimal(24),
        decimal_places=2, max_digits=4,
    )  # fmt: skip
    place = forms.CharField(label="Place", required=False, max_length=160)
    another = forms.BooleanField(label="The group met a second time that day", required=False)
    is_void = forms.BooleanField(
        label="This session did not take place",
        required=False,
        help_text="Then nobody counts as having come.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, people: Sequence[Person], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["came"].choices = [  # type: ignore[attr-defined]
            (person.person_id, person.shown) for person in people
        ]
        del self.fields["is_void" if is_new else "another"]

    def names(self) -> list[str]:
        """Return the newcomers' names."""
        return [line.strip() for line in self.cleaned_data["newcomers"].splitlines() if line.strip()]
