"""Which way of paying or working may fit a problem: questions, and rules that say why. It decides nothing.

A goal is simple or contested; capacity (of those who could do the work, and of the service that would pay)
is high or low. Each answer leans one way, the other, or halfway, and a side is only placed when enough of
its questions were answered. The questions and rules are this project's own reading of public guidance on
when to contract for outcomes; they carry a version, so that an old answer is read by the rules it was given under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

#: Raised with every change of a question or a rule.
VERSION: Final = 1
#: How it is marked on pages: general knowledge, to be judged and not obeyed.
SOURCE: Final = (
    "The questions and rules were written for this platform from general knowledge of commissioning, and nobody "
    "has tested how well they place a problem. Use them to talk, and decide yourselves."
)

Axis = Literal["goal", "capacity"]
Lean = Literal["clear", "halfway", "against", "unknown"]


@dataclass(frozen=True)
class Option:
    """One answer: its code, its words, and which way it leans."""

    code: str
    words: str
    leans: Lean


@dataclass(frozen=True)
class Question:
    """One question: which side it is about, and whether one answer alone settles that side."""

    code: str
    axis: Axis
    asks: str
    hint: str
    options: tuple[Option, ...]
    #: A leaning of ``against`` here places its side alone.
    settles: bool = False

    def option(self, code: str) -> Option:
        """Return an answer by its code; one that is not among them counts as not known."""
        return next((one for one in self.options if one.code == code), UNKNOWN)


UNKNOWN: Final = Option("unknown", "We do not know yet", "unknown")


def _answers(clear: str, halfway: str, against: str) -> tuple[Option, ...]:
    return (
        Option("clear", clear, "clear"), Option("halfway", halfway, "halfway"),
        Option("against", against, "against"), UNKNOWN,
    )  # fmt: skip


QUESTIONS: Final = (
    Question(
        "agreed", "goal", "Do people supported, those who do the work and those who pay agree what a good result is?",
        "Ask all three. Where only those who pay have said, choose “we do not know yet”.",
        _answers("Yes, all three have said so", "Mostly", "No, they want different things"), settles=True,
    ),
    Question(
        "seen", "goal", "Can everybody see, for each person, whether it was reached?",
        "For example, a tenancy that still stands after six months can be seen. “Doing better” cannot.",
        _answers("Yes, without arguing", "In part", "No"), settles=True,
    ),
    Question(
        "known_way", "goal", "Is it known what it takes to reach it?",
        "From cases, studies, or people who did it.",
        _answers("Yes, it was done in places like ours", "There are several ideas", "Nobody knows yet"),
    ),
    Question(
        "whose_hands", "goal", "Is it in the hands of whoever would do the work?",
        "Or does it need other services, or somebody else's rule, to change first?",
        _answers("Mostly in their hands", "They need one or two others", "It depends on rules or services of others"),
    ),
    Question(
        "providers", "capacity", "Are there organisations here that could do it, and want to?",
        "Count small ones and groups of neighbours too.",
        _answers("Several", "One or two", "None yet"), settles=True,
    ),
    Question(
        "wait", "capacity", "Could they work for some months before they are paid?",
        "From their own money, or money lent on terms that they can bear.",
        _answers("Yes", "With up-front money from somebody", "No"),
    ),
    Question(
        "records", "capacity", "Do they record what happens well enough to show a result?",
        "Without anybody having to type twice.",
        _answers("Yes", "In part", "No"),
    ),
    Question(
        "payer", "capacity", "Does whoever pays have people and time to look after it, and to settle differences?",
        "A contract that nobody looks after drifts.",
        _answers("Yes", "In part", "No"),
    ),
    Question(
        "enough", "capacity", "Are there enough people for a number to say something?",
        "With few people, luck decides what a count says.",
        _answers("A hundred or more in a year", "Thirty to ninety-nine", "Fewer than thirty"),
    ),
)  # fmt: skip
BY_CODE: Final = {question.code: question for question in QUESTIONS}

SIDES: Final = {
    ("goal", "clear"): "The goal is simple",
    ("goal", "against"): "The goal is contested",
    ("goal", "unknown"): "Too little is known about the goal",
    ("capacity", "clear"): "Capacity is high",
    ("capacity", "against"): "Capacity is low",
    ("capacity", "unknown"): "Too little is known about capacity",
}
#: What may fit for each place: its name and what it means.
WAYS: Final = {
    ("clear", "clear"): (
        "An outcomes contract",
        ("The result can be seen and agreed, and there are those who can reach it and be paid for it. Keep part of "
        "the payment for what cannot be counted, and pay nobody for turning people away."),
    ),
    ("clear", "against"): (
        "Capacity building",
        ("The result is clear, but those who would reach it, or pay for it, are not ready. Pay for people, records and "
        "practice first; an outcomes contract now would only fit those who are strong already."),
    ),
    ("against", "clear"): (
        "Co-ordination",
        ("There are those who could act, but not one result that all agree on or that one service holds. Pay for "
        "somebody to bring them together, and agree who does what, before anything is paid by result."),
    ),
    ("against", "against"): (
        "A grant",
        ("Neither the goal nor capacity can carry a contract yet. Give a grant with room to try, ask for learning "
        "instead of targets, and ask these questions again in a year."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Side:
    """Where one side was placed, and which answers led there."""

    axis: Axis
    place: Lean
    why: tuple[str, ...]

    @property
    def words(self) -> str:
        """Return the place in words."""
        return SIDES[self.axis, self.place]


@dataclass(frozen=True)
class Placed:
    """A problem, placed: what may fit and why, what to be careful of, and what to find out first."""

    goal: Side
    capacity: Side
    way: str
    means: str
    careful: tuple[str, ...] = field(default=())
    find_out: tuple[str, ...] = field(default=())


def place(answers: Mapping[str, str]) -> Placed:
    """Place a problem by the answers (question to option), and say what may fit."""
    goal, capacity = _side("goal", answers), _side("capacity", answers)
    way, means = WAYS.get(
        (goal.place, capacity.place),
        ("Find out more first", "Too many answers are not known yet. Ask those questions, and come back."),
    )
    unknown = tuple(
        question.asks
        for question in QUESTIONS
        if question.option(answers.get(question.code, "")).leans == "unknown"
    )
    return Placed(goal, capacity, way, means, _careful(answers, way), unknown)


def _side(axis: Axis, answers: Mapping[str, str]) -> Side:
    given = [
        (question, question.option(answers.get(question.code, "")))
        for question in QUESTIONS
        if question.axis == axis
    ]
    known = [(question, option) for question, option in given if option.leans != "unknown"]
    against = [_said(*one) for one in known if one[1].leans == "against"]
    halfway = [_said(*one) for one in known if one[1].leans == "halfway"]
    clear = [_said(*one) for one in known if one[1].leans == "clear"]
    settled = [
        _said(question, option)
        for question, option in known
        if question.settles and option.leans == "against"
    ]
    if settled:
        return Side(axis, "against", (*settled, *(one for one in against if one not in settled)))
    # Two halves weigh as much as one answer against; two such, and the side is against.
    if 2 * len(against) + len(halfway) >= 4:
        return Side(axis, "against", (*against, *halfway))
    if 2 * len(known) <= len(given):
        return Side(
            axis,
            "unknown",
            tuple(
                f"{question.asks} Not known yet." for question, option in given if option.leans == "unknown"
            ),
        )
    return Side(axis, "clear", tuple(clear) or tuple(halfway))


def _said(question: Question, option: Option) -> str:
    return f"{question.asks} {option.words}."


def _careful(answers: Mapping[str, str], way: str) -> tuple[str, ...]:
    found = []
    if BY_CODE["agreed"].option(answers.get("agreed", "")).leans == "unknown":
        found.append("Ask people supported what a good result is before anything is decided.")
    if way == "An outcomes contract":
        leans = {code: question.option(answers.get(code, "")).leans for code, question in BY_CODE.items()}
        if leans["enough"] in ("halfway", "against"):
            found.append(
                "With so few people a payment by result is decided by luck as well as by work: share that risk."
            )
        if leans["wait"] != "clear":
            found.append(
                "Somebody has to pay the work until results are paid for: agree who, before small providers are shut out."
            )
        if leans["known_way"] != "clear":
            found.append("It is not known what it takes: leave room to change how the work is done.")
        if leans["whose_hands"] != "clear":
            found.append("Part of it is in the hands of others: agree what they will do, and by when.")
    return tuple(found)
