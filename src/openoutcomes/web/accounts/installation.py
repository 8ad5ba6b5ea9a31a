"""Pages for whoever looks after the installation: make a partnership, close an account and open it again.

The settings name who that is. They see names of partnerships and what there is to say of an account, and
nothing of what is recorded: for that they need a seat like everybody else.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from openoutcomes.standard.problems import InputError
from openoutcomes.web.accounts import upkeep
from openoutcomes.web.accounts.forms import FindAccountForm, PartnershipForm
from openoutcomes.web.accounts.models import User
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.core.middleware import lacks_second_step
from openoutcomes.web.core.pages import problems_into, say
from openoutcomes.web.partnerships.models import Partnership


def is_operator(user: Any) -> bool:
    """Say whether somebody looks after the installation: named in the settings, with an address they confirmed."""
    return (
        user.email in settings.OPERATORS
        and EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    )


def _operators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep a page for those who look after the installation; to others it is not there."""

    @functools.wraps(view)
    def run(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_operator(request.user):
            raise Http404("Not somebody who looks after the installation")
        if lacks_second_step(request):
            return redirect(reverse("mfa_index", query={"needed": "yes"}))
        return view(request, *args, **kwargs)

    return never_cache(login_required(run))


@_operators
def installation(request: Any) -> HttpResponse:
    """List the partnerships, lead to making another, and find an account by its address."""
    form = FindAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = User.objects.filter(email=form.cleaned_data["email"].strip().lower()).first()
        if found is not None:
            return redirect("installation_account", pk=found.pk)
        form.add_error("email", "Nobody has an account with this address. Check it.")
    context = {"partnerships": Partnership.objects.order_by("name"), "form": form}
    return render(request, "account/installation.html", context)


@_operators
def partnership_add(request: Any) -> HttpResponse:
    """Make a partnership; show the link by which its first administrator joins, once."""
    form = PartnershipForm(request.POST or None, initial={"email": request.user.email})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            link = upkeep.invite_first_administrator(
                email=asked["email"], partnership=asked["partnership"], by=request.user, is_new=True
            )
        except InputError as error:
            problems_into(form, error)
        else:
            made = {"name": asked["partnership"], "email": asked["email"], "link": link}
            return render(request, "account/partnership_made.html", made)
    context = {
        "title": "Make a partnership", "form": form, "button": "Make the partnership", "back": reverse("installation"),
        "lead": "Nothing is shared between two partnerships: people, records, money and seats belong to one.",
    }  # fmt: skip
    return render(request, "core/form_page.html", context)


@_operators
def account(request: Any, pk: int) -> HttpResponse:
    """Show what there is to say of an account, and close it or open it again."""
    found = get_object_or_404(User, pk=pk)
    form = BaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if found.is_active:
                upkeep.close(found.email, by=request.user)
                say(request, f"The account of {found.email} is closed.")
            else:
                upkeep.reopen(found.email, by=request.user)
                say(request, f"The account of {found.email} is open again.")
        except InputError as error:
            problems_into(form, error)
        else:
            return redirect("installation_account", pk=pk)
    context = {
        "account": found, "facts": upkeep.describe(found.email), "form": form, "is_own": found == request.user,
        "needed_by": upkeep.needed_by(found) if found.is_active else [], "back": reverse("installation"),
        "title": f"The account of {found.name}" if found.name else "An account", "danger": found.is_active,
        "button": "Close the account" if found.is_active else "Open the account again",
    }  # fmt: skip
    return render(request, "account/installation_account.html", context)
