"""Making one of two people who are one human being, and parting them again.

Records are never changed: each record of the one who goes gets a version under the one who stays, so
that pricing as of an earlier day still sees the two as they were known then. The ``Merge`` remembers ids
alone, and an undo gives back exactly what it remembers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, models, transaction

from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.scope import AppendOnly
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.commands import DETAILS, IDENTITY, index
from openoutcomes.web.people.models import Draft, Enrolment, Likeness, Merge, Person, Sight, Token
from openoutcomes.web.people.queries import home_of, own_organisation
from openoutcomes.web.records import store
from openoutcomes.web.records.models import Record

#: Rows about people that a merge treats by rules of their own, or leaves where they are.
_APART = (Record, Sight, Token, Enrolment, Merge, Likeness, Draft, Person)
_FLAGS = ("safeguarding", "safe_contact")


def may_merge(by: Access, kept: Person, merged: Person) -> Organisation:
    """Return the organisation whose own people both are; refuse where another works with either.

    A merge changes whom an organisation sees, so no organisation may do it to another.
    """
    organisation = own_organisation(by, kept, "people.merge")
    by.require("people.merge", organisation or 0)
    if organisation is None or kept.pk == merged.pk:
        raise refuse("one person cannot be merged with themselves.", "Choose another person.")
    if own_organisation(by, merged, "people.merge") != organisation:
        raise refuse("the other person is not one of your organisation's people.", "Choose another person.")
    for person in (kept, merged):
        if person.merged_into_id is not None or person.erased_at is not None:
            raise refuse("one of the two was merged or erased meanwhile.", "Open the list again.")
        others = [sight for sight in home_of(person) if sight.organisation_id != organisation.pk]
        if others:
            raise refuse(
                "another organisation works with one of the two, and a merge would change whom it sees.",
                "Ask that organisation to share or hand over first.",
            )
    return organisation


@command
def merge_people(by: Access, *, kept: Person, merged: Person) -> Merge:
    """Make one of two people. Whoever is kept gains what the other has and they lack; nothing is lost."""
    organisation = may_merge(by, kept, merged)
    ids = sorted((kept.pk, merged.pk))
    locked = {person.pk: person for person in Person.objects.select_for_update().filter(pk__in=ids)}
    kept, merged = locked[kept.pk], locked[merged.pk]
    memory: dict[str, Any] = {"records": [], "enrolments": [], "sights": [], "stopped": [], "rows": {}}
    memory["filled"], memory["flags"] = _fill(kept, merged)
    merged.merged_into = kept
    for person in (kept, merged):
        person.revision += 1
        person.save()
    memory["details"] = _fill_details(by, kept, merged)
    _move_records(by, kept, merged, memory)
    memory["enrolments"] = list(Enrolment.objects.filter(person=merged).values_list("pk", flat=True))
    Enrolment.objects.filter(pk__in=memory["enrolments"]).update(person=kept)
    _move_sights(kept, merged, memory)
    _move_rows(kept, merged, memory)
    Token.objects.filter(person=merged).delete()
    index(kept)
    done: Merge = Merge.objects.create(
        partnership=by.partnership,
        kept=kept,
        merged=merged,
        organisation=organisation,
        memory=memory,
        by=by.user,
    )
    for person in (kept, merged):
        note(
            by, "people.merge", done, person=person, organisation=organisation,
            detail={"kept": kept.person_id, "merged": merged.person_id, "records": len(memory["records"])},
        )  # fmt: skip
    return done


def _fill(kept: Person, merged: Person) -> tuple[list[str], list[str]]:
    """Fill in what the one who stays lacks; return which fields, and which flags were raised."""
    filled = [
        name
        for name in IDENTITY
        if not getattr(kept, name) and getattr(merged, name) and name != "safe_contact"
    ]
    if not kept.safeguarding_note and merged.safeguarding_note:
        filled.append("safeguarding_note")
    for name in filled:
        setattr(kept, name, getattr(merged, name))
    flags = [name for name in _FLAGS if getattr(merged, name) and not getattr(kept, name)]
    for name in flags:
        setattr(kept, name, True)
    return filled, flags


def _fill_details(by: Access, kept: Person, merged: Person) -> list[str]:
    """Fill in what is not known of the one who stays; return which details."""
    ours = store.latest(by.partnership, "people", kept.person_id)
    theirs = store.latest(by.partnership, "people", merged.person_id)
    if ours is None or theirs is None:
        return []
    gained = [name for name in DETAILS if name in theirs.values and name not in ours.values]
    if gained:
        values = {**ours.values, **{name: theirs.values[name] for name in gained}}
        store.write(by, "people", values, record_id=kept.person_id)
    return gained


def _move_records(by: Access, kept: Person, merged: Person, memory: dict[str, Any]) -> None:
    """Give every record of the one who goes a version under the one who stays; their own is withdrawn."""
    for record in Record.objects.filter(person=merged, current=True).order_by("pk"):
        if record.table == "people":
            store.write(by, "people", record.values, record_id=record.record_id, withdrawn=True)
            memory["people"] = {"record": record.record_id, "withdrawn": record.withdrawn}
            continue
        store.write(
            by,
            record.table,
            record.values,
            person=kept,
            record_id=record.record_id,
            withdrawn=record.withdrawn,
        )
        memory["records"].append([record.table, record.record_id])


def _move_sights(kept: Person, merged: Person, memory: dict[str, Any]) -> None:
    """Move who sees the one who goes; where the one who stays is seen as own already, the other sight stops."""
    for sight in Sight.objects.filter(person=merged):
        already = Sight.objects.filter(
            person=kept, organisation=sight.organisation, basis="own", withdrawn_at=None
        ).exists()
        if sight.basis == "own" and sight.withdrawn_at is None and already:
            memory["stopped"].append(sight.pk)
            Sight.objects.filter(pk=sight.pk).update(withdrawn_at=clock.now())
        else:
            memory["sights"].append(sight.pk)
            Sight.objects.filter(pk=sight.pk).update(person=kept)


def _links() -> Iterator[tuple[type[models.Model], str]]:
    """Give every other model that names a person, with the name of its field; not what is only ever added."""
    for relation in Person._meta.related_objects:
        model = relation.related_model
        if model in _APART or issubclass(model, AppendOnly):
            continue
        yield model, relation.field.name


def _move_rows(kept: Person, merged: Person, memory: dict[str, Any]) -> None:
    """Move rows of other nouns; one that the person who stays has already is left where it is."""
    for model, name in _links():
        moved = []
        for key in model._base_manager.filter(**{name: merged}).values_list("pk", flat=True):
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=key).update(**{name: kept})
            except IntegrityError:
                continue
            moved.append(key)
        if moved:
            memory["rows"][f"{model._meta.label_lower}.{name}"] = moved


@command
def undo_merge(by: Access, *, merge: Merge) -> Merge:
    """Part two people again, as they were before; what was recorded since stays with whom it was recorded."""
    by.require("people.merge", merge.organisation)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if not merge.can_be_undone:
        raise refuse(
            "this merge can no longer be undone."
            if merge.undone_at is None
            else "this merge was undone already.",
            f"A merge can be undone for {Merge.DAYS} days.",
        )
    kept, merged, memory = merge.kept, merge.merged, merge.memory
    if kept.merged_into_id is not None:
        raise refuse("the person was merged again since.", "Undo that merge first.")
    if kept.erased_at is not None or merged.erased_at is not None:
        raise refuse("the person was erased since.", "What was erased cannot be brought back.")
    _part(kept, merged, memory)
    Enrolment.objects.filter(pk__in=memory["enrolments"]).update(person=merged)
    Sight.objects.filter(pk__in=memory["sights"]).update(person=merged)
    Sight.objects.filter(pk__in=memory["stopped"]).update(withdrawn_at=None)
    links = {f"{model._meta.label_lower}.{name}": (model, name) for model, name in _links()}
    for label, keys in memory["rows"].items():
        model, name = links[label]
        model._base_manager.filter(pk__in=keys).update(**{name: merged})
    _give_back_records(by, kept, merged, memory)
    index(kept)
    index(merged)
    merge.undone_at = clock.now()
    merge.save(update_fields=["undone_at"])
    for person in (kept, merged):
        note(
            by, "people.undo_merge", merge, person=person, organisation=merge.organisation,
            detail={"kept": kept.person_id, "merged": merged.person_id},
        )  # fmt: skip
    return merge


def _part(kept: Person, merged: Person, memory: dict[str, Any]) -> None:
    """Take back what was filled in, unless somebody has changed it since."""
    for name in memory["filled"]:
        if getattr(kept, name) == getattr(merged, name):
            setattr(kept, name, "")
    for name in memory["flags"]:
        setattr(kept, name, False)
    merged.merged_into = None
    for person in (kept, merged):
        person.revision += 1
        person.save()


def _give_back_records(by: Access, kept: Person, merged: Person, memory: dict[str, Any]) -> None:
    """Give back the records that were moved, and those recorded since in the programmes that go back."""
    since = Record.objects.filter(person=kept, current=True, enrolment__in=memory["enrolments"])
    wanted = {(table, record_id) for table, record_id in memory["records"]}
    wanted |= set(since.values_list("table", "record_id"))
    for table, record_id in sorted(wanted):
        latest = store.latest(by.partnership, table, record_id)
        if latest is not None:
            store.write(
                by, table, latest.values, person=merged, record_id=record_id, withdrawn=latest.withdrawn
            )
    if own := memory.get("people"):
        latest = store.latest(by.partnership, "people", own["record"])
        if latest is not None:
            store.write(by, "people", latest.values, record_id=own["record"], withdrawn=own["withdrawn"])
    ours = store.latest(by.partnership, "people", kept.person_id)
    theirs = store.latest(by.partnership, "people", merged.person_id)
    gained = [
        name
        for name in memory["details"]
        if ours and theirs and ours.values.get(name) == theirs.values.get(name)
    ]
    if ours is not None and gained:
        values = {name: value for name, value in ours.values.items() if name not in gained}
        store.write(by, "people", values, record_id=kept.person_id)


@command
def dismiss_likeness(by: Access, *, likeness: Likeness) -> Likeness:
    """Say that two people who look alike are two people, so that nobody is asked again."""
    by.require("people.merge", likeness.organisation)
    likeness.dismissed_at = clock.now()
    likeness.save(update_fields=["dismissed_at"])
    note(
        by, "people.dismiss_likeness", likeness, person=likeness.person, organisation=likeness.organisation,
        detail={"other": likeness.other.person_id},
    )  # fmt: skip
    return likeness
