"""The stories and the picture of the demonstration: told over a quarter, ranked by young people, moved on."""

from __future__ import annotations

import datetime as dt
import random

from openoutcomes.web.demo.living import Stage
from openoutcomes.web.stories import commands, picturing
from openoutcomes.web.stories.models import Picture, Story

#: Day of the quarter, who wrote it down, whose words, as a, I need, so that, the need it is about.
_STORIES = (
    (4, "link-worker", "paper", "young person who sleeps on sofas", "a first meeting where nobody I know sees me wait",
     "I come, and come back", "accommodation"),
    (6, "coordinator", "conversation", "young person without an address", "a text instead of a letter",
     "I hear of it before it is over", "accommodation"),
    (9, "coach", "paper", "young person on the housing register", "to be asked for one proof of address, not two",
     "I am on the list before winter", "accommodation"),
    (15, "link-worker", "paper", "young person on benefits", "a call before money is stopped for a missed appointment",
     "I do not lose the room over one morning", ""),
    (22, "coordinator", "conversation", "young person with a new key", "somebody to ring on a Sunday",
     "the first weekends do not drive me out", ""),
    (30, "group-leader", "worker", "young person who comes to dig on Fridays", "the bus fare on the day, not in arrears",
     "I can come before I am paid", ""),
)  # fmt: skip
#: Story, who says so, day, how it stands, in words.
_MOVES = (
    (1, "coordinator", 25, "looked_into", ""),
    (0, "manager", 40, "tried", "First meetings in a café, arranged by text, within 48 hours. We look at it again after six weeks."),
    (1, "coordinator", 42, "tried", "Part of the same test: one text on the day of the referral."),
    (2, "commissioner", 50, "looked_into", "We are asking who decided on two proofs, and whether a provider’s letter may be one."),
    (3, "commissioner", 60, "cannot", "The rule on stopping benefits is set nationally. What we can do is ring the same day; that is under way."),
    (4, "manager", 75, "done", "Somebody of us answers the phone on Sundays from two to six, since the first of the month."),
)  # fmt: skip
#: Places in rankings from paper: numbers of stories, what matters most first.
_ORDERS = (
    (0, 1, 2), (0, 2, 1, 3), (1, 0), (2, 0, 1), (0, 3, 2), (0, 1, 4), (3, 0), (1, 2, 0), (0, 2), (2, 1, 0, 5), (0, 1, 5),
)  # fmt: skip


def fill(stage: Stage) -> None:
    """Live through a quarter of stories, and draw how young people come to a home."""
    first = stage.today - dt.timedelta(days=90)
    told = _stories(stage, first)
    _rankings(stage, first, told)
    for number, who, day, state, why in _MOVES:
        with stage.on(first + dt.timedelta(days=day)):
            commands.move_story(stage.seat(who), story=told[number], state=state, why=why)
    _picture(stage, first)


def _stories(stage: Stage, first: dt.date) -> list[Story]:
    told = []
    for day, who, source, as_a, need, so_that, category in _STORIES:
        with stage.on(first + dt.timedelta(days=day)):
            values = {"as_a": as_a, "need": need, "so_that": so_that, "category": category}
            told.append(commands.add_story(stage.seat(who), values=values, source=source))
    return told


def _rankings(stage: Stage, first: dt.date, told: list[Story]) -> None:
    chance = random.Random(stage.seed)  # noqa: S311 - made-up days
    for order in _ORDERS:
        who = chance.choice(("link-worker", "coach"))
        with stage.on(first + dt.timedelta(days=chance.randrange(31, 39))):
            places: dict[str, int | None] = {told[one].story_id: place for place, one in enumerate(order, 1)}
            commands.enter_ranking(stage.seat(who), places=places)


def _picture(stage: Stage, first: dt.date) -> None:
    """Draw from being without a home to having one, first as services thought, then as young people told it."""
    by = stage.seat("coordinator")
    with stage.on(first + dt.timedelta(days=12)):
        picture = picturing.add_picture(
            by, title="From a sofa to a home of one’s own",
            about="Drawn with young people on two evenings. Where they get stuck is theirs to say.",
        )  # fmt: skip
        keys: dict[str, str] = {}
        picture = _add(stage, picture, keys, "Nowhere to stay", "The young person")
        picture = _add(stage, picture, keys, "Ask the council", "The young person", ("Nowhere to stay",))
        picture = _add(
            stage, picture, keys, "Appointment by letter", "Northtown Council", ("Ask the council",), wait="3 to 4 weeks",
            stuck="Letters go where nobody stays any more; nine o’clock, in the council office",
        )  # fmt: skip
        picture = _add(
            stage,
            picture,
            keys,
            "First meeting with a worker",
            "Harbour Lights",
            ("Appointment by letter",),
            wait="2 weeks",
        )
        picture = _add(
            stage, picture, keys, "Housing register", "Northtown Council", ("First meeting with a worker",),
            wait="6 to 9 months", stuck="Two proofs of address",
        )  # fmt: skip
        picture = _add(stage, picture, keys, "A home", "The young person", ("Housing register",))
    with stage.on(first + dt.timedelta(days=16)):
        picture = _add(
            stage, picture, keys, "Benefit stopped for a missed appointment", "Jobcentre", ("Appointment by letter",),
            stuck="Nobody rings first",
        )  # fmt: skip
        lost = keys["Benefit stopped for a missed appointment"]
        picture = picturing.change_step(
            by, picture=picture, key=lost, expected=picture.number,
            values={"name": "Benefit stopped for a missed appointment", "organisation": "Jobcentre",
                    "stuck": "Nobody rings first", "next": [keys["Nowhere to stay"]]},
        )  # fmt: skip
    manager = stage.seat("manager")
    with stage.on(first + dt.timedelta(days=45)):
        # The test of change: a way round the letter.
        picturing.add_step(
            manager, picture=picture, expected=picture.number,
            values={"name": "A text, then a café within 48 hours", "organisation": "Harbour Lights", "wait": "2 days",
                    "after": [keys["Ask the council"]], "next": [keys["First meeting with a worker"]]},
        )  # fmt: skip


def _add(
    stage: Stage,
    picture: Picture,
    keys: dict[str, str],
    name: str,
    who: str,
    after: tuple[str, ...] = (),
    **more: str,
) -> Picture:
    made = picturing.add_step(
        stage.seat("coordinator"), picture=picture, expected=picture.number,
        values={"name": name, "organisation": who, "after": [keys[one] for one in after], **more},
    )  # fmt: skip
    keys[name] = made.versions.get(number=made.number).steps[-1]["key"]
    return made
