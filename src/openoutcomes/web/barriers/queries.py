"""Reading barriers: those of the partnership, for how many people, what is asked of whom, and those shared elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404

from openoutcomes.web.barriers.alike import LOOKED_THROUGH, alike
from openoutcomes.web.barriers.models import LEVELS, Ask, Barrier, Mark, SharedBarrier
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.people.models import Person
from openoutcomes.web.results.small_numbers import LEAST, rounded


def barriers_for(access: Access) -> QuerySet[Any]:
    """Return the partnership's barriers, without those that were found to be the same as another."""
    rows = Barrier.of(access.partnership).filter(joined_to=None).select_related("owner", "organisation")
    return rows if access.may("barriers.view") else rows.none()


def with_asks(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add to barriers the day by which the next answer is due, and whether it is past."""
    waiting = Q(asks__answer="", asks__withdrawn_at=None)
    late = Ask._base_manager.filter(barrier=OuterRef("pk"), answer="", withdrawn_at=None, due_on__lt=today())
    return rows.annotate(next_due=Min("asks__due_on", filter=waiting), has_late=Exists(late))


def barrier_or_404(access: Access, barrier_id: str) -> Barrier:
    """Return one of the partnership's barriers; raises Http404 for others."""
    rows = Barrier.of(access.partnership).select_related("owner", "organisation", "raised_by", "joined_to")
    found = rows.filter(barrier_id=barrier_id).first() if access.may("barriers.view") else None
    if found is None:
        raise Http404("No such barrier")
    return found


def ask_or_404(access: Access, ask_id: str) -> Ask:
    """Return something that was asked; raises Http404 for others."""
    rows = Ask.of(access.partnership).select_related("whom", "barrier__owner", "barrier__organisation")
    found = rows.filter(ask_id=ask_id).first() if access.may("barriers.view") else None
    if found is None:
        raise Http404("No such question")
    return found


def asks_of(barrier: Barrier) -> list[Ask]:
    """Return what was asked about a barrier and stands, latest first."""
    rows = Ask.of(barrier.partnership).filter(barrier=barrier, withdrawn_at=None)
    return list(rows.select_related("whom", "asked_by", "answered_by"))


def may_manage(access: Access, barrier: Barrier) -> bool:
    """Say whether a seat looks after a barrier: its organisation's manager, or the coordinator."""
    return access.allows("barriers.manage", barrier.organisation_id or 0)


def may_write(access: Access, barrier: Barrier) -> bool:
    """Say whether a seat may change the words: whoever looks after it, and whoever raised it."""
    is_own = barrier.raised_by_id == access.user.pk and access.may("barriers.raise")
    return is_own or may_manage(access, barrier)


def may_answer(access: Access, ask: Ask) -> bool:
    """Say whether a seat may answer: the organisation that was asked, or the coordinator for it."""
    return access.allows("barriers.answer", ask.whom_id or 0)


def similar_to(access: Access, *texts: str, without: Barrier | None = None) -> list[Barrier]:
    """Return the partnership's barriers that read like some words."""
    rows = barriers_for(access)
    if without is not None:
        rows = rows.exclude(pk=without.pk)
    return alike(rows[:LOOKED_THROUGH], *texts)


# For how many


@dataclass(frozen=True)
class ForHowMany:
    """For how many people a barrier is, as much as a seat may know.

    ``own`` is what its own organisations marked, exactly; ``others`` and ``total`` are rounded, and None
    where they are held back.
    """

    own: int | None
    others: int | None
    total: int | None
    estimate: int | None
    how: str

    @property
    def words(self) -> str:
        """Say it in one line."""
        parts = []
        if self.own is not None:
            parts.append(f"{self.own} of your people")
            if self.others is not None:
                parts.append(f"about {self.others} with others")
        elif self.total is not None:
            parts.append(f"about {self.total} people marked")
        if self.estimate is not None:
            parts.append(f"{self.estimate:,} by {'what people said' if self.how == 'heard' else 'estimate'}")
        if not parts:
            return f"Not known, or fewer than {LEAST}"
        return "; ".join(parts)

    @property
    def known(self) -> int | None:
        """Return the one number to reckon with: what is marked and may be shown, else what is estimated."""
        return self.total if self.total is not None else self.estimate


class Counted:
    """Counts of the people marked for some barriers, as much as a seat may know: two queries, however many."""

    def __init__(self, access: Access, pks: Any) -> None:
        self._own = access.organisation_ids("barriers.mark")
        self._parts, self._totals = counts(access.partnership, pks)

    def of(self, barrier: Barrier) -> ForHowMany:
        """Return for how many people a barrier is."""
        parts, total = self._parts.get(barrier.pk, {}), self._totals.get(barrier.pk, 0)
        own = sum(parts.get(pk, 0) for pk in self._own) if self._own else None
        others = total - own if own is not None else 0
        return ForHowMany(
            own=own,
            others=rounded(others) if others >= LEAST else None,
            total=None if own is not None else shown_total(parts.values(), total),
            estimate=barrier.estimate,
            how=barrier.how_known,
        )


def counts(partnership: Any, pks: Any) -> tuple[dict[int, dict[int, int]], dict[int, int]]:
    """Return the people marked by barrier and organisation, and by barrier; a barrier has those joined to it.

    ``pks`` are primary keys, or a query that gives them.
    """
    rows = (
        Mark.of(partnership)
        .filter(Q(barrier__in=pks) | Q(barrier__joined_to__in=pks))
        .filter(lifted_at=None, person__merged_into=None)
        .annotate(kept=Coalesce("barrier__joined_to_id", "barrier_id"))
        .order_by()
    )
    parts: dict[int, dict[int, int]] = {}
    for row in rows.values("kept", "organisation_id").annotate(people=Count("person", distinct=True)):
        parts.setdefault(row["kept"], {})[row["organisation_id"]] = row["people"]
    totals = rows.values("kept").annotate(people=Count("person", distinct=True))
    return parts, {row["kept"]: row["people"] for row in totals}


def shown_total(parts: Iterable[int], total: int) -> int | None:
    """Return a total that gives nobody away, rounded; None where it would.

    An organisation knows its own part, so what is left without it must not be small either.
    """
    rests = [total - part for part in parts]
    if total < LEAST or (len(rests) > 1 and any(rest < LEAST for rest in rests)):
        return None
    return rounded(total)


def marked(access: Access, barrier: Barrier) -> set[int]:
    """Return the people (primary keys) whom the seat's organisations marked as stopped by a barrier."""
    rows = Mark.of(access.partnership).filter(
        barrier=barrier, lifted_at=None, organisation__in=access.organisation_ids("barriers.mark")
    )
    return set(rows.values_list("person_id", flat=True))


def stopping(access: Access, person: Person) -> list[Barrier]:
    """Return the barriers that the seat's organisations marked as stopping a person."""
    marks = Mark.of(access.partnership).filter(
        person=person, lifted_at=None, organisation__in=access.organisation_ids("barriers.mark")
    )
    rows = Barrier.of(access.partnership).filter(pk__in=marks.values("barrier"))
    return list(rows.select_related("owner", "joined_to").order_by("title"))


# What is asked of whom


@dataclass(frozen=True)
class Suggestion:
    """Where a barrier might be taken next, and why."""

    level: str
    why: str

    @property
    def words(self) -> str:
        """Return where, in words."""
        return LEVELS[self.level]


def next_level(barrier: Barrier) -> str:
    """Return the level after a barrier's; nothing at the last."""
    levels = list(LEVELS)
    place = levels.index(barrier.level) + 1
    return levels[place] if place < len(levels) else ""


def suggested(barrier: Barrier, asks: Iterable[Ask]) -> Suggestion | None:
    """Return whether to take a barrier further: when an answer is late, was no, or has not helped.

    What was asked before it came to its level is over.
    """
    level = next_level(barrier)
    if barrier.is_done or not level:
        return None
    for ask in asks:
        if ask.withdrawn_at is not None or ask.level != barrier.level:
            continue
        if ask.is_late:
            return Suggestion(
                level, f"No answer came by the day asked for, {ask.days_waited} days after asking."
            )
        if ask.answer == "no":
            return Suggestion(level, "The answer was no.")
        if ask.helped is False:
            return Suggestion(level, "What was promised has not taken it away.")
    return None


@dataclass(frozen=True)
class Line:
    """One line of the page that a director acts on."""

    ask: Ask
    people: ForHowMany

    @property
    def cost(self) -> str:
        """Say what not answering costs: days, and days of all who wait where their number may be shown."""
        days = self.ask.days_waited
        said = f"{days} {'day' if days == 1 else 'days'} waited"
        count = self.people.known
        if count and days:
            said += f"; {count:,} people × {days} days = {count * days:,} days of people’s lives"
        return said


def standing_asks(access: Access) -> QuerySet[Any]:
    """Return what was asked and is not settled: no answer yet, or one that nobody has looked at since."""
    rows = (
        Ask.of(access.partnership)
        .filter(withdrawn_at=None, helped=None, barrier__joined_to=None)
        .exclude(barrier__state__in=Barrier.DONE)
        .select_related("whom", "barrier__owner", "barrier__organisation")
        .order_by("answer", "due_on", "pk")
    )
    return rows if access.may("barriers.view") else rows.none()


def all_asked(access: Access) -> list[tuple[str, str]]:
    """Return of whom something is asked now: key and name."""
    rows = standing_asks(access).order_by().values_list("whom__organisation_id", "whom__name", "whom_outside")
    found = {
        (f"in:{key}", name) if key else (f"out:{outside}", outside) for key, name, outside in rows.distinct()
    }
    return sorted(found, key=lambda pair: pair[1].casefold())


def asked_of(access: Access, key: str) -> list[Line]:
    """Return what is asked of one organisation or body, as on the page for its director."""
    where, _, name = key.partition(":")
    rows = standing_asks(access)
    rows = (
        rows.filter(whom__organisation_id=name)
        if where == "in"
        else rows.filter(whom=None, whom_outside=name)
    )
    asks = list(rows[:100])
    counted = Counted(access, [ask.barrier_id for ask in asks])
    return [Line(ask, counted.of(ask.barrier)) for ask in asks]


# Shared between partnerships


@dataclass(frozen=True)
class Elsewhere:
    """A barrier that another partnership shares: its checked words, and how far it has come there."""

    share: SharedBarrier
    partnerships: int
    total: int | None
    #: The barrier of this partnership that was made from it.
    ours: Barrier | None = None

    @property
    def asks(self) -> list[Ask]:
        """Return what was asked there, latest first: only what kind of answer came, and when, is for others."""
        found: list[Ask] = self.share.barrier.asked  # type: ignore[attr-defined]
        return [ask for ask in found if ask.withdrawn_at is None]

    @property
    def outcome(self) -> str:
        """Say in one line how far it has come."""
        barrier = self.share.barrier
        count = len(self.asks)
        said = barrier.get_state_display()
        return f"{said}, asked {'once' if count == 1 else f'{count} times'}" if count else said


def shared_elsewhere(access: Access) -> QuerySet[Any]:
    """Return what other partnerships share; nothing of this one."""
    # Across partnerships on purpose: the checked wording is all that is shown of another's rows.
    rows = SharedBarrier._base_manager.filter(withdrawn_at=None).exclude(partnership=access.partnership)
    asks = Prefetch("barrier__asks", Ask._base_manager.order_by("-asked_on", "-pk"), to_attr="asked")
    rows = rows.select_related("partnership", "barrier").prefetch_related(asks).order_by("-shared_at", "-pk")
    return rows if access.may("barriers.view") else rows.none()


def laid(access: Access, shares: Sequence[SharedBarrier]) -> list[Elsewhere]:
    """Return shared barriers with how many have them too, for how many, and ours: a few queries for all."""
    keys = [share.share_id for share in shares]
    kin = (
        Barrier._base_manager.filter(origin__in=keys)
        .values("origin")
        .annotate(count=Count("partnership", distinct=True))
    )
    too = {row["origin"]: row["count"] for row in kin}
    ours = {row.origin: row for row in Barrier.of(access.partnership).filter(origin__in=keys)}
    people = _counts_elsewhere([share.barrier_id for share in shares])
    return [
        Elsewhere(
            share, too.get(share.share_id, 0) + 1, people.get(share.barrier_id), ours.get(share.share_id)
        )
        for share in shares
    ]


def _counts_elsewhere(pks: list[int]) -> dict[int, int | None]:
    marks = Mark._base_manager.filter(barrier__in=pks, lifted_at=None, person__merged_into=None).order_by()
    parts: dict[int, list[int]] = {}
    for row in marks.values("barrier_id", "organisation_id").annotate(people=Count("person", distinct=True)):
        parts.setdefault(row["barrier_id"], []).append(row["people"])
    totals = marks.values("barrier_id").annotate(people=Count("person", distinct=True))
    return {row["barrier_id"]: shown_total(parts[row["barrier_id"]], row["people"]) for row in totals}


def share_or_404(access: Access, share_id: str) -> SharedBarrier:
    """Return a barrier that another partnership shares; raises Http404 once it is taken back."""
    found: SharedBarrier | None = shared_elsewhere(access).filter(share_id=share_id).first()
    if found is None:
        raise Http404("No such shared barrier")
    return found


def share_of(barrier: Barrier) -> SharedBarrier | None:
    """Return how a barrier is shared now; None while it is not."""
    found: SharedBarrier | None = (
        SharedBarrier.of(barrier.partnership)
        .filter(barrier=barrier, withdrawn_at=None)
        .select_related("shared_by")
        .first()
    )
    return found


def others_with(share: SharedBarrier | None, barrier: Barrier) -> list[str]:
    """Return the names of the other partnerships that have said they have a barrier too."""
    key = share.share_id if share is not None else barrier.origin
    if not key:
        return []
    rows = Barrier._base_manager.filter(origin=key).exclude(partnership=barrier.partnership_id)
    names = set(rows.values_list("partnership__name", flat=True))
    if share is None:
        first = SharedBarrier._base_manager.filter(share_id=key, withdrawn_at=None)
        names |= set(first.values_list("partnership__name", flat=True))
    return sorted(names)


def late_asks(access: Access) -> QuerySet[Any]:
    """Return what has had no answer by its day, of barriers that the seat looks after."""
    rows = standing_asks(access).filter(answer="", due_on__lt=today())
    if access.reach("barriers.manage") != "partnership":
        rows = rows.filter(barrier__organisation__in=access.organisation_ids("barriers.manage"))
    return rows


def to_check(access: Access) -> QuerySet[Any]:
    """Return what was answered with yes or in part, and nobody has looked at since, of the seat's barriers."""
    rows = standing_asks(access).filter(answer__in=("yes", "partly"), helped=None)
    if access.reach("barriers.manage") != "partnership":
        rows = rows.filter(barrier__organisation__in=access.organisation_ids("barriers.manage"))
    return rows.annotate(since=F("answered_on"))
