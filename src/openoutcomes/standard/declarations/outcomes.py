"""The outcomes: what was achieved, who had a part in it, and what a verifier found."""

from __future__ import annotations

from openoutcomes.standard.fields import Field, Table

_CONTRACT = Field(
    "contract_id", "code", "The outcomes contract.", example="fair-chance-fund", why="Pricing",
)  # fmt: skip

ACHIEVEMENTS = Table(
    "achievements", "an outcome claimed for a person", "outcomes",
    (
        Field("achievement_id", "id", "Opaque id of the achievement.", required=True,
              sensitivity="personal", example="achievement-0001", why="Every claim line names it"),
        Field("person_id", "id", "The person.", required=True, references="people",
              sensitivity="personal", example="person-0001", why="Rules that count once for each person"),
        Field("enrolment_id", "id", "The enrolment.", references="enrolments", sensitivity="personal",
              example="enrolment-0001", why="Eligibility, cohorts, payment groups"),
        Field("provider_id", "id", "The organisation that claims.", references="organisations",
              example="harbour-lights", why="Whose claim it is"),
        Field("programme_id", "id", "The programme.", references="programmes", example="programme-01",
              why="Which work this was"),
        _CONTRACT,
        Field("outcome", "code", "Code of the outcome, in the contract or the outcomes map.", required=True,
              sensitivity="personal", example="accommodation-entry", why="The rule that prices it"),
        Field("achieved_on", "date", "Day it was achieved.", required=True, sensitivity="personal",
              example="2015-03-14", why="Terms, windows, periods, caps"),
        Field("sustained_to", "date", "Last day it was known still to hold.", sensitivity="personal",
              example="2015-06-14", why="Outcomes that must last"),
        Field("claimed_on", "date", "Day it was claimed.", sensitivity="personal", example="2015-06-30",
              why="Claim windows"),
        Field("quantity", "decimal", "How many of the outcome's unit.", minimum=0, default="1",
              example="1", why="Price times quantity"),
        Field("evidence_kinds", "list", "Kinds of evidence held, in the contract's codes.",
              sensitivity="personal", example="tenancy-agreement;landlord-letter",
              why="Evidence that a rule asks for"),
        Field("evidence_dates", "dates", "Date of each piece of evidence, in the same order.",
              sensitivity="personal", example="2015-03-14;2015-03-20", why="Evidence in time"),
        Field("note", "text", "Anything a verifier should know.", sensitivity="personal",
              example="Moved within the same building", why="Verification"),
    ),
    not_before=(("achieved_on", "sustained_to"), ("achieved_on", "claimed_on")),
    same_length=(("evidence_kinds", "evidence_dates"),),
)  # fmt: skip

CONTRIBUTIONS = Table(
    "contributions", "an organisation's part in an achievement", "outcomes",
    (
        Field("contribution_id", "id", "Opaque id of the contribution.", required=True,
              example="contribution-0001", why="Who helped"),
        Field("achievement_id", "id", "The achievement.", required=True, references="achievements",
              sensitivity="personal", example="achievement-0001", why="Several may have helped"),
        Field("organisation_id", "id", "The organisation that had a part.", required=True,
              references="organisations", example="city-gateway", why="Several may have helped"),
        Field("part", "text", "The part it played.", example="Found the flat", why="Who does what"),
        Field("share", "decimal", "Its share of the whole, from 0 to 1.", unit="share of 1", minimum=0,
              maximum=1, example="0.25", why="Splitting a payment"),
    ),
)  # fmt: skip

VERIFICATIONS = Table(
    "verifications", "a verifier's finding on an achievement", "outcomes",
    (
        Field("verification_id", "id", "Opaque id of the finding.", required=True,
              example="verification-0001", why="Walking a payment back"),
        Field("achievement_id", "id", "The achievement looked at.", required=True,
              references="achievements", sensitivity="personal", example="achievement-0001",
              why="Payable, held or refused"),
        Field("state", "code", "What was found.", required=True, codes="verification_state",
              example="accepted", why="Payable, held or refused"),
        Field("verified_on", "date", "Day of the finding.", required=True, example="2015-07-10",
              why="What was known by a day"),
        Field("verified_by", "text", "The part played by the verifier: never a name.",
              example="contract verifier", why="Independence"),
        Field("reason", "text", "Why.", sensitivity="personal", example="Letter is dated before the move",
              why="Putting it right"),
    ),
)  # fmt: skip

COHORT_RESULTS = Table(
    "cohort_results", "a result for a whole cohort", "outcomes",
    (
        Field("cohort_result_id", "id", "Id of the result.", required=True, example="cohort-1-events",
              why="Cohort metrics"),
        _CONTRACT,
        Field("cohort", "text", "The cohort.", required=True, example="cohort-1", why="Cohort metrics"),
        Field("arm", "code", "Which side of a comparison.", codes="arm", example="treatment",
              why="Difference from the comparison"),
        Field("metric", "code", "What was measured.", required=True, example="reconviction-events",
              why="Cohort metrics"),
        Field("numerator", "decimal", "Count or sum above the line.", example="1410",
              why="Rates"),
        Field("denominator", "decimal", "People or units below the line.", minimum=0, example="1000",
              why="Rates"),
        Field("mean", "decimal", "Mean, where the metric is a score.", example="1.41",
              why="Sliding scales"),
        Field("period_start", "date", "First day covered.", example="2010-09-09", may_be_future=True,
              why="When it counts"),
        Field("period_end", "date", "Last day covered.", example="2012-07-01", may_be_future=True,
              why="When it counts"),
    ),
    not_before=(("period_start", "period_end"),),
)  # fmt: skip

ACHIEVEMENT_COUNTS = Table(
    "achievement_counts", "a number of outcomes achieved in a period", "outcomes",
    (
        Field("achievement_count_id", "id", "Id of the count.", required=True, example="count-0001",
              why="Contracts that report totals only"),
        _CONTRACT,
        Field("provider_id", "id", "The organisation that claims.", references="organisations",
              example="harbour-lights", why="Whose claim it is"),
        Field("outcome", "code", "Code of the outcome.", required=True, example="accommodation-entry",
              why="The rule that prices it"),
        Field("period_start", "date", "First day of the period.", required=True, example="2015-01-01",
              may_be_future=True, why="Prices and caps by period"),
        Field("period_end", "date", "Last day of the period.", required=True, example="2015-03-31",
              may_be_future=True, why="Prices and caps by period"),
        Field("count", "integer", "How many were achieved.", required=True, unit="outcomes", minimum=0,
              example="42", why="Price times count"),
        Field("cohort", "text", "The cohort, when the price depends on it.", example="year-1",
              why="Prices by cohort"),
        Field("payment_group", "text", "The payment group, when the price depends on it.",
              example="jsa-18-24", why="Prices by group"),
    ),
    not_before=(("period_start", "period_end"),),
)  # fmt: skip

INDICATORS = Table(
    "indicators", "a figure for a population", "outcomes",
    (
        Field("indicator_id", "id", "Id of the figure.", required=True, sensitivity="public",
              example="indicator-0001", why="Shared goals for a place"),
        Field("indicator", "code", "Code of the indicator.", required=True, sensitivity="public",
              example="households-in-temporary-accommodation", why="Which figure"),
        Field("area_code", "code", "The area: an official code.", sensitivity="public",
              example="E08000034", why="Which place"),
        Field("period_start", "date", "First day covered.", sensitivity="public", example="2015-01-01",
              may_be_future=True, why="Trends"),
        Field("period_end", "date", "Last day covered.", sensitivity="public", example="2015-03-31",
              may_be_future=True, why="Trends"),
        Field("value", "decimal", "The figure.", required=True, sensitivity="public", example="112",
              why="Trends"),
        Field("unit", "text", "What it counts or measures.", sensitivity="public", example="households",
              why="Reading the figure"),
    ),
    not_before=(("period_start", "period_end"),),
)  # fmt: skip

TABLES = (ACHIEVEMENTS, CONTRIBUTIONS, VERIFICATIONS, COHORT_RESULTS, ACHIEVEMENT_COUNTS, INDICATORS)
