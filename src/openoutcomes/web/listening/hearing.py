"""What people say: written down by a listener, or by themselves through a link or on their own page.

Whichever way it comes, it ends in ``_keep``, so that the same rules hold: nothing without consent, the same
questions, and the person's own record only with their leave.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django_scopes import scope

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.scope import writing
from openoutcomes.web.listening.asking import digest_of
from openoutcomes.web.listening.commands import refuse_contact
from openoutcomes.web.listening.models import (
    SHOWN_DAYS,
    Coding,
    Conversation,
    Quote,
    Round,
    Said,
    Sampled,
)
from openoutcomes.web.listening.queries import organisations_of, supported_by
from openoutcomes.web.listening.words import ANSWERS, HELPED, NEXT, ROUTES, SAID, STAGES
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.models import Enrolment, Person
from openoutcomes.web.records import store

#: What an answer is made of.
FIELDS = ("helped", "score", *SAID, "may_quote", "may_record")


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: values[name] for name in FIELDS if name in values}
    if not values.get("agreed"):
        raise refuse(
            "nobody agreed that this is written down.", "Ask first; without it nothing is kept.", "agreed"
        )
    for name in SAID:
        found[name] = str(found.get(name) or "").strip()
    if found.get("helped") and found["helped"] not in ANSWERS:
        raise refuse("that is no answer.", "Choose one of those given.", "helped")
    score = found.get("score")
    if score is not None and not 0 <= int(score) <= 10:
        raise refuse("the number is not from 0 to 10.", "Give one from 0 to 10, or none.", "score")
    if not found.get("helped") and score is None and not any(found[name] for name in SAID):
        raise refuse("nothing was answered.", "Answer at least one of the questions.", "helped")
    return found


def _keep(
    by: Access,
    listening: Round,
    values: Mapping[str, Any],
    *,
    sampled: Sampled | None,
    person: Person | None,
    route: str,
    independent: bool,
    held_on: dt.date | None = None,
    standing: str = "",
    organisation: Organisation | None = None,
    listener: Any = None,
) -> Conversation:
    """Keep what somebody said, inside a command."""
    if listening.state != "drawn":
        raise refuse("this round is not open.", "Ask whoever runs it.")
    answers = _checked(values)
    made: Conversation = Conversation.objects.create(
        partnership=by.partnership, round=listening, sampled=sampled, person=person,
        held_on=held_on or today(), route=route, standing=sampled.stage if sampled else standing,
        listener=listener, organisation=organisation, independent=independent, added_at=now(), **answers,
    )  # fmt: skip
    if sampled is not None:
        sampled.state, sampled.route, sampled.settled_on = "heard", route, made.held_on
        sampled.invited_on = sampled.invited_on or made.held_on
        sampled.next_on = None
        if sampled.digest:
            sampled.expires_at = now() + dt.timedelta(days=SHOWN_DAYS)
        sampled.save()
    if made.may_record and person is not None:
        _record(by, made)
    return made


def _record(by: Access, said: Conversation) -> None:
    """Write the answers to the standard's table of feedback: the person lets their provider read them."""
    rows = {said.round.question or HELPED: said.helped, NEXT: said.wanted}
    person = said.person
    enrolment = (
        Enrolment.objects.filter(
            person=person, organisation=said.sampled.provider if said.sampled else said.organisation
        )
        .order_by("-started_on", "-pk")
        .first()
    )
    provider = enrolment.organisation if enrolment else (said.sampled.provider if said.sampled else None)
    for question, answer in rows.items():
        if not answer:
            continue
        values = {
            "question": question, "answer": answer, "answered_on": said.held_on,
            "asked": "invited" if said.sampled else "volunteered", "standing": said.standing or None,
            "collected_by": said.organisation.organisation_id if said.organisation else None,
            "independent": said.independent,
        }  # fmt: skip
        record = store.write(
            by, "feedback", values, person=person, enrolment=enrolment, organisation=provider,
            contract=said.round.contract, record_id=f"b-{said.conversation_id}-{question[:20]}",
        )  # fmt: skip
        note(by, "listening.record", record, person=person,
             detail={"record": record.record_id, "conversation": said.conversation_id})  # fmt: skip


def _home(by: Access) -> Organisation | None:
    homes = by.organisations()
    return homes[0] if homes else None


@command
def hear(
    by: Access, *, sampled: Sampled, values: Mapping[str, Any], route: str, held_on: dt.date | None = None
) -> Conversation:
    """Write down what somebody of the sample said, with their consent."""
    by.require("listening.hear")
    held: Sampled = (
        Sampled.objects.select_for_update(of=("self",))
        .select_related("round__contract", "person", "provider")
        .get(pk=sampled.pk)
    )
    if held.listener_id != by.user.pk:
        raise PermissionDenied("listening.hear")
    if not held.is_open:
        raise refuse("what came of this invitation is settled.", "Open its page again.")
    if route not in ROUTES:
        raise refuse("nobody said how it was heard.", "Choose one.", "route")
    supports = supported_by(by.partnership, [held.person_id]).get(held.person_id, set())
    independent = not organisations_of(by.partnership, by.user) & supports
    if held.round.independent_only and not independent:
        raise refuse(
            "you work for an organisation that supports this person, and the round is heard independently.",
            "Ask whoever runs it to give the invitation to somebody else.",
        )
    made = _keep(
        by, held.round, values, sampled=held, person=held.person, route=route, held_on=held_on,
        organisation=_home(by), listener=by.user, independent=independent,
    )  # fmt: skip
    note(
        by, "listening.hear", made, person=held.person,
        detail={"invitation": held.sampled_id, "conversation": made.conversation_id, "route": route,
                "independent": independent},
    )  # fmt: skip
    return made


@command
def hear_volunteer(
    by: Access, *, listening: Round, values: Mapping[str, Any], route: str, standing: str = "",
    held_on: dt.date | None = None,
) -> Conversation:  # fmt: skip
    """Write down what somebody said who came forward by themselves, without their name.

    It counts for themes and not for figures: it stands for nobody but whoever said it.
    """
    by.require("listening.hear")
    if route not in ROUTES or (standing and standing not in STAGES):
        raise refuse("nobody said how it was heard.", "Choose one.", "route")
    made = _keep(
        by, listening, {**values, "may_record": False}, sampled=None, person=None, route=route, standing=standing,
        held_on=held_on, organisation=_home(by), listener=by.user, independent=_home(by) is None,
    )  # fmt: skip
    note(by, "listening.hear_volunteer", made, detail={"conversation": made.conversation_id, "route": route})
    return made


@command
def speak(
    by: Access, *, listening: Round, values: Mapping[str, Any], sampled: Sampled | None = None
) -> Conversation:
    """Answer on one's own page, invited or not."""
    by.require("listening.speak")
    person = Person.objects.filter(pk__in=by.person_ids(), erased_at=None).first()
    if person is None or (sampled is not None and sampled.person_id != person.pk):
        raise PermissionDenied("listening.speak")
    held = None
    if sampled is not None:
        held = (
            Sampled.objects.select_for_update(of=("self",))
            .select_related("round__contract", "provider")
            .get(pk=sampled.pk)
        )
        if not held.is_open:
            raise refuse("you have answered this already.", "Thank you.")
    elif Conversation.objects.filter(round=listening, person=person, withdrawn_at=None).exists():
        raise refuse("you have told us your view in this round already.", "Thank you.")
    made = _keep(by, listening, values, sampled=held, person=person, route="link", independent=True)
    note(
        by, "listening.speak", made, person=person,
        detail={"conversation": made.conversation_id, "invited": held is not None},
    )  # fmt: skip
    return made


def by_token(token: str) -> Sampled | None:
    """Return the invitation that a link opens, of whichever partnership; None when it opens nothing."""
    rows = Sampled.objects.with_scopes_disabled()  # type: ignore[attr-defined]
    found: Sampled | None = (
        rows.select_related("partnership", "round__contract", "person", "provider")
        .filter(digest=digest_of(token), expires_at__gt=now(), person__erased_at=None)
        .first()
    )
    return found


def _nobody(partnership: Any) -> Access:
    """Return the seat of whoever opens a link: none. The link is the permission."""
    return Access(None, partnership, ())  # type: ignore[arg-type]


def answer_by_link(token: str, values: Mapping[str, Any]) -> Conversation:
    """Keep what somebody answers through their link, once.

    Not a command, since whoever has the link has no seat: holding it is the permission.
    """
    found = by_token(token)
    if found is None:
        raise refuse("this link does not work any more.", "Ask whoever gave it to you for another.")
    with transaction.atomic(), scope(partnership=found.partnership), writing("listening.answer_by_link"):
        # Locked, so that the same link sent twice at one moment answers once.
        held: Sampled = (
            Sampled.objects.select_for_update(of=("self",))
            .select_related("round__contract", "person", "provider")
            .get(pk=found.pk)
        )
        if not held.is_open:
            raise refuse("this link has been used.", "Thank you: your answer is here.")
        by = _nobody(found.partnership)
        made = _keep(by, held.round, values, sampled=held, person=held.person, route="link", independent=True)
        note(
            by, "listening.answer_by_link", made, person=held.person,
            detail={"invitation": held.sampled_id, "conversation": made.conversation_id},
        )  # fmt: skip
    return made


def decline_by_link(token: str, *, never_again: bool) -> None:
    """Note that somebody says no through their link; they may also ask never to be asked again."""
    found = by_token(token)
    if found is None or not found.is_open:
        raise refuse("this link does not work any more.", "There is nothing you have to do.")
    with transaction.atomic(), scope(partnership=found.partnership), writing("listening.decline_by_link"):
        held: Sampled = (
            Sampled.objects.select_for_update(of=("self",)).select_related("person").get(pk=found.pk)
        )
        by = _nobody(found.partnership)
        held.state, held.settled_on, held.digest, held.expires_at = "declined", today(), "", None
        held.save()
        if never_again:
            refuse_contact(by, held.person)
        note(
            by, "listening.decline_by_link", held, person=held.person,
            detail={"invitation": held.sampled_id, "never_again": never_again},
        )  # fmt: skip


def read_by_link(token: str) -> Conversation:
    """Note that somebody has read, through their link, what came of what they said."""
    found = by_token(token)
    said = (
        Conversation.of(found.partnership).filter(sampled=found, withdrawn_at=None).first() if found else None
    )
    if found is None or said is None:
        raise refuse("this link does not work any more.", "There is nothing you have to do.")
    with transaction.atomic(), scope(partnership=found.partnership), writing("listening.read_by_link"):
        held: Conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=said.pk)
        if held.told_on is None:
            held.told_on, held.told_how = today(), "link"
            held.save()
            note(
                _nobody(found.partnership), "listening.read_by_link", held, person=found.person,
                detail={"conversation": held.conversation_id},
            )  # fmt: skip
    return held


@command
def correct(by: Access, *, said: Conversation, values: Mapping[str, Any], expected: int) -> Conversation:
    """Correct a note that one has written oneself, until somebody has coded it."""
    by.require("listening.hear")
    held: Conversation = (
        Conversation.objects.select_for_update(of=("self",)).select_related("round").get(pk=said.pk)
    )
    if held.listener_id != by.user.pk:
        raise PermissionDenied("listening.hear")
    if held.revision != expected:
        raise refuse("this note was changed after you opened it.", "Open it again.")
    if Coding.objects.filter(conversation=held).exists():
        raise refuse(
            "somebody has coded this note already.", "Ask them to code it again after you told them."
        )
    answers = _checked({**values, "may_record": held.may_record})
    changed = sorted(name for name, value in answers.items() if getattr(held, name) != value)
    for name in changed:
        setattr(held, name, answers[name])
    held.revision += 1
    held.save()
    if held.may_record and held.person is not None:
        _record(by, held)
    note(
        by, "listening.correct", held, person=held.person,
        detail={"conversation": held.conversation_id, "changed": changed},
    )  # fmt: skip
    return held


@command
def take_back(by: Access, *, said: Conversation) -> Conversation:
    """Take back what was said, at the person's wish: the words, the quotes and the themes go; that they spoke stays."""
    held: Conversation = (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("sampled", "person", "round")
        .get(pk=said.pk)
    )
    if held.person_id is not None and held.person_id in by.person_ids():
        by.require("listening.speak")
    else:
        by.require("listening.hear")
        if held.listener_id != by.user.pk and not by.may("listening.run"):
            raise PermissionDenied("listening.hear")
    if held.withdrawn_at is not None:
        raise refuse("this was taken back already.")
    blank(held)
    held.withdrawn_at = now()
    held.revision += 1
    held.save()
    if held.sampled is not None:
        held.sampled.state = "declined"
        held.sampled.save()
    if held.may_record:
        for question in (held.round.question or HELPED, NEXT):
            record_id = f"b-{held.conversation_id}-{question[:20]}"
            kept = store.latest(by.partnership, "feedback", record_id)
            if kept is not None and not kept.withdrawn:
                store.write(by, "feedback", kept.values, record_id=record_id, withdrawn=True)
    note(by, "listening.take_back", held, person=held.person, detail={"conversation": held.conversation_id})
    return held


def blank(said: Conversation) -> None:
    """Blank what somebody said, inside a command, and take it out of themes and quotes."""
    for name in SAID:
        setattr(said, name, "")
    said.helped, said.score, said.may_quote = "", None, False
    Said.objects.filter(conversation=said).delete()
    Coding.objects.filter(conversation=said).delete()
    Quote.objects.filter(conversation=said).update(words="", withdrawn_at=now())
