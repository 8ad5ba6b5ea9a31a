"""Running groups and keeping their registers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.groups.models import Attendance, Group, Member, Session
from openoutcomes.web.groups.queries import came_to, own_people, same_name
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.commands import add_person
from openoutcomes.web.people.models import Enrolment, Person
from openoutcomes.web.records import store

#: What a form may give of a group.
FIELDS = ("name", "programme", "kind", "place", "meets", "hours", "expects", "is_open")


def _checked(values: Mapping[str, Any], organisation: Organisation) -> dict[str, Any]:
    given = {name: values[name] for name in FIELDS if name in values}
    if not str(given.get("name") or "").strip():
        raise refuse("the group has no name.", "Give the name that people know it by.", "name")
    programme = given.get("programme")
    if programme is not None and programme.organisation_id != organisation.pk:
        raise refuse("this programme is another organisation's.", "Choose one of yours.", "programme")
    return given


@command
def add_group(by: Access, *, organisation: Organisation, values: Mapping[str, Any]) -> Group:
    """Start a group. A programme, a contract or details of those who come are never needed."""
    by.require("groups.manage", organisation)
    given = _checked(values, organisation)
    group: Group = Group.objects.create(partnership=by.partnership, organisation=organisation, **given)
    note(by, "groups.add_group", group, organisation=organisation)
    return group


@command
def change_group(by: Access, *, group: Group, values: Mapping[str, Any]) -> Group:
    """Change what is said of a group, or close it."""
    by.require("groups.manage", group.organisation)
    given = _checked(values, group.organisation)
    for name, value in given.items():
        setattr(group, name, value)
    group.save()
    note(by, "groups.change_group", group, organisation=group.organisation, detail={"fields": sorted(given)})
    return group


@command
def take_register(
    by: Access,
    *,
    group: Group,
    held_on: dt.date,
    came: Sequence[str],
    newcomers: Sequence[str] = (),
    hours: Decimal | None = None,
    place: str = "",
    session: Session | None = None,
    expected: int | None = None,
    is_void: bool = False,
    another: bool = False,
    anyway: bool = False,
    seconds: int | None = None,
) -> Session:
    """Save a register: who came (ids), and newcomers by name. One save, also of a register kept before.

    Each who came is a record of the standard's activities. Whoever is unticked afterwards has their
    record withdrawn, not deleted. ``expected`` is the revision that the form was opened with; the ``seconds``
    that the form took are shared out among the people it was about.
    """
    organisation = group.organisation
    by.require("groups.manage", organisation)
    if held_on > today():
        raise refuse("this day has not come yet.", "Take the register on the day.", "held_on")
    group = (
        Group.objects.select_for_update(of=("self",))
        .select_related("organisation", "programme")
        .get(pk=group.pk)
    )
    names = [name.strip() for name in newcomers if name.strip()]
    for name in names:
        if not anyway and same_name(by, organisation, name):
            raise refuse(
                "somebody of that name is recorded already.",
                "Tick them in the list, and take the name away here; or tick that it is somebody else.",
                "newcomers",
            )
    wanted = {person.pk: person for person in own_people(by, organisation).filter(person_id__in=set(came))}
    if len(wanted) != len(set(came)):
        raise refuse(
            "somebody on the register is not one of your people.", "Open the register again.", "came"
        )
    session = _session(by, group, held_on, session, expected, another=another)
    session.held_on, session.hours, session.place, session.is_void = held_on, hours, place, is_void
    session.saved_at, session.saved_by = now(), by.user
    session.save()
    for name in names:
        person = add_person(by, organisation=organisation, identity={"name": name})
        wanted[person.pk] = person
    changed = _attend(by, group, session, {} if is_void else wanted, seconds)
    note(
        by, "groups.take_register", session, organisation=organisation,
        detail={"came": len(wanted), "newcomers": len(names), "records": changed, "held_on": held_on.isoformat()},
    )  # fmt: skip
    return session


def _session(
    by: Access,
    group: Group,
    held_on: dt.date,
    session: Session | None,
    expected: int | None,
    *,
    another: bool,
) -> Session:
    if session is None:
        if not another and Session.objects.filter(group=group, held_on=held_on, is_void=False).exists():
            raise refuse(
                "there is a register for this day already.",
                "Open it from the group's page, or tick that the group met a second time that day.", "held_on",
            )  # fmt: skip
        return Session(partnership=by.partnership, group=group)
    held: Session = Session.objects.select_for_update().get(pk=session.pk, group=group)
    if expected is not None and held.revision != expected:
        raise refuse(
            "somebody saved this register after you opened it.", "Open it again, and add what is missing."
        )
    held.revision += 1
    return held


def _attend(
    by: Access, group: Group, session: Session, wanted: dict[int, Person], seconds: int | None
) -> int:
    """Bring the records in step with who came; return how many were written."""
    kept = came_to(session)
    listed = Member.objects.filter(group=group, left_on=None).select_related("person")
    codes = dict.fromkeys(wanted, "attended")
    people = dict(wanted)
    if group.expects and not session.is_void:
        for member in listed:
            if (
                member.person_id not in codes
                and member.person.erased_at is None
                and member.since <= session.held_on
            ):
                codes[member.person_id] = "missed"
                people[member.person_id] = member.person
    enrolments = _enrolments(group, session, [*codes, *kept])
    fresh = {key: _values(by, group, session, codes[key], kept.get(key)) for key in people}
    changed = {key: values for key, values in fresh.items() if values is not None}
    gone = [before for key, before in kept.items() if key not in codes and before.attended]
    times = _shared_out(seconds, len(changed) + len(gone))
    for key, values in changed.items():
        came = (people[key], codes[key], kept.get(key), enrolments.get(key))
        _write(by, group, session, values, *came, next(times))
    for before in gone:
        took = next(times)
        record = store.latest(by.partnership, "activities", before.record_id, lock=True)
        if record is not None:
            store.write(
                by, "activities", record.values, record_id=before.record_id, withdrawn=True, seconds=took
            )
        before.attended = ""
        before.save(update_fields=["attended"])
    _join(by, group, session, wanted)
    _seen(session, [enrolments[key] for key in wanted if key in enrolments])
    return len(changed) + len(gone)


def _shared_out(seconds: int | None, count: int) -> Iterator[int | None]:
    """Yield each record's part of the time that the form took: whole seconds that add up to it."""
    for number in range(count):
        yield None if seconds is None else seconds * (number + 1) // count - seconds * number // count


def _enrolments(group: Group, session: Session, people: list[int]) -> dict[int, Enrolment]:
    """Return each person's enrolment in the group's programme that was open on the day."""
    if group.programme_id is None:
        return {}
    rows = Enrolment.objects.filter(person__in=people, programme=group.programme_id)
    rows = rows.filter(started_on__lte=session.held_on).exclude(ended_on__lt=session.held_on)
    return {
        row.person_id: row for row in rows.select_related("person", "organisation").order_by("started_on")
    }


def _values(
    by: Access, group: Group, session: Session, code: str, before: Attendance | None
) -> dict[str, Any] | None:
    """Return what a person's record is to say; None where it says so already."""
    values: dict[str, Any] = {
        "kind": group.kind, "started_on": session.held_on, "hours": session.hours, "group_session": True,
        "attended": code, "note": group.name,
    }  # fmt: skip
    if before is not None:
        record = store.latest(by.partnership, "activities", before.record_id, lock=True)
        same = record is not None and not record.withdrawn and before.attended == code
        if same and record is not None and _unchanged(record.values, values):
            return None
        if record is not None:
            values = {**record.values, **values}
    return values


def _write(
    by: Access, group: Group, session: Session, values: dict[str, Any], person: Person, code: str,
    before: Attendance | None, enrolment: Enrolment | None, seconds: int | None,
) -> None:  # fmt: skip
    if before is not None:
        store.write(by, "activities", values, record_id=before.record_id, seconds=seconds)
        before.attended = code
        before.save(update_fields=["attended"])
        return
    written = store.write(
        by, "activities", values, person=person, enrolment=enrolment, organisation=group.organisation,
        seconds=seconds,
    )  # fmt: skip
    Attendance.objects.create(
        partnership=by.partnership, session=session, person=person, record_id=written.record_id, attended=code
    )


def _unchanged(kept: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    wanted = store.written("activities", {**kept, **values, "activity_id": "a", "recorded_at": now()})
    return all(kept.get(name) == wanted.get(name) for name in values)


def _join(by: Access, group: Group, session: Session, wanted: dict[int, Person]) -> None:
    """Put those who came on the group's list, for the next register."""
    known = {member.person_id: member for member in Member.objects.filter(group=group, person__in=wanted)}
    for key, person in wanted.items():
        member = known.get(key)
        if member is None:
            Member.objects.create(
                partnership=by.partnership, group=group, person=person, since=session.held_on
            )
        elif member.left_on is not None and member.left_on <= session.held_on:
            member.left_on = None
            member.save(update_fields=["left_on"])


def _seen(session: Session, enrolments: list[Enrolment]) -> None:
    """Keep the day on which people were last seen in step."""
    rows = Enrolment.objects.filter(pk__in=[one.pk for one in enrolments])
    rows.exclude(last_seen_on__gte=session.held_on).update(last_seen_on=session.held_on)
    rows.filter(next_on__lte=F("last_seen_on")).update(next_on=None)


@command
def take_off(by: Access, *, group: Group, person: Person) -> Member:
    """Take somebody off a group's list. What they came to stays recorded, and they may come back."""
    by.require("groups.manage", group.organisation)
    member: Member | None = Member.objects.select_for_update().filter(group=group, person=person).first()
    if member is None:
        raise refuse("this person is not on the list.", "Open the group again.")
    member.left_on = member.left_on or today()
    member.save(update_fields=["left_on"])
    note(by, "groups.take_off", member, person=person, organisation=group.organisation)
    return member
