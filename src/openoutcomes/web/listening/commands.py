"""Rounds of listening: planned, drawn, closed; and people who ask not to be asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now, today
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.listening import frames
from openoutcomes.web.listening.models import FrameCopy, Round, Sampled, Theme
from openoutcomes.web.listening.queries import open_ends
from openoutcomes.web.listening.words import RULES, STRATA
from openoutcomes.web.people.models import Person
from openoutcomes.web.records import store
from openoutcomes.web.records.models import Record

#: What is said of a round while it is planned; some of it also later.
DETAILS = (
    "title", "purpose", "segment", "programmes", "since", "until", "strata", "contract", "question",
    "independent_only", "with_care", "score_words", "weeks",
)  # fmt: skip
#: What may still be changed once people have been drawn.
_LATER = frozenset({"title", "purpose", "segment", "weeks"})


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: values[name] for name in DETAILS if name in values}
    if not str(found.get("title") or "").strip():
        raise refuse("the round has no name.", "Give it a short one.", "title")
    if not str(found.get("purpose") or "").strip():
        raise refuse("nothing was written about what it is for.", "Write a sentence.", "purpose")
    since, until = found.get("since"), found.get("until")
    if since and until and since > until:
        raise refuse("the last day is before the first.", "Check the days.", "until")
    if until and until > today():
        raise refuse("the last day is still to come.", "Choose today or an earlier day.", "until")
    found["strata"] = [name for name in STRATA if name in (found.get("strata") or ["stage", "provider"])]
    if found.get("contract") is not None:
        # A person's own view can only be an outcome where whoever hears it has no stake in it.
        found["independent_only"] = True
    return found


@command
def plan_round(by: Access, *, values: Mapping[str, Any]) -> Round:
    """Plan a round: what it is for, about which programmes and period. Nobody is drawn yet."""
    by.require("listening.run")
    made: Round = Round.objects.create(
        partnership=by.partnership, begun_by=by.user, begun_at=now(), **_checked(values)
    )
    note(by, "listening.plan_round", made, detail={"round": made.round_id})
    return made


@command
def change_round(by: Access, *, listening: Round, values: Mapping[str, Any], expected: int) -> Round:
    """Change a round; once people are drawn, only its words and how long an answer may take."""
    by.require("listening.run")
    held = _locked(listening)
    if held.revision != expected:
        raise refuse(
            "somebody changed this round after you opened it.", "Open it again and look at what they wrote."
        )
    if held.state == "closed":
        raise refuse("this round is closed.", "Open it again first.")
    fresh = _checked({**{name: getattr(held, name) for name in DETAILS}, **values})
    changed = sorted(name for name, value in fresh.items() if getattr(held, name) != value)
    if held.state != "planned" and (fixed := [name for name in changed if name not in _LATER]):
        raise refuse(
            "people have been drawn, so whom the round is about is fixed.", "Plan another round.", fixed[0]
        )
    for name in changed:
        setattr(held, name, fresh[name])
    held.revision += 1
    held.save()
    note(by, "listening.change_round", held, detail={"round": held.round_id, "changed": changed})
    return held


def _locked(listening: Round) -> Round:
    found: Round = Round.objects.select_for_update(of=("self",)).get(pk=listening.pk)
    return found


@command
def draw(
    by: Access, *, listening: Round, size: int, seed: int, rule: str = "proportional", minimum: int = 0,
    fingerprint: str = "",
) -> Round:  # fmt: skip
    """Draw the sample and its reserves from the frame as it is now, once.

    ``fingerprint`` is that of the frame whose counts were looked at; when the records have changed it
    since, nothing is drawn. Frame, seed, rule and method are kept, so that anybody can draw it again.
    """
    by.require("listening.run")
    held = _locked(listening)
    if held.state != "planned":
        raise refuse("the sample of this round has been drawn already.", "Plan another round.")
    if rule not in RULES:
        raise refuse("that is no way to share out a sample.", "Choose one from the list.", "rule")
    found = frames.offered(held)
    try:
        frame = frames.frame_of(found, held.strata)
        if fingerprint and frame.fingerprint != fingerprint:
            raise refuse(
                "the records have changed since you looked at the counts.",
                "Look at them below, then draw again.",
            )
        sample = frames.draw(frame, size=size, seed=seed, rule=rule, minimum=minimum)  # type: ignore[arg-type]
    except InputError as error:
        raise InputError(
            [
                Problem(each.what, each.mend, field=each.field or "size", code=each.code)
                for each in error.problems
            ]
        ) from error
    held.size, held.seed, held.rule, held.minimum = size, seed, rule, minimum
    held.method, held.fingerprint = sample.method, sample.fingerprint
    held.plan = [[each.stratum, each.size, each.drawn] for each in sample.plan]
    held.left_out = dict(found.left_out)
    held.state, held.drawn_at, held.drawn_by = "drawn", now(), by.user
    held.revision += 1
    held.save()
    FrameCopy.objects.create(partnership=by.partnership, round=held, groups=frames.kept(frame))
    Sampled.objects.bulk_create(
        [
            Sampled(
                partnership=by.partnership, round=held, person_id=found.people[one.id].pk, stratum=one.stratum,
                stage=found.people[one.id].stage, provider_id=found.people[one.id].provider, place=one.place,
                is_reserve=one.role == "reserve", state="reserve" if one.role == "reserve" else "to_invite",
            )
            for one in sample.people
        ],
        batch_size=500,
    )  # fmt: skip
    detail = {
        "round": held.round_id, "size": size, "seed": str(seed), "rule": rule, "minimum": minimum,
        "method": held.method, "fingerprint": held.fingerprint, "frame": len(frame),
    }  # fmt: skip
    note(by, "listening.draw", held, detail=detail)
    return held


@command
def close_round(by: Access, *, listening: Round, why: str = "") -> Round:
    """Close a round: every theme has its answer, and whoever was not told or heard is explained."""
    by.require("listening.run")
    held = _locked(listening)
    if held.state != "drawn":
        raise refuse("this round is not open.", "Open its page again.")
    left = open_ends(held)
    if left.musts:
        raise InputError(
            Problem(f"{must}.", "Do that first: nothing heard is left without an answer.")
            for must in left.musts
        )
    if left.whys and not why.strip():
        raise refuse(f"{'; '.join(left.whys)}.", "Do that first, or write why it cannot be done.", "why")
    held.state, held.closed_at, held.closed_by, held.closed_why = "closed", now(), by.user, why.strip()
    held.revision += 1
    held.save()
    note(by, "listening.close_round", held, detail={"round": held.round_id, "explained": len(left.whys)})
    return held


@command
def reopen_round(by: Access, *, listening: Round) -> Round:
    """Open a closed round again."""
    by.require("listening.run")
    held = _locked(listening)
    if held.state != "closed":
        raise refuse("this round is not closed.", "Open its page again.")
    held.state, held.closed_at, held.closed_by = "drawn", None, None
    held.revision += 1
    held.save()
    note(by, "listening.reopen_round", held, detail={"round": held.round_id})
    return held


def refuse_contact(by: Access, person: Person) -> Record:
    """Write that a person does not want to be asked for their views, inside a command.

    It is a permission that is withdrawn, in the standard's table of consents; no frame has them any more.
    """
    values = {"purpose": "contact", "valid_from": today(), "withdrawn_on": today()}
    return store.write(by, "consents", values, person=person)


@command
def do_not_ask(by: Access, *, sampled: Sampled | None = None) -> Record:
    """Note that the person of an invitation, or whose account it is, does not want to be asked again."""
    if sampled is None:
        by.require("listening.speak")
        person = Person.objects.filter(pk__in=by.person_ids()).first()
        if person is None:
            raise refuse("there is nobody whose account this is.")
    else:
        by.require("listening.hear")
        if sampled.listener_id != by.user.pk:
            raise refuse("somebody else asks this person.", "Open your own list.")
        person = sampled.person
    record = refuse_contact(by, person)
    note(by, "listening.do_not_ask", record, person=person, detail={"record": record.record_id})
    return record


@command
def may_ask(by: Access) -> Record:
    """Note that the person whose account it is may be asked for their views again."""
    by.require("listening.speak")
    person = Person.objects.filter(pk__in=by.person_ids()).first()
    if person is None:
        raise refuse("there is nobody whose account this is.")
    record = store.write(by, "consents", {"purpose": "contact", "valid_from": today()}, person=person)
    note(by, "listening.may_ask", record, person=person, detail={"record": record.record_id})
    return record


@command
def copy_code_book(by: Access, *, listening: Round, source: Round) -> int:
    """Take the code book of an earlier round; return how many themes are new."""
    from openoutcomes.web.listening.coding import new_theme  # noqa: PLC0415 - it reads this module

    by.require("listening.code")
    there = set(Theme.objects.filter(round=listening, retired_at=None).values_list("title", flat=True))
    rows = [
        theme
        for theme in Theme.objects.filter(round=source, retired_at=None).order_by("pk")
        if theme.title not in there
    ]
    if not rows:
        raise refuse("every theme of that round is here already.", "Choose another round.", "source")
    for theme in rows:
        new_theme(by, listening, theme.title, theme.meaning)
    note(by, "listening.copy_code_book", listening, detail={"from": source.round_id, "themes": len(rows)})
    return len(rows)


def new_seed() -> int:
    """Return a seed to offer: from the moment, in a range that people can read out."""
    return int.from_bytes(hashlib.sha256(now().isoformat().encode()).digest()[:4], "big") % 1_000_000
