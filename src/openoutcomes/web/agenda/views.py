"""Pages of the shared agenda: one page that everybody reads, what is behind it, and who promised what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.agenda import commands, measures, queries
from openoutcomes.web.agenda.forms import (
    AnswerForm,
    CommitmentFilter,
    FocusForm,
    LineForm,
    MeasureForm,
    VisionForm,
    WhyForm,
)
from openoutcomes.web.agenda.models import AgendaVersion, Commitment, Line, Measure, Segment
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, done, page, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.sharing.forms import sent

#: Colours of how commitments stand.
COLOURS = {
    "proposed": "grey", "promised": "blue", "declined": "purple", "late": "orange", "kept": "green", "broken": "red",
}  # fmt: skip
_PARTS = ("words", "organisation", "role", "due_on")


def _parts(access: Any) -> dict[str, Any]:
    """Return everything that is on the agenda."""
    partnership = access.partnership
    shown = queries.measures_of(partnership)
    latest = measures.values(partnership, [one.link for one in shown])
    linked = dict(measures.choices(partnership)) if any(one.link for one in shown) else {}
    lines = queries.lines_of(partnership)
    for line in lines:
        for one in line.parts:  # type: ignore[attr-defined]
            one.colour, one.opens = COLOURS[one.state], queries.OPENS[one.part]
    return {
        "agenda": queries.agenda_of(access),
        "focus": queries.focus_of(partnership),
        "measures": [(one, latest.get(one.link), linked.get(one.link, "")) for one in shown],
        "lines": lines,
        "today": today(),
    }


@page("agenda.view")
def agenda(request: Any) -> HttpResponse:
    """Show the agenda on one page."""
    access = request.access
    before = Segment.of(access.partnership).filter(is_focus=False).exclude(since=None).order_by("-until")
    return render(
        request, "agenda/agenda.html",
        {**_parts(access), "may_edit": access.may("agenda.edit"), "may_commit": access.may("agenda.commit"), "before": before},
    )  # fmt: skip


@page("agenda.view")
def agenda_print(request: Any) -> HttpResponse:
    """Show the agenda to print: words, measures and who does what, on as few sheets as it takes."""
    return render(
        request,
        "agenda/print.html",
        {**_parts(request.access), "is_print": True, "back": at(request, "agenda")},
    )


@page("agenda.view")
def versions(request: Any) -> HttpResponse:
    """Show who changed the agenda, when and why; and compare two versions."""
    access = request.access
    rows = list(AgendaVersion.of(access.partnership).select_related("by").order_by("-number"))
    by_number = {row.number: row for row in rows}
    newer = by_number.get(_whole(request.GET.get("newer"))) or (rows[0] if rows else None)
    older = by_number.get(_whole(request.GET.get("older")))
    if newer is not None and older is None and "older" not in request.GET:
        older = by_number.get(newer.number - 1)
    if newer is not None and older is not None and older.number > newer.number:
        older, newer = newer, older
    return render(
        request, "agenda/versions.html",
        {
            "rows": rows, "older": older, "newer": newer, "back": at(request, "agenda"),
            "differences": queries.compare(older, newer) if newer is not None else [],
        },
    )  # fmt: skip


def _whole(text: Any) -> int:
    return int(text) if str(text or "").isascii() and str(text or "").isdigit() and len(str(text)) < 9 else 0


def _form_page(request: Any, title: str, form: Any, **more: Any) -> HttpResponse:
    return render(
        request, "core/form_page.html", {"title": title, "form": form, "back": at(request, "agenda"), **more}
    )


@page("agenda.edit")
def vision(request: Any) -> HttpResponse:
    """Say what the partnership wants."""
    access = request.access
    held = queries.agenda_of(access)
    form = VisionForm(sent(request), initial={"words": held.vision, "expected": held.number})
    made = done(
        request, form,
        lambda: commands.set_vision(
            access, words=form.cleaned_data["words"], why=form.cleaned_data["why"],
            expected=form.cleaned_data["expected"], once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "Saved. How it stood before is kept.")
        return redirect(at(request, "agenda"))
    return _form_page(request, "What we want", form)


@page("agenda.edit")
def focus(request: Any) -> HttpResponse:
    """Choose whom the agenda is for now."""
    access = request.access
    held, now = queries.agenda_of(access), queries.focus_of(access.partnership)
    initial = {"expected": held.number, "segment": now, "about": now.about if now else ""}
    form = FocusForm(sent(request), initial=initial, segments=Segment.of(access.partnership))
    made = done(
        request, form,
        lambda: commands.focus_on(
            access, why=form.cleaned_data["why"], expected=form.cleaned_data["expected"], once=form.key(), **form.values()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "Saved. How it stood before is kept.")
        return redirect(at(request, "agenda"))
    return _form_page(request, "Who it is for", form)


def _measure(request: Any, measure: Measure | None) -> HttpResponse:
    access = request.access
    held = queries.agenda_of(access)
    is_full = measure is None and len(queries.measures_of(access.partnership)) >= commands.ABOUT
    fields = ("question", "why_it_matters", "took_part", "chosen_how", "direction", "link", "figure_from")
    initial = {"expected": held.number, **{name: getattr(measure, name) for name in fields if measure}}
    form = MeasureForm(
        sent(request), initial=initial, links=measures.choices(access.partnership), asks_anyway=is_full
    )

    def act() -> Any:
        given = {
            "values": form.values(), "why": form.cleaned_data["why"], "expected": form.cleaned_data["expected"],
            "once": form.key(),
        }  # fmt: skip
        if measure is not None:
            return commands.change_measure(access, measure=measure, **given)
        return commands.add_measure(access, anyway=form.cleaned_data.get("anyway", False), **given)

    if done(request, form, act) is not None:
        say(request, "Saved. How it stood before is kept.")
        return redirect(at(request, "agenda"))
    if measure is None:
        return _form_page(request, "Add a measure", form)
    return _form_page(request, "Change the measure", form, caption=measure.question)


@page("agenda.edit")
def measure_add(request: Any) -> HttpResponse:
    """Add a measure."""
    return _measure(request, None)


@page("agenda.edit")
def measure_change(request: Any, measure_id: str) -> HttpResponse:
    """Change a measure."""
    return _measure(request, queries.measure_or_404(request.access, measure_id))


def _drop(
    request: Any, title: str, caption: str, act: Callable[[Any], Any], says: list[str], button: str
) -> HttpResponse:
    form = WhyForm(sent(request))
    if done(request, form, lambda: act(form)) is not None:
        say(request, "Done. How it stood before is kept.")
        return redirect(at(request, "agenda"))
    return render(
        request, "core/confirm.html",
        {"title": title, "caption": caption, "form": form, "says": says, "back": at(request, "agenda"), "button": button},
    )  # fmt: skip


@page("agenda.edit")
def measure_drop(request: Any, measure_id: str) -> HttpResponse:
    """Drop a measure, or take it up again."""
    row = queries.measure_or_404(request.access, measure_id)
    again = row.dropped_at is not None
    return _drop(
        request, "Take this measure up again?" if again else "Drop this measure?", row.question,
        lambda form: commands.drop_measure(
            request.access, measure=row, why=form.cleaned_data["why"], again=again, once=form.key()
        ),
        ["It is shown on the agenda again."] if again else ["It leaves the agenda.", "It is kept, and can be taken up again."],
        "Take up" if again else "Drop",
    )  # fmt: skip


def _line(request: Any, line: Line | None) -> HttpResponse:
    access = request.access
    held = queries.agenda_of(access)
    initial: dict[str, Any] = {"expected": held.number}
    if line is not None:
        initial |= {"signs": line.signs, "risks": line.risks, "outcomes": line.outcomes}
        for one in Commitment.of(access.partnership).filter(line=line, dropped_at=None):
            initial |= {f"{one.part}_{name}": getattr(one, name) for name in _PARTS}
    organisations = Organisation.of(access.partnership).filter(is_active=True)
    form = LineForm(sent(request), initial=initial, organisations=organisations)
    made = done(
        request, form,
        lambda: commands.write_line(
            access, values=form.values(), why=form.cleaned_data["why"], line=line,
            expected=form.cleaned_data["expected"], once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "Saved. Each organisation named is asked to answer for itself.")
        return redirect(at(request, "agenda"))
    return render(
        request, "agenda/line_form.html",
        {
            "title": "Add a line" if line is None else "Change the line", "form": form, "back": at(request, "agenda"),
            "parts": [(words, [form[f"{part}_{name}"] for name in _PARTS]) for part, words in
                      (("we", "Our part"), ("if", "What it needs from others"), ("and", "And from somebody else"))],
        },
    )  # fmt: skip


@page("agenda.edit")
def line_add(request: Any) -> HttpResponse:
    """Add a line to the framework."""
    return _line(request, None)


@page("agenda.edit")
def line_change(request: Any, line_id: str) -> HttpResponse:
    """Change a line of the framework."""
    return _line(request, queries.line_or_404(request.access, line_id))


@page("agenda.edit")
def line_drop(request: Any, line_id: str) -> HttpResponse:
    """Take a line out of the agenda, or put it back."""
    row = queries.line_or_404(request.access, line_id)
    again = row.dropped_at is not None
    return _drop(
        request, "Put this line back?" if again else "Take this line out?", "",
        lambda form: commands.drop_line(
            request.access, line=row, why=form.cleaned_data["why"], again=again, once=form.key()
        ),
        ["It is on the agenda again, with its commitments."] if again
        else ["It leaves the agenda, and nobody is asked about it any more.", "It is kept with its history, and can be put back."],
        "Put back" if again else "Take out",
    )  # fmt: skip


@page("agenda.edit")
def dropped(request: Any) -> HttpResponse:
    """Show what was taken out, to put it back."""
    partnership = request.access.partnership
    return render(
        request, "agenda/dropped.html",
        {
            "measures": queries.measures_of(partnership, dropped=True),
            "lines": [(line, queries.said_by(line)) for line in queries.lines_of(partnership, dropped=True)],
            "back": at(request, "agenda"),
        },
    )  # fmt: skip


@page("agenda.view")
def commitments(request: Any) -> HttpResponse:
    """List what was promised, by whom and how it stands."""
    access = request.access
    filters = CommitmentFilter(request.GET, organisations=Organisation.of(access.partnership))
    filters.is_valid()
    asked = filters.cleaned_data
    rows = queries.commitments(access)
    if asked.get("organisation"):
        rows = rows.filter(organisation=asked["organisation"])
    if asked.get("state") == "overdue":
        rows = rows.filter(state__in=("promised", "late"), due_on__lt=today())
    elif asked.get("state"):
        rows = rows.filter(state=asked["state"])
    columns = [
        Column("Commitment", lambda c: Cell(c.words, at(request, "commitment", commitment_id=c.commitment_id), under=c.role),
               sort="words", plain=lambda c: c.words),
        Column("Whose", lambda c: str(c.organisation or "The partnership together"), sort="organisation__name"),
        Column("Stands", lambda c: Cell("Past its day", tag="red") if c.is_overdue
               else Cell(c.get_state_display(), tag=COLOURS[c.state]), sort="state"),
        Column("By", lambda c: day(c.due_on), sort="due_on", plain=lambda c: c.due_on or ""),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows.order_by("due_on", "pk"), columns, "commitments")
    return render(
        request, "core/list_page.html",
        {
            "title": "Who promised what", "back": at(request, "agenda"),
            "lead": "Each organisation promises for itself. What is late or broken says why.",
            "listing": listing(
                request, rows, columns, caption="Commitments", one="commitment", sort="due_on", filters=filters,
                empty="Nothing is asked of anybody yet. Commitments are written on the agenda, line by line.",
                empty_action=("See the agenda", at(request, "agenda")),
            ),
        },
    )  # fmt: skip


@page("agenda.view")
def commitment(request: Any, commitment_id: str) -> HttpResponse:
    """Show a commitment with its history."""
    access = request.access
    row = queries.commitment_or_404(access, commitment_id)
    return render(
        request, "agenda/commitment.html",
        {
            "row": row, "colour": COLOURS[row.state], "steps": queries.steps_of(row), "back": at(request, "commitments"),
            "may_answer": row.dropped_at is None
            and any(commands.may_answer(access, row, state) for state in commands.NEXT[row.state]),
        },
    )  # fmt: skip


@page("agenda.commit")
def answer(request: Any, commitment_id: str) -> HttpResponse:
    """Say how a commitment stands."""
    access = request.access
    row = queries.commitment_or_404(access, commitment_id)
    states = [state for state in commands.NEXT[row.state] if commands.may_answer(access, row, state)]
    # Sent again after it was done, the form still has to be understood.
    choices = (
        states
        if request.method != "POST"
        else [state for state, _ in Commitment.STATES if state != "proposed"]
    )
    form = AnswerForm(sent(request), states=choices, initial={"expected": row.state, "due_on": row.due_on})
    back = at(request, "commitment", commitment_id=commitment_id)
    made = done(
        request, form,
        lambda: commands.answer(
            access, commitment=row, state=form.cleaned_data["state"], why=form.cleaned_data["why"],
            due_on=form.cleaned_data["due_on"], expected=form.cleaned_data["expected"], once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        say(request, f"It stands as: {made.get_state_display().lower()}.")
        return redirect(back)
    if not states and request.method != "POST":
        return redirect(back)
    return _form_page(request, "How does it stand?", form, caption=row.words, back=back)
