"""Setting a partnership up: its organisations, programmes, seats, and what is on from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.text import slugify

from openoutcomes.standard.codelists import CODE_LISTS
from openoutcomes.standard.instruments import INSTRUMENTS
from openoutcomes.standard.outcomes import load_map
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.accounts.invitations import invite
from openoutcomes.web.contracts.models import Contract, Party
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.core.permissions import IN_AN_ORGANISATION, ROLES
from openoutcomes.web.partnerships.models import (
    Invitation,
    Membership,
    Offered,
    Organisation,
    Partnership,
    Programme,
)
from openoutcomes.web.partnerships.queries import roles_given

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
#: A list of organisations by its code, a hyphen, and the number in that list: GB-CHC-1234567.
_PUBLIC = re.compile(r"[A-Z]{2}-[A-Z0-9]{2,10}-[A-Za-z0-9./-]{1,40}")


@command
def describe(
    by: Access, *, name: str, place: str = "", aim: str = "", retention_months: int = 84
) -> Partnership:
    """Say what the partnership is called, where it is, what it is for, and how long identities are kept."""
    by.require("partnership.setup")
    if not name.strip():
        raise refuse("the partnership has no name.", "Give one that everybody in it knows.", "name")
    partnership = by.partnership
    before = Partnership.objects.get(pk=partnership.pk)
    given = {
        "name": name.strip(),
        "place": place.strip(),
        "aim": aim.strip(),
        "retention_months": retention_months,
    }
    changed = [key for key, value in given.items() if getattr(before, key) != value]
    for key, value in given.items():
        setattr(partnership, key, value)
    partnership.save(update_fields=list(given))
    note(by, "partnerships.describe", partnership, detail={"changed": changed})
    return partnership


# Organisations ------------------------------------------------------------------------------


def _checked(identifier: str, kind: str, size_band: str) -> None:
    """Raise InputError with what is wrong in the facts about an organisation."""
    problems = []
    if identifier and not _PUBLIC.fullmatch(identifier):
        what = f"{identifier!r} is not a public identifier in the org-id style."
        mend = (
            "Write the list and the number, like GB-CHC-1234567 (charities) or GB-COH-01234567 (companies)."
        )
        problems.append(Problem(what, mend, field="identifier"))
    for field, value, codes in (("kind", kind, "organisation_kind"), ("size_band", size_band, "size_band")):
        if value and value not in CODE_LISTS[codes].codes:
            problems.append(Problem(f"{value!r} is not in the list.", "Choose one of the list.", field=field))
    if problems:
        raise InputError(problems)


def free_id(model: type[Organisation | Programme], field: str, partnership: Any, name: str) -> str:
    """Return a short id made from a name, with a number where that one is taken."""
    base = slugify(name)[:50].strip("-") or model.__name__.lower()
    taken = set(model.of(partnership).filter(**{f"{field}__startswith": base}).values_list(field, flat=True))
    number, found = 1, base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    return found


@command
def add_organisation(
    by: Access,
    *,
    name: str,
    organisation_id: str = "",
    identifier: str = "",
    kind: str = "",
    sector: str = "",
    size_band: str = "",
) -> Organisation:
    """Add an organisation. Its id is for contracts, exports and claims, and never changes."""
    by.require("organisations.manage")
    if not name.strip():
        raise refuse("the organisation has no name.", "Give its name.", "name")
    _checked(identifier, kind, size_band)
    rows = Organisation.of(by.partnership)
    organisation_id = organisation_id or free_id(Organisation, "organisation_id", by.partnership, name)
    if not _ID.fullmatch(organisation_id):
        mend = "Use letters, numbers, dots and hyphens, and begin with one of the first two."
        raise refuse(f"{organisation_id!r} cannot be an id.", mend, "organisation_id")
    if rows.filter(organisation_id__iexact=organisation_id).exists():
        raise refuse(
            f"another organisation here has the id {organisation_id!r}.", "Choose another.", "organisation_id"
        )
    if identifier and rows.filter(identifier=identifier).exists():
        raise refuse(f"{identifier} is here already.", "Find it in the list of organisations.", "identifier")
    organisation: Organisation = Organisation.objects.create(
        partnership=by.partnership,
        organisation_id=organisation_id,
        name=name.strip(),
        identifier=identifier,
        kind=kind,
        sector=sector.strip(),
        size_band=size_band,
    )
    note(by, "partnerships.add_organisation", organisation, organisation=organisation)
    return organisation


@command
def change_organisation(
    by: Access,
    *,
    organisation: Organisation,
    name: str,
    identifier: str = "",
    kind: str = "",
    sector: str = "",
    size_band: str = "",
) -> Organisation:
    """Change what is said of an organisation. Its id stays."""
    by.require("organisations.manage")
    if not name.strip():
        raise refuse("the organisation has no name.", "Give its name.", "name")
    _checked(identifier, kind, size_band)
    others = Organisation.of(by.partnership).exclude(pk=organisation.pk)
    if identifier and others.filter(identifier=identifier).exists():
        raise refuse(
            f"another organisation has the identifier {identifier}.", "Check which is right.", "identifier"
        )
    given = {
        "name": name.strip(), "identifier": identifier, "kind": kind, "sector": sector.strip(),
        "size_band": size_band,
    }  # fmt: skip
    changed = [key for key, value in given.items() if getattr(organisation, key) != value]
    for key, value in given.items():
        setattr(organisation, key, value)
    organisation.save(update_fields=list(given))
    note(
        by,
        "partnerships.change_organisation",
        organisation,
        organisation=organisation,
        detail={"changed": changed},
    )
    return organisation


@command
def close_organisation(by: Access, *, organisation: Organisation) -> Organisation:
    """Take an organisation out of use. Everything it did stays; its people's seats end now."""
    by.require("organisations.manage")
    if organisation.programmes.filter(is_open=True).exists():
        raise refuse("it still runs a programme.", "Close its programmes first.")
    seats = Membership.of(by.partnership).filter(organisation=organisation, ended_at=None)
    # An administrator is one of the whole partnership, wherever they work.
    ended = seats.exclude(role="administrator").update(ended_at=clock.now())
    open_ones = Invitation.of(by.partnership).filter(
        organisation=organisation, accepted_at=None, withdrawn_at=None
    )
    open_ones.update(withdrawn_at=clock.now())
    organisation.is_active = False
    organisation.save(update_fields=["is_active"])
    detail = {"seats_ended": ended}
    note(by, "partnerships.close_organisation", organisation, organisation=organisation, detail=detail)
    return organisation


@command
def reopen_organisation(by: Access, *, organisation: Organisation) -> Organisation:
    """Bring an organisation back into use. Seats that ended stay ended."""
    by.require("organisations.manage")
    organisation.is_active = True
    organisation.save(update_fields=["is_active"])
    note(by, "partnerships.reopen_organisation", organisation, organisation=organisation)
    return organisation


# Programmes ---------------------------------------------------------------------------------


def _fits(organisation: Organisation, contract: Contract | None) -> None:
    if contract is None:
        return
    parts = Party.of(organisation.partnership).filter(contract=contract, role="provider")
    if not parts.filter(organisation=organisation).exists():
        raise refuse(
            f"{organisation.name} is not a provider under {contract.name}.",
            "Add it to the contract's parties first, or choose no contract.",
            "contract",
        )


@command
def add_programme(
    by: Access,
    *,
    organisation: Organisation,
    name: str,
    programme_id: str = "",
    place: str = "",
    aim: str = "",
    who_for: str = "",
    contract: Contract | None = None,
    funders: Sequence[str] = (),
) -> Programme:
    """Add a programme that an organisation runs, with or without a contract."""
    by.require("programmes.manage", organisation)
    if not name.strip():
        raise refuse("the programme has no name.", "Give the name that people here use.", "name")
    if not organisation.is_active:
        raise refuse(f"{organisation.name} is closed.", "Choose another organisation.", "organisation")
    _fits(organisation, contract)
    programme_id = programme_id or free_id(Programme, "programme_id", by.partnership, name)
    if not _ID.fullmatch(programme_id):
        mend = "Use letters, numbers, dots and hyphens, and begin with one of the first two."
        raise refuse(f"{programme_id!r} cannot be an id.", mend, "programme_id")
    if Programme.of(by.partnership).filter(programme_id__iexact=programme_id).exists():
        raise refuse(
            f"another programme here has the id {programme_id!r}.", "Choose another.", "programme_id"
        )
    programme: Programme = Programme.objects.create(
        partnership=by.partnership,
        programme_id=programme_id,
        organisation=organisation,
        name=name.strip(),
        place=place.strip(),
        aim=aim.strip(),
        who_for=who_for.strip(),
        contract=contract,
        funders=_lines(funders),
    )
    note(by, "partnerships.add_programme", programme, organisation=organisation)
    return programme


@command
def change_programme(
    by: Access,
    *,
    programme: Programme,
    name: str,
    place: str = "",
    aim: str = "",
    who_for: str = "",
    contract: Contract | None = None,
    funders: Sequence[str] = (),
) -> Programme:
    """Change what is said of a programme, and the contract that what it records from now on comes under."""
    by.require("programmes.manage", programme.organisation)
    if not name.strip():
        raise refuse("the programme has no name.", "Give the name that people here use.", "name")
    _fits(programme.organisation, contract)
    given = {
        "name": name.strip(), "place": place.strip(), "aim": aim.strip(), "who_for": who_for.strip(),
        "contract": contract, "funders": _lines(funders),
    }  # fmt: skip
    changed = [key for key, value in given.items() if getattr(programme, key) != value]
    for key, value in given.items():
        setattr(programme, key, value)
    programme.save(update_fields=list(given))
    detail = {"changed": changed, "contract": contract.contract_id if contract else ""}
    note(by, "partnerships.change_programme", programme, organisation=programme.organisation, detail=detail)
    return programme


def _lines(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))


@command
def close_programme(by: Access, *, programme: Programme) -> Programme:
    """Close a programme to new people. Those who are in it stay until their own support ends."""
    by.require("programmes.manage", programme.organisation)
    programme.is_open = False
    programme.save(update_fields=["is_open"])
    note(by, "partnerships.close_programme", programme, organisation=programme.organisation)
    return programme


@command
def reopen_programme(by: Access, *, programme: Programme) -> Programme:
    """Open a closed programme again."""
    by.require("programmes.manage", programme.organisation)
    if not programme.organisation.is_active:
        raise refuse(f"{programme.organisation.name} is closed.", "Open the organisation again first.")
    programme.is_open = True
    programme.save(update_fields=["is_open"])
    note(by, "partnerships.reopen_programme", programme, organisation=programme.organisation)
    return programme


# Seats --------------------------------------------------------------------------------------


def _keep_an_administrator(by: Access, seat: Membership) -> None:
    """Refuse to take away one's own seat as administrator, so that there is always one left."""
    if seat.role != "administrator":
        return
    # Locked, so that two administrators who end each other's seats at one moment do not both succeed.
    held = Membership.of(by.partnership).filter(role="administrator", ended_at=None).select_for_update()
    others = {one.user_id for one in held} - {seat.user_id}
    if seat.user_id == by.user.pk or not others:
        raise refuse(
            "this is your own seat as administrator."
            if seat.user_id == by.user.pk
            else "nobody else is an administrator.",
            "Ask another administrator to end it, so that there is always one.",
        )


def _may_manage(by: Access, seat: Membership | Invitation) -> None:
    by.require("members.manage", seat.organisation_id or 0)
    if seat.role not in roles_given(by):
        raise PermissionDenied("members.manage")


@command
def change_role(
    by: Access, *, seat: Membership, role: str, organisation: Organisation | None = None
) -> Membership:
    """End a seat and give its holder another, in one step. It holds from their next request."""
    _may_manage(by, seat)
    if seat.ended_at is not None:
        raise refuse("this seat has ended.", "Invite the person again.")
    if role not in roles_given(by):
        raise refuse("this role cannot be given here.", "Choose another.", "role")
    if role in IN_AN_ORGANISATION:
        if organisation is None:
            raise refuse(
                f"a {ROLES[role][0].lower()} works in an organisation.", "Choose one.", "organisation"
            )
        if not organisation.is_active:
            raise refuse(f"{organisation.name} is closed.", "Choose another organisation.", "organisation")
        by.require("members.manage", organisation)
    else:
        organisation = None
    if (role, organisation) == (seat.role, seat.organisation):
        raise refuse("this is the seat they hold now.", "Choose another role or organisation.", "role")
    _keep_an_administrator(by, seat)
    seats = Membership.of(by.partnership)
    if seats.filter(user=seat.user, role=role, organisation=organisation, ended_at=None).exists():
        raise refuse("they hold that seat already.", "End this one instead.", "role")
    _end(seat)
    new: Membership = Membership.objects.create(
        partnership=by.partnership, user=seat.user, role=role, organisation=organisation
    )
    detail = {"from": seat.role, "to": role, "seat": new.pk}
    note(by, "partnerships.change_role", seat, organisation=organisation or seat.organisation, detail=detail)
    return new


@command
def end_seat(by: Access, *, seat: Membership) -> Membership:
    """End a seat. Its holder may do nothing with it from their next request; what they did stays."""
    _may_manage(by, seat)
    if seat.ended_at is not None:
        raise refuse("this seat has ended already.")
    _keep_an_administrator(by, seat)
    _end(seat)
    note(by, "partnerships.end_seat", seat, organisation=seat.organisation, detail={"role": seat.role})
    return seat


def _end(seat: Membership) -> None:
    seat.ended_at = clock.now()
    seat.save(update_fields=["ended_at"])


@command
def withdraw_invitation(by: Access, *, invitation: Invitation) -> Invitation:
    """Withdraw an invitation: its link stops working at once."""
    _may_manage(by, invitation)
    if invitation.accepted_at is not None:
        raise refuse("it was accepted already.", "End the seat instead.")
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = clock.now()
        invitation.save(update_fields=["withdrawn_at"])
    note(by, "partnerships.withdraw_invitation", invitation, organisation=invitation.organisation)
    return invitation


@command
def resend_invitation(by: Access, *, invitation: Invitation) -> Invitation:
    """Send an invitation again with a new link, for another fourteen days; the old link stops working."""
    _may_manage(by, invitation)
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise refuse("it is not open any more.", "Look at the list again.")
    invitation.withdrawn_at = clock.now()
    invitation.save(update_fields=["withdrawn_at"])
    new, _token = invite(
        by, email=invitation.email, role=invitation.role, organisation=invitation.organisation
    )
    note(
        by,
        "partnerships.resend_invitation",
        invitation,
        organisation=invitation.organisation,
        detail={"new": new.pk},
    )
    return new


# The catalogue ------------------------------------------------------------------------------


def _known(kind: str, code: str) -> None:
    if kind not in ("outcome", "instrument") or code not in (
        load_map() if kind == "outcome" else INSTRUMENTS
    ):
        raise refuse(f"there is no {kind} {code!r} in the catalogue.", "Choose one from the catalogue.")


@command
def switch_on(by: Access, *, kind: str, code: str) -> Offered:
    """Offer an outcome or instrument to everybody in the partnership."""
    by.require("catalogue.manage")
    _known(kind, code)
    offered, _ = Offered.objects.get_or_create(partnership=by.partnership, kind=kind, code=code)
    note(by, "partnerships.switch_on", offered, detail={"kind": kind, "code": code})
    return offered  # type: ignore[no-any-return]


@command
def switch_off(by: Access, *, kind: str, code: str) -> None:
    """Offer an outcome or instrument no longer. What was recorded with it stays; wording given for it goes."""
    by.require("catalogue.manage")
    _known(kind, code)
    offered = Offered.of(by.partnership).filter(kind=kind, code=code).first()
    if offered is None:
        raise refuse("it is off already.")
    note(by, "partnerships.switch_off", offered, detail={"kind": kind, "code": code})
    offered.delete()


@command
def choose(by: Access, *, kind: str, codes: Iterable[str]) -> None:
    """Offer exactly these outcomes or instruments; none brings the default back.

    An instrument that the partnership gave its own wording for is not dropped here, so that the wording
    is not lost by a slip: its own page switches it off.
    """
    by.require("catalogue.manage")
    wanted = set(codes)
    for code in wanted:
        _known(kind, code)
    rows = Offered.of(by.partnership).filter(kind=kind)
    kept = {offered.code: offered for offered in rows}
    worded = sorted(code for code, offered in kept.items() if offered.wording and code not in wanted)
    if worded:
        names = ", ".join(INSTRUMENTS[code].name for code in worded)
        what = f"you gave your own wording of {names}, and it would be lost."
        raise refuse(what, "Leave it ticked, or switch it off on its own page.", "codes")
    dropped = sorted(set(kept) - wanted)
    rows.filter(code__in=dropped).delete()
    added = sorted(wanted - set(kept))
    Offered.objects.bulk_create([Offered(partnership=by.partnership, kind=kind, code=code) for code in added])
    note(by, "partnerships.choose", by.partnership, detail={"kind": kind, "on": added, "off": dropped})


@command
def keep_wording(by: Access, *, instrument_id: str, items: Sequence[str], holds_licence: bool) -> Offered:
    """Keep a registered user's own wording of an instrument, and switch the instrument on.

    The number of items must be the instrument's own, so that answers are scored as they should be.
    """
    by.require("catalogue.manage")
    _known("instrument", instrument_id)
    instrument = INSTRUMENTS[instrument_id]
    if instrument.wording:
        raise refuse(
            "its wording is shown already, and may not be replaced.", "There is nothing to give.", "items"
        )
    lines = [line.strip() for line in items if line.strip()]
    problems = []
    if not holds_licence:
        what = "nobody has confirmed that the partnership may use this wording."
        problems.append(
            Problem(what, "Register with its owner first, then tick the box.", field="holds_licence")
        )
    wanted = instrument.items.value
    if not wanted:
        problems.append(
            Problem(
                "its items are not answered one by one here.",
                "Record the score its owner's tools give.",
                field="items",
            )
        )
    elif len(lines) != wanted:
        what = f"{len(lines)} line{'' if len(lines) == 1 else 's'} given; it has {wanted} items."
        problems.append(
            Problem(what, "Write one item on each line, in the order of the form.", field="items")
        )
    if any(len(line) > 300 for line in lines):
        problems.append(
            Problem("an item is longer than 300 characters.", "Check the line breaks.", field="items")
        )
    if problems:
        raise InputError(problems)
    offered, _ = Offered.objects.get_or_create(
        partnership=by.partnership, kind="instrument", code=instrument_id
    )
    offered.wording = lines
    offered.save(update_fields=["wording"])
    note(by, "partnerships.keep_wording", offered, detail={"code": instrument_id, "items": len(lines)})
    return offered  # type: ignore[no-any-return]
