"""Pricing: from records and terms to claim lines, each with its reason.

``price`` is pure: the same terms, records and day give the same lines in the same order.
The order of the work is that of the contract language: choose the terms; eligibility and
windows; what must come first; evidence; once, at most and either-or; price × quantity; taper
and deadweight; round half up to the penny; caps; split by payer; payers' caps.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

from openoutcomes.contracts.calendar import PeriodKind
from openoutcomes.contracts.groups import group_lines
from openoutcomes.contracts.judging import (
    CompiledOutcome,
    CompiledVersion,
    compile_version,
    counted_over,
    judge,
    take_slot,
)
from openoutcomes.contracts.lines import Line, Result
from openoutcomes.contracts.records import Claim, Indicators, Records, Tables, gather, place_dates
from openoutcomes.contracts.rules.base import History, Verdict
from openoutcomes.contracts.story import Story, tell
from openoutcomes.contracts.tables import NotFound, lookup
from openoutcomes.contracts.terms import Outcome, Terms, Version
from openoutcomes.contracts.till import Till
from openoutcomes.contracts.worth import Draft, Worth, worth_of
from openoutcomes.standard.money import allocate

Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Pricer:
    """One pricing run: the terms as known on a day, and what has been found so far."""

    terms: Terms
    as_of: dt.date
    stories: dict[str, Story] = field(default_factory=dict)
    versions: tuple[Version, ...] = ()
    compiled: list[CompiledVersion] = field(default_factory=list)
    indicators: Indicators = field(default_factory=lambda: Indicators({}))
    worths: dict[tuple[int, str], Worth] = field(default_factory=dict)
    #: For each outcome, over what its claims are counted under any version of the terms.
    counted: dict[str, frozenset[tuple[str, PeriodKind | None]]] = field(default_factory=dict)

    def prepare(self, indicators: Indicators) -> None:
        """Compile every version known on the day."""
        self.indicators = indicators
        self.versions = self.terms.known_by(self.as_of)
        self.compiled = [compile_version(version, self.as_of, indicators) for version in self.versions]
        self.counted = counted_over(self.versions)

    def version_for(self, claim: Claim) -> CompiledVersion:
        """Return the terms that bear on a claim, by the date that the terms name."""
        if len(self.compiled) == 1:
            return self.compiled[0]
        # The latest terms say which date chooses; a claim without that date falls back to its own.
        day = claim.day(self.versions[-1].terms_by) or claim.achieved
        return [c for c in self.compiled if c.version.effective is None or c.version.effective <= day][-1]


def price(
    terms: Terms,
    tables: Tables,
    as_of: dt.date,
    *,
    contract: str | None = None,
    explain: Collection[str] = (),
    progress: Progress | None = None,
) -> Result:
    """Price every record of a contract as known on ``as_of``.

    ``contract`` is the id that records carry, when it is not the terms' own. ``explain`` names
    achievements or people whose story is kept on the result (see :mod:`explaining`).
    """
    with _no_collector():
        return _price(terms, tables, as_of, contract or terms.contract, frozenset(explain), progress)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Pause the cyclic garbage collector: millions of small objects are made and none are circular."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _price(
    terms: Terms,
    tables: Tables,
    as_of: dt.date,
    contract: str,
    explain: frozenset[str],
    progress: Progress | None,
) -> Result:
    pricer = Pricer(terms, as_of)
    records = gather(tables, contract, as_of, wants(terms))
    pricer.prepare(records.indicators)
    result = Result(
        contract=terms.contract,
        name=terms.name,
        as_of=as_of,
        currency=terms.currency,
        payers=pricer.versions[-1].payer_names,
        lines=[],
    )
    drafts = _claim_drafts(pricer, records, explain, progress)
    groups = group_lines(pricer.versions, tables, records, contract, as_of, terms.currency)
    drafts.extend(groups.drafts)
    drafts = _in_order_of_caps(drafts)
    _settle(pricer, drafts, records)
    result.lines = [draft.line for draft in drafts]
    result.not_tested = groups.not_tested
    result.stories = pricer.stories
    _notes(result, records, terms, contract, groups.notes)
    return result


def wants(terms: Terms) -> frozenset[str]:
    """Return the optional tables that some rule of the terms looks at."""
    found: set[str] = set()
    for version in {v.number: v for _, history in terms.histories for v in history}.values():
        conditions = list(version.who)
        for outcome in version.outcomes.values():
            conditions += outcome.who
            found |= _outcome_wants(outcome)
        subjects = {condition.subject for condition in conditions}
        found |= {
            table
            for subject, table in (
                ("event", "events"),
                ("need", "needs"),
                ("first reading", "measures"),
                ("area figure", "indicators"),
            )
            if subject in subjects
        }
        if version.surplus or any(fixed.only_if for fixed in version.fixed.values()):
            found.add("indicators")
    return frozenset(found)


def _outcome_wants(outcome: Outcome) -> set[str]:
    needs = {
        "events": outcome.void_if is not None or any(f.events or f.lost_on for f in outcome.follows),
        "measures": bool(outcome.measured),
        "feedback": outcome.person_says is not None,
        "indicators": outcome.indexed is not None,
        "contributions": outcome.shared_with,
    }
    return {table for table, needed in needs.items() if needed}


def _claim_drafts(
    pricer: Pricer, records: Records, explain: frozenset[str], progress: Progress | None
) -> list[Draft]:
    claims = records.claims + _enrolment_claims(pricer, records)
    by_person: dict[str, list[Claim]] = {}
    for claim in claims:
        by_person.setdefault(claim.person.id, []).append(claim)
    drafts: list[Draft] = []
    total = len(claims)
    told = 0
    for person_id in sorted(by_person):
        if progress is not None and len(drafts) >= told:
            progress(len(drafts), total, "claims judged")
            told = len(drafts) + 20_000
        first, history = len(drafts), History()
        for claim, compiled in _in_order(pricer, by_person[person_id]):
            drafts.append(_draft(pricer, claim, compiled, history, explain))
        _close(pricer, drafts[first:], history)
    if progress is not None and total:
        progress(total, total, "claims judged")
    return drafts


def _in_order(pricer: Pricer, claims: list[Claim]) -> list[tuple[Claim, CompiledVersion]]:
    """Return one person's claims, and the terms that bear on each, in the order in which they are judged."""
    placed = []
    only = pricer.compiled[0] if len(pricer.compiled) == 1 else None
    for number, claim in enumerate(claims):
        compiled = only or pricer.version_for(claim)
        rules = compiled.outcomes.get(claim.outcome)
        order = rules.outcome.order if rules is not None else -1
        depth = compiled.depth.get(claim.outcome, 0)
        placed.append((claim.achieved, depth, order, claim.id, number, claim, compiled))
    placed.sort()
    return [(claim, compiled) for *_, claim, compiled in placed]


def _enrolment_claims(pricer: Pricer, records: Records) -> list[Claim]:
    """Make the claims of outcomes that are paid for each enrolment."""
    codes = {code for v in pricer.versions for code, o in v.outcomes.items() if o.for_each == "enrolment"}
    made = []
    for code in sorted(codes):
        for enrolment in records.enrolments:
            if enrolment.started_on is None or enrolment.started_on > pricer.as_of:
                continue
            claim = Claim(
                f"{enrolment.id}:{code}", records.people[enrolment.person_id], code, enrolment.started_on
            )
            claim.enrolment = enrolment
            claim.provider, claim.programme = enrolment.provider, enrolment.programme
            claim.from_enrolment = True
            if code in pricer.version_for(claim).version.outcomes:
                made.append(claim)
    return made


def _draft(
    pricer: Pricer, claim: Claim, compiled: CompiledVersion, history: History, explain: frozenset[str]
) -> Draft:
    version = compiled.version
    rules = compiled.outcomes.get(claim.outcome)
    line = Line(
        claim.id, claim.outcome, claim.achieved, rules.outcome.order if rules is not None else 1_000_000,
        "enrolments" if claim.from_enrolment else "achievements", pricer.terms.currency,
    )  # fmt: skip
    if not claim.from_enrolment:
        line.achievement_id = claim.id
    line.person_id = claim.person.id
    line.enrolment_id = claim.enrolment.id if claim.enrolment else None
    if claim.provider is None and version.providers:
        claim.provider = version.only_provider
    line.provider_id = claim.provider
    line.claimed_on = claim.claimed
    line.quantity = claim.quantity
    line.terms_version = version.number
    if rules is None:
        line.status, line.rule = "refused", "outcome"
        line.reason = f"{claim.outcome!r} is not an outcome of this contract"
        return Draft(line, version, None, 0, (), claim)
    _place(claim, rules)
    line.cohort = claim.cohort
    if explain and (claim.id in explain or claim.person.id in explain):
        pricer.stories[claim.id] = Story(claim, rules, tell(claim, rules, history))
    verdict, waits = judge(claim, rules, history)
    return _value(pricer, line, claim, rules, verdict, waits)


def _place(claim: Claim, rules: CompiledOutcome) -> None:
    version = rules.version
    enrolment = claim.enrolment
    if version.cohorts == "as recorded":
        claim.cohort = enrolment.cohort if enrolment is not None else None
    elif enrolment is not None and enrolment.started_on is not None:
        claim.cohort = next((name for name, span in version.cohorts if enrolment.started_on in span), None)
    basis = rules.outcome.price_by or version.price_by
    if rules.needs_price_day or basis != "achieved":
        place_dates(claim, version.calendar, basis)


def _value(
    pricer: Pricer,
    line: Line,
    claim: Claim,
    rules: CompiledOutcome,
    verdict: Verdict | None,
    waits: list[Verdict],
) -> Draft:
    """Set the line's status and price; money is settled later, in the order of caps."""
    line.price_on = claim.price_day
    if verdict is not None:
        line.status, line.rule = verdict.status, verdict.rule
        line.reason = verdict.reason
        if len(waits) > 1:
            line.reason = "; ".join(dict.fromkeys(wait.reason for wait in waits))
    draft = Draft(line, rules.version, rules, 0, (), claim, unripe=verdict is not None and verdict.unripe)
    # A claim made too early is valued when the person's other claims have their places.
    if not rules.by_volume and not draft.unripe:
        set_worth(pricer, draft)
    return draft


def set_worth(pricer: Pricer, draft: Draft) -> None:
    """Work out gross and net of a draft from its price, quantity, taper and deadweight."""
    line, rules, claim = draft.line, draft.rules, draft.facts
    if rules is None or not isinstance(claim, Claim):
        raise TypeError("only a claim under a known outcome has a worth of its own")
    outcome = rules.outcome
    plain = rules.plain
    key = (rules.version.number, outcome.code)
    kept = pricer.worths.get(key) if plain and line.quantity == 1 else None
    if kept is not None:
        worth = kept
    else:
        found = _worth(pricer, line, rules, claim)
        if isinstance(found, NotFound):
            _no_price(line, found)
            return
        worth = found
        if plain and line.quantity == 1:
            pricer.worths[key] = worth
    line.price, line.gross_minor = worth.price, worth.gross
    draft.net, draft.weights = worth.net, worth.weights
    if line.status == "payable":
        line.reason = worth.reason
    elif line.status == "refused":
        line.refused_minor = worth.gross


def _worth(pricer: Pricer, line: Line, rules: CompiledOutcome, claim: Claim) -> Worth | NotFound:
    outcome = rules.outcome
    price = lookup(outcome.pays, claim)
    if isinstance(price, NotFound):
        return price
    return worth_of(
        price, line.quantity, outcome, claim, rules.version, pricer.indicators, pricer.terms.currency
    )


def _no_price(line: Line, missing: NotFound) -> None:
    if line.status == "refused":
        return
    line.rule, line.reason = "price", str(missing)
    line.status = "held" if missing.value is None else "refused"


def _close(pricer: Pricer, drafts: list[Draft], history: History) -> None:
    """Finish a person: claims made too early take the places left, then either-or by value is settled."""
    highest = False
    for draft in drafts:
        rules = draft.rules
        if rules is None:
            continue
        highest = highest or rules.keeps_highest
        if draft.unripe and isinstance(draft.facts, Claim):
            taken = take_slot(draft.facts, rules, history)
            if taken is not None:
                _refuse(draft.line, taken.rule, taken.reason)
            if not rules.by_volume:
                set_worth(pricer, draft)
    if highest:
        _keep_highest(drafts)


def _refuse(line: Line, rule: str, reason: str) -> None:
    line.status, line.rule, line.reason = "refused", rule, reason
    line.refused_minor = line.gross_minor


def _keep_highest(drafts: list[Draft]) -> None:
    """Refuse the sides of an either-or that are worth less than the best; equal sides keep the first."""
    sums: dict[tuple[str, str | None], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    first: dict[tuple[str, str | None], dict[int, int]] = defaultdict(dict)
    members: list[tuple[Draft, str, tuple[str, str | None], int]] = []
    for number, draft in enumerate(drafts):
        if draft.rules is None or draft.line.status == "refused":
            continue
        for group, side in draft.rules.either_or:
            if group.keep == "highest":
                key = (group.name, draft.line.enrolment_id if group.per == "enrolment" else None)
                sums[key][side] += draft.net
                first[key].setdefault(side, number)
                members.append((draft, group.name, key, side))
    best = {key: max(sides, key=lambda s: (sides[s], -first[key][s])) for key, sides in sums.items()}
    for draft, name, key, side in members:
        if side != best[key] and draft.line.status != "refused":
            _refuse(draft.line, "either-or", f"another side of {name} is worth more, and only one side pays")


def _in_order_of_caps(drafts: list[Draft]) -> list[Draft]:
    """Sort by day, then the terms' order, then id: in piles first, which is quicker for millions."""
    piles: dict[dt.date, dict[int, list[Draft]]] = {}
    for draft in drafts:
        line = draft.line
        piles.setdefault(line.achieved_on, {}).setdefault(line.order, []).append(draft)
    return [
        draft
        for day in sorted(piles)
        for order in sorted(piles[day])
        for draft in sorted(piles[day][order], key=lambda draft: draft.line.line_id)
    ]


def _settle(pricer: Pricer, drafts: list[Draft], records: Records) -> None:
    till = Till(pricer.terms.currency, pricer.versions)
    places: dict[object, int] = defaultdict(int)
    latest = pricer.versions[-1]
    labels: dict[dt.date, str] = {}
    for draft in drafts:
        line = draft.line
        claim = draft.facts if isinstance(draft.facts, Claim) else None
        day = line.achieved_on
        if claim is not None and latest.period_by != "achieved":
            day = claim.day(latest.period_by) or day
        label = labels.get(day)
        if label is None:
            label = labels[day] = latest.calendar.period(day, latest.report_period).label
        line.period = label
        if pricer.counted and claim is not None and not _has_place(pricer, draft, claim, places):
            continue
        if line.status == "refused":
            line.refused_minor = line.gross_minor
            continue
        till.settle(line, draft.version, draft.net, draft.weights, draft.facts, day)
        if draft.rules is not None and draft.rules.outcome.shared_with:
            _share(line, records)


def _has_place(pricer: Pricer, draft: Draft, claim: Claim, places: dict[object, int]) -> bool:
    """Take places counted over the whole contract, and price what depends on them; False when there is none.

    A claim takes a place in every count that any version of the terms makes, so that a limit agreed
    later counts what came before it.
    """
    line, rules = draft.line, draft.rules
    counted = pricer.counted.get(line.outcome)
    if counted is None or rules is None or line.status == "refused":
        return True
    calendar = draft.version.calendar
    who = {"contract": None, "cohort": claim.cohort, "provider": claim.provider}
    keys = {
        (per, period): (
            line.outcome,
            per,
            who[per],
            calendar.period(claim.achieved, period).label if period else "",
        )
        for per, period in counted
    }
    whole = keys["contract", None]
    if rules.by_volume and not _by_volume(pricer, draft, claim, places[whole] + 1):
        return True
    for slots in rules.slots:
        key = keys.get((slots.per, slots.period))
        if key is not None and places[key] >= slots.most:
            line.rule, line.reason = "at most", f"it pays {slots}, and {slots.most} came first"
            line.reduced_minor, line.status = line.gross_minor, "reduced"
            return False
    for key in keys.values():
        places[key] += 1
    return True


def _by_volume(pricer: Pricer, draft: Draft, claim: Claim, number: int) -> bool:
    """Price a claim by its number among those paid; False when the terms have no price for that many."""
    claim.volume = number
    set_worth(pricer, draft)
    return draft.line.status != "refused"


def _share(line: Line, records: Records) -> None:
    """Show the payable amount shared between recorded contributors, by their share or equally."""
    parts = records.contributions.get(line.line_id, [])
    if not parts or not line.minor:
        return
    if any(share is None for _, share in parts) or not sum(share or 0 for _, share in parts):
        weights = [Fraction(1) for _ in parts]
    else:
        weights = [share or Fraction(0) for _, share in parts]
    line.contributors = tuple(zip((name for name, _ in parts), allocate(line.minor, weights), strict=True))


def _notes(result: Result, records: Records, terms: Terms, contract: str, notes: list[str]) -> None:
    for other, count in sorted(records.other_contracts.items()):
        result.notes.append(
            f"{count:,} achievements belong to contract {other!r}, not {contract!r}: left out."
        )
    if records.not_yet_known:
        result.notes.append(
            f"{records.not_yet_known:,} achievements were not known on {result.as_of.isoformat()}: left out."
        )
    for name in terms.missing_parameters:
        result.notes.append(
            f"The parameter {name!r} is not in the terms; the value used was given for this run."
        )
    result.notes.extend(notes)
