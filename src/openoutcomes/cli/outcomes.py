"""``openoutcomes outcomes`` and ``openoutcomes instruments``: look up, and score by hand."""

from __future__ import annotations

import re
from dataclasses import asdict
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openoutcomes.cli import _output
from openoutcomes.standard.problems import InputError, Problem

if TYPE_CHECKING:
    from openoutcomes.standard.instruments import Instrument, Score
    from openoutcomes.standard.outcomes import Outcome

app = typer.Typer(no_args_is_help=True, help="Look up the shared outcomes map, and a place's own additions.")
instruments_app = typer.Typer(no_args_is_help=True, help="Look up instruments, and score answers.")


class Form(StrEnum):
    """How to write the result."""

    text = "text"
    json = "json"


class Domain(StrEnum):
    """The three parts of the map."""

    social = "social"
    environmental = "environmental"
    economic = "economic"


Format = Annotated[Form, typer.Option("--format", help="Text for people, or JSON.")]
MapFile = Annotated[
    Path | None, typer.Option("--map", help="A place's own outcomes (YAML), added to the map.")
]


@app.command("list")
def list_outcomes(
    domain: Annotated[Domain | None, typer.Option(help="Only this part of the map.")] = None,
    extra: MapFile = None,
    form: Format = Form.text,
) -> None:
    """List the outcomes by code, with their domain and goals."""
    from openoutcomes.standard.outcomes import load_map

    chosen = [each for each in load_map(extra).values() if domain is None or each.domain == domain.value]
    if form is Form.json:
        _output.print_json({"outcomes": [asdict(outcome) for outcome in chosen]})
        return
    rows = [(each.code, each.name, each.domain, ", ".join(each.sdg), len(each.metrics)) for each in chosen]
    _output.print_text(_output.table_text(("code", "outcome", "domain", "goals", "metrics"), rows, right=[4]))


@app.command("show")
def show_outcome(
    code: Annotated[str, typer.Argument(help="The outcome's code, such as home.")],
    extra: MapFile = None,
    form: Format = Form.text,
) -> None:
    """Show one outcome: what it means, what it is not, and its metrics."""
    from openoutcomes.standard.outcomes import load_map

    outcome = load_map(extra).find(code)
    if isinstance(outcome, Problem):
        raise InputError(outcome)
    if form is Form.json:
        _output.print_json(asdict(outcome))
        return
    _output.print_text(_outcome_text(outcome))


@app.command("build")
def build(
    folder: Annotated[Path, typer.Option("--to", help="The repository's folder.")] = Path(),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a page is out of date.")
    ] = False,
) -> None:
    """Make the reference pages of the map and of the instruments again."""
    from openoutcomes.standard import instrument_pages, outcome_pages

    stale = []
    for name, text in {**outcome_pages.pages(), **instrument_pages.pages()}.items():
        path = folder / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    word = "Out of date" if check else "Wrote"
    _output.print_text("\n".join(f"{word}: {name}" for name in stale) or "The pages are up to date.")
    if check and stale:
        raise typer.Exit(1)


@instruments_app.command("list")
def list_instruments(form: Format = Form.text) -> None:
    """List the instruments: what they score, which way is better, whether they are safe to pay on."""
    from openoutcomes.standard.instrument_pages import pay_word
    from openoutcomes.standard.instruments import INSTRUMENTS

    if form is Form.json:
        _output.print_json({"instruments": [_instrument_json(each) for each in INSTRUMENTS.values()]})
        return
    rows = [
        (
            each.id,
            each.name,
            "; ".join(dict.fromkeys(str(scale.span.value) for scale in each.scales)),
            ", ".join(dict.fromkeys(scale.better.value for scale in each.scales)),
            pay_word(each),
        )
        for each in INSTRUMENTS.values()
    ]
    _output.print_text(_output.table_text(("id", "name", "range", "better", "safe to pay on"), rows))


@instruments_app.command("show")
def show_instrument(
    instrument_id: Annotated[str, typer.Argument(metavar="ID", help="The instrument's id, such as phq-9.")],
    wording: Annotated[
        Path | None, typer.Option(help="Your own file of wording, where you are registered to use it (YAML).")
    ] = None,
    form: Format = Form.text,
) -> None:
    """Show one instrument: scoring, bands, reliable change, licence, each with its source."""
    from openoutcomes.standard.instruments import find, load_wording

    found = find(instrument_id)
    if isinstance(found, Problem):
        raise InputError(found)
    instrument = found[0]
    texts = instrument.wording
    if wording is not None:
        texts = load_wording(wording).get(instrument.id, texts)
    if form is Form.json:
        _output.print_json({**_instrument_json(instrument), "wording": list(texts)})
        return
    _output.print_text(_instrument_text(instrument, texts))


# Negative totals (the EQ-5D index goes below 0) must reach the command as numbers, not as options.
@instruments_app.command("score", context_settings={"ignore_unknown_options": True})
def score_instrument(
    instrument_id: Annotated[str, typer.Argument(metavar="ID", help="The instrument's id, such as phq-9.")],
    items: Annotated[
        list[str], typer.Argument(help="The answers as ticked, in the order of the form; - for none.")
    ],
    total: Annotated[
        bool, typer.Option("--total", help="The one number given is a score worked out elsewhere.")
    ] = False,
    form: Format = Form.text,
) -> None:
    """Score the answers to an instrument, or check a score worked out elsewhere."""
    from openoutcomes.standard.instruments import find, score, score_total

    result = score_total(instrument_id, _number(items)) if total else score(instrument_id, _answers(items))
    if isinstance(result, list):
        if form is Form.json:
            _output.print_json({"instrument": instrument_id, "problems": [each.as_dict() for each in result]})
        raise InputError(result)
    if form is Form.json:
        _output.print_json(asdict(result))
        return
    found = find(instrument_id)
    assert not isinstance(found, Problem)  # noqa: S101 - it has just been scored
    _output.print_text(_score_text(found[0], result))


def _answers(items: list[str]) -> list[int | None]:
    """Turn words into answers. Raises InputError naming each that is not a whole number."""
    problems = [
        Problem(
            f"answer {number} is {word!r}, not a whole number.", "Use - for an unanswered item.", value=word
        )
        for number, word in enumerate(items, start=1)
        if word != "-" and not (word.isascii() and word.isdigit())
    ]
    if problems:
        raise InputError(problems)
    return [None if word == "-" else int(word) for word in items]


def _number(items: list[str]) -> Decimal:
    """Return the one number given with --total. Raises InputError."""
    if len(items) != 1 or not re.fullmatch(r"-?\d+(\.\d+)?", items[0], re.ASCII):
        raise InputError(
            Problem(f"{' '.join(items)!r} is not one number.", "With --total give the score alone.")
        )
    return Decimal(items[0])


def _outcome_text(outcome: Outcome) -> str:
    from openoutcomes.standard.instrument_pages import long_date

    rows = [
        (each.code, each.name, each.unit, each.kind, each.better, each.population, each.instrument)
        for each in outcome.metrics
    ]
    headers = ("metric", "what", "unit", "kind", "better", "for", "instrument")
    return "\n".join(
        (
            f"{outcome.name} ({outcome.code}), {outcome.domain}",
            "",
            outcome.means,
            f"It is not: {outcome.is_not}",
            f"Goals: {', '.join(outcome.sdg)}",
            f"Typical evidence: {'; '.join(outcome.evidence)}",
            "",
            _output.table_text(headers, rows),
            "",
            f"{outcome.provenance}.",
            f"Version {outcome.version}. Author: {outcome.author}. Checked by: {outcome.checked_by}.",
            f"Next review: {long_date(outcome.next_review)}.",
        )
    )


def _instrument_text(instrument: Instrument, texts: tuple[str, ...]) -> str:
    from openoutcomes.standard.instrument_pages import facts, long_date

    lines = [f"{instrument.name} ({instrument.id}, {instrument.version})", "", f"{instrument.measures}.", ""]
    for what, value, fact in facts(instrument):
        lines.append(f"{what}: {value}")
        lines.append(f"    {fact.mark}: {fact.source}" + (f". {fact.note}" if fact.note else ""))
    lines += [f"Act at once: {alert.says}" for alert in instrument.alerts]
    lines += [f"{number}. {text}" for number, text in enumerate(texts, start=1)]
    if not texts and instrument.items.value:
        lines.append("The wording is not shipped. Registered users keep their own: see --wording.")
    lines.append(
        f"Author: {instrument.author}. Checked by: {instrument.checked_by}."
        f" Next review: {long_date(instrument.next_review)}. {instrument.link}"
    )
    return "\n".join(lines)


def _instrument_json(instrument: Instrument) -> dict[str, object]:
    from openoutcomes.standard.instrument_pages import facts, pay_word

    return {
        "id": instrument.id,
        "name": instrument.name,
        "version": instrument.version,
        "measures": instrument.measures,
        "link": instrument.link,
        "safe_to_pay_on": instrument.safe_to_pay_on.value,
        "pay": f"{pay_word(instrument)}. {instrument.pay_because}",
        "facts": [
            {
                "what": what,
                "value": value,
                "verified": fact.verified,
                "source": fact.source,
                "note": fact.note,
            }
            for what, value, fact in facts(instrument)
        ],
        "author": instrument.author,
        "checked_by": instrument.checked_by,
        "next_review": instrument.next_review,
    }


def _score_text(instrument: Instrument, result: Score) -> str:
    lines = []
    for code, value in result.values.items():
        scale = instrument.scale(code)
        named = f", {result.bands[code]}" if code in result.bands else ""
        lines.append(f"{scale.name}: {value:f} of {scale.span.value} ({scale.better.value} is better){named}")
    if result.raw is not None:
        lines.append(f"Raw total: {result.raw}")
    if result.prorated:
        lines.append(f"{result.answered} of {instrument.items.value} items answered; the rest stood in for.")
    lines += [f"Act at once: {text}" for text in result.alerts]
    return "\n".join(lines)
