"""Who was heard: samples that can be drawn again, weights with their limits, agreement, ranking.

In the order of use: ``make_frame`` and ``draw_sample``; ``response``; ``weigh``;
``estimate_proportion``, ``estimate_mean`` and ``estimate_total``; ``agreement`` of coders;
``rank_stories``. Every function is pure: plain values in, plain values out, and an
:class:`~openoutcomes.standard.problems.InputError` with messages for what cannot be done.
"""

from openoutcomes.voice.allocation import RULES, Rule, allocate
from openoutcomes.voice.coding import Agreement, Coding, Coefficients, Disagreement, Kappa, agreement
from openoutcomes.voice.estimates import (
    METHODS,
    Answer,
    Estimate,
    Method,
    estimate_mean,
    estimate_proportion,
    estimate_total,
)
from openoutcomes.voice.frames import Frame, Member, make_frame
from openoutcomes.voice.ranking import Ranked, Ranking, rank_stories
from openoutcomes.voice.response import MEANINGS, OUTCOMES, ROUTES, Case, Response, Tally, response
from openoutcomes.voice.sampling import Drawn, Sample, StratumPlan, draw_sample
from openoutcomes.voice.weighting import Raked, Weight, Weighted, effective_size, rake, trim, weigh

__all__ = [
    "MEANINGS",
    "METHODS",
    "OUTCOMES",
    "ROUTES",
    "RULES",
    "Agreement",
    "Answer",
    "Case",
    "Coding",
    "Coefficients",
    "Disagreement",
    "Drawn",
    "Estimate",
    "Frame",
    "Kappa",
    "Member",
    "Method",
    "Raked",
    "Ranked",
    "Ranking",
    "Response",
    "Rule",
    "Sample",
    "StratumPlan",
    "Tally",
    "Weight",
    "Weighted",
    "agreement",
    "allocate",
    "draw_sample",
    "effective_size",
    "estimate_mean",
    "estimate_proportion",
    "estimate_total",
    "make_frame",
    "rake",
    "rank_stories",
    "response",
    "trim",
    "weigh",
]
