"""Changing the shared agenda, promising and keeping, asking which way of paying fits, and gathering evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from openoutcomes.web.agenda import factors, measures, triage
from openoutcomes.web.agenda.models import (
    Agenda,
    AgendaVersion,
    Commitment,
    CommitmentStep,
    Evidence,
    Gap,
    Line,
    Measure,
    Segment,
    Triage,
    TriageDecision,
)
from openoutcomes.web.agenda.queries import content_of
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.partnerships.models import Organisation

#: More measures than this, and nobody looks at any.
ABOUT = 7


def _locked(by: Access, expected: int | None = None) -> Agenda:
    """Return the agenda, held until the end of the command; ``expected`` is the version a form was opened with."""
    Agenda.objects.get_or_create(partnership=by.partnership)
    held: Agenda = Agenda.objects.select_for_update(of=("self",)).get(partnership=by.partnership)
    if expected is not None and held.number != expected:
        raise refuse(
            "somebody changed the agenda after you opened this.", "Open it again, and add what is missing."
        )
    return held


def _said(why: str) -> str:
    if not why.strip():
        raise refuse("no reason was given.", "Write why, so that others can follow.", "why")
    return why.strip()


def _keep(by: Access, agenda: Agenda, what: str, why: str) -> AgendaVersion:
    """Write the agenda as it stands now as a version."""
    agenda.number += 1
    agenda.changed_at = now()
    agenda.save()
    version: AgendaVersion = AgendaVersion.objects.create(
        partnership=by.partnership, number=agenda.number, content=content_of(by.partnership, agenda), what=what,
        why=why, by=by.user, at=now(),
    )  # fmt: skip
    note(by, f"agenda.{what}", version, detail={"version": agenda.number})
    return version


@command
def set_vision(by: Access, *, words: str, why: str, expected: int | None = None) -> AgendaVersion:
    """Say in plain words what the partnership wants."""
    by.require("agenda.edit")
    why = _said(why)
    if not words.strip():
        raise refuse("nothing was written.", "Say in plain words what you want for people.", "words")
    agenda = _locked(by, expected)
    agenda.vision = words.strip()
    return _keep(by, agenda, "set_vision", why)


@command
def focus_on(
    by: Access,
    *,
    why: str,
    segment: Segment | None = None,
    name: str = "",
    about: str = "",
    expected: int | None = None,
) -> AgendaVersion:
    """Choose whom the agenda is for now: one segment at a time. The one before is kept, with when it was the focus."""
    by.require("agenda.edit")
    why = _said(why)
    agenda = _locked(by, expected)
    if segment is None:
        if not name.strip():
            raise refuse("nobody was named.", "Say who these people are, as they would.", "name")
        segment = Segment(partnership=by.partnership, name=name.strip())
    elif segment.is_focus and not about.strip():
        raise refuse(
            "they are the focus already.", "Choose others, or change what is said of them.", "segment"
        )
    if about.strip():
        segment.about = about.strip()
    for earlier in Segment.objects.filter(is_focus=True).exclude(pk=segment.pk):
        earlier.is_focus, earlier.until = False, today()
        earlier.save()
    if not segment.is_focus:
        segment.is_focus, segment.since, segment.until = True, today(), None
    segment.save()
    return _keep(by, agenda, "focus_on", why)


def _measured(by: Access, values: Mapping[str, Any]) -> dict[str, Any]:
    given = {
        name: values[name]
        for name in (
            "question",
            "why_it_matters",
            "took_part",
            "chosen_how",
            "direction",
            "link",
            "figure_from",
        )
        if name in values
    }
    for name, mend in (
        ("question", "Ask it as people would."),
        ("why_it_matters", "Say why it matters to people."),
    ):
        if not str(given.get(name) or "").strip():
            raise refuse("something is missing.", mend, name)
    if given.get("link") and given["link"] not in dict(measures.choices(by.partnership)):
        raise refuse("this is nothing that the platform measures.", "Choose one from the list.", "link")
    return given


@command
def add_measure(
    by: Access, *, values: Mapping[str, Any], why: str, anyway: bool = False, expected: int | None = None
) -> Measure:
    """Add a measure. From the eighth on somebody has to say that they mean it."""
    by.require("agenda.edit")
    why = _said(why)
    given = _measured(by, values)
    agenda = _locked(by, expected)
    if not anyway and Measure.objects.filter(dropped_at=None).count() >= ABOUT:
        raise refuse(
            f"there are {ABOUT} measures already, and with more nobody looks at any.",
            "Drop one first, or tick that you want one more.", "anyway",
        )  # fmt: skip
    measure: Measure = Measure.objects.create(partnership=by.partnership, added_at=now(), **given)
    _keep(by, agenda, "add_measure", why)
    return measure


@command
def change_measure(
    by: Access, *, measure: Measure, values: Mapping[str, Any], why: str, expected: int | None = None
) -> Measure:
    """Change a measure."""
    by.require("agenda.edit")
    why = _said(why)
    given = _measured(by, values)
    agenda = _locked(by, expected)
    for name, value in given.items():
        setattr(measure, name, value)
    measure.save()
    _keep(by, agenda, "change_measure", why)
    return measure


@command
def drop_measure(by: Access, *, measure: Measure, why: str, again: bool = False) -> Measure:
    """Look at a measure no more, or again."""
    by.require("agenda.edit")
    why = _said(why)
    agenda = _locked(by)
    if (measure.dropped_at is None) == again:
        raise refuse("this was done already.", "Open the agenda again.")
    measure.dropped_at = None if again else now()
    measure.save()
    _keep(by, agenda, "drop_measure", why)
    return measure


def _part(part: str) -> tuple[str, ...]:
    return tuple(f"{part}_{name}" for name in ("words", "organisation", "role", "due_on"))


@command
def write_line(
    by: Access, *, values: Mapping[str, Any], why: str, line: Line | None = None, expected: int | None = None
) -> Line:
    """Write a line of the framework: what we do, what others do, and how we would see it move.

    ``values`` are ``we_words``, ``we_organisation``, ``we_role`` and ``we_due_on``, the same for ``if`` and ``and``,
    and ``signs``, ``risks`` and ``outcomes``. What somebody promised in other words, or for another
    organisation, is proposed anew: nobody is held to what they did not say.
    """
    by.require("agenda.edit")
    why = _said(why)
    if not str(values.get("we_words") or "").strip():
        raise refuse("nothing was written about what we will do.", "Begin with our own part.", "we_words")
    agenda = _locked(by, expected)
    if line is None:
        line = Line(partnership=by.partnership, added_at=now())
    else:
        line.revision += 1
    for name in ("signs", "risks", "outcomes"):
        setattr(line, name, str(values.get(name) or "").strip())
    line.save()
    held = {one.part: one for one in Commitment.objects.filter(line=line, dropped_at=None)}
    for part, _ in Commitment.PARTS:
        words, organisation, role, due_on = (values.get(name) for name in _part(part))
        _commit(
            by,
            line,
            held.get(part),
            part,
            str(words or "").strip(),
            organisation,
            str(role or "").strip(),
            due_on,
            why,
        )
    _keep(by, agenda, "write_line", why)
    return line


def _commit(
    by: Access, line: Line, held: Commitment | None, part: str, words: str, organisation: Organisation | None,
    role: str, due_on: dt.date | None, why: str,
) -> None:  # fmt: skip
    if held is not None and not words:
        held.dropped_at = now()
        held.save()
        return
    if not words:
        return
    if part != "we" and organisation is None:
        raise refuse(
            "nobody was named for this part.",
            "Choose the organisation that would do it.",
            f"{part}_organisation",
        )
    if organisation is not None and organisation.partnership_id != by.partnership.pk:
        raise refuse(
            "this organisation is not of the partnership.", "Choose another.", f"{part}_organisation"
        )
    same = (
        held is not None
        and held.words == words
        and held.organisation_id == (organisation.pk if organisation else None)
    )
    if held is None:
        held = Commitment(partnership=by.partnership, line=line, part=part)
    elif same and held.role == role and held.due_on == due_on:
        return
    held.words, held.organisation, held.role = words, organisation, role
    moved = held.due_on != due_on
    held.due_on = due_on
    if not same or (moved and held.state in ("promised", "late")):
        held.state = "proposed"
    held.save()
    _step(by, held, why, None)


def _step(by: Access, commitment: Commitment, why: str, organisation: Organisation | None) -> CommitmentStep:
    step: CommitmentStep = CommitmentStep.objects.create(
        partnership=by.partnership, commitment=commitment, state=commitment.state, why=why, due_on=commitment.due_on,
        by=by.user, organisation=organisation, at=now(),
    )  # fmt: skip
    return step


@command
def drop_line(by: Access, *, line: Line, why: str, again: bool = False) -> Line:
    """Take a line out of the agenda, or put it back. Its commitments and their history stay."""
    by.require("agenda.edit")
    why = _said(why)
    agenda = _locked(by)
    if (line.dropped_at is None) == again:
        raise refuse("this was done already.", "Open the agenda again.")
    line.dropped_at = None if again else now()
    line.save()
    _keep(by, agenda, "drop_line", why)
    return line


#: From a state to those it can go to; the words of a commitment are changed with its line.
NEXT = {
    "proposed": ("promised", "declined"),
    "declined": ("promised",),
    "promised": ("kept", "late", "broken"),
    "late": ("kept", "late", "broken"),
    "kept": ("promised",),
    "broken": ("promised",),
}
#: What only the organisation that it is asked of may say.
OWN = ("promised", "declined")


def may_answer(by: Access, commitment: Commitment, state: str) -> bool:
    """Say whether a seat may bring a commitment to a state: nobody promises for another organisation."""
    if state not in NEXT[commitment.state]:
        return False
    if commitment.organisation_id is None:
        return by.may("agenda.edit")
    own = commitment.organisation_id in by.organisation_ids("agenda.commit")
    return own or (state not in OWN and by.may("agenda.edit"))


@command
def answer(
    by: Access,
    *,
    commitment: Commitment,
    state: str,
    why: str = "",
    due_on: dt.date | None = None,
    expected: str = "",
) -> Commitment:
    """Say how a commitment stands: promised or not by the organisation itself; kept, late or broken, with why."""
    by.require("agenda.commit", commitment.organisation_id)
    commitment = (
        Commitment.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=commitment.pk)
    )
    if commitment.dropped_at is not None:
        raise refuse("this is no part of the agenda any more.", "Open the agenda again.")
    if expected and commitment.state != expected:
        raise refuse("somebody answered this after you opened it.", "Open it again.")
    if state not in NEXT[commitment.state]:
        raise refuse("this cannot be said of it as it stands.", "Choose another answer.", "state")
    if not may_answer(by, commitment, state):
        raise refuse("only the organisation itself may say this.", "Ask somebody of theirs to.", "state")
    if state not in ("kept", "promised") and not why.strip():
        raise refuse("no reason was given.", "Write why: others plan by it.", "why")
    if state == "late" and (due_on is None or due_on < today()):
        raise refuse("there is no new day.", "Say by when it will be done now.", "due_on")
    if state == "promised" and due_on is None and commitment.due_on is None:
        raise refuse("there is no day.", "Say by when you will do it.", "due_on")
    commitment.state = state
    if due_on is not None and state in ("promised", "late"):
        commitment.due_on = due_on
    commitment.save()
    own = (
        commitment.organisation
        if commitment.organisation_id in by.organisation_ids("agenda.commit")
        else None
    )
    _step(by, commitment, why.strip(), own)
    note(
        by, "agenda.answer", commitment, organisation=commitment.organisation,
        detail={"state": state, "due_on": commitment.due_on.isoformat() if commitment.due_on else ""},
    )  # fmt: skip
    return commitment


@command
def ask(by: Access, *, problem: str, answers: Mapping[str, str], again_of: Triage | None = None) -> Triage:
    """Keep the answers to the questions of the triage, with what the rules say of them. It decides nothing."""
    by.require("agenda.commit")
    if not problem.strip():
        raise refuse("nothing was written about the problem.", "Say in a sentence what it is.", "problem")
    missing = [question for question in triage.QUESTIONS if not answers.get(question.code)]
    if missing:
        raise refuse("a question has no answer.", "“We do not know yet” is an answer.", missing[0].code)
    for question in triage.QUESTIONS:
        if answers[question.code] not in {option.code for option in question.options}:
            raise refuse("this is no answer.", "Choose one from the list.", question.code)
    kept = {question.code: answers[question.code] for question in triage.QUESTIONS}
    placed = triage.place(kept)
    said = {
        "goal": [placed.goal.words, list(placed.goal.why)],
        "capacity": [placed.capacity.words, list(placed.capacity.why)],
        "way": placed.way, "means": placed.means,
        "careful": list(placed.careful), "find_out": list(placed.find_out),
        "answers": [[question.asks, question.option(kept[question.code]).words] for question in triage.QUESTIONS],
    }  # fmt: skip
    made: Triage = Triage.objects.create(
        partnership=by.partnership, problem=problem.strip(), answers=kept, rules=triage.VERSION, said=said,
        again_of=again_of, by=by.user, at=now(),
    )  # fmt: skip
    note(by, "agenda.ask", made, detail={"goal": placed.goal.place, "capacity": placed.capacity.place})
    return made


@command
def decide(by: Access, *, triage: Triage, way: str, why: str, decided_by: str) -> TriageDecision:
    """Keep what people decided after a triage, with who decided and why."""
    by.require("agenda.edit")
    if way not in dict(TriageDecision.WAYS):
        raise refuse("nothing was decided.", "Choose one.", "way")
    if not decided_by.strip():
        raise refuse(
            "nobody was named who decided.",
            "Name the group or role, such as the partnership board.",
            "decided_by",
        )
    made: TriageDecision = TriageDecision.objects.create(
        partnership=by.partnership, triage=triage, way=way, why=_said(why), decided_by=decided_by.strip(),
        by=by.user, at=now(),
    )  # fmt: skip
    note(by, "agenda.decide", made, detail={"triage": triage.triage_id, "way": way})
    return made


def _factor(code: str) -> str:
    if code not in factors.BY_CODE:
        raise refuse("there is no such question.", "Open the list again.")
    return code


@command
def add_evidence(
    by: Access, *, factor: str, kind: str, words: str, on: dt.date, who: str = "", document: str = ""
) -> Evidence:
    """Add a note of evidence to a factor: what was seen, what somebody said, or what a document says."""
    by.require("agenda.commit")
    _factor(factor)
    if kind not in dict(Evidence.KINDS):
        raise refuse("nothing was said about where it comes from.", "Choose one.", "kind")
    if not words.strip():
        raise refuse("nothing was written.", "Write what was seen, said or read.", "words")
    if kind == "said" and who not in dict(Evidence.WHO):
        raise refuse("nothing was said about who said it.", "Choose a group; nobody is named.", "who")
    if kind == "document" and not document.strip():
        raise refuse("no document was named.", "Write its title and where it is.", "document")
    if on > today():
        raise refuse("this day has not come yet.", "Give the day it was seen, said or written.", "on")
    made: Evidence = Evidence.objects.create(
        partnership=by.partnership, factor=factor, kind=kind, words=words.strip(), on=on,
        who=who if kind == "said" else "", document=document.strip() if kind == "document" else "", by=by.user, at=now(),
    )  # fmt: skip
    note(by, "agenda.add_evidence", made, detail={"factor": factor, "kind": kind})
    return made


@command
def strike(by: Access, *, evidence: Evidence, why: str) -> Evidence:
    """Strike a note out, with why. It stays to be read."""
    by.require("agenda.commit")
    if evidence.by_id != by.user.pk and not by.may("agenda.edit"):
        raise refuse("somebody else wrote this.", "Ask them, or the coordinator, to strike it out.")
    if evidence.struck_at is not None:
        raise refuse("this is struck out already.", "Open the page again.")
    evidence.struck_why, evidence.struck_at, evidence.struck_by = _said(why), now(), by.user
    evidence.save()
    note(by, "agenda.strike", evidence, detail={"factor": evidence.factor})
    return evidence


@command
def add_gap(by: Access, *, factor: str, words: str, finder: str, due_on: dt.date) -> Gap:
    """Say what is not known about a factor, who finds out, and by when."""
    by.require("agenda.commit")
    _factor(factor)
    if not words.strip():
        raise refuse("nothing was written.", "Write what is not known.", "words")
    if not finder.strip():
        raise refuse("nobody finds out.", "Name a role, such as the evaluation lead.", "finder")
    gap: Gap = Gap.objects.create(
        partnership=by.partnership, factor=factor, words=words.strip(), finder=finder.strip(), due_on=due_on,
        by=by.user, at=now(),
    )  # fmt: skip
    note(by, "agenda.add_gap", gap, detail={"factor": factor, "due_on": due_on.isoformat()})
    return gap


@command
def close_gap(by: Access, *, gap: Gap, found: str) -> Gap:
    """Say what was found out; it can also be that it cannot be known."""
    by.require("agenda.commit")
    gap = Gap.objects.select_for_update().get(pk=gap.pk)
    if gap.found_at is not None:
        raise refuse("this was found out already.", "Open the page again.")
    if not found.strip():
        raise refuse(
            "nothing was written.", "Write what was found out, also that it cannot be known.", "found"
        )
    gap.found, gap.found_at, gap.found_by = found.strip(), now(), by.user
    gap.save()
    note(by, "agenda.close_gap", gap, detail={"factor": gap.factor})
    return gap
