"""The page of the scheme of accounts is the scheme that is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from openoutcomes.ledger.accounts import CHART, SCHEME, AccountKind

PAGE = (Path(__file__).parents[3] / "docs" / "ledger.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("account", CHART.values(), ids=lambda account: account.code)
def test_the_page_lists_the_account(account: AccountKind) -> None:
    assert f"| `{account.code}` | {account.normal} | {account.meaning} |" in PAGE


@pytest.mark.parametrize("step", SCHEME)
def test_the_page_lists_the_step(step: str) -> None:
    sides = [SCHEME[step][:2], SCHEME[step][2:]]
    cells = [", ".join(f"`{code}`" for code, _ in sorted(side, key=lambda leg: -leg[1])) for side in sides]
    assert f"| {step} | {cells[0]} | {cells[1]} |" in PAGE


def test_the_page_lists_nothing_else() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert len(rows) == len(CHART)
