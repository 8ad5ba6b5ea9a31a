"""One project's tariff, counts, payments, commitments and plans, taken from an export.

Cells become values here, once; what could not be read becomes a fault of the project. Nothing is
judged: which count is used and whether the figures agree is decided by the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo.faults import Fault
from openoutcomes.publish.indigo.read import Export, Row, same_id
from openoutcomes.publish.indigo.values import (
    Moment,
    clean,
    currency_code,
    parse_amount,
    parse_count,
    parse_date,
)

PaymentKind = Literal["actual", "planned", "unknown"]


@dataclass(frozen=True, slots=True)
class Metric:
    """An outcome that the project is measured by.

    ``targets`` are the numbers aimed at, where the cells hold numbers: people first, then the metric's own.
    """

    metric: str
    definition: str
    targets: tuple[Decimal, ...]
    row: int

    @property
    def target(self) -> Decimal | None:
        """The first number aimed at, or None."""
        return self.targets[0] if self.targets else None


@dataclass(frozen=True, slots=True)
class Price:
    """A price for one unit of a metric, in major units; ``maximum`` is the export's Maximum Price."""

    metric: str
    price: Decimal | None
    currency: str
    maximum: Decimal | None
    note: str
    row: int


@dataclass(frozen=True, slots=True)
class Result:
    """A count of results. ``column`` says which column held it; ``standing`` is final, interim or ''."""

    metric: str
    level: str
    standing: str
    start: Moment
    end: Moment
    count: Decimal | None
    column: str
    row: int


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment made or planned. ``plan`` and ``metric`` are '' where the row names none."""

    kind: PaymentKind
    plan: str
    metric: str
    start: Moment
    end: Moment
    payers: tuple[str, ...]
    amount: Decimal | None
    currency: str
    note: str
    row: int


@dataclass(frozen=True, slots=True)
class Commitment:
    """What one payer may pay at most, and what the export records that it has paid."""

    payer: str
    amount: Decimal | None
    currency: str
    made: Decimal | None
    row: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A version of the payment plan and the time for which it was the current one."""

    plan: str
    start: Moment
    end: Moment
    row: int


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """Everything an export says of one project that the reconciliation rests on."""

    project: str
    name: str
    metrics: tuple[Metric, ...]
    prices: tuple[Price, ...]
    results: tuple[Result, ...]
    payments: tuple[Payment, ...]
    commitments: tuple[Commitment, ...]
    plans: tuple[Plan, ...]
    target: Decimal | None
    most: Decimal | None
    most_currency: str
    made: Decimal | None
    faults: tuple[Fault, ...]

    def actual(self) -> list[Payment]:
        """Return the payments made, with an amount."""
        return [
            payment for payment in self.payments if payment.kind == "actual" and payment.amount is not None
        ]


def project_facts(export: Export, project: str) -> ProjectFacts:
    """Take one project's facts from an export; an unknown id gives facts without rows."""
    return _Reader(export, project).facts()


class _Reader:
    """Reads the rows of one project, collecting faults as it goes."""

    def __init__(self, export: Export, project: str) -> None:
        self.export = export
        self.project = project
        self.faults: list[Fault] = []

    def facts(self) -> ProjectFacts:
        rows = self.export.of_project(c.PROJECTS, self.project)
        about = rows[0] if rows else Row(0, {})
        most, most_currency = self.money(c.PROJECTS, about, c.MOST_AMOUNT, c.MOST_CURRENCY)
        made, _ = self.money(c.PROJECTS, about, c.MADE_AMOUNT, c.MADE_CURRENCY)
        return ProjectFacts(
            project=clean(about.get(c.ID)) or self.project,
            name=clean(about.get(c.NAME)),
            metrics=self.metrics(),
            prices=tuple(self.price(row) for row in self.of(c.PRICINGS)),
            results=tuple(self.result(row) for row in self.of(c.RESULTS)),
            payments=tuple(self.payment(row) for row in self.of(c.PAYMENTS)),
            commitments=tuple(self.commitment(row) for row in self.of(c.COMMITMENTS)),
            plans=tuple(self.plan(row) for row in self.of(c.PLANS)),
            target=parse_count(about.get(c.PROJECT_TARGET)).value,
            most=most,
            most_currency=most_currency,
            made=made,
            faults=tuple(self.faults),
        )

    def of(self, file: str) -> list[Row]:
        return self.export.of_project(file, self.project)

    def fault(self, kind: str, detail: str, file: str, row: Row, metric: str = "") -> None:
        self.faults.append(Fault(kind, detail, file, row.number or None, self.project, metric))

    def money(
        self, file: str, row: Row, column: str, currency_column: str, metric: str = ""
    ) -> tuple[Decimal | None, str]:
        """Read an amount and its currency; '' where neither the column nor the text states one."""
        written = row.get(column)
        amount = parse_amount(written)
        stated = currency_code(row.get(currency_column))
        if amount.complaint:
            detail = f"{_short(column)} is {_quoted(written)}: {amount.complaint}; it is left out."
            self.fault("unreadable-amount", detail, file, row, metric)
        elif amount.aside:
            detail = f"{_short(column)} is {_quoted(written)}, read as {amount.value:,f}."
            self.fault("amount-with-words", detail, file, row, metric)
        if amount.value is not None and stated and amount.currency and stated != amount.currency:
            detail = f"{_short(column)} is {_quoted(written)}, but its currency column says {stated}."
            self.fault("mixed-currency", detail, file, row, metric)
            return None, stated
        if amount.value is not None and amount.value < 0:
            self.fault("negative-amount", f"{_short(column)} is {amount.value:,f}.", file, row, metric)
        return amount.value, stated or amount.currency

    def metrics(self) -> tuple[Metric, ...]:
        """Return the metrics listed, in file order; the first of a repeated id."""
        found: dict[str, Metric] = {}
        for row in self.of(c.METRICS):
            metric = clean(row.get(c.METRIC_ID))
            if not metric:
                self.fault("unknown-metric", "The metric has no identifier.", c.METRICS, row)
            elif same_id(metric) in found:
                first = found[same_id(metric)].row
                self.fault("duplicate-id", f"The same metric as row {first}.", c.METRICS, row, metric)
            else:
                aimed = (parse_count(row.get(column)).value for column in (c.TARGET, c.METRIC_TARGET))
                targets = tuple(number for number in aimed if number)
                found[same_id(metric)] = Metric(metric, clean(row.get(c.DEFINITION)), targets, row.number)
        return tuple(found.values())

    def price(self, row: Row) -> Price:
        metric = clean(row.get(c.METRIC))
        price, currency = self.money(c.PRICINGS, row, c.PRICE, c.CURRENCY, metric)
        maximum, _ = self.money(c.PRICINGS, row, c.MAXIMUM, c.CURRENCY, metric)
        usable = price if price is None or price >= 0 else None
        return Price(metric, usable, currency, maximum, clean(row.get(c.NOTES)), row.number)

    def result(self, row: Row) -> Result:
        metric = clean(row.get(c.METRIC))
        achieved = self.count(row, c.ACHIEVED, metric)
        positive = self.count(row, c.POSITIVE, metric)
        if achieved is not None and positive is not None and achieved != positive:
            detail = f"{_short(c.ACHIEVED)} is {achieved:,f}, {_short(c.POSITIVE)} is {positive:,f}."
            self.fault("counts-differ", detail, c.RESULTS, row, metric)
        column = c.ACHIEVED if achieved is not None else c.POSITIVE
        return Result(
            metric=metric,
            level=clean(row.get(c.LEVEL)).casefold(),
            standing=clean(row.get(c.STANDING)).casefold(),
            start=parse_date(row.get(c.START)),
            end=parse_date(row.get(c.END)),
            count=achieved if achieved is not None else positive,
            column=_short(column),
            row=row.number,
        )

    def count(self, row: Row, column: str, metric: str) -> Decimal | None:
        """Read a count that a price may be multiplied by; proportions and negatives are no counts."""
        count = parse_count(row.get(column))
        if count.complaint:
            detail = f"{_short(column)} is {_quoted(row.get(column))}: {count.complaint}."
            self.fault("prose-result", detail, c.RESULTS, row, metric)
        if count.value is None:
            return None
        if count.value < 0:
            self.fault("negative-count", f"{_short(column)} is {count.value:,f}.", c.RESULTS, row, metric)
            return None
        if count.value != count.value.to_integral_value():
            self.fault("count-not-whole", f"{_short(column)} is {count.value:,f}.", c.RESULTS, row, metric)
            return count.value if count.value > 1 else None
        return count.value

    def payment(self, row: Row) -> Payment:
        metric = self.one_metric(row)
        amount, currency = self.money(c.PAYMENTS, row, c.PAID, c.PAID_CURRENCY, metric)
        if not row.get(c.PAID):
            self.fault("missing-amount", f"{_short(c.PAID)} is blank.", c.PAYMENTS, row, metric)
        plan = clean(row.get(c.PLAN))
        payers = tuple(part for part in clean(row.get(c.PAYER)).replace(";", ",").replace(",", " ").split())
        return Payment(
            kind=self.payment_kind(row, plan, metric),
            plan=plan,
            metric=metric,
            start=parse_date(row.get(c.START)),
            end=parse_date(row.get(c.END)),
            payers=payers,
            amount=amount,
            currency=currency,
            note=clean(row.get(c.NOTES)),
            row=row.number,
        )

    def one_metric(self, row: Row) -> str:
        """Return the metric a payment names; '' for none, and for several, which cannot be told apart."""
        metric = clean(row.get(c.METRIC))
        if "," not in metric and ";" not in metric:
            return metric
        detail = f"The payment names several metrics, {_quoted(metric)}; it counts for the project only."
        self.fault("unknown-metric", detail, c.PAYMENTS, row)
        return ""

    def payment_kind(self, row: Row, plan: str, metric: str) -> PaymentKind:
        """Blank means actual where no plan is named, planned where one is; planned is never paid."""
        written = clean(row.get(c.TYPE)).casefold()
        if written == "actual":
            return "actual"
        if written == "planned":
            if not plan:
                detail = "The type is Planned, and no plan is named."
                self.fault("planned-without-plan", detail, c.PAYMENTS, row, metric)
            return "planned"
        if not written:
            return "planned" if plan else "actual"
        detail = f"The type is {_quoted(row.get(c.TYPE))}."
        self.fault("unknown-payment-type", detail, c.PAYMENTS, row, metric)
        return "unknown"

    def commitment(self, row: Row) -> Commitment:
        amount, currency = self.money(c.COMMITMENTS, row, c.COMMITTED, c.COMMITTED_CURRENCY)
        made, made_currency = self.money(c.COMMITMENTS, row, c.PAYER_MADE, c.PAYER_MADE_CURRENCY)
        if (
            amount is not None
            and made is not None
            and currency
            and made_currency
            and currency != made_currency
        ):
            detail = f"Committed in {currency}, recorded as paid in {made_currency}."
            self.fault("mixed-currency", detail, c.COMMITMENTS, row)
            made = None
        payer = clean(row.get(c.ORGANISATION))
        return Commitment(payer, amount, currency or made_currency, made, row.number)

    def plan(self, row: Row) -> Plan:
        return Plan(
            clean(row.get(c.PLAN)), parse_date(row.get(c.START)), parse_date(row.get(c.END)), row.number
        )


def _short(column: str) -> str:
    """Return a column's name without the export's '- (Value)' ending."""
    return f"'{column.removesuffix(' - (Value)')}'"


def _quoted(text: str) -> str:
    plain = clean(text)
    return f"'{plain}'" if len(plain) <= 60 else f"'{plain[:57]}...'"
