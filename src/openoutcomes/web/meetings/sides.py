"""Projects side by side on the few measures there are: counted for a period, and laid out with small numbers kept.

Every count is of people of a project (a programme), each once: somebody in two projects is in both. The measures:
reached an outcome (any, or one of the outcomes map), had it accepted by a verifier, time to the first, said it helped,
reached a goal.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any, cast

from django.core.cache import cache
from django.db.models import Count, F, Min, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from openoutcomes.web.contracts.queries import files_in_force, read_file
from openoutcomes.web.meetings.chance import Test, same_shares, same_times, sentence
from openoutcomes.web.meetings.release import Figure, Part, release
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.records.models import Record
from openoutcomes.web.results.queries import REACHED, Figures, Period, Whose, figures
from openoutcomes.web.results.small_numbers import LEAST, hidden
from openoutcomes.web.results.tables import outcome_name

#: The question by which people say whether it helped.
HELPED = "did-this-help"
#: How many people must have a first outcome before its time is shown.
ENOUGH = 2 * LEAST
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
    #: The one outcome of the map that is looked at, where one is, and the same for it.
    outcome: str = ""
    achieved_it: dict[int, int] = field(default_factory=dict)
    accepted_it: dict[int, int] = field(default_factory=dict)
    #: Projects whose number of people is held back on the page of results as well.
    kept_elsewhere: set[int] = field(default_factory=set)


def outcomes_looked_at(partnership: Any) -> dict[str, Q]:
    """Return the outcomes of the map that the partnership's contracts count, each with the condition on records."""
    found: dict[str, Q] = {}
    for file in files_in_force(partnership).values():
        for outcome in read_file(file)[1].versions[-1].outcomes.values():
            for code in outcome.counts_as:
                found.setdefault(code, Q(code=code))
                found[code] |= Q(contract=file.contract_id, code=outcome.code)
    return dict(sorted(found.items()))


def counted(partnership: Any, period: Period, outcome: str = "") -> Counted:
    """Count a period, or return what was counted within the last quarter of an hour."""
    key = f"sides:{partnership.pk}:{period.first}:{period.last}:{outcome}"
    return cast("Counted", cache.get_or_set(key, partial(_count, partnership, period, outcome), KEPT))


def _count(partnership: Any, period: Period, outcome: str) -> Counted:
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
    which = Q()
    if outcome:
        which = outcomes_looked_at(partnership)[outcome]
        found.outcome = outcome
        found.achieved_it = _people(outcomes.filter(which))
        found.accepted_it = _people(outcomes.filter(which, state="accepted"))
    _times(found, partnership, period, which)
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


def _times(found: Counted, partnership: Any, period: Period, which: Q) -> None:
    """Take the days from start to first outcome of those whose first outcome lies in the period."""
    rows = Record.of(partnership).filter(
        which, table="achievements", current=True, withdrawn=False, on__lte=period.last, enrolment__started_on__isnull=False,
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
    f"* Fewer than {LEAST} people, with or without; or a figure from which that could be worked out. Other counts are "
    "rounded to the nearest 5 and shares are worked out from rounded counts. Projects are in order of their names. "
    "Intervals show what a project’s share may be in the long run, 19 times in 20."
)


def parts_of(found: Counted) -> dict[str, list[Part]]:
    """Return the measures of shares by name, each project's count with what it lies inside and is shown elsewhere."""
    measures: dict[str, list[Part]] = {"achieved": [], "accepted": [], "helped": [], "goals": []}
    if found.outcome:
        measures |= {"achieved_it": [], "accepted_it": []}
    for pk, *_ in found.projects:
        of, kept = found.reached.get(pk, 0), pk in found.kept_elsewhere
        any_one = Part(pk, found.achieved.get(pk, 0), of, of_is_kept=kept)
        verified = Part(pk, found.accepted.get(pk, 0), of, any_one.shown, of_is_kept=kept)
        measures["achieved"].append(any_one)
        measures["accepted"].append(verified)
        if found.outcome:
            it = Part(pk, found.achieved_it.get(pk, 0), of, any_one.shown, of_is_kept=kept)
            its = found.accepted_it.get(pk, 0)
            # Those who reached it or had any verified: with all three counts, who did neither is known.
            either = it.yes + verified.yes - its if it.shown and verified.shown else 0
            whole = any_one.yes if any_one.shown else of
            inside = (*any_one.shown, *verified.shown, *it.shown)
            is_kept = whole - either < LEAST
            measures["achieved_it"].append(it)
            measures["accepted_it"].append(Part(pk, its, of, inside, is_kept=is_kept, of_is_kept=kept))
        shown = () if any_one.keeps_of else (of,)
        for name, counts in (("helped", found.helped), ("goals", found.goals)):
            yes, asked = counts.get(pk, (0, 0))
            measures[name].append(Part(pk, yes, asked, of_inside=shown))
    return measures


def lay_out(found: Counted) -> list[Side]:
    """Return the measures as they may be shown to everybody."""
    parts = parts_of(found)
    first, second = ("achieved_it", "accepted_it") if found.outcome else ("achieved", "accepted")
    named = f"“{outcome_name(found.outcome)}”" if found.outcome else "an outcome"
    return [
        _side(found, parts[first], f"Reached {named}",
              f"People who reached {named} in the period and were not refused it, of all who had support in it.",
              ("People supported", "Reached it")),
        _side(found, parts[second], f"Reached {named}, and it was verified",
              "People for whom a verifier accepted it, of all who had support.",
              ("People supported", "Verified")),
        _time_side(found, parts[first], named),
        _side(found, parts["helped"], "Said it helped",
              "People whose latest answer to “Did this help?” was yes, of those who answered. "
              "Those who did not answer may think otherwise.",
              ("People who answered", "Said yes")),
        _side(found, parts["goals"], "Reached a goal of their own",
              "People who rated a goal ten of ten, of those who set one in the period. Nobody has to set one.",
              ("People with a goal", "Reached one")),
    ]  # fmt: skip


def _side(found: Counted, parts: list[Part], title: str, lead: str, headings: tuple[str, str]) -> Side:
    released = release(parts)
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


def shows_time(part: Part, people: int) -> bool:
    """Say whether a project's time may be shown: that it is says that at least so many people had an outcome.

    So where who reached one is held back, enough others must be left for that to say no more than it did.
    """
    return people >= ENOUGH and not part.keeps_of and (not part.keeps or part.of >= ENOUGH + LEAST)


def _time_side(found: Counted, parts: list[Part], named: str) -> Side:
    rows, shown = [], []
    of = {part.key: part for part in parts}
    for pk, name, organisation, _ in found.projects:
        days = found.days.get(pk, [])
        called = f"{name}, {organisation}"
        if not shows_time(of[pk], len(days)):
            rows.append(Row(called, KEPT_BACK, KEPT_BACK, "", ""))
            continue
        shown.append(days)
        low, high = (weeks(end) for end in middle_interval(days))
        rows.append(
            Row(called, f"{ENOUGH} or more", _weeks(weeks(median(days))), "", f"{low} and {_weeks(high)}")
        )
    test = same_times(shown)
    return Side(
        f"Time to {named}" if found.outcome else "Time to the first outcome",
        "Weeks from the start of support until half were there, of those who came there in the period. "
        "People still on their way are not in it, so a short time may also mean that few have come far.",
        ("People", "Half within", "", "Between"),
        rows, sentence(test, LOOKS), _named(test),
    )  # fmt: skip


def _weeks(count: int) -> str:
    return f"{count} week{'' if count == 1 else 's'}"


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
