"""Recording outcomes, changing and withdrawing them, and adding what shows them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core import clock
from openoutcomes.web.core import commands as core
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, refuse
from openoutcomes.web.outcomes import files as kept
from openoutcomes.web.outcomes.card import evidence_of, line_of
from openoutcomes.web.outcomes.models import Evidence
from openoutcomes.web.outcomes.queries import contributions_of, files_of, why_fixed
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.models import Enrolment, Person
from openoutcomes.web.records import store
from openoutcomes.web.records.models import Record
from openoutcomes.web.verification.models import Question

Pieces = Sequence[tuple[str, dt.date]]
_KIND = re.compile(r"[a-z0-9][a-z0-9.:/-]{0,59}")


@dataclass(frozen=True)
class Part:
    """The part that another organisation played: which, what, and its share of the whole (0 to 1), if agreed."""

    organisation: Organisation
    part: str = ""
    share: Decimal | None = None


@command
def record_outcome(
    by: Access,
    *,
    enrolment: Enrolment,
    outcome: str,
    achieved_on: dt.date,
    sustained_to: dt.date | None = None,
    quantity: Decimal | None = None,
    evidence: Pieces = (),
    contributions: Sequence[Part] = (),
    note: str = "",
    files: Mapping[tuple[str, dt.date], Sequence[kept.Checked]] | None = None,
    seconds: int | None = None,
) -> Record:
    """Record that an enrolled person achieved an outcome, for the contract of the programme where it has one.

    ``evidence`` is what is held: its kind and the date on it. ``files`` are kept beside, by the same pair.
    The same outcome on the same day is recorded once for a person.
    """
    by.require("outcomes.record", enrolment.organisation)
    contract = enrolment.programme.contract
    person = Person.objects.select_for_update().get(pk=enrolment.person_id)
    _check(by, contract, outcome, achieved_on)
    _check_not_twice(by, person, outcome, achieved_on)
    pieces = _pieces(evidence)
    values = {
        **_values(outcome, achieved_on, sustained_to, quantity, pieces, note),
        "programme_id": enrolment.programme.programme_id,
        "claimed_on": clock.today(),
    }
    achievement = store.write(
        by, "achievements", values, enrolment=enrolment, contract=contract, seconds=seconds
    )
    _set_contributions(by, achievement, contributions)
    for (kind, dated_on), sent in (files or {}).items():
        for one in sent:
            _keep(by, achievement, kind, dated_on, one)
    core.note(
        by,
        "outcomes.record",
        achievement,
        person=person,
        organisation=enrolment.organisation,
        detail={
            "outcome": outcome,
            "achieved_on": achieved_on.isoformat(),
            "record_id": achievement.record_id,
        },
    )
    return achievement


@command
def change_outcome(
    by: Access,
    *,
    achievement: Record,
    achieved_on: dt.date,
    sustained_to: dt.date | None = None,
    quantity: Decimal | None = None,
    evidence: Pieces = (),
    contributions: Sequence[Part] = (),
    note: str = "",
    expected: int | None = None,
) -> Record:
    """Write an outcome anew, in another version, while nothing has been decided on it and no claim holds it."""
    current = _changeable(by, achievement, expected)
    _check(by, current.contract, current.code, achieved_on)
    _check_not_twice(by, current.person, current.code, achieved_on, but=current.record_id)
    pieces = _pieces(evidence)
    with_files = {(row.kind, row.dated_on) for row in files_of(current)}
    if lost := with_files - set(pieces):
        kind, day = min(lost)
        raise refuse(
            f"a file is kept as {kind} of {day.isoformat()}, which the list no longer names.",
            "Withdraw the file first, or leave it in the list.",
            "evidence",
        )
    values = {
        **current.values,
        **_values(current.code, achieved_on, sustained_to, quantity, pieces, note),
    }
    written = store.write(by, "achievements", values, record_id=current.record_id, expected=expected)
    _set_contributions(by, written, contributions)
    changed = sorted(
        name
        for name in {*written.values, *current.values}
        if written.values.get(name) != current.values.get(name)
    )
    core.note(
        by, "outcomes.change", written, person=current.person, organisation=current.organisation,
        detail={"fields": changed, "version": written.version, "record_id": written.record_id},
    )  # fmt: skip
    return written


@command
def withdraw_outcome(by: Access, *, achievement: Record, reason: str, expected: int | None = None) -> Record:
    """Withdraw an outcome that should not have been recorded, and say why.

    A locked claim stays as it was; what was paid for it is taken off the next one.
    """
    current = _current(by, achievement)
    if current.withdrawn:
        raise refuse("this outcome was withdrawn already.")
    if not reason.strip():
        raise refuse("no reason was given.", "Say why it is withdrawn.", "reason")
    note = "\n\n".join(filter(None, [str(current.values.get("note", "")), f"Withdrawn: {reason.strip()}"]))
    written = store.write(
        by,
        "achievements",
        {**current.values, "note": note},
        record_id=current.record_id,
        expected=expected,
        withdrawn=True,
    )
    Question.objects.filter(achievement_id=current.record_id, closed_at=None).update(closed_at=clock.now())
    core.note(
        by, "outcomes.withdraw", written, person=current.person, organisation=current.organisation,
        detail={"record_id": current.record_id},
    )  # fmt: skip
    return written


@command
def add_evidence(
    by: Access, *, achievement: Record, kind: str, dated_on: dt.date, files: Sequence[kept.Checked]
) -> Record:
    """Keep files that show an outcome; the record then names their kind and date, in another version."""
    by.require("evidence.add", achievement.organisation)
    current = _changeable(by, achievement, None)
    ((kind, dated_on),) = _pieces([(kind, dated_on)])
    if not files:
        raise refuse("no file was chosen.", "Photograph it, or choose a file.", "photograph")
    held = set(files_of(current).filter(kind=kind).values_list("sha256", flat=True))
    fresh = [one for one in files if one.sha256 not in held]
    if not fresh:
        raise refuse("this file is beside the outcome already.", "Choose another.", "photograph")
    for one in fresh:
        _keep(by, current, kind, dated_on, one)
    pieces = evidence_of(current)
    written = current
    if (kind, dated_on) not in pieces:
        written = _rewrite(by, current, [*pieces, (kind, dated_on)])
    core.note(
        by, "outcomes.add_evidence", written, person=current.person, organisation=current.organisation,
        detail={"kind": kind, "files": len(fresh), "record_id": current.record_id},
    )  # fmt: skip
    return written


@command
def withdraw_evidence(by: Access, *, evidence: Evidence) -> Record:
    """Take a file away from an outcome: it was the wrong one. It stays in the folder for the retention time."""
    by.require("evidence.add", evidence.organisation)
    achievement = store.latest(by.partnership, "achievements", evidence.achievement_id, lock=True)
    if achievement is None or evidence.withdrawn_at is not None:
        raise refuse("this file was withdrawn already.")
    current = _changeable(by, achievement, None)
    evidence.withdrawn_at, evidence.withdrawn_by = clock.now(), by.user
    evidence.save()
    written = current
    piece = (evidence.kind, evidence.dated_on)
    if not files_of(current).filter(kind=piece[0], dated_on=piece[1]).exists():
        written = _rewrite(by, current, [one for one in evidence_of(current) if one != piece])
    core.note(
        by, "outcomes.withdraw_evidence", evidence, person=current.person, organisation=current.organisation,
        detail={"kind": evidence.kind, "evidence_id": evidence.evidence_id},
    )  # fmt: skip
    return written


def _current(by: Access, achievement: Record) -> Record:
    """Return an outcome as it stands, kept from others, if it is the seat's to change."""
    by.require("outcomes.record", achievement.organisation)
    current = store.latest(by.partnership, "achievements", achievement.record_id, lock=True)
    if current is None:
        raise refuse("this outcome is no longer there.")
    by.require("outcomes.record", current.organisation)
    return current


def _changeable(by: Access, achievement: Record, expected: int | None) -> Record:
    current = _current(by, achievement)
    if expected is not None and current.version != expected:
        raise store.ConflictError(current)
    if why := why_fixed(current):
        raise refuse("this outcome cannot be changed.", why)
    return current


def _check(by: Access, contract: Contract | None, outcome: str, achieved_on: dt.date) -> None:
    if achieved_on > clock.today():
        raise refuse("the outcome is dated in the future.", "Record it once it has happened.", "achieved_on")
    if line_of(contract, by.partnership, outcome, achieved_on) is not None:
        return
    # An amendment may have added it since, or taken it away: either way it was once on the card.
    if line_of(contract, by.partnership, outcome) is None:
        where = "the contract" if contract is not None else "the partnership's catalogue"
        raise refuse(f"{outcome} is not an outcome of {where}.", "Choose one of those listed.", "outcome")


def _check_not_twice(by: Access, person: Any, outcome: str, on: dt.date, *, but: str = "") -> None:
    rows = Record.of(by.partnership).filter(
        person=person, table="achievements", current=True, withdrawn=False, code=outcome, on=on
    )
    if rows.exclude(record_id=but).exists():
        raise refuse(
            "this outcome is recorded already for this person on this day.",
            "Open it from the person's page to change it or to add evidence.",
            "achieved_on",
        )


def _pieces(evidence: Pieces) -> list[tuple[str, dt.date]]:
    """Return the evidence with its kinds as codes, each piece once, in the order given."""
    pieces: dict[tuple[str, dt.date], None] = {}
    for kind, day in evidence:
        code = kind.strip().lower().replace(" ", "-")
        if not _KIND.fullmatch(code):
            raise refuse(
                f"{kind!r} is not a kind of evidence.",
                "Use a few words of letters and numbers, such as tenancy agreement.",
                "other_kind",
            )
        if day > clock.today():
            raise refuse("evidence is dated in the future.", "Check the date on it.", "evidence")
        pieces[code, day] = None
    return list(pieces)


def _values(
    outcome: str,
    achieved_on: dt.date,
    sustained_to: dt.date | None,
    quantity: Decimal | None,
    pieces: Pieces,
    note: str,
) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "achieved_on": achieved_on,
        "sustained_to": sustained_to,
        "quantity": quantity,
        "evidence_kinds": [kind for kind, _ in pieces],
        "evidence_dates": [day for _, day in pieces],
        "note": note.strip() or None,
    }


def _rewrite(by: Access, current: Record, pieces: Pieces) -> Record:
    """Write the evidence that a record names, in another version."""
    values = {
        **current.values,
        "evidence_kinds": [kind for kind, _ in pieces],
        "evidence_dates": [day for _, day in pieces],
    }
    return store.write(by, "achievements", values, record_id=current.record_id)


def _keep(by: Access, achievement: Record, kind: str, dated_on: dt.date, one: kept.Checked) -> Evidence:
    about: Any = achievement
    evidence: Evidence = Evidence.objects.create(
        partnership=by.partnership,
        achievement_id=achievement.record_id,
        person=about.person,
        organisation=about.organisation,
        kind=kind,
        dated_on=dated_on,
        sha256=one.sha256,
        stored_sha256=one.stored_sha256,
        size=len(one.content),
        content_type=one.content_type,
        name=one.name,
        stored=kept.keep(one.content),
        uploaded_by=by.user,
    )
    return evidence


def _set_contributions(by: Access, achievement: Record, parts: Sequence[Part]) -> None:
    """Write the parts that other organisations played, and withdraw those that are no longer said.

    They belong to the provider's own record: to have played a part lets nobody see a person.
    """
    wanted = {part.organisation.organisation_id: part for part in parts}
    if sum((part.share or Decimal(0) for part in wanted.values()), Decimal(0)) > 1:
        raise refuse("the shares come to more than the whole.", "Make them 100% or less together.", "share_0")
    before = {record.values["organisation_id"]: record for record in contributions_of(achievement)}
    about = {"achievement_id": achievement.record_id}
    for key, record in before.items():
        if key not in wanted:
            store.write(by, "contributions", record.values, record_id=record.record_id, withdrawn=True)
    for key, part in wanted.items():
        values = {**about, "organisation_id": key, "part": part.part.strip() or None, "share": part.share}
        known = before.get(key)
        if known is None:
            store.write(
                by, "contributions", values, person=achievement.person, organisation=achievement.organisation,
                contract=achievement.contract,
            )  # fmt: skip
        elif store.written("contributions", {**values, "contribution_id": known.record_id}) != known.values:
            store.write(by, "contributions", values, record_id=known.record_id)
