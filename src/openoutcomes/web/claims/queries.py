"""Reading claims: which ones a seat may see, and what stands locked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.http import Http404

from openoutcomes.standard.fields import SEPARATOR, Field
from openoutcomes.standard.tables import TABLES
from openoutcomes.web.claims.models import LOCKED, Claim, ClaimLine, Dispute
from openoutcomes.web.contracts.models import Contract, Party
from openoutcomes.web.contracts.queries import contracts_for
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.permissions import MATRIX
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.people.models import Person
from openoutcomes.web.records.models import Record


def seen(access: Access, action: str) -> Q:
    """Return the condition on rows with a contract and a provider of what a seat may see for an action.

    A provider sees what is its own; whoever pays, commissions or invests sees everything under its contracts.
    """
    if access.reach(action) == "partnership":
        return Q()
    own = {m.organisation_id for m in access.memberships if m.role in MATRIX[action]}
    party = {m.organisation_id for m in access.memberships if MATRIX[action].get(m.role) == "party"}
    paying = Party.of(access.partnership).filter(organisation__in=party).exclude(role="provider")
    return Q(provider__in=own) | Q(contract__in=paying.values("contract"))


def claims_for(access: Access, action: str = "claims.view") -> QuerySet[Claim]:
    """Return the claims that a seat may see. Drafts are seen by their own provider alone."""
    own = access.organisation_ids("claims.prepare")
    rows = Claim.of(access.partnership).filter(seen(access, action))
    return rows.filter(
        Q(state__in=LOCKED) | Q(provider__in=own) | Q(state="withdrawn", locked_at__isnull=False)
    )


def claim_or_404(access: Access, claim_id: str, action: str = "claims.view") -> Claim:
    """Return a claim that a seat may see; raises Http404 for any other."""
    rows = claims_for(access, action).select_related("contract", "provider", "prepared_by", "locked_by")
    found = rows.filter(claim_id=claim_id).first()
    if found is None:
        raise Http404("No such claim, or not one that you may see")
    # Known already: asked for by nothing below again.
    found.partnership = found.contract.partnership = found.provider.partnership = access.partnership
    return found


def contract_or_404(access: Access, number: int, action: str) -> Contract:
    """Return a contract that a seat may see for an action, by its number; raises Http404 for any other."""
    found = contracts_for(access, action).filter(pk=number).first()
    if found is None:
        raise Http404("No such contract, or not one that you may see")
    return found


def dispute_or_404(access: Access, claim: Claim, dispute_id: str) -> Dispute:
    """Return a dispute of a claim that the seat may see already; raises Http404 for any other."""
    rows = Dispute.of(access.partnership).filter(claim=claim, dispute_id=dispute_id)
    found = rows.select_related("line", "payer__organisation", "claim__provider", "claim__contract").first()
    if found is None:
        raise Http404("No such dispute in this claim")
    return found


def with_sums(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Add what each claim comes to, in minor units: claimed, approved and paid."""
    return claims.annotate(
        claimed=Sum("shares__accrued", default=0),
        approved_sum=Sum("shares__approved", default=0),
        paid_sum=Sum(F("shares__paid") - F("shares__returned"), default=0),
    )


def is_locked(record_id: str) -> bool:
    """Say whether an achievement stands in a locked claim with money, within the scope of the partnership.

    It can then still be corrected, by a later version of its record with a reason: the claim stays as it is,
    and what the correction changes comes as an adjustment in the provider's next claim.
    """
    return locked_claim_of(record_id) is not None


def locked_claim_of(record_id: str) -> Claim | None:
    """Return the latest locked claim that an achievement stands in with money, within the scope."""
    rows = ClaimLine.objects.filter(achievement_id=record_id, claim__state__in=LOCKED).exclude(payers={})
    line = rows.select_related("claim").order_by("-claim__locked_at").first()
    return None if line is None else line.claim


def unclaimed(access: Access) -> QuerySet[Record]:
    """Return the accepted outcomes of a provider's open contracts that stand in no claim yet."""
    line = ClaimLine.of(access.partnership).filter(
        achievement_id=OuterRef("record_id"), claim__state__in=(*LOCKED, "draft")
    )
    return (
        Record.of(access.partnership)
        .filter(
            table="achievements",
            current=True,
            withdrawn=False,
            state="accepted",
            organisation__in=access.organisation_ids("claims.prepare"),
            contract__is_closed=False,
        )
        .filter(~Exists(line))
    )


def changed_since(claim: Claim) -> int:
    """Return how many records of a draft's contract were written after it was priced."""
    rows = Record.of(claim.partnership).filter(pk__gt=claim.last_record)
    people = Person.of(claim.partnership).filter(enrolments__programme__contract=claim.contract)
    return rows.filter(Q(contract=claim.contract) | Q(person__in=people.values("pk"))).count()


def preparable(access: Access) -> list[tuple[Contract, Organisation]]:
    """Return the open contracts under which a seat may prepare claims, each with the provider."""
    parties = Party.of(access.partnership).filter(
        role="provider",
        organisation__in=access.organisation_ids("claims.prepare"),
        contract__is_closed=False,
    )
    rows = parties.select_related("contract", "organisation").order_by("contract__name", "organisation__name")
    return list(dict.fromkeys((party.contract, party.organisation) for party in rows))


def suggested(contract: Contract, provider: Organisation) -> tuple[str, dt.date, dt.date]:
    """Suggest the next claim: the day after the last one's end to the end of the last whole quarter."""
    today = clock.today()
    this_quarter = dt.date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    until = this_quarter - dt.timedelta(days=1)
    first = dt.date(until.year, 3 * ((until.month - 1) // 3) + 1, 1)
    last = (
        Claim.of(contract.partnership)
        .filter(contract=contract, provider=provider, state__in=LOCKED)
        .order_by("-period_to")
        .values_list("period_to", flat=True)
        .first()
    )
    if last is not None and last < today:
        first = last + dt.timedelta(days=1)
        until = max(until, first)
        if until == first:
            until = today
    return f"{until.year}-Q{(until.month - 1) // 3 + 1}", first, min(until, today)


def versions_behind(line: ClaimLine) -> list[dict[str, Any]]:
    """Return the records behind a line as they stood when it was priced, oldest first, without words about people.

    Each is the outcome, a verifier's finding or a contribution: which version, recorded when, and its codes,
    dates and numbers. What somebody wrote in their own words stays with the record.
    """
    if not line.achievement_id:
        return []
    claim = line.claim
    of = Record.of(claim.partnership).filter(pk__lte=claim.last_record)
    about = Q(table="achievements", record_id=line.achievement_id) | Q(about=line.achievement_id)
    rows = of.filter(about, table__in=("achievements", "verifications", "contributions"))
    return [
        {
            "table": row.table,
            "record_id": row.record_id,
            "version": row.version,
            "recorded_at": row.recorded_at,
            "withdrawn": row.withdrawn,
            "values": [
                (_label(name), _said(TABLES[row.table].by_name[name], value))
                for name, value in row.values.items()
                if _is_plain(TABLES[row.table].by_name[name]) and value
            ],
        }
        for row in rows.order_by("recorded_at", "pk")
    ]


def _is_plain(field: Field) -> bool:
    return field.codes is not None or field.type not in ("text", "id")


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _said(field: Field, value: str) -> str:
    if field.type in ("date", "dates"):
        return ", ".join(day(one) for one in value.split(SEPARATOR) if one)
    return value.replace(SEPARATOR, ", ")
