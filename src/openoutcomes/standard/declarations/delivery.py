"""The work: organisations, programmes, support given, demand met, and what was changed."""

from __future__ import annotations

from openoutcomes.standard.fields import Field, Table

_PROGRAMME = Field(
    "programme_id", "id", "The programme.", references="programmes", example="programme-01",
    why="Which work this was",
)  # fmt: skip

ORGANISATIONS = Table(
    "organisations", "an organisation", "capabilities",
    (
        Field("organisation_id", "id", "Short id used in the other tables.", required=True,
              sensitivity="public", example="harbour-lights", why="Providers, payers and partners join here"),
        Field("name", "text", "Its name.", sensitivity="public", example="Harbour Lights Trust",
              why="Reports"),
        Field("identifier", "code", "Public identifier in the org-id style: list code, then number.",
              sensitivity="public", example="GB-CHC-1234567", why="Joins to grants and contracts data"),
        Field("kind", "code", "What sort of organisation it is.", codes="organisation_kind",
              sensitivity="public", example="charity", why="Who takes part"),
        Field("sector", "text", "The field it works in.", sensitivity="public", example="homelessness",
              why="Who takes part"),
        Field("size_band", "code", "Size by yearly income.", codes="size_band", sensitivity="public",
              example="medium", why="Whether small organisations are paid and heard"),
        Field("capabilities", "list", "What it can do.", sensitivity="public",
              example="housing-advice;mentoring", why="Matching needs to capabilities"),
    ),
)  # fmt: skip

PROGRAMMES = Table(
    "programmes", "a programme that a provider runs", "work",
    (
        Field("programme_id", "id", "Id of the programme.", required=True, sensitivity="public",
              example="programme-01", why="Enrolments and costs join here"),
        Field("name", "text", "Its name.", sensitivity="public", example="Front Door", why="Reports"),
        Field("provider_id", "id", "The organisation that runs it.", references="organisations",
              sensitivity="public", example="harbour-lights", why="Variation by provider"),
        Field("place", "text", "Where it works.", sensitivity="public", example="Kirklees",
              why="What a place offers"),
        Field("aim", "text", "What it is for.", sensitivity="public",
              example="Young people keep a home of their own", why="Shared agenda"),
        Field("who_for", "text", "Whom it is for.", sensitivity="public",
              example="People aged 18 to 24 without a home", why="Referral"),
        Field("contract_id", "code", "The outcomes contract, when there is one.", sensitivity="public",
              example="fair-chance-fund", why="Pricing"),
        Field("funders", "list", "Ids or names of those who fund it.", sensitivity="public",
              example="city-council;national-fund", why="Every funder's report from one record"),
    ),
)  # fmt: skip

ACTIVITIES = Table(
    "activities", "a piece of support", "work",
    (
        Field("activity_id", "id", "Opaque id of the activity.", required=True, sensitivity="personal",
              example="activity-0001", why="What was done"),
        Field("person_id", "id", "The person supported.", references="people", sensitivity="personal",
              example="person-0001", why="Who received what"),
        Field("enrolment_id", "id", "The enrolment it belongs to.", references="enrolments",
              sensitivity="personal", example="enrolment-0001", why="Support for each enrolment"),
        Field("provider_id", "id", "The organisation that gave it.", references="organisations",
              example="harbour-lights", why="Variation by provider"),
        Field("kind", "code", "What sort of support.", codes="activity_kind", sensitivity="personal",
              example="coaching", why="What works for whom"),
        Field("started_on", "date", "Day it took place or began.", sensitivity="personal",
              example="2015-03-09", why="Intensity over time"),
        Field("ended_on", "date", "Day it ended.", sensitivity="personal", example="2015-03-09",
              why="Intensity over time"),
        Field("hours", "decimal", "Time given.", unit="hours", minimum=0, example="1.5",
              why="Dose and cost"),
        Field("group_session", "boolean", "Whether others took part.", example="false", why="Unit costs"),
        Field("attended", "code", "Whether the person was there.", codes="attendance",
              sensitivity="personal", example="attended", why="Engagement"),
        Field("note", "text", "What was done and said, in a few words.", sensitivity="special-category",
              example="Rang the letting agent together; viewing on Friday",
              why="Whoever helps next picks up where this left off"),
        Field("cost", "money", "What it cost.", unit="major units of the currency", minimum=0,
              example="45.00", why="Unit costs"),
        Field("currency", "code", "Currency of the cost, ISO 4217.", pattern="^[A-Z]{3}$", example="GBP",
              why="Money is never added across currencies"),
    ),
    not_before=(("started_on", "ended_on"),),
)  # fmt: skip

CONTACTS = Table(
    "contacts", "a demand on a service", "needs",
    (
        Field("contact_id", "id", "Opaque id of the contact.", required=True, sensitivity="personal",
              example="contact-0001", why="Demand"),
        Field("person_id", "id", "The person who got in touch.", references="people",
              sensitivity="personal", example="person-0001", why="Coming back about the same thing"),
        Field("organisation_id", "id", "The organisation that was asked.", references="organisations",
              example="city-council", why="Where demand lands"),
        _PROGRAMME,
        Field("made_on", "date", "Day of the contact.", sensitivity="personal", example="2015-03-03",
              why="Demand over time"),
        Field("asked", "text", "What was asked, in the person's words.", sensitivity="personal",
              example="Where am I on the list?", why="What people want"),
        Field("needed", "text", "What turned out to be needed.", sensitivity="personal",
              example="A repair, not a move", why="What the system should be for"),
        Field("demand", "code", "Value or failure demand, judged by a person.", codes="demand",
              example="failure", why="Failure demand"),
        Field("resolved_first_time", "boolean", "Whether it was settled at first contact.",
              example="false", why="Flow"),
        Field("waited_days", "integer", "Days from the contact to its being settled.", unit="days",
              minimum=0, example="14", why="Waits"),
        Field("coded_by", "text", "The part played by whoever judged it: never a name.",
              example="adviser", why="Agreement between coders"),
    ),
)  # fmt: skip

CAPACITY = Table(
    "capacity", "a team in a period", "capabilities",
    (
        Field("capacity_id", "id", "Id of the row.", required=True, example="capacity-2015-q1",
              why="Capacity against demand"),
        Field("organisation_id", "id", "The organisation.", references="organisations",
              example="harbour-lights", why="Whose team"),
        _PROGRAMME,
        Field("team", "text", "The team.", example="Link workers, north", why="Where capacity is"),
        Field("period_start", "date", "First day of the period.", example="2015-01-01",
              may_be_future=True, why="Capacity over time"),
        Field("period_end", "date", "Last day of the period.", example="2015-03-31",
              may_be_future=True, why="Capacity over time"),
        Field("posts", "decimal", "Posts, full-time equivalent.", unit="full-time equivalents", minimum=0,
              example="6.5", why="Caseloads"),
        Field("vacancies", "decimal", "Posts empty, full-time equivalent.", unit="full-time equivalents",
              minimum=0, example="1", why="Why waits grow"),
        Field("caseload", "decimal", "People open for each post filled.", unit="people", minimum=0,
              example="18", why="Whether help is possible"),
        Field("supervision", "decimal", "Supervision for each post in the period.", unit="hours",
              minimum=0, example="4", why="Whether workers are looked after"),
    ),
    not_before=(("period_start", "period_end"),),
)  # fmt: skip

CHANGES = Table(
    "changes", "a change to how support is given", "work",
    (
        Field("change_id", "id", "Id of the change.", required=True, example="change-01",
              why="What was learnt"),
        Field("organisation_id", "id", "Who made it.", references="organisations",
              example="harbour-lights", why="Who learns"),
        _PROGRAMME,
        Field("heard", "text", "What was heard or seen.", example="Evening slots are never free",
              why="You said"),
        Field("changed", "text", "What was changed.", example="Two late evenings a week", why="We did"),
        Field("decided_by", "text", "The part played by whoever decided: never a name.",
              example="steering group", why="Who decides"),
        Field("decided_on", "date", "Day it was decided.", example="2015-07-01",
              why="Before and after on a chart"),
        Field("result", "text", "What came of it.", example="Fewer missed sessions",
              why="Tests of change"),
        Field("reviewed_on", "date", "Day the result was looked at.", example="2015-10-01",
              why="Closing the loop"),
    ),
    not_before=(("decided_on", "reviewed_on"),),
)  # fmt: skip

TABLES = (ORGANISATIONS, PROGRAMMES, ACTIVITIES, CONTACTS, CAPACITY, CHANGES)
