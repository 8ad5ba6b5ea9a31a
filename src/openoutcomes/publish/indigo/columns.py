"""The INDIGO export's own files and columns, as far as the reconciliation uses them."""

from __future__ import annotations

PROJECTS = "projects.csv"
METRICS = "projects_outcome_metrics.csv"
PRICINGS = "projects_outcome_pricings.csv"
RESULTS = "projects_results.csv"
PAYMENTS = "projects_outcome_payments.csv"
COMMITMENTS = "projects_outcome_payment_commitments.csv"
PLANS = "projects_outcome_payment_plans.csv"
TRANSACTIONS = "projects_transactions.csv"
PROJECT_FUNDS = "projects_outcome_funds.csv"
SERVICES = "projects_service_provisions.csv"
ORGANISATIONS = "organisations.csv"

ID = "ID"
PROJECT = "Project ID"
NAME = "Impact Bond Name - (Value)"
PROJECT_TARGET = (
    "Service and beneficiaries - Targeted number of unique service users or beneficiaries (total) - (Value)"
)
_FINANCE = "Overall project finance - "
MOST_CURRENCY = f"{_FINANCE}Maximum potential outcome payment - Currency - (Value)"
MOST_AMOUNT = f"{_FINANCE}Maximum potential outcome payment - Amount - (Value)"
MADE_CURRENCY = f"{_FINANCE}Total outcome payments made - Currency - (Value)"
MADE_AMOUNT = f"{_FINANCE}Total outcome payments made - Amount - (Value)"

METRIC_ID = "Id"
DEFINITION = "Outcome Definition - (Value)"
POPULATION = "Target Population - (Value)"
TARGET = "Targeted number of service users Or beneficiaries (total) - (Value)"
METRIC_TARGET = "Outcome metric target - (Value)"

METRIC = "Outcome Metric Id - (Value)"
CURRENCY = "Currency - (Value)"
PRICE = "Price Per Unit - Amount - (Value)"
PRICE_USD = "Price Per Unit - Amount USD - (Value)"
MAXIMUM = "Maximum Price if all targets achieved - Amount - (Value)"
NOTES = "Notes"

LEVEL = "Result level - (Value)"
STANDING = "Result type - (Value)"
START = "Period - Start - (Value)"
END = "Period - End - (Value)"
ACHIEVED = "Outcomes achieved - (Value)"
ENGAGED = "Number engaged In impact bond - (Value)"
POSITIVE = "Number with Positive social outcomes - (Value)"
DESCRIBED = "Other Description of result - (Value)"

PLAN = "Outcome Payment Plan Id - (Value)"
PAYER = "Payer Organisation ID - (Value)"
TYPE = "Type - (Value)"
PAID_CURRENCY = "Payments - Currency - (Value)"
PAID = "Payments - Amount - (Value)"

ORGANISATION = "Organisation ID - (Value)"
COMMITTED_CURRENCY = "Maximum potential Outcome payment - Currency - (Value)"
COMMITTED = "Maximum potential Outcome payment - Amount - (Value)"
PAYER_MADE_CURRENCY = "Total outcome payments made - Currency - (Value)"
PAYER_MADE = "Total outcome payments made - Amount - (Value)"

FUND = "Id"
DATE = "Date - (Value)"
TRANSACTION = "Transaction Type - (Value)"
MONEY_CURRENCY = "Money - Currency - (Value)"
MONEY = "Money - Amount - (Value)"
PLANNED_START, PLANNED_END = "Planned Service - Start - (Value)", "Planned Service - End - (Value)"
ACTUAL_START, ACTUAL_END = "Actual Service - Start - (Value)", "Actual Service - End - (Value)"

#: Every table read, with the columns used from it. The first column places the row.
TABLES: dict[str, tuple[str, ...]] = {
    PROJECTS: (ID, NAME, PROJECT_TARGET, MOST_CURRENCY, MOST_AMOUNT, MADE_CURRENCY, MADE_AMOUNT),
    METRICS: (PROJECT, METRIC_ID, DEFINITION, POPULATION, TARGET, METRIC_TARGET),
    PRICINGS: (PROJECT, METRIC, CURRENCY, PRICE, PRICE_USD, MAXIMUM, NOTES),
    RESULTS: (
        PROJECT, METRIC, LEVEL, STANDING, START, END, ACHIEVED, ENGAGED, POSITIVE, DESCRIBED, NOTES,
    ),
    PAYMENTS: (PROJECT, PLAN, METRIC, START, END, PAYER, TYPE, PAID_CURRENCY, PAID, NOTES),
    COMMITMENTS: (
        PROJECT, ORGANISATION, COMMITTED_CURRENCY, COMMITTED, START, END, PAYER_MADE_CURRENCY, PAYER_MADE,
    ),
    PLANS: (PROJECT, PLAN, START, END),
    TRANSACTIONS: (PROJECT, DATE, TRANSACTION, MONEY_CURRENCY, MONEY),
    PROJECT_FUNDS: (PROJECT, FUND),
    SERVICES: (PROJECT, PLANNED_START, PLANNED_END, ACTUAL_START, ACTUAL_END),
    ORGANISATIONS: (ID,),
}  # fmt: skip

#: Tables that only some checks use: the three tests are whole without them.
SIDE_TABLES = frozenset({TRANSACTIONS, PROJECT_FUNDS, SERVICES, ORGANISATIONS})

#: Columns that only explanations and some checks use.
SIDE_COLUMNS = frozenset(
    {
        NAME, PROJECT_TARGET, MOST_CURRENCY, MOST_AMOUNT, MADE_CURRENCY, MADE_AMOUNT, DEFINITION, POPULATION, TARGET, METRIC_TARGET,
        PRICE_USD, NOTES, ENGAGED, DESCRIBED, PAYER, PAYER_MADE_CURRENCY, PAYER_MADE,
    }
)  # fmt: skip

#: Without one of these there is nothing to reconcile in a folder.
SUBSTANCE = (PRICINGS, RESULTS, PAYMENTS)

_PROJECT_DATES = "Dates - "
#: Pairs of columns that must not run backwards, by table. Either may be missing from an export.
PERIODS: dict[str, tuple[tuple[str, str], ...]] = {
    PROJECTS: (
        (
            f"{_PROJECT_DATES}Start date of service provision - (Value)",
            f"{_PROJECT_DATES}Actual end date of service provision - (Value)",
        ),
        (
            f"{_PROJECT_DATES}Start date of service provision - (Value)",
            f"{_PROJECT_DATES}Anticipated end date of service provision - (Value)",
        ),
        (
            f"{_PROJECT_DATES}Date outcomes contract signed - (Value)",
            f"{_PROJECT_DATES}Actual completion date - (Value)",
        ),
        (
            f"{_PROJECT_DATES}Date contracts between all parties signed - (Value)",
            f"{_PROJECT_DATES}Anticipated completion date - (Value)",
        ),
    ),
    RESULTS: ((START, END),),
    PAYMENTS: ((START, END),),
    COMMITMENTS: ((START, END),),
    PLANS: ((START, END),),
    SERVICES: ((PLANNED_START, PLANNED_END), (ACTUAL_START, ACTUAL_END)),
    TRANSACTIONS: ((DATE, DATE),),
}
