"""Mystery shopping: what happened when somebody tried to get help, told as facts and without names of staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.guard import suspects
from openoutcomes.web.listening.models import Visit
from openoutcomes.web.listening.words import FACTS, WAYS

FIELDS = ("organisation", "tried_on", "way", "as_whom", "tried", "happened", "facts", "waited", "round")


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: values[name] for name in FIELDS if name in values}
    for name, mend in (("as_whom", "Say as whom, such as “somebody of 19 who sleeps on sofas”."),
                       ("tried", "Say what was asked for."), ("happened", "Say what happened.")):  # fmt: skip
        found[name] = str(found.get(name) or "").strip()
        if not found[name]:
            raise refuse("something is missing.", mend, name)
    if found.get("way") not in WAYS:
        raise refuse("nobody said how it was tried.", "Choose one.", "way")
    if found["tried_on"] > today():
        raise refuse("the day is still to come.", "Choose today or an earlier day.", "tried_on")
    found["facts"] = {name: said for name, said in (found.get("facts") or {}).items() if name in FACTS}
    told = {name: found[name] for name in ("tried", "happened")}
    problems = [
        Problem(
            f"“{one.text}” looks like {one.words}.", "Take it out: a visit names nobody.", field=one.field
        )
        for one in suspects(told)
        if one.must_go
    ]
    if problems:
        raise InputError(problems)
    return found


@command
def add_visit(by: Access, *, values: Mapping[str, Any]) -> Visit:
    """Write down a try to get help: what was tried, as whom, and what happened."""
    by.require("listening.visit")
    if values.get("organisation") is None:
        raise refuse("nobody said where it was tried.", "Choose the organisation.", "organisation")
    made: Visit = Visit.objects.create(
        partnership=by.partnership, by=by.user, added_at=now(), **_checked(values)
    )
    note(by, "listening.add_visit", made, detail={"visit": made.visit_id, "way": made.way})
    return made


def _own(by: Access, visit: Visit) -> Visit:
    by.require("listening.visit")
    held: Visit = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if held.by_id != by.user.pk and not by.may("listening.run"):
        raise PermissionDenied("listening.visit")
    return held


@command
def change_visit(by: Access, *, visit: Visit, values: Mapping[str, Any], expected: int) -> Visit:
    """Change what is written about a visit: whoever wrote it, or the coordinator."""
    held = _own(by, visit)
    if held.revision != expected:
        raise refuse("somebody changed this after you opened it.", "Open it again.")
    fresh = _checked(values)
    changed = sorted(name for name, value in fresh.items() if getattr(held, name) != value)
    for name in changed:
        setattr(held, name, fresh[name])
    held.revision += 1
    held.save()
    note(by, "listening.change_visit", held, detail={"visit": held.visit_id, "changed": changed})
    return held


@command
def withdraw_visit(by: Access, *, visit: Visit) -> Visit:
    """Take a visit out of the list; it is kept."""
    held = _own(by, visit)
    if held.withdrawn_at is not None:
        raise refuse("this visit was taken out already.")
    held.withdrawn_at = now()
    held.save()
    note(by, "listening.withdraw_visit", held, detail={"visit": held.visit_id})
    return held
