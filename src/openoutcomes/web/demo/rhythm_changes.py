"""Changes to delivery of the demonstration: posts moved to outreach, agreed and corrected, beside the teams' capacity."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from openoutcomes.web.changes import commands, queries, staffing, team
from openoutcomes.web.changes.models import BudgetLine, Change
from openoutcomes.web.changes.money import Wanted
from openoutcomes.web.core import clock
from openoutcomes.web.demo.living import Stage
from openoutcomes.web.demo.rhythm_trials import CAFE
from openoutcomes.web.ties.kinds import things_of

#: Provider, who runs it, who fills the first post, title, part of full time and what a year costs.
_POSTS: tuple[tuple[str, str, str, str, str, int], ...] = (
    ("harbour-lights", "manager", "link-worker", "Outreach worker", "1", 36_000),
    ("harbour-lights", "manager", "manager", "Team lead", "0.6", 46_000),
    ("lantern-house", "manager-2", "coach", "Coach", "1", 35_000),
    ("second-step", "small-charity", "small-charity", "Everything", "0.8", 34_000),
)


def fill(stage: Stage) -> None:
    """Live through a quarter of changes."""
    first = stage.today - dt.timedelta(days=90)
    lines = _lines(stage)
    _team(stage, first, lines)
    _texting(stage, first)
    _noon(stage, first)
    _outreach(stage, first, lines)


def _lines(stage: Stage) -> dict[str, BudgetLine]:
    amounts = {
        "Pay of office advisers": 70_000,
        "Pay of outreach workers": 36_000,
        "Cafés, fares and telephones": 4_000,
    }
    with stage.on(stage.began):
        return {
            name: commands.add_line(
                stage.seat("manager"),
                programme=stage.programmes["harbour-lights"],
                name=name,
                opening=Decimal(amount),
            )
            for name, amount in amounts.items()
        }


def _team(stage: Stage, first: dt.date, lines: dict[str, BudgetLine]) -> None:
    for provider, manager, holder, title, fte, cost in _POSTS:
        by = stage.seat(manager)
        with stage.on(stage.began):
            line = lines["Pay of outreach workers"] if title == "Outreach worker" else None
            values = {
                "title": title, "kind": "lead" if title == "Team lead" else "front_line", "fte": Decimal(fte),
                "starts_on": stage.began, "guide": None if title == "Team lead" else 25, "supervise_weeks": 5,
                "yearly_cost": Decimal(cost), "line": line,
            }  # fmt: skip
            post = staffing.add_post(by, programme=stage.programmes[provider], values=values)
            staffing.fill(by, post=post, since=stage.began, user=stage.users[holder])
        # One provider has let supervision slip.
        last = 45 if provider == "lantern-house" else 12
        for before in (80, last):
            day = stage.today - dt.timedelta(days=before)
            with stage.on(day):
                staffing.supervise(by, post=post, on=day)
    by = stage.seat("manager")
    with stage.on(stage.began):
        office = staffing.add_post(
            by, programme=stage.programmes["harbour-lights"],
            values={
                "title": "Office adviser", "kind": "front_line", "fte": Decimal(1), "starts_on": stage.began, "guide": 25,
                "supervise_weeks": 5, "yearly_cost": Decimal(35_000), "line": lines["Pay of office advisers"],
            },
        )  # fmt: skip
        staffing.fill(by, post=office, since=stage.began)
    with stage.on(first + dt.timedelta(days=40)):
        staffing.vacate(by, post=office, until=clock.today())
    _months(stage)


def _months(stage: Stage) -> None:
    month = team.last_month(stage.today)
    months = [month]
    while len(months) < 3:
        months.append(team.last_month(months[-1]))
    for each in sorted(months):
        with stage.on(team.end_of(each) + dt.timedelta(days=4)):
            for provider, manager, *_ in _POSTS[1:]:
                # The latest month of the smallest is still to be kept.
                is_left = each == month and provider == "second-step"
                if team.end_of(each) < clock.today() and not is_left:
                    staffing.keep_month(stage.seat(manager), programme=stage.programmes[provider], month=each)


def _values(stage: Stage, provider: str, **values: Any) -> dict[str, Any]:
    return {
        "what": "", "programme": stage.programmes[provider], "organisation": stage.organisations[provider],
        "contract": stage.contract, "total_why": "", **values,
    }  # fmt: skip


def _texting(stage: Stage, first: dt.date) -> None:
    by = stage.seat("manager-2")
    day = first + dt.timedelta(days=30)
    with stage.on(day):
        change = commands.record(
            by,
            values=_values(
                stage, "lantern-house", title="Coaches remind people by text the evening before",
                why="People said that they forget, and that a call feels like being checked on.", role="Team meeting",
                decided_on=day, effective_from=day + dt.timedelta(days=3), expected="A third fewer sessions missed",
                follow_on=first + dt.timedelta(days=60),
            ),
        )  # fmt: skip
    day = first + dt.timedelta(days=61)
    with stage.on(day):
        commands.follow_up(
            by, change=change, on=day, result="partly",
            words="Fewer are missed in the evening, none fewer in the morning.",
        )  # fmt: skip


def _noon(stage: Stage, first: dt.date) -> None:
    day = first + dt.timedelta(days=50)
    with stage.on(day):
        commands.record(
            stage.seat("small-charity"),
            values=_values(
                stage, "second-step", title="The door opens at noon, and stays open until eight",
                why="Nobody comes before eleven, and at five people are still waiting.", role="All three of us",
                decided_on=day, effective_from=day + dt.timedelta(days=7), expected="As many people in the same hours, and calmer",
                follow_on=stage.today - dt.timedelta(days=5),
            ),
        )  # fmt: skip


def _outreach(stage: Stage, first: dt.date, lines: dict[str, BudgetLine]) -> None:
    by = stage.seat("manager")
    council, fund = stage.organisations["council"], stage.organisations["national-fund"]
    office, outreach, costs = lines.values()
    trials = [one for one in things_of(by, "trial", None) if one.title.startswith(CAFE)]
    barriers = [one for one in things_of(by, "barrier", None) if "letter" in one.title.casefold()]
    themes = [one for one in things_of(by, "theme", None) if "first" in one.title.casefold()]
    day = first + dt.timedelta(days=76)
    values = _values(
        stage, "harbour-lights", title="Two posts move from the office to outreach",
        what="Two advisers meet young people first, outside, where they choose. The office opens by arrangement.",
        why="Those who never started said that the first appointment was by letter, at nine, in an office. In the test twice as many came.",
        role="Board of Harbour Lights", decided_on=day, effective_from=first + dt.timedelta(days=84),
        expected="Three of four who are referred come to a first meeting; more start.",
        follow_on=stage.today + dt.timedelta(days=30),
    )  # fmt: skip
    with stage.on(day):
        change = commands.record(
            by, values=values, agree=[council, fund], because=[*trials, *barriers[:1], *themes[:1]],
            moves=[Wanted(office, outreach, Decimal(24_000)), Wanted(office, costs, Decimal(1_500))],
        )  # fmt: skip
    with stage.on(first + dt.timedelta(days=78)):
        _answer(stage, "commissioner", change, "agree", "")
    with stage.on(first + dt.timedelta(days=79)):
        _answer(
            stage,
            "commissioner-2",
            change,
            "object",
            "Some people have nowhere else to be. Keep the office open one day a week.",
        )
    with stage.on(first + dt.timedelta(days=81)):
        change = commands.correct(
            by, change=change, agree=[council, fund], why="The fund asked for one open day",
            values={**values, "what": "Two advisers meet young people first, outside, where they choose. The office is open on Wednesdays."},
            moves=[Wanted(office, outreach, Decimal(21_000)), Wanted(office, costs, Decimal(1_500))],
        )  # fmt: skip
    for after, who in ((82, "commissioner"), (83, "commissioner-2")):
        with stage.on(first + dt.timedelta(days=after)):
            _answer(stage, who, change, "agree", "")
    day = first + dt.timedelta(days=88)
    with stage.on(day):
        commands.follow_up(
            by, change=change, on=min(day, stage.today), result="early", next_on=stage.today + dt.timedelta(days=30),
            words="In the first days every first meeting was outside. It is too early to say whether more start.",
        )  # fmt: skip


def _answer(stage: Stage, who: str, change: Change, said: str, why: str) -> None:
    by = stage.seat(who)
    change.refresh_from_db()
    mine = next(
        one for one in queries.agreements_of(change) if by.allows("changes.agree", one.organisation_id)
    )
    commands.answer(by, agreement=mine, said=said, why=why)
