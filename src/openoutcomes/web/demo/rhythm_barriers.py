"""Barriers of the demonstration: a quarter of asking, from the first refusal at a desk to the partnership board."""

from __future__ import annotations

import datetime as dt
from typing import Any

from openoutcomes.web.barriers import commands
from openoutcomes.web.barriers.models import Barrier
from openoutcomes.web.core.access import Access
from openoutcomes.web.demo.living import Stage
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.ties.commands import tie
from openoutcomes.web.ties.kinds import Thing, thing_or_404, things_of

PROOFS = "The housing register asks for two proofs of address"
LETTERS = "The first appointment comes by letter, at nine in the council office"
SANCTION = "A missed appointment stops the benefit at once"


def linked(by: Access, one: Thing, kind: str, word: str) -> None:
    """Tie a thing to the first of a kind whose title has a word, where there is one."""
    other = next((each for each in things_of(by, kind, None) if word in each.title.casefold()), None)
    if other is not None:
        tie(by, one=one, other=other)


def fill(stage: Stage) -> None:
    """Live through a quarter of barriers."""
    first = stage.today - dt.timedelta(days=90)
    _proofs(stage, first)
    _letters(stage, first)
    _sanctions(stage, first)
    _photo_card(stage, first)


def _day(first: dt.date, after: int) -> dt.date:
    return first + dt.timedelta(days=after)


def _mark(stage: Stage, key: str, barrier: Barrier, share: int) -> None:
    """Let a worker say whom of their own a barrier stops: two of every ``share``."""
    mine: Any = (
        Enrolment.of(stage.partnership)
        .filter(practitioner=stage.users[key], ended_on=None, person__merged_into=None)
        .select_related("person")
        .order_by("pk")
    )
    people = list({one.person_id: one.person for one in mine}.values())[:120]
    stopped = {person.pk for number, person in enumerate(people) if number % share < 2}
    commands.mark_people(stage.seat(key), barrier=barrier, shown=people, stopped=stopped)


def _proofs(stage: Stage, first: dt.date) -> None:
    worker, manager, coordinator = stage.seat("link-worker"), stage.seat("manager"), stage.seat("coordinator")
    council = stage.organisations["council"]
    with stage.on(_day(first, 5)):
        barrier = commands.add(
            worker, anyway=True,
            values={
                "title": PROOFS, "kind": "policy", "owner": council, "bender": "Head of housing options",
                "what": "Whoever has no home has no bill with an address on it. They are sent away at the desk, and most do not come back.",
                "rule": "Allocations policy: two proofs of address in the borough from the last three months",
                "estimate": 60, "how_known": "estimate", "how_words": "About one in four of those referred in a year.",
            },
        )  # fmt: skip
        _mark(stage, "link-worker", barrier, 5)
        linked(worker, thing_or_404(worker, "barrier", barrier.barrier_id), "commitment", "proof of address")
    with stage.on(_day(first, 9)):
        again = commands.add(
            stage.seat("coach"), anyway=True,
            values={"title": "Two proofs of an address, or no place on the housing register", "owner": council},
        )  # fmt: skip
        _mark(stage, "coach", again, 4)
    with stage.on(_day(first, 12)):
        commands.join(coordinator, barrier=again, to=barrier)
    with stage.on(_day(first, 14)):
        unanswered = commands.ask(
            manager, barrier=barrier, whom=council, whom_role="Head of housing options",
            what="Take a letter from a worker as one of the two proofs", due_on=_day(first, 35),
        )  # fmt: skip
    with stage.on(_day(first, 38)):
        commands.take_further(
            manager,
            barrier=barrier,
            level="managers",
            why="No answer came by the day asked for, 24 days after asking.",
        )
        commands.take_back(manager, ask=unanswered, why="Asked of the director instead.")
        asked = commands.ask(
            manager, barrier=barrier, whom=council, whom_role="Director of housing", due_on=_day(first, 52),
            what="Take a letter from a worker as one of the two proofs, at every desk",
        )  # fmt: skip
    with stage.on(_day(first, 50)):
        commands.answer(
            stage.seat("commissioner"), ask=asked, said="partly",
            why="From today at the main office. The other desks need the policy to say so, and that goes to committee.",
        )  # fmt: skip
    with stage.on(_day(first, 70)):
        commands.check(
            manager, ask=asked, helped=False,
            result="Taken at the main office. Sent away as before at both other desks, where most young people go.",
        )  # fmt: skip
    with stage.on(_day(first, 75)):
        commands.take_further(
            manager,
            barrier=barrier,
            level="board",
            why="What was promised has not taken it away at two of three desks.",
        )
        commands.ask(
            coordinator, barrier=barrier, whom=council, whom_role="Director of housing", due_on=stage.today + dt.timedelta(days=10),
            what="Put one sentence into the allocations policy: a letter from a provider counts as a proof of address",
        )  # fmt: skip
    with stage.on(_day(first, 80)):
        learned = "Ask for one sentence in the policy at once. A promise for one desk is kept at one desk."
        found = [one.key for one in commands.suspects_of(barrier, learned) if not one.must_go]
        commands.share(coordinator, barrier=barrier, learned=learned, looked_at=found)


def _letters(stage: Stage, first: dt.date) -> None:
    by, coordinator, council = (
        stage.seat("group-leader"),
        stage.seat("coordinator"),
        stage.organisations["council"],
    )
    with stage.on(_day(first, 20)):
        barrier = commands.add(
            by, anyway=True,
            values={
                "title": LETTERS, "kind": "practice", "owner": council, "bender": "Housing options manager",
                "what": "Many have no door for a letter to come through, and nine in that office feels like court.",
                "rule": "It has always been done so", "how_known": "heard",
                "how_words": "Most of those who never started said so in the listening round.",
            },
        )  # fmt: skip
        linked(by, thing_or_404(by, "barrier", barrier.barrier_id), "theme", "first")
    with stage.on(_day(first, 24)):
        asked = commands.ask(
            coordinator, barrier=barrier, whom=council, whom_role="Housing options manager", due_on=_day(first, 45),
            what="Send the first word by text, and let the young person choose the place and the hour",
        )  # fmt: skip
    with stage.on(_day(first, 40)):
        commands.answer(
            stage.seat("commissioner"), ask=asked, said="yes",
            why="There is no rule that says letter. Providers may meet people first, wherever suits, and tell us.",
        )  # fmt: skip
    with stage.on(_day(first, 82)):
        commands.check(
            coordinator, ask=asked, helped=True,
            result="Nobody referred in the last month was asked to the office first. Asked of people at the day centre.",
        )  # fmt: skip


def _sanctions(stage: Stage, first: dt.date) -> None:
    by, coordinator = stage.seat("small-charity"), stage.seat("coordinator")
    with stage.on(_day(first, 12)):
        barrier = commands.add(
            by, anyway=True,
            values={
                "title": SANCTION, "kind": "law", "owner_outside": "Jobcentre Northtown",
                "bender": "Work coach team leader",
                "what": "Somebody who sleeps in a different place each night misses one appointment and has no money for weeks.",
                "rule": "Conditions of Universal Credit", "estimate": 25, "how_known": "heard",
            },
        )  # fmt: skip
    with stage.on(_day(first, 20)):
        asked = commands.ask(
            by, barrier=barrier, whom_outside="Jobcentre Northtown", whom_role="Work coach team leader",
            what="Ring the worker before a sanction, where the young person has agreed to it", due_on=_day(first, 41),
        )  # fmt: skip
    with stage.on(_day(first, 45)):
        commands.answer(
            coordinator, ask=asked, said="no", why="Work coaches may not speak to others before they decide."
        )
    with stage.on(_day(first, 48)):
        commands.take_further(
            coordinator, barrier=barrier, level="national", why="The answer was no, and the rule is national."
        )
        commands.ask(
            coordinator, barrier=barrier, whom_outside="Department for Work and Pensions", due_on=stage.today - dt.timedelta(days=6),
            what="Let homeless young people name a worker who is told before a sanction",
        )  # fmt: skip


def _photo_card(stage: Stage, first: dt.date) -> None:
    by = stage.seat("manager")
    with stage.on(_day(first, 60)):
        barrier = commands.add(
            by, anyway=True,
            values={"title": "A photo card costs more than a week's food", "kind": "money", "owner_outside": "Passport Office"},
        )  # fmt: skip
    with stage.on(_day(first, 66)):
        commands.settle(
            by, barrier=barrier, how="accepted",
            why="The price is national and will not move. Personal budgets pay for it from now on.",
        )  # fmt: skip
