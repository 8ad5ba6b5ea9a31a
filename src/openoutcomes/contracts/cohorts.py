"""Outcomes judged on a group: each cohort's figure, a pooled fallback, steps, slides and units."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from openoutcomes.contracts.lines import Line
from openoutcomes.contracts.records import Records, Tables, current
from openoutcomes.contracts.tables import Facts, NotFound, lookup
from openoutcomes.contracts.terms import CohortOutcome, CohortPays, Figure, Price, Version
from openoutcomes.contracts.words import format_number, say_day
from openoutcomes.contracts.worth import Draft, GroupFacts, haircut, version_on, weights_of
from openoutcomes.standard.money import exponent

_COLUMNS = (
    "cohort_result_id", "contract_id", "cohort", "arm", "metric",
    "numerator", "denominator", "mean", "period_start", "period_end",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reported:
    """One row of ``cohort_results``."""

    id: str
    cohort: str
    arm: str | None
    metric: str
    numerator: Fraction | None
    denominator: Fraction | None
    mean: Fraction | None
    ends: dt.date | None


def cohort_drafts(
    versions: Sequence[Version],
    tables: Tables,
    records: Records,
    contract: str,
    as_of: dt.date,
    currency: str,
    drafts: list[Draft],
    notes: list[str],
) -> None:
    """Append a line for each cohort with a result, and for the pooled test where there is one."""
    if not any(version.cohort_outcomes for version in versions):
        return
    reported = _read(tables, contract, as_of)
    for code in {code: None for version in versions for code in version.cohort_outcomes}:
        outcome = next(v.cohort_outcomes[code] for v in reversed(versions) if code in v.cohort_outcomes)
        rows, too_soon_or_late = [], 0
        for row in reported:
            in_force = version_on(versions, row.ends or as_of).cohort_outcomes.get(code)
            if in_force is not None and in_force.figure.metric == row.metric:
                rows.append(row)
            elif in_force is None and outcome.figure.metric == row.metric:
                too_soon_or_late += 1
        if too_soon_or_late:
            notes.append(
                f"{too_soon_or_late:,} results of {outcome.figure.metric!r} are of days when the terms had no {code}: left out."
            )
        elif not rows:
            notes.append(f"No results of {outcome.figure.metric!r} are recorded: {code} is not priced.")
        if rows:
            last = max(row.ends or as_of for row in rows)
            outcome = version_on(versions, last).cohort_outcomes[code]
        _Judge(outcome, versions, records, as_of, currency).run(rows, drafts)


def _read(tables: Tables, contract: str, as_of: dt.date) -> list[Reported]:
    columns, _ = current(tables, "cohort_results", _COLUMNS, as_of, ("period_end",))
    rows = []
    for id_, contract_id, cohort, arm, metric, numerator, denominator, mean, _start, ends in zip(
        *columns, strict=True
    ):
        if contract_id in (None, contract):
            rows.append(
                Reported(id_, cohort, arm, metric, _exact(numerator), _exact(denominator), _exact(mean), ends)
            )
    return sorted(rows, key=lambda r: (r.cohort, r.ends or dt.date.max, r.id))


def _exact(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)


@dataclass(slots=True)
class _Judge:
    """Judges the results of one cohort outcome."""

    outcome: CohortOutcome
    versions: Sequence[Version]
    records: Records
    as_of: dt.date
    currency: str

    def run(self, rows: list[Reported], drafts: list[Draft]) -> None:
        by_cohort: dict[str, list[Reported]] = defaultdict(list)
        for row in rows:
            by_cohort[row.cohort].append(row)
        expected = self.outcome.cohorts or tuple(by_cohort)
        among = {name: by_cohort[name] for name in expected if name in by_cohort}
        if self.outcome.judged == "together":
            if among:
                drafts.append(self._pooled(expected, among))
            return
        if self.outcome.judged == "each period":
            for name, cohort_rows in among.items():
                for ends in dict.fromkeys(row.ends for row in cohort_rows):
                    label = f":{ends.isoformat()}" if ends else ""
                    drafts.append(self._draft(name, [r for r in cohort_rows if r.ends == ends], label))
            return
        made = [self._draft(name, cohort_rows) for name, cohort_rows in among.items()]
        drafts.extend(made)
        if self.outcome.fallback is not None and among and not any(d.line.gross_minor for d in made):
            drafts.append(self._pooled(expected, among, self.outcome.fallback))

    def _pooled(
        self, expected: Sequence[str], among: dict[str, list[Reported]], pays: CohortPays | None = None
    ) -> Draft:
        rows = [row for cohort_rows in among.values() for row in cohort_rows]
        draft = self._draft("all cohorts", rows, pays=pays)
        missing = [name for name in expected if name not in among]
        if missing:
            draft.line.status, draft.line.rule = "held", "cohorts"
            draft.line.reason = f"waits for the results of {', '.join(missing)}"
        return draft

    def _draft(
        self, cohort: str, rows: list[Reported], period: str = "", pays: CohortPays | None = None
    ) -> Draft:
        """Judge rows under the terms in force at their end; ``pays`` stands in for the outcome's own scale."""
        ends = max((row.ends for row in rows if row.ends is not None), default=None)
        day = ends or self.as_of
        version = version_on(self.versions, day)
        outcome = version.cohort_outcomes[self.outcome.code]
        scale = pays or outcome.pays
        line = Line(
            f"{outcome.code}:{cohort}{period}",
            outcome.code,
            day,
            outcome.order,
            "cohort_results",
            self.currency,
        )
        line.cohort, line.price_on, line.terms_version = cohort, day, version.number
        facts = GroupFacts(version, day, cohort=cohort)
        draft = Draft(line, version, None, 0, (), facts)
        value = figure_of(outcome.figure, rows)
        if isinstance(value, str):
            line.status, line.rule, line.reason = "held", "figure", value
            return draft
        size = sum(
            (row.denominator or Fraction(0) for row in rows if row.arm == (outcome.figure.arm or None)),
            Fraction(0),
        )
        if outcome.smallest is not None and size < outcome.smallest:
            line.status, line.rule = "refused", "smallest group"
            line.reason = (
                f"the group of {format_number(size)} is smaller than {format_number(outcome.smallest)}"
            )
            return draft
        self._pay(draft, outcome, scale, value)
        self._gate(draft, outcome, scale, rows)
        self._wait(draft, outcome, ends, rows)
        return draft

    def _pay(self, draft: Draft, outcome: CohortOutcome, pays: CohortPays, value: Fraction) -> None:
        line, facts = draft.line, draft.facts
        shown = say_figure(outcome.figure, value)
        found = apply(pays, value, facts)
        if isinstance(found, NotFound):
            line.status, line.rule, line.reason = "held", "price", str(found)
            return
        if found is None:
            line.status, line.rule = "refused", "result"
            line.reason = f"{shown}; the terms pay {say_pays(pays, self.currency)}"
            return
        price, units, how = found
        exact = Fraction(price.amount) * units * 10 ** exponent(self.currency)
        cuts = (outcome.taper, outcome.deadweight)
        worth = haircut(
            price, exact, units, cuts, facts, weights_of(price, outcome.payers, draft.version), self.currency
        )
        if isinstance(worth, NotFound):
            line.status, line.rule, line.reason = "held", "price", str(worth)
            return
        line.price, line.quantity, line.gross_minor = price.amount, units, worth.gross
        line.rule, line.reason = "result", f"{shown}: {how}"
        draft.net, draft.weights = worth.net, worth.weights

    def _gate(self, draft: Draft, outcome: CohortOutcome, pays: CohortPays, rows: list[Reported]) -> None:
        """Refuse what does not pass the test that comes before payment."""
        line = draft.line
        if pays.gate is None or line.status == "refused":
            return
        compared, needed = pays.gate
        figure = replace(outcome.figure, compared=compared)
        value = figure_of(figure, rows)
        if isinstance(value, str):
            line.status, line.rule, line.reason = "held", "only if", value
        elif value not in needed:
            line.status, line.rule = "refused", "only if"
            line.reason = f"{say_figure(figure, value)}; the terms pay only if it is {needed}"
            line.price, line.quantity, line.gross_minor, draft.net = None, 1, 0, 0

    def _wait(self, draft: Draft, outcome: CohortOutcome, ends: dt.date | None, rows: list[Reported]) -> None:
        """Hold a result that is too fresh, or that its verifier has not accepted."""
        line = draft.line
        if line.status == "refused":
            return
        if outcome.wait is not None:
            if ends is None:
                line.status, line.rule, line.reason = (
                    "held",
                    "results wait",
                    "the result has no period, so the wait cannot be counted",
                )
                return
            due = draft.version.calendar.add(ends, outcome.wait)
            if self.as_of < due:
                line.status, line.rule = "held", "results wait"
                line.reason = f"{line.reason}; results count from {say_day(due)}"
        if outcome.verified:
            findings = [self.records.findings.get(row.id) for row in rows]
            if any(f is not None and f.state == "refused" for f in findings):
                line.status, line.rule, line.reason = (
                    "refused",
                    "verification",
                    "the verifier refused the result",
                )
            elif any(f is None or f.state != "accepted" for f in findings):
                line.status, line.rule = "held", "verification"
                line.reason = f"{line.reason}; no verifier has accepted every result"


def figure_of(figure: Figure, rows: list[Reported]) -> Fraction | str:
    """Return the figure from the rows of a cohort (or of all), or what is missing.

    Rows of one arm are added: numerators to numerators, denominators to denominators; means
    are weighted by denominators.
    """
    judged = _value(figure.of, [r for r in rows if r.arm == (figure.arm or None)], figure.arm)
    if isinstance(judged, str) or not figure.compared:
        return judged
    if figure.against:
        base = _value(figure.of, [r for r in rows if r.arm == figure.against], figure.against)
    else:
        base = figure.baseline if figure.baseline is not None else "there is no baseline"
    if isinstance(base, str):
        return base
    if figure.compared in ("fall", "rise"):
        if base == 0:
            return "the figure compared with is zero, so there is no relative change"
        return (base - judged) / base if figure.compared == "fall" else (judged - base) / base
    if figure.compared in ("fewer", "more"):
        return base - judged if figure.compared == "fewer" else judged - base
    own = [r for r in rows if r.arm == (figure.arm or None)]
    expected = base * sum((r.denominator or Fraction(0) for r in own), Fraction(0))
    actual = sum((r.numerator or Fraction(0) for r in own), Fraction(0))
    return expected - actual if figure.compared == "units avoided" else actual - expected


def _value(of: str, rows: list[Reported], arm: str) -> Fraction | str:
    named = f" of {arm}" if arm else ""
    if not rows:
        return f"no result{named} is recorded"
    if of == "mean":
        if any(r.mean is None for r in rows):
            return f"a result{named} has no mean"
        if len(rows) == 1:
            return rows[0].mean or Fraction(0)
        if any(not r.denominator for r in rows):
            return f"means{named} cannot be pooled without their denominators"
        weight = sum((r.denominator or Fraction(0) for r in rows), Fraction(0))
        return (
            sum(((r.mean or Fraction(0)) * (r.denominator or Fraction(0)) for r in rows), Fraction(0))
            / weight
        )
    needed = ("numerator", "denominator") if of == "rate" else (of,)
    for name in needed:
        if any(getattr(r, name) is None for r in rows):
            return f"a result{named} has no {name}"
    sums = {name: sum((getattr(r, name) for r in rows), Fraction(0)) for name in needed}
    if of != "rate":
        return sums[of]
    return (
        sums["numerator"] / sums["denominator"] if sums["denominator"] else f"the denominator{named} is zero"
    )


def apply(pays: CohortPays, value: Fraction, facts: Facts) -> tuple[Price, Fraction, str] | NotFound | None:
    """Return the price, the units of it and how they came about; None when nothing is earned."""
    if pays.steps:
        best: tuple[Price, str] | None = None
        for test, amount in pays.steps:
            if value in test:
                price = lookup(amount, facts)
                if isinstance(price, NotFound):
                    return price
                if best is None or price.amount > best[0].amount:
                    best = price, f"it is {test}"
        return None if best is None else (best[0], Fraction(1), best[1])
    if pays.amount is not None and pays.nothing_at is not None and pays.all_at is not None:
        share = (value - pays.nothing_at) / (pays.all_at - pays.nothing_at)
        share = min(max(share, Fraction(0)), Fraction(1))
        if share == 0:
            return None
        price = lookup(pays.amount, facts)
        line = f"{format_number(share * 100)}% of the way from {format_number(pays.nothing_at)} to {format_number(pays.all_at)}"
        return price if isinstance(price, NotFound) else (price, share, line)
    assert pays.each is not None  # noqa: S101 - one of the three, else refused on reading
    top = value if pays.up_to is None else min(value, pays.up_to)
    units = top - pays.over
    if units <= 0:
        return None
    price = lookup(pays.each, facts)
    return price if isinstance(price, NotFound) else (price, units, f"{format_number(units)} units")


def say_figure(figure: Figure, value: Fraction) -> str:
    """Say a figure in words, relative changes and rates as percentages."""
    if figure.compared in ("fall", "rise") or (
        figure.of == "rate" and figure.compared in ("", "fewer", "more")
    ):
        shown = (
            f"{Decimal((value * 100).numerator) / Decimal((value * 100).denominator):.2f}".rstrip("0").rstrip(
                "."
            )
            + "%"
        )
    else:
        shown = format_number(value)
    words = {
        "fall": "fell by",
        "rise": "rose by",
        "fewer": "is lower by",
        "more": "is higher by",
        "units avoided": "units avoided:",
        "units gained": "units gained:",
        "": "is",
    }
    return f"{figure.metric} {words[figure.compared]} {shown}"


def say_pays(pays: CohortPays, currency: str) -> str:
    """Say in words what a figure must be to pay."""
    if pays.steps:
        return " or ".join(str(test) for test, _ in pays.steps)
    if pays.nothing_at is not None:
        return f"only beyond {format_number(pays.nothing_at)}"
    del currency
    return f"each unit over {format_number(pays.over)}"
