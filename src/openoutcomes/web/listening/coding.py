"""The code book, and notes coded by two people who do not see each other's codes until both are done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.listening.models import Coding, Conversation, Quote, Round, Said, Settled, Theme
from openoutcomes.web.listening.queries import CODERS


def new_theme(by: Access, listening: Round, title: str, meaning: str) -> Theme:
    """Write a theme into a round's code book, inside a command."""
    made: Theme = Theme.objects.create(
        partnership=by.partnership, round=listening, title=title, meaning=meaning, added_by=by.user, added_at=now(),
        due_on=today() + dt.timedelta(weeks=listening.weeks),
    )  # fmt: skip
    return made


def _named(listening: Round, title: str, theme: Theme | None = None) -> str:
    title = " ".join(title.split())
    if not title:
        raise refuse("the theme has no name.", "Give it one, in people's own words where you can.", "title")
    same = Theme.objects.filter(round=listening, title__iexact=title, retired_at=None)
    if theme is not None:
        same = same.exclude(pk=theme.pk)
    if same.exists():
        raise refuse("this round has a theme of that name already.", "Give it another.", "title")
    return title


@command
def add_theme(by: Access, *, listening: Round, title: str, meaning: str = "") -> Theme:
    """Add a theme to a round's code book; it waits for an answer from now on."""
    by.require("listening.code")
    if listening.state == "closed":
        raise refuse("this round is closed.", "Open it again first.")
    made = new_theme(by, listening, _named(listening, title), meaning.strip())
    note(by, "listening.add_theme", made, detail={"theme": made.theme_id, "round": listening.round_id})
    return made


def _locked(theme: Theme) -> Theme:
    found: Theme = Theme.objects.select_for_update(of=("self",)).select_related("round").get(pk=theme.pk)
    return found


@command
def change_theme(by: Access, *, theme: Theme, title: str, meaning: str, expected: int) -> Theme:
    """Change what a theme is called and when a note has it."""
    by.require("listening.code")
    held = _locked(theme)
    if held.revision != expected:
        raise refuse("somebody changed this theme after you opened it.", "Open it again.")
    held.title, held.meaning = _named(held.round, title, held), meaning.strip()
    held.revision += 1
    held.save()
    note(by, "listening.change_theme", held, detail={"theme": held.theme_id})
    return held


@command
def retire_theme(by: Access, *, theme: Theme, why: str, into: Theme | None = None) -> Theme:
    """Take a theme out of the code book. What people said of it goes to another theme, so that it is not lost."""
    by.require("listening.code")
    held = _locked(theme)
    if held.retired_at is not None:
        raise refuse("this theme was taken out already.", "Open the code book again.")
    if not why.strip():
        raise refuse("no reason was given.", "Write why.", "why")
    rows = Said.objects.filter(theme=held)
    if into is None and rows.exists():
        raise refuse(
            "people said this, so it cannot simply go.",
            "Choose the theme that it belongs to: nothing heard is left without an answer.",
            "into",
        )
    if into is not None and (into.round_id != held.round_id or into.retired_at or into.pk == held.pk):
        raise refuse("that is no other theme of this round.", "Choose one from the list.", "into")
    if into is not None:
        there = Said.objects.filter(theme=into).values("conversation")
        rows.filter(conversation__in=list(there.values_list("conversation", flat=True))).delete()
        rows.update(theme=into)
        Quote.objects.filter(theme=held).update(theme=into)
    held.retired_at, held.retired_why = now(), why.strip()
    held.revision += 1
    held.save()
    note(
        by, "listening.retire_theme", held,
        detail={"theme": held.theme_id, "into": into.theme_id if into else ""},
    )  # fmt: skip
    return held


def _book(listening: Round) -> dict[str, Theme]:
    return {one.theme_id: one for one in Theme.objects.filter(round=listening, retired_at=None)}


@command
def code(by: Access, *, said: Conversation, themes: Sequence[str]) -> Conversation:
    """Code a note: which themes it has; none is an answer too.

    Two people do so, neither seeing the other's codes first. Where they agree it holds; else it is settled.
    """
    by.require("listening.code")
    held: Conversation = (
        Conversation.objects.select_for_update(of=("self",)).select_related("round").get(pk=said.pk)
    )
    if held.withdrawn_at is not None:
        raise refuse("the person took back what they said.", "Code another note.")
    if held.round.state != "drawn":
        raise refuse("this round is not open.", "Open its page again.")
    book = _book(held.round)
    if not book:
        raise refuse("the code book is empty.", "Add a theme first.", "themes")
    chosen = sorted(set(themes))
    if any(one not in book for one in chosen):
        raise refuse("a theme was taken out of the code book meanwhile.", "Open the note again.", "themes")
    codings = list(Coding.objects.filter(conversation=held))
    mine = next((one for one in codings if one.coder_id == by.user.pk), None)
    if len(codings) == CODERS:
        raise refuse(
            "two people have coded this note already.", "Code another, or settle what they disagree on."
        )
    if mine is None:
        mine = Coding(partnership=by.partnership, conversation=held, coder=by.user)
        codings.append(mine)
    mine.themes, mine.at = chosen, now()
    mine.save()
    if len(codings) == CODERS and codings[0].themes == codings[1].themes:
        _hold(by, held, dict.fromkeys(chosen, True), book)
    note(
        by, "listening.code", held,
        detail={"conversation": held.conversation_id, "themes": len(chosen), "coders": len(codings)},
    )  # fmt: skip
    return held


def _hold(by: Access, held: Conversation, themes: Mapping[str, bool], book: Mapping[str, Theme]) -> None:
    Said.objects.bulk_create(
        [
            Said(partnership=by.partnership, conversation=held, theme=book[one])
            for one, has_it in sorted(themes.items())
            if has_it and one in book
        ]
    )
    held.coded_at = now()
    held.save()


def disputed(said: Conversation) -> tuple[list[str], list[str]]:
    """Return the themes that both coders gave, and those that one gave and the other did not."""
    first, second = (
        set(one.themes) for one in Coding.of(said.partnership).filter(conversation=said)[:CODERS]
    )
    return sorted(first & second), sorted(first ^ second)


@command
def settle(by: Access, *, said: Conversation, decided: Mapping[str, bool], why: str) -> Conversation:
    """Settle what two coders disagree on, theme by theme, with why."""
    by.require("listening.code")
    held: Conversation = (
        Conversation.objects.select_for_update(of=("self",)).select_related("round").get(pk=said.pk)
    )
    if held.coded_at is not None or held.withdrawn_at is not None:
        raise refuse("there is nothing to settle any more.", "Open the list again.")
    if Coding.objects.filter(conversation=held).count() < CODERS:
        raise refuse("two people have not coded this note yet.", "Wait for the other.")
    if not why.strip():
        raise refuse("no reason was given.", "Write why, so that the next note is coded alike.", "why")
    both, apart = disputed(held)
    book = _book(held.round)
    wanted = [one for one in apart if one in book]
    if missing := [one for one in wanted if one not in decided]:
        raise refuse(f"“{book[missing[0]].title}” was not decided.", "Choose yes or no.", missing[0])
    for one in wanted:
        Settled.objects.create(
            partnership=by.partnership, conversation=held, theme=book[one], has_it=decided[one],
            why=why.strip(), by=by.user, at=now(),
        )  # fmt: skip
    _hold(by, held, {**dict.fromkeys(both, True), **{one: decided[one] for one in wanted}}, book)
    note(
        by, "listening.settle_codes", held,
        detail={"conversation": held.conversation_id, "themes": len(wanted)},
    )  # fmt: skip
    return held


@command
def code_again(by: Access, *, said: Conversation, why: str) -> Conversation:
    """Have a note coded again by two people, for instance when the code book has changed."""
    by.require("listening.code")
    held: Conversation = (
        Conversation.objects.select_for_update(of=("self",)).select_related("round").get(pk=said.pk)
    )
    if held.round.state != "drawn":
        raise refuse("this round is not open.", "Open its page again.")
    if not why.strip():
        raise refuse("no reason was given.", "Write why.", "why")
    codings = Coding.objects.filter(conversation=held)
    before = {str(one.coder_id): one.themes for one in codings}
    if not before:
        raise refuse("nobody has coded this note yet.", "Code it first.")
    codings.delete()
    Said.objects.filter(conversation=held).delete()
    held.coded_at = None
    held.save()
    note(by, "listening.code_again", held, detail={"conversation": held.conversation_id, "before": before})
    return held


@command
def add_quote(by: Access, *, said: Conversation, theme: Theme, words: str) -> Quote:
    """Show a sentence with a theme, in the words of somebody who allowed it."""
    by.require("listening.code")
    if not said.may_quote or said.withdrawn_at is not None:
        raise refuse("this person did not allow that their words are shown.", "Use another's.", "words")
    if not words.strip():
        raise refuse("nothing was written.", "Write the sentence.", "words")
    if not Said.objects.filter(conversation=said, theme=theme).exists():
        raise refuse("this note does not have that theme.", "Choose one that it has.", "theme")
    made: Quote = Quote.objects.create(
        partnership=by.partnership, theme=theme, conversation=said, words=words.strip(), by=by.user, at=now()
    )
    note(
        by, "listening.add_quote", made, person=said.person,
        detail={"theme": theme.theme_id, "conversation": said.conversation_id},
    )  # fmt: skip
    return made


@command
def take_quote_away(by: Access, *, quote: Quote) -> Quote:
    """Take a quote away from a theme."""
    by.require("listening.code")
    held: Quote = Quote.objects.select_for_update(of=("self",)).get(pk=quote.pk)
    if held.withdrawn_at is not None:
        raise refuse("this quote was taken away already.", "Open the theme again.")
    held.withdrawn_at = now()
    held.save()
    note(by, "listening.take_quote_away", held, detail={"theme": held.theme.theme_id})
    return held
