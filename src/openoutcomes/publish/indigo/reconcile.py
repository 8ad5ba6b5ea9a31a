"""The reconciliation of an export: every project's three tests and all faults, in a fixed order."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo.checks import dates, ids, money, prices, results
from openoutcomes.publish.indigo.facts import ProjectFacts, project_facts
from openoutcomes.publish.indigo.faults import Fault
from openoutcomes.publish.indigo.funding import Available, available, payer_shares, project_currency
from openoutcomes.publish.indigo.other_tests import commitment_test, plan_test
from openoutcomes.publish.indigo.outcome import ProjectOutcome, Reconciliation, TestOutcome
from openoutcomes.publish.indigo.price_test import Setting, price_test
from openoutcomes.publish.indigo.read import Export, same_id
from openoutcomes.standard.problems import InputError, Problem


def reconcile(export: Export, projects: Sequence[str] = ()) -> Reconciliation:
    """Reconcile an export, or only the projects named (``INDIGO-POJ-0131`` or just ``0131``).

    Projects come in the order of the export. Faults that lie between projects (the same payment twice, a
    price list with two maxima) are found whichever projects are asked for. Raises InputError for a
    project that the export does not have.
    """
    facts = {same_id(project): project_facts(export, project) for project in export.projects()}
    wanted = _wanted(projects, facts) if projects else set(facts)
    between = _Between(export, facts)
    outcomes = tuple(between.outcome(each) for key, each in facts.items() if key in wanted)
    return Reconciliation(outcomes, tuple(between.faults.get("", [])))


def _wanted(projects: Sequence[str], facts: Mapping[str, ProjectFacts]) -> set[str]:
    wanted = {name: _matching(name, facts) for name in projects}
    problems = [_no_such(name, facts) for name, found in wanted.items() if not found]
    if problems:
        raise InputError(problems)
    return {key for found in wanted.values() for key in found}


def _matching(name: str, facts: Mapping[str, ProjectFacts]) -> set[str]:
    key = same_id(name)
    if key in facts:
        return {key}
    return {each for each in facts if key and each.rpartition("-")[2] == key}


def _no_such(name: str, facts: Mapping[str, ProjectFacts]) -> Problem:
    near = difflib.get_close_matches(same_id(name), list(facts), n=1)
    meant = f"Did you mean {facts[near[0]].project}?" if near else "See projects.csv for the identifiers."
    return Problem(what=f"the export has no project '{name}'.", mend=meant, field="--project")


class _Between:
    """What has to be known of all projects before one of them can be reported."""

    def __init__(self, export: Export, projects: Mapping[str, ProjectFacts]) -> None:
        self.export = export
        self.currencies = {key: project_currency(facts) for key, facts in projects.items()}
        totals = {key: _total(facts) for key, facts in projects.items()}
        names = {key: facts.project for key, facts in projects.items()}
        found = money.twins({key: total for key, total in totals.items() if total})
        self.twins = {key: tuple(names[other] for other in others) for key, others in found.items()}
        self.gaps = {
            "price": export.lacks(c.PRICINGS, c.METRIC, c.PRICE),
            "count": export.lacks(c.RESULTS, c.METRIC, c.ACHIEVED),
            "paid": export.lacks(c.PAYMENTS, c.PAID),
        }
        self.faults: dict[str, list[Fault]] = {}
        self._collect(export.faults, projects)
        self._collect(ids.repeated_projects(export), projects)
        self._collect(ids.unknown_projects(export), projects)
        self._collect(dates.bad_dates(export), projects)
        self._collect(prices.disputed_maxima(export, projects), projects)
        self._collect(money.single_payments_shared(projects.values()), projects)

    def _collect(self, faults: Iterable[Fault], projects: Mapping[str, ProjectFacts]) -> None:
        for fault in faults:
            key = same_id(fault.project)
            self.faults.setdefault(key if key in projects else "", []).append(fault)

    def outcome(self, facts: ProjectFacts) -> ProjectOutcome:
        """Test one project and gather its faults."""
        key = same_id(facts.project)
        currency, others = self.currencies[key], self.twins.get(key, ())
        faults: list[Fault] = []
        most = available(facts, currency, faults)
        test = price_test(facts, Setting(currency, most, others, self.gaps), faults)
        faults.extend(self._checks(facts, most, test.paid, currency))
        if others and test.paid is not None:
            faults.extend(money.same_payment(facts, test.paid, others, currency))
        return ProjectOutcome(
            project=facts.project,
            name=facts.name,
            currency=currency,
            price_times_count=test.price_times_count,
            paid=test.paid,
            available=most.amount,
            available_from=most.source,
            verdict=test.verdict,
            tests={
                "price_times_count": TestOutcome(
                    test.verdict, {"price_times_count": test.price_times_count, "paid": test.paid}
                ),
                "commitments": commitment_test(test.paid, most, currency),
                "plan": plan_test(facts, currency),
            },
            payers=payer_shares(facts),
            metrics=test.metrics,
            faults=_in_order([*self.faults.get(key, []), *facts.faults, *faults]),
        )

    def _checks(
        self, facts: ProjectFacts, most: Available, paid: Decimal | None, currency: str
    ) -> Iterator[Fault]:
        yield from ids.unknown_metrics(self.export, facts)
        yield from ids.unpriceable(facts)
        yield from ids.unknown_plans(self.export, facts)
        yield from ids.unknown_organisations(self.export, facts)
        for row in self.export.of_project(c.RESULTS, facts.project):
            yield from results.results_faults(row, facts.project)
        yield from prices.maxima_faults(facts, most.amount)
        yield from prices.slipped_columns(self.export, facts)
        yield from prices.dollar_values(self.export, facts)
        yield from money.funding_faults(facts, most, paid, currency)
        yield from money.payer_shares_of_all(facts, currency)
        yield from money.stated_shares(facts)


def _total(facts: ProjectFacts) -> tuple[str, Decimal] | None:
    rows = facts.actual()
    codes = {row.currency for row in rows if row.currency}
    if not rows or len(codes) > 1:
        return None
    total = sum((row.amount for row in rows if row.amount is not None), Decimal(0))
    return "".join(codes), total


def _in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Sort by file (in the export's order), row and kind, without repeats."""
    files = list(c.TABLES)
    return tuple(
        sorted(
            dict.fromkeys(faults),
            key=lambda fault: (
                files.index(fault.file) if fault.file in files else len(files),
                fault.row or 0,
                fault.kind,
                fault.detail,
            ),
        )
    )
