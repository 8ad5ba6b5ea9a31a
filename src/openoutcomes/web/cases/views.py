"""Pages of the case library."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.cases import commands, fileformat, queries, words
from openoutcomes.web.cases.forms import (
    CaseFilter,
    CaseForm,
    ConditionForm,
    CopyForm,
    DecideForm,
    FileForm,
    NewConditionForm,
    PublishForm,
)
from openoutcomes.web.cases.models import FIELDS, CaseVersion, Condition, CopyPlan, Publication
from openoutcomes.web.cases.showing import COLOURS, HEADINGS, changes, lay_out
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, done, page, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.sharing.forms import ConfirmForm, sent

#: The most cases on the list at once; beyond it, somebody has to say what they look for.
_LISTED = 300


def _columns() -> list[Column]:
    return [
        Column("Case", lambda f: Cell(f.title, f.address, under=f.why or f.who_for), plain=lambda f: f.title),
        Column("What came of it", lambda f: Cell(f.result_words, tag=COLOURS[f.result])),
        Column("What was learned", lambda f: _short(f.learned), plain=lambda f: f.learned),
        Column("Whose", lambda f: f.whose or "Ours"),
    ]


def _short(text: str, most: int = 160) -> str:
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def _looked_for(request: Any) -> tuple[CaseFilter, list[queries.Found]]:
    filters = CaseFilter(request.GET)
    filters.is_valid()
    asked = filters.cleaned_data
    found = queries.search(
        request.access, asked.get("words") or "", tags={name: asked.get(name) or "" for name in words.TAGS},
        elsewhere=asked.get("where") != "here", limit=_LISTED,
    )  # fmt: skip
    if asked.get("where") == "elsewhere":
        found = [one for one in found if one.where == "elsewhere"]
    return filters, found


@page("cases.view")
def cases(request: Any) -> HttpResponse:
    """List and find cases: what worked and what did not, here and elsewhere, in one list."""
    access = request.access
    filters, found = _looked_for(request)
    columns = _columns()
    if wants_csv(request):
        return as_csv(found, columns, "cases")
    actions = []
    if access.may("cases.write"):
        actions.append(("Add a case", at(request, "case_add")))
        actions.append(("Plans to copy a case", at(request, "copy_plans")))
    return render(
        request, "cases/list.html",
        {
            "title": "Cases",
            "lead": "What was tried, here and elsewhere, and what was learned. What did not work is as useful as what did.",
            "listing": listing(
                request, found, columns, caption="Cases", one="case", filters=filters,
                empty="No case is written down yet. A title and what came of it are enough to begin.",
                empty_action=("Add a case", at(request, "case_add")) if access.may("cases.write") else None,
            ),
            "actions": actions,
            "failed": f"{at(request, 'cases')}?result=failed",
            "may_exchange": access.may("cases.publish"),
        },
    )  # fmt: skip


@page("cases.view")
def find(request: Any) -> HttpResponse:
    """Show the best few cases for some words: a part of a page, or a whole page without scripts."""
    text = request.GET.get("words", "")[:400]
    found = queries.search(request.access, text, limit=5) if text.strip() else []
    template = "cases/found.html" if request.headers.get("HX-Request") else "cases/find.html"
    return render(request, template, {"found": found, "words": text, "back": at(request, "cases")})


def _case_page(request: Any, values: dict[str, Any], **more: Any) -> HttpResponse:
    return render(request, "cases/case.html", {"shown": lay_out(values), **more})


@page("cases.view")
def case(request: Any, case_id: str) -> HttpResponse:
    """Show one of the partnership's cases."""
    access = request.access
    row = queries.case_or_404(access, case_id)
    plans = CopyPlan.of(access.partnership).filter(case=row)
    return _case_page(
        request, row.values(), case=row, plans=plans, publication=queries.publication_of(row),
        may_write=access.allows("cases.write", row.organisation_id or 0), may_copy=access.may("cases.write"),
        may_publish=access.may("cases.publish"), back=at(request, "cases"),
    )  # fmt: skip


@page("cases.view")
def elsewhere(request: Any, publication_id: str) -> HttpResponse:
    """Show a case that another partnership has published."""
    access = request.access
    row = queries.publication_or_404(access, publication_id)
    plans = CopyPlan.of(access.partnership).filter(publication_id=row.publication_id)
    return _case_page(
        request, row.values, elsewhere=row, plans=plans, may_copy=access.may("cases.write"),
        back=at(request, "cases"),
    )  # fmt: skip


@page("cases.view")
def history(request: Any, case_id: str) -> HttpResponse:
    """Show how a case was written: who changed what, and when."""
    row = queries.case_or_404(request.access, case_id)
    versions = list(CaseVersion.of(row.partnership).filter(case=row).select_related("by").order_by("-number"))
    older = [*versions[1:], None]
    rows = [
        (one, changes(before.values if before else None, one.values))
        for one, before in zip(versions, older, strict=True)
    ]
    return render(
        request,
        "cases/history.html",
        {"case": row, "rows": rows, "back": at(request, "case", case_id=case_id)},
    )


def _values(form: CaseForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in FIELDS}


@page("cases.write")
def add(request: Any) -> HttpResponse:
    """Write down a case."""
    access = request.access
    form = CaseForm(sent(request))
    made = done(request, form, lambda: commands.add(access, values=_values(form), once=form.key()))
    if made is not None:
        say(request, "The case was added. Others can find it now.")
        return redirect(at(request, "case", case_id=made.case_id))
    return render(
        request, "cases/form.html", {"title": "Add a case", "form": form, "back": at(request, "cases")}
    )


@page("cases.write")
def change(request: Any, case_id: str) -> HttpResponse:
    """Change a case."""
    access = request.access
    row = queries.case_or_404(access, case_id)
    form = CaseForm(sent(request), initial={**row.values(), "cost": row.cost, "revision": row.revision})
    back = at(request, "case", case_id=case_id)
    made = done(
        request, form,
        lambda: commands.change(
            access, case=row, values=_values(form), expected=form.cleaned_data["revision"], once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "The case was changed. How it stood before is kept.")
        return redirect(back)
    return render(
        request,
        "cases/form.html",
        {"title": "Change the case", "caption": row.title, "form": form, "back": back},
    )


@page("cases.write")
def put_away(request: Any, case_id: str) -> HttpResponse:
    """Take a case out of lists, or put it back."""
    access = request.access
    row = queries.case_or_404(access, case_id)
    away = row.put_away_at is None
    form = ConfirmForm(sent(request))
    back = at(request, "case", case_id=case_id)
    made = done(request, form, lambda: commands.put_away(access, case=row, away=away, once=form.key()))
    if made is not None:
        say(request, "The case is put away." if away else "The case is back in lists and searches.")
        return redirect(back)
    says = ["It leaves lists and searches.", "It stays here with its history, and can be put back."]
    return render(
        request, "core/confirm.html",
        {
            "title": "Put this case away?" if away else "Put this case back?", "caption": row.title, "form": form,
            "says": says if away else ["It is found again in lists and searches."], "back": back,
            "button": "Put away" if away else "Put back",
        },
    )  # fmt: skip


@page("cases.publish")
def publish(request: Any, case_id: str) -> HttpResponse:
    """Check a case, and let other partnerships of the installation read it."""
    access = request.access
    row = queries.case_or_404(access, case_id)
    found = commands.suspects_of(row)
    form = PublishForm(sent(request), found=[one for one in found if not one.must_go], fields=HEADINGS)
    back = at(request, "case", case_id=case_id)
    made = done(
        request, form,
        lambda: commands.publish(
            access, case=row, looked_at=form.cleaned_data.get("looked_at", []), once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "The case is published as it stands. You can withdraw it at any time.")
        return redirect(back)
    must_go = [(one.text, one.words, HEADINGS[one.field]) for one in found if one.must_go]
    return render(
        request, "cases/publish.html",
        {
            "title": "Publish this case to other partnerships", "caption": row.title, "form": form, "back": back,
            "button": "Publish", "must_go": must_go, "is_clean": not found,
            "change": at(request, "case_change", case_id=case_id),
        },
    )  # fmt: skip


@page("cases.publish")
def withdraw(request: Any, case_id: str) -> HttpResponse:
    """Take a case back from the other partnerships."""
    access = request.access
    row = queries.case_or_404(access, case_id)
    form = ConfirmForm(sent(request))
    back = at(request, "case", case_id=case_id)
    made = done(request, form, lambda: commands.withdraw(access, case=row, once=form.key()))
    if made is not None:
        say(request, "Other partnerships can no longer read the case.")
        return redirect(back)
    return render(
        request, "core/confirm.html",
        {
            "title": "Withdraw this case from other partnerships?", "caption": row.title, "form": form, "back": back,
            "says": [
                "They can no longer read or find it here, from now on.",
                "What they wrote in plans of their own stays theirs, and files that were downloaded stay where they are.",
            ],
            "button": "Withdraw",
        },
    )  # fmt: skip


@page("cases.publish")
def export(request: Any) -> HttpResponse:
    """Download the cases that are published, as a file for another installation."""
    access = request.access
    rows = Publication.of(access.partnership).filter(withdrawn_at=None).order_by("published_at", "pk")
    text = fileformat.written(
        access.partnership.name,
        [(case_id, values) for case_id, values in rows.values_list("case__case_id", "values")],
    )
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="cases.json"'
    return response


@page("cases.publish")
def take_in(request: Any) -> HttpResponse:
    """Take in cases from a file."""
    access = request.access
    form = FileForm(sent(request), request.FILES or None)

    def act() -> Any:
        # One byte more than is read, so that a file that is too large is told from one that just fits.
        data = form.cleaned_data["file"].read(fileformat.LARGEST + 1)
        return commands.take_in(access, data=data, once=form.key()) or 0

    made = done(request, form, act)
    if made is not None:
        say(
            request,
            f"{made} case{'s were' if made != 1 else ' was'} taken in."
            if made
            else "The cases were taken in.",
        )
        return redirect(at(request, "cases"))
    return render(
        request, "cases/import.html",
        {"title": "Take in cases from a file", "form": form, "back": at(request, "cases"), "button": "Take in"},
    )  # fmt: skip


@page("cases.view")
def schema(request: Any) -> HttpResponse:
    """Give the format of the file, as JSON Schema."""
    del request
    text = json.dumps(fileformat.schema(), indent=1, ensure_ascii=False)
    response = HttpResponse(text, content_type="application/schema+json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="cases.schema.json"'
    return response


def _copy(request: Any, title: str, values: Any, back: str, **of: Any) -> HttpResponse:
    access = request.access
    form = CopyForm(sent(request), initial={"conditions": values.get("conditions") or ""})
    made = done(
        request, form,
        lambda: commands.plan_copy(
            access, why=form.cleaned_data["why"], different=form.cleaned_data["different"],
            conditions=form.cleaned_data["conditions"].splitlines(), once=form.key(), **of,
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "The plan was begun. Now say for each condition whether it is true here.")
        return redirect(at(request, "copy_plan", plan_id=made.plan_id))
    return render(
        request, "core/form_page.html",
        {
            "title": "What would have to be true here?", "caption": title, "form": form, "back": back,
            "lead": "Before copying what worked, or worked around what did not, ask what it rested on.",
            "button": "Begin",
        },
    )  # fmt: skip


@page("cases.write")
def copy(request: Any, case_id: str) -> HttpResponse:
    """Begin a plan to do the same as a case of the partnership."""
    row = queries.case_or_404(request.access, case_id)
    return _copy(request, row.title, row.values(), at(request, "case", case_id=case_id), case=row)


@page("cases.write")
def copy_elsewhere(request: Any, publication_id: str) -> HttpResponse:
    """Begin a plan to do the same as a case of another partnership."""
    row = queries.publication_or_404(request.access, publication_id)
    back = at(request, "case_elsewhere", publication_id=publication_id)
    return _copy(request, row.title, row.values, back, publication=row)


@page("cases.view")
def plans(request: Any) -> HttpResponse:
    """List the plans to copy a case, with how many conditions are not known yet."""
    rows = queries.plans_with_counts(request.access)
    columns = [
        Column("Plan", lambda p: Cell(p.title, at(request, "copy_plan", plan_id=p.plan_id), under=p.source),
               sort="title", plain=lambda p: p.title),
        Column("Stands", lambda p: p.get_state_display(), sort="state"),
        Column("True here", lambda p: str(p.true), numeric=True, plain=lambda p: p.true),
        Column("Not true here", lambda p: str(p.not_true), numeric=True, plain=lambda p: p.not_true),
        Column("Not known yet", lambda p: str(p.unknown), numeric=True, plain=lambda p: p.unknown),
        Column("Begun", lambda p: day(p.begun_at), sort="begun_at", plain=lambda p: p.begun_at.date().isoformat()),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, columns, "copy-plans")
    return render(
        request, "core/list_page.html",
        {
            "title": "Plans to copy a case", "back": at(request, "cases"),
            "lead": "For each: what would have to be true here, and what is known of it.",
            "listing": listing(
                request, rows, columns, caption="Plans", one="plan", sort="-begun_at",
                empty="Nobody plans to copy a case yet. Open one, and begin from there.",
                empty_action=("Look for a case", at(request, "cases")),
            ),
        },
    )  # fmt: skip


@page("cases.view")
def plan(request: Any, plan_id: str) -> HttpResponse:
    """Show a plan to copy a case: each condition with what is known of it."""
    access = request.access
    row = queries.plan_or_404(access, plan_id)
    conditions = (
        Condition.of(access.partnership).filter(plan=row).select_related("judged_by").order_by("number")
    )
    source = ""
    if row.case is not None:
        source = at(request, "case", case_id=row.case.case_id)
    elif queries.published_elsewhere(access).filter(publication_id=row.publication_id).exists():
        source = at(request, "case_elsewhere", publication_id=row.publication_id)
    return render(
        request, "cases/plan.html",
        {
            "plan": row, "conditions": conditions, "source": source, "today": today(),
            "unknown": sum(1 for one in conditions if one.state == "unknown"),
            "may_write": access.allows("cases.write", row.organisation_id or 0),
            "back": at(request, "copy_plans"),
        },
    )  # fmt: skip


def _condition_page(request: Any, row: CopyPlan, form: Any, title: str, caption: str) -> HttpResponse:
    back = at(request, "copy_plan", plan_id=row.plan_id)
    return render(
        request, "core/form_page.html", {"title": title, "caption": caption, "form": form, "back": back}
    )


@page("cases.write")
def condition(request: Any, plan_id: str, number: int) -> HttpResponse:
    """Say whether a condition is true here."""
    access = request.access
    row = queries.plan_or_404(access, plan_id)
    one = queries.condition_or_404(row, number)
    initial = {"state": one.state, "found": one.found, "finder": one.finder, "due_on": one.due_on}
    form = ConditionForm(sent(request), initial=initial)
    given = ("state", "found", "finder", "due_on")
    made = done(
        request, form,
        lambda: commands.judge(
            access, condition=one, once=form.key(), **{name: form.cleaned_data[name] for name in given}
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "Saved.")
        return redirect(at(request, "copy_plan", plan_id=plan_id))
    return _condition_page(request, row, form, "Is this true here?", one.words)


@page("cases.write")
def condition_add(request: Any, plan_id: str) -> HttpResponse:
    """Add a condition to a plan."""
    access = request.access
    row = queries.plan_or_404(access, plan_id)
    form = NewConditionForm(sent(request))
    given = ("line", "finder", "due_on")
    made = done(
        request, form,
        lambda: commands.add_condition(
            access, plan=row, once=form.key(), **{name: form.cleaned_data[name] for name in given}
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "The condition was added.")
        return redirect(at(request, "copy_plan", plan_id=plan_id))
    return _condition_page(request, row, form, "Add a condition", row.title)


@page("cases.write")
def decide(request: Any, plan_id: str) -> HttpResponse:
    """Decide whether to go ahead with a plan."""
    access = request.access
    row = queries.plan_or_404(access, plan_id)
    form = DecideForm(sent(request), now=row.state)
    made = done(
        request, form,
        lambda: commands.decide_copy(
            access, plan=row, state=form.cleaned_data["state"], why=form.cleaned_data["why"], once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, f"Decided: {made.get_state_display().lower()}.")
        return redirect(at(request, "copy_plan", plan_id=plan_id))
    return _condition_page(request, row, form, "Decide", row.title)
