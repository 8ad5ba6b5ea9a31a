"""Raising barriers, asking about them, answering, taking them further, and sharing them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied

from openoutcomes.web.barriers import queries
from openoutcomes.web.barriers.models import LEVELS, Ask, Barrier, BarrierStep, Mark, SharedBarrier
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, needed, note, refuse
from openoutcomes.web.core.guard import Suspect, suspects
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.models import Person
from openoutcomes.web.people.queries import own_people

#: What is written about a barrier.
FIELDS = (
    "title", "what", "kind", "rule", "owner", "owner_outside", "bender", "estimate", "how_known", "how_words",
)  # fmt: skip


def _home(by: Access) -> Organisation | None:
    """Return the organisation a seat raises a barrier for; nothing where it is for the whole partnership."""
    if by.reach("barriers.raise") == "partnership":
        return None
    own: Any = Organisation.of(by.partnership).filter(pk__in=by.organisation_ids("barriers.raise"))
    return own.order_by("name").first()


def _held(barrier: Barrier) -> Barrier:
    """Return a barrier, held until the end of the command."""
    held: Barrier = (
        Barrier.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=barrier.pk)
    )
    if held.joined_to_id is not None:
        raise refuse("this barrier is the same as another.", "Go on with that one.")
    return held


def _managed(by: Access, barrier: Barrier) -> Barrier:
    by.require("barriers.manage", barrier.organisation_id or 0)
    return _held(barrier)


def _step(by: Access, barrier: Barrier, kind: str, **values: Any) -> BarrierStep:
    values.setdefault("on", today())
    step: BarrierStep = BarrierStep.objects.create(
        partnership=by.partnership, barrier=barrier, kind=kind, by=by.user, at=now(), **values
    )
    return step


def _checked(by: Access, values: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: values[name] for name in FIELDS if name in values}
    given["title"] = needed(str(given.get("title") or ""), "Say in one line what gets in the way.", "title")
    owner = given.get("owner")
    if owner is not None and owner.partnership_id != by.partnership.pk:
        raise refuse("this organisation is not of the partnership.", "Choose one from the list.", "owner")
    if owner is not None and str(given.get("owner_outside") or "").strip():
        raise refuse(
            "two owners were given.", "Choose an organisation, or name a body outside.", "owner_outside"
        )
    if given.get("estimate") is not None and not given.get("how_known"):
        raise refuse("it is not said how the number is known.", "Choose one.", "how_known")
    return given


@command
def add(by: Access, *, values: Mapping[str, Any], anyway: bool = False, origin: str = "") -> Barrier:
    """Raise a barrier. One that reads like another asks whether it is the same first."""
    organisation = _home(by)
    by.require("barriers.raise", organisation)
    given = _checked(by, values)
    if not anyway:
        near = queries.similar_to(by, given["title"], given.get("what", ""), given.get("rule", ""))
        if near:
            raise refuse(
                f"this reads like “{near[0].title}”, which is written down already.",
                "Open that one, or tick below that yours is another.", "anyway",
            )  # fmt: skip
    barrier: Barrier = Barrier.objects.create(
        partnership=by.partnership, organisation=organisation, raised_by=by.user, raised_at=now(),
        level_since=today(), origin=origin, **given,
    )  # fmt: skip
    _step(by, barrier, "raised")
    note(by, "barriers.add", barrier, organisation=organisation, detail={"kind": barrier.kind})
    return barrier


@command
def change(
    by: Access, *, barrier: Barrier, values: Mapping[str, Any], why: str = "", expected: int | None = None
) -> Barrier:
    """Change what is written about a barrier. What is shared stays as it was checked."""
    if not queries.may_write(by, barrier):
        by.require("barriers.manage", barrier.organisation_id or 0)
    by.require("barriers.raise")
    held = _held(barrier)
    if expected is not None and held.revision != expected:
        raise refuse(
            "somebody changed this barrier after you opened it.", "Open it again, and add what is missing."
        )
    given = _checked(by, values)
    changed = [name for name in given if getattr(held, name) != given[name]]
    if not changed:
        raise refuse("nothing was changed.", "Change something, or go back.")
    # How it read before is kept beside the step, so that nothing said in a meeting is lost.
    before = "; ".join(f"{name.replace('_', ' ')}: {getattr(held, name) or '–'}" for name in changed)
    for name in changed:
        setattr(held, name, given[name])
    held.revision += 1
    held.save()
    reason = f"{why.strip()}\n" if why.strip() else ""
    _step(by, held, "changed", words=f"{reason}Before: {before}")
    note(by, "barriers.change", held, organisation=held.organisation, detail={"fields": changed})
    return held


@command
def ask(
    by: Access,
    *,
    barrier: Barrier,
    what: str,
    due_on: dt.date,
    whom: Organisation | None = None,
    whom_outside: str = "",
    whom_role: str = "",
    asked_on: dt.date | None = None,
) -> Ask:
    """Ask somebody to do something about a barrier, by a day."""
    held = _managed(by, barrier)
    what = needed(what, "Write what they are asked to do.", "what")
    asked_on = asked_on or today()
    if (whom is None) == (not whom_outside.strip()):
        raise refuse(
            "it is not clear who is asked.", "Choose an organisation, or name a body outside.", "whom"
        )
    if whom is not None and whom.partnership_id != by.partnership.pk:
        raise refuse("this organisation is not of the partnership.", "Choose one from the list.", "whom")
    if asked_on > today():
        raise refuse("it cannot have been asked on a day to come.", "Give the day it was asked.", "asked_on")
    if due_on < asked_on:
        raise refuse("the answer is due before it was asked.", "Give a later day.", "due_on")
    if held.is_done:
        raise refuse("this barrier is settled.", "Open it again first.")
    made: Ask = Ask.objects.create(
        partnership=by.partnership, barrier=held, what=what, whom=whom, whom_outside=whom_outside.strip(),
        whom_role=whom_role.strip(), level=held.level, asked_on=asked_on, due_on=due_on, asked_by=by.user,
    )  # fmt: skip
    _step(by, held, "asked", on=asked_on, words=what, ask=made, level=held.level)
    held.state = "asked"
    held.save()
    note(
        by, "barriers.ask", made, organisation=whom or held.organisation, detail={"barrier": held.barrier_id}
    )
    return made


def _ask(one: Ask) -> tuple[Ask, Barrier]:
    barrier = _held(one.barrier)
    held: Ask = Ask.objects.select_for_update(of=("self",)).get(pk=one.pk)
    if held.withdrawn_at is not None:
        raise refuse("what was asked was taken back.", "Open the barrier again.")
    return held, barrier


def _settle(barrier: Barrier) -> None:
    """Let a barrier's state follow from what was asked and stands."""
    asks = list(Ask.objects.filter(barrier=barrier, withdrawn_at=None))
    if any(one.is_open for one in asks):
        barrier.state = "asked"
    else:
        was_settled = BarrierStep.objects.filter(barrier=barrier, kind="reopened").exists()
        barrier.state = "answered" if asks else ("reopened" if was_settled else "open")
    barrier.save()


@command
def answer(by: Access, *, ask: Ask, said: str, why: str, on: dt.date | None = None) -> Ask:
    """Answer what was asked, with the reason. A later answer takes the place of an earlier one; both are kept."""
    by.require("barriers.answer", ask.whom_id or 0)
    held, barrier = _ask(ask)
    on = on or today()
    if said not in dict(Ask.ANSWERS):
        raise refuse("there is no answer.", "Choose one.", "said")
    why = needed(why, "Write why, so that people can be told.", "why")
    if not held.asked_on <= on <= today():
        raise refuse("the answer is of an impossible day.", "Give a day since it was asked.", "on")
    if barrier.is_done:
        raise refuse("this barrier is settled.", "Open it again first.")
    held.answer, held.answer_why, held.answered_on, held.answered_by = said, why, on, by.user
    held.helped, held.checked_on, held.result = None, None, ""
    held.save()
    _step(by, barrier, "answered", on=on, words=why, ask=held, answer=said)
    _settle(barrier)
    note(
        by,
        "barriers.answer",
        held,
        organisation=held.whom,
        detail={"barrier": barrier.barrier_id, "answer": said},
    )
    return held


@command
def take_back(by: Access, *, ask: Ask, why: str) -> Ask:
    """Take back what was asked, where it was asked by mistake."""
    by.require("barriers.manage", ask.barrier.organisation_id or 0)
    held, barrier = _ask(ask)
    why = needed(why, "Write why.", "why")
    held.withdrawn_at = now()
    held.save()
    _step(by, barrier, "withdrew", words=why, ask=held)
    if not barrier.is_done:
        _settle(barrier)
    note(
        by,
        "barriers.take_back",
        held,
        organisation=barrier.organisation,
        detail={"barrier": barrier.barrier_id},
    )
    return held


@command
def check(by: Access, *, ask: Ask, helped: bool, result: str, on: dt.date | None = None) -> Ask:
    """Say whether an answer took the barrier away, looked at on a day."""
    by.require("barriers.manage", ask.barrier.organisation_id or 0)
    held, barrier = _ask(ask)
    on = on or today()
    if not held.answer or held.answered_on is None:
        raise refuse("there is no answer yet.", "Wait for it, or take the barrier further.")
    if not held.answered_on <= on <= today():
        raise refuse("it was looked at on an impossible day.", "Give a day since the answer.", "on")
    if barrier.is_done:
        raise refuse("this barrier is settled.", "Open it again first.")
    held.helped, held.result, held.checked_on = helped, needed(result, "Write what you saw.", "result"), on
    held.save()
    _step(by, barrier, "helped" if helped else "still", on=on, words=held.result, ask=held)
    if helped:
        barrier.state = "gone"
        barrier.save()
    note(
        by, "barriers.check", held, organisation=barrier.organisation,
        detail={"barrier": barrier.barrier_id, "helped": helped},
    )  # fmt: skip
    return held


@command
def settle(by: Access, *, barrier: Barrier, how: str, why: str) -> Barrier:
    """Say that a barrier is gone by itself, or that it is lived with, and why."""
    held = _managed(by, barrier)
    if how not in Barrier.DONE:
        raise refuse("it is not said how it ended.", "Choose one.", "how")
    if held.is_done:
        raise refuse("this barrier is settled already.", "Open it again first.")
    held.state = how
    held.save()
    _step(by, held, how, words=needed(why, "Write why, so that people can be told.", "why"))
    note(by, "barriers.settle", held, organisation=held.organisation, detail={"state": how})
    return held


@command
def reopen(by: Access, *, barrier: Barrier, why: str) -> Barrier:
    """Open a settled barrier again: it is back, or it was settled by mistake."""
    held = _managed(by, barrier)
    if not held.is_done:
        raise refuse("this barrier is not settled.", "Open the page again.")
    held.state = "reopened"
    held.save()
    _step(by, held, "reopened", words=needed(why, "Write what was seen.", "why"))
    note(by, "barriers.reopen", held, organisation=held.organisation)
    return held


@command
def take_further(by: Access, *, barrier: Barrier, level: str, why: str) -> Barrier:
    """Take a barrier to another level: further up, or back where it was taken too far."""
    held = _managed(by, barrier)
    if level not in LEVELS or level == held.level:
        raise refuse("it is there already.", "Choose another.", "level")
    if held.is_done:
        raise refuse("this barrier is settled.", "Open it again first.")
    held.level, held.level_since = level, today()
    held.save()
    _step(
        by, held, "moved", words=needed(why, "Write why, so that whoever gets it knows.", "why"), level=level
    )
    note(by, "barriers.take_further", held, organisation=held.organisation, detail={"level": level})
    return held


# People


def _own(by: Access, people: Collection[Person]) -> dict[int, Organisation]:
    """Return for each person the seat's organisation whose own they are; refuse for anybody else's."""
    wanted = {person.pk for person in people}
    allowed: Any = own_people(by).filter(pk__in=wanted)
    organisations = {one.pk: one for one in by.organisations()}
    rows = allowed.filter(
        sights__organisation__in=organisations, sights__basis="own", sights__withdrawn_at=None
    )
    found = {pk: organisations[key] for pk, key in rows.values_list("pk", "sights__organisation")}
    if set(found) != wanted:
        raise PermissionDenied("barriers.mark")
    return found


def _set(by: Access, barrier: Barrier, person: Person, organisation: Organisation, *, stops: bool) -> bool:
    """Mark or unmark; say whether anything changed."""
    before = Mark.objects.filter(
        barrier=barrier, person=person, organisation=organisation, lifted_at=None
    ).first()
    if stops == (before is not None):
        return False
    if before is None:
        Mark.objects.create(
            partnership=by.partnership, barrier=barrier, person=person, organisation=organisation,
            marked_by=by.user, marked_at=now(),
        )  # fmt: skip
    else:
        before.lifted_at, before.lifted_by = now(), by.user
        before.save()
    verb = "barriers.mark" if stops else "barriers.unmark"
    note(by, verb, barrier, person=person, organisation=organisation)
    return True


@command
def mark_people(
    by: Access, *, barrier: Barrier, shown: Sequence[Person], stopped: Collection[int]
) -> Barrier:
    """Say which of the people shown a barrier stops: those ticked are marked, the others are not."""
    held = _held(barrier)
    where = _own(by, shown)
    for organisation in where.values():
        by.require("barriers.mark", organisation)
    by.require("barriers.mark")
    for person in shown:
        _set(by, held, person, where[person.pk], stops=person.pk in stopped)
    note(by, "barriers.mark_people", held, detail={"shown": len(shown)})
    return held


@command
def mark_barriers(by: Access, *, person: Person, shown: Sequence[Barrier], stops: Collection[int]) -> Person:
    """Say which of the barriers shown stop a person."""
    organisation = _own(by, [person])[person.pk]
    by.require("barriers.mark", organisation)
    for barrier in shown:
        _set(by, barrier, person, organisation, stops=barrier.pk in stops)
    note(by, "barriers.mark_barriers", person, person=person, organisation=organisation)
    return person


# Together with other partnerships, and within


def suspects_of(barrier: Barrier, learned: str = "") -> list[Suspect]:
    """Return what in a barrier may point at a person; names of the partnership's organisations are none."""
    names = Organisation.of(barrier.partnership).values_list("name", flat=True)
    known = [*names, barrier.owner_outside, barrier.partnership.name, barrier.partnership.place]
    return suspects(public_words(barrier, learned), known)


def public_words(barrier: Barrier, learned: str) -> dict[str, str]:
    """Return the words of a barrier that others would read."""
    return {
        "title": barrier.title, "what": barrier.what, "rule": barrier.rule, "owner": barrier.owner_words,
        "bender": barrier.bender, "learned": learned.strip(),
    }  # fmt: skip


@command
def share(
    by: Access, *, barrier: Barrier, learned: str = "", looked_at: Collection[str] = ()
) -> SharedBarrier:
    """Let other partnerships of this installation read a barrier as it stands now, checked first."""
    by.require("barriers.manage", 0)
    held = _held(barrier)
    found = suspects_of(held, learned)
    going = [one for one in found if one.must_go]
    if going:
        raise refuse(f"“{going[0].text}” looks like {going[0].words}.", "Change the words, and take it out.")
    if any(one.key not in looked_at for one in found):
        raise refuse(
            "not everything that was found has been looked at.", "Tick each that names nobody.", "looked_at"
        )
    words = public_words(held, learned)
    earlier = SharedBarrier.objects.filter(barrier=held, withdrawn_at=None).first()
    if earlier is not None:
        # Others keep the way to it when the words are put right.
        earlier.values, earlier.shared_by = words, by.user
        earlier.save()
        shared = earlier
    else:
        shared = SharedBarrier.objects.create(
            partnership=by.partnership, barrier=held, values=words, shared_by=by.user, shared_at=now()
        )
    _step(by, held, "shared")
    note(by, "barriers.share", shared, detail={"barrier": held.barrier_id, "looked_at": len(found)})
    return shared


@command
def unshare(by: Access, *, barrier: Barrier) -> Barrier:
    """Take a barrier back from the other partnerships."""
    by.require("barriers.manage", 0)
    shared = SharedBarrier.objects.filter(barrier=barrier, withdrawn_at=None).first()
    if shared is None:
        raise refuse("this barrier is not shared.", "Open the page again.")
    shared.withdrawn_at, shared.withdrawn_by = now(), by.user
    shared.save()
    _step(by, barrier, "unshared")
    note(by, "barriers.unshare", shared, detail={"barrier": barrier.barrier_id})
    return barrier


@command
def have_it_too(by: Access, *, share: SharedBarrier) -> Barrier:
    """Say that this partnership has a shared barrier too: it is written down here, and others see that we have it."""
    by.require("barriers.manage", 0)
    if share.partnership_id == by.partnership.pk or share.withdrawn_at is not None:
        raise refuse("this is not shared with you.", "Open the list again.")
    if Barrier.objects.filter(origin=share.share_id).exists():
        raise refuse("it is written down here already.", "Open your own.")
    words = share.values
    values = {
        "title": words["title"], "what": words["what"], "rule": words["rule"], "kind": share.barrier.kind,
        "bender": words["bender"],
    }  # fmt: skip
    # Whose rule it is here is for this partnership to find out.
    made: Barrier = add(by, values=values, anyway=True, origin=share.share_id)
    note(by, "barriers.have_it_too", made, detail={"share": share.share_id})
    return made


@command
def join(by: Access, *, barrier: Barrier, to: Barrier) -> Barrier:
    """Say that a barrier is the same as another, which goes on; both keep what was written, and can be parted."""
    held = _managed(by, barrier)
    kept = _held(to)
    if held.pk == kept.pk or kept.partnership_id != by.partnership.pk:
        raise refuse("a barrier cannot be the same as itself.", "Choose another.", "to")
    if Ask.objects.filter(barrier=held, answer="", withdrawn_at=None).exists():
        raise refuse("an answer is still waited for here.", "Take back what was asked, and ask it there.")
    if SharedBarrier.objects.filter(barrier=held, withdrawn_at=None).exists():
        raise refuse("this barrier is shared.", "Take it back from the others first.")
    # What had been joined to this one comes along, so that no barrier hangs on one that is not listed.
    Barrier.objects.filter(joined_to=held).update(joined_to=kept)
    held.joined_to = kept
    held.save()
    _step(by, held, "joined", words=kept.title)
    _step(by, kept, "joined", words=held.title)
    note(by, "barriers.join", held, organisation=held.organisation, detail={"to": kept.barrier_id})
    return kept


@command
def part(by: Access, *, barrier: Barrier) -> Barrier:
    """Part a barrier again from the one that it was taken for."""
    by.require("barriers.manage", barrier.organisation_id or 0)
    held: Barrier = Barrier.objects.select_for_update(of=("self",)).get(pk=barrier.pk)
    kept = held.joined_to
    if kept is None:
        raise refuse("this barrier stands alone.", "Open the page again.")
    held.joined_to = None
    held.save()
    _step(by, held, "parted", words=kept.title)
    _step(by, kept, "parted", words=held.title)
    note(by, "barriers.part", held, organisation=held.organisation, detail={"from": kept.barrier_id})
    return held
