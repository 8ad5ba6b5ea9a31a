"""Reading what a partnership has set up: its organisations, seats, and what is on from the catalogue."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from openoutcomes.standard.instruments import INSTRUMENTS, Instrument
from openoutcomes.standard.outcomes import Outcome, load_map
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now
from openoutcomes.web.core.permissions import ROLES
from openoutcomes.web.partnerships.models import Invitation, Membership, Offered, Organisation, Programme

#: Roles that a provider manager may give, in their own organisation: never one that checks or pays.
MANAGER_GIVES = frozenset({"practitioner", "provider_manager"})
Row = TypeVar("Row", bound=Model)


def organisations_for(access: Access) -> QuerySet[Organisation]:
    """Return the organisations of the partnership, which everybody who works in it may see."""
    return (
        Organisation.of(access.partnership)
        if access.may("organisations.view")
        else Organisation.objects.none()
    )


def programmes_for(access: Access) -> QuerySet[Programme]:
    """Return the programmes of the partnership, which everybody who works in it may see."""
    rows = Programme.of(access.partnership) if access.may("programmes.view") else Programme.objects.none()
    return rows.select_related("organisation", "contract")


def managed_organisations(access: Access, action: str) -> QuerySet[Organisation]:
    """Return the organisations in use for which a seat may do an action."""
    rows = Organisation.of(access.partnership).filter(is_active=True)
    if access.reach(action) == "partnership":
        return rows
    return rows.filter(pk__in=access.organisation_ids(action))


def seats_for(access: Access) -> QuerySet[Membership]:
    """Return the seats held now that a seat may see: all, or those in its own organisations.

    Seats of people supported are left out: they are looked after from each person's own page, by those
    who may know who they are.
    """
    rows = Membership.of(access.partnership).filter(ended_at=None).exclude(role="person")
    return _of_own(access, rows.select_related("user", "organisation"))


def invitations_for(access: Access) -> QuerySet[Invitation]:
    """Return the invitations not yet accepted nor withdrawn, expired ones too, that a seat may see."""
    rows = (
        Invitation.of(access.partnership).filter(accepted_at=None, withdrawn_at=None).exclude(role="person")
    )
    return _of_own(access, rows.select_related("organisation", "invited_by"))


def open_invitations(access: Access) -> QuerySet[Invitation]:
    """Return those of the invitations that can still be accepted."""
    return invitations_for(access).filter(expires_at__gt=now())


def _of_own(access: Access, rows: Any) -> Any:
    reach = access.reach("members.view")
    if reach == "partnership":
        return rows
    if reach == "organisation":
        return rows.filter(organisation__in=access.organisation_ids("members.view"))
    return rows.none()


def roles_given(access: Access) -> list[str]:
    """Return the roles of people who work here that a seat may give, change and end, in the order shown."""
    if access.reach("members.manage") == "partnership":
        return [role for role in ROLES if role != "person"]
    return [role for role in ROLES if role in MANAGER_GIVES and access.may("members.manage")]


def one_or_404(rows: QuerySet[Row], **which: Any) -> Row:
    """Return the row that is meant; raises Http404 for one that may as well not exist."""
    found = rows.filter(Q(**which)).first()
    if found is None:
        raise Http404("No such thing, or not one that you may see")
    return found


def outcomes_on(partnership: Any) -> list[Outcome]:
    """Return the outcomes of the map that the partnership has switched on, in the order of the map.

    When none is switched on, all of them, so that an unfunded group can begin before it chooses.
    """
    codes = chosen(partnership, "outcome")
    found = load_map()
    return [found[code] for code in found if code in codes or not codes]


def instruments_on(partnership: Any) -> list[Instrument]:
    """Return the instruments that the partnership has switched on, by name.

    When none is switched on, every one whose wording may be shown without a licence of one's own.
    """
    codes = chosen(partnership, "instrument")
    found = [one for one in INSTRUMENTS.values() if one.id in codes or (not codes and is_free(one))]
    return sorted(found, key=lambda one: one.name.casefold())


def is_free(instrument: Instrument) -> bool:
    """Say whether an instrument's wording is shipped, so that nobody has to register to use it here."""
    return bool(instrument.wording)


def wording_of(partnership: Any, instrument_id: str) -> tuple[str, ...]:
    """Return the items of an instrument as they may be shown here: shipped, or a registered user's own.

    Empty when the licence keeps them from being shipped and nobody has given theirs: ask by item number then.
    """
    instrument = INSTRUMENTS.get(instrument_id)
    if instrument is None or instrument.wording:
        return instrument.wording if instrument else ()
    kept = Offered.of(partnership).filter(kind="instrument", code=instrument_id).first()
    return tuple(kept.wording) if kept else ()


def chosen(partnership: Any, kind: str) -> frozenset[str]:
    """Return the codes that the partnership has switched on; none means that it has not chosen yet."""
    return frozenset(Offered.of(partnership).filter(kind=kind).values_list("code", flat=True))
