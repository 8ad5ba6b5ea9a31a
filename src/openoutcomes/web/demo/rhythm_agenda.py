"""The shared agenda of the demonstration: a quarter of it, from the first evening with young people to what was kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from openoutcomes.web.agenda import commands
from openoutcomes.web.agenda.models import Commitment, Line
from openoutcomes.web.core import clock
from openoutcomes.web.demo.living import Stage

_MEASURES: tuple[dict[str, Any], ...] = (
    {
        "question": "Do young people start, once they are offered help?",
        "why_it_matters": "Help that nobody comes to helps nobody. This is where most are lost.",
        "took_part": 14, "chosen_how": "Two evenings at the day centre, and a vote with counters.", "direction": "more",
        "figure_from": "Listening: who was offered help, and who started",
    },
    {
        "question": "Do they get a home of their own?",
        "why_it_matters": "Nothing else holds without a door that locks.",
        "took_part": 14, "chosen_how": "The first choice of nearly everybody.", "direction": "more", "link": "outcome:home",
    },
    {
        "question": "Do they feel better about their lives?",
        "why_it_matters": "A home is no good if you cannot bear to be in it.",
        "took_part": 11, "chosen_how": "Young people asked for it; services had not.", "direction": "more",
        "link": "instrument:swemwbs",
    },
)  # fmt: skip


def fill(stage: Stage) -> None:
    """Live through a quarter of the agenda."""
    first = stage.today - dt.timedelta(days=90)
    by = stage.seat("coordinator")
    with stage.on(first):
        commands.set_vision(
            by, why="Agreed in the first evening with young people, in their words",
            words="Every young person in Northtown has a door of their own, and somebody beside them until they keep it.",
        )  # fmt: skip
        commands.focus_on(
            by, name="Young people of 18 to 24 without a home", why="They are offered help, and fewest of them start",
            about="They know the town and each other. Most have a phone and no post. Many have looked after somebody.",
        )  # fmt: skip
    with stage.on(first + dt.timedelta(days=7)):
        for values in _MEASURES:
            commands.add_measure(by, values=values, why="Chosen in the second evening")
    _lines(stage, first)
    _evidence(stage, first)
    _triage(stage, first)


def _lines(stage: Stage, first: dt.date) -> None:
    by, organisations = stage.seat("coordinator"), stage.organisations
    later = stage.today + dt.timedelta(days=45)
    with stage.on(first + dt.timedelta(days=10)):
        contact = commands.write_line(
            by, why="So that the first contact is one that people can come to",
            values={
                "we_words": "offer the first meeting within 48 hours, where the young person chooses, by text",
                "we_organisation": organisations["harbour-lights"], "we_role": "Outreach lead",
                "we_due_on": stage.today - dt.timedelta(days=20),
                "if_words": "send word of a referral by text on the same day, instead of a letter",
                "if_organisation": organisations["council"], "if_role": "Housing options manager",
                "if_due_on": stage.today - dt.timedelta(days=30),
                "and_words": "pay for the room and the bus fare",
                "and_organisation": organisations["national-fund"], "and_role": "Programme lead", "and_due_on": later,
                "signs": "More come to a first meeting. Fewer letters come back.",
                "risks": "Workers meet alone in the evening. Phones change hands.",
                "outcomes": "More young people start.",
            },
        )  # fmt: skip
        papers = commands.write_line(
            by, why="Two proofs of address keep people off the register who have no address",
            values={
                "we_words": "bring the ten most recent refusals to the table each month, without names",
                "we_role": "Coordinator", "we_due_on": stage.today - dt.timedelta(days=15),
                "if_words": "accept a letter from a provider as one proof of address",
                "if_organisation": organisations["council"], "if_role": "Head of housing", "if_due_on": later,
                "signs": "Fewer refusals for want of papers.", "risks": "Auditors object.",
                "outcomes": "Young people are on the register in days.",
            },
        )  # fmt: skip
    answers = (
        ("manager", contact, "we", "promised", 12, "", None),
        ("commissioner", contact, "if", "promised", 14, "", None),
        ("commissioner-2", contact, "and", "declined", 20, "Fares are not in this year's grant; ask again in April", None),
        ("coordinator", papers, "we", "promised", 12, "", None),
        ("commissioner", contact, "if", "late", 55, "The texting service has to be bought first", stage.today + dt.timedelta(days=14)),
        ("coordinator", papers, "we", "kept", 74, "Brought each month", None),
        ("manager", contact, "we", "kept", 72, "Since the test in the café it is how we work", None),
    )  # fmt: skip
    for who, line, part, state, after, why, due in answers:
        with stage.on(first + dt.timedelta(days=after)):
            commands.answer(stage.seat(who), commitment=_part(line, part), state=state, why=why, due_on=due)


def _part(line: Line, part: str) -> Commitment:
    found: Any = Commitment.of(line.partnership)
    return found.get(line=line, part=part, dropped_at=None)  # type: ignore[no-any-return]


def _evidence(stage: Stage, first: dt.date) -> None:
    notes = (
        ("coordinator", "s-people", "said", "people", "",
         "They chose the three measures themselves, and struck out one that services wanted.", 8),
        ("manager", "t-respect", "seen", "", "",
         "When the first letters came back unread, we said so in the monthly meeting before anybody asked.", 25),
        ("commissioner", "t-roles", "document", "", "Minutes of the contract meeting, month 2",
         "Who decides on posts between visits and office was not clear, and was settled in the meeting.", 45),
        ("group-leader", "s-strengths", "said", "front_line", "", "Most referrals still begin with what is wrong.", 60),
    )  # fmt: skip
    for who, factor, kind, group, document, words, after in notes:
        with stage.on(first + dt.timedelta(days=after)):
            commands.add_evidence(
                stage.seat(who),
                factor=factor,
                kind=kind,
                who=group,
                document=document,
                words=words,
                on=clock.today(),
            )
    with stage.on(first + dt.timedelta(days=62)):
        by = stage.seat("coordinator")
        commands.add_gap(
            by, factor="s-alone", words="How many would have found a home without us?", finder="Evaluator",
            due_on=stage.today + dt.timedelta(days=30),
        )  # fmt: skip
        gap = commands.add_gap(
            by, factor="t-who", words="Has anybody asked those who left early?", finder="Coordinator",
            due_on=stage.today - dt.timedelta(days=10),
        )  # fmt: skip
    with stage.on(stage.today - dt.timedelta(days=12)):
        commands.close_gap(
            stage.seat("coordinator"),
            gap=gap,
            found="Yes: they were part of the listening sample this quarter.",
        )


def _triage(stage: Stage, first: dt.date) -> None:
    answers = {
        "agreed": "clear", "seen": "clear", "known_way": "halfway", "whose_hands": "against", "providers": "halfway",
        "wait": "against", "records": "halfway", "payer": "clear", "enough": "clear",
    }  # fmt: skip
    with stage.on(first + dt.timedelta(days=35)):
        asked = commands.ask(
            stage.seat("commissioner"),
            problem="Young people are offered help and never start",
            answers=answers,
        )
    with stage.on(first + dt.timedelta(days=42)):
        commands.decide(
            stage.seat("coordinator"), triage=asked, way="capacity", decided_by="Partnership board",
            why="Small providers cannot wait months to be paid. Pay for outreach first, and look again in a year.",
        )  # fmt: skip
