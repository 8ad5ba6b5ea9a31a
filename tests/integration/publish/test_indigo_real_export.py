"""The real export, where there is one: known figures, known faults, and the carried facts."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from openoutcomes.publish.indigo import Export, Reconciliation, project_facts, read_export, reconcile
from openoutcomes.publish.indigo.shares import payer_share_table

pytestmark = pytest.mark.needs_data

CARRIED = Path(__file__).parents[3] / "src/openoutcomes/examples_data/fair-chance-fund"
SEVEN = [f"INDIGO-POJ-01{number}" for number in range(31, 38)]


@pytest.fixture(scope="module")
def indigo(data_dir: Path) -> Path:
    return data_dir / "indigo"


@pytest.fixture(scope="module")
def export(indigo: Path) -> Export:
    return read_export(indigo)


@pytest.fixture(scope="module")
def result(export: Export) -> Reconciliation:
    return reconcile(export)


def faults_of(result: Reconciliation, project: str, kind: str) -> list[str]:
    (found,) = (each for each in result.projects if each.project == project)
    return [fault.detail for fault in found.faults if fault.kind == kind]


def test_every_project_has_a_status_and_every_part_was_read(result: Reconciliation) -> None:
    assert len(result.projects) == 314
    assert result.statuses() == {"agrees": 0, "explained": 0, "unexplained": 7, "untestable": 307}
    assert not result.incomplete


def test_the_seven_fair_chance_fund_projects(result: Reconciliation) -> None:
    seven = {each.name: each for each in result.projects if each.project in SEVEN}
    assert {name: (each.price_times_count, each.paid) for name, each in seven.items()} == {
        "Ambition": (3_155_150, 2_742_943),
        "Aspire": (1_516_000, 1_313_690),
        "Depaul": (1_692_700, 1_654_340),
        "Fusion": (3_032_950, 2_513_800),
        "Home Group": (2_391_450, 1_323_670),
        "Local Solutions": (1_347_000, 1_323_670),
        "St Basil's": (2_802_950, 2_622_375),
    }
    assert sum(each.price_times_count or Decimal(0) for each in seven.values()) == 15_938_200
    assert (seven["Ambition"].available, seven["Ambition"].available_from) == (2_944_525, "note on a payment")
    assert [
        each.project for each in result.projects if "same-payment-twice" in {f.kind for f in each.faults}
    ] == [
        "INDIGO-POJ-0135",
        "INDIGO-POJ-0136",
    ]


def test_cornwall_payments_are_added_and_its_plan_is_not(result: Reconciliation) -> None:
    (cornwall,) = (each for each in result.projects if each.project == "INDIGO-POJ-0167")
    assert (cornwall.paid, cornwall.available) == (2_079_644, 2_226_336)
    assert cornwall.tests["plan"].figures["planned_total"] == 2_226_360
    assert [payer.as_dict()["share"] for payer in cornwall.payers] == ["0.3500", "0.6500"]


def test_the_latest_of_four_plans_is_the_only_one_used(result: Reconciliation) -> None:
    (project,) = (each for each in result.projects if each.project == "INDIGO-POJ-0172")
    figures = project.tests["plan"].figures
    assert (figures["plan"], figures["versions"], figures["planned_total"]) == ("plan4", "4", 3_161_144)


@pytest.mark.parametrize(
    ("project", "kind", "says"),
    [
        ("INDIGO-POJ-0001", "impossible-date", "there is no month 13"),
        ("INDIGO-POJ-0001", "impossible-percentage", "12.8% (96)"),
        ("INDIGO-POJ-0001", "prose-result", "prose, not a count"),
        ("INDIGO-POJ-0062", "impossible-percentage", "22.5% of 150 is no whole number"),
        ("INDIGO-POJ-0138", "maximum-per-person", "£11,700.00"),
        ("INDIGO-POJ-0138", "maximum-disputed", "£8,200.00 is also stated"),
        ("INDIGO-POJ-0138", "value-in-wrong-column", "1300, 800, 700"),
        ("INDIGO-POJ-0152", "dollar-value-differs", "7.7222 to one"),
        ("INDIGO-POJ-0174", "impossible-date", "ends before it starts"),
        ("INDIGO-POJ-0175", "paid-above-available", "£255,878.00 more"),
        ("INDIGO-POJ-0190", "payer-share-100", "the only one of 18 payers"),
        ("INDIGO-POJ-0302", "several-prices", "1,350 (row 281)"),
        ("INDIGO-POJ-0302", "unknown-metric", "'outcomemetric4'"),
        ("INDIGO-POJ-0092", "unreadable-amount", "a currency with no amount"),
    ],
)
def test_known_faults_are_found(result: Reconciliation, project: str, kind: str, says: str) -> None:
    assert any(says in detail for detail in faults_of(result, project, kind))


def test_a_price_times_volume_that_is_right_is_not_flagged(result: Reconciliation) -> None:
    assert faults_of(result, "INDIGO-POJ-0152", "maximum-not-price-times-volume") == []


def test_the_central_funds_share_of_commitments(export: Export) -> None:
    table = payer_share_table(export, "INDIGO-ORG-0171")
    shares = [row.committed / row.total for row in table.shared()]
    assert (len(shares), f"{min(shares):.1%}", f"{max(shares):.1%}") == (28, "13.9%", "42.0%")
    assert [row.project for row in table.rows if row.alone] == ["INDIGO-POJ-0190"]


@pytest.mark.parametrize("project", SEVEN)
def test_the_carried_facts_equal_the_export(export: Export, project: str) -> None:
    carried = project_facts(read_export(CARRIED / "indigo"), project)
    real = project_facts(export, project)

    def plain(facts):
        return {
            "name": facts.name,
            "metrics": [(row.metric, row.targets) for row in facts.metrics],
            "prices": [(row.metric, row.price, row.currency, row.maximum) for row in facts.prices],
            "results": [(row.metric, row.standing, row.start, row.end, row.count) for row in facts.results],
            "payments": [(row.kind, row.start, row.end, row.amount, row.currency) for row in facts.payments],
            "payers": [row.payer for row in facts.commitments],
        }

    assert plain(carried) == plain(real)


def test_the_carried_achievement_counts_equal_the_export(export: Export) -> None:
    with (CARRIED / "counts/achievement_counts.csv").open(encoding="utf-8", newline="") as file:
        carried = list(csv.DictReader(file))
    real = [str(row.count) for project in SEVEN for row in project_facts(export, project).results]
    assert [row["count"] for row in carried] == real
    rows = {row.number: row for row in export.rows("projects_results.csv")}
    for row in carried:
        number = int(row["source"].partition(" row ")[2].partition(";")[0])
        assert rows[number].get("Outcomes achieved - (Value)") == row["count"]
        assert rows[number].get("Project ID") in row["source"]
