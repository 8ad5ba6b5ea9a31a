"""Forms about people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from openoutcomes.web.core.clock import today
from openoutcomes.web.core.forms import BaseForm, DateField, code_choices, field_for
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.people.models import Enrolment, Person


class FindForm(forms.Form):
    """Who is looked for. It is sent and never put in an address, so that no name is in a log."""

    q = forms.CharField(label="Find somebody", max_length=100, required=False)


class PeopleFilter(FilterForm):
    """What the list of people is narrowed by."""

    show = forms.ChoiceField(
        label="Show",
        choices=[
            ("", "My people"),
            ("team", "Everybody with us"),
            ("ended", "Ended"),
            ("none", "In no programme"),
            ("shared", "Shared with us"),
        ],
    )
    only = forms.ChoiceField(
        label="Only",
        choices=[
            ("", "All"),
            ("overdue", "Contact overdue"),
            ("review", "Goal to review"),
            ("goal", "No goal yet"),
        ],
    )


class AddPersonForm(BaseForm):
    """A new person: something to call them by, and whatever else is already known."""

    more: ClassVar = ("known_as", "birth_year", "sex")
    name = forms.CharField(
        label="Name", help_text="All or part of it. Used to find them again.", max_length=200
    )
    phone = forms.CharField(
        label="Telephone",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    organisation = forms.ChoiceField(
        label="Which organisation", widget=forms.RadioSelect, help_text="Whose own person they are."
    )
    programme = forms.ChoiceField(
        label="Programme",
        required=False,
        widget=forms.RadioSelect(attrs={"small": True}),
        help_text="You will be their worker. Nothing has to be assessed first.",
    )
    known_as = forms.CharField(label="What they like to be called", required=False, max_length=200)
    birth_year = field_for("people", "birth_year", label="Year of birth")
    sex = forms.ChoiceField(
        label="Sex", required=False, choices=code_choices("sex", blank="Not asked"),
        help_text="As the person records it.",
    )  # fmt: skip
    #: That whoever was shown is somebody else.
    new = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, organisations: Iterable[Any] = (), programmes: Iterable[Any] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        organisations, programmes = list(organisations), list(programmes)
        if len(organisations) > 1:
            self.fields["organisation"].choices = [(str(each.pk), str(each)) for each in organisations]  # type: ignore[attr-defined]
        else:
            del self.fields["organisation"]
        options = [(each.programme_id, str(each)) for each in programmes]
        if options:
            self.fields["programme"].choices = [*options, ("", "None yet")]  # type: ignore[attr-defined]
            if len(options) == 1:
                self.initial.setdefault("programme", options[0][0])
        else:
            del self.fields["programme"]

    def first(self) -> list[Any]:
        """Return the fields shown at once."""
        return [field for field in self.visible_fields() if field.name not in self.more]

    def rest(self) -> list[Any]:
        """Return the fields under More."""
        return [self[name] for name in self.more]


class IdentityForm(BaseForm):
    """Who a person is, and how to reach them. Everything but a name may be blank."""

    name = forms.CharField(label="Name", help_text="Used to find them again.", max_length=200)
    known_as = forms.CharField(label="What they like to be called", required=False, max_length=200)
    phone = forms.CharField(
        label="Telephone", required=False, max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    email = forms.EmailField(label="Email", required=False)
    address = forms.CharField(label="Address", required=False, max_length=500, widget=forms.Textarea)
    contact_by = forms.ChoiceField(
        label="Best way to get in touch", choices=Person.CONTACT_BY, required=False,
    )  # fmt: skip
    safe_contact = forms.BooleanField(
        label="Contact with care",
        required=False,
        help_text="Somebody else may see or hear what is sent to them. It is shown to everybody who can see them.",
    )
    contact_note = forms.CharField(
        label="How to get in touch safely",
        required=False,
        max_length=1000,
        widget=forms.Textarea,
        help_text="Only your organisation sees this.",
    )
    date_of_birth = DateField(label="Date of birth", required=False, may_be_future=False)
    birth_year = field_for(
        "people", "birth_year", label="Year of birth", help_text="Used for rules about age."
    )
    sex = forms.ChoiceField(label="Sex", required=False, choices=code_choices("sex", blank="Not asked"))
    ethnicity = forms.ChoiceField(
        label="Ethnic group", required=False, choices=code_choices("ethnicity", blank="Not asked"),
        help_text="Used to see who is reached and who is not.",
    )  # fmt: skip
    disability = forms.ChoiceField(
        label="Do they consider themselves disabled?",
        required=False,
        choices=code_choices("disability", blank="Not asked"),
    )
    area_code = field_for("people", "area_code", label="Area code of the home")
    characteristics = field_for(
        "people", "characteristics", label="Other things they have told you",
        help_text="Separate them with semicolons, as in care-leaver;veteran. Used by contracts that name them.",
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Hold the year of birth to the date of birth; a date gives the year."""
        cleaned = super().clean() or self.cleaned_data
        born = cleaned.get("date_of_birth")
        if isinstance(born, dt.date):
            if cleaned.get("birth_year") not in (None, born.year):
                self.add_error("birth_year", "The year is not that of the date of birth.")
            cleaned["birth_year"] = born.year
        return cleaned

    def identity(self) -> dict[str, Any]:
        """Return the fields of identity, as they are stored."""
        names = (
            "name",
            "known_as",
            "phone",
            "email",
            "address",
            "contact_by",
            "safe_contact",
            "contact_note",
        )
        born = self.cleaned_data.get("date_of_birth")
        return {
            **{name: self.cleaned_data[name] for name in names},
            "date_of_birth": born.isoformat() if born else "",
        }

    def details(self) -> dict[str, Any]:
        """Return the fields of the standard's people."""
        names = ("birth_year", "sex", "ethnicity", "disability", "area_code", "characteristics")
        return {name: self.cleaned_data[name] for name in names}


class SafeguardingForm(BaseForm):
    """Whether there is a safeguarding concern, and what it is."""

    concern = forms.ChoiceField(
        label="Is there a concern now?",
        choices=[("yes", "Yes"), ("no", "No, not any more")],
        widget=forms.RadioSelect(attrs={"inline": True}),
        help_text="Everybody in your organisation who opens their page sees that there is one.",
    )
    words = forms.CharField(
        label="What it is, and what was done",
        required=False,
        max_length=4000,
        widget=forms.Textarea,
        help_text="Only your organisation sees this. It is not shared, exported with figures, or shown to other partners.",
    )


class EnrolForm(BaseForm):
    """A programme for a person. No need, score or assessment is asked for."""

    programme = forms.ChoiceField(
        label="Programme", widget=forms.RadioSelect, help_text="What they join; claims and figures follow it."
    )
    practitioner = forms.ChoiceField(label="Worker", required=False)
    started_on = DateField(label="First day of support", required=False, may_be_future=False)
    referred_on = field_for("enrolments", "referred_on", label="Day they were referred")
    referred_by = field_for("enrolments", "referred_by", label="Who referred them")

    def __init__(self, *args: Any, programmes: Iterable[Any], workers: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [(each.programme_id, str(each)) for each in programmes]  # type: ignore[attr-defined]
        self.fields["practitioner"].choices = [  # type: ignore[attr-defined]
            ("", "Nobody yet"),
            *((str(each.pk), str(each)) for each in workers),
        ]


class EndForm(BaseForm):
    """That support ends, and why."""

    ended_on = DateField(
        label="Last day of support",
        may_be_future=False,
        help_text="Used for length of support and open cases.",
    )
    end_reason = forms.ChoiceField(
        label="Why it ended",
        choices=code_choices("end_reason"),
        widget=forms.RadioSelect(attrs={"small": True}),
        help_text="Used to see who leaves and why.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("ended_on", today())


class HandOverForm(BaseForm):
    """People who are handed over to another worker."""

    to = forms.ChoiceField(label="Hand over to", help_text="They are on this worker's list from now on.")
    enrolments = forms.MultipleChoiceField(
        label="Who", widget=forms.CheckboxSelectMultiple, help_text="Choose everybody who is handed over."
    )

    def __init__(
        self, *args: Any, workers: Iterable[Any], enrolments: Iterable[Enrolment], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "Choose one"), *((str(each.pk), str(each)) for each in workers)]  # type: ignore[attr-defined]
        self.fields["enrolments"].choices = [  # type: ignore[attr-defined]
            (each.enrolment_id, f"{each.person.shown} ({each.programme})") for each in enrolments
        ]


class MergeForm(BaseForm):
    """Which of two people is kept."""

    keep = forms.ChoiceField(label="Whose details are kept?", widget=forms.RadioSelect)

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = [(each.person_id, f"{each.name} ({each.person_id})") for each in people]  # type: ignore[attr-defined]
        self.fields["keep"].help_text = "What is missing there is filled in from the other. Nothing is lost."
