"""Writes the reference page of the instruments from their data files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from openoutcomes.standard.instrument_types import Fact, Instrument, Scale
from openoutcomes.standard.instruments import INSTRUMENTS

#: How to make the page again.
COMMAND = "openoutcomes outcomes build"

#: A registered user's own file, as shown on the page; the tests load its shape.
WORDING_EXAMPLE = """\
ucla-3:
  - The first question as your licence gives it
  - The second question
  - The third question
"""

_RULES = """\
## How change is judged

A change is reliable when it is larger than measurement error would give 19 times in 20. Where a
source publishes a threshold, that is used. Otherwise it is worked out as Jacobson and Truax did
(1991): 1.96 x SD x sqrt(2) x sqrt(1 - reliability), and must be exceeded. A threshold from another
population may not fit yours: a commissioner can give another, and should say which.

The recovery rule of NHS Talking Therapies (not verified: general knowledge of its manual): a person
recovers who is a case on the PHQ-9 (10 or more) or the GAD-7 (8 or more) at the start, and on
neither at the end. Reliable improvement is at least 6 points on the PHQ-9 or 4 on the GAD-7, and
no such worsening on the other. Reliable recovery is both.

## Your own wording

Where a licence keeps the wording from being shipped, a registered user keeps it in a local file,
one line for each item in the order of the form, and gives the file with `--wording`:

```yaml
{example}```
"""


def instruments_page() -> str:
    """Return the reference page of every shipped instrument, as Markdown."""
    lines = [
        "# Instruments",
        "",
        f"<!-- Made by `{COMMAND}` from the data files; do not edit. -->",
        "",
        "Each figure says whether it was read in its source (verified) or rests on general knowledge",
        "(not verified: check it before money or care depends on it).",
        "",
        "| id | name | scores | better | safe to pay on |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [_summary(instrument) for instrument in INSTRUMENTS.values()]
    for instrument in INSTRUMENTS.values():
        lines += ["", *_section(instrument)]
    return "\n".join([*lines, "", _RULES.format(example=WORDING_EXAMPLE)])


def pages() -> dict[str, str]:
    """Return the text of each generated page by its path under the repository."""
    return {"docs/reference/instruments.md": instruments_page()}


def facts(instrument: Instrument) -> Iterator[tuple[str, str, Fact[Any]]]:
    """Yield each fact of an instrument: what it is, its value in words, and the fact itself."""
    yield "items", str(instrument.items.value), instrument.items
    if instrument.responses is not None:
        yield "answers", str(instrument.responses.value), instrument.responses
        turned = ", ".join(str(number) for number in instrument.reversed_items.value) or "none"
        yield "reverse-scored items", turned, instrument.reversed_items
    yield "scoring", instrument.scoring.value, instrument.scoring
    if instrument.metric_table is not None:
        pairs = ", ".join(f"{raw} is {metric:.2f}" for raw, metric in instrument.metric_table.value.items())
        yield "metric table", pairs, instrument.metric_table
    yield "unanswered items stood in for", str(instrument.missing.value or "none"), instrument.missing
    for scale in instrument.scales:
        yield from _scale_facts(scale)
    age = instrument.reading_age.value
    yield "reading age", "not known" if age is None else str(age), instrument.reading_age
    yield "licence", instrument.licence.value, instrument.licence
    yield (
        "safe to pay on",
        f"{pay_word(instrument)}. {instrument.pay_because}",
        instrument.safe_to_pay_on,
    )


def pay_word(instrument: Instrument) -> str:
    """``yes, with conditions`` or ``no``: whether payment may hang on this instrument."""
    return "yes, with conditions" if instrument.safe_to_pay_on.value else "no"


def _scale_facts(scale: Scale) -> Iterator[tuple[str, str, Fact[Any]]]:
    label = scale.name.lower()
    yield f"{label}: range", str(scale.span.value), scale.span
    yield f"{label}: better", scale.better.value, scale.better
    if scale.bands is not None:
        words = ", ".join(f"{band.name} from {band.low:f}" for band in scale.bands.value)
        yield f"{label}: bands", words, scale.bands
    if scale.case is not None:
        yield f"{label}: a case", f"{scale.case.value:f} or more", scale.case
    if scale.change is not None:
        yield f"{label}: reliable change", str(scale.change.value), scale.change


def _summary(instrument: Instrument) -> str:
    scores = "; ".join(f"{scale.name.lower()} {scale.span.value}" for scale in instrument.scales)
    better = ", ".join(dict.fromkeys(scale.better.value for scale in instrument.scales))
    cells = (f"[{instrument.id}](#{instrument.id})", instrument.name, scores, better, pay_word(instrument))
    return f"| {' | '.join(cells)} |"


def _section(instrument: Instrument) -> list[str]:
    lines = [
        f"## {instrument.id}",
        "",
        f"**{instrument.name}** ({instrument.version}). {instrument.measures}.",
        f"Owner's page: <{instrument.link}>.",
        f"Author: {instrument.author}. Checked by: {instrument.checked_by}.",
        f"Next review: {long_date(instrument.next_review)}.",
        "",
        "| what | value | verified | source |",
        "| --- | --- | --- | --- |",
    ]
    for what, value, fact in facts(instrument):
        source = f"{fact.source}. {fact.note}" if fact.note else fact.source
        lines.append(f"| {what} | {value} | {'yes' if fact.verified else 'no'} | {source} |")
    lines += ["", *_extras(instrument)]
    return lines[:-1] if lines[-1] == "" else lines


def _extras(instrument: Instrument) -> list[str]:
    lines = [f"Act at once: {alert.says}" for alert in instrument.alerts]
    if any(scale.change is None for scale in instrument.scales):
        lines.append("No reliable-change threshold is shipped where none is shown: give your own.")
    if instrument.wording:
        lines += [*([""] if lines else []), "Wording, in the order of the form:", ""]
        lines += [f"{number}. {text}" for number, text in enumerate(instrument.wording, start=1)]
    elif instrument.items.value:
        lines.append("The wording is not shipped: a registered user keeps it in a local file.")
    return lines


def long_date(day: dt.date) -> str:
    """Return a date as people write it: 30 November 2027."""
    return f"{day.day} {day:%B %Y}"
