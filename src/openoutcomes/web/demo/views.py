"""The demonstration's front door: sign in as anybody in it with one click."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from openoutcomes.web.accounts.models import User
from openoutcomes.web.core.permissions import ROLES
from openoutcomes.web.demo.building import SLUG
from openoutcomes.web.demo.cast import CAST, ORGANISATIONS


def choose(request: HttpRequest) -> HttpResponse:
    """Show everybody there is to sign in as, by what they come to do."""
    names = {key: name for key, name, _, _ in ORGANISATIONS}
    players = [
        {"player": player, "role": ROLES[player.role][0], "organisation": names.get(player.organisation, "")}
        for player in CAST
    ]
    return render(request, "core/demo.html", {"players": players})


@require_POST
def enter(request: Any) -> HttpResponse:
    """Sign in as somebody of the demonstration; works in a demonstration alone."""
    user = User.objects.filter(email=f"{request.POST.get('key', '')}@{SLUG}.example", is_demo=True).first()
    if not settings.DEMO or user is None:
        raise Http404
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect("home", partnership=SLUG)
