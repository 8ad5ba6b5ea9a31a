"""Forms of loading a contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core import signing

from openoutcomes.contracts.terms import Parameter
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.contracts.loading import LONGEST, Draft, clean, from_library, library
from openoutcomes.web.contracts.parties import Name, role_words, suggested
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.partnerships.models import Organisation

#: The largest hidden field: the longest terms, compressed and signed, with room.
_SEALED = 4 * LONGEST
_SETTLED = "openoutcomes.contracts.settled"


class LoadForm(BaseForm):
    """Where the terms are: a file, pasted text, or the library."""

    file = forms.FileField(
        label="A file of terms",
        required=False,
        help_text="YAML, as written by you or by your lawyers with you.",
    )
    text = forms.CharField(
        label="Or paste the terms",
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    library = forms.ChoiceField(
        label="Or begin from the library",
        required=False,
        help_text="Real contracts as published. Those marked historic are to learn from, and not to copy: their weaknesses are known.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.name, f"{one.title} ({one.standing})") for one in library()]
        self.fields["library"].choices = [("", "Choose one"), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Take the terms from the one place that was filled in."""
        given = super().clean() or {}
        file, text, name = given.get("file"), given.get("text", ""), given.get("library")
        filled = [bool(file), bool(text.strip()), bool(name)]
        if self.errors:
            return given
        if sum(filled) != 1:
            self.add_error(
                None,
                "Give a file, paste the terms, or choose from the library."
                if not any(filled)
                else "The terms were given in more than one way. Give them in one.",
            )
        elif file:
            self._read(given, file)
        else:
            given["draft"] = from_library(name) if name else Draft(clean(text), "terms.yaml")
        return given

    def _read(self, given: dict[str, Any], file: Any) -> None:
        if file.size > 4 * LONGEST:
            self.add_error(
                "file", f"The file is larger than {4 * LONGEST // 1000} kB. Check that it is a file of terms."
            )
            return
        try:
            given["draft"] = Draft(clean(file.read().decode("utf-8")), file.name[-100:])
        except UnicodeDecodeError:
            self.add_error(
                "file", "The file is not text in UTF-8. Save it as plain text with the ending .yaml."
            )


class PartiesForm(BaseForm):
    """Who the names in the terms stand for."""

    def __init__(
        self,
        *args: Any,
        names: Sequence[Name],
        open_providers: bool,
        organisations: Sequence[Organisation],
        current: dict[Name, int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.names = {f"party_{number}": name for number, name in enumerate(names)}
        self.organisations = {organisation.pk: organisation for organisation in organisations}
        current = current or {}
        choices = [
            ("", "Not here yet"),
            *[(one.pk, f"{one.name} ({one.organisation_id})") for one in organisations],
        ]
        for key, name in self.names.items():
            guess = suggested(name, organisations)
            self.fields[key] = forms.TypedChoiceField(
                label=f"{role_words(name.role)}: {name.named}",
                choices=choices,
                coerce=int,
                empty_value=None,
                required=False,
                initial=current.get(name) or (guess.pk if guess else ""),
                help_text=_PART[name.role],
                widget=forms.Select(attrs={"class": "govuk-select"}),
            )
        if open_providers:
            chosen = [pk for name, pk in current.items() if name.role == "provider"]
            widget = forms.CheckboxSelectMultiple()
            widget.template_name = "core/widgets/checkboxes.html"
            self.fields["providers"] = forms.TypedMultipleChoiceField(
                label="Providers",
                choices=[(one.pk, one.name) for one in organisations],
                coerce=int,
                required=False,
                initial=chosen,
                widget=widget,
                help_text="The terms name none, so any of these may provide: all are paid by the same rate card.",
            )

    def standing(self) -> dict[Name, Organisation | None]:
        """Return the organisation for each name."""
        return {
            name: self.organisations.get(self.cleaned_data.get(key) or 0) for key, name in self.names.items()
        }

    def chosen_providers(self) -> list[Organisation]:
        """Return the organisations chosen as providers, where the terms name none."""
        return [self.organisations[pk] for pk in self.cleaned_data.get("providers", [])]

    def key_of(self, field: str) -> str:
        """Return the form's own name for a field that a command calls ``role:name``."""
        return next((key for key, name in self.names.items() if f"{name.role}:{name.named}" == field), field)


_PART = {
    "payer": "Whose commissioners approve claims, and who pays them.",
    "provider": "Whose records carry this id, and who is paid.",
    "investor": "Who put money in up front.",
    "commissioner": "Who agreed the contract.",
}


class DetailsForm(PartiesForm):
    """What the terms leave open: values of parameters, and who the parties are."""

    sealed = forms.CharField(widget=forms.HiddenInput, max_length=_SEALED)
    replaces = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, parameters: Sequence[Parameter], given: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.parameters = {f"parameter_{number}": one for number, one in enumerate(parameters)}
        parties = {key: self.fields.pop(key) for key in [*self.names, "providers"] if key in self.fields}
        for key, one in self.parameters.items():
            self.fields[key] = forms.CharField(
                label=_sentence(one.means),
                max_length=60,
                required=one.value is None,
                initial=given.get(one.name, ""),
                help_text=_about(one),
                widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-10"}),
                error_messages={"required": f"Give a value for {one.name}: {one.means}."},
            )
        self.fields.update(parties)

    def values(self) -> dict[str, str]:
        """Return the values of parameters that were given."""
        return {
            one.name: value for key, one in self.parameters.items() if (value := self.cleaned_data.get(key))
        }

    def settled(self) -> str:
        """Return everything but the terms, signed, for the hidden field of the last page."""
        parties = [
            [name.role, name.named, one.pk] for name, one in self.standing().items() if one is not None
        ]
        kept = {
            "parameters": self.values(),
            "parties": parties,
            "providers": [one.pk for one in self.chosen_providers()],
            "replaces": self.cleaned_data.get("replaces"),
        }
        return signing.dumps(kept, salt=_SETTLED, compress=True)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _about(one: Parameter) -> str:
    parts = [f"{one.name}{f', in {one.unit}' if one.unit else ''}."]
    if one.value is not None:
        parts.append(f"Left blank, {one.value} is used, as the terms say.")
    elif one.example is not None:
        parts.append(f"The terms' examples use {one.example}.")
    if one.assumed:
        parts.append("That figure is assumed: nobody has read it in a source.")
    if one.source:
        parts.append(f"Source: {one.source}.")
    return " ".join(parts)


class ConfirmForm(BaseForm):
    """The last look before terms are stored."""

    sealed = forms.CharField(widget=forms.HiddenInput, max_length=_SEALED)
    settled = forms.CharField(widget=forms.HiddenInput, max_length=100_000)
    agree = forms.BooleanField(
        label="I have read what changes, and the parties have agreed to it",
        required=False,
        help_text="Claims that were submitted stay as they are. Differences become adjustments in the next claim.",
    )

    def __init__(self, *args: Any, replaces: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not replaces:
            del self.fields["agree"]

    @staticmethod
    def unsealed(settled: str) -> dict[str, Any]:
        """Return what was settled. Raises InputError when it is not as it was."""
        try:
            found: dict[str, Any] = signing.loads(settled, salt=_SETTLED)
        except signing.BadSignature:
            raise InputError(
                Problem("the form did not arrive as it was sent.", "Begin again with the file.")
            ) from None
        return found
