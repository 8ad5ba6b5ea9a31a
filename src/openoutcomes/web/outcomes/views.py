"""Pages about outcomes and their evidence."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import viewed
from openoutcomes.web.claims.queries import is_locked
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.forms import BaseForm
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say, warn
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.outcomes import commands, queries
from openoutcomes.web.outcomes.card import (
    CardLine,
    Cards,
    card,
    evidence_of,
    in_words,
    kinds_of,
    lacking_evidence,
    line_of,
    say_groups,
)
from openoutcomes.web.outcomes.files import ACCEPT, checked_all, content_of
from openoutcomes.web.outcomes.forms import EvidenceForm, OutcomeForm, OutcomesFilter, ReasonForm
from openoutcomes.web.outcomes.models import Evidence
from openoutcomes.web.outcomes.preview import Preview, preview
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.people import drafts
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.people.queries import enrolments_for, look_at, person_or_404
from openoutcomes.web.records.models import Record
from openoutcomes.web.verification.queries import question_open_on


def with_file_counts(rows: QuerySet[Record]) -> QuerySet[Record]:
    """Give each outcome the number of its files, without a query for each."""
    files = (
        Evidence.objects.filter(achievement_id=OuterRef("record_id"), withdrawn_at=None, erased_at=None)
        .order_by()
        .values("achievement_id")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return rows.annotate(files=Coalesce(Subquery(files, output_field=IntegerField()), 0))


@page("outcomes.view")
def outcomes(request: Any) -> HttpResponse:
    """List the outcomes of the seat's organisations, by how they stand."""
    access = request.access
    if access.reach("outcomes.view") == "partnership" and not request.GET:
        # A whole partnership's outcomes are many; what waits is what a verifier most likely comes for.
        return redirect(f"{request.path}?show=unverified")
    filters = OutcomesFilter(request.GET)
    contracts = _choices(access, filters)
    filters.is_valid()
    asked = filters.cleaned_data
    rows = narrowed(queries.outcomes_for(access), asked, contracts)
    # Fetched apart, so that the database takes one page in the order of its index and joins nothing to it.
    rows = with_file_counts(
        rows.prefetch_related("person", "organisation", "contract", "enrolment__programme")
    )
    cards = Cards(access.partnership)

    def shows(row: Record) -> Cell:
        groups = cards.missing(row) if row.state in ("unverified", "queried") and not row.withdrawn else ()
        if groups:
            return Cell("Needed", tag="orange", under=say_groups(groups))
        return Cell(_count(row.files) if row.files else "No file")  # type: ignore[attr-defined]

    def person(row: Record) -> Cell:
        if row.person is None:
            return Cell("")
        return Cell(row.person.shown if queries.may_name(access, row) else row.person.person_id)

    columns = [
        Column(
            "Outcome",
            lambda row: Cell(
                cards.line(row.contract, row.code).name, at(request, "outcome", record_id=row.record_id)
            ),
            sort="code",
            plain=lambda row: row.code,
        ),
        Column("Person", person, plain=lambda row: row.person.person_id if row.person else ""),
        Column("Achieved", lambda row: day(row.on), sort="on", plain=lambda row: row.on),
        Column("Programme", lambda row: row.enrolment.programme.name if row.enrolment else "",
               sort="enrolment__programme__name"),
        Column("Evidence", shows, plain=lambda row: "; ".join(kinds_of(row))),
        Column("State", _state_cell, sort="state", plain=lambda row: "withdrawn" if row.withdrawn else row.state),
    ]  # fmt: skip
    if wants_csv(request):
        id_column = Column("Id", lambda row: row.record_id)
        return as_csv(rows.order_by("-on", "-pk"), [id_column, *columns], "outcomes")
    return render(
        request,
        "core/list_page.html",
        {
            "title": "Outcomes",
            "lead": "What people achieved, what shows it, and what a verifier found. Record one from a person's page.",
            "listing": listing(
                request, rows, columns, caption="Outcomes", one="outcome", sort="-on", filters=filters,
                empty="No outcome is recorded yet. When somebody achieves one, record it from their page.",
                empty_action=("Find a person", at(request, "people")) if access.may("people.view") else None,
            ),
        },
    )  # fmt: skip


def _choices(access: Access, filters: OutcomesFilter) -> list[Contract]:
    """Fill the choices of the filters with what the seat may see; return the contracts among them."""
    programmes = Programme.of(access.partnership).select_related("contract")
    if access.reach("outcomes.view") != "partnership":
        programmes = programmes.filter(organisation__in=access.organisation_ids("outcomes.view"))
    found = list(programmes)
    contracts = {p.contract_id: p.contract for p in found if p.contract is not None}
    fields: Any = filters.fields
    fields["programme"].choices = [("", "All"), *((p.programme_id, p.name) for p in found)]
    fields["contract"].choices = [("", "All"), *((c.contract_id, c.name) for c in contracts.values())]
    codes: dict[str, str] = {}
    for contract in [*contracts.values(), *([None] if any(p.contract_id is None for p in found) else [])]:
        lines = (line for group in card(contract, access.partnership) for line in group.lines)
        codes |= {line.code: line.name for line in lines}
    fields["outcome"].choices = [("", "All"), *sorted(codes.items(), key=lambda item: item[1])]
    return list(contracts.values())


def narrowed(rows: QuerySet[Record], asked: dict[str, Any], contracts: list[Contract]) -> QuerySet[Record]:
    """Return those of ``rows`` that fit the filters of the list."""
    show = asked.get("show")
    rows = rows.filter(withdrawn=show == "withdrawn")
    if show == "evidence":
        rows = lacking_evidence(rows.filter(state__in=("unverified", "queried")), contracts)
    elif show in queries.STATES:
        rows = rows.filter(state=show)
    if asked.get("programme"):
        rows = rows.filter(enrolment__programme__programme_id=asked["programme"])
    if asked.get("contract"):
        rows = rows.filter(contract__contract_id=asked["contract"])
    if asked.get("outcome"):
        rows = rows.filter(code=asked["outcome"])
    if asked.get("since"):
        rows = rows.filter(on__gte=asked["since"])
    if asked.get("until"):
        rows = rows.filter(on__lte=asked["until"])
    return rows


def _state_cell(row: Record) -> Cell:
    if row.withdrawn:
        return Cell("Withdrawn", tag="grey")
    words, colour = queries.STATES[row.state]
    return Cell(words, tag=colour)


def _count(files: int) -> str:
    return "1 file" if files == 1 else f"{files} files"


# Recording


def _enrolment_or_404(access: Access, enrolment_id: str) -> Enrolment:
    rows = enrolments_for(access, "outcomes.record").select_related(
        "person", "organisation", "programme__contract", "programme__organisation", "partnership"
    )
    found = rows.filter(enrolment_id=enrolment_id).first()
    if found is None:
        raise Http404("No such enrolment, or not one of your organisation's")
    return found


def _others(access: Access, own: Organisation) -> dict[str, Organisation]:
    rows = Organisation.of(access.partnership).filter(is_active=True).exclude(pk=own.pk)
    return {one.organisation_id: one for one in rows}


@page("outcomes.record")
def add_for(request: Any, person_id: str) -> HttpResponse:
    """Lead to the card of a person's programme, or let it be chosen where there are several."""
    person = person_or_404(request.access, person_id)
    enrolments = list(
        enrolments_for(request.access, "outcomes.record")
        .filter(person=person)
        .select_related("programme")
        .order_by("ended_on", "-started_on")
    )
    if len(enrolments) == 1:
        return redirect(at(request, "outcome_add", enrolment_id=enrolments[0].enrolment_id))
    look_at(request.access, person_id, "outcomes.choose_programme")
    return render(request, "outcomes/choose_programme.html", {"person": person, "enrolments": enrolments})


@page("outcomes.record")
def add(request: Any, enrolment_id: str, code: str = "") -> HttpResponse:
    """Record an outcome: choose it from the card, fill it in, see what it would pay, and save."""
    access = request.access
    enrolment = _enrolment_or_404(access, enrolment_id)
    look_at(access, enrolment.person.person_id, "outcomes.add")
    contract = enrolment.programme.contract
    here = at(request, "outcome_add", enrolment_id=enrolment_id)
    context: dict[str, Any] = {
        "enrolment": enrolment,
        "person": enrolment.person,
        "contract": contract,
        "back": here,
        "preview_at": at(request, "outcome_preview", enrolment_id=enrolment_id),
    }
    line = line_of(contract, access.partnership, code) if code else None
    if line is None:
        context |= {"groups": card(contract, access.partnership), "unknown": code}
        return render(request, "outcomes/card.html", context)
    others = _others(access, enrolment.organisation)
    slot = drafts.slot(request, line.name)
    form = slot.fill(
        OutcomeForm(
            request.POST or None, line=line, organisations=[(key, one.name) for key, one in others.items()]
        )
    )
    context |= {"line": line, "form": form, "draft": slot}
    step = request.POST.get("step", "")
    if request.method != "POST" or step == "edit" or not form.is_valid():
        if step == "edit":
            form.errors.clear()
        return render(request, "outcomes/form.html", context)
    return _confirm(request, context, enrolment, line, form, others)


def _confirm(
    request: Any,
    context: dict[str, Any],
    enrolment: Enrolment,
    line: CardLine,
    form: OutcomeForm,
    others: dict[str, Organisation],
) -> HttpResponse:
    """Show what will be recorded and what it would pay, or save it when that has been seen."""
    pieces, parts, asked = form.pieces(), form.parts(others), form.asked()
    seen = _preview(enrolment, line, form)
    files: dict[tuple[str, Any], Any] = {}
    if request.POST.get("step") == "save":
        try:
            for number, piece in enumerate(pieces):
                uploads = request.FILES.getlist(f"file_{number}")
                if uploads:
                    files[piece] = checked_all(uploads, f"file_{number}")
            recorded = commands.record_outcome(
                request.access,
                enrolment=enrolment,
                outcome=line.code,
                evidence=pieces,
                contributions=parts,
                files=files,
                seconds=form.seconds(),
                **asked,
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, error)
            if set(form.errors) - {"__all__"}:
                # What is wrong can be mended in the form; files have to be chosen again in either case.
                return render(request, "outcomes/form.html", context)
        else:
            context["draft"].done()
            say(request, "The outcome was recorded.")
            return redirect(at(request, "outcome", record_id=recorded.record_id))
    context |= {
        "seen": seen,
        "missing_words": say_groups(line.missing([kind for kind, _ in pieces])),
        "pieces": [(number, in_words(kind), on) for number, (kind, on) in enumerate(pieces)],
        "parts": parts,
        "asked": asked,
        "accept": ACCEPT,
        "carried": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in ("csrfmiddlewaretoken", "step")
            for value in values
        ],
    }
    return render(request, "outcomes/confirm.html", context)


def _preview(
    enrolment: Enrolment, line: CardLine, form: OutcomeForm, replacing: Record | None = None
) -> Preview | None:
    """Price what a form says, where there is a contract to price it by."""
    contract = replacing.contract if replacing is not None else enrolment.programme.contract
    if contract is None:
        return None
    pieces = form.pieces()
    values = {name: value for name, value in form.asked().items() if name != "note"}
    values |= {
        "outcome": line.code,
        "evidence_kinds": [kind for kind, _ in pieces],
        "evidence_dates": [on for _, on in pieces],
    }
    if replacing is not None and "claimed_on" in replacing.values:
        values["claimed_on"] = replacing.values["claimed_on"]
    return preview(contract, enrolment, values, replacing=replacing)


@page("outcomes.record")
@require_POST
def show_preview(request: Any, enrolment_id: str) -> HttpResponse:
    """Return, for a form that is being filled in, what the outcome would pay; nothing is written."""
    access = request.access
    enrolment = _enrolment_or_404(access, enrolment_id)
    line = line_of(enrolment.programme.contract, access.partnership, request.GET.get("outcome", ""))
    if line is None:
        raise Http404("No such outcome on the card")
    replacing = None
    if request.GET.get("replacing"):
        replacing = queries.outcome_or_404(access, request.GET["replacing"], "outcomes.record")
    others = _others(access, enrolment.organisation)
    form = OutcomeForm(
        request.POST,
        line=line,
        record=replacing,
        organisations=[(key, one.name) for key, one in others.items()],
    )
    if not form.is_valid():
        waits = "achieved_on" not in form.cleaned_data
        return render(request, "outcomes/preview.html", {"not_yet": waits, "wrong": not waits, "line": line})
    missing = line.missing([kind for kind, _ in form.pieces()])
    return render(
        request,
        "outcomes/preview.html",
        {
            "seen": _preview(enrolment, line, form, replacing),
            "line": line,
            "missing_words": say_groups(missing),
            "contract": enrolment.programme.contract,
        },
    )


# One outcome


@page("outcomes.view")
def outcome(request: Any, record_id: str) -> HttpResponse:
    """Show one outcome: how it stands, what shows it, what was found, what it would pay, and its history."""
    access = request.access
    record = queries.outcome_or_404(access, record_id)
    named = queries.may_name(access, record)
    if not named and record.organisation_id in queries.seats_of(access):
        raise Http404("Verifiers see no outcome of an organisation of their own")
    if not named:
        return redirect(at(request, "verification_one", record_id=record_id))
    viewed(access, "outcomes.outcome", record, person=record.person)
    line = line_of(record.contract, access.partnership, record.code) or CardLine(
        record.code, in_words(record.code).capitalize()
    )
    fixed = queries.why_fixed(record)
    missing = () if record.withdrawn or record.state == "accepted" else line.missing(kinds_of(record))
    files = list(queries.files_of(record))
    by_piece = {(f.kind, f.dated_on) for f in files}
    return render(
        request,
        "outcomes/outcome.html",
        {
            "record": record,
            "person": record.person,
            "line": line,
            "state": queries.STATES[record.state],
            "fixed": fixed,
            "may_change": access.allows("outcomes.record", record.organisation) and not fixed,
            "may_withdraw": access.allows("outcomes.record", record.organisation) and not record.withdrawn,
            "missing_words": say_groups(missing),
            "files": files,
            "without_file": [(in_words(k), on) for k, on in evidence_of(record) if (k, on) not in by_piece],
            "findings": list(queries.findings_of(record)),
            "question": question_open_on(record),
            "history": queries.history_of(record),
            "parts": _parts(access, record),
            "seen": _as_recorded(record) if not record.withdrawn and record.state != "refused" else None,
        },
    )


def _parts(access: Access, record: Record) -> list[tuple[str, str, Any]]:
    names = dict(Organisation.of(access.partnership).values_list("organisation_id", "name"))
    return [
        (
            names.get(part.values["organisation_id"], part.values["organisation_id"]),
            part.values.get("part", ""),
            part.values.get("share"),
        )
        for part in queries.contributions_of(record)
    ]


def _as_recorded(record: Record) -> Preview | None:
    """Price an outcome as it is recorded, as if accepted."""
    if record.contract is None or record.enrolment is None:
        return None
    return preview(record.contract, record.enrolment, record.values, replacing=record)


@page("outcomes.record")
def change(request: Any, record_id: str) -> HttpResponse:
    """Change an outcome on which nothing has been decided."""
    access = request.access
    record = queries.outcome_or_404(access, record_id, "outcomes.record")
    back = at(request, "outcome", record_id=record_id)
    if why := queries.why_fixed(record):
        warn(request, why)
        return redirect(back)
    viewed(access, "outcomes.change", record, person=record.person)
    line = line_of(record.contract, access.partnership, record.code) or CardLine(
        record.code, in_words(record.code)
    )
    others = _others(access, _organisation(record))
    form = OutcomeForm(
        request.POST or None,
        line=line,
        record=record,
        contributions=list(queries.contributions_of(record)),
        organisations=[(key, one.name) for key, one in others.items()],
    )
    expected = request.POST.get("expected", "")
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_outcome(
                access, achievement=record, evidence=form.pieces(), contributions=form.parts(others),
                expected=int(expected) if expected.isdigit() else None, **form.asked(), once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The outcome was changed.")
            return redirect(back)
    enrolment = record.enrolment
    return render(
        request,
        "outcomes/form.html",
        {
            "form": form,
            "line": line,
            "person": record.person,
            "record": record,
            "contract": record.contract,
            "expected": expected or record.version,
            "back": back,
            "preview_at": at(request, "outcome_preview", enrolment_id=enrolment.enrolment_id)
            if enrolment is not None
            else "",
        },
    )


def _organisation(record: Record) -> Organisation:
    organisation = record.organisation
    if organisation is None:
        raise Http404("An outcome of no organisation cannot be changed here")
    return organisation


@page("outcomes.record")
def withdraw(request: Any, record_id: str) -> HttpResponse:
    """Withdraw an outcome that should not have been recorded."""
    record = queries.outcome_or_404(request.access, record_id, "outcomes.record")
    form = ReasonForm(request.POST or None)
    back = at(request, "outcome", record_id=record_id)
    if request.method == "POST" and form.is_valid():
        try:
            commands.withdraw_outcome(
                request.access, achievement=record, reason=form.cleaned_data["reason"], once=form.key()
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The outcome was withdrawn.")
            return redirect(back)
    return render(
        request,
        "core/confirm.html",
        {
            "title": "Withdraw this outcome",
            "form": form,
            "button": "Withdraw",
            "danger": True,
            "back": back,
            "says": [
                "It no longer counts in any result, nor in any claim to come.",
                *(
                    ["It is in a locked claim. That stays as it was; the next claim takes the money off."]
                    if is_locked(record_id)
                    else []
                ),
                "Its history and your reason are kept, and can be seen by verifiers.",
            ],
        },
    )


# Evidence


@page("evidence.add")
def evidence_add(request: Any, record_id: str) -> HttpResponse:
    """Photograph or choose files that show an outcome."""
    access = request.access
    record = queries.outcome_or_404(access, record_id, "evidence.add")
    back = at(request, "outcome", record_id=record_id)
    if why := queries.why_fixed(record):
        warn(request, why)
        return redirect(back)
    viewed(access, "outcomes.evidence_add", record, person=record.person)
    line = line_of(record.contract, access.partnership, record.code) or CardLine(
        record.code, in_words(record.code)
    )
    held = kinds_of(record)
    with_file = {row.kind for row in queries.files_of(record)}
    missing = [kind for group in line.missing(held) for kind in group]
    missing += [kind for kind in held if kind not in with_file]
    form = EvidenceForm(
        request.POST or None,
        request.FILES or None,
        kinds=list(dict.fromkeys([*line.kinds, *held])),
        missing=missing,
    )
    if request.method == "POST" and form.is_valid():
        try:
            commands.add_evidence(
                access,
                achievement=record,
                kind=form.what(),
                dated_on=form.cleaned_data["dated_on"],
                files=checked_all(form.uploads(), "photograph"),
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The evidence was added.")
            return redirect(back)
    return render(
        request,
        "outcomes/evidence.html",
        {
            "title": "Add evidence",
            "form": form,
            "back": back,
            "record": record,
            "line": line,
            "missing_words": say_groups(line.missing(held)),
            "button": "Add it",
        },
    )


def _evidence_or_404(access: Access, evidence_id: str) -> Evidence:
    rows = queries.evidence_for(access).select_related("person", "organisation")
    found = rows.filter(evidence_id=evidence_id).first()
    if found is None:
        raise Http404("No such file, or not one that you may open")
    return found


@page("evidence.view")
def evidence(request: Any, evidence_id: str) -> HttpResponse:
    """Give back a file of evidence to a seat that may open it, and note the look."""
    access = request.access
    row = _evidence_or_404(access, evidence_id)
    content = content_of(row.stored, row.stored_sha256)
    viewed(access, "outcomes.evidence", row, person=row.person)
    if content is None:
        return render(request, "outcomes/file_gone.html", {"evidence": row}, status=410)
    response = HttpResponse(content, content_type=row.content_type)
    # A picture may be shown on a page; anything else is saved, and nothing in it runs from here.
    shown = "inline" if row.is_picture else "attachment"
    response["Content-Disposition"] = f'{shown}; filename="{row.file_name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store, private"
    return response


@page("evidence.add")
def evidence_withdraw(request: Any, evidence_id: str) -> HttpResponse:
    """Take a file away from an outcome."""
    access = request.access
    row = _evidence_or_404(access, evidence_id)
    if not access.allows("evidence.add", row.organisation):
        raise Http404("Not a file of your organisation's")
    record = queries.outcome_or_404(access, row.achievement_id, "outcomes.record")
    back = at(request, "outcome", record_id=record.record_id)
    form = BaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.withdraw_evidence(access, evidence=row, once=form.key())
        except InputError as error:
            warn(request, error)
        else:
            say(request, "The file was taken away.")
        return redirect(back)
    return render(
        request,
        "core/confirm.html",
        {
            "title": "Take this file away",
            "form": form,
            "button": "Take it away",
            "danger": True,
            "back": back,
            "says": [
                f"The {in_words(row.kind)} of {day(row.dated_on)} will no longer show this outcome.",
                "Verifiers will not see the file. That it was there stays in the audit trail.",
            ],
        },
    )
