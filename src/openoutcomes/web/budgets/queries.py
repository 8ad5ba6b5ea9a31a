"""Reading budgets: what is left, what is promised and spent, for a pot and for a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, Exists, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404

from openoutcomes.web.budgets.models import BudgetEntry, BudgetRequest, Pot
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.models import Enrolment, Person
from openoutcomes.web.people.queries import enrolments_for, people_for, records_seen
from openoutcomes.web.records.models import Record

_NONE = Value(Decimal(0), output_field=DecimalField(max_digits=14, decimal_places=2))
_PENNY = Decimal("0.01")


@dataclass(frozen=True)
class Balance:
    """How a pot (or a person's part of it) stands."""

    funded: Decimal
    promised: Decimal
    spent: Decimal

    @property
    def left(self) -> Decimal:
        """What can still be promised."""
        return self.funded - self.promised - self.spent


def _sum(*kinds: str, path: str = "") -> Any:
    return Coalesce(Sum(f"{path}amount", filter=Q(**{f"{path}kind__in": kinds})), _NONE)


def _balance(entries: QuerySet[BudgetEntry]) -> Balance:
    sums = entries.aggregate(
        funded=_sum("fund"), promised=_sum("promise", "release"), spent=_sum("spend", "reversal")
    )
    exact = {name: Decimal(amount).quantize(_PENNY) for name, amount in sums.items()}
    return Balance(exact["funded"], -exact["promised"], -exact["spent"])


def balance_of(pot: Pot) -> Balance:
    """Return how a pot stands: the sum of its entries, and nothing else."""
    return _balance(BudgetEntry.of(pot.partnership).filter(pot=pot))


def used_by(pot: Pot, person: Person) -> Decimal:
    """Return what is promised to or spent for a person from a pot."""
    mine = _balance(BudgetEntry.of(pot.partnership).filter(pot=pot, request__person=person))
    return mine.promised + mine.spent


def pots_for(access: Access, action: str = "budgets.view") -> QuerySet[Any]:
    """Return the pots of the seat's programmes, with what is in, promised, spent and left."""
    rows = Pot.of(access.partnership).filter(programme__organisation__in=access.organisation_ids(action))
    return rows.select_related("programme__organisation").annotate(
        funded=_sum("fund", path="entries__"),
        promised=-_sum("promise", "release", path="entries__"),
        spent=-_sum("spend", "reversal", path="entries__"),
        left=Coalesce(Sum("entries__amount"), _NONE),
    )


def pot_or_404(access: Access, pot_id: str, action: str) -> Pot:
    """Return a pot of the seat's; raises Http404 for others."""
    found: Pot | None = pots_for(access, action).filter(pot_id=pot_id).first()
    if found is None:
        raise Http404("No such pot, or not one of yours")
    return found


def pot_on(programme: Programme, on: dt.date) -> Pot | None:
    """Return the programme's pot on a day."""
    rows = Pot.of(programme.partnership).filter(programme=programme, starts_on__lte=on, ends_on__gte=on)
    return rows.order_by("-starts_on").first()


def requests_for(access: Access) -> QuerySet[Any]:
    """Return the requests of the seat's organisations, those that wait for approval first."""
    waits = When(state="requested", then=Value(0))
    unspent = When(state="approved", then=Value(1))
    rows = BudgetRequest.of(access.partnership).filter(
        pot__programme__organisation__in=access.organisation_ids("budgets.view")
    )
    return rows.select_related(
        "person", "pot__programme__organisation", "requested_by", "decided_by", "enrolment"
    ).annotate(
        rank=Case(waits, unspent, default=Value(2), output_field=IntegerField()),
        # Whoever may no longer be seen (erased, merged) keeps their line, without a name.
        is_visible=Exists(people_for(access).filter(pk=OuterRef("person"))),
    )


def request_or_404(access: Access, request_id: str) -> BudgetRequest:
    """Return a request of the seat's organisations about a person whom it may see; Http404 for others."""
    rows = requests_for(access).filter(request_id=request_id, person__in=people_for(access))
    found: BudgetRequest | None = rows.first()
    if found is None:
        raise Http404("No such request, or not one of yours")
    return found


def open_enrolments(access: Access, person: Person) -> list[Enrolment]:
    """Return a person's open enrolments with the seat's organisations."""
    rows = enrolments_for(access, "budgets.request").filter(person=person)
    return [
        one for one in rows.select_related("programme__organisation", "programme__contract") if one.is_open
    ]


def goals_of(access: Access, person: Person) -> list[Record]:
    """Return the goals of a person that the seat may see."""
    rows = Record.of(access.partnership).filter(
        records_seen(access, person), person=person, table="goals", current=True, withdrawn=False
    )
    return list(rows.order_by("-on", "-pk")[:50])


def to_approve(access: Access) -> QuerySet[Any]:
    """Return the requests that wait for the seat's approval: never those that it made itself."""
    rows = BudgetRequest.of(access.partnership).filter(
        state="requested", pot__programme__organisation__in=access.organisation_ids("budgets.approve")
    )
    return rows.exclude(requested_by=access.user)


def to_spend(access: Access) -> QuerySet[Any]:
    """Return the seat's own requests that were approved and are not spent yet."""
    return BudgetRequest.of(access.partnership).filter(
        state="approved", requested_by=access.user,
        pot__programme__organisation__in=access.organisation_ids("budgets.request"),
    )  # fmt: skip


def year_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the financial year that a day is in, from 1 April."""
    first = day.year if (day.month, day.day) >= (4, 1) else day.year - 1
    return dt.date(first, 4, 1), dt.date(first + 1, 3, 31)


def of_person(access: Access, person: Person) -> dict[str, Any] | None:
    """Return a person's requests and whether more can be asked for; None when there is nothing to show."""
    rows = list(requests_for(access).filter(person=person).order_by("-requested_on", "-pk")[:10])
    programmes = [one.programme_id for one in open_enrolments(access, person)]
    has_pot = (
        Pot.of(access.partnership)
        .filter(programme__in=programmes, starts_on__lte=today(), ends_on__gte=today())
        .exists()
    )
    if not rows and not has_pot:
        return None
    return {"rows": rows, "may_ask": has_pot and access.may("budgets.request")}
