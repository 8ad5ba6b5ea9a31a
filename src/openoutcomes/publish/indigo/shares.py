"""One payer's share of commitments across an export: by project, and pooled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from openoutcomes.publish.indigo import columns as c
from openoutcomes.publish.indigo.facts import project_facts
from openoutcomes.publish.indigo.outcome import money_text
from openoutcomes.publish.indigo.read import Export, same_id
from openoutcomes.standard.problems import InputError, Problem


@dataclass(frozen=True, slots=True)
class ShareRow:
    """What the payer and all payers have committed to one project; ``alone`` when nobody else has."""

    project: str
    name: str
    committed: Decimal
    total: Decimal
    alone: bool

    @property
    def percent(self) -> str:
        """The share, such as ``35.0%``."""
        return f"{self.committed / self.total:.1%}"


@dataclass(frozen=True, slots=True)
class ShareTable:
    """A payer's shares. Projects where it is the only payer with an amount are shown but not pooled."""

    payer: str
    rows: tuple[ShareRow, ...]

    def shared(self) -> list[ShareRow]:
        """Return the projects where somebody else has committed too."""
        return [row for row in self.rows if not row.alone]

    def pooled(self) -> Decimal | None:
        """Return the payer's part of the total over shared projects (0 to 1), or None for no projects."""
        rows = self.shared()
        total = sum((row.total for row in rows), Decimal(0))
        return sum((row.committed for row in rows), Decimal(0)) / total if total else None

    def summary(self) -> str:
        """Say the range and the pooled share."""
        shares = [row.committed / row.total for row in self.shared()]
        pooled = self.pooled()
        if pooled is None:
            return f"{self.payer} shares no commitments with anyone."
        left_out = len(self.rows) - len(shares)
        alone = f"; {left_out} left out, where it alone has an amount" if left_out else ""
        spread = f"from {min(shares):.1%} to {max(shares):.1%}, {pooled:.1%} pooled"
        return f"{len(shares)} projects: {spread}{alone}."

    def as_dict(self) -> dict[str, object]:
        """Return the table as JSON-ready values."""
        pooled = self.pooled()
        return {
            "payer": self.payer,
            "pooled_share": None if pooled is None else f"{pooled:.4f}",
            "projects": [
                {
                    "project": row.project,
                    "name": row.name,
                    "committed": money_text(row.committed),
                    "total": money_text(row.total),
                    "share": f"{row.committed / row.total:.4f}",
                    "alone": row.alone,
                }
                for row in self.rows
            ],
        }


def payer_share_table(export: Export, payer: str) -> ShareTable:
    """Work out a payer's shares. Raises InputError for a payer that no commitment names."""
    rows = tuple(_rows(export, payer))
    if not rows:
        what = f"no commitment with an amount names the payer '{payer}'."
        raise InputError(
            Problem(what=what, mend=f"See {c.COMMITMENTS} for the identifiers.", field="--payer")
        )
    return ShareTable(payer, rows)


def _rows(export: Export, payer: str) -> Iterator[ShareRow]:
    for project in export.projects():
        facts = project_facts(export, project)
        known = [row for row in facts.commitments if row.amount is not None]
        mine = [row.amount for row in known if same_id(row.payer) == same_id(payer) and row.amount]
        codes = {row.currency for row in known if row.currency}
        total = sum((row.amount for row in known if row.amount is not None), Decimal(0))
        if mine and total > 0 and len(codes) < 2:
            committed = sum(mine, Decimal(0))
            yield ShareRow(facts.project, facts.name, committed, total, alone=committed == total)
