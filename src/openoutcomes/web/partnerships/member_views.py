"""Pages about the people who work here: their seats, invitations, and what each role may do."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.accounts.invitations import invite as send_invitation
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.permissions import ROLES
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.partnerships import commands, queries
from openoutcomes.web.partnerships.forms import InviteForm, MemberFilter, SeatForm
from openoutcomes.web.partnerships.models import Invitation, Membership
from openoutcomes.web.partnerships.role_words import abilities


def _may_touch(access: Access, seat: Membership | Invitation) -> bool:
    return seat.role in queries.roles_given(access) and access.allows(
        "members.manage", seat.organisation_id or 0
    )


@page("members.view")
def members(request: Any) -> HttpResponse:
    """List the people who work here with their seats, and the invitations that are not answered yet."""
    access = request.access
    filters = MemberFilter(request.GET)
    filters.is_valid()
    rows = queries.seats_for(access)
    if filters.cleaned_data.get("role"):
        rows = rows.filter(role=filters.cleaned_data["role"])
    manages = access.may("members.manage")

    def act(seat: Membership) -> Cell:
        if not _may_touch(access, seat):
            return Cell("")
        return Cell("Change", at(request, "member_role", pk=seat.pk))

    columns = [
        Column("Name", lambda s: Cell(str(s.user), under=s.user.email if s.user.name else ""), sort="user__name"),
        Column("Role", lambda s: s.role_name(), sort="role"),
        Column("Organisation", lambda s: s.organisation.name if s.organisation else "The whole partnership",
               sort="organisation__name"),
        Column("Since", lambda s: day(s.since), sort="since", plain=lambda s: s.since.date()),
        Column("Last signed in", lambda s: day(s.user.last_login) or "Never", sort="user__last_login",
               plain=lambda s: s.user.last_login.date() if s.user.last_login else ""),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, columns, "members")
    if manages:
        columns.append(Column("Seat", act))
    invitations = queries.invitations_for(access).order_by("-invited_at")
    return render(
        request,
        "partnerships/members.html",
        {
            "title": "People who work here",
            "listing": listing(
                request, rows, columns, caption="People who work here", one="seat", sort="user__name",
                filters=filters, empty="Nobody works here yet.",
                empty_action=("Invite somebody", at(request, "member_invite")) if manages else None,
            ),
            "actions": [("Invite somebody", at(request, "member_invite"))] if manages else [],
            "invitations": [(one, _may_touch(access, one)) for one in invitations],
            "back": at(request, "setup"),
        },
    )  # fmt: skip


@page("members.manage")
def invite(request: Any) -> HttpResponse:
    """Invite somebody by e-mail to a role."""
    form = InviteForm(request.POST or None, access=request.access)
    back = at(request, "members")
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            send_invitation(
                request.access,
                email=asked["email"],
                role=asked["role"],
                organisation=asked["organisation"],
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"An invitation is on its way to {asked['email']}. It works for 14 days.")
            return redirect(back)
    context = {"title": "Invite somebody", "form": form, "back": back, "button": "Send the invitation"}
    return render(request, "partnerships/seat_form.html", context)


def _seat(request: Any, pk: int) -> Membership:
    seat = queries.one_or_404(queries.seats_for(request.access), pk=pk)
    if not _may_touch(request.access, seat):
        raise Http404("Not a seat that you may change")
    return seat


@page("members.manage")
def role(request: Any, pk: int) -> HttpResponse:
    """Change the role that somebody holds."""
    seat = _seat(request, pk)
    initial = {"role": seat.role, "organisation": seat.organisation_id}
    form = SeatForm(request.POST or None, access=request.access, initial=initial)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            commands.change_role(
                request.access,
                seat=seat,
                role=asked["role"],
                organisation=asked["organisation"],
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{seat.user} is now {_role(asked['role'])}. It holds from their next page.")
            return redirect(at(request, "members"))
    context = {
        "title": "Change a role",
        "caption": str(seat.user),
        "form": form,
        "back": at(request, "members"),
        "button": "Change the role",
        "ending": at(request, "member_end", pk=pk),
    }
    return render(request, "partnerships/seat_form.html", context)


def _role(role: str) -> str:
    name = ROLES[role][0]
    words = name[:1].lower() + name[1:]
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


@page("members.manage")
def end(request: Any, pk: int) -> HttpResponse:
    """End somebody's seat."""
    seat = _seat(request, pk)
    form = BaseForm(request.POST or None)
    back = at(request, "members")
    who = str(seat.user)
    if request.method == "POST" and form.is_valid():
        try:
            commands.end_seat(request.access, seat=seat, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"The seat of {who} has ended.")
            return redirect(back)
    context = {
        "title": f"End the seat of {who}?",
        "says": [
            f"They stop being {_role(seat.role)}{f' at {seat.organisation}' if seat.organisation else ''} now.",
            "From their next page they can do nothing with this seat.",
            "What they recorded and decided stays, under their name.",
        ],
        "form": form,
        "button": "End the seat",
        "danger": True,
        "back": back,
    }
    return render(request, "core/confirm.html", context)


def _invitation(request: Any, pk: int) -> Invitation:
    found = queries.one_or_404(queries.invitations_for(request.access), pk=pk)
    if not _may_touch(request.access, found):
        raise Http404("Not an invitation that you may change")
    return found


@page("members.manage")
def resend(request: Any, pk: int) -> HttpResponse:
    """Send an invitation again, with a new link; the old one stops working."""
    found = _invitation(request, pk)
    form = BaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.resend_invitation(request.access, invitation=found, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"A new link is on its way to {found.email}. It works for 14 days.")
            return redirect(at(request, "members"))
    context = {
        "title": "Send the invitation again?",
        "says": [f"A new link goes to {found.email}, for 14 days.", "The old link stops working."],
        "form": form,
        "button": "Send it again",
        "back": at(request, "members"),
    }
    return render(request, "core/confirm.html", context)


@page("members.manage")
def withdraw(request: Any, pk: int) -> HttpResponse:
    """Withdraw an invitation."""
    found = _invitation(request, pk)
    form = BaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.withdraw_invitation(request.access, invitation=found, once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"The invitation to {found.email} was withdrawn.")
            return redirect(at(request, "members"))
    context = {
        "title": "Withdraw the invitation?",
        "says": [f"The link that was sent to {found.email} stops working now."],
        "form": form,
        "button": "Withdraw it",
        "danger": True,
        "back": at(request, "members"),
    }
    return render(request, "core/confirm.html", context)


@page("partnership.view")
def roles(request: Any) -> HttpResponse:
    """Show what a role may do, one's own unless another is asked for."""
    mine = request.access.roles()
    asked = request.GET.get("role", "")
    role = asked if asked in ROLES else min(mine, key=list(ROLES).index)
    chosen = {"role": role, "name": ROLES[role][0], "says": ROLES[role][1], "may": abilities(role)}
    listed = [{"role": one, "name": name, "mine": one in mine} for one, (name, _) in ROLES.items()]
    back = at(request, "setup") if request.access.may("organisations.view") else ""
    return render(request, "partnerships/roles.html", {"roles": listed, "chosen": chosen, "back": back})
