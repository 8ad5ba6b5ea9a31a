"""Reading changes to delivery, agreements that are waited for, and budget lines."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import Http404

from openoutcomes.web.changes.models import Agreement, BudgetLine, Change
from openoutcomes.web.contracts.models import Party
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.partnerships.models import Organisation, Programme


def changes_for(access: Access) -> QuerySet[Any]:
    """Return the partnership's changes to delivery."""
    rows = Change.of(access.partnership).select_related("organisation", "programme", "contract")
    return rows if access.may("changes.view") else rows.none()


def change_or_404(access: Access, change_id: str) -> Change:
    """Return one of the partnership's changes; raises Http404 for others."""
    rows = changes_for(access).select_related("recorded_by").filter(change_id=change_id)
    found: Change | None = rows.first()
    if found is None:
        raise Http404("No such change")
    return found


def may_record(access: Access, change: Change) -> bool:
    """Say whether a seat may correct a change and say what happened next."""
    return access.allows("changes.record", change.organisation_id or 0)


def agreements_of(change: Change) -> list[Agreement]:
    """Return who was asked to agree to a change as it reads now, and what they said."""
    rows = Agreement.of(change.partnership).filter(change=change, number=change.number)
    return list(rows.select_related("organisation", "answered_by"))


def agreement_or_404(access: Access, agreement_id: str) -> Agreement:
    """Return what an organisation was asked to agree to; raises Http404 for others."""
    rows = Agreement.of(access.partnership).select_related("change__organisation", "organisation")
    found: Agreement | None = (
        rows.filter(agreement_id=agreement_id).first() if access.may("changes.view") else None
    )
    if found is None:
        raise Http404("No such agreement")
    return found


def to_agree(access: Access) -> QuerySet[Any]:
    """Return the agreements that wait for the seat's organisations."""
    return (
        Agreement.of(access.partnership)
        .filter(
            organisation__in=access.organisation_ids("changes.agree"), answer="", number=F("change__number")
        )
        .exclude(change__state="withdrawn")
    )


def overdue(access: Access) -> QuerySet[Any]:
    """Return the seat's changes that nobody has looked at since, past their day."""
    rows = changes_for(access).filter(state="made", follow_on__lt=today())
    if access.reach("changes.record") != "partnership":
        rows = rows.filter(organisation__in=access.organisation_ids("changes.record"))
    return rows


def organisations_for(access: Access) -> QuerySet[Any]:
    """Return the organisations whose changes a seat may write down."""
    rows = Organisation.of(access.partnership).filter(is_active=True).order_by("name")
    if access.reach("changes.record") == "partnership":
        return rows
    return rows.filter(pk__in=access.organisation_ids("changes.record"))


def programmes_for(access: Access, action: str = "changes.record") -> QuerySet[Any]:
    """Return the programmes of organisations in which a seat may do something."""
    rows = Programme.of(access.partnership).select_related("organisation", "contract")
    if access.reach(action) == "partnership":
        return rows
    return rows.filter(organisation__in=access.organisation_ids(action))


def programme_or_404(access: Access, programme_id: str, action: str) -> Programme:
    """Return a programme in which a seat may do something; raises Http404 for others."""
    found: Programme | None = programmes_for(access, action).filter(programme_id=programme_id).first()
    if found is None:
        raise Http404("No such programme")
    return found


def lines_for(access: Access) -> QuerySet[Any]:
    """Return the budget lines of programmes whose changes a seat may write down."""
    return (
        BudgetLine.of(access.partnership)
        .filter(programme__in=programmes_for(access).values("pk"))
        .select_related("programme__organisation")
        .order_by("programme__name", "name")
    )


def lines_of(programme: Programme) -> list[BudgetLine]:
    """Return the budget lines of a programme."""
    return list(BudgetLine.of(programme.partnership).filter(programme=programme).select_related("programme"))


def agreeing(access: Access) -> QuerySet[Any]:
    """Return the parties of the partnership's contracts that can be asked to agree."""
    return (
        Party.of(access.partnership)
        .filter(Q(role="payer") | Q(role="commissioner"))
        .select_related("organisation", "contract")
        .order_by("organisation__name")
    )
