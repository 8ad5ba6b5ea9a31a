"""A case laid out for a page: its parts in their order, each with its heading, and what is empty left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openoutcomes.web.cases import words
from openoutcomes.web.core.templatetags.oo import money

#: Field to its heading, in the order that pages show them.
HEADINGS = {
    "title": "What was tried",
    "result": "What came of it",
    "who_for": "Who it was for",
    "problem": "The problem",
    "area": "What it was about",
    "place_kind": "Place",
    "size": "How many people",
    "paying": "How it was paid for",
    "period": "When",
    "context": "How things stood before",
    "story": "What was done",
    "partners": "Who did it together",
    "impact": "What changed",
    "strength": "How that is known",
    "how_known": "What that rests on",
    "made_it_work": "What made it work, or kept it from working",
    "learned": "What was learned",
    "conditions": "What would have to be true elsewhere",
    "cost": "What it cost",
    "cost_words": "What the cost covers",
    "contacts": "Whom to ask",
}
#: Colours of results: failing is no shame, so nothing is red.
COLOURS = {"worked": "green", "partly": "turquoise", "failed": "purple", "early": "grey"}
_SITUATION = ("who_for", "problem", "area", "place_kind", "size", "paying", "period")
_TOLD = ("context", "story", "partners", "impact", "strength", "how_known", "made_it_work", "learned")
_LISTED = ("conditions", "contacts")


@dataclass(frozen=True)
class Part:
    """A part of a case: its heading, and its words or its lines."""

    heading: str
    words: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A case laid out."""

    title: str
    result: str
    colour: str
    situation: list[Part]
    told: list[Part]
    conditions: tuple[str, ...]
    contacts: tuple[str, ...]
    cost: str


def said(name: str, value: Any) -> str:
    """Return the value of a field in words."""
    codes = {**{tag: listed for tag, (_, listed) in words.TAGS.items()}, "strength": words.STRENGTHS}
    if name in codes:
        return codes[name].get(str(value), "")
    return money(value) if name == "cost" else str(value or "")


def lay_out(values: Mapping[str, Any]) -> Shown:
    """Lay out a case, or a published copy of one."""
    parts = {
        name: Part(HEADINGS[name], said(name, values.get(name)))
        for name in (*_SITUATION, *_TOLD)
        if said(name, values.get(name))
    }
    cost = said("cost", values.get("cost"))
    covers = str(values.get("cost_words") or "")
    return Shown(
        title=str(values["title"]),
        result=words.RESULTS[str(values["result"])],
        colour=COLOURS[str(values["result"])],
        situation=[parts[name] for name in _SITUATION if name in parts],
        told=[parts[name] for name in _TOLD if name in parts],
        conditions=_lines(values.get("conditions")),
        contacts=_lines(values.get("contacts")),
        cost=f"{cost} ({covers})" if cost and covers else cost or covers,
    )


def _lines(text: Any) -> tuple[str, ...]:
    return tuple(line.strip() for line in str(text or "").splitlines() if line.strip())


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return what one version changed: heading, how it stood and how it stands."""
    if before is None:
        return []
    return [
        (heading, said(name, before.get(name)) or "Nothing", said(name, after.get(name)) or "Nothing")
        for name, heading in HEADINGS.items()
        if before.get(name) != after.get(name)
    ]
