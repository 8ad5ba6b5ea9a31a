"""Letting another organisation see a person, and stopping it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.models import Person, Sight
from openoutcomes.web.people.queries import home_of
from openoutcomes.web.records import store
from openoutcomes.web.sharing.slices import GROUPS, HOW, tables_in


def _require_own(by: Access, person: Person) -> Organisation | None:
    """Check that the person is the seat's own to share; return the organisation that they are with."""
    if person.pk in by.person_ids():
        by.require("people.share")
        sight = home_of(person).select_related("organisation").first()
        return sight.organisation if sight else None
    homes = [sight.organisation for sight in home_of(person).select_related("organisation")]
    by.require_any("people.share", homes)
    return next((home for home in homes if by.allows("people.share", home)), None)


@command
def share(
    by: Access,
    *,
    person: Person,
    recipient: Organisation,
    groups: Sequence[str],
    basis: str,
    purpose: str,
    until: dt.date | None = None,
    how: str = "",
    why: str = "",
) -> Sight:
    """Let an organisation see a slice of a person: by their consent, or on a lawful basis said in words.

    A consent is also a record of the standard, so that it goes wherever the person's record goes.
    """
    organisation = _require_own(by, person)
    if basis not in ("consent", "lawful"):
        raise refuse("nothing says why they may see.", "Choose consent or another lawful basis.", "basis")
    if basis == "consent" and how not in HOW:
        raise refuse("nothing says how they agreed.", "Choose how they said so.", "how")
    if basis == "lawful" and not why.strip():
        raise refuse(
            "the lawful basis is not said.", "Write which law or duty allows it, and why now.", "why"
        )
    if basis == "lawful" and person.pk in by.person_ids():
        raise refuse("only your own agreement can be given here.", "Choose consent.", "basis")
    if not groups or any(group not in GROUPS for group in groups):
        raise refuse("nothing to share was ticked.", "Tick at least one part of what is recorded.", "groups")
    if purpose not in CODE_LISTS["consent_purpose"].codes:
        raise refuse("nothing says what it is for.", "Choose what it is for.", "purpose")
    if until is not None and until < today():
        raise refuse("the last day has passed already.", "Give a day from today on, or none.", "until")
    if recipient.partnership_id != by.partnership.pk or not recipient.is_active:
        raise refuse("this organisation is not in the partnership.", "Choose another.", "recipient")
    homes = {home.organisation_id for home in home_of(person)}
    if homes == {recipient.pk} or (recipient.pk in homes and by.allows("people.share", recipient)):
        raise refuse("that organisation sees the person already, as its own.", "Choose another.", "recipient")
    tables = tables_in(groups)
    consent_id = ""
    if basis == "consent":
        consent = store.write(
            by,
            "consents",
            {
                "purpose": purpose, "recipient": recipient.organisation_id, "slice": tables,
                "valid_from": today(), "valid_to": until,
            },
            person=person,
            organisation=organisation,
        )  # fmt: skip
        consent_id = consent.record_id
    sight: Sight = Sight.objects.create(
        partnership=by.partnership, person=person, organisation=recipient, basis=basis, slice=tables,
        purpose=purpose, why=HOW[how] if basis == "consent" else why.strip(), until=until,
        granted_by=by.user, consent_id=consent_id,
    )  # fmt: skip
    note(
        by, "sharing.share", sight, person=person, organisation=organisation,
        detail={
            "recipient": recipient.organisation_id, "basis": basis, "tables": tables, "purpose": purpose,
            "until": until.isoformat() if until else "", "consent": consent_id,
        },
    )  # fmt: skip
    return sight


@command
def withdraw(by: Access, *, sight: Sight) -> Sight:
    """Stop an organisation from seeing a person, at once. Doing it twice changes nothing."""
    organisation = _require_own(by, sight.person)
    held = (
        Sight.objects.select_for_update(of=("self",))
        .select_related("person", "organisation")
        .get(pk=sight.pk)
    )
    if held.basis == "own":
        raise refuse(
            "this is an organisation that the person is with.", "It stops with the support, not here."
        )
    if held.withdrawn_at is None:
        close(by, held)
    note(
        by, "sharing.withdraw", held, person=held.person, organisation=organisation,
        detail={"recipient": held.organisation.organisation_id, "consent": held.consent_id},
    )  # fmt: skip
    return held


def close(by: Access, sight: Sight) -> None:
    """End a sight now, with a new version of its consent where there is one; inside a command that notes it."""
    sight.withdrawn_at = now()
    sight.save(update_fields=["withdrawn_at"])
    if sight.consent_id:
        kept = store.latest(by.partnership, "consents", sight.consent_id, lock=True)
        if kept is not None:
            values = {**kept.values, "withdrawn_on": today()}
            store.write(by, "consents", values, record_id=sight.consent_id)
