"""Which fields of each table say what it is about: for lists, timelines and permissions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Facets:
    """Names of fields: its kind, its day, the organisation it belongs to, and the record it is about."""

    prefix: str
    code: str = ""
    on: str = ""
    organisation: str = ""
    about: str = ""
    title: str = ""


#: Every table that the platform stores as records. Organisations and programmes have models of their own.
FACETS: dict[str, Facets] = {
    "people": Facets("p", title="Details"),
    "enrolments": Facets("e", on="started_on", organisation="provider_id", title="Programme"),
    "referrals": Facets("r", on="made_on", organisation="from_organisation", title="Referral"),
    "strengths": Facets("s", code="domain", on="noted_on", title="Strength"),
    "goals": Facets("g", code="domain", on="set_on", title="Goal"),
    "needs": Facets("n", code="category", on="presented_on", title="Need"),
    "contacts": Facets("c", on="made_on", organisation="organisation_id", title="Contact"),
    "activities": Facets("a", code="kind", on="started_on", organisation="provider_id", title="Support"),
    "measures": Facets("m", code="instrument", on="taken_on", title="Measure"),
    "events": Facets("v", code="kind", on="occurred_on", title="Event"),
    "achievements": Facets("o", code="outcome", on="achieved_on", organisation="provider_id", title="Outcome"),
    "contributions": Facets("k", organisation="organisation_id", about="achievement_id", title="Contribution"),
    "verifications": Facets("f", code="state", on="verified_on", about="achievement_id", title="Finding"),
    "achievement_counts": Facets("t", code="outcome", on="period_end", organisation="provider_id", title="Count"),
    "cohort_results": Facets("h", code="metric", on="period_end", title="Cohort result"),
    "feedback": Facets("b", code="question", on="answered_on", organisation="collected_by",
                       about="achievement_id", title="What they said"),
    "costs": Facets("x", title="Cost"),
    "capacity": Facets("y", title="Capacity"),
    "changes": Facets("d", title="Change to delivery"),
    "investments": Facets("i", title="Investment"),
    "indicators": Facets("w", code="indicator", on="period_end", title="Indicator"),
    "consents": Facets("u", code="purpose", on="valid_from", organisation="recipient", title="Consent"),
}  # fmt: skip
