"""Rank stories by the people supported, from each person's own order.

Every ballot is taken as a set of comparisons of two stories. Borda: in each ballot a story scores
one for each story below it and a half for each beside it. Copeland: a story scores one for each
story that more people put below it than above it, and a half for each it draws with. Borda
decides and Copeland is shown beside it: where they differ, talk. (Borda 1781; Copeland 1951.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Literal

from openoutcomes.standard.problems import InputError, Problem

Unranked = Literal["last", "no-opinion"]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One story's place.

    ``place``: 1 for the first; stories level on Borda and Copeland share it. ``borda``: points.
    ``share``: points ÷ comparisons it was in (½ is the middle; None if it was in none), which
    decides where people have no opinion on what they did not rank. ``ranked_by``: people who
    ranked it.
    """

    story: str
    place: int
    borda: Fraction
    share: Fraction | None
    copeland: Fraction
    ranked_by: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """All stories in order, how many people ranked, and what to say with it."""

    stories: tuple[Ranked, ...]
    ballots: int
    note: str


def rank_stories(
    ballots: Mapping[str, Mapping[str, int]], stories: Sequence[str], *, unranked: Unranked = "last"
) -> Ranking:
    """Rank ``stories`` from ballots: for each person, the place they gave each story (1 is best).

    Equal places are ties. Stories a person did not rank share their last place (``last``), or
    are not compared in their ballot (``no-opinion``: for people shown only some of them). Level
    stories are listed by name, which says nothing of them. Raises InputError for a story or a
    place that cannot be.
    """
    problems = _wrong_with(ballots, stories)
    if problems:
        raise InputError(problems)
    points = dict.fromkeys(stories, Fraction(0))
    compared = dict.fromkeys(stories, 0)
    leads: dict[tuple[str, str], int] = dict.fromkeys(combinations(stories, 2), 0)
    voters = [places for places in ballots.values() if places]
    for places in voters:
        last = max(places.values()) + 1
        for first, second in leads:
            if unranked == "no-opinion" and not (first in places and second in places):
                continue
            ahead = places.get(second, last) - places.get(first, last)
            won = Fraction(1 if ahead > 0 else 0) if ahead else Fraction(1, 2)
            points[first] += won
            points[second] += 1 - won
            compared[first] += 1
            compared[second] += 1
            leads[first, second] += (ahead > 0) - (ahead < 0)
    copeland = dict.fromkeys(stories, Fraction(0))
    for (first, second), lead in leads.items():
        won = Fraction(1 if lead > 0 else 0) if lead else Fraction(1, 2)
        copeland[first] += won
        copeland[second] += 1 - won
    share = {name: Fraction(points[name], compared[name]) if compared[name] else None for name in stories}

    def standing(name: str) -> tuple[Fraction, Fraction]:
        part = share[name]
        return (Fraction(-1) if part is None else part, copeland[name])

    order = sorted(stories, key=lambda name: ([-each for each in standing(name)], name))
    ahead_of = {name: sum(standing(other) > standing(name) for other in stories) for name in stories}
    ranked = tuple(
        Ranked(
            name,
            ahead_of[name] + 1,
            points[name],
            share[name],
            copeland[name],
            sum(name in places for places in voters),
        )
        for name in order
    )
    return Ranking(ranked, len(voters), _note(ranked, len(voters), len(ballots)))


def _wrong_with(ballots: Mapping[str, Mapping[str, int]], stories: Sequence[str]) -> list[Problem]:
    problems = []
    if not stories:
        problems.append(Problem("There are no stories to rank.", "Name at least one.", code="no-stories"))
    if len(set(stories)) != len(stories):
        problems.append(Problem("A story is listed twice.", "Keep it once.", code="repeated-story"))
    for person, places in ballots.items():
        for story, place in places.items():
            if story not in stories:
                what = f"{person} ranked {story}, which is not on the list."
                problems.append(Problem(what, "Add it, or correct its name.", value=story, code="no-story"))
            if place < 1:
                what = f"{person} put {story} in place {place}; the first place is 1."
                problems.append(Problem(what, "Use 1, 2, 3 …", value=story, code="place"))
    return problems


def _note(ranked: Sequence[Ranked], voters: int, asked: int) -> str:
    people = f"Ranked by {voters} {'person' if voters == 1 else 'people'}"
    people += f", of {asked} asked." if asked > voters else "."
    firsts = [each.story for each in ranked if each.place == 1]
    if not voters:
        return "Nobody has ranked these yet; the order says nothing."
    if len(firsts) > 1:
        return f"{people} {len(firsts)} stories are level in first place."
    most = max(each.copeland for each in ranked)
    if ranked[0].copeland < most:
        preferred = next(each.story for each in ranked if each.copeland == most)
        return f"{people} Counted two by two, more people would choose {preferred} first: talk it over."
    return people
