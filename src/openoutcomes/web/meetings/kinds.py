"""Kinds of meetings, as data: what each is for, how long and how often it is, and what belongs on its agenda."""

from __future__ import annotations

from dataclasses import dataclass

from openoutcomes.web.core.rhythm import HEADINGS as SIGNALLED

#: Headings of agendas in words: those of signals, and those of what people bring themselves.
HEADINGS: dict[str, str] = {
    "opening": "To begin",
    **SIGNALLED,
    "other": "Anything else",
}


@dataclass(frozen=True)
class Standing:
    """Something that is on every agenda of a kind: its heading, its words, and the page it leads to."""

    heading: str
    words: str
    page: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of meeting: its name, what it is for, its usual length and rule, its headings in order."""

    name: str
    purpose: str
    minutes: int
    every: str
    headings: tuple[str, ...]
    standing: tuple[Standing, ...] = ()
    #: Whose meeting it usually is: of one organisation, of the parties to a contract, or of the partnership.
    whose: str = "partnership"


KINDS: dict[str, Kind] = {
    "huddle": Kind(
        "Huddle",
        "The team looks at today: who is due, who has waited, who is away, what worries us.",
        10,
        "workday",
        ("people", "actions", "barriers"),
        whose="organisation",
    ),
    "contract": Kind(
        "Contract meeting",
        "Provider, commissioner and coordinator look at what happened under a contract, and unblock it.",
        60,
        "month",
        ("voices", "actions", "results", "barriers", "trials", "changes", "people", "money"),
        whose="contract",
    ),
    "learning": Kind(
        "Learning meeting",
        "Projects look at their results side by side, and at what each does differently. Nobody is ranked.",
        120,
        "quarter",
        ("voices", "results", "trials", "changes", "barriers", "agenda", "actions"),
        (
            Standing("results", "Results side by side: what does each of us do differently?", "side_by_side"),
            Standing("agenda", "The quarter at a glance: heard, tried, decided, unblocked, told", "quarter"),
        ),
    ),
    "panel": Kind(
        "Panel",
        "People supported and others decide together on what the panel is there for.",
        90,
        "month",
        ("voices", "governance", "actions"),
        (Standing("opening", "Has anybody an interest to declare in what is on the agenda?"),),
    ),
    "board": Kind(
        "Board",
        "The partnership’s board decides on aims, risks and what others could not settle.",
        90,
        "quarter",
        ("agenda", "voices", "governance", "results", "barriers", "changes", "money", "actions"),
        (
            Standing("opening", "Has anybody an interest to declare in what is on the agenda?"),
            Standing("agenda", "The quarter at a glance: heard, tried, decided, unblocked, told", "quarter"),
        ),
    ),
    "other": Kind(
        "Other meeting",
        "Any other meeting.",
        60,
        "once",
        tuple(SIGNALLED),
    ),
}


def order_of(kind: str) -> dict[str, int]:
    """Return the place of each heading on the agenda of a kind; what it usually leaves out comes last."""
    own = ("opening", *KINDS[kind].headings)
    rest = [heading for heading in HEADINGS if heading not in own and heading != "other"]
    return {heading: place for place, heading in enumerate((*own, *rest, "other"))}
