"""Listening in the demonstration: a small round that is closed, and one that asks why some never start."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from openoutcomes.web.core import clock
from openoutcomes.web.demo.cast import name_of
from openoutcomes.web.demo.living import Stage
from openoutcomes.web.listening import answering, asking, coding, commands, frames, hearing, visiting
from openoutcomes.web.listening.models import Conversation, Round, Sampled, Theme
from openoutcomes.web.listening.queries import to_tell
from openoutcomes.web.people.commands import end_enrolment, welcome
from openoutcomes.web.records.commands import give_support

#: Provider, its worker, how many were offered help and never took it up, and how many came and left early.
_MORE = (
    ("harbour-lights", "link-worker", 16, 9),
    ("lantern-house", "coach", 10, 7),
    ("second-step", "small-charity", 5, 4),
)
#: From which number on made-up names are theirs, so that nobody is called alike.
_NAMES = 2000
_THEMES = (
    ("The first contact: nine o’clock at the council office, by letter",
     "The time, the place or the letter of the first appointment kept them away. Not: a later appointment."),
    ("Two proofs of address", "They were refused or put off for want of papers about where they live."),
    ("Money stopped for a missed appointment", "A benefit was stopped or cut. Not: money that was always too little."),
    ("Nobody said what would happen next", "They did not know what they waited for, or for how long."),
    ("Somebody rang back", "What was good: a worker rang or came when they had said so."),
)  # fmt: skip
#: What people say, with the numbers of the themes in it: for those who never started, left, and are engaged.
_SAID: dict[str, tuple[tuple[str, dict[str, str], tuple[int, ...]], ...]] = {
    "never_started": (
        ("no", {"in_way": "It was at nine, in that office. I was on a sofa at the other end of town.",
                "wanted": "Text me. Somewhere I would go anyway."}, (0,)),
        ("no", {"in_way": "There was a letter, my mate says. It went to my mum’s and I was not there any more.",
                "wanted": "A text."}, (0,)),
        ("no", {"in_way": "They wanted two papers with my address. I have no address. That is why I was there."}, (1,)),
        ("no", {"in_way": "I waited in the council with everybody looking, then nobody said what comes next.",
                "wanted": "Tell me how long."}, (0, 3)),
        ("", {"in_way": "I missed one morning, and they stopped my money. I had no credit to ring."}, (2,)),
    ),
    "left": (
        ("partly", {"good": "When somebody did ring, it was fine.", "in_way": "Weeks of nothing. Nobody said what was going on."}, (3, 4)),
        ("no", {"in_way": "Lost the room when they stopped my money over one appointment."}, (2,)),
        ("partly", {"good": "He was all right.", "in_way": "The register wanted two proofs again, and I gave up."}, (1,)),
    ),
    "engaged": (
        ("yes", {"good": "She rang back the same day. Nobody does that.", "wanted": "More of that."}, (4,)),
        ("yes", {"good": "I have a key.", "in_way": "Only the start was hard: the letter and that office."}, (0,)),
        ("yes", {"good": "He came with me to the register.", "in_way": "Two proofs of address, every time."}, (1, 4)),
        ("partly", {"good": "They ring when they say so.", "in_way": "I never know how long it takes."}, (3, 4)),
    ),
}  # fmt: skip
_ROUTES = ("phone", "in-person", "phone", "paper", "in-person")


def fill(stage: Stage) -> None:
    """Live through a quarter of listening."""
    chance = random.Random(stage.seed)  # noqa: S311 - made-up days and answers
    first = stage.today - dt.timedelta(days=90)
    _more_people(stage, first, chance)
    _closed_round(stage, first, chance)
    listening = _round(stage, first, chance)
    themes = _coded(stage, first, listening)
    _answered(stage, first, themes)
    _told(stage, listening)
    _visits(stage, first, listening)
    with stage.on(stage.today - dt.timedelta(days=2)):
        commands.plan_round(
            stage.seat("coordinator"),
            values={
                "title": "A year after the key", "since": stage.began, "until": stage.today - dt.timedelta(days=3),
                "purpose": "Whether a home still is one after a year, and what would have helped in between. Asked for by the "
                "panel of young people.",
                "programmes": ["harbour-lights"] if "harbour-lights" in _ids(stage) else [], "strata": ["stage"],
            },
        )  # fmt: skip


def _ids(stage: Stage) -> set[str]:
    return {one.programme_id for one in stage.programmes.values()}


def _more_people(stage: Stage, first: dt.date, chance: random.Random) -> None:
    """Add people who never came, and who left early: the year of records holds those who stayed."""
    number = _NAMES
    for provider, worker, never, left in _MORE:
        programme = stage.programmes.get(provider)
        if programme is None:
            continue
        by = stage.seat(worker)
        for came in (False,) * never + (True,) * left:
            number += 1
            began = first - dt.timedelta(days=chance.randrange(40, 150))
            with stage.on(began):
                contact = chance.choice(("phone", "text", "text", "in_person", ""))
                person = welcome(
                    by, organisation=programme.organisation, programme=programme, practitioner=by.user,
                    identity={"name": name_of(number), "phone": f"07700 900{number % 1000:03d}", "contact_by": contact},
                    started_on=clock.today(), seconds=chance.randrange(40, 90),
                )  # fmt: skip
                enrolment = person.enrolments.get()
            if came:
                with stage.on(began + dt.timedelta(days=6)):
                    values = {
                        "kind": "advice",
                        "started_on": clock.today(),
                        "attended": "attended",
                        "hours": "1",
                    }
                    give_support(
                        by,
                        person=person,
                        enrolment=enrolment,
                        values=values,
                        seconds=chance.randrange(20, 50),
                    )
                    enrolment.refresh_from_db()
            with stage.on(began + dt.timedelta(days=30)):
                end_enrolment(
                    by,
                    enrolment=enrolment,
                    ended_on=clock.today(),
                    reason="left" if came else "never_started",
                )


def _closed_round(stage: Stage, first: dt.date, chance: random.Random) -> None:
    """Live through a small round from its plan to its end, before the quarter."""
    by, hearer = stage.seat("coordinator"), stage.seat("evaluator")
    began = first - dt.timedelta(days=50)
    with stage.on(began):
        listening = commands.plan_round(
            by,
            values={
                "title": "Who answers the phone?", "purpose": "To know how people reach somebody on a bad day, and to mend it.",
                "since": stage.began, "until": began - dt.timedelta(days=1), "strata": ["stage"], "weeks": 4,
            },
        )  # fmt: skip
        size = min(8, len(frames.offered(listening).people))
        if size < 2:
            return
        listening = commands.draw(by, listening=listening, size=size, seed=1204, rule="equal", minimum=1)
        asking.share_out(by, listening=listening, among=[hearer.user])
    rows = list(Sampled.of(stage.partnership).filter(round=listening, state="to_invite"))
    notes = []
    for number, row in enumerate(rows):
        with stage.on(began + dt.timedelta(days=3 + number)):
            if number % 4 == 3:
                asking.settle(hearer, sampled=row, result="not_reached")
                continue
            values = {
                "agreed": True,
                "helped": "partly",
                "in_way": "On Sundays nobody answers.",
                "score": chance.randrange(3, 8),
            }
            notes.append(hearing.hear(hearer, sampled=row, values=values, route="phone"))
    with stage.on(began + dt.timedelta(days=14)):
        theme = coding.add_theme(by, listening=listening, title="Nobody answers on Sundays")
        for note in notes:
            for coder in (by, hearer):
                coding.code(coder, said=note, themes=[theme.theme_id])
    with stage.on(began + dt.timedelta(days=30)):
        answering.answer(
            by, theme=theme, kind="did",
            words="From the first of the month somebody answers on Sundays from two to six. It is the same number.",
        )  # fmt: skip
        for note in notes[:-1]:
            answering.tell(hearer, said=note, how="phone")
    with stage.on(began + dt.timedelta(days=35)):
        commands.close_round(by, listening=listening, why="One person has a new number, and nobody has it.")


def _round(stage: Stage, first: dt.date, chance: random.Random) -> Round:
    by = stage.seat("coordinator")
    with stage.on(first + dt.timedelta(days=2)):
        listening = commands.plan_round(
            by,
            values={
                "title": "Why some young people never start",
                "purpose": "Help is offered, and many never come to the first meeting. We want to understand why from those who "
                "know, and change the way in.",
                "since": stage.began, "until": first, "strata": ["stage", "provider"], "weeks": 6,
                "contract": stage.contract, "question": "did-this-help",
            },
        )  # fmt: skip
    with stage.on(first + dt.timedelta(days=4)):
        size = min(44, len(frames.offered(listening).people) * 2 // 3)
        listening = commands.draw(
            by, listening=listening, size=size, seed=48213, rule="square-root", minimum=2
        )
        asking.share_out(
            by,
            listening=listening,
            among=[stage.users[who] for who in ("evaluator", "group-leader", "coordinator")],
        )
    rows = list(
        Sampled.of(stage.partnership).filter(round=listening, state="to_invite").select_related("listener")
    )
    seats = {stage.users[who].pk: stage.seat(who) for who in ("evaluator", "group-leader", "coordinator")}
    for number, row in enumerate(rows):
        with stage.on(first + dt.timedelta(days=6 + number * 22 // len(rows)), hour=11 + number % 6):
            _ask(stage, seats[row.listener_id or 0], row, number, chance)
    # Whoever could not be heard makes room for the next in reserve, in order.
    lost = Sampled.of(stage.partnership).filter(round=listening, state="not_reached").order_by("pk").first()
    reserve = Sampled.of(stage.partnership).filter(round=listening, state="reserve")
    if lost is not None and reserve.filter(stratum=lost.stratum).exists():
        with stage.on(first + dt.timedelta(days=30)):
            asking.bring_in(by, listening=listening, stratum=lost.stratum)
            asking.share_out(by, listening=listening, among=[stage.users["evaluator"]])
            row = Sampled.of(stage.partnership).get(round=listening, state="to_invite")
            _ask(stage, stage.seat("evaluator"), row, 0, chance)
    with stage.on(first + dt.timedelta(days=33)):
        hearing.hear_volunteer(
            stage.seat("group-leader"), listening=listening, route="in-person", standing="never_started",
            values={"agreed": True, "in_way": "A letter, at nine, in the council. As if.", "may_quote": True},
        )  # fmt: skip
    return listening


def _ask(stage: Stage, seat: Any, row: Sampled, number: int, chance: random.Random) -> None:
    """Ask one person: most answer, in one way or another, and some do not."""
    asking.note_try(seat, sampled=row, what="message" if number % 3 == 1 else "invited", route="phone")
    if number % 9 == 4:
        asking.settle(seat, sampled=row, result="not_reached" if number % 2 else "declined")
        return
    if number == 17:
        asking.settle(seat, sampled=row, result="unsafe")
        return
    helped, words, _ = _SAID[row.stage][number % len(_SAID[row.stage])]
    scores = {"never_started": (1, 5), "left": (2, 6), "engaged": (5, 10)}
    values = {
        "agreed": True, "helped": helped, **words, "score": chance.randrange(*scores[row.stage]),
        "may_quote": number % 3 != 0, "may_record": row.stage == "engaged" and number % 2 == 0,
    }  # fmt: skip
    if number % 6 == 5:
        _, token = asking.make_link(seat, sampled=row)
        hearing.answer_by_link(token, {**values, "may_record": False})
    else:
        hearing.hear(seat, sampled=row, values=values, route=_ROUTES[number % len(_ROUTES)])
    del stage


def _coded(stage: Stage, first: dt.date, listening: Round) -> list[Theme]:
    """Write the code book, and have every note read by two; on some they differ."""
    by, other = stage.seat("coordinator"), stage.seat("evaluator")
    themes = []
    with stage.on(first + dt.timedelta(days=35)):
        themes = [
            coding.add_theme(by if number % 2 else other, listening=listening, title=title, meaning=meaning)
            for number, (title, meaning) in enumerate(_THEMES)
        ]
    by_words = {
        tuple(words.get(name, "") for name in ("good", "in_way")): numbers
        for said in _SAID.values()
        for _, words, numbers in said
    }
    notes = list(Conversation.of(stage.partnership).filter(round=listening).order_by("pk"))
    apart = 0
    for number, note in enumerate(notes):
        numbers = by_words.get((note.good, note.in_way), (0,))
        ids = [themes[one].theme_id for one in numbers]
        with stage.on(first + dt.timedelta(days=37 + number // 8)):
            coding.code(by, said=note, themes=ids)
            # The other coder overlooks the second theme of a note now and then.
            differs = len(ids) > 1 and number % 3 == 0
            coding.code(other, said=note, themes=ids[:1] if differs else ids)
        if differs:
            apart += 1
            with stage.on(first + dt.timedelta(days=42)):
                coding.settle(
                    other,
                    said=note,
                    decided=dict.fromkeys(ids[1:], True),
                    why="Said in passing, and said all the same",
                )
    _quotes(stage, first, notes, themes)
    return themes


def _quotes(stage: Stage, first: dt.date, notes: list[Conversation], themes: list[Theme]) -> None:
    """Show a sentence with some themes, of people who allowed it."""
    with stage.on(first + dt.timedelta(days=43)):
        for theme in themes[:3]:
            for note in notes:
                if note.may_quote and note.in_way and note.themes.filter(theme=theme).exists():
                    words = note.in_way.split(". ")[0].rstrip(".")
                    coding.add_quote(stage.seat("evaluator"), said=note, theme=theme, words=f"{words}.")
                    break


def _answered(stage: Stage, first: dt.date, themes: list[Theme]) -> None:
    """Answer most themes; one waits too long."""
    by = stage.seat("coordinator")
    contact, proofs, money, _, rang = themes
    council = stage.organisations["council"]
    with stage.on(first + dt.timedelta(days=44)):
        answering.ask_of(by, theme=proofs, organisation=council, due_on=clock.today() + dt.timedelta(days=30))
    with stage.on(first + dt.timedelta(days=45)):
        answering.answer(
            by, theme=rang, kind="did", words="It is what works. Every worker now says when they ring, and rings; the team looks at it each week.",
        )  # fmt: skip
    with stage.on(first + dt.timedelta(days=62)):
        answering.answer(
            by, theme=money, kind="cannot",
            words="The rule is made nationally, and nobody here may change it. We have asked for a call before money is stopped, "
            "and ring ourselves on the day we hear of it.",
        )  # fmt: skip
    with stage.on(first + dt.timedelta(days=66)):
        answering.answer(
            stage.seat("commissioner"), theme=proofs, kind="cannot",
            words="Not yet. Two proofs are in our scheme until it is voted on again. Until then we take a letter from a provider as "
            "one of the two.",
        )  # fmt: skip
    with stage.on(stage.today - dt.timedelta(days=13)):
        answering.answer(
            by, theme=contact, kind="did",
            words="The first meeting is in a café or where you choose, within 48 hours, arranged by text. Two posts moved from the "
            "office to outreach for it.",
        )  # fmt: skip


def _told(stage: Stage, listening: Round) -> None:
    """Take it back to those who spoke, by whoever heard them; a few are still to be told."""
    seats = {stage.users[who].pk: stage.seat(who) for who in ("evaluator", "group-leader", "coordinator")}
    ready = list(to_tell(stage.partnership, listening).order_by("pk"))
    for number, note in enumerate(ready):
        if number % 5 == 4:
            continue
        by = seats.get(note.listener_id or 0, seats[stage.users["coordinator"].pk])
        with stage.on(stage.today - dt.timedelta(days=10 - number % 7)):
            how = ("phone", "in_person", "paper")[number % 3]
            answering.tell(by, said=note, how=how)


def _visits(stage: Stage, first: dt.date, listening: Round) -> None:
    """Try to get help, as somebody would who needs it."""
    tries = (
        (8, "evaluator", "council", "phone", "Somebody of 19 who sleeps on sofas", "Somewhere to sleep this week",
         "A menu of seven choices, then music. After 23 minutes somebody kind said to come at nine the next Monday, and that a letter would follow.",
         23, {"answered": True, "understood": True, "next_step": True, "when": True, "kind": True, "again": False}),
        (11, "group-leader", "harbour-lights", "text", "Somebody of 22 whose tenancy ends on Friday", "Whether anybody can help",
         "An answer within the hour, with a name of a café and three times to choose from.",
         50, {"answered": True, "understood": True, "next_step": True, "when": True, "kind": True, "again": True}),
        (70, "evaluator", "council", "door", "Somebody of 20 with a bag", "To be put on the housing register",
         "Asked for two proofs of address at the desk. On saying that there was no address: a form, and no word of what comes next.",
         35, {"answered": True, "understood": False, "next_step": False, "when": False, "kind": True, "again": False}),
    )  # fmt: skip
    for day, who, where, way, as_whom, tried, happened, waited, facts in tries:
        with stage.on(first + dt.timedelta(days=day)):
            visiting.add_visit(
                stage.seat(who),
                values={
                    "organisation": stage.organisations[where], "tried_on": clock.today(), "way": way, "as_whom": as_whom,
                    "tried": tried, "happened": happened, "waited": waited, "facts": facts, "round": listening,
                },
            )  # fmt: skip
