"""The tables that stand around the people: organisations, programmes, cohort results, indicators."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from openoutcomes.standard.dataset import Dataset
from openoutcomes.synth.brief import Brief
from openoutcomes.synth.figures import indicators, results
from openoutcomes.synth.profile import Profile
from openoutcomes.synth.tables import LISTENER, PARTNER, SOURCE, programme_of

Rows = list[dict[str, object]]


def surroundings(
    brief: Brief, profile: Profile, sizes: Mapping[str, int], figures: Mapping[str, Mapping[str, int]]
) -> dict[str, pa.Table]:
    """Return the tables without people. ``sizes`` are people by cohort."""
    rows: dict[str, Rows] = {
        "organisations": _organisations(brief, profile),
        "programmes": _programmes(brief, profile),
        "cohort_results": [
            {
                "cohort_result_id": f"syn-result-{place}",
                "contract_id": brief.terms.contract,
                "cohort": result.cohort,
                "arm": result.arm or None,
                "metric": result.metric,
                "numerator": result.numerator,
                "denominator": result.denominator,
                "mean": result.mean,
                "period_start": result.first,
                "period_end": result.last,
            }
            for place, result in enumerate(results(brief, profile, sizes), start=1)
        ],
        "indicators": [
            {
                "indicator_id": f"syn-indicator-{place}",
                "indicator": each.name,
                "area_code": each.area or None,
                "period_start": each.first,
                "period_end": each.last,
                "value": each.value,
            }
            for place, each in enumerate(indicators(brief, figures), start=1)
        ],
    }
    given = {name: [{**row, "source": SOURCE} for row in each] for name, each in rows.items() if each}
    data = Dataset.from_rows(given)
    return {name: data.arrow(name).select(list(each[0])) for name, each in given.items()}


def _organisations(brief: Brief, profile: Profile) -> Rows:
    parts = {
        **dict.fromkeys(profile.attributes["provider"], "provider"),
        **dict.fromkeys(brief.latest.payer_names, "payer"),
        **dict.fromkeys(brief.terms.investors, "investor"),
        LISTENER: "independent listener",
    }
    if any(step.outcome.shared_with for step in brief.steps):
        parts[PARTNER] = "partner"
    return [
        {"organisation_id": word, "name": f"Synthetic {part} ({word})", "sector": "synthetic"}
        for word, part in parts.items()
    ]


def _programmes(brief: Brief, profile: Profile) -> Rows:
    named: dict[str, str | None] = (
        dict.fromkeys(profile.attributes["programme"])
        if "programme" in profile.attributes
        else {programme_of(provider): provider for provider in profile.attributes["provider"]}
    )
    return [
        {
            "programme_id": word,
            "name": f"Synthetic programme ({word})",
            "provider_id": provider,
            "contract_id": brief.terms.contract,
        }
        for word, provider in named.items()
    ]
