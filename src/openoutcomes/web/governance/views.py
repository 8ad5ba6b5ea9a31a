"""Pages of governance that everybody reads: panels, seats, matters, interests; and support for those who take part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.accounts.models import User
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, done, page, say
from openoutcomes.web.core.templatetags.oo import day, money
from openoutcomes.web.governance import commands, queries
from openoutcomes.web.governance.forms import (
    GivenForm,
    HandleForm,
    InterestForm,
    MatterDecisionForm,
    MatterForm,
    PanelForm,
    SeatForm,
    SupportForm,
)
from openoutcomes.web.governance.models import DataUse, Interest, Matter, Panel, PanelSeat, Support
from openoutcomes.web.partnerships.models import Membership, Organisation
from openoutcomes.web.sharing.forms import ConfirmForm, sent


def form_page(
    request: Any, form: Any, act: Callable[[], Any], back: str, said: str, *, title: str, **more: Any
) -> HttpResponse:
    """Show a form, do what it asks for, and lead back."""
    if done(request, form, act) is not None:
        say(request, said)
        return redirect(back)
    template = "core/confirm.html" if isinstance(form, ConfirmForm) else "core/form_page.html"
    return render(request, template, {"title": title, "form": form, "back": back, **more})


@page("governance.view")
def governance(request: Any) -> HttpResponse:
    """Show who decides what, and where to turn."""
    access = request.access
    return render(
        request, "governance/governance.html",
        {
            "panels": queries.panels_with_seats(access).filter(is_open=True).order_by("name"),
            "uses": DataUse.of(access.partnership).filter(state__in=("asked", "allowed")).count(),
            "changes": queries.changes(access)[:5],
            "mine": PanelSeat.of(access.partnership).filter(user=access.user, ended_on=None).select_related("panel"),
            "offers": queries.support_for(access).filter(user=access.user, state="offered").count(),
            "may_manage": access.may("governance.manage"),
            "support": queries.keeps_support(access) or Support.of(access.partnership).filter(user=access.user).exists(),
        },
    )  # fmt: skip


@page("governance.view")
def panels(request: Any) -> HttpResponse:
    """List the panels, also those that have ended."""
    access = request.access
    rows = queries.panels_with_seats(access)
    columns = [
        Column("Panel", lambda p: Cell(p.name, at(request, "panel", panel_id=p.panel_id), under=p.meets), sort="name",
               plain=lambda p: p.name),
        Column("What it is for", lambda p: p.purpose),
        Column("Seats", lambda p: str(p.all_seats), sort="all_seats", numeric=True, plain=lambda p: p.all_seats),
        Column("Kept for people who use services", lambda p: f"{p.kept_seats}, of which {p.kept_taken} taken" if p.kept_seats else "None",
               plain=lambda p: p.kept_seats),
        Column("Stands", lambda p: Cell("Meets", tag="green") if p.is_open else Cell("Ended", tag="grey"), sort="is_open"),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows.order_by("name"), columns, "panels")
    may = access.may("governance.manage")
    actions = [("Set up a panel", at(request, "panel_add"))] if may else []
    return render(
        request, "core/list_page.html",
        {
            "title": "Boards and panels", "back": at(request, "governance"), "actions": actions,
            "lead": "Who decides what together, and which seats are kept for people who use services.",
            "listing": listing(
                request, rows, columns, caption="Panels", one="panel", sort="name", empty="No panel is set up yet.",
                empty_action=actions[0] if actions else None,
            ),
        },
    )  # fmt: skip


@page("governance.view")
def panel(request: Any, panel_id: str) -> HttpResponse:
    """Show a panel: what it is for, who has a seat, and what it decided."""
    access = request.access
    row = queries.panel_or_404(access, panel_id)
    seats = list(
        PanelSeat.of(access.partnership)
        .filter(panel=row, ended_on=None)
        .select_related("organisation", "user")
    )
    has = any(seat.user_id == access.user.pk for seat in seats)
    for seat in seats:
        seat.who = "You" if seat.user_id == access.user.pk else queries.holder(seat)  # type: ignore[attr-defined]
        seat.is_mine = seat.user_id == access.user.pk  # type: ignore[attr-defined]
        seat.may_take = seat.for_people and seat.user_id is None and queries.is_person(access) and not has  # type: ignore[attr-defined]
    return render(
        request, "governance/panel.html",
        {
            "panel": row, "seats": seats, "matters": Matter.of(access.partnership).filter(panel=row)[:30],
            "may_manage": access.may("governance.manage"), "keeps_support": queries.keeps_support(access),
            "back": at(request, "panels"),
        },
    )  # fmt: skip


def _panel_form(request: Any, row: Panel | None) -> HttpResponse:
    initial = {}
    if row is not None:
        fields = ("name", "purpose", "terms", "meets", "decides_on_data", "hears_complaints", "revision")
        initial = {**{name: getattr(row, name) for name in fields}, "closed": not row.is_open}
    form = PanelForm(sent(request), initial=initial)
    made = done(
        request, form,
        lambda: commands.write_panel(
            request.access, values=form.values(), panel=row, expected=form.cleaned_data["revision"], once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "The panel was saved.")
        return redirect(at(request, "panel", panel_id=made.panel_id))
    back = at(request, "panel", panel_id=row.panel_id) if row else at(request, "panels")
    title = "Change the panel" if row else "Set up a panel"
    return render(request, "core/form_page.html", {"title": title, "form": form, "back": back})


@page("governance.manage")
def panel_add(request: Any) -> HttpResponse:
    """Set up a panel."""
    return _panel_form(request, None)


@page("governance.manage")
def panel_change(request: Any, panel_id: str) -> HttpResponse:
    """Change a panel."""
    return _panel_form(request, queries.panel_or_404(request.access, panel_id))


@page("governance.manage")
def seat_add(request: Any, panel_id: str) -> HttpResponse:
    """Add a seat to a panel."""
    access = request.access
    row = queries.panel_or_404(access, panel_id)
    working = Membership.of(access.partnership).filter(ended_at=None).exclude(role="person").values("user")
    form = SeatForm(
        sent(request), organisations=Organisation.of(access.partnership).filter(is_active=True),
        users=User.objects.filter(pk__in=working, is_active=True).order_by("name", "email"),
    )  # fmt: skip
    given = ("role", "organisation", "for_people", "user")
    return form_page(
        request, form,
        lambda: commands.add_seat(
            access, panel=row, once=form.key(), **{name: form.cleaned_data[name] for name in given}
        ),
        at(request, "panel", panel_id=panel_id), "The seat was added.", title="Add a seat", caption=row.name,
    )  # fmt: skip


@page("governance.view")
def seat_take(request: Any, seat_id: str) -> HttpResponse:
    """Take a seat that is kept for people who use services."""
    access = request.access
    row = queries.seat_or_404(access, seat_id)
    if not queries.is_person(access):
        raise Http404("Not a seat that this account could take")
    form = ConfirmForm(sent(request))
    return form_page(
        request, form, lambda: commands.take_seat(access, seat=row, once=form.key()),
        at(request, "panel", panel_id=row.panel.panel_id), "You have a seat. The coordinator is told that it is taken, not by whom.",
        title="Take this seat?", caption=row.panel.name, button="Take the seat",
        says=["You help to decide, and you can leave at any time.", "No page says who you are: it says “a person supported”.",
              "You can be offered support and a reward, which only you and the coordinator see. Offering it shows them nothing but the seat."],
    )  # fmt: skip


@page("governance.view")
def seat_end(request: Any, seat_id: str) -> HttpResponse:
    """Leave a seat, or take one away."""
    access = request.access
    row = queries.seat_or_404(access, seat_id)
    own = row.user_id == access.user.pk
    if not own and not access.may("governance.manage"):
        raise Http404("Not your seat")
    form = ConfirmForm(sent(request))
    return form_page(
        request, form, lambda: commands.end_seat(access, seat=row, once=form.key()),
        at(request, "panel", panel_id=row.panel.panel_id), "The seat has ended.",
        title="Leave this seat?" if own else "End this seat?", caption=f"{row.panel.name}: {row.role}",
        says=["What was decided stays.", "A seat kept for people who use services is free again."], button="End the seat",
    )  # fmt: skip


@page("governance.manage")
def matter_add(request: Any, panel_id: str) -> HttpResponse:
    """Put something before a panel."""
    access = request.access
    row = queries.panel_or_404(access, panel_id)
    form = MatterForm(sent(request))
    return form_page(
        request, form,
        lambda: commands.add_matter(
            access, panel=row, title=form.cleaned_data["title"], held_on=form.cleaned_data["held_on"], once=form.key()
        ),
        at(request, "panel", panel_id=panel_id), "The matter was added. Interests can be declared in it now.",
        title="Add a matter", caption=row.name,
    )  # fmt: skip


def _with_words(access: Any, rows: Any) -> list[Interest]:
    """Return interests with who declared them and what they said, as far as the seat may read it."""
    found = list(rows)
    for row in found:
        row.who = queries.declared_by(access, row)
        row.said = row.words if queries.sees_words(access, row) else ""
        row.is_mine = row.user_id == access.user.pk
    return found


@page("governance.view")
def matter(request: Any, matter_id: str) -> HttpResponse:
    """Show a matter: interests declared in it, who stepped out, and what was decided."""
    access = request.access
    row = queries.matter_or_404(access, matter_id)
    general = queries.interests_for(access).filter(matter=None, panel=row.panel)
    return render(
        request, "governance/matter.html",
        {
            "matter": row, "interests": _with_words(access, queries.interests_for(access).filter(matter=row)),
            "general": _with_words(access, general), "may_manage": access.may("governance.manage"),
            "back": at(request, "panel", panel_id=row.panel.panel_id),
        },
    )  # fmt: skip


@page("governance.manage")
def matter_decide(request: Any, matter_id: str) -> HttpResponse:
    """Write down what a panel decided."""
    row = queries.matter_or_404(request.access, matter_id)
    form = MatterDecisionForm(sent(request))
    return form_page(
        request, form,
        lambda: commands.decide_matter(
            request.access, matter=row, decided=form.cleaned_data["decided"], why=form.cleaned_data["why"], once=form.key()
        ),
        at(request, "matter", matter_id=matter_id), "The decision is kept.", title="What was decided?", caption=row.title,
    )  # fmt: skip


@page("interests.declare")
def declare_in(request: Any, matter_id: str) -> HttpResponse:
    """Declare an interest in a matter."""
    row = queries.matter_or_404(request.access, matter_id)
    form = InterestForm(sent(request), panels=None)
    return form_page(
        request, form,
        lambda: commands.declare(
            request.access, kind=form.cleaned_data["kind"], words=form.cleaned_data["words"], matter=row, once=form.key()
        ),
        at(request, "matter", matter_id=matter_id), "Declared. Whoever runs the panel says whether you step out.",
        title="Declare an interest", caption=row.title, button="Declare",
    )  # fmt: skip


@page("governance.view")
def interests(request: Any) -> HttpResponse:
    """List the interests that were declared."""
    access = request.access
    rows = _with_words(access, queries.interests_for(access))
    columns = [
        Column("Who", lambda i: i.who),
        Column("Interest", lambda i: Cell(i.get_kind_display(), under=i.said or "Kept between them and the coordinator"),
               plain=lambda i: f"{i.get_kind_display()}: {i.said}" if i.said else i.get_kind_display()),
        Column("In", lambda i: Cell(i.matter.title, at(request, "matter", matter_id=i.matter.matter_id)) if i.matter
               else str(i.panel or "General")),
        Column("Declared", lambda i: day(i.declared_at), plain=lambda i: i.declared_at.date().isoformat()),
        Column("", lambda i: Cell("End it", at(request, "interest_end", interest_id=i.interest_id))
               if i.is_mine and i.matter is None else ""),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, columns[:-1], "interests")
    return render(
        request, "core/list_page.html",
        {
            "title": "Interests declared", "back": at(request, "governance"),
            "lead": "Everybody declares for themselves. What a person supported wrote stays between them and the coordinator.",
            "actions": [("Declare an interest", at(request, "interest_add"))],
            "listing": listing(
                request, rows, columns, caption="Interests", one="interest", empty="Nobody has declared an interest yet.",
                empty_action=("Declare an interest", at(request, "interest_add")),
            ),
        },
    )  # fmt: skip


@page("interests.declare")
def interest_add(request: Any) -> HttpResponse:
    """Declare an interest in general."""
    access = request.access
    form = InterestForm(sent(request), panels=Panel.of(access.partnership).filter(is_open=True))
    return form_page(
        request, form,
        lambda: commands.declare(
            access, kind=form.cleaned_data["kind"], words=form.cleaned_data["words"], panel=form.cleaned_data["panel"],
            once=form.key(),
        ),
        at(request, "interests"), "Declared.", title="Declare an interest", button="Declare",
    )  # fmt: skip


@page("interests.declare")
def interest_end(request: Any, interest_id: str) -> HttpResponse:
    """Say that one's interest holds no more."""
    row = queries.interest_or_404(request.access, interest_id)
    if row.user_id != request.access.user.pk:
        raise Http404("Not your interest")
    form = ConfirmForm(sent(request))
    return form_page(
        request, form, lambda: commands.end_interest(request.access, interest=row, once=form.key()),
        at(request, "interests"), "The interest has ended.", title="Does this interest hold no more?",
        says=["It leaves the list.", "Matters that you declared it in keep it."], button="It has ended",
    )  # fmt: skip


@page("governance.manage")
def interest_handle(request: Any, interest_id: str) -> HttpResponse:
    """Say whether somebody steps out."""
    access = request.access
    row = queries.interest_or_404(access, interest_id)
    if row.matter is None:
        raise Http404("Declared in no matter")
    form = HandleForm(sent(request))
    return form_page(
        request, form,
        lambda: commands.handle_interest(
            access, interest=row, handled=form.cleaned_data["handled"], why=form.cleaned_data["why"], once=form.key()
        ),
        at(request, "matter", matter_id=row.matter.matter_id), "Kept with the matter.",
        title="Does this stand in the way?", caption=f"{queries.declared_by(access, row)}: {row.get_kind_display()}",
        lead=row.words if queries.sees_words(access, row) else "",
    )  # fmt: skip


@page("governance.view")
def support_list(request: Any) -> HttpResponse:
    """List support and rewards: one's own, or all of them for the coordinator."""
    access = request.access
    rows = queries.support_for(access)
    columns = [
        Column("Seat", lambda s: Cell(s.seat.role, under=s.seat.panel.name), sort="seat__role", plain=lambda s: s.seat.role),
        Column("What", lambda s: Cell(s.get_kind_display(), under=s.words), plain=lambda s: s.get_kind_display()),
        Column("Amount", lambda s: money(s.amount), sort="amount", numeric=True, plain=lambda s: s.amount if s.amount is not None else ""),
        Column("Stands", lambda s: Cell(s.get_state_display(), under=day(s.paid_on)), sort="state"),
        Column("Offered", lambda s: day(s.offered_on), sort="offered_on", plain=lambda s: s.offered_on),
        Column("", lambda s: _support_action(request, s)),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, columns[:-1], "support")
    return render(
        request, "core/list_page.html",
        {
            "title": "Support and rewards", "back": at(request, "governance"),
            "lead": "For those who take part. Only they and the coordinator see it." if queries.keeps_support(access)
            else "What you were offered for taking part. Only you and the coordinator see it.",
            "listing": listing(
                request, rows, columns, caption="Support", one="offer", sort="-offered_on", empty="Nothing was offered yet.",
            ),
        },
    )  # fmt: skip


def _support_action(request: Any, row: Support) -> Cell | str:
    if row.user_id == request.access.user.pk and row.state in ("offered", "taken", "not_taken"):
        return Cell(
            "Answer" if row.state == "offered" else "Change your answer",
            at(request, "support_answer", support_id=row.support_id),
        )
    if row.state == "taken" and queries.keeps_support(request.access):
        return Cell("It was given", at(request, "support_given", support_id=row.support_id))
    return ""


@page("governance.manage")
def support_add(request: Any, seat_id: str) -> HttpResponse:
    """Offer support to whoever holds a seat."""
    access = request.access
    row = queries.seat_or_404(access, seat_id)
    if not queries.keeps_support(access):
        raise Http404("Only the coordinator offers support")
    form = SupportForm(sent(request))
    given = ("kind", "words", "amount")
    return form_page(
        request, form,
        lambda: commands.offer_support(
            access, seat=row, once=form.key(), **{name: form.cleaned_data[name] for name in given}
        ),
        at(request, "support_list"), "Offered. They see it, and answer.", title="Offer support or a reward",
        caption=f"{row.panel.name}: {row.role}", button="Offer",
    )  # fmt: skip


@page("governance.view")
def support_answer(request: Any, support_id: str) -> HttpResponse:
    """Take up what was offered, or not."""
    access = request.access
    row = queries.support_or_404(access, support_id)
    if row.user_id != access.user.pk:
        raise Http404("Offered to somebody else")
    form = ConfirmForm(sent(request))
    made = done(
        request, form,
        lambda: commands.answer_support(access, support=row, taken=request.POST.get("answer") != "no", once=form.key()),
    )  # fmt: skip
    if made is not None:
        say(request, "Your answer is kept. You can change it until it is given.")
        return redirect(at(request, "support_list"))
    return render(
        request,
        "governance/support.html",
        {"row": row, "form": form, "title": "Would you like this?", "back": at(request, "support_list")},
    )


@page("governance.manage")
def support_given(request: Any, support_id: str) -> HttpResponse:
    """Say that support was given or paid."""
    access = request.access
    row = queries.support_or_404(access, support_id)
    if not queries.keeps_support(access):
        raise Http404("Only the coordinator keeps this")
    form = GivenForm(sent(request))
    return form_page(
        request, form, lambda: commands.give_support(access, support=row, on=form.cleaned_data["on"], once=form.key()),
        at(request, "support_list"), "Kept.", title="When was it given or paid?", caption=row.seat.role,
    )  # fmt: skip
