"""Pages of pictures: drawn from their steps, with a table that says the same; versions, compared and brought back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.listening.showing import confirm_page, form_page
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.sharing.forms import sent
from openoutcomes.web.stories import drawing, picturing, queries
from openoutcomes.web.stories.forms import CompareForm, ExpectedForm, PictureForm, StepForm
from openoutcomes.web.stories.models import Picture, PictureVersion
from openoutcomes.web.stories.views import places


@page("stories.view")
def pictures(request: Any) -> HttpResponse:
    """List the pictures of the system."""
    access = request.access
    rows = queries.pictures_for(access).select_related("added_by")
    columns = [
        Column("Picture", lambda row: Cell(row.title, at(request, "picture", picture_id=row.picture_id)), sort="title",
               plain=lambda row: row.title),
        Column("Versions", lambda row: str(row.number), sort="number", numeric=True),
        Column("Changed", lambda row: day(row.changed_at), sort="changed_at", plain=lambda row: row.changed_at.date()),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, columns, "pictures")
    actions = [("Draw a picture", at(request, "picture_add"))] if access.may("pictures.edit") else []
    return render(
        request, "stories/list.html",
        {
            "title": "Pictures of the system", "places": places(request), "actions": actions,
            "lead": "Who does what, where people are handed over, and where they get stuck.",
            "listing": listing(
                request, rows, columns, caption="Pictures", one="picture", sort="-changed_at",
                empty="No picture is drawn yet. Begin with the first thing that somebody who needs help does.",
                empty_action=actions[0] if actions else None,
            ),
        },
    )  # fmt: skip


@page("stories.view")
def picture(request: Any, picture_id: str) -> HttpResponse:
    """Show a picture as it is now."""
    row = queries.picture_or_404(request.access, picture_id)
    return _show(request, row, row.number)


@page("stories.view")
def picture_version(request: Any, picture_id: str, number: int) -> HttpResponse:
    """Show a picture as it was drawn earlier."""
    return _show(request, queries.picture_or_404(request.access, picture_id), number)


def _show(request: Any, row: Picture, number: int) -> HttpResponse:
    access = request.access
    version = queries.version_or_404(row, number)
    steps = drawing.read(version.steps)
    if wants_csv(request):
        columns = [
            Column("Step", lambda one: one[0].name), Column("Who", lambda one: one[0].organisation),
            Column("Wait", lambda one: one[0].wait), Column("Stuck", lambda one: one[0].stuck),
            Column("What follows", lambda one: "; ".join(one[1])),
        ]  # fmt: skip
        return as_csv(drawing.table(steps), columns, "picture")
    is_latest = number == row.number
    return render(
        request, "stories/picture.html",
        {
            "picture": row, "version": version, "drawing": drawing.lay_out(steps), "rows": drawing.table(steps),
            "stuck": [one for one in steps if one.stuck], "is_latest": is_latest, "back": at(request, "pictures"),
            "may_edit": access.may("pictures.edit") and is_latest and row.put_away_at is None,
            "may_restore": access.may("pictures.edit") and not is_latest and row.put_away_at is None,
            "export": f"{request.path}?format=csv", "may_put_back": access.may("pictures.edit") and row.put_away_at is not None,
        },
    )  # fmt: skip


@page("pictures.edit")
def picture_add(request: Any) -> HttpResponse:
    """Begin a picture."""
    form = PictureForm(sent(request))
    return form_page(
        request, form,
        lambda: picturing.add_picture(
            request.access, title=form.cleaned_data["title"], about=form.cleaned_data["about"], once=form.key()
        ),
        title="Draw a picture of the system", back=at(request, "pictures"), button="Go on to the first step",
        then=lambda made: at(request, "step_add", picture_id=made.picture_id),
        told="The picture is begun. Add the first step.",
    )  # fmt: skip


@page("pictures.edit")
def picture_change(request: Any, picture_id: str) -> HttpResponse:
    """Change what a picture is called."""
    row = queries.picture_or_404(request.access, picture_id)
    form = PictureForm(
        sent(request), initial={"title": row.title, "about": row.about, "expected": row.number}
    )
    return form_page(
        request, form,
        lambda: picturing.change_picture(
            request.access, picture=row, title=form.cleaned_data["title"], about=form.cleaned_data["about"],
            expected=form.cleaned_data["expected"] or 0, once=form.key(),
        ),
        title="Change the picture", then=at(request, "picture", picture_id=picture_id), told="The picture was changed.",
    )  # fmt: skip


def _form(
    request: Any, row: Picture, steps: list[drawing.Step], key: str = "", initial: Any = None
) -> StepForm:
    others = [one for one in steps if one.key != key]
    return StepForm(
        sent(request), steps=others, is_new=not key, initial={**(initial or {}), "expected": row.number}
    )


def _who(row: Picture, steps: list[drawing.Step]) -> list[str]:
    names = list(Organisation.of(row.partnership).filter(is_active=True).values_list("name", flat=True))
    return list(dict.fromkeys([*(one.organisation for one in steps), "The person", *names]))


@page("pictures.edit")
def step_add(request: Any, picture_id: str) -> HttpResponse:
    """Add a step to a picture."""
    row = queries.picture_or_404(request.access, picture_id)
    steps = drawing.read(queries.version_or_404(row).steps)
    # A step mostly follows the one that was added last.
    form = _form(request, row, steps, initial={"after": [steps[-1].key]} if steps else {})
    return form_page(
        request, form,
        lambda: picturing.add_step(
            request.access, picture=row, values=form.cleaned_data, expected=form.cleaned_data["expected"], once=form.key()
        ),
        title="Add a step", caption=row.title, then=at(request, "picture", picture_id=picture_id),
        told="The step was added.", template="stories/step.html", who=_who(row, steps),
    )  # fmt: skip


def _step(row: Picture, key: str) -> tuple[list[drawing.Step], drawing.Step]:
    steps = drawing.read(queries.version_or_404(row).steps)
    found = next((one for one in steps if one.key == key), None)
    if found is None:
        raise Http404("No such step")
    return steps, found


@page("pictures.edit")
def step_change(request: Any, picture_id: str, key: str) -> HttpResponse:
    """Change a step of a picture."""
    row = queries.picture_or_404(request.access, picture_id)
    steps, found = _step(row, key)
    form = _form(request, row, steps, key, initial=found.written())
    return form_page(
        request, form,
        lambda: picturing.change_step(
            request.access, picture=row, key=key, values=form.cleaned_data, expected=form.cleaned_data["expected"],
            once=form.key(),
        ),
        title="Change the step", caption=row.title, then=at(request, "picture", picture_id=picture_id),
        told="The step was changed.", template="stories/step.html", who=_who(row, steps),
    )  # fmt: skip


@page("pictures.edit")
def step_remove(request: Any, picture_id: str, key: str) -> HttpResponse:
    """Take a step out of a picture."""
    row = queries.picture_or_404(request.access, picture_id)
    _, found = _step(row, key)
    form = ExpectedForm(sent(request), initial={"expected": row.number})
    return form_page(
        request, form,
        lambda: picturing.remove_step(
            request.access, picture=row, key=key, expected=form.cleaned_data["expected"], once=form.key()
        ),
        title=f"Take “{found.name}” out?", caption=row.title, then=at(request, "picture", picture_id=picture_id),
        told="The step was taken out. The version before still has it.", template="core/confirm.html", button="Take out",
        says=["What led to it leads to what followed it.", "Earlier versions keep it, and can be brought back."],
    )  # fmt: skip


@page("pictures.edit")
def step_move(request: Any, picture_id: str, key: str, where: str) -> HttpResponse:
    """Move a step one place, earlier or later."""
    row = queries.picture_or_404(request.access, picture_id)
    _, found = _step(row, key)
    if where not in ("earlier", "later"):
        raise Http404("Earlier or later")
    form = ExpectedForm(sent(request), initial={"expected": row.number})
    return form_page(
        request, form,
        lambda: picturing.move_step(
            request.access, picture=row, key=key, earlier=where == "earlier", expected=form.cleaned_data["expected"],
            once=form.key(),
        ),
        title=f"Move “{found.name}” {where}?", caption=row.title, then=at(request, "picture", picture_id=picture_id),
        told="The step was moved.", template="core/confirm.html", button="Move",
        says=["Among steps that stand beside each other, it moves one place. What leads to what stays."],
    )  # fmt: skip


@page("stories.view")
def picture_history(request: Any, picture_id: str) -> HttpResponse:
    """List the versions of a picture, and lay two of them beside each other."""
    row = queries.picture_or_404(request.access, picture_id)
    versions = list(
        PictureVersion.of(row.partnership).filter(picture=row).select_related("by").order_by("-number")[:200]
    )
    named = [(one.number, f"{one.number}: {one.what}, {day(one.at)}") for one in versions]
    numbers = [number for number, _ in named]
    first = {"before": str(numbers[1] if len(numbers) > 1 else numbers[0]), "after": str(numbers[0])}
    form = CompareForm(request.GET if "before" in request.GET else first, versions=named)
    changes = None
    if form.is_valid():
        by_number = {str(one.number): one for one in versions}
        before, after = (by_number[form.cleaned_data[name]] for name in ("before", "after"))
        if before.number > after.number:
            before, after = after, before
        changes = drawing.compare(drawing.read(before.steps), drawing.read(after.steps))
    return render(
        request, "stories/history.html",
        {
            "picture": row, "versions": versions, "form": form, "changes": changes,
            "back": at(request, "picture", picture_id=picture_id),
        },
    )  # fmt: skip


@page("pictures.edit")
def picture_restore(request: Any, picture_id: str, number: int) -> HttpResponse:
    """Bring an earlier version back."""
    row = queries.picture_or_404(request.access, picture_id)
    version = queries.version_or_404(row, number)
    form = ExpectedForm(sent(request), initial={"expected": row.number})
    return form_page(
        request, form,
        lambda: picturing.restore(
            request.access, picture=row, number=number, expected=form.cleaned_data["expected"], once=form.key()
        ),
        title=f"Bring back version {number}?", caption=row.title, then=at(request, "picture", picture_id=picture_id),
        told=f"Version {number} is the picture again, as a new version.", template="core/confirm.html", button="Bring back",
        says=[f"It was drawn on {day(version.at)}: {version.what}.", "Nothing that was drawn since is lost."],
    )  # fmt: skip


@page("pictures.edit")
def picture_away(request: Any, picture_id: str) -> HttpResponse:
    """Take a picture out of the list, or put it back."""
    row = queries.picture_or_404(request.access, picture_id)
    away = row.put_away_at is None
    return confirm_page(
        request, lambda key: picturing.put_picture_away(request.access, picture=row, away=away, once=key),
        title="Put this picture away?" if away else "Put this picture back?", caption=row.title, told="Done.",
        says=["It leaves the list. It can be put back."] if away else ["It is in the list again."],
        then=at(request, "picture", picture_id=picture_id), button="Put away" if away else "Put back",
    )  # fmt: skip
