"""A picture of the system from its steps: checked, laid out in rows from top to bottom, compared.

A step is done by an organisation (or by people themselves) and leads to further steps. Where it leads to
another organisation's step, that is a hand-off. Rows follow from what leads to what, so nobody has to place
anything; a step that leads back up is drawn beside the others.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

#: The most steps that a picture may have: more than that no longer is a picture.
MOST = 40
#: Sizes of the drawing, in its own units.
WIDTH, GAP, PAD, LINE = 264, 36, 14, 20
#: Room beside the boxes of a row for a line that passes them.
LANE = 24
#: How many letters fit on a line of each kind, in a wide font.
_LETTERS = {"org": 30, "name": 23, "wait": 26, "stuck": 23}
#: Colours that organisations are given in turn; the words say whose a step is, too.
COLOURS = 6


@dataclass(frozen=True)
class Step:
    """One step: what happens, who does it, how long people wait for it, what gets stuck, and what follows."""

    key: str
    name: str
    organisation: str
    wait: str = ""
    stuck: str = ""
    next: tuple[str, ...] = ()

    def written(self) -> dict[str, Any]:
        """Return the step as it is stored."""
        return {**asdict(self), "next": list(self.next)}


def read(rows: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Return the steps that are stored."""
    return [Step(**{**row, "next": tuple(row.get("next", ()))}) for row in rows]


@dataclass
class Box:
    """A step as it is drawn: where, how large, and its lines of text."""

    step: Step
    x: int = 0
    y: int = 0
    height: int = 0
    colour: int = 1
    lines: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def width(self) -> int:
        """How wide it is."""
        return WIDTH

    @property
    def middle(self) -> int:
        """Half way across it."""
        return self.x + WIDTH // 2

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + self.height


@dataclass(frozen=True)
class Arrow:
    """A line from one step to another, as an SVG path; whether it is a hand-off between organisations."""

    path: str
    is_handoff: bool
    words: str


@dataclass(frozen=True)
class Drawing:
    """Everything that the picture shows, and how large it is."""

    boxes: list[Box]
    arrows: list[Arrow]
    width: int
    height: int
    organisations: list[tuple[int, str]]


def rows_of(steps: Sequence[Step]) -> list[list[Step]]:
    """Return the steps in rows: each below all that lead to it, loops left aside."""
    by_key = {step.key: step for step in steps}
    depth: dict[str, int] = {}
    back: set[tuple[str, str]] = set()
    _find_loops(by_key, back)
    waiting = {step.key: 0 for step in steps}
    for step in steps:
        for key in step.next:
            if key in by_key and (step.key, key) not in back:
                waiting[key] += 1
    ready = [step.key for step in steps if not waiting[step.key]]
    depth.update(dict.fromkeys(ready, 0))
    while ready:
        key = ready.pop(0)
        for to in by_key[key].next:
            if to not in by_key or (key, to) in back:
                continue
            depth[to] = max(depth.get(to, 0), depth[key] + 1)
            waiting[to] -= 1
            if not waiting[to]:
                ready.append(to)
    rows: dict[int, list[Step]] = {}
    for step in steps:
        rows.setdefault(depth[step.key], []).append(step)
    return [rows[number] for number in sorted(rows)]


def _find_loops(by_key: Mapping[str, Step], back: set[tuple[str, str]]) -> None:
    """Find the lines that lead back to a step on the way here, without going deep: pictures may be long."""
    done: set[str] = set()
    for start in by_key:
        on_way: dict[str, None] = {}
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            key, place = stack.pop()
            if place == 0:
                if key in done:
                    continue
                on_way[key] = None
            following = [one for one in by_key[key].next if one in by_key]
            if place < len(following):
                stack.append((key, place + 1))
                to = following[place]
                if to in on_way:
                    back.add((key, to))
                elif to not in done:
                    stack.append((to, 0))
            else:
                on_way.pop(key, None)
                done.add(key)


def lay_out(steps: Sequence[Step]) -> Drawing:
    """Return the picture of some steps."""
    names = list(dict.fromkeys(step.organisation for step in steps))
    colours = {name: place % COLOURS + 1 for place, name in enumerate(names)}
    boxes = {step.key: _box(step, colours[step.organisation]) for step in steps}
    rows = rows_of(steps)
    row_of = {step.key: number for number, row in enumerate(rows) for step in row}
    passing = _passing(steps, rows, row_of)
    # On the right is room for lines that lead back up.
    inner = max((_width(row, passing[number]) for number, row in enumerate(rows)), default=WIDTH)
    width = inner + 3 * GAP
    lanes: dict[tuple[str, str, int], tuple[int, int, int]] = {}
    y = GAP
    for number, row in enumerate(rows):
        tallest = max(boxes[step.key].height for step in row)
        left, right = passing[number]
        x = GAP + (inner - _width(row, passing[number])) // 2
        for edge in left:
            lanes[*edge, number] = (x + LANE // 2, y, y + tallest)
            x += LANE
        for step in row:
            boxes[step.key].x, boxes[step.key].y = x, y
            x += WIDTH + GAP
        x -= GAP - LANE // 2
        for edge in right:
            lanes[*edge, number] = (x + LANE // 2, y, y + tallest)
            x += LANE
        y += tallest + 2 * GAP
    arrows = []
    for step in steps:
        for to in step.next:
            if to in boxes:
                between = range(row_of[step.key] + 1, row_of[to])
                through = [lanes[step.key, to, number] for number in between]
                arrows.append(_arrow(boxes[step.key], boxes[to], through, width))
    return Drawing(
        list(boxes.values()), arrows, width, max(y - GAP, GAP), [(colours[name], name) for name in names]
    )


def _width(row: Sequence[Step], passing: tuple[list[tuple[str, str]], list[tuple[str, str]]]) -> int:
    """Return how wide a row is, with the lines that pass it."""
    lanes = len(passing[0]) + len(passing[1])
    return len(row) * (WIDTH + GAP) - GAP + lanes * LANE + (LANE // 2 if passing[1] else 0)


def _passing(
    steps: Sequence[Step], rows: Sequence[Sequence[Step]], row_of: Mapping[str, int]
) -> list[tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
    """Return for each row the lines that pass it on the left and on the right, so that none runs behind a box.

    A line passes on the side on which it begins.
    """
    found: list[tuple[list[tuple[str, str]], list[tuple[str, str]]]] = [([], []) for _ in rows]
    for step in steps:
        row = rows[row_of[step.key]]
        is_left = len(row) > 1 and list(row).index(step) < len(row) / 2
        for to in step.next:
            if to in row_of:
                for number in range(row_of[step.key] + 1, row_of[to]):
                    found[number][0 if is_left else 1].append((step.key, to))
    return found


def _box(step: Step, colour: int) -> Box:
    box = Box(step, colour=colour)
    y = PAD + LINE - 4
    parts = [("org", step.organisation), ("name", step.name)]
    if step.wait:
        parts.append(("wait", f"Wait: {step.wait}"))
    if step.stuck:
        parts.append(("stuck", f"Stuck: {step.stuck}"))
    for kind, words in parts:
        for line in textwrap.wrap(words, _LETTERS[kind]) or [words]:
            box.lines.append((kind, y, line))
            y += LINE
    box.height = y - LINE + PAD + 4
    return box


def _arrow(start: Box, end: Box, through: Sequence[tuple[int, int, int]], width: int) -> Arrow:
    is_handoff = start.step.organisation != end.step.organisation
    if end.y > start.y:
        x, y = start.middle, start.bottom
        parts = [f"M{x} {y}"]
        for lane, top, bottom in [*through, (end.middle, end.y - 7, end.y - 7)]:
            half = (y + top) // 2
            parts.append(f"C{x} {half} {lane} {half} {lane} {top}")
            if bottom > top:
                parts.append(f"L{lane} {bottom}")
            x, y = lane, bottom
        path = " ".join(parts)
    else:
        side = width - GAP // 2
        path = (
            f"M{start.x + WIDTH} {start.y + start.height // 2} C{side} {start.y + start.height // 2} "
            f"{side} {end.y + end.height // 2} {end.x + WIDTH + 7} {end.y + end.height // 2}"
        )
    kind = "hands over to" if is_handoff else "then"
    return Arrow(path, is_handoff, f"{start.step.name}: {kind} {end.step.name}")


@dataclass(frozen=True)
class Change:
    """What differs of one step between two versions."""

    name: str
    kind: str
    lines: tuple[tuple[str, str, str], ...] = ()


_PARTS = (("name", "What happens"), ("organisation", "Who"), ("wait", "Wait"), ("stuck", "Stuck"))


def compare(before: Sequence[Step], after: Sequence[Step]) -> list[Change]:
    """Return what was added, taken out and changed between two versions, in the order of the later one."""
    old, new = {step.key: step for step in before}, {step.key: step for step in after}
    found = []
    for step in after:
        was = old.get(step.key)
        if was is None:
            found.append(Change(step.name, "Added"))
            continue
        lines = [
            (title, getattr(was, part), getattr(step, part))
            for part, title in _PARTS
            if getattr(was, part) != getattr(step, part)
        ]
        follows = [
            ", ".join(where[key].name for key in one.next if key in where)
            for one, where in ((was, old), (step, new))
        ]
        if follows[0] != follows[1]:
            lines.append(("What follows", *follows))  # type: ignore[arg-type]
        if lines:
            found.append(Change(step.name, "Changed", tuple(lines)))
    found += [Change(step.name, "Taken out") for step in before if step.key not in new]
    if not found and [step.key for step in before] != [step.key for step in after]:
        found.append(Change("The order of the steps", "Changed"))
    return found


def table(steps: Sequence[Step]) -> list[tuple[Step, list[str]]]:
    """Return the steps with what follows each, in words: the same as the picture for those who do not see it."""
    names = {step.key: step for step in steps}
    rows = []
    for step in steps:
        follows = []
        for key in step.next:
            to = names.get(key)
            if to is not None:
                whose = "" if to.organisation == step.organisation else f" (hand-off to {to.organisation})"
                follows.append(f"{to.name}{whose}")
        rows.append((step, follows))
    return rows
