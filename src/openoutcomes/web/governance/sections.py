"""A box on a person's own page: their complaints and how they stand, and what they were offered. Nobody else sees it."""

from __future__ import annotations

from typing import Any

from openoutcomes.web.core.access import Access
from openoutcomes.web.governance.models import Support
from openoutcomes.web.governance.queries import own_complaints
from openoutcomes.web.people.models import Person


def own(access: Access, person: Person) -> dict[str, Any] | None:
    """Return the complaints and offers of the person whose own page it is; None on anybody else's."""
    if person.pk not in access.person_ids():
        return None
    return {
        "rows": own_complaints(access).order_by("-received_on", "-pk")[:10],
        "offers": Support.of(access.partnership).filter(user=access.user, state="offered").count(),
    }
