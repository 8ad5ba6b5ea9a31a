"""The first page, a seat's own home page, health, and the pages shown when something cannot be."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from openoutcomes.web.core.pages import page
from openoutcomes.web.core.waiting import waiting_for


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
    """Show a seat what waits for it."""
    return render(request, "core/home.html", {"waiting": waiting_for(request.access)})


def health(request: HttpRequest) -> JsonResponse:
    """Say whether the platform can answer and reach its database; for whoever watches over it."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"status": "ok"})


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the seat may not do this, without saying whether there is anything to do."""
    del exception
    return render(request, "core/forbidden.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing here."""
    del exception
    return render(request, "core/not_found.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something broke, and that nothing was half-written."""
    return render(request, "core/broken.html", status=500)
