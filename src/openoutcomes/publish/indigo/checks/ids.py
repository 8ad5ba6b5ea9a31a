"""Identifiers that name nothing: projects, metrics, plans, organisations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo.facts import ProjectFacts
from openoutcomes.publish.indigo.faults import Fault
from openoutcomes.publish.indigo.read import Export, same_id
from openoutcomes.publish.indigo.values import clean


def repeated_projects(export: Export) -> Iterator[Fault]:
    """Yield a fault for each further row of projects.csv with the same id, or with none."""
    first: dict[str, int] = {}
    for row in export.rows(c.PROJECTS):
        project = clean(row.get(c.ID))
        if not project:
            yield Fault(
                "unknown-project", "The project has no identifier; it is left out.", c.PROJECTS, row.number
            )
        elif first.setdefault(same_id(project), row.number) != row.number:
            detail = f"The same project as row {first[same_id(project)]}."
            yield Fault("duplicate-id", detail, c.PROJECTS, row.number, project)


def unknown_projects(export: Export) -> Iterator[Fault]:
    """Yield one fault for each table and project id that projects.csv does not have."""
    known = {same_id(row.get(c.ID)) for row in export.rows(c.PROJECTS)}
    for file, declared in c.TABLES.items():
        if declared[0] != c.PROJECT:
            continue
        met: dict[str, list[int]] = {}
        for row in export.rows(file):
            if same_id(row.get(c.PROJECT)) not in known or not row.get(c.PROJECT):
                met.setdefault(clean(row.get(c.PROJECT)), []).append(row.number)
        for project, rows in met.items():
            what = f"'{project}' is not in {c.PROJECTS}" if project else "The row names no project"
            yield Fault("unknown-project", f"{what}{_also(rows)}.", file, rows[0], project)


def unknown_metrics(export: Export, facts: ProjectFacts) -> Iterator[Fault]:
    """Yield a fault for each price, result or payment of a metric that the project does not list."""
    if not export.tables[c.METRICS].present:
        return
    listed = {same_id(metric.metric) for metric in facts.metrics}
    tables: tuple[tuple[str, Iterable[tuple[str, int]]], ...] = (
        (c.PRICINGS, ((row.metric, row.row) for row in facts.prices)),
        (c.RESULTS, ((row.metric, row.row) for row in facts.results)),
        (c.PAYMENTS, ((row.metric, row.row) for row in facts.payments)),
    )
    for file, named in tables:
        met: dict[str, list[int]] = {}
        for metric, number in named:
            if metric and same_id(metric) not in listed:
                met.setdefault(metric, []).append(number)
        for metric, rows in met.items():
            detail = f"'{metric}' is not among the project's metrics{_also(rows)}."
            yield Fault("unknown-metric", detail, file, rows[0], facts.project, metric)


def unpriceable(facts: ProjectFacts) -> Iterator[Fault]:
    """Yield a fault for prices that name no metric: nothing can be multiplied by them."""
    for price in facts.prices:
        if not price.metric and price.price is not None:
            yield Fault("unknown-metric", "The price names no metric.", c.PRICINGS, price.row, facts.project)


def unknown_plans(export: Export, facts: ProjectFacts) -> Iterator[Fault]:
    """Yield one fault for each plan that payments name and the plans table does not."""
    if not export.tables[c.PLANS].present:
        return
    listed = {same_id(plan.plan) for plan in facts.plans}
    met: dict[str, list[int]] = {}
    for payment in facts.payments:
        if payment.plan and same_id(payment.plan) not in listed:
            met.setdefault(payment.plan, []).append(payment.row)
    for plan, rows in met.items():
        detail = f"'{plan}' is not among the project's plans{_also(rows)}."
        yield Fault("unknown-plan", detail, c.PAYMENTS, rows[0], facts.project)


def unknown_organisations(export: Export, facts: ProjectFacts) -> Iterator[Fault]:
    """Yield one fault for each payer that organisations.csv does not have."""
    if not export.tables[c.ORGANISATIONS].rows:
        return
    known = {same_id(row.get(c.ID)) for row in export.rows(c.ORGANISATIONS)}
    paying = [(payer, row.row) for row in facts.payments for payer in row.payers]
    committing = [(row.payer, row.row) for row in facts.commitments if row.payer]
    for file, named in ((c.PAYMENTS, paying), (c.COMMITMENTS, committing)):
        met: dict[str, list[int]] = {}
        for payer, number in named:
            if same_id(payer) not in known:
                met.setdefault(payer, []).append(number)
        for payer, rows in met.items():
            detail = f"'{payer}' is not in {c.ORGANISATIONS}{_also(rows)}."
            yield Fault("unknown-organisation", detail, file, rows[0], facts.project)


def _also(rows: list[int]) -> str:
    return f" (nor in {len(rows) - 1} more rows)" if len(rows) > 1 else ""
