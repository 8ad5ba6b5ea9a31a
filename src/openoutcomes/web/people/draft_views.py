"""Pages of drafts: kept as they are typed, listed, and dropped."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from openoutcomes.web.core.pages import page, say, warn
from openoutcomes.web.core.scope import writing
from openoutcomes.web.people import drafts
from openoutcomes.web.people.models import Draft


@page("partnership.view")
def keep(request: Any) -> HttpResponse:
    """Keep what is in a form: sent by the page as it is typed, or by the button Save draft."""
    key = request.GET.get("form", "")
    if request.method != "POST":
        raise Http404("Drafts are kept by sending them")
    about = drafts.read_token(request.POST.get(drafts.WHOSE, ""))
    # Somebody else may have signed in since the form was opened: what was typed is not theirs.
    is_mine = about is not None and about["u"] == request.user.pk and about["k"] == key
    is_kept = is_mine and drafts.keep(request.access, key, request.POST, about["t"] if about else "")
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse({"kept": is_kept}, status=200 if is_kept else 409)
    if not is_kept:
        warn(request, "The draft could not be kept: the form is too long, or it was opened by somebody else.")
        return redirect("drafts", partnership=request.access.partnership.slug)
    say(request, "Your draft is kept. Come back to it from your home page.")
    return redirect(key)


@page("partnership.view")
def drafts_page(request: Any) -> HttpResponse:
    """List the forms that a user began and has not sent."""
    return render(
        request,
        "people/drafts.html",
        {"title": "Unfinished forms", "drafts": drafts.drafts_of(request.access)},
    )


@page("partnership.view")
def drop(request: Any) -> HttpResponse:
    """Let a draft go that is not wanted."""
    slug = request.access.partnership.slug
    if request.method == "POST":
        mine = Draft.of(request.access.partnership).filter(
            user=request.user, pk=_number(request.POST.get("draft"))
        )
        with writing("people.draft"):
            mine.delete()
        say(request, "The draft was thrown away.")
    return redirect(reverse("drafts", kwargs={"partnership": slug}))


def _number(text: Any) -> int:
    return int(text) if str(text or "").isdigit() else 0
