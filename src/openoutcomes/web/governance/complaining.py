"""Complaints: made by anybody in any way, handled by others than those complained about, and answered by their day.

What is noted in the audit trail says that something was done about a complaint, never whose it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from openoutcomes.web.audit.models import viewed
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.governance import queries
from openoutcomes.web.governance.deadlines import rules_of, working_days_after
from openoutcomes.web.governance.models import Complaint, ComplaintRules, ComplaintStep, Panel
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.models import Person

#: Fields of a complaint that whoever makes it, or writes it down for them, may give.
GIVEN = ("name", "contact", "on_behalf_of", "needs", "words", "wants")


def look(by: Access, complaint: Complaint) -> None:
    """Note that a handler opened a complaint. Whoever made it can see who did."""
    # Not under the person: others read the trail of a person, and need not know that they complained.
    viewed(by, "complaints.look", complaint, person=None)


def _step(by: Access, complaint: Complaint, what: str, words: str = "", *, for_all: bool = True) -> None:
    ComplaintStep.objects.create(
        partnership=by.partnership,
        complaint=complaint,
        what=what,
        words=words.strip(),
        for_all=for_all,
        by=by.user,
        at=now(),
    )


def _held(complaint: Complaint) -> Complaint:
    rows = Complaint.objects.select_for_update(of=("self",)).select_related(
        "organisation", "handler", "second"
    )
    held: Complaint = rows.get(pk=complaint.pk)
    return held


def _may_handle(by: Access, complaint: Complaint) -> None:
    """Raise unless the seat handles this complaint, or agrees to its answer."""
    by.require(queries.HANDLING)
    if not queries.handled(by).filter(pk=complaint.pk).exists():
        raise refuse("this complaint is not yours to handle.", "Ask who gave it out.")


@command
def complain(
    by: Access,
    *,
    values: Mapping[str, Any],
    organisation: Organisation | None = None,
    via: str = "web",
    received_on: dt.date | None = None,
    person: Person | None = None,
    own: bool = True,
) -> Complaint:
    """Make a complaint, or write one down that came by telephone, on paper or in person: it counts the same.

    ``own`` says that it is the complaint of whoever sends it. ``person`` is whom it was written down for, so that they
    see it on their own page.
    """
    by.require("complaints.make")
    if not str(values.get("words") or "").strip():
        raise refuse("nothing was written.", "Say what went wrong, in any words.", "words")
    if via not in dict(Complaint.VIA):
        raise refuse("nothing was said about how it came.", "Choose one.", "via")
    received = received_on or today()
    if received > today():
        raise refuse("this day has not come yet.", "Give the day it was received.", "received_on")
    if own and person is None and len(by.person_ids()) == 1:
        person = Person.objects.filter(pk__in=by.person_ids()).first()
    rules = rules_of(by.partnership)
    complaint: Complaint = Complaint.objects.create(
        partnership=by.partnership, user=by.user if own else None, person=person, via=via, organisation=organisation,
        received_on=received, entered_by=by.user, entered_at=now(),
        acknowledge_by=working_days_after(received, rules.acknowledge_days),
        answer_by=working_days_after(received, rules.answer_days),
        **{name: str(values.get(name) or "").strip() for name in GIVEN},
    )  # fmt: skip
    _step(by, complaint, "Received")
    note(by, "complaints.make", complaint, detail={"via": via})
    return complaint


@command
def assign(
    by: Access, *, complaint: Complaint, handler: Any, second: Any = None, about: Any = None
) -> Complaint:
    """Give a complaint to a handler, and to a second from outside what it is about wherever the first is inside it."""
    by.require(queries.HANDLING)
    if by.reach(queries.HANDLING) != "partnership":
        raise refuse(
            "only who handles for the whole partnership gives complaints out.", "Ask the coordinator."
        )
    complaint = _held(complaint)
    if not complaint.is_open:
        raise refuse("this complaint is not open.", "Open it again.")
    if complaint.about_user_id == by.user.pk:
        raise refuse("this complaint is about you.", "Let another give it out.")
    may = set(queries.handlers_of(by.partnership).values_list("user", flat=True))
    for who, field in ((handler, "handler"), (second, "second")):
        if who is not None and who.pk not in may:
            raise refuse("this account may not handle complaints.", "Choose another.", field)
        if who is not None and about is not None and who.pk == about.pk:
            raise refuse(
                "the complaint is about this account.", "Nobody handles a complaint about themselves.", field
            )
        if who is not None and who.pk in (complaint.user_id, complaint.about_user_id):
            raise refuse("this account made the complaint, or is what it is about.", "Choose another.", field)
    if second is not None and handler is not None and second.pk == handler.pk:
        raise refuse("the second is the same account.", "Choose somebody else.", "second")
    inside = queries.is_inside(by.partnership, handler, complaint.organisation_id)
    if inside and (second is None or queries.is_inside(by.partnership, second, complaint.organisation_id)):
        raise refuse(
            "nobody from outside would look at it.",
            "The handler belongs to what is complained about: add a second who does not.", "second",
        )  # fmt: skip
    complaint.handler, complaint.second = handler, second
    if about is not None:
        complaint.about_user = about
    complaint.revision += 1
    complaint.save()
    _step(by, complaint, "Given to a handler" + (", and to a second from outside" if second else ""))
    note(by, "complaints.assign", complaint, detail={"second": second is not None, "inside": inside})
    return complaint


@command
def acknowledge(by: Access, *, complaint: Complaint, words: str = "") -> Complaint:
    """Tell whoever complained that it was received and who looks into it."""
    complaint = _held(complaint)
    _may_handle(by, complaint)
    if complaint.acknowledged_on is not None or complaint.state != "received":
        raise refuse("this was acknowledged already.", "Open it again.")
    complaint.state, complaint.acknowledged_on = "acknowledged", today()
    complaint.save()
    _step(by, complaint, "Acknowledged", words)
    note(by, "complaints.acknowledge", complaint, detail={"in_time": today() <= complaint.acknowledge_by})
    return complaint


@command
def add_note(by: Access, *, complaint: Complaint, words: str, for_all: bool = False) -> Complaint:
    """Write down what was done; whoever complained sees it where ``for_all`` is set."""
    complaint = _held(complaint)
    _may_handle(by, complaint)
    if not words.strip():
        raise refuse("nothing was written.", "Write what was done.", "words")
    _step(by, complaint, "News" if for_all else "Note for handlers", words, for_all=for_all)
    note(by, "complaints.add_note", complaint)
    return complaint


@command
def propose(
    by: Access,
    *,
    complaint: Complaint,
    outcome: str,
    reason: str,
    redress: Sequence[str] = (),
    redress_words: str = "",
    payment: Decimal | None = None,
) -> Complaint:
    """Answer a complaint with a reason. Where there is a second, it is given once they agree."""
    complaint = _held(complaint)
    by.require(queries.HANDLING)
    if complaint.handler_id != by.user.pk:
        raise refuse("you do not handle this complaint.", "Its handler answers it.")
    if not complaint.is_open or complaint.state == "proposed":
        raise refuse("this cannot be answered as it stands.", "Open it again.")
    if outcome not in dict(Complaint.OUTCOMES):
        raise refuse("nothing was decided.", "Choose whether it is upheld.", "outcome")
    if not reason.strip():
        raise refuse("no reason was given.", "Write it to whoever complained, in plain words.", "reason")
    kinds = [kind for kind in redress if kind in dict(Complaint.REDRESS)]
    if outcome != "not" and not kinds:
        raise refuse("nothing is done to put it right.", "Choose at least an apology.", "redress")
    if ("payment" in kinds) != (payment is not None and payment > 0):
        raise refuse(
            "payment and amount do not go together.", "Tick a payment, and give the amount.", "payment"
        )
    complaint.outcome, complaint.reason, complaint.redress = outcome, reason.strip(), kinds
    complaint.redress_words, complaint.payment = redress_words.strip(), payment
    if complaint.acknowledged_on is None:
        complaint.acknowledged_on = today()
    if complaint.second_id is None:
        _answered(by, complaint)
    else:
        complaint.state = "proposed"
        complaint.save()
        _step(by, complaint, "An answer was written, and is looked at by somebody from outside", for_all=True)
    note(
        by,
        "complaints.propose",
        complaint,
        detail={"outcome": outcome, "second": complaint.second_id is not None},
    )
    return complaint


def _answered(by: Access, complaint: Complaint) -> None:
    complaint.state, complaint.answered_on = "answered", today()
    if complaint.first_in_time is None:
        complaint.first_in_time = today() <= complaint.answer_by
    complaint.save()
    _step(by, complaint, f"Answered: {complaint.get_outcome_display().lower()}", complaint.reason)


@command
def agree(by: Access, *, complaint: Complaint, agreed: bool, why: str = "") -> Complaint:
    """Agree to an answer as the second, so that it is given; or send it back, with why."""
    complaint = _held(complaint)
    by.require(queries.HANDLING)
    if complaint.second_id != by.user.pk:
        raise refuse("you are not the second on this complaint.", "Only they agree to its answer.")
    if complaint.state != "proposed":
        raise refuse("no answer waits to be agreed.", "Open it again.")
    if agreed:
        _answered(by, complaint)
    else:
        if not why.strip():
            raise refuse("no reason was given.", "Write what is missing in the answer.", "why")
        complaint.state = "acknowledged"
        complaint.save()
        _step(by, complaint, "Sent back to the handler", why, for_all=False)
    note(by, "complaints.agree", complaint, detail={"agreed": agreed})
    return complaint


def _may_speak(by: Access, complaint: Complaint) -> None:
    """Raise unless the seat made the complaint, or handles it and speaks for whoever did."""
    by.require("complaints.make")
    if queries.own_complaints(by).filter(pk=complaint.pk).exists():
        return
    if not by.may(queries.HANDLING) or not queries.handled(by).filter(pk=complaint.pk).exists():
        raise refuse("this complaint is not yours.", "Only whoever made it says so.")


@command
def escalate(
    by: Access, *, complaint: Complaint, why: str, panel: Panel | None = None, outside_body: str = ""
) -> Complaint:
    """Take a complaint further: from the organisation to a panel, and from there to an outside body.

    Whoever complained may, once it is answered or late. An outside body may be gone to at any time; here it is kept that
    it was.
    """
    complaint = _held(complaint)
    _may_speak(by, complaint)
    if complaint.stage == "outside" or complaint.state in ("closed", "withdrawn"):
        raise refuse("this complaint is closed here.", "Go to the outside body, or complain anew.")
    if not why.strip():
        raise refuse("nothing was written.", "Say what is still not right.", "why")
    rules = rules_of(by.partnership)
    if complaint.stage == "local":
        if complaint.state != "answered" and not complaint.is_late:
            raise refuse(
                "it is not answered yet, and its day has not come.", "You can take it further after that day."
            )
        if complaint.first_in_time is None:
            complaint.first_in_time = False
        complaint.stage, complaint.state = "panel", "acknowledged"
        complaint.panel = (
            panel or Panel.objects.filter(hears_complaints=True, is_open=True).order_by("pk").first()
        )
        complaint.handler = complaint.second = None
        complaint.answer_by = working_days_after(today(), rules.panel_days)
        _step(by, complaint, "Taken to the partnership's panel", why)
    else:
        complaint.stage, complaint.outside_body = "outside", outside_body.strip() or rules.outside_body
        _step(by, complaint, f"Taken to an outside body: {complaint.outside_body or 'not named'}", why)
    complaint.revision += 1
    complaint.save()
    note(by, "complaints.escalate", complaint, detail={"stage": complaint.stage})
    return complaint


@command
def put_right(by: Access, *, complaint: Complaint, on: dt.date) -> Complaint:
    """Say that what was promised to put it right was done, and when."""
    complaint = _held(complaint)
    _may_handle(by, complaint)
    if complaint.state != "answered" or not complaint.redress or complaint.redress_done_on is not None:
        raise refuse("nothing waits to be put right.", "Open it again.")
    if on > today() or (complaint.answered_on is not None and on < complaint.answered_on):
        raise refuse("this cannot be the day.", "Give a day since the answer, up to today.", "on")
    complaint.redress_done_on = on
    complaint.save()
    _step(by, complaint, "What was promised was done")
    note(by, "complaints.put_right", complaint)
    return complaint


@command
def say_satisfied(by: Access, *, complaint: Complaint, satisfied: str, words: str = "") -> Complaint:
    """Say whether the answer helped: whoever complained does, or a handler who asked them."""
    complaint = _held(complaint)
    _may_speak(by, complaint)
    if complaint.state not in ("answered", "closed"):
        raise refuse("it is not answered yet.", "Say it when it is.")
    if satisfied not in dict(Complaint.SATISFIED):
        raise refuse("nothing was chosen.", "Choose one.", "satisfied")
    complaint.satisfied, complaint.satisfied_words = satisfied, words.strip()
    complaint.save()
    _step(by, complaint, f"Was it put right? {complaint.get_satisfied_display()}", words)
    note(by, "complaints.say_satisfied", complaint, detail={"satisfied": satisfied})
    return complaint


@command
def close(by: Access, *, complaint: Complaint, changed: str = "") -> Complaint:
    """Close a complaint once what was promised is done, with what changed because of it."""
    complaint = _held(complaint)
    _may_handle(by, complaint)
    if complaint.state != "answered":
        raise refuse("it is not answered yet.", "Answer it first.")
    if complaint.redress and complaint.redress_done_on is None:
        raise refuse("what was promised is not done.", "Say first when it was.")
    complaint.state, complaint.closed_on, complaint.changed = "closed", today(), changed.strip()
    complaint.save()
    _step(by, complaint, "Closed", changed)
    note(by, "complaints.close", complaint, detail={"changed": bool(changed.strip())})
    return complaint


@command
def take_back(by: Access, *, complaint: Complaint) -> Complaint:
    """Take one's own complaint back. It is kept that there was one."""
    complaint = _held(complaint)
    by.require("complaints.make")
    if not queries.own_complaints(by).filter(pk=complaint.pk).exists():
        raise refuse("this complaint is not yours.", "Only whoever made it takes it back.")
    if complaint.state in ("closed", "withdrawn"):
        raise refuse("this complaint is closed.", "Open it again.")
    complaint.state, complaint.closed_on = "withdrawn", today()
    complaint.save()
    _step(by, complaint, "Taken back")
    note(by, "complaints.take_back", complaint)
    return complaint


@command
def set_rules(by: Access, *, values: Mapping[str, Any]) -> ComplaintRules:
    """Set the working days that the partnership gives itself, and the outside body to go to."""
    by.require("governance.manage")
    rules, _ = ComplaintRules.objects.get_or_create(partnership=by.partnership)
    for name in ("acknowledge_days", "answer_days", "panel_days"):
        days = values.get(name)
        if days is None or not 1 <= days <= 60:
            raise refuse("this is no number of working days.", "Give a number from 1 to 60.", name)
        setattr(rules, name, days)
    rules.outside_body = str(values.get("outside_body") or "").strip()
    rules.outside_how = str(values.get("outside_how") or "").strip()
    rules.save()
    note(
        by, "complaints.set_rules", rules,
        detail={name: getattr(rules, name) for name in ("acknowledge_days", "answer_days", "panel_days")},
    )  # fmt: skip
    return rules
