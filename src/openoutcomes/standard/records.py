"""The type of a row of each table, as ``rows`` and ``record`` return it.

Made from the declarations by ``openoutcomes standard build``: change those, not this file.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict


class OrganisationsRow(TypedDict):
    """A row of ``organisations``: an organisation."""

    #: Short id used in the other tables.
    organisation_id: str
    #: Its name.
    name: str | None
    #: Public identifier in the org-id style: list code, then number.
    identifier: str | None
    #: What sort of organisation it is.
    kind: str | None
    #: The field it works in.
    sector: str | None
    #: Size by yearly income.
    size_band: str | None
    #: What it can do.
    capabilities: list[str] | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class ProgrammesRow(TypedDict):
    """A row of ``programmes``: a programme that a provider runs."""

    #: Id of the programme.
    programme_id: str
    #: Its name.
    name: str | None
    #: The organisation that runs it.
    provider_id: str | None
    #: Where it works.
    place: str | None
    #: What it is for.
    aim: str | None
    #: Whom it is for.
    who_for: str | None
    #: The outcomes contract, when there is one.
    contract_id: str | None
    #: Ids or names of those who fund it.
    funders: list[str] | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class PeopleRow(TypedDict):
    """A row of ``people``: a person, under a pseudonym."""

    #: Opaque id of the person: never a name.
    person_id: str
    #: Year of birth.
    birth_year: int | None
    #: Sex as the person records it.
    sex: str | None
    #: Ethnic group as the person describes it.
    ethnicity: str | None
    #: Small area of the home: an LSOA, data zone or other official code.
    area_code: str | None
    #: Whether the person considers that they are disabled.
    disability: str | None
    #: Other things declared, as words or key=value.
    characteristics: list[str] | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class EnrolmentsRow(TypedDict):
    """A row of ``enrolments``: a person in a programme with a provider."""

    #: Opaque id of the enrolment.
    enrolment_id: str
    #: The person, by an opaque id: never a name.
    person_id: str
    #: The programme.
    programme_id: str | None
    #: The organisation that gives the support.
    provider_id: str | None
    #: The contract that pays, when one does.
    contract_id: str | None
    #: Day of referral.
    referred_on: date | None
    #: Who referred: an organisation's id or a word such as self.
    referred_by: str | None
    #: First day of support.
    started_on: date | None
    #: Last day of support.
    ended_on: date | None
    #: Why it ended.
    end_reason: str | None
    #: Age on the first day. Unit: years.
    age_at_start: int | None
    #: The group that sets the price, in the contract's words.
    payment_group: str | None
    #: The cohort, in the contract's words.
    cohort: str | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class ReferralsRow(TypedDict):
    """A row of ``referrals``: a hand-over of a person between organisations."""

    #: Opaque id of the referral.
    referral_id: str
    #: The person, by an opaque id: never a name.
    person_id: str | None
    #: Who handed over.
    from_organisation: str | None
    #: Who was asked to take over.
    to_organisation: str | None
    #: Day the referral was made.
    made_on: date | None
    #: Day it was accepted.
    accepted_on: date | None
    #: Day it was handed back.
    handed_back_on: date | None
    #: Why it was made or handed back.
    why: str | None
    #: Whether what was known was passed on with it.
    prefilled: bool | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class StrengthsRow(TypedDict):
    """A row of ``strengths``: something a person has, can do or cares about."""

    #: Opaque id of the strength.
    strength_id: str
    #: The person, by an opaque id: never a name.
    person_id: str
    #: In the person's own words.
    words: str | None
    #: Where it lies.
    domain: str | None
    #: Who says so: the person or somebody else's part.
    says: str | None
    #: How it is being used.
    used: str | None
    #: Day it was noted.
    noted_on: date | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class GoalsRow(TypedDict):
    """A row of ``goals``: something that matters to a person."""

    #: Opaque id of the goal.
    goal_id: str
    #: The person, by an opaque id: never a name.
    person_id: str
    #: The enrolment it belongs to.
    enrolment_id: str | None
    #: In the person's own words.
    words: str | None
    #: Where it lies.
    domain: str | None
    #: Day it was set.
    set_on: date | None
    #: Day planned for looking at it again.
    review_on: date | None
    #: Day it was last looked at.
    reviewed_on: date | None
    #: How near in the person's view, 0 (not at all) to 10 (reached). Unit: points of 10.
    rating: int | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class NeedsRow(TypedDict):
    """A row of ``needs``: a need of a person."""

    #: Opaque id of the need.
    need_id: str
    #: The person, by an opaque id: never a name.
    person_id: str | None
    #: The enrolment it belongs to.
    enrolment_id: str | None
    #: What it concerns: best a code of the outcomes map.
    category: str | None
    #: How strong, from 0 (none) to 10. Unit: points of 10.
    intensity: int | None
    #: Day it was first heard.
    presented_on: date | None
    #: Day it was met.
    met_on: date | None
    #: The organisation that met it.
    met_by: str | None
    #: Why it presents now.
    cause: str | None
    #: How well it was met in the person's view, 0 to 10. Unit: points of 10.
    satisfaction: int | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class ContactsRow(TypedDict):
    """A row of ``contacts``: a demand on a service."""

    #: Opaque id of the contact.
    contact_id: str
    #: The person who got in touch.
    person_id: str | None
    #: The organisation that was asked.
    organisation_id: str | None
    #: The programme.
    programme_id: str | None
    #: Day of the contact.
    made_on: date | None
    #: What was asked, in the person's words.
    asked: str | None
    #: What turned out to be needed.
    needed: str | None
    #: Value or failure demand, judged by a person.
    demand: str | None
    #: Whether it was settled at first contact.
    resolved_first_time: bool | None
    #: Days from the contact to its being settled. Unit: days.
    waited_days: int | None
    #: The part played by whoever judged it: never a name.
    coded_by: str | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class ActivitiesRow(TypedDict):
    """A row of ``activities``: a piece of support."""

    #: Opaque id of the activity.
    activity_id: str
    #: The person supported.
    person_id: str | None
    #: The enrolment it belongs to.
    enrolment_id: str | None
    #: The organisation that gave it.
    provider_id: str | None
    #: What sort of support.
    kind: str | None
    #: Day it took place or began.
    started_on: date | None
    #: Day it ended.
    ended_on: date | None
    #: Time given. Unit: hours.
    hours: Decimal | None
    #: Whether others took part.
    group_session: bool | None
    #: Whether the person was there.
    attended: str | None
    #: What was done and said, in a few words.
    note: str | None
    #: What it cost. Unit: major units of the currency.
    cost: Decimal | None
    #: Currency of the cost, ISO 4217.
    currency: str | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class MeasuresRow(TypedDict):
    """A row of ``measures``: a reading of an instrument or metric for one person."""

    #: Opaque id of the reading.
    measure_id: str
    #: The person, by an opaque id: never a name.
    person_id: str
    #: The enrolment it belongs to.
    enrolment_id: str | None
    #: Code of the instrument or metric.
    instrument: str
    #: Answers in the instrument's order; a missing answer is an empty item.
    items: list[str] | None
    #: The score on the instrument's own scale.
    score: Decimal | None
    #: Day of the reading.
    taken_on: date
    #: How it was taken.
    how: str | None
    #: The part played by whoever took it: never a name.
    by_whom: str | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class EventsRow(TypedDict):
    """A row of ``events``: something that happened to a person and bears on a rule."""

    #: Opaque id of the event.
    event_id: str
    #: The person, by an opaque id: never a name.
    person_id: str
    #: The enrolment it belongs to.
    enrolment_id: str | None
    #: What happened, in the contract's codes (accommodation-lost, managed-move).
    kind: str
    #: Day it happened.
    occurred_on: date
    #: Anything that helps a reader.
    detail: str | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class AchievementsRow(TypedDict):
    """A row of ``achievements``: an outcome claimed for a person."""

    #: Opaque id of the achievement.
    achievement_id: str
    #: The person.
    person_id: str
    #: The enrolment.
    enrolment_id: str | None
    #: The organisation that claims.
    provider_id: str | None
    #: The programme.
    programme_id: str | None
    #: The outcomes contract.
    contract_id: str | None
    #: Code of the outcome, in the contract or the outcomes map.
    outcome: str
    #: Day it was achieved.
    achieved_on: date
    #: Last day it was known still to hold.
    sustained_to: date | None
    #: Day it was claimed.
    claimed_on: date | None
    #: How many of the outcome's unit.
    quantity: Decimal
    #: Kinds of evidence held, in the contract's codes.
    evidence_kinds: list[str] | None
    #: Date of each piece of evidence, in the same order.
    evidence_dates: list[date] | None
    #: Anything a verifier should know.
    note: str | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class ContributionsRow(TypedDict):
    """A row of ``contributions``: an organisation's part in an achievement."""

    #: Opaque id of the contribution.
    contribution_id: str
    #: The achievement.
    achievement_id: str
    #: The organisation that had a part.
    organisation_id: str
    #: The part it played.
    part: str | None
    #: Its share of the whole, from 0 to 1. Unit: share of 1.
    share: Decimal | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class VerificationsRow(TypedDict):
    """A row of ``verifications``: a verifier's finding on an achievement."""

    #: Opaque id of the finding.
    verification_id: str
    #: The achievement looked at.
    achievement_id: str
    #: What was found.
    state: str
    #: Day of the finding.
    verified_on: date
    #: The part played by the verifier: never a name.
    verified_by: str | None
    #: Why.
    reason: str | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class AchievementCountsRow(TypedDict):
    """A row of ``achievement_counts``: a number of outcomes achieved in a period."""

    #: Id of the count.
    achievement_count_id: str
    #: The outcomes contract.
    contract_id: str | None
    #: The organisation that claims.
    provider_id: str | None
    #: Code of the outcome.
    outcome: str
    #: First day of the period.
    period_start: date
    #: Last day of the period.
    period_end: date
    #: How many were achieved. Unit: outcomes.
    count: int
    #: The cohort, when the price depends on it.
    cohort: str | None
    #: The payment group, when the price depends on it.
    payment_group: str | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class CohortResultsRow(TypedDict):
    """A row of ``cohort_results``: a result for a whole cohort."""

    #: Id of the result.
    cohort_result_id: str
    #: The outcomes contract.
    contract_id: str | None
    #: The cohort.
    cohort: str
    #: Which side of a comparison.
    arm: str | None
    #: What was measured.
    metric: str
    #: Count or sum above the line.
    numerator: Decimal | None
    #: People or units below the line.
    denominator: Decimal | None
    #: Mean, where the metric is a score.
    mean: Decimal | None
    #: First day covered.
    period_start: date | None
    #: Last day covered.
    period_end: date | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class FeedbackRow(TypedDict):
    """A row of ``feedback``: an answer from a person."""

    #: Opaque id of the answer.
    feedback_id: str
    #: The person, by an opaque id: never a name.
    person_id: str
    #: The enrolment it belongs to.
    enrolment_id: str | None
    #: The achievement the answer is about.
    achievement_id: str | None
    #: The question, in words or by code.
    question: str | None
    #: The answer.
    answer: str | None
    #: Day of the answer.
    answered_on: date | None
    #: Whether the answer was asked for.
    asked: str | None
    #: Where the person stood with the service.
    standing: str | None
    #: The organisation that collected it.
    collected_by: str | None
    #: Whether whoever collected it is independent of the provider.
    independent: bool | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class IndicatorsRow(TypedDict):
    """A row of ``indicators``: a figure for a population."""

    #: Id of the figure.
    indicator_id: str
    #: Code of the indicator.
    indicator: str
    #: The area: an official code.
    area_code: str | None
    #: First day covered.
    period_start: date | None
    #: Last day covered.
    period_end: date | None
    #: The figure.
    value: Decimal
    #: What it counts or measures.
    unit: str | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class CostsRow(TypedDict):
    """A row of ``costs``: money or time used."""

    #: Id of the cost.
    cost_id: str
    #: The programme.
    programme_id: str | None
    #: The outcomes contract, when there is one.
    contract_id: str | None
    #: First day covered.
    period_start: date | None
    #: Last day covered.
    period_end: date | None
    #: What it was spent on.
    kind: str | None
    #: Whether money changed hands.
    in_kind: str | None
    #: The amount. Unit: major units of the currency.
    amount: Decimal | None
    #: Currency, ISO 4217.
    currency: str | None
    #: Who paid.
    funder_id: str | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class CapacityRow(TypedDict):
    """A row of ``capacity``: a team in a period."""

    #: Id of the row.
    capacity_id: str
    #: The organisation.
    organisation_id: str | None
    #: The programme.
    programme_id: str | None
    #: The team.
    team: str | None
    #: First day of the period.
    period_start: date | None
    #: Last day of the period.
    period_end: date | None
    #: Posts, full-time equivalent. Unit: full-time equivalents.
    posts: Decimal | None
    #: Posts empty, full-time equivalent. Unit: full-time equivalents.
    vacancies: Decimal | None
    #: People open for each post filled. Unit: people.
    caseload: Decimal | None
    #: Supervision for each post in the period. Unit: hours.
    supervision: Decimal | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class ChangesRow(TypedDict):
    """A row of ``changes``: a change to how support is given."""

    #: Id of the change.
    change_id: str
    #: Who made it.
    organisation_id: str | None
    #: The programme.
    programme_id: str | None
    #: What was heard or seen.
    heard: str | None
    #: What was changed.
    changed: str | None
    #: The part played by whoever decided: never a name.
    decided_by: str | None
    #: Day it was decided.
    decided_on: date | None
    #: What came of it.
    result: str | None
    #: Day the result was looked at.
    reviewed_on: date | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class InvestmentsRow(TypedDict):
    """A row of ``investments``: money put in up front."""

    #: Id of the investment.
    investment_id: str
    #: Who put it in.
    investor_id: str | None
    #: The programme.
    programme_id: str | None
    #: The outcomes contract, when there is one.
    contract_id: str | None
    #: Its form.
    kind: str | None
    #: The terms, in words.
    terms: str | None
    #: The most that may be drawn. Unit: major units of the currency.
    amount: Decimal | None
    #: Drawn so far. Unit: major units of the currency.
    drawn: Decimal | None
    #: Repaid so far, with interest and returns. Unit: major units of the currency.
    repaid: Decimal | None
    #: Currency, ISO 4217.
    currency: str | None
    #: Day it was agreed.
    agreed_on: date | None
    #: Day it must be repaid by.
    ends_on: date | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool


class ConsentsRow(TypedDict):
    """A row of ``consents``: a permission that a person has given."""

    #: Opaque id of the permission.
    consent_id: str
    #: The person, by an opaque id: never a name.
    person_id: str
    #: What it is for.
    purpose: str | None
    #: The organisation that may see.
    recipient: str | None
    #: The tables or topics that may be seen.
    slice: list[str] | None
    #: First day it holds.
    valid_from: date | None
    #: Last day it holds.
    valid_to: date | None
    #: Day the person took it back.
    withdrawn_on: date | None
    #: The partnership whose record it is.
    partnership_id: str | None
    #: Where the row came from: a system, a file, a document.
    source: str | None
    #: Version of the record: the versions of a record share its id.
    version: int
    #: When this version was recorded; UTC unless an offset is written.
    recorded_at: datetime | None
    #: Id of another record of the table that this one takes the place of.
    replaces: str | None
    #: Whether this version withdraws the record.
    withdrawn: bool
