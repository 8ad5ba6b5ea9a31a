"""A small INDIGO folder that tests fill row by row."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from openoutcomes.publish.indigo import Reconciliation, read_export, reconcile
from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo.outcome import ProjectOutcome

ONE = "INDIGO-POJ-9001"
TWO = "INDIGO-POJ-9002"


class Folder:
    """An export under construction: every table with its header, rows as dicts by column."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.headers: dict[str, list[str]] = {}
        self.tables: dict[str, list[dict[str, str]]] = {}
        for file, names in c.TABLES.items():
            pairs = [name for pair in c.PERIODS.get(file, ()) for name in pair]
            self.headers[file] = list(dict.fromkeys([*names, *pairs]))
            self.tables[file] = []

    def add(self, file: str, cells: dict[str, str]) -> Folder:
        self.tables[file].append(cells)
        return self

    def project(self, project: str = ONE, name: str = "One", **cells: str) -> Folder:
        return self.add(c.PROJECTS, {c.ID: project, c.NAME: name} | _named(cells))

    def metric(self, metric: str = "m1", project: str = ONE, target: str = "", **cells: str) -> Folder:
        row = {c.PROJECT: project, c.METRIC_ID: metric, c.DEFINITION: f"Outcome {metric}", c.TARGET: target}
        return self.add(c.METRICS, row | _named(cells))

    def price(self, price: str, metric: str = "m1", project: str = ONE, **cells: str) -> Folder:
        row = {c.PROJECT: project, c.METRIC: metric, c.CURRENCY: "GBP", c.PRICE: price}
        return self.add(c.PRICINGS, row | _named(cells))

    def result(self, count: str, metric: str = "m1", project: str = ONE, **cells: str) -> Folder:
        row = {
            c.PROJECT: project, c.METRIC: metric, c.LEVEL: "Outcome level", c.STANDING: "Final",
            c.START: "2015-01", c.END: "2017-12", c.ACHIEVED: count,
        }  # fmt: skip
        return self.add(c.RESULTS, row | _named(cells))

    def payment(self, amount: str, project: str = ONE, **cells: str) -> Folder:
        row = {
            c.PROJECT: project,
            c.START: "2015-01",
            c.END: "2017-12",
            c.PAID_CURRENCY: "GBP",
            c.PAID: amount,
        }
        return self.add(c.PAYMENTS, row | _named(cells))

    def commitment(self, amount: str, payer: str = "ORG-1", project: str = ONE, **cells: str) -> Folder:
        row = {c.PROJECT: project, c.ORGANISATION: payer, c.COMMITTED_CURRENCY: "GBP", c.COMMITTED: amount}
        return self.add(c.COMMITMENTS, row | _named(cells))

    def plan(self, plan: str, start: str, end: str = "current", project: str = ONE) -> Folder:
        return self.add(c.PLANS, {c.PROJECT: project, c.PLAN: plan, c.START: start, c.END: end})

    def organisation(self, *names: str) -> Folder:
        for name in names:
            self.add(c.ORGANISATIONS, {c.ID: name})
        return self

    def write(self) -> Path:
        self.path.mkdir(exist_ok=True)
        for file, rows in self.tables.items():
            with (self.path / file).open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, self.headers[file], restval="")
                writer.writeheader()
                writer.writerows(rows)
        return self.path

    def reconcile(self, *projects: str) -> Reconciliation:
        return reconcile(read_export(self.write()), projects)

    def one(self) -> ProjectOutcome:
        return self.reconcile().projects[0]

    def kinds(self) -> list[str]:
        return sorted({fault.kind for fault in self.reconcile().all_faults()})

    def details(self, kind: str) -> list[str]:
        return [
            str(fault.where) + ": " + fault.detail
            for fault in self.reconcile().all_faults()
            if fault.kind == kind
        ]


def _named(cells: dict[str, str]) -> dict[str, str]:
    """Let tests write ``END="2016-12"`` for the column that the code calls ``END``."""
    return {getattr(c, name): value for name, value in cells.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty export."""
    return Folder(tmp_path / "export")


@pytest.fixture
def contract(folder: Folder) -> Folder:
    """One project with one metric, without price, result or payment."""
    return folder.project().metric()


@pytest.fixture
def priced(contract: Folder) -> Callable[[str, str, str], ProjectOutcome]:
    """Reconcile one metric at a price, a count and a payment that names it."""

    def reconcile_one(price: str, count: str, paid: str) -> ProjectOutcome:
        return contract.price(price).result(count).payment(paid, METRIC="m1").one()

    return reconcile_one
