"""Lines that no single person earns: cohort results, fixed payments, shares of a surplus, totals."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from openoutcomes.contracts.cohorts import cohort_drafts
from openoutcomes.contracts.counts import count_drafts
from openoutcomes.contracts.lines import Line
from openoutcomes.contracts.records import Indicators, Records, Tables
from openoutcomes.contracts.tables import NotFound, lookup
from openoutcomes.contracts.terms import FixedPayment, OnlyIf, SurplusShare, Version
from openoutcomes.contracts.words import Days, format_number, say_day, say_percent
from openoutcomes.contracts.worth import Draft, GroupFacts, version_on, weights_of
from openoutcomes.standard.money import exponent, format_money, round_half_up, to_minor


@dataclass(slots=True)
class GroupLines:
    """Drafts of group lines, the rules that totals cannot test, and notes for the reader."""

    drafts: list[Draft] = field(default_factory=list)
    not_tested: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


def group_lines(
    versions: Sequence[Version],
    tables: Tables,
    records: Records,
    contract: str,
    as_of: dt.date,
    currency: str,
) -> GroupLines:
    """Return every line that is not a person's, priced before caps."""
    groups = GroupLines()
    claimed = {(claim.outcome, claim.provider) for claim in records.claims}
    groups.not_tested = count_drafts(
        versions, tables, contract, as_of, currency, claimed, groups.drafts, groups.notes
    )
    cohort_drafts(versions, tables, records, contract, as_of, currency, groups.drafts, groups.notes)
    groups.drafts.extend(_fixed(versions, records.indicators, as_of, currency))
    groups.drafts.extend(_surplus(versions, records.indicators, as_of, currency))
    return groups


def _fixed(
    versions: Sequence[Version], indicators: Indicators, as_of: dt.date, currency: str
) -> Iterator[Draft]:
    """Yield fixed payments due by the day, each under the terms in force on its due date."""
    for version in versions:
        for code, fixed in version.fixed.items():
            for label, due in _due_dates(fixed, version):
                if due > as_of or version_on(versions, due) is not version:
                    continue
                yield _fixed_draft(version, code, fixed, label, due, indicators, currency)


def _due_dates(fixed: FixedPayment, version: Version) -> Iterator[tuple[str, dt.date]]:
    if fixed.on is not None:
        yield "", fixed.on
        return
    span = fixed.span or Days()
    first, last = span.first or version.runs.first, span.last or version.runs.last
    assert fixed.every is not None and first is not None and last is not None  # noqa: S101, PT018 - else refused on reading
    for period in version.calendar.periods(first, last, fixed.every):
        yield period.label, min(period.last, last) if fixed.at_end else max(period.first, first)


def _fixed_draft(
    version: Version,
    code: str,
    fixed: FixedPayment,
    label: str,
    due: dt.date,
    indicators: Indicators,
    currency: str,
) -> Draft:
    line = Line(f"{code}:{label}" if label else code, code, due, fixed.order, "fixed payments", currency)
    line.terms_version, line.price_on = version.number, due
    facts = GroupFacts(version, due)
    price = lookup(fixed.pays, facts)
    if isinstance(price, NotFound):
        line.status = "held" if price.value is None else "refused"
        line.rule, line.reason = "price", str(price)
        return Draft(line, version, None, 0, (), facts)
    line.price, line.gross_minor = price.amount, to_minor(price.amount, currency)
    line.rule, line.reason = "fixed payment", f"due on {say_day(due)}"
    if fixed.only_if is not None:
        _test_only_if(line, fixed.only_if, due, indicators)
    return Draft(line, version, None, line.gross_minor, weights_of(price, fixed.payers, version), facts)


def _test_only_if(line: Line, only_if: OnlyIf, due: dt.date, indicators: Indicators) -> None:
    if only_if.days is not None:
        value = indicators.in_days(only_if.indicator, only_if.days)
    else:
        value = indicators.latest(only_if.indicator, due)
    if value is None:
        line.status, line.rule, line.reason = (
            "held",
            "only if",
            f"no value of {only_if.indicator} is recorded",
        )
    elif value not in only_if.value:
        line.status, line.rule = "refused", "only if"
        line.reason = f"{only_if.indicator} is {format_number(value)}; the terms need {only_if.value}"
    else:
        line.reason += f"; {only_if.indicator} is {format_number(value)}"


def _surplus(
    versions: Sequence[Version], indicators: Indicators, as_of: dt.date, currency: str
) -> Iterator[Draft]:
    """Yield a line for each reported period of each figure that is shared."""
    for version in versions:
        for code, share in version.surplus.items():
            rows = indicators.values.get(share.indicator, ())
            times: dict[str, int] = defaultdict(int)
            for first, last, area, value in rows:
                day = last or first
                if day is None or day > as_of or version_on(versions, day) is not version:
                    continue
                id_ = f"{code}:{day.isoformat()}" + (f":{area}" if area else "")
                times[id_] += 1
                # Figures of two areas, or two figures of one day, must not share a line's id.
                id_ += f":{times[id_]}" if times[id_] > 1 else ""
                yield _surplus_draft(id_, version, code, share, day, value, currency)


def _surplus_draft(
    id_: str, version: Version, code: str, share: SurplusShare, day: dt.date, value: Decimal, currency: str
) -> Draft:
    line = Line(id_, code, day, share.order, "surplus shares", currency)
    line.terms_version, line.price_on, line.rule = version.number, day, "surplus share"
    exact, parts = Fraction(0), []
    for i, (level, part) in enumerate(share.bands):
        upper = share.bands[i + 1][0] if i + 1 < len(share.bands) else None
        within = min(value, upper) - level if upper is not None else value - level
        if within > 0:
            exact += Fraction(within) * part
            parts.append(
                f"{say_percent(part)} of {format_money(within, currency)} above {format_money(level, currency)}"
            )
    sign = -1 if share.paid_by == "provider" else 1
    gross = round_half_up(exact * 10 ** exponent(currency)) * sign
    net = gross
    if share.most is not None:
        net = sign * min(abs(gross), to_minor(share.most, currency))
    line.gross_minor = gross
    shown = (
        " and ".join(parts)
        or f"{share.indicator} of {format_money(value, currency)} is not above the level shared"
    )
    line.reason = f"{shown}{', owed by the provider' if share.paid_by == 'provider' and gross else ''}"
    if share.purpose and gross:
        line.reason += f", ring-fenced for {share.purpose}"
    if net != gross:
        line.reason += f", at most {format_money(share.most or Decimal(0), currency)}"
    facts = GroupFacts(version, day)
    return Draft(line, version, None, net, share.payers or version.payers, facts)
