"""A quarter of meetings in the demonstration: huddles, monthly contract meetings, learning together, a panel."""

from __future__ import annotations

import datetime as dt

from openoutcomes.web.core import clock
from openoutcomes.web.demo.living import Stage
from openoutcomes.web.meetings import commands, doing, minuting
from openoutcomes.web.meetings.cadence import nth_weekday
from openoutcomes.web.meetings.minuting import Agreed, Decided
from openoutcomes.web.meetings.models import Action, Attendee, Item, Meeting, Series
from openoutcomes.web.partnerships.models import Membership

_TUESDAY, _THURSDAY = 1, 3


def _seat(stage: Stage, key: str) -> Membership | None:
    return Membership.of(stage.partnership).filter(user=stage.users[key], ended_at=None).first()


def _seats(stage: Stage, *keys: str) -> list[Membership]:
    return [seat for key in keys if (seat := _seat(stage, key)) is not None]


def _owner(stage: Stage, key: str) -> str:
    seat = _seat(stage, key)
    return f"seat:{seat.pk}" if seat is not None else "role:coordinator:"


def fill(stage: Stage) -> None:
    """Live through the meetings of a quarter, each on its day."""
    days = _months(stage.today)
    _contract(stage, days)
    _learning(stage, days[0] + dt.timedelta(days=9))
    _panel(stage, days[1] + dt.timedelta(days=6))
    _huddles(stage)


def _months(today: dt.date) -> list[dt.date]:
    """Return the first Tuesdays of the last three months that are over, oldest first."""
    found: list[dt.date] = []
    month = today
    while len(found) < 3:
        day = nth_weekday(month, 1, _TUESDAY)
        if day < today - dt.timedelta(days=1):
            found.append(day)
        month = month.replace(day=1) - dt.timedelta(days=1)
    return found[::-1]


def _begin(stage: Stage, series: Series, on: dt.date, by: str = "coordinator") -> Meeting:
    """Plan and begin a meeting on its day."""
    seat = stage.seat(by)
    meeting: Meeting = minuting.start(seat, meeting=commands.plan(seat, series=series, on=on))
    return meeting


def _line(stage: Stage, meeting: Meeting, kind: str, heading: str, words: str) -> Item:
    """Return the agenda's own line about a thing, or one added by hand where nothing signalled it."""
    found = (
        Item.of(stage.partnership)
        .filter(meeting=meeting, kind=kind, is_dropped=False, notes="")
        .order_by("place", "pk")
        .first()
    )
    if found is not None:
        found.meeting = meeting
        return found
    made: Item = commands.add_item(stage.seat("coordinator"), meeting=meeting, heading=heading, words=words)
    return made


def _say(
    stage: Stage, line: Item, notes: str, decision: Decided | None = None, action: Agreed | None = None
) -> None:
    minuting.minute(
        stage.seat("coordinator"),
        item=line,
        notes=notes,
        expected=line.revision,
        decision=decision,
        action=action,
    )


def _close(stage: Stage, meeting: Meeting, summary: str, *, sorry: str = "", others: str = "") -> None:
    seat = stage.seat("coordinator")
    absent = _seat(stage, sorry) if sorry else None
    rows = Attendee.of(stage.partnership).filter(meeting=meeting).values_list("seat", flat=True)
    there = {key: "apologies" if absent is not None and key == absent.pk else "there" for key in rows}
    minuting.attend(seat, meeting=meeting, there=there, others=others)
    minuting.close(seat, meeting=meeting, summary=summary)


def _contract(stage: Stage, days: list[dt.date]) -> None:
    by = stage.seat("coordinator")
    with stage.on(days[0] - dt.timedelta(days=7)):
        series = commands.add_series(
            by, kind="contract", contract=stage.contract,
            values={"name": "Northtown contract meeting", "every": "month", "weekday": _TUESDAY, "nth": 1,
                    "minutes": 60, "at": dt.time(14, 0), "place": "Harbour Lights, the room upstairs",
                    "chair": _seat(stage, "coordinator")},
            seats=_seats(stage, "manager", "manager-2", "small-charity", "commissioner", "commissioner-2"),
        )  # fmt: skip
    with stage.on(days[0], 14):
        first = _begin(stage, series, days[0])
        voices = _line(
            stage, first, "theme", "voices", "First contact: what people who never started told us"
        )
        _say(
            stage, voices,
            "They were offered 9 am at the council office, by letter. Most do not open letters, and some are in bed "
            "on a friend’s floor across town at 9.",
            Decided(
                "Try a first meeting in a café within 48 hours, arranged by text, with the next twelve people",
                "Nobody who was asked had said no to support: they had said no to the letter, the hour and the place",
                "The meeting",
            ),
            Agreed("Write the first text with two young people, and find the café", _owner(stage, "manager"),
                   days[0] + dt.timedelta(days=10)),
        )  # fmt: skip
        barrier = _line(
            stage, first, "barrier", "barriers", "The housing register asks for two proofs of address"
        )
        _say(
            stage, barrier, "A person without a home has no address to prove. It is the council’s own rule.",
            None,
            Agreed("Ask the housing register team which law needs two proofs of address, and who may bend the rule",
                   _owner(stage, "commissioner"), days[0] + dt.timedelta(days=14)),
        )  # fmt: skip
        _close(stage, first, "We try a first meeting in a café, and ask the council about two proofs of address",
               sorry="commissioner-2")  # fmt: skip
    with stage.on(days[0] + dt.timedelta(days=9)):
        _settle(stage, "manager", "Write the first text", "It says who writes, and asks what time suits")
    for number, why in enumerate(
        ("Waiting for the legal team", "The legal team asked for examples", "They answer after the holidays")
    ):
        with stage.on(days[0] + dt.timedelta(days=13 + 9 * number)):
            _move(stage, "commissioner", "Ask the housing register team", 9, why)
    with stage.on(days[1], 14):
        second = _begin(stage, series, days[1])
        minuting.approve(by, meeting=first, at=second)
        change = _line(stage, second, "trial", "trials", "The first meetings in a café: what came of them")
        _say(
            stage, change, "Nine of the first twelve came. At the council office it had been three of twelve.",
            Decided(
                "Move two posts from the office to outreach, within the same budget",
                "Meeting people where they are takes hours that the office does not need any more",
                "Commissioner and provider, as the contract lets them",
            ),
            Agreed("Say in the notes of the contract what was moved, and tell those who said it", _owner(stage, "coordinator"),
                   days[1] + dt.timedelta(days=7)),
        )  # fmt: skip
        sanctions = commands.add_item(
            by,
            meeting=second,
            heading="barriers",
            words="Benefits stopped after missed appointments nobody knew of",
        )
        _say(
            stage, sanctions, "Appointments are put into an account that needs a phone with credit.", None,
            Agreed("Ask the Jobcentre for a named person to ring before a sanction", _owner(stage, "small-charity"),
                   days[1] + dt.timedelta(days=21)),
        )  # fmt: skip
        _close(stage, second, "Two posts move to outreach; we ask the Jobcentre to ring before it sanctions",
               others="The manager of the housing register")  # fmt: skip
    with stage.on(days[1] + dt.timedelta(days=6)):
        _settle(
            stage, "coordinator", "Say in the notes", "Noted, and sent by text to those who wanted to hear"
        )
    with stage.on(days[2], 14):
        third = _begin(stage, series, days[2])
        minuting.approve(by, meeting=second, at=third)
        late = _line(
            stage, third, "barrier", "barriers", "Two proofs of address: moved three times, go on or not?"
        )
        _say(
            stage, late,
            "The law asks for identity, not for two addresses. A letter from a provider could stand in.",
            Decided(
                "Take the two proofs of address to the board as a rule to bend, with the answer of the legal team",
                "It was moved three times at the level that cannot change the rule",
                "The meeting",
            ),
            Agreed("Bring the wording of a rule that a letter from a provider is enough", _owner(stage, "commissioner"),
                   days[2] + dt.timedelta(days=10)),
        )  # fmt: skip
        _close(
            stage,
            third,
            "More people start since the first meeting moved; the rule on addresses goes to the board",
        )
    with stage.on(stage.today):
        following = series.rule.days(stage.today, 1, days[2])[0]
        commands.plan(by, series=series, on=following)


def _action(stage: Stage, begins: str) -> Action | None:
    rows = Action.of(stage.partnership).filter(what__startswith=begins, state="open")
    return rows.select_related("meeting__series").first()


def _settle(stage: Stage, key: str, begins: str, why: str) -> None:
    action = _action(stage, begins)
    if action is not None:
        doing.done(stage.seat(key), action=action, expected=action.revision, why=why)


def _move(stage: Stage, key: str, begins: str, days: int, why: str) -> None:
    action = _action(stage, begins)
    if action is not None:
        later = max(action.due, clock.today()) + dt.timedelta(days=days)
        doing.move(stage.seat(key), action=action, expected=action.revision, due=later, why=why)


_PRACTICES = (
    ("manager", "harbour-lights", ("We write a text within a day, with a name in it, and meet wherever they say. Since the summer "
                                  "two of us are out of the office every afternoon.")),
    ("manager-2", "lantern-house", ("Everybody has the same coach from the first day to a year after moving in. We meet fewer "
                                   "people at a time for it.")),
    ("small-charity", "second-step", "We are three, so whoever picks up the phone knows the person. Sunday evenings we ring round."),
)  # fmt: skip


def _learning(stage: Stage, on: dt.date) -> None:
    by = stage.seat("coordinator")
    for key, programme, words in _PRACTICES:
        if programme in stage.programmes:
            with stage.on(on - dt.timedelta(days=3)):
                commands.write_practice(stage.seat(key), programme=stage.programmes[programme], words=words)
    with stage.on(on - dt.timedelta(days=20)):
        series = commands.add_series(
            by, kind="learning",
            values={"name": "Learning together", "every": "quarter", "weekday": _THURSDAY, "nth": 3, "month": 2,
                    "minutes": 120, "at": dt.time(10, 0), "place": "Riverside allotments, the hut",
                    "chair": _seat(stage, "coordinator")},
            seats=_seats(stage, "manager", "manager-2", "small-charity", "group-leader", "commissioner", "evaluator"),
        )  # fmt: skip
    with stage.on(on):
        meeting = _begin(stage, series, on)
        side = Item.of(stage.partnership).filter(meeting=meeting, mark="s-0").get()
        side.meeting = meeting
        _say(
            stage, side,
            "We read them by name, not from the top. Where the ranges overlap we asked what each does, and not who is better.",
            Decided(
                "Each project sits in on a first meeting of another before the next quarter",
                "What differs is how people are met the first time, and that is better seen than told",
                "The meeting",
            ),
            Agreed("Arrange the visits between the three projects", _owner(stage, "coordinator"), on + dt.timedelta(days=21)),
        )  # fmt: skip
        _close(stage, meeting, "We visit each other’s first meetings: that is where we differ")
    with stage.on(min(on + dt.timedelta(days=18), stage.today)):
        _settle(stage, "coordinator", "Arrange the visits", "Three visits, three half days")
    with stage.on(stage.today):
        commands.plan(by, series=series, on=series.rule.days(stage.today, 1, on)[0])


def _panel(stage: Stage, on: dt.date) -> None:
    """Let people supported and others meet as a panel."""
    by = stage.seat("coordinator")
    with stage.on(on - dt.timedelta(days=10)):
        series = commands.add_series(
            by, kind="panel",
            values={"name": "Young people’s panel", "every": "month", "weekday": _THURSDAY, "nth": 2, "minutes": 90,
                    "at": dt.time(17, 30), "place": "The café by the station", "chair": _seat(stage, "coordinator")},
            seats=_seats(stage, "person", "manager", "evaluator"),
        )  # fmt: skip
    with stage.on(on, 17):
        meeting = _begin(stage, series, on)
        line = _line(stage, meeting, "story", "voices", "The words of the first text")
        _say(
            stage, line, "Shorter. A first name. A question that can be answered with one word.",
            Decided(
                "The first text asks one thing: what time is good for you?",
                "Three questions in one message are what a form does",
                "The panel",
            ),
        )  # fmt: skip
        _close(stage, meeting, "The first text asks one thing", others="Four young people")
    with stage.on(stage.today):
        commands.plan(by, series=series, on=series.rule.days(stage.today, 1, on)[0])


_LINES = (
    ("Two moves this week; somebody is with each", "", None),
    ("Calm; three first meetings in the café", "The boiler in the shared house is out again", "Ring the landlord about the boiler"),
    ("Everybody who had waited was rung", "", None),
    ("Busy; we share out the late contacts", "Two people have not answered for a fortnight", "Go by where they were last seen"),
)  # fmt: skip


def _huddles(stage: Stage) -> None:
    manager = stage.seat("manager")
    days: list[dt.date] = []
    day = stage.today - dt.timedelta(days=1)
    while len(days) < len(_LINES):
        if day.weekday() < 5:
            days.append(day)
        day -= dt.timedelta(days=1)
    with stage.on(days[-1] - dt.timedelta(days=7)):
        series = commands.add_series(
            manager, kind="huddle", organisation=stage.organisations["harbour-lights"],
            values={"name": "Harbour Lights huddle", "every": "workday", "minutes": 10, "at": dt.time(9, 15),
                    "place": "Standing, by the kettle"},
            seats=_seats(stage, "manager", "link-worker"),
        )  # fmt: skip
    for held, (line, worries, what) in zip(reversed(days), _LINES, strict=True):
        with stage.on(held, 9):
            meeting = minuting.huddle_today(manager, series=series)
            action = Agreed(what, _owner(stage, "link-worker"), held + dt.timedelta(days=2)) if what else None
            minuting.huddle(
                stage.seat("link-worker"), meeting=meeting, away=[], worries=worries, summary=line, action=action,
                finish=True,
            )  # fmt: skip
    with stage.on(stage.today - dt.timedelta(days=1), 15):
        _settle(stage, "link-worker", "Ring the landlord", "A plumber came the same day")
