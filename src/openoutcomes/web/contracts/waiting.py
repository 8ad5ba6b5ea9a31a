"""What waits for those who load contracts: terms that name somebody whom no organisation stands for."""

from __future__ import annotations

from django.urls import reverse

from openoutcomes.web.contracts.queries import unmapped_contracts
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.waiting import Waiting


def waiting(access: Access) -> list[Waiting]:
    """Return how many contracts have parties still to be named."""
    if not access.may("contracts.load"):
        return []
    slug = access.partnership.slug
    found = unmapped_contracts(access.partnership)
    if len(found) == 1:
        address = reverse("contract_parties", kwargs={"partnership": slug, "pk": found[0][0].pk})
    else:
        address = reverse("contracts", kwargs={"partnership": slug})
    words = (
        "contract whose parties are not all named"
        if len(found) == 1
        else "contracts whose parties are not all named"
    )
    return [Waiting(len(found), words, address)]
