"""Scores instruments and judges change: the plain reference that faster code must agree with.

An instrument is named by its id, such as ``phq-9``; one scale of an instrument that gives several
scores by ``ons4/anxiety``. Scores are Decimals, never floats. The instruments themselves are data
files with their sources (``data/instruments``), and each figure says whether it was verified.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal

from openoutcomes.standard.instrument_files import FOLDER, read_instrument, read_wording
from openoutcomes.standard.instrument_types import (
    Alert,
    Band,
    ChangeRule,
    Fact,
    Instrument,
    Scale,
    Score,
    Span,
    jacobson_truax,
)
from openoutcomes.standard.money import round_half_up
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.standard.yamlnodes import suggestion

__all__ = [
    "INSTRUMENTS",
    "Alert",
    "Band",
    "Change",
    "ChangeRule",
    "Fact",
    "Instrument",
    "Scale",
    "Score",
    "Span",
    "TalkingTherapies",
    "band",
    "find",
    "is_case",
    "jacobson_truax",
    "load_wording",
    "reliable_change",
    "score",
    "score_total",
    "talking_therapies",
]

Change = Literal["improved", "deteriorated", "no reliable change"]


class _Library(Mapping[str, Instrument]):
    """The shipped instruments by id, read when first asked for."""

    def __getitem__(self, key: str) -> Instrument:
        return _load()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_load())

    def __len__(self) -> int:
        return len(_load())


@cache
def _load() -> dict[str, Instrument]:
    found = (read_instrument(path) for path in sorted(FOLDER.glob("*.yaml")))
    return {instrument.id: instrument for instrument in found}


#: Every shipped instrument by id, in alphabetical order.
INSTRUMENTS: Mapping[str, Instrument] = _Library()


def find(instrument_id: str) -> tuple[Instrument, Scale | None] | Problem:
    """Return the instrument, and its scale where the id names one or it has only one.

    Unknown ids give a Problem with the nearest known one.
    """
    code, _, scale_code = instrument_id.strip().lower().partition("/")
    if code not in INSTRUMENTS:
        what = f"there is no instrument {instrument_id!r}."
        mend = suggestion(code, INSTRUMENTS) or "`openoutcomes instruments list` has them all."
        return Problem(what, mend, value=instrument_id, code="unknown-instrument")
    instrument = INSTRUMENTS[code]
    if not scale_code:
        return instrument, instrument.scales[0] if len(instrument.scales) == 1 else None
    known = [scale.code for scale in instrument.scales]
    if scale_code not in known:
        what = f"{code} has no scale {scale_code!r}."
        return Problem(what, suggestion(scale_code, known), value=instrument_id, code="unknown-scale")
    return instrument, instrument.scale(scale_code)


def score(instrument_id: str, items: Sequence[int | None]) -> Score | list[Problem]:
    """Score the answers to an instrument's items, in the order of the form; None is unanswered.

    Answers are as ticked: reverse-scored items are turned round here. Returns every problem
    found: a wrong number of answers, one outside the range, too many missing.
    """
    found = find(instrument_id)
    if isinstance(found, Problem):
        return [found]
    instrument, only = found
    if instrument.responses is None:
        what = f"{instrument.id} is scored from totals alone."
        mend = f"Record the score that its owner's tools give. See {instrument.link}"
        return [Problem(what, mend, value=instrument.id, code="total-only")]
    span = instrument.responses.value
    answers = list(items)
    problems = _answer_problems(instrument, answers, span)
    if problems:
        return problems
    turned = [
        None if answer is None else _turned(answer, number in instrument.reversed_items.value, span)
        for number, answer in enumerate(answers, start=1)
    ]
    values: dict[str, Decimal] = {}
    raw = None
    for scale in instrument.scales if only is None else (only,):
        mine = [turned[number - 1] for number in scale.items]
        if any(answer is not None for answer in mine):
            raw = _raw(instrument, mine)
            values[scale.code] = _finished(instrument, scale, raw)
    if not values:
        return [Problem("no item that this score needs was answered.", code="missing-items")]
    table = instrument.scoring.value == "metric-table"
    return Score(
        instrument=instrument.id,
        values=values,
        bands=_bands(instrument, values),
        raw=Decimal(int(raw)) if table and raw is not None else None,
        answered=sum(answer is not None for answer in answers),
        prorated=instrument.scoring.value in ("sum", "mean") and None in answers,
        alerts=_alerts(instrument, answers),
    )


def score_total(instrument_id: str, total: Decimal | int) -> Score | list[Problem]:
    """Accept a score worked out elsewhere, if it is one that the scale can give.

    ``total`` is on the scale's own terms: for a metric table the metric score, not the raw total.
    """
    found = find(instrument_id)
    if isinstance(found, Problem):
        return [found]
    instrument, scale = found
    if scale is None:
        names = ", ".join(f"{instrument.id}/{each.code}" for each in instrument.scales)
        what = f"{instrument.id} gives several scores, and none is named."
        return [Problem(what, f"Name one: {names}.", value=instrument_id, code="several-scales")]
    problem = _total_problem(instrument, scale, total)
    if problem is not None:
        return [problem]
    values = {scale.code: Decimal(total)}
    return Score(instrument.id, values, _bands(instrument, values))


def reliable_change(
    instrument_id: str, first: Decimal | int, last: Decimal | int, *, more_than: Decimal | None = None
) -> Change:
    """Say whether the difference between two scores is more than measurement error would give.

    ``more_than`` replaces the shipped threshold with one of the user's own. Raises InputError for
    an unknown instrument, an impossible score, or an instrument without a threshold.
    """
    scale = _scale_for(instrument_id, first, last)
    if more_than is not None:
        rule = ChangeRule(more_than, inclusive=False, how="the user's own")
    elif scale.change is not None:
        rule = scale.change.value
    else:
        what = f"no reliable-change threshold is known for {instrument_id}."
        mend = "Give your own, worked out from a standard deviation and a reliability."
        raise InputError(Problem(what, mend, value=instrument_id, code="no-threshold"))
    difference = Decimal(last) - Decimal(first)
    if not rule.met_by(difference):
        return "no reliable change"
    return "improved" if (difference > 0) == (scale.better.value == "higher") else "deteriorated"


def band(instrument_id: str, value: Decimal | int) -> str | None:
    """Return the name of the band a score falls in; None where the scale has no bands.

    Raises InputError for an unknown instrument or an impossible score.
    """
    return _band(_scale_for(instrument_id, value), Decimal(value))


def is_case(instrument_id: str, value: Decimal | int) -> bool | None:
    """Say whether a score reaches the cut-off for a case; None where there is no cut-off.

    Raises InputError for an unknown instrument or an impossible score.
    """
    scale = _scale_for(instrument_id, value)
    return None if scale.case is None else scale.case.value <= value


@dataclass(frozen=True, slots=True)
class TalkingTherapies:
    """The outcome of a course of therapy by the rules of NHS Talking Therapies.

    ``verified`` is False: the rules are general knowledge, repeated in a secondary source, and
    the manual itself was not read.
    """

    case_at_start: bool
    recovered: bool
    reliably_improved: bool
    reliably_deteriorated: bool
    verified: bool = False
    source: str = "General knowledge of the NHS Talking Therapies manual; not verified"

    @property
    def reliably_recovered(self) -> bool:
        """Recovered, and by a change large enough to trust."""
        return self.recovered and self.reliably_improved


def talking_therapies(*, phq9: tuple[int, int], gad7: tuple[int, int]) -> TalkingTherapies:
    """Apply the recovery rule to the first and last totals of the PHQ-9 and the GAD-7.

    Recovered: a case on either at the start (10 and 8) and on neither at the end. Reliably
    improved: better on one by at least 6 or 4 points, and not worse on the other by as much.
    Raises InputError for impossible totals.
    """
    changes = {reliable_change("phq-9", *phq9), reliable_change("gad-7", *gad7)}
    start = is_case("phq-9", phq9[0]) or is_case("gad-7", gad7[0]) or False
    end = is_case("phq-9", phq9[1]) or is_case("gad-7", gad7[1]) or False
    return TalkingTherapies(
        case_at_start=start,
        recovered=start and not end,
        reliably_improved="improved" in changes and "deteriorated" not in changes,
        reliably_deteriorated="deteriorated" in changes and "improved" not in changes,
    )


def load_wording(path: Path | str) -> dict[str, tuple[str, ...]]:
    """Read a registered user's own wording of instruments: a YAML file of id and list of items.

    The file stays with the user. Raises InputError with every problem in it.
    """
    return read_wording(Path(path), INSTRUMENTS)


def _answer_problems(instrument: Instrument, answers: Sequence[int | None], span: Span) -> list[Problem]:
    count = instrument.items.value
    if len(answers) != count:
        what = f"{instrument.id} has {count} items, and {len(answers)} answers were given."
        return [Problem(what, "Give one for each item, blank if unanswered.", code="item-count")]
    problems = [
        Problem(
            f"answered {answer!r}; answers run from {span}.",
            "Give the number ticked on the form.",
            field=f"item {number}",
            value=str(answer),
            code="item-range",
        )
        for number, answer in enumerate(answers, start=1)
        if answer is not None and not (type(answer) is int and answer in span)
    ]
    missing = sum(answer is None for answer in answers)
    if instrument.scoring.value != "per-item" and missing > instrument.missing.value:
        what = f"{missing} of {count} items are unanswered; {instrument.missing.value} at most may be."
        problems.append(Problem(what, "Record the answers, without a score.", code="missing-items"))
    return problems


def _turned(answer: int, is_reversed: bool, span: Span) -> int:  # noqa: FBT001 - private
    return int(span.low + span.high) - answer if is_reversed else answer


def _raw(instrument: Instrument, answers: Sequence[int | None]) -> Fraction:
    """Add or average the answers; the mean of the answered stands in for the missing."""
    answered = [answer for answer in answers if answer is not None]
    mean = Fraction(sum(answered), len(answered))
    return mean if instrument.scoring.value == "mean" else mean * len(answers)


def _finished(instrument: Instrument, scale: Scale, raw: Fraction) -> Decimal:
    if instrument.metric_table is not None:
        return instrument.metric_table.value[int(raw)]
    return Decimal(round_half_up(raw * 10**scale.places)).scaleb(-scale.places)


def _total_problem(instrument: Instrument, scale: Scale, total: Decimal | int) -> Problem | None:
    if not (type(total) is int or (isinstance(total, Decimal) and total.is_finite())):
        return Problem(
            f"{total} is not an exact number.", "Give a whole number or a decimal.", code="not-exact"
        )
    if total not in scale.span.value:
        what = f"{total} is not a possible {scale.name.lower()} of {instrument.id}: {scale.span.value}."
        return Problem(what, "Check the score and the instrument.", value=str(total), code="score-range")
    if instrument.metric_table is not None and total not in instrument.metric_table.value.values():
        table = instrument.metric_table.value
        what = f"{total} is not a metric score of {instrument.id}."
        as_raw = table.get(int(total)) if total == int(total) else None
        mend = f"If {total} is the raw total, the metric score is {as_raw}." if as_raw else ""
        return Problem(what, mend or "Convert the raw total.", value=str(total), code="not-metric")
    if instrument.scoring.value in ("sum", "per-item") and total != int(total):
        what = f"{total} is not a possible score of {instrument.id}, which gives whole numbers."
        return Problem(what, "Is it the mean of a group?", value=str(total), code="not-whole")
    return None


def _scale_for(instrument_id: str, *values: Decimal | int) -> Scale:
    """Return the one scale meant, having checked the scores. Raises InputError."""
    problems: list[Problem] = []
    for value in values:
        checked = score_total(instrument_id, value)
        if isinstance(checked, list):
            problems += [problem for problem in checked if problem not in problems]
    found = find(instrument_id)
    if problems or isinstance(found, Problem) or found[1] is None:
        raise InputError(problems)
    return found[1]


def _band(scale: Scale, value: Decimal) -> str | None:
    if scale.bands is None:
        return None
    return next(band.name for band in reversed(scale.bands.value) if band.low <= value)


def _bands(instrument: Instrument, values: Mapping[str, Decimal]) -> dict[str, str]:
    named = {code: _band(instrument.scale(code), value) for code, value in values.items()}
    return {code: name for code, name in named.items() if name is not None}


def _alerts(instrument: Instrument, answers: Sequence[int | None]) -> tuple[str, ...]:
    return tuple(alert.says for alert in instrument.alerts if (answers[alert.item - 1] or 0) > alert.above)
