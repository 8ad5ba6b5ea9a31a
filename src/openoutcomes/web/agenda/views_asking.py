"""Pages that ask: which way of paying may fit a problem, and what is known of what partnerships rest on."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.agenda import commands, factors, queries, triage
from openoutcomes.web.agenda.forms import (
    EvidenceForm,
    FoundForm,
    GapForm,
    TriageDecisionForm,
    TriageForm,
    WhyForm,
)
from openoutcomes.web.agenda.models import Evidence, Gap, Triage, TriageDecision
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, done, page, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.sharing.forms import sent


@page("agenda.view")
def triages(request: Any) -> HttpResponse:
    """List the problems that were asked about."""
    access = request.access
    rows = Triage.of(access.partnership).select_related("by")
    columns = [
        Column("Problem", lambda t: Cell(t.problem, at(request, "triage", triage_id=t.triage_id)), sort="problem",
               plain=lambda t: t.problem),
        Column("Placed", lambda t: f"{t.said['goal'][0]}; {t.said['capacity'][0].lower()}"),
        Column("May fit", lambda t: t.said["way"]),
        Column("Asked", lambda t: Cell(day(t.at), under=str(t.by)), sort="at", plain=lambda t: t.at.date().isoformat()),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, columns, "ways-of-paying")
    actions = [("Ask about a problem", at(request, "triage_ask"))] if access.may("agenda.commit") else []
    return render(
        request, "core/list_page.html",
        {
            "title": "Which way of paying fits?", "back": at(request, "agenda"), "actions": actions,
            "lead": "Nine plain questions place a problem, and say what may fit and why. People decide.",
            "listing": listing(
                request, rows, columns, caption="Problems", one="problem", sort="-at",
                empty="No problem was asked about yet.", empty_action=actions[0] if actions else None,
            ),
        },
    )  # fmt: skip


def _ask(request: Any, before: Triage | None) -> HttpResponse:
    access = request.access
    initial = {"problem": before.problem, **before.answers} if before else {}
    form = TriageForm(sent(request), initial=initial)
    made = done(
        request, form,
        lambda: commands.ask(
            access, problem=form.cleaned_data["problem"], answers=form.answers(), again_of=before, once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        return redirect(at(request, "triage", triage_id=made.triage_id))
    return render(
        request, "core/form_page.html",
        {
            "title": "Ask again" if before else "Which way of paying fits?", "form": form,
            "caption": before.problem if before else "", "button": "See what may fit",
            "lead": "Answer with somebody who knows the problem from their own life, if you can.",
            "back": at(request, "triages"),
        },
    )  # fmt: skip


@page("agenda.commit")
def ask(request: Any) -> HttpResponse:
    """Ask the questions about a problem."""
    return _ask(request, None)


@page("agenda.commit")
def again(request: Any, triage_id: str) -> HttpResponse:
    """Ask the questions again; the earlier answers stay."""
    return _ask(request, queries.triage_or_404(request.access, triage_id))


@page("agenda.view")
def triage_page(request: Any, triage_id: str) -> HttpResponse:
    """Show where a problem was placed, by which answers, and what people decided."""
    access = request.access
    row = queries.triage_or_404(access, triage_id)
    later = Triage.of(access.partnership).filter(again_of=row).order_by("-at").first()
    return render(
        request, "agenda/triage.html",
        {
            "row": row, "later": later, "back": at(request, "triages"), "source": triage.SOURCE,
            "is_old": row.rules != triage.VERSION,
            "decisions": TriageDecision.of(access.partnership).filter(triage=row).select_related("by"),
            "may_ask": access.may("agenda.commit"), "may_decide": access.may("agenda.edit"),
        },
    )  # fmt: skip


@page("agenda.edit")
def decide(request: Any, triage_id: str) -> HttpResponse:
    """Keep what people decided."""
    access = request.access
    row = queries.triage_or_404(access, triage_id)
    form = TriageDecisionForm(sent(request))
    back = at(request, "triage", triage_id=triage_id)
    made = done(
        request, form,
        lambda: commands.decide(
            access, triage=row, once=form.key(),
            **{name: form.cleaned_data[name] for name in ("way", "why", "decided_by")},
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "The decision is kept, with why.")
        return redirect(back)
    return render(
        request,
        "core/form_page.html",
        {"title": "What was decided", "caption": row.problem, "form": form, "back": back},
    )


@page("agenda.view")
def factor_list(request: Any) -> HttpResponse:
    """Show what is known, and not known, of what success and working together rest on. There is no score."""
    access = request.access
    notes = Evidence.of(access.partnership).filter(struck_at=None).order_by("on", "pk")
    # Of several notes on a question the newest comes last, and is the one that stays.
    latest = dict(notes.values_list("factor", "on"))
    gaps: dict[str, list[Gap]] = {}
    for gap in queries.open_gaps(access).order_by("due_on", "pk"):
        gaps.setdefault(gap.factor, []).append(gap)
    if wants_csv(request):
        return _factors_csv(request)
    groups = [
        (
            title,
            lead,
            [
                (one, latest.get(one.code), gaps.get(one.code, []))
                for one in factors.FACTORS
                if one.kind == kind
            ],
        )
        for kind, (title, lead) in factors.KINDS.items()
    ]
    return render(
        request, "agenda/factors.html",
        {"groups": groups, "today": today(), "back": at(request, "agenda"), "sources": factors.SOURCES.values()},
    )  # fmt: skip


def _factors_csv(request: Any) -> HttpResponse:
    rows = Evidence.of(request.access.partnership).filter(struck_at=None).order_by("factor", "-on", "pk")
    columns = [
        Column(
            "Question", lambda e: factors.BY_CODE[e.factor].asks if e.factor in factors.BY_CODE else e.factor
        ),
        Column("Day", lambda e: e.on.isoformat()),
        Column("Kind", lambda e: e.get_kind_display()),
        Column("Who said it", lambda e: e.get_who_display()),
        Column("Document", lambda e: e.document),
        Column("Note", lambda e: e.words),
    ]
    return as_csv(rows, columns, "evidence")


def _factor_or_404(code: str) -> factors.Factor:
    if code not in factors.BY_CODE:
        raise Http404("No such question")
    return factors.BY_CODE[code]


@page("agenda.view")
def factor(request: Any, code: str) -> HttpResponse:
    """Show one question: the evidence gathered, and what is still missing."""
    access = request.access
    one = _factor_or_404(code)
    return render(
        request, "agenda/factor.html",
        {
            "factor": one, "source": factors.SOURCES[one.source], "group": factors.KINDS[one.kind][0],
            "notes": Evidence.of(access.partnership).filter(factor=code).select_related("by", "struck_by"),
            "gaps": Gap.of(access.partnership).filter(factor=code).select_related("found_by"),
            "may_add": access.may("agenda.commit"), "may_edit": access.may("agenda.edit"), "today": today(),
            "me": access.user.pk, "back": at(request, "factors"),
        },
    )  # fmt: skip


def _factor_form(
    request: Any, title: str, caption: str, form: Any, back: str, act: Any, said: str
) -> HttpResponse:
    if done(request, form, act) is not None:
        say(request, said)
        return redirect(back)
    return render(
        request, "core/form_page.html", {"title": title, "caption": caption, "form": form, "back": back}
    )


@page("agenda.commit")
def evidence_add(request: Any, code: str) -> HttpResponse:
    """Add a note of evidence."""
    one = _factor_or_404(code)
    form = EvidenceForm(sent(request))
    given = ("kind", "who", "document", "words", "on")
    return _factor_form(
        request, "Add evidence", one.asks, form, at(request, "factor", code=code),
        lambda: commands.add_evidence(
            request.access, factor=code, once=form.key(), **{name: form.cleaned_data[name] for name in given}
        ),
        "The note was added.",
    )  # fmt: skip


@page("agenda.commit")
def gap_add(request: Any, code: str) -> HttpResponse:
    """Say what is not known."""
    one = _factor_or_404(code)
    form = GapForm(sent(request))
    return _factor_form(
        request, "What do we not know?", one.asks, form, at(request, "factor", code=code),
        lambda: commands.add_gap(
            request.access, factor=code, once=form.key(),
            **{name: form.cleaned_data[name] for name in ("words", "finder", "due_on")},
        ),
        "Saved. Meetings will ask for it.",
    )  # fmt: skip


@page("agenda.commit")
def strike(request: Any, evidence_id: str) -> HttpResponse:
    """Strike a note out."""
    row = queries.evidence_or_404(request.access, evidence_id)
    form = WhyForm(sent(request))
    return _factor_form(
        request, "Strike this note out", row.words, form, at(request, "factor", code=row.factor),
        lambda: commands.strike(request.access, evidence=row, why=form.cleaned_data["why"], once=form.key()),
        "The note is struck out. It can still be read.",
    )  # fmt: skip


@page("agenda.commit")
def gap_close(request: Any, gap_id: str) -> HttpResponse:
    """Say what was found out."""
    row = queries.gap_or_404(request.access, gap_id)
    form = FoundForm(sent(request))
    return _factor_form(
        request, "What was found out?", row.words, form, at(request, "factor", code=row.factor),
        lambda: commands.close_gap(request.access, gap=row, found=form.cleaned_data["found"], once=form.key()),
        "Saved. Add it as evidence too, if it is one.",
    )  # fmt: skip
