"""What of outcomes waits for the front line: verifiers' questions, and evidence that is still needed."""

from __future__ import annotations

from django.urls import reverse

from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.lists import up_to
from openoutcomes.web.core.waiting import Waiting
from openoutcomes.web.outcomes.card import lacking_evidence
from openoutcomes.web.outcomes.queries import outcomes_for
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.verification.queries import questions_for


def waiting(access: Access) -> list[Waiting]:
    """Return what waits for those who record outcomes: their own people's, or their organisation's for managers."""
    if not access.may("outcomes.record"):
        return []
    rows = outcomes_for(access, "outcomes.record").filter(
        withdrawn=False, state__in=("unverified", "queried")
    )
    if "provider_manager" not in access.roles():
        rows = rows.filter(enrolment__practitioner=access.user)
    programmes = Programme.of(access.partnership).filter(
        organisation__in=access.organisation_ids("outcomes.record"), contract__isnull=False
    )
    contracts = Contract.of(access.partnership).filter(pk__in=programmes.values("contract"))
    asked = up_to(rows.filter(state="queried", record_id__in=questions_for(access).values("achievement_id")))
    lacking = up_to(lacking_evidence(rows, list(contracts)))
    address = reverse("outcomes", kwargs={"partnership": access.partnership.slug})
    return [
        Waiting(
            asked,
            "question from a verifier waits for an answer"
            if asked == 1
            else "questions from verifiers wait for an answer",
            f"{address}?show=queried",
        ),
        Waiting(
            lacking,
            "outcome still needs evidence" if lacking == 1 else "outcomes still need evidence",
            f"{address}?show=evidence",
        ),
    ]
