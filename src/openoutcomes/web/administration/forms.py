"""Forms of administration."""

from __future__ import annotations

from django import forms

from openoutcomes.web.administration.models import Hold
from openoutcomes.web.core.forms import BaseForm, DateField


class EraseForm(BaseForm):
    """Erase one person: the id is typed again, so that nobody is erased by a slip."""

    person_id = forms.CharField(
        label="Type the person's id to erase them", max_length=40, help_text="It begins with p-."
    )
    asked_by_person = forms.BooleanField(
        label="The person asked for this",
        required=False,
        help_text="Then it may be done while support goes on. Check first that nothing must be kept by law.",
    )


class HoldForm(BaseForm):
    """Keep a person from being erased."""

    person_id = forms.CharField(label="The person's id", max_length=40, help_text="It begins with p-.")
    why = forms.ChoiceField(label="Why", choices=Hold.WHY, widget=forms.RadioSelect)
    until = DateField(label="Until", required=False, help_text="Leave blank to hold until it is lifted.")


class DueForm(BaseForm):
    """Erase everybody whose time has come: the number is typed, so that nobody does it by a slip."""

    count = forms.IntegerField(label="Type how many people will be erased", min_value=1)


class AskForm(BaseForm):
    """A request to see one's own record."""

    person_id = forms.CharField(label="The person's id", max_length=40, help_text="It begins with p-.")
    checked = forms.BooleanField(
        label="I have checked that the request comes from this person, or from somebody who may act for them"
    )
