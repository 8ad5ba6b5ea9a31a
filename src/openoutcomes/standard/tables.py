"""Every table of the standard, with the fields that all of them carry."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from openoutcomes.standard.declarations import delivery, outcomes, people, resources
from openoutcomes.standard.fields import Field, Table

#: Fields that every table ends with, declared once.
COMMON = (
    Field("partnership_id", "id", "The partnership whose record it is.", example="kirklees",
          why="Keeping partnerships apart"),
    Field("source", "text", "Where the row came from: a system, a file, a document.",
          example="monthly return, March 2015", why="Walking a figure back"),
    Field("version", "integer", "Version of the record: the versions of a record share its id.",
          minimum=1, default="1", example="1", why="What was known by a day"),
    Field("recorded_at", "datetime", "When this version was recorded; UTC unless an offset is written.",
          example="2016-07-01T09:30:00Z", why="What was known by a day"),
    Field("replaces", "id", "Id of another record of the table that this one takes the place of.",
          example="old-0001", why="Merged and re-keyed records"),
    Field("withdrawn", "boolean", "Whether this version withdraws the record.", default="false",
          example="false", why="Mistakes and erasure"),
)  # fmt: skip

#: The order in which tables are published: organisations first, then people, then what happened.
_ORDER = (
    "organisations", "programmes", "people", "enrolments", "referrals", "strengths", "goals", "needs",
    "contacts", "activities", "measures", "events", "achievements", "contributions", "verifications",
    "achievement_counts", "cohort_results", "feedback", "indicators", "costs", "capacity", "changes",
    "investments", "consents",
)  # fmt: skip


def _declare() -> dict[str, Table]:
    """Gather the declarations in published order, each with the common fields."""
    given = chain(people.TABLES, delivery.TABLES, outcomes.TABLES, resources.TABLES)
    by_name = {table.name: replace(table, fields=table.fields + COMMON) for table in given}
    return {name: by_name[name] for name in _ORDER}


#: Every table of the standard by name, in published order.
TABLES: dict[str, Table] = _declare()
