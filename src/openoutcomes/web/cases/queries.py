"""Reading cases: one's own partnership's, and those that others of the installation have published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, IntegerField, Q, QuerySet, Value, When
from django.http import Http404
from django.urls import reverse

from openoutcomes.web.cases import words
from openoutcomes.web.cases.models import Case, Condition, CopyPlan, Publication
from openoutcomes.web.core.access import Access

#: The most cases that a search returns.
MOST = 50
#: How much more a word in the title counts than one in the text.
_IN_TITLE = 2


@dataclass(frozen=True)
class Found:
    """A case that a search found: where it is, what came of it, and which of the words it has."""

    #: ``here`` with the id of a case, or ``elsewhere`` with the id of a publication.
    where: str
    key: str
    title: str
    who_for: str
    #: Code of the result, for colours; ``result_words`` says it.
    result: str
    learned: str
    #: Whose it is: nothing where it is this partnership's own.
    whose: str
    address: str
    matched: tuple[str, ...] = ()
    asked: int = 0

    @property
    def result_words(self) -> str:
        """Return what came of it, in words."""
        return words.RESULTS[self.result]

    @property
    def why(self) -> str:
        """Say why it was found: which of the words asked for are in it."""
        if not self.asked:
            return ""
        return f"{len(self.matched)} of {self.asked} words: {', '.join(self.matched)}"


def cases_for(access: Access) -> QuerySet[Any]:
    """Return the partnership's cases that are not put away, for a seat that may see cases."""
    rows = Case.of(access.partnership).filter(put_away_at=None)
    return rows if access.may("cases.view") else rows.none()


def case_or_404(access: Access, case_id: str) -> Case:
    """Return one of the partnership's cases, also one put away; raises Http404 for others."""
    found: Case | None = (
        Case.of(access.partnership).filter(case_id=case_id).select_related("organisation", "added_by").first()
    )
    if found is None or not access.may("cases.view"):
        raise Http404("No such case")
    return found


def published_elsewhere(access: Access) -> QuerySet[Any]:
    """Return what other partnerships of this installation have published and not withdrawn."""
    # The one query of this room beyond the partnership: only checked copies, never the cases themselves.
    rows = Publication._base_manager.filter(withdrawn_at=None).exclude(partnership=access.partnership)
    return rows.select_related("partnership") if access.may("cases.view") else rows.none()


def publication_or_404(access: Access, publication_id: str) -> Publication:
    """Return another partnership's published case; raises Http404 once it is withdrawn."""
    found: Publication | None = published_elsewhere(access).filter(publication_id=publication_id).first()
    if found is None:
        raise Http404("No such published case")
    return found


def publication_of(case: Case) -> Publication | None:
    """Return how a case is published now; None while it is not."""
    found: Publication | None = (
        Publication.of(case.partnership)
        .filter(case=case, withdrawn_at=None)
        .select_related("published_by")
        .first()
    )
    return found


def plan_or_404(access: Access, plan_id: str) -> CopyPlan:
    """Return a plan to copy a case; raises Http404 for others."""
    rows = CopyPlan.of(access.partnership).select_related("case", "organisation", "begun_by", "decided_by")
    found: CopyPlan | None = rows.filter(plan_id=plan_id).first()
    if found is None or not access.may("cases.view"):
        raise Http404("No such plan")
    return found


def plans_with_counts(access: Access) -> QuerySet[Any]:
    """Return the plans with how many of their conditions are true, not true and not known."""
    counts = {state: Count("conditions", filter=Q(conditions__state=state)) for state, _ in Condition.STATES}
    return CopyPlan.of(access.partnership).annotate(**counts)


def condition_or_404(plan: CopyPlan, number: int) -> Condition:
    """Return a condition of a plan by its number; raises Http404 where it has none such."""
    found: Condition | None = (
        Condition.of(plan.partnership).filter(plan=plan, number=number).select_related("plan").first()
    )
    if found is None:
        raise Http404("No such condition")
    return found


def search(
    access: Access,
    text: str = "",
    *,
    tags: Mapping[str, str] | None = None,
    elsewhere: bool = True,
    limit: int = MOST,
) -> list[Found]:
    """Return cases that fit, best first: own ones, and those published elsewhere in the installation.

    ``text`` is what somebody typed: a case fits with any of its words, and comes the higher the more of them it
    has, twice as much for a word in its title. ``tags`` narrows by ``area``, ``place_kind``, ``size``, ``paying``
    and ``result`` (codes of :mod:`openoutcomes.web.cases.words`). Without words everything that fits the tags is
    returned, newest first. What worked and what did not come in one list.
    """
    asked = words.wanted(text)
    chosen = {name: code for name, code in (tags or {}).items() if name in words.TAGS and code}
    if text.strip() and not asked:
        return []
    slug = access.partnership.slug
    found: list[tuple[int, float, Found]] = []
    for row in _ranked(cases_for(access).filter(**chosen), asked, "-changed_at")[:limit]:
        address = reverse("case", kwargs={"partnership": slug, "case_id": row.case_id})
        one = Found(
            "here", row.case_id, row.title, row.who_for, row.result, row.learned, "", address,
            _matched(row, asked), len(asked),
        )  # fmt: skip
        found.append((row.rank, row.changed_at.timestamp(), one))
    if elsewhere:
        for row in _ranked(published_elsewhere(access).filter(**chosen), asked, "-published_at")[:limit]:
            address = reverse(
                "case_elsewhere", kwargs={"partnership": slug, "publication_id": row.publication_id}
            )
            one = Found(
                "elsewhere", row.publication_id, row.title, row.values["who_for"], row.result,
                row.values["learned"], row.partnership.name, address, _matched(row, asked), len(asked),
            )  # fmt: skip
            found.append((row.rank, row.published_at.timestamp(), one))
    found.sort(key=lambda each: (-each[0], each[2].where != "here", -each[1], each[2].key))
    return [one for _, _, one in found[:limit]]


def _ranked(rows: QuerySet[Any], asked: Iterable[str], newest: str) -> QuerySet[Any]:
    """Add to rows how well they fit, and leave out those that have none of the words."""
    rank: Any = Value(0, output_field=IntegerField())
    any_of = Q()
    for word in asked:
        # A beginning of a word is enough, so that "home" finds "homeless".
        any_of |= Q(all_words__contains=f" {word}")
        for name, worth in (("all_words", 1), ("title_words", _IN_TITLE - 1)):
            has = When(**{f"{name}__contains": f" {word}"}, then=Value(worth))
            rank = rank + Choose(has, default=Value(0), output_field=IntegerField())
    return rows.filter(any_of).annotate(rank=rank).order_by("-rank", newest, "pk")


def _matched(row: Any, asked: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for word in asked if f" {word}" in row.all_words)
