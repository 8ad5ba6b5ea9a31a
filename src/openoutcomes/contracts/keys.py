"""Every key of the contract language, declared once.

The reader refuses keys that are not here, the reference page is made from here, and a test
holds the two together.
"""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """What a key means, in a sentence, with an example of its value."""

    means: str
    example: str


KEYS: dict[str, dict[str, Key]] = {
    "contract": {
        "contract": Key("The contract's id; records name it in `contract_id`.", "fair-chance-fund/ambition"),
        "name": Key("What people call it.", "Fair Chance Fund"),
        "standing": Key(
            "What the file is: `contract`, `template` or `historic: not a template`.", "template"
        ),
        "about": Key("What it is for, in a few plain sentences.", "Homes and work for young people."),
        "currency": Key("ISO 4217 code of every amount.", "GBP"),
        "runs": Key("First and last day of the contract.", "{from: 2015-01-01, to: 2017-12-31}"),
        "parties": Key("Who pays, who provides, who invests and who verifies.", "{payers: [council]}"),
        "parameters": Key(
            "Numbers the terms leave open; write `parameter NAME` where one is used.",
            "{price-per-day: {means: price of one day, unit: GBP}}",
        ),
        "calendar": Key("How dates are counted.", "{months end: last day}"),
        "dates": Key("Which date chooses the terms, the price and the period.", "{price by: start}"),
        "who": Key("Who may be paid for; every line must hold.", "- age at enrolment: 18 to 24"),
        "cohorts": Key(
            "Named groups by the day people started, or `as recorded` in the enrolments.",
            "{first: 2015-01-01 to 2015-12-31}",
        ),
        "verification": Key(
            "Whether a verifier must accept each achievement: `required` (default) or `not required`.",
            "required",
        ),
        "deadweight": Key("Share taken off for what would have happened anyway.", "1/6"),
        "taper": Key(
            "Share of the price that is paid, by year or another dimension.",
            "{by contract year: {1: 100%, 2: 75%}}",
        ),
        "outcomes": Key("The rate card: one entry an outcome.", "{home: {pays: 500, once per: person}}"),
        "either or": Key("Sets of outcomes of which only one pays.", "{results: {one of: [[a, b], [c]]}}"),
        "cohort outcomes": Key("Outcomes judged on a group's result.", "{reconvictions: {…}}"),
        "fixed payments": Key(
            "Block payments, once or every period.", "{core: {pays: 25000, every: quarter}}"
        ),
        "surplus shares": Key("Shares of a profit or saving above a level.", "{profit: {figure: profit, …}}"),
        "caps": Key("The most that may be paid.", "{per person: 17000, contract: 2944525}"),
        "when a payer's cap is reached": Key(
            "For each capped payer, `lost` (default) or the payer who takes the excess.", "{council: lost}"
        ),
        "amendments": Key("Dated changes to the terms.", "- {agreed: …, takes effect: …, changes: …}"),
        "examples": Key(
            "People with the payments expected; `contract check` runs them.",
            "- {says: …, given: …, expect: …}",
        ),
        "source": Key(
            "Where the terms come from, what is verified and what is assumed.",
            "{where: …, verified: […], assumed: […]}",
        ),
    },
    "runs": {
        "from": Key("First day; contract years count from it.", "2015-01-01"),
        "to": Key("Last day.", "2017-12-31"),
        "outcomes until": Key(
            "Last day on which an outcome may be achieved, when later than `to`.", "2018-06-30"
        ),
        "claims until": Key("Last day on which a claim may be made.", "2018-09-30"),
    },
    "parties": {
        "commissioner": Key("Who lets the contract.", "council"),
        "provider": Key("The provider's id, when there is one.", "ambition"),
        "providers": Key("Providers who may be paid; left out, any may.", "[ambition, aspire]"),
        "payers": Key(
            "Who pays: shares that sum to one, or names when outcomes carry each payer's rate.",
            "{a: 2/3, b: 1/3}",
        ),
        "investors": Key("Who put money in up front.", "[fund-a]"),
        "verifier": Key("Who checks the evidence.", "independent-verifier"),
    },
    "parameter": {
        "means": Key("What the number is.", "price of a care day avoided"),
        "unit": Key("Its unit.", "GBP"),
        "value": Key("Its value, when the terms state one.", "120"),
        "example": Key("A value used by the examples only.", "100"),
        "assumed": Key("`yes` when no source gives it.", "yes"),
        "source": Key("Where it comes from.", "contract schedule 4"),
    },
    "calendar": {
        "months end": Key(
            "31 January + 1 month: `last day` (28 February, default) or `next month` (1 March).", "last day"
        ),
        "first day counts": Key("Whether a period counts its first day; default no.", "no"),
        "weekend": Key("Days that are not working days; default Saturday and Sunday.", "[saturday, sunday]"),
        "holidays": Key(
            "Public holidays of england-and-wales (default), scotland or northern-ireland, `none`, or a list of dates.",
            "scotland",
        ),
        "financial year starts": Key("Month and day, default 04-01.", "04-01"),
        "report by": Key(
            "Period of the `by_period` totals: month, quarter (default), calendar year, financial year, contract year.",
            "quarter",
        ),
    },
    "dates": {
        "terms by": Key(
            "Date that chooses the version of the terms: achieved (default), claimed, start, referral.",
            "start",
        ),
        "price by": Key("Date that chooses a price, a taper or a contract year.", "start"),
        "period by": Key("Date that places a line in a period, for caps and totals.", "claimed"),
    },
    "source": {
        "where": Key("Document, page or data set.", "INDIGO, projects 0131–0137"),
        "verified": Key("What was read in the source.", "[prices]"),
        "assumed": Key("What was not, and is our assumption.", "[the cap per person]"),
        "checked by": Key("Role of the person who checked it, or `unchecked`.", "unchecked"),
        "next review": Key("Date to look again.", "2027-11-01"),
    },
    "outcome": {
        "says": Key("What has to happen, in plain words.", "Moves into a settled home."),
        "counts as": Key("Code of the outcomes map.", "home"),
        "pays": Key("The price: an amount, each payer's amount, or a by-table of either.", "500"),
        "for each": Key(
            "`achievement` (default), or `enrolment`: pays once for each enrolment, on the day it starts.",
            "enrolment",
        ),
        "once per": Key(
            "Pays once per person, enrolment, cohort or contract; `person each contract year`.", "person"
        ),
        "at most": Key("Pays a number of times.", "26 per person"),
        "repeatable": Key("`yes`: pays every time.", "yes"),
        "at least apart": Key("Shortest time between two that pay, for one person.", "4 weeks"),
        "who": Key("Further conditions, for this outcome only.", "- payment group: esa"),
        "follows": Key("What must have come first.", "{outcome: job, sustained for: 13 weeks}"),
        "within": Key("Window from `start`, `referral` or another outcome.", "18 months of start"),
        "achieved": Key("Dates between which it must be achieved.", "2015-01-01 to 2016-12-31"),
        "claim within": Key("Claimed no later than this after it is achieved.", "3 months"),
        "claim after": Key("Payable no sooner than this after it is achieved.", "15 working days"),
        "evidence": Key(
            "Kinds needed: `a`, `a or b`, `a and b`, or a list of which each must be met.",
            "tenancy-agreement or landlord-letter",
        ),
        "evidence within": Key("Evidence dated no further than this from the date achieved.", "28 days"),
        "evidence alternates": Key(
            "Kinds that must differ from the previous accepted milestone's.",
            "[landlord-letter, self-certified]",
        ),
        "measured by": Key(
            "A change between two readings of an instrument.", "{instrument: swemwbs, rises by: at least 3}"
        ),
        "person says": Key(
            "The person's own answer that must confirm it.", "{question: did-this-help, answers: [yes]}"
        ),
        "void if": Key("An event that undoes it.", "{event: accommodation-lost, within: 4 weeks}"),
        "quantity": Key("What is counted, and the quantities allowed.", "{unit: days, allowed: 1 to 900}"),
        "taper": Key("Share of the price that is paid.", "{by contract year: {1: 100%, 2: 50%}}"),
        "deadweight": Key("Share taken off, in place of the contract's.", "1/6"),
        "payers": Key("Payers' shares for this outcome, in place of the contract's.", "{council: 1}"),
        "verification": Key("`required` or `not required`, in place of the contract's.", "not required"),
        "price by": Key("Date that chooses this outcome's price.", "start"),
        "price rises with": Key(
            "Index the price moves with, from a base date.", "{indicator: cpi, base: 2015-01-01}"
        ),
        "shared with contributors": Key(
            "`yes`: the amount is shown shared between recorded contributors by their share.", "yes"
        ),
    },
    "condition": {
        "age at enrolment": Key("Age in years when the enrolment started.", "18 to 24"),
        "referred": Key("Day of referral.", "2015-01-01 to 2015-12-31"),
        "started": Key("Day the enrolment started.", "from 2015-01-01"),
        "referred by": Key("Organisation that referred.", "council-gateway"),
        "payment group": Key("Payment group of the enrolment.", "[jsa-18-24, jsa-25-over]"),
        "cohort": Key("Cohort of the enrolment.", "first"),
        "provider": Key("Provider of the enrolment.", "ambition"),
        "programme": Key("Programme of the enrolment.", "step-down"),
        "sex": Key("Recorded sex.", "female"),
        "ethnicity": Key("Recorded ethnicity.", "[…]"),
        "disability": Key("Recorded disability.", "yes"),
        "area": Key("Area code, or the start of one.", "[E01, W01]"),
        "characteristic": Key(
            "Declared characteristics: `a`, `a or b`, `a and b`.", "homeless and not-priority-need"
        ),
        "need": Key(
            "A recorded need of a category, with an intensity if given.",
            "{category: housing, intensity: at least 5}",
        ),
        "event": Key("Something recorded for the person on or before the date achieved.", "gateway-approved"),
        "first reading": Key("The first reading of an instrument.", "{instrument: phq-9, is: at least 10}"),
        "area figure": Key(
            "A published figure for the person's area.", "{indicator: imd-decile, is: at most 2}"
        ),
    },
    "need": {
        "category": Key("Category of the need.", "housing"),
        "intensity": Key("Its intensity, 0 to 10.", "at least 5"),
    },
    "first reading": {
        "instrument": Key("The instrument.", "phq-9"),
        "is": Key("What the score must be.", "at least 10"),
    },
    "area figure": {
        "indicator": Key("The indicator's code.", "imd-decile"),
        "is": Key("What its latest value must be.", "at most 2"),
    },
    "follows": {
        "outcome": Key("Outcome that must have been achieved: one, or `a or b`.", "accommodation-entry"),
        "event": Key("Recorded event that must have happened.", "job-started"),
        "start": Key("`enrolment` or `referral`: time counts from that day.", "enrolment"),
        "after": Key("Least time since then.", "13 weeks"),
        "sustained for": Key("Time it must have lasted without being lost.", "3 months"),
        "clock restarts on": Key(
            "Events that lose the state: the clock starts again when it is regained.", "accommodation-lost"
        ),
        "starts again on": Key(
            "Events that regain it (achieving the outcome again always does).", "accommodation-gained"
        ),
        "continues on": Key("Declared moves: a loss with one of these is no loss.", "managed-move"),
        "gaps up to": Key("Longest gap that does not restart the clock.", "4 weeks"),
        "gaps in total": Key("Longest total of gaps.", "6 weeks"),
        "time in gaps counts": Key("Whether a gap counts towards the time; default no.", "no"),
        "still so when achieved": Key(
            "Whether it must have lasted to the day achieved, and not only for the time needed; default no. For "
            "what pays again and again.",
            "yes",
        ),
    },
    "measured by": {
        "instrument": Key("The instrument's id.", "swemwbs"),
        "rises by": Key("Last score less first.", "at least 3"),
        "falls by": Key("First score less last.", "at least 5"),
        "first reading": Key("What the first score must be.", "at least 10"),
        "last reading": Key("What the last score must be.", "under 10"),
        "first within": Key("First reading taken no later than this after the start.", "4 weeks"),
        "last within": Key("Last reading taken no longer than this before the date achieved.", "4 weeks"),
    },
    "person says": {
        "question": Key("Code of the question.", "did-this-help"),
        "answers": Key("Answers that confirm.", "[yes, mostly]"),
        "collected": Key(
            "`independently` (default): by someone other than the provider; or `by anyone`.", "independently"
        ),
        "within": Key("Answered no later than this after the date achieved.", "3 months"),
    },
    "void if": {
        "event": Key("Events that undo the achievement.", "accommodation-lost"),
        "within": Key("Only when they happen within this time after it.", "4 weeks"),
        "in the last": Key("Instead: when they happened within this time before it.", "4 weeks"),
    },
    "quantity": {
        "unit": Key("What is counted.", "care days"),
        "allowed": Key("Quantities that may be claimed.", "1 to 900"),
    },
    "price rises with": {
        "indicator": Key("Indicator whose value moves the price.", "cpi"),
        "base": Key("Date at which the price is the stated one.", "2015-01-01"),
    },
    "either or": {
        "one of": Key("Two or more lists of outcomes.", "[[crime, progress], [job]]"),
        "per": Key("`person` (default) or `enrolment`.", "person"),
        "keep": Key("`first` achieved (default), or `highest` in value.", "first"),
    },
    "cohort outcome": {
        "says": Key("What is judged, in plain words.", "Fewer reconvictions than the matched group."),
        "counts as": Key("Code of the outcomes map.", "rights-and-responsibilities"),
        "metric": Key("The metric in `cohort_results`.", "reconviction-events"),
        "figure": Key("rate (numerator ÷ denominator, default), mean, numerator or denominator.", "rate"),
        "arm": Key("The arm judged, when the results have arms.", "served"),
        "compared": Key(
            "How the figure is compared; left out, the figure itself is judged.",
            "{with: comparison, as: fall}",
        ),
        "cohorts": Key("Cohorts expected, each judged alone; left out, those in the results.", "[1, 2]"),
        "judged": Key(
            "`each cohort` (default), its periods added; `each period` of each cohort by itself; or `together`, "
            "all added first.",
            "each period",
        ),
        "smallest group": Key("Least denominator on which to pay.", "100"),
        "results wait": Key("Time after the cohort's period before results count.", "18 months"),
        "steps": Key(
            "Amounts by what the figure is; of those that fit, the dearest.", "{at least 10%: 1000000}"
        ),
        "sliding": Key(
            "A straight line from nothing to all of an amount.", "{nothing at: 0.5, all at: 1.4, amount: 100}"
        ),
        "each": Key("A price for each unit of the figure.", "{pays: 100, over: 0, up to: 50}"),
        "only if": Key(
            "A test to pass first, on the same results compared another way.", "{as: fall, is: at least 10%}"
        ),
        "if none pays": Key(
            "Steps for all cohorts pooled, once all have results and none paid.",
            "{steps: {at least 7.5%: 100}}",
        ),
        "deadweight": Key("Share taken off.", "1/6"),
        "taper": Key("Share of the price that is paid.", "{by cohort: {a: 50%}}"),
        "payers": Key("Payers' shares for this outcome.", "{council: 1}"),
        "verification": Key("`required`, or `not required` (default for cohorts).", "required"),
    },
    "compared": {
        "with": Key("The other arm in the results.", "comparison"),
        "baseline": Key("A fixed figure, instead of an arm.", "55%"),
        "as": Key(
            "fall, rise (relative), fewer, more (difference), units avoided or units gained "
            "(expected less actual numerator at the judged group's size).",
            "fall",
        ),
    },
    "sliding": {
        "nothing at": Key("Figure at and beyond which nothing is paid.", "0.5"),
        "all at": Key("Figure at and beyond which all is paid.", "1.4"),
        "amount": Key("All of it.", "300000"),
    },
    "each": {
        "pays": Key("Price of one unit.", "120"),
        "over": Key("Units up to this are not paid.", "0"),
        "up to": Key("Units beyond this are not paid.", "5000"),
    },
    "cohort only if": {
        "as": Key("How the results are compared for the test.", "fall"),
        "is": Key("What the comparison must be.", "at least 10%"),
    },
    "if none pays": {
        "only if": Key("A test for the pooled results to pass first.", "{as: fall, is: at least 7.5%}"),
        "steps": Key("Amounts by what the pooled figure is.", "{at least 7.5%: 500000}"),
        "sliding": Key("A straight line from nothing to all.", "{…}"),
        "each": Key("A price for each unit.", "{pays: 100}"),
    },
    "fixed payment": {
        "says": Key("What it is for.", "Core grant."),
        "pays": Key("The amount, each payer's amount, or a by-table by date or contract year.", "25000"),
        "on": Key(
            "The one date on which it is due, or `first day` / `last day` (default) of each period.",
            "2015-01-15",
        ),
        "every": Key("month, quarter, calendar year, financial year or contract year.", "quarter"),
        "from": Key("First day; default the contract's.", "2015-04-01"),
        "to": Key("Last day; default the contract's.", "2018-03-31"),
        "only if": Key(
            "A published figure on which it depends.", "{indicator: journeys, is: at least 4000000}"
        ),
        "payers": Key("Payers' shares for this payment.", "{council: 1}"),
    },
    "only if": {
        "indicator": Key("The indicator's code.", "passenger-journeys"),
        "is": Key("What its value must be.", "at least 4000000"),
        "in": Key(
            "The dates of the value looked at; left out, the latest by the due date.",
            "2015-01-01 to 2015-12-31",
        ),
    },
    "surplus share": {
        "says": Key("What is shared.", "Half of profit above the level."),
        "figure": Key("Indicator that reports it, one value a period.", "operating-profit"),
        "above": Key("Level above which it is shared.", "500000"),
        "share": Key("Share above that level.", "50%"),
        "bands": Key(
            "Instead of `above` and `share`: a share for each level, on the part above it.",
            "{over 0: 10%, over 500000: 50%}",
        ),
        "paid by": Key(
            "`payers` (default) to the provider, or `provider` to the payers (negative lines).", "provider"
        ),
        "most": Key("The most for one period.", "100000"),
        "ring-fenced for": Key("What the share must be spent on.", "new routes"),
        "payers": Key("Payers' shares.", "{council: 1}"),
    },
    "caps": {
        "per person": Key("For one person, over the contract.", "17000"),
        "per person each": Key(
            "For one person in each week, month, quarter or year.", "{contract year: 3000}"
        ),
        "per person for": Key("For one person, for named outcomes.", "{care-day: 36500}"),
        "per outcome": Key(
            "For each outcome, or for named ones: also cohort outcomes, fixed payments and surplus shares.",
            "{job: 50000}",
        ),
        "per cohort": Key("For each cohort, or for named ones.", "{first: 100000}"),
        "per provider": Key("For each provider, or for named ones.", "200000"),
        "per payer": Key("For named payers.", "{council: 100000}"),
        "per week": Key("For each week, Monday to Sunday.", "3000"),
        "per month": Key("For each month.", "10000"),
        "per quarter": Key("For each quarter.", "30000"),
        "per calendar year": Key("For each calendar year.", "100000"),
        "per financial year": Key("For each financial year.", "100000"),
        "per contract year": Key(
            "For each contract year; one amount, or one a year.", "{1: 100000, 2: 150000}"
        ),
        "per period": Key("For named stretches of time.", "{2015-01-01 to 2015-06-30: 50000}"),
        "contract": Key("For the whole contract.", "2944525"),
    },
    "amendment": {
        "agreed": Key("The day it was agreed; pricing as of an earlier day ignores it.", "2016-03-01"),
        "takes effect": Key("The day from which it applies.", "2016-04-01"),
        "says": Key("Why, in plain words.", "Prices rise."),
        "changes": Key(
            "The keys changed, in the same shape as the terms; an empty value removes a key.",
            "{outcomes: {home: {pays: 600}}}",
        ),
        "source": Key("Where it is recorded.", "variation 2"),
    },
    "example": {
        "says": Key("What happens, in plain words.", "Housed, loses it, housed again and stays."),
        "as of": Key("The day of pricing; default after everything is known.", "2016-12-31"),
        "parameters": Key("Values for parameters.", "{price-per-day: 100}"),
        "given": Key("The records.", "{person: …, achievements: […]}"),
        "expect": Key("What is paid, held, reduced or refused.", "{home: 500}"),
    },
    "given": {
        "person": Key(
            "One person: fields of `people`, `enrolments`.", "{age at start: 20, started: 2015-01-10}"
        ),
        "people": Key("Several, each with a `person` id.", "[…]"),
        "achievements": Key("Lines such as `home on 2015-02-01 with tenancy-agreement`.", "[…]"),
        "events": Key("Lines such as `accommodation-lost on 2015-04-01`.", "[…]"),
        "measures": Key("Lines such as `swemwbs 21 on 2015-02-01`.", "[…]"),
        "enrolments": Key("Rows of `enrolments`, when a person has more than one.", "[…]"),
        "feedback": Key("Rows of `feedback`.", "[…]"),
        "needs": Key("Rows of `needs`.", "[…]"),
        "contributions": Key("Rows of `contributions`.", "[…]"),
        "cohort results": Key("Rows of `cohort_results`.", "[…]"),
        "counts": Key("Rows of `achievement_counts`, or `outcome: count`.", "{home: 3}"),
        "indicators": Key("Rows of `indicators`.", "[…]"),
    },
}
