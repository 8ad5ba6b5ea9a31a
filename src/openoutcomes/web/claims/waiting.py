"""What waits in claims: outcomes to claim, lines to answer for, claims to approve, disputes to settle."""

from __future__ import annotations

from django.db.models import F, Q, Sum
from django.urls import reverse

from openoutcomes.web.claims.models import Dispute
from openoutcomes.web.claims.queries import unclaimed
from openoutcomes.web.claims.showing import cash
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.lists import up_to
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.payments.models import Share


def waiting(access: Access) -> list[Waiting]:
    """Return what a provider may claim or has to answer, and what a payer has to approve or settle."""
    found: list[Waiting] = []
    address = reverse("claims", kwargs={"partnership": access.partnership.slug})
    if access.may("claims.prepare"):
        found += _of_provider(access, address)
    if access.may("claims.approve"):
        found += _of_payer(access, address)
    return found


def _of_provider(access: Access, address: str) -> list[Waiting]:
    ready = up_to(unclaimed(access))
    words = "accepted outcome to claim" if ready == 1 else "accepted outcomes to claim"
    prepare = reverse("claim_prepare", kwargs={"partnership": access.partnership.slug})
    returned = Dispute.of(access.partnership).filter(
        claim__provider__in=access.organisation_ids("claims.prepare"), resolution="", answered_at=None
    )
    late = returned.filter(answer_by__lt=clock.today()).exists()
    count = returned.count()
    return [
        Waiting(ready, words, prepare),
        Waiting(
            count, "returned line to answer" if count == 1 else "returned lines to answer", address, late
        ),
    ]


def _of_payer(access: Access, address: str) -> list[Waiting]:
    payers = access.organisation_ids("claims.approve")
    disputes = Dispute.of(access.partnership).filter(
        payer__organisation__in=access.organisation_ids("claims.dispute"), resolution=""
    )
    due = disputes.filter(Q(answered_at__isnull=False) | Q(answer_by__lt=clock.today()))
    late = due.filter(settle_by__lt=clock.today()).exists()
    shares = Share.of(access.partnership).filter(payer__organisation__in=payers, contract__is_closed=False)
    unapproved = shares.exclude(accrued=F("approved"))
    found = [
        Waiting(due.count(), "disputes to settle" if due.count() != 1 else "dispute to settle", address, late)
    ]
    sums = unapproved.order_by().values("contract__currency").annotate(sum=Sum(F("accrued") - F("approved")))
    money = " and ".join(cash(row["sum"], row["contract__currency"]) for row in sums)
    count = unapproved.values("claim").distinct().count()
    words = "claim to approve" if count == 1 else "claims to approve"
    found.append(Waiting(count, f"{words}, {money}", address))
    return found
