"""Forms of django-allauth look like ours."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import AddEmailForm
from allauth.account.utils import get_next_redirect_url
from django import template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.urls import reverse

from openoutcomes.web.core.forms import dress

register = template.Library()

#: Labels in our words, by the name that django-allauth gives a field.
_LABELS = {
    "login": "Email address",
    "email": "Email address",
    "oldpassword": "The password you have now",
    "password1": "New password",
    "password2": "New password again",
    "code": "Code",
    "name": "Name of the key",
    "passwordless": "Sign in with it alone, without a password",
}
_HINTS = {
    "password1": "At least 12 characters. Three random words are easy to remember and hard to guess.",
    "name": "So that you can tell your keys apart, such as “work telephone”.",
    # Each page says itself where a forgotten password leads.
    "password": "",
    "oldpassword": "",
    "passwordless": "For a key that asks for your finger, face or PIN.",
}


@register.simple_tag
def dressed_up(field: BoundField) -> str:
    """Give a field of django-allauth the classes, label and hint that it would have here; show nothing."""
    dress(field.field)
    attrs = field.field.widget.attrs
    attrs.pop("placeholder", None)
    # What is wrong is said above the form and beside the field, in words; see core.forms.
    field.form.use_required_attribute = False
    if field.name in _LABELS:
        field.label = _LABELS[field.name]
    if field.name in _HINTS:
        field.help_text = _HINTS[field.name]
    if isinstance(field.form, AddEmailForm):
        field.label = "New email address"
    if field.name == "code":
        attrs |= {"inputmode": "numeric", "class": "govuk-input govuk-input--width-10"}
        attrs.setdefault("autocomplete", "one-time-code")
    return ""


@register.simple_tag(takes_context=True)
def sign_in_services(context: dict[str, Any]) -> list[dict[str, str]]:
    """Return the services that people may sign in with: what each is called, and where its button leads."""
    request = context["request"]
    after = get_next_redirect_url(request)
    query = {"process": "login", **({"next": after} if after else {})}
    return [
        {
            "name": service["name"],
            "address": reverse("openid_connect_login", kwargs={"provider_id": key}, query=query),
        }
        for key, service in settings.SIGN_IN_SERVICES.items()
    ]
