"""Weights: for how many people of the frame each person heard stands.

In order, each optional after the first:

1. the design weight: people in the stratum ÷ people invited from it;
2. response: within each class, the weight of everybody eligible is carried by those heard. It
   supposes that in a class those not heard would have answered like those heard;
3. raking (iterative proportional fitting; Deming and Stephan 1940) to known totals;
4. trimming to limits, with what is cut off (or added) shared equally among the rest, as
   ``trimWeights`` of R's survey package shares it.

A class in which nobody was heard is refused, never made up from the others. It may be left out by
name; the figures then say nothing of its people, and the statement says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, inf, isfinite

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.voice.frames import BETWEEN
from openoutcomes.voice.response import Case, Response, response

#: Raking stops when every total is met to this share of it.
TOLERANCE = 1e-10
ROUNDS = 1_000


@dataclass(frozen=True, slots=True)
class Raked:
    """Weights after raking: whether every total was met, after how many rounds, and the worst miss.

    ``furthest`` is the largest distance from a total, as a share of it.
    """

    weights: dict[str, float]
    converged: bool
    rounds: int
    furthest: float


@dataclass(frozen=True, slots=True)
class Weight:
    """The weights of one person heard, step by step; ``final`` is the one to use."""

    id: str
    stratum: str
    design: Fraction
    response: Fraction
    raked: float
    final: float


@dataclass(frozen=True, slots=True)
class Weighted:
    """Everybody heard with a weight, and what must be said of them."""

    people: tuple[Weight, ...]
    sizes: dict[str, int]
    response: Response
    left_out: tuple[str, ...]
    raking: Raked | None
    trimmed: int
    statement: tuple[str, ...]

    @property
    def effective_size(self) -> float:
        """Kish's effective size: of an unweighted sample about as informative, n ÷ design effect."""
        return effective_size([person.final for person in self.people])

    @property
    def design_effect(self) -> float:
        """Kish's design effect of unequal weights: 1 + the squared relative spread of the weights."""
        return len(self.people) / self.effective_size


def effective_size(weights: Sequence[float]) -> float:
    """Return (Σw)² ÷ Σw² (Kish, Survey Sampling, 1965); of positive weights, at least one."""
    return fsum(weights) ** 2 / fsum(weight * weight for weight in weights)


def design_weights(cases: Iterable[Case], sizes: Mapping[str, int]) -> dict[str, Fraction]:
    """Return people in the stratum ÷ people invited from it, for everybody invited.

    Reserves who were invited count as part of the sample: the order is random, so the first
    people of it are a simple random sample whatever their number. That holds only if none was
    passed over, so a reserve invited before somebody who stands earlier is refused.
    """
    invited: dict[str, list[Case]] = {}
    passed: dict[str, Case] = {}
    problems: list[Problem] = []
    for case in sorted(cases, key=lambda case: (case.stratum, case.place, case.id)):
        if case.stratum not in sizes:
            problems.append(_unknown_stratum(case))
        elif case.outcome == "not-invited":
            passed.setdefault(case.stratum, case)
        else:
            if case.place and case.stratum in passed:
                problems.append(_out_of_order(case, passed[case.stratum]))
            invited.setdefault(case.stratum, []).append(case)
    problems += [
        Problem(
            f"{len(held):,} people were invited from {name}, which holds {sizes[name]:,}.",
            "Correct the size of the stratum, or remove people listed twice.",
            code="more-than-the-stratum",
        )
        for name, held in invited.items()
        if len(held) > sizes[name]
    ]
    if problems:
        raise InputError(problems)
    return {
        case.id: Fraction(sizes[name], len(held)) for name, held in sorted(invited.items()) for case in held
    }


def weigh(
    cases: Iterable[Case],
    sizes: Mapping[str, int],
    *,
    classes: Sequence[str] | None = None,
    totals: Mapping[str, Mapping[str, float]] | None = None,
    limits: tuple[float, float] | None = None,
    leave_out_unheard: bool = False,
) -> Weighted:
    """Weight everybody heard.

    ``sizes``: people of the frame in each stratum. ``classes``: fields whose values make the
    classes of response; the strata if left out. ``totals``: for each field, how many people of
    the frame have each value, to rake to. ``limits``: the least and the most a weight may be,
    as multiples of the mean weight. ``leave_out_unheard``: leave out classes in which nobody
    was heard instead of refusing. Raises InputError with what is wrong.
    """
    held = list(cases)
    _each_once(held)
    design = design_weights(held, sizes)
    invited = [case for case in held if case.id in design]
    if not any(case.outcome == "heard" for case in invited):
        what = "Nobody was heard, so there is nothing to weight."
        raise InputError(Problem(what, "Set the outcome of those who answered to heard.", code="nobody"))
    groups, unheard = _classes(invited, sizes, classes)
    if unheard and not leave_out_unheard:
        raise InputError([_nobody_heard(name, people) for name, people in unheard.items()])
    factors = {
        case.id: factor for members in groups.values() for case, factor in _response_factors(members, design)
    }
    heard = sorted((case for case in invited if case.id in factors), key=lambda case: case.id)
    carried = {case.id: float(design[case.id] * factors[case.id]) for case in heard}
    raking = rake(carried, {case.id: case.traits for case in heard}, totals) if totals else None
    after = raking.weights if raking else carried
    final = trim(after, limits) if limits else after
    people = tuple(
        Weight(case.id, case.stratum, design[case.id], factors[case.id], after[case.id], final[case.id])
        for case in heard
    )
    counted = response(held, sizes)
    trimmed = sum(final[case.id] != after[case.id] for case in heard)
    left_out = tuple(sorted(unheard))
    statement = _statement(people, sizes, counted, unheard, classes, raking, (limits, trimmed))
    return Weighted(people, dict(sizes), counted, left_out, raking, trimmed, statement)


def _each_once(cases: Sequence[Case]) -> None:
    seen: set[str] = set()
    again = []
    for case in cases:
        if case.id in seen:
            again.append(case.id)
        seen.add(case.id)
    if again:
        raise InputError(
            Problem(f"{who} is listed twice.", "Keep one row for each person.", value=who, code="repeated-id")
            for who in dict.fromkeys(again)
        )


def _classes(
    invited: Sequence[Case], sizes: Mapping[str, int], fields: Sequence[str] | None
) -> tuple[dict[str, list[Case]], dict[str, int]]:
    """Return people by class where somebody was heard, and the classes where nobody was.

    The latter with how many people they hold: of the frame for strata, invited otherwise.
    Strata from which nobody was invited are always among them.
    """
    groups: dict[str, list[Case]] = {}
    for case in invited:
        if fields is not None and (missing := [name for name in fields if name not in case.traits]):
            what = f"There is no field {missing[0]} to make classes of."
            raise InputError(
                Problem(what, "Name fields that the sample has.", field=missing[0], code="no-column")
            )
        name = (
            case.stratum if fields is None else BETWEEN.join(case.traits[each] or "blank" for each in fields)
        )
        groups.setdefault(name, []).append(case)
    reached = {case.stratum for case in invited}
    unheard = {name: size for name, size in sizes.items() if name not in reached}
    for name in sorted(groups):
        if not any(case.outcome == "heard" for case in groups[name]):
            people = groups.pop(name)
            if all(case.outcome == "not-eligible" for case in people):
                continue
            unheard[name] = sizes[name] if fields is None else len(people)
    return groups, unheard


def _response_factors(members: Sequence[Case], design: Mapping[str, Fraction]) -> list[tuple[Case, Fraction]]:
    """Return each person heard with weight of all eligible ÷ weight of all heard, of one class."""
    eligible = sum((design[case.id] for case in members if case.outcome != "not-eligible"), Fraction(0))
    heard = [case for case in members if case.outcome == "heard"]
    factor = eligible / sum((design[case.id] for case in heard), Fraction(0))
    return [(case, factor) for case in heard]


def rake(
    weights: Mapping[str, float],
    traits: Mapping[str, Mapping[str, str]],
    totals: Mapping[str, Mapping[str, float]],
    *,
    tolerance: float = TOLERANCE,
    rounds: int = ROUNDS,
) -> Raked:
    """Fit weights to known totals, one field after another, until all hold or ``rounds`` are over.

    ``traits``: each person's value of each field. ``totals``: for each field, the total weight
    of each value. Raises InputError where a value has a total but nobody, or somebody but no
    total, or the fields' totals do not add up to one number.
    """
    problems = _cannot_rake(weights, traits, totals)
    if problems:
        raise InputError(problems)
    fitted = dict(weights)
    furthest, done = inf, 0
    while furthest > tolerance and done < rounds:
        done += 1
        for name, wanted in totals.items():
            now = _sums(fitted, traits, name)
            for who in fitted:
                value = traits[who][name]
                fitted[who] *= wanted[value] / now[value]
        furthest = max(
            abs(_sums(fitted, traits, name)[value] / total - 1)
            for name, wanted in totals.items()
            for value, total in wanted.items()
            if total
        )
    return Raked(fitted, furthest <= tolerance, done, furthest)


def _sums(
    weights: Mapping[str, float], traits: Mapping[str, Mapping[str, str]], name: str
) -> dict[str, float]:
    held: dict[str, list[float]] = {}
    for who, weight in weights.items():
        held.setdefault(traits[who][name], []).append(weight)
    return {value: fsum(parts) for value, parts in held.items()}


def _cannot_rake(
    weights: Mapping[str, float],
    traits: Mapping[str, Mapping[str, str]],
    totals: Mapping[str, Mapping[str, float]],
) -> list[Problem]:
    problems = []
    for name, wanted in totals.items():
        lacking = [who for who in weights if name not in traits[who]]
        if lacking:
            what = f"There is a total for {name}, and {lacking[0]} has no such field."
            problems.append(Problem(what, "Name a field that the sample has.", field=name, code="no-column"))
            continue
        bad = [value for value, total in wanted.items() if not isfinite(total) or total < 0]
        held = {traits[who][name] for who in weights}
        empty = sorted(value for value, total in wanted.items() if value not in held and total)
        extra = sorted(value for value in held if not wanted.get(value))
        problems += [
            Problem(
                f"The total of “{value}” is not a number of 0 or more.",
                "Correct it.",
                field=name,
                code="total",
            )
            for value in bad
        ]
        problems += [
            Problem(
                f"{wanted[value]:,g} people have “{value}” and nobody of them was heard.",
                "Put it together with another value, or leave its people out of the totals and say so.",
                field=name,
                value=value,
                code="nobody-heard",
            )
            for value in empty
            if value not in bad
        ]
        problems += [
            Problem(
                f"Somebody heard has “{value}”, and there is no total for it.",
                "Give its total.",
                field=name,
                value=value,
                code="no-total",
            )
            for value in extra
        ]
    sums = {name: fsum(wanted.values()) for name, wanted in totals.items()}
    if not problems and max(sums.values()) - min(sums.values()) > 1e-6 * max(sums.values()):
        shown = ", ".join(f"{name} {total:,g}" for name, total in sums.items())
        what = f"The totals do not add up to the same number of people: {shown}."
        problems.append(Problem(what, "Count the same people in each.", code="totals-differ"))
    return problems


def trim(weights: Mapping[str, float], limits: tuple[float, float]) -> dict[str, float]:
    """Bring weights within ``limits`` (multiples of the mean weight), keeping their sum and order.

    One number is added to every weight, and the limits then hold each; the number is the one
    that keeps the sum. So what is cut off is shared equally among those not at a limit. Weights
    that are all within the limits are left as they are.
    """
    low, high = limits
    if not (isfinite(low) and isfinite(high) and 0 <= low <= 1 <= high):
        what = f"The limits {low:g} and {high:g} do not hold the mean weight between them."
        raise InputError(Problem(what, "Use a least of 0 to 1 and a most of 1 or more.", code="limits"))
    total = fsum(weights.values())
    least, most = low * total / len(weights), high * total / len(weights)
    if all(least <= weight <= most for weight in weights.values()):
        return dict(weights)

    def held(more: float) -> dict[str, float]:
        return {who: min(max(weight + more, least), most) for who, weight in weights.items()}

    below, above = least - max(weights.values()), most - min(weights.values())
    while (middle := (below + above) / 2) not in (below, above):
        if fsum(held(middle).values()) < total:
            below = middle
        else:
            above = middle
    return held(above)


def _statement(
    people: Sequence[Weight],
    sizes: Mapping[str, int],
    counted: Response,
    unheard: Mapping[str, int],
    classes: Sequence[str] | None,
    raking: Raked | None,
    trimming: tuple[tuple[float, float] | None, int],
) -> tuple[str, ...]:
    """Say in plain English what the weights stand for and what they cannot."""
    total = counted.total
    rate = total.response_rate or Fraction(0)
    said = [
        (
            f"{len(people):,} of {_people(total.eligible, after='invited')} heard ({float(rate):.0%}), "
            f"out of {sum(sizes.values()):,} who were offered help."
        )
    ]
    said += [f"Nobody was heard in {name}; these figures say nothing of them." for name in sorted(unheard)]
    alike = "stratum" if classes is None else f"group by {' and '.join(classes)}"
    stood_for = [name for name in counted.unheard if name in sizes and name not in unheard]
    said += [
        f"Nobody was heard in {name}: others in the same {alike} stand for them here, which nothing supports."
        for name in stood_for
        if counted.by_stratum[name].eligible
    ]
    if total.eligible > total.heard:
        said.append(
            f"{_people(total.eligible - total.heard, 'invited')} not heard. The weights suppose that, within each "
            f"{alike}, they would have answered like those who were; nothing here can check that."
        )
    if total.waiting:
        said.append(
            f"{total.waiting:,} of them {'has' if total.waiting == 1 else 'have'} not answered yet: the figures may change."
        )
    few = [name for name, tally in counted.by_stratum.items() if 0 < tally.heard < 5]
    said += [
        f"Only {counted.by_stratum[name].heard} heard in {name} stand for {sizes[name]:,} people."
        for name in few
    ]
    if raking is not None and not raking.converged:
        said.append(
            f"Raking did not settle in {raking.rounds:,} rounds: a total is still {raking.furthest:.2%} away. "
            "Do not use these weights; use fewer totals or wider groups."
        )
    limits, trimmed = trimming
    if limits is not None and trimmed:
        said.append(
            f"Weights were held between {limits[0]:g} and {limits[1]:g} times their mean, which changed {trimmed:,}. "
            "It steadies the figures and may lean them towards the people heard most."
        )
    effect = len(people) / effective_size([person.final for person in people])
    said.append(
        f"Unequal weights make {len(people):,} people tell about as much as {len(people) / effect:.0f} equal ones would "
        f"(design effect {effect:.2f})."
    )
    return tuple(said)


def _people(number: int, before: str = "", after: str = "") -> str:
    """Write a number of people with the verb it takes: ``1 invited person was``, ``3 people were``."""
    words = (
        f"{number:,}",
        before,
        "person" if number == 1 else "people",
        after,
        "was" if number == 1 else "were",
    )
    return " ".join(word for word in words if word)


def _nobody_heard(name: str, people: int) -> Problem:
    return Problem(
        f"Nobody was heard in {name} ({people:,} people), so nobody can stand for them.",
        "Hear somebody there, use wider classes, or leave them out and say so.",
        value=name,
        code="nobody-heard",
    )


def _unknown_stratum(case: Case) -> Problem:
    return Problem(
        f"{case.id} is in {case.stratum}, whose size is not given.",
        "Give the number of people in each stratum of the frame.",
        value=case.stratum,
        code="unknown-stratum",
    )


def _out_of_order(case: Case, before: Case) -> Problem:
    return Problem(
        f"{case.id} (place {case.place} in {case.stratum}) was invited before {before.id} (place {before.place}).",
        "Invite reserves in order, or record what came of everybody earlier: passing people over is not chance.",
        value=case.id,
        code="out-of-order",
    )
