"""Reading pathways, and where people are on them."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import Http404

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.pathways.models import Journey, Pathway, StageMove
from openoutcomes.web.people.models import Enrolment, Person
from openoutcomes.web.people.queries import enrolments_for, records_seen
from openoutcomes.web.records.models import Record

#: Kinds of the standard's events that are written here.
MEETING, MOVE = "pathway-meeting", "pathway-stage"


def pathways_for(access: Access, action: str = "pathways.view") -> QuerySet[Any]:
    """Return the pathways of the seat's programmes."""
    rows = Pathway.of(access.partnership).select_related("programme__organisation")
    if access.reach(action) == "partnership":
        return rows
    return rows.filter(programme__organisation__in=access.organisation_ids(action))


def programmes_for(access: Access) -> QuerySet[Programme]:
    """Return the open programmes for which the seat may define pathways."""
    rows = Programme.of(access.partnership).filter(is_open=True)
    if access.reach("pathways.manage") == "partnership":
        return rows
    return rows.filter(organisation__in=access.organisation_ids("pathways.manage"))


def pathway_or_404(access: Access, pathway_id: str, action: str = "pathways.view") -> Pathway:
    """Return a pathway that the seat may see; raises Http404 for others."""
    found: Pathway | None = pathways_for(access, action).filter(pathway_id=pathway_id).first()
    if found is None:
        raise Http404("No such pathway, or not one of yours")
    return found


def with_counts(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add how many people are on each pathway now, and how many stages it has."""
    on_it = Q(journeys__ended_on=None, journeys__isnull=False)
    return rows.annotate(
        people=Count("journeys", filter=on_it, distinct=True), length=Count("stages", distinct=True)
    )


def open_journeys(access: Access) -> QuerySet[Any]:
    """Return the journeys that go on, of people supported by the seat's organisations; overdue ones first."""
    is_open = Q(enrolment__ended_on=None) | Q(enrolment__ended_on__gt=today())
    rows = Journey.of(access.partnership).filter(
        is_open, ended_on=None, enrolment__in=enrolments_for(access).values("pk")
    )
    late = When(meeting_due_on__lt=today(), then=Value(0))
    over = When(stage_ends_on__lt=today(), then=Value(1))
    return rows.select_related(
        "enrolment__person", "enrolment__practitioner", "enrolment__programme", "pathway", "stage"
    ).annotate(rank=Case(late, over, default=Value(2), output_field=IntegerField()))


def overdue(access: Access) -> QuerySet[Any]:
    """Return the journeys whose meeting is overdue: a practitioner's own, a manager's organisation's."""
    rows = open_journeys(access).filter(meeting_due_on__lt=today())
    if access.roles() == {"practitioner"}:
        rows = rows.filter(enrolment__practitioner=access.user)
    return rows


def enrolment_or_404(access: Access, enrolment_id: str) -> Enrolment:
    """Return an enrolment with the seat's organisation; raises Http404 for others."""
    rows = enrolments_for(access).select_related("person", "programme", "organisation")
    found = rows.filter(enrolment_id=enrolment_id).first()
    if found is None:
        raise Http404("No such enrolment, or not one of yours")
    return found


def journey_or_404(access: Access, journey_id: str) -> Journey:
    """Return a journey of an enrolment with the seat's organisation; raises Http404 for others."""
    rows = Journey.of(access.partnership).select_related(
        "enrolment__person", "enrolment__organisation", "pathway", "stage"
    )
    found = rows.filter(
        journey_id=journey_id, enrolment__in=enrolments_for(access).values("pk")
    ).first()  # fmt: skip
    if found is None:
        raise Http404("No such journey, or not one of yours")
    return found


def history_of(access: Access, journey: Journey) -> list[dict[str, Any]]:
    """Return what happened on a journey, newest first: moves with why, and meetings with what was decided."""
    person = journey.enrolment.person
    moves = {
        move.record_id: move
        for move in StageMove.of(access.partnership)
        .filter(journey=journey)
        .select_related("before", "after", "by")
    }
    records = Record.of(access.partnership).filter(
        records_seen(access, person), person=person, enrolment=journey.enrolment, table="events", current=True,
        withdrawn=False, code__in=[MEETING, MOVE],
    )  # fmt: skip
    rows = []
    for record in records.select_related("recorded_by").order_by("-on", "-pk"):
        move = moves.get(record.record_id)
        if record.code == MOVE and move is None:
            continue
        rows.append({"record": record, "move": move, "words": record.values.get("detail", "")})
    return rows


def of_person(access: Access, person: Person) -> list[dict[str, Any]]:
    """Return a person's enrolments with the seat's organisations that are, or could be put, on a pathway."""
    enrolments = [
        one for one in enrolments_for(access).filter(person=person).select_related("programme") if one.is_open
    ]
    journeys = {
        journey.enrolment_id: journey
        for journey in Journey.of(access.partnership)
        .filter(enrolment__in=enrolments, ended_on=None)
        .select_related("pathway", "stage")
    }
    with_pathway: set[Any] = set(
        Pathway.of(access.partnership)
        .filter(programme__in=[one.programme_id for one in enrolments], is_open=True)
        .values_list("programme", flat=True)
    )
    return [
        {"enrolment": one, "journey": journeys.get(one.pk)}
        for one in enrolments
        if one.pk in journeys or one.programme_id in with_pathway
    ]
