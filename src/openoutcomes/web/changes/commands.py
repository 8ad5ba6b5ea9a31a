"""Writing changes to delivery down, correcting them, agreeing to them, and saying what happened next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from openoutcomes.web.changes import money, queries
from openoutcomes.web.changes.models import (
    FIELDS,
    Agreement,
    BudgetLine,
    Change,
    Entry,
    FollowUp,
    Move,
)
from openoutcomes.web.changes.money import Wanted
from openoutcomes.web.changes.things import thing_of
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, needed, note, refuse
from openoutcomes.web.partnerships.models import Organisation, Programme
from openoutcomes.web.records import store
from openoutcomes.web.ties.commands import tie
from openoutcomes.web.ties.kinds import Thing

_NEEDED = {
    "title": "Say in one line what changed.",
    "why": "Say why.",
    "role": "Name the role that decided.",
    "expected": "Say what you expect of it.",
}
#: Fields that whoever agreed has agreed to: correcting one asks them again.
_AGREED_TO = ("title", "what", "programme", "contract", "effective_from", "total_why")


def _checked(by: Access, values: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: values[name] for name in FIELDS if name in values}
    for name, mend in _NEEDED.items():
        given[name] = needed(str(given.get(name) or ""), mend, name)
    for name in ("organisation", "programme", "contract"):
        one = given.get(name)
        if one is not None and one.partnership_id != by.partnership.pk:
            raise refuse("this is not of the partnership.", "Choose one from the list.", name)
    programme = given.get("programme")
    if programme is not None:
        if given.get("organisation") is None:
            given["organisation"] = programme.organisation
        if programme.organisation_id != given["organisation"].pk:
            raise refuse("another organisation runs this programme.", "Choose one of its own.", "programme")
        if given.get("contract") is None:
            given["contract"] = programme.contract
    if given["decided_on"] > today():
        raise refuse(
            "it cannot have been decided on a day to come.", "Give the day it was decided.", "decided_on"
        )
    if given["follow_on"] <= given["decided_on"]:
        raise refuse("there is no time to see what happens.", "Give a later day.", "follow_on")
    return given


def _moved(given: Mapping[str, Any], moves: Sequence[Wanted], *, without: Change | None = None) -> None:
    """Refuse moves that a line has not the money for, or that change the total without a word."""
    lines = [line for move in moves for line in (move.source, move.target) if line is not None]
    organisation = given.get("organisation")
    if any(organisation is None or line.programme.organisation_id != organisation.pk for line in lines):
        raise refuse("a budget line is another organisation’s.", "Choose its own lines.", "source_1")
    for move in moves:
        if move.amount <= 0:
            raise refuse("an amount is not more than nothing.", "Give what moves.", "amount_1")
        if move.source is None and move.target is None:
            raise refuse("money moves from nowhere to nowhere.", "Choose a line.", "source_1")
        if move.source is not None and move.target is not None and move.source.pk == move.target.pk:
            raise refuse("money moves from a line to itself.", "Choose another line.", "target_1")
    if without is not None:
        # What a line gained before and gains no more may have moved on since.
        lines += [
            line
            for move in money.moves_of(without)
            for line in (move.source, move.target)
            if line is not None
        ]
    # Held in one order, so that two changes at once neither take the same money nor wait for each other.
    pks = sorted({line.pk for line in lines})
    held = list(BudgetLine.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
    standing = money.holds(held, without=without)
    for one in standing.values():
        out = sum(
            (move.amount for move in moves if move.source and move.source.pk == one.line.pk), Decimal(0)
        )
        into = sum(
            (move.amount for move in moves if move.target and move.target.pk == one.line.pk), Decimal(0)
        )
        if out > one.free + into:
            raise refuse(
                f"“{one.line}” has £{one.free:,.2f} left that is not promised elsewhere.",
                "Move less.",
                "amount_1",
            )
    total = money.total_change(moves)
    if total and not str(given.get("total_why") or "").strip():
        raise refuse(
            f"the total changes by £{total:,.2f}.", "Say why, or move the money between lines.", "total_why"
        )


def _enter(
    by: Access,
    change: Change,
    kind: str,
    *,
    words: str = "",
    on: dt.date | None = None,
    organisation: Any = None,
) -> Entry:
    values: dict[str, Any] = {
        **change.values(),
        "moves": [money.said(move) for move in money.moves_of(change)],
    }
    entry: Entry = Entry.objects.create(
        partnership=by.partnership, change=change, number=change.number, kind=kind, values=values, words=words,
        on=on or today(), organisation=organisation, by=by.user, at=now(),
    )  # fmt: skip
    return entry


def _ask(by: Access, change: Change, organisations: Collection[Organisation]) -> None:
    for organisation in sorted(organisations, key=lambda one: one.pk):
        Agreement.objects.create(
            partnership=by.partnership,
            change=change,
            organisation=organisation,
            number=change.number,
            asked_on=today(),
        )


def _stand(by: Access, change: Change) -> None:
    """Let a change's state follow from what was agreed and looked at, and keep the standard's row in step."""
    if change.state != "withdrawn":
        answers = [one.answer for one in Agreement.objects.filter(change=change, number=change.number)]
        latest = FollowUp.objects.filter(change=change).order_by("-at", "-pk").first()
        if "object" in answers:
            change.state = "objected"
        elif "" in answers:
            change.state = "proposed"
        else:
            change.state = "followed" if latest is not None and latest.next_on is None else "made"
    if change.state in Change.HOLDS or change.record_id:
        latest = FollowUp.objects.filter(change=change).order_by("-at", "-pk").first()
        values = {
            "organisation_id": change.organisation.organisation_id if change.organisation else None,
            "programme_id": change.programme.programme_id if change.programme else None,
            "heard": change.why, "changed": f"{change.title}\n{change.what}".strip(), "decided_by": change.role,
            "decided_on": change.decided_on, "result": latest.words if latest else None,
            "reviewed_on": latest.on if latest else None,
        }  # fmt: skip
        record = store.write(
            by, "changes", values, organisation=change.organisation, contract=change.contract,
            record_id=change.record_id, withdrawn=change.state not in Change.HOLDS,
        )  # fmt: skip
        change.record_id = record.record_id
    change.save()


def _held(by: Access, change: Change, action: str = "changes.record") -> Change:
    if action == "changes.record":
        by.require(action, change.organisation_id or 0)
    rows = Change.objects.select_for_update(of=("self",)).select_related(
        "organisation", "programme", "contract"
    )
    held: Change = rows.get(pk=change.pk)
    if held.state == "withdrawn":
        raise refuse("this change was withdrawn.", "Write another down.")
    return held


def _allowed(by: Access, given: Mapping[str, Any], agree: Collection[Organisation]) -> None:
    parties = {
        party.organisation_id
        for party in queries.agreeing(by)
        if party.contract_id == getattr(given.get("contract"), "pk", 0)
    }
    if any(one.pk not in parties for one in agree):
        raise refuse(
            "an organisation that is asked to agree is no payer of this contract.",
            "Choose the contract’s own.",
            "agree",
        )


@command
def record(
    by: Access,
    *,
    values: Mapping[str, Any],
    moves: Sequence[Wanted] = (),
    agree: Collection[Organisation] = (),
    because: Sequence[Thing] = (),
) -> Change:
    """Write a change down, with the money it moves, and ask those to agree whom the contract asks."""
    organisation = values.get("organisation") or getattr(values.get("programme"), "organisation", None)
    by.require("changes.record", organisation if organisation is not None else 0)
    given = _checked(by, values)
    _allowed(by, given, agree)
    _moved(given, moves)
    change: Change = Change.objects.create(
        partnership=by.partnership,
        recorded_by=by.user,
        recorded_at=now(),
        total_change=money.total_change(moves),
        **given,
    )
    _keep_moves(by, change, moves)
    _ask(by, change, agree)
    _enter(by, change, "recorded")
    _stand(by, change)
    for thing in because:
        tie(by, one=thing_of(by, change), other=thing)
    note(
        by, "changes.record", change, organisation=change.organisation,
        detail={"moved": str(sum((move.amount for move in moves), Decimal(0))), "asked": len(agree)},
    )  # fmt: skip
    return change


def _keep_moves(by: Access, change: Change, moves: Sequence[Wanted]) -> None:
    for move in moves:
        Move.objects.create(
            partnership=by.partnership, change=change, number=change.number, source=move.source, target=move.target,
            amount=move.amount,
        )  # fmt: skip


@command
def correct(
    by: Access,
    *,
    change: Change,
    values: Mapping[str, Any],
    why: str,
    moves: Sequence[Wanted] = (),
    agree: Collection[Organisation] = (),
    expected_number: int | None = None,
) -> Change:
    """Correct a change. How it read stays in an entry; those who agreed to what changes are asked again."""
    held = _held(by, change)
    why = needed(why, "Write why it is corrected.", "why_corrected")
    if expected_number is not None and held.number != expected_number:
        raise refuse("somebody corrected this after you opened it.", "Open it again.")
    given = _checked(by, values)
    by.require("changes.record", given["organisation"] if given.get("organisation") is not None else 0)
    _allowed(by, given, agree)
    _moved(given, moves, without=held)
    changed = [name for name in given if getattr(held, name) != given[name]]
    before = [(move.source_id, move.target_id, move.amount) for move in money.moves_of(held)]
    after = [
        (move.source.pk if move.source else None, move.target.pk if move.target else None, move.amount)
        for move in moves
    ]
    earlier = {one.organisation_id: one for one in queries.agreements_of(held)}
    if set(earlier) - {one.pk for one in agree}:
        # Otherwise an objection would be corrected away.
        raise refuse(
            "somebody who was asked to agree would be asked no more.",
            "Tick them, or withdraw the change.",
            "agree",
        )
    if not changed and before == after and set(earlier) == {one.pk for one in agree}:
        raise refuse("nothing was changed.", "Change something, or go back.")
    again = bool(set(changed) & set(_AGREED_TO)) or before != after
    for name in changed:
        setattr(held, name, given[name])
    held.number += 1
    held.total_change = money.total_change(moves)
    held.save()
    _keep_moves(by, held, moves)
    _ask(by, held, agree)
    if not again:
        _carry(held, earlier)
    _enter(by, held, "corrected", words=why)
    _stand(by, held)
    note(
        by,
        "changes.correct",
        held,
        organisation=held.organisation,
        detail={"fields": changed, "moves": before != after},
    )
    return held


def _carry(change: Change, earlier: Mapping[int, Agreement]) -> None:
    """Keep what was said where what was agreed to is as it was."""
    for one in Agreement.objects.filter(change=change, number=change.number):
        before = earlier.get(one.organisation_id)
        if before is not None and before.answer:
            one.answer, one.why = before.answer, before.why
            one.answered_on, one.answered_by = before.answered_on, before.answered_by
            one.save()


@command
def answer(by: Access, *, agreement: Agreement, said: str, why: str = "") -> Agreement:
    """Agree to a change, or object with a reason. It can be said otherwise later; each is kept."""
    by.require("changes.agree", agreement.organisation_id)
    held = _held(by, agreement.change, "changes.agree")
    one: Agreement = (
        Agreement.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=agreement.pk)
    )
    if one.number != held.number:
        raise refuse("the change was corrected since.", "Read it again, and answer what it says now.")
    if said not in dict(Agreement.ANSWERS):
        raise refuse("nothing was said.", "Choose one.", "said")
    if said == "object":
        why = needed(why, "Write what would have to change for you to agree.", "why")
    if held.state == "followed":
        raise refuse("this change was made and looked at.", "Ask for another change.")
    one.answer, one.why, one.answered_on, one.answered_by = said, why.strip(), today(), by.user
    one.save()
    _enter(
        by, held, "agreed" if said == "agree" else "objected", words=one.why, organisation=one.organisation
    )
    _stand(by, held)
    note(
        by,
        "changes.answer",
        one,
        organisation=one.organisation,
        detail={"change": held.change_id, "answer": said},
    )
    return one


@command
def follow_up(
    by: Access, *, change: Change, on: dt.date, result: str, words: str, next_on: dt.date | None = None
) -> FollowUp:
    """Say what happened after a change; with ``next_on``, it is looked at again."""
    held = _held(by, change)
    if held.state not in Change.HOLDS:
        raise refuse("this change is not made yet.", "Wait until those who are asked have agreed.")
    if not held.decided_on <= on <= today():
        raise refuse("it cannot have been seen on this day.", "Give a day since the decision.", "on")
    if result not in dict(FollowUp.RESULTS):
        raise refuse("it is not said whether it was as expected.", "Choose one.", "result")
    if next_on is not None and next_on <= on:
        raise refuse("the day to look again is over.", "Give a later day.", "next_on")
    if result == "early" and next_on is None:
        raise refuse("it is too early, and nobody is to look again.", "Give a day to look again.", "next_on")
    made: FollowUp = FollowUp.objects.create(
        partnership=by.partnership, change=held, on=on, result=result, words=needed(words, "Write what you saw.", "words"),
        next_on=next_on, by=by.user, at=now(),
    )  # fmt: skip
    if next_on is not None:
        held.follow_on = next_on
    _enter(by, held, "followed", words=f"{made.get_result_display()}. {made.words}", on=on)
    _stand(by, held)
    note(by, "changes.follow_up", held, organisation=held.organisation, detail={"result": result})
    return made


@command
def withdraw(by: Access, *, change: Change, why: str) -> Change:
    """Withdraw a change that was written down by mistake or will not be made: its money moves back."""
    held = _held(by, change)
    why = needed(why, "Write why.", "why")
    # What a line gained may have been spent on since: it is not taken from where it is no more.
    moves = money.moves_of(held)
    lines = [move.target for move in moves if move.target is not None]
    if held.state in Change.HOLDS and lines:
        pks = sorted({line.pk for line in lines})
        locked = list(BudgetLine.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
        for one in money.holds(locked, without=held).values():
            if one.free < 0:
                raise refuse(f"money that “{one.line}” gained has moved on.", "Move it back first.")
    held.state = "withdrawn"
    _enter(by, held, "withdrawn", words=why)
    _stand(by, held)
    note(by, "changes.withdraw", held, organisation=held.organisation)
    return held


@command
def add_line(by: Access, *, programme: Programme, name: str, opening: Decimal) -> BudgetLine:
    """Add a budget line to a programme, with what it holds to begin with."""
    by.require("changes.record", programme.organisation_id)
    name = needed(name, "Give the line a name.", "name")
    if opening < 0:
        raise refuse("a line cannot begin with less than nothing.", "Give what it holds.", "opening")
    try:
        with transaction.atomic():
            line: BudgetLine = BudgetLine.objects.create(
                partnership=by.partnership, programme=programme, name=name, opening=opening, opened_on=today(),
                added_by=by.user,
            )  # fmt: skip
    except IntegrityError:
        raise refuse("the programme has a line of this name.", "Give it another.", "name") from None
    note(by, "changes.add_line", line, organisation=programme.organisation, detail={"opening": str(opening)})
    return line
