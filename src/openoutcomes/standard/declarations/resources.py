"""The resources used and the investment made."""

from __future__ import annotations

from openoutcomes.standard.fields import Field, Table

_PROGRAMME = Field(
    "programme_id", "id", "The programme.", references="programmes", example="programme-01",
    why="What it was spent on",
)  # fmt: skip
_CONTRACT = Field(
    "contract_id", "code", "The outcomes contract, when there is one.", example="fair-chance-fund",
    why="Cost against payment",
)  # fmt: skip
_CURRENCY = Field(
    "currency", "code", "Currency, ISO 4217.", pattern="^[A-Z]{3}$", example="GBP",
    why="Money is never added across currencies",
)  # fmt: skip

COSTS = Table(
    "costs", "money or time used", "resources",
    (
        Field("cost_id", "id", "Id of the cost.", required=True, example="cost-0001",
              why="What it takes"),
        _PROGRAMME,
        _CONTRACT,
        Field("period_start", "date", "First day covered.", example="2015-01-01", may_be_future=True,
              why="Budget and spend over time"),
        Field("period_end", "date", "Last day covered.", example="2015-03-31", may_be_future=True,
              why="Budget and spend over time"),
        Field("kind", "code", "What it was spent on.", codes="cost_kind", example="staff",
              why="Unit costs, management fees"),
        Field("in_kind", "code", "Whether money changed hands.", codes="in_kind", example="cash",
              why="The whole cost, not the cash alone"),
        Field("amount", "money", "The amount.", unit="major units of the currency", example="12500.00",
              why="Unit costs"),
        _CURRENCY,
        Field("funder_id", "id", "Who paid.", references="organisations", example="city-council",
              why="Every funder's report from one record"),
    ),
    not_before=(("period_start", "period_end"),),
)  # fmt: skip

INVESTMENTS = Table(
    "investments", "money put in up front", "investment",
    (
        Field("investment_id", "id", "Id of the investment.", required=True, example="investment-01",
              why="How the work is paid for before outcomes are"),
        Field("investor_id", "id", "Who put it in.", references="organisations", example="place-fund",
              why="Who carries the risk"),
        _PROGRAMME,
        _CONTRACT,
        Field("kind", "code", "Its form.", codes="investment_kind", example="loan",
              why="Order of repayment"),
        Field("terms", "text", "The terms, in words.", example="5% a year, repaid from outcome payments",
              why="Cost of money"),
        Field("amount", "money", "The most that may be drawn.", unit="major units of the currency",
              minimum=0, example="100000.00", why="Cover for the peak deficit"),
        Field("drawn", "money", "Drawn so far.", unit="major units of the currency", minimum=0,
              example="60000.00", why="Drawdown against plan"),
        Field("repaid", "money", "Repaid so far, with interest and returns.",
              unit="major units of the currency", minimum=0, example="15000.00", why="Returns"),
        _CURRENCY,
        Field("agreed_on", "date", "Day it was agreed.", example="2014-12-01", why="Timing"),
        Field("ends_on", "date", "Day it must be repaid by.", example="2018-03-31", may_be_future=True,
              why="Timing"),
    ),
    not_before=(("agreed_on", "ends_on"),),
)  # fmt: skip

TABLES = (COSTS, INVESTMENTS)
