"""Pages of tests of change: the list, one test with what was seen, and each step from plan to decision."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.web.cases.words import wanted
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.forms import WhyForm
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, done, form_page, page, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.sharing.forms import sent
from openoutcomes.web.trials import commands, queries
from openoutcomes.web.trials.forms import (
    ChangeForm,
    DecideForm,
    LookForm,
    ObservationForm,
    PlanForm,
    StartForm,
    TrialFilter,
)
from openoutcomes.web.trials.models import FIELDS, Decision, Search, Trial, TrialStep

COLOURS = {
    "planned": "grey", "running": "blue", "adopt": "green", "adapt": "yellow", "stop": "orange", "dropped": "grey",
}  # fmt: skip


def run_by_us(request: Any, trial_id: str) -> Trial:
    """Return a test that the seat runs; others may look, and are refused here."""
    found = queries.trial_or_404(request.access, trial_id)
    if not queries.may_run(request.access, found):
        raise PermissionDenied("trials.run")
    return found


def _filtered(request: Any, aimed: set[str]) -> tuple[TrialFilter, Any]:
    filters = TrialFilter(request.GET, access=request.access)
    rows = queries.trials_for(request.access)
    asked = filters.cleaned_data if filters.is_valid() else {}
    state = asked.get("state") or ""
    if state == "overdue":
        rows = rows.filter(state="running", expect_by__lt=today())
    elif state:
        rows = rows.filter(state=state)
    if asked.get("aim"):
        rows = rows.exclude(trial_id__in=aimed).exclude(state="dropped")
    if asked.get("organisation"):
        rows = rows.filter(organisation=asked["organisation"])
    for word in wanted(asked.get("words") or ""):
        rows = rows.filter(all_words__contains=f" {word}")
    return filters, rows


def _days(row: Trial) -> str:
    return "" if row.days_to_decision is None else str(row.days_to_decision)


def _by(row: Trial) -> Cell | str:
    if row.state not in ("planned", "running"):
        return ""
    return Cell("Overdue", tag="red", under=day(row.expect_by)) if row.is_overdue else day(row.expect_by)


def _columns(request: Any, aimed: set[str]) -> list[Column]:
    def title(row: Trial) -> Cell:
        cycle = f" (cycle {row.cycle})" if row.cycle > 1 else ""
        return Cell(f"{row.title}{cycle}", at(request, "trial", trial_id=row.trial_id), under=row.for_whom)

    def aim(row: Trial) -> Cell | str:
        return "Yes" if row.trial_id in aimed else Cell("No aim", tag="orange")

    return [
        Column("What is tried", title, sort="title"),
        Column("State", lambda row: Cell(row.get_state_display(), tag=COLOURS[row.state]), sort="state"),
        Column("Serves an aim", aim),
        Column("Decision by", _by, sort="expect_by", plain=lambda row: row.expect_by.isoformat()),
        Column("Who", lambda row: str(row.organisation or "The partnership"), sort="organisation__name"),
        Column("Days from doubt to decision", _days, numeric=True),
    ]


@page("trials.view")
def trials(request: Any) -> HttpResponse:
    """List the tests of change."""
    access = request.access
    aimed = queries.aimed(access)
    filters, rows = _filtered(request, aimed)
    columns = _columns(request, aimed)
    if wants_csv(request):
        return as_csv(rows, columns, "tests-of-change")
    median, count = queries.median_days(access)
    may_run = access.may("trials.run")
    actions = [("Plan a test", at(request, "trial_plan"))] if may_run else []
    actions.append(("Other partnerships’ tests", at(request, "trials_elsewhere")))
    aimless = queries.trials_for(access).exclude(trial_id__in=aimed).exclude(state="dropped").count()
    return render(
        request, "trials/list.html",
        {
            "title": "Tests of change",
            "lead": "Small tests of ideas: what we expect is said before, and what we learned is kept, also where it failed.",
            "listing": listing(
                request, rows, columns, caption="Tests of change", one="test", sort="-added_at", filters=filters,
                empty="Nothing is tested yet. What do you doubt, and what is the smallest test that would tell you?",
                empty_action=("Plan a test", at(request, "trial_plan")) if may_run else None,
            ),
            "actions": actions, "median": median, "count": count, "aimless": aimless,
            "aimless_address": f"{at(request, 'trials')}?aim=none",
        },
    )  # fmt: skip


def _context(request: Any, trial_id: str) -> dict[str, Any]:
    access = request.access
    found = queries.trial_or_404(access, trial_id)
    runs = queries.may_run(access, found)
    rows = queries.observations_of(found)
    return {
        "row": found, "colour": COLOURS[found.state], "runs": runs, "seen": queries.seen(found, rows, is_own=runs),
        "verdict": queries.verdict(found, rows), "expected": queries.figure(found, found.expected),
        "before": queries.before(found, is_own=runs),
        "decisions": Decision.of(access.partnership).filter(trial=found).select_related("by"),
        "searches": list(Search.of(access.partnership).filter(trial=found).select_related("by")),
        "back": at(request, "trials"),
    }  # fmt: skip


@page("trials.view")
def trial(request: Any, trial_id: str) -> HttpResponse:
    """Show a test: what was expected, what was seen, what was decided, and what to do next."""
    access = request.access
    context = _context(request, trial_id)
    found = context["row"]
    chain = queries.chain_of(found)
    following = queries.next_cycle(found)
    context |= {
        "chain": [(one, COLOURS[one.state]) for one in chain] if len(chain) > 1 else [],
        "following": following,
        "share": queries.share_of(found) if access.may("trials.run") else None,
        "is_aimed": found.trial_id in queries.aimed(access),
        "steps": TrialStep.of(access.partnership).filter(trial=found).select_related("by"),
        "can_undo": found.state in Trial.DECIDED and (following is None or following.state == "planned"),
    }
    return render(request, "trials/trial.html", context)


@page("trials.view")
def trial_print(request: Any, trial_id: str) -> HttpResponse:
    """Show a test on one page, for a meeting."""
    context = _context(request, trial_id)
    return render(request, "trials/print.html", {**context, "back": at(request, "trial", trial_id=trial_id)})


@page("trials.run")
def plan(request: Any) -> HttpResponse:
    """Plan a test of change."""
    access = request.access
    form = PlanForm(sent(request), access=access, initial={"aim": request.GET.get("aim", "")})
    made = done(
        request, form,
        lambda: commands.plan(access, values=form.values(), aims=form.chosen(), once=form.key()),
    )  # fmt: skip
    if made is not None:
        say(request, "The test is planned. Next: look at what was tried before.")
        return redirect(at(request, "trial", trial_id=made.trial_id))
    return form_page(request, form, "Plan a test of change", at(request, "trials"), button="Plan it")


@page("trials.run")
def change(request: Any, trial_id: str) -> HttpResponse:
    """Change a test."""
    access = request.access
    found = run_by_us(request, trial_id)
    initial = {name: getattr(found, name) for name in FIELDS}
    is_running = found.state == "running"
    form = ChangeForm(
        sent(request), is_running=is_running, initial={**initial, "expected_revision": found.revision}
    )
    back = at(request, "trial", trial_id=trial_id)
    made = done(
        request, form,
        lambda: commands.change(
            access, trial=found, values=form.values(), why=form.cleaned_data["why"],
            expected_revision=form.cleaned_data["expected_revision"], once=form.key(),
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "The test was changed. How it read before is kept.")
        return redirect(back)
    lead = (
        "It runs, so the prediction stays as it was said. To say otherwise, decide to adapt it."
        if is_running
        else ""
    )
    return form_page(request, form, "Change the test", back, caption=found.title, lead=lead)


@page("trials.run")
def look(request: Any, trial_id: str) -> HttpResponse:
    """Look at what was tried before, and keep what its people take from it."""
    access = request.access
    found = run_by_us(request, trial_id)
    asked = request.POST.get("words") or request.GET.get("words") or f"{found.title} {found.for_whom}"
    words = asked.strip()[:400]
    form = LookForm(sent(request), initial={"words": words})
    back = at(request, "trial", trial_id=trial_id)
    made = done(
        request, form,
        lambda: commands.look(
            access, trial=found, words=form.cleaned_data["words"], took=form.cleaned_data["took"], once=form.key()
        ),
    )  # fmt: skip
    if made is not None:
        say(request, "What you looked at is kept with the test.")
        return redirect(back)
    return form_page(
        request, form, "What was tried before?", back, template="trials/look.html", caption=found.title,
        words=words, tried=queries.tried(access, words, without=found), here=at(request, "trial_look", trial_id=trial_id),
        button="Keep it with the test",
    )  # fmt: skip


@page("trials.run")
def start(request: Any, trial_id: str) -> HttpResponse:
    """Start a test."""
    access = request.access
    found = run_by_us(request, trial_id)
    form = StartForm(sent(request))
    back = at(request, "trial", trial_id=trial_id)
    made = done(
        request,
        form,
        lambda: commands.start(access, trial=found, on=form.cleaned_data["on"], once=form.key()),
    )
    if made is not None:
        say(request, f"The test runs. A decision is due by {day(made.expect_by)}.")
        return redirect(back)
    lead = f"You expect {queries.figure(found, found.expected)} ({found.measure}) by {day(found.expect_by)}."
    return form_page(request, form, "Start the test", back, caption=found.title, lead=lead, button="Start")


@page("trials.run")
def observe(request: Any, trial_id: str) -> HttpResponse:
    """Write down what was seen."""
    access = request.access
    found = run_by_us(request, trial_id)
    form = ObservationForm(sent(request), trial=found)
    back = at(request, "trial", trial_id=trial_id)

    def act() -> Any:
        values = {name: value for name, value in form.cleaned_data.items() if name not in ("once", "opened")}
        return commands.observe(access, trial=found, once=form.key(), **values)

    if done(request, form, act) is not None:
        say(request, "What you saw is written down.")
        return redirect(back)
    return form_page(request, form, "What did you see?", back, caption=found.title)


@page("trials.run")
def decide(request: Any, trial_id: str) -> HttpResponse:
    """Decide what follows."""
    access = request.access
    found = run_by_us(request, trial_id)
    form = DecideForm(sent(request))
    back = at(request, "trial", trial_id=trial_id)

    def act() -> Any:
        values = {name: value for name, value in form.cleaned_data.items() if name not in ("once", "opened")}
        return commands.decide(access, trial=found, once=form.key(), **values)

    made = done(request, form, act)
    if made is not None:
        following = queries.next_cycle(found)
        if made.decision == "adapt" and following is not None:
            say(
                request,
                "The next cycle is planned with the same words. Change what you learned should change.",
            )
            return redirect(at(request, "trial", trial_id=following.trial_id))
        say(request, "The decision is written down. Others can share what you learned.")
        return redirect(back)
    rows = queries.observations_of(found)
    return form_page(
        request, form, "What follows?", back, template="trials/decide.html", caption=found.title, row=found,
        expected=queries.figure(found, found.expected), verdict=queries.verdict(found, rows),
        seen=queries.seen(found, rows, is_own=True)[:5], button="Write the decision down",
    )  # fmt: skip


@page("trials.run")
def undo(request: Any, trial_id: str) -> HttpResponse:
    """Take a decision back."""
    access = request.access
    found = run_by_us(request, trial_id)
    form = WhyForm(sent(request))
    back = at(request, "trial", trial_id=trial_id)
    if done(
        request,
        form,
        lambda: commands.undo(access, trial=found, why=form.cleaned_data["why"], once=form.key()),
    ):
        say(request, "The test runs again. The decision stays in the history.")
        return redirect(back)
    lead = "For a decision written down by mistake. A next cycle that has not started goes with it."
    return form_page(
        request, form, "Take the decision back?", back, caption=found.title, lead=lead, button="Take it back"
    )


@page("trials.run")
def drop(request: Any, trial_id: str) -> HttpResponse:
    """Say that a planned test will not be started, or plan it again."""
    access = request.access
    found = run_by_us(request, trial_id)
    form = WhyForm(sent(request))
    back = at(request, "trial", trial_id=trial_id)
    again = found.state == "dropped"
    if done(
        request,
        form,
        lambda: commands.drop(access, trial=found, why=form.cleaned_data["why"], once=form.key()),
    ):
        say(request, "It is planned again." if again else "It is written down that this will not be started.")
        return redirect(back)
    title = "Plan it again?" if again else "Not start it?"
    return form_page(
        request,
        form,
        title,
        back,
        caption=found.title,
        button="Plan it again" if again else "It will not be started",
    )
