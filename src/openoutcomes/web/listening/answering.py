"""You said, we did: answers to themes, and taking them back to those who said it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.listening.models import Conversation, Theme, ThemeAnswer
from openoutcomes.web.listening.queries import may_answer, to_tell
from openoutcomes.web.listening.words import KINDS
from openoutcomes.web.ties import commands as ties
from openoutcomes.web.ties.kinds import Thing


@command
def ask_of(by: Access, *, theme: Theme, organisation: Any, due_on: dt.date) -> Theme:
    """Ask an organisation to answer a theme by a day; without one, the coordinator answers."""
    by.require("listening.run")
    held: Theme = Theme.objects.select_for_update(of=("self",)).get(pk=theme.pk)
    if held.answered:
        raise refuse("this theme has its answer.", "Change the answer instead.")
    if due_on < today():
        raise refuse("the day is in the past.", "Choose today or a later day.", "due_on")
    held.asked_of, held.due_on = organisation, due_on
    held.revision += 1
    held.save()
    note(
        by, "listening.ask_of", held, organisation=organisation,
        detail={"theme": held.theme_id, "due": due_on.isoformat()},
    )  # fmt: skip
    return held


@command
def answer(
    by: Access,
    *,
    theme: Theme,
    kind: str,
    words: str,
    on: dt.date | None = None,
    rests_on: Thing | None = None,
) -> ThemeAnswer:
    """Answer a theme: what was done, or why it cannot be. A later answer replaces this one, and both stay.

    ``rests_on`` is the change, test of change, barrier or other thing that the answer is about; it is tied
    to the theme. Those who were told an answer that is replaced are to be told again.
    """
    held: Theme = Theme.objects.select_for_update(of=("self",)).select_related("round").get(pk=theme.pk)
    by.require("listening.answer", held.asked_of_id or 0)
    if not may_answer(by, held):
        raise PermissionDenied("listening.answer")
    if held.retired_at is not None:
        raise refuse("this theme is out of the code book.", "Answer the one it went into.")
    if kind not in KINDS:
        raise refuse("nobody said whether something was done.", "Choose one.", "kind")
    if not words.strip():
        raise refuse("nothing was written.", "Say it to those who said so, in plain words.", "words")
    on = on or today()
    if on > today():
        raise refuse("the day is still to come.", "Answer when it is done; or say why it cannot be.", "on")
    homes = by.organisations()
    number = ThemeAnswer.objects.filter(theme=held).count() + 1
    made: ThemeAnswer = ThemeAnswer.objects.create(
        partnership=by.partnership, theme=held, number=number, kind=kind, words=words.strip(), on=on, by=by.user,
        organisation=homes[0] if homes else None, at=now(),
    )  # fmt: skip
    held.answered, held.answered_on = kind, on
    held.revision += 1
    held.save()
    told = (
        Conversation.objects.filter(themes__theme=held).exclude(told_on=None).exclude(told_how="not_possible")
    )
    again = Conversation.objects.filter(pk__in=list(told.values_list("pk", flat=True)))
    untold = again.update(told_on=None, told_how="", told_by=None)
    detail = {"theme": held.theme_id, "number": number, "kind": kind, "to_tell_again": untold}
    if rests_on is not None:
        ties.tie(by, one=Thing("theme", held.theme_id, held.title, ""), other=rests_on)
        detail["rests_on"] = f"{rests_on.kind}:{rests_on.key}"
    note(by, "listening.answer", made, detail=detail)
    return made


@command
def tell(
    by: Access, *, said: Conversation, how: str, on: dt.date | None = None, why: str = ""
) -> Conversation:
    """Note that somebody was told what came of what they said; or why they cannot be."""
    by.require("listening.hear")
    held: Conversation = (
        Conversation.objects.select_for_update(of=("self",)).select_related("person").get(pk=said.pk)
    )
    if held.listener_id != by.user.pk and not by.may("listening.run"):
        raise PermissionDenied("listening.hear")
    if how not in ("phone", "in_person", "paper", "not_possible"):
        raise refuse("nobody said how they were told.", "Choose one.", "how")
    if how == "not_possible" and not why.strip():
        raise refuse("no reason was given.", "Write why they cannot be told.", "why")
    if held.told_on is not None:
        raise refuse("they have been told already.", "Open the list again.")
    if how != "not_possible" and not to_tell(by.partnership).filter(pk=held.pk).exists():
        raise refuse(
            "not all that they said has its answer yet.", "Wait for the answers, then tell them all at once."
        )
    on = on or today()
    if on > today():
        raise refuse("the day is still to come.", "Note it when they have been told.", "on")
    held.told_on, held.told_how, held.told_by, held.told_why = on, how, by.user, why.strip()
    held.save()
    note(
        by, "listening.tell", held, person=held.person,
        detail={"conversation": held.conversation_id, "how": how, "on": on.isoformat()},
    )  # fmt: skip
    return held


@command
def read_it(by: Access, *, said: Conversation) -> Conversation:
    """Note that the person whose account it is has read what came of what they said."""
    by.require("listening.speak")
    held: Conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=said.pk)
    if held.person_id not in by.person_ids():
        raise PermissionDenied("listening.speak")
    if held.told_on is None:
        held.told_on, held.told_how = today(), "page"
        held.save()
    note(by, "listening.read_it", held, person=held.person, detail={"conversation": held.conversation_id})
    return held
