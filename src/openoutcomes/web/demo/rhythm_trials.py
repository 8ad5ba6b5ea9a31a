"""Tests of change of the demonstration: one adapted and adopted, one stopped, one late, and one that serves no aim."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from openoutcomes.web.core.access import Access
from openoutcomes.web.demo.living import Stage
from openoutcomes.web.ties.kinds import Thing, things_of
from openoutcomes.web.trials import commands, queries
from openoutcomes.web.trials.models import Trial

CAFE = "First meeting in a café within 48 hours, arranged by text"


def fill(stage: Stage) -> None:
    """Live through a quarter of tests."""
    first = stage.today - dt.timedelta(days=90)
    _cafe(stage, first)
    _call(stage, first)
    _breakfast(stage, first)
    _letterhead(stage)


def _aims(by: Access, *wanted: tuple[str, str]) -> list[Thing]:
    """Return the first thing of each kind whose title has a word, where there is one."""
    found = []
    for kind, word in wanted:
        found += [one for one in things_of(by, kind, None) if word in one.title.casefold()][:1]
    return found


def _plan(
    by: Access, first: dt.date, doubted: int, until: dt.date, aims: list[Thing], **values: Any
) -> Trial:
    given = {
        "for_whom": "Young people of 18 to 24 who were referred and have not started", "unit": "people", "better": "more",
        "worse_off": "no", "how_known": "The worker's list of referrals, counted each Friday", "runner": "Outreach lead",
        **values, "doubt_on": first + dt.timedelta(days=doubted), "expect_by": until,
    }  # fmt: skip
    return commands.plan(by, values=given, aims=aims)  # type: ignore[no-any-return]


def _start(by: Access, trial: Trial, words: str, took: str) -> Trial:
    commands.look(by, trial=trial, words=words, took=took)
    return commands.start(by, trial=trial)  # type: ignore[no-any-return]


def _see(stage: Stage, by: Access, trial: Trial, day: dt.date, value: int, n: int, words: str) -> None:
    with stage.on(day):
        commands.observe(by, trial=trial, on=min(day, stage.today), value=Decimal(value), n=n, words=words)


def _cafe(stage: Stage, first: dt.date) -> None:
    by = stage.seat("link-worker")

    def day(after: int) -> dt.date:
        return first + dt.timedelta(days=after)

    with stage.on(day(26)):
        trial = _plan(
            by, first, 22, day(40), _aims(by, ("commitment", "48 hours"), ("theme", "first"), ("barrier", "letter")),
            title=CAFE,
            doubt="Only one in three of those referred came to a first meeting at the office.",
            hypothesis="If we text within a day and meet where they choose, most come, because nobody fears a café.",
            smallest="One worker, the next twelve referrals, two cafés near the station.",
            measure="How many come to a first meeting", before=Decimal(4), expected=Decimal(8),
            budget=Decimal(90), hours=Decimal(24), worse_off="maybe",
            worse_who="Workers who meet somebody they do not know, alone.",
            worse_then="A colleague knows where and when, and rings after an hour. If a meeting feels unsafe we stop.",
        )  # fmt: skip
        _start(by, trial, "first meeting café text young people",
               "Others kept the hour short and let the young person choose the place. We do both.")  # fmt: skip
    _see(stage, by, trial, day(33), 3, 5, "Some asked to bring a friend.")
    _see(stage, by, trial, day(40), 9, 12, "Some never read the text: their phones had changed hands.")
    with stage.on(day(42)):
        commands.decide(
            by, trial=trial, decision="adapt", role="Team meeting of Harbour Lights",
            why="Twice as many came as before. It has to work for every worker and every day.",
            learned="Mondays are bad, evenings are good. Ask for a second number at referral. Friends are welcome.",
        )  # fmt: skip
        second = queries.next_cycle(trial)
        if second is None:
            return
        commands.change(
            by, trial=second, why="What the first cycle taught",
            values={
                "smallest": "Three workers, every referral for four weeks, evenings too, a second number on the form.",
                "before": Decimal(9), "expected": Decimal(14), "expect_by": day(74),
            },
        )  # fmt: skip
    with stage.on(day(45)):
        _start(
            by,
            second,
            "first meeting evening second telephone number",
            "Nothing new: our own first cycle is the nearest.",
        )
    _see(stage, by, second, day(72), 15, 20, "Nobody was unsafe. The two cafés know us now.")
    with stage.on(day(73)):
        commands.decide(
            by, trial=second, decision="adopt", role="Managers’ meeting",
            why="Most came. It costs less than the office hours it replaces.",
            learned="The place matters less than who chooses it. Pay for the tea.",
        )  # fmt: skip
    with stage.on(day(78)):
        learned = "Let people choose the place and the hour, text within a day, and ask for a second number."
        found = [one.key for one in commands.suspects_of(second, learned) if not one.must_go]
        commands.share(by, trial=second, learned=learned, looked_at=found)


def _call(stage: Stage, first: dt.date) -> None:
    by = stage.seat("coach")
    with stage.on(first + dt.timedelta(days=30)):
        trial = _plan(
            by, first, 27, first + dt.timedelta(days=52), _aims(by, ("theme", "first"), ("barrier", "letter")),
            title="Somebody who has been through it rings before the first meeting",
            doubt="Perhaps it is a stranger's voice that keeps people away.",
            hypothesis="If a volunteer who was homeless rings first, more come, because they are believed.",
            smallest="Two volunteers, ten calls.", measure="How many pick up and come",
            before=Decimal(3), expected=Decimal(6), runner="Volunteer coordinator",
        )  # fmt: skip
        _start(by, trial, "volunteer call peer first meeting", "Nobody has written down that they tried it.")
    _see(
        stage,
        by,
        trial,
        first + dt.timedelta(days=50),
        2,
        10,
        "Most did not pick up a number that they did not know.",
    )
    with stage.on(first + dt.timedelta(days=54)):
        commands.decide(
            by, trial=trial, decision="stop", role="Team meeting of Lantern House",
            why="Hardly anybody picks up.",
            learned="Do not ring from a number that people do not know. Volunteers want to try it with a text first.",
        )  # fmt: skip


def _breakfast(stage: Stage, first: dt.date) -> None:
    by = stage.seat("small-charity")
    with stage.on(first + dt.timedelta(days=55)):
        trial = _plan(
            by, first, 50, stage.today - dt.timedelta(days=4), _aims(by, ("barrier", "appointment")),
            title="Breakfast together before a Jobcentre appointment",
            doubt="Appointments are missed most after a bad night.",
            hypothesis="If we have breakfast together and walk over, fewer are missed, because nobody goes alone.",
            smallest="Four Tuesdays, whoever has an appointment.", measure="Appointments missed",
            better="less", unit="other", before=Decimal(6), expected=Decimal(2), runner="Everybody in turn",
            budget=Decimal(60),
        )  # fmt: skip
        _start(
            by,
            trial,
            "breakfast appointment missed",
            "A case says food alone changes little; walking over together may.",
        )
    _see(
        stage,
        by,
        trial,
        stage.today - dt.timedelta(days=9),
        1,
        14,
        "The walk is what they talk about.",
    )


def _letterhead(stage: Stage) -> None:
    by = stage.seat("manager-2")
    with stage.on(stage.today - dt.timedelta(days=15)):
        _plan(
            by, stage.today, -20, stage.today + dt.timedelta(days=40), [],
            title="A friendlier letterhead", hypothesis="If letters look kinder, more are opened.",
            smallest="Twenty letters.", measure="Letters answered", expected=Decimal(10), how_known="Replies that come back",
        )  # fmt: skip
