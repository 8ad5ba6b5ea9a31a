"""The story of a line in plain English: which terms, which rules, what price, who pays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from openoutcomes.contracts.lines import Line, Result
from openoutcomes.contracts.pricing import price
from openoutcomes.contracts.records import Tables
from openoutcomes.contracts.story import Story
from openoutcomes.contracts.terms import Terms, Version
from openoutcomes.contracts.words import format_number, say_day
from openoutcomes.standard.money import format_money, from_minor


@dataclass(frozen=True, slots=True)
class Step:
    """One rule in a story: ``met``, ``waits`` or ``refused``, with what was found."""

    rule: str
    says: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A line's story: a headline, the terms in force, every rule in order, and the money."""

    line: Line
    headline: str
    terms: str
    steps: tuple[Step, ...]
    money: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the story JSON-ready."""
        return {
            "line": self.line.as_dict(),
            "headline": self.headline,
            "terms": self.terms,
            "steps": [
                {"rule": s.rule, "says": s.says, "outcome": s.outcome, "detail": s.detail} for s in self.steps
            ],
            "money": list(self.money),
        }

    def as_text(self) -> str:
        """Return the story as paragraphs of plain text."""
        rows = [self.headline, f"  Terms: {self.terms}"]
        if self.steps:
            rows.append("  Rules, in order:")
            rows += [
                f"    [{s.outcome:<7}] {s.says}{f' ({s.detail})' if s.detail else ''}" for s in self.steps
            ]
        rows.append("  Money:")
        rows += [f"    {row}" for row in self.money]
        return "\n".join(rows)


def explain(
    terms: Terms, tables: Tables, as_of: dt.date, about: Collection[str], *, contract: str | None = None
) -> tuple[Result, list[Explanation]]:
    """Price the contract and tell the story of the lines about some achievements or people.

    ``about`` holds achievement, line or person ids. Lines come in the order of pricing.
    """
    wanted = set(about)
    result = price(terms, tables, as_of, contract=contract, explain=wanted)
    versions = {version.number: version for version in terms.known_by(as_of)}
    chosen = [line for line in result.lines if {line.line_id, line.person_id} & wanted]
    return result, [_tell(line, result, versions) for line in chosen]


def _tell(line: Line, result: Result, versions: dict[int, Version]) -> Explanation:
    story: Story | None = result.stories.get(line.line_id)
    return Explanation(
        line=line,
        headline=_headline(line),
        terms=_terms(versions[line.terms_version], result.as_of),
        steps=_steps(line, story),
        money=tuple(_money(line)),
    )


def _headline(line: Line) -> str:
    who = f" for person {line.person_id}" if line.person_id else ""
    amount = {"held": line.held, "refused": line.refused}.get(line.status, line.amount)
    shown = format_money(amount, line.currency)
    verdict = {
        "payable": f"{shown} is payable",
        "reduced": f"{shown} is payable, reduced from {format_money(line.gross, line.currency)}",
        "held": f"{shown} is held",
        "refused": f"refused ({shown})",
    }[line.status]
    return f"{line.line_id}: {line.outcome}{who}, {say_day(line.achieved_on)}: {verdict}: {line.reason}."


def _terms(version: Version, as_of: dt.date) -> str:
    if version.effective is None:
        return f"{version.says}, as known on {say_day(as_of)}"
    return f"amendment {version.number} ({version.says}), in effect from {say_day(version.effective)}, as known on {say_day(as_of)}"


_WORDS = {None: "met", "held": "waits", "refused": "refused"}


def _steps(line: Line, story: Story | None) -> tuple[Step, ...]:
    if story is None:
        return ()
    steps = []
    for told in story.told:
        status = told.verdict.status if told.verdict else None
        detail = told.verdict.reason if told.verdict else told.detail
        steps.append(Step(told.name, told.says.rstrip("."), _WORDS[status], detail))
    limits = [str(slots) for slots in story.rules.slots]
    if limits and line.rule != "outcome":
        blocked = line.status == "refused" and line.rule in ("once", "at most", "either-or", "at least apart")
        says = f"Pays {' and '.join(limits)}"
        steps.append(Step("once", says, "refused" if blocked else "met", line.reason if blocked else ""))
    return tuple(steps)


def _money(line: Line) -> list[str]:
    cur = line.currency
    rows = []
    if line.price is not None:
        on = f", at the price of {say_day(line.price_on)}" if line.price_on else ""
        sum_ = (
            f"{format_number(line.quantity)} × {format_money(line.price, cur)} = "
            if line.quantity != 1
            else ""
        )
        rows.append(f"Gross: {sum_}{format_money(line.gross, cur)}{on}")
    else:
        rows.append(f"Gross: {format_money(line.gross, cur)}")
    for word, amount in (("Reduced", line.reduced), ("Held", line.held), ("Refused", line.refused)):
        if amount:
            rows.append(f"{word}: {format_money(amount, cur)}")
    rows.append(f"Payable now: {format_money(line.amount, cur)}")
    for payer, paid, held in line.payers_minor:
        parts = [format_money(from_minor(paid, cur), cur)] if paid or not held else []
        parts += [f"{format_money(from_minor(held, cur), cur)} held"] if held else []
        rows.append(f"  {payer}: {', '.join(parts)}")
    for name, minor in line.contributors:
        rows.append(f"  Contributed by {name}: {format_money(from_minor(minor, cur), cur)}")
    if line.not_tested:
        rows.append(f"Not tested, for want of people's records: {', '.join(line.not_tested)}")
    return rows
