"""The INDIGO export of the world's outcomes contracts: read it, and say what reconciles.

``read_export`` reads a folder of CSV files, ``project_facts`` takes one project's tariff, counts and
payments from it, and ``reconcile`` holds the three tests: price × count against what was paid, payments
against commitments, and the latest plan against what was paid.
"""

from openoutcomes.publish.indigo.facts import ProjectFacts, project_facts
from openoutcomes.publish.indigo.outcome import Reconciliation
from openoutcomes.publish.indigo.read import Export, read_export
from openoutcomes.publish.indigo.reconcile import reconcile

__all__ = ["Export", "ProjectFacts", "Reconciliation", "project_facts", "read_export", "reconcile"]
