"""How payers share a line to the penny, and where each stops."""

from collections.abc import Callable

import pytest

CASES = {
    "A penny over goes to the largest remainder; equal remainders to whom the terms name first": (
        """
        parties: {payers: {council: 1/3, health: 1/3, lottery: 1/3}}
        outcomes: {home: {pays: 500, repeatable: yes}, work: {pays: 0.01, repeatable: yes}}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2015-02-01
        work | 2015-02-02
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | work | payable £0.01 | accepted at £0.01
        council pays £166.68
        health pays £166.67
        lottery pays £166.66
        """,
    ),
    "Two thirds and one third of 500": (
        """
        parties: {payers: {council: 2/3, health: 1/3}}
        outcomes: {home: {pays: 500, repeatable: yes}}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2015-02-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        council pays £333.33
        health pays £166.67
        """,
    ),
    "Each payer's own rates; what a cap leaves is shared in proportion": (
        """
        parties: {payers: [council, fund]}
        outcomes: {home: {pays: {council: 1800, fund: 700}, repeatable: yes}}
        caps: {contract: 3000}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2015-02-01
        home | 2015-03-01
        """,
        """
        a1 | home | payable £2,500.00 | accepted at £2,500.00
        a2 | home | reduced £500.00 | accepted at £2,500.00; £2,000.00 lost: cap of the contract of
            £3,000.00 leaves £500.00
        council pays £2,160.00
        fund pays £840.00
        """,
    ),
    "A payer's cap: the excess is lost": (
        """
        parties: {payers: {council: 1/2, health: 1/2}}
        outcomes: {home: {pays: 500, repeatable: yes}}
        caps: {per payer: {council: 300}}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2015-02-01
        home | 2015-03-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | reduced £300.00 | accepted at £500.00; £200.00 lost: cap of council leaves £50.00
        council pays £300.00
        health pays £500.00
        """,
    ),
    "A payer's cap: the excess passes on, until the other stops too": (
        """
        parties: {payers: {council: 1/2, health: 1/2}}
        outcomes: {home: {pays: 500, repeatable: yes}}
        caps: {per payer: {council: 300, health: 600}}
        when a payer's cap is reached: {council: health}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2015-02-01
        home | 2015-03-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        a2 | home | reduced £400.00 | accepted at £500.00; £100.00 lost: cap of health leaves £150.00
        council pays £300.00
        health pays £600.00
        """,
    ),
    "An outcome that one payer pays for alone": (
        """
        parties: {payers: {council: 1/3, health: 1/3, lottery: 1/3}}
        outcomes: {home: {pays: 500, repeatable: yes, payers: {health: 1}}}
        """,
        """
        achievements
        outcome | achieved_on
        home | 2015-02-01
        """,
        """
        a1 | home | payable £500.00 | accepted at £500.00
        council pays £0.00
        health pays £500.00
        lottery pays £0.00
        """,
    ),
    "What the provider owes is shared in the same way": (
        """
        parties: {payers: {council: 1/3, health: 1/3, lottery: 1/3}}
        surplus shares: {share: {figure: profit, share: 50%, paid by: provider}}
        """,
        """
        indicators
        indicator | period_start | period_end | value
        profit | 2015-01-01 | 2015-12-31 | 200
        """,
        """
        share:2015-12-31 | share | payable -£100.00 | 50% of £200.00 above £0.00, owed by the provider
        council pays -£33.34
        health pays -£33.33
        lottery pays -£33.33
        """,
    ),
}


@pytest.mark.parametrize("says", CASES)
def test_payers(says: str, priced: Callable[..., str], table: Callable[[str], str]) -> None:
    terms, records, lines, *as_of = CASES[says]
    assert priced(terms, records, *as_of) == table(lines)
