"""Forms about people."""

from __future__ import annotations

from django import forms

from openoutcomes.web.core.forms import BaseForm, code_choices, field_for
from openoutcomes.web.core.lists import FilterForm


class PeopleFilter(FilterForm):
    """What the list of people is narrowed by."""

    q = forms.CharField(label="Name, id or telephone", max_length=100)
    show = forms.ChoiceField(
        label="Show",
        choices=[("", "My open people"), ("team", "Everybody in my organisation"), ("ended", "Ended")],
    )


class AddPersonForm(BaseForm):
    """A new person: something to call them by, and whatever else is already known."""

    name = forms.CharField(
        label="Name", help_text="All or part of it. Used to find them again.", max_length=200
    )
    phone = forms.CharField(label="Telephone", required=False, max_length=40)
    birth_year = field_for("people", "birth_year", label="Year of birth")
    sex = forms.ChoiceField(
        label="Sex", required=False, choices=code_choices("sex", blank="Not asked"),
        help_text="As the person records it.",
    )  # fmt: skip
