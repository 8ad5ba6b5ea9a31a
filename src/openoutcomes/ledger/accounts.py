"""The chart of accounts, and which accounts each step of a claim touches.

The whole scheme is the two tables here, ``CHART`` and ``SCHEME``. One journal carries the
books of every party to a contract, so each step is written twice: once in the books of
the party that pays and once in the books of the party that is paid. Each side balances by
itself; the two sides mirror each other.

Amounts are signed: debits positive, credits negative. Method: double entry as described in
any bookkeeping text; the accrual, approval and settlement stages follow purchase-ledger practice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, get_args

Role = Literal["payer", "provider", "borrower", "investor"]

#: Every kind of journal entry. A reversal undoes one entry of another kind.
Kind = Literal["accrual", "approval", "payment", "clawback", "drawdown", "repayment", "return", "reversal"]
KINDS: tuple[str, ...] = get_args(Kind)

#: Postings that one share of one line makes in one step: two in each party's books.
LEGS = 4


@dataclass(frozen=True, slots=True)
class AccountKind:
    """One row of the chart: ``code``, whose books it is in, its usual side and its meaning."""

    code: str
    role: Role
    normal: Literal["debit", "credit"]
    meaning: str


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """One account: a kind from the chart, held by ``party`` against ``counterparty``.

    ``period`` is the claim line's period (as the terms name it), empty where none applies.
    """

    kind: str
    contract: str
    party: str
    counterparty: str
    period: str = ""

    @property
    def role(self) -> str:
        """Return whose books the account is in: payer, provider, borrower or investor."""
        return self.kind.partition(".")[0]


_ROWS = (
    AccountKind("payer.cost", "payer", "debit", "what outcomes have cost the payer"),
    AccountKind("payer.accrued", "payer", "credit", "claimed from the payer, not yet approved"),
    AccountKind("payer.payable", "payer", "credit", "approved by the payer, not yet paid"),
    AccountKind("payer.cash", "payer", "credit", "money the payer has paid out, less money returned to it"),
    AccountKind("provider.income", "provider", "credit", "what outcomes have earned the provider"),
    AccountKind("provider.accrued", "provider", "debit", "claimed by the provider, not yet approved"),
    AccountKind("provider.receivable", "provider", "debit", "approved for the provider, not yet received"),
    AccountKind("provider.cash", "provider", "debit", "money the provider has received, less money returned"),
    AccountKind("borrower.cash", "borrower", "debit", "money drawn from investors, less money paid to them"),
    AccountKind("borrower.funds", "borrower", "credit", "investors' money drawn and not yet repaid"),
    AccountKind(
        "borrower.finance-cost", "borrower", "debit", "what the investment has cost beyond repayment"
    ),
    AccountKind("investor.cash", "investor", "credit", "money the investor has put in, less money received"),
    AccountKind("investor.advance", "investor", "debit", "the investor's money put in and not yet repaid"),
    AccountKind("investor.income", "investor", "credit", "what the investor has earned beyond repayment"),
)

#: The chart of accounts, by code, in the order reports use.
CHART: Mapping[str, AccountKind] = MappingProxyType({row.code: row for row in _ROWS})

#: For each step, the accounts it moves and the sign of each. The first leg of every step is
#: +1 in the books of the payer or investor: a share's amount is read from that leg.
SCHEME: Mapping[str, tuple[tuple[str, int], ...]] = MappingProxyType(
    {
        "accrual": (
            ("payer.cost", 1), ("payer.accrued", -1),
            ("provider.accrued", 1), ("provider.income", -1),
        ),
        "approval": (
            ("payer.accrued", 1), ("payer.payable", -1),
            ("provider.receivable", 1), ("provider.accrued", -1),
        ),
        "payment": (
            ("payer.payable", 1), ("payer.cash", -1),
            ("provider.cash", 1), ("provider.receivable", -1),
        ),
        "clawback": (
            ("payer.payable", 1), ("payer.cost", -1),
            ("provider.income", 1), ("provider.receivable", -1),
        ),
        "drawdown": (
            ("investor.advance", 1), ("investor.cash", -1),
            ("borrower.cash", 1), ("borrower.funds", -1),
        ),
        "repayment": (
            ("investor.cash", 1), ("investor.advance", -1),
            ("borrower.funds", 1), ("borrower.cash", -1),
        ),
        "return": (
            ("investor.cash", 1), ("investor.income", -1),
            ("borrower.finance-cost", 1), ("borrower.cash", -1),
        ),
    }
)  # fmt: skip

#: Steps that belong to a claim line; the others are between investor and borrower.
CLAIM_STEPS = ("accrual", "approval", "payment", "clawback")


@lru_cache(maxsize=4096)
def account_for(code: str, contract: str, lead: str, other: str, period: str) -> Account:
    """Return the account ``code`` in the books of whichever of the two parties it belongs to.

    ``lead`` is the payer or investor, ``other`` the provider or borrower.
    """
    if CHART[code].role in ("payer", "investor"):
        return Account(code, contract, lead, other, period)
    return Account(code, contract, other, lead, period)
