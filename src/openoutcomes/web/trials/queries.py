"""Reading tests of change: those of the partnership, what was tried before, and how long decisions take."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse

from openoutcomes.web.cases import queries as cases
from openoutcomes.web.cases.words import wanted
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.results.small_numbers import LEAST, rounded
from openoutcomes.web.ties.models import Tie
from openoutcomes.web.trials.models import AIMS, Decision, Observation, SharedTrial, Trial

#: The most that a search of what was tried before shows.
MOST = 12


def trials_for(access: Access) -> QuerySet[Any]:
    """Return the partnership's tests of change."""
    rows = Trial.of(access.partnership).select_related("organisation")
    return rows if access.may("trials.view") else rows.none()


def trial_or_404(access: Access, trial_id: str) -> Trial:
    """Return one of the partnership's tests; raises Http404 for others."""
    rows = trials_for(access).select_related("added_by", "cycle_of").filter(trial_id=trial_id)
    found: Trial | None = rows.first()
    if found is None:
        raise Http404("No such test of change")
    return found


def may_run(access: Access, trial: Trial) -> bool:
    """Say whether a seat runs a test: its organisation's people, or those of the partnership as a whole."""
    return access.allows("trials.run", trial.organisation_id or 0)


def aimed(access: Access) -> set[str]:
    """Return the ids of tests that serve an aim: they are tied to a commitment, theme, story or barrier."""
    rows = Tie.of(access.partnership).filter(
        Q(one_kind="trial", other_kind__in=AIMS) | Q(other_kind="trial", one_kind__in=AIMS)
    )
    return {
        one if kind == "trial" else other
        for kind, one, other in rows.values_list("one_kind", "one_key", "other_key")
    }


def median_days(access: Access) -> tuple[int | None, int]:
    """Return the median of days from doubt to decision, and of how many tests it is."""
    rows = trials_for(access).exclude(decided_on=None).values_list("doubt_on", "decided_on")
    days = [(decided - doubt).days for doubt, decided in rows]
    return (round(statistics.median(days)) if days else None), len(days)


def chain_of(trial: Trial) -> list[Trial]:
    """Return every cycle of a test in order, the given one among them."""
    first = trial
    while first.cycle_of is not None:
        first = first.cycle_of
    found: list[Trial] = [first]
    while True:
        after = Trial.of(trial.partnership).filter(cycle_of=found[-1]).exclude(state="dropped").first()
        if after is None:
            return found
        found.append(after)


def next_cycle(trial: Trial) -> Trial | None:
    """Return the cycle that follows a test; None where there is none."""
    found: Trial | None = Trial.of(trial.partnership).filter(cycle_of=trial).exclude(state="dropped").first()
    return found


def has_searched(trial: Trial) -> bool:
    """Say whether its people have looked at what was tried before."""
    return bool(trial.searches.filter(partnership=trial.partnership_id).exists())


# What was seen


def observations_of(trial: Trial) -> list[Observation]:
    """Return what was seen and stands, latest day first; what was corrected is left out."""
    rows = Observation.of(trial.partnership).filter(trial=trial, corrected_by=None)
    return list(rows.select_related("by", "corrects"))


@dataclass(frozen=True)
class Seen:
    """An observation as a seat may see it: a figure of few people is held back from all but those who run it."""

    row: Observation
    value: str
    of: str
    is_held_back: bool = False


def seen(trial: Trial, rows: Sequence[Observation], *, is_own: bool) -> list[Seen]:
    """Return observations for a seat."""
    return [_seen(trial, row, is_own=is_own) for row in rows]


def _seen(trial: Trial, row: Observation, *, is_own: bool) -> Seen:
    if row.value is None:
        return Seen(row, "", "" if row.n is None or not is_own else f"of {row.n:,}")
    if is_own:
        return Seen(row, figure(trial, row.value), "" if row.n is None else f"of {row.n:,}")
    if gives_away(trial, row):
        return Seen(row, "Held back", "", is_held_back=True)
    value = Decimal(rounded(int(row.value))) if trial.unit in ("people", "percent") else row.value
    return Seen(row, figure(trial, value), "" if row.n is None else f"of about {rounded(row.n):,}")


def gives_away(trial: Trial, row: Observation) -> bool:
    """Say whether a figure might point at a person: it is of few people, or leaves few on the other side."""
    if row.value is None:
        return False
    if row.n is not None and row.n < LEAST:
        return True
    if trial.unit == "people":
        return row.value < LEAST or (row.n is not None and row.n - row.value < LEAST)
    if trial.unit == "percent":
        if row.n is None:
            return True
        count = row.value * row.n / 100
        return count < LEAST or row.n - count < LEAST
    return row.n is None


def before(trial: Trial, *, is_own: bool) -> str:
    """Say how it was before the test; nothing to others where the figure might point at a person."""
    value = trial.before
    if value is None or (not is_own and gives_away(trial, Observation(trial=trial, value=value))):
        return ""
    return figure(trial, value)


def figure(trial: Trial, value: Decimal | None) -> str:
    """Say a value with its unit."""
    if value is None:
        return ""
    number = f"{value:,.2f}".removesuffix(".00")
    if trial.unit == "pounds":
        return f"£{number}"
    if trial.unit == "percent":
        return f"{number}%"
    return number if trial.unit == "other" else f"{number} {trial.get_unit_display()}"


@dataclass(frozen=True)
class Verdict:
    """How what was seen stands to what was expected."""

    words: str
    colour: str


def verdict(trial: Trial, rows: Sequence[Observation]) -> Verdict | None:
    """Compare the latest figure with the prediction; None where there is no figure."""
    latest = next((row for row in rows if row.value is not None), None)
    if latest is None or latest.value is None:
        return None
    sign = 1 if trial.better == "more" else -1
    if sign * (latest.value - trial.expected) >= 0:
        return Verdict("As expected", "green")
    if trial.before is not None and sign * (latest.value - trial.before) > 0:
        return Verdict("Better than before", "yellow")
    return Verdict("Not as expected", "red")


# What was tried before


@dataclass(frozen=True)
class Tried:
    """Something that was tried before, here or elsewhere; what did not work is as welcome as what did."""

    kind: str
    key: str
    title: str
    result: str
    whose: str
    learned: str
    address: str

    def kept(self) -> dict[str, str]:
        """Return what is kept of it with a search."""
        return asdict(self)


def tried(access: Access, text: str, *, without: Trial | None = None) -> list[Tried]:
    """Return what was tried that has words of ``text``: own tests, those shared by others, and cases."""
    asked = wanted(text)
    if not asked:
        return []
    own = trials_for(access).exclude(state="dropped").prefetch_related(None)
    if without is not None:
        chain = [one.pk for one in chain_of(without)]
        own = own.exclude(pk__in=chain)
    slug = access.partnership.slug
    found: list[tuple[int, Tried]] = []
    rows = list(_with_words(own, asked)[: 4 * MOST])
    lessons = _lessons(access, rows)
    for row in rows:
        address = reverse("trial", kwargs={"partnership": slug, "trial_id": row.trial_id})
        one = Tried(
            "trial",
            row.trial_id,
            row.title,
            row.get_state_display(),
            "Ours",
            lessons.get(row.pk, ""),
            address,
        )
        found.append((_fits(row, asked), one))
    states = dict(Trial.STATES)
    for shared in _with_words(shared_elsewhere(access), asked)[: 4 * MOST]:
        address = reverse("trial_elsewhere", kwargs={"partnership": slug, "share_id": shared.share_id})
        one = Tried(
            "trial elsewhere", shared.share_id, shared.values["title"], states[shared.result],
            shared.partnership.name, shared.values["learned"], address,
        )  # fmt: skip
        found.append((_fits(shared, asked), one))
    for case in cases.search(access, text, limit=MOST) if access.may("cases.view") else []:
        one = Tried(
            "case", case.key, case.title, case.result_words, case.whose or "Ours", case.learned, case.address
        )
        found.append((len(case.matched), one))
    found.sort(key=lambda pair: -pair[0])
    return [one for _, one in found[:MOST]]


def _with_words(rows: QuerySet[Any], asked: Iterable[str]) -> QuerySet[Any]:
    any_of = Q()
    for word in asked:
        # A beginning of a word is enough, as in the search of cases.
        any_of |= Q(all_words__contains=f" {word}")
    return rows.filter(any_of)


def _fits(row: Any, asked: Iterable[str]) -> int:
    return sum(f" {word}" in row.all_words for word in asked)


def _lessons(access: Access, rows: Sequence[Trial]) -> dict[int, str]:
    decided = Decision.of(access.partnership).filter(trial__in=[row.pk for row in rows]).order_by("at", "pk")
    return {decision.trial_id: decision.learned for decision in decided}


# Shared between partnerships


def shared_elsewhere(access: Access) -> QuerySet[Any]:
    """Return the tests that other partnerships share; nothing of this one."""
    # Across partnerships on purpose: the checked words are all that is shown of another's rows.
    rows = SharedTrial._base_manager.filter(withdrawn_at=None).exclude(partnership=access.partnership)
    rows = rows.select_related("partnership").order_by("-shared_at", "-pk")
    return rows if access.may("trials.view") else rows.none()


def share_or_404(access: Access, share_id: str) -> SharedTrial:
    """Return a test that another partnership shares; raises Http404 once it is taken back."""
    found: SharedTrial | None = shared_elsewhere(access).filter(share_id=share_id).first()
    if found is None:
        raise Http404("No such shared test of change")
    return found


def share_of(trial: Trial) -> SharedTrial | None:
    """Return how a test is shared now; None while it is not."""
    found: SharedTrial | None = (
        SharedTrial.of(trial.partnership).filter(trial=trial, withdrawn_at=None).first()
    )
    return found


def overdue(access: Access) -> QuerySet[Any]:
    """Return the running tests of the seat whose day for a decision has gone by."""
    rows = trials_for(access).filter(state="running", expect_by__lt=today())
    if access.reach("trials.run") != "partnership":
        rows = rows.filter(organisation__in=access.organisation_ids("trials.run"))
    return rows
