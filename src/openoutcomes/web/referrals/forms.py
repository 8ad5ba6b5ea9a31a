"""Forms about referrals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from openoutcomes.web.core.forms import BaseForm, DateField, code_choices
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.referrals.models import Referral
from openoutcomes.web.sharing.forms import SliceForm


class ReferralFilter(FilterForm):
    """What the list of referrals is narrowed by."""

    show = forms.ChoiceField(
        label="Show",
        choices=[("", "All"), ("late", "Overdue"), ("back", "Came back"), *Referral.STATES],
    )
    programme = forms.ModelChoiceField(
        queryset=Programme._base_manager.none(), label="Programme", empty_label="All"
    )

    def __init__(self, *args: Any, programmes: QuerySet[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]


class _Place(forms.ChoiceField):
    """An organisation, or one of its programmes: value ``organisation`` or ``organisation/programme``."""


class ReferForm(SliceForm):
    """Refer a person to another organisation."""

    place = _Place(
        label="Where to",
        help_text="Used to send it, and to see how many referrals each place takes.",
        error_messages={"required": "Choose where to refer to."},
    )
    wants = forms.CharField(
        label="What do they want, in their words?",
        max_length=4000,
        widget=forms.Textarea,
        help_text="The first thing the other organisation reads, so that the person need not say it again.",
        error_messages={"required": "Write what the person wants, in their words."},
    )
    due_on = DateField(label="Answer wanted by", required=False, help_text="Empty means within seven days.")
    field_order = ("place", "wants", "groups", "basis", "how", "why", "due_on", "once")

    def __init__(
        self, *args: Any, recipients: QuerySet[Organisation], programmes: QuerySet[Programme], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._organisations = {str(one.pk): one for one in recipients}
        self._programmes = {f"{one.organisation_id}/{one.pk}": one for one in programmes}
        choices: list[Any] = [("", "Choose one")]
        for key, organisation in self._organisations.items():
            inside = [
                (name, programme.name)
                for name, programme in self._programmes.items()
                if str(programme.organisation_id) == key
            ]
            choices.append((organisation.name, [*inside, (key, f"{organisation.name}: they decide")]))
        self.fields["place"].choices = choices  # type: ignore[attr-defined]
        self.fields["groups"].label = "What to pass on"

    def chosen(self) -> tuple[Organisation, Programme | None]:
        """Return the organisation and programme that were chosen."""
        place = str(self.cleaned_data["place"])
        return self._organisations[place.partition("/")[0]], self._programmes.get(place)


class ReceiveForm(BaseForm):
    """A person who asked, or whom somebody outside the partnership referred."""

    route = forms.ChoiceField(
        label="Who referred them?",
        choices=[("self", "They asked themselves"), ("outside", "Somebody outside the partnership")],
        widget=forms.RadioSelect,
        initial="self",
        help_text="Used to see which routes people come by.",
        error_messages={"required": "Choose who referred them."},
    )
    from_words = forms.CharField(
        label="Which organisation or service?", required=False, max_length=160,
        help_text="Not the name of whoever telephoned.",
    )  # fmt: skip
    name = forms.CharField(
        label="Name", max_length=200, help_text="All or part of it. Used to find them again.",
        error_messages={"required": "Give something to call them by."},
    )  # fmt: skip
    phone = forms.CharField(label="Telephone", required=False, max_length=40)
    contact_note = forms.CharField(
        label="How to get in touch safely", required=False, max_length=400,
        help_text="For example: text first; do not leave a message.",
    )  # fmt: skip
    wants = forms.CharField(
        label="What do they want, in their words?", required=False, max_length=4000, widget=forms.Textarea
    )
    programme = forms.ModelChoiceField(
        queryset=Programme._base_manager.none(), label="Programme", required=False,
        empty_label="Decide later",
    )  # fmt: skip

    def __init__(self, *args: Any, programmes: QuerySet[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]


class AcceptForm(BaseForm):
    """Take a person on."""

    programme = forms.ModelChoiceField(
        queryset=Programme._base_manager.none(), label="Programme", required=False,
        empty_label="None: not enrolled yet",
    )  # fmt: skip
    practitioner = forms.ModelChoiceField(
        queryset=Programme._base_manager.none(), label="Who will work with them?", required=False,
        empty_label="Decide later",
        help_text="They see the person among their own at once.",
    )  # fmt: skip
    started_on = DateField(label="First day of support", required=False, help_text="Empty means today.")

    def __init__(
        self, *args: Any, programmes: QuerySet[Programme], practitioners: QuerySet[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]
        self.fields["practitioner"].queryset = practitioners  # type: ignore[attr-defined]


class ReasonForm(BaseForm):
    """Why not."""

    reason = forms.CharField(
        label="Why?",
        max_length=2000,
        widget=forms.Textarea,
        help_text="Whoever referred reads this, and acts on it.",
        error_messages={"required": "Say why, so that whoever referred can act on it."},
    )


class HandBackForm(ReasonForm):
    """Why they are handed back, and how the support here ended."""

    end_reason = forms.ChoiceField(
        label="How did the support here end?",
        choices=code_choices("end_reason"),
        initial="handed_over",
        help_text="Used to see who leaves and why.",
    )


class NextForm(BaseForm):
    """What happens next."""

    next_step = forms.ChoiceField(
        label="What happens next?",
        choices=Referral.NEXT,
        widget=forms.RadioSelect,
        help_text="Then it no longer waits for you.",
        error_messages={"required": "Choose what happens next."},
    )
