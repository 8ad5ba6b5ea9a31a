"""Pages of changes to delivery: the list, one change with its steps, a contract's log, and budget lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.changes import commands, money, queries, team
from openoutcomes.web.changes.forms import (
    AgreementForm,
    ChangeFilter,
    ChangeForm,
    CorrectForm,
    FollowUpForm,
    LineForm,
    WhyForm,
    moves_as_initial,
)
from openoutcomes.web.changes.models import Change, Entry, FollowUp
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, done, form_page, page, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.core.templatetags.oo import money as in_money
from openoutcomes.web.sharing.forms import sent

COLOURS = {"proposed": "yellow", "objected": "red", "made": "blue", "followed": "green", "withdrawn": "grey"}
RESULTS = {"yes": "green", "partly": "yellow", "no": "orange", "early": "grey"}


def _filtered(request: Any) -> tuple[ChangeFilter, Any]:
    access = request.access
    filters = ChangeFilter(request.GET, access=access)
    rows = queries.changes_for(access)
    asked = filters.cleaned_data if filters.is_valid() else {}
    state = asked.get("state") or ""
    if state == "mine":
        rows = rows.filter(pk__in=queries.to_agree(access).values("change"))
    elif state == "overdue":
        rows = rows.filter(state="made", follow_on__lt=today())
    elif state:
        rows = rows.filter(state=state)
    for name in ("contract", "organisation"):
        if asked.get(name):
            rows = rows.filter(**{name: asked[name]})
    if asked.get("words"):
        rows = rows.filter(title__icontains=asked["words"])
    return filters, rows


def _columns(request: Any) -> list[Column]:
    def follow(row: Change) -> Cell | str:
        if row.state != "made":
            return ""
        return Cell("Overdue", tag="red", under=day(row.follow_on)) if row.is_overdue else day(row.follow_on)

    return [
        Column("What changed", lambda row: Cell(row.title, at(request, "change", change_id=row.change_id)), sort="title"),
        Column("Who", lambda row: str(row.programme or row.organisation or "The partnership"), sort="organisation__name"),
        Column("State", lambda row: Cell(row.get_state_display(), tag=COLOURS[row.state]), sort="state"),
        Column("Decided", lambda row: day(row.decided_on), sort="decided_on", plain=lambda row: row.decided_on.isoformat()),
        Column("From", lambda row: day(row.effective_from), sort="effective_from", plain=lambda row: row.effective_from.isoformat()),
        Column("Look at it by", follow, sort="follow_on", plain=lambda row: row.follow_on.isoformat()),
        Column("Contract", lambda row: row.contract.name if row.contract else ""),
    ]  # fmt: skip


@page("changes.view")
def changes(request: Any) -> HttpResponse:
    """List what changed in delivery."""
    access = request.access
    filters, rows = _filtered(request)
    columns = _columns(request)
    if wants_csv(request):
        return as_csv(rows, columns, "changes")
    may = access.may("changes.record")
    actions = [("Write a change down", at(request, "change_add"))] if may else []
    if access.may("capacity.view"):
        actions.append(("Team capacity", at(request, "capacity")))
    logs = [
        (one.name, at(request, "change_log", pk=one.pk))
        for one in Contract.of(access.partnership).filter(
            pk__in=queries.changes_for(access).order_by().values("contract")
        )
    ]
    programmes = queries.programmes_for(access).order_by("name") if may else []
    return render(
        request, "changes/list.html",
        {
            "title": "Changes to delivery",
            "lead": "What changed, why, who decided and what happened next: so that a contract can bend and still be audited.",
            "listing": listing(
                request, rows, columns, caption="Changes to delivery", one="change", sort="-decided_on", filters=filters,
                empty="Nothing is written down yet. What do you do otherwise than was agreed at first?",
                empty_action=("Write a change down", at(request, "change_add")) if may else None,
            ),
            "actions": actions, "logs": logs,
            "budgets": [(str(one), at(request, "budget_lines", programme_id=one.programme_id)) for one in programmes],
        },
    )  # fmt: skip


@page("changes.view")
def change(request: Any, change_id: str) -> HttpResponse:
    """Show a change: what, why, who decided and agreed, what money moved, and what happened next."""
    access = request.access
    found = queries.change_or_404(access, change_id)
    agreements = queries.agreements_of(found)
    records = queries.may_record(access, found)
    mine = [one for one in agreements if access.allows("changes.agree", one.organisation_id)]
    return render(
        request, "changes/change.html",
        {
            "row": found, "colour": COLOURS[found.state], "records": records,
            "moves": money.moves_of(found), "agreements": agreements,
            "mine": next((one for one in mine if not one.answer), None),
            "my_answers": {one.pk for one in mine if one.answer and found.state != "followed"},
            "follow_ups": [
                (one, RESULTS[one.result])
                for one in FollowUp.of(access.partnership).filter(change=found).select_related("by")
            ],
            "entries": Entry.of(access.partnership).filter(change=found).select_related("by", "organisation"),
            "waits_for": [str(one.organisation) for one in agreements if not one.answer],
            "holds": found.state in Change.HOLDS, "back": at(request, "changes"),
        },
    )  # fmt: skip


def _proposed(request: Any) -> dict[str, Any]:
    """Return how a form begins that moves the money of a vacant post."""
    asked = request.GET.get("post", "")
    if not asked or not request.access.may("capacity.manage"):
        return {}
    post = team.post_or_404(request.access, asked)
    standing = next(iter(team.standings([post])), None)
    if standing is None or standing.is_filled or standing.vacant_since is None:
        return {}
    found: dict[str, Any] = {
        "title": f"Use the money of a vacant post: {post.title}",
        "why": f"The post has been vacant since {day(standing.vacant_since)}.",
        "programme": post.programme.programme_id,
    }
    if post.line is not None and standing.unspent:
        free = money.holds([post.line])[post.line.pk].free
        found |= {"source_1": post.line.line_id, "amount_1": max(min(standing.unspent, free), Decimal(0))}
    if post.programme.contract is not None:
        payers = queries.agreeing(request.access).filter(contract=post.programme.contract)
        found["agree"] = sorted({party.organisation.organisation_id for party in payers})
    return found


@page("changes.record")
def add(request: Any) -> HttpResponse:
    """Write a change down."""
    access = request.access
    initial = {"because": request.GET.get("because", ""), **_proposed(request)}
    form = ChangeForm(sent(request), access=access, initial=initial)
    made = done(
        request, form,
        lambda: commands.record(
            access, values=form.values(), moves=form.moves, agree=list(form.cleaned_data["agree"]),
            because=form.chosen(), once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        waits = made.state == "proposed"
        say(
            request,
            "It is written down. Those who have to agree are asked." if waits else "It is written down.",
        )
        return redirect(at(request, "change", change_id=made.change_id))
    return form_page(
        request, form, "Write a change down", at(request, "changes"), template="changes/form.html"
    )


def _recorded(request: Any, change_id: str) -> Change:
    found = queries.change_or_404(request.access, change_id)
    if not queries.may_record(request.access, found):
        raise PermissionDenied("changes.record")
    return found


@page("changes.record")
def correct(request: Any, change_id: str) -> HttpResponse:
    """Correct a change."""
    access = request.access
    found = _recorded(request, change_id)
    names = (
        "title",
        "what",
        "why",
        "role",
        "decided_on",
        "effective_from",
        "expected",
        "follow_on",
        "total_why",
    )
    initial = {name: getattr(found, name) for name in names} | moves_as_initial(money.moves_of(found))
    initial |= {
        "programme": found.programme.programme_id if found.programme else "",
        "organisation": found.organisation.organisation_id if found.organisation and not found.programme else "",
        "contract": found.contract.contract_id if found.contract else "",
        "agree": [one.organisation.organisation_id for one in queries.agreements_of(found)],
        "expected_number": found.number,
    }  # fmt: skip
    form = CorrectForm(sent(request), access=access, initial=initial)
    back = at(request, "change", change_id=change_id)
    made = done(
        request, form,
        lambda: commands.correct(
            access, change=found, values=form.values(), why=form.cleaned_data["why_corrected"], moves=form.moves,
            agree=list(form.cleaned_data["agree"]), expected_number=form.cleaned_data["expected_number"],
            once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "It is corrected. How it read before is in the log.")
        return redirect(back)
    lead = (
        "Nothing is overwritten: the log keeps how it read. Those who agreed to what changes are asked again."
    )
    return form_page(
        request, form, "Correct the change", back, template="changes/form.html", caption=found.title, lead=lead,
        button="Correct",
    )  # fmt: skip


@page("changes.agree")
def agree(request: Any, agreement_id: str) -> HttpResponse:
    """Agree to a change, or object."""
    access = request.access
    found = queries.agreement_or_404(access, agreement_id)
    if not access.allows("changes.agree", found.organisation_id):
        raise PermissionDenied("changes.agree")
    form = AgreementForm(sent(request), initial={"said": found.answer, "why": found.why})
    back = at(request, "change", change_id=found.change.change_id)
    made = done(
        request, form,
        lambda: commands.answer(
            access, agreement=found, said=form.cleaned_data["said"], why=form.cleaned_data["why"], once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "You agreed." if made.answer == "agree" else "You objected. The provider sees why.")
        return redirect(back)
    return form_page(
        request, form, f"Does {found.organisation} agree?", back, template="changes/agree.html",
        caption=found.change.title, row=found.change, moves=money.moves_of(found.change), button="Say so",
    )  # fmt: skip


@page("changes.record")
def follow_up(request: Any, change_id: str) -> HttpResponse:
    """Say what happened next."""
    access = request.access
    found = _recorded(request, change_id)
    form = FollowUpForm(sent(request))
    back = at(request, "change", change_id=change_id)

    def act() -> Any:
        values = {name: value for name, value in form.cleaned_data.items() if name not in ("once", "opened")}
        return commands.follow_up(access, change=found, once=form.key(), **values)

    if done(request, form, act) is not None:
        say(request, "It is written down what happened.")
        return redirect(back)
    return form_page(
        request, form, "What happened next?", back, caption=found.title, lead=f"Expected: {found.expected}"
    )


@page("changes.record")
def withdraw(request: Any, change_id: str) -> HttpResponse:
    """Withdraw a change."""
    access = request.access
    found = _recorded(request, change_id)
    form = WhyForm(sent(request))
    back = at(request, "change", change_id=change_id)
    act = lambda: commands.withdraw(access, change=found, why=form.cleaned_data["why"], once=form.key())  # noqa: E731
    if done(request, form, act) is not None:
        say(request, "The change is withdrawn, and its money is back where it was. The log keeps it.")
        return redirect(back)
    lead = "For a change written down by mistake, or one that will not be made. Its money goes back."
    return form_page(
        request,
        form,
        "Withdraw this change?",
        back,
        caption=found.title,
        lead=lead,
        button="Withdraw",
        danger=True,
    )


# A contract's log


def _contract(request: Any, pk: int) -> Contract:
    found: Contract | None = Contract.of(request.access.partnership).filter(pk=pk).first()
    if found is None:
        raise Http404("No such contract")
    return found


def _entries(contract: Contract) -> Any:
    return (
        Entry.of(contract.partnership)
        .filter(change__contract=contract)
        .select_related("change__programme", "change__organisation", "organisation", "by")
        .order_by("at", "pk")
    )


_LOG_COLUMNS = [
    Column("When", lambda row: day(row.at), plain=lambda row: row.at.isoformat(timespec="seconds")),
    Column("Change", lambda row: row.change.change_id),
    Column("What was written", lambda row: row.get_kind_display()),
    Column("Version", lambda row: str(row.number), numeric=True),
    Column("What changed", lambda row: row.values["title"]),
    Column("Why", lambda row: row.values["why"]),
    Column("Programme", lambda row: row.values["programme"] or row.values["organisation"]),
    Column("Who decided", lambda row: row.values["role"]),
    Column("Decided", lambda row: row.values["decided_on"]),
    Column("From", lambda row: row.values["effective_from"]),
    Column("Money", lambda row: "; ".join(row.values["moves"])),
    Column("Why the total changes", lambda row: row.values["total_why"]),
    Column("For whom", lambda row: str(row.organisation or "")),
    Column("Words", lambda row: row.words),
    Column("Day", lambda row: row.on.isoformat()),
    Column("By", lambda row: str(row.by)),
]


@page("changes.view")
def log(request: Any, pk: int) -> HttpResponse:
    """Show everything that was written about a contract's changes, in order; nothing in it is ever altered."""
    found = _contract(request, pk)
    rows = _entries(found)
    if wants_csv(request):
        return as_csv(rows, _LOG_COLUMNS, f"changes-{found.contract_id}")
    columns = [
        Column("When", lambda row: day(row.at)),
        Column(
            "What changed",
            lambda row: Cell(
                row.values["title"], at(request, "change", change_id=row.change.change_id), under=row.words
            ),
        ),
        Column(
            "What was written", lambda row: Cell(row.get_kind_display(), under=str(row.organisation or ""))
        ),
        Column(
            "Money",
            lambda row: "; ".join(row.values["moves"]) if row.kind in ("recorded", "corrected") else "",
        ),
        Column("By", lambda row: str(row.by)),
    ]
    return render(
        request, "core/list_page.html",
        {
            "title": f"Log of changes: {found.name}",
            "lead": "Everything that was written, in order. Nothing in it is ever altered: what was wrong is corrected by another line.",
            "listing": listing(
                request, rows, columns, caption=f"Log of changes under {found.name}", one="line",
                empty="Nothing has changed under this contract yet.",
            ),
            "actions": [("Print", at(request, "change_log_print", pk=pk))], "back": at(request, "changes"),
        },
    )  # fmt: skip


@page("changes.view")
def log_print(request: Any, pk: int) -> HttpResponse:
    """Show a contract's changes on paper: each as it stands, with everything that was written about it."""
    found = _contract(request, pk)
    entries: dict[int, list[Entry]] = {}
    for entry in _entries(found):
        entries.setdefault(entry.change_id, []).append(entry)
    rows = queries.changes_for(request.access).filter(contract=found).order_by("decided_on", "pk")
    return render(
        request, "changes/log_print.html",
        {
            "contract": found, "rows": [(row, entries.get(row.pk, []), COLOURS[row.state]) for row in rows],
            "today": today(), "back": at(request, "change_log", pk=pk),
        },
    )  # fmt: skip


# Budget lines


@page("changes.record")
def budget(request: Any, programme_id: str) -> HttpResponse:
    """List the budget lines of a programme, with what each holds now."""
    programme = queries.programme_or_404(request.access, programme_id, "changes.record")
    lines = queries.lines_of(programme)
    rows = list(money.holds(lines).values())
    columns = [
        Column("Line", lambda row: row.line.name),
        Column("To begin with", lambda row: in_money(row.line.opening), numeric=True, plain=lambda row: row.line.opening),
        Column("Now", lambda row: in_money(row.amount), numeric=True, plain=lambda row: row.amount),
        Column("Promised", lambda row: in_money(row.promised), numeric=True, plain=lambda row: row.promised),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, columns, f"budget-{programme.programme_id}")
    return render(
        request, "changes/budget.html",
        {
            "title": f"Budget of {programme.name}",
            "lead": "What the lines hold changes only through changes to delivery, so that each pound can be followed.",
            "listing": listing(
                request, rows, columns, caption="Budget lines", one="line",
                empty="There is no line yet. Add the lines of the budget as it was agreed.",
            ),
            "opening": sum((row.line.opening for row in rows), Decimal(0)), "now": sum((row.amount for row in rows), Decimal(0)),
            "promised": any(row.promised for row in rows),
            "actions": [("Add a line", at(request, "budget_line_add", programme_id=programme_id))],
            "back": at(request, "changes"),
        },
    )  # fmt: skip


@page("changes.record")
def line_add(request: Any, programme_id: str) -> HttpResponse:
    """Add a budget line."""
    access = request.access
    programme = queries.programme_or_404(access, programme_id, "changes.record")
    form = LineForm(sent(request))
    back = at(request, "budget_lines", programme_id=programme_id)
    made = done(
        request, form,
        lambda: commands.add_line(
            access, programme=programme, name=form.cleaned_data["name"], opening=form.cleaned_data["opening"],
            once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        say(request, f"“{made.name}” was added.")
        return redirect(back)
    return form_page(request, form, "Add a budget line", back, caption=programme.name, button="Add the line")
