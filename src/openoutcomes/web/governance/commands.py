"""Panels and their seats, interests, matters, support for those who take part, and uses of the data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.governance import queries
from openoutcomes.web.governance.models import (
    DataUse,
    DataUseStep,
    Interest,
    Matter,
    Panel,
    PanelSeat,
    Support,
)
from openoutcomes.web.partnerships.models import Membership, Organisation

_PANEL = ("name", "purpose", "terms", "meets", "decides_on_data", "hears_complaints", "is_open")
_USE = ("title", "purpose", "data", "basis", "basis_why", "asked_by", "organisation", "asked_on", "panel")


def _needed(values: Mapping[str, Any], names: Mapping[str, str]) -> None:
    for name, mend in names.items():
        if not str(values.get(name) or "").strip():
            raise refuse("something is missing.", mend, name)


def _because(why: str, field: str = "why") -> str:
    if not why.strip():
        raise refuse("no reason was given.", "Write why, so that others can follow.", field)
    return why.strip()


@command
def write_panel(
    by: Access, *, values: Mapping[str, Any], panel: Panel | None = None, expected: int | None = None
) -> Panel:
    """Set up a board or panel, or change it."""
    by.require("governance.manage")
    _needed(values, {"name": "Give it a name.", "purpose": "Say what it is for."})
    if panel is None:
        panel = Panel(partnership=by.partnership, added_at=now())
    else:
        panel = Panel.objects.select_for_update().get(pk=panel.pk)
        if expected is not None and panel.revision != expected:
            raise refuse(
                "somebody changed this panel after you opened it.", "Open it again, and add what is missing."
            )
        panel.revision += 1
    for name in _PANEL:
        if name in values:
            setattr(panel, name, values[name])
    panel.save()
    note(by, "governance.write_panel", panel, detail={"panel": panel.panel_id})
    return panel


@command
def add_seat(
    by: Access,
    *,
    panel: Panel,
    role: str,
    organisation: Organisation | None = None,
    for_people: bool = False,
    user: Any = None,
) -> PanelSeat:
    """Add a seat. One kept for people who use services is taken by them, from their own account."""
    by.require("governance.manage")
    if not role.strip():
        raise refuse("the seat has no role.", "Say which, such as “Head of housing”.", "role")
    if for_people and (user is not None or organisation is not None):
        raise refuse(
            "a seat kept for people who use services is given to nobody here.",
            "Leave the account and the organisation empty: whoever takes it does so themselves.", "user",
        )  # fmt: skip
    if (
        user is not None
        and not Membership.objects.filter(user=user, ended_at=None).exclude(role="person").exists()
    ):
        raise refuse("this account does not work here.", "Choose another.", "user")
    if user is not None and PanelSeat.objects.filter(panel=panel, user=user, ended_on=None).exists():
        raise refuse("they have a seat on this panel already.", "Choose another.", "user")
    seat: PanelSeat = PanelSeat.objects.create(
        partnership=by.partnership, panel=panel, role=role.strip(), organisation=organisation, for_people=for_people,
        user=user, since=today() if user is not None else None, added_at=now(),
    )  # fmt: skip
    note(by, "governance.add_seat", seat, detail={"panel": panel.panel_id, "for_people": for_people})
    return seat


@command
def take_seat(by: Access, *, seat: PanelSeat) -> PanelSeat:
    """Take a free seat that is kept for people who use services, as one of them. No page says who took it."""
    by.require("governance.view")
    seat = PanelSeat.objects.select_for_update(of=("self",)).select_related("panel").get(pk=seat.pk)
    if not seat.for_people or not queries.is_person(by):
        raise refuse("this seat is not yours to take.", "It is kept for people who use services.")
    if seat.user_id is not None or seat.ended_on is not None:
        raise refuse("this seat is taken.", "Ask the coordinator for another.")
    if PanelSeat.objects.filter(panel=seat.panel, user=by.user, ended_on=None).exists():
        raise refuse("you have a seat on this panel already.", "One is enough.")
    seat.user, seat.since = by.user, today()
    seat.save()
    note(by, "governance.take_seat", seat, detail={"panel": seat.panel.panel_id})
    return seat


@command
def end_seat(by: Access, *, seat: PanelSeat) -> PanelSeat:
    """Leave a seat, or take it away. A seat kept for people is free again for another of them."""
    own = seat.user_id == by.user.pk
    by.require("governance.view" if own else "governance.manage")
    seat = PanelSeat.objects.select_for_update(of=("self",)).select_related("panel").get(pk=seat.pk)
    if seat.ended_on is not None:
        raise refuse("this seat has ended.", "Open the panel again.")
    was_taken = seat.user_id is not None
    seat.ended_on = today()
    seat.save()
    if seat.for_people and was_taken:
        PanelSeat.objects.create(
            partnership=by.partnership, panel=seat.panel, role=seat.role, for_people=True, added_at=now()
        )
    note(by, "governance.end_seat", seat, detail={"panel": seat.panel.panel_id, "own": own})
    return seat


@command
def declare(
    by: Access, *, kind: str, words: str, panel: Panel | None = None, matter: Matter | None = None
) -> Interest:
    """Declare an interest of one's own, in general, for a panel, or in a matter."""
    by.require("interests.declare")
    if kind not in dict(Interest.KINDS):
        raise refuse("nothing was said about what kind it is.", "Choose one.", "kind")
    if not words.strip():
        raise refuse("nothing was written.", "Write what the interest is, in a sentence.", "words")
    if matter is not None and matter.decided_at is not None:
        raise refuse("this matter is decided.", "Tell the coordinator: it may have to be decided again.")
    made: Interest = Interest.objects.create(
        partnership=by.partnership, user=by.user, by_person=queries.is_person(by), kind=kind, words=words.strip(),
        panel=matter.panel if matter else panel, matter=matter, declared_at=now(),
    )  # fmt: skip
    note(by, "governance.declare", made, detail={"kind": kind, "matter": matter.matter_id if matter else ""})
    return made


@command
def end_interest(by: Access, *, interest: Interest) -> Interest:
    """Say that one's own interest holds no more. It stays in the matters it was declared in."""
    by.require("interests.declare")
    if interest.user_id != by.user.pk:
        raise refuse("this interest is somebody else's.", "Only they can end it.")
    if interest.matter_id is not None:
        raise refuse("this was declared in a matter.", "It stays with the matter.")
    interest.ended_at = now()
    interest.save()
    note(by, "governance.end_interest", interest)
    return interest


@command
def handle_interest(by: Access, *, interest: Interest, handled: str, why: str) -> Interest:
    """Say whether whoever declared an interest in a matter steps out, or may stay, and why."""
    by.require("governance.manage")
    if interest.matter is None:
        raise refuse(
            "this was declared in no matter.", "Open the matter, and look at what was declared there."
        )
    if interest.user_id == by.user.pk and handled == "stays":
        raise refuse("nobody judges their own interest.", "Step out, or ask another to judge it.", "handled")
    if handled not in ("out", "stays"):
        raise refuse("nothing was chosen.", "Choose one.", "handled")
    if interest.matter.decided_at is not None:
        raise refuse("this matter is decided.", "Open it again.")
    interest.handled, interest.handled_why = handled, _because(why)
    interest.handled_by, interest.handled_at = by.user, now()
    interest.save()
    note(
        by,
        "governance.handle_interest",
        interest,
        detail={"matter": interest.matter.matter_id, "handled": handled},
    )
    return interest


@command
def add_matter(by: Access, *, panel: Panel, title: str, held_on: dt.date) -> Matter:
    """Put something before a panel, so that interests can be declared before it is decided."""
    by.require("governance.manage")
    if not title.strip():
        raise refuse("nothing was written.", "Say what is to be decided.", "title")
    made: Matter = Matter.objects.create(
        partnership=by.partnership,
        panel=panel,
        title=title.strip(),
        held_on=held_on,
        added_by=by.user,
        added_at=now(),
    )
    note(by, "governance.add_matter", made, detail={"panel": panel.panel_id, "held_on": held_on.isoformat()})
    return made


@command
def decide_matter(by: Access, *, matter: Matter, decided: str, why: str) -> Matter:
    """Write down what a panel decided and why; each interest that was declared in it has to be looked at first."""
    by.require("governance.manage")
    matter = Matter.objects.select_for_update(of=("self",)).select_related("panel").get(pk=matter.pk)
    if matter.decided_at is not None:
        raise refuse("this was decided already.", "Open it again.")
    if matter.held_on > today():
        raise refuse("the meeting has not been held yet.", "Write it down on the day.")
    interests = list(Interest.objects.filter(matter=matter))
    if any(not one.handled for one in interests):
        raise refuse(
            "an interest was declared that nobody has looked at.", "Say first whether they step out."
        )
    if any(one.handled == "out" and one.user_id == by.user.pk for one in interests):
        raise refuse("you stepped out of this matter.", "Let another write down what was decided.")
    if not decided.strip():
        raise refuse("nothing was written.", "Say what was decided.", "decided")
    matter.decided, matter.why = decided.strip(), _because(why)
    matter.decided_at, matter.written_by = now(), by.user
    matter.save()
    out = sum(1 for one in interests if one.handled == "out")
    note(by, "governance.decide_matter", matter, detail={"panel": matter.panel.panel_id, "stepped_out": out})
    return matter


@command
def offer_support(
    by: Access, *, seat: PanelSeat, kind: str, words: str = "", amount: Decimal | None = None
) -> Support:
    """Offer support or a reward to whoever holds a seat. Only they and the coordinator see it."""
    by.require("governance.manage")
    if not queries.keeps_support(by):
        raise refuse("only the coordinator offers support.", "Ask them.")
    if seat.user is None:
        raise refuse("nobody holds this seat.", "Offer it once somebody does.")
    if kind not in dict(Support.KINDS):
        raise refuse("nothing was chosen.", "Choose what is offered.", "kind")
    if amount is not None and amount < 0:
        raise refuse("the amount is below nothing.", "Check it.", "amount")
    made: Support = Support.objects.create(
        partnership=by.partnership, seat=seat, user=seat.user, kind=kind, words=words.strip(), amount=amount,
        offered_by=by.user, offered_on=today(),
    )  # fmt: skip
    # Neither what nor how much: the audit trail is read by others.
    note(by, "governance.offer_support", made, detail={"panel": seat.panel.panel_id})
    return made


@command
def answer_support(by: Access, *, support: Support, taken: bool) -> Support:
    """Take up what was offered, or not: whoever it was offered to says so."""
    by.require("governance.view")
    if support.user_id != by.user.pk:
        raise refuse("this was offered to somebody else.", "Only they can answer.")
    if support.state not in ("offered", "taken", "not_taken"):
        raise refuse("this was given already.", "Tell the coordinator if it was not.")
    support.state, support.answered_on = "taken" if taken else "not_taken", today()
    support.save()
    note(by, "governance.answer_support", support)
    return support


@command
def give_support(by: Access, *, support: Support, on: dt.date) -> Support:
    """Say that support was given, or an amount paid, and when."""
    by.require("governance.manage")
    if not queries.keeps_support(by):
        raise refuse("only the coordinator keeps this.", "Ask them.")
    if support.state != "taken":
        raise refuse("it was not taken up.", "Wait for their answer.")
    if on > today() or on < support.offered_on:
        raise refuse("this cannot be the day.", "Give a day since it was offered, up to today.", "on")
    support.state, support.paid_on = "given", on
    support.save()
    note(by, "governance.give_support", support)
    return support


def _step(
    by: Access, use: DataUse, step: str, why: str, on: dt.date, panel: Panel | None = None
) -> DataUseStep:
    made: DataUseStep = DataUseStep.objects.create(
        partnership=by.partnership, use=use, step=step, why=why, panel=panel, on=on, by=by.user, at=now()
    )
    return made


@command
def register_use(by: Access, *, values: Mapping[str, Any]) -> DataUse:
    """Write down in the register that somebody asks to use the data, before it is decided."""
    by.require("governance.manage")
    given = {name: values[name] for name in _USE if name in values}
    _needed(
        given,
        {
            "title": "Name the use.",
            "purpose": "Say what it is for.",
            "data": "Say which data.",
            "asked_by": "Say who asks.",
        },
    )
    if given.get("basis") not in dict(DataUse.BASES):
        raise refuse("no lawful basis was chosen.", "Choose one.", "basis")
    given.setdefault("asked_on", today())
    if given["asked_on"] > today():
        raise refuse("this day has not come yet.", "Give the day it was asked.", "asked_on")
    use: DataUse = DataUse.objects.create(partnership=by.partnership, **given)
    _step(by, use, "asked", "", use.asked_on)
    note(by, "governance.register_use", use, detail={"basis": use.basis})
    return use


@command
def decide_use(
    by: Access,
    *,
    use: DataUse,
    panel: Panel,
    allowed: bool,
    why: str,
    on: dt.date,
    conditions: str = "",
    review_on: dt.date | None = None,
) -> DataUse:
    """Write down which panel allowed or refused a use of data, on which day and why."""
    by.require("governance.manage")
    use = DataUse.objects.select_for_update(of=("self",)).get(pk=use.pk)
    if use.state != "asked":
        raise refuse("this was decided already.", "Open it again.")
    if not panel.decides_on_data:
        raise refuse("this panel does not decide on uses of the data.", "Choose one that does.", "panel")
    if on > today() or on < use.asked_on:
        raise refuse("this cannot be the day.", "Give a day since it was asked, up to today.", "on")
    if allowed and (review_on is None or review_on <= on):
        raise refuse("there is no day to look at it again.", "Give a day after the decision.", "review_on")
    use.state, use.panel, use.decided_on = "allowed" if allowed else "refused", panel, on
    use.conditions, use.review_on = conditions.strip(), review_on if allowed else None
    use.save()
    _step(by, use, use.state, _because(why), on, panel)
    note(by, "governance.decide_use", use, detail={"panel": panel.panel_id, "state": use.state})
    return use


@command
def review_use(
    by: Access, *, use: DataUse, why: str, review_on: dt.date | None = None, end: bool = False
) -> DataUse:
    """Look at a use again: it goes on until another day, or it ends."""
    by.require("governance.manage")
    use = DataUse.objects.select_for_update(of=("self",)).get(pk=use.pk)
    if use.state != "allowed":
        raise refuse("this use does not go on.", "Open it again.")
    if not end and (review_on is None or review_on <= today()):
        raise refuse("there is no day to look at it again.", "Give a day that is still to come.", "review_on")
    if end:
        use.state, use.ended_on, use.review_on = "ended", today(), None
    else:
        use.review_on = review_on
    use.save()
    _step(by, use, "ended" if end else "reviewed", _because(why), today())
    note(by, "governance.review_use", use, detail={"ended": end})
    return use
