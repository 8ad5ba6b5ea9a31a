"""Forms in GOV.UK markup, with Django's own form templates, so that any form looks and reads alike.

A form here needs nothing special: label, help text, errors and the summary above are rendered by the
templates in ``templates/django/forms``. Dates are three boxes, money has its pound sign.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.standard.fields import Field as Declared
from openoutcomes.standard.tables import TABLES
from openoutcomes.web.core import clock
from openoutcomes.web.core.guard import Suspect
from openoutcomes.web.core.pages import new_once

#: The longest that typing one form counts for: somebody who leaves a page open is not typing.
LONGEST = 15 * 60
#: Said beside every field of free words that others read.
NOBODY = "Do not name anybody."
_OPENED = signing.Signer(salt="openoutcomes.form.opened")


class DateInput(forms.MultiWidget):
    """Day, month and year in three boxes, which people type faster and more truly than they pick."""

    template_name = "core/widgets/date.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        parts: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput(attrs={"inputmode": "numeric"}) for name in ("day", "month", "year")
        }
        super().__init__(parts, attrs)

    def decompress(self, value: Any) -> list[Any]:
        """Split a date into its boxes."""
        if isinstance(value, str) and value:
            try:
                value = dt.date.fromisoformat(value)
            except ValueError:
                return [None, None, None]
        return [value.day, value.month, value.year] if value else [None, None, None]


class DateField(forms.MultiValueField):
    """A date typed as day, month and year. Errors say which part is wrong."""

    widget = DateInput

    def __init__(self, *, may_be_future: bool = True, **kwargs: Any) -> None:
        self.may_be_future = may_be_future
        parts = [forms.CharField(required=False) for _ in range(3)]
        kwargs.setdefault("help_text", "For example, 27 3 2026")
        super().__init__(fields=parts, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[str]) -> dt.date | None:
        """Join the boxes into a date, or say what is wrong with them."""
        texts = [str(text or "").strip() for text in data_list] if data_list else ["", "", ""]
        if not any(texts):
            return None
        missing = [name for name, text in zip(("day", "month", "year"), texts, strict=True) if not text]
        if missing:
            raise ValidationError(f"The date must include a {' and a '.join(missing)}.")
        try:
            day, month, year = (int(text) for text in texts)
        except ValueError:
            raise ValidationError("The date must be in numbers, like 27 3 2026.") from None
        if year < 100:
            raise ValidationError("Write the year with four numbers, like 2026.")
        try:
            found = dt.date(year, month, day)
        except ValueError:
            raise ValidationError("This is not a real date. Check the day and the month.") from None
        if not self.may_be_future and found > clock.today():
            raise ValidationError("The date must be today or in the past.")
        return found


class MoneyInput(forms.TextInput):
    """An amount with its currency sign in front."""

    template_name = "core/widgets/money.html"


class MoneyField(forms.DecimalField):
    """An amount of money, to the penny. A pound sign and commas may be typed."""

    widget = MoneyInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 15)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Read the amount without sign and commas."""
        if isinstance(value, str):
            value = value.replace("£", "").replace(",", "").strip()
        return super().to_python(value)


class BaseForm(forms.Form):
    """A form that is done once however often it is sent, and that knows when it was opened."""

    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    opened = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    use_required_attribute = False
    template_name = "core/form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("once", new_once())
            # Signed, so that what recording costs is measured and not said.
            self.initial.setdefault("opened", _OPENED.sign(str(int(clock.now().timestamp()))))
        for field in self.fields.values():
            dress(field)

    def key(self) -> str:
        """Return the key of this form, for the command's ``once``."""
        return str(self.cleaned_data.get("once") or "")

    def seconds(self) -> int | None:
        """Return how long the form took from being opened to now, for ``store.write``; None when unknown.

        It counts for fifteen minutes at most.
        """
        try:
            opened = int(_OPENED.unsign(str(self.cleaned_data.get("opened") or "")))
        except (signing.BadSignature, ValueError):
            return None
        return min(max(int(clock.now().timestamp()) - opened, 0), LONGEST)


def long_text(
    label: str, help_text: str, *, required: bool = False, rows: int = 3, missing: str = ""
) -> forms.CharField:
    """Return a field for a few sentences; ``missing`` is what is said where it has to be filled in and is not."""
    return forms.CharField(
        label=label, required=required, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text, error_messages={"required": missing} if missing else {},
    )  # fmt: skip


class WhyForm(BaseForm):
    """A reason, and nothing else."""

    why = long_text(
        "Why?", f"Everybody who reads the history sees this. {NOBODY}", required=True, missing="Write why."
    )


class LookedAtForm(BaseForm):
    """What :mod:`openoutcomes.web.core.guard` found in words that go to others, each to be looked at and ticked."""

    looked_at = forms.MultipleChoiceField(
        label="I looked at each of these, and it names nobody", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="The check found words that may point at a person. Change them if they do.",
        error_messages={"invalid_choice": "The words have changed since. Look at them again."},
    )  # fmt: skip

    def __init__(self, *args: Any, found: Sequence[Suspect], fields: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["looked_at"].choices = [  # type: ignore[attr-defined]
            (one.key, f"“{one.text}” in “{fields[one.field]}”: {one.words}") for one in found
        ]
        if not found:
            del self.fields["looked_at"]


def dress(field: forms.Field) -> None:
    """Give a field's widget the classes and attributes of its GOV.UK component."""
    widget = field.widget
    if isinstance(widget, forms.Textarea):
        widget.attrs.setdefault("class", "govuk-textarea")
        widget.attrs.setdefault("rows", 4)
    elif isinstance(widget, forms.CheckboxSelectMultiple):  # which Django derives from RadioSelect
        widget.template_name = "core/widgets/checkboxes.html"
    elif isinstance(widget, forms.RadioSelect):
        widget.template_name = "core/widgets/radios.html"
    elif isinstance(widget, forms.CheckboxInput):
        widget.template_name = "core/widgets/checkbox.html"
    elif isinstance(widget, forms.Select):
        widget.attrs.setdefault("class", "govuk-select")
    elif isinstance(widget, forms.FileInput):
        widget.attrs.setdefault("class", "govuk-file-upload")
    elif isinstance(widget, (forms.TextInput, forms.NumberInput, forms.EmailInput, forms.PasswordInput)):
        widget.attrs.setdefault("class", "govuk-input")
        if isinstance(field, (forms.DecimalField, forms.IntegerField)):
            widget.input_type = "text"
            widget.attrs.setdefault("inputmode", "decimal")
            widget.attrs["class"] = f"{widget.attrs['class']} govuk-input--width-5"


def code_choices(name: str, *, blank: str = "") -> list[tuple[str, str]]:
    """Return the choices of a code list of the standard, with a blank one first where it is asked for."""
    codes = [(code, words) for code, words in CODE_LISTS[name].codes.items()]
    return [("", blank), *codes] if blank else codes


def declared(table: str, name: str) -> Declared:
    """Return the declaration of a field of the standard."""
    return TABLES[table].by_name[name]


def field_for(table: str, name: str, *, label: str = "", long: bool = False, **kwargs: Any) -> forms.Field:
    """Return the form field for a field of the standard, from its one declaration.

    Help text is its meaning and who uses it. Nothing is required that the standard does not require.
    """
    of = declared(table, name)
    words = label or name.removesuffix("_id").removesuffix("_on").replace("_", " ").capitalize()
    options: dict[str, Any] = {"label": words, "required": of.required, "help_text": of.meaning, **kwargs}
    if of.type == "date":
        options["help_text"] = kwargs.get("help_text", f"{of.meaning} For example, 27 3 2026")
        return DateField(may_be_future=of.may_be_future, **options)
    if of.codes is not None:
        return forms.ChoiceField(choices=code_choices(of.codes, blank="Choose one"), **options)
    if of.type == "integer":
        return forms.IntegerField(min_value=_whole(of.minimum), max_value=_whole(of.maximum), **options)
    if of.type == "decimal":
        return forms.DecimalField(min_value=of.minimum, max_value=of.maximum, **options)
    if of.type == "money":
        return MoneyField(min_value=of.minimum, **options)
    if of.type == "boolean":
        return forms.BooleanField(**{**options, "required": False})
    if long:
        options.setdefault("widget", forms.Textarea)
    return forms.CharField(max_length=8000, **options)


def _whole(number: Any) -> int | None:
    return None if number is None else int(number)
