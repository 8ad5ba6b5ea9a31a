"""The code lists: short answers that mean the same everywhere.

An open list may be extended by a place, so an unknown code in it is a warning; in a closed
list, where rules depend on the answer, it is an error.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeList:
    """A named list of codes; ``open`` when a place may add its own."""

    name: str
    meaning: str
    codes: dict[str, str]
    open: bool = True
    source: str = "Open Outcomes"


def _closed(name: str, meaning: str, **codes: str) -> CodeList:
    return CodeList(name, meaning, codes, open=False)


def _open(name: str, meaning: str, **codes: str) -> CodeList:
    return CodeList(name, meaning, codes)


_LISTS = (
    _open(
        "organisation_kind", "What sort of organisation it is.",
        charity="A registered or excepted charity",
        community_group="An unregistered community group",
        community_interest_company="A community interest company",
        company="A company run for profit",
        council="A local authority",
        government="A central government department or agency",
        health="A health service body",
        housing_association="A registered provider of social housing",
        investor="A social investor or fund manager",
        school="A school, college or trust of schools",
        university="A university or research body",
    ),
    _open(
        "size_band", "Size by yearly income.",
        micro="Under £10,000",
        small="£10,000 to £100,000",
        medium="£100,000 to £1 million",
        large="£1 million to £10 million",
        major="£10 million to £100 million",
        super_major="£100 million and over",
    ),
    _open(
        "sex", "Sex as the person records it.",
        female="Female", male="Male", not_known="Not known or not asked",
        prefer_not_to_say="The person prefers not to say",
    ),
    CodeList(
        "ethnicity",
        "Ethnic group, in the broad groups of the census of England and Wales.",
        {
            "asian": "Asian, Asian British or Asian Welsh",
            "black": "Black, Black British, Black Welsh, Caribbean or African",
            "mixed": "Mixed or multiple ethnic groups",
            "white": "White",
            "other": "Another ethnic group",
            "not_known": "Not known or not asked",
            "prefer_not_to_say": "The person prefers not to say",
        },
        source="Office for National Statistics, census of England and Wales 2021, high-level groups",
    ),
    _open(
        "disability", "Whether the person considers that they are disabled.",
        yes="Yes", no="No", not_known="Not known or not asked",
        prefer_not_to_say="The person prefers not to say",
    ),
    _open(
        "end_reason", "Why an enrolment ended.",
        completed="The support was completed as planned",
        moved_on="The person moved on by agreement before the planned end",
        moved_area="The person moved away",
        left="The person chose to leave or stopped coming",
        never_started="The person never took up the support",
        handed_over="Another organisation took over",
        not_eligible="The person turned out not to be eligible",
        provider_ended="The provider ended the support",
        died="The person died",
        not_known="Not known",
    ),
    _closed(
        "need_cause", "Why the need presents now.",
        new="It arose recently",
        unmet_before="It was there before, and nobody met it",
        failed_before="Help was given before, and did not work",
    ),
    _open(
        "strength_domain", "Where a strength or a goal lies.",
        skills="Skills and knowledge", experience="What the person has lived through",
        relationships="Family, friends and neighbours", community="Place, groups and culture",
        interests="What the person enjoys or cares about", health="Body and mind",
        home="Home", work="Work and learning", money="Money", other="Something else",
    ),
    _open(
        "measure_how", "How a reading was taken.",
        self_completed="The person filled it in alone",
        with_support="The person filled it in with help",
        interview="Somebody asked and wrote down the answers",
        observed="Somebody else judged",
        from_records="Taken from existing records",
    ),
    _open(
        "activity_kind", "What sort of support it was.",
        assessment="Getting to know the person and planning together",
        advice="Information, advice or advocacy", coaching="Coaching or mentoring",
        group="A group or class", practical="Practical help", training="Training or a course",
        therapy="Therapy or counselling", visit="A visit or outreach", peer="Peer support",
        contact="A call or message", other="Something else",
    ),
    _open(
        "attendance", "Whether the person was there.",
        attended="Came", cancelled="Said that they could not come", missed="Did not come",
        provider_cancelled="The provider cancelled",
    ),
    _closed(
        "demand", "What a contact says of the service.",
        value="What the service exists to do: demand that is wanted",
        failure="Demand caused by something not done, or not done right, before",
        not_coded="Nobody has judged it yet",
    ),
    _closed(
        "verification_state", "What the verifier found.",
        accepted="The evidence supports the claim",
        queried="More is asked for; nothing is decided",
        refused="The evidence does not support the claim",
    ),
    _open(
        "arm", "Which side of a comparison a cohort is.",
        treatment="Those who were offered the service",
        comparison="A matched or chosen group who were not",
        control="A group chosen by chance who were not",
    ),
    _closed(
        "asked", "Whether the answer was asked for.",
        invited="The person was invited to answer", volunteered="The person came forward",
    ),
    _closed(
        "standing", "Where the person stood with the service when they answered.",
        engaged="Taking part, or had completed", left="Had left early",
        never_started="Was referred and never started",
    ),
    _open(
        "cost_kind", "What the money or time was spent on.",
        staff="Pay and on-costs", volunteers="Time given", premises="Rooms and buildings",
        direct="Paid out for people supported", overheads="A share of running the organisation",
        management="A prime contractor's or intermediary's fee", evaluation="Measuring and learning",
        set_up="Once-only costs of starting", finance="Cost of up-front money", other="Something else",
    ),
    _closed(
        "in_kind", "Whether money changed hands.",
        cash="Money was spent", in_kind="Time or goods were given, valued here",
    ),
    _open(
        "investment_kind", "The form of money put in up front.",
        loan="A loan", equity="Shares or quasi-equity", guarantee="A guarantee",
        grant="A grant that need not be repaid", revolving="A facility drawn and repaid as outcomes are paid",
    ),
    _open(
        "consent_purpose", "What a permission is for.",
        support="To arrange or give support", referral="To pass details to another organisation",
        claim="To evidence an outcome to a payer", evaluation="To study what works",
        linkage="To join with other records", contact="To be asked for views later",
    ),
)  # fmt: skip

#: Every code list, by name.
CODE_LISTS: dict[str, CodeList] = {each.name: each for each in _LISTS}
