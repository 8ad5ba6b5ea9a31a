"""Boxes on a person's page that other nouns add: one line each, in the order shown.

A line is a template and a function of the seat and the person, given itself or by its dotted path.
The function returns what the template needs, or None when there is nothing to show. Each function answers
for what the seat may see of the person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from openoutcomes.web.core.access import Access
from openoutcomes.web.people.models import Person

Context = dict[str, Any]
Section = tuple[str, Callable[[Access, Person], Context | None] | str]

#: (template, function or its dotted path). Write a path where an import would go round in a circle.
PERSON_SECTIONS: list[Section] = [
    ("outcomes/section.html", "openoutcomes.web.outcomes.sections.outcomes"),
    ("pathways/section.html", "openoutcomes.web.pathways.views.person_section"),
    ("groups/section.html", "openoutcomes.web.groups.views.person_section"),
    ("budgets/section.html", "openoutcomes.web.budgets.views.person_section"),
    ("referrals/section.html", "openoutcomes.web.referrals.views.person_section"),
    ("governance/section.html", "openoutcomes.web.governance.sections.own"),
    ("barriers/section.html", "openoutcomes.web.barriers.people_views.person_section"),
    ("listening/section.html", "openoutcomes.web.listening.own_views.person_section"),
]


@dataclass(frozen=True)
class Box:
    """A section that has something to show; the template finds it under ``box``."""

    template: str
    context: Context


def boxes_for(access: Access, person: Person) -> list[Box]:
    """Return the sections of a person's page that have something to show to a seat."""
    boxes = []
    for template, function in PERSON_SECTIONS:
        build = import_string(function) if isinstance(function, str) else function
        context = build(access, person)
        if context is not None:
            boxes.append(Box(template, context))
    return boxes
