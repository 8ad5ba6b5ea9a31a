"""Agreement between people who coded the same notes, and what they still have to settle.

Each coder gives each unit (a note, an answer) any number of themes. Agreement is counted theme by
theme (given or not), and also on the one code of each unit where nobody gave more than one.

- percent agreement: pairs of coders who agree, over units coded by two or more;
- Cohen's kappa (1960) for each pair of coders, with the standard error of Fleiss, Cohen and
  Everitt, Psychological Bulletin 72 (1969), formula 13;
- Krippendorff's alpha for nominal data, with gaps (Computing Krippendorff's
  Alpha-Reliability, 2011), and a bootstrap interval over units;
- Gwet's AC1, British Journal of Mathematical and Statistical Psychology 61 (2008), which does not
  fall when nearly everything, or nearly nothing, has the theme.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum, sqrt
from random import Random
from statistics import NormalDist

from openoutcomes.standard.problems import InputError, Problem

#: Each unit's codes by coder: ``{unit: {coder: code}}``; coders who skipped a unit are left out.
Ratings = Mapping[str, Mapping[str, str]]
#: How often each code was given to one unit.
Pattern = tuple[tuple[str, int], ...]
GIVEN, NOT_GIVEN = "yes", "no"
#: Krippendorff's limits: below the first, do not rely on it; from the second, rely on it.
TENTATIVE, RELIABLE = 0.667, 0.8
#: A theme given this rarely (or withheld this rarely) drags kappa and alpha down.
_RARE = 0.1
_LEAST_RESAMPLES = 100


@dataclass(frozen=True, slots=True)
class Coding:
    """The themes one coder gave one unit; none means that it was read and no theme applied."""

    unit: str
    coder: str
    themes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa of two coders over ``n`` units; None where it cannot be worked out.

    ``se``: standard error for the interval. ``se_of_chance``: for testing against no agreement
    beyond chance. The interval is kept within −1 to 1.
    """

    n: int
    observed: float
    expected: float
    value: float | None
    se: float | None
    se_of_chance: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Agreement on one thing coded. Shares and coefficients are None where there is nothing to count.

    ``units``: coded by two or more. ``given``: share of codings with the theme (None for a
    whole code). ``kappas``: for each pair of coders.
    """

    subject: str
    units: int
    given: float | None
    percent: float | None
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    ac1: float | None
    kappas: dict[tuple[str, str], Kappa]
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A unit on which coders differ about a theme: who gave it and who did not."""

    unit: str
    theme: str
    given_by: tuple[str, ...]
    not_given_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement over a whole set of codings.

    ``overall`` is None where somebody gave a unit two or more themes. ``once``: units that one
    person alone coded, which count for nothing here. ``to_settle``: themes with most
    disagreements first, then by unit.
    """

    coders: tuple[str, ...]
    units: int
    once: tuple[str, ...]
    overall: Coefficients | None
    themes: tuple[Coefficients, ...]
    to_settle: tuple[Disagreement, ...]


def agreement(
    codings: Iterable[Coding],
    themes: Iterable[str] = (),
    *,
    level: float = 0.95,
    resamples: int = 1_000,
    seed: int = 1,
) -> Agreement:
    """Measure agreement; ``themes`` adds themes of the code book that nobody gave.

    ``resamples``: of the bootstrap (0 for no intervals of alpha); ``seed`` makes them the same
    each time. Raises InputError for one coder only, or a unit coded twice by one person.
    """
    held = list(codings)
    problems = _cannot_compare(held, level, resamples)
    if problems:
        raise InputError(problems)
    coders = tuple(sorted({coding.coder for coding in held}))
    by_unit: dict[str, dict[str, frozenset[str]]] = {}
    for coding in sorted(held, key=lambda coding: (coding.unit, coding.coder)):
        by_unit.setdefault(coding.unit, {})[coding.coder] = coding.themes
    shared = {unit: codes for unit, codes in by_unit.items() if len(codes) > 1}
    names = sorted({theme for coding in held for theme in coding.themes} | set(themes))
    chance = (level, resamples, seed)
    found = []
    for theme in names:
        ratings = {
            unit: {coder: GIVEN if theme in codes else NOT_GIVEN for coder, codes in said.items()}
            for unit, said in shared.items()
        }
        found.append(_coefficients(theme, ratings, (GIVEN, NOT_GIVEN), coders, chance))
    overall = None
    if all(len(coding.themes) <= 1 for coding in held):
        single = {
            unit: {coder: next(iter(codes), "(none)") for coder, codes in said.items()}
            for unit, said in shared.items()
        }
        kinds = tuple(sorted({code for said in single.values() for code in said.values()}))
        overall = _coefficients("all themes", single, kinds, coders, chance)
    once = tuple(unit for unit, codes in by_unit.items() if len(codes) == 1)
    return Agreement(coders, len(shared), once, overall, tuple(found), _to_settle(shared, names))


def _cannot_compare(held: Sequence[Coding], level: float, resamples: int) -> list[Problem]:
    problems = []
    coders = {coding.coder for coding in held}
    if len(coders) < 2:
        what = (
            f"Only {next(iter(coders))} coded; agreement needs two people." if coders else "Nothing is coded."
        )
        problems.append(Problem(what, "Have a second person code the same notes.", code="one-coder"))
    twice = [key for key, count in Counter((each.unit, each.coder) for each in held).items() if count > 1]
    problems += [
        Problem(
            f"{coder} coded {unit} twice.",
            "Put the themes of a unit together.",
            value=unit,
            code="coded-twice",
        )
        for unit, coder in twice
    ]
    seen = Counter(each.unit for each in held)
    if not problems and max(seen.values()) < 2:
        what = "No unit was coded by two people."
        problems.append(
            Problem(what, "Have a second person code some of the same notes.", code="none-shared")
        )
    if not 0.5 <= level < 1:
        problems.append(
            Problem(f"A level of {level:g} is not usual.", "Use 0.5 to 0.999; 0.95 is usual.", code="level")
        )
    if resamples and resamples < _LEAST_RESAMPLES:
        what = f"{resamples} resamples are too few for an interval."
        problems.append(Problem(what, f"Use {_LEAST_RESAMPLES} or more, or 0 for none.", code="resamples"))
    return problems


def _to_settle(
    shared: Mapping[str, Mapping[str, frozenset[str]]], themes: Sequence[str]
) -> tuple[Disagreement, ...]:
    found: list[Disagreement] = []
    for theme in themes:
        for unit, said in shared.items():
            yes = tuple(coder for coder, codes in said.items() if theme in codes)
            no = tuple(coder for coder, codes in said.items() if theme not in codes)
            if yes and no:
                found.append(Disagreement(unit, theme, yes, no))
    counts = Counter(each.theme for each in found)
    return tuple(sorted(found, key=lambda each: (-counts[each.theme], each.theme, each.unit)))


def _coefficients(
    subject: str,
    ratings: Ratings,
    kinds: Sequence[str],
    coders: Sequence[str],
    chance: tuple[float, int, int],
) -> Coefficients:
    level, resamples, seed = chance
    codes = [code for said in ratings.values() for code in said.values()]
    is_theme = tuple(kinds) == (GIVEN, NOT_GIVEN)
    given = codes.count(GIVEN) / len(codes) if is_theme and codes else None
    alpha = krippendorff_alpha(ratings)
    low, high = (
        bootstrap_alpha(ratings, resamples=resamples, seed=seed, level=level)
        if alpha is not None and resamples
        else (None, None)
    )
    kappas = {}
    for first, second in combinations(coders, 2):
        both = [(said[first], said[second]) for said in ratings.values() if first in said and second in said]
        if both:
            kappas[first, second] = cohen_kappa(both, level=level)
    return Coefficients(
        subject=subject,
        units=len(ratings),
        given=given,
        percent=percent_agreement(ratings),
        alpha=alpha,
        alpha_low=low,
        alpha_high=high,
        ac1=gwet_ac1(ratings, kinds),
        kappas=kappas,
        cautions=tuple(_cautions(len(ratings), given, alpha)),
    )


def _cautions(units: int, given: float | None, alpha: float | None) -> list[str]:
    said = []
    if alpha is None:
        said.append("Everybody gave the same code to everything: only percent agreement can be stated.")
    elif alpha < TENTATIVE:
        said.append(
            f"Alpha is below {TENTATIVE}: settle the differences and sharpen the code book before counting it."
        )
    elif alpha < RELIABLE:
        said.append(f"Alpha is below {RELIABLE}: good enough for tentative conclusions only.")
    if alpha is not None and given is not None and not _RARE <= given <= 1 - _RARE:
        said.append(
            f"Given in {given:.0%} of codings: kappa and alpha fall easily when a theme is so rare or so common; see AC1."
        )
    if units < 30:
        said.append(f"{units} units coded by two or more: every coefficient is uncertain.")
    return said


def percent_agreement(ratings: Ratings) -> float | None:
    """Return the share of pairs of coders who agree, the mean over units coded by two or more."""
    shares = [_pairs_alike(list(said.values())) for said in ratings.values() if len(said) > 1]
    return fsum(shares) / len(shares) if shares else None


def _pairs_alike(codes: Sequence[str]) -> float:
    """Return the share of pairs of codes that are the same, of two or more codes."""
    alike = sum(count * (count - 1) for count in Counter(codes).values())
    return alike / (len(codes) * (len(codes) - 1))


def cohen_kappa(pairs: Sequence[tuple[str, str]], *, level: float = 0.95) -> Kappa:
    """Return Cohen's kappa of two coders' codes of the same units, one pair a unit (at least one)."""
    n = len(pairs)
    cells = {pair: count / n for pair, count in Counter(pairs).items()}
    kinds = sorted({code for pair in pairs for code in pair})
    first = {kind: fsum(share for (a, _), share in cells.items() if a == kind) for kind in kinds}
    second = {kind: fsum(share for (_, b), share in cells.items() if b == kind) for kind in kinds}
    observed = fsum(share for (a, b), share in cells.items() if a == b)
    expected = fsum(first[kind] * second[kind] for kind in kinds)
    if len(kinds) == 1:
        return Kappa(n, observed, expected, None, None, None, None, None)
    value = (observed - expected) / (1 - expected)
    alike = fsum(
        cells.get((kind, kind), 0.0) * ((1 - expected) - (first[kind] + second[kind]) * (1 - observed)) ** 2
        for kind in kinds
    )
    unlike = fsum(share * (second[a] + first[b]) ** 2 for (a, b), share in cells.items() if a != b)
    middle = observed * expected - 2 * expected + observed
    variance = (alike + (1 - observed) ** 2 * unlike - middle**2) / (n * (1 - expected) ** 4)
    both = fsum(first[kind] * second[kind] * (first[kind] + second[kind]) for kind in kinds)
    of_chance = (expected + expected**2 - both) / (n * (1 - expected) ** 2)
    # Rounding can leave a hair below nothing where agreement is complete.
    se, se_of_chance = sqrt(max(variance, 0.0)), sqrt(max(of_chance, 0.0))
    half = NormalDist().inv_cdf((1 + level) / 2) * se
    return Kappa(
        n, observed, expected, value, se, se_of_chance, max(value - half, -1.0), min(value + half, 1.0)
    )


def krippendorff_alpha(ratings: Ratings) -> float | None:
    """Return Krippendorff's alpha for nominal codes; units coded by one person count for nothing.

    None where there is nothing to compare, or one and the same code throughout.
    """
    patterns = Counter(_pattern(said) for said in ratings.values() if len(said) > 1)
    return _alpha(list(patterns.items()))


def _pattern(said: Mapping[str, str]) -> Pattern:
    return tuple(sorted(Counter(said.values()).items()))


def _alpha(patterns: Iterable[tuple[Pattern, int]]) -> float | None:
    """Work out alpha from how many units have each pattern of two or more codes."""
    totals: dict[str, int] = {}
    unlike: list[float] = []
    for pattern, units in patterns:
        coded = sum(count for _, count in pattern)
        for kind, count in pattern:
            totals[kind] = totals.get(kind, 0) + count * units
        unlike.append(units * (coded * coded - sum(count * count for _, count in pattern)) / (coded - 1))
    whole = sum(totals.values())
    expected = whole * whole - sum(total * total for total in totals.values())
    return 1 - (whole - 1) * fsum(unlike) / expected if expected else None


def bootstrap_alpha(
    ratings: Ratings, *, resamples: int = 1_000, seed: int = 1, level: float = 0.95
) -> tuple[float | None, float | None]:
    """Return a percentile interval of alpha, drawing units again with replacement.

    Numbers come from Python's Mersenne Twister, whose ``random()`` is the same in every version.
    Resamples in which only one code is left have no alpha and are passed over. None, None where
    there is nothing to draw from or none has an alpha.
    """
    held = [_pattern(said) for said in ratings.values() if len(said) > 1]
    kinds = list(dict.fromkeys(held))
    place = {pattern: number for number, pattern in enumerate(kinds)}
    # Units of one pattern count alike, so a resample is only how often each pattern was drawn.
    units = [place[pattern] for pattern in held]
    chance = Random(seed).random  # noqa: S311 - statistics, not secrets
    found = []
    for _ in range(resamples if units else 0):
        drawn = [0] * len(kinds)
        for _ in units:
            drawn[units[int(chance() * len(units))]] += 1
        alpha = _alpha((pattern, times) for pattern, times in zip(kinds, drawn, strict=True) if times)
        if alpha is not None:
            found.append(alpha)
    if not found:
        return None, None
    found.sort()
    tail = (1 - level) / 2
    return _at(found, tail), _at(found, 1 - tail)


def _at(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of sorted numbers, by linear interpolation (Hyndman and Fan's type 7)."""
    place = share * (len(ordered) - 1)
    before = int(place)
    after = min(before + 1, len(ordered) - 1)
    return ordered[before] + (place - before) * (ordered[after] - ordered[before])


def gwet_ac1(ratings: Ratings, kinds: Sequence[str]) -> float | None:
    """Return Gwet's AC1 over the codes ``kinds``; None with fewer than two kinds or no pairs.

    Units coded by one person help to say how common each code is, as in Gwet's own account.
    """
    observed = percent_agreement(ratings)
    if observed is None or len(kinds) < 2:
        return None
    coded = [Counter(said.values()) for said in ratings.values() if said]
    shares = [fsum(counts[kind] / counts.total() for counts in coded) / len(coded) for kind in kinds]
    expected = fsum(share * (1 - share) for share in shares) / (len(kinds) - 1)
    return (observed - expected) / (1 - expected)
