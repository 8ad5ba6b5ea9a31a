"""Reading outcomes and their evidence: which ones a seat may see, and how they stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from openoutcomes.contracts.words import say_day
from openoutcomes.web.claims.queries import is_locked
from openoutcomes.web.core.access import Access
from openoutcomes.web.outcomes.card import in_words, kinds_of
from openoutcomes.web.outcomes.models import Evidence
from openoutcomes.web.records.models import Record

#: How an outcome stands, in words and with the colour of its tag.
STATES: dict[str, tuple[str, str]] = {
    state: (words, {"unverified": "blue", "queried": "yellow", "accepted": "green", "refused": "red"}[state])
    for state, words in Record.STATES
}


def outcomes_for(access: Access, action: str = "outcomes.view") -> QuerySet[Record]:
    """Return the outcomes that a seat may see, withdrawn ones among them: each in its current version."""
    rows = Record.of(access.partnership).filter(table="achievements", current=True)
    reach = access.reach(action)
    if reach == "partnership":
        return rows
    if reach == "organisation":
        return rows.filter(organisation__in=access.organisation_ids(action))
    return rows.none()


def outcome_or_404(access: Access, record_id: str, action: str = "outcomes.view") -> Record:
    """Return an outcome that the seat may see; raises Http404 for any other."""
    rows = outcomes_for(access, action).select_related(
        "person", "organisation", "contract", "enrolment__programme", "enrolment__person", "partnership"
    )
    found = rows.filter(record_id=record_id).first()
    if found is None:
        raise Http404("No such outcome, or not one that you may see")
    return found


def seats_of(access: Access) -> frozenset[int]:
    """Return the organisations (primary keys) that a user has any seat in."""
    return frozenset(m.organisation_id for m in access.memberships if m.organisation_id is not None)


def may_name(access: Access, record: Record) -> bool:
    """Say whether the seat may be shown the name of whom an outcome is about."""
    return record.organisation_id in access.organisation_ids("people.view")


def evidence_for(access: Access) -> QuerySet[Evidence]:
    """Return the files that a seat may open: its organisation's, and for verifiers those of others."""
    rows = Evidence.of(access.partnership).filter(erased_at=None)
    own = Q(organisation__in=access.organisation_ids("evidence.view"))
    if access.reach("evidence.view") == "partnership":
        return rows.filter(own | ~Q(organisation__in=seats_of(access)))
    return rows.filter(own)


def files_of(record: Record) -> QuerySet[Evidence]:
    """Return the files beside an outcome that have not been withdrawn or erased, oldest first."""
    return (
        Evidence.of(record.partnership_id)
        .filter(achievement_id=record.record_id, withdrawn_at=None, erased_at=None)
        .order_by("uploaded_at", "pk")
    )


def versions_of(record: Record) -> QuerySet[Record]:
    """Return every version of an outcome, oldest first."""
    return (
        Record.of(record.partnership_id)
        .filter(table="achievements", record_id=record.record_id)
        .select_related("recorded_by")
        .order_by("version")
    )


def findings_of(record: Record) -> QuerySet[Record]:
    """Return what verifiers found of an outcome, latest first."""
    return (
        Record.of(record.partnership_id)
        .filter(table="verifications", about=record.record_id, current=True, withdrawn=False)
        .order_by("-on", "-record_id")
    )


def contributions_of(record: Record) -> QuerySet[Record]:
    """Return the parts that other organisations played in an outcome."""
    return (
        Record.of(record.partnership_id)
        .filter(table="contributions", about=record.record_id, current=True, withdrawn=False)
        .order_by("record_id")
    )


def why_fixed(record: Record) -> str:
    """Say why an outcome cannot be changed now; nothing when it can.

    What a verifier decided on stands until they query it. What is in a locked claim can be changed only then too:
    the claim stays as it was, and the difference comes in the next one.
    """
    if record.withdrawn:
        return "It was withdrawn."
    if record.state == "accepted":
        return "A verifier has accepted it as it stands. Ask the verifier to query it first."
    if record.state == "refused":
        return (
            "A verifier has refused it. Withdraw it and record it again, or ask the verifier to look again."
        )
    if record.state != "queried" and is_locked(record.record_id):
        return "It is in a claim that is locked. Withdraw it and record it again: the next claim puts the difference right."
    return ""


@dataclass(frozen=True)
class Past:
    """One thing in the history of an outcome; ``words`` are what somebody wrote."""

    at: dt.datetime
    title: str
    detail: str = ""
    words: str = ""


def history_of(record: Record) -> list[Past]:
    """Return how an outcome came to stand as it does: its versions and every finding, latest first."""
    items = []
    for version in versions_of(record):
        title = "Recorded by the provider" if version.version == 1 else "Changed by the provider"
        shown = ", ".join(in_words(kind) for kind in kinds_of(version)) or "none yet"
        detail = f"Achieved {say_day(version.on)}; evidence: {shown}"
        items.append(Past(version.recorded_at, "Withdrawn" if version.withdrawn else title, detail))
    for finding in findings_of(record):
        who = str(finding.values.get("verified_by") or "Verifier")
        words = {"accepted": "Accepted", "queried": "Queried", "refused": "Refused"}[finding.code]
        items.append(
            Past(finding.recorded_at, f"{words} by the {who}", "", str(finding.values.get("reason") or ""))
        )
    return sorted(items, key=lambda item: item.at, reverse=True)
