"""Pages of themes: what people said and what was done, the code book, coding by two, quotes and answers."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.audit.models import viewed
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page
from openoutcomes.web.listening import answering, coding, commands, queries
from openoutcomes.web.listening.coverage import agreed, how_many
from openoutcomes.web.listening.forms import (
    AnswerForm,
    AskOfForm,
    CodeForm,
    CopyBookForm,
    QuoteForm,
    RetireForm,
    SettleForm,
    ThemeFilter,
    ThemeForm,
    WhyForm,
)
from openoutcomes.web.listening.models import Coding, Conversation, Quote, Said, Settled, Theme, ThemeAnswer
from openoutcomes.web.listening.showing import confirm_page, form_page, places, theme_tag, weeks_ago
from openoutcomes.web.listening.words import KINDS
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.sharing.forms import sent
from openoutcomes.web.ties.kinds import KINDS as TIED
from openoutcomes.web.ties.kinds import Thing, thing_or_404, things_of

#: What an answer may rest on, most fitting first.
_RESTS_ON = ("change", "trial", "barrier", "commitment", "case")


@page("listening.view")
def themes(request: Any) -> HttpResponse:
    """List what people said, and what was done about it."""
    access = request.access
    rounds = queries.rounds_for(access).exclude(state="planned")
    filters = ThemeFilter(request.GET, rounds=rounds)
    filters.is_valid()
    asked = filters.cleaned_data
    rows = queries.themes_for(access)
    show = asked.get("show")
    if show in KINDS:
        rows = rows.filter(answered=show)
    elif show in ("waiting", "late"):
        rows = rows.filter(answered="")
        rows = rows.filter(due_on__lt=today()) if show == "late" else rows
    if asked.get("round"):
        rows = rows.filter(round__round_id=asked["round"])
    answers: dict[int, ThemeAnswer] = {}

    def answer(row: Theme) -> str:
        found = answers.get(row.pk)
        return found.words if found else ""

    columns = [
        Column("What people said", lambda row: Cell(row.title, at(request, "theme", theme_id=row.theme_id)), sort="title"),
        Column("What came of it", theme_tag, sort="answered"),
        Column("In words", lambda row: _short(answer(row)), plain=answer),
        Column("Who answers", lambda row: str(row.asked_of or "The partnership"), sort="asked_of__name"),
        Column("Heard", weeks_ago, sort="added_at", plain=lambda row: row.added_at.date()),
        Column("Round", lambda row: row.round.title, sort="round__title"),
    ]  # fmt: skip
    if wants_csv(request):
        found = list(rows.order_by("due_on"))
        answers.update(queries.latest_answers(access.partnership, found))
        return as_csv(found, columns, "themes")
    # The words of the answers are looked up for one page of rows, whichever it turns out to be.
    answers.update(queries.latest_answers(access.partnership, rows.exclude(answered="")[:500]))
    return render(
        request, "listening/themes.html",
        {
            "title": "What people said, and what was done", "places": places(request),
            "lead": "Everything heard ends in something done, or in the reason why not.",
            "listing": listing(
                request, rows, columns, caption="Themes", one="theme", sort="-added_at", filters=filters,
                empty="Nothing is written here yet. Themes come from what people say when they are asked.",
            ),
        },
    )  # fmt: skip


def _short(text: str, most: int = 180) -> str:
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


@page("listening.view")
def theme(request: Any, theme_id: str) -> HttpResponse:
    """Show a theme: how many said it, in whose words, and what was done."""
    access = request.access
    row = queries.theme_or_404(access, theme_id)
    answers = list(ThemeAnswer.of(row.partnership).filter(theme=row).select_related("by", "organisation"))
    mine = access.person_ids() and (
        Said.of(row.partnership).filter(theme=row, conversation__person__in=access.person_ids()).exists()
    )
    return render(
        request, "listening/theme.html",
        {
            "theme": row, "tag": theme_tag(row), "answer": answers[0] if answers else None, "earlier": answers[1:],
            "how_many": how_many(row.round, [row])[row.pk], "mine": bool(mine),
            "quotes": Quote.of(row.partnership).filter(theme=row, withdrawn_at=None).order_by("at"),
            "may_answer": queries.may_answer(access, row) and row.retired_at is None,
            "may_code": access.may("listening.code"), "may_run": access.may("listening.run"),
            "back": at(request, "themes"), "heard": weeks_ago(row), "is_late": row.is_late,
        },
    )  # fmt: skip


@page("listening.code")
def code_book(request: Any, round_id: str) -> HttpResponse:
    """Show a round's code book, how far two coders agree, and what they have to settle."""
    access = request.access
    row = queries.round_or_404(access, round_id)
    if row.state == "planned":
        return redirect(at(request, "round", round_id=round_id))
    found = agreed(row)
    book = list(
        Theme.of(row.partnership)
        .filter(round=row, retired_at=None)
        .annotate(times=Count("said"))
        .order_by("title")
    )
    settled = (
        Settled.of(row.partnership)
        .filter(conversation__round=row)
        .select_related("theme", "by", "conversation")
        .order_by("-at", "-pk")[:20]
    )
    notes = Conversation.of(row.partnership).filter(round=row, withdrawn_at=None)
    return render(
        request, "listening/code_book.html",
        {
            "round": row, "book": found, "themes": [(one, theme_tag(one)) for one in book], "settled": settled,
            "to_settle": queries.to_settle(access).filter(round=row).order_by("pk"),
            "to_code": queries.to_code(access).filter(round=row).count(),
            "notes": notes.filter(coded_at__isnull=False).order_by("pk")[:200],
            "rows": _agreement_rows(found), "back": at(request, "round", round_id=round_id),
            "others": queries.rounds_for(access).exclude(pk=row.pk).exclude(state="planned").exists(),
            "is_open": row.state == "drawn",
        },
    )  # fmt: skip


def _agreement_rows(found: Any) -> list[dict[str, str]]:
    """Return agreement by theme, in words for a table."""
    if found.agreement is None:
        return []
    rows = []
    for one in found.agreement.themes:
        kappas = [each.value for each in one.kappas.values() if each.value is not None]
        rows.append(
            {
                "theme": one.subject,
                "agree": "" if one.percent is None else f"{one.percent:.0%}",
                "kappa": ", ".join(f"{value:.2f}" for value in kappas),
                "alpha": "" if one.alpha is None else f"{one.alpha:.2f}",
                "ac1": "" if one.ac1 is None else f"{one.ac1:.2f}",
                "cautions": " ".join(one.cautions),
            }
        )
    return rows


@page("listening.code")
def theme_add(request: Any, round_id: str) -> HttpResponse:
    """Add a theme to a round's code book."""
    access = request.access
    row = queries.round_or_404(access, round_id)
    form = ThemeForm(sent(request))
    return form_page(
        request, form,
        lambda: coding.add_theme(
            access, listening=row, title=form.cleaned_data["title"], meaning=form.cleaned_data["meaning"],
            once=form.key(),
        ),
        title="Add a theme", caption=row.title, then=at(request, "code_book", round_id=round_id),
        told=f"The theme is in the code book. It waits for an answer for {row.weeks} weeks, then it is late.",
    )  # fmt: skip


@page("listening.code")
def theme_change(request: Any, theme_id: str) -> HttpResponse:
    """Change what a theme is called and when a note has it."""
    access = request.access
    row = queries.theme_or_404(access, theme_id)
    form = ThemeForm(
        sent(request), initial={"title": row.title, "meaning": row.meaning, "revision": row.revision}
    )
    return form_page(
        request, form,
        lambda: coding.change_theme(
            access, theme=row, title=form.cleaned_data["title"], meaning=form.cleaned_data["meaning"],
            expected=form.cleaned_data["revision"] or 0, once=form.key(),
        ),
        title="Change the theme", caption=row.title, then=at(request, "theme", theme_id=theme_id),
        told="The theme was changed.",
    )  # fmt: skip


@page("listening.code")
def theme_retire(request: Any, theme_id: str) -> HttpResponse:
    """Take a theme out of the code book."""
    access = request.access
    row = queries.theme_or_404(access, theme_id)
    others = Theme.of(row.partnership).filter(round=row.round, retired_at=None).exclude(pk=row.pk)
    form = RetireForm(sent(request), themes=others)
    by_id = {one.theme_id: one for one in others}
    return form_page(
        request, form,
        lambda: coding.retire_theme(
            access, theme=row, why=form.cleaned_data["why"], into=by_id.get(form.cleaned_data["into"]), once=form.key()
        ),
        title="Take the theme out of the code book", caption=row.title,
        then=at(request, "code_book", round_id=row.round.round_id), back=at(request, "theme", theme_id=theme_id),
        told="The theme was taken out.", button="Take it out",
    )  # fmt: skip


@page("listening.code")
def book_copy(request: Any, round_id: str) -> HttpResponse:
    """Take over the code book of an earlier round."""
    access = request.access
    row = queries.round_or_404(access, round_id)
    others = list(queries.rounds_for(access).exclude(pk=row.pk).exclude(state="planned"))
    by_id = {one.round_id: one for one in others}
    form = CopyBookForm(sent(request), rounds=others)
    return form_page(
        request, form,
        lambda: commands.copy_code_book(
            access, listening=row, source=by_id[form.cleaned_data["source"]], once=form.key()
        ),
        title="Take over a code book", caption=row.title, then=at(request, "code_book", round_id=round_id),
        told="The themes were taken over. Take out those that nobody says any more.", button="Take over",
    )  # fmt: skip


@page("listening.code")
def to_code(request: Any) -> HttpResponse:
    """Open the next note that waits for this coder; or say that there is none."""
    following = queries.to_code(request.access).first()
    if following is None:
        return render(request, "listening/nothing_to_code.html", {"places": places(request)})
    return redirect(at(request, "note_code", conversation_id=following.conversation_id))


def _note(request: Any, conversation_id: str) -> Conversation:
    return queries.conversation_or_404(request.access, conversation_id)


@page("listening.code")
def note_code(request: Any, conversation_id: str) -> HttpResponse:
    """Code a note: the words, and the themes to tick. Nobody else's codes are here."""
    access = request.access
    row = _note(request, conversation_id)
    viewed(access, "listening.note_code", row, person=row.person)
    book = list(Theme.of(row.partnership).filter(round=row.round, retired_at=None).order_by("title"))
    mine = Coding.of(row.partnership).filter(conversation=row, coder=access.user).first()
    form = CodeForm(sent(request), themes=book, initial={"themes": mine.themes if mine else []})
    return form_page(
        request, form,
        lambda: coding.code(access, said=row, themes=form.cleaned_data["themes"], once=form.key()),
        title=f"Code: {row.short}", caption=row.round.title, then=at(request, "to_code"), told="Coded. Here is the next.",
        back=at(request, "code_book", round_id=row.round.round_id), template="listening/code.html", said=row,
        add=at(request, "theme_add", round_id=row.round.round_id), button="Keep and go on", is_empty=not book,
        left=queries.to_code(access).count(),
    )  # fmt: skip


@page("listening.code")
def note_settle(request: Any, conversation_id: str) -> HttpResponse:
    """Settle what two coders disagree on about a note."""
    access = request.access
    row = _note(request, conversation_id)
    coders = list(Coding.of(row.partnership).filter(conversation=row).select_related("coder").order_by("pk"))
    if len(coders) < queries.CODERS or row.coded_at is not None:
        return redirect(at(request, "code_book", round_id=row.round.round_id))
    viewed(access, "listening.note_settle", row, person=row.person)
    both, apart = coding.disputed(row)
    book = {one.theme_id: one for one in Theme.of(row.partnership).filter(round=row.round, retired_at=None)}
    rows = []
    for key in apart:
        if key in book:
            given, other = coders if key in coders[0].themes else coders[::-1]
            rows.append((book[key], str(given.coder), str(other.coder)))
    form = SettleForm(sent(request), disputed=rows)
    return form_page(
        request, form,
        lambda: coding.settle(
            access, said=row, decided=form.decided(), why=form.cleaned_data["why"], once=form.key()
        ),
        title=f"Settle: {row.short}", caption=row.round.title, then=at(request, "code_book", round_id=row.round.round_id),
        told="It is settled.", template="listening/code.html", said=row, both=[book[one] for one in both if one in book],
        button="Settle",
    )  # fmt: skip


@page("listening.code")
def note_again(request: Any, conversation_id: str) -> HttpResponse:
    """Have a note coded again."""
    access = request.access
    row = _note(request, conversation_id)
    form = WhyForm(sent(request))
    return form_page(
        request, form,
        lambda: coding.code_again(access, said=row, why=form.cleaned_data["why"], once=form.key()),
        title="Code this note again?", caption=row.short, then=at(request, "code_book", round_id=row.round.round_id),
        told="Two people code it again.", button="Code again",
        lead="Both codings go, and two people read it afresh. Do so when the code book has changed.",
    )  # fmt: skip


@page("listening.code")
def quote_add(request: Any, conversation_id: str) -> HttpResponse:
    """Show a sentence of a note with a theme."""
    access = request.access
    row = _note(request, conversation_id)
    if not row.may_quote:
        raise Http404("They did not allow that their words are shown")
    viewed(access, "listening.quote_add", row, person=row.person)
    book = {
        said.theme.theme_id: said.theme
        for said in Said.of(row.partnership).filter(conversation=row).select_related("theme")
    }
    form = QuoteForm(sent(request), themes=book.values())
    return form_page(
        request, form,
        lambda: coding.add_quote(
            access, said=row, theme=book[form.cleaned_data["theme"]], words=form.cleaned_data["words"], once=form.key()
        ),
        title="Show their words", caption=row.short, then=at(request, "note", conversation_id=conversation_id),
        told="The words are shown with the theme.", template="listening/code.html", said=row, button="Show",
    )  # fmt: skip


@page("listening.code")
def quote_away(request: Any, theme_id: str, number: int) -> HttpResponse:
    """Take a quote away from a theme."""
    row = queries.theme_or_404(request.access, theme_id)
    quote = Quote.of(row.partnership).filter(theme=row, pk=number, withdrawn_at=None).first()
    if quote is None:
        raise Http404("No such quote")
    return confirm_page(
        request, lambda key: coding.take_quote_away(request.access, quote=quote, once=key),
        title="Take these words away?", caption=row.title, says=[f"“{quote.words}”", "They are no longer shown."],
        then=at(request, "theme", theme_id=theme_id), told="The words are no longer shown.", button="Take away",
    )  # fmt: skip


@page("listening.run")
def theme_ask(request: Any, theme_id: str) -> HttpResponse:
    """Ask an organisation to answer a theme."""
    access = request.access
    row = queries.theme_or_404(access, theme_id)
    organisations = list(Organisation.of(access.partnership).filter(is_active=True))
    by_id = {one.organisation_id: one for one in organisations}
    form = AskOfForm(
        sent(request), organisations=organisations,
        initial={"organisation": row.asked_of.organisation_id if row.asked_of else "", "due_on": row.due_on},
    )  # fmt: skip
    return form_page(
        request, form,
        lambda: answering.ask_of(
            access, theme=row, organisation=by_id.get(form.cleaned_data["organisation"]),
            due_on=form.cleaned_data["due_on"], once=form.key(),
        ),
        title="Who answers this?", caption=row.title, then=at(request, "theme", theme_id=theme_id),
        told="They are asked. It waits on their first page.", button="Ask",
    )  # fmt: skip


@page("listening.answer")
def theme_answer(request: Any, theme_id: str) -> HttpResponse:
    """Answer a theme: you said, we did; or we cannot, because."""
    access = request.access
    row = queries.theme_or_404(access, theme_id)
    if not queries.may_answer(access, row):
        raise Http404("Somebody else answers this theme")
    groups = _things(access)
    form = AnswerForm(sent(request), groups=groups)

    def act() -> Any:
        chosen = form.cleaned_data["rests_on"]
        rests_on: Thing | None = thing_or_404(access, *chosen.split(":", 1)) if chosen else None
        return answering.answer(
            access, theme=row, kind=form.cleaned_data["kind"], words=form.cleaned_data["words"],
            on=form.cleaned_data["on"], rests_on=rests_on, once=form.key(),
        )  # fmt: skip

    return form_page(
        request, form, act, title="Answer those who said this", caption=row.title,
        then=at(request, "theme", theme_id=theme_id), template="listening/answer.html", theme=row,
        earlier=queries.latest_answers(access.partnership, [row]).get(row.pk), button="Answer",
        told="Answered. Those who said it can be told now.",
    )  # fmt: skip


def _things(access: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    groups = []
    for kind in _RESTS_ON:
        found = [(f"{kind}:{one.key}", one.title) for one in things_of(access, kind, None)]
        if found:
            groups.append((TIED[kind][2].capitalize(), found))
    return groups
