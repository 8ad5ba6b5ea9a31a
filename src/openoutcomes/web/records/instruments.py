"""Instruments as forms: questions, answers, scores as they are answered, and change between readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from django import forms

from openoutcomes.standard.fields import SEPARATOR
from openoutcomes.standard.instruments import (
    INSTRUMENTS,
    Instrument,
    Scale,
    Score,
    find,
    reliable_change,
    score_total,
)
from openoutcomes.standard.instruments import band as band_of
from openoutcomes.standard.instruments import score as score_answers
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.core.forms import code_choices
from openoutcomes.web.core.pages import sentence
from openoutcomes.web.records.forms import RecordForm
from openoutcomes.web.records.models import Record

_FREQUENCY = ("Not at all", "Several days", "More than half the days", "Nearly every day")
#: The words of the answers, for instruments whose words are free to show (general knowledge of the forms).
ANSWER_WORDS: dict[str, Mapping[int, str]] = {
    "phq-9": dict(enumerate(_FREQUENCY)),
    "gad-7": dict(enumerate(_FREQUENCY)),
    "ons4": {0: "not at all", 10: "completely"},
}
#: What a form asks at the top, where its words are free to show.
ASKS = {
    "phq-9": "Over the last two weeks, how often have you been bothered by any of these?",
    "gad-7": "Over the last two weeks, how often have you been bothered by any of these?",
    "ons4": "On a scale from 0 to 10:",
}
#: Answers that fit on one line of a phone.
_IN_A_LINE = 11


@dataclass(frozen=True)
class Shown:
    """One scale's score, in words."""

    name: str
    score: str
    band: str = ""
    low: str = ""
    high: str = ""
    better: str = ""


@dataclass(frozen=True)
class Scored:
    """What answers come to: the rows to store, the scores in words, and what must be said."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    alerts: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def plain(number: Decimal | int) -> str:
    """Return a score as people write it: 21.54, 12."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def item_names(instrument: Instrument) -> list[str]:
    """Return the names of the fields for the items."""
    return [f"item_{number}" for number in range(1, instrument.items.value + 1)]


def form_for(instrument: Instrument, wording: Sequence[str]) -> type[RecordForm]:
    """Return the form of an instrument: a question for each item, or a score for each scale."""
    made: dict[str, forms.Field] = {}
    span = instrument.responses.value if instrument.responses else None
    if span is None:
        for scale in instrument.scales:
            made[total_name(scale)] = forms.DecimalField(
                label=scale.name, required=False, min_value=scale.span.value.low, max_value=scale.span.value.high,
                help_text=f"From {scale.span.value}, as its owner's form or tool gives it.",
            )  # fmt: skip
    else:
        numbers = range(int(span.low), int(span.high) + 1)
        options = [(str(number), _answer(instrument.id, number)) for number in numbers]
        is_short = len(options) <= _IN_A_LINE and all(len(words) < 20 for _, words in options)
        for number, name in enumerate(item_names(instrument), start=1):
            words = wording[number - 1] if number <= len(wording) else f"Question {number}"
            made[name] = forms.ChoiceField(
                label=f"{number}. {words}" if wording else words,
                choices=options,
                required=False,
                widget=forms.RadioSelect(attrs={"small": True, "inline": is_short}),
            )
    made["how"] = forms.ChoiceField(
        label="How it was taken", choices=code_choices("measure_how", blank="Not said"), required=False,
        help_text="Used to judge how far to trust it.",
    )  # fmt: skip
    return cast("type[RecordForm]", type("InstrumentForm", (_Answers,), made))


class _Answers(RecordForm):
    more = ("how",)


def total_name(scale: Scale) -> str:
    """Return the name of the field for the score of a scale."""
    return f"total_{scale.code.replace('-', '_')}"


def _answer(instrument_id: str, number: int) -> str:
    words = ANSWER_WORDS.get(instrument_id, {}).get(number)
    if words is None:
        return str(number)
    return f"{number} ({words})" if len(ANSWER_WORDS[instrument_id]) == 2 else f"{words} ({number})"


def scored(instrument: Instrument, values: Mapping[str, Any]) -> Scored:
    """Score what a form says: ``values`` maps names of fields to answers or totals."""
    if instrument.responses is None:
        return _totals(instrument, values)
    answers = [_whole(values.get(name)) for name in item_names(instrument)]
    if all(answer is None for answer in answers):
        return Scored(problems=(Problem("no question was answered.", "Answer at least one, or go back."),))
    found = score_answers(instrument.id, answers)
    items = SEPARATOR.join("" if answer is None else str(answer) for answer in answers)
    if isinstance(found, list):
        hard = tuple(problem for problem in found if problem.code != "missing-items")
        says = [f"No score: {sentence(problem)}" for problem in found]
        alerts = tuple(
            alert.says for alert in instrument.alerts if (answers[alert.item - 1] or 0) > alert.above
        )
        rows = [] if hard else [{"instrument": instrument.id, "items": items}]
        return Scored(rows, says=says, alerts=alerts, problems=hard)
    says = []
    if found.prorated and found.answered is not None:
        gaps = instrument.items.value - found.answered
        says = [
            f"{gaps} {'answer is' if gaps == 1 else 'answers are'} missing; the average of the others stands in."
        ]
    return Scored(
        [
            {"instrument": _id(instrument, code), "items": items, "score": value}
            for code, value in found.values.items()
        ],
        _shown(instrument, found),
        says,
        found.alerts,
    )


def _totals(instrument: Instrument, values: Mapping[str, Any]) -> Scored:
    rows, shown, problems = [], [], []
    for scale in instrument.scales:
        total = values.get(total_name(scale))
        if total is None or total == "":
            continue
        found = score_total(_id(instrument, scale.code), Decimal(str(total)))
        if isinstance(found, list):
            problems += [_at(problem, total_name(scale)) for problem in found]
            continue
        rows.append({"instrument": _id(instrument, scale.code), "score": found.values[scale.code]})
        shown += _shown(instrument, found)
    if not rows and not problems:
        problems = [Problem("no score was given.", "Give at least one, or go back.")]
    return Scored(rows, shown, problems=tuple(problems))


def _at(problem: Problem, name: str) -> Problem:
    return Problem(problem.what, problem.mend, field=name, code=problem.code)


def _id(instrument: Instrument, code: str) -> str:
    return instrument.id if len(instrument.scales) == 1 else f"{instrument.id}/{code}"


def _whole(answer: Any) -> int | None:
    text = str(answer if answer is not None else "").strip()
    return int(text) if text.lstrip("-").isdigit() else None


def _shown(instrument: Instrument, found: Score) -> list[Shown]:
    return [
        Shown(
            scale.name, plain(found.values[scale.code]), found.bands.get(scale.code, ""),
            plain(scale.span.value.low), plain(scale.span.value.high), f"{scale.better.value} is better",
        )
        for scale in instrument.scales
        if scale.code in found.values
    ]  # fmt: skip


def name_of(code: str) -> str:
    """Return the name of an instrument, with its scale where it is one of several."""
    found = find(code)
    if isinstance(found, Problem):
        return code
    instrument, scale = found
    return f"{instrument.name}: {scale.name}" if scale and len(instrument.scales) > 1 else instrument.name


def instrument_of(code: str) -> Instrument | None:
    """Return the instrument that a record's code is about."""
    return INSTRUMENTS.get(code.partition("/")[0])


def band_for(record: Record) -> str:
    """Return the band of a reading's score; nothing where there is none."""
    try:
        return band_of(record.code, Decimal(record.values["score"])) or ""
    except (InputError, KeyError, ArithmeticError):
        return ""


def alerts_for(record: Record) -> tuple[str, ...]:
    """Return what must be done about single answers of a reading, whatever its score."""
    instrument = instrument_of(record.code)
    if instrument is None or not record.values.get("items"):
        return ()
    answers = [_whole(text) for text in record.values["items"].split(SEPARATOR)]
    return tuple(
        alert.says
        for alert in instrument.alerts
        if alert.item <= len(answers) and (answers[alert.item - 1] or 0) > alert.above
    )


@dataclass(frozen=True)
class Reading:
    """One reading among others of its instrument, for a table."""

    record: Record
    on: dt.date | None
    score: str
    band: str
    value: Decimal | None


@dataclass(frozen=True)
class Story:
    """The readings of one instrument over time, with what changed."""

    name: str
    readings: list[Reading]
    says: list[str]
    scale: Scale | None = None


def story(code: str, records: Sequence[Record]) -> Story:
    """Tell how readings of one instrument changed: ``records`` in the order in which they were taken."""
    found = find(code)
    scale = found[1] if not isinstance(found, Problem) else None
    readings = [_reading(record) for record in records]
    valued = [each for each in readings if each.value is not None]
    says: list[str] = []
    if len(valued) > 1 and scale is not None:
        says.append(_change(code, scale, valued[0], valued[-1], "the first reading"))
        if len(valued) > 2:
            says.append(_change(code, scale, valued[-2], valued[-1], "the one before"))
    elif len(valued) == 1:
        says.append("This is the first reading, so there is no change to show yet.")
    return Story(name_of(code), readings, says, scale)


def _reading(record: Record) -> Reading:
    text = record.values.get("score", "")
    value = Decimal(text) if text else None
    return Reading(
        record, record.on, plain(value) if value is not None else "No score", band_for(record), value
    )


def _change(code: str, scale: Scale, first: Reading, last: Reading, since: str) -> str:
    assert first.value is not None and last.value is not None  # noqa: S101, PT018 - the caller chose those with one
    difference = last.value - first.value
    size = f"{'up' if difference > 0 else 'down'} {plain(abs(difference))}" if difference else "no change"
    words = f"Since {since}: {size}"
    if difference:
        is_better = (difference > 0) == (scale.better.value == "higher")
        words += f", which is {'better' if is_better else 'worse'}"
    try:
        change = reliable_change(code, first.value, last.value)
    except InputError as error:
        if any(problem.code == "no-threshold" for problem in error.problems):
            return f"{words}. No threshold is known for this scale, so nobody can say whether that is more than chance."
        return f"{words}."
    rule = scale.change.value if scale.change else None
    if change == "no reliable change":
        return f"{words}. That may be chance: a change counts from {rule}."
    return f"{words}. That is a reliable change: {rule}."
