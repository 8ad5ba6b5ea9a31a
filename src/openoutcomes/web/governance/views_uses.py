"""The register of uses of the data, which everybody reads."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, done, page, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.governance import commands, queries
from openoutcomes.web.governance.forms import UseDecisionForm, UseFilter, UseForm, UseReviewForm
from openoutcomes.web.governance.models import DataUse, DataUseStep, Panel
from openoutcomes.web.governance.views import form_page
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.sharing.forms import sent

COLOURS = {"asked": "blue", "allowed": "green", "refused": "purple", "ended": "grey"}


@page("governance.view")
def uses(request: Any) -> HttpResponse:
    """List the uses of the data: asked for, allowed, refused and ended."""
    access = request.access
    filters = UseFilter(request.GET)
    filters.is_valid()
    rows = DataUse.of(access.partnership).select_related("panel")
    asked = filters.cleaned_data.get("state")
    if asked == "due":
        rows = rows.filter(state="allowed", review_on__lt=today())
    elif asked:
        rows = rows.filter(state=asked)
    columns = [
        Column("Use", lambda u: Cell(u.title, at(request, "data_use", use_id=u.use_id), under=u.purpose), sort="title",
               plain=lambda u: u.title),
        Column("Which data", lambda u: u.data),
        Column("Lawful basis", lambda u: u.get_basis_display(), sort="basis"),
        Column("Who asked", lambda u: u.asked_by, sort="asked_by"),
        Column("Stands", lambda u: Cell(u.get_state_display(), tag=COLOURS[u.state]), sort="state"),
        Column("Decided", lambda u: Cell(day(u.decided_on), under=str(u.panel or "")), sort="decided_on",
               plain=lambda u: u.decided_on or ""),
        Column("Looked at again", lambda u: f"{day(u.review_on)}{' (late)' if u.is_due else ''}", sort="review_on",
               plain=lambda u: u.review_on or ""),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, columns, "uses-of-data")
    actions = [("Write down a use", at(request, "data_use_add"))] if access.may("governance.manage") else []
    return render(
        request, "core/list_page.html",
        {
            "title": "What the data is used for", "back": at(request, "governance"), "actions": actions,
            "lead": "Every use of the data beyond helping each person, who asked for it, and who decided.",
            "listing": listing(
                request, rows, columns, caption="Uses of the data", one="use", sort="-asked_on", filters=filters,
                empty="No use is written down yet.", empty_action=actions[0] if actions else None,
            ),
        },
    )  # fmt: skip


@page("governance.view")
def use(request: Any, use_id: str) -> HttpResponse:
    """Show a use of the data with how it came to stand."""
    access = request.access
    row = queries.use_or_404(access, use_id)
    steps = DataUseStep.of(access.partnership).filter(use=row).select_related("panel", "by")
    return render(
        request, "governance/use.html",
        {
            "row": row, "steps": steps, "colour": COLOURS[row.state], "may_manage": access.may("governance.manage"),
            "back": at(request, "data_uses"),
        },
    )  # fmt: skip


@page("governance.manage")
def use_add(request: Any) -> HttpResponse:
    """Write down that somebody asks to use the data."""
    access = request.access
    form = UseForm(sent(request), organisations=Organisation.of(access.partnership))
    names = ("title", "purpose", "which_data", "basis", "basis_why", "asked_by", "organisation", "asked_on")
    made = done(
        request, form,
        lambda: commands.register_use(
            access, values={name.removeprefix("which_"): form.cleaned_data[name] for name in names}, once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "It is in the register. A panel decides.")
        return redirect(at(request, "data_use", use_id=made.use_id))
    return render(
        request,
        "core/form_page.html",
        {"title": "Write down a use of the data", "form": form, "back": at(request, "data_uses")},
    )


@page("governance.manage")
def use_decide(request: Any, use_id: str) -> HttpResponse:
    """Write down what a panel decided on a use."""
    access = request.access
    row = queries.use_or_404(access, use_id)
    form = UseDecisionForm(
        sent(request), panels=Panel.of(access.partnership).filter(decides_on_data=True, is_open=True)
    )
    names = ("panel", "why", "conditions", "on", "review_on")
    return form_page(
        request, form,
        lambda: commands.decide_use(
            access, use=row, allowed=form.cleaned_data["allowed"] == "yes", once=form.key(),
            **{name: form.cleaned_data[name] for name in names},
        ),
        at(request, "data_use", use_id=use_id), "The decision is in the register.", title="What was decided?", caption=row.title,
    )  # fmt: skip


@page("governance.manage")
def use_review(request: Any, use_id: str) -> HttpResponse:
    """Look at a use again."""
    access = request.access
    row = queries.use_or_404(access, use_id)
    form = UseReviewForm(sent(request))
    return form_page(
        request, form,
        lambda: commands.review_use(
            access, use=row, why=form.cleaned_data["why"], review_on=form.cleaned_data["review_on"],
            end=form.cleaned_data["end"] == "yes", once=form.key(),
        ),
        at(request, "data_use", use_id=use_id), "Kept in the register.", title="Look at it again", caption=row.title,
    )  # fmt: skip
