"""Filters that every template has: money and dates in British form, seats, and parts of form fields."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.standard.money import format_money
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.forms import DateField

register = template.Library()


@register.filter
def money(amount: Any, currency: str = "GBP") -> str:
    """Show an amount: £1,234.50."""
    return "" if amount is None or amount == "" else format_money(Decimal(str(amount)), currency)


@register.filter
def day(value: Any) -> str:
    """Show a date as people say it: 27 March 2026."""
    if isinstance(value, str) and value:
        value = dt.date.fromisoformat(value[:10])
    return f"{value.day} {value:%B %Y}" if value else ""


@register.filter
def words(code: str, code_list: str = "") -> str:
    """Show a code in words: from its code list where one is named."""
    codes = CODE_LISTS[code_list].codes if code_list else {}
    return codes.get(code) or code.replace("_", " ").replace("-", " ").capitalize()


@register.filter
def seat_name(access: Access) -> str:
    """Say in which role and for whom somebody is here."""
    parts = []
    for membership in access.memberships:
        name = membership.role_name()
        parts.append(f"{name}, {membership.organisation}" if membership.organisation else name)
    return "; ".join(dict.fromkeys(parts))


@register.filter
def may(access: Access | None, action: str) -> bool:
    """Say whether the seat may do an action at all."""
    return access is not None and access.may(action)


@register.filter
def widget_kind(field: BoundField) -> str:
    """Say how a field is laid out: ``group`` of inputs, ``tick`` of one box, or ``one`` input."""
    widget = field.field.widget
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget)):
        return "group"
    return "tick" if isinstance(widget, forms.CheckboxInput) else "one"


@register.filter
def is_date(field: BoundField) -> bool:
    """Say whether a field is a date in three boxes."""
    return isinstance(field.field, DateField)


@register.filter
def described_by(field: BoundField) -> str:
    """Return the ids of a field's hint and error, for screen readers."""
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}-hint")
    if field.errors:
        ids.append(f"{field.auto_id}-error")
    return " ".join(ids)


@register.filter
def dressed(field: BoundField) -> SafeString:
    """Render a field's input, marked as wrong where it is, and described by its hint and error."""
    attrs: dict[str, Any] = {}
    described = described_by(field)
    if described and widget_kind(field) != "group":
        attrs["aria-describedby"] = described
        attrs["aria_describedby"] = described
    css = field.field.widget.attrs.get("class", "")
    if field.errors and css:
        attrs["class"] = f"{css} {css.split()[0]}--error"
    if field.errors and is_date(field):
        attrs["oo_error"] = True
    if widget_kind(field) != "tick":
        attrs.pop("aria_describedby", None)
    return field.as_widget(attrs=attrs)


@register.filter
def first_input(field: BoundField) -> str:
    """Return the id of the first input of a field, where the summary of errors leads."""
    if isinstance(field.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget)):
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id
