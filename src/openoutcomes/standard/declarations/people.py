"""Who we work with, what they need, what they have, and what they say."""

from __future__ import annotations

from openoutcomes.standard.fields import Field, Table

_PERSON = Field(
    "person_id", "id", "The person, by an opaque id: never a name.", required=True,
    references="people", sensitivity="personal", example="person-0001",
    why="Rules that count once for each person; unique people reached",
)  # fmt: skip
_PERSON_OPTIONAL = Field(
    "person_id", "id", "The person, by an opaque id: never a name.",
    references="people", sensitivity="personal", example="person-0001",
    why="Joins the row to the person",
)  # fmt: skip
_ENROLMENT = Field(
    "enrolment_id", "id", "The enrolment it belongs to.", references="enrolments",
    sensitivity="personal", example="enrolment-0001", why="Joins the row to a programme and provider",
)  # fmt: skip

PEOPLE = Table(
    "people", "a person, under a pseudonym", "people",
    (
        Field("person_id", "id", "Opaque id of the person: never a name.", required=True,
              sensitivity="personal", example="person-0001", why="Everything about a person joins here"),
        Field("birth_year", "integer", "Year of birth.", minimum=1900, maximum=2100,
              sensitivity="personal", example="1996", why="Eligibility by age, breakdowns"),
        Field("sex", "code", "Sex as the person records it.", codes="sex", sensitivity="personal",
              example="female", why="Breakdowns: who is reached and who is not"),
        Field("ethnicity", "code", "Ethnic group as the person describes it.", codes="ethnicity",
              sensitivity="special-category", example="mixed",
              why="Breakdowns: who is reached and who is not"),
        Field("area_code", "code", "Small area of the home: an LSOA, data zone or other official code.",
              sensitivity="personal", example="E01000001", why="Deprivation, place, joins to indicators"),
        Field("disability", "code", "Whether the person considers that they are disabled.",
              codes="disability", sensitivity="special-category", example="no",
              why="Breakdowns: who is reached and who is not"),
        Field("characteristics", "list", "Other things declared, as words or key=value.",
              sensitivity="special-category", example="care-leaver;housing=no-fixed-home",
              why="Eligibility rules that name them"),
    ),
)  # fmt: skip

ENROLMENTS = Table(
    "enrolments", "a person in a programme with a provider", "people",
    (
        Field("enrolment_id", "id", "Opaque id of the enrolment.", required=True, sensitivity="personal",
              example="enrolment-0001", why="Activities and achievements join here"),
        _PERSON,
        Field("programme_id", "id", "The programme.", references="programmes", example="programme-01",
              why="Which work this was"),
        Field("provider_id", "id", "The organisation that gives the support.", references="organisations",
              example="harbour-lights", why="Claims and variation by provider"),
        Field("contract_id", "code", "The contract that pays, when one does.", example="fair-chance-fund",
              why="Pricing"),
        Field("referred_on", "date", "Day of referral.", sensitivity="personal", example="2015-02-20",
              why="Referral windows, waits"),
        Field("referred_by", "text", "Who referred: an organisation's id or a word such as self.",
              example="self", why="Routes in"),
        Field("started_on", "date", "First day of support.", sensitivity="personal", example="2015-03-01",
              why="Windows, cohorts, age at start"),
        Field("ended_on", "date", "Last day of support.", sensitivity="personal", example="2016-02-29",
              why="Length of support, open cases"),
        Field("end_reason", "code", "Why it ended.", codes="end_reason", sensitivity="personal",
              example="completed", why="Drop-off; who leaves and why"),
        Field("age_at_start", "integer", "Age on the first day.", unit="years", minimum=0, maximum=130,
              sensitivity="personal", example="19", why="Eligibility by age without a date of birth"),
        Field("payment_group", "text", "The group that sets the price, in the contract's words.",
              sensitivity="personal", example="jsa-18-24", why="Prices by group"),
        Field("cohort", "text", "The cohort, in the contract's words.", example="year-1",
              why="Prices, caps and metrics by cohort"),
    ),
    not_before=(("referred_on", "started_on"), ("started_on", "ended_on")),
)  # fmt: skip

REFERRALS = Table(
    "referrals", "a hand-over of a person between organisations", "work",
    (
        Field("referral_id", "id", "Opaque id of the referral.", required=True, sensitivity="personal",
              example="referral-0001", why="Following a hand-over"),
        _PERSON_OPTIONAL,
        Field("from_organisation", "id", "Who handed over.", references="organisations",
              example="city-gateway", why="Flow between organisations"),
        Field("to_organisation", "id", "Who was asked to take over.", references="organisations",
              example="harbour-lights", why="Flow between organisations; promised against actual referrals"),
        Field("made_on", "date", "Day the referral was made.", sensitivity="personal", example="2015-02-20",
              why="Waits"),
        Field("accepted_on", "date", "Day it was accepted.", sensitivity="personal", example="2015-02-24",
              why="Waits"),
        Field("handed_back_on", "date", "Day it was handed back.", sensitivity="personal",
              example="2015-03-10", why="Referrals that bounce"),
        Field("why", "text", "Why it was made or handed back.", sensitivity="personal",
              example="Wants help to find a home", why="Learning what was missing"),
        Field("prefilled", "boolean", "Whether what was known was passed on with it.", example="true",
              why="People telling their story once"),
    ),
    not_before=(("made_on", "accepted_on"), ("made_on", "handed_back_on")),
)  # fmt: skip

STRENGTHS = Table(
    "strengths", "something a person has, can do or cares about", "strengths",
    (
        Field("strength_id", "id", "Opaque id of the strength.", required=True, sensitivity="personal",
              example="strength-0001", why="Shown first on every page about a person"),
        _PERSON,
        Field("words", "text", "In the person's own words.", sensitivity="personal",
              example="I keep a garden going", why="Support that starts from what is strong"),
        Field("domain", "code", "Where it lies.", codes="strength_domain", sensitivity="personal",
              example="interests", why="What a place can build on"),
        Field("says", "text", "Who says so: the person or somebody else's part.", example="the person",
              sensitivity="personal", why="Whose view it is"),
        Field("used", "text", "How it is being used.", sensitivity="personal",
              example="Runs the allotment on Fridays", why="Whether strengths shape the work"),
        Field("noted_on", "date", "Day it was noted.", sensitivity="personal", example="2015-03-02",
              why="Change over time"),
    ),
)  # fmt: skip

NEEDS = Table(
    "needs", "a need of a person", "needs",
    (
        Field("need_id", "id", "Opaque id of the need.", required=True, sensitivity="personal",
              example="need-0001", why="Demand, and whether it is met"),
        _PERSON_OPTIONAL,
        _ENROLMENT,
        Field("category", "code", "What it concerns: best a code of the outcomes map.",
              sensitivity="special-category", example="home", why="Demand by kind"),
        Field("intensity", "integer", "How strong, from 0 (none) to 10.", unit="points of 10", minimum=0,
              maximum=10, sensitivity="special-category", example="8", why="Priority and change"),
        Field("presented_on", "date", "Day it was first heard.", sensitivity="personal", example="2015-03-01",
              why="Waits"),
        Field("met_on", "date", "Day it was met.", sensitivity="personal", example="2015-06-15",
              why="Needs met"),
        Field("met_by", "id", "The organisation that met it.", references="organisations",
              example="harbour-lights", why="Who meets what"),
        Field("cause", "code", "Why it presents now.", codes="need_cause", sensitivity="personal",
              example="unmet_before", why="Failure demand"),
        Field("satisfaction", "integer", "How well it was met in the person's view, 0 to 10.",
              unit="points of 10", minimum=0, maximum=10, sensitivity="personal", example="7",
              why="Quality as the person sees it"),
    ),
    not_before=(("presented_on", "met_on"),),
)  # fmt: skip

GOALS = Table(
    "goals", "something that matters to a person", "outcomes",
    (
        Field("goal_id", "id", "Opaque id of the goal.", required=True, sensitivity="personal",
              example="goal-0001", why="What the person works towards"),
        _PERSON,
        _ENROLMENT,
        Field("words", "text", "In the person's own words.", sensitivity="personal",
              example="A front door that I can lock", why="Support that follows what matters"),
        Field("domain", "code", "Where it lies.", codes="strength_domain", sensitivity="personal",
              example="home", why="What matters to people in a place"),
        Field("set_on", "date", "Day it was set.", sensitivity="personal", example="2015-03-02",
              why="Time to reach a goal"),
        Field("review_on", "date", "Day planned for looking at it again.", sensitivity="personal",
              example="2015-06-01", may_be_future=True, why="Reminders"),
        Field("reviewed_on", "date", "Day it was last looked at.", sensitivity="personal",
              example="2015-06-03", why="Whether reviews happen"),
        Field("rating", "integer", "How near in the person's view, 0 (not at all) to 10 (reached).",
              unit="points of 10", minimum=0, maximum=10, sensitivity="personal", example="6",
              why="Progress in the person's eyes"),
    ),
    not_before=(("set_on", "review_on"), ("set_on", "reviewed_on")),
)  # fmt: skip

MEASURES = Table(
    "measures", "a reading of an instrument or metric for one person", "outcomes",
    (
        Field("measure_id", "id", "Opaque id of the reading.", required=True, sensitivity="personal",
              example="measure-0001", why="Ties between readings of one day"),
        _PERSON,
        _ENROLMENT,
        Field("instrument", "code", "Code of the instrument or metric.", required=True, example="swemwbs",
              why="Which scale the score is on"),
        Field("items", "list", "Answers in the instrument's order; a missing answer is an empty item.",
              gaps=True,
              sensitivity="special-category", example="3;4;3;2;4;3;4", why="Scoring and missing items"),
        Field("score", "decimal", "The score on the instrument's own scale.",
              sensitivity="special-category", example="21.54", why="Change, reliable change, payment"),
        Field("taken_on", "date", "Day of the reading.", required=True, sensitivity="personal",
              example="2015-03-05", why="First and last readings"),
        Field("how", "code", "How it was taken.", codes="measure_how", example="self_completed",
              why="How far to trust it"),
        Field("by_whom", "text", "The part played by whoever took it: never a name.", example="link worker",
              sensitivity="internal", why="Independence of the reading"),
    ),
)  # fmt: skip

EVENTS = Table(
    "events", "something that happened to a person and bears on a rule", "people",
    (
        Field("event_id", "id", "Opaque id of the event.", required=True, sensitivity="personal",
              example="event-0001", why="Walking a decision back to the record"),
        _PERSON,
        _ENROLMENT,
        Field("kind", "code", "What happened, in the contract's codes (accommodation-lost, managed-move).",
              required=True, sensitivity="personal", example="accommodation-lost",
              why="Clocks that restart or continue"),
        Field("occurred_on", "date", "Day it happened.", required=True, sensitivity="personal",
              example="2015-05-04", why="Clocks that restart or continue"),
        Field("detail", "text", "Anything that helps a reader.", sensitivity="personal",
              example="Tenancy ended by the landlord", why="Verification"),
    ),
)  # fmt: skip

FEEDBACK = Table(
    "feedback", "an answer from a person", "outcomes",
    (
        Field("feedback_id", "id", "Opaque id of the answer.", required=True, sensitivity="personal",
              example="feedback-0001", why="Voice, and payment on it"),
        _PERSON,
        _ENROLMENT,
        Field("achievement_id", "id", "The achievement the answer is about.", references="achievements",
              sensitivity="personal", example="achievement-0001", why="The person's view of a claim"),
        Field("question", "text", "The question, in words or by code.", example="did-it-help",
              why="What was asked"),
        Field("answer", "text", "The answer.", sensitivity="personal", example="yes",
              why="What people say"),
        Field("answered_on", "date", "Day of the answer.", sensitivity="personal", example="2015-09-20",
              why="Whether it is in time for a claim"),
        Field("asked", "code", "Whether the answer was asked for.", codes="asked", example="invited",
              why="Who was heard"),
        Field("standing", "code", "Where the person stood with the service.", codes="standing",
              sensitivity="personal", example="engaged", why="Hearing from those who left"),
        Field("collected_by", "id", "The organisation that collected it.", references="organisations",
              example="city-gateway", why="Whether it is independent"),
        Field("independent", "boolean", "Whether whoever collected it is independent of the provider.",
              example="true", why="Contracts paid on the person's own view"),
    ),
)  # fmt: skip

CONSENTS = Table(
    "consents", "a permission that a person has given", "people",
    (
        Field("consent_id", "id", "Opaque id of the permission.", required=True, sensitivity="personal",
              example="consent-0001", why="What may be shared"),
        _PERSON,
        Field("purpose", "code", "What it is for.", codes="consent_purpose", sensitivity="personal",
              example="referral", why="Only what was agreed"),
        Field("recipient", "id", "The organisation that may see.", references="organisations",
              example="harbour-lights", why="Only those agreed"),
        Field("slice", "codes", "The tables or topics that may be seen.", sensitivity="personal",
              example="goals;strengths", why="Only the parts agreed"),
        Field("valid_from", "date", "First day it holds.", sensitivity="personal", example="2015-03-01",
              may_be_future=True, why="When it holds"),
        Field("valid_to", "date", "Last day it holds.", sensitivity="personal", example="2016-02-29",
              may_be_future=True, why="When it holds"),
        Field("withdrawn_on", "date", "Day the person took it back.", sensitivity="personal",
              example="2015-11-30", why="Stopping at once"),
    ),
    not_before=(("valid_from", "valid_to"), ("valid_from", "withdrawn_on")),
)  # fmt: skip

TABLES = (
    PEOPLE, ENROLMENTS, REFERRALS, STRENGTHS, NEEDS, GOALS, MEASURES, EVENTS, FEEDBACK, CONSENTS,
)  # fmt: skip
