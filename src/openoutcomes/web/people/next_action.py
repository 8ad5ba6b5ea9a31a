"""The one clear next thing to do for a person, worked out from what is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.people.models import Enrolment, Person
from openoutcomes.web.records.models import Record
from openoutcomes.web.records.words import address_of, outcome_name


@dataclass(frozen=True)
class NextAction:
    """What to do next: why, the words of the button, and where it leads."""

    why: str
    button: str
    address: str
    is_late: bool = False


def next_action(
    access: Access,
    person: Person,
    *,
    enrolments: Sequence[Enrolment],
    goals: Sequence[Record],
    outcomes: Sequence[Record],
    has_programmes: bool,
) -> NextAction:
    """Return the first of these that holds; there is always one.

    A planned contact is overdue; nobody has asked what matters to them; a goal is due to be looked at
    again; an outcome lacks its evidence or was queried; they are in no programme; else: add what happened.
    """
    slug = access.partnership.slug
    at = {"partnership": slug, "person_id": person.person_id}
    add = reverse("record_quick", kwargs=at)
    goal = reverse("record_add", kwargs={**at, "kind": "goal"})
    late = sorted(each.next_on for each in enrolments if each.next_on and each.next_on < today())
    if late:
        also = "" if goals else " Ask what matters to them when you speak."
        return NextAction(
            f"The contact planned for {day(late[0])} is overdue.{also}",
            "Add what happened",
            add,
            is_late=True,
        )
    if not goals:
        return NextAction(
            "Nobody has written down what matters to them yet.", "Ask what matters to them", goal
        )
    due = sorted(
        (when, each.pk, each) for each in goals if (when := _day(each, "review_on")) and when <= today()
    )
    if due:
        when, _, first = due[0]
        review = reverse("goal_review", kwargs={"partnership": slug, "record_id": first.record_id})
        return NextAction(
            f"A goal was to be looked at again on {day(when)}.",
            "Review the goal",
            review,
            is_late=when < today(),
        )
    for outcome in outcomes:
        name = outcome_name(outcome.code)
        if outcome.state == "queried":
            return NextAction(
                f"The verifier asks about “{name}”.", "Answer the verifier", address_of(outcome, slug)
            )
        if outcome.state == "unverified" and not outcome.values.get("evidence_kinds"):
            return NextAction(f"“{name}” has no evidence yet.", "Add evidence", address_of(outcome, slug))
    if not enrolments and has_programmes and access.may("enrolments.manage"):
        return NextAction(
            "They are in no programme yet.", "Add them to a programme", reverse("person_enrol", kwargs=at)
        )
    planned = sorted(each.next_on for each in enrolments if each.next_on)
    if planned:
        why = (
            "Contact is planned for today." if planned[0] == today() else f"Next contact: {day(planned[0])}."
        )
        return NextAction(why, "Add what happened", add)
    return NextAction("Nothing is overdue.", "Add what happened", add)


def _day(record: Record, name: str) -> dt.date | None:
    text = record.values.get(name, "")
    return dt.date.fromisoformat(text) if text else None
