"""Pages of listeners: whom they are to hear, each try, the questions, links, and what was said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from openoutcomes.web.audit.models import viewed
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, FilterForm, listing
from openoutcomes.web.core.pages import at, page
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.listening import answering, asking, commands, hearing, queries
from openoutcomes.web.listening.forms import (
    HearForm,
    ResultForm,
    TellForm,
    TryForm,
    VolunteerForm,
    answers_of,
    choose,
)
from openoutcomes.web.listening.models import Coding, Conversation, Sampled, Try
from openoutcomes.web.listening.showing import confirm_page, done, form_page, places, state_tag
from openoutcomes.web.listening.words import LOST, OPEN, PREFERRED, QUESTIONS, ROUTES, STATES
from openoutcomes.web.sharing.forms import ConfirmForm, sent


class _Filter(FilterForm):
    """What the list of people to hear is narrowed by."""

    state = forms.ChoiceField(
        label="Show", choices=[("", "Still to hear"), ("all", "All"), *list(STATES.items())[1:]]
    )


@page("listening.hear")
def to_hear(request: Any) -> HttpResponse:
    """List whom a listener is to hear, without names: each look at a person is one page, and is noted."""
    access = request.access
    filters = _Filter(request.GET)
    filters.is_valid()
    state = filters.cleaned_data.get("state")
    rows = queries.to_hear(access)
    if not state:
        rows = rows.filter(state__in=OPEN, round__state="drawn")
    elif state in STATES:
        rows = rows.filter(state=state)
    columns = [
        Column("Invitation", lambda row: Cell(row.short, at(request, "invitation_one", sampled_id=row.sampled_id))),
        Column("How it stands", state_tag, sort="state"),
        Column("Round", lambda row: row.round.title, sort="round__title"),
        Column("They stand", lambda row: row.get_stage_display(), sort="stage"),
        Column("Supported by", lambda row: row.provider.name, sort="provider__name"),
        Column("Try again", lambda row: Cell(day(row.next_on), tag="red" if row.next_on < today() else "")
               if row.next_on else "", sort="next_on"),
    ]  # fmt: skip
    return render(
        request, "listening/to_hear.html",
        {
            "title": "People to hear", "places": places(request),
            "lead": "Only you see who they are, and each look is noted.",
            "listing": listing(
                request, rows, columns, caption="People to hear", one="person", many="people", sort="next_on",
                filters=filters, export=False, empty="Nobody waits for you to hear them.",
            ),
            "open": queries.rounds_for(access).filter(state="drawn"),
        },
    )  # fmt: skip


def _mine(request: Any, sampled_id: str) -> Sampled:
    return queries.mine_or_404(request.access, sampled_id)


def _back(request: Any, sampled_id: str) -> str:
    return at(request, "invitation_one", sampled_id=sampled_id)


@page("listening.hear")
def invitation(request: Any, sampled_id: str) -> HttpResponse:
    """Show somebody to the listener who hears them: name, how to reach them, and what was tried. The look is noted."""
    row = _mine(request, sampled_id)
    person = row.person
    viewed(request.access, "listening.invitation", row, person=person)
    said = Conversation.of(row.partnership).filter(sampled=row).first()
    return render(
        request, "listening/invitation.html",
        {
            "row": row, "person": person, "tag": state_tag(row), "back": at(request, "to_hear"), "said": said,
            "tries": Try.of(row.partnership).filter(sampled=row).select_related("by"),
            "prefers": person.get_contact_by_display() if person.contact_by else "",
            "route": ROUTES.get(PREFERRED.get(person.contact_by, ""), ""), "is_lost": row.state in LOST,
            "is_open": row.is_open and row.round.state == "drawn",
        },
    )  # fmt: skip


@page("listening.hear")
def try_(request: Any, sampled_id: str) -> HttpResponse:
    """Note one try to reach somebody."""
    row = _mine(request, sampled_id)
    form = TryForm(sent(request), initial={"route": row.route})
    choose(form.fields["what"], [one for one in form.fields["what"].choices if one[0] != "link"])  # type: ignore[attr-defined]
    return form_page(
        request, form,
        lambda: asking.note_try(
            request.access, sampled=row, what=form.cleaned_data["what"], route=form.cleaned_data["route"],
            next_on=form.cleaned_data["next_on"], once=form.key(),
        ),
        title="Note a try", caption=row.short, then=_back(request, sampled_id), told="The try was noted.",
        lead="Leave no message that gives the service away, unless they said that it is safe.",
    )  # fmt: skip


@page("listening.hear")
def result(request: Any, sampled_id: str) -> HttpResponse:
    """Say that somebody will not be heard, and why."""
    row = _mine(request, sampled_id)
    form = ResultForm(sent(request))
    return form_page(
        request, form,
        lambda: asking.settle(
            request.access, sampled=row, result=form.cleaned_data["result"],
            never_again=form.cleaned_data["never_again"], once=form.key(),
        ),
        title="They will not be heard", caption=row.short, then=_back(request, sampled_id),
        told="It was noted. It can be taken back on this page.",
        lead="No is an answer. Nothing changes in the help that they get.",
    )  # fmt: skip


@page("listening.hear")
def undo(request: Any, sampled_id: str) -> HttpResponse:
    """Take back that somebody will not be heard."""
    row = _mine(request, sampled_id)
    return confirm_page(
        request, lambda key: asking.undo_settle(request.access, sampled=row, once=key),
        title="Take this back?", caption=row.short, says=["The invitation is open again."],
        then=_back(request, sampled_id), told="The invitation is open again.", button="Take back",
    )  # fmt: skip


@page("listening.hear")
def link(request: Any, sampled_id: str) -> HttpResponse:
    """Make a link by which somebody answers without signing in; it is shown once."""
    row = _mine(request, sampled_id)
    form = ConfirmForm(sent(request))
    was_done, made = done(
        form, request, lambda: asking.make_link(request.access, sampled=row, once=form.key())
    )
    if was_done and made is None:
        return redirect(_back(request, sampled_id))  # sent twice: the link was shown the first time
    context = {"row": row, "form": form, "back": _back(request, sampled_id), "title": "A link to answer by"}
    if was_done:
        context |= {"link": settings.SITE_URL + reverse("heard", kwargs={"token": made[1]}), "row": made[0]}
    return render(request, "listening/link.html", context)


@page("listening.hear")
def hear(request: Any, sampled_id: str) -> HttpResponse:
    """Write down what somebody said, with their consent."""
    access = request.access
    row = _mine(request, sampled_id)
    form = HearForm(
        sent(request), listening=row.round, initial={"route": "" if row.route == "link" else row.route}
    )
    return form_page(
        request, form,
        lambda: hearing.hear(
            access, sampled=row, values=form.cleaned_data, route=form.cleaned_data["route"],
            held_on=form.cleaned_data["held_on"], once=form.key(),
        ),
        title="What they said", caption=row.short, then=_back(request, sampled_id), template="listening/hear.html",
        told="It was written down. Thank them. They will be told what comes of it.", round=row.round, button="Keep it",
    )  # fmt: skip


@page("listening.hear")
def paper(request: Any, sampled_id: str) -> HttpResponse:
    """Show the questions on paper, to hand or send; they carry no name."""
    row = _mine(request, sampled_id)
    return render(
        request, "listening/paper.html",
        {"row": row, "round": row.round, "questions": QUESTIONS, "back": _back(request, sampled_id)},
    )  # fmt: skip


@page("listening.hear")
def never_ask(request: Any, sampled_id: str) -> HttpResponse:
    """Note that somebody does not want to be asked for their views again."""
    row = _mine(request, sampled_id)
    return confirm_page(
        request, lambda key: commands.do_not_ask(request.access, sampled=row, once=key),
        title="They do not want to be asked again?", caption=row.short, then=_back(request, sampled_id),
        says=["They are in no sample from now on.", "They can say otherwise on their own page, or through their worker."],
        told="They will not be asked again.", button="Note it",
    )  # fmt: skip


@page("listening.hear")
def volunteer(request: Any, round_id: str) -> HttpResponse:
    """Write down what somebody said who came forward."""
    access = request.access
    row = queries.round_or_404(access, round_id)
    if row.state != "drawn":
        return redirect(at(request, "round", round_id=round_id))
    form = VolunteerForm(sent(request), listening=row)
    return form_page(
        request, form,
        lambda: hearing.hear_volunteer(
            access, listening=row, values=form.cleaned_data, route=form.cleaned_data["route"],
            standing=form.cleaned_data["standing"], held_on=form.cleaned_data["held_on"], once=form.key(),
        ),
        title="Somebody who came forward", caption=row.title, back=at(request, "to_hear"), template="listening/hear.html",
        then=lambda made: at(request, "note", conversation_id=made.conversation_id), round=row, button="Keep it",
        told="It was written down. It counts for themes; figures of everybody rest on the sample alone.",
    )  # fmt: skip


def _said(request: Any, conversation_id: str) -> Conversation:
    return queries.conversation_or_404(request.access, conversation_id)


@page("listening.hear")
def note_(request: Any, conversation_id: str) -> HttpResponse:
    """Show what somebody said, to whoever heard it or codes it. The look is noted."""
    access = request.access
    row = _said(request, conversation_id)
    viewed(access, "listening.note", row, person=row.person)
    is_mine = row.listener_id == access.user.pk
    coded = Coding.of(row.partnership).filter(conversation=row)
    return render(
        request, "listening/note.html",
        {
            "said": row, "is_mine": is_mine, "is_coded": coded.exists(), "themes": queries.said_and_done(row),
            "back": _note_back(request, row), "may_tell": is_mine or access.may("listening.run"),
            "may_code": access.may("listening.code"), "quotes": row.quotes.filter(withdrawn_at=None).select_related("theme"),
        },
    )  # fmt: skip


def _note_back(request: Any, row: Conversation) -> str:
    if request.access.may("listening.code"):
        return at(request, "code_book", round_id=row.round.round_id)
    return at(request, "to_hear")


@page("listening.hear")
def correct(request: Any, conversation_id: str) -> HttpResponse:
    """Correct one's own note, until somebody has coded it."""
    access = request.access
    row = _said(request, conversation_id)
    if row.listener_id != access.user.pk:
        raise Http404("Somebody else’s note")
    form = HearForm(sent(request), listening=row.round, initial={**answers_of(row), "revision": row.revision})
    return form_page(
        request, form,
        lambda: hearing.correct(
            access, said=row, values=form.cleaned_data, expected=row.revision, once=form.key()
        ),
        title="Correct the note", caption=row.short, then=at(request, "note", conversation_id=conversation_id),
        told="The note was corrected.", template="listening/hear.html", round=row.round,
    )  # fmt: skip


@page("listening.hear")
def take_back(request: Any, conversation_id: str) -> HttpResponse:
    """Take back what somebody said, at their wish."""
    row = _said(request, conversation_id)
    return confirm_page(
        request, lambda key: hearing.take_back(request.access, said=row, once=key),
        title="Take back what they said?", caption=row.short, then=at(request, "to_hear"), danger=True,
        says=["The words are erased, here and in quotes and in their record.", "They count as somebody who said no.",
              "It cannot be undone."],
        told="It is gone.", button="Take it back",
    )  # fmt: skip


@page("listening.hear")
def tell(request: Any, conversation_id: str) -> HttpResponse:
    """Note that somebody was told what came of what they said."""
    access = request.access
    row = _said(request, conversation_id)
    form = TellForm(sent(request))
    if access.may("listening.run"):
        back = at(request, "round_telling", round_id=row.round.round_id)
    else:
        back = at(request, "note", conversation_id=conversation_id)
    return form_page(
        request, form,
        lambda: answering.tell(
            access, said=row, how=form.cleaned_data["how"], on=form.cleaned_data["on"],
            why=form.cleaned_data["why"], once=form.key(),
        ),
        title="Take it back to them", caption=row.short, then=back, told="It was noted.",
        template="listening/tell.html", themes=queries.said_and_done(row),
    )  # fmt: skip
