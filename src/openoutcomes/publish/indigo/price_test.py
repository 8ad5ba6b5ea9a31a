"""The first test: price × count against what was paid, for each metric and for the project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo import rules
from openoutcomes.publish.indigo.counts import CountUsed, choose_count
from openoutcomes.publish.indigo.facts import Payment, Price, ProjectFacts
from openoutcomes.publish.indigo.faults import Fault
from openoutcomes.publish.indigo.funding import Available
from openoutcomes.publish.indigo.maxima import is_per_person, per_person_maxima
from openoutcomes.publish.indigo.outcome import MetricOutcome, Verdict
from openoutcomes.publish.indigo.read import same_id
from openoutcomes.publish.indigo.rules import Case, agree, money, times
from openoutcomes.publish.indigo.values import shares_in


@dataclass(frozen=True, slots=True)
class Setting:
    """What the test of one project rests on besides its own rows.

    ``twins`` are other projects paid the very same total; ``gaps`` says, for 'price', 'count' and
    'paid', which file or column is missing from the whole export.
    """

    currency: str
    most: Available
    twins: tuple[str, ...] = ()
    gaps: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PriceTest:
    """The first test of a project: its figures, its verdict, and each metric's."""

    price_times_count: Decimal | None
    paid: Decimal | None
    metrics: tuple[MetricOutcome, ...]
    verdict: Verdict


def price_test(facts: ProjectFacts, setting: Setting, faults: list[Fault]) -> PriceTest:
    """Test a project. Faults met on the way are added to ``faults``."""
    test = _Test(facts, setting, faults)
    metrics = tuple(test.metric(metric, definition) for metric, definition in test.named)
    known = [metric.price_times_count for metric in metrics if metric.price_times_count is not None]
    expected = sum(known, Decimal(0)) if known and len(test.price_codes) < 2 else None
    paid = test.total(facts.actual())
    verdict = test.project(expected, paid, metrics)
    return PriceTest(expected, paid, metrics, verdict)


class _Test:
    """Works through one project, metric by metric."""

    def __init__(self, facts: ProjectFacts, setting: Setting, faults: list[Fault]) -> None:
        self.facts, self.setting, self.faults = facts, setting, faults
        self.named = _metrics(facts)
        self.person_maxima = per_person_maxima(facts)
        used = [price for price in facts.prices if price.price is not None]
        self.price_codes = {price.currency for price in used if price.currency}
        self.paid_codes = {payment.currency for payment in facts.actual() if payment.currency}
        self._complain_of_currencies(used)

    def _complain_of_currencies(self, used: Sequence[Price]) -> None:
        actual = self.facts.actual()
        for codes, file, rows in (
            (self.price_codes, c.PRICINGS, [price.row for price in used]),
            (self.paid_codes, c.PAYMENTS, [payment.row for payment in actual]),
        ):
            if len(codes) > 1:
                detail = f"Amounts are in {', '.join(sorted(codes))}; they are not added."
                self.faults.append(Fault("mixed-currency", detail, file, rows[0], self.facts.project))
            elif rows and not codes and not self.setting.currency:
                detail = f"{len(rows)} amounts have no currency."
                self.faults.append(Fault("missing-currency", detail, file, rows[0], self.facts.project))
        if len(self.price_codes) == 1 and len(self.paid_codes) == 1 and not self.comparable:
            prices, paid = *self.price_codes, *self.paid_codes
            detail = (
                f"Prices, and so price × count, are in {prices}, payments in {paid}; they are not compared."
            )
            self.faults.append(Fault("mixed-currency", detail, c.PRICINGS, used[0].row, self.facts.project))

    @property
    def comparable(self) -> bool:
        """Whether prices and payments are in one currency (an unstated one is taken to be the other)."""
        return len(self.price_codes | self.paid_codes) <= 1

    def total(self, payments: Iterable[Payment]) -> Decimal | None:
        """Add payments up; None for none, and for several currencies, which are never added."""
        rows = list(payments)
        codes = {payment.currency for payment in rows if payment.currency}
        if not rows or len(codes) > 1:
            return None
        return sum((payment.amount for payment in rows if payment.amount is not None), Decimal(0))

    def priced(self, metric: str) -> Price | None:
        """Return the metric's one price; None for none or several."""
        rows = [
            row
            for row in self.facts.prices
            if same_id(row.metric) == same_id(metric) and row.price is not None
        ]
        if len({(row.price, row.currency) for row in rows}) > 1:
            listed = ", ".join(f"{row.price:,f} (row {row.row})" for row in rows)
            fault = Fault(
                "several-prices", f"Prices: {listed}.", c.PRICINGS, rows[0].row, self.facts.project, metric
            )
            self.faults.append(fault)
            return None
        return rows[0] if rows else None

    def metric(self, metric: str, definition: str) -> MetricOutcome:
        price = self.priced(metric)
        used = choose_count(self.facts, metric, self.faults, only_metric=len(self.named) == 1)
        paid = self.total(row for row in self.facts.actual() if same_id(row.metric) == same_id(metric))
        expected = times(price.price, used.count) if price and price.price is not None and used else None
        if price and price.price is not None and used and paid is not None:
            verdict = self._judge(self._case(metric, price, used, paid))
        else:
            lacks = {"price": price is None, "count": used is None, "paid": paid is None}
            verdict = self._missing([word for word, lacking in lacks.items() if lacking])
        return MetricOutcome(
            metric, definition, price.price if price else None, used, expected, paid,
            verdict,
        )  # fmt: skip

    def _case(self, metric: str, price: Price, used: CountUsed, paid: Decimal) -> Case:
        listed = next((row for row in self.facts.metrics if same_id(row.metric) == same_id(metric)), None)
        notes = [row.note for row in self.facts.actual() if same_id(row.metric) in (same_id(metric), "")]
        return Case(
            paid=paid,
            price=price.price or Decimal(0),
            count=used.count,
            currency=self.setting.currency,
            maximum=None if is_per_person(price, self.person_maxima) else price.maximum,
            target=listed.target if listed else None,
            notes=(price.note, *notes),
            others=used.others,
        )

    def _missing(self, words: Sequence[str]) -> Verdict:
        return Verdict("untestable", f"Missing: {'; '.join(self._lack(word) for word in words)}.")

    def _lack(self, word: str) -> str:
        what = {"price": "a price", "count": "a count of results", "paid": "payments that name the metric"}[
            word
        ]
        gaps = self.setting.gaps.get(word, [])
        return f"{what} ({', '.join(gaps)} is not in the export)" if gaps else what

    def _judge(self, case: Case) -> Verdict:
        if not self.comparable:
            codes = ", ".join(sorted(self.price_codes | self.paid_codes))
            return Verdict("untestable", f"Prices and payments are in different currencies ({codes}).")
        if agree(case.expected, case.paid):
            return Verdict("agrees", _agreement(case.expected, case.paid, case.currency))
        explained = rules.explain(case)
        if explained:
            return Verdict("explained", explained[1], explained[0])
        notes = [_difference(case.expected, case.paid, case.currency), _chance_note(case)]
        if case.maximum is not None and case.paid < case.maximum < case.expected:
            notes.append(
                f"A cap could be part of it: the metric's maximum is {money(case.maximum, case.currency)}."
            )
        return Verdict("unexplained", " ".join(note for note in notes if note))

    def project(
        self, expected: Decimal | None, paid: Decimal | None, metrics: tuple[MetricOutcome, ...]
    ) -> Verdict:
        """Judge the project's totals; single metrics' verdicts may explain them."""
        untestable = self._untestable(expected, paid, metrics)
        if untestable or expected is None or paid is None:
            return Verdict("untestable", untestable)
        out = [metric.metric for metric in metrics if metric.price_times_count is None]
        left_out = f" Left out, for want of a price or a count: {_listed(out)}." if out else ""
        if agree(expected, paid):
            self._offset(metrics)
            return Verdict("agrees", _agreement(expected, paid, self.setting.currency) + left_out)
        explained = self._explained(expected, paid, metrics)
        if explained:
            return Verdict("explained", explained[1] + left_out, explained[0])
        if out and paid > expected:
            story = _difference(expected, paid, self.setting.currency)
            return Verdict(
                "untestable", f"{story} The metrics left out could make up the difference.{left_out}"
            )
        notes = [*self._notes(expected, paid), self._unpaid_note(paid, metrics)]
        return Verdict("unexplained", " ".join(note for note in notes if note) + left_out)

    def _unpaid_note(self, paid: Decimal, metrics: tuple[MetricOutcome, ...]) -> str:
        """Say that the trouble lies in the metrics nothing was paid for, where it does."""
        by_metric, unpaid = _metrics_explain(paid, metrics), _unpaid(metrics)
        if not by_metric:
            return ""
        owed = sum((metric.price_times_count or Decimal(0) for metric in unpaid), Decimal(0))
        return (
            f"{by_metric} But no payment names {_listed([metric.metric for metric in unpaid])}, where price ×"
            f" count is {money(owed, self.setting.currency)}."
        )

    def _untestable(
        self, expected: Decimal | None, paid: Decimal | None, metrics: tuple[MetricOutcome, ...]
    ) -> str:
        missing = []
        if not any(metric.price is not None for metric in metrics):
            missing.append(self._lack("price"))
        if not any(metric.used for metric in metrics):
            missing.append(self._lack("count"))
        if not missing and expected is None:
            missing.append("a metric with both a price and a count, in one currency")
        if len(self.paid_codes) > 1:
            missing.append("payments in one currency")
        elif paid is None:
            gaps = self.setting.gaps.get("paid", [])
            missing.append("actual payments" + (f" ({', '.join(gaps)} is not in the export)" if gaps else ""))
        if missing:
            return (
                f"Missing: {'; '.join(missing)}."
                + self._recorded_elsewhere(paid)
                + self._implied(paid, metrics)
            )
        if not self.comparable:
            codes = ", ".join(sorted(self.price_codes | self.paid_codes))
            return f"Prices and payments are in different currencies ({codes}), which are not compared."
        return ""

    def _recorded_elsewhere(self, paid: Decimal | None) -> str:
        recorded = self.setting.most.recorded_paid
        if paid is not None or recorded is None:
            return ""
        amount = money(recorded, self.setting.currency)
        return f" The commitments or the project record {amount} as paid, with no payments behind it."

    def _implied(self, paid: Decimal | None, metrics: tuple[MetricOutcome, ...]) -> str:
        """Point out a price that the commitments imply and the payments bear out, without relying on it."""
        listed = self.facts.metrics[0] if len(self.facts.metrics) == 1 and len(metrics) == 1 else None
        most, used = self.setting.most.amount, metrics[0].used if metrics else None
        if not (listed and listed.target and most and used and paid) or metrics[0].price is not None:
            return ""
        if most * used.count != paid * listed.target:
            return ""
        each = money(most / listed.target, self.setting.currency)
        return (
            f" The amount available, shared over the {listed.target:,f} aimed at, is {each} each, and"
            f" {used.count:,f} of those are exactly what was paid; but no price is stated."
        )

    def _explained(
        self, expected: Decimal, paid: Decimal, metrics: tuple[MetricOutcome, ...]
    ) -> tuple[str, str] | None:
        by_metric = _metrics_explain(paid, metrics)
        if by_metric and not _unpaid(metrics):
            return "every-metric-explained", by_metric
        price = self.priced_again(metrics[0].metric) if len(self.named) == 1 else None
        if price and metrics[0].used:
            found = rules.explain(self._case(metrics[0].metric, price, metrics[0].used, paid))
            if found:
                return found
        capped = self._capped_at_available(expected, paid)
        if capped:
            return "capped-at-available", capped
        notes = [row.note for row in self.facts.actual()]
        story = rules.stated_percentage(paid, expected, notes, self.setting.currency)
        return ("stated-percentage", story) if story else None

    def _capped_at_available(self, expected: Decimal, paid: Decimal) -> str:
        most, currency = self.setting.most, self.setting.currency
        if most.amount is None or paid != most.amount or expected <= paid or most.partial:
            return ""
        return (
            f"Paid is exactly the {money(most.amount, currency)} available ({most.source}); price × count,"
            f" {money(expected, currency)}, is more."
        )

    def priced_again(self, metric: str) -> Price | None:
        """Return the metric's price without complaining a second time."""
        rows = [
            row
            for row in self.facts.prices
            if same_id(row.metric) == same_id(metric) and row.price is not None
        ]
        return rows[0] if rows else None

    def _notes(self, expected: Decimal, paid: Decimal) -> Iterable[str]:
        currency = self.setting.currency
        yield _difference(expected, paid, currency)
        most = self.setting.most
        if most.amount is not None and most.amount < expected:
            relation = "less than that" if paid < most.amount else "more than that"
            cap = f"{money(most.amount, currency)} was available ({most.source})"
            yield f"A cap could be part of it: {cap}, but {relation} was paid."
        elif most.amount is None and paid < expected and self._note_says_share():
            yield (
                f"A cap could explain it: a note says that this is {self._note_says_share()}% of what was"
                " available, but not how much that was."
            )
        if self.person_maxima and paid < expected:
            listed = " or ".join(money(amount, currency) for amount in sorted(self.person_maxima))
            yield f"A cap per person ({listed}) could explain it, and totals cannot test it."
        if any("capped" in row.note.casefold() for row in self.facts.actual()):
            yield "A note speaks of capped payments."
        if self.setting.twins:
            yield f"The very same total is recorded for {_listed(self.setting.twins)}, so it may be a copy."

    def _note_says_share(self) -> str:
        shares = [
            share for row in self.facts.actual() if "available" in row.note for share in shares_in(row.note)
        ]
        return f"{shares[0]:f}" if shares else ""

    def _offset(self, metrics: tuple[MetricOutcome, ...]) -> None:
        wrong = [metric.metric for metric in metrics if metric.verdict.status == "unexplained"]
        if wrong:
            detail = f"The project's total agrees, but these metrics do not: {_listed(wrong)}."
            self.faults.append(Fault("metrics-offset", detail, c.PAYMENTS, None, self.facts.project))


def _metrics(facts: ProjectFacts) -> list[tuple[str, str]]:
    """Return every metric: those listed, then those only prices, results or payments name."""
    named = {same_id(row.metric): (row.metric, row.definition) for row in facts.metrics}
    for rows in (facts.prices, facts.results, facts.payments):
        for row in rows:
            if row.metric:
                named.setdefault(same_id(row.metric), (row.metric, ""))
    return list(named.values())


def _metrics_explain(paid: Decimal, metrics: tuple[MetricOutcome, ...]) -> str:
    with_payments = [metric for metric in metrics if metric.paid is not None]
    if not with_payments or sum((metric.paid or Decimal(0) for metric in with_payments), Decimal(0)) != paid:
        return ""
    if any(metric.verdict.status not in ("agrees", "explained") for metric in with_payments):
        return ""
    found = sorted({metric.verdict.rule for metric in with_payments if metric.verdict.rule})
    return f"Each metric's payments agree or are explained ({', '.join(found) or 'all agree'})."


def _unpaid(metrics: Iterable[MetricOutcome]) -> list[MetricOutcome]:
    """Return the metrics with results at a price, for which no payment is recorded."""
    return [metric for metric in metrics if metric.paid is None and metric.price_times_count]


def _agreement(expected: Decimal, paid: Decimal, currency: str) -> str:
    if expected == paid:
        return f"Price × count and paid are both {money(paid, currency)}."
    return f"Price × count is {money(expected, currency)}, paid {money(paid, currency)}: they agree."


def _difference(expected: Decimal, paid: Decimal, currency: str) -> str:
    word = "less" if paid < expected else "more"
    share = f" ({abs(paid - expected) / expected:.1%})" if expected else ""
    return (
        f"Price × count is {money(expected, currency)}; paid is {money(paid, currency)},"
        f" {money(abs(paid - expected), currency)}{share} {word}."
    )


def _chance_note(case: Case) -> str:
    if case.price <= 0 or case.paid <= 0 or case.paid % case.price:
        return ""
    chance = rules.chance_of_multiple(case.price, case.paid)
    if chance <= rules.CHANCE_LIMIT:
        return ""
    of = "every amount" if chance == 1 else f"one amount in {int(1 / chance)}"
    return f"It is a whole multiple of the price, but so is {of}, so that shows nothing."


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:6])
    return f"{shown} and {len(names) - 6} more" if len(names) > 6 else shown
