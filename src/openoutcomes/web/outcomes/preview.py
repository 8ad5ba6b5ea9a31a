"""What an outcome would pay, and why: by pricing it, as if its evidence were accepted today.

It is the real pricing with the real records, and one achievement more. The person's own records are
enough for every rule but those that depend on others: a cap of the whole contract, the first fifty, a
price by volume. For a small contract everything is priced; for a large one, the answer says what it leaves out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from openoutcomes.contracts.explaining import Explanation, explain
from openoutcomes.contracts.tables import dimensions_of
from openoutcomes.contracts.terms import Version
from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.money import from_minor
from openoutcomes.standard.problems import InputError
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.contracts.queries import PRICED, file_in_force, read_file
from openoutcomes.web.contracts.wording import Wording, wording_of
from openoutcomes.web.core import clock
from openoutcomes.web.core.pages import sentence
from openoutcomes.web.outcomes.card import version_on
from openoutcomes.web.people.models import Enrolment, Person
from openoutcomes.web.records import store
from openoutcomes.web.records.models import Record

#: Contracts with at most so many achievements are priced whole, so that the answer is exact.
EXACT_UP_TO = 300
#: Ids of what is not recorded: they sort after every real one, so that real ones use up caps first.
_ACHIEVEMENT, _FINDING = "zzzz-preview", "zzzz-preview-f"

_TAGS = {"met": ("Met", "green"), "waits": ("Waits", "yellow"), "refused": ("Not met", "red")}


@dataclass(frozen=True)
class Told:
    """One rule of the terms, and how the outcome stands to it."""

    says: str
    detail: str
    tag: str
    colour: str


@dataclass(frozen=True)
class Preview:
    """What an outcome would pay. ``problem`` is set when it cannot be priced as it stands."""

    status: str = ""
    amount: Decimal = Decimal(0)
    gross: Decimal = Decimal(0)
    currency: str = "GBP"
    reason: str = ""
    terms: str = ""
    told: tuple[Told, ...] = ()
    payers: tuple[tuple[str, Decimal], ...] = ()
    depends_on: tuple[str, ...] = ()
    problem: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether nothing that others did can make it less."""
        return not self.depends_on

    @property
    def headline(self) -> str:
        """How it stands, in a word or two."""
        return {
            "payable": "Would pay",
            "reduced": "Would pay, reduced",
            "held": "Would wait",
            "refused": "Would not pay",
        }.get(self.status, "")


def preview(
    contract: Contract, enrolment: Enrolment, values: Mapping[str, Any], *, replacing: Record | None = None
) -> Preview:
    """Price an achievement that is not (or not so) recorded yet, as if a verifier had accepted it today."""
    file = file_in_force(contract)
    terms = read_file(file)[1]
    today = clock.today()
    hypothetical = {
        "provider_id": enrolment.organisation.organisation_id,
        "programme_id": enrolment.programme.programme_id,
        "claimed_on": today,
        **values,
        "achievement_id": replacing.record_id if replacing is not None else _ACHIEVEMENT,
        "person_id": enrolment.person.person_id,
        "enrolment_id": enrolment.enrolment_id,
        "contract_id": contract.contract_id,
    }
    about = str(hypothetical["achievement_id"])
    on = dt.date.fromisoformat(str(values["achieved_on"])[:10])
    depends_on = depends_on_others(version_on(terms, on), str(values["outcome"]))
    whole = bool(depends_on) and _is_small(contract)
    try:
        tables = _tables(contract, enrolment.person, whole=whole)
        tables["achievements"] = [row for row in tables["achievements"] if row["achievement_id"] != about] + [
            store.written("achievements", hypothetical)
        ]
        tables["verifications"] = [
            row for row in tables["verifications"] if row["achievement_id"] != about
        ] + [
            {"verification_id": _FINDING, "achievement_id": about, "state": "accepted", "verified_on": today}
        ]
        given = {name: rows for name, rows in tables.items() if rows}
        _, told = explain(terms, Dataset.from_rows(given), today, [about])
    except InputError as error:
        return Preview(problem=" ".join(sentence(problem) for problem in error.problems))
    found = next((one for one in told if one.line.line_id == about), None)
    if found is None:
        return Preview(problem="It cannot be priced until it has been achieved.")
    return _preview(found, () if whole else depends_on, wording_of(file))


def _preview(found: Explanation, depends_on: tuple[str, ...], wording: Wording) -> Preview:
    line = found.line
    paid = {"held": line.held, "refused": Decimal(0)}.get(line.status, line.amount)
    steps = [step for step in found.steps if not (step.rule == "verification" and step.outcome == "met")]
    return Preview(
        status=line.status,
        amount=paid,
        gross=line.gross,
        currency=line.currency,
        reason=wording.plain(line.reason),
        terms=found.terms,
        told=tuple(
            Told(wording.plain(step.says), wording.plain(step.detail), *_TAGS[step.outcome]) for step in steps
        ),
        payers=tuple(
            (payer, from_minor(owed + held, line.currency))
            for payer, owed, held in line.payers_minor
            if owed + held
        ),
        depends_on=tuple(map(wording.plain, depends_on)) if line.status != "refused" else (),
    )


def depends_on_others(version: Version, code: str) -> tuple[str, ...]:
    """Return in words the rules by which what others did bears on what an outcome pays."""
    found = [cap.name for cap in version.caps if cap.scope != "person" and (not cap.only or code in cap.only)]
    outcome = version.outcomes.get(code)
    if outcome is not None:
        found += [str(s) for s in outcome.slots if s.per not in ("person", "enrolment")]
        if "volume" in dimensions_of(outcome.pays):
            found.append("the number paid before")
    return tuple(dict.fromkeys(found))


def _is_small(contract: Contract) -> bool:
    rows = Record.of(contract.partnership_id).filter(contract=contract, table="achievements")
    return rows[: EXACT_UP_TO + 1].count() <= EXACT_UP_TO


def _tables(contract: Contract, person: Person, *, whole: bool) -> dict[str, list[dict[str, Any]]]:
    """Return the rows that the rules may look at: one person's, or everybody's under the contract."""
    # Records that were merged into this person's are theirs.
    merged = Person.of(contract.partnership_id).filter(merged_into=person).values_list("pk", flat=True)
    condition = Q(person__in=[person.pk, *merged])
    if whole:
        people = Person.of(contract.partnership_id).filter(
            Q(records__contract=contract) | Q(enrolments__programme__contract=contract)
        )
        condition = Q(contract=contract) | Q(person__in=people.values("pk"))
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in (*PRICED, "indicators")}
    rows = Record.of(contract.partnership_id).select_related("partnership").order_by("record_id", "version")
    for record in rows.filter(condition, table__in=PRICED):
        tables[record.table].append(record.row)
    # Published figures are about nobody, and a price or a condition may move with them.
    for record in rows.filter(contract=contract, table="indicators"):
        tables["indicators"].append(record.row)
    return tables
