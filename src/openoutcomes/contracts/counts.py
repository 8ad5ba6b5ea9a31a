"""Pricing totals: contracts that report how many, and not who.

A total cannot show whether each person met the rules about a person, so those are listed as
not tested, and never taken as passed. Rules that a total can show (the contract's dates and
providers, limits on number, prices, tapers, haircuts, caps over the whole) are applied.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import floor

from openoutcomes.contracts.calendar import PeriodKind
from openoutcomes.contracts.judging import counted_over
from openoutcomes.contracts.lines import Line
from openoutcomes.contracts.records import Tables, current
from openoutcomes.contracts.tables import ByTable, NotFound, dimensions_of, lookup
from openoutcomes.contracts.terms import Outcome, Pays, Version
from openoutcomes.contracts.words import Range, say_day
from openoutcomes.contracts.worth import Draft, GroupFacts, Worth, haircut, version_on, weights_of
from openoutcomes.standard.money import exponent

_COLUMNS = (
    "achievement_count_id", "contract_id", "provider_id", "outcome",
    "period_start", "period_end", "count", "cohort", "payment_group",
)  # fmt: skip


Counted = dict[str, frozenset[tuple[str, PeriodKind | None]]]


def count_drafts(
    versions: Sequence[Version],
    tables: Tables,
    contract: str,
    as_of: dt.date,
    currency: str,
    claimed: set[tuple[str, str | None]],
    drafts: list[Draft],
    notes: list[str],
) -> tuple[str, ...]:
    """Append a line for each total; return the rules that could not be tested.

    Totals of an outcome and provider with achievements of people are left out, so that nothing
    is counted twice.
    """
    columns, _ = current(tables, "achievement_counts", _COLUMNS, as_of, ("period_end",))
    rows = sorted(zip(*columns, strict=True), key=lambda row: (row[5], row[3], row[0]))
    placed: dict[object, int] = defaultdict(int)
    counted = counted_over(versions)
    not_tested: dict[str, None] = {}
    left_out = others = 0
    for row in rows:
        if row[1] not in (None, contract):
            others += 1
        elif (row[3], row[2] or version_on(versions, row[5]).only_provider) in claimed:
            left_out += 1
        else:
            draft = _draft(versions, row, currency, placed, counted)
            drafts.append(draft)
            not_tested.update(dict.fromkeys(draft.line.not_tested))
    if left_out:
        notes.append(f"{left_out:,} totals are left out: the people behind them are recorded.")
    if others:
        notes.append(f"{others:,} totals belong to other contracts: left out.")
    return tuple(not_tested)


def _draft(
    versions: Sequence[Version],
    row: tuple[object, ...],
    currency: str,
    placed: dict[object, int],
    counted: Counted,
) -> Draft:
    id_, _, provider, code, starts, ends, count, cohort, group = row
    assert isinstance(id_, str) and isinstance(code, str) and isinstance(count, int)  # noqa: S101, PT018 - checked on reading
    assert isinstance(starts, dt.date) and isinstance(ends, dt.date)  # noqa: S101, PT018
    version = version_on(versions, ends)
    outcome = version.outcomes.get(code)
    line = Line(id_, code, ends, outcome.order if outcome else 1_000_000, "achievement_counts", currency)
    line.provider_id = provider if isinstance(provider, str) else version.only_provider
    line.cohort = cohort if isinstance(cohort, str) else None
    line.quantity, line.price_on, line.terms_version = count, ends, version.number
    facts = GroupFacts(
        version, ends, line.cohort, line.provider_id, group if isinstance(group, str) else None
    )
    draft = Draft(line, version, None, 0, (), facts)
    if outcome is None:
        line.status, line.rule, line.reason = (
            "refused",
            "outcome",
            f"{code!r} is not an outcome of this contract",
        )
        return draft
    line.not_tested = untested(outcome, version)
    refusal = _refusal(line, version, starts, ends)
    # What is refused takes no place under a limit from what is not.
    _value(draft, outcome, count, facts, defaultdict(int) if refusal else placed, counted)
    if refusal:
        line.status, (line.rule, line.reason) = "refused", refusal
    elif version.providers and line.provider_id is None:
        line.status, line.rule = "held", "provider"
        line.reason = "no provider is recorded; record which provider achieved them"
    elif _partly_outside(version, starts, ends):
        line.reason = f"{line.reason}; part of its period is outside the contract"
    return draft


def _value(
    draft: Draft,
    outcome: Outcome,
    count: int,
    facts: GroupFacts,
    placed: dict[object, int],
    counted: Counted,
) -> None:
    line = draft.line
    allowed = _allowed(outcome, count, facts, placed, counted)
    found = _worth(outcome, count, count, facts, placed, line.currency)
    if isinstance(found, NotFound):
        line.status = "held" if found.value is None else "refused"
        line.rule, line.reason = "price", str(found)
        return
    net = found if allowed == count else _worth(outcome, count, allowed, facts, placed, line.currency)
    assert not isinstance(net, NotFound)  # noqa: S101 - the same tables answered above
    placed[("volume", outcome.code)] += allowed
    line.price, line.gross_minor, line.reason = found.price, found.gross, found.reason
    if allowed < count:
        line.reason = f"{line.reason}; the terms pay for {allowed} of these {count}"
    draft.net, draft.weights = net.net, found.weights


def _worth(
    outcome: Outcome, count: int, paid: int, facts: GroupFacts, placed: dict[object, int], currency: str
) -> Worth | NotFound:
    """Value ``paid`` of ``count`` achievements; a price by volume is looked up stretch by stretch.

    What lies beyond the last row of a price by volume is worth nothing, as it is for people.
    """
    by_volume = "volume" in dimensions_of(outcome.pays)
    first = placed[("volume", outcome.code)] + 1
    facts.volume = first if by_volume else None
    price = lookup(outcome.pays, facts)
    if isinstance(price, NotFound):
        return price
    total = Fraction(price.amount) * (0 if by_volume else paid)
    rates: dict[str, Fraction] = defaultdict(Fraction)
    for start, length in _stretches(outcome.pays, first, paid) if by_volume else ():
        facts.volume = start
        nth = lookup(outcome.pays, facts)
        if not isinstance(nth, NotFound):
            total += Fraction(nth.amount) * length
            for payer, rate in nth.rates:
                rates[payer] += Fraction(rate) * length
    weights = tuple(rates.items()) or weights_of(price, outcome.payers, facts.version)
    cuts = (outcome.taper, outcome.deadweight)
    return haircut(price, total * 10 ** exponent(currency), count, cuts, facts, weights, currency)


def _stretches(pays: Pays, first: int, count: int) -> list[tuple[int, int]]:
    """Return (first number, how many) of each stretch of ``count`` numbers that no row's end cuts."""
    end = first + count
    starts = sorted({first, *(n for n in _row_ends(pays) if first < n < end)}) if count else []
    return [(start, after - start) for start, after in pairwise((*starts, end))] if starts else []


def _row_ends(pays: Pays) -> set[int]:
    """Return the whole numbers at which some row of a price by volume may begin or cease to fit."""
    if not isinstance(pays, ByTable):
        return set()
    found = _row_ends(pays.otherwise) if pays.otherwise is not None else set()
    for row, below in pays.rows:
        found |= _row_ends(below)
        if pays.dimension == "volume" and isinstance(row, Range):
            edges = [edge for edge in (row.low, row.high) if edge is not None]
            found.update(floor(edge) + more for edge in edges for more in (0, 1))
    return found


def _allowed(
    outcome: Outcome, count: int, facts: GroupFacts, placed: dict[object, int], counted: Counted
) -> int:
    """Return how many of the total limits over a contract, cohort or provider leave room for.

    They take a place in every count that any version of the terms makes.
    """
    who = {"contract": None, "cohort": facts.cohort, "provider": facts.provider}
    keys = {
        (per, period): (
            outcome.code,
            per,
            who[per],
            facts.version.calendar.period(facts.day, period).label if period else "",
        )
        for per, period in counted.get(outcome.code, ())
    }
    limits = [(keys.get((slots.per, slots.period)), slots.most) for slots in outcome.slots]
    allowed = min([count, *(max(0, most - placed[key]) for key, most in limits if key is not None)])
    for key in keys.values():
        placed[key] += allowed
    return allowed


def _refusal(line: Line, version: Version, starts: dt.date, ends: dt.date) -> tuple[str, str] | None:
    """Return the rule and the reason when a total is from outside the contract."""
    if version.providers and line.provider_id is not None and line.provider_id not in version.providers:
        return "provider", f"{line.provider_id} is not a provider under this contract"
    first, last = version.runs.first, version.outcomes_until or version.runs.last
    if (last is not None and starts > last) or (first is not None and ends < first):
        return "runs", f"its period, {say_day(starts)} to {say_day(ends)}, is outside the contract"
    return None


def _partly_outside(version: Version, starts: dt.date, ends: dt.date) -> bool:
    first, last = version.runs.first, version.outcomes_until or version.runs.last
    return (last is not None and ends > last) or (first is not None and starts < first)


def untested(outcome: Outcome, version: Version) -> tuple[str, ...]:
    """Return the names of the rules about a person that a total cannot show."""
    who = [f"who: {condition.subject}" for condition in (*version.who, *outcome.who)]
    slots = [str(slots) for slots in outcome.slots if slots.per in ("person", "enrolment")]
    verified = version.verified if outcome.verified is None else outcome.verified
    rules = {
        "at least apart": outcome.apart is not None,
        "follows": bool(outcome.follows),
        "within": bool(outcome.within),
        "achieved": outcome.achieved is not None,
        "claim within": outcome.claim_within is not None or version.claims_until is not None,
        "claim after": outcome.claim_after is not None,
        "evidence": outcome.evidence is not None,
        "evidence alternates": bool(outcome.alternates),
        "measured by": bool(outcome.measured),
        "person says": outcome.person_says is not None,
        "void if": outcome.void_if is not None,
        "quantity": outcome.quantity is not None,
        "price rises with": outcome.indexed is not None,
        "either-or": any(outcome.code in side for group in version.either_or for side in group.sides),
        "verification": verified,
    }
    caps = [
        cap.name
        for cap in version.caps
        if cap.scope == "person" and not (cap.only and outcome.code not in cap.only)
    ]
    return tuple(dict.fromkeys([*who, *slots, *(name for name, asked in rules.items() if asked), *caps]))
