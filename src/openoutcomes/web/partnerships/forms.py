"""Forms of setting up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.forms import BaseForm, code_choices, field_for
from openoutcomes.web.core.lists import FilterForm
from openoutcomes.web.core.permissions import IN_AN_ORGANISATION, ROLES
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.partnerships.queries import managed_organisations, roles_given


class DetailsForm(BaseForm):
    """What the partnership is."""

    name = forms.CharField(
        label="Name", max_length=120, help_text="At the top of every page, for everybody in it."
    )
    place = forms.CharField(
        label="Place",
        max_length=120,
        required=False,
        help_text="The area that it works in, such as Northtown.",
    )
    aim = forms.CharField(
        label="Aim",
        max_length=1000,
        required=False,
        widget=forms.Textarea,
        help_text="What a better life here looks like, in a sentence that everybody agrees with.",
    )
    retention_months = forms.IntegerField(
        label="Months to keep a person's name and contact details after their last support",
        min_value=1,
        max_value=600,
        help_text="Used by administrators, who erase identities that are due. Money facts stay, without names.",
    )


class OrganisationForm(BaseForm):
    """An organisation."""

    name = forms.CharField(
        label="Name", max_length=160, help_text="Used in lists, referrals, claims and statements."
    )
    kind = field_for("organisations", "kind", label="Kind")
    sector = field_for("organisations", "sector", label="Field it works in")
    size_band = forms.ChoiceField(
        label="Size by yearly income",
        required=False,
        choices=code_choices("size_band", blank="Not known"),
        help_text="Used to see whether small organisations are paid and heard.",
    )
    identifier = forms.CharField(
        label="Public identifier",
        required=False,
        max_length=60,
        help_text="From a public register, in the org-id style: GB-CHC- and a charity number, or GB-COH- and a company number.",
    )


class AddOrganisationForm(OrganisationForm):
    """A new organisation, whose id is chosen once."""

    organisation_id = forms.CharField(
        label="Short id",
        required=False,
        max_length=60,
        help_text="Contracts and exports use it, and it never changes. Left blank, it is made from the name. "
        "If a contract's terms name this organisation, give the name they use.",
    )


class CloseForm(BaseForm):
    """Close something or open it again: which of the two is in the form, so that sending it twice does one."""

    do = forms.ChoiceField(choices=[("close", "Close"), ("open", "Open")], widget=forms.HiddenInput)


class ProgrammeForm(BaseForm):
    """A programme."""

    name = forms.CharField(
        label="Name", max_length=160, help_text="Used by practitioners, who choose it when somebody starts."
    )
    place = field_for("programmes", "place", label="Place")
    aim = field_for("programmes", "aim", label="Aim", long=True)
    who_for = field_for("programmes", "who_for", label="Who it is for", long=True)
    contract: forms.ModelChoiceField[Contract] = forms.ModelChoiceField(
        queryset=Contract.objects.none(),
        required=False,
        label="Outcomes contract",
        empty_label="None",
        help_text="Only contracts under which the organisation is a provider.",
    )
    funders = forms.CharField(
        label="Funders",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ids or names, one on each line. Used so that every funder's report comes from one record.",
    )

    def __init__(
        self, *args: Any, access: Access, organisation: Organisation | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        contracts = Contract.of(access.partnership).filter(is_closed=False)
        if organisation is not None:
            contracts = contracts.filter(
                parties__role="provider", parties__organisation=organisation
            ).distinct()
        self.fields["contract"].queryset = contracts  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what a command is given."""
        asked = self.cleaned_data
        names = ("name", "place", "aim", "who_for", "contract")
        return {**{name: asked[name] for name in names}, "funders": asked["funders"].splitlines()}


class AddProgrammeForm(ProgrammeForm):
    """A new programme, with who runs it."""

    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label="Organisation that runs it",
        empty_label="Choose one",
        help_text="Its practitioners can enrol people in it.",
    )
    field_order = ("name", "organisation", "place", "aim", "who_for", "contract", "funders")

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, access=access, **kwargs)
        choices = managed_organisations(access, "programmes.manage")
        self.fields["organisation"].queryset = choices  # type: ignore[attr-defined]
        only = list(choices[:2])
        if len(only) == 1:
            self.initial.setdefault("organisation", only[0].pk)
        if access.reach("programmes.manage") != "partnership":
            contracts = Contract.of(access.partnership).filter(
                is_closed=False, parties__role="provider", parties__organisation__in=choices
            )
            self.fields["contract"].queryset = contracts.distinct()  # type: ignore[attr-defined]


class SeatForm(BaseForm):
    """A role, in an organisation where it is held in one."""

    role = forms.ChoiceField(
        label="Role", widget=forms.RadioSelect, help_text="It decides what they can see and do."
    )
    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        required=False,
        label="Organisation",
        empty_label="The partnership as a whole",
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = roles_given(access)
        self.fields["role"].choices = [(role, f"{ROLES[role][0]}. {ROLES[role][1]}") for role in given]  # type: ignore[attr-defined]
        organisations = managed_organisations(access, "members.manage")
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        inside = [ROLES[role][0].lower() for role in given if role in IN_AN_ORGANISATION]
        self.fields["organisation"].help_text = f"Needed for a {_listed(inside)}."
        only = list(organisations[:2])
        if access.reach("members.manage") != "partnership" and len(only) == 1:
            self.initial.setdefault("organisation", only[0].pk)
            self.fields["organisation"].empty_label = None  # type: ignore[attr-defined]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


class InviteForm(SeatForm):
    """An invitation by e-mail."""

    email = forms.EmailField(
        label="Email address", help_text="The invitation goes there, and works for 14 days, once."
    )
    field_order = ("email", "role", "organisation")


class SwitchForm(BaseForm):
    """Switch one outcome or instrument on or off."""

    on = forms.ChoiceField(choices=[("yes", "On"), ("no", "Off")], widget=forms.HiddenInput)


class ChooseForm(BaseForm):
    """Which outcomes, or which instruments, are offered here."""

    codes = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="With none ticked, the default holds: all outcomes, and all instruments that are free to show.",
    )

    def __init__(self, *args: Any, label: str, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codes"].label = label
        self.fields["codes"].choices = choices  # type: ignore[attr-defined]


class WordingForm(BaseForm):
    """A registered user's own wording of an instrument."""

    items = forms.CharField(label="Items", widget=forms.Textarea(attrs={"rows": 12}), max_length=6000)
    holds_licence = forms.BooleanField(
        label="We are registered with the owner, or hold their licence, and may use this wording here",
        required=False,
    )


class OutcomeFilter(FilterForm):
    """What the map of outcomes is narrowed by."""

    q = forms.CharField(label="Words", max_length=100)
    domain = forms.ChoiceField(
        label="Domain",
        choices=[
            ("", "All"),
            ("social", "Social"),
            ("environmental", "Environmental"),
            ("economic", "Economic"),
        ],
    )
    show = forms.ChoiceField(label="Show", choices=[("", "All"), ("on", "On here"), ("off", "Off here")])


class InstrumentFilter(FilterForm):
    """What the instruments are narrowed by."""

    q = forms.CharField(label="Words", max_length=100)
    wording = forms.ChoiceField(
        label="Wording", choices=[("", "All"), ("free", "Shown here"), ("own", "Needs your own")]
    )
    show = forms.ChoiceField(label="Show", choices=[("", "All"), ("on", "On here"), ("off", "Off here")])


class ProgrammeFilter(FilterForm):
    """What the list of programmes is narrowed by."""

    show = forms.ChoiceField(label="Show", choices=[("", "Open"), ("closed", "Closed"), ("all", "All")])


class MemberFilter(FilterForm):
    """What the list of people who work here is narrowed by."""

    role = forms.ChoiceField(
        label="Role", choices=[("", "All"), *[(role, name) for role, (name, _) in ROLES.items()]]
    )
