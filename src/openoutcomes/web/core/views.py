"""The first page, a seat's own home page, health, and the pages shown when something cannot be."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from openoutcomes.web.core.pages import page
from openoutcomes.web.core.waiting import waiting_for
from openoutcomes.web.people.models import Person

_LOG = logging.getLogger(__name__)


def start(request: HttpRequest) -> HttpResponse:
    """Lead to the one partnership of whoever asks, or let them choose among several."""
    from openoutcomes.web.partnerships.models import Membership  # noqa: PLC0415 - models load after this

    if settings.DEMO:
        return redirect("demo")
    if not request.user.is_authenticated:
        return render(request, "core/welcome.html")
    seats = Membership.objects.with_scopes_disabled().filter(user=request.user, ended_at=None)  # type: ignore[attr-defined]
    partnerships = sorted({seat.partnership for seat in seats.select_related("partnership")}, key=str)
    if len(partnerships) == 1:
        return redirect("home", partnership=partnerships[0].slug)
    return render(request, "core/choose.html", {"partnerships": partnerships})


@page("partnership.view")
def home(request: Any) -> HttpResponse:
    """Show a seat what waits for it; whoever is here for themselves alone comes to their own record."""
    own = Person.of(request.access.partnership).filter(pk__in=request.access.person_ids())
    if request.access.roles() == {"person"} and len(own) == 1:
        return redirect("person", partnership=request.access.partnership.slug, person_id=own[0].person_id)
    return render(request, "core/home.html", {"waiting": waiting_for(request.access)})


def health(request: HttpRequest) -> JsonResponse:
    """Say whether the platform can answer and reach its database; for whoever watches over it."""
    del request
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        _LOG.exception("the database cannot be reached")
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """Say whether the database is as this version of the platform needs it, so that people may be sent here."""
    del request
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        _LOG.exception("the database cannot be reached")
        return JsonResponse({"status": "no database"}, status=503)
    if missing:
        return JsonResponse({"status": "not migrated", "missing": missing}, status=503)
    return JsonResponse({"status": "ok"})


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the seat may not do this, without saying whether there is anything to do."""
    del exception
    return render(request, "core/forbidden.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing here."""
    del exception
    return render(request, "core/not_found.html", status=404)


def bad(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that a request was none that a page here would make."""
    del request, exception
    return _alone("core/bad.html", 400)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form was too old, or did not come from here: the cookie that proves it was missing."""
    del request, reason
    return _alone("core/form_expired.html", 403)


def too_many(request: HttpRequest) -> HttpResponse:
    """Say that somebody tried too often, and when to come back."""
    del request
    response = _alone("core/too_many.html", 429)
    response.headers["Retry-After"] = "300"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something broke, and that nothing was half-written."""
    del request
    return _alone("core/broken.html", 500)


def _alone(template: str, status: int) -> HttpResponse:
    """Render a page that knows nothing of who asks: it must work when the database or the session does not."""
    return HttpResponse(render_to_string(template), status=status)
