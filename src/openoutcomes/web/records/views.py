"""Recording what happens with a person, in under a minute on a phone; and records, their versions and undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.standard.instruments import Instrument
from openoutcomes.standard.problems import InputError
from openoutcomes.web.audit.models import viewed
from openoutcomes.web.core.pages import at, page, problems_into, say, warn
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.partnerships.queries import instruments_on, wording_of
from openoutcomes.web.people import drafts
from openoutcomes.web.people.models import Person
from openoutcomes.web.people.queries import enrolments_for, look_at, own_organisation
from openoutcomes.web.records import choices, commands, forms, queries
from openoutcomes.web.records import instruments as scoring
from openoutcomes.web.records.models import Record
from openoutcomes.web.records.store import ConflictError
from openoutcomes.web.records.words import facts_of, label_of, tell, value_of
from openoutcomes.web.records.words import line as line_of


@dataclass(frozen=True)
class Kind:
    """One kind of thing that can be added: its words, form, verb, and what is said when it is done."""

    words: str
    title: str
    done: str
    form: type[forms.RecordForm]
    verb: Callable[..., Record]


#: What can be added from a person's page, most used first.
KINDS: dict[str, Kind] = {
    "support": Kind("Support", "Add support", "Support added", forms.SupportForm, commands.give_support),
    "strength": Kind("Strength", "Add a strength", "Strength added", forms.StrengthForm, commands.note_strength),
    "goal": Kind("Goal", "What matters to them?", "Goal added", forms.GoalForm, commands.set_goal),
    "contact": Kind("They asked", "What did they ask?", "Contact added", forms.ContactForm, commands.record_contact),
    "said": Kind("What they said", "What did they say?", "Answer added", forms.FeedbackForm, commands.take_feedback),
    "event": Kind("Event", "What happened?", "Event added", forms.EventForm, commands.note_event),
    "need": Kind("Need", "Add a need", "Need added", forms.NeedForm, commands.note_need),
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A kind to choose, as a link."""

    words: str
    address: str
    is_here: bool = False


def _home(request: Any, person: Person) -> str:
    return at(request, "person", person_id=person.person_id)


def _own(request: Any, person_id: str, verb: str) -> Person:
    """Return a person of the seat's own, for recording; another organisation's may be looked at alone."""
    person = look_at(request.access, person_id, verb)
    if own_organisation(request.access, person, "records.add") is None:
        raise PermissionDenied("records.add")
    return person


def _choices(request: Any, person: Person, here: str) -> list[Choice]:
    links = [
        Choice(kind.words, at(request, "record_add", person_id=person.person_id, kind=name), name == here)
        for name, kind in KINDS.items()
    ]
    measures = Choice("Measure", at(request, "measures", person_id=person.person_id), here == "measure")
    links.insert(3, measures)
    if request.access.may("outcomes.record"):
        outcome = Choice("Outcome", at(request, "outcome_add_for", person_id=person.person_id))
        links.insert(1, outcome)
    return links


@page("records.add")
def quick(request: Any, person_id: str) -> HttpResponse:
    """Add what happened: support, as it is by far the most usual, with the other kinds one tap away."""
    return _add(request, person_id, "support")


@page("records.add")
def add(request: Any, person_id: str, kind: str) -> HttpResponse:
    """Add one kind of thing about a person."""
    return _add(request, person_id, kind)


def _add(request: Any, person_id: str, name: str) -> HttpResponse:
    if name not in KINDS:
        raise Http404("No such kind")
    kind = KINDS[name]
    person = _own(request, person_id, "records.open_form")
    enrolments = queries.open_enrolments(request.access, person)
    slot = drafts.slot(request, kind.words)
    options: dict[str, Any] = {"enrolments": enrolments}
    if name == "need":
        options["categories"] = choices.categories(request.access)
    if name == "support":
        options["initial"] = {"kind": queries.last_kind(request.access)}
    form = slot.fill(kind.form(request.POST or None, **options))
    if request.method == "POST" and form.is_valid():
        try:
            _do(request, kind, form, person)
        except InputError as error:
            problems_into(form, error)
        else:
            slot.done()
            say(request, f"{kind.done} for {person.shown}.")
            return redirect(_then(request, person, name))
    return render(
        request,
        "records/add.html",
        {
            "title": kind.title, "caption": person.shown, "form": form, "draft": slot, "person": person,
            "back": _home(request, person), "choices": _choices(request, person, name),
            "outcome": request.access.may("outcomes.record"),
        },
    )  # fmt: skip


def _do(request: Any, kind: Kind, form: forms.RecordForm, person: Person) -> None:
    further = {"next_on": form.cleaned_data.get("planned")} if isinstance(form, forms.PlannedForm) else {}
    kind.verb(
        request.access,
        person=person,
        enrolment=form.enrolment(),
        values=form.values(),
        seconds=form.seconds(),
        once=form.key(),
        **further,
    )


def _then(request: Any, person: Person, kind: str) -> str:
    """Return where to go once something was saved: to the page, to another, or to an outcome."""
    asked = request.POST.get("then", "")
    if asked == "another":
        return at(request, "record_add", person_id=person.person_id, kind=kind)
    if asked == "outcome" and request.access.may("outcomes.record"):
        return at(request, "outcome_add_for", person_id=person.person_id)
    return _home(request, person)


# Instruments


@page("records.add")
def measures(request: Any, person_id: str) -> HttpResponse:
    """Choose an instrument among those that are switched on; none is ever required."""
    person = _own(request, person_id, "records.open_form")
    taken = queries.records_of(request.access, person).filter(table="measures", withdrawn=False)
    last: dict[str, Record] = {}
    for reading in taken.order_by("on", "record_id"):
        last[reading.code.partition("/")[0]] = reading
    offered = [
        {
            "instrument": each,
            "last": last.get(each.id),
            "address": at(request, "measure_add", person_id=person.person_id, instrument=each.id),
            "free": bool(wording_of(request.access.partnership, each.id)) or each.responses is None,
        }
        for each in instruments_on(request.access.partnership)
    ]
    return render(
        request,
        "records/instruments.html",
        {
            "title": "Take a measure", "caption": person.shown, "offered": offered,
            "back": _home(request, person), "choices": _choices(request, person, "measure"),
        },
    )  # fmt: skip


def _instrument(request: Any, code: str) -> Instrument:
    found = next((each for each in instruments_on(request.access.partnership) if each.id == code), None)
    if found is None:
        raise Http404("No such instrument, or not switched on")
    return found


@page("records.add")
def measure(request: Any, person_id: str, instrument: str) -> HttpResponse:
    """Take a reading of an instrument, scored as it is answered."""
    chosen = _instrument(request, instrument)
    person = _own(request, person_id, "records.open_form")
    slot = drafts.slot(request, chosen.name)
    wording = wording_of(request.access.partnership, chosen.id)
    made = scoring.form_for(chosen, wording)
    form = slot.fill(made(request.POST or None, enrolments=queries.open_enrolments(request.access, person)))
    if request.method == "POST" and form.is_valid():
        found = scoring.scored(chosen, form.cleaned_data)
        if found.problems:
            problems_into(form, InputError(found.problems))
        elif _take(request, person, form, found):
            slot.done()
            say(request, f"{chosen.name} added for {person.shown}.")
            code = found.rows[0]["instrument"]
            return redirect(at(request, "readings", person_id=person.person_id, code=code))
    return render(
        request,
        "records/measure.html",
        {
            "title": chosen.name, "caption": person.shown, "form": form, "draft": slot, "instrument": chosen,
            "asks": scoring.ASKS.get(chosen.id, ""), "worded": bool(wording), "person": person,
            "back": at(request, "measures", person_id=person.person_id),
            "score_address": at(request, "measure_score", person_id=person.person_id, instrument=chosen.id),
            "scored": scoring.scored(chosen, request.POST) if request.method == "POST" else None,
        },
    )  # fmt: skip


def _take(request: Any, person: Person, form: forms.RecordForm, found: scoring.Scored) -> bool:
    """Record a reading; where it is refused, say why in the form."""
    taken = {"taken_on": form.cleaned_data["on"], "how": form.cleaned_data["how"]}
    try:
        commands.take_measure(
            request.access,
            person=person,
            enrolment=form.enrolment(),
            readings=[{**row, **taken} for row in found.rows],
            seconds=form.seconds(),
            once=form.key(),
        )
    except InputError as error:
        problems_into(form, error)
        return False
    return True


@page("records.add")
def score(request: Any, person_id: str, instrument: str) -> HttpResponse:
    """Show what the answers so far come to; nothing is kept."""
    chosen = _instrument(request, instrument)
    look_at(request.access, person_id, "records.open_form")
    return render(request, "records/score.html", {"scored": scoring.scored(chosen, request.POST)})


@page("records.view")
def readings(request: Any, person_id: str, code: str) -> HttpResponse:
    """Show the readings of one instrument over time, with change and whether it is more than chance."""
    person = look_at(request.access, person_id, "records.readings")
    found = queries.readings_of(request.access, person, code)
    if not found:
        raise Http404("No readings that you may see")
    instrument = scoring.instrument_of(code)
    told = [scoring.story(code, found)]
    if instrument and len(instrument.scales) > 1:
        codes = [f"{instrument.id}/{scale.code}" for scale in instrument.scales]
        stories = [(each, queries.readings_of(request.access, person, each)) for each in codes]
        told = [scoring.story(each, records) for each, records in stories if records]
    return render(
        request,
        "records/readings.html",
        {
            "title": instrument.name if instrument else code, "caption": person.shown, "stories": told,
            "back": _home(request, person), "instrument": instrument, "person": person,
            "alerts": scoring.alerts_for(found[-1]),
            "again": at(request, "measure_add", person_id=person.person_id, instrument=instrument.id)
            if instrument and own_organisation(request.access, person, "records.add") is not None
            else "",
        },
    )  # fmt: skip


# One record


@page("records.view")
def record(request: Any, table: str, record_id: str) -> HttpResponse:
    """Show a record, who wrote each of its versions and when, and what may be done with it."""
    access = request.access
    found = queries.record_or_404(access, table, record_id)
    assert found.person is not None  # noqa: S101 - record_or_404 finds records about people alone
    viewed(access, "records.view", found, person=found.person)
    may_change = queries.may_change(access, found) and table in forms.CHANGEABLE
    versions = queries.versions_of(found)
    own = found.person.pk in access.person_ids()
    told = tell(found, own=own)
    return render(
        request,
        "records/record.html",
        {
            "title": told.title, "caption": found.person.shown, "record": found, "told": told,
            "facts": facts_of(found, own=own), "versions": _history(versions), "person": found.person,
            "back": _home(request, found.person), "may_change": may_change,
            "readings": found.code if table == "measures" else "",
            "alerts": scoring.alerts_for(found) if table == "measures" else (),
            "is_goal": table == "goals", "is_open_need": table == "needs" and not found.values.get("met_on"),
        },
    )  # fmt: skip


def _history(versions: list[Record]) -> list[dict[str, Any]]:
    """Return each version with what changed in it, newest first."""
    told = []
    for number, version in enumerate(versions):
        before = versions[number + 1] if number + 1 < len(versions) else None
        names = [
            *version.values,
            *(name for name in (before.values if before else {}) if name not in version.values),
        ]
        changed = [
            {
                "name": label_of(name),
                "old": value_of(version.table, name, before.values.get(name, "")) or "nothing",
                "new": value_of(version.table, name, version.values.get(name, "")) or "nothing",
            }
            for name in names
            if before is not None and before.values.get(name, "") != version.values.get(name, "")
        ]
        verb = "Recorded"
        if before is not None:
            verb = "Changed"
            if version.withdrawn and not before.withdrawn:
                verb = "Withdrawn"
            elif before.withdrawn and not version.withdrawn:
                verb = "Withdrawal undone"
        told.append({"version": version, "verb": verb, "changed": changed})
    return told


def _changeable(request: Any, table: str, record_id: str) -> Record:
    """Return a record that the seat may change."""
    found = queries.record_or_404(request.access, table, record_id)
    if not queries.may_change(request.access, found) or table not in forms.CHANGEABLE:
        raise PermissionDenied("records.change")
    assert found.person is not None  # noqa: S101 - record_or_404 finds records about people alone
    viewed(request.access, "records.open_form", found, person=found.person)
    return found


def _see(request: Any, found: Record) -> str:
    return at(request, "record", table=found.table, record_id=found.record_id)


@page("records.change")
def change(request: Any, table: str, record_id: str) -> HttpResponse:
    """Change a record by a new version. When somebody else was quicker, both are shown side by side."""
    found = _changeable(request, table, record_id)
    slot = drafts.slot(request, f"Change: {tell(found).title}")
    form = slot.fill(forms.ChangeForm(request.POST or None, record=found))
    theirs: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_record(
                request.access, record=found, values=form.values(), expected=form.cleaned_data["version"],
                seconds=form.seconds(), once=form.key(),
            )  # fmt: skip
        except ConflictError as error:
            problems_into(form, error)
            theirs = _beside(error.latest, form)
            forms.sent_again(form, version=error.latest.version)
        except InputError as error:
            problems_into(form, error)
        else:
            slot.done()
            say(request, "The record was changed. What was written before is kept.")
            return redirect(_see(request, found))
    context = {
        "title": f"Change: {tell(found).title}", "caption": found.person.shown if found.person else "",
        "form": form, "draft": slot, "back": _see(request, found), "theirs": theirs, "latest": found,
    }  # fmt: skip
    return render(request, "records/change.html", context)


def _beside(latest: Record, form: forms.ChangeForm) -> list[dict[str, str]]:
    """Return what somebody else wrote beside what this form says, where they differ."""
    rows = []
    for name in form.names():
        theirs = latest.values.get(name, "")
        mine = form.cleaned_data.get(name)
        text = "" if mine is None else "true" if mine is True else "false" if mine is False else str(mine)
        if theirs != text and not (theirs == "" and text == "false"):
            shown = value_of(latest.table, name, theirs) or "nothing"
            rows.append(
                {
                    "name": label_of(name),
                    "theirs": shown,
                    "mine": value_of(latest.table, name, text) or "nothing",
                }
            )
    return rows


@page("records.change")
def withdraw(request: Any, table: str, record_id: str) -> HttpResponse:
    """Withdraw a record, with a reason. It can be undone."""
    found = _changeable(request, table, record_id)
    form = forms.WithdrawForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            commands.withdraw_record(
                request.access, record=found, reason=form.cleaned_data["reason"],
                expected=form.cleaned_data["version"], once=form.key(),
            )  # fmt: skip
        except InputError as error:
            problems_into(form, error)
        else:
            say(request, "The record was withdrawn. You can undo this from its page.")
            return redirect(_see(request, found))
    told = tell(found)
    return render(
        request,
        "core/confirm.html",
        {
            "title": "Withdraw this record?", "caption": found.person.shown if found.person else "", "form": form,
            "says": [
                f"{told.title}{f', {day(found.on)}' if found.on else ''}{f': {told.words}' if told.words else ''}",
                "It counts no longer, in lists, figures or claims to come.",
                "It stays in the history, and you can undo this.",
            ],
            "button": "Withdraw", "danger": True, "back": _see(request, found),
        },
    )  # fmt: skip


@page("records.change")
def restore(request: Any, table: str, record_id: str) -> HttpResponse:
    """Undo a withdrawal."""
    found = _changeable(request, table, record_id)
    form = forms.RestoreForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            commands.restore_record(
                request.access, record=found, expected=form.cleaned_data["version"], once=form.key()
            )
        except InputError as error:
            warn(request, error)
        else:
            say(request, "The withdrawal was undone.")
        return redirect(_see(request, found))
    return render(
        request,
        "core/confirm.html",
        {
            "title": "Undo the withdrawal?", "form": form, "button": "Undo the withdrawal",
            "says": ["The record counts again from now on."], "back": _see(request, found),
        },
    )  # fmt: skip


@page("records.change")
def review(request: Any, record_id: str) -> HttpResponse:
    """Review a goal with the person."""
    return _follow_up(
        request,
        "goals",
        record_id,
        forms.ReviewForm,
        commands.review_goal,
        "How is it going?",
        "Goal reviewed",
    )


@page("records.change")
def met(request: Any, record_id: str) -> HttpResponse:
    """Note that a need was met."""
    return _follow_up(
        request,
        "needs",
        record_id,
        forms.NeedMetForm,
        commands.meet_need,
        "The need was met",
        "Need marked as met",
    )


def _follow_up(
    request: Any,
    table: str,
    record_id: str,
    form_class: type[forms.RecordForm],
    verb: Callable[..., Record],
    title: str,
    done: str,
) -> HttpResponse:
    found = _changeable(request, table, record_id)
    assert found.person is not None  # noqa: S101 - record_or_404 finds records about people alone
    slot = drafts.slot(request, title)
    form = slot.fill(form_class(request.POST or None, initial={"version": found.version}))
    if request.method == "POST" and form.is_valid():
        try:
            verb(
                request.access, record=found, values=form.values(), expected=form.cleaned_data["version"],
                seconds=form.seconds(), once=form.key(),
            )  # fmt: skip
        except ConflictError as error:
            # How it stands now is shown above; sending the form again is then meant.
            problems_into(form, error)
            forms.sent_again(form, version=error.latest.version)
        except InputError as error:
            problems_into(form, error)
        else:
            slot.done()
            say(request, f"{done}.")
            return redirect(_home(request, found.person))
    told = tell(found)
    context = {
        "title": title, "caption": found.person.shown, "form": form, "draft": slot, "told": told,
        "back": _home(request, found.person), "line": line_of(found, request.access.partnership.slug),
    }  # fmt: skip
    return render(request, "records/follow_up.html", context)


@page("records.add")
def plan(request: Any, enrolment_id: str) -> HttpResponse:
    """Plan the next contact with a person."""
    rows = enrolments_for(request.access, "records.add").select_related("person", "organisation", "programme")
    enrolment = rows.filter(enrolment_id=enrolment_id).first()
    if enrolment is None:
        raise Http404("No such programme of a person, or not one that you may see")
    viewed(request.access, "records.open_form", enrolment, person=enrolment.person)
    form = forms.PlanForm(request.POST or None, initial={"next_on": enrolment.next_on})
    if request.method == "POST" and form.is_valid():
        try:
            commands.plan_contact(
                request.access, enrolment=enrolment, next_on=form.cleaned_data["next_on"], once=form.key()
            )
        except InputError as error:
            problems_into(form, error)
        else:
            planned = form.cleaned_data["next_on"]
            say(request, f"Next contact planned for {day(planned)}." if planned else "No contact is planned.")
            return redirect(_home(request, enrolment.person))
    context = {
        "title": "Plan the next contact", "caption": enrolment.person.shown, "form": form,
        "back": _home(request, enrolment.person),
    }  # fmt: skip
    return render(request, "core/form_page.html", context)
