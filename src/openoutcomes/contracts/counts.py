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

from openoutcomes.contracts.lines import Line
from openoutcomes.contracts.records import Tables, current
from openoutcomes.contracts.tables import NotFound, dimensions_of, lookup
from openoutcomes.contracts.terms import Outcome, Version
from openoutcomes.contracts.words import say_day
from openoutcomes.contracts.worth import Draft, GroupFacts, Worth, haircut, version_on, weights_of
from openoutcomes.standard.money import exponent

_COLUMNS = (
    "achievement_count_id", "contract_id", "provider_id", "outcome",
    "period_start", "period_end", "count", "cohort", "payment_group",
)  # fmt: skip


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
    not_tested: dict[str, None] = {}
    left_out = others = 0
    for row in rows:
        if row[1] not in (None, contract):
            others += 1
        elif (row[3], row[2]) in claimed:
            left_out += 1
        else:
            draft = _draft(versions, row, currency, placed)
            drafts.append(draft)
            not_tested.update(dict.fromkeys(draft.line.not_tested))
    if left_out:
        notes.append(f"{left_out:,} totals are left out: the people behind them are recorded.")
    if others:
        notes.append(f"{others:,} totals belong to other contracts: left out.")
    return tuple(not_tested)


def _draft(
    versions: Sequence[Version], row: tuple[object, ...], currency: str, placed: dict[object, int]
) -> Draft:
    id_, _, provider, code, starts, ends, count, cohort, group = row
    assert isinstance(id_, str) and isinstance(code, str) and isinstance(count, int)  # noqa: S101, PT018 - checked on reading
    assert isinstance(starts, dt.date) and isinstance(ends, dt.date)  # noqa: S101, PT018
    version = version_on(versions, ends)
    outcome = version.outcomes.get(code)
    line = Line(id_, code, ends, outcome.order if outcome else 1_000_000, "achievement_counts", currency)
    line.provider_id = provider if isinstance(provider, str) else None
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
    _value(draft, outcome, count, facts, placed)
    _whole_rules(line, version, starts, ends)
    return draft


def _value(draft: Draft, outcome: Outcome, count: int, facts: GroupFacts, placed: dict[object, int]) -> None:
    line = draft.line
    allowed = _allowed(outcome, count, facts, placed)
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
    """Value ``paid`` of ``count`` achievements; a price by volume is looked up for each in turn."""
    by_volume = "volume" in dimensions_of(outcome.pays)
    begun = placed[("volume", outcome.code)]
    total = Fraction(0)
    facts.volume = begun + 1 if by_volume else None
    price = lookup(outcome.pays, facts)
    if isinstance(price, NotFound):
        return price
    for number in range(paid if by_volume else 0):
        facts.volume = begun + number + 1
        nth = lookup(outcome.pays, facts)
        if isinstance(nth, NotFound):
            return nth
        total += Fraction(nth.amount)
    if not by_volume:
        total = Fraction(price.amount) * paid
    weights = weights_of(price, outcome.payers, facts.version)
    cuts = (outcome.taper, outcome.deadweight)
    return haircut(price, total * 10 ** exponent(currency), count, cuts, facts, weights, currency)


def _allowed(outcome: Outcome, count: int, facts: GroupFacts, placed: dict[object, int]) -> int:
    """Return how many of the total limits over a contract, cohort or provider leave room for."""
    allowed = count
    keys = []
    for slots in outcome.slots:
        if slots.per in ("person", "enrolment"):
            continue
        who = {"contract": None, "cohort": facts.cohort, "provider": facts.provider}[slots.per]
        period = facts.version.calendar.period(facts.day, slots.period).label if slots.period else ""
        key = (outcome.code, slots.per, who, period)
        allowed = min(allowed, max(0, slots.most - placed[key]))
        keys.append(key)
    for key in keys:
        placed[key] += allowed
    return allowed


def _whole_rules(line: Line, version: Version, starts: dt.date, ends: dt.date) -> None:
    """Refuse a total from outside the contract; say when its period is partly outside."""
    first, last = version.runs.first, version.outcomes_until or version.runs.last
    if (last is not None and starts > last) or (first is not None and ends < first):
        line.status, line.rule = "refused", "runs"
        line.reason = f"its period, {say_day(starts)} to {say_day(ends)}, is outside the contract"
    elif (last is not None and ends > last) or (first is not None and starts < first):
        line.reason = f"{line.reason}; part of its period is outside the contract"
    if version.providers and line.provider_id not in version.providers:
        line.status, line.rule = "refused", "provider"
        line.reason = f"{line.provider_id or 'no provider'} is not a provider under this contract"


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
        "cap per person": any(cap.scope == "person" for cap in version.caps),
    }
    return tuple(dict.fromkeys([*who, *slots, *(name for name, asked in rules.items() if asked)]))
