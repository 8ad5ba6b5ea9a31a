"""Writing cases, publishing them after a check, taking them in from files, and planning to copy one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from openoutcomes.web.cases import fileformat, words
from openoutcomes.web.cases.models import FIELDS, Case, CaseVersion, Condition, CopyPlan, Publication
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.guard import Suspect, suspects
from openoutcomes.web.partnerships.models import Organisation

_CONTACT = ("email", "phone")


def _home(by: Access, action: str) -> Organisation | None:
    """Return the organisation a seat writes for; nothing where it writes for the whole partnership."""
    if by.reach(action) == "partnership":
        return None
    own: Any = Organisation.of(by.partnership).filter(pk__in=by.organisation_ids(action)).order_by("name")
    return own.first()


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: values[name] for name in FIELDS if name in values}
    if not str(given.get("title") or "").strip():
        raise refuse("the case has no title.", "Say in one line what was tried.", "title")
    if given.get("result") not in words.RESULTS:
        raise refuse(
            "nothing was said about what came of it.", "Choose one; what failed is as welcome.", "result"
        )
    contacts = {"contacts": str(given.get("contacts") or "")}
    if any(one.kind in _CONTACT for one in suspects(contacts)):
        raise refuse(
            "there is an e-mail address or a telephone number.",
            "Write a role and an organisation.",
            "contacts",
        )
    return given


def _write(by: Access, case: Case, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        setattr(case, name, value)
    case.title_words, case.all_words = words.index_of(case.values())
    case.changed_at = now()
    case.save()
    CaseVersion.objects.create(
        partnership=by.partnership,
        case=case,
        number=case.revision,
        values=case.values(),
        by=by.user,
        at=now(),
    )


@command
def add(by: Access, *, values: Mapping[str, Any]) -> Case:
    """Write down a case. A title and what came of it are enough to begin with."""
    organisation = _home(by, "cases.write")
    by.require("cases.write", organisation)
    case = Case(partnership=by.partnership, organisation=organisation, added_by=by.user)
    _write(by, case, _checked(values))
    note(by, "cases.add", case, organisation=organisation, detail={"result": case.result})
    return case


@command
def change(by: Access, *, case: Case, values: Mapping[str, Any], expected: int | None = None) -> Case:
    """Change a case; how it stood before is kept. What is published stays as it was checked."""
    by.require("cases.write", case.organisation_id or 0)
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if expected is not None and case.revision != expected:
        raise refuse(
            "somebody changed this case after you opened it.", "Open it again, and add what is missing."
        )
    given = _checked(values)
    changed = [name for name in given if getattr(case, name) != given[name]]
    case.revision += 1
    _write(by, case, given)
    note(by, "cases.change", case, organisation=case.organisation, detail={"fields": changed})
    return case


@command
def put_away(by: Access, *, case: Case, away: bool = True) -> Case:
    """Take a case out of lists and searches, or put it back. It stays, with its history."""
    by.require("cases.write", case.organisation_id or 0)
    if away and Publication.objects.filter(case=case, withdrawn_at=None).exists():
        raise refuse("this case is published.", "Withdraw it first.")
    if away == (case.put_away_at is not None):
        raise refuse("this was done already.", "Open the case again.")
    case.put_away_at = now() if away else None
    case.save(update_fields=["put_away_at"])
    note(by, "cases.put_away", case, organisation=case.organisation, detail={"away": away})
    return case


def suspects_of(case: Case) -> list[Suspect]:
    """Return what in a case may point at a person; names of the partnership's organisations are none."""
    names = Organisation.of(case.partnership).values_list("name", flat=True)
    return suspects(case.values(), [*names, case.partnership.name, case.partnership.place])


@command
def publish(by: Access, *, case: Case, looked_at: Sequence[str]) -> Publication:
    """Let the other partnerships of this installation read a case, as it stands now.

    ``looked_at`` are the keys of what the check found and somebody looked at, and found to name nobody.
    """
    by.require("cases.publish")
    case = Case.objects.select_for_update(of=("self",)).select_related("partnership").get(pk=case.pk)
    if case.put_away_at is not None:
        raise refuse("this case is put away.", "Put it back first.")
    found = suspects_of(case)
    going = [one for one in found if one.must_go]
    if going:
        raise refuse(f"“{going[0].text}” looks like {going[0].words}.", "Change the case, and take it out.")
    if any(one.key not in looked_at for one in found):
        raise refuse(
            "not everything that was found has been looked at.", "Tick each that names nobody.", "looked_at"
        )
    earlier = Publication.objects.filter(case=case, withdrawn_at=None).first()
    if earlier is not None:
        if earlier.number == case.revision:
            raise refuse("this is published already.", "Open the case again.")
        earlier.withdrawn_at, earlier.withdrawn_by = now(), by.user
        earlier.save(update_fields=["withdrawn_at", "withdrawn_by"])
    done: Publication = Publication.objects.create(
        partnership=by.partnership, case=case, number=case.revision, values=case.values(),
        **{name: getattr(case, name) for name in (*words.TAGS, "title", "title_words", "all_words")},
        looked_at=[[one.field, one.kind] for one in found], published_by=by.user,
    )  # fmt: skip
    note(
        by,
        "cases.publish",
        done,
        detail={"case": case.case_id, "version": case.revision, "looked_at": len(found)},
    )
    return done


@command
def withdraw(by: Access, *, case: Case) -> Publication:
    """Take a case back from the other partnerships. Plans that they have begun stay theirs."""
    by.require("cases.publish")
    found = Publication.objects.filter(case=case, withdrawn_at=None).first()
    if found is None:
        raise refuse("this case is not published.", "Open it again.")
    found.withdrawn_at, found.withdrawn_by = now(), by.user
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    note(by, "cases.withdraw", found, detail={"case": case.case_id})
    return found


@command
def take_in(by: Access, *, data: bytes) -> int:
    """Take in cases from a file of another installation; return how many were new."""
    by.require("cases.publish")
    origin, rows = fileformat.read(data)
    known = set(
        Case.objects.filter(
            partnership=by.partnership, origin_id__in=[row["id"] for row in rows]
        ).values_list("origin_id", flat=True)
    )
    new = [row for row in rows if row["id"] not in known]
    if not new:
        raise refuse("every case of this file is here already.", "Nothing was changed.", "file")
    for row in new:
        values: dict[str, Any] = {name: row.get(name, "") for name in FIELDS}
        values["cost"] = Decimal(row["cost"]) if row.get("cost") else None
        values["strength"] = values["strength"] or "unchecked"
        case = Case(
            partnership=by.partnership, added_by=by.user, origin=origin or "A file", origin_id=row["id"]
        )
        _write(by, case, _checked(values))
        note(by, "cases.take_in", case, detail={"origin_id": row["id"]})
    return len(new)


@command
def plan_copy(
    by: Access,
    *,
    case: Case | None = None,
    publication: Publication | None = None,
    why: str,
    different: str = "",
    conditions: Sequence[str] = (),
) -> CopyPlan:
    """Begin to ask what would have to be true here for a case to work; give a case, or one published elsewhere."""
    organisation = _home(by, "cases.write")
    by.require("cases.write", organisation)
    source = case or publication
    if source is None:
        raise refuse("no case was chosen.", "Open a case, and begin from there.")
    if not why.strip():
        raise refuse("nothing was written about why it might help here.", "Write a sentence.", "why")
    asked = list(dict.fromkeys(line.strip()[:300] for line in conditions if line.strip()))[:40]
    if not asked:
        raise refuse(
            "there is no condition.", "Write at least one thing that would have to be true.", "conditions"
        )
    plan: CopyPlan = CopyPlan.objects.create(
        partnership=by.partnership, case=case, title=source.title, why=why.strip(), different=different.strip(),
        organisation=organisation, begun_by=by.user,
        publication_id=publication.publication_id if publication else "",
        source=publication.partnership.name if publication else "",
    )  # fmt: skip
    Condition.objects.bulk_create(
        [
            Condition(partnership=by.partnership, plan=plan, number=number, words=line)
            for number, line in enumerate(asked, start=1)
        ]
    )
    detail = {
        "case": case.case_id if case else "",
        "publication": plan.publication_id,
        "conditions": len(asked),
    }
    note(by, "cases.plan_copy", plan, organisation=organisation, detail=detail)
    return plan


def _open_plan(by: Access, plan: CopyPlan) -> CopyPlan:
    by.require("cases.write", plan.organisation_id or 0)
    held: CopyPlan = CopyPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    return held


@command
def add_condition(
    by: Access, *, plan: CopyPlan, line: str, finder: str = "", due_on: dt.date | None = None
) -> Condition:
    """Add something that would have to be true here."""
    plan = _open_plan(by, plan)
    if not line.strip():
        raise refuse("nothing was written.", "Write what would have to be true.", "line")
    number = Condition.objects.filter(plan=plan).count() + 1
    made: Condition = Condition.objects.create(
        partnership=by.partnership, plan=plan, number=number, words=line.strip()[:300], finder=finder.strip(),
        due_on=due_on,
    )  # fmt: skip
    note(by, "cases.add_condition", made, organisation=plan.organisation, detail={"plan": plan.plan_id})
    return made


@command
def judge(
    by: Access,
    *,
    condition: Condition,
    state: str,
    found: str = "",
    finder: str = "",
    due_on: dt.date | None = None,
) -> Condition:
    """Say whether a condition is true here, with what was found out; or who finds out, by when."""
    plan = _open_plan(by, condition.plan)
    if state not in dict(Condition.STATES):
        raise refuse("this is no answer.", "Choose true, not true, or not known yet.", "state")
    if state != "unknown" and not found.strip():
        raise refuse("nothing was written about how it is known.", "Write what was found out.", "found")
    if state == "unknown" and not finder.strip():
        raise refuse("nobody finds out.", "Name the role that does, for example the housing lead.", "finder")
    condition.state, condition.found = state, found.strip()
    condition.finder, condition.due_on = finder.strip(), due_on
    condition.judged_by, condition.judged_at = by.user, now()
    condition.save()
    detail = {"plan": plan.plan_id, "number": condition.number, "state": state}
    note(by, "cases.judge", condition, organisation=plan.organisation, detail=detail)
    return condition


@command
def decide_copy(by: Access, *, plan: CopyPlan, state: str, why: str) -> CopyPlan:
    """Go ahead, decide against it, or take it up again; with why. Conditions inform it and decide nothing."""
    plan = _open_plan(by, plan)
    if state not in dict(CopyPlan.STATES) or state == plan.state:
        raise refuse("nothing was decided.", "Choose one.", "state")
    if not why.strip():
        raise refuse("no reason was given.", "Write why, so that others can learn from it.", "why")
    plan.state, plan.decided_why, plan.decided_at, plan.decided_by = state, why.strip(), now(), by.user
    plan.save()
    note(by, "cases.decide_copy", plan, organisation=plan.organisation, detail={"state": state})
    return plan
