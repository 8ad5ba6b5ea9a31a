"""Who is due to be erased, and what an export holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from openoutcomes.standard.tables import TABLES
from openoutcomes.web.administration.models import Hold
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.partnerships.models import Organisation, Partnership, Programme
from openoutcomes.web.people.models import Enrolment, Person, Sight
from openoutcomes.web.records.facets import FACETS
from openoutcomes.web.records.models import Record


def months_ago(day: dt.date, months: int) -> dt.date:
    """Return the same day some months earlier, or the last day of that month where it is shorter."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def due_for_erasure(partnership: Partnership) -> QuerySet[Person]:
    """Return people whose last support ended longer ago than the partnership keeps identities.

    Somebody never enrolled counts from the day they were added. Whoever is on hold is left out.
    """
    limit = months_ago(clock.today(), partnership.retention_months)
    open_now = Enrolment.of(partnership).filter(person=OuterRef("pk")).filter(
        Q(ended_on=None) | Q(ended_on__gte=limit)
    )  # fmt: skip
    recent = Record.of(partnership).filter(person=OuterRef("pk"), current=True, on__gte=limit)
    held = Hold.of(partnership).filter(Hold.holds(), person=OuterRef("pk"))
    return (
        Person.of(partnership)
        .filter(erased_at=None, merged_into=None, created_at__date__lt=limit)
        .filter(~Exists(open_now), ~Exists(recent), ~Exists(held))
        .annotate(last_on=Max("enrolments__ended_on"))
    )


def exported_people(access: Access) -> QuerySet[Person] | None:
    """Return the people in an export: None for everybody, or an organisation's own."""
    if access.may("export.all"):
        return None
    own = Sight.of(access.partnership).filter(
        Sight.holds(), basis="own", organisation__in=access.organisation_ids("export.organisation")
    )
    return Person.of(access.partnership).filter(pk__in=own.values("person"))


def rows_of_table(partnership: Partnership, table: str, condition: Q) -> Iterator[dict[str, Any]]:
    """Give the rows of one table of the standard, all versions, in order of id and version."""
    if table == "organisations":
        yield from map(_organisation_row, Organisation.of(partnership).order_by("organisation_id"))
    elif table == "programmes":
        programmes = Programme.of(partnership).select_related("organisation", "contract")
        yield from map(_programme_row, programmes.order_by("programme_id"))
    elif table in FACETS:
        records = Record.of(partnership).filter(condition, table=table).order_by("record_id", "version")
        for record in records.iterator(chunk_size=2000):
            record.partnership = partnership  # known already: not looked up for every row
            yield record.row


def _organisation_row(organisation: Organisation) -> dict[str, Any]:
    names = ("organisation_id", "name", "identifier", "kind", "sector", "size_band")
    return {name: getattr(organisation, name) for name in names}


def _programme_row(programme: Programme) -> dict[str, Any]:
    return {
        "programme_id": programme.programme_id,
        "name": programme.name,
        "provider_id": programme.organisation.organisation_id,
        "place": programme.place,
        "aim": programme.aim,
        "who_for": programme.who_for,
        "contract_id": programme.contract.contract_id if programme.contract else "",
        "funders": ";".join(programme.funders),
    }


def exported_tables() -> list[str]:
    """Return the tables that an export may hold, in published order."""
    return [name for name in TABLES if name in FACETS or name in ("organisations", "programmes")]
