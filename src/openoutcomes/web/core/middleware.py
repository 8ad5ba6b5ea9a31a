"""Middleware: security headers on every answer, sessions that end, and the seat of whoever asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
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


#: How often, in seconds, a session that is used says so in the database.
_SAVED_EVERY = 300


class Idle:
    """Ends a session that nobody has used for as long as the settings say, at the next request.

    A session is saved every few minutes of use rather than at every request, which would cost a write each.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; nobody is signed in any more when the session was idle too long."""
        session = request.session
        if session.session_key and SESSION_KEY in session:
            now = int(time.time())
            idle = now - int(session.get("used_at", now))
            if idle > settings.SESSION_COOKIE_AGE:
                session.flush()
            elif "used_at" not in session or idle > min(_SAVED_EVERY, settings.SESSION_COOKIE_AGE // 10):
                session["used_at"] = now
        return self.get_response(request)


class Seat:
    """For a page of a partnership: finds the seats of whoever asks, and sets the scope of every query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside the partnership's scope."""
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., HttpResponse], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse anybody without a seat as if the partnership were not there."""
        slug = kwargs.get("partnership")
        if slug is None:
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request, _kept_for_later(request) or request.get_full_path())
        access = seat_of(request.user, slug)
        if access is None:
            raise Http404("No such partnership, or no seat in it")
        if must_add_second_step(request, access):
            return redirect(reverse("mfa_index", query={"needed": "yes"}))
        request.access = access
        with scope(partnership=access.partnership):
            return view(request, *args, **kwargs)


def _to_sign_in(request: HttpRequest, then: str) -> HttpResponse:
    """Lead to the page to sign in, and back; a part of a page that was asked for leads the whole page there."""
    response = redirect_to_login(then)
    if not request.headers.get("HX-Request"):
        return response
    here = request.headers.get("HX-Current-URL", "").partition("://")[2].partition("/")[2]
    return HttpResponse(status=401, headers={"HX-Redirect": redirect_to_login(f"/{here}").url})


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


def must_add_second_step(request: Any, access: Access) -> bool:
    """Say whether somebody who works here has yet to set up a second step to sign in.

    A set of recovery codes alone is none. Whoever came through a service that asks for a second step of its
    own has done it there.
    """
    return access.roles() != {"person"} and lacks_second_step(request)


def lacks_second_step(request: Any) -> bool:
    """Say whether a second step is needed here, and whoever asks signed in without one."""
    if not settings.REQUIRE_MFA:
        return False
    from allauth.account.authentication import get_authentication_records  # noqa: PLC0415 - see Django
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 - models load after middleware
    from allauth.mfa.utils import is_mfa_enabled  # noqa: PLC0415 - models load after middleware

    if is_mfa_enabled(request.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
        return False
    careful = {key for key, service in settings.SIGN_IN_SERVICES.items() if service.get("second_step")}
    records = get_authentication_records(request, request.user)
    return not any(record.get("provider") in careful for record in records)
