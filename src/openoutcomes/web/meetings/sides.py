"""Projects side by side on the few measures there are: counted for a period, and laid out with small numbers kept.

Every count is of people of a project (a programme), each once: somebody in two projects is in both. The measures:
reached an outcome, had one accepted by a verifier, time to the first outcome, said it helped, reached a goal.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import median
from typing import Any, cast

from django.core.cache import cache
from django.db.models import Count, F, Min, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from openoutcomes.web.meetings.chance import Test, same_shares, same_times, sentence
from openoutcomes.web.meetings.release import Figure, Part, Released, keeps, release
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.records.models import Record
from openoutcomes.web.results.queries import REACHED, Figures, Period, Whose, figures
from openoutcomes.web.results.small_numbers import LEAST, hidden

#: The question by which people say whether it helped.
HELPED = "did-this-help"
#: How many people must have a first outcome before an interval of the middle is shown.
_ENOUGH = 2 * LEAST
#: For how many seconds figures are kept.
KEPT = 15 * 60
#: How many measures are looked at together: the bar of each test is set by it.
LOOKS = 5


@dataclass
class Counted:
    """What was counted: by project, how many people of how many, and days to the first outcome."""

    projects: list[tuple[int, str, str, int]] = field(default_factory=list)
    reached: dict[int, int] = field(default_factory=dict)
    achieved: dict[int, int] = field(default_factory=dict)
    accepted: dict[int, int] = field(default_factory=dict)
    helped: dict[int, tuple[int, int]] = field(default_factory=dict)
    goals: dict[int, tuple[int, int]] = field(default_factory=dict)
    days: dict[int, list[int]] = field(default_factory=dict)
    #: Projects whose number of people is held back on the page of results as well.
    kept_elsewhere: set[int] = field(default_factory=set)


def counted(partnership: Any, period: Period) -> Counted:
    """Count a period, or return what was counted within the last quarter of an hour."""
    key = f"sides:{partnership.pk}:{period.first}:{period.last}"
    return cast("Counted", cache.get_or_set(key, partial(_count, partnership, period), KEPT))


def _count(partnership: Any, period: Period) -> Counted:
    found = Counted()
    there = Enrolment.of(partnership).filter(_there("", period))
    counts: Any = (
        there.order_by()
        .values("programme")
        .annotate(n=Count("person", distinct=True))
        .values_list("programme", "n")
    )
    found.reached = dict(counts)
    programmes = Programme.of(partnership).filter(pk__in=list(found.reached)).select_related("organisation")
    found.projects = [
        (one.pk, one.name, one.organisation.name, one.organisation_id)
        for one in programmes.order_by("name", "organisation__name", "pk")
    ]
    outcomes = _rows(partnership, "achievements", period).exclude(state="refused")
    found.achieved = _people(outcomes)
    found.accepted = _people(outcomes.filter(state="accepted"))
    _goals(found, partnership, period)
    _helped(found, partnership, period)
    _times(found, partnership, period)
    found.kept_elsewhere = _kept(partnership, period)
    return found


def _there(before: str, period: Period) -> Q:
    """Return the condition that an enrolment lay in the period, in part at least: as results count it."""
    condition = Q(**{f"{before}started_on__lte": period.last})
    if period.first is None:
        return condition
    return condition & (Q(**{f"{before}ended_on": None}) | Q(**{f"{before}ended_on__gte": period.first}))


def _rows(partnership: Any, table: str, period: Period) -> QuerySet[Record]:
    rows = Record.of(partnership).filter(
        _there("enrolment__", period), table=table, current=True, withdrawn=False, person__isnull=False,
        on__lte=period.last,
    )  # fmt: skip
    return rows if period.first is None else rows.filter(on__gte=period.first)


def _people(rows: QuerySet[Record]) -> dict[int, int]:
    grouped = rows.order_by().values("enrolment__programme").annotate(n=Count("person", distinct=True))
    pairs: Any = grouped.values_list("enrolment__programme", "n")
    return dict(pairs)


def _text(name: str) -> Cast:
    return Cast(KeyTextTransform(name, "values"), TextField())


def _goals(found: Counted, partnership: Any, period: Period) -> None:
    rows = _rows(partnership, "goals", period).annotate(rating=_text("rating"))
    every, met = _people(rows), _people(rows.filter(rating=REACHED))
    found.goals = {key: (met.get(key, 0), of) for key, of in every.items()}


def _helped(found: Counted, partnership: Any, period: Period) -> None:
    """Count each person's latest answer in the period."""
    rows = _rows(partnership, "feedback", period).filter(code=HELPED).annotate(answer=_text("answer"))
    latest: dict[tuple[int, int], str] = {}
    ordered: Any = rows.order_by("on", "record_id").values_list("enrolment__programme", "person", "answer")
    for programme, person, answer in ordered:
        latest[programme, person] = answer or ""
    tally: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for (programme, _), answer in latest.items():
        tally[programme][0] += answer.casefold().startswith("yes")
        tally[programme][1] += 1
    found.helped = {key: (yes, of) for key, (yes, of) in tally.items()}


def _times(found: Counted, partnership: Any, period: Period) -> None:
    """Take the days from start to first outcome of those whose first outcome lies in the period."""
    rows = Record.of(partnership).filter(
        table="achievements", current=True, withdrawn=False, on__lte=period.last, enrolment__started_on__isnull=False,
        on__gte=F("enrolment__started_on"),
    )  # fmt: skip
    firsts: Any = (
        rows.exclude(state="refused")
        .order_by()
        .values("enrolment", "enrolment__programme", "enrolment__started_on")
        .annotate(first=Min("on"))
    )
    if period.first is not None:
        firsts = firsts.filter(first__gte=period.first)
    days: dict[int, list[int]] = defaultdict(list)
    for row in firsts.iterator(chunk_size=5000):
        days[row["enrolment__programme"]].append((row["first"] - row["enrolment__started_on"]).days)
    found.days = {key: sorted(values) for key, values in days.items()}


def _kept(partnership: Any, period: Period) -> set[int]:
    """Return the projects whose number of people the page of results holds back for the same period.

    Were it shown here, that page would hold it back for nothing.
    """
    whose = Whose(partnership, None, None, is_own=False)
    key = f"results:{whose.key}:{period.first}:{period.last}"
    shown = cast("Figures", cache.get_or_set(key, partial(figures, whose, period), KEPT))
    out = hidden(shown.counts, shown.bounds)
    return {pk for pk, _, _ in shown.programmes if ("reached", "programme", pk) in out}


@dataclass(frozen=True)
class Row:
    """One project's line of a measure: its name, the figure in words, and the ends of its interval."""

    name: str
    of: str
    yes: str
    share: str
    interval: str


@dataclass(frozen=True)
class Side:
    """A measure of every project, with a sentence on what chance explains."""

    title: str
    lead: str
    headings: tuple[str, str, str, str]
    rows: list[Row]
    said: str
    test: str

    @property
    def is_held_back(self) -> bool:
        """Whether nothing of it may be shown."""
        return all(row.of == row.yes == KEPT_BACK for row in self.rows)


KEPT_BACK = "held back*"
NOTE = (
    f"* Fewer than {LEAST} people, with or without; or a total from which that could be worked out. Other counts are "
    "rounded to the nearest 5 and shares are worked out from rounded counts. Projects are in order of their names. "
    "Intervals show what a project’s share may be in the long run, 19 times in 20."
)


def outcomes_of(found: Counted) -> tuple[Released, Released]:
    """Return what may be shown of who reached an outcome, and of whose was verified: each bounds the other.

    Both totals together give how many wait to be verified, so they are shown together only where every project's are.
    """
    achieved, accepted = _outcomes(found)
    first, second = release(achieved), release(accepted)
    if first.total is not None and any(keeps(part) for part in (*achieved, *accepted)):
        second = replace(second, total=None)
    return first, second


def _outcomes(found: Counted) -> tuple[list[Part], list[Part]]:
    achieved = _parts(found, {key: (found.achieved.get(key, 0), of) for key, of in found.reached.items()})
    accepted = _accepted(found, achieved)
    lows = {part.key: part.yes for part in accepted if not keeps(part)}
    return [replace(part, low=lows.get(part.key, 0)) for part in achieved], accepted


def lay_out(found: Counted) -> list[Side]:
    """Return the measures as they may be shown to everybody."""
    achieved, accepted = _outcomes(found)
    first, second = outcomes_of(found)
    sides = [
        _side(found, first, achieved, "Reached an outcome",
              "People with at least one outcome in the period that was not refused, of all who had support in it.",
              ("People supported", "Reached an outcome")),
        _side(found, second,
            accepted, "Reached an outcome that was verified",
              "People with at least one outcome that a verifier accepted, of all who had support.",
              ("People supported", "Verified")),
        _time_side(found),
    ]  # fmt: skip
    helped, goals = _parts(found, found.helped, own=True), _parts(found, found.goals, own=True)
    sides.append(_side(found, release(helped), helped, "Said it helped",
                       "People whose latest answer to “Did this help?” was yes, of those who answered. "
                       "Those who did not answer may think otherwise.",
                       ("People who answered", "Said yes")))  # fmt: skip
    sides.append(_side(found, release(goals), goals, "Reached a goal of their own",
                       "People who rated a goal ten of ten, of those who set one in the period. Nobody has to set one.",
                       ("People with a goal", "Reached one")))  # fmt: skip
    return sides


def _parts(found: Counted, counts: Mapping[int, tuple[int, int]], *, own: bool = False) -> list[Part]:
    """Return the parts of a measure; ``own`` when its number of people is not that of all who had support."""
    return [
        Part(pk, organisation, *counts.get(pk, (0, 0)), of_is_kept=not own and pk in found.kept_elsewhere)
        for pk, _, _, organisation in found.projects
    ]


def _accepted(found: Counted, achieved: list[Part]) -> list[Part]:
    """Return the verified, held back also where few wait: less the verified, those who reached one are shown."""
    parts = []
    for part in achieved:
        yes = found.accepted.get(part.key, 0)
        shown = not keeps(part)
        parts.append(
            Part(
                part.key, part.organisation, yes, part.of, high=part.yes if shown else None,
                is_kept=shown and part.yes - yes < LEAST, of_is_kept=part.of_is_kept,
            )
        )  # fmt: skip
    return parts


def _side(
    found: Counted, released: Released, parts: list[Part], title: str, lead: str, headings: tuple[str, str]
) -> Side:
    names = {pk: f"{name}, {organisation}" for pk, name, organisation, _ in found.projects}
    rows = [_row(names[key], figure) for key, figure in released.figures.items()]
    if released.total is not None:
        rows.append(_row("All together", released.total))
    elif len(rows) > 1:
        rows.append(Row("All together", KEPT_BACK, KEPT_BACK, KEPT_BACK, ""))
    shown = set(released.shown)
    test = same_shares([(part.yes, part.of) for part in parts if part.key in shown])
    return Side(title, lead, (*headings, "Share", "Between"), rows, sentence(test, LOOKS), _named(test))


def _named(test: Test | None) -> str:
    return "" if test is None else f"{test.name[:1].upper()}{test.name[1:]}, {test.groups} projects shown."


def _row(name: str, figure: Figure) -> Row:
    ends = figure.interval
    return Row(
        name,
        KEPT_BACK if figure.of is None else f"{figure.of:,}",
        KEPT_BACK if figure.yes is None else f"{figure.yes:,}",
        KEPT_BACK if figure.percent is None else f"{figure.percent}%",
        "" if ends is None else f"{ends[0]}% and {ends[1]}%",
    )


def _time_side(found: Counted) -> Side:
    rows, shown = [], []
    for pk, name, organisation, _ in found.projects:
        days = found.days.get(pk, [])
        called = f"{name}, {organisation}"
        if len(days) < LEAST:
            rows.append(Row(called, KEPT_BACK, KEPT_BACK, KEPT_BACK, ""))
            continue
        shown.append(days)
        count = (len(days) + 2) // 5 * 5
        middle = weeks(median(days))
        ends = middle_interval(days) if len(days) >= _ENOUGH else None
        between = f"{weeks(ends[0])} and {weeks(ends[1])} weeks" if ends else ""
        rows.append(Row(called, f"{count:,}", f"{middle} week{'' if middle == 1 else 's'}", "", between))
    test = same_times(shown)
    return Side(
        "Time to the first outcome",
        "Weeks from the start of support until half had their first outcome, of those who had it in the period. "
        "People still on their way are not in it, so a short time may also mean that few have come far.",
        ("People with a first outcome", "Half within", "Share", "Between"),
        rows, sentence(test, LOOKS), _named(test),
    )  # fmt: skip


def weeks(days: float) -> int:
    """Return days as whole weeks, rounded, so that nobody's own day is shown."""
    return math.floor(days / 7 + 0.5)


def middle_interval(days: list[int]) -> tuple[int, int]:
    """Return the 95% interval of the middle of ordered days, by the ranks that a binomial gives."""
    n = len(days)
    reach = 1.959964 * math.sqrt(n) / 2
    low = max(0, math.floor(n / 2 - reach) - 1)
    high = min(n - 1, math.ceil(n / 2 + reach))
    return days[low], days[high]


def shown_as_file(sides: Iterable[Side], period: Period) -> list[tuple[str, ...]]:
    """Return the rows of a file: measure, project, of, yes, share, between, and the period."""
    first: dt.date | None = period.first
    return [
        (side.title, row.name, row.of, row.yes, row.share, row.interval, str(first or ""), str(period.last))
        for side in sides
        for row in side.rows
    ]
