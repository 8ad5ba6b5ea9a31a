"""How signing in behaves here: closed to strangers, with second steps and services of councils.

django-allauth asks these classes; what they do not say is as it comes.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from openoutcomes.web.core.crypto import decrypt, encrypt

#: Where a session keeps the digest of the invitation that its user opened before having an account.
INVITATION = "invitation"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts: nobody makes one without an invitation."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account has been closed. Ask whoever runs the partnership.",
        "email_password_mismatch": "The email address or the password is wrong.",
        "email_taken": "Somebody has an account with this email address already.",
        "enter_current_password": "The current password is wrong.",
        "incorrect_code": "This code is wrong, or too old. Wait for the next one and type that.",
        "incorrect_password": "The password is wrong.",
        "invalid_password_reset": "This link has been used, or is too old. Ask for another.",
        "too_many_login_attempts": "Too many wrong tries for this account. Wait five minutes, then try again.",
        "rate_limited": "Too many tries. Wait a few minutes, then try again.",
        "same_as_current": "This is the address you have now. Give another.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say that nobody may make an account by themselves."""
        del request
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead back to the account when a password was changed."""
        del request
        return reverse("account")

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Say on the next page what was done; what allauth calls information is done too."""
        super().add_message(request, messages.SUCCESS if level == messages.INFO else level, *args, **kwargs)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where a request comes from, for limits; a socket of this machine counts as one place."""
        if not request.META.get("REMOTE_ADDR"):
            request.META["REMOTE_ADDR"] = "127.0.0.1"
        return str(super().get_client_ip(request))

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: Any = None, email: Any = None
    ) -> Any:
        """Tell somebody what changed in their account, without noting from which address and browser."""
        bare = {**(context or {}), "ip": "", "user_agent": ""}
        return super().send_notification_mail(template_prefix, user, bare, email)


class SecondStepAdapter(DefaultMFAAdapter):
    """Second steps: their secrets are kept encrypted, as names are."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": "Turn your second step off before you change your address, then on again.",
        "incorrect_code": "This code is wrong, or too old. Wait for the next one and type that.",
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret with the newest key."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret with whichever key fits."""
        return decrypt(encrypted_text)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - as django-allauth calls it
        """Return what a new key is called until its owner says otherwise."""
        from allauth.mfa.models import Authenticator  # noqa: PLC0415 - models load after this

        return f"Key {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return whom a passkey is for: the host of the platform's address, whatever the request says."""
        return {"id": settings.SITE_HOST, "name": "Open Outcomes"}


class ServiceAdapter(DefaultSocialAccountAdapter):
    """Signing in with a council's own service: for people who have an account, or were invited."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Let somebody in who was invited at an address that the service vouches for."""
        from openoutcomes.web.accounts.invitations import open_by_digest  # noqa: PLC0415 - models load later

        invitation = open_by_digest(request.session.get(INVITATION, ""))
        vouched = {one.email.casefold() for one in sociallogin.email_addresses if one.verified}
        return invitation is not None and invitation.email.casefold() in vouched

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        """Take name and address from the service."""
        user = super().populate_user(request, sociallogin, data)
        user.email = user.email.lower()
        parts = (data.get("first_name"), data.get("last_name"))
        user.name = str(data.get("name") or " ".join(part for part in parts if part))[:120]
        return user
