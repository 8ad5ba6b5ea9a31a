"""Governance in the demonstration: a panel with young people on it, a use of the data, and complaints by page and telephone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from openoutcomes.web.core import clock
from openoutcomes.web.demo.living import Stage
from openoutcomes.web.governance import commands, complaining
from openoutcomes.web.governance.models import Panel


def fill(stage: Stage) -> None:
    """Live through a quarter of panels, decisions and complaints. The young person of the cast needs a seat before."""
    first = stage.today - dt.timedelta(days=90)
    by = stage.seat("coordinator")
    with stage.on(first + dt.timedelta(days=2)):
        complaining.set_rules(
            stage.seat("administrator"),
            values={
                "acknowledge_days": 5, "answer_days": 10, "panel_days": 20,
                "outside_body": "The ombudsman of the service: the Housing Ombudsman, or the Local Government and Social Care Ombudsman",
                "outside_how": "By telephone, letter or on their web pages. Anybody here helps you to.",
            },
        )  # fmt: skip
        panel = commands.write_panel(
            by,
            values={
                "name": "Young people's panel", "decides_on_data": True, "hears_complaints": True, "meets": "First Tuesday, 5pm, with food",
                "purpose": "Decides what the partnership listens to, what the data is used for, and looks at complaints again.",
                "terms": "Half of the seats are kept for people who use services. It decides when most of them agree. A seat lasts a year.",
            },
        )  # fmt: skip
        kept = [
            commands.add_seat(by, panel=panel, role="Somebody who uses the service", for_people=True)
            for _ in range(2)
        ]
        commands.add_seat(by, panel=panel, role="Somebody who used it before", for_people=True)
        for key, role, where in (
            ("manager", "Provider of support", "harbour-lights"), ("commissioner", "Payer", "council"),
            ("evaluator", "Evaluator", ""),
        ):  # fmt: skip
            commands.add_seat(
                by,
                panel=panel,
                role=role,
                organisation=stage.organisations[where] if where else None,
                user=stage.users[key],
            )
    with stage.on(first + dt.timedelta(days=9)):
        commands.take_seat(stage.seat("person"), seat=kept[0])
        kept[0].refresh_from_db()
        reward = commands.offer_support(
            by, seat=kept[0], kind="time", words="For each meeting", amount=Decimal(25)
        )
        fare = commands.offer_support(
            by, seat=kept[0], kind="travel", words="Bus there and back", amount=Decimal("4.60")
        )
    with stage.on(first + dt.timedelta(days=11)):
        for offer in (reward, fare):
            commands.answer_support(stage.seat("person"), support=offer, taken=True)
    with stage.on(first + dt.timedelta(days=40)):
        for offer in (reward, fare):
            offer.refresh_from_db()
            commands.give_support(by, support=offer, on=clock.today())
    with stage.on(stage.today - dt.timedelta(days=4)):
        commands.offer_support(
            by, seat=kept[0], kind="time", words="For the meeting next week", amount=Decimal(25)
        )
    _matters(stage, panel, first)
    _uses(stage, panel, first)
    _complaints(stage, first)


def _matters(stage: Stage, panel: Panel, first: dt.date) -> None:
    by = stage.seat("coordinator")
    with stage.on(first + dt.timedelta(days=30)):
        matter = commands.add_matter(
            by, panel=panel, title="Who runs the evening café", held_on=first + dt.timedelta(days=37)
        )
        interest = commands.declare(
            stage.seat("manager"), kind="money", words="My organisation would be paid for it", matter=matter
        )
        commands.declare(stage.seat("person"), kind="own", words="I go there", matter=matter)
    with stage.on(first + dt.timedelta(days=37)):
        commands.handle_interest(by, interest=interest, handled="out", why="Their organisation would be paid")
        for other in matter.interests.filter(handled=""):
            commands.handle_interest(
                by, interest=other, handled="stays", why="Knowing the place is why they are on the panel"
            )
        commands.decide_matter(
            by, matter=matter, decided="Harbour Lights runs it for a quarter, with two young people as hosts.",
            why="It was their test, and young people asked for hosts whom they know.",
        )  # fmt: skip
    with stage.on(stage.today - dt.timedelta(days=3)):
        commands.add_matter(
            by,
            panel=panel,
            title="What to listen to next quarter",
            held_on=stage.today + dt.timedelta(days=7),
        )


def _uses(stage: Stage, panel: Panel, first: dt.date) -> None:
    by = stage.seat("coordinator")
    with stage.on(first + dt.timedelta(days=15)):
        study = commands.register_use(
            by,
            values={
                "title": "Who is offered help and never starts", "purpose": "To see where young people are lost, and reach them.",
                "data": "Dates of referral and start, age group and part of town, without names, of two years.",
                "basis": "public_task", "basis_why": "The council's duty to prevent homelessness", "asked_by": "Evaluator of the partnership",
                "asked_on": clock.today(),
            },
        )  # fmt: skip
        advert = commands.register_use(
            by,
            values={
                "title": "Photographs and stories for a campaign", "purpose": "To raise money.",
                "data": "Stories as told in conversations, with photographs.", "basis": "consent",
                "asked_by": "Fundraising team of a provider", "organisation": stage.organisations["lantern-house"],
                "asked_on": clock.today(),
            },
        )  # fmt: skip
    with stage.on(first + dt.timedelta(days=37)):
        commands.decide_use(
            by, use=study, panel=panel, allowed=True, on=clock.today(), review_on=stage.today + dt.timedelta(days=120),
            why="It helps those who were lost, and nobody can be told from it.",
            conditions="Counts under ten stay inside. The panel sees the result first.",
        )  # fmt: skip
        commands.decide_use(
            by, use=advert, panel=panel, allowed=False, on=clock.today(),
            why="What was said in a conversation was said to be heard, not to be shown.",
        )  # fmt: skip
    with stage.on(stage.today - dt.timedelta(days=6)):
        commands.register_use(
            by,
            values={
                "title": "Joining rent arrears with starts", "purpose": "To warn before somebody loses a home.",
                "data": "Arrears of the council's tenants, joined without names.", "basis": "public_task",
                "asked_by": "Housing options manager, Northtown Council", "organisation": stage.organisations["council"],
                "asked_on": clock.today(),
            },
        )  # fmt: skip


def _complaints(stage: Stage, first: dt.date) -> None:
    administrator, coordinator = stage.seat("administrator"), stage.seat("coordinator")
    with stage.on(first + dt.timedelta(days=18)):
        made = complaining.complain(
            stage.seat("person"), organisation=stage.organisations["council"],
            values={
                "words": "My first appointment was at nine at the council. I start work at six. I rang and nobody rang back.",
                "wants": "Somebody who rings back, and a time that I can come.", "contact": "Text me",
            },
        )  # fmt: skip
    with stage.on(first + dt.timedelta(days=19)):
        complaining.assign(coordinator, complaint=made, handler=stage.users["coordinator"])
        complaining.acknowledge(
            coordinator, complaint=made, words="I look into it myself and text you by next Friday."
        )
    with stage.on(first + dt.timedelta(days=27)):
        complaining.propose(
            coordinator, complaint=made, outcome="upheld", redress=["apology", "change"],
            reason="Your call was noted and passed to nobody. That was wrong, and I am sorry.",
            redress_words="The housing desk has a list of calls to return each noon.",
        )  # fmt: skip
    with stage.on(first + dt.timedelta(days=33)):
        complaining.put_right(coordinator, complaint=made, on=clock.today())
        complaining.say_satisfied(
            stage.seat("person"),
            complaint=made,
            satisfied="partly",
            words="They ring back now. Nine is still nine.",
        )
        complaining.close(
            coordinator,
            complaint=made,
            changed="The housing desk returns missed calls by noon, and says so on its answering machine.",
        )
    with stage.on(stage.today - dt.timedelta(days=7)):
        told = complaining.complain(
            stage.seat("group-leader"), organisation=stage.organisations["second-step"], via="phone", own=False,
            values={"words": "The worker changed three times and each asked the same questions.", "needs": "A call after four, please"},
        )  # fmt: skip
    with stage.on(stage.today - dt.timedelta(days=6)):
        complaining.assign(
            administrator,
            complaint=told,
            handler=stage.users["small-charity"],
            second=stage.users["coordinator"],
        )
    with stage.on(stage.today - dt.timedelta(days=5)):
        complaining.acknowledge(
            stage.seat("small-charity"), complaint=told, words="I ring on Tuesday after four."
        )
    with stage.on(stage.today - dt.timedelta(days=1)):
        complaining.complain(
            stage.seat("coach"), via="paper", own=False,
            values={"words": "Nobody told us what the partnership is, and why our names are in it."},
        )  # fmt: skip
