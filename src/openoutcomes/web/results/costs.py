"""What recording costs the front line: minutes of typing for each person supported in each month."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import today
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.records.models import Record
from openoutcomes.web.results.small_numbers import LEAST

#: The aim: at most this many minutes of recording for each person in a month, at the median.
AIM = 10
#: How many whole months are looked at, besides the one that is going on.
MONTHS = 6


@dataclass(frozen=True)
class Cost:
    """Minutes for each person and month: at the median, and what nine of ten stay under."""

    name: str
    people: int
    months: int
    median: Decimal
    ninetieth: Decimal

    @property
    def is_within_aim(self) -> bool:
        """Whether the median is under the aim."""
        return self.median < AIM


def began(day: dt.date) -> dt.date:
    """Return the first day of the months looked at."""
    month = day.replace(day=1)
    for _ in range(MONTHS):
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return month


def costs(access: Access) -> tuple[list[Cost], Cost | None, int]:
    """Return the cost by organisation, over all of them, and how many organisations are too small to show.

    What is typed by hand counts, corrections too: a record with the time that its form took. Only months
    in which something was recorded about a person count, which makes the figure higher and not lower.
    """
    reach = access.reach("recording.view")
    own = access.organisation_ids("recording.view")
    rows = Record.of(access.partnership).filter(
        seconds__isnull=False,
        person__isnull=False,
        recorded_by__isnull=False,
        recorded_at__date__gte=began(today()),
    )
    if reach != "partnership":
        rows = rows.filter(organisation__in=own)
    grouped = (
        rows.annotate(month=TruncMonth("recorded_at"))
        .values("organisation", "person", "month")
        .annotate(spent=Sum("seconds"))
        .order_by()
        .values_list("organisation", "person", "spent")
    )
    spent: dict[Any, list[int]] = defaultdict(list)
    people: dict[Any, set[Any]] = defaultdict(set)
    for organisation, person, seconds in grouped.iterator(chunk_size=5000):
        spent[organisation].append(seconds)
        people[organisation].add(person)
    names = dict(Organisation.of(access.partnership).values_list("pk", "name"))
    found, small = [], 0
    for key, seconds_each in spent.items():
        if reach == "partnership" and len(people[key]) < LEAST:
            small += 1
        else:
            found.append(_cost(names.get(key or 0, "No organisation"), len(people[key]), seconds_each))
    every = [seconds for each in spent.values() for seconds in each]
    everybody = set().union(*people.values()) if people else set()
    total = None
    if every and (reach != "partnership" or len(everybody) >= LEAST):
        total = _cost("All together", len(everybody), every)
    return sorted(found, key=lambda one: one.name), total, small


def _cost(name: str, people: int, seconds: list[int]) -> Cost:
    ordered = sorted(seconds)
    return Cost(name, people, len(ordered), _minutes(ordered, 50), _minutes(ordered, 90))


def _minutes(ordered: list[int], percent: int) -> Decimal:
    """Return the nearest-rank percentile, in minutes to one place."""
    rank = max(1, -(-percent * len(ordered) // 100))
    return (Decimal(ordered[rank - 1]) / 60).quantize(Decimal("0.1"))


def shown(cost: Cost) -> list[str]:
    """Return a row for a table or a file."""
    return [cost.name, *map(str, (cost.people, cost.months, cost.median, cost.ninetieth))]
