"""Pages that share barriers between partnerships, and that find two to be the same within one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.barriers import commands, queries
from openoutcomes.web.barriers.forms import JoinForm, ShareForm
from openoutcomes.web.barriers.models import LEVELS, Barrier, SharedBarrier
from openoutcomes.web.barriers.views import ANSWERS, COLOURS, managed
from openoutcomes.web.core.lists import Cell, Column, listing
from openoutcomes.web.core.pages import at, done, form_page, page, say
from openoutcomes.web.sharing.forms import ConfirmForm, sent

_HEADINGS = {
    "title": "What gets in the way", "what": "What happens then", "rule": "The rule", "owner": "Whose rule",
    "bender": "Who could bend it", "learned": "What others should know",
}  # fmt: skip
#: The most shared barriers on the list.
_LISTED = 300


@page("barriers.view")
def elsewhere_list(request: Any) -> HttpResponse:
    """List the barriers that other partnerships share."""
    access = request.access
    rows = queries.laid(access, list(queries.shared_elsewhere(access)[:_LISTED]))
    columns = [
        Column(
            "What gets in the way",
            lambda one: Cell(
                one.share.values["title"], at(request, "barrier_elsewhere", share_id=one.share.share_id),
                under=one.share.values["rule"],
            ),
        ),
        Column("Whose rule there", lambda one: one.share.values["owner"] or "Not known"),
        Column("How far it has come there", lambda one: Cell(one.outcome, tag=COLOURS[one.share.barrier.state])),
        Column("Partnership", lambda one: one.share.partnership.name),
        Column("Have it", lambda one: f"{one.partnerships:,}", numeric=True),
        Column("Here", lambda one: "We have it too" if one.ours else ""),
    ]  # fmt: skip
    return render(
        request, "core/list_page.html",
        {
            "title": "Other partnerships’ barriers",
            "lead": "Many partnerships meet the same rule. What one was told may open it for all.",
            "listing": listing(
                request, rows, columns, caption="Barriers shared by other partnerships", one="barrier", export=False,
                empty="No other partnership of this installation shares a barrier yet.",
            ),
            "back": at(request, "barriers"),
        },
    )  # fmt: skip


@page("barriers.view")
def elsewhere(request: Any, share_id: str) -> HttpResponse:
    """Show a barrier that another partnership shares."""
    access = request.access
    share = queries.share_or_404(access, share_id)
    laid = queries.laid(access, [share])[0]
    words = [(_HEADINGS[name], text) for name, text in share.values.items() if name != "title" and text]
    return render(
        request, "barriers/elsewhere.html",
        {
            "one": laid, "share": share, "words": words, "colour": COLOURS[share.barrier.state],
            "level": LEVELS[share.barrier.level],
            "asks": [(ask, ANSWERS.get(ask.answer, "grey")) for ask in laid.asks],
            "may": access.allows("barriers.manage", 0), "back": at(request, "barriers_elsewhere"),
        },
    )  # fmt: skip


@page("barriers.manage")
def too(request: Any, share_id: str) -> HttpResponse:
    """Say that this partnership has a shared barrier too."""
    access = request.access
    share = queries.share_or_404(access, share_id)
    _whole(request)
    form = ConfirmForm(sent(request))
    made = done(request, form, lambda: commands.have_it_too(access, share=share, once=form.key()))
    if made is not None:
        say(request, "It is written down here too. Say whose rule it is here, and for how many.")
        return redirect(at(request, "barrier", barrier_id=made.barrier_id))
    says = [
        "The same words are written down as a barrier of yours, to change as you like.",
        f"{share.partnership.name} sees that {access.partnership.name} has it too, and nothing else of yours.",
    ]
    return form_page(
        request, form, "We have it too?", at(request, "barrier_elsewhere", share_id=share_id),
        template="core/confirm.html", caption=share.values["title"], says=says, button="We have it too",
    )  # fmt: skip


def _whole(request: Any) -> None:
    if not request.access.allows("barriers.manage", 0):
        raise PermissionDenied("barriers.manage")


def _shared(request: Any, barrier_id: str) -> tuple[Barrier, SharedBarrier | None]:
    found = queries.barrier_or_404(request.access, barrier_id)
    _whole(request)
    return found, queries.share_of(found)


@page("barriers.manage")
def share(request: Any, barrier_id: str) -> HttpResponse:
    """Check a barrier's words, and let other partnerships read them."""
    access = request.access
    found, earlier = _shared(request, barrier_id)
    learned = request.POST.get("learned", "") if request.method == "POST" else ""
    initial = {"learned": earlier.values["learned"]} if earlier else {}
    suspected = commands.suspects_of(found, learned or initial.get("learned", ""))
    may_stay = [one for one in suspected if not one.must_go]
    form = ShareForm(sent(request), found=may_stay, fields=_HEADINGS, initial=initial)
    back = at(request, "barrier", barrier_id=barrier_id)
    made = done(
        request, form,
        lambda: commands.share(
            access, barrier=found, learned=form.cleaned_data["learned"],
            looked_at=form.cleaned_data.get("looked_at", []), once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "Other partnerships can read it now. You can take it back at any time.")
        return redirect(back)
    return form_page(
        request, form, "Share with other partnerships", back, template="barriers/share.html", caption=found.title,
        must_go=[(one.text, one.words, _HEADINGS[one.field]) for one in suspected if one.must_go], button="Share",
        change=at(request, "barrier_change", barrier_id=barrier_id),
    )  # fmt: skip


@page("barriers.manage")
def unshare(request: Any, barrier_id: str) -> HttpResponse:
    """Take a barrier back from other partnerships."""
    access = request.access
    found, _ = _shared(request, barrier_id)
    form = ConfirmForm(sent(request))
    back = at(request, "barrier", barrier_id=barrier_id)
    if done(request, form, lambda: commands.unshare(access, barrier=found, once=form.key())) is not None:
        say(request, "Other partnerships can no longer read it.")
        return redirect(back)
    says = [
        "Others can no longer read it.",
        "A barrier that another partnership wrote down as its own stays theirs.",
    ]
    return form_page(
        request, form, "Stop sharing this barrier?", back, template="core/confirm.html", caption=found.title,
        says=says, button="Stop sharing",
    )  # fmt: skip


@page("barriers.manage")
def join(request: Any, barrier_id: str) -> HttpResponse:
    """Say that a barrier is the same as another."""
    access = request.access
    found = managed(request, barrier_id)
    near = queries.similar_to(access, found.title, found.what, found.rule, without=found)
    others = list(
        queries.barriers_for(access)
        .exclude(pk__in=[found.pk, *(one.pk for one in near)])
        .order_by("title")[:300]
    )
    form = JoinForm(sent(request), near=near, others=others, initial={"to": request.GET.get("to", "")})
    back = at(request, "barrier", barrier_id=barrier_id)
    by_id = {one.barrier_id: one for one in (*near, *others)}
    made = done(
        request, form,
        lambda: commands.join(access, barrier=found, to=by_id[form.cleaned_data["to"]], once=form.key()),
    )  # fmt: skip
    if made is not None:
        say(request, "The two are one now. This can be undone on the other’s page.")
        return redirect(at(request, "barrier", barrier_id=made.barrier_id))
    return form_page(
        request, form, "Is it the same as another?", back, caption=found.title, button="It is the same"
    )


@page("barriers.manage")
def part(request: Any, barrier_id: str) -> HttpResponse:
    """Part two barriers again."""
    access = request.access
    found = managed(request, barrier_id)
    form = ConfirmForm(sent(request))
    back = at(request, "barrier", barrier_id=barrier_id)
    if done(request, form, lambda: commands.part(access, barrier=found, once=form.key())) is not None:
        say(request, "They are two again.")
        return redirect(back)
    return form_page(
        request, form, "Are they different after all?", back, template="core/confirm.html", caption=found.title,
        says=["Each is listed again, with what was written, asked and marked on it."], button="Part them",
    )  # fmt: skip
