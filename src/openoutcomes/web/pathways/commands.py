"""Defining pathways, and moving people along them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.pathways.models import Journey, Pathway, Stage, StageMove
from openoutcomes.web.pathways.queries import MEETING, MOVE
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.records import store

_EVERY = dict(Stage.EVERY)


def _stages(stages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    kept = []
    for number, stage in enumerate(stages, start=1):
        name = str(stage.get("name") or "").strip()
        if not name:
            if stage.get("weeks") or stage.get("every") or stage.get("who"):
                raise refuse(f"stage {number} has no name.", "Name it, or empty its line.", f"name_{number}")
            continue
        if stage.get("every", "") not in _EVERY:
            raise refuse(f"stage {number} has no such rhythm of meetings.", "Choose one.", f"every_{number}")
        kept.append({
            "name": name, "weeks": stage.get("weeks") or None, "every": stage.get("every") or "",
            "who": str(stage.get("who") or "").strip(),
        })  # fmt: skip
    if not kept:
        raise refuse("the pathway has no stage.", "Name at least one.", "name_1")
    return kept


@command
def define(by: Access, *, programme: Programme, name: str, stages: Sequence[Mapping[str, Any]]) -> Pathway:
    """Define a pathway of a programme, with its stages in order."""
    by.require("pathways.manage", programme.organisation)
    kept = _stages(stages)
    if not name.strip():
        raise refuse("the pathway has no name.", "Give it one.", "name")
    pathway: Pathway = Pathway.objects.create(
        partnership=by.partnership, programme=programme, name=name.strip()
    )
    for place, stage in enumerate(kept, start=1):
        Stage.objects.create(partnership=by.partnership, pathway=pathway, place=place, **stage)
    note(by, "pathways.define", pathway, organisation=programme.organisation, detail={"stages": len(kept)})
    return pathway


@command
def amend(
    by: Access, *, pathway: Pathway, name: str, stages: Sequence[Mapping[str, Any]], is_open: bool = True,
    expected: int | None = None,
) -> Pathway:  # fmt: skip
    """Change a pathway. Stages that somebody has been in stay; people on it get the new dates at once."""
    by.require("pathways.manage", pathway.programme.organisation)
    held: Pathway = Pathway.objects.select_for_update().get(pk=pathway.pk)
    if expected is not None and held.revision != expected:
        raise refuse("somebody changed this pathway after you opened it.", "Open it again.")
    kept = _stages(stages)
    now_there = list(Stage.objects.filter(pathway=held).order_by("place"))
    for stage in now_there[len(kept) :]:
        used = (
            StageMove.objects.filter(after=stage).exists() or StageMove.objects.filter(before=stage).exists()
        )
        if used or Journey.objects.filter(stage=stage).exists():
            raise refuse(
                f"people have been in the stage “{stage.name}”, so it stays.", "Give it a name again.",
                f"name_{stage.place}",
            )  # fmt: skip
        stage.delete()
    for place, values in enumerate(kept, start=1):
        if place <= len(now_there):
            stage = now_there[place - 1]
            for field, value in values.items():
                setattr(stage, field, value)
            stage.save()
        else:
            Stage.objects.create(partnership=by.partnership, pathway=held, place=place, **values)
    held.name, held.is_open, held.revision = name.strip() or held.name, is_open, held.revision + 1
    held.save()
    for journey in Journey.objects.filter(pathway=held, ended_on=None).select_related("stage"):
        _plan(journey)
        journey.save(update_fields=["stage_ends_on", "meeting_due_on"])
    note(
        by, "pathways.amend", held, organisation=pathway.programme.organisation, detail={"stages": len(kept)}
    )
    return held


def _plan(journey: Journey) -> None:
    """Work out the planned end of the stage, and when people should meet next."""
    stage = journey.stage
    journey.stage_ends_on = stage.planned_end(journey.stage_since)
    last = max(journey.met_on, journey.stage_since) if journey.met_on else journey.stage_since
    journey.meeting_due_on = stage.next_meeting(last)


def _event(by: Access, journey: Journey, kind: str, on: dt.date, detail: str) -> str:
    record = store.write(
        by, "events", {"kind": kind, "occurred_on": on, "detail": detail}, enrolment=journey.enrolment
    )
    return record.record_id


def _moved(
    by: Access, journey: Journey, before: Stage | None, after: Stage | None, on: dt.date, why: str
) -> None:
    names = (
        f"{before} → {after}" if before and after else f"Put on at {after}" if after else f"Left at {before}"
    )
    record_id = _event(by, journey, MOVE, on, f"{names}. {why}".strip())
    StageMove.objects.create(
        partnership=by.partnership, journey=journey, before=before, after=after, on=on, by=by.user,
        record_id=record_id,
    )  # fmt: skip


def _not_ahead(on: dt.date, field: str = "on") -> None:
    if on > today():
        raise refuse("this day has not come yet.", "Give today or an earlier day.", field)


@command
def place(
    by: Access,
    *,
    enrolment: Enrolment,
    pathway: Pathway,
    stage: Stage | None = None,
    on: dt.date | None = None,
) -> Journey:
    """Put an enrolment on a pathway of its programme, at the first stage unless another is named."""
    by.require("enrolments.manage", enrolment.organisation)
    on = on or today()
    _not_ahead(on)
    if pathway.programme_id != enrolment.programme_id or not pathway.is_open:
        raise refuse(
            "this pathway is not one of the programme's, or is closed.", "Choose another.", "pathway"
        )
    if not enrolment.is_open:
        raise refuse("the support has ended.", "Enrol the person again first.")
    if enrolment.started_on is not None and on < enrolment.started_on:
        raise refuse("this is before the support began.", "Give a later day.", "on")
    first = stage or Stage.objects.filter(pathway=pathway).order_by("place").first()
    if first is None or first.pathway_id != pathway.pk:
        raise refuse("the stage is not one of this pathway.", "Choose another.", "stage")
    journey = Journey(
        partnership=by.partnership,
        enrolment=enrolment,
        pathway=pathway,
        stage=first,
        started_on=on,
        stage_since=on,
    )
    _plan(journey)
    try:
        with transaction.atomic():
            journey.save()
    except IntegrityError:
        raise refuse("the person is on a pathway already.", "Open it from their page.", "pathway") from None
    _moved(by, journey, None, first, on, "")
    note(by, "pathways.place", journey, person=enrolment.person, organisation=enrolment.organisation)
    return journey


def _held(by: Access, journey: Journey, stage: int | None) -> Journey:
    held: Journey = Journey.objects.select_for_update().get(pk=journey.pk)
    by.require("enrolments.manage", held.enrolment.organisation)
    if held.ended_on is not None:
        raise refuse("the pathway has ended for this person.", "Open it again.")
    if stage is not None and held.stage_id != stage:
        raise refuse("somebody moved this person meanwhile.", "Open the page again to see where they are.")
    return held


@command
def move(
    by: Access, *, journey: Journey, after: Stage, why: str, on: dt.date | None = None,
    expected: int | None = None,
) -> Journey:  # fmt: skip
    """Move a person to another stage, forward or back, with the reason.

    ``expected`` is the stage (primary key) that the form was opened at.
    """
    held = _held(by, journey, expected)
    on = on or today()
    _not_ahead(on)
    if after.pathway_id != held.pathway_id:
        raise refuse("the stage is not one of this pathway.", "Choose another.", "stage")
    if after.pk == held.stage_id:
        raise refuse("the person is at this stage already.", "Choose another.", "stage")
    if not why.strip():
        raise refuse("no reason is given.", "Say why, so that the next worker understands.", "why")
    if on < held.stage_since:
        raise refuse("this is before the present stage began.", "Give a later day.", "on")
    before = held.stage
    held.stage, held.stage_since = after, on
    _plan(held)
    held.save()
    _moved(by, held, before, after, on, why.strip())
    note(
        by, "pathways.move", held, person=held.enrolment.person, organisation=held.enrolment.organisation,
        detail={"before": before.place, "after": after.place, "on": on.isoformat()},
    )  # fmt: skip
    return held


@command
def leave(by: Access, *, journey: Journey, why: str, on: dt.date | None = None) -> Journey:
    """End a pathway for a person, with the reason. The support itself is ended on the person's page."""
    held = _held(by, journey, None)
    on = on or today()
    _not_ahead(on)
    if on < held.stage_since:
        raise refuse("this is before the present stage began.", "Give a later day.", "on")
    if not why.strip():
        raise refuse("no reason is given.", "Say how it ended.", "why")
    held.ended_on, held.meeting_due_on = on, None
    held.save()
    _moved(by, held, held.stage, None, on, why.strip())
    note(by, "pathways.leave", held, person=held.enrolment.person, organisation=held.enrolment.organisation)
    return held


@command
def meet(by: Access, *, journey: Journey, on: dt.date, present: str, decided: str) -> Journey:
    """Note a meeting or review: the day, who was there by the part they play, and what was decided."""
    held = _held(by, journey, None)
    by.require("records.add", held.enrolment.organisation)
    _not_ahead(on)
    if on < held.started_on:
        raise refuse("this is before the pathway began.", "Give a later day.", "on")
    if not present.strip():
        raise refuse("nobody is said to have been there.", "Say who, by the part they play.", "present")
    if not decided.strip():
        raise refuse("nothing is said to have been decided.", "Write it, or that nothing was.", "decided")
    record_id = _event(by, held, MEETING, on, f"There: {present.strip()}. {decided.strip()}")
    held.met_on = max(held.met_on, on) if held.met_on else on
    _plan(held)
    held.save()
    note(
        by, "pathways.meet", held, person=held.enrolment.person, organisation=held.enrolment.organisation,
        detail={"event": record_id, "on": on.isoformat()},
    )  # fmt: skip
    return held
