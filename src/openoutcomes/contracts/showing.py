"""The terms as a page that a commissioner can read: parties, rules and prices in plain English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from openoutcomes.contracts.cohorts import say_pays
from openoutcomes.contracts.judging import compile_version
from openoutcomes.contracts.records import Indicators
from openoutcomes.contracts.tables import leaves_of
from openoutcomes.contracts.terms import (
    CohortOutcome,
    CohortPays,
    Figure,
    FixedPayment,
    Outcome,
    Pays,
    Price,
    SurplusShare,
    Terms,
    Version,
)
from openoutcomes.contracts.words import format_number, say_day, say_percent
from openoutcomes.standard.money import format_money


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines of text; ``rows`` make a table when there is a header."""

    title: str
    lines: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    level: int = 2


@dataclass(slots=True)
class Page:
    """A page of sections."""

    title: str
    sections: list[Section] = field(default_factory=list)


def show(terms: Terms) -> Page:
    """Return the terms as a readable page: the original in full, then each amendment."""
    page = Page(terms.name)
    page.sections.append(Section("The contract", tuple(_about(terms))))
    version = terms.versions[-1]
    if len(terms.versions) > 1:
        note = f"These are the terms after amendment {version.number}, in effect from {say_day(version.effective)}."
        page.sections.append(Section("Amendments", (note, *(_amendment(v) for v in terms.versions[1:]))))
    if terms.parameters:
        header = ("parameter", "means", "unit", "value")
        rows = tuple(
            (p.name, p.means, p.unit, _parameter(p.value, p.example, assumed=p.assumed))
            for p in terms.parameters.values()
        )
        page.sections.append(Section("Numbers left open", (), header, rows))
    page.sections.append(
        Section("Who may be paid for", tuple(c.text for c in version.who) or ("Anyone enrolled.",))
    )
    page.sections.append(_card(version, terms.currency))
    page.sections.extend(_outcome_sections(version))
    page.sections.extend(_group_sections(version, terms.currency))
    if version.either_or:
        page.sections.append(Section("Either-or", tuple(_either_or(version))))
    page.sections.append(Section("Caps", tuple(_caps(version, terms.currency)) or ("None.",)))
    page.sections.append(Section("How dates and payers work", tuple(_workings(version))))
    page.sections.append(Section("Source", tuple(_source(terms.source))))
    return page


def _about(terms: Terms) -> Iterable[str]:
    version = terms.versions[-1]
    yield f"Contract: {terms.contract} ({terms.standing})"
    if terms.about:
        yield terms.about
    runs = version.runs
    if version.outcomes_until:
        yield f"Outcomes may be achieved until {say_day(version.outcomes_until)}."
    yield f"Runs: {say_day(runs.first)} to {say_day(runs.last) if runs.last else 'no end date'}"
    if terms.commissioner:
        yield f"Commissioner: {terms.commissioner}"
    shares = dict(version.payers)
    payers = [
        f"{name} ({say_percent(shares[name])})" if name in shares else name for name in version.payer_names
    ]
    yield f"Payers: {', '.join(payers)}"
    if version.providers:
        yield f"Providers: {', '.join(version.providers)}"
    if terms.investors:
        yield f"Investors: {', '.join(terms.investors)}"
    if terms.verifier:
        yield f"Verifier: {terms.verifier}"


def _amendment(version: Version) -> str:
    return f"{version.number}. {version.says}: agreed {say_day(version.agreed)}, in effect from {say_day(version.effective)}"


def _parameter(value: str | None, example: str | None, *, assumed: bool) -> str:
    if value is not None:
        return value
    shown = "must be given when pricing"
    if example is not None:
        shown += f"; examples use {example}"
    return f"{shown} (assumed)" if assumed else shown


def say_pays_person(pays: Pays, currency: str) -> list[str]:
    """Return a price in words, one line a row of its table."""
    return [
        f"{when}: {_price(price, currency)}" if when else _price(price, currency)
        for when, price in leaves_of(pays)
    ]


def _price(price: Price, currency: str) -> str:
    shown = format_money(price.amount, currency)
    if not price.rates:
        return shown
    parts = ", ".join(f"{payer} {format_money(amount, currency)}" for payer, amount in price.rates)
    return f"{shown} ({parts})"


_GROUPS = {
    "each cohort": "Each cohort alone",
    "each period": "Each period of each cohort alone",
    "together": "All cohorts together",
}


def _card(version: Version, currency: str) -> Section:
    rows: list[tuple[str, ...]] = [
        (o.code, o.says, "; ".join(say_pays_person(o.pays, currency)), _often(o))
        for o in version.outcomes.values()
    ]
    rows += [
        (c.code, c.says, _cohort_pays(c.pays, currency), "judged on a group")
        for c in version.cohort_outcomes.values()
    ]
    rows += [
        (
            f.code,
            f.says,
            "; ".join(say_pays_person(f.pays, currency)),
            f"every {f.every}" if f.every else f"on {say_day(f.on)}",
        )
        for f in version.fixed.values()
    ]
    rows += [(s.code, s.says, _bands(s, currency), f"from {s.paid_by}") for s in version.surplus.values()]
    return Section("Rate card", (), ("outcome", "what has to happen", "pays", "how often"), tuple(rows))


def _often(outcome: Outcome) -> str:
    if outcome.slots:
        return "; ".join(str(slots) for slots in outcome.slots)
    return "each enrolment" if outcome.for_each == "enrolment" else "every time"


def _outcome_sections(version: Version) -> Iterable[Section]:
    compiled = compile_version(version, version.runs.last or dt.date.max, Indicators({}))
    shared = 2 if version.providers else 1
    for code, rules in compiled.outcomes.items():
        own = rules.rules[shared + len(version.who) :]
        lines = [
            rule.says for rule in own if rule.name != "date" and rule.says != "Not refused by the verifier."
        ]
        lines += _cuts(rules.outcome)
        yield Section(code, tuple(lines), level=3)


def _cuts(outcome: Outcome | CohortOutcome) -> list[str]:
    lines = []
    if outcome.taper is not None:
        rows = ", ".join(
            f"{when}: {say_percent(share)}" if when else say_percent(share)
            for when, share in leaves_of(outcome.taper)
        )
        lines.append(f"Tapered: {rows}.")
    if outcome.deadweight is not None:
        rows = ", ".join(
            f"{when}: {say_percent(share)}" if when else say_percent(share)
            for when, share in leaves_of(outcome.deadweight)
        )
        lines.append(f"Less, for what would have happened anyway: {rows}.")
    if outcome.payers:
        lines.append(f"Paid by {_shares(outcome.payers)}.")
    if isinstance(outcome, Outcome):
        if outcome.apart is not None:
            lines.append(f"At least {outcome.apart} apart.")
        if outcome.indexed is not None:
            lines.append(
                f"The price moves with {outcome.indexed.indicator} from {say_day(outcome.indexed.base)}."
            )
        if outcome.price_by is not None:
            lines.append(f"Priced by the date of {outcome.price_by}.")
        if outcome.counts_as:
            lines.append(f"Counts as {', '.join(outcome.counts_as)} on the outcomes map.")
    return lines


def _shares(shares: tuple[tuple[str, Fraction], ...]) -> str:
    return ", ".join(f"{payer} {say_percent(share)}" for payer, share in shares)


def _group_sections(version: Version, currency: str) -> Iterable[Section]:
    for outcome in version.cohort_outcomes.values():
        yield Section(outcome.code, tuple(_cohort_lines(outcome, currency)), level=3)
    for fixed in version.fixed.values():
        yield Section(fixed.code, tuple(_fixed_lines(fixed)), level=3)
    for share in version.surplus.values():
        yield Section(share.code, tuple(_surplus_lines(share, currency)), level=3)


def _cohort_lines(outcome: CohortOutcome, currency: str) -> Iterable[str]:
    figure = outcome.figure
    arm = f" of {figure.arm}" if figure.arm else ""
    yield f"Judged on the {figure.of} of {figure.metric}{arm}."
    if figure.compared:
        yield f"Compared with {figure.against or _baseline(figure)}: {figure.compared}."
    yield f"{_GROUPS[outcome.judged]}."
    yield f"Pays {_cohort_pays(outcome.pays, currency)}."
    if outcome.pays.gate is not None:
        yield f"Only if, compared as {outcome.pays.gate[0]}, it is {outcome.pays.gate[1]}."
    if outcome.fallback is not None:
        yield f"If no cohort pays, all cohorts pooled: {_cohort_pays(outcome.fallback, currency)}."
    if outcome.smallest is not None:
        yield f"Groups smaller than {format_number(outcome.smallest)} do not pay."
    if outcome.wait is not None:
        yield f"Results count {outcome.wait} after the cohort's period ends."
    yield from _cuts(outcome)


def _baseline(figure: Figure) -> str:
    """Write a fixed figure as it is recorded: a rate as a percentage, anything else as a number."""
    baseline = figure.baseline or Fraction(0)
    return f"{format_number(baseline * 100)}%" if figure.of == "rate" else format_number(baseline)


def _cohort_pays(pays: CohortPays, currency: str) -> str:
    if pays.steps:
        return "; ".join(
            f"{test}: {' / '.join(say_pays_person(price, currency))}" for test, price in pays.steps
        )
    if pays.amount is not None and pays.nothing_at is not None and pays.all_at is not None:
        whole = " / ".join(say_pays_person(pays.amount, currency))
        return f"nothing at {format_number(pays.nothing_at)}, {whole} at {format_number(pays.all_at)}, in a straight line between"
    assert pays.each is not None  # noqa: S101 - one of the three, else refused on reading
    most = f", up to {format_number(pays.up_to)}" if pays.up_to is not None else ""
    return f"{' / '.join(say_pays_person(pays.each, currency))} for {say_pays(pays, currency)}{most}"


def _fixed_lines(fixed: FixedPayment) -> Iterable[str]:
    if fixed.only_if is not None:
        yield f"Only if {fixed.only_if.indicator} is {fixed.only_if.value}."
    if fixed.span is not None:
        yield f"Paid {fixed.span}."
    if fixed.every is not None:
        yield f"Due on the {'last' if fixed.at_end else 'first'} day of each {fixed.every}."
    if fixed.payers:
        yield f"Paid by {_shares(fixed.payers)}."


def _bands(share: SurplusShare, currency: str) -> str:
    return "; ".join(
        f"{say_percent(part)} of {share.indicator} above {format_money(level, currency)}"
        for level, part in share.bands
    )


def _surplus_lines(share: SurplusShare, currency: str) -> Iterable[str]:
    yield f"Paid by the {share.paid_by} for each period reported."
    if share.most is not None:
        yield f"At most {format_money(share.most, currency)} a period."
    if share.purpose:
        yield f"Ring-fenced for {share.purpose}."


def _either_or(version: Version) -> Iterable[str]:
    for group in version.either_or:
        sides = " or ".join("(" + " and ".join(side) + ")" for side in group.sides)
        yield f"{group.name}: for each {group.per}, only one of {sides} pays: the {group.keep}."


def _caps(version: Version, currency: str) -> Iterable[str]:
    for cap in version.caps:
        for when, amount in leaves_of(cap.amount):
            yield f"{cap.name.capitalize()}: {format_money(amount, currency)}{f' ({when})' if when else ''}"
    for payer, to in version.excess_passes.items():
        yield f"What is over the cap of {payer} passes to {to}."


def _workings(version: Version) -> Iterable[str]:
    calendar = version.calendar
    yield f"The terms in force are chosen by the date {_basis(version.terms_by)}; prices by the date {_basis(version.price_by)}."
    yield f"A period {'counts' if calendar.counts_first_day else 'does not count'} its first day; a month that is too short ends on its {'last day' if calendar.overflow == 'last day' else 'following first day'}."
    place = calendar.holiday_place or ("the listed dates" if calendar.holidays else "no place")
    yield f"Working days leave out weekends and the public holidays of {place}."
    yield (
        "An achievement is paid when a verifier has accepted it."
        if version.verified
        else "No verifier's finding is needed."
    )


def _basis(basis: str) -> str:
    return {
        "achieved": "achieved",
        "claimed": "claimed",
        "start": "the enrolment started",
        "referral": "of referral",
    }[basis]


def _source(source: object) -> Iterable[str]:
    if not isinstance(source, dict) or not source:
        yield "None given."
        return
    for key, value in source.items():
        shown = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield f"{key.capitalize()}: {shown}"


def page_text(page: Page) -> str:
    """Write a page as Markdown, which also reads well as plain text."""
    rows = [f"# {page.title}"]
    for section in page.sections:
        rows += ["", f"{'#' * section.level} {section.title}", ""]
        rows += [f"- {line}" for line in section.lines]
        if section.header:
            rows.append("| " + " | ".join(section.header) + " |")
            rows.append("|" + " --- |" * len(section.header))
            rows += [
                "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in section.rows
            ]
    return "\n".join(rows) + "\n"
