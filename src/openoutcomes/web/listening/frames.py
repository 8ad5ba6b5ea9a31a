"""The frame of a round: everybody who was offered help in a period, from the records; and its sample.

Each person is in it once. Whoever was enrolled in one of the programmes on any day of the period goes by their
latest enrolment there. Whoever was referred in the period, and was never enrolled in any of them, never started.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from openoutcomes.voice import Frame, Rule, Sample, draw_sample, make_frame
from openoutcomes.web.listening.models import FrameCopy, Round
from openoutcomes.web.listening.words import STAGES
from openoutcomes.web.partnerships.models import Programme
from openoutcomes.web.people.models import Enrolment
from openoutcomes.web.records.models import Record
from openoutcomes.web.referrals.models import Referral

#: Why support ended before it was done; somebody who moved away or was lost track of left too.
_LEFT = frozenset({"left", "provider_ended", "moved_area", "not_known", ""})
#: There is nobody to ask.
_GONE = frozenset({"died", "not_eligible"})
#: Why people are left out of the frame, in words.
LEFT_OUT = {
    "asked": "asked not to be contacted for their views",
    "care": "have to be contacted with care",
    "gone": "have died, or turned out not to be eligible",
}


@dataclass(frozen=True)
class Offered:
    """One person who was offered help: where they stand, and with whom."""

    pk: int
    person_id: str
    stage: str
    provider: int
    provider_name: str
    programme_name: str

    def row(self) -> dict[str, str]:
        """Return the row of the frame."""
        return {
            "person_id": self.person_id, "stage": STAGES[self.stage], "provider": self.provider_name,
            "programme": self.programme_name,
        }  # fmt: skip


@dataclass
class Found:
    """Everybody who was offered help, and how many are left out of the frame, by why."""

    people: dict[str, Offered] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)

    def counts(self) -> dict[tuple[str, str], int]:
        """Return people by stage and provider, for pages."""
        return dict(Counter((one.stage, one.provider_name) for one in self.people.values()))


def programmes_of(listening: Round) -> list[Programme]:
    """Return the programmes that a round is about: those chosen, or all."""
    rows = Programme.of(listening.partnership).select_related("organisation")
    chosen = rows.filter(programme_id__in=listening.programmes) if listening.programmes else rows
    return list(chosen.order_by("name"))


def offered(listening: Round) -> Found:
    """Return everybody who was offered help, as the records have it now."""
    programmes = {one.pk: one for one in programmes_of(listening)}
    found = Found()
    refused = asked_not_to_be(listening.partnership)
    seen: set[int] = set()
    for row in _enrolments(listening, programmes):
        if row["person"] in seen:
            continue  # a later enrolment came first
        seen.add(row["person"])
        stage = _stage(row, listening.until)
        _take(found, row, stage, programmes[row["programme"]], refused, with_care=listening.with_care)
    for row in _referrals(listening, programmes):
        if row["person"] in seen:
            continue
        seen.add(row["person"])
        programme = programmes.get(row["programme"]) or next(
            one for one in programmes.values() if one.organisation_id == row["organisation"]
        )
        _take(found, row, "never_started", programme, refused, with_care=listening.with_care)
    return found


def _take(
    found: Found, row: dict[str, Any], stage: str, programme: Programme, refused: set[int], *, with_care: bool
) -> None:
    why = ""
    if not stage:
        why = "gone"
    elif row["person"] in refused:
        why = "asked"
    elif row["person__safe_contact"] and not with_care:
        why = "care"
    if why:
        found.left_out[why] += 1
        return
    found.people[row["person__person_id"]] = Offered(
        row["person"], row["person__person_id"], stage, programme.organisation_id,
        programme.organisation.name, programme.name,
    )  # fmt: skip


_THERE = {"person__merged_into": None, "person__erased_at": None}
_WHO = ("person", "person__person_id", "person__safe_contact", "programme")


def _enrolments(listening: Round, programmes: Iterable[int]) -> Iterable[dict[str, Any]]:
    """Give the enrolments of the period, the latest of each person first."""
    going_on = Q(started_on__lte=listening.until) & (Q(ended_on=None) | Q(ended_on__gte=listening.since))
    never = Q(started_on=None, referred_on__range=(listening.since, listening.until))
    rows = Enrolment.of(listening.partnership).filter(going_on | never, programme__in=programmes, **_THERE)
    rows = rows.order_by("person", "-started_on", "-pk")
    # On SQLite an empty day sorts last of descending days, on PostgreSQL first; so it is sorted here.
    held = list(rows.values(*_WHO, "pk", "started_on", "ended_on", "end_reason").iterator(chunk_size=5000))
    held.sort(key=lambda row: (row["person"], row["started_on"] or dt.date.min, row["pk"]), reverse=True)
    return held


def _stage(row: dict[str, Any], until: dt.date) -> str:
    """Return where a person stood on the last day of the period; nothing where there is nobody to ask."""
    if row["end_reason"] in _GONE:
        return ""
    if row["started_on"] is None or row["end_reason"] == "never_started":
        return "never_started"
    over = row["ended_on"] is not None and row["ended_on"] <= until
    return "left" if over and row["end_reason"] in _LEFT else "engaged"


def _referrals(listening: Round, programmes: dict[int, Programme]) -> Iterable[dict[str, Any]]:
    """Give the referrals of the period that came to nothing, the latest of each person first."""
    to = {one.organisation_id for one in programmes.values()}
    enrolled = Enrolment.of(listening.partnership).filter(programme__in=programmes).values("person")
    rows = (
        Referral.of(listening.partnership)
        .filter(
            Q(programme__in=programmes) | Q(programme=None),
            to_organisation__in=to,
            made_on__range=(listening.since, listening.until),
            **_THERE,
        )
        .exclude(state="made")  # somebody still waits for an answer
        .exclude(person__in=enrolled)
        .order_by("person", "-made_on", "-pk")
    )
    for row in rows.values(*_WHO, "to_organisation").iterator(chunk_size=5000):
        yield {**row, "organisation": row["to_organisation"]}


def asked_not_to_be(partnership: Any) -> set[int]:
    """Return the people (primary keys) whose latest permission to be asked for their views is withdrawn."""
    rows = Record.of(partnership).filter(table="consents", code="contact", current=True, withdrawn=False)
    latest: dict[int, bool] = {}
    for person, values in rows.order_by("on", "pk").values_list("person", "values"):
        latest[int(person or 0)] = bool(values.get("withdrawn_on"))
    return {person for person, withdrawn in latest.items() if withdrawn}


def frame_of(found: Found, by: list[str]) -> Frame:
    """Return the frame that voice draws from."""
    return make_frame((one.row() for one in found.people.values()), by=by)


def draw(frame: Frame, *, size: int, seed: int, rule: Rule, minimum: int) -> Sample:
    """Draw the sample; its reserves are as many as it has itself, from each stratum."""
    return draw_sample(frame, size, seed=seed, rule=rule, minimum=minimum, reserves=size)


def kept(frame: Frame) -> list[Any]:
    """Return a frame as a FrameCopy keeps it."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for one in frame.members:
        groups.setdefault(tuple(one.traits[name] for name in frame.by), []).append(one.id)
    return [[list(values), ids] for values, ids in sorted(groups.items())]


def drawn_again(listening: Round) -> Sample:
    """Draw a round's sample again, from the frame that was kept and the seed that was recorded."""
    copy = FrameCopy.of(listening.partnership).get(round=listening)
    rows = (
        {"person_id": one, **dict(zip(listening.strata, values, strict=True))}
        for values, ids in copy.groups
        for one in ids
    )
    frame = make_frame(rows, by=listening.strata)
    return draw(
        frame, size=listening.size or 0, seed=listening.seed or 0, rule=listening.rule,  # type: ignore[arg-type]
        minimum=listening.minimum,
    )  # fmt: skip
