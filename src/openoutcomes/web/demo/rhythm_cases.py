"""The case library of the demonstration: what failed, what worked, what came from elsewhere, and a plan to copy it.

Two cases are real and public; their figures come from the INDIGO data set of the Government Outcomes Lab and published
evaluations, and each says how it is known. The rest is made up.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from openoutcomes.web.cases import commands, fileformat
from openoutcomes.web.cases.models import FIELDS, Case, Condition
from openoutcomes.web.core.access import Access
from openoutcomes.web.demo.living import Stage

_YOUNG = "Young people of 18 to 24 without a home"
_REAL: tuple[dict[str, Any], ...] = (
    {
        "title": "Paying for steps towards work for young people: the Innovation Fund",
        "result": "failed", "who_for": "Young people at risk of leaving school without work", "area": "work",
        "problem": "Many were likely to be without work, education or training", "place_kind": "several", "size": "not_known",
        "paying": "outcomes",
        "story": "Ten contracts paid fixed amounts for better attendance, behaviour, qualifications and jobs, with money lent up front.",
        "impact": "59% were in education, work or training, against 75% of a matched group.", "strength": "compared",
        "how_known": "The evaluation compared those who took part with a matched group. Projects 0138 to 0147 of INDIGO.",
        "learned": "Outcomes that were paid for are not impact: look at both, and agree the comparison before results are seen.",
        "conditions": "A comparison is agreed before results are seen\nSomebody looks at who is not referred",
        "partners": "Department for Work and Pensions, ten providers and their investors",
        "contacts": "Public data: INDIGO, Government Outcomes Lab",
    },
    {
        "title": "Someone at the gate for everyone who leaves a short sentence: the One Service in Peterborough",
        "result": "worked", "who_for": "Men who leave prison after less than a year", "area": "safety", "place_kind": "prison",
        "problem": "Nobody was there for them after release", "size": "over_1000", "paying": "outcomes",
        "story": "Help before and after release, paid if reconvictions fell by a tenth in any group of a thousand, or by 7.5% overall.",
        "impact": "Reconvictions fell by 8.4% in the first group, which paid nothing, and by 9.0% overall, which paid.",
        "strength": "compared",
        "how_known": "A group matched by propensity score. Others could not get the 8.4% again with the same approach.",
        "learned": "Freeze how results are compared before they are seen. A threshold can be missed by a little and the work still help.",
        "conditions": "The prison lets workers in before release\nNumbers are large enough for the threshold",
        "partners": "Ministry of Justice, the Big Lottery Fund, investors and local charities",
        "contacts": "Public reports of the evaluation",
    },
)  # fmt: skip
_AWAY: dict[str, Any] = {
    "title": "First meetings where people choose, arranged by text", "result": "worked", "who_for": "Care leavers of 18 to 21",
    "area": "access", "problem": "Many never came to the first appointment", "place_kind": "coast", "size": "under_250",
    "paying": "grant", "period": "Two winters",
    "context": "The first appointment was at nine in the council's offices, by letter.",
    "story": "A worker texted within a day and met people in a café, a library or a park, within two days.",
    "impact": "About seven in ten came to a first meeting, against four in ten before.", "strength": "before_after",
    "how_known": "Counted for two winters, before and after, by the same team.",
    "made_it_work": "Workers had two free hours a day for it, and a phone of their own.",
    "learned": "Where and how people are met first decides who comes.",
    "conditions": "A worker is free within two days of a referral\nWord of a referral comes the same day\n"
    "A place is open in the evening, and safe for a worker alone\nPeople may be texted",
    "cost_words": "Two hours a day of one worker, and coffee", "contacts": "Outreach lead, Eastvale Leaving Care",
}  # fmt: skip


def fill(stage: Stage) -> None:
    """Write down cases, take some in, and plan to copy one."""
    first = stage.today - dt.timedelta(days=90)
    coordinator, manager, evaluator = (
        stage.seat("coordinator"),
        stage.seat("manager"),
        stage.seat("evaluator"),
    )
    with stage.on(first + dt.timedelta(days=3)):
        for values in _REAL:
            commands.add(evaluator, values=values)
        away = fileformat.written(
            "Eastvale Together", [("ev-first-contact", {**dict.fromkeys(FIELDS, ""), **_AWAY})]
        )
        commands.take_in(coordinator, data=away.encode())
    with stage.on(first + dt.timedelta(days=20)):
        letter = commands.add(
            manager,
            values={
                "title": "A second letter to those who missed the first appointment", "result": "failed", "who_for": _YOUNG,
                "area": "access", "problem": "Many never came to the first appointment at nine", "place_kind": "town",
                "size": "under_250", "paying": "own", "period": "Last spring",
                "story": "Everybody who missed the first appointment was sent a second letter within a week.",
                "impact": "As few came as before.", "strength": "counted", "how_known": "Counted over three months.",
                "made_it_work": "Letters went to addresses where people no longer were.",
                "learned": "A second letter reaches nobody whom the first did not reach.",
                "conditions": "People have an address where post reaches them", "contacts": "Manager, Harbour Lights",
            },
        )  # fmt: skip
    with stage.on(first + dt.timedelta(days=26)):
        _publish(coordinator, letter)
        cases: Any = Case.of(stage.partnership)
        plan = commands.plan_copy(
            manager, case=cases.get(origin_id="ev-first-contact"),
            why="Young people told us that nine o'clock at the council's offices is where they stopped.",
            different="We begin with one café and ten referrals.", conditions=_AWAY["conditions"].splitlines(),
        )  # fmt: skip
    found = (
        (1, "true", "Two outreach workers keep an hour free each day.", "", 28),
        (
            2,
            "not_true",
            "Referrals come by post, three days later. For the test the team rings the desk each noon.",
            "",
            29,
        ),
        (3, "true", "The café by the station closes at ten, and knows us.", "", 30),
        (4, "unknown", "", "Data protection lead, Harbour Lights", 30),
        (4, "true", "The privacy notice covers it; people say how they want to be reached.", "", 33),
    )
    conditions: Any = Condition.of(stage.partnership)
    for number, state, words, finder, after in found:
        with stage.on(first + dt.timedelta(days=after)):
            due = first + dt.timedelta(days=35) if finder else None
            commands.judge(
                manager,
                condition=conditions.get(plan=plan, number=number),
                state=state,
                found=words,
                finder=finder,
                due_on=due,
            )
    with stage.on(first + dt.timedelta(days=34)):
        commands.decide_copy(
            manager,
            plan=plan,
            state="going",
            why="Three of four are true, and the fourth can be worked around for a test.",
        )
    with stage.on(stage.today - dt.timedelta(days=8)):
        cafe = commands.add(
            manager,
            values={
                "title": "First meeting in a café within 48 hours, by text", "result": "early", "who_for": _YOUNG, "area": "access",
                "problem": "Young people never started: nine o'clock, the council's offices, by letter", "place_kind": "town",
                "size": "under_50", "paying": "own", "period": "This quarter",
                "story": "Each noon the team asked the housing desk for new referrals, texted, and met people in the café by the station.",
                "impact": "More came than before; there are too few yet to say how many more.", "strength": "before_after",
                "how_known": "Counted for one quarter, compared with the one before.",
                "learned": "The text matters as much as the café. Word of the referral is the slowest part.",
                "conditions": _AWAY["conditions"], "contacts": "Outreach lead, Harbour Lights",
            },
        )  # fmt: skip
        commands.plan_copy(
            stage.seat("manager-2"), case=cafe, why="Our young people are met in the office too.",
            conditions=["A worker is free within two days of a referral", "A place near the hostel is open in the evening"],
        )  # fmt: skip


def _publish(coordinator: Access, case: Case) -> None:
    looked_at = [one.key for one in commands.suspects_of(case)]
    commands.publish(coordinator, case=case, looked_at=looked_at)
