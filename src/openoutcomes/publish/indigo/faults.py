"""The kinds of fault looked for in an INDIGO export, each declared once.

The declarations are also the reference page (``docs/reference/indigo-rules.md``): a kind that is not
declared here cannot be raised.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault: when it is raised, and what a user of the export should do about it."""

    kind: str
    means: str
    mend: str
    #: Part of the export could not be read at all, so every result may be incomplete.
    unread: bool = False


_DECLARED = (
    FaultKind(
        "missing-file",
        "A table that the tests rest on is not in the folder.",
        "Export it again.",
        unread=True,
    ),
    FaultKind(
        "missing-side-file",
        "A table that only some checks use (organisations, funds, services, transactions) is not in the"
        " folder. The three tests are whole without it.",
        "Export it again if its checks matter.",
    ),
    FaultKind(
        "missing-column",
        "A table lacks a column that the tests rest on. Names are matched exactly first, then without regard"
        " to capitals and spaces.",
        "Export the table again, with the column named as shown.",
        unread=True,
    ),
    FaultKind(
        "missing-side-column",
        "A table lacks a column that only explanations and some checks use. The three tests are whole"
        " without it.",
        "Export the table again if its checks matter.",
    ),
    FaultKind(
        "repeated-column",
        "Two columns of a table have the same name; the first is used.",
        "Remove or rename one of them.",
    ),
    FaultKind(
        "ragged-row",
        "A row has more or fewer cells than the header, so cells may have slipped into the wrong column."
        " The row is used as it stands, short rows filled with blanks.",
        "Look for a stray or missing comma or quotation mark in the row.",
        unread=True,
    ),
    FaultKind(
        "unreadable-file",
        "A table is not text in rows and columns from some row on; the rows before it are used.",
        "Save the table again as CSV.",
        unread=True,
    ),
    FaultKind(
        "wrong-encoding",
        "A table is not UTF-8 text; it was read as the encoding named, which may spoil accents and currency"
        " signs.",
        "Save it as 'CSV UTF-8'.",
    ),
    FaultKind(
        "duplicate-row",
        "Two rows of a table are the same in every cell. Payments are counted as they stand, both of them.",
        "Delete one if it is a copying error.",
    ),
    FaultKind(
        "duplicate-id",
        "Two rows carry the same identifier (two projects, or two metrics of a project). The first gives"
        " the name.",
        "Renumber one of them.",
    ),
    FaultKind(
        "unknown-project",
        "A table names a project that is not in projects.csv. It is reported all the same, without a name.",
        "Correct the identifier, or add the project.",
    ),
    FaultKind(
        "unknown-metric",
        "A price, result or payment names a metric that the project does not list.",
        "Correct the metric identifier, or add the metric.",
    ),
    FaultKind(
        "unknown-plan",
        "A planned payment names a plan that the plans table does not list for the project.",
        "Correct the plan identifier, or add the plan with its dates.",
    ),
    FaultKind(
        "unknown-organisation",
        "A payer is not in organisations.csv.",
        "Correct the identifier, or add the organisation.",
    ),
    FaultKind(
        "unreadable-amount",
        "A cell for money holds something that is not one amount: a bare currency sign, a range, a formula,"
        " two amounts, prose, or a number whose separators can be read two ways. It is left out.",
        "Write one number, such as 1234567.00, and put the rest in the notes.",
    ),
    FaultKind(
        "amount-with-words",
        "An amount was read, but words or brackets beside it were set aside.",
        "Check the figure shown, and put the words in the notes.",
    ),
    FaultKind(
        "missing-amount",
        "A payment row has no amount; it adds nothing to any total.",
        "Enter the amount, 0 if nothing was due.",
    ),
    FaultKind(
        "negative-amount",
        "An amount is below zero. Payments are counted as they stand (a correction); a negative price is"
        " not used.",
        "Check the sign.",
    ),
    FaultKind(
        "mixed-currency",
        "Amounts that belong together are in different currencies, or the sign and the currency column"
        " disagree. Different currencies are never added.",
        "State each amount in the contract's currency.",
    ),
    FaultKind(
        "missing-currency",
        "Prices or payments have amounts but no currency, and no other row of the project gives one.",
        "Enter the currency.",
    ),
    FaultKind(
        "unknown-payment-type",
        "A payment's type is neither Planned, Actual nor blank. It is not counted as paid.",
        "Write Planned or Actual.",
    ),
    FaultKind(
        "planned-without-plan",
        "A payment is marked Planned but names no plan. It is not counted as paid, nor in any plan.",
        "Name the plan it belongs to.",
    ),
    FaultKind(
        "impossible-date",
        "A date that no calendar has (month 13, 30 February), or a period that ends before it starts.",
        "Correct the date. A column of months that runs 12, 13, 14 was usually filled downwards by mistake.",
    ),
    FaultKind(
        "unreadable-date",
        "A date is not written as YYYY, YYYY-MM or YYYY-MM-DD ('current' is understood as an end).",
        "Write it in one of those forms.",
    ),
    FaultKind(
        "prose-result",
        "A cell for a count of results holds prose. No count is taken out of the prose.",
        "Put the number alone in the cell, and the prose in the description.",
    ),
    FaultKind(
        "impossible-percentage",
        "A percentage cannot be true of the count beside it: no whole number out of that count rounds to it,"
        " or the numerator and denominator give another figure, or a share is over 100%.",
        "Check the percentage, and which count it is a share of.",
    ),
    FaultKind(
        "count-not-whole",
        "A count is not a whole number. Below 1 it looks like a proportion and is not used as a count.",
        "Enter the number achieved; put a proportion in the description.",
    ),
    FaultKind("negative-count", "A count is below zero; it is not used.", "Correct the count."),
    FaultKind(
        "count-above-engaged",
        "More results than people engaged, in the same row. Possible where one person can achieve a result"
        " more than once.",
        "Check both figures.",
    ),
    FaultKind(
        "counts-differ",
        "'Outcomes achieved' and 'Number with positive social outcomes' differ in one row. The first"
        " is used.",
        "Say which is the count that payment rests on.",
    ),
    FaultKind(
        "several-results",
        "A metric has several counts of the same standing. How one was chosen is said in counts_used.",
        "Keep one final row, or give each row its own period.",
    ),
    FaultKind(
        "conflicting-results",
        "A metric has different counts for the same period and standing; neither is used.",
        "Remove the one that is wrong.",
    ),
    FaultKind(
        "several-prices",
        "A metric has several prices (tiers, bonuses or years), and results do not say which applies. No"
        " price is used.",
        "Give each price its own metric, as results are counted by metric.",
    ),
    FaultKind(
        "maximum-not-price-times-volume",
        "The maximum price of a metric is not its price times the targeted number (or, where no target is"
        " given, times any whole number).",
        "Check price, target and maximum. The maximum may also be per person, or capped.",
    ),
    FaultKind(
        "maximum-per-person",
        "The same maximum stands beside every price of a project, or the note says it is per person: it"
        " limits what one person can earn, not a metric. It is not compared with price × volume.",
        "Read it as a cap per person; record it as such.",
    ),
    FaultKind(
        "maximum-disputed",
        "Projects of one fund with the same price list, or notes on the same rows, state different maxima."
        " Which is right is not decided here.",
        "Ask which maximum belongs to this price list.",
    ),
    FaultKind(
        "maximum-above-available",
        "A metric's maximum is above the most that the whole project can pay.",
        "Check the maximum and the commitments.",
    ),
    FaultKind(
        "same-payment-twice",
        "Two projects have been paid exactly the same total, or share one large payment that is not round."
        " Unless the figure is round, one is probably a copy of the other. The figure is used for both, and"
        " explains neither.",
        "Check both against their source.",
    ),
    FaultKind(
        "payer-share-100",
        "A project has several payers, but one carries the whole recorded amount, or is the only one named"
        " on the payments. Its share would come out as 100%.",
        "Enter the other payers' amounts before working out anyone's share.",
    ),
    FaultKind(
        "available-figures-differ",
        "The commitments of the payers do not add up to the project's own maximum.",
        "Find out which is current.",
    ),
    FaultKind(
        "paid-above-available",
        "More has been paid than was committed.",
        "Look for a raised commitment, a payment entered twice, or payments outside the contract.",
    ),
    FaultKind(
        "paid-figures-differ",
        "The payments do not add up to the total that the commitments or the project record as paid.",
        "Look for missing or repeated periods.",
    ),
    FaultKind(
        "stated-percentage-differs",
        "A note states what share of the available amount was paid, and the two amounts give another share.",
        "Check the note and both amounts.",
    ),
    FaultKind(
        "metrics-offset",
        "A project's total agrees while single metrics do not.",
        "Look at the metrics: differences that cancel out can hide a payment booked to the wrong metric.",
    ),
    FaultKind(
        "value-in-wrong-column",
        "A column for text holds bare numbers equal to the prices: a column was probably pasted one place"
        " out.",
        "Move the numbers to their column.",
    ),
    FaultKind(
        "dollar-value-differs",
        "A price and its dollar value imply another exchange rate than most prices of the project.",
        "Recalculate the dollar value. It is not used in any test.",
    ),
)

KINDS: dict[str, FaultKind] = {declared.kind: declared for declared in _DECLARED}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what is wrong, where, and the values that show it.

    ``row`` counts as a spreadsheet does: the header is row 1. ``project`` is blank for a fault of a
    whole file. ``kind`` must be declared (KeyError otherwise: a bug).
    """

    kind: str
    detail: str
    file: str = ""
    row: int | None = None
    project: str = ""
    metric: str = ""

    def __post_init__(self) -> None:
        KINDS[self.kind]

    @property
    def where(self) -> str:
        """Say where, as ``projects_results.csv row 3, INDIGO-POJ-0001 outcomemetric2``."""
        at = f"{self.file} row {self.row}" if self.row is not None else self.file
        return ", ".join(part for part in (at, f"{self.project} {self.metric}".strip()) if part)

    def as_dict(self) -> dict[str, str]:
        """Return kind, where and detail (with what to do), as published in JSON."""
        return {"kind": self.kind, "where": self.where, "detail": f"{self.detail} {KINDS[self.kind].mend}"}
