"""Making, answering and handing back referrals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.people import commands as people
from openoutcomes.web.people.models import Enrolment, Person, Sight
from openoutcomes.web.people.queries import home_of
from openoutcomes.web.records import store
from openoutcomes.web.records.models import Record
from openoutcomes.web.referrals.models import Referral
from openoutcomes.web.referrals.queries import practitioners_of, recorded_since
from openoutcomes.web.sharing import commands as sharing
from openoutcomes.web.sharing.queries import holds_now

#: Days in which an answer is expected, where the form says nothing else.
ANSWER_DAYS = 7


def _locked(referral: Referral) -> Referral:
    """Return the referral as it stands, held against everybody else until this is done."""
    row: Referral = Referral.objects.select_for_update().get(pk=referral.pk)
    return row


def _add(referral: Referral) -> Referral:
    try:
        with transaction.atomic():
            referral.save()
    except IntegrityError:
        raise refuse(
            "a referral of this person there waits for an answer already.",
            "Open it under Referrals, and remind them or take it back.", "programme",
        ) from None  # fmt: skip
    return referral


def _record(by: Access, referral: Referral, **values: Any) -> Record:
    """Write the next version of the referral's record, with what changed."""
    before = store.latest(by.partnership, "referrals", referral.referral_id, lock=True)
    kept = {} if before is None else before.values
    return store.write(
        by,
        "referrals",
        {**kept, **values},
        person=referral.person,
        organisation=referral.from_organisation or referral.to_organisation,
        record_id=referral.referral_id,
    )


def _check_programme(programme: Programme | None, organisation: Organisation) -> None:
    if programme is not None and (programme.organisation_id != organisation.pk or not programme.is_open):
        raise refuse("this programme is not one of theirs, or is closed.", "Choose another.", "programme")


@command
def make(
    by: Access,
    *,
    person: Person,
    organisation: Organisation,
    recipient: Organisation,
    wants: str,
    groups: Sequence[str],
    basis: str,
    how: str = "",
    why: str = "",
    programme: Programme | None = None,
    due_on: dt.date | None = None,
) -> Referral:
    """Ask another organisation to take a person on, and let it see the slice that they agreed to.

    The consent (or lawful basis) is recorded in the same step, so that nothing is passed on without one.
    """
    by.require("referrals.make", organisation)
    if not home_of(person).filter(organisation=organisation).exists():
        raise refuse("this person is not one of your organisation's people.", "Ask for a referral first.")
    if not wants.strip():
        raise refuse("what the person wants is not said.", "Write it in their words.", "wants")
    _check_programme(programme, recipient)
    due_on = due_on or today() + dt.timedelta(days=ANSWER_DAYS)
    if due_on < today():
        raise refuse("the day for an answer has passed.", "Give a day from today on.", "due_on")
    sight = sharing.share(
        by, person=person, recipient=recipient, groups=groups, basis=basis, purpose="referral", how=how,
        why=why,
    )  # fmt: skip
    record = store.write(
        by,
        "referrals",
        {
            "from_organisation": organisation.organisation_id, "to_organisation": recipient.organisation_id,
            "made_on": today(), "why": wants.strip(), "prefilled": True,
        },
        person=person,
        organisation=organisation,
    )  # fmt: skip
    referral = _add(
        Referral(
            partnership=by.partnership, referral_id=record.record_id, person=person,
            from_organisation=organisation, to_organisation=recipient, programme=programme,
            made_on=today(), due_on=due_on, made_by=by.user, sight=sight,
        ),
    )  # fmt: skip
    note(
        by, "referrals.make", referral, person=person, organisation=organisation,
        detail={"to": recipient.organisation_id, "basis": basis, "due_on": due_on.isoformat()},
    )  # fmt: skip
    return referral


@command
def receive(
    by: Access,
    *,
    organisation: Organisation,
    identity: Mapping[str, Any],
    route: str,
    wants: str = "",
    from_words: str = "",
    programme: Programme | None = None,
    due_on: dt.date | None = None,
) -> Referral:
    """Note a referral from outside the partnership, or of a person by themselves, and add the person."""
    by.require("referrals.answer", organisation)
    if route not in ("self", "outside"):
        raise refuse("nothing says who referred.", "Choose one.", "route")
    _check_programme(programme, organisation)
    person = people.add_person(by, organisation=organisation, identity=identity)
    record = store.write(
        by,
        "referrals",
        {"to_organisation": organisation.organisation_id, "made_on": today(), "why": wants.strip(),
         "prefilled": False},
        person=person,
        organisation=organisation,
    )  # fmt: skip
    referral = _add(
        Referral(
            partnership=by.partnership, referral_id=record.record_id, person=person, route=route,
            from_words=from_words.strip() if route == "outside" else "", to_organisation=organisation,
            programme=programme, made_on=today(),
            due_on=due_on or today() + dt.timedelta(days=ANSWER_DAYS), made_by=by.user,
        ),
    )  # fmt: skip
    note(by, "referrals.receive", referral, person=person, organisation=organisation, detail={"route": route})
    return referral


@command
def accept(
    by: Access,
    *,
    referral: Referral,
    programme: Programme | None = None,
    practitioner: Any = None,
    started_on: dt.date | None = None,
) -> Referral:
    """Take the person on: they become the organisation's own as well, and are enrolled where it says in what.

    Of two who answer at once, the second is told what the first did.
    """
    held = _locked(referral)
    organisation = held.to_organisation
    by.require("referrals.answer", organisation)
    _must_wait(held)
    if held.sight_id and not holds_now(held.sight):
        raise refuse("the person has stopped the sharing, or it has ended.", "Talk to whoever referred them.")
    programme = programme or held.programme
    _check_programme(programme, organisation)
    if practitioner is not None and not practitioners_of(organisation).filter(pk=practitioner.pk).exists():
        raise refuse("this worker is not in your organisation.", "Choose another.", "practitioner")
    if started_on is not None and started_on < held.made_on:
        raise refuse("the first day is before the referral was made.", "Give a later day.", "started_on")
    held.made_own = not home_of(held.person).filter(organisation=organisation).exists()
    if held.made_own:
        Sight.objects.create(
            partnership=by.partnership, person=held.person, organisation=organisation, basis="own",
            granted_by=by.user,
        )  # fmt: skip
    if programme is not None:
        held.enrolment = people.enrol(
            by, person=held.person, programme=programme, practitioner=practitioner,
            started_on=started_on or today(),
            values={"referred_on": held.made_on, "referred_by": _referred_by(held)},
        )  # fmt: skip
    held.state, held.programme = "accepted", programme
    held.answered_on, held.accepted_at, held.answered_by = today(), now(), by.user
    held.save()
    _record(by, held, accepted_on=today())
    note(
        by, "referrals.accept", held, person=held.person, organisation=organisation,
        detail={"enrolment": held.enrolment.enrolment_id if held.enrolment else "", "days": held.days},
    )  # fmt: skip
    return held


def _referred_by(referral: Referral) -> str:
    if referral.from_organisation is not None:
        return referral.from_organisation.organisation_id
    return "self" if referral.route == "self" else referral.from_words or "outside"


def _must_wait(referral: Referral) -> None:
    if referral.state != "made":
        raise refuse(
            f"this referral was answered meanwhile: {referral.get_state_display().lower()}.",
            "Open it again to see by whom.",
        )


def _reason(text: str) -> str:
    if not text.strip():
        raise refuse("no reason is given.", "Say why, so that whoever referred can act on it.", "reason")
    return text.strip()


def _end_share(by: Access, referral: Referral) -> None:
    """Stop what was shared for the referral, which is over."""
    if referral.sight is not None and referral.sight.withdrawn_at is None:
        sharing.close(by, referral.sight)


@command
def decline(by: Access, *, referral: Referral, reason: str) -> Referral:
    """Say no before taking the person on. What was shared for it stops at once; the sender has them back."""
    held = _locked(referral)
    by.require("referrals.answer", held.to_organisation)
    _must_wait(held)
    words = _reason(reason)
    held.state, held.answered_on, held.answered_by, held.ended_on = "declined", today(), by.user, today()
    held.save()
    _end_share(by, held)
    _record(by, held, handed_back_on=today(), why=words)
    note(
        by, "referrals.decline", held, person=held.person, organisation=held.to_organisation,
        detail={"days": held.days},
    )  # fmt: skip
    return held


@command
def hand_back(by: Access, *, referral: Referral, reason: str, end_reason: str = "not_known") -> Referral:
    """Hand a person back after having taken them on: the enrolment ends, and the sender has them back.

    The organisation keeps seeing what it recorded itself; what was shared with it stops.
    """
    held = _locked(referral)
    by.require("referrals.answer", held.to_organisation)
    if held.state != "accepted":
        raise refuse("only a referral that was accepted can be handed back.", "Open it again.")
    words = _reason(reason)
    if held.enrolment is not None and held.enrolment.ended_on is None:
        _end_enrolment(by, held.enrolment, end_reason)
    held.state, held.ended_on = "handed_back", today()
    held.save()
    _end_share(by, held)
    _record(by, held, handed_back_on=today(), why=words)
    note(
        by, "referrals.hand_back", held, person=held.person, organisation=held.to_organisation,
        detail={"end_reason": end_reason},
    )  # fmt: skip
    return held


def _end_enrolment(by: Access, enrolment: Enrolment, end_reason: str) -> None:
    record = store.latest(by.partnership, "enrolments", enrolment.enrolment_id, lock=True)
    ended = max(today(), enrolment.started_on or today())
    if record is not None:
        values = {**record.values, "ended_on": ended, "end_reason": end_reason}
        store.write(by, "enrolments", values, record_id=enrolment.enrolment_id)
    enrolment.ended_on, enrolment.end_reason = ended, end_reason
    enrolment.save(update_fields=["ended_on", "end_reason"])


@command
def take_back(by: Access, *, referral: Referral) -> Referral:
    """Take a referral back before it is answered; the other organisation stops seeing the person at once."""
    held = _locked(referral)
    by.require("referrals.make", held.from_organisation or held.to_organisation)
    _must_wait(held)
    held.state, held.ended_on = "withdrawn", today()
    held.save()
    _end_share(by, held)
    before = store.latest(by.partnership, "referrals", held.referral_id, lock=True)
    if before is not None:
        store.write(by, "referrals", before.values, record_id=held.referral_id, withdrawn=True)
    note(by, "referrals.take_back", held, person=held.person, organisation=held.from_organisation)
    return held


@command
def undo(by: Access, *, referral: Referral) -> Referral:
    """Take back an acceptance made by mistake, within a day and while nothing was recorded since."""
    held = _locked(referral)
    by.require("referrals.answer", held.to_organisation)
    if not held.may_be_undone:
        raise refuse("an acceptance can be undone for one day.", "Hand the person back instead.")
    if recorded_since(held):
        raise refuse(
            "something was recorded about the person since they were accepted.",
            "Hand them back instead, so that it is kept.",
        )
    enrolment = held.enrolment
    held.state, held.enrolment, held.answered_on, held.accepted_at = "made", None, None, None
    held.answered_by = None
    if held.made_own:
        Sight.objects.filter(
            person=held.person, organisation=held.to_organisation, basis="own", withdrawn_at=None
        ).update(withdrawn_at=now())
        held.made_own = False
    held.save()
    if enrolment is not None:
        _unmake(by, enrolment)
    before = store.latest(by.partnership, "referrals", held.referral_id, lock=True)
    if before is not None:
        values = {name: value for name, value in before.values.items() if name != "accepted_on"}
        store.write(by, "referrals", values, record_id=held.referral_id)
    note(by, "referrals.undo", held, person=held.person, organisation=held.to_organisation)
    return held


def _unmake(by: Access, enrolment: Enrolment) -> None:
    """Withdraw an enrolment that should never have been: its record's versions stay, marked withdrawn."""
    record = store.latest(by.partnership, "enrolments", enrolment.enrolment_id, lock=True)
    if record is not None:
        store.write(by, "enrolments", record.values, record_id=enrolment.enrolment_id, withdrawn=True)
    Record.objects.filter(enrolment=enrolment).update(enrolment=None)
    enrolment.delete()


@command
def remind(by: Access, *, referral: Referral) -> Referral:
    """Remind the other organisation that an answer is overdue; it sees so in its list and on its first page."""
    held = _locked(referral)
    by.require("referrals.make", held.from_organisation or held.to_organisation)
    _must_wait(held)
    held.reminded_at = now()
    held.save(update_fields=["reminded_at"])
    note(by, "referrals.remind", held, person=held.person, organisation=held.from_organisation)
    return held


@command
def settle(by: Access, *, referral: Referral, next_step: str) -> Referral:
    """Say what happens next with a person who came back, so that the referral waits no longer."""
    held = _locked(referral)
    by.require("referrals.make", held.from_organisation or held.to_organisation)
    if not held.came_back:
        raise refuse("this referral does not wait for you.", "Open the list again.")
    if next_step not in dict(Referral.NEXT):
        raise refuse("nothing says what happens next.", "Choose one.", "next_step")
    held.next = next_step
    held.save(update_fields=["next"])
    note(
        by, "referrals.settle", held, person=held.person, organisation=held.from_organisation,
        detail={"next": next_step},
    )  # fmt: skip
    return held
