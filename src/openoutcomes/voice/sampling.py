r"""Draw a stratified sample that anybody can draw again.

Each person's draw is the SHA-256 of the seed, a line feed and the id, so it depends on nothing
else: not on the order of rows, the machine or the version of Python (``printf '2026\np1' |
sha256sum`` gives it too). Within a stratum those with the smallest draws are the sample and the
rest are the reserves, in that order. Taking the smallest of independent random numbers is simple
random sampling without replacement (Sunter 1977), and a larger sample holds the smaller one of
the same seed. Use another seed for another round, or the same people are asked again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.voice.allocation import Rule, allocate
from openoutcomes.voice.frames import Frame

Role = Literal["sample", "reserve"]
#: Names this way of drawing in records; another way would have another name.
METHOD = "sha256-seed-id-1"


@dataclass(frozen=True, slots=True)
class StratumPlan:
    """One stratum: how many people it holds and how many are drawn."""

    stratum: str
    size: int
    drawn: int

    @property
    def probability(self) -> Fraction:
        """The chance that each of its people is drawn."""
        return Fraction(self.drawn, self.size)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Somebody drawn: at which place in the stratum's order, as sample or as reserve.

    ``place`` counts from 1 through the sample and on through the reserves.
    """

    id: str
    stratum: str
    role: Role
    place: int
    draw: str
    traits: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample with all that is needed to draw it again."""

    seed: int
    rule: Rule
    minimum: int
    by: tuple[str, ...]
    fingerprint: str
    plan: tuple[StratumPlan, ...]
    people: tuple[Drawn, ...]
    method: str = METHOD

    @property
    def chosen(self) -> tuple[Drawn, ...]:
        """Those to invite first, by stratum and place."""
        return tuple(person for person in self.people if person.role == "sample")

    @property
    def reserves(self) -> tuple[Drawn, ...]:
        """Those to invite instead, in this order within each stratum."""
        return tuple(person for person in self.people if person.role == "reserve")

    @property
    def sizes(self) -> dict[str, int]:
        """People of the frame in each stratum."""
        return {each.stratum: each.size for each in self.plan}


def draw_of(seed: int, person_id: str) -> str:
    """Return a person's draw: 64 hexadecimal digits, the smaller the sooner."""
    return hashlib.sha256(f"{seed}\n{person_id}".encode()).hexdigest()


def draw_sample(
    frame: Frame,
    size: int,
    *,
    seed: int,
    rule: Rule = "proportional",
    minimum: int = 0,
    spread: Mapping[str, float] | None = None,
    reserves: int | None = None,
) -> Sample:
    """Draw ``size`` people from the frame, allocated to its strata by ``rule``.

    ``seed``: 0 or more, recorded and never reused. ``reserves``: at most so many for each
    stratum; everybody else if left out. See :func:`~openoutcomes.voice.allocation.allocate`
    for the rest. Raises InputError where no such sample exists.
    """
    if seed < 0 or (reserves is not None and reserves < 0):
        raise InputError(
            Problem("A seed and a number of reserves are 0 or more.", "Give another.", code="seed")
        )
    sizes = frame.sizes
    numbers = allocate(sizes, size, rule=rule, minimum=minimum, spread=spread)
    waiting: dict[str, list[Drawn]] = {name: [] for name in sizes}
    ordered = sorted(
        ((draw_of(seed, each.id), each.id, each) for each in frame.members), key=lambda found: found[:2]
    )
    for draw, _, member in ordered:
        queue = waiting[member.stratum]
        role: Role = "sample" if len(queue) < numbers[member.stratum] else "reserve"
        if reserves is None or len(queue) < numbers[member.stratum] + reserves:
            queue.append(Drawn(member.id, member.stratum, role, len(queue) + 1, draw, member.traits))
    return Sample(
        seed=seed,
        rule=rule,
        minimum=minimum,
        by=frame.by,
        fingerprint=frame.fingerprint,
        plan=tuple(StratumPlan(name, sizes[name], numbers[name]) for name in sizes),
        people=tuple(person for name in sizes for person in waiting[name]),
    )
