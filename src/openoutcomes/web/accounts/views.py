"""Pages of one's own account, and the page on which an invitation is accepted."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from allauth.core.ratelimit import consume, respond_429
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect.views import login as openid_connect_login
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from requests import RequestException

from openoutcomes.standard.problems import InputError
from openoutcomes.web.accounts import invitations, upkeep
from openoutcomes.web.accounts.adapters import INVITATION
from openoutcomes.web.accounts.forms import JoinForm, NameForm
from openoutcomes.web.accounts.installation import is_operator
from openoutcomes.web.accounts.models import User
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.core.pages import problems_into, say
from openoutcomes.web.core.permissions import ROLES

_LOG = logging.getLogger(__name__)


@login_required
def account(request: Any) -> HttpResponse:
    """Show one's own account: name, address, and how one signs in."""
    steps = Authenticator.objects.filter(user=request.user)
    kinds = [one.type for one in steps]
    context = {
        "has_app": Authenticator.Type.TOTP in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "has_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "services": SocialAccount.objects.filter(user=request.user).count(),
        "has_services": bool(settings.SIGN_IN_SERVICES),
        "form": BaseForm(),
        "is_operator": is_operator(request.user),
    }
    return render(request, "account/overview.html", context)


@login_required
def name(request: Any) -> HttpResponse:
    """Change one's own name."""
    form = NameForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        request.user.name = form.cleaned_data["name"]
        request.user.save(update_fields=["name"])
        say(request, "Your name was changed.")
        return redirect("account")
    context = {"title": "Your name", "form": form, "back": reverse("account")}
    return render(request, "core/form_page.html", context)


@login_required
def sign_out_everywhere(request: Any) -> HttpResponse:
    """End every session of one's own account, this one too."""
    form = BaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.user.end_sessions()
        logout(request)
        say(request, "You are signed out everywhere. Sign in again to go on.")
        return redirect("account_login")
    context = {
        "title": "Sign out everywhere?",
        "says": [
            "Every browser and telephone in which you are signed in is signed out now, this one too.",
            "Do this when one was lost, or when somebody may know your password; then change the password.",
        ],
        "form": form,
        "button": "Sign out everywhere",
        "back": reverse("account"),
    }
    return render(request, "core/confirm.html", context)


@reauthentication_required  # type: ignore[untyped-decorator]
def close(request: Any) -> HttpResponse:
    """Close one's own account, after signing in once more."""
    form = BaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            upkeep.close_own(request.user)
        except InputError as error:
            problems_into(form, error)
        else:
            logout(request)
            say(request, "Your account is closed.")
            return redirect("account_login")
    context = {
        "title": "Close your account?",
        "says": [
            "You are signed out everywhere, and cannot sign in any more.",
            "What you recorded and decided stays, under your name, as the law asks of records of money.",
            "If you are supported here, your support goes on: this closes your way in, not your record.",
            "Whoever looks after the installation can open it again.",
        ],
        "form": form,
        "button": "Close my account",
        "danger": True,
        "back": reverse("account"),
    }
    return render(request, "core/confirm.html", context)


def to_service(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to a council's own service. A page in between does so, since no form here may lead elsewhere."""
    try:
        response: HttpResponse = openid_connect_login(request, provider_id)
    except (RequestException, KeyError):
        # It does not answer, or not as such a service does.
        _LOG.exception("the service to sign in with cannot be reached")
        return render(request, "socialaccount/authentication_error.html", status=502)
    address = response.headers.get("Location", "")
    if not address.startswith(("http://", "https://")):
        return response
    service = settings.SIGN_IN_SERVICES[provider_id]
    page = render(
        request, "socialaccount/login_redirect.html", {"provider": service["name"], "redirect_to": address}
    )
    page.headers["Refresh"] = f"0; url={address}"
    return page


@never_cache
@sensitive_post_parameters("password")
def invitation(request: Any, token: str) -> HttpResponse:
    """Show what somebody is invited to, and let them accept: with their account, or by making one."""
    digest = invitations.digest_of(token)
    found = invitations.by_digest(digest)
    if found is None:
        return render(
            request, "account/invitation_over.html", {"why": "This link does not work."}, status=404
        )
    why = invitations.why_not(found)
    if why:
        return render(request, "account/invitation_over.html", {"why": why, "invitation": found}, status=410)
    if request.user.is_authenticated:
        return _with_account(request, found, digest)
    owner = invitations.account_of(found)
    if owner is not None:
        # For whoever comes back from a council's service without having signed in here before.
        request.session[INVITATION] = digest
        return _page(request, found, must_sign_in=True, is_closed=not owner.is_active)
    return _new_account(request, found, digest)


def _page(request: HttpRequest, found: Any, **more: Any) -> HttpResponse:
    role, purpose = ROLES[found.role]
    context = {
        "invitation": found,
        "role": role,
        "purpose": purpose,
        "here": request.path,
        "services": settings.SIGN_IN_SERVICES.values(),
        **more,
    }
    return render(request, "account/invitation.html", context)


def _with_account(request: Any, found: Any, digest: str) -> HttpResponse:
    if not invitations.is_for(found, request.user):
        return _page(request, found, is_somebody_else=True)
    form = BaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitations.accept(digest, request.user)
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"You have joined {found.partnership}.")
            return redirect("home", partnership=found.partnership.slug)
    return _page(request, found, form=form, can_accept=True)


def _new_account(request: Any, found: Any, digest: str) -> HttpResponse:
    request.session[INVITATION] = digest
    user = User(email=found.email.lower())
    form = JoinForm(request.POST or None, user=user)
    if request.method == "POST":
        if not consume(request, action="signup"):
            return respond_429(request)
        if form.is_valid():
            user.name = form.cleaned_data["name"]
            user.set_password(form.cleaned_data["password"])
            try:
                with transaction.atomic():
                    user.save()
                    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
                    invitations.accept(digest, user)
            except IntegrityError:
                # The same form came twice at one moment: the other request made the account.
                return redirect("invitation", token=request.resolver_match.kwargs["token"])
            except InputError as error:
                problems_into(form, error)
            else:
                request.session.pop(INVITATION, None)
                record_authentication(
                    request, user, method="password", email=user.email, reauthenticated=True
                )
                say(request, f"You have joined {found.partnership}.")
                home = reverse("home", kwargs={"partnership": found.partnership.slug})
                return perform_login(request, user, redirect_url=home)
    return _page(request, found, form=form, is_new=True)
