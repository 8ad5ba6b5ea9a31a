"""Drawing samples, finding on outcomes, and the provider's answers."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.core.exceptions import PermissionDenied

from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.outcomes.card import Cards, say_groups
from openoutcomes.web.outcomes.queries import seats_of
from openoutcomes.web.records import store
from openoutcomes.web.records.models import Record
from openoutcomes.web.verification import sampling
from openoutcomes.web.verification.models import Question, Sample, SampleItem
from openoutcomes.web.verification.queries import items_of, population, question_open_on, rest_of
from openoutcomes.web.verification.risk import risks

#: What can be found of an outcome.
STATES = ("accepted", "queried", "refused")
#: The most outcomes that one sample can be drawn from.
MOST = 20_000


@command
def find(
    by: Access, *, achievement: Record, state: str, reason: str = "", expected: int | None = None
) -> Record:
    """Accept, query or refuse an outcome, with a reason for the last two; return the finding.

    A finding is never edited: a later one takes its place. Nobody finds on an outcome of an organisation they
    have any seat in, of their own, or that they recorded. ``expected`` is the version that was looked at.
    """
    by.require("verification.decide")
    current = _to_decide(by, achievement)
    if expected is not None and current.version != expected:
        raise refuse(
            "the provider changed this outcome after you opened it.", "Look at it again, then decide."
        )
    if state not in STATES:
        raise refuse("nothing was decided.", "Accept, query or refuse it.", "state")
    if state != "accepted" and not reason.strip():
        raise refuse("no reason was given.", "Say what is missing or wrong: the provider reads it.", "reason")
    if state == current.state and state != "queried":
        raise refuse(f"this outcome is {state} already.")
    if state == "accepted" and (missing := Cards(by.partnership).missing(current)):
        raise refuse(
            f"the terms ask for {say_groups(missing)}, which is not there, so it could not be paid.",
            "Query it, so that the provider can add it.",
            "state",
        )
    return _find(by, current, state, reason.strip(), "verifier")


@command
def answer(by: Access, *, achievement: Record, text: str) -> Record:
    """Answer a verifier's question. The answer is kept in the outcome's note, and it returns to the queue."""
    by.require("outcomes.record", achievement.organisation)
    current = store.latest(by.partnership, "achievements", achievement.record_id, lock=True)
    if current is None or current.withdrawn:
        raise refuse("this outcome was withdrawn.")
    by.require("outcomes.record", current.organisation)
    question = question_open_on(current)
    if question is None or question.answered_at is not None:
        raise refuse(
            "no question waits for an answer.", "Look at the outcome again: it may have been settled."
        )
    if not text.strip():
        raise refuse("the answer is empty.", "Write what the verifier should know.", "answer")
    said = f"Answer of {day(clock.today())}: {text.strip()}"
    full = "\n\n".join(filter(None, [str(current.values.get("note") or ""), said]))
    written = store.write(by, "achievements", {**current.values, "note": full}, record_id=current.record_id)
    question.answered_at, question.answered_by = clock.now(), by.user
    question.save()
    note(
        by, "verification.answer", written, person=current.person, organisation=current.organisation,
        detail={"record_id": current.record_id, "finding_id": question.finding_id},
    )  # fmt: skip
    return written


@command
def draw(
    by: Access,
    *,
    contract: Contract,
    first: dt.date,
    last: dt.date,
    method: str,
    asked: str,
    seed: str = "",
) -> Sample:
    """Draw a sample of a contract's outcomes of a period that wait for a verifier, and keep how it was drawn.

    Without ``seed`` one is made; a seed that was drawn in public can be given instead.
    """
    by.require("verification.sample")
    if last < first:
        raise refuse("the period ends before it begins.", "Check the two dates.", "last")
    if method not in dict(Sample.METHODS):
        raise refuse("no way of drawing was chosen.", "Choose random or by risk.", "method")
    rows = list(population(by, contract, first, last).order_by("record_id")[: MOST + 1])
    if not rows:
        raise refuse("nothing of this contract waits in this period.", "Choose another period.", "first")
    if len(rows) > MOST:
        raise refuse(f"more than {MOST:,} outcomes wait in this period.", "Choose a shorter one.", "last")
    size = sampling.size_of(asked, len(rows))
    if size is None:
        raise refuse(
            f"{asked!r} is neither a number nor a share.", "Write how many, such as 25, or 10%.", "asked"
        )
    known = risks(contract, rows, last) if method == "risk" else {}
    weights = {row.record_id: known[row.record_id].weight if known else 1 for row in rows}
    seed = seed.strip() or str(secrets.randbelow(10**12))
    sample: Sample = Sample.objects.create(
        partnership=by.partnership, method=method, seed=seed, asked=asked.strip(), contract=contract,
        first=first, last=last, drawn_by=by.user, population=sorted(weights),
        population_sha256=sampling.digest_of(weights), population_size=len(weights),
    )  # fmt: skip
    by_id = {row.record_id: row for row in rows}
    SampleItem.objects.bulk_create(
        [
            SampleItem(
                partnership=by.partnership,
                sample=sample,
                place=place,
                achievement_id=record_id,
                organisation_id=by_id[record_id].organisation_id,
                weight=weights[record_id],
                reasons=list(known[record_id].reasons) if known else [],
            )
            for place, record_id in enumerate(sampling.ordered(seed, weights)[:size], start=1)
        ]
    )
    note(
        by, "verification.draw", sample,
        detail={"method": method, "seed": seed, "contract": contract.contract_id, "size": size, "of": len(rows)},
    )  # fmt: skip
    return sample


@command
def accept_rest(by: Access, *, sample: Sample, count: int, reason: str) -> Sample:
    """Accept what a random sample spoke for, without looking at each; each finding says that this is how.

    Only when every outcome of the sample is decided. ``count`` is how many whoever asks was shown and typed.
    """
    by.require("verification.decide")
    sample = Sample.objects.select_for_update().select_related("contract").get(pk=sample.pk)
    why = why_not_rest(sample)
    if why:
        raise refuse(why, "Decide on each outcome of the sample first.")
    if not reason.strip():
        raise refuse("no reason was given.", "Say why the sample is enough.", "reason")
    rows = can_rest(by, sample)
    if count != len(rows):
        raise refuse(
            f"{len(rows):,} outcomes are left, not {count:,}.",
            "Check, and write the number that is shown.",
            "count",
        )
    who = f"verifier, accepted on the sample of {day(sample.drawn_at.date())}"
    for row in rows:
        current = store.latest(by.partnership, "achievements", row.record_id, lock=True)
        if current is None or current.version != row.version:
            raise refuse("an outcome was changed meanwhile.", "Look at the sample again.")
        _find(by, current, "accepted", reason.strip(), who)
    sample.rest_accepted_at, sample.rest_accepted_by = clock.now(), by.user
    sample.rest_accepted_count, sample.rest_reason = len(rows), reason.strip()
    sample.save()
    note(
        by, "verification.accept_rest", sample,
        detail={"sample_id": sample.sample_id, "accepted": len(rows), "contract": sample.contract.contract_id},
    )  # fmt: skip
    return sample


def why_not_rest(sample: Sample) -> str:
    """Say why the rest of a sample cannot be accepted; nothing when it can."""
    if sample.method != "random":
        return "a sample by risk says nothing of the rest, since it was drawn to find what is wrong."
    if sample.rest_accepted_at is not None:
        return "the rest of this sample was accepted already."
    if any(item.state in ("unverified", "queried") for item in items_of(sample)):
        return "outcomes of this sample are still to be decided."
    return ""


def can_rest(by: Access, sample: Sample) -> list[Record]:
    """Return the outcomes that ``accept_rest`` would accept: none of the user's own, none that lacks evidence."""
    cards = Cards(by.partnership)
    recorded = Record.of(by.partnership).filter(table="achievements", recorded_by=by.user)
    rows = (
        rest_of(sample)
        .exclude(organisation__in=seats_of(by))
        .exclude(person__in=by.person_ids())
        .exclude(record_id__in=recorded.values("record_id"))
        .select_related("contract", "organisation", "person")
        .order_by("record_id")
    )
    return [row for row in rows if not cards.missing(row)]


def _to_decide(by: Access, achievement: Record) -> Record:
    """Return an outcome as it stands, kept from others, if whoever asks is independent of it."""
    current = store.latest(by.partnership, "achievements", achievement.record_id, lock=True)
    if current is None:
        raise refuse("this outcome is no longer there.")
    if _is_own(by, current):
        raise PermissionDenied("Nobody verifies the outcomes of an organisation that they have a seat in")
    if current.withdrawn:
        raise refuse("the provider withdrew this outcome.", "There is nothing to decide.")
    return current


def _is_own(by: Access, record: Record) -> bool:
    """Say whether an outcome is of the user's own organisation, about them, or was recorded by them."""
    if record.organisation_id in seats_of(by) or record.person_id in by.person_ids():
        return True
    versions = Record.of(by.partnership).filter(table="achievements", record_id=record.record_id)
    return versions.filter(recorded_by=by.user).exists()


def _find(by: Access, current: Record, state: str, reason: str, who: str) -> Record:
    """Write a finding, and all that follows from it."""
    before = Record.of(by.partnership).filter(table="verifications", about=current.record_id, current=True)
    earlier = before.order_by("-on", "-record_id").first()
    values: dict[str, Any] = {
        "achievement_id": current.record_id,
        "state": state,
        "verified_on": clock.today(),
        "verified_by": who,
        "reason": reason or None,
        "replaces": earlier.record_id if earlier is not None else None,
    }
    # The rules take the latest finding by its day, then by its id: ids count up, so that of two on one
    # day the second holds.
    finding = store.write(
        by, "verifications", values, person=current.person, organisation=current.organisation,
        contract=current.contract, record_id=f"{current.record_id}-f{before.count() + 1:04d}",
    )  # fmt: skip
    store.set_state(current, state)
    Question.objects.filter(achievement_id=current.record_id, closed_at=None).update(closed_at=clock.now())
    if state == "queried":
        about: Any = current
        Question.objects.create(
            partnership=by.partnership,
            achievement_id=current.record_id,
            finding_id=finding.record_id,
            organisation=about.organisation,
            asked_by=by.user,
        )
    note(
        by, "verification.find", finding, person=current.person, organisation=current.organisation,
        detail={"state": state, "record_id": current.record_id, "version": current.version},
    )  # fmt: skip
    return finding
