"""Pages about small budgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.budgets import commands, queries
from openoutcomes.web.budgets.forms import AskForm, BudgetFilter, PotForm, SpendForm, WhyForm
from openoutcomes.web.budgets.models import BudgetEntry, BudgetRequest
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.templatetags.oo import day, money
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.models import Person
from openoutcomes.web.people.queries import look_at, people_for, records_seen
from openoutcomes.web.records.models import Record
from openoutcomes.web.sharing.forms import ConfirmForm, sent
from openoutcomes.web.sharing.queries import own_person_or_404, person_address

_TAGS = {
    "requested": "yellow", "approved": "blue", "declined": "red", "spent": "green", "cancelled": "grey",
}  # fmt: skip


def tag_of(row: BudgetRequest) -> Cell:
    """Return the state of a request as a tag."""
    return Cell(row.get_state_display(), tag=_TAGS[row.state])


def _programmes(access: Any, action: str) -> Any:
    return Programme.of(access.partnership).filter(organisation__in=access.organisation_ids(action))


@page("budgets.view")
def budgets(request: Any) -> HttpResponse:
    """List the requests, those that wait for approval first."""
    access = request.access
    filters = BudgetFilter(request.GET, programmes=_programmes(access, "budgets.view"))
    filters.is_valid()
    asked = filters.cleaned_data
    rows = queries.requests_for(access)
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    if asked.get("programme"):
        rows = rows.filter(pot__programme=asked["programme"])

    def who(row: Any) -> Cell:
        address = at(request, "budget", request_id=row.request_id)
        return Cell(row.person.shown, address) if row.is_visible else Cell(row.person.person_id)

    columns = [
        Column("Person", who, plain=lambda row: row.person.person_id),
        Column("State", tag_of, sort="state", plain=lambda row: row.get_state_display()),
        Column("Asked for", lambda row: money(row.amount, row.pot.currency), sort="amount", numeric=True,
               plain=lambda row: row.amount),
        Column("Spent", lambda row: money(row.spent, row.pot.currency), sort="spent", numeric=True,
               plain=lambda row: row.spent),
        Column("Programme", lambda row: row.pot.programme.name, sort="pot__programme__name"),
        Column("Asked by", lambda row: Cell(str(row.requested_by), under=day(row.requested_on)),
               sort="requested_on", plain=lambda row: row.requested_on),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows.order_by("-requested_on", "-pk"), columns, "budgets")
    pots = list(queries.pots_for(access).filter(starts_on__lte=today(), ends_on__gte=today()))
    return render(
        request,
        "budgets/list.html",
        {
            "title": "Small budgets",
            "pots": pots,
            "may_open": access.may("budgets.approve"),
            "listing": listing(
                request, rows, columns, caption="Requests", one="request", sort="rank", filters=filters,
                empty="Nothing has been asked for yet. Open a person, then ask for what would help."
                if pots else "No programme has money for small things yet. A manager opens a pot first.",
            ),
            "actions": [("Money of each programme", at(request, "pots"))]
            if access.may("budgets.approve") else [],
        },
    )  # fmt: skip


@page("budgets.request")
def ask(request: Any, person_id: str) -> HttpResponse:
    """Ask for something small for a person."""
    access = request.access
    person = own_person_or_404(access, person_id, "budgets.request")
    enrolments = queries.open_enrolments(access, person)
    if not enrolments:
        raise Http404("Nobody supports this person now")
    form = AskForm(sent(request), enrolments=enrolments, goals=queries.goals_of(access, person))
    back = person_address(access, person_id)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            done = commands.ask(
                access, enrolment=form.enrolments[values["enrolment"]], amount=values["amount"],
                what_for=values["what_for"], goal_id=values["goal_id"], once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The request was sent to your manager.")
            return redirect(at(request, "budget", request_id=done.request_id))
    return render(
        request, "core/form_page.html",
        {"title": "Ask for something that would help", "caption": person.shown, "form": form, "back": back,
         "button": "Ask"},
    )  # fmt: skip


@page("budgets.view")
def budget(request: Any, request_id: str) -> HttpResponse:
    """Show a request, and what may be done with it."""
    access = request.access
    row = queries.request_or_404(access, request_id)
    person = look_at(access, row.person.person_id, "budgets.budget")
    organisation = row.pot.programme.organisation

    def to(name: str) -> str:
        return at(request, name, request_id=request_id)

    actions = []
    if access.allows("budgets.approve", organisation):
        if row.state == "requested" and row.requested_by != access.user:
            actions += [("Approve", to("budget_approve")), ("Decline", to("budget_decline"))]
        if row.state == "spent":
            actions.append(("Correct what was spent", to("budget_correct")))
    if access.allows("budgets.request", organisation):
        if row.state == "approved":
            actions.append(("Note what was spent", to("budget_spend")))
        if row.state in ("requested", "approved"):
            actions.append(("Cancel it", to("budget_cancel")))
    goal = None
    if row.goal_id:
        goal = (
            Record.of(access.partnership)
            .filter(
                records_seen(access, person),
                person=person,
                table="goals",
                record_id=row.goal_id,
                current=True,
            )
            .first()
        )
    return render(
        request,
        "budgets/budget.html",
        {
            "row": row,
            "person": person,
            "state": tag_of(row),
            "goal": goal,
            "own": row.state == "requested" and row.requested_by == access.user,
            "left": queries.balance_of(row.pot).left,
            "used": queries.used_by(row.pot, person),
            "entries": BudgetEntry.of(access.partnership)
            .filter(request=row)
            .select_related("by")
            .order_by("pk"),
            "actions": actions,
            "back": at(request, "budgets"),
            "person_address": person_address(access, person.person_id),
        },
    )


def _do(
    request: Any, request_id: str, form: Any, act: Callable[[BudgetRequest], Any], done: str,
    template: str = "core/form_page.html", **context: Any,
) -> HttpResponse:  # fmt: skip
    row = queries.request_or_404(request.access, request_id)
    back = at(request, "budget", request_id=request_id)
    if request.method == "POST" and form.is_valid():
        try:
            act(row)
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, done)
            return redirect(back)
    context = {"caption": row.person.shown, "form": form, "back": back, **context}
    return render(request, template, context)


@page("budgets.approve")
def approve(request: Any, request_id: str) -> HttpResponse:
    """Approve a request."""
    row = queries.request_or_404(request.access, request_id)
    form = ConfirmForm(sent(request))
    left = queries.balance_of(row.pot).left
    return _do(
        request, request_id, form,
        lambda found: commands.approve(request.access, request=found, once=form.key()),
        "The request was approved.", "core/confirm.html",
        title=f"Approve {money(row.amount, row.pot.currency)}?", button="Approve",
        says=[
            row.what_for,
            f"The pot has {money(left, row.pot.currency)} left before this.",
        ],
    )  # fmt: skip


@page("budgets.approve")
def decline(request: Any, request_id: str) -> HttpResponse:
    """Decline a request, with the reason."""
    form = WhyForm(sent(request))
    return _do(
        request, request_id, form,
        lambda found: commands.decline(request.access, request=found, why=form.cleaned_data["why"], once=form.key()),
        "The request was declined.", title="Decline the request", button="Decline", danger=True,
    )  # fmt: skip


@page("budgets.request")
def cancel(request: Any, request_id: str) -> HttpResponse:
    """Cancel a request."""
    form = ConfirmForm(sent(request))
    return _do(
        request, request_id, form,
        lambda found: commands.cancel(request.access, request=found, once=form.key()),
        "The request was cancelled.", "core/confirm.html", title="Cancel the request?",
        button="Cancel the request", danger=True, says=["What was promised goes back into the pot."],
    )  # fmt: skip


@page("budgets.request")
def spend(request: Any, request_id: str) -> HttpResponse:
    """Note what was spent."""
    row = queries.request_or_404(request.access, request_id)
    form = SpendForm(sent(request), initial={"amount": row.amount, "spent_on": today()})

    def act(found: BudgetRequest) -> Any:
        values = form.cleaned_data
        return commands.spend(
            request.access, request=found, amount=values["amount"], spent_on=values["spent_on"],
            receipt=values["receipt"], once=form.key(),
        )  # fmt: skip

    return _do(
        request, request_id, form, act, "What was spent was noted.", title="Note what was spent",
        lead=f"{money(row.amount, row.pot.currency)} was approved. The rest goes back into the pot.",
    )  # fmt: skip


@page("budgets.approve")
def correct(request: Any, request_id: str) -> HttpResponse:
    """Put right what was noted as spent."""
    row = queries.request_or_404(request.access, request_id)
    initial = {"amount": row.spent, "spent_on": row.spent_on, "receipt": row.receipt}
    form = SpendForm(sent(request), initial=initial)

    def act(found: BudgetRequest) -> Any:
        values = form.cleaned_data
        return commands.correct(
            request.access, request=found, amount=values["amount"], spent_on=values["spent_on"],
            receipt=values["receipt"], once=form.key(),
        )  # fmt: skip

    return _do(
        request, request_id, form, act, "It was corrected.", title="Correct what was spent",
        lead="The first entry stays and is reversed. Give 0 if nothing was spent after all.",
    )  # fmt: skip


@page("budgets.approve")
def pots(request: Any) -> HttpResponse:
    """List the pots, with what is left of each."""
    access = request.access
    rows = queries.pots_for(access, "budgets.approve")
    columns = [
        Column("Programme", lambda p: Cell(p.programme.name, at(request, "pot_change", pot_id=p.pot_id),
               under=f"{day(p.starts_on)} to {day(p.ends_on)}"), sort="programme__name",
               plain=lambda p: p.programme.programme_id),
        Column("In the pot", lambda p: money(p.funded, p.currency), numeric=True, plain=lambda p: p.funded),
        Column("Promised", lambda p: money(p.promised, p.currency), numeric=True, plain=lambda p: p.promised),
        Column("Spent", lambda p: money(p.spent, p.currency), numeric=True, plain=lambda p: p.spent),
        Column("Left", lambda p: money(p.left, p.currency), numeric=True, plain=lambda p: p.left),
        Column("Most for one person", lambda p: money(p.per_person, p.currency) or "No limit", numeric=True,
               plain=lambda p: p.per_person),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows.order_by("-starts_on", "pk"), columns, "pots")
    add = ("Open a pot", at(request, "pot_open"))
    return render(
        request, "core/list_page.html",
        {
            "title": "Money of each programme", "back": at(request, "budgets"), "actions": [add],
            "listing": listing(
                request, rows, columns, caption="Pots", one="pot", sort="-starts_on",
                empty="No programme has money for small things yet.", empty_action=add,
            ),
        },
    )  # fmt: skip


@page("budgets.approve")
def pot_open(request: Any) -> HttpResponse:
    """Open a programme's pot for a year."""
    first, last = queries.year_of(today())
    form = PotForm(
        sent(request), programmes=_programmes(request.access, "budgets.approve").filter(is_open=True),
        is_new=True, initial={"starts_on": first, "ends_on": last},
    )  # fmt: skip
    back = at(request, "pots")
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            done = commands.open_pot(
                request.access, programme=values["programme"], starts_on=values["starts_on"],
                ends_on=values["ends_on"], amount=values["amount"], per_person=values["per_person"],
                once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{done.programme} has money for small things.")
            return redirect(back)
    return render(request, "core/form_page.html", {"title": "Open a pot", "form": form, "back": back})


@page("budgets.approve")
def pot_change(request: Any, pot_id: str) -> HttpResponse:
    """Change what is in a pot, or the most for one person."""
    access = request.access
    pot = queries.pot_or_404(access, pot_id, "budgets.approve")
    balance = queries.balance_of(pot)
    form = PotForm(
        sent(request), programmes=_programmes(access, "budgets.approve"), is_new=False,
        initial={"amount": balance.funded, "per_person": pot.per_person},
    )  # fmt: skip
    back = at(request, "pots")
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            commands.change_pot(
                access, pot=pot, amount=values["amount"], per_person=values["per_person"], once=form.key()
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The pot was changed.")
            return redirect(back)
    return render(
        request, "core/form_page.html",
        {"title": "Change the pot", "caption": pot.programme.name, "form": form, "back": back,
         "lead": f"{money(balance.left, pot.currency)} is left."},
    )  # fmt: skip


def person_section(access: Any, person: Person) -> dict[str, Any] | None:
    """Return a person's small budgets, for their page; None when there is nothing to show."""
    if not access.may("budgets.view") or not people_for(access).filter(pk=person.pk).exists():
        return None
    return queries.of_person(access, person)
