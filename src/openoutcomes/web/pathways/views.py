"""Pages about pathways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.pathways import commands, queries
from openoutcomes.web.pathways.examples import EXAMPLES
from openoutcomes.web.pathways.forms import (
    JourneyFilter,
    LeaveForm,
    MeetForm,
    MoveForm,
    PathwayForm,
    PlaceForm,
)
from openoutcomes.web.pathways.models import Stage
from openoutcomes.web.people.models import Person
from openoutcomes.web.people.queries import look_at
from openoutcomes.web.sharing.forms import sent
from openoutcomes.web.sharing.queries import person_address


def due_of(journey: Any) -> Cell:
    """Return when people should meet next, as a tag where it presses."""
    if journey.is_overdue:
        return Cell("Overdue", tag="red", under=f"Due {day(journey.meeting_due_on)}")
    return Cell(day(journey.meeting_due_on) or "Not fixed")


def _stage_cell(journey: Any) -> Cell:
    if journey.is_over_time:
        return Cell(str(journey.stage), under=f"Over time: planned to end {day(journey.stage_ends_on)}")
    under = f"Planned to end {day(journey.stage_ends_on)}" if journey.stage_ends_on else ""
    return Cell(str(journey.stage), under=under)


@page("pathways.view")
def journeys(request: Any) -> HttpResponse:
    """List the people on pathways, those with an overdue meeting first."""
    access = request.access
    filters = JourneyFilter(request.GET, pathways=queries.pathways_for(access))
    filters.is_valid()
    asked = filters.cleaned_data
    rows = queries.open_journeys(access)
    if asked.get("pathway"):
        rows = rows.filter(pathway=asked["pathway"])
    show = asked.get("show")
    if show == "mine":
        rows = rows.filter(enrolment__practitioner=access.user)
    elif show == "overdue":
        rows = rows.filter(meeting_due_on__lt=today())
    elif show == "over":
        rows = rows.filter(stage_ends_on__lt=today())
    columns = [
        Column("Person", lambda j: Cell(j.enrolment.person.shown, at(
            request, "journey", journey_id=j.journey_id)), plain=lambda j: j.enrolment.person.person_id),
        Column("Pathway", lambda j: j.pathway.name, sort="pathway__name"),
        Column("Stage", _stage_cell, sort="stage__place", plain=lambda j: j.stage.name),
        Column("Next meeting", due_of, sort="meeting_due_on", plain=lambda j: j.meeting_due_on),
        Column("Last met", lambda j: day(j.met_on) or "Not yet", sort="met_on", plain=lambda j: j.met_on),
        Column("Worker", lambda j: str(j.enrolment.practitioner or "")),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows.order_by("meeting_due_on", "pk"), columns, "pathways")
    pathways = at(request, "pathways_defined")
    return render(
        request,
        "core/list_page.html",
        {
            "title": "People on pathways",
            "listing": listing(
                request, rows, columns, caption="People on pathways", one="person", many="people", sort="rank",
                filters=filters,
                empty="Nobody is on a pathway yet. Open a person, then choose a pathway for them.",
                empty_action=("See the pathways", pathways),
            ),
            "actions": [("Pathways", pathways)],
        },
    )  # fmt: skip


@page("pathways.view")
def pathways(request: Any) -> HttpResponse:
    """List the pathways that are defined."""
    access = request.access
    rows = queries.with_counts(queries.pathways_for(access))
    may = access.may("pathways.manage")
    columns = [
        Column("Pathway", lambda p: Cell(p.name, at(request, "pathway", pathway_id=p.pathway_id),
               under="" if p.is_open else "Closed"), sort="name", plain=lambda p: p.name),
        Column("Programme", lambda p: p.programme.name, sort="programme__name"),
        Column("Stages", lambda p: str(p.length), numeric=True),
        Column("People on it", lambda p: f"{p.people:,}", sort="people", numeric=True, plain=lambda p: p.people),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows.order_by("name"), columns, "pathways-defined")
    add = [("Define a pathway", at(request, "pathway_define"))] if may else []
    for key, example in EXAMPLES.items() if may else ():
        add.append((f"Start from {example.name}", f"{at(request, 'pathway_define')}?example={key}"))
    return render(
        request,
        "core/list_page.html",
        {
            "title": "Pathways",
            "lead": "The stages that support goes through, and how often people meet.",
            "back": at(request, "pathways"),
            "listing": listing(
                request, rows, columns, caption="Pathways", one="pathway", sort="name",
                empty="No pathway is defined yet. A programme works without one.",
                empty_action=add[0] if add else None,
            ),
            "actions": add,
        },
    )  # fmt: skip


@page("pathways.view")
def pathway(request: Any, pathway_id: str) -> HttpResponse:
    """Show a pathway with its stages."""
    row = queries.pathway_or_404(request.access, pathway_id)
    may = request.access.allows("pathways.manage", row.programme.organisation)
    return render(
        request,
        "pathways/pathway.html",
        {
            "pathway": row,
            "stages": Stage.of(request.access.partnership).filter(pathway=row),
            "back": at(request, "pathways_defined"),
            "change": at(request, "pathway_amend", pathway_id=pathway_id) if may else "",
        },
    )


@page("pathways.manage")
def define(request: Any) -> HttpResponse:
    """Define a pathway, perhaps from an example."""
    access = request.access
    example = EXAMPLES.get(request.GET.get("example", ""))
    programmes = queries.programmes_for(access)
    form = PathwayForm(
        sent(request), programmes=programmes, is_new=True, stages=example.stages if example else (),
        initial={"name": example.name if example else ""},
    )  # fmt: skip
    back = at(request, "pathways_defined")
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            done = commands.define(
                access,
                programme=values["programme"],
                name=values["name"],
                stages=form.stages(),
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{done} was defined.")
            return redirect(at(request, "pathway", pathway_id=done.pathway_id))
    return render(
        request, "pathways/define.html",
        {"title": "Define a pathway", "form": form, "back": back, "lead": example.source if example else ""},
    )  # fmt: skip


@page("pathways.manage")
def amend(request: Any, pathway_id: str) -> HttpResponse:
    """Change a pathway."""
    access = request.access
    row = queries.pathway_or_404(access, pathway_id, "pathways.manage")
    form = PathwayForm(
        sent(request), programmes=queries.programmes_for(access), is_new=False,
        stages=Stage.of(access.partnership).filter(pathway=row),
        initial={"name": row.name, "revision": row.revision, "closed": not row.is_open},
    )  # fmt: skip
    back = at(request, "pathway", pathway_id=pathway_id)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            commands.amend(
                access, pathway=row, name=values["name"], stages=form.stages(), is_open=not values["closed"],
                expected=values["revision"], once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The pathway was changed, and the dates of everybody on it.")
            return redirect(back)
    return render(
        request, "pathways/define.html",
        {"title": "Change the pathway", "caption": row.programme.name, "form": form, "back": back},
    )  # fmt: skip


@page("enrolments.manage")
def place(request: Any, enrolment_id: str) -> HttpResponse:
    """Put an enrolment on a pathway."""
    access = request.access
    enrolment = queries.enrolment_or_404(access, enrolment_id)
    rows = queries.pathways_for(access).filter(programme=enrolment.programme_id, is_open=True)
    if not rows.exists():
        raise Http404("The programme has no pathway")
    form = PlaceForm(sent(request), pathways=rows)
    back = person_address(access, enrolment.person.person_id)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            done = commands.place(
                access, enrolment=enrolment, pathway=values["pathway"], on=values["on"], once=form.key()
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{enrolment.person.shown} is on the pathway.")
            return redirect(at(request, "journey", journey_id=done.journey_id))
    return render(
        request, "core/form_page.html",
        {"title": "Put on a pathway", "caption": enrolment.person.shown, "form": form, "back": back},
    )  # fmt: skip


@page("pathways.view")
def journey(request: Any, journey_id: str) -> HttpResponse:
    """Show where a person is on their pathway, and what happened on the way."""
    access = request.access
    row = queries.journey_or_404(access, journey_id)
    person = look_at(access, row.enrolment.person.person_id, "pathways.journey")
    stages = list(Stage.of(access.partnership).filter(pathway=row.pathway))
    here = row.stage.place

    def to(name: str) -> str:
        return at(request, name, journey_id=journey_id)

    actions = [
        ("Note a meeting", to("journey_meet")),
        ("Move to another stage", to("journey_move")),
        ("End the pathway", to("journey_leave")),
    ]
    return render(
        request,
        "pathways/journey.html",
        {
            "row": row,
            "person": person,
            "due": due_of(row),
            "stages": [
                {
                    "stage": stage,
                    "state": "Now"
                    if stage.place == here and row.ended_on is None
                    else "Passed"
                    if stage.place < here or row.ended_on
                    else "Ahead",
                }
                for stage in stages
            ],
            "history": queries.history_of(access, row),
            "actions": actions if row.ended_on is None else [],
            "back": person_address(access, person.person_id),
        },
    )


def _do(
    request: Any, journey_id: str, form: Any, act: Callable[[Any], Any], done: str, **context: Any
) -> HttpResponse:
    row = queries.journey_or_404(request.access, journey_id)
    back = at(request, "journey", journey_id=journey_id)
    if request.method == "POST" and form.is_valid():
        try:
            act(row)
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, done)
            return redirect(back)
    context = {"caption": row.enrolment.person.shown, "form": form, "back": back, **context}
    return render(request, "core/form_page.html", context)


@page("enrolments.manage")
def move(request: Any, journey_id: str) -> HttpResponse:
    """Move a person to another stage."""
    row = queries.journey_or_404(request.access, journey_id)
    stages = Stage.of(request.access.partnership).filter(pathway=row.pathway)
    if request.method != "POST":  # when it is sent, the command says that somebody moved them meanwhile
        stages = stages.exclude(pk=row.stage_id)
    following = stages.filter(place__gt=row.stage.place).first()
    form = MoveForm(
        sent(request), stages=stages,
        initial={"expected": row.stage_id, "stage": following.pk if following else None},
    )  # fmt: skip

    def act(found: Any) -> Any:
        values = form.cleaned_data
        return commands.move(
            request.access, journey=found, after=values["stage"], why=values["why"], on=values["on"],
            expected=values["expected"], once=form.key(),
        )  # fmt: skip

    return _do(
        request, journey_id, form, act, "The stage was changed.", title="Move to another stage",
        lead=f"Now at {row.stage}, since {day(row.stage_since)}.", button="Move",
    )  # fmt: skip


@page("enrolments.manage")
def leave(request: Any, journey_id: str) -> HttpResponse:
    """End the pathway for a person."""
    form = LeaveForm(sent(request))

    def act(found: Any) -> Any:
        values = form.cleaned_data
        return commands.leave(
            request.access, journey=found, why=values["why"], on=values["on"], once=form.key()
        )

    return _do(
        request, journey_id, form, act, "The pathway has ended for this person.", title="End the pathway",
        lead="Their support goes on until you end it on their page.", button="End the pathway",
    )  # fmt: skip


@page("records.add")
def meet(request: Any, journey_id: str) -> HttpResponse:
    """Note a meeting or review."""
    row = queries.journey_or_404(request.access, journey_id)
    form = MeetForm(sent(request), initial={"on": today(), "present": row.stage.who})

    def act(found: Any) -> Any:
        values = form.cleaned_data
        return commands.meet(
            request.access, journey=found, on=values["on"], present=values["present"],
            decided=values["decided"], once=form.key(),
        )  # fmt: skip

    return _do(request, journey_id, form, act, "The meeting was noted.", title="Note a meeting")


def person_section(access: Any, person: Person) -> dict[str, Any] | None:
    """Return where a person is on their pathways, for their page; None when there is nothing to show."""
    if not access.may("pathways.view") or not access.may("people.view"):
        return None
    rows = queries.of_person(access, person)
    return {"rows": rows} if rows else None
