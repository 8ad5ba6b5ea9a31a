"""Quantiles and intervals of a proportion, in plain Python.

The incomplete beta function is summed by its continued fraction (Abramowitz and Stegun 26.5.8,
by Lentz's method); quantiles are found by bisection, to ten figures or more. Speed does not matter
here: a page shows a few dozen intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, isinf, lgamma, log, log1p, sqrt
from statistics import NormalDist

_TINY = 1e-300
_CLOSE = 1e-16
_ROUNDS = 10_000


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the chance that a beta variable with parameters ``a`` and ``b`` is at most ``x``."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    # The fraction converges fast on one side of the mean only; the other is its mirror image.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Sum the continued fraction of the incomplete beta function."""
    c, d = 1.0, 1 / _away_from_nought(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _ROUNDS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_nought(1 + term * d)
            c = _away_from_nought(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < _CLOSE:
            break
    return value


def _away_from_nought(number: float) -> float:
    return number if abs(number) > _TINY else _TINY


def beta_quantile(share: float, a: float, b: float) -> float:
    """Return the value a beta variable is at most with chance ``share``; 0 or 1 at the edges."""
    if a <= 0:
        return 0.0
    if b <= 0:
        return 1.0
    return _bisect(lambda x: beta_cdf(x, a, b), share, 0.0, 1.0)


def t_quantile(share: float, df: float) -> float:
    """Return the quantile of Student's t with ``df`` degrees of freedom; of the normal for infinity."""
    if isinf(df):
        return NormalDist().inv_cdf(share)
    if share < 0.5:
        return -t_quantile(1 - share, df)
    if share == 0.5:
        return 0.0
    # t² / (df + t²) is a beta variable with parameters ½ and df/2; its complement keeps more figures.
    rest = beta_quantile(2 * (1 - share), df / 2, 0.5)
    return sqrt(df * (1 - rest) / rest) if rest > 0 else inf


def _bisect(rising: Callable[[float], float], target: float, low: float, high: float) -> float:
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if rising(middle) < target:
            low = middle
        else:
            high = middle


def exact_interval(share: float, n: float, level: float) -> tuple[float, float]:
    """Return the Clopper–Pearson interval of ``share`` of ``n`` people; ``n`` need not be whole."""
    tail = (1 - level) / 2
    yes, no = n * share, n * (1 - share)
    return beta_quantile(tail, yes, no + 1), beta_quantile(1 - tail, yes + 1, no)


def wilson_interval(share: float, n: float, times: float) -> tuple[float, float]:
    """Return Wilson's score interval of ``share`` of ``n`` people, with ``times`` standard errors."""
    square = times * times
    centre = share + square / (2 * n)
    half = times * sqrt(share * (1 - share) / n + square / (4 * n * n))
    # Exactly nought or one at the edges, whatever rounding does.
    low = 0.0 if share <= 0 else max(0.0, (centre - half) / (1 + square / n))
    high = 1.0 if share >= 1 else min(1.0, (centre + half) / (1 + square / n))
    return low, high


def logit_interval(share: float, se: float, times: float) -> tuple[float, float]:
    """Return the interval made on the log odds; ``share`` is between 0 and 1, neither counted."""
    odds = log(share) - log1p(-share)
    half = times * se / (share * (1 - share))
    return _from_logit(odds - half), _from_logit(odds + half)


def _from_logit(odds: float) -> float:
    return 1 / (1 + exp(-odds)) if odds > -700 else 0.0
