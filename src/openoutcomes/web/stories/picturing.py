"""Pictures of the system: each change of a step is a new version, and any version can be brought back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from openoutcomes.web.core.access import Access
from openoutcomes.web.core.clock import now
from openoutcomes.web.core.commands import command, note, refuse
from openoutcomes.web.stories.drawing import MOST, Step, read
from openoutcomes.web.stories.models import Picture, PictureVersion


@command
def add_picture(by: Access, *, title: str, about: str = "") -> Picture:
    """Begin a picture, with nothing in it."""
    by.require("pictures.edit")
    title = " ".join(title.split())
    if not title:
        raise refuse(
            "the picture has no name.", "Say what it shows, such as “From referral to a home”.", "title"
        )
    made: Picture = Picture.objects.create(
        partnership=by.partnership, title=title, about=about.strip(), added_by=by.user, added_at=now()
    )
    _version(by, made, [], "Begun")
    note(by, "stories.add_picture", made, detail={"picture": made.picture_id})
    return made


def _version(by: Access, picture: Picture, steps: Sequence[Step], what: str) -> None:
    picture.number += 1
    picture.changed_at = now()
    picture.save()
    PictureVersion.objects.create(
        partnership=by.partnership, picture=picture, number=picture.number, what=what[:200], by=by.user, at=now(),
        steps=[step.written() for step in steps],
    )  # fmt: skip


def _opened(by: Access, picture: Picture, expected: int) -> tuple[Picture, list[Step]]:
    by.require("pictures.edit")
    held: Picture = Picture.objects.select_for_update(of=("self",)).get(pk=picture.pk)
    if held.number != expected:
        raise refuse(
            "somebody changed the picture after you opened it.",
            "Look at it as it is now, then send yours again.",
        )
    if held.put_away_at is not None:
        raise refuse("this picture is put away.", "Put it back first.")
    return held, read(PictureVersion.objects.get(picture=held, number=held.number).steps)


def _step(values: Mapping[str, Any], steps: Sequence[Step], key: str) -> Step:
    name = " ".join(str(values.get("name") or "").split())
    organisation = " ".join(str(values.get("organisation") or "").split())
    if not name:
        raise refuse("the step has no name.", "Say what happens, such as “First meeting”.", "name")
    if not organisation:
        raise refuse(
            "nobody does the step.", "Say who: an organisation, or the person themselves.", "organisation"
        )
    known = {step.key for step in steps} - {key}
    chosen = tuple(one for one in values.get("next") or () if one in known)
    return Step(
        key=key, name=name[:80], organisation=organisation[:80], next=chosen,
        wait=" ".join(str(values.get("wait") or "").split())[:60], stuck=" ".join(str(values.get("stuck") or "").split())[:160],
    )  # fmt: skip


@command
def add_step(by: Access, *, picture: Picture, values: Mapping[str, Any], expected: int) -> Picture:
    """Add a step at the end; ``after`` names the steps that lead to it."""
    held, steps = _opened(by, picture, expected)
    if len(steps) >= MOST:
        raise refuse(f"a picture has {MOST} steps at most.", "Draw another for a part of it.", "name")
    step = _step(values, steps, f"s{secrets.token_hex(4)}")
    after = set(values.get("after") or ())
    steps = [replace(one, next=(*one.next, step.key)) if one.key in after else one for one in steps]
    _version(by, held, [*steps, step], f"Added “{step.name}”")
    note(by, "stories.add_step", held, detail={"picture": held.picture_id, "number": held.number})
    return held


@command
def change_step(
    by: Access, *, picture: Picture, key: str, values: Mapping[str, Any], expected: int
) -> Picture:
    """Change a step and what follows it."""
    held, steps = _opened(by, picture, expected)
    fresh = _step(values, steps, _known(steps, key).key)
    _version(by, held, [fresh if one.key == key else one for one in steps], f"Changed “{fresh.name}”")
    note(by, "stories.change_step", held, detail={"picture": held.picture_id, "number": held.number})
    return held


def _known(steps: Sequence[Step], key: str) -> Step:
    found = next((one for one in steps if one.key == key), None)
    if found is None:
        raise refuse("this step was taken out meanwhile.", "Open the picture again.")
    return found


@command
def remove_step(by: Access, *, picture: Picture, key: str, expected: int) -> Picture:
    """Take a step out; what led to it leads to what followed it."""
    held, steps = _opened(by, picture, expected)
    gone = _known(steps, key)
    kept = []
    for one in steps:
        if one.key == key:
            continue
        following: dict[str, None] = {}
        for to in one.next:
            following.update(dict.fromkeys(gone.next if to == key else (to,)))
        following.pop(one.key, None)
        kept.append(replace(one, next=tuple(following)))
    _version(by, held, kept, f"Took out “{gone.name}”")
    note(by, "stories.remove_step", held, detail={"picture": held.picture_id, "number": held.number})
    return held


@command
def move_step(by: Access, *, picture: Picture, key: str, earlier: bool, expected: int) -> Picture:
    """Move a step one place earlier or later among those beside it."""
    held, steps = _opened(by, picture, expected)
    place = steps.index(_known(steps, key))
    other = place - 1 if earlier else place + 1
    if not 0 <= other < len(steps):
        raise refuse("it stands at the end already.", "Move another.")
    steps[place], steps[other] = steps[other], steps[place]
    _version(by, held, steps, f"Moved “{steps[other].name}”")
    note(by, "stories.move_step", held, detail={"picture": held.picture_id, "number": held.number})
    return held


@command
def restore(by: Access, *, picture: Picture, number: int, expected: int) -> Picture:
    """Bring an earlier version back, as a new one: nothing that was drawn since is lost."""
    held, _ = _opened(by, picture, expected)
    earlier = PictureVersion.objects.filter(picture=held, number=number).first()
    if earlier is None or number == held.number:
        raise refuse("there is no such earlier version.", "Choose one from the list.")
    _version(by, held, read(earlier.steps), f"Brought back version {number}")
    note(
        by, "stories.restore", held,
        detail={"picture": held.picture_id, "number": held.number, "from": number},
    )  # fmt: skip
    return held


@command
def change_picture(by: Access, *, picture: Picture, title: str, about: str, expected: int) -> Picture:
    """Change what a picture is called and what it is about."""
    held, steps = _opened(by, picture, expected)
    title = " ".join(title.split())
    if not title:
        raise refuse("the picture has no name.", "Say what it shows.", "title")
    held.title, held.about = title, about.strip()
    _version(by, held, steps, "Changed its name or what it is about")
    note(by, "stories.change_picture", held, detail={"picture": held.picture_id, "number": held.number})
    return held


@command
def put_picture_away(by: Access, *, picture: Picture, away: bool) -> Picture:
    """Take a picture out of the list, or put it back."""
    by.require("pictures.edit")
    held: Picture = Picture.objects.select_for_update(of=("self",)).get(pk=picture.pk)
    if (held.put_away_at is not None) == away:
        raise refuse("that is how it is already.", "Open the picture again.")
    held.put_away_at = now() if away else None
    held.save()
    note(by, "stories.put_picture_away", held, detail={"picture": held.picture_id, "away": away})
    return held
