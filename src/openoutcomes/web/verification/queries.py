"""Reading what waits to be verified, samples, how long it takes, and how often something is wrong."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, cast

from django.core.cache import cache
from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateTimeField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.http import Http404

from openoutcomes.contracts.calendar import Calendar
from openoutcomes.contracts.words import Duration
from openoutcomes.web.contracts.models import Contract, Party
from openoutcomes.web.contracts.queries import contracts_for, terms_of
from openoutcomes.web.core import clock
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.lists import up_to
from openoutcomes.web.outcomes.queries import seats_of
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.records.models import Record
from openoutcomes.web.verification.models import Question, Sample, SampleItem
from openoutcomes.web.verification.sampling import interval, median

#: Working days within which an outcome should be looked at.
IN_TIME = 10
#: How far back turnaround is looked at.
LOOK_BACK = dt.timedelta(days=90)
#: More findings than this are counted once in so many seconds; fewer, at each look.
LARGE, KEPT = 5_000, 15 * 60


def verified_by_terms(contracts: list[Contract]) -> Q:
    """Return the condition that the terms ask for a verifier's finding."""
    asked = Q(pk__in=[])
    for contract in contracts:
        version = terms_of(contract).versions[-1]
        needs = {
            code: version.verified if outcome.verified is None else outcome.verified
            for code, outcome in version.outcomes.items()
        }
        if all(needs.values()):
            asked |= Q(contract=contract)
        elif any(needs.values()):
            asked |= Q(contract=contract, code__in=[code for code, needed in needs.items() if needed])
    return asked


def answered(partnership: Any) -> QuerySet[Question]:
    """Return the open questions that the provider has answered."""
    return Question.of(partnership).filter(closed_at=None, answered_at__isnull=False)


def queue(access: Access) -> QuerySet[Record]:
    """Return the outcomes that wait for a verifier, of every provider but those that the user has a seat in."""
    contracts = list(Contract.of(access.partnership).filter(is_closed=False))
    waits = Q(state="unverified") | Q(
        state="queried", record_id__in=answered(access.partnership).values("achievement_id")
    )
    return (
        Record.of(access.partnership)
        .filter(verified_by_terms(contracts), table="achievements", current=True, withdrawn=False)
        .filter(waits)
        .exclude(organisation__in=seats_of(access))
    )


def late_before() -> dt.datetime:
    """Return the moment before which whatever waits is overdue: ten working days ago."""
    calendar = Calendar(runs_from=dt.date(2000, 1, 1))
    day = clock.today() - dt.timedelta(days=IN_TIME)
    while calendar.add(day, Duration(IN_TIME, "working day")) > clock.today():
        day -= dt.timedelta(days=1)
    return clock.now() - (clock.today() - day)


def achievement_or_404(access: Access, record_id: str) -> Record:
    """Return an outcome that the seat may verify or look at as a verifier; raises Http404 for any other."""
    rows = Record.of(access.partnership).filter(table="achievements", current=True)
    found = (
        rows.exclude(organisation__in=seats_of(access))
        .exclude(person__in=access.person_ids())
        .select_related("person", "organisation", "contract", "enrolment__programme", "enrolment__person")
        .filter(record_id=record_id)
        .first()
    )
    if found is None:
        raise Http404("No such outcome, or one of an organisation that you have a seat in")
    return found


def question_open_on(record: Record) -> Question | None:
    """Return the question that is open on an outcome, answered or not."""
    rows = Question.of(record.partnership_id).filter(achievement_id=record.record_id, closed_at=None)
    return rows.first()


def questions_for(access: Access) -> QuerySet[Question]:
    """Return the questions that wait for the seat's organisations."""
    return Question.of(access.partnership).filter(
        organisation__in=access.organisation_ids("outcomes.record"), closed_at=None, answered_at=None
    )


def samples_for(access: Access) -> QuerySet[Sample]:
    """Return the samples that a seat may see: verifiers all, payers those of their contracts."""
    rows = Sample.of(access.partnership).defer("population")
    if access.reach("verification.view") == "partnership":
        return rows
    if "commissioner" in access.roles():
        return rows.filter(contract__in=contracts_for(access, "verification.view"))
    return rows.none()


def sample_or_404(access: Access, sample_id: str) -> Sample:
    """Return a sample that the seat may see; raises Http404 for any other."""
    found = samples_for(access).filter(sample_id=sample_id).select_related("contract", "drawn_by").first()
    if found is None:
        raise Http404("No such sample, or not one that you may see")
    return found


def population(access: Access, contract: Contract, first: dt.date, last: dt.date) -> QuerySet[Record]:
    """Return what a sample is drawn from: the contract's outcomes of a period that wait for a verifier."""
    return queue(access).filter(contract=contract, state="unverified", on__gte=first, on__lte=last)


@dataclass
class Item:
    """One outcome of a sample with how it stands."""

    item: SampleItem
    record: Record | None

    @property
    def state(self) -> str:
        """How it stands; withdrawn where the provider took it back."""
        return "withdrawn" if self.record is None or self.record.withdrawn else self.record.state


def items_of(sample: Sample) -> list[Item]:
    """Return the outcomes of a sample, in its order, as they stand now."""
    items = list(SampleItem.of(sample.partnership_id).filter(sample=sample).select_related("organisation"))
    rows = (
        Record.of(sample.partnership_id)
        .filter(table="achievements", current=True, record_id__in=[item.achievement_id for item in items])
        .select_related("contract", "organisation")
    )
    records = {row.record_id: row for row in rows}
    return [Item(item, records.get(item.achievement_id)) for item in items]


def rest_of(sample: Sample) -> QuerySet[Record]:
    """Return the outcomes that a sample was drawn from, were not in it, and still wait unchanged since.

    One that was changed after the draw was not what the sample spoke for, so it waits its turn.
    """
    chosen = SampleItem.of(sample.partnership_id).filter(sample=sample).values("achievement_id")
    whole = Sample.of(sample.partnership_id).only("population").get(pk=sample.pk).population
    rows = Record.of(sample.partnership_id).filter(
        table="achievements", current=True, withdrawn=False, state="unverified",
        recorded_at__lte=sample.drawn_at, contract=sample.contract, on__gte=sample.first, on__lte=sample.last,
    )  # fmt: skip
    wanted = set(whole)
    ids = [
        pk
        for pk, record_id in rows.exclude(record_id__in=chosen).values_list("pk", "record_id")
        if record_id in wanted
    ]
    return rows.filter(pk__in=ids)


@dataclass(frozen=True)
class Rate:
    """How often something was wrong in random samples: so many of so many looked at, and what that may mean."""

    wrong: int
    decided: int
    drawn: int

    @property
    def open(self) -> int:
        """How many of the sample nobody has decided on yet."""
        return self.drawn - self.decided

    @property
    def words(self) -> str:
        """The rate in words, with its interval: never a bare percentage."""
        ends = interval(self.wrong, self.decided)
        if ends is None:
            return "Nothing decided in a random sample yet"
        low, high = (_percent(end) for end in ends)
        said = f"{self.wrong} of {self.decided} ({_percent(Fraction(self.wrong, self.decided))}%)"
        return f"{said}; between {low}% and {high}% of all like it, 19 times in 20"


def _percent(share: Fraction) -> int:
    return int(share * 100 + Fraction(1, 2))


def rate_of(items: list[Item]) -> Rate:
    """Return how often the items of a random sample were wrong: refused, or withdrawn once they had been drawn."""
    states = [item.state for item in items]
    wrong = sum(state in ("refused", "withdrawn") for state in states)
    decided = sum(state in ("accepted", "refused", "withdrawn") for state in states)
    return Rate(wrong, decided, len(states))


@dataclass
class Turnaround:
    """How long one provider's outcomes wait to be looked at."""

    organisation: Any = None
    days: list[int] = field(default_factory=list)
    waiting: int = 0
    oldest: dt.datetime | None = None
    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    rate: Rate = Rate(0, 0, 0)

    @property
    def median(self) -> str:
        """The middle of the days from recording to the first finding, in words."""
        middle = median(self.days)
        if middle is None:
            return "None decided yet"
        whole = float(middle)
        shown = f"{whole:.1f}".rstrip("0").rstrip(".")
        return f"{shown} day{'' if shown == '1' else 's'}"

    @property
    def oldest_days(self) -> int | None:
        """How many days the one that waits longest has waited."""
        return (clock.now() - self.oldest).days if self.oldest else None


def turnaround(access: Access, *, is_kept: bool = False) -> list[Turnaround]:
    """Return how long outcomes waited for the first findings of the last 90 days, and what waits, by provider.

    Managers see their own organisation, payers the contracts that they are party to. With ``is_kept``, findings
    may have been counted some minutes ago.
    """
    current = Record.of(access.partnership).filter(
        figures_seen(access), table="achievements", withdrawn=False, current=True
    )
    found: dict[int, Turnaround] = {}

    def of(key: int | None) -> Turnaround:
        return found.setdefault(key or 0, Turnaround())

    contracts = list(Contract.of(access.partnership))
    asked = current.filter(verified_by_terms(contracts))
    waits = (
        asked.filter(state="unverified")
        .values("organisation_id")
        .annotate(n=Count("pk"), oldest=Min("recorded_at"))
    )
    for row in waits.order_by():
        one = of(row["organisation_id"])
        one.waiting, one.oldest = row["n"], row["oldest"]
    for finding in _kept_findings(access) if is_kept else _findings_by_day(access):
        one = of(finding["organisation_id"])
        one.states[finding["code"]] += finding["n"]
        # Later findings on an outcome say nothing of how long it waited for the first.
        if finding["began"] is not None and not finding["is_later"]:
            one.days += [max(0, (finding["found"] - finding["began"]).days)] * finding["n"]
    _name(access, found)
    _rates(access, found)
    return sorted(found.values(), key=lambda one: str(one.organisation))


def _recent_findings(access: Access) -> QuerySet[Record]:
    """Return the findings of the last while that a seat may see figures of."""
    return Record.of(access.partnership).filter(
        figures_seen(access),
        table="verifications",
        state="",
        current=True,
        withdrawn=False,
        on__gte=clock.today() - LOOK_BACK,
    )


def is_large(access: Access) -> bool:
    """Say whether there are so many findings to count that nobody should wait for it at each look."""
    return up_to(_recent_findings(access), LARGE) > LARGE


def _findings_by_day(access: Access) -> list[dict[str, Any]]:
    """Return how many findings of the last while there were by provider, kind, day, and day of recording."""
    first = Record.of(access.partnership).filter(table="achievements", record_id=OuterRef("about"), version=1)
    rows = _recent_findings(access).annotate(
        found=TruncDate("recorded_at"),
        began=TruncDate(Subquery(first.values("recorded_at")[:1], output_field=DateTimeField())),
        is_later=Case(
            When(values__has_key="replaces", then=Value(value=True)),
            default=Value(value=False),
            output_field=BooleanField(),
        ),
    )
    grouped: Any = rows.values("organisation_id", "code", "found", "began", "is_later").annotate(
        n=Count("pk")
    )
    return list(grouped.order_by())


def _kept_findings(access: Access) -> list[dict[str, Any]]:
    """Return the findings by day as they were counted last, at most ``KEPT`` seconds ago."""
    seen = access.reach("verification.view") == "partnership" or sorted(
        (m.role, m.organisation_id or 0) for m in access.memberships
    )
    key = hashlib.sha256(repr((access.partnership.pk, seen, clock.today())).encode()).hexdigest()
    return cast(
        "list[dict[str, Any]]",
        cache.get_or_set(f"turnaround:{key}", partial(_findings_by_day, access), KEPT),
    )


def figures_seen(access: Access) -> Q:
    """Return the condition on records that a seat may see figures of."""
    reach = access.reach("verification.view")
    if reach == "partnership":
        return Q()
    seen = Q(pk__in=[])
    for membership in access.memberships:
        if membership.role == "provider_manager":
            seen |= Q(organisation=membership.organisation_id)
        elif membership.role == "commissioner":
            parties = Party.of(access.partnership).filter(organisation=membership.organisation_id)
            seen |= Q(contract__in=parties.values("contract"))
    return seen


def _name(access: Access, found: dict[int, Turnaround]) -> None:
    names = {one.pk: one for one in Organisation.of(access.partnership).filter(pk__in=list(found))}
    for key in list(found):
        if key in names:
            found[key].organisation = names[key]
        else:
            del found[key]


def _rates(access: Access, found: dict[int, Turnaround]) -> None:
    """Count, by provider, what random samples found wrong."""
    items = (
        SampleItem.of(access.partnership)
        .filter(sample__method="random", organisation__in=list(found))
        .values_list("achievement_id", "organisation_id")
        .distinct()
    )
    by_id = dict(items)
    rows = Record.of(access.partnership).filter(figures_seen(access), table="achievements", current=True)
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for record_id, state, withdrawn in rows.filter(record_id__in=by_id).values_list(
        "record_id", "state", "withdrawn"
    ):
        tally = counts[by_id[record_id]]
        tally[0] += withdrawn or state == "refused"
        tally[1] += withdrawn or state in ("accepted", "refused")
        tally[2] += 1
    for key, (wrong, decided, drawn) in counts.items():
        found[key].rate = Rate(wrong, decided, drawn)
