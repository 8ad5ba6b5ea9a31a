"""Reading the shared agenda: as it stands, as it stood, and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from openoutcomes.web.agenda.models import (
    Agenda,
    AgendaVersion,
    Commitment,
    CommitmentStep,
    Evidence,
    Gap,
    Line,
    Measure,
    Segment,
    Triage,
)
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.templatetags.oo import day

#: Words of the framework before each part.
OPENS = {"we": "We will", "if": "if", "and": "and"}


def agenda_of(access: Access) -> Agenda:
    """Return the agenda; one that says nothing yet where none was written."""
    return Agenda.of(access.partnership).first() or Agenda(partnership=access.partnership)


def lines_of(partnership: Any, *, dropped: bool = False) -> list[Line]:
    """Return the lines of the framework, each with its commitments in their order as ``parts``."""
    shown = Commitment.of(partnership).filter(dropped_at=None).select_related("organisation").order_by("pk")
    rows: Any = list(
        Line.of(partnership)
        .filter(dropped_at__isnull=not dropped)
        .prefetch_related(Prefetch("commitments", queryset=shown, to_attr="parts"))
        .order_by("added_at", "pk")
    )
    order = [part for part, _ in Commitment.PARTS]
    for row in rows:
        row.parts.sort(key=lambda one: order.index(one.part))
    return rows


def measures_of(partnership: Any, *, dropped: bool = False) -> list[Measure]:
    """Return the measures that are looked at, in the order they were added."""
    return list(Measure.of(partnership).filter(dropped_at__isnull=not dropped).order_by("added_at", "pk"))


def focus_of(partnership: Any) -> Segment | None:
    """Return whom the agenda is for now."""
    found: Segment | None = Segment.of(partnership).filter(is_focus=True).first()
    return found


def _one(rows: QuerySet[Any], **key: str) -> Any:
    found = rows.filter(**key).first()
    if found is None:
        raise Http404("There is no such thing on this agenda")
    return found


def measure_or_404(access: Access, measure_id: str) -> Measure:
    """Return a measure of the partnership."""
    return _one(Measure.of(access.partnership), measure_id=measure_id)


def line_or_404(access: Access, line_id: str) -> Line:
    """Return a line of the framework."""
    return _one(Line.of(access.partnership), line_id=line_id)


def commitment_or_404(access: Access, commitment_id: str) -> Commitment:
    """Return a commitment, with its line and organisation."""
    rows = Commitment.of(access.partnership).select_related("line", "organisation")
    return _one(rows, commitment_id=commitment_id)


def triage_or_404(access: Access, triage_id: str) -> Triage:
    """Return one triage."""
    return _one(Triage.of(access.partnership).select_related("by", "again_of"), triage_id=triage_id)


def evidence_or_404(access: Access, evidence_id: str) -> Evidence:
    """Return a note of evidence."""
    return _one(Evidence.of(access.partnership), evidence_id=evidence_id)


def gap_or_404(access: Access, gap_id: str) -> Gap:
    """Return a gap."""
    return _one(Gap.of(access.partnership), gap_id=gap_id)


def commitments(access: Access) -> QuerySet[Any]:
    """Return the commitments that stand on the agenda now."""
    rows = Commitment.of(access.partnership).filter(dropped_at=None, line__dropped_at=None)
    return rows.select_related("organisation", "line")


def asked_of(access: Access) -> QuerySet[Any]:
    """Return the commitments that a seat answers for: its organisations', or with the agenda to edit, all."""
    rows = commitments(access)
    if access.may("agenda.edit"):
        return rows
    return rows.filter(organisation__in=access.organisation_ids("agenda.commit"))


def steps_of(commitment: Commitment) -> QuerySet[Any]:
    """Return how a commitment came to stand as it does, newest first."""
    rows = CommitmentStep.of(commitment.partnership).filter(commitment=commitment)
    return rows.select_related("by", "organisation").order_by("-at", "-pk")


def open_gaps(access: Access) -> QuerySet[Any]:
    """Return what is still to be found out."""
    return Gap.of(access.partnership).filter(found_at=None)


def content_of(partnership: Any, agenda: Agenda) -> dict[str, Any]:
    """Return the words of the agenda, to be kept as a version: each with its key and its heading."""
    focus = focus_of(partnership)
    entries: list[list[str]] = [["vision", "What we want", agenda.vision]]
    if focus is not None:
        entries.append(["focus", "Who it is for now", ". ".join(filter(None, (focus.name, focus.about)))])
    for number, measure in enumerate(measures_of(partnership), start=1):
        chosen = f"{measure.took_part} people supported took part" if measure.took_part else ""
        said = [measure.question, measure.why_it_matters, chosen, measure.chosen_how, measure.get_direction_display(),
                measure.link, measure.figure_from]  # fmt: skip
        entries.append([measure.measure_id, f"Measure {number}", "\n".join(filter(None, said))])
    for number, line in enumerate(lines_of(partnership), start=1):
        entries.append([line.line_id, f"Line {number}", said_by(line)])
    return {"entries": entries}


def said_by(line: Line) -> str:
    """Return a line of the framework as text."""
    texts = []
    for one in line.parts:  # type: ignore[attr-defined]
        who = f"{one.organisation} will " if one.organisation and one.part != "we" else ""
        owner = [
            str(one.organisation or "The partnership together"),
            one.role,
            f"by {day(one.due_on)}" if one.due_on else "",
        ]
        texts.append(f"{OPENS[one.part]} {who}{one.words} ({', '.join(filter(None, owner))})")
    told = [f"{name}: {text}" for name, text in
            (("Signs", line.signs), ("Risks", line.risks), ("Outcomes", line.outcomes)) if text]  # fmt: skip
    return "\n".join([*texts, *told])


@dataclass(frozen=True)
class Difference:
    """What differs between two versions in one place."""

    heading: str
    before: str
    after: str


def compare(older: AgendaVersion | None, newer: AgendaVersion) -> list[Difference]:
    """Return what differs between two versions, in the order of the newer one; what went comes last."""
    before = {key: (heading, text) for key, heading, text in older.content["entries"]} if older else {}
    after = {key: (heading, text) for key, heading, text in newer.content["entries"]}
    found = [
        Difference(heading, before.get(key, ("", ""))[1], text)
        for key, (heading, text) in after.items()
        if before.get(key, ("", ""))[1] != text
    ]
    gone = [
        Difference(f"{heading} (taken out)", text, "")
        for key, (heading, text) in before.items()
        if key not in after
    ]
    return found + gone
