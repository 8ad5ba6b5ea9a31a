"""Claim lines as the ledger needs them: priced, split between payers, and without people.

The ledger does not know the pricer. A priced result arrives as plain values (the JSON of
``openoutcomes contract price``) and leaves here as :class:`ClaimLine` values or problems.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from openoutcomes.standard.money import exponent, format_money, quantize
from openoutcomes.standard.problems import InputError, Problem

_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]+)?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One priced line of a claim, split between payers, with no person in it.

    ``amount`` and each payer's part are in major units of ``currency`` (pounds, not pence),
    signed: negative where the provider owes the payers (profit share, adjustment). The parts
    sum to ``amount``. ``adjusts`` names the line that this one corrects, if any.
    """

    contract: str
    line_id: str
    achievement_id: str
    outcome: str
    provider_id: str
    achieved_on: date | None
    period: str
    currency: str
    amount: Decimal
    payers: tuple[tuple[str, Decimal], ...]
    terms_version: str = ""
    adjusts: str = ""
    reason: str = ""

    @property
    def origin(self) -> str:
        """Return the id of the priced line that this line is, or corrects."""
        return self.adjusts or self.line_id


def from_result(result: Mapping[str, object], *, provider: str = "") -> list[ClaimLine]:
    """Return the lines of a priced result that carry money.

    ``result`` is ``{contract, as_of, currency, totals, lines: [...]}`` with money as strings
    (or Decimal or int, never float). ``provider`` is used for lines that name none. Held and
    refused lines have no amount and are left out. Raises InputError with every problem found.
    """
    problems: list[Problem] = []
    contract = _text(result, "contract", problems, required=True)
    currency = _text(result, "currency", problems, required=True)
    if currency and not _CURRENCY.fullmatch(currency):
        problems.append(
            _bad("currency", currency, "is not a currency code", "Use three capitals such as GBP.")
        )
    rows = result.get("lines")
    if not isinstance(rows, list):
        problems.append(_bad("lines", "", "is missing or is not a list", _PRICE_AGAIN))
    elif "locked_as_of" in result or any(isinstance(row, Mapping) and row.get("adjusts") for row in rows):
        # Taken for a whole pricing, a list of differences would undo every line it leaves out.
        mend = "Give the whole pricing: the ledger works out what differs from the claims before."
        problems.append(_bad("lines", "", "are adjustments to an earlier claim", mend))
    if problems or not isinstance(rows, list):
        raise InputError(problems)
    lines: list[ClaimLine] = []
    for number, row in enumerate(rows, start=1):
        faults: list[Problem] = []
        line = _line(row, contract, currency, provider, faults)
        problems.extend(_at_line(problem, number) for problem in faults)
        if line is not None and not faults:
            lines.append(line)
    problems.extend(_repeated(lines))
    if not problems:
        problems.extend(_total_differs(result, lines, currency))
    if problems:
        raise InputError(problems)
    return lines


def result_as_of(result: Mapping[str, object]) -> date | None:
    """Return the day a priced result stands at, or None; raises InputError if it is not a date."""
    problems: list[Problem] = []
    day = _date(result, "as_of", problems)
    if problems:
        raise InputError(problems)
    return day


def read_amount(value: object, currency: str) -> Decimal | Problem:
    """Read an amount of money exactly, or say what is wrong with it.

    Takes text, int or Decimal in major units, at most 15 digits before the point and no
    finer than the currency's smallest unit. Nothing is rounded.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return _bad("amount", str(value), "is not an amount", 'Write money as text, such as "500.00".')
    text = f"{value:f}" if isinstance(value, Decimal) and value.is_finite() else str(value)
    if not _AMOUNT.fullmatch(text):
        return _bad("amount", text, "is not an amount", "Use digits with a point, such as 1234.50.")
    amount = Decimal(text)
    if quantize(amount, currency) != amount:
        places = exponent(currency)
        mend = f"Give no more than {places} places." if places else "Give a whole amount."
        return _bad("amount", text, f"is finer than {currency} allows ({places} places)", mend)
    return abs(quantize(amount, currency)) if amount == 0 else quantize(amount, currency)


def bad_text(name: str, value: str) -> Problem | None:
    """Say what is wrong with an id or a reason that someone typed, or return None."""
    if not value.strip():
        return _bad(name, value, "is empty", f"Give a {name}.")
    if not value.isprintable():
        return _bad(
            name, repr(value), "has characters that cannot be shown", "Use letters, digits and spaces."
        )
    return None


def bad_currency(currency: str) -> Problem | None:
    """Say that a currency is not written as ISO 4217 does, or return None."""
    if _CURRENCY.fullmatch(currency):
        return None
    return _bad("currency", currency, "is not a currency code", "Use three capitals such as GBP.")


_PRICE_AGAIN = "Use the JSON of `openoutcomes contract price --format json` unchanged."


def _line(
    row: object, contract: str, currency: str, provider: str, problems: list[Problem]
) -> ClaimLine | None:
    if not isinstance(row, Mapping):
        problems.append(_bad("", str(row)[:40], "is not a line", _PRICE_AGAIN))
        return None
    amount = _amount(row, currency, problems)
    payers = _payers(row, currency, problems)
    if problems or not (amount or any(part for _, part in payers)):
        return None
    if sum((part for _, part in payers), Decimal(0)) != amount:
        shares = format_money(sum((part for _, part in payers), Decimal(0)), currency)
        whole = format_money(amount, currency)
        problems.append(_bad("payers", shares, f"does not add up to the line's {whole}", _PRICE_AGAIN))
    outcome = _text(row, "outcome", problems, required=True)
    achievement = _text(row, "achievement_id", problems)
    line_id = _text(row, "line_id", problems) or (f"{achievement}/{outcome}" if achievement else "")
    if not line_id:
        problems.append(_bad("line_id", "", "is missing", _PRICE_AGAIN))
    payee = _text(row, "provider_id", problems) or provider
    if not payee:
        problems.append(_bad("provider_id", "", "is missing", "Say who is paid: --provider ID."))
    return ClaimLine(
        contract=contract,
        line_id=line_id,
        achievement_id=achievement,
        outcome=outcome,
        provider_id=payee,
        achieved_on=_date(row, "achieved_on", problems),
        period=_text(row, "period", problems),
        currency=currency,
        amount=amount,
        payers=payers,
        terms_version=_text(row, "terms_version", problems),
        reason=_reason(row),
    )


def _amount(row: Mapping[str, object], currency: str, problems: list[Problem], within: str = "") -> Decimal:
    amount = read_amount(row.get("amount"), currency)
    if isinstance(amount, Problem):
        problems.append(replace(amount, field=f"{within}{amount.field}"))
        return Decimal(0)
    return amount


def _payers(
    row: Mapping[str, object], currency: str, problems: list[Problem]
) -> tuple[tuple[str, Decimal], ...]:
    parts = row.get("payers") or []
    if not isinstance(parts, Sequence) or not all(isinstance(part, Mapping) for part in parts):
        problems.append(_bad("payers", "", "is not a list of payers and amounts", _PRICE_AGAIN))
        return ()
    shares = [
        (
            _text(part, "payer", problems, required=True),
            _amount(part, currency, problems, f"payers[{number}]."),
        )
        for number, part in enumerate(parts, start=1)
    ]
    names = [name for name, _ in shares]
    problems.extend(
        _bad("payers", name, "is named twice in one line", _PRICE_AGAIN)
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    )
    return tuple(shares)


def _text(values: Mapping[str, object], name: str, problems: list[Problem], *, required: bool = False) -> str:
    value = values.get(name)
    if value is None or value == "":
        if required:
            problems.append(_bad(name, "", "is missing", _PRICE_AGAIN))
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        problems.append(_bad(name, str(value)[:40], "is not text", _PRICE_AGAIN))
        return ""
    found = bad_text(name, str(value))
    if found:
        problems.append(found)
    return str(value)


def _date(values: Mapping[str, object], name: str, problems: list[Problem]) -> date | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else _no_date()
    except ValueError:
        problems.append(_bad(name, str(value)[:40], "is not a date", "Write dates as 2015-03-01."))
        return None


def _no_date() -> date:
    raise ValueError


def _reason(row: Mapping[str, object]) -> str:
    # A reason that names the person would carry them into the accounts, so it stays behind.
    reason, person = row.get("reason"), row.get("person_id")
    if not isinstance(reason, str) or bad_text("reason", reason):
        return ""
    return "" if person and _names(reason, str(person)) else reason


def _names(text: str, word: str) -> bool:
    parts = text.split(word)
    return any(
        not (before[-1:].isalnum() or after[:1].isalnum()) for before, after in itertools.pairwise(parts)
    )


def _repeated(lines: Sequence[ClaimLine]) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for line in lines:
        if line.line_id in seen:
            problems.append(_bad("line_id", line.line_id, "is used by more than one line", _PRICE_AGAIN))
        seen.add(line.line_id)
    return problems


def _total_differs(result: Mapping[str, object], lines: Sequence[ClaimLine], currency: str) -> list[Problem]:
    totals = result.get("totals")
    if not isinstance(totals, Mapping) or "payable" not in totals:
        return []
    stated = read_amount(totals["payable"], currency)
    if isinstance(stated, Problem):
        return [stated]
    summed = sum((line.amount for line in lines), Decimal(0))
    if summed == stated:
        return []
    total = format_money(summed, currency)
    what = f"is stated as {format_money(stated, currency)}, but the lines come to {total}"
    return [_bad("totals.payable", "", what, _PRICE_AGAIN)]


def _bad(name: str, value: str, what: str, mend: str) -> Problem:
    said = f"`{value}` {what}." if value else f"{what[0].upper()}{what[1:]}."
    return Problem(what=said, mend=mend, field=name, value=value, code="result")


def _at_line(problem: Problem, number: int) -> Problem:
    field = f"lines[{number}].{problem.field}" if problem.field else f"lines[{number}]"
    return Problem(problem.what, problem.mend, field=field, value=problem.value, code=problem.code)
