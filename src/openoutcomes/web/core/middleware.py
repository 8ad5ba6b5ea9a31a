"""Middleware: security headers on every answer, and the seat of whoever asks in a partnership."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_scopes import scope

from openoutcomes.web.core.access import Access

#: Nothing from elsewhere, no script or style written into a page, no framing, forms to ourselves alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)


class SecurityHeaders:
    """Adds a content security policy, and keeps pages about people out of shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class Seat:
    """For a page of a partnership: finds the seats of whoever asks, and sets the scope of every query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside the partnership's scope."""
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., HttpResponse], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse anybody without a seat as if the partnership were not there."""
        slug = kwargs.get("partnership")
        if slug is None:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(_kept_for_later(request) or request.get_full_path())
        access = seat_of(request.user, slug)
        if access is None:
            raise Http404("No such partnership, or no seat in it")
        if _must_add_second_step(request.user, access):
            return redirect("mfa_index")
        request.access = access
        with scope(partnership=access.partnership):
            return view(request, *args, **kwargs)


def _kept_for_later(request: Any) -> str:
    """Keep a form that came after its session had expired; return where it was, or nothing."""
    if request.method != "POST":
        return ""
    from openoutcomes.web.people.drafts import keep_for_later  # noqa: PLC0415 - models load after middleware

    return keep_for_later(request)


def seat_of(user: Any, slug: str) -> Access | None:
    """Return a user's seat in the partnership of that short name; None without one."""
    from openoutcomes.web.partnerships.models import Membership, Partnership  # noqa: PLC0415 - see Django

    partnership = Partnership.objects.filter(slug=slug).first()
    if partnership is None:
        return None
    memberships = Membership.of(partnership).filter(user=user, ended_at=None).select_related("organisation")
    held = tuple(memberships)
    return Access(user, partnership, held) if held else None


def _must_add_second_step(user: Any, access: Access) -> bool:
    """Say whether somebody who works here has yet to set up a second step to sign in."""
    if not settings.REQUIRE_MFA or access.roles() == {"person"}:
        return False
    from allauth.mfa.utils import is_mfa_enabled  # noqa: PLC0415 - models load after middleware

    return not is_mfa_enabled(user)
