"""What waits in payments: amounts approved and unpaid, and bank details to check."""

from __future__ import annotations

from django.urls import reverse

from openoutcomes.web.claims.parties import payers_of_provider
from openoutcomes.web.claims.showing import cash
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.payments.models import BankDetails
from openoutcomes.web.payments.queries import accounts_for, due


def waiting(access: Access) -> list[Waiting]:
    """Return what a finance officer may pay and has to check, and what a provider's other managers should know."""
    slug = access.partnership.slug
    bank = reverse("bank", kwargs={"partnership": slug})
    found: list[Waiting] = []
    if access.may("payments.record"):
        rows = due(access)
        sums: dict[str, int] = {}
        for row in rows:
            currency = row["claim"].contract.currency
            sums[currency] = sums.get(currency, 0) + row["standing"].to_pay - row["standing"].due_back
        money = " and ".join(cash(minor, currency) for currency, minor in sums.items())
        words = "amount approved and unpaid" if len(rows) == 1 else "amounts approved and unpaid"
        address = reverse("payments_due", kwargs={"partnership": slug})
        found.append(Waiting(len(rows), f"{words}, {money}", address))
    if access.may("bank.check"):
        proposed = accounts_for(access).filter(state="proposed").select_related("provider")
        mine = [
            one
            for one in proposed
            if any(access.allows("bank.check", payer) for payer in payers_of_provider(one.provider))
        ]
        words = "change of bank details to check" if len(mine) == 1 else "changes of bank details to check"
        found.append(Waiting(len(mine), f"{words}: payments to the provider wait", bank))
    if access.may("bank.propose"):
        # Told to every other manager, so that nobody changes an account unseen.
        alerts = BankDetails.of(access.partnership).filter(
            provider__in=access.organisation_ids("bank.propose"), state="proposed"
        )
        count = alerts.exclude(proposed_by=access.user).count()
        words = "A colleague's change of bank details waits to be checked. Did they mean to?"
        found.append(Waiting(count, words[0].lower() + words[1:], bank))
    return found
