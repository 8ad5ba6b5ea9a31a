"""Who owes what to whom: a balanced, append-only journal of priced claim lines.

``from_result`` takes in a priced result; the verbs (``post_claim``, ``approve``, ``pay``,
``clawback``, ``reverse``, ``invest``) make entries; ``update`` posts them to a journal file;
``balances`` and ``statement`` read it, at any date; ``verify`` says what is wrong with it.
"""

from openoutcomes.ledger.adjust import adjustments
from openoutcomes.ledger.entries import Entry, Posting
from openoutcomes.ledger.journal import Journal, verify
from openoutcomes.ledger.lines import ClaimLine, bad_text, from_result, read_amount, result_as_of
from openoutcomes.ledger.positions import Position, ShareKey, positions
from openoutcomes.ledger.reports import balances, statement, trial_balance
from openoutcomes.ledger.steps import When, approve, clawback, invest, pay, post_claim, reverse
from openoutcomes.ledger.store import read_journal, scan_journal, update

__all__ = [
    "ClaimLine",
    "Entry",
    "Journal",
    "Position",
    "Posting",
    "ShareKey",
    "When",
    "adjustments",
    "approve",
    "bad_text",
    "balances",
    "clawback",
    "from_result",
    "invest",
    "pay",
    "positions",
    "post_claim",
    "read_amount",
    "read_journal",
    "result_as_of",
    "reverse",
    "scan_journal",
    "statement",
    "trial_balance",
    "update",
    "verify",
]
