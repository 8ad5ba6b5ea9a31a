"""Forms of one's own account and of invitations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from openoutcomes.web.core.forms import BaseForm


def _name_field() -> forms.CharField:
    return forms.CharField(
        label="Your name",
        max_length=120,
        help_text="The people you work with see it beside what you record.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class NameForm(BaseForm):
    """One's own name."""

    name = _name_field()


class JoinForm(BaseForm):
    """A new account for somebody who was invited."""

    name = _name_field()
    password = forms.CharField(
        label="Password",
        strip=False,
        help_text="At least 12 characters. Three random words are easy to remember and hard to guess.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Check the password against the name and address as well, which nobody should use as one."""
        found = super().clean() or self.cleaned_data
        password = found.get("password")
        if password:
            self.user.name = found.get("name", "")
            try:
                validate_password(password, self.user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return found


class PartnershipForm(BaseForm):
    """A new partnership, with the address of its first administrator."""

    partnership = forms.CharField(
        label="Name of the partnership",
        max_length=120,
        help_text="Everybody in it sees it at the top of each page. It can be changed later.",
        error_messages={"required": "Give the partnership a name."},
    )
    email = forms.EmailField(
        label="Email address of its first administrator",
        help_text="They get a link by which they join, set the partnership up and invite others. It can be you.",
        error_messages={"required": "Give an address.", "invalid": "Write it as name@example.org."},
    )


class FindAccountForm(BaseForm):
    """Somebody's account, by its address."""

    email = forms.EmailField(
        label="Email address of an account",
        help_text="To see, close or open it again.",
        error_messages={"required": "Give an address.", "invalid": "Write it as name@example.org."},
    )
