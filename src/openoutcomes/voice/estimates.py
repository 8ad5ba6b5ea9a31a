"""Means, totals and shares of everybody in the frame, from those heard, with their uncertainty.

The estimators are those of R's survey package for a stratified sample of people without
replacement (Särndal, Swensson and Wretman, Model Assisted Survey Sampling, 1992, 5.5 and 3.7):
a mean is Σwy ÷ Σw, and its variance that of the linearised values z = w(y − mean) ÷ Σw:

    Σ over strata of (1 − n/N) × n ÷ (n − 1) × Σ (z − mean of z)²

with n heard of N in the stratum. Only stratum and weight go into it: what raking gains is not
counted, and that people heard are not a random part of those invited cannot be. Degrees of
freedom: people heard less strata.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, inf, isfinite, sqrt
from typing import Literal, get_args

from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.voice.intervals import exact_interval, logit_interval, t_quantile, wilson_interval
from openoutcomes.voice.weighting import effective_size

Method = Literal["korn-graubard", "logit", "wilson"]
METHODS: tuple[Method, ...] = get_args(Method)
#: Fewer people than this: no figure is given. The caller may ask for more, not for fewer.
TOO_FEW = 5
#: From the United States National Center for Health Statistics' rules for showing proportions (2017).
_SMALL, _WIDE, _WIDEST_SHARE, _FEW_DF = 30, 0.30, 1.30, 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person heard said, as a number; ``counted`` False keeps them out of a group's figure.

    People outside a group still belong to the sample: leave them in with ``counted`` False, so
    that the uncertainty of the group's size is not lost.
    """

    id: str
    stratum: str
    weight: float
    value: float
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure for everybody in the frame, or the reason there is none.

    ``value``, ``se``, ``low`` and ``high`` are None when too few were heard (``withheld`` says
    why). ``df``: degrees of freedom. ``effective_size``: Kish's. ``cautions``: plain sentences.
    """

    kind: Literal["mean", "total", "proportion"]
    n: int
    value: float | None
    se: float | None
    low: float | None
    high: float | None
    level: float
    method: str
    df: int
    effective_size: float
    cautions: tuple[str, ...]
    withheld: str = ""


def estimate_mean(
    answers: Iterable[Answer], sizes: Mapping[str, int], *, level: float = 0.95, at_least: int = TOO_FEW
) -> Estimate:
    """Estimate the mean over everybody in the frame (or in the group), with a t interval."""
    held = _checked(answers, sizes, level)
    return _linear("mean", held, sizes, level, at_least)


def estimate_total(
    answers: Iterable[Answer], sizes: Mapping[str, int], *, level: float = 0.95, at_least: int = TOO_FEW
) -> Estimate:
    """Estimate the total over everybody in the frame (or in the group), with a t interval."""
    held = _checked(answers, sizes, level)
    return _linear("total", held, sizes, level, at_least)


def estimate_proportion(
    answers: Iterable[Answer],
    sizes: Mapping[str, int],
    *,
    level: float = 0.95,
    method: Method = "korn-graubard",
    at_least: int = TOO_FEW,
) -> Estimate:
    """Estimate the share of people with value 1 (the others have 0).

    ``korn-graubard``: Clopper–Pearson on the effective number of people, as the method ``beta``
    of ``svyciprop`` (Korn and Graubard 1998), which is never taken to be more than a simple
    random sample of as many would give. ``wilson``: Wilson's score interval on the same number
    with t for the normal. ``logit``: on the log odds; none when nobody or everybody said yes.
    """
    held = _checked(answers, sizes, level)
    if method not in METHODS:
        raise InputError(Problem(f"“{method}” is no method.", f"Use {', '.join(METHODS)}.", code="method"))
    odd = next((answer for answer in held if answer.value not in (0, 1)), None)
    if odd is not None:
        what = f"{odd.id} has the value {odd.value:g}; a share is of people with 1 among people with 0 or 1."
        raise InputError(Problem(what, "Use 1 for yes and 0 for no.", value=odd.id, code="value"))
    plain = _linear("proportion", held, sizes, level, at_least)
    if plain.value is None or plain.se is None:
        return plain
    low, high, how = _share_interval(plain, held, sizes, method)
    cautions = [*plain.cautions, *_unsteady(plain, low, high)]
    return _replaced(plain, low, high, how, tuple(cautions))


def _replaced(
    plain: Estimate, low: float | None, high: float | None, how: str, cautions: tuple[str, ...]
) -> Estimate:
    return Estimate(
        plain.kind, plain.n, plain.value, plain.se, low, high, plain.level, how, plain.df, plain.effective_size, cautions
    )  # fmt: skip


def _linear(
    kind: Literal["mean", "total", "proportion"],
    held: Sequence[Answer],
    sizes: Mapping[str, int],
    level: float,
    at_least: int,
) -> Estimate:
    inside = [answer for answer in held if answer.counted]
    df = len(held) - len({answer.stratum for answer in held})
    needed = max(at_least, TOO_FEW)
    if len(inside) < needed:
        were = "person was" if len(inside) == 1 else "people were"
        why = f"{len(inside)} {were} heard; a figure needs {needed} or more."
        return Estimate(kind, len(inside), None, None, None, None, level, "", df, 0.0, (), why)
    weighed = fsum(answer.weight for answer in inside)
    total = fsum(answer.weight * answer.value for answer in inside)
    if kind == "total":
        value = total
        parts = [(each.stratum, each.weight * each.value * each.counted) for each in held]
    else:
        value = total / weighed
        parts = [
            (each.stratum, each.weight * (each.value - value) / weighed if each.counted else 0.0)
            for each in held
        ]
    variance, lonely = _variance(parts, sizes)
    se = sqrt(variance)
    half = t_quantile((1 + level) / 2, df) * se if df else inf
    kish = effective_size([answer.weight for answer in inside])
    cautions = [
        f"One person alone was heard in {name}: how far people there differ is guessed from everybody."
        for name in lonely
    ]
    cautions += [_nobody(name) for name in sorted(set(sizes) - {answer.stratum for answer in held})]
    if kish < _SMALL:
        cautions.append(
            f"{len(inside):,} people, as good as {kish:.0f} equally weighted: too few to be steady."
        )
    return Estimate(
        kind=kind,
        n=len(inside),
        value=value,
        se=se,
        low=value - half if isfinite(half) else None,
        high=value + half if isfinite(half) else None,
        level=level,
        method="t" if isfinite(half) else "none: no stratum has two people heard",
        df=df,
        effective_size=kish,
        cautions=tuple(cautions),
    )


def _variance(parts: Sequence[tuple[str, float]], sizes: Mapping[str, int]) -> tuple[float, list[str]]:
    """Return the variance of the sum of linearised values, and strata with one person heard.

    Such a stratum is measured from the mean of all the values, which overstates more often than
    it hides (``lonely.psu = "adjust"`` in R's survey package).
    """
    strata: dict[str, list[float]] = {}
    for name, part in parts:
        strata.setdefault(name, []).append(part)
    overall = fsum(part for _, part in parts) / len(parts)
    variance, lonely = 0.0, []
    for name, values in sorted(strata.items()):
        n, left = len(values), 1 - len(values) / sizes[name]
        if n == 1:
            variance += left * (values[0] - overall) ** 2
            if left:
                lonely.append(name)
            continue
        centre = fsum(values) / n
        variance += left * n / (n - 1) * fsum((value - centre) ** 2 for value in values)
    return variance, lonely


def _share_interval(
    plain: Estimate, held: Sequence[Answer], sizes: Mapping[str, int], method: Method
) -> tuple[float | None, float | None, str]:
    share, se, level = plain.value or 0.0, plain.se or 0.0, plain.level
    strata = {answer.stratum for answer in held}
    if len(held) == sum(sizes[name] for name in strata):
        return share, share, "none needed: everybody was heard"
    if not plain.df:
        return None, None, plain.method
    times = t_quantile((1 + level) / 2, plain.df)
    if method == "logit":
        if not 0 < share < 1 or not se:
            return None, None, "none: logit has no interval where nobody or everybody said yes"
        return *logit_interval(share, se, times), method
    whole = sum(sizes[name] for name in strata)
    most = plain.n / (1 - len(held) / whole)
    n = min(share * (1 - share) / se**2, most) if se and 0 < share < 1 else plain.effective_size
    if method == "wilson":
        return *wilson_interval(share, n, times), method
    n *= (t_quantile((1 + level) / 2, len(held) - 1) / times) ** 2
    return *exact_interval(share, n, level), method


def _unsteady(plain: Estimate, low: float | None, high: float | None) -> list[str]:
    """Say where the interval breaks a rule for showing proportions."""
    if low is None or high is None or plain.value is None:
        return []
    width = high - low
    said = []
    if width >= _WIDE:
        said.append(f"The interval is {width * 100:.0f} points wide: read it as a range, not a figure.")
    elif plain.value and width > 0.05 and width / plain.value > _WIDEST_SHARE:
        said.append("The interval is wider than the figure itself: read it as a range, not a figure.")
    if 0 < plain.df < _FEW_DF:
        said.append(f"Only {plain.df} degrees of freedom: the interval itself is uncertain.")
    return said


def _nobody(name: str) -> str:
    return f"Nobody was heard in {name}; this figure says nothing of them."


def _checked(answers: Iterable[Answer], sizes: Mapping[str, int], level: float) -> list[Answer]:
    held = list(answers)
    problems = []
    if not 0.5 <= level < 1:
        problems.append(
            Problem(f"A level of {level:g} is not usual.", "Use 0.5 to 0.999; 0.95 is usual.", code="level")
        )
    if not held:
        problems.append(Problem("There are no answers.", "Give at least one.", code="no-answers"))
    seen: set[str] = set()
    counts: dict[str, int] = {}
    for answer in held:
        problems += _wrong_with(answer, sizes)
        if answer.id in seen:
            problems.append(
                Problem(f"{answer.id} answers twice.", "Keep one.", value=answer.id, code="repeated-id")
            )
        seen.add(answer.id)
        counts[answer.stratum] = counts.get(answer.stratum, 0) + 1
    problems += [
        Problem(
            f"{count:,} people were heard in {name}, which holds {sizes[name]:,}.",
            "Correct the size of the stratum.",
            code="more-than-the-stratum",
        )
        for name, count in counts.items()
        if count > sizes.get(name, count)
    ]
    if problems:
        raise InputError(problems)
    return held


def _wrong_with(answer: Answer, sizes: Mapping[str, int]) -> list[Problem]:
    problems = []
    if answer.stratum not in sizes:
        what = f"{answer.id} is in {answer.stratum}, whose size is not given."
        problems.append(Problem(what, "Give it.", value=answer.stratum, code="unknown-stratum"))
    if not (isfinite(answer.weight) and answer.weight > 0):
        what = f"{answer.id} has the weight {answer.weight:g}; a weight is more than 0."
        problems.append(Problem(what, "Correct it, or leave the person out.", value=answer.id, code="weight"))
    if not isfinite(answer.value):
        what = f"{answer.id} has an answer that is not a number."
        problems.append(Problem(what, "Leave it out.", value=answer.id, code="value"))
    return problems
