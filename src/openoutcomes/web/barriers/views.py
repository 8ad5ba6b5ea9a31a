"""Pages of barriers: the list, one barrier with what was asked and answered, and the page for a director."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.barriers import commands, queries
from openoutcomes.web.barriers.forms import (
    AddForm,
    AnswerForm,
    AskForm,
    BarrierFilter,
    ChangeForm,
    CheckForm,
    LevelForm,
    SettleForm,
)
from openoutcomes.web.barriers.models import LEVELS, Barrier, BarrierStep, waited
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.forms import WhyForm
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, done, form_page, page, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.sharing.forms import sent

COLOURS = {
    "open": "red", "reopened": "red", "asked": "yellow", "answered": "blue", "gone": "green", "accepted": "grey",
}  # fmt: skip
ANSWERS = {"yes": "green", "partly": "yellow", "no": "red"}


def _filtered(request: Any) -> tuple[BarrierFilter, Any]:
    filters = BarrierFilter(request.GET, access=request.access)
    rows = queries.with_asks(queries.barriers_for(request.access))
    asked = filters.cleaned_data if filters.is_valid() else {}
    state = asked.get("state") or ""
    if state == "late":
        rows = rows.filter(has_late=True).exclude(state__in=Barrier.DONE)
    elif state and state != "all":
        rows = rows.filter(state=state)
    elif not state:
        rows = rows.exclude(state__in=Barrier.DONE)
    for name in ("level", "owner"):
        if asked.get(name):
            rows = rows.filter(**{name: asked[name]})
    if asked.get("words"):
        rows = rows.filter(title__icontains=asked["words"])
    return filters, rows


def _due(row: Any) -> Cell | str:
    if row.next_due is None:
        return ""
    return Cell("Overdue", tag="red", under=day(row.next_due)) if row.has_late else day(row.next_due)


def _columns(request: Any, counted: queries.Counted) -> list[Column]:
    return [
        Column(
            "What gets in the way",
            lambda row: Cell(row.title, at(request, "barrier", barrier_id=row.barrier_id)), sort="title",
            plain=lambda row: row.title,
        ),
        Column("For how many", lambda row: counted.of(row).words),
        Column("Whose rule", lambda row: row.owner_words or "Not known"),
        Column("State", lambda row: Cell(row.get_state_display(), tag=COLOURS[row.state]), sort="state"),
        Column("Where it is", lambda row: LEVELS[row.level], sort="level"),
        Column(
            "Answer due",
            _due,
            sort="next_due", plain=lambda row: row.next_due.isoformat() if row.next_due else "",
        ),
        Column("Since", lambda row: day(row.raised_at), sort="raised_at", plain=lambda row: row.raised_at.date().isoformat()),
    ]  # fmt: skip


@page("barriers.view")
def barriers(request: Any) -> HttpResponse:
    """List what gets in people's way."""
    access = request.access
    filters, rows = _filtered(request)
    columns = _columns(request, queries.Counted(access, rows.order_by().values("pk")))
    if wants_csv(request):
        return as_csv(rows, columns, "barriers")
    may_raise = access.may("barriers.raise")
    actions = [("Say what gets in the way", at(request, "barrier_add"))] if may_raise else []
    actions.append(("What is asked of whom", at(request, "barriers_to_answer")))
    actions.append(("Other partnerships’ barriers", at(request, "barriers_elsewhere")))
    return render(
        request, "core/list_page.html",
        {
            "title": "Barriers",
            "lead": "Rules and habits of services that stop people, whose they are, and what was asked about them.",
            "listing": listing(
                request, rows, columns, caption="What gets in people’s way", one="barrier", sort="-raised_at",
                filters=filters,
                empty="Nothing is written down yet. What stops people that is not theirs to change?",
                empty_action=("Say what gets in the way", at(request, "barrier_add")) if may_raise else None,
            ),
            "actions": actions,
        },
    )  # fmt: skip


def managed(request: Any, barrier_id: str) -> Barrier:
    """Return a barrier that the seat looks after; others may look, and are refused here."""
    found = queries.barrier_or_404(request.access, barrier_id)
    if not queries.may_manage(request.access, found):
        raise PermissionDenied("barriers.manage")
    return found


@page("barriers.view")
def barrier(request: Any, barrier_id: str) -> HttpResponse:
    """Show a barrier: what is known, what was asked, and what to do next."""
    access = request.access
    found = queries.barrier_or_404(access, barrier_id)
    asks = queries.asks_of(found)
    share = queries.share_of(found)
    manages = queries.may_manage(access, found)
    steps = BarrierStep.of(access.partnership).filter(barrier=found).select_related("by", "ask__whom")
    shown = [(one, ANSWERS.get(one.answer, ""), queries.may_answer(access, one)) for one in asks]
    return render(
        request, "barriers/barrier.html",
        {
            "row": found, "colour": COLOURS[found.state], "level": LEVELS[found.level],
            "people": queries.Counted(access, [found.pk]).of(found), "asks": shown, "steps": steps,
            "manages": manages, "may_write": queries.may_write(access, found),
            "may_mark": access.may("barriers.mark"), "may_share": access.allows("barriers.manage", 0),
            "suggestion": queries.suggested(found, asks) if manages else None,
            "to_check": next((one for one in asks if one.answer and one.helped is None), None),
            "waiting": next((one for one in asks if one.is_open), None),
            "mine": next((one for one in asks if one.is_open and queries.may_answer(access, one)), None),
            "share": share, "others": queries.others_with(share, found),
            "joined": list(found.joined.all()) if not found.joined_to_id else [],
            "near": queries.similar_to(access, found.title, found.what, found.rule, without=found)
            if manages and not found.is_done and not found.joined_to_id else [],
            "days": waited(found.raised_at.date()), "back": at(request, "barriers"),
        },
    )  # fmt: skip


@page("barriers.raise")
def add(request: Any) -> HttpResponse:
    """Say what gets in the way."""
    access = request.access
    form = AddForm(sent(request), access=access, asks_anyway=request.method == "POST")
    near: list[Barrier] = []
    made = done(
        request, form,
        lambda: commands.add(
            access, values=form.values(), anyway=form.cleaned_data.get("anyway", False), once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(
            request, "It is written down. Next: ask somebody to do something about it, or mark whom it stops."
        )
        return redirect(at(request, "barrier", barrier_id=made.barrier_id))
    if "anyway" in form.errors:
        near = queries.similar_to(
            access, *(form.cleaned_data.get(name, "") for name in ("title", "what", "rule"))
        )
    elif "anyway" in form.fields:
        del form.fields["anyway"]
    return render(
        request, "barriers/add.html",
        {"title": "Say what gets in the way", "form": form, "near": near, "back": at(request, "barriers")},
    )  # fmt: skip


@page("barriers.raise")
def change(request: Any, barrier_id: str) -> HttpResponse:
    """Change what is written about a barrier."""
    access = request.access
    found = queries.barrier_or_404(access, barrier_id)
    if not queries.may_write(access, found):
        raise PermissionDenied("barriers.manage")
    initial = {name: getattr(found, name) for name in commands.FIELDS}
    initial["owner"] = found.owner.organisation_id if found.owner else ""
    form = ChangeForm(sent(request), access=access, initial={**initial, "expected": found.revision})
    back = at(request, "barrier", barrier_id=barrier_id)
    made = done(
        request, form,
        lambda: commands.change(
            access, barrier=found, values=form.values(), why=form.cleaned_data["why"],
            expected=form.cleaned_data["expected"], once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "The wording was changed. How it read before is kept.")
        return redirect(back)
    return form_page(request, form, "Change what is written", back, caption=found.title)


@page("barriers.manage")
def ask(request: Any, barrier_id: str) -> HttpResponse:
    """Ask somebody to do something about it."""
    access = request.access
    found = managed(request, barrier_id)
    initial = {
        "whom": found.owner.organisation_id if found.owner else "", "whom_outside": found.owner_outside,
        "whom_role": found.bender,
    }  # fmt: skip
    form = AskForm(sent(request), access=access, initial=initial)
    back = at(request, "barrier", barrier_id=barrier_id)

    def act() -> Any:
        values = {name: value for name, value in form.cleaned_data.items() if name not in ("once", "opened")}
        return commands.ask(access, barrier=found, once=form.key(), **values)

    if done(request, form, act) is not None:
        say(request, "It is asked. It stays on the list of whoever was asked until it is answered.")
        return redirect(back)
    return form_page(request, form, "Ask for something", back, caption=found.title, button="Ask")


@page("barriers.answer")
def answer(request: Any, ask_id: str) -> HttpResponse:
    """Answer what was asked."""
    access = request.access
    found = queries.ask_or_404(access, ask_id)
    if not queries.may_answer(access, found):
        raise PermissionDenied("barriers.answer")
    form = AnswerForm(sent(request))
    back = at(request, "barrier", barrier_id=found.barrier.barrier_id)
    made = done(
        request, form,
        lambda: commands.answer(
            access, ask=found, said=form.cleaned_data["said"], why=form.cleaned_data["why"],
            on=form.cleaned_data["on"], once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "The answer is written down.")
        return redirect(back)
    return render(
        request, "barriers/answer.html",
        {
            "title": "Answer", "caption": found.barrier.title, "form": form, "back": back, "ask": found,
            "people": queries.Counted(access, [found.barrier_id]).of(found.barrier),
        },
    )  # fmt: skip


def _ask_managed(request: Any, ask_id: str) -> Any:
    found = queries.ask_or_404(request.access, ask_id)
    if not queries.may_manage(request.access, found.barrier):
        raise PermissionDenied("barriers.manage")
    return found


@page("barriers.manage")
def check(request: Any, ask_id: str) -> HttpResponse:
    """Say whether it went away."""
    access = request.access
    found = _ask_managed(request, ask_id)
    form = CheckForm(sent(request))
    back = at(request, "barrier", barrier_id=found.barrier.barrier_id)
    made = done(
        request, form,
        lambda: commands.check(
            access, ask=found, helped=form.cleaned_data["helped"] == "yes", result=form.cleaned_data["result"],
            on=form.cleaned_data["on"], once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "It is gone." if made.helped else "It is still there. You may take it further.")
        return redirect(back)
    lead = f"Asked: {found.what} Answered: {found.get_answer_display()}."
    return form_page(request, form, "Did it go away?", back, caption=found.barrier.title, lead=lead)


@page("barriers.manage")
def take_back(request: Any, ask_id: str) -> HttpResponse:
    """Take back what was asked by mistake."""
    access = request.access
    found = _ask_managed(request, ask_id)
    form = WhyForm(sent(request))
    back = at(request, "barrier", barrier_id=found.barrier.barrier_id)
    act = lambda: commands.take_back(access, ask=found, why=form.cleaned_data["why"], once=form.key())  # noqa: E731
    if done(request, form, act) is not None:
        say(request, "It is taken back. That it was asked stays in the history.")
        return redirect(back)
    return form_page(
        request, form, "Take back what was asked?", back, caption=found.what, button="Take it back"
    )


@page("barriers.manage")
def further(request: Any, barrier_id: str) -> HttpResponse:
    """Take a barrier to another level."""
    access = request.access
    found = managed(request, barrier_id)
    suggestion = queries.suggested(found, queries.asks_of(found))
    initial = {"level": suggestion.level, "why": suggestion.why} if suggestion else {}
    form = LevelForm(sent(request), barrier=found, initial=initial or {"level": queries.next_level(found)})
    back = at(request, "barrier", barrier_id=barrier_id)
    made = done(
        request, form,
        lambda: commands.take_further(
            access, barrier=found, level=form.cleaned_data["level"], why=form.cleaned_data["why"], once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, f"It is now with: {LEVELS[made.level]}.")
        return redirect(back)
    lead = f"It has been with “{LEVELS[found.level]}” since {day(found.level_since)}."
    return form_page(
        request, form, "Take it further", back, caption=found.title, lead=lead, button="Take it there"
    )


@page("barriers.manage")
def settle(request: Any, barrier_id: str) -> HttpResponse:
    """Say that a barrier is gone, or lived with."""
    access = request.access
    found = managed(request, barrier_id)
    form = SettleForm(sent(request))
    back = at(request, "barrier", barrier_id=barrier_id)
    made = done(
        request, form,
        lambda: commands.settle(
            access, barrier=found, how=form.cleaned_data["how"], why=form.cleaned_data["why"], once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "It is settled, and can be opened again.")
        return redirect(back)
    return form_page(request, form, "How did it end?", back, caption=found.title)


@page("barriers.manage")
def reopen(request: Any, barrier_id: str) -> HttpResponse:
    """Open a settled barrier again."""
    access = request.access
    found = managed(request, barrier_id)
    form = WhyForm(sent(request))
    back = at(request, "barrier", barrier_id=barrier_id)
    act = lambda: commands.reopen(access, barrier=found, why=form.cleaned_data["why"], once=form.key())  # noqa: E731
    if done(request, form, act) is not None:
        say(request, "It is open again.")
        return redirect(back)
    return form_page(request, form, "Open it again", back, caption=found.title, button="Open it again")


@page("barriers.view")
def to_answer(request: Any) -> HttpResponse:
    """Choose whose page to read: what is asked of each organisation and body."""
    access = request.access
    return render(
        request, "barriers/to_answer.html",
        {"whom": queries.all_asked(access), "back": at(request, "barriers")},
    )  # fmt: skip


@page("barriers.view")
def to_answer_print(request: Any) -> HttpResponse:
    """Show on one page what is asked of one organisation, to act on in a meeting."""
    access = request.access
    key = request.GET.get("whom", "")
    names = dict(queries.all_asked(access))
    return render(
        request, "barriers/to_answer_print.html",
        {
            "name": names.get(key, ""), "lines": queries.asked_of(access, key) if key in names else [],
            "today": today(), "back": at(request, "barriers_to_answer"),
        },
    )  # fmt: skip
