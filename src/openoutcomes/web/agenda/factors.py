"""What partnerships that last have in common, as questions to gather evidence on. Never a score.

The factors are facts that public reviews report, put into this project's own words and questions: which twelve
and which ten is a choice made here. Sources, each a published review or guide:

- ``reviews``: Mattessich and Monsey, Collaboration: What Makes It Work (Wilder Foundation, 1992), a review of 18
  studies that names 19 factors in six groups;
- ``collective``: Kania and Kramer, Collective Impact (Stanford Social Innovation Review, winter 2011), five conditions;
- ``golab``: Government Outcomes Lab, guide to feasibility: an outcome defined for a defined group, and results that
  can be attributed to the service;
- ``kirklees``: evaluation of the Kirklees Better Outcomes Partnership (Department for Culture, Media and Sport, 2025),
  which names flexible support among the ways in which the contract worked;
- ``own``: general knowledge, with no source read for it.

``is_read`` says whether the factor was read in its source (V), or is attributed to it from general knowledge (K).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class Factor:
    """One factor: what to ask, what would show it, and where it comes from."""

    code: str
    kind: Literal["success", "together"]
    name: str
    asks: str
    shows: str
    source: str
    is_read: bool


SOURCES: Final = {
    "reviews": "Mattessich and Monsey, Collaboration: What Makes It Work (1992)",
    "collective": "Kania and Kramer, Collective Impact (2011)",
    "golab": "Government Outcomes Lab, guide to feasibility",
    "kirklees": "Evaluation of the Kirklees Better Outcomes Partnership, final report (2025)",
    "own": "General knowledge: no source was read for it",
}
KINDS: Final = {
    "success": ("What success rests on", "Twelve things to know about the work itself."),
    "together": (
        "What working together rests on",
        "Ten things to know about how organisations work with each other.",
    ),
}


#: Factors that were read in their source.
_READ: Final = frozenset(
    {"s-whom", "s-outcome", "s-alone", "s-flexible", "t-history", "t-respect", "t-who", "t-gain"}
)


def _success(code: str, name: str, asks: str, shows: str, source: str) -> Factor:
    return Factor(f"s-{code}", "success", name, asks, shows, source, f"s-{code}" in _READ)


def _together(code: str, name: str, asks: str, shows: str, source: str) -> Factor:
    return Factor(f"t-{code}", "together", name, asks, shows, source, f"t-{code}" in _READ)


FACTORS: Final = (
    _success("people", "Begun from people", "Who among people supported said what a better life is, and what was changed because of it?",
             "Notes of conversations, and what was decided differently afterwards.", "own"),
    _success("whom", "Clear for whom", "Can anybody say who it is for, and who is not reached yet?",
             "The same answer from three people in three organisations; counts of who was offered help and never started.", "golab"),
    _success("outcome", "A result that can be seen", "Would two people looking at the same life agree whether the result was reached?",
             "Two checkers agreeing on the same files.", "golab"),
    _success("strengths", "Strengths first", "Where do people's own strengths and relationships show in what is done?",
             "Plans that name a strength; people who say that they were asked.", "own"),
    _success("evidence", "Known to help, or tried small", "What is known about whether this works for people like these?",
             "Cases, studies, small tests and what they showed, also where they failed.", "own"),
    _success("flexible", "Room to change", "What was changed in the last quarter because of what was heard or seen?",
             "Dated changes to delivery, with who decided.", "kirklees"),
    _success("team", "People with time", "Do those who do the work have time, support and somebody to ask?",
             "Caseloads, vacancies, supervision; what they say themselves.", "own"),
    _success("data", "Recorded once, seen by all who need it", "Who types anything twice, and who learns a result last?",
             "Time spent on recording; how long a figure takes to reach those it is about.", "own"),
    _success("money", "Money that follows the aim", "Which payment rewards what nobody wants, or leaves out the hardest to reach?",
             "Terms beside what happened; who was turned away.", "own"),
    _success("barriers", "Barriers taken on", "Which rule of somebody else's stops people, and who is working on it?",
             "Barriers with an owner, an answer and a day.", "own"),
    _success("alone", "More than would have happened anyway", "How would we know what would have happened without it?",
             "A comparison agreed before results were seen.", "golab"),
    _success("last", "Made to last", "What stays when this money ends?",
             "Budgets that changed for good; people trained; rules rewritten.", "own"),
    _together("history", "Having worked together before", "What have these organisations done together before, and how did it end?",
              "Earlier work, with what each would do again.", "reviews"),
    _together("respect", "Respect and trust", "When did an organisation last tell the others about something that went wrong?",
              "Bad news shared early; what happened to whoever shared it.", "reviews"),
    _together("who", "The right people at the table", "Who is missing from the table, above all among people supported?",
              "Lists of who came, and who was asked.", "reviews"),
    _together("gain", "Each gains", "What does each organisation gain, and what does it give up?",
              "Each in its own words.", "reviews"),
    _together("vision", "One agenda", "Can each organisation say the shared aim in a sentence, and is it the same one?",
              "Their sentences side by side.", "collective"),
    _together("roles", "Clear parts", "Who does what, and who decides when they differ?",
              "Commitments made by each itself; a difference that was settled.", "reviews"),
    _together("talk", "Open and frequent talk", "How long does it take for one to learn what another knows?",
              "Meetings that were kept; calls between those who do the work.", "collective"),
    _together("measure", "Measured alike", "Do all use the same few measures, in the same way?",
              "The same question answered with the same figure.", "collective"),
    _together("backbone", "Somebody to hold it together", "Who keeps the agenda and chases what was promised, and who pays for that?",
              "A named role with paid time.", "collective"),
    _together("power", "Shared power", "When did those with the money last do what others decided?",
              "Decisions with who made them; where people supported had a vote.", "own"),
)  # fmt: skip
BY_CODE: Final = {factor.code: factor for factor in FACTORS}
