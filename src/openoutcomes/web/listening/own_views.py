"""Pages of the person supported: invitations to be heard, what they said, and what came of it; and through a link."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_scopes import scope

from openoutcomes.standard.problems import InputError
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.listening import answering, commands, frames, hearing, queries
from openoutcomes.web.listening.forms import AnswersForm, NoForm
from openoutcomes.web.listening.models import Conversation, Sampled
from openoutcomes.web.listening.showing import confirm_page, form_page, places
from openoutcomes.web.people.models import Person
from openoutcomes.web.sharing.forms import sent


def _mine(access: Access) -> Any:
    rows = Conversation.of(access.partnership).filter(person__in=access.person_ids(), withdrawn_at=None)
    return rows.select_related("round").order_by("-held_on", "-pk")


@page("listening.speak")
def own_view(request: Any) -> HttpResponse:
    """Show a person what they are asked, what they said, and what came of it."""
    access = request.access
    person = queries.person_of(access)
    spoken = list(_mine(access))
    rounds = {said.round_id for said in spoken}
    invited = list(queries.asked_people(access))
    open_rounds = queries.rounds_for(access).filter(state="drawn").exclude(pk__in=rounds)
    open_rounds = open_rounds.exclude(pk__in=[one.round_id for one in invited])
    return render(
        request, "listening/own.html",
        {
            "invited": invited, "open": open_rounds, "places": places(request),
            "spoken": [(said, queries.said_and_done(said)) for said in spoken],
            "never": person is not None and person.pk in frames.asked_not_to_be(access.partnership),
        },
    )  # fmt: skip


@page("listening.speak")
def own_answer(request: Any, sampled_id: str) -> HttpResponse:
    """Answer an invitation on one's own page."""
    row = queries.own_or_404(request.access, sampled_id)
    form = AnswersForm(sent(request), listening=row.round)
    return form_page(
        request, form,
        lambda: hearing.speak(
            request.access, listening=row.round, sampled=row, values=form.cleaned_data, once=form.key()
        ),
        title="What do you think?", then=at(request, "own_view"), template="listening/hear.html", round=row.round,
        told="Thank you. You will see here what comes of it.", button="Send", is_own=True,
    )  # fmt: skip


@page("listening.speak")
def own_speak(request: Any, round_id: str) -> HttpResponse:
    """Say what one thinks without having been asked."""
    row = queries.round_or_404(request.access, round_id)
    if row.state != "drawn":
        raise Http404("This round is not open")
    form = AnswersForm(sent(request), listening=row)
    return form_page(
        request, form,
        lambda: hearing.speak(request.access, listening=row, values=form.cleaned_data, once=form.key()),
        title="What do you think?", then=at(request, "own_view"), template="listening/hear.html", round=row,
        told="Thank you. You will see here what comes of it.", button="Send", is_own=True,
    )  # fmt: skip


def _own(request: Any, conversation_id: str) -> Conversation:
    found: Conversation | None = _mine(request.access).filter(conversation_id=conversation_id).first()
    if found is None:
        raise Http404("Nothing that you said")
    return found


@page("listening.speak")
def own_read(request: Any, conversation_id: str) -> HttpResponse:
    """Note that a person has read what came of what they said."""
    row = _own(request, conversation_id)
    return confirm_page(
        request, lambda key: answering.read_it(request.access, said=row, once=key),
        title="You have read it?", says=["Then nobody needs to ring or write to you about it."],
        then=at(request, "own_view"), told="Thank you.", button="I have read it",
    )  # fmt: skip


@page("listening.speak")
def own_take_back(request: Any, conversation_id: str) -> HttpResponse:
    """Take back what one said."""
    row = _own(request, conversation_id)
    return confirm_page(
        request, lambda key: hearing.take_back(request.access, said=row, once=key), danger=True,
        title="Take back what you said?", then=at(request, "own_view"), button="Take it back", told="It is gone.",
        says=["Your words are erased, also where they were shown without your name.", "It cannot be undone."],
    )  # fmt: skip


@page("listening.speak")
def own_asking(request: Any) -> HttpResponse:
    """Say that one does not want to be asked for one's views, or may be asked again."""
    access = request.access
    never = bool(access.person_ids() & frames.asked_not_to_be(access.partnership))
    if never:
        return confirm_page(
            request, lambda key: commands.may_ask(access, once=key), title="May we ask you again?",
            says=["You may be drawn when people are asked what they think. You can always say no."],
            then=at(request, "own_view"), told="Thank you. You may be asked again.", button="You may ask me",
        )  # fmt: skip
    return confirm_page(
        request, lambda key: commands.do_not_ask(access, once=key), title="Do you not want to be asked?",
        says=["Nobody asks you for your views any more.", "It changes nothing in the help that you get.",
              "You can still say what you think here at any time."],
        then=at(request, "own_view"), told="You will not be asked.", button="Do not ask me",
    )  # fmt: skip


def person_section(access: Any, person: Person) -> dict[str, Any] | None:
    """Return what a person's own page says of listening; nothing for anybody else."""
    if person.pk not in access.person_ids() or not access.may("listening.speak"):
        return None
    untold = queries.to_tell(access.partnership).filter(person=person).count()
    return {"invited": queries.asked_people(access).count(), "untold": untold}


@never_cache
@sensitive_post_parameters()
def heard(request: Any, token: str) -> HttpResponse:
    """Ask the questions through a link, without signing in; afterwards, show what was said about and done."""
    found = hearing.by_token(token)
    if found is None:
        return render(request, "listening/heard_over.html", status=404)
    with scope(partnership=found.partnership):
        if found.is_open and found.round.state == "drawn":
            return _ask(request, token, found)
        return _show(request, token, found)


def _ask(request: Any, token: str, found: Sampled) -> HttpResponse:
    is_no = "no" in request.POST
    form = AnswersForm(sent(request) if not is_no else None, listening=found.round)
    refusal = NoForm(sent(request) if is_no else None)
    if is_no and refusal.is_valid():
        try:
            hearing.decline_by_link(token, never_again=refusal.cleaned_data["never_again"])
        except InputError as error:
            problems_into(refusal, error)
        else:
            return render(request, "listening/heard_no.html", {"never": refusal.cleaned_data["never_again"]})
    if not is_no and request.method == "POST" and form.is_valid():
        try:
            hearing.answer_by_link(token, form.cleaned_data)
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "Thank you. Keep this link: it shows what comes of what you said.")
            return redirect("heard", token=token)
    return render(
        request, "listening/heard.html",
        {"round": found.round, "form": form, "refusal": refusal, "place": found.partnership.name},
    )  # fmt: skip


def _show(request: Any, token: str, found: Sampled) -> HttpResponse:
    said = Conversation.of(found.partnership).filter(sampled=found, withdrawn_at=None).first()
    if said is None:
        return render(request, "listening/heard_over.html", status=404)
    form = BaseForm(sent(request))
    if request.method == "POST" and form.is_valid():
        hearing.read_by_link(token)
        return redirect("heard", token=token)
    rows = queries.said_and_done(said)
    return render(
        request, "listening/heard_done.html",
        {
            "round": found.round, "rows": rows, "form": form, "said": said, "place": found.partnership.name,
            "is_answered": said.coded_at is not None and all(one.answer for one in rows),
        },
    )  # fmt: skip
