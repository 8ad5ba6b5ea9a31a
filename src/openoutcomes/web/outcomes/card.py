"""A contract's rate card as the front line needs it: each outcome in plain words, its price, what shows it.

Without a contract, the outcomes are those that the partnership has switched on in its catalogue.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from openoutcomes.contracts.judging import compile_version
from openoutcomes.contracts.records import Indicators
from openoutcomes.contracts.showing import say_pays_person
from openoutcomes.contracts.terms import Outcome, Terms, Version
from openoutcomes.standard.outcomes import load_map
from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.contracts.queries import file_in_force, read_file
from openoutcomes.web.contracts.wording import wording_of
from openoutcomes.web.core import clock
from openoutcomes.web.partnerships.queries import outcomes_on
from openoutcomes.web.records.models import Record

Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class CardLine:
    """One outcome that can be recorded.

    ``groups`` are the kinds of evidence it needs: one of each group. ``rules`` are the rest of its rules in words.
    """

    code: str
    name: str
    says: str = ""
    price: str = ""
    groups: Groups = ()
    rules: tuple[str, ...] = ()
    unit: str = ""
    by_quantity: bool = False
    #: Whether it matters how long it lasts: for itself, or for an outcome that follows it.
    lasts: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of evidence that is named, each once."""
        return tuple(dict.fromkeys(kind for group in self.groups for kind in group))

    @property
    def evidence(self) -> str:
        """What evidence it needs, in words."""
        return say_groups(self.groups)

    def missing(self, held: Collection[str]) -> Groups:
        """Return the groups of evidence that what is held does not meet."""
        return tuple(group for group in self.groups if not any(kind in held for kind in group))


@dataclass(frozen=True)
class CardGroup:
    """Outcomes that lead to the same thing on the outcomes map."""

    title: str
    lines: tuple[CardLine, ...]


def in_words(code: str) -> str:
    """Return a code as people say it: ``tenancy-agreement`` is tenancy agreement."""
    return code.replace("-", " ").replace("_", " ")


def say_groups(groups: Groups) -> str:
    """Say what evidence is needed: one of each group."""
    return " and ".join(" or ".join(in_words(kind) for kind in group) for group in groups)


def version_on(terms: Terms, day: dt.date) -> Version:
    """Return the terms in effect on a day, as they are known now."""
    known = terms.known_by(max(day, clock.today()))
    return [version for version in known if version.effective is None or version.effective <= day][-1]


def groups_of(outcome: Outcome) -> Groups:
    """Return the kinds of evidence that an outcome needs: of each group, one."""
    groups = outcome.evidence.groups if outcome.evidence is not None else ()
    if outcome.alternates:
        groups = (*groups, tuple(kind for side in outcome.alternates for kind in side))
    return groups


def card(contract: Contract | None, partnership: Any, day: dt.date | None = None) -> tuple[CardGroup, ...]:
    """Return what can be recorded: the contract's outcomes for a person, else those of the catalogue."""
    if contract is None:
        return _catalogue(partnership)
    file = file_in_force(contract)
    terms, wording = read_file(file)[1], wording_of(file)
    version = version_on(terms, day or clock.today())
    compiled = compile_version(version, version.runs.last or dt.date.max, Indicators({}))
    shared = (2 if version.providers else 1) + len(version.who)
    names = load_map()
    followed = {
        before
        for outcome in version.outcomes.values()
        for follows in outcome.follows
        if follows.sustained
        for before in follows.outcomes
    }
    groups: dict[str, list[CardLine]] = {}
    for code, rules in compiled.outcomes.items():
        outcome = rules.outcome
        if outcome.for_each != "achievement":
            continue
        said = [
            wording.plain(rule.says)
            for rule in rules.rules[shared:]
            if rule.name not in ("date", "evidence", "evidence alternates", "verification")
        ]
        line = CardLine(
            code=code,
            name=in_words(code).capitalize(),
            says=outcome.says,
            price="; ".join(say_pays_person(outcome.pays, terms.currency)),
            groups=groups_of(outcome),
            rules=(*said, *(f"Pays {slots}." for slots in outcome.slots)),
            unit=outcome.quantity_unit,
            by_quantity=bool(outcome.quantity_unit) or outcome.quantity is not None,
            lasts=any(follows.sustained for follows in outcome.follows) or code in followed,
        )
        first = next((names[c].name for c in outcome.counts_as if c in names), "")
        groups.setdefault(first, []).append(line)
    unnamed = "Other outcomes" if len(groups) > 1 else "Outcomes of the contract"
    return tuple(CardGroup(title or unnamed, tuple(lines)) for title, lines in groups.items())


def _catalogue(partnership: Any) -> tuple[CardGroup, ...]:
    """Return the outcomes that the partnership has switched on; all of the map where it has chosen none yet."""
    groups: dict[str, list[CardLine]] = {}
    for outcome in outcomes_on(partnership):
        line = CardLine(code=outcome.code, name=outcome.name, says=outcome.means)
        groups.setdefault(f"{outcome.domain.capitalize()} outcomes", []).append(line)
    return tuple(CardGroup(title, tuple(lines)) for title, lines in groups.items())


def line_of(
    contract: Contract | None, partnership: Any, code: str, day: dt.date | None = None
) -> CardLine | None:
    """Return one outcome of the card; None when it has no such outcome."""
    lines = (line for group in card(contract, partnership, day) for line in group.lines)
    return next((line for line in lines if line.code == code), None)


class Cards:
    """The cards that one page needs, each made once, however many rows ask for it."""

    def __init__(self, partnership: Any) -> None:
        self.partnership = partnership
        self._lines: dict[int | None, dict[str, CardLine]] = {}

    def line(self, contract: Contract | None, code: str) -> CardLine:
        """Return the line for an outcome; one without rules where the card has none for it."""
        key = contract.pk if contract is not None else None
        if key not in self._lines:
            made = card(contract, self.partnership)
            self._lines[key] = {line.code: line for group in made for line in group.lines}
        return self._lines[key].get(code) or CardLine(code, in_words(code).capitalize())

    def missing(self, achievement: Record) -> Groups:
        """Return the evidence that the terms ask for and the record does not name."""
        return self.line(achievement.contract, achievement.code).missing(kinds_of(achievement))


def kinds_of(achievement: Record) -> list[str]:
    """Return the kinds of evidence that a record names."""
    return [kind for kind in str(achievement.values.get("evidence_kinds", "")).split(";") if kind]


def evidence_of(achievement: Record) -> list[tuple[str, dt.date]]:
    """Return the evidence that a record names: its kind and the date on it."""
    dates = [day for day in str(achievement.values.get("evidence_dates", "")).split(";") if day]
    if not dates:
        on = achievement.on or achievement.recorded_at.date()
        return [(kind, on) for kind in kinds_of(achievement)]
    return [(k, dt.date.fromisoformat(d)) for k, d in zip(kinds_of(achievement), dates, strict=False)]


def lacking_evidence(rows: Any, contracts: Iterable[Contract]) -> Any:
    """Return those of ``rows`` of achievements that do not name all the evidence that their terms ask for."""
    lacking = Q(pk__in=[])
    for contract in contracts:
        for group in card(contract, contract.partnership):
            for line in group.lines:
                wants = Q()
                for kinds in line.groups:
                    any_of = "|".join(re.escape(kind) for kind in kinds)
                    wants |= ~Q(kinds_named__regex=f"(^|;)({any_of})(;|$)")
                if line.groups:
                    lacking |= Q(contract=contract, code=line.code) & wants
    named = Coalesce(KeyTextTransform("evidence_kinds", "values"), Value(""), output_field=TextField())
    return rows.annotate(kinds_named=named).filter(lacking)
