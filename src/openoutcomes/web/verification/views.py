"""Pages of verification: the queue, one outcome with its evidence, samples, and how long it all takes."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import viewed
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say, warn
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.outcomes.card import Cards, evidence_of, in_words, kinds_of, say_groups
from openoutcomes.web.outcomes.models import Evidence
from openoutcomes.web.outcomes.preview import Preview, preview
from openoutcomes.web.outcomes.queries import (
    STATES,
    files_of,
    findings_of,
    history_of,
    may_name,
    outcome_or_404,
    seats_of,
)
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people import drafts
from openoutcomes.web.records.models import Record
from openoutcomes.web.verification import commands, queries, risk
from openoutcomes.web.verification.forms import AnswerForm, FindingForm, QueueFilter, RestForm, SampleForm
from openoutcomes.web.verification.models import SampleItem


@page("verification.view")
def verification(request: Any) -> HttpResponse:
    """Show a verifier what waits; show everybody else how long it takes."""
    access = request.access
    if not access.may("verification.decide"):
        return _turnaround(request)
    filters = QueueFilter(request.GET)
    contracts = list(Contract.of(access.partnership))
    providers = Organisation.of(access.partnership).exclude(pk__in=seats_of(access))
    fields: Any = filters.fields
    fields["contract"].choices = [("", "All"), *((c.contract_id, c.name) for c in contracts)]
    fields["provider"].choices = [("", "All"), *((o.organisation_id, o.name) for o in providers)]
    filters.is_valid()
    asked = filters.cleaned_data
    rows = queries.queue(access).prefetch_related("organisation", "contract", "person")
    if asked.get("show") == "answered":
        rows = rows.filter(state="queried")
    elif asked.get("show") == "late":
        rows = rows.filter(recorded_at__lt=queries.late_before())
    if asked.get("contract"):
        rows = rows.filter(contract__contract_id=asked["contract"])
    if asked.get("provider"):
        rows = rows.filter(organisation__organisation_id=asked["provider"])
    cards = Cards(access.partnership)
    late = queries.late_before()

    def waits(row: Record) -> Cell:
        if row.recorded_at < late:
            return Cell("Overdue", tag="red", under=f"since {day(row.recorded_at.date())}")
        return Cell(f"Since {day(row.recorded_at.date())}")

    columns = [
        Column(
            "Outcome",
            lambda row: Cell(
                cards.line(row.contract, row.code).name,
                at(request, "verification_one", record_id=row.record_id),
            ),
            sort="code",
            plain=lambda row: row.code,
        ),
        Column("Person", lambda row: row.person.person_id if row.person else ""),
        Column("Provider", lambda row: str(row.organisation or ""), sort="organisation__name"),
        Column("Achieved", lambda row: day(row.on), sort="on", plain=lambda row: row.on),
        Column("Evidence named", lambda row: ", ".join(map(in_words, kinds_of(row))) or "None"),
        Column("Waits", waits, sort="recorded_at", plain=lambda row: row.recorded_at.date()),
        Column(
            "State",
            lambda row: Cell("Answered", tag="yellow") if row.state == "queried" else Cell("New", tag="blue"),
        ),
    ]
    if wants_csv(request):
        id_column = Column("Id", lambda row: row.record_id)
        return as_csv(rows.order_by("recorded_at", "pk"), [id_column, *columns], "to-verify")
    return render(
        request,
        "verification/queue.html",
        {
            "title": "Verification",
            "lead": "What waits to be checked, from providers that you have no part in. The longest wait is first.",
            "listing": listing(
                request, rows, columns, caption="Outcomes to verify", one="outcome", sort="recorded_at",
                filters=filters, empty="Nothing waits to be verified.",
            ),
        },
    )  # fmt: skip


@page("verification.decide")
def one(request: Any, record_id: str) -> HttpResponse:
    """Show one outcome with its evidence beside what the terms ask for, and take what was found."""
    access = request.access
    record = queries.achievement_or_404(access, record_id)
    form = FindingForm(request.POST or None, initial={"expected": record.version})
    following = request.GET.get("sample", "")
    if request.method == "POST" and form.is_valid():
        try:
            commands.find(
                access,
                achievement=record,
                state=form.cleaned_data["state"],
                reason=form.cleaned_data["reason"],
                expected=form.cleaned_data["expected"],
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"The outcome was {form.cleaned_data['state']}.")
            if following:
                return redirect(at(request, "sample", sample_id=following))
            return redirect("verification", partnership=access.partnership.slug)
    viewed(access, "verification.one", record, person=record.person)
    line = Cards(access.partnership).line(record.contract, record.code)
    files = list(files_of(record))
    by_piece = {(f.kind, f.dated_on) for f in files}
    chosen = (
        SampleItem.of(access.partnership)
        .filter(achievement_id=record_id)
        .select_related("sample")
        .order_by("-sample__drawn_at")
        .first()
    )
    return render(
        request,
        "verification/one.html",
        {
            "record": record,
            "line": line,
            "form": form,
            "state": STATES[record.state],
            "files": files,
            "without_file": [(in_words(k), on) for k, on in evidence_of(record) if (k, on) not in by_piece],
            "missing_words": say_groups(line.missing(kinds_of(record))),
            "shared": _shared(record),
            "seen": _as_recorded(record),
            "history": history_of(record),
            "question": queries.question_open_on(record),
            "last": findings_of(record).first(),
            "chosen": chosen,
            "reasons": [risk.say(code) for code in chosen.reasons] if chosen else [],
            "back": at(request, "sample", sample_id=following) if following else at(request, "verification"),
        },
    )


def _as_recorded(record: Record) -> Preview | None:
    """Price an outcome as it is recorded, as if accepted: whether accepting it would pay at all."""
    if record.contract is None or record.enrolment is None or record.withdrawn:
        return None
    return preview(record.contract, record.enrolment, record.values, replacing=record)


def _shared(record: Record) -> int:
    """Return how many other outcomes the same files are beside."""
    digests = files_of(record).values("sha256")
    rows = Evidence.of(record.partnership_id).filter(sha256__in=digests, withdrawn_at=None, erased_at=None)
    others = rows.exclude(achievement_id=record.record_id)
    return others.values("achievement_id").order_by().distinct().count()


@page("outcomes.record")
def query_answer(request: Any, record_id: str) -> HttpResponse:
    """Answer a verifier's question."""
    access = request.access
    record = outcome_or_404(access, record_id, "outcomes.record")
    if not may_name(access, record):
        raise Http404("Not an outcome of your organisation's")
    back = at(request, "outcome", record_id=record_id)
    question = queries.question_open_on(record)
    slot = drafts.slot(request, "Answer the verifier")
    form = slot.fill(AnswerForm(request.POST or None))
    if request.method == "POST" and form.is_valid():
        try:
            commands.answer(access, achievement=record, text=form.cleaned_data["answer"], once=form.key())
        except InputError as error:
            problems_into(form, error)
        else:
            slot.done()
            say(request, "Your answer was sent to the verifier.")
            return redirect(back)
    elif question is None or question.answered_at is not None:
        warn(request, "No question waits for an answer.")
        return redirect(back)
    viewed(access, "verification.query_answer", record, person=record.person)
    last = findings_of(record).first()
    return render(
        request,
        "verification/answer.html",
        {
            "title": "Answer the verifier",
            "form": form,
            "button": "Send the answer",
            "draft": slot,
            "back": back,
            "asked": last.values.get("reason", "") if last else "",
            "record": record,
        },
    )


# Samples


@page("verification.view")
def samples(request: Any) -> HttpResponse:
    """List the samples that were drawn."""
    access = request.access
    rows = queries.samples_for(access).select_related("contract", "drawn_by")
    columns = [
        Column(
            "Sample",
            lambda row: Cell(
                f"{row.contract.name}, {day(row.first)} to {day(row.last)}",
                at(request, "sample", sample_id=row.sample_id),
            ),
            plain=lambda row: row.sample_id,
        ),
        Column("Drawn", lambda row: day(row.drawn_at.date()), sort="drawn_at"),
        Column("How", lambda row: "At random" if row.method == "random" else "By risk", sort="method"),
        Column("Asked for", lambda row: row.asked),
        Column("From", lambda row: f"{row.population_size:,}", sort="population_size", numeric=True),
        Column("Seed", lambda row: row.seed),
    ]
    if wants_csv(request):
        digest = Column("Digest of the population", lambda row: row.population_sha256)
        return as_csv(rows.order_by("-drawn_at"), [*columns, digest], "samples")
    draw = [("Draw a sample", at(request, "sample_draw"))] if access.may("verification.sample") else []
    return render(
        request,
        "core/list_page.html",
        {
            "title": "Samples",
            "lead": "Outcomes chosen to be looked at closely. Anybody with the seed can draw the same list again.",
            "back": at(request, "verification"),
            "actions": draw,
            "listing": listing(
                request, rows, columns, caption="Samples", one="sample", sort="-drawn_at",
                empty="No sample has been drawn yet.", empty_action=draw[0] if draw else None,
            ),
        },
    )  # fmt: skip


@page("verification.sample")
def sample_draw(request: Any) -> HttpResponse:
    """Draw a sample."""
    access = request.access
    contracts = list(Contract.of(access.partnership).filter(is_closed=False))
    form = SampleForm(request.POST or None, contracts=contracts)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            drawn = commands.draw(
                access,
                contract=next(c for c in contracts if c.contract_id == values["contract"]),
                first=values["first"],
                last=values["last"],
                method=values["method"],
                asked=values["asked"],
                seed=values["seed"],
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The sample was drawn.")
            return redirect(at(request, "sample", sample_id=drawn.sample_id))
    return render(
        request,
        "core/form_page.html",
        {"title": "Draw a sample", "form": form, "button": "Draw it", "back": at(request, "samples")},
    )


@page("verification.view")
def sample(request: Any, sample_id: str) -> HttpResponse:
    """Show a sample: how it was drawn, how far it is, and what it found."""
    access = request.access
    drawn = queries.sample_or_404(access, sample_id)
    items = queries.items_of(drawn)
    decides = access.may("verification.decide")
    own = seats_of(access)
    cards = Cards(access.partnership)

    def name(row: queries.Item) -> Cell:
        words = cards.line(drawn.contract, row.record.code).name if row.record else row.item.achievement_id
        if not decides or row.record is None or row.item.organisation_id in own:
            return Cell(words)
        address = at(request, "verification_one", record_id=row.item.achievement_id)
        return Cell(words, f"{address}?sample={sample_id}")

    def state(row: queries.Item) -> Cell:
        words, colour = STATES.get(row.state, ("Withdrawn", "grey"))
        return Cell(words, tag=colour)

    columns = [
        Column("Place", lambda row: str(row.item.place)),
        Column("Outcome", name, plain=lambda row: row.item.achievement_id),
        Column("Provider", lambda row: str(row.item.organisation or "")),
        Column("Achieved", lambda row: day(row.record.on) if row.record else ""),
        Column("State", state, plain=lambda row: row.state),
    ]
    if drawn.method == "risk":
        columns.append(
            Column(
                "Why it was likelier",
                lambda row: Cell(
                    "; ".join(risk.say(code) for code in row.item.reasons) or "No reason",
                    under=f"weight {row.item.weight}",
                ),
                plain=lambda row: f"{row.item.weight}: {', '.join(row.item.reasons)}",
            )
        )
    if wants_csv(request):
        return as_csv(items, columns, f"sample-{sample_id}")
    why_not = commands.why_not_rest(drawn)
    left = len(commands.can_rest(access, drawn)) if decides and not why_not else 0
    return render(
        request,
        "verification/sample.html",
        {
            "sample": drawn,
            "title": "Sample",
            "rate": queries.rate_of(items) if drawn.method == "random" else None,
            "open": sum(row.state in ("unverified", "queried") for row in items),
            "size": len(items),
            "left": left,
            "back": at(request, "samples"),
            "listing": listing(
                request, items, columns, caption="Outcomes of the sample", one="outcome", per_page=50,
                empty="The sample is empty.",
            ),
        },
    )  # fmt: skip


@page("verification.decide")
def sample_rest(request: Any, sample_id: str) -> HttpResponse:
    """Accept what a random sample spoke for."""
    access = request.access
    drawn = queries.sample_or_404(access, sample_id)
    back = at(request, "sample", sample_id=sample_id)
    form = RestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = commands.accept_rest(
                access,
                sample=drawn,
                count=form.cleaned_data["count"],
                reason=form.cleaned_data["reason"],
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, f"{done.rest_accepted_count:,} outcomes were accepted on the sample.")
            return redirect(back)
    elif why := commands.why_not_rest(drawn):
        warn(request, f"{why[:1].upper()}{why[1:]}")
        return redirect(back)
    left = len(commands.can_rest(access, drawn))
    rate = queries.rate_of(queries.items_of(drawn))
    return render(
        request,
        "core/confirm.html",
        {
            "title": "Accept the rest",
            "form": form,
            "button": "Accept them",
            "danger": True,
            "back": back,
            "says": [
                f"{left:,} outcome{'' if left == 1 else 's'} that nobody looked at will be accepted.",
                f"Found wrong in the sample: {rate.words}.",
                "Each is marked as accepted on this sample, not as looked at.",
                "Those that lack evidence, were changed since, or are of an organisation of yours are left out.",
            ],
        },
    )


@page("verification.view")
def turnaround(request: Any) -> HttpResponse:
    """Show how long outcomes wait for a verifier, and how often random samples found something wrong."""
    return _turnaround(request)


def _turnaround(request: Any) -> HttpResponse:
    access = request.access
    is_kept = queries.is_large(access)
    rows = queries.turnaround(access, is_kept=is_kept)
    columns = [
        Column("Provider", lambda row: str(row.organisation)),
        Column("Middle wait", lambda row: row.median),
        Column("Not yet checked", lambda row: f"{row.waiting:,}", numeric=True),
        Column("Oldest waits", lambda row: "" if row.oldest_days is None else f"{row.oldest_days} days"),
        Column("Accepted", lambda row: f"{row.states['accepted']:,}", numeric=True),
        Column("Queried", lambda row: f"{row.states['queried']:,}", numeric=True),
        Column("Refused", lambda row: f"{row.states['refused']:,}", numeric=True),
        Column("Found wrong in random samples", lambda row: row.rate.words),
    ]
    if wants_csv(request):
        return as_csv(rows, columns, "turnaround")
    decides = access.may("verification.decide")
    return render(
        request,
        "core/list_page.html",
        {
            "title": "How long verification takes",
            "lead": "Findings of the last 90 days. The middle wait is from recording to the first finding."
            + (" They are counted once every quarter of an hour." if is_kept else ""),
            "back": at(request, "verification") if decides else "",
            "actions": [] if decides else _sample_link(request),
            "listing": listing(
                request, rows, columns, caption="Turnaround by provider", one="provider",
                empty="Nothing has been recorded to verify yet.",
            ),
        },
    )  # fmt: skip


def _sample_link(request: Any) -> list[tuple[str, str]]:
    has: bool = queries.samples_for(request.access).exists()
    return [("Samples", at(request, "samples"))] if has else []
